"""Who may pull by what the registry gave, as several identity causes read it; no cause itself."""

from dataclasses import dataclass

from checks.anonymous import Anonymous
from checks.contract import View
from checks.identity import IdentityMissing
from checks.stored import StoredLogins
from checks.target import Target
from checks.token import PullToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull(View):
    """The tokens that were given, and to whom."""

    target: Target
    token: PullToken | None
    stored: StoredLogins | None
    anonymous: Anonymous | None
    missing: IdentityMissing | None

    @property
    def granted(self) -> str:
        """Whose token grants the pull, or an empty string."""
        if self.token and (self.token.may_pull or not self.target.repository):
            return "this machine's identity"
        if self.anonymous and self.anonymous.lets_pull:
            return "anybody"
        return "docker's own login" if self.stored and self.stored.usable else ""

    @property
    def wanted(self) -> bool:
        """The registry answered somebody without credentials that it wants some."""
        asked = self.anonymous
        return bool(asked and asked.status == 401 and asked.from_acr)
