"""Who may know whom: the rooms below the screen never import Textual, rich or each other upwards."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pcaptui

PACKAGE = Path(pcaptui.__file__).parent
ROOMS = ["loader", "protocols", "tracker", "capture", "dissect", "exchanges", "printing", "cli"]
ABOVE = {
    "loader": ROOMS[1:],
    "protocols": ["tracker", "capture", "dissect", "exchanges", "printing", "cli"],
    "tracker": ["capture", "dissect", "exchanges", "printing", "cli"],
    "capture": ["dissect", "exchanges", "printing", "cli"],
    "dissect": ["exchanges", "printing", "cli"],
    "exchanges": ["printing", "cli"],
}


def modules(room: str) -> list[Path]:
    path = PACKAGE / room
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imported(path: Path) -> set[str]:
    """Absolute names of everything a module imports, at its top or inside functions."""
    here = ["pcaptui", *path.relative_to(PACKAGE).with_suffix("").parts]
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level]) if node.level else ""
            full = ".".join(part for part in (base, node.module or "") if part)
            names.add(full)
            names.update(f"{full}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("room", [room for room in ROOMS if room != "cli"])
def test_rooms_below_the_screen_do_not_import_textual(room: str) -> None:
    for path in modules(room):
        tops = {name.split(".")[0] for name in imported(path)}
        assert not tops & {"textual", "rich"}, path.name


@pytest.mark.parametrize("room", list(ABOVE))
def test_a_room_knows_only_those_below(room: str) -> None:
    for path in modules(room):
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "pcaptui" and len(parts) > 1:
                assert parts[1] not in ABOVE[room], f"{path.name} imports {name}"


def test_rows_are_made_without_textual_or_scapy() -> None:
    code = (
        "import sys, pcaptui.capture, pcaptui.dissect.rows; from pcaptui.protocols import registry; registry.load();"
        "sys.exit(', '.join({'textual', 'rich', 'scapy'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
