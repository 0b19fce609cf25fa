"""TLS statistics against captures made by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pcaptui.filters import compile
from pcaptui.protocols.certificates import chain, read
from pcaptui.protocols.tls_hello import chosen_protocol, protocols
from pcaptui.statistics import View, find

from ..findings.talks import SERVER, alert, client_hello, record, server_hello, talk
from .test_dns import items, rows

MADE = datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC)
"""The time of view_of's first packet."""


@pytest.fixture(scope="module")
def certificate() -> bytes:
    """Signed by itself, valid until ten days before the capture was made."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "web.example")])
    names = x509.SubjectAlternativeName([x509.DNSName("web.example"), x509.DNSName("www.web.example")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).add_extension(names, False)
    builder = builder.not_valid_before(MADE - timedelta(days=400)).not_valid_after(MADE - timedelta(days=10))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@pytest.fixture
def view(view_of, certificate: bytes) -> View:
    """One handshake that comes to its end, one that an alert ends, one that nobody answers."""
    end = (("c", record(20, b"\1") + record(22, b"\xaa" * 40)), ("s", record(20, b"\1") + record(22, b"\xbb" * 40)))
    good = talk(443, client_hello(), server_hello(0x0303, certificate), *end)
    failed = talk(443, client_hello("other.example"), server_hello(0x0301), alert("c", 2, 48), source=40001)
    silent = talk(443, client_hello(""), source=40002)
    return view_of([packet for _, packet in (*good, *failed, *silent)])


def tables(view: View) -> dict[str, Any]:
    return {table.name: table for table in find("tls")[1](view)}


def test_the_overview_counts_versions_ciphers_and_outcomes(view: View) -> None:
    found = items(tables(view)["tls"])
    total = ("TLS handshakes",)
    assert found[total]["count"] == 3
    assert found[(*total, "Version", "TLSv1.2")]["count"] == found[(*total, "Version", "TLSv1")]["count"] == 1
    assert found[(*total, "Cipher suite", "TLS_RSA_WITH_AES_128_CBC_SHA")]["count"] == 2
    outcomes = {key[-1]: row["count"] for key, row in found.items() if key[:2] == (*total, "Outcome") and len(key) == 3}
    assert outcomes == {"finished": 1, "alert": 1, "no answer": 1}
    assert found[("Alerts",)]["count"] == 1


def test_names_and_connections(view: View) -> None:
    found = tables(view)
    names = {row["name"]: row for row in rows(found["names"])}
    assert (names["web.example"]["finished"], names["other.example"]["failed"]) == (1, 1)
    assert names["web.example"]["servers"] == SERVER and names["web.example"]["mean"] == pytest.approx(0.01)
    told = [(row["stream"], row["name"], row["version"], row["outcome"]) for row in rows(found["connections"])]
    assert told == [("tcp:0", "web.example", "TLSv1.2", "finished"), ("tcp:1", "other.example", "TLSv1", "alert"),
                    ("tcp:2", "", "", "no answer")]  # fmt: skip


def test_certificates_tell_when_they_ended(view: View) -> None:
    (row,) = rows(tables(view)["certificates"])
    assert (row["subject"], row["issuer"], row["key"]) == ("web.example", "web.example", "EC P-256")
    assert row["names"] == "web.example, www.web.example" and row["validity"] == "expired, self-signed"
    assert row["days"] == pytest.approx(-10.0) and row["senders"] == SERVER and row["ends"] == "2001-08-30 01:46"


def test_alerts_have_a_sender(view: View) -> None:
    (row,) = rows(tables(view)["alerts"])
    assert "Unknown CA" in row["alert"] and (row["receiver"], row["count"]) == (SERVER, 1)


def test_filters_are_filters_of_the_packets(view: View) -> None:
    found = tables(view)
    for table in found.values():
        for row in range(len(table)):
            compile(table.filter(row))
    for name, row in (("names", 0), ("certificates", 0), ("alerts", 0)):
        assert int(compile(found[name].filter(row)).run(view.capture).sum()) == 1, name
    versions = [row for row, key in enumerate(items(found["tls"])) if key[1:2] == ("Version",) and len(key) == 3]
    for row in versions:
        assert int(compile(found["tls"].filter(row)).run(view.capture).sum()) == 1


def test_nothing_to_count(view_of) -> None:
    found = tables(view_of([packet for _, packet in talk(443)]))
    assert [len(found[name]) for name in ("names", "connections", "certificates", "alerts")] == [0] * 4


def hello(extension: bytes) -> bytes:
    """The body of a Client Hello."""
    return b"\3\3" + bytes(32) + b"\0" + b"\0\2\x00\x2f" + b"\1\0" + len(extension).to_bytes(2, "big") + extension


def test_application_protocols_offered_and_chosen() -> None:
    listed = b"\0\x0c\2h2\x08http/1.1"
    listed = (len(listed) - 2).to_bytes(2, "big") + listed[2:]
    extension = b"\0\x10" + len(listed).to_bytes(2, "big") + listed
    assert protocols(hello(extension)) == ["h2", "http/1.1"]
    chosen = b"\0\x10\0\5\0\3\2h2"
    answer = b"\3\3" + bytes(32) + b"\0\x00\x2f\0" + len(chosen).to_bytes(2, "big") + chosen
    assert chosen_protocol(answer) == "h2"
    for cut in range(len(answer)):
        assert chosen_protocol(answer[:cut]) in ("", "h", "h2")


def test_a_chain_that_is_cut(certificate: bytes) -> None:
    one = len(certificate).to_bytes(3, "big") + certificate
    body = (2 * len(one)).to_bytes(3, "big") + one + one
    assert [len(chain(body[:size])) for size in (len(body), len(body) - 1, 10, 0)] == [2, 1, 0, 0]
    for cut in range(0, len(certificate), 7):
        assert read(certificate[:cut]) is None
