"""What IPv4 and IPv6 have in common: traffic classes, and datagrams put together from fragments."""

from __future__ import annotations

from .branch import Branch, View, Walk
from .words import cut_hex

DSCP = {
    0: ("CS0", "Default"), 1: ("LE", "Lower Effort"), 8: ("CS1", "Class Selector 1"),
    10: ("AF11", "Assured Forwarding 11"), 12: ("AF12", "Assured Forwarding 12"), 14: ("AF13", "Assured Forwarding 13"),
    16: ("CS2", "Class Selector 2"), 18: ("AF21", "Assured Forwarding 21"), 20: ("AF22", "Assured Forwarding 22"),
    22: ("AF23", "Assured Forwarding 23"), 24: ("CS3", "Class Selector 3"), 26: ("AF31", "Assured Forwarding 31"),
    28: ("AF32", "Assured Forwarding 32"), 30: ("AF33", "Assured Forwarding 33"), 32: ("CS4", "Class Selector 4"),
    34: ("AF41", "Assured Forwarding 41"), 36: ("AF42", "Assured Forwarding 42"), 38: ("AF43", "Assured Forwarding 43"),
    40: ("CS5", "Class Selector 5"), 44: ("VOICE-ADMIT", "Voice Admit"), 46: ("EF PHB", "Expedited Forwarding"),
    48: ("CS6", "Class Selector 6"), 56: ("CS7", "Class Selector 7"),
}  # fmt: skip
"""RFC 2474, 2597, 3246, 5865, 8622: short and long words."""
ECN = {0: ("Not-ECT", "Not ECN-Capable Transport"), 1: ("ECT(1)", "ECN-Capable Transport codepoint '01'"),
       2: ("ECT(0)", "ECN-Capable Transport codepoint '10'"), 3: ("CE", "Congestion Experienced")}  # fmt: skip
DSCP_WORDS = {value: words[1] for value, words in DSCP.items()}
ECN_WORDS = {value: words[1] for value, words in ECN.items()}


def traffic_class(value: int) -> str:
    """'0x10 (DSCP: AF11, ECN: Not-ECT)'."""
    return f"0x{value:02x} (DSCP: {DSCP.get(value >> 2, ('Unknown', ''))[0]}, ECN: {ECN[value & 3][0]})"


def reassembled(walk: Walk, branch: Branch, view: View, version: int) -> View | None:
    """Say where the datagram of this fragment is put together; its payload where that is in this packet.

    Only the header that the capture's table describes: a fragment inside a fragment stays one.
    """
    context = walk.context
    datagram = context.datagram
    if datagram is None or view.source is not None or view.at != context.facts.get("network"):
        return None
    name, field = f"IPv{version}", "ip" if version == 4 else "ipv6"
    if datagram.data is None:
        if datagram.completed_by:
            number = datagram.completed_by
            branch.computed(f"Reassembled {name} in frame: {number}", f"{field}.reassembled_in", number, number)
        return None
    size = len(datagram.data)
    whole = walk.add_source(f"Reassembled {name}", datagram.data)
    pieces = [piece for piece in datagram.pieces if 0 <= piece.start <= size]
    listed = ", ".join(f"#{piece.number}({piece.length})" for piece in pieces)
    below = Branch(walk, whole, branch.node)
    plural = "" if len(pieces) == 1 else "s"
    node = below.add(f"[{len(pieces)} {name} Fragment{plural} ({size} bytes): {listed}]", f"{field}.fragments", None,
                     0, size)  # fmt: skip
    for piece in pieces:
        last = piece.start + piece.length - 1
        part = node.add(f"[Frame: {piece.number}, payload: {piece.start}-{last} ({_bytes(piece.length)})]",
                        f"{field}.fragment", piece.number, piece.start, piece.length)  # fmt: skip
        part.node.link = piece.number
    if datagram.overlaps:
        node.computed("Fragment overlap: True", f"{field}.fragment.overlap", True)
    node.computed(f"Fragment count: {len(pieces)}", f"{field}.fragment.count", len(pieces))
    node.computed(f"Reassembled {name} length: {size}", f"{field}.reassembled.length", size)
    node.add(f"[Reassembled {name} data: {cut_hex(datagram.data)}]", f"{field}.reassembled.data",
             datagram.data.hex(":"), 0, size)  # fmt: skip
    return whole


def _bytes(count: int) -> str:
    return f"{count} byte{'' if count == 1 else 's'}"
