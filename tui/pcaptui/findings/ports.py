"""Protocols on ports that belong to others, told by the first bytes that each side sends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .finding import Finding, Severity, finding
from .rules import rule
from .said import begins, said
from .tcp_view import endpoint
from .web import MOST, short
from .words import count, listed

_LOWER = np.uint64(0x2020202020202020)
OWN: dict[int, tuple[str, ...]] = {
    21: ("FTP",), 22: ("SSH",), 23: ("Telnet",), 25: ("SMTP",), 53: ("DNS",), 80: ("HTTP",), 110: ("POP",),
    143: ("IMAP",), 443: ("TLS",), 445: ("SMB",), 465: ("TLS", "SMTP"), 587: ("SMTP",), 636: ("TLS",), 853: ("TLS",),
    989: ("TLS",), 990: ("TLS",), 993: ("TLS",), 995: ("TLS",), 3306: ("MySQL",), 3389: ("RDP",), 5432: ("PostgreSQL",),
}  # fmt: skip
"""What is spoken on a port by custom (IANA), where anything else is remarkable."""
HOME = {"FTP": (21, 990), "SSH": (22, 2222), "SMTP": (25, 465, 587, 2525), "POP": (110, 995), "IMAP": (143, 993)}
"""Protocols that are remarkable on any other port. HTTP and TLS are at home on many."""
_NAMES = {"FTP": "ftp", "SSH": "ssh", "SMTP": "smtp", "POP": "pop", "IMAP": "imap", "HTTP": "http", "TLS": "tls"}


@rule("port-protocol")
def strangers(case: Case) -> Iterator[Finding]:
    """One finding a server, port and protocol."""
    spoken = said(case)
    spoke = {**_by_server(case), **_by_client(case)}
    if not spoke:
        return
    found: dict[tuple[str, int, str], list[int]] = defaultdict(list)
    for stream, (protocol, port) in spoke.items():
        stranger = protocol not in OWN[port] if port in OWN else port not in HOME.get(protocol, (port,))
        if stranger:
            run = spoken.run(stream)
            packet = int(spoken.packet[run.start])
            server = case.destination(packet) if spoken.client[run.start] else case.source(packet)
            found[server, port, protocol].append(stream)
    for (server, port, protocol), streams in list(found.items())[:MOST]:
        yield _stranger(case, server, port, protocol, streams)
    if len(found) > MOST:
        streams = [stream for mine in list(found.values())[MOST:] for stream in mine]
        yield finding(
            "port-protocol", Severity.note, f"{len(found) - MOST} more servers speak another protocol than usual",
            "As above, on other servers or ports.",
            [int(spoken.packet[spoken.run(stream).start]) for stream in streams], lesson="port-protocol",
        )  # fmt: skip


def _stranger(case: Case, server: str, port: int, protocol: str, streams: list[int]) -> Finding:
    spoken = said(case)
    packets: list[int] = []
    clients: list[str] = []
    for stream in streams[:200]:
        run = spoken.run(stream)
        packets += spoken.packet[run.start : run.start + 4].tolist()
        packet = int(spoken.packet[run.start])
        clients.append(case.source(packet) if spoken.client[run.start] else case.destination(packet))
    usual = f", not {listed(OWN[port])}" if port in OWN else ""
    more = f" in {count(len(streams), 'connection')}" if len(streams) > 1 else ""
    return finding(
        "port-protocol", Severity.note, short(f"Port {port} of {server} carries {protocol}{usual}", 70),
        f"{listed(list(dict.fromkeys(clients)), 3)} and {endpoint(server, port)} speak {protocol}{more}{usual}: the "
        f"first bytes tell. To see it as what it is, open the capture with --decode-as "
        f"tcp.port=={port},{_NAMES[protocol]}.",
        packets, hosts=(server, *dict.fromkeys(clients[:20])),
        stream=f"tcp:{streams[0]}" if len(streams) == 1 else None, lesson="port-protocol",
    )  # fmt: skip


def _by_client(case: Case) -> dict[int, tuple[str, int]]:
    """HTTP, TLS and SSH by the client's first bytes: stream → protocol, server's port. Where the server speaks first,
    what the client says comes later (STARTTLS)."""
    spoken = said(case)
    places = spoken.starts(True)
    word = spoken.word[places]
    lower = word | _LOWER
    tls = (word >> np.uint64(40) <= 0x160304) & (word >> np.uint64(48) == 0x1603)
    tls &= (word >> np.uint64(16)) & np.uint64(255) == 1
    kinds = {
        "HTTP": begins(word, b"GET /", b"GET http", b"POST /", b"HEAD /"), "TLS": tls, "SSH": begins(word, b"SSH-2.0-",
                                                                                                   b"SSH-1."),
    }  # fmt: skip
    first = np.isin(places, spoken.begins[:-1])
    kinds["TLS"] &= first
    kinds["HTTP"] &= first & (lower > 0)
    ports = case.table["destination_port"][spoken.packet[places]]
    return _collected(kinds, spoken.stream[places], ports)


def _by_server(case: Case) -> dict[int, tuple[str, int]]:
    """Protocols whose server greets: FTP and SMTP by the greeting and the client's first command."""
    spoken = said(case)
    places = spoken.starts(False)
    lower = spoken.word[places] | _LOWER
    first = np.isin(places, spoken.begins[:-1])
    client = spoken.starts(True)
    asked = np.zeros(len(places), np.uint64)
    there = np.searchsorted(spoken.stream[client], spoken.stream[places])
    known = there < len(client)
    known[known] &= spoken.stream[client][there[known]] == spoken.stream[places][known]
    asked[known] = spoken.word[client][there[known]] | _LOWER
    greets = begins(lower, b"220 ", b"220-") & first
    kinds = {
        "FTP": greets & begins(asked, b"user ", b"auth tls", b"auth ssl"),
        "SMTP": greets & begins(asked, b"helo ", b"ehlo "),
        "POP": first & begins(lower, b"+ok") & begins(asked, b"user ", b"capa", b"auth", b"apop", b"stls"),
        "IMAP": first & begins(lower, b"* ok "),
        "SSH": first & begins(spoken.word[places], b"SSH-2.0-", b"SSH-1."),
    }
    ports = case.table["source_port"][spoken.packet[places]]
    return _collected(kinds, spoken.stream[places], ports)


def _collected(
    kinds: dict[str, NDArray[np.bool_]], streams: NDArray[np.int32], ports: NDArray[np.uint16]
) -> dict[int, tuple[str, int]]:
    found = {}
    for name, mask in kinds.items():
        usual = list(HOME.get(name, ())) + [port for port, own in OWN.items() if name in own]
        mask = mask & ~np.isin(ports, usual)
        if name not in HOME:
            mask &= np.isin(ports, list(OWN))
        for place in np.flatnonzero(mask)[:5000].tolist():
            found[int(streams[place])] = name, int(ports[place])
    return found
