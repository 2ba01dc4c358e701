"""Knows how to connect to a Unix socket whose server is busy: the kernel does not wait for that."""

import errno
import socket
import time

_PAUSE = 0.05  # seconds


def opened(path: str, seconds: float) -> socket.socket:
    """Connect within ``seconds``; raise `TimeoutError` where nobody takes the connection.

    With a time-out set, connect(2) does not wait for room in a full backlog, but gives EAGAIN.
    """
    end = time.monotonic() + seconds
    while True:
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.settimeout(seconds)
            sock.connect(path)
        except BaseException as error:
            sock.close()
            if not isinstance(error, OSError) or error.errno != errno.EAGAIN:
                raise
        else:
            return sock
        if time.monotonic() + _PAUSE > end:
            raise TimeoutError("connect")
        time.sleep(_PAUSE)
