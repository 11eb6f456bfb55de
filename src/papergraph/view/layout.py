"""Positions for the page, computed here so that the browser need not: the same graph gives the same picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from papergraph.model import Graph, Paper, Topic

Point = tuple[float, float]
_GAP = 22.0
_BETWEEN = 56.0
_EXACT = 300
"""Communities above this many nodes are laid out on a grid: pushing boxes apart costs the square of their number."""


@dataclass(frozen=True, slots=True)
class Box:
    """A node's size on the page, in pixels."""

    width: float
    height: float


def place(graph: Graph, boxes: Mapping[str, Box]) -> dict[str, Point]:
    """The centre of each node in `boxes`, in pixels; no two boxes of a community overlap, nor do communities.

    Nodes that belong together (same topic, stated relation) are a community: Louvain's method on the relations and
    topic edges (Blondel et al. 2008), then a spring layout within each (Fruchterman and Reingold 1991), then boxes are
    pushed apart, and the communities are packed into rows, the largest first.
    """
    import networkx as nx

    net: nx.Graph[str] = nx.Graph()
    net.add_nodes_from(sorted(boxes))
    for a, b, weight in sorted(_pulls(graph)):
        if a in boxes and b in boxes:
            net.add_edge(a, b, weight=max(weight, net.get_edge_data(a, b, {}).get("weight", 0)))
    lone = sorted(n for n in net if net.degree(n) == 0)
    tied = net.subgraph(n for n in net if net.degree(n) > 0)
    groups = [sorted(c) for c in nx.community.louvain_communities(tied, weight="weight", seed=7, resolution=0.9)] if tied else []
    groups.sort(key=lambda g: (-len(g), g[0]))
    blocks = [_within(tied.subgraph(g), g, boxes) for g in groups]
    if lone:
        blocks.append(_grid(lone, boxes))
    return _pack(blocks, boxes)


def _pulls(graph: Graph) -> list[tuple[str, str, float]]:
    pulls = [(e.source, e.target, 1.5 if e.type == "HAS_TOPIC" else 1.0) for e in graph.edges if e.type in ("HAS_TOPIC", "BROADER")]
    pulls += [(r.source, r.target, 2.0) for r in graph.relations]
    return [(min(a, b), max(a, b), w) for a, b, w in pulls]


def _within(net: object, group: Sequence[str], boxes: Mapping[str, Box]) -> dict[str, Point]:
    import rustworkx as rx

    if len(group) > _EXACT:
        return _grid(group, boxes)
    number = {n: i for i, n in enumerate(group)}
    plain = rx.PyGraph()
    plain.add_nodes_from(list(group))
    plain.add_edges_from([(number[a], number[b], 1.0) for a, b in sorted((min(e), max(e)) for e in net.edges)])  # type: ignore[attr-defined]
    spread = 75.0 * math.sqrt(len(group))
    # wider than high, as boxes of text are
    found = rx.spring_layout(plain, seed=11, num_iter=300, scale=1)
    points = {n: (found[number[n]][0] * spread * 1.5, found[number[n]][1] * spread * 0.75) for n in group}
    return _push_apart(points, boxes)


def _push_apart(points: dict[str, Point], boxes: Mapping[str, Box]) -> dict[str, Point]:
    """Move overlapping boxes along the axis on which they overlap least, until none do or 400 rounds are over."""
    order = sorted(points)
    at = {n: list(points[n]) for n in order}
    for _ in range(400):
        moved = False
        for i, a in enumerate(order):
            for b in order[i + 1 :]:
                dx, dy = at[b][0] - at[a][0], at[b][1] - at[a][1]
                over_x = (boxes[a].width + boxes[b].width) / 2 + _GAP - abs(dx)
                over_y = (boxes[a].height + boxes[b].height) / 2 + _GAP - abs(dy)
                if over_x <= 0.01 or over_y <= 0.01:
                    continue
                moved = True
                axis, over, delta = (0, over_x, dx) if over_x < over_y else (1, over_y, dy)
                shift = math.copysign(over / 2, delta if delta else 1.0)
                at[a][axis] -= shift
                at[b][axis] += shift
        if not moved:
            break
    return {n: (p[0], p[1]) for n, p in at.items()}


def _grid(group: Sequence[str], boxes: Mapping[str, Box]) -> dict[str, Point]:
    columns = max(1, round(math.sqrt(len(group) / 2.5)))
    width = max(boxes[n].width for n in group) + _GAP
    height = max(boxes[n].height for n in group) + _GAP
    return {n: ((i % columns) * width, (i // columns) * height) for i, n in enumerate(group)}


def _pack(blocks: Sequence[dict[str, Point]], boxes: Mapping[str, Box]) -> dict[str, Point]:
    """Put the blocks into rows about as wide as the page is to be, 16:10."""
    sized = []
    for block in blocks:
        left = min(x - boxes[n].width / 2 for n, (x, _) in block.items())
        top = min(y - boxes[n].height / 2 for n, (_, y) in block.items())
        right = max(x + boxes[n].width / 2 for n, (x, _) in block.items())
        bottom = max(y + boxes[n].height / 2 for n, (_, y) in block.items())
        sized.append((block, left, top, right - left + _BETWEEN, bottom - top + _BETWEEN))
    area = sum(w * h for *_, w, h in sized)
    widest = max([math.sqrt(area * 1.75), *(w for *_, w, _ in sized)], default=0.0)
    out: dict[str, Point] = {}
    x = y = row = 0.0
    # rows of like height waste least room
    for block, left, top, width, height in sorted(sized, key=lambda s: (-s[4], min(s[0]))):
        if x > 0 and x + width > widest:
            x, y, row = 0.0, y + row, 0.0
        for node, (px, py) in block.items():
            out[node] = (round(px - left + x, 1), round(py - top + y, 1))
        x, row = x + width, max(row, height)
    return out


def top_topics(graph: Graph) -> dict[str, str]:
    """For each topic and paper the outermost topic above it."""
    above = {n.id: n.broader for n in graph.nodes if isinstance(n, Topic)}

    def top(topic: str) -> str:
        seen = {topic}
        while (up := above.get(topic)) and up in above and up not in seen:
            seen.add(up)
            topic = up
        return topic

    out = {t: top(t) for t in above}
    for node in graph.nodes:
        if isinstance(node, Paper) and node.topics and node.topics[0] in above:
            out[node.id] = top(node.topics[0])
    return out
