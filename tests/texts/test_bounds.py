"""Ten megabytes of anything: under two seconds, in bounded memory."""

import io
import json
import time
import tracemalloc

import pytest

from diagnose.texts.front import blocks
from diagnose.texts.read import Reading, read
from diagnose.texts.wordings import ALL

SIZE = 10_000_000
SECONDS = 2.0
MEMORY = 24_000_000  # bytes at the peak, of which the remembered lines take the most
ERROR = "pull c.azurecr.io/a: denied: client with IP '10.0.0.4' is not allowed access\n"


def _log() -> str:
    line = '2026-11-23T10:{:02}:{:02}Z node-{} kubelet[7]: I1123 {} sync "pod-{}" at https://x/{}\n'
    rows = (line.format(n % 60, n % 61, n % 7, n, n * 31, hex(n)) for n in range(SIZE // 100))
    return "".join(rows)


def _needles() -> str:
    """Lines that hold the beginnings of all wordings and the end of none."""
    starts = [text.split("...")[0] for row in ALL for some in row.heard.values() for text in some]
    line = " ".join(start for start in starts if "{" not in start and "<" not in start)[:4_000]
    halves = " ".join(word[:-1] for word in line.split(" "))
    return "".join(f"{chr(97 + n % 26)}{n:x} {halves}\n" for n in range(SIZE // len(halves)))


HOSTILE = {
    "a log": _log(),
    "one line": "x" * SIZE,
    "one line of brackets": "(" * SIZE,
    "one line of kubelet lists": "[rpc error: code, " * (SIZE // 18),
    "one list of errors": "[failed to" + ", rpc error: code = x 403 https://" * (SIZE // 33),
    "one line of escapes": "\\" * SIZE,
    "one line of unicode escapes": "\\u005c" * (SIZE // 6),
    "one line of terminal escapes": "\x1b]0;" * (SIZE // 4),
    "csi without end": "\x1b[" + "0;" * (SIZE // 2),
    "refusals without end": "client with ip '" * (SIZE // 16),
    "gets without end": 'get "https://' * (SIZE // 13),
    "deep json": json.dumps(json.dumps(json.dumps('"' * 100_000))) * 8,
    "spaces": " \t" * (SIZE // 2),
    "empty lines": "\n" * SIZE,
    "beginnings of all wordings": _needles(),
    "the same error": ERROR * (SIZE // len(ERROR)),
}


def _read(text: str) -> Reading:
    return read(blocks(io.BytesIO(text.encode("utf-8", "replace"))))


@pytest.mark.parametrize("name", HOSTILE)
def test_ten_megabytes_take_two_seconds_at_most(name: str) -> None:
    began = time.process_time()  # what else the machine does is not counted
    _read(HOSTILE[name])

    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("name", ["a log", "one line", "deep json", "one line of escapes"])
def test_memory_does_not_grow_with_the_text(name: str) -> None:
    data = io.BytesIO(HOSTILE[name][: SIZE // 2].encode())
    tracemalloc.start()
    try:
        read(blocks(data))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < MEMORY


@pytest.mark.parametrize("place", [0, SIZE // 2, SIZE - len(ERROR)])
def test_the_one_error_in_a_long_log_is_found(place: int) -> None:
    log = HOSTILE["a log"]
    cut = log.find("\n", min(place, len(log) - 2)) + 1

    assert _read(log[:cut] + ERROR + log[cut:]).candidates[0].cause == "subnet-not-allowed"


def test_an_error_in_the_middle_of_one_long_line_is_found() -> None:
    text = "x" * 5_000_000 + ERROR.strip() + "y" * 3_000_000

    assert _read(text).candidates[0].cause == "subnet-not-allowed"
