"""Keys of QUIC's Initial packets, which anybody can derive (RFC 9001 section 5, RFC 9369 section 3.3).

The ciphers come from the package `cryptography`, imported when the first Initial packet is met.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .packet import Malformed, Short

VERSION_2 = 0x6B3343CF
_SALTS = (
    (21, "ef4fb0abb47470c41befcf8031334fae485e09a0"),
    (23, "7fbcdb0e7c66bbe92a96cd21519ed7a06f3ea2f7"),
    (29, "c3eef712c72ebb5a11a7d2432bb46365bef9f502"),
    (33, "afbfec289993d24c9e9786f19c6111e04390a899"),
    (100, "38762cf7f55934b34d179ae6a4c80cadccbb7f0a"),
    (1000, "0dede3def700a6db819381be6e269dcbf9bd2ed9"),
)
GOOGLE = {
    0x51303530: "504574efd066fe2f9d945cfcdbd3a7f0d3b56b45",
    0x54303530: "7ff579e5acd072915580304c43a2367c60488310",
    0x54303531: "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d",
}
SAMPLE = 16


def draft_of(version: int) -> int:
    """Number of the IETF draft that a version follows, 34 for version 1, 100 for version 2, 0 if it is none."""
    if version >> 8 == 0xFF0000:
        return version & 0xFF
    if version & 0x0F0F0F0F == 0x0A0A0A0A:
        return 34
    known = {1: 34, VERSION_2: 100, 0x709A50C4: 100, 0xFACEB001: 22, 0xFACEB002: 27, 0xFACEB00E: 27, 0xFACEB00F: 27,
             0xFACEB011: 29, 0xFACEB013: 29, 0x51303530: 27, 0x54303530: 27, 0x54303531: 29}  # fmt: skip
    return known.get(version, 0)


@dataclass(frozen=True, slots=True)
class Keys:
    """What protects one direction's Initial packets."""

    key: bytes
    iv: bytes
    header: bytes


@lru_cache(256)
def initial_keys(version: int, connection_id: bytes) -> tuple[Keys, Keys]:
    """(the client's, the server's) keys, from the destination connection ID of the client's first packet."""
    draft = draft_of(version)
    salt = GOOGLE.get(version) or next(text for below, text in _SALTS if draft < below)
    secret = _hmac(bytes.fromhex(salt), connection_id)
    label = b"quicv2 " if draft >= 100 else b"quic "
    return _direction(_expand(secret, b"client in", 32), label), _direction(_expand(secret, b"server in", 32), label)


def _direction(secret: bytes, label: bytes) -> Keys:
    return Keys(
        _expand(secret, label + b"key", 16), _expand(secret, label + b"iv", 12), _expand(secret, label + b"hp", 16)
    )


def _expand(secret: bytes, label: bytes, size: int) -> bytes:
    """HKDF-Expand-Label of TLS 1.3, one block (RFC 8446 section 7.1)."""
    full = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(full)]) + full + b"\0"
    return _hmac(secret, info + b"\1")[:size]


def unprotect(keys: Keys, packet: bytes, at: int) -> tuple[int, bytes | None]:
    """(packet number, the frames or None if they do not decrypt) of a whole packet whose number begins at `at`.

    Raises Short if there is no sample to remove the header protection with.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sample = packet[at + 4 : at + 4 + SAMPLE]
    if len(sample) < SAMPLE:
        raise Short
    # RFC 9001 section 5.4.3 defines the mask as one AES-ECB block
    mask = Cipher(algorithms.AES(keys.header), modes.ECB()).encryptor().update(sample)
    first = packet[0] ^ mask[0] & 0x0F
    size = (first & 3) + 1
    number = bytes(a ^ b for a, b in zip(packet[at : at + size], mask[1:], strict=False))
    value = int.from_bytes(number, "big")
    nonce = bytes(a ^ b for a, b in zip(keys.iv, value.to_bytes(12, "big"), strict=True))
    head = bytes([first]) + packet[1:at] + number
    try:
        return value, AESGCM(keys.key).decrypt(nonce, packet[at + size :], head)
    except InvalidTag:
        return value, None
    except ValueError as error:
        raise Malformed from error


def _hmac(key: bytes, data: bytes) -> bytes:
    import hmac  # brings OpenSSL with it, which not every start needs

    return hmac.digest(key, data, "sha256")
