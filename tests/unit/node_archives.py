"""Archives as AKS's log collector makes them, of a node with nothing wrong but for ``more``."""

import zipfile
from pathlib import Path

NODE = "aks-build-24681357-vmss00000a"
SERVER = "contoso.azurecr.io"
CERTS = "/etc/containerd/certs.d"
CONFIG = "etc/containerd/config.toml"
LISTING = "collect/file_listings.txt"
BYTES = "collect/du_bytes.txt"
INODES = "collect/du_inodes.txt"
VERSION = "collect/crictl_version.txt"
INFO = "collect/crictl_info.json"
IMAGES = "collect/crictl_images.json"
OLD_SHAPE = (
    f'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry]\nconfig_path = "{CERTS}"\n'
)
NEW_SHAPE = (
    f'version = 3\n[plugins."io.containerd.cri.v1.images".registry]\nconfig_path = "{CERTS}"\n'
)


def listed(*paths: str) -> str:
    """Give what ``find /etc -ls`` says of these paths; one that ends in a slash is a folder."""
    rows = []
    for path in ("/etc/", "/etc/containerd/", f"/{CONFIG}", f"{CERTS}/", *paths):
        kind = "drwxr-xr-x" if path.endswith("/") else "-rw-r--r--"
        shown = path.rstrip("/")
        rows.append(
            f"  2181{len(rows)}      4 {kind}   1 root     root         96 Aug  1 10:00 {shown}"
        )
    return "".join(f"{row}\n" for row in rows)


def df(*rows: tuple[str, int, int]) -> str:
    """Give what ``df -al`` says: place, what is free, and all."""
    lines = [f"/dev/root {of} {of - free} {free} 9% {place}\n" for place, free, of in rows]
    return "Filesystem 1K-blocks Used Available Use% Mounted on\nproc 0 0 0 - /proc\n" + "".join(
        lines
    )


def members() -> dict[str, str]:
    """Give a node with nothing wrong, whose containerd was told of no mirror."""
    return {
        "etc/hostname": f"{NODE}\n",
        "etc/resolv.conf": "nameserver 10.1.0.53\n",
        CONFIG: OLD_SHAPE,
        LISTING: listed(),
        BYTES: df(("/", 900_000, 1_000_000)),
        INODES: df(("/", 900, 1000)),
        VERSION: "Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  1.7.27-1\n"
        "RuntimeApiVersion:  v1\n",
        INFO: '{"status":{"conditions":[{"type":"RuntimeReady","status":true,"reason":""}]},'
        '"config":{"registry":{"configs":{"x":{"auth":{"password":"hunter2"}}}}}}',
        IMAGES: f'{{"images":[{{"id":"sha256:1","repoTags":["{SERVER}/app:v1","mcr/x:1"]}}]}}',
    }


def zipped(path: Path, more: dict[str, str | bytes | None] | None = None) -> Path:
    """Write the archive; a member whose text is None is left out."""
    every: dict[str, str | bytes | None] = {**members(), **(more or {})}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in every.items():
            if text is not None:
                archive.writestr(name, text)
    return path
