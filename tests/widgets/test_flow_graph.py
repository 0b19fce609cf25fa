"""The flow graph screen: what it shows first, where keys lead, and that only what is on the screen is dissected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.dissect.rows import Rows
from pcaptui.filters import compile
from pcaptui.screens.flow_choice import Scope
from pcaptui.screens.flow_graph import FlowGraphScreen
from pcaptui.screens.main import MainScreen
from pcaptui.widgets.ladder_view import LadderView
from support.screens import settle, write_to

CLIENT, SERVER, OTHER = "10.0.0.1", "10.0.0.2", "10.0.0.3"
Lines = Callable[[LadderView], list[str]]


def tcp(port: int, back: bool, flags: str, seq: int, ack: int, data: bytes = b"") -> Packet:
    ends = (SERVER, CLIENT, 80, port) if back else (CLIENT, SERVER, port, 80)
    layers = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=ends[0], dst=ends[1])
    layers /= TCP(sport=ends[2], dport=ends[3], flags=flags, seq=seq, ack=ack)
    return layers / Raw(data) if data else layers


def visit(port: int) -> list[Packet]:
    request, answer = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\ny"
    end, answered = 1 + len(request), 1 + len(answer)
    return [
        tcp(port, False, "S", 0, 0), tcp(port, True, "SA", 0, 1), tcp(port, False, "A", 1, 1),
        tcp(port, False, "PA", 1, 1, request), tcp(port, True, "PA", 1, end, answer),
        tcp(port, True, "FA", answered, end), tcp(port, False, "FA", end, answered + 1),
        tcp(port, True, "A", answered + 1, end + 1),
    ]  # fmt: skip


def others() -> list[Packet]:
    front = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=OTHER, dst=CLIENT)
    asking = Ether(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff") / ARP(
        op=1, hwsrc="02:00:00:00:00:01", psrc=CLIENT, pdst=SERVER)  # fmt: skip
    return [asking, front / UDP(sport=5000, dport=6000) / Raw(b"x"), tcp(9, False, "S", 0, 0)]


@pytest.fixture
def capture(tmp_path: Path) -> Capture:
    """tcp:0 and tcp:1 are visits, tcp:2 an unanswered SYN; a UDP packet and an ARP request between. The last packet
    comes 5 s after the others."""
    packets = [*visit(1000), *others()[:2], *visit(2000), others()[2]]
    for number, packet in enumerate(packets):
        packet.time = 1000 + number / 100 + (5 if number == len(packets) - 1 else 0)
    path = tmp_path / "talks.pcap"
    wrpcap(str(path), packets)
    return Capture.open([str(path)])


@pytest.fixture
def app(capture: Capture, fakes: Any) -> PcapApp:
    return PcapApp(capture, tree_source=fakes.FakeTrees)


async def opened(app: PcapApp, pilot: Any, packet: int = 0) -> FlowGraphScreen:
    """The flow graph, opened with the list's cursor on a packet."""
    await settle(pilot, lambda: isinstance(app.screen, MainScreen) and app.screen.model.capture.complete)
    main = app.screen
    assert isinstance(main, MainScreen)
    main.packet_list.move_to(packet)
    main.action_flow_graph()
    await settle(pilot, lambda: isinstance(app.screen, FlowGraphScreen) and app.screen.view.ladder is not None)
    screen = app.screen
    assert isinstance(screen, FlowGraphScreen)
    await pilot.pause()
    return screen


async def press(pilot: Any, screen: FlowGraphScreen, key: str) -> None:
    """A key that makes another ladder."""
    before = screen.view.ladder
    await pilot.press(key)
    await settle(pilot, lambda: screen.view.ladder is not before and not screen._busy)
    await pilot.pause()


def all_known(screen: FlowGraphScreen) -> bool:
    """Whether all rows on the screen are dissected and drawn."""
    keys = screen.view.line_keys()
    return not screen.view._late and keys == screen.view._keys


def numbers(screen: FlowGraphScreen) -> list[int]:
    assert screen.view.ladder is not None
    return (screen.view.ladder.packets + 1).tolist()


async def test_the_conversation_of_the_selected_packet_comes_first(app: PcapApp, text_of: Lines) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(app, pilot, 3)
        assert screen.choice.stream == ("tcp", 0)
        assert screen.view.cursor == 3
        await settle(pilot, lambda: "handshake" in "".join(text_of(screen.view)))
        lines = text_of(screen.view)
        assert lines[0].split()[-2:] == [CLIENT, SERVER]
        assert [line[:1] for line in lines[1:9]] == ["┌", "│", "└", "►", "◄", "╓", "║", "╙"]
        assert " GET / HTTP/1.1 ──" in lines[4] and "►│ 80" in lines[4] and " 1000 │" in lines[4]
        assert "│◄──" in lines[5] and " HTTP/1.1 200 OK ──" in lines[5]


async def test_without_conversation_all_that_is_shown(app: PcapApp) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(app, pilot, 8)
        assert screen.choice.scope is Scope.ALL
        assert len(numbers(screen)) == 19
        assert screen.view.packet == 8


async def test_what_the_list_is_limited_to(app: PcapApp) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        await settle(pilot, lambda: isinstance(app.screen, MainScreen) and app.screen.model.capture.complete)
        main = app.screen
        assert isinstance(main, MainScreen)
        main.apply_filter(compile("udp or arp"))
        await settle(pilot, lambda: len(main.model) == 2)
        screen = await opened(app, pilot, 0)
        assert numbers(screen) == [9, 10]
        await press(pilot, screen, "s")
        assert screen.choice.scope is Scope.ALL


async def test_keys_choose_what_is_shown(app: PcapApp) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(app, pilot, 10)
        await press(pilot, screen, "a")
        assert len(numbers(screen)) == 19 and screen.view.packet == 10
        await press(pilot, screen, "c")
        assert numbers(screen) == list(range(11, 19))
        await press(pilot, screen, "h")
        assert screen.choice.scope is Scope.HOST
        assert numbers(screen) == [*range(1, 9), *range(10, 20)]
        assert screen.view.ladder is not None and screen.view.ladder.hosts.names[0] == CLIENT
        await press(pilot, screen, "h")
        assert screen.view.ladder.hosts.names[0] == SERVER


async def test_from_conversation_to_conversation(app: PcapApp) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(app, pilot)
        for stream in (("tcp", 1), ("tcp", 2), ("udp", 0)):
            await press(pilot, screen, "right_square_bracket")
            assert screen.choice.stream == stream
        await pilot.press("right_square_bracket")
        await pilot.pause()
        assert screen.choice.stream == ("udp", 0)
        await press(pilot, screen, "left_square_bracket")
        assert screen.choice.stream == ("tcp", 2)


async def test_enter_goes_to_the_packet(app: PcapApp) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        await opened(app, pilot)
        await pilot.press("down", "down", "enter")
        await pilot.pause()
        main = app.screen
        assert isinstance(main, MainScreen)
        assert main.model.index(main.packet_list.cursor) == 2


async def test_from_anomaly_to_anomaly(app: PcapApp, text_of: Lines) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await opened(app, pilot, 0)
        await press(pilot, screen, "a")
        await pilot.press("n")
        assert screen.view.packet == 8
        await pilot.press("n")
        assert screen.view.packet == 18
        assert "[SYN]" in text_of(screen.view)[20] and ", unanswered" in text_of(screen.view)[20]
        await pilot.press("n")
        assert screen.view.packet == 18
        await pilot.press("N")
        assert screen.view.packet == 8


async def test_a_gap_has_a_row_and_the_cursor_may_rest_there(app: PcapApp, text_of: Lines) -> None:
    async with app.run_test(size=(120, 30)) as pilot:
        screen = await opened(app, pilot, 0)
        await press(pilot, screen, "a")
        assert "… 5.01 s …" in text_of(screen.view)[19]
        screen.view.move_to(18)
        assert screen.view.packet == 18
        screen.view.move_to(17)
        assert screen.view.packet == 17


async def test_time_in_other_ways(app: PcapApp, text_of: Lines) -> None:
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(app, pilot, 10)
        assert " 12 0.010000 " in text_of(screen.view)[2]
        await pilot.press("t")
        assert " 13 0.010000 " in text_of(screen.view)[3]
        await pilot.press("t")
        assert " 12 0.110000 " in text_of(screen.view)[2]


async def test_hosts_that_do_not_fit_are_to_the_right(tmp_path: Path, fakes: Any, text_of: Lines) -> None:
    packets = []
    for number in range(12):
        front = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=CLIENT, dst=f"10.1.0.{number}")
        packets.append(front / UDP(sport=5000, dport=6000 + number) / Raw(b"x"))
    path = tmp_path / "many.pcap"
    wrpcap(str(path), packets)
    app = PcapApp(Capture.open([str(path)]), tree_source=fakes.FakeTrees)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, screen, "a")
        assert "10.1.0.11:6011 »" in text_of(screen.view)[12]
        await pilot.press("greater_than_sign")
        assert screen.view.first > 0
        assert "« 10.0.0.1:5000 ──" in text_of(screen.view)[6]
        await pilot.press("less_than_sign")
        assert screen.view.first == 0


async def test_only_rows_on_the_screen_are_dissected(
    tmp_path: Path, fakes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=CLIENT, dst=SERVER)
    path = tmp_path / "long.pcap"
    wrpcap(str(path), [front / UDP(sport=5000, dport=6000) / Raw(b"x")] * 3000)
    app = PcapApp(Capture.open([str(path)]), tree_source=fakes.FakeTrees)
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot)
        seen: set[int] = set()
        make = screen._make_row
        monkeypatch.setattr(screen.view, "_make_row", lambda packet: (seen.add(packet), make(packet))[1])
        await pilot.press("G")
        await pilot.pause(0.1)
        assert screen.view.packet == 2999
        assert 0 < len(seen) <= 24 and min(seen) >= 2970


async def test_a_row_that_cannot_be_made_is_said(app: PcapApp, monkeypatch: pytest.MonkeyPatch, text_of: Lines) -> None:
    def broken(rows: Rows, index: int) -> Any:
        raise RuntimeError("oh")

    async with app.run_test(size=(100, 24)) as pilot:
        monkeypatch.setattr(Rows, "row", broken)
        screen = await opened(app, pilot)
        assert "[No row: RuntimeError: oh]" in text_of(screen.view)[1]


async def test_the_ladder_grows_with_the_capture(app: PcapApp, capture: Capture) -> None:
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot)
        await press(pilot, screen, "a")
        screen._read = 5
        before = screen.view.ladder
        screen._grown()
        await settle(pilot, lambda: screen.view.ladder is not before)
        assert len(numbers(screen)) == len(capture)


@pytest.mark.parametrize("name", ["flow.svg", "flow.txt"])
async def test_the_graph_is_written(app: PcapApp, tmp_path: Path, name: str) -> None:
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot, 0)
        await write_to(pilot, tmp_path / name)
        await settle(pilot, lambda: "flow." in "".join(text for text, _ in screen.status_line._left))
        assert "GET / HTTP/1.1" in (tmp_path / name).read_text(encoding="utf-8")


async def test_a_name_of_another_kind_is_refused(app: PcapApp, tmp_path: Path) -> None:
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot, 0)
        await write_to(pilot, tmp_path / "flow.gif")
        await settle(pilot, lambda: "Not written" in "".join(text for text, _ in screen.status_line._left))
        assert not (tmp_path / "flow.gif").exists()


@pytest.mark.parametrize("size", [(1, 1), (12, 4), (40, 12), (300, 60)])
async def test_screens_of_any_size(app: PcapApp, size: tuple[int, int], text_of: Lines) -> None:
    async with app.run_test(size=(100, 24)) as pilot:
        screen = await opened(app, pilot, 0)
        await press(pilot, screen, "a")
        await pilot.resize_terminal(*size)
        await pilot.press("down", "G", "greater_than_sign", "t")
        await pilot.pause()
        assert all(len(line) <= size[0] for line in text_of(screen.view))


async def test_hostile_names_stay_text(tmp_path: Path, fakes: Any, text_of: Lines) -> None:
    front = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / IP(src=CLIENT, dst=SERVER)
    request = b"GET /[red]\x1b[31m\xe2\x80\xae HTTP/1.1\r\nHost: x\r\n\r\n"
    path = tmp_path / "hostile.pcap"
    wrpcap(str(path), [front / TCP(sport=5000, dport=80, flags="PA", seq=1, ack=1) / Raw(request)])
    app = PcapApp(Capture.open([str(path)]), tree_source=fakes.FakeTrees)
    async with app.run_test(size=(120, 24)) as pilot:
        screen = await opened(app, pilot)
        text = "".join(text_of(screen.view))
        assert "[red]" in text and "\x1b" not in text and "\u202e" not in text


def test_indexes_stay_whole_numbers(capture: Capture) -> None:
    """Choices made of numpy's numbers must not leak them into names."""
    from pcaptui.screens.flow_choice import Choice

    choice = Choice(Scope.HOST, address=int(np.int32(0)), limit="udp")
    assert choice.words(capture).endswith(", of udp")


# Pictures.


def test_picture_of_a_conversation(snap_compare: Any, app: PcapApp) -> None:
    """Phases at the side, request and response on their arrows, the selected arrow as a bar."""

    async def open_it(pilot: Any) -> None:
        screen = await opened(app, pilot, 3)
        await settle(pilot, lambda: screen._sentence and all_known(screen))

    assert snap_compare(app, terminal_size=(120, 14), run_before=open_it)


def test_picture_of_everything_on_a_small_screen(snap_compare: Any, app: PcapApp) -> None:
    """Four columns, an unanswered ARP request, a gap, an unanswered SYN."""

    async def open_it(pilot: Any) -> None:
        screen = await opened(app, pilot, 3)
        await press(pilot, screen, "a")
        await pilot.press("G")
        await settle(pilot, lambda: screen.view.marks.mark(18).phase and all_known(screen))

    assert snap_compare(app, terminal_size=(80, 24), run_before=open_it)
