"""What vendors put into DHCP: PXE's boot options (option 43), iSNS (83), Avaya's telephones (242)."""

from __future__ import annotations

from .branch import HEX, Branch
from .cursor import Cursor
from .dhcp_options import Options, P, option, wrong
from .dhcp_special import suboption

PXE = f"{P}vendor.pxeclient"
PXE_OPTIONS: dict[int, tuple[str, str, str, str]] = {
    1: ("PXE mtftp IP", "ip", "mtftp_ip", "mtftp IP"),
    2: ("PXE mtftp client port", "little", "mtftp_client_port", "mtftp client port"),
    3: ("PXE mtftp server port", "little", "mtftp_server_port", "mtftp server port"),
    4: ("PXE mtftp timeout", "uint", "mtftp_timeout", "mtftp timeout"),
    5: ("PXE mtftp delay", "uint", "mtftp_delay", "mtftp delay"),
    6: ("PXE discovery control", "control", "discovery_control", "discovery control"),
    7: ("PXE multicast address", "ip", "multicast_address", "multicast address"),
    8: ("PXE boot servers", "servers", "boot_servers", "boot servers"),
    9: ("PXE boot menu", "menu", "boot_menu", "boot menu"),
    10: ("PXE menu prompt", "prompt", "menu_prompt", "menu prompt"),
    11: ("PXE multicast address alloc", "blob", "multicast_address_alloc", "multicast address alloc"),
    12: ("PXE credential types", "blob", "credential_types", "credential types"),
    71: ("PXE boot item", "item", "boot_item", "boot item"),
    179: ("PXE LCM Server", "text", "lcm_server", "LCM Server Name"),
    180: ("PXE LCM Domain", "text", "lcm_domain", "LCM Domain"),
    181: ("PXE LCM NIC option 0", "blob", "lcm_nic_option", "LCM NIC option"),
    190: ("PXE LCM Workgroup", "text", "lcm_workgroup", "LCM Workgroup"),
    191: ("PXE Discovery", "truth", "discovery", "Discovery"),
    192: ("PXE Configured", "truth", "configured", "Configured"),
    193: ("PXE LCM version", "uint", "lcm_version", "LCM Version"),
    194: ("PXE LCM Serial Number", "text", "lcm_serial", "LCM Serial Number"),
}
SERVERS = {
    0: "PXE bootstrap server", 1: "Microsoft Windows NT Boot Server", 2: "Intel LCM Boot Server",
    3: "DOS/UNDI Boot Server", 4: "NEC ESMPRO Boot Server", 5: "IBM WSoD Boot Server", 6: "IBM LCCM Boot Server",
    7: "CA Unicenter TNG Boot Server", 8: "HP OpenView Boot Server", 65535: "PXE API Test server",
}  # fmt: skip
CONTROLS = (
    ("broadcast", "Disable Broadcast", 1),
    ("multicast", "Disable Multicast", 2),
    ("serverlist", "Serverlist only", 4),
    ("bstrap", "Bootstrap override", 8),
)


@option(43)
def _vendor(options: Options, value: Cursor) -> None:
    if options.vendor_class.startswith("PXEClient"):
        value.branch.suffix(" (PXEClient)")
        _pxe(value)
    else:
        value.blob(f"{P}vendor.value", "Value")


def _pxe(value: Cursor) -> None:
    """Intel's Preboot Execution Environment 2.1, section 2.2.3."""
    while value.left:
        at = value.take(1)
        code = value.branch.u8(at)
        if code == 255:
            value.branch.add("PXE Client End: 255", f"{PXE}.end", 255, at, 1)
            return
        if code == 0:
            value.branch.add("Padding: 0", f"{PXE}.padding", 0, at, 1)
            continue
        size = value.branch.u8(value.take(1))
        title, kind, field, name = PXE_OPTIONS.get(code, ("Unknown", "blob", "", ""))
        label = f"Option 43 Suboption: ({code}) {title}"
        one = value.branch.add(label, f"{PXE}.suboption", code, at, 2 + size)
        one.uint(f"{P}suboption_length", "Length", at + 1, 1)
        start = value.take(size)
        below = Cursor(one, start, start + size)
        if field:
            _pxe_value(below, kind, f"{PXE}.{field}", name)
        else:
            below.blob(f"{P}vendor.value", "Value")


def _pxe_value(value: Cursor, kind: str, field: str, name: str) -> None:
    if kind == "control" and value.left:
        at = value.take(1)
        flags = value.branch.u8(at)
        words = "".join(f", {word}" for _, word, mask in CONTROLS if flags & mask)
        below = value.branch.add(f"{name}: 0x{flags:02x}{words}", field, flags, at, 1)
        for key, word, mask in CONTROLS:
            below.flag(f"{field}.{key}", word, at, 1, mask)
    elif kind == "little" and value.left == 2:
        value.branch.uint(field, name, value.take(2), 2, little=True)
    elif kind in ("servers", "menu", "prompt", "item") and value.left:
        _pxe_list(_holder(value, field, name), kind, field)
    elif kind == "ip" and value.left == 4:
        value.ipv4(field, name)
    else:
        suboption(value, "blob" if kind in ("control", "little") else kind, field, name)


def _pxe_list(value: Cursor, kind: str, field: str) -> None:
    while kind == "servers" and value.left >= 3:
        value.uint(f"{field}.type", "Type", 2, names=SERVERS)
        for _ in range(value.uint(f"{field}.count", "IP count", 1)):
            value.ipv4(f"{field}.ip", "IP")
    while kind == "menu" and value.left >= 3:
        value.uint(f"{field}.type", "Type", 2, names={0: "Local boot"})
        value.text(f"{field}.desc", "Description", value.uint(f"{field}.length", "Length", 1))
    if kind == "prompt":
        value.uint(f"{field}.timeout", "Timeout", 1)
        value.text(f"{field}.prompt", "Prompt")
    elif kind == "item" and value.left >= 2:
        value.uint(f"{field}.type", "Type", 2)
        value.blob(f"{field}.layer", "Layer")


def _holder(value: Cursor, field: str, name: str) -> Cursor:
    """A field of all the bytes, and a cursor over them for the fields below it."""
    at, size = value.at, value.left
    value.branch.blob(field, name, at, size)
    node = value.branch.node.children[-1]
    return Cursor(Branch(value.branch.walk, value.branch.view, node), at, at + size)


@option(83)
def _storage_names(options: Options, value: Cursor) -> None:
    """RFC 4174."""
    if value.left < 14:
        wrong(value, "length isn't >= 14")
        return
    field = f"{P}isns."
    for name, key, size, bits, reserved in ISNS:
        at = value.take(size)
        flags = value.branch.number(at, size)
        words = "".join(f", {word}" for i, (word, _, _, _) in enumerate(bits) if flags >> i & 1)
        below = value.branch.add(f"{name}: 0x{flags:0{2 * size}x}{words}", f"{field}{key}", flags, at, size)
        for i, (word, path, yes, no) in enumerate(bits):
            below.flag(f"{field}{path}", word, at, size, 1 << i, yes, no, width=16)
        low = reserved & 0xFFFF
        title = "Reserved flags" if key == "functions" else "Reserved Flags"
        below.bits(f"{field}{key}.reserved", title, at, size, low, HEX, width=16)
    value.ipv4(f"{field}heartbeat_originator_addr", "Heartbeat Originator Address")
    if value.left >= 4:
        value.ipv4(f"{field}primary_server_addr", "Primary Server Address")
    while value.left >= 4:
        value.ipv4(f"{field}secondary_server_addr", "Secondary Server Address")


_ON = ("Yes", "No")
_ENABLED = ("Enabled", "Disabled")
_PREFERRED = ("Preferred", "No preference")
_ACCESS, _ADMIN, _SECURITY = "discovery_domain_access", "administrative_flags", "server_security_bitmap"
_Bit = tuple[str, str, str, str]
ISNS: tuple[tuple[str, str, int, tuple[_Bit, ...], int], ...] = (
    ("iSNS Functions", "functions", 2, (
        ("Function Fields Enabled", "functions.enabled", *_ON),
        ("Discovery Domain based Authorization", "functions.dd_base_authorization", "Automatically allowed access",
         "Explicitly performed"),
        ("Security Policy Distribution", "functions.sec_policy_distribution", "Download from iSNS server",
         "By other means"),
    ), 0xFFF8),
    ("Discovery Domain Access flags", _ACCESS, 2, (
        ("Discovery Domain Enabled", f"{_ACCESS}.enabled", *_ON),
        ("Control Node", f"{_ACCESS}_control.node", *_ON),
        ("iSCSI Target", f"{_ACCESS}.iscsi_target", *_ON),
        ("iSCSI Initiator", f"{_ACCESS}.iscsi_initiator", *_ON),
        ("iFCP Target Port", f"{_ACCESS}.ifcp_target_port", *_ON),
        ("iFCP Initiator Port", f"{_ACCESS}.initiator_target_port", *_ON),
    ), 0xFFC0),
    ("Administrative Flags", _ADMIN, 2, (
        ("Administrative Flags Enabled", f"{_ADMIN}.enabled", *_ON),
        ("Heartbeat", f"{_ADMIN}.heartbeat", *_ON),
        ("Management SCNs", f"{_ADMIN}.management_scns", *_ON),
        ("Default Discovery Domain", f"{_ADMIN}.default_discovery_domain", *_ON),
    ), 0xFFF0),
    ("iSNS Server Security Bitmap", _SECURITY, 4, (
        ("Server Security Bitmap Enabled", f"{_SECURITY}.enabled", *_ON),
        ("IKE/IPSec", f"{_SECURITY}.ike_ipsec_enabled", *_ENABLED),
        ("Main Mode", f"{_SECURITY}.main_mode", *_ENABLED),
        ("Aggressive Mode", f"{_SECURITY}.aggressive_mode", *_ENABLED),
        ("PFS", f"{_SECURITY}.pfs", *_ENABLED),
        ("Transport Mode", f"{_SECURITY}.transport_mode", *_PREFERRED),
        ("Tunnel Mode", f"{_SECURITY}.tunnel_mode", *_PREFERRED),
    ), 0xFF80),
)  # fmt: skip


@option(242)
def _telephone(options: Options, value: Cursor) -> None:
    if value.left < 5:
        wrong(value, "Avaya IP Telephone option length isn't >= 5")
        return
    value.text(f"{P}vendor.avaya", "Private/Avaya IP Telephone")
