"""XML (W3C XML 1.0) as a tree of its tags, attributes and texts; not checked for being well formed."""

from __future__ import annotations

import re

from .branch import Branch, View, Walk
from .text_lines import charset_of, visible

DEPTH = 60
_TOKEN = re.compile(
    rb"(?P<comment><!--.*?-->)|(?P<cdata><!\[CDATA\[.*?\]\]>)|(?P<doctype><![A-Za-z][^>]*>)"
    rb"|(?P<pi><\?[A-Za-z_][-\w:.]*)|(?P<close></[^>]*>)|(?P<tag><[A-Za-z_\x80-\xff][-\w:.\x80-\xff]*)"
    rb"|(?P<text>[^<]+)|(?P<odd><)", re.S,
)  # fmt: skip
_ATTRIBUTE = re.compile(rb"\s*(?P<name>[^\s=<>/?\"']+)\s*=\s*(?P<value>\"[^\"]*\"|'[^']*')")
_TAG_END = re.compile(rb"\s*(/?>|\?>)")


def xml_text(walk: Walk, view: View, header: str = "") -> None:
    branch = walk.layer(view, "xml", "eXtensible Markup Language")
    _Reader(branch, view, charset_of(header)).read()


class _Reader:
    def __init__(self, branch: Branch, view: View, charset: str) -> None:
        self._open = [branch]
        self._data = view.data
        self._at = view.at
        self._end = view.end
        self._charset = charset

    def _words(self, at: int, end: int) -> str:
        return visible(self._data[at:end], self._charset)

    def read(self) -> None:
        while self._at < self._end:
            found = _TOKEN.match(self._data, self._at, self._end)
            if found is None:
                return
            self._at = found.end()
            getattr(self, f"_{found.lastgroup}")(*found.span())

    def _plain(self, at: int, end: int, field: str) -> None:
        text = self._words(at, end)
        self._open[-1].add(text, field, text, at, end - at)

    def _comment(self, at: int, end: int) -> None:
        self._plain(at, end, "xml.comment")

    def _cdata(self, at: int, end: int) -> None:
        self._plain(at, end, "xml.cdatasection")

    def _doctype(self, at: int, end: int) -> None:
        self._plain(at, end, "xml.dtdtag")

    def _odd(self, at: int, end: int) -> None:
        self._plain(at, end, "xml.cdata")

    def _text(self, at: int, end: int) -> None:
        raw = self._data[at:end]
        at += len(raw) - len(raw.lstrip())
        if raw.strip():
            self._plain(at, end, "xml.cdata")

    def _pi(self, at: int, end: int) -> None:
        name = self._words(at + 2, end)
        tree = self._open[-1].add(f"<?{name}", f"xml.xmlpi.{name}".lower(), None, at, end - at)
        self._attributes(tree, f"xml.xmlpi.{name}.".lower())
        found = _TAG_END.match(self._data, self._at, self._end)
        if found:
            tree.add(self._words(*found.span(1)), "", None, found.start(1), found.end(1) - found.start(1))
            self._at = found.end()
        tree.resize(self._at - at)

    def _tag(self, at: int, end: int) -> None:
        name = self._words(at + 1, end)
        tree = self._open[-1].add(f"<{name}", "xml.tag", name, at, end - at)
        last = self._attributes(tree, "")
        found = _TAG_END.match(self._data, self._at, self._end)
        closed = True
        if found:
            closed = found[1] != b">"
            (last or tree).suffix(self._words(*found.span(1)))
            self._at = found.end()
        tree.resize(self._at - at)
        if not closed and len(self._open) < DEPTH:
            self._open.append(tree)

    def _attributes(self, tree: Branch, prefix: str) -> Branch | None:
        last = None
        while found := _ATTRIBUTE.match(self._data, self._at, self._end):
            name = self._words(*found.span("name"))
            value = self._words(found.start("value") + 1, found.end("value") - 1)
            field = f"{prefix}{name}".lower() if prefix else "xml.attribute"
            start = found.start("value") + 1 if prefix else found.start("name")
            size = found.end("value") - start - (1 if prefix else 0)
            text = f"{name}={self._words(*found.span('value'))}"
            last = tree.add(text, field, value, start, size)
            self._at = found.end()
        return last

    def _close(self, at: int, end: int) -> None:
        name = self._words(at + 2, end - 1).strip()
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].node.value == name:
                self._shut(depth, end)
                self._open[depth].add(self._words(at, end), "", None, at, end - at)
                del self._open[depth:]
                return
        self._plain(at, end, "xml.cdata")

    def _shut(self, depth: int, end: int) -> None:
        for tree in self._open[depth:]:
            tree.resize(end - (tree.node.start or 0))
