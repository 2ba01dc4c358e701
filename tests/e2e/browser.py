"""A real headless Chromium in a network namespace without a way out, driven over a pipe.

The protocol is Chromium's own for developers' tools (chromedevtools.github.io/devtools-protocol):
JSON messages that a NUL ends, read at descriptor 3 and written at descriptor 4.
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

from tests.e2e.namespace import Namespace

NAME = "chromium"
QUIET = 0.3  # seconds without a message, after which a page has nothing more to say
PATIENCE = 30.0  # seconds for one answer
FLAGS = (
    "--headless=new",
    "--no-sandbox",  # the tests are root's, and Chromium's sandbox is not for root
    "--remote-debugging-pipe",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
# Descriptors survive nsenter; the last process puts them where Chromium looks for them.
START = """
import os, sys
reading, writing = map(int, sys.argv[1:3])
os.dup2(reading, 3), os.dup2(writing, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def why_not() -> str:
    """Say why there is no browser here, or nothing."""
    return "" if shutil.which(NAME) else f"not installed: {NAME}"


class Browser:
    """One Chromium with a profile of its own; it ends with its namespace at the latest."""

    def __init__(self) -> None:
        self.namespace = Namespace("browser")
        try:
            theirs, self._to = _pipe()
            self._from, theirs_too = _pipe()
            program = [str(shutil.which(NAME)), *FLAGS]
            program += [f"--user-data-dir={self.namespace.folder}/profile", "about:blank"]
            self._log = (self.namespace.folder / "chromium.log").open("w")
            self._process = self.namespace.popen(
                [sys.executable, "-c", START, str(theirs), str(theirs_too), *program],
                pass_fds=(theirs, theirs_too),
                stdout=subprocess.DEVNULL,
                stderr=self._log,
            )
            os.close(theirs)
            os.close(theirs_too)
        except BaseException:
            self.namespace.close()
            raise
        self._rest = b""
        self._told: deque[dict[str, Any]] = deque()
        self._number = 0

    def page(self, path: Path) -> "Page":
        """Open a file in a tab of its own and wait until it has loaded and is quiet."""
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})
        return Page(self, session["sessionId"], path.as_uri())

    def call(self, method: str, params: dict[str, Any], session: str = "") -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + PATIENCE
        while True:
            told = self._next(until - time.monotonic())
            if told is None:
                raise TimeoutError(f"{method} was not answered")
            if told.get("id") != self._number:
                self._told.append(told)
            elif "error" in told:
                raise RuntimeError(f"{method}: {told['error']}")
            else:
                return dict(told["result"])

    def events(self, session: str) -> list[dict[str, Any]]:
        """Give what a page told by itself, once it is quiet."""
        while (told := self._next(QUIET)) is not None:
            self._told.append(told)
        mine = [one for one in self._told if one.get("sessionId") == session]
        self._told = deque(one for one in self._told if one.get("sessionId") != session)
        return mine

    def _next(self, seconds: float) -> dict[str, Any] | None:
        until = time.monotonic() + seconds
        while b"\0" not in self._rest:
            left = max(0.0, until - time.monotonic())
            if not select.select([self._from], [], [], left)[0]:
                return None
            read = os.read(self._from, 1 << 16)
            if not read:
                raise EOFError("Chromium ended")
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))

    def close(self) -> None:
        self.namespace.close()
        self._log.close()
        os.close(self._to)
        os.close(self._from)


class Page:
    """One tab. ``requests`` and ``complaints`` are what it asked for and what went wrong."""

    def __init__(self, browser: Browser, session: str, url: str) -> None:
        self._browser, self._session, self.url = browser, session, url
        self.requests: list[str] = []
        self.complaints: list[str] = []
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=url)
        self.until("document.readyState === 'complete' && location.protocol === 'file:'")
        self.listen()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, params, self._session)

    def value(self, expression: str) -> Any:
        """Evaluate as a click would: with a person's permission for the clipboard."""
        told = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
            userGesture=True,
        )
        if "exceptionDetails" in told:
            raise RuntimeError(told["exceptionDetails"])
        return told["result"].get("value")

    def until(self, expression: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self.value(expression):
            if time.monotonic() > end:
                raise TimeoutError(f"never true: {expression}")
            time.sleep(0.02)

    def listen(self) -> None:
        for event in self._browser.events(self._session):
            method, params = event["method"], event["params"]
            if method == "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            elif method == "Network.webSocketCreated":
                self.requests.append(params["url"])
            elif method == "Log.entryAdded":
                self.complaints.append(params["entry"]["text"])
            elif method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled"):
                self.complaints.append(json.dumps(params))

    def wide(self, width: int, height: int = 900) -> None:
        """Make the window this wide, in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def media(self, media: str = "", scheme: str = "light") -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def granted(self, *permissions: str) -> None:
        """Give every page a right that Chromium would ask a person for."""
        self._browser.call("Browser.grantPermissions", {"permissions": permissions})

    def key(self, name: str, code: int, text: str = "") -> None:
        """Press and release a key, as on a keyboard."""
        told = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.call("Input.dispatchKeyEvent", **told, **down)
        self.call("Input.dispatchKeyEvent", **told, type="keyUp")

    def image(self) -> bytes:
        """Give the whole page as a PNG."""
        told = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(told["data"])

    def printed(self) -> bytes:
        """Give what the printer would get, as a PDF."""
        return base64.b64decode(
            self.call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)["data"]
        )


def _pipe() -> tuple[int, int]:
    """Give a pipe whose ends stand clear of the descriptors that Chromium reads and writes."""
    ends = os.pipe()
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    return high[0], high[1]
