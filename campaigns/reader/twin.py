"""The binary twin (SPEC section 7, 19.2, 20.1 and 21.1): a body is read into the tokens of its canonical text."""

import datetime

from fields import check_of
from records import Piece, Reading, Refused, stretches, text_pieces
from values import (
    EPOCH, LAST_SECOND, MAX_COUNT, MAX_PERIOD, OUTCOMES, PROOFS, REPAIRS, ROLES, STORAGES, TYPES, base64url,
    check_feature, check_free, check_udi, need, period_text,
)


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
    combine = body.choice(4, 0)
    if combine & 1:
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
    if combine & 2:
        reading.add(b"needs", body.take(16).hex().encode())
    tokens += found


def key_body(body, reading):
    reading.tokens = [b"KEY", b"1", body.take(4).hex().encode(), ROLES[body.choice(3)]]
    reading.add(b"key", base64url(body.take(64)))
    for name in (b"features", b"pids"):
        entries = body.string()
        if entries:
            reading.add(name, value_of(check_of("key", name), entries))
    reading.add(b"not-before", date_text(body.number(32)))
    reading.add(b"not-after", date_text(body.number(32)))


def repair_body(body, reading):
    reading.tokens = [b"REPAIR", b"1", REPAIRS[body.choice(3)], b"%d" % body.number(64),
                      b"id=" + body.take(10).hex().encode()]
    reading.add(b"udi", value_of(check_udi, body.string()))
    reading.add(b"issued", date_text(body.number(32)))


# Sections 19 to 21.

def key_field(body, reading):
    if body.choice(2, 0):
        reading.add(b"key", base64url(body.take(64)))


def number_fields(body, reading, *names):
    for name in names:
        add_checked(reading, name, b"%d" % body.number(64))


def add_checked(reading, name, text):
    reading.add(name, value_of(check_of(reading.kind, name), text))


def count_text(body):
    count = body.number(64)
    return b"%d" % count if count else b"uncounted"


def list_field(body, reading, name, rest, may_be_empty=False):
    """A text with entries, each a line id and what `rest` reads; in which anything is wrong is `bad-value`."""
    entries = Body(body.string())
    if may_be_empty and not entries.data:
        return
    texts = []
    while entries.at < len(entries.data):
        try:
            texts.append(entries.take(10).hex().encode() + rest(entries))
        except ValueError:
            raise ValueError("bad-value") from None
    add_checked(reading, name, b",".join(texts))


def holding(entries):
    count = count_text(entries)
    return b":" + count + (b":waiting" if entries.choice(2, 0) else b"")


def removal(entries):
    return b":" + count_text(entries) + b"-%d" % entries.number(64)


def taken(entries):
    if not entries.choice(2, 0):
        return b":" + count_text(entries)
    word = entries.number(64)
    return b":gone@%d" % word if word else b":gone"


def credential_body(body, reading):
    reading.tokens = [b"CREDENTIAL", b"1"]
    reading.add(b"udi", value_of(check_udi, body.string()))
    reading.add(b"proof", PROOFS[body.choice(3, 0)])
    reading.add(b"storage", STORAGES[body.choice(4, 0)])
    key_field(body, reading)
    number_fields(body, reading, b"word", b"repairs")
    list_field(body, reading, b"lines", holding, may_be_empty=True)


def permission_body(body, reading):
    reading.tokens = [b"PERMISSION", b"1"]
    add_checked(reading, b"from", body.string())
    key_field(body, reading)
    number_fields(body, reading, b"repairs")
    add_checked(reading, b"to", body.string())
    reading.add(b"nonce", body.take(8).hex().encode())
    list_field(body, reading, b"lines", removal)
    reading.add(b"issued", date_text(body.number(32)))


def rehost_body(body, reading):
    reading.tokens = [b"REHOST", b"1", OUTCOMES[body.choice(3)]]
    reading.add(b"ticket", body.take(16).hex().encode())
    number_fields(body, reading, b"word", b"repairs")
    list_field(body, reading, b"used", lambda entries: b":%d" % entries.number(64), may_be_empty=True)


def revoke_body(body, reading):
    reading.tokens = [b"REVOKE", b"1"]
    add_checked(reading, b"udi", body.string())
    reading.add(b"nonce", body.take(8).hex().encode())
    list_field(body, reading, b"lines", lambda entries: b"")
    reading.add(b"issued", date_text(body.number(32)))


def confirm_body(body, reading):
    reading.tokens = [b"CONFIRM", b"1"]
    reading.add(b"ticket", body.take(16).hex().encode())
    number_fields(body, reading, b"word", b"repairs")
    list_field(body, reading, b"lines", taken)


def time_body(body, reading):
    seconds = body.number(64)
    need(seconds <= LAST_SECOND, "bad-date")
    day, rest = divmod(seconds, 86400)
    clock = b"T%02d:%02d:%02dZ" % (rest // 3600, rest // 60 % 60, rest % 60)
    reading.tokens = [b"TIME", b"1", date_text(day) + clock]


KINDS = {1: (b"LICENSE", license_body), 2: (b"KEY", key_body), 3: (b"REPAIR", repair_body),
         4: (b"CREDENTIAL", credential_body), 5: (b"PERMISSION", permission_body), 6: (b"REHOST", rehost_body),
         7: (b"REVOKE", revoke_body), 8: (b"CONFIRM", confirm_body), 9: (b"TIME", time_body)}


def body_text(kind, data):
    need(kind in KINDS, "unsupported-format")                   # 7.6
    keyword, fields = KINDS[kind]
    body, reading = Body(data), Reading(0, keyword)
    fields(body, reading)
    reading.tokens.append(signature_text(body))
    need(body.at == len(data), "bad-binary")
    text = reading.checked()
    # 7.3: exactly one canonical text, and one that sections 4, 5, 17 and 19 to 21 accept.
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
