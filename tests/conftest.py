"""What tests of several rooms share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "captures"

Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="session")
def shared_captures() -> Path:
    """The folder of real captures beside the repository; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip("the real captures (../shared/captures) are not here")
    return SHARED


@pytest.fixture(scope="session")
def sample() -> Path:
    """The capture of one visit to a web site."""
    return ROOT / "sample_pcaps" / "web-visit.pcapng"


@pytest.fixture(scope="session")
def pcaptui() -> Run:
    """Run the real command with arguments; the finished process has its output as bytes."""

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "pcaptui", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, timeout=120, **options)  # type: ignore[call-overload,no-any-return]

    return run
