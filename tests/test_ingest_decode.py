from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest.web.decode import STEP, BodyError, decoder

MOST = 10_000_000


def bare_deflate(data: bytes) -> bytes:
    pack = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return pack.compress(data) + pack.flush()


PACKERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "none": ("", bytes),
    "identity": (" Identity", bytes),
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZIP", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare_deflate),
    "brotli": ("br", brotli.compress),
    "gzip in brotli": ("gzip, br", lambda data: brotli.compress(gzip.compress(data))),
    "brotli in gzip": ("identity,BR , gzip", lambda data: gzip.compress(brotli.compress(data))),
}


def unpack(encoding: str, *chunks: bytes) -> bytes:
    reader = decoder(encoding, MOST)
    parts = [part for chunk in chunks for part in reader.feed(chunk)]
    reader.finish()
    return b"".join(parts)


@pytest.mark.parametrize("name", PACKERS)
@given(data=st.binary(min_size=1), size=st.integers(1, 50))
def test_what_was_packed_comes_back_however_it_is_cut(name: str, data: bytes, size: int) -> None:
    encoding, pack = PACKERS[name]
    packed = pack(data)
    chunks = [packed[at : at + size] for at in range(0, len(packed), size)]
    assert unpack(encoding, *chunks) == data


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("size", [STEP - 1, STEP, STEP + 1, 4 * STEP, 4 * STEP + 100])
def test_large_bodies_come_back_whole(name: str, size: int) -> None:
    encoding, pack = PACKERS[name]
    assert unpack(encoding, pack(bytes(size))) == bytes(size)


def test_gzip_members_follow_each_other_and_padding_is_left_alone() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    assert unpack("gzip", packed) == b"one two"
    assert unpack("gzip", *[bytes([byte]) for byte in packed]) == b"one two"
    assert unpack("gzip", packed + b"\0\0\0") == b"one two"
    assert unpack("gzip", packed + b"\x1f") == b"one two"


@pytest.mark.parametrize("name", ["gzip", "zlib", "bare deflate", "brotli"])
def test_a_missing_end_is_an_error(name: str) -> None:
    encoding, pack = PACKERS[name]
    with pytest.raises(BodyError, match="cut short"):
        unpack(encoding, pack(bytes(range(256)) * 4)[:-3])


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_damaged_bytes_are_an_error(encoding: str) -> None:
    with pytest.raises(BodyError, match=r"damaged|not brotli"):
        unpack(encoding, b"\xff\xfe<rss>these are plain bytes</rss>")


def test_one_byte_is_no_deflate_stream() -> None:
    with pytest.raises(BodyError, match="cut short"):
        unpack("deflate", b"x")


@pytest.mark.parametrize("encoding", ["zstd", "gzip, zstd", "compress", "gzip; q=1"])
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BodyError, match="not asked for"):
        decoder(encoding, MOST)


def test_more_than_two_layers_are_refused() -> None:
    with pytest.raises(BodyError, match="compressed 40 times over"):
        decoder(", ".join(["gzip"] * 40), MOST)


def test_what_passes_between_two_layers_is_counted_though_nothing_comes_out() -> None:
    """The inner one is all header: the name of a file, without end."""
    endless_name = gzip.compress(b"")[:3] + b"\x08" + bytes(6) + b"a" * 20_000_000
    with pytest.raises(BodyError, match="larger in its wrapping"):
        unpack("gzip, br", brotli.compress(endless_name, quality=5))


def test_a_stream_of_many_members_is_refused() -> None:
    assert unpack("gzip", gzip.compress(b"a") * 1000) == b"a" * 1000
    with pytest.raises(BodyError, match="too many pieces"):
        unpack("gzip", gzip.compress(b"") * 1001)


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(20_000_000))),
        ("br", brotli.compress(bytes(20_000_000), quality=5)),
    ],
    ids=["gzip", "brotli"],
)
def test_a_bomb_is_unpacked_a_little_at_a_time(encoding: str, bomb: bytes) -> None:
    reader = decoder(encoding, MOST)
    tracemalloc.start()
    try:
        sizes = [len(part) for part in reader.feed(bomb)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(sizes) == 20_000_000
    assert peak < 2_000_000
