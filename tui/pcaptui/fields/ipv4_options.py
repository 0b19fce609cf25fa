"""The options of an IPv4 header (RFC 791, 1063, 1108, 1393, 2113, 4782)."""

from __future__ import annotations

from ..protocols.text import ipv4
from .branch import HEX, Branch
from .expert import expert
from .words import bit_pattern

_NUMBERS = {
    0: "End of Option List (EOL)", 1: "No-Operation (NOP)", 2: "Security", 3: "Loose source route", 4: "Time stamp",
    5: "Extended security", 6: "Commercial IP security option", 7: "Record route", 8: "Stream identifier",
    9: "Strict source route", 10: "Experimental Measurement", 11: "MTU probe", 12: "MTU Reply",
    13: "Experimental Flow Control", 14: "Experimental Access Control", 15: "ENCODE", 16: "IMI Traffic Descriptor",
    17: "Extended Internet Protocol", 18: "Traceroute", 19: "Address Extension", 20: "Router Alert",
    21: "Selective Directed Broadcast", 23: "Dynamic Packet State", 24: "Upstream Multicast Packet",
    25: "Quick-Start", 30: "RFC3692-style Experiment",
}  # fmt: skip
_CLASSES = {0: "Control", 1: "Reserved for future use", 2: "Debugging and measurement", 3: "Reserved for future use"}
_OPTIONS = {
    0x82: ("Security", "security"), 0x83: ("Loose Source Route", "route"), 0x44: ("Time Stamp", "timestamp"),
    0x85: ("Extended Security", "ext_security"), 0x86: ("Commercial Security", "cipso"),
    0x07: ("Record Route", "record_route"), 0x88: ("Stream ID", "sid"), 0x89: ("Strict Source Route", "source_route"),
    0x0B: ("MTU Probe", "mtu_probe"), 0x0C: ("MTU Reply", "mtu_reply"), 0x52: ("Traceroute", "traceroute"),
    0x94: ("Router Alert", "routeralert"), 0x95: ("Selective Directed Broadcast", "sdb"), 0x19: ("Quick-Start", "qs"),
}  # fmt: skip
_SINGLE = {0: ("End of Options List (EOL)", "eol"), 1: ("No-Operation (NOP)", "nop")}
_LEVELS = {0x01: "Reserved 4", 0x3D: "Top secret", 0x5A: "Secret", 0x96: "Confidential", 0x66: "Reserved 3",
           0xCC: "Reserved 2", 0xAB: "Unclassified", 0xF1: "Reserved 1"}  # fmt: skip
_FLAGS = {0: "Time stamps only", 1: "Time stamp and address", 3: "Time stamps for prespecified addresses"}
_AUTHORITIES = ((0x80, "genser", "GENSER"), (0x40, "siop_esi", "SIOP-ESI"), (0x20, "sci", "SCI"), (0x10, "nsa", "NSA"),
                (0x08, "doe", "DOE"))  # fmt: skip
PROTECTED = "Datagram protected in accordance with its rules"
UNPROTECTED = "Datagram not protected in accordance with its rules"
QUICK = {0: "Rate request", 8: "Rate report"}
RATES = {0: "0 bit/s", **{n: f"{40 << n} kbit/s" for n in range(1, 5)}, 5: "1.28 Mbit/s", 6: "2.56 Mbit/s",
         7: "5.12 Mbit/s", 8: "10.24 Mbit/s", 9: "20.48 Mbit/s", 10: "40.96 Mbit/s", 11: "81.92 Mbit/s",
         12: "163.84 Mbit/s", 13: "327.68 Mbit/s", 14: "655.36 Mbit/s", 15: "1.31072 Gbit/s"}  # fmt: skip
MAX_OPTIONS = 40


def options(parent: Branch, at: int, end: int, final: int | None) -> None:
    """All options between `at` and `end`; `final` is where a source route's last address stands."""
    branch = parent.add(f"Options: ({end - at} bytes)", "", None, at, end - at)
    place = at
    for _ in range(MAX_OPTIONS):
        if place >= end:
            return
        kind = branch.u8(place)
        if kind in _SINGLE:
            name, field = _SINGLE[kind]
            one = branch.add(f"IP Option - {name}", f"ip.options.{field}", f"{kind:02x}", place, 1)
            _type(one, place)
            if kind == 0:
                return
            place += 1
            continue
        name, field = _OPTIONS.get(kind, (f"Unknown (0x{kind:02x})", ""))
        if place + 1 >= end:
            _bad(branch, place, 1, f"{name} (length byte past end of options)")
            return
        size = branch.u8(place + 1)
        if size < 2:
            _bad(branch, place, 2, f"{name} (with too-short option length = {size} bytes)")
            return
        if place + size > end:
            _bad(branch, place, min(size, end - place),
                 f"{name} (option length = {size} bytes says option goes past end of options)")  # fmt: skip
            return
        _one(branch, kind, name, field, place, size, final)
        place += size


def _bad(branch: Branch, at: int, size: int, words: str) -> None:
    expert(branch.add(words, "", None, at, size), "Warning", "Protocol", words, "ip.opt.len.invalid")


def _one(branch: Branch, kind: int, name: str, field: str, at: int, size: int, final: int | None) -> None:
    count = f"({size} bytes)"
    if not field:
        branch.add(f"{name} {count}", "", None, at, size)
        return
    branch.suffix(f", {name}")
    one = branch.add(f"IP Option - {name} {count}", f"ip.options.{field}", branch.raw(at, size).hex(":"), at, size)
    one = one.within(branch.view.at, at + size)
    _type(one, at)
    one.uint("ip.opt.len", "Length", at + 1, 1)
    reader = _READERS.get(kind)
    if reader is not None and size > 2:
        reader(one, at, size, final)


def _type(one: Branch, at: int) -> None:
    value = one.u8(at)
    below = one.add(f"Type: {value}", "ip.opt.type", value, at, 1)
    below.flag("ip.opt.type.copy", "Copy on fragmentation", at, 1, 0x80, "Yes", "No")
    below.bits("ip.opt.type.class", "Class", at, 1, 0x60, names=_CLASSES)
    below.bits("ip.opt.type.number", "Number", at, 1, 0x1F, names=_NUMBERS)


def _route(one: Branch, at: int, size: int, final: int | None) -> None:
    """Addresses before the pointer were visited. The last one of a source route stands with the addresses."""
    pointer = one.uint("ip.opt.ptr", "Pointer", at + 2, 1)
    is_record = one.u8(at) == 0x07
    for offset in range(3, size - 3, 4):
        place = at + offset
        address = ipv4(one.raw(place, 4))
        mark = " <- (next)" if offset + 1 == pointer else ""
        if not is_record and place == final:
            one.add(f"Destination Address: {address}", "ip.dst", address, place, 4)
        elif is_record and offset + 1 >= pointer:
            one.add(f"Empty Route: {address}{mark}", "ip.empty_rt", address, place, 4)
        elif offset + 1 < pointer:
            one.add(f"Recorded Route: {address}", "ip.rec_rt", address, place, 4)
        else:
            one.add(f"Source Route: {address}{mark}", "ip.src_rt", address, place, 4)


def _time(one: Branch, at: int, size: int, final: int | None) -> None:
    one.uint("ip.opt.ptr", "Pointer", at + 2, 1)
    one.bits("ip.opt.overflow", "Overflow", at + 3, 1, 0xF0)
    flag = one.bits("ip.opt.flag", "Flag", at + 3, 1, 0x0F, HEX, _FLAGS)
    step = 8 if flag in (1, 3) else 4
    place = at + 4
    while place + step <= at + size:
        if step == 8:
            one.ipv4("ip.opt.time_stamp_addr", "Address", place)
        one.uint("ip.opt.time_stamp", "Time stamp", place + step - 4, 4)
        place += step
    if place < at + size:
        text = "Suboption would go past end of option"
        expert(one.add(text, "", None, place, at + size - place), "Warning", "Protocol", text, "ip.subopt_too_long")


def _security(one: Branch, at: int, size: int, final: int | None) -> None:
    one.uint("ip.opt.sec_cl", "Classification Level", at + 2, 1, HEX, _LEVELS)
    for place in range(at + 3, at + size):
        flags = one.u8(place)
        first = place == at + 3
        words = [name for mask, _, name in _AUTHORITIES if first and flags & mask]
        words += ["Field Termination Indicator"] if flags & 1 else []
        below = one.add(", ".join([f"Protection Authority Flags: 0x{flags:02x}", *words]),
                        "ip.opt.sec_prot_auth_flags", flags, place, 1)  # fmt: skip
        for mask, field, name in _AUTHORITIES if first else ():
            below.flag(f"ip.opt.sec_prot_auth_{field}", name, place, 1, mask, PROTECTED, UNPROTECTED)
        below.bits("ip.opt.sec_prot_auth_unassigned", "Unassigned", place, 1, 0x06 if first else 0xFE, HEX)
        below.flag("ip.opt.sec_prot_auth_fti", "Field Termination Indicator", place, 1, 1, "Additional octet present",
                   "Final octet")  # fmt: skip
        if not flags & 1:
            return


def _extended_security(one: Branch, at: int, size: int, final: int | None) -> None:
    one.uint("ip.opt.ext_sec_add_sec_info_format_code", "Additional Security Info Format Code", at + 2, 1, HEX)
    if size > 3:
        one.blob("ip.opt.ext_sec_add_sec_info", "Additional Security Info", at + 3, size - 3)


def _stream(one: Branch, at: int, size: int, final: int | None) -> None:
    one.uint("ip.opt.sid", "Stream Identifier", at + 2, 2)


def _mtu(one: Branch, at: int, size: int, final: int | None) -> None:
    one.uint("ip.opt.mtu", "MTU", at + 2, 2)


def _alert(one: Branch, at: int, size: int, final: int | None) -> None:
    value = one.u16(at + 2)
    words = f"{'Reserved' if value else 'Router shall examine packet'} ({value})"
    one.suffix(f": {words}")
    one.add(f"Router Alert: {words}", "ip.opt.ra", value, at + 2, 2)


def _traceroute(one: Branch, at: int, size: int, final: int | None) -> None:
    one.uint("ip.opt.id_number", "ID Number", at + 2, 2)
    one.uint("ip.opt.ohc", "Outbound Hop Count", at + 4, 2)
    one.uint("ip.opt.rhc", "Return Hop Count", at + 6, 2)
    one.ipv4("ip.opt.originator", "Originator IP Address", at + 8)


def _broadcast(one: Branch, at: int, size: int, final: int | None) -> None:
    for place in range(at + 2, at + size - 3, 4):
        one.ipv4("ip.opt.addr", "IP Address", place)


def _quick_start(one: Branch, at: int, size: int, final: int | None) -> None:
    function = one.bits("ip.opt.qs_func", "Function", at + 2, 1, 0xF0, names=QUICK)
    words = f": {QUICK.get(function, 'Unknown')} ({function}), {RATES[one.u8(at + 2) & 15]}"
    one.bits("ip.opt.qs_rate", "Rate", at + 2, 1, 0x0F, names=RATES)
    if function == 0:
        ttl = one.uint("ip.opt.qs_ttl", "QS TTL", at + 3, 1)
        difference = (one.data[one.view.at + 8] - ttl) % 256 if one.view.at + 8 < one.end else 0
        one.computed(f"TTL Diff: {difference}", "ip.opt.qs_ttl_diff", difference)
        words += f", QS TTL {ttl}, QS TTL diff {difference}"
    one.suffix(words)
    nonce = one.u32(at + 4)
    one.add(f"{bit_pattern(nonce, 0xFFFFFFFC, 32)} = QS Nonce: 0x{nonce >> 2:08x}", "ip.opt.qs_nonce", nonce >> 2,
            at + 4, 4)  # fmt: skip
    one.add(f"{bit_pattern(nonce, 3, 32)} = Reserved: 0x{nonce & 3:x}", "ip.opt.qs_reserved", nonce & 3, at + 4, 4)


_READERS = {0x07: _route, 0x83: _route, 0x89: _route, 0x44: _time, 0x82: _security, 0x85: _extended_security,
            0x88: _stream, 0x0B: _mtu, 0x0C: _mtu, 0x94: _alert, 0x52: _traceroute, 0x95: _broadcast,
            0x19: _quick_start}  # fmt: skip
