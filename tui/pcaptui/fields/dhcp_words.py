"""Words for BOOTP and DHCP (IANA's DHCP options, RFC 2132 and later, with tshark's words)."""

from __future__ import annotations

_PXE = "PXE - undefined (vendor specific)"
_NAMED: dict[int, str] = {
    0: "Padding", 1: "Subnet Mask", 2: "Time Offset", 3: "Router", 4: "Time Server", 5: "Name Server",
    6: "Domain Name Server", 7: "Log Server", 8: "Quotes Server", 9: "LPR Server", 10: "Impress Server",
    11: "Resource Location Server", 12: "Host Name", 13: "Boot File Size", 14: "Merit Dump File", 15: "Domain Name",
    16: "Swap Server", 17: "Root Path", 18: "Extensions Path", 19: "IP Forwarding", 20: "Non-Local Source Routing",
    21: "Policy Filter", 22: "Maximum Datagram Reassembly Size", 23: "Default IP Time-to-Live",
    24: "Path MTU Aging Timeout", 25: "Path MTU Plateau Table", 26: "Interface MTU", 27: "All Subnets are Local",
    28: "Broadcast Address", 29: "Perform Mask Discovery", 30: "Mask Supplier", 31: "Perform Router Discover",
    32: "Router Solicitation Address", 33: "Static Route", 34: "Trailer Encapsulation", 35: "ARP Cache Timeout",
    36: "Ethernet Encapsulation", 37: "TCP Default TTL", 38: "TCP Keepalive Interval", 39: "TCP Keepalive Garbage",
    40: "Network Information Service Domain", 41: "Network Information Service Servers",
    42: "Network Time Protocol Servers", 43: "Vendor-Specific Information", 44: "NetBIOS over TCP/IP Name Server",
    45: "NetBIOS over TCP/IP Datagram Distribution Name Server", 46: "NetBIOS over TCP/IP Node Type",
    47: "NetBIOS over TCP/IP Scope", 48: "X Window System Font Server", 49: "X Window System Display Manager",
    50: "Requested IP Address", 51: "IP Address Lease Time", 52: "Option Overload", 53: "DHCP Message Type",
    54: "DHCP Server Identifier", 55: "Parameter Request List", 56: "Message", 57: "Maximum DHCP Message Size",
    58: "Renewal Time Value", 59: "Rebinding Time Value", 60: "Vendor class identifier", 61: "Client identifier",
    62: "Novell/Netware IP domain", 63: "Novell Options", 64: "Network Information Service+ Domain",
    65: "Network Information Service+ Servers", 66: "TFTP Server Name", 67: "Bootfile name",
    68: "Mobile IP Home Agent", 69: "SMTP Server", 70: "POP3 Server", 71: "NNTP Server", 72: "Default WWW Server",
    73: "Default Finger Server", 74: "Default IRC Server", 75: "StreetTalk Server",
    76: "StreetTalk Directory Assistance Server", 77: "User Class Information", 78: "Directory Agent Information",
    79: "Service Location Agent Scope", 80: "Rapid commit", 81: "Client Fully Qualified Domain Name",
    82: "Agent Information Option", 83: "iSNS", 84: "Removed/Unassigned", 85: "Novell Directory Services Servers",
    86: "Novell Directory Services Tree Name", 87: "Novell Directory Services Context",
    88: "BCMCS Controller Domain Name [TODO:RFC4280]", 89: "BCMCS Controller IPv4 address [TODO:RFC4280]",
    90: "Authentication", 91: "Client last transaction time", 92: "Associated IP option",
    93: "Client System Architecture", 94: "Client Network Device Interface", 95: "LDAP [TODO:RFC3679]",
    96: "Removed/Unassigned", 97: "UUID/GUID-based Client Identifier",
    98: "Open Group's User Authentication [TODO:RFC2485]", 99: "Civic Addresses Configuration", 100: "PCode",
    101: "TCode", 108: "IPv6-Only Preferred", 110: "Removed/Unassigned", 112: "NetInfo Parent Server Address",
    113: "NetInfo Parent Server Tag", 114: "DHCP Captive-Portal", 115: "Removed/Unassigned",
    116: "DHCP Auto-Configuration", 117: "Name Service Search", 118: "Subnet Selection Option", 119: "Domain Search",
    120: "SIP Servers", 121: "Classless Static Route", 122: "CableLabs Client Configuration [TODO:RFC3495]",
    123: "Coordinate-based Location Configuration", 124: "V-I Vendor Class", 125: "V-I Vendor-specific Information",
    126: "Removed/Unassigned", 127: "Removed/Unassigned", 128: "DOCSIS full security server IP [TODO]",
    136: "PANA Authentication Agent", 137: "LoST Server Domain Name", 138: "CAPWAP Access Controllers",
    139: "IPv4 Address-MoS", 140: "IPv4 FQDN-MoS", 141: "SIP UA Configuration Domains", 142: "IPv4 Address ANDSF",
    143: "Zerotouch Redirect [TODO: draft-ietf-netconf-zerotouch]", 144: "Geospatial Location [TODO:RFC6225]",
    145: "Forcerenew Nonce Capable", 146: "RDNSS Selection", 150: "TFTP Server Address",
    151: "Leasequery Status code", 152: "Leasequery Base Time", 153: "Leasequery Start Time of State",
    154: "Leasequery Query Start Time", 155: "Leasequery Query End Time", 156: "Leasequery Dhcp State",
    157: "Leasequery Data Source", 158: "PCP Server", 159: "Portparams", 160: "Unassigned (ex DHCP Captive-Portal)",
    161: "Manufacturer Usage Description", 175: "Etherboot", 176: "IP Telephone", 177: "Etherboot",
    208: "PXELINUX Magic", 209: "PXE Configuration file", 210: "PXE Path Prefix", 211: "Reboot Time", 212: "6RD",
    213: "V4 Access Domain", 220: "Subnet Allocation", 221: "Virtual Subnet Selection",
    242: "Private/Avaya IP Telephone", 249: "Private/Classless Static Route (Microsoft)",
    252: "Private/Proxy autodiscovery", 255: "End",
}  # fmt: skip
OPTIONS: dict[int, str] = {
    **dict.fromkeys(range(256), "Unassigned"),
    **dict.fromkeys(range(102, 108), "Removed/unassigned"),
    **dict.fromkeys(range(129, 136), _PXE),
    **dict.fromkeys(range(224, 255), "Private"),
    **_NAMED,
}
OPERATIONS = {1: "Boot Request", 2: "Boot Reply"}
OVERLOADS = {
    1: "Boot file name holds options", 2: "Server host name holds options",
    3: "Boot file and server host names hold options",
}  # fmt: skip
NODE_TYPES = {1: "B-node", 2: "P-node", 4: "M-node", 8: "H-node"}
IDENTIFIERS = {
    1: "link-layer address plus time", 2: "assigned by vendor based on Enterprise number", 3: "link-layer address"
}  # fmt: skip
_ARCHITECTURES = (
    "IA x86 PC|NEC/PC98|IA64 PC|DEC Alpha|ArcX86|Intel Lean Client|EFI IA32|EFI x64|EFI Xscale|EFI BC|ARM 32-bit UEFI|"
    "ARM 64-bit UEFI|PowerPC Open Firmware|PowerPC ePAPR|POWER OPAL v3|x86 UEFI HTTP|x64 UEFI HTTP|EBC UEFI HTTP|"
    "ARM 32-bit UEFI HTTP|ARM 64-bit UEFI HTTP|PC/AT HTTP|ARM 32-bit uboot|ARM 64-bit uboot|ARM 32-bit uboot HTTP|"
    "ARM 64-bit uboot HTTP|RISC-V 32-bit UEFI|RISC-V 32-bit UEFI HTTP|RISC-V 64-bit UEFI|RISC-V 64-bit UEFI HTTP|"
    "RISC-V 128-bit UEFI|RISC-V 128-bit UEFI HTTP|s390 Basic|s390 Extended"
)
ARCHITECTURES = dict(enumerate(_ARCHITECTURES.split("|")))
STATES = dict(enumerate("Available|Active|Expired|Released|Abandoned|Reset|Remote|Transitioning".split("|"), 1))
STATUSES = dict(enumerate(("Success", "UpsecFail", "QueryTerminated", "MalformedQuery", "NotAllowed")))
NAME_SERVICES = {
    0: "Local naming information (e.g., an /etc/hosts file on a UNIX machine)", 6: "Domain Name Server Option",
    41: "Network Information Servers Option", 44: "NetBIOS over TCP/IP Name Server Option",
    65: "Network Information Service+ Servers Option",
}  # fmt: skip
PLACES = {
    0: "Location of the DHCP server", 1: "Location of the network element believed to be closest to the client",
    2: "Location of the client",
}  # fmt: skip
ADDRESS_PARTS = {
    0: "Language", 1: "A1", 2: "A2", 3: "A3", 4: "A4", 5: "A5", 6: "A6", 16: "PRD (Leading street direction)",
    17: "POD (Trailing street suffix)", 18: "STS (Street suffix)", 19: "HNO (House number)",
    20: "HNS (House number suffix)", 21: "LMK (Landmark or vanity address)",
    22: "LOC (Additional location information)", 23: "NAM", 24: "PC (Postal/ZIP code)",
    25: "BLD (Building)", 26: "UNIT", 27: "FLR (Floor)", 28: "ROOM",
    29: "PLC (Place-type)", 30: "PCN (Postal community name)", 31: "POBOX", 32: "ADDCODE (Additional Code)",
    33: "SEAT", 34: "RD (Primary road or street)", 35: "RDSEC (Road section)", 36: "RDBR (Road branch)",
    37: "RDSUBBR (Road sub-branch)", 38: "PRM (Road pre-modifier)", 39: "POM (Road post-modifier", 128: "Script",
}  # fmt: skip
RELAY = "dhcp.option.agent_information_option"
RELAY_OPTIONS: dict[int, tuple[str, str, str]] = {
    0: ("Padding", "uint", "padding"), 1: ("Agent Circuit ID", "blob", "agent_circuit_id"),
    2: ("Agent Remote ID", "blob", "agent_remote_id"), 3: ("Reserved", "blob", "reserved"),
    4: ("DOCSIS Device Class", "hex", "docsis_device_class"), 5: ("Link selection", "ip", "link_selection"),
    6: ("Subscriber ID", "text", "subscriber_id"), 7: ("RADIUS Attributes", "blob", "radius_attributes"),
    8: ("Authentication", "blob", "authentication"), 9: ("Vendor-Specific Information", "vendor", "vi"),
    10: ("Flags", "hex", "flags"), 11: ("Server ID Override", "ip", "server_id_override"),
    12: ("Relay Agent Identifier", "blob", "relay_agent_id"), 13: ("Access Technology Type", "uint", "ani_att"),
    14: ("Access Network Name", "text", "ani_network_name"), 15: ("Access Point Name", "text", "ani_ap_name"),
    16: ("Access Point BSSID", "mac", "ani_ap_bssid"), 17: ("Access Network Operator ID", "blob", "ani_operator_id"),
    18: ("Access Network Operator Realm", "text", "ani_operator_realm"), 19: ("Source Port", "none", "source_port"),
    150: ("Link selection (Cisco proprietary)", "ip", "link_selection_cisco"),
    151: ("VRF name/VPN ID", "vpn", "vrf_name"),
    152: ("Server ID Override (Cisco proprietary)", "ip", "server_id_override_cisco"),
}  # fmt: skip
NOVELL_OPTIONS: dict[int, tuple[str, str, str]] = {
    1: ("NWIP does not exist on subnet", "none", ""), 2: ("NWIP exists in options area", "none", ""),
    3: ("NWIP exists in sname/file", "none", ""), 4: ("NWIP exists, but too big", "none", ""),
    5: ("Broadcast for nearest Netware server", "truth", "broadcast"),
    6: ("Preferred DSS server", "ip", "preferred_dss_server"), 7: ("Nearest NWIP server", "ip", "nearest_nwip_server"),
    8: ("Autoretries", "uint", "autoretries"), 9: ("Autoretry delay, secs", "uint", "autoretry_delay"),
    10: ("Support NetWare/IP v1.1", "truth", "support_netware_v1_1"), 11: ("Primary DSS", "ip", "primary_dss"),
}  # fmt: skip
