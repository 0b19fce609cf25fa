"""The cell-diff layer: what a terminal shows after our differences is what full repaints would have shown."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.terminal.cells import Row, blank_row, put, split_cells
from pcaptui.terminal.diff import ScreenDiff
from pcaptui.terminal.pens import DEFAULT, Pens

WIDTH, HEIGHT = 34, 12
CODES = ("", "1", "2;31", "7", "4;32", "38;5;17;44", "1;38;2;1;2;3", "41", "3;9;35;100")
LETTERS = st.one_of(st.text("ab .│─▸…é中あ한😀", max_size=WIDTH), st.integers(1, WIDTH).map(" ".__mul__))


@dataclass
class Model:
    """Screens as lists of rows, changed the way an app changes them."""

    pens: Pens = field(default_factory=Pens)
    rows: list[Row] = field(default_factory=lambda: [blank_row(WIDTH) for _ in range(HEIGHT)])

    def write(self, y: int, x: int, text: str, codes: str) -> None:
        self.rows[y] = self.rows[y].copy()
        put(self.rows[y], x, text, self.pens.number(codes))

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        inside = self.rows[top:bottom]
        lines = max(-len(inside), min(lines, len(inside)))
        fresh = [blank_row(WIDTH) for _ in range(abs(lines))]
        self.rows[top:bottom] = inside[lines:] + fresh if lines >= 0 else fresh + inside[:lines]


def terminal() -> tuple[pyte.Screen, pyte.Stream]:
    screen = pyte.Screen(WIDTH, HEIGHT)
    screen.reset_mode(7, private=True)  # no wrapping at the right border, as the program sets it
    return screen, pyte.Stream(screen)


def feed(stream: pyte.Stream, text: str) -> None:
    stream.feed(text)


def seen(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """Characters and attributes as a person sees them: a blank has no text colour unless something shows it."""
    found = []
    for y in range(HEIGHT):
        line = []
        for x in range(WIDTH):
            cell = screen.buffer[y][x]
            look = (cell.bg, cell.underscore, cell.reverse, cell.strikethrough)
            if cell.data != " " or any(look[1:]):
                look = (*look, cell.fg, cell.bold, cell.italics)
            line.append((cell.data, *look))
        found.append(line)
    return found


operations = st.lists(
    st.one_of(
        st.tuples(
            st.just("write"), st.integers(0, HEIGHT - 1), st.integers(-2, WIDTH), LETTERS, st.sampled_from(CODES)
        ),
        st.tuples(st.just("scroll"), st.integers(0, 4), st.integers(6, HEIGHT), st.integers(-9, 9)),
        st.tuples(st.just("show")),
        st.tuples(st.just("forget")),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(LETTERS, min_size=HEIGHT, max_size=HEIGHT), operations, st.booleans())
def test_differences_show_what_full_repaints_show(first: list[str], steps: list[tuple], erases_cells: bool) -> None:
    model = Model()
    diff = ScreenDiff(model.pens, erases_cells)
    screen, stream = terminal()
    for y, text in enumerate(first):
        model.write(y, 0, f"{y:5} row {text}", CODES[y % len(CODES)])
    for step in [*steps, ("show",)]:
        match step:
            case ("write", y, x, text, codes):
                model.write(y, x, text, codes)
            case ("scroll", top, bottom, lines):
                model.scroll(top, bottom, lines)
            case ("forget",):
                diff.forget()
            case _:
                feed(stream, diff.frame(model.rows))
                expected, whole = terminal()
                feed(whole, ScreenDiff(model.pens).frame(model.rows))
                assert seen(screen) == seen(expected)


def rows_of(pens: Pens, lines: list[str], codes: str = "32") -> list[Row]:
    rows = []
    for line in lines:
        row = blank_row(WIDTH)
        put(row, 0, line, pens.number(codes))
        rows.append(row)
    return rows


def test_full_repaint_writes_every_text_once() -> None:
    model = Model()
    model.write(3, 4, "hello", "31")
    text = ScreenDiff(model.pens).frame(model.rows)
    assert text.count("hello") == 1
    assert text.endswith("\x1b[4;5H\x1b[0;31mhello")


def test_same_screen_costs_nothing() -> None:
    model = Model()
    diff = ScreenDiff(model.pens)
    model.write(0, 0, "x", "1")
    assert diff.frame(model.rows)
    assert diff.frame([row.copy() for row in model.rows]) == ""


def test_blanks_differ_only_in_what_they_show() -> None:
    model = Model()
    diff = ScreenDiff(model.pens)
    diff.frame(model.rows)
    model.write(2, 3, "   ", "1;31")
    assert diff.frame(model.rows) == ""
    model.write(2, 3, "   ", "41")
    assert "41" in diff.frame(model.rows)


def test_one_changed_cell_costs_a_move_and_the_cell() -> None:
    pens = Pens()
    diff = ScreenDiff(pens)
    diff.frame(rows_of(pens, ["time 0.001"] * HEIGHT))
    changed = rows_of(pens, ["time 0.001"] * (HEIGHT - 1) + ["time 0.002"])
    assert diff.frame(changed) == "\x1b[12;10H\x1b[0;32m2"


def test_moved_rows_are_scrolled_not_written() -> None:
    pens = Pens()
    lines = [f"{n:6} {'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP'[n] * 20}" for n in range(40)]
    diff = ScreenDiff(pens)
    diff.frame(rows_of(pens, lines[:HEIGHT]))
    for start in (1, 3, 1, 0):
        text = diff.frame(rows_of(pens, lines[start : start + HEIGHT]))
        assert len(text) < 120, text


def test_a_blank_end_is_erased() -> None:
    pens = Pens()
    diff = ScreenDiff(pens)
    diff.frame(rows_of(pens, ["x" * WIDTH] + [""] * (HEIGHT - 1), "44"))
    assert diff.frame(rows_of(pens, ["xx"] + [""] * (HEIGHT - 1), "44")) == "\x1b[1;3H\x1b[m\x1b[K"


def test_blanks_inside_a_line_are_erased_where_the_terminal_can() -> None:
    for erases_cells, expected in ((True, "\x1b[1;3H\x1b[m\x1b[20X"), (False, "\x1b[1;3H\x1b[0;32m" + " " * 20)):
        pens = Pens()
        diff = ScreenDiff(pens, erases_cells)
        diff.frame(rows_of(pens, ["x" * WIDTH] + [""] * (HEIGHT - 1)))
        gap = "x" * 2 + " " * 20 + "x" * (WIDTH - 22)
        assert diff.frame(rows_of(pens, [gap] + [""] * (HEIGHT - 1))) == expected


def test_size_change_repaints_everything() -> None:
    pens = Pens()
    diff = ScreenDiff(pens)
    diff.frame(rows_of(pens, ["same"] * HEIGHT))
    assert "\x1b[2J" in diff.frame(rows_of(pens, ["same"] * (HEIGHT - 2)))


def test_cells_that_terminals_measure_differently_are_followed_by_a_move() -> None:
    pens = Pens()
    diff = ScreenDiff(pens)
    diff.frame(rows_of(pens, [""] * HEIGHT))
    assert "e\u0301\x1b[2Gx" in diff.frame(rows_of(pens, ["e\u0301x"] + [""] * (HEIGHT - 1)))


@given(st.text(max_size=60))
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    cells = split_cells(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066" for cell in cells for c in cell)


@given(st.lists(st.tuples(st.integers(-3, WIDTH + 3), LETTERS), max_size=8))
def test_wide_characters_never_stand_half(writes: list[tuple[int, str]]) -> None:
    row = blank_row(WIDTH)
    for x, text in writes:
        put(row, x, text, DEFAULT)
    assert len(row.chars) == len(row.pens) == WIDTH
    for x, cell in enumerate(row.chars):
        wide = len(split_cells(cell)) == 2
        assert wide == (x + 1 < WIDTH and row.chars[x + 1] == "")


@given(st.sampled_from(CODES), st.sampled_from(CODES))
def test_a_pen_change_ends_in_the_pen_wanted(before: str, after: str) -> None:
    pens = Pens()
    change = pens.change(pens.number(before), pens.number(after))
    stepwise, whole = pyte.Screen(5, 1), pyte.Screen(5, 1)
    pyte.Stream(stepwise).feed(f"\x1b[0;{before}m{change}x")
    pyte.Stream(whole).feed(f"\x1b[0;{after}mx")
    assert stepwise.buffer[0][0] == whole.buffer[0][0]
