"""Subscriptions, providers and roles: whose it is, and who may."""

from checks.privacy import Sensitivity
from diagnose.bundle.bodies.shape import Fields

_PUBLIC, _RESOURCE, _IDENTITY = Sensitivity.PUBLIC, Sensitivity.RESOURCE, Sensitivity.IDENTITY

_SUBSCRIPTION: Fields = {
    "id": _RESOURCE,
    "subscriptionId": _IDENTITY,
    "tenantId": _IDENTITY,
    "state": _PUBLIC,
    "managedByTenants": [{"tenantId": _IDENTITY}],
}
_PROVIDER: Fields = {
    "id": _RESOURCE,
    "namespace": _PUBLIC,
    "registrationState": _PUBLIC,
    "registrationPolicy": _PUBLIC,
}
_ASSIGNMENT: Fields = {
    "id": _RESOURCE,
    "name": _IDENTITY,
    "type": _PUBLIC,
    "properties": {
        "roleDefinitionId": _RESOURCE,
        "principalId": _IDENTITY,
        "principalType": _PUBLIC,
        "scope": _RESOURCE,
        "createdOn": _PUBLIC,
        "updatedOn": _PUBLIC,
    },
}
_DEFINITION: Fields = {
    "id": _RESOURCE,
    "name": _IDENTITY,
    "type": _PUBLIC,
    "properties": {
        "roleName": Sensitivity.NAME,
        "type": _PUBLIC,
        "permissions": [
            {
                "actions": [_PUBLIC],
                "notActions": [_PUBLIC],
                "dataActions": [_PUBLIC],
                "notDataActions": [_PUBLIC],
            }
        ],
    },
}
SHAPES: Fields = {
    "subscriptions": _SUBSCRIPTION,
    "providers": _PROVIDER,
    "microsoft.authorization/roleassignments": _ASSIGNMENT,
    "microsoft.authorization/roledefinitions": _DEFINITION,
}
