"""Words for DHCPv6 (IANA's DHCPv6 parameters, with tshark's words)."""

from __future__ import annotations

from ..protocols.dhcpv6 import MESSAGES as _MESSAGES

MESSAGES = {number: word for number, word in enumerate(_MESSAGES) if word}
_FIRST = (
    "Client Identifier|Server Identifier|Identity Association for Non-temporary Address|"
    "Identity Association for Temporary Address|IA Address|Option Request|Preference|Elapsed time|Relay Message||"
    "Authentication|Server unicast|Status code|Rapid Commit|User Class|Vendor Class|Vendor-specific Information|"
    "Interface-Id|Reconfigure Message|Reconfigure Accept|SIP Server Domain Name List|SIP Servers IPv6 Address List|"
    "DNS recursive name server|Domain Search List|Identity Association for Prefix Delegation|IA Prefix|"
    "Network Information Server|Network Information Server V2|Network Information Server Domain Name|"
    "Network Information Server V2 Domain Name|Simple Network Time Protocol Server|Lifetime|BCMCS Server Domain|"
    "BCMCS Servers IPv6 Address List||Geoconf Civic Address|Remote Identifier|Subscriber Identifier|"
    "Client Fully Qualified Domain Name|PANA Agents IPv6 Address List|Time Zone|Time Zone Database|"
    "Echo Request Option|Leasequery Query|Leasequery Client Data|Client Last Transaction Time|Leasequery Relay Data|"
    "Leasequery Client Link Address List|Home Network Identifier FQDN|Visited Home Network Information|LoST Server|"
    "CAPWAP Access Controllers|Relay-ID|MoS IPv6 Address|MoS Domain Name List|NTP Server|Access Network Domain Name|"
    "SIP User Agent Configuration Service Domains|Boot File URL|Boot File Parameters|"
    "Client System Architecture Type|Client Network Interface Identifier|Geolocation|Dual-Stack Lite AFTR Name|"
    "ERP Local Domain Name|Relay-Supplied Options|Prefix Exclude|Virtual Subnet Selection|"
    "Identified Home Network Information|Unrestricted Home Network Information|Home Network Prefix|"
    "Home Agent Address|Home Agent FQDN|RDNSS Selection|Kerberos Principal Name|Kerberos Realm Name|"
    "Kerberos Default Realm Name|Kerberos KDC|Client Link-Layer Address|Link Address|RADIUS|SOL_MAX_RT|INF_MAX_RT|"
    "Address Selection|Address Selection table|PCP Server|DHCPv4 Message|DHCP 4o6 Servers Address|S46 Rule|S46 BR|"
    "S46 DMR|S46 IPv4/IPv6 Address Binding|S46 Port Parameters|S46 MAP-E Container|S46 MAP-T Container|"
    "S46 Lightweight 4over6 Container|4rd Options|4rd Mapping Rule|4rd Non-Mapping Rule|LQ Server Base Time|"
    "LQ Server Query Start Time|LQ Server Query End Time|Captive Portal|MPL Parameter Configuration|"
    "Access Technology Type|Access Network Name|Access Point Name|Access Point BSSID|Access Network Operator ID|"
    "Access Network Operator Realm|S46 Priority|Manufacturer Usage Description|IPv4/IPv6 Multicast Prefixes|"
    "Failover Binding Status|Failover Connect Flags|Failover DNS Removal Info|Failover DNS Hostname|"
    "Failover DNS Zone Name|Failover DNS Flags|Failover Expiration Time|"
    "Failover Maximum Number Unacked BNDUPD Messages|Failover Maximum Client Lead Time (MCLT)|"
    "Failover Partner Lifetime|Failover Partner Lifetime Sent|Failover Partner Down Time|"
    "Failover Partner Raw Client Time|Failover Protocol Version|Failover Keepalive Time|Failover Reconfigure Data|"
    "Failover Relationship Name|Failover Server Flags|Failover Server State|Failover Start Time of State|"
    "Failover State Expiration Time|Relay Source Port|SZTP Redirect|Softwire Source Binding Prefix Hint"
)
OPTIONS: dict[int, str] = {
    **{number: word for number, word in enumerate(_FIRST.split("|"), 1) if word},
    143: "ANDSF IPv6 Address",
    165: "Mobile IPv6 Home Agent",
    166: "Mobile IPv6 Home Address",
    167: "Network Access Identifier",
}
STATUSES = dict(
    enumerate(
        "Success UnspecFail NoAddrAvail NoBinding NotOnLink UseMulticast NoPrefixAvail UnknownQueryType MalformedQuery "
        "NotConfigured NotAllowed QueryTerminated DataMissing CatchUpComplete NotSupported TLSConnectionRefused".split()
    )
)
IDENTIFIERS = {
    1: "link-layer address plus time", 2: "assigned by vendor based on Enterprise number", 3: "link-layer address",
    4: "Universally Unique IDentifier (UUID)",
}  # fmt: skip
QUERIES = {1: "by-address", 2: "by-clientID", 3: "by-relayID", 4: "by-linkAddress", 5: "by-remoteID"}
TIME_SERVERS = {1: "NTP Server Address", 2: "NTP Multicast Address", 3: "NTP Server FQDN"}
BINDINGS = dict(
    enumerate("reserved ACTIVE EXPIRED RELEASED PENDING-FREE FREE FREE-BACKUP ABANDONED RESET".split())
)  # fmt: skip
PARTNER_STATES = dict(
    enumerate(
        "reserved|Startup state (1)|Normal state|Communications interrupted|Partner down|Synchronizing|"
        "Recovering bindings from partner|Waiting out MCLT after RECOVER|Interlock state prior to NORMAL|"
        "Comm. failed during resolution|Primary resolved its conflicts".split("|")
    )
)
CLIENT_WISHES = (
    "CLIENT wants to update its AAAA RRs and SERVER to update its PTR RRs",
    "CLIENT wants SERVER to update both its AAAA and PTR RRs",
    "CLIENT prefers that the server not perform *any* DNS updates",
    "ERROR: CLIENT prefers that the server not perform *any* DNS updates         In which case the 'S' bit MUST be 0",
)
SERVER_DEEDS = (
    "CLIENT SHALL update AAAA RRs; SERVER SHALL update PTR RRs",
    "SERVER SHALL update both AAAA and PTR RRs",
    "CLIENT SHALL update AAAA RRs; SERVER SHALL NOT perform any DNS updates",
    "ERROR: SERVER SHALL NOT perform *any* DNS updates in which case         the 'S' bit MUST be 0",
)
