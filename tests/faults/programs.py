"""What a broken program does that is asked for a login: rows by name, each the body of a script.

The kubelet's credential provider and docker's credential helper are asked alike: on standard input,
for one JSON object. ``FOLDER`` in a body is where it may leave something.
"""

import json
import sys
from pathlib import Path

NAMES = 40_000
_PYTHON = f"exec {sys.executable} -S -c "

# It never comes to an end by itself.
WAITS = {
    "hangs": "exec sleep 60",
    "ignores-the-end": "trap '' TERM INT HUP; while :; do sleep 60; done",
    "drips": "while :; do printf x; sleep 0.3; done",
    "stays-behind": "sleep 60 & echo '{}'; exit 0",  # and holds what we read from
    "never-closes": "exec 0<&-; echo '{}'; exec sleep 60",
    "asks-for-more": "cat >/dev/null; cat; exec sleep 60",
}
# It ends, and what it said is of no use.
USELESS = {
    "nothing": "exit 0",
    "error": "printf '\\033[31mred\\n\\a' >&2; exit 1",
    "error-without-a-word": "exit 3",
    "signal": "kill -SEGV $$",
    "endless": "exec yes '{\"kind\":'",
    "endless-error": "exec yes error >&2",
    "noise": "exec head -c 200000 /dev/urandom",
    "no-json": "echo 'Usage: provider [OPTIONS]'",
    "array": "echo '[]'",
    "null": "echo null",
    "huge-number": _PYTHON + "'print(\"9\" * 9000)'",
    "deep": _PYTHON + "'print(\"[\" * 100000)'",
    "no-utf-8": 'printf \'{"kind":"\\377\\376"}\'',
    "detached": "setsid sleep 2 >/dev/null 2>&1 </dev/null & exit 0",
    "not-a-program": "",
    "gone": "",
}
# As the kubelet wants it, but for what it is about.
ANSWERS = {
    "no-auth": {},
    "auth-is-a-list": {"auth": [1]},
    "rows-are-numbers": {"auth": {"*.azurecr.io": 3, "contoso.azurecr.io": [None]}},
    "no-passwords": {"auth": {"contoso.azurecr.io": {"username": 3, "password": None}}},
    "controls": {
        "auth": {"contoso\x1b[31m.azurecr.io\n": {"username": "\x07", "password": "\x1b"}}
    },
    "surrogates": {
        "auth": {"contoso.azurecr.io\ud800": {"username": "\ud800", "password": "\udfff"}}
    },
    "strange-patterns": {
        "auth": {
            one: {"username": "x", "password": "some-secret-of-nobody"}
            for one in (
                "",
                "*",
                "[",
                "*.*.*.*" * 50,
                "\\",
                "contoso.azurecr.io:99999999999",
                "//",
                "@",
            )
        }
    },
    "wrong-login": {
        "auth": {"contoso.azurecr.io": {"username": "x", "password": "no-token-at-all"}}
    },
    "many-names": {
        "auth": {
            f"r{i}.azurecr.io": {"username": "x", "password": f"secret-{i:06d}"}
            for i in range(NAMES // 4)
        }
    },
    "many-hosts": {"auth": {f"r{i}.io": {} for i in range(NAMES)}},
}
_HEAD = {
    "kind": "CredentialProviderResponse",
    "apiVersion": "credentialprovider.kubelet.k8s.io/v1",
    "cacheKeyType": "Registry",
}


def put(folder: Path, name: str) -> Path:
    """Write the program of a row, and give its path."""
    place = folder / "program"
    body = {**WAITS, **USELESS}.get(name)
    if name in ANSWERS:
        said = folder / "said"
        said.write_text(json.dumps(_HEAD | ANSWERS[name]), encoding="utf-8")
        body = f"cat >/dev/null; exec cat {said}"
    if name == "gone":
        return place
    text = "\x00\x01" if name == "not-a-program" else f"#!/bin/sh\n{body}\n"
    place.write_text(text, encoding="utf-8")
    place.chmod(0o755)
    return place
