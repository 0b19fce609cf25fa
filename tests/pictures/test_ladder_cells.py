"""Ladders in character cells: where columns stand, how arrows are drawn, and what is said on them."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcaptui.pictures.hosts import GROUP
from pcaptui.pictures.ladder_cells import Arrow, Layout, draw_arrow, draw_gap, host_lines, layout, shortened
from pcaptui.pictures.ladder_words import Words, words_of
from pcaptui.printing_flow import TEXT, cells, cut


@dataclass
class Row:
    protocol: str
    info: str


def line(shape: Layout, arrow: Arrow, *forms: str, tail: str = "") -> str:
    return "".join(text for text, _ in draw_arrow(shape, arrow, Words(forms or ("x",), tail), TEXT))


# Columns.


def test_two_hosts_stand_far_apart_but_not_farther_than_can_be_read() -> None:
    assert layout(60, ("a", "b")).places == (7, 52)
    assert layout(300, ("a", "b")).places == (7, 91)


def test_as_many_columns_as_fit_the_rest_aside() -> None:
    names = tuple(f"10.0.0.{number}" for number in range(12))
    shape = layout(80, names)
    assert (shape.first, shape.last, shape.count) == (0, 5, 12)
    assert layout(80, names, 99).first == 7
    assert layout(80, names, -3).first == 0


def test_room_for_addresses_behind_the_column_of_groups() -> None:
    with_groups, without = layout(100, ("a", GROUP)), layout(100, ("a", "b"))
    assert 100 - with_groups.places[-1] > len("255.255.255.255:5353") + 1
    assert with_groups.places[-1] < without.places[-1]


@given(st.integers(1, 300), st.integers(0, 40), st.integers(-5, 60))
def test_columns_stand_within_any_width(width: int, count: int, first: int) -> None:
    names = tuple(f"10.0.0.{number}" for number in range(count))
    shape = layout(width, names, first)
    assert 0 <= shape.first <= shape.last <= count
    assert len(set(shape.places)) == len(shape.places)
    lines = host_lines(shape, names, TEXT)
    assert all(cells(text) <= width for text in lines) or width < 16


def test_names_stand_above_their_columns() -> None:
    shape = layout(60, ("10.0.0.1", "10.0.0.2"))
    assert host_lines(shape, ("10.0.0.1", "10.0.0.2"), TEXT) == ["   10.0.0.1" + " " * 37 + "10.0.0.2"]


def test_long_names_stand_in_two_lines() -> None:
    names = tuple(f"2001:db8:1:2:3:4:5:{number}" for number in range(4))
    lines = host_lines(layout(80, names), names, TEXT)
    assert len(lines) == 2
    assert names[0] in lines[1] and names[1] in lines[0] and names[2] in lines[1]


def test_columns_that_are_not_shown_are_counted() -> None:
    names = tuple(f"10.0.0.{number}" for number in range(12))
    (top,) = host_lines(layout(80, names, 3), names, TEXT)
    assert top.endswith("4 »")


def test_a_name_without_room_loses_its_middle() -> None:
    assert shortened("00:25:b3:bf:91:ee", 11, TEXT) == "00:25…91:ee"
    assert shortened("10.0.0.1", 8, TEXT) == "10.0.0.1"


# Arrows.

TWO = layout(40, ("a", "b"))


def test_an_arrow_to_the_right() -> None:
    assert line(TWO, Arrow(0, 1, "5000", "80"), "[SYN]") == "  5000 │──────── [SYN] ────────►│ 80    "


def test_an_arrow_to_the_left() -> None:
    assert line(TWO, Arrow(1, 0, "80", "5000"), "[ACK]") == "  5000 │◄──────── [ACK] ────────│ 80    "


def test_a_reset_ends_in_a_cross() -> None:
    assert line(TWO, Arrow(0, 1, reset=True), "[RST]").rstrip().endswith("─✗│")


def test_a_lost_arrow_ends_before_its_column() -> None:
    drawn = line(TWO, Arrow(0, 1, "5000", "80", lost=True), "[SYN]", tail="unanswered")
    assert drawn == "  5000 │── unanswered ── ✗      │ 80    "


def test_lost_to_the_left() -> None:
    assert line(TWO, Arrow(1, 0, lost=True), "[SYN]").strip() == "│      ✗ ──── [SYN] ─────│"


def test_the_longest_form_that_fits_is_said() -> None:
    forms = "[SYN] Seq=0 Win=65535 Len=0", "[SYN] Seq=0 Len=0", "[SYN]"
    assert "[SYN] Seq=0 Len=0 ─" in line(TWO, Arrow(0, 1), *forms)


def test_what_became_of_a_packet_is_always_said() -> None:
    assert "[SYN], sent again in #9" in line(
        layout(60, ("a", "b")), Arrow(0, 1, lost=True), "[SYN]", tail="sent again in #9"
    )


def test_words_too_long_for_any_place_are_cut() -> None:
    drawn = line(TWO, Arrow(0, 1), "x" * 99)
    assert "x… ─►│" in drawn and len(drawn) == 40


def test_words_stand_beside_a_short_arrow() -> None:
    shape = layout(100, tuple("abcde"))
    words = "GET /a/long/path/to/somewhere HTTP/1.1"
    assert f"►│ 80  {words} " in line(shape, Arrow(0, 1, "5000", "80"), words)
    assert f" {words}  5000 │─" in line(shape, Arrow(3, 4, "5000", "80"), words)


def test_other_columns_are_crossed() -> None:
    drawn = line(layout(100, tuple("abc")), Arrow(0, 2), "x" * 20)
    assert drawn.count("│") == 2
    assert "┼" in line(layout(100, tuple("abcd")), Arrow(0, 3), "x")


def test_an_end_whose_column_is_not_shown_is_named_at_the_edge() -> None:
    shape = layout(60, tuple("abcdefgh"))
    right = line(shape, Arrow(1, 7, "5000", "80", from_name="b:5000", to_name="h:80"), "[SYN]")
    assert right.endswith("► h:80 »")
    left = line(
        layout(60, tuple("abcdefgh"), 4), Arrow(0, 5, "5000", "80", from_name="a:5000", to_name="f:80"), "[SYN]"
    )
    assert left.startswith("« a:5000 ─") and "►│ 80" in left


def test_arrows_between_columns_that_are_not_shown_are_told_in_words() -> None:
    shape = layout(60, tuple("abcdefgh"))
    assert "g:1 → h:2  [SYN]" in line(shape, Arrow(6, 7, "1", "2", from_name="g:1", to_name="h:2"), "[SYN]")


def test_packets_between_hosts_without_columns_are_told_in_words() -> None:
    assert "x:1 → y:2  [SYN]" in line(TWO, Arrow(1, 1, from_name="x:1", to_name="y:2", aside=True), "[SYN]")


def test_a_packet_to_oneself() -> None:
    assert line(TWO, Arrow(0, 0, "5000", "80"), "[SYN]").startswith("       │◄─┐ 5000 → 80  [SYN]")


def test_a_gap() -> None:
    drawn = "".join(text for text, _ in draw_gap(TWO, "… 4.9 s …", TEXT))
    assert drawn == "       ┊        … 4.9 s …       ┊       "


@given(
    st.integers(1, 200), st.integers(1, 9), st.integers(0, 8), st.integers(0, 8), st.text(max_size=60),
    st.sampled_from(["", "unanswered"]), st.booleans(), st.integers(0, 9),
)  # fmt: skip
def test_rows_are_as_wide_as_asked_whatever_they_say(
    width: int, count: int, source: int, target: int, words: str, tail: str, lost: bool, first: int
) -> None:
    shape = layout(width, tuple("host") * count, first)
    arrow = Arrow(source % shape.count, target % shape.count, "5000", "80", lost, not lost, "1.2.3.4:5", words)
    assert cells(line(shape, arrow, words or "x", tail=tail)) == width


def test_wide_characters_take_two_cells() -> None:
    assert cells("日本") == 4
    assert cut("日本語", 5) == "日本…"
    assert cells(line(TWO, Arrow(0, 1), "日本語")) == 40


# Words.

SEGMENT = "50824 → 80 [SYN] Seq=0 Win=65535 Len=0 MSS=1460 SACK_PERM TSval=1 TSecr=0"


def test_a_segment_in_fewer_and_fewer_words() -> None:
    assert words_of(Row("TCP", SEGMENT)).forms == (
        "[SYN] Seq=0 Win=65535 Len=0 MSS=1460 SACK_PERM", "[SYN] Seq=0 Win=65535 Len=0", "[SYN] Seq=0 Len=0",
        "[SYN] Seq=0", "[SYN]", "SYN",
    )  # fmt: skip


def test_an_arrow_without_room_for_flags_numbers_and_length_has_its_words_beside_it() -> None:
    words = words_of(Row("TCP", "5 → 80 [ACK] Seq=1 Ack=1 Win=65535 Len=0 TSval=1 TSecr=2"))
    assert words.forms[: words.good] == ("[ACK] Seq=1 Ack=1 Win=65535 Len=0", "[ACK] Seq=1 Ack=1 Len=0")
    shape = layout(80, tuple("abcd"))
    drawn = "".join(text for text, _ in draw_arrow(shape, Arrow(0, 1, "5", "80"), words, TEXT))
    assert "─►│ 80  [ACK] Seq=1 Ack=1 Win=65535 Len=0" in drawn


def test_an_anomaly_is_said_to_the_last() -> None:
    forms = words_of(Row("TCP", "[TCP Retransmission] 5 → 80 [PSH, ACK] Seq=1 Ack=1 Win=9 Len=648")).forms
    assert forms[0] == "[TCP Retransmission] [PSH, ACK] Seq=1 Ack=1 Win=9 Len=648"
    assert forms[-3:] == ("[Retransmission] [PSH, ACK]", "[Retransmission]", "Retransmission")


@pytest.mark.parametrize(
    ("protocol", "info", "forms"),
    [
        ("HTTP", "GET / HTTP/1.1 ", ("GET / HTTP/1.1", "GET /")),
        ("HTTP", "HTTP/1.1 200 OK  (text/html)", ("HTTP/1.1 200 OK  (text/html)", "200 OK")),
        (
            "DNS",
            "Standard query 0x2b06 A nate.com",
            ("Standard query 0x2b06 A nate.com", "Standard query A nate.com", "Query A nate.com"),
        ),
        ("TLSv1.2", "Client Hello", ("TLSv1.2 Client Hello", "Client Hello")),
        ("UDP", "5000 → 6000 Len=32", ("UDP Len=32",)),
        ("DHCP", "DHCP Discover", ("DHCP Discover",)),
        ("X", "", ("X",)),
    ],
)
def test_an_application_has_its_own_words(protocol: str, info: str, forms: tuple[str, ...]) -> None:
    assert words_of(Row(protocol, info)).forms == forms


def test_what_became_of_it() -> None:
    assert words_of(Row("TCP", SEGMENT), unanswered=True).tail == "unanswered"
    assert words_of(Row("TCP", SEGMENT), unanswered=True, again=4).tail == "sent again in #5"
    assert words_of(Row("TCP", SEGMENT)).tail == ""


def test_half_of_a_wide_sign_is_a_blank() -> None:
    """U+0A11 takes two cells by Python's tables."""
    shape = layout(8, ("host",) * 4)
    row = line(shape, Arrow(0, 1, "5000", "80", True, False, "1.2.3.4:5", "\u0a110000"), "\u0a110000")
    assert cells(row) == 8
