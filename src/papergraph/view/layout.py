"""Positions for the page, computed here so that the browser need not: the same graph gives the same picture.

Places stand in places as boxes in boxes: within each, cards tied to each other are laid out by springs, the rest in rows,
and all that stands in it is packed without overlap. Where most of it has stood before, it stays, and only what is in the
way of something new moves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from papergraph.view.labels import Card
from papergraph.view.packing import Point, Size, flow, rows_of, shelve, sprung
from papergraph.view.places import Place, Ties, every_place
from papergraph.view.spacing import push_apart, settle, tighten

GAP = 16.0
"""Room between cards, in pixels."""
_LEAST_GAP = 13.0
"""Room that what stood before keeps; less than any it was given, so that it does not move for nothing."""
_AMONG_PLACES = 26.0
_PADDING, _THIN_PADDING = 16.0, 7.0
_CHEVRON = 24.0
"""Room before a heading for what opens and closes its topic."""
_COUNT = 34.0
"""Room behind a heading for how many papers the topic has."""
_SPRUNG = 60
"""Cards tied to each other are drawn as a net up to this many; more stand in rows, in the order that the springs give."""
_ORDERED = 3000
"""Springs take the square of a net's cards: larger nets are laid out in the order of a search from the first card."""
_SPARSE = 1.5
"""Nets of more lines than this for each card stand in rows too."""
_CAREFUL = 1500
"""In graphs of more cards than this all nets stand in rows: lines cannot be followed among so many anyway."""
_STAYS = 0.6
"""Where this share of what a place holds has stood before, it stays."""


@dataclass(frozen=True, slots=True)
class Area:
    """A place on the page: its left upper corner and size in pixels, and which area it stands in (an index; `None`: none)."""

    topic: str | None
    within: int | None
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where all stands: the middle of each card and heading by id, and the areas, outer ones before inner ones.

    `home` tells for each the innermost area that it stands in, as an index; a topic's heading stands in the topic's own.
    """

    at: dict[str, Point]
    areas: tuple[Area, ...]
    home: dict[str, int]


@dataclass(slots=True)
class _Block:
    """A box with what stands in it: each part with its left upper corner, seen from the box's own."""

    width: float
    height: float
    parts: list[tuple[_Block | str, float, float]] = field(default_factory=list)
    place: Place | None = None
    ids: tuple[str, ...] = ()


def place_all(places: Sequence[Place], cards: Mapping[str, Card], tied: Ties, *, aspect: float = 1.5, before: Mapping[str, Point] | None = None) -> Layout:
    """The whole page, about `aspect` times as wide as high.

    Parameters
    ----------
    places
        The outermost places.
    cards
        How large each card and heading is, by id.
    tied
        What draws cards, and the places that hold them, together.
    aspect
        Width by height of the page.
    before
        Where nodes stood when the page was last made.

    Returns
    -------
    Layout
        Coordinates in whole pixels. No two cards, and no two areas side by side, overlap.
    """
    layer = _Layer(cards, tied, before or {}, sum(len(p.cards) for p in every_place(places)))
    inner = [layer.place(p, 0) for p in places]
    return _told(layer.fill(inner, aspect, _AMONG_PLACES + 8), cards)


@dataclass(frozen=True, slots=True)
class _Layer:
    cards: Mapping[str, Card]
    tied: Ties
    before: Mapping[str, Point]
    whole: int

    def place(self, place: Place, depth: int) -> _Block:
        """One place with all that it holds."""
        inner = [self.place(p, depth + 1) for p in place.within]
        content = self.fill([*self.nets(place.cards), *inner], 1.25, _AMONG_PLACES)
        if place.topic is None and depth > 0:
            return content
        padding = _PADDING if depth < 6 else _THIN_PADDING
        head = self.cards[place.topic] if place.topic is not None else None
        top = padding + (head.height + 8 if head else 0)
        width = max(content.width + 2 * padding, head.width + _CHEVRON + _COUNT + padding if head else 0)
        parts: list[tuple[_Block | str, float, float]] = [(content, (width - content.width) // 2, top)]
        if place.topic is not None:
            parts.append((place.topic, padding + _CHEVRON - 8, padding - 4))
        return _Block(width, top + content.height + padding * (1 if content.height else 0), parts, place, content.ids)

    def nets(self, cards: Sequence[str]) -> list[_Block]:
        """Cards in blocks: each net of tied ones, and single ones in rows, or by themselves if they stood somewhere before."""
        found = _nets(cards, self.tied)
        blocks = [self.net(n) for n in found if len(n) > 1]
        lone = [n[0] for n in found if len(n) == 1]
        if not lone:
            return blocks
        stays = sum(c in self.before for c in lone) >= _STAYS * len(lone)
        kept, new = ([c for c in lone if c in self.before], [c for c in lone if c not in self.before]) if stays else ([], lone)
        blocks += [self._single(c) for c in kept]
        return [*blocks, self._set(new, shelve([self._size(c) for c in new], GAP, 1.2))] if new else blocks

    def net(self, cards: Sequence[str]) -> _Block:
        """Cards that are all tied to each other by some way."""
        sizes = [self._size(c) for c in cards]
        known = [self.before.get(c) for c in cards]
        number = {c: i for i, c in enumerate(cards)}
        near = [[number[other] for other in sorted(self.tied.get(c, ())) if other in number] for c in cards]
        if sum(p is not None for p in known) >= _STAYS * len(cards):
            return self._set(cards, settle(known, near, sizes, gap=_LEAST_GAP))
        edges = sorted((a, b) for a, others in enumerate(near) for b in others if a < b)
        n = len(cards)
        points = _in_order(n, edges) if n > _ORDERED else sprung(n, edges, min(300, 2_000_000 // n**2))
        if len(cards) > _SPRUNG or len(edges) > _SPARSE * len(cards) or self.whole > _CAREFUL:
            return self._set(cards, rows_of(points, sizes, GAP, 1.3))
        spread = 0.62 * math.sqrt(sum((s.width + GAP) * (s.height + GAP) for s in sizes))
        # wider than high, as boxes of text are
        at = push_apart([(x * spread * 1.3, y * spread * 0.8) for x, y in points], sizes, gap=GAP)
        return self._set(cards, tighten(at, sizes, edges, edges, gap=GAP))

    def fill(self, blocks: Sequence[_Block], aspect: float, gap: float) -> _Block:
        """The blocks in one, packed, or where they stood before."""
        blocks = [b for b in blocks if b.width]
        if not blocks:
            return _Block(0, 0)
        ids = tuple(i for b in blocks for i in b.ids)
        sizes = [Size(b.width, b.height) for b in blocks]
        known = sum(i in self.before for i in ids)
        if known and known >= _STAYS * len(ids):
            corners = self._stayed(blocks, sizes)
        else:
            corners = flow(sizes, _pulls(blocks, self.tied), aspect, gap)
        corners = [(float(round(x)), float(round(y))) for x, y in corners]
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        parts: list[tuple[_Block | str, float, float]] = [(b, x - left, y - top) for b, (x, y) in zip(blocks, corners, strict=True)]
        return _Block(max(x + b.width for b, x, _ in parts if isinstance(b, _Block)), max(y + b.height for b, _, y in parts if isinstance(b, _Block)), parts, None, ids)

    def _stayed(self, blocks: Sequence[_Block], sizes: Sequence[Size]) -> list[Point]:
        """Left upper corners near where the blocks' cards stood; new ones stand by what they are tied to."""
        middles: list[Point | None] = []
        for block in blocks:
            now = self._middles(block)
            moved = [(self.before[i][0] - x, self.before[i][1] - y) for i, (x, y) in now.items() if i in self.before]
            if moved:
                dx, dy = sorted(m[0] for m in moved)[len(moved) // 2], sorted(m[1] for m in moved)[len(moved) // 2]
                middles.append((dx + block.width / 2, dy + block.height / 2))
            else:
                middles.append(None)
        near: list[list[int]] = [[] for _ in blocks]
        for a, b in _pulls(blocks, self.tied):
            near[a].append(b)
            near[b].append(a)
        middle = settle(middles, near, sizes, gap=_LEAST_GAP)
        return [(x - s.width / 2, y - s.height / 2) for (x, y), s in zip(middle, sizes, strict=True)]

    def _middles(self, block: _Block) -> dict[str, Point]:
        """The middle of each card and heading in a block, seen from its left upper corner."""
        out: dict[str, Point] = {}
        queue = [(block, 0.0, 0.0)]
        for one, x, y in queue:
            for part, dx, dy in one.parts:
                if isinstance(part, _Block):
                    queue.append((part, x + dx, y + dy))
                else:
                    out[part] = (x + dx + self.cards[part].width / 2, y + dy + self.cards[part].height / 2)
        return out

    def _single(self, card: str) -> _Block:
        size = self._size(card)
        return _Block(size.width, size.height, [(card, 0.0, 0.0)], None, (card,))

    def _set(self, cards: Sequence[str], middles: Sequence[Point]) -> _Block:
        """Cards at these middles in a block that is just as large as they need."""
        corners = [(float(round(x - self.cards[c].width / 2)), float(round(y - self.cards[c].height / 2))) for c, (x, y) in zip(cards, middles, strict=True)]
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        parts: list[tuple[_Block | str, float, float]] = [(c, x - left, y - top) for c, (x, y) in zip(cards, corners, strict=True)]
        return _Block(
            max(x + self.cards[c].width - left for c, (x, _) in zip(cards, corners, strict=True)),
            max(y + self.cards[c].height - top for c, (_, y) in zip(cards, corners, strict=True)),
            parts,
            None,
            tuple(cards),
        )

    def _size(self, card: str) -> Size:
        return Size(self.cards[card].width, self.cards[card].height)


def _nets(cards: Sequence[str], tied: Ties) -> list[list[str]]:
    """The cards in connected components, the largest first, each and all in the order given."""
    order = {c: i for i, c in enumerate(cards)}
    seen: set[str] = set()
    out = []
    for card in cards:
        if card in seen:
            continue
        seen.add(card)
        net = [card]
        for one in net:
            new = [b for b in tied.get(one, ()) if b in order and b not in seen]
            seen.update(new)
            net.extend(new)
        out.append(sorted(net, key=order.__getitem__))
    return sorted(out, key=lambda n: (-len(n), order[n[0]]))


def _in_order(n: int, edges: Sequence[tuple[int, int]]) -> list[Point]:
    """Points in rows of a square, in breadth-first order."""
    near: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    seen = [False] * n
    order: list[int] = []
    for start in range(n):
        if seen[start]:
            continue
        seen[start] = True
        queue = [start]
        for one in queue:
            for other in near[one]:
                if not seen[other]:
                    seen[other] = True
                    queue.append(other)
        order += queue
    wide = math.isqrt(n) + 1
    out: list[Point] = [(0.0, 0.0)] * n
    for k, i in enumerate(order):
        out[i] = (2 * (k % wide) / wide - 1, 2 * (k // wide) / wide - 1)
    return out


def _pulls(blocks: Sequence[_Block], tied: Ties) -> dict[tuple[int, int], float]:
    """How strongly blocks belong together, by pair of their indices in order."""
    owner = {i: n for n, b in enumerate(blocks) for i in b.ids}
    out: dict[tuple[int, int], float] = {}
    for a, n in owner.items():
        for b, weight in tied.get(a, {}).items():
            other = owner.get(b, n)
            if n < other:
                out[n, other] = out.get((n, other), 0.0) + weight
    return out


def _told(root: _Block, cards: Mapping[str, Card]) -> Layout:
    at: dict[str, Point] = {}
    areas: list[Area] = []
    home: dict[str, int] = {}
    queue: list[tuple[_Block, float, float, int | None]] = [(root, 0.0, 0.0, None)]
    for block, x, y, within in queue:
        if block.place is not None:
            areas.append(Area(block.place.topic, within, round(x), round(y), round(block.width), round(block.height)))
            within = len(areas) - 1
        for part, dx, dy in block.parts:
            if isinstance(part, _Block):
                queue.append((part, x + dx, y + dy, within))
            else:
                at[part] = (round(x + dx + cards[part].width / 2), round(y + dy + cards[part].height / 2))
                home[part] = -1 if within is None else within
    return Layout(at, tuple(areas), home)
