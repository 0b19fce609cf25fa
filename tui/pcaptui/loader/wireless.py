"""Decoders of IEEE 802.11 frames and of the headers that capture tools put before them."""

from __future__ import annotations

import numpy as np

from pcaptui.loader.decoders import Next
from pcaptui.loader.frames import Frames, Index, layout
from pcaptui.loader.table import NONE16

_CONTROL = layout(2, first=("u1", 0), second=("u1", 1))
_QOS = layout(2, control=("u1", 0))
_LENGTH2 = layout(4, length=("<u2", 2))
_PRISM = layout(8, code=(">u4", 0), little=("<u4", 4), big=(">u4", 4))
_AVS = layout(8, length=(">u4", 4))
_PPI = layout(8, length=("<u2", 2), link_type=("<u4", 4))
_RADIOTAP = layout(8, length=("<u2", 2), present=("<u4", 4))
_BYTE = layout(1, value=("u1", 0))

_PADDED = 0x20
_HAS_TSFT, _HAS_FLAGS, _MORE_PRESENT = 1, 2, 0x8000_0000


def radiotap(frames: Frames, which: Index) -> None:
    """radiotap.org: version, length, presence bits; its Flags field tells whether headers are padded to words."""
    which, header, room = frames.keep(
        which, frames.gather(which, _RADIOTAP), room := frames.room(which), good=room >= 8
    )
    length = header["length"].astype(np.int32)
    which, header, length = frames.keep(which, header, length, good=(length >= 8) & (room >= length))
    present = header["present"].astype(np.int64)
    simple = (present & _HAS_FLAGS != 0) & (present & _MORE_PRESENT == 0)
    at = np.where(present & _HAS_TSFT, 16, 8)
    flags = np.where(simple & (length > at), frames.gather(which, _BYTE, at)["value"], 0)
    frames.padded[which] = flags & _PADDED != 0
    frames.advance(which, length, Next.WLAN)


def prism(frames: Frames, which: Index) -> None:
    """LINKTYPE_IEEE802_11_PRISM: message code 0x44 or 0x41 and length in either byte order; or an AVS header."""
    which, header, room = frames.keep(which, frames.gather(which, _PRISM), room := frames.room(which), good=room >= 8)
    avs = header["code"] >> 12 == 0x80211
    little = header["little"].astype(np.int64)
    length = np.where(avs | (little > 0xFFFF), header["big"], little)
    which, length = frames.keep(which, length, good=length <= room)
    frames.advance(which, length, Next.WLAN)


def avs(frames: Frames, which: Index) -> None:
    """LINKTYPE_IEEE802_11_AVS: magic and length, big-endian."""
    which, header, room = frames.keep(which, frames.gather(which, _AVS), room := frames.room(which), good=room >= 8)
    length = header["length"].astype(np.int64)
    which, length = frames.keep(which, length, good=length <= room)
    frames.advance(which, length, Next.WLAN)


def ppi(frames: Frames, which: Index) -> None:
    """LINKTYPE_PPI: version, flags, length, link type of the packet behind; 802.11 and Ethernet are known."""
    which, header, room = frames.keep(which, frames.gather(which, _PPI), room := frames.room(which), good=room >= 8)
    length = header["length"].astype(np.int32)
    which, header, length = frames.keep(which, header, length, good=room >= length)
    kind = header["link_type"]
    frames.advance(which, length, np.where(kind == 105, Next.WLAN, np.where(kind == 1, Next.ETHERNET, Next.NOTHING)))


def wlan(frames: Frames, which: Index) -> None:
    """IEEE 802.11-2020 section 9.3: addresses by type, ToDS and FromDS; LLC in unprotected data frames.

    Of an aggregate (A-MSDU, section 9.3.2.2.2) the first subframe counts: addresses and length, 14 bytes, then LLC.
    """
    _wlan(frames, which, "first", "second")


def wlan_swapped(frames: Frames, which: Index) -> None:
    """802.11 with the two bytes of frame control in the other order."""
    _wlan(frames, which, "second", "first")


def _wlan(frames: Frames, which: Index, types: str, bits: str) -> None:
    which, header, room = frames.keep(
        which, frames.gather(which, _CONTROL), room := frames.room(which), good=room >= 10
    )
    position = frames.position[which]
    kind, subtype, flags = header[types] >> 2 & 3, header[types] >> 4, header[bits]
    to_ds, from_ds = flags & 1 != 0, flags & 2 != 0
    data = kind == 2
    source = np.where(data & from_ds, np.where(to_ds, 24, 16), 10)
    destination = np.where(data & to_ds, 16, 4)
    lone = (kind == 1) & np.isin(subtype, (12, 13)) | (kind == 3)  # CTS, ACK: only a receiver
    source_there = ~lone & (room >= source + 6)
    frames.hardware_addresses(
        which,
        np.where(source_there, position + source, NONE16),
        np.where(room >= destination + 6, position + destination, NONE16),
    )
    qos = subtype & 8 != 0
    size = 24 + np.where(to_ds & from_ds, 6, 0) + np.where(qos, 2, 0) + np.where(qos & (flags & 0x80 != 0), 4, 0)
    control_at = 24 + np.where(to_ds & from_ds, 6, 0)
    aggregate = qos & (frames.gather(which, _QOS, control_at)["control"] & 0x80 != 0)
    size = np.where(frames.padded[which], size + 3 & ~3, size)
    size += np.where(aggregate, 14, 0)
    plain = data & (subtype & 4 == 0) & (flags & 0x40 == 0) & (room >= size)
    frames.advance(which, size, np.where(plain, Next.LLC, Next.NOTHING))
