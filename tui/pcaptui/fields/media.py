"""What is in a body, by its media type: text, forms, parts, JSON, XML, pictures, else bytes with a name."""

from __future__ import annotations

from ..protocols.media import is_json, is_xml, media_type
from .branch import View, Walk
from .forms import urlencoded_form
from .images import image
from .json_text import json_text
from .multipart import multipart
from .payload import data
from .text_lines import text_lines
from .words import plural
from .xml_text import xml_text

DEPTH = 8
_TEXT = {
    "text/plain", "text/html", "text/css", "text/javascript", "text/richtext", "text/enriched", "text/parameters",
    "text/vnd.sun.j2me.app-descriptor", "application/x-javascript", "application/x-ns-proxy-autoconfig",
}  # fmt: skip
_MORE_TEXT = {"application/javascript", "application/ecmascript", "application/xhtml+xml", "application/x-sh",
              "application/graphql", "application/sdp"}  # fmt: skip
"""Text that tshark leaves as bytes, as it does other text/... types; lines are of more use."""
_FORM = "application/x-www-form-urlencoded"
_BYTES = {"application/octet-stream", "application/x-tar"}


def media(walk: Walk, view: View, header: str) -> bool:
    """Build the layer (or layers) of a body; `header` is its Content-Type. False: tshark knows no dissector for it,
    so that its HTTP layer takes in the body."""
    kind = media_type(header)
    if kind in _BYTES:
        data(walk, view)
    elif kind == _FORM:
        urlencoded_form(walk, view, kind)
    elif kind.startswith("multipart/") and walk.depth < DEPTH * 4 and multipart(walk, view, header, media):
        pass
    elif kind == "message/rfc822" and walk.depth < DEPTH * 4:
        from .imf import imf

        imf(walk, view)
    elif is_json(kind):
        json_text(walk, view, kind)
    elif is_xml(kind):
        xml_text(walk, view, header)
    elif kind in _TEXT or kind in _MORE_TEXT or kind.startswith("text/"):
        text_lines(walk, view, kind, header)
        return kind in _TEXT
    elif kind.startswith("image/") and image(walk, view, kind):
        pass
    else:
        branch = walk.layer(view, "media", "Media Type")
        branch.add(f"Media type: {kind} ({plural(len(view), 'byte')})", "media.type", kind, view.at, len(view))
        return kind.startswith("application/ocsp-")
    return True
