"""What SSH's key exchange sends (RFC 4253 sections 7 and 8, RFC 4419, 5656, 8731): algorithms, keys, signatures."""

from __future__ import annotations

from ..protocols.text import decode
from .branch import Branch
from .text_lines import named

_CODES = {
    1: "Disconnect", 2: "Ignore", 3: "Unimplemented", 4: "Debug", 5: "Service Request", 6: "Service Accept",
    7: "Extension Information", 20: "Key Exchange Init", 21: "New Keys",
}  # fmt: skip
_ECDH = {30: "Elliptic Curve Diffie-Hellman Key Exchange Init", 31: "Elliptic Curve Diffie-Hellman Key Exchange Reply"}
_DH = {30: "Diffie-Hellman Key Exchange Init", 31: "Diffie-Hellman Key Exchange Reply"}
_GROUP = {
    30: "Diffie-Hellman Group Exchange Request (Old)", 31: "Diffie-Hellman Group Exchange Group",
    32: "Diffie-Hellman Group Exchange Init", 33: "Diffie-Hellman Group Exchange Reply",
    34: "Diffie-Hellman Group Exchange Request",
}  # fmt: skip
LISTS = (
    "kex_algorithms", "server_host_key_algorithms", "encryption_algorithms_client_to_server",
    "encryption_algorithms_server_to_client", "mac_algorithms_client_to_server", "mac_algorithms_server_to_client",
    "compression_algorithms_client_to_server", "compression_algorithms_server_to_client",
    "languages_client_to_server", "languages_server_to_client",
)  # fmt: skip


def _kind(method: str) -> str:
    if method.startswith("diffie-hellman-group-exchange"):
        return "group"
    return "dh" if method.startswith("diffie-hellman") else "ecdh"


def message_name(code: int, method: str) -> str:
    """The name of a message number; those from 30 on depend on the method."""
    table = {"group": _GROUP, "dh": _DH, "ecdh": _ECDH}[_kind(method)]
    return _CODES.get(code) or table.get(code, "Unknown")


def key_exchange(branch: Branch, at: int, end: int, code: int, method: str, side: int) -> int:
    """Fields of the message whose number stood before `at`; where they end."""
    if code == 20:
        return _init(branch, at, end, side)
    kind = _kind(method)
    if kind == "group" and code in (31, 34):
        return _group(branch, at, code)
    if (kind != "group" and code == 30) or (kind == "group" and code == 32):
        return _public(branch, at, kind, 0)
    if (kind != "group" and code == 31) or (kind == "group" and code == 33):
        at = _host_key(branch, at)
        return _signature(branch, _public(branch, at, kind, 1))
    return at


def _init(branch: Branch, at: int, end: int, side: int) -> int:
    import hashlib

    tree = branch.add("Algorithms", "", None, at, end - at)
    tree.blob("ssh.cookie", "Cookie", at, 16)
    at += 16
    lists = []
    for name in LISTS:
        size = tree.uint(f"ssh.{name}_length", f"{name} length", at, 4)
        lists.append(decode(tree.raw(at + 4, size)))
        named(tree, f"ssh.{name}", f"{name} string", at + 4, size)
        at += 4 + size
    tree.uint("ssh.first_kex_packet_follows", "First KEX Packet Follows", at, 1)
    tree.blob("ssh.kex.reserved", "Reserved", at + 1, 4)
    words = ";".join(lists[place] for place in (0, 2 + side, 4 + side, 6 + side))
    digest = hashlib.md5(words.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    name, field = ("hasshServer", "ssh.kex.hasshserver") if side else ("hassh", "ssh.kex.hassh")
    tree.computed(f"{name}Algorithms: {words}", f"{field}_algorithms", words, name=len(name) + 10)
    tree.computed(f"{name}: {digest}", field, digest)
    tree.resize(at + 5 - (tree.node.start or 0))
    return at + 5


def _integer(branch: Branch, at: int, field: str, name: str) -> int:
    """A multiple precision integer (RFC 4251 section 5)."""
    size = branch.uint("ssh.mpint_length", "Multi Precision Integer Length", at, 4)
    branch.blob(field, name, at + 4, size)
    return at + 4 + size


def _sized(branch: Branch, at: int, field: str, name: str, count: str, words: str) -> int:
    """A length and that many bytes."""
    size = branch.uint(field + count, words, at, 4)
    branch.blob(field, name, at + 4, size)
    return at + 4 + size


def _public(branch: Branch, at: int, kind: str, side: int) -> int:
    who = "server" if side else "client"
    if kind == "ecdh":
        letter = "s" if side else "c"
        words = f"ECDH {who}'s ephemeral public key"
        return _sized(branch, at, f"ssh.ecdh.q_{letter}", f"{words} (Q_{letter.upper()})", "_length",
                      f"{words} length")  # fmt: skip
    letter = "f" if side else "e"
    return _integer(branch, at, f"ssh.dh.{letter}", f"DH {who} {letter}")


def _group(branch: Branch, at: int, code: int) -> int:
    if code == 31:
        at = _integer(branch, at, "ssh.dh_gex.p", "DH GEX modulus (P)")
        return _integer(branch, at, "ssh.dh_gex.g", "DH GEX base (G)")
    for name, words in (("min", "DH GEX Min"), ("nbits", "DH GEX Number of Bits"), ("max", "DH GEX Max")):
        branch.uint(f"ssh.dh_gex.{name}", words, at, 4)
        at += 4
    return at


def _host_key(branch: Branch, at: int) -> int:
    size = branch.u32(at)
    end = at + 4 + size
    kind = decode(branch.raw(at + 8, branch.u32(at + 4)))
    tree = branch.add(f"KEX host key (type: {kind})", "", None, at, size + 4)
    tree.uint("ssh.host_key.length", "Host key length", at, 4)
    length = tree.uint("ssh.host_key.type_length", "Host key type length", at + 4, 4)
    named(tree, "ssh.host_key.type", "Host key type", at + 8, length)
    at += 8 + length
    if kind == "ssh-rsa":
        at = _integer(tree, at, "ssh.host_key.rsa.e", "RSA public exponent (e)")
        _integer(tree, at, "ssh.host_key.rsa.n", "RSA modulus (N)")
    elif kind == "ssh-dss":
        for letter, words in (("p", "DSA prime modulus (p)"), ("q", "DSA prime divisor (q)"),
                              ("g", "DSA subgroup generator (g)"), ("y", "DSA public key (y)")):  # fmt: skip
            at = _integer(tree, at, f"ssh.host_key.dsa.{letter}", words)
    elif kind.startswith("ecdsa-sha2-"):
        size = tree.uint("ssh.host_key.ecdsa.id_length", "ECDSA elliptic curve identifier length", at, 4)
        named(tree, "ssh.host_key.ecdsa.id", "ECDSA elliptic curve identifier", at + 4, size)
        _sized(tree, at + 4 + size, "ssh.host_key.ecdsa.q", "ECDSA public key (Q)", "_length",
               "ECDSA public key length")  # fmt: skip
    elif kind.startswith("ssh-ed"):
        _sized(tree, at, "ssh.host_key.eddsa.key", "EdDSA public key", "_length", "EdDSA public key length")
    else:
        tree.blob("ssh.host_key.data", "Host key data", at, end - at)
    return end


def _signature(branch: Branch, at: int) -> int:
    size = branch.u32(at)
    end = at + 4 + size
    kind = decode(branch.raw(at + 8, branch.u32(at + 4)))
    tree = branch.add(f"KEX host signature (type: {kind})", "", None, at, size + 4)
    tree.uint("ssh.host_sig.length", "Host signature length", at, 4)
    length = tree.uint("ssh.host_sig.type_length", "Host signature type length", at + 4, 4)
    named(tree, "ssh.host_sig.type", "Host signature type", at + 8, length)
    at += 8 + length
    if kind == "ssh-rsa":
        _integer(tree, at, "ssh.host_sig.rsa", "RSA signature")
    elif at < end:
        tree.blob("ssh.host_sig.data", "Host signature data", at, end - at)
    return end
