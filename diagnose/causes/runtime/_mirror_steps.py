"""The fix steps for a runtime that looks for images elsewhere; no cause of its own."""

from shlex import quote

from checks.host import Host
from checks.mirrors import Mirror
from diagnose.causes.contract import FixStep, Risk
from diagnose.causes.runtime._daemon import ROOT, by_hand

_LOCAL = ("localhost", "127.0.0.1", "::1")
_STREAMING = FixStep(
    command="sudo systemctl status acr-mirror; sudo journalctl -u acr-mirror -n 50 --no-pager",
    needs=ROOT,
    risk=Risk.READ_ONLY,
    why="Pulls go by artifact streaming's own mirror on the node: shows whether that runs.",
)


def steps(mirror: Mirror, host: Host) -> tuple[FixStep, ...]:
    file = quote(mirror.source)
    show = FixStep(
        command=f"sudo cat {file}",
        needs=ROOT,
        risk=Risk.READ_ONLY,
        why=f"Shows where {mirror.runtime} is sent: {', '.join(mirror.hosts)}.",
    )
    if host.aks_node:
        local = (_STREAMING,) if set(mirror.hosts) & set(_LOCAL) else ()
        return show, *local, by_hand("Correct the cluster's own setting; nodes are written anew.")
    if not mirror.source.endswith("hosts.toml"):
        why = f"Correct the section registry.mirrors in {mirror.source}; restart containerd."
        return show, by_hand(why)
    if mirror.registry == "_default":
        return show, by_hand("It is for every registry: correct its server by hand.")
    aside = quote(mirror.source + ".off")
    return (
        show,
        FixStep(
            command=f"sudo mv -n {file} {aside}",
            needs=ROOT,
            risk=Risk.CHANGES_ACCESS,
            why="Unless the mirror is wanted, and its server to be corrected: sends pulls to the "
            "registry itself.",
            undo=f"sudo mv -n {aside} {file}",
        ),
    )
