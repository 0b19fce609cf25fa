"""IEEE 802.2 LLC and SNAP. Service access point and organisation names as tshark shows them, found by experiment."""

from __future__ import annotations

from . import registry
from .ethernet import LLC, by_ethertype
from .packet import Packet, Short

llc_saps: dict[int, registry.RowDissector] = {}
"""Dissectors by destination service access point, for information frames."""
snap_protocols: dict[tuple[int, int], registry.RowDissector] = {}
"""Dissectors by organisation and protocol number of SNAP."""

_SAPS = {
    0x00: "NULL LSAP", 0x02: "LLC Sub-Layer Management", 0x04: "SNA Path Control", 0x06: "TCP/IP", 0x08: "SNA",
    0x0C: "SNA", 0x0E: "PROWAY (IEC955) Network Management and Initialization", 0x10: "NetWare (unofficial?)",
    0x14: "ISO Network Layer (OSLAN 1)", 0x18: "Texas Instruments", 0x20: "ISO Network Layer (unofficial?)",
    0x34: "ISO Network Layer (unofficial?)", 0x42: "Spanning Tree BPDU",
    0x4E: "EIA RS-511 Manufacturing Message Service", 0x54: "ISO Network Layer (OSLAN 2)",
    0x7E: "ISO 8208 (X.25 over 802.2)", 0x80: "XNS", 0x82: "BACnet", 0x86: "Nestar",
    0x8E: "PROWAY (IEC955) Active Station List Maintenance", 0x98: "ARP", 0xAA: "SNAP", 0xB4: "HP JetDirect Printer",
    0xBA: "Banyan Vines", 0xBC: "Banyan Vines", 0xE0: "NetWare", 0xEC: "ISO Network Layer", 0xF0: "NetBIOS",
    0xF4: "IBM Net Management", 0xF8: "Remote Program Load", 0xFA: "Ungermann-Bass", 0xFC: "Remote Program Load",
    0xFE: "ISO Network Layer",
}  # fmt: skip
_UNNUMBERED = {0x03: "UI", 0x07: "SIM", 0x0F: "DM", 0x23: "UP", 0x2F: "SABM", 0x43: "DISC", 0x4F: "SARME",
               0x63: "UA", 0x6F: "SABME", 0x83: "SNRM", 0x87: "FRMR", 0x8F: "RESET", 0xAF: "XID", 0xC7: "CFGR",
               0xCF: "SNRME", 0xE3: "TEST", 0xEF: "BCN"}  # fmt: skip
_RESPONSES = {0x0F: "DM", 0x43: "RD", 0x07: "RIM"}
_ORGANISATIONS = {
    0x000000: "Officially Xerox, but 0:0:0:0:0:0 is more common", 0x00000C: "Cisco Systems, Inc",
    0x0000F8: "Digital Equipment Corporation", 0x000081: "Bay Networks", 0x080007: "Apple, Inc.", 0x0080C2: "IEEE",
    0x00A03E: "Atm Forum", 0x00E02B: "Extreme Networks Headquarters", 0x009099: "Allied Telesis, K.K.",
}  # fmt: skip


@registry.ethertype(LLC, 0x8870)
def llc(packet: Packet, data: bytes) -> None:
    packet.layers.append("llc")
    packet.set("LLC", "")
    if len(data) < 2:
        raise Short
    dsap, ssap = data[0], data[1]
    if dsap == 0xFF and ssap == 0xFF and 0xFF in llc_saps:  # NetWare's raw 802.3: no LLC at all
        llc_saps[0xFF](packet, data)
        return
    if len(data) < 3:
        raise Short
    control = data[2]
    size = 3 if control & 3 == 3 else 4
    if len(data) < size:
        raise Short
    words = control_words(data, bool(ssap & 1))
    information = control & 1 == 0 or control & 0xEF == 0x03
    if dsap == 0xAA and ssap & 0xFE == 0xAA:
        packet.info += words
        snap(packet, data[size:], information)
        return
    packet.info += f"{words}; DSAP {sap(dsap)} {'Group' if dsap & 1 else 'Individual'}, SSAP {sap(ssap)} " \
                   f"{'Response' if ssap & 1 else 'Command'}"  # fmt: skip
    dissector = llc_saps.get(dsap)
    if information and dissector is not None and len(data) > size:
        dissector(packet, data[size:])


def sap(number: int) -> str:
    return _SAPS.get(number & 0xFE) or f"0x{number & 0xFE:02x}"


def control_words(data: bytes, response: bool) -> str:
    """The control field as X.25-like words: I, S or U, poll or final, numbers, function."""
    control = data[2]
    if control & 3 == 3:
        function = control & 0xEF
        name = (_RESPONSES.get(function) if response else None) or _UNNUMBERED.get(function, "Unknown")
        return f"U{_bit(control & 0x10, response)}, func={name}"
    receive = data[3] >> 1
    final = _bit(data[3] & 1, response)
    if control & 1:
        return f"S{final}, func={('RR', 'RNR', 'REJ', 'SREJ')[control >> 2 & 3]}, N(R)={receive}"
    return f"I{final.replace('F', 'P') if response else final}, N(R)={receive}, N(S)={control >> 1}"


def _bit(value: int, response: bool) -> str:
    return "" if not value else " F" if response else " P"


def snap(packet: Packet, data: bytes, information: bool) -> None:
    """SNAP (IEEE 802): organisation zero, or one of the encapsulating ones, carries ethertypes."""
    if len(data) < 5:
        raise Short
    organisation, number = int.from_bytes(data[:3]), data[3] << 8 | data[4]
    name = _ORGANISATIONS.get(organisation, "Unknown")
    packet.info += f"; SNAP, OUI 0x{organisation:06X} ({name}), PID 0x{number:04X}"
    if not information:
        return
    body = data[5:]
    dissector = snap_protocols.get((organisation, number))
    if dissector is not None:
        dissector(packet, body)
    elif organisation in (0, 0x0000F8) and number in registry.ethertypes:
        by_ethertype(packet, number, body)
    elif organisation == 0x0080C2 and number in (1, 7):
        padding = 2 if number == 1 else 0
        registry.link_types[1](packet, body[padding:])
