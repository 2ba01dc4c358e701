"""Keeps this process's memory, which may hold tokens, out of core dumps."""

import contextlib


def none() -> None:
    """Let no crash of this process, or of a program that it starts, leave a core dump.

    A limit of 0 holds for files alone: a handler that core_pattern names with a pipe, as Ubuntu's
    and Red Hat's do, may take the dump all the same. At 1 the kernel gives it to nobody
    (https://github.com/torvalds/linux/blob/v6.1/fs/coredump.c, do_coredump), and a file begins at
    one page. PR_SET_DUMPABLE would end with the next program, and take /proc/self from people
    who are not root.
    """
    with contextlib.suppress(ImportError, OSError, ValueError):  # what forbids it is not ours
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        most = 0 if hard == 0 else 1
        resource.setrlimit(resource.RLIMIT_CORE, (most, most))
