"""A node's files in a log archive: what they say, and what is unknown without them."""

import shutil
import subprocess
import time
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from checks.containerd_runtime import ContainerdDown, ContainerdRuntime, ContainerdUnknown
from checks.disk import DiskFull, DiskRoom
from checks.host import Host
from checks.mirrors import Mirrors
from checks.ports import Unrecorded
from diagnose.cli import app
from diagnose.fleet import aks_logs, aks_recording, roster
from diagnose.fleet.aks_recording import Node
from diagnose.fleet.items import Told
from diagnose.fleet.safe_zip import SafeZip
from diagnose.fleet.zip_files import ZipFiles
from diagnose.grouping.digest import Digest, Unread
from diagnose.grouping.features import FEATURES
from diagnose.judging.verdict import Status
from tests.unit.node_archives import (
    BYTES,
    CERTS,
    CONFIG,
    IMAGES,
    INFO,
    INODES,
    LISTING,
    NEW_SHAPE,
    NODE,
    OLD_SHAPE,
    SERVER,
    VERSION,
    df,
    listed,
    zipped,
)

STREAMING = (
    f'server = "https://{SERVER}"\n[host."http://localhost:8578"]\ncapabilities = ["pull"]\n'
)
NO_SPACE = (
    f'Aug  1 10:00:01 {NODE} containerd[812]: level=error msg="PullImage '
    f'\\"{SERVER}/app:v1\\" failed" error="failed to extract layer: write /var/lib/containerd/x: '
    'no space left on device"\n'
)
DENIED = (
    f'Aug  1 10:00:01 {NODE} containerd[812]: level=error msg="PullImage '
    f'\\"{SERVER}/app:v1\\" failed" error="{SERVER}/app:v1: not found"\n'
)
DOWN = (
    'time="2026-08-01T10:00:00Z" level=fatal msg="validate service connection: rpc error: code = '
    'Unavailable desc = dial unix /run/containerd/containerd.sock: connect: {}"\n'
)


def node(path: Path, more: dict[str, str | bytes | None] | None = None) -> Node:
    archive = SafeZip(zipped(path / "a.zip", more))
    try:
        return aks_recording.judged(ZipFiles(archive), NODE, f"{SERVER}/app:v1", [])
    finally:
        archive.close()


def told(path: Path, more: dict[str, str | bytes | None]) -> Told:
    (item,) = aks_logs.read_zip(zipped(path / "a.zip", more), "logs.zip")
    assert isinstance(item, Told)
    return item


def test_a_node_with_nothing_wrong_has_facts_and_no_cause(tmp_path: Path) -> None:
    found = node(tmp_path)
    host, mirrors = found.facts.get(Host), found.facts.get(Mirrors)

    assert found.unread == ()
    assert found.verdict.primary is None
    assert found.verdict.status is Status.INCONCLUSIVE  # no pull was tried
    assert host
    assert host.resolvers == ("10.1.0.53",)
    assert mirrors
    assert mirrors.mirrors == ()
    assert found.facts.has(DiskRoom)
    assert found.facts.has(ContainerdRuntime)
    assert found.seen == (f"images of {SERVER} on the node: {SERVER}/app:v1",)


@pytest.mark.parametrize("shape", [OLD_SHAPE, NEW_SHAPE])
@pytest.mark.parametrize("folder", [SERVER, "_default"])
def test_a_hosts_toml_is_read_as_on_a_live_node(tmp_path: Path, shape: str, folder: str) -> None:
    place = f"{CERTS}/{folder}/hosts.toml"
    found = node(tmp_path, {CONFIG: shape, LISTING: listed(place), place[1:]: STREAMING})
    mirrors = found.facts.get(Mirrors)

    assert mirrors
    (mirror,) = mirrors.mirrors
    assert (mirror.hosts, mirror.source) == (("localhost", SERVER), place)
    assert (mirror.answered, mirror.silent) == ((), ())  # nobody was asked
    assert any("containerd asks localhost" in one for one in found.seen)


def test_the_old_section_of_mirrors_is_read(tmp_path: Path) -> None:
    section = f'[plugins."io.containerd.grpc.v1.cri".registry.mirrors."{SERVER}"]\n'
    mirrors = node(
        tmp_path, {CONFIG: f'version = 2\n{section}endpoint = ["https://m.example"]\n'}
    ).facts.get(Mirrors)

    assert mirrors
    assert mirrors.mirrors[0].hosts == ("m.example", SERVER)


def test_a_hosts_toml_that_was_not_collected_is_unknown_and_not_absent(tmp_path: Path) -> None:
    place = f"{CERTS}/{SERVER}/hosts.toml"
    found = node(tmp_path, {LISTING: listed(f"{CERTS}/{SERVER}/", place)})

    assert not found.facts.has(Mirrors)
    assert found.unread == (f"the archive does not hold {place}, which is on the node",)


@pytest.mark.parametrize(
    "listing",
    [
        None,
        "",
        listed().partition("\n")[2],  # without /etc itself: its beginning is missing
        f"{listed()}find: '{CERTS}': Permission denied\n",
        listed().replace(
            "drwxr-xr-x   1 root     root         96 Aug  1 10:00 " + CERTS,
            "lrwxrwxrwx   1 root     root         96 Aug  1 10:00 " + CERTS + " -> /srv/certs",
        ),
    ],
)
def test_without_a_whole_listing_no_file_is_absent(tmp_path: Path, listing: str | None) -> None:
    found = node(tmp_path, {LISTING: listing})

    assert not found.facts.has(Mirrors)
    assert any("does not tell whether" in one for one in found.unread)


def test_a_folder_outside_of_the_listing_is_unknown(tmp_path: Path) -> None:
    found = node(tmp_path, {CONFIG: OLD_SHAPE.replace("/etc/", "/opt/")})

    assert not found.facts.has(Mirrors)


def test_an_imported_file_that_was_not_collected_makes_the_mirrors_unknown(tmp_path: Path) -> None:
    extra = "/etc/containerd/conf.d/9.toml"
    config = f'imports = ["/etc/containerd/conf.d/*.toml"]\n{OLD_SHAPE}'
    without = node(tmp_path, {CONFIG: config})
    beside = node(tmp_path, {CONFIG: config, LISTING: listed("/etc/containerd/conf.d/", extra)})

    assert without.facts.has(Mirrors)  # the listing shows that there is no such folder
    assert not beside.facts.has(Mirrors)
    assert any(extra in one for one in beside.unread)


@pytest.mark.parametrize(
    ("rows", "full"),
    [
        ((("/", 0, 1_000_000),), True),
        ((("/", 900_000, 1_000_000), ("/var/lib/containerd", 0, 9_000)), True),
        ((("/", 0, 1_000_000), ("/var/lib", 900_000, 1_000_000)), False),
        ((("/", 900_000, 1_000_000), ("/var/lib/containerd-old", 0, 9_000)), False),
        ((("/", 900_000, 1_000_000), ("/var/lib/cont", 0, 9_000)), False),
        ((("/", 2_000, 1_000_000),), False),
    ],
)
def test_the_disk_is_the_one_that_holds_the_images(
    tmp_path: Path, rows: tuple[tuple[str, int, int], ...], *, full: bool
) -> None:
    facts = node(tmp_path, {BYTES: df(*rows)}).facts

    assert facts.has(DiskFull) is full
    assert facts.has(DiskRoom) is not full


def test_images_that_were_moved_to_another_disk_are_looked_for_there(tmp_path: Path) -> None:
    rows = (("/", 0, 1_000_000), ("/mnt", 900_000, 1_000_000))
    moved = f'root = "/mnt/containerd"\n{OLD_SHAPE}'
    inside = f"{OLD_SHAPE}root = '/mnt/containerd'\n"  # a key of the registry's table

    assert node(tmp_path, {BYTES: df(*rows), CONFIG: moved}).facts.has(DiskRoom)
    assert node(tmp_path, {BYTES: df(*rows), CONFIG: inside}).facts.has(DiskFull)


def test_no_inodes_left_is_a_full_disk(tmp_path: Path) -> None:
    full = node(tmp_path, {INODES: df(("/", 0, 1000))}).facts.get(DiskFull)

    assert full
    assert full.inodes
    assert node(tmp_path, {INODES: None}).facts.has(DiskRoom)
    assert not node(tmp_path, {BYTES: None}).facts.has(DiskRoom)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (DOWN.format("connection refused"), ContainerdDown),
        (DOWN.format("no such file or directory"), ContainerdDown),
        (DOWN.format("permission denied"), ContainerdUnknown),
        (DOWN.format("connection refused").replace("containerd.sock", "x.sock"), ContainerdUnknown),
        ("context deadline exceeded\n", ContainerdUnknown),
        ("", ContainerdUnknown),
    ],
)
def test_what_crictl_said_of_containerd(tmp_path: Path, words: str, kind: type) -> None:
    assert node(tmp_path, {VERSION: words}).facts.has(kind)


def test_a_condition_that_is_not_true_is_told_and_the_configuration_is_not(tmp_path: Path) -> None:
    info = (
        'time="x" level=warning msg="config"\n{"status": {"conditions": [{"type": "NetworkReady", '
        '"status": false, "reason": "NetworkPluginNotReady", "message": "secret"}]}}'
    )
    found = node(tmp_path, {INFO: info})
    runtime = found.facts.get(ContainerdRuntime)

    assert runtime
    assert runtime.not_ready == ("NetworkReady NetworkPluginNotReady",)
    assert any("not ready: NetworkReady" in one for one in found.seen)
    assert "hunter2" not in repr(node(tmp_path).facts.get(ContainerdRuntime))


def test_a_stopped_containerd_is_the_cause_where_the_log_has_no_other(tmp_path: Path) -> None:
    row = told(tmp_path, {VERSION: DOWN.format("connection refused")}).row

    assert isinstance(row, Digest)
    assert (row.cause, row.confidence, row.reached) == ("runtime-down", "proven", "")
    assert row.fix


def test_a_cause_of_log_and_files_is_as_sure_as_the_files_make_it(tmp_path: Path) -> None:
    log: dict[str, str | bytes | None] = {"var/log/syslog": NO_SPACE}
    room, full = told(tmp_path, log).row, told(tmp_path, {**log, BYTES: df(("/", 0, 10_000))}).row

    assert isinstance(room, Digest)
    assert isinstance(full, Digest)
    assert (room.cause, room.confidence, room.fix) == ("disk-full", "possible", ())
    assert (full.cause, full.confidence) == ("disk-full", "likely")
    assert full.fix


def test_a_cause_of_the_files_alone_stands_beside_that_of_the_log(tmp_path: Path) -> None:
    row = told(tmp_path, {"var/log/syslog": DENIED, BYTES: df(("/", 0, 10_000))}).row

    assert isinstance(row, Digest)
    assert (row.cause, row.confidence, row.also) == ("tag-not-found", "possible", ("disk-full",))


def test_a_mirror_is_named_beside_the_words_that_it_may_hide(tmp_path: Path) -> None:
    place = f"{CERTS}/{SERVER}/hosts.toml"
    more: dict[str, str | bytes | None] = {LISTING: listed(place), "var/log/syslog": DENIED}
    seen = told(tmp_path, {**more, place[1:]: STREAMING}).seen

    assert any("containerd asks localhost" in one and place in one for one in seen)
    assert not any("localhost" in one for one in told(tmp_path, {**more, LISTING: listed()}).seen)


def test_what_nobody_looked_at_is_no_feature(tmp_path: Path) -> None:
    row = told(tmp_path, {"var/log/syslog": DENIED}).row

    assert isinstance(row, Digest)
    known = {one.name: value for one, value in zip(FEATURES, row.features, strict=True) if value}
    assert known == {
        "resolvers": "10.1.0.53",
        "mirrors": "none",
        "disk": "has room",
        "machine": "aks-node",
        "image": f"{SERVER}/app:v1",
    }


def _link(name: str) -> zipfile.ZipInfo:
    link = zipfile.ZipInfo(name)
    link.external_attr = 0o120777 << 16
    return link


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (CONFIG, b"\xff\xfe = 1", "is not UTF-8"),
        (CONFIG, "version = [", "is not TOML"),
        (CONFIG, "# " + "x" * (1 << 19), "is larger than"),
        (IMAGES, "[" * 100_000, "is not JSON"),
        (IMAGES, b" " * (50 << 20), "is larger than"),
        (IMAGES, "FATA[0000] connect: connection refused", "is not JSON"),
        (INFO, '{"status": ', "is not JSON"),
        (BYTES, "df: no file systems processed\n", "does not tell of"),
    ],
)
def test_a_hostile_or_broken_member_is_one_sentence_that_names_it(
    tmp_path: Path, name: str, text: str | bytes, says: str
) -> None:
    found = node(tmp_path, {name: text})

    assert any(name in one and says in one for one in found.unread)
    assert found.facts.has(Host)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (VERSION, "RuntimeVersion: " + " " * 900_000),
        (CONFIG, "# " + "eyJ" * 80_000),
        (BYTES, "1 " * 2_000_000),
        (LISTING, f"  1 2 d{'x' * 9} {' ' * 4000}\n" * 2000),
        (INFO, '{"status": ' + "9" * 900_000 + "}"),
    ],
)
def test_no_text_takes_longer_than_its_size_does(tmp_path: Path, name: str, text: str) -> None:
    begun = time.monotonic()
    node(tmp_path, {name: text})

    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"images": 7}', '{"images": [7, {"repoTags": [1]}]}']
)
def test_json_of_another_form_names_no_image(tmp_path: Path, text: str) -> None:
    assert node(tmp_path, {IMAGES: text}).seen == (
        f"images of {SERVER} on the node: none with a tag",
    )


@pytest.mark.parametrize("name", [CONFIG, VERSION, BYTES, f"{CERTS[1:]}/{SERVER}/hosts.toml"])
def test_a_link_in_a_members_place_is_named_and_not_followed(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", {name: None})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(_link(name), "/etc/shadow")
    opened = SafeZip(path)
    found = aks_recording.judged(ZipFiles(opened), NODE, SERVER, [])
    opened.close()

    assert any(one.startswith(f"{name} is a link") for one in found.unread)


def test_names_that_lead_elsewhere_are_no_files_of_the_node(tmp_path: Path) -> None:
    evil = f'[host."http://evil"]\n{STREAMING}'
    found = node(
        tmp_path,
        {
            f"../{CERTS[1:]}/{SERVER}/hosts.toml": evil,
            f"etc/containerd/../containerd/certs.d/{SERVER}/hosts.toml": evil,
        },
    )
    mirrors = found.facts.get(Mirrors)

    assert mirrors
    assert mirrors.mirrors == ()


def test_endless_imports_are_not_followed(tmp_path: Path) -> None:
    names = [f"/etc/containerd/{number}.toml" for number in range(200)]
    config = f"imports = {names!r}\n".replace("'", '"') + OLD_SHAPE
    found = node(tmp_path, {CONFIG: config, **{name[1:]: OLD_SHAPE for name in names}})

    assert any("one file of settings too many" in one for one in found.unread)


def test_nothing_of_this_machine_is_read_in_a_nodes_place(tmp_path: Path) -> None:
    archive = SafeZip(zipped(tmp_path / "a.zip"))
    files = ZipFiles(archive)

    with pytest.raises(Unrecorded):
        files.place("/etc/hostname")
    with pytest.raises(Unrecorded):
        files.text("/etc/passwd")
    archive.close()


@pytest.mark.skipif(not shutil.which("df") or not shutil.which("find"), reason="needs df and find")
def test_what_the_real_programs_write_is_understood(tmp_path: Path) -> None:
    written = {
        BYTES: subprocess.run(["df", "-al"], capture_output=True, check=False).stdout,
        INODES: subprocess.run(["df", "-ail"], capture_output=True, check=False).stdout,
        LISTING: subprocess.run(["find", "/etc", "-ls"], capture_output=True, check=False).stdout,
    }
    found = node(tmp_path, {**written})

    assert found.facts.has(DiskRoom) or found.facts.has(DiskFull)
    assert found.facts.has(Mirrors) or any("on the node" in one for one in found.unread)


def test_a_registry_that_no_log_names_is_known_by_its_images(tmp_path: Path) -> None:
    down: dict[str, str | bytes | None] = {BYTES: df(("/", 0, 10_000))}
    two = f'{{"images":[{{"repoTags":["{SERVER}/a:1","fabrikam.azurecr.io/b:1"]}}]}}'
    one, both = told(tmp_path, down).row, told(tmp_path, {**down, IMAGES: two}).row

    assert isinstance(one, Digest)
    assert isinstance(both, Digest)
    assert roster.registry_of(one) == SERVER
    assert roster.registry_of(both) == ""
    assert one.cause == both.cause == "disk-full"


def test_a_silent_archive_says_what_was_not_read(tmp_path: Path) -> None:
    row = told(tmp_path, {CONFIG: "version = ["}).row

    assert isinstance(row, Unread)
    assert f"/{CONFIG} is not TOML" in row.because


def test_analyze_reads_an_archive_as_fleet_does(tmp_path: Path) -> None:
    path = str(zipped(tmp_path / "a.zip", {"var/log/syslog": DENIED, BYTES: df(("/", 0, 9_000))}))
    analyzed = CliRunner().invoke(app, ["analyze", path])
    collected = CliRunner().invoke(app, ["fleet", path])

    assert analyzed.exit_code == collected.exit_code == 1
    assert analyzed.stdout == collected.stdout
    assert "tag-not-found" in analyzed.stdout
    assert "In the archive: images of contoso.azurecr.io on the node" in analyzed.stdout
    assert "(3)" not in analyzed.stdout  # one node said it, whatever the causes of its words
    refused = CliRunner().invoke(app, ["analyze", path, "-o", "junit"])
    assert refused.exit_code == 2
    assert "summed up as text" in refused.stderr
