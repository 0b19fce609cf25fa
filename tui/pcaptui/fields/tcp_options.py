"""TCP options (RFC 9293 section 3.2, RFC 2018, 7323, 2385, 5925, 5482, 7413, 6994)."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.tcp_option_names import KINDS, TITLES
from .branch import HEX, Branch, View
from .context import TcpContext
from .expert import expert
from .words import bit_pattern, plural

MOST = 60
SYN, ACK = 2, 16
_MASK = 0xFFFFFFFF
_EOL, _NOP, _MSS, _SCALE, _SACK_PERMITTED, _SACK, _ECHO, _ECHO_REPLY, _TIMESTAMPS = 0, 1, 2, 3, 4, 5, 6, 7, 8
_FAST_OPEN_ID = 0xF989
_EXPERIMENTS = {0x00348: "Multipath TCP", 0xF989: "Fast Open", 0xACCE: "Accurate ECN"}
_MOST_SHIFT = 14


class Options:
    """The options of one header: `flags` are the header's, `context` tells what edges and keys are relative to."""

    def __init__(self, branch: Branch, flags: int, context: TcpContext | None, ack: int) -> None:
        self.branch = branch
        self.flags = flags
        self.context = context
        self.ack = ack
        self.mss = False


def options(branch: Branch, view: View, at: int, end: int, flags: int, context: TcpContext | None) -> None:
    """All options from `at` to `end`. Raises Short where the frame ends before they do."""
    size = end - at
    raw = view.data[at : min(end, view.end)]
    below = branch.add(f"Options: ({size} bytes)", "tcp.options", raw.hex(":"), at, size)
    ack = branch.u32(view.at + 8)
    made = Options(below, flags, context, ack)
    here = at
    for _ in range(MOST):
        if here >= end:
            break
        here = _option(made, here, end)
        if here < 0:
            break
    if flags & SYN and not made.mss and not _bogus(here):
        text = "The SYN packet does not contain a MSS option"
        expert(below, "Note", "Protocol", text, "tcp.options.mss.absent")


def _bogus(at: int) -> bool:
    return at == -2


def _option(made: Options, at: int, end: int) -> int:
    """One option; where the next begins, -1 behind the last, -2 where the list is broken."""
    from .tcp_mptcp import mptcp

    branch = made.branch
    kind = branch.u8(at)
    if kind == _EOL:
        return _end_of_list(made, at, end)
    name = TITLES.get(kind, f"Unknown (0x{kind:02x})")
    if kind == _NOP:
        branch.suffix(f", {name}")
        line = branch.add("TCP Option - No-Operation (NOP)", "tcp.options.nop", "01", at, 1)
        _kind(line, at)
        return at + 1
    if at + 1 >= end:
        return _broken(branch, at, f"{name} (length byte past end of options)")
    size = branch.u8(at + 1)
    if size < 2:
        return _broken(branch, at, f"{name} (with too-short option length = {plural(size, 'byte')})")
    if at + size > end:
        return _broken(
            branch, at, f"{name} (option length = {plural(size, 'byte')} says option goes past end of options)"
        )
    if kind == _MPTCP:
        mptcp(made, at, size)
        return at + size
    if (kind, size) != (_SACK, 2):
        branch.suffix(f", {name}")
    build = _BUILDERS.get(kind, unknown)
    build(made, at, size)
    return at + size


_MPTCP = 30


def _end_of_list(made: Options, at: int, end: int) -> int:
    """Zero bytes up to the end are all shown as an option each; anything else behind the first is padding."""
    branch = made.branch
    rest = branch.raw(at, end - at)
    zeros = len(rest) - len(rest.lstrip(b"\0"))
    for place in range(at, at + (1 if zeros < len(rest) else zeros)):
        branch.suffix(f", {TITLES[_EOL]}")
        line = branch.add(f"TCP Option - {TITLES[_EOL]}", "tcp.options.eol", "00", place, 1)
        _kind(line, place)
    if zeros < len(rest):
        padding = branch.add("Non-zero header padding", "tcp.non_zero_bytes_after_eol", None, at + 1, len(rest) - 1)
        expert(padding, "Error", "Protocol", "Non-zero header padding", "tcp.non_zero_bytes_after_eol")
    return -1


def _broken(branch: Branch, at: int, text: str) -> int:
    line = branch.add(text, "tcp.option.len.invalid", None, at, 0)
    expert(line, "Note", "Sequence", text, "tcp.option.len.invalid")
    return -2


def _kind(line: Branch, at: int) -> None:
    line.uint("tcp.option_kind", "Kind", at, 1, names=KINDS)


def head(branch: Branch, field: str, label: str, at: int, size: int, wanted: int = 0) -> Branch | None:
    """An option's own line with kind and length; None where its length is not the one `wanted`."""
    line = branch.add(label, field, branch.raw(at, size).hex(":"), at, size)
    _kind(line, at)
    length = line.add(f"Length: {size}", "tcp.option_len", size, at + 1, 1)
    if wanted and size != wanted:
        text = f"option length should be {wanted}"
        expert(length, "Note", "Sequence", text, "tcp.option.len.invalid")
        return None
    return line


def unknown(made: Options, at: int, size: int) -> None:
    line = head(made.branch, "tcp.options.unknown", "TCP Option - Unknown", at, size)
    if line is not None and size > 2:
        line.blob("tcp.options.unknown.payload", "Payload", at + 2, size - 2)


def _mss(made: Options, at: int, size: int) -> None:
    branch = made.branch
    made.mss = True
    label = "TCP Option - Maximum segment size" + (f": {branch.u16(at + 2)} bytes" if size == 4 else "")
    line = branch.add(label, "tcp.options.mss", branch.raw(at, size).hex(":"), at, size)
    if not made.flags & SYN:
        expert(line, "Warning", "Protocol", "The non-SYN packet does contain a MSS option", "tcp.options.mss.present")
    _kind(line, at)
    length = line.add(f"Length: {size}", "tcp.option_len", size, at + 1, 1)
    if size != 4:
        expert(length, "Note", "Sequence", "option length should be 4", "tcp.option.len.invalid")
        return
    line.uint("tcp.options.mss_val", "MSS Value", at + 2, 2)


def _window_scale(made: Options, at: int, size: int) -> None:
    shift = made.branch.u8(at + 2) if size == 3 else 0
    factor = 1 << min(shift, _MOST_SHIFT)
    label = "TCP Option - Window scale" + (f": {shift} (multiply by {factor})" if size == 3 else "")
    line = head(made.branch, "tcp.options.wscale", label, at, size, 3)
    if line is None:
        return
    count = line.add(f"Shift count: {shift}", "tcp.options.wscale.shift", shift, at + 2, 1)
    if shift > _MOST_SHIFT:
        text = "Window scale shift exceeds 14"
        expert(count, "Warning", "Protocol", text, "tcp.options.wscale.shift.invalid")
    line.add(f"[Multiplier: {factor}]", "tcp.options.wscale.multiplier", factor, at + 2, 1)


def _sack_permitted(made: Options, at: int, size: int) -> None:
    head(made.branch, "tcp.options.sack_perm", "TCP Option - SACK permitted", at, size, 2)


def _sack(made: Options, at: int, size: int) -> None:
    branch = made.branch
    base = made.context.other_base if made.context is not None else 0
    words = " (relative)" if made.context is not None else ""
    line = head(branch, "tcp.options.sack", "TCP Option - SACK", at, size)
    if line is None:
        return
    blocks = []
    for edge in range(at + 2, at + size - 7, 8):
        left, right = ((line.u32(edge + step) - base) & _MASK for step in (0, 4))
        line.add(f"left edge = {left}{words}", "tcp.options.sack_le", left, edge, 4)
        line.add(f"right edge = {right}{words}", "tcp.options.sack_re", right, edge + 4, 4)
        line.suffix(f" {left}-{right}")
        blocks.append((left, right))
    if (size - 2) % 8:
        text = "suboption would go past end of option"
        expert(line.add(text, "tcp.suboption_malformed", None, at, 0), "Error", "Malformed", text,
               "tcp.suboption_malformed")  # fmt: skip
    line.computed(f"TCP SACK Count: {len(blocks)}", "tcp.options.sack.count", len(blocks))
    if blocks and made.context is not None:
        _repeated(line, blocks, (made.ack - base) & _MASK, at)


def _repeated(line: Branch, blocks: list[tuple[int, int]], ack: int, at: int) -> None:
    """The first block tells of data that came twice if it is below the ACK or inside the second (RFC 2883)."""
    left, right = blocks[0]
    below = 0 < (ack - left) & _MASK < 1 << 31 and (ack - right) & _MASK < 1 << 31
    inside = len(blocks) > 1 and (left - blocks[1][0]) & _MASK < 1 << 31 and (blocks[1][1] - right) & _MASK < 1 << 31
    if not below and not inside:
        return
    line.add(f"[D-SACK Left Edge = {left} (relative)]", "tcp.options.sack.dsack_le", left, at + 2, 4)
    line.add(f"[D-SACK Right Edge = {right} (relative)]", "tcp.options.sack.dsack_re", right, at + 6, 4)
    text = "D-SACK Sequence"
    expert(line.add(text, "tcp.options.sack.dsack", None, at, 0), "Warning", "Sequence", text,
           "tcp.options.sack.dsack")  # fmt: skip


def _timestamps(made: Options, at: int, size: int) -> None:
    branch = made.branch
    label = "TCP Option - Timestamps"
    if size == 10:
        label += f": TSval {branch.u32(at + 2)}, TSecr {branch.u32(at + 6)}"
    line = head(branch, "tcp.options.timestamp", label, at, size, 10)
    if line is not None:
        line.uint("tcp.options.timestamp.tsval", "Timestamp value", at + 2, 4)
        line.uint("tcp.options.timestamp.tsecr", "Timestamp echo reply", at + 6, 4)


def _echo(made: Options, at: int, size: int) -> None:
    reply = made.branch.u8(at) == _ECHO_REPLY
    label = "TCP Option - Echo" + (f": {made.branch.u32(at + 2)}" if size == 6 else "")
    line = head(made.branch, "tcp.options.echoreply" if reply else "tcp.options.echo", label, at, size, 6)
    if line is not None:
        line.uint("tcp.options.echo_value", "TCP Echo Option", at + 2, 4)


def _connection_count(made: Options, at: int, size: int) -> None:
    field = {11: "cc", 12: "ccnew", 13: "ccecho"}[made.branch.u8(at)]
    line = head(made.branch, f"tcp.options.{field}", "TCP Option - CC", at, size, 6)
    if line is not None:
        line.uint("tcp.options.cc_value", "TCP CC Option", at + 2, 4)


def _md5(made: Options, at: int, size: int) -> None:
    line = head(made.branch, "tcp.options.md5", "TCP Option - TCP MD5 signature", at, size, 18)
    if line is not None:
        line.blob("tcp.options.md5.digest", "MD5 digest", at + 2, 16)


def _authentication(made: Options, at: int, size: int) -> None:
    line = head(made.branch, "tcp.options.ao", "TCP Option - TCP AO", at, size)
    if line is not None and size >= 4:
        line.uint("tcp.options.ao.keyid", "AO KeyID", at + 2, 1)
        line.uint("tcp.options.ao.rnextkeyid", "AO RNextKeyID", at + 3, 1)
        if size > 4:
            line.blob("tcp.options.ao.mac", "AO MAC", at + 4, size - 4)


def _user_timeout(made: Options, at: int, size: int) -> None:
    line = head(made.branch, "tcp.options.user_to", "TCP Option - User Timeout", at, size, 4)
    if line is not None:
        line.flag("tcp.options.user_to_granularity", "Granularity", at + 2, 2, 0x8000, "Minutes", "Seconds")
        line.bits("tcp.options.user_to_val", "User Timeout", at + 2, 2, 0x7FFF)


def _quick_start(made: Options, at: int, size: int) -> None:
    line = head(made.branch, "tcp.options.qs", "TCP Option - Quick-Start", at, size, 8)
    if line is not None:
        rate = line.u8(at + 2) & 0x0F
        bits = 40_000 << rate if rate else 0
        said = f"{bit_pattern(line.u8(at + 2), 0x0F, 8)} = QS Rate: {_rate(bits)} ({rate})"
        line.add(said, "tcp.options.qs.rate", rate, at + 2, 1)
        line.uint("tcp.options.qs.ttl_diff", "QS Rate", at + 3, 1)


def _rate(bits: int) -> str:
    if bits >= 1_000_000:
        return f"{bits / 1_000_000:.6g} Mbit/s"
    return f"{bits // 1000} kbit/s" if bits else "0 bit/s"


def _fast_open(made: Options, at: int, size: int) -> None:
    line = head(made.branch, "tcp.options.tfo", "TCP Option - TCP Fast Open", at, size)
    if line is not None:
        _cookie(made, line, at + 2, size - 2)


def _cookie(made: Options, line: Branch, at: int, size: int) -> None:
    """RFC 7413 section 2.1."""
    if size:
        line.blob("tcp.options.tfo.cookie", "Fast Open Cookie", at, size)
        if made.flags & (SYN | ACK) == SYN:
            cookie = Branch(line.walk, line.view, line.node.children[-1])
            expert(cookie, "Note", "Sequence", "TCP SYN with TFO Cookie", "tcp.analysis.tfo_syn")
    else:
        line.add("Fast Open Cookie Request", "tcp.options.tfo.request", None, at - 2, 2)


def _experimental(made: Options, at: int, size: int) -> None:
    branch = made.branch
    if size < 4:
        head(branch, "tcp.options.experimental", "TCP Option - Experimental", at, size)
        return
    experiment = branch.u16(at + 2)
    word = _EXPERIMENTS.get(experiment, "Unknown")
    line = head(branch, "tcp.options.experimental", f"TCP Option - Experimental: {word}", at, size)
    if line is None:
        return
    line.uint("tcp.options.experimental.exid", "Experiment Identifier", at + 2, 2, HEX, _EXPERIMENTS)
    if experiment == _FAST_OPEN_ID:
        _cookie(made, line, at + 4, size - 4)
    elif size > 4:
        line.blob("tcp.options.experimental.data", "Data", at + 4, size - 4)


def _accurate_ecn(made: Options, at: int, size: int) -> None:
    """Draft-ietf-tcpm-accurate-ecn section 3.2.3: counters of 24 bits, which may be left out from the end."""
    order = made.branch.u8(at) == 174
    names = [("ee0b", "EE0B", "ECT(0)"), ("eceb", "ECEB", "CE"), ("ee1b", "EE1B", "ECT(1)")]
    if order:
        names.reverse()
    label = f"TCP Option - Accurate ECN (Order {int(order)})"
    line = head(made.branch, "tcp.options.acc_ecn", label, at, size)
    if line is None:
        return
    said = []
    for place, (field, short, name) in zip(range(at + 2, at + size - 2, 3), names, strict=False):
        value = line.uint(f"tcp.options.acc_ecn.{field}", f"Accurate ECN Echo {name} Byte Counter", place, 3)
        said.append(f"{short} {value}")
    line.label(label + (": " + ", ".join(said) if said else ""))


def _scps(made: Options, at: int, size: int) -> None:
    line = head(made.branch, "tcp.options.scps", "TCP Option - SCPS capabilities", at, size)
    if line is None or size < 4:
        return
    value = line.u8(at + 2)
    flags = ((0x80, "BETS"), (0x40, "SNACK1"), (0x20, "SNACK2"), (0x10, "COMP"), (0x08, "NLTS"), (0x07, "RESERVED"))
    words = ", ".join(word for mask, word in flags if value & mask)
    label = f"TCP SCPS Capabilities Vector: 0x{value:02x}" + (f" ({words})" if words else "")
    below = line.add(label, "tcp.options.scps.vector", value, at + 2, 1)
    for mask, field, name in (
        (0x80, "bets", "Partial Reliability Capable (BETS)"), (0x40, "snack1", "Short Form SNACK Capable (SNACK1)"),
        (0x20, "snack2", "Long Form SNACK Capable (SNACK2)"), (0x10, "compress", "Lossless Header Compression (COMP)"),
        (0x08, "nlts", "Network Layer Timestamp (NLTS)"),
    ):  # fmt: skip
        below.flag(f"tcp.options.scpsflags.{field}", name, at + 2, 1, mask)
    below.bits("tcp.options.scpsflags.reserved", "Reserved", at + 2, 1, 0x07)
    line.uint("tcp.options.scps.binding", "Connection ID", at + 3, 1)


def _named(field: str, title: str, wanted: int) -> Callable[[Options, int, int], None]:
    """An option of which only kind and length are told."""

    def build(made: Options, at: int, size: int) -> None:
        head(made.branch, field, f"TCP Option - {title}", at, size, wanted)

    return build


_BUILDERS: dict[int, Callable[[Options, int, int], None]] = {
    _MSS: _mss,
    _SCALE: _window_scale,
    _SACK_PERMITTED: _sack_permitted,
    _SACK: _sack,
    _ECHO: _echo,
    _ECHO_REPLY: _echo,
    _TIMESTAMPS: _timestamps,
    11: _connection_count,
    12: _connection_count,
    13: _connection_count,
    19: _md5,
    20: _scps,
    21: _named("tcp.options.snack", "Selective Negative Acknowledgment", 6),
    22: _named("tcp.options.scpsrec", "SCPS record boundary", 2),
    23: _named("tcp.options.scpscor", "SCPS corruption experienced", 2),
    27: _quick_start,
    28: _user_timeout,
    29: _authentication,
    34: _fast_open,
    172: _accurate_ecn,
    174: _accurate_ecn,
    253: _experimental,
    254: _experimental,
}

__all__ = ["Options", "head", "options"]
