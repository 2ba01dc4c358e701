"""The words of docker and containerd, from public reports, and what each of them decides."""

import pytest

from checks.runtime_words import Said, read

# Texts as in Microsoft's troubleshooting articles, moby's and containerd's own tests and issues.
TEXTS = [
    (
        "failed to register layer: write /usr/lib/x.so: no space left on device",
        Said.NO_SPACE,
        "",
    ),
    (
        (
            'failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://'
            'eusmanaged15.blob.core.windows.net/0a/docker?se=1&sig=x": EOF: write /var/lib/'
            "containerd/io.containerd.content.v1.content/ingest/1/data: no space left on device"
        ),
        Said.NO_SPACE,
        "eusmanaged15.blob.core.windows.net",
    ),
    (
        (
            'Get "https://contoso.azurecr.io/v2/": proxyconnect tcp: dial tcp: lookup proxy on '
            "127.0.0.53:53: no such host"
        ),
        Said.PROXY_DEAD,
        "contoso.azurecr.io",
    ),
    (
        'Get "https://contoso.azurecr.io/v2/": proxyconnect tcp: EOF',
        Said.PROXY_DEAD,
        "contoso.azurecr.io",
    ),
    ('Get "https://contoso.azurecr.io/v2/": Forbidden', Said.PROXY_REFUSED, "contoso.azurecr.io"),
    (
        (
            "error parsing HTTP 403 response body: invalid character '<' looking for beginning of "
            'value: "<html>"'
        ),
        Said.PROXY_REFUSED,
        "",
    ),
    (
        (
            'failed to do request: Head "https://contoso.azurecr.io/v2/app/manifests/v1": tls: '
            "failed to verify certificate: x509: certificate signed by unknown authority"
        ),
        Said.UNTRUSTED,
        "contoso.azurecr.io",
    ),
    (
        (
            'denied: {"errors":[{"code":"DENIED","message":"client with IP \\u002720.1.2.3\\u0027 '
            'is not allowed access. Refer https://aka.ms/acr/firewall to grant access."}]}'
        ),
        Said.ADDRESS_REFUSED,
        "",
    ),
    (
        (
            'Get "https://contoso.azurecr.io/v2/": dial tcp: lookup contoso.azurecr.io on '
            "127.0.0.53:53: no such host"
        ),
        Said.NO_SUCH_HOST,
        "contoso.azurecr.io",
    ),
    (
        (
            "error pulling image configuration: download failed after attempts=6: dial tcp "
            "20.150.34.4:443: i/o timeout"
        ),
        Said.UNREACHED,
        "",
    ),
    (
        (
            'Get "https://contoso.azurecr.io/v2/": net/http: request canceled while waiting for '
            "connection (Client.Timeout exceeded while awaiting headers)"
        ),
        Said.UNREACHED,
        "contoso.azurecr.io",
    ),
    (
        (
            "failed to resolve reference: unexpected status from HEAD request to "
            "https://contoso.azurecr.io/v2/app/manifests/v1: 403 Forbidden"
        ),
        Said.ADDRESS_REFUSED,
        "contoso.azurecr.io",
    ),
    (
        "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized",
        Said.LOGIN_REFUSED,
        "",
    ),
    (
        (
            "pulling from host contoso.azurecr.io failed with status code [manifests v1]: "
            "403 Forbidden"
        ),
        Said.ADDRESS_REFUSED,
        "contoso.azurecr.io",
    ),
    # Near-misses
    ('Get "https://contoso.azurecr.io/v2/": x509: certificate has expired', Said.OTHER, None),
    ("x509: certificate is valid for portal, not contoso.azurecr.io", Said.OTHER, ""),
    (
        "unexpected status from HEAD request to https://contoso.azurecr.io/v2/app: 404 Not Found",
        Said.OTHER,
        None,
    ),
    ("error parsing HTTP 403 response body: invalid character 'ï'", Said.OTHER, ""),
    ("pull access denied for app, repository does not exist", Said.OTHER, ""),
    ("", Said.OTHER, ""),
]


@pytest.mark.parametrize(("text", "said", "host"), TEXTS)
def test_each_wording_decides_one_thing_or_nothing(text, said, host):
    found = read(text)

    assert found.said is said
    assert host is None or found.host == host


def test_the_address_in_a_refusal_is_read_with_quotes_escaped_or_not():
    for quote in ("'", "\\u0027"):
        text = f"client with IP {quote}20.1.2.3{quote} is not allowed access"

        assert read(text).address == "20.1.2.3"
