"""The worker process: frames in on standard input, trees out on standard output.

Request: number, link type, size (three big-endian 32-bit words), then the frame. Answer: number, size, then JSON.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import BinaryIO

REQUEST = struct.Struct(">III")
ANSWER = struct.Struct(">II")
MEMORY_LIMIT = 2 << 30


def main() -> None:
    os.nice(10)  # the first screen must not wait for this process's imports
    out = os.fdopen(os.dup(1), "wb")
    silence()
    limit_memory()
    from .tree import dissect

    dissect(bytes(60), 1)  # import scapy before the first question
    serve(sys.stdin.buffer, out, dissect)


def silence() -> None:
    """Nothing that a library prints may get between the answers or onto the screen."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)


def limit_memory() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(questions: BinaryIO, answers: BinaryIO, dissect: object) -> None:
    assert callable(dissect)
    while len(head := questions.read(REQUEST.size)) == REQUEST.size:
        number, link_type, size = REQUEST.unpack(head)
        frame = questions.read(size)
        nodes = [node.as_object() for node in dissect(frame, link_type)]
        text = json.dumps(nodes).encode()
        answers.write(ANSWER.pack(number, len(text)) + text)
        answers.flush()


if __name__ == "__main__":
    main()
