"""``python -m tests.fuzz --seconds 600``: every target in turn, with an equal part of the time.

``--target NAME`` (more than once) chooses; ``--seed`` gives other inputs; ``--only NUMBER`` makes
one input again. It prints a line for each target and each kind of failure once, and ends with 1 if
there was any.
"""

import argparse
import resource
import sys
import time

from tests.fuzz import loop
from tests.fuzz.targets import ALL


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--target", action="append", choices=sorted(ALL))
    parser.add_argument("--only", type=int)
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    if given.list:
        print(*sorted(ALL), sep="\n")
        return 0
    names = given.target or sorted(ALL)
    failed = 0
    for name in names:
        ALL[name].seeds()
        began = time.monotonic()
        found = loop.fuzz(ALL[name], given.seed, given.seconds / len(names), given.only)
        took, (slowest, number) = time.monotonic() - began, found.slowest
        print(
            f"{name}: {found.inputs} inputs in {took:.0f} s, the slowest {slowest:.3f} s "
            f"(number {number})",
            flush=True,
        )
        for kind, times in found.kinds.most_common():
            print(f"{times:8} times: {kind}\n         {found.first[kind]}", flush=True)
        failed += len(found.kinds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"seed {given.seed}: {failed} kinds of failure, {peak} MB at the peak")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
