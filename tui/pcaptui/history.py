"""Filters that were typed, kept between runs of the program."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

KEPT = 200
LONGEST = 1000


def history_file(environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where they are kept: in the person's state folder (XDG base directories); None where there is none."""
    state = environment.get("XDG_STATE_HOME")
    if state and Path(state).is_absolute():
        return Path(state) / "pcaptui" / "filters"
    home = environment.get("HOME")
    return Path(home) / ".local" / "state" / "pcaptui" / "filters" if home else None


class History:
    """The latest filters, the newest last, each once. A file that cannot be read or written is done without."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self.entries: list[str] = self._read()

    def _read(self) -> list[str]:
        if self._path is None:
            return []
        try:
            lines = self._path.read_text("utf-8", "replace")[-KEPT * LONGEST :].splitlines()
        except OSError:
            return []
        found = [line for line in lines if line.strip() and line.isprintable() and len(line) <= LONGEST]
        return list(dict.fromkeys(reversed(found)))[:KEPT][::-1]

    def add(self, text: str) -> None:
        """Remember a filter."""
        text = text.strip()
        if not text or not text.isprintable() or len(text) > LONGEST:
            return
        newer = self._read()  # other instances may have written meanwhile
        entries = [entry for entry in dict.fromkeys([*self.entries, *newer]) if entry != text]
        self.entries = [*entries, text][-KEPT:]
        self._write()

    def _write(self) -> None:
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
            draft.write_text("\n".join(self.entries) + "\n", "utf-8")
            draft.chmod(0o600)
            draft.replace(self._path)
        except OSError:
            return
