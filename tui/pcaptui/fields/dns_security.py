"""Records of DNSSEC and its kin: keys, signatures, proofs of absence, fingerprints (RFC 2535, 4034, 5155, 6698 ...)."""

from __future__ import annotations

from .branch import HEX
from .dns_message import Record
from .dns_rdata import record
from .dns_words import (
    ALGORITHMS,
    ALL_RCODES,
    CERTIFICATES,
    DIGESTS,
    HASHES,
    LONG_TYPES,
    SSH_ALGORITHMS,
    SSH_FINGERPRINTS,
    TKEY_MODES,
    TLSA_MATCHES,
    TLSA_SELECTORS,
    TLSA_USAGES,
)

BASE32HEX = "0123456789abcdefghijklmnopqrstuv"


@record(24, 46)
def _signature(data: Record) -> None:
    data.uint("dns.rrsig.type_covered", "Type Covered", 2, names=LONG_TYPES)
    data.uint("dns.rrsig.algorithm", "Algorithm", 1, names=ALGORITHMS)
    data.uint("dns.rrsig.labels", "Labels", 1)
    data.duration("dns.rrsig.original_ttl", "Original TTL")
    data.moment("dns.rrsig.signature_expiration", "Signature Expiration")
    data.moment("dns.rrsig.signature_inception", "Signature Inception")
    data.uint("dns.rrsig.key_tag", "Key Tag", 2)
    data.name("dns.rrsig.signers_name", "Signer's name")
    data.blob("dns.rrsig.signature", "Signature")


@record(25)
def _key(data: Record) -> None:
    start, at = data.at, data.take(2)
    flags = data.branch.u16(at)
    below = data.branch.add(f"Flags: 0x{flags:04x}", "dns.key.flags", flags, at, 2)
    for mask, field, name, yes, no in (
        (0x8000, "authentication", "Key allowed for authentication", "Not Allowed", "Allowed"),
        (0x4000, "confidentiality", "Key allowed for confidentiality", "Not Allowed", "Allowed"),
        (0x2000, "required", "Key required", "Experimental or optional", "Required"),
        (0x0400, "associated_user", "Key is associated with a user", "Yes", "No"),
        (0x0200, "associated_named_entity", "Key is associated with the named entity", "Yes", "No"),
        (0x0080, "ipsec", "Key use with IPSEC", "Valid", "Invalid"),
        (0x0040, "mime", "Key use with MIME security multiparts", "Valid", "Invalid"),
    ):
        below.flag(f"dns.key.flags.{field}", name, at, 2, mask, yes, no)
    below.bits("dns.key.flags.signatory", "Signatory", at, 2, 0x000F)
    data.uint("dns.key.protocol", "Protocol", 1)
    algorithm = data.uint("dns.key.algorithm", "Algorithm", 1, names=ALGORITHMS)
    _key_tag(data, start, algorithm, "Key ID", "dns.key.key_id")
    data.blob("dns.key.public_key", "Public Key")


@record(48, 60)
def _dns_key(data: Record) -> None:
    start, at = data.at, data.take(2)
    flags = data.branch.u16(at)
    below = data.branch.add(f"Flags: 0x{flags:04x}", "dns.dnskey.flags", flags, at, 2)
    below.flag("dns.dnskey.flags.zone_key", "Zone Key", at, 2, 0x0100,
               "This is the zone key for specified zone", "This it not a zone key")  # fmt: skip
    below.flag("dns.dnskey.flags.key_revoked", "Key Revoked", at, 2, 0x0080, "Yes", "No")
    below.flag("dns.dnskey.flags.secure_entry_point", "Key Signing Key", at, 2, 0x0001, "Yes", "No")
    below.bits("dns.dnskey.flags.reserved", "Key Signing Key", at, 2, 0xFE7E, HEX)
    data.uint("dns.dnskey.protocol", "Protocol", 1)
    algorithm = data.uint("dns.dnskey.algorithm", "Algorithm", 1, names=ALGORITHMS)
    _key_tag(data, start, algorithm, "Key id", "dns.dnskey.key_id")
    data.blob("dns.dnskey.public_key", "Public Key")


def _key_tag(data: Record, start: int, algorithm: int, name: str, field: str) -> None:
    """What signatures call the key (RFC 4034 appendix B)."""
    raw = data.branch.raw(start, data.end - start)
    if len(raw) < 4:
        return
    if algorithm == 1:
        tag = int.from_bytes(raw[-3:-1])
    else:
        total = sum(raw[0::2]) * 256 + sum(raw[1::2])
        tag = (total + (total >> 16 & 0xFFFF)) & 0xFFFF
    data.branch.computed(f"{name}: {tag}", field, tag)


@record(43, 59, 32769)
def _delegation(data: Record) -> None:
    data.uint("dns.ds.key_id", "Key id", 2, HEX)
    data.uint("dns.ds.algorithm", "Algorithm", 1, names=ALGORITHMS)
    data.uint("dns.ds.digest_type", "Digest Type", 1, names=DIGESTS)
    data.blob("dns.ds.digest", "Digest")


@record(37)
def _certificate(data: Record) -> None:
    data.uint("dns.cert.type", "Type", 2, names=CERTIFICATES)
    data.uint("dns.cert.key_tag", "Key Tag", 2, HEX)
    data.uint("dns.cert.algorithm", "Algorithm", 1, names=ALGORITHMS)
    data.blob("dns.cert.certificate", "Certificate (or CRL)")


@record(44)
def _fingerprint(data: Record) -> None:
    data.uint("dns.sshfp.algorithm", "Algorithm", 1, names=SSH_ALGORITHMS)
    data.uint("dns.sshfp.fingerprint.type", "Fingerprint type", 1, names=SSH_FINGERPRINTS)
    if data.left:
        data.blob("dns.sshfp.fingerprint", "Fingerprint")


@record(52)
def _tls_association(data: Record) -> None:
    data.uint("dns.tlsa.certificate_usage", "Certificate Usage", 1, names=TLSA_USAGES)
    data.uint("dns.tlsa.selector", "Selector", 1, names=TLSA_SELECTORS)
    data.uint("dns.tlsa.matching_type", "Matching Type", 1, names=TLSA_MATCHES)
    data.blob("dns.tlsa.certificate_association_data", "Certificate Association Data")


@record(30)
def _next_before_dnssec(data: Record) -> None:
    data.say(f"next domain name {data.name('dns.nxt.next_domain_name', 'Next Domain Name')}")
    _bits(data, 0, data.left)


@record(47)
def _next(data: Record) -> None:
    data.say(f"next domain name {data.name('dns.nsec.next_domain_name', 'Next Domain Name')}")
    _bitmaps(data)


def _bitmaps(data: Record) -> None:
    """The types that exist (RFC 4034 section 4.1.2)."""
    while data.left >= 2:
        window, size = data.branch.u8(data.at), data.branch.u8(data.at + 1)
        data.take(2)
        _bits(data, 256 * window, size)


def _bits(data: Record, first: int, size: int) -> None:
    start = data.take(size)
    for at in range(start, data.at):
        bits = data.branch.u8(at)
        for bit in range(8):
            if bits & 0x80 >> bit:
                kind = first + 8 * (at - start) + bit
                word = LONG_TYPES.get(kind, f"Unknown ({kind})")
                data.branch.add(f"RR type in bit map: {word}", "dns.resp.type", kind, at, 1)


@record(50)
def _hashed_next(data: Record) -> None:
    _hash_parameters(data)
    size = data.uint("dns.nsec3.hash_length", "Hash length", 1)
    at = data.take(size)
    text = _base32(data.branch.raw(at, size))
    data.branch.add(f"Next hashed owner: {text}", "dns.nsec3.hash_value", text, at, size)
    _bitmaps(data)


@record(51)
def _hash_parameters(data: Record) -> None:
    data.uint("dns.nsec3.algo", "Hash algorithm", 1, names=HASHES)
    at = data.take(1)
    flags = data.branch.u8(at)
    below = data.branch.add(f"NSEC3 flags: {flags}", "dns.nsec3.flags", flags, at, 1)
    if data.branch.node.children[1].value == 50:
        below.flag("dns.nsec3.flags.opt_out", "NSEC3 Opt-out flag", at, 1, 1,
                   "Additional insecure delegations allowed", "Additional insecure delegations forbidden")  # fmt: skip
    data.uint("dns.nsec3.iterations", "NSEC3 iterations", 2)
    data.blob("dns.nsec3.salt_value", "Salt value", data.uint("dns.nsec3.salt_length", "Salt length", 1))


def _base32(raw: bytes) -> str:
    """RFC 4648 section 7, without padding."""
    bits = 8 * len(raw)
    digits = (bits + 4) // 5
    value = int.from_bytes(raw) << (5 * digits - bits)
    return "".join(BASE32HEX[value >> 5 * (digits - 1 - i) & 31] for i in range(digits))


@record(62)
def _synchronization(data: Record) -> None:
    data.uint("dns.csync.soa", "SOA", 4)
    at = data.take(2)
    flags = data.branch.u16(at)
    below = data.branch.add(f"Flags: 0x{flags:04x}", "dns.csync.flags", flags, at, 2)
    below.flag("dns.csync.flags.immediate", "immediate", at, 2, 1, "True", "False")
    below.flag("dns.csync.flags.soaminimum", "soaminimum", at, 2, 2, "True", "False")
    data.branch.blob("dns.csync.type_bitmap", "Type Bitmap", data.at, data.left)
    _bitmaps(data)


@record(63)
def _zone_digest(data: Record) -> None:
    data.uint("dns.zonemd.serial", "Serial", 4)
    data.uint("dns.zonemd.scheme", "Scheme", 1, names={0: "Reserved", 1: "SIMPLE"})
    data.uint("dns.zonemd.hash_algo", "Hash Algorithm", 1, names={0: "Reserved", 1: "SHA-384", 2: "SHA-512"})
    data.blob("dns.zonemd.digest", "Digest")


@record(249)
def _transaction_key(data: Record) -> None:
    data.name("dns.tkey.algo_name", "Algorithm name")
    data.moment("dns.tkey.signature_inception", "Signature Inception")
    data.moment("dns.tkey.signature_expiration", "Signature Expiration")
    data.uint("dns.tkey.mode", "Mode", 2, names=TKEY_MODES)
    data.uint("dns.tkey.error", "Error", 2, names=ALL_RCODES)
    size = data.uint("dns.tkey.key_size", "Key Size", 2)
    if size:
        data.blob("dns.tkey.key_data", "Key Data", size)
    size = data.uint("dns.tkey.other_size", "Other Size", 2)
    if size:
        data.blob("dns.tkey.other_data", "Other Data", size)


@record(250)
def _transaction_signature(data: Record) -> None:
    data.name("dns.tsig.algorithm_name", "Algorithm Name")
    data.moment("dns.tsig.time_signed", "Time Signed", 6)
    data.uint("dns.tsig.fudge", "Fudge", 2)
    size = data.uint("dns.tsig.mac_size", "MAC Size", 2)
    at = data.take(size)
    if size:
        data.branch.add("MAC", "dns.tsig.mac", data.branch.raw(at, size).hex(":"), at, size)
    data.uint("dns.tsig.original_id", "Original Id", 2)
    data.uint("dns.tsig.error", "Error", 2, names=ALL_RCODES)
    size = data.uint("dns.tsig.other_len", "Other Len", 2)
    if size:
        data.blob("dns.tsig.other_data", "Other Data", size)
