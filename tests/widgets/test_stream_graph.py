"""The TCP stream graphs where people look: the cursor, zoom, the other direction and stream, the way to the packet."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap
from textual.app import App

from pcaptui.capture import Capture
from pcaptui.pictures.series import Plot, series
from pcaptui.screens.help import HelpScreen
from pcaptui.screens.stream_graph import StreamGraphScreen
from pcaptui.widgets.palette import palette
from pcaptui.widgets.plot import PlotView
from support.screens import settle, write_to

SAMPLES = Path(__file__).resolve().parent.parent.parent / "sample_pcaps"


class Host:
    """What the main screen offers pictures; notes where one was sent."""

    def __init__(self, capture: Capture, colours: bool = True) -> None:
        self.capture = capture
        self.colours = palette(not colours)
        self.gone: list[int] = []
        self.filters: list[str] = []

    def go_to(self, packet: int) -> None:
        self.gone.append(packet)

    def filter(self, text: str) -> None:
        self.filters.append(text)


class GraphApp(App[None]):
    CSS: ClassVar[str] = "Screen { background: ansi_default; }"

    def __init__(self, host: Host, kind: str, stream: int, packet: int | None = None) -> None:
        super().__init__(ansi_color=True)
        self.host = host
        self.graph = StreamGraphScreen(host, kind, stream, packet)  # type: ignore[arg-type]

    def on_mount(self) -> None:
        self.push_screen(self.graph)


def opened(name: str) -> Capture:
    capture = Capture([str(SAMPLES / f"{name}.pcapng")])
    capture.load_all()
    return capture


@pytest.fixture(scope="module")
def upload() -> Capture:
    return opened("upload-narrow-link")


async def drawn(pilot: Any) -> StreamGraphScreen:
    """The screen when nothing is being made."""
    screen: StreamGraphScreen = pilot.app.graph
    for _ in range(300):
        await pilot.pause(0.01)
        if not screen._busy and not any(worker.is_running for worker in pilot.app.workers):
            break
    await pilot.pause()
    return screen


def status(screen: StreamGraphScreen) -> str:
    return screen.status_line.render_line(0).text.strip()


def header(screen: StreamGraphScreen) -> str:
    return screen.header_line.render_line(0).text.strip()


async def test_the_cursor_starts_on_the_selected_packet_and_names_it(upload):
    app = GraphApp(Host(upload), "time-sequence", 0, 3)
    async with app.run_test(size=(140, 30)) as pilot:
        screen = await drawn(pilot)
        assert "tcp:0  192.168.1.20:50400 → 203.0.113.40:80  client sends" in header(screen)
        assert status(screen).startswith("segments at 1   packet 4 at 0.040467 s  [ACK] Seq=1 Ack=1")
        await pilot.press("right", "right", "left")
        assert screen.view.packet == 4
        await pilot.press("enter")
        assert app.host.gone == [4]


async def test_marks_are_walked_in_the_order_of_time(upload):
    async with GraphApp(Host(upload), "time-sequence", 0).run_test(size=(100, 30)) as pilot:
        screen = await drawn(pilot)
        found = []
        for _ in range(3):
            await pilot.press("n")
            found.append((screen.view.point[0].name, screen.view.packet))
        assert found[0][0] == "retransmission" and "[TCP" in status(screen)
        assert [packet for _, packet in found] == sorted(packet for _, packet in found)
        await pilot.press("N")
        assert (screen.view.point[0].name, screen.view.packet) == found[1]


async def test_numbers_switch_the_graph_and_keep_packet_and_window(upload):
    async with GraphApp(Host(upload), "time-sequence", 0, 100).run_test(size=(100, 30)) as pilot:
        screen = await drawn(pilot)
        await pilot.press("plus", "plus")
        packet, window = screen.view.packet, screen.view.window
        await pilot.press("2")
        await drawn(pilot)
        assert header(screen).startswith("tcptrace") and screen.view.packet == packet
        assert (screen.view.window.x0, screen.view.window.x1) == pytest.approx((window.x0, window.x1))
        for key, title in (("3", "Round-trip time"), ("4", "Throughput"), ("5", "Window"), ("1", "Time sequence")):
            await pilot.press(key)
            await drawn(pilot)
            assert header(screen).startswith(title) and not screen.view.plot.empty


async def test_intervals_of_the_throughput_by_key(upload):
    async with GraphApp(Host(upload), "throughput", 0).run_test(size=(140, 30)) as pilot:
        screen = await drawn(pilot)
        assert "intervals of 50 ms" in header(screen)
        await pilot.press("less_than_sign")
        await drawn(pilot)
        assert "intervals of 20 ms" in header(screen)
        await pilot.press("greater_than_sign", "greater_than_sign")
        await drawn(pilot)
        assert "intervals of 100 ms" in header(screen)


async def test_the_other_direction_and_back(upload):
    async with GraphApp(Host(upload), "time-sequence", 0).run_test(size=(100, 30)) as pilot:
        screen = await drawn(pilot)
        await pilot.press("d")
        await drawn(pilot)
        assert "203.0.113.40:80 → 192.168.1.20:50400  server sends" in header(screen)
        await pilot.press("d")
        await drawn(pilot)
        assert "client sends" in header(screen)


async def test_a_direction_that_sent_nothing_says_what_to_press():
    async with GraphApp(Host(opened("retransmission-timeouts")), "throughput", 0).run_test(size=(100, 20)) as pilot:
        screen = await drawn(pilot)
        empty = "server" if "client sends" in header(screen) else "client"
        await pilot.press("d")
        await drawn(pilot)
        if screen.view.plot.empty:
            assert status(screen) == f"The {empty} sent no data; d shows the other direction"
        else:
            assert f"{empty} sends" in header(screen)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("rtt", "Nothing of what was sent was acknowledged"), ("throughput", "Neither side sent data")],
)
async def test_where_both_directions_have_nothing_no_key_is_offered(tmp_path, kind, words):
    made = tmp_path / "syn.pcap"
    wrpcap(str(made), [Ether() / IP(dst="10.0.0.1") / TCP(flags="S", sport=5000)])
    capture = Capture([str(made)])
    capture.load_all()
    async with GraphApp(Host(capture), kind, 0).run_test(size=(100, 20)) as pilot:
        screen = await drawn(pilot)
        assert status(screen) == words
        await pilot.press("d")
        await drawn(pilot)
        assert status(screen) == words


async def test_streams_without_data_are_skipped():
    app = GraphApp(Host(opened("web-visit")), "time-sequence", 0)
    async with app.run_test(size=(100, 20)) as pilot:
        screen = await drawn(pilot)
        seen = [screen._number]
        for _ in range(2):
            await pilot.press("right_square_bracket")
            await drawn(pilot)
            seen.append(screen._number)
            assert not screen.view.plot.empty
        assert seen[0] < seen[1] < seen[2]
        await pilot.press("left_square_bracket")
        await drawn(pilot)
        assert screen._number == seen[-2]
        await pilot.press("s")
        assert app.host.filters == [f"tcp.stream == {seen[-2]}"]


async def test_behind_the_last_stream_there_is_none(upload):
    async with GraphApp(Host(upload), "rtt", 0).run_test(size=(100, 20)) as pilot:
        screen = await drawn(pilot)
        await pilot.press("right_square_bracket")
        assert status(screen) == "No other TCP stream with data behind this one"


async def test_what_is_shown_is_written(upload, tmp_path):
    async with GraphApp(Host(upload), "tcptrace", 0).run_test(size=(100, 30)) as pilot:
        screen = await drawn(pilot)
        await write_to(pilot, tmp_path / "graph.svg")
        await settle(pilot, lambda: status(screen).startswith("Written"))
        assert status(screen) == f"Written to {tmp_path / 'graph.svg'}"
        assert "tcptrace, tcp:0, 192.168.1.20:50400 → 203.0.113.40:80" in (tmp_path / "graph.svg").read_text()
        await write_to(pilot, tmp_path / "graph.txt")
        await settle(pilot, lambda: status(screen).startswith("Not"))
        assert status(screen).startswith("Not written: ") and not (tmp_path / "graph.txt").exists()


async def test_help_lists_the_keys_of_screen_and_plot(upload):
    async with GraphApp(Host(upload), "rtt", 0).run_test(size=(100, 40)) as pilot:
        await drawn(pilot)
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HelpScreen)


async def test_a_capture_that_fails_is_told_on_the_screen(upload, monkeypatch):
    def broken(*_: object) -> None:
        raise ValueError("no such bytes")

    monkeypatch.setattr("pcaptui.screens.stream_graph.made", broken)
    async with GraphApp(Host(upload), "rtt", 0).run_test(size=(100, 20)) as pilot:
        screen = await drawn(pilot)
        assert status(screen) == "! no such bytes"


class PlotApp(App[None]):
    def __init__(self, plot: Plot) -> None:
        super().__init__(ansi_color=True)
        self.shown = plot
        self.view = PlotView()
        self.moved = 0

    def compose(self):
        yield self.view

    def on_mount(self) -> None:
        self.view.selected = self.count
        self.view.show(self.shown)
        self.view.focus()

    def count(self) -> None:
        self.moved += 1


def rising(count: int = 101) -> Plot:
    x = np.linspace(0, 10, count)
    return Plot("t", [series("up", x, x * 10, packets=np.arange(count)),
                      series("low", x[::10], np.zeros(len(x[::10])), "second", "+", packets=np.arange(count)[::10]),
                      series("mark", [2.0, 8.0], [20, 80], "bad", "×", "marks", np.array([20, 80]))])  # fmt: skip


async def test_zoom_keeps_the_cursor_where_it_is_and_reset_shows_all():
    app = PlotApp(rising())
    async with app.run_test(size=(60, 20)) as pilot:
        view = app.view
        whole = view.window
        await pilot.press("end", "plus")
        assert view.window.x1 == pytest.approx(10) and view.window.width == pytest.approx(5)
        assert view.window.y0 == 0 and view.window.y1 == pytest.approx(104)
        await pilot.press("home")
        assert view.window.x0 == 0, "the window follows the cursor"
        await pilot.press("minus", "minus", "minus")
        assert view.window == whole
        await pilot.press("plus", "I", "shift+up", "0")
        assert view.window == whole and view.shows_all


async def test_panning_moves_the_window_not_the_cursor_and_stays_on_the_picture():
    app = PlotApp(rising())
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("plus", "plus", "shift+right")
        assert app.view.window.x0 == pytest.approx(0.625) and app.view.cursor_at == (0, 0)
        for _ in range(20):
            app.view.action_pan(1, 0)
        assert app.view.window.x1 == pytest.approx(10)


async def test_upright_zoom_stays_until_one_asks_for_the_fit():
    app = PlotApp(rising())
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.press("pagedown", "pagedown", "I")
        height = app.view.window.height
        await pilot.press("plus")
        assert app.view.window.height == height
        await pilot.press("a")
        assert app.view.window.height != height


async def test_up_and_down_go_to_another_series_near_by():
    app = PlotApp(rising())
    async with app.run_test(size=(60, 20)) as pilot:
        app.view.put_cursor((0, 24))
        await pilot.press("down")
        assert app.view.cursor_at == (1, 2) and app.view.packet == 20
        await pilot.press("up")
        assert app.view.cursor_at == (0, 20)


async def test_a_step_of_the_cursor_draws_only_the_lines_that_change():
    app = PlotApp(rising())
    async with app.run_test(size=(60, 20)) as pilot:
        before = app.view.line_keys()
        await pilot.press("right")
        changed = sum(one != other for one, other in zip(before, app.view.line_keys(), strict=True))
        assert changed <= 3


async def test_a_click_takes_the_nearest_point_and_the_wheel_zooms():
    app = PlotApp(rising())
    async with app.run_test(size=(60, 20)) as pilot:
        canvas = app.view._drawn
        column, row = canvas.cell(5.0, 50.0)
        await pilot.click(PlotView, offset=(column + app.view._gutter, row + 1))
        assert app.view.cursor_at is not None and app.view.cursor_at[0] == 0
        assert abs(app.view.packet - 50) <= 1


ODD = [rising(), rising(1), Plot("t", []), Plot("t", [series("n", [1.0], [np.nan])])]


@pytest.mark.parametrize("size", [(3, 2), (16, 4), (20, 5), (200, 60)])
async def test_any_size_and_any_plot_can_be_shown(size):
    app = PlotApp(rising())
    async with app.run_test(size=size) as pilot:
        view = app.view
        for plot in ODD:
            view.show(plot)
            for act, argument in ((view.action_step, 1), (view.action_end, -1), (view.action_mark, 1),
                                  (view.action_mark, -1), (view.action_zoom, 1), (view.action_zoom_y, 1),
                                  (view.action_zoom_y, -1), (view.action_leap, 1),
                                  (view.action_change, 1)):  # fmt: skip
                act(argument)
            view.action_pan(-1, 1)
            view.action_fit()
            view.action_reset()
            await pilot.pause()
            assert len([view.render_line(y) for y in range(size[1])]) == len(view.line_keys()) == size[1]


async def loaded(pilot: Any) -> None:
    await drawn(pilot)


def test_snapshot_time_sequence(snap_compare, upload):
    """Slow start, losses with their SACKed ranges, and what was sent again."""
    assert snap_compare(GraphApp(Host(upload), "time-sequence", 0, 40), terminal_size=(160, 48), run_before=loaded)


def test_snapshot_tcptrace(snap_compare, upload):
    """Segments between the line of what is acknowledged and that of the window; the legend takes two lines."""
    assert snap_compare(GraphApp(Host(upload), "tcptrace", 0, 40), terminal_size=(80, 24), run_before=loaded)


def test_snapshot_tcptrace_without_colour(snap_compare, upload):
    """The lines carry their letters."""
    assert snap_compare(GraphApp(Host(upload, False), "tcptrace", 0, 40), terminal_size=(80, 24), run_before=loaded)


def test_snapshot_rtt(snap_compare, upload):
    assert snap_compare(GraphApp(Host(upload), "rtt", 0), terminal_size=(80, 24), run_before=loaded)


def test_snapshot_throughput(snap_compare, upload):
    assert snap_compare(GraphApp(Host(upload), "throughput", 0), terminal_size=(80, 24), run_before=loaded)


def test_snapshot_window_small(snap_compare):
    """Forty by twelve: the window that closed, and its mark."""
    host = Host(opened("zero-window-recovered"))
    assert snap_compare(GraphApp(host, "window", 0), terminal_size=(40, 12), run_before=loaded)
