"""Names of some private enterprise numbers (IANA), those that packets carry most."""

from __future__ import annotations

ENTERPRISES: dict[int, str] = {
    0: "Reserved", 2: "IBM", 9: "ciscoSystems", 11: "Hewlett-Packard", 14: "BBN",
    36: "Digital Equipment Corporation", 42: "Sun Microsystems", 43: "3Com", 63: "Apple Computer, Inc.",
    94: "Nokia Networks (formerly 'Nokia Data Communications')", 111: "Oracle", 119: "NEC Corporation",
    171: "D-Link Systems, Inc.", 193: "Ericsson AB", 207: "Allied Telesis, Inc.", 211: "Fujitsu Limited",
    232: "Compaq", 253: "Xerox", 311: "Microsoft", 318: "American Power Conversion Corp.", 343: "Intel Corporation",
    529: "Lucent Technologies", 641: "Lexmark International", 674: "Dell Inc.", 789: "NetApp",
    890: "Zyxel Communications Corp.", 1076: "Extreme Networks", 1588: "Brocade Communications Systems, Inc.",
    1916: "Extreme Networks", 1991: "Brocade Communication Systems, Inc. (formerly 'Foundry Networks, Inc.')",
    2011: "HUAWEI Technology Co.,Ltd", 2021: "ucdavis", 2272: "Ennovate Networks, Inc.",
    2435: "Brother Industries, Ltd.", 2636: "Juniper Networks, Inc.", 3224: "NetScreen Technologies, Inc.",
    3375: "F5 Labs, Inc.", 3561: "Broadband Forum (previously 'DSL Forum')", 3902: "ZTE Corporation",
    4329: "Unify GmbH & Co. KG", 4491: "Cable Television Laboratories, Inc.", 4526: "Netgear",
    4874: "Juniper Networks/Unisphere", 4881: "Ruijie Networks Co., Ltd.", 5655: "NEC Electronics",
    6486: "Alcatel-Lucent Enterprise", 6527: "Nokia (formerly 'Alcatel-Lucent')", 6574: "Synology Inc.",
    6876: "VMware, Inc.", 6889: "Avaya Communication", 8072: "net-snmp",
    10055: "Aruba, a Hewlett Packard Enterprise company", 10415: "3GPP", 11863: "TP-Link Systems Inc.",
    12356: "Fortinet, Inc.", 14823: "Aruba, a Hewlett Packard Enterprise company", 14988: "MikroTik",
    25053: "Ruckus Wireless, Inc.", 25506: "H3C", 29671: "Cisco Meraki", 35265: "Eltex Enterprise Ltd.",
    40981: "Thread Group",
}  # fmt: skip
