"""A pull by the simulated engine: the registry's protocol as docker speaks it, and its words.

Only what a diagnosis can tell apart is kept: which host is asked, by which way, in which order.
"""

import base64
import json
from pathlib import PurePosixPath as Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from diagnose.lab import image as images
from diagnose.lab.cloud import Cloud
from diagnose.lab.engine_reach import UnreachedError, ask
from diagnose.lab.engine_state import Engine
from diagnose.lab.http import Request, Response

_ACCEPT = {"accept": f"{images.MANIFEST}, {images.MANIFEST_LIST}"}
_PLATFORM = {"os": "linux", "architecture": "amd64"}
_REDIRECTS = (301, 302, 303, 307, 308)


class PullError(Exception):
    """Docker's own words for a pull that failed."""


class Pull:
    """One pull of ``host/repository:reference`` with docker's ``auth`` (user, password)."""

    def __init__(
        self, cloud: Cloud, engine: Engine, auth: tuple[str, str], platform: dict[str, str]
    ) -> None:
        self._cloud, self._engine, self._auth = cloud, engine, auth
        self._platform = platform or _PLATFORM
        self._bearer: dict[str, str] = {}

    def run(self, host: str, repository: str, reference: str) -> str:
        """Give the digest of what was pulled; raise `PullError`."""
        servers = self._engine.hosts.get(host, []) if self._uses_hosts else []
        places = [urlsplit(server).hostname or server for server in servers] or [host]
        return self._from_any(places, repository, reference)

    def _from_any(self, hosts: list[str], repository: str, reference: str) -> str:
        for host in hosts[:-1]:
            if digest := self._tried(host, repository, reference):
                return digest
        return self._from(hosts[-1], repository, reference)

    def _tried(self, host: str, repository: str, reference: str) -> str:
        """A host before the last: its words are lost, the next one is asked."""
        try:
            return self._from(host, repository, reference)
        except PullError:
            return ""

    @property
    def _uses_hosts(self) -> bool:
        # moby daemon/hosts.go, from 28.0 on: /etc/docker/certs.d/<host>/hosts.toml is read for
        # any registry, by the containerd image store alone.
        return self._engine.storage_driver == "overlayfs"

    def _from(self, host: str, repository: str, reference: str) -> str:
        self._sign_in(host, repository)
        manifest = self._manifest(host, repository, reference)
        digest = self._digest
        if isinstance(manifest.get("manifests"), list):
            manifest = self._manifest(host, repository, self._chosen(manifest))
        blobs = [manifest["config"], *manifest["layers"]]
        if sum(blob["size"] for blob in blobs) > self._engine.free or not self._engine.free_inodes:
            part = Path(self._engine.root, "tmp", "GetImageBlob2847")
            raise PullError(f"write {part}: no space left on device")
        for blob in blobs:
            self._blob(host, repository, blob["digest"])
        return digest

    @staticmethod
    def _request(url: str, headers: dict[str, str]) -> Request:
        parts = urlsplit(url)
        return Request(
            method="GET",
            host=parts.hostname or "",
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers=headers,
        )

    def _get(self, url: str, headers: dict[str, str]) -> Response:
        try:
            return ask(self._cloud, self._engine, self._request(url, headers))
        except UnreachedError as unreached:
            raise PullError(f'Get "{url.partition("?")[0]}": {unreached}') from None

    def _sign_in(self, host: str, repository: str) -> None:
        first = self._get(f"https://{host}/v2/", {})
        challenge = dict(first.headers).get("Www-Authenticate", "")
        if first.status != 401 or not challenge.startswith("Bearer "):
            if first.status != 200:
                raise PullError(_refused(first))
            return
        realm = challenge.partition('realm="')[2].partition('"')[0]
        user, password = self._auth
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        scope = f"repository:{repository}:pull"
        answer = self._get(
            f"{realm}?service={host}&scope={scope}",
            {"authorization": f"Basic {basic}"} if password else {},
        )
        if answer.status != 200:
            raise PullError(f'Head "https://{host}/v2/{repository}": {_refused(answer)}')
        self._bearer = {"authorization": f"Bearer {json.loads(answer.body)['access_token']}"}

    def _manifest(self, host: str, repository: str, reference: str) -> dict[str, Any]:
        url = f"https://{host}/v2/{repository}/manifests/{reference}"
        answer = self._get(url, self._bearer | _ACCEPT)
        if answer.status != 200:
            raise PullError(self._missing(url, answer))
        self._digest = dict(answer.headers).get("Docker-Content-Digest", "")
        found: dict[str, Any] = json.loads(answer.body)
        return found

    def _missing(self, url: str, answer: Response) -> str:
        host, _, rest = url.removeprefix("https://").partition("/v2/")
        repository, _, reference = rest.rpartition("/manifests/")
        words = f"manifest for {host}/{repository}:{reference} not found: "
        return (words if answer.status == 404 else "") + _refused(answer)

    def _chosen(self, index: dict[str, Any]) -> str:
        for row in index["manifests"]:
            if {key: row["platform"].get(key) for key in self._platform} == self._platform:
                return str(row["digest"])
        name = f"{self._platform['os']}/{self._platform['architecture']}"
        raise PullError(f"no matching manifest for {name} in the manifest list entries")

    def _blob(self, host: str, repository: str, digest: str) -> None:
        answer = self._get(f"https://{host}/v2/{repository}/blobs/{digest}", self._bearer)
        if answer.status in _REDIRECTS:
            answer = self._get(dict(answer.headers)["Location"], {})
        if answer.status != 200:
            raise PullError(f"error pulling image configuration: {_refused(answer)}")


def _refused(answer: Response) -> str:
    """The error as docker prints it: the code in lower case, then the registry's message."""
    try:
        first = json.loads(answer.body)["errors"][0]
        return f"{first['code'].lower()}: {first['message']}"
    except (ValueError, LookupError, TypeError):
        start = answer.body[:1].decode("utf-8", "replace") or "-"
        return (
            f"error parsing HTTP {answer.status} response body: invalid character '{start}' "
            "looking for beginning of value"
        )
