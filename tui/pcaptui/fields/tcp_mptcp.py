"""Multipath TCP options (RFC 6824, RFC 8684 section 3)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..protocols.tcp_option_names import KINDS
from .branch import HEX, Branch
from .words import bit_pattern

if TYPE_CHECKING:
    from .tcp_options import Options

SUBTYPES = {
    0: "Multipath Capable", 1: "Join Connection", 2: "Data Sequence Signal", 3: "Add Address", 4: "Remove Address",
    5: "Change Subflow Priority", 6: "TCP Fallback", 7: "Fast Close", 8: "TCP Reset",
}  # fmt: skip
_P = "tcp.options.mptcp."
_SYN, _ACK = 2, 16
Build = Callable[[Branch, int, int, "Options"], None]


def mptcp(made: Options, at: int, size: int) -> None:
    """The option of `size` bytes at `at`; only a long enough one is named in the summary."""
    branch = made.branch
    subtype = branch.u8(at + 2) >> 4 if size > 2 else -1
    if subtype != 6 and size > 3:
        branch.suffix(", MPTCP")
    word = SUBTYPES.get(subtype, f"Unknown ({subtype})")
    label = (
        f"Multipath Transmission Control Protocol: {word}"
        if subtype >= 0
        else "Multipath Transmission Control Protocol"
    )
    line = branch.add(label, "mptcp", None, at, size)
    line.uint("tcp.option_kind", "Kind", at, 1, names=KINDS)
    line.uint("tcp.option_len", "Length", at + 1, 1)
    if subtype < 0:
        return
    line.bits(f"{_P}subtype", "Multipath TCP subtype", at + 2, 1, 0xF0, names=SUBTYPES)
    build = _BUILDERS.get(subtype)
    if build is not None and size > 3:
        build(line, at, size, made)


def _number(line: Branch, field: str, name: str, at: int, size: int) -> int:
    return line.uint(f"{_P}{field}", name, at, size)


def _capable(line: Branch, at: int, size: int, made: Options) -> None:
    version = line.bits(f"{_P}version", "Multipath TCP version", at + 2, 1, 0x0F)
    flags = line.uint(f"{_P}flags", "Multipath TCP flags", at + 3, 1, HEX)
    below = Branch(line.walk, line.view, line.node.children[-1])
    below.bits(f"{_P}checksumreq.flags", "Checksum required", at + 3, 1, 0x80)
    below.bits(f"{_P}extensibility.flag", "Extensibility", at + 3, 1, 0x40)
    if version:
        text = "Do not attempt to establish new subflows to this address and port"
        below.bits(f"{_P}nomoresubflows.flag", text, at + 3, 1, 0x20)
        below.bits(f"{_P}sha256.flag", "Use HMAC-SHA256", at + 3, 1, 0x01)
        _reserved(below, at + 3, flags, 0x1E, 1)
    else:
        below.bits(f"{_P}sha1.flag", "Use HMAC-SHA1", at + 3, 1, 0x01)
        _reserved(below, at + 3, flags, 0x3E, 2)
    if size >= 12:
        _number(line, "sendkey", "Sender's Key", at + 4, 8)
        _key(line, line.raw(at + 4, 8), version)
    if size >= 20:
        _number(line, "recvkey", "Receiver's Key", at + 12, 8)
    if size >= 22:
        _number(line, "datalvllen", "Data-level Length", at + 20, 2)
    if size >= 24:
        line.uint(f"{_P}checksum", "Checksum", at + 22, 2, HEX)


def _reserved(below: Branch, at: int, flags: int, mask: int, digits: int) -> None:
    value = (flags & mask) >> 1
    text = f"{bit_pattern(flags, mask, 8)} = Reserved: 0x{value:0{digits}x}"
    below.add(text, f"{_P}reserved.flag", value, at, 1)


def _key(line: Branch, key: bytes, version: int) -> None:
    """Token and initial data sequence number are parts of the key's hash (RFC 8684 section 3.1)."""
    digest = (hashlib.sha256(key) if version else hashlib.sha1(key, usedforsecurity=False)).digest()
    token, number = int.from_bytes(digest[:4]), int.from_bytes(digest[-8:])
    line.computed(f"Subflow token generated from key: {token}", "mptcp.expected_token", token)
    line.computed(f"Subflow expected IDSN: {number} (64bits version)", "mptcp.expected_idsn", number)


def _join(line: Branch, at: int, size: int, made: Options) -> None:
    if size in (12, 16):
        line.uint(f"{_P}flags", "Multipath TCP flags", at + 2, 1, HEX)
        line.bits(f"{_P}backup.flag", "Backup flag", at + 2, 1, 0x01)
        _number(line, "addrid", "Address ID", at + 3, 1)
        if size == 12:
            _number(line, "recvtok", "Receiver's Token", at + 4, 4)
            _number(line, "sendrand", "Sender's Random Number", at + 8, 4)
        else:
            _number(line, "sendtrunchmac", "Sender's Truncated HMAC", at + 4, 8)
            _number(line, "sendrand", "Sender's Random Number", at + 12, 4)
    elif size == 24:
        line.blob(f"{_P}sendhmac", "Sender's HMAC", at + 4, 20)


def _signal(line: Branch, at: int, size: int, made: Options) -> None:
    flags = line.uint(f"{_P}flags", "Multipath TCP flags", at + 3, 1, HEX)
    below = Branch(line.walk, line.view, line.node.children[-1])
    for mask, field, name in (
        (0x10, "datafin", "DATA_FIN"), (0x08, "dseqn8", "Data Sequence Number is 8 octets"),
        (0x04, "dseqnpresent",
         "Data Sequence Number, Subflow Sequence Number, Data-level Length, Checksum present"),
        (0x02, "dataack8", "Data ACK is 8 octets"), (0x01, "dataackpresent", "Data ACK is present"),
    ):  # fmt: skip
        below.bits(f"{_P}{field}.flag", name, at + 3, 1, mask)
    here, end = at + 4, at + size
    if flags & 1 and here + (8 if flags & 2 else 4) <= end:
        width = 8 if flags & 2 else 4
        value = line.number(here, width)
        text = f"Original MPTCP Data ACK: {value}" + (" (64bits)" if width == 8 else "")
        line.add(text, f"{_P}rawdataack", value, here, width)
        here += width
    width = 8 if flags & 8 else 4
    if flags & 4 and here + width + 6 <= end:
        value = line.number(here, width)
        text = f"Data Sequence Number: {value}  ({8 * width}bits version)"
        line.add(text, f"{_P}rawdataseqno", value, here, width)
        _number(line, "subflowseqno", "Subflow Sequence Number", here + width, 4)
        _number(line, "datalvllen", "Data-level Length", here + width + 4, 2)
        if here + width + 8 <= end:
            line.uint(f"{_P}checksum", "Checksum", here + width + 6, 2, HEX)


def _add_address(line: Branch, at: int, size: int, made: Options) -> None:
    version = line.u8(at + 2) & 0x0F
    if version in (4, 6):
        line.bits(f"{_P}ipver", "IP version", at + 2, 1, 0x0F)
    else:
        line.bits(f"{_P}echo", "Echo", at + 2, 1, 0x01)
    _number(line, "addrid", "Address ID", at + 3, 1)
    here, end = at + 4, at + size
    if end - here >= 24 or (end - here) in (16, 18):
        line.ipv6(f"{_P}ipv6", "Advertised IPv6 Address", here)
        here += 16
    elif end - here >= 4:
        line.ipv4(f"{_P}ipv4", "Advertised IPv4 Address", here)
        here += 4
    if end - here in (2, 10):
        _number(line, "port", "Advertised port", here, 2)
        here += 2
    if end - here == 8:
        _number(line, "addaddrtrunchmac", "Truncated HMAC", here, 8)


def _remove_address(line: Branch, at: int, size: int, made: Options) -> None:
    line.computed(f"Number of removed addresses: {size - 3}", "mptcp.rm_addr.count", size - 3)
    for place in range(at + 3, at + size):
        _number(line, "addrid", "Address ID", place, 1)


def _priority(line: Branch, at: int, size: int, made: Options) -> None:
    line.bits(f"{_P}backup.flag", "Backup flag", at + 2, 1, 0x01)
    _number(line, "addrid", "Address ID", at + 3, 1)


def _twelve(line: Branch, at: int) -> None:
    value = line.u16(at)
    text = f"{bit_pattern(value, 0x0FFF, 16)} = Reserved: 0x{value & 0xFFF:03x}"
    line.add(text, f"{_P}reserved", value & 0xFFF, at, 2)


def _fallback(line: Branch, at: int, size: int, made: Options) -> None:
    _twelve(line, at + 2)
    if size == 12:
        _number(line, "rawdataseqno", "Data Sequence Number", at + 4, 8)


def _fast_close(line: Branch, at: int, size: int, made: Options) -> None:
    _twelve(line, at + 2)
    if size == 12:
        _number(line, "recvkey", "Receiver's Key", at + 4, 8)


_BUILDERS: dict[int, Build] = {
    0: _capable, 1: _join, 2: _signal, 3: _add_address, 4: _remove_address, 5: _priority, 6: _fallback, 7: _fast_close,
}  # fmt: skip
