"""Root causes in name resolution."""
