"""A second reader of license files, written from docs/SPEC.md alone (sections 1 to 5, 7 and 17).

Numbers in comments are rules of SPEC.md. It does not look at signatures: what it calls accepted is a
*line* in the words of 8.1. Run it on files, and it prints what it finds in them.
"""

import datetime
import re
import sys

WHITE = b" \t\r\n"                                              # 2.1
KEYWORDS = (b"LICENSE", b"KEY", b"REPAIR")                      # 1.2
RESERVED = {b"LICENSE", b"KEY", b"CREDENTIAL", b"PERMISSION", b"REHOST", b"REQUEST", b"RESPONSE",
            b"REVOKE", b"REPAIR", b"TIME", b"CONFIRM", b"RETURN"}  # 3.11
MAX_RECORD = 1024                                               # 2.4
BASE64URL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
EPOCH = datetime.date(1970, 1, 1).toordinal()
MAX_PERIOD = 36500 * 86400
MAX_COUNT = 999_999_999_999

FIELDS = {
    "license": [b"id", b"udi", b"issued", b"start", b"end", b"usage", b"combine", b"expiry", b"eula", b"pak"],
    "key": [b"key", b"features", b"pids", b"not-before", b"not-after"],
    "repair": [b"id", b"udi", b"issued"],
}
KNOWN = {b"sig"}.union(*FIELDS.values())
REQUIRED = {
    "license": [b"id", b"issued"],
    "key": [b"key", b"not-before", b"not-after"],
    "repair": [b"id", b"udi", b"issued"],
}
# 4.3: for each type whether udi, usage, start and end must, may or cannot be there.
TYPES = {
    b"evaluation": "may must no no",
    b"extension": "must must no no",
    b"grace": "must must no no",
    b"permanent": "must no no no",
    b"subscription": "must no may must",
    b"evaluation-subscription": "must no may must",
    b"extension-subscription": "must no may must",
    b"evaluation-right-to-use": "may must no no",
    b"right-to-use": "may no no no",
    b"permanent-right-to-use": "may no no no",
}
ROLES = [b"production", b"evaluation", b"development"]
REPAIRS = [b"rollback", b"damage", b"clock"]


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


# --- Values (section 3) -------------------------------------------------------------------------

def full(pattern, text):
    return re.fullmatch(pattern, text, re.S) is not None


def need(right, reason):
    if not right:
        raise ValueError(reason)


def check_feature(text):
    need(full(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text) and text not in RESERVED, "bad-feature")


def check_version(text):
    need(full(rb"(0|[1-9][0-9]{0,4})(\.(0|[1-9][0-9]{0,4})){1,3}", text), "bad-version")
    parts = [int(part) for part in text.split(b".")]
    need(max(parts) <= 65535 and (len(parts) == 2 or parts[-1] != 0), "bad-version")


def check_type(text):
    need(text in TYPES, "bad-type")


def check_count(text):
    need(text == b"uncounted" or full(rb"[1-9][0-9]{0,11}", text), "bad-count")


def check_id(text):
    need(full(rb"[0-9a-f]{20}", text), "bad-id")


def is_pid(text):
    return full(rb"[\x21-\x2b\x2d-\x39\x3b-\x7e]{1,32}", text)


def check_udi(text):
    pid, colon, serial = text.partition(b":")
    need(is_pid(pid) and colon and full(rb"[\x21-\x7e]{1,64}", serial), "bad-udi")


def days(text):
    need(full(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}", text), "bad-date")
    year, month, day = (int(part) for part in text.split(b"-"))
    need(year >= 1970, "bad-date")
    try:
        return datetime.date(year, month, day).toordinal() - EPOCH
    except ValueError:
        raise ValueError("bad-date") from None


def period_text(seconds):
    for unit, length in ((b"d", 86400), (b"h", 3600), (b"m", 60), (b"s", 1)):
        if seconds % length == 0:
            return b"%d%s" % (seconds // length, unit)


def check_period(text):
    need(full(rb"[1-9][0-9]{0,15}[dhms]", text), "bad-period")
    seconds = int(text[:-1]) * {"d": 86400, "h": 3600, "m": 60, "s": 1}[chr(text[-1])]
    need(seconds <= MAX_PERIOD and period_text(seconds) == text, "bad-period")


def check_free(text):
    need(full(rb"[A-Za-z0-9._-]{1,64}", text), "bad-value")


def is_base64url(text):
    """86 characters whose last has only its upper two bits in use (3.10)."""
    return full(rb"[A-Za-z0-9_-]{86}", text) and BASE64URL.index(text[85]) % 16 == 0


def check_list(entry_is_right):
    def check(text):                                            # 5.3
        entries = text.split(b",")
        need(len(text) <= 256 and len(entries) <= 8, "bad-value")
        need(all(entry_is_right(entry) for entry in entries), "bad-value")
        need(all(a < b for a, b in zip(entries, entries[1:])), "bad-value")
    return check


def one_of(words, reason):
    return lambda text: need(text in words, reason)


VALUES = {
    b"id": check_id,
    b"udi": check_udi,
    b"issued": days,
    b"start": days,
    b"end": days,
    b"not-before": days,
    b"not-after": days,
    b"usage": check_period,
    b"combine": one_of([b"additive"], "bad-value"),
    b"expiry": one_of([b"immediate", b"report"], "bad-value"),
    b"eula": check_free,
    b"pak": check_free,
    b"key": lambda text: need(is_base64url(text), "bad-key-text"),
    b"features": check_list(lambda entry: full(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", entry)),
    b"pids": check_list(is_pid),
}
POSITIONS = {
    "license": [check_feature, check_version, check_type, check_count],
    "key": [lambda text: need(full(rb"[0-9a-f]{8}", text), "bad-value"), one_of(ROLES, "bad-role")],
    "repair": [one_of(REPAIRS, "bad-value"),
               lambda text: need(full(rb"0|[1-9][0-9]{0,19}", text) and int(text) < 2**64, "bad-value")],
}


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
            VALUES[key](value)
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
        try:
            self.together()
        except ValueError as wrong:
            raise Refused(str(wrong), self.start) from None
        return b" ".join(self.tokens)

    def together(self):
        """What the fields say about each other."""
        have = self.values
        if self.kind == "key":
            need(days(have[b"not-before"]) <= days(have[b"not-after"]), "end-before-start")
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


# --- The binary twin (section 7) ----------------------------------------------------------------

class Body:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        need(self.at + count <= len(self.data), "bad-binary")
        self.at += count
        return self.data[self.at - count:self.at]

    def number(self, bits):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            need(shift < 70, "bad-binary")
        need(value < 1 << bits and (byte != 0 or shift == 7), "bad-binary")   # 7.2: the shortest form
        return value

    def string(self):
        return self.take(self.number(64))

    def option(self, bits):
        there = self.take(1)[0]
        need(there <= 1, "bad-binary")
        return self.number(bits) if there else None

    def choice(self, count, first=1):
        value = self.take(1)[0]
        need(first <= value < first + count, "bad-binary")
        return value - first


def date_text(day):
    need(EPOCH + day <= datetime.date.max.toordinal(), "bad-binary")
    return datetime.date.fromordinal(EPOCH + day).isoformat().encode()


def base64url(data):
    bits = int.from_bytes(data, "big") << (86 * 6 - 8 * len(data))
    return bytes(BASE64URL[bits >> (6 * place) & 63] for place in reversed(range(86)))


def signature_text(body):
    return b"sig=" + body.take(4).hex().encode() + b":" + base64url(body.take(64))


def value_of(check, text):
    """A value that section 3 allows; else the reason of 4.7 (7.6)."""
    check(text)
    return text


def license_body(body, reading):
    feature = value_of(check_feature, body.string())
    parts = [body.number(16) for _ in range(4)]
    while len(parts) > 2 and parts[-1] == 0:
        parts.pop()
    kind = list(TYPES)[body.choice(10)]
    count = body.number(64)
    need(count <= MAX_COUNT, "bad-count")
    tokens = [b"LICENSE", b"1", feature, b".".join(b"%d" % part for part in parts), kind,
              b"%d" % count if count else b"uncounted", b"id=" + body.take(10).hex().encode()]
    reading.tokens = tokens
    udi = body.string()
    if udi:
        reading.add(b"udi", value_of(check_udi, udi))
    reading.add(b"issued", date_text(body.number(32)))
    for name in (b"start", b"end"):
        day = body.option(32)
        if day is not None:
            reading.add(name, date_text(day))
    usage = body.number(64)
    if usage:
        need(usage <= MAX_PERIOD, "bad-period")
        reading.add(b"usage", period_text(usage))
    if body.choice(2, 0):
        reading.add(b"combine", b"additive")
    expiry = body.choice(3, 0)
    if expiry:
        reading.add(b"expiry", (b"immediate", b"report")[expiry - 1])
    for name in (b"eula", b"pak"):
        value = body.string()
        if value:
            reading.add(name, value_of(check_free, value))
    extras = body.string()
    found = []
    for _, run, bad in stretches(extras, mark=False):
        need(bad is None, "bad-character")
        key, equals, value = run.partition(b"=")
        need(equals, "bad-field")
        need(key.startswith(b"x-"), "unknown-field")
        reading.extra(key, equals, value)
        found.append(run)
    need(b" ".join(found) == extras, "bad-binary")
    tokens += found


def key_body(body, reading):
    reading.tokens = [b"KEY", b"1", body.take(4).hex().encode(), ROLES[body.choice(3)]]
    reading.add(b"key", base64url(body.take(64)))
    for name in (b"features", b"pids"):
        entries = body.string()
        if entries:
            reading.add(name, value_of(VALUES[name], entries))
    reading.add(b"not-before", date_text(body.number(32)))
    reading.add(b"not-after", date_text(body.number(32)))


def repair_body(body, reading):
    reading.tokens = [b"REPAIR", b"1", REPAIRS[body.choice(3)], b"%d" % body.number(64),
                      b"id=" + body.take(10).hex().encode()]
    reading.add(b"udi", value_of(check_udi, body.string()))
    reading.add(b"issued", date_text(body.number(32)))


KINDS = {1: (b"LICENSE", license_body), 2: (b"KEY", key_body), 3: (b"REPAIR", repair_body)}


def body_text(kind, data):
    need(kind in KINDS, "unsupported-format")                   # 7.6
    keyword, fields = KINDS[kind]
    body, reading = Body(data), Reading(0, keyword)
    fields(body, reading)
    reading.tokens.append(signature_text(body))
    need(body.at == len(data), "bad-binary")
    text = reading.checked()
    # 7.3: exactly one canonical text, and one that sections 4, 5 and 17 accept.
    found = list(text_pieces(text))
    assert len(found) == 1 and found[0].text == text, f"{data!r} is not {text!r}"
    return text


def binary_pieces(data):
    at = 0
    while at < len(data):
        start = at
        frame = Body(data[at:])
        try:
            need(frame.take(1) == b"\xb1", "bad-binary")
            kind = frame.take(1)[0]
            body = frame.take(frame.number(64))
        except ValueError:                                      # 7.4
            yield Piece(start, len(data), reason="bad-binary", offset=start)
            return
        at = start + frame.at
        try:
            yield Piece(start, at, text=body_text(kind, body))
        except (ValueError, Refused) as wrong:
            reason = wrong.reason if isinstance(wrong, Refused) else str(wrong)
            yield Piece(start, at, reason=reason, offset=start)


def pieces(data):
    return binary_pieces(data) if data[:1] == b"\xb1" else text_pieces(data)   # 1.1


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with open(name, "rb") as file:
            for piece in pieces(file.read()):
                print(piece)
