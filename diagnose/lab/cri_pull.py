"""A pull by the simulated containerd: the order of its requests, and its own words.

Words as in containerd 2: core/remotes/docker/resolver.go ("failed to resolve reference", "failed to
do request"), core/remotes/errors/errors.go ("unexpected status from ... request"), and
core/remotes/docker/authorizer.go ("failed to authorize").
"""

import base64
import http
import json
from urllib.parse import urlencode

from diagnose.lab.engine_pull import Pull, PullError
from diagnose.lab.engine_reach import UnreachedError, ask
from diagnose.lab.http import Response

_ANSWERED = ("not found", "unexpected status")  # not a refusal while signing in
_RESOLVING = ("failed to do request", "failed to authorize", "unexpected status", "not found")


class CriPull(Pull):
    """`Pull` in containerd's words; it asks for the manifest first, and no /v2/."""

    def _from_any(self, hosts: list[str], repository: str, reference: str) -> str:
        """Ask the hosts in turn. Of their errors an answer's goes before one of the way there."""
        host, *others = hosts
        try:
            return self._from(host, repository, reference)
        except PullError as error:
            if not others:
                raise
            first = error
        try:
            return self._from_any(others, repository, reference)
        except PullError as error:
            told = (first, error)
            raise max(told, key=lambda one: str(one).startswith(_ANSWERED)) from None

    def run(self, host: str, repository: str, reference: str) -> str:
        mark = "@" if reference.startswith("sha256:") else ":"
        image = f"{host}/{repository}{mark}{reference}"
        self._reference = reference
        try:
            return super().run(host, repository, reference)
        except PullError as error:
            words = str(error)
            resolving = words.startswith(_RESOLVING)
            inner = f'failed to resolve reference "{image}": {words}' if resolving else words
            raise PullError(f'failed to pull and unpack image "{image}": {inner}') from None

    def _get(self, url: str, headers: dict[str, str]) -> Response:
        return self._ask("Get", url, headers)

    def _ask(self, verb: str, url: str, headers: dict[str, str]) -> Response:
        request = self._request(url, headers)
        try:
            return ask(self._cloud, self._engine, request)
        except UnreachedError as unreached:
            shown = url.partition("?")[0]
            raise PullError(f'failed to do request: {verb} "{shown}": {unreached}') from None

    def _sign_in(self, host: str, repository: str) -> None:
        url = f"https://{host}/v2/{repository}/manifests/{self._reference}"
        first = self._ask("Head", url, {})
        challenge = dict(first.headers).get("Www-Authenticate", "")
        if first.status != 401 or not challenge.startswith("Bearer "):
            if first.status != 200:
                raise PullError(_unexpected("HEAD", url, first))
            return
        realm = challenge.partition('realm="')[2].partition('"')[0]
        user, password = self._auth
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        query = urlencode({"scope": f"repository:{repository}:pull", "service": host})
        answer = self._ask(
            "Get", f"{realm}?{query}", {"authorization": f"Basic {basic}"} if password else {}
        )
        if answer.status != 200:
            kind = "oauth" if password else "anonymous"
            words = _unexpected("GET", f"{realm}?{query}", answer)
            raise PullError(f"failed to authorize: failed to fetch {kind} token: {words}")
        self._bearer = {"authorization": f"Bearer {json.loads(answer.body)['access_token']}"}

    def _missing(self, url: str, answer: Response) -> str:
        if answer.status == http.HTTPStatus.NOT_FOUND:
            return "not found"
        return _unexpected("HEAD", url, answer)

    def _blob(self, host: str, repository: str, digest: str) -> None:
        try:
            super()._blob(host, repository, digest)
        except PullError as error:
            raise PullError(f"failed to copy: httpReadSeeker: failed open: {error}") from None


def _unexpected(verb: str, url: str, answer: Response) -> str:
    status = http.HTTPStatus(answer.status)
    return f"unexpected status from {verb} request to {url}: {status} {status.phrase}"
