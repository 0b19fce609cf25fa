#!/usr/bin/env python3
"""Compare display filters with tshark's: the same packets for the same filter and capture?

usage: agree_filters.py [--filters FILE] [--sample N] [--differences N] [--most PACKETS] [CAPTURE_OR_FOLDER ...]

Needs tshark 4.0 with Lua. Default captures: ../shared/captures, else sample_pcaps. One tshark a capture runs all
filters in one go, as `tshark -Y` would. Prints the share of (filter, capture) pairs with the same packets, then the
filters that differ most. A pair counts where tshark takes the filter; those that only one of both takes are listed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
DEFAULTS = (ROOT.parent / "shared" / "captures", ROOT / "sample_pcaps")
# Each filter becomes a tap of its own; what it lets through is written down at the end.
LUA = """
local hits, wrong, taps, lines = {}, {}, {}, {}
for line in io.lines(os.getenv("FILTERS")) do lines[#lines + 1] = line end
for i, line in ipairs(lines) do
  local ok, tap = pcall(Listener.new, "frame", line)
  if ok then
    hits[i] = {}
    tap.packet = function(pinfo) hits[i][#hits[i] + 1] = pinfo.number end
    taps[i] = tap
  else wrong[i] = true end
end
local last = Listener.new("frame")
function last.draw()
  local out = io.open(os.getenv("PASSED"), "w")
  for i in ipairs(lines) do
    out:write(wrong[i] and "wrong" or table.concat(hits[i], ","), "\\n")
  end
  out:close()
end
"""
Answer = list[list[int] | None]
"""For each filter the numbers of the packets that pass, None where it is wrong."""


def ask_tshark(filters: list[str], capture: Path) -> Answer | None:
    """None where tshark reads nothing of the capture."""
    with tempfile.TemporaryDirectory() as folder:
        script, texts, passed = (Path(folder) / name for name in ("taps.lua", "filters", "passed"))
        script.write_text(LUA)
        texts.write_text("\n".join(filters) + "\n", encoding="utf-8")
        environment = {**os.environ, "FILTERS": str(texts), "PASSED": str(passed), "TZ": "UTC", "HOME": folder}
        command = ["tshark", "-n", "-q", "-X", f"lua_script:{script}", "-r", str(capture)]
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if not passed.exists():
            return None
        return [
            None if line == "wrong" else [int(number) for number in line.split(",") if number]
            for line in passed.read_text().splitlines()
        ]


def ask_pcaptui(filters: list[str], path: Path) -> Answer | None:
    import numpy as np

    from pcaptui.capture import Capture
    from pcaptui.errors import CaptureError
    from pcaptui.filters import FilterError, compile
    from pcaptui.filters.trees import TreeFields

    try:
        capture = Capture([str(path)])
        capture.load_all()
    except CaptureError:
        return None
    found: Answer = []
    made = []
    for text in filters:
        try:
            made.append(compile(text))
        except FilterError:
            made.append(None)
    names = frozenset(name for one in made if one is not None for name in one.names)
    source = Together(TreeFields(capture), names)
    for one in made:
        if one is None:
            found.append(None)
        else:
            found.append((np.flatnonzero(one.run(capture, source=source)) + 1).tolist())
    capture.close()
    return found


class Together:
    """All fields of all filters at once, so that a packet's tree is built once."""

    def __init__(self, source, names: frozenset[str]) -> None:
        self._source = source
        self._names = names
        self._trees: dict[int, object] = {}
        self._layers: dict[int, object] = {}

    def fields(self, index: int, names: frozenset[str]):
        if index not in self._trees:
            self._trees[index] = self._source.fields(index, self._names)
        return self._trees[index]

    def layers(self, index: int):
        if index not in self._layers:
            self._layers[index] = self._source.layers(index)
        return self._layers[index]


def compare(filters: list[str], most: int, capture: Path) -> tuple[Path, Answer | None, Answer | None]:
    if capture.stat().st_size > most * 200:
        return capture, None, None
    theirs = ask_tshark(filters, capture)
    if theirs is None or len(theirs) != len(filters):
        return capture, None, None
    try:
        return capture, theirs, ask_pcaptui(filters, capture)
    except Exception as error:  # a failure of ours is a difference of every pair
        print(f"{capture}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return capture, theirs, None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures", nargs="*", type=Path)
    parser.add_argument("--filters", type=Path, default=HERE / "filters.txt")
    parser.add_argument("--sample", type=int, default=0, help="only every so many-th capture")
    parser.add_argument("--differences", type=int, default=40, help="so many filters that differ are listed")
    parser.add_argument("--most", type=int, default=100_000, help="leave out captures of more packets, roughly")
    parser.add_argument("--at-once", type=int, default=2)
    given = parser.parse_args()
    lines = given.filters.read_text(encoding="utf-8").splitlines()
    filters = [line for line in lines if line.strip() and not line.startswith("# ")]
    places = given.captures or [next(place for place in DEFAULTS if place.is_dir())]
    paths = sorted(p for place in places for p in (place.rglob("*") if place.is_dir() else [place]) if p.is_file())
    paths = paths[:: given.sample] if given.sample else paths
    same: Counter[str] = Counter()
    pairs = captures = 0
    different: dict[str, list[tuple[Path, list[int], list[int]]]] = defaultdict(list)
    only: dict[str, str] = {}
    os.environ["TZ"] = "UTC"
    with ProcessPoolExecutor(given.at_once) as pool:
        for path, theirs, ours in pool.map(partial(compare, filters, given.most), paths):
            if theirs is None:
                continue
            captures += 1
            for number, text in enumerate(filters):
                expected = theirs[number]
                found = ours[number] if ours is not None else []
                if (expected is None) != (found is None):
                    only[text] = "pcaptui" if expected is None else "tshark"
                if expected is None:
                    continue
                pairs += 1
                if found == expected:
                    same[text] += 1
                else:
                    missing = sorted(set(expected) - set(found or []))
                    different[text].append((path, missing, sorted(set(found or []) - set(expected))))
    agreed = sum(same.values())
    share = 100 * agreed / max(1, pairs)
    print(f"{len(filters)} filters, {captures} captures, {pairs:,} pairs: {agreed:,} the same, {share:.2f} %")
    for text, who in only.items():
        print(f"only {who} takes: {text}")
    for text in sorted(different, key=lambda text: -len(different[text]))[: given.differences]:
        print(f"{len(different[text]):5} {text}")
        for path, missing, extra in different[text][:3]:
            print(f"          {path.parent.name}/{path.name}: missing {missing[:6]} extra {extra[:6]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
