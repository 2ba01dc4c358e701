"""The root causes, by layer; the order decides nothing."""

ALL: tuple = ()
