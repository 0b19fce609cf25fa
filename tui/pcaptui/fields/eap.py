"""The Extensible Authentication Protocol (RFC 3748)."""

from __future__ import annotations

from ..protocols.eapol import _METHODS as METHODS
from .branch import HEX, Branch, View, Walk
from .context import Message
from .expert import expert
from .registry import application
from .tls import tls

CODES = {1: "Request", 2: "Response", 3: "Success", 4: "Failure", 5: "Initiate", 6: "Finish"}
IDENTITY, NOTIFICATION, NAK, MD5, TLS, TTLS, PEAP, EXPANDED = 1, 2, 3, 4, 13, 21, 25, 254
MS_CHAP = 26
_TLS_FLAGS = ((0x80, "len_included", "Length Included"), (0x40, "more_fragments", "More Fragments"),
              (0x20, "start", "Start"))  # fmt: skip
_VERSIONED = {TTLS, PEAP, 43}
_TLS_BASED = {TLS, TTLS, PEAP, 43}
_CHALLENGES = {1: "Challenge", 2: "Response", 3: "Success", 4: "Failure", 7: "Change-Password"}


@application("eap")
def eap(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "eap", "Extensible Authentication Protocol")
    code = branch.uint("eap.code", "Code", at, 1, names=CODES)
    branch.uint("eap.id", "Id", at + 1, 1)
    size = branch.uint("eap.len", "Length", at + 2, 2)
    branch.resize(size)
    end = min(at + max(size, 4), view.reported)
    if code not in (1, 2) or size <= 4:
        return
    inside = branch.within(at, end)
    kind = inside.uint("eap.type", "Type", at + 4, 1, names=METHODS)
    _method(walk, inside, view.sub(at + 5, end), code, kind)


def _method(walk: Walk, branch: Branch, view: View, code: int, kind: int) -> None:
    at, end = view.at, view.reported
    size = end - at
    if kind == IDENTITY:
        if size:
            branch.string("eap.identity", "Identity", at, size)
    elif kind == NOTIFICATION:
        if size:
            branch.string("eap.notification", "Notification", at, size)
    elif kind == NAK:
        for place in range(at, end):
            branch.uint("eap.desired_type", "Desired Auth Type", place, 1, names=METHODS)
    elif kind == MD5:
        _md5(branch, at, end)
    elif kind in _TLS_BASED:
        _tls(walk, branch, view, kind)
    elif kind == MS_CHAP and size:
        _challenge(branch, at, end)
    elif size:
        branch.blob("eap.data", "EAP Data", at, size)


def _md5(branch: Branch, at: int, end: int) -> None:
    size = branch.uint("eap.md5.value_size", "EAP-MD5 Value-Size", at, 1)
    shown = min(size, end - at - 1)
    if size > end - at - 1:
        expert(branch, "Error", "Protocol", "Overflow", "eap.md5.value_size.overflow")
    branch.blob("eap.md5.value", "EAP-MD5 Value", at + 1, shown)
    at += 1 + shown
    if end > at:
        branch.blob("eap.md5.extra_data", "EAP-MD5 Extra Data", at, end - at)


def _tls(walk: Walk, branch: Branch, view: View, kind: int) -> None:
    """RFC 5216, section 3.1: flags, perhaps a length, and TLS records in pieces."""
    at = view.at
    if view.reported <= at:
        return
    value = branch.u8(at)
    below = branch.add(f"EAP-TLS Flags: 0x{value:02x}", "eap.tls.flags", value, at, 1)
    for mask, field, name in _TLS_FLAGS:
        below.flag(f"eap.tls.flags.{field}", name, at, 1, mask, "True", "False")
    if kind in _VERSIONED:
        below.bits("eap.tls.flags.version", "Version", at, 1, 0x07)
    at += 1
    if value & 0x80:
        branch.uint("eap.tls.len", "EAP-TLS Length", at, 4)
        at += 4
    rest = view.sub(at)
    if len(rest):
        branch.blob("eap.tls.fragment", "EAP-TLS Fragment", at, len(rest))
    if _whole(rest) and not value & 0x40:
        walk.call(lambda walk, view: tls(walk, view, Message(0, len(view), "tls")), rest)


def _whole(view: View) -> bool:
    """Whether TLS records fill the bytes: then the message came in one piece."""
    at = view.at
    while view.end - at >= 5 and view.data[at] in range(20, 25) and view.data[at + 1] == 3:
        at += 5 + int.from_bytes(view.data[at + 3 : at + 5])
    return at == view.end == view.reported > view.at


def _challenge(branch: Branch, at: int, end: int) -> None:
    """draft-kamath-pppext-eap-mschapv2."""
    code = branch.uint("eap.ms_chap_v2.opcode", "EAP-MS-CHAP-v2 OpCode", at, 1, names=_CHALLENGES)
    if end - at < 4:
        return
    branch.uint("eap.ms_chap_v2.id", "EAP-MS-CHAP-v2 Id", at + 1, 1)
    branch.uint("eap.ms_chap_v2.length", "EAP-MS-CHAP-v2 Length", at + 2, 2)
    at += 4
    if code in (3, 4):
        name, field = ("Message", "message") if code == 3 else ("Failure-Request", "failure_request")
        branch.string(f"eap.ms_chap_v2.{field}", f"EAP-MS-CHAP-v2 {name}", at, end - at)
        return
    if code not in (1, 2) or end <= at:
        return
    size = branch.uint("eap.ms_chap_v2.value_size", "EAP-MS-CHAP-v2 Value-Size", at, 1)
    at += 1
    if code == 1:
        branch.blob("eap.ms_chap_v2.challenge", "EAP-MS-CHAP-v2 Challenge", at, size)
    elif size == 49:
        for field, name, place, length in (("peer_challenge", "Peer-Challenge", 0, 16), ("reserved", "Reserved", 16, 8),
                                           ("nt_response", "NT-Response", 24, 24)):  # fmt: skip
            branch.blob(f"eap.ms_chap_v2.{field}", f"EAP-MS-CHAP-v2 {name}", at + place, length)
        branch.uint("eap.ms_chap_v2.flags", "EAP-MS-CHAP-v2 Flags", at + 48, 1, HEX)
    else:
        branch.blob("eap.ms_chap_v2.response", "EAP-MS-CHAP-v2 Response (Unknown Length)", at, size)
    at += size
    if end > at:
        branch.string("eap.ms_chap_v2.name", "EAP-MS-CHAP-v2 Name", at, end - at)
