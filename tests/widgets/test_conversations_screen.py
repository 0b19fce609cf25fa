"""The conversations screen and a conversation's story: what is shown, sorted, filtered, and where the keys lead."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.screens.conversations import ConversationsScreen
from pcaptui.screens.flow_graph import FlowGraphScreen
from pcaptui.screens.follow import FollowScreen
from pcaptui.screens.main import MainScreen
from pcaptui.screens.story import StoryScreen
from pcaptui.screens.streams import StreamHost
from pcaptui.tracker.conversations import Conversation
from pcaptui.tracker.lifecycle import State
from pcaptui.widgets.conversation_data import ConversationColumns, chosen, ordered, sort_columns
from pcaptui.widgets.conversation_row import KEYS, Widths, fit, headings
from pcaptui.widgets.text import width_of
from support.screens import settle

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"


def tcp(port: int, back: bool, flags: str, seq: int, ack: int, data: bytes = b"") -> Packet:
    ends = (SERVER, CLIENT, 80, port) if back else (CLIENT, SERVER, port, 80)
    layers = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=ends[0], dst=ends[1])
    layers /= TCP(sport=ends[2], dport=ends[3], flags=flags, seq=seq, ack=ack)
    return layers / Raw(data) if data else layers


def visit(port: int, answer: bytes) -> list[Packet]:
    """A connection with one request, closed by the server."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(answer)
    end, end_of_answer = 1 + len(request), 1 + len(head) + len(answer)
    return [
        tcp(port, False, "S", 0, 0), tcp(port, True, "SA", 0, 1), tcp(port, False, "A", 1, 1),
        tcp(port, False, "PA", 1, 1, request), tcp(port, True, "PA", 1, end, head + answer),
        tcp(port, True, "FA", end_of_answer, end), tcp(port, False, "FA", end, end_of_answer + 1),
        tcp(port, True, "A", end_of_answer + 1, end + 1),
    ]  # fmt: skip


def refused(port: int) -> list[Packet]:
    return [tcp(port, False, "S", 0, 0), tcp(port, True, "RA", 0, 1)]


def question() -> list[Packet]:
    front = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=CLIENT, dst="192.0.2.53")
    return [front / UDP(sport=5353, dport=9999) / Raw(b"anybody there?")]


@pytest.fixture
def three(tmp_path: Path, fakes: Any) -> PcapApp:
    """tcp:0 with a large answer, tcp:1 refused, tcp:2 with a small answer, udp:0 unanswered; ten packets a second."""
    packets = [*visit(1000, b"x" * 900), *refused(2000), *visit(3000, b"y"), *question()]
    for number, packet in enumerate(packets):
        packet.time = 1000 + number / 10
    path = tmp_path / "three.pcap"
    wrpcap(str(path), packets)
    return PcapApp(Capture.open([str(path)]), tree_source=fakes.FakeTrees)


async def conversations(pilot: Any) -> ConversationsScreen:
    await settle(pilot, lambda: pilot.app.capture.complete and not pilot.app.screen._reader.running)
    await pilot.press("c")
    await settle(pilot, lambda: isinstance(pilot.app.screen, ConversationsScreen))
    screen = pilot.app.screen
    await settle(pilot, lambda: screen.table.source is not None and not screen._busy)
    return screen


def streams(screen: ConversationsScreen, text_of: Any) -> list[str]:
    """The names in the order of the rows."""
    lines = [line.replace("▸", " ") for line in text_of(screen.table)[1:]]
    return [word for line in lines for word in line.split() if word.startswith(("tcp:", "udp:"))]


async def test_every_conversation_has_a_row_in_the_order_of_their_starts(three, text_of):
    async with three.run_test(size=(160, 24)) as pilot:
        screen = await conversations(pilot)
        assert streams(screen, text_of) == ["tcp:0", "tcp:1", "tcp:2", "udp:0"]
        lines = text_of(screen.table)
        assert "10.0.0.1:1000" in lines[1] and "HTTP" in lines[1] and "closed by server" in lines[1]
        assert "refused" in lines[2] and lines[2][1] == "×"


async def test_a_double_click_shows_the_conversation_once(three, monkeypatch):
    shown: list[tuple[str, int]] = []
    monkeypatch.setattr(StreamHost, "show_stream", lambda self, *stream: shown.append(stream))
    async with three.run_test(size=(160, 24)) as pilot:
        screen = await conversations(pilot)
        await pilot.click(screen.table, offset=(20, 2), times=2)
        await settle(pilot, lambda: bool(shown))
        await pilot.pause(0.05)
        assert shown == [("tcp", 1)]


async def test_keys_sort_by_every_column_and_reverse(three, text_of):
    async with three.run_test(size=(160, 24)) as pilot:
        screen = await conversations(pilot)
        seen = set()
        for _ in KEYS:
            await pilot.press("greater_than_sign")
            await settle(pilot, lambda: not screen._busy)
            seen.add(screen.table.sort_key)
        assert seen == set(KEYS)
        while screen.table.sort_key != "received":
            await pilot.press("less_than_sign")
        await settle(pilot, lambda: not screen._busy)
        assert streams(screen, text_of) == ["tcp:0", "tcp:2", "tcp:1", "udp:0"]
        await pilot.press("r")
        await settle(pilot, lambda: not screen._busy)
        assert streams(screen, text_of) == ["udp:0", "tcp:1", "tcp:2", "tcp:0"]
        assert "▲" in text_of(screen.table)[0]


async def test_a_click_on_a_heading_sorts_and_a_second_one_reverses(three, text_of):
    async with three.run_test(size=(160, 24)) as pilot:
        screen = await conversations(pilot)
        start = next(start for key, start, _ in screen.table.widths.starts() if key == "packets")
        await pilot.click(screen.table, offset=(start, 0))
        await settle(pilot, lambda: screen.table.sort_key == "packets" and not screen._busy)
        assert streams(screen, text_of) == ["tcp:0", "tcp:2", "tcp:1", "udp:0"]
        await pilot.click(screen.table, offset=(start, 0))
        await settle(pilot, lambda: streams(screen, text_of) == ["udp:0", "tcp:1", "tcp:0", "tcp:2"])


@pytest.mark.parametrize(
    "words, left",
    [
        ("refused", ["tcp:1"]),
        ("192.0.2", ["udp:0"]),
        ("10.0.0.1:3000", ["tcp:2"]),
        ("2000", ["tcp:1"]),
        ("tcp closed", ["tcp:0", "tcp:2"]),
        ("tcp:2", ["tcp:2"]),
        ("udp", ["udp:0"]),
        ("nothing-like-it", []),
    ],
)
async def test_typing_filters_by_address_port_state_protocol_and_number(three, text_of, words, left):
    async with three.run_test(size=(160, 24)) as pilot:
        screen = await conversations(pilot)
        await pilot.press("slash", *words, "enter")
        await settle(pilot, lambda: not screen._busy and screen._shown_text == words)
        assert streams(screen, text_of) == left
        await pilot.press("escape")
        await settle(pilot, lambda: len(streams(screen, text_of)) == 4)
        await pilot.press("escape")
        assert isinstance(three.screen, MainScreen)


async def test_enter_shows_only_that_stream_in_the_list(three):
    async with three.run_test(size=(120, 24)) as pilot:
        await conversations(pilot)
        await pilot.press("down", "enter")
        await settle(pilot, lambda: isinstance(three.screen, MainScreen))
        main = three.screen
        assert main.streams.name == "tcp:1"
        assert [main.model.index(place) for place in range(len(main.model))] == [8, 9]


async def test_f_follows_and_space_tells_the_story(three):
    async with three.run_test(size=(120, 24)) as pilot:
        screen = await conversations(pilot)
        await pilot.press("f")
        await settle(pilot, lambda: isinstance(three.screen, FollowScreen))
        await pilot.press("escape")
        assert three.screen is screen
        await pilot.press("space")
        await settle(pilot, lambda: isinstance(three.screen, StoryScreen))


@pytest.mark.parametrize("keys", [["L"], ["space", "L"]])
async def test_l_draws_the_flow_of_the_conversation_from_the_table_and_from_its_story(three, keys):
    async with three.run_test(size=(120, 24)) as pilot:
        await conversations(pilot)
        await pilot.press("down", keys[0])
        if len(keys) > 1:
            await settle(pilot, lambda: isinstance(three.screen, StoryScreen))
            await pilot.press(keys[1])
        await settle(pilot, lambda: isinstance(three.screen, FlowGraphScreen) and three.screen.view.ladder is not None)
        assert three.screen.choice.stream == ("tcp", 1)


async def test_the_story_tells_opening_exchange_and_who_closed_and_leads_to_the_packets(three, text_of):
    async with three.run_test(size=(140, 24)) as pilot:
        await settle(pilot, lambda: three.capture.complete)
        await pilot.press("S")
        await settle(pilot, lambda: isinstance(three.screen, StoryScreen) and three.screen.story is not None)
        await pilot.pause()
        lines = text_of(three.screen.view)
        opened, exchanged, closed = lines[1:4]
        assert "opened" in opened and "RTT" in opened and "100 ms" in opened and opened.rstrip(" ▐").endswith("1-3")
        assert "GET" in exchanged and "200 OK" in exchanged and exchanged.rstrip(" ▐").endswith("4-5")
        assert "closed by the server first" in closed
        await pilot.press("down", "enter")
        await settle(pilot, lambda: isinstance(three.screen, MainScreen))
        assert three.screen.model.index(three.screen.packet_list.cursor) == 3


async def test_a_line_of_the_story_that_is_cut_off_is_told_in_full_below(three, text_of):
    async with three.run_test(size=(60, 24)) as pilot:
        await settle(pilot, lambda: three.capture.complete)
        await pilot.press("S")
        await settle(pilot, lambda: isinstance(three.screen, StoryScreen) and three.screen.story is not None)
        await pilot.press("end")
        await pilot.pause()
        screen = three.screen
        while not screen.view.cut_off(screen.view.line):
            await pilot.press("up")
        whole = screen.view.line.text
        shown = text_of(screen.view)
        assert not any(whole in line for line in shown)
        assert any("▸" in line for line in shown)
        assert whole[:55] in screen.status_line.render_line(0).text


async def test_a_story_says_who_refused(three, text_of):
    async with three.run_test(size=(140, 24)) as pilot:
        await conversations(pilot)
        await pilot.press("down", "S")
        await settle(pilot, lambda: isinstance(three.screen, StoryScreen) and three.screen.story is not None)
        await pilot.pause()
        assert any("refused by the server with RST after 100 ms" in line for line in text_of(three.screen.view))


class Million:
    """A million conversations, and a list of those that were looked at."""

    def __init__(self, count: int = 1_000_000) -> None:
        places = np.arange(count)
        none, zero = np.full(count, np.nan), np.zeros(count, np.int64)
        self.columns = ConversationColumns(
            kind=np.zeros(count, np.uint8), number=places.astype(np.int32), client=places % 250,
            client_port=places % 60_000, server=zero,
            server_port=zero + 80, packets=zero + 1, sent=places * 7919 % count, received=zero,
            start=places * 1000, duration=zero, state=np.full(count, int(State.unanswered), np.uint8), rtt=none,
            trouble=zero, bits=np.zeros(count, np.uint32), client_think=none, server_think=none, idle=none, resent=none,
        )  # fmt: skip
        self.asked: set[int] = set()

    def conversation(self, place: int) -> Conversation:
        self.asked.add(place)
        sent = int(self.columns.sent[place])
        return Conversation(
            "tcp", place, f"10.0.0.{place % 250}", place % 60_000, "10.1.1.1", 80, 1, (sent, 0), (0, 0),
            place / 1e6, 0.0, State.unanswered, None, None, None, {}, place, place, 1,
        )  # fmt: skip

    def protocol(self, place: int) -> str:
        self.asked.add(place)
        return "TCP"

    def address_ranks(self) -> NDArray[np.int64]:
        return np.arange(250)

    def address_texts(self, indexes: Sequence[int]) -> Sequence[str]:
        return [f"10.0.0.{index}" for index in indexes]


async def test_of_a_million_conversations_only_those_on_the_screen_are_asked_for(three, text_of):
    source = Million()
    async with three.run_test(size=(120, 24)) as pilot:
        screen = ConversationsScreen(StreamHost(three.screen), source)
        screen._host.exchanges = lambda kind, number: ()
        three.push_screen(screen)
        await settle(pilot, lambda: screen.table.source is not None and not screen._busy)
        await pilot.press("end")
        assert "tcp:999999" in text_of(screen.table)[-1]
        while screen.table.sort_key != "sent":
            await pilot.press("less_than_sign")
        await settle(pilot, lambda: not screen._busy)
        await pilot.press("home")
        largest = int(np.argmax(source.columns.sent))
        assert f"tcp:{largest}" in text_of(screen.table)[1]
        assert len(source.asked) < 300


def test_sorting_is_stable_and_puts_unknown_times_last():
    source = Million(6)
    source.columns.rtt = np.array([np.nan, 2, 1, np.nan, 1, 3])
    assert ordered(sort_columns(source, "rtt"), False).tolist() == [2, 4, 1, 5, 0, 3]
    assert ordered(sort_columns(source, "rtt"), True).tolist() == [5, 1, 2, 4, 0, 3]


def test_a_filter_finds_anomalies_by_name():
    source = Million(3)
    source.columns.bits[1] = 1
    assert chosen(source, "retrans").tolist() == [False, True, False]


@pytest.mark.parametrize("width", [20, 40, 80, 120, 160, 240])
def test_columns_fit_the_width_and_the_stream_always_has_one(width):
    wanted = Widths().at_least(["tcp:123456", "TLSv1.2", "[2001:db8::1234:5678]:49152", "[2001:db8::1]:443", "123 456",
                                "12 345 678", "12 345 678", "12345.678", "2 min 5 s", "12 ms", "1.35 s", "983 ms",
                                "23.7 s", "33.3 %", "3 retr, 2 dup", "half-closed by client"])  # fmt: skip
    widths = fit(wanted, width)
    assert widths.of("stream") == 10 and widths.of("state") > 0
    assert width_of(headings(widths, "start", False, "▲", "▼")) <= max(width, 40)


async def test_a_capture_without_conversations_says_so(tmp_path, fakes, text_of):
    path = tmp_path / "arp.pcap"
    wrpcap(str(path), [Ether(src="02:00:00:00:00:01", type=0x88B5) / Raw(b"x" * 50)])
    app = PcapApp(Capture.open([str(path)]), tree_source=fakes.FakeTrees)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await conversations(pilot)
        assert "no TCP or UDP conversations" in text_of(screen.status_line)[0]
        await pilot.press("enter", "f", "S", "end", "escape", "f")
        assert isinstance(app.screen, MainScreen)


def test_picture_of_the_conversations(snap_compare, three):
    """Four conversations; the columns are aligned; the refused one has its sign; the sentence stands below."""

    async def open_it(pilot: Any) -> None:
        screen = await conversations(pilot)
        await settle(pilot, lambda: None not in screen.table.names)
        await pilot.press("down")
        await pilot.pause(0.2)

    assert snap_compare(three, terminal_size=(130, 16), run_before=open_it)


def test_picture_of_a_story(snap_compare, three):
    """Opening, exchange and closing, one under the other, with times and packet numbers."""

    async def open_it(pilot: Any) -> None:
        await settle(pilot, lambda: pilot.app.capture.complete)
        await pilot.press("S")
        await settle(pilot, lambda: isinstance(pilot.app.screen, StoryScreen) and pilot.app.screen.story is not None)
        await pilot.pause(0.2)

    assert snap_compare(three, terminal_size=(100, 12), run_before=open_it)
