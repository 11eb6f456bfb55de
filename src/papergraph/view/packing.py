"""Where the communities stand: as close to the middle of the page as their shapes allow, linked ones side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papergraph.view.layout import Block, Box, Point

_BETWEEN = 34.0
_CELLS = 6000
"""About how many cells the page is divided into; more pack tighter and take longer."""
_SOLID = 400
"""Beyond this many communities they are set in rows."""

_PULL = 0.25
"""How much a cell's distance between joined nodes weighs against a cell's growth of the page."""

Cell = tuple[int, int]


def pack(blocks: Sequence[Block], boxes: Mapping[str, Box], pulls: Mapping[tuple[str, str], float], aspect: float) -> dict[str, Point]:
    """Put `blocks`, each moved as a whole, on one page about `aspect` times as wide as high.

    Parameters
    ----------
    blocks
        Positions within each community, the first to be placed first.
    boxes
        The size of each node.
    pulls
        Weights of pairs of nodes; communities joined by one are drawn to each other.
    aspect
        Width by height of the page.

    Returns
    -------
    dict
        The centre of each node, in pixels rounded to a tenth; boxes of different blocks are at least 20 pixels apart.
    """
    if not blocks:
        return {}
    cell = max(8.0, math.sqrt(sum((b.width + 30) * (b.height + 30) for b in boxes.values()) / _CELLS))
    home = {node: i for i, block in enumerate(blocks) for node in block}
    if len(blocks) > _SOLID:
        return _rows(blocks, boxes, aspect)
    links: list[list[tuple[str, str, float]]] = [[] for _ in blocks]
    for (a, b), weight in sorted(pulls.items()):
        if home[a] != home[b]:
            links[home[a]].append((a, b, weight))
            links[home[b]].append((b, a, weight))
    out: dict[str, Point] = {}
    page = _Page(set(), (0, 0, 0, 0), cell, aspect)
    reach = _reach(blocks, boxes, cell)
    step = max(1, reach // 24)
    spots = _spots((0, 0), reach, step)
    for block, linked in zip(blocks, links, strict=True):
        middle = _middle(block, boxes)
        cells = _cells(block, boxes, middle, cell)
        joined = [(block[a][0] - middle[0] - out[b][0], block[a][1] - middle[1] - out[b][1], w) for a, b, w in linked if b in out]
        best = page.best(cells, joined, spots)
        # the spots are coarse: a last look around the best
        best = page.best(cells, joined, [best, *_spots(best, step, 1)])
        page.add(cells, best)
        for node, (x, y) in block.items():
            out[node] = (round(x - middle[0] + best[0] * cell, 1), round(y - middle[1] + best[1] * cell, 1))
    return out


@dataclass
class _Page:
    """The cells that are taken so far, and the first and last column and row of them."""

    taken: set[Cell]
    used: tuple[int, int, int, int]
    cell: float
    aspect: float

    def best(self, cells: Sequence[Cell], joined: Sequence[tuple[float, float, float]], spots: Sequence[Cell]) -> Cell:
        """Of `spots` the cheapest at which `cells` are free; below all others if none is.

        What makes the page larger costs most; then, how far from the middle, and how far from what it is joined to.
        """
        left, right = min(c for c, _ in cells), max(c for c, _ in cells)
        top, bottom = min(r for _, r in cells), max(r for _, r in cells)
        x0, y0, x1, y1 = self.used
        best, least = (0, y1 - top + 1), math.inf
        share = _PULL / self.cell / (len(joined) or 1)
        for column, row in spots:
            wide = max(x1, right + column) - min(x0, left + column)
            high = (max(y1, bottom + row) - min(y0, top + row)) * self.aspect
            price = max(wide, high) + 0.25 * min(wide, high) + 0.2 * math.hypot(column, row * self.aspect)
            if price >= least:
                continue
            x, y = column * self.cell, row * self.cell
            price += share * sum(w * math.hypot(x + dx, (y + dy) * self.aspect) for dx, dy, w in joined)
            if price < least and not any((c + column, r + row) in self.taken for c, r in cells):
                best, least = (column, row), price
        return best

    def add(self, cells: Sequence[Cell], spot: Cell) -> None:
        """Take `cells` at `spot`."""
        new = [(c + spot[0], r + spot[1]) for c, r in cells]
        self.taken.update(new)
        columns, rows = [c for c, _ in new], [r for _, r in new]
        x0, y0, x1, y1 = self.used
        self.used = (min(x0, *columns), min(y0, *rows), max(x1, *columns), max(y1, *rows))


def _middle(block: Block, boxes: Mapping[str, Box]) -> Point:
    xs = [x + s * boxes[n].width / 2 for n, (x, _) in block.items() for s in (-1, 1)]
    ys = [y + s * boxes[n].height / 2 for n, (_, y) in block.items() for s in (-1, 1)]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _cells(block: Block, boxes: Mapping[str, Box], middle: Point, cell: float) -> list[Cell]:
    """The cells that the block's boxes and half the room around them cover."""
    found: set[Cell] = set()
    for node, (x, y) in block.items():
        wide, high = boxes[node].width / 2 + _BETWEEN / 2, boxes[node].height / 2 + _BETWEEN / 2
        x, y = x - middle[0], y - middle[1]
        for column in range(math.floor((x - wide) / cell), math.ceil((x + wide) / cell)):
            for row in range(math.floor((y - high) / cell), math.ceil((y + high) / cell)):
                found.add((column, row))
    # cells from all over the block first: a clash is found sooner
    return sorted(found, key=lambda c: (c[0] * 7 + c[1] * 13) % 29 * 1000 + c[0])


def _reach(blocks: Sequence[Block], boxes: Mapping[str, Box], cell: float) -> int:
    """So many cells from the middle there is room for every block, if they lie about as close as they can."""
    area = far = 0.0
    for block in blocks:
        x, y = _middle(block, boxes)
        wide = 2 * max(abs(px - x) + boxes[n].width / 2 for n, (px, _) in block.items()) + _BETWEEN
        high = 2 * max(abs(py - y) + boxes[n].height / 2 for n, (_, py) in block.items()) + _BETWEEN
        area, far = area + wide * high, max(far, wide, high)
    return math.ceil((0.9 * math.sqrt(area) + 0.5 * far) / cell)


def _spots(around: Cell, reach: int, step: int) -> list[Cell]:
    """Cells up to so far from one, the nearest first."""
    line = range(-reach, reach + 1, step)
    return [
        (around[0] + c, around[1] + r) for c, r in sorted(((c, r) for c in line for r in line), key=lambda s: (abs(s[0]) + abs(s[1]), s))
    ]


def _rows(blocks: Sequence[Block], boxes: Mapping[str, Box], aspect: float) -> dict[str, Point]:
    sized = []
    for block in blocks:
        left = min(x - boxes[n].width / 2 for n, (x, _) in block.items())
        top = min(y - boxes[n].height / 2 for n, (_, y) in block.items())
        right = max(x + boxes[n].width / 2 for n, (x, _) in block.items())
        bottom = max(y + boxes[n].height / 2 for n, (_, y) in block.items())
        sized.append((block, left, top, right - left + _BETWEEN, bottom - top + _BETWEEN))
    widest = max([math.sqrt(sum(w * h for *_, w, h in sized) * aspect * 1.2), *(w for *_, w, _ in sized)])
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
