"""The fix steps for a certificate that this machine does not trust; no cause of its own."""

from shlex import quote

from diagnose.causes.contract import FixStep, Risk

_AGAIN_DEBIAN = "sudo apt-get install --reinstall -y ca-certificates && sudo update-ca-certificates"
_AGAIN_RHEL = "sudo yum reinstall -y ca-certificates && sudo update-ca-trust"
_DEBIAN, _RHEL = "/usr/local/share/ca-certificates", "/etc/pki/ca-trust/source/anchors"


def look_and_exempt(host: str) -> tuple[FixStep, FixStep]:
    server = quote(host)
    show = FixStep(
        command=f"openssl s_client -connect {server}:443 -servername {server} </dev/null",
        needs="a shell on this machine",
        risk=Risk.READ_ONLY,
        why="Shows who signed the certificate that arrives here.",
    )
    exempt = FixStep(
        command="",
        needs="rights on the firewall or proxy that inspects",
        risk=Risk.CHANGES_ACCESS,
        why=f"Exempt {host}, the login server, *.blob.core.windows.net and the registry's data "
        "endpoints from TLS inspection.",
    )
    return show, exempt


def trusting() -> tuple[FixStep, FixStep]:
    return (
        _trust("Debian, Ubuntu", _DEBIAN, "update-ca-certificates", " --fresh"),
        _trust("RHEL, Azure Linux", _RHEL, "update-ca-trust", ""),
    )


def _trust(systems: str, folder: str, update: str, fresh: str) -> FixStep:
    restart = "sudo systemctl restart docker"
    return FixStep(
        command=f"sudo cp CA.crt {folder}/ && sudo {update} && {restart}",
        needs="root on this machine, and the authority's certificate as CA.crt",
        risk=Risk.DISRUPTIVE,
        why=f"Instead, on {systems}: trust the inspecting authority. Restarts containers.",
        undo=f"sudo rm {folder}/CA.crt && sudo {update}{fresh} && {restart}",
    )


def own_store(named: tuple[tuple[str, str], ...]) -> tuple[FixStep, ...]:
    """Mend the machine's own store; ``named`` is the variable that names another, with its path."""
    if named:
        return (_unset(*named[0]),)
    return (_again("Debian, Ubuntu", _AGAIN_DEBIAN), _again("RHEL, Azure Linux", _AGAIN_RHEL))


def _unset(variable: str, path: str) -> FixStep:
    return FixStep(
        command=f"unset {variable}",
        needs=f"a shell on this machine; to keep it, the file that sets {variable}",
        risk=Risk.CHANGES_ACCESS,
        why=f"Goes back to the system's store. Where {path} is needed for a company's own hosts, "
        "add the public authorities to it instead.",
        undo=f"export {variable}={quote(path)}",
    )


def _again(systems: str, command: str) -> FixStep:
    return FixStep(
        command=command,
        needs="root on this machine, and a way to its package source",
        risk=Risk.CHANGES_ACCESS,
        why=f"On {systems}: puts the public authorities back. Restart docker and containerd after.",
    )
