"""Who may know whom: nothing below the screen imports Textual, Rich or what stands above it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import pcaptui

PACKAGE = Path(pcaptui.__file__).parent
ROOMS = """
    version errors threads memory history samples whole_file
    loader protocols decode_as tracker content fields copying
    gathering choices capture dissect sorting saving
    exchanges glance follow follow_http follow_tls
    mail transports around_frame around_exchange surroundings trees
    findings found filters searching options asked
    statistics pictures drawing parquet
    printing_words printing_packets printing_trees printing_summary printing_streams printing_follow printing_findings
    printing_statistics printing_flow printing_io printing
    writing writing_flow writing_io
""".split()
"""Rooms and modules from the ground up: each knows only those before it, however late it imports them."""
SCREEN = ["widgets", "screens", "app", "terminal"]
"""These know each other, Textual, and all rooms."""
FRONT = ["cli", "__main__", "__init__"]


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


def test_every_module_has_its_place() -> None:
    found = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found == {*ROOMS, *SCREEN, *FRONT}


@pytest.mark.parametrize("room", [*ROOMS, "cli"])
def test_rooms_below_the_screen_do_not_import_textual(room: str) -> None:
    for path in modules(room):
        tops = {name.split(".")[0] for name in imported(path)}
        assert not tops & {"textual", "rich"}, path.name


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_those_below(room: str) -> None:
    allowed = ROOMS[: ROOMS.index(room) + 1]
    for path in modules(room):
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "pcaptui" and len(parts) > 1:
                assert parts[1] in allowed, f"{path.name} imports {name}"


def test_rows_are_made_without_textual_or_scapy() -> None:
    code = (
        "import sys, pcaptui.capture, pcaptui.dissect.rows; from pcaptui.protocols import registry; registry.load();"
        "sys.exit(', '.join({'textual', 'rich', 'scapy'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
