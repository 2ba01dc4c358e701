"""The whole simulated world in this process: every port, no socket, no thread.

It stands with the tests because nothing in the program needs it, and because it joins
``diagnose.lab`` (what Azure answers) to ``diagnose.live`` (what a client makes of an answer), two
packages that must not import each other.
"""

from tests.world.rights import Rights
from tests.world.serial import Judged, judged
from tests.world.wire import Wire
from tests.world.world import InsideWorld

__all__ = ["InsideWorld", "Judged", "Rights", "Wire", "judged"]
