"""The records of a text (SPEC sections 1, 2 and 4.7), one piece after the other."""

import re

from fields import FIELDS, KEYWORDS, KNOWN, POSITIONS, REQUIRED, check_of
from values import TYPES, days, full, is_base64url, need

WHITE = b" \t\r\n"                                              # 2.1
MAX_RECORD = 1024                                               # 2.4


class Refused(Exception):
    def __init__(self, reason, offset):
        self.reason, self.offset = reason, offset


class Piece:
    """Where a piece of the file begins and ends, and its canonical text, or its reason and place."""

    def __init__(self, start, end, text=None, reason=None, offset=None):
        self.start, self.end, self.text, self.reason, self.offset = start, end, text, reason, offset

    def __str__(self):
        if self.reason:
            return f"{self.start} {self.end} {self.reason} {self.offset}"
        return f"{self.start} {self.end} accepted {self.text.decode('ascii')}"


# --- Tokens -------------------------------------------------------------------------------------

def stretches(data, mark=True):
    """Runs of bytes between white space, without comments: start, bytes, place of a bad byte or None."""
    at = 3 if mark and data.startswith(b"\xef\xbb\xbf") else 0   # 1.5
    while at < len(data):
        if data[at] in WHITE:
            at += 1
        elif data[at] == ord("#"):                              # 2.3
            while at < len(data) and data[at] not in b"\r\n":
                at += 1
        else:
            start = at
            while at < len(data) and data[at] not in WHITE:
                at += 1
            run = data[start:at]
            bad = re.search(rb"[^\x21-\x7e]", run)              # 2.2
            yield start, run, start + bad.start() if bad else None


# --- Records ------------------------------------------------------------------------------------

class Reading:
    """Takes the tokens of one record, one after the other; the first thing that is wrong counts."""

    def __init__(self, start, keyword):
        self.start, self.kind = start, keyword.decode().lower()
        self.tokens = [keyword]
        self.length = len(keyword)
        self.values = {}
        self.rank = -1
        self.extras = []

    def token(self, at, token):
        self.length += 1 + len(token)
        if self.length > MAX_RECORD:                            # 2.4
            raise Refused("record-too-long", at)
        try:
            self.judge(at, token)
        except ValueError as wrong:
            raise Refused(str(wrong), at) from None
        self.tokens.append(token)

    def judge(self, at, token):
        place = len(self.tokens) - 1
        positions = POSITIONS[self.kind]
        if place == 0:
            need(token == b"1", "unsupported-format")
        elif place <= len(positions):
            positions[place - 1](token)
        else:
            self.field(at, token)

    def field(self, at, token):
        """4.7: the field that must stand here, or one of those that may stand before it."""
        key, equals, value = token.partition(b"=")
        order = FIELDS[self.kind]
        must = next((key for key in REQUIRED[self.kind] if key not in self.values), b"sig")
        last = order.index(must) if must != b"sig" else len(order) - 1
        may = order[self.rank + 1:last + 1]
        if equals and key in may:
            check_of(self.kind, key)(value)
            self.rank = order.index(key)
            self.values[key] = value
        elif equals and key == must:
            self.signature(value)
        elif must == b"sig" and self.kind == "license" and token.startswith(b"x-"):
            self.rank = len(order)
            self.extra(key, equals, value)
        else:
            need(equals, "bad-field")
            need(key in KNOWN or key.startswith(b"x-"), "unknown-field")
            raise ValueError("missing-field" if must != b"sig" else "field-order")

    def add(self, key, value):
        """A field of a body, whose value was judged."""
        self.tokens.append(key + b"=" + value)
        self.values[key] = value

    def extra(self, key, equals, value):
        need(equals, "bad-field")
        need(full(rb"x-[a-z0-9-]{1,22}", key) and 1 <= len(value) <= 64, "bad-value")
        need(not self.extras or self.extras[-1] < key, "field-order")
        self.extras.append(key)
        need(len(self.extras) <= 4, "too-many-extras")

    def signature(self, value):
        key_id, colon, rest = value[:8], value[8:9], value[9:]
        need(full(rb"[0-9a-f]{8}", key_id) and colon == b":" and is_base64url(rest), "bad-signature-text")

    def checked(self):
        """4.8, and the canonical text."""
        text = b" ".join(self.tokens)
        if len(text) > MAX_RECORD:
            raise Refused("record-too-long", self.start)
        try:
            self.together()
        except ValueError as wrong:
            raise Refused(str(wrong), self.start) from None
        return text

    def together(self):
        """What the fields say about each other."""
        have = self.values
        if self.kind == "key":
            need(days(have[b"not-before"]) <= days(have[b"not-after"]), "end-before-start")
        if self.kind == "credential":                           # 19.1
            by_key = have[b"proof"] == b"key"
            need(b"key" in have or not by_key, "missing-field")
            need(b"key" not in have or by_key, "field-not-allowed")
        if self.kind == "permission":
            need(have[b"from"] != have[b"to"], "same-device")
        if self.kind == "rehost":
            need(b"used" not in have or self.tokens[2] == b"applied", "field-not-allowed")
        if self.kind == "license":
            rules = TYPES[self.tokens[4]].split()
            pairs = list(zip((b"udi", b"usage", b"start", b"end"), rules))       # 4.3
            need(all(key in have or rule != "must" for key, rule in pairs), "missing-field")
            need(all(key not in have or rule != "no" for key, rule in pairs), "field-not-allowed")
            counted = self.tokens[5] != b"uncounted"
            need(b"combine" not in have or counted, "field-not-allowed")         # 4.4
            need(b"expiry" not in have or rules[1] != "no" or rules[3] != "no", "field-not-allowed")
            if b"start" in have and b"end" in have:                              # 4.5
                need(days(have[b"start"]) <= days(have[b"end"]), "end-before-start")


def text_pieces(data):
    runs = list(stretches(data))
    keyword = [bad is None and run in KEYWORDS for _, run, bad in runs]
    signature = [bad is None and run.startswith(b"sig=") for _, run, bad in runs]
    at = 0
    while at < len(runs):
        first = at
        start = runs[first][0]
        at += 1
        if not keyword[first]:                                  # 1.4
            while at < len(runs) and not keyword[at]:
                at += 1
            reason = "damaged-keyword" if any(signature[first:at]) else "stray-text"
            yield Piece(start, end_of(runs[at - 1]), reason=reason, offset=start)
            continue
        reading = Reading(start, runs[first][1])
        refused = None
        ended = False
        while at < len(runs) and not ended:                     # 1.3
            if keyword[at]:
                if not all(keyword[first:at]):
                    break
                refused = Refused("field-order", runs[at][0])   # 1.9: the last of them
            elif not refused:
                place, run, bad = runs[at]
                try:
                    if bad is not None:
                        raise Refused("bad-character", bad)
                    reading.token(place, run)
                except Refused as found:
                    refused = found
            ended = signature[at]
            at += 1
        while ended and at < len(runs) and signature[at]:
            refused = refused or Refused("field-order", runs[at][0])
            at += 1
        end = end_of(runs[at - 1])
        if not ended:
            refused = refused or Refused("truncated", end)
        try:
            if refused:
                raise refused
            yield Piece(start, end, text=reading.checked())
        except Refused as found:
            yield Piece(start, end, reason=found.reason, offset=found.offset)


def end_of(stretch):
    return stretch[0] + len(stretch[1])
