"""The simulated containerd's answers to CRI, as far as a trial pull asks; pure but for its images.

Numbers of fields and words of errors: k8s.io/cri-api, runtime/v1/api.proto, and containerd's
internal/cri/server. Its own image service is there for the one call that takes a name away.
"""

from diagnose import protobuf
from diagnose.lab.cloud import Cloud
from diagnose.lab.cri_pull import CriPull
from diagnose.lab.cri_state import Containerd
from diagnose.lab.engine_pull import PullError

UNKNOWN, NOT_FOUND, UNIMPLEMENTED = 2, 5, 12


class RefusedError(Exception):
    """An outcome other than OK: a code of gRPC's and words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


def answer(cloud: Cloud, runtime: Containerd, method: str, message: bytes) -> bytes:
    """One call's answer; raise `RefusedError`."""
    service, _, name = method.strip("/").rpartition("/")
    if service.startswith("runtime.") and not (runtime.speaks_cri and service[8:11] == "v1."):
        raise RefusedError(UNIMPLEMENTED, f"unknown service {service}")
    asked = protobuf.fields(message)
    if name == "Version":
        told = ((1, "0.1.0"), (2, "containerd"), (3, runtime.version), (4, "v1"))
        return protobuf.message(*told)
    if name == "Status":
        ready = [
            protobuf.message((1, kind), (2, True)) for kind in ("RuntimeReady", "NetworkReady")
        ]
        return protobuf.message((1, protobuf.message(*((1, one) for one in ready))))
    if name == "ListImages":
        every = sorted(set(runtime.images.values()))
        return protobuf.message(*((1, _image(runtime, one)) for one in every))
    if name == "Delete":
        if runtime.images.pop(protobuf.text(asked, 1), None) is None:
            raise RefusedError(NOT_FOUND, "image not found")
        return b""
    return _of_image(cloud, runtime, name, asked)


def _of_image(cloud: Cloud, runtime: Containerd, name: str, asked: protobuf.Fields) -> bytes:
    """Answer what names one image, by the ImageSpec that every such request begins with."""
    spec = protobuf.fields(next(iter(protobuf.parts(asked, 1)), b""))
    image = protobuf.text(spec, 1)
    if name == "ImageStatus":
        found = runtime.images.get(image)
        return protobuf.message((1, _image(runtime, found))) if found else b""
    if name == "RemoveImage":
        gone = runtime.images.get(image)
        for key in [key for key, one in runtime.images.items() if one == gone]:
            del runtime.images[key]
        return b""
    if name == "PullImage":
        auth = protobuf.fields(next(iter(protobuf.parts(asked, 2)), b""))
        return _pull(cloud, runtime, image, (protobuf.text(auth, 1), protobuf.text(auth, 2)))
    raise RefusedError(UNIMPLEMENTED, f"unknown method {name}")


def _pull(cloud: Cloud, runtime: Containerd, image: str, auth: tuple[str, str]) -> bytes:
    host, _, rest = image.partition("/")
    repository, mark, reference = rest.partition("@")
    if not mark:
        repository, _, reference = rest.partition(":")
    try:
        digest = CriPull(cloud, runtime, auth, {}).run(host, repository, reference or "latest")
    except PullError as error:
        code = NOT_FOUND if str(error).endswith(": not found") else UNKNOWN
        raise RefusedError(code, str(error)) from None
    runtime.images |= {image: digest, f"{host}/{repository}@{digest}": digest}
    return protobuf.message((1, f"{host}/{repository}@{digest}"))


def _image(runtime: Containerd, found: str) -> bytes:
    names = sorted(name for name, one in runtime.images.items() if one == found)
    tags = [(2, name) for name in names if "@" not in name]
    digests = [(3, name) for name in names if "@" in name]
    return protobuf.message((1, found), *tags, *digests)
