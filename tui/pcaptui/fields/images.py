"""Pictures: which format, and how large (PNG: W3C, GIF: GIF89a, JPEG: ITU-T T.81 with JFIF)."""

from __future__ import annotations

from .branch import HEX, Branch, View, Walk

CHUNKS = 500
_PNG = b"\x89PNG\r\n\x1a\n"
_CHUNK_NAMES = {
    "IHDR": "Image Header", "PLTE": "Palette", "IDAT": "Image data chunk", "IEND": "Image Trailer",
    "tEXt": "Textual data", "tIME": "Image last-modification time", "bKGD": "Background colour",
    "gAMA": "Image gamma", "pHYs": "Physical pixel dimensions", "sRGB": "Standard RGB colour space",
    "cHRM": "Primary chromaticities and white point", "tRNS": "Transparency", "zTXt": "Compressed textual data",
    "iTXt": "International textual data",
}  # fmt: skip
_COLOURS = {0: "Greyscale", 2: "Truecolour", 3: "Indexed-colour", 4: "Greyscale with alpha", 6: "Truecolour with alpha"}
_MARKERS = {
    0xD8: "Start of Image", 0xD9: "End of Image", 0xDB: "Define quantization table(s)",
    0xC4: "Define Huffman table(s)", 0xDA: "Start of Scan", 0xDD: "Define restart interval", 0xFE: "Comment",
    0xC0: "Start of Frame (non-differential, Huffman coding) - Baseline DCT",
    0xC1: "Start of Frame (non-differential, Huffman coding) - Extended sequential DCT",
    0xC2: "Start of Frame (non-differential, Huffman coding) - Progressive DCT",
    **{0xE0 + n: f"Reserved for application segments - {n}" for n in range(16)},
}  # fmt: skip


def image(walk: Walk, view: View, kind: str) -> bool:
    """Build a picture's layer; False where its bytes are no picture that is known."""
    head = view.bytes[:8]
    if head == _PNG:
        png(walk, view)
    elif head.startswith((b"GIF87a", b"GIF89a")):
        gif(walk, view)
    elif head.startswith(b"\xff\xd8\xff"):
        jpeg(walk, view)
    else:
        return False
    return True


def png(walk: Walk, view: View) -> None:
    branch = walk.layer(view, "png", "Portable Network Graphics")
    at = view.at
    branch.blob("png.signature", "PNG Signature", at, 8)
    at += 8
    for _ in range(CHUNKS):
        if at >= view.end:
            return
        size = branch.u32(at)
        name = branch.raw(at + 4, 4).decode("latin-1")
        chunk = branch.add(f"{_CHUNK_NAMES.get(name, 'Unknown')} ({name})", "", None, at, size + 12)
        chunk.uint("png.chunk.len", "Len", at, 4)
        chunk.string("png.chunk.type", "Chunk", at + 4, 4)
        for mask, field, title, yes, no in (
            (0x20000000, "ancillary", "Ancillary", "This is an ANCILLARY chunk", "This is a CRITICAL chunk"),
            (0x00200000, "private", "Private", "This is a PRIVATE chunk", "This is a PUBLIC chunk"),
            (0x00000020, "stc", "Safe To Copy", "This chunk is SAFE TO COPY", "This chunk is NOT safe to copy"),
        ):
            chunk.flag(f"png.chunk.flag.{field}", title, at + 4, 4, mask, yes, no)
        if name == "IHDR" and size == 13:
            _header(chunk, at + 8)
        elif size:
            chunk.add("Data", "png.chunk.data", None, at + 8, size)
        chunk.uint("png.chunk.crc", "CRC", at + 8 + size, 4, HEX)
        at += size + 12


def _header(chunk: Branch, at: int) -> None:
    chunk.uint("png.ihdr.width", "Width", at, 4)
    chunk.uint("png.ihdr.height", "Height", at + 4, 4)
    chunk.uint("png.ihdr.bitdepth", "Bit Depth", at + 8, 1)
    chunk.uint("png.ihdr.colour_type", "Colour Type", at + 9, 1, names=_COLOURS)
    chunk.uint("png.ihdr.compression_method", "Compression Method", at + 10, 1, names={0: "Deflate"})
    chunk.uint("png.ihdr.filter_method", "Filter Method", at + 11, 1, names={0: "Adaptive"})
    chunk.uint("png.ihdr.interlace_method", "Interlace Method", at + 12, 1, names={0: "No interlace", 1: "Adam7"})


def gif(walk: Walk, view: View) -> None:
    at = view.at
    version = view.bytes[:6].decode("latin-1")
    branch = walk.layer(view, "image-gif", f"Compuserve GIF, Version: {version}")
    branch.string("image-gif.version", "Version", at, 6)
    branch.uint("image-gif.screen.width", "Screen width", at + 6, 2, little=True)
    branch.uint("image-gif.screen.height", "Screen height", at + 8, 2, little=True)
    branch.uint("image-gif.image_background_index", "Background color index", at + 11, 1)


def jpeg(walk: Walk, view: View) -> None:
    branch = walk.layer(view, "image-jfif", "JPEG File Interchange Format")
    at = view.at
    for _ in range(CHUNKS):
        if at + 2 > view.end or branch.u8(at) != 0xFF:
            return
        marker = branch.u8(at + 1)
        name = _MARKERS.get(marker, "Unknown")
        if marker in (0xD8, 0xD9):
            branch.add(f"Marker: {name} (0x{0xFF00 | marker:04x})", "image-jfif.marker", 0xFF00 | marker, at, 2)
            at += 2
            continue
        size = branch.u16(at + 2)
        _segment(branch, at, marker, name, size)
        at += 2 + max(size, 2)
        if marker == 0xDA:
            return


def _segment(branch: Branch, at: int, marker: int, name: str, size: int) -> None:
    code = 0xFF00 | marker
    frame = 0xC0 <= marker <= 0xC2
    title, field = (("Start of Frame header", "image-jfif.sof") if frame
                    else ("Start of Segment header", "image-jfif.header.sos") if marker == 0xDA
                    else ("Marker segment", "image-jfif.marker_segment"))  # fmt: skip
    segment = branch.add(f"{title}: {name} (0x{code:04X})", field, None, at, size + 2)
    segment.add(f"Marker: {name} (0x{code:04x})", "image-jfif.marker", code, at, 2)
    segment.uint("image-jfif.length", "Length", at + 2, 2)
    if frame:
        segment.uint("image-jfif.sof.precision", "Sample Precision (bits)", at + 4, 1)
        segment.uint("image-jfif.sof.lines", "Lines", at + 5, 2)
        segment.uint("image-jfif.sof.samples_per_line", "Samples per line", at + 7, 2)
        segment.uint("image-jfif.sof.nf", "Number of image components in frame", at + 9, 1)
    elif marker == 0xFE and size > 2:
        segment.string("image-jfif.comment", "Comment", at + 4, size - 2)
    elif marker == 0xE0 and size >= 16:
        segment.string("image-jfif.identifier", "Identifier", at + 4, 5)
