"""DHCP options whose values are plain: addresses, times, numbers, text (RFC 2132), and the way to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ..protocols.dhcp import MESSAGES
from ..protocols.packet import Malformed, Short
from .branch import Branch
from .cursor import Cursor
from .dhcp_words import NODE_TYPES, OPTIONS, STATES
from .expert import expert
from .words import Names, lasting

P = "dhcp.option."
ADDRESS, ADDRESSES, TEXT, TIME, SIGNED, NUMBER, TRUTH, YES = range(8)
ENABLED = ("Enabled", "Disabled")

PLAIN: dict[int, tuple[int, str, str]] = {
    1: (ADDRESS, "subnet_mask", ""), 2: (SIGNED, "time_offset", ""), 3: (ADDRESSES, "router", ""),
    4: (ADDRESSES, "time_server", ""), 5: (ADDRESSES, "name_server", ""), 6: (ADDRESSES, "domain_name_server", ""),
    7: (ADDRESSES, "log_server", ""), 8: (ADDRESSES, "quotes_server", ""), 9: (ADDRESSES, "lpr_server", ""),
    10: (ADDRESSES, "impress_server", ""), 11: (ADDRESSES, "resource_location_server", ""), 12: (TEXT, "hostname", ""),
    13: (NUMBER, "boot_file_size", "2"), 14: (TEXT, "merit_dump_file", ""), 15: (TEXT, "domain_name", ""),
    16: (ADDRESS, "swap_server", ""), 17: (TEXT, "root_path", ""), 18: (TEXT, "extension_path", ""),
    19: (TRUTH, "ip_forwarding", ""), 20: (TRUTH, "non_local_source_routing", ""),
    22: (NUMBER, "max_datagram_reassembly_size", "2"), 23: (NUMBER, "default_ip_ttl", "1"),
    24: (TIME, "path_mtu_aging_timeout", ""), 26: (NUMBER, "interface_mtu", "2"),
    27: (YES, "all_subnets_are_local", ""),
    28: (ADDRESS, "broadcast_address", ""), 29: (TRUTH, "perform_mask_discovery", ""), 30: (YES, "mask_supplier", ""),
    31: (TRUTH, "perform_router_discover", ""), 32: (ADDRESS, "router_solicitation_address", ""),
    34: (TRUTH, "trailer_encapsulation", ""), 35: (TIME, "arp_cache_timeout", ""),
    36: (TRUTH, "ethernet_encapsulation", ""), 37: (NUMBER, "tcp_default_ttl", "1"),
    38: (TIME, "tcp_keepalive_interval", ""), 39: (TRUTH, "tcp_keepalive_garbage", ""), 40: (TEXT, "nis_domain", ""),
    41: (ADDRESSES, "nis_server", "Network Information Service Server"),
    42: (ADDRESSES, "ntp_server", "Network Time Protocol Server"),
    44: (ADDRESSES, "netbios_over_tcpip_name_server", ""), 45: (ADDRESSES, "netbios_over_tcpip_dd_name_server", ""),
    46: (NUMBER, "netbios_over_tcpip_node_type", "1"), 47: (TEXT, "netbios_over_tcpip_scope", ""),
    48: (ADDRESSES, "xwindows_system_font_server", ""), 49: (ADDRESSES, "xwindows_system_display_manager", ""),
    50: (ADDRESS, "requested_ip_address", ""), 51: (TIME, "ip_address_lease_time", ""), 53: (NUMBER, "dhcp", "1"),
    54: (ADDRESS, "dhcp_server_id", ""), 56: (TEXT, "message", ""), 57: (NUMBER, "dhcp_max_message_size", "2"),
    58: (TIME, "renewal_time_value", ""), 59: (TIME, "rebinding_time_value", ""), 60: (TEXT, "vendor_class_id", ""),
    64: (TEXT, "nis_plus_domain", ""), 65: (ADDRESSES, "nis_plus_server", "Network Information Service+ Server"),
    66: (TEXT, "tftp_server_name", ""), 67: (TEXT, "bootfile_name", ""), 68: (ADDRESSES, "mobile_ip_home_agent", ""),
    69: (ADDRESSES, "smtp_server", ""), 70: (ADDRESSES, "pop3_server", ""), 71: (ADDRESSES, "nntp_server", ""),
    72: (ADDRESSES, "default_www_server", ""), 73: (ADDRESSES, "default_finger_server", ""),
    74: (ADDRESSES, "default_irc_server", ""), 75: (ADDRESSES, "streettalk_server", ""),
    76: (ADDRESSES, "streettalk_da_server", ""), 85: (ADDRESSES, "novell_dss.ip", "IP Address"),
    86: (TEXT, "novell_ds_tree_name", ""), 87: (TEXT, "novell_ds_context", ""),
    91: (TIME, "client_last_transaction_time", ""), 92: (ADDRESSES, "associated_ip_option", ""),
    100: (TEXT, "tz_pcode", "TZ PCode"), 101: (TEXT, "tz_tcode", "TZ TCode"),
    112: (ADDRESSES, "netinfo_parent_server_address", ""), 113: (TEXT, "netinfo_parent_server_tag", ""),
    114: (TEXT, "captive_portal", "Captive Portal"), 116: (NUMBER, "dhcp_auto_configuration", "1"),
    118: (ADDRESSES, "subnet_selection_option", ""), 136: (ADDRESSES, "pana_agent", "PAA IPv4 Address"),
    137: (TEXT, "lost_server_domain_name", ""), 138: (ADDRESSES, "capwap_access_controller", ""),
    142: (ADDRESSES, "andsf_server", "ANDSF Server"), 150: (ADDRESSES, "tftp_server_address", ""),
    153: (TIME, "bulk_lease.start_time_of_state", "Start Time Of State"),
    156: (NUMBER, "bulk_lease.dhcp_state", "1"), 160: (TEXT, "captive_portal", "Captive Portal"),
    161: (TEXT, "mudurl", "MUDURL"), 209: (TEXT, "pxe_config_file", "PXELINUX configuration file"),
    210: (TEXT, "pxe_path_prefix", "PXELINUX path prefix"), 252: (TEXT, "private_proxy_autodiscovery", ""),
}  # fmt: skip
"""By option: its kind, the field behind 'dhcp.option.', the field's name where it is not the option's (the size of a
number)."""
NAMES: dict[int, tuple[str, Names]] = {
    46: (OPTIONS[46], NODE_TYPES), 53: ("DHCP", MESSAGES), 156: ("Dhcp State", STATES),
    116: (OPTIONS[116], {0: "DoNotAutoConfigure", 1: "AutoConfigure"}),
}  # fmt: skip


@dataclass(slots=True)
class Options:
    """What the options of a message tell each other."""

    top: Branch
    vendor_class: str = ""
    overload: int = 0
    kind: int = 0
    searches: list[tuple[int, int]] = field(default_factory=list)


Special = Callable[[Options, Cursor], None]
SPECIAL: dict[int, Special] = {}


def option(*codes: int) -> Callable[[Special], Special]:
    def take(reader: Special) -> Special:
        for code in codes:
            SPECIAL[code] = reader
        return reader

    return take


def fill(options: Options, code: int, value: Cursor) -> None:
    """Put the fields of one option's value on its branch. What is wrong inside it does not harm the next."""
    try:
        if code in SPECIAL:
            SPECIAL[code](options, value)
        elif code in PLAIN:
            _plain(code, value)
        else:
            value.blob(f"{P}value", "Value")
    except (Short, Malformed):
        expert(value.branch, "Error", "Malformed", "The option's parts do not fit its length")


def wrong(value: Cursor, text: str, shown: bool = False) -> None:
    """A length that the option cannot have; its bytes are shown where nothing else would be."""
    if shown:
        value.blob(f"{P}value", "Value")
    expert(value.branch, "Error", "Protocol", text, "dhcp.bad_length")


def _plain(code: int, value: Cursor) -> None:
    kind, name, extra = PLAIN[code]
    label = extra if extra and kind != NUMBER else OPTIONS[code]
    path = f"{P}{name}"
    size = value.left
    if kind == TEXT and not size:
        value.blob(f"{P}value", "Value")
    if kind == TEXT:
        value.text(path, label, encoding="utf-8" if code in (12, 15) else "ascii")
    elif kind == ADDRESSES:
        if size % 4 or not size:
            wrong(value, "Option length isn't a multiple of 4", True)
        while value.left >= 4:
            value.ipv4(path, label)
    elif size != _size(kind, extra):
        wrong(value, f"length isn't {_size(kind, extra)}", True)
    elif kind == ADDRESS:
        value.branch.suffix(f" ({value.ipv4(path, label)})")
    elif kind in (TIME, SIGNED):
        at = value.take(4)
        number = value.branch.u32(at)
        if kind == SIGNED and number >> 31:
            number -= 1 << 32
        value.branch.add(f"{label}: ({number}s) {_period(number, kind)}", path, number, at, 4)
    elif kind in (TRUTH, YES):
        yes, no = ENABLED if kind == TRUTH else ("Yes", "No")
        value.branch.truth(path, label, value.take(1), 1, yes, no)
    elif code in NAMES:
        value.uint(path, NAMES[code][0], size, names=NAMES[code][1])
    else:
        value.uint(path, label, size)


def _size(kind: int, extra: str) -> int:
    return int(extra) if kind == NUMBER else 1 if kind in (TRUTH, YES) else 4


def _period(number: int, kind: int) -> str:
    if kind == TIME and number == 0xFFFFFFFF:
        return "infinity"
    return f"-{lasting(-number)}" if number < 0 else lasting(number)
