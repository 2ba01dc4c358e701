"""The files of a machine that is a folder of this one: no link leads out of the folder."""

from pathlib import Path

import pytest

from diagnose.live import name_files, rooted
from diagnose.live.host import LiveHost
from diagnose.live.machine_files import MachineFiles
from diagnose.live.options import Options


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("etc/resolv.conf", "../run/resolve/resolv.conf"),
        ("etc/resolv.conf", "/run/resolve/resolv.conf"),
        ("etc/resolv.conf", "../../../../run/resolve/resolv.conf"),
        ("etc", "/usr/etc"),
    ],
)
def test_a_link_means_the_other_machines_root(tmp_path: Path, link: str, target: str) -> None:
    real = tmp_path / ("usr/etc/resolv.conf" if link == "etc" else "run/resolve/resolv.conf")
    real.parent.mkdir(parents=True)
    real.write_text("nameserver 10.9.9.9\n")
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(target)

    assert rooted.place(tmp_path, "/etc/resolv.conf") == real
    assert name_files.servers(tmp_path) == ("10.9.9.9",)
    assert MachineFiles(str(tmp_path)).text("/etc/resolv.conf") == "nameserver 10.9.9.9\n"


@pytest.mark.parametrize("target", ["/etc/hostname", "../../../../../../../../etc/hostname"])
def test_this_machines_own_file_is_never_read_instead(tmp_path: Path, target: str) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/secret").symlink_to(target)

    assert rooted.place(tmp_path, "/etc/secret") == tmp_path / "etc/hostname"
    assert MachineFiles(str(tmp_path)).text("/etc/secret") == ""


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("/b")
    (tmp_path / "b").symlink_to("/a")

    assert not MachineFiles(str(tmp_path)).exists("/a")


def test_what_the_kernel_tells_may_stand_elsewhere(tmp_path: Path) -> None:
    """A pod sees single files of its node, and its own /sys, which is the node's."""
    node, kernel = tmp_path / "node", tmp_path / "kernel"
    for root, text in ((node, "the wrong one"), (kernel, "7783-7084-3265-9085-8269-3286-77")):
        place = root / "sys/class/dmi/id/chassis_asset_tag"
        place.parent.mkdir(parents=True)
        place.write_text(text)
    (node / "etc").mkdir()
    (node / "etc/hostname").write_text("aks-node\n")
    found = LiveHost(Options(root=str(node), kernel=str(kernel)), {}).look()

    assert (found.asset_tag, found.hostname) == ("7783-7084-3265-9085-8269-3286-77", "aks-node")
    assert LiveHost(Options(root=str(node)), {}).look().asset_tag == "the wrong one"


def test_this_machine_is_asked_as_it_is() -> None:
    assert rooted.place("/", "/etc/../etc/hosts") == Path("/etc/../etc/hosts")
