"""The fix steps of the proxy's causes; no cause of its own."""

from shlex import quote

from checks.ports import AZURE_DNS
from checks.subnet import Subnet
from diagnose.causes.contract import FixStep, Risk

# A proxy that answers looks names up by itself: what this machine's own servers say is no matter.
NAMES_ELSEWHERE = ("dns-server-failing", "dns-server-unreachable", "registry-name-not-found")
SHELL = "a shell on this machine"


def ask(url: str, host: str) -> FixStep:
    """Ask for the host by way of the proxy, and show what the proxy says."""
    return FixStep(
        command=f"curl -sS -o /dev/null -v -x {quote(url)} {quote(f'https://{host}/')}",
        needs=SHELL,
        risk=Risk.READ_ONLY,
        why="Shows the proxy's own answer. Give it the user and password that you use, if any.",
    )


def bypass(host: str, variable: str, subnet: Subnet | None) -> FixStep:
    """Go past the proxy for hosts like this one, and for what must never be asked through one."""
    name = "no_proxy" if variable.islower() else "NO_PROXY"
    listed = ",".join(("." + host.partition(".")[2], "169.254.169.254", AZURE_DNS))
    why = (
        f"Instead: goes straight to the registry, where this machine has a way there. {name} takes "
        "names and suffixes, no wildcards."
    )
    if subnet and subnet.endpoint:
        why += " With the service endpoint it is a must: a proxy's traffic does not go over it."
    return FixStep(
        command=f'BEFORE="${name}"; export {name}="${{{name}:+${name},}}{listed}"',
        needs=f"{SHELL}; to keep it, the file that sets {variable or 'the proxy'}",
        risk=Risk.CHANGES_ACCESS,
        why=why,
        undo=f'export {name}="$BEFORE"',
    )


def daemons() -> FixStep:
    """Say that the runtimes have proxies of their own."""
    return FixStep(
        command="systemctl show docker containerd kubelet --property=Environment",
        needs=SHELL,
        risk=Risk.READ_ONLY,
        why="The runtimes do not see the shell's variables: shows the proxies that they use.",
    )
