#!/usr/bin/env python3
"""Make a capture of a million packets, about 500 MB, out of real ones.

usage: million.py OUTPUT [--packets N] [CAPTURE_OR_FOLDER ...]
The Ethernet frames of the given captures (default: ../shared/captures/ppa, else sample_pcaps) are written repeatedly;
each copy has its own IPv4 addresses, so its own conversations, and follows the one before in time.
"""

from __future__ import annotations

import argparse
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from pcaptui.capture import Capture
from pcaptui.errors import CaptureError

ROOT = Path(__file__).resolve().parent.parent
DEFAULTS = (ROOT.parent / "shared" / "captures" / "ppa", ROOT / "sample_pcaps")
MEAN_SIZE = 493
ETHERNET = 1


def frames(paths: list[Path]) -> Iterator[tuple[int, bytes]]:
    """(time since the capture's first packet in µs, frame) of every Ethernet packet."""
    for path in paths:
        try:
            capture = Capture([str(path)])
            capture.load_all()
        except CaptureError:
            continue
        for index in range(len(capture)):
            if capture.link_type(index) == ETHERNET:
                time = int(capture.table["time"][index] - capture.table["time"][0]) // 1000
                yield max(time, 0), capture.frame(index)
        capture.close()


def chosen(all_frames: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Leave out small frames, evenly, until the mean size is that of ordinary traffic."""
    total, small = sum(len(f) for _, f in all_frames), [i for i, (_, f) in enumerate(all_frames) if len(f) < 70]
    spare = max(0, len(all_frames) - total // MEAN_SIZE)
    dropped = {small[k * len(small) // spare] for k in range(spare)} if spare and small else set()
    return [frame for i, frame in enumerate(all_frames) if i not in dropped]


def readdressed(frame: bytes, copy: int) -> bytes:
    """The frame with the second byte of both IPv4 addresses moved by the copy's number."""
    if copy == 0 or frame[12:14] != b"\x08\x00" or len(frame) < 34:
        return frame
    other = bytearray(frame)
    other[27] = (other[27] + copy) & 255
    other[31] = (other[31] + copy) & 255
    return bytes(other)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    parser.add_argument("captures", nargs="*", type=Path)
    parser.add_argument("--packets", type=int, default=1_000_000)
    given = parser.parse_args()
    places = given.captures or [next(p for p in DEFAULTS if p.is_dir())]
    paths = [f for p in places for f in (sorted(p.rglob("*")) if p.is_dir() else [p]) if f.is_file()]
    originals = chosen(list(frames(paths)))
    if not originals:
        sys.exit("no Ethernet packets found in " + ", ".join(map(str, places)))
    given.output.parent.mkdir(parents=True, exist_ok=True)
    written, size = 0, 24
    with given.output.open("wb", buffering=1 << 20) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, ETHERNET))
        copy, begin = 0, 1_573_000_000_000_000
        while written < given.packets:
            for number, (time, frame) in enumerate(originals[: given.packets - written]):
                now = begin + number * 1_000 + time % 1_000
                changed = readdressed(frame, copy)
                out.write(struct.pack("<IIII", *divmod(now, 1_000_000), len(changed), len(changed)) + changed)
                size += 16 + len(changed)
            written += min(len(originals), given.packets - written)
            begin += len(originals) * 1_000
            copy += 1
    print(
        f"{given.output.name}: {written:,} packets, {size / 1e6:.0f} MB, {copy} copies of {len(originals):,} real ones"
    )


if __name__ == "__main__":
    main()
