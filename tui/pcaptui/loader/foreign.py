"""Link types that scapy decodes, a packet at a time, and what of them can reach the columns."""

from __future__ import annotations

import socket
from typing import Any

import numpy as np

from pcaptui.loader.decoders import Next
from pcaptui.loader.frames import Frames, Index
from pcaptui.loader.table import Layer

SHOWN = frozenset({187, 189, 201, 220, 227, 249, 251, 254, 256})
"""Bluetooth, USB, CAN: scapy shows their packets, but no IP header stands in them."""

DISSECTED = {195: "Dot15d4FCS", 230: "Dot15d4"}
"""IEEE 802.15.4, whose frames may hold compressed IPv6 headers (RFC 6282)."""

_MOST_PACKETS = 5_000
_LONGEST = 2_048


def dissect(frames: Frames, which: Index) -> None:
    """Fill addresses, protocol and ports of IPv6 over IEEE 802.15.4, for the capture's first packets.

    There is no offset to give: those headers do not stand in the frame as such.
    """
    numbers = np.arange(frames.size)[which]
    for index in numbers[numbers + frames.first < _MOST_PACKETS].tolist():
        start = int(frames.start[index])
        frame = frames.raw[start : start + min(int(frames.captured[index]), _LONGEST)].tobytes()
        packet = _packet(frame, DISSECTED.get(int(frames.link_type[index]), "Dot15d4"))
        if packet is not None:
            _fill(frames, index, packet)


def _packet(frame: bytes, name: str) -> Any:
    """The IPv6 packet that scapy finds in a frame, None if there is none or scapy stumbles."""
    try:
        from scapy.config import conf
        from scapy.layers import dot15d4, inet6, sixlowpan  # noqa: F401

        settings: Any = conf
        before, settings.dot15d4_protocol = settings.dot15d4_protocol, "sixlowpan"
        try:
            return getattr(dot15d4, name)(frame).getlayer(inet6.IPv6)
        finally:
            settings.dot15d4_protocol = before
    except Exception:  # scapy raises anything on hostile bytes
        return None


def _fill(frames: Frames, index: int, packet: Any) -> None:
    try:
        source, destination = (socket.inet_pton(socket.AF_INET6, str(text)) for text in (packet.src, packet.dst))
        protocol, upper = int(packet.nh), packet.payload
        ports = int(getattr(upper, "sport", 0)), int(getattr(upper, "dport", 0))
    except Exception:  # a field that scapy cannot make sense of
        return
    columns = frames.columns
    columns["ethertype"][index] = 0x86DD
    columns["ip_protocol"][index] = protocol & 0xFF
    columns["source_port"][index], columns["destination_port"][index] = (port & 0xFFFF for port in ports)
    frames.given[index] = source, destination


def mark(frames: Frames) -> None:
    """Flag the packets whose link types are scapy's."""
    mine = np.isin(frames.link_type, [*SHOWN, *DISSECTED])
    if mine.any():
        frames.flag(np.flatnonzero(mine), Layer.SCAPY)
        frames.next[np.isin(frames.link_type, [*DISSECTED])] = Next.FOREIGN
