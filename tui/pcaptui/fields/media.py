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
    "application/javascript", "application/x-javascript", "application/xhtml+xml", "application/ecmascript",
    "application/x-ns-proxy-autoconfig", "application/x-sh", "application/sdp",
}  # fmt: skip
"""Text that is not called so; tshark shows some of these as media, which helps nobody."""
_FORM = "application/x-www-form-urlencoded"
_BYTES = {"application/octet-stream", "application/x-tar"}


def media(walk: Walk, view: View, header: str) -> None:
    """Build the layer (or layers) of a body; `header` is its Content-Type."""
    kind = media_type(header)
    if kind in _BYTES:
        data(walk, view)
    elif kind == _FORM:
        urlencoded_form(walk, view, kind)
    elif kind.startswith("multipart/") and walk.depth < DEPTH * 4 and multipart(walk, view, header, media):
        return
    elif is_json(kind):
        json_text(walk, view, kind)
    elif is_xml(kind):
        xml_text(walk, view, header)
    elif kind in _TEXT or kind.startswith("text/"):
        text_lines(walk, view, kind, header)
    elif kind.startswith("image/") and image(walk, view, kind):
        return
    else:
        branch = walk.layer(view, "media", "Media Type")
        branch.add(f"Media type: {kind} ({plural(len(view), 'byte')})", "media.type", kind, view.at, len(view))
