"""USB request blocks as Linux (usbmon) and Windows (USBPcap) capture them. A control response without its request at
hand is told by the descriptor that it brings."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_TRANSFERS = ("URB_ISOCHRONOUS", "URB_INTERRUPT", "URB_CONTROL", "URB_BULK")
_REQUESTS = {0: "GET STATUS", 1: "CLEAR FEATURE", 3: "SET FEATURE", 5: "SET ADDRESS", 6: "GET DESCRIPTOR",
             7: "SET DESCRIPTOR", 8: "GET CONFIGURATION", 9: "SET CONFIGURATION", 10: "GET INTERFACE",
             11: "SET INTERFACE", 12: "SYNCH FRAME"}  # fmt: skip
_DESCRIPTORS = {1: "DEVICE", 2: "CONFIGURATION", 3: "STRING", 4: "INTERFACE", 5: "ENDPOINT", 6: "DEVICE QUALIFIER"}


@registry.link_type(189, 220)
def linux(packet: Packet, data: bytes) -> None:
    """48 bytes of usbmon header, 64 where mapped; in the byte order of the host, taken to be little-endian."""
    packet.layers.append("usb")
    packet.set("USB", "")
    if len(data) < 48:
        raise Short
    event, transfer, endpoint, device = data[8], data[9], data[10], data[11]
    bus = data[12] | data[13] << 8
    setup = data[40:48] if data[14] == 0 else b""
    body = data[64 if packet.link_type == 220 else 48 :]
    other = f"{bus}.{device}.{endpoint & 0x7F}"
    submit = event == 0x53
    row(packet, transfer, bool(endpoint & 0x80), submit, other, setup, body)


@registry.link_type(249)
def windows(packet: Packet, data: bytes) -> None:
    """USBPcap: header length, then id, status, function, direction, bus, device, endpoint, transfer."""
    packet.layers.append("usb")
    packet.set("USB", "")
    if len(data) < 27:
        raise Short
    size = data[0] | data[1] << 8
    submit = not data[16] & 1
    bus, device, endpoint, transfer = data[17] | data[18] << 8, data[19] | data[20] << 8, data[21], data[22]
    setup, body = b"", data[size:]
    if transfer == 2 and submit and len(data) > 27 and data[27] == 0:
        setup, body = body[:8], body[8:]
    row(packet, transfer, bool(endpoint & 0x80), submit, f"{bus}.{device}.{endpoint & 0x7F}", setup, body)


def row(packet: Packet, transfer: int, inward: bool, submit: bool, other: str, setup: bytes, body: bytes) -> None:
    packet.source, packet.destination = ("host", other) if submit else (other, "host")
    packet.info += _TRANSFERS[transfer] if transfer < len(_TRANSFERS) else "URB_UNKNOWN"
    packet.info += " in" if inward else " out"
    if transfer != 2:
        return
    if submit and len(setup) == 8 and not setup[0] & 0x60:
        kind = setup[1]
        words = f"{_REQUESTS.get(kind, f'Unknown type {kind}')} Request"
        if kind == 6:
            words += f" {_DESCRIPTORS.get(setup[3], f'Unknown type {setup[3]}')}"
        packet.set("USB", words)
    elif not submit and inward and len(body) >= 2 and body[1] in _DESCRIPTORS and body[0] in (9, 10, 18, len(body)):
        packet.set("USB", f"GET DESCRIPTOR Response {_DESCRIPTORS[body[1]]}")
