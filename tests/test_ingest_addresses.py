from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.ingest.web.addresses import Allowed, carried_4, literal, special

# what is special to us although `ipaddress` calls it global, in one version of Python or another
EXTRA = [IPv4Network(n) for n in ("168.63.129.16/32", "192.88.99.0/24", "192.0.0.0/24")]
# where `ipaddress` looks at the wrapping and we at what is in it
WRAPPED = [ip_network(n) for n in ("64:ff9b::/96", "::ffff:0:0/96", "2001::/32", "2002::/16")]
PUBLIC_4 = IPv4Address("93.184.215.14")
PUBLIC_6 = IPv6Address("2606:2800:21f:cb07:6820:80da:af6b:8b2c")
NOBODY = Allowed.of(())


NETWORKS = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip


@st.composite
def edges(draw: st.DrawFn) -> IPv4Address:
    """Addresses in and beside the networks that matter."""
    network = draw(st.sampled_from(NETWORKS))
    first, last = int(network[0]), int(network[-1])
    near = draw(st.sampled_from([first - 1, first, first + 1, last - 1, last, last + 1]))
    return IPv4Address(min(max(near, 0), 2**32 - 1))


addresses_4 = st.one_of(edges(), st.ip_addresses(v=4))
addresses_6 = st.ip_addresses(v=6)


@given(addresses_4)
def test_ipv4_is_judged_as_the_standard_library_judges_it(address: IPv4Address) -> None:
    closed = not address.is_global or address.is_multicast or address.is_reserved
    if not any(address in network for network in EXTRA):
        assert (special(address) is not None) == closed


@given(addresses_6)
@example(IPv6Address("::"))
@example(IPv6Address("::1"))
@example(IPv6Address("::7f00:1"))
@example(IPv6Address("fd00:ec2::254"))
@example(IPv6Address("fe80::1"))
@example(IPv6Address("ff02::1"))
@example(IPv6Address("2001:db8::1"))
@example(IPv6Address("100::1"))
@example(IPv6Address("64:ff9b:1::7f00:1"))
def test_no_ipv6_address_is_public_that_the_standard_library_thinks_special(
    address: IPv6Address,
) -> None:
    if not any(address in network for network in WRAPPED) and (
        not address.is_global or address.is_multicast or address.is_reserved
    ):
        assert special(address) is not None


@given(st.integers(0, 2**125 - 1).map(lambda low: IPv6Address((1 << 125) + low)))
def test_what_has_been_given_out_for_public_use_is_public(address: IPv6Address) -> None:
    if address.is_global and not carried_4(address) and address not in ip_network("3fff::/20"):
        assert (special(address) is None) == (address not in ip_network("2001::/23"))


def wrapped(inner: IPv4Address) -> list[IPv6Address]:
    low = int(inner)
    return [
        IPv6Address(f"::ffff:{inner}"),
        IPv6Address(f"64:ff9b::{inner}"),
        IPv6Address(0x2002 << 112 | low << 80 | 1),
        IPv6Address(0x20010000 << 96 | int(PUBLIC_4) << 64 | low ^ 0xFFFFFFFF),
        IPv6Address(0x20010000 << 96 | low << 64 | int(PUBLIC_4) ^ 0xFFFFFFFF),
        IPv6Address(0x2606_2800 << 96 | 0x5EFE << 32 | low),
        IPv6Address(0x2606_2800 << 96 | 0x0200_5EFE << 32 | low),
    ]


@given(addresses_4)
def test_an_ipv4_address_is_as_public_in_a_wrapping_as_out_of_it(inner: IPv4Address) -> None:
    for address in wrapped(inner):
        assert inner in carried_4(address)
        assert (special(address) is None) == (special(inner) is None), address


def test_the_library_agrees_on_what_is_in_a_wrapping() -> None:
    mapped, _, six_to_four, teredo, *_ = wrapped(PUBLIC_4)
    assert mapped.ipv4_mapped == PUBLIC_4
    assert six_to_four.sixtofour == PUBLIC_4
    assert teredo.teredo == (PUBLIC_4, PUBLIC_4)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"],
)
def test_metadata_services_are_not_public(address: str) -> None:
    assert special(ip_address(address)) is not None


@pytest.mark.parametrize("address", [PUBLIC_4, PUBLIC_6, IPv4Address("1.1.1.1")])
def test_publishers_are_public(address: IPv4Address | IPv6Address) -> None:
    assert special(address) is None


@given(st.ip_addresses(v=4), st.data())
def test_every_way_to_write_an_ipv4_address_is_understood(
    address: IPv4Address, data: st.DataObject
) -> None:
    """One to four parts, the last of which holds what is left; decimal, octal or hexadecimal."""
    count = data.draw(st.integers(1, 4))
    octets = address.packed
    numbers = [*octets[: count - 1], int.from_bytes(octets[count - 1 :], "big")]
    forms = [str, lambda n: f"0{n:o}", lambda n: f"0x{n:x}", lambda n: f"0X{n:08X}"]
    parts = [data.draw(st.sampled_from(forms))(number) for number in numbers]
    dot = data.draw(st.sampled_from(["", "."]))
    assert literal(".".join(parts) + dot) == address


@given(addresses_6)
def test_an_ipv6_address_is_understood_with_and_without_brackets(address: IPv6Address) -> None:
    assert literal(str(address)) == literal(f"[{address.exploded}]") == address


@pytest.mark.parametrize(
    "host", ["example.org", "example.org.", "1.2.3.4.example", "0x7f.org", "", ".", "a1", "10.in"]
)
def test_a_name_is_no_address(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize(
    "host",
    [
        "1.2.3.4.5", "256.1.1.1", "1.2.3.256", "4294967296", "08.1.1.1", "1..2", "example.7",
        "0x1ffffffff", "::1::", "1:2", "9" * 5000,
    ],
)  # fmt: skip
def test_what_looks_like_an_address_and_is_none_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        literal(host)


@given(st.one_of(addresses_4, addresses_6))
def test_a_special_address_is_refused_and_the_key_that_would_allow_it_named(
    address: IPv4Address | IPv6Address,
) -> None:
    refusal = NOBODY.refusal("feeds.example", address)
    assert (refusal is None) == (special(address) is None)
    if refusal is not None:
        assert "poll.private" in refusal
        assert refusal.startswith("feeds.example is at ")


def test_an_address_is_not_told_twice() -> None:
    assert NOBODY.refusal("10.0.0.1", IPv4Address("10.0.0.1")) == (
        "10.0.0.1 is a private address: not visited unless poll.private names it"
    )


@pytest.mark.parametrize(
    ("private", "host", "address"),
    [
        ("10.0.0.0/8", "intranet", "10.1.2.3"),
        ("10.1.2.3/8", "intranet", "10.9.9.9"),  # what is written beside the network is forgiven
        ("127.0.0.1", "localhost", "127.0.0.1"),
        ("127.0.0.1", "localhost", "::ffff:127.0.0.1"),
        ("[::1]", "::1", "::1"),
        ("fd00::/8", "wiki", "fd00::1"),
        ("Wiki.Example.", "wiki.example", "192.168.1.1"),
        ("wiki.example", "WIKI.example.", "192.168.1.1"),
    ],
)
def test_what_the_configuration_names_may_be_visited(private: str, host: str, address: str) -> None:
    assert Allowed.of((private,)).refusal(host, ip_address(address)) is None


@pytest.mark.parametrize(
    ("private", "host", "address"),
    [
        ("10.0.0.0/8", "intranet", "172.16.0.1"),
        ("wiki.example", "evil.wiki.example", "192.168.1.1"),
        ("wiki.example", "wiki.example.evil", "192.168.1.1"),
        ("127.0.0.1", "x", "127.0.0.2"),
        ("0.0.0.0/0", "x", "::1"),
    ],
)
def test_and_nothing_beside_it(private: str, host: str, address: str) -> None:
    assert Allowed.of((private,)).refusal(host, ip_address(address)) is not None
