"""Words for NTP (RFC 5905, RFC 9327, with tshark's words)."""

from __future__ import annotations

from .words import BILLION, moment

SINCE_1900 = 2_208_988_800
ERA = 1 << 32

LEAPS = dict(
    enumerate(
        (
            "no warning",
            "last minute of the day has 61 seconds",
            "last minute of the day has 59 seconds",
            "unknown (clock unsynchronized)",
        )
    )
)
VERSIONS = {number: f"NTP Version {number}" if 1 <= number <= 4 else "reserved" for number in range(8)}
MODES = dict(
    enumerate(
        "reserved|symmetric active|symmetric passive|client|server|broadcast|reserved for NTP control message|"
        "reserved for private use".split("|")
    )
)
SOURCES = {
    "LOCL": "uncalibrated local clock", "CESM": "calibrated Cesium clock", "RBDM": "calibrated Rubidium clock",
    "PPS": "Generic pulse-per-second", "IRIG": "Inter-Range Instrumentation Group", "ACTS": "NIST telephone modem",
    "USNO": "USNO telephone modem", "PTB": "European telephone modem", "TDF": "MF Radio Allouis, FR 162 kHz",
    "DCF": "LF Radio DCF77 Mainflingen, DE 77.5 kHz", "MSF": "LF Radio MSF Anthorn, UK 60 kHz",
    "WWV": "HF Radio WWV Ft. Collins, CO", "WWVB": "LF Radio WWVB Ft. Collins, CO 60 kHz",
    "WWVH": "HF Radio WWVH Kauai, HI", "CHU": "HF Radio CHU Ottawa, Ontario",
    "LORC": "MF Radio LORAN C station, 100 kHz", "OMEG": "OMEGA radionavigation system",
    "GPS": "Global Position System", "GOES": "Geostationary Orbit Environment Satellite",
    "GAL": "Galileo Positioning System", "HBG": "LF Radio HBG Prangins, HB 75 kHz",
    "JJY": "LF Radio JJY Fukushima, JP 40 kHz, Saga, JP 60 kHz", "ATOM": "Atomic clock (calibrated)",
    "NIST": "NIST telephone modem", "DCN": "DCN routing protocol", "VLF": "VLF radio (OMEGA,, etc.)",
    "DTS": "Digital Time Service", "FREE": "(Internal clock)", "INIT": "(Initialization)", "TSP": "TSP time protocol",
}  # fmt: skip
_EXTENSIONS = {
    0x02: "No-Operation", 0x102: "Association Message", 0x202: "Certificate Message", 0x302: "Cookie Message",
    0x402: "Autokey Message", 0x502: "Leapseconds Message", 0x602: "Sign Message", 0x702: "IFF Identity Message",
    0x802: "GQ Identity Message", 0x902: "MV Identity Message",
}  # fmt: skip
EXTENSIONS = {
    **{code: f"{word} Request" for code, word in _EXTENSIONS.items()},
    **{code | 0x8000: f"{word} Response" for code, word in _EXTENSIONS.items()},
    **{code | 0xC000: f"{word} Error Response" for code, word in _EXTENSIONS.items()},
    0x104: "Unique Identifier", 0x204: "NTS Cookie", 0x304: "NTS Cookie Placeholder",
    0x404: "NTS Authenticator and Encrypted Extension Fields", 0x2005: "Checksum Complement",
}  # fmt: skip
OPERATIONS = {
    0: "reserved", 1: "read status", 2: "read variables", 3: "write variables", 4: "read clock variables",
    5: "write clock variables", 6: "set trap address/port", 7: "asynchronous message", 8: "runtime configuration",
    9: "save config to file", 10: "retrieve MRU (mrulist)", 11: "retrieve ordered list", 12: "request a client nonce",
    31: "unset trap address/port",
}  # fmt: skip
CLOCKS = {
    0: "unspecified or unknown", 1: "Calibrated atomic clock (e.g. HP 5061)",
    2: "VLF (band 4) or LF (band 5) radio (e.g. OMEGA, WWVB)", 3: "HF (band 7) radio (e.g. CHU, MSF, WWV/H)",
    4: "UHF (band 9) satellite (e.g. GOES, GPS)", 5: "local net (e.g. DCN, TSP, DTS)", 6: "UDP/NTP", 7: "UDP/TIME",
    8: "eyeball-and-wristwatch", 9: "telephone modem (e.g. NIST)",
}  # fmt: skip
SYSTEM_EVENTS = dict(
    enumerate(
        "unspecified|frequency correction (drift) file not available|"
        "frequency correction started (frequency stepped)|spike detected and ignored, starting stepout timer|"
        "frequency training started|clock synchronized|system restart|"
        "panic stop (required step greater than panic threshold)|no system peer|"
        "leap second insertion/deletion armed|leap second disarmed|leap second inserted or deleted|"
        "clock stepped (stepout timer expired)|kernel loop discipline status changed|"
        "leapseconds table loaded from file|leapseconds table outdated, updated file needed".split("|")
    )
)
SELECTIONS = dict(
    enumerate(
        "rejected|passed sanity checks (tests 1 through 8 in Section 3.4.3)|"
        "passed correctness checks (intersection algorithm in Section 4.2.1)|"
        "passed candidate checks (if limit check implemented)|"
        "passed outlier checks (clustering algorithm in Section 4.2.2)|"
        "current synchronization source; max distance exceeded (if limit check implemented)|"
        "current synchronization source; max distance okay|reserved".split("|")
    )
)
PEER_EVENTS = dict(
    enumerate(
        "unspecified|association mobilized|association demobilized|"
        "peer unreachable (peer.reach was nonzero now zero)|peer reachable (peer.reach was zero now nonzero)|"
        "association restarted or timed out|no server found (ntpdate mode)|rate exceeded (kiss code RATE)|"
        "access denied (kiss code DENY)|leap armed from server LI code|become system peer|"
        "reference clock event (see clock status word)|authentication failure|popcorn spike suppressor|"
        "entering interleave mode|interleave error (recovered)".split("|")
    )
)
CLOCK_STATES = dict(
    enumerate(
        "clock operating within nominals|reply timeout|bad reply format|hardware or software fault|"
        "propagation failure|bad date format or value|bad time format or value".split("|")
    )
)
ERRORS = dict(
    enumerate(
        "unspecified|authentication failure|invalid message length or format|invalid opcode|"
        "unknown association identifier|unknown variable name|invalid variable value|"
        "administratively prohibited".split("|")
    )
)
IMPLEMENTATIONS = {0: "UNIV", 2: "XNTPD_OLD (pre-IPv6)", 3: "XNTPD"}
PRIVATE_ERRORS = {
    0: "No error", 1: "incompatible implementation number", 2: "unimplemented request code", 3: "format error",
    4: "no data available", 5: "unknown", 6: "unknown", 7: "authentication failure",
}  # fmt: skip


def stratum(number: int) -> str:
    if number < 2:
        return ("unspecified or invalid", "primary reference")[number]
    return "secondary reference" if number < 16 else "unsynchronized" if number == 16 else "reserved"


def timestamp(value: int) -> str:
    """64 bits of seconds and their fraction since 1900, or since 2036 where the topmost bit is clear (RFC 4330
    section 3)."""
    if not value:
        return "NULL"
    whole, fraction = value >> 32, value & 0xFFFFFFFF
    whole += 0 if whole >> 31 else ERA
    return moment((whole - SINCE_1900) * BILLION + (fraction * BILLION >> 32), utc=True)
