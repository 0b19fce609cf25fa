"""What a format reader hands on: interfaces and blocks of packet records, as columns."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NO_TIME = -(2**63)
"""In a RecordBlock: the packet carries no time stamp (pcapng's Simple Packet Block). Table: Layer.UNTIMED."""


PSEUDO_HEADERS = {123: 4, 139: 4, 196: 5, 201: 4, 204: 1, 209: 5, 245: 2, 254: 4}
"""Link type → bytes before the frame that were never on the wire. They are captured bytes, but do not count in a
packet's length; found by experiment with tshark."""


@dataclass(frozen=True, slots=True)
class Interface:
    """Where packets were captured; every packet belongs to one. A pcap file has exactly one.

    `file` is the index of the source among the files opened together. In a pcapng file `section` counts its sections
    from 1 and `number` the section's interfaces from 0; in other files `section` is 0.
    """

    file: int
    link_type: int
    snap_length: int = 0
    name: str = ""
    description: str = ""
    filter: str = ""
    os: str = ""
    ticks_per_second: int = 1_000_000
    time_offset: int = 0
    fcs_length: int = 0
    section: int = 0
    number: int = 0


@dataclass(slots=True)
class RecordBlock:
    """Packet records in file order, n entries each.

    offset: int64, first byte of the frame in its source; captured, length: uint32, bytes kept and bytes on the wire
    (without PSEUDO_HEADERS, at most 2^31-1); time: int64, ns since 1970 or NO_TIME; interface: uint16, index into the
    capture's list of interfaces.
    """

    offset: NDArray[np.int64]
    captured: NDArray[np.uint32]
    length: NDArray[np.uint32]
    time: NDArray[np.int64]
    interface: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.offset)


@dataclass(slots=True)
class Notes:
    """What a capture file says beside packets, kept for the screens that show it.

    `packet_comments` maps a packet's index in its own file to its comments; `secrets` holds (type, bytes) of
    decryption secrets blocks; `drops` maps an interface index to packets dropped as its statistics block tells.
    """

    comments: list[str] = field(default_factory=list)
    hardware: str = ""
    os: str = ""
    application: str = ""
    packet_comments: dict[int, list[str]] = field(default_factory=dict)
    secrets: list[tuple[int, bytes]] = field(default_factory=list)
    names: dict[bytes, list[str]] = field(default_factory=dict)
    drops: dict[int, int] = field(default_factory=dict)
    skipped_blocks: dict[int, int] = field(default_factory=dict)
