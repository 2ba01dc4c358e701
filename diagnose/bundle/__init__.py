"""A run in one file: recorded, redacted, packed, read again and answered from."""
