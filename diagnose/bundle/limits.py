"""How much a bundle may hold, and what its members may be called.

A bundle that we write has about ten members and 200 to 600 kB before it is packed, so each limit
leaves ten times that and more, and the sum keeps a reader below 150 MB of memory.
"""

import re

PACKED = 16 << 20  # bytes of the file: what is held in memory while it is inflated
UNPACKED = 64 << 20  # bytes of the whole archive, so that a bomb stops here
MEMBER = 16 << 20  # bytes of one member: a moment before it is whole it is held twice
MEMBERS = 64  # a later version may add some
OVERHEAD = 64 << 10  # bytes by which deflate may fall behind what it inflates: real ones by 0.1 %

NAME_LENGTH = 64  # a USTAR header has room for 100
NAME = re.compile(r"[a-z][a-z0-9_.-]*")  # no folder, no hidden file, one case: one name, one file

JSON_DEPTH = 64  # levels: replies have about 12, and each costs a reader a few frames of stack
JSON_BYTES = 8 << 20  # of one member: 3,000 subnets of a kilobyte each take 3 MB
JSON_VALUES = 200_000  # of one member: each takes up to 130 bytes once it is read
JSON_LINES = 20_000  # of one member: a run asks a few hundred questions
JSON_DIGITS = 19  # of a whole number: what fits into 64 bits
JSON_NUMBER = 40  # characters of any number: a double needs 24


def is_name(name: str) -> bool:
    """Say whether a member may be called so."""
    return len(name) <= NAME_LENGTH and bool(NAME.fullmatch(name)) and ".." not in name
