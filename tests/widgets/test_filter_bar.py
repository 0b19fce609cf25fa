"""The filter bar and what it does to the list."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.widgets import Input, Static

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.fields.node import Node
from pcaptui.filters import compile
from pcaptui.screens import filter_menu
from pcaptui.screens.filter_bar import FilterBar
from pcaptui.screens.filter_chooser import TestMenu
from pcaptui.screens.main import MainScreen
from pcaptui.screens.streams import StreamHost
from support.screens import settle

VISIT = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"


@pytest.fixture(autouse=True)
def own_history(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def visit(fakes):
    capture = Capture.open([str(VISIT)])
    capture.load_all()
    return PcapApp(capture, tree_source=fakes.FakeTrees)


async def opened(pilot) -> FilterBar:
    await settle(pilot, lambda: not pilot.app.screen._reader.running and len(pilot.app.screen.model) == 262)
    await pilot.press("slash")
    await settle(pilot, lambda: isinstance(pilot.app.screen, FilterBar))
    return pilot.app.screen


def text_of(bar, name: str) -> str:
    return str(bar.query_one(name, Static).render())


async def typed(pilot, text: str) -> None:
    pilot.app.screen.query_one(Input).value = text
    pilot.app.screen.query_one(Input).cursor_position = len(text)
    await pilot.pause()


async def apply(pilot, text: str) -> MainScreen:
    await opened(pilot)
    await typed(pilot, text)
    await pilot.press("enter")
    await settle(pilot, lambda: isinstance(pilot.app.screen, MainScreen))
    await settle(pilot, lambda: pilot.app.screen.filters.progress is None)
    return pilot.app.screen


async def test_a_filter_shows_only_what_passes_and_keeps_the_selection(visit, monkeypatch):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = visit.screen
        await settle(pilot, lambda: len(main.model) == 262)
        main.packet_list.centre(253)
        await apply(pilot, "tcp.stream == 4")
        assert [main.model.index(i) + 1 for i in range(len(main.model))] == [
            251,
            252,
            253,
            254,
            257,
            258,
            259,
            260,
            261,
            262,
        ]
        assert main.streams.here == 253
        header = main.header_line.render_line(0).text
        assert "/ tcp.stream == 4" in header and "10 of 262" in header
        await pilot.press("escape")
        assert (len(main.model), main.streams.here) == (262, 253)


async def test_where_the_selected_packet_is_left_out_the_nearest_is_selected(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = visit.screen
        await settle(pilot, lambda: len(main.model) == 262)
        main.packet_list.centre(250)
        await apply(pilot, "dns")
        assert main.streams.here == 248


async def test_a_wrong_filter_is_told_with_its_place_and_leaves_the_list_alone(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        bar = await opened(pilot)
        await typed(pilot, "tcp.prot == 80")
        assert "✗" in text_of(bar, "#sign")
        message = text_of(bar, "#message")
        assert message.startswith("   ^^^^^^^^ ") and "tcp.port" in message
        await pilot.press("enter")
        assert visit.screen is bar
        await pilot.press("escape")
        assert len(visit.screen.model) == 262


async def test_what_is_not_finished_is_not_wrong_yet(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        bar = await opened(pilot)
        for text in ("tcp.st", "tcp.port ==", "tcp and"):
            await typed(pilot, text)
            assert "…" in text_of(bar, "#sign"), text
        await typed(pilot, "tcp")
        assert "✓" in text_of(bar, "#sign")


async def test_names_and_seen_values_are_completed(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        bar = await opened(pilot)
        await typed(pilot, "udp and tcp.stre")
        assert "tcp.stream" in text_of(bar, "#offers")
        await pilot.press("tab")
        assert bar.query_one(Input).value == "udp and tcp.stream"
        await typed(pilot, "ip.dst == 120.")
        assert "120.50.132.112" in text_of(bar, "#offers")
        await pilot.press("down", "enter")
        assert bar.query_one(Input).value == "ip.dst == 120.50.132.112"
        await pilot.press("enter")
        await settle(pilot, lambda: isinstance(visit.screen, MainScreen))
        assert visit.screen.filters.text == "ip.dst == 120.50.132.112"


async def test_earlier_filters_come_back_with_the_arrows(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        await apply(pilot, "udp")
        await pilot.press("X")
        await apply(pilot, "arp")
        bar = await opened_again(pilot)
        await typed(pilot, "")
        await pilot.press("up", "up")
        assert bar.query_one(Input).value == "udp"
        await pilot.press("down")
        assert bar.query_one(Input).value == "arp"


async def opened_again(pilot) -> FilterBar:
    await pilot.press("slash")
    await settle(pilot, lambda: isinstance(pilot.app.screen, FilterBar))
    return pilot.app.screen


async def test_a_filter_that_nothing_passes_leaves_an_empty_list_that_works(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = await apply(pilot, "tcp.port == 1")
        assert len(main.model) == 0
        assert "no packet passes" in main.status_line.render_line(0).text
        for key in (
            "down",
            "end",
            "pagedown",
            "home",
            "s",
            "r",
            "right_square_bracket",
            "y",
            "F",
            "i",
            "f",
            "enter",
            "tab",
        ):
            await pilot.press(key)
        await pilot.press("X")
        assert len(main.model) == 262


async def test_stream_and_filter_do_not_lose_each_other(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = await apply(pilot, "tcp")
        shown = len(main.model)
        main.packet_list.centre(main.model.position(253))
        await pilot.press("s")
        assert len(main.model) == 10
        await pilot.press("s")
        assert (len(main.model), main.streams.here) == (shown, 253)


async def test_the_selected_packet_makes_a_filter(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = visit.screen
        await settle(pilot, lambda: len(main.model) == 262)
        main.packet_list.centre(253)
        await pilot.press("F")
        await settle(pilot, lambda: isinstance(visit.screen, TestMenu))
        assert [offer.label for offer in visit.screen._offers] == [
            "source 115.140.24.224", "destination 120.50.132.112", "conversation tcp:4", "protocol HTTP",
            "from 115.140.24.224", "to 120.50.132.112", "port 50825", "port 80", "length 315",
            "time 3.871417000 and later",
        ]  # fmt: skip
        await pilot.press("down", "down", "enter")
        await settle(pilot, lambda: visit.screen is main and main.filters.text)
        assert main.filters.text == "tcp.stream == 4"
        await pilot.press("F", "down", "down", "down", "n")
        await settle(pilot, lambda: main.filters.text != "tcp.stream == 4")
        assert main.filters.text == "!(http)"
        await pilot.press("F", "&")
        await settle(pilot, lambda: "&&" in main.filters.text)
        assert main.filters.text == "(!(http)) && (ip.addr == 120.50.132.112)"  # of the packet that is selected now


async def test_a_line_that_is_a_protocol_offers_the_packets_cells_too(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = visit.screen
        await settle(pilot, lambda: len(main.model) == 262)
        main.packet_list.centre(253)
        await pilot.press("tab")
        await settle(pilot, lambda: main.focused_pane == "tree" and main.field_tree.field_at_cursor is not None)
        await settle(pilot, lambda: main.field_tree.field_at_cursor.field == "frame")
        await pilot.press("F")
        await settle(pilot, lambda: isinstance(visit.screen, TestMenu))
        tests = [offer.preview or offer.label for offer in visit.screen._offers]
        assert tests[:4] == ["frame", "ip.addr == 115.140.24.224", "ip.addr == 120.50.132.112", "tcp.stream == 4"]
        assert "tcp.port == 80" in tests
        await pilot.press("escape")


async def test_a_narrow_screen_offers_filters_alone_and_tells_that_one_is_in_force(visit):
    async with visit.run_test(size=(40, 12)) as pilot:
        main = visit.screen
        await settle(pilot, lambda: len(main.model) == 262)
        main.packet_list.centre(253)
        await pilot.press("F")
        await settle(pilot, lambda: isinstance(visit.screen, TestMenu))
        assert [offer.label for offer in visit.screen._offers][2:5] == [
            "tcp.stream == 4",
            "http",
            "ip.src == 115.140.24.224",
        ]
        await pilot.press("down", "down", "a")
        await settle(pilot, lambda: visit.screen is main and len(main.model) == 10)
        await settle(pilot, lambda: "tcp.str" in main.header_line.render_line(0).text)
        assert main.header_line.render_line(0).text.rstrip().endswith("10")


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (Node("", "tcp.srcport", 80, 34, 2), "tcp.srcport == 80"),
        (Node("", "http.host", 'a"b\\c', 34, 2), 'http.host == "a\\"b\\\\c"'),
        (Node("", "ip.src", "192.0.2.1", 34, 2), "ip.src == 192.0.2.1"),
        (Node("", "tcp.flags.syn", True, 34, 2), "tcp.flags.syn == 1"),
        (Node("", "tcp", None, 34, 2), "tcp"),
        (Node("", "dns.time", 0.0074, None, None), "dns.time == 0.0074"),
        (Node("", "tcp.options.timestamp.tsval", None, 1, 1), "tcp.options.timestamp.tsval"),
        (Node("Timestamps", "", None, None, None), ""),
    ],
)
def test_a_field_as_a_filter_that_is_understood(node, text):
    assert filter_menu.of_node(node) == text
    if text:
        compile(text)


def test_every_cell_of_a_row_is_a_filter_that_its_packet_passes():
    capture = Capture([str(VISIT)])
    capture.load_all()
    cells = filter_menu.of_cells("115.140.24.224", "120.50.132.112", (50829, 80), "tcp", 489, "0.000001000")
    assert [words.split()[0] for words, _ in cells] == ["from", "to", "port", "port", "length", "time"]
    assert all(len(compile(text).run(capture)) == 262 for _, text in cells)
    assert [text for _, text in filter_menu.of_cells("fe80::1", "HP_01:02:03", None, "", 60, "-1.5")] == [
        "ipv6.src == fe80::1", "frame.len == 60", "frame.time_relative >= -1.5",
    ]  # fmt: skip


def test_bytes_as_a_filter():
    assert filter_menu.of_bytes(b"GET", 54) == "frame[54:3] == 47:45:54"
    for data in (b"G", b"GET", bytes(100)):
        compile(filter_menu.of_bytes(data, 54))


async def test_values_that_take_long_are_offered_when_they_are_known(visit, monkeypatch):
    gate = threading.Event()

    def slow(capture, field, begun):
        assert gate.wait(10)
        return [f"{begun}23", f"{begun}42"]

    monkeypatch.setattr("pcaptui.filters.seen.seen", slow)
    async with visit.run_test(size=(120, 36)) as pilot:
        bar = await opened(pilot)
        await typed(pilot, "tcp.port == ")
        await typed(pilot, "tcp.port == 1")
        assert not bar._offers
        gate.set()
        await settle(pilot, lambda: [offer.text for offer in bar._offers] == ["123", "142"])


async def test_values_that_cannot_be_read_leave_the_bar_usable(visit, monkeypatch):
    def broken(capture, field, begun):
        raise ValueError("no values")

    monkeypatch.setattr("pcaptui.filters.seen.seen", broken)
    async with visit.run_test(size=(120, 36)) as pilot:
        bar = await opened(pilot)
        await typed(pilot, "tcp.port == ")
        await typed(pilot, "tcp.port == 80")
        assert not bar._offers and "✓" in text_of(bar, "#sign")


async def test_a_packet_that_another_screen_leads_to_is_shown_although_the_filter_leaves_it_out(visit):
    async with visit.run_test(size=(120, 36)) as pilot:
        main = await apply(pilot, "dns")
        StreamHost(main).go_to(253)
        await settle(pilot, lambda: main.streams.here == 253 and len(main.model) == 262)
        assert len(main.model) == 262


def test_a_line_without_a_name_stands_for_the_field_above_it():
    from pcaptui.widgets.protocol_tree import ProtocolTree

    tree = ProtocolTree()
    tree.roots = [Node("File Transfer Protocol", "ftp", None, 54, 20, [Node("220 ready", "", None, 54, 20)])]
    tree._rebuild()
    tree.cursor = 1
    assert tree.field_at_cursor is tree.roots[0]
    tree.cursor = 0
    assert tree.field_at_cursor is tree.roots[0]
