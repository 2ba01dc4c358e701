"""Finds a Python that is new enough, or says what is needed; Python 2.7 can read this."""

import os
import subprocess
import sys

# First those that the archive has compiled code for.
NAMES = ("python3.12", "python3.11", "python3.10", "python3.13", "python3.14", "python3")
FAILED = 5  # as when the program itself fails; 1 would say that a root cause was found
_ASKED = "import sys; sys.exit(sys.hexversion < 0x030A0000)"


def main():  # type: () -> None
    """Go on as another Python, or end."""
    for path in _candidates():
        if _is_new_enough(path):
            # -I: what variables and folders told this Python is not meant for that one.
            os.execv(path, [path, "-I"] + sys.argv)
    told = "acr-diagnose: needs Python 3.10 or newer; this is " + sys.version.split()[0]
    sys.stderr.write(told + ", and PATH has no newer one\n")
    sys.exit(FAILED)


def _candidates():  # type: () -> list[str]
    folders = [one for one in os.environ.get("PATH", os.defpath).split(os.pathsep) if one]
    places = [os.path.join(folder, name) for name in NAMES for folder in folders]
    return [place for place in places if os.access(place, os.X_OK)]


def _is_new_enough(path):  # type: (str) -> bool
    with open(os.devnull, "w") as nowhere:
        try:
            return not subprocess.call([path, "-I", "-c", _ASKED], stdout=nowhere, stderr=nowhere)
        except OSError:
            return False
