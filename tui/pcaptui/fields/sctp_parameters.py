"""SCTP's parameters and error causes (RFC 9260 sections 3.3.2 and 3.3.10, RFC 4895, RFC 5061)."""

from __future__ import annotations

from ..protocols.sctp import CHUNKS
from .branch import Branch
from .words import bit_pattern, plural

MOST = 200
PARAMETERS = {
    1: "Heartbeat info", 5: "IPv4 address", 6: "IPv6 address", 7: "State cookie", 8: "Unrecognized parameter",
    9: "Cookie preservative", 11: "Hostname address", 12: "Supported address types", 13: "Outgoing SSN reset request",
    14: "Incoming SSN reset request", 15: "SSN/TSN reset request", 16: "Re-configuration response",
    17: "Add outgoing streams request", 18: "Add incoming streams request", 0x8000: "ECN",
    0x8001: "Zero Checksum Acceptable",
    0x8002: "Random", 0x8003: "Authenticated Chunk list", 0x8004: "Requested HMAC Algorithm",
    0x8008: "Supported Extensions", 0xC000: "Forward TSN supported", 0xC001: "Add IP address",
    0xC002: "Delete IP address",
    0xC003: "Error cause indication", 0xC004: "Set primary address", 0xC005: "Success report",
    0xC006: "Adaptation Layer Indication",
}  # fmt: skip
CAUSES = {
    1: "Invalid stream identifier", 2: "Missing mandatory parameter", 3: "Stale cookie", 4: "Out of resources",
    5: "Unresolvable address", 6: "Unrecognized chunk type", 7: "Invalid mandatory parameter",
    8: "Unrecognized parameters",
    9: "No user data", 10: "Cookie received while shutting down", 11: "Restart of an association with new addresses",
    12: "User initiated ABORT", 13: "Protocol violation",
}  # fmt: skip
_ADDRESSES = {5: "IPv4", 6: "IPv6", 11: "hostname"}
_HMACS = {1: "SHA-1", 3: "SHA-256"}


def parameters(branch: Branch, at: int, end: int) -> None:
    for _ in range(MOST):
        if at + 4 > end:
            return
        size = branch.u16(at + 2)
        _parameter(branch, at, max(size, 4), end)
        if size < 4:
            return
        at += size + 3 & ~3


def _parameter(branch: Branch, at: int, size: int, end: int) -> None:
    kind = branch.u16(at)
    name = PARAMETERS.get(kind, "Unknown")
    padding = min(-size % 4, max(branch.end - at - size, 0))
    below = branch.add(f"{name} parameter", "", None, at, size + padding)
    line = below.add(f"Parameter type: {name} (0x{kind:04x})", "sctp.parameter_type", kind, at, 2)
    for mask, field, words in (
        (0x8000, "sctp.parameter_bit_1",
         ("Stop processing of chunk", "Skip parameter and continue processing of the chunk")),
        (0x4000, "sctp.parameter_bit_2", ("Do not report", "Do report")),
    ):  # fmt: skip
        value = bool(kind & mask)
        line.add(f"{bit_pattern(kind, mask, 16)} = Bit: {words[value]}", field, value, at, 2)
    below.uint("sctp.parameter_length", "Parameter length", at + 2, 2)
    inner = below.within(at, at + size)
    _value(inner, kind, at + 4, size - 4)
    if padding:
        below.blob("sctp.parameter_padding", "Parameter padding", at + size, padding)


def _value(line: Branch, kind: int, at: int, size: int) -> None:
    if kind == 5 and size >= 4:
        line.suffix(f" (Address: {line.ipv4('sctp.parameter_ipv4_address', 'IP Version 4 address', at)})")
    elif kind == 6 and size >= 16:
        line.suffix(f" (Address: {line.ipv6('sctp.parameter_ipv6_address', 'IP Version 6 address', at)})")
    elif kind == 9 and size >= 4:
        name = "Suggested Cookie life-span increment (msec)"
        line.suffix(f" (Increment :{line.uint('sctp.parameter_cookie_preservative_incr', name, at, 4)} msec)")
    elif kind == 12:
        _list(line, at, size, 2, "sctp.parameter_supported_address_type", "Supported address type", "Supported types")
    elif kind == 0x8008:
        _list(line, at, size, 1, "sctp.supported_chunk_type", "Supported chunk type", "Supported types")
    elif kind == 0x8003:
        _list(line, at, size, 1, "sctp.chunk_type_to_auth", "Chunk type", "Chunk types to be authenticated")
    elif kind == 0x8004:
        _list(line, at, size, 2, "sctp.hmac_id", "HMAC identifier", "Supported HMACs")
    elif size > 0:
        field, name, words = _BLOBS.get(kind, ("sctp.parameter_value", "Parameter value", ""))
        line.blob(field, name, at, size)
        line.suffix(f" ({words}: {plural(size, 'byte')})" if words else "")


_BLOBS = {
    1: ("sctp.parameter_heartbeat_information", "Heartbeat information", "Information"),
    7: ("sctp.parameter_state_cookie", "State cookie", "Cookie length"),
    0x8002: ("sctp.random_number", "Random number", ""),
}


def _list(line: Branch, at: int, size: int, width: int, field: str, name: str, words: str) -> None:
    said = []
    for place in range(at, at + size - width + 1, width):
        value = line.number(place, width)
        word, short = _word(field, value)
        line.add(f"{name}: {word} ({value})", field, value, place, width)
        said.append(short)
    line.suffix(f" ({words}: {', '.join(said)})" if said else "")


def _word(field: str, value: int) -> tuple[str, str]:
    if field == "sctp.hmac_id":
        return _HMACS.get(value, "Unknown"), _HMACS.get(value, "Unknown")
    if field == "sctp.parameter_supported_address_type":
        return PARAMETERS.get(value, "Unknown"), _ADDRESSES.get(value, "Unknown")
    return CHUNKS.get(value, "Unknown"), CHUNKS.get(value, "Unknown")


def causes(branch: Branch, at: int, end: int) -> None:
    for _ in range(MOST):
        if at + 4 > end:
            return
        kind, size = branch.u16(at), branch.u16(at + 2)
        name = CAUSES.get(kind, "Unknown")
        below = branch.add(f"{name} cause", "", None, at, max(size, 4))
        below.add(f"Cause code: {name} (0x{kind:04x})", "sctp.cause_code", kind, at, 2)
        below.uint("sctp.cause_length", "Cause length", at + 2, 2)
        if kind == 1 and size >= 8:
            stream = below.uint("sctp.cause_stream_identifier", "Stream identifier", at + 4, 2)
            below.suffix(f" (SID: {stream})")
            below.uint("sctp.cause_reserved", "Reserved", at + 6, 2)
        elif size > 4:
            below.blob("sctp.cause_information", "Cause information", at + 4, min(size, end - at) - 4)
        if size < 4:
            return
        at += size + 3 & ~3
