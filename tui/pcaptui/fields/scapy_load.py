"""scapy, loaded when a packet first needs it, and made quiet."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from . import patience

MAX_ITEMS = 2_000
"""A list with more items breaks its layer off; scapy's own limit of 100 is less than routing messages have."""


@lru_cache(maxsize=1)
def scapy() -> Any:
    """The module scapy.all with every layer that it knows. Takes about a second the first time."""
    with patience.untimed():
        return load()


def load() -> Any:
    """The same in any thread."""
    logging.getLogger("scapy").setLevel(logging.CRITICAL)
    import scapy.all
    import scapy.layers.http
    from scapy.layers.inet import TCP, UDP

    scapy.all.conf.max_list_count = MAX_ITEMS
    for transport in (TCP, UDP):
        scapy.all.conf.noenum.add(transport.sport, transport.dport)
    return scapy.all
