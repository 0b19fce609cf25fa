"""Text protocols' trees from bytes made to break them: cut everywhere, spoilt, lying about sizes, blown up, nested."""

from __future__ import annotations

import base64
import gzip
import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.fields import registry
from pcaptui.fields.branch import Enough, View, Walk
from pcaptui.fields.context import Context, Message
from pcaptui.fields.node import Node, tree_lines

HEAD = b"HTTP/1.1 200 OK\r\n"
PARTS = (
    b"pre\r\n--B\r\nContent-Type: image/gif\r\n\r\nGIF89a\1\0\1\0\0\0\0\r\n--B\r\n"
    b"Content-Transfer-Encoding: base64\r\nContent-Type: text/xml\r\n\r\nPGEgYj0iMSI+PC9hPg==\r\n--B--\r\n"
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x06\x08\x06\0\0\0abcd\0\0\0\0IEND1234"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x0b\x08\0\x10\0\x20\x01\1\2\3\xff\xda\0\x08"
KEX = b"\0\0\0\x44\4\x14" + bytes(16) + (b"\0\0\0\1a" * 10) + bytes(9)
FORM = (
    b"POST /a?b=c HTTP/1.1\r\nHost: h\r\nCookie: a=b; c\r\nAuthorization: Basic dTpw\r\nX: y\r\n z\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\na=%41&b=%"
)
CHUNKED = (
    HEAD + b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\nContent-Type: text/html\r\n\r\n"
    b"15\r\n" + gzip.compress(b"")[:21] + b"\r\n0\r\nA: b\r\n\r\n"
)  # fmt: skip
MAIL = (
    b'From: =?euc-kr?B?yKs=?= <a@b>, "c,d" <e>\r\nX: y\r\nContent-Type: text/plain; charset=euc-kr\r\n'
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=C8=AB\r\n.\r\nQUIT\r\n"
)
OPTIONS = (
    b"a\r\0b\r\n\xff\xff\xff\xfd\x18\xff\xfa\x18\0x\xff\xf0\xff\xfa\x1f\0\1\0\2\xff\xf0"
    b"\xff\xfa\x25\1\2\0\xff\xf0\xff\xfa\x2c\1\0\0\1\0\xff\xf0\xff\xf1"
)
REPLY = b"\0\0\0\x2a\4\x1f\0\0\0\x0b\0\0\0\7ssh-rsa\0\0\0\1a\0\0\0\1b\0\0\0\1c" + bytes(12)
CALL = (
    b'INVITE sip:a@b:5060 SIP/2.0\r\nVia: SIP/2.0/UDP h:5060;branch=z;rport\r\nf: "A" <sip:c@d>;tag=1\r\n'
    b"CSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"
)
BOTH = {"ssh.banner": (True, True)}
FETCH = b"* 1 FETCH (BODY[] {20}\r\nFrom: a\r\n\r\nbody\r\n\r\n)\r\na OK b c\r\n"


def body(kind: bytes, content: bytes) -> bytes:
    return HEAD + b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n" % (kind, len(content)) + content


SAID: list[tuple[str, bool, bytes, dict[str, Any]]] = [
    ("http", False, FORM, {}),
    ("http", True, CHUNKED, {}),
    ("http", True, body(b"application/json", b'{"a":[1,-2.5e3,{"b":"\\u00e9"}],1}'), {}),
    ("http", True, body(b"text/xml", b"<?xml a='1'?><!-- --><a b='c'><![CDATA[x]]></a>"), {}),
    ("http", True, body(b"multipart/mixed; boundary=B", PARTS), {}),
    ("http", True, body(b"image/png", PNG), {}),
    ("http", True, body(b"image/jpeg", JPEG), {}),
    ("http", True, b"\x16\3\1\0\5hello", {"http.connect": "a:443"}),
    ("ftp", True, b"227 (1,2,3,4,5,6)\r\n229 (|||77|)\r\n", {}),
    ("ftp", False, b"EPRT |2|::1|77|\r\nPORT 1,2,3,4,5,6\r\n", {}),
    ("smtp", True, b"250-a\r\n250 b\r\n334 \r\n", {}),
    ("smtp", False, b"AUTH PLAIN AGEAYg==\r\nAUTH LOGIN\r\nYQ==\r\nDATA\r\nx\r\n.\r\nQUIT\r\n", {}),
    ("smtp", False, MAIL, {"smtp.reading": True}),
    ("pop", True, b"+OK a\r\nb\r\n.\r\n", {}),
    ("pop", True, b"From: a\r\n\r\nb\r\n.\r\n", {}),
    ("pop", False, b"PASS x\r\n", {}),
    ("imap", True, FETCH, {}),
    ("imap", False, b'a LOGIN "b\\"" c\r\nb UID FETCH 1\r\nc COPY 1 d\r\n', {}),
    ("telnet", True, OPTIONS, {}),
    ("irc", True, b":a!b 001 c d :e f\r\nPING\r\n:x\r\n", {}),
    ("rtsp", False, b"SETUP rtsp://a/b RTSP/1.0\r\nTransport: x\r\nContent-Length: 2\r\n\r\nab$\1\0\3abc", {}),
    ("sip", False, CALL, {}),
    ("sip", True, b'SIP/2.0 401 No\r\nl: 0\r\nWWW-Authenticate: Digest realm="a", nonce=b\r\n\r\n', {}),
    ("ssh", True, b"SSH-2.0-x\r\n" + KEX + b"\0\0\0\x0c\x0a\x15" + bytes(10), {}),
    ("ssh", True, REPLY, {**BOTH, "ssh.method": "curve25519-sha256"}),
    ("ssh", False, bytes(40), {**BOTH, "ssh.sealed": (True, True), "ssh.suite_0": "a,b,c"}),
]
IDS = [f"{name}-{place}" for place, (name, *_) in enumerate(SAID)]


NTLM = (
    b"NTLMSSP\0\2\0\0\0\4\0\4\0\x38\0\0\0\1\0\x8a\2" + bytes(16) + b"\x14\0\x14\0\x3c\0\0\0" + bytes(8)
    + b"a\0b\0\2\0\4\0a\0b\0\7\0\x08\0" + bytes(8) + bytes(4)
)  # fmt: skip


def test_spoilt_ntlm_messages() -> None:
    chance = random.Random(3)
    for _ in range(300):
        spoilt = bytearray(NTLM[: chance.randint(12, len(NTLM))])
        spoilt[8] = chance.randint(1, 3)
        for _ in range(2):
            spoilt[chance.randrange(8, len(spoilt))] = chance.randrange(256)
        line = b"WWW-Authenticate: NTLM " + base64.b64encode(spoilt) + b"\r\n\r\n"
        walk = build("http", True, HEAD + line, {})
        sound(walk)
        assert bytes(spoilt) in walk.sources.values()


def build(protocol: str, server: bool, data: bytes, facts: dict[str, Any], layer: str = "") -> Walk:
    """The walk after one message; whatever leaves the builder but Enough fails the test."""
    registry.load()
    walk = Walk(Context(1, data, len(data), 1))
    message = Message(0, len(data), protocol, from_server=server, facts=dict(facts), layer=layer or protocol)
    builder = registry.streams[protocol]
    with suppress(Enough):
        walk.call(lambda walk, view: builder(walk, view, message), View(data, 0, len(data), len(data)))
    return walk


def sound(walk: Walk) -> None:
    """No builder was stopped by its own mistake, and every line's bytes are in its buffer."""
    for _, node in tree_lines(walk.nodes):
        assert not node.label.startswith("[Dissector stopped"), node.label
        if node.start is not None and node.length is not None:
            size = len(walk.sources[node.source]) if node.source else len(walk.context.frame)
            assert 0 <= node.start <= node.start + node.length <= size, node


@pytest.mark.parametrize("said", SAID, ids=IDS)
def test_messages_cut_at_every_byte(said: tuple[str, bool, bytes, dict[str, Any]]) -> None:
    protocol, server, data, facts = said
    for end in range(len(data) + 1):
        sound(build(protocol, server, data[:end], facts))


@pytest.mark.parametrize("said", SAID, ids=IDS)
def test_messages_with_flipped_bytes(said: tuple[str, bool, bytes, dict[str, Any]]) -> None:
    protocol, server, data, facts = said
    chance = random.Random(7)
    for _ in range(150):
        spoilt = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        sound(build(protocol, server, bytes(spoilt), facts))


@given(protocol=st.sampled_from(["http", "ftp", "smtp", "pop", "imap", "telnet", "ssh"]), server=st.booleans(),
       data=st.binary(max_size=300), reading=st.booleans())  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_any_bytes(protocol: str, server: bool, data: bytes, reading: bool) -> None:
    sound(build(protocol, server, data, {"smtp.reading": reading, "ssh.banner": (True, True), "smtp.login": 1}))


@pytest.mark.parametrize("size", [b"ffffffffffffffff", b"7fffffff", b"0" * 40, b"-1", b"zz"])
def test_chunk_sizes_that_lie(size: bytes) -> None:
    walk = build(
        "http", True, HEAD + b"Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n" + size + b"\r\nabc", {}
    )
    sound(walk)
    assert walk.nodes[0].field == "http"


def test_a_bomb_is_opened_only_so_far() -> None:
    bomb = gzip.compress(bytes(40 << 20))
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Type: application/x-thing\r\nContent-Length: %d\r\n\r\n" % len(
        bomb
    )
    walk = build("http", True, head + bomb, {})
    assert len(walk.sources["Uncompressed entity body"]) <= 8 << 20
    assert any("more than" in node.label for _, node in tree_lines(walk.nodes))


def nested(kind: str, depth: int) -> bytes:
    content = {"json": b"[" * depth, "xml": b"<a>" * depth, "object": b'{"a":' * depth}[kind]
    return body(b"text/xml" if kind == "xml" else b"application/json", content)


@pytest.mark.parametrize("kind", ["json", "xml", "object"])
def test_thousands_of_levels(kind: str) -> None:
    walk = build("http", True, nested(kind, 5000), {})
    sound(walk)
    assert max(depth for depth, _ in tree_lines(walk.nodes)) < 200


def test_multipart_in_multipart_ends() -> None:
    content = b"x"
    for _ in range(60):
        content = b"--B\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" + content + b"\r\n"
    sound(build("http", True, body(b"multipart/mixed; boundary=B", content), {}))


def test_mails_in_mails_end() -> None:
    mail = b"x"
    for _ in range(60):
        mail = b"Content-Type: message/rfc822; a=b\r\n\r\n" + mail
    sound(build("smtp", False, mail + b"\r\n.\r\n", {"smtp.reading": True}))


@pytest.mark.parametrize(
    "data",
    [HEAD + b"a: b\r\n" * 60_000 + b"\r\n", b"GET /?" + b"a&" * 60_000 + b" HTTP/1.1\r\n\r\n",
     HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 60_000 + b"0\r\n\r\n",
     HEAD + b"Cookie: " + b"a;" * 60_000 + b"\r\n\r\n",
     HEAD + b"Content-Type: text/plain\r\n\r\n" + b"\n" * 200_000],
    ids=["headers", "parameters", "chunks", "cookies", "lines"],
)  # fmt: skip
def test_floods_of_lines_are_bounded(data: bytes) -> None:
    walk = build("http", not data.startswith(b"GET"), data, {})
    assert walk.count <= 60_001
    sound(walk)


def test_an_escape_in_a_header_is_written_out() -> None:
    walk = build("http", True, HEAD + b"X: \x1b[31mred\xff\r\n\r\n", {})
    labels = [node.label for _, node in tree_lines(walk.nodes) if isinstance(node, Node)]
    assert "X: \\033[31mred\ufffd\\r\\n" in labels
