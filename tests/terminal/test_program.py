"""What a person at a terminal meets: start, keys, sizes, suspending, leaving, and ways it can end."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[2] / "sample_pcaps" / "web-visit.pcapng"
PROGRAM = f"{shlex.quote(sys.executable)} -m pcaptui"
DOWN, CTRL_L, CTRL_Z = b"\x1b[B", b"\x0c", b"\x1a"
FIRST_ROW = "Who has 115.140.24.1?"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")


def run_in_shell(spawn, script: str, **options):
    return spawn(["sh", "-c", script], **options)


def test_shows_rows_tree_and_bytes_and_moves_with_the_cursor(pcaptui) -> None:
    session = pcaptui()
    session.wait(FIRST_ROW)
    session.wait("1 of 262")
    session.send(DOWN + DOWN)
    session.wait("3 of 262")
    session.wait("0000  02 00 5e 10 00 fe")


def test_keys_typed_during_the_start_are_obeyed(pcaptui) -> None:
    session = pcaptui()
    session.send("jjj")
    session.wait("4 of 262")
    assert "jjj" not in session.text


def test_first_rows_are_painted_before_textual_says_anything(pcaptui) -> None:
    session = pcaptui()
    session.wait("1 of 262")
    first = session.log.index(FIRST_ROW.encode())
    assert first < session.log.index(b"\x1b[?1000h")
    assert session.log.count(b"\x1b[?1049h") == 1
    assert session.log.count(FIRST_ROW.encode()) == 1, "Textual's first frame writes only what is missing"


def test_nothing_of_textual_is_imported_before_the_first_rows() -> None:
    code = (
        "import sys, pcaptui.cli, pcaptui.terminal.start, pcaptui.capture, pcaptui.dissect.rows\n"
        "import pcaptui.terminal.prepaint as prepaint\n"
        "capture = pcaptui.capture.Capture.open([sys.argv[1]])\n"
        "shown = prepaint.compose(capture, pcaptui.dissect.rows.Rows(capture), 100, 30)\n"
        "assert any('Who has' in ''.join(row.chars) for row in shown.rows)\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('textual', 'scapy', 'asyncio')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(SAMPLE)], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_quitting_gives_the_terminal_back(spawn) -> None:
    session = run_in_shell(spawn, f"stty -g; {PROGRAM} {SAMPLE}; echo status $?; stty -g")
    session.wait("1 of 262")
    session.send("q")
    session.wait("status 0")
    assert session.wait_end() == 0
    settings = re.findall(rb"^[0-9a-f]+(?::[0-9a-f]+)+", session.log, re.MULTILINE)
    assert len(settings) == 2
    assert settings[0] == settings[1]
    left = session.log.rindex(b"\x1b[?1049l")
    assert left > session.log.rindex(b"\x1b[?1049h")
    for mode in (b"\x1b[?1000l", b"\x1b[?1002l", b"\x1b[?1006l", b"\x1b[?2004l", b"\x1b[?1004l", b"\x1b[?25h"):
        assert mode in session.log
    assert b"\x1b[?1003h" not in session.log, "no reports of every motion of the mouse"


@pytest.mark.parametrize("signal", ["TERM", "HUP"])
def test_a_signal_gives_the_terminal_back(spawn, signal: str) -> None:
    script = f"stty -g; sh -c 'echo pid $$; exec {PROGRAM} {SAMPLE}'; echo status $?; stty -g"
    session = run_in_shell(spawn, script)
    session.wait("1 of 262")
    pid = re.search(rb"pid (\d+)", session.log)
    assert pid is not None
    subprocess.run(["kill", f"-{signal}", pid[1].decode()], check=True)
    session.wait("status 1")
    session.wait_end()
    settings = re.findall(rb"^[0-9a-f]+(?::[0-9a-f]+)+", session.log, re.MULTILINE)
    assert settings[0] == settings[1]
    assert session.log.rindex(b"\x1b[?1049l") > session.log.rindex(b"\x1b[?1049h")
    assert {"TERM": b"status 143", "HUP": b"status 129"}[signal] in session.log


def test_suspend_and_come_back(spawn) -> None:
    session = spawn(["sh", "-i"])
    session.wait("$")
    session.send(f"{PROGRAM} {SAMPLE}\n")
    session.wait("1 of 262")
    session.send(DOWN)
    session.wait("2 of 262")
    session.send(CTRL_Z)
    session.wait(lambda: b"\x1b[?1049l" in session.log)
    session.send("echo in the $((40+2)) shell\n")
    session.wait("in the 42 shell")
    session.screen.reset()
    session.send("fg\n")
    session.wait("2 of 262")
    session.wait(FIRST_ROW)
    session.send("q")
    session.wait(lambda: session.log.count(b"\x1b[?1049l") == 2)


def test_repaint_key_mends_a_spoiled_screen(pcaptui) -> None:
    session = pcaptui()
    session.wait("1 of 262")
    session.screen.erase_in_display(2)
    session.send(CTRL_L)
    session.wait(FIRST_ROW)
    session.wait("1 of 262")


def test_what_stands_after_many_keys_is_what_a_full_repaint_shows(pcaptui) -> None:
    session = pcaptui(columns=120, rows=40)
    session.wait("1 of 262")
    for keys in ("jjjj\x1b[6~\x1b[6~kk", "G\x1b[5~jj\t\x1b[Bjjll", "\t\x1b[6~jjl\tttz", "zg++++--\x1b[Bjjj\x1b[6~k"):
        session.send(keys)
        session.settle()
        before = session.looks()
        session.screen.erase_in_display(2)
        session.send(CTRL_L)
        session.settle()
        assert session.looks() == before, keys


def test_resizing_redraws_for_the_new_size(pcaptui) -> None:
    session = pcaptui(columns=100, rows=30)
    session.wait("1 of 262")
    session.resize(60, 20)
    session.wait(lambda: "1 of 262" in session.screen.display[0])
    session.resize(140, 45)
    session.wait(lambda: "1 of 262" in session.screen.display[0] and session.screen.display[0].rstrip().endswith("262"))
    session.wait(lambda: FIRST_ROW in session.text)


@pytest.mark.parametrize(("columns", "rows"), [(40, 12), (20, 6)])
def test_small_terminals_work(pcaptui, columns: int, rows: int) -> None:
    session = pcaptui(columns=columns, rows=rows)
    session.wait("ARP")
    session.send(DOWN)
    session.wait(lambda: any(re.search(r"▸ *2 ", line) for line in session.screen.display))
    session.send("q")
    assert session.wait_end() == 0


def test_no_color_writes_no_colours(pcaptui) -> None:
    session = pcaptui(NO_COLOR="1")
    session.wait("1 of 262")
    session.send(DOWN * 8)
    session.wait("9 of 262")
    session.send("q")
    session.wait_end()
    assert COLOUR.search(session.log) is None
    assert re.search(rb"\x1b\[(?:[0-9;]*;)?7[;m]", session.log), "the selection is shown reversed instead"


def test_sixteen_colours_are_all_that_is_used(pcaptui) -> None:
    session = pcaptui(COLORTERM="truecolor")
    session.wait("1 of 262")
    assert COLOUR.search(session.log)
    assert not re.search(rb"\x1b\[[0-9;]*[34]8;[25]", session.log)


@pytest.mark.parametrize("term", ["linux", "screen", "vt220"])
def test_other_terminals(pcaptui, term: str) -> None:
    session = pcaptui(TERM=term)
    session.wait("1 of 262")
    session.wait(FIRST_ROW)


def test_a_terminal_that_cannot_draw_is_told_so_in_one_line(pcaptui) -> None:
    session = pcaptui(TERM="dumb")
    assert session.wait_end() == 2
    assert session.log.count(b"\n") == 1
    assert b"TERM is 'dumb'" in session.log
    assert b"\x1b" not in session.log


def test_capture_on_standard_input_leaves_the_keys_to_the_terminal(spawn) -> None:
    session = run_in_shell(spawn, f"cat {SAMPLE} | {PROGRAM} -; echo status $?")
    session.wait("1 of 262")
    session.send(DOWN)
    session.wait("2 of 262")
    session.send("q")
    session.wait("status 0")


def test_what_libraries_write_stays_off_the_screen(pcaptui, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import logging, os, sys, threading, time, warnings\n"
        "def noise():\n"
        "    for turn in range(2000):\n"
        "        if 'textual.app' in sys.modules:\n"
        "            os.write(2, b'GARBAGE from C\\n')\n"
        "            print('GARBAGE printed', file=sys.stderr)\n"
        "            logging.getLogger('scapy').error('GARBAGE logged')\n"
        "            warnings.warn('GARBAGE warned %d' % turn)\n"
        "        time.sleep(0.005)\n"
        "threading.Thread(target=noise, daemon=True).start()\n"
    )
    path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    session = pcaptui(PYTHONPATH=path, PYTHONWARNINGS="always")
    session.wait("1 of 262")
    session.send(DOWN * 4)
    session.wait("5 of 262")
    session.send("q")
    session.wait_end()
    assert b"GARBAGE" not in session.log


CRASH = (
    "import pcaptui.screens.main as main\n"
    "def fail(self): raise RuntimeError('broken on purpose')\n"
    "main.MainScreen.action_time = fail\n"
    "from pcaptui.__main__ import main\n"
    "raise SystemExit(main())\n"
)


def test_a_crash_leaves_one_line_and_a_whole_terminal(spawn) -> None:
    session = spawn([sys.executable, "-c", CRASH, str(SAMPLE)])
    session.wait("1 of 262")
    session.send("t")
    assert session.wait_end() == 1
    after = session.log[session.log.rindex(b"\x1b[?1049l") :]
    assert b"internal error: RuntimeError: broken on purpose" in after
    assert b"Traceback" not in session.log
    assert after.count(b"\n") == 1


def test_a_crash_tells_where_if_asked_to(spawn) -> None:
    session = spawn([sys.executable, "-c", CRASH, str(SAMPLE)], PCAPTUI_DEBUG="1")
    session.wait("1 of 262")
    session.send("t")
    assert session.wait_end() == 1
    assert b"Traceback" in session.log


@pytest.mark.parametrize(
    "change",
    [
        "import pcaptui.terminal.output as o\no._expected = lambda app: False\n",
        "import pcaptui.terminal.output as o\nclass Odd: pass\n"
        "o.Canvas.take = lambda self, update, console: Odd().strips\n",
    ],
    ids=["private parts gone", "updates of another kind"],
)
def test_another_textual_is_drawn_the_stock_way(spawn, change: str) -> None:
    code = f"{change}from pcaptui.__main__ import main\nraise SystemExit(main())\n"
    session = spawn([sys.executable, "-c", code, str(SAMPLE)])
    session.wait("1 of 262")
    session.send(DOWN)
    session.wait("2 of 262")
    session.wait(FIRST_ROW)


def test_printing_into_a_closed_pipe_ends_quietly() -> None:
    done = subprocess.run(
        ["sh", "-c", f"{PROGRAM} --print packets {SAMPLE} | head -n 1"], capture_output=True, timeout=60, check=True
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


def test_opens_with_what_a_filter_or_a_stream_leaves(spawn) -> None:
    session = spawn([sys.executable, "-m", "pcaptui", str(SAMPLE), "-Y", "tcp.stream == 4 and http"])
    session.wait("GET / HTTP/1.1")
    session.wait("2 of 262")
    assert FIRST_ROW not in session.text
    session = spawn([sys.executable, "-m", "pcaptui", str(SAMPLE), "--stream", "tcp:4"])
    session.wait("50825 → 80")
    session.wait("10 of 262")


def test_a_wrong_filter_is_told_without_a_screen(spawn) -> None:
    session = spawn([sys.executable, "-m", "pcaptui", str(SAMPLE), "-Y", "tcp.prot"])
    session.wait("did you mean tcp.port?")
    session.wait("^^^^^^^^")
    assert session.wait_end() == 2
    assert b"\x1b[?1049h" not in session.log
