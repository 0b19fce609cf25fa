"""Protocol tree and hex pane, and how a field and its bytes find each other."""

from __future__ import annotations

import pytest

from pcaptui.fields.node import Dissection, Node
from pcaptui.widgets.nodes import Openness, flatten, path_to_byte
from support.screens import settle

SIZE = (160, 48)


async def in_tree(app, pilot):
    await settle(pilot, lambda: app.screen.field_tree.lines)
    await pilot.press("enter")
    return app.screen.field_tree


def labels(tree) -> list[str]:
    return [line.node.label for line in tree.lines]


async def test_the_last_layer_is_open_at_first(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        assert [line.open for line in tree.lines if line.depth == 0] == [False, False, False, True]


async def test_branches_open_and_close_with_the_arrows(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.press("down", "right")
        assert "Source: 00:11:22:33:44:55" in labels(tree)
        await pilot.press("right")
        assert labels(tree)[tree.cursor] == "Destination: 66:77:88:99:aa:bb"
        await pilot.press("left", "left")
        assert "Source: 00:11:22:33:44:55" not in labels(tree)


async def test_an_open_branch_stays_open_in_the_next_packet(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.press("down", "right", "escape", "down")
        await settle(pilot, lambda: "Frame 2" in labels(tree)[0])
        assert "Source: 00:11:22:33:44:55" in labels(tree)


async def test_the_selected_field_stays_selected_in_the_next_packet(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.press(*["down"] * 4)
        assert labels(tree)[tree.cursor] == "Source Port: 0"
        await pilot.press("escape", "down")
        await settle(pilot, lambda: "Frame 2" in labels(tree)[0])
        assert labels(tree)[tree.cursor] == "Source Port: 1"
        assert app.screen.hex_pane.marked == range(34, 36)


async def test_expand_and_collapse_all(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.press("E")
        assert len(tree.lines) == 10
        await pilot.press("C")
        assert len(tree.lines) == 4


async def test_a_field_lights_up_its_bytes(make_app, text_of):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await in_tree(app, pilot)
        assert not app.screen.hex_pane.marked
        await pilot.press(*["down"] * 4)
        assert app.screen.hex_pane.marked == range(34, 36)
        line = app.screen.hex_pane.render_line(3)
        lit = [segment.text for segment in line if segment.style and segment.style.bgcolor]
        assert lit == ["22 23", '"#']


async def test_a_computed_field_lights_up_nothing(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.press("end")
        assert labels(tree)[tree.cursor] == "[Stream index: 4]"
        assert not app.screen.hex_pane.marked


async def test_a_byte_finds_its_field(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.press("tab", "down", "right", *["right"] * 5)
        await pilot.pause()
        assert app.screen.hex_pane.byte == 22
        assert labels(tree)[tree.cursor] == "Time to Live: 64"
        assert app.screen.hex_pane.marked == range(22, 23)


@pytest.mark.parametrize("x", [2 + 4 + 2 + 3 * 6, 2 + 4 + 2 + 49 + 1 + 6])
async def test_a_click_on_hex_or_text_selects_the_byte(make_app, x):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.click("#hex", offset=(x, 2))
        await pilot.pause()
        assert app.screen.hex_pane.byte == 22
        assert labels(tree)[tree.cursor] == "Time to Live: 64"


async def test_a_click_on_a_branch_opens_it(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.click("#tree", offset=(1, 2))
        assert "Source: 00:11:22:33:44:55" in labels(tree)


@pytest.mark.parametrize(("size", "across"), [((160, 48), 16), ((120, 40), 16), ((80, 24), 8), ((60, 40), 8)])
async def test_hex_rows_are_as_long_as_the_width_allows(make_app, text_of, size, across):
    app = make_app()
    async with app.run_test(size=size) as pilot:
        await settle(pilot, lambda: app.screen.hex_pane.data)
        pane = app.screen.hex_pane
        assert pane.across == across
        line = text_of(pane)[1].strip("│▐ ")
        assert line.startswith("0000  00 01 02")
        assert line.endswith("." * across)


async def test_the_last_hex_row_keeps_its_text_in_place(make_app, text_of):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, lambda: app.screen.hex_pane.data)
        lines = [line for line in text_of(app.screen.hex_pane)[1:] if "00" in line]
        assert "0030  " in lines[3] and "30 31 32" in lines[3]
        assert lines[3].index("0123") == lines[0].index("....")


async def test_labels_of_the_tree_are_text(make_app, fakes, text_of):
    class Hostile(fakes.FakeTrees):
        async def dissection(self, index, hurry=False):
            return Dissection([Node("[red]a\x1b[31m\u202eb", "x", None, 0, 1)])

    app = make_app(trees=Hostile())
    async with app.run_test(size=SIZE) as pilot:
        await in_tree(app, pilot)
        assert "[red]a\\x1b[31m\\u202eb" in text_of(app.screen.field_tree)[1]


def nest(depth: int) -> list[Node]:
    node = Node("leaf", "leaf")
    for _ in range(depth):
        node = Node("deep", "deep", None, 0, 10, [node])
    return [node]


def test_very_deep_trees_need_no_recursion():
    openness = Openness()
    path: tuple[str, ...] = ()
    for _ in range(3000):
        path = (*path, "deep")
        openness.set(path, True)
    lines = flatten(nest(3000), openness)
    assert len(lines) == 3001
    assert lines[-1].depth == 3000


def test_fields_of_the_same_kind_are_told_apart():
    roots = [Node("TCP", "tcp", None, 0, 20, [Node("NOP", "opt", None, 1, 1), Node("NOP", "opt", None, 2, 1)])]
    paths = [line.path for line in flatten(roots, Openness())]
    assert paths == [("tcp",), ("tcp", "opt"), ("tcp", "opt#2")]


def test_the_innermost_field_wins_for_a_byte():
    bits = [Node("Version", "ip.version", 4, 14, 1), Node("TTL", "ip.ttl", 64, 22, 1)]
    roots = [Node("Frame", "frame", None, 0, 60), Node("IP", "ip", None, 14, 20, bits)]
    assert path_to_byte(roots, 22) == ("ip", "ip.ttl")
    assert path_to_byte(roots, 16) == ("ip",)
    assert path_to_byte(roots, 50) == ("frame",)
    assert path_to_byte(roots, 99) == ()


def test_bytes_of_reassembled_data_are_not_bytes_of_the_frame():
    roots = [Node("Body", "body", None, 0, 5, [], source="Reassembled TCP")]
    assert path_to_byte(roots, 2) == ()


def body_trees(fakes, sources, body):
    class Trees(fakes.FakeTrees):
        async def dissection(self, index, hurry=False):
            found = await super().dissection(index)
            return Dissection([*found.nodes, *body], sources)

    return Trees()


BODY = "Uncompressed entity body"
LINES = [Node("Line-based text data", "data-text-lines", None, 0, 11, source=BODY, children=[
    Node("<html>", "", None, 0, 6, source=BODY), Node("hello", "", None, 6, 5, source=BODY)])]  # fmt: skip


async def test_decoded_bytes_are_a_tab_that_their_fields_open(make_app, fakes, text_of):
    app = make_app(trees=body_trees(fakes, {BODY: b"<html>hello"}, LINES))
    async with app.run_test(size=(160, 40)) as pilot:
        await in_tree(app, pilot)
        pane = app.screen.hex_pane
        assert "Frame 60 · Uncompressed entity body 11" in text_of(pane)[0]
        await pilot.press("end")
        assert (pane.source, pane.data, pane.marked) == (BODY, b"<html>hello", range(6, 11))
        await pilot.press("g")
        assert (pane.source, pane.marked) == (None, range(60))


async def test_the_next_tab_comes_with_a_key_and_a_byte_of_it_finds_its_field(make_app, fakes):
    app = make_app(trees=body_trees(fakes, {BODY: b"<html>hello"}, LINES))
    async with app.run_test(size=(160, 40)) as pilot:
        tree = await in_tree(app, pilot)
        await pilot.press("b", "tab", "end")
        assert (app.screen.hex_pane.source, labels(tree)[tree.cursor]) == (BODY, "hello")
        await pilot.press("b")
        assert app.screen.hex_pane.source is None


async def test_where_tabs_do_not_fit_the_title_counts_them(make_app, fakes, text_of):
    app = make_app(trees=body_trees(fakes, {BODY: b"x", "Reassembled TCP": b"y"}, []))
    async with app.run_test(size=(60, 24)) as pilot:
        await in_tree(app, pilot)
        await pilot.press("tab", "b", "b")
        assert "3/3 Reassembled TCP 1" in text_of(app.screen.hex_pane)[0]


async def test_an_open_tab_stays_open_in_the_next_packet_that_has_it(make_app, fakes):
    app = make_app(trees=fakes.FakeTrees(sources={0: {BODY: b"one"}, 1: {BODY: b"two"}}))
    async with app.run_test(size=SIZE) as pilot:
        await in_tree(app, pilot)
        await pilot.press("b", "escape", "down")
        pane = app.screen.hex_pane
        await settle(pilot, lambda: pane.data == b"two")
        await pilot.press("down")
        await settle(pilot, lambda: len(pane.sources) == 1 and pane.sources[None] == fakes.frame_of(2))
        assert pane.source is None


async def test_a_line_that_names_a_packet_leads_there_and_back(make_app, fakes):
    link = Node("[Response in frame: 5]", "http.response_in", 5, link=5)
    app = make_app(trees=body_trees(fakes, {}, [link]))
    async with app.run_test(size=SIZE) as pilot:
        await in_tree(app, pilot)
        await pilot.press("end", "enter")
        assert app.screen.packet_list.cursor == 4
        assert app.screen.focused_pane == "tree"
        await pilot.press("R")
        assert app.screen.packet_list.cursor == 0


async def test_shift_and_arrows_select_bytes(make_app):
    app = make_app()
    async with app.run_test(size=SIZE) as pilot:
        await in_tree(app, pilot)
        pane = app.screen.hex_pane
        await pilot.press("tab", "home", "right", "shift+right", "shift+right")
        assert (pane.marked, pane.chosen) == (range(1, 4), pane.data[1:4])
        await pilot.press("shift+left", "shift+left", "shift+left")
        assert pane.marked == range(2)
        await pilot.press("right")
        assert pane.marked != range(2)


def test_bytes_of_a_source_find_the_field_that_hangs_below_a_layer_of_the_frame():
    roots = [Node("HTTP", "http", None, 54, 300, LINES)]
    assert path_to_byte(roots, 7, BODY) == ("http", "data-text-lines", "hello")
    assert path_to_byte(roots, 100) == ("http",)
    assert path_to_byte(roots, 7) == ()
