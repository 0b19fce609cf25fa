"""SSL 2.0 records (Hickman's draft of 1995), also the Client Hello that offers younger versions in that form."""

from __future__ import annotations

from ..protocols import ssl2
from ..protocols.tls_handshake import Session
from ..protocols.tls_names import SSL2
from .branch import HEX, Branch, Walk
from .tls_names import SSL2_CIPHERS, VERSIONS
from .x509 import certificate

CLIENT_HELLO, MASTER_KEY, SERVER_HELLO = 1, 2, 4


def ssl2_record(walk: Walk, branch: Branch, at: int, session: Session) -> int:
    """One record at `at`; its size."""
    header, size = ssl2.record_size(branch.data[: branch.end], at)
    body = branch.raw(at + header, min(size, branch.end - at - header))
    text = ssl2.record_text(body) if header == 2 else "Encrypted Data"
    if not session.version and body[:1] in (b"\2", b"\4"):
        session.version = SSL2
    line = branch.add(f"SSLv2 Record Layer: {text}", "tls.record", None, at, header + size)
    line.add(f"Version: SSL 2.0 (0x{SSL2:04x})", "tls.record.version", SSL2, at, header)
    line.add(f"Length: {size}", "tls.record.length", size, at, header)
    if text == "Encrypted Data":
        line.blob("tls.app_data", "Encrypted Application Data", at + header, len(body))
        return header + size
    kind, at = body[0], at + header
    line.uint("tls.handshake.type", "Handshake Message Type", at, 1, names=ssl2.MESSAGES)
    if kind == CLIENT_HELLO:
        _client_hello(line, at)
    elif kind == SERVER_HELLO:
        _server_hello(line, at)
    elif kind == MASTER_KEY:
        _master_key(line, at)
    return header + size


def _client_hello(line: Branch, at: int) -> None:
    line.uint("tls.handshake.version", "Version", at + 1, 2, HEX, VERSIONS)
    ciphers = line.uint("tls.handshake.cipher_spec_len", "Cipher Spec Length", at + 3, 2)
    session = line.uint("tls.handshake.session_id_length", "Session ID Length", at + 5, 2)
    challenge = line.uint("tls.handshake.challenge_length", "Challenge Length", at + 7, 2)
    at = _ciphers(line, at + 9, ciphers)
    if session:
        line.blob("tls.handshake.session_id", "Session ID", at, session)
    line.add("Challenge", "tls.handshake.challenge", None, at + session, challenge)


def _ciphers(line: Branch, at: int, size: int) -> int:
    below = line.add(f"Cipher Specs ({size // 3} specs)", "", None, at, size)
    for place in range(at, at + size - 2, 3):
        below.uint("tls.handshake.cipherspec", "Cipher Spec", place, 3, HEX, SSL2_CIPHERS)
    return at + size


def _server_hello(line: Branch, at: int) -> None:
    line.truth("tls.handshake.session_id_hit", "Session ID Hit", at + 1, 1)
    line.uint("tls.handshake.cert_type", "Certificate Type", at + 2, 1, names={1: "X.509 Certificate"})
    line.uint("tls.handshake.version", "Version", at + 3, 2, HEX, VERSIONS)
    length = line.uint("tls.handshake.certificate_length", "Certificate Length", at + 5, 2)
    ciphers = line.uint("tls.handshake.cipher_spec_len", "Cipher Spec Length", at + 7, 2)
    connection = line.uint("tls.handshake.connection_id_length", "Connection ID Length", at + 9, 2)
    if length:
        certificate(line, at + 11, length, "tls.handshake.certificate", "Certificate")
    at = _ciphers(line, at + 11 + length, ciphers)
    line.add("Connection ID", "tls.handshake.connection_id", None, at, connection)


def _master_key(line: Branch, at: int) -> None:
    line.uint("tls.handshake.cipherspec", "Cipher Spec", at + 1, 3, HEX, SSL2_CIPHERS)
    clear = line.uint("tls.handshake.clear_key_length", "Clear Key Data Length", at + 4, 2)
    secret = line.uint("tls.handshake.encrypted_key_length", "Encrypted Key Data Length", at + 6, 2)
    argument = line.uint("tls.handshake.key_arg_length", "Key Argument Length", at + 8, 2)
    at += 10
    for field, name, size in (("clear_key_data", "Clear Key Data", clear), ("encrypted_key", "Encrypted Key", secret),
                              ("key_arg", "Key Argument", argument)):  # fmt: skip
        if size:
            line.add(name, f"tls.handshake.{field}", None, at, size)
        at += size
