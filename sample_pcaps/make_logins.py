#!/usr/bin/env python3
"""Make the captures of protocols that talk in lines: FTP and mail. usage: make_logins.py [FOLDER]"""

from __future__ import annotations

from making import CLIENT, MS, SECOND, SERVER, Capture, Sample, Talk, address, look_up, main, outside

MAIL = outside("203.0.113.25")
CSV = b"store,article,sold\n" + b"".join(b"4829,%d,%d\n" % (1_000 + n, n * 7 % 23) for n in range(60))
FTP_HELLO = b"220 files.example.com FTP server ready\r\n"


def _line(talk: Talk, command: str, reply: str, after: int = 900, think: int = 1_200) -> None:
    talk.ask(command.encode() + b"\r\n", reply.encode() + b"\r\n", think, after)


def _log_in(talk: Talk, user: str, password: str) -> None:
    talk.send(1, FTP_HELLO, 2_300)
    _line(talk, f"USER {user}", f"331 Password required for {user}", 1_800 * MS)
    _line(talk, f"PASS {password}", f"230 User {user} logged in", 2_400 * MS, 31 * MS)


def _transfer(control: Talk, command: str, data: bytes, port: int, side: int) -> None:
    """PASV, the command, and a conversation of its own for the data (RFC 959, 3.2); `side` sends."""
    high, low = divmod(port, 256)
    _line(control, "PASV", f"227 Entering Passive Mode (192,168,1,5,{high},{low})")
    control.send(0, command.encode() + b"\r\n", 700)
    other = Talk(
        control.capture, CLIENT, SERVER, (control.ports[0] + port % 7 + 1, port), control.now + 200, control.rtt
    )
    other.connect()
    control.now = other.now + 300
    control.send(1, b"150 Opening data connection\r\n", 0)
    other.now = control.now
    other.send(side, data, 400)
    other.close(side, 90)
    control.now = other.now + 200
    control.send(1, b"226 Transfer complete\r\n", 0)


def ftp_login() -> Capture:
    capture = Capture()
    control = Talk(capture, CLIENT, SERVER, (50601, 21), 0, 620)
    control.connect()
    _log_in(control, "sales", "summer-rain-7")
    _line(control, "TYPE I", "200 Type set to I")
    _transfer(control, "STOR store4829.csv", CSV, 49_170, 0)
    listing = b"-rw-r--r-- 1 sales sales     %d Mar  5 09:00 store4829.csv\r\n" % len(CSV)
    _transfer(control, "LIST", listing, 49_171, 1)
    _line(control, "QUIT", "221 Goodbye", SECOND)
    control.close(1, 300)
    return capture


def ftp_on_443() -> Capture:
    """The same protocol, on the port that belongs to TLS."""
    capture = Capture()
    control = Talk(capture, CLIENT, SERVER, (50611, 443), 0, 620)
    control.connect()
    _log_in(control, "backup", "copper-kettle")
    _line(control, "PWD", '257 "/home/backup" is the current directory')
    _line(control, "SIZE nightly.tar", "213 48211968")
    _line(control, "QUIT", "221 Goodbye", SECOND)
    control.close(1, 300)
    return capture


ATTACHED = b"Ym9vdHMsMTcKc29ja3MsNDEKaGF0cyw2Cg=="
LETTER = b"""\
From: Sam <sam@example.com>
To: Jo <jo@example.org>
Subject: the list
Date: Tue, 05 Mar 2024 09:00:00 +0000
Message-ID: <20240305090000.1@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="part"

--part
Content-Type: text/plain; charset=utf-8

Hello Jo,
here is the list you asked for.
Sam
--part
Content-Type: text/csv; name="list.csv"
Content-Disposition: attachment; filename="list.csv"
Content-Transfer-Encoding: base64

%s
--part--
""".replace(b"\n", b"\r\n")


def mail() -> Capture:
    """A letter with an attachment, after a login that everybody on the way can read (RFC 5321, RFC 4954)."""
    capture = Capture()
    look_up(capture, 0, "mail.example.com", [address(MAIL.ip)], 50621)
    talk = Talk(capture, CLIENT, MAIL, (50621, 587), 12_300, 17 * MS)
    talk.connect()
    talk.send(1, b"220 mail.example.com ESMTP ready\r\n", 41 * MS)
    for command, reply in (
        ("EHLO desk.example.com", "250-mail.example.com\r\n250-SIZE 20480000\r\n250 AUTH PLAIN LOGIN"),
        ("AUTH PLAIN AHNhbQB0dWxpcCtmaWVsZCA0Mg==", "235 2.7.0 Accepted"),
        ("MAIL FROM:<sam@example.com>", "250 2.1.0 OK"),
        ("RCPT TO:<jo@example.org>", "250 2.1.5 OK"),
        ("DATA", "354 End with a dot"),
    ):
        _line(talk, command, reply)
    talk.ask(LETTER % ATTACHED + b".\r\n", b"250 2.0.0 Queued as 4F1A2\r\n", 62 * MS, 600)
    _line(talk, "QUIT", "221 2.0.0 Bye")
    talk.close(1, 200)
    return capture


SAMPLES = (
    Sample("ftp-login", "An FTP login in clear, a file stored, a listing", ftp_login),
    Sample("ftp-on-443", "A protocol on a port that is not its own: FTP where TLS belongs", ftp_on_443),
    Sample("mail", "A letter with an attachment, and the login before it, in clear", mail),
)

if __name__ == "__main__":
    main(SAMPLES)
