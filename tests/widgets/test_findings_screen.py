"""Findings where people look: the header, the list's signs, the screen of findings, the way to the packets and back."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.packet import Packet, Raw
from scapy.utils import wrpcap

import pcaptui.screens.copier as copier
from pcaptui import found
from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.findings import lessons
from pcaptui.findings.finding import MASK, Finding, Severity, finding
from pcaptui.findings.run import Report
from pcaptui.screens.conversations import ConversationsScreen
from pcaptui.screens.file_prompt import FilePrompt
from pcaptui.screens.finding_actions import packets_filter
from pcaptui.screens.findings import FindingsScreen
from pcaptui.screens.follow import FollowScreen
from pcaptui.terminal.clipboard import Copied
from pcaptui.widgets.findings_text import FindingText, facts, numbers, text_lines, wrapped
from pcaptui.widgets.text import width_of
from support.screens import settle

CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
SECRET = "hunter2"


def packets() -> list[Packet]:
    """A refused connection (1, 2), a dialogue over UDP (3, 4), another refused one (5, 6), and noise (7 to 40)."""
    front = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    there, back = IP(src=CLIENT, dst=SERVER), IP(src=SERVER, dst=CLIENT)
    made = [
        front / there / TCP(sport=5000, dport=80, flags="S", seq=5),
        front / back / TCP(sport=80, dport=5000, flags="RA", seq=0, ack=6),
        front / there / UDP(sport=6000, dport=9999) / Raw(b"user hunter2"),
        front / back / UDP(sport=9999, dport=6000) / Raw(b"fine"),
        front / there / TCP(sport=5001, dport=81, flags="S", seq=5),
        front / back / TCP(sport=81, dport=5001, flags="RA", seq=0, ack=6),
        *(front / there / UDP(sport=7000 + number, dport=7) / Raw(b"x") for number in range(34)),
    ]
    for number, packet in enumerate(made):
        packet.time = 1_600_000_000 + number / 10
    return made


FINDINGS = [
    finding("tcp-refused", Severity.error, f"{SERVER} refuses port 80", "It answered 1 SYN with RST.", (0, 1),
            hosts=(SERVER, CLIENT), stream="tcp:0", lesson="refused"),
    finding("noise", Severity.warning, "Much noise", "Every second packet is noise.", range(6, 40, 2)),
    finding("secret", Severity.note, "A password in clear: {0}", "It was {0}.", (2, 3), secrets=(SECRET,)),
]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = tmp_path_factory.mktemp("findings") / "sick.pcap"
    wrpcap(str(made), packets())
    return str(made)


@pytest.fixture
def capture(path: str) -> Capture:
    capture = Capture.open([path])
    capture.load_all()
    return capture


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Finding]], Report]:
    """Have the rules find this."""

    def have(findings: list[Finding]) -> Report:
        report = Report(findings)
        monkeypatch.setattr(found, "report_of", lambda *_: report)
        return report

    return have


Step = Callable[..., Awaitable[None]]


@pytest.fixture
def run(fakes, capture: Capture) -> Callable[[Step], Awaitable[None]]:
    """Have a test's steps taken on the app, with the findings there."""

    async def with_app(steps: Step, size: tuple[int, int] = (120, 36)) -> None:
        app = PcapApp(capture, tree_source=fakes.FakeTrees)
        async with app.run_test(size=size) as pilot:
            main = app.screen
            await settle(pilot, lambda: main.verdict is not None and main.verdict.report is not None)
            await settle(pilot, lambda: main.model.found is not None)
            await steps(pilot, app, main)

    return with_app


async def opened(pilot, app: PcapApp) -> FindingsScreen:
    await pilot.press("e")
    await settle(pilot, lambda: isinstance(app.screen, FindingsScreen) and app.screen.is_mounted)
    await pilot.pause(0.05)
    screen = app.screen
    assert isinstance(screen, FindingsScreen)
    return screen


# On opening.


@pytest.mark.parametrize(
    ("findings", "width", "told"),
    [
        (FINDINGS, 120, "sick.pcap   40 packets   error 1  warning 1  note 1"),
        (FINDINGS, 40, "sick.pcap  E1 W1 N1"),
        (FINDINGS[2:], 120, "sick.pcap   40 packets   note 1"),
        ([], 120, "sick.pcap   40 packets   no findings"),
    ],
)
async def test_the_header_counts_by_severity(say, run, text_of, findings, width, told):
    say(findings)

    async def steps(pilot, app, main):
        await settle(pilot, lambda: told in text_of(main.header_line)[0])

    await run(steps, (width, 20))


async def test_an_error_is_told_under_the_list_with_the_key(say, run, text_of):
    say(FINDINGS)

    async def steps(pilot, app, main):
        told = f" 1 error: {SERVER} refuses port 80  e tells more"
        await settle(pilot, lambda: text_of(main.status_line)[0].rstrip() == told)

    await run(steps)


async def test_nothing_is_said_where_no_error_is(say, run, text_of):
    say(FINDINGS[1:])

    async def steps(pilot, app, main):
        await pilot.pause(0.1)
        assert "e tells more" not in text_of(main.status_line)[0]

    await run(steps)


async def test_packets_of_errors_and_warnings_have_a_sign_in_the_list(say, run, text_of):
    say(FINDINGS)

    async def steps(pilot, app, main):
        await settle(pilot, lambda: text_of(main.packet_list)[1][1] == "E")
        signs = [line[1] for line in text_of(main.packet_list)[1:10]]
        assert signs == ["E", "×", " ", " ", " ", "×", "W", " ", "W"]  # what is wrong by itself keeps its sign

    await run(steps, (120, 50))


async def test_streams_with_findings_have_a_sign_in_the_table(say, run, text_of):
    say(FINDINGS)

    async def steps(pilot, app, main):
        await pilot.press("c")
        await settle(pilot, lambda: isinstance(app.screen, ConversationsScreen) and app.screen.table.row_count == 37)
        await settle(pilot, lambda: text_of(app.screen.table)[1].startswith("E"))
        assert [line[0] for line in text_of(app.screen.table)[1:7]] == ["E", " ", " ", "W", " ", "W"]

    await run(steps, (150, 50))


async def test_rules_that_break_leave_the_screen_alone(monkeypatch, fakes, capture, text_of):
    def broken(*_: object) -> Report:
        raise ValueError("no rule can know")

    monkeypatch.setattr(found, "report_of", broken)
    app = PcapApp(capture, tree_source=fakes.FakeTrees)
    async with app.run_test(size=(120, 36)) as pilot:
        main = app.screen
        await settle(pilot, lambda: main.verdict is not None and main.verdict.error != "")
        screen = await opened(pilot, app)
        assert "! no rule can know" in text_of(screen.status_line)[0]


# The screen.


async def test_worst_first_with_sign_and_word_and_the_finding_in_full(say, run, text_of):
    say(FINDINGS)

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)
        rows = [line.rstrip() for line in text_of(screen.list)[1:]]
        assert rows[0].startswith(f"E▸error   {SERVER} refuses port 80")
        assert rows[1].startswith("W warning Much noise") and rows[1].split()[-2:] == ["17", "0.600000"]
        assert rows[2].startswith("N note    A password in clear")
        text = "\n".join(line.rstrip() for line in text_of(screen.text))
        for wanted in ("It answered 1 SYN with RST.", f"Hosts    {SERVER}, {CLIENT}", "Stream   tcp:0",
                       "Packets  1-2", "Rule     tcp-refused", lessons.LESSONS["refused"][:40]):  # fmt: skip
            assert wanted in text
        await pilot.press("down")
        await pilot.pause(0.05)
        assert "Every second packet is noise." in "\n".join(text_of(screen.text))
        assert "2 of 3" in text_of(screen.header_line)[0]

    await run(steps)


async def test_nothing_found_is_said_in_words(say, run, text_of):
    say([])

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)
        assert "Nothing was found" in "\n".join(text_of(screen.text))
        await pilot.press("enter", "y", "w", "f", "x")
        assert app.screen is screen

    await run(steps)


async def test_an_empty_capture_has_nothing_to_look_at(fakes, tmp_path, text_of):
    wrpcap(str(tmp_path / "empty.pcap"), [])
    app = PcapApp(Capture.open([str(tmp_path / "empty.pcap")]), tree_source=fakes.FakeTrees)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.2)
        screen = await opened(pilot, app)
        assert "nothing to look at" in "\n".join(text_of(screen.text))


async def test_what_is_no_capture_has_no_findings(make_app, text_of):
    app = make_app(20)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e")
        await pilot.pause(0.05)
        assert "There are no findings of this" in text_of(app.screen.status_line)[0]


async def test_broken_rules_are_named(say, run, text_of):
    say(FINDINGS).failed["dns"] = "KeyError: 7"

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)
        assert "The rule dns broke off: KeyError: 7" in text_of(screen.status_line)[0]

    await run(steps)


async def test_secrets_are_masked_until_asked_for(say, run, text_of):
    say(FINDINGS)

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)
        await pilot.press("end")

        def shown() -> str:
            return "\n".join(text_of(screen.list) + text_of(screen.text))

        await settle(pilot, lambda: MASK in shown())
        assert SECRET not in shown()
        await pilot.press("x")
        await settle(pilot, lambda: SECRET in shown() and MASK not in shown())
        await pilot.press("x")
        await settle(pilot, lambda: SECRET not in shown())

    await run(steps)


@pytest.mark.parametrize("size", [(160, 48), (80, 24), (40, 12), (30, 8)])
async def test_every_size_shows_a_finding_and_how_to_leave(say, run, text_of, size):
    say(FINDINGS)

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)
        assert text_of(screen.list)[1].startswith("E▸")
        for pane in (screen.list, screen.text):
            assert pane.size.height >= 2
            assert all(width_of(line) == pane.size.width for line in text_of(pane))
        assert "Esc back" in text_of(screen.footer_line)[0]

    await run(steps, size)


async def test_space_turns_the_text_and_tab_leads_to_it(say, run):
    long = finding("long", Severity.error, "Long", " ".join(["many words"] * 300), (0,))
    say([long])

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)
        await pilot.press("space")
        assert screen.text.top > 0
        await pilot.press("tab", "up")
        assert screen.text.has_focus
        await pilot.press("tab")
        assert screen.list.has_focus

    await run(steps, (80, 24))


# To the packets and back.


async def test_enter_leads_to_the_stream_and_esc_back(say, run, text_of):
    say(FINDINGS)

    async def steps(pilot, app, main):
        await opened(pilot, app)
        await pilot.press("enter")
        assert app.screen is main and main.streams.stream == ("tcp", 0)
        assert main.streams.here == 0
        assert "Esc findings" in text_of(main.footer_line)[0]
        await pilot.press("escape")
        await settle(pilot, lambda: isinstance(app.screen, FindingsScreen))
        assert main.streams.stream is None and len(main.model) == 40
        await pilot.press("escape")
        assert app.screen is main

    await run(steps)


async def test_enter_leads_to_the_packets_the_first_selected_and_esc_back_to_the_finding(say, run):
    say(FINDINGS)

    async def steps(pilot, app, main):
        await opened(pilot, app)
        await pilot.press("down", "down", "enter")
        await settle(pilot, lambda: main.model.packets.tolist() == [2, 3])
        assert main.streams.here == 2 and main.filters.text == "frame.number in {3..4}"
        await pilot.press("escape")
        await settle(pilot, lambda: isinstance(app.screen, FindingsScreen) and app.screen.list.row_count == 3)
        assert app.screen.list.finding is FINDINGS[2]
        assert main.filters.text == ""

    await run(steps)


async def test_the_filter_from_before_comes_back(say, run):
    say(FINDINGS)

    async def steps(pilot, app, main):
        from pcaptui.filters import compile

        main.apply_filter(compile("tcp"))
        await settle(pilot, lambda: len(main.model) == 4)
        await opened(pilot, app)
        await pilot.press("down", "enter")
        await settle(pilot, lambda: main.model.packets.tolist() == list(FINDINGS[1].packets))
        await pilot.press("escape")
        await settle(pilot, lambda: main.filters.text == "tcp" and len(main.model) == 4)

    await run(steps)


async def test_esc_clears_what_the_person_filtered_since(say, run):
    say(FINDINGS)

    async def steps(pilot, app, main):
        from pcaptui.filters import compile

        await opened(pilot, app)
        await pilot.press("enter")
        main.apply_filter(compile("udp"))
        await pilot.press("escape")
        assert app.screen is main and main.filters.text == "" and len(main.model) == 40

    await run(steps)


async def test_esc_leads_nowhere_special_from_the_same_stream_chosen_by_hand(say, run):
    say(FINDINGS)

    async def steps(pilot, app, main):
        await opened(pilot, app)
        await pilot.press("enter", "s", "s")
        assert main.streams.stream == ("tcp", 0)
        await pilot.press("escape")
        assert app.screen is main and main.streams.stream is None

    await run(steps)


async def test_f_follows_the_findings_stream(say, run):
    say(FINDINGS)

    async def steps(pilot, app, main):
        await opened(pilot, app)
        await pilot.press("f")
        await settle(pilot, lambda: isinstance(app.screen, FollowScreen))

    await run(steps)


# Copying, writing.


async def test_y_copies_the_finding_with_its_secrets_masked(say, run, text_of, monkeypatch):
    say(FINDINGS)
    copied: list[str] = []
    monkeypatch.setattr(copier.clipboard, "copy", lambda text, _: copied.append(text) or Copied("to the clipboard"))

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)
        await pilot.press("end", "y")
        await settle(pilot, lambda: "Copied the finding to the clipboard" in text_of(screen.status_line)[0])
        assert copied[0].startswith(f"N note: A password in clear: {MASK}\n") and SECRET not in copied[0]
        assert "Packets: 3-4" in copied[0]

    await run(steps)


async def test_w_writes_the_findings_packets(say, run, text_of, tmp_path: Path, capture):
    say(FINDINGS)
    target = tmp_path / "out.pcapng"

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)
        await pilot.press("down", "w")
        await settle(pilot, lambda: isinstance(app.screen, FilePrompt))
        assert app.focused.value == "noise.pcapng"
        app.focused.value = str(target)
        await pilot.press("enter")
        await settle(pilot, lambda: "17 packets written" in text_of(screen.status_line)[0])

    await run(steps)
    written = Capture([str(target)])
    written.load_all()
    assert [written.frame(i) for i in range(len(written))] == [capture.frame(i) for i in FINDINGS[1].packets]


# While the capture still loads.


async def test_they_are_found_anew_when_asked_while_loading(monkeypatch, fakes, path, text_of):
    asked: list[int] = []
    more = threading.Event()

    def report_of(capture: Capture, *_: object) -> Report:
        asked.append(len(capture))
        return Report(FINDINGS[2:] if more.is_set() else [])

    class Slow(Capture):
        def load_more(self) -> bool:
            again = True
            if not len(self):
                again = super().load_more()
                self.shown = 10
                return True
            if not more.wait(0.02):
                return True
            self.shown = 1000
            return again and super().load_more()

        shown = 10

        def __len__(self) -> int:
            return min(self.shown, super().__len__())

        @property
        def complete(self) -> bool:
            return self.shown > 10

    monkeypatch.setattr(found, "report_of", report_of)
    app = PcapApp(Slow.open([path]), tree_source=fakes.FakeTrees)
    async with app.run_test(size=(120, 36)) as pilot:
        main = app.screen
        await pilot.pause(0.3)
        assert asked == []  # nobody has asked, and there is more to come
        screen = await opened(pilot, app)
        await settle(pilot, lambda: "no findings" in text_of(screen.header_line)[0])
        assert asked == [10]
        more.set()
        await settle(pilot, lambda: screen.list.row_count == 1)
        assert asked == [10, 40] and main.verdict.size == 40


async def test_the_cursor_stays_on_the_first_row_until_somebody_moves_it(say, run):
    report = say(FINDINGS[1:])

    async def steps(pilot, app, main):
        screen = await opened(pilot, app)

        def arrive(findings):
            main.verdict.report = Report(findings)
            screen.moved()
            return screen.list.cursor

        assert arrive(FINDINGS) == 0  # a worse one has come above
        await pilot.press("down")
        assert screen.list.finding.rule == "noise"
        assert arrive(FINDINGS[1:]) == 0 and arrive(FINDINGS) == 1
        await pilot.press("up")
        assert arrive(FINDINGS[::-1]) == 2  # chosen by hand: the first row too

    assert report.findings == FINDINGS[1:]
    await run(steps)


async def test_words_are_not_broken_before_there_is_a_layout(say, run):
    say(FINDINGS)

    async def steps(pilot, app, main):
        pane = FindingText()
        with app._context():
            pane.show(None, False, ("Looking …",))
        assert [text for _, _, text in pane.lines] == ["Looking …"]

    await run(steps)


# Parts.


@pytest.mark.parametrize(
    ("given", "told"),
    [((0,), "1"), ((2, 3, 4, 8), "3-5, 9"), (range(0, 60, 2), "1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 18 more")],
)
def test_packet_numbers_as_runs(given, told):
    assert numbers(given) == told


def test_lines_break_between_words_and_long_words_anywhere():
    assert list(wrapped("one two three", 7)) == ["one two", "three"]
    assert all(width_of(line) <= 9 for line in wrapped("字" * 40 + " " + "x" * 40, 9))
    assert list(wrapped("a\nb", 9)) == ["a", "b"]


def test_what_packets_say_is_escaped():
    one = finding("r", Severity.error, "T\x1b[2J", "D\x1b]52;c;\u202e", (0,), hosts=("h\x1b",))
    assert all(line.isprintable() for _, _, line in text_lines(one, False, 60, True))


def test_a_pane_without_room_is_laid_out_too():
    assert text_lines(FINDINGS[0], False, 0, False)


def test_facts_leave_out_what_is_not_there():
    assert facts(finding("r", Severity.note, "T", "D", ())) == [("Rule", "r")]


def test_a_filter_shows_exactly_the_findings_packets(capture):
    for one in (FINDINGS[0], FINDINGS[1], FINDINGS[2], finding("r", Severity.note, "T", "D", (7,))):
        assert np.flatnonzero(packets_filter(one).run(capture)).tolist() == list(one.packets)
    assert packets_filter(FINDINGS[1]).text == 'finding == "noise"'


def test_streams_of_a_finding_without_one_are_those_of_its_packets(capture):
    streams = [("tcp", 0), ("tcp", 1), ("udp", 0)]
    alone = found.of_streams(capture, Report([FINDINGS[0]]))
    assert [alone.get(*one) for one in streams] == [3, 0, 0]
    both = finding("r", Severity.warning, "T", "D", (0, 2, 4))
    marks = found.of_streams(capture, Report([FINDINGS[0], both]))
    assert [marks.get(*one) for one in streams] == [3, 2, 2]
    assert marks.get("tcp", 10**6) == marks.get("sctp", 0) == 0


def test_the_worst_severity_counts_for_a_packet():
    warning = finding("r", Severity.warning, "T", "D", (0, 5, 99))
    assert found.of_packets(Report([FINDINGS[0], warning]), 6).tolist() == [3, 3, 0, 0, 0, 2]


def test_a_report_is_made_once(path):
    capture = Capture([path])
    capture.load_all()
    report = found.report_of(capture)
    assert found.report_of(capture) is report


def test_a_stopped_search_is_not_kept(capture):
    assert found.report_of(capture, lambda: True).findings == []
    assert any(one.rule == "tcp-refused" for one in found.report_of(capture).findings)
