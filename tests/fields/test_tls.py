"""TLS trees, held against what tshark 4.0 shows of the same bytes."""

from __future__ import annotations

import datetime
import struct

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.fields.branch import View, Walk
from pcaptui.fields.context import Context, Message
from pcaptui.fields.node import Node, tree_lines
from pcaptui.fields.tls import tls


def record(kind: int, body: bytes, version: int = 0x0303) -> bytes:
    return struct.pack(">BHH", kind, version, len(body)) + body


def handshake(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


def extension(kind: int, body: bytes) -> bytes:
    return struct.pack(">HH", kind, len(body)) + body


def client_hello(*extensions: bytes) -> bytes:
    joined = b"".join(extensions)
    return handshake(1, b"\x03\x03" + bytes(range(32)) + b"\0" + b"\0\4\x13\x01\xc0\x2f" + b"\1\0"
                     + struct.pack(">H", len(joined)) + joined)  # fmt: skip


SERVER_NAME = extension(0, b"\0\x0d\0\0\x0anate.test.")


def build(data: bytes, start: int = 0, **facts: object) -> list[Node]:
    walk = Walk(Context(1, data, len(data), 1))
    walk.call(
        lambda w, v: tls(w, v, Message(0, len(data), "tls", facts=facts)), View(data, start, len(data), len(data))
    )
    return walk.nodes


def labels(nodes: list[Node]) -> list[str]:
    return [node.label for _, node in tree_lines(nodes)]


def by_field(nodes: list[Node], field: str) -> Node:
    return next(node for _, node in tree_lines(nodes) if node.field == field)


def test_a_client_hello_is_spelled_out():
    data = record(22, client_hello(SERVER_NAME), 0x0301)
    nodes = build(data)
    found = labels(nodes)
    for line in (
        "TLSv1 Record Layer: Handshake Protocol: Client Hello",
        "Content Type: Handshake (22)",
        "Version: TLS 1.0 (0x0301)",
        "Handshake Type: Client Hello (1)",
        "Version: TLS 1.2 (0x0303)",
        "GMT Unix Time: Jan  1, 1970 18:20:51.000000000 UTC",
        "Cipher Suites (2 suites)",
        "Cipher Suite: TLS_AES_128_GCM_SHA256 (0x1301)",
        "Cipher Suite: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (0xc02f)",
        "Compression Methods (1 method)",
        "Extension: server_name (len=15)",
        "Server Name: nate.test.",
        "[JA3 Fullstring: 771,4865-49199,0,,]",
    ):
        assert line in found
    name = by_field(nodes, "tls.handshake.extensions_server_name")
    assert (name.value, name.start, name.length) == ("nate.test.", data.index(b"nate"), 10)


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


def test_records_behind_each_other_have_a_line_each():
    data = record(20, b"\1") + record(22, bytes(range(40, 80))) + record(23, b"x" * 30)
    heads = [node.label for node in build(data, **{"tls.version": 0x0303})[0].children]
    assert heads == [
        "TLSv1.2 Record Layer: Change Cipher Spec Protocol: Change Cipher Spec",
        "TLSv1.2 Record Layer: Handshake Protocol: Encrypted Handshake Message",
        "TLSv1.2 Record Layer: Application Data Protocol: Application Data",
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"\2\x30", "Alert (Level: Fatal, Description: Unknown CA)"), (bytes(26), "Encrypted Alert")],
)
def test_alerts_in_words(body, words):
    assert f"TLSv1.2 Record Layer: {words}" in labels(build(record(21, body)))


def certificate_of(name: str) -> bytes:
    key = rsa.generate_private_key(65537, 1024)
    subject = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "KR"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(0x1234)
        .not_valid_before(datetime.datetime(2019, 11, 7))
        .not_valid_after(datetime.datetime(2049, 12, 31))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(True, 3), True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


def test_a_certificate_names_whom_it_is_for():
    der = certificate_of("nate.test")
    chain = len(der).to_bytes(3, "big") + der
    nodes = build(record(22, handshake(11, len(chain).to_bytes(3, "big") + chain)))
    found = labels(nodes)
    for line in (
        "serialNumber: 0x1234",
        "rdnSequence: 2 items (id-at-commonName=nate.test,id-at-countryName=KR)",
        "RDNSequence item: 1 item (id-at-countryName=KR)",
        "utcTime: 2019-11-07 00:00:00 (UTC)",
        "algorithm (rsaEncryption)",
        "publicExponent: 65537",
        "Extension (id-ce-subjectAltName)",
        "dNSName: nate.test",
        "critical: True",
        "pathLenConstraint: 3",
    ):
        assert line in found
    assert by_field(nodes, "tls.handshake.certificate").label.endswith(
        "(id-at-commonName=nate.test,id-at-countryName=KR)"
    )
    name = by_field(nodes, "x509ce.dNSName")
    whole = record(22, handshake(11, len(chain).to_bytes(3, "big") + chain))
    assert whole[name.start : name.start + name.length] == b"nate.test"


GOOD = record(22, client_hello(SERVER_NAME, extension(10, b"\0\4\0\x1d\0\x17"), extension(16, b"\0\3\2h2"),
                               extension(51, b"\0\x08\0\x1d\0\4abcd"), extension(43, b"\4\3\4\3\3")))  # fmt: skip


def test_every_cut_leaves_a_tree_inside_its_bytes():
    for end in range(len(GOOD)):
        nodes = build(GOOD[:end])
        for _, node in tree_lines(nodes):
            if node.start is not None:
                assert 0 <= node.start <= node.start + (node.length or 0) <= end


@given(st.binary(max_size=300), st.sampled_from([0, 0x0002, 0x0300, 0x0303, 0x0304]))
def test_any_bytes_make_a_tree(data, version):
    for kind in (b"", b"\x16\x03\x03\0\xff", b"\x16\x03\x03\0\xff\x0b\0\0\xfb", b"\x80\x40\x04"):
        nodes = build(kind + data, **{"tls.version": version})
        assert not any(node.label.startswith("[Dissector stopped") for node in nodes)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_flipped_byte_makes_a_tree(place, byte):
    nodes = build(GOOD[:place] + bytes([byte]) + GOOD[place + 1 :])
    assert not any(node.label.startswith("[Dissector stopped") for node in nodes)


@pytest.mark.parametrize(
    ("suite", "name"),
    [(0x002F, "RSA Encrypted PreMaster Secret"), (0x0033, "Diffie-Hellman Client Params")],
)
def test_what_the_client_sends_for_the_key_hangs_on_the_cipher_suite(suite, name):
    nodes = build(record(22, handshake(16, b"\0\x40" + bytes(64))), **{"tls.version": 0x0303, "tls.suite": suite})
    assert name in labels(nodes)


def test_names_of_authorities_are_spelled_out():
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root")]).public_bytes()
    names = len(name).to_bytes(2, "big") + name
    body = b"\1\1" + b"\0\0" + len(names).to_bytes(2, "big") + names
    found = labels(build(record(22, handshake(13, body)), **{"tls.version": 0x0303}))
    assert "Distinguished Name: (id-at-commonName=Root)" in found
    assert "RDNSequence item: 1 item (id-at-commonName=Root)" in found
