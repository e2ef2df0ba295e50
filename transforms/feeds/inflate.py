"""Content codings undone as the bytes arrive, never more than asked for at a time."""

import itertools
import zlib
from collections.abc import Iterable, Iterator

import brotli
import zstandard

STEP = 65_536
ACCEPTED = "gzip, deflate, br, zstd"
_WINDOW = 8 * 1024 * 1024  # what RFC 9659 allows zstd on the web


class CodingError(Exception):
    """The body is not what its Content-Encoding says."""


def inflated(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """Undo one Content-Encoding, in pieces of some 64 kB whatever the input expands to.

    A body that is plainly not coded, whatever the header says, passes as it is.

    Raises:
        CodingError: unknown coding, broken data, or an early end; what came before was yielded.
    """
    stream = iter(chunks)
    names = [n for c in reversed(coding.split(",")) if (n := c.strip().lower())]
    if len(names) > 3:
        raise CodingError("more than three content codings")
    for name in names:
        stream = _undo(stream, name)
    return stream


def _undo(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    if name in ("identity", "none", "utf-8"):  # the last two are seen in the wild
        return chunks
    first = next((c for c in chunks if c), b"")
    chunks = itertools.chain([first], chunks)
    if not first or first.lstrip()[:1] in (b"<", b"{", b"["):
        return chunks
    if name in ("gzip", "x-gzip"):
        return _zlib(chunks, 31)
    if name == "deflate":
        wrapped = first[0] & 15 == 8 and int.from_bytes(first[:2], "big") % 31 == 0
        return _zlib(chunks, 15 if wrapped else -15)
    if name == "br":
        return _brotli(chunks)
    if name == "zstd":
        return _zstd(chunks)
    raise CodingError(f"unknown content coding {name[:40]!r}")


def _zlib(chunks: Iterator[bytes], wbits: int) -> Iterator[bytes]:
    stream = zlib.decompressobj(wbits)
    try:
        for chunk in chunks:
            data = chunk
            while data:
                yield stream.decompress(data, STEP)
                data = stream.unconsumed_tail
                if stream.eof:
                    data = stream.unused_data
                    if wbits != 31 or not data.startswith(b"\x1f\x8b"):
                        return  # what follows the end is padding
                    stream = zlib.decompressobj(wbits)
    except zlib.error as error:
        raise CodingError(f"broken compressed data ({error})") from None
    if not stream.eof:
        raise CodingError("the compressed data end early")


def _brotli(chunks: Iterator[bytes]) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    try:
        for chunk in chunks:
            yield stream.process(chunk, output_buffer_limit=STEP)
            while not stream.can_accept_more_data():
                yield stream.process(b"", output_buffer_limit=STEP)
    except brotli.error as error:
        raise CodingError(f"broken compressed data ({error})") from None
    if not stream.is_finished():
        raise CodingError("the compressed data end early")


class _Source:
    """Chunks as a file, for zstandard."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks

    def read(self, _: int = -1) -> bytes:
        return next((c for c in self.chunks if c), b"")


def _zstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    stream = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
    try:
        with stream.stream_reader(_Source(chunks), read_across_frames=True) as reader:  # type: ignore[arg-type]
            while piece := reader.read(STEP):
                yield piece
    except zstandard.ZstdError as error:
        raise CodingError(f"broken compressed data ({error})") from None
