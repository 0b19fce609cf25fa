"""DNP3 (IEEE 1815) over TCP and UDP: the application layer's function, for reads and writes also the objects."""

from __future__ import annotations

from typing import Any

from .packet import Conversation, Packet
from .registry import REJECT, tcp_port, udp_port
from .tcpstream import messages

_FUNCTIONS = {
    0: "Confirm", 1: "Read", 2: "Write", 3: "Select", 4: "Operate", 5: "Direct Operate", 6: "Direct Operate No Ack",
    7: "Immediate Freeze", 8: "Immediate Freeze No Ack", 9: "Freeze and Clear", 10: "Freeze and Clear No Ack",
    11: "Freeze With Time", 12: "Freeze With Time No Ack", 13: "Cold Restart", 14: "Warm Restart",
    15: "Initialize Data", 16: "Initialize Application", 17: "Start Application", 18: "Stop Application",
    19: "Save Configuration", 20: "Enable Spontaneous Messages", 21: "Disable Spontaneous Messages",
    22: "Assign Classes", 23: "Delay Measurement", 24: "Record Current Time", 25: "Open File", 26: "Close File",
    27: "Delete File", 28: "Get File Info", 29: "Authenticate File", 30: "Abort File", 31: "Activate Config",
    32: "Authentication Request", 33: "Authentication Error", 129: "Response", 130: "Unsolicited Response",
    131: "Authentication Response",
}  # fmt: skip
_LINK = {
    0: "Reset of Link", 1: "Reset of User Process", 2: "Test Function For Link", 3: "User Data",
    4: "Unconfirmed User Data", 9: "Request Link Status",
}  # fmt: skip
_LINK_BACK = {
    0: "ACK", 1: "NACK", 11: "Status of Link", 14: "Link Service Not Functioning", 15: "Link Service Not Used",
}  # fmt: skip
_OBJECTS = {
    1: "Binary Input", 2: "Binary Input Change", 10: "Binary Output", 12: "Control Relay Output Block",
    20: "Binary Counter", 21: "Frozen Counter", 22: "Binary Counter Change", 30: "Analog Input",
    32: "Analog Input Change", 40: "Analog Output Status", 41: "Analog Output", 50: "Time and Date",
    70: "File-Control", 80: "Internal Indications", 110: "Octet String",
}  # fmt: skip
LARGEST = 64 << 10


@tcp_port(20000)
def over_tcp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if data[:2] != b"\5\x64"[: len(data)]:
        return REJECT
    pieces = conversation.state.setdefault("dnp3", {})
    packet.set("DNP 3.0", "")
    return messages(packet, data, 10, _size, lambda packet, one: _frame(packet, one, pieces, direction))


@udp_port(20000)
def over_udp(packet: Packet, data: bytes) -> None:
    if data[:2] == b"\5\x64" and len(data) >= 10:
        packet.set("DNP 3.0", "")
        _frame(packet, data, {}, 0)


def _size(data: bytes, at: int) -> int:
    """A link frame with the check sums of its blocks of 16 bytes."""
    user = max(data[at + 2] - 5, 0)
    return 10 + user + 2 * ((user + 15) // 16)


def _frame(packet: Packet, data: bytes, pieces: dict[Any, bytes], direction: int) -> None:
    if len(data) < 10:
        return
    packet.layers.append("dnp3")
    control = data[3]
    names = _LINK if control & 0x40 else _LINK_BACK
    function = names.get(control & 15, f"Unknown function (0x{control & 15:02x})")
    destination, source = int.from_bytes(data[4:6], "little"), int.from_bytes(data[6:8], "little")
    link = f"from {source} to {destination}, len={data[2]}, {function}"
    before = packet.info[packet.fence :]
    user = b"".join(data[at : at + 16] for at in range(10, len(data), 18))[: max(data[2] - 5, 0)]
    if not (control & 0x40 and control & 15 in (3, 4)) or len(user) < 2:
        packet.set("DNP 3.0", f"{before}, {link}" if before else link)
        return
    transport = user[0]
    whole = (b"" if transport & 0x40 else pieces.get(direction, b"")) + user[1:]
    if not transport & 0x80:
        pieces[direction] = whole[:LARGEST]
        text = f"{link} (Application Layer Unreassembled fragment {transport & 63})"
    else:
        pieces.pop(direction, None)
        text = _application(whole)
    packet.set("DNP 3.0", f"{before}, {text}" if before else text)


def _application(data: bytes) -> str:
    if len(data) < 2:
        return ""
    function = data[1]
    text = _FUNCTIONS.get(function, f"Unknown function (0x{function:02x})")
    if function not in (1, 2) or len(data) < 5:
        return text
    return text + _objects(data)


def _objects(data: bytes) -> str:
    """The object headers up to the first whose size is not told by its qualifier."""
    text = ""
    classes = ""
    at = 2
    while at + 3 <= len(data):
        group, variation, qualifier = data[at], data[at + 1], data[at + 2]
        at += 3 + {0: 2, 1: 4, 6: 0, 7: 1, 8: 2, 0x17: 1, 0x28: 2}.get(qualifier, 255)
        if group == 60 and 1 <= variation <= 4:
            classes += str(variation - 1)
        else:
            text += f", {_OBJECTS.get(group, 'Unknown Object Type')}"
        if data[1] == 2:
            break
    return text + (f", Class {''.join(sorted(classes))}" if classes else "")
