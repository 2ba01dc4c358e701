"""Asks the cluster, before anything is made, whether it may be deleted again.

Everybody may ask that of himself
(https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access).
"""

from typing import Any

from diagnose.fleet.tree import at, text
from diagnose.kubernetes.api import Api, ApiError
from diagnose.kubernetes.run.listing import decoded
from diagnose.kubernetes.run.refusals import Right

_PATH = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"


def denied(api: Api, right: Right, namespace: str) -> str | None:
    """Give the cluster's reason if it says no, which may be empty; None is a yes, or no answer."""
    asked: dict[str, Any] = {"verb": right.verb, "resource": right.resource, "group": right.group}
    asked |= {"namespace": namespace} if right.namespaced else {"name": namespace}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": asked},
    }
    try:
        status = at(decoded(api.post(_PATH, review)), "status")
    except ApiError:
        return None
    return text(status, "reason") if status.get("allowed") is False else None
