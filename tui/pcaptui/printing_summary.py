"""--print summary: what the capture holds, in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
from numpy.typing import NDArray

from .capture import Capture
from .options import Options
from .printing_words import BILLION, epoch, json_text, tsv_cell
from .tracker.flags import Flag

if TYPE_CHECKING:
    from .filters.filter import Filter


def summary(
    capture: Capture, passing: Filter | None = None, stream: tuple[str, int] | None = None
) -> dict[str, Any]:  # fmt: skip
    """Facts of the whole capture, which is loaded to its end first, or of its packets that pass a filter and are
    in a stream."""
    capture.load_all()
    table = capture.table
    mask = _chosen(capture, passing, stream)
    times = table["time"][mask]
    count = len(times)
    first, last = (int(times.min()), int(times.max())) if count else (0, 0)
    return {
        "files": capture.paths,
        "packets": count,
        "bytes": int(table["length"][mask].sum(dtype=np.int64)),
        "captured_bytes": int(table["captured"][mask].sum(dtype=np.int64)),
        "first": epoch(first) if count else None,
        "last": epoch(last) if count else None,
        "duration": round((last - first) / BILLION, 9),
        "interfaces": len(capture.interfaces),
        "streams": {"tcp": capture.tracker.tcp_streams_seen, "udp": capture.tracker.udp_streams}
        if isinstance(mask, slice)
        else _streams_among(capture, mask),
        "anomalies": capture.anomalies() if isinstance(mask, slice) else _anomalies_among(capture, mask),
        "damage": [str(place) for place in capture.damage],
    }


def _chosen(
    capture: Capture, passing: Filter | None, stream: tuple[str, int] | None
) -> slice | NDArray[np.bool_]:  # fmt: skip
    if passing is None and stream is None:
        return slice(None)
    mask = passing.run(capture) if passing is not None else np.ones(len(capture), bool)
    if stream is not None:
        mine = np.zeros(len(capture), bool)
        mine[capture.stream_packets(*stream)] = True
        mask &= mine
    return mask


def _streams_among(capture: Capture, mask: Any) -> dict[str, int]:
    table = capture.table
    streams, protocols = table["stream"][mask], table["ip_protocol"][mask]
    return {
        kind: len(np.unique(streams[(protocols == number) & (streams >= 0)]))
        for kind, number in (("tcp", 6), ("udp", 17))
    }


def _anomalies_among(capture: Capture, mask: Any) -> dict[str, int]:
    column = capture.table["analysis"][mask]
    counts = {flag.name or "": int(np.count_nonzero(column & np.uint32(flag))) for flag in Flag}
    return {name: count for name, count in sorted(counts.items(), key=lambda item: -item[1]) if count}


def print_summary(capture: Capture, options: Options, out: TextIO) -> None:
    facts = summary(capture, options.filter, options.stream)
    if options.format == "jsonl":
        out.write(json_text(facts) + "\n")
    elif options.format == "tsv":
        flat = _flatten(facts)
        out.write("\t".join(flat) + "\n" + "\t".join(map(tsv_cell, flat.values())) + "\n")
    else:
        out.writelines(f"{line}\n" for line in _summary_text(facts))


def _flatten(facts: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in facts.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": number for inner, number in value.items()})
        else:
            flat[name] = value
    return flat


def _summary_text(facts: dict[str, Any]) -> Iterator[str]:
    from datetime import UTC, datetime

    for path in facts["files"]:
        yield f"File        {printable(path)}"
    yield f"Packets     {facts['packets']:,}"
    captured = facts["captured_bytes"]
    cut = "" if captured == facts["bytes"] else f" ({captured:,} captured)"
    yield f"Bytes       {facts['bytes']:,}{cut}"
    if facts["packets"]:
        whole, _, rest = facts["first"].partition(".")
        try:
            begin = datetime.fromtimestamp(int(whole), UTC).strftime("%Y-%m-%d %H:%M:%S") + f".{rest} UTC"
        except (ValueError, OverflowError, OSError):
            begin = f"{facts['first']} s since 1970"
        yield f"Begins      {begin}"
        yield f"Lasts       {facts['duration']:.6f} s"
    yield f"Streams     {facts['streams']['tcp']:,} TCP, {facts['streams']['udp']:,} UDP"
    anomalies = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in facts["anomalies"].items())
    yield f"Anomalies   {anomalies or 'none'}"
    for place in facts["damage"]:
        yield f"Damage      {printable(place)}"


def printable(text: str) -> str:
    """Text with control characters escaped, fit for a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)
