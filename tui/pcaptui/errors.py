"""Errors that a user can act on, and the record of a damaged place in a capture."""

from __future__ import annotations

from dataclasses import dataclass


class PcaptuiError(Exception):
    """Base of all our errors: its text is one line that says what is wrong and where."""


class CaptureError(PcaptuiError):
    """Nothing of the capture could be read (no such file, no permission, not a capture)."""


class UsageError(PcaptuiError):
    """An option or its value is wrong."""


@dataclass(frozen=True, slots=True)
class Damage:
    """Where and why reading a capture ended early; everything before it was read.

    `offset` counts bytes of the (decompressed) file, from 0; -1: nothing of this file could be read, others could.
    `path` names the file as the user gave it, `compression` how it is compressed, "" if it is not.
    """

    path: str
    offset: int
    reason: str
    compression: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.place}"

    @property
    def place(self) -> str:
        """What is wrong and where, without the path."""
        if self.offset < 0:
            return self.reason
        return f"{self.reason} at byte {self.offset}{' of the decompressed data' if self.compression else ''}"
