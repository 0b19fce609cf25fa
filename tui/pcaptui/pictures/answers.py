"""What the packets show of arrows that came to nothing: sent again later, or never answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..loader.table import NONE16, Layer
from ..tracker.flags import Flag
from ..tracker.numbering import carries

if TYPE_CHECKING:
    from ..capture import Capture

FIN, SYN, RST, ACK = 1, 2, 4, 16
_QUERY_PORTS = (53, 69, 88, 123, 161, 389, 464, 623, 1812, 1813, 5351)
"""UDP services that answer each question (IANA's registry): a datagram to one of them wants an answer."""
_ASIDE = np.uint16(Layer.QUOTED | Layer.TCP_CUT)
_ARP_HEAD = 28
MOST = 200_000
"""Packets of a kind at most whose answers are looked for one by one."""

SOON = 10_000_000
"""ns: no timer sends a segment again so soon (RFC 6298 has a second, systems 200 ms)."""

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def resent(capture: Capture, packets: Ints) -> tuple[Ints, Bools]:
    """For each packet the index of the next one that carries the same TCP segment again, -1 without one; and whether
    the receiver had it nevertheless: the repetition is a spurious one, the same packet captured twice, or came behind
    the receiver's RST."""
    table, count = capture.table, len(capture)
    again, spurious = np.full(len(packets), -1, np.int64), np.zeros(len(packets), bool)
    flagged = np.flatnonzero(table["analysis"][:count] & np.uint32(Flag.retransmission) != 0)
    if not len(flagged) or not len(packets):
        return again, spurious
    keys, wanted = _segments(capture, packets), np.unique(_segments(capture, flagged))
    places = np.minimum(np.searchsorted(wanted, keys), len(wanted) - 1)
    own = (table["layers"][packets] & _ASIDE == 0) & (table["ip_protocol"][packets] == 6)
    own &= (table["payload_length"][packets] > 0) | (table["tcp_flags"][packets] & (SYN | FIN) != 0)
    mine = np.flatnonzero((wanted[places] == keys) & own)
    known = np.concatenate([_segments(capture, flagged), keys[mine]])
    everyone = np.concatenate([flagged, packets[mine]])
    order = np.lexsort((everyone, known))
    known, everyone = known[order], everyone[order]
    later = np.searchsorted(_pairs(known, everyone), _pairs_of(known, keys[mine], packets[mine]), "right")
    inside = later < len(known)
    found = np.minimum(later, len(known) - 1)
    good = inside & (known[found] == keys[mine]) & (table["analysis"][everyone[found]] & int(Flag.retransmission) != 0)
    again[mine[good]] = everyone[found[good]]
    had = table["analysis"][everyone[found[good]]] & int(Flag.spurious_retransmission) != 0
    first, second = packets[mine[good]], everyone[found[good]]
    spurious[mine[good]] = had | _reset_between(capture, first, second) | _copies(capture, first, second)
    return again, spurious


def _copies(capture: Capture, first: Ints, second: Ints) -> Bools:
    """Whether two packets are one that was captured twice, as at a mirror port: the same IPv4 identification (RFC 6864)
    but 0, and next to no time between."""
    table = capture.table
    found: Bools = (table["ethertype"][first] == 0x0800) & (table["ethertype"][second] == 0x0800)
    found &= table["time"][second] - table["time"][first] < SOON
    at = np.flatnonzero(found)
    one, other = (
        capture.gather(some, table["network"][some].astype(np.int64) + 4, 2) for some in (first[at], second[at])
    )
    found[at] = (one == other).all(axis=1) & one.any(axis=1)
    return found


def _reset_between(capture: Capture, packets: Ints, until: Ints) -> Bools:
    """Whether the other end sent a RST between two packets of a stream."""
    table, count = capture.table, len(capture)
    resets = np.flatnonzero((table["tcp_flags"][:count] & RST != 0) & (table["ip_protocol"][:count] == 6))
    if not len(resets) or not len(packets):
        return np.zeros(len(packets), bool)
    ends = [table["stream"][some].astype(np.int64) * 2 + table["direction"][some] for some in (resets, packets)]
    answers = np.isin(ends[0] ^ 1, ends[1])
    keys = np.sort(ends[0][answers] << 32 | resets[answers])
    place = np.searchsorted(keys, (ends[1] ^ 1) << 32 | packets, "right")
    last = np.minimum(place, max(len(keys) - 1, 0))
    if not len(keys):
        return np.zeros(len(packets), bool)
    found: Bools = (place < len(keys)) & (keys[last] < ((ends[1] ^ 1) << 32 | until))
    return found


def _pairs(known: Ints, packets: Ints) -> Ints:
    """Keys as ranks with the packet behind, so that both sort as one number."""
    return np.unique(known, return_inverse=True)[1].astype(np.int64) << 32 | packets


def _pairs_of(known: Ints, keys: Ints, packets: Ints) -> Ints:
    return np.searchsorted(np.unique(known), keys).astype(np.int64) << 32 | packets


def _segments(capture: Capture, packets: Ints) -> Ints:
    """Stream, direction and sequence number of TCP packets as one number; others have some number, too."""
    table = capture.table
    found = table["stream"][packets].astype(np.int64) << 33
    found |= table["direction"][packets].astype(np.int64) << 32
    return found | table["sequence"][packets].astype(np.int64)


def unanswered(capture: Capture, packets: Ints, again: Ints) -> Bools:
    """Packets that want an answer behind which nothing at all comes back: SYNs and queries; retransmissions; ARP and
    echo requests that nothing answers. Groups owe nobody an answer. Looks at the whole capture, not at `packets` only.
    """
    table = capture.table
    found = np.zeros(len(packets), bool)
    if not len(packets):
        return found
    protocol, stream = table["ip_protocol"][packets], table["stream"][packets]
    plain = table["layers"][packets] & np.uint16(Layer.QUOTED) == 0
    flags = table["tcp_flags"][packets]
    tcp = plain & (protocol == 6) & (stream >= 0)
    asks = tcp & (flags & (SYN | ACK | RST) == SYN)
    asks |= tcp & (table["analysis"][packets] & np.uint32(Flag.retransmission) != 0) & (again < 0)
    queries = plain & (stream >= 0) & carries(protocol, 17) & np.isin(table["destination_port"][packets], _QUERY_PORTS)
    queries[queries] = ~_to_many(capture, packets[queries]) & ~_between_servers(capture, packets[queries])
    for number, mine in ((6, asks), (17, queries)):
        if mine.any():
            found[mine] = _silence(capture, packets[mine], number)
    found |= _arp(capture, packets) | _echo(capture, packets)
    return found


def _between_servers(capture: Capture, packets: Ints) -> Bools:
    """Whether packets come from a service's port themselves and are no questions, as their first bytes tell: DNS
    (RFC 1035 4.1.1: QR), NTP (RFC 5905 7.3: mode); those of other services are taken for answers."""
    table = capture.table
    found: Bools = np.isin(table["source_port"][packets], _QUERY_PORTS)
    at = np.flatnonzero(found & (table["payload"][packets] != NONE16) & (table["payload_length"][packets] >= 3))
    head = capture.gather(packets[at], table["payload"][packets[at]].astype(np.int64), 3)
    port = table["destination_port"][packets[at]]
    asks = (port == 53) & (head[:, 2] & 0x80 == 0)
    asks |= (port == 123) & np.isin(head[:, 0] & 7, (1, 3))  # symmetric active, client
    found[at] &= ~asks
    return found


def _silence(capture: Capture, packets: Ints, protocol: int) -> Bools:
    """Whether no packet of a packet's stream comes from the other end behind it, nor an ICMP error about it."""
    table, count = capture.table, len(capture)
    streams, directions = table["stream"][packets].astype(np.int64), table["direction"][packets].astype(np.int64)
    others = np.flatnonzero(carries(table["ip_protocol"][:count], protocol) & (table["stream"][:count] >= 0))
    theirs = table["stream"][others].astype(np.int64)
    size = int(max(theirs.max(initial=0), streams.max(initial=0))) + 1
    last = np.full((2, size), -1, np.int64)
    quoted = table["layers"][others] & np.uint16(Layer.QUOTED) != 0
    for way in (0, 1):
        speaks = (table["direction"][others] == way) | quoted
        last[way, theirs[speaks]] = others[speaks]  # of equal places the last one stays
    silent: Bools = last[1 - directions, streams] < packets
    return silent


def _to_many(capture: Capture, packets: Ints) -> Bools:
    """Whether packets go to an IP group or to everybody."""
    addresses = capture.table["destination"][packets]
    high, low = capture.addresses.keys
    if not len(high):
        return np.zeros(len(packets), bool)
    four, mac = high == capture.addresses.ipv4_key, high == capture.addresses.mac_key
    many = four & ((low >> np.uint64(28) == 14) | (low & np.uint64(0xFF) == 0xFF))
    many |= ~four & ~mac & (high >> np.uint64(56) == 0xFF)
    found: Bools = many[addresses] & (addresses >= 0)
    return found


def _arp(capture: Capture, packets: Ints) -> Bools:
    """ARP requests (RFC 826) for another's address that no reply answers."""
    from ..exchanges.columns import arp

    table = capture.table
    silent = np.zeros(len(packets), bool)
    mine = np.flatnonzero((table["ethertype"][packets] == 0x0806) & (table["network"][packets] != NONE16))
    if not len(mine) or len(mine) > MOST:
        return silent
    tied, partners = arp(capture)
    heads = capture.gather(tied, table["network"][tied].astype(np.int64), 8)
    answered = np.unique(partners[heads[:, 7] == 2])
    asked = packets[mine]
    first = asked
    if len(tied):
        order = np.argsort(tied, kind="stable")
        tied, partners = tied[order], partners[order]
        place = np.minimum(np.searchsorted(tied, asked), len(tied) - 1)
        first = np.where((tied[place] == asked) & (partners[place] < asked), partners[place], asked)
    head = capture.gather(asked, table["network"][asked].astype(np.int64), _ARP_HEAD)
    asks = (head[:, 6] == 0) & (head[:, 7] == 1) & (head[:, 14:18] != head[:, 24:28]).any(axis=1)
    asks &= head[:, 14:18].any(axis=1)  # a probe (RFC 5227) hopes for no answer
    silent[mine] = asks & ~np.isin(first, answered)
    return silent


def _echo(capture: Capture, packets: Ints) -> Bools:
    """ICMP echo requests that neither a reply nor an error answers."""
    from ..exchanges.quoted import errors
    from ..tracker.echoes import echo_requests

    table = capture.table
    silent = np.zeros(len(packets), bool)
    protocol = table["ip_protocol"][packets]
    mine = ((protocol == 1) | (protocol == 58)) & (table["transport"][packets] != NONE16)
    mine &= table["layers"][packets] & np.uint16(Layer.QUOTED | Layer.FRAGMENT) == 0
    places = np.flatnonzero(mine)
    places = places[~_to_many(capture, packets[places])]
    if not len(places) or len(places) > MOST:
        return silent
    kind = capture.gather(packets[places], table["transport"][packets[places]].astype(np.int64), 1)[:, 0]
    places = places[(kind == 8) & (protocol[places] == 1) | (kind == 128) & (protocol[places] == 58)]
    if len(places):
        known = np.array(sorted(echo_requests(table.still(len(capture)), capture.gather).values()), np.int64)
        known = np.concatenate([known, errors(capture)[1]])
        silent[places] = ~np.isin(packets[places], known)
    return silent
