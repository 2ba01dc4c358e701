"""``k8s run``: brings the program to every node, waits, collects, and takes all of it away again.

`work` holds the order of it. `nodes`, `pods`, `events`, `board` and `placing` are pure; `listing`,
`making`, `waiting` and `collecting` ask an `Api`; `kubectl` is one.
"""
