#!/usr/bin/env python3
"""Make README.md from the samples and from what the installed pcaptui says about each of them."""

from __future__ import annotations

import json
import subprocess
import sys

import make_all
import make_graphs
import make_lan
import make_logins
import make_names
import make_tcp
import make_tls
import make_web
import make_wireless
from making import HERE, Capture, Sample

PARTS = (
    ("A visit, packet by packet", "make_web_visit.py", (Sample("web-visit", make_all.VISIT, Capture),)),
    ("TLS", "make_tls.py", make_tls.SAMPLES),
    ("TCP", "make_tcp.py", make_tcp.SAMPLES),
    ("Graphs", "make_graphs.py", make_graphs.SAMPLES),
    ("Names", "make_names.py", make_names.SAMPLES),
    ("The web", "make_web.py", make_web.SAMPLES),
    ("File transfer and mail", "make_logins.py", make_logins.SAMPLES),
    ("The local network", "make_lan.py", make_lan.SAMPLES),
    ("Wireless", "make_wireless.py", make_wireless.SAMPLES),
)
HEAD = """\
# Sample captures

A small capture for each lesson. They are installed with the program:

```
pcaptui --samples                                    # list them
pcaptui --samples web-refused                        # open one
pcaptui --samples web-refused --print findings       # what is wrong with it, in sentences
pcaptui --samples web-refused --print streams        # the life of every conversation
```

The captures are made by the scripts beside them (`make_all.py` runs them all; `making.py` and `making_tls.py` hold what
they share). Running a script again gives the same bytes. Handshakes, times, checksums, certificates and signatures are
as they would be; addresses and names are those set aside for documentation and private use, but for the first capture.
What TLS would encrypt is noise.

The last column is what `--print findings` says: E is an error, W a warning, N a note. `make_readme.py` writes this
page.
"""
TABLE = "| sample | what it teaches | what the program says |\n| --- | --- | --- |\n"


def said(name: str) -> str:
    """The titles of the findings, worst first."""
    command = [sys.executable, "-m", "pcaptui", "--samples", name, "--print", "findings", "--format", "jsonl"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = [json.loads(line) for line in lines]
    return "<br>".join(f"{one['severity'][0].upper()} {one['title']}" for one in found) or "nothing wrong"


def readme() -> str:
    text = HEAD
    for title, script, samples in PARTS:
        text += (
            f"\n## {title} (`{script}`)\n\n| sample | what it teaches | what the program says |\n| --- | --- | --- |\n"
        )
        text += "".join(f"| `{one.name}` | {one.lesson} | {said(one.name)} |\n" for one in samples)
    return text


if __name__ == "__main__":
    (HERE / "README.md").write_text(readme(), encoding="utf-8")
