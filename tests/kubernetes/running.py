"""Runs `k8s run` against the fake API server in this process, with short patience."""

import io
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

from diagnose.fleet import roster
from diagnose.fleet.items import Told
from diagnose.grouping import compact
from diagnose.grouping.digest import Digest
from diagnose.kubernetes.manifest import objects
from diagnose.kubernetes.manifest.wanted import wanted
from diagnose.kubernetes.run.progress import Progress
from diagnose.kubernetes.run.waiting import Patience
from diagnose.kubernetes.run.work import Order, work
from tests.kubernetes.direct import Direct
from tests.kubernetes.fake_api import Server
from tests.kubernetes.state import Cluster, node
from tests.scenarios.recorded import told

TARGET = "contoso.azurecr.io/app:1"
SHORT = Patience(stuck=0.6, lost=0.8, daemons=0.1, late=0.1, again=0.3, deleting=1.5)


@cache
def line(story="everything_is_right"):
    """Give the verdict's line of a node in a story."""
    return compact.line("whatever-the-line-says", told(story).result)


def healthy():
    return line()


def refused():
    return line("a_sibling_subnet_is_allowed")


def rendered(_nodes=None):
    return objects.objects(wanted(TARGET)), ()


def cluster(*names, **more):
    names = names or ("node-a", "node-b", "node-c")
    return Cluster(*map(node, names), line=healthy(), **more)


@contextmanager
def served(state):
    with Server(state) as server:
        yield Direct(server), server


def ran(state, api=None, *, said=None, show=None, **order):
    """Run, and give the outcome; ``said`` is a stream for what goes to stderr."""
    given = Order(render=rendered, seconds=8.0, patience=SHORT)
    progress = Progress(said or io.StringIO())
    if api:
        return work(api, replace(given, **order), progress, show)
    with served(state) as (direct, _):
        return work(direct, replace(given, **order), progress, show)


def rows(outcome):
    """Give each node's verdict in a word, or why there is none."""
    found = [item.row for item in outcome.items if isinstance(item, Told)]
    return {
        row.name: (row.cause or str(row.status)) if isinstance(row, Digest) else row.because
        for row in found
    }


def fleet(outcome):
    return roster.collected(outcome.items)
