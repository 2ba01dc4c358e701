"""The catalogue as text: lists of causes and checks, and the page of each."""

import inspect
import sys
from types import ModuleType

from checks import ALL as CHECKS
from checks.contract import Check
from checks.target import UsageError
from diagnose.causes import ALL as CAUSES
from diagnose.causes.contract import Cause


def causes() -> str:
    width = max(len(cause.id) for cause in CAUSES)
    rows = sorted(CAUSES, key=lambda cause: (cause.stage, cause.id))
    return "".join(f"{cause.id:<{width}}  {cause.title}\n" for cause in rows)


def checks() -> str:
    width = max(len(check.id) for check in CHECKS)
    return "".join(f"{check.id:<{width}}  {check.title}\n" for check in CHECKS)


def page(name: str) -> str:
    """Give the page of a cause or check; raise `UsageError` on an id that is neither."""
    row = next((row for row in (*CAUSES, *CHECKS) if row.id == name), None)
    if row is None:
        raise UsageError(
            f"{name[:60]!r} is no cause and no check; `acr-diagnose causes` lists them"
        )
    text = inspect.cleandoc(_module(row).__doc__ or "")
    return f"{name}\n\n{text}\n"


def _module(row: Cause | Check) -> ModuleType:
    function = row.find if isinstance(row, Cause) else row.gather
    return sys.modules[function.__module__]
