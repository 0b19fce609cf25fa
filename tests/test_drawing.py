"""--graph KIND --stream tcp:N --output FILE: pictures from the command line."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from pcaptui.drawing import DrawError, write_drawing
from pcaptui.pictures.svg import Canvas

SAMPLES = Path(__file__).resolve().parent.parent / "sample_pcaps"
UPLOAD = SAMPLES / "upload-narrow-link.pcapng"


@pytest.mark.parametrize("kind", ["time-sequence", "tcptrace", "rtt", "throughput", "window"])
def test_each_stream_graph_as_svg(pcaptui, tmp_path, kind):
    target = tmp_path / "graph.svg"
    done = pcaptui(UPLOAD, "--graph", kind, "--stream", "tcp:0", "--output", target)
    assert (done.returncode, done.stdout) == (0, b"")
    told = done.stderr.decode()
    assert "192.168.1.20:50400 → 203.0.113.40:80" in told and f"drawn to {target}" in told
    texts = [element.text for element in ElementTree.parse(target).iter("{http://www.w3.org/2000/svg}text")]
    assert "time" in texts and UPLOAD.name in (texts[1] or "")


def test_a_stream_graph_as_png(pcaptui, tmp_path):
    pytest.importorskip("PIL")
    done = pcaptui(UPLOAD, "--graph", "rtt", "--stream", "tcp:0", "-o", tmp_path / "graph.PNG")
    assert done.returncode == 0
    assert (tmp_path / "graph.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stream", "tcp:9"], "there is no stream tcp:9"),
        (["--stream", "tcp:0", "-Y", "tcp"], "neither -Y/--filter nor --packet"),
        (["--stream", "tcp:0", "--packet", "1"], "--packet goes with --print packets"),
    ],
)
def test_what_cannot_be_drawn_is_told(pcaptui, tmp_path, arguments, message):
    done = pcaptui(UPLOAD, "--graph", "window", *arguments, "-o", tmp_path / "graph.svg")
    assert done.returncode == 2 and message in done.stderr.decode()
    assert not (tmp_path / "graph.svg").exists()


def test_a_stream_in_which_nobody_sent_data_has_no_throughput(pcaptui, tmp_path):
    done = pcaptui(SAMPLES / "syn-scan.pcapng", "--graph", "throughput", "--stream", "tcp:0", "-o", tmp_path / "x.svg")
    assert done.returncode == 2 and "nothing to draw" in done.stderr.decode()


def test_a_file_that_cannot_be_written(pcaptui, tmp_path):
    target = tmp_path / "none" / "x.svg"
    done = pcaptui(UPLOAD, "--graph", "rtt", "--stream", "tcp:0", "-o", target)
    assert done.returncode == 2 and f"{target}: no such file or directory" in done.stderr.decode()


@pytest.mark.parametrize("name", ["x.jpg", "x", "nul\0.svg"])
def test_names_that_no_drawing_can_have(tmp_path, name):
    with pytest.raises(DrawError):
        write_drawing(Canvas(1, 1), str(tmp_path / name))


def test_a_home_directory_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert write_drawing(Canvas(1, 1), "~/x.svg", "A title") == str(tmp_path / "x.svg")
    assert "<title>A title</title>" in (tmp_path / "x.svg").read_text()
