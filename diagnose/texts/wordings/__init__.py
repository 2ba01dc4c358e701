"""All meanings, specific before generic: of the rows that fit one line, the first counts.

A row stands in the file of its layer; vague rows come after all others, wherever they stand.
"""

from diagnose.texts.wordings import (
    content,
    firewall,
    identity,
    last,
    layers,
    local,
    names,
    path,
    proxy,
    rules,
    tls,
    tokens,
)

_IN_ORDER = (
    *local.ROWS,
    *rules.ROWS,
    *proxy.ROWS[:1],  # a request to a mirror is that first, whatever then befell it
    *layers.ROWS,
    *firewall.ROWS,
    *identity.ROWS,
    *proxy.ROWS[1:],
    *names.ROWS,
    *tls.ROWS,
    *content.ROWS,
    *path.ROWS,
    *tokens.ROWS,
    *last.ROWS,
)

ALL = tuple(sorted(_IN_ORDER, key=lambda row: row.vague))  # stable: the order stays
