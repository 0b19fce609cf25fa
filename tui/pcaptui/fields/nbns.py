"""The NetBIOS name service (RFC 1002 section 4.2)."""

from __future__ import annotations

from ..protocols.nbns import NB, NBSTAT, OPCODES, TYPES, decode_name
from ..protocols.nbns import RCODES as ERRORS
from .branch import HEX, Branch, View, Walk
from .cursor import Cursor
from .dns_message import Message
from .dns_words import CLASSES
from .registry import application
from .words import lasting

RCODES = {0: "No error", **ERRORS}
NODES = ("B-node", "P-node", "M-node", "H-node")
SUFFIXES = {
    0x00: "Workstation/Redirector", 0x01: "Browser", 0x02: "Workstation/Redirector",
    0x03: "Messenger service/Main name", 0x05: "Forwarded name", 0x06: "RAS Server service",
    0x1B: "Domain Master Browser", 0x1C: "Domain Controllers", 0x1D: "Local Master Browser",
    0x1E: "Browser Election Service", 0x1F: "Net DDE Service", 0x20: "Server service", 0x21: "RAS client service",
    0x22: "Exchange Interchange (MSMail Connector)", 0x23: "Exchange Store", 0x24: "Exchange Directory",
    0x2B: "Lotus Notes Server service", 0x30: "Modem sharing server service",
    0x31: "Modem sharing client service", 0x43: "SMS Clients Remote Control",
    0x44: "SMS Administrators Remote Control Tool", 0x45: "SMS Clients Remote Chat",
    0x46: "SMS Clients Remote Transfer", 0x87: "Microsoft Exchange MTA", 0xBE: "Network Monitor Agent",
    0xBF: "Network Monitor Application",
}  # fmt: skip
FLAGS = (
    (0x0400, "authoritative", "Authoritative", "Server is an authority for domain",
     "Server is not an authority for domain"),
    (0x0200, "truncated", "Truncated", "Message is truncated", "Message is not truncated"),
    (0x0100, "recdesired", "Recursion desired", "Do query recursively", "Don't do query recursively"),
    (0x0080, "recavail", "Recursion available", "Server can do recursive queries",
     "Server can't do recursive queries"),
    (0x0010, "broadcast", "Broadcast", "Broadcast packet", "Not a broadcast packet"),
)  # fmt: skip
ANSWERING = ("authoritative", "recavail")
NAME_BITS = (
    (0x1000, "drg", "Name is being deregistered"), (0x0800, "cnf", "Name is in conflict"),
    (0x0400, "act", "Name is active"), (0x0200, "prm", "Permanent node name"),
)  # fmt: skip
STATISTICS = (
    (2, "version_number", "Version number", HEX), (2, "period_of_statistics", "Period of statistics", HEX),
    (2, "num_crcs", "Number of CRCs", "d"), (2, "num_alignment_errors", "Number of alignment errors", "d"),
    (2, "num_collisions", "Number of collisions", "d"), (2, "num_send_aborts", "Number of send aborts", "d"),
    (4, "num_good_sends", "Number of good sends", "d"), (4, "num_good_receives", "Number of good receives", "d"),
    (2, "numretransmits", "Number of retransmits", "d"),
    (2, "num_no_resource_conditions", "Number of no resource conditions", "d"),
    (2, "numcommand_blocks", "Number of command blocks", "d"),
    (2, "numpending_sessions", "Number of pending sessions", "d"),
    (2, "max_num_pending_sessions", "Max number of pending sessions", "d"),
    (2, "max_total_sessions_possible", "Max total sessions possible", "d"),
    (2, "session_data_packet_size", "Session data packet size", "d"),
)  # fmt: skip


@application("nbns")
def nbns(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "nbns", "NetBIOS Name Service")
    branch.uint("nbns.id", "Transaction ID", at, 2, HEX)
    _flags(branch, at + 2)
    names = (
        ("queries", "Questions"), ("answers", "Answer RRs"), ("auth_rr", "Authority RRs"),
        ("add_rr", "Additional RRs"),
    )  # fmt: skip
    counts = [branch.uint(f"nbns.count.{field}", name, at + 4 + 2 * i, 2) for i, (field, name) in enumerate(names)]
    message = Message(branch, at, view.data[at : view.end], False)
    at += 12
    titles = ("Queries", "Answers", "Authoritative nameservers", "Additional records")
    for index, (title, count) in enumerate(zip(titles, counts, strict=True)):
        if not count:
            continue
        start = at
        section = branch.add(title, "", None, at, branch.end - at)
        for _ in range(count):  # every entry takes five bytes at least
            at = _record(message, section, at, index > 0)
        section.resize(at - start)


def _flags(branch: Branch, at: int) -> None:
    flags = branch.u16(at)
    response = bool(flags & 0x8000)
    shown = [one for one in FLAGS if response or one[1] not in ANSWERING]
    words = ["Response"] if response else []
    words.append(f"Opcode: {OPCODES.get(flags >> 11 & 15, 'Unknown')}")
    words += [name for mask, _, name, _, _ in shown if flags & mask]
    if response:
        words.append(f"Reply code: {RCODES.get(flags & 15, 'Unknown')}")
    below = branch.add(f"Flags: 0x{flags:04x}, {', '.join(words)}", "nbns.flags", flags, at, 2)
    below.flag("nbns.flags.response", "Response", at, 2, 0x8000, "Message is a response", "Message is a query")
    below.bits("nbns.flags.opcode", "Opcode", at, 2, 0x7800, names=OPCODES)
    for mask, field, name, yes, no in shown:
        below.flag(f"nbns.flags.{field}", name, at, 2, mask, yes, no)
    if response:
        below.bits("nbns.flags.rcode", "Reply code", at, 2, 0x000F, names=RCODES)


def _record(message: Message, section: Branch, start: int, full: bool) -> int:
    """A question, or (`full`) a resource record."""
    encoded, size = message.name(start)
    label, _, scope = encoded.partition(".")
    name = decode_name(label) + (f".{scope}" if scope else "")
    at = start + size
    kind, group = section.u16(at), section.u16(at + 2)
    length = section.u16(at + 8) if full else 0
    words = f"{name}: type {TYPES.get(kind, 'Unknown')}, class {CLASSES.get(group, 'Unknown')}"
    line = section.add(words, "", None, start, size + (10 + length if full else 4))
    line.add(f"Name: {name}{_service(name) if not full or kind == NB else ''}", "nbns.name", name, start, size)
    line.uint("nbns.type", "Type", at, 2, names=TYPES)
    line.uint("nbns.class", "Class", at + 2, 2, names=CLASSES)
    at += 4
    if not full:
        return at
    life = line.u32(at)
    line.add(f"Time to live: {lasting(life)}", "nbns.ttl", life, at, 4)
    line.uint("nbns.data_length", "Data length", at + 4, 2)
    at += 6
    data = Cursor(line, at, at + length)
    if kind == NB and length == 2:
        _flags(line, data.take(2))
    elif kind == NB:
        while data.left >= 6:
            _owner(data)
    elif kind == NBSTAT:
        _status(data)
    else:
        data.blob("nbns.data", "Data")
    line.raw(at, length)
    return at + length


def _service(name: str) -> str:
    """What the last byte of a name stands for."""
    suffix = name[-4:]
    if not (suffix.startswith("<") and suffix.endswith(">")):
        return ""
    word = SUFFIXES.get(int(suffix[1:3], 16))
    return f" ({word})" if word else ""


def _owner(data: Cursor) -> None:
    at = data.take(2)
    flags = data.branch.u16(at)
    group, node = bool(flags & 0x8000), NODES[flags >> 13 & 3]
    known = node if node != "H-node" else "Unknown"
    words = f"{', Name type' if group else ''}, ONT: {known} ({node}, {'group' if group else 'unique'})"
    below = data.branch.add(f"Name flags: 0x{flags:04x}{words}", "nbns.nb_flags", flags, at, 2)
    _kind(below, at, "nbns.nb_flags")
    data.ipv4("nbns.addr", "Addr")


def _kind(below: Branch, at: int, field: str) -> None:
    below.flag(f"{field}.group", "Name type", at, 2, 0x8000, "Group name", "Unique name")
    below.bits(f"{field}.ont", "ONT", at, 2, 0x6000, names=dict(enumerate(NODES[:3])))


def _status(data: Cursor) -> None:
    """A node's names and what its adapter counted (RFC 1002 section 4.2.18)."""
    for _ in range(data.uint("nbns.number_of_names", "Number of names", 1)):
        at = data.take(16)
        raw = data.branch.raw(at, 16)
        text = "".join(chr(c) if 0x20 <= c < 0x7F else f"<{c:02x}>" for c in raw[:15].rstrip(b" ")) + f"<{raw[15]:02x}>"
        data.branch.add(f"Name: {text}{_service(text)}", "nbns.netbios_name", text, at, 16)
        at = data.take(2)
        flags = data.branch.u16(at)
        words = ", Name type" if flags & 0x8000 else ""
        node = NODES[flags >> 13 & 3]
        words += f", ONT: {node if node != 'H-node' else 'Unknown'}"
        words += "".join(f", {name}" for mask, _, name in NAME_BITS if flags & mask)
        below = data.branch.add(f"Name flags: 0x{flags:04x}{words}", "nbns.name_flags", flags, at, 2)
        _kind(below, at, "nbns.name_flags")
        for mask, field, name in NAME_BITS:
            below.flag(f"nbns.name_flags.{field}", name, at, 2, mask, "Yes", "No")
    if data.left >= 6:
        data.mac("nbns.unit_id", "Unit ID")
    for field, name in (("jumpers", "Jumpers"), ("test_result", "Test result")):
        if data.left:
            data.uint(f"nbns.{field}", name, 1, HEX)
    for size, field, name, form in STATISTICS:
        if data.left < size:
            return
        data.uint(f"nbns.{field}", name, size, form)
