"""Decoders of what carries packets within packets: GRE, and tunnels over UDP.

Which of them count is found by experiment: those whose inner headers tshark dissects by default.
"""

from __future__ import annotations

import numpy as np

from pcaptui.loader.decoders import BY_ETHERTYPE, Next
from pcaptui.loader.frames import Frames, Index, layout, select

_GRE = layout(4, flags=("u1", 0), version=("u1", 1), type=(">u2", 2))
_FIRST = layout(1, first=("u1", 0))
_ERSPAN3 = layout(12, type=("u1", 10), flags=("u1", 11))
_VXLAN = layout(8, flags=("u1", 0), next=("u1", 3))
_GENEVE = layout(8, first=("u1", 0), type=(">u2", 2))
_GTP = layout(12, flags=("u1", 0), type=("u1", 1), extension=("u1", 11))
_GTP_EXTENSION = layout(1, length=("u1", 0))
_TEREDO = layout(4, indicator=(">u2", 0), client=("u1", 2), value=("u1", 3))
_L2TP = layout(2, flags=(">u2", 0))
_OFFSET = layout(2, padding=(">u2", 0))
_TZSP = layout(4, version=("u1", 0), type=("u1", 1), protocol=(">u2", 2))
_TAG = layout(2, type=("u1", 0), length=("u1", 1))
_AYIYA = layout(4, identity=("u1", 0), signature=("u1", 1), operation=("u1", 2), next=("u1", 3))
_CAPWAP = layout(4, preamble=("u1", 0), length=("u1", 1), binding=("u1", 2), flags=("u1", 3))
_NSH = layout(4, length=("u1", 1), next=("u1", 3))

_ARUBA = range(0x8200, 0x8380, 0x10)
"""GRE protocol types of Aruba access points, which carry 802.11 frames (found by experiment)."""
_NSH_NEXT = ((1, Next.IPV4), (2, Next.IPV6), (3, Next.ETHERNET), (4, Next.NSH), (5, Next.MPLS))


def gre(frames: Frames, which: Index) -> None:
    """RFC 2784, 2890: checksum, key and sequence number are there if flagged; version 1 is PPTP's (RFC 2637)."""
    columns = frames.columns
    by_ip = columns["ip_protocol"][which] == 47
    columns["transport"][select(which, by_ip)] = frames.position[which][by_ip]
    which, room = frames.keep(which, room := frames.room(which), good=room >= 4)
    header = frames.gather(which, _GRE)
    flags, version = header["flags"].astype(np.int32), header["version"]
    size = 4 + np.where(flags & 0xC0, 4, 0) + np.where(flags & 0x20, 4, 0) + np.where(flags & 0x10, 4, 0)
    pptp = version & 7 == 1
    size += np.where(pptp & (version & 0x80 != 0), 4, 0)
    kind = header["type"].astype(np.uint16)
    which, size, kind, flags, version = frames.keep(which, size, kind, flags, version, good=room >= size)
    decoder = BY_ETHERTYPE[kind]
    decoder[kind == 0x88BE] = Next.ERSPAN
    decoder[kind == 0x22EB] = Next.ERSPAN3
    decoder[kind == 0x883E] = Next.IPV4  # WCCP, version 1
    decoder[kind == 0x880B] = Next.PPP
    decoder[np.isin(kind, _ARUBA)] = Next.WLAN
    sequenced = flags & 0x10 != 0
    plain = (kind == 0x88BE) & ~sequenced  # ERSPAN type I has no header of its own
    decoder[plain] = Next.ETHERNET
    decoder[(version & 7 == 1) & ~sequenced] = Next.NOTHING  # only an acknowledgment
    routed = flags & 0x40 != 0
    decoder[routed & (decoder != Next.NOTHING)] = Next.NOTHING
    frames.advance(which, size, decoder)


def erspan(frames: Frames, which: Index) -> None:
    """ERSPAN type II: 8 bytes."""
    frames.advance(which, 8, Next.ETHERNET)


def erspan3(frames: Frames, which: Index) -> None:
    """ERSPAN type III: 12 bytes, 8 more with the O bit; what follows by its frame type (found by experiment)."""
    which, header = frames.keep(which, frames.gather(which, _ERSPAN3), good=frames.room(which) >= 12)
    kind = header["type"] >> 2 & 31
    decoder = np.where(kind == 0, Next.ETHERNET, np.where(kind == 2, Next.IP, Next.NOTHING))
    frames.advance(which, np.where(header["flags"] & 1, 20, 12), decoder)


def etherip(frames: Frames, which: Index) -> None:
    """RFC 3378."""
    frames.advance(which, 2, Next.ETHERNET)


def vxlan(frames: Frames, which: Index) -> None:
    """RFC 7348 section 5."""
    frames.advance(which, 8, Next.ETHERNET)


def vxlan_gpe(frames: Frames, which: Index) -> None:
    """draft-ietf-nvo3-vxlan-gpe: a next-protocol byte if the P bit is set."""
    which, header = frames.keep(which, frames.gather(which, _VXLAN), good=frames.room(which) >= 8)
    decoder = np.full(len(header), Next.NOTHING, np.uint8)
    for number, known in ((1, Next.IPV4), (2, Next.IPV6), (3, Next.ETHERNET), (4, Next.NSH), (5, Next.MPLS)):
        decoder[header["next"] == number] = known
    frames.advance(which, 8, decoder)


def geneve(frames: Frames, which: Index) -> None:
    """RFC 8926 section 3.4: the length of the options in words, the protocol as an ethertype."""
    which, header = frames.keep(which, frames.gather(which, _GENEVE), good=frames.room(which) >= 8)
    decoder = BY_ETHERTYPE[header["type"].astype(np.uint16)]
    frames.advance(which, 8 + (header["first"] & 0x3F).astype(np.int32) * 4, decoder)


def gtp(frames: Frames, which: Index) -> None:
    """3GPP TS 29.281 section 5.1: version 1, message 255 carries a packet."""
    which, header, room = frames.keep(which, frames.gather(which, _GTP), room := frames.room(which), good=room >= 8)
    flags = header["flags"]
    packet = (flags >> 4 == 3) & (header["type"] == 255)
    long = flags & 7 != 0
    extended = long & (flags & 4 != 0) & (header["extension"] != 0)
    good = packet & (room >= np.where(long, 12, 8))
    which, long, extended = select(which, good), long[good], extended[good]
    frames.advance(which, np.where(long, 12, 8), np.where(extended, Next.GTP_EXTENSION, Next.IP))


def gtp_extension(frames: Frames, which: Index) -> None:
    """3GPP TS 29.281 section 5.2.1: length in words first, the type of the next extension last."""
    which, header, room = frames.keep(
        which, frames.gather(which, _GTP_EXTENSION), room := frames.room(which), good=room >= 4
    )
    size = header["length"].astype(np.int32) * 4
    which, size = frames.keep(which, size, good=(size > 0) & (room >= size))
    following = frames.gather(which, _GTP_EXTENSION, size - 1)["length"]
    frames.advance(which, size, np.where(following == 0, Next.IP, Next.GTP_EXTENSION))


def teredo(frames: Frames, which: Index) -> None:
    """RFC 4380 section 5.1.1: origin (0) and authentication (1) indications before the IPv6 packet."""
    for _ in range(3):
        which, header = frames.keep(which, frames.gather(which, _TEREDO), good=frames.room(which) >= 4)
        ipv6 = header["indicator"] >> 12 == 6
        frames.next[select(which, ipv6)] = Next.IPV6
        origin, authentication = header["indicator"] == 0, header["indicator"] == 1
        size = np.where(origin, 8, 13 + header["client"].astype(np.int32) + header["value"])
        more = origin | authentication
        which, size = select(which, more), size[more]
        if not len(which):
            return
        frames.advance(which, size, Next.NOTHING)


def lisp(frames: Frames, which: Index) -> None:
    """RFC 9300 section 5.1: 8 bytes, then IP."""
    frames.advance(which, 8, Next.IP)


def l2tp(frames: Frames, which: Index) -> None:
    """RFC 2661 section 3.1: data messages (T bit 0) of version 2; length, sequence and offset fields if flagged."""
    which, header, room = frames.keep(which, frames.gather(which, _L2TP), room := frames.room(which), good=room >= 6)
    flags = header["flags"].astype(np.int32)
    data = (flags & 0x8000 == 0) & (flags & 0x0F == 2)
    which, flags = select(which, data), flags[data]
    size = 6 + np.where(flags & 0x4000, 2, 0) + np.where(flags & 0x0800, 4, 0)
    padded = flags & 0x0200 != 0
    padding = frames.gather(which, _OFFSET, size)["padding"].astype(np.int32)
    size += np.where(padded, 2 + padding, 0)
    which, size = frames.keep(which, size, good=frames.room(which) >= size)
    frames.advance(which, size, Next.PPP)


def tzsp(frames: Frames, which: Index) -> None:
    """TaZmen Sniffer Protocol: received (0) or transmitted (1) Ethernet (1) or 802.11 (18) frames behind tags."""
    which, header = frames.keep(which, frames.gather(which, _TZSP), good=frames.room(which) >= 5)
    kind = header["protocol"]
    decoder = np.where(kind == 1, Next.ETHERNET, np.where(kind == 18, Next.WLAN, Next.NOTHING)).astype(np.uint8)
    packet = (header["version"] == 1) & (header["type"] <= 1)
    which, decoder = select(which, packet), decoder[packet]
    frames.advance(which, 4, Next.NOTHING)
    for _ in range(16):
        tag = frames.gather(which, _TAG)
        there = frames.room(which) >= 1
        last = there & (tag["type"] == 1)
        frames.advance(select(which, last), 1, decoder[last])
        more = there & ~last
        which, decoder, tag = select(which, more), decoder[more], tag[more]
        if not len(which):
            return
        frames.advance(which, np.where(tag["type"] == 0, 1, 2 + tag["length"].astype(np.int32)), Next.NOTHING)


def gtp0(frames: Frames, which: Index) -> None:
    """GTP version 0 (3GPP TS 29.060 of old): 20 bytes, message 255 carries a packet."""
    which, header = frames.keep(which, frames.gather(which, _GTP), good=frames.room(which) >= 20)
    packet = (header["flags"] >> 5 == 0) & (header["type"] == 255)
    frames.advance(which, 20, np.where(packet, Next.IP, Next.NOTHING))


def ayiya(frames: Frames, which: Index) -> None:
    """draft-massar-v6ops-ayiya: lengths of identity (a power of two) and signature (words); IPv6 or IPv4 next."""
    which, header = frames.keep(which, frames.gather(which, _AYIYA), good=frames.room(which) >= 8)
    identity = np.left_shift(1, (header["identity"] >> 4).astype(np.int32))
    size = 8 + identity + (header["signature"] >> 4).astype(np.int32) * 4
    forward = header["operation"] & 15 == 1
    ip = np.where(header["next"] == 41, Next.IPV6, np.where(header["next"] == 4, Next.IPV4, Next.NOTHING))
    frames.advance(which, size, np.where(forward, ip, Next.NOTHING))


def capwap(frames: Frames, which: Index) -> None:
    """RFC 5415 section 4.3: header length in words; bit T: a frame of the wireless binding, else 802.3.

    Fragments and keep-alives carry nothing of their own. 802.11 frames come with frame control swapped, as tshark
    takes them by default.
    """
    which, header = frames.keep(which, frames.gather(which, _CAPWAP), good=frames.room(which) >= 8)
    size = (header["length"] >> 3).astype(np.int32) * 4
    native, binding = header["binding"] & 1 == 1, header["binding"] >> 1 & 31
    frame = np.where(native, np.where(binding == 1, Next.WLAN_SWAPPED, Next.NOTHING), Next.ETHERNET)
    carries = (header["preamble"] & 15 == 0) & (header["flags"] & 0x88 == 0) & (size >= 8)
    frames.advance(which, size, np.where(carries, frame, Next.NOTHING))


def nsh(frames: Frames, which: Index) -> None:
    """RFC 8300 section 2.2: length in words, next protocol."""
    which, header, room = frames.keep(which, frames.gather(which, _NSH), room := frames.room(which), good=room >= 8)
    size = (header["length"] & 0x3F).astype(np.int32) * 4
    which, header, size = frames.keep(which, header, size, good=(size >= 8) & (room >= size))
    decoder = np.full(len(header), Next.NOTHING, np.uint8)
    for number, known in _NSH_NEXT:
        decoder[header["next"] == number] = known
    frames.advance(which, size, decoder)
