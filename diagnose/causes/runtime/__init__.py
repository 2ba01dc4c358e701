"""Root causes in the container runtime."""

from diagnose.causes.runtime import (
    disk_full,
    runtime_down,
    runtime_mirror_misconfigured,
    runtime_proxy_misconfigured,
    runtime_untrusted_ca,
)

ALL = (
    disk_full.CAUSE,
    runtime_down.CAUSE,
    runtime_mirror_misconfigured.CAUSE,
    runtime_proxy_misconfigured.CAUSE,
    runtime_untrusted_ca.CAUSE,
)
