"""From the packet table to conversations: stream numbers, TCP sequence analysis, fragments, echoes."""

from .flags import Flag
from .tracker import Tracker

__all__ = ["Flag", "Tracker"]
