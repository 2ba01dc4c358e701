"""The board as Prometheus metrics, by the official client; nothing is kept here.

A label takes few values: the registries of the command line, the ids of the checks, the ids of the
causes and three words. Only the current code of a registry has a sample; a check that could not
look has none, as neither 0 nor 1 would be true.
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from diagnose.agent.board import Board

_SUCCESS = "Whether the check found its part of the pull in order (1) or not (0)."
_DURATION = "How long the check took in the last run."
_VERDICT = "The last verdict: the id of a cause, or healthy, inconclusive or error."
_LAST_RUN = "When the last run ended, in Unix time."
_RUNS = "Runs since the start, by how they ended."


def of(board: Board) -> CollectorRegistry:
    """Give a registry of metrics with those of ``board`` and no others."""
    registry = CollectorRegistry()
    registry.register(_Metrics(board))
    return registry


class _Metrics(Collector):
    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        both = ("registry", "check")
        success = GaugeMetricFamily("acr_diagnose_probe_success", _SUCCESS, labels=both)
        took = GaugeMetricFamily("acr_diagnose_probe_duration_seconds", _DURATION, labels=both)
        verdict = InfoMetricFamily("acr_diagnose_verdict", _VERDICT, labels=("registry",))
        last_run = GaugeMetricFamily(
            "acr_diagnose_last_run_timestamp_seconds", _LAST_RUN, labels=("registry",)
        )
        runs = CounterMetricFamily("acr_diagnose_runs", _RUNS, labels=("registry", "status"))
        for registry, row in self._board.rows.items():
            for status, number in row.runs.items():
                runs.add_metric((registry, status.value), number)
            if row.seen is None:
                continue
            verdict.add_metric((registry,), {"code": row.seen.code})
            last_run.add_metric((registry,), row.seen.at)
            for probe in row.seen.probes:
                took.add_metric((registry, probe.check), probe.seconds)
                if probe.success is not None:
                    success.add_metric((registry, probe.check), float(probe.success))
        yield from (success, took, verdict, last_run, runs)
