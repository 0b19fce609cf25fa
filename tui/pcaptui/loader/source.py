"""Where a capture's bytes are: a mapped file, or an unlinked temporary file that grows while input is decompressed
or arrives through a pipe."""

from __future__ import annotations

import mmap
import os
import select
import stat
import sys
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pcaptui.errors import CaptureError
from pcaptui.loader import compress

CHUNK = 1 << 20
_FIRST_MAPPING = 1 << 24
_NOTHING = np.zeros(0, np.uint8)


class Source:
    """The bytes of one capture, as far as they are there. `path` is as the user gave it, "-" is standard input.

    A regular, uncompressed file is `mapped` whole and `complete` from the start. Anything else grows by `pull()`,
    which is for one thread only; `raw`, `size` and `bytes` may be used from any thread meanwhile: what they gave
    stays valid. `broken` says why the input ended early, "" if it did not. Raises CaptureError from the constructor
    if the file cannot be opened.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.complete = False
        self.broken = ""
        self.compression = ""
        self.mapped = False
        self.regular = False
        """Whether it is a file, whose bytes need not be waited for."""
        self._raw = _NOTHING
        self._file: mmap.mmap | None = None
        self._written = 0
        self._read = 0
        self._plain: BinaryIO | None = None
        self._decompressor: compress.Decompressor | None = None
        self._input_ended = False
        self._start = b""
        self._input = self._open()
        self._input_size = 0
        info = os.fstat(self._input)
        self.regular = stat.S_ISREG(info.st_mode)
        if self.regular and os.lseek(self._input, 0, os.SEEK_CUR) == 0:
            self._input_size = info.st_size
            self._start_regular(info.st_size)

    def _open(self) -> int:
        try:
            fd = os.dup(sys.__stdin__.fileno()) if self.path == "-" and sys.__stdin__ else _open_file(self.path)
            if stat.S_ISDIR(os.fstat(fd).st_mode):
                os.close(fd)
                raise CaptureError(f"{self.path}: is a directory")
        except (OSError, ValueError) as error:
            raise CaptureError(f"{self.path}: {_words(error)}") from None
        return fd

    def _start_regular(self, size: int) -> None:
        try:
            start = os.pread(self._input, compress.MAGIC_BYTES, 0)
            if compress.compression(start) or not size:
                return
            self._file = mmap.mmap(self._input, size, access=mmap.ACCESS_READ)
            self._raw = np.frombuffer(self._file, np.uint8)
        except (OSError, ValueError) as error:
            self.close()
            raise CaptureError(f"{self.path}: {_words(error)}") from None
        self.complete = self.mapped = True
        self._close_input()

    @property
    def raw(self) -> NDArray[np.uint8]:
        """The bytes that are there, read-only, shape (size,). A view of them stays valid, but does not grow.

        Ask anew for each piece of work: a mapped file that another program shortens gets shorter here too, for to touch
        what is gone would end the process (SIGBUS). What is shortened between asking and touching cannot be helped.
        """
        if self._file is not None and (size := self._file.size()) < len(self._raw):
            self._raw = self._raw[:size]
            self.broken = "shortened by another program while it was open"
        return self._raw

    @property
    def size(self) -> int:
        return len(self.raw)

    @property
    def progress(self) -> float:
        """How much of the input was taken, 0 to 1; -1 where nobody knows its size."""
        if self.complete:
            return 1.0
        return min(self._read / self._input_size, 1.0) if self._input_size else -1.0

    def ready(self, timeout: float = 0.0) -> bool:
        """Whether `pull` would come back at once: a file always does, a pipe may make us wait."""
        if self._input_ended or self.regular or self.complete:
            return True
        if self._decompressor and not self._decompressor.hungry:
            return True
        return bool(select.select([self._input], [], [], timeout)[0])

    def pull(self) -> None:
        """Take the next piece of input and make its bytes part of `raw`; waits for a slow pipe. Sets `complete`."""
        if self.complete:
            return
        try:
            self._pull()
        except compress.Broken as error:
            self._end(f"{self.compression} data damaged ({error})")
        except OSError as error:
            self._end(_words(error))

    def _pull(self) -> None:
        data = b""
        if not self._decompressor or self._decompressor.hungry:
            data = os.read(self._input, CHUNK)
            self._read += len(data)
            self._input_ended = not data
        if self._decompressor is None and not self._started():
            data = self._sniff(data)
        if self._decompressor:
            if self._input_ended and self._decompressor.hungry:
                self._end(f"{self.compression} data cut short" if self._decompressor.unfinished else "")
                return
            data = self._decompressor.decompress(data)
        elif self._input_ended and not data:
            self._end("")
            return
        if data:
            self._append(data)

    def _started(self) -> bool:
        return self._plain is not None

    def _sniff(self, data: bytes) -> bytes:
        """Hold the first bytes back until they tell whether the input is compressed."""
        self._start += data
        if len(self._start) < compress.MAGIC_BYTES and not self._input_ended:
            return b""
        data, self._start = self._start, b""
        self.compression = compress.compression(data)
        if self.compression:
            self._decompressor = compress.Decompressor(self.compression)
        return data

    def _append(self, data: bytes) -> None:
        if self._plain is None:
            import tempfile  # slow to import, and seldom needed

            self._plain = tempfile.TemporaryFile(prefix="pcaptui-", buffering=0)  # noqa: SIM115
            self._capacity = 0
            self._mapping = _NOTHING
        view = memoryview(data)
        while view:
            count = os.pwrite(self._plain.fileno(), view, self._written)
            view = view[count:]
            self._written += count
        if self._written > self._capacity:
            self._remap()
        self._raw = self._mapping[: self._written]

    def _remap(self) -> None:
        """Map more than there is, a hole behind the end, so that mappings are few; old ones live as long as views."""
        assert self._plain is not None
        self._capacity = max(_FIRST_MAPPING, self._written * 2)
        os.ftruncate(self._plain.fileno(), self._capacity)
        mapped = mmap.mmap(self._plain.fileno(), self._capacity, access=mmap.ACCESS_READ)
        self._mapping = np.frombuffer(mapped, np.uint8)

    def _end(self, broken: str) -> None:
        self.broken = broken
        self.complete = True
        self._close_input()
        if self._plain:
            self._plain.close()

    def _close_input(self) -> None:
        if self._input >= 0:
            os.close(self._input)
            self._input = -1

    def close(self) -> None:
        """Let go of files; the mapping goes with its last view."""
        self.complete = True
        self._close_input()
        if self._plain:
            self._plain.close()
        self._raw = _NOTHING
        self._file = None

    def bytes(self, offset: int, count: int) -> bytes:
        """`count` bytes from `offset`, fewer where the source ends."""
        if offset < 0 or count <= 0:
            return b""
        return self.raw[offset : offset + count].tobytes()


def _open_file(path: str) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _words(error: Exception) -> str:
    """What the system says, without Python's numbers around it."""
    return (getattr(error, "strerror", None) or str(error)).lower()
