"""Words for the numbers of the domain name system (IANA's DNS parameters, with tshark's words)."""

from __future__ import annotations

from ..protocols.dns_types import RCODES as ERRORS
from ..protocols.dns_types import TYPES

_DESCRIBED = {
    1: "Host Address", 2: "authoritative Name Server", 3: "Mail Destination", 4: "Mail Forwarder",
    5: "Canonical NAME for an alias", 6: "Start Of a zone of Authority", 7: "MailBox domain name",
    8: "Mail Group member", 9: "Mail Rename domain", 11: "Well Known Service", 12: "domain name PoinTeR",
    13: "host information", 14: "Mailbox or mail list information", 15: "Mail eXchange", 16: "Text strings",
    17: "Responsible Person", 18: "AFS Data Base location", 19: "XX.25 PSDN address", 20: "ISDN address",
    21: "Route Through", 22: "NSAP address", 23: "NSAP domain name pointer", 24: "security signature",
    25: "security key", 26: "X.400 mail mapping information", 27: "Geographical Position", 28: "IPv6 Address",
    29: "Location Information", 30: "Next Domain", 31: "Endpoint Identifier", 32: "Nimrod Locator",
    33: "Server Selection", 34: "ATM Address", 35: "Naming Authority Pointer", 36: "Key Exchanger",
    38: "OBSOLETE - use AAAA", 43: "Delegation Signer", 44: "SSH Key Fingerprint",
    46: "Resource Record Signature", 47: "Next Secure", 48: "DNS Public Key", 55: "Host Identity Protocol",
    58: "Trust Anchor LINK", 59: "Child DS", 60: "DNSKEY(s) the Child wants reflected in DS", 61: "OpenPGP Key",
    62: "Child-to-Parent Synchronization", 64: "General Purpose Service Endpoints",
    65: "HTTPS Specific Service Endpoints", 104: "NodeID", 105: "Locator32", 106: "Locator64", 107: "Locator FQDN",
    249: "Transaction Key", 250: "Transaction Signature", 251: "incremental transfer",
    252: "transfer of an entire zone", 257: "Certification Authority Restriction", 32768: "DNSSEC Trust Authorities",
    32769: "DNSSEC Lookaside Validation",
}  # fmt: skip
LONG_TYPES: dict[int, str] = {
    **{number: f"{name} ({_DESCRIBED[number]})" if number in _DESCRIBED else name for number, name in TYPES.items()},
    10: "NULL RR",
    253: "MAILB (mailbox-related RRs)",
    254: "MAILA (mail agent RRs)",
    255: "* (A request for all records the server/cache has available)",
}
CLASSES: dict[int, str] = {1: "IN", 2: "CS", 3: "CH", 4: "HS", 254: "NONE", 255: "ANY"}
RCODES: dict[int, str] = {0: "No error", **ERRORS}
ALL_RCODES: dict[int, str] = {
    **RCODES, 16: "Bad OPT Version or TSIG Signature Failure", 17: "Key not recognized",
    18: "Signature out of time window", 19: "Bad TKEY Mode", 20: "Duplicate key name",
    21: "Algorithm not supported", 22: "Bad Truncation", 23: "Bad/missing Server Cookie",
}  # fmt: skip
ALGORITHMS: dict[int, str] = {
    1: "RSA/MD5", 2: "Diffie-Hellman", 3: "DSA", 4: "Elliptic curve crypto", 5: "RSA/SHA1", 6: "DSA + NSEC3/SHA1",
    7: "RSA/SHA1 + NSEC3/SHA1", 8: "RSA/SHA-256", 10: "RSA/SHA-512", 12: "GOST R 34.10-2001",
    13: "ECDSA Curve P-256 with SHA-256", 14: "ECDSA Curve P-386 with SHA-386", 15: "Ed25519", 16: "Ed448",
    157: "HMAC/MD5", 252: "Indirect key", 253: "Private, domain name", 254: "Private, OID",
}  # fmt: skip
DIGESTS: dict[int, str] = {0: "Reserved digest", 1: "SHA-1", 2: "SHA-256", 3: "GOST R 34.11-94", 4: "SHA-384"}
HASHES: dict[int, str] = {0: "Reserved", 1: "SHA-1"}
TKEY_MODES: dict[int, str] = {
    1: "Server assigned", 2: "Diffie Hellman", 3: "GSSAPI", 4: "Resolver assigned", 5: "Delete"
}  # fmt: skip
CERTIFICATES: dict[int, str] = {
    1: "PKIX", 2: "SPKI", 3: "PGP", 4: "IPKIX", 5: "ISPKI", 6: "IPGP", 7: "ACPKIX", 8: "IACPKIX", 253: "Private, URI",
    254: "Private, OID",
}  # fmt: skip
TLSA_USAGES: dict[int, str] = {
    0: "CA constraint (PKIX-TA)", 1: "Service certificate constraint (PKIX-EE)",
    2: "Trust anchor assertion (DANE-TA)", 3: "Domain-issued certificate (DANE-EE)",
}  # fmt: skip
TLSA_SELECTORS: dict[int, str] = {0: "Full certificate (Cert)", 1: "SubjectPublicKeyInfo (SPKI)"}
TLSA_MATCHES: dict[int, str] = {
    0: "No Hash Used (Full)", 1: "256 bit hash by SHA2 (SHA2-256)", 2: "512 bit hash by SHA2 (SHA2-512)"
}  # fmt: skip
SSH_ALGORITHMS: dict[int, str] = {0: "Reserved", 1: "RSA", 2: "DSA", 3: "ECDSA", 4: "Ed25519", 5: "XMSS"}
SSH_FINGERPRINTS: dict[int, str] = {0: "Reserved", 1: "SHA1", 2: "SHA256"}
GATEWAYS: dict[int, str] = {0: "No Gateway", 1: "IPv4 Gateway", 2: "IPv6 Gateway", 3: "DNS Gateway"}
FAMILIES: dict[int, str] = {1: "IPv4", 2: "IPv6"}
OPTIONS: dict[int, str] = {
    0: "Reserved", 1: "LLQ - Long-lived query", 2: "UL - Update lease", 3: "NSID - Name Server Identifier",
    4: "Owner (reserved)", 5: "DAU - DNSSEC Algorithm Understood (RFC6975)", 6: "DHU - DS Hash Understood (RFC6975)",
    7: "N3U - NSEC3 Hash Understood (RFC6975)", 8: "CSUBNET - Client subnet", 9: "EDNS EXPIRE (RFC7314)",
    10: "COOKIE", 11: "EDNS TCP Keepalive", 12: "PADDING", 13: "CHAIN", 15: "Extended DNS Error",
    20730: "Experimental - CSUBNET - Client subnet",
}  # fmt: skip
SERVICE_KEYS: dict[int, str] = {
    0: "mandatory", 1: "alpn", 2: "no-default-alpn", 3: "port", 4: "ipv4hint", 5: "echconfig", 6: "ipv6hint",
    32769: "odohconfig", 65535: "key65535",
}  # fmt: skip
_EXTENDED = (
    "Other Error|Unsupported DNSKEY Algorithm|Unsupported DS Digest Type|Stale Answer|Forged Answer|"
    "DNSSEC Indeterminate|DNSSEC Bogus|Signature Expired|Signature Not Yet Valid|DNSKEY Missing|RRSIGs Missing|"
    "No Zone Key Bit Set|NSEC Missing|Cached Error|Not Ready|Blocked|Censored|Filtered|Prohibited|"
    "Stale NXDomain Answer|Not Authoritative|Not Supported|No Reachable Authority|Network Error|Invalid Data|"
    "Signature Expired before Valid|Too Early|Unsupported NSEC3 Iterations Value|Unable to conform to policy|"
    "Synthesized"
).split("|")
_STATEFUL = {
    0: "Reserved", 1: "Keep Alive", 2: "Retry Delay", 3: "Encryption Padding", 64: "Subscribe", 65: "Push",
    66: "Unsubscribe", 67: "Reconfirm",
}  # fmt: skip


def extended_error(code: int) -> str:
    """RFC 8914 section 5.2."""
    if code < len(_EXTENDED):
        return _EXTENDED[code]
    return "Unassigned" if code < 49152 else "Reserved for Private Use"


def stateful_type(kind: int) -> str:
    """RFC 8490 section 10.3."""
    if kind in _STATEFUL:
        return _STATEFUL[kind]
    if kind < 64:
        return "Unassigned, reserved for DSO session-management TLVs"
    if 63488 <= kind < 64512:
        return "Reserved for Experimental/Local Use"
    return "Unassigned" if kind < 63488 else "Reserved for future expansion"
