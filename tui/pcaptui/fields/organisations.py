"""Names of the organisations whose identifiers wireless frames carry most (IEEE registry, in tshark's spelling)."""

from __future__ import annotations

ORGANISATIONS: dict[int, str] = {
    0x000000: "Officially Xerox, but 0:0:0:0:0:0 is more common", 0x00000C: "Cisco Systems, Inc",
    0x00005E: "ICANN, IANA Department", 0x0000F0: "Samsung Electronics Co.,Ltd", 0x00022D: "Agere Systems",
    0x0002B3: "Intel Corporation", 0x00032F: "Global Sun Technology, Inc.", 0x00037F: "Atheros Communications, Inc.",
    0x00040E: "AVM GmbH", 0x00055D: "D-Link Systems, Inc.", 0x0009BF: "Nintendo Co., Ltd.",
    0x000AF5: "Airgo Networks, Inc.", 0x000B86: "Hewlett Packard Enterprise", 0x000C42: "Routerboard.com",
    0x000C43: "Ralink Technology, Corp.", 0x000CE7: "MediaTek Inc.", 0x000D0B: "Buffalo.Inc",
    0x000E8E: "SparkLAN Communications, Inc.", 0x000FAC: "Ieee 802.11", 0x001018: "Broadcom",
    0x001374: "Atheros Communications, Inc.", 0x001392: "Ruckus Wireless", 0x0013E8: "Intel Corporate",
    0x00146C: "Netgear", 0x00156D: "Ubiquiti Inc", 0x001632: "Samsung Electronics Co.,Ltd",
    0x0016B6: "Cisco-Linksys, LLC", 0x001735: "Intel Wireless Network Group", 0x0017F2: "Apple, Inc.",
    0x00180A: "Cisco Meraki", 0x00184D: "Netgear", 0x001977: "Extreme Networks Headquarters", 0x001A11: "Google, Inc.",
    0x001BC0: "Juniper Networks", 0x001CB3: "Apple, Inc.", 0x001D0F: "Tp-Link Technologies Co.,Ltd.",
    0x001E2A: "Netgear", 0x001F33: "Netgear", 0x0020A6: "Proxim Inc", 0x002191: "D-Link Corporation",
    0x002369: "Cisco-Linksys, LLC", 0x0024A8: "ProCurve Networking by HP", 0x00259C: "Cisco-Linksys, LLC",
    0x00265A: "D-Link Corporation", 0x002686: "Quantenna Communcations, Inc.", 0x0037B7: "Sagemcom Broadband SAS",
    0x004096: "Cisco Systems, Inc", 0x005043: "Marvell Semiconductor, Inc.", 0x0050F2: "Microsoft Corp.",
    0x00601D: "Lucent Technologies", 0x008092: "Silex Technology, Inc.", 0x00904C: "Epigram, Inc.",
    0x00A0F8: "Zebra Technologies Inc", 0x00C0CA: "Alfa, Inc.", 0x00E02B: "Extreme Networks Headquarters",
    0x00E04C: "Realtek Semiconductor Corp.", 0x00E0FC: "Huawei Technologies Co.,Ltd", 0x080007: "Apple, Inc.",
    0x18FE34: "Espressif Inc.", 0x24A43C: "Ubiquiti Inc", 0x44C346: "Huawei Technologies Co.,Ltd",
    0x506F9A: "Wi-Fi Alliance", 0x88124E: "Qualcomm Inc.", 0x8CFDF0: "Qualcomm Inc.",
    0xAC853D: "Huawei Technologies Co.,Ltd", 0xDC9FDB: "Ubiquiti Inc", 0xF4F5E8: "Google, Inc.",
    0xFC7516: "D-Link International",
}  # fmt: skip
LONGEST = 31
"""Characters of an identifier with its name that tshark shows; found by experiment."""


def organisation(raw: bytes) -> str:
    """Three bytes with the name, where one is known: '00:50:f2 (Microsoft Corp.)'."""
    name = ORGANISATIONS.get(int.from_bytes(raw))
    return f"{raw.hex(':')} ({name})"[:LONGEST] if name else raw.hex(":")
