"""Knows how azure-identity gives a token where the person chose it: --auth cli, env, workload."""

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from checks.replies import Failure, Trouble
from checks.token_replies import Granted
from diagnose.live import clouds, loading
from diagnose.live.client import Client
from diagnose.live.deadline import Deadline, DeadlinePassedError, Limits
from diagnose.live.granting import shown
from diagnose.live.options import Options
from diagnose.live.trouble import CarrierError, chain, failed
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy

# China's sign-in host has two names, and the documents of the one may name the other
# (msal-python, msal/authority.py).
_CHINA = ("login.chinacloudapi.cn", "login.partner.microsoftonline.cn")
_NAMES = dict.fromkeys(_CHINA, _CHINA)


class Credentials:
    """Makes one credential of azure-identity and takes one token from it."""

    def __init__(
        self,
        options: Options,
        login_server: str,
        client: Client,
        deadline: Deadline,
        limits: Limits,
        vault: Vault,
        environ: Mapping[str, str],
    ) -> None:
        self._options, self._client, self._vault = options, client, vault
        self._environ = environ
        self._deadline, self._limits = deadline, limits
        self._authority = clouds.cloud_of(login_server).authority

    def grant(self, auth: str, resource: str, name: str, *hosts: str) -> Granted | Failure:
        """Keep a token for ``resource`` under ``name``."""
        if self._options.fenced and auth == "cli":  # it would start a program that is not fenced
            return _none("a simulated machine has no such credential")
        try:
            seconds = self._deadline.cap(self._limits.credential)
            credential = self._credential(auth, seconds)
            secret = str(credential.get_token(resource.rstrip("/") + "/.default").token)
        except DeadlinePassedError as error:
            return failed(error, self._deadline)
        except ImportError:
            return _none("azure-identity is not installed")
        except Exception as error:  # azure-identity raises what msal, json and files raise
            carried = next((one for one in chain(error) if isinstance(one, CarrierError)), None)
            if carried:  # the sign-in host gave no answer: that is no matter of credentials
                return replace(carried.failure, host=self._authority)
            return _none(f"{type(error).__name__}: {_first_line(self._vault.clean(str(error)))}")
        token = self._vault.put(name, secret, *hosts)
        return Granted(token=token, claims=shown(self._vault, secret), how=auth)

    def _credential(self, auth: str, seconds: float) -> Any:
        with loading.alone:
            import azure.identity as library

            from diagnose.live.azure_wire import transport

        # They would tell of a failed sign-in on stderr, msal with the answer, which may be half a
        # token; the report tells it in better words.
        for name in ("azure", "msal"):
            logging.getLogger(name).addHandler(logging.NullHandler())
        wire = {
            "transport": transport(self._client, *_NAMES.get(self._authority, (self._authority,))),
            "retry_total": 0,
            "authority": self._authority,
            "disable_instance_discovery": True,
        }
        told = self._environ.get
        own = {"client_id": self._options.client_id} if self._options.client_id else {}
        makers: dict[str, Callable[[], Any]] = {
            "cli": lambda: library.AzureCliCredential(process_timeout=max(1, int(seconds))),
            "env": lambda: self._from_environment(library, wire),
            "workload": lambda: library.WorkloadIdentityCredential(
                tenant_id=told("AZURE_TENANT_ID"),
                token_file_path=self._secret_file("AZURE_FEDERATED_TOKEN_FILE"),
                **{"client_id": told("AZURE_CLIENT_ID"), **own, **wire},
            ),
        }
        if auth not in makers:
            raise ValueError(f"--auth {auth} is not known")
        return makers[auth]()

    def _from_environment(self, library: Any, wire: dict[str, Any]) -> Any:
        """Read the variables that azure-identity's own class reads from this process alone."""
        told = self._environ.get
        who = {"tenant_id": told("AZURE_TENANT_ID", ""), "client_id": told("AZURE_CLIENT_ID", "")}
        if secret := told("AZURE_CLIENT_SECRET", ""):
            return library.ClientSecretCredential(**who, client_secret=secret, **wire)
        if told("AZURE_CLIENT_CERTIFICATE_PATH"):
            password = told("AZURE_CLIENT_CERTIFICATE_PASSWORD") or None
            return library.CertificateCredential(
                **who,
                certificate_path=self._secret_file("AZURE_CLIENT_CERTIFICATE_PATH"),
                password=password,
                **wire,
            )
        raise ValueError("AZURE_CLIENT_SECRET and AZURE_CLIENT_CERTIFICATE_PATH are not set")

    def _secret_file(self, variable: str) -> str:
        """Remember the lines of a file that the library will read: a token, or a key."""
        path = self._file(variable)
        with contextlib.suppress(OSError):  # the library says what is wrong with it
            text = Path(path).read_text(encoding="utf-8", errors="replace")
            lines = (line.strip() for line in text.splitlines())
            self._vault.remember(line for line in lines if not line.startswith("-----"))
        return path

    def _file(self, variable: str) -> str:
        path = self._environ.get(variable, "")
        return str(Path(self._options.root) / path.lstrip("/")) if path.startswith("/") else path


def _none(detail: str) -> Failure:
    return Failure(trouble=Trouble.NO_IDENTITY, detail=tidy(detail, 300))


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""
