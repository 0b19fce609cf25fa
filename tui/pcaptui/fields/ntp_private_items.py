"""What ntpd tells about itself in its private messages: peers, system, statistics (fields found by experiment)."""

from __future__ import annotations

from ..protocols.packet import Short
from .branch import HEX, Branch
from .cursor import Cursor
from .ntp_words import MODES, stratum, timestamp

P = "ntp.priv.mode7."
PEER_FLAGS = (
    ("config", "Config"), ("syspeer", "Syspeer"), ("burst", "Burst"), ("refclock", "Refclock"), ("prefer", "Prefer"),
    ("authenable", "Auth enable"), ("sel_candidate", "Sel Candidate"), ("shortlist", "Shortlist"),
)  # fmt: skip
SYSTEM_FLAGS = (
    ("bclient", "Bclient"), ("pps", "PPS"), ("ntp", "NTP"), ("kernel", "Kernel"), ("monitor", "Monitor"),
    ("filegen", "Filegen"), ("auth", "Auth"), ("cal", "Cal"),
)  # fmt: skip
_ITEMS: dict[int, str] = {
    0: (
        "a4 address Address|u2 port Port|m1 hmode HMode|f1 peer.flags Flags|u4 ipv6_flag IPv6 Flag|b4 unused Unused|"
        "x16 address6 IPv6 addr"
    ),
    1: (
        "a4 dstaddress Destination address|a4 srcaddress Source address|u2 srcport Source port|"
        "s1 ntp.stratum Peer Clock Stratum|i1 hpoll Host polling interval|u1 ntp.ppoll Peer Polling Interval|"
        "u1 reach Reach|f1 peer.flags Flags|m1 hmode HMode|i4 delay Delay|u8 offset Offset|"
        "u4 dispersion Dispersion|u4 ipv6_flag IPv6 Flag|b4 unused Unused|x16 dstaddress6 IPv6 destination addr|"
        "x16 srcaddress6 IPv6 source addr"
    ),
    2: (
        "a4 dstaddress Destination address|a4 srcaddress Source address|u2 srcport Source port|"
        "f1 peer.flags Flags|u1 leap Leap|m1 hmode HMode|m1 pmode Peer mode|s1 ntp.stratum Peer Clock Stratum|"
        "u1 ntp.ppoll Peer Polling Interval|i1 hpoll Host polling interval|u1 ntp.precision Peer Clock Precision|"
        "u1 version Version|b1 unused Unused|u1 reach Reach|u1 unreach Unreach|u1 flash Flash|u1 ttl TTL|"
        "u2 flash2 Flash new|u2 associd Association ID|b4 ntp.keyid Key ID|u4 pkeyid Peer Key ID|"
        "b4 ntp.refid Reference ID|u4 timer Timer|u4 ntp.rootdelay Root Delay|"
        "u4 ntp.rootdispersion Root Dispersion|t8 ntp.reftime Reference Timestamp|t8 ntp.org Origin Timestamp|"
        "t8 ntp.rec Receive Timestamp|t8 ntp.xmt Transmit Timestamp|i4 filtdelay Filt delay|"
        "i8 filtoffset Filt offset|u1 order Order|i4 delay Delay|u4 dispersion Dispersion|u8 offset Offset|"
        "u4 selectdis Selectdis|b4 unused Unused|b4 unused Unused|b4 unused Unused|b4 unused Unused|"
        "b4 unused Unused|b4 unused Unused|b4 unused Unused|i4 estbdelay Estbdelay|u4 ipv6_flag IPv6 Flag|"
        "b4 unused Unused|x16 dstaddress6 IPv6 destination addr|x16 srcaddress6 IPv6 source addr"
    ),
    3: (
        "a4 dstaddress Destination address|a4 srcaddress Source address|u2 srcport Source port|"
        "f1 peer.flags Flags|u4 timereset Time reset|u4 timereceived Time received|u4 timetosend Time to send|"
        "u4 timereachable Time reachable|u4 sent Sent|b4 unused Unused|u4 processed Processed|b4 unused Unused|"
        "u4 badauth Bad authentication|u4 bogusorg Bogus origin|u4 oldpkt Old packet|b4 unused Unused|"
        "b4 unused Unused|u4 seldisp Bad dispersion|u4 selbroken Bad reference time|b4 unused Unused|"
        "u1 candidate Candidate|b1 unused Unused|b1 unused Unused|b1 unused Unused|u4 ipv6_flag IPv6 Flag|"
        "b4 unused Unused|x16 dstaddress6 IPv6 destination addr|x16 srcaddress6 IPv6 source addr"
    ),
    4: (
        "a4 address Address|m1 pmode Peer mode|u1 leap Leap|s1 ntp.stratum Peer Clock Stratum|"
        "u1 ntp.precision Peer Clock Precision|u4 ntp.rootdelay Root Delay|u4 ntp.rootdispersion Root Dispersion|"
        "b4 ntp.refid Reference ID|t8 ntp.reftime Reference Timestamp|u4 poll Poll|f1 sys.flags8 Flags|"
        "b3 unused Unused|i4 bdelay Bdelay|i4 freq Freq|i8 authdelay Auth delay|u4 stability Stability (ppm)|"
        "u4 ipv6_flag IPv6 Flag|b4 unused Unused|x16 address6 IPv6 addr"
    ),
    5: (
        "u4 timeup Time up|u4 timereset Time reset|u4 denied Denied|u4 oldversion Old version|"
        "u4 newversion New version|u4 bad_version Unknown version packets|u4 badlength Bad length|"
        "u4 processed Processed|u4 badauth Bad authentication|u4 timereceived Time received|"
        "u4 limitrejected Limit rejected|u4 lamport Lamport violation|u4 tsrounding Timestamp rounding error"
    ),
    6: (
        "u4 timereset Time reset|u2 totalrecvbufs Toal receive buffer|u2 freerecvbufs Free receive buffer|"
        "u2 fullrecvbufs Full receive buffer|u2 lowwater Low water|u4 dropped Dropped packets|"
        "u4 ignored Ignored packets|u4 received Received packets|u4 sent Sent|u4 notsent Not sent packets|"
        "u4 interrupts Interrupts|u4 int_received Received by interrupt handler"
    ),
    7: (
        "u4 timereset Time reset|u2 totalmem Total memory|u2 freemem Free memory|u4 findpeer_calls Find peer calls|"
        "u4 allocations Allocations|u4 demobilizations Demobilizations|b16 hashcount Hashcount"
    ),
    8: (
        "i8 last_offset Last offset|i8 drift_comp Drift comp|u4 compliance Compliance|u4 watchdog_timer Watchdog timer"
    ),
    9: ("u4 timereset Time reset|u4 alarms Alarms|u4 overflows Overflows|u4 xmtcalls Transmitted calls"),
    28: (
        "u4 timereset Time reset|u4 numkeys Num keys|u4 numfreekeys Num free keys|u4 keylookups Keylookups|"
        "u4 keynotfound Key not found|u4 encryptions Encryptions|u4 decryptions Decryptions|u4 expired Expired|"
        "u4 keyuncached Key uncached"
    ),
    34: (
        "u4 timereset Time reset|u4 requests Requests|u4 bad_packets Bad packets|u4 responses Responses|"
        "u4 fragments Fragments|u4 errors Errors|u4 too_short Too short packets|"
        "u4 input_responses Responses on input|u4 input_fragments Fragments on input|"
        "u4 input_errors Errors on input|u4 bad_offset Non zero offset packets|"
        "u4 bad_version Unknown version packets|u4 data_too_short Data too short|u4 badop Bad op code found|"
        "u4 async_messages Async messages"
    ),
    16: (
        "a4 address Address|a4 mask Mask|u4 count Count|u2 rflags Rflags|u2 mflags Mflags|u4 ipv6_flag IPv6 Flag|"
        "b4 unused Unused|x16 address6 IPv6 addr|x16 mask6 IPv6 mask"
    ),
    38: (
        "i4 kernel_offset Offset|i4 freq Freq|i4 maxerror Max error|i4 esterror Est error|u2 status Status|"
        "u2 shift Shift|i4 constant Constant|i4 precision Precision|i4 tolerance tolerance|i4 ppsfreq ppsfreq|"
        "i4 jitter jitter|i4 stabil stabil|i4 jitcnt jitcnt|i4 calcnt calcnt|i4 errcnt errcnt|i4 stbcnt stbcnt"
    ),
}
"""By request: kind and size of each field, its name behind 'ntp.priv.mode7.' (or all of it), its words.

Kinds: a and x IPv4 and IPv6 addresses, u and i numbers without and with a sign, b bytes, t a timestamp, f flags, m a
mode, s a stratum."""


def describe(item: Branch, at: int, size: int, request: int) -> bool:
    """Put the fields of one item on its branch, as many as there is room for; False: nobody knows this item."""
    if request not in _ITEMS:
        return False
    cursor = Cursor(item, at, at + size)
    try:
        for part in _ITEMS[request].split("|"):
            form, field, name = part.split(" ", 2)
            _field(cursor, form[0], int(form[1:]), field if field.startswith("ntp.") else P + field, name)
    except Short:
        pass
    return True


def _field(cursor: Cursor, kind: str, size: int, field: str, name: str) -> None:
    if kind == "a":
        cursor.ipv4(field, name)
    elif kind == "x":
        cursor.ipv6(field, name)
    elif kind == "b":
        cursor.blob(field, name, size)
    elif kind == "m":
        cursor.uint(field, name, size, names=MODES)
    elif kind == "s":
        cursor.uint(field, name, size, names=stratum)
    elif kind == "f":
        _flags(cursor, field, name)
    elif kind == "t":
        at = cursor.take(size)
        text = timestamp(cursor.branch.number(at, size))
        cursor.branch.add(f"{name}: {text}", field, text, at, size)
    elif kind == "i":
        at = cursor.take(size)
        value = int.from_bytes(cursor.branch.raw(at, size), signed=True)
        cursor.branch.add(f"{name}: {value}", field, value, at, size)
    else:
        cursor.uint(field, name, size)


def _flags(cursor: Cursor, field: str, name: str) -> None:
    at = cursor.take(1)
    value = cursor.branch.u8(at)
    bits = SYSTEM_FLAGS if "sys" in field else PEER_FLAGS
    words = "".join(f", {word}" for i, (_, word) in enumerate(bits) if value >> i & 1)
    line = cursor.branch
    line.bits(field, name, at, 1, 0xFF, HEX)
    made = Branch(line.walk, line.view, line.node.children[-1])
    made.suffix(words)
    for index, (key, word) in enumerate(bits):
        made.flag(f"{field.removesuffix('8')}.{key}", word, at, 1, 1 << index)
