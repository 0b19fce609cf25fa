"""LDAP messages (RFC 4511), also inside SASL's GSS-API wrapping (RFC 4121)."""

from __future__ import annotations

from collections.abc import Callable

from . import asn1_values as ber
from . import ntlmssp
from .packet import Conversation, Packet, Short
from .registry import REJECT, tcp_port
from .tcpstream import MESSAGES, need, start_tls
from .text import decode

_NAMES = {
    0: "bindRequest", 1: "bindResponse", 2: "unbindRequest", 3: "searchRequest", 4: "searchResEntry",
    5: "searchResDone", 6: "modifyRequest", 7: "modifyResponse", 8: "addRequest", 9: "addResponse", 10: "delRequest",
    11: "delResponse", 12: "modDNRequest", 13: "modDNResponse", 14: "compareRequest", 15: "compareResponse",
    16: "abandonRequest", 19: "searchResRef", 23: "extendedReq", 24: "extendedResp", 25: "intermediateResponse",
}  # fmt: skip
_RESULTS = {
    0: "success", 1: "operationsError", 2: "protocolError", 3: "timeLimitExceeded", 4: "sizeLimitExceeded",
    5: "compareFalse", 6: "compareTrue", 7: "authMethodNotSupported", 8: "strongAuthRequired", 10: "referral",
    11: "adminLimitExceeded", 12: "unavailableCriticalExtension", 13: "confidentialityRequired",
    14: "saslBindInProgress", 16: "noSuchAttribute", 17: "undefinedAttributeType", 18: "inappropriateMatching",
    19: "constraintViolation", 20: "attributeOrValueExists", 21: "invalidAttributeSyntax", 32: "noSuchObject",
    33: "aliasProblem", 34: "invalidDNSyntax", 36: "aliasDereferencingProblem", 48: "inappropriateAuthentication",
    49: "invalidCredentials", 50: "insufficientAccessRights", 51: "busy", 52: "unavailable",
    53: "unwillingToPerform", 54: "loopDetect", 64: "namingViolation", 65: "objectClassViolation",
    66: "notAllowedOnNonLeaf", 67: "notAllowedOnRDN", 68: "entryAlreadyExists", 69: "objectClassModsProhibited",
    71: "affectsMultipleDSAs", 80: "other", 118: "canceled", 119: "noSuchOperation", 120: "tooLate",
    121: "cannotCancel",
}  # fmt: skip
_SCOPES = {0: "baseObject", 1: "singleLevel", 2: "wholeSubtree"}
_EXTENDED = {"1.3.6.1.4.1.1466.20037": "LDAP_START_TLS_OID", "1.3.6.1.4.1.4203.1.11.3": "Who am I?"}
START_TLS = "1.3.6.1.4.1.1466.20037"
_WITH_NAME = {4, 6, 8, 12, 14}


@tcp_port(389, 3268)
def ldap(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    if data[0] != 0x30 and not conversation.state.get("ldap.sasl"):
        return REJECT
    packet.layers.append("ldap")
    at = 0
    texts: list[str] = []
    for _ in range(MESSAGES):
        if at >= len(data):
            break
        size = ber.total_length(data, at) if data[at] == 0x30 else _sasl_length(data, at)
        if packet.reassemble and (not size or at + size > len(data)):
            if texts:
                _show(packet, texts)
            return need(packet, at, at + size - len(data) if size else 0)
        end = at + size if size else len(data)
        packet.cuts.append(end - at)
        try:
            texts.append(_pdu(data, at, min(end, len(data)), conversation))
        except Short:
            _show(packet, texts)
            raise
        at = end
    _show(packet, texts)
    return len(data)


def _show(packet: Packet, texts: list[str]) -> None:
    packet.set("LDAP", (" | " if packet.fence and texts else "") + " | ".join(texts))


def _sasl_length(data: bytes, at: int) -> int:
    return 4 + int.from_bytes(data[at : at + 4]) if at + 4 <= len(data) else 0


def _pdu(data: bytes, at: int, end: int, conversation: Conversation) -> str:
    if data[at] == 0x30:
        return message(data, at, end, conversation)
    body = data[at + 4 : end]
    if body[:1] == b"\x60" and body[13:15] == b"\2\1" and len(body) >= 45:  # RFC 1964
        if body[17:19] != b"\xff\xff":
            return f"SASL GSS-API Privacy: payload ({len(body) - 45} bytes)"
        return "SASL GSS-API Integrity: " + _wrapped(body[45:], conversation)
    if body[:2] != b"\5\4" or len(body) < 16:
        return ""
    payload = body[16:]
    if body[2] & 2:
        return f"SASL GSS-API Privacy: payload ({len(payload)} bytes)"
    rotated, checksum = int.from_bytes(body[6:8]), int.from_bytes(body[4:6])
    payload = payload[checksum:] if rotated else payload[: len(payload) - checksum]
    return "SASL GSS-API Integrity: " + _wrapped(payload, conversation)


def _wrapped(payload: bytes, conversation: Conversation) -> str:
    texts: list[str] = []
    at = 0
    while at < len(payload) and payload[at] == 0x30 and len(texts) < MESSAGES:
        one = ber.value(payload, at)
        texts.append(message(payload, at, one.end, conversation))
        at = one.end
    return " ".join(texts)


def message(data: bytes, at: int, end: int, conversation: Conversation) -> str:
    """The row of one LDAPMessage. Raises Short."""
    parts = ber.children(data, ber.value(data, at, end))
    if len(parts) < 2:
        raise Short
    number, operation = ber.integer(data, parts[0]), parts[1]
    kind = operation.tag & 31
    text = f"{_NAMES.get(kind, f'Unknown ({kind})')}({number})"
    more = _DETAILS.get(kind)
    if kind in _WITH_NAME:
        text += " " + _name(data, operation)
    elif more is not None:
        text += more(data, operation, number, conversation)
    elif kind == 10:
        text += f' "{decode(data[operation.start : operation.end])}"'
    if kind == 4:
        counts = conversation.state.setdefault("ldap.results", {})
        counts[number] = counts.get(number, 0) + 1
    return text


def _name(data: bytes, operation: ber.Value) -> str:
    parts = ber.children(data, operation)
    return f'"{_string(data, parts[0]) if parts else ""}"'


def _string(data: bytes, one: ber.Value) -> str:
    return decode(data[one.start : one.end]) or "<ROOT>"


def _bind(data: bytes, operation: ber.Value, number: int, conversation: Conversation) -> str:
    parts = ber.children(data, operation)
    if len(parts) < 3:
        raise Short
    text = f' "{_string(data, parts[1])}" '
    choice = parts[2]
    conversation.state["ldap.sasl"] = choice.tag & 31 != 0
    token = data[choice.start : choice.end]
    found = token.find(ntlmssp.SIGNATURE)
    words = ntlmssp.text(token[found:]) if found >= 0 else ""
    return text + words + {0: "simple", 3: "sasl"}.get(choice.tag & 31, "")


def _search(data: bytes, operation: ber.Value, number: int, conversation: Conversation) -> str:
    parts = ber.children(data, operation)
    if len(parts) < 2:
        raise Short
    conversation.state.setdefault("ldap.results", {})[number] = 0
    return f' "{_string(data, parts[0])}" {_SCOPES.get(ber.integer(data, parts[1]), "")}'


def _result(data: bytes, operation: ber.Value, number: int, conversation: Conversation) -> str:
    parts = ber.children(data, operation)
    if len(parts) < 3:
        raise Short
    code = ber.integer(data, parts[0])
    text = f" {_RESULTS.get(code, f'Unknown ({code})')} "
    error = decode(data[parts[2].start : parts[2].end])
    if error:
        text += f"({error}) "
    kind = operation.tag & 31
    if kind == 5:
        count = conversation.state.get("ldap.results", {}).pop(number, 0)
        text += f" [{count} result{'' if count == 1 else 's'}]"
    elif kind == 1:
        token = data[operation.start : operation.end]
        found = token.find(ntlmssp.SIGNATURE)
        text += ntlmssp.text(token[found:]) if found >= 0 else ""
    return text


def _extended(data: bytes, operation: ber.Value, number: int, conversation: Conversation) -> str:
    parts = ber.children(data, operation)
    name = decode(data[parts[0].start : parts[0].end]) if parts else ""
    conversation.state["ldap.starttls"] = name == START_TLS
    return " " + _EXTENDED.get(name, name)


def _extended_result(data: bytes, operation: ber.Value, number: int, conversation: Conversation) -> str:
    parts = ber.children(data, operation)
    if conversation.state.pop("ldap.starttls", False) and parts and ber.integer(data, parts[0]) == 0:
        start_tls(conversation)
    return " "


_Detail = Callable[[bytes, ber.Value, int, Conversation], str]
_DETAILS: dict[int, _Detail] = {0: _bind, 3: _search, 23: _extended, 24: _extended_result}
_DETAILS.update(dict.fromkeys((1, 5, 7, 9, 11, 13, 15), _result))
