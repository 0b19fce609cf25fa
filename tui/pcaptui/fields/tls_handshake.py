"""Handshake messages of TLS, each a branch of its record (RFC 5246 section 7.4, RFC 8446 section 4)."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.tls_handshake import ENCRYPTED, Session, server_version
from ..protocols.tls_names import HANDSHAKES, TLS12, TLS13, draft_or_final
from .branch import HEX, Branch
from .tls_extensions import extensions, ja3_client, ja3_server, signature_algorithm, signature_algorithms
from .tls_names import (
    CERTIFICATE_COMPRESSIONS,
    CERTIFICATE_TYPES,
    CIPHER_SUITES,
    COMPRESSIONS,
    CURVE_TYPES,
    GROUPS,
    VERSIONS,
    greased,
)
from .words import lasting, moment
from .x509 import certificate, distinguished_name

HEADER = 4
MAX_CERTIFICATES = 100


def handshake(line: Branch, at: int, end: int, word: str, session: Session) -> int:
    """The message at `at`; how many bytes of the record it takes."""
    if end - at < HEADER or word == ENCRYPTED or word.startswith("["):
        line.add(f"Handshake Protocol: {word}", "tls.handshake", None, at, end - at)
        return end - at
    kind, size = line.u8(at), line.number(at + 1, 3)
    branch = line.add(f"Handshake Protocol: {word}", "tls.handshake", None, at, HEADER + size)
    branch = branch.within(branch.view.at, min(branch.view.end, at + HEADER + size))
    branch.uint("tls.handshake.type", "Handshake Type", at, 1, names=HANDSHAKES)
    branch.uint("tls.handshake.length", "Length", at + 1, 3)
    builder = _MESSAGES.get(kind)
    if builder is not None:
        builder(branch, at + HEADER, at + HEADER + size, session)
    return HEADER + size


def _client_hello(branch: Branch, at: int, end: int, session: Session) -> None:
    version = branch.uint("tls.handshake.version", "Version", at, 2, HEX, greased(VERSIONS))
    at = _session_id(branch, _random(branch, at + 2, dated=True))
    size = branch.uint("tls.handshake.cipher_suites_length", "Cipher Suites Length", at, 2)
    suites = branch.add(
        f"Cipher Suites ({_count(size // 2, 'suite')})", "tls.handshake.ciphersuites", None, at + 2, size
    )
    for place in range(at + 2, at + 1 + size, 2):
        suites.uint("tls.handshake.ciphersuite", "Cipher Suite", place, 2, HEX, greased(CIPHER_SUITES))
    ciphers = [branch.u16(place) for place in range(at + 2, at + 1 + size, 2)]
    at += 2 + size
    size = branch.uint("tls.handshake.comp_methods_length", "Compression Methods Length", at, 1)
    label = f"Compression Methods ({_count(size, 'method')})"
    methods = branch.add(label, "tls.handshake.comp_methods", None, at + 1, size)
    for place in range(at + 1, at + 1 + size):
        methods.uint("tls.handshake.comp_method", "Compression Method", place, 1, names=COMPRESSIONS)
    found = extensions(branch, at + 1 + size, end, "client hello")
    ja3_client(branch, version, ciphers, found)


def _server_hello(branch: Branch, at: int, end: int, session: Session) -> None:
    body = branch.data[at:end]
    settled = server_version(body)
    version = branch.uint("tls.handshake.version", "Version", at, 2, HEX, greased(VERSIONS))
    old = draft_or_final(version) != TLS13
    at = _random(branch, at + 2, dated=settled != TLS13)
    if old:
        at = _session_id(branch, at)
    suite = branch.uint("tls.handshake.ciphersuite", "Cipher Suite", at, 2, HEX, greased(CIPHER_SUITES))
    at += 2
    if old:
        branch.uint("tls.handshake.comp_method", "Compression Method", at, 1, names=COMPRESSIONS)
        at += 1
    found = extensions(branch, at, end, "server hello")
    ja3_server(branch, version, suite, found)


def _random(branch: Branch, at: int, dated: bool) -> int:
    raw = branch.raw(at, 32)
    below = branch.add(f"Random: {raw.hex()}", "tls.handshake.random", raw.hex(":"), at, 32)
    if dated:
        text = moment(int.from_bytes(raw[:4], "big") * 1_000_000_000)
        below.add(f"GMT Unix Time: {text}", "tls.handshake.random_time", text, at, 4)
        below.blob("tls.handshake.random_bytes", "Random Bytes", at + 4, 28)
    return at + 32


def _session_id(branch: Branch, at: int) -> int:
    size = branch.uint("tls.handshake.session_id_length", "Session ID Length", at, 1)
    if size:
        branch.blob("tls.handshake.session_id", "Session ID", at + 1, size)
    return at + 1 + size


def _new_session_ticket(branch: Branch, at: int, end: int, session: Session) -> None:
    below = branch.add("TLS Session Ticket", "", None, at, end - at)
    hint = below.u32(at)
    field = "tls.handshake.session_ticket_lifetime_hint"
    unit = "second" if hint == 1 else "seconds"
    below.add(f"Session Ticket Lifetime Hint: {hint} {unit} ({lasting(hint)})", field, hint, at, 4)
    at += 4
    if session.version == TLS13:
        below.uint("tls.handshake.session_ticket_age_add", "Session Ticket Age Add", at, 4)
        size = below.uint("tls.handshake.session_ticket_nonce_length", "Session Ticket Nonce Length", at + 4, 1)
        below.blob("tls.handshake.session_ticket_nonce", "Session Ticket Nonce", at + 5, size)
        at += 5 + size
    size = below.uint("tls.handshake.session_ticket_length", "Session Ticket Length", at, 2)
    below.blob("tls.handshake.session_ticket", "Session Ticket", at + 2, size)
    if session.version == TLS13:
        extensions(below, at + 2 + size, end, "ticket")


def _encrypted_extensions(branch: Branch, at: int, end: int, session: Session) -> None:
    extensions(branch, at, end, "encrypted")


def _certificates(branch: Branch, at: int, end: int, session: Session) -> None:
    if session.version == TLS13:
        size = branch.uint("tls.handshake.certificate_request_context_length", "Certificate Request Context Length",
                           at, 1)  # fmt: skip
        if size:
            branch.blob("tls.handshake.certificate_request_context", "Certificate Request Context", at + 1, size)
        at += 1 + size
    size = branch.uint("tls.handshake.certificates_length", "Certificates Length", at, 3)
    at += 3
    if not size:
        return
    below = branch.add(f"Certificates ({size} bytes)", "tls.handshake.certificates", None, at, size)
    stop = min(end, at + size)
    for _ in range(MAX_CERTIFICATES):
        if at >= stop:
            return
        size = below.uint("tls.handshake.certificate_length", "Certificate Length", at, 3)
        certificate(below, at + 3, size, "tls.handshake.certificate", "Certificate")
        at += 3 + size
        if session.version == TLS13:
            extensions(below, at, stop, "certificate")
            at += 2 + below.u16(at)


def _server_key_exchange(branch: Branch, at: int, end: int, session: Session) -> None:
    """What is exchanged hangs on the cipher suite; a named curve can be told from a prime by its first bytes."""
    signed = session.version >= TLS12
    if branch.u8(at) == 3 and branch.u8(at + 1) in (0, 1, 2, 0x2F, 0xFF) and branch.u8(at + 3) + 4 < end - at:
        below = branch.add("EC Diffie-Hellman Server Params", "", None, at, end - at)
        below.uint("tls.handshake.server_curve_type", "Curve Type", at, 1, HEX, CURVE_TYPES)
        below.uint("tls.handshake.server_named_curve", "Named Curve", at + 1, 2, HEX, greased(GROUPS))
        size = below.uint("tls.handshake.server_point_len", "Pubkey Length", at + 3, 1)
        below.blob("tls.handshake.server_point", "Pubkey", at + 4, size)
        _signature(below, at + 4 + size, end, signed)
        return
    below = branch.add("Diffie-Hellman Server Params", "", None, at, end - at)
    for field, name in (("p", "p"), ("g", "g"), ("ys", "Pubkey")):
        size = below.uint(f"tls.handshake.{field}_len", f"{name} Length", at, 2)
        below.blob(f"tls.handshake.{field}", name, at + 2, size)
        at += 2 + size
    if at < end:
        _signature(below, at, end, signed)


def _signature(branch: Branch, at: int, end: int, named: bool, field: str = "tls.handshake.sig",
               length: str = "Signature Length") -> None:  # fmt: skip
    if at >= end:
        return
    if named:
        signature_algorithm(branch, at)
        at += 2
    size = branch.uint(f"{field}_len", length, at, 2)
    branch.blob(field, "Signature", at + 2, size)


def _certificate_request(branch: Branch, at: int, end: int, session: Session) -> None:
    if session.version == TLS13:
        size = branch.uint("tls.handshake.certificate_request_context_length", "Certificate Request Context Length",
                           at, 1)  # fmt: skip
        if size:
            branch.blob("tls.handshake.certificate_request_context", "Certificate Request Context", at + 1, size)
        extensions(branch, at + 1 + size, end, "request")
        return
    size = branch.uint("tls.handshake.cert_types_count", "Certificate types count", at, 1)
    kinds = branch.add(f"Certificate types ({_count(size, 'type')})", "tls.handshake.cert_types", None, at + 1, size)
    for place in range(at + 1, at + 1 + size):
        kinds.uint("tls.handshake.cert_type", "Certificate type", place, 1, names=_CLIENT_CERTIFICATES)
    at += 1 + size
    if session.version >= TLS12:
        at = signature_algorithms(branch, at)
    size = branch.uint("tls.handshake.dnames_len", "Distinguished Names Length", at, 2)
    if size:
        distinguished_names(branch, at + 2, min(end, at + 2 + size))


def distinguished_names(branch: Branch, at: int, end: int) -> None:
    """Names of authorities, each with its length in front."""
    label = f"Distinguished Names ({end - at} byte{'' if end - at == 1 else 's'})"
    below = branch.add(label, "tls.handshake.dnames", None, at, end - at)
    for _ in range(MAX_CERTIFICATES):
        if at >= end:
            return
        size = below.uint("tls.handshake.dname_len", "Distinguished Name Length", at, 2)
        distinguished_name(below, at + 2, size, "tls.handshake.dname", "Distinguished Name")
        at += 2 + size


_CLIENT_CERTIFICATES = {**CERTIFICATE_TYPES, 1: "RSA Sign"}


def _certificate_verify(branch: Branch, at: int, end: int, session: Session) -> None:
    if session.version >= TLS12:
        signature_algorithm(branch, at)
        at += 2
    size = branch.uint("tls.handshake.client_cert_vrfy.sig_len", "Signature length", at, 2)
    branch.blob("tls.handshake.client_cert_vrfy.sig", "Signature", at + 2, size)


def _client_key_exchange(branch: Branch, at: int, end: int, session: Session) -> None:
    size = end - at
    if size and branch.u8(at) == size - 1:
        below = branch.add("EC Diffie-Hellman Client Params", "", None, at, size)
        below.uint("tls.handshake.client_point_len", "Pubkey Length", at, 1)
        below.blob("tls.handshake.client_point", "Pubkey", at + 1, size - 1)
    elif size > 2 and branch.u16(at) == size - 2:
        dhe = "_DHE_" in CIPHER_SUITES.get(session.suite, "") or "_DH_" in CIPHER_SUITES.get(session.suite, "")
        label = "Diffie-Hellman Client Params" if dhe else "RSA Encrypted PreMaster Secret"
        below = branch.add(label, "", None, at, size)
        if dhe:
            below.uint("tls.handshake.yc_len", "Pubkey Length", at, 2)
            below.blob("tls.handshake.yc", "Pubkey", at + 2, size - 2)
        else:
            below.uint("tls.handshake.epms_len", "Encrypted PreMaster length", at, 2)
            below.blob("tls.handshake.epms", "Encrypted PreMaster", at + 2, size - 2)


def _finished(branch: Branch, at: int, end: int, session: Session) -> None:
    if end > at:
        branch.add("Verify Data", "tls.handshake.verify_data", None, at, end - at)


def _certificate_status(branch: Branch, at: int, end: int, session: Session) -> None:
    kind = branch.uint("tls.handshake.extensions_status_request_type", "Certificate Status Type", at, 1,
                       names={1: "OCSP", 2: "OCSP Multi"})  # fmt: skip
    if kind == 1:
        branch.uint("tls.handshake.ocsp_response_len", "OCSP Response Length", at + 1, 3)
        branch.add("OCSP Response", "ocsp", None, at + 4, end - at - 4)


def _key_update(branch: Branch, at: int, end: int, session: Session) -> None:
    branch.uint("tls.handshake.key_update.request_update", "Key Update Request", at, 1,
                names={0: "update_not_requested", 1: "update_requested"})  # fmt: skip


def _compressed_certificate(branch: Branch, at: int, end: int, session: Session) -> None:
    branch.uint("tls.compress_certificate.algorithm", "Algorithm", at, 2, names=CERTIFICATE_COMPRESSIONS)
    branch.uint("tls.compress_certificate.uncompressed_length", "Uncompressed Length", at + 2, 3)
    field = "tls.compress_certificate.compressed_certificate_message"
    size = branch.uint(f"{field}.length", "Length", at + 5, 3)
    branch.blob(field, "Compressed Certificate Message", at + 8, size)


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


_MESSAGES: dict[int, Callable[[Branch, int, int, Session], None]] = {
    1: _client_hello, 2: _server_hello, 4: _new_session_ticket, 8: _encrypted_extensions, 11: _certificates,
    12: _server_key_exchange, 13: _certificate_request, 15: _certificate_verify, 16: _client_key_exchange,
    20: _finished, 22: _certificate_status, 24: _key_update, 25: _compressed_certificate,
}  # fmt: skip
