"""Addresses keep their class and what lies inside what, and nothing else."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks import addresses
from checks.privacy import Sensitivity
from diagnose.bundle.pseudonyms import Pseudonyms

NAMES = Pseudonyms(b"a salt of bytes!")
OTHER = Pseudonyms(b"another of bytes")
BLOCKS = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "192.0.2.0/24"),
    *("198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "fc00::/7", "fd00::/8"),
    *("2001:db8::/32", "64:ff9b::/96", "::ffff:0:0/96", "2000::/3"),
)
FIXED = (
    *("0.0.0.0", "127.0.0.1", "169.254.169.254", "168.63.129.16", "224.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "ff02::1", "0.0.0.0/0", "::/0", "*", "Storage.EastUS", "Internet"),
    *("10.0.0.0/8", "192.168.0.0/16", "VirtualNetwork", "AzureContainerRegistry.WestEurope"),
)
V4 = st.ip_addresses(v=4)
V6 = st.one_of(
    st.ip_addresses(v=6),
    *(st.ip_addresses(network=b) for b in BLOCKS if ":" in b),
)
ANY = st.one_of(V4, V6, *(st.ip_addresses(network=b) for b in BLOCKS))


def alias(text: object) -> str:
    return NAMES.of(Sensitivity.ADDRESS, str(text))


def bits(address: object) -> str:
    parsed = ipaddress.ip_address(str(address))
    return format(int(parsed), f"0{parsed.max_prefixlen}b")


def shared(one: object, other: object) -> int:
    pairs = zip(bits(one), bits(other), strict=True)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), len(bits(one)))


@given(V4, V4)
def test_two_addresses_share_as_many_bits_as_before(one, other) -> None:
    assert shared(alias(one), alias(other)) == shared(one, other)


@given(ANY, st.integers(0, 96))
def test_neighbours_of_version_6_stay_neighbours(one, at) -> None:
    if one.version == 4:
        return
    other = ipaddress.IPv6Address(int(one) ^ (1 << (127 - at)))
    carried = [
        any(a in ipaddress.ip_network(n) for n in ("fc00::/7", "64:ff9b::/96", "::ffff:0:0/96"))
        for a in (one, other)
    ]
    fixed = str(one) in FIXED or alias(one) == str(one) or alias(other) == str(other)
    if carried == [True, True] or (carried == [False, False] and not fixed):
        assert shared(alias(one), alias(other)) == shared(one, other)


@given(ANY)
def test_the_class_stays(address) -> None:
    changed = ipaddress.ip_address(alias(address))

    for quality in ("is_multicast", "is_loopback", "is_link_local", "is_unspecified"):
        assert getattr(changed, quality) == getattr(address, quality)
    assert changed.is_private == address.is_private
    assert changed.is_global == address.is_global
    assert changed.is_reserved == address.is_reserved
    assert addresses.kind(str(changed)) is addresses.kind(str(address))
    for block in map(ipaddress.ip_network, BLOCKS):
        if block.version == address.version:
            assert (changed in block) == (address in block)


@given(ANY)
def test_the_address_inside_an_address_is_found_after_as_before(address) -> None:
    text = str(address)

    assert addresses.private_ipv4(alias(text)) == alias(addresses.private_ipv4(text))
    assert addresses.carried_ipv4(alias(text)) == alias(addresses.carried_ipv4(text))
    assert addresses.plain(alias(text)) == addresses.plain(alias(addresses.plain(text)))


@given(st.data(), st.integers(0, 32))
def test_inside_a_network_stays_inside_and_outside_stays_outside(data, length) -> None:
    network = ipaddress.ip_network(f"{data.draw(V4)}/{length}", strict=False)
    within, anywhere = data.draw(st.ip_addresses(network=str(network))), data.draw(V4)
    changed = alias(network)

    assert ipaddress.ip_network(changed).prefixlen == length  # host bits are zero, or it raises
    assert addresses.inside(alias(within), (changed,))
    assert bool(addresses.inside(alias(anywhere), (changed,))) == (anywhere in network)


@given(st.lists(st.one_of(V4, V6), unique=True, min_size=2, max_size=20))
def test_no_two_have_one_alias(several) -> None:
    assert len({alias(one) for one in several}) == len(several)


@pytest.mark.parametrize("text", FIXED)
def test_what_is_the_same_for_everybody_stays(text: str) -> None:
    assert alias(text) == text


def test_neighbours_of_what_stays_do_not_stay() -> None:
    changed = {text: alias(text) for text in ("20.62.128.10", "10.1.0.4", "100.64.0.9", "fd12::4")}

    assert not [text for text, aliased in changed.items() if text == aliased]
    assert changed["20.62.128.10"] != OTHER.of(Sensitivity.ADDRESS, "20.62.128.10")


def test_the_forms_in_which_an_address_stands() -> None:
    one, two = alias("10.1.0.4"), alias("10.1.0.9")

    assert alias("10.1.0.4,10.1.0.9") == f"{one},{two}"
    assert alias("10.1.0.4-10.1.0.9") == f"{one}-{two}"
    assert alias("10.1.0.4:443") == f"{one}:443"
    assert alias("10.1.0.4/24") == f"{one}/24"
    assert alias("[fd12::4]:443") == f"[{alias('fd12::4')}]:443"
    assert NAMES.of(Sensitivity.HOST, "10.1.0.4") == one
    assert NAMES.of(Sensitivity.NAME, "10.1.0.4") == one
    assert alias("::ffff:10.1.0.4") == f"::ffff:{one}"


def test_what_is_no_address_and_no_tag_is_a_name() -> None:
    assert "contoso" not in alias("contoso-tag")
    assert alias("contoso-tag") == NAMES.of(Sensitivity.NAME, "Contoso-Tag")
