"""What a server's certificate says, as far as a TLS handshake up to 1.2 shows it: names, issuer and validity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from .asn1_values import Value, children, oid, value
from .packet import Malformed, Short
from .text import decode

RECORD, HANDSHAKE, CERTIFICATE = 5, 22, 11
_COMMON_NAME, _ALTERNATIVE_NAMES = "2.5.4.3", "2.5.29.17"
_MOST = 500
_RSA, _CURVE = "1.2.840.113549.1.1.1", "1.2.840.10045.2.1"
_KEYS = {"1.2.840.10040.4.1": "DSA", "1.2.840.113549.1.1.10": "RSA-PSS", "1.3.101.112": "Ed25519",
         "1.3.101.113": "Ed448", "1.2.643.2.2.19": "GOST R 34.10-2001",
         "1.2.643.7.1.1.1.1": "GOST R 34.10-2012"}  # fmt: skip
_CURVES = {"1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521", "1.2.840.10045.3.1.1":
           "P-192", "1.3.132.0.33": "P-224", "1.3.132.0.10": "secp256k1"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certificate:
    """`begins` and `ends` are seconds since 1970, None where they are no times. `names`: DNS names and addresses that
    it is for, the subject's common name where it lists none. `own`: its issuer is its subject. `key` is the kind of its
    public key and how many bits it has, as "RSA 2048"."""

    subject: str
    issuer: str
    own: bool
    begins: float | None
    ends: float | None
    names: tuple[str, ...]
    key: str = ""

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
            found = chain(bytes(said[at + 4 : at + 4 + size]), 1)
            return read(found[0]) if found else None
        at += 4 + size
    return None


def chain(body: bytes, most: int = 20) -> list[bytes]:
    """The certificates in a Certificate message's body up to TLS 1.2 (RFC 5246 section 7.4.2), those that are whole."""
    found: list[bytes] = []
    at = 3
    while at + 3 <= len(body) and len(found) < most:
        size = int.from_bytes(body[at : at + 3], "big")
        if not size or at + 3 + size > len(body):
            break
        found.append(body[at + 3 : at + 3 + size])
        at += 3 + size
    return found


def read(data: bytes) -> Certificate | None:
    """A certificate in DER (RFC 5280 section 4.1); None for what is none."""
    try:
        fields = children(data, children(data, value(data, 0))[0])
        if fields[0].tag == 0xA0:
            del fields[0]
        _, _, issuer, validity, subject, key = fields[:6]
        moments = children(data, validity)
        extensions = next((one for one in fields[6:] if one.tag == 0xA3), None)
        names = _alternatives(data, extensions) if extensions is not None else ()
        common = _common_name(data, subject)
        return Certificate(
            common, _common_name(data, issuer),
            data[issuer.start : issuer.end] == data[subject.start : subject.end],
            _time(data, moments[0]), _time(data, moments[1]), names or ((common,) if common else ()),
            _key(data, key),
        )  # fmt: skip
    except (Short, Malformed, IndexError, ValueError):
        return None


def _key(data: bytes, one: Value) -> str:
    algorithm, key = children(data, one)[:2]
    parts = children(data, algorithm)
    kind = oid(data, parts[0])
    if kind == _RSA:
        modulus = children(data, value(data, key.start + 1, key.end))[0]
        return f"RSA {int.from_bytes(data[modulus.start : modulus.end], 'big').bit_length()}"
    if kind == _CURVE:
        curve = oid(data, parts[1])
        return f"EC {_CURVES.get(curve, curve)}"
    return _KEYS.get(kind, kind)


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
