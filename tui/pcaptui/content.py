"""Content codings (gzip, deflate, zstd, br) undone piece by piece, with an end to how much comes out."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Iterator
from typing import Any, Protocol

from .errors import CaptureError
from .loader import compress

LIMIT = 32 << 20
"""So many bytes of one body are decompressed; a small body that blows up is cut there."""
_STEP = 1 << 16
_CODINGS = 3


class Undecodable(Exception):
    """Why the rest of a body is not decompressed, as words for the reader."""


class _Stage(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...


class _Members:
    """gzip and zstd, any number of members in a row."""

    def __init__(self, kind: str) -> None:
        self._engine = compress.Decompressor(kind)

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while True:
                plain = self._engine.decompress(data)
                data = b""
                if plain:
                    yield plain
                if self._engine.hungry:
                    return
        except (compress.Broken, CaptureError) as error:
            raise Undecodable(str(error)) from None


class _Deflate:
    """zlib data as RFC 9110 asks for (8.4.1.2), or raw deflate data as some servers send."""

    def __init__(self) -> None:
        self._engine: Any = None
        self._start = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self._engine is None:
            self._start += data
            if len(self._start) < 2:
                return
            data, self._start = self._start, b""
            wrapped = data[0] & 15 == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._engine = zlib.decompressobj(15 if wrapped else -15)
        try:
            while data and not self._engine.eof:
                plain = self._engine.decompress(data, _STEP)
                data = self._engine.unconsumed_tail
                if plain:
                    yield plain
        except zlib.error as error:
            raise Undecodable(str(error)) from None


class _Brotli:
    """With the Python package brotli or brotlicffi, if one is there."""

    def __init__(self) -> None:
        for name in ("brotli", "brotlicffi"):
            try:
                self._module: Any = importlib.import_module(name)
                break
            except ImportError:
                continue
        else:
            raise Undecodable("the Python package brotli is not installed")
        self._engine = self._module.Decompressor()

    def feed(self, data: bytes) -> Iterator[bytes]:
        for at in range(0, len(data), 64):  # older versions know no limit of their output
            try:
                plain = self._engine.process(data[at : at + 64])
            except self._module.error as error:
                raise Undecodable(str(error)) from None
            if plain:
                yield plain


def _stage(coding: str) -> _Stage | None:
    if coding in ("gzip", "x-gzip"):
        return _Members("gzip")
    if coding == "zstd":
        return _Members("zstd")
    if coding == "deflate":
        return _Deflate()
    if coding == "br":
        return _Brotli()
    if coding in ("", "identity"):
        return None
    raise Undecodable(f"unknown content coding {coding[:40]}")


class Decoder:
    """Undoes the codings of one body, the last one applied first. Raises Undecodable, also behind `limit` bytes."""

    def __init__(self, codings: str, limit: int = LIMIT) -> None:
        """`codings` as in Content-Encoding: "gzip", or "deflate, gzip"."""
        names = [name.strip().lower() for name in codings.split(",")]
        if len(names) > _CODINGS:
            raise Undecodable("too many content codings")
        self._stages = [stage for stage in map(_stage, reversed(names)) if stage is not None]
        self._left = limit
        self._limit = limit

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Plain bytes for more coded ones, in pieces."""
        for plain in self._through(data, 0):
            if len(plain) > self._left:
                yield plain[: self._left]
                raise Undecodable(f"more than {self._limit:,} bytes come out")
            self._left -= len(plain)
            yield plain

    def _through(self, data: bytes, stage: int) -> Iterator[bytes]:
        if stage == len(self._stages):
            yield data
            return
        for plain in self._stages[stage].feed(data):
            yield from self._through(plain, stage + 1)
