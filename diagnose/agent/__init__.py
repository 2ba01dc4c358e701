"""What stays up: the same run again and again, and what is told of it while it does."""
