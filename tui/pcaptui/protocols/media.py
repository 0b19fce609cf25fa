"""What a body of some media type adds to a row: behind HTTP messages, in mail, in the parts of a multipart body.

Texts found by experiment; the types' structure is of RFC 2045 and 2046.
"""

from __future__ import annotations

import re

from .packet import Packet
from .text import decode

PARTS = 100
_SILENT = {"application/octet-stream", "application/grpc", "application/grpc+proto", "application/x-tar"}
_XML = {
    "text/xml", "application/xml", "text/vnd.wap.wml", "text/vnd.wap.si", "text/vnd.wap.sl", "text/vnd.wap.co",
    "text/vnd.wap.emn", "application/vnd.wv.csp-xml", "application/x-crd+xml", "application/x-wms-logconnectstats",
}  # fmt: skip
_JSON = {
    "application/json", "application/json-rpc", "application/jsonrequest", "application/dds-web+json",
    "application/problem+json", "application/merge-patch+json", "application/senml+json",
    "application/vnd.oma.lwm2m+json", "application/sensml+json", "application/stream+json", "application/csta+json",
    "text/json",
}  # fmt: skip
_NO_XML = {"application/xhtml+xml", "application/x-www-form+xml"}
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]*)"|([^;\s]+))', re.I)


def media_type(header: str) -> str:
    """The bare type of a Content-Type header, in lower case."""
    return header.partition(";")[0].strip().lower()


def boundary_of(header: str) -> str:
    """The boundary that a multipart Content-Type names, "" where none."""
    found = _BOUNDARY.search(header)
    return (found[1] or found[2] or "") if found else ""


def is_xml(kind: str) -> bool:
    return kind in _XML or (kind.endswith("+xml") and kind not in _NO_XML)


def is_json(kind: str) -> bool:
    return kind in _JSON


def needs_whole(kind: str) -> bool:
    """Whether more than the body's first bytes matter."""
    return kind.startswith(("multipart/", "message/", "application/ocsp"))


def is_empty_gzip(start: bytes, size: int) -> bool:
    """Whether a compressed body holds nothing (RFC 1952: header, empty block, check sum and length of 0)."""
    return size <= len(start) and start[:2] == b"\x1f\x8b" and start.endswith(bytes(8))


def body(packet: Packet, header: str, head: bytes, encoded: bool = False, depth: int = 0) -> None:
    """Add to the row what a body of this Content-Type says. `head` is its beginning, or empty where that is gone.

    `encoded`: the body is compressed, so that its bytes tell nothing.
    """
    kind = media_type(header)
    if kind in _SILENT:
        return
    if is_xml(kind):
        packet.protocol += "/XML"
    elif is_json(kind):
        packet.protocol += "/JSON"
        packet.info += f", JavaScript Object Notation ({kind})"
    elif kind.startswith("image/"):
        packet.info += f" ({kind})" if encoded and depth else " " + _image(kind, b"" if encoded else head)
    elif kind.startswith("multipart/"):
        if depth < 4:
            multipart(packet, header, head, depth)
    elif kind in ("application/ocsp-request", "application/ocsp-response"):
        packet.protocol = "OCSP"
        packet.info = packet.info[: packet.fence] + kind[17:].capitalize()
    elif kind == "message/http" or kind.startswith("message/"):
        return
    else:
        packet.info += f" ({kind})"


def _image(kind: str, head: bytes) -> str:
    if kind == "image/png" and (not head or head.startswith(b"\x89PNG")):
        return "(PNG)"
    if kind == "image/gif" and (not head or head.startswith(b"GIF8")):
        return f"({decode(head[:6])})" if head else "(GIF89a)"
    if kind in ("image/jpeg", "image/jpg", "image/pjpeg") and (not head or head.startswith(b"\xff\xd8")):
        return "(JPEG JFIF image)"
    return f"({kind})"


def multipart(packet: Packet, header: str, data: bytes, depth: int = 0) -> None:
    """Name the type of every part (RFC 2046 section 5.1)."""
    found = _BOUNDARY.search(header)
    if found is None:
        return
    mark = b"--" + (found[1] or found[2]).encode("utf-8", "surrogateescape")
    at = data.find(mark)
    for _ in range(PARTS):
        if at < 0 or data[at + len(mark) : at + len(mark) + 2] == b"--":
            return
        end = data.find(b"\n" + mark, at + len(mark))
        part(packet, data[at + len(mark) : end if end >= 0 else len(data)], depth)
        at = end + 1 if end >= 0 else -1


def part(packet: Packet, data: bytes, depth: int) -> None:
    """One body part: its headers behind the rest of the boundary's line, a blank line, its content."""
    start = data.find(b"\n") + 1
    blank = re.compile(rb"(?:^|\n)\r?\n").search(data, max(start - 1, 0))
    if blank is None:
        return
    headers = decode(data[start : blank.start() + 1]).replace("\r", "")
    headers = re.sub(r"\n[ \t]+", " ", headers)
    kind, encoded = "", False
    for line in headers.split("\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-type":
            kind = value.strip()
        elif name.strip().lower() == "content-transfer-encoding":
            encoded = value.strip().lower() in ("base64", "quoted-printable")
    if kind:
        body(packet, kind, data[blank.end() :], encoded, depth + 1)
