#!/usr/bin/env python3
"""Make the captures about TCP: losses, full buffers, refusals, silence, and where the time goes.

usage: make_tcp.py [FOLDER]
"""

from __future__ import annotations

from making import (
    CLIENT,
    GATEWAY,
    MS,
    SECOND,
    SERVER,
    Capture,
    Host,
    Sample,
    Talk,
    address,
    look_up,
    main,
    outside,
    page,
    request,
    response,
)

WEB = outside("203.0.113.10")
LINES = b"".join(b"%05d a line of the file that is sent\n" % number for number in range(1, 400))


def fast_retransmission() -> Capture:
    """The client uploads; the second of six segments is lost behind the capture point."""
    capture = Capture()
    talk = Talk(capture, CLIENT, WEB, (50112, 80), 0, rtt=24_300)
    talk.connect()
    body = LINES[: 1460 * 6 - 198]
    upload = request("PUT", "files.example.com", "/list.txt", body, Content_Type="text/plain")
    pieces = [upload[start : start + 1460] for start in range(0, len(upload), 1460)]
    talk.now += 420
    first = talk.now
    where = []
    for number, piece in enumerate(pieces):
        where.append(talk.sent[0])
        talk.segment(0, "PA" if number == len(pieces) - 1 else "A", piece, lost=number == 1)
        talk.now += 14
    talk.now = first + talk.rtt
    for number in range(2, len(pieces) + 1):  # the acknowledgment of the first, then one duplicate for each beyond
        edges = (where[2], where[2] + sum(map(len, pieces[2:number])))
        talk.segment(1, "A", options=[("NOP", None), ("NOP", None), ("SAck", edges)] if number > 2 else None)
        talk.now += 60
        if number == 5:
            resent = talk.now - 38
            later, talk.now = talk.now, resent
            talk.segment(0, "A", pieces[1], seq=where[1], lost=True)
            talk.now = later
    talk.now = resent + talk.rtt
    talk.heard[1] = talk.sent[0]
    talk.segment(1, "A")
    talk.send(1, response("201 Created", b"kept\n", "text/plain"), 5_200)
    talk.close()
    return capture


def timeouts() -> Capture:
    """After the handshake the request is sent six times, and nothing comes back."""
    capture = Capture()
    talk = Talk(capture, CLIENT, WEB, (50120, 80), 0, rtt=31 * MS)
    talk.connect()
    talk.now += 380
    ask, at = request("GET", "www.example.com", "/report"), talk.sent[0]
    for wait in (302_114, 600_208, 1_200_430, 2_400_877, 4_801_610, 0):
        talk.segment(0, "PA", ask, seq=at, lost=True)
        talk.now += wait
    return capture


def filling(capture: Capture, port: int) -> Talk:
    """A download into a client that stops reading: its window sinks to nothing."""
    talk = Talk(capture, CLIENT, SERVER, (port, 8080), 0, rtt=640, windows=(8760, 29_200), scaled=False)
    talk.connect()
    talk.send(0, request("GET", "files.example.com:8080", "/list.txt"))
    talk.now += 1_900
    content = response("200 OK", LINES[: 17_520 - 123], "text/plain")
    for number, left in enumerate((5840, 2920, 0)):
        for part in range(2):
            start = (number * 2 + part) * 1460
            talk.segment(1, "A", content[start : start + 1460])
            talk.now += 118
        talk.now += 44
        talk.windows[0] = left
        talk.segment(0, "A")
        talk.now += 610
    return talk


def zero_window_recovered() -> Capture:
    capture = Capture()
    talk = filling(capture, 50131)
    talk.now += 412_700
    talk.windows[0] = 64_240
    talk.segment(0, "A")
    content = response("200 OK", LINES[: 17_520 - 123], "text/plain")
    talk.now += 650
    talk.send(1, content[6 * 1460 :], 0)
    talk.close()
    return capture


def zero_window_stalled() -> Capture:
    """The server asks again and again whether there is room; there never is."""
    capture = Capture()
    talk = filling(capture, 50132)
    for wait in (250 * MS, 500 * MS, SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND):
        talk.now += wait
        talk.segment(1, "A", seq=talk.sent[1] - 1)
        talk.now += 61
        talk.segment(0, "A")
    return capture


def printer_stops() -> Capture:
    """Print jobs: the printer's buffer fills and empties twice, then nothing comes from it any more."""
    capture = Capture()
    printer = Host("192.168.1.9", "02:00:00:00:01:09")
    talk = Talk(capture, CLIENT, printer, (50180, 9100), 0, 840, (64_240, 2_144), scaled=False)
    talk.mss = size = 536
    talk.connect()
    job = b"\x1b%-12345X@PJL JOB\r\n" + LINES * 2
    talk.now += 700
    sent, room = 0, 4 * size
    for wait in (310 * MS, 480 * MS, 0):
        for start in range(0, room, size):
            last = start + size == room
            talk.segment(0, "PA" if last else "A", job[sent : sent + size])
            sent += size
            talk.now += 14
        if not wait:
            break
        talk.now += talk.rtt
        talk.windows[1] = size
        talk.segment(1, "A")
        talk.now += wait
        talk.windows[1] = room
        talk.segment(1, "A")
        talk.now += 90
    first = talk.sent[0] - room
    for wait in (300_214, 600_330, 1_200_509, 2_400_802, 4_800_918):
        talk.now += wait
        talk.segment(0, "A", job[sent - room : sent - room + size], seq=first, lost=True)
    return capture


def visit(port: int, rtt: int = 22 * MS, client: int = 350, server: int = 7_400) -> Capture:
    capture = Capture()
    look_up(capture, 0, "www.example.com", [address(WEB.ip)], port)
    talk = Talk(capture, CLIENT, WEB, (port, 80), 11_900, rtt)
    talk.connect()
    body = page("Prices", "A price list, as the server made it.", 40)
    talk.ask(request("GET", "www.example.com", "/prices"), response("200 OK", body), server, client)
    talk.close(after=40 * MS)
    return capture


def attempts(capture: Capture, port: int, at: int, waits: tuple[int, ...], refused: bool) -> None:
    """The same SYN after each wait; a refusal answers each of them."""
    talk = Talk(capture, CLIENT, SERVER if refused else WEB, (port, 80), at, rtt=520)
    first = talk.sent[0]
    for wait in waits:
        talk.now += wait
        talk.sent[0] = first
        talk.heard[1] = 0
        talk.syn()
        if refused:
            before = talk.now
            talk.now += talk.rtt
            talk.sent[1] = 0
            talk.segment(1, "RA", window=0)
            talk.now = before


def refused() -> Capture:
    capture = Capture()
    capture.arp(0, CLIENT, SERVER)
    attempts(capture, 50150, 700, (0, 500_310, 500_290), refused=True)
    return capture


def dropped() -> Capture:
    capture = Capture()
    capture.arp(0, CLIENT, GATEWAY)
    look_up(capture, 600, "www.example.com", [address(WEB.ip)], 50161)
    attempts(capture, 50161, 12_400, (0, 3_000_411, 6_000_298), refused=False)
    return capture


def reset_midway() -> Capture:
    capture = Capture()
    talk = Talk(capture, CLIENT, WEB, (50170, 80), 0)
    talk.connect()
    talk.send(0, request("GET", "www.example.com", "/long-report"))
    content = response("200 OK", LINES[:14_000], "text/plain")
    talk.send(1, content[:5840], 8_100)
    talk.now += 900 * MS
    talk.segment(1, "RA", window=0)
    return capture


SAMPLES = (
    Sample(
        "fast-retransmission", "A segment is lost; three duplicate ACKs bring it again at once", fast_retransmission
    ),
    Sample("retransmission-timeouts", "A server falls silent; the waits between the tries double", timeouts),
    Sample("zero-window-recovered", "A slow reader's window sinks to 0 and opens again", zero_window_recovered),
    Sample("zero-window-stalled", "A reader's window sinks to 0 and stays there", zero_window_stalled),
    Sample(
        "slow-wire", "Slow: every answer takes long, even that to the SYN; the wire", lambda: visit(50141, 884 * MS)
    ),
    Sample("slow-client", "Slow: the client waits before it asks", lambda: visit(50142, 22 * MS, client=1_345 * MS)),
    Sample("slow-server", "Slow: the ACK is quick, the answer is not", lambda: visit(50143, 22 * MS, server=983 * MS)),
    Sample("web-refused", "No web access: the host is up, but refuses the port (reject)", refused),
    Sample("web-dropped", "No web access: DNS answers, the web server never does (drop)", dropped),
    Sample("printer-stops", "A printer: its buffer fills, opens, fills; then it answers no more", printer_stops),
    Sample("reset-midway", "The server breaks off in the middle of its answer", reset_midway),
)

if __name__ == "__main__":
    main(SAMPLES)
