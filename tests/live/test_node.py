"""Proves what is read of the runtimes' own files, and that no secret comes along."""

import pytest

from checks.replies import Failure, Trouble
from diagnose.live.deadline import Deadline
from diagnose.live.node import LiveNode
from diagnose.live.options import Options

NAME = "contoso.azurecr.io"
UNIT = "/usr/lib/systemd/system/docker.service"
DROP_IN = "/etc/systemd/system/docker.service.d"


@pytest.fixture
def node(tmp_path):
    """Give the node of a machine with the files that are named."""

    def make(files=(), **told):
        for path, text in dict(files).items():
            place = tmp_path / path.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        return LiveNode(Options(root=str(tmp_path), **told), Deadline(5.0))

    return make


def service(*lines):
    return "\n".join(["[Unit]", "Environment=HTTPS_PROXY=not-here", "[Service]", *lines, ""])


@pytest.mark.parametrize(
    ("files", "proxies", "source"),
    [
        ({UNIT: service("ExecStart=x")}, {}, UNIT),
        (
            {UNIT: service('Environment="HTTPS_PROXY=http://u:hush@p:1" "NO_PROXY=a,b"')},
            {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a,b"},
            UNIT,
        ),
        # a drop-in goes before the unit, the later name before the earlier
        (
            {
                UNIT: service("Environment=HTTPS_PROXY=http://unit"),
                f"{DROP_IN}/10-a.conf": service("Environment=HTTPS_PROXY=http://a"),
                f"{DROP_IN}/20-b.conf": service("Environment=HTTPS_PROXY=http://b"),
            },
            {"HTTPS_PROXY": "http://b"},
            f"{DROP_IN}/20-b.conf",
        ),
        # /etc hides a drop-in of the same name
        (
            {
                UNIT: service(),
                "/usr/lib/systemd/system/docker.service.d/p.conf": service(
                    "Environment=HTTPS_PROXY=http://vendor"
                ),
                f"{DROP_IN}/p.conf": service("Environment=HTTPS_PROXY=http://mine"),
            },
            {"HTTPS_PROXY": "http://mine"},
            f"{DROP_IN}/p.conf",
        ),
        # an empty assignment takes back what came before
        (
            {
                UNIT: service("Environment=HTTPS_PROXY=http://unit"),
                f"{DROP_IN}/p.conf": service("Environment="),
            },
            {},
            UNIT,
        ),
        # an environment file goes before Environment, wherever it stands
        (
            {
                UNIT: service("EnvironmentFile=-/etc/default/docker", "Environment=HTTPS_PROXY=x"),
                "/etc/default/docker": "# HTTPS_PROXY=no\nexport HTTPS_PROXY='http://u:hush@f'\n",
            },
            {"HTTPS_PROXY": "http://f"},
            "/etc/default/docker",
        ),
        # what an AKS node with a proxy has
        (
            {
                UNIT: service(),
                "/etc/systemd/system.conf.d/proxy.conf": "[Manager]\n"
                'DefaultEnvironment="HTTPS_PROXY=http://aks" "https_proxy=http://aks"\n',
            },
            {"HTTPS_PROXY": "http://aks", "https_proxy": "http://aks"},
            "/etc/systemd/system.conf.d/proxy.conf",
        ),
        # daemon.json goes before all of it
        (
            {
                UNIT: service("Environment=HTTPS_PROXY=http://unit"),
                "/etc/docker/daemon.json": '{"proxies": {"https-proxy": "http://u:hush@d"}}',
            },
            {"HTTPS_PROXY": "http://d"},
            "/etc/docker/daemon.json",
        ),
    ],
)
def test_the_proxy_of_a_unit_is_the_one_that_systemd_would_give_it(node, files, proxies, source):
    [unit] = node(files).units()

    assert (unit.name, unit.proxies) == ("docker", proxies)
    assert unit.source in (source, UNIT if not proxies else source)


def test_the_clients_settings_for_containers_are_not_the_daemons(node):
    files = {
        UNIT: service(),
        "/root/.docker/config.json": '{"proxies": {"default": {"httpsProxy": "http://c"}}}',
    }

    assert node(files).units()[0].proxies == {}


def test_a_machine_without_runtimes_has_no_units_no_mirrors_and_no_disks(node):
    empty = node()

    assert (empty.units(), empty.mirrors(NAME), empty.space()) == ((), (), ())
    assert empty.journal(NAME).trouble is Trouble.ABSENT


CRI = '[plugins."io.containerd.grpc.v1.cri".registry]\n'
CERTS = f"/etc/containerd/certs.d/{NAME}/hosts.toml"
CONFIG = "/etc/containerd/config.toml"
USED = f'version = 2\n{CRI}config_path = "/etc/containerd/certs.d"\n'


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (
            {CONFIG: USED, CERTS: 'server = "https://u:hush@m"\n'},
            ("containerd", NAME, ("https://m",), CERTS),
        ),
        # without a server of its own the registry is asked last
        (
            {CONFIG: USED, CERTS: '[host."https://m"]\ncapabilities = ["pull", "resolve"]\n'},
            ("containerd", NAME, ("https://m", f"https://{NAME}"), CERTS),
        ),
        # a host that only takes pushes is not asked
        (
            {CONFIG: USED, CERTS: '[host."https://m"]\ncapabilities = ["push"]\n'},
            ("containerd", NAME, (f"https://{NAME}",), CERTS),
        ),
        (
            {CONFIG: USED, "/etc/containerd/certs.d/_default/hosts.toml": 'server = "https://m"\n'},
            (
                "containerd",
                "_default",
                ("https://m",),
                "/etc/containerd/certs.d/_default/hosts.toml",
            ),
        ),
        # containerd 2 has the folder without being told
        (
            {CONFIG: "version = 3\n", CERTS: 'server = "https://m"\n'},
            ("containerd", NAME, ("https://m",), CERTS),
        ),
        # containerd 1 does not
        ({CONFIG: "version = 2\n", CERTS: 'server = "https://m"\n'}, None),
        ({CERTS: 'server = "https://m"\n'}, None),
        # another registry's
        (
            {CONFIG: USED, "/etc/containerd/certs.d/mcr.microsoft.com/hosts.toml": "server='m'"},
            None,
        ),
        # the section of containerd 2, in a file that is imported; what is imported last counts
        (
            {
                CONFIG: f'version = 3\nimports = ["conf.d/*.toml"]\n{CRI}config_path = "/else"\n',
                "/etc/containerd/conf.d/a.toml": "[plugins.'io.containerd.cri.v1.images'.registry]"
                '\nconfig_path = "/etc/containerd/certs.d"\n',
                CERTS: 'server = "https://m"\n',
            },
            ("containerd", NAME, ("https://m",), CERTS),
        ),
        # an import that is not there changes nothing
        (
            {CONFIG: f'imports = ["/gone.toml", "/gone/*.toml"]\n{USED}', CERTS: "server='m'"},
            ("containerd", NAME, ("m",), CERTS),
        ),
        # containerd knows no stars in a folder's name
        (
            {CONFIG: USED, "/etc/containerd/certs.d/*.azurecr.io/hosts.toml": "server='m'"},
            None,
        ),
        # the old section, which a config_path switches off
        (
            {CONFIG: f'{CRI[:-2]}.mirrors."{NAME}"]\nendpoint = ["https://m"]\n'},
            ("containerd", NAME, ("https://m", f"https://{NAME}"), CONFIG),
        ),
        (
            {CONFIG: USED + f'{CRI[:-2]}.mirrors."{NAME}"]\nendpoint = ["https://m"]\n'},
            None,
        ),
        (
            {"/etc/docker/daemon.json": '{"registry-mirrors": ["https://u:hush@m"]}'},
            ("docker", "docker.io", ("https://m",), "/etc/docker/daemon.json"),
        ),
        (
            {f"/etc/docker/certs.d/{NAME}/hosts.toml": 'server = "https://m"\n'},
            ("docker", NAME, ("https://m",), f"/etc/docker/certs.d/{NAME}/hosts.toml"),
        ),
        # a folder with authorities alone
        ({f"/etc/docker/certs.d/{NAME}/ca.crt": "PEM"}, None),
    ],
)
def test_where_a_runtime_is_told_to_look(node, files, told):
    found = node(files).mirrors(NAME)

    assert not isinstance(found, Failure), found
    assert [(m.runtime, m.registry, m.hosts, m.source) for m in found] == ([told] if told else [])


def test_a_setting_of_a_host_is_that_hosts_and_not_the_servers(node):
    text = 'server = "https://s"\n[host."https://m"]\nca = "/m.crt"\n[host."https://p/v2"]\n'
    [found] = node({CONFIG: USED, CERTS: f"{text}override_path = true\n"}).mirrors(NAME)

    assert found.hosts == ("https://m", "https://p/v2", "https://s")
    assert (found.own_trust, found.with_path) == (("https://m",), ("https://p/v2",))


STREAMING = '[host."http://localhost:8578"]\n'
ACR_MIRROR = "/etc/systemd/system/acr-mirror.service"
ACTIVE = "/run/systemd/units/invocation:{}.service"
KUBELETS = {ACTIVE.format("kubelet"): "x"}


@pytest.mark.parametrize(
    ("text", "files", "state"),
    [
        (STREAMING, {ACR_MIRROR: "", **KUBELETS, ACTIVE.format("acr-mirror"): "x"}, "running"),
        (STREAMING, {ACR_MIRROR: "", **KUBELETS}, "stopped"),
        (STREAMING, {ACR_MIRROR: "", **KUBELETS, ACTIVE.format("acr-mirror-2"): "x"}, "stopped"),
        (STREAMING, KUBELETS, "absent"),
        (STREAMING, {ACR_MIRROR: ""}, ""),  # nothing of systemd is to be seen from here
        (STREAMING.replace("localhost", "127.0.0.1"), KUBELETS, "absent"),
        (STREAMING.replace("8578", "5000"), KUBELETS, ""),  # somebody else's
        (STREAMING.replace("localhost", "10.0.0.4"), KUBELETS, ""),
    ],
)
def test_whether_the_service_of_artifact_streaming_runs(node, text, files, state):
    [found] = node({CONFIG: USED, CERTS: text, **files}).mirrors(NAME)

    assert found.service == state


def test_systemds_links_lead_nowhere_and_count(node, tmp_path):
    made = node({CONFIG: USED, CERTS: STREAMING, ACR_MIRROR: "", **KUBELETS})
    link = tmp_path / ACTIVE.format("acr-mirror").lstrip("/")
    link.symlink_to("0123456789abcdef0123456789abcdef")

    assert made.mirrors(NAME)[0].service == "running"


@pytest.mark.parametrize("text", ["this is no TOML", '[host."'])
def test_a_file_that_is_not_understood_is_unknown_and_not_absent(node, text):
    found = node({CONFIG: USED, CERTS: text}).mirrors(NAME)

    assert isinstance(found, Failure)
    assert CERTS in found.detail


def test_without_a_reader_for_toml_it_is_unknown(node, monkeypatch):
    monkeypatch.setattr("importlib.import_module", _refuse)
    found = node({CONFIG: USED}).mirrors(NAME)

    assert isinstance(found, Failure)
    assert "TOML" in found.detail


def _refuse(name):
    raise ImportError(name)


LOG = f"""\
Nov 23 13:00:00 vm containerd[7]: time="2026-11-23T13:00:00Z" level=error msg="PullImage {NAME}/a \
failed" error="Authorization: Bearer eyJhbGciOi.eyJhIjoxfQ.c2ln"
Nov 23 13:00:01 vm kubelet[9]: E1123 13:00:01.000001    9 pull.go:1] failed for {NAME}/a?sig=hush&x
Nov 23 13:00:02 vm kubelet[9]: I1123 13:00:02.000001    9 pull.go:1] pulled {NAME}/a
Nov 23 13:00:03 vm kubelet[9]: E1123 13:00:03.000001    9 pull.go:1] failed for other.io/a
Nov 23 13:00:04 vm sudo[9]: failed {NAME}
"""


def test_only_failures_about_this_registry_are_taken_from_a_log_without_times_and_secrets(node):
    lines = node({"/var/log/syslog": LOG}).journal(NAME)

    assert [line.unit for line in lines] == ["containerd", "kubelet"]
    assert lines[0].line.startswith("level=error")
    assert lines[1].line.startswith("pull.go:1] failed for")
    assert not any("hush" in line.line or "eyJ" in line.line for line in lines)


def test_a_log_is_capped(node):
    lines = node({"/var/log/syslog": LOG * 500}).journal(NAME)

    assert len(lines) == 20
    assert all(len(line.line) <= 600 for line in lines)


def test_the_disk_of_dockers_own_root_is_looked_at(node):
    files = {"/etc/docker/daemon.json": '{"data-root": "/data"}', "/data/x": ""}
    [found] = node(files).space()

    assert found.path == "/data"
    assert found.size > 0
    assert found.free <= found.size


def test_a_simulated_machine_has_the_disks_it_was_given(node):
    assert node(disks=()).space() == ()


@pytest.fixture
def journalctl(tmp_path, monkeypatch):
    """Put a program in journalctl's place, and give the node of the machine itself."""

    def make(script, seconds=5.0):
        program = tmp_path / "journalctl"
        program.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\n{script}\n')
        program.chmod(0o755)
        monkeypatch.setattr("shutil.which", lambda _name: str(program))
        return LiveNode(Options(), Deadline(seconds)), tmp_path / "asked"

    return make


def test_the_journal_is_asked_for_each_unit_with_a_cap_and_a_start(journalctl):
    node, asked = journalctl(f"echo 'error: {NAME}/a: denied'; echo 'error: other.io/a'")
    lines = node.journal(NAME)

    assert [(one.unit, one.line) for one in lines] == [
        (unit, f"error: {NAME}/a: denied") for unit in ("docker", "containerd", "kubelet")
    ]
    told = asked.read_text().splitlines()
    assert all("--no-pager -q -o cat -u" in one and "-n 500 --since" in one for one in told)


@pytest.mark.parametrize("there", [True, False])
def test_the_last_failures_of_artifact_streamings_service_need_no_registrys_name(
    journalctl, monkeypatch, there
):
    monkeypatch.setattr("diagnose.live.journal.is_installed", lambda _files, _name: there)
    node, _ = journalctl("echo 'token request error'; echo 'started'")

    told = [("acr-mirror", "token request error")] if there else []
    assert [(one.unit, one.line) for one in node.journal(NAME)] == told


@pytest.mark.parametrize(
    ("script", "seconds", "trouble"),
    [
        ("exit 1", 5.0, Trouble.FORBIDDEN),
        ("exec sleep 30", 0.3, Trouble.TIMEOUT),
        ("echo x", 0.0, Trouble.DEADLINE),
    ],
)
def test_a_journal_that_says_nothing_is_a_failure_and_no_empty_log(
    journalctl, script, seconds, trouble
):
    node, _ = journalctl(script, seconds)

    assert node.journal(NAME).trouble is trouble
