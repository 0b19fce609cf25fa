"""Copying from the screen: what is offered, what is sent, and what the person is told."""

from __future__ import annotations

import base64

import pytest

from pcaptui.screens.copy_menu import CopyMenu
from pcaptui.terminal.clipboard import osc52
from support.screens import settle


@pytest.fixture
def over_ssh(monkeypatch):
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22")


async def copied(app, pilot, monkeypatch, *keys: str) -> list[str]:
    """What is sent to the terminal after these keys in the list, and the menu's key last."""
    sent: list[str] = []
    monkeypatch.setattr(app, "to_terminal", sent.append)
    await settle(pilot, lambda: app.screen.field_tree.lines)
    await pilot.press(*keys[:-1], "y")
    await settle(pilot, lambda: isinstance(app.screen, CopyMenu))
    await pilot.press(keys[-1])
    await settle(pilot, lambda: sent)
    return sent


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("enter", "end", "up", "v"), "80"),
        (("enter", "end", "up", "l"), "Destination Port: 80"),
        (("enter", "end", "up", "x"), "2425"),
        (("enter", "end", "up", "6"), "JCU="),
        (("r",), "1 115.140.24.0 → 120.50.132.112 TCP 60 50825 → 80 [ACK] Seq=0 Ack=0 Win=65535 Len=0"),
        (("tab", "tab", "home", "shift+right", "x"), "0001"),
    ],
)
async def test_what_is_selected_is_copied(make_app, monkeypatch, over_ssh, text_of, keys, text):
    app = make_app()
    async with app.run_test(size=(160, 48)) as pilot:
        assert await copied(app, pilot, monkeypatch, *keys) == [osc52(text)]
        await settle(pilot, lambda: "to the terminal's clipboard" in text_of(app.screen.status_line)[0])


async def test_the_tree_is_copied_whole(make_app, monkeypatch, over_ssh):
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        (sent,) = await copied(app, pilot, monkeypatch, "t")
        lines = base64.b64decode(sent[7:-1]).decode().splitlines()
        assert lines[0] == "Frame 1: 60 bytes"
        assert "    Destination Port: 80" in lines


async def test_bytes_go_raw_to_a_file_and_nothing_is_overwritten_unasked(make_app, tmp_path, text_of):
    app = make_app()
    target = tmp_path / "packet.bin"
    target.write_bytes(b"precious")
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        await pilot.press("y", "w")
        await settle(pilot, lambda: app.focused is not None and hasattr(app.focused, "value"))
        app.focused.value = str(target)
        await pilot.press("enter")
        assert target.read_bytes() == b"precious"
        await pilot.press("enter")
        await settle(pilot, lambda: "written" in text_of(app.screen.status_line)[0])
        assert target.read_bytes() == bytes(range(60))


async def test_the_menu_offers_no_field_where_none_is_selected(make_app):
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        await pilot.press("y")
        await settle(pilot, lambda: isinstance(app.screen, CopyMenu))
        keys = [offer.key for offer in app.screen._offers]
        assert "v" not in keys and {"t", "x", "r", "s", "w"} <= set(keys)
        assert len(keys) == len(set(keys))
        await pilot.press("escape")
        assert not isinstance(app.screen, CopyMenu)


async def test_what_cannot_be_copied_is_said(make_app, monkeypatch, text_of):
    from pcaptui.terminal import clipboard

    def fail(text, write):
        raise RuntimeError("[b]no way")

    monkeypatch.setattr(clipboard, "copy", fail)
    app = make_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, lambda: app.screen.field_tree.lines)
        await pilot.press("y")
        await settle(pilot, lambda: isinstance(app.screen, CopyMenu))
        await pilot.press("r")
        await settle(pilot, lambda: "Not copied: [b]no way" in text_of(app.screen.status_line)[0])
