"""What a check puts together of two values is, of their aliases, the alias of the whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import proxy_rules, scale_set, target, tls_session
from checks.arm_answer import part, same_id
from checks.privacy import Sensitivity
from checks.provider_config import matches
from checks.registry_list import home_servers
from diagnose.bundle.pseudonyms import Pseudonyms
from diagnose.causes import commands, subnet_steps, zone_steps

SALT = b"a salt of bytes!"
NAMES = Pseudonyms(SALT)
REGISTRY = st.from_regex(r"[a-z0-9]{5,20}", fullmatch=True)
PART = st.from_regex(r"[a-z0-9]{1,8}(?:(?:\.|_|__|-{1,2})[a-z0-9]{1,8}){0,2}", fullmatch=True)
REPOSITORY = st.lists(PART, min_size=1, max_size=3).map("/".join)
TAG = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,20}", fullmatch=True)
DIGEST = st.from_regex(r"sha256:[0-9a-f]{64}", fullmatch=True)
RESOURCE = st.from_regex(r"[A-Za-z][A-Za-z0-9_.-]{0,18}[A-Za-z0-9_]", fullmatch=True)
NAME = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,18}[A-Za-z0-9]", fullmatch=True)
SUFFIX = st.sampled_from(tuple(target.SUFFIXES))
GROUP = "/subscriptions/5f0c1d2e-0000-4000-8000-00000000a001/resourceGroups/app-rg"
VNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/app-vnet"
KINDS = [kind for kind in Sensitivity if kind.value not in ("headers", "body")]


def alias(kind: str, text: str, names: Pseudonyms = NAMES) -> str:
    return names.of(Sensitivity[kind], text)


@given(
    REGISTRY, SUFFIX, REPOSITORY, st.one_of(TAG, DIGEST), st.sampled_from(("manifests", "blobs"))
)
def test_a_url_of_the_registry(name, suffix, repository, reference, kind) -> None:
    server = f"{name}.{suffix}"
    host, path = alias("HOST", server), alias("IMAGE", repository)
    what = alias("REFERENCE", reference)

    assert alias("URL", f"https://{server}/v2/{repository}/{kind}/{reference}") == (
        f"https://{host}/v2/{path}/{kind}/{what}"
    )
    assert alias("URL", f"https://{server}/v2/") == f"https://{host}/v2/"
    assert alias("URL", f"https://{server}:443") == f"https://{host}:443"


@given(REGISTRY, SUFFIX, REPOSITORY, st.one_of(TAG, DIGEST))
def test_an_image_is_still_one_that_can_be_asked_for(name, suffix, repository, reference) -> None:
    mark = "@" if reference.startswith("sha256:") else ":"
    text = f"{name}.{suffix}/{repository}{mark}{reference}"
    before, after = target.parse(text), target.parse(alias("IMAGE", text))

    assert after.login_server == alias("HOST", before.login_server)
    assert after.registry == alias("NAME", before.registry)
    assert after.repository == alias("IMAGE", before.repository)
    assert after.reference == alias("REFERENCE", before.reference)
    assert after.image == alias("IMAGE", before.image)
    assert len(after.registry) < 64


@given(RESOURCE, RESOURCE)
def test_an_arm_id_is_put_together_of_its_parts(vnet, subnet) -> None:
    head = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/{vnet}"
    whole = alias("RESOURCE", f"{head}/subnets/{subnet}")

    assert whole == f"{alias('RESOURCE', head)}/subnets/{alias('NAME', subnet)}"
    assert part(whole, "virtualNetworks") == alias("NAME", vnet)
    assert same_id(whole, alias("RESOURCE", f"{head}/subnets/{subnet}".upper()))
    assert alias("RESOURCE", f"{head}/") == f"{alias('RESOURCE', head)}/"


@pytest.mark.parametrize(
    "path",
    [
        "/subscriptions",
        "/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d",
        "/subscriptions/00000000-0000-0000-0000-000000000000/providers/Microsoft.Network/locations",
    ],
)
def test_a_path_that_names_nobody_stays(path: str) -> None:
    assert alias("RESOURCE", path) == path


def test_the_words_of_an_id_stay_in_their_spelling() -> None:
    text = "/subscriptions/s/RESOURCEGROUPS/g/providers/Microsoft.Storage/storageAccounts/a"
    text += "/blobServices/default?api-version=2023-05-01&token=x"
    shown = re.sub(r"(?<=/)[a-z]+\d[a-z0-9]{13}(?=[/?])", "X", alias("RESOURCE", text))

    assert shown == (
        "/subscriptions/X/RESOURCEGROUPS/X/providers/Microsoft.Storage/storageAccounts/X"
        "/blobServices/default?api-version=2023-05-01"
    )


@given(NAME)
def test_letters_case_tells_no_names_apart_but_tags(name) -> None:
    assert alias("NAME", name) == alias("NAME", name.upper()) == alias("NAME", name.lower())
    host = f"{name}.azurecr.io"
    assert alias("HOST", host) == alias("HOST", host.upper())
    assert alias("REFERENCE", "Aa" + name) != alias("REFERENCE", "aA" + name)


@pytest.mark.parametrize("first", ["NAME", "HOST", "IMAGE", "IDENTITY", "REFERENCE"])
def test_one_value_has_one_alias_whatever_it_was_first(first: str) -> None:
    names = Pseudonyms(SALT)
    one = alias(first, "contoso", names)

    assert alias("HOST", "contoso.azurecr.io", names) == f"{one}.azurecr.io"
    assert alias("RESOURCE", "/resourceGroups/Contoso", names) == f"/resourceGroups/{one}"
    assert alias("IMAGE", "contoso", names) == one
    assert alias("FILE", "/home/contoso", names) == f"/home/{one}"
    assert names.known()[one].lower() == "contoso"


def test_an_alias_says_what_its_name_was_first_seen_as() -> None:
    names = Pseudonyms(SALT)
    found = alias("RESOURCE", f"{VNET}/subnets/apps", names).split("/")

    assert [re.sub(r"\d.*", "", found[at]) for at in (4, 8, 10)] == ["group", "vnet", "subnet"]
    assert alias("HOST", "contoso.azurecr.io", names).startswith("registry")


@given(REGISTRY, REGISTRY, SUFFIX)
def test_a_login_server_with_a_hash_belongs_to_its_registry(name, mark, suffix) -> None:
    asked = target.parse(alias("HOST", f"{name}-{mark}.{suffix}"))

    assert commands.registry_name(asked, None) == alias("NAME", name)
    assert "-" not in alias("NAME", name)
    assert asked.registry != target.parse(alias("HOST", f"{name}-{mark}x.{suffix}")).registry
    assert asked.login_server == f"{alias('HOST', f'{name}-{mark}.{suffix}')}"


@given(REGISTRY, SUFFIX)
def test_the_names_that_hang_on_a_registry(name, suffix) -> None:
    server = alias("HOST", f"{name}.{suffix}")
    label = server.removesuffix(f".{suffix}")

    data = f"{label}.eastus.data.{suffix}"
    assert alias("HOST", f"{name}.eastus.data.{suffix}") == data
    assert alias("HOST", f"{name}.eastus.data.privatelink.{suffix}").startswith(f"{label}.eastus.")
    assert alias("HOST", f"{name}.privatelink.{suffix}") == f"{label}.privatelink.{suffix}"
    assert zone_steps.record_name(data) == f"{label}.eastus.data" or ".azurecr." not in data
    regional = target.parse(alias("HOST", f"{name}.westeurope.geo.{suffix}"))
    assert home_servers(regional) == (server,)
    assert matches(alias("HOST", f"*.{suffix}"), f"{server}/app")
    assert tls_session.matches(data, alias("HOST", f"*.eastus.data.{suffix}"))


@pytest.mark.parametrize(
    ("pattern", "host", "fits"),
    [
        (".corp.example", "a.corp.example", True),
        ("*.corp.example", "a.b.corp.example", True),
        ("corp.example", "a.corp.example", True),
        (".corp.example", "a.corp.example.net", False),
        ("a.corp.example:8080", "a.corp.example", False),
        ("localhost,.azurecr.io", "contoso.azurecr.io", True),
        ("10.1.0.0/16,b", "10.1.7.9", True),
        ("10.1.0.0/16, B.corp.zz ", "b.corp.zz", True),
        ("10.1.0.0/16", "10.2.7.9", False),
        ("*", "contoso.azurecr.io", True),
    ],
)
def test_an_exemption_from_a_proxy_counts_after_as_before(pattern, host, fits) -> None:
    environ = {"https_proxy": "http://p:1", "no_proxy": pattern}
    changed = environ | {"no_proxy": alias("URL", pattern)}

    assert (not proxy_rules.for_host(host, environ)) == fits
    assert (not proxy_rules.for_host(alias("HOST", host), changed)) == fits


def test_a_scale_sets_machine_is_told_by_its_number() -> None:
    path = f"{GROUP}/providers/Microsoft.Compute/virtualMachines/set_7"
    row = {"resourceId": path, "vmScaleSetName": "set", "name": "set_7"}
    kinds = {"resourceId": "RESOURCE", "vmScaleSetName": "NAME", "name": "NAME"}
    changed = {key: alias(kinds[key], text) for key, text in row.items()}

    assert scale_set.resource_id(changed) == alias("RESOURCE", scale_set.resource_id(row))
    assert "virtualMachineScaleSets" in scale_set.resource_id(changed)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("MC_rg_aks_eastus", True), ("mc_rg", True), ("MCrg", False), ("xMC_rg", False)],
)
def test_what_aks_keeps_is_still_told(name: str, kept: bool) -> None:
    path = f"/subscriptions/s/resourceGroups/{name}/providers/Microsoft.Network/virtualNetworks/v"

    assert subnet_steps.managed(path) == kept
    assert subnet_steps.managed(alias("RESOURCE", path)) == kept
    assert subnet_steps.managed(alias("RESOURCE", VNET.replace("app-vnet", "aks-vnet-12")))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_made_of_nothing(kind: Sensitivity) -> None:
    assert NAMES.of(kind, "") == ""


@pytest.mark.parametrize("kind", [Sensitivity.HEADERS, Sensitivity.BODY])
def test_headers_and_bodies_are_taken_apart_first(kind: Sensitivity) -> None:
    with pytest.raises(KeyError):
        NAMES.of(kind, "x")


@given(st.sampled_from([kind for kind in KINDS if kind.value not in ("public", "prose")]), NAME)
def test_no_original_survives(kind, text) -> None:
    text = f"zq{text}"  # no word of any list

    assert text.lower() not in NAMES.of(kind, text).lower()
    assert NAMES.of(kind, text) == NAMES.of(kind, text)


@given(
    st.sampled_from(
        [
            *(("HOST", form) for form in ("a.{}.zz:443", "{}.b.zz", "*{}.azurecr.io", "{}.io/x")),
            *(("HOST", form) for form in ("{}", "{}.eastus.data.azurecr.io", ".{}.example.")),
            *(("URL", form) for form in ("https://{0}@a.zz/{0}?{0}#{0}", "http://{}:80/v2/{}/x/y")),
            *(("URL", form) for form in ("{}", "a,{}.zz:1, *.{}", "ftp://{}/{}/", "{0}:{0}@{0}")),
            *(("URL", "https://a.zz" + form) for form in ("/%2e{}", "//{}//", "/v2/{}/blobs/{}")),
            *(("URL", form) for form in ("https://[::1]/{}", "unix:///{}", "x://{}:{}/{}")),
            *(("IMAGE", form) for form in ("{}.zz:1/{}", "a/{}/b", "{}@{}", "{}:{}@sha256:00")),
            *(("RESOURCE", form) for form in ("/subscriptions/{}", "/{}/{}/{}/{}", "{}", "{}/x")),
            *(("RESOURCE", form) for form in ("/providers/{}/{}/{}", "/subnets/a_{}?{}", "/a/{}/")),
            *(
                ("RESOURCE", "https://management.azure.com" + f)
                for f in ("/{}", "/subscriptions/{}")
            ),
            *(
                ("FILE", form)
                for form in ("/home/{}/{}.conf", "/opt/{}/x.{}", "C:\\{}\\{}", "{}:5")
            ),
            *(("SUBJECT", form) for form in ("CN={},O={}", "{}", "O=a\\,{}+OU={}", "C={}")),
            *(
                ("ADDRESS", form)
                for form in ("{}", "10.1.0.4-{}", "{}.EastUS", "fe80::1%{}", "a,{}")
            ),
            *(("IDENTITY", form) for form in ("{}", "{}@{}.zz", "/subscriptions/{}/x/{}")),
            *(("NAME", form) for form in ("{}_7", "MC_{}", "a {}", "aks-vnet-{}", "{}.{}", "x/{}")),
            *(("REFERENCE", form) for form in ("{}", "sha256:{}", "{}@{}", "{}:{}", "a/{}")),
        ]
    ),
    NAME,
)
def test_no_original_survives_inside_another_text(form, text) -> None:
    kind, template = form
    text = f"zq{text}".lower()

    assert text not in alias(kind, template.format(*[text] * 4)).lower()


@given(st.sampled_from(KINDS), st.text(max_size=60))
def test_any_text_is_taken(kind, text) -> None:
    assert NAMES.of(kind, text) == NAMES.of(kind, text)


@given(st.lists(NAME.map(str.lower), unique=True, min_size=2, max_size=20))
def test_no_two_names_have_one_alias(several) -> None:
    assert len({alias("NAME", name) for name in several}) == len(several)


def test_another_salt_gives_other_aliases() -> None:
    other = Pseudonyms(b"another of bytes")
    hosts = [alias("HOST", "contoso.azurecr.io", names) for names in (NAMES, other)]

    assert hosts[0] != hosts[1]
    assert Pseudonyms(SALT).salt_id == NAMES.salt_id != other.salt_id
    assert SALT.hex() not in NAMES.salt_id
    with pytest.raises(ValueError):
        Pseudonyms(b"short")
