"""Large packets are lost on the way.

What happened
Small packets reach this machine and large ones do not. Somewhere on the way the packets are too
large for a tunnel or a link, and the notice that should say so is lost as well. Connections stand,
and hang as soon as the other side sends more than a little: its certificates, or a layer.

How we know
A TLS handshake stalled twice, and completed at the same time when the other side was asked for
segments of 536 bytes. Nothing but the size of the packets differed.

Fix
Find the largest packet that comes through, then lower the MTU of this machine's interface to it as
a remedy. Have the owners of the tunnel, firewall or appliance clamp the MSS there, and let ICMP
"fragmentation needed" through: that mends it for every machine.

Still failing?
Containers and pods have interfaces with an MTU of their own. In Azure a virtual machine's interface
has 1500, and a VPN gateway's tunnel carries 1400 and less.
"""

from shlex import quote

from checks.mtu import LargeLost
from checks.target import Target
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Risk,
    Stage,
)

_DEVICE = "\"$(ip -o route show default | sed -n '1s/.* dev \\([^ ]*\\).*/\\1/p')\""


def find(large: LargeLost, target: Target) -> Finding:
    host = quote(large.host)
    show = FixStep(
        command=f"tracepath -n {host}",
        needs="a shell on this machine",
        risk=Risk.READ_ONLY,
        why="Shows where the path narrows, as far as routers tell.",
    )
    links = FixStep(
        command="ip link show",
        needs="a shell on this machine",
        risk=Risk.READ_ONLY,
        why="Shows each interface with its MTU.",
    )
    clamp = FixStep(
        command="",
        needs="rights on the tunnel, firewall or appliance on the way",
        risk=Risk.DISRUPTIVE,
        why="Clamp the MSS of TCP there, such as 1350 for a VPN, and let ICMP type 3 code 4 "
        "through.",
    )
    narrow = FixStep(
        command=f"sudo ip link set dev {_DEVICE} mtu 1350",
        needs="root on this machine",
        risk=Risk.DISRUPTIVE,
        why="Until then: makes this machine ask for smaller segments. It is gone after a restart.",
        undo=f"sudo ip link set dev {_DEVICE} mtu 1500",
    )
    return Finding(
        confidence=Confidence.PROVEN,
        evidence=(Evidence(check="mtu", saw=large.summary),),
        fix=(show, links, clamp, narrow),
        stage=Stage.TLS if large.host == target.login_server else Stage.LAYER,
    )


CAUSE = Cause(
    id="mtu-black-hole",
    title="Large packets are lost on the way",
    stage=Stage.TLS,
    owner=Owner.NETWORK,
    find=find,
    beats=("egress-filtered-registry", "egress-filtered-data"),
)
