"""NHRP (RFC 2332)."""

from __future__ import annotations

from . import registry
from .packet import Packet, Short

_TYPES = {1: "NHRP Resolution Request", 2: "NHRP Resolution Reply", 3: "NHRP Registration Request",
          4: "NHRP Registration Reply", 5: "NHRP Purge Request", 6: "NHRP Purge Reply", 7: "NHRP Error Indication",
          8: "NHRP Traffic Indication"}  # fmt: skip
_CODES = {0: "Success", 4: "Administratively Prohibited", 5: "Insufficient Resources",
          12: "No Interworking Layer Address to NBMA Address Binding Exists",
          13: "Binding Exists But Is Not Unique",
          14: "Unique Internetworking Layer Address Already Registered"}  # fmt: skip
_ERRORS = {1: "Unrecognized Extension", 3: "NHRP Loop Detected", 6: "Protocol Address Unreachable",
           7: "Protocol Error", 8: "NHRP SDU Size Exceeded", 9: "Invalid Extension",
           10: "Invalid NHRP Resolution Reply Received", 11: "Authentication Failure",
           15: "Hop Count Exceeded"}  # fmt: skip
MAX_ENTRIES = 64


@registry.ip_protocol(54)
def nhrp(packet: Packet, data: bytes) -> None:
    packet.layers.append("nhrp")
    packet.set("NHRP", "")
    if len(data) < 20:
        raise Short
    kind = data[17]
    packet.info += _TYPES.get(kind, f"0x{kind:02X} - unknown")
    if len(data) < 28:
        raise Short
    extensions = data[14] << 8 | data[15]
    if kind == 7:
        code = data[24] << 8 | data[25]
        packet.info += f", {_ERRORS.get(code, f'Unknown Error ({code})')}"
        return
    if kind == 8:
        return
    packet.info += f", ID={int.from_bytes(data[24:28])}"
    if kind in (1, 3, 5):
        return
    position = 28 + (data[18] & 63) + (data[19] & 63) + data[20] + data[21]
    end = extensions if extensions >= position else len(data)
    for _ in range(MAX_ENTRIES):
        if position + 12 > min(end, len(data)):
            break
        code = data[position]
        packet.info += f", Code={_CODES.get(code, f'Unknown ({code})')}"
        position += 12 + (data[position + 8] & 63) + (data[position + 9] & 63) + data[position + 10]


registry.gre_protocols[0x2001] = nhrp
