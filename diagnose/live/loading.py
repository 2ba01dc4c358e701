"""Knows how to load a library where several threads may want to: one of them at a time.

Python locks one module at a time. A thread that asks for a part of a package, while another is
still busy with the package itself, does not wait for it; and where the two then want each other's
parts, one is given a module that is half made, and fails with an ImportError or AttributeError.
So whatever is large and loaded late is loaded under this lock.
"""

import threading

alone = threading.RLock()
