"""Trees of text protocols over TCP, held against tshark field by field: label, first byte and length."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pcaptui.capture import Capture
from pcaptui.fields.node import Dissection, Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings

Talk = Callable[..., list[Dissection]]
TalkFile = Callable[..., Path]
IAC = b"\xff"

HTTP = (
    80, "http,json,xml,data-text-lines,urlencoded-form,mime_multipart",
    (False, b"POST /a;x=1/b?q=1&r=%41#f HTTP/1.1\r\nHost: h\r\nAuthorization: Basic dTpwYXNz\r\nX-Odd: 1\r\n"
            b"Cookie: a=b; c=d\r\nContent-Type: application/json\r\nContent-Length: 40\r\n\r\n"
            b'{"a":[1,2.5,true,null],"b":{"c":"d e"}}\n'),
    (True, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n"
           b"5;ext=1\r\nhello\r\n0\r\nLast: 1\r\n\r\n"),
)  # fmt: skip
MARKUP = b'<?xml version="1.0"?>\n<!-- c --><a x="1">text<b/><c k="v"/></a>\n'
XML = (
    80, "http,xml", (False, b"GET / HTTP/1.1\r\n\r\n"),
    (True, b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(MARKUP) + MARKUP),
)  # fmt: skip
FTP = (
    21, "ftp", (True, b"220-hi\r\n more\r\n220 there\r\n"), (False, b"USER bob\r\n"), (False, b"PORT 10,0,0,1,4,1\r\n"),
    (True, b"200 ok\r\n"), (False, b"EPRT |2|::1|1026|\r\n"), (True, b"999 odd\r\n"), (False, b"EPSV\r\n"),
    (True, b"229 Entering (|||2000|)\r\n"), (True, b"227 =1,2,3,4,5,6\r\n"), (False, b"  LIST  -l \r\nPWD\r\n"),
    (True, b"150\r\n"), (False, b"LIST"),
)  # fmt: skip
SMTP = (
    25, "smtp", (True, b"220 x ESMTP\r\n"), (False, b"EHLO a\r\n"),
    (True, b"250-x\r\n250-AUTH LOGIN PLAIN\r\n250 OK\r\n"),
    (False, b"AUTH LOGIN\r\n"), (True, b"334 VXNlcm5hbWU6\r\n"), (False, b"dXNlcg==\r\n"),
    (True, b"334 UGFzc3dvcmQ6\r\n"), (False, b"cGFzcw==\r\n"), (True, b"235 ok\r\n"),
    (False, b"AUTH PLAIN AHVzZXIAcGFzcw==\r\n"), (True, b"235 ok\r\n"),
    (False, b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n"), (True, b"250 ok\r\n250 ok\r\n354 go\r\n"),
    (False, b"From: A <a@b>\r\nSubject: s\r\n\r\n"), (False, b"line one\r\n..dot\r\n.\r\n"), (True, b"250 queued\r\n"),
)  # fmt: skip
POP = (
    110, "pop", (True, b"+OK hi\r\n"), (False, b"USER a b\r\n"), (True, b"+OK\r\n"), (False, b"PASS p\r\n"),
    (True, b"-ERR no way\r\n"), (False, b"LIST\r\n"), (True, b"+OK 2 messages\r\n1 20\r\n2 30\r\n.\r\n"),
)  # fmt: skip
IMAP = (
    143, "imap", (True, b"* OK hi\r\n"), (False, b"a2 LOGIN bob pw\r\n"), (True, b"a2 NO [AUTH] fail\r\n"),
    (False, b"a3 SELECT Inbox\r\na4 UID STORE 1 x\r\n"), (True, b"* 1 EXISTS\r\na3 OK x\r\na4 OK y\r\n"),
    (False, b"b2 IDLE\r\n"), (True, b"+ idling\r\n"), (False, b"DONE\r\n"), (False, b"b4 FETCH 1 BODY[]\r\n"),
    (True, b"* 1 FETCH (BODY[] {28}\r\nFrom: a@b\r\nSubject: s\r\n\r\nbod)\r\nb4 OK Fetch\r\n"),
    (False, b"c4 uid copy 1 Box\r\nc5 STATUS x (M)\r\n"),
)  # fmt: skip
TELNET = (
    23, "telnet", (True, IAC + b"\xfd\x18" + IAC + b"\xfb\x01" + IAC + b"\xf1"),
    (False, IAC + b"\xfa\x18\x00xterm" + IAC + b"\xf0" + IAC + b"\xfa\x1f\x00\x50\x00\x18" + IAC + b"\xf0user\r\0"),
    (True, b"login: \r\nhi\rx" + IAC + b"\xfa\x21\x01" + IAC + b"\xf0" + IAC + b"\xfb\x63"),
    (False, IAC + b"\xfa\x2c\x01\x00\x00\x25\x80" + IAC + b"\xf0" + IAC + b"\xfa\x25\x01\x02\x00" + IAC + b"\xf0"),
    (False, IAC + b"\xfa\x20\x0038400,38400" + IAC + b"\xf0"),
)  # fmt: skip


IRC = (
    6667, "irc", (True, b":server.example NOTICE * :*** Looking up\r\n"), (False, b"USER a * * :b c\r\nNICK a\r\n"),
    (True, b":server.example 001 a :Welcome\r\nPING :x\r\n"), (False, b"JOIN #x\r\n"),
)  # fmt: skip
RTSP = (
    554, "rtsp", (False, b"SETUP rtsp://h/t RTSP/1.0\r\nCSeq: 4\r\nTransport: RTP/AVP;unicast\r\n\r\n"),
    (True, b"RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 12\r\n\r\n"),
    (False, b"PLAY rtsp://h/t RTSP/1.0\r\nCSeq: 5\r\nSession: 12\r\n\r\n"),
)  # fmt: skip


def name_list(text: bytes) -> bytes:
    return len(text).to_bytes(4) + text


def ssh_packet(payload: bytes) -> bytes:
    padding = 8 - (len(payload) + 5) % 8 + 8
    return (len(payload) + 1 + padding).to_bytes(4) + bytes([padding]) + payload + bytes(padding)


def kexinit(*lists: bytes) -> bytes:
    return ssh_packet(b"\x14" + bytes(range(16)) + b"".join(map(name_list, lists)) + bytes(5))


ALGORITHMS = (b"curve25519-sha256,x", b"ssh-ed25519", b"aes256-ctr", b"aes256-ctr", b"hmac-sha2-256", b"hmac-sha2-256",
              b"none", b"none", b"", b"")  # fmt: skip
HOST_KEY = name_list(b"ssh-ed25519") + name_list(bytes(32))
SIGNATURE = name_list(b"ssh-ed25519") + name_list(bytes(64))
SSH = (
    22, "ssh", (True, b"SSH-2.0-server\r\n"), (False, b"SSH-2.0-client\r\n"), (False, kexinit(*ALGORITHMS)),
    (True, kexinit(*ALGORITHMS)), (False, ssh_packet(b"\x1e" + name_list(bytes(32)))),
    (True, ssh_packet(b"\x1f" + name_list(HOST_KEY) + name_list(bytes(32)) + name_list(SIGNATURE))
           + ssh_packet(b"\x15")), (False, ssh_packet(b"\x15")),
)  # fmt: skip

Fact = tuple[str, str, int, int]
UNLIKE = ("http.response_number", "http.request_number", "imap.request.password")
"""tshark counts messages up to the present one only, and cuts passwords wrongly."""


def tshark_facts(path: Path, protocols: str) -> Iterator[tuple[int, Fact]]:
    """(packet, (field, label, start, length)) of what tshark shows of some protocols; length 0 where it has none."""
    shown = subprocess.run(["tshark", "-n", "-r", str(path), "-T", "pdml"], capture_output=True, timeout=60).stdout
    text = re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd]", "?", shown.decode("utf8", "replace"))
    for number, packet in enumerate(ET.fromstring(text).findall("packet"), 1):
        for protocol in packet.findall("proto"):
            if protocol.get("name") in protocols.split(","):
                yield from ((number, fact) for fact in _facts(protocol))


def _facts(element: ET.Element) -> Iterator[Fact]:
    name = element.get("name") or ""
    if element.get("hide") == "yes" or name.startswith(("_ws.", "data")):
        return
    if name:
        label = element.get("showname") or element.get("show") or ""
        yield name, squash(label), int(element.get("pos") or 0), int(element.get("size") or 0)
    for child in element:
        yield from _facts(child)


def squash(label: str) -> str:
    """White space folded, without the brackets of computed fields, which PDML leaves out."""
    label = " ".join(label.split())
    return label[1:-1].strip() if label.startswith("[") and label.endswith("]") else label


def our_facts(nodes: list[Node]) -> Iterator[tuple[str, str, int | None, int | None, bool]]:
    for _, node in tree_lines(nodes):
        yield node.field, squash(node.label), node.start, node.length, node.source is not None


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize(
    "talk", [HTTP, XML, FTP, SMTP, POP, IMAP, TELNET, SSH, IRC, RTSP], ids=lambda talk: str(talk[1]).split(",")[0]
)
def test_every_field_is_as_tshark_shows_it(talk_file: TalkFile, talk: tuple[object, ...]) -> None:
    port, protocols, *said = talk
    path = talk_file(port, *said)
    capture = Capture([str(path)])
    capture.load_all()
    around = Surroundings(capture)
    seen = 0
    for number, (field, label, start, length) in tshark_facts(path, str(protocols)):
        mine = [fact for fact in our_facts(dissect(around.context(number - 1)).nodes) if fact[0] == field]
        assert mine, (number, field, label)
        if field not in UNLIKE:
            assert label in [fact[1] for fact in mine], (number, field)
        if length:
            assert any(fact[4] or fact[2:4] == (start, length) for fact in mine), (number, field, start, length, mine)
        seen += 1
    capture.close()
    assert seen > 10


def labels(tree: Dissection, field: str) -> list[str]:
    return [node.label for _, node in tree_lines(tree.nodes) if node.field == field]


def all_labels(tree: Dissection) -> list[str]:
    return [node.label for _, node in tree_lines(tree.nodes)]


def test_logins_of_mail_are_decoded_beside_what_was_sent(talk: Talk) -> None:
    trees = talk(*SMTP[:1], *SMTP[2:])
    assert "[Decoded: user]" in all_labels(trees[5])
    assert "[Decoded: pass]" in all_labels(trees[7])
    assert [label for label in all_labels(trees[9]) if label.startswith("[")][-2:] == [
        "[Username: user]",
        "[Password: pass]",
    ]


def test_a_mail_stands_whole_in_the_packet_that_ends_it(talk: Talk) -> None:
    tree = talk(*SMTP[:1], *SMTP[2:])[14]
    assert tree.sources["Reassembled SMTP"] == b"From: A <a@b>\r\nSubject: s\r\n\r\nline one\r\n..dot\r\n"
    assert labels(tree, "smtp.data.fragment") == [
        "[Frame: 17, payload: 0-28 (29 bytes)]", "[Frame: 18, payload: 29-45 (17 bytes)]",
    ]  # fmt: skip
    assert labels(tree, "imf.subject") == ["Subject: s"]


def test_subjects_in_other_charsets_are_readable(talk: Talk) -> None:
    mail = b"From: =?euc-kr?B?yKs=?= <a@b>\r\nSubject: =?utf-8?Q?=ED=95=9C?=\r\n\r\nx\r\n.\r\n"
    said = [(False, b"DATA\r\n"), (True, b"354 go\r\n"), (False, mail)]
    tree = talk(25, *said)[2]
    assert {"[Decoded: 한]", "[Decoded: 홍 <a@b>]"} <= set(all_labels(tree))


def test_passwords_in_quotes_are_taken_whole(talk: Talk) -> None:
    (tree,) = talk(143, (False, b'a1 LOGIN "us er" "p\\"w"\r\n'))
    assert labels(tree, "imap.request.username") == ["Request Username: us er"]
    assert labels(tree, "imap.request.password") == ['Request Password: p"w']


def test_sealed_ssh_packets_name_the_suite(talk: Talk) -> None:
    *_, tree = talk(*SSH[:1], *SSH[2:], (False, bytes(range(64))))
    assert "SSH Version 2 (encryption:aes256-ctr mac:hmac-sha2-256 compression:none)" in all_labels(tree)
    assert labels(tree, "ssh.packet_length_encrypted") == ["Packet Length (encrypted): 00010203"]


def test_listings_of_a_data_stream_are_lines(shared_captures: Path) -> None:
    capture = Capture([str(shared_captures / "ndpi" / "pcap__ftp.pcap")])
    capture.load_all()
    tree = dissect(Surroundings(capture).context(42))
    capture.close()
    assert labels(tree, "ftp-data") == ["FTP Data (1205 bytes data)"]
    assert labels(tree, "ftp-data.command") == ["[Command: LIST]"]
    assert labels(tree, "data-text-lines") == ["Line-based text data (18 lines)"]


def test_sip_calls_name_both_ends(talk: Talk) -> None:
    head = b"INVITE sip:bob@b.example:5070 SIP/2.0\r\nVia: SIP/2.0/TCP h:5060;branch=z9\r\n"
    rest = b'From: "A" <sip:al@a.example>;tag=7\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n'
    (tree,) = talk(5060, (False, head + rest))
    assert labels(tree, "sip") == ["Session Initiation Protocol (INVITE)"]
    nodes = {node.field: node for _, node in tree_lines(tree.nodes)}
    facts = {field: (node.value, node.start, node.length) for field, node in nodes.items()}
    assert facts["sip.r-uri.user"] == ("bob", 65, 3)
    assert facts["sip.r-uri.port"] == ("5070", 79, 4)
    assert facts["sip.Via.branch"] == ("z9", 124, 2)
    assert facts["sip.from.host"] == ("a.example", 146, 9)
    assert facts["sip.from.tag"] == ("7", 161, 1)
    assert facts["sip.CSeq.method"] == ("INVITE", 172, 6)
