"""What a pasted error text means: candidates for its root cause, best first, and what to run.

`unwrap` makes plain lines of what was pasted, `wordings/` says as data what each client's words
mean, `read` matches and ranks, `looks/` says which look confirms a cause, `front` prints. All of it
but `front` is pure: no network, no clock, no files.
"""
