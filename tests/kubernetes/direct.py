"""An `Api` that asks the fake API server in this process: no kubectl, so that tests are quick."""

import http.client
import json
import socket
from contextlib import closing, suppress
from urllib.parse import urlencode

from diagnose.kubernetes.api import ApiError, Posted, Reason
from diagnose.kubernetes.run import refusals

_LOST = "Unable to connect to the server: EOF"


class Direct:
    """`diagnose.kubernetes.api.Api`."""

    client = "kubectl --context fake"

    def __init__(self, server, seconds=2.0):
        self._place = ("127.0.0.1", server.port)
        self._seconds = seconds

    def get(self, path, query=None):
        return self._whole("GET", path, query)

    def post(self, path, body):
        return self._whole("POST", path, None, json.dumps(body))

    def post_all(self, items, _seconds):
        made, first = 0, None
        for item in items:
            try:
                self.post(f"/api/v1/namespaces/{item['metadata']['namespace']}/events", item)
            except ApiError as error:
                if error.reason is not Reason.EXISTS:
                    first = first or error
                    continue
            made += 1
        return Posted(made, first)

    def delete(self, path, query=None):
        self._whole("DELETE", path, query)

    def watch(self, path, query, seconds):
        query = {**query, "watch": "1", "timeoutSeconds": str(seconds)}
        connection, answer = self._ask("GET", path, query)
        connection.sock.settimeout(None)  # it may well be quiet for a while
        return _Stream(connection, answer)

    def _whole(self, method, path, query, body=None):
        connection, answer = self._ask(method, path, query, body)
        with closing(connection), answer:
            return answer.read()

    def _ask(self, method, path, query, body=None):
        connection = http.client.HTTPConnection(*self._place, timeout=self._seconds)
        try:
            connection.request(method, f"{path}?{urlencode(query or {})}", body)
            answer = connection.getresponse()
        except TimeoutError:
            connection.close()
            raise ApiError(Reason.SILENT, "too late") from None
        except (OSError, http.client.HTTPException):
            connection.close()
            raise refusals.understood(_LOST) from None
        except BaseException:  # a signal came
            connection.close()
            raise
        if answer.status >= 400:
            with closing(connection), answer:
                raise _refusal(answer)
        return connection, answer


class _Stream:
    def __init__(self, connection, answer):
        self._connection, self._answer, self._closed = connection, answer, False

    def __iter__(self):
        with closing(self._connection), self._answer:
            try:
                yield from self._answer
            except (OSError, http.client.HTTPException):
                if not self._closed:
                    raise refusals.understood(_LOST) from None

    def close(self):
        self._closed = True
        with suppress(OSError, AttributeError):  # gone already
            self._connection.sock.shutdown(socket.SHUT_RDWR)


def _refusal(answer):
    try:
        status = json.loads(answer.read())
    except ValueError:
        return ApiError(Reason.BROKEN, "no Status")
    return refusals.understood(f"Error from server ({status['reason']}): {status['message']}")
