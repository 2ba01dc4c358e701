"""How long the program takes to start, as a process of its own, and what it is that takes long.

The goal is under 0.15 s, warm: the compiled files of Python are there, as on any machine after the
first start. What a run loads beside waiting is told by the processor's time, which waits for
nobody.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import page

PROGRAM = Path(sys.executable).with_name("acr-diagnose")
GOAL = 0.15
ROUNDS = 10
COMMANDS = ("--help", "causes", "checks", "explain subnet-not-allowed")
ENVIRON = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
} | {"PYTHONPYCACHEPREFIX": str(page.KEPT.parent / "bytecode")}
PARTS = """
import json, sys, time
def spent(work):
    began = time.process_time()
    work()
    return round(1e3 * (time.process_time() - began), 1)
def client():
    from azure.mgmt.containerregistry import ContainerRegistryManagementClient
    import azure.core.rest
def store():
    import ssl
    ssl.create_default_context()
print(json.dumps({
    "the checks and their facts": spent(lambda: __import__("checks")),
    "the causes": spent(lambda: __import__("diagnose.causes")),
    "the rest of the program": spent(lambda: __import__("diagnose.front")),
    "requests and urllib3": spent(lambda: __import__("diagnose.live.wire")),
    "Azure's SDK": spent(client),
    "this machine's authorities, by OpenSSL": spent(store),
    "docker's SDK, where there is an engine": spent(lambda: __import__("docker")),
}))
"""


def started(words: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(words, check=True, capture_output=True, env=ENVIRON)
    return time.perf_counter() - began


def test_start(benchmark, capsys) -> None:
    taken: dict[str, list[float]] = {command: [] for command in ("python -c pass", *COMMANDS)}

    def run() -> None:
        for turn in range(ROUNDS + 1):
            for command, seconds in taken.items():  # in turns, so that all meet the same noise
                words = [str(PROGRAM), *command.split()]
                if command.startswith("python"):
                    words = [sys.executable, "-c", "pass"]
                took = started(words)
                if turn:  # the first one writes the compiled files
                    seconds.append(took)

    benchmark.pedantic(run, rounds=1)

    medians = {command: statistics.median(seconds) for command, seconds in taken.items()}
    met = max(medians.values()) < GOAL
    benchmark.extra_info |= {"goal": GOAL, "met": met, "medians": medians}
    rows = [
        (f"`{command}`", f"{1e3 * medians[command]:.0f} ms", f"{1e3 * min(seconds):.0f} ms")
        for command, seconds in taken.items()
    ]
    told = page.table(("command", f"median of {ROUNDS}", "least"), rows)
    page.section("start", f"{told}\n\n{page.goal(f'under {GOAL * 1e3:g} ms', met=met)}")
    with capsys.disabled():
        print(f"\n{told}")


def test_what_a_run_loads(benchmark, capsys) -> None:
    found: list[dict[str, float]] = []

    def run() -> None:
        done = subprocess.run(
            [sys.executable, "-c", PARTS],
            env=ENVIRON,
            cwd=page.ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        found.append(json.loads(done.stdout))

    benchmark.pedantic(run, rounds=ROUNDS, warmup_rounds=1)

    rows = [
        (part, f"{statistics.median(one[part] for one in found[1:]):.0f} ms") for part in found[0]
    ]
    page.section("spots", f"{SPOTS}\n\n{page.table(('loaded by a run', 'CPU'), rows)}")
    with capsys.disabled():
        print(f"\n{page.table(('loaded by a run', 'CPU'), rows)}")


SPOTS = """\
What a profiler and the round trips of `tests/bench/visit.py` showed, and what became of it:

- The question for the load balancer was asked twice, half a second apart, on most machines: the
  answer 404 means "none" there, not "try again". It stood on the longest chain. Asked once now.
- Each TLS handshake and each HTTP client read the system's authorities anew, a tenth of a second of
  the processor each time; instance metadata's too, which is plain HTTP. Read once a run now.
- Azure's SDK was loaded when the first question to Azure Resource Manager was due, on the longest
  chain. It is loaded while instance metadata is asked.
- Several questions at once to one host each opened a connection, three round trips each, though an
  open one would have been free after one. They wait for it now, for as long as a new one takes at
  most.
- Two threads that load parts of one library can give each other modules that are half made, which
  a run then takes for a failure of the other side. It was met as soon as that loading began
  beside the checks; all such loading is under one lock now.
- A connection's first try of two waits 1.5 s in place of 3, which is enough for the second SYN that
  Linux sends after a second; a dropped path is told of 1.5 s sooner.
- What is left of a run without latency is loading code. Nearly half of our own part is the making
  of 190 frozen dataclasses (`dataclasses._create_fn`), under a tenth regular expressions; both
  are left, as the code they stand for is read more often than it is run."""
