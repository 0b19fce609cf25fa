"""TCP option kinds (IANA, TCP Option Kind Numbers) in the words that trees use for them."""

from __future__ import annotations

KINDS = {
    0: "End of Option List", 1: "No-Operation", 2: "Maximum Segment Size", 3: "Window Scale", 4: "SACK Permitted",
    5: "SACK", 6: "Echo", 7: "Echo Reply", 8: "Time Stamp Option", 9: "Partial Order Connection Permitted",
    10: "Partial Order Service Profile", 11: "CC", 12: "CC.NEW", 13: "CC.ECHO", 14: "TCP Alternate Checksum Request",
    15: "TCP Alternate Checksum Data", 16: "Skeeter", 17: "Bubba", 18: "Trailer Checksum Option",
    19: "MD5 Signature Option", 20: "SCPS Capabilities", 21: "Selective Negative Acknowledgements",
    22: "Record Boundaries", 23: "Corruption experienced", 24: "SNAP", 25: "Unassigned", 26: "TCP Compression Filter",
    27: "Quick-Start Response", 28: "User Timeout Option", 29: "The TCP Authentication Option", 30: "Multipath TCP",
    34: "TCP Fast Open Cookie", 76: "Riverbed Probe", 78: "Riverbed Transparency", 172: "Accurate ECN Order 0",
    174: "Accurate ECN Order 1", 253: "RFC3692-style Experiment 1", 254: "RFC3692-style Experiment 2",
}  # fmt: skip
TITLES = {
    0: "End of Option List (EOL)", 1: "No-Operation (NOP)", 2: "Maximum segment size", 3: "Window scale",
    4: "SACK permitted", 5: "SACK", 6: "Echo", 7: "Echo reply", 8: "Timestamps", 11: "CC", 12: "CC.NEW", 13: "CC.ECHO",
    19: "TCP MD5 signature", 20: "SCPS capabilities", 21: "Selective Negative Acknowledgment",
    22: "SCPS record boundary", 23: "SCPS corruption experienced", 27: "Quick-Start", 28: "User Timeout", 29: "TCP AO",
    30: "MPTCP", 34: "TCP Fast Open", 76: "Riverbed Probe", 78: "Riverbed Transparency", 172: "Accurate ECN",
    174: "Accurate ECN", 253: "Experimental", 254: "Experimental",
}  # fmt: skip
"""As they stand in the line that sums up a header's options."""
