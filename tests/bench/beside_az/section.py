"""The section of the page: what both took, in ratios, and what both said."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.beside_az.sides import LIMIT, Round
from tests.bench.beside_az.stories import Story
from tests.bench.beside_az.words import Said
from tests.bench.page import goal, table

FASTER, SMALLER = 8.0, 4.0  # the goals: az's seconds, and az's memory, over ours

ABOUT = """\
`az login --identity` and `az acr check-health --name contoso --yes` of azure-cli 2.91.0 beside
`acr-diagnose run contoso.azurecr.io/app:v1`: on the same VM of the simulated Azure (a network
namespace with the real names and addresses), with the same dockerd, servers and fault. Each command
is a process of its own; all are compiled to bytecode, and ran once before it counts. Medians of
{rounds} rounds in alternating order; a story marked * was told once, and a command that took longer
than {limit:.0f} s was killed. CPU is user and system time of the command and its children, memory
the peak that its processes have resident together. Of az's two commands these are the sum, and the
larger one."""

WHY = """\
Where nothing is waited for, both mostly load Python modules. az loads those of one command alone,
and then asks Azure Resource Manager for the registry, and the registry for two tokens. acr-diagnose
loads all that its checks may want, and asks for more than that, most of it at the same time. A
Python with TLS has 16 MB before it did anything, one with typer, `requests`, dnspython, Azure's SDK
and docker's some 45 MB: a quarter of az's memory is out of reach of a program that uses these."""

LEFT_OUT = """\
What this leaves out:

- Real distances: in the simulated Azure packets take no time, except where a row says so; Azure
  Resource Manager and Entra answer at once, where the real ones take tenths of a second.
- What dockerd does, for either: az has it pull Microsoft's sample image, which is there from the
  second round on; acr-diagnose has it pull the image that is asked for, and deletes it again.
- helm is not installed: az ends with an error for it after all that it has to say of the registry.
  Without docker, or where Microsoft's image cannot be pulled, az stops before it asks the registry
  unless `--ignore-errors` is given.
- az begins with an empty configuration folder each time, as on a machine where nobody used it yet;
  who is signed in saves the seconds of the login, which stand by themselves.
- What each knows for its time: az looks as the signed-in identity and at the registry alone.
- `az aks check-acr`: it starts a pod in a cluster of AKS, and there is none here."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One story: its rounds, and what both said in the last one."""

    story: Story
    rounds: Sequence[Round]
    az: Said
    ours: Said
    named: bool  # acr-diagnose named the cause that is true

    @property
    def title(self) -> str:
        return self.story.title + ("*" if self.story.slow else "")

    def ratio(self, what: str) -> float:
        """Give az's median over ours, of ``seconds``, ``cpu`` or ``peak_mb``."""
        az = median(getattr(one, f"az_{what}") for one in self.rounds)
        return float(az / median(getattr(one.ours, what) for one in self.rounds))

    @property
    def killed(self) -> bool:
        return any(one.login.code < 0 or one.check.code < 0 for one in self.rounds)


def text(rows: Sequence[Measured], rounds: int) -> str:
    """Give the section."""
    heads = ["story", "az: login + check", "ours", "ratio", "CPU: az", "ours", "ratio"]
    heads += ["memory: az", "ours", "ratio"]
    figures = table(heads, map(_figures, rows))
    said = table(
        ["story", "az looked at", "az says", "ours", "acr-diagnose says"],
        ((row.title, row.az.looks, row.az.why or "all OK", row.ours.looks, row.ours.why)
         for row in rows),
    )  # fmt: skip
    return "\n\n".join(
        (
            ABOUT.format(rounds=rounds, limit=LIMIT),
            figures,
            goals(rows),
            WHY,
            "What each looked at with a result, and what it says is wrong:",
            said,
            LEFT_OUT,
        )
    )


def _figures(row: Measured) -> list[str]:
    def at(*path: str) -> float:
        values: list[float] = []
        for one in row.rounds:
            value = one
            for name in path:
                value = getattr(value, name)
            values.append(float(value))  # type: ignore[arg-type]
        return median(values)

    least = "over " if row.killed else ""  # nobody knows how long it would have gone on
    return [
        row.title,
        f"{least}{at('login', 'seconds'):.2f} + {at('check', 'seconds'):.2f} s",
        f"{at('ours', 'seconds'):.2f} s",
        f"{least}{row.ratio('seconds'):.1f}",
        f"{at('az_cpu'):.2f} s",
        f"{at('ours', 'cpu'):.2f} s",
        f"{row.ratio('cpu'):.1f}",
        f"{at('az_peak_mb'):.0f} MB",
        f"{at('ours', 'peak_mb'):.0f} MB",
        f"{row.ratio('peak_mb'):.1f}",
    ]


def goals(rows: Sequence[Measured]) -> str:
    """Say which goals were met, and where not."""
    found = []
    for what, name, least in (
        ("seconds", f"{FASTER:g} times as fast as login and check together", FASTER),
        ("peak_mb", f"at most 1/{SMALLER:g} of the memory", SMALLER),
    ):
        missed = [row for row in rows if row.ratio(what) < least]
        where = "; ".join(f"{row.title}: {row.ratio(what):.1f}" for row in missed)
        found.append(goal(name, met=not missed, else_=f"In: {where}" if missed else ""))
    unnamed = [row.title for row in rows if not row.named]
    told = f"In: {'; '.join(unnamed)}" if unnamed else ""
    found.append(goal("the true cause is named in each story", met=not unnamed, else_=told))
    return "\n".join(found)
