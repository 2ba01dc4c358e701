"""A path on the machine: what every machine has stays, the names that people chose do not."""

import re

from diagnose.bundle.pseudonyms.hosts import host
from diagnose.bundle.pseudonyms.identities import guid
from diagnose.bundle.pseudonyms.names import NO_LETTER, Names
from diagnose.bundle.pseudonyms.references import digest

_WORDS = frozenset(
    """
acr-credential-provider azure bin boot buildkit ca-bundle ca-certificates certs certs.d cloud conf
conf.d config containerd containers cri credential-provider credential-provider-config daemon data
default defaults dev dist-packages docker dockerd ecr-credential-provider env environment etc
fs fuse-overlayfs gcr-credential-provider home hosts http-proxy https-proxy image
io.containerd.content.v1.content io.containerd.snapshotter.v1.overlayfs kubelet kubernetes lib lib32
lib64 libexec local localtime log logs manifests media mirror mnt net netns node node_modules
opt override overlay overlay2 passwd pipe pki pods private proc profile profile.d proxy public
python python3 registries resolv root rootfs run sbin self services share site-packages snap
snapshots socket srv ssl stub-resolv sys sysconfig system systemd system.conf.d tls tmp trusted
usr users var vendor volumes www yum zz-acr-diagnose .config .docker .kube .azure
.local .ssh .cache mkcert waagent
docker-credential-acr-env docker-credential-acr-linux docker-credential-acr-login
docker-credential-desktop docker-credential-ecr-login docker-credential-ecr docker-credential-gcloud
docker-credential-gcr docker-credential-osxkeychain docker-credential-pass
docker-credential-secretservice docker-credential-wincred docker_engine azure-pipelines
diagnose checks environ _default
""".split()
)
_ENDINGS = frozenset(
    """
bak cer cfg cnf conf crt d der env gz ini json key list lock log mount off orig p12 pem pid py
save service sh slice so sock socket target toml txt xml yaml yml
""".split()
)
_NUMBER = re.compile(r"\d{1,7}")
_VERSIONED = re.compile(r"python3?\.\d{1,2}|v\d{1,2}(?:\.\d{1,2})?")
_HOST = re.compile(r"(?:[A-Za-z0-9*-]+\.)+[A-Za-z0-9-]+(?::\d{1,5})?|[A-Za-z0-9-]+:\d{1,5}")
_DRIVE = re.compile(r"[A-Za-z]:")
_HELPER = "docker-credential-"
_PEOPLE = ("home", "users")


def file(names: Names, text: str) -> str:
    """Give the alias of a path, or of a name without one."""
    found, before = [], ""
    for part in re.split(r"([/\\]+)", text):
        found.append(_segment(names, part, "user" if before in _PEOPLE else "file"))
        before = before if NO_LETTER.fullmatch(part) else part.lower()
    return "".join(found)


def _segment(names: Names, text: str, kind: str) -> str:
    if kind == "user" and text:
        return names.alias(kind, text)
    if (
        NO_LETTER.fullmatch(text)
        or _DRIVE.fullmatch(text)
        or _NUMBER.fullmatch(text)
        or _known(text)
    ):
        return text
    if text.startswith(_HELPER):
        return _HELPER + names.alias(kind, text.removeprefix(_HELPER))
    stem, dot, ending = text.rpartition(".")
    if dot and ending.lower() in _ENDINGS:
        return _segment(names, stem, kind) + dot + ending
    found = guid(names, text) or digest(names, text)
    return found or (host(names, text) if _HOST.fullmatch(text) else names.alias(kind, text))


def _known(text: str) -> bool:
    return text in _WORDS or text.lower() in _WORDS or bool(_VERSIONED.fullmatch(text))
