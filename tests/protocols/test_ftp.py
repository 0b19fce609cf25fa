"""FTP rows, and the data streams that its control conversation announces."""

from __future__ import annotations

from typing import Any

import numpy

from pcaptui.dissect.segments import Segment
from pcaptui.dissect.streams import StreamRows

CLIENT, SERVER = b"\x0a\0\0\1", b"\x0a\0\0\2"


def test_commands_and_replies(talk: Any) -> None:
    rows = talk(21).server(b"220-a\r\n220 b\r\n").client(b"USER x\r\n").rows()
    assert rows == [("FTP", "Response: 220-a"), ("FTP", "Request: USER x")]


def test_data_on_its_own_port(talk: Any) -> None:
    assert talk(20).server(b"12345").rows() == [("FTP-DATA", "FTP Data: 5 bytes")]


class TwoStreams:
    """A control stream (0) and a data stream (1) between the same hosts."""

    def __init__(self, control: list[tuple[int, bytes]], data: Segment) -> None:
        self.all = [
            Segment(0, 1, len(text), text, side, 24, *((2000, 21) if not side else (21, 2000)),
                    *((CLIENT, SERVER) if not side else (SERVER, CLIENT)))
            for side, text in control
        ]  # fmt: skip
        position = [1, 1]
        for segment in self.all:
            segment.sequence = position[segment.direction]
            position[segment.direction] += segment.length
        self.all.append(data)
        for number, segment in enumerate(self.all, 1):
            segment.number = number

    def packets(self, stream: int) -> Any:
        last = len(self.all) - 1
        return numpy.array([last] if stream else range(last))

    def segment(self, index: int) -> Segment | None:
        return self.all[index]

    def server_port(self, stream: int) -> int:
        return 0

    def announcers(self, stream: int) -> list[int]:
        return [0] if stream else []

    def row(self) -> tuple[str | None, str | None] | None:
        row = StreamRows(self).app_row(1, len(self.all) - 1)
        return (row.protocol, row.info) if row else None


def test_pasv_names_the_data_stream_and_its_command() -> None:
    control = [(0, b"PASV\r\n"), (1, b"227 Entering Passive Mode (10,0,0,2,4,1).\r\n"), (0, b"RETR file\r\n")]
    data = Segment(0, 1, 7, b"content", 0, 24, 1025, 3000, SERVER, CLIENT)
    assert TwoStreams(control, data).row() == ("FTP-DATA", "FTP Data: 7 bytes (PASV) (RETR file)")


def test_epsv_means_the_server_itself() -> None:
    control = [(0, b"EPSV\r\n"), (1, b"229 Extended Passive (|||1025|)\r\n"), (0, b"LIST\r\n")]
    data = Segment(0, 1, 7, b"content", 0, 24, 1025, 3000, SERVER, CLIENT)
    assert TwoStreams(control, data).row() == ("FTP-DATA", "FTP Data: 7 bytes (EPASV) (LIST)")


def test_port_names_the_client() -> None:
    control = [(0, b"PORT 10,0,0,1,11,184\r\n"), (0, b"STOR file\r\n")]
    data = Segment(0, 1, 7, b"content", 0, 24, 3000, 5555, CLIENT, SERVER)
    assert TwoStreams(control, data).row() == ("FTP-DATA", "FTP Data: 7 bytes (PORT) (STOR file)")


def test_streams_nobody_announced_stay_tcp() -> None:
    control = [(0, b"PASV\r\n"), (1, b"227 Entering Passive Mode (10,0,0,2,4,2).\r\n")]
    data = Segment(0, 1, 7, b"content", 0, 24, 1025, 3000, SERVER, CLIENT)
    assert TwoStreams(control, data).row() is None
