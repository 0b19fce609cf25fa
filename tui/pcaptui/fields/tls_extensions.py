"""Extensions of TLS handshake messages (RFC 6066, 8446 section 4.2 and others), and the JA3 prints made of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from .branch import HEX, Branch
from .tls_names import (
    CERTIFICATE_COMPRESSIONS,
    EXTENSIONS,
    GROUPS,
    HASHES,
    POINT_FORMATS,
    SIGNATURES,
    SIGNERS,
    VERSIONS,
    greased,
)
from .tls_sct import timestamps

MAX_EXTENSIONS = 500


@dataclass(slots=True)
class Found:
    """What JA3 wants to know of a hello's extensions. `at` is where they begin, -1: there are none."""

    at: int = -1
    kinds: list[int] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    formats: list[int] = field(default_factory=list)


def extensions(branch: Branch, at: int, end: int, where: str) -> Found:
    """The list of extensions at `at`, if there is one before `end`. `where` names the message they are in."""
    found = Found()
    if at + 2 > end:
        return found
    found.at = at
    size = branch.uint("tls.handshake.extensions_length", "Extensions Length", at, 2)
    at, stop = at + 2, min(end, at + 2 + size)
    for _ in range(MAX_EXTENSIONS):
        if at + 4 > stop:
            break
        at += _extension(branch, at, where, found)
    return found


def _extension(branch: Branch, at: int, where: str, found: Found) -> int:
    kind, size = branch.u16(at), branch.u16(at + 2)
    name = greased(EXTENSIONS)
    label = (name(kind) if callable(name) else None) or f"Unknown type {kind}"
    below = branch.add(f"Extension: {label} (len={size})", "", None, at, 4 + size)
    below = below.within(below.view.at, min(below.view.end, at + 4 + size))
    below.uint("tls.handshake.extension.type", "Type", at, 2, names=name)
    below.uint("tls.handshake.extension.len", "Length", at + 2, 2)
    found.kinds.append(kind)
    builder = _BUILDERS.get(kind)
    start, end = at + 4, at + 4 + size
    if builder is not None:
        builder(below, start, end, where, found)
    elif kind not in _EMPTY or size:
        below.blob("tls.handshake.extension.data", "Data", start, size)
    return 4 + size


_EMPTY = {22, 23, 18, 49, 42}


def _server_name(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    if at >= end:
        return
    below = branch.add("Server Name Indication extension", "", None, at, end - at)
    size = below.uint("tls.handshake.extensions_server_name_list_len", "Server Name list length", at, 2)
    at, stop = at + 2, min(end, at + 2 + size)
    for _ in range(MAX_EXTENSIONS):
        if at + 3 > stop:
            return
        below.uint("tls.handshake.extensions_server_name_type", "Server Name Type", at, 1, names={0: "host_name"})
        size = below.uint("tls.handshake.extensions_server_name_len", "Server Name length", at + 1, 2)
        below.string("tls.handshake.extensions_server_name", "Server Name", at + 3, size)
        at += 3 + size


def _max_fragment_length(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    names = {1: "512", 2: "1024", 3: "2048", 4: "4096"}
    branch.uint("tls.handshake.max_fragment_length", "Maximum Fragment Length", at, 1, names=names)


def _status_request(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    if where != "client hello" or at >= end:
        if where == "certificate" and at < end:
            branch.uint("tls.handshake.extensions_status_request_type", "Certificate Status Type", at, 1,
                        names={1: "OCSP"})  # fmt: skip
            size = branch.uint("tls.handshake.ocsp_response_len", "OCSP Response Length", at + 1, 3)
            branch.add("OCSP Response", "ocsp", None, at + 4, size)
        return
    branch.uint("tls.handshake.extensions_status_request_type", "Certificate Status Type", at, 1,
                names={1: "OCSP", 2: "OCSP Multi"})  # fmt: skip
    size = branch.uint(
        "tls.handshake.extensions_status_request_responder_ids_len", "Responder ID list Length", at + 1, 2
    )
    branch.uint("tls.handshake.extensions_status_request_exts_len", "Request Extensions Length", at + 3 + size, 2)


def _status_request_v2(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    if where != "client hello":
        return
    branch.uint("tls.handshake.extensions_status_request_list_len", "Certificate Status List Length", at, 2)
    at += 2
    for _ in range(MAX_EXTENSIONS):
        if at + 3 > end:
            return
        branch.uint("tls.handshake.extensions_status_request_type", "Certificate Status Type", at, 1,
                    names={1: "OCSP", 2: "OCSP Multi"})  # fmt: skip
        size = branch.uint("tls.handshake.extensions_status_request_len", "Certificate Status Length", at + 1, 2)
        ids = branch.uint("tls.handshake.extensions_status_request_responder_ids_len", "Responder ID list Length",
                          at + 3, 2)  # fmt: skip
        branch.uint("tls.handshake.extensions_status_request_exts_len", "Request Extensions Length", at + 5 + ids, 2)
        at += 3 + size


def _supported_groups(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    size = branch.uint("tls.handshake.extensions_supported_groups_length", "Supported Groups List Length", at, 2)
    count = size // 2
    below = branch.add(f"Supported Groups ({count} group{'' if count == 1 else 's'})",
                       "tls.handshake.extensions_supported_groups", None, at + 2, size)  # fmt: skip
    for place in range(at + 2, min(end, at + 2 + size) - 1, 2):
        found.groups.append(
            below.uint("tls.handshake.extensions_supported_group", "Supported Group", place, 2, HEX, greased(GROUPS))
        )


def _point_formats(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    size = branch.uint("tls.handshake.extensions_ec_point_formats_length", "EC point formats Length", at, 1)
    below = branch.add(f"Elliptic curves point formats ({size})", "tls.handshake.extensions_ec_point_formats", None,
                       at + 1, size)  # fmt: skip
    for place in range(at + 1, min(end, at + 1 + size)):
        found.formats.append(
            below.uint("tls.handshake.extensions_ec_point_format", "EC point format", place, 1, names=POINT_FORMATS)
        )


def _signature_algorithms(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    signature_algorithms(branch, at)


def signature_algorithms(branch: Branch, at: int) -> int:
    """A list with its length in front; where it ends."""
    size = branch.uint("tls.handshake.sig_hash_alg_len", "Signature Hash Algorithms Length", at, 2)
    count = size // 2
    below = branch.add(f"Signature Hash Algorithms ({count} algorithm{'' if count == 1 else 's'})",
                       "tls.handshake.sig_hash_algs", None, at + 2, size)  # fmt: skip
    for place in range(at + 2, at + 1 + size, 2):
        signature_algorithm(below, place)
    return at + 2 + size


def _signature_name(value: int) -> str:
    name = greased(SIGNATURES)
    known = name(value) if callable(name) else None
    if known is None and value >> 8 in HASHES and value & 0xFF in SIGNERS:
        known = f"{HASHES[value >> 8]} {SIGNERS[value & 0xFF]}"
    return known or "Unknown"


def signature_algorithm(branch: Branch, at: int) -> None:
    value = branch.u16(at)
    label = f"Signature Algorithm: {_signature_name(value)} (0x{value:04x})"
    below = branch.add(label, "tls.handshake.sig_hash_alg", value, at, 2)
    below.uint("tls.handshake.sig_hash_hash", "Signature Hash Algorithm Hash", at, 1, names=HASHES)
    below.uint("tls.handshake.sig_hash_sig", "Signature Hash Algorithm Signature", at + 1, 1, names=SIGNERS)


def _heartbeat(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    names = {1: "Peer allowed to send requests", 2: "Peer not allowed to send requests"}
    branch.uint("tls.handshake.extension.heartbeat.mode", "Mode", at, 1, names=names)


def _protocols(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    size = branch.uint("tls.handshake.extensions_alpn_len", "ALPN Extension Length", at, 2)
    below = branch.add("ALPN Protocol", "tls.handshake.extensions_alpn_list", None, at + 2, size)
    at += 2
    for _ in range(MAX_EXTENSIONS):
        if at >= end:
            return
        size = below.uint("tls.handshake.extensions_alpn_str_len", "ALPN string length", at, 1)
        below.string("tls.handshake.extensions_alpn_str", "ALPN Next Protocol", at + 1, size)
        at += 1 + size


def _next_protocols(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    if at >= end:
        return
    below = branch.add("Next Protocol Negotiation", "", None, at, end - at)
    for _ in range(MAX_EXTENSIONS):
        if at >= end:
            return
        size = below.uint("tls.handshake.extensions_npn_str_len", "Protocol string length", at, 1)
        below.string("tls.handshake.extensions_npn", "Next Protocol", at + 1, size)
        at += 1 + size


def _certificate_timestamps(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    if at < end:
        timestamps(branch, at, end)


def _padding(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    if at < end:
        branch.blob("tls.handshake.extensions_padding_data", "Padding Data", at, end - at)


def _compress_certificate(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    size = branch.uint("tls.compress_certificate.algorithms_length", "Algorithms Length", at, 1)
    for place in range(at + 1, min(end, at + 1 + size) - 1, 2):
        branch.uint("tls.compress_certificate.algorithm", "Algorithm", place, 2, names=CERTIFICATE_COMPRESSIONS)


def _record_size_limit(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    branch.uint("tls.record_size_limit", "Record Size Limit", at, 2)


def _session_ticket(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    _data(branch, at, end - at)


def _data(branch: Branch, at: int, size: int) -> None:
    raw = branch.raw(at, size)
    label = f"Data ({size} byte{'' if size == 1 else 's'})"
    branch.add(label, "tls.handshake.extension.data", raw.hex(":"), at, size)


def _pre_shared_key(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    below = branch.add("Pre-Shared Key extension", "", None, at, end - at)
    base = "tls.handshake.extensions.psk"
    if where == "server hello":
        below.uint(f"{base}.identity.selected", "Selected Identity", at, 2)
        return
    size = below.uint(f"{base}.identities.length", "Identities Length", at, 2)
    at, stop = at + 2, min(end, at + 2 + size)
    for _ in range(MAX_EXTENSIONS):
        if at + 2 > stop:
            break
        size = below.u16(at)
        one = below.add(f"PSK Identity (length: {size})", "", None, at, size + 6)
        one.uint(f"{base}.identity.identity_length", "Identity Length", at, 2)
        one.blob(f"{base}.identity.identity", "Identity", at + 2, size)
        one.uint(f"{base}.identity.obfuscated_ticket_age", "Obfuscated Ticket Age", at + 2 + size, 4)
        at += 6 + size
    size = below.uint(f"{base}.binders_len", "PSK Binders length", at, 2)
    below.add("PSK Binders", f"{base}.binders", None, at + 2, size)


def _early_data(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    if where == "ticket" and end - at >= 4:
        branch.uint("tls.early_data.max_early_data_size", "Maximum Early Data Size", at, 4)


def _supported_versions(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    if where == "client hello":
        branch.uint("tls.handshake.extensions.supported_versions_len", "Supported Versions length", at, 1)
        at += 1
    for place in range(at, end - 1, 2):
        branch.uint("tls.handshake.extensions.supported_version", "Supported Version", place, 2, HEX, greased(VERSIONS))


def _cookie(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    size = branch.uint("tls.handshake.extensions.cookie_len", "Cookie length", at, 2)
    branch.blob("tls.handshake.extensions.cookie", "Cookie", at + 2, size)


def _key_exchange_modes(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    names = {0: "PSK-only key establishment (psk_ke)", 1: "PSK with (EC)DHE key establishment (psk_dhe_ke)"}
    size = branch.uint("tls.extension.psk_ke_modes_length", "PSK Key Exchange Modes Length", at, 1)
    for place in range(at + 1, min(end, at + 1 + size)):
        branch.uint("tls.extension.psk_ke_mode", "PSK Key Exchange Mode", place, 1, names=names)


def _key_share(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    below = branch.add("Key Share extension", "", None, at, end - at)
    field = "tls.handshake.extensions_key_share"
    if where == "server hello" and end - at == 2:
        below.uint(f"{field}_selected_group", "Selected Group", at, 2, names=greased(GROUPS))
        return
    if where == "client hello":
        below.uint(f"{field}_client_length", "Client Key Share Length", at, 2)
        at += 2
    names = greased(GROUPS)
    for _ in range(MAX_EXTENSIONS):
        if at + 4 > end:
            return
        group, size = below.u16(at), below.u16(at + 2)
        name = (names(group) if callable(names) else None) or f"Unknown ({group})"
        one = below.add(f"Key Share Entry: Group: {name}, Key Exchange length: {size}", "", None, at, 4 + size)
        one.uint(f"{field}_group", "Group", at, 2, names=names)
        one.uint(f"{field}_key_exchange_length", "Key Exchange Length", at + 2, 2)
        one.blob(f"{field}_key_exchange", "Key Exchange", at + 4, size)
        at += 4 + size


def _renegotiation(branch: Branch, at: int, end: int, where: str, found: Found) -> None:
    below = branch.add("Renegotiation Info extension", "", None, at, end - at)
    size = below.uint("tls.handshake.extensions_reneg_info_len", "Renegotiation info extension length", at, 1)
    if size:
        below.blob("tls.handshake.extensions_reneg_info", "Renegotiation info", at + 1, size)


_BUILDERS: dict[int, Callable[[Branch, int, int, str, Found], None]] = {
    0: _server_name, 1: _max_fragment_length, 5: _status_request, 10: _supported_groups, 11: _point_formats,
    13: _signature_algorithms, 15: _heartbeat, 16: _protocols, 17: _status_request_v2, 18: _certificate_timestamps,
    21: _padding, 27: _compress_certificate, 28: _record_size_limit, 35: _session_ticket, 40: _key_share,
    41: _pre_shared_key, 42: _early_data, 43: _supported_versions, 44: _cookie, 45: _key_exchange_modes,
    50: _signature_algorithms, 51: _key_share, 13172: _next_protocols, 65281: _renegotiation,
}  # fmt: skip


def _plain(values: list[int]) -> str:
    """Without the numbers that mean nothing (RFC 8701)."""
    return "-".join(str(v) for v in values if not (v & 0x0F0F == 0x0A0A and v >> 8 == v & 0xFF))


def ja3_client(branch: Branch, version: int, ciphers: list[int], found: Found) -> None:
    """JA3: version, cipher suites, extensions, groups and point formats of a Client Hello, and their MD5."""
    text = ",".join((str(version), _plain(ciphers), _plain(found.kinds), _plain(found.groups),
                     "-".join(map(str, found.formats))))  # fmt: skip
    _print(branch, "ja3", "JA3", text)


def ja3_server(branch: Branch, version: int, suite: int, found: Found) -> None:
    """JA3S: version, cipher suite and extensions of a Server Hello, and their MD5."""
    _print(branch, "ja3s", "JA3S", f"{version},{suite},{_plain(found.kinds)}")


def _print(branch: Branch, field: str, name: str, text: str) -> None:
    branch.computed(f"{name} Fullstring: {text}", f"tls.handshake.{field}_full", text, name=len(name) + 11)
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    branch.computed(f"{name}: {digest}", f"tls.handshake.{field}", digest)
