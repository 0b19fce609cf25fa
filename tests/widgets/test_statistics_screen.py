"""The screen of a statistic: what is shown, sorted, folded and filtered, where the keys lead, what is written."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import wrpcap

import pcaptui.screens.copier as copier
from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.screens.conversations import ConversationsScreen
from pcaptui.screens.copy_menu import CopyMenu
from pcaptui.screens.exporting import FORMATS, format_of, rearranged, write
from pcaptui.screens.file_prompt import FilePrompt
from pcaptui.screens.filter_bar import FilterBar
from pcaptui.screens.main import MainScreen
from pcaptui.screens.picture_menu import PictureMenu
from pcaptui.screens.statistics import StatisticsScreen, brief
from pcaptui.statistics.table import Column, Table, Tables, Texts
from pcaptui.statistics.view import View
from pcaptui.terminal.clipboard import Copied
from pcaptui.widgets.text import width_of
from support.screens import settle

COLUMNS = (
    Column("item", "Item"), Column("packets", "Packets", "count"), Column("percent", "Percent", "percent"),
    Column("time", "Time", "seconds"),
)  # fmt: skip


def tree() -> Table:
    """all (udp (dns, mdns), tcp)"""
    return Table(
        "tree", "Tree", COLUMNS,
        [["all", "udp", "dns", "mdns", "tcp"], np.array([100, 40, 10, 30, 60]), np.array([100.0, 40, 10, 30, 60]),
         np.array([0.5, 0.25, np.nan, 2, 1])],
        lambda row: ["", "udp", "udp.port == 7", "udp.port == 8", "tcp"][row],
        np.array([-1, 0, 1, 1, 0]), ["What is counted twice is counted once."],
    )  # fmt: skip


def hosts(count: int = 12) -> Table:
    numbers = np.arange(count)
    texts = Texts(count, lambda row: f"10.0.{row >> 8}.{row & 255}")
    columns = [texts, numbers, 100 * numbers / max(1, count), numbers / 1000]
    return Table("hosts", "Hosts", COLUMNS, columns, lambda row: f"udp.port == {row}", sort="packets")


def hostile() -> Table:
    texts = ["\x1b[2J\x1b]0;x\x07", "a\nb\tc", "\u202eevil", "宽" * 3000, "", "x" * 100_000]
    numbers = np.array([np.nan, np.inf, -1, 0, 1e300, 5])
    return Table("hostile", "Hostile", COLUMNS, [texts, numbers, numbers, -numbers], lambda row: "\x1b(")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Twenty packets to ports 0 to 19."""
    front = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src="10.0.0.1", dst="10.0.0.2")
    packets = [front / UDP(sport=999, dport=port) / Raw(b"x" * port * 9) for port in range(20)]
    for number, packet in enumerate(packets):
        packet.time = 1000 + number
    made = tmp_path_factory.mktemp("statistics") / "ports.pcap"
    wrpcap(str(made), packets)
    return str(made)


@pytest.fixture
def app(path: str, fakes: Any) -> PcapApp:
    capture = Capture.open([path])
    capture.load_all()
    return PcapApp(capture, tree_source=fakes.FakeTrees)


async def ready(pilot: Any) -> StatisticsScreen:
    await settle(pilot, lambda: isinstance(pilot.app.screen, StatisticsScreen) and pilot.app.screen.is_mounted)
    screen = pilot.app.screen
    await settle(pilot, lambda: not screen._busy)
    return screen


async def opened(pilot: Any, *tables: Table) -> StatisticsScreen:
    app = pilot.app
    await settle(pilot, lambda: app.capture.complete and not app.screen._reader.running)
    app.push_screen(StatisticsScreen(app.screen.picture_host(), "lengths", lambda view: list(tables)))
    return await ready(pilot)


async def press(pilot: Any, screen: StatisticsScreen, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot, lambda: not screen._busy)


def items(screen: StatisticsScreen, text_of: Any) -> list[str]:
    """The first words of the rows."""
    lines = [line.translate(dict.fromkeys(map(ord, "▸▾"), " ")) for line in text_of(screen.table)[1:]]
    return [line.split()[0] for line in lines if line.strip()]


# Showing, sorting, folding, filtering.


async def test_a_tree_stands_with_its_numbers_bars_and_notes(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, tree())
        lines = text_of(screen.table)
        assert items(screen, text_of) == ["all", "udp", "dns", "mdns", "tcp"]
        assert (
            lines[1].startswith("▸ ▾ all") and lines[2].startswith("    ▾ udp") and lines[3].startswith("        dns")
        )
        assert lines[2].split()[3] == "40.00" and "██████▍ " in lines[2] and "250 ms" in lines[2]
        assert lines[3].rstrip().endswith("█▋")  # NaN is no time
        assert "What is counted twice" in text_of(screen.notes)[0]
        assert text_of(screen.header_line)[0].startswith(" Packet lengths   20 packets")
        assert "1 of 5" in text_of(screen.header_line)[0]


async def test_keys_sort_by_every_column_and_reverse(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, tree())
        await press(pilot, screen, "greater_than_sign", "greater_than_sign")
        assert items(screen, text_of) == ["all", "tcp", "udp", "mdns", "dns"]
        assert "▼Packets" in text_of(screen.table)[0] and "by Packets, largest first" in text_of(screen.header_line)[0]
        await press(pilot, screen, "r")
        assert items(screen, text_of) == ["all", "udp", "dns", "mdns", "tcp"]
        await press(pilot, screen, "less_than_sign")
        assert items(screen, text_of) == ["all", "tcp", "udp", "dns", "mdns"]
        await press(pilot, screen, "less_than_sign", "r")
        assert items(screen, text_of) == ["all", "udp", "dns", "mdns", "tcp"]
        assert "no column's order" in text_of(screen.status_line)[0]


async def test_a_click_on_a_name_sorts_and_one_more_reverses(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, hosts())
        at = text_of(screen.table)[0].index("Packets")
        assert items(screen, text_of)[0] == "10.0.0.11"
        await pilot.click(screen.table, offset=(at, 0))
        await settle(pilot, lambda: items(screen, text_of)[0] == "10.0.0.0")
        await pilot.click(screen.table, offset=(4, 0))
        await settle(pilot, lambda: screen.table.looked.sort == 0 and not screen._busy)
        await pilot.click(screen.table, offset=(4, 0))
        await settle(pilot, lambda: items(screen, text_of)[0] == "10.0.0.11")


async def test_branches_fold_by_space_arrows_and_click(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, tree())
        await press(pilot, screen, "down", "space")
        assert items(screen, text_of) == ["all", "udp", "tcp"]
        assert text_of(screen.table)[2].startswith("▸   ▸ udp")
        await press(pilot, screen, "right", "down", "left")
        assert items(screen, text_of) == ["all", "udp", "dns", "mdns", "tcp"] and screen.table.cursor == 1
        await press(pilot, screen, "left", "left", "left")
        assert items(screen, text_of) == ["all"]
        await press(pilot, screen, "E")
        assert len(items(screen, text_of)) == 5
        await press(pilot, screen, "end", "C")
        assert items(screen, text_of) == ["all"] and screen.table.cursor == 0
        await press(pilot, screen, "E", "C")
        await pilot.click(screen.table, offset=(2, 1))
        await settle(pilot, lambda: items(screen, text_of) == ["all", "udp", "tcp"])


async def test_rows_are_filtered_while_one_types_and_esc_shows_all(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, tree())
        await press(pilot, screen, "slash", "m", "d")
        assert items(screen, text_of) == ["all", "udp", "mdns"]
        await press(pilot, screen, "enter")
        assert screen.table.has_focus and "/ md" in text_of(screen.header_line)[0]
        await press(pilot, screen, "slash", *"zzz", "enter")
        assert "No row has these words" in text_of(screen.status_line)[0]
        await press(pilot, screen, "escape")
        assert len(items(screen, text_of)) == 5
        await press(pilot, screen, "slash", *"packets>50", "enter")
        assert items(screen, text_of) == ["all", "tcp"]
        await press(pilot, screen, "escape", "escape")
        assert isinstance(app.screen, MainScreen)


async def test_the_cursor_stays_on_its_row_however_rows_are_sorted(app, text_of):
    async with app.run_test(size=(100, 10)) as pilot:
        screen = await opened(pilot, hosts(400))
        await press(pilot, screen, "down", "down")
        assert screen.table.texts(screen.table.place)[0] == "10.0.1.141"
        await press(pilot, screen, "r")
        assert screen.table.texts(screen.table.place)[0] == "10.0.1.141" and screen.table.cursor == 397
        assert screen.table.cursor in screen.table.on_screen


async def test_a_cursor_at_the_top_stays_there_to_see_what_comes_first(app, text_of):
    async with app.run_test(size=(100, 10)) as pilot:
        screen = await opened(pilot, hosts(400))
        await press(pilot, screen, "r")
        assert screen.table.texts(screen.table.place)[0] == "10.0.0.0" and screen.table.cursor == 0


async def test_an_empty_table_says_so(app, text_of):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, Table("none", "None", COLUMNS, [[], *[np.zeros(0)] * 3]))
        assert "There is nothing of this" in text_of(screen.status_line)[0]
        await press(pilot, screen, "enter", "y", "space", "left", "right", "r", "s", "E", "F")
        assert app.screen is screen


async def test_a_statistic_without_tables_does_no_harm(app, text_of):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await press(pilot, screen, "tab", "w", "y", "s", "u")
        assert app.screen is screen


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (40, 12), (20, 8)])
async def test_every_size_shows_rows_and_how_to_leave(app, text_of, size):
    async with app.run_test(size=size) as pilot:
        for table in (hosts(500), hostile()):
            screen = await opened(pilot, table, tree())
            for key in ("right", "right", "end", "s", "s", "left", "b"):
                await press(pilot, screen, key)
                for line in text_of(screen.table):
                    assert width_of(line) == size[0] and "\x1b" not in line
            assert len(items(screen, text_of)) >= 2
            assert "Esc back" in text_of(screen.footer_line)[0]
            assert not any("\x1b" in line for line in (*text_of(screen.status_line), *text_of(screen.tab_line)))
            await press(pilot, screen, "q")


async def test_columns_without_room_are_scrolled_to_and_told_below(app, text_of):
    async with app.run_test(size=(40, 12)) as pilot:
        table = hosts()
        table.columns = [*COLUMNS[:3], Column("most", "Longest pause", "seconds"), *COLUMNS[3:]]
        table.values = [*table.values, np.arange(12) / 1000]
        screen = await opened(pilot, table)
        title = text_of(screen.table)[0]
        assert "Time" not in title and title.endswith("▸")
        assert "Time 11 ms" in text_of(screen.status_line)[0]
        await press(pilot, screen, "right", "right")
        assert "Time" in text_of(screen.table)[0] and text_of(screen.table)[0][1] == "◂"
        await press(pilot, screen, "left", "left")
        assert "Time" not in text_of(screen.table)[0]
        await press(pilot, screen, "less_than_sign", "less_than_sign", "less_than_sign")
        assert "▼Time" in text_of(screen.table)[0]  # a column that one sorts by comes into sight


# Several tables.


async def test_tables_have_tabs_with_names_and_counts_and_keep_how_they_are_looked_at(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, tree(), hosts())
        assert text_of(screen.tab_line)[0].startswith(" [1 Tree 5] 2 Hosts 12 ")
        await press(pilot, screen, "down", "down", "tab")
        assert "[2 Hosts 12]" in text_of(screen.tab_line)[0] and len(items(screen, text_of)) == 12
        await press(pilot, screen, "r", "b")
        assert screen.table.cursor == 2
        await press(pilot, screen, "2")
        assert items(screen, text_of)[0] == "10.0.0.0"
        await press(pilot, screen, "9", "B")
        assert items(screen, text_of)[0] == "all"
        await pilot.click(screen.tab_line, offset=(16, 0))
        await settle(pilot, lambda: len(items(screen, text_of)) == 12)


async def test_one_table_has_no_tabs(app):
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, tree())
        assert not screen.tab_line.display


async def test_only_the_table_that_is_looked_at_is_made(app, text_of):
    made: list[str] = []

    def making(name: str, table: Callable[[], Table]) -> tuple[str, str, Callable[[], Table]]:
        return name, name.title(), lambda: (made.append(name), table())[1]

    lazy = Tables(making("tree", tree), making("hosts", hosts))
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, lambda: not app.screen._reader.running)
        app.push_screen(StatisticsScreen(app.screen.picture_host(), "lengths", lambda view: lazy))
        screen = await ready(pilot)
        assert made == ["tree"] and text_of(screen.tab_line)[0].strip() == "[1 Tree 5] 2 Hosts"
        await press(pilot, screen, "tab")
        assert made == ["tree", "hosts"] and "[2 Hosts 12]" in text_of(screen.tab_line)[0]
        await press(pilot, screen, "tab", "tab")
        assert made == ["tree", "hosts"]


@pytest.mark.parametrize("key", ["v", "e"])
async def test_pairs_and_hosts_open_on_the_layer_of_the_selected_packet(app, text_of, key):
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, lambda: app.capture.complete and not app.screen._reader.running)
        await pilot.press("v", key)
        screen = await ready(pilot)
        assert "[5 UDP 2" in text_of(screen.tab_line)[0]
        assert set(screen._counted.looked) == {4}  # no other table was made for that


def test_tabs_leave_out_the_word_that_all_end_with():
    assert brief(["TCP conversations", "UDP conversations"]) == ["TCP", "UDP"]
    assert brief(["DNS", "DNS names"], "DNS") == ["DNS", "names"]
    assert brief(["Alone"]) == ["Alone"] and brief([]) == []


# Work in the background.


async def test_esc_stops_the_counting_and_u_begins_anew(app, text_of):
    going, stopped = threading.Event(), threading.Event()

    def make(view: View) -> Sequence[Table]:
        if going.is_set():
            return [tree()]
        try:
            while True:
                view.go_on(0.42)
                going.wait(0.01)
                going.clear()
        finally:
            stopped.set()

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, lambda: not app.screen._reader.running)
        app.push_screen(StatisticsScreen(app.screen.picture_host(), "lengths", make))
        await settle(pilot, lambda: isinstance(app.screen, StatisticsScreen) and app.screen.is_mounted)
        screen = app.screen
        await settle(pilot, lambda: "counting 20 packets …  42 %  Esc stops" in text_of(screen.status_line)[0])
        await pilot.press("escape")
        await settle(pilot, stopped.is_set)
        assert app.screen is screen and "stopped: u counts anew" in text_of(screen.status_line)[0]
        going.set()
        await press(pilot, screen, "u")
        assert len(items(screen, text_of)) == 5


async def test_leaving_stops_the_counting(app):
    begun, stopped = threading.Event(), threading.Event()

    def make(view: View) -> Sequence[Table]:
        begun.set()
        try:
            while True:
                view.go_on()
        finally:
            stopped.set()

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, lambda: not app.screen._reader.running)
        app.push_screen(StatisticsScreen(app.screen.picture_host(), "lengths", make))
        await settle(pilot, begun.is_set)
        await pilot.press("q")
        await settle(pilot, stopped.is_set)
        assert isinstance(app.screen, MainScreen)


async def test_what_goes_wrong_is_told(app, text_of):
    def broken(view: View) -> Sequence[Table]:
        raise ValueError("no \x1b[1mnumbers")

    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, lambda: not app.screen._reader.running)
        app.push_screen(StatisticsScreen(app.screen.picture_host(), "lengths", broken))
        screen = await ready(pilot)
        assert "! ValueError: no \\x1b[1mnumbers" in text_of(screen.status_line)[0]
        await press(pilot, screen, "enter", "tab", "w", "escape")
        assert isinstance(app.screen, MainScreen)


async def test_a_capture_that_has_grown_is_counted_anew(app, text_of, monkeypatch):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, tree())
        screen._counted.view.loaded = 7  # as if more was loaded since
        await settle(pilot, lambda: screen._counted.view.loaded == 20 and not screen._busy)
        assert "20 packets" in text_of(screen.header_line)[0]


# To the packets and back.


async def test_enter_limits_the_list_to_the_row_and_esc_leads_back(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, tree(), hosts())
        await press(pilot, screen, "tab", "down", "down")
        assert "udp.port == 9" in text_of(screen.status_line)[0]
        await pilot.press("enter")
        main = app.screen
        assert isinstance(main, MainScreen) and main.filters.text == "udp.port == 9"
        await settle(pilot, lambda: len(main.model) == 1)
        assert "Esc packet lengths" in text_of(main.footer_line)[0]
        await pilot.press("escape")
        again = await ready(pilot)
        assert again.table.texts(again.table.place)[0] == "10.0.0.9" and again.table.row_count == 12
        await settle(pilot, lambda: len(main.model) == 20)
        await pilot.press("escape")
        assert app.screen is main and "Esc packet lengths" not in text_of(main.footer_line)[0]


async def test_a_row_without_filter_says_so(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, tree())
        await press(pilot, screen, "enter")
        assert app.screen is screen and "no display filter" in text_of(screen.status_line)[0]


async def test_the_filter_can_be_changed_before(app, text_of):
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(pilot, hosts())
        await press(pilot, screen, "F")
        await settle(pilot, lambda: isinstance(app.screen, FilterBar))
        await pilot.press("backspace", "backspace", "7", "enter")
        await settle(pilot, lambda: isinstance(app.screen, MainScreen))
        assert app.screen.filters.text == "udp.port == 7"
        await pilot.press("escape")
        await ready(pilot)


async def test_only_shown_packets_count_until_all_are_asked_for(app, text_of):
    def make(view: View) -> Sequence[Table]:
        return [Table("n", "N", COLUMNS[:2], [["packets"], np.array([len(view)])], lambda row: "udp.port < 3")]

    async with app.run_test(size=(100, 24)) as pilot:
        main = app.screen
        await settle(pilot, lambda: not main._reader.running)
        main.picture_host().filter("udp.dstport < 5")
        await settle(pilot, lambda: len(main.model) == 5)
        app.push_screen(StatisticsScreen(main.picture_host(), "lengths", make))
        screen = await ready(pilot)
        assert "5 packets of 20: / udp.dstport < 5" in text_of(screen.header_line)[0]
        assert screen.table.texts(0)[1] == "5"
        assert "(udp.dstport < 5) and (udp.port < 3)" in text_of(screen.status_line)[0]
        await press(pilot, screen, "a")
        assert screen.table.texts(0)[1] == "20" and "of 20" not in text_of(screen.header_line)[0]
        await press(pilot, screen, "a", "enter")
        await settle(pilot, lambda: len(main.model) == 3)
        await pilot.press("escape")
        await settle(pilot, lambda: main.filters.text == "udp.dstport < 5")


# Out of the terminal.


@pytest.fixture
def clipboard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []
    monkeypatch.setattr(copier.clipboard, "copy", lambda text, _: (texts.append(text), Copied("somewhere"))[1])
    return texts


@pytest.mark.parametrize(
    ("key", "copied"),
    [
        ("r", "udp\t40\t40.00\t250 ms"),
        ("n", "udp"),
        ("f", "udp"),
        ("j", '{"table": "tree", "item": "udp", "packets": 40, "percent": 40.0, "time": 0.25}'),
        ("c", "depth,item,packets,percent,time\n0,all,100,100.0,0.5\n1,udp,40,40.0,0.25\n2,mdns,30,30.0,2.0\n"),
    ],
)
async def test_row_and_table_are_copied(app, clipboard, key, copied):
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await opened(pilot, tree())
        await press(pilot, screen, "slash", *"mdns", "enter", "down", "y")
        await settle(pilot, lambda: isinstance(app.screen, CopyMenu))
        await pilot.press(key)
        await settle(pilot, lambda: clipboard == [copied])


async def write_to(pilot: Any, path: Path) -> None:
    await settle(pilot, lambda: isinstance(pilot.app.screen, FilePrompt))
    prompt = pilot.app.screen
    prompt.query_one("PromptLine").value = str(path)
    await pilot.press("enter")


async def test_the_table_is_written_as_it_is_looked_at(app, text_of, tmp_path):
    async with app.run_test(size=(160, 24)) as pilot:
        screen = await opened(pilot, tree(), hosts())
        await press(pilot, screen, "s", "s", "down", "space", "w")
        await settle(pilot, lambda: isinstance(app.screen, CopyMenu))
        await pilot.press("t")
        await write_to(pilot, tmp_path / "tree.tsv")
        await settle(pilot, lambda: "5 rows written to" in text_of(screen.status_line)[0])
        lines = (tmp_path / "tree.tsv").read_text().splitlines()
        assert [line.split("\t")[1] for line in lines] == ["item", "all", "tcp", "udp", "mdns", "dns"]


async def test_all_tables_are_written(app, text_of, tmp_path):
    async with app.run_test(size=(160, 24)) as pilot:
        screen = await opened(pilot, tree(), hosts())
        await press(pilot, screen, "w")
        await settle(pilot, lambda: isinstance(app.screen, CopyMenu))
        await pilot.press("a")
        await write_to(pilot, tmp_path / "all.json")
        await settle(pilot, lambda: "17 rows written to" in text_of(screen.status_line)[0])
        assert {name: len(rows) for name, rows in json.loads((tmp_path / "all.json").read_text()).items()} == {
            "tree": 5, "hosts": 12,
        }  # fmt: skip


async def test_the_conversations_screen_writes_its_table(app, text_of, tmp_path):
    async with app.run_test(size=(160, 24)) as pilot:
        await settle(pilot, lambda: app.capture.complete and not app.screen._reader.running)
        await pilot.press("c")
        await settle(pilot, lambda: isinstance(app.screen, ConversationsScreen) and app.screen.table.row_count == 20)
        screen = app.screen
        await pilot.press("w")
        await write_to(pilot, tmp_path / "c.json")
        await settle(pilot, lambda: "20 rows written to" in text_of(screen.status_line)[0])
        rows = json.loads((tmp_path / "c.json").read_text())["conversations"]
        assert rows[3]["stream"] == "udp:3" and rows[3]["server_port"] == 3 and rows[3]["bytes_sent"] == 69
        assert rows[3]["rtt"] is None and rows[3]["start"] == 3.0 and rows[3]["state"] == "unanswered"


@pytest.mark.parametrize(("name", "told"), [("nowhere/x.csv", "Not written"), ("x.docx", "a name in .csv, .tsv")])
async def test_what_cannot_be_written_is_told(app, text_of, tmp_path, name, told):
    async with app.run_test(size=(160, 24)) as pilot:
        screen = await opened(pilot, tree())
        await press(pilot, screen, "w")
        await write_to(pilot, tmp_path / name)
        await settle(pilot, lambda: told in text_of(screen.status_line)[0])
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_every_format_holds_hostile_texts(tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    write([hostile(), tree()], str(path))
    assert "\x1b" not in path.read_text() and path.stat().st_size > 500
    assert format_of(f"X{suffix.upper()}") == FORMATS[suffix]


def test_a_file_is_there_whole_or_not_at_all(tmp_path):
    def fails(row: int) -> str:
        raise KeyError(row)

    path = tmp_path / "x.csv"
    path.write_text("before")
    with pytest.raises(KeyError):
        write([Table("t", "T", COLUMNS[:1], [Texts(3, fails)])], str(path))
    assert [one.name for one in tmp_path.iterdir()] == ["x.csv"] and path.read_text() == "before"


def test_rows_of_a_tree_keep_their_parents_in_another_order():
    other = rearranged(tree(), np.array([1, 3, 4]))
    assert list(other.values[0]) == ["udp", "mdns", "tcp"]
    assert other.parents.tolist() == [-1, 0, -1]
    assert [other.filter(row) for row in range(3)] == ["udp", "udp.port == 8", "tcp"]


# The menu.


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (40, 12)])
async def test_the_menu_leads_to_a_statistic_by_key_or_cursor(app, size):
    async with app.run_test(size=size) as pilot:
        await settle(pilot, lambda: not app.screen._reader.running)
        await pilot.press("v")
        await settle(pilot, lambda: isinstance(app.screen, PictureMenu))
        await pilot.press("l")
        assert (await ready(pilot)).table.row_count > 3
        await pilot.press("q", "v")
        await settle(pilot, lambda: isinstance(app.screen, PictureMenu))
        await pilot.press("end")
        while app.screen._entries[app.screen.chosen].key != "l":
            await pilot.press("up")
        box = app.screen.query_one("VerticalScroll")
        line = app.screen._places.index(app.screen.chosen)
        assert box.scroll_y <= line < box.scroll_y + box.size.height
        await pilot.press("enter")
        assert (await ready(pilot)).table.row_count > 3


async def test_help_names_the_keys(app):
    async with app.run_test(size=(100, 60)) as pilot:
        screen = await opened(pilot, tree())
        await pilot.press("question_mark")
        await pilot.pause(0.05)
        assert app.screen is not screen
        await pilot.press("escape")
        assert app.screen is screen


# Pictures.


def prepared(*keys: str) -> Callable[[Any], Any]:
    async def prepare(pilot: Any) -> None:
        screen = await opened(pilot, tree(), hosts(60))
        await press(pilot, screen, *keys)

    return prepare


def test_picture_of_a_tree(snap_compare, app):
    """Bars beside percents, notes below, tabs above; the largest first in each branch."""
    assert snap_compare(app, terminal_size=(120, 16), run_before=prepared("s", "s", "down"))


def test_picture_at_eighty_by_twenty_four(snap_compare, app):
    """The second table, sorted by packets, with a scroll bar."""
    assert snap_compare(app, terminal_size=(80, 24), run_before=prepared("tab", "down", "down"))


def test_picture_of_a_small_screen(snap_compare, app):
    """Two columns of four, the others named below; a sign says that there are more."""
    assert snap_compare(app, terminal_size=(40, 12), run_before=prepared("down", "down"))


def test_picture_without_colour(snap_compare, app, monkeypatch):
    """NO_COLOR: the selection is reversed, bars are blocks."""
    monkeypatch.setenv("NO_COLOR", "1")
    bare = PcapApp(app.capture, tree_source=app._tree_source)
    assert snap_compare(bare, terminal_size=(100, 16), run_before=prepared("down"))


def test_picture_of_the_menu(snap_compare, app):
    """Groups with their names; keys at the left, what each shows at the right."""

    async def open_menu(pilot: Any) -> None:
        main = pilot.app.screen
        await opened(pilot, tree())
        pilot.app.push_screen(PictureMenu(main._entries(), main.colours))
        await pilot.press("down", "down")

    assert snap_compare(app, terminal_size=(80, 24), run_before=open_menu)
