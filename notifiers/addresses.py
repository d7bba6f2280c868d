"""Which IP addresses nobody outside may make us ask: the guard's table (server-side request forgery).

Promises to refuse everything in IANA's registries of special-purpose addresses, IPv4 and IPv6, whatever the release
of the standard library thinks of it, and an IPv6 address that carries a refused IPv4 address. Resolves nothing.

https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from notifiers.errors import InvalidInput

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

_SPECIAL_V4 = (
    (IPv4Network("0.0.0.0/8"), "an unspecified address"),
    (IPv4Network("10.0.0.0/8"), "a private address"),
    (IPv4Network("100.64.0.0/10"), "an address of carrier-grade NAT"),
    (IPv4Network("127.0.0.0/8"), "a loopback address"),
    (IPv4Network("169.254.0.0/16"), "a link-local address"),  # metadata services of clouds among them
    (IPv4Network("172.16.0.0/12"), "a private address"),
    (IPv4Network("192.0.0.0/24"), "an address of IETF protocols"),
    (IPv4Network("192.0.2.0/24"), "a documentation address"),
    (IPv4Network("192.31.196.0/24"), "an address of AS112"),
    (IPv4Network("192.52.193.0/24"), "an address of AMT"),
    (IPv4Network("192.88.99.0/24"), "a 6to4 relay's address"),
    (IPv4Network("192.168.0.0/16"), "a private address"),
    (IPv4Network("192.175.48.0/24"), "an address of AS112"),
    (IPv4Network("198.18.0.0/15"), "a benchmarking address"),
    (IPv4Network("198.51.100.0/24"), "a documentation address"),
    (IPv4Network("203.0.113.0/24"), "a documentation address"),
    (IPv4Network("224.0.0.0/4"), "a multicast address"),
    (IPv4Network("255.255.255.255/32"), "the broadcast address"),
    (IPv4Network("240.0.0.0/4"), "a reserved address"),
)

_MAPPED = IPv6Network("::ffff:0:0/96")
_NO_CARRIERS = IPv6Network("::/127")  # unspecified and loopback, which are no IPv4-compatible addresses
_COMPATIBLE = IPv6Network("::/96")
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_TEREDO = IPv6Network("2001::/32")
_6TO4 = IPv6Network("2002::/16")
_UNICAST = IPv6Network("2000::/3")

_SPECIAL_V6 = (
    (IPv6Network("::/128"), "an unspecified address"),
    (IPv6Network("::1/128"), "a loopback address"),
    (_MAPPED, "an IPv4 address in the clothes of IPv6"),
    (_TRANSLATED, "an IPv4 address in the clothes of IPv6"),
    (_COMPATIBLE, "an IPv4 address in the clothes of IPv6"),
    (_LOCAL_NAT64, "an address of a local NAT64"),
    (IPv6Network("fc00::/7"), "a private address"),
    (IPv6Network("fe80::/10"), "a link-local address"),
    (IPv6Network("fec0::/10"), "a site-local address"),
    (IPv6Network("ff00::/8"), "a multicast address"),
    (_TEREDO, "a Teredo address"),
    (IPv6Network("2001::/23"), "an address of IETF protocols"),
    (IPv6Network("2001:db8::/32"), "a documentation address"),
    (_6TO4, "a 6to4 address"),
    (IPv6Network("2620:4f:8000::/48"), "an address of AS112"),
    (IPv6Network("3fff::/20"), "a documentation address"),
)


def refused(ip: IPAddress, allow_networks: Iterable[IPNetwork] = ()) -> str | None:
    """Why ``ip`` is not to be asked (``a loopback address``), or None.

    ``allow_networks`` opens what lies in them; an IPv4 address that is carried is judged by itself all the same.
    """
    allowed = tuple(allow_networks)
    for judged in (ip, *_carried(ip)):
        reason = None if is_within(judged, allowed) else _special(judged)
        if reason is not None:
            return reason if judged is ip else f"{reason}, carried by IPv6"
    return None


def is_within(ip: IPAddress, networks: Iterable[IPNetwork]) -> bool:
    """Whether ``ip`` lies in one of ``networks``."""
    return any(ip in network for network in networks if network.version == ip.version)


def parse_networks(text: str) -> tuple[IPNetwork, ...]:
    """Networks separated by commas (``10.0.0.0/8, fd00::/8``). Raises InvalidInput for one that is none."""
    return tuple(_network(part.strip()) for part in text.split(",") if part.strip())


def _network(text: str) -> IPNetwork:
    try:
        return ip_network(text)
    except ValueError as err:
        raise InvalidInput(f"{text!r} is no network; expected such as 10.0.0.0/8 or fd00::/8 ({err})") from err


def _special(ip: IPAddress) -> str | None:
    if isinstance(ip, IPv4Address):
        return next((reason for network, reason in _SPECIAL_V4 if ip in network), None)
    found = next((reason for network, reason in _SPECIAL_V6 if ip in network), None)
    if found is None and ip not in _UNICAST and ip not in _NAT64:
        return "a reserved address"
    return found


def _carried(ip: IPAddress) -> Iterator[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to, by whichever scheme it is of."""
    if isinstance(ip, IPv4Address):
        return
    raw = ip.packed
    if ip in _6TO4:
        yield IPv4Address(raw[2:6])
    elif ip in _TEREDO:
        yield IPv4Address(raw[4:8])  # the server, then the client with its bits turned over
        yield IPv4Address(bytes(byte ^ 0xFF for byte in raw[12:]))
    elif ip in _LOCAL_NAT64:  # RFC 6052, 2.2: at the end, or behind a prefix of 48 bits; only its network knows which
        yield IPv4Address(raw[12:])
        if any(behind := raw[6:8] + raw[9:11]):
            yield IPv4Address(behind)
    elif ip not in _NO_CARRIERS and any(ip in network for network in (_MAPPED, _TRANSLATED, _COMPATIBLE, _NAT64)):
        yield IPv4Address(raw[12:])
