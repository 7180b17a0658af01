"""Damaged license files: genuine ones, changed in ways that mail, editors, cables and people have."""

import re

from seeds import Maker, number

TOKENS = [
    b"LICENSE", b"KEY", b"REPAIR", b"license", b"LICENSE\xff", b"REVOKE", b"CREDENTIAL", b"PERMISSION", b"REHOST",
    b"CONFIRM", b"TIME", b"REQUEST", b"RETURN", b"1", b"2", b"01", b"0", b"=", b"x", b"#", b"#x",
    b"x#y", b"uncounted", b"16", b"999999999999", b"1000000000000", b"permanent", b"evaluation", b"extension", b"grace",
    b"subscription", b"evaluation-subscription", b"extension-subscription", b"evaluation-right-to-use", b"right-to-use",
    b"permanent-right-to-use", b"production", b"development", b"rollback", b"damage", b"clock", b"18446744073709551615",
    b"18446744073709551616", b"1.0", b"1", b"1.0.0", b"1.2.3.4", b"1.0.0.1", b"1.65535", b"1.65536", b"1.2.3.4.5", b"0.0",
    b"id=5f1c0a9e27d4b86310c2", b"id=", b"udi=P:S", b"udi=P:S:T", b"udi=P,Q:S", b"udi=:S", b"udi=P:", b"udi=P",
    b"issued=2026-11-22", b"issued=1969-12-31", b"issued=2100-02-29", b"issued=2000-02-29", b"issued=9999-12-31",
    b"issued=10000-01-01", b"start=2027-01-01", b"end=2027-01-01", b"end=2026-13-01", b"usage=1s", b"usage=60s", b"usage=1m",
    b"usage=24h", b"usage=36500d", b"usage=36501d", b"usage=876001h", b"usage=3153600001s", b"usage=0d", b"usage=d",
    b"usage=99999999999999999999d", b"combine=additive", b"combine=exclusive", b"expiry=immediate", b"expiry=report",
    b"expiry=until-reboot", b"eula=a", b"eula=", b"eula=" + 64 * b"e", b"eula=" + 65 * b"e", b"pak=a.b_c-d", b"pak=a/b",
    b"x-a=1", b"x-b=1", b"x-c=1", b"x-d=1", b"x-e=1", b"x-=1", b"x-A=1", b"x-a", b"x-a=", b"x-a==", b"x-a=" + 64 * b"~",
    b"x-a=" + 65 * b"~", b"x-" + 22 * b"k" + b"=1", b"x-" + 23 * b"k" + b"=1", b"X-a=1", b"=1", b"site=7", b"sig=", b"sig",
    b"sig=:", b"sig=x", b"sig=\xff", b"sig=x\xff", b"signature=x", b"sig=sig=", b"Sig=x", b"features=a,b", b"features=b,a",
    b"features=a,a", b"features=", b"features=,", b"features=LICENSE", b"features=a,b,c,d,e,f,g,h", b"features=a,b,c,d,e,f,g,h,i",
    b"features=" + b",".join(bytes([c]) * 64 for c in b"abcd"), b"features=" + b",".join(bytes([c]) * 31 for c in b"abcdefgh"),
    b"features=" + 64 * b"f", b"features=" + 65 * b"f", b"features=-a", b"pids=P", b"pids=P:Q", b"pids=Q,P", b"pids=" + 33 * b"P",
    b"not-before=2026-01-01", b"not-after=2025-01-01", b"not-after=2026-01-01", b"f" * 64, b"f" * 65, b"f" * 700,
    b"applied", b"cancelled", b"given-up", b"Applied", b"given-up=", b"proof=none", b"proof=secret", b"proof=key", b"proof=",
    b"storage=none", b"storage=second-storage", b"storage=one-counter", b"storage=two-counters", b"storage=three-counters",
    b"word=0", b"word=1", b"word=18446744073709551615", b"word=18446744073709551616", b"word=01", b"word=", b"repairs=0",
    b"repairs=7", b"repairs=00", b"repairs=-1", b"from=P:S", b"to=P:S", b"from=P", b"to=", b"nonce=0707070707070707",
    b"nonce=070707070707070", b"nonce=070707070707070A", b"ticket=" + 32 * b"0", b"ticket=" + 31 * b"0", b"needs=" + 32 * b"a",
    b"needs=" + 32 * b"A", b"needs=", b"key=" + 86 * b"A", b"key=" + 85 * b"A" + b"B", b"key=", b"used=" + 20 * b"1" + b":0",
    b"used=", b"lines=" + 20 * b"1", b"lines=" + 20 * b"1" + b":1", b"lines=" + 20 * b"1" + b":1-0",
    b"lines=" + 20 * b"1" + b":gone", b"lines=" + 20 * b"1" + b":1:waiting", b"lines=", b"2026-11-22T08:30:00Z",
    b"\xc3\xa9", b"\xff", b"\x00", b"a\x0bb", b"\x7f", b"\xef\xbb\xbf", b"\xb1", b"Dear", b"customer,",
]
# Behind the line id of an entry, and numbers.
ENDS = [b":1", b":uncounted", b":0", b":1-0", b":2-2", b":waiting", b":gone", b":gone@1", b":gone@0", b"@1", b":", b""]
NUMBERS = [b"0", b"1", b"2", b"00", b"01", b"999999999999", b"1000000000000", b"3153600000", b"3153600001",
           b"18446744073709551615", b"18446744073709551616", b"", b"-1", b"uncounted"]
WHITE = [b" ", b"\n", b"\r\n", b"\t", b"  ", b"\r", b" #c\n", b"\n# LICENSE sig=x\r", b"\n#\xff\x00\n"]
TYPICAL = ["one", "one", "one", "several", "several"]


class Mutator:
    def __init__(self, genuine, dice):
        self.dice = dice
        self.maker = Maker(dice)
        self.text = [file for file in genuine if file[:1] != b"\xb1"]
        self.binary = [file for file in genuine if file[:1] == b"\xb1"]
        # Tokens of genuine files, to be put where they do not belong.
        self.tokens = TOKENS + sorted({token for file in self.text for token in file.split() if len(token) < 200})

    def file(self):
        dice = self.dice
        if dice.random() < 0.3:
            return self.binary_file()
        file = self.seed(self.text, [b"\n", b"\n", b" ", b"\n\n", b"# c\n", b"stray\n", b""])
        for _ in range(self.how_often()):
            file = dice.choice(TEXT)(self, file)
        return file

    def one_of(self, files):
        """A genuine file, or a record that was made, in which there may be wrong values already."""
        return self.maker.record()[0] if self.dice.random() < 0.5 else self.dice.choice(files)

    def binary_file(self):
        dice = self.dice
        if dice.random() < 0.02:
            return self.seed(self.binary + self.text, [b""])
        frames = []
        for _ in range(dice.choice([1, 1, 2, 3])):
            made = dice.random() < 0.5
            frames += [self.maker.record()[1]] if made else split_frames(dice.choice(self.binary))
        for _ in range(self.how_often()):
            at = dice.randrange(len(frames))
            kind, body = frames[at]
            body = dice.choice(BYTES)(self, body) if body else b"\x00"
            if dice.random() < 0.05:
                kind = dice.randrange(12)
            frames[at] = kind, body
        file = b"".join(bytes([0xB1, kind]) + number(len(body)) + body for kind, body in frames)
        while dice.random() < 0.2:
            file = dice.choice(BYTES)(self, file)
        return file

    def seed(self, files, between):
        dice = self.dice
        if dice.choice(TYPICAL) == "one":
            return self.one_of(files)
        return dice.choice(between).join(self.one_of(files) for _ in range(dice.randint(2, 4)))

    def how_often(self):
        often = self.dice.choice([0, 1, 1, 1])
        while self.dice.random() < 0.4:
            often += 1
        return often

    # Bytes.

    def flip(self, file):
        at = self.dice.randrange(len(file) or 1)
        return file[:at] + bytes(byte ^ 1 << self.dice.randrange(8) for byte in file[at:at + 1]) + file[at + 1:]

    def set_byte(self, file):
        at = self.dice.randrange(len(file) or 1)
        value = self.dice.choice([0, 1, 2, 3, 4, 10, 11, 0x20, 0x3D, 0x7F, 0x80, 0xB1, 0xFF, self.dice.randrange(256)])
        return file[:at] + bytes([value]) + file[at + 1:]

    def insert_byte(self, file):
        at = self.dice.randint(0, len(file))
        value = self.dice.choice([0, 0x0A, 0x20, 0x23, 0x2D, 0x30, 0x3A, 0x3D, 0x80, 0xFF, self.dice.randrange(256)])
        return file[:at] + bytes([value]) + file[at:]

    def delete_bytes(self, file):
        at = self.dice.randint(0, len(file))
        return file[:at] + file[at + self.dice.choice([1, 1, 1, 2, 5, 20]):]

    def truncate(self, file):
        return file[:self.dice.randint(0, len(file))]

    def double(self, file):
        at = self.dice.randint(0, len(file))
        length = self.dice.choice([1, 4, 20, 200])
        return file[:at] + file[at:at + length] + file[at:]

    def grow(self, file):
        at = self.dice.randint(0, len(file))
        return file[:at] + file[at - 1:at] * self.dice.choice([10, 40, 70, 500, 1000]) + file[at:]

    # Tokens: a list of white space and tokens in turn.

    def tokens_of(self, file):
        return re.split(rb"([ \t\r\n]+)", file)

    def place(self, parts):
        return 2 * self.dice.randrange((len(parts) + 1) // 2)

    def swap_tokens(self, file):
        parts = self.tokens_of(file)
        a = self.place(parts)
        b = self.place(parts) if self.dice.random() < 0.5 else min(a + 2, len(parts) - 1)
        parts[a], parts[b] = parts[b], parts[a]
        return b"".join(parts)

    def replace_token(self, file):
        parts = self.tokens_of(file)
        parts[self.place(parts)] = self.dice.choice(self.tokens)
        return b"".join(parts)

    def replace_alike(self, file):
        """A field by another one with the same key."""
        parts = self.tokens_of(file)
        at = self.place(parts)
        key = parts[at].partition(b"=")[0]
        alike = [token for token in self.tokens if token.partition(b"=")[0] == key] or self.tokens
        parts[at] = self.dice.choice(alike)
        return b"".join(parts)

    def change_entry(self, file):
        """A list in which an entry is missing, twice, elsewhere, or changed."""
        parts = self.tokens_of(file)
        lists = [at for at, part in enumerate(parts) if b"," in part] or [self.place(parts)]
        at = self.dice.choice(lists)
        key, equals, text = parts[at].partition(b"=")
        entries = text.split(b",")
        one, other = self.dice.randrange(len(entries)), self.dice.randrange(len(entries))
        change = self.dice.randrange(5)
        if change == 0:
            del entries[one]
        elif change == 1:
            entries.insert(other, entries[one])
        elif change == 2:
            entries[one], entries[other] = entries[other], entries[one]
        elif change == 3:
            entries[one] = entries[one][:20] + entries[other][20:]
        else:
            end = self.dice.choice(ENDS)
            entries[one] = entries[one][:self.dice.choice([20, 99])] + end
        parts[at] = key + equals + b",".join(entries)
        return b"".join(parts)

    def change_number(self, file):
        """A number within a token for another one."""
        numbers = list(re.finditer(rb"(?<=[=:@-])[0-9]{1,20}(?![0-9a-f])", file))
        if not numbers:
            return file
        one = self.dice.choice(numbers)
        return file[:one.start()] + self.dice.choice(NUMBERS) + file[one.end():]

    def insert_token(self, file):
        parts = self.tokens_of(file)
        at = self.place(parts)
        parts[at:at] = [self.dice.choice(self.tokens), self.dice.choice(WHITE)]
        return b"".join(parts)

    def delete_token(self, file):
        parts = self.tokens_of(file)
        at = self.place(parts)
        del parts[at:at + 2]
        return b"".join(parts)

    def double_token(self, file):
        parts = self.tokens_of(file)
        at = self.place(parts)
        parts[at:at] = [parts[at], b" "]
        return b"".join(parts)

    def glue(self, file):
        parts = self.tokens_of(file)
        at = self.dice.randrange(len(parts))
        if at % 2:
            parts[at] = b""
        return b"".join(parts)

    def change_white(self, file):
        parts = self.tokens_of(file)
        at = self.place(parts) + 1
        if at < len(parts):
            parts[at] = self.dice.choice(WHITE)
        return b"".join(parts)

    def lengthen(self, file):
        """Fields until the record is about as long as one may be."""
        parts = self.tokens_of(file)
        at = self.place(parts)
        fill = self.dice.choice([300, 500, 600, 780, 800, 1000, 1024 - min(len(file), 1000)]) + self.dice.randint(-3, 3)
        parts[at:at] = [b"x-a=" + b"f" * max(fill, 0), b" "]
        return b"".join(parts)

    def begin(self, file):
        return self.dice.choice([b"\xef\xbb\xbf", b"\xef\xbb\xbf", b"\xef\xbb", b"\xb1", b"\n", b"#", b"\x00"]) + file


BYTES = [Mutator.flip, Mutator.set_byte, Mutator.insert_byte, Mutator.delete_bytes, Mutator.truncate, Mutator.double,
         Mutator.flip, Mutator.set_byte, Mutator.set_byte, Mutator.grow]
TEXT = BYTES + 2 * [
    Mutator.swap_tokens, Mutator.replace_token, Mutator.replace_alike, Mutator.insert_token, Mutator.delete_token,
    Mutator.double_token, Mutator.glue, Mutator.change_white, Mutator.replace_alike, Mutator.insert_token,
    Mutator.change_entry, Mutator.change_number,
] + [Mutator.lengthen, Mutator.begin]


def split_frames(file):
    """Kind and body of each frame of a genuine file."""
    frames, at = [], 0
    while at < len(file) and file[at] == 0xB1:
        kind, length, shift, at = file[at + 1], 0, 0, at + 2
        while True:
            byte = file[at]
            length |= (byte & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if byte < 0x80:
                break
        frames.append((kind, file[at:at + length]))
        at += length
    return frames
