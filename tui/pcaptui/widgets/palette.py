"""Which style says what. Sixteen colours, so that the terminal's own theme, dark or light, decides how they look.

Blue and the bright colours are no text colours here: each is unreadable on one background or the other. Yellow and red
are kept for warnings and errors. Every meaning has a sign besides: marker, gutter sign, or the words in Info.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.style import Style

PLAIN = Style()
DIM = Style(dim=True)
BOLD = Style(bold=True)
REVERSE = Style(reverse=True)
TAB = Style(bold=True, underline=True)


def _colour(name: str, bold: bool = False) -> Style:
    return Style(color=name, bold=bold or None)


_KINDS = {
    "tcp": PLAIN,
    "tcp-handshake": BOLD,
    "tcp-bad": _colour("red"),
    "tcp-reset": _colour("red", bold=True),
    "udp": _colour("cyan"),
    "dns": _colour("cyan"),
    "dhcp": _colour("cyan"),
    "sctp": _colour("cyan"),
    "http": _colour("green"),
    "smb": _colour("green"),
    "tls": _colour("magenta"),
    "icmp": _colour("magenta"),
    "icmp-error": _colour("yellow"),
    "arp": _colour("bright_blue"),
    "routing": _colour("bright_blue"),
    "switch": DIM,
    "broadcast": DIM,
    "multicast": DIM,
    "wlan": PLAIN,
    "malformed": _colour("red", bold=True),
    "ignored": DIM,
    "other": PLAIN,
}

_PHASES = {
    "handshake": _colour("green", bold=True),
    "exchange": _colour("cyan", bold=True),
    "teardown": _colour("magenta", bold=True),
    "reset": _colour("red", bold=True),
}
"""Phases of a conversation that its rows show in gutter and number; without colour they are bold."""

SIGNS = {"tcp-bad": "!", "tcp-reset": "×", "malformed": "!", "icmp-error": "!"}
"""Signs in the gutter that say without colour what the colour of a row says."""


@dataclass(frozen=True)
class Palette:
    """`selection` is the accent: the packet, node and bytes one looks at; `faded` the same in a pane without focus."""

    selection: Style
    faded: Style
    cursor: Style
    heading: Style = DIM
    bright_heading: Style = BOLD
    quiet: Style = DIM
    bar: Style = REVERSE
    key: Style = BOLD
    tab: Style = TAB
    warning: Style = field(default_factory=lambda: _colour("yellow", bold=True))
    kinds: dict[str, Style] = field(default_factory=lambda: dict(_KINDS))
    phases: dict[str, Style] = field(default_factory=lambda: dict(_PHASES))

    def kind(self, name: str) -> Style:
        """The style of a row class; classes nobody has heard of look plain."""
        return self.kinds.get(name, PLAIN)

    def severity(self, severity: int) -> Style | None:
        """Of a finding (3 error, 2 warning, 1 note); a note is nothing to look up at."""
        return {3: self.kind("tcp-reset"), 2: self.warning}.get(severity)

    def phase(self, name: str) -> Style:
        """The style of gutter and number of a row in a phase of the selected conversation."""
        return self.phases.get(name, PLAIN)


def palette(no_color: bool) -> Palette:
    """The palette for a terminal with sixteen colours, or with none."""
    if no_color:
        return Palette(
            selection=REVERSE, faded=BOLD, cursor=Style(reverse=True, bold=True), warning=BOLD,
            kinds={name: Style(bold=style.bold, dim=style.dim) for name, style in _KINDS.items()},
            phases=dict.fromkeys(_PHASES, BOLD),
        )  # fmt: skip
    return Palette(
        selection=Style(color="bright_white", bgcolor="blue"),
        faded=BOLD,
        cursor=Style(color="black", bgcolor="cyan"),
    )
