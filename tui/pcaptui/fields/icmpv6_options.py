"""Options of neighbor discovery (RFC 4861 4.6, 4191, 6275, 7772, 8106, 8910, 8781)."""

from __future__ import annotations

from ..protocols.text import ipv6, mac
from .branch import HEX, Branch, Walk
from .expert import expert
from .icmp import quoted
from .words import bit_pattern, cut_hex, lasting

_TYPES = {
    1: "Source link-layer address", 2: "Target link-layer address", 3: "Prefix information", 4: "Redirected header",
    5: "MTU", 6: "NBMA Shortcut Limit Option", 7: "Advertisement Interval", 8: "Home Agent Information",
    9: "Source Address List", 10: "Target Address List", 11: "CGA", 12: "RSA Signature", 13: "Timestamp", 14: "Nonce",
    15: "Trust Anchor", 16: "Certificate", 17: "IP Address/Prefix Option", 18: "New Router Prefix Information",
    19: "Link-layer Address", 20: "Neighbor Advertisement Acknowledgment", 23: "MAP", 24: "Route Information",
    25: "Recursive DNS Server", 26: "RA Flags Extension", 27: "Handover Key Request", 28: "Handover Key Reply",
    29: "Handover Assist Information", 30: "Mobile Node Identifier Option", 31: "DNS Search List Option",
    32: "Proxy Signature (PS)", 33: "Address Registration Option", 34: "6LoWPAN Context Option",
    35: "Authoritative Border Router", 36: "6LoWPAN Capability Indication Option", 37: "DHCP Captive-Portal",
    38: "PREF64 Option", 138: "CARD Request", 139: "CARD Reply", 253: "RFC3692-style Experiment 1",
    254: "RFC3692-style Experiment 2",
}  # fmt: skip
_PREFERENCES = {0: "Medium", 1: "High", 2: "Reserved", 3: "Low"}
_LENGTHS = {0: "96 bits prefix length", 1: "64 bits prefix length", 2: "56 bits prefix length",
            3: "48 bits prefix length", 4: "40 bits prefix length", 5: "32 bits prefix length"}  # fmt: skip
FOREVER = 0xFFFFFFFF
MAX_OPTIONS = 256
MAX_LABELS = 64


def options(walk: Walk, parent: Branch, at: int) -> None:
    """All options from `at` to the message's end."""
    place = at
    for _ in range(MAX_OPTIONS):
        if place >= parent.view.reported:
            return
        kind, units = parent.u8(place), parent.u8(place + 1)
        size = 8 * units
        name = _TYPES.get(kind, f"Unknown {kind}")
        one = parent.add(f"ICMPv6 Option ({name})", "icmpv6.opt", None, place, size or 2)
        one.uint("icmpv6.opt.type", "Type", place, 1, names=_TYPES)
        below = one.add(f"Length: {units} ({size} bytes)", "icmpv6.opt.length", units, place + 1, 1)
        if not size:
            expert(below, "Error", "Malformed", "Invalid option length (Zero)", "icmpv6.invalid_option_length")
            return
        parent.raw(place, size)
        _one(walk, one.within(place, place + size), kind, place, size, name)
        place += size


def _one(walk: Walk, one: Branch, kind: int, at: int, size: int, name: str) -> None:
    reader = _READERS.get(kind)
    if kind == 4:
        one.add("Reserved", "icmpv6.opt.reserved", None, at + 2, 6)
        packet = one.add("Redirected Packet", "icmpv6.opt.redirected_packet", None, at + 8, size - 8)
        if size > 8:
            quoted(walk, packet, one.view.sub(at + 8), 0x86DD)
    elif reader is None:
        if size > 2:
            raw = one.raw(at + 2, size - 2)
            data = one.add(f"Data: {cut_hex(raw)}", "icmpv6.data", raw.hex(":"), at + 2, size - 2)
            expert(data, "Note", "Undecoded", "Dissector for ICMPv6 Option", "icmpv6.undecoded.option")
    else:
        words = reader(one, at, size)
        if words:
            one.label(f"ICMPv6 Option ({name}{words})")


def _link_address(one: Branch, at: int, size: int) -> str:
    if size == 8:
        text = mac(one.raw(at + 2, 6))
        one.add(f"Link-layer address: {text}", "icmpv6.opt.linkaddr", text, at + 2, 6)
        return f" : {text}"
    if size == 16:
        text = mac(one.raw(at + 2, 8))
        one.add(f"Link-layer address: {text}", "icmpv6.opt.linkaddr_eui64", text, at + 2, 8)
        one.add("Padding", "icmpv6.opt.padding", None, at + 10, 6)
        return f" : {text}"
    text = mac(one.raw(at + 2, size - 2))
    one.add(f"Link-layer address: {text}", "icmpv6.opt.linkaddr", text, at + 2, size - 2)
    return f" : {text}"


def _lasting(one: Branch, field: str, name: str, at: int, zero: str = "") -> int:
    value = one.u32(at)
    words = " (Infinity)" if value == FOREVER else f" ({zero})" if zero and not value else ""
    if words:
        one.add(f"{name}: {words.strip(' ()')} ({value})", field, value, at, 4)
    else:
        one.add(f"{name}: {value}{f' ({lasting(value)})' if field.endswith(_SPOKEN) else ''}", field, value, at, 4)
    return value


_SPOKEN = ("valid_lifetime", "preferred_lifetime")


def _prefix(one: Branch, at: int, size: int) -> str:
    length = one.uint("icmpv6.opt.prefix.length", "Prefix Length", at + 2, 1)
    flags = one.u8(at + 3)
    named = ((0x80, "l", "On-link flag(L)"), (0x40, "a", "Autonomous address-configuration flag(A)"),
             (0x20, "r", "Router address flag(R)"))  # fmt: skip
    words = [name for mask, _, name in named if flags & mask]
    below = one.add(", ".join([f"Flag: 0x{flags:02x}", *words]), "icmpv6.opt.prefix.flag", flags, at + 3, 1)
    for mask, field, name in named:
        below.flag(f"icmpv6.opt.prefix.flag.{field}", name, at + 3, 1, mask)
    below.bits("icmpv6.opt.prefix.flag.reserved", "Reserved", at + 3, 1, 0x1F)
    _lasting(one, "icmpv6.opt.prefix.valid_lifetime", "Valid Lifetime", at + 4)
    _lasting(one, "icmpv6.opt.prefix.preferred_lifetime", "Preferred Lifetime", at + 8)
    one.add("Reserved", "icmpv6.opt.reserved", None, at + 12, 4)
    return f" : {one.ipv6('icmpv6.opt.prefix', 'Prefix', at + 16)}/{length}"


def _mtu(one: Branch, at: int, size: int) -> str:
    one.add("Reserved", "icmpv6.opt.reserved", None, at + 2, 2)
    return f" : {one.uint('icmpv6.opt.mtu', 'MTU', at + 4, 4)}"


def _interval(one: Branch, at: int, size: int) -> str:
    one.add("Reserved", "icmpv6.opt.reserved", None, at + 2, 2)
    return f" : {one.uint('icmpv6.opt.advertisement_interval', 'Advertisement Interval', at + 4, 4)}"


def _home_agent(one: Branch, at: int, size: int) -> str:
    one.add("Reserved", "icmpv6.opt.reserved", None, at + 2, 2)
    one.uint("icmpv6.opt.home_agent_preference", "Home Agent Preference", at + 4, 2)
    one.uint("icmpv6.opt.home_agent_lifetime", "Home Agent Preference", at + 6, 2)
    return ""


def _nonce(one: Branch, at: int, size: int) -> str:
    one.blob("icmpv6.opt.nonce", "Nonce", at + 2, size - 2)
    return ""


def _route(one: Branch, at: int, size: int) -> str:
    """RFC 4191: a prefix of as many bytes as it needs."""
    length = one.uint("icmpv6.opt.prefix.length", "Prefix Length", at + 2, 1)
    flags = one.u8(at + 3)
    words = f"Flag: 0x{flags:02x}, Route Preference: {_PREFERENCES[flags >> 3 & 3]}"
    below = one.add(words, "icmpv6.opt.route_info.flag", flags, at + 3, 1)
    below.bits("icmpv6.opt.route_info.flag.route_preference", "Route Preference", at + 3, 1, 0x18, names=_PREFERENCES)
    below.bits("icmpv6.opt.route_info.flag.reserved", "Reserved", at + 3, 1, 0xE7)
    _lasting(one, "icmpv6.opt.route_lifetime", "Route Lifetime", at + 4)
    words = f" : {_PREFERENCES[flags >> 3 & 3]}"
    if size in (8, 16, 24):
        raw = one.raw(at + 8, size - 8)
        text = ipv6(raw + bytes(16 - len(raw)))
        one.add(f"Prefix: {text}", "icmpv6.opt.prefix", text, at + 8, size - 8)
        words += f" {text}/{length}"
    return words


def _dns_servers(one: Branch, at: int, size: int) -> str:
    one.add("Reserved", "icmpv6.opt.reserved", None, at + 2, 2)
    _lasting(one, "icmpv6.opt.rdnss.lifetime", "Lifetime", at + 4, "RDNSS address MUST no longer be used")
    listed = []
    for place in range(at + 8, at + size - 15, 16):
        listed.append(one.ipv6("icmpv6.opt.rdnss", "Recursive DNS Servers", place))
    return "".join(f" {text}" for text in listed)


def _search_list(one: Branch, at: int, size: int) -> str:
    """RFC 8106, 5.2: names as in DNS, never compressed."""
    one.add("Reserved", "icmpv6.opt.reserved", None, at + 2, 2)
    _lasting(one, "icmpv6.opt.dnssl.lifetime", "Lifetime", at + 4, "DNSSL domain name MUST no longer be used")
    place, words = at + 8, ""
    for _ in range(MAX_LABELS):
        if place >= at + size:
            break
        if not one.u8(place):
            one.add("Padding", "icmpv6.opt.padding", None, place, at + size - place)
            break
        start, labels = place, []
        while one.u8(place):
            labels.append(one.raw(place + 1, one.u8(place)).decode("utf-8", "replace"))
            place += 1 + one.u8(place)
        place += 1
        name = ".".join(labels)
        one.add(f"Domain Names: {name}", "icmpv6.opt.dnssl", name, start, place - start)
        words += f" {name}"
    return words


def _flags(one: Branch, at: int, size: int) -> str:
    below = one.add(f"Flags Expansion Option: 0x{one.u16(at + 2):04x}", "icmpv6.opt.efo", one.u16(at + 2), at + 2, 2)
    for mask, field, name in ((0x8000, "m", "Managed address configuration"), (0x4000, "o", "Other configuration"),
                              (0x2000, "h", "Home Agent")):  # fmt: skip
        below.flag(f"icmpv6.opt.efo.{field}", name, at + 2, 2, mask)
    below.bits("icmpv6.opt.efo.prf", "Prf (Default Router Preference)", at + 2, 2, 0x1800, names=_PREFERENCES)
    below.flag("icmpv6.opt.efo.p", "Proxy", at + 2, 2, 0x0400)
    below.bits("icmpv6.opt.efo.rsv", "Reserved", at + 2, 2, 0x03FF)
    one.add("Reserved", "icmpv6.opt.reserved", None, at + 4, 4)
    return ""


def _portal(one: Branch, at: int, size: int) -> str:
    one.string("icmpv6.opt.captive_portal", "Captive Portal", at + 2, size - 2)
    return ""


def _translation(one: Branch, at: int, size: int) -> str:
    word = one.u16(at + 2)
    lifetime = word >> 3
    one.add(f"{bit_pattern(word, 0xFFF8, 16)} = Scaled Lifetime: {lifetime}", "icmpv6.opt.pref64.scaled_lifetime",
            lifetime, at + 2, 2)  # fmt: skip
    one.bits("icmpv6.opt.pref64.plc", "PLC (Prefix Length Code)", at + 2, 2, 0x0007, HEX, _LENGTHS)
    text = ipv6(one.raw(at + 4, 12) + bytes(4))
    one.add(f"Prefix: {text}", "icmpv6.opt.pref64.prefix", text, at + 4, 12)
    return ""


_READERS = {1: _link_address, 2: _link_address, 3: _prefix, 5: _mtu, 7: _interval, 8: _home_agent, 14: _nonce,
            24: _route, 25: _dns_servers, 26: _flags, 31: _search_list, 37: _portal, 38: _translation}  # fmt: skip
