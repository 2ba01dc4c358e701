"""Somebody who may change the simulated Azure: an Owner, who is not on the VM."""

from diagnose.lab.cloud import Cloud, Identity, RoleAssignment
from diagnose.lab.places import names
from diagnose.lab.tokens import entra

CLIENT_ID = "ad317157-0000-4000-8000-00000000f006"
OBJECT_ID = "ad317157-0000-4000-8000-00000000f007"
SECRET = "made-up-secret-of-the-administrator"


def add_administrator(cloud: Cloud, role: str = "Owner") -> Identity:
    """Mutates: adds a service principal that holds ``role`` on every subscription."""
    who = Identity("app", CLIENT_ID, OBJECT_ID, cloud.registry.tenant, secret=SECRET)
    cloud.identities.append(who)
    cloud.role_assignments += [
        RoleAssignment(who.object_id, role, f"/subscriptions/{one}") for one in cloud.subscriptions
    ]
    return who


def arm_token(cloud: Cloud, who: Identity) -> str:
    """A token for ARM, as the sign-in host gives it for the secret."""
    return entra(cloud, who, f"https://{names(cloud).arm}", 3599)
