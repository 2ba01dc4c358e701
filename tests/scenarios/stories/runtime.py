"""The container runtime: docker, containerd, disk."""
