"""What a recording keeps of an HTTP answer's body and headers, field for field."""

from diagnose.bundle.bodies.keeping import kept
from diagnose.bundle.bodies.shape import Alias

__all__ = ["Alias", "kept"]
