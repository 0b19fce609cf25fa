"""The program's side of the worker process: asks for trees, with a time limit, and starts a new one when it dies."""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
import sys
import threading
import time

from ..fields.node import Node
from .worker import ANSWER, REQUEST

TIME_LIMIT = 2.0
START_LIMIT = 30.0
MAX_ANSWER = 64 << 20


class WorkerGone(Exception):
    """The worker died or did not answer in time."""


class TreeClient:
    """One worker process. `ask` blocks, `request` does not; both answer with the worst case as a tree too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._latest = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._warm = False
        self._start()

    def _start(self) -> None:
        self._warm = False
        environment = dict(os.environ, PYTHONWARNINGS="ignore")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pcaptui.dissect.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl+C in the terminal is not meant for it
        )

    def close(self) -> None:
        """End the worker."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
            process.wait()

    async def request(self, index: int, frame: bytes, link_type: int) -> list[Node] | None:
        """The tree of a frame, or None where a later request made this one worthless before it began."""
        self._latest += 1
        mine = self._latest
        return await asyncio.to_thread(self._ask_if_latest, mine, frame, link_type)

    def _ask_if_latest(self, mine: int, frame: bytes, link_type: int) -> list[Node] | None:
        with self._lock:
            return self._ask(frame, link_type) if mine == self._latest else None

    def ask(self, frame: bytes, link_type: int) -> list[Node]:
        """The tree of a frame; waits for it."""
        with self._lock:
            return self._ask(frame, link_type)

    def _ask(self, frame: bytes, link_type: int) -> list[Node]:
        try:
            if self._process is None or self._process.poll() is not None:
                self._start()
            return self._exchange(frame, link_type)
        except (WorkerGone, OSError, ValueError) as error:
            self.close()
            reason = str(error) if isinstance(error, WorkerGone) else "the dissector died"
            data = Node(f"Data ({len(frame)} bytes)", "data", frame[:1000].hex(), 0, len(frame))
            return [Node(f"[No tree: {reason}]"), data]

    def _exchange(self, frame: bytes, link_type: int) -> list[Node]:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        self._number = (self._number + 1) & 0xFFFFFFFF
        process.stdin.write(REQUEST.pack(self._number, link_type & 0xFFFFFFFF, len(frame)) + frame)
        process.stdin.flush()
        deadline = time.monotonic() + (TIME_LIMIT if self._warm else START_LIMIT)
        number, size = ANSWER.unpack(_read(process.stdout.fileno(), ANSWER.size, deadline))
        if number != self._number or size > MAX_ANSWER:
            raise WorkerGone("the dissector's answer makes no sense")
        answer = _read(process.stdout.fileno(), size, deadline)
        self._warm = True
        return [Node.from_object(item) for item in json.loads(answer)]


def _read(descriptor: int, size: int, deadline: float) -> bytes:
    parts: list[bytes] = []
    while size > 0:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise WorkerGone(f"the dissector took over {TIME_LIMIT:g} s")
        part = os.read(descriptor, min(size, 1 << 20))
        if not part:
            raise WorkerGone("the dissector died")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
