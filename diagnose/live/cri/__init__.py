"""Knows how to talk to a container runtime as the kubelet does: CRI v1 by gRPC, in pure Python."""
