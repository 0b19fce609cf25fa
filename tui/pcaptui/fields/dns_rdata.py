"""The data of DNS resource records (RFC 1035, 1183, 1348, 1706, 1712, 1876, 2163, 2230, 2782, 3403, 6742, 7043 ...)."""

from __future__ import annotations

from collections.abc import Callable

from ..protocols.ipprotocols import name as protocol_name
from ..protocols.packet import Short
from ..protocols.text import ipv4, ipv6
from .dns_message import Record
from .dns_words import FAMILIES, GATEWAYS

Reader = Callable[[Record], None]
READERS: dict[int, Reader] = {}
NAMES = {
    3: ("dns.md", "Mail Destination"), 4: ("dns.mf", "Mail Forwarder"), 7: ("dns.mb", "MailBox Domaine"),
    8: ("dns.mg", "Mail Group member"), 9: ("dns.mr", "Mail Rename domaine"),
    12: ("dns.ptr.domain_name", "Domain Name"), 23: ("dns.nsap_ptr.owner", "Owner"),
}  # fmt: skip
PREFERENCES = {
    18: ("dns.afsdb.subtype", "Subtype", "dns.afsdb.hostname", "Hostname"),
    21: ("dns.rt.subtype", "Preference", "dns.rt.intermediate_host", "Intermediate Hostname"),
    107: ("dns.ilnp.lp.preference", "Preference", "dns.ilnp.lp", "Locator FQDN"),
}


def record(*kinds: int) -> Callable[[Reader], Reader]:
    def take(reader: Reader) -> Reader:
        for kind in kinds:
            READERS[kind] = reader
        return reader

    return take


def read(kind: int, data: Record) -> None:
    """Put the fields of one record's data on its branch."""
    if kind in NAMES:
        text = data.name(*NAMES[kind])
        if kind == 12:
            data.say(text)
    elif kind in PREFERENCES:
        number, number_name, name, name_name = PREFERENCES[kind]
        data.uint(number, number_name, 2)
        data.name(name, name_name)
    elif kind in READERS:
        READERS[kind](data)
    else:
        data.blob("dns.data", "Data")


@record(1)
def _address(data: Record) -> None:
    data.say(f"addr {data.ipv4('dns.a', 'Address')}")


@record(28)
def _address6(data: Record) -> None:
    data.say(f"addr {data.ipv6('dns.aaaa', 'AAAA Address')}")


@record(2)
def _server(data: Record) -> None:
    data.say(f"ns {data.name('dns.ns', 'Name Server')}")


@record(5)
def _canonical(data: Record) -> None:
    data.say(f"cname {data.name('dns.cname', 'CNAME')}")


@record(39)
def _dname(data: Record) -> None:
    data.say(f"dname {data.name('dns.dname', 'Dname')}")


@record(6)
def _authority(data: Record) -> None:
    data.say(f"mname {data.name('dns.soa.mname', 'Primary name server')}")
    data.name("dns.soa.rname", "Responsible authority's mailbox")
    data.uint("dns.soa.serial_number", "Serial Number", 4)
    data.duration("dns.soa.refresh_interval", "Refresh Interval")
    data.duration("dns.soa.retry_interval", "Retry Interval")
    data.duration("dns.soa.expire_limit", "Expire limit")
    data.duration("dns.soa.minimum_ttl", "Minimum TTL")


@record(10)
def _null(data: Record) -> None:
    data.blob("dns.null", "Null (data)")


@record(11)
def _services(data: Record) -> None:
    data.say(f"addr {data.ipv4('dns.wks.address', 'Address')}")
    data.uint("dns.wks.protocol", "Protocol", 1, names=protocol_name)
    start = data.at
    while data.left:
        at = data.take(1)
        bits = data.branch.u8(at)
        ports = ", ".join(str(8 * (at - start) + bit) for bit in range(8) if bits & 0x80 >> bit)
        if bits:
            data.branch.add(f"Bits: 0x{bits:02x} ({ports})", "dns.wks.bits", bits, at, 1)


@record(13)
def _host(data: Record) -> None:
    data.say(f"CPU {data.counted('dns.hinfo.cpu_length', 'CPU Length', 'dns.hinfo.cpu', 'CPU')}")
    data.say(f"OS {data.counted('dns.hinfo.os_length', 'OS Length', 'dns.hinfo.os', 'OS')}")


@record(14)
def _mailboxes(data: Record) -> None:
    data.name("dns.minfo.r", "Responsible Mailbox")
    data.name("dns.minfo.e", "Error Mailbox")


@record(15)
def _mail(data: Record) -> None:
    data.say(f"preference {data.uint('dns.mx.preference', 'Preference', 2)}")
    data.say(f"mx {data.name('dns.mx.mail_exchange', 'Mail Exchange')}")


@record(16)
def _texts(data: Record) -> None:
    while data.left:
        data.counted("dns.txt.length", "TXT Length", "dns.txt", "TXT")


@record(99)
def _policies(data: Record) -> None:
    while data.left:
        data.counted("dns.spf.length", "SPF Length", "dns.spf", "SPF")


@record(17)
def _person(data: Record) -> None:
    data.name("dns.rp.mailbox", "Mailbox")
    data.name("dns.rp.txt_rr", "TXT RR")


@record(19)
def _x25(data: Record) -> None:
    data.counted("dns.x25.length", "Length", "dns.x25.psdn_address", "PSDN-Address")


@record(20)
def _isdn(data: Record) -> None:
    data.counted("dns.idsn.length", "Length", "dns.idsn.address", "ISDN Address")
    if data.left:
        data.counted("dns.idsn.sa.length", "Length", "dns.idsn.sa.address", "Sub Address")


@record(22)
def _nsap(data: Record) -> None:
    data.blob("dns.nsap.rdata", "NSAP Data")


@record(26)
def _mapping(data: Record) -> None:
    data.uint("dns.px.preference", "Preference", 2)
    data.name("dns.px.map822", "MAP822")
    data.name("dns.px.map400", "MAPX400")


@record(27)
def _position(data: Record) -> None:
    for name in ("Longitude", "Latitude", "Altitude"):
        field = f"dns.gpos.{name.lower()}"
        data.counted(f"{field}_length", f"{name} length", field, name)


@record(29)
def _location(data: Record) -> None:
    if data.peek(1):
        data.branch.uint("dns.loc.version", "Version", data.at, 1)
        data.blob("dns.loc.unknown_data", "Unknown data")
        return
    data.uint("dns.loc.version", "Version", 1)
    for field, name in (("size", "Size"), ("horizontal_precision", "Horizontal Precision"),
                        ("vertical_precision", "Vertical Precision")):  # fmt: skip
        at = data.take(1)
        value = data.branch.u8(at)
        metres = (value >> 4) * 10.0 ** (value & 15) / 100
        data.branch.add(f"{name}: {value} ({metres:g} m)", f"dns.loc.{field}", value, at, 1)
    for field, signs in (("latitude", "NS"), ("longitude", "EW")):
        at = data.take(4)
        value = data.branch.u32(at)
        text = _angle(value - 0x80000000, signs)
        data.branch.add(f"{field.capitalize()}: {value} ({text})", f"dns.loc.{field}", value, at, 4)
    at = data.take(4)
    value = data.branch.u32(at)
    signed = value - (1 << 32) if value & 0x80000000 else value
    text = f"{(signed - 10_000_000) / 100:g}"
    data.branch.add(f"Altitude: {value} ({text} m)", "dns.loc.altitude", value, at, 4)


def _angle(thousandths: int, signs: str) -> str:
    """Thousandths of a second of arc in words (RFC 1876 section 2)."""
    sign = signs[thousandths < 0]
    seconds, part = divmod(abs(thousandths), 1000)
    return f"{seconds // 3600} deg {seconds // 60 % 60} min {seconds % 60}.{part:03d} sec {sign}"


@record(33)
def _service(data: Record) -> None:
    for name in ("Priority", "Weight", "Port"):
        data.say(f"{name.lower()} {data.uint(f'dns.srv.{name.lower()}', name, 2)}")
    data.say(f"target {data.name('dns.srv.target', 'Target')}")


@record(35)
def _naming_authority(data: Record) -> None:
    data.say(f"order {data.uint('dns.naptr.order', 'Order', 2)}")
    data.say(f"preference {data.uint('dns.naptr.preference', 'Preference', 2)}")
    data.say(f"flags {data.counted('dns.naptr.flags_length', 'Flags Length', 'dns.naptr.flags', 'Flags')}")
    data.counted("dns.naptr.service_length", "Service Length", "dns.naptr.service", "Service")
    data.counted("dns.naptr.regex_length", "Regex Length", "dns.naptr.regex", "Regex")
    text, _ = data.message.name(data.at)
    data.branch.add(f"Replacement Length: {len(text)}", "dns.naptr.replacement_length", len(text), data.at, 0)
    data.name("dns.naptr.replacement", "Replacement")


@record(36)
def _exchanger(data: Record) -> None:
    data.say(f"preference {data.uint('dns.kx.preference', 'Preference', 2)}")
    data.say(f"kx {data.name('dns.kx.key_exchange', 'Key Exchange')}")


@record(38)
def _a6(data: Record) -> None:
    prefix = data.uint("dns.a6.prefix_len", "Prefix len", 1)
    size = 16 - prefix // 8 if prefix <= 128 else 0
    at = data.take(size)
    text = ipv6(bytes(16 - size) + data.branch.raw(at, size))
    data.branch.add(f"Address Suffix: {text}", "dns.a6.address_suffix", text, at, size)
    name = data.name("dns.a6.prefix_name", "Prefix name") if prefix else ""
    data.say(f"addr {prefix} {text} {name}")


@record(42)
def _prefixes(data: Record) -> None:
    while data.left:
        family = data.uint("dns.apl.address_family", "Address Family", 2, names=FAMILIES)
        data.uint("dns.apl.coded_prefix", "Prefix Length", 1)
        at = data.take(1)
        data.branch.flag("dns.apl.negation", "Negation Flag", at, 1, 0x80, "Yes (!)", "No (0)")
        size = data.branch.bits("dns.apl.afdlength", "Address Length", at, 1, 0x7F)
        prefix(data, family, size, "dns.apl.afdpart.ipv4", "dns.apl.afdpart.ipv6", "dns.apl.afdpart.data", "Address")


def prefix(data: Record, family: int, size: int, four: str, six: str, other: str, name: str) -> None:
    """The first bytes of an address of a family, `size` of them."""
    width, field, write = {1: (4, four, ipv4), 2: (16, six, ipv6)}.get(family, (0, other, ipv4))
    if not width or size > width:
        data.blob(other, name, size)
        return
    at = data.take(size)
    text = write(data.branch.raw(at, size) + bytes(width - size))
    data.branch.add(f"{name}: {text}", field, text, at, size)


@record(45)
def _ipsec_key(data: Record) -> None:
    data.uint("dns.ipseckey.gateway_precedence", "Gateway Precedence", 1)
    gateway = data.uint("dns.ipseckey.gateway_type", "Gateway Type", 1, names=GATEWAYS)
    data.uint("dns.ipseckey.gateway_algorithm", "Gateway Algorithm", 1, names={1: "DSA", 2: "RSA"})
    if gateway == 1:
        data.ipv4("dns.ipseckey.gateway_ipv4", "IPv4 Gateway")
    elif gateway == 2:
        data.ipv6("dns.ipseckey.gateway_ipv6", "IPv6 Gateway")
    elif gateway == 3:
        data.name("dns.ipseckey.gateway_dns", "DNS Gateway")
    if data.left:
        data.blob("dns.ipseckey.public_key", "Public Key")


@record(49)
def _dhcp_identifier(data: Record) -> None:
    data.blob("dns.dhcid.rdata", "DHCID Data")


@record(55)
def _host_identity(data: Record) -> None:
    size = data.uint("dns.hip.hit.length", "HIT length", 1)
    data.uint("dns.hip.hit.pk.algo", "HIT length", 1, names={0: "Reserved", 1: "DSA", 2: "RSA"})
    key = data.uint("dns.hip.pk.length", "PK length", 2)
    data.blob("dns.hip.hit", "Host Identity Tag", size)
    data.blob("dns.hip.pk", "HIP Public Key", key)
    while data.left > 1:
        data.name("dns.hip.rendezvous_server", "Rendezvous Server")


@record(61)
def _pgp_key(data: Record) -> None:
    data.text("dns.openpgpkey", "OpenPGP Key")


@record(104)
def _node_identifier(data: Record) -> None:
    data.uint("dns.ilnp.nid.preference", "Preference", 2)
    data.blob("dns.ilnp.nid", "NodeID", 8)


@record(105)
def _locator32(data: Record) -> None:
    data.uint("dns.ilnp.l32.preference", "Preference", 2)
    data.ipv4("dns.ilnp.l32", "Locator32")


@record(106)
def _locator64(data: Record) -> None:
    data.uint("dns.ilnp.l64.preference", "Preference", 2)
    data.blob("dns.ilnp.l64", "Locator64", 8)


@record(108)
def _eui48(data: Record) -> None:
    data.mac("dns.eui48", "EUI48 Address")


@record(109)
def _eui64(data: Record) -> None:
    at = data.take(8)
    text = data.branch.raw(at, 8).hex(":")
    data.branch.add(f"EUI64 Address: {text} ({text})", "dns.eui64", text, at, 8)


@record(257)
def _certification_authority(data: Record) -> None:
    at = data.take(1)
    flags = data.branch.u8(at)
    below = data.branch.add(f"CAA Flags: 0x{flags:02x}", "dns.caa.flags", flags, at, 1)
    below.flag("dns.caa.flags.issuer_critical", "Issuer Critical", at, 1, 0x80, "Critical", "Not critical")
    at, size = data.at, data.peek(1)
    if at + 1 + size > data.end:
        raise Short
    tag = data.branch.raw(at + 1, size).decode("ascii", "replace")
    value = data.branch.raw(at + 1 + size, data.end - at - 1 - size).decode("ascii", "replace")
    known = {"issue": "Issue", "issuewild": "Issue Wildcard", "iodef": "Report URL"}
    name, field = (known[tag.lower()], tag.lower()) if tag.lower() in known else ("Unknown tag", "unknown")
    below = data.branch.add(f"{name}: {value}", f"dns.caa.{field}", value, at, data.left)
    below.uint("dns.caa.tag_length", "Tag length", at, 1)
    below.string("dns.caa.tag", "Tag", at + 1, size, "ascii")
    below.add(f"Value: {value}", "dns.caa.value", value, at + 1 + size, data.end - at - 1 - size)
    data.at = data.end


@record(65281, 65282)
def _wins(data: Record) -> None:
    reverse = data.branch.node.children[1].value == 65282
    root = "dns.winsr" if reverse else "dns.wins"
    data.branch.flag(f"{root}.local_flag", "Local Flag", data.take(4), 4, 1, "True", "False")
    data.uint(f"{root}.lookup_timeout", "Lookup timeout", 4)
    data.uint(f"{root}.cache_timeout", "Cache timeout", 4)
    if reverse:
        data.say(f"name result domain {data.name('dns.winsr.name_result_domain', 'Name Result Domain')}")
        return
    count = data.uint("dns.wins.nb_wins_servers", "Number of WINS servers", 4)
    for _ in range(min(count, data.left // 4)):
        data.ipv4("dns.wins.wins_server", "WINS Server Address")


@record(65422)
def _forwarded(data: Record) -> None:
    versions = {0: "Reserved", 4: "IPv4", 5: "ST Datagram", 6: "IPv6", 7: "TP/IX", 8: "PIP", 9: "TUBA"}
    version = data.uint("dns.xpf.ip_version", "IP Version", 1, names=versions)
    data.uint("dns.xpf.protocol", "Protocol", 1, names=protocol_name)
    if version == 4:
        data.ipv4("dns.xpf.source_ipv4", "IPv4 Source")
        data.ipv4("dns.xpf.destination_ipv4", "IPv4 Destination")
    elif version == 6:
        data.ipv6("dns.xpf.source_ipv6", "IPv6 Source")
        data.ipv6("dns.xpf.destination_ipv6", "IPv6 Destination")
    data.uint("dns.xpf.sport", "Source port", 2)
    data.uint("dns.xpf.dport", "Destination port", 2)
