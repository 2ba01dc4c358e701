"""The one layer that an image has above its base: ``layer.py DIST [LAYER]``.

DIST has the zipapp and the document of its parts; what is missing there is named. LAYER is
``.build/image/layer.tar`` by default, which packaging/image/Dockerfile adds to its base.
"""

import sys
from pathlib import Path

import licences
from release import DIST, NAME, ROOT, Entry, tar, version, with_folders, write

LAYER = ROOT / ".build" / "image" / "layer.tar"
PYZ = f"opt/{NAME}/{NAME}.pyz"
LAUNCHER = f"usr/bin/{NAME}"
DOCS = f"usr/share/doc/{NAME}"
# Scanners look for *.cdx.json anywhere; documentation may be stripped, this place is not.
SBOM = f"usr/share/sbom/{NAME}.cdx.json"
# No shell and no env, as an image for one program need not have any. -I as everywhere: neither
# variables nor a user's packages change what runs.
START = f"""#!/usr/bin/python3 -I
import runpy
import sys

sys.argv[0] = "/{PYZ}"
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def layer(dist: Path) -> bytes:
    """Give the layer as a tar; ends the program where a part of it was not built."""
    return tar(with_folders(entries(dist)))


def entries(dist: Path) -> tuple[Entry, ...]:
    """Give its files, without the folders above them."""
    return (
        Entry(path=PYZ, data=_built(dist / f"{NAME}.pyz"), mode=0o755),
        Entry(path=LAUNCHER, data=START.encode(), mode=0o755),
        Entry(path=SBOM, data=_built(dist / f"{NAME}-{version()}.cdx.json")),
        Entry(path=f"{DOCS}/LICENCES.txt", data=_licences(dist / f"{NAME}.pyz").encode()),
    )


def _licences(archive: Path) -> str:
    return licences.plain(licences.parts(archive))


def _built(place: Path) -> bytes:
    if not place.is_file():
        raise SystemExit(f"{place} is not there yet; make image makes it")
    return place.read_bytes()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DIST
    write(Path(sys.argv[2]) if len(sys.argv) > 2 else LAYER, layer(folder))
