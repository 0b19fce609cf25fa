"""Bodies of HTTP messages: chunks, content codings, and what they hold (RFC 9112 sections 6 and 7)."""

from __future__ import annotations

import re

from ..protocols.http_head import Head
from .branch import Branch, View, Walk
from .media import media
from .payload import data
from .text_lines import visible
from .words import plural

CHUNKS = 10_000
LIMIT = 8 << 20
"""So many bytes come out of one body in a tree."""
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?\n")
_BLANK = re.compile(rb"(?:^|\n)\r?\n")
_CODING = re.compile(rb"(?:^|\n)content-encoding[ \t]*:[ \t]*([^\r\n]*)", re.I)


def http_body(walk: Walk, branch: Branch, view: View, head: Head, method: str) -> int:
    """Build what follows a head, and answer where the message ends. `method` is that of the request."""
    start = view.at
    view_start = branch.node.start or 0
    if not head.may_have_body(method) or (head.length is None and not head.chunked and not head.response):
        branch.resize(start - view_start)
        return start
    if head.chunked:
        end, body = _chunked(walk, branch, view)
    else:
        end = view.end if head.length is None else min(start + head.length, view.end)
        body = view.sub(start, end)
    if end <= start and not len(body):
        branch.resize(start - view_start)
        return start
    body = _decoded(walk, branch, body, head)
    if body.source != view.source or len(body):
        size = body.reported - body.at
        text = body.bytes if len(body) <= LIMIT else b""
        Branch(walk, body, branch.node).add(
            f"File Data: {plural(size, 'byte')}", "http.file_data", visible(text), body.at, len(body)
        )
    header = head.content_type
    if not len(body) or header is None:
        branch.resize(end - view_start)
        if len(body):
            with walk.inside(branch):
                data(walk, body)
        return end
    known: list[bool] = []
    walk.call(lambda walk, view: known.append(media(walk, view, header)), body)
    branch.resize((end if known == [False] else start) - view_start)
    return end


def _chunked(walk: Walk, branch: Branch, view: View) -> tuple[int, View]:
    """The chunks as they are, and the body that they make."""
    at, whole = view.at, []
    kind = "response" if branch.node.children[:1] and branch.node.children[0].label.startswith("HTTP/") else "request"
    tree = branch.add(f"HTTP chunked {kind}", "", None, at, view.end - at)
    for _ in range(CHUNKS):
        found = _CHUNK.match(view.data, at, view.end)
        if found is None:
            break
        size = int(found[1], 16)
        stop = min(found.end() + size, view.end)
        tail = 0 if size == 0 else min(2, view.end - stop)
        words = "End of chunked encoding" if size == 0 else f"Data chunk ({size} octets)"
        chunk = tree.add(words, "", None, at, stop + tail - at)
        chunk.add(f"Chunk size: {size} octets", "http.chunk_size", size, at, found.end() - at)
        at = stop + tail
        if size == 0:
            at = _trailer(tree, at, view.end)
            break
        chunk.blob("http.chunk_data", "Chunk data", found.end(), stop - found.end())
        if tail:
            chunk.blob("http.chunk_boundary", "Chunk boundary", stop, tail)
        whole.append(view.data[found.end() : stop])
    else:
        at = view.end
    tree.resize(at - view.at)
    if not whole:
        return at, view.sub(at, at)
    return at, walk.add_source("De-chunked entity body", b"".join(whole))


def _trailer(tree: Branch, at: int, end: int) -> int:
    """Fields behind the last chunk, and the blank line."""
    found = _BLANK.search(tree.data, at - 1, end)
    stop = found.end() if found else end
    last = stop - 2 if tree.data[stop - 2 : stop] == b"\r\n" else stop - 1
    if last > at:
        trailer = tree.data[at:last]
        tree.add(f"trailer-part: {visible(trailer)}", "http.chunked_trailer_part", visible(trailer), at, last - at)
    if found:
        tree.add(visible(tree.data[last:stop]), "", None, last, stop - last)
    return stop


def _decoded(walk: Walk, branch: Branch, body: View, head: Head) -> View:
    """The body without its content codings, as a source of its own; itself where that cannot be."""
    if not head.encoded or not len(body):
        return body
    from ..content import Decoder, Undecodable  # not needed for most packets, and slow to import

    coding = head.coding
    words = f"Content-encoded entity body ({coding}): {plural(len(body), 'byte')}"
    line = Branch(walk, body, branch.node).add(words, "", None, body.at, len(body))
    pieces: list[bytes] = []
    try:
        for piece in Decoder(coding, LIMIT).feed(body.bytes):
            pieces.append(piece)
    except Undecodable as why:
        line.suffix(f" [{why}]")
        if not pieces:
            return body
    plain = b"".join(pieces)
    line.suffix(f" -> {plural(len(plain), 'byte')}")
    return walk.add_source("Uncompressed entity body", plain)
