"""Pictures of the screen. Each test says what must be seen; `pytest --snapshot-update` takes new ones."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def visit(make_app, fakes):
    """An app over packets that show every kind of row."""
    capture = fakes.FakeCapture(262)
    rows = fakes.FakeRows(
        capture,
        infos={
            1: "Standard query 0x2b06 A nate.com",
            2: "GET / HTTP/1.1",
            3: "Who has 172.16.0.1? Tell 172.16.0.122",
            4: "Echo (ping) request  id=0x0001, seq=1/256, ttl=128",
            5: "[TCP Retransmission] 50825 → 80 [PSH, ACK] Seq=1 Ack=1 Win=65535 Len=261",
            7: "Standard query response 0x2b06 A nate.com CNAME " + "a-very-long-name." * 20,
        },
    )
    return make_app(capture=capture, rows=rows)


async def tree_is_there(pilot: Any) -> None:
    await pilot.pause(0.15)
    for _ in range(200):
        if pilot.app.screen_stack[0].field_tree.lines:
            break
        await pilot.pause(0.02)
    await pilot.pause(0.1)


def test_wide(snap_compare, visit):
    """List above, tree and hex side by side with sixteen bytes a row; the third packet has the marker and the bar."""
    assert snap_compare(visit, terminal_size=(140, 40), press=["down", "down"], run_before=tree_is_there)


def test_eighty_by_twenty_four(snap_compare, visit):
    """All three panes with eight bytes a row; a selected field lights up its two bytes; the cut Info of the selected
    row stands in full under the list."""

    async def select_a_field(pilot: Any) -> None:
        await pilot.press(*["down"] * 7, "enter")
        await tree_is_there(pilot)
        await pilot.press(*["down"] * 4)

    assert snap_compare(visit, terminal_size=(80, 24), run_before=select_a_field)


def test_small(snap_compare, visit):
    """Forty by twelve: list with number, protocol and Info, and one pane below it. Nothing overlaps."""
    assert snap_compare(visit, terminal_size=(40, 12), press=["down"], run_before=tree_is_there)


def test_without_colour(snap_compare, make_app, monkeypatch):
    """NO_COLOR: the selection is reversed, bad TCP has its sign, nothing is coloured."""
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(make_app(262), terminal_size=(100, 30), press=["down"], run_before=tree_is_there)


def test_help(snap_compare, visit):
    """All keys, one a line, over the panes."""
    assert snap_compare(visit, terminal_size=(100, 40), press=["question_mark"], run_before=tree_is_there)


def test_go_to_packet(snap_compare, visit):
    """The prompt takes the last line and says that there is no packet 999."""
    keys = ["ctrl+g", "9", "9", "9", "enter"]
    assert snap_compare(visit, terminal_size=(80, 24), press=keys, run_before=tree_is_there)
