"""What the capture tells of a frame beside its bytes, as the tree gets it."""

from __future__ import annotations

import struct
from pathlib import Path

from pcaptui.around_frame import frame_facts
from pcaptui.capture import Capture


def block(kind: int, body: bytes, order: str) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(order + "I", len(body) + 12)
    return struct.pack(order + "I", kind) + size + body + size


def options(order: str, *pairs: tuple[int, bytes]) -> bytes:
    told = b"".join(struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
                    for code, value in pairs)  # fmt: skip
    return told + bytes(4)


def section(order: str) -> bytes:
    return block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(order: str, *pairs: tuple[int, bytes]) -> bytes:
    return block(1, struct.pack(order + "HHI", 1, 0, 0) + options(order, *pairs), order)


def packet(order: str, number: int, *pairs: tuple[int, bytes]) -> bytes:
    return block(6, struct.pack(order + "5I", number, 0, 1, 15, 15) + bytes(16) + options(order, *pairs), order)


def facts(path: Path, data: bytes) -> list[dict[str, object]]:
    path.write_bytes(data)
    capture = Capture([str(path)])
    capture.load_all()
    found = [frame_facts(capture, index) for index in range(len(capture))]
    capture.close()
    return found


def test_interfaces_count_anew_in_every_section(tmp_path: Path) -> None:
    data = b"".join(
        section(order) + interface(order, (2, b"en0")) + interface(order, (3, b"second")) + packet(order, 1)
        for order in "<>"
    )
    first, second = facts(tmp_path / "a.pcapng", data)
    for found, number in ((first, 1), (second, 2)):
        assert (found["section"], found["interface"], found["interface_name"]) == (number, 1, "")
        assert found["interface_description"] == "second"


def test_options_of_a_packet_are_told_in_either_byte_order(tmp_path: Path) -> None:
    for order in "<>":
        flags = struct.pack(order + "I", 0x81)
        one = packet(order, 0, (1, b"look"), (2, flags), (4, struct.pack(order + "Q", 3)), (1, b"here"))
        (found,) = facts(tmp_path / "b.pcapng", section(order) + interface(order) + one)
        assert found["comments"] == ["look", "here"]
        told = found["facts"]
        assert isinstance(told, dict)
        assert (told["packet_flags"], told["drop_count"], told["fcs_length"]) == (0x81, 3, 4)


def test_a_classic_capture_has_neither_sections_nor_interfaces(tmp_path: Path) -> None:
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    (found,) = facts(tmp_path / "c.pcap", head + struct.pack("<IIII", 1, 0, 15, 15) + bytes(15))
    assert (found["section"], found["interface"], found["comments"]) == (None, None, [])
