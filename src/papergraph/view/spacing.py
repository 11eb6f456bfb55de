"""Room within a community: boxes are moved so that none lies on another, nor on the line of a stated relation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papergraph.view.packing import Point, Size

_LINE = 46.0
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


def settle(known: Sequence[Point | None], near: Sequence[Sequence[int]], sizes: Sequence[Size], *, gap: float) -> list[Point]:
    """Boxes where they stood, moved only as far as they overlap each other now; new ones in the nearest free place.

    Parameters
    ----------
    known
        The middle of each box, `None` for new ones; at least one is known.
    near
        For each box the indices of those that it belongs with: a new one stands by these, else below all.
    sizes
        The boxes.
    gap
        The least room between two of them.
    """
    left_place = _inside(known, sizes)
    old = {i: p for i, p in enumerate(known) if p is not None and i not in left_place}
    at = dict(zip(old, push_apart(list(old.values()), [sizes[i] for i in old], rounds=200, gap=gap), strict=True))
    for i in (n for n in range(len(known)) if n not in old):
        friends = [at[o] for o in near[i] if o in at]
        before = known[i]
        if before is not None:
            wish = before
        elif friends:
            wish = (sum(x for x, _ in friends) / len(friends), sum(y for _, y in friends) / len(friends))
        else:
            left = min(x - sizes[o].width / 2 for o, (x, _) in at.items())
            wish = (left + sizes[i].width / 2, max(y + sizes[o].height / 2 for o, (_, y) in at.items()) + gap + sizes[i].height / 2)
        at[i] = _free(wish, sizes[i], [(at[o], sizes[o]) for o in at], gap)
    return [at[i] for i in range(len(known))]


_MUCH_LARGER = 4.0


def _inside(known: Sequence[Point | None], sizes: Sequence[Size]) -> set[int]:
    """The boxes that stand inside a much larger one: they stood in it, and have left it since."""
    large = sorted((i for i, p in enumerate(known) if p is not None), key=lambda i: -sizes[i].width * sizes[i].height)[:_LOOKED_AT]
    out = set()
    for i, point in enumerate(known):
        if point is None:
            continue
        for o in large:
            other = known[o]
            if other is None or sizes[o].width * sizes[o].height < _MUCH_LARGER * sizes[i].width * sizes[i].height:
                break
            if abs(point[0] - other[0]) < sizes[o].width / 2 and abs(point[1] - other[1]) < sizes[o].height / 2:
                out.add(i)
                break
    return out


_LOOKED_AT = 80
"""So many boxes around a place are looked at for a free one beside them."""


def _free(wish: Point, size: Size, others: Sequence[tuple[Point, Size]], gap: float) -> Point:
    """The middle nearest to `wish` at which a box overlaps none of the others: there, or beside one of them."""
    others = sorted(others, key=lambda o: (o[0][0] - wish[0]) ** 2 + (o[0][1] - wish[1]) ** 2)

    def clear(x: float, y: float) -> bool:
        return all(abs(x - ox) >= (size.width + s.width) / 2 + gap - 0.01 or abs(y - oy) >= (size.height + s.height) / 2 + gap - 0.01 for (ox, oy), s in others)

    spots = [wish]
    for (ox, oy), s in others[:_LOOKED_AT]:
        across, down = (size.width + s.width) / 2 + gap, (size.height + s.height) / 2 + gap
        # beside it, in line with the wish, with its middle, or with an edge of it
        xs = (wish[0], ox, ox - s.width / 2 + size.width / 2, ox + s.width / 2 - size.width / 2)
        ys = (wish[1], oy, oy - s.height / 2 + size.height / 2, oy + s.height / 2 - size.height / 2)
        spots += [(x, oy + d) for x in xs for d in (-down, down)] + [(ox + d, y) for y in ys for d in (-across, across)]
    spots.sort(key=lambda p: ((p[0] - wish[0]) ** 2 + (p[1] - wish[1]) ** 2, p))
    found = next((p for p in spots if clear(*p)), None)
    return found or (wish[0], max(y + s.height / 2 for (_, y), s in others) + gap + size.height / 2)


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
