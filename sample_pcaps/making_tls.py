"""TLS for the sample scripts: real certificates and handshakes (RFC 5246, RFC 8446), made with fixed keys.

The handshake messages in clear are what they would be, signatures included; what would be encrypted is noise from a
seeded generator. The keys were made for these captures and protect nothing.
"""

from __future__ import annotations

import random
import struct
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from making import SECOND, Talk

CA_PRIMES = (
    int(
        "d77672be2a3af390d2dd3225fcd5a6771b50be5b7679b16ca3dbc4353302ebc95e19f472d36c529da7b4d27cb94984f1"
        "642c7695a01aa55e3765d163733f3f81463a3f6e6039a38828846347e732c158b28bf490539d011dbf55464703f5a0b1"
        "876145d8154adb5e51dd30ebe6d09a6f47b5060f298c0c63000d4fb6609403e1",
        16,
    ),
    int(
        "c15b483ed6fa578715b2156fa3d7430f95ed66ed82590d3f4959d1f0101f08bdf861aed6cb1ac3044af72202f644db8c"
        "bc3d621a2b5b7b4cbefedff7f3379dec9b4ca83cf92b76a0e670c72f4bf961a4e1326a03379037b409b931be54e2bdfc"
        "1826c5d0382225d95fe25d0f20ef7c6d5a59c07d284ee3d8bb0b170424ce4b37",
        16,
    ),
)
SERVER_PRIMES = (
    int(
        "da257b37e1c8c9b2da33677ece065634db489d8812cbb508a74e251dcb4560fe6ff65875fe98b5eacc72ca47f6cd3b6a"
        "d0f492771bf4db541f0d78bda59ffcf9a443e19e2a73f3023534f0b8c27ea0189c72015ee7fe1fbf2ded3120ffe62fac"
        "6d4723c866e175fc23302c59926b2251ced0912e3a612b4d12f2893c7fa71af1",
        16,
    ),
    int(
        "b63f79ee79b8edd776089dd13a4cf37950cd695fec13a07114a18e963f4e8b69cdc64e3f56fb87bbdbf1d502c0e9341d"
        "219d0fd9e2f9537f312aef8dba1e6821037a814228ac3cd7fae5fed461c88f5140aa98a0db6505df771a60f079b8284b"
        "b11c04ef1fef46d39da6dbe3a2aa573b2a7388b19358a8b47d1c3844b99a6e97",
        16,
    ),
)


@cache
def key(primes: tuple[int, int]) -> rsa.RSAPrivateKey:
    p, q = primes
    d = rsa.rsa_recover_private_exponent(65_537, p, q)
    exponents = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q)
    public = rsa.RSAPublicNumbers(65_537, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, *exponents, rsa.rsa_crt_iqmp(p, q), public).private_key()


def _name(organization: str, common: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "DE"), (NameOID.ORGANIZATION_NAME, organization), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


@cache
def certificates(host: str, issuer: str) -> tuple[bytes, bytes]:
    """The server's certificate and that of the authority that signed it, both DER."""
    authority, server = key(CA_PRIMES), key(SERVER_PRIMES)
    above = _name("Example Trust", issuer)
    from_day, to_day = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    root = x509.CertificateBuilder(above, above, authority.public_key(), 0x5EED0001, from_day, to_day)
    root = root.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    leaf = x509.CertificateBuilder(
        above, _name("Example Shop", host), server.public_key(), 0x5EED0102, from_day, to_day
    )
    leaf = leaf.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    signed = (builder.sign(authority, hashes.SHA256()) for builder in (leaf, root))
    first, second = (one.public_bytes(serialization.Encoding.DER) for one in signed)
    return first, second


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return struct.pack("!BHH", kind, version, len(body)) + body


def message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


def _extension(kind: int, body: bytes) -> bytes:
    return struct.pack("!HH", kind, len(body)) + body


def _listed(body: bytes, size: int = 2) -> bytes:
    return len(body).to_bytes(size, "big") + body


GROUPS = struct.pack("!3H", 0x001D, 0x0017, 0x0018)
SCHEMES = struct.pack("!6H", 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501)
SUITES_12 = struct.pack("!6H", 0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA8, 0x009C)
SUITES_13 = struct.pack("!3H", 0x1301, 0x1302, 0x1303)
CHANGE = record(20, b"\x01")


class Session:
    """Both ends of TLS over a TCP conversation; the seed stands for all their randomness."""

    def __init__(self, talk: Talk, host: str, seed: int, issuer: str = "Example Trust Root") -> None:
        self.talk, self.host, self.issuer = talk, host, issuer
        self.noise = random.Random(seed)
        self.session = self.noise.randbytes(32)
        self.randoms = self.noise.randbytes(32), self.noise.randbytes(32)
        ends = (X25519PrivateKey.from_private_bytes(self.noise.randbytes(32)) for _ in range(2))
        self.shares = [end.public_key().public_bytes_raw() for end in ends]

    def client_hello(self, newest: bool = False) -> bytes:
        name = _listed(b"\0" + _listed(self.host.encode()))
        extensions = _extension(0, name) + _extension(23, b"") + _extension(0xFF01, b"\0")
        extensions += _extension(10, _listed(GROUPS)) + _extension(11, b"\1\0")
        extensions += _extension(16, _listed(_listed(b"http/1.1", 1))) + _extension(13, _listed(SCHEMES))
        if newest:
            extensions += _extension(43, _listed(struct.pack("!2H", 0x0304, 0x0303), 1)) + _extension(45, b"\1\1")
            extensions += _extension(51, _listed(b"\0\x1d" + _listed(self.shares[0])))
        suites = (SUITES_13 if newest else b"") + SUITES_12
        body = b"\3\3" + self.randoms[0] + _listed(self.session, 1) + _listed(suites) + b"\1\0" + _listed(extensions)
        return record(22, message(1, body), 0x0301)

    def server_flight(self) -> bytes:
        """ServerHello, Certificate, ServerKeyExchange (signed), ServerHelloDone: TLS 1.2, ECDHE with RSA."""
        chosen = _extension(0xFF01, b"\0") + _extension(11, b"\1\0") + _extension(23, b"")
        chosen += _extension(16, _listed(_listed(b"http/1.1", 1)))
        hello = b"\3\3" + self.randoms[1] + _listed(self.session, 1) + b"\xc0\x2f\0" + _listed(chosen)
        chain = b"".join(_listed(one, 3) for one in certificates(self.host, self.issuer))
        share = b"\3\0\x1d" + _listed(self.shares[1], 1)
        signed = key(SERVER_PRIMES).sign(b"".join(self.randoms) + share, padding.PKCS1v15(), hashes.SHA256())
        messages = (2, hello), (11, _listed(chain, 3)), (12, share + b"\4\1" + _listed(signed)), (14, b"")
        return b"".join(record(22, message(kind, body)) for kind, body in messages)

    def hidden(self, size: int, kind: int = 23) -> bytes:
        """A record of `size` encrypted bytes."""
        return record(kind, self.noise.randbytes(size))

    def open(self) -> None:
        """A full TLS 1.2 handshake."""
        self.talk.send(0, self.client_hello(), 610)
        self.talk.send(1, self.server_flight(), 1_480)
        exchange = record(22, message(16, _listed(self.shares[0], 1)))
        self.talk.send(0, exchange + CHANGE + self.hidden(40, 22), 1_730)
        self.talk.send(1, CHANGE + self.hidden(40, 22), 640)

    def open_newest(self) -> None:
        """A full TLS 1.3 handshake: everything after the ServerHello is hidden (RFC 8446, 2)."""
        self.talk.send(0, self.client_hello(newest=True), 610)
        chosen = _extension(43, b"\3\4") + _extension(51, b"\0\x1d" + _listed(self.shares[1]))
        hello = b"\3\3" + self.randoms[1] + _listed(self.session, 1) + b"\x13\1\0" + _listed(chosen)
        flight = record(22, message(2, hello)) + CHANGE
        flight += b"".join(self.hidden(size) for size in (31, 2_047, 281, 53))
        self.talk.send(1, flight, 1_480)
        self.talk.send(0, CHANGE + self.hidden(53), 1_730)

    def exchange(self, asked: int, answered: int, after: int = SECOND) -> None:
        """A hidden request and its hidden answer, in records of at most 4 KB."""
        self.talk.send(0, self.hidden(asked), after)
        sizes = [4_096] * (answered // 4_096) + [answered % 4_096 + 24]
        self.talk.send(1, b"".join(self.hidden(size) for size in sizes), 14_200)

    def close(self, side: int = 0, after: int = SECOND) -> None:
        """An encrypted close notify, and the end of the TCP conversation."""
        self.talk.now += after
        self.talk.segment(side, "PA", self.hidden(26, 21))
        self.talk.close(side, after=90)
