"""Checksums that the network card fills in after the capture: not wrong, but unfinished."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer
from .case import Case
from .finding import Finding, Severity, finding
from .rules import rule
from .tcp_view import Groups, Places
from .words import count, listed

SAMPLED = 4_000
_ASIDE = int(Layer.TUNNEL | Layer.FRAGMENT | Layer.QUOTED | Layer.CUT | Layer.TCP_CUT | Layer.ASSEMBLED | Layer.SCAPY)
_AT = {6: 16, 17: 6}


@rule("checksum-offload")
def offload(case: Case) -> Iterator[Finding]:
    """One note: hosts whose TCP and UDP checksums are the sum of the pseudo-header alone (a sample is looked at)."""
    packets = _sample(case)
    if not len(packets):
        return
    partial = unfinished(case, packets)
    groups = Groups(np.maximum(case.table["source"][packets], 0))
    found = groups.total(partial)
    hosts = [group for group in range(len(groups)) if found[group] >= 2 and 2 * found[group] >= groups.sizes[group]]
    if not hosts:
        return
    names = [case.source(int(packets[groups.first[group]])) for group in hosts]
    mine = packets[partial & np.isin(groups.of, hosts)]
    yield finding(
        "checksum-offload", Severity.note, f"Checksums of {listed(names, 1)} are filled in after the capture",
        f"{count(len(mine), 'packet')} sent by {listed(names)}{' (of a sample)' if len(packets) == SAMPLED else ''} "
        f"{'has' if len(mine) == 1 else 'have'} the pseudo-header's sum alone for a TCP or UDP checksum: checksum "
        f"offload. The capture was taken where they are sent, before the network card finished the packets; on the "
        f"wire they are right.",
        mine.tolist(), hosts=names[:20], lesson="offload",
    )  # fmt: skip


def _sample(case: Case) -> Places:
    """TCP segments and UDP datagrams with their headers, at most SAMPLED, from all over the capture."""
    table, count_of = case.table, case.count
    protocol = table["ip_protocol"][:count_of]
    good = (protocol == 6) | (protocol == 17)
    good &= (table["layers"][:count_of] & np.uint16(_ASIDE) == 0) & (table["source"][:count_of] >= 0)
    good &= (table["network"][:count_of] != NONE16) & (table["transport"][:count_of] != NONE16)
    found = np.flatnonzero(good)
    if len(found) > SAMPLED:
        found = found[np.linspace(0, len(found) - 1, SAMPLED).astype(np.int64)]
    return found


def unfinished(case: Case, packets: Places) -> NDArray[np.bool_]:
    """Whether the checksum of each segment or datagram is the sum of its pseudo-header (RFC 9293 section 3.1, RFC 8200
    section 8.1), neither complemented nor with anything else added."""
    table = case.table
    network, transport = (table[name][packets].astype(np.int64) for name in ("network", "transport"))
    protocol = table["ip_protocol"][packets].astype(np.int64)
    head = case.capture.gather(packets, network, 40).astype(np.int64)
    words = head[:, ::2] << 8 | head[:, 1::2]
    four, six = head[:, 0] >> 4 == 4, head[:, 0] >> 4 == 6
    length = np.where(four, words[:, 1], words[:, 2] + 40) - (transport - network)
    total = np.where(four, words[:, 6:10].sum(axis=1), words[:, 4:20].sum(axis=1)) + protocol + length
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    at = transport + np.where(protocol == 6, _AT[6], _AT[17])
    field = case.capture.gather(packets, at, 2).astype(np.int64)
    told = field[:, 0] << 8 | field[:, 1]
    inside = (at + 2 <= table["captured"][packets]) & (length > 0) & (four | six) & (told != 0)
    found: NDArray[np.bool_] = inside & (told == total)
    return found
