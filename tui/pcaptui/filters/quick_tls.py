"""TLS records and hellos (RFC 5246, 8446), read without the layers around them."""

from __future__ import annotations

import re

from ..capture import Capture
from ..fields.branch import View, Walk
from ..fields.context import Message
from ..protocols.packet import Malformed, Short
from ..protocols.tls_handshake import Session, handshake_record
from ..protocols.tls_names import APPLICATION_DATA, CHANGE_CIPHER_SPEC, CLIENT_HELLO, HANDSHAKE, HEARTBEAT, TLS13
from .quick_talks import Segment, Talk, Told, Values, built, quick_fields, talks

NAMES = frozenset(
    "tls.record.content_type tls.record.opaque_type tls.record.version tls.record.length tls.alert_message "
    "tls.alert_message.level tls.alert_message.desc tls.change_cipher_spec tls.handshake tls.handshake.length "
    "tls.handshake.type tls.handshake.extensions_server_name "
    "tls.handshake.version tls.handshake.ciphersuite tls.handshake.ciphersuites tls.handshake.extensions_alpn_str "
    "tls.handshake.extension.type tls.handshake.extensions.supported_version tls.handshake.session_id "
    "tls.handshake.session_id_length tls.handshake.random tls.handshake.comp_method tls.handshake.ja3 "
    "tls.handshake.ja3s tls.handshake.ja3_full tls.handshake.ja3s_full tls.handshake.extensions_supported_group "
    "tls.handshake.sig_hash_alg tls.handshake.certificate_length tls.handshake.certificates_length".split()
)
PORTS = (443, 465, 636, 853, 993, 995, 5061, 8883)
_MAIL = (25, 110, 143, 587)
_LINES = re.compile(rb"(?:[ -~\t]{4}[^\r\n]*\r?\n)+")
_ASKED = re.compile(rb"^(?:\S+ )?(?:STARTTLS|STLS)\r?\n", re.I | re.M)
_YES = re.compile(rb"220|\+OK|(?!\*)\S+ OK", re.I)
_HEADER, _MOST, _RECORDS = 5, 0x4000 + 2048, 1000


def _tls(capture: Capture, names: frozenset[str]) -> Told:
    told = Told()
    for talk in talks(capture, PORTS + _MAIL, told.known):
        _conversation(told, talk, names)
    return told


def _before(told: Told, talk: Talk) -> Talk:
    """What follows lines of text: records from the answer to STARTTLS on (RFC 2595, 3207), or at once."""
    text, asked, agreed = False, False, False
    for segment in talk:
        data = segment.payload
        if _LINES.fullmatch(data):
            if agreed:
                return
            text = True
            agreed = asked and segment.from_server and _YES.match(data) is not None
            asked = asked or (not segment.from_server and _ASKED.search(data) is not None)
            told.known.append(segment.packet)
        elif text and not (agreed and data.startswith(b"\x16\3")):
            return
        else:
            yield segment
            yield from talk
            return


def _conversation(told: Told, talk: Talk, names: frozenset[str]) -> None:
    """Until something comes that is no record."""
    state, sides = Session(), (bytearray(), bytearray())
    for segment in _before(told, talk):
        data = sides[segment.direction]
        data += segment.payload
        ends = _ends(data)
        if ends is None:
            return
        session = Session(state.version, state.suite, ciphered=list(state.ciphered))
        whole = bytes(data[: ends[-1]]) if ends else b""
        if not _learn(state, segment, whole, ends):
            return
        del data[: len(whole)]
        told.known.append(segment.packet)
        if whole:
            _take(told, segment, whole, ends, session, names)


def _ends(data: bytearray) -> list[int] | None:
    """Where the whole records end, None where something is none."""
    ends: list[int] = []
    at = 0
    while at + _HEADER <= len(data):
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        if not CHANGE_CIPHER_SPEC <= data[at] <= HEARTBEAT or data[at + 1] != 3 or data[at + 2] > 4:
            return None
        if not 0 < size < _MOST or len(ends) == _RECORDS:
            return None
        at += _HEADER + size
        if at > len(data):
            break
        ends.append(at)
    return None if at < len(data) and not CHANGE_CIPHER_SPEC <= data[at] <= HEARTBEAT else ends


def _learn(state: Session, segment: Segment, data: bytes, ends: list[int]) -> bool:
    """What the conversation knows behind these records, as the row dissector does it; False where one is broken."""
    at = 0
    for end in ends:
        kind, first = data[at], data[at + _HEADER]
        if not state.version and (kind != HANDSHAKE or first != CLIENT_HELLO):
            state.version = int.from_bytes(data[at + 1 : at + 3], "big")
        if kind == HANDSHAKE:
            try:
                handshake_record(state, segment.packet + 1, segment.direction, data[at + _HEADER : end], [])
            except (Short, Malformed):
                return False
        elif kind == CHANGE_CIPHER_SPEC:
            state.ciphered[segment.direction] = segment.packet + 1
        at = end
    return True


def _take(told: Told, segment: Segment, data: bytes, ends: list[int], session: Session, names: frozenset[str]) -> None:
    if session.version and all(data[at] == APPLICATION_DATA for at in (0, *ends[:-1])):
        found = _plain(data, ends, session.version == TLS13)
    else:
        from ..fields.registry import load, streams

        load()
        facts = {"tls.version": session.version, "tls.suite": session.suite, "tls.ciphered": tuple(session.ciphered)}
        message = Message(0, len(data), "tls", direction=segment.direction, facts=facts)

        def build(walk: Walk, view: View) -> None:
            streams["tls"](walk, view, message)

        found = built(build, data, segment.packet, names)
    for name, values in found.items():
        told.fields[name].append((segment.packet, values))


def _plain(data: bytes, ends: list[int], hidden: bool) -> dict[str, Values]:
    """Records of application data."""
    starts = [0, *ends[:-1]]
    return {
        f"tls.record.{'opaque' if hidden else 'content'}_type": [data[at] for at in starts],
        "tls.record.version": [int.from_bytes(data[at + 1 : at + 3], "big") for at in starts],
        "tls.record.length": [int.from_bytes(data[at + 3 : at + 5], "big") for at in starts],
    }


QUICK = quick_fields("tls", NAMES, _tls)
