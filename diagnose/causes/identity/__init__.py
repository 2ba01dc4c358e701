"""Root causes in who the machine is and what it may do."""
