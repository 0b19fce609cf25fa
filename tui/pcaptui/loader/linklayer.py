"""Decoders of wired link layers and of the tags between them and the network layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader.decoders import BY_ETHERTYPE, BY_LINK_TYPE, Next
from pcaptui.loader.frames import Frames, Index, layout, select
from pcaptui.loader.table import NONE16, Layer

_ETHERNET = layout(16, type=(">u2", 12), llc=(">u2", 14))
_TYPE = layout(2, type=(">u2", 0))
_TAG = layout(4, type=(">u2", 2))
_WORD = layout(4, word=(">u4", 0))
_LABEL = layout(4, bottom=("u1", 2))
_PPPOE = layout(6, code=("u1", 1), length=(">u2", 4))
_LLC = layout(8, saps=(">u2", 0), control=("u1", 2), oui_high=("u1", 3), oui_low=(">u2", 4), type=(">u2", 6))
_COOKED = layout(16, hardware=(">u2", 2), address_length=(">u2", 4), type=(">u2", 14))
_COOKED2 = layout(20, type=(">u2", 0), hardware=(">u2", 8), address_length=("u1", 11))
_FAMILY = layout(4, little=("<u4", 0), big=(">u4", 0))
_FIRST = layout(1, first=("u1", 0))
_PPP = layout(4, address=(">u2", 0), first=("u1", 0), protocol=(">u2", 0))
_FRAME_RELAY_ADDRESS = layout(4, second=("u1", 1), third=("u1", 2))
_FRAME_RELAY = layout(
    8,
    type=(">u2", 0),
    control=("u1", 0),
    nlpid=("u1", 1),
    padded_nlpid=("u1", 2),
    oui_high=("u1", 3),
    oui_low=(">u2", 4),
)
_TOKEN_RING = layout(16, control=("u1", 1), source=("u1", 8), routing=("u1", 14))
_TLV = layout(4, length=("<u2", 0), type=("<u2", 2))
_FAMILY_AFTER_LENGTH = layout(2, length=("u1", 0), family=("u1", 1))
_HDLC = layout(4, address=("u1", 0), type=(">u2", 2))
_PKTAP = layout(12, length=("<u4", 0), link_type=("<u4", 8))

_IPV6_FAMILIES = (10, 24, 28, 30)  # Linux, NetBSD and OpenBSD, FreeBSD, Darwin
_PPP_PROTOCOLS = {0x0021: Next.IPV4, 0x0057: Next.IPV6, 0x0281: Next.MPLS, 0x0283: Next.MPLS}


def by_ethertype(frames: Frames, which: Index, ethertype: NDArray[np.uint16], distance: int) -> None:
    """Move on behind an ethertype."""
    frames.columns["ethertype"][which] = ethertype
    frames.advance(which, distance, BY_ETHERTYPE[ethertype])


def ethernet(frames: Frames, which: Index) -> None:
    """IEEE 802.3 clause 3: a type from 0x600 on, a length up to 1500 (LLC follows, 0xFFFF: raw IPX)."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 14)
    header = frames.gather(which, _ETHERNET)
    position = frames.position[which]
    frames.hardware_addresses(which, position + 6, position)
    kind = header["type"].astype(np.uint16)
    by_ethertype(frames, which, kind, 14)
    lengths = kind < 0x600
    if lengths.any():
        short = select(which, lengths)
        frames.columns["ethertype"][short] = 0
        frames.shorten(short, frames.position[short] + kind[lengths].astype(np.int32))
        frames.next[short] = np.where(header["llc"][lengths] == 0xFFFF, Next.NOTHING, Next.LLC)


def ethertype(frames: Frames, which: Index) -> None:
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 2)
    by_ethertype(frames, which, frames.gather(which, _TYPE)["type"].astype(np.uint16), 2)


def vlan(frames: Frames, which: Index) -> None:
    """IEEE 802.1Q tag: two bytes of control information, then the next ethertype (or an 802.3 length)."""
    frames.flag(which, Layer.VLAN)
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 4)
    kind = frames.gather(which, _TAG)["type"].astype(np.uint16)
    by_ethertype(frames, which, kind, 4)
    lengths = kind < 0x600
    if lengths.any():
        short = select(which, lengths)
        frames.columns["ethertype"][short] = 0
        frames.next[short] = Next.LLC


def vntag(frames: Frames, which: Index) -> None:
    """IEEE 802.1BR's predecessor: four bytes of tag, then the next ethertype."""
    frames.advance(which, 4, Next.ETHERTYPE)


def service_tag(frames: Frames, which: Index) -> None:
    """IEEE 802.1ah: four bytes of service tag, then the customer's whole frame; both in one step, as they nest."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 4)
    frames.advance(which, 4, Next.NOTHING)
    ethernet(frames, which)


def fabric_path(frames: Frames, which: Index) -> None:
    """Cisco FabricPath: a tag of two bytes, then the whole frame with its checksum."""
    frames.shorten(which, np.maximum(frames.end[which] - 4, frames.position[which]))
    frames.advance(which, 2, Next.ETHERNET)


def macsec(frames: Frames, which: Index) -> None:
    """IEEE 802.1AE: a tag of 6 bytes, 8 more with SC set; readable unless E or C is set; 16 bytes of ICV at the end."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 6)
    control = frames.gather(which, _FIRST)["first"]
    size = np.where(control & 0x20, 14, 6)
    frames.shorten(which, np.maximum(frames.end[which] - 16, frames.position[which]))
    frames.advance(which, size, np.where(control & 0x0C == 0, Next.ETHERTYPE, Next.NOTHING))


def mpls(frames: Frames, which: Index) -> None:
    """RFC 3032 section 2.1: labels up to the one with the bottom-of-stack bit."""
    frames.flag(which, Layer.MPLS)
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 4)
    bottom = frames.gather(which, _LABEL)["bottom"] & 1
    frames.advance(which, 4, np.where(bottom == 1, Next.ENCAPSULATED, Next.MPLS))


def encapsulated(frames: Frames, which: Index) -> None:
    """Behind MPLS: IP by its version; first four bits 0 are a pseudowire control word (RFC 4385), then Ethernet."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 1)
    version = frames.gather(which, _FIRST)["first"] >> 4
    ip = np.where(version == 4, Next.IPV4, np.where(version == 6, Next.IPV6, Next.NOTHING))
    control = version == 0
    frames.advance(which, np.where(control, 4, 0), np.where(control, Next.ETHERNET, ip))


def pppoe(frames: Frames, which: Index) -> None:
    """RFC 2516 section 4; only session data (code 0) carries PPP."""
    frames.flag(which, Layer.PPPOE)
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 6)
    header = frames.gather(which, _PPPOE)
    frames.shorten(which, frames.position[which] + 6 + header["length"].astype(np.int32))
    frames.advance(which, 6, np.where(header["code"] == 0, Next.PPP_PROTOCOL, Next.NOTHING))


def ppp(frames: Frames, which: Index) -> None:
    """RFC 1662: address and control bytes ff 03, which may be compressed away."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 2)
    address = frames.gather(which, _PPP)["address"]
    hdlc = (address == 0xFF03) | (address == 0x0F00) | (address == 0x8F00)
    frames.advance(which, np.where(hdlc, 2, 0), Next.PPP_PROTOCOL)


def ppp_directed(frames: Frames, which: Index) -> None:
    """LINKTYPE_PPP_WITH_DIR."""
    frames.advance(which, 1, Next.PPP)


def preamble(frames: Frames, which: Index) -> None:
    """LINKTYPE_ETHERNET_MPACKET: preamble and start delimiter, 8 bytes, then an Ethernet frame."""
    frames.advance(which, 8, Next.ETHERNET)


def ppp_protocol(frames: Frames, which: Index) -> None:
    """RFC 1661 section 2: a protocol of two bytes, or of one if that is odd."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 2)
    header = frames.gather(which, _PPP)
    short = header["first"] & 1 == 1
    protocol = np.where(short, header["first"], header["protocol"])
    decoder = np.zeros(len(protocol), np.uint8)
    for number, known in _PPP_PROTOCOLS.items():
        decoder[protocol == number] = known
    frames.advance(which, np.where(short, 1, 2), decoder)


def llc(frames: Frames, which: Index) -> None:
    """IEEE 802.2; SNAP with OUI 0 (RFC 1042) or 0000f8 (802.1H) holds an ethertype; SAP 6 is IPv4."""
    which, room = frames.keep(which, room := frames.room(which), good=room >= 3)
    header = frames.gather(which, _LLC)
    zero_oui = (header["oui_high"] == 0) & np.isin(header["oui_low"], (0x0000, 0x00F8))
    snap = (header["saps"] == 0xAAAA) & (header["control"] == 3) & zero_oui & (room >= 8)
    if snap.any():
        by_ethertype(frames, select(which, snap), header["type"][snap].astype(np.uint16), 8)
    ip = (header["saps"] == 0x0606) & (header["control"] == 3)
    if ip.any():
        frames.advance(select(which, ip), 3, Next.IPV4)


def cooked(frames: Frames, which: Index) -> None:
    """LINKTYPE_LINUX_SLL: packet type, hardware type, sender's address, protocol."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 16)
    header = frames.gather(which, _COOKED)
    position = frames.position[which]
    mac = (header["address_length"] == 6) & np.isin(header["hardware"], (1, 6, 801, 802, 803))
    frames.hardware_addresses(which, np.where(mac, position + 6, NONE16), NONE16)
    frames.position[which] += 14
    _cooked_type(frames, which, header["type"].astype(np.uint16), header["hardware"], 2)


def cooked2(frames: Frames, which: Index) -> None:
    """LINKTYPE_LINUX_SLL2: protocol first, 20 bytes in all."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 20)
    header = frames.gather(which, _COOKED2)
    position = frames.position[which]
    mac = (header["address_length"] == 6) & np.isin(header["hardware"], (1, 6, 801, 802, 803))
    frames.hardware_addresses(which, np.where(mac, position + 12, NONE16), NONE16)
    _cooked_type(frames, which, header["type"].astype(np.uint16), header["hardware"], 20)


def _cooked_type(
    frames: Frames, which: Index, kind: NDArray[np.uint16], hardware: NDArray[np.uint16], distance: int
) -> None:
    by_ethertype(frames, which, kind, distance)
    odd = kind < 0x600
    gre = hardware == 778  # ARPHRD_IPGRE: the protocol is the GRE header's
    if odd.any():
        short = select(which, odd)
        frames.columns["ethertype"][short] = 0
        frames.next[short] = np.where((kind[odd] == 4) & ~gre[odd], Next.LLC, Next.NOTHING)


def loopback(frames: Frames, which: Index) -> None:
    """LINKTYPE_NULL and LINKTYPE_LOOP: an address family in either byte order, or an ethertype."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 4)
    header = frames.gather(which, _FAMILY)
    little, big = header["little"], header["big"]
    family = np.where(little > 0xFFFF, big, little)
    ipv6 = np.isin(family, _IPV6_FAMILIES)
    decoder = np.where(family == 2, Next.IPV4, np.where(ipv6, Next.IPV6, Next.NOTHING)).astype(np.uint8)
    types = (family >= 0x600) & (family <= 0xFFFF)
    decoder[types] = BY_ETHERTYPE[family[types]]
    frames.columns["ethertype"][which] = np.where(types, family, 0)
    frames.advance(which, 4, decoder)


def hdlc(frames: Frames, which: Index) -> None:
    """Cisco HDLC: address, control, ethertype."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 4)
    by_ethertype(frames, which, frames.gather(which, _HDLC)["type"].astype(np.uint16), 4)


def frame_relay(frames: Frames, which: Index) -> None:
    """RFC 2427: after two to four bytes of address, control 3 and an NLPID; else Cisco's form with an ethertype."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 4)
    address = frames.gather(which, _FRAME_RELAY_ADDRESS)
    more, third = address["second"] & 1 == 0, address["third"] & 1 == 0
    frames.advance(which, np.where(more, np.where(third, 4, 3), 2), Next.NOTHING)
    which, room = frames.keep(which, room := frames.room(which), good=room >= 2)
    header = frames.gather(which, _FRAME_RELAY)
    control = header["control"] == 3
    padded = control & (header["nlpid"] == 0)  # a pad byte before the NLPID keeps what follows aligned
    snap = padded & (header["padded_nlpid"] == 0x80) & (header["oui_low"] == 0) & (header["oui_high"] == 0)
    snap &= room >= 8
    ip = control & (header["nlpid"] == 0xCC)
    ip6 = control & (header["nlpid"] == 0x8E)
    decoder = np.where(ip, Next.IPV4, np.where(ip6, Next.IPV6, np.where(snap, Next.ETHERTYPE, Next.NOTHING)))
    cisco = select(which, ~control)
    by_ethertype(frames, cisco, header["type"][~control].astype(np.uint16), 2)
    frames.advance(select(which, control), np.where(snap, 6, 2)[control], decoder[control])


def raw_ip(frames: Frames, which: Index) -> None:
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 1)
    version = frames.gather(which, _FIRST)["first"] >> 4
    frames.next[which] = np.where(version == 4, Next.IPV4, np.where(version == 6, Next.IPV6, Next.NOTHING))


def slip(frames: Frames, which: Index) -> None:
    """LINKTYPE_SLIP: direction and the compressed header, 16 bytes, then IP."""
    frames.advance(which, 16, Next.IP)


def token_ring(frames: Frames, which: Index) -> None:
    """IEEE 802.5: access and frame control, addresses; the source's first bit announces routing information."""
    which, room = frames.keep(which, room := frames.room(which), good=room >= 16)
    header = frames.gather(which, _TOKEN_RING)
    position = frames.position[which]
    routed = header["source"] & 0x80 != 0
    frames.hardware_addresses(which, np.where(routed, NONE16, position + 8), position + 2)
    size = np.where(routed, header["routing"] & 0x1F, 0).astype(np.int32)
    frames.advance(which, 14 + size, np.where(header["control"] >> 6 == 1, Next.LLC, Next.NOTHING))


def fddi(frames: Frames, which: Index) -> None:
    """ANSI X3.139: frame control, addresses in an unknown bit order, LLC."""
    which, room = frames.keep(which, room := frames.room(which), good=room >= 13)
    control = frames.gather(which, _FIRST)["first"]
    frames.advance(which, 13, np.where(control & 0x30 == 0x10, Next.LLC, Next.NOTHING))


def arcnet(frames: Frames, which: Index) -> None:
    """LINKTYPE_ARCNET: two addresses of a byte, then the protocol."""
    _arcnet(frames, which, 2)


def arcnet_linux(frames: Frames, which: Index) -> None:
    """LINKTYPE_ARCNET_LINUX: two addresses of a byte, two bytes of offset, then the protocol."""
    _arcnet(frames, which, 4)


def _arcnet(frames: Frames, which: Index, at: int) -> None:
    """RFC 1051 (IP 240, ARP 241: nothing between) and RFC 1201 (IP 212, ARP 213: split flag, sequence number)."""
    which, _ = frames.keep(which, room := frames.room(which), good=room > at)
    kind = frames.gather(which, _FIRST, at)["first"]
    old = (kind == 240) | (kind == 241)
    decoder = np.where((kind == 240) | (kind == 212), Next.IPV4, Next.NOTHING)
    frames.advance(which, at + np.where(old, 1, 4), np.where((kind == 241) | (kind == 213), Next.ARP, decoder))


def nflog(frames: Frames, which: Index) -> None:
    """LINKTYPE_NFLOG: family, version, resource; then TLVs, of which number 9 is the packet, within the first few."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 8)
    family = frames.gather(which, _FIRST)["first"]
    frames.position[which] += 4
    decoder = np.where(family == 2, Next.IPV4, np.where(family == 10, Next.IPV6, Next.NOTHING)).astype(np.uint8)
    for _ in range(24):
        tlv = frames.gather(which, _TLV)
        size = tlv["length"].astype(np.int32)
        payload = tlv["type"] == 9
        there = (size >= 4) & (frames.room(which) >= 4)
        frames.advance(select(which, payload & there), 4, decoder[payload & there])
        more = there & ~payload
        if not more.any():
            return
        which, decoder, size = select(which, more), decoder[more], size[more]
        frames.advance(which, size + 3 & ~3, Next.NOTHING)


def pflog(frames: Frames, which: Index) -> None:
    """LINKTYPE_PFLOG: its length, padded to four bytes, then the address family."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 4)
    header = frames.gather(which, _FAMILY_AFTER_LENGTH)
    decoder = np.where(
        header["family"] == 2, Next.IPV4, np.where(np.isin(header["family"], _IPV6_FAMILIES), Next.IPV6, 0)
    )
    frames.advance(which, header["length"].astype(np.int32) + 3 & ~3, decoder)


def enc(frames: Frames, which: Index) -> None:
    """LINKTYPE_ENC: address family in the host's byte order, SPI, flags, then IP."""
    frames.advance(which, 12, Next.IP)


def pktap(frames: Frames, which: Index) -> None:
    """LINKTYPE_PKTAP (Apple's): its length and the link type of the frame behind it, little-endian."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 12)
    header, room = frames.gather(which, _PKTAP), frames.room(which)
    length = header["length"].astype(np.int64)
    which, header, length = frames.keep(which, header, length, good=(length >= 12) & (length <= room))
    frames.advance(which, length, BY_LINK_TYPE[np.minimum(header["link_type"], len(BY_LINK_TYPE) - 1)])
