"""The real program in a real pseudo-terminal, seen through a terminal emulator."""

from __future__ import annotations

import os
import re
import select
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyte
import pytest
from ptyprocess import PtyProcess

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_pcaps" / "web-visit.pcapng"
PATIENCE = 30.0
UNSEEN_BY_PYTE = re.compile(
    rb"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1bP.*?\x1b\\|\x1b\[\?[0-9;]*\$p|\x1b\](?:[^\x07\x1b]*)(?:\x07|\x1b\\)", re.DOTALL
)

SWITCH = re.compile(rb"(\x1b\[\?1049[hl])")
UNFINISHED = re.compile(rb"\x1b(?:\[[^@-~]*)?$")


class Session:
    """A command in a pseudo-terminal. `log` holds every byte that it wrote."""

    def __init__(self, command: Sequence[str], columns: int = 100, rows: int = 30, **variables: str) -> None:
        names = ("NO_COLOR", "COLORTERM", "PCAPTUI_DEBUG", "TERM_PROGRAM", "COLUMNS", "LINES")
        env = {name: value for name, value in os.environ.items() if name not in names}
        env.update(TERM="xterm-256color", LANG="C.UTF-8", PS1="$ ")
        env.update(variables)
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.process = PtyProcess.spawn(list(command), dimensions=(rows, columns), env=env)
        self.log = b""
        self._rest = b""
        self.ended = False

    def pump(self, wait: float = 0.05) -> bool:
        """Take what the program wrote within `wait` seconds; False if nothing came."""
        if self.ended or not select.select([self.process.fd], [], [], wait)[0]:
            return False
        try:
            data = os.read(self.process.fd, 1 << 16)
        except OSError:
            data = b""
        self.ended = not data
        self.log += data
        if b"\x1b[?2026$p" in data:
            self.send(b"\x1b[?2026;2$y")
        self._feed(data)
        return bool(data)

    def _feed(self, data: bytes) -> None:
        data = self._rest + data
        unfinished = UNFINISHED.search(data)
        self._rest = data[unfinished.start() :] if unfinished and not self.ended else b""
        data = data[: len(data) - len(self._rest)]
        for part in SWITCH.split(UNSEEN_BY_PYTE.sub(b"", data)):
            # pyte has no alternate screen: a blank one will do.
            if SWITCH.fullmatch(part):
                self.screen.reset()
            else:
                self.stream.feed(part)

    def send(self, keys: bytes | str) -> None:
        os.write(self.process.fd, keys if isinstance(keys, bytes) else keys.encode())

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def wait(self, condition: str | Callable[[], bool], patience: float = PATIENCE) -> None:
        """Until the text is on the screen, or the condition holds. Fails with the screen's text."""
        holds = (lambda: condition in self.text) if isinstance(condition, str) else condition
        end = time.monotonic() + patience
        while not holds():
            if time.monotonic() > end or (self.ended and not holds()):
                pytest.fail(f"not seen: {condition!r}\n{self.text}\n{self.log[-400:]!r}")
            self.pump()

    def settle(self, quiet: float = 0.3) -> None:
        """Until nothing came for `quiet` seconds."""
        end = time.monotonic() + PATIENCE
        while self.pump(quiet):
            if time.monotonic() > end:
                pytest.fail("the screen does not come to rest")

    def looks(self) -> list[list[tuple[object, ...]]]:
        """Characters and attributes as a person sees them: a blank has no text colour unless something shows it."""
        found = []
        for y in range(self.screen.lines):
            cells = [self.screen.buffer[y][x] for x in range(self.screen.columns)]
            found.append([(c.data, c.bg, c.underscore, c.reverse) if c.data == " " and not (c.underscore or c.reverse)
                          else tuple(c) for c in cells])  # fmt: skip
        return found

    def wait_end(self) -> int:
        """Until the command has ended; its exit status, negative for a signal."""
        self.wait(lambda: self.ended or not self.process.isalive())
        while self.pump(0.01):
            pass
        self.process.wait()
        return self.process.exitstatus if self.process.exitstatus is not None else -self.process.signalstatus

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        self.process.setwinsize(rows, columns)

    def close(self) -> None:
        self.process.close(force=True)


@pytest.fixture
def spawn() -> Iterator[Callable[..., Session]]:
    """Starts a command in a pseudo-terminal and ends it with the test."""
    sessions: list[Session] = []

    def start(command: Sequence[str], **options: object) -> Session:
        sessions.append(Session(command, **options))  # type: ignore[arg-type]
        return sessions[-1]

    yield start
    for session in sessions:
        session.close()


@pytest.fixture
def pcaptui(spawn: Callable[..., Session]) -> Callable[..., Session]:
    """Starts the program on the sample capture."""

    def start(**options: object) -> Session:
        return spawn([sys.executable, "-m", "pcaptui", str(SAMPLE)], **options)

    return start
