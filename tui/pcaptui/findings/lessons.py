"""What a pattern means: a short lesson for each kind of finding."""

from __future__ import annotations

LESSONS: dict[str, str] = {
    "refused": "A RST in answer to a SYN means that the host is up and nothing listens on that port, or that a "
    "firewall rejects it. Nothing was lost on the way.",
    "unanswered": "A SYN without any answer was dropped: by a firewall that says nothing, by a host that is not "
    "there, or on the way back. A refused connection would have been answered with RST.",
    "half-open": "A connection needs three segments: SYN, SYN,ACK, ACK. Where the last one is missing, the answer got "
    "lost on its way back, the client died, or it never meant to connect: scanners stop there, so that no program "
    "notices.",
    "scan": "A scan asks many ports, or many hosts, what listens there. SYN,ACK means open, RST closed, silence a "
    "firewall. FIN, NULL and XMAS scans send flags that no connection begins with: closed ports answer RST, open "
    "ones say nothing (RFC 9293 section 3.10.7).",
    "flood": "Each SYN makes the server remember a half-open connection. Senders that never answer the SYN,ACK fill "
    "that table, until nobody gets in. SYN cookies are the remedy.",
    "no-answer": "What is not acknowledged is sent again when the retransmission timeout (RTO) has passed: some round "
    "trips at first, twice as long each time after that. Data sent again and again without any answer means that the "
    "other side, or the way to it or back, is gone: nothing like the odd lost segment.",
    "loss": "A receiver that misses a segment repeats its last ACK for each one that comes behind it. At the third "
    "duplicate the sender sends the missing one at once: fast retransmission. Where too little follows for that, it "
    "has to wait for the retransmission timeout, which is what people feel. TCP takes loss for congestion and slows "
    "down.",
    "capture-duplicates": "A capture at a mirror port, on a bridge or on several interfaces may see one packet twice: "
    "with the same IP identification, microseconds apart. Such copies look like retransmissions and are none.",
    "capture-gaps": "An acknowledgment for data that is not in the capture proves that the data arrived: the "
    "capturing machine was too slow, or the packets took another way. Do not look for loss in the network there.",
    "zero-window": "The window says how much a receiver has room for. It sinks when the program does not read what "
    "arrives, and at 0 the sender must stop, however good the network is; it asks from time to time whether there is "
    "room again. Look at the receiving program, not at the network.",
    "keep-alive": "A keep-alive is an empty segment with the sequence number before the next one: it asks whether the "
    "other side is still there, and does no harm. Several without answer mean that the connection is dead.",
    "slow": "SYN to SYN,ACK is the network alone, for no program takes part. The ACK of a request says when it "
    "arrived; what passes from there to the first byte of the answer is the server's. What passes before the request "
    "is the client's.",
    "slow-connect": "A SYN that has no answer is sent again after a second, then after two, four and so on. One lost "
    "packet therefore costs a second before anything is said. If it happens often, something on the way drops packets, "
    "or the server has no room for new connections.",
    "idle": "Nothing is sent on an open connection while nobody has anything to say: a person reads, a pool keeps it "
    "for later. Firewalls forget connections that are idle for long.",
    "reset": "RST ends a connection at once, without delivering what is under way. Programs that fail or are killed "
    "cause it, and so do firewalls and balancers that have forgotten a connection, or want it gone.",
    "closing": "Either side may close first; the other reads the end of the data and closes too. Who closes first "
    "keeps the port in TIME-WAIT. For HTTP it is the server where it said 'Connection: close', or when it has waited "
    "long enough.",
    "offload": "Operating systems leave the checksum to the network card. A capture on the sending host sees the "
    "packet before that: the checksum is wrong there and right on the wire. Received packets tell of real errors, "
    "own ones do not.",
    "mtu": "A packet that is larger than a link's MTU and must not be fragmented is dropped, and ICMP 'fragmentation "
    "needed' (or 'packet too big') tells the sender. Where a firewall drops that message, connections open and small "
    "requests work, and everything large hangs: a black hole.",
    "dns-unanswered": "A name server that works answers every query, if only with an error. Silence means that queries "
    "or answers are dropped on the way, or that no name server runs there. Clients ask again after one to five seconds "
    "and turn to the next server: names are slow at best.",
    "dns-failure": "A server failure says that the name server could not find out: the servers of the domain do not "
    "answer it, or their signatures are wrong. 'No such name' is an answer, too. 'Refused' "
    "means that this server does not want to answer this client.",
    "dns-forged": "An answer belongs to a query by its id, its ports and its name. Answers with another id, or two "
    "that differ for one query, come from a broken resolver or from somebody who guesses or races the true answer.",
    "dns-zone": "A zone transfer hands out all names of a domain. Secondary name servers need it; anybody else who "
    "gets one has a map of the network.",
    "dns-tcp": "An answer that does not fit into a datagram comes with the truncated flag; the client asks again over "
    "TCP. Firewalls that let DNS pass over UDP only break such names.",
    "dhcp": "Discover asks all servers, Offer proposes an address, Request takes one offer, ACK gives it for the lease "
    "time; NAK refuses. A client that still has a lease begins with Request.",
    "arp": "ARP believes whoever speaks: each host keeps the last MAC address told for an IP address. Two MAC "
    "addresses for one address are a mistake in the configuration, a fail-over, or somebody who wants the traffic.",
    "icmp": "An ICMP error quotes the packet it speaks of: who sent it, to whom and to which port. Its sender is the "
    "router or host that gave up.",
    "traceroute": "Traceroute sends packets that may pass one router, then two, then three; each router that drops one "
    "tells so, and thereby its own address and distance. A router that stays silent may still forward.",
    "echo": "Ping asks for an echo. Without a reply the host is down, the path is broken one way or the other, or a "
    "firewall drops ICMP.",
    "fragments": "A datagram that is longer than a link can carry is cut into pieces; if one piece is lost all are "
    "useless. Pieces that overlap with other data do not come from an honest sender: hosts read them differently.",
    "capture": "What a capture lacks cannot be told from what the network lost: look at cut packets, dropped packets "
    "and the clock before judging the network.",
    "credentials": "FTP, Telnet, POP, IMAP, SMTP and HTTP without TLS send names and passwords as they are, or in "
    "base64, which anybody can undo. Everybody on the way can read and use them. The remedy is TLS (HTTPS, FTPS, "
    "IMAPS), or SSH.",
    "ftp-data": "FTP speaks commands over one connection and moves every file and every list over another one, "
    "whose port PASV or PORT announces.",
    "http-error": "4xx says that the request was at fault (404: there is no such page, 403: not allowed), 5xx "
    "that the server was. The connection itself works.",
    "http-redirect": "A redirect (301, 302, 303, 307, 308) names another place in its Location field, and the "
    "client asks there. Each one costs a round trip, more on a new connection; many in a row are a loop.",
    "http-unanswered": "The request went out and no answer came. If the server's host acknowledged it, the "
    "application behind it is slow or stuck; if not, packets are lost.",
    "http-cut-short": "Content-Length says how many bytes an answer has. If the connection is closed before they came, "
    "what arrived is not whole: a picture with half its lines, a file that does not unpack. Without Content-Length "
    "(or chunks) nobody would notice.",
    "http-slow-object": "A web page is as fast as its slowest part. Between the first byte and the last it is the size "
    "and the rate that count: loss, a small window, a busy server or a thin line. Retransmissions and windows tell "
    "which.",
    "traversal": "'../' in a path means one folder up. A server that follows it hands out files that were never "
    "meant for the web, passwords among them.",
    "sql-injection": "A parameter that ends the string it stands in and goes on with SQL makes the data base do "
    "what the visitor wants. Whether it worked shows in the answer.",
    "script-injection": "Script code in a parameter that a page repeats runs in the browser of whoever follows "
    "the link.",
    "disguised": "A program's first bytes are MZ (Windows) or 7f ELF (Linux), whatever type the server declares. "
    "A program that comes as a picture or as text is meant to get past a filter.",
    "shell": "A command prompt that leaves the host it runs on gives that host away. If the host itself opened "
    "the connection it is a reverse shell: firewalls mostly let connections from the inside out.",
    "coded-form": "Programs that call home, for good or ill, often send coded data as a web form, as forms pass "
    "any proxy.",
    "session": "A web session's cookie is as good as the password while the session lasts. Who reads it, where "
    "there is no TLS, can send it, too.",
    "tls-alert": "An alert says why a side gives a TLS connection up. Up to TLS 1.2 it can be read until the "
    "ciphers are in use; later ones are encrypted, but for their length.",
    "tls-certificate": "A client accepts a certificate that is signed by an authority it knows, is valid today, "
    "and names the host that was asked for. If one of that fails it sends an alert, or asks its user.",
    "tls-version": "SSL 2 and 3, TLS 1.0 and 1.1 have known weaknesses and are switched off in today's clients "
    "and servers; where one side insists on them the other may refuse.",
    "tls-left": "What was protected by TLS is not any more once the same site is visited over plain HTTP.",
    "tls-kept-open": "A handshake costs one or two round trips and some arithmetic. As long as the connection stays "
    "open, every further request goes without; the pauses are the price, for either side may close an idle connection.",
    "port-protocol": "A port is only a habit. Any protocol can run on any port, to pass a firewall for example; "
    "tools that go by the port then show nonsense until told better (decode as).",
    "wireless": "A station first authenticates, then associates, then proves that it knows the key (WPA: four "
    "messages, of which the second is its proof). The status or reason code says where it failed.",
}
"""By the name that Finding.lesson gives."""
