#!/usr/bin/env python3
"""Write tui/pcaptui/filters/names.txt: the names and types of Wireshark's protocols and fields, as tshark tells them.

usage: make_filter_names.py [OUTPUT]       needs tshark 4.0

One line a protocol and type: "@dns" begins a protocol, then "u16 id count.queries ..." lists the fields of a type,
without the protocol's name. The line "@" holds the names of all other protocols.
"""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

WHOLE = """frame eth vlan arp ip ipv6 icmp icmpv6 igmp tcp udp dns http http2 tls dtls dhcp dhcpv6 ftp ftp-data smtp
imf pop imap ntp ssh telnet quic wlan_radio eapol llc stp cdp lldp snmp sip sdp rtp rtcp rtsp nbns nbss nbdgm kerberos
ldap pgsql tftp syslog rip gre vxlan mpls ppp pppoed pppoes data mime_multipart media urlencoded-form json
xml tpkt cotp socks mqtt modbus wol hsrp vrrp sll sctp esp ah isakmp browser ntlmssp smb2 radiotap
_ws
eap x509ce x509af x509if x509sat pkcs1 pkix1implicit pkix1explicit wps wlan_rsna_eapol wlancap wlan_aggregate teredo
pppoe ppi vntag erspan fr prism null ieee8021ad png image-jfif image-gif mptcp fddi ayiya chdlc udplite
data-text-lines""".split()
SHORT = {"wlan": 32}
"""Of these, only fields whose names have at most so many characters."""
KINDS = {
    "FT_PROTOCOL": "p", "FT_BOOLEAN": "b", "FT_IPv4": "4", "FT_IPv6": "6", "FT_ETHER": "e", "FT_FRAMENUM": "f",
    "FT_NONE": "n", "FT_ABSOLUTE_TIME": "t", "FT_RELATIVE_TIME": "r", "FT_BYTES": "y", "FT_UINT_BYTES": "y",
    "FT_EUI64": "8", "FT_GUID": "g", "FT_OID": "o", "FT_DOUBLE": "d", "FT_FLOAT": "d", "FT_CHAR": "c",
}  # fmt: skip
HEAD = "# Made by bench/make_filter_names.py: names and types of fields, as facts. Letters: see registry.py."


def kind(name: str) -> str:
    if name.startswith("FT_UINT") and name[7:].isdecimal():
        return f"u{name[7:]}"
    if name.startswith("FT_INT"):
        return f"i{name[6:]}"
    return "s" if "STRING" in name else KINDS.get(name, "y")


def main() -> None:
    target = Path(__file__).resolve().parent.parent / "tui" / "pcaptui" / "filters" / "names.txt"
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else target
    told = subprocess.run(["tshark", "-G", "fields"], capture_output=True, text=True, check=True).stdout
    protocols: set[str] = set()
    fields: dict[str, dict[str, str]] = defaultdict(dict)
    for line in told.splitlines():
        cells = line.split("\t")
        if cells[0] == "P":
            protocols.add(cells[2])
        elif cells[0] == "F" and "." in cells[2]:
            prefix, _, rest = cells[2].partition(".")
            wanted = prefix in WHOLE or prefix in SHORT
            if wanted and len(cells[2]) <= SHORT.get(prefix, 60):
                fields[prefix].setdefault(rest, kind(cells[3]))
    lines = [HEAD]
    for prefix in sorted(fields):
        lines.append(f"@{prefix}")
        by_kind = defaultdict(list)
        for name, letter in fields[prefix].items():
            by_kind[letter].append(name)
        lines += [f"{letter} {' '.join(sorted(names))}" for letter, names in sorted(by_kind.items())]
    lines += ["@", f"p {' '.join(sorted(protocols))}"]
    output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{output.name}: {sum(map(len, fields.values())):,} fields, {len(protocols):,} protocols")


if __name__ == "__main__":
    main()
