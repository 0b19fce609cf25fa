"""Statistics and pictures of captures without packets."""

import struct
from pathlib import Path

import numpy as np
import pytest

from pcaptui.capture import Capture
from pcaptui.dissect.rows import Rows
from pcaptui.pictures.io_plot import Line, counted, plot
from pcaptui.pictures.ladder import ladder
from pcaptui.printing_flow import text_lines
from pcaptui.statistics.registry import NAMES, find
from pcaptui.statistics.view import View

NO_PACKETS = {
    "pcap": struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1),
    "pcapng without interface": struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28),
}


@pytest.fixture(params=NO_PACKETS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Capture:
    (tmp_path / "none.pcap").write_bytes(NO_PACKETS[request.param])
    capture = Capture([str(tmp_path / "none.pcap")])
    capture.load_all()
    return capture


@pytest.mark.parametrize("name", NAMES)
def test_every_statistic_of_nothing_counts_no_packets(empty: Capture, name: str) -> None:
    for table in find(name)[1](View(empty)):
        places = [at for at, column in enumerate(table.columns) if column.key == "packets"]
        assert all(not table.value(row, at) for row in range(len(table)) for at in places)


def test_a_flow_graph_of_nothing_has_no_lines(empty: Capture) -> None:
    assert text_lines(empty, ladder(empty, np.zeros(0, np.int64)), Rows(empty), 80) == []


def test_an_io_graph_of_nothing_has_no_steps(empty: Capture) -> None:
    found = counted(empty, [Line(0)], None, None, 100)
    assert found.steps.count == 0 and len(found.first) == 0
    assert [len(each) for each in plot(found, "bits/s").series] == [0]
