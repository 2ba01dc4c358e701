"""The Debian package: ``deb.py OUT`` puts OUT/acr-diagnose.pyz into one.

Written here and not by dpkg-deb: its bytes then follow from the files alone, on any system. The
form is deb(5): an ar archive of a version, of what dpkg is to know, and of the files.
"""

import hashlib
import lzma
from collections.abc import Iterable

import changes
import licences
from contents import ABOUT, SETTINGS, SUMMARY, archive, contents
from release import NAME, ROOT, Entry, epoch, gzip, out, tar, version, with_folders, write

SOURCE = ROOT / "packaging" / "deb"
DOC = f"usr/share/doc/{NAME}"


def main() -> None:
    write(out() / f"{NAME}_{version()}_all.deb", package())


def package() -> bytes:
    """Give the package."""
    files = with_folders(
        (
            *contents(zsh="vendor-completions"),
            Entry(path=f"{DOC}/changelog.gz", data=gzip(changes.debian().encode())),
            Entry(path=f"{DOC}/copyright", data=licences.dep5(licences.parts(archive())).encode()),
            Entry(
                path=f"usr/share/lintian/overrides/{NAME}",
                data=(SOURCE / "lintian-overrides").read_bytes(),
            ),
        ),
        prefix="./",
    )
    return _ar(
        (
            ("debian-binary", b"2.0\n"),
            ("control.tar.xz", lzma.compress(tar(with_folders(_control(files), prefix="./")))),
            ("data.tar.xz", lzma.compress(tar(files))),
        )
    )


def _control(files: Iterable[Entry]) -> tuple[Entry, ...]:
    plain = [entry for entry in files if not entry.is_folder]
    sums = (f"{hashlib.md5(entry.data).hexdigest()}  {entry.path[2:]}" for entry in plain)  # noqa: S324 dpkg's form; it is against damage, not against an attacker
    scripts = [
        Entry(path=name, data=(SOURCE / name).read_bytes(), mode=0o755)
        for name in ("postinst", "prerm", "postrm")
    ]
    return (
        *scripts,
        Entry(path="conffiles", data=f"/{SETTINGS}\n".encode()),
        Entry(path="control", data=_fields(files).encode()),
        Entry(path="md5sums", data=("\n".join(sums) + "\n").encode()),
    )


def _fields(files: Iterable[Entry]) -> str:
    # As dpkg-gencontrol counts: whole kibibytes of a file, and one for anything else.
    size = sum(1 if entry.is_folder else -(-len(entry.data) // 1024) for entry in files)
    about = "".join(f" {line or '.'}\n" for line in ABOUT.splitlines())
    fields = {
        "Package": NAME,
        "Version": version(),
        "Architecture": "all",
        "Maintainer": changes.MAINTAINER,
        "Installed-Size": str(size),
        "Depends": "python3 (>= 3.10)",
        "Recommends": "ca-certificates",
        "Section": "admin",
        "Priority": "optional",
        "Description": SUMMARY,
    }
    head = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return head + about


def _ar(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Give the archive, whose members begin at even places."""
    told = b"!<arch>\n"
    for name, data in members:
        head = f"{name:<16}{epoch():<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n"
        told += head.encode() + data + b"\n" * (len(data) % 2)
    return told


if __name__ == "__main__":
    main()
