"""802.1X: EAPOL and its key messages (IEEE 802.1X-2020, 11; IEEE 802.11-2020, 12.7.2)."""

from __future__ import annotations

from ..protocols.eapol import key_words
from ..protocols.packet import Short
from . import payload
from .branch import Branch, View, Walk
from .eap import eap
from .records import Record
from .registry import ethertype
from .wlan_tags import tags
from .words import bit_pattern

VERSIONS = {1: "802.1X-2001", 2: "802.1X-2004", 3: "802.1X-2010"}
TYPES = {0: "EAP Packet", 1: "Start", 2: "Logoff", 3: "Key", 4: "Encapsulated ASF Alert", 5: "MKA",
         6: "Announcement (Generic)", 7: "Announcement (Specific)", 8: "Announcement Request"}  # fmt: skip
_DESCRIPTORS = {1: "RC4 Descriptor", 2: "EAPOL RSN Key", 254: "EAPOL WPA Key"}
RC4 = 1
_VERSIONS = {
    0: "Unknown",
    1: "RC4 Cipher, HMAC-MD5 MIC",
    2: "AES Cipher, HMAC-SHA1 MIC",
    3: "AES Cipher, AES-128-CMAC MIC",
}
_KEY_INFORMATION = Record("wlan_rsna_eapol.keydes.key_info", """
40|.install|Install|bt
80|.key_ack|Key ACK|bt
100|.key_mic|Key MIC|bt
200|.secure|Secure|bt
400|.error|Error|bt
800|.request|Request|bt
1000|.encrypted_key_data|Encrypted Key Data|bt
2000|.smk_message|SMK Message|bt
""", little=False)  # fmt: skip
ENCRYPTED = 0x1000


@ethertype(0x888E, 0x88C7)
def eapol(walk: Walk, view: View) -> None:
    at = view.at
    branch = walk.layer(view, "eapol", "802.1X Authentication")
    branch.uint("eapol.version", "Version", at, 1, names=VERSIONS)
    kind = branch.uint("eapol.type", "Type", at + 1, 1, names=TYPES)
    size = branch.uint("eapol.len", "Length", at + 2, 2)
    end = min(at + 4 + size, view.reported)
    if walk.claimed is None:
        walk.claimed = end
    inside = view.sub(at + 4, end)
    branch.resize(4 + size)
    if kind == 0:
        if size:
            walk.call(eap, inside)
    elif kind == 3:
        _key(branch.within(at, end), at + 4, end)
    elif len(inside):
        payload.data(walk, inside)


def _key(branch: Branch, at: int, end: int) -> None:
    kind = branch.uint("eapol.keydes.type", "Key Descriptor Type", at, 1, names=_DESCRIPTORS)
    if kind == RC4:
        _rc4(branch, at + 1, end)
    elif kind in _DESCRIPTORS:
        _pairwise(branch, at + 1, end)
    elif end > at + 1:
        branch.blob("eapol.keydes.body", "Key Descriptor Body", at + 1, end - at - 1)


def _rc4(branch: Branch, at: int, end: int) -> None:
    """IEEE 802.1X-2004, 7.6."""
    branch.uint("eapol.keydes.key_len", "Key Length", at, 2)
    branch.uint("eapol.keydes.replay_counter", "Replay Counter", at + 2, 8)
    branch.blob("eapol.keydes.key_iv", "Key IV", at + 10, 16)
    value = branch.u8(at + 26)
    below = branch.add(f"Key Index: 0x{value:02x}", "eapol.keydes.key_index", value, at + 26, 1)
    below.flag("eapol.keydes.key_index.type", "Type", at + 26, 1, 0x80, "Unicast", "Broadcast")
    below.bits("eapol.keydes.key_index.number", "Number", at + 26, 1, 0x7F)
    branch.blob("eapol.keydes.key_signature", "Key Signature", at + 27, 16)
    if branch.number(at, 2):
        if end > at + 43:
            branch.blob("eapol.keydes.key", "Key", at + 43, end - at - 43)
        else:
            branch.computed("Key Generated Locally: True", "eapol.keydes.key.generated_locally", True)


def _message(branch: Branch, at: int) -> int:
    """Which message of its handshake it is, 0: of none. As the row says."""
    try:
        words = key_words(branch.data[at - 1 : branch.end])
    except (Short, IndexError):
        return 0
    _, found, number = words.partition("Message ")
    return int(number[0]) if found else 0


def _pairwise(branch: Branch, at: int, end: int) -> None:
    word = branch.u16(at)
    message = _message(branch, at)
    if message:
        branch.computed(f"Message number: {message}", "wlan_rsna_eapol.keydes.msgnr", message)
    _information(branch, at, word)
    branch.uint("eapol.keydes.key_len", "Key Length", at + 2, 2)
    branch.uint("eapol.keydes.replay_counter", "Replay Counter", at + 4, 8)
    for field, name, place, size in (
        ("wlan_rsna_eapol.keydes.nonce", "WPA Key Nonce", 12, 32), ("eapol.keydes.key_iv", "Key IV", 44, 16),
        ("wlan_rsna_eapol.keydes.rsc", "WPA Key RSC", 60, 8), ("wlan_rsna_eapol.keydes.id", "WPA Key ID", 68, 8),
        ("wlan_rsna_eapol.keydes.mic", "WPA Key MIC", 76, 16),
    ):  # fmt: skip
        branch.blob(field, name, at + place, size)
    size = branch.uint("wlan_rsna_eapol.keydes.data_len", "WPA Key Data Length", at + 92, 2)
    at += 94
    if not size:
        return
    shown = min(size, max(0, end - at))
    branch.blob("wlan_rsna_eapol.keydes.data", "WPA Key Data", at, shown)
    if not word & ENCRYPTED and (word & 7 != 1 or word & 8):
        below = Branch(branch.walk, branch.view, branch.node.children[-1])
        tags(below, at, at + shown)


def _information(branch: Branch, at: int, word: int) -> None:
    below = branch.add(f"Key Information: 0x{word:04x}", "wlan_rsna_eapol.keydes.key_info", word, at, 2)
    prefix = "wlan_rsna_eapol.keydes.key_info"
    version = word & 7
    words = _VERSIONS.get(version, "Unknown")
    below.add(f"{bit_pattern(word, 7, 16)} = Key Descriptor Version: {words} ({version})", f"{prefix}.keydes_version",
              version, at, 2)  # fmt: skip
    below.flag(f"{prefix}.key_type", "Key Type", at, 2, 8, "Pairwise Key", "Group Key")
    below.bits(f"{prefix}.key_index", "Key Index", at, 2, 0x30)
    _KEY_INFORMATION.bits(below, at, 2)
