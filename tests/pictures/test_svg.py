"""Drawings as SVG and PNG: escaped, well-formed, and the same picture in both."""

from __future__ import annotations

import builtins
import io
import math
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcaptui.pictures.plot_svg import draw_plot
from pcaptui.pictures.png import NoPillow, TooLarge, png
from pcaptui.pictures.series import Plot, Window, series
from pcaptui.pictures.svg import Canvas, Pen

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_text_makes_a_well_formed_document(text, title):
    paper = Canvas(100, 50)
    paper.text(1, 1, text, title=title)
    root = ElementTree.fromstring(paper.svg(title))
    assert root.tag == f"{SVG}svg"


def test_markup_and_controls_of_a_packet_are_text():
    paper = Canvas(100, 50)
    paper.text(1, 1, '<script>&"\x1b[2J\u202e')
    assert texts(paper.svg()) == ['<script>&"\\x1b[2J\\u202e']


def test_shapes_have_their_places_and_numbers_that_are_none_do_no_harm():
    paper = Canvas(100, 50)
    paper.arrow(0, 10, 50, 10, Pen("#123456", 2, (3, 1)))
    paper.rect(1, 2, 3, 4, "#abcdef")
    paper.circle(5, math.nan, 2, pen=Pen())
    paper.clip(0, 0, 9, 9)
    paper.dots([(1, 1)], 2)
    root = ElementTree.fromstring(paper.svg())
    line = root.find(f"{SVG}polyline")
    assert line is not None and line.get("stroke-dasharray") == "3,1" and line.get("points", "").startswith("0,10 ")
    rects = root.findall(f"{SVG}rect")
    assert [rects[1].get(name) for name in ("x", "y", "width", "height")] == ["1", "2", "3", "4"]
    assert root.find(f"{SVG}circle") is not None and root.find(f"{SVG}g/{SVG}path") is not None


def wave() -> Plot:
    x = np.linspace(0, 2, 200)
    return Plot("Wave", [
        series("line", x, np.sin(x), "main", kind="line"), series("steps", x, np.cos(x), "second", kind="steps"),
        series("bars", x[::20], x[::20], "third", kind="bars", low=x[::20] - 0.2),
        series("area", x[:50], x[:50] / 4, "quiet", kind="area"), series("dots", x, x / 2, "fourth"),
        series("lost", x[::50], x[::50], "bad", "×", "marks"), series("zero", x[::60], x[::60], "bad", "0", "marks"),
    ], y_name="height", y_unit="bytes")  # fmt: skip


def test_a_plot_has_title_axes_and_legend():
    svg = draw_plot(wave(), "Wave of <x>", below="from a file").svg("Wave")
    found = texts(svg)
    for text in ("Wave of <x>", "from a file", "0 s", "1.0 s", "height", "time", "line", "steps", "lost", "zero"):
        assert text in found, text


def test_only_what_is_in_the_window_is_drawn():
    x = np.arange(1000.0)
    plot = Plot("t", [series("dots", x, x)])
    everything, some = draw_plot(plot, "t").svg(), draw_plot(plot, "t", window=Window(0, 9, 0, 9)).svg()
    assert everything.count("M") > 900 and some.count("M") < 30


def test_many_points_make_a_file_of_a_bounded_size():
    x = np.linspace(0, 1, 200_000)
    y = np.random.default_rng(1).random(200_000)
    shown = [series("l", x, y, kind="line"), series("s", x, y, kind="steps"), series("m", x, y, sign="×", kind="marks")]
    assert len(draw_plot(Plot("t", shown), "t").svg()) < 2_000_000


def test_an_empty_plot_says_so():
    assert "nothing to draw" in texts(draw_plot(Plot("t", []), "t").svg())


def test_png_has_twice_the_size_and_the_colours_of_the_drawing():
    image = pytest.importorskip("PIL.Image")
    paper = Canvas(60, 40, "#ffffff")
    paper.rect(10, 10, 20, 20, "#ff0000")
    paper.clip(40, 0, 10, 10)
    paper.rect(30, 0, 30, 40, "#0000ff")
    paper.unclip()
    paper.text(30, 36, "x → y", turned=True)
    paper.polyline([(0, 39), (60, 39)], Pen("#00ff00", 2, (4, 4)))
    picture = image.open(io.BytesIO(png(paper))).convert("RGB")
    assert picture.size == (120, 80)
    assert picture.getpixel((40, 40)) == (255, 0, 0)
    assert picture.getpixel((90, 10)) == (0, 0, 255) and picture.getpixel((70, 10)) == (255, 255, 255)
    assert picture.getpixel((4, 77)) == (0, 255, 0) and picture.getpixel((12, 77)) == (255, 255, 255)


def test_a_plot_as_png():
    image = pytest.importorskip("PIL.Image")
    picture = image.open(io.BytesIO(png(draw_plot(wave(), "Wave", below="µ → ×"))))
    assert picture.format == "PNG" and picture.width == 2200


def test_without_pillow_one_is_told_what_to_install(monkeypatch):
    before = builtins.__import__

    def no_pillow(name, *rest):
        if name.startswith("PIL"):
            raise ImportError(name)
        return before(name, *rest)

    monkeypatch.setattr(builtins, "__import__", no_pillow)
    with pytest.raises(NoPillow, match=r"pcaptui\[png\]"):
        png(Canvas(10, 10))


def test_a_png_that_nobody_could_open_is_not_made():
    pytest.importorskip("PIL")
    with pytest.raises(TooLarge, match="SVG"):
        png(Canvas(1000, 1_000_000))
