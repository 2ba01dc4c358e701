"""``python -m diagnose`` is ``acr-diagnose``."""

from diagnose.cli import main

main()
