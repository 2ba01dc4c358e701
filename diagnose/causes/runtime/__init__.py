"""Root causes in the container runtime."""

from diagnose.causes.runtime import (
    runtime_down,
)

ALL = (runtime_down.CAUSE,)
