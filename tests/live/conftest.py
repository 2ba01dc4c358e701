"""Knows how to put a live world inside a fence around loopback servers."""

import contextlib
import importlib.util
import sys
from pathlib import Path

import pytest

from diagnose.live import Limits, LiveWorld, Options

_spec = importlib.util.spec_from_file_location(
    "live_servers", Path(__file__).with_name("servers.py")
)
live_servers = importlib.util.module_from_spec(_spec)
sys.modules["live_servers"] = live_servers
_spec.loader.exec_module(live_servers)

QUICK = Limits(
    lookup=0.5,
    connect=0.5,
    connect_first=0.3,
    read=0.4,
    exchange=0.8,
    imds_connect=0.3,
    imds_exchange=0.4,
    imds_pause=0.01,
    dns_try=0.2,
    retry_after=0.1,
    body=100_000,
)


@pytest.fixture
def start():
    """Start a scripted server; it ends with the test."""
    with contextlib.ExitStack() as stack:
        yield lambda *script, **kw: stack.enter_context(live_servers.Server(*script, **kw))


@pytest.fixture
def world(tmp_path):
    """Make a fenced world whose hosts are the given servers."""
    ca = tmp_path / "ca.pem"
    live_servers.AUTHORITY.cert_pem.write_to_path(ca)
    with contextlib.ExitStack() as stack:

        def make(registry=None, arm=None, imds=None, login=live_servers.REGISTRY, **kw):
            s = live_servers
            detours = {("10.0.0.4", 443): registry, ("10.0.0.5", 443): arm, (s.IMDS, 80): imds}
            kw.setdefault("detours", {k: v.place for k, v in detours.items() if v})
            told = ((s.REGISTRY, 443, "10.0.0.4"), (s.ARM, 443, "10.0.0.5"))
            told += (("evil.example", 443, "10.0.0.4"),)
            options = Options(resolve=told, ca_file=str(ca), **kw)
            made = LiveWorld(options, login, QUICK)
            stack.callback(made.close)
            return made

        yield make
