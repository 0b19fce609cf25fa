"""The Berkeley r-services over TCP: rlogin (RFC 1282), rsh, rexec; and lpd (RFC 1179)."""

from __future__ import annotations

from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import from_server
from .text import decode

_JOBS = {
    1: "LPC: start print / jobcmd: abort", 2: "LPR: transfer a printer job / jobcmd: receive control file",
    3: "LPQ: print short form of queue status / jobcmd: receive data file",
    4: "LPQ: print long form of queue status", 5: "LPRM: remove jobs",
}  # fmt: skip


@tcp_port(513)
def rlogin(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    state = conversation.state
    user = state.get("rlogin.user")
    packet.layers.append("rlogin")
    server = from_server(packet, 513)
    prefix = f"User name: {user}, " if user is not None else ""
    shown = decode(data[:256])
    if not server and "rlogin" not in state:
        state["rlogin"] = True
        text = "Start Handshake" if data == b"\0" else f"Data: {shown}"
        if data == b"\0":
            state["rlogin.start"] = True
    elif not server and state.pop("rlogin.start", False):
        state["rlogin.user"] = decode(data[: data.find(b"\0")] if b"\0" in data else data)
        text = f"Data: {shown}, (User information)"
    elif server and data == b"\0" and user is not None and "rlogin.up" not in state:
        state["rlogin.up"] = True
        text = "Startup info received"
    else:
        text = f"Data: {shown}"
    packet.set("Rlogin", prefix + text)
    return len(data)


def _remote_command(port: int, layer: str, protocol: str, label: str, which: int) -> None:
    """rsh and rexec speak alike: names and command end with NULs, then data flows both ways."""

    @tcp_port(port)
    def dissect(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
        state = conversation.state
        packet.layers.append(layer)
        server = from_server(packet, port)
        fields: list[bytes] = state.setdefault("r.fields", [])
        name = f"{label}:{decode(fields[which])} " if len(fields) > which else ""
        if not server and state.get("r.open", True) and data.endswith(b"\0"):
            fields += data.split(b"\0")[:-1]
            if fields and fields[0].isdigit() and not state.get("r.port"):
                state["r.port"] = True
                del fields[0]
            state["r.open"] = len(fields) < 3
            packet.set(protocol, "Session Establishment")
        elif server:
            packet.set(protocol, f"{name}Server -> Client Data")
        else:
            packet.set(protocol, f"{name}Client -> Server data")
        return len(data)


_remote_command(514, "rsh", "RSH", "Server username", 1)
_remote_command(512, "exec", "EXEC", "Username", 0)


@tcp_port(515)
def lpd(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    packet.layers.append("lpd")
    if from_server(packet, 515):
        packet.set("LPD", "LPD response")
    elif data[0] in _JOBS and b"\n" in data:
        packet.set("LPD", _JOBS[data[0]])
    else:
        packet.set("LPD", "LPD continuation")
    return len(data)
