"""Mutated license files, read by reader.py and by the core: both must say the same of every byte.

    compare.py --core PROGRAM [--seed N] [--files N | --long] [--vectors FOLDER]

PROGRAM is campaigns/examples/pieces.rs. The same seed makes the same files.
"""

import argparse
import collections
import hashlib
import json
import pathlib
import random
import subprocess
import sys

sys.dont_write_bytecode = True

import reader
from mutate import Mutator

BATCH = 1000
# Reasons of 6.5: to a reader of records such a record is accepted.
BEHIND_THE_GRAMMAR = {
    "unknown-key", "signature-mismatch", "signature-not-low-s", "key-role", "development-key", "key-feature",
    "key-product", "key-period", "key-id-mismatch", "not-a-root", "key-slots-full", "invalid-key",
}


def by_core(program, files):
    """What the core says of each of the files, as lines."""
    stream = b"".join(len(file).to_bytes(4, "little") + file for file in files)
    said = subprocess.run([program], input=stream, stdout=subprocess.PIPE, check=True).stdout
    answers, lines = [], []
    for line in said.decode("ascii").splitlines():
        if line == ".":
            answers.append(lines)
            lines = []
        elif line.startswith(("twin ", "signed ")):
            lines += wrong_beside(lines[-1].partition(" accepted ")[2], *line.split(" "))
        else:
            lines.append(line)
    assert len(answers) == len(files), "the core gave fewer answers than there are files"
    return answers


def wrong_beside(text, name, digits):
    """What the core says besides of a record with this text: nothing if the reader says so, too."""
    if name == "signed":                                        # 6.2
        keyword, signed = text.partition(" ")[0], text.rpartition(" sig=")[0]
        right = hashlib.sha256(f"nodelock {keyword.lower()} 1\n{signed}".encode()).hexdigest() == digits
    else:
        twin = list(reader.pieces(bytes.fromhex(digits)))
        right = [piece.text for piece in twin] == [text.encode()]
    return [] if right else [f"{name} {digits}"]


def by_reader(file):
    return [str(piece) for piece in reader.pieces(file)]


def shorter(program, file):
    """The same difference in fewer bytes: parts are left out as long as it stays."""
    part = len(file) // 2
    while part:
        tries = [file[:at] + file[at + part:] for at in range(0, len(file), part)]
        differs = [one for one, core in zip(tries, by_core(program, tries)) if core != by_reader(one)]
        if differs:
            file = differs[0]
            part = min(part, len(file) // 2)
        else:
            part //= 2
    return file


def golden(folder):
    """The vectors, each held against what stands beside it."""
    files = []
    for path in sorted(folder.glob("valid/*.json")):
        records = json.loads(path.read_text())["records"]
        text, binary = (path.with_suffix(form).read_bytes() for form in (".lic", ".bin"))
        expected = [f"{one['offset']} {one['end']} accepted {one['text']}" for one in records]
        assert by_reader(text) == expected, f"{path}: {by_reader(text)}"
        texts = [piece.text.decode() for piece in reader.pieces(binary)]
        assert texts == [one["text"] for one in records], f"{path}: the binary twin"
        encoded = path.with_suffix(".b64").read_bytes()
        assert [piece.reason for piece in reader.pieces(encoded)] == ["stray-text"], f"{path}: base64"
        files += [text, binary, encoded]
    for path in sorted(folder.glob("invalid/*.lic")):
        file = path.read_bytes()
        found = [f"{piece.reason} {piece.offset}" for piece in reader.pieces(file) if piece.reason]
        expected = path.with_suffix(".expect").read_text().splitlines()
        expected = [one for one in expected if one.split()[0] not in BEHIND_THE_GRAMMAR]
        assert found == expected, f"{path}: {found} instead of {expected}"
        files.append(file)
    return files


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--core", required=True)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--files", type=int, default=20_000)
    arguments.add_argument("--long", dest="files", action="store_const", const=1_000_000)
    arguments.add_argument("--vectors", type=pathlib.Path, default=pathlib.Path("vectors"))
    given = arguments.parse_args()
    genuine = golden(given.vectors)
    assert genuine, f"no vectors in {given.vectors}"
    for file, core in zip(genuine, by_core(given.core, genuine)):
        assert by_reader(file) == core, f"{file}: {by_reader(file)} instead of {core}"

    mutator = Mutator(genuine, random.Random(given.seed))
    reasons = collections.Counter()
    done = 0
    while done < given.files:
        files = [mutator.file() for _ in range(min(BATCH, given.files - done))]
        for file, core in zip(files, by_core(given.core, files)):
            found = by_reader(file)
            if found != core:
                report(given, shorter(given.core, file), file)
                return 1
            reasons.update(line.split(" ", 3)[2] for line in found)
        done += len(files)
    pieces = sum(reasons.values())
    print(f"{done} files with {pieces} pieces from seed {given.seed}, no difference; "
          + ", ".join(f"{count} {reason}" for reason, count in reasons.most_common()))
    return 0


def report(given, short, file):
    print(f"FOUND with --seed {given.seed} --files {given.files}: they say different things of\n{short!r}")
    print("core:  ", *by_core(given.core, [short])[0], sep="\n  ")
    print("reader:", *by_reader(short), sep="\n  ")
    print(f"(before it was shortened: {file!r})")


if __name__ == "__main__":
    sys.exit(main())
