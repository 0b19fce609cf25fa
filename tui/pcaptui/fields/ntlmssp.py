"""NTLMSSP messages (MS-NLMP): negotiate, challenge, authenticate, with the flags and the target's attributes."""

from __future__ import annotations

from ..protocols.text import decode
from .branch import HEX, Branch
from .text_lines import named
from .words import moment

SIGNATURE = b"NTLMSSP\0"
ATTRIBUTES = 40
_EPOCH = 11_644_473_600
_TYPES = {1: "NTLMSSP_NEGOTIATE", 2: "NTLMSSP_CHALLENGE", 3: "NTLMSSP_AUTH"}
_FLAGS = (
    ("negotiate56", "Negotiate 56"), ("negotiatekeyexch", "Negotiate Key Exchange"), ("negotiate128", "Negotiate 128"),
    ("negotiatent10000000", "Negotiate 0x10000000"), ("negotiatent08000000", "Negotiate 0x08000000"),
    ("negotiatent04000000", "Negotiate 0x04000000"), ("negotiateversion", "Negotiate Version"),
    ("negotiatent01000000", "Negotiate 0x01000000"), ("negotiatetargetinfo", "Negotiate Target Info"),
    ("requestnonntsession", "Request Non-NT Session"), ("negotiatent00200000", "Negotiate 0x00200000"),
    ("negotiateidentify", "Negotiate Identify"), ("negotiatentlm2", "Negotiate Extended Security"),
    ("targettypeshare", "Target Type Share"), ("targettypeserver", "Target Type Server"),
    ("targettypedomain", "Target Type Domain"), ("negotiatealwayssign", "Negotiate Always Sign"),
    ("negotiate00004000", "Negotiate 0x00004000"),
    ("negotiateoemworkstationsupplied", "Negotiate OEM Workstation Supplied"),
    ("negotiateoemdomainsupplied", "Negotiate OEM Domain Supplied"), ("negotiateanonymous", "Negotiate Anonymous"),
    ("negotiatentonly", "Negotiate NT Only"), ("negotiatentlm", "Negotiate NTLM key"),
    ("negotiate00000100", "Negotiate 0x00000100"), ("negotiatelmkey", "Negotiate Lan Manager Key"),
    ("negotiatedatagram", "Negotiate Datagram"), ("negotiateseal", "Negotiate Seal"),
    ("negotiatesign", "Negotiate Sign"), ("negotiate00000008", "Request 0x00000008"),
    ("requesttarget", "Request Target"), ("negotiateoem", "Negotiate OEM"), ("negotiateunicode", "Negotiate UNICODE"),
)  # fmt: skip
_ITEMS = {
    0: ("End of list", "", ""), 1: ("NetBIOS computer name", "nb_computer_name", "NetBIOS Computer Name"),
    2: ("NetBIOS domain name", "nb_domain_name", "NetBIOS Domain Name"),
    3: ("DNS computer name", "dns_computer_name", "DNS Computer Name"),
    4: ("DNS domain name", "dns_domain_name", "DNS Domain Name"),
    5: ("DNS tree name", "dns_tree_name", "DNS Tree Name"), 6: ("Flags", "flags", "Flags"),
    7: ("Timestamp", "timestamp", "Timestamp"), 8: ("Restrictions", "restrictions", "Restrictions"),
    9: ("Target Name", "target_name", "Target Name"),
    10: ("Channel Bindings", "channel_bindings", "Channel Bindings"),
}  # fmt: skip
_UNICODE, _VERSION = 0x01, 0x0200_0000


def ntlmssp(branch: Branch, at: int) -> None:
    """Put a message below a branch whose bytes hold it from `at` on; offsets in it count from there."""
    tree = branch.add("NTLM Secure Service Provider", "ntlmssp", None, at, branch.end - at)
    named(tree, "ntlmssp.identifier", "NTLMSSP identifier", at, 8, "NTLMSSP")
    kind = tree.uint("ntlmssp.messagetype", "NTLM Message Type", at + 8, 4, HEX, _TYPES, little=True)
    reader = _Message(tree, at)
    if kind == 1:
        reader.negotiate()
    elif kind == 2:
        reader.challenge()
    elif kind == 3:
        reader.authenticate()


class _Message:
    def __init__(self, tree: Branch, start: int) -> None:
        self._tree = tree
        self._start = start

    def negotiate(self) -> None:
        at = self._start
        flags = self._flags(at + 12)
        self._text(at + 16, "ntlmssp.negotiate.domain", "Calling workstation domain", 0)
        self._text(at + 24, "ntlmssp.negotiate.callingworkstation", "Calling workstation name", 0)
        if flags & _VERSION:
            self._version(at + 32)

    def challenge(self) -> None:
        at = self._start
        flags = self._tree.number(at + 20, 4, little=True)
        self._text(at + 12, "ntlmssp.challenge.target_name", "Target Name", flags)
        self._flags(at + 20)
        self._tree.blob("ntlmssp.ntlmserverchallenge", "NTLM Server Challenge", at + 24, 8)
        self._tree.blob("ntlmssp.reserved", "Reserved", at + 32, 8)
        size, start = self._place(at + 40)
        field = "ntlmssp.challenge.target_info"
        if size and start + size <= self._tree.end:
            tree = self._tree.add("Target Info", field, None, start, size)
            self._lengths(tree, field, at + 40)
            self._attributes(tree, field, "Target Info Item", start, start + size)
        if flags & _VERSION:
            self._version(at + 48)

    def authenticate(self) -> None:
        at = self._start
        flags = self._tree.number(at + 60, 4, little=True) if self._tree.end >= at + 64 else _UNICODE
        self._blob(at + 12, "ntlmssp.auth.lmresponse", "Lan Manager Response")
        answer = self._blob(at + 20, "ntlmssp.auth.ntresponse", "NTLM Response")
        if answer is not None and (answer.node.length or 0) > 44:
            self._response(answer, answer.node.start or 0, answer.node.length or 0)
        self._text(at + 28, "ntlmssp.auth.domain", "Domain name", flags)
        self._text(at + 36, "ntlmssp.auth.username", "User name", flags)
        self._text(at + 44, "ntlmssp.auth.hostname", "Host name", flags)
        self._blob(at + 52, "ntlmssp.auth.sesskey", "Session Key")
        self._flags(at + 60)

    def _place(self, at: int) -> tuple[int, int]:
        """Length and place of what the eight bytes at `at` point to."""
        return self._tree.number(at, 2, True), self._start + self._tree.number(at + 4, 4, True)

    def _lengths(self, tree: Branch, field: str, at: int) -> None:
        tree.uint(f"{field}.length", "Length", at, 2, little=True)
        tree.uint(f"{field}.maxlen", "Maxlen", at + 2, 2, little=True)
        tree.uint(f"{field}.offset", "Offset", at + 4, 4, little=True)

    def _text(self, at: int, field: str, name: str, flags: int) -> None:
        size, start = self._place(at)
        if not size:
            self._tree.add(f"{name}: NULL", field, "", at, 8)
            return
        raw = self._tree.raw(start, size)
        text = raw.decode("utf-16-le", "replace") if flags & _UNICODE else decode(raw)
        self._lengths(named(self._tree, field, name, start, size, text), "ntlmssp.string", at)

    def _blob(self, at: int, field: str, name: str) -> Branch | None:
        size, start = self._place(at)
        if not size:
            self._tree.add(f"{name}: Empty", field, "", at, 8)
            return None
        self._tree.blob(field, name, start, size)
        tree = Branch(self._tree.walk, self._tree.view, self._tree.node.children[-1])
        self._lengths(tree, "ntlmssp.blob", at)
        return tree

    def _flags(self, at: int) -> int:
        value = self._tree.number(at, 4, little=True)
        told = [words for bit, (_, words) in enumerate(_FLAGS) if value >> (31 - bit) & 1]
        label = ", ".join([f"Negotiate Flags: 0x{value:08x}", *told])
        tree = self._tree.add(label, "ntlmssp.negotiateflags", value, at, 4, 15)
        for bit, (field, words) in enumerate(_FLAGS):
            tree.flag(f"ntlmssp.{field}", words, at, 4, 1 << (31 - bit), little=True)
        return value

    def _version(self, at: int) -> None:
        major, minor = self._tree.u8(at), self._tree.u8(at + 1)
        build, revision = self._tree.number(at + 2, 2, True), self._tree.u8(at + 7)
        words = f"Version {major}.{minor} (Build {build}); NTLM Current Revision {revision}"
        tree = self._tree.add(words, "ntlmssp.version", None, at, 8)
        tree.uint("ntlmssp.version.major", "Major Version", at, 1)
        tree.uint("ntlmssp.version.minor", "Minor Version", at + 1, 1)
        tree.uint("ntlmssp.version.build_number", "Build Number", at + 2, 2, little=True)
        tree.uint("ntlmssp.version.ntlm_current_revision", "NTLM Current Revision", at + 7, 1)

    def _response(self, answer: Branch, at: int, size: int) -> None:
        """The NTLMv2 response (MS-NLMP 2.2.2.8)."""
        field = "ntlmssp.ntlmv2_response"
        answer.blob(field, "NTLMv2 Response", at, size)
        tree = Branch(answer.walk, answer.view, answer.node.children[-1])
        tree.blob(f"{field}.ntproofstr", "NTProofStr", at, 16)
        tree.uint(f"{field}.rversion", "Response Version", at + 16, 1)
        tree.uint(f"{field}.hirversion", "Hi Response Version", at + 17, 1)
        tree.blob(f"{field}.z", "Z", at + 18, 6)
        self._time(tree, f"{field}.time", "Time", at + 24)
        tree.blob(f"{field}.chal", "NTLMv2 Client Challenge", at + 32, 8)
        tree.blob(f"{field}.z", "Z", at + 40, 4)
        end = self._attributes(tree, field, "NTLMV2 Response Item", at + 44, at + size)
        if end < at + size:
            tree.blob(f"{field}.pad", "padding", end, at + size - end)

    def _time(self, tree: Branch, field: str, name: str, at: int) -> None:
        text = moment(tree.number(at, 8, True) * 100 - _EPOCH * 1_000_000_000)
        tree.add(f"{name}: {text}", field, text, at, 8)

    def _attributes(self, tree: Branch, field: str, title: str, at: int, end: int) -> int:
        """Attribute and value pairs (MS-NLMP 2.2.2.1); where they end."""
        for _ in range(ATTRIBUTES):
            if at + 4 > end:
                break
            kind, size = tree.number(at, 2, True), tree.number(at + 2, 2, True)
            words, name, shown = _ITEMS.get(kind, ("Unknown", "", ""))
            line = tree.add(f"Attribute: {words}", "", None, at, size + 4)
            line.add(f"{title} Type: {words} (0x{kind:04x})", f"{field}.item.type", kind, at, 2)
            line.uint(f"{field}.item.length", f"{title} Length", at + 2, 2, little=True)
            if kind == 7 and size == 8:
                self._time(line, f"{field}.{name}", shown, at + 4)
            elif kind in (6, 8, 10) and size:
                line.blob(f"{field}.{name}", shown, at + 4, size)
            elif name and size:
                text = line.raw(at + 4, size).decode("utf-16-le", "replace")
                named(line, f"{field}.{name}", shown, at + 4, size, text)
                line.suffix(f": {text}")
            at += size + 4
            if kind == 0:
                break
        return at
