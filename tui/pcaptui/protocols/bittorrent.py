"""BitTorrent over UDP: the distributed hash table (BEP 5) and local service discovery (BEP 14)."""

from __future__ import annotations

from .packet import Malformed, Packet, Short
from .registry import udp_heuristic

MAX_DEPTH = 16
MAX_ITEMS = 1000
NODE = 26
NODE6 = 38
_STARTS = (b"d1:ad", b"d1:rd", b"d2:ip", b"d1:el")


@udp_heuristic
def distributed_hash_table(packet: Packet, data: bytes) -> bool:
    if not data.startswith(_STARTS):
        return False
    packet.layers.append("bt-dht")
    packet.set("BT-DHT", "BitTorrent DHT Protocol")
    message, _ = _decode(data, 0, 0)
    if isinstance(message, dict):
        packet.info += _reply(message.get(b"r")) + _error(message.get(b"e"))
    return True


@udp_heuristic
def local_discovery(packet: Packet, data: bytes) -> bool:
    if 6771 not in (packet.source_port, packet.destination_port) or not data.startswith(b"BT-SEARCH * HTTP/1.1\r\n"):
        return False
    packet.layers.append("bt-lsd")
    packet.set("LSD", "")
    return True


def _reply(reply: object) -> str:
    if not isinstance(reply, dict):
        return ""
    text = ""
    for key, value in reply.items():
        if key == b"nodes" and isinstance(value, bytes):
            text += f" reply={len(value) // NODE} nodes"
        elif key == b"nodes6" and isinstance(value, bytes):
            text += f" reply={len(value) // NODE6} nodes"
        elif key == b"values" and isinstance(value, list):
            text += f" reply={len(value)} peers"
    return text


def _error(error: object) -> str:
    if not isinstance(error, list) or len(error) < 2:
        return ""
    words = error[1].decode("utf-8", "replace") if isinstance(error[1], bytes) else ""
    return f"error_no={error[0]} error_msg={words} "


def _decode(data: bytes, at: int, depth: int) -> tuple[object, int]:
    """One bencoded value and the offset behind it. Raises Short or Malformed."""
    if at >= len(data) or depth > MAX_DEPTH:
        raise Short
    kind = data[at : at + 1]
    if kind == b"i":
        end = data.find(b"e", at)
        if end < 0:
            raise Short
        return _number(data[at + 1 : end]), end + 1
    if kind in (b"l", b"d"):
        return _collection(data, at + 1, depth, kind == b"d")
    colon = data.find(b":", at, at + 8)
    if colon < 0:
        raise Malformed
    end = colon + 1 + _number(data[at:colon])
    if not colon < end <= len(data):
        raise Short
    return data[colon + 1 : end], end


def _collection(data: bytes, at: int, depth: int, pairs: bool) -> tuple[object, int]:
    items: list[object] = []
    while data[at : at + 1] != b"e":
        if len(items) > MAX_ITEMS:
            raise Malformed
        item, at = _decode(data, at, depth + 1)
        items.append(item)
    if not pairs:
        return items, at + 1
    keys = [key for key in items[::2] if isinstance(key, bytes)]
    return dict(zip(keys, items[1::2], strict=False)), at + 1


def _number(digits: bytes) -> int:
    try:
        return int(digits[:20])
    except ValueError as error:
        raise Malformed from error
