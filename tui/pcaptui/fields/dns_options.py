"""EDNS options (RFC 6891, 6975, 7828, 7830, 7871, 7873, 7901, 8914) and service parameters (RFC 9460)."""

from __future__ import annotations

from base64 import b64encode

from ..protocols.apptext import printable
from ..protocols.text import ipv4, ipv6
from .branch import Branch
from .dns_message import Record
from .dns_rdata import prefix, record
from .dns_words import ALGORITHMS, DIGESTS, FAMILIES, HASHES, OPTIONS, SERVICE_KEYS, extended_error


@record(41)
def _options(data: Record) -> None:
    while data.left:
        at = data.take(4)
        code, size = data.branch.u16(at), data.branch.u16(at + 2)
        name = OPTIONS.get(code) or f"Unknown ({code})"
        below = data.branch.add(f"Option: {name}", "dns.opt", None, at, 4 + size)
        below.uint("dns.opt.code", "Option Code", at, 2, names=OPTIONS)
        below.uint("dns.opt.len", "Option Length", at + 2, 2)
        start = data.take(size)
        below.blob("dns.opt.data", "Option Data", start, size)
        _option(code, Record(below, start, start + size, data.message))


def _option(code: int, option: Record) -> None:
    if code in _LISTS:
        field, name, words = _LISTS[code]
        while option.left:
            option.uint(field, name, 1, names=words)
    elif code in (8, 20730):
        family = option.uint("dns.opt.client.family", "Family", 2, names=FAMILIES)
        option.uint("dns.opt.client.netmask", "Source Netmask", 1)
        option.uint("dns.opt.client.scope", "Scope Netmask", 1)
        prefix(option, family, option.left, "dns.opt.client.addr4", "dns.opt.client.addr6", "dns.opt.client.addr",
               "Client Subnet")  # fmt: skip
    elif code == 10:
        option.blob("dns.opt.cookie.client", "Client Cookie", 8)
        option.blob("dns.opt.cookie.server", "Server Cookie")
    elif code == 11 and option.left == 2:
        option.uint("dns.opt.edns_tcp_keepalive.timeout", "Timeout", 2)
    elif code == 12:
        option.blob("dns.opt.padding", "Padding")
    elif code == 13:
        option.text("dns.opt.chain.fqdn", "Closest Trust Point")
    elif code == 15:
        option.uint("dns.opt.ext_error.info_code", "Info Code", 2, names=extended_error)
        if option.left:
            option.text("dns.opt.ext_error.extra_text", "Extra Text", encoding="utf-8")


_LISTS = {
    5: ("dns.opt.dau", "DAU", ALGORITHMS),
    6: ("dns.opt.dhu", "DHU", DIGESTS),
    7: ("dns.opt.n3u", "N3U", HASHES),
}


@record(64, 65)
def _service(data: Record) -> None:
    data.uint("dns.svcb.svcpriority", "SvcPriority", 2)
    data.name("dns.svcb.targetname", "TargetName")
    while data.left:
        at = data.take(4)
        key, size = data.branch.u16(at), data.branch.u16(at + 2)
        name = SERVICE_KEYS.get(key) or f"key{key}"
        below = data.branch.add(f"SvcParam: {name}", "dns.svcb.svcparam", None, at, 4 + size)
        below.uint("dns.svcb.svcparam.key", "SvcParamKey", at, 2, names=SERVICE_KEYS)
        below.uint("dns.svcb.svcparam.value.length", "SvcParamValue length", at + 2, 2)
        start = data.take(size)
        words = _parameter(key, Record(below, start, start + size, data.message))
        if words:
            below.suffix("=" + ",".join(words))


def _parameter(key: int, value: Record) -> list[str]:
    """The fields of one parameter's value; what its own line says of it."""
    words: list[str] = []
    if key == 0:
        while value.left:
            number = value.uint("dns.svcb.svcparam.mandatory.key", "Mandatory key", 2, names=SERVICE_KEYS)
            words.append(SERVICE_KEYS.get(number) or f"key{number}")
    elif key == 1:
        while value.left:
            text = value.counted("dns.svcb.svcparam.alpn.length", "ALPN length", "dns.svcb.svcparam.alpn", "ALPN")
            words.append(text)
    elif key == 2:
        pass
    elif key == 3:
        words.append(str(value.uint("dns.svcb.svcparam.port", "Port", 2)))
    elif key == 4:
        while value.left:
            words.append(_address(value.branch, value.take(4), 4))
    elif key == 6:
        while value.left:
            words.append(_address(value.branch, value.take(16), 16))
    elif key in (5, 32769):
        field, name = ("echconfig", "ECHConfig") if key == 5 else ("odohconfig", "ODoHConfig")
        size = value.left
        at = value.take(size)
        text = b64encode(value.branch.raw(at, size)).decode()
        value.branch.add(f"{name}: {text}", f"dns.svcb.svcparam.{field}", text, at, size)
        words.append(text)
    elif value.left:
        words.append(printable(value.blob("dns.svcb.svcparam.value", "SvcParamValue")))
    return words


def _address(branch: Branch, at: int, size: int) -> str:
    raw = branch.raw(at, size)
    text, hint = (ipv4(raw), "ipv4hint") if size == 4 else (ipv6(raw), "ipv6hint")
    branch.add(f"IP: {text}", f"dns.svcb.svcparam.{hint}.ip", text, at, size)
    return text
