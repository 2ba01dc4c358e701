"""Knows how azure-identity gives a token where the person chose it: --auth cli, env, workload."""

from collections.abc import Callable
from typing import Any

from checks.ports import Failure, Granted, Trouble
from diagnose.live import clouds
from diagnose.live.client import Client
from diagnose.live.deadline import Deadline, DeadlinePassedError, Limits
from diagnose.live.jwt import claims
from diagnose.live.options import Options
from diagnose.live.trouble import failed
from diagnose.live.vault import Vault
from diagnose.live.wording import tidy


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
    ) -> None:
        self._options, self._client, self._vault = options, client, vault
        self._deadline, self._limits = deadline, limits
        self._authority = clouds.cloud_of(login_server).authority

    def grant(self, auth: str, resource: str, name: str, *hosts: str) -> Granted | Failure:
        """Keep a token for ``resource`` under ``name``."""
        if self._options.fenced:
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
            return _none(f"{type(error).__name__}: {_first_line(self._vault.clean(str(error)))}")
        return Granted(token=self._vault.put(name, secret, *hosts), claims=claims(secret), how=auth)

    def _credential(self, auth: str, seconds: float) -> Any:
        import azure.identity as library

        from diagnose.live.azure_wire import transport

        wire = {
            "transport": transport(self._client),
            "retry_total": 0,
            "authority": self._authority,
            "disable_instance_discovery": True,
        }
        own = {"client_id": self._options.client_id} if self._options.client_id else {}
        makers: dict[str, Callable[[], Any]] = {
            "cli": lambda: library.AzureCliCredential(process_timeout=max(1, int(seconds))),
            "env": lambda: library.EnvironmentCredential(**wire),
            "workload": lambda: library.WorkloadIdentityCredential(**wire, **own),
        }
        if auth not in makers:
            raise ValueError(f"--auth {auth} is not known")
        return makers[auth]()


def _none(detail: str) -> Failure:
    return Failure(trouble=Trouble.NO_IDENTITY, detail=tidy(detail, 300))


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else ""
