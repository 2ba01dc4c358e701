"""Root causes in the container runtime."""
