"""HTTP/1 messages (RFC 9110, 9112): first lines, links to other messages, bodies.

What the surroundings may tell of the messages in this packet: `message.facts` "http.method" (of the request that a
response answers), and in `context.links` of kind "http" the roles "request", "response" (with `time`, and
`facts["uri"]`, the request's whole URI), "previous_request", "previous_response", "next_request", "next_response".
`facts["number"]`, `facts["total"]` of any of them, or `message.facts` "http.number", "http.total": which of how many
requests of the connection. `facts["place"]` says which message in this packet is meant, from 0.
"""

from __future__ import annotations

import re

from ..protocols.http_head import Head, is_request
from .branch import Branch, View, Walk
from .context import Link, Message
from .http_body import http_body
from .http_head import header_lines
from .http_names import status_words
from .payload import data as unknown
from .registry import application, stream, streams
from .text_lines import line_end, named, visible
from .words import plural, seconds

MESSAGES = 500
PARAMETERS = 500
_BLANK = re.compile(rb"\n\r?\n")
_REQUEST = re.compile(rb"([^ ]+) +([^ \r\n]*)(?: +([^\r\n]*))?")
_RESPONSE = re.compile(rb"([^ \r\n]+)(?: +(\d{3})?(?: ?([^\r\n]*))?)?")


@stream("http")
def http(walk: Walk, view: View, message: Message) -> None:
    if "http.connect" in message.facts and message.layer not in ("http", ""):
        _tunnel(walk, view, message)
        return
    at = view.at
    method = str(message.facts.get("http.method", ""))
    for place in range(MESSAGES):
        if at >= view.end:
            return
        at, method = _message(walk, view.sub(at), message, place, method)


def _tunnel(walk: Walk, view: View, message: Message) -> None:
    """What goes through a proxy after CONNECT (RFC 9110 section 9.3.6)."""
    branch = walk.layer(view, "http", "Hypertext Transfer Protocol")
    host, _, port = str(message.facts["http.connect"]).rpartition(":")
    branch.computed(f"Proxy-Connect-Hostname: {host}", "http.proxy_connect_host", host)
    if port.isascii() and port.isdigit() and len(port) < 6:
        branch.computed(f"Proxy-Connect-Port: {int(port)}", "http.proxy_connect_port", int(port))
    inner = streams.get(message.layer)
    if inner is not None:
        take = inner
        walk.call(lambda walk, view: take(walk, view, message), view)
    else:
        unknown(walk, view)


@application("ssdp")
def ssdp(walk: Walk, view: View) -> None:
    """HTTP's form over UDP."""
    _message(walk, view, Message(0, len(view), "ssdp"), 0, "", "ssdp", "Simple Service Discovery Protocol")


def _message(walk: Walk, view: View, message: Message, place: int, method: str, layer: str = "http",
             title: str = "Hypertext Transfer Protocol") -> tuple[int, str]:  # fmt: skip
    """Build the message at the view's start; where it ends, and the method of the request it is or answers."""
    data, at = view.data, view.at
    branch = walk.layer(view, layer, title)
    end, size = line_end(data, at, view.end)
    first = data[at:end]
    response = first.startswith((b"HTTP/", b"ICY"))
    if not response and not is_request(first):
        if not place:
            text = visible(view.bytes)
            branch.add(f"File Data: {plural(len(view), 'byte')}", "http.file_data", text, at, len(view))
        with walk.inside(branch):
            unknown(walk, view)
        return view.end, method
    blank = _BLANK.search(data, max(at, end - 1), view.end) if size else None
    body = blank.end() if blank else view.end
    head = Head(first, data[end + size : body], response)
    line = branch.add(visible(data[at : end + size]), "", None, at, end + size - at)
    if response:
        _status_line(line, at, first)
    else:
        method = head.method
        _request_line(line, at, first)
    header_lines(branch, end + size, body, response)
    _around(walk, branch, message, head, walk.protocols.count("http") - 1)
    return http_body(walk, branch, view.sub(body), head, method if response else ""), method


def _request_line(line: Branch, at: int, first: bytes) -> None:
    found = _REQUEST.match(first)
    if found is None:
        return
    line.string("http.request.method", "Request Method", at, found.end(1))
    start, size = at + found.start(2), found.end(2) - found.start(2)
    uri = named(line, "http.request.uri", "Request URI", start, size)
    query = found[2].find(b"?")
    if query >= 0:
        _query(uri, start, start + query, start + size)
    if found[3]:
        line.string("http.request.version", "Request Version", at + found.start(3), len(found[3]))


def _query(uri: Branch, start: int, mark: int, end: int) -> None:
    uri.string("http.request.uri.path", "Request URI Path", start, mark - start)
    query = named(uri, "http.request.uri.query", "Request URI Query", mark + 1, end - mark - 1)
    at = mark + 1
    for part in uri.data[at:end].split(b"&", PARAMETERS)[:PARAMETERS]:
        query.string("http.request.uri.query.parameter", "Request URI Query Parameter", at, len(part))
        at += len(part) + 1


def _status_line(line: Branch, at: int, first: bytes) -> None:
    found = _RESPONSE.match(first)
    if found is None:
        return
    line.string("http.response.version", "Response Version", at, found.end(1))
    if found[2]:
        code, start = int(found[2]), at + found.start(2)
        line.add(f"Status Code: {code}", "http.response.code", code, start, 3)
        words = status_words(code)
        line.add(f"[Status Code Description: {words}]", "http.response.code.desc", words, start, 3)
    if found[3]:
        line.string("http.response.phrase", "Response Phrase", at + found.start(3), len(found[3]))


def _around(walk: Walk, branch: Branch, message: Message, head: Head, place: int) -> None:
    """What other packets say: the whole URI, the message's number on its connection, its partners."""
    links = {
        link.role: link for link in walk.context.links if link.kind == "http" and link.facts.get("place", 0) == place
    }
    facts = dict(message.facts) if place == 0 else {}
    for link in links.values():
        facts.update((f"http.{name}", value) for name, value in link.facts.items())
    what = "response" if head.response else "request"
    if not head.response:
        _full_uri(walk, branch, head)
    number = facts.get("http.number")
    if number:
        total = facts.get("http.total") or number
        branch.computed(f"HTTP {what} {number}/{total}", f"http.{what}_number", int(number))
    request = links.get("request")
    if head.response and request is not None and request.time is not None:
        text = seconds(request.time)
        branch.computed(f"Time since request: {text}", "http.time", request.time / 1e9)
    for role, words, field in _LINKS:
        if not head.response and role in ("previous_response", "next_response"):
            continue
        _linked(branch, links.get(role), words, field)
    uri = str(facts.get("http.uri") or "")
    if head.response and uri:
        branch.computed(f"Request URI: {uri}", "http.response_for.uri", uri, name=11)


_LINKS = (
    ("previous_request", "Prev request in frame", "http.prev_request_in"),
    ("previous_response", "Prev response in frame", "http.prev_response_in"),
    ("request", "Request in frame", "http.request_in"),
    ("response", "Response in frame", "http.response_in"),
    ("next_request", "Next request in frame", "http.next_request_in"),
    ("next_response", "Next response in frame", "http.next_response_in"),
)


def _linked(branch: Branch, link: Link | None, words: str, field: str) -> None:
    if link is not None and link.number:
        branch.computed(f"{words}: {link.number}", field, link.number, link.number)


def _full_uri(walk: Walk, branch: Branch, head: Head) -> None:
    scheme = "https" if "tls" in walk.protocols else "http"
    target = head.target
    if head.method == "CONNECT" or "://" in target[:10]:
        uri = target
    elif head.host:
        uri = f"{scheme}://{head.host}{target}"
    else:
        return
    branch.computed(f"Full request URI: {uri}", "http.request.full_uri", uri, name=16)
