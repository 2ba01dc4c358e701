"""Unpacks the zips beside this file and runs the program in them: ``start.py FOLDER WORDS...``

It goes to the nodes as it is, and runs under whatever Python is there; so it says what is missing.
"""

import runpy
import sys
import zipfile
from pathlib import Path


def main(here: Path, there: str) -> None:
    for archive in sorted(here.glob("*.zip")):
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(there)
    sys.path.insert(0, there)
    runpy.run_module("diagnose", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    if sys.hexversion < 0x030A0000:
        # stderr, and with it the pod's termination message
        here = sys.version.split()[0]
        sys.stderr.write(f"acr-diagnose needs Python 3.10 or newer; this node has {here}\n")
        sys.exit(5)  # as when the program itself fails; 1 would say that a root cause was found
    folder = sys.argv[1]
    sys.argv[:2] = ["acr-diagnose"]
    main(Path(__file__).parent, folder)
