"""One module for each command that has options of its own; `diagnose.cli` registers them."""
