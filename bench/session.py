"""A program in a pseudo-terminal, and what the terminal sees of it: times, bytes, the screen, memory."""

from __future__ import annotations

import contextlib
import os
import re
import select
import time
from pathlib import Path

import pyte
from ptyprocess import PtyProcess

QUERIES = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[6n": b"\x1b[1;1R",
    b"\x1b[>q": b"\x1bP>|xterm(370)\x1b\\",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
}
PRIVATE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1bP.*?\x1b\\|\x1b\[\?[0-9;]*\$p|\x1b\](?:[^\x07\x1b]*)(?:\x07|\x1b\\)"
)


class Session:
    """Starts the program at once; `began` is that moment (perf_counter)."""

    def __init__(self, command: list[str], columns: int = 160, rows: int = 48) -> None:
        environment = dict(os.environ, TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
        environment.pop("NO_COLOR", None)
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.began = time.perf_counter()
        self.process = PtyProcess.spawn(command, dimensions=(rows, columns), env=environment)
        self.total = 0
        self.ended = False

    def read(self, wait: float) -> bytes:
        """What comes within `wait` seconds; answers the questions that programs ask a terminal."""
        if self.ended or not select.select([self.process.fd], [], [], wait)[0]:
            return b""
        try:
            data = os.read(self.process.fd, 1 << 16)
        except OSError:
            data = b""
        self.ended = not data
        self.total += len(data)
        for question, answer in QUERIES.items():
            if question in data:
                os.write(self.process.fd, answer)
        return data

    def show(self, data: bytes) -> None:
        self.stream.feed(PRIVATE.sub(b"", data))

    def text(self) -> str:
        return "\n".join(self.screen.display)

    def wait_for(self, pattern: str, timeout: float = 180) -> float | None:
        """Seconds since the start until the pattern stood on the screen; None if it never did."""
        wanted = re.compile(pattern)
        end = time.perf_counter() + timeout
        while time.perf_counter() < end and not self.ended:
            self.show(self.read(0.02))
            if wanted.search(self.text()):
                return time.perf_counter() - self.began
        return None

    def settle(self, quiet: float = 0.3, timeout: float = 120) -> None:
        """Until nothing came for `quiet` seconds."""
        end = time.perf_counter() + timeout
        while time.perf_counter() < end:
            data = self.read(quiet)
            if not data:
                return
            self.show(data)

    def key(self, key: bytes, quiet: float = 0.2) -> tuple[float, int]:
        """Send a key; (ms until the last byte of the answer, bytes)."""
        began = last = time.perf_counter()
        os.write(self.process.fd, key)
        parts: list[bytes] = []
        while time.perf_counter() - began < 30:
            data = self.read(quiet if parts else 2.0)
            if not data:
                break
            last = time.perf_counter()
            parts.append(data)
        self.show(b"".join(parts))
        return (last - began) * 1e3, sum(map(len, parts))

    def memory(self) -> dict[str, float]:
        """MiB of the process tree: 'private' (its own), 'mapped' (its share of mapped files)."""
        found = {"private": 0.0, "mapped": 0.0}
        for pid in self._tree():
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    name, _, value = line.partition(":")
                    if name in ("Pss_Anon", "Pss_Shmem"):
                        found["private"] += int(value.split()[0]) / 1024
                    elif name == "Pss_File":
                        found["mapped"] += int(value.split()[0]) / 1024
        return found

    def _tree(self) -> list[int]:
        pids = [self.process.pid]
        for pid in pids:
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    pids += [int(c) for c in (task / "children").read_text().split() if int(c) not in pids]
        return pids

    def close(self) -> None:
        self.process.terminate(force=True)
