"""A second reader of license files, written from docs/SPEC.md alone (sections 1 to 5, 7, 17 and 19 to 21).

Numbers in comments are rules of SPEC.md. It does not look at signatures: what it calls accepted is a
*line* in the words of 8.1. Run it on files, and it prints what it finds in them.
"""

import sys

sys.dont_write_bytecode = True

from records import text_pieces
from twin import binary_pieces


def pieces(data):
    return binary_pieces(data) if data[:1] == b"\xb1" else text_pieces(data)   # 1.1


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with open(name, "rb") as file:
            for piece in pieces(file.read()):
                print(piece)
