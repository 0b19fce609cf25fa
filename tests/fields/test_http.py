"""HTTP trees: heads, links, chunks, codings, and what is in bodies."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest

from pcaptui.fields.node import Dissection, Node, tree_lines

Talk = Callable[..., list[Dissection]]
Line = tuple[str, str, int | None, int | None]


def lines(tree: Dissection, protocol: str = "http") -> list[Line]:
    """(label, field, start, length) of the lines of one layer, its own line first."""
    top = next(node for node in tree.nodes if node.field == protocol)
    return [(node.label, node.field, node.start, node.length) for _, node in tree_lines([top])]


def node(tree: Dissection, field: str) -> Node:
    return next(node for _, node in tree_lines(tree.nodes) if node.field == field)


def labels(tree: Dissection, field: str) -> list[str]:
    return [node.label for _, node in tree_lines(tree.nodes) if node.field == field]


def response(body: bytes, *headers: bytes) -> tuple[bool, bytes]:
    head = b"".join(header + b"\r\n" for header in headers)
    return True, b"HTTP/1.1 200 OK\r\n" + head + b"Content-Length: %d\r\n\r\n" % len(body) + body


GET = (False, b"GET /a?x=1&y=%41 HTTP/1.1\r\nHost: h\r\n\r\n")


def test_every_part_of_a_request_line_has_its_bytes(talk: Talk) -> None:
    (tree,) = talk(80, GET)
    assert lines(tree) == [
        ("Hypertext Transfer Protocol", "http", 54, 38),
        ("GET /a?x=1&y=%41 HTTP/1.1\\r\\n", "", 54, 27),
        ("Request Method: GET", "http.request.method", 54, 3),
        ("Request URI: /a?x=1&y=%41", "http.request.uri", 58, 12),
        ("Request URI Path: /a", "http.request.uri.path", 58, 2),
        ("Request URI Query: x=1&y=%41", "http.request.uri.query", 61, 9),
        ("Request URI Query Parameter: x=1", "http.request.uri.query.parameter", 61, 3),
        ("Request URI Query Parameter: y=%41", "http.request.uri.query.parameter", 65, 5),
        ("Request Version: HTTP/1.1", "http.request.version", 71, 8),
        ("Host: h\\r\\n", "http.host", 81, 9),
        ("\\r\\n", "", 90, 2),
        ("[Full request URI: http://h/a?x=1&y=%41]", "http.request.full_uri", None, None),
        ("[HTTP request 1/1]", "http.request_number", None, None),
    ]


def test_a_status_line_is_split_and_the_code_described(talk: Talk) -> None:
    tree = talk(80, GET, (True, b"HTTP/1.1 404 No Such\r\nContent-Length: 0\r\n\r\n"))[1]
    assert lines(tree)[1:8] == [
        ("HTTP/1.1 404 No Such\\r\\n", "", 54, 22),
        ("Response Version: HTTP/1.1", "http.response.version", 54, 8),
        ("Status Code: 404", "http.response.code", 63, 3),
        ("[Status Code Description: Not Found]", "http.response.code.desc", 63, 3),
        ("Response Phrase: No Such", "http.response.phrase", 67, 7),
        ("Content-Length: 0\\r\\n", "http.content_length_header", 76, 19),
        ("[Content length: 0]", "http.content_length", 76, 19),
    ]
    assert node(tree, "http.response.code").value == 404


def test_request_and_response_lead_to_each_other(talk: Talk) -> None:
    again = (False, b"GET /b HTTP/1.1\r\nHost: h\r\n\r\n")
    first, answer, second, last = talk(80, GET, response(b"a"), again, response(b"b"))
    assert node(first, "http.response_in").link == 5
    assert node(first, "http.next_request_in").link == 6
    assert node(answer, "http.request_in").link == 4
    assert node(answer, "http.time").label == "[Time since request: 0.010000000 seconds]"
    assert node(answer, "http.response_for.uri").value == "http://h/a?x=1&y=%41"
    assert labels(second, "http.request_number") == ["[HTTP request 2/2]"]
    assert node(second, "http.prev_request_in").link == 4
    assert node(last, "http.prev_response_in").link == 5


def test_two_requests_in_one_packet_are_two_layers(talk: Talk) -> None:
    (tree,) = talk(80, (False, GET[1] + b"HEAD /b HTTP/1.1\r\nHost: h\r\n\r\n"))
    assert [(node.start, node.length) for node in tree.nodes if node.field == "http"] == [(54, 38), (92, 29)]
    assert labels(tree, "http.request.method") == ["Request Method: GET", "Request Method: HEAD"]


def test_credentials_and_cookies_are_taken_apart(talk: Talk) -> None:
    head = b"GET / HTTP/1.1\r\nAuthorization: Basic dTpwYTpzcw==\r\nCookie: a=1; b=x,y\r\nX-Odd: z\r\n\r\n"
    (tree,) = talk(80, (False, head))
    assert node(tree, "http.authbasic").label == "[Credentials: u:pa:ss]"
    pairs = [node for _, node in tree_lines(tree.nodes) if node.field == "http.cookie_pair"]
    assert [(pair.value, pair.start, pair.length) for pair in pairs] == [("a=1", 113, 3), ("b=x,y", 118, 5)]
    assert labels(tree, "http.request.line") == ["X-Odd: z\\r\\n"]


def test_chunks_make_a_source_of_their_own(talk: Talk) -> None:
    body = b"5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nLast: 1\r\n\r\n"
    tree = talk(
        80, GET, (True, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n\r\n" + body)
    )[1]
    assert tree.sources == {"De-chunked entity body": b"hello!"}
    assert [line for line in lines(tree) if "hunk" in line[0]][1:] == [
        ("HTTP chunked response", "", 127, 34),
        ("Data chunk (5 octets)", "", 127, 14),
        ("Chunk size: 5 octets", "http.chunk_size", 127, 7),
        ("Chunk data: 68656c6c6f", "http.chunk_data", 134, 5),
        ("Chunk boundary: 0d0a", "http.chunk_boundary", 139, 2),
        ("Data chunk (1 octets)", "", 141, 6),
        ("Chunk size: 1 octets", "http.chunk_size", 141, 3),
        ("Chunk data: 21", "http.chunk_data", 144, 1),
        ("Chunk boundary: 0d0a", "http.chunk_boundary", 145, 2),
        ("End of chunked encoding", "", 147, 3),
        ("Chunk size: 0 octets", "http.chunk_size", 147, 3),
    ]
    assert node(tree, "http.chunked_trailer_part").value == "Last: 1\r\n"
    text = node(tree, "data-text-lines")
    assert (text.label, text.source) == ("Line-based text data: text/plain (1 lines)", "De-chunked entity body")


def test_a_page_in_its_own_charset_is_readable_behind_gzip(talk: Talk) -> None:
    page = gzip.compress("<p>안녕</p>\r\n둘".encode("euc-kr"))
    tree = talk(80, GET, response(page, b"Content-Encoding: gzip", b"Content-Type: text/html; charset=euc-kr"))[1]
    text = node(tree, "data-text-lines")
    assert text.source == "Uncompressed entity body"
    assert [(line.label, line.start, line.length) for line in text.children] == [
        ("<p>안녕</p>\\r\\n", 0, 13),
        ("둘", 13, 2),
    ]
    coded = next(line for line in lines(tree) if line[0].startswith("Content-encoded"))
    assert coded[0] == f"Content-encoded entity body (gzip): {len(page)} bytes -> 15 bytes"


def test_deflate_comes_with_and_without_its_header(talk: Talk) -> None:
    raw = zlib.compressobj(wbits=-15)
    for body in (zlib.compress(b"plain"), raw.compress(b"plain") + raw.flush()):
        tree = talk(80, GET, response(body, b"Content-Encoding: deflate", b"Content-Type: text/plain"))[1]
        assert tree.sources["Uncompressed entity body"] == b"plain"


def test_what_cannot_be_decoded_stays_as_it_was(talk: Talk) -> None:
    tree = talk(80, GET, response(b"not gzip", b"Content-Encoding: gzip", b"Content-Type: application/pdf"))[1]
    assert node(tree, "media.type").label == "Media type: application/pdf (8 bytes)"
    assert not tree.sources


def test_form_fields_are_decoded_one_a_line(talk: Talk) -> None:
    body = b"a=%EA%B0%80&pass=p+w&c"
    head = b"POST / HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n" % len(
        body
    )
    (tree,) = talk(80, (False, head + body))
    start = 54 + len(head)
    assert lines(tree, "urlencoded-form")[1:] == [
        ('Form item: "a" = "가"', "", start, 12),
        ("Key: a", "urlencoded-form.key", start, 1),
        ("Value: 가", "urlencoded-form.value", start + 2, 9),
        ('Form item: "pass" = "p w"', "", start + 12, 9),
        ("Key: pass", "urlencoded-form.key", start + 12, 4),
        ("Value: p w", "urlencoded-form.value", start + 17, 3),
        ('Form item: "c" = ""', "", start + 21, 1),
        ("Key: c", "urlencoded-form.key", start + 21, 1),
        ("Value: ", "urlencoded-form.value", start + 22, 0),
    ]


def test_json_members_have_paths(talk: Talk) -> None:
    tree = talk(80, GET, response(b'{"a":[1,{"b":"\\u00e9"}]}', b"Content-Type: application/json"))[1]
    assert labels(tree, "json.path_with_value") == ["[Path with value: /a/[]:1]", "[Path with value: /a/[]/b:é]"]
    assert (node(tree, "json.array").start or 0) - (node(tree, "json.object").start or 0) == 5


def test_xml_is_nested(talk: Talk) -> None:
    tree = talk(80, GET, response(b'<?xml version="1.0"?><a x="1">t<b/></a>', b"Content-Type: text/xml"))[1]
    assert [line[0] for line in lines(tree, "xml")[1:]] == [
        "<?xml",
        'version="1.0"',
        "?>",
        "<a",
        'x="1">',
        "t",
        "<b/>",
        "</a>",
    ]


def test_parts_of_a_multipart_body_are_dissected(talk: Talk) -> None:
    first = b'--B\r\nContent-Disposition: form-data; name="f"\r\nContent-Type: application/json\r\n\r\n[1]\r\n'
    second = b"--B\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGkK\r\n--B--\r\n"
    body = first + second
    tree = talk(80, GET, response(body, b"Content-Type: multipart/mixed; boundary=B"))[1]
    assert labels(tree, "mime_multipart.part") == [
        "Encapsulated multipart part:  (application/json)", "Encapsulated multipart part:  (text/plain)",
    ]  # fmt: skip
    assert node(tree, "json.value.number").value == "1"
    assert tree.sources["Base64 decoded part"] == b"hi\n"


@pytest.mark.parametrize(
    ("body", "field", "label"),
    [
        (b"GIF89a\x02\0\x03\0\0\0\0", "image-gif.screen.width", "Screen width: 2"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x05\0\0\0\x06\x08\x06\0\0\0abcd", "png.ihdr.height", "Height: 6"),
        (b"\xff\xd8\xff\xc0\0\x0b\x08\0\x10\0\x20\x01\1\2\3", "image-jfif.sof.lines", "Lines: 16"),
    ],
)
def test_pictures_tell_their_size(talk: Talk, body: bytes, field: str, label: str) -> None:
    tree = talk(80, GET, response(body, b"Content-Type: image/x"))[1]
    assert node(tree, field).label == label


def test_a_body_over_several_segments_is_put_together(talk: Talk) -> None:
    whole = response(b"0123456789" * 20, b"Content-Type: text/plain")[1]
    trees = talk(80, GET, (True, whole[:100]), (True, whole[100:]))
    assert not any(node.field == "http" for node in trees[1].nodes)
    assert node(trees[2], "http").source is not None
    assert node(trees[2], "http.file_data").length == 200


def test_long_labels_are_cut_as_tshark_cuts(talk: Talk) -> None:
    (tree,) = talk(80, (False, b"GET /" + b"a" * 300 + b" HTTP/1.1\r\n\r\n"))
    label = node(tree, "http.request.uri").label
    assert label.startswith("Request URI [truncated]: /aaa") and len(label) == 238
    assert node(tree, "http.request.uri").value == "/" + "a" * 300


def test_ntlm_in_a_header_is_a_source_of_its_own(talk: Talk) -> None:
    negotiate = b"TlRMTVNTUAABAAAABoIIAAAAAAAAAAAAAAAAAAAAAAA="
    (tree,) = talk(80, (False, b"GET / HTTP/1.1\r\nAuthorization: NTLM " + negotiate + b"\r\n\r\n"))
    assert node(tree, "ntlmssp.negotiateflags").label.startswith(
        "Negotiate Flags: 0x00088206, Negotiate Extended Security"
    )
    assert (node(tree, "ntlmssp.messagetype").start, node(tree, "ntlmssp.messagetype").source) == (8, "NTLMSSP")
