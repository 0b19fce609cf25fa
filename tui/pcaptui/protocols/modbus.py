"""Modbus over TCP (Modbus Application Protocol V1.1b3)."""

from __future__ import annotations

from .packet import Conversation, Packet
from .registry import REJECT, tcp_port
from .tcpstream import from_server, messages

_FUNCTIONS = {
    1: "Read Coils", 2: "Read Discrete Inputs", 3: "Read Holding Registers", 4: "Read Input Registers",
    5: "Write Single Coil", 6: "Write Single Register", 7: "Read Exception Status", 8: "Diagnostics",
    11: "Get Comm. Event Counters", 12: "Get Comm. Event Log", 15: "Write Multiple Coils",
    16: "Write Multiple Registers", 17: "Report Slave ID", 20: "Read File Record", 21: "Write File Record",
    22: "Mask Write Register", 23: "Read Write Register", 24: "Read FIFO Queue", 43: "Encapsulated Interface Transport",
    90: "Unity (Schneider)",
}  # fmt: skip
_ENCAPSULATED = {14: "Read Device Identification"}
_DIAGNOSTICS = {0: "Return Query Data", 1: "Restart Communications Option", 2: "Return Diagnostic Register"}


@tcp_port(502)
def modbus(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if len(data) >= 4 and data[2:4] != b"\0\0":
        return REJECT
    return messages(packet, data, 8, _length, _message)


def _length(data: bytes, at: int) -> int:
    return 6 + (data[at + 4] << 8 | data[at + 5])


def _message(packet: Packet, data: bytes) -> None:
    if len(data) < 8:
        return
    packet.layers += ["mbtcp", "modbus"]
    response = from_server(packet, 502)
    transaction, unit, function = data[0] << 8 | data[1], data[6], data[7]
    code = function & 0x7F
    name = _FUNCTIONS.get(code, f"Unknown function ({code})")
    sub = ""
    if code == 43 and not function & 0x80 and len(data) > 8:
        sub = f"/{data[9] if len(data) > 9 else 0:3d}"
        name = _ENCAPSULATED.get(data[8], name)
    elif code == 8 and len(data) > 9:
        sub = f"/{data[8] << 8 | data[9]:3d}"
        name = _DIAGNOSTICS.get(data[8] << 8 | data[9], name)
    kind = "Response" if response else "   Query"
    text = f"{kind}: Trans: {transaction:5d}; Unit: {unit:3d}, Func: {code:3d}{sub}: {name}"
    if function & 0x80:
        text += ". Exception returned "
    packet.set("Modbus/TCP", text)
