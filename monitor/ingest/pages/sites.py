"""Which addresses are of one site. Pure; by the public suffix list that comes with tld.

news.example.co.uk and www.example.co.uk are one site, and two blogs of one provider are two.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import tld


def same_site(one: str, other: str) -> bool:
    site = site_of(one)
    return site is not None and site == site_of(other)


def site_of(url: str) -> str | None:
    """The name that its owner has registered, below a suffix that is known or else of one label; of
    an address by number, or of a name without a point, host and port. None for what is no address
    of the web."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    registered = tld.get_fld(url, fail_silently=True, search_private=True)
    if registered:
        return str(registered)
    numbered = "." not in host or host.rpartition(".")[2].isdigit()
    return f"{host}:{port}" if numbered else ".".join(host.split(".")[-2:])
