"""The fix steps for a runtime's own proxy; no cause of its own."""

from collections.abc import Iterable
from shlex import quote

from diagnose.causes.contract import FixStep, Risk
from diagnose.causes.runtime._daemon import ROOT, by_hand, stopping

ASK = "Ask by way of that proxy: curl -x PROXY https://LOGIN_SERVER/v2/ answers 401 or not."
_OF_UNITS = (".conf", ".service")


def exempt(hosts: Iterable[str], kept: str) -> str:
    """Take the suffixes of ``hosts`` out of the proxy, beside what is out of it already."""
    suffixes = dict.fromkeys("." + host.split(".", 1)[1] for host in hosts)
    return "NO_PROXY=" + ",".join(filter(None, (kept, *suffixes)))


def _escaped(setting: str) -> str:
    """Write a setting as systemd reads it between quotes: % begins a specifier there."""
    return setting.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def steps(unit: str, source: str, setting: str, aks_node: bool) -> tuple[FixStep, ...]:
    """Show the unit's proxy, and give it ``setting`` by a drop-in that is read last."""
    show = FixStep(
        command=f"systemctl show {unit} --property=Environment --property=EnvironmentFiles",
        needs="a shell on this machine",
        risk=Risk.READ_ONLY,
        why=f"Shows the proxy that {unit}'s unit is given.",
    )
    if aks_node:
        return show, by_hand("Correct the cluster's own proxy settings; nodes are written anew.")
    if source and not source.endswith(_OF_UNITS):
        why = f"Correct the proxy in {source}, or exempt the registry there; restart {unit}."
        return show, by_hand(why)
    folder = f"/etc/systemd/system/{unit}.service.d"
    file = f"{folder}/zz-acr-diagnose.conf"
    reload = f"sudo systemctl daemon-reload && sudo systemctl restart {unit}"
    line = quote(f'Environment="{_escaped(setting)}"')
    write = f"printf '%s\\n' '[Service]' {line} | sudo tee {file} >/dev/null"
    way = "the direct way to the registry" if "NO_PROXY" in setting else "the same proxy"
    stops = stopping(unit)
    return (
        show,
        FixStep(
            command=f"sudo mkdir -p {folder} && {write} && {reload}",
            needs=ROOT,
            risk=Risk.DISRUPTIVE,
            why=f"Gives {unit} {way}.{stops}",
            undo=f"sudo rm {file} && {reload}",
        ),
    )
