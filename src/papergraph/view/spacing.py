"""Room within a community: boxes are moved so that none lies on another, nor on the line of a stated relation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papergraph.view.packing import Point, Size

_LINE = 38.0
"""The least room between the ends of a stated relation."""


def push_apart(points: Sequence[Point], sizes: Sequence[Size], *, rounds: int = 400, gap: float = 16.0) -> list[Point]:
    """Move overlapping boxes along the axis on which they overlap least, until none do or the rounds are over.

    Boxes are swept from top to bottom, so that only neighbours in height are compared.
    """
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    wide = [s.width / 2 + gap / 2 for s in sizes]
    high = [s.height / 2 + gap / 2 for s in sizes]
    reach = max(high, default=0.0)
    for _ in range(rounds):
        order = sorted(range(len(points)), key=lambda i: (ys[i], i))
        moved = False
        for n, a in enumerate(order):
            for b in order[n + 1 :]:
                dy = ys[b] - ys[a]
                # a box that has moved within this round may stand out of order, hence no tighter bound
                if dy > high[a] + reach + gap:
                    break
                dx = xs[b] - xs[a]
                over_x, over_y = wide[a] + wide[b] - abs(dx), high[a] + high[b] - abs(dy)
                if over_x <= 0.01 or over_y <= 0.01:
                    continue
                moved = True
                if over_x < over_y:
                    shift = math.copysign(over_x / 2 + 0.01, dx or 1.0)
                    xs[a], xs[b] = xs[a] - shift, xs[b] + shift
                else:
                    shift = math.copysign(over_y / 2 + 0.01, dy or 1.0)
                    ys[a], ys[b] = ys[a] - shift, ys[b] + shift
        if not moved:
            break
    return list(zip(xs, ys, strict=True))


def tighten(
    at: Sequence[Point], sizes: Sequence[Size], edges: Sequence[tuple[int, int]], stated: Sequence[tuple[int, int]], *, steps: int = 90, gap: float = 16.0
) -> list[Point]:
    """Draw the boxes together along their edges and to their centre, keeping `stated` edges in sight.

    The springs leave room for points, not for text: what they spread is drawn in again, ever more gently.

    Parameters
    ----------
    at, sizes
        The boxes.
    edges
        Pairs of indices that belong together.
    stated
        Those of them that no other box may lie on, as far as that can be had.
    steps
        How often they are drawn together.
    """
    points = list(at)
    for step in range(steps):
        force = 0.10 * (1 - step / steps)
        middle_x = sum(p[0] for p in points) / len(points)
        middle_y = sum(p[1] for p in points) / len(points)
        drawn = [[x - (x - middle_x) * force * 0.35, y - (y - middle_y) * force * 0.35] for x, y in points]
        for a, b in edges:
            dx, dy = (points[b][0] - points[a][0]) * force * 0.3, (points[b][1] - points[a][1]) * force * 0.3
            drawn[a][0], drawn[a][1] = drawn[a][0] + dx, drawn[a][1] + dy
            drawn[b][0], drawn[b][1] = drawn[b][0] - dx, drawn[b][1] - dy
        _clear(drawn, sizes, stated)
        points = push_apart([(p[0], p[1]) for p in drawn], sizes, rounds=8, gap=gap)
    for _ in range(12):
        drawn = [[*p] for p in points]
        if not _clear(drawn, sizes, stated):
            break
        points = push_apart([(p[0], p[1]) for p in drawn], sizes, rounds=40, gap=gap)
    return push_apart(points, sizes, gap=gap)


def _clear(drawn: list[list[float]], sizes: Sequence[Size], stated: Sequence[tuple[int, int]]) -> bool:
    """Push boxes off the lines of stated relations, and their ends so far apart that the line is seen; whether any was in the way."""
    met = False
    for a, b in stated:
        dx, dy = drawn[b][0] - drawn[a][0], drawn[b][1] - drawn[a][1]
        over_x = (sizes[a].width + sizes[b].width) / 2 + _LINE - abs(dx)
        over_y = (sizes[a].height + sizes[b].height) / 2 + _LINE - abs(dy)
        if over_x > 0.5 and over_y > 0.5:
            met = True
            axis, shift = (0, math.copysign(over_x / 2, dx or 1.0)) if over_x < over_y else (1, math.copysign(over_y / 2, dy or 1.0))
            drawn[a][axis] -= shift
            drawn[b][axis] += shift
    for a, b in stated:
        (ax, ay), (bx, by) = drawn[a], drawn[b]
        dx, dy = bx - ax, by - ay
        length = math.hypot(dx, dy) or 1.0
        for c in range(len(drawn)):
            if c in (a, b):
                continue
            cx, cy = drawn[c]
            along = ((cx - ax) * dx + (cy - ay) * dy) / length**2
            if not 0.0 < along < 1.0:
                continue
            # how far the box reaches across the line, against how far its centre is from it
            nx, ny = -dy / length, dx / length
            away = (cx - ax) * nx + (cy - ay) * ny
            over = abs(nx) * sizes[c].width / 2 + abs(ny) * sizes[c].height / 2 + 4 - abs(away)
            if over <= 0:
                continue
            met = True
            shift = math.copysign(min(over, 40.0) * 0.5, away or 1.0)
            drawn[c][0] += nx * shift
            drawn[c][1] += ny * shift
            for end in (a, b):
                drawn[end][0] -= nx * shift * 0.5
                drawn[end][1] -= ny * shift * 0.5
    return met
