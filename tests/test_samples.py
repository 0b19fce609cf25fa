"""The sample captures: made by their scripts byte for byte, right in every sum, and with the lessons they promise."""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from pcaptui import samples
from pcaptui.capture import Capture
from pcaptui.cli import run
from pcaptui.dissect.rows import Rows
from pcaptui.errors import UsageError
from pcaptui.findings import find

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLES = REPOSITORY / "sample_pcaps"
NAMES = [line.split("\t")[0] for line in (SAMPLES / "lessons.tsv").read_text().splitlines()]

# Errors and warnings of each sample: all of them. Notes of those without either: at least these.
TROUBLE = {
    "tls-unknown-ca": {"E tls-alert"},
    "fast-retransmission": {"W tcp-loss"},
    "retransmission-timeouts": {"E tcp-no-answer"},
    "zero-window-stalled": {"E tcp-zero-window"},
    "slow-wire": {"W tcp-slow-wire"},
    "slow-client": {"W tcp-slow-client"},
    "slow-server": {"W tcp-slow-server"},
    "web-refused": {"E tcp-refused"},
    "web-dropped": {"E tcp-unanswered"},
    "printer-stops": {"E tcp-no-answer"},
    "reset-midway": {"W tcp-reset"},
    "upload-narrow-link": {"W tcp-loss"},
    "dns-silent": {"E dns-unanswered"},
    "dns-server-failure": {"E tcp-unanswered", "W dns-failure"},
    "dns-two-answers": {"W dns-contradiction"},
    "web-form-login": {"W credentials-form"},
    "web-page-stalls": {"E tcp-no-answer"},
    "web-attacks": {"W http-traversal", "W http-sql", "W http-program-disguised"},
    "ftp-login": {"W credentials-ftp"},
    "ftp-on-443": {"W credentials-ftp"},
    "mail": {"W credentials-smtp"},
    "dhcp-silent": {"E dhcp-unanswered"},
    "arp-poison": {"E arp-conflict"},
    "syn-scan": {"E tcp-scan-ports"},
    "wireless-wrong-passphrase": {"E wireless-handshake"},
}
NOTED = {
    "tls-kept-open": "tls-kept-open",
    "tls-then-http": "tls-left",
    "zero-window-recovered": "tcp-zero-window",
    "dns-zone-transfer": "dns-zone-transfer",
    "dns-no-such-name": "dns-no-such-name",
    "web-redirects": "http-redirect",
    "ftp-on-443": "port-protocol",
    "ftp-login": "ftp-files",
    "dhcp-lease": "dhcp-lease",
    "traceroute": "traceroute",
}

ROWS = """\
248 3.859406 115.140.24.224 1.214.68.2 DNS 68 Standard query 0x2b06 A nate.com
249 3.866832 1.214.68.2 115.140.24.224 DNS 100 Standard query response 0x2b06 A nate.com A 120.50.132.112 \
A 120.50.131.112
250 3.867379 115.140.24.224 120.50.132.112 TCP 62 50824 → 80 [SYN] Seq=0 Win=65535 Len=0 MSS=1460 SACK_PERM
251 3.867385 115.140.24.224 120.50.132.112 TCP 62 50825 → 80 [SYN] Seq=0 Win=65535 Len=0 MSS=1460 SACK_PERM
252 3.871175 120.50.132.112 115.140.24.224 TCP 60 80 → 50825 [SYN, ACK] Seq=0 Ack=1 Win=29200 Len=0 MSS=1460
253 3.871221 115.140.24.224 120.50.132.112 TCP 54 50825 → 80 [ACK] Seq=1 Ack=1 Win=65535 Len=0
254 3.871417 115.140.24.224 120.50.132.112 HTTP 315 GET / HTTP/1.1
255 3.872277 120.50.132.112 115.140.24.224 TCP 60 80 → 50824 [SYN, ACK] Seq=0 Ack=1 Win=29200 Len=0 MSS=1460
256 3.872313 115.140.24.224 120.50.132.112 TCP 54 50824 → 80 [ACK] Seq=1 Ack=1 Win=65535 Len=0
257 3.875325 120.50.132.112 115.140.24.224 TCP 60 80 → 50825 [ACK] Seq=1 Ack=262 Win=30016 Len=0
258 3.879029 120.50.132.112 115.140.24.224 HTTP 432 HTTP/1.1 200 OK  (text/html)
259 3.879029 120.50.132.112 115.140.24.224 TCP 60 80 → 50825 [FIN, ACK] Seq=379 Ack=262 Win=30016 Len=0
260 3.879051 115.140.24.224 120.50.132.112 TCP 54 50825 → 80 [ACK] Seq=262 Ack=380 Win=65157 Len=0
261 3.879141 115.140.24.224 120.50.132.112 TCP 54 50825 → 80 [FIN, ACK] Seq=262 Ack=380 Win=65157 Len=0
262 3.883038 120.50.132.112 115.140.24.224 TCP 60 80 → 50825 [ACK] Seq=380 Ack=263 Win=30016 Len=0
"""
CHECKSUMS = {248: "d277", 251: "8931", 253: "8929", 260: "8929", 261: "8929", 259: "fe20", 262: "fe1f"}


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_web_visit", SAMPLES / "make_web_visit.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def visit() -> Capture:
    capture = Capture([str(SAMPLES / "web-visit.pcapng")])
    capture.load_all()
    return capture


def test_the_script_makes_the_shipped_bytes() -> None:
    assert script().build() == (SAMPLES / "web-visit.pcapng").read_bytes()


def test_the_visit_has_the_rows_of_the_case_book(visit: Capture) -> None:
    rows = Rows(visit)
    first = int(visit.table["time"][0])
    lines = []
    for index in range(247, 262):
        row = rows.row(index)
        time = (row.time - first) / 1e9
        lines.append(
            f"{row.number} {time:.6f} {row.source} {row.destination} {row.protocol} {row.length} {row.info}".rstrip()
        )
    assert lines == ROWS.splitlines()


def test_twelve_udp_and_three_tcp_streams_come_before_the_visit(visit: Capture) -> None:
    assert [visit.stream_label(index) for index in (247, 249, 250)] == ["udp:12", "tcp:3", "tcp:4"]
    assert len(visit) == 262


def test_checksums_are_those_of_the_book(visit: Capture) -> None:
    for number, checksum in CHECKSUMS.items():
        frame = visit.frame(number - 1)
        at = 40 if number == 248 else 50
        assert frame[at : at + 2].hex() == checksum, number


def test_the_page_is_88_bytes_of_gzip() -> None:
    module = script()
    assert len(module.PAGE_GZIP) == 88
    assert gzip.decompress(module.PAGE_GZIP) == module.PAGE
    assert len(module.REQUEST) == 261
    assert len(module.RESPONSE) == 378


@pytest.fixture(scope="module")
def scripts() -> Iterator[dict[str, bytes]]:
    """What all scripts together make, by file name. They import each other by their plain names."""
    before = set(sys.modules)
    sys.path.insert(0, str(SAMPLES))
    try:
        yield dict(importlib.import_module("make_all").files())
    finally:
        sys.path.remove(str(SAMPLES))
        for name in set(sys.modules) - before:
            if name.startswith(("make_", "making")):
                del sys.modules[name]


def loaded(name: str) -> Capture:
    capture = Capture([samples.find_sample(name)])
    capture.load_all()
    return capture


def test_the_scripts_make_the_shipped_files_and_no_others_lie_there(scripts: dict[str, bytes]) -> None:
    shipped = {path.name: path.read_bytes() for path in [*SAMPLES.glob("*.pcapng"), *SAMPLES.glob("*.tsv")]}
    assert sorted(scripts) == sorted(shipped)
    assert [name for name in scripts if scripts[name] != shipped[name]] == []


def test_every_sample_is_small() -> None:
    sizes = {name: (SAMPLES / f"{name}.pcapng").stat().st_size for name in NAMES}
    assert [name for name, size in sizes.items() if size > 20_000] == ["web-visit", "upload-narrow-link"]


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_opens_undamaged_in_time_order_and_every_row_can_be_told(name: str) -> None:
    capture = loaded(name)
    rows = Rows(capture)
    assert len(capture) and not capture.damage
    assert (capture.table["time"][1:] >= capture.table["time"][:-1]).all()
    told = [rows.row(index).info for index in range(len(capture))]
    assert all(told) and not any("Malformed" in info for info in told)


def total(data: bytes) -> int:
    """The ones' complement sum of RFC 1071: 0xffff over data that holds its right checksum."""
    words = sum(int.from_bytes(data[at : at + 2].ljust(2, b"\0")) for at in range(0, len(data), 2))
    while words > 0xFFFF:
        words = (words & 0xFFFF) + (words >> 16)
    return words


def wrong_sums(frame: bytes) -> list[str]:
    """Which checksums of an Ethernet frame are wrong."""
    kind, packet = frame[12:14], frame[14:]
    if kind == b"\x08\x00":
        length = int.from_bytes(packet[2:4])
        head, body, protocol = packet[:20], packet[20:length], packet[9]
        pseudo, wrong = packet[12:20], [] if total(head) == 0xFFFF else ["IPv4"]
        if int.from_bytes(packet[6:8]) & 0x3FFF:
            return wrong  # a fragment: its sum is over the whole datagram
    elif kind == b"\x86\xdd":
        body, protocol, pseudo, wrong = packet[40 : 40 + int.from_bytes(packet[4:6])], packet[6], packet[8:40], []
    else:
        return []
    pseudo += bytes((0, protocol)) + len(body).to_bytes(2)
    if total(body if protocol == socket.IPPROTO_ICMP else pseudo + body) != 0xFFFF:
        wrong.append(str(protocol))
    return wrong


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(("web-visit", "wireless"))])
def test_every_checksum_is_right(name: str) -> None:
    capture = loaded(name)
    wrong = {index + 1: wrong_sums(capture.frame(index)) for index in range(len(capture))}
    assert {number: sums for number, sums in wrong.items() if sums} == {}


def test_a_wrong_checksum_would_be_seen() -> None:
    frame = bytearray(loaded("healthy").frame(7))
    assert wrong_sums(bytes(frame)) == []
    frame[-1] ^= 1
    assert wrong_sums(bytes(frame)) == ["6"]


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_has_the_troubles_of_its_lesson_and_no_others(name: str) -> None:
    found = find(loaded(name)).findings
    trouble = {f"{one.severity.letter} {one.rule}" for one in found if one.severity.letter != "N"}
    assert trouble == TROUBLE.get(name, set())
    assert {NOTED[name]} <= {one.rule for one in found} if name in NOTED else True


def test_the_certificate_is_signed_by_the_authority_beside_it_and_sent_in_the_handshake(
    scripts: dict[str, bytes],
) -> None:
    from cryptography import x509

    making = importlib.import_module("making_tls")
    server, authority = making.certificates("shop.example.com", "Home Made Root")
    leaf, root = x509.load_der_x509_certificate(server), x509.load_der_x509_certificate(authority)
    leaf.verify_directly_issued_by(root)
    capture = loaded("tls-unknown-ca")
    sent = b"".join(capture.frame(index)[54:] for index in (7, 8))
    assert server in sent and authority in sent


def test_the_list_names_every_sample_and_what_it_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ending:
        run(["--samples"])
    assert ending.value.code in (None, 0)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[: len(NAMES)]] == NAMES
    assert "healthy" in NAMES and any(line.startswith("healthy") and "Nothing is wrong" in line for line in lines)
    assert max(map(len, lines)) <= 120


def test_a_sample_opens_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--samples", "web-refused", "--print", "findings"]) == 0
    assert "192.168.1.5 refuses port 80" in capsys.readouterr().out
    assert run(["--samples", "healthy.pcapng"]) == 0
    assert "Who has 192.168.1.1?" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("helthy", "did you mean healthy?"),
        ("slow", "did you mean slow-wire"),
        ("qqq", "--samples lists them"),
        ("", "--samples lists them"),
        ("../README.md", "--samples lists them"),
    ],
)
def test_an_unknown_sample_is_wrong_usage_with_a_hint(name: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--samples", name]) == 2
    assert hint in capsys.readouterr().err


def test_an_installation_without_samples_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(samples, "__file__", str(tmp_path / "lib" / "pcaptui" / "samples.py"))
    with pytest.raises(UsageError, match="missing from this installation"):
        samples.lessons()


def test_the_built_package_holds_the_samples(tmp_path: Path) -> None:
    pytest.importorskip("setuptools")
    (tmp_path / "tui" / "pcaptui").mkdir(parents=True)
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, tmp_path)
    for name in ("__init__.py", "version.py", "samples.py"):
        shutil.copy(REPOSITORY / "tui" / "pcaptui" / name, tmp_path / "tui" / "pcaptui")
    shutil.copytree(SAMPLES, tmp_path / "sample_pcaps")
    command = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(tmp_path / "out")]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    built = tmp_path / "out" / "pcaptui" / "sample_pcaps"
    assert sorted(path.name for path in built.iterdir()) == sorted(
        [*(f"{name}.pcapng" for name in NAMES), samples.LIST]
    )


def test_the_readme_tells_of_every_sample() -> None:
    text = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"| `{name}` | {samples.lessons()[name]} |" not in text] == []


def test_samples_open_where_their_lesson_is() -> None:
    opened = {name: samples.opens_at(samples.find_sample(name)) for name in NAMES}
    places = {name: place for name, place in opened.items() if place is not None}
    assert places["web-visit"] == 254 and places["slow-server"] == 6
    for name, place in places.items():
        capture = Capture([samples.find_sample(name)])
        capture.load_all()
        assert capture.table["ip_protocol"][place - 1] == 6 and capture.table["payload_length"][place - 1] > 0
