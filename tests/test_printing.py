"""--print, as scripts see it: the real command, its output and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.l2 import Ether
from scapy.utils import wrpcap

from pcaptui.printing_trees import hex_lines
from pcaptui.printing_words import json_text, seconds, tsv_cell

KEYS = [
    "number",
    "time",
    "time_epoch",
    "source",
    "destination",
    "protocol",
    "length",
    "captured",
    "info",
    "stream",
    "phase",
    "analysis",
    "related",
]


def objects(output: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.decode().splitlines()]


def test_a_packet_is_the_object_of_the_contract(pcaptui, sample: Path) -> None:
    done = pcaptui(sample, "--print", "packets", "--format", "jsonl", "--packet", "254")
    (packet,) = objects(done.stdout)
    assert done.returncode == 0 and done.stderr == b""
    assert list(packet) == KEYS
    expected = {
        "number": 254,
        "time": 3.871417,
        "time_epoch": "1573121347.871417000",
        "source": "115.140.24.224",
        "destination": "120.50.132.112",
        "protocol": "HTTP",
        "length": 315,
        "captured": 315,
        "stream": "tcp:4",
        "analysis": [],
    }
    assert {key: packet[key] for key in expected} == expected
    assert str(packet["info"]).strip() == "GET / HTTP/1.1"


def test_without_print_and_terminal_packets_are_printed(pcaptui, sample: Path) -> None:
    assert pcaptui(sample).stdout == pcaptui(sample, "--print", "packets").stdout != b""


def test_tsv_has_a_header_and_as_many_cells_a_line(pcaptui, sample: Path) -> None:
    lines = pcaptui(sample, "--print", "packets", "--format", "tsv").stdout.decode().splitlines()
    assert lines[0].split("\t") == KEYS
    assert {line.count("\t") for line in lines} == {len(KEYS) - 1}
    assert len(lines) == 263


def test_a_stream_alone(pcaptui, sample: Path) -> None:
    done = pcaptui(sample, "--print", "packets", "--format", "jsonl", "--stream", "tcp:4")
    assert [p["number"] for p in objects(done.stdout)] == [251, 252, 253, 254, 257, 258, 259, 260, 261, 262]


def test_the_hex_of_a_packet(pcaptui, sample: Path) -> None:
    done = pcaptui(sample, "--print", "hex", "--packet", "1", "--format", "jsonl")
    (packet,) = objects(done.stdout)
    assert packet["number"] == 1 and len(bytes.fromhex(str(packet["hex"]))) == 42
    text = pcaptui(sample, "--print", "hex", "--packet", "1").stdout.decode()
    assert text.splitlines()[1].startswith("0000  ff ff ff ff ff ff 02 00  5e 10 00 01 08 06 00 01  ")


def test_the_tree_of_a_packet_has_layers_and_their_bytes(pcaptui, sample: Path) -> None:
    done = pcaptui(sample, "--print", "tree", "--packet", "254", "--format", "jsonl")
    (packet,) = objects(done.stdout)
    layers = {node["field"]: (node["start"], node["length"]) for node in packet["tree"]}  # type: ignore[attr-defined]
    assert (layers["frame"], layers["eth"], layers["ip"]) == ((0, 315), (0, 14), (14, 20))


def test_the_summary_counts_everything(pcaptui, sample: Path) -> None:
    (facts,) = objects(pcaptui(sample, "--print", "summary", "--format", "jsonl").stdout)
    assert facts["packets"] == 262 and facts["streams"] == {"tcp": 5, "udp": 13}
    assert facts["bytes"] == facts["captured_bytes"]
    assert facts["duration"] == pytest.approx(3.883038)


def test_the_summary_imports_nothing_but_numpy_beyond_the_standard_library(sample: Path) -> None:
    code = (
        "import sys; before = set(sys.modules); from pcaptui.cli import run; run(['--print', 'summary', sys.argv[1]]);"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before};"
        "sys.exit(', '.join(new - {'numpy', 'pcaptui', 'mtrand', *sys.stdlib_module_names}) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(sample)], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


def test_several_files_become_one_in_time_order(pcaptui, tmp_path: Path) -> None:
    for name, times in (("a", (1.0, 4.0)), ("b", (2.0, 3.0))):
        packets = [Ether() / IP(dst="10.0.0.9") / UDP(sport=int(t), dport=9) for t in times]
        for packet, time in zip(packets, times, strict=True):
            packet.time = time
        wrpcap(str(tmp_path / name), packets)
    done = pcaptui(tmp_path / "a", tmp_path / "b", "--print", "packets", "--format", "jsonl")
    assert [str(p["info"]).split()[0] for p in objects(done.stdout)] == ["1", "2", "3", "4"]


def test_a_cut_capture_prints_what_was_there_and_names_the_place(pcaptui, sample: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcapng"
    cut.write_bytes(sample.read_bytes()[:-20])
    done = pcaptui(cut, "--print", "packets", "--format", "jsonl")
    assert done.returncode == 3
    assert len(objects(done.stdout)) == 261
    assert done.stderr.count(b"\n") == 1 and b"at byte" in done.stderr and b"cut.pcapng" in done.stderr


@pytest.mark.parametrize("content", [None, b"", b"this is not a capture, it is a text that is long enough"])
def test_nothing_to_read_is_one_line_and_status_1(pcaptui, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x"
    if content is not None:
        path.write_bytes(content)
    done = pcaptui(path, "--print", "summary")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (1, b"", 1)


def test_wrong_usage_is_one_line_and_status_2(pcaptui, sample: Path) -> None:
    done = pcaptui(sample, "--print", "nonsense")
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)


def test_control_characters_of_a_packet_are_escaped(pcaptui, tmp_path: Path) -> None:
    path = tmp_path / "evil.pcap"
    payload = b"GET /\x1b[31m\x07\xc2\x9b HTTP/1.1\r\nHost: a\r\n\r\n"
    wrpcap(str(path), [Ether() / IP() / TCP(sport=1025, dport=80, flags="PA", seq=1) / payload])
    for format in ("text", "jsonl", "tsv"):
        text = pcaptui(path, "--print", "packets", "--format", format).stdout.decode()
        assert [c for c in text if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160] == []


def test_a_closed_pipe_ends_it_quietly(sample: Path) -> None:
    command = f"{sys.executable} -m pcaptui {sample} {sample} {sample} --print packets --format jsonl | head -n 1"
    done = subprocess.run(["bash", "-c", command + '; echo "${PIPESTATUS[0]}"'], capture_output=True, timeout=60)
    assert done.stderr == b""
    assert done.stdout.splitlines()[-1] == b"0"


def test_output_is_utf8_whatever_the_locale(pcaptui, sample: Path) -> None:
    done = pcaptui(sample, "--packet", "250", env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert "50824 → 80" in done.stdout.decode("utf-8")


def test_seconds_are_cut_not_rounded() -> None:
    assert seconds(3_871_417_999, 6) == "3.871417"
    assert seconds(-1_500_000_000, 9) == "-1.500000000"


def test_cells_of_tsv_hold_no_tabs_or_line_ends() -> None:
    assert tsv_cell("a\tb\nc\\") == "a\\tb\\nc\\\\"
    assert tsv_cell(None) == "" and tsv_cell([1, 2]) == "1,2"


def test_hex_lines_line_up() -> None:
    lines = list(hex_lines(bytes(range(20))))
    assert lines[1].index("....") == lines[0].index("................")


@pytest.mark.parametrize(
    ("asked", "absent", "printed"), [("99999", 99999, 0), ("2,99999-,70000", 70000, 1), ("2-99999", None, 1)]
)
@pytest.mark.parametrize("filtered", [(), ("-Y", "frame.number == 2")])
def test_a_packet_that_is_not_there_is_named_on_standard_error(
    pcaptui, sample: Path, asked: str, absent: int | None, printed: int, filtered: tuple[str, ...]
) -> None:
    done = pcaptui(sample, "--print", "packets", "--packet", asked, *filtered)
    assert done.returncode == 0 and bool(done.stdout) == bool(printed)
    told = f"pcaptui: --packet: there is no packet {absent}; the capture has " if absent else ""
    assert done.stderr.decode().startswith(told) and done.stderr.count(b"\n") == bool(absent)


@pytest.mark.parametrize("what", ["packets", "streams"])
def test_a_stream_that_is_not_there_is_named_on_standard_error(pcaptui, sample: Path, what: str) -> None:
    done = pcaptui(sample, "--print", what, "--stream", "tcp:99999")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"--stream tcp:99999: there is no such stream" in done.stderr and done.stderr.count(b"\n") == 1
    assert pcaptui(sample, "--print", what, "--stream", "tcp:0").stderr == b""


def test_what_terminals_and_line_readers_take_amiss_is_escaped_in_cells_and_json() -> None:
    told = json_text({"x": "a\x9b\u2028\u202e\x7fü\n"})
    assert told.isprintable()
    assert json.loads(told) == {"x": "a\x9b\u2028\u202e\x7fü\n"}
    assert json_text(["ü\x85"], indent=1).splitlines() == ["[", ' "ü\\u0085"', "]"]
    assert tsv_cell("a\x1b[31m\x9b\x00\tb\\") == "a\\033[31m\\u009b\\000\\tb\\\\"


@pytest.mark.parametrize("form", ["tsv", "jsonl", "text"])
def test_bodies_in_trees_leave_no_control_characters(pcaptui, tmp_path: Path, form: str) -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\x1b]0;\x07\xc2\x9b\x00"
    wrpcap(str(tmp_path / "x.pcap"), [Ether() / IP() / TCP(sport=80, dport=4000, flags="PA", seq=1, ack=1) / body])
    done = pcaptui(tmp_path / "x.pcap", "--print", "tree", "--format", form)
    assert not set(done.stdout.decode()) & {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160))}
    assert b"File Data" in done.stdout


def test_packet_numbers_are_refused_where_they_would_choose_nothing(pcaptui, sample: Path) -> None:
    for what in ("dns", "io", "flow", "streams"):
        done = pcaptui(sample, "--print", what, "--packet", "3")
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"--packet goes with" in done.stderr


def test_empty_standard_input_is_called_by_its_name(pcaptui) -> None:
    done = pcaptui("-", "--print", "packets", input=b"")
    assert done.returncode != 0 and done.stderr == b"pcaptui: standard input is empty\n"
