"""The first line and the header fields of an HTTP/1 message, as far as they decide about its row and its length."""

from __future__ import annotations

import re

from .text import decode

_METHODS = frozenset(
    (
        b"GET PUT POST HEAD LOCK MOVE COPY POLL MKCOL BCOPY BMOVE PATCH TRACE LABEL MERGE DELETE SEARCH UNLOCK "
        b"REPORT UPDATE NOTIFY OPTIONS CONNECT PROPFIND PROPPATCH BDELETE CHECKIN CHECKOUT CCM_POST SUBSCRIBE "
        b"BPROPFIND BPROPPATCH UNCHECKOUT MKACTIVITY MKWORKSPACE UNSUBSCRIBE RPC_CONNECT VERSION-CONTROL "
        b"BASELINE-CONTROL RPC_IN_DATA RPC_OUT_DATA SSTP_DUPLEX_POST M-SEARCH BIND UNBIND REBIND LINK UNLINK "
        b"ACL ORDERPATCH MKREDIRECTREF UPDATEREDIRECTREF MKCALENDAR SOURCE "
    ).split()
)
FIELDS = 1000
_FOLD = re.compile(rb"\n[ \t]+")


def is_request(line: bytes) -> bool:
    """Whether a line begins with a method and a blank."""
    method, blank, _ = line[:40].partition(b" ")
    return bool(blank) and method in _METHODS


class Head:
    """`length` is Content-Length, None where there is none (or none that is a number)."""

    __slots__ = ("authorization", "chunked", "coding", "content_type", "encoded", "host", "length", "line", "location",
                 "method", "referer", "response", "size", "status", "target", "upgrade")  # fmt: skip

    def __init__(self, first: bytes, fields: bytes, response: bool) -> None:
        self.line = decode(first)
        self.response = response
        self.size = 0  # bytes up to the body
        self.method = self.target = self.upgrade = self.authorization = self.host = self.coding = ""
        self.location = self.referer = ""
        self.status = 0
        self.length: int | None = None
        self.content_type: str | None = None
        self.chunked = self.encoded = False
        words = self.line.split(" ")
        if response:
            code = words[1][:3] if len(words) > 1 else ""
            self.status = int(code) if code.isascii() and code.isdigit() else 0
        else:
            self.method = words[0]
            self.target = words[1] if len(words) > 1 else ""
        for field in _FOLD.sub(b" ", fields).split(b"\n")[:FIELDS]:
            name, colon, value = field.partition(b":")
            if colon:
                self._field(name.strip().lower(), value.strip())

    def _field(self, name: bytes, value: bytes) -> None:
        if name == b"content-length":
            self.length = int(value) if value.isdigit() and len(value) < 19 else None
        elif name == b"content-type":
            self.content_type = decode(value)
        elif name == b"transfer-encoding":
            self.chunked = value[:7].lower() == b"chunked"
        elif name == b"content-encoding":
            self.encoded = value.lower() not in (b"", b"identity")
            self.coding = decode(value)
        elif name == b"host":
            self.host = decode(value)
        elif name == b"location":
            self.location = decode(value)
        elif name == b"referer":
            self.referer = decode(value)
        elif name == b"upgrade":
            self.upgrade = decode(value).lower()
        elif name in (b"authorization", b"www-authenticate", b"proxy-authorization", b"proxy-authenticate") and not (
            self.authorization
        ):
            self.authorization = decode(value)

    @property
    def uri(self) -> str:
        """A request's whole URI: its target behind the Host field's value, unless it is absolute already."""
        return f"http://{self.host}{self.target}" if self.host and self.target.startswith("/") else self.target

    def may_have_body(self, method: str) -> bool:
        """Whether bytes may follow that are its body (RFC 9112 section 6.3); `method` is that of the request."""
        if not self.response:
            return self.length is not None or self.chunked
        if method == "HEAD" or (method == "CONNECT" and self.status // 100 == 2):
            return False
        return not (self.status // 100 == 1 or self.status in (204, 304))
