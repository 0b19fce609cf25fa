"""SSDP: HTTP's messages over UDP (UPnP Device Architecture)."""

from __future__ import annotations

import re

from ..protocols.text import decode
from .branch import Branch, View, Walk
from .http_head import header_lines
from .registry import application
from .text_lines import line_end, visible

_REQUEST = re.compile(rb"(\S+) +(\S+) +(HTTP/\S+)")
_RESPONSE = re.compile(rb"(HTTP/\S+) +(\d{3}) *(.*)", re.S)


@application("ssdp")
def ssdp(walk: Walk, view: View) -> None:
    at, data = view.at, view.data
    branch = walk.layer(view, "ssdp", "Simple Service Discovery Protocol")
    end, size = line_end(data, at, view.end)
    first = data[at:end]
    request, response = _REQUEST.match(first), _RESPONSE.match(first)
    if not size or not (request or response):
        branch.add(visible(view.bytes), "", None, at, len(view))
        return
    line = branch.add(visible(data[at : end + size]), "", None, at, end + size - at)
    if response:
        _part(line, at, response, 1, "http.response.version", "Response Version")
        code = int(response[2])
        line.add(f"Status Code: {code}", "http.response.code", code, at + response.start(2), 3)
        _part(line, at, response, 3, "http.response.phrase", "Response Phrase")
    elif request:
        _part(line, at, request, 1, "http.request.method", "Request Method")
        _part(line, at, request, 2, "http.request.uri", "Request URI")
        _part(line, at, request, 3, "http.request.version", "Request Version")
    header_lines(branch, end + size, view.end, bool(response))
    host = next((node.value for node in branch.node.children if node.field == "http.host"), None)
    if request and host:
        uri = f"http://{host}{decode(request[2])}"
        branch.computed(f"Full request URI: {uri}", "http.request.full_uri", uri)


def _part(line: Branch, at: int, found: re.Match[bytes], group: int, field: str, name: str) -> None:
    if found[group]:
        line.string(field, name, at + found.start(group), len(found[group]))
