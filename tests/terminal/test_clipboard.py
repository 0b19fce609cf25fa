"""Text on its way to the clipboard: which way it goes, and in what shape."""

from __future__ import annotations

import base64
import re
import stat

import pytest

from pcaptui.terminal import clipboard

VARIABLES = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT", "TMUX", "STY")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def decoded(sequence: str) -> str:
    found = re.fullmatch("\x1b\\]52;c;([A-Za-z0-9+/=]*)\a", sequence)
    assert found
    return base64.b64decode(found[1]).decode()


def test_over_ssh_the_terminal_gets_the_text(monkeypatch):
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    sent: list[str] = []
    copied = clipboard.copy("grüße\n", sent.append)
    assert (copied.way, copied.cut, [decoded(one) for one in sent]) == ("to the terminal's clipboard", 0, ["grüße\n"])


def test_more_than_a_terminal_takes_is_cut_and_said(monkeypatch):
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    sent: list[str] = []
    copied = clipboard.copy("ü" * clipboard.OSC52_LIMIT, sent.append)
    assert copied.cut == clipboard.OSC52_LIMIT
    assert decoded(sent[0]) == "ü" * (clipboard.OSC52_LIMIT // 2)


def test_screen_passes_short_strings_on(monkeypatch):
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    monkeypatch.setenv("STY", "1234.pts-0.host")
    sent: list[str] = []
    clipboard.copy("x" * 5000, sent.append)
    strings = re.findall("\x1bP(.*?)\x1b\\\\", sent[0], re.DOTALL)
    assert max(map(len, strings)) < 768
    assert decoded("".join(strings)) == "x" * 5000


def test_tmux_gets_it_by_its_own_command(monkeypatch, tmp_path):
    taken = tmp_path / "taken"
    program = tmp_path / "tmux"
    program.write_text(f'#!/bin/sh\necho "$@" > {taken}.args\ncat > {taken}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    monkeypatch.setenv("TMUX", "/run/tmux,1,0")
    sent: list[str] = []
    assert "tmux" in clipboard.copy("text", sent.append).way
    assert (taken.read_text(), (tmp_path / "taken.args").read_text()) == ("text", "load-buffer -w -\n")
    assert sent == []


def test_without_tmux_at_hand_the_terminal_is_asked(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    monkeypatch.setenv("TMUX", "/run/tmux,1,0")
    sent: list[str] = []
    clipboard.copy("text", sent.append)
    assert decoded(sent[0]) == "text"


def test_here_it_is_this_machines_clipboard(monkeypatch):
    import pyperclip

    copied: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", copied.append)
    sent: list[str] = []
    assert clipboard.copy("text", sent.append).way == "to the clipboard"
    assert (copied, sent) == (["text"], [])


def test_a_machine_without_clipboard_leaves_it_to_the_terminal(monkeypatch):
    import pyperclip

    def fail(_: str) -> None:
        raise pyperclip.PyperclipException("none here")

    monkeypatch.setattr(pyperclip, "copy", fail)
    sent: list[str] = []
    clipboard.copy("text", sent.append)
    assert decoded(sent[0]) == "text"
