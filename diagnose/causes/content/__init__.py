"""Root causes in the image that is asked for."""
