"""Names of Telnet's commands, options and authentication types (IANA), in tshark's words."""

from __future__ import annotations

COMMANDS = {
    236: "End of File", 237: "Suspend Current Process", 238: "Abort Process", 239: "End of Record",
    240: "Suboption End", 241: "No Operation", 242: "Data Mark", 243: "Break", 244: "Interrupt Process",
    245: "Abort Output", 246: "Are You There?", 247: "Escape Character", 248: "Erase Line", 249: "Go Ahead",
    254: "Don't", 253: "Do", 252: "Won't", 251: "Will", 250: "Suboption",
}  # fmt: skip

OPTIONS = {
    0: "Binary Transmission", 1: "Echo", 2: "Reconnection", 3: "Suppress Go Ahead",
    4: "Approx Message Size Negotiation", 5: "Status", 6: "Timing Mark", 7: "Remote Controlled Trans and Echo",
    8: "Output Line Width", 9: "Output Page Size", 10: "Output Carriage-Return Disposition",
    11: "Output Horizontal Tab Stops", 12: "Output Horizontal Tab Disposition",
    13: "Output Formfeed Disposition", 14: "Output Vertical Tabstops", 15: "Output Vertical Tab Disposition",
    16: "Output Linefeed Disposition", 17: "Extended ASCII", 18: "Logout", 19: "Byte Macro",
    20: "Data Entry Terminal", 21: "SUPDUP", 22: "SUPDUP Output", 23: "Send Location", 24: "Terminal Type",
    25: "End of Record", 26: "TACACS User Identification", 27: "Output Marking", 28: "Terminal Location Number",
    29: "Telnet 3270 Regime", 30: "X.3 PAD", 31: "Negotiate About Window Size", 32: "Terminal Speed",
    33: "Remote Flow Control", 34: "Linemode", 35: "X Display Location", 36: "Environment Option",
    37: "Authentication Option", 38: "Encryption Option", 39: "New Environment Option", 40: "TN3270E",
    41: "XAUTH", 42: "CHARSET", 43: "Remote Serial Port", 44: "COM Port Control", 45: "Suppress Local Echo",
    46: "Start TLS", 47: "KERMIT", 48: "SEND-URL", 49: "FORWARD_X",
}  # fmt: skip

AUTH_TYPES = {
    0: "NULL", 1: "Kerberos v4", 2: "Kerberos v5", 3: "SPX", 4: "MINK", 5: "SRP", 6: "RSA", 7: "SSL",
    10: "LOKI", 11: "SSA", 12: "KEA_SJ", 13: "KEA_SJ_INTEG", 14: "DSS", 15: "NTLM",
}  # fmt: skip

FLOW = {
    0: "OFF", 1: "ON", 2: "RESTART-ANY", 3: "RESTART-XON",
}  # fmt: skip
