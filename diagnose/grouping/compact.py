"""One verdict in one line of JSON, short enough for a pod's termination message.

Kubernetes keeps 4,096 bytes of what a container writes to /dev/termination-log, and gives them with
the pod's status: the verdicts of a thousand nodes come with one list call
(https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/). A line
that would be longer loses what a reader misses least; it is never cut.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from diagnose import __version__
from diagnose.bundle import codec
from diagnose.bundle.codec import CodecError
from diagnose.bundle.errors import BundleError
from diagnose.grouping.digest import Digest, summed_up
from diagnose.grouping.features import FEATURES
from diagnose.session import Result

SCHEMA = 1
MOST = 4096  # bytes


def line(node: str, result: Result) -> str:
    """Give the line, without an end; ``node`` is what its cluster calls the machine."""
    digest = summed_up(node, result, version=__version__)
    texts = map(_json, _ever_less(digest))
    return next(text for text in texts if len(text.encode()) <= MOST)


def read(text: str) -> Digest:
    """Give the verdict of a line; raise `BundleError` on anything else."""
    try:
        document = json.loads(text)
        given = dict(document["verdict"]) if document["schema"] == SCHEMA else {}
        told = given.pop("features", {})
        given["features"] = [told.get(feature.name, "") for feature in FEATURES]
        found: Digest = codec.decoded(given, Digest)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError, CodecError):
        raise BundleError("this is no verdict of acr-diagnose") from None
    return found


def _json(digest: Digest) -> str:
    verdict: Any = codec.encoded(digest, Digest)
    named = zip(FEATURES, digest.features, strict=True)
    verdict["features"] = {feature.name: value for feature, value in named if value}
    document = {"schema": SCHEMA, "verdict": verdict}
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _ever_less(digest: Digest) -> Iterator[Digest]:
    """Give the digest, then with less and less in it; the last one is short whatever it held."""
    yield digest
    yield (digest := replace(digest, looks=digest.looks[:1]))
    yield (digest := replace(digest, fix=digest.fix[:1], rivals=digest.rivals[:3]))
    yield (digest := replace(digest, looks=(), also=digest.also[:3]))
    yield (digest := replace(digest, fix=()))
    yield (digest := replace(digest, features=(*digest.features[:3], *[""] * (len(FEATURES) - 3))))
    yield replace(digest, name=digest.name[:100], features=("",) * len(FEATURES))
