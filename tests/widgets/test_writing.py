"""Writing packets from the screen."""

from __future__ import annotations

from pathlib import Path

from pcaptui.app import PcapApp
from pcaptui.capture import Capture
from pcaptui.screens.copy_menu import CopyMenu
from pcaptui.screens.file_prompt import FilePrompt
from support.screens import settle

VISIT = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"


async def test_the_selected_packets_conversation_goes_to_a_file(fakes, tmp_path, text_of):
    capture = Capture.open([str(VISIT)])
    capture.load_all()
    app = PcapApp(capture, tree_source=fakes.FakeTrees)
    target = tmp_path / "out.pcapng"
    async with app.run_test(size=(120, 36)) as pilot:
        main = app.screen
        await settle(pilot, lambda: len(main.model) == 262)
        main.packet_list.centre(253)
        await pilot.press("w")
        await settle(pilot, lambda: isinstance(app.screen, CopyMenu))
        assert [(offer.key, offer.preview) for offer in app.screen._offers] == [
            ("c", "10 packets"), ("p", "1 packet"), ("a", "262 packets"),
        ]  # fmt: skip
        await pilot.press("c")
        await settle(pilot, lambda: isinstance(app.screen, FilePrompt))
        app.focused.value = str(target)
        await pilot.press("enter")
        await settle(pilot, lambda: "10 packets written" in text_of(main.status_line)[0])
    written = Capture([str(target)])
    written.load_all()
    assert [written.frame(i) for i in range(len(written))] == [
        capture.frame(i) for i in capture.stream_packets("tcp", 4).tolist()
    ]


async def test_what_cannot_be_written_is_said(fakes, tmp_path, text_of):
    capture = Capture.open([str(VISIT)])
    capture.load_all()
    app = PcapApp(capture, tree_source=fakes.FakeTrees)
    async with app.run_test(size=(120, 36)) as pilot:
        main = app.screen
        await settle(pilot, lambda: len(main.model) == 262)
        await pilot.press("w", "a")
        await settle(pilot, lambda: isinstance(app.screen, FilePrompt))
        app.focused.value = str(tmp_path / "nowhere" / "out.pcapng")
        await pilot.press("enter")
        await settle(pilot, lambda: "Not written: " in text_of(main.status_line)[0])
        assert "[Errno" not in text_of(main.status_line)[0]
