"""What a UDP datagram that was put together from fragments carries, if it is a tunnel."""

from __future__ import annotations

import numpy as np

from .addresses import AddressTable
from .decoders import Next
from .endpoints import intern
from .frames import Frames
from .headers import FILLED, walk
from .outer import OuterHeaders, collect
from .records import RecordBlock
from .table import Layer, PacketTable

_TAKEN = ("ethertype", "ip_protocol", "payload_length", "source", "destination", "source_port", "destination_port",
          "sequence", "acknowledgment", "window", "tcp_flags")  # fmt: skip


def fill_inner(table: PacketTable, index: int, datagram: bytes, addresses: AddressTable) -> bool:
    """Give packet `index`, which completed this datagram (UDP header first), the columns of the innermost headers.

    False if there is no tunnel, which leaves the table as it is. Offsets stay unset: nothing of this is in the frame.
    """
    size = np.array([len(datagram)], np.uint32)
    nothing = np.zeros(1, np.int64)
    block = RecordBlock(nothing, size, size, nothing, np.zeros(1, np.uint16))
    scratch = PacketTable(1)
    rows = scratch.append(1)
    frames = Frames(np.frombuffer(datagram, np.uint8), block, {name: scratch[name][rows] for name in FILLED}, 0)
    scratch["network"][0], scratch["ip_protocol"][0] = 0, 17
    frames.next[0] = Next.UDP
    walk(frames)
    layers = int(scratch["layers"][0])
    if not layers & Layer.TUNNEL:
        return False
    intern(frames, addresses)
    carriers = OuterHeaders()
    collect(frames, index, carriers, addresses)
    for name in ("source", "destination"):
        carriers[name][:1] = table[name][index]
    table.outer.insert(carriers)
    for name in _TAKEN:
        table[name][index] = scratch[name][0]
    table["layers"][index] |= np.uint16(layers & ~(Layer.OPTIONS | Layer.FRAGMENT))
    return True
