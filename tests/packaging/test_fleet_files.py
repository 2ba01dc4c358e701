"""packaging/fleet: each file is read by the tool that takes it, and does on a machine what it says.

Nothing of it was run by Azure: here, what Azure's agent would do is done by hand.
"""

import base64
import gzip
import hashlib
import http.server
import json
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import trustme
import yaml

from diagnose.grouping import compact
from tests.e2e.machine import Machine
from tests.packaging.rootfs import Root

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(240)]

ROOT = Path(__file__).resolve().parents[2]
FLEET = ROOT / "packaging" / "fleet"
SCRIPT, PLAYBOOK = FLEET / "run-command.sh", FLEET / "ansible" / "acr-diagnose.yml"
CLOUD_CONFIG, EXTENSION = FLEET / "cloud-init.yaml", FLEET / "custom-script-extension.json"
CLOUD_INIT, ANSIBLE = ROOT / ".build" / "cloud-init", ROOT / ".build" / "ansible" / "bin"
IMAGE = "contoso.azurecr.io/app:v1"
CAUSE = "subnet-not-allowed"
WINDOW = 4096  # bytes that Run Command gives back: the last ones
CUSTOM_DATA = 65_535  # bytes that Azure takes
# A program that says how it was called: what is looked at is the script around it.
STUB = "import sys; print('called with', *sys.argv[1:]); sys.exit(int({code}))"

New = Callable[[str, Machine], Root]


def local(
    *words: str, environ: dict[str, str] | None = None, folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        words,
        env={**os.environ, **(environ or {})},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def have(*tools: Path) -> None:
    for tool in tools:
        if not tool.exists():
            pytest.skip(f"not here: {tool.relative_to(ROOT)}; make test-packaging brings it")


def stub(folder: Path, code: int = 0) -> Path:
    file = folder / "acr-diagnose.pyz"
    file.write_text(STUB.format(code=code))
    return file


def test_the_scripts_are_plain_shell() -> None:
    done = local("shellcheck", str(SCRIPT), str(ROOT / "packaging" / "release"))

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("form", ["short", "line"])
def test_the_whole_verdict_is_in_what_run_command_gives_back(
    form: str, refused: Machine, dist: Path
) -> None:
    words = ["sh", str(SCRIPT), IMAGE, form]
    done = refused.vm.run(words, timeout=120, environ={"PYZ": str(dist / "acr-diagnose.pyz")})
    shown = done.stdout.encode()[-WINDOW:].decode()

    assert (done.returncode, done.stderr) == (0, "")
    assert shown == done.stdout
    if form == "short":
        assert CAUSE in shown.splitlines()[0]
        assert "az acr network-rule add" in shown
        assert shown.endswith("the whole report: -o text")
    else:
        assert json.loads(shown)["verdict"]["cause"] == CAUSE
    assert not list(refused.vm.folder.glob("acr-diagnose.*")), "its folder was left behind"


def test_what_az_prints_of_a_scale_set_is_read_by_fleet(refused: Machine, dist: Path) -> None:
    """The form of azure-cli's answer to several ids, one machine's output cut short."""
    pyz = str(dist / "acr-diagnose.pyz")
    line = refused.vm.run(
        ["sh", str(SCRIPT), IMAGE, "line"], timeout=120, environ={"PYZ": pyz}
    ).stdout
    found = json.loads(line)
    outputs = [
        json.dumps({**found, "verdict": {**found["verdict"], "name": name}}) for name in "ab"
    ]
    rows = [
        {"value": [{"code": "ProvisioningState/succeeded", "level": "Info", "message": message}]}
        for message in (f"Enable succeeded: \n[stdout]\n{out}\n[stderr]\n" for out in outputs)
    ]
    done = refused.vm.run(
        ["python3", "-I", pyz, "fleet", "-o", "json", "-"], text=json.dumps(rows, indent=2)
    )

    assert done.returncode == 1, done.stdout + done.stderr
    told = json.dumps(json.loads(done.stdout))
    assert CAUSE in told
    assert all(f'"{name}"' in told for name in "ab")


@pytest.mark.parametrize(
    ("words", "environ", "code", "told"),
    [
        ((), {}, 2, "no TARGET"),
        ((IMAGE, "long"), {}, 2, "the form is short or line"),
        ((IMAGE,), {"PYZ": "/no/such/file"}, 5, "/no/such/file is not there"),
        ((IMAGE,), {"PYZ": "https://127.0.0.1:9/x?sig=hidden"}, 2, "SHA256 is empty"),
        ((IMAGE,), {"PYZ": "https://127.0.0.1:9/x?sig=hidden", "SHA256": "0"}, 5, "be fetched"),
        ((IMAGE,), {"PYZ": "{stub}", "SHA256": "0" * 64}, 5, "the sum of the program"),
        ((IMAGE,), {"PATH": "{nothing}"}, 5, "the program is not on this machine"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    words: tuple[str, ...], environ: dict[str, str], code: int, told: str, tmp_path: Path
) -> None:
    for name in ("sh", "mktemp", "rm", "cut", "sha256sum"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    given = {"stub": str(stub(tmp_path)), "nothing": str(tmp_path)}
    filled = {name: value.format(**given) for name, value in environ.items()}
    done = local("/bin/sh", str(SCRIPT), *words, environ=filled)

    assert (done.returncode, done.stderr) == (code, "")
    assert told in done.stdout
    assert "hidden" not in done.stdout
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(("own", "shown"), [(0, 0), (1, 0), (3, 0), (2, 2), (5, 5), (9, 5)])
def test_a_verdict_is_success_and_a_slip_is_not(own: int, shown: int, tmp_path: Path) -> None:
    environ = {"PYZ": str(stub(tmp_path, own)), "SECONDS_EACH": "7"}
    done = local("sh", str(SCRIPT), IMAGE, environ=environ)

    assert done.returncode == shown
    assert f"called with run {IMAGE} -o short --timeout 7" in done.stdout
    assert (f"exit code {own}" in done.stdout) == bool(shown)


def test_the_longest_line_keeps_its_first_byte(tmp_path: Path) -> None:
    """A verdict has at most as many bytes as come back, without the end of its line."""
    line = "{" + "x" * (compact.MOST - 2) + "}"
    file = tmp_path / "acr-diagnose.pyz"
    file.write_text(f"print({line!r})")
    done = local("sh", str(SCRIPT), IMAGE, "line", environ={"PYZ": str(file)})

    assert done.stdout[-WINDOW:] == line


@pytest.fixture(name="address")
def _address(tmp_path: Path) -> Iterator[str]:
    """Serve tmp_path by HTTPS, as an authority of ours."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_port}/acr-diagnose.pyz?sv=1&sig=hidden"
        server.shutdown()


def test_the_program_is_fetched_and_compared(address: str, tmp_path: Path) -> None:
    sum_ = hashlib.sha256(stub(tmp_path).read_bytes()).hexdigest()
    trusted = {"SSL_CERT_FILE": str(tmp_path / "authority.pem"), "PYZ": address}
    right = local("sh", str(SCRIPT), IMAGE, environ={**trusted, "SHA256": sum_})
    wrong = local("sh", str(SCRIPT), IMAGE, environ={**trusted, "SHA256": sum_[::-1]})
    untrusted = local("sh", str(SCRIPT), IMAGE, environ={"PYZ": address, "SHA256": sum_})

    assert (right.returncode, right.stdout.split()[:2]) == (0, ["called", "with"])
    assert (wrong.returncode, "the sum of the program" in wrong.stdout) == (5, True)
    assert (untrusted.returncode, "CERTIFICATE_VERIFY_FAILED" in untrusted.stdout) == (5, True)


def test_cloud_init_carries_the_script_word_for_word(update_golden: bool) -> None:
    text = CLOUD_CONFIG.read_text(encoding="utf-8")
    head, _, rest = text.partition("    content: |\n")
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    block = "".join(f"{' ' * 6 if line else ''}{line}\n" for line in lines)
    if update_golden:
        tail = rest[rest.index("\nruncmd:") :]
        CLOUD_CONFIG.write_text(f"{head}    content: |\n{block}{tail}", encoding="utf-8")
        return

    assert rest.startswith(f"{block}\nruncmd:"), "pytest tests/packaging --update-golden"
    assert len(text.encode()) < CUSTOM_DATA


def test_cloud_init_takes_it(tmp_path: Path) -> None:
    have(CLOUD_INIT / "done")
    words = ("/usr/bin/python3", "-m", "cloudinit.cmd.main", "schema", "--config-file")
    where = {"PYTHONPATH": str(CLOUD_INIT / "usr" / "lib" / "python3" / "dist-packages")}
    near = tmp_path / "near.yaml"
    near.write_text(CLOUD_CONFIG.read_text().replace("permissions:", "permission:"))

    done = local(*words, str(CLOUD_CONFIG), environ=where)

    assert (done.returncode, "Valid" in done.stdout) == (0, True), done.stdout + done.stderr
    assert local(*words, str(near), environ=where).returncode == 1


@pytest.mark.parametrize(
    ("release", "told"),
    [("bookworm", CAUSE), ("jammy", CAUSE), ("bullseye", "it needs Python 3.10 or newer")],
)
def test_a_first_boot_leaves_the_verdict(
    release: str, told: str, refused: Machine, dist: Path, new_root: New
) -> None:
    """What write_files and runcmd do, in a fresh system; bullseye's Python is 3.9."""
    root = new_root(release, refused)
    config = yaml.safe_load(CLOUD_CONFIG.read_text())
    (file,) = config["write_files"]
    (script,) = config["runcmd"]
    root.copy(dist / "acr-diagnose.pyz", "/srv/acr-diagnose.pyz")
    root.write(file["path"], file["content"], int(file["permissions"], 8))
    filled = script.replace("PYZ= ", "PYZ=/srv/acr-diagnose.pyz ")
    filled = filled.replace("myregistry.azurecr.io/myimage:v1", IMAGE)
    root.run(["sh", "-c", filled], limit=120)

    assert filled.count(IMAGE) == 1
    assert told in root.run(["cat", "/var/log/acr-diagnose.log"]).stdout.splitlines()[0]


def test_a_package_is_found_by_itself(refused: Machine, dist: Path, new_root: New) -> None:
    root = new_root("bookworm", refused)
    (package,) = dist.glob("*.deb")
    root.copy(package, "/srv/it.deb")
    root.sh("dpkg --install /srv/it.deb")
    root.copy(SCRIPT, "/srv/run-command.sh")
    done = root.run(["sh", "/srv/run-command.sh", IMAGE], limit=120)

    assert (done.returncode, CAUSE in done.stdout.splitlines()[0]) == (0, True), done.stdout


def test_the_extension_brings_both_files_unharmed(
    refused: Machine, dist: Path, tmp_path: Path
) -> None:
    """Learn's page on the extension: its fields, where each may stand, and what dos2unix does."""
    row = json.loads(EXTENSION.read_text())
    hidden = row["protectedSettings"]
    names = [uri.rpartition("/")[2] for uri in hidden["fileUris"]]
    for name, file in zip(names, (SCRIPT, dist / "acr-diagnose.pyz"), strict=True):
        shutil.copy(file, tmp_path / name)
    command = hidden["commandToExecute"].replace("myregistry.azurecr.io/myimage:v1", IMAGE)
    done = refused.vm.run(["sh", "-c", f"cd {tmp_path} && {command}"], timeout=120)

    assert set(row["settings"]) == {"skipDos2Unix", "timestamp"}
    assert set(hidden) == {"fileUris", "managedIdentity", "commandToExecute"}
    assert (tmp_path / "acr-diagnose.pyz").read_bytes()[:2] == b"#!"  # would be converted, hence:
    assert row["settings"]["skipDos2Unix"] is True
    assert (done.returncode, CAUSE in done.stdout.splitlines()[0]) == (0, True), done.stdout


def test_the_script_fits_the_extensions_own_setting_too() -> None:
    packed = base64.b64encode(gzip.compress(SCRIPT.read_bytes()))

    assert len(packed) < 256 * 1024
