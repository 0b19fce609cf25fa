"""What wrong filters say, and where they point."""

from __future__ import annotations

import pytest

from pcaptui.filters import FilterError, compile


def _wrong(text: str) -> FilterError:
    with pytest.raises(FilterError) as caught:
        compile(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "marked", "suggestion"),
    [
        ("tcp.prot == 80", "tcp.prot", "tcp.port"),
        ("tcp.port == 80 and htpt.host", "htpt.host", "http.host"),
        ("udp and dsn", "dsn", ""),
        ("tcp.port = 80", "=", "=="),
        ("tcp.port == 80 adn udp", "adn", "and"),
        ("lenn(tcp) == 3", "lenn", "len"),
        ("ip.addr == 80", "80", ""),
        ("tcp.port == 99999", "99999", ""),
        ("eth.addr == ip.src", "ip.src", ""),
        ('http.host matches "a(b"', '"a(b"', ""),
        ('frame.time > "yesterday"', '"yesterday"', ""),
        ("ip.src == 10.0.0.0/40", "10.0.0.0/40", ""),
        ("tcp.port contains 3", "tcp.port", ""),
        ("tcp.port[0] == 1", "tcp.port", ""),
    ],
)
def test_the_place_and_what_was_perhaps_meant(text: str, marked: str, suggestion: str) -> None:
    error = _wrong(text)
    assert text[error.place : error.place + error.length] == marked
    if suggestion:
        assert error.suggestion == suggestion


def test_an_end_that_comes_too_early_is_marked_behind_the_text() -> None:
    error = _wrong("tcp.port ==")
    assert error.place == len("tcp.port ==")
    assert error.pointed().splitlines()[1].index("^") == error.place


def test_long_filters_are_shown_around_the_place() -> None:
    error = _wrong(" or ".join(["tcp.port == 80"] * 200 + ["tcp.prot == 80"]))
    line, marks = error.pointed().splitlines()
    assert len(line) <= 100
    assert line[marks.index("^") :].startswith("tcp.prot")


def test_control_characters_never_reach_the_message() -> None:
    error = _wrong('tcp.port == "\x1b[31m"')
    assert "\x1b" not in error.pointed()


@pytest.mark.parametrize("text", ["tcp.port in {80 443 8080}", "tcp.port not in {80, 90..99 443}"])
def test_a_set_without_commas_says_that_it_wants_them(text: str) -> None:
    error = _wrong(text)
    assert "commas" in error.message
    assert text[error.place : error.place + error.length] == "443"


@pytest.mark.parametrize("text", ["tcp.port == 80 443", "tcp.port in {80} 443", "tcp.port + {80 443}"])
def test_elsewhere_nobody_speaks_of_commas(text: str) -> None:
    assert "commas" not in _wrong(text).message
