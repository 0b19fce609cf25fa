"""A drawing as a list of shapes, and the same as SVG text. Units are pixels, y goes down.

    paper = Canvas(960, 540)
    paper.line(0, 10, 100, 10, Pen("#888", dash=(4, 3)))
    paper.text(4, 20, "GET /", size=12)
    Path("x.svg").write_text(paper.svg())

`pictures.png.png(paper)` makes the same a PNG. Texts may come from packets: they are escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Anchor = Literal["start", "middle", "end"]
INK, QUIET, PAPER = "#1a1a1a", "#767676", "#ffffff"
FONT = "DejaVu Sans, Verdana, Helvetica, Arial, sans-serif"
_HEAD = 7.0
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


@dataclass(frozen=True, slots=True)
class Pen:
    """How lines are drawn; `dash` are lengths drawn and left out in turn."""

    colour: str = INK
    width: float = 1.0
    dash: tuple[float, ...] = ()


THIN = Pen()


@dataclass(frozen=True, slots=True)
class Polyline:
    points: tuple[tuple[float, float], ...]
    pen: Pen
    fill: str = ""
    """A colour: the polygon of the points, filled (and drawn only if the pen has a width)."""


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    pen: Pen | None = None


@dataclass(frozen=True, slots=True)
class Circle:
    x: float
    y: float
    radius: float
    fill: str = ""
    pen: Pen | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """`y` is the base line; `turned` reads upwards."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    anchor: Anchor
    bold: bool
    turned: bool
    title: str


@dataclass(frozen=True, slots=True)
class Dots:
    """Many equal squares of `size`, each around its point."""

    points: tuple[tuple[float, float], ...]
    size: float
    colour: str


@dataclass(frozen=True, slots=True)
class Clip:
    """What follows is drawn inside of a rectangle only; None: everywhere again."""

    box: tuple[float, float, float, float] | None


Shape = Polyline | Rect | Circle | Text | Dots | Clip


@dataclass(slots=True)
class Canvas:
    """A sheet of paper in pixels. Shapes added later lie above earlier ones."""

    width: float
    height: float
    background: str = PAPER
    shapes: list[Shape] = field(default_factory=list)

    def line(self, x0: float, y0: float, x1: float, y1: float, pen: Pen = THIN) -> None:
        self.shapes.append(Polyline(((x0, y0), (x1, y1)), pen))

    def polyline(self, points: Iterable[tuple[float, float]], pen: Pen = THIN) -> None:
        self.shapes.append(Polyline(tuple(points), pen))

    def polygon(self, points: Iterable[tuple[float, float]], fill: str, pen: Pen | None = None) -> None:
        self.shapes.append(Polyline(tuple(points), pen or Pen(fill, 0), fill))

    def rect(self, x: float, y: float, width: float, height: float, fill: str = "", pen: Pen | None = None) -> None:
        self.shapes.append(Rect(x, y, max(width, 0), max(height, 0), fill, pen))

    def circle(self, x: float, y: float, radius: float, fill: str = "", pen: Pen | None = None) -> None:
        self.shapes.append(Circle(x, y, radius, fill, pen))

    def dots(self, points: Iterable[tuple[float, float]], size: float, colour: str = INK) -> None:
        self.shapes.append(Dots(tuple(points), size, colour))

    def text(
        self, x: float, y: float, text: str, *, size: float = 12, colour: str = INK, anchor: Anchor = "start",
        bold: bool = False, turned: bool = False, title: str = "",
    ) -> None:  # fmt: skip
        """`title` is what a browser shows when the mouse rests on the text."""
        self.shapes.append(Text(x, y, text, size, colour, anchor, bold, turned, title))

    def arrow(self, x0: float, y0: float, x1: float, y1: float, pen: Pen = THIN, head: float = _HEAD) -> None:
        """A line with a filled head at (x1, y1)."""
        angle = math.atan2(y1 - y0, x1 - x0)
        length = math.hypot(x1 - x0, y1 - y0)
        size = min(head, length)
        wing = math.radians(22)
        back = [(x1 - size * math.cos(angle + turn), y1 - size * math.sin(angle + turn)) for turn in (wing, -wing)]
        short = size * math.cos(wing)
        self.line(x0, y0, x1 - short * math.cos(angle), y1 - short * math.sin(angle), pen)
        self.polygon([(x1, y1), *back], pen.colour)

    def cross(self, x: float, y: float, radius: float, pen: Pen = THIN) -> None:
        """A × around a place."""
        self.line(x - radius, y - radius, x + radius, y + radius, pen)
        self.line(x - radius, y + radius, x + radius, y - radius, pen)

    def clip(self, x: float, y: float, width: float, height: float) -> None:
        """Draw what follows inside of this rectangle only, until `unclip`."""
        self.shapes.append(Clip((x, y, width, height)))

    def unclip(self) -> None:
        self.shapes.append(Clip(None))

    def svg(self, title: str = "") -> str:
        """The whole as one SVG document (SVG 1.1), with a background and a title for those who cannot see it."""
        width, height = _number(self.width), _number(self.height)
        out = [
            '<?xml version="1.0" encoding="UTF-8"?>\n',
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="{FONT}">\n',
            f"<title>{escape(title)}</title>\n" if title else "",
            f'<rect width="{width}" height="{height}" fill="{escape(self.background)}"/>\n',
        ]
        boxes: list[tuple[float, float, float, float]] = []
        inside = False
        for shape in self.shapes:
            if isinstance(shape, Clip):
                out.append("</g>\n" if inside else "")
                inside = shape.box is not None
                if shape.box is not None:
                    boxes.append(shape.box)
                    x, y, wide, high = map(_number, shape.box)
                    name = f"clip{len(boxes)}"
                    out.append(f'<clipPath id="{name}"><rect x="{x}" y="{y}" width="{wide}" height="{high}"/>'
                               f'</clipPath>\n<g clip-path="url(#{name})">\n')  # fmt: skip
            else:
                out.append(_shape(shape) + "\n")
        out.append("</g>\n" if inside else "")
        out.append("</svg>\n")
        return "".join(out)


def escape(text: str) -> str:
    """Text for XML 1.0: markup escaped; characters that XML does not have, and controls, as \\x1b would be written."""
    return "".join(_ESCAPES.get(sign, sign) if _allowed(sign) else sign.encode("unicode_escape").decode("ascii")
                   for sign in text)  # fmt: skip


def _allowed(sign: str) -> bool:
    return sign == " " or sign.isprintable()


def _number(value: float) -> str:
    """Two decimals are more than a pixel has; what is no number at all is drawn at 0."""
    if not math.isfinite(value):
        return "0"
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def _stroke(pen: Pen | None) -> str:
    if pen is None or pen.width <= 0:
        return ""
    dash = f' stroke-dasharray="{",".join(map(_number, pen.dash))}"' if pen.dash else ""
    return f' stroke="{escape(pen.colour)}" stroke-width="{_number(pen.width)}"{dash}'


def _places(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _shape(shape: Polyline | Rect | Circle | Text | Dots) -> str:
    if isinstance(shape, Polyline):
        if shape.fill:
            return f'<polygon points="{_places(shape.points)}" fill="{escape(shape.fill)}"{_stroke(shape.pen)}/>'
        return f'<polyline points="{_places(shape.points)}" fill="none"{_stroke(shape.pen)}/>'
    if isinstance(shape, Rect):
        x, y, width, height = map(_number, (shape.x, shape.y, shape.width, shape.height))
        fill = escape(shape.fill) or "none"
        return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{fill}"{_stroke(shape.pen)}/>'
    if isinstance(shape, Circle):
        x, y, radius = map(_number, (shape.x, shape.y, shape.radius))
        return f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{escape(shape.fill) or "none"}"{_stroke(shape.pen)}/>'
    if isinstance(shape, Dots):
        half, size = shape.size / 2, _number(shape.size)
        path = "".join(f"M{_number(x - half)} {_number(y)}h{size}" for x, y in shape.points)
        return f'<path d="{path}" fill="none" stroke="{escape(shape.colour)}" stroke-width="{size}"/>'
    return _text(shape)


def _text(shape: Text) -> str:
    x, y = _number(shape.x), _number(shape.y)
    bold = ' font-weight="bold"' if shape.bold else ""
    turn = f' transform="rotate(-90 {x} {y})"' if shape.turned else ""
    anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
    title = f"<title>{escape(shape.title)}</title>" if shape.title else ""
    return (f'<text x="{x}" y="{y}" font-size="{_number(shape.size)}" fill="{escape(shape.colour)}"{anchor}{bold}{turn}'
            f' xml:space="preserve">{title}{escape(shape.text)}</text>')  # fmt: skip
