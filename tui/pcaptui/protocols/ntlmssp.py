"""NTLMSSP messages inside other protocols ([MS-NLMP] section 2.2): what they add to the row."""

from __future__ import annotations

import base64
import binascii

from .packet import Packet

_NAMES = {1: "NTLMSSP_NEGOTIATE", 2: "NTLMSSP_CHALLENGE", 3: "NTLMSSP_AUTH"}
SIGNATURE = b"NTLMSSP\0"


def http_header(packet: Packet, value: str) -> None:
    """Look into an (Proxy-)Authorization or WWW-Authenticate header."""
    scheme, _, token = value.partition(" ")
    if scheme.lower() not in ("ntlm", "negotiate") or not token.startswith("TlRMTVNTU"):
        return
    try:
        raw = base64.b64decode(token.strip()[:20_000], validate=False)
    except (binascii.Error, ValueError):
        return
    packet.info += text(raw)


def text(raw: bytes) -> str:
    """', NTLMSSP_AUTH, User: DOMAIN\\name' for a message, nothing for anything else."""
    if not raw.startswith(SIGNATURE) or len(raw) < 12:
        return ""
    kind = int.from_bytes(raw[8:12], "little")
    if kind not in _NAMES:
        return ""
    out = f", {_NAMES[kind]}"
    if kind == 3:
        domain, user = _string(raw, 28), _string(raw, 36)
        out += f", User: {domain}\\{user}"
    return out


def _string(raw: bytes, at: int) -> str:
    size = int.from_bytes(raw[at : at + 2], "little")
    start = int.from_bytes(raw[at + 4 : at + 8], "little")
    return raw[start : start + size].decode("utf-16-le", "replace")
