"""What containerd and the kubelet's credential provider say; no secret is ever in it."""

from dataclasses import dataclass

from checks.privacy import File, HostName, Name, Prose, Public
from checks.token_replies import Known


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeReply:
    """A container runtime answers at its CRI socket."""

    name: Public  # containerd | cri-o
    version: Public
    api: Public = ""  # v1
    not_ready: tuple[Public, ...] = ()  # conditions that are not true, with their reason
    socket: File = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRun:
    """One run of the kubelet's credential provider, with the words that the kubelet gives it.

    What it answers is a live token: here are the names of the hosts that it is for, and the name
    under which the adapter keeps the one that fits the image.
    """

    name: Name  # acr-credential-provider
    exit_code: int
    stderr: Prose = ""  # without secrets
    understood: bool = True  # what it wrote is a CredentialProviderResponse
    hosts: tuple[HostName, ...] = ()  # sorted; patterns too, such as *.azurecr.*
    cache_key_type: Public = ""  # Image | Registry | Global
    cache_duration: Public = ""
    token: Known | None = None
