"""Which addresses of the internet may be visited. Pure.

A feed, a redirect or a name server can name any address, also one inside the user's own network:
a router's page, a database, the metadata service of a cloud that hands out keys. Only what is
public may be visited, and what the configuration allows by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

KEY = "poll.private"  # of the configuration, which would allow a visit

# Written out, since the lists of the `ipaddress` module differ from one Python to the next.
# Sources: the special-purpose address registries of IANA, for IPv4 and IPv6.
SPECIAL_4: tuple[tuple[IPv4Network, str], ...] = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "a private address"),
        ("100.64.0.0/10", "a private address of a carrier"),
        ("127.0.0.0/8", "a loopback address"),
        ("168.63.129.16/32", "a metadata address of a cloud"),
        ("169.254.0.0/16", "a link-local or metadata address"),
        ("172.16.0.0/12", "a private address"),
        ("192.0.0.0/24", "a reserved address"),
        ("192.0.2.0/24", "an address for examples"),
        ("192.88.99.0/24", "a reserved address"),
        ("192.168.0.0/16", "a private address"),
        ("198.18.0.0/15", "an address for measurements"),
        ("198.51.100.0/24", "an address for examples"),
        ("203.0.113.0/24", "an address for examples"),
        ("224.0.0.0/4", "a multicast address"),
        ("240.0.0.0/4", "a reserved address"),
    )
)
SPECIAL_6: tuple[tuple[IPv6Network, str], ...] = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("::/128", "this host"),
        ("::1/128", "a loopback address"),
        ("fc00::/7", "a private address"),
        ("fe80::/10", "a link-local address"),
        ("fec0::/10", "a private address"),
        ("ff00::/8", "a multicast address"),
        ("2001::/23", "a reserved address"),
        ("2001:db8::/32", "an address for examples"),
        ("3fff::/20", "an address for examples"),
    )
)
GLOBAL_6 = IPv6Network("2000::/3")  # all that has been given out for public use so far
TEREDO = IPv6Network("2001::/32")
SIX_TO_FOUR = IPv6Network("2002::/16")
# prefixes after which the last 32 bits are the IPv4 address that is reached: mapped, and translated
# by the network (RFC 6052), as all names are where there is nothing but IPv6
CARRYING_4 = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
ISATAP = 0x5EFE  # RFC 5214: between the network's half and the IPv4 address

NUMBER = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")


def special(address: Address) -> str | None:
    """What is special about an address, in words; None where it is a public one."""
    if isinstance(address, IPv4Address):
        return next((what for network, what in SPECIAL_4 if address in network), None)
    for network, what in SPECIAL_6:
        # Teredo lies in a reserved network too, and is judged by where it leads
        if address in network and address not in TEREDO:
            return what
    carried = carried_4(address)
    for inner in carried:
        if (led_to := special(inner)) is not None:
            return led_to
    return None if carried or address in GLOBAL_6 else "a reserved address"


def carried_4(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that a packet to an IPv6 address may end at."""
    bits = int(address)
    low = IPv4Address(bits & 0xFFFFFFFF)
    if any(address in network for network in CARRYING_4):
        return (low,)
    if address in SIX_TO_FOUR:
        return (IPv4Address(bits >> 80 & 0xFFFFFFFF),)
    if address in TEREDO:  # the relay, and the client with its bits turned over
        return (IPv4Address(bits >> 64 & 0xFFFFFFFF), IPv4Address(int(low) ^ 0xFFFFFFFF))
    return (low,) if bits >> 32 & 0xFDFFFFFF == ISATAP else ()


def literal(host: str) -> Address | None:
    """The address that a host is, where it is no name; in all forms that are understood anywhere:
    `127.1`, `0x7f000001`, `2130706433`, `0177.0.0.1`, `[::1]`, and with a dot at the end.

    Raises ValueError for what looks like a number and is none (`1.2.3.4.5`, `300.1.1.1`): a
    resolver might make anything of it. The rules are those of browsers, see the URL standard.
    """
    host = host.removesuffix(".")
    if ":" in host:
        return IPv6Address(host.removeprefix("[").removesuffix("]"))
    parts = host.split(".")
    if not NUMBER.fullmatch(parts[-1]):
        return None
    numbers = [_number(part) for part in parts]
    if len(numbers) > 4 or any(number > 255 for number in numbers[:-1]):
        raise ValueError("not an address")
    last = numbers.pop()
    if last >= 256 ** (4 - len(numbers)):
        raise ValueError("not an address")
    return IPv4Address(last + sum(n << 8 * (3 - at) for at, n in enumerate(numbers)))


def _number(written: str) -> int:
    if not NUMBER.fullmatch(written):
        raise ValueError("not an address")
    if written[:2].lower() == "0x":
        return int(written[2:] or "0", 16)
    return int(written, 8 if written.startswith("0") else 10)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be visited though it is not public."""

    networks: tuple[Network, ...]
    names: frozenset[str]

    @classmethod
    def of(cls, written: tuple[str, ...]) -> Allowed:
        """From networks in CIDR form, addresses and host names."""
        networks, names = [], set()
        for entry in written:
            try:
                networks.append(ip_network(entry.strip("[]"), strict=False))
            except ValueError:
                names.add(normal_name(entry))
        return cls(tuple(networks), frozenset(names))

    def refusal(self, host: str, address: Address) -> str | None:
        """Why `host`, which is at `address`, may not be visited; None where it may."""
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        what = special(address)
        if what is None or normal_name(host) in self.names:
            return None
        if any(address in network for network in self.networks):
            return None
        at = "" if host == str(address) else f" is at {address}, which"
        return f"{host}{at} is {what}: not visited unless {KEY} names it"


def normal_name(host: str) -> str:
    return host.lower().removesuffix(".")
