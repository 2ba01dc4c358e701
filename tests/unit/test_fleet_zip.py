"""AKS's log archives: what they say of a node, and archives that want to do harm."""

import struct
import zipfile
from pathlib import Path

import pytest

from diagnose.bundle.errors import BundleError
from diagnose.fleet import aks_logs, roster, safe_zip, words
from diagnose.fleet.fleet import Fleet
from diagnose.fleet.items import Lost
from diagnose.fleet.nodes import OS, RUNTIME
from diagnose.fleet.safe_zip import SafeZip
from diagnose.grouping.digest import Digest, Unread
from diagnose.judging.verdict import Status
from tests.unit.test_fleet import REFUSED, fleets

NODE = "aks-build-24681357-vmss00000a"
HEAD = "Aug  1 10:00:0{n} " + NODE + " {who}[812]: "
FAILED = (
    'E0801 10:00:00.000000 812 kuberuntime_image.go:55] "Failed to pull image" err="rpc error: '
    'code = NotFound desc = failed to pull and unpack image \\"contoso.azurecr.io/app:v9\\": '
    'failed to resolve reference \\"contoso.azurecr.io/app:v9\\": contoso.azurecr.io/app:v9: '
    'not found" image="contoso.azurecr.io/app:v9"'
)
NO_HOST = (
    'time="2026-08-01T10:00:00Z" level=error msg="PullImage \\"contoso.azurecr.io/app:v1\\" '
    'failed" error="failed to do request: Head \\"https://contoso.azurecr.io/v2/app/manifests/'
    'v1\\": dial tcp: lookup contoso.azurecr.io on 10.1.0.53:53: no such host"'
)
WORKED = (
    'time="2026-08-01T11:00:00Z" level=info msg="PullImage \\"contoso.azurecr.io/app:v1\\" '
    'returns image reference \\"sha256:0\\""'
)


def line(words: str, who: str = "containerd", n: int = 1) -> str:
    return f"{HEAD.format(n=n, who=who)}{words}\n"


def zipped(path: Path, **more: str) -> Path:
    """Write an archive as AKS's collector does; in ``more``, __ stands for a slash."""
    members = {
        "etc/hostname": f"{NODE}\n",
        "etc/resolv.conf": "# made\nnameserver 10.1.0.53\nsearch x\n",
        "etc/os-release": 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 22.04.5 LTS"\n',
        "collect/crictl_version.txt": "RuntimeName:  containerd\nRuntimeVersion:  1.7.27-1\n",
    }
    members |= {name.replace("__", "/"): text for name, text in more.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def fleet(path: Path) -> Fleet:
    return roster.collected(aks_logs.read_zip(path, "logs.zip"))


def only(path: Path) -> Digest | Unread:
    (section,) = fleet(path).sections
    (node,) = section.nodes
    return node.row


def test_the_verdict_that_was_left_in_the_logs_counts(tmp_path: Path) -> None:
    more = {
        "var__log__azure__acr-diagnose__report.json": fleets.line(REFUSED),
        "var__log__syslog": line(NO_HOST),
    }
    found = only(zipped(tmp_path / "a.zip", **more))

    assert isinstance(found, Digest)
    assert (found.name, found.cause, found.confidence) == (NODE, "subnet-not-allowed", "proven")


def test_an_error_in_the_log_is_a_possible_cause_and_never_more(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", var__log__syslog=line(FAILED, "kubelet"))
    found, whole = only(path), fleet(path)

    assert isinstance(found, Digest)
    assert (found.status, found.cause, found.confidence) == (
        Status.CAUSE,
        "tag-not-found",
        "possible",
    )
    assert found.rivals
    assert found.fix == ()
    assert roster.registry_of(found) == "contoso.azurecr.io"
    (told, *_) = words.seen(whole.sections[0], "tag-not-found")
    assert "not found" in told


def test_words_that_several_causes_explain_are_inconclusive(tmp_path: Path) -> None:
    refused = 'msg="PullImage \\"contoso.azurecr.io/app:v1\\" failed" error="unexpected status '
    refused += 'from HEAD request to https://contoso.azurecr.io/v2/app/manifests/v1: 403 Forbidden"'
    found = only(zipped(tmp_path / "a.zip", var__log__syslog=line(refused)))

    assert isinstance(found, Digest)
    assert found.status is Status.INCONCLUSIVE
    assert found.cause == ""
    assert len(found.rivals) > 1


def test_what_the_archive_says_of_its_node_is_kept(tmp_path: Path) -> None:
    (section,) = fleet(zipped(tmp_path / "a.zip", var__log__messages=line(NO_HOST))).sections
    (node,) = section.nodes

    assert isinstance(node.row, Digest)
    assert "10.1.0.53" in node.row.features
    assert node.more == {OS: "Ubuntu 22.04.5 LTS", RUNTIME: "containerd://1.7.27-1"}
    assert (node.row.name, node.pool) == (NODE, "build")


def test_errors_before_a_pull_that_worked_are_left_out(tmp_path: Path) -> None:
    healed = only(zipped(tmp_path / "a.zip", var__log__syslog=line(NO_HOST) + line(WORKED)))
    again = only(
        zipped(tmp_path / "b.zip", var__log__syslog=line(NO_HOST) + line(WORKED) + line(NO_HOST))
    )
    members = {"var__log__syslog": line(WORKED), "var__log__syslog.1": line(NO_HOST)}

    assert isinstance(healed, Unread)
    assert isinstance(again, Digest)
    assert isinstance(only(zipped(tmp_path / "c.zip", **members)), Unread)


@pytest.mark.parametrize(
    "words",
    [
        line(NO_HOST.replace("contoso.azurecr.io", "mcr.microsoft.com")),
        line(NO_HOST, who="cron"),
        "",
    ],
)
def test_what_is_about_another_registry_or_by_another_program_is_no_cause(
    tmp_path: Path, words: str
) -> None:
    found = only(zipped(tmp_path / "a.zip", var__log__syslog=words))

    assert isinstance(found, Unread)
    assert "neither a verdict nor an error" in found.because


def test_names_that_lead_elsewhere_lead_nowhere(tmp_path: Path) -> None:
    more = {"..__..__etc__hostname": "evil", "__var__log__syslog": line(NO_HOST)}
    path = zipped(tmp_path / "a.zip", **more)
    before = sorted(tmp_path.iterdir())

    assert only(path).name == NODE
    assert sorted(tmp_path.iterdir()) == before


def test_a_link_is_not_followed_and_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("etc/hostname")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, "/etc/shadow")

    assert only(path).name == "logs.zip"


def test_a_bomb_costs_no_more_than_its_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_zip, "MEMBER", 1 << 20)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("etc/hostname", NODE)
        archive.writestr("var/log/syslog", b"\0" * (50 << 20))
    bounded = SafeZip(path)

    assert sum(map(len, bounded.pieces("var/log/syslog"))) == 1 << 20
    assert bounded.cut
    bounded.close()
    found = only(path)
    assert isinstance(found, Unread)
    assert "not be read to its end" in found.because


def test_all_members_together_have_one_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_zip, "_ALL", 100_000)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"{number}", b"x" * 30_000)
    bounded = SafeZip(path)

    assert sum(len(piece) for name in bounded.names for piece in bounded.pieces(name)) == 100_000
    bounded.close()


def test_a_directory_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zipped(tmp_path / "a.zip")
    SafeZip(path).close()
    monkeypatch.setattr(safe_zip, "_DIRECTORY", 100)

    with pytest.raises(BundleError, match="more files than"):
        SafeZip(path)


def test_the_large_format_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip")
    blob = path.read_bytes()
    end = blob.rindex(b"PK\x05\x06")
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, 0, 1)
    path.write_bytes(blob[:end] + locator + blob[end:])

    with pytest.raises(BundleError, match="large format"):
        SafeZip(path)


@pytest.mark.parametrize("size", [4, 100, -30])
def test_an_archive_that_is_cut_short_is_told(tmp_path: Path, size: int) -> None:
    path = zipped(tmp_path / "a.zip", var__log__syslog=line(NO_HOST) * 50)
    path.write_bytes(path.read_bytes()[:size])
    (item,) = aks_logs.read_zip(path, "logs.zip")

    assert isinstance(item, Lost)
    assert item.because.startswith("it is no zip that can be read")


def test_a_damaged_member_takes_no_other_with_it(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", var__log__syslog=line(NO_HOST) * 200)
    blob = bytearray(path.read_bytes())
    place = blob.index(b"var/log/syslog") + 60
    blob[place : place + 20] = b"\xff" * 20
    path.write_bytes(bytes(blob))

    assert only(path).name == NODE


def test_a_member_with_a_password_is_left_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip")
    blob = path.read_bytes()
    place = blob.index(b"PK\x01\x02")
    path.write_bytes(blob[: place + 8] + b"\x01\x00" + blob[place + 10 :])

    assert "etc/hostname" not in SafeZip(path).names
