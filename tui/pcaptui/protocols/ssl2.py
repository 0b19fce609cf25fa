"""SSL 2.0 records and handshake messages (Hickman's draft of 1995)."""

from __future__ import annotations

from .apptext import u8, u16
from .tls_names import VERSIONS

CLIENT_HELLO, CLIENT_MASTER_KEY, SERVER_HELLO = 1, 2, 4
MESSAGES = {
    1: "Client Hello",
    2: "Client Master Key",
    3: "Client Finished",
    4: "Server Hello",
    5: "Server Verify",
    6: "Server Finished",
    7: "Request Certificate",
    8: "Client Certificate",
}


def looks_like_ssl2(data: bytes, at: int) -> bool:
    """A plain record that can begin an SSL 2.0 conversation (found by experiment)."""
    return at + 2 < len(data) and data[at] >= 0x80 and data[at + 2] in (0, 1, 2, 4)


def is_client_hello(data: bytes, at: int) -> bool:
    """A Client Hello in SSL 2.0 form, whatever version it offers."""
    return at + 5 <= len(data) and data[at] >= 0x80 and data[at + 2] == 1 and u16(data, at + 3) in VERSIONS


def record_size(data: bytes, at: int) -> tuple[int, int]:
    """(bytes of the header, of the rest) of the record at an offset. Raises Short."""
    if u8(data, at) & 0x80:
        return 2, u16(data, at) & 0x7FFF
    u8(data, at + 2)
    return 3, u16(data, at) & 0x3FFF


def record_text(body: bytes) -> str:
    """Name of the message in a record, as far as it looks like a plain one."""
    kind = body[0] if body else 0
    name = MESSAGES.get(kind)
    if name is None or not _plausible(kind, body):
        return "Encrypted Data"
    return name


def _plausible(kind: int, body: bytes) -> bool:
    if kind == CLIENT_HELLO:
        return len(body) >= 3 and u16(body, 1) in VERSIONS
    if kind == CLIENT_MASTER_KEY:
        return len(body) >= 10 and 10 + u16(body, 4) + u16(body, 6) + u16(body, 8) <= len(body)
    if kind == SERVER_HELLO:
        return len(body) >= 5 and u16(body, 3) in VERSIONS
    return False
