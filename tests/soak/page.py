"""The curve of a soak as a page: a row for each window of the measured part."""

from statistics import median

from tests.soak import curve
from tests.soak.record import Look, Record

HEAD = (
    "| minute | runs | own memory, MiB | RSS, MiB | threads | descriptors | sockets | "
    "CPU s a run | codes |\n|---|---|---|---|---|---|---|---|---|\n"
)


def of(record: Record) -> str:
    looks = record.measured
    parts = curve.windows(range(len(looks)))
    rows = [_row([looks[int(number)] for number in part]) for part in parts]
    own = curve.levels([look.uses["own"] for look in looks])
    changes = sum(event["event"] == "verdict" for event in record.events)
    took, code = record.ended
    return (
        f"# A soak of the agent\n\n"
        f"Seed {record.seed}; {record.counted} runs in {record.looks[-1].at / 60:.0f} minutes, "
        f"{len(looks)} of them after the warm-up; {len({look.state for look in looks})} states; "
        f"{changes} changes of the verdict; the log has {record.looks[-1].log} bytes.\n"
        f"Its own memory went by {curve.growth(own) / 1024:+.2f} MiB over the measured part "
        f"({curve.growth(own) / len(looks):+.2f} KiB a run). "
        f"SIGTERM ended it after {took:.2f} s with code {code}.\n\n"
        f"{HEAD}{''.join(rows)}"
    )


def _row(looks: list[Look]) -> str:
    def middle(what: str) -> float:
        return median(look.uses[what] for look in looks)

    def lowest_to_highest(what: str) -> str:
        values = [look.uses[what] for look in looks]
        return f"{min(values):.0f} to {max(values):.0f}"

    cpu = (looks[-1].uses["cpu"] - looks[0].uses["cpu"]) / max(1, len(looks) - 1)
    cells = (
        f"{looks[0].at / 60:.1f}",
        str(len(looks)),
        f"{middle('own') / 1024:.1f}",
        f"{middle('rss') / 1024:.1f}",
        lowest_to_highest("threads"),
        lowest_to_highest("descriptors"),
        lowest_to_highest("sockets"),
        f"{cpu:.2f}",
        str(len({look.expected for look in looks})),
    )
    return f"| {' | '.join(cells)} |\n"
