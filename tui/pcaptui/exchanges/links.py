"""Partners of packets outside TCP, for a whole capture: kept as sorted columns, asked for one packet at a time."""

from __future__ import annotations

import numpy as np

from ..capture import Capture
from ..tracker.echoes import ECHOING, echo_requests
from ..tracker.fragments import Fragments
from .columns import arp, leases, names, neighbours
from .quoted import errors
from .tie import Ints

MOST = 20
"""So many partners of one packet are told."""


class Links:
    """What is known of the capture's first packets, up to the count at the time this was made."""

    def __init__(self, capture: Capture) -> None:
        self.count = len(capture)
        tied = [arp(capture), neighbours(capture), names(capture), leases(capture), _echoes(capture)]
        self.errors, self.quoted = errors(capture)
        packets = np.concatenate([pair[0] for pair in tied] + [self.errors])
        partners = np.concatenate([pair[1] for pair in tied] + [self.quoted])
        self._tables = [_sorted(packets, partners), _sorted(self.quoted, self.errors)]

    def partners(self, index: int) -> list[int]:
        """Indexes of the packets that a packet answers or is answered by, that it quotes, or that quote it."""
        found: list[int] = []
        for packets, partners in self._tables:
            if len(packets):
                low = int(np.searchsorted(packets, index))
                while low < len(packets) and packets[low] == index and len(found) < MOST:
                    found.append(int(partners[low]))
                    low += 1
        return found


def _sorted(packets: Ints, partners: Ints) -> tuple[Ints, Ints]:
    order = np.lexsort((partners, packets))
    return packets[order], partners[order]


def _echoes(capture: Capture) -> tuple[Ints, Ints]:
    fragments = Fragments(capture.table, capture.frame, capture.gather)
    found = echo_requests(capture.table, capture.gather, datagrams=fragments.completed(ECHOING))
    replies = np.fromiter(found.keys(), np.int64, len(found))
    requests = np.fromiter(found.values(), np.int64, len(found))
    return np.concatenate([replies, requests]), np.concatenate([requests, replies])
