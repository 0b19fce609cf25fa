"""Compressed captures: told by their first bytes, decompressed chunk by chunk, any number of members in a row."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Any

from pcaptui.errors import CaptureError

MAGIC_BYTES = 6
"""As many bytes of a file tell how it is compressed."""

CHUNK = 1 << 18
"""Decompressed bytes handed out at a time, about: a small file that blows up never fills the memory."""


class Broken(Exception):
    """The compressed data cannot be decompressed any further."""


def compression(start: bytes) -> str:
    """The kind of compression that the first bytes of a file tell, '' for none."""
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith(b"BZh") and start[3:4].isdigit():
        return "bzip2"
    if start.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if start.startswith(b"\x28\xb5\x2f\xfd") or (start[1:4] == b"\x2a\x4d\x18" and start[0] & 0xF0 == 0x50):
        return "zstd"
    if start.startswith(b"\x04\x22\x4d\x18"):
        return "lz4"
    return ""


class Decompressor:
    """Compressed bytes in, plain bytes out, member after member.

    `decompress` returns at most about CHUNK bytes; call it with b"" until `hungry` to get the rest. Raises Broken
    at data that makes no sense; what came before was handed out already. `unfinished` is True inside a member: at
    the end of the input that means that the file is cut short.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._make = _maker(kind)
        self._member: _Member | None = None
        self._input: bytes | memoryview = b""
        self._members = 0
        self.hungry = True
        self.unfinished = True

    def decompress(self, data: bytes) -> bytes:
        """Plain bytes for more compressed ones; may be empty although there is more to come."""
        self._input = bytes(self._input) + data if self._input else data
        if self._member is None and not self._next_member():
            return b""
        assert self._member is not None
        plain, self._input = self._member.step(self._input)
        if self._member.ended:
            self._member = None
            self._members += 1
        self.unfinished = self._member is not None
        self.hungry = self.unfinished and not plain and not self._input
        if self._member is None:
            self.hungry = not self._input
        return plain

    def _next_member(self) -> bool:
        """Start the next member if one begins here; padding and anything else behind a whole member is passed over."""
        if self._members:
            self._input = bytes(self._input).lstrip(b"\0")
            whole = compression(self._input) == self._kind
            if not whole:
                self._input = self._input if _may_become(self._kind, self._input) else b""
                self.hungry = True
                return False
        elif not self._input:
            return False
        self._member = self._make()
        return True


_STARTS = {
    "gzip": (b"\x1f\x8b",),
    "bzip2": (b"BZh",),
    "xz": (b"\xfd7zXZ\x00",),
    "zstd": (b"\x28\xb5\x2f\xfd", *(bytes([0x50 | low]) + b"\x2a\x4d\x18" for low in range(16))),
    "lz4": (b"\x04\x22\x4d\x18",),
}


def _may_become(kind: str, start: bytes) -> bool:
    """Whether these few bytes are the beginning of a member's first ones."""
    return any(whole.startswith(start) for whole in _STARTS[kind])


class _Member:
    """One gzip member, bzip2 stream, xz stream, zstd or lz4 frame."""

    def __init__(self, engine: Any, errors: tuple[type[Exception], ...]) -> None:
        self._engine = engine
        self._errors = errors
        self.ended = False

    def step(self, data: bytes | memoryview) -> tuple[bytes, bytes | memoryview]:
        """Decompress: (plain bytes, input that was not taken). Raises Broken."""
        try:
            return self._step(data)
        except self._errors as error:
            raise Broken(str(error).strip() or type(error).__name__) from None

    def _step(self, data: bytes | memoryview) -> tuple[bytes, bytes | memoryview]:
        plain: bytes = self._engine.decompress(data, CHUNK)
        self.ended = self._engine.eof
        return plain, self._engine.unused_data if self.ended else b""


class _Zlib(_Member):
    """zlib loses the output of the call that meets an error: it is asked again, for less, from a copy."""

    _small = False

    def _step(self, data: bytes | memoryview) -> tuple[bytes, bytes | memoryview]:
        before = self._engine.copy()
        try:
            return self._call(data, 256 if self._small else CHUNK)
        except zlib.error:
            if self._small:
                raise
            self._engine, self._small = before, True
            return self._call(data, 256)

    def _call(self, data: bytes | memoryview, limit: int) -> tuple[bytes, bytes | memoryview]:
        plain = self._engine.decompress(data, limit)
        self.ended = self._engine.eof
        return plain, self._engine.unused_data if self.ended else self._engine.unconsumed_tail


class _Zstd(_Member):
    """zstandard has no limit for its output: the input is given in small pieces (a block grows to 128 KiB at most)."""

    PIECE = 2048

    def _step(self, data: bytes | memoryview) -> tuple[bytes, bytes | memoryview]:
        view, plain, size = memoryview(data), [], 0
        while view and size < CHUNK and not self.ended:
            piece, view = view[: self.PIECE], view[self.PIECE :]
            try:
                plain.append(self._engine.decompress(piece))
            except self._errors:
                if not size:
                    raise
                return b"".join(plain), data[-len(view) - len(piece) :]
            size += len(plain[-1])
            self.ended = self._engine.eof
        return b"".join(plain), self._engine.unused_data + bytes(view) if self.ended else view


def _maker(kind: str) -> Callable[[], _Member]:
    if kind == "gzip":
        return lambda: _Zlib(zlib.decompressobj(31), (zlib.error,))
    if kind == "bzip2":
        return lambda: _Member(bz2.BZ2Decompressor(), (OSError, EOFError, ValueError))
    if kind == "xz":
        return lambda: _Member(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=1 << 29), (lzma.LZMAError, EOFError))
    return _zstd() if kind == "zstd" else _lz4()


def _zstd() -> Callable[[], _Member]:
    try:
        import zstandard
    except ImportError:
        raise CaptureError("compressed with zstd, and the Python package zstandard is not installed") from None
    return lambda: _Zstd(zstandard.ZstdDecompressor().decompressobj(), (zstandard.ZstdError,))


def _lz4() -> Callable[[], _Member]:
    try:
        import lz4.frame
    except ImportError:
        raise CaptureError("compressed with lz4, and the Python package lz4 is not installed") from None
    return lambda: _Member(lz4.frame.LZ4FrameDecompressor(), (RuntimeError, EOFError))
