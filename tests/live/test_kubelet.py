"""The kubelet's provider configuration, in each of the forms that it is written in."""

import json

import pytest

from checks.replies import Failure, Trouble
from diagnose.live import kubelet

PLACE = "var/lib/kubelet/credential-provider-config.yaml"
WANTED = [("acr-credential-provider", ("*.azurecr.io", "*.*.geo.azurecr.io"))]
AKS = """\
apiVersion: kubelet.config.k8s.io/v1
kind: CredentialProviderConfig
providers:
  - name: acr-credential-provider
    matchImages:
      - "*.azurecr.io"
      - '*.*.geo.azurecr.io' # regional endpoints
    defaultCacheDuration: "10m"
    apiVersion: credentialprovider.kubelet.k8s.io/v1
    args:
      - /etc/kubernetes/azure.json
      - --registry-mirror=mcr.microsoft.com:acr
"""
FLAT = """\
---
# by hand
kind: CredentialProviderConfig
providers:
- matchImages:
  - "*.azurecr.io"
  - '*.*.geo.azurecr.io'
  env:
  - name: HOME
    value: /root
  name: acr-credential-provider
"""
FLOW = """\
providers:
  - name: acr-credential-provider
    matchImages: ["*.azurecr.io", '*.*.geo.azurecr.io']
kind: CredentialProviderConfig
"""
AS_JSON = json.dumps({"providers": [{"name": n, "matchImages": m} for n, m in WANTED]})


def machine(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def read(root):
    return [(one.name, one.match_images) for one in kubelet.providers(root)]


@pytest.mark.parametrize("text", [AKS, FLAT, FLOW, AS_JSON], ids=["aks", "flat", "flow", "json"])
def test_each_form_is_read(tmp_path, text):
    assert read(machine(tmp_path, {PLACE: text})) == WANTED


def test_two_providers_keep_their_own_patterns(tmp_path):
    second = AKS.partition("providers:\n")[2].replace("acr-", "ecr-").replace("azurecr", "ecr")
    found = read(machine(tmp_path, {PLACE: AKS + second}))

    assert found == [*WANTED, ("ecr-credential-provider", ("*.ecr.io", "*.*.geo.ecr.io"))]


@pytest.mark.parametrize("equals", ["=", " ", '="'])
def test_the_flags_name_the_file_and_the_programs(tmp_path, equals):
    end = '"' if '"' in equals else ""
    flags = f"KUBELET_FLAGS=--v=2 --image-credential-provider-config{equals}/opt/p.yaml{end} "
    flags += f"--image-credential-provider-bin-dir{equals}/opt/bin{end}\n"
    files = {"etc/default/kubelet": flags, "opt/p.yaml": AKS, PLACE: FLAT}
    root = machine(tmp_path, {**files, "opt/bin/acr-credential-provider": ""})
    (found,) = kubelet.providers(root)

    assert (found.source, found.installed) == ("/opt/p.yaml", True)


def test_a_drop_in_counts_and_a_missing_program_is_seen(tmp_path):
    drop_in = "etc/systemd/system/kubelet.service.d/10-x.conf"
    flags = "ExecStart=kubelet --image-credential-provider-config=/opt/p.yaml"
    (found,) = kubelet.providers(machine(tmp_path, {drop_in: flags, "opt/p.yaml": AKS}))

    assert (found.source, found.installed) == ("/opt/p.yaml", False)


def test_no_kubelet_no_provider_and_an_unreadable_one_are_three_things(tmp_path):
    nothing = kubelet.providers(machine(tmp_path / "a", {}))
    untold = kubelet.providers(machine(tmp_path / "b", {"etc/default/kubelet": "KUBELET_FLAGS="}))
    odd = kubelet.providers(machine(tmp_path / "c", {PLACE: "providers: &x\n  ? complex\n"}))

    assert isinstance(nothing, Failure)
    assert nothing.trouble is Trouble.ABSENT
    assert untold == ()
    assert isinstance(odd, Failure)
    assert odd.trouble is Trouble.PROTOCOL


@pytest.mark.parametrize("text", ["", "{", "[]", "providers:\n", "\0", "- a\n- b\n"])
def test_garbage_is_unknown(tmp_path, text):
    found = kubelet.providers(machine(tmp_path, {PLACE: text}))

    assert isinstance(found, Failure)
    assert found.trouble is Trouble.PROTOCOL
