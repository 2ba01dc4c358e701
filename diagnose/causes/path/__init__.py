"""Root causes on the network path."""
