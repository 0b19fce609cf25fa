"""IPv6 routing headers (RFC 2460 4.4, 6275 6.4, 6554, 8754)."""

from __future__ import annotations

from ..protocols.ipprotocols import name as protocol_name
from ..protocols.text import ipv6
from .branch import DEC, HEX, Branch, View
from .expert import expert

_TYPES = {0: "Source Route", 1: "Nimrod", 2: "Type 2 Routing", 3: "RPL Source Route", 4: "Segment Routing",
          5: "Compact Routing Header 16", 6: "Compact Routing Header 32", 253: "Experiment 1",
          254: "Experiment 2"}  # fmt: skip


def routing(parent: Branch, view: View) -> tuple[int, View]:
    """The header as a line of the IPv6 header's branch; the next header's number, and what is behind."""
    at = view.at
    here = Branch(parent.walk, view, parent.node)
    size = 8 * (here.u8(at + 1) + 1)
    kind = here.u8(at + 2)
    branch = here.add(f"Routing Header for IPv6 ({_TYPES.get(kind, 'Unknown')})", "ipv6.routing", None, at, size)
    branch = branch.within(at, at + size)
    following = branch.uint("ipv6.routing.nxt", "Next Header", at, 1, DEC, protocol_name)
    branch.uint("ipv6.routing.len", "Length", at + 1, 1)
    branch.add(f"[Length: {size} bytes]", "ipv6.routing.len_oct", size, at + 1, 1)
    below = branch.add(f"Type: {_TYPES.get(kind, 'Unknown')} ({kind})", "ipv6.routing.type", kind, at + 2, 1)
    if kind in (0, 1):
        expert(below, "Note", "Deprecated", "Routing header type is deprecated", "ipv6.routing.deprecated")
    branch.uint("ipv6.routing.segleft", "Segments Left", at + 3, 1)
    reader = _READERS.get(kind)
    if reader is not None:
        reader(branch, at, size)
    elif size > 4:
        branch.blob("ipv6.routing.unknown_data", "Type-Specific Data", at + 4, size - 4)
    return following, view.sub(at + size)


def _addresses(branch: Branch, field: str, at: int, end: int, first: int) -> None:
    for number, place in enumerate(range(at, end - 15, 16), first):
        address = ipv6(branch.raw(place, 16))
        branch.add(f"Address[{number}]: {address}", field, address, place, 16)


def _source(branch: Branch, at: int, size: int) -> None:
    branch.blob("ipv6.routing.src.reserved", "Reserved", at + 4, 4)
    _addresses(branch, "ipv6.routing.src.addr", at + 8, at + size, 1)


def _mobile(branch: Branch, at: int, size: int) -> None:
    branch.blob("ipv6.routing.mipv6.reserved", "Reserved", at + 4, 4)
    _addresses(branch, "ipv6.routing.mipv6.home_address", at + 8, min(at + 24, at + size), 1)


def _segments(branch: Branch, at: int, size: int) -> None:
    last = branch.uint("ipv6.routing.srh.last_entry", "Last Entry", at + 4, 1)
    branch.uint("ipv6.routing.srh.flags", "Flags", at + 5, 1, HEX)
    branch.blob("ipv6.routing.srh.tag", "Tag", at + 6, 2)
    end = min(at + 8 + 16 * (last + 1), at + size)
    _addresses(branch, "ipv6.routing.srh.addr", at + 8, end, 0)


def _rpl(branch: Branch, at: int, size: int) -> None:
    """RFC 6554: addresses without the octets that they share with the header's destination."""
    inner = branch.bits("ipv6.routing.rpl.cmprI", "Compressed Internal Octets (CmprI)", at + 4, 4, 0xF0000000)
    final = branch.bits("ipv6.routing.rpl.cmprE", "Compressed Final Octets (CmprE)", at + 4, 4, 0x0F000000)
    pad = branch.bits("ipv6.routing.rpl.pad", "Padding Bytes", at + 4, 4, 0x00F00000)
    branch.bits("ipv6.routing.rpl.reserved", "Reserved", at + 4, 4, 0x000FFFFF)
    count = (size - 8 - pad - (16 - final)) // (16 - inner) + 1
    branch.computed(f"Total Address Count: {count}", "ipv6.routing.rpl.addr_count", count)
    shared = branch.walk.addresses[16:]
    place = at + 8
    for number in range(1, max(0, count) + 1):
        left_out = final if number == count else inner
        raw = branch.raw(place, 16 - left_out)
        branch.add(f"Address[{number}]: {raw.hex()}", "ipv6.routing.rpl.address", raw.hex(":"), place, 16 - left_out)
        if len(shared) == 16:
            text = ipv6(shared[:left_out] + raw)
            branch.add(f"[Full Address[{number}]: {text}]", "ipv6.routing.rpl.full_address", text, place, 16 - left_out)
        place += 16 - left_out


_READERS = {0: _source, 2: _mobile, 3: _rpl, 4: _segments}
