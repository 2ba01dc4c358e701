"""The simulated Azure: one state, and real servers that answer from it."""
