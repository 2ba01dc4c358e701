"""The fix steps for a path that signs by an authority of its own; no cause of its own."""

from shlex import quote

from diagnose.causes.contract import FixStep, Risk

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
