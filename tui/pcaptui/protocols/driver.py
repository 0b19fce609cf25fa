"""The start of every row: from a packet's link type up, whatever its bytes are."""

from __future__ import annotations

from struct import error as StructError

from . import registry
from .packet import Packet, Short, Silent
from .text import escape

MAX_DEPTH = 100
"""Layers in one frame; tunnels in tunnels beyond that are not followed."""

INFO = 4095
"""Bytes of UTF-8 in the Info column; tshark cuts there."""

LIMITED = "[Packet size limited during capture]"
MALFORMED = "[Malformed Packet]"
CONTAINED = "[Malformed Packet: length of contained item exceeds length of containing item]"


def run(packet: Packet) -> Packet:
    """Fill in the row's columns. Never raises; a layer that breaks off leaves what it had set and tshark's words."""
    if not registry.loaded():
        registry.load()
    packet.missing = max(packet.length - len(packet.data), 0)
    dissector = registry.link_types.get(packet.link_type)
    if dissector is None:
        unknown_link_type(packet)
    else:
        guarded(dissector, packet, packet.data)
    packet.info = escape(packet.info)
    if len(packet.info) > INFO:
        packet.info = packet.info.encode()[:INFO].decode("utf-8", "ignore")
    packet.protocol = escape(packet.protocol)
    packet.source = escape(packet.source)
    packet.destination = escape(packet.destination)
    return packet


def guarded(dissector: registry.RowDissector, packet: Packet, data: bytes) -> None:
    """Call a dissector; note in Info how it broke off, if it did."""
    try:
        dissector(packet, data)
    except (Short, IndexError, StructError):
        packet.info += LIMITED if packet.missing else MALFORMED
    except Silent:
        pass
    except Exception:
        packet.info += MALFORMED


_WIRETAP = {8: 3}
"""Numbers that tshark counts link types by, as far as it knows one and cannot dissect it."""


def unknown_link_type(packet: Packet) -> None:
    packet.protocol = "UNKNOWN"
    number = _WIRETAP.get(packet.link_type)
    packet.info = f"Link type {packet.link_type}" if number is None else f"WTAP_ENCAP = {number}"
