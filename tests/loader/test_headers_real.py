"""Header columns of real captures against scapy's own dissection of the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from scapy.all import IP, TCP, UDP, Ether, IPv6

from pcaptui.loader.load import Loader
from pcaptui.loader.table import NONE16, Layer

_PACKETS = 40
_STRANGE = Layer.TUNNEL | Layer.QUOTED | Layer.FRAGMENT | Layer.CUT | Layer.TCP_CUT


def _captures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.pcap*") if path.stat().st_size < 5_000_000)


@pytest.mark.parametrize("part", ["ppa", "tcpdump", "zeek", "ndpi"])
def test_ports_and_sequence_numbers_are_scapys(shared_captures: Path, part: str) -> None:
    seen = 0
    for path in _captures(shared_captures / part)[::7]:
        loader = Loader([str(path)])
        while loader.table.count < _PACKETS and loader.step():
            pass
        table = loader.table
        for index in range(min(table.count, _PACKETS)):
            if loader.interfaces[int(table["interface"][index])].link_type != 1:
                continue
            if Layer(int(table["layers"][index])) & _STRANGE or int(table["transport"][index]) == NONE16:
                continue
            if int(table["ip_protocol"][index]) not in (6, 17):
                continue
            frame = loader.sources[0].bytes(int(table["offset"][index]), int(table["captured"][index]))
            packet = Ether(frame)
            upper = packet.getlayer(TCP) or packet.getlayer(UDP)
            if upper is None:
                continue
            seen += 1
            where = f"{path.name} {index + 1}"
            assert (table["source_port"][index], table["destination_port"][index]) == (upper.sport, upper.dport), where
            network = upper.underlayer if isinstance(upper.underlayer, IP | IPv6) else packet.getlayer(IPv6)
            if network is not None:
                assert loader.addresses.text(int(table["source"][index])) == network.src, where
                assert loader.addresses.text(int(table["destination"][index])) == network.dst, where
            if isinstance(upper, TCP):
                assert table["sequence"][index] == upper.seq, where
                assert table["acknowledgment"][index] == upper.ack, where
                assert table["window"][index] == upper.window, where
        loader.sources[0].close()
    assert seen > 50
