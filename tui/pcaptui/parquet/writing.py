"""--format parquet: row groups to a file, or to standard output where that is no terminal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, BinaryIO, TextIO

import numpy as np
import pyarrow.parquet as pq

from ..asked import chosen_packets
from ..capture import Capture
from ..errors import UsageError
from ..options import Options
from ..whole_file import whole_file
from . import packets, streams
from .streams import Wanted

ROWS = packets.ROWS
_PROTOCOLS = {"tcp": 6, "udp": 17}


def write_parquet(capture: Capture, options: Options, out: TextIO) -> None:
    """Streams or packets, those that -Y, --stream and --packet choose. Raises UsageError for a terminal."""
    if options.output is None:
        if out.isatty():
            raise UsageError("--format parquet is not for terminals: redirect it (> FILE) or give -o FILE")
        _write(capture, options, out.buffer)
        return
    if os.path.exists(options.output) and any(
        os.path.samefile(options.output, path) for path in capture.paths if path != "-"
    ):
        raise UsageError(f"-o/--output: '{options.output}' is the capture itself")
    with whole_file(options.output) as file:
        _write(capture, options, file)


def _write(capture: Capture, options: Options, file: BinaryIO) -> None:
    chosen = chosen_packets(capture, options)
    if options.what == "streams":
        schema, tables = streams.SCHEMA, streams.stream_tables(capture, _wanted(capture, chosen))
    else:
        schema, tables = packets.SCHEMA, packets.packet_tables(capture, _ranged(capture, options, chosen))
    with pq.ParquetWriter(file, schema, compression="zstd", use_dictionary=_coded(schema)) as writer:
        for table in tables:
            writer.write_table(table, row_group_size=ROWS)


def _coded(schema: Any) -> list[str]:
    """Columns that are worth a dictionary; the others' values are nearly all different."""
    return [field.name for field in schema if str(field.type).startswith("dictionary")]


def _wanted(capture: Capture, chosen: np.ndarray[Any, np.dtype[np.int64]] | None) -> Wanted | None:
    """The streams that packets are in, None: all."""
    if chosen is None:
        return None
    table = capture.table

    def wanted(kind: str, numbers: np.ndarray[Any, np.dtype[np.int32]]) -> np.ndarray[Any, np.dtype[np.bool_]]:
        mine = table["stream"][chosen][table["ip_protocol"][chosen] == _PROTOCOLS[kind]]
        return np.isin(numbers, mine)

    return wanted


def _ranged(
    capture: Capture, options: Options, chosen: np.ndarray[Any, np.dtype[np.int64]] | None
) -> np.ndarray[Any, np.dtype[np.int64]] | None:
    """Of the packets chosen those that --packet asks for."""
    if not options.packets.spans:
        return chosen
    asked = np.fromiter(_numbers(options, len(capture)), np.int64)
    return asked if chosen is None else asked[np.isin(asked, chosen)]


def _numbers(options: Options, count: int) -> Iterator[int]:
    yield from options.packets.within(0, count)
