"""The kubelet's credential provider fails where this machine's identity may pull.

What happened
On a Kubernetes node the kubelet gets the registry's credentials from a provider, a program that it
starts. On this node the program is missing, ends with an error, or gives a login that the registry
does not take. The kubelet notes that in its log and goes on without credentials, so that a pod's
event shows nothing but the refusal of an anonymous pull.

How we know
This program ran the node's own plug-in with the words and the input that the kubelet gives it, and
threw its answer away but for the names in it. It failed, or containerd was refused when it pulled
with what the plug-in gave, while the registry gave a token to this machine's identity in the same
run and wants credentials from everybody else. Where the plug-in says that it does not reach the
registry, or comes to no end in the time that this program has for it, a passing fault is possible,
and the cause is likely only.

Fix
The plug-in's own words, which the kubelet logs as well, say what it lacks: a token of the identity,
the way to the registry (a proxy in the kubelet's unit is the plug-in's too), or the program itself.
On AKS, bring the node's image up to date rather than change a file: nodes are written anew.

Still failing?
"crictl pull" does not ask the plug-in, so its refusal says nothing of a node, and "ctr" does not
read the registry settings of the CRI plugin: neither pulls as the kubelet does. On clusters with a
service principal the secret in /etc/kubernetes/azure.json may have expired.
"""

from checks.containerd_pull import ContainerdPullFailed
from checks.kubelet_credentials import KubeletCredentials, KubeletCredentialsFailed, Meaning
from checks.runtime_words import Said, read
from checks.token import PullToken
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
from diagnose.causes.identity import _provider
from diagnose.causes.identity._pull import Pull

_LOOK = FixStep(
    command="sudo journalctl -u kubelet --no-pager -n 2000 | grep -i 'credential provider'",
    needs="root on this machine",
    risk=Risk.READ_ONLY,
    why="Shows what the plug-in said when the kubelet ran it.",
)
_LOGIN = "The login that it gives is refused: give the cluster a new secret, or a managed identity."
_HELP = {
    Meaning.NO_TOKEN: "It gets no token of the identity in /etc/kubernetes/azure.json: assign it.",
    Meaning.SILENT: "Run it by hand with a request on its standard input: what does it wait for?",
    Meaning.UNREACHED: "Correct the proxy or the trust of the kubelet's unit, and restart it.",
}
_SETTLE = "Run this again, with --identity where another one may pull: was it a passing fault?"
_ANEW = "Upgrade the node's image (az aks nodepool upgrade --node-image-only), or put it back."


def find(
    *,
    pull: Pull,
    failed: KubeletCredentialsFailed | None,
    given: KubeletCredentials | None,
    refused: ContainerdPullFailed | None,
) -> Finding | Rejected | None:
    if not failed and not (given and refused and read(refused.error).said is Said.LOGIN_REFUSED):
        return None
    asked, token = pull.anonymous, pull.token
    if asked and asked.lets_pull:
        return _provider.NEEDLESS
    gone = bool(failed and not failed.provider)
    if not asked or not pull.wanted or not (gone or _compares(token, given)):
        return None  # the pull stops before that, or this program is refused alike
    seen = (
        ("kubelet-credentials", failed or given),
        ("anonymous-token", asked),
        ("token", token),
        ("containerd-pull", refused),
    )
    evidence = [Evidence(check=check, saw=fact.summary) for check, fact in seen if fact]
    sure = gone or token is not None
    passing = bool(failed and failed.meaning in (Meaning.UNREACHED, Meaning.SILENT))
    confidence = Confidence.PROVEN if sure else Confidence.POSSIBLE
    if passing:
        confidence = Confidence.LIKELY
    why = _HELP.get(failed.meaning, _ANEW) if failed else _LOGIN
    return Finding(
        confidence=confidence,
        evidence=tuple(evidence),
        fix=(
            _LOOK,
            FixStep(command="", needs="whoever keeps the cluster", risk=Risk.DISRUPTIVE, why=why),
        ),
        note="A pod that names a pull secret of its own is not affected.",
        settle="" if sure and not passing else _SETTLE,
    )


def _compares(token: PullToken | None, given: KubeletCredentials | None) -> bool:
    """Tell whether this program may pull, or the registry refused another login than its own."""
    return token.may_pull if token else given is not None


CAUSE = Cause(
    id="credential-provider-failing",
    title="The kubelet's credential provider fails",
    stage=Stage.TOKEN,
    owner=Owner.HOST,
    find=find,
    beats=("credentials-missing", "credentials-rejected"),
    before=_provider.BEFORE,
)
