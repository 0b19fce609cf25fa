"""The packet table while it grows."""

from __future__ import annotations

from pcaptui.loader.table import PacketTable


def test_a_still_table_has_columns_of_one_length_while_the_other_grows() -> None:
    table = PacketTable(2)
    table.append(2)
    table["time"][:] = [5, 7]
    still = table.still(2)
    table.append(100)
    table["time"][:] = 9
    assert (len(table), len(still), still["time"].tolist()) == (102, 2, [5, 7])
    assert {len(still[name]) for name in ("time", "network", "source")} == {2}


def test_a_still_table_has_no_more_packets_than_there_are() -> None:
    table = PacketTable()
    table.append(3)
    assert len(table.still(10)) == 3
