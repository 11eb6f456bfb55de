"""Graph → scene: which nodes and edges the page draws, and where each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from papergraph.model import Concept, Edge, Graph, Paper, Relation, Topic
from papergraph.view.labels import Card, card
from papergraph.view.layout import Layout, place_all
from papergraph.view.packing import Point
from papergraph.view.places import Place, every_place, places, seen_relations, ties

Drawn = Paper | Topic | Concept

WIDE, TALL = 1.38, 0.5
"""Width by height of the room for the graph on a desk and in a hand."""
_TWICE = 400
"""Graphs of more nodes than this are laid out for a desk only."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Contents of one paper (an id) that are like another's: the cosine in 0..1, and the words that weigh most in it."""

    source: str
    target: str
    score: float
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn. `edges` are the topics that a paper has beside the one it stands in; that one is told by its place.

    `guests` are the cards that stand in the place of a topic which is not theirs, by what they are tied to.
    """

    graph: Graph
    nodes: tuple[Drawn, ...]
    cards: Mapping[str, Card]
    relations: tuple[Relation, ...]
    edges: tuple[Edge, ...]
    guests: frozenset[str]
    alike: tuple[Alike, ...]
    compared: bool
    wide: Layout
    tall: Layout | None = field(default=None)


def compose(graph: Graph, *, alike: Sequence[Alike] | None = None, before: Mapping[str, Point] | None = None) -> Scene:
    """The scene of a graph: papers, topics and concepts, and the relations that are not rejected, in the order in which their ends stand.

    Parameters
    ----------
    graph
        What to show; the order of its parts does not matter.
    alike
        Which papers' contents are alike, best first for each; `None` where they have not been compared.
    before
        Where nodes stood when the page was last made; they stay there as far as that can be.
    """
    known = sorted((n for n in graph.nodes if isinstance(n, Drawn)), key=lambda n: n.id)
    by_id = {n.id: n for n in known}
    seen = seen_relations(graph, by_id)
    tied = ties(seen)
    standing = places(graph, tied)
    depths = _depths(standing)
    cards = {n.id: card(n, len(tied.get(n.id, ())), depths.get(n.id, 0)) for n in known}
    wide = place_all(standing, cards, tied, aspect=WIDE, before=before)
    tall = place_all(standing, cards, tied, aspect=TALL) if 0 < len(known) <= _TWICE else None
    # in the order in which they stand, so that numbers next to each other are alike and the file is small
    nodes = tuple(by_id[i] for i in wide.at)
    order = {n.id: i for i, n in enumerate(nodes)}
    relations = tuple(sorted(seen, key=lambda r: (order[r.source], order[r.target], r.type)))
    inner = {c: p.topic for p in every_place(standing) for c in _own(p)}
    also = {(n.id, t) for n in nodes if isinstance(n, Paper) for t in n.topics if t in order and inner.get(n.id) != t}
    edges = tuple(Edge("HAS_TOPIC", a, b) for a, b in sorted(also, key=lambda e: (order[e[0]], order[e[1]])))
    guests = frozenset(i for i, t in inner.items() if t is not None and not (isinstance(n := by_id[i], Paper) and t in n.topics))
    kept = tuple(sorted((a for a in alike or () if a.source in order and a.target in order), key=lambda a: (order[a.source], -a.score, order[a.target])))
    return Scene(graph, nodes, cards, relations, edges, guests, kept, alike is not None, wide, tall)


def _own(place: Place) -> list[str]:
    """The cards of a place and of the communities right in it."""
    return [*place.cards, *(c for p in place.within if p.topic is None for c in p.cards)]


def _depths(standing: Sequence[Place]) -> dict[str, int]:
    out: dict[str, int] = {}
    queue = [(p, 0) for p in standing]
    for place, depth in queue:
        if place.topic is not None:
            out[place.topic] = depth
        queue.extend((p, depth + 1) for p in place.within)
    return out
