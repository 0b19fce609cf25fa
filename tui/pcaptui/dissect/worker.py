"""The worker process: contexts in on standard input, trees out on standard output (wire.py says how).

It starts with the builders alone. scapy is loaded when a packet first needs it, or while nobody asks.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from select import select
from typing import BinaryIO

from ..fields import patience, registry
from ..fields.context import Context
from ..fields.node import Dissection, Node
from ..fields.tree import dissect
from . import wire

MEMORY_LIMIT = 2 << 30
IDLE = 1.0
"""Seconds without a question after which scapy is loaded."""
WARM = "warm"
"""The argument that allows it."""


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    silence()
    limit_memory()
    sys.setrecursionlimit(3_000)
    registry.load()
    settle()
    # Unbuffered, so that waiting for a question is waiting for the pipe.
    serve(os.fdopen(0, "rb", buffering=0, closefd=False), answers, dissect, WARM in sys.argv)


def settle() -> None:
    """What the imports made lives for ever: garbage collections need not look at it."""
    gc.freeze()
    gc.enable()


def silence() -> None:
    """Nothing that a library prints may get between the answers or onto the screen."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def limit_memory() -> None:
    import resource

    for kind, most in ((resource.RLIMIT_AS, MEMORY_LIMIT), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):  # not on every system, or less was allowed already
            continue


def serve(questions: FileIO, answers: BinaryIO, build: Callable[[Context], Dissection], warm: bool = False) -> None:
    """Answer until the questions end."""
    number = 0

    def send(kind: wire.Kind, text: bytes = b"", blob: bytes = b"") -> None:
        answers.write(wire.ANSWER.pack(number, kind, len(text), len(blob)))
        answers.write(text)
        answers.write(blob)
        answers.flush()

    patience.current = clock = patience.Clock(waiting=lambda: send(wire.Kind.LOADING))
    while True:
        if warm and number and not select([questions], [], [], IDLE)[0]:
            warm = False
            threading.Thread(target=load_scapy, daemon=True).start()
        head = _read(questions, wire.REQUEST.size)
        if len(head) < wire.REQUEST.size:
            return
        number, size = wire.REQUEST.unpack(head)
        context: Context = pickle.loads(_read(questions, size))
        send(wire.Kind.TREE, *timed(context, build, clock))


def _read(questions: FileIO, size: int) -> bytes:
    """So many bytes, fewer where the questions end."""
    parts = []
    while size > 0 and (part := questions.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def timed(context: Context, build: Callable[[Context], Dissection], clock: patience.Clock) -> tuple[bytes, bytes]:
    """An encoded answer, within the clock's time as far as that is in Python's hands."""
    try:
        try:
            clock.start()
            return wire.encode(build(context))
        finally:
            clock.stop()
    except patience.OutOfTime:
        why = f"[Stopped after {clock.limit:g} s]"
    except Exception as error:
        why = f"[Dissector stopped: {type(error).__name__}]"
    return wire.encode(Dissection([Node(why), bytes_node(context.frame)]))


def bytes_node(frame: bytes) -> Node:
    """All that can be said of a frame without looking at it."""
    label = f"Data ({len(frame)} byte{'' if len(frame) == 1 else 's'})"
    return Node(label, "data", frame[:1000].hex(":"), 0, len(frame))


def load_scapy() -> None:
    """Load scapy beside the questions, as nobody's most urgent work."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
    from ..fields.scapy_load import load

    gc.disable()
    load()
    settle()


if __name__ == "__main__":
    main()
