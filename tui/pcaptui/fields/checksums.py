"""The checksum of IP's own protocols (RFC 1071), and how it is told."""

from __future__ import annotations

from .branch import Branch
from .expert import expert


def ones_complement(data: bytes) -> int:
    """The sum of 16-bit words, carries brought round, inverted; odd bytes are padded with zero."""
    padded = data + b"\0" * (len(data) % 2)
    total = sum(memoryview(padded).cast("H")) if len(padded) else 0
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~((total & 0xFF) << 8 | total >> 8) & 0xFFFF


def checksum(branch: Branch, field: str, at: int, covered: bytes | None, why: str = "") -> None:
    """A checksum and its status. `covered` are the bytes it stands for, itself included, None where they are not all
    there; `why` are words for not having looked."""
    value = branch.u16(at)
    if covered is None:
        branch.add(f"Checksum: 0x{value:04x} [unverified]{why}", field, value, at, 2)
        branch.computed("Checksum Status: Unverified", f"{field}.status", 2)
        return
    error = ones_complement(covered)
    if not error:
        branch.add(f"Checksum: 0x{value:04x} [correct]", field, value, at, 2)
        branch.computed("Checksum Status: Good", f"{field}.status", 1)
        return
    right = _corrected(value, error)
    below = branch.add(f"Checksum: 0x{value:04x} incorrect, should be 0x{right:04x}", field, value, at, 2)
    expert(below, "Warning", "Checksum", f"Bad checksum [should be 0x{right:04x}]", f"{field}_bad")
    branch.computed("Checksum Status: Bad", f"{field}.status", 0)


def _corrected(value: int, error: int) -> int:
    """The checksum that would have made the sum come out, given the inverted sum with the one that stands there."""
    right = value + error
    return (right & 0xFFFF) + (right >> 16)
