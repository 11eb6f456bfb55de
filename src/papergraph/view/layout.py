"""Positions for the page, computed here so that the browser need not: the same graph gives the same picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papergraph.model import Graph, Paper, Topic
from papergraph.vocabulary import Status

if TYPE_CHECKING:
    import networkx as nx

Point = tuple[float, float]
Block = dict[str, Point]

GAP = 16.0
_TIGHTENED = 120
"""Communities above this many nodes are not drawn together: the gain is not seen, the time is felt."""
_SPRUNG = 2000
"""Communities above this many nodes are laid out on a grid: a spring layout costs the square of their number."""
_CLUSTERED = 20_000
"""Graphs above this many nodes are grouped by outermost topic instead of by Louvain's method."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node's size on the page, in pixels."""

    width: float
    height: float


def place(graph: Graph, boxes: Mapping[str, Box], *, aspect: float = 1.4) -> dict[str, Point]:
    """The centre of each node in `boxes`, in pixels, for a page `aspect` times as wide as high.

    Parameters
    ----------
    graph
        Whose relations and topic edges draw nodes together. The order of its parts does not matter.
    boxes
        The size of each node that is drawn, by id.
    aspect
        Width by height of the page.

    Returns
    -------
    dict
        A point for each key of `boxes`. No two boxes overlap in graphs of some hundred nodes; in graphs of many
        thousands, which get less care each, some do.
    """
    from papergraph.view.packing import pack

    return pack(blocks(graph, boxes), boxes, pulls(graph, boxes), aspect)


def blocks(graph: Graph, boxes: Mapping[str, Box]) -> list[Block]:
    """The communities, each with the positions within it, the largest first; nodes without edges come last, as one.

    Communities are found by Louvain's method (Blondel et al. 2008), laid out by springs (Fruchterman and Reingold
    1991), then drawn together and pushed apart until boxes neither overlap nor hide a relation.
    """
    import networkx as nx

    net: nx.Graph[str] = nx.Graph()
    net.add_nodes_from(sorted(boxes))
    for (a, b), weight in sorted(pulls(graph, boxes).items()):
        net.add_edge(a, b, weight=weight)
    lone = sorted(n for n in net if net.degree(n) == 0)
    tied: nx.Graph[str] = nx.Graph()
    tied.add_nodes_from(n for n in sorted(boxes) if net.degree(n) > 0)
    tied.add_edges_from(sorted((min(a, b), max(a, b), d) for a, b, d in net.edges(data=True)))
    stated = {(min(r.source, r.target), max(r.source, r.target)) for r in graph.relations if r.status is not Status.REJECTED}
    groups = sorted((sorted(g) for g in _communities(graph, tied)), key=lambda g: (-len(g), g[0]))
    out = [_within(tied, group, boxes, stated, len(boxes)) for group in groups]
    return [*out, _grid(lone, boxes)] if lone else out


def pulls(graph: Graph, boxes: Mapping[str, Box]) -> dict[tuple[str, str], float]:
    """How strongly nodes belong together, by pair of ids in order; pairs without an edge are not in it."""
    found: dict[tuple[str, str], float] = {}
    tied = [(e.source, e.target, 1.5 if e.type == "HAS_TOPIC" else 1.0) for e in graph.edges if e.type in ("HAS_TOPIC", "BROADER")]
    tied += [(r.source, r.target, 2.0) for r in graph.relations if r.status is not Status.REJECTED]
    for a, b, weight in tied:
        if a != b and a in boxes and b in boxes:
            pair = (min(a, b), max(a, b))
            found[pair] = max(weight, found.get(pair, 0.0))
    return found


def top_topics(graph: Graph) -> dict[str, str]:
    """For each topic and paper the outermost topic above it; papers without a topic are not in it."""
    above = {n.id: n.broader for n in graph.nodes if isinstance(n, Topic)}

    def top(topic: str) -> str:
        seen = {topic}
        while (up := above.get(topic)) and up in above and up not in seen:
            seen.add(up)
            topic = up
        return topic

    out = {t: top(t) for t in above}
    for node in graph.nodes:
        if isinstance(node, Paper) and (known := [t for t in node.topics if t in above]):
            out[node.id] = top(known[0])
    return out


def _communities(graph: Graph, net: nx.Graph[str]) -> Iterable[Iterable[str]]:
    import networkx as nx

    if len(net) == 0:
        return []
    if len(net) <= _CLUSTERED:
        found: Iterable[Iterable[str]] = nx.community.louvain_communities(net, weight="weight", seed=7, resolution=0.9)
        return found
    tops, groups = top_topics(graph), dict[str, list[str]]()
    for node in net:
        groups.setdefault(tops.get(node, ""), []).append(node)
    return groups.values()


def _within(net: nx.Graph[str], group: Sequence[str], boxes: Mapping[str, Box], stated: set[tuple[str, str]], whole: int) -> Block:
    """One community of a graph of `whole` nodes; the more there are, the fewer rounds each gets."""
    import rustworkx as rx

    from papergraph.view.spacing import push_apart, tighten

    if len(group) > _SPRUNG:
        return _grid(group, boxes)
    number = {n: i for i, n in enumerate(group)}
    edges = sorted((number[a], number[b]) for a in group for b in net[a] if b in number and a < b)
    plain = rx.PyGraph()
    plain.add_nodes_from(list(group))
    plain.add_edges_from([(a, b, 1.0) for a, b in edges])
    found = rx.spring_layout(plain, seed=11, num_iter=max(30, min(300, 200_000_000 // (len(group) * whole))), scale=1)
    spread = 0.6 * math.sqrt(sum((boxes[n].width + GAP) * (boxes[n].height + GAP) for n in group))
    # wider than high, as boxes of text are
    points = [(found[i][0] * spread * 1.3, found[i][1] * spread * 0.8) for i in range(len(group))]
    sizes = [boxes[n] for n in group]
    rounds = max(6, min(400, 6_000_000 // (whole * math.isqrt(len(group)))))
    at = push_apart(points, sizes, rounds=rounds)
    steps = min(90, 90_000 // whole)
    if len(group) <= _TIGHTENED and steps >= 20:
        seen = [(a, b) for a, b in edges if (group[a], group[b]) in stated]
        at = tighten(at, sizes, edges, seen, steps=steps)
    return dict(zip(group, at, strict=True))


def _grid(group: Sequence[str], boxes: Mapping[str, Box]) -> Block:
    width = max(boxes[n].width for n in group) + GAP
    height = max(boxes[n].height for n in group) + GAP
    columns = max(1, round(math.sqrt(len(group) * 1.4 * height / width)))
    return {n: ((i % columns) * width, (i // columns) * height) for i, n in enumerate(group)}
