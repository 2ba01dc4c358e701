"""The image as an archive: ``image.py BASE OUT``, where BASE is an archive of its base.

The same base and the same layer are the same bytes. What the image is set to is said once more in
packaging/image/Dockerfile, for whoever has an engine; a test holds both together.
"""

import sys
from datetime import datetime, timezone
from pathlib import Path

import archive
from layer import layer
from release import DIST, NAME, commit, epoch, version, write

REPOSITORY = f"localhost/{NAME}"  # the name that the manifests use where they are told no other
USER = 65532  # the "nonroot" of distroless images; what needs root says so in its pod
_TITLE = "org.opencontainers.image"


def image(base: archive.Image, dist: Path) -> archive.Image:
    """Put the program's layer above a base that has Python as /usr/bin/python3."""
    made = base.plus(
        layer(dist),
        created=created(),
        by="packaging/build/layer.py",
        settings={
            "Entrypoint": [f"/usr/bin/{NAME}"],
            "Cmd": [],
            "User": f"{USER}:{USER}",
            "WorkingDir": "/",
        },
        labels=labels(base.name),
    )
    return made.named(f"{REPOSITORY}:{version()}")


def labels(base: str) -> dict[str, str]:
    """https://github.com/opencontainers/image-spec/blob/main/annotations.md; ``base`` is a name."""
    return {
        f"{_TITLE}.base.name": base,
        f"{_TITLE}.created": created(),
        f"{_TITLE}.description": "Names the root cause when an Azure VM cannot pull from an "
        "Azure Container Registry",
        f"{_TITLE}.licenses": "MIT",
        f"{_TITLE}.revision": commit(),
        f"{_TITLE}.title": NAME,
        f"{_TITLE}.version": version(),
    }


def created() -> str:
    return datetime.fromtimestamp(epoch(), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit("image.py BASE [OUT]: BASE is what docker save or base.py wrote")
    dist = Path(sys.argv[2]) if len(sys.argv) > 2 else DIST
    try:
        base = archive.read(Path(sys.argv[1]))
    except archive.NoImageError as error:
        raise SystemExit(str(error)) from None
    write(dist / f"{NAME}-{version()}-image.tar", image(base, dist).archive())


if __name__ == "__main__":
    main()
