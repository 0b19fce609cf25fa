"""The request and the response of the visit to nate.com, as SCENARIOS.md part 1 has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pcaptui.capture import Capture
from pcaptui.fields.node import Dissection, Node, tree_lines
from pcaptui.fields.tree import dissect
from pcaptui.surroundings import Surroundings

REQUEST = [
    ("GET / HTTP/1.1\\r\\n", "", 54, 16),
    ("Accept: text/html, application/xhtml+xml, image/jxr, */*\\r\\n", "http.accept", 70, 58),
    ("Accept-Language: ko,ja;q=0.5\\r\\n", "http.accept_language", 128, 30),
    (
        "User-Agent: Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko\\r\\n",
        "http.user_agent",
        158,
        83,
    ),
    ("Accept-Encoding: gzip, deflate\\r\\n", "http.accept_encoding", 241, 32),
    ("Host: nate.com\\r\\n", "http.host", 273, 16),
    ("Connection: Keep-Alive\\r\\n", "http.connection", 289, 24),
    ("\\r\\n", "", 313, 2),
    ("[Full request URI: http://nate.com/]", "http.request.full_uri", None, None),
    ("[HTTP request 1/1]", "http.request_number", None, None),
    ("[Response in frame: 258]", "http.response_in", None, None),
]
RESPONSE = [
    ("HTTP/1.1 200 OK\\r\\n", "", 54, 17),
    ("Date: Thu, 07 Nov 2019 10:09:08 GMT\\r\\n", "http.date", 71, 37),
    ("Server: Apache\\r\\n", "http.server", 108, 16),
    ("Cache-Control: no-store, no-cache, must-revalidate\\r\\n", "http.cache_control", 124, 52),
    ("Pragma: no-cache\\r\\n", "http.response.line", 176, 18),
    ("Vary: Accept-Encoding\\r\\n", "http.response.line", 194, 23),
    ("Content-Encoding: gzip\\r\\n", "http.content_encoding", 217, 24),
    ("Content-Length: 88\\r\\n", "http.content_length_header", 241, 20),
    ("Connection: close\\r\\n", "http.connection", 261, 19),
    ("Content-Type: text/html; charset=utf-8\\r\\n", "http.content_type", 280, 40),
    ("Content-Language: ko\\r\\n", "http.response.line", 320, 22),
    ("\\r\\n", "", 342, 2),
    ("[HTTP response 1/1]", "http.response_number", None, None),
    ("[Time since request: 0.007612000 seconds]", "http.time", None, None),
    ("[Request in frame: 254]", "http.request_in", None, None),
    ("[Request URI: http://nate.com/]", "http.response_for.uri", None, None),
    ("Content-encoded entity body (gzip): 88 bytes -> 93 bytes", "", 344, 88),
    ("File Data: 93 bytes", "http.file_data", 0, 93),
]


@pytest.fixture(scope="module")
def trees(sample: Path) -> Iterator[dict[int, Dissection]]:
    capture = Capture([str(sample)])
    capture.load_all()
    around = Surroundings(capture)
    yield {number: dissect(around.context(number - 1)) for number in (254, 258)}
    capture.close()


def layer(tree: Dissection, field: str) -> Node:
    return next(node for node in tree.nodes if node.field == field)


def facts(nodes: list[Node]) -> list[tuple[str, str, int | None, int | None]]:
    return [(node.label, node.field, node.start, node.length) for node in nodes]


@pytest.mark.parametrize(("number", "expected"), [(254, REQUEST), (258, RESPONSE)])
def test_every_line_of_the_message_has_its_words_and_bytes(
    trees: dict[int, Dissection], number: int, expected: list[tuple[str, str, int | None, int | None]]
) -> None:
    assert facts(layer(trees[number], "http").children) == expected


def test_the_request_line_is_split(trees: dict[int, Dissection]) -> None:
    assert facts(layer(trees[254], "http").children[0].children) == [
        ("Request Method: GET", "http.request.method", 54, 3),
        ("Request URI: /", "http.request.uri", 58, 1),
        ("Request Version: HTTP/1.1", "http.request.version", 60, 8),
    ]


def test_the_status_line_is_split(trees: dict[int, Dissection]) -> None:
    assert facts(layer(trees[258], "http").children[0].children) == [
        ("Response Version: HTTP/1.1", "http.response.version", 54, 8),
        ("Status Code: 200", "http.response.code", 63, 3),
        ("[Status Code Description: OK]", "http.response.code.desc", 63, 3),
        ("Response Phrase: OK", "http.response.phrase", 67, 2),
    ]


def test_the_page_is_unpacked_and_shown_as_text(trees: dict[int, Dissection]) -> None:
    text = layer(trees[258], "data-text-lines")
    assert text.label == "Line-based text data: text/html (1 lines)"
    assert text.children[0].label.startswith("<html><head><title>moved to www.nate.com</title>")
    assert text.source == "Uncompressed entity body"
    assert len(trees[258].sources[text.source]) == 93


def test_links_jump_from_one_to_the_other(trees: dict[int, Dissection]) -> None:
    links = {number: [node.link for _, node in tree_lines(tree.nodes) if node.field.startswith("http.re") and node.link]
             for number, tree in trees.items()}  # fmt: skip
    assert links == {254: [258], 258: [254]}
