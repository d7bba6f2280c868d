"""Which IP addresses are refused: the registries of special addresses, and what carries one."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.addresses import parse_networks, refused
from notifiers.errors import InvalidInput

SPECIAL = (
    ("0.0.0.0", "unspecified"),
    ("0.1.2.3", "unspecified"),
    ("10.0.0.1", "private"),
    ("100.64.0.1", "carrier-grade"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("169.254.169.254", "link-local"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.0.0.8", "IETF"),
    ("192.0.0.9", "IETF"),
    ("192.0.2.1", "documentation"),
    ("192.31.196.1", "AS112"),
    ("192.52.193.1", "AMT"),
    ("192.88.99.1", "6to4"),
    ("192.168.1.1", "private"),
    ("192.175.48.1", "AS112"),
    ("198.18.0.1", "benchmarking"),
    ("198.19.255.255", "benchmarking"),
    ("198.51.100.1", "documentation"),
    ("203.0.113.1", "documentation"),
    ("224.0.0.1", "multicast"),
    ("240.0.0.1", "reserved"),
    ("255.255.255.255", "broadcast"),
    ("::", "unspecified"),
    ("::1", "loopback"),
    ("::7f00:1", "clothes"),
    ("::ffff:127.0.0.1", "clothes"),
    ("::ffff:0:127.0.0.1", "clothes"),
    ("64:ff9b::127.0.0.1", "loopback address, carried"),
    ("64:ff9b::169.254.169.254", "link-local address, carried"),
    ("64:ff9b:1::8.8.8.8", "local NAT64"),
    ("100::1", "reserved"),
    ("100:0:0:1::1", "reserved"),
    ("2001::1", "Teredo"),
    ("2001:2::1", "IETF"),
    ("2001:10::1", "IETF"),
    ("2001:20::1", "IETF"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4"),
    ("2002:808:808::", "6to4"),
    ("2620:4f:8000::1", "AS112"),
    ("3fff::1", "documentation"),
    ("5f00::1", "reserved"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),
    ("fe80::1", "link-local"),
    ("fec0::1", "site-local"),
    ("ff02::1", "multicast"),
    ("4000::1", "reserved"),
)
OPEN = ("8.8.8.8", "1.1.1.1", "100.63.255.255", "172.32.0.1", "198.20.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8")


@pytest.mark.parametrize(("address", "word"), SPECIAL)
def test_a_special_address_is_refused_with_its_kind(address: str, word: str) -> None:
    """Every address of IANA's registries of special addresses is refused, and the reason says which kind it is."""
    assert word in (refused(ip_address(address)) or "let through")


@pytest.mark.parametrize("address", OPEN)
def test_an_ordinary_address_is_let_through(address: str) -> None:
    """Addresses of the public internet are open, also an IPv4 one behind a NAT64."""
    assert refused(ip_address(address)) is None


@pytest.mark.parametrize(
    ("address", "networks", "is_open"),
    (
        ("127.0.0.1", "127.0.0.0/8", True),
        ("10.1.2.3", "127.0.0.0/8, 10.1.0.0/16", True),
        ("10.2.2.3", "127.0.0.0/8, 10.1.0.0/16", False),
        ("::1", "127.0.0.0/8", False),
        ("::1", "::1/128", True),
        ("fd00::5", "fd00::/8", True),
        ("::ffff:127.0.0.1", "127.0.0.0/8", False),
        ("::ffff:127.0.0.1", "::ffff:0:0/96", False),
        ("::ffff:127.0.0.1", "::ffff:0:0/96,127.0.0.0/8", True),
        ("::ffff:8.8.8.8", "::ffff:0:0/96", True),
        ("64:ff9b::10.0.0.1", "10.0.0.0/8", True),
        ("64:ff9b:1::10.0.0.1", "64:ff9b:1::/48", False),
        ("64:ff9b:1:a00:0:100::", "64:ff9b:1::/48", False),
        ("64:ff9b:1::8.8.8.8", "64:ff9b:1::/48", True),
        ("2002:a00:1::", "2002::/16", False),
        ("2002:808:808::", "2002::/16", True),
        ("2001:0:808:808::f7f7:f7f7", "2001::/32", True),
        ("2001:0:808:808::80ff:fffe", "2001::/32", False),
        ("2001:0:7f00:1::f7f7:f7f7", "2001::/32", False),
    ),
)
def test_a_named_network_is_open_and_what_it_carries_is_judged_by_itself(
    address: str, networks: str, is_open: bool
) -> None:
    """What lies in an allowed network is open; an IPv4 address that is carried must be open too."""
    assert is_open == (refused(ip_address(address), parse_networks(networks)) is None)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_no_dress_opens_an_ipv4_address(ip: IPv4Address) -> None:
    """A refused IPv4 address is refused in every kind of IPv6 address that can carry it."""
    plain = int(ip)
    carriers = (
        IPv6Address(plain),
        IPv6Address((0xFFFF << 32) + plain),
        IPv6Address((0xFFFF << 48) + plain),
        IPv6Address((0x64FF9B << 96) + plain),
        IPv6Address((0x64FF9B0001 << 80) + plain),
        IPv6Address((0x2002 << 112) + (plain << 80)),
        IPv6Address((0x20010000 << 96) + (plain << 64)),
        IPv6Address((0x20010000 << 96) + (plain ^ 0xFFFFFFFF)),
    )
    if refused(ip) is not None:
        assert [] == [str(carrier) for carrier in carriers if refused(carrier) is None]


@given(st.one_of(st.integers(0, 2**32 - 1).map(IPv4Address), st.integers(0, 2**128 - 1).map(IPv6Address)))
def test_nothing_is_open_that_the_standard_library_calls_private(ip: IPv4Address | IPv6Address) -> None:
    """The table is never laxer than the standard library's."""
    if not ip.is_global or ip.is_multicast:
        assert refused(ip) is not None or ip in parse_networks("64:ff9b::/96")[0]


@pytest.mark.parametrize("text", ("10.0.0.1/8", "ten", "10.0.0.0/33", "10.0.0.0/8;fd00::/8"))
def test_what_is_no_network_is_refused(text: str) -> None:
    """A network that is misspelt, or has bits of a host, is refused by its text."""
    with pytest.raises(InvalidInput, match=text.partition("/")[0]):
        parse_networks(text)


def test_no_networks_are_none() -> None:
    """An empty setting opens nothing."""
    assert () == parse_networks(" , ")
