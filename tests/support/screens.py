"""What tests of the screen share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


async def settle(pilot: Any, done: Callable[[], Any]) -> None:
    """Wait until `done()` is true; fails after some six seconds."""
    for _ in range(300):
        if done():
            return
        await pilot.pause(0.02)
    raise AssertionError("never came about")
