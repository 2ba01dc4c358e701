"""The machine itself: its disk, its engine, and words that are known but not the registry's."""

from diagnose.texts.meaning import Meaning
from diagnose.texts.wordings import sources as s

ROWS = (
    Meaning(
        name="no-space",
        says="the disk that holds the layers has no space or no inodes left",
        likely=("disk-full",),
        heard={
            s.ERRNO: ("no space left on device", "disk quota exceeded"),
            s.WINDOWS: ("there is not enough space on the disk",),
            s.KUBELET: (
                "low on resource: ephemeral-storage",
                "diskpressure",
                "failed to garbage collect required amount",
            ),
        },
    ),
    Meaning(
        name="engine-silent",
        says="the container engine on this machine does not answer, or may not be asked",
        likely=("runtime-down",),
        heard={
            s.MOBY_CLIENT: (
                "cannot connect to the docker daemon",
                "is the docker daemon running",
                "docker daemon is not running",
                "permission denied while trying to connect to the docker",
                "error during connect: ... docker{_engine|.sock| daemon|desktop}",
                "failed to connect to the docker api",
                "dial unix ... .sock: connect:",
                "open //./pipe/docker",
                "docker: command not found",
                "'docker' is not recognized",
            ),
            s.CRICTL: (
                "validate {service|cri v1} ... containerd.sock",
                "validate service connection",
            ),
            s.NERDCTL: ("cannot access containerd socket", "dial unix ... containerd.sock: no"),
            s.CTR: ("failed to dial ... containerd.sock",),
            s.SYSTEMD: ("job for {docker|containerd}.service failed",),
            s.COMPOSE: ("couldn't connect to docker daemon",),
            s.PODMAN: ("cannot connect to podman", "unable to connect to podman"),
            s.KUBELET: ("container runtime is down",),
            s.AZ_ACR: (
                "docker_command_error",
                "docker_daemon_error",
                "docker_version_error",
                "please verify if docker {daemon|client} is",
                "requires running the docker daemon",
            ),
        },
    ),
    Meaning(
        name="credential-helper-fails",
        says="docker's credential helper failed, so a login could not be stored or was not found",
        possible=("credentials-missing", "credentials-rejected"),
        heard={
            s.MOBY_CLIENT: (
                "error getting credentials",
                "error storing credentials",
                "error saving credentials",
                "docker-credential- ... not found",
            ),
            s.COMPOSE: ("credentials store error",),
        },
    ),
    Meaning(
        name="uid-not-mapped",
        says="the image has user ids beyond the engine's name-space range: rebuild the image",
        heard={s.MOBY: ("cannot be mapped to a host id", "lchown ... invalid argument")},
    ),
    Meaning(
        name="reference-malformed",
        says="the image's name itself is not well formed: correct it",
        heard={
            s.MOBY_CLIENT: ("invalid reference format", "repository name must be lowercase"),
            s.KUBELET: ("couldn't parse image name", "invalidimagename"),
        },
    ),
    Meaning(
        name="format-too-old",
        says="the engine no longer takes this manifest format: rebuild and push the image",
        heard={
            s.CONTAINERD: ("is no longer supported since containerd",),
            s.MOBY: (
                "support for image format v1 ... {removed|deprecated}",
                "schema 1 ... removed",
            ),
        },
    ),
    Meaning(
        name="download-damaged",
        says="what came is not what the manifest names: pull again, and if it stays, build the "
        "image again",
        heard={
            s.MOBY: (
                "filesystem layer verification failed",
                "image config verification failed",
            ),
            s.CONTAINERD: ("failed size validation", "unexpected commit digest"),
        },
    ),
    Meaning(
        name="pull-never",
        says="the pod forbids pulling (imagePullPolicy Never) and the node has no such image",
        heard={s.KUBELET: ("is not present with pull policy of never", "errimageneverpull")},
    ),
    Meaning(
        name="kubelet-own-limit",
        says="the kubelet held the pull back by its own registryPullQPS, not the registry",
        heard={s.KUBELET: ("pull qps exceeded",)},
    ),
    Meaning(
        name="signature-refused",
        says="a signature or trust policy on this machine refused the image, not the registry",
        heard={
            s.MOBY_CLIENT: ("remote trust data does not exist", "notary.docker.io"),
            s.IMAGE: ("source image rejected: ",),
        },
    ),
)
