"""Root causes on the machine itself."""
