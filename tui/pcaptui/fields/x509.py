"""X.509 certificates as trees (RFC 5280), with the fields and byte ranges that tshark gives them (by experiment)."""

from __future__ import annotations

from contextlib import suppress

from ..protocols.asn1_values import Value, children, value
from ..protocols.asn1_values import oid as oid_text
from ..protocols.packet import Malformed, Short
from .branch import Branch
from .x509_names import name_of_oid
from .x509_values import certificate_extensions, directory_string

SEQUENCE, SET, INTEGER, BIT_STRING, OID = 0x30, 0x31, 0x02, 0x03, 0x06
UTC_TIME, GENERALIZED_TIME = 0x17, 0x18
VERSIONS = {0: "v1", 1: "v2", 2: "v3"}
MAX_NAMES = 100


def certificate(branch: Branch, at: int, size: int, field: str, name: str) -> None:
    """A certificate of `size` bytes: its own line, whom it names in brackets, and its parts below."""
    raw = branch.raw(at, size)
    shown = raw[:36].hex() + ("…" if size > 36 else "")
    subject = ""
    with suppress(Short, Malformed, IndexError, ValueError):
        subject = subject_of(branch.data, at, at + size)
    told = f" ({subject})" if subject else ""
    below = branch.add(f"{name}: {shown}", field, raw.hex(":"), at, size)
    below.suffix(told)
    try:
        _certificate(below, value(branch.data, at, at + size))
    except (Short, Malformed, IndexError, ValueError):  # ValueError: fewer parts than there must be
        below.add("[Malformed certificate]")


def subject_of(data: bytes, at: int, end: int) -> str:
    """Whom a certificate is for: its names, the innermost first. Raises Short or Malformed."""
    parts = children(data, value(data, at, end))
    fields = children(data, parts[0])
    offset = 1 if fields[0].tag == 0xA0 else 0
    return _told(data, children(data, fields[offset + 4])[:MAX_NAMES])


def _certificate(branch: Branch, whole: Value) -> None:
    data = branch.data
    signed, algorithm, signature = children(data, whole)[:3]
    below = branch.add("signedCertificate", "x509af.signedCertificate_element", None, whole.start,
                       signed.end - whole.start)  # fmt: skip
    _signed(below, signed)
    _algorithm(branch, "algorithmIdentifier", "x509af.algorithmIdentifier_element", signed.end, algorithm)
    bit_string(branch, signature, "x509af.encrypted", "encrypted")


def _signed(branch: Branch, signed: Value) -> None:
    data = branch.data
    fields = children(data, signed)
    if fields[0].tag == 0xA0:
        version = children(data, fields[0])[0]
        number = int.from_bytes(data[version.start : version.end], "big")
        label = f"version: {VERSIONS.get(number, 'Unknown')} ({number})"
        branch.add(label, "x509af.version", number, version.start, version.end - version.start)
        del fields[0]
    serial, algorithm, issuer, validity, subject, key = fields[:6]
    raw = data[serial.start : serial.end]
    branch.add(f"serialNumber: 0x{_cut(raw)}", "x509af.serialNumber", raw.hex(":"), serial.start, len(raw))
    _algorithm(branch, "signature", "x509af.signature_element", serial.end, algorithm)
    _name(branch, "issuer", "x509af.issuer", "x509if.rdnSequence", algorithm.end, issuer)
    _validity(branch, issuer.end, validity)
    _name(branch, "subject", "x509af.subject", "x509af.rdnSequence", validity.end, subject)
    _key(branch, subject.end, key)
    for one in fields[6:]:
        if one.tag == 0xA3:
            certificate_extensions(branch, children(data, one)[0])


def _cut(raw: bytes, shown: int = 36) -> str:
    return raw[:shown].hex() + ("…" if len(raw) > shown else "")


def _oid(data: bytes, one: Value) -> str:
    return oid_text(data, one)


def _algorithm(branch: Branch, name: str, field: str, at: int, one: Value) -> str:
    parts = children(branch.data, one)
    oid = _oid(branch.data, parts[0])
    below = branch.add(f"{name} ({name_of_oid(oid)})", field, None, at, one.end - at)
    below.add(f"Algorithm Id: {oid} ({name_of_oid(oid)})", "x509af.algorithm.id", oid, parts[0].start,
              parts[0].end - parts[0].start)  # fmt: skip
    if len(parts) > 1 and parts[1].tag == OID:
        curve = _oid(branch.data, parts[1])
        size = parts[1].end - parts[1].start
        choice = below.add(
            "ECParameters: namedCurve (0)", "pkcs1.ECParameters", 0, parts[0].end, one.end - parts[0].end
        )
        choice.add(f"namedCurve: {curve} ({name_of_oid(curve)})", "pkcs1.namedCurve", curve, parts[1].start, size)
    return oid


def _rdn_text(data: bytes, rdn: Value) -> str:
    pairs = [children(data, pair) for pair in children(data, rdn)[:MAX_NAMES]]
    return ",".join(f"{name_of_oid(_oid(data, pair[0]))}={_text(data, pair[1])}" for pair in pairs if len(pair) > 1)


def _text(data: bytes, one: Value) -> str:
    raw = data[one.start : one.end]
    return raw.decode("utf-16-be", "replace") if one.tag & 31 == 30 else raw.decode("utf-8", "replace")


def _name(branch: Branch, name: str, field: str, sequence: str, at: int, one: Value) -> None:
    below = branch.add(f"{name}: rdnSequence (0)", field, 0, at, one.end - at)
    rdn_sequence(below, one, sequence)


def rdn_sequence(branch: Branch, one: Value, field: str) -> None:
    """A distinguished name: its relative names one below the other."""
    data = branch.data
    rdns = children(data, one)[:MAX_NAMES]
    told = _told(data, rdns)
    names = branch.add(f"rdnSequence: {_items(len(rdns))}", field, len(rdns), one.start, one.end - one.start)
    names.suffix(f" ({told})" if told else "")
    _relative_names(names, rdns)


def _relative_names(names: Branch, rdns: list[Value]) -> None:
    data = names.data
    for rdn in rdns:
        pairs = children(data, rdn)[:MAX_NAMES]
        label = f"RDNSequence item: {_items(len(pairs))} ({_rdn_text(data, rdn)})"
        item = names.add(label, "x509if.RDNSequence_item", len(pairs), rdn.start, rdn.end - rdn.start,
                         name=len("RDNSequence item"))  # fmt: skip
        at = rdn.start
        for pair in pairs:
            _attribute(item, at, pair)
            at = pair.end


def _told(data: bytes, rdns: list[Value]) -> str:
    """A distinguished name in words, the innermost name first."""
    return ",".join(reversed([_rdn_text(data, rdn) for rdn in rdns]))


def _attribute(item: Branch, at: int, pair: Value) -> None:
    data = item.data
    parts = children(data, pair)
    oid = _oid(data, parts[0])
    text = _text(data, parts[1])
    label = f"RelativeDistinguishedName item ({name_of_oid(oid)}={text})"
    below = item.add(label, "x509if.RelativeDistinguishedName_item_element", None, at, pair.end - at)  # fmt: skip
    below.add(
        f"Object Id: {oid} ({name_of_oid(oid)})", "x509if.oid", oid, parts[0].start, parts[0].end - parts[0].start
    )
    start, size = parts[1].start, parts[1].end - parts[1].start
    if oid in ("2.5.4.6", "1.3.6.1.4.1.311.60.2.1.3"):
        below.add(f"CountryName: {text}", "x509sat.CountryName", text, start, size)
    elif oid in ("1.2.840.113549.1.9.1", "0.9.2342.19200300.100.1.25"):
        below.add(f"IA5String: {text}", "x509sat.IA5String", text, start, size)
    elif oid in ("2.5.4.5", "2.5.4.46"):
        below.add(f"PrintableString: {text}", "x509sat.PrintableString", text, start, size)
    else:
        directory_string(below, parts[0].end, parts[1], text)


def distinguished_name(branch: Branch, at: int, size: int, field: str, name: str) -> None:
    """A distinguished name of its own, as certificate requests have them."""
    rdns = children(branch.data, value(branch.data, at, at + size))[:MAX_NAMES]
    told = _told(branch.data, rdns)
    _relative_names(branch.add(f"{name}: ({told})", field, told, at, size, name=len(name)), rdns)


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def _validity(branch: Branch, at: int, one: Value) -> None:
    below = branch.add("validity", "x509af.validity_element", None, at, one.end - at)
    start = one.start
    for moment, name in zip(children(branch.data, one), ("notBefore", "notAfter"), strict=False):
        utc = moment.tag == UTC_TIME
        kind = "utcTime" if utc else "generalizedTime"
        choice = below.add(f"{name}: {kind} ({0 if utc else 1})", f"x509af.{name}", 0 if utc else 1, start,
                           moment.end - start)  # fmt: skip
        text = time_text(branch.data[moment.start : moment.end], utc)
        choice.add(f"{kind}: {text}", f"x509af.{kind}", text, moment.start, moment.end - moment.start)
        start = moment.end


def time_text(raw: bytes, utc: bool) -> str:
    """'140330092915Z' as '2014-03-30 09:29:15 (UTC)'; what is no time stays as it is."""
    text = raw.decode("ascii", "replace")
    digits = text.rstrip("Z")
    if utc and len(digits) >= 10 and digits[:10].isdigit():
        digits = ("19" if int(digits[:2]) >= 50 else "20") + digits
    if len(digits) < 12 or not digits[:12].isdigit():
        return text
    seconds = digits[12:14] if digits[12:14].isdigit() else "00"
    zone = " (UTC)" if text.endswith("Z") else ""
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]} {digits[8:10]}:{digits[10:12]}:{seconds}{zone}"


def _key(branch: Branch, at: int, one: Value) -> None:
    data = branch.data
    algorithm, key = children(data, one)[:2]
    below = branch.add("subjectPublicKeyInfo", "x509af.subjectPublicKeyInfo_element", None, at, one.end - at)
    oid = _algorithm(below, "algorithm", "x509af.algorithm_element", one.start, algorithm)
    padding = data[key.start]
    below.add(f"Padding: {padding}", "ber.bitstring.padding", padding, key.start, 1)
    raw = data[key.start + 1 : key.end]
    line = below.add(f"subjectPublicKey: {_cut(raw)}", "x509af.subjectPublicKey", raw.hex(":"), key.start + 1, len(raw))
    if oid == "1.2.840.113549.1.1.1":
        modulus, exponent = children(data, value(data, key.start + 1, key.end))[:2]
        raw = data[modulus.start : modulus.end]
        line.add(f"modulus: 0x{_cut(raw)}", "pkcs1.modulus", raw.hex(":"), modulus.start, len(raw))
        number = int.from_bytes(data[exponent.start : exponent.end][:8], "big")
        line.add(f"publicExponent: {number}", "pkcs1.publicExponent", number, exponent.start,
                 exponent.end - exponent.start)  # fmt: skip


def bit_string(branch: Branch, one: Value, field: str, name: str) -> None:
    """The bits that a value is padded with, then its bytes."""
    data = branch.data
    padding = data[one.start]
    branch.add(f"Padding: {padding}", "ber.bitstring.padding", padding, one.start, 1)
    raw = data[one.start + 1 : one.end]
    branch.add(f"{name}: {_cut(raw)}", field, raw.hex(":"), one.start + 1, len(raw))
