"""What a server's certificate says, as far as a TLS handshake up to 1.2 shows it: names, issuer and validity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from ..protocols.asn1_values import Value, children, oid, value
from ..protocols.packet import Malformed, Short
from ..protocols.text import decode

RECORD, HANDSHAKE, CERTIFICATE = 5, 22, 11
_COMMON_NAME, _ALTERNATIVE_NAMES = "2.5.4.3", "2.5.29.17"
_MOST = 500


@dataclass(frozen=True, slots=True)
class Certificate:
    """`begins` and `ends` are seconds since 1970, None where they are no times. `names`: DNS names and addresses that
    it is for, the subject's common name where it lists none. `own`: its issuer is its subject."""

    subject: str
    issuer: str
    own: bool
    begins: float | None
    ends: float | None
    names: tuple[str, ...]

    def is_for(self, host: str) -> bool:
        """Whether a name is covered (RFC 6125 section 6.4: a star stands for one whole label, the first)."""
        host = host.lower().rstrip(".")
        above = "*." + host.partition(".")[2]
        return any(name.lower().rstrip(".") in (host, above) for name in self.names)


def first_certificate(data: bytes) -> Certificate | None:
    """The server's own certificate in what it sends from its Server Hello on; None where there is none or it is cut."""
    said = bytearray()
    at = 0
    while at + RECORD <= len(data) and data[at] == HANDSHAKE and data[at + 1] == 3:
        size = data[at + 3] << 8 | data[at + 4]
        said += data[at + RECORD : at + RECORD + size]
        at += RECORD + size
    at = 0
    while at + 4 <= len(said):
        size = int.from_bytes(said[at + 1 : at + 4], "big")
        if said[at] == CERTIFICATE:
            length = int.from_bytes(said[at + 7 : at + 10], "big")
            body = bytes(said[at + 10 : at + 10 + length])
            return read(body) if len(body) == length else None
        at += 4 + size
    return None


def read(data: bytes) -> Certificate | None:
    """A certificate in DER (RFC 5280 section 4.1); None for what is none."""
    try:
        fields = children(data, children(data, value(data, 0))[0])
        if fields[0].tag == 0xA0:
            del fields[0]
        _, _, issuer, validity, subject, _ = fields[:6]
        moments = children(data, validity)
        extensions = next((one for one in fields[6:] if one.tag == 0xA3), None)
        names = _alternatives(data, extensions) if extensions is not None else ()
        common = _common_name(data, subject)
        return Certificate(
            common, _common_name(data, issuer),
            data[issuer.start : issuer.end] == data[subject.start : subject.end],
            _time(data, moments[0]), _time(data, moments[1]), names or ((common,) if common else ()),
        )  # fmt: skip
    except (Short, Malformed, IndexError, ValueError):
        return None


def _common_name(data: bytes, name: Value) -> str:
    """The common name, else the last part of the name."""
    found = ""
    for part in children(data, name)[:_MOST]:
        for pair in children(data, part)[:_MOST]:
            kind, text = children(data, pair)[:2]
            raw = data[text.start : text.end]
            found = raw.decode("utf-16-be", "replace") if text.tag & 31 == 30 else decode(raw)
            if oid(data, kind) == _COMMON_NAME:
                return found[:200]
    return found[:200]


def _alternatives(data: bytes, extensions: Value) -> tuple[str, ...]:
    found = []
    for one in children(data, children(data, extensions)[0])[:_MOST]:
        parts = children(data, one)
        if oid(data, parts[0]) != _ALTERNATIVE_NAMES:
            continue
        for name in children(data, value(data, parts[-1].start, parts[-1].end))[:_MOST]:
            raw = data[name.start : name.end]
            if name.tag & 31 == 2:
                found.append(decode(raw)[:200])
            elif name.tag & 31 == 7 and len(raw) == 4:
                found.append(".".join(map(str, raw)))
    return tuple(found)


_UTC_TIME = 23
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:\.\d+)?Z")


def _time(data: bytes, one: Value) -> float | None:
    text = data[one.start : one.end].decode("ascii", "replace")
    if one.tag & 31 == _UTC_TIME:  # two digits of the year: RFC 5280 section 4.1.2.5.1
        text = ("19" if text[:1] >= "5" else "20") + text
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(group or 0) for group in match.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
