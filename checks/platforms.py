"""By which marks a machine of a managed platform is known: it is neither a VM nor an AKS node.

ACR documents its service endpoints for VMs and AKS clusters alone (container-registry-vnet.md,
"Preview limitations"). Each mark is what the platform's own documentation names:

* App Service and Functions: ``WEBSITE_SITE_NAME`` (learn.microsoft.com, app-service/
  reference-app-settings, "App environment");
* Container Apps: ``CONTAINER_APP_NAME``, for jobs ``CONTAINER_APP_JOB_NAME`` (learn.microsoft.com,
  container-apps/environment-variables, "Built-in environment variables");
* Container Instances: they set no variable; their host name is ``SandboxHost-`` and a number
  (seen by users, such as ironmansoftware/powershell-universal#1776; not documented);
* Machine Learning jobs: ``AZUREML_RUN_ID`` (set for every run by its service);
* runners that GitHub hosts: ``RUNNER_ENVIRONMENT`` is ``github-hosted`` (docs.github.com,
  actions/reference/variables-reference).
"""

from collections.abc import Mapping

APP_SERVICE = "Azure App Service"
CONTAINER_APPS = "Azure Container Apps"
CONTAINER_INSTANCES = "Azure Container Instances"
MACHINE_LEARNING = "Azure Machine Learning"
GITHUB_HOSTED = "a runner that GitHub hosts"

# variable -> platform, and the value that it must have; an empty one stands for any
_VARIABLES = {
    "CONTAINER_APP_NAME": (CONTAINER_APPS, ""),
    "CONTAINER_APP_JOB_NAME": (CONTAINER_APPS, ""),
    "WEBSITE_SITE_NAME": (APP_SERVICE, ""),
    "AZUREML_RUN_ID": (MACHINE_LEARNING, ""),
    "RUNNER_ENVIRONMENT": (GITHUB_HOSTED, "github-hosted"),
}


def of(environ: Mapping[str, str], hostname: str) -> str:
    """Name the platform, or give an empty string; Functions on Container Apps count as the latter.

    An AKS node or a VM that somebody set such a variable on is told from them by its metadata.
    """
    for variable, (platform, value) in _VARIABLES.items():
        if environ.get(variable) and environ[variable] == (value or environ[variable]):
            return platform
    return CONTAINER_INSTANCES if hostname.lower().startswith("sandboxhost") else ""
