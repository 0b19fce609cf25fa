"""Extensions of certificates (RFC 5280 section 4.2) and the strings in them."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.asn1_values import Value, children, value
from ..protocols.asn1_values import oid as oid_text
from ..protocols.packet import Malformed, Short
from .branch import Branch
from .words import bit_pattern
from .x509_names import name_of_oid

BOOLEAN, OCTETS = 0x01, 0x04
MAX_ITEMS = 1000
STRINGS = {20: ("teletexString", 0), 19: ("printableString", 1), 28: ("universalString", 2), 30: ("bmpString", 3),
           12: ("uTF8String", 4)}  # fmt: skip
KEY_USES = ("digitalSignature", "contentCommitment", "keyEncipherment", "dataEncipherment", "keyAgreement",
            "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly")  # fmt: skip


def directory_string(branch: Branch, at: int, one: Value, text: str) -> None:
    """A string and which kind of string it is."""
    name, number = STRINGS.get(one.tag & 31, ("string", 0))
    below = branch.add(f"DirectoryString: {name} ({number})", "x509sat.DirectoryString", number, at, one.end - at)
    below.add(f"{name}: {text}", f"x509sat.{name}", text, one.start, one.end - one.start, name=len(name))


def certificate_extensions(branch: Branch, whole: Value) -> None:
    data = branch.data
    items = children(data, whole)[:MAX_ITEMS]
    below = branch.add(f"extensions: {_items(len(items))}", "x509af.extensions", len(items), whole.start,
                       whole.end - whole.start)  # fmt: skip
    at = whole.start
    for one in items:
        _extension(below, at, one)
        at = one.end


def _items(count: int) -> str:
    return f"{count} item{'' if count == 1 else 's'}"


def _extension(branch: Branch, at: int, one: Value) -> None:
    data = branch.data
    parts = children(data, one)
    oid = oid_text(data, parts[0])
    below = branch.add(f"Extension ({name_of_oid(oid)})", "x509af.Extension_element", None, at, one.end - at)
    below.add(f"Extension Id: {oid} ({name_of_oid(oid)})", "x509af.extension.id", oid, parts[0].start,
              parts[0].end - parts[0].start)  # fmt: skip
    for part in parts[1:]:
        if part.tag == BOOLEAN:
            critical = bool(data[part.start])
            below.add(f"critical: {critical}", "x509af.critical", critical, part.start, part.end - part.start)
        elif part.tag == OCTETS:
            builder = _BUILDERS.get(oid)
            try:
                if builder is not None:
                    builder(below, part.start, value(data, part.start, part.end))
            except (Short, Malformed, IndexError):
                below.add("[Malformed extension]")


def _basic_constraints(branch: Branch, at: int, one: Value) -> None:
    data = branch.data
    empty = " [0 length]" if one.start == one.end else ""
    below = branch.add(
        f"BasicConstraintsSyntax{empty}", "x509ce.BasicConstraintsSyntax_element", None, at, one.end - at
    )
    for part in children(data, one):
        if part.tag == BOOLEAN:
            below.add(f"cA: {bool(data[part.start])}", "x509ce.cA", bool(data[part.start]), part.start, 1)
        else:
            number = int.from_bytes(data[part.start : part.end][:8], "big")
            below.add(
                f"pathLenConstraint: {number}", "x509ce.pathLenConstraint", number, part.start, part.end - part.start
            )


def _key_usage(branch: Branch, at: int, one: Value) -> None:
    data = branch.data
    branch.add(f"Padding: {data[one.start]}", "ber.bitstring.padding", data[one.start], one.start, 1)
    raw = data[one.start + 1 : one.end]
    below = branch.add(f"KeyUsage: {raw.hex()}", "x509ce.KeyUsage", raw.hex(":"), one.start + 1, len(raw))
    for place, name in enumerate(KEY_USES):
        byte, bit = divmod(place, 8)
        held = raw[byte] if byte < len(raw) else 0
        mask = 0x80 >> bit
        label = f"{bit_pattern(held, mask, 8)} = {name}: {bool(held & mask)}"
        at = one.start + 1 + min(byte, max(0, len(raw) - 1))
        below.add(label, f"x509ce.KeyUsage.{name}", bool(held & mask), at, 1)


def _extended_key_usage(branch: Branch, at: int, one: Value) -> None:
    items = children(branch.data, one)[:MAX_ITEMS]
    below = branch.add(f"KeyPurposeIDs: {_items(len(items))}", "x509ce.KeyPurposeIDs", len(items), one.start,
                       one.end - one.start)  # fmt: skip
    for part in items:
        _identifier(below, "KeyPurposeId", "x509ce.KeyPurposeId", part)


def _identifier(branch: Branch, name: str, field: str, one: Value) -> str:
    oid = oid_text(branch.data, one)
    branch.add(f"{name}: {oid} ({name_of_oid(oid)})", field, oid, one.start, one.end - one.start)
    return oid


def _subject_key(branch: Branch, at: int, one: Value) -> None:
    branch.blob("x509ce.SubjectKeyIdentifier", "SubjectKeyIdentifier", one.start, one.end - one.start)


def _authority_key(branch: Branch, at: int, one: Value) -> None:
    below = branch.add("AuthorityKeyIdentifier", "x509ce.AuthorityKeyIdentifier_element", None, at, one.end - at)
    for part in children(branch.data, one):
        size = part.end - part.start
        if part.tag & 31 == 0:
            below.blob("x509ce.keyIdentifier", "keyIdentifier", part.start, size)
        elif part.tag & 31 == 1:
            names = children(branch.data, part)
            line = below.add(f"authorityCertIssuer: {_items(len(names))}", "x509ce.authorityCertIssuer", len(names),
                             part.start, size)  # fmt: skip
            for name in names:
                general_name(line, name)
        elif part.tag & 31 == 2:
            raw = branch.data[part.start : part.end]
            below.add(f"authorityCertSerialNumber: 0x{raw.hex()}", "x509ce.authorityCertSerialNumber", raw.hex(":"),
                      part.start, size)  # fmt: skip


GENERAL_NAMES = ("otherName", "rfc822Name", "dNSName", "x400Address", "directoryName", "ediPartyName",
                 "uniformResourceIdentifier", "iPAddress", "registeredID")  # fmt: skip


def general_name(branch: Branch, one: Value) -> None:
    kind = one.tag & 31
    name = GENERAL_NAMES[kind] if kind < len(GENERAL_NAMES) else "name"
    below = branch.add(f"GeneralName: {name} ({kind})", "x509ce.GeneralName", kind, one.start, one.end - one.start)
    _name_of_kind(below, kind, name, one)


def _name_of_kind(below: Branch, kind: int, name: str, one: Value) -> None:
    raw = below.data[one.start : one.end]
    if kind in (1, 2, 6):
        text = raw.decode("utf-8", "replace")
        below.add(f"{name}: {text}", f"x509ce.{name}", text, one.start, len(raw), name=len(name))
    elif kind == 7 and len(raw) == 4:
        text = ".".join(map(str, raw))
        below.add(f"iPAddress: {text}", "x509ce.IPAddress.ipv4_address", text, one.start, 4)
    elif kind == 4:
        from .x509 import rdn_sequence

        inner = value(below.data, one.start, one.end)
        line = below.add("directoryName: rdnSequence (0)", "x509ce.directoryName", 0, one.start, one.end - one.start)
        rdn_sequence(line, inner, "x509if.rdnSequence")


def _alternative_names(branch: Branch, at: int, one: Value) -> None:
    names = children(branch.data, one)[:MAX_ITEMS]
    below = branch.add(f"GeneralNames: {_items(len(names))}", "x509ce.GeneralNames", len(names), one.start,
                       one.end - one.start)  # fmt: skip
    for name in names:
        general_name(below, name)


def _policies(branch: Branch, at: int, one: Value) -> None:
    items = children(branch.data, one)[:MAX_ITEMS]
    below = branch.add(f"CertificatePoliciesSyntax: {_items(len(items))}", "x509ce.CertificatePoliciesSyntax",
                       len(items), one.start, one.end - one.start)  # fmt: skip
    at = one.start
    for item in items:
        policy = below.add("PolicyInformation", "x509ce.PolicyInformation_element", None, at, item.end - at)
        at = item.end
        parts = children(branch.data, item)
        _identifier(policy, "policyIdentifier", "x509ce.policyIdentifier", parts[0])
        if len(parts) > 1:
            _qualifiers(policy, parts[1])


def _qualifiers(policy: Branch, one: Value) -> None:
    items = children(policy.data, one)[:MAX_ITEMS]
    below = policy.add(f"policyQualifiers: {_items(len(items))}", "x509ce.policyQualifiers", len(items), one.start,
                       one.end - one.start)  # fmt: skip
    at = one.start
    for item in items:
        line = below.add("PolicyQualifierInfo", "x509ce.PolicyQualifierInfo_element", None, at, item.end - at)
        at = item.end
        parts = children(policy.data, item)
        oid = _identifier(line, "Id", "x509ce.id", parts[0])
        if len(parts) < 2:
            continue
        if oid.endswith(".2.1"):
            text = policy.data[parts[1].start : parts[1].end].decode("utf-8", "replace")
            line.add(f"DirectoryString: {text}", "pkix1explicit.DirectoryString", text, parts[1].start,
                     parts[1].end - parts[1].start)  # fmt: skip
        else:
            _notice(line, parts[0].end, parts[1])


NOTICE_STRINGS = {22: ("ia5String", 0), 26: ("visibleString", 1), 30: ("bmpString", 2), 12: ("utf8String", 3)}


def _notice(line: Branch, at: int, one: Value) -> None:
    below = line.add("UserNotice", "pkix1implicit.UserNotice_element", None, at, one.end - at)
    at = one.start
    for part in children(line.data, one):
        if part.tag == 0x30:
            reference = below.add("noticeRef", "pkix1implicit.noticeRef_element", None, at, part.end - at)
            organization, numbers = children(line.data, part)[:2]
            _display_text(reference, "organization", part.start, organization)
            items = children(line.data, numbers)[:MAX_ITEMS]
            listed = reference.add(f"noticeNumbers: {_items(len(items))}", "pkix1implicit.noticeNumbers", len(items),
                                   numbers.start, numbers.end - numbers.start)  # fmt: skip
            for item in items:
                number = int.from_bytes(line.data[item.start : item.end][:8], "big")
                listed.add(f"noticeNumbers item: {number}", "pkix1implicit.noticeNumbers_item", number, item.start,
                           item.end - item.start)  # fmt: skip
        else:
            _display_text(below, "explicitText", at, part)
        at = part.end


def _display_text(branch: Branch, name: str, at: int, one: Value) -> None:
    kind, number = NOTICE_STRINGS.get(one.tag & 31, ("string", 0))
    below = branch.add(f"{name}: {kind} ({number})", f"pkix1implicit.{name}", number, at, one.end - at)
    raw = branch.data[one.start : one.end]
    text = raw.decode("utf-16-be" if kind == "bmpString" else "utf-8", "replace")
    below.add(f"{kind}: {text}", f"pkix1implicit.{kind}", text, one.start, len(raw), name=len(kind))


def _distribution_points(branch: Branch, at: int, one: Value) -> None:
    items = children(branch.data, one)[:MAX_ITEMS]
    below = branch.add(f"CRLDistPointsSyntax: {_items(len(items))}", "x509ce.CRLDistPointsSyntax", len(items),
                       one.start, one.end - one.start)  # fmt: skip
    at = one.start
    for item in items:
        point = below.add("DistributionPoint", "x509ce.DistributionPoint_element", None, at, item.end - at)
        at = item.end
        for part in children(branch.data, item):
            if part.tag != 0xA0:
                continue
            full = children(branch.data, part)[0]
            size = full.end - full.start
            choice = point.add("distributionPoint: fullName (0)", "x509ce.distributionPoint", 0, full.start, size)
            names = children(branch.data, full)
            listed = choice.add(f"fullName: {_items(len(names))}", "x509ce.fullName", len(names), full.start, size)
            for name in names:
                general_name(listed, name)


def _information_access(branch: Branch, at: int, one: Value) -> None:
    items = children(branch.data, one)[:MAX_ITEMS]
    below = branch.add(f"AuthorityInfoAccessSyntax: {_items(len(items))}", "pkix1implicit.AuthorityInfoAccessSyntax",
                       len(items), one.start, one.end - one.start)  # fmt: skip
    at = one.start
    for item in items:
        line = below.add("AccessDescription", "pkix1implicit.AccessDescription_element", None, at, item.end - at)
        at = item.end
        method, location = children(branch.data, item)[:2]
        _identifier(line, "accessMethod", "pkix1implicit.accessMethod", method)
        kind = location.tag & 31
        place = line.add(f"accessLocation: {kind}", "pkix1implicit.accessLocation", kind, location.start,
                         location.end - location.start)  # fmt: skip
        if kind < len(GENERAL_NAMES):
            _name_of_kind(place, kind, GENERAL_NAMES[kind], location)


def _timestamps(branch: Branch, at: int, one: Value) -> None:
    from .tls_sct import timestamps

    timestamps(branch, one.start, one.end)


_BUILDERS: dict[str, Callable[[Branch, int, Value], None]] = {
    "2.5.29.19": _basic_constraints, "2.5.29.15": _key_usage, "2.5.29.37": _extended_key_usage,
    "2.5.29.14": _subject_key, "2.5.29.35": _authority_key, "2.5.29.17": _alternative_names,
    "2.5.29.18": _alternative_names, "2.5.29.32": _policies, "2.5.29.31": _distribution_points,
    "1.3.6.1.5.5.7.1.1": _information_access, "1.3.6.1.4.1.11129.2.4.2": _timestamps,
}  # fmt: skip
