"""TLS over TCP: records and what is in them (RFC 5246, RFC 8446), SSL 2.0."""

from __future__ import annotations

from ..protocols import ssl2
from ..protocols.packet import Short
from ..protocols.tls_handshake import ENCRYPTED, Session, handshake_record
from ..protocols.tls_names import (
    ALERT,
    ALERT_LEVELS,
    ALERTS,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    CLIENT_HELLO,
    HANDSHAKE,
    HEARTBEAT,
    SSL2,
    TLS13,
)
from ..protocols.tls_names import VERSIONS as SHORT
from .branch import HEX, Branch, View, Walk
from .context import Message
from .registry import stream
from .tls_handshake import handshake
from .tls_names import VERSIONS, greased
from .tls_ssl2 import ssl2_record

CONTENTS = {20: "Change Cipher Spec", 21: "Alert", 22: "Handshake", 23: "Application Data", 24: "Heartbeat",
            25: "Connection ID"}  # fmt: skip
APPLICATIONS = {
    21: "File Transfer Protocol (FTP)", 25: "Simple Mail Transfer Protocol", 80: "Hypertext Transfer Protocol",
    110: "Post Office Protocol", 143: "Internet Message Access Protocol", 389: "Lightweight Directory Access Protocol",
    443: "Hypertext Transfer Protocol", 465: "Simple Mail Transfer Protocol", 587: "Simple Mail Transfer Protocol",
    636: "Lightweight Directory Access Protocol", 853: "Domain Name System",
    993: "Internet Message Access Protocol", 995: "Post Office Protocol", 1080: "Hypertext Transfer Protocol",
    3306: "MySQL Protocol", 5222: "XMPP Protocol", 8443: "Hypertext Transfer Protocol",
}  # fmt: skip
"""By the server's port, as tshark guesses."""
HEADER = 5
MAX_RECORDS = 2000


@stream("tls")
def tls(walk: Walk, view: View, message: Message) -> None:
    """The records in one piece of a stream."""
    facts = message.facts
    ciphered = facts.get("tls.ciphered") or (0, 0)
    version, suite = (int(facts.get(f"tls.{name}") or 0) for name in ("version", "suite"))
    session = Session(version, suite, ciphered=list(ciphered))
    branch = walk.layer(view, "tls", "Transport Layer Security")
    at = view.at
    for _ in range(MAX_RECORDS):
        if at >= view.end:
            return
        size = record(walk, branch, at, session, message)
        if not size:
            return
        at += size


def record(walk: Walk, branch: Branch, at: int, session: Session, message: Message) -> int:
    """One record; its size, 0 where what stands there is none."""
    data = branch.data
    if _is_ssl2(data, at, session):
        return ssl2_record(walk, branch, at, session)
    kind = branch.u8(at)
    if not CHANGE_CIPHER_SPEC <= kind <= HEARTBEAT or branch.end - at < HEADER:
        branch.add("Continuation Data" if not session.version else "Ignored Unknown Record", "", None, at,
                   branch.end - at)  # fmt: skip
        return 0
    size = branch.number(at + 3, 2)
    first = data[at + HEADER] if at + HEADER < branch.end else -1
    if not session.version and (kind != HANDSHAKE or first != CLIENT_HELLO):
        session.version = branch.u16(at + 1)
    shown = session.version or branch.u16(at + 1)
    whole = branch.within(branch.view.at, min(branch.end, at + HEADER + size))
    line = whole.add("", "tls.record", None, at, HEADER + size)
    opaque = kind == APPLICATION_DATA and session.version == TLS13
    if opaque:
        line.uint("tls.record.opaque_type", "Opaque Type", at, 1, names=CONTENTS)
    else:
        line.uint("tls.record.content_type", "Content Type", at, 1, names=CONTENTS)
    line.uint("tls.record.version", "Version", at + 1, 2, HEX, greased(VERSIONS))
    line.uint("tls.record.length", "Length", at + 3, 2)
    line.label(f"{SHORT.get(shown, 'SSL')} Record Layer: ")
    words = _content(line, at + HEADER, size, kind, session, message)
    line.label(f"{SHORT.get(session.version or shown, 'SSL')} Record Layer: {words}")
    return HEADER + size


def _is_ssl2(data: bytes, at: int, session: Session) -> bool:
    if session.version == SSL2:
        return True
    if session.version:
        return ssl2.is_client_hello(data, at)
    return ssl2.looks_like_ssl2(data, at)


def _content(line: Branch, at: int, size: int, kind: int, session: Session, message: Message) -> str:
    """What a record carries; the words for its line."""
    number = line.walk.context.number
    direction = message.direction & 1
    if kind == HANDSHAKE:
        return _handshakes(line, at, size, session, direction)
    if kind == CHANGE_CIPHER_SPEC:
        session.ciphered[direction] = number
        line.add("Change Cipher Spec Message", "tls.change_cipher_spec", None, at, size)
        return "Change Cipher Spec Protocol: Change Cipher Spec"
    if kind == ALERT:
        return _alert(line, at, size)
    if kind == HEARTBEAT:
        return _heartbeat(line, at, size)
    return _application(line, at, size)


def _handshakes(line: Branch, at: int, size: int, session: Session, direction: int) -> str:
    words: list[str] = []
    body = line.raw(at, size)
    if not body:
        return "Handshake Protocol"
    try:
        handshake_record(session, line.walk.context.number, direction, body, words)
    except Short:
        words = words or [ENCRYPTED]
    name = words[0] if len(words) == 1 else "Multiple Handshake Messages"
    if words == [ENCRYPTED]:
        line.add(f"Handshake Protocol: {ENCRYPTED}", "tls.handshake", None, at, size)
        return f"Handshake Protocol: {ENCRYPTED}"
    line.label(line.node.label + f"Handshake Protocol: {name}")
    start = at
    for word in words:
        if at >= start + size:
            break
        at += handshake(line, at, start + size, word, session)
    return f"Handshake Protocol: {name}"


def _alert(line: Branch, at: int, size: int) -> str:
    body = line.raw(at, size)
    if size != 2 or body[0] not in ALERT_LEVELS:
        line.add("Alert Message: Encrypted Alert", "tls.alert_message", None, at, size)
        return "Encrypted Alert"
    text = f"(Level: {ALERT_LEVELS[body[0]]}, Description: {ALERTS.get(body[1], 'Unknown')})"
    alert = line.add("Alert Message", "tls.alert_message", None, at, size)
    alert.uint("tls.alert_message.level", "Level", at, 1, names=ALERT_LEVELS)
    alert.uint("tls.alert_message.desc", "Description", at + 1, 1, names=ALERTS)
    return f"Alert {text}"


def _heartbeat(line: Branch, at: int, size: int) -> str:
    kinds = {1: "Request", 2: "Response"}
    body = line.raw(at, size)
    length = int.from_bytes(body[1:3], "big")
    if size < 19 or body[0] not in kinds or 3 + length + 16 > size:
        line.add("Encrypted Heartbeat Message", "tls.heartbeat_message", None, at, size)
        return "Encrypted Heartbeat"
    below = line.add("Heartbeat Message", "tls.heartbeat_message", None, at, size)
    below.uint("tls.heartbeat_message.type", "Type", at, 1, names=kinds)
    below.uint("tls.heartbeat_message.payload_length", "Payload Length", at + 1, 2)
    below.add(f"Payload ({length} bytes)", "tls.heartbeat_message.payload", None, at + 3, length)
    rest = size - 3 - length
    below.add(f"Padding and HMAC ({rest} bytes)", "tls.heartbeat_message.padding", None, at + 3 + length, rest)
    return f"Heartbeat {kinds[body[0]]}"


def _application(line: Branch, at: int, size: int) -> str:
    line.blob("tls.app_data", "Encrypted Application Data", at, size)
    name = _application_name(line.walk)
    line.computed(f"Application Data Protocol: {name}", "tls.app_data_proto", name)
    return f"Application Data Protocol: {name}"


def _application_name(walk: Walk) -> str:
    """By the port: what is in the records cannot be seen."""
    tcp = next((node for node in reversed(walk.nodes) if node.field == "tcp"), None)
    ports = [child.value for child in tcp.children[:2]] if tcp is not None else []
    return next((APPLICATIONS[port] for port in ports if isinstance(port, int) and port in APPLICATIONS),
                "Application Data")  # fmt: skip
