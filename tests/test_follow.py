"""Following a stream: text, HTTP bodies, TLS records, and --print follow as scripts see it."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.content import Decoder, Undecodable
from pcaptui.follow import Chunk, Text, chunks, likely_view, open_stream
from pcaptui.follow_http import Part, http_view
from pcaptui.follow_tls import tls_records

BODY = b"The quick brown fox jumps over the lazy dog. " * 40


def talk(*turns: tuple[str, bytes | int]) -> list[Chunk]:
    """Chunks of a stream: (side, bytes or size of a gap), one packet each."""
    reached = {"client": 0, "server": 0}
    found = []
    for packet, (side, what) in enumerate(turns):
        size = what if isinstance(what, int) else len(what)
        data, gap = (b"", what) if isinstance(what, int) else (what, 0)
        found.append(Chunk(packet, side, reached[side], data, gap))
        reached[side] += size
    return found


def cut(side: str, data: bytes, size: int) -> list[tuple[str, bytes | int]]:
    return [(side, data[at : at + size]) for at in range(0, len(data), size)]


def of_kind(parts: Iterable[Part], kind: str) -> list[tuple[str, bytes]]:
    """Neighbouring parts of a kind and side put together."""
    found: list[tuple[str, bytes]] = []
    last = None
    for part in parts:
        if part.kind == kind:
            if last == (kind, part.side):
                found[-1] = part.side, found[-1][1] + part.data
            else:
                found.append((part.side, part.data))
        last = part.kind, part.side
    return found


# Text.


@given(st.binary(max_size=60), st.integers(1, 7))
def test_text_has_no_control_characters_however_it_is_cut(data: bytes, size: int) -> None:
    text = Text()
    shown = "".join(text.feed(data[at : at + size]) for at in range(0, len(data), size)) + text.end()
    assert all(c.isprintable() or c in "\n\t" for c in shown)
    assert len(shown) == len(data) - data.count(b"\r\n")


def test_text_keeps_words_and_line_ends() -> None:
    text = Text()
    assert text.feed(b"A\tb\r") + text.feed(b"\nc\x1b[31m\xff\r") + text.feed(b"x") == "A\tb\nc.[31m..x"


# HTTP.


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_chunked_compressed_body_is_shown_plain(size: int) -> None:
    packed = gzip.compress(BODY)
    body = b"5;ext=1\r\n" + packed[:5] + b"\r\n" + b"%X\r\n" % len(packed[5:]) + packed[5:] + b"\r\n0\r\nT: 1\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    after = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    request = b"GET / HTTP/1.1\r\n\r\n"
    turns = [*cut("client", request * 2, size), *cut("server", head + body + after, size)]
    parts = list(http_view(talk(*turns)))
    assert of_kind(parts, "body") == [("server", BODY), ("server", b"ok")]
    assert b"".join(data for side, data in of_kind(parts, "head") if side == "client") == request * 2
    assert not of_kind(parts, "raw") and not of_kind(parts, "note")


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda data: zlib.compress(data)[2:-4]),
        ("identity", bytes),
        ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
    ],
)
def test_codings_are_undone(coding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(BODY)
    for size in (1, len(packed)):
        decoder = Decoder(coding)
        pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
        assert b"".join(plain for piece in pieces for plain in decoder.feed(piece)) == BODY


def test_zstd_is_undone_where_the_package_is_there() -> None:
    zstandard = pytest.importorskip("zstandard")
    assert b"".join(Decoder("zstd").feed(zstandard.ZstdCompressor().compress(BODY))) == BODY


@pytest.mark.parametrize(
    ("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("gzip, gzip", None)]
)
def test_a_bomb_goes_off_to_a_limit_only(coding: str, pack: Callable[[bytes], bytes] | None) -> None:
    bomb = pack(bytes(1 << 22)) if pack else gzip.compress(gzip.compress(bytes(1 << 22)))
    decoder, out = Decoder(coding, limit=100_000), 0
    with pytest.raises(Undecodable, match="100,000"):
        for plain in decoder.feed(bomb):
            out += len(plain)
            assert len(plain) <= 1 << 19
    assert out == 100_000


@pytest.mark.parametrize("coding", ["rot13", "gzip,gzip,gzip,gzip"])
def test_a_strange_coding_shows_the_body_as_it_was_sent(coding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 3\r\n\r\n".encode()
    parts = list(http_view(talk(("server", head + b"abc"))))
    assert of_kind(parts, "body") == [("server", b"abc")]
    assert len(of_kind(parts, "note")) == 1


def test_damaged_compressed_data_is_shown_as_far_as_it_goes() -> None:
    packed = gzip.compress(BODY, 0)
    packed = packed[:200] + b"\xff" * 40 + packed[240:]
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    after = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"
    parts = list(http_view(talk(("server", head + packed + after))))
    assert len(of_kind(parts, "note")) == 1
    assert of_kind(parts, "head")[-1] == ("server", after)


def test_a_head_request_and_not_modified_have_no_body() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n"
    none = b"HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\n"
    full = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"
    turns = [("client", b"HEAD / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
             ("server", b"HTTP/1.1 100 Continue\r\n\r\n" + head + none + full)]  # fmt: skip
    parts = list(http_view(talk(*turns)))
    assert of_kind(parts, "body") == [("server", b"body")] and not of_kind(parts, "raw")


def test_a_body_without_length_goes_to_the_end() -> None:
    parts = list(http_view(talk(("server", b"HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 is no head here"), ("server", b"!"))))
    assert of_kind(parts, "body") == [("server", b"HTTP/1.1 is no head here!")]


def test_a_gap_in_a_body_keeps_the_next_message_in_step() -> None:
    after = b"HTTP/1.1 204 No Content\r\n\r\n"
    turns = [("server", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab"), ("server", 5), ("server", b"xyz" + after)]
    parts = list(http_view(talk(*turns)))
    assert [part.size for part in parts if part.kind == "gap"] == [5]
    assert of_kind(parts, "body") == [("server", b"ab"), ("server", b"xyz")]
    assert of_kind(parts, "head")[-1] == ("server", after)


def test_behind_an_upgrade_bytes_are_raw() -> None:
    turns = [
        ("client", b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
        ("server", b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x02hi"),
        ("client", b"GET / HTTP/1.1\r\n\r\n"),
    ]
    assert of_kind(http_view(talk(*turns)), "raw") == [
        ("server", b"\x81\x02hi"), ("client", b"GET / HTTP/1.1\r\n\r\n"),
    ]  # fmt: skip


SNIPPETS = [
    b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n",
    b"Content-Encoding: gzip\r\n", b"5\r\n", b"0\r\n", b"hello", b"\x00\xff", gzip.compress(b"x"), b"FFFFFFFFFFFF\r\n",
]  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(["client", "server"]), st.one_of(st.sampled_from(SNIPPETS), st.integers(1, 9))),
        max_size=25,
    )
)
def test_any_stream_has_a_view(turns: list[tuple[str, bytes | int]]) -> None:
    parts = list(http_view(talk(*turns)))
    gaps = [what for _, what in turns if isinstance(what, int)]
    assert sorted(part.size for part in parts if part.kind == "gap") == sorted(gaps)
    assert {part.kind for part in parts} <= {"head", "body", "raw", "gap", "note"}
    list(tls_records(talk(*turns)))


# TLS.


def record(kind: int, body: bytes, version: bytes = b"\x03\x03") -> bytes:
    return bytes([kind]) + version + len(body).to_bytes(2, "big") + body


def handshake(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + len(body).to_bytes(3, "big") + body


HELLO = record(22, handshake(1, b"\x03\x03" + bytes(33) + b"\0\x02\x13\x01\x01\0"), b"\x03\x01")


@pytest.mark.parametrize("size", [1, 6, 10_000])
def test_records_are_listed_whatever_the_segments(size: int) -> None:
    server = (
        record(22, handshake(14, b"")) + record(20, b"\x01") + record(22, bytes(range(40))) + record(23, b"z" * 600)
    )
    records = list(tls_records(talk(*cut("client", HELLO, size), *cut("server", server, size))))
    assert [(r.side, r.text) for r in records] == [
        ("client", "Client Hello"), ("server", "Server Hello Done"), ("server", "Change Cipher Spec"),
        ("server", "Encrypted Handshake Message"), ("server", "Application Data"),
    ]  # fmt: skip
    assert records[0].version_text == "TLSv1" and records[1].version_text == "TLSv1.2"
    assert [r.start for r in records if r.side == "server"] == [0, 9, 15, 60]
    assert records[-1].length == 600 and not any(r.missing for r in records)


def test_a_gap_in_a_record_is_counted_and_the_next_record_found() -> None:
    data = record(23, b"z" * 100)
    records = list(
        tls_records(talk(("server", data[:50]), ("server", 20), ("server", data[70:] + record(21, b"\x01\0"))))
    )
    assert [(r.text, r.missing) for r in records] == [
        ("Application Data", 20), ("Alert (Level: Warning, Description: Close Notify)", 0),
    ]  # fmt: skip


def test_what_comes_before_tls_is_told_apart() -> None:
    records = list(tls_records(talk(("server", b"220 ready\r\n"), ("client", b"STARTTLS\r\n"), ("client", HELLO))))
    assert [(r.side, r.text) for r in records] == [
        ("server", "not TLS"), ("client", "not TLS"), ("client", "Client Hello"),
    ]  # fmt: skip


def test_a_record_that_is_not_finished_is_listed_with_what_is_missing() -> None:
    (one,) = tls_records(talk(("client", record(23, b"abcdef")[:-2])))
    assert (one.length, one.missing) == (6, 2)


# Captures and the command.


def tcp(direction: int, at: int, payload: bytes, ports: tuple[int, int] = (40000, 80)) -> Ether:
    hosts = ("10.0.0.1", "10.0.0.2")
    source, destination = ports if direction == 0 else ports[::-1]
    frame = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    frame /= IP(src=hosts[direction], dst=hosts[1 - direction])
    return frame / TCP(sport=source, dport=destination, seq=1 + at, ack=1, flags="PA") / Raw(payload)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A stream with a gap, and the beginning of another one."""
    path = tmp_path / "made.pcap"
    packets = [
        tcp(0, 0, b"GET / HTTP/1.1\r\n\r\n"), tcp(1, 0, b"HTTP/1.1 200 OK\r\n\r\n\x00\x1b[2Jx"), tcp(1, 30, b"tail"),
        tcp(0, 0, HELLO, (40001, 443)),
    ]  # fmt: skip
    for number, packet in enumerate(packets):
        packet.time = 1_600_000_000 + number / 4
    wrpcap(str(path), packets)
    return path


def test_the_view_that_fits_is_told(made: Path) -> None:
    capture = Capture([str(made)])
    capture.load_all()
    plans = [open_stream(capture, "tcp", number) for number in (0, 1)]
    assert [likely_view(plan) for plan in plans] == ["http", "tls"]
    assert b"".join(chunk.data for chunk in chunks(plans[1])) == HELLO


def test_follow_prints_the_objects_of_the_contract(pcaptui, made: Path) -> None:
    done = pcaptui(made, "--print", "follow", "--stream", "tcp:0", "--format", "jsonl")
    first, second, gap, last = map(json.loads, done.stdout.decode().splitlines())
    assert done.returncode == 0 and done.stderr == b""
    data = base64.b64encode(b"GET / HTTP/1.1\r\n\r\n").decode()
    assert first == {"packet": 1, "from": "client", "time": 0.0, "data": data}
    assert (second["packet"], second["from"], second["time"]) == (2, "server", 0.25)
    assert gap == {"gap": 5, "from": "server"}
    assert base64.b64decode(last["data"]) == b"tail"


def test_follow_prints_text_raw_and_columns(pcaptui, made: Path) -> None:
    text = pcaptui(made, "--print", "follow", "--stream", "tcp:0").stdout
    assert text == b"GET / HTTP/1.1\n\nHTTP/1.1 200 OK\n\n..[2Jx\n[5 bytes missing]\ntail\n"
    raw = pcaptui(made, "--print", "follow", "--stream", "tcp:0", "--format", "raw").stdout
    assert raw == b"GET / HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\x00\x1b[2Jxtail"
    lines = pcaptui(made, "--print", "follow", "--stream", "tcp:0", "--format", "tsv").stdout.decode().splitlines()
    assert lines[0] == "packet\tfrom\ttime\tgap\tdata"
    assert lines[3] == "\tserver\t\t5\t"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--stream", "tcp:2"], "tcp:2: there is no such stream; the capture has 2 TCP streams, tcp:0 to tcp:1"),
        (["--stream", "udp:0"], "udp:0: there is no such stream; the capture has no UDP stream"),
        ([], "--print follow needs the stream"),
    ],
)
def test_a_stream_that_is_not_there_is_wrong_usage(pcaptui, made: Path, arguments: list[str], words: str) -> None:
    done = pcaptui(made, "--print", "follow", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert words in done.stderr.decode() and done.stderr.count(b"\n") == 1
