"""The gutter: what the list shows of the selected packet's conversation, with colour and without."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from scapy.layers.inet import ICMP, IP
from scapy.utils import wrpcap

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.glance import Glances, Part
from pcaptui.screens.looker import Looker
from pcaptui.widgets.glyphs import ABOVE, ALONG, BELOW
from pcaptui.widgets.gutter import Gutter
from support.screens import settle

VISIT = Path(__file__).parents[2] / "sample_pcaps/web-visit.pcapng"
SIZE = (120, 50)
LIFE = {250: "┌", 251: "│", 252: "└", 253: "►", 256: "·", 257: "◄", 258: "╓", 259: "║", 260: "║", 261: "╙"}
"""Signs of tcp:4, by packet index."""


@pytest.fixture
def visit():
    return PcapApp(Capture.open([str(VISIT)]))


async def select(app, pilot, number: int) -> None:
    packets = app.screen.packet_list
    await settle(pilot, lambda: not app.screen._reader.running and len(app.screen.model) == 262)
    packets.centre(number - 1)
    await settle(pilot, lambda: app.screen.streams._look is not None and app.screen.streams._look.index == number - 1)
    await pilot.pause()


def gutter_of(app, text_of) -> dict[int, str]:
    """The first three cells of each packet's row on the screen, by packet index."""
    packets = app.screen.packet_list
    lines = text_of(packets)[1:]
    return {app.screen.model.index(row): lines[row - packets.top][:3] for row in packets.on_screen}


async def test_every_phase_has_its_sign_and_no_other_row_has_one(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        await settle(pilot, lambda: gutter_of(visit, text_of)[253][0] == "►")
        signs = {index: front[0] for index, front in gutter_of(visit, text_of).items() if front[0] != " "}
        shown = visit.screen.model.indexes(visit.screen.packet_list.on_screen).tolist()
        assert signs == {index: sign for index, sign in LIFE.items() if index in shown}
        assert {250, 251, 252, 253, 257, 258} <= signs.keys()


async def test_request_and_response_are_tied_by_arrows(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        fronts = gutter_of(visit, text_of)
        assert fronts[257][2] == BELOW
        assert [fronts[index][2] for index in (254, 255, 256)] == [ALONG] * 3
        await select(visit, pilot, 258)
        fronts = gutter_of(visit, text_of)
        assert fronts[253][2] == ABOVE
        assert fronts[258][2] == " "


async def test_phases_are_told_without_colour(visit, text_of, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    app = PcapApp(Capture.open([str(VISIT)]))
    async with app.run_test(size=SIZE) as pilot:
        await select(app, pilot, 254)
        fronts = gutter_of(app, text_of)
        assert [fronts[index][0] for index in (250, 252, 253, 257, 258)] == ["┌", "└", "►", "◄", "╓"]
        packets = app.screen.packet_list
        strip = packets.render_line(251 - 1 - packets.top + 1)
        assert all(segment.style is None or segment.style.color is None for segment in list(strip)[:-1])
        number = next(segment for segment in strip if "251" in segment.text)
        assert number.style.bold


async def test_the_conversation_stands_in_words_under_the_list(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        await settle(pilot, lambda: "tcp:4 opened in 3.8 ms, " in text_of(visit.screen.status_line)[0])
        line = text_of(visit.screen.status_line)[0]
        assert "200 OK in 7.6 ms, closed by the server first" in line
        assert f"{BELOW} 258" in line


async def test_an_echo_and_its_reply_stand_in_words_under_the_list(tmp_path, text_of):
    path = tmp_path / "ping.pcap"
    pings = [
        IP(src="10.0.0.1", dst="10.0.0.2") / ICMP(type=8, id=7),
        IP(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=0, id=7),
    ]
    for number, ping in enumerate(pings):
        ping.time = 1 + number / 1000
    wrpcap(str(path), pings)
    app = PcapApp(Capture.open([str(path)]))
    async with app.run_test(size=SIZE) as pilot:
        told = "Echo (ping) request → Echo (ping) reply in 1.0 ms"
        await settle(pilot, lambda: told in text_of(app.screen.status_line)[0])
        assert f"{BELOW} 2" in text_of(app.screen.status_line)[0]


async def test_a_step_within_a_conversation_draws_two_rows(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 259)
        packets = visit.screen.packet_list
        before = packets.line_keys()
        await pilot.press("down")
        await settle(pilot, lambda: visit.screen.streams._look.index == 259)
        assert sum(one != other for one, other in zip(before, packets.line_keys(), strict=True)) == 2


async def test_next_and_previous_packet_of_the_conversation(visit):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        seen = []
        for key in ("right_square_bracket", "right_square_bracket", "left_square_bracket"):
            await pilot.press(key)
            seen.append(visit.screen.packet_list.cursor + 1)
        assert seen == [257, 258, 257]


async def test_behind_the_last_packet_of_a_conversation_there_is_none(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 262)
        await pilot.press("right_square_bracket")
        assert visit.screen.packet_list.cursor == 261
        assert "Last packet of tcp:4" in text_of(visit.screen.status_line)[0]


async def test_a_packet_without_conversation_has_no_next(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 1)
        await pilot.press("right_square_bracket")
        assert visit.screen.packet_list.cursor == 0
        assert "belongs to no TCP or UDP conversation" in text_of(visit.screen.status_line)[0]


async def test_jump_to_the_answer_and_back(visit):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 254)
        seen = []
        for key in ("r", "r", "r", "R"):
            await pilot.press(key)
            seen.append(visit.screen.packet_list.cursor + 1)
        assert seen == [258, 254, 258, 254]


async def test_a_packet_tied_to_nothing_has_nowhere_to_jump(visit, text_of):
    async with visit.run_test(size=SIZE) as pilot:
        await select(visit, pilot, 250)
        await pilot.press("r")
        assert visit.screen.packet_list.cursor == 249
        assert "No other packet" in text_of(visit.screen.status_line)[0]


# Conversations made for the purpose.


@pytest.fixture
def capture_of(tmp_path):
    """A capture of scapy packets (time in s, packet)."""
    from scapy.layers.l2 import Ether
    from scapy.utils import PcapWriter

    def make(packets) -> Capture:
        path = tmp_path / "made.pcap"
        with PcapWriter(str(path), linktype=1) as writer:
            for at, packet in packets:
                frame = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / packet
                frame.time = 1000 + at
                writer.write(frame)
        capture = Capture.open([str(path)])
        capture.load_all()
        return capture

    return make


def tcp(forward: bool, flags: str, seq: int, ack: int, payload: bytes = b""):
    from scapy.layers.inet import IP, TCP
    from scapy.packet import Raw

    ends = {"src": "10.0.0.1", "dst": "10.0.0.2"} if forward else {"src": "10.0.0.2", "dst": "10.0.0.1"}
    ports = {"sport": 40000, "dport": 7000} if forward else {"sport": 7000, "dport": 40000}
    packet = IP(**ends) / TCP(**ports, flags=flags, seq=seq, ack=ack, window=8192)
    return packet / Raw(payload) if payload else packet


OPENED = [(0.0, tcp(True, "S", 0, 0)), (0.1, tcp(False, "SA", 0, 1)), (0.2, tcp(True, "A", 1, 1))]


def parts(capture: Capture, index: int = 0) -> list[Part | None]:
    glance = Glances(capture).look(index).glance
    assert glance is not None
    return glance.parts(np.arange(len(capture)))


def test_a_handshake_that_was_not_completed_has_no_end(capture_of):
    capture = capture_of([(at, tcp(True, "S", 0, 0)) for at in (0.0, 1.0, 3.0)])
    assert parts(capture) == [Part.handshake_begin, Part.handshake, Part.handshake]


def test_a_reset_is_told_from_a_teardown(capture_of):
    capture = capture_of([*OPENED, (0.3, tcp(True, "PA", 1, 1, b"hello")), (0.4, tcp(False, "R", 1, 0))])
    assert parts(capture)[3:] == [Part.data, Part.reset]


def test_a_half_closed_conversation_has_no_end_of_teardown(capture_of):
    capture = capture_of([*OPENED, (0.3, tcp(False, "FA", 1, 1)), (0.4, tcp(True, "A", 1, 2))])
    assert parts(capture)[3:] == [Part.teardown_begin, Part.teardown]


def test_a_retransmission_and_its_original_are_related_both_ways(capture_of):
    segment = tcp(True, "PA", 1, 1, b"hello")
    capture = capture_of([*OPENED, (0.3, segment), (1.3, segment), (3.3, segment)])
    glances = Glances(capture)
    assert glances.look(3).related == (4, 5)
    assert 3 in glances.look(4).related
    assert 4 in glances.look(5).related


def test_a_duplicate_ack_and_the_first_are_related_both_ways(capture_of):
    sent = [(0.3, tcp(False, "PA", 1, 1, b"a" * 100)), (0.4, tcp(True, "A", 1, 101))]
    later = [(0.5 + n / 10, tcp(False, "PA", 301 + 100 * n, 1, b"b" * 100)) for n in range(3)]
    repeats = [(at + 0.01, tcp(True, "A", 1, 101)) for at, _ in later]
    capture = capture_of([*OPENED, *sent, *sorted(later + repeats, key=lambda item: item[0])])
    glances = Glances(capture)
    assert glances.look(4).related == (6, 8, 10)
    assert 4 in glances.look(8).related


def test_a_growing_conversation_is_looked_at_again(capture_of):
    capture = capture_of([*OPENED, (0.3, tcp(False, "FA", 1, 1)), (0.4, tcp(True, "FA", 1, 2)),
                          (0.5, tcp(False, "A", 2, 2))])  # fmt: skip
    glances = Glances(capture)
    capture.tracked = 4
    before = glances.look(0).glance
    assert glances.look(3).glance is before
    capture.tracked = 6
    after = glances.look(0).glance
    assert after is not before
    assert after.parts(np.arange(6))[5] is Part.teardown_end
    assert after.packets.tolist() == list(range(6))


# What it costs.


class Counting:
    """A conversation of every packet there is, which counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def parts(self, indexes):
        self.asked += len(indexes)
        return [Part.data] * len(indexes)


@pytest.mark.parametrize("start", [0, 1_000_000])
def test_only_rows_on_the_screen_are_asked_for(start):
    life, gutter = Counting(), Gutter()
    gutter.follow(life)
    gutter.window(np.arange(start, start + 40))
    gutter.window(np.arange(start + 1, start + 41))
    assert life.asked == 41
    assert gutter.mark(start + 5).sign == "·"


def test_a_slow_answer_does_not_hold_the_screen_up():
    class Slow:
        def look(self, index):
            time.sleep(0.2)
            return index

    arrived = []
    looker = Looker(Slow(), arrived.append)
    started = time.monotonic()
    assert looker.want(1) is None
    assert looker.want(2) is None
    assert looker.want(3) is None
    assert time.monotonic() - started < 0.15
    for _ in range(100):
        if arrived:
            break
        time.sleep(0.02)
    looker.close()
    assert arrived == [3]


# Pictures.


@pytest.fixture
def pictured(fakes):
    """The visit, with trees that need no other process."""
    return PcapApp(Capture.open([str(VISIT)]), None, fakes.FakeTrees)


def at_packet(number: int, *keys: str):
    async def run(pilot) -> None:
        await select(pilot.app, pilot, number)
        await pilot.press(*keys)
        await settle(pilot, lambda: pilot.app.screen.streams._look.index == number - 1)
        await settle(pilot, lambda: f"Frame {number}" in pilot.app.screen.field_tree.lines[0].node.label)
        await pilot.pause()

    return run


def test_picture_of_the_visit(snap_compare, pictured):
    """Request selected: handshake above, arrow to the response, teardown below, the conversation in words."""
    assert snap_compare(pictured, terminal_size=(140, 48), run_before=at_packet(254))


def test_picture_of_one_stream(snap_compare, pictured):
    """Only tcp:4, on eighty columns; the header says 10 of 262."""
    assert snap_compare(pictured, terminal_size=(80, 24), run_before=at_packet(258, "s"))


def test_picture_without_colour(snap_compare, fakes, monkeypatch):
    """Signs and bold numbers say what colours say elsewhere."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = PcapApp(Capture.open([str(VISIT)]), None, fakes.FakeTrees)
    assert snap_compare(app, terminal_size=(100, 30), run_before=at_packet(260))
