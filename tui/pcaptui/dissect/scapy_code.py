"""A frame on standard input, scapy's code for it on standard output. Runs as a process of its own (copying.py)."""

from __future__ import annotations

import logging
import sys
from typing import Any


def main() -> None:
    link_type, frame = int(sys.argv[1]), sys.stdin.buffer.read()
    sys.stdout.write(code_of(frame, link_type))


def code_of(frame: bytes, link_type: int) -> str:
    """Code that makes the packet, where it makes the same bytes again; else code with the bytes themselves."""
    logging.getLogger("scapy").setLevel(logging.CRITICAL)
    import scapy.all
    import scapy.layers.http

    layer = scapy.all.conf.l2types.num2layer.get(link_type, scapy.all.Raw)
    try:
        packet = layer(frame)
        text = str(packet.command())
        # What the code makes, without running it: the same fields, built anew.
        copy = packet.copy()
        for part in _layers(copy):
            part.raw_packet_cache = None
        same = bytes(copy) == frame
    except Exception:
        return f"{layer.__name__}({frame!r})"
    return text if same else f"{text}\n# exactly these bytes: {layer.__name__}({frame!r})"


def _layers(packet: Any) -> list[Any]:
    found: list[Any] = []
    while packet is not None and type(packet).__name__ != "NoPayload" and len(found) < 100:
        found.append(packet)
        packet = getattr(packet, "payload", None)
    return found


if __name__ == "__main__":
    main()
