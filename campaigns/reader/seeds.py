"""Records of every kind made by dice, as text and as the body of a frame; a few values in them are wrong.

Each value is a pair: what it says in a text, and its bytes in a body. So a list can be wrong within, and its length right.
"""

import datetime

from values import EPOCH, MAX_COUNT, MAX_PERIOD, OUTCOMES, PROOFS, STORAGES, TYPES, base64url, period_text

KINDS = {b"LICENSE": 1, b"CREDENTIAL": 4, b"PERMISSION": 5, b"REHOST": 6, b"REVOKE": 7, b"CONFIRM": 8, b"TIME": 9}
UDIS = [b"ISR4331/K9:FDO1234ABCD", b"ISR4331/K9:FDO9999WXYZ", b"P:S", b"P:S:T", b"P" * 32 + b":" + b"S" * 64]
WRONG_UDIS = [b"", b"P", b":S", b"P:", b"P,Q:S", b"P" * 33 + b":S", b"P:" + b"S" * 65, b"P:\xff", b"P:S T"]
NUMBERS = [0, 1, 2, 9, 10, 127, 128, 16383, 16384, 2**32, MAX_COUNT, 2**63, 10**19, 2**64 - 1]
WRONG_NUMBERS = [2**64, 2**64 + 1, 10**20, 2**70]
IDS = [b"\0" * 10, b"\x01" * 10, b"\x01" * 9 + b"\x02", b"\x02" * 10, b"\x7f" * 10, b"\x80" * 10, b"\xff" * 10]


def number(value):
    """7 bits to a byte, lowest first (7.2)."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def string(data):
    return number(len(data)) + data


class Maker:
    def __init__(self, dice):
        self.dice = dice
        self.long = False

    def record(self):
        """Its text, and kind and body of its frame."""
        keyword = self.dice.choice(list(KINDS))
        self.long = self.odd(0.05)
        fields, tail = getattr(self, keyword.decode().lower())(), self.signature()
        text = b" ".join([keyword, b"1"] + [said for said, _ in fields + [tail] if said]) + b"\n"
        return text, (KINDS[keyword], b"".join(body for _, body in fields + [tail]))

    # Values.

    def odd(self, chance=0.02):
        return self.dice.random() < chance

    def one(self, right, wrong, chance=0.02):
        """One of the right values, the longest of which stands last, or seldom one of the wrong ones."""
        if self.long and not self.odd(0.1):
            return right[-1]
        return self.dice.choice(wrong if self.odd(chance) else right)

    def field(self, key, pair):
        said, body = pair
        return key + b"=" + said, body

    def bytes(self, count):
        return self.dice.choice([bytes([self.dice.choice([0, 7, 255])]) * count, self.dice.randbytes(count)])

    def hexadecimal(self, count):
        data = self.bytes(count)
        return data.hex().encode(), data

    def signature(self):
        signer, both = self.hexadecimal(4), self.bytes(64)
        return b"sig=" + signer[0] + b":" + base64url(both), signer[1] + both

    def key(self, there):
        if self.odd():
            there = not there
        if not there:
            return b"", b"\0"
        data = self.bytes(64)
        return b"key=" + base64url(data), self.one([b"\1"], [b"\2"]) + data

    def number(self, first=0):
        value = self.one([self.dice.randint(first, 99)] * 6 + [value for value in NUMBERS if value >= first],
                         WRONG_NUMBERS + [0])
        body = number(value)
        if self.odd(0.01):
            body = body[:-1] + bytes([body[-1] | 0x80, 0])      # longer than need be
        said = b"%d" % value
        return self.one([said], [b"0" + said, b"+" + said, b"", said + b"0" * 20]), body

    def udi(self):
        udi = self.one(UDIS, WRONG_UDIS)
        return udi, string(udi)

    def count(self):
        value = self.one([0, 1, 16, self.dice.randint(1, 99), MAX_COUNT], [MAX_COUNT + 1, 2**64 - 1])
        return self.one([b"%d" % value if value else b"uncounted"], [b"%d" % value, b"", b"Uncounted", b"01"]), number(value)

    def day(self):
        day = self.dice.choice([0, 20000, 20779, 2932896, self.dice.randrange(2932897)])
        said = datetime.date.fromordinal(EPOCH + day).isoformat().encode()
        return self.one([said], [b"1969-12-31", b"2026-02-29", b"10000-01-01"]), \
            self.one([number(day)], [number(2932897), number(2**32 - 1), number(2**32)])

    def choice(self, words, first=0):
        place = self.dice.randrange(len(words))
        return self.one([words[place]], [b"", b"other"]), self.one([bytes([place + first])], [bytes([len(words) + first])])

    def lines(self, rest, may_be_empty=False):
        if may_be_empty and self.dice.random() < 0.3:
            return None
        count = self.one([1, 1, 2, 3, self.dice.randint(1, 16), 16], [17, 20])
        ids = self.dice.sample(IDS, min(count, self.dice.randint(1, len(IDS))))
        ids += [self.dice.randbytes(10) for _ in range(count - len(ids))]
        ids.sort()
        if self.odd():
            self.dice.shuffle(ids)
        if self.odd():
            ids[-1] = ids[0]
        entries = [(line.hex().encode(), line) for line in ids]
        entries = [tuple(a + b for a, b in zip(line, rest())) for line in entries]
        said, body = b",".join(said for said, _ in entries), b"".join(body for _, body in entries)
        if self.odd():
            said = self.dice.choice([b"", b"," + said, said + b",", said.replace(b",", b",,", 1), said.upper(), said[1:]])
            body = self.dice.choice([b"", body[:-1], body + b"\0", body[1:], body + body])
        return said, string(body)

    def lines_field(self, key, pair):
        return self.field(key, pair) if pair else (b"", b"\0")

    # Entries of lists, behind the id.

    def nothing(self):
        return self.one([b""], [b":", b":1", b"0"]), b""

    def holding(self):
        said, body = self.count()
        waits = self.long or self.dice.random() < 0.4
        return b":" + said + (self.one([b":waiting"], [b":waits", b":", b"waiting"]) if waits else b""), \
            body + self.one([bytes([waits])], [b"\2"])

    def removal(self):
        before = self.one([0, 1, 2, 16, self.dice.randint(1, 99), MAX_COUNT], [0])
        after = self.one([0, self.dice.randrange(before or 1)], [before, before + 1, MAX_COUNT, MAX_COUNT + 1, 2**64 - 1])
        said = b"%d" % before if before else b"uncounted"
        return b":" + said + self.one([b"-"], [b"", b":", b"--", b"-0"]) + b"%d" % after, number(before) + number(after)

    def used(self):
        seconds = self.one([0, 1, 59, 86400, self.dice.randrange(MAX_PERIOD), MAX_PERIOD], [MAX_PERIOD + 1, 2**64 - 1])
        return b":" + self.one([b"%d" % seconds], [b"%ds" % seconds, b"0%d" % seconds, b""]), number(seconds)

    def taken(self):
        if self.dice.random() < 0.5:
            said, body = self.count()
            return b":" + said, self.one([b"\0"], [b"\2"]) + body
        if self.dice.random() < 0.5:
            return self.one([b":gone"], [b":gone@", b":gone@0", b":Gone", b"gone", b":gone:1"]), b"\1\0"
        said, body = self.number(1)
        return b":gone@" + said, b"\1" + body

    # Records.

    def license(self):
        kind = self.dice.choice(list(TYPES))
        rules = TYPES[kind].split()
        has = [rule == "must" or rule == "may" and self.dice.random() < 0.5 for rule in rules]
        udi, usage, start, end = (there != self.odd(0.01) for there in has)
        conditional, additive = self.dice.random() < 0.7, self.dice.random() < 0.2
        count = self.count()
        seconds = self.dice.choice([1, 60, 5400, 86400, MAX_PERIOD])
        fields = [(b"f", string(b"f")), (b"1.0", bytes([1, 0, 0, 0])), (kind, bytes([1 + list(TYPES).index(kind)])), count,
                  self.field(b"id", self.hexadecimal(10)),
                  self.field(b"udi", self.udi()) if udi else (b"", b"\0"),
                  self.field(b"issued", self.day())]
        for key, there in ((b"start", start), (b"end", end)):
            said, body = self.field(key, self.day())
            fields.append((said, b"\1" + body) if there else (b"", b"\0"))
        fields.append((b"usage=" + period_text(seconds), number(seconds)) if usage else (b"", b"\0"))
        fields.append((b"combine=additive" if additive else b"", self.one([bytes([additive + 2 * conditional])], [b"\4"])))
        expiry = self.dice.randrange(3) if usage or end else 0
        fields.append((b"expiry=" + (b"immediate", b"report")[expiry - 1] if expiry else b"", bytes([expiry])))
        for key in (b"eula", b"pak"):
            fields.append((key + b"=a", string(b"a")) if self.dice.random() < 0.3 else (b"", b"\0"))
        extras = b" ".join(sorted(self.dice.sample([b"x-a=1", b"x-b=2", b"x-c=3", b"x-d=4"], self.dice.choice([0, 0, 1, 4]))))
        digest = self.hexadecimal(16)
        # In a text `needs=` stands before the extras, in a body behind them.
        return fields + [(b"needs=" + digest[0] if conditional else b"", b""), (extras, string(extras)),
                         (b"", digest[1] if conditional else b"")]

    def credential(self):
        proof = self.choice(PROOFS)
        return [self.field(b"udi", self.udi()), self.field(b"proof", proof), self.field(b"storage", self.choice(STORAGES)),
                self.key(proof[0] == b"key"), self.field(b"word", self.number()), self.field(b"repairs", self.number()),
                self.lines_field(b"lines", self.lines(self.holding, may_be_empty=True))]

    def permission(self):
        return [self.field(b"from", self.udi()), self.key(self.dice.random() < 0.6), self.field(b"repairs", self.number()),
                self.field(b"to", self.udi()), self.field(b"nonce", self.hexadecimal(8)),
                self.field(b"lines", self.lines(self.removal)), self.field(b"issued", self.day())]

    def rehost(self):
        outcome = self.choice(OUTCOMES, 1)
        used = self.lines(self.used, may_be_empty=True)
        if outcome[0] != b"applied" and not self.odd(0.1):
            used = None
        return [outcome, self.field(b"ticket", self.hexadecimal(16)), self.field(b"word", self.number(1)),
                self.field(b"repairs", self.number()), self.lines_field(b"used", used)]

    def revoke(self):
        return [self.field(b"udi", self.udi()), self.field(b"nonce", self.hexadecimal(8)),
                self.field(b"lines", self.lines(self.nothing)), self.field(b"issued", self.day())]

    def confirm(self):
        return [self.field(b"ticket", self.hexadecimal(16)), self.field(b"word", self.number(1)),
                self.field(b"repairs", self.number()), self.field(b"lines", self.lines(self.taken))]

    def time(self):
        seconds = self.dice.choice([0, 1, 86399, 86400, 1795335000, 253402300799, self.dice.randrange(253402300800)])
        day, rest = divmod(seconds, 86400)
        said = b"%sT%02d:%02d:%02dZ" % (datetime.date.fromordinal(EPOCH + day).isoformat().encode(), rest // 3600,
                                        rest // 60 % 60, rest % 60)
        wrong = [said[:-1], said.lower(), said.replace(b"T", b" "), said[:11] + b"24:00:00Z", said[:17] + b"60Z",
                 said[:14] + b"60:00Z", said[:10], said[:-1] + b".5Z", said[:-1] + b"+00:00", b"2026-02-29T00:00:00Z"]
        late = [number(253402300800), number(2**64 - 1), number(2**64)]
        return [(self.one([said], wrong, 0.2), self.one([number(seconds)], late, 0.2))]
