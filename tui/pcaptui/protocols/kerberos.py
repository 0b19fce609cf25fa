"""Kerberos version 5 messages (RFC 4120), over TCP and UDP."""

from __future__ import annotations

from . import asn1_values as ber
from . import ntstatus
from .packet import Conversation, Packet, Short
from .registry import tcp_port, udp_port
from .tcpstream import messages

_TYPES = {
    10: "AS-REQ", 11: "AS-REP", 12: "TGS-REQ", 13: "TGS-REP", 14: "AP-REQ", 15: "AP-REP", 20: "KRB-SAFE",
    21: "KRB-PRIV", 22: "KRB-CRED", 30: "KRB-ERROR",
}  # fmt: skip
_ERRORS = {
    0: "KDC_ERR_NONE", 1: "KDC_ERR_NAME_EXP", 2: "KDC_ERR_SERVICE_EXP", 3: "KDC_ERR_BAD_PVNO",
    6: "KDC_ERR_C_PRINCIPAL_UNKNOWN",
    7: "KDC_ERR_S_PRINCIPAL_UNKNOWN", 8: "KDC_ERR_PRINCIPAL_NOT_UNIQUE", 9: "KDC_ERR_NULL_KEY",
    10: "KDC_ERR_CANNOT_POSTDATE",
    11: "KDC_ERR_NEVER_VALID", 12: "KDC_ERR_POLICY", 13: "KDC_ERR_BADOPTION", 14: "KDC_ERR_ETYPE_NOSUPP",
    15: "KDC_ERR_SUMTYPE_NOSUPP", 16: "KDC_ERR_PADATA_TYPE_NOSUPP", 17: "KDC_ERR_TRTYPE_NOSUPP",
    18: "KDC_ERR_CLIENT_REVOKED",
    19: "KDC_ERR_SERVICE_REVOKED", 20: "KDC_ERR_TGT_REVOKED", 21: "KDC_ERR_CLIENT_NOTYET", 22: "KDC_ERR_SERVICE_NOTYET",
    23: "KDC_ERR_KEY_EXP", 24: "KDC_ERR_PREAUTH_FAILED", 25: "KDC_ERR_PREAUTH_REQUIRED", 26: "KDC_ERR_SERVER_NOMATCH",
    27: "KDC_ERR_MUST_USE_USER2USER", 28: "KDC_ERR_PATH_NOT_ACCEPTED", 29: "KDC_ERR_SVC_UNAVAILABLE",
    31: "KRB_AP_ERR_BAD_INTEGRITY", 32: "KRB_AP_ERR_TKT_EXPIRED", 33: "KRB_AP_ERR_TKT_NYV", 34: "KRB_AP_ERR_REPEAT",
    35: "KRB_AP_ERR_NOT_US", 36: "KRB_AP_ERR_BADMATCH", 37: "KRB_AP_ERR_SKEW", 38: "KRB_AP_ERR_BADADDR",
    39: "KRB_AP_ERR_BADVERSION", 40: "KRB_AP_ERR_MSG_TYPE", 41: "KRB_AP_ERR_MODIFIED", 42: "KRB_AP_ERR_BADORDER",
    44: "KRB_AP_ERR_BADKEYVER", 45: "KRB_AP_ERR_NOKEY", 46: "KRB_AP_ERR_MUT_FAIL", 47: "KRB_AP_ERR_BADDIRECTION",
    48: "KRB_AP_ERR_METHOD", 49: "KRB_AP_ERR_BADSEQ", 50: "KRB_AP_ERR_INAPP_CKSUM", 52: "KRB_ERR_RESPONSE_TOO_BIG",
    60: "KRB_ERR_GENERIC", 61: "KRB_ERR_FIELD_TOOLONG", 68: "KDC_ERR_WRONG_REALM",
}  # fmt: skip
_PA_PW_SALT = 3


@udp_port(88)
def over_udp(packet: Packet, data: bytes) -> None:
    packet.layers.append("kerberos")
    packet.set("KRB5", "")
    _message(packet, data)


@tcp_port(88)
def over_tcp(packet: Packet, data: bytes, conversation: Conversation, direction: int) -> int:
    packet.layers.append("kerberos")
    packet.set("KRB5", "")
    return messages(packet, data, 4, _length, lambda packet, one: _message(packet, one[4:]))


def _length(data: bytes, at: int) -> int:
    return 4 + (int.from_bytes(data[at : at + 4]) & 0x7FFFFFFF)


def _message(packet: Packet, data: bytes) -> None:
    if not data:
        raise Short
    tag = data[0]
    if tag & 0xE0 != 0x60 or tag & 31 not in _TYPES:
        return
    kind = tag & 31
    packet.set("KRB5", _TYPES[kind])
    if kind == 30:
        packet.set("KRB5", "KRB Error: " + _error(data))


def _error(data: bytes) -> str:
    """Name the code of a KRB-ERROR, and the NT status in its e-data where there is one."""
    outer = ber.value(data, 0)
    sequence = ber.children(data, outer)
    text = ""
    for field in ber.children(data, sequence[0]) if sequence else []:
        inner = ber.children(data, field)
        if field.tag == 0xA6 and inner:
            code = ber.integer(data, inner[0])
            name = _ERRORS.get(code)
            text = (
                f"KRB5{name}"
                if name and name.startswith("KDC")
                else (name or f"Unknown ({code})").replace("KRB_", "KRB5KRB_", 1)
            )
        elif field.tag == 0xAC and inner:
            text += _nt_status(data[inner[0].start : inner[0].end])
    return text


def _nt_status(data: bytes) -> str:
    """e-data of Windows: a sequence with type 3 and the status, its size and flags ([MS-KILE] section 2.2.2)."""
    try:
        fields = ber.children(data, ber.value(data, 0))
    except Short:
        return ""
    if len(fields) < 2 or fields[0].tag != 0xA1:
        return ""
    kind, body = ber.children(data, fields[0]), ber.children(data, fields[1])
    if not kind or not body or ber.integer(data, kind[0]) != _PA_PW_SALT:
        return ""
    raw = data[body[0].start : body[0].end]
    return f" NT Status: {ntstatus.name(int.from_bytes(raw[:4], 'little'))}" if len(raw) == 12 else ""
