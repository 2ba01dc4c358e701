"""Where the program starts, as ``acr-diagnose`` and as ``python -m diagnose``."""

import atexit
import gc

from diagnose import ending


def main() -> None:
    """Let signals end the program from its first moment on, and read the command line."""
    ending.obeyed()
    # Python looks for garbage once more before it ends: a sixth of a run's CPU time, for nothing.
    atexit.register(gc.freeze)
    from diagnose import cli  # loading it takes as long as all the rest of a start

    cli.main()


if __name__ == "__main__":
    main()
