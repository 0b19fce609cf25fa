"""Thin layers around whole frames and packets: Cisco HDLC, Frame Relay, ATM CLIP, FDDI, VN-Tag, FabricPath, ERSPAN,
Teredo, AYIYA (RFC 1490, 4380, draft-foschiano-erspan)."""

from __future__ import annotations

from ..protocols.text import ipv4
from . import payload
from .branch import HEX, Branch, View, Walk
from .ethernet import ethernet
from .ipv4 import by_version
from .link_names import ETHERTYPES
from .llc import llc
from .registry import application, ethertype, link_type

_HDLC = {0x0F: "Unicast", 0x8F: "Multicast"}
_ADDRESS_OCTETS = 4


@link_type(104, 112)
def cisco_hdlc(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "chdlc", "Cisco HDLC", 4)
    branch.uint("chdlc.address", "Address", at, 1, HEX, _HDLC)
    branch.uint("chdlc.control", "Control", at + 1, 1, HEX)
    kind = branch.uint("chdlc.protocol", "Protocol", at + 2, 2, HEX, ETHERTYPES)
    payload.next_ethertype(walk, view.sub(at + 4), kind)


@link_type(107)
def frame_relay(walk: Walk, view: View) -> None:
    """Two octets of address or more (Q.922), then an NLPID or, with Cisco, an ethertype."""
    at = view.at
    branch = walk.layer(view, "fr", "Frame Relay", 4)
    place = at
    while not branch.u8(place) & 1 and place < at + _ADDRESS_OCTETS - 1:
        place += 1
    place += 1
    dlci = (branch.u8(at) >> 2) << 4 | branch.u8(at + 1) >> 4
    branch.add(f"DLCI: {dlci}", "fr.dlci", dlci, at, place - at)
    kind = branch.u16(place)
    if kind >= 1536:
        branch.uint("fr.chdlctype", "Type", place, 2, HEX, ETHERTYPES)
        payload.next_ethertype(walk, view.sub(place + 2), kind)
        return
    branch.uint("fr.control", "Control Field", place, 1, HEX)
    place += 1 + (branch.u8(place + 1) == 0)
    nlpid = branch.uint("fr.nlpid", "NLPID", place, 1, HEX)
    rest = view.sub(place + 1)
    branch.resize(place + 1 - at)
    if nlpid in (0xCC, 0x8E):
        payload.next_ethertype(walk, rest, 0x0800 if nlpid == 0xCC else 0x86DD)
    elif nlpid == 0x80:
        _snap(walk, branch, rest)
    else:
        payload.carried(walk, rest, "nlpid", nlpid)


def _snap(walk: Walk, branch: Branch, rest: View) -> None:
    at = rest.at
    oui, kind = branch.number(at, 3), branch.u16(at + 3)
    branch.resize(at + 5 - branch.view.at)
    branch.add(f"Organization Code: {branch.raw(at, 3).hex(':')}", "fr.snap.oui", oui, at, 3)
    if oui:
        branch.uint("fr.snap.pid", "Protocol ID", at + 3, 2, HEX)
        payload.carried(walk, rest.sub(at + 5), "snap", oui << 16 | kind)
    else:
        branch.uint("fr.snaptype", "Type", at + 3, 2, HEX, ETHERTYPES)
        payload.next_ethertype(walk, rest.sub(at + 5), kind)


@link_type(16, 18, 19, 106)
def clip(walk: Walk, view: View) -> None:
    """Classical IP over ATM: IP without a link layer, or LLC in front of it."""
    if len(view) and view.data[view.at] >> 4 not in (4, 6):
        walk.call(llc, view)
        return
    walk.layer(view, "clip", "Classical IP frame", len(view)).add("No link information available")
    by_version(walk, view)


@ethertype(0x8926)
def vn_tag(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "vntag", "VN-Tag", 4)
    branch.flag("vntag.dir", "Direction", at, 4, 1 << 31, "From Bridge", "To Bridge")
    branch.flag("vntag.ptr", "Pointer", at, 4, 1 << 30, "vif_list_id", "vif_id")
    branch.bits("vntag.dst", "Destination", at, 4, 0x3FFF0000)
    branch.flag("vntag.looped", "Looped", at, 4, 0x8000, "Yes", "No")
    branch.bits("vntag.r", "Reserved", at, 4, 0x4000)
    branch.bits("vntag.version", "Version", at, 4, 0x3000)
    branch.bits("vntag.src", "Source", at, 4, 0x0FFF)
    kind = branch.uint("vntag.etype", "Type", at + 4, 2, HEX, ETHERTYPES)
    walk.protocols.append("ethertype")
    payload.next_ethertype(walk, view.sub(at + 6), kind)


@ethertype(0x88BE)
def erspan(walk: Walk, view: View) -> None:
    """Type II has a header of eight bytes; type I (no sequence number in GRE) has none and starts with a frame."""
    at = view.at
    if len(view) < 8 or view.data[at] >> 4 != 1:
        walk.call(ethernet, view)
        return
    branch = walk.layer(view, "erspan", "Encapsulated Remote Switch Packet ANalysis Type II", len(view))
    branch.add("0001 .... .... .... = Version: Type II (1)", "erspan.version", 1, at, 2)
    branch.bits("erspan.vlan", "Vlan", at, 2, 0x0FFF)
    branch.bits("erspan.cos", "COS", at + 2, 2, 0xE000)
    branch.bits("erspan.encap", "Encap", at + 2, 2, 0x1800)
    branch.bits("erspan.truncated", "Truncated", at + 2, 2, 0x0400)
    branch.bits("erspan.spanid", "SpanID", at + 2, 2, 0x03FF)
    branch.bits("erspan.index", "Index", at + 4, 4, 0x000FFFFF)
    walk.call(ethernet, view.sub(at + 8))


@ethertype(0x22EB)
def erspan3(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "erspan", "Encapsulated Remote Switch Packet ANalysis Type III", len(view))
    branch.bits("erspan.version", "Version", at, 2, 0xF000, names={2: "Type III"})
    branch.bits("erspan.vlan", "Vlan", at, 2, 0x0FFF)
    branch.bits("erspan.cos", "COS", at + 2, 2, 0xE000)
    branch.bits("erspan.spanid", "SpanID", at + 2, 2, 0x03FF)
    branch.bits("erspan.timestamp", "Timestamp", at + 4, 4, 0xFFFFFFFF)
    branch.bits("erspan.sgt", "Security Group Tag", at + 8, 2, 0xFFFF)
    flags = branch.u16(at + 10)
    branch.bits("erspan.ft", "Frame Type", at + 10, 2, 0x7C00, names={0: "Ethernet", 2: "IP"})
    branch.flag("erspan.direction", "Direction", at + 10, 2, 0x0008, "Egress", "Ingress")
    optional = branch.bits("erspan.o", "Optional Sub headers", at + 10, 2, 0x0001)
    after = at + 12
    if optional:
        branch.bits("erspan.platid", "Platform ID", after, 4, 0xFC000000)
        after += 8
    if flags >> 10 & 31 == 2:
        by_version(walk, view.sub(after))
    else:
        walk.call(ethernet, view.sub(after))


@link_type(10)
def fddi(walk: Walk, view: View) -> None:
    """ANSI X3.139: addresses behind a frame control byte; the type 0101 holds LLC."""
    at = view.at
    control = view.data[at] if len(view) else 0
    words = f"Async LLC frame, priority {control & 7}" if control & 0xF0 == 0x50 else f"0x{control:02x}"
    branch = walk.layer(view, "fddi", f"Fiber Distributed Data Interface, {words}", 13)
    below = branch.add(f"Frame Control: 0x{branch.u8(at):02x} ({words})", "fddi.fc", control, at, 1)
    below.bits("fddi.fc.clf", "Class/Length/Format", at, 1, 0xF0, HEX)
    branch.mac("fddi.dst", "Destination", at + 1)
    branch.mac("fddi.src", "Source", at + 7)
    if control & 0x70 == 0x50:
        walk.call(llc, view.sub(at + 13))
    else:
        payload.data(walk, view.sub(at + 13))


@ethertype(0x8903)
def fabric_path(walk: Walk, view: View) -> None:
    """Cisco's tag of two bytes, with a whole Ethernet frame behind it."""
    branch = walk.layer(view, "cfp", "Cisco FabricPath", 2)
    branch.bits("cfp.ftag", "FTAG", view.at, 2, 0xFFC0)
    branch.bits("cfp.ttl", "TTL", view.at, 2, 0x003F)
    walk.call(ethernet, view.sub(view.at + 2))


@application("teredo")
def teredo(walk: Walk, view: View) -> None:
    """IPv6 over UDP (RFC 4380, 5.1.1): what authenticates, where the sender was seen, then the packet."""
    at = view.at
    branch = walk.layer(view, "teredo", "Teredo IPv6 over UDP tunneling", len(view))
    if branch.u16(at) == 1:
        client, value = branch.u8(at + 2), branch.u8(at + 3)
        size = 13 + client + value
        one = branch.add("Teredo Authentication header", "teredo.auth", None, at, size)
        one.uint("teredo.auth.idlen", "Client identifier length", at + 2, 1)
        one.uint("teredo.auth.aulen", "Authentication value length", at + 3, 1)
        if client:
            one.blob("teredo.auth.id", "Client identifier", at + 4, client)
        if value:
            one.blob("teredo.auth.value", "Authentication value", at + 4 + client, value)
        one.blob("teredo.auth.nonce", "Nonce value", at + size - 9, 8)
        one.blob("teredo.auth.conf", "Confirmation byte", at + size - 1, 1)
        at += size
    if branch.u16(at) == 0:
        one = branch.add("Teredo Origin Indication header", "teredo.orig", None, at, 8)
        port = one.u16(at + 2) ^ 0xFFFF
        one.add(f"Origin UDP port: {port}", "teredo.orig.port", port, at + 2, 2)
        address = ipv4(bytes(byte ^ 0xFF for byte in one.raw(at + 4, 4)))
        one.add(f"Origin IPv4 address: {address}", "teredo.orig.addr", address, at + 4, 4)
        at += 8
    payload.next_ethertype(walk, view.sub(at), 0x86DD)


@application("ayiya")
def ayiya(walk: Walk, view: View) -> None:
    """Anything in anything (draft-massar-v6ops-ayiya): identity and signature, then a packet."""
    at = view.at
    branch = walk.layer(view, "ayiya", "Anything in Anything", len(view))
    size = 8 + (1 << (branch.u8(at) >> 4)) + (branch.u8(at + 1) >> 4) * 4
    branch.bits("ayiya.idlen", "Identity field length", at, 1, 0xF0)
    branch.bits("ayiya.siglen", "Signature Length", at + 1, 1, 0xF0)
    branch.bits("ayiya.opcode", "Operation Code", at + 2, 1, 0x0F)
    following = branch.uint("ayiya.nextheader", "Next Header", at + 3, 1)
    branch.uint("ayiya.epoch", "Epoch", at + 4, 4)
    branch.resize(size)
    if branch.u8(at + 2) & 15 == 1:
        payload.next_ip_protocol(walk, view.sub(at + size), following)
