"""SMTP, POP and IMAP rows, and the messages they carry."""

from __future__ import annotations

from typing import Any

MAIL = b"From: A <a@b>\r\nSubject: hi\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhello\r\n"
SHOWN = "from: A <a@b>, subject: hi,  (text/plain)"


def smtp(talk: Any) -> Any:
    return talk(25).server(b"220 hello\r\n").client(b"DATA\r\n").server(b"354 go\r\n")


def test_replies_of_several_lines_share_a_row(talk: Any) -> None:
    rows = talk(25).server(b"250-a\r\n250-PIPELINING\r\n250 OK\r\n", b"250 Ok\r\n250 Ok2\r\n").rows()
    assert rows == [("SMTP", "S: 250-a | PIPELINING | OK"), ("SMTP", "S: 250 Ok | 250 Ok2")]


def test_commands_share_a_row(talk: Any) -> None:
    rows = talk(25).client(b"MAIL FROM:<a>\r\nRCPT TO:<b>\r\nDATA\r\n").rows()
    assert rows == [("SMTP", "C: MAIL FROM:<a> | RCPT TO:<b> | DATA")]


def test_a_message_shows_where_it_ends(talk: Any) -> None:
    rows = smtp(talk).client(MAIL, b"more\r\n", b".\r\n", b"QUIT\r\n").rows()
    assert rows[3:] == [
        ("SMTP", f"C: DATA fragment, {len(MAIL)} bytes"),
        ("SMTP", "C: DATA fragment, 6 bytes"),
        ("SMTP/IMF", SHOWN),
        ("SMTP", "C: QUIT"),
    ]


def test_a_body_without_a_type_shows_its_lines(talk: Any) -> None:
    rows = smtp(talk).client(b"Subject: x\r\n\r\nbody\r\ntwo\r\n.\r\n").rows()
    assert rows[3] == ("SMTP/IMF", "subject: x, , body  , two  ")


def test_parts_are_named(talk: Any) -> None:
    mail = (
        b"Subject: x\r\nContent-Type: multipart/mixed; boundary=qq\r\n\r\n--qq\r\nContent-Type: text/plain\r\n\r\nx\r\n"
        b"--qq\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--qq--\r\n.\r\n"
    )
    assert smtp(talk).client(mail).rows()[3] == ("SMTP/IMF", "subject: x,  (text/plain) (application/pdf)")


def test_names_and_passwords_of_auth_login(talk: Any) -> None:
    stream = talk(25).client(b"AUTH LOGIN\r\n").server(b"334 x\r\n").client(b"dXNlcg==\r\n").server(b"334 y\r\n")
    rows = stream.client(b"cGFzcw==\r\n").server(b"235 ok\r\n").rows()
    assert [rows[2][1], rows[4][1]] == ["C: User: dXNlcg==", "C: Pass: cGFzcw=="]


def test_a_chunk_is_counted(talk: Any) -> None:
    rows = talk(25).client(b"BDAT 10\r\n", b"abcde", b"fghij", b"QUIT\r\n").rows()
    assert [text for _, text in rows] == [
        "C: BDAT 10", "C: DATA fragment, 5 bytes", "C: DATA fragment, 5 bytes", "C: QUIT"
    ]  # fmt: skip


def test_pop_commands_and_replies(talk: Any) -> None:
    rows = talk(110).server(b"+OK hi\r\n").client(b"LIST\r\n").server(b"+OK\r\n1 2\r\n.\r\n", b"-ERR x\r\n").rows()
    assert [text for _, text in rows] == ["S: +OK hi", "C: LIST", "S: +OK", "S: -ERR x"]


def test_pop_messages(talk: Any) -> None:
    stream = talk(110).client(b"RETR 1\r\n").server(b"+OK %d octets\r\n" % len(MAIL), MAIL[:30], MAIL[30:])
    assert stream.rows()[2:] == [("POP", "S: DATA fragment, 30 bytes"), ("POP/IMF", SHOWN)]


def test_imap_lines(talk: Any) -> None:
    rows = talk(143).client(b"a NO", b"OP\r\n").server(b"* 1 EXISTS\r\na OK done\r\n").rows()
    assert rows[1:] == [("IMAP", "Request: a NOOP"), ("IMAP", "Response: a OK done")]


def test_imap_literals_hold_messages(talk: Any) -> None:
    answer = b"* 1 FETCH (BODY[] {%d}\r\n" % len(MAIL) + MAIL + b")\r\na OK\r\n"
    rows = talk(143).server(answer[:40], answer[40:]).rows()
    assert rows[1] == ("IMAP/IMF", SHOWN)


def test_after_starttls_comes_tls(talk: Any) -> None:
    stream = talk(25).client(b"STARTTLS\r\n").server(b"220 go\r\n").client(b"\x15\x03\x01\0\2\2\x28")
    assert stream.rows()[2][0].startswith("TLS")
