"""Boxes side by side without overlap: in rows, or as close as a skyline lets them, those that belong together near each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Point = tuple[float, float]

_MANY = 150
"""More boxes than this are set in rows, in the order that springs between them give."""


class Size(NamedTuple):
    """A box's size, in pixels."""

    width: float
    height: float


def flow(sizes: Sequence[Size], pulls: Mapping[tuple[int, int], float], aspect: float, gap: float) -> list[Point]:
    """The left upper corner of each box, on a page about `aspect` times as wide as high.

    Parameters
    ----------
    sizes
        The boxes, in the order in which they are to be read.
    pulls
        How strongly pairs of them belong together, by their indices in order.
    aspect
        Width by height of the page.
    gap
        Room between two boxes.
    """
    if len(sizes) > _MANY:
        points = sprung(len(sizes), sorted(pulls), min(150, 60_000_000 // len(sizes) ** 2)) if pulls else []
        middles = rows_of(points, sizes, gap, aspect) if pulls else shelve(sizes, gap, aspect)
        return [(x - s.width / 2, y - s.height / 2) for (x, y), s in zip(middles, sizes, strict=True)]
    order = _chain(len(sizes), pulls)
    area = sum((s.width + gap) * (s.height + gap) for s in sizes)
    widest = max(s.width for s in sizes) + gap
    best: list[Point] = []
    least = math.inf
    for step in range(12):
        room = max(widest, math.sqrt(area * aspect) * (0.8 + 0.06 * step))
        corners = _skyline([sizes[i] for i in order], room, gap)
        wide = max(x + sizes[i].width for i, (x, _) in zip(order, corners, strict=True))
        high = max(y + sizes[i].height for i, (_, y) in zip(order, corners, strict=True))
        price = max(wide, high * aspect) + 0.2 * min(wide, high * aspect)
        if price < least:
            best, least = corners, price
    out: list[Point] = [(0.0, 0.0)] * len(sizes)
    for i, corner in zip(order, best, strict=True):
        out[i] = corner
    return out


def shelve(sizes: Sequence[Size], gap: float, aspect: float) -> list[Point]:
    """The middle of each box in columns of one width, read from left to right and then down."""
    wide = max(s.width for s in sizes) + gap
    high = sum(s.height + gap for s in sizes) / len(sizes)
    columns = max(1, min(len(sizes), round(math.sqrt(len(sizes) * aspect * high / wide))))
    out = []
    top = 0.0
    for start in range(0, len(sizes), columns):
        row = sizes[start : start + columns]
        height = max(s.height for s in row)
        out += [(i * wide + wide / 2, top + height / 2) for i in range(len(row))]
        top += height + gap
    return out


def rows_of(points: Sequence[Point], sizes: Sequence[Size], gap: float, aspect: float) -> list[Point]:
    """The middle of each box in rows that keep about the order of `points`, from above and then from the left."""
    room = math.sqrt(sum((s.width + gap) * (s.height + gap) for s in sizes) * aspect)
    by_height = sorted(range(len(points)), key=lambda i: (points[i][1], points[i][0], i))
    out: list[Point] = [(0.0, 0.0)] * len(points)
    top, start = 0.0, 0
    while start < len(by_height):
        end, used = start, 0.0
        while end < len(by_height) and (end == start or used + sizes[by_height[end]].width <= room):
            used += sizes[by_height[end]].width + gap
            end += 1
        row = sorted(by_height[start:end], key=lambda i: (points[i][0], i))
        height = max(sizes[i].height for i in row)
        left = 0.0
        for i in row:
            out[i] = (left + sizes[i].width / 2, top + height / 2)
            left += sizes[i].width + gap
        top += height + gap
        start = end
    return out


def _chain(n: int, pulls: Mapping[tuple[int, int], float]) -> list[int]:
    """An order in which what belongs together stands side by side, and all else as it was."""
    near: dict[int, dict[int, float]] = {}
    for (a, b), weight in pulls.items():
        near.setdefault(a, {})[b] = near.setdefault(b, {})[a] = weight
    left = dict.fromkeys(range(n))
    out: list[int] = []
    while left:
        linked = {o: w for o, w in near.get(out[-1], {}).items() if o in left} if out else {}
        one = min(linked, key=lambda o: (-linked[o], o)) if linked else next(iter(left))
        del left[one]
        out.append(one)
    return out


def _skyline(sizes: Sequence[Size], room: float, gap: float) -> list[Point]:
    """Each box as high up as it goes, then as far left (bottom-left heuristic, Burke, Kendall and Whitwell 2004)."""
    line: list[tuple[float, float, float]] = [(0.0, room, 0.0)]  # from, to, how far down it is taken
    out = []
    for size in sizes:
        width = min(size.width + gap, room)
        best: tuple[float, float] | None = None
        for i, (left, _, _) in enumerate(line):
            if left + width > room + 0.01:
                break
            top = 0.0
            for start, end, down in line[i:]:
                if start >= left + width - 0.01:
                    break
                top = max(top, down)
                if end >= left + width - 0.01:
                    break
            if best is None or (top, left) < best:
                best = (top, left)
        assert best is not None
        top, left = best
        out.append((left, top))
        right = left + width
        new: list[tuple[float, float, float]] = []
        for start, end, down in line:
            if end <= left or start >= right:
                new.append((start, end, down))
                continue
            if start < left:
                new.append((start, left, down))
            if end > right:
                new.append((right, end, down))
        new.append((left, right, top + size.height + gap))
        line = sorted(new)
    return out


def sprung(n: int, edges: Sequence[tuple[int, int]], rounds: int) -> list[Point]:
    """Where springs along `edges` would have `n` points (Fruchterman and Reingold 1991), each coordinate in -1..1; at least 20 rounds."""
    import rustworkx as rx

    net = rx.PyGraph()
    net.add_nodes_from(range(n))
    net.add_edges_from_no_data(list(edges))
    found = rx.spring_layout(net, seed=11, num_iter=max(20, rounds), scale=1)
    return [(float(found[i][0]), float(found[i][1])) for i in range(n)]
