"""What may be asked for, and the sentence for what may not."""

import pytest

from checks.target import UsageError, parse, without_login

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("contoso", "contoso.azurecr.io"),
        ("Contoso.AzureCR.io", "contoso.azurecr.io"),
        ("contoso-d3g7.azurecr.io/app", "contoso-d3g7.azurecr.io/app:latest"),
        ("contoso.azurecr.io:443/team/app:v1", "contoso.azurecr.io/team/app:v1"),
        (f"contoso.azurecr.cn/app@{DIGEST}", f"contoso.azurecr.cn/app@{DIGEST}"),
        (f"contoso.azurecr.io/app:v1@{DIGEST}", f"contoso.azurecr.io/app@{DIGEST}"),
        ("contoso.eastus.geo.azurecr.io/app:v1", "contoso.eastus.geo.azurecr.io/app:v1"),
    ],
)
def test_what_people_write_is_understood(text: str, image: str) -> None:
    assert parse(text).image == image


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "https://contoso.azurecr.io",
        "[fd00::1]/app",
        "fd00::1",
        "docker.io/library/alpine",
        "contoso/app:v1",
        "contoso.azurecr.io/App:v1",
        "contoso.azurecr.io/app:",
        "contoso.azurecr.io/app:" + "x" * 129,
        "contoso.azurecr.io/app@sha256:short",
        "contoso.azurecr.io/app:v1 && reboot",
        "contoso.azurecr.io/app:v1\x1b[31m",
        "contoso.azurecr.io.evil.example/app",
        "..azurecr.io",
        "-o",
        "a" * 5000,
        "contoso.azurecr.io/../../etc/passwd",
    ],
)
def test_what_cannot_be_an_image_is_one_sentence(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)

    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("scheme", ["", "https://"])
@pytest.mark.parametrize("login", ["me:pass-1@", "me:pa@ss-1@", "me:pa/ss-1@", ":ss-1@"])
@pytest.mark.parametrize("rest", ["contoso.azurecr.io/app", "contoso.azurecr.io/app@sha256:00"])
def test_a_login_in_the_target_is_refused_and_not_repeated(scheme, login, rest):
    with pytest.raises(UsageError) as caught:
        parse(scheme + login + rest)

    assert "password" in str(caught.value)
    assert "ss-1" not in str(caught.value) + without_login(scheme + login + rest)
    assert without_login(rest) == rest
