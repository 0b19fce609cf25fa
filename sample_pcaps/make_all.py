#!/usr/bin/env python3
"""Make every sample capture and the list of their lessons. usage: make_all.py [FOLDER]"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import make_graphs
import make_lan
import make_logins
import make_names
import make_tcp
import make_tls
import make_web
import make_web_visit
import make_wireless
from making import HERE, Path, Sample

VISIT = "One visit to a web site among a machine's ordinary traffic: DNS, two connections, one used"
GROUPS = (
    make_tls.SAMPLES,
    make_tcp.SAMPLES,
    make_graphs.SAMPLES,
    make_names.SAMPLES,
    make_web.SAMPLES,
    make_logins.SAMPLES,
    make_lan.SAMPLES,
    make_wireless.SAMPLES,
)
SAMPLES: tuple[Sample, ...] = tuple(sample for group in GROUPS for sample in group)
LIST = "lessons.tsv"


def files() -> Iterator[tuple[str, bytes]]:
    """Every file's name and bytes, the list last."""
    yield "web-visit.pcapng", make_web_visit.build()
    for sample in SAMPLES:
        yield f"{sample.name}.pcapng", sample.build()
    lines = [("web-visit", VISIT), *((sample.name, sample.lesson) for sample in SAMPLES)]
    yield LIST, "".join(f"{name}\t{lesson}\n" for name, lesson in lines).encode()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, data in files():
        (folder / name).write_bytes(data)
        print(f"{name}: {len(data)} bytes")
