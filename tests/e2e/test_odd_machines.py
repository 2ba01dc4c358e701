"""Machines that lack what a program may take for granted, or give it less than usual.

Each run judges as on an ordinary machine, or says in a sentence what it cannot do; it never ends in
a traceback, and it ends in time. What a root file system of its own is needed for, such as a disk
that is full or read-only, stands in ``packaging/test_hosts.py``.
"""

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e import odd
from tests.e2e.azure import Azure, addresses
from tests.e2e.machine import Machine
from tests.e2e.odd import IMAGE, RUN

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(180)]

NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", odd.PROGRAM)


@pytest.fixture(name="machine", scope="module")
def _machine() -> Iterator[Machine]:
    """A VM whose subnet the registry has no rule for."""
    with closing(Machine(addresses())) as machine:
        Azure(machine, odd.REFUSED)
        yield machine


@pytest.mark.parametrize(
    "lacking",
    [
        "mount -t tmpfs none /proc",
        "mount -t tmpfs none /proc; mount -t tmpfs none /sys; mount -t tmpfs none /dev",
    ],
    ids=["proc", "proc, sys and dev"],
)
def test_what_the_kernel_tells_is_not_there(machine: Machine, lacking: str) -> None:
    odd.refused(machine, lacking)


def test_without_sys_nothing_tells_that_it_is_azures(machine: Machine) -> None:
    told = odd.refused(machine, "mount -t tmpfs none /sys")

    assert "not known to be an Azure machine" in told.out


@pytest.mark.parametrize(
    "limit",
    [
        "umask 000",
        "umask 777",
        "ulimit -n 20",
        "ulimit -n 64",
        "ulimit -s 256",
        "ulimit -f 0",
        "ulimit -c 0; ulimit -l 0",
    ],
)
def test_it_is_given_little(machine: Machine, limit: str) -> None:
    odd.refused(machine, limit)


def test_one_processor_of_many(machine: Machine) -> None:
    odd.refused(machine, "", by=("taskset", "1", odd.PROGRAM))


def test_files_that_run_out_are_no_fault_of_a_server(machine: Machine) -> None:
    """With three to spare, most looks cannot be made: then nobody is blamed as proven."""
    told = odd.done(machine, "ulimit -n 6", *RUN)
    blamed = odd.verdict(told)

    assert blamed in ("inconclusive", f"{odd.REFUSED} (proven)") or "(proven)" not in blamed, told


@pytest.mark.parametrize(
    "environ",
    [
        {"HOME": "", "PATH": "", "TMPDIR": ""},
        {"HOME": "/nowhere", "TMPDIR": "/nowhere", "XDG_RUNTIME_DIR": "/nowhere"},
        {"LANG": "xx_YY.NOPE", "LC_ALL": "tr_TR.ISO-8859-9", "LANGUAGE": "zz"},
        {"TERM": "nope", "COLUMNS": "-1", "LINES": "x", "TZ": "Nowhere/Nothing"},
    ],
    ids=["empty", "nowhere", "language", "terminal"],
)
def test_the_environment_is_odd(machine: Machine, environ: dict[str, str]) -> None:
    words = [f"{name}={value}" for name, value in environ.items()]

    odd.refused(machine, "", by=("env", *words, odd.PROGRAM))


def test_there_is_no_environment_at_all(machine: Machine) -> None:
    odd.refused(machine, "", by=("env", "-i", odd.PROGRAM))


def test_the_folder_it_was_started_from_is_gone(machine: Machine) -> None:
    gone = "mkdir /run/gone; cd /run/gone; rmdir /run/gone"
    odd.refused(machine, gone)
    told = odd.done(machine, gone, "bundle", IMAGE, "-o", "bundle.tar.gz")

    assert (told.code, told.out) == (2, "")
    assert "'bundle.tar.gz' cannot be written: its folder does not exist" in told.err


def test_no_folder_for_temporary_files_is_needed(machine: Machine) -> None:
    full = (
        "mount -t tmpfs -o size=8k none /media; head -c 8k /dev/zero > /media/full\n"
        "for one in /tmp /var/tmp; do mount --bind $one $one; mount -o remount,ro,bind $one; done\n"
        "export TMPDIR=/media; cd /"
    )
    words = ("bundle", IMAGE, "--no-pull", "--runtime", "none", "-o", "/run/of-full.tar.gz")
    told = odd.done(machine, full, *words)

    assert (told.code, odd.verdict(told)) == (1, f"{odd.REFUSED} (proven)"), told
    assert told.err.startswith("acr-diagnose: wrote /run/of-full.tar.gz")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", f"contoso.azurecr.io/{'a' * 120_000}:v1"), 2),
        (("run", *[IMAGE] * 20_000), 2),
        ((*RUN, *["--resolve", "a.example:443:10.0.0.1"] * 20_000), 1),
    ],
    ids=["a long word", "many words", "many options"],
)
def test_the_command_line_is_very_long(machine: Machine, words: tuple[str, ...], code: int) -> None:
    told = odd.done(machine, "", *words)

    assert told.code == code, (told.code, told.err[:2000])
    assert code == 1 or told.out == ""


def test_an_input_that_is_closed_is_empty(machine: Machine) -> None:
    odd.refused(machine, "exec <&-")
    told = odd.done(machine, "exec <&-", "explain", "--text", "-")

    assert (told.code, told.err.count("\n")) == (2, 1)


@pytest.mark.parametrize("words", [RUN, (*RUN, "--output", "json"), (*RUN, "-vv")])
def test_an_output_that_is_closed_is_told_like_a_full_disk(
    machine: Machine, words: tuple[str, ...]
) -> None:
    told = odd.done(machine, "exec >&-", *words)

    assert (told.code, told.out) == (5, "")
    assert told.err.splitlines()[-1].startswith(
        "acr-diagnose: the report cannot be written: Bad file descriptor"
    )


def test_without_stderr_the_report_is_whole(machine: Machine) -> None:
    told = odd.refused(machine, "exec <&- 2>&-", *RUN, "-vv")
    document = json.loads(odd.done(machine, "exec 2>&-", *RUN, "--output", "json").out)

    assert "Checks\n" in told.out
    assert document["verdict"]["cause"] == odd.REFUSED


def test_with_no_stream_at_all_the_exit_code_is_all_there_is(machine: Machine) -> None:
    told = odd.done(machine, "exec <&- >&- 2>&-", *RUN)
    words = ("bundle", IMAGE, "--no-pull", "-q", "-o", "/run/unheard.tar.gz")
    bundled = odd.done(machine, "exec <&- >&- 2>&-", *words)
    read = odd.done(machine, "", "analyze", "/run/unheard.tar.gz")

    assert (told.code, bundled.code, read.code) == (5, 1, 1)


def resolved_by(machine: Machine, lines: str, by: tuple[str, ...] = (odd.PROGRAM,)) -> odd.Done:
    """Run with another resolv.conf than the machine's own."""
    written = f"printf '%s' '{lines}' > /run/told; chmod 644 /run/told\n"
    bound = 'mount --bind /run/told "$(readlink -m /etc/resolv.conf)"'
    return odd.done(machine, written + bound, *RUN, by=by)


@pytest.mark.parametrize("lines", ["", "# nameserver 168.63.129.16\nsearch x.internal\n"])
def test_resolv_conf_names_no_server(machine: Machine, lines: str) -> None:
    """Then the C library asks this machine itself, on which nothing listens."""
    told = resolved_by(machine, lines)

    assert odd.verdict(told) == "dns-server-unreachable (proven)"
    assert "127.0.0.1 is asked where /etc/resolv.conf names no server" in told.out.replace(
        "\n  ", " "
    )


def test_there_is_no_resolv_conf(machine: Machine) -> None:
    """In a copy of /etc: the folder itself is the whole VM's."""
    copied = "mkdir /run/of-etc; cp -a /etc/. /run/of-etc/; rm /run/of-etc/resolv.conf"
    told = odd.done(machine, f"{copied}\nmount --bind /run/of-etc /etc", *RUN)

    assert odd.verdict(told) == "dns-server-unreachable (proven)"


def test_resolv_conf_is_not_for_this_user(machine: Machine) -> None:
    closed = 'printf "nameserver 168.63.129.16\\n" > /run/told; chmod 600 /run/told; '
    closed += 'mount --bind /run/told "$(readlink -m /etc/resolv.conf)"'
    told = odd.done(machine, closed, *RUN, by=NOBODY)

    assert odd.verdict(told) == "dns-server-unreachable (proven)"
    assert odd.verdict(odd.done(machine, closed, *RUN)) == f"{odd.REFUSED} (proven)"


def test_one_of_two_name_servers_is_dead(machine: Machine) -> None:
    told = resolved_by(machine, "nameserver 10.1.0.99\nnameserver 168.63.129.16\n")

    assert odd.verdict(told) == f"{odd.REFUSED} (proven)"


def test_resolv_conf_is_no_text(machine: Machine) -> None:
    noise = "head -c 100000 /dev/urandom > /run/told; chmod 644 /run/told\n"
    noise += 'mount --bind /run/told "$(readlink -m /etc/resolv.conf)"'
    told = odd.done(machine, noise, *RUN)

    assert odd.verdict(told) == "dns-server-unreachable (proven)"


def test_resolv_conf_is_a_huge_file(machine: Machine) -> None:
    huge = "{ echo nameserver 168.63.129.16; yes '# nothing' | head -c 20000000; } > /run/told\n"
    huge += 'mount --bind /run/told "$(readlink -m /etc/resolv.conf)"'

    odd.refused(machine, huge)
