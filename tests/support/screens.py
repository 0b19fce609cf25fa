"""What tests of the screen share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


async def settle(pilot: Any, done: Callable[[], Any]) -> None:
    """Wait until `done()` is true; fails after some six seconds."""
    for _ in range(300):
        if done():
            return
        await pilot.pause(0.02)
    raise AssertionError("never came about")


async def write_to(pilot: Any, path: Path) -> None:
    """Press w, and give the prompt this path."""
    screen = pilot.app.screen
    await pilot.press("w")
    await settle(pilot, lambda: pilot.app.screen is not screen and pilot.app.screen.query("PromptLine"))
    pilot.app.screen.query_one("PromptLine").value = str(path)
    await pilot.press("enter")
    await settle(pilot, lambda: pilot.app.screen is screen)
