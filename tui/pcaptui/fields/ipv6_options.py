"""Options of IPv6's hop-by-hop and destination headers (RFC 8200 4.2, 2473, 2675, 2711, 4782, 6275, 6553, 9268)."""

from __future__ import annotations

from .branch import HEX, Branch, View
from .expert import expert
from .ipv4_options import QUICK, RATES
from .words import bit_pattern

_TYPES = {
    0: "Pad1", 1: "PadN", 4: "Tunnel Encapsulation Limit", 5: "Router Alert", 7: "CALIPSO", 8: "SMF_DPD",
    15: "Performance and Diagnostic Metrics", 30: "Experimental (0x1E)", 38: "Quick-Start", 48: "Path MTU Option",
    49: "IOAM Option", 62: "Experimental (0x3E)", 65: "Tunnel Payload Forwarding (TPF) Information",
    94: "Experimental (0x5E)", 99: "RPL Option", 109: "MPL Option", 126: "Experimental (0x7E)",
    138: "Endpoint Identification", 139: "ILNP Nonce", 140: "Line-Identification Option", 158: "Experimental (0x9E)",
    190: "Experimental (0xBE)", 194: "Jumbo Payload", 201: "Home Address", 222: "Experimental (0xDE)", 238: "IP_DFF",
    254: "Experimental (0xFE)",
}  # fmt: skip
_ACTIONS = {
    0: "Skip and continue",
    1: "Discard",
    2: "Discard and send ICMP",
    3: "Discard and send ICMP if not multicast",
}
_ALERTS = {0: "MLD", 1: "RSVP", 2: "Active Network"}
_EXPERIMENTAL = frozenset((0x1E, 0x3E, 0x5E, 0x7E, 0x9E, 0xBE, 0xDE, 0xFE))
PAD1, PADN, JUMBO = 0, 1, 0xC2
MAX_OPTIONS = 256


def jumbo_length(view: View) -> int:
    """The length in a jumbo payload option of the hop-by-hop header behind the IPv6 header at the view's start."""
    at = view.at + 40
    data, end = view.data, min(view.end, view.at + 48 + 8 * view.data[at + 1] if view.end > at + 1 else 0)
    place = at + 2
    while place + 2 <= end:
        if data[place] == PAD1:
            place += 1
        elif data[place] == JUMBO and place + 6 <= end:
            return int.from_bytes(data[place + 2 : place + 6], "big")
        else:
            place += 2 + data[place + 1]
    return 0


def options(branch: Branch, at: int, end: int, header: Branch) -> None:
    """All options between `at` and `end`, lines of the extension header's branch; `header` is the IPv6 header's."""
    place = at
    for _ in range(MAX_OPTIONS):
        if place >= end:
            return
        kind = branch.u8(place)
        name = _TYPES.get(kind, f"Unknown IPv6 Option ({kind})")
        if kind == PAD1:
            one = branch.add("Pad1", "ipv6.opt", None, place, 1)
            _type(one, place)
            place += 1
            continue
        size = branch.u8(place + 1)
        one = branch.add(name, "ipv6.opt", None, place, 2 + size)
        _type(one, place)
        one.uint("ipv6.opt.length", "Length", place + 1, 1)
        inside = one.within(place, place + 2 + size)
        _value(inside, kind, place + 2, size, header)
        place += 2 + size


def _type(one: Branch, at: int) -> None:
    below = one.add(
        f"Type: {_TYPES.get(one.u8(at), 'Unknown')} (0x{one.u8(at):02x})", "ipv6.opt.type", one.u8(at), at, 1
    )
    below.bits("ipv6.opt.type.action", "Action", at, 1, 0xC0, names=_ACTIONS)
    below.flag("ipv6.opt.type.change", "May Change", at, 1, 0x20, "Yes", "No")
    below.bits("ipv6.opt.type.rest", "Low-Order Bits", at, 1, 0x1F, HEX)


def _value(one: Branch, kind: int, at: int, size: int, header: Branch) -> None:
    if kind == PADN:
        raw = one.raw(at, size)
        one.add(f"PadN: {raw.hex() if size else '<none>'}", "ipv6.opt.padn", raw.hex(":"), at, size)
    elif kind == 5 and size >= 2:
        one.uint("ipv6.opt.router_alert", "Router Alert", at, 2, names=_ALERTS, unknown="Unassigned")
    elif kind == JUMBO and size >= 4:
        one.uint("ipv6.opt.jumbo", "Payload Length", at, 4)
    elif kind == 0xC9 and size >= 16:
        one.ipv6("ipv6.opt.mipv6.home_address", "MIPv6 Home Address", at)
    elif kind == 4 and size >= 1:
        one.uint("ipv6.opt.tel", "Tunnel Encapsulation Limit", at, 1)
    elif kind == 38 and size >= 6:
        _quick_start(one, at, header)
    elif kind == 99 and size >= 4:
        _rpl(one, at)
    elif kind == 48 and size >= 4:
        one.uint("ipv6.opt.pmtu.min", "Minimum Reported PMTU", at, 2)
        one.bits("ipv6.opt.pmtu.rtn", "Return Minimum PMTU", at + 2, 2, 0xFFFE)
        one.flag("ipv6.opt.pmtu.r_flag", "Return Flag", at + 2, 2, 1)
    elif kind == 140 and size >= 1:
        length = one.uint("ipv6.opt.lio.length", "LineIDLen", at, 1)
        one.string("ipv6.opt.lio.line_id", "Line ID", at + 1, min(length, size - 1))
    elif kind == 139 and size:
        one.blob("ipv6.opt.ilnp_nonce", "ILNP Nonce", at, size)
    elif kind in _EXPERIMENTAL and size:
        one.blob("ipv6.opt.experimental", "Experimental Option", at, size)
    elif size:
        raw = one.blob("ipv6.opt.unknown", "Unknown Option Payload", at, size)
        if raw:
            expert(one, "Note", "Undecoded", "Unknown Data (not interpreted)", "ipv6.opt.unknown_data.expert")


def _rpl(one: Branch, at: int) -> None:
    flags = one.u8(at)
    words = [name for mask, name in ((0x80, "Down"), (0x40, "Rank Error"), (0x20, "Forwarding Error")) if flags & mask]
    below = one.add(", ".join([f"Flag: 0x{flags:02x}", *words]), "ipv6.opt.rpl.flag", flags, at, 1)
    below.flag("ipv6.opt.rpl.flag.o", "Down", at, 1, 0x80, "True", "False")
    below.flag("ipv6.opt.rpl.flag.r", "Rank Error", at, 1, 0x40, "True", "False")
    below.flag("ipv6.opt.rpl.flag.f", "Forwarding Error", at, 1, 0x20, "True", "False")
    below.bits("ipv6.opt.rpl.flag.rsv", "Reserved", at, 1, 0x1F, HEX)
    one.uint("ipv6.opt.rpl.instance_id", "RPLInstanceID", at + 1, 1, HEX)
    one.uint("ipv6.opt.rpl.sender_rank", "Sender Rank", at + 2, 2, HEX)


def _quick_start(one: Branch, at: int, header: Branch) -> None:
    function = one.bits("ipv6.opt.qs_func", "Function", at, 1, 0xF0, names=QUICK)
    one.bits("ipv6.opt.qs_rate", "Rate", at, 1, 0x0F, names=RATES)
    if function == 0:
        ttl = one.uint("ipv6.opt.qs_ttl", "QS TTL", at + 1, 1)
        difference = (header.u8(header.view.at + 7) - ttl) % 256
        one.computed(f"TTL Diff: {difference}", "ipv6.opt.qs_ttl_diff", difference)
    else:
        one.uint("ipv6.opt.qs_unused", "Not Used", at + 1, 1)
    nonce = one.u32(at + 2)
    one.add(f"{bit_pattern(nonce, 0xFFFFFFFC, 32)} = QS Nonce: 0x{nonce >> 2:08x}", "ipv6.opt.qs_nonce", nonce >> 2,
            at + 2, 4)  # fmt: skip
    one.add(f"{bit_pattern(nonce, 3, 32)} = Reserved: 0x{nonce & 3:04x}", "ipv6.opt.qs_reserved", nonce & 3, at + 2, 4)
