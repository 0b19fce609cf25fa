"""The columns of a ladder diagram: which hosts its packets go between, and in which of its columns each stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..loader.addresses import address_text
from ..loader.table import NONE16, Layer

if TYPE_CHECKING:
    from ..capture import Capture

MOST = 200
"""So many hosts have a column of their own; the busy ones."""
DIRECTED = 2000
"""Addresses ending in .255 at most that are looked at."""
GROUP, OTHERS, NOBODY = "*", "others", "no address"
"""Names of columns that are no host: all groups and broadcasts, hosts beyond MOST, packets without addresses."""
_NOBODY, _GROUP, _REST = 0, 1, 2
_ERROR_HEAD = 8
_ETHERNET = 1
_FAR = np.iinfo(np.int64).max

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hosts:
    """`names`: one a column, in order. `source`, `destination`: int32 (n,), the packets' columns."""

    names: tuple[str, ...]
    source: NDArray[np.int32]
    destination: NDArray[np.int32]


def hosts_of(capture: Capture, packets: Ints, first: int = -1, most: int = MOST) -> Hosts:
    """The columns of these packets (indexes): hosts by first appearance, then `*` for groups, others, no address.

    `first` is the index of an address that comes before all others, -1 for none.
    """
    ends, extra = _ends(capture, packets)
    size = len(capture.addresses) + len(extra) + 1
    ends += 1  # 0: no address
    counts = np.bincount(ends[0], minlength=size) + np.bincount(ends[1], minlength=size)
    firsts = _first_seen(ends, size)
    seen = firsts.min(axis=0)
    used = np.flatnonzero(counts)
    keys = np.where(used == first + 1, -1, seen[used])
    kinds = np.full(size, -1, np.int8)
    kinds[0] = _NOBODY
    groups = _groups(capture, used[used > 0] - 1, firsts[1], packets)
    kinds[groups + 1] = _GROUP
    hosts = used[kinds[used] == -1]
    if len(hosts) > most:
        order = np.lexsort((keys[kinds[used] == -1], -counts[hosts]))
        kinds[hosts[order[most:]]] = _REST
        hosts = hosts[kinds[hosts] == -1]
    hosts = hosts[np.argsort(np.where(hosts == first + 1, -1, seen[hosts]), kind="stable")]
    column = np.zeros(size, np.int32)
    column[hosts] = np.arange(len(hosts))
    names = [_text(capture, extra, address - 1) for address in hosts.tolist()]
    for kind, name in ((_GROUP, GROUP), (_REST, OTHERS), (_NOBODY, NOBODY)):
        mine = used[kinds[used] == kind]
        if len(mine):
            column[mine] = len(names)
            names.append(name)
    return Hosts(tuple(names), column[ends[0]], column[ends[1]])


def end_texts(capture: Capture, packet: int) -> tuple[str, str]:
    """The addresses of a packet as text, "" for none."""
    ends, extra = _ends(capture, np.array([packet], np.int64))
    return _text(capture, extra, int(ends[0, 0])), _text(capture, extra, int(ends[1, 0]))


def _text(capture: Capture, extra: list[bytes], address: int) -> str:
    known = len(capture.addresses)
    if address < 0:
        return ""
    return capture.addresses.text(address) if address < known else address_text(extra[address - known])


def _ends(capture: Capture, packets: Ints) -> tuple[NDArray[np.int64], list[bytes]]:
    """Addresses of packets, shape (2, n), -1 for none; those that no column knows are numbered behind the table's.

    The columns of an ICMP error have the addresses of the packet that it quotes: its own stand in front of it.
    """
    table = capture.table
    ends = np.stack([table["source"][packets], table["destination"][packets]]).astype(np.int64)
    places = np.flatnonzero(table["layers"][packets] & np.uint16(Layer.QUOTED) != 0)
    inner = table["network"][packets[places]].astype(np.int64)
    places = places[(inner != NONE16) & (inner >= _ERROR_HEAD + 20)]
    if not len(places):
        return ends, []
    inner = table["network"][packets[places]].astype(np.int64)
    six = capture.gather(packets[places], inner, 1)[:, 0] >> 4 == 6
    outer = capture.gather(packets[places], np.maximum(inner - np.where(six, 48, 28), 0), 40)
    usual = np.where(six, (outer[:, 0] >> 4 == 6) & (outer[:, 6] == 58), (outer[:, 0] == 0x45) & (outer[:, 9] == 1))
    numbers: dict[bytes, int] = {}
    unknown: list[bytes] = []
    for place, version6, head in zip(places[usual].tolist(), six[usual].tolist(), outer[usual], strict=True):
        raw = head.tobytes()
        both = (raw[8:24], raw[24:40]) if version6 else (raw[12:16], raw[16:20])
        for end, address in enumerate(both):
            if address not in numbers:
                known = capture.addresses.find(address_text(address))
                numbers[address] = known if known >= 0 else len(capture.addresses) + len(unknown)
                if known < 0:
                    unknown.append(address)
            ends[end, place] = numbers[address]
    return ends, unknown


def _first_seen(ends: NDArray[np.int64], size: int) -> Ints:
    """Where each address stands first as source and as destination, shape (2, size): twice the packet's place, one
    more for a destination; far off where it never does."""
    seen = np.full((2, size), _FAR, np.int64)
    count = ends.shape[1]
    for end in (0, 1):
        seen[end, ends[end, ::-1]] = 2 * np.arange(count - 1, -1, -1) + end
    return seen


def _groups(capture: Capture, addresses: Ints, reached: Ints, packets: Ints) -> Ints:
    """Those of the addresses that are a group's or everybody's (RFC 1112, RFC 919, RFC 4291 section 2.7). An address
    ending in .255 is one where its first frame went to an Ethernet group, or where there is no Ethernet. `reached`:
    the row of _first_seen for destinations."""
    known = addresses[addresses < len(capture.addresses)]
    high, low = (half[known] for half in capture.addresses.keys)
    four, mac = high == capture.addresses.ipv4_key, high == capture.addresses.mac_key
    six = ~four & ~mac
    found = four & ((low >> np.uint64(28)) == 14) | four & (low == 0xFFFFFFFF)
    found |= mac & ((low >> np.uint64(40)) & np.uint64(1) == 1)
    found |= six & (high >> np.uint64(56) == 0xFF)
    directed = np.flatnonzero(four & (low & np.uint64(0xFF) == 0xFF) & ~found)
    for place in directed[:DIRECTED].tolist():
        at = int(reached[known[place] + 1])
        found[place] = at != _FAR and _went_to_all(capture, int(packets[at // 2]))
    groups: Ints = known[found]
    return groups


def _went_to_all(capture: Capture, packet: int) -> bool:
    return capture.link_type(packet) != _ETHERNET or bool(capture.frame(packet)[:1] and capture.frame(packet)[0] & 1)
