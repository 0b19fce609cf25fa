#!/usr/bin/env python3
"""Export the pictures of the README from the real screen. usage: docs/make_pictures.py"""

from __future__ import annotations

import asyncio
import re
from html import unescape
from pathlib import Path

from rich.cells import cell_len

from pcaptui.app import PcapApp
from pcaptui.capture import Capture

HERE = Path(__file__).resolve().parent
SAMPLES = HERE.parent / "sample_pcaps"


async def picture(capture: Path, keys: list[str], size: tuple[int, int]) -> str:
    """The screen as SVG after the keys were pressed and the tree has come."""
    opened = Capture.open([str(capture)])
    opened.load_all()
    app = PcapApp(opened)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(3)  # the first tree waits for scapy's import
        for key in keys:
            await pilot.press(key)
        await pilot.pause(0.5)
        return app.export_screenshot(title=f"pcaptui {capture.name}")


TEXT = re.compile(r'<text (class="[^"]*") x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)" ([^>]*)>(.*?)</text>', re.S)
CELL = 12.2
"""Width of a cell in the pictures that Textual exports."""


def self_contained(svg: str) -> str:
    """Without fonts from elsewhere: any monospaced font serves."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S)
    return TEXT.sub(placed, svg).replace("Fira Code", "monospace")


def placed(found: re.Match[str]) -> str:
    """A text as words, each in its place: renderers differ in how they treat blanks and the width of a line."""
    look, x, y, _, more, text = found.groups()
    cells, words = 0, []
    for part in re.split("((?:&#160;){2,}|^&#160;|&#160;$)", text.rstrip()):
        width = cell_len(unescape(part))
        if part.replace("&#160;", ""):
            at = f'x="{float(x) + cells * CELL:.1f}" y="{y}" textLength="{width * CELL:.1f}"'
            words.append(f"<text {look} {at} {more}>{part}</text>")
        cells += width
    return "".join(words)


PICTURES: dict[str, tuple[str, list[str], tuple[int, int]]] = {
    "screen": ("web-visit", ["G", *["up"] * 8, "enter", "end", "space"], (132, 40)),
    "flow": ("web-visit", ["G", "L"], (120, 18)),
    "findings": ("web-refused", ["e"], (110, 24)),
    "story": ("slow-server", ["down", "down", "S"], (110, 22)),
    "tcptrace": ("upload-narrow-link", ["v", "z"], (120, 34)),
    "arp": ("arp-poison", ["e", "enter"], (120, 30)),
}
"""Each by its name: the sample, the keys pressed, and the size of the terminal."""


def main() -> None:
    for name, (sample, keys, size) in PICTURES.items():
        svg = self_contained(asyncio.run(picture(SAMPLES / f"{sample}.pcapng", keys, size)))
        (HERE / f"{name}.svg").write_text(svg)
        print(f"{name}.svg: {len(svg)} characters")


if __name__ == "__main__":
    main()
