"""Words for the actions of 802.11 action frames (IEEE 802.11-2020, 9.6), as tshark 4.0 has them."""

from __future__ import annotations

TDLS: dict[int, str] = {
    0: "TDLS Setup Request", 1: "TDLS Setup Response", 2: "TDLS Setup Confirm", 3: "TDLS Teardown",
    4: "TDLS Peer Traffic Indication", 5: "TDLS Channel Switch Request", 6: "TDLS Channel Switch Response",
    7: "TDLS Peer PSM Request", 8: "TDLS Peer PSM Response", 9: "TDLS Peer Traffic Response",
    10: "TDLS Discovery Request",
}  # fmt: skip
NETWORK: dict[int, str] = {
    0: "Event Request", 1: "Event Report", 2: "Diagnostic Request", 3: "Diagnostic Report",
    4: "Location Configuration Request", 5: "Location Configuration Response", 6: "BSS Transition Management Query",
    7: "BSS Transition Management Request", 8: "BSS Transition Management Response", 9: "FMS Request",
    10: "FMS Response", 11: "Collocated Interference Request", 12: "Collocated Interference Report", 13: "TFS Request",
    14: "TFS Response", 15: "TFS Notify", 16: "WNM-Sleep Mode Request", 17: "WNM-Sleep Mode Response",
    18: "TIM Broadcast Request", 19: "TIM Broadcast Response", 20: "QoS Traffic Capability Update",
    21: "Channel Usage Request", 22: "Channel Usage Response", 23: "DMS Request", 24: "DMS Response",
    25: "Timing Measurement Request", 26: "WNM-Notification Request", 27: "WNM-Notification Response",
}  # fmt: skip
UNPROTECTED_NETWORK: dict[int, str] = {
    0: "TIM", 1: "Timing Measurement",
}  # fmt: skip
RADIO: dict[int, str] = {
    0: "Radio Measurement Request", 1: "Radio Measurement Report", 2: "Link Measurement Request",
    3: "Link Measurement Report", 4: "Neighbor Report Request", 5: "Neighbor Report Response",
}  # fmt: skip
SPECTRUM: dict[int, str] = {
    0: "Measurement Request", 1: "Measurement Report", 2: "TPC Request", 3: "TPC Report",
    4: "Channel Switch Announcement",
}  # fmt: skip
SCHEDULE: dict[int, str] = {
    0: "Setup request", 1: "Setup response", 2: "Teardown",
}  # fmt: skip
QUALITY: dict[int, str] = {
    0: "ADDTS Request", 1: "ADDTS Response", 2: "DELTS", 3: "Schedule", 4: "QoS Map Configure",
}  # fmt: skip
BLOCK_ACK: dict[int, str] = {
    0: "Add Block Ack Request", 1: "Add Block Ack Response", 2: "Delete Block Ack", 128: "NDP ADDBA Request",
    129: "NDP ADDBA Response", 130: "NDP DELBA", 132: "BAT ADDBA Request", 133: "BAT ADDBA Request", 134: "BAT DELBA",
}  # fmt: skip
DLS: dict[int, str] = {
    0: "DLS Request", 1: "DLS Response", 2: "DLS Teardown",
}  # fmt: skip
FAST_TRANSITION: dict[int, str] = {
    1: "FT Request", 2: "FT Response", 3: "FT Confirm", 4: "FT Ack",
}  # fmt: skip
SA_QUERY: dict[int, str] = {
    0: "SA Query Request", 1: "SA Query Response",
}  # fmt: skip
ACTIONS = {
    0: SPECTRUM, 1: QUALITY, 2: DLS, 3: BLOCK_ACK, 5: RADIO, 6: FAST_TRANSITION, 8: SA_QUERY, 10: NETWORK,
    11: UNPROTECTED_NETWORK, 12: TDLS,
}  # fmt: skip
"""By category."""
PUBLIC_ACTIONS: dict[int, str] = {
    0: "20/40 BSS Coexistence Management", 1: "DSE enablement", 2: "DSE deenablement",
    3: "DSE Registered Location Announcement", 4: "Extended Channel Switch Announcement", 5: "DSE measurement request",
    6: "DSE measurement report", 7: "Measurement Pilot", 8: "DSE power constraint", 9: "Vendor Specific",
    10: "GAS Initial Request", 11: "GAS Initial Response", 12: "GAS Comeback Request", 13: "GAS Comeback Response",
    14: "TDLS Discovery Response", 15: "Location Track Notification", 16: "QAB Request", 17: "QAB Response",
    18: "QMF Policy", 19: "QMF Policy Change", 20: "QLoad Request", 21: "QLoad Report", 22: "HCCA TXOP Advertisement",
    23: "HCCA TXOP Response", 24: "Public Key", 25: "Channel Availability Query", 26: "Channel Schedule Management",
    27: "Contact Verification Signal", 28: "GDD Enablement Request", 29: "GDD Enablement Response",
    30: "Network Channel Control", 31: "White Space Map Announcement", 32: "FTM Request", 33: "FTM",
    34: "FILS Discovery", 47: "Location Measurement Report", 48: "ISTA Passive TB Ranging Measurement Report",
    49: "Primary RSTA Broadcast Passive TB Ranging Measurement Report",
    50: "Secondary RSTA Broadcast Passive TB Ranging Measurement Report",
}  # fmt: skip
HT_ACTIONS: dict[int, str] = {
    0: "Notify Channel Width", 1: "Spatial Multiplexing (SM) Power Save",
    2: "Power Save Multi-Poll (PSMP) action frame", 3: "Set PCO Phase", 4: "MIMO CSI Matrices",
    5: "MIMO Non-compressed Beamforming", 6: "MIMO Compressed Beamforming", 7: "Antenna Selection Indices Feedback",
    8: "HT Information Exchange",
}  # fmt: skip
MESH_ACTIONS: dict[int, str] = {
    0: "Mesh Link Metric Report", 1: "HWMP Mesh Path Selection", 2: "Gate Announcement",
    3: "Congestion Control Notification", 4: "MCCA Setup Request", 5: "MCCA Setup Reply",
    6: "MCCA Advertisement Request", 7: "MCCA Advertisement", 8: "MCCA Teardown", 9: "TBTT Adjustment Request",
    10: "TBTT Adjustment Response",
}  # fmt: skip
SELF_PROTECTED: dict[int, str] = {
    1: "Mesh Peering Open", 2: "Mesh Peering Confirm", 3: "Mesh Peering Close", 4: "Mesh Group Key Inform",
    5: "Mesh Group Key Ack",
}  # fmt: skip
VHT_ACTIONS: dict[int, str] = {
    0: "VHT Compressed Beamforming", 1: "Group ID Management", 2: "Operating Mode Notification",
}  # fmt: skip
