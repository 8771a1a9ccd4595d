"""Undoing a body's Content-Encoding with a bound on what comes out. Pure.

A few kilobytes can unpack to gigabytes. httpx unpacks a whole network chunk before one can count
it, so the counting is done here, inside the unpacking: never more than STEP bytes at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import brotli

STEP = 64 * 1024
# what is asked for with Accept-Encoding: all that `decoder` knows
ACCEPTED = "gzip, deflate, br"
MOST_LAYERS = 2  # some servers compress what has come to them compressed already
MOST_MEMBERS = 1000  # of one gzip stream, which are one almost always
GZIP_MAGIC = b"\x1f\x8b"


class BodyError(ValueError):
    """A body that cannot be read; the message says why, in plain words."""


class TooLargeError(BodyError):
    """A body that holds more than may be read."""


class Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """What `data` unpacks to, in parts of about STEP bytes."""

    def finish(self) -> None:
        """Raises BodyError where the end is missing."""


def decoder(encoding: str, most: int) -> Decoder:
    """For a Content-Encoding header, which names what was done to the body in the order in which
    it was done. Raises BodyError where it names something that was not asked for, or too much.

    `most`: bytes that may pass between two layers; a caller counts what comes out of the last.
    """
    names = [name for part in encoding.split(",") if (name := part.strip().lower())]
    layers = [_layer(name) for name in names if name != "identity"]
    if len(layers) > MOST_LAYERS:
        raise BodyError(f"the answer is compressed {len(layers)} times over")
    if len(layers) == MOST_LAYERS:
        inner, outer = layers
        return Twice(outer, inner, most)
    return layers[0] if layers else Identity()


def _layer(name: str) -> Decoder:
    match name:
        case "gzip" | "x-gzip":
            return Gzip()
        case "deflate":
            return Deflate()
        case "br":
            return Brotli()
        case _:
            raise BodyError("the answer is compressed in a way that was not asked for")


class Identity:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> None:
        """The end of plain bytes is wherever they end."""


@dataclass(slots=True)
class Twice:
    """`left` is counted too: of what passes from one layer to the next nothing need come out."""

    outer: Decoder
    inner: Decoder
    left: int

    def feed(self, data: bytes) -> Iterator[bytes]:
        for part in self.outer.feed(data):
            self.left -= len(part)
            if self.left < 0:
                raise BodyError("the answer is larger in its wrapping than it may be without")
            yield from self.inner.feed(part)

    def finish(self) -> None:
        self.outer.finish()
        self.inner.finish()


class Gzip:
    """One gzip member or several on end; what follows the last one is padding."""

    def __init__(self) -> None:
        self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._members = 1
        self._tail = b""  # what came after a member's end, too short yet to tell what it is

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._unpack.eof:
            data = self._tail + data
            self._tail = b""
        while data:
            if self._unpack.eof:
                if len(data) < len(GZIP_MAGIC):
                    self._tail = data
                    return
                if not data.startswith(GZIP_MAGIC):
                    return
                self._members += 1
                if self._members > MOST_MEMBERS:
                    raise BodyError("the compressed answer is in too many pieces")
                self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
            yield from _unpacked(self._unpack, data)
            data = self._unpack.unused_data

    def finish(self) -> None:
        if not self._unpack.eof:
            raise BodyError("the compressed answer is cut short")


class Deflate:
    """`deflate` is a zlib stream by the standard, and a bare one from some servers."""

    def __init__(self) -> None:
        self._unpack = zlib.decompressobj()
        self._begun = b""  # the first bytes, until it is known which of the two it is

    def feed(self, data: bytes) -> Iterator[bytes]:
        if len(self._begun) < 2:
            self._begun += data
            if len(self._begun) < 2:
                return
            data = self._begun
            if not _zlib_header(data):
                self._unpack = zlib.decompressobj(-zlib.MAX_WBITS)
        yield from _unpacked(self._unpack, data)

    def finish(self) -> None:
        if not self._unpack.eof:
            raise BodyError("the compressed answer is cut short")


class Brotli:
    def __init__(self) -> None:
        self._unpack = brotli.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            # more may wait inside even when all of the input has been taken
            while not self._unpack.is_finished():
                part = self._unpack.process(data, output_buffer_limit=STEP)
                if not part:
                    return
                data = b""
                yield part
        except brotli.error as error:
            raise BodyError("the compressed answer is not brotli") from error

    def finish(self) -> None:
        if not self._unpack.is_finished():
            raise BodyError("the compressed answer is cut short")


def _zlib_header(data: bytes) -> bool:
    return data[0] & 0x0F == zlib.DEFLATED and (data[0] * 256 + data[1]) % 31 == 0


def _unpacked(unpack: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    try:
        full = True
        # a full part may leave more waiting inside, even when all of the input has been taken
        while data or full:
            part = unpack.decompress(data, STEP)
            data, full = unpack.unconsumed_tail, len(part) == STEP
            yield part
    except zlib.error as error:
        raise BodyError("the compressed answer is damaged") from error
