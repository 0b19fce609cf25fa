"""TFTP (RFC 1350, RFC 2347)."""

from __future__ import annotations

from ..protocols.packet import Short
from ..protocols.text import decode
from ..protocols.tftp import ERRORS, MAX_OPTIONS, NAMES
from .branch import Branch, View, Walk
from .registry import application

READ, WRITE, DATA, ACKNOWLEDGE, ERROR, OPTIONS = range(1, 7)


@application("tftp")
def tftp(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "tftp", "Trivial File Transfer Protocol")
    code = branch.uint("tftp.opcode", "Opcode", at, 2, names=NAMES)
    at += 2
    if code in (READ, WRITE):
        which, name = ("source", "Source") if code == READ else ("destination", "Destination")
        at = _text(branch, at, f"tftp.{which}_file", f"{name} File")
        at = _text(branch, at, "tftp.type", "Type")
        _options(branch, at)
    elif code in (DATA, ACKNOWLEDGE):
        branch.uint("tftp.block", "Block", at, 2)
        if code == DATA and view.end > at + 2:
            data = walk.layer(view.sub(at + 2), "data", f"Data ({view.end - at - 2} bytes)")
            data.blob("data.data", "Data", at + 2, view.end - at - 2)
            data.computed(f"Length: {view.end - at - 2}", "data.len", view.end - at - 2)
    elif code == ERROR:
        branch.uint("tftp.error.code", "Error code", at, 2, names=dict(enumerate(ERRORS)))
        _text(branch, at + 2, "tftp.error.message", "Error message")
    elif code == OPTIONS:
        _options(branch, at)
    elif view.end > at:
        branch.blob("tftp.data", "Data", at, view.end - at)


def _end(branch: Branch, at: int) -> int:
    """Behind the NUL that ends a text."""
    end = branch.data.find(b"\0", at, branch.end)
    if end < 0:
        raise Short
    return end + 1


def _text(branch: Branch, at: int, field: str, name: str) -> int:
    end = _end(branch, at)
    text = decode(branch.raw(at, end - at - 1))
    branch.add(f"{name}: {text}", field, text, at, end - at)
    return end


def _options(branch: Branch, at: int) -> None:
    for _ in range(MAX_OPTIONS):
        if at >= branch.end:
            return
        middle = _end(branch, at)
        end = _end(branch, middle)
        name, value = decode(branch.raw(at, middle - at - 1)), decode(branch.raw(middle, end - middle - 1))
        below = branch.add(f"Option: {name} = {value}", "", None, at, end - at)
        _text(below, at, "tftp.option.name", "Option name")
        _text(below, middle, "tftp.option.value", "Option value")
        at = end
