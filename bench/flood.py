#!/usr/bin/env python3
"""Make a capture of a SYN flood: every packet is a stream of its own.

usage: flood.py OUTPUT [--packets N] [--seed N]
SYNs from random addresses and ports to one server, 10 µs apart, with the options that Linux sends.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

RECORD = np.dtype(
    [("seconds", "<u4"), ("micros", "<u4"), ("captured", "<u4"), ("length", "<u4"), ("ethernet", "V14"),
     ("ip", "V12"), ("source", ">u4"), ("destination", ">u4"), ("sport", ">u2"), ("dport", ">u2"),
     ("sequence", ">u4"), ("rest", "V32")]
)  # fmt: skip
OPTIONS = bytes.fromhex("020405b40402080a00000001000000000103 0307".replace(" ", ""))


def flood(packets: int, seed: int) -> bytes:
    random = np.random.default_rng(seed)
    rows = np.zeros(packets, RECORD)
    micros = np.arange(packets) * 10
    rows["seconds"], rows["micros"] = 1_600_000_000 + micros // 1_000_000, micros % 1_000_000
    size = RECORD.itemsize - 16
    rows["captured"] = rows["length"] = size
    rows["ethernet"] = bytes.fromhex("020000000001020000000002 0800".replace(" ", ""))
    rows["ip"] = bytes([0x45, 0, 0, size - 14, 0, 0, 0x40, 0, 64, 6, 0, 0])
    rows["source"] = random.integers(1 << 24, 0xE0000000, packets)
    rows["destination"], rows["dport"] = 0xC6336401, 443
    rows["sport"] = random.integers(1024, 65536, packets)
    rows["sequence"] = random.integers(0, 1 << 32, packets)
    rows["rest"] = bytes(4) + bytes([0xA0, 0x02, 0xFA, 0xF0, 0, 0, 0, 0]) + OPTIONS
    header = np.array([0xA1B2C3D4, 2 | 4 << 16, 0, 0, 262_144, 1], "<u4").tobytes()
    return header + rows.tobytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("--packets", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_bytes(flood(given.packets, given.seed))


if __name__ == "__main__":
    main()
