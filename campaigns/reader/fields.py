"""Places and fields of each kind of record (SPEC 4.1, 5.1, 17.1, 19.1, 20.1, 21.1), and who checks their values."""

from values import (
    OUTCOMES, PROOFS, REPAIRS, ROLES, STORAGES, check_count, check_feature, check_free, check_id, check_key, check_lines,
    check_list, check_number, check_period, check_time, check_type, check_udi, check_version, check_word, days, full,
    hexadecimal, is_holding, is_pid, is_removal, is_taken, is_used, one_of,
)

KEYWORDS = (b"LICENSE", b"KEY", b"REPAIR", b"CREDENTIAL", b"PERMISSION", b"REHOST", b"REVOKE", b"CONFIRM",
            b"TIME")                                            # 1.2
FIELDS = {
    "license": [b"id", b"udi", b"issued", b"start", b"end", b"usage", b"combine", b"expiry", b"eula", b"pak", b"needs"],
    "key": [b"key", b"features", b"pids", b"not-before", b"not-after"],
    "repair": [b"id", b"udi", b"issued"],
    "credential": [b"udi", b"proof", b"storage", b"key", b"word", b"repairs", b"lines"],
    "permission": [b"from", b"key", b"repairs", b"to", b"nonce", b"lines", b"issued"],
    "rehost": [b"ticket", b"word", b"repairs", b"used"],
    "revoke": [b"udi", b"nonce", b"lines", b"issued"],
    "confirm": [b"ticket", b"word", b"repairs", b"lines"],
    "time": [],
}
KNOWN = {b"sig"}.union(*FIELDS.values())
REQUIRED = {
    "license": [b"id", b"issued"],
    "key": [b"key", b"not-before", b"not-after"],
    "repair": [b"id", b"udi", b"issued"],
    "credential": [b"udi", b"proof", b"storage", b"word", b"repairs"],
    "permission": [b"from", b"repairs", b"to", b"nonce", b"lines", b"issued"],
    "rehost": [b"ticket", b"word", b"repairs"],
    "revoke": [b"udi", b"nonce", b"lines", b"issued"],
    "confirm": [b"ticket", b"word", b"repairs", b"lines"],
    "time": [],
}
POSITIONS = {
    "license": [check_feature, check_version, check_type, check_count],
    "key": [hexadecimal(8), one_of(ROLES, "bad-role")],
    "repair": [one_of(REPAIRS, "bad-value"), check_number],
    "credential": [],
    "permission": [],
    "rehost": [one_of(OUTCOMES, "bad-value")],
    "revoke": [],
    "confirm": [],
    "time": [check_time],
}
VALUES = {
    b"id": check_id,
    b"udi": check_udi,
    b"from": check_udi,
    b"to": check_udi,
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
    b"needs": hexadecimal(32),
    b"ticket": hexadecimal(32),
    b"nonce": hexadecimal(16),
    b"key": check_key,
    b"features": check_list(lambda entry: full(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", entry)),
    b"pids": check_list(is_pid),
    b"proof": one_of(PROOFS, "bad-value"),
    b"storage": one_of(STORAGES, "bad-value"),
    b"word": check_word,
    b"repairs": check_number,
    b"used": check_lines(is_used),
}
# Fields that have the key of another kind's field, and other values.
OWN_VALUES = {
    ("credential", b"word"): check_number,
    ("credential", b"lines"): check_lines(is_holding),
    ("permission", b"lines"): check_lines(is_removal),
    ("revoke", b"lines"): check_lines(lambda rest: not rest),
    ("confirm", b"lines"): check_lines(is_taken),
}


def check_of(kind, key):
    return OWN_VALUES.get((kind, key)) or VALUES[key]
