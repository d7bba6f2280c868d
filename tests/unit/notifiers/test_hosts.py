"""How a host is read: every notation of an IPv4 address, and names in one spelling."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.errors import InvalidInput
from notifiers.hosts import in_url, read_host

LOOPBACK = IPv4Address("127.0.0.1")


@pytest.mark.parametrize(
    "text",
    (
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0X7F.1",
        "0x7f.0x0.0x0.0x1",
        "0177.0.0.1",
        "017700000001",
        "0177.0.0x1",
        "\uff11\uff12\uff17.0.0.1",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
    ),
)
def test_an_ipv4_address_is_judged_as_what_it_means(text: str) -> None:
    """Decimal, octal, hexadecimal, short, full-width and circled digits are the address that a system would ask."""
    assert LOOPBACK == read_host(text)


@pytest.mark.parametrize(
    "text",
    (
        "256.0.0.1",
        "1.2.3.4.5",
        "1.2.3.08",
        "4294967296",
        "0x1ffffffff",
        "1..1",
        "a.1",
        "fe80::1%eth0",
        "::1%1",
        ":::1",
        "127.0.0.1:80",
        "127%2e0.0.1",
        "a b",
        "",
        ".",
        "-a.example.org",
        "a-.example.org",
        "a..example.org",
        "a" * 64 + ".example.org",
        "a." * 130 + "example",
        "xn--\u2028",
        "user@example.org",
        "example.org/",
    ),
)
def test_what_is_no_host_is_refused(text: str) -> None:
    """A number out of range, a zone, an empty or overlong label and stray marks are refused, not guessed at."""
    with pytest.raises(InvalidInput):
        read_host(text)


@pytest.mark.parametrize(
    ("text", "name"),
    (
        ("Hooks.Example.ORG", "hooks.example.org"),
        ("hooks.example.org.", "hooks.example.org"),
        ("faß.example", "xn--fa-hia.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("a_b.example", "a_b.example"),
        ("\uff45xample.org", "example.org"),
    ),
)
def test_spellings_of_a_name_become_one(text: str, name: str) -> None:
    """Names are small ASCII letters by IDNA 2008, without a dot at the end."""
    assert name == read_host(text)


def test_ipv6_stands_in_brackets_in_a_url() -> None:
    """An IPv6 address is read without brackets and written with them."""
    assert IPv6Address("2606:4700::1111") == read_host("2606:4700:0::1111")
    assert ("[2606:4700::1111]", "example.org", "8.8.8.8") == (
        in_url(IPv6Address("2606:4700::1111")),
        in_url("example.org"),
        in_url(IPv4Address("8.8.8.8")),
    )


@given(st.integers(0, 2**32 - 1))
def test_every_notation_of_an_address_is_read_back(value: int) -> None:
    """One number, in every base and cut, is one address."""
    first, rest = value >> 24, value & 0xFFFFFF
    notations = (str(value), hex(value), f"0{value:o}", f"{first}.{rest}", f"0x{first:x}.0{rest:o}")
    assert {IPv4Address(value)} == {read_host(text) for text in notations}
