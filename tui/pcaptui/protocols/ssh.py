"""SSH (RFC 4253, 4419, 5656): banners, key exchange, and the length of what is encrypted."""

from __future__ import annotations

from .packet import Conversation, Packet
from .registry import tcp_port
from .tcpstream import MESSAGES, from_server, need
from .text import decode

PORTS = (22, 29418)
_NAMES = {
    1: "Disconnect", 2: "Ignore", 3: "Unimplemented", 4: "Debug", 5: "Service Request", 6: "Service Accept",
    7: "Extension Information", 20: "Key Exchange Init", 21: "New Keys",
}  # fmt: skip
_ECDH = {30: "Elliptic Curve Diffie-Hellman Key Exchange Init", 31: "Elliptic Curve Diffie-Hellman Key Exchange Reply"}
_DH = {30: "Diffie-Hellman Key Exchange Init", 31: "Diffie-Hellman Key Exchange Reply"}
_GROUP = {
    30: "Diffie-Hellman Group Exchange Request (Old)", 31: "Diffie-Hellman Group Exchange Group",
    32: "Diffie-Hellman Group Exchange Init", 33: "Diffie-Hellman Group Exchange Reply",
    34: "Diffie-Hellman Group Exchange Request",
}  # fmt: skip


class _Session:
    """`kex` holds each side's name-lists of KEXINIT, `sealed` who has sent New Keys, `counted` each side's packets;
    `method`, `suite_0` (client's) and `suite_1` are what both agreed on, for the trees."""

    def __init__(self) -> None:
        self.banner = [False, False]
        self.sealed = [False, False]
        self.counted = [0, 0]
        self.method = self.suite_0 = self.suite_1 = ""
        self.kex: list[list[list[str]]] = [[], []]

    def agree(self) -> None:
        """Note what both sides chose, once both have sent KEXINIT."""
        self.method = self.chosen(0)
        self.suite_0, self.suite_1 = (
            ",".join((self.chosen(2 + side), self.chosen(4 + side), self.chosen(6 + side))) for side in (0, 1)
        )

    def chosen(self, index: int) -> str:
        """The algorithm that both sides can (RFC 4253 section 7.1): the client's first that the server has too."""
        client, server = self.kex
        if len(client) <= index or len(server) <= index:
            return ""
        return next((name for name in client[index] if name in server[index]), "")


@tcp_port(*PORTS)
def ssh(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    session = conversation.state.setdefault("ssh", _Session())
    side = 1 if from_server(packet, *PORTS) else 0
    name = "Server: " if side else "Client: "
    packet.layers.append("ssh")
    packet.set("SSHv2" if session.banner[0] else "SSH", "")
    at = 0
    texts: list[str] = []
    if not session.banner[side] and data.startswith(b"SSH-"):
        end = data.find(b"\n")
        if end < 0 and packet.reassemble and len(data) < 256:
            return need(packet, 0)
        end = end if end >= 0 else len(data) - 1
        session.banner[side] = True
        banner = data[:end].rstrip(b"\r\0")
        texts.append(f"Protocol ({decode(banner)})")
        at = end + 1
    elif not any(session.banner):
        packet.info += f"{name}Encrypted packet (len={len(data)})"
        return len(data)
    for _ in range(MESSAGES):
        if at >= len(data):
            break
        if session.sealed[side]:
            if not texts and not session.chosen(3 if side else 2):
                texts.append(f"Encrypted packet (len={len(data) - at})")
            break
        size = int.from_bytes(data[at : at + 4]) + 4
        if (at + size > len(data) or len(data) - at < 6) and packet.reassemble:
            if at:
                packet.info += name + ", ".join(texts)
            return need(packet, at, at + size - len(data) if len(data) - at >= 4 else 0)
        texts.append(_packet(session, side, data[at : at + size]))
        at += size
    packet.info += name + ", ".join(texts)
    return len(data)


def _packet(session: _Session, side: int, data: bytes) -> str:
    if len(data) < 6:
        return ""
    code = data[5]
    session.counted[side] += 1
    if code == 20:
        session.kex[side] = _lists(data)
        session.agree()
    elif code == 21:
        session.sealed[side] = True
    if code in _NAMES:
        return _NAMES[code]
    method = session.chosen(0)
    if method.startswith("diffie-hellman-group-exchange"):
        return _GROUP.get(code, f"Unknown ({code})")
    if method.startswith("diffie-hellman"):
        return _DH.get(code, f"Unknown ({code})")
    return _ECDH.get(code, f"Unknown ({code})")


def _lists(data: bytes) -> list[list[str]]:
    """The ten name-lists of KEXINIT (RFC 4253 section 7.1)."""
    at = 22
    out = []
    for _ in range(10):
        size = int.from_bytes(data[at : at + 4])
        out.append(decode(data[at + 4 : at + 4 + size]).split(","))
        at += 4 + size
        if at >= len(data):
            break
    return out
