"""The rendered DaemonSet with the image, over CRI: no registry is asked for it, nor is a shell."""

import platform
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from diagnose.grouping import compact
from diagnose.kubernetes.manifest import objects
from diagnose.kubernetes.manifest.wanted import Profile, wanted
from tests.e2e import containerd
from tests.e2e.azure import Azure, addresses
from tests.e2e.containerd import SOCKET, Containerd
from tests.e2e.fake_kubelet import Kubelet, Runtime
from tests.e2e.machine import CERTS, Machine
from tests.e2e.test_zero_pull import _dress as dress
from tests.packaging import images
from tests.packaging.bases import base as root_of
from tests.packaging.forms import the

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(bool(containerd.why_not()), reason=containerd.why_not()),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the sandbox's program is x86-64"),
]

TARGET = "contoso.azurecr.io/app:v1"
NOBODY = "65532"
New = Callable[..., Kubelet]


@pytest.fixture(name="image", scope="module")
def _image(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the program above a base that has neither a shell nor sleep, true and env."""
    place = tmp_path_factory.mktemp("base") / "base.tar"
    images.run("base", root_of("bookworm"), place)
    return images.script("image").image(images.without_shell(images.read(place)), dist)


@pytest.fixture(name="node")
def _node(image: Any, dist: Path) -> Any:
    """Make a node that has the image, and the kubelet that has begun with the pod on it.

    ``company`` is for an image that knows the simulated authority; ``own`` for the artefact itself.
    """
    with ExitStack() as stack:

        def make(profile: str, case: str, *, company: bool = False, own: bool = False) -> Kubelet:
            machine = stack.enter_context(closing(Machine(addresses())))
            Azure(machine, case)
            dress(machine)
            stack.enter_context(closing(Containerd(machine)))
            runtime = Runtime(machine.vm)
            bundle = machine.vm.run(["cat", str(CERTS / "ca-certificates.crt")], check=True)
            known = images.trusting(image, bundle.stdout.encode()) if company else image
            archive = machine.vm.folder / "image.tar"
            artefact = the(dist, "acr-diagnose-*-image.tar")
            archive.write_bytes(artefact.read_bytes() if own else known.archive())
            words = ["ctr", "-a", SOCKET, "-n", "k8s.io", "images", "import", str(archive)]
            machine.vm.run(words, check=True)
            documents = list(yaml.safe_load_all(objects.text(wanted(TARGET, profile=profile))))
            kubelet = stack.enter_context(closing(Kubelet(runtime, documents)))
            kubelet.start(next(one for one in documents if one["kind"] == "DaemonSet"))
            return kubelet

        yield make


@pytest.mark.parametrize("profile", [profile.value for profile in Profile])
def test_a_node_that_cannot_pull_says_why(node: New, profile: str) -> None:
    """With a tenth of a processor. Of the node's authorities, `network` sees none."""
    kubelet = node(profile, "subnet-not-allowed", company=profile == Profile.NETWORK)
    ended = kubelet.run(kubelet.spec["initContainers"][0])
    verdict = compact.read(ended.message)

    assert (ended.exit_code, ended.errors, verdict.also) == (0, (), ()), ended
    assert (verdict.cause, verdict.reached) == ("subnet-not-allowed", "token"), ended


@pytest.mark.parametrize("profile", [Profile.NODE.value, Profile.FULL.value])
def test_a_healthy_node_is_healthy_by_its_own_authorities(node: New, profile: str) -> None:
    """The kubelet's credential provider needs them too, and in here it sees the image's."""
    kubelet = node(profile, "healthy", own=True)
    ended = kubelet.run(kubelet.spec["initContainers"][0])
    log = (kubelet.vm.folder / "containerd.log").read_text()

    assert compact.read(ended.message).status == "healthy", ended
    pulled = f'PullImage \\"{TARGET}\\" returns image reference' in log
    assert pulled == (profile == Profile.FULL)


def test_the_pod_rests_without_power_and_without_a_shell(node: New) -> None:
    kubelet = node("network", "healthy")
    (container,) = kubelet.spec["containers"]
    pods = kubelet.runtime.pods
    resting = kubelet.begin(container)
    status = "print(open('/proc/1/status').read())"
    _, told = pods.execute(resting, ["python3", "-I", "-c", status])
    rows = (line.partition(":\t") for line in told.splitlines())
    powers = {name: words.split() for name, _, words in rows}
    writing = ["python3", "-I", "-c", "open('/x', 'w')"]
    shells = "import shutil, sys; sys.exit(any(map(shutil.which, sys.argv[1:])))"

    for probe in ("readinessProbe", "livenessProbe"):
        assert pods.execute(resting, container[probe]["exec"]["command"])[0] == 0
    assert pods.execute(resting, writing)[0] != 0
    assert pods.execute(resting, ["python3", "-I", "-c", shells, *images.SHELLS])[0] == 0
    assert set(powers["Uid"]) == set(powers["Gid"]) == {NOBODY}
    assert {int(powers[name][0], 16) for name in ("CapEff", "CapPrm", "CapBnd", "CapInh")} == {0}
    assert (powers["NoNewPrivs"], powers["Seccomp"]) == (["1"], ["2"])

    pods.stop(resting, kubelet.spec["terminationGracePeriodSeconds"])
    assert not pods.status(resting).running
