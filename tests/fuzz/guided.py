"""The same targets, led by what each input makes the program do: for an environment with atheris.

atheris is no dependency: it is a compiled wheel, and nothing in `make test` needs it. In an
environment of its own that sees ours::

    python3 -m venv /tmp/atheris && /tmp/atheris/bin/pip install atheris
    PYTHONPATH=.:$(echo .venv/lib/python3*/site-packages) \
        /tmp/atheris/bin/python -m tests.fuzz.guided TARGET --seconds 600

Half of the inputs are libFuzzer's changes, half are ours. Each kind of failure is told once, when
it is met; libFuzzer ends the process by itself, so nothing can be summed up after it.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["checks", "diagnose"]):
    from tests.fuzz import loop
    from tests.fuzz.mutation import Random
    from tests.fuzz.target import mutant
    from tests.fuzz.targets import ALL


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(ALL))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    target, found = ALL[given.target], loop.Found()
    seeds = target.seeds()

    def use(data: bytes) -> None:
        found.inputs += 1
        known = len(found.first)
        loop.used(target, data, found.inputs, found)
        if len(found.first) > known:
            print(*list(found.first.items())[-1], sep="\n         ", flush=True)

    def change(data: bytes, most: int, seed: int) -> bytes:
        chance = Random(seed)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(data, len(data) + 64))[:most]
        return mutant(chance, (data, chance.choice(seeds)), target.words)[:most]

    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(seeds):
            (Path(folder) / f"{number}").write_bytes(seed)
        options = [f"-max_total_time={given.seconds}", f"-seed={given.seed}", "-max_len=20000"]
        words: list[Any] = [sys.argv[0], folder, *options, "-verbosity=0", "-rss_limit_mb=1024"]
        words.append("-print_final_stats=1")
        atheris.Setup(words, use, custom_mutator=change)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
