"""SIP rows."""

import pytest

from pcaptui.protocols.packet import Packet
from pcaptui.protocols.sip import sip, sip_stream


def message(first: str, method: str = "INVITE", extra: str = "", body: str = "") -> bytes:
    head = f"{first}\r\nTo: <sip:c@d>\r\nCSeq: 1 {method}\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def row(data: bytes) -> tuple[str, str]:
    packet = Packet(1, b"", 0, 1)
    assert sip(packet, data)
    return packet.protocol, packet.info


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (message("BYE sip:c@d SIP/2.0", "BYE"), "Request: BYE sip:c@d | "),
        (message("FOO sip:c@d SIP/2.0", "FOO"), "Unknown request: FOO sip:c@d | "),
        (message("SIP/2.0 401 Not you"), "Status: 401 Not you | "),
        (message("SIP/2.0 200 OK"), "Status: 200 OK (INVITE) | "),
        (message("INVITE sip:a SIP/2.0", extra="t: <sip:c@d>;tag=3\r\n"), "Request: INVITE sip:a, in-dialog | "),
    ],
)
def test_first_line(data, words):
    assert row(data) == ("SIP", words)


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("", "fetch bindings"),
        ("Contact: <sip:a@b>\r\n", "1 binding"),
        ("Contact: <sip:a@b>,<sip:e@f>\r\n", "2 bindings"),
        ("Contact: *\r\nExpires: 0\r\n", "remove all bindings"),
        ("Contact: <sip:a@b>;expires=0\r\n", "remove 1 binding"),
    ],
)
def test_registration_tells_its_bindings(extra, words):
    assert row(message("REGISTER sip:d SIP/2.0", "REGISTER", extra))[1] == f"Request: REGISTER sip:d  ({words}) | "


def test_body_types():
    sdp = message("INVITE sip:a SIP/2.0", extra="Content-Type: application/sdp\r\n", body="v=0\r\n")
    assert row(sdp) == ("SIP/SDP", "Request: INVITE sip:a | ")
    text = message("MESSAGE sip:a SIP/2.0", extra="Content-Type: text/plain\r\n", body="hello")
    assert row(text)[1] == "Request: MESSAGE sip:a |  (text/plain)"


def test_other_text_is_not_sip():
    assert sip(Packet(1, b"", 0, 1), b"GET / HTTP/1.1\r\n\r\n") is False


def test_over_tcp_a_message_waits_for_its_body():
    data = message("INVITE sip:a SIP/2.0", extra="Content-Type: text/plain\r\n", body="hello")
    packet = Packet(1, b"", 0, 1)
    assert sip_stream(packet, data[:-2], None, 0) == 0
    assert packet.want == 2
    assert sip_stream(packet, data, None, 0) == len(data)
