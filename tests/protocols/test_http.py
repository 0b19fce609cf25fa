"""HTTP rows: the texts are tshark's (found by experiment)."""

from __future__ import annotations

from typing import Any

import pytest

PIECE = " [TCP segment of a reassembled PDU]"
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
FIN = {"flags": 17}


def response(fields: bytes, body: bytes = b"") -> bytes:
    return OK + fields + b"\r\n" + body


def test_requests_and_responses_show_their_first_line(talk: Any) -> None:
    rows = talk(80).client(GET).server(response(b"Content-Length: 0\r\n")).rows()
    assert rows == [("HTTP", "GET / HTTP/1.1 "), ("HTTP", "HTTP/1.1 200 OK ")]


def test_a_header_in_two_segments_shows_the_line_at_once(talk: Any) -> None:
    rows = talk(80).client(GET[:20], GET[20:]).rows()
    assert rows == [("TCP", "GET / HTTP/1.1 " + PIECE), ("HTTP", "GET / HTTP/1.1 ")]


def test_a_line_in_two_segments_waits(talk: Any) -> None:
    assert talk(80).client(GET[:6], GET[6:]).rows() == [("", PIECE), ("HTTP", "GET / HTTP/1.1 ")]


@pytest.mark.parametrize(
    ("kind", "protocol", "text"),
    [
        (b"text/html; charset=utf-8", "HTTP", " (text/html)"),
        (b"Text/HTML", "HTTP", " (text/html)"),
        (b"application/x-shockwave-flash", "HTTP", " (application/x-shockwave-flash)"),
        (b"application/json", "HTTP/JSON", ", JavaScript Object Notation (application/json)"),
        (b"text/xml", "HTTP/XML", ""),
        (b"image/svg+xml", "HTTP/XML", ""),
        (b"application/octet-stream", "HTTP", ""),
        (b"image/png", "HTTP", " (image/png)"),
    ],
)
def test_the_body_is_named_by_its_type(talk: Any, kind: bytes, protocol: str, text: str) -> None:
    message = response(b"Content-Type: " + kind + b"\r\nContent-Length: 6\r\n", b"abcdef")
    assert talk(80).server(message).rows() == [(protocol, "HTTP/1.1 200 OK " + text)]


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        (b"image/png", b"\x89PNG\r\n", " (PNG)"),
        (b"image/gif", b"GIF89a", " (GIF89a)"),
        (b"image/jpeg", b"\xff\xd8\xff\xe0", " (JPEG JFIF image)"),
    ],
)
def test_images_are_named_by_their_bytes(talk: Any, kind: bytes, body: bytes, text: str) -> None:
    message = response(b"Content-Type: " + kind + b"\r\nContent-Length: %d\r\n" % len(body), body)
    assert talk(80).server(message).rows() == [("HTTP", "HTTP/1.1 200 OK " + text)]


def test_a_long_body_shows_where_it_ends(talk: Any) -> None:
    first = response(b"Content-Type: text/plain\r\nContent-Length: 2000\r\n", b"a" * 500)
    rows = talk(80).server(first, b"b" * 1000, b"c" * 500).rows()
    assert rows == [("TCP", "HTTP/1.1 200 OK " + PIECE), ("", PIECE), ("HTTP", "HTTP/1.1 200 OK  (text/plain)")]


def test_the_next_message_may_begin_in_the_same_segment(talk: Any) -> None:
    first = response(b"Content-Type: text/plain\r\nContent-Length: 6\r\n", b"abc")
    rows = talk(80).server(first, b"defHTTP/1.1 204 x\r\n\r\n").rows()
    assert rows[1] == ("HTTP", "HTTP/1.1 200 OK  (text/plain)HTTP/1.1 204 x ")


def test_pipelined_requests_share_a_row(talk: Any) -> None:
    assert talk(80).client(GET + GET).rows() == [("HTTP", "GET / HTTP/1.1 GET / HTTP/1.1 ")]


def test_without_a_length_the_body_ends_with_the_connection(talk: Any) -> None:
    stream = talk(80).server(response(b"Content-Type: text/html\r\n", b"abc"), b"def").send(1, **FIN)
    assert stream.rows() == [
        ("TCP", "HTTP/1.1 200 OK " + PIECE),
        ("", PIECE),
        ("HTTP", "HTTP/1.1 200 OK  (text/html)"),
    ]


def test_an_empty_body_that_ends_with_the_connection_has_no_type(talk: Any) -> None:
    rows = talk(80).server(response(b"Content-Type: text/html\r\n")).send(1, **FIN).rows()
    assert rows[1] == ("HTTP", "HTTP/1.1 200 OK ")


CHUNKED = b"Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize("cut", range(len(response(CHUNKED)) + 1, len(response(CHUNKED)) + 20))
def test_chunks_may_be_cut_anywhere(talk: Any, cut: int) -> None:
    message = response(CHUNKED, b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
    rows = talk(80).server(message[:cut], message[cut:]).rows()
    assert rows == [("TCP", "HTTP/1.1 200 OK " + PIECE), ("HTTP", "HTTP/1.1 200 OK  (text/plain)")]


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified", b"100 Continue"])
def test_some_answers_have_no_body(talk: Any, status: bytes) -> None:
    message = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n\r\n"
    assert talk(80).server(message).rows() == [("HTTP", f"HTTP/1.1 {status.decode()} ")]


def test_an_answer_to_head_has_no_body(talk: Any) -> None:
    stream = talk(80).client(b"HEAD / HTTP/1.1\r\n\r\n")
    rows = stream.server(response(b"Content-Length: 300\r\nContent-Type: text/plain\r\n")).rows()
    assert rows[1] == ("HTTP", "HTTP/1.1 200 OK ")


def test_what_is_no_message_is_a_continuation(talk: Any) -> None:
    assert talk(80).client(GET, b"\1\2\3").rows()[1] == ("HTTP", "Continuation")


def test_another_protocol_on_the_port_stays_tcp(talk: Any) -> None:
    assert talk(80).client(b"\1\2\3\4").rows() == [("", "")]


def test_http_is_found_on_any_port(talk: Any) -> None:
    assert talk(4444).client(GET).rows() == [("HTTP", "GET / HTTP/1.1 ")]


def test_a_form_is_named(talk: Any) -> None:
    head = b"POST /x HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\n"
    assert talk(80).client(head + b"a=b").rows() == [("HTTP", "POST /x HTTP/1.1  (application/x-www-form-urlencoded)")]


def test_after_connect_the_port_that_was_asked_for_decides(talk: Any) -> None:
    stream = talk(3128).client(b"CONNECT a:143 HTTP/1.1\r\n\r\n").server(b"HTTP/1.1 200 OK\r\n\r\n")
    assert stream.client(b"a NOOP\r\n").rows()[2] == ("IMAP", "Request: a NOOP")


def test_after_an_upgrade_come_websocket_frames(talk: Any) -> None:
    stream = talk(80).client(GET).server(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n")
    rows = stream.client(b"\x81\x82abcdxy", b"\x89\x80abcd").server(b"\x88\0").rows()
    assert [text.strip() for _, text in rows[2:]] == [
        "WebSocket Text [FIN] [MASKED]",
        "WebSocket Ping [FIN] [MASKED]",
        "WebSocket Connection Close [FIN]",
    ]


def test_ntlm_messages_are_named(talk: Any) -> None:
    token = b"NTLM TlRMTVNTUAACAAAAAAAAAAAAAAA="
    message = b"HTTP/1.1 401 No\r\nWWW-Authenticate: " + token + b"\r\nContent-Length: 0\r\n\r\n"
    assert talk(80).server(message).rows() == [("HTTP", "HTTP/1.1 401 No , NTLMSSP_CHALLENGE")]


def test_an_empty_compressed_body_has_no_type(talk: Any) -> None:
    empty = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0"
    fields = b"Content-Encoding: gzip\r\nContent-Type: text/html\r\nContent-Length: 20\r\n"
    assert talk(80).server(response(fields, empty)).rows() == [("HTTP", "HTTP/1.1 200 OK ")]
