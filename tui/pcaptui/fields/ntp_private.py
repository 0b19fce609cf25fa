"""ntpdc's private messages, mode 7: the monitoring lists that amplification attacks ask for, and some others."""

from __future__ import annotations

from ..protocols.ntp import REQUESTS
from .branch import HEX, Branch
from .ntp_private_items import describe
from .ntp_words import IMPLEMENTATIONS, MODES, PRIVATE_ERRORS, VERSIONS

P = "ntp.priv."
PEER_LIST, MONLISTS = 0, (20, 42)


def private(branch: Branch, at: int, end: int) -> None:
    first = branch.u8(at)
    response = bool(first & 0x80)
    words = f"Response bit: {'Response' if response else 'Request'}, Version number: {VERSIONS[first >> 3 & 7]}"
    below = branch.add(f"Flags: 0x{first:02x}, {words}, Mode: {MODES[first & 7]}", "ntp.flags", first, at, 1)
    below.bits(f"{P}flags.r", "Response bit", at, 1, 0x80, names={0: "Request", 1: "Response"})
    below.bits(f"{P}flags.more", "More bit", at, 1, 0x40)
    below.bits("ntp.flags.vn", "Version number", at, 1, 0x38, names=VERSIONS)
    below.bits("ntp.flags.mode", "Mode", at, 1, 0x07, names=MODES)
    sequence = branch.u8(at + 1)
    below = branch.add(f"Auth, sequence: {sequence}", f"{P}auth_seq", sequence, at + 1, 1)
    below.bits(f"{P}auth", "Auth bit", at + 1, 1, 0x80)
    below.bits(f"{P}seq", "Sequence number", at + 1, 1, 0x7F)
    branch.uint(f"{P}impl", "Implementation", at + 2, 1, names=IMPLEMENTATIONS)
    request = branch.uint(f"{P}reqcode", "Request code", at + 3, 1, names=REQUESTS)
    error, reserved = branch.u8(at + 4) >> 4, branch.u8(at + 6) >> 4
    words = f"{PRIVATE_ERRORS.get(error, 'Unknown')} (0x{error:02x})"
    branch.add(f"{error:04b} .... = Err: {words}", f"{P}err", error, at + 4, 1)
    count = _twelve(branch, f"{P}numitems", "Number of data items", at + 4)
    branch.add(f"{reserved:04b} .... = Reserved: 0x{reserved:02x}", f"{P}reserved", reserved, at + 6, 1)
    size = _twelve(branch, f"{P}itemsize", "Size of data item", at + 6)
    at += 8
    for _ in range(count if size else 0):
        _item(branch, at, size, request, response)
        at += size


def _twelve(branch: Branch, field: str, name: str, at: int) -> int:
    value = branch.u16(at) & 0xFFF
    bits = f"{value:012b}"
    branch.add(f".... {bits[:4]}  {bits[4:8]} {bits[8:]} = {name}: {value}", field, value, at, 2)
    return value


def _item(branch: Branch, at: int, size: int, request: int, response: bool) -> None:
    branch.raw(at, size)
    name = f"{REQUESTS.get(request, 'Unknown')} Item"
    item = branch.add(name, f"{P}mode7.item", name, at, size)
    if request in MONLISTS and response and size >= (24 if request == 20 else 32):
        _monitored(item, at, size, request)
    elif response or request == PEER_LIST:
        describe(item, at, size, request)


def _monitored(item: Branch, at: int, size: int, request: int) -> None:
    """A host that asked, and how often. The older form lacks what came in by which address."""
    field = f"{P}monlist."
    start = at
    item.uint(f"{field}avgint", "avgint", at, 4)
    item.uint(f"{field}lsint", "lsint", at + 4, 4)
    item.uint(f"{field}restr", "restr", at + 8, 4, HEX)
    item.uint(f"{field}count", "count", at + 12, 4)
    address = item.ipv4(f"{field}remote_address", "remote address", at + 16)
    at += 20
    if request == 42:
        item.ipv4(f"{field}local_address", "local address", at)
        at += 4
        item.uint(f"{field}flags", "flags", at, 4, HEX)
        at += 4
    port = item.uint(f"{field}port", "port", at, 2)
    item.uint(f"{field}mode", "mode", at + 2, 1)
    item.uint(f"{field}version", "version", at + 3, 1)
    item.label(f"Monlist item: address: {address}:{port}")
    item.node.value = f"{address}:{port}"
    at += 4
    left = start + size - at
    six = item.uint(f"{field}ipv6", "ipv6", at, 4, HEX) if left >= 4 else 0
    if left >= 8:
        item.uint(f"{field}unused", "unused", at + 4, 4, HEX)
    if six and left >= 24:
        item.ipv6(f"{field}addr6", "ipv6 remote addr", at + 8)
    if six and left >= 40:
        item.ipv6(f"{field}daddr6", "ipv6 local addr", at + 24)
