"""The simulated Azure that ships with the product: one mutable `Cloud`, served on loopback."""

from diagnose.lab.cloud import Cloud, Fault
from diagnose.lab.healthy import healthy_cloud
from diagnose.lab.servers import Lab

__all__ = ["Cloud", "Fault", "Lab", "healthy_cloud"]
