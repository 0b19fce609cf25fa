"""Decoders of the network layer: IPv4, IPv6 and its extension headers, ARP."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pcaptui.loader.decoders import BY_PROTOCOL, Next
from pcaptui.loader.frames import Frames, Index, layout, select
from pcaptui.loader.table import NONE16, Layer

_IPV4 = layout(
    20,
    first=("u1", 0),
    total=(">u2", 2),
    fragment=(">u2", 6),
    protocol=("u1", 9),
    source=(">u4", 12),
    destination=(">u4", 16),
)
_IPV6 = layout(8, first=("u1", 0), length=(">u2", 4), next=("u1", 6))
_EXTENSION = layout(8, next=("u1", 0), length=("u1", 1), fragment=(">u2", 2))


def _begin(frames: Frames, which: Index, ethertype: int) -> None:
    """An IP header: what was known of an outer one gives way, and the packet is a tunnel or an ICMP error."""
    columns = frames.columns
    inner = columns["network"][which] != NONE16
    if inner.any():
        replaced = select(which, inner)
        quotes = frames.quoted[replaced] & (columns["layers"][replaced] & np.uint16(Layer.QUOTED) == 0)
        columns["layers"][replaced] |= np.where(quotes, Layer.QUOTED, Layer.TUNNEL).astype(np.uint16)
        columns["transport"][replaced] = NONE16
        columns["payload"][replaced] = NONE16
        columns["ip_protocol"][replaced] = 255
        for name in ("payload_length", "source_port", "destination_port"):
            columns[name][replaced] = 0
    columns["network"][which] = frames.position[which]
    columns["ethertype"][which] = ethertype


def ipv4(frames: Frames, which: Index) -> None:
    """RFC 791. Total length 0 is segmentation left to the network card: the frame's own length counts."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 20)
    header = frames.gather(which, _IPV4)
    version = header["first"] >> 4
    if (version == 6).any():
        frames.next[select(which, version == 6)] = Next.IPV6
        which, header = select(which, version != 6), header[version != 6]
    size = (header["first"] & 15).astype(np.int32) * 4
    total = header["total"].astype(np.int32)
    good = (header["first"] >> 4 == 4) & (size >= 20) & ((total >= size) | (total == 0))
    which, header, size, total = frames.keep(which, header, size, total, good=good)
    _begin(frames, which, 0x0800)
    position = frames.position[which]
    frames.addresses(which, 4, position + 12, position + 16)
    frames.source_ipv4[which], frames.destination_ipv4[which] = header["source"], header["destination"]
    whole = position + total <= frames.limit[which]
    frames.shorten(which, np.where(total > 0, position + total, frames.end[which]))
    protocol = header["protocol"]
    frames.columns["ip_protocol"][which] = protocol
    frames.advance(which, size, BY_PROTOCOL[protocol])
    pieces = header["fragment"] & 0x3FFF != 0
    if pieces.any():
        _fragment(frames, select(which, pieces), header["fragment"][pieces] & 0x1FFF == 0, whole[pieces])


def _fragment(frames: Frames, which: Index, first: NDArray[np.bool_], whole: NDArray[np.bool_]) -> None:
    """Fragments stop here, except a first one that cannot be reassembled, being cut (found by experiment)."""
    alone = select(which, first & ~whole)
    frames.flag(alone[frames.columns["ip_protocol"][alone] == 6], Layer.TCP_CUT)
    stop = select(which, ~first | whole)
    frames.flag(stop, Layer.FRAGMENT)
    frames.columns["ip_protocol"][stop] = 255
    frames.next[stop] = Next.NOTHING


def ipv6(frames: Frames, which: Index) -> None:
    """RFC 8200 section 3. Payload length 0 before hop-by-hop options is a jumbogram's (RFC 2675)."""
    which, _ = frames.keep(which, room := frames.room(which), good=room >= 40)
    header = frames.gather(which, _IPV6)
    which, header = frames.keep(which, header, good=header["first"] >> 4 == 6)
    _begin(frames, which, 0x86DD)
    position = frames.position[which]
    frames.addresses(which, 6, position + 8, position + 24)
    length = header["length"].astype(np.int32)
    jumbo = (length == 0) & (header["next"] == 0)
    frames.shorten(which, np.where(jumbo, frames.end[which], position + 40 + length))
    frames.columns["ip_protocol"][which] = header["next"]
    frames.advance(which, 40, BY_PROTOCOL[header["next"]])


def extension(frames: Frames, which: Index) -> None:
    """RFC 8200 sections 4.3, 4.4, 4.6: hop-by-hop options, routing, destination options."""
    which, header, room = frames.keep(
        which, frames.gather(which, _EXTENSION), room := frames.room(which), good=room >= 8
    )
    size = (header["length"].astype(np.int32) + 1) * 8
    which, header, size = frames.keep(which, header, size, good=room >= size)
    frames.columns["ip_protocol"][which] = header["next"]
    frames.advance(which, size, BY_PROTOCOL[header["next"]])


def authentication(frames: Frames, which: Index) -> None:
    """RFC 4302 section 2: the length counts words, without two of them."""
    which, header, room = frames.keep(
        which, frames.gather(which, _EXTENSION), room := frames.room(which), good=room >= 8
    )
    size = (header["length"].astype(np.int32) + 2) * 4
    which, header, size = frames.keep(which, header, size, good=room >= size)
    frames.columns["ip_protocol"][which] = header["next"]
    frames.advance(which, size, BY_PROTOCOL[header["next"]])


def fragment6(frames: Frames, which: Index) -> None:
    """RFC 8200 section 4.5; offset 0 without more fragments is an atomic fragment (RFC 6946): a whole packet."""
    which, header = frames.keep(which, frames.gather(which, _EXTENSION), good=frames.room(which) >= 8)
    frames.columns["ip_protocol"][which] = header["next"]
    whole = frames.end[which] <= frames.limit[which]
    frames.advance(which, 8, BY_PROTOCOL[header["next"]])
    pieces = header["fragment"] & 0xFFF9 != 0
    if pieces.any():
        _fragment(frames, select(which, pieces), header["fragment"][pieces] & 0xFFF8 == 0, whole[pieces])


def arp(frames: Frames, which: Index) -> None:
    """RFC 826. The row's addresses stay the link layer's."""
    frames.columns["network"][which] = frames.position[which]
