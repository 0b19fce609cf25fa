"""The follow screen: both sides of a stream, what one can do with them, and how its lines are made."""

from __future__ import annotations

import gzip
import random
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.screens.follow import FollowScreen
from pcaptui.screens.main import MainScreen
from pcaptui.terminal.clipboard import osc52
from pcaptui.widgets import follow_save
from pcaptui.widgets.follow_lines import BLOCK, LineIndex, Mode
from pcaptui.widgets.follow_search import search
from pcaptui.widgets.follow_source import CLIENT, DATA, GAP, NOTE, SERVER, Spool
from pcaptui.widgets.text import width_of
from support.screens import settle


def capture_of(path: Path, *turns: tuple[str, bytes], port: int = 7) -> Capture:
    """A TCP stream without a handshake: (side, bytes), one packet each."""
    reached = {"client": 1, "server": 1}
    packets: list[Packet] = []
    for number, (side, data) in enumerate(turns):
        other = "server" if side == "client" else "client"
        ends = ("10.0.0.1", "10.0.0.2", 4000, port) if side == "client" else ("10.0.0.2", "10.0.0.1", port, 4000)
        packet = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=ends[0], dst=ends[1])
        packet /= TCP(sport=ends[2], dport=ends[3], flags="PA", seq=reached[side], ack=reached[other]) / Raw(data)
        packet.time = 1000 + number
        packets.append(packet)
        reached[side] += len(data)
    wrpcap(str(path), packets)
    return Capture.open([str(path)])


@pytest.fixture
def follow_app(tmp_path, fakes):
    """An app over a stream of such turns."""
    return lambda *turns, port=7: PcapApp(
        capture_of(tmp_path / "stream.pcap", *turns, port=port), tree_source=fakes.FakeTrees
    )


async def followed(pilot: Any) -> FollowScreen:
    await settle(pilot, lambda: len(pilot.app.screen.model))
    await pilot.press("f")
    await settle(pilot, lambda: isinstance(pilot.app.screen, FollowScreen))
    await all_there(pilot)
    return pilot.app.screen


async def all_there(pilot: Any) -> None:
    screen = pilot.app.screen
    await settle(pilot, lambda: screen._shown and screen.view.index.complete)
    await pilot.pause()


def body(text_of: Any, screen: FollowScreen) -> list[str]:
    """The lines with anything on them, without packet number and scroll bar."""
    front = screen.view.digits + 1 if screen.view.numbered else 0
    return [line[front:].rstrip(" ▐") for line in text_of(screen.view)[1:] if line.strip(" ▐")]


async def test_both_sides_are_shown_in_order_each_line_with_the_sign_of_its_side(follow_app, text_of):
    app = follow_app(("client", b"HELO x\r\nQUIT\r\n"), ("server", b"250 hello\r\n"), ("client", b"bye"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await followed(pilot)
        assert body(text_of, screen) == [" ▸ HELO x", " ▸ QUIT", " ◂ 250 hello", " ▸ bye"]
        assert [line[:3] for line in text_of(screen.view)[1:5]] == ["  1", "   ", "  2", "  3"]


async def test_one_side_only_and_back(follow_app, text_of):
    app = follow_app(("client", b"ask\n"), ("server", b"tell\n"), ("client", b"thank\n"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await followed(pilot)
        seen = []
        for _ in range(3):
            await pilot.press("d")
            await all_there(pilot)
            seen.append(body(text_of, screen))
        assert seen == [[" ▸ ask", " ▸ thank"], [" ◂ tell"], [" ▸ ask", " ◂ tell", " ▸ thank"]]


async def test_hex_shows_offsets_per_side_and_raw_shows_every_byte(follow_app, text_of):
    app = follow_app(("client", bytes(range(20))), ("server", b"ok\r\n"), ("client", b"A"))
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await followed(pilot)
        await pilot.press("m")
        await all_there(pilot)
        lines = body(text_of, screen)
        assert lines[0].startswith(" ▸ 00000000  00 01 02 03 04 05 06 07  08 09")
        assert lines[1].startswith(" ▸ 00000010  10 11 12 13 ") and lines[3].startswith(" ▸ 00000014  41 ")
        assert lines[2].endswith("ok..")
        await pilot.press("m")
        await all_there(pilot)
        assert r" ◂ ok\r\n" in body(text_of, screen)


async def test_http_bodies_are_decompressed_and_dechunked_in_text_only(follow_app, text_of):
    page = gzip.compress(b"<p>a page to read</p>\n")
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
    answer = head + b"%x\r\n" % len(page) + page + b"\r\n0\r\n\r\n"
    app = follow_app(("client", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"), ("server", answer), port=80)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await followed(pilot)
        assert " ◂ <p>a page to read</p>" in body(text_of, screen)
        assert "HTTP" in text_of(screen.view)[0]
        await pilot.press("m", "m")
        await all_there(pilot)
        assert not any("a page to read" in line for line in body(text_of, screen))


async def test_enter_goes_to_the_packet_also_out_of_a_view_of_another_stream(follow_app):
    app = follow_app(("client", b"one\n"), ("server", b"two\n"), ("client", b"three\n"))
    async with app.run_test(size=(80, 24)) as pilot:
        await followed(pilot)
        await pilot.press("down", "down", "enter")
        await settle(pilot, lambda: isinstance(app.screen, MainScreen))
        assert app.screen.model.index(app.screen.packet_list.cursor) == 2


async def test_search_ignores_case_goes_round_and_back(follow_app):
    lines = b"".join(b"line %d\n" % number for number in range(200))
    app = follow_app(("client", lines), ("server", b"Needle one\n" + lines + b"the NEEDLE again\n"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await followed(pilot)

        async def at(row: int) -> None:
            await settle(pilot, lambda: not screen._searching and screen.view.cursor == row)

        await pilot.press("slash", *"needle", "enter")
        await at(200)
        await pilot.press("n")
        await at(401)
        await pilot.press("n")
        await at(200)
        assert "round" in screen.status_line.render_line(0).text
        await pilot.press("N")
        await at(401)
        await pilot.press("slash", *"nowhere", "enter")
        await settle(pilot, lambda: "is not in it" in screen.status_line.render_line(0).text)
        assert screen.view.cursor == 401


async def test_hostile_text_stays_literal(follow_app, text_of):
    hostile = b"[red]x[/] \x1b]0;title\x07 \x1b[2J \xe2\x80\xaeevil \xff\n"
    app = follow_app(("client", hostile))
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await followed(pilot)
        for _ in Mode:
            shown = "\n".join(text_of(screen.view))
            assert not any(character in shown for character in "\x1b\x07\u202e")
            await pilot.press("m")
            await all_there(pilot)
        assert "[red]x[/]" in body(text_of, screen)[0]


async def test_the_cursor_stays_at_its_bytes_when_the_width_changes(follow_app):
    app = follow_app(("client", b"".join(b"%03d " % number * 30 + b"\n" for number in range(100))))
    async with app.run_test(size=(130, 24)) as pilot:
        screen = await followed(pilot)
        await pilot.press("end")
        packet_text = screen.view.index.text(screen.view.cursor)
        await pilot.resize_terminal(50, 20)
        await settle(pilot, lambda: screen.view.index.width == screen.view.text_width and screen._shown)
        assert screen.view.index.text(screen.view.cursor)[:3] == packet_text[:3]


async def test_writing_asks_before_it_overwrites(follow_app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = follow_app(("client", b"ask\n"), ("server", b"tell\n"))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await followed(pilot)
        await pilot.press("w", "enter")
        target = tmp_path / "tcp-0.txt"
        await settle(pilot, lambda: "written" in screen.status_line.render_line(0).text)
        assert target.read_bytes() == b"ask\ntell\n"
        target.write_bytes(b"precious")
        await pilot.press("w", "enter")
        await settle(pilot, lambda: "exists" in screen.status_line.render_line(0).text)
        assert target.read_bytes() == b"precious"
        await pilot.press("enter")
        await settle(pilot, lambda: "written" in screen.status_line.render_line(0).text)
        assert target.read_bytes() == b"ask\ntell\n"


def test_a_file_that_breaks_off_half_way_leaves_what_was_there(tmp_path):
    def parts():
        yield b"half"
        raise OSError("gone")

    target = tmp_path / "out"
    target.write_bytes(b"precious")
    with pytest.raises(OSError, match="gone"):
        follow_save.write(str(target), parts(), overwrite=True)
    with pytest.raises(FileExistsError):
        follow_save.write(str(target), iter([b"new"]), overwrite=False)
    assert target.read_bytes() == b"precious" and list(tmp_path.iterdir()) == [target]


async def test_copying_over_ssh_goes_through_the_terminal_and_says_so(follow_app, monkeypatch):
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    app = follow_app(("client", b"ask\n"), ("server", b"tell\n"))
    sent: list[str] = []
    monkeypatch.setattr(app, "to_terminal", sent.append)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await followed(pilot)
        await pilot.press("y")
        await settle(pilot, lambda: "terminal" in screen.status_line.render_line(0).text)
        assert sent == [osc52("ask\ntell\n")]


async def test_a_packet_without_a_stream_has_nothing_to_follow(tmp_path, fakes):
    path = tmp_path / "other.pcap"
    wrpcap(str(path), [Ether(src="02:00:00:00:00:01", type=0x88B5) / Raw(b"x" * 50)])
    app = PcapApp(Capture.open([str(path)]), tree_source=fakes.FakeTrees)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f", "S")
        assert isinstance(app.screen, MainScreen)


# Lines.


class Fake:
    """Pieces from a list of (side, kind, bytes); `read` counts the bytes that were asked for."""

    complete = True

    def __init__(self, *pieces: tuple[int, int, bytes]) -> None:
        self.pieces = pieces
        self.count = len(pieces)
        self.asked = 0

    def grow(self) -> None:
        raise AssertionError("complete")

    def side(self, place: int) -> int:
        return self.pieces[place][0]

    def kind(self, place: int) -> int:
        return self.pieces[place][1]

    def packet(self, place: int) -> int:
        return place

    def size(self, place: int) -> int:
        return len(self.pieces[place][2])

    def start(self, place: int) -> int:
        return sum(len(data) for side, _, data in self.pieces[:place] if side == self.pieces[place][0])

    def read(self, place: int, start: int, stop: int) -> bytes:
        part = self.pieces[place][2][start:stop]
        self.asked += len(part)
        return part

    def of_packet(self, packet: int) -> int | None:
        return packet


def indexed(pieces: Any, mode: Mode = Mode.TEXT, width: int = 40, side: int | None = None) -> LineIndex:
    index = LineIndex(pieces, mode, width, side)
    while index.step():
        pass
    return index


def texts(index: LineIndex) -> list[str]:
    return [index.text(row) for row in range(index.row_count)]


@given(
    st.lists(st.tuples(st.sampled_from([CLIENT, SERVER]), st.binary(min_size=1, max_size=300)), max_size=12),
    st.sampled_from(Mode),
    st.integers(8, 100),
)
def test_lines_hold_every_byte_once_and_fit(turns, mode, width):
    index = indexed(Fake(*((side, DATA, data) for side, data in turns)), mode, width)
    sent = [b"".join(data for side, data in turns if side == wanted) for wanted in (CLIENT, SERVER)]
    seen = [b"", b""]
    for number in range(index.block_count):
        block = index.block(number)
        rows = block.rows
        assert rows[0][0] == 0 and rows[-1][1] == len(block.data)
        assert all(before[1] == after[0] for before, after in pairwise(rows))
        seen[block.side] += block.data
    assert seen == sent
    limit = max(width, 28) if mode is Mode.HEX else width
    if mode is not Mode.TEXT:
        assert all(width_of(text) <= limit for text in texts(index))


def test_long_lines_wrap_alike_across_blocks():
    index = indexed(Fake((CLIENT, DATA, b"x" * (3 * BLOCK + 5))), width=33)
    lengths = [len(text) for text in texts(index)]
    assert set(lengths[:-1]) == {33} and sum(lengths) == 3 * BLOCK + 5


def test_wide_characters_wrap_by_cells_and_stay_whole():
    index = indexed(Fake((CLIENT, DATA, "한국어 시험 ".encode() * 30)), width=20)
    assert all(width_of(text) <= 20 for text in texts(index))
    assert "".join(texts(index)) == "한국어 시험 " * 30


def test_only_the_bytes_near_the_shown_lines_are_read():
    pieces = Fake(*((CLIENT, DATA, b"some words\n" * 1000) for _ in range(200)))
    index = indexed(pieces)
    pieces.asked = 0
    assert index.text(index.row_count // 2) == "some words"
    assert pieces.asked <= BLOCK


def test_a_place_is_found_again_whatever_the_width():
    random.seed(3)
    pieces = Fake(
        *((random.choice([CLIENT, SERVER]), DATA, random.randbytes(random.randint(1, 40_000))) for _ in range(9))
    )
    wide, narrow = indexed(pieces, width=90), indexed(pieces, width=17)
    for row in range(0, wide.row_count, 37):
        place = wide.place_of(row)
        found = narrow.row_at(*place)
        assert narrow.place_of(found) <= place
        assert found + 1 == narrow.row_count or narrow.place_of(found + 1) > place


def test_gaps_and_notes_have_lines_of_their_own():
    index = indexed(Fake((CLIENT, DATA, b"a"), (CLIENT, GAP, b"12"), (SERVER, NOTE, b"[a note]"), (CLIENT, DATA, b"b")))
    assert texts(index) == ["a", "[2 bytes missing in the capture]", "[a note]", "b"]


@pytest.mark.parametrize("forwards", [True, False])
def test_a_match_across_pieces_and_blocks_is_found(forwards):
    data = b"." * (BLOCK - 3) + b"needle" + b"." * BLOCK
    index = indexed(Fake(*((CLIENT, DATA, data[at : at + 1000]) for at in range(0, len(data), 1000))), width=50)
    found = search(index, "NeedLe", (0, 0), forwards, lambda: True)
    assert found is not None
    assert index.data(found[0])[found[1] :][:3] == b"nee"[: len(index.data(found[0])) - found[1]]
    assert search(index, "needles", (0, 0), forwards, lambda: True) is None


def test_hex_digits_find_bytes_in_the_hex_view():
    index = indexed(Fake((CLIENT, DATA, b"\x00\x01\xff\xfe")), Mode.HEX)
    assert search(index, "FF fe", (0, 0), True, lambda: True) == (0, 2)


def test_what_is_decoded_is_read_back_while_more_comes():
    parts = [
        (n % 2, NOTE if n % 7 == 0 else DATA, n, bytes([n % 256]) * (n % 50_000 // 3), 0) for n in range(0, 9000, 7)
    ]
    spool = Spool(iter(parts))
    while not spool.complete:
        spool.grow()
        for place in (0, spool.count // 2, spool.count - 1):
            assert spool.read(place, 0, 1 << 20) == parts[place][3]
            assert (spool.side(place), spool.packet(place)) == (parts[place][0], parts[place][2])


def test_hex_is_written_as_lines_and_raw_as_the_bytes_alone():
    pieces = Fake((CLIENT, DATA, b"ab"), (SERVER, GAP, b"123"), (SERVER, DATA, b"\xff"))
    assert b"".join(follow_save.content(pieces, Mode.RAW, None)) == b"ab\xff"
    text = b"".join(follow_save.content(pieces, Mode.TEXT, None))
    assert text == b"ab\n[3 bytes missing]\n\xff"
    lines = b"".join(follow_save.content(pieces, Mode.HEX, SERVER)).decode().splitlines()
    assert lines[0] == "[3 bytes missing]" and lines[1].startswith("< 00000003  ff ")


def test_picture_of_a_stream(snap_compare, follow_app):
    """Both sides in their colours and with their signs, a gap, packet numbers at the left."""
    app = follow_app(
        ("client", b"GET /index.html HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("server", b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n<p>Hello, world</p>\r\n"),
        port=80,
    )

    async def open_it(pilot: Any) -> None:
        await followed(pilot)
        await pilot.press("slash", *"hello", "enter")
        await pilot.pause(0.3)

    assert snap_compare(app, terminal_size=(100, 16), run_before=open_it)
