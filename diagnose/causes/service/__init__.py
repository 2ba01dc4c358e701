"""Root causes in the registry service."""
