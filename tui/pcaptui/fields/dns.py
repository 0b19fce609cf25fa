"""DNS messages (RFC 1035, 2136, 2535, 6762, 6891, 8490), also multicast DNS and LLMNR (RFC 4795)."""

from __future__ import annotations

from ..protocols.dns_types import OPCODES, type_name
from . import dns_options, dns_security
from .branch import HEX, Branch, View, Walk
from .context import Message as Segment
from .dns_message import Message, Record
from .dns_rdata import read
from .dns_words import CLASSES, LONG_TYPES, RCODES, stateful_type
from .registry import application, stream
from .words import lasting, seconds

TITLES = {
    "dns": "Domain Name System", "mdns": "Multicast Domain Name System", "llmnr": "Link-local Multicast Name Resolution"
}  # fmt: skip
UPDATE, STATEFUL = 5, 6
OPT, SRV = 41, 33
_MODULES = (dns_options, dns_security)  # their records register themselves


@application("dns")
def dns(walk: Walk, view: View) -> None:
    _datagram(walk, view, "dns")


@application("mdns")
def mdns(walk: Walk, view: View) -> None:
    _datagram(walk, view, "mdns")


@application("llmnr")
def llmnr(walk: Walk, view: View) -> None:
    _datagram(walk, view, "llmnr")


@stream("dns")
def dns_over_tcp(walk: Walk, view: View, segment: Segment) -> None:
    """Each message with its length in two bytes in front (RFC 1035 section 4.2.2)."""
    at = view.at
    while at < view.end:
        size = 2 + int.from_bytes(view.data[at : at + 2])
        one = view.sub(at, at + size)
        walk.call(_behind_length, one)
        at += max(size, 2)


def _behind_length(walk: Walk, view: View) -> None:
    branch = walk.layer(view, "dns", TITLES["dns"])
    branch.uint("dns.length", "Length", view.at, 2)
    _message(walk, branch, view, view.at + 2, "dns")


def _datagram(walk: Walk, view: View, protocol: str) -> None:
    branch = walk.layer(view, protocol, TITLES[protocol])
    _message(walk, branch, view, view.at, protocol)


def _message(walk: Walk, branch: Branch, view: View, base: int, protocol: str) -> None:
    message = Message(branch, base, view.data[base : view.end], protocol == "mdns")
    flags = branch.u16(base + 2)
    response, opcode = bool(flags & 0x8000), flags >> 11 & 15
    branch.label(f"{TITLES[protocol]} ({'response' if response else 'query'})")
    branch.uint("dns.id", "Transaction ID", base, 2, HEX)
    _flags(branch, base + 2, flags, protocol == "llmnr")
    counts = _counts(branch, base + 4, opcode == UPDATE)
    at = base + 12
    if opcode == STATEFUL and not any(counts):
        at = _stateful(branch, at)
    else:
        at = _sections(message, at, counts, opcode == UPDATE)
    _links(walk, branch, response)
    if at < view.end:
        _extraneous(branch, at, view.end - at)


def _flags(branch: Branch, at: int, flags: int, local: bool) -> None:
    response, opcode, rcode = bool(flags & 0x8000), flags >> 11 & 15, flags & 15
    words = OPCODES.get(opcode, "Unknown operation")
    if response:
        words += f" response, {RCODES.get(rcode, 'Unknown error')}"
    below = branch.add(f"Flags: 0x{flags:04x} {words}", "dns.flags", flags, at, 2)

    def bit(mask: int, field: str, name: str, yes: str, no: str) -> None:
        below.flag(f"dns.flags.{field}", name, at, 2, mask, yes, no)

    bit(0x8000, "response", "Response", "Message is a response", "Message is a query")
    below.bits("dns.flags.opcode", "Opcode", at, 2, 0x7800, names=OPCODES)
    if local and response:
        bit(0x0400, "conflict", "Conflict", "The name is not considered unique", "The name is considered unique")
    elif local:
        bit(0x0400, "conflict", "Conflict", "The sender received multiple responses", "None")
    elif response:
        bit(0x0400, "authoritative", "Authoritative", "Server is an authority for domain",
            "Server is not an authority for domain")  # fmt: skip
    bit(0x0200, "truncated", "Truncated", "Message is truncated", "Message is not truncated")
    if local:
        bit(0x0100, "tentative", "Tentative", "Tentative", "Not tentative")
    else:
        bit(0x0100, "recdesired", "Recursion desired", "Do query recursively", "Don't do query recursively")
        if response:
            bit(0x0080, "recavail", "Recursion available", "Server can do recursive queries",
                "Server can't do recursive queries")  # fmt: skip
        bit(0x0040, "z", "Z", "reserved - incorrect!", "reserved (0)")
        if response:
            bit(0x0020, "authenticated", "Answer authenticated",
                "Answer/authority portion was authenticated by the server",
                "Answer/authority portion was not authenticated by the server")  # fmt: skip
        elif flags & 0x0020:
            bit(0x0020, "authenticated", "AD bit", "Set", "Not set")
        bit(0x0010, "checkdisable", "Non-authenticated data", "Acceptable", "Unacceptable")
    if response:
        below.bits("dns.flags.rcode", "Reply code", at, 2, 0x000F, names=RCODES)


def _counts(branch: Branch, at: int, update: bool) -> list[int]:
    names = (
        (("zones", "Zones"), ("prerequisites", "Prerequisites"), ("updates", "Updates"), ("add_rr", "Additional RRs"))
        if update
        else (("queries", "Questions"), ("answers", "Answer RRs"), ("auth_rr", "Authority RRs"),
              ("add_rr", "Additional RRs"))
    )  # fmt: skip
    return [branch.uint(f"dns.count.{field}", name, at + 2 * i, 2) for i, (field, name) in enumerate(names)]


def _sections(message: Message, at: int, counts: list[int], update: bool) -> int:
    titles = (
        ("Zone", "Prerequisites", "Updates", "Additional records")
        if update
        else ("Queries", "Answers", "Authoritative nameservers", "Additional records")
    )
    for index, (title, count) in enumerate(zip(titles, counts, strict=True)):
        if not count:
            continue
        start = at
        section = message.branch.add(title, "", None, at, message.branch.end - at)
        for _ in range(count):  # every entry takes five bytes at least, so that the bytes bound it
            at = _question(message, section, at) if index == 0 else _record(message, section, at)
        section.resize(at - start)
    return at


def _question(message: Message, section: Branch, at: int) -> int:
    name, size = message.name(at)
    kind, group = section.u16(at + size), section.u16(at + size + 2)
    asked = group & 0x7FFF if message.multicast else group
    words = f"{name}: type {type_name(kind)}, class {CLASSES.get(asked, 'Unknown')}"
    if message.multicast:
        words += ', "QU" question' if group & 0x8000 else ', "QM" question'
    line = section.add(words, "", None, at, size + 4)
    line.add(f"Name: {name}", "dns.qry.name", name, at, size)
    length = sum(1 if letter == "\ufffd" else len(letter.encode()) for letter in name)
    line.computed(f"Name Length: {length}", "dns.qry.name.len", length).node.start = at
    labels = name.count(".") + 1
    line.computed(f"Label Count: {labels}", "dns.count.labels", labels).node.start = at
    for below in line.node.children[-2:]:
        below.length, below.source = size, line.source
    line.uint("dns.qry.type", "Type", at + size, 2, names=LONG_TYPES)
    at += size + 2
    if message.multicast:
        line.bits("dns.qry.class", "Class", at, 2, 0x7FFF, HEX, CLASSES)
        line.flag("dns.qry.qu", '"QU" question', at, 2, 0x8000, "True", "False")
    else:
        line.uint("dns.qry.class", "Class", at, 2, HEX, CLASSES)
    return at + 2


def _record(message: Message, section: Branch, start: int) -> int:
    name, size = message.name(start)
    at = start + size
    kind, group, length = section.u16(at), section.u16(at + 2), section.u16(at + 8)
    flush = message.multicast and group & 0x8000
    words = f"{name}: type {type_name(kind)}"
    if kind != OPT:
        asked = group & 0x7FFF if message.multicast else group
        words += f", class {CLASSES.get(asked, 'Unknown')}{', cache flush' if flush else ''}"
    line = section.add(words, "", None, start, size + 10 + length)
    _owner(line, name, start, size, kind)
    line.uint("dns.resp.type", "Type", at, 2, names=LONG_TYPES)
    if kind == OPT:
        _extended(message, line, at + 2)
    else:
        if message.multicast:
            line.bits("dns.resp.class", "Class", at + 2, 2, 0x7FFF, HEX, CLASSES)
            line.flag("dns.resp.cache_flush", "Cache flush", at + 2, 2, 0x8000, "True", "False")
        else:
            line.uint("dns.resp.class", "Class", at + 2, 2, HEX, CLASSES)
        life = line.u32(at + 4)
        line.add(f"Time to live: {life} ({lasting(life)})", "dns.resp.ttl", life, at + 4, 4)
    line.uint("dns.resp.len", "Data length", at + 8, 2)
    at += 10
    if length:
        read(kind, Record(line, at, at + length, message))
        line.raw(at, length)
    return at + length


def _owner(line: Branch, name: str, at: int, size: int, kind: int) -> None:
    """Whose record it is; a service's owner is made of its parts (RFC 2782)."""
    if kind != SRV:
        line.add(f"Name: {name}", "dns.resp.name", name, at, size)
        return
    parts = name.split(".", 2)
    for label, field, part in zip(("Service", "Protocol", "Name"), ("service", "proto", "name"), parts, strict=False):
        line.add(f"{label}: {part}", f"dns.srv.{field}", part, at, size)


def _extended(message: Message, line: Branch, at: int) -> None:
    """What EDNS makes of class and time to live (RFC 6891 section 6.1.3)."""
    if message.multicast:
        line.bits("dns.rr.udp_payload_size", "UDP payload size", at, 2, 0x7FFF, HEX)
        line.flag("dns.resp.cache_flush", "Cache flush", at, 2, 0x8000, "True", "False")
    else:
        line.uint("dns.rr.udp_payload_size", "UDP payload size", at, 2)
    line.uint("dns.resp.ext_rcode", "Higher bits in extended RCODE", at + 2, 1, HEX)
    line.uint("dns.resp.edns0_version", "EDNS0 version", at + 3, 1)
    flags = line.u16(at + 4)
    below = line.add(f"Z: 0x{flags:04x}", "dns.resp.z", flags, at + 4, 2)
    below.flag("dns.resp.z.do", "DO bit", at + 4, 2, 0x8000, "Accepts DNSSEC security RRs",
               "Cannot handle DNSSEC security RRs")  # fmt: skip
    below.bits("dns.resp.z.reserved", "Reserved", at + 4, 2, 0x7FFF, HEX)


def _stateful(branch: Branch, at: int) -> int:
    """DNS Stateful Operations (RFC 8490 section 5.4)."""
    top = branch.add("DNS Stateful Operation", "dns.dso", None, at, branch.end - at)
    while at + 4 <= branch.end:
        kind, size = branch.u16(at), branch.u16(at + 2)
        one = top.add(f"DSO TLV: {stateful_type(kind)}", "dns.dso.tlv", None, at, 4 + size)
        one.uint("dns.dso.tlv.type", "Type", at, 2, names=stateful_type)
        one.uint("dns.dso.tlv.length", "Length", at + 2, 2)
        at += 4
        if kind == 1 and size == 8:
            one.uint("dns.dso.tlv.keepalive.inactivity", "Inactivity Timeout", at, 4)
            one.uint("dns.dso.tlv.keepalive.interval", "Keepalive Interval", at + 4, 4)
        elif kind == 2 and size == 4:
            one.uint("dns.dso.tlv.retrydelay.retrydelay", "Retry Delay", at, 4)
        elif kind == 3:
            one.blob("dns.dso.tlv.encpad.padding", "Padding", at, size)
        else:
            one.blob("dns.dso.tlv.data", "Data", at, size)
        at += size
    return at


def _links(walk: Walk, branch: Branch, response: bool) -> None:
    """The other half of the exchange, and whether this is a repetition (what the context knows of it)."""
    context = walk.context
    kind = walk.protocols[-1]
    what = "response" if response else "request"
    first = context.linked(kind, f"original_{what}")
    if first is not None:
        branch.computed(f"Retransmitted {what}. Original {what} in: {first.number}",
                        f"dns.retransmit_{what}_in", first.number, first.number)  # fmt: skip
        branch.computed("Retransmission: True", "dns.retransmission", True)
        return
    link = context.linked(kind, "request" if response else "response")
    if link is None:
        if response and context.facts.get("unsolicited"):
            branch.computed("Unsolicited: True", "dns.unsolicited", True)
    elif response:
        branch.computed(f"Request In: {link.number}", "dns.response_to", link.number, link.number)
        if link.time is not None:
            branch.computed(f"Time: {seconds(link.time)}", "dns.time", link.time / 1e9)
    else:
        branch.computed(f"Response In: {link.number}", "dns.response_in", link.number, link.number)


def _extraneous(branch: Branch, at: int, size: int) -> None:
    below = branch.add(f"Extraneous Data ({size} byte{'' if size == 1 else 's'})", "", None, at, size)
    below.blob("dns.extraneous.data", "Extraneous Data Bytes", at, size)
    below.computed(f"Extraneous Data Length: {size}", "dns.extraneous.length", size)
