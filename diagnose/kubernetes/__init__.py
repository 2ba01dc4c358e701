"""A cluster's nodes: what runs on one, what is rendered for all of them, and how it comes back."""
