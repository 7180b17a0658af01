"""The values of records (SPEC section 3, and lists of 19.1 and 20.1): each is right, or has its reason."""

import datetime
import re

RESERVED = {b"LICENSE", b"KEY", b"CREDENTIAL", b"PERMISSION", b"REHOST", b"REQUEST", b"RESPONSE",
            b"REVOKE", b"REPAIR", b"TIME", b"CONFIRM", b"RETURN"}  # 3.11
BASE64URL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
EPOCH = datetime.date(1970, 1, 1).toordinal()
LAST_SECOND = (datetime.date.max.toordinal() - EPOCH + 1) * 86400 - 1
MAX_PERIOD = 36500 * 86400
MAX_COUNT = 999_999_999_999
MAX_ENTRIES = 16                                                # 3.17

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
PROOFS = [b"none", b"secret", b"key"]
STORAGES = [b"none", b"second-storage", b"one-counter", b"two-counters"]
OUTCOMES = [b"applied", b"cancelled", b"given-up"]


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


def is_count(text):
    return text == b"uncounted" or full(rb"[1-9][0-9]{0,11}", text)


def check_count(text):
    need(is_count(text), "bad-count")


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


def check_time(text):                                           # 3.16
    need(full(rb".{10}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z", text), "bad-date")
    days(text[:10])


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


def is_number(text, first=0):
    """17.1, and not 0 where `first` is 1."""
    return full(rb"0|[1-9][0-9]{0,19}", text) and first <= int(text) < 2**64


def check_number(text):
    need(is_number(text), "bad-value")


def check_word(text):
    need(is_number(text, first=1), "bad-value")


def hexadecimal(digits):
    return lambda text: need(full(rb"[0-9a-f]{%d}" % digits, text), "bad-value")


def is_base64url(text):
    """86 characters whose last has only its upper two bits in use (3.10)."""
    return full(rb"[A-Za-z0-9_-]{86}", text) and BASE64URL.index(text[85]) % 16 == 0


def base64url(data):
    bits = int.from_bytes(data, "big") << (86 * 6 - 8 * len(data))
    return bytes(BASE64URL[bits >> (6 * place) & 63] for place in reversed(range(86)))


def check_key(text):
    need(is_base64url(text), "bad-key-text")


def check_list(entry_is_right):
    def check(text):                                            # 5.3
        entries = text.split(b",")
        need(len(text) <= 256 and len(entries) <= 8, "bad-value")
        need(all(entry_is_right(entry) for entry in entries), "bad-value")
        need(all(a < b for a, b in zip(entries, entries[1:])), "bad-value")
    return check


# Lists of lines (3.17). An entry is a line id and a rest that its own section allows.

def check_lines(rest_is_right):
    def check(text):
        entries = text.split(b",")
        need(len(entries) <= MAX_ENTRIES, "bad-value")
        for entry in entries:
            need(full(rb"[0-9a-f]{20}", entry[:20]) and rest_is_right(entry[20:]), "bad-value")
        need(all(a[:20] < b[:20] for a, b in zip(entries, entries[1:])), "bad-value")
    return check


def is_holding(rest):
    if rest.endswith(b":waiting"):
        rest = rest[:-len(b":waiting")]
    return rest[:1] == b":" and is_count(rest[1:])


def is_removal(rest):
    count, minus, units = rest[1:].partition(b"-")
    if not (rest[:1] == b":" and minus and is_count(count) and full(rb"0|[1-9][0-9]{0,11}", units)):
        return False
    return int(units) == 0 if count == b"uncounted" else int(units) < int(count)


def is_used(rest):
    return full(rb":(0|[1-9][0-9]{0,9})", rest) and int(rest[1:]) <= MAX_PERIOD


def is_taken(rest):
    if rest.startswith(b":gone"):
        return rest == b":gone" or rest[5:6] == b"@" and is_number(rest[6:], first=1)
    return rest[:1] == b":" and is_count(rest[1:])


def one_of(words, reason):
    return lambda text: need(text in words, reason)
