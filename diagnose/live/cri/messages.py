"""Knows the few messages of CRI v1 that a trial pull needs, by their numbers.

From ``pkg/apis/runtime/v1/api.proto`` of https://github.com/kubernetes/cri-api (791729b, 2026-07):
numbers of a released field never change, so that every runtime since CRI v1 reads them alike.
"""

from dataclasses import dataclass, field

from diagnose import protobuf

RUNTIME, IMAGES = "/runtime.v1.RuntimeService/", "/runtime.v1.ImageService/"
NAMES = "/containerd.services.images.v1.Images/"
NAMESPACE = ("containerd-namespace", "k8s.io")  # where containerd keeps what CRI pulls


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """VersionResponse."""

    name: str  # containerd | cri-o
    version: str
    api: str  # v1


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """The runtime's own image, with every name that leads to it."""

    id: str
    tags: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()  # HOST/REPOSITORY@sha256:...


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """AuthConfig, as the kubelet fills it from what its plug-in said."""

    user: str
    secret: str = field(repr=False)


def version_request() -> bytes:
    return protobuf.message((1, "v1"))  # VersionRequest.version: the kubelet's own


def version(data: bytes) -> Version:
    found = protobuf.fields(data)
    one, two, three = (protobuf.text(found, number) for number in (2, 3, 4))
    return Version(name=one, version=two, api=three)


def status_request() -> bytes:
    return b""  # StatusRequest, not verbose: the verbose one holds the whole configuration


def not_ready(data: bytes) -> tuple[str, ...]:
    """Give the types of the conditions that are not true, with their reason."""
    whole = protobuf.fields(data)
    rows = [
        protobuf.fields(row)
        for status in protobuf.parts(whole, 1)  # StatusResponse.status
        for row in protobuf.parts(protobuf.fields(status), 1)  # RuntimeStatus.conditions
    ]
    return tuple(
        " ".join(filter(None, (protobuf.text(row, 1), protobuf.text(row, 3))))
        for row in rows
        if not protobuf.flag(row, 2)
    )


def image_request(image: str) -> bytes:
    """ImageStatusRequest and RemoveImageRequest alike: an ImageSpec as their first field."""
    return protobuf.message((1, protobuf.message((1, image))))


def images(data: bytes) -> tuple[Image, ...]:
    """ListImagesResponse; an ImageStatusResponse is the same with one image or none."""
    rows = [protobuf.fields(row) for row in protobuf.parts(protobuf.fields(data), 1)]
    return tuple(
        Image(id=protobuf.text(row, 1), tags=protobuf.texts(row, 2), digests=protobuf.texts(row, 3))
        for row in rows
    )


def pull_request(image: str, login: Login | None) -> bytes:
    """PullImageRequest: ImageSpec, and an AuthConfig with user name and password."""
    spec = protobuf.message((1, image))
    auth = protobuf.message((1, login.user), (2, login.secret)) if login else b""
    return protobuf.message((1, spec), (2, auth))


def pulled(data: bytes) -> str:
    """PullImageResponse.image_ref."""
    return protobuf.text(protobuf.fields(data), 1)


def untag_request(name: str) -> bytes:
    """DeleteImageRequest of containerd's own service (api/services/images/v1/images.proto): the
    name, and to wait until it is gone. CRI can only take all names of an image at once.
    """
    return protobuf.message((1, name), (2, True))
