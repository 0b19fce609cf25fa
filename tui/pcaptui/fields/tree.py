"""The whole tree of a packet: the frame's own facts, then layer after layer."""

from __future__ import annotations

from . import patience, registry
from .branch import Enough, View, Walk
from .context import Context
from .frame import frame_nodes
from .node import Dissection, Node
from .patience import OutOfTime
from .payload import carried


def dissect(context: Context) -> Dissection:
    """The tree of one packet. Never raises for anything in the frame."""
    if context.ignored:
        return Dissection(frame_nodes(context, ()), {})
    registry.load()
    walk = Walk(context)
    frame = context.frame
    view = View(frame, 0, len(frame), max(len(frame), context.length))
    try:
        builder = registry.link_types.get(context.link_type)
        if builder is not None:
            walk.call(builder, view)
        else:
            carried(walk, view, "link_type", context.link_type)
    except Enough:
        walk.nodes.append(Node("[The tree has more lines than are shown]"))
    except OutOfTime:
        patience.enough()
        walk.nodes.append(Node("[The packet took too long: this is how far it got]"))
    except RecursionError:
        walk.nodes.append(Node("[Nested deeper than is followed]"))
    except Exception as error:  # a mistake of ours must not cost the layers before
        walk.nodes.append(Node(f"[Dissector stopped: {type(error).__name__}]", "_ws.malformed"))
    return Dissection([*frame_nodes(context, walk.protocols), *walk.nodes], walk.sources)
