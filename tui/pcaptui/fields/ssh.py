"""SSH (RFC 4253): the protocol line, packets, and what is encrypted.

`message.facts`: "ssh.banner", "ssh.sealed" and "ssh.counted" (client, server), "ssh.method" (of the key exchange) and
"ssh.suite_0", "ssh.suite_1" (encryption, MAC, compression of the client's and the server's packets).
"""

from __future__ import annotations

from typing import Any

from .branch import Branch, View, Walk
from .context import Message
from .registry import stream
from .ssh_kex import key_exchange, message_name
from .tcp_ports import ports
from .text_lines import line_end, named

PORTS = (22, 29418)
PACKETS = 1000


@stream("ssh")
def ssh(walk: Walk, view: View, message: Message) -> None:
    branch = walk.layer(view, "ssh", "SSH Protocol")
    facts = message.facts
    side = _side(walk, message)
    at = view.at
    if view.bytes.startswith(b"SSH-") and not _pair(facts, "ssh.banner", side):
        end, size = line_end(view.data, at, view.end)
        named(branch, "ssh.protocol", "Protocol", at, end - at)
        at = end + size
    sealed = bool(_pair(facts, "ssh.sealed", side))
    started = any(facts.get("ssh.banner") or ()) or at > view.at
    number = int(_pair(facts, "ssh.counted", side) or 0)
    for _ in range(PACKETS):
        if at >= view.end:
            break
        if sealed or not started:
            _sealed(branch, at, view.end, _suite(facts, side) if sealed else "")
            break
        code, at = _packet(branch.within(at), at, number, facts, side)
        sealed = code == 21
        number += 1
    words = "server-to-client" if side else "client-to-server"
    branch.computed(f"Direction: {words}", "ssh.direction", bool(side))


def _side(walk: Walk, message: Message) -> int:
    """1: the server's, by the well-known port, else by who opened the connection."""
    source, destination = ports(walk)
    if (source in PORTS) != (destination in PORTS):
        return int(source in PORTS)
    return int(message.from_server)


def _pair(facts: dict[str, Any], key: str, side: int) -> Any:
    found = facts.get(key)
    return found[side] if isinstance(found, tuple | list) and len(found) == 2 else None


def _suite(facts: dict[str, Any], side: int) -> str:
    """' (encryption:aes256-ctr mac:hmac-sha2-256 compression:none)'."""
    parts = str(facts.get(f"ssh.suite_{side}") or "").split(",")
    if len(parts) != 3 or not parts[0]:
        return ""
    names = ("encryption", "mac", "compression")
    whole = parts[0].startswith("chacha20") or "gcm" in parts[0]
    shown = [f"{name}:{word}" for name, word in zip(names, parts, strict=True) if not (whole and name == "mac")]
    return f" ({' '.join(shown)})"


def _sealed(branch: Branch, at: int, end: int, suite: str) -> None:
    below = branch.add(f"SSH Version 2{suite}", "", None, at, end - at) if suite else branch
    if end - at > 4:
        below.blob("ssh.packet_length_encrypted", "Packet Length (encrypted)", at, 4)
        below.blob("ssh.encrypted_packet", "Encrypted Packet", at + 4, end - at - 4)
    else:
        below.blob("ssh.encrypted_packet", "Encrypted Packet", at, end - at)


def _packet(branch: Branch, at: int, number: int, facts: dict[str, Any], side: int) -> tuple[int, int]:
    """A packet in clear (RFC 4253 section 6): its message number, and where it ends."""
    size = branch.u32(at)
    padding, code = branch.u8(at + 4), branch.u8(at + 5)
    end = at + 4 + size
    suite = _suite(facts, side) if code == 21 else ""
    packet = branch.add(f"SSH Version 2{suite}", "", None, at, size + 4)
    packet.uint("ssh.packet_length", "Packet Length", at, 4)
    packet.uint("ssh.padding_length", "Padding Length", at + 4, 1)
    method = str(facts.get("ssh.method") or "") if code != 20 else ""
    words = f"Key Exchange (method:{method})" if method else "Key Exchange"
    exchange = packet.add(words, "", None, at + 5, size - 1)
    name = message_name(code, method)
    exchange.add(f"Message Code: {name} ({code})", "ssh.message_code", code, at + 5, 1)
    stop = end - padding
    reached = key_exchange(exchange.within(at + 6, stop), at + 6, stop, code, method, side)
    if reached < stop:
        exchange.blob("ssh.payload", "Payload", reached, stop - reached)
    packet.blob("ssh.padding_string", "Padding String", stop, padding)
    packet.computed(f"Sequence number: {number}", "ssh.seq_num", number)
    return code, end
