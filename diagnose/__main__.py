"""Where the program starts, as ``acr-diagnose`` and as ``python -m diagnose``."""

from diagnose import ending


def main() -> None:
    """Let signals end the program from its first moment on, and read the command line."""
    ending.obeyed()
    from diagnose import cli  # loading it takes as long as all the rest of a start

    cli.main()


if __name__ == "__main__":
    main()
