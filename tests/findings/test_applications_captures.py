"""Findings about applications in the captures of the course."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pcaptui.findings import Finding, Severity

Judge = Callable[..., list[Finding]]
MINE = ("credentials", "ftp-", "http-", "tls-", "port-", "wireless-", "shell-")


def test_a_password_over_ftp(judge_ppa: Judge) -> None:
    login, files = judge_ppa("tickedoffdeveloper", *MINE)
    assert (login.rule, login.severity, login.secrets) == ("credentials-ftp", Severity.warning, ("p@ssw0rd",))
    assert "user salesxfer and password ••••" in login.told(login.detail)
    assert "p@ssw0rd" in login.told(login.detail, show_secrets=True)
    assert "p@ssw0rd" not in login.detail + login.title
    assert (files.rule, files.severity) == ("ftp-files", Severity.note)
    assert "stored store4829-03222010.csv (data in tcp:1)" in files.detail


def test_a_password_in_a_web_form(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("http_dvwa_clearlogin", "credentials")
    assert (found.rule, found.severity) == ("credentials-form", Severity.warning)
    assert found.packets[0] == 27
    assert "admin" in found.detail


def test_redirects_tell_where_they_lead(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("http_post", *MINE)
    assert (found.rule, found.severity) == ("http-redirect", Severity.note)
    assert "wp-comments-post.php → 302; GET http://www.chrissanders.org/?p=310&cpage=1 → 200" in found.detail


def test_ftp_on_the_port_of_https(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("wrongdissector", "port-")
    assert found.severity == Severity.note
    assert found.title == "Port 443 of 192.168.0.53 carries FTP, not TLS"
    assert "tcp.port==443,ftp" in found.detail


@pytest.mark.parametrize(
    ("capture", "rule", "words"),
    [
        ("http_dvwa_directorytraversal", "http-traversal", "the server gave it away"),
        ("http_dvwa_sqlinjection", "http-sql", "sent 10.2.2.104:80 3 requests with SQL"),
        ("http_dvwa_sqlinjection_passwords", "http-sql", "union select"),
        ("sessionhijacking", "http-session-shared", "172.16.16.164 and 172.16.16.154"),
        ("aurora", "shell-in-clear", "192.168.100.202:4321"),
        ("cryptowall4_c2", "http-coded-form", "homealldaylong.com"),
        ("ek_to_cryptowall4", "http-coded-form", "6 forms"),
    ],
)
def test_attacks_are_warnings_with_their_evidence(judge_ppa: Judge, capture: str, rule: str, words: str) -> None:
    found = [one for one in judge_ppa(capture, *MINE) if one.severity > Severity.note]
    assert [one.rule for one in found] == [rule]
    assert words in found[0].detail
    assert found[0].packets


def test_a_wep_key_that_does_not_fit(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("3e80211_wepauthfail", *MINE)
    assert (found.severity, found.packets) == (Severity.error, (4,))
    assert "challenge failure (status 15)" in found.detail


def test_a_wpa_passphrase_that_does_not_fit(judge_ppa: Judge) -> None:
    (found,) = judge_ppa("3e80211_wpaauthfail", *MINE)
    assert found.severity == Severity.error
    assert "message 1 of the key handshake four times" in found.detail
    assert "reason 6" in found.detail
    assert found.packets == tuple(range(7, 16))


ALARMING = {
    "3e80211_wepauthfail", "3e80211_wpaauthfail", "aurora", "cryptowall4_c2", "ek_to_cryptowall4",
    "http_dvwa_clearlogin", "http_dvwa_directorytraversal", "http_dvwa_sqlinjection",
    "http_dvwa_sqlinjection_passwords", "sessionhijacking", "tickedoffdeveloper", "wrongdissector",
}  # fmt: skip


def test_no_other_capture_of_the_course_alarms(judge_ppa: Judge, shared_captures: Path) -> None:
    alarms = {}
    for path in sorted((shared_captures / "ppa").glob("*.pcapng")):
        if path.stem not in ALARMING and path.stat().st_size < 3_000_000:
            alarms[path.stem] = [one.title for one in judge_ppa(path.stem, *MINE) if one.severity > Severity.note]
    assert {name: titles for name, titles in alarms.items() if titles} == {}
    assert len(alarms) > 40
