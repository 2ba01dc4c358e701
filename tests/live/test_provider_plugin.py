"""Proves that the kubelet's plug-in is run as the kubelet runs it, and that no secret leaves it."""

import json
import time
from pathlib import Path

import pytest
from live_servers import REGISTRY

from checks.replies import Failure, Trouble
from diagnose.live import Limits, Options, live_world, plain_yaml, programs, provider_settings
from diagnose.live.provider_plugin import without_tag

IMAGE = f"{REGISTRY}/team/app:1"
FOLDER, CONFIG = "opt/plugins", "etc/provider.yaml"
GIVEN = {
    "kind": "CredentialProviderResponse",
    "apiVersion": "credentialprovider.kubelet.k8s.io/v1",
    "cacheKeyType": "Registry",
    "cacheDuration": "5m0s",
    "auth": {
        "*.azurecr.*": {"username": "", "password": ""},
        REGISTRY: {"username": "robot", "password": "hush-hush-token"},
    },
}
YAML = """\
# written by hand
apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
- name: other-provider
  matchImages: ["*.example.com"]
  defaultCacheDuration: 1m
- name: acr-credential-provider
  matchImages:
    - '*.azurecr.io'   # one label
  defaultCacheDuration: "10m"
  apiVersion: credentialprovider.kubelet.k8s.io/v1beta1
  args:
    - /etc/kubernetes/azure.json
    - --registry-mirror=mcr.microsoft.com:reg.azurecr.io
  env:
    - name: TEAM
      value: "blue"
"""


@pytest.fixture
def node(tmp_path):
    """Dress a folder as a node whose plug-in is the given shell script."""

    def make(script, config=YAML, **options):
        folder = tmp_path / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in {
            CONFIG: config,
            "etc/default/kubelet": f"KUBELET_FLAGS=--image-credential-provider-config=/{CONFIG} "
            f"--image-credential-provider-bin-dir=/{FOLDER}\n",
        }.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        if script is not None:
            program = folder / "acr-credential-provider"
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        told = Options(root=str(tmp_path), runtime="containerd", environ={}, **options)
        world = live_world(told, REGISTRY, Limits(plugin=1.0))
        world.containerd._is_root = lambda: True
        return world

    return make


def test_it_is_told_what_the_kubelet_tells(node, tmp_path):
    script = f'cat > {tmp_path}/in; echo "$TEAM" "$@" > {tmp_path}/words; pwd >> {tmp_path}/words\n'
    world = node(f"{script} cat <<'X'\n{json.dumps(GIVEN)}\nX")
    run = world.containerd.credentials(IMAGE)

    assert json.loads((tmp_path / "in").read_text()) == {
        "apiVersion": "credentialprovider.kubelet.k8s.io/v1beta1",
        "kind": "CredentialProviderRequest",
        "image": f"{REGISTRY}/team/app",
    }
    words = (
        "blue /etc/kubernetes/azure.json --registry-mirror=mcr.microsoft.com:reg.azurecr.io\n/\n"
    )
    assert (tmp_path / "words").read_text() == words
    assert (run.exit_code, run.cache_key_type, run.cache_duration) == (0, "Registry", "5m0s")
    assert run.hosts == ("*.azurecr.*", REGISTRY)


@pytest.mark.parametrize("ca_file", ["", "/host/etc/ssl/certs/ca-certificates.crt"])
def test_in_a_pod_it_is_told_where_the_authorities_of_its_node_are(node, tmp_path, ca_file):
    world = node(f'echo "${{SSL_CERT_FILE-none}}" > {tmp_path}/told', ca_file=ca_file)
    world.containerd.credentials(IMAGE)

    assert (tmp_path / "told").read_text().strip() == (ca_file or "none")


def test_its_answer_stays_in_the_vault(node):
    world = node(f"echo 'using hush-hush-token' >&2; cat <<'X'\n{json.dumps(GIVEN)}\nX")
    run = world.containerd.credentials(IMAGE)

    assert "hush" not in repr(run)
    assert run.stderr == "using [redacted]"
    assert "hush-hush-token" in world.vault.secrets()
    assert world.vault.secret_for(run.token, REGISTRY) == "hush-hush-token"
    assert world.vault.secret_for(run.token, "elsewhere.azurecr.io") is None
    login = world.containerd._login(IMAGE, run.token)
    assert (login.user, "hush" in repr(login)) == ("robot", False)


def test_a_secret_variable_is_taken_out_of_its_words_and_a_plain_one_is_not(node):
    env = [
        {"value": "Pa,55 word", "name": "AZURE_CLIENT_SECRET"},
        {"value": "blue", "name": "TEAM"},
    ]
    row = {"name": "acr-credential-provider", "matchImages": ["*.azurecr.io"], "env": env}
    script = 'echo "$TEAM: $AZURE_CLIENT_SECRET" >&2; exit 1'
    run = node(script, json.dumps({"providers": [row]})).containerd.credentials(IMAGE)

    assert run.stderr == "blue: [redacted]"


def test_of_an_answer_that_breaks_off_what_it_gave_is_taken_out(node):
    broken = json.dumps(GIVEN)[:-2].replace("hush-hush-token", 'hush-hush\\"token')
    script = f"cat <<'X'\n{broken}\nX\necho 'wrote hush-hush\"token' >&2"
    run = node(script).containerd.credentials(IMAGE)

    assert (run.understood, run.stderr) == (False, "wrote [redacted]")


def test_an_error_is_kept_without_secrets(node):
    said = "registry did not issue a valid AAD challenge, status: 403; Bearer abcdef1234567890"
    run = node(f"echo '{said}' >&2; exit 3").containerd.credentials(IMAGE)

    assert (run.exit_code, run.token, run.understood) == (3, None, False)
    assert run.stderr.startswith("registry did not issue a valid AAD challenge, status: 403")
    assert "abcdef" not in run.stderr


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("sleep 60", Trouble.TIMEOUT),
        ("sleep 60 & sleep 60", Trouble.TIMEOUT),
        ("exec 1>&- 2>&-; sleep 60", Trouble.TIMEOUT),
        ("head -c 4000000 /dev/zero", Trouble.TOO_LARGE),
        ("head -c 4000000 /dev/zero >&2", Trouble.TOO_LARGE),
        (None, Trouble.REFUSED),
    ],
    ids=["silent", "a child", "closed", "much", "much to say", "absent"],
)
def test_a_plugin_that_misbehaves_is_a_failure_in_time(node, script, trouble):
    began = time.monotonic()
    reply = node(script).containerd.credentials(IMAGE)

    assert isinstance(reply, Failure), reply
    assert reply.trouble is trouble, reply
    assert time.monotonic() - began < 4.0


@pytest.mark.parametrize("said", ["", "{", "[]", "null", '{"auth": 7}', '{"auth": {"a": "b"}}'])
def test_an_answer_that_is_none_gives_no_token(node, said):
    run = node(f"printf '%s' '{said}'").containerd.credentials(IMAGE)

    assert (run.understood, run.token) == (False, None)


def test_nobody_but_root_runs_it(node, tmp_path):
    world = node(f"touch {tmp_path}/ran")
    world.containerd._is_root = lambda: False

    assert world.containerd.credentials(IMAGE).trouble is Trouble.FORBIDDEN
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["../../bin/sh", "/bin/sh", ".", "", "a b"])
def test_a_name_that_leads_elsewhere_is_no_plugin(node, name):
    config = json.dumps({"providers": [{"name": name, "matchImages": ["*.azurecr.io"]}]})

    assert node("true", config).containerd.credentials(IMAGE).trouble is Trouble.ABSENT


@pytest.mark.parametrize("where", ["in a pod", "below the root"])
def test_without_the_file_that_it_reads_it_is_not_run(node, tmp_path, where):
    """It would fail here, and not for the kubelet."""
    world = node(f"touch {tmp_path}/ran")
    if where == "in a pod":
        world.containerd._environ = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}
    else:
        (tmp_path / "etc/kubernetes").mkdir()
        (tmp_path / "etc/kubernetes/azure.json").write_text("{}")
    reply = world.containerd.credentials(IMAGE)

    assert (reply.trouble, "azure.json" in reply.detail) == (Trouble.FORBIDDEN, True)
    assert not (tmp_path / "ran").exists()


def test_an_image_that_no_pattern_fits_runs_nothing(node, tmp_path):
    reply = node(f"touch {tmp_path}/ran").containerd.credentials("elsewhere.io/app:1")

    assert reply.trouble is Trouble.ABSENT
    assert not (tmp_path / "ran").exists()


def test_a_plugin_that_wants_a_pods_token_is_not_run_without(node, tmp_path):
    row = {"name": "acr-credential-provider", "matchImages": ["*.azurecr.io"]}
    row["tokenAttributes"] = {"requireServiceAccount": True}
    reply = node(f"touch {tmp_path}/ran", json.dumps({"providers": [row]}))
    reply = reply.containerd.credentials(IMAGE)

    assert reply.trouble is Trouble.NO_IDENTITY
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("options", [{"auth": "none"}, {}], ids=["no identity", "broken"])
def test_what_is_not_to_be_run_or_not_understood_is_not_run(node, tmp_path, options):
    config = YAML if options else "providers:\n\t- name: x\n"
    reply = node(f"touch {tmp_path}/ran", config, **options).containerd.credentials(IMAGE)

    assert reply.trouble in (Trouble.SWITCHED_OFF, Trouble.PROTOCOL)
    assert not (tmp_path / "ran").exists()


def a_process(root, number, *words, users="0\t0\t0\t0", mounts="mnt:[1]"):
    """Write what /proc tells of a process; ``users`` are the four of its status."""
    process = root / "proc" / str(number)
    (process / "ns").mkdir(parents=True)
    (process / "ns/mnt").symlink_to(mounts)
    (process / "status").write_text(f"Name:\tx\nUid:\t{users}\nGid:\t0\t0\t0\t0\n")
    (process / "cmdline").write_bytes("\0".join([*words, ""]).encode())
    (process / "environ").write_bytes(b"HTTPS_PROXY=http://proxy:3128\0EMPTY=\0")


NEWER = ("/usr/local/bin/kubelet", "--image-credential-provider-bin-dir=/opt/newer")


def test_the_kubelets_own_process_goes_before_its_files(node, tmp_path):
    node("true")
    a_process(tmp_path, 1, "/sbin/init")
    a_process(tmp_path, 4242, *NEWER)
    found = provider_settings.plugins(tmp_path, lambda _: None)

    assert [one.program for one in found] == [
        "/opt/newer/other-provider",
        "/opt/newer/acr-credential-provider",
    ]
    told = {"HTTPS_PROXY": "http://proxy:3128", "EMPTY": ""}
    assert provider_settings.environment(tmp_path) == told


OTHERS = {
    "a-persons": {"users": "1000\t1000\t1000\t1000"},
    "began-as-a-persons": {"users": "1000\t0\t0\t0"},
    "of-a-userns": {"users": "65534\t65534\t65534\t65534"},
    "in-a-container": {"mounts": "mnt:[2]"},
    "without-users": {"users": ""},
}


@pytest.mark.parametrize("other", OTHERS)
def test_a_process_that_only_bears_the_kubelets_name_is_not_obeyed(node, tmp_path, other):
    """It would name a program, and root's own variables, to whoever runs this as root."""
    node("true")
    a_process(tmp_path, 1, "/sbin/init")
    a_process(tmp_path, 42, *NEWER, **OTHERS[other])

    assert provider_settings.running(tmp_path) is None
    assert provider_settings.environment(tmp_path) == {}
    found = provider_settings.plugins(tmp_path, lambda _: None)
    assert {Path(one.program).parent for one in found} == {Path("/", FOLDER)}
    a_process(tmp_path, 4242, *NEWER)

    assert provider_settings.running(tmp_path) == tmp_path / "proc/4242"


def test_a_process_that_cannot_be_looked_at_is_not_obeyed(node, tmp_path):
    node("true")
    a_process(tmp_path, 42, *NEWER)  # and nothing is known of process 1

    assert provider_settings.running(tmp_path) is None


@pytest.mark.parametrize(
    ("image", "bare"),
    [
        ("reg.azurecr.io/app:1", "reg.azurecr.io/app"),
        ("reg.azurecr.io:443/app", "reg.azurecr.io:443/app"),
        ("reg.azurecr.io/app@sha256:abc", "reg.azurecr.io/app"),
        ("reg.azurecr.io/app:1@sha256:abc", "reg.azurecr.io/app"),
    ],
)
def test_the_tag_is_left_out_and_the_port_is_not(image, bare):
    assert without_tag(image) == bare


@pytest.mark.parametrize(
    "text",
    ["a: &x b", "a: |\n  b", "- - a: b\n c", "a: b\n  - c\nd", "{" * 9, "a:\n\tb: c", "[" * 99999],
)
def test_yaml_that_is_not_plain_is_refused(text):
    with pytest.raises(ValueError):
        plain_yaml.read(text)


def test_no_child_is_left_behind(tmp_path):
    mark = tmp_path / "pid"
    with pytest.raises(TimeoutError):
        programs.run(["sh", "-c", f"sleep 60 & echo $! > {mark}; wait"], b"", {}, 0.5, 1000)
    time.sleep(0.1)

    place = Path("/proc", mark.read_text().strip(), "stat")
    assert not place.exists() or " Z " in place.read_text()
