"""The registry cannot use the key that its content is encrypted with.

What happened
The registry's content is encrypted with a key of the customer's, in a Key Vault. That key is
disabled, expired or deleted, or the registry's identity can no longer reach it. Signing in still
works; everything that is stored in the registry is closed to everybody.

How we know
The registry gave a token that grants pull, and then denied the manifest with 403 in words that name
no address, so that its network rules are not what denies. It is proven where the registry's
settings show a customer-managed key; with Microsoft's own key this cause is ruled out.

Fix
Look at the key, and enable it again. If it is enabled, look whether the vault's firewall or access
rules keep the registry's identity out, and whether the key was rotated without the registry.

Still failing?
The registry notices a change of the key within the hour. A key that was deleted can be recovered
where soft delete is on; a key that is lost for good takes the registry's content with it.
"""

from shlex import quote

from checks.manifest import ManifestRefused
from checks.registry import Registry
from checks.target import Target
from checks.token import PullToken
from diagnose.causes import commands, manifest_words
from diagnose.causes.contract import (
    Cause,
    Confidence,
    Evidence,
    Finding,
    FixStep,
    Owner,
    Rejected,
    Risk,
    Stage,
)


def find(
    refused: ManifestRefused, target: Target, token: PullToken | None, registry: Registry | None
) -> Finding | Rejected | None:
    if not manifest_words.unexplained(refused):
        return None
    if registry and not registry.customer_key:
        return Rejected(because="the registry is encrypted with Microsoft's own key")
    evidence = [Evidence(check="manifest", saw=refused.summary)]
    if token:
        evidence.append(Evidence(check="token", saw=token.summary))
    if registry:
        saw = "the registry is encrypted with a customer-managed key"
        evidence.append(Evidence(check="registry", saw=saw))
    return Finding(
        confidence=Confidence.PROVEN if registry else Confidence.LIKELY,
        evidence=tuple(evidence),
        fix=_fix(target, registry),
        settle="" if registry else "Look whether the registry has a customer-managed key.",
    )


def _fix(target: Target, registry: Registry | None) -> tuple[FixStep, ...]:
    named = registry.customer_key if registry and registry.customer_key != "?" else ""
    key = quote(named) if named else '"${KEY_ID:?}"'
    enable = f"az keyvault key set-attributes --id {key} --enabled"
    return (
        FixStep(
            command=commands.acr_show(target, registry, "encryption"),
            needs="Microsoft.ContainerRegistry/registries/read on the registry",
            risk=Risk.READ_ONLY,
            why="Shows the key, and the identity that the registry reads it with."
            + ("" if named else " Put its keyIdentifier into the variable KEY_ID."),
        ),
        FixStep(
            command=f"az keyvault key show --id {key} --query attributes",
            needs="the right to read keys of that vault",
            risk=Risk.READ_ONLY,
            why="Shows whether the key is enabled, and whether it has expired.",
        ),
        FixStep(
            command=f"{enable} true",
            needs="the right to change keys of that vault (Key Vault Crypto Officer)",
            risk=Risk.CHANGES_ACCESS,
            why="If it is disabled: lets the registry, and whatever else uses the key, use it.",
            undo=f"{enable} false",
        ),
        FixStep(
            command="",
            needs="the right to change the vault's access rules",
            risk=Risk.CHANGES_ACCESS,
            why="If it is enabled: give the registry's identity the role Key Vault Crypto Service "
            "Encryption User on the vault, and let trusted services through its firewall.",
        ),
    )


CAUSE = Cause(
    id="cmk-key-unavailable",
    title="The registry cannot use the key that its content is encrypted with",
    stage=Stage.MANIFEST,
    owner=Owner.REGISTRY,
    find=find,
)
