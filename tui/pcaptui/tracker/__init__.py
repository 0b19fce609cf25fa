"""From the packet table to conversations: stream numbers, TCP sequence analysis, fragments, echoes.

`Tracker` is imported when it is first asked for: who only wants the flags' names need not load numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .flags import Flag

if TYPE_CHECKING:
    from .tracker import Tracker

__all__ = ["Flag", "Tracker"]


def __getattr__(name: str) -> Any:
    if name == "Tracker":
        from .tracker import Tracker

        return Tracker
    raise AttributeError(name)
