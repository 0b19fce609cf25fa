"""TCP conversations made for the trees' tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from pcaptui.capture import Capture
from pcaptui.fields.node import Dissection
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings

Said = tuple[bool, bytes]
Talk = Callable[..., list[Dissection]]


def frames(port: int, said: list[Said]) -> list[Any]:
    """A handshake, what was said (True: by the server) 10 ms apart, and both FINs; packet 4 has the first words."""
    made: list[Any] = []
    sequence = [1000, 5000]

    def send(server: bool, flags: str, payload: bytes = b"") -> None:
        source, target = ("10.0.0.2", "10.0.0.1") if server else ("10.0.0.1", "10.0.0.2")
        ports = (port, 4000) if server else (4000, port)
        header = TCP(sport=ports[0], dport=ports[1], seq=sequence[server], ack=sequence[not server], flags=flags)
        link = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
        frame = link / IP(src=source, dst=target) / header / payload
        frame.time = 1000 + len(made) / 100
        sequence[server] += len(payload) + ("S" in flags or "F" in flags)
        made.append(frame)

    send(False, "S")
    send(True, "SA")
    send(False, "A")
    for server, payload in said:
        send(server, "PA", payload)
    send(True, "FA")
    send(False, "FA")
    return made


@pytest.fixture
def talk_file(tmp_path: Path) -> Callable[..., Path]:
    """A capture of one conversation: `talk_file(port, (server, bytes), ...)`."""

    def make(port: int, *said: Said) -> Path:
        path = tmp_path / f"{port}.pcap"
        wrpcap(str(path), frames(port, list(said)))
        return path

    return make


@pytest.fixture
def talk(talk_file: Callable[..., Path]) -> Talk:
    """The trees of the packets in which something is said."""

    def make(port: int, *said: Said) -> list[Dissection]:
        capture = Capture([str(talk_file(port, *said))])
        capture.load_all()
        around = Surroundings(capture)
        made = [dissect(around.context(index)) for index in range(3, 3 + len(said))]
        capture.close()
        return made

    return make
