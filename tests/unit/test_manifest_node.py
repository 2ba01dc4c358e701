"""What runs in a pod: one line, the same in the termination message, an exit code, and rest."""

import errno
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from checks.target import Asked
from diagnose import front, reports
from diagnose.fleet import aks_logs
from diagnose.fleet.items import Told
from diagnose.grouping import compact
from diagnose.grouping.digest import Digest
from diagnose.kubernetes import node
from diagnose.kubernetes.manifest.names import LOG_VARIABLE, NODE_LOG, REPORT
from diagnose.live.options import Options
from tests.scenarios.recorded import told

ASKED = Asked(text="contoso.azurecr.io/app:v1", subnet_id="", registry_id="", client_id="")
STORY = "a_sibling_subnet_is_allowed"
TOLD: dict[str, Any] = {"client_id": "", "arm": True, "pull": False, "runtime": "auto"}
SIGNALS = (signal.SIGTERM, signal.SIGINT)


@pytest.fixture(autouse=True)
def _handlers() -> Any:
    """Put back what a run does with signals."""
    before = [signal.getsignal(number) for number in SIGNALS]
    yield
    for number, handler in zip(SIGNALS, before, strict=True):
        signal.signal(number, handler)


@pytest.fixture(name="message")
def _message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "termination-log"
    place.write_text("")
    monkeypatch.setattr(node, "MESSAGE", place)
    monkeypatch.setenv(node.NAME, "aks-pool-vmss000003")
    return place


def _gives(monkeypatch: pytest.MonkeyPatch, story: str) -> None:
    result = told(story, sees_azure=True).result
    monkeypatch.setattr(front, "result_of", lambda *_, **__: result)


@pytest.mark.parametrize(("exit_zero", "code"), [(False, 1), (True, 0)])
def test_one_run_leaves_one_line_in_both_places(
    message: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    exit_zero: bool,
    code: int,
) -> None:
    _gives(monkeypatch, STORY)
    ended = node.run(ASKED, Options(), once=True, exit_zero=exit_zero)
    line = capsys.readouterr().out

    assert ended == code
    assert line == message.read_text() + "\n"
    assert compact.read(line).name == "aks-pool-vmss000003"


def test_a_bug_leaves_a_word_and_a_code(
    message: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a secret may be in here")

    monkeypatch.setattr(front, "result_of", broken)

    assert node.run(ASKED, Options(), once=True, exit_zero=False) == 5
    assert message.read_text() == "acr-diagnose itself failed: RuntimeError"
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("message")
def test_a_library_that_is_missing_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    _gives(monkeypatch, STORY)
    monkeypatch.setattr(node, "_HEAVY", ("no_such_library", "requests"))

    assert node.run(ASKED, Options(), once=True, exit_zero=False) == 1


def test_without_a_termination_log_it_is_not_made(
    message: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _gives(monkeypatch, STORY)
    message.unlink()

    assert node.run(ASKED, Options(), once=True, exit_zero=True) == 0
    assert not message.exists()


class Logged:
    """A run with a folder of the node to write to, and what it left."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _gives(monkeypatch, STORY)
        monkeypatch.setenv(LOG_VARIABLE, str(folder))
        self.code = node.run(ASKED, Options(), once=True, exit_zero=False)
        self.out, self.err = capsys.readouterr()


def test_the_whole_report_is_left_on_the_node(
    message: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is the document of ``-o json``, for its owner alone, in the place of the one before."""
    place = tmp_path / REPORT
    place.write_text("of the time before")
    run = Logged(tmp_path, monkeypatch, capsys)
    result = told(STORY, sees_azure=True).result

    assert (run.code, run.err) == (1, "")
    assert run.out == message.read_text() + "\n"
    assert place.read_text() == reports.json.render(result)
    assert place.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == [REPORT, "termination-log"]


def test_the_log_archive_of_aks_has_it_as_the_nodes_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    Logged(folder, monkeypatch, capsys)
    archive = tmp_path / "aks_logs.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr("etc/hostname", "aks-pool-vmss000003\n")
        for one in folder.iterdir():
            opened.write(one, f"{NODE_LOG}/{one.name}".lstrip("/"))
    (found,) = aks_logs.read_zip(archive, "aks_logs.zip")

    assert isinstance(found, Told)
    assert isinstance(found.row, Digest)
    assert (found.row.name, found.row.cause) == ("aks-pool-vmss000003", "subnet-not-allowed")


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (errno.ENOSPC, "no space is left on its disk"),
        (errno.EROFS, "its file system is read-only"),
        (errno.EACCES, "this user may not write into its folder"),
    ],
)
def test_a_report_that_cannot_be_left_is_one_sentence_and_changes_nothing(
    message: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: int,
    why: str,
) -> None:
    real = os.open

    def refused(path: Any, *args: Any, **more: Any) -> int:
        if str(path).endswith(".part"):
            raise OSError(error, os.strerror(error))
        return real(path, *args, **more)

    monkeypatch.setattr(os, "open", refused)
    monkeypatch.chdir(tmp_path)
    run = Logged(Path(), monkeypatch, capsys)  # of a long name the sentence has the beginning
    line, sentence = message.read_text().splitlines()

    assert run.code == 1
    assert run.out == f"{line}\n"
    assert compact.read(line).cause == "subnet-not-allowed"
    assert run.err == f"{sentence}\n"
    assert (REPORT in sentence, why in sentence) == (True, True)
    assert not (tmp_path / REPORT).exists()


def test_a_folder_that_is_missing_is_not_made(
    message: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In a pod the kubelet makes it; where it is not there, something else is wrong."""
    run = Logged(tmp_path / "none", monkeypatch, capsys)

    assert (run.code, len(run.err.splitlines())) == (1, 1)
    assert "its folder does not exist" in message.read_text()
    assert not (tmp_path / "none").exists()


def test_a_message_that_would_grow_too_long_keeps_the_verdict_alone(
    message: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Kubernetes keeps the end of a longer one."""
    monkeypatch.setattr(compact, "line", lambda *_: "x" * compact.MOST)
    run = Logged(tmp_path / "none", monkeypatch, capsys)

    assert message.read_text() == "x" * compact.MOST
    assert "its folder does not exist" in run.err


def test_it_rests_until_it_is_told_to_end() -> None:
    source = (
        "from diagnose import front\n"
        "from diagnose.kubernetes import node\n"
        "from tests.scenarios.recorded import told\n"
        f"result = told({STORY!r}, sees_azure=True).result\n"
        "front.result_of = lambda *_, **__: result\n"
        "from diagnose.live.options import Options\n"
        "raise SystemExit(node.run(None, Options(), once=False, exit_zero=False))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        time.sleep(0.3)
        assert process.poll() is None
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(10)
    finally:
        process.kill()
        process.communicate()

    assert compact.read(line).status == "cause"
    assert code == 0
    assert time.monotonic() - began < 5.0


def test_sigterm_ends_a_run_that_is_under_way() -> None:
    source = (
        "import time\n"
        "from diagnose import front\n"
        "from diagnose.kubernetes import node\n"
        "from diagnose.live.options import Options\n"
        "front.result_of = lambda *_, **__: (print('busy', flush=True), time.sleep(30))\n"
        "node.run(None, Options(), once=True, exit_zero=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "busy\n"
        process.send_signal(signal.SIGTERM)
        code = process.wait(5)
    finally:
        process.kill()
        process.communicate()

    assert code == 143


def test_the_nodes_files_stand_below_a_folder_and_the_kernels_do_not(tmp_path: Path) -> None:
    bundle = tmp_path / "etc/ssl/certs/ca-certificates.crt"
    bundle.parent.mkdir(parents=True)
    bundle.write_text("")
    found = node.options({node.ROOT: str(tmp_path)}, seconds=9.0, **TOLD)

    assert (found.root, found.kernel, found.ca_file) == (str(tmp_path), "/", str(bundle))
    assert (found.timeout, found.pull) == (9.0, False)


def test_the_bundle_of_azure_linux_is_found_by_its_link(tmp_path: Path) -> None:
    """The link is absolute: it means the node's /, not the pod's."""
    real = tmp_path / "etc/pki/ca-trust/extracted/pem/other.pem"
    real.parent.mkdir(parents=True)
    real.write_text("")
    link = tmp_path / "etc/pki/tls/certs/ca-bundle.crt"
    link.parent.mkdir(parents=True)
    link.symlink_to("/etc/pki/ca-trust/extracted/pem/other.pem")

    assert node.options({node.ROOT: str(tmp_path)}, seconds=9.0, **TOLD).ca_file == str(real)


def test_without_a_bundle_the_images_own_counts(tmp_path: Path) -> None:
    assert node.options({node.ROOT: str(tmp_path)}, seconds=9.0, **TOLD).ca_file == ""


@pytest.mark.parametrize("environ", [{}, {node.ROOT: ""}, {node.ROOT: "/"}])
def test_without_a_folder_it_is_this_machine(environ: dict[str, str]) -> None:
    found = node.options(environ, seconds=9.0, **TOLD)

    assert (found.root, found.kernel, found.ca_file) == ("/", "", "")
    assert os.environ.get(node.ROOT) is None
