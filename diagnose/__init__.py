"""acr-diagnose: why an image will not pull from an Azure Container Registry."""

__version__ = "0.1.0"
