"""A drawing as PNG, by Pillow (the extra pcaptui[png]): no system library, and a font of its own if there is none."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from .svg import Canvas, Circle, Clip, Dots, Pen, Polyline, Rect, Text

SCALE = 2
"""Pixels of the file for one of the drawing, so that it is sharp on today's screens."""
_FINE = 2
"""Lines are drawn so many times larger still, and made smooth by shrinking."""
_FONTS = {False: ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf", "Helvetica.ttc"),
          True: ("DejaVuSans-Bold.ttf", "LiberationSans-Bold.ttf", "Arial Bold.ttf")}  # fmt: skip
_PLAIN = str.maketrans({"→": ">", "←": "<", "×": "x", "µ": "u", "–": "-", "−": "-", "✗": "x"})
"""For signs that Pillow's own font has not."""
MOST_PIXELS = 120_000_000


class NoPillow(Exception):
    """Pillow is not installed. The message says what to do."""

    def __init__(self) -> None:
        super().__init__("PNG needs Pillow: pip install 'pcaptui[png]' (SVG needs nothing)")


class TooLarge(Exception):
    """More pixels than anybody wants to look at. The message says so."""


def png(canvas: Canvas) -> bytes:
    """The bytes of a PNG file. Raises NoPillow, and TooLarge where the drawing has too many pixels."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        raise NoPillow from None
    factor = SCALE * _FINE
    if canvas.width * canvas.height * SCALE**2 > MOST_PIXELS:
        raise TooLarge(f"{canvas.width:.0f} x {canvas.height:.0f} is too large for a PNG; write SVG instead")
    while canvas.width * canvas.height * factor**2 > MOST_PIXELS and factor > SCALE:
        factor //= 2
    size = max(1, round(canvas.width * factor)), max(1, round(canvas.height * factor))
    image = Image.new("RGB", size, canvas.background)
    painter = _Painter(image, ImageDraw, factor)
    for shape in canvas.shapes:
        painter.paint(shape)
    painter.paint(Clip(None))
    if factor > SCALE:
        image = image.reduce(factor // SCALE)
    out = io.BytesIO()
    # Few colours would make it smaller still, but softened edges need them.
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Painter:
    def __init__(self, image: Any, module: Any, factor: int) -> None:
        self._image, self._module, self._factor = image, module, factor
        self._draw = module.Draw(image)
        self._saved: Any = None
        self._box: tuple[int, int, int, int] | None = None

    def paint(self, shape: object) -> None:
        if isinstance(shape, Clip):
            self._clip(shape)
        elif isinstance(shape, Polyline):
            self._polyline(shape)
        elif isinstance(shape, Rect):
            x, y = shape.x, shape.y
            self._draw.rectangle(
                [*self._at(x, y), *self._at(x + shape.width, y + shape.height)], fill=shape.fill or None,
                outline=shape.pen.colour if shape.pen else None, width=self._width(shape.pen),
            )  # fmt: skip
        elif isinstance(shape, Circle):
            x, y, radius = shape.x, shape.y, shape.radius
            self._draw.ellipse(
                [*self._at(x - radius, y - radius), *self._at(x + radius, y + radius)], fill=shape.fill or None,
                outline=shape.pen.colour if shape.pen else None, width=self._width(shape.pen),
            )  # fmt: skip
        elif isinstance(shape, Dots):
            half = shape.size / 2
            for x, y in shape.points:
                self._draw.rectangle([*self._at(x - half, y - half), *self._at(x + half, y + half)], fill=shape.colour)
        elif isinstance(shape, Text):
            self._text(shape)

    def _at(self, x: float, y: float) -> tuple[float, float]:
        return x * self._factor, y * self._factor

    def _width(self, pen: Pen | None) -> int:
        return max(1, round(pen.width * self._factor)) if pen is not None and pen.width > 0 else 0

    def _clip(self, shape: Clip) -> None:
        """What was painted since the last clip is kept inside of its rectangle only."""
        if self._box is not None and self._saved is not None:
            self._saved.paste(self._image.crop(self._box), self._box)
            self._image.paste(self._saved)
        self._saved, self._box = None, None
        if shape.box is not None:
            x, y, width, height = shape.box
            left, top = map(round, self._at(x, y))
            right, bottom = map(round, self._at(x + width, y + height))
            self._box = (max(left, 0), max(top, 0), min(right, self._image.width), min(bottom, self._image.height))
            self._saved = self._image.copy()

    def _polyline(self, shape: Polyline) -> None:
        points = [self._at(x, y) for x, y in shape.points]
        if shape.fill and len(points) > 2:
            self._draw.polygon(points, fill=shape.fill)
        if not self._width(shape.pen) or len(points) < 2:
            return
        for part in _dashed(points, [length * self._factor for length in shape.pen.dash]):
            self._draw.line(part, fill=shape.pen.colour, width=self._width(shape.pen), joint="curve")

    def _text(self, shape: Text) -> None:
        font, whole = _font(shape.bold, round(shape.size * self._factor))
        text = _printable(shape.text if whole else shape.text.translate(_PLAIN))
        anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
        x, y = self._at(shape.x, shape.y)
        if not shape.turned:
            self._draw.text((x, y), text, fill=shape.colour, font=font, anchor=anchor)
            return
        self._turned(text, font, x, y, shape)

    def _turned(self, text: str, font: Any, x: float, y: float, shape: Text) -> None:
        from PIL import Image

        left, top, right, bottom = font.getbbox(text, anchor="ls")
        size = max(1, round(right - left)), max(1, round(bottom - top))
        mask = Image.new("L", size, 0)
        self._module.Draw(mask).text((-left, -top), text, fill=255, font=font, anchor="ls")
        mask = mask.transpose(Image.Transpose.ROTATE_90)
        down = {"start": size[0], "middle": size[0] / 2, "end": 0}[shape.anchor]
        self._image.paste(shape.colour, (round(x + top), round(y - down)), mask)


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)


@lru_cache(64)
def _font(bold: bool, size: int) -> tuple[Any, bool]:
    """A font of the system that has the usual signs, else Pillow's own; and whether it is the former."""
    from PIL import ImageFont

    for name in _FONTS[bold]:
        try:
            return ImageFont.truetype(name, size), True
        except OSError:
            continue
    return ImageFont.load_default(size), False


def _dashed(points: list[tuple[float, float]], dash: list[float]) -> Iterator[list[tuple[float, float]]]:
    """The parts of a line that its dashes leave."""
    if not dash or sum(dash) <= 0:
        yield points
        return
    lengths = dash * 2 if len(dash) % 2 else dash
    which, rest = 0, lengths[0]
    part = [points[0]]
    for (x0, y0), (x1, y1) in pairwise(points):
        whole = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        done = 0.0
        while whole - done > rest > 0:
            done += rest
            place = (x0 + (x1 - x0) * done / whole, y0 + (y1 - y0) * done / whole)
            if which % 2 == 0:
                yield [*part, place]
            part = [place]
            which = (which + 1) % len(lengths)
            rest = lengths[which] or 1e-3
        rest -= whole - done
        part.append((x1, y1))
    if which % 2 == 0 and len(part) > 1:
        yield part
