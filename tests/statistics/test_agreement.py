"""The same numbers as tshark and capinfos, where they are installed: what bench/agree_statistics.py compares."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from scapy.all import GRE, ICMP, IP, TCP, UDP, Dot1Q, Ether, IPv6

from pcaptui.statistics import View

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("conversations", "endpoints", "hierarchy", "properties", "expert", "lengths")


@pytest.fixture(scope="module")
def agree() -> ModuleType:
    """The script, as a module."""
    if shutil.which("tshark") is None or shutil.which("capinfos") is None:
        pytest.skip("tshark and capinfos are not installed")
    spec = importlib.util.spec_from_file_location("agree_statistics", ROOT / "bench" / "agree_statistics.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["agree_statistics"] = module
    spec.loader.exec_module(module)
    if "4.0" not in module.ask("tshark", "--version").partition("\n")[0]:
        pytest.skip("tshark is not 4.0")
    return module


def differences(agree: ModuleType, path: Path) -> list[str]:
    found = agree.judge(path, list(OURS))
    assert all(compared.total for compared in found.values())
    return [line for compared in found.values() for line in compared.differences]


@pytest.mark.parametrize("name", ["web-visit"])
def test_sample(agree: ModuleType, name: str) -> None:
    assert differences(agree, ROOT / "sample_pcaps" / f"{name}.pcapng") == []


def test_tunnels_and_errors(agree: ModuleType, view_of: Callable[..., View]) -> None:
    inner = IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=50000, dport=50001) / b"0123456789"
    outer = {"src": "192.0.2.1", "dst": "192.0.2.2"}
    over: list[Any] = [
        IP(**outer) / inner,
        IP(**outer) / GRE() / inner,
        IPv6(src="2001:db8::1", dst="2001:db8::2") / inner,
        Dot1Q(vlan=4) / inner,
        IP(**outer) / ICMP(type=3, code=3) / IP(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=50000, dport=50002),
        IP(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=50001, dport=50000) / b"answer",
        IP(src="10.0.0.1", dst="10.0.0.1") / TCP(sport=50000, dport=50001, flags="S"),
    ]
    view = view_of([Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02") / packet for packet in over])
    assert differences(agree, Path(view.capture.paths[0])) == []
