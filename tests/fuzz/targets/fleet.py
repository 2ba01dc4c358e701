"""What a cluster's people collect: lines of verdicts, lists of Kubernetes, AKS's log archives."""

import io
import json
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from diagnose import reports
from diagnose.bundle.errors import BundleError
from diagnose.fleet import aks_logs, chunks, front, lists, roster, sources, verdicts
from diagnose.fleet.items import Item
from diagnose.grouping import compact
from tests.fuzz import properties
from tests.fuzz.mutation import Random
from tests.fuzz.target import Target, mutant
from tests.scenarios.recorded import told
from tests.unit import node_archives

_STORIES = ("everything_is_right", "a_sibling_subnet_is_allowed", "dockers_disk_is_full")


@cache
def lines() -> tuple[bytes, ...]:
    """Give verdicts of a few stories, bare and as kubectl, Ansible and az hand them on."""
    results = [told(name).result for name in _STORIES]
    bare = [compact.line(f"aks-pool-1234567{i}-vmss00000{i}", one) for i, one in enumerate(results)]
    report = reports.json.render(results[1])
    dressed = (
        f"[pod/acr-diagnose-x/node] {bare[0]}",
        f"vm1 | CHANGED | rc=0 >>\n{bare[1]}\nvm2 | UNREACHABLE! => {{}}\n",
        json.dumps({"value": [{"message": f"[stdout]\n{bare[2]}\n[stderr]\n"}]}),
        json.dumps({"log": json.dumps({"msg": bare[0]})}),
        report,
        f"vm3 | SUCCESS | rc=0 >>\n{report}",
    )
    return tuple(one.encode() for one in ("\n".join(bare), *bare, *dressed))


@cache
def objects() -> tuple[bytes, ...]:
    """Give pods and nodes as the API server lists them."""
    verdict = lines()[2].decode()
    pod = {
        "kind": "Pod",
        "metadata": {"name": "acr-diagnose-x", "namespace": "kube-system"},
        "spec": {"nodeName": "aks-a-12345678-vmss000000"},
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {
                    "name": "node",
                    "lastState": {
                        "terminated": {
                            "message": verdict,
                            "exitCode": 1,
                            "finishedAt": "2026-11-01T00:00:00Z",
                        }
                    },
                    "state": {"waiting": {"reason": "x"}},
                }
            ],
        },
    }
    node = {
        "kind": "Node",
        "metadata": {"name": "aks-a-12345678-vmss000000", "labels": {"agentpool": "a"}},
        "status": {
            "nodeInfo": {"osImage": "Ubuntu 22.04", "containerRuntimeVersion": "containerd://1.7"},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }
    whole = {"apiVersion": "v1", "kind": "List", "items": [pod, node]}
    return (
        json.dumps(whole).encode(),
        json.dumps(whole, indent=4).encode(),
        json.dumps({"apiVersion": "v1", **pod}).encode(),
    )


def collected(data: bytes) -> object:
    """A stream of whatever kind, as ``fleet -`` reads it, and every form of its report."""
    return _shown(sources._stream(io.BytesIO(data), "stdin", ""))


def _shown(items: Iterator[Item]) -> object:
    fleet = roster.collected(items)
    found = []
    for output in front.FORMATS:
        text = front.rendered(fleet, output)
        text.encode()
        found.append(properties.page(text, f"the report as {output}"))
    json.loads(found[front.FORMATS.index("json")])
    return fleet.code, found


def within(data: bytes) -> object:
    """Verdicts in one line."""
    return list(verdicts.within(data.decode("utf-8", "replace")))


def listed(data: bytes) -> object:
    found = []
    try:
        for one in lists.objects(chunks.of(io.BytesIO(data))):
            found.append(json.dumps(one, sort_keys=True))  # noqa: PERF401 kept where it breaks off
    except lists.CutShortError:
        found.append("cut short")
    return found


def verdict(data: bytes) -> object:
    """One line; what is read of it is read again of what is written of it."""
    try:
        digest = compact.read(data.decode("utf-8", "replace"))
    except BundleError as error:
        return properties.line(str(error))
    properties.same(compact.read(compact._json(digest)), digest, "a verdict read again")
    return digest


def _place() -> Path:
    return properties.folder("archive") / "aks_logs.zip"


@cache
def archives() -> tuple[bytes, ...]:
    syslog = (
        'Nov  1 00:00:00 vm containerd[1]: time="x" level=error msg="pull contoso.azurecr.io/app'
        ':v1 failed: 403 Forbidden"\n'
    )
    more = {"var/log/syslog": syslog, "etc/os-release": 'PRETTY_NAME="Ubuntu 22.04"\n'}
    own = {"var/log/azure/acr-diagnose/report.json": lines()[2].decode()}
    return tuple(
        node_archives.zipped(_place(), told_too).read_bytes() for told_too in ({}, more, own)
    )


def archive(data: bytes) -> object:
    place = _place()
    place.write_bytes(data)
    return _shown(aks_logs.read_zip(place, "aks_logs.zip"))


def _repacked(chance: Random) -> bytes:
    """Change the file, or one member of it before it is packed."""
    seed = chance.choice(archives())
    if chance.random() < 0.3:
        return mutant(chance, (seed,))
    with zipfile.ZipFile(io.BytesIO(seed)) as old:
        members = {name: old.read(name) for name in old.namelist()}
    name = chance.choice(sorted(members))
    members[name] = mutant(chance, (members[name],))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one, content in members.items():
            new.writestr(one, content)
    return out.getvalue()


TARGETS = (
    Target(name="fleet-lines", seeds=lines, use=collected, words=(b'{"schema":', b'\\"schema\\":')),
    Target(name="fleet-objects", seeds=objects, use=collected, words=(b'"items":[',)),
    Target(name="fleet-within", seeds=lines, use=within, words=(b'{"schema":', b'{\\"schema\\":')),
    Target(name="fleet-list", seeds=objects, use=listed, words=(b'"items":[', b",")),
    Target(name="fleet-verdict", seeds=lambda: lines()[1:4], use=verdict),
    Target(name="aks-logs", seeds=archives, use=archive, make=_repacked),
)
