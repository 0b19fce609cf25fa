"""What the capture knows around a packet, gathered for its tree."""

from __future__ import annotations

from .around_exchange import ExchangeLinks
from .around_frame import Echoes, datagram, frame_facts
from .capture import Capture
from .dissect.rows import Rows
from .exchanges import Exchanges
from .fields.context import Context
from .loader.table import Layer
from .transports import Transports


class Surroundings:
    """Makes contexts of one capture's packets. Not thread-safe: one instance a thread.

    `rows` and `exchanges` are those the caller has anyway, so that streams are dissected once.
    """

    def __init__(self, capture: Capture, rows: Rows | None = None, exchanges: Exchanges | None = None) -> None:
        self.capture = capture
        self.rows = rows if rows is not None else Rows(capture)
        self.exchanges = exchanges if exchanges is not None else Exchanges(capture, self.rows)
        self.transports = Transports(capture, self.rows)
        self.exchange_links = ExchangeLinks(capture, self.rows, self.exchanges)
        self.echoes = Echoes(capture, self.rows)

    def context(self, index: int) -> Context:
        """All that is known around packet `index` (from 0)."""
        capture = self.capture
        table = capture.table
        time = int(table["time"][index])
        layers = self.rows.row(index).layers
        since_previous = time - int(table["time"][index - 1]) if index else 0
        choices = capture.choices
        reference, shown_before = choices.reference(index) or 0, choices.shown_before(index)
        context = Context(
            number=index + 1,
            frame=capture.frame(index),
            length=int(table["length"][index]),
            link_type=capture.link_type(index),
            time=time,
            timed=not int(table["layers"][index]) & Layer.UNTIMED,
            since_first=time - int(table["time"][reference]),
            since_previous=since_previous,
            since_shown=time - int(table["time"][shown_before]) if shown_before is not None else 0,
            marked=index in choices.marked,
            ignored=index in choices.ignored,
            reference=index in choices.references,
            layers=layers,
            tcp=self.transports.tcp(index),
            udp=self.transports.udp(index),
            datagram=datagram(capture, self.rows, index),
            links=self.echoes.links(index) + self.exchange_links.links(index, layers),
            **frame_facts(capture, index),
        )
        if self.exchange_links.unsolicited(index, layers, context.links):
            context.facts["unsolicited"] = True
        return context
