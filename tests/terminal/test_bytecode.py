"""Byte-code goes to a cache of our own only where Python cannot keep it beside the modules."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pcaptui.terminal import bytecode

SHOW = (
    "import sys; from pcaptui.terminal.bytecode import repair; repair(); "
    "print(sys.pycache_prefix, sys.dont_write_bytecode)"
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module without byte-code that stands for ours and Textual's; the user's cache directory is empty."""
    source = tmp_path / "package" / "app.py"
    source.parent.mkdir()
    source.write_text("x = 1\n")
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.setattr(bytecode, "_samples", lambda: [str(source)])
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return source


def test_missing_byte_code_goes_to_our_cache(package: Path, tmp_path: Path) -> None:
    bytecode.repair()
    try:
        assert sys.pycache_prefix == str(tmp_path / "cache" / "pcaptui" / "pycache")
        assert sys.dont_write_bytecode is False
        assert os.environ["PYTHONPYCACHEPREFIX"] == sys.pycache_prefix, "worker processes find it too"
        assert Path(sys.pycache_prefix).stat().st_mode & 0o777 == 0o700
    finally:
        os.environ.pop("PYTHONPYCACHEPREFIX", None)


def test_byte_code_that_is_there_is_used(package: Path) -> None:
    compiled = Path(bytecode.importlib.util.cache_from_source(str(package)))
    compiled.parent.mkdir()
    compiled.write_bytes(b"")
    bytecode.repair()
    assert sys.pycache_prefix is None
    assert sys.dont_write_bytecode is True


def test_stale_byte_code_counts_as_missing(package: Path) -> None:
    compiled = Path(bytecode.importlib.util.cache_from_source(str(package)))
    compiled.parent.mkdir()
    compiled.write_bytes(b"")
    os.utime(compiled, (1, 1))
    bytecode.repair()
    os.environ.pop("PYTHONPYCACHEPREFIX", None)
    assert sys.pycache_prefix is not None


def test_python_that_writes_byte_code_itself_is_left_alone(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    bytecode.repair()
    assert sys.pycache_prefix is None


def test_a_cache_that_the_user_chose_is_kept(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", "/somewhere")
    bytecode.repair()
    assert sys.pycache_prefix == "/somewhere"


def test_a_cache_that_others_can_write_to_is_not_used(package: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").chmod(0o777)
    bytecode.repair()
    assert sys.pycache_prefix is None


def test_a_home_that_cannot_be_written_is_no_error(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")
    bytecode.repair()
    assert sys.pycache_prefix is None


def test_the_second_start_finds_what_the_first_one_left(tmp_path: Path) -> None:
    root = Path(bytecode.__file__).parents[2]
    copy = tmp_path / "tui"
    (copy / "pcaptui").mkdir(parents=True)
    for part in ("__init__.py", "version.py", "errors.py", "cli.py", "options.py", "terminal"):
        (copy / "pcaptui" / part).symlink_to(root / "pcaptui" / part)
    cache = tmp_path / "cache"
    cache.mkdir(mode=0o700)
    environment = dict(os.environ, PYTHONPATH=str(copy), PYTHONDONTWRITEBYTECODE="1", XDG_CACHE_HOME=str(cache))
    environment.pop("PYTHONPYCACHEPREFIX", None)
    code = SHOW.replace("print(", "import pcaptui.errors; print(")
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    if "None" in done.stdout:
        pytest.skip("this checkout has byte-code beside its modules")
    assert list(cache.rglob("errors.*.pyc"))
