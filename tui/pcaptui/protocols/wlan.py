"""IEEE 802.11 frames: addresses, sequence and flags for the row; data goes on to LLC. Words as tshark shows them."""

from __future__ import annotations

from . import registry
from .ethernet import LLC, by_ethertype
from .packet import Packet, Short
from .wlan_elements import management_body

_MANAGEMENT = ("Association Request", "Association Response", "Reassociation Request", "Reassociation Response",
               "Probe Request", "Probe Response", "Measurement Pilot", "", "Beacon frame", "ATIM", "Disassociate",
               "Authentication", "Deauthentication", "Action", "Action No Ack", "Aruba Management")  # fmt: skip
_CONTROL = ("", "", "Trigger", "", "Beamforming Report Poll", "VHT/HE NDP Announcement", "", "Control Wrapper",
            "802.11 Block Ack Req", "802.11 Block Ack", "Power-Save poll", "Request-to-send", "Clear-to-send",
            "Acknowledgement", "CF-End (Control-frame)", "CF-End + CF-Ack (Control-frame)")  # fmt: skip
_DATA = ("Data", "Data + CF-Ack", "Data + CF-Poll", "Data + CF-Ack + CF-Poll", "Null function (No data)",
         "Acknowledgement (No data)", "CF-Poll (No data)", "CF-Ack/Poll (No data)", "QoS Data",
         "QoS Data + CF-Acknowledgment", "QoS Data + CF-Poll", "QoS Data + CF-Ack + CF-Poll",
         "QoS Null function (No data)", "", "QoS CF-Poll (No Data)", "QoS CF-Ack + CF-Poll (No data)")  # fmt: skip
_TRIGGERS = ("Basic", "Beamforming Report Poll", "MU-BAR", "MU-RTS", "Buffer Status Report Poll", "GCR MU-BAR",
             "Bandwidth Query Report Poll", "NDP Feedback Report Poll")  # fmt: skip
_RESERVED = "Unrecognized (Reserved frame)"


@registry.link_type(105)
def wlan(packet: Packet, data: bytes) -> None:
    frame(packet, data, False)


def frame(packet: Packet, data: bytes, fcs: bool, padded: bool = False) -> None:
    """One MAC frame; with `fcs` its last four bytes are the checksum, with `padded` the header is padded to 4 bytes."""
    packet.layers.append("wlan")
    packet.set("802.11", "")
    check = ""
    if fcs:
        check = "C"
        if packet.missing:
            packet.missing = max(packet.missing - 4, 0)
        elif len(data) >= 14:
            data = data[:-4]
    if len(data) < 2:
        raise Short
    version, kind, subtype, flags = data[0] & 3, data[0] >> 2 & 3, data[0] >> 4, data[1]
    letters = flag_text(flags) + check
    if version and kind != 1:
        packet.info += f"{_RESERVED}, Flags={letters}"
        return
    if kind == 0:
        management(packet, data, subtype, letters)
    elif kind == 1:
        control(packet, data, subtype, letters)
    elif kind == 2:
        data_frame(packet, data, subtype, letters, padded)
    else:
        extension(packet, data, subtype, letters)


def flag_text(flags: int) -> str:
    """The eight flag bits, highest first, one letter each."""
    return "".join(
        letter if flags >> bit & 1 else "." for bit, letter in zip(range(7, -1, -1), "opmPRMFT", strict=True)
    )


def sequence_text(data: bytes) -> str:
    number = data[22] | data[23] << 8
    return f"SN={number >> 4}, FN={number & 15}"


def management(packet: Packet, data: bytes, subtype: int, letters: str) -> None:
    if len(data) < 24:
        raise Short
    packet.destination, packet.source = data[4:10].hex(":"), data[10:16].hex(":")
    packet.info += f"{_MANAGEMENT[subtype] or _RESERVED}, {sequence_text(data)}, Flags={letters}"
    start = 28 if data[1] & 0x80 else 24
    if data[1] & 0x40:
        return
    management_body(packet, subtype, data[start:])


def control(packet: Packet, data: bytes, subtype: int, letters: str) -> None:
    if len(data) < 10:
        raise Short
    first = data[4:10].hex(":")
    packet.destination = f"{first} (BSSID)" if subtype == 10 else f"{first} (RA)"
    name = _CONTROL[subtype] or _RESERVED
    if subtype in (2, 3, 4, 5, 8, 9, 10, 11, 14, 15):
        if len(data) < 16:
            raise Short
        packet.source = f"{data[10:16].hex(':')} ({'BSSID' if subtype == 14 else 'TA'})"
    if subtype == 2:
        if len(data) < 18:
            raise Short
        kind = data[16] & 15
        name += f" {_TRIGGERS[kind] if kind < len(_TRIGGERS) else 'Reserved'}"
    if subtype == 5:
        if len(data) < 17:
            raise Short
        packet.info += f"{name}, Sounding Dialog Token={data[16] >> 2}"
        return
    packet.info += f"{name}, Flags={letters}"


def data_frame(packet: Packet, data: bytes, subtype: int, letters: str, padded: bool) -> None:
    """Where the addresses stand depends on To DS and From DS (IEEE 802.11-2020, table 9-30)."""
    if len(data) < 24:
        raise Short
    flags = data[1]
    one, two, three = data[4:10], data[10:16], data[16:22]
    size = 24
    if flags & 3 == 3:
        size = 30
        if len(data) < 30:
            raise Short
        packet.destination, packet.source = three.hex(":"), data[24:30].hex(":")
    elif flags & 1:
        packet.destination, packet.source = three.hex(":"), two.hex(":")
    elif flags & 2:
        packet.destination, packet.source = one.hex(":"), three.hex(":")
    else:
        packet.destination, packet.source = one.hex(":"), two.hex(":")
    packet.info += f"{_DATA[subtype] or _RESERVED}, {sequence_text(data)}, Flags={letters}"
    quality = 0
    if subtype & 8:
        quality = int.from_bytes(data[size : size + 2], "little")
        size += 2
        if flags & 0x80:
            size += 4
    if padded:
        size = size + 3 & ~3
    if subtype & 4 or flags & 0x40:
        return
    payload(packet, data, size, quality)


def payload(packet: Packet, data: bytes, size: int, quality: int) -> None:
    if data[1] & 4 or data[22] & 15:
        packet.set("802.11", "Fragmented IEEE 802.11 frame")
        return
    body = data[size:]
    if quality & 0x80:  # an aggregate: the row shows its last subframe
        aggregate(packet, body)
    elif len(body) >= 2 or not packet.missing:
        by_ethertype(packet, LLC, body)


def aggregate(packet: Packet, data: bytes) -> None:
    for _ in range(64):
        if len(data) < 14:
            return
        size = data[12] << 8 | data[13]
        packet.destination, packet.source = data[:6].hex(":"), data[6:12].hex(":")
        by_ethertype(packet, LLC, data[14 : 14 + size])
        data = data[(14 + size + 3) & ~3 :]


def extension(packet: Packet, data: bytes, subtype: int, letters: str) -> None:
    if subtype == 0 and len(data) >= 10:
        packet.destination = f"{data[4:10].hex(':')} (BSSID)"
        packet.info += f"DMG Beacon, Flags={letters}"
    elif subtype == 1 and len(data) >= 10:
        packet.source = f"{data[4:10].hex(':')} (SA)"
        packet.info += f"S1G Beacon, Flags={letters}"
    else:
        packet.info += f"{_RESERVED}, Flags={letters}"
