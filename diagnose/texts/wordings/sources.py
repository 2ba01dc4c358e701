"""Who says the words, and where their text can be read: "client: place"."""

# Clients and engines
MOBY = "docker: moby/moby distribution/errors.go, docker/distribution registry/client/errors.go"
MOBY_LOGIN = "docker: moby/moby registry/auth.go"
MOBY_CLIENT = "docker: moby/moby client/errors.go, docker/cli cli/command"
CONTAINERD = "containerd: core/remotes/docker/resolver.go, fetcher.go, authorizer.go"
CONTAINERD_AUTH = "containerd: core/remotes/docker/auth/fetch.go, core/remotes/errors (1.4 to 2.3)"
CONTAINERD_NS = "containerd: core/remotes/docker/resolver.go, addNamespace: ?ns= for a mirror alone"
CTR = "ctr: containerd cmd/ctr/commands/images/pull.go"
CRICTL = "crictl: kubernetes-sigs/cri-tools, cri-client remote_image.go"
NERDCTL = "nerdctl: pkg/clientutil, pkg/rootlessutil"
KUBELET = "kubelet: pkg/kubelet/images, pkg/credentialprovider/plugin/plugin.go"
PROVIDER = (
    "acr-credential-provider: cloud-provider-azure pkg/credentialprovider/azure_acr_helper.go"
)
BUILDKIT = "buildkit: util/resolver, solver/errdefs; its texts are containerd's"
IMAGE = "podman, skopeo, buildah: containers/image docker/errors.go, docker_client.go"
PODMAN = "podman: pkg/bindings/connection.go"
GGCR = "crane, kaniko, flux: google/go-containerregistry pkg/v1/remote/transport/error.go"
FLUX = "flux: fluxcd/pkg oci/auth/azure/exchanger.go"
ORAS = "helm, oras: oras-project/oras-go registry/remote/errcode, internal/errutil"
DISTRIBUTION = "registry: distribution/distribution registry/api/errcode, registry/auth/token"

GITLAB = "registry: GitLab auth/container_registry_authentication_service.rb, ghcr.io, quay.io"
HARBOR = "harbor: src/server/middleware/v2auth/auth.go"
JIB = "jib: jib-core RegistryErrorExceptionBuilder.java, jib-plugins-common HelpfulSuggestions.java"
SYSTEMD = "systemd: systemctl start of an engine's unit"
IOTEDGE = "IoT Edge: edgelet-docker src/error.rs"
NETTOOLS = "nc, wget, nslookup, Resolve-DnsName: their texts of a failed try"
COMPOSE = "docker-compose: docker-py, docker/credentials/store.py"
TERRAFORM = "terraform: azurerm internal/services/containers/container_registry_resource.go"

# Azure
ACR = "ACR: body of its refusals, https://learn.microsoft.com/azure/container-registry/"
ACR_RULES = (
    "ACR: control plane, "
    "https://learn.microsoft.com/azure/container-registry/container-registry-vnet"
)
ACR_CMK = (
    "ACR: "
    ""
    "https://learn.microsoft.com/azure/container-registry/tutorial-troubleshoot-customer-managed-keys"
)
ACR_TASKS = "ACR Tasks: Azure/acr-builder builder/docker_login.go"
AZ_ACR = "az acr: azure-cli command_modules/acr/_errors.py, _docker_utils.py, network_rule.py"
AZ_WEBAPP = "az webapp: azure-cli command_modules/appservice/custom.py"
AZ_AKS = "az aks: azure-cli command_modules/acs/_roleassignments.py, custom.py"
CANIPULL = "az aks check-acr: Azure/aks-canipull token_exchanger.go, main.go"
APPS = "Container Apps, App Service: platform's text around docker's and go-containerregistry's"
ACI = (
    "ACI: https://learn.microsoft.com/azure/container-instances/container-instances-troubleshooting"
)
ARC = "Azure Arc: azure-cli-extensions src/connectedk8s/azext_connectedk8s/_utils.py"
AML = (
    "Azure ML: https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-environments"
)
ADAL = "go-autorest: autorest/adal/token.go, as Azure's Kubernetes parts print it"
ENTRA = "Entra: https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
IMDS = (
    "IMDS: "
    ""
    "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token"
)
IDENTITY_SDK = (
    "azure-identity: sdk/identity, _credentials/imds.py; azidentity managed_identity_client.go"
)
PIPELINES = "Azure Pipelines: azure-pipelines-tasks-common, azure-arm-rest"
POD_IDENTITY = "aad-pod-identity: pkg/nmi/server/server.go"
ARM = (
    "ARM: "
    ""
    "https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors"
)
STORAGE = (
    "Storage: https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes"
)
AZURE_FIREWALL = "Azure Firewall: answer of a denied application rule (status 470)"

# What lies below all of them
GO_NET = "go: net/dial.go, net/dnsclient_unix.go, net/http/transport.go"
GO_TLS = "go: crypto/tls, crypto/x509/verify.go"
GO_TIME = "go: net/http/client.go, context"
ERRNO = "linux: strerror of connect(2) and write(2)"
WINDOWS = "windows: FormatMessage of Winsock and file errors"
RESOLVER = "glibc, musl, node, java, .NET: texts of a failed getaddrinfo"
CURL = "curl: lib/strerror.c, lib/connect.c, lib/http_proxy.c"
PYTHON = "python: urllib3, requests and ssl, as az prints them"
OPENSSL = "openssl: crypto/x509/x509_txt.c, ssl/ssl_err.c"
WEB_PROXY = "proxies: their own error pages (squid, haproxy, zscaler, bluecoat)"
HUB = "docker hub: https://docs.docker.com/docker-hub/download-rate-limit/"

# Any program says these, whatever it asked for: without a word on images they prove less.
ANYONES = frozenset(
    (
        *(GO_NET, GO_TLS, GO_TIME, ERRNO, WINDOWS, RESOLVER, CURL, PYTHON, OPENSSL, NETTOOLS),
        *(SYSTEMD, WEB_PROXY, STORAGE),
    )
)
