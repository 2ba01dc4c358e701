"""What may truly be said in each cell, reasoned from what is broken and what can be seen of it.

A fault of a server that a pull needs leaves a verdict on that server, or none. A fault of Azure
Resource Manager takes certainty, and nothing else. Proven is only what nothing else can mean.
"""

from tests.faults import http, tls
from tests.faults.cells import Cell
from tests.faults.judging import HEALTHY, INCONCLUSIVE, Says

WORKS = Says(may=(HEALTHY,))
NOTHING = Says(may=(INCONCLUSIVE,))


def _maybe(*causes: str | None) -> Says:
    return Says(may=(*causes, INCONCLUSIVE))


def _surely(cause: str) -> Says:
    return Says(may=(cause, INCONCLUSIVE), proven=(cause,))  # a busy machine may run out of time


# No SYN is answered while other hosts are there: the way is closed. A refusal is somebody's answer.
BLOCKED = {
    "entra": "egress-blocked-entra",
    "registry": "egress-blocked-registry",
    "layers": "egress-blocked-data",
}
# TLS that ends or hangs is what a filter by name does; other things do that too.
FILTERED = {
    "entra": "egress-blocked-entra",
    "registry": "egress-filtered-registry",
    "layers": "egress-filtered-data",
}
_CUT = ("tls-silent", "tls-drip", "tls-end", "tls-reset")
# Somebody signs for the host, or another host answers. What is genuine and out of date by a clock
# that is right (instance metadata tells) is nobody's forgery, and the clock's fault neither.
_FORGED = ("self-signed", "wrong-name", "inspected")
_ENDED = (*http.WAITS, "end", "reset", "reset-midway", "truncated")
# Something stands in storage's place, which leads nobody elsewhere and has no page for people.
_PAGES = ("html", *(fault for fault in http.USELESS if fault.startswith("redirect-")))
# A length that is no number is left out of account, and what is not packed is read as it is.
_READ_ANYWAY = ("odd-length", "no-gzip")
# The answer is a flat object, or one that says in its first bytes how it is encoded (RFC 4627, 3).
_SAME = {
    "imds": ("flat", "utf-16"),
    "imds-token": ("flat", "utf-16"),
    "entra": ("flat",),
    "registry-token": ("flat", "utf-16"),
    # Of a manifest a run reads digests and sizes, which the fault leaves alone.
    "registry-manifest": ("utf-16", "surrogates", "no-utf-8"),
}
# It is a byte of something, with no length or the right one; only all of it would tell of what.
_SOME_BYTE = ("cut-short", "endless", "endless-chunk", "bomb", "no-utf-8", "surrogates")
_RESHAPED = ("leaves", "nulls", "inner-nulls", "flat", "listed", "utf-16")


def says(cell: Cell) -> Says:
    """Say what may be said in ``cell``."""
    alone = _alone(cell.server, cell.fault)
    return alone if cell.world == "healthy" else _beside(cell, alone)


def _alone(server: str, fault: str) -> Says:
    """Judge a fault beside which all is well."""
    if fault in http.HARMLESS:
        picky = server == "entra" and fault == "wrong-type"  # Azure's library wants its type
        return NOTHING if picky else WORKS
    if server.startswith("arm") or fault in (*_READ_ANYWAY, *_SAME.get(server, ())):
        return WORKS
    if server == "registry-v2":
        return WORKS  # a pull by token asks it nothing
    if fault in (*tls.GONE, *tls.RAW, *tls.SIGNED):
        return _port(server, fault)
    if server == "imds":
        return _surely("imds-unreachable")
    if server == "imds-token":
        return _maybe("imds-unreachable")  # it describes the machine, so it is there
    if server == "entra":
        return _maybe("egress-blocked-entra") if fault in _ENDED else NOTHING
    if server in ("layers", "registry-blob") and fault in (*_SOME_BYTE, *_RESHAPED):
        return _maybe(HEALTHY)
    return _maybe("egress-filtered-data") if server == "layers" and fault in _PAGES else NOTHING


def _port(server: str, fault: str) -> Says:
    """Judge what stands on a host's port, or does not."""
    if server == "imds":
        return _surely("imds-unreachable")
    if fault in tls.GONE:
        return _surely(BLOCKED[server]) if fault == "drop" else _maybe(BLOCKED[server])
    if fault in _CUT:
        return _maybe(FILTERED[server])
    if fault not in _FORGED or server == "entra":
        return NOTHING
    return _surely("tls-intercepted") if fault == "inspected" else _maybe("tls-intercepted")


# Without which there is no proof. All of ARM asks with metadata's token, or with Entra's.
_ASKED_WITH = ("arm", "imds", "imds-token", "entra", "registry", "registry-token")
_PROOF = {
    "subnet-not-allowed": ("machine", "nic", "registries", "registry"),
    "service-endpoint-missing": ("machine", "nic", "subnet"),
    "public-access-disabled": ("registries",),
    "pull-role-missing": ("registries", "tenant"),
}
# By the refusal alone, a missing rule and public access that is off are the same.
_LIKE = {"public-access-disabled": ("subnet-not-allowed",)}
_UNTOUCHED = {
    "arm-tenant": ("flat",),  # the tenant's id is no list
    # The refusal's words, with the address, are looked for wherever they stand in the body.
    "registry": ("flat", "listed", "no-utf-8", "surrogates"),
    "registry-token": ("flat", "listed", "no-utf-8", "surrogates"),
}


def _beside(cell: Cell, alone: Says) -> Says:
    """Judge a fault beside a real one, which it may hide and may not turn into another."""
    real = (cell.world, *_LIKE.get(cell.world, ()))
    named = cell.server in _ASKED_WITH or cell.server in [f"arm-{p}" for p in _PROOF[cell.world]]
    same = (*_READ_ANYWAY, *_SAME.get(cell.server, ()), *_UNTOUCHED.get(cell.server, ()))
    read = cell.fault in (*http.HARMLESS, *same)
    read = read or (cell.server.startswith("arm") and cell.fault in ("utf-16", "surrogates"))
    proven = (cell.world,) if read or not named else ()
    hidden = alone.may if cell.server in ("registry", "registry-token") else ()
    may = (*real, INCONCLUSIVE, *(cause for cause in hidden if cause != HEALTHY))
    return Says(may=may, proven=(*proven, *alone.proven))
