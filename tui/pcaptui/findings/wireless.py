"""Wireless networks: authentication and association that fail, keys that do not fit, floods of deauthentication."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..protocols.text import mac
from .case import LOOKED_AT, Case
from .finding import Finding, Severity, finding
from .rules import rule
from .telling import times as often
from .words import count, duration

_PLAIN, _PRISM, _RADIOTAP, _AVS, _PPI = 105, 119, 127, 163, 192
ASSOCIATED, REASSOCIATED, DISASSOCIATION, AUTHENTICATION, DEAUTHENTICATION = 1, 3, 10, 11, 12
_KINDS = (ASSOCIATED, REASSOCIATED, DISASSOCIATION, AUTHENTICATION, DEAUTHENTICATION)
FLOOD = 30
"""So many deauthentications from one station within FLOOD_TIME are a flood."""
FLOOD_TIME = 10.0
MOST = 50
EAPOL = 0x888E
_ASLEEP = 85
"""A status that is a success (IEEE 802.11-2020 table 9-50)."""
_ACK, _MIC, _INSTALL, _SECURE = 0x80, 0x100, 0x40, 0x200


@dataclass(frozen=True, slots=True)
class Frame:
    """A management frame: packet index, subtype, addresses as text, its body's bytes (b"" where it is encrypted)."""

    packet: int
    kind: int
    to: str
    source: str
    body: bytes
    again: bool

    def number(self, at: int) -> int:
        """Two bytes of the body, -1 where it ends before."""
        return int.from_bytes(self.body[at : at + 2], "little") if at + 2 <= len(self.body) else -1


def _offsets(case: Case) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Packets of wireless interfaces and where their MAC headers begin."""
    capture = case.capture
    links = np.array([interface.link_type for interface in capture.interfaces] or [0])
    if not np.isin(links, (_PLAIN, _PRISM, _RADIOTAP, _AVS, _PPI)).any():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    link = links[case.table["interface"][: case.count]]
    packets = np.flatnonzero(np.isin(link, (_PLAIN, _PRISM, _RADIOTAP, _AVS, _PPI))).astype(np.int64)
    link = link[packets]
    head = capture.gather(packets, np.zeros(len(packets), np.int64), 8).astype(np.int64)
    little = head[:, 2] | head[:, 3] << 8
    big = head[:, 4] << 24 | head[:, 5] << 16 | head[:, 6] << 8 | head[:, 7]
    avs = np.where((head[:, 0] == 0x80) & (head[:, 1] == 0x21), np.minimum(big, 1000), 144)
    at = np.select([link == _PLAIN, (link == _RADIOTAP) | (link == _PPI)], [0, little], avs)
    return packets, at


def frames(case: Case) -> list[Frame]:
    """Authentication, association responses, deauthentication and disassociation, at most LOOKED_AT. Raises TooLong."""
    packets, at = _offsets(case)
    if not len(packets):
        return []
    control = case.capture.gather(packets, at, 2)
    chosen = (control[:, 0] & 0x0F == 0) & np.isin(control[:, 0] >> 4, _KINDS)
    found = []
    for place in np.flatnonzero(chosen)[:LOOKED_AT].tolist():
        case.go_on()
        data = case.capture.frame(int(packets[place]))[int(at[place]) :]
        if len(data) < 24:
            continue
        start = 28 if data[1] & 0x80 else 24
        body = b"" if data[1] & 0x40 else data[start:]
        found.append(Frame(int(packets[place]), data[0] >> 4, mac(data[4:10]), mac(data[10:16]), body,
                           bool(data[1] & 8)))  # fmt: skip
    return found


@rule("wireless-authentication")
def authentication(case: Case) -> Iterator[Finding]:
    """Authentication and association responses whose status is a refusal: one finding a station, access point and
    status."""
    from ..fields.wlan_words import AUTHENTICATION as ALGORITHMS
    from ..fields.wlan_words import STATUSES

    refused: dict[tuple[str, str, bool, int, int], list[Frame]] = defaultdict(list)
    for frame in frames(case):
        if frame.kind == AUTHENTICATION and frame.number(4) > 0 and frame.number(2) in (2, 4):
            refused[frame.to, frame.source, True, frame.number(0), frame.number(4)].append(frame)
        elif frame.kind in (ASSOCIATED, REASSOCIATED) and frame.number(2) > 0:
            refused[frame.to, frame.source, False, 0, frame.number(2)].append(frame)
    for (station, point, first, algorithm, status), mine in case.few(
        refused.items(), MOST, lambda item: [frame.packet for frame in item[1]]
    ):
        if first and algorithm == 3 and status in (76, 126):  # SAE goes on: anti-clogging token, hash to element
            continue
        if status == _ASLEEP:
            continue
        what = "authentication" if first else "association"
        reason = STATUSES.get(status, "unknown status")
        how = f" ({ALGORITHMS.get(algorithm, 'unknown method')})" if first else ""
        why = " With a shared key that means: the key of the station is not the access point's." if status == 15 else ""
        times = f" {count(len(mine), 'time')}" if len(mine) > 1 else ""
        yield finding(
            f"wireless-{what}", Severity.error, f"Wireless {what} of {station} failed",
            f"The access point {point} refused the {what}{how} of {station}{times}: {reason} (status {status}).{why}",
            [frame.packet for frame in mine], hosts=(station, point), lesson="wireless",
        )  # fmt: skip


@rule("wireless-handshake")
def handshake(case: Case) -> Iterator[Finding]:
    """WPA's four messages stop behind the second: the access point found the station's proof wrong."""
    from ..fields.wlan_words import REASONS

    pairs = _key_messages(case)
    for (point, station), mine in list(pairs.items())[:MOST]:
        numbers = [number for number, _ in mine]
        if numbers.count(1) < 2 or numbers.count(2) < 2 or 3 in numbers or 4 in numbers:
            continue
        last = mine[-1][1]
        ended = [frame for frame in frames(case) if frame.kind in (DEAUTHENTICATION, DISASSOCIATION)
                 and frame.source == point and frame.to == station and frame.packet > mine[0][1]]  # fmt: skip
        after = (f" The access point ended it {duration(case.between(last, ended[0].packet))} later, reason "
                 f"{ended[0].number(0)} ({REASONS.get(ended[0].number(0), 'unknown')}).") if (
                     ended and ended[0].packet > last) else ""  # fmt: skip
        yield finding(
            "wireless-handshake", Severity.error, f"WPA authentication of {station} failed",
            f"The access point {point} sent message 1 of the key handshake {often(numbers.count(1))}, "
            f"{station} answered {often(numbers.count(2))} with message 2, and message 3 never came: the "
            f"access point did not accept what the station proved. Mostly that is a wrong passphrase.{after}",
            [packet for _, packet in mine] + [frame.packet for frame in ended], hosts=(station, point),
            lesson="wireless",
        )  # fmt: skip


def _key_messages(case: Case) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """(Access point, station) → number of the key message and its packet (IEEE 802.11-2020 section 12.7.6)."""
    wireless, _ = _offsets(case)
    chosen = wireless[case.table["ethertype"][wireless] == EAPOL][:5000]
    at = case.table["network"][chosen].astype(np.int64)
    found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for packet, start in zip(chosen.tolist(), at.tolist(), strict=True):
        case.go_on()
        data = case.capture.frame(packet)
        begin = start if start < len(data) else data.find(b"\x88\x8e") + 2
        body = data[begin : begin + 99]
        if len(body) < 97 or body[1] != 3 or body[4] not in (2, 254):
            continue
        row = case.rows.row(packet)
        info = body[5] << 8 | body[6]
        if info & _ACK:
            found[row.source, row.destination].append((3 if info & _MIC else 1, packet))
        elif info & _MIC:
            four = bool(info & _SECURE) or not any(body[17:49])
            found[row.destination, row.source].append((4 if four else 2, packet))
    return found


@rule("wireless-deauthentication")
def flood(case: Case) -> Iterator[Finding]:
    """Many deauthentications or disassociations from one address in a short time."""
    from ..fields.wlan_words import REASONS

    sent: dict[str, list[Frame]] = defaultdict(list)
    for frame in frames(case):
        if frame.kind in (DEAUTHENTICATION, DISASSOCIATION):
            sent[frame.source].append(frame)
    for source, mine in list(sent.items())[:MOST]:
        last = FLOOD - 1
        if not any(case.between(one.packet, other.packet) <= FLOOD_TIME
                   for one, other in zip(mine, mine[last:], strict=False)):  # fmt: skip
            continue
        targets = len({frame.to for frame in mine})
        reason = mine[0].number(0)
        yield finding(
            "wireless-deauthentication", Severity.warning, f"{source} floods the air with deauthentications",
            f"{count(len(mine), 'frame')} in the name of {source} in "
            f"{duration(case.between(mine[0].packet, mine[-1].packet))} end the connection of "
            f"{count(targets, 'station')}, reason {reason} ({REASONS.get(reason, 'unknown')}). Such frames are mostly "
            f"not protected, so anybody can send them in another's name.",
            [frame.packet for frame in mine], hosts=(source,), lesson="wireless",
        )  # fmt: skip
