"""Which card stands in which place: topics hold their papers, what is only cited stands by what cites it, the rest forms communities."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from papergraph.model import Concept, Graph, Node, Paper, Relation, Topic
from papergraph.vocabulary import Role, Status

Ties = dict[str, dict[str, float]]
"""For each node its neighbours with how strongly the two belong together."""

DEEPEST = 40
"""Topics further down stand in the place of the one above them that is this deep."""
_CROWD = 80
"""More cards than this in one place are divided into communities."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of the page: a topic's, or a community's where `topic` is `None`.

    `cards` are the ids that stand right in it, `within` the places inside it, both in the order of the notes.
    """

    topic: str | None
    cards: tuple[str, ...] = ()
    within: tuple[Place, ...] = ()


def every_place(places: Iterable[Place]) -> list[Place]:
    """These places and all that are inside them, outer ones before inner ones."""
    out = list(places)
    for place in out:
        out.extend(place.within)
    return out


def seen_relations(graph: Graph, ids: Collection[str]) -> list[Relation]:
    """The relations between two of `ids` that are not rejected."""
    return [r for r in graph.relations if r.status is not Status.REJECTED and r.source in ids and r.target in ids and r.source != r.target]


def ties(relations: Iterable[Relation]) -> Ties:
    """How strongly the ends of these relations belong together."""
    out: Ties = {}
    for r in relations:
        for a, b in ((r.source, r.target), (r.target, r.source)):
            known = out.setdefault(a, {})
            known[b] = known.get(b, 0.0) + 0.5 + r.confidence
    return out


def places(graph: Graph, tied: Ties) -> tuple[Place, ...]:
    """The outermost places, in the order of the notes: topics, then communities of what belongs to no topic.

    The last one has no topic and holds, if there are any, the cards that nothing is known to belong with.
    """
    topics = {n.id: n for n in graph.nodes if isinstance(n, Topic)}
    above = _above(topics)
    home = homes(graph, tied)
    order = {n.id: i for i, n in enumerate(sorted((n for n in graph.nodes if isinstance(n, Paper | Concept)), key=_place_in_notes))}
    held: dict[str, list[str]] = {t: [] for t in topics}
    loose: list[str] = []
    for card in order:
        if card in home:
            held[home[card]].append(card)
        else:
            loose.append(card)
    return (*_topic_places(topics, above, held, order, tied), *_loose_places(loose, order, tied))


def homes(graph: Graph, tied: Ties) -> dict[str, str]:
    """The topic that each card stands in: a paper's first; for what is only cited, or a concept, that of what it is tied to most.

    Papers of the notes without a topic, and what is tied to them alone, are not in it.
    """
    topics = {n.id for n in graph.nodes if isinstance(n, Topic)}
    home = {n.id: next(t for t in n.topics if t in topics) for n in graph.nodes if isinstance(n, Paper) and topics.intersection(n.topics)}
    own = {n.id for n in graph.nodes if isinstance(n, Paper) and n.role is Role.ENTRY}
    guests = sorted(n.id for n in graph.nodes if isinstance(n, Paper | Concept) and n.id not in home and n.id not in own)
    for _ in range(2):
        found: dict[str, str] = {}
        for guest in guests:
            weights: dict[str, float] = {}
            for other, weight in tied.get(guest, {}).items():
                # where papers of no topic are among them too, it stands with the most
                place = home.get(other, "" if other in own else None)
                if place is not None:
                    weights[place] = weights.get(place, 0.0) + weight
            if guest not in home and weights and (best := min(weights, key=lambda t: (-weights[t], t))):
                found[guest] = best
        home |= found
    return home


def communities(ids: Iterable[str], tied: Ties) -> list[list[str]]:
    """The cards in communities that are densely tied (Traag, Waltman and van Eck 2019, Leiden); cards without ties in none.

    Each is sorted, the largest comes first; the same cards and ties give the same communities in whatever order they come.
    """
    import graspologic_native as native

    among = set(ids)
    edges = [(a, b, w) for a in sorted(among) for b, w in sorted(tied.get(a, {}).items()) if a < b and b in among]
    if not edges:
        return []
    _, found = native.leiden(edges, resolution=1.0, seed=_SEED, iterations=1)
    groups: dict[int, list[str]] = {}
    for node in sorted(found):
        groups.setdefault(found[node], []).append(node)
    return sorted(groups.values(), key=lambda g: (-len(g), g[0]))


def _above(topics: Mapping[str, Topic]) -> dict[str, str | None]:
    """For each topic the one whose place it stands in, without circles, and not deeper than `DEEPEST`."""
    out: dict[str, str | None] = {}
    depth: dict[str, int] = {}
    for topic in sorted(topics):
        way: list[str] = []
        at: str | None = topic
        while at is not None and at in topics and at not in depth and at not in way:
            way.append(at)
            at = topics[at].broader
        # where the way comes back to itself, the circle is cut
        over = at if at is not None and at in depth else None
        for one in reversed(way):
            while over is not None and depth[over] >= DEEPEST:
                over = out[over]
            out[one] = over
            depth[one] = depth[over] + 1 if over is not None else 1
            over = one
    return out


def _place_in_notes(node: Node) -> tuple[bool, str, int, str]:
    path = getattr(node, "path", None)
    return path is None, path or "", getattr(node, "line", None) or 0, node.id


def _topic_places(
    topics: Mapping[str, Topic], above: Mapping[str, str | None], held: Mapping[str, list[str]], order: Mapping[str, int], tied: Ties
) -> list[Place]:
    below: dict[str | None, list[str]] = {}
    for topic, over in above.items():
        below.setdefault(over, []).append(topic)
    made: dict[str, Place] = {}
    first: dict[str, tuple[int, str, str]] = {}
    for topic in _deepest_first(below):
        inner = sorted(below.get(topic, ()), key=first.__getitem__)
        cards = held[topic]
        groups: tuple[Place, ...] = ()
        if len(cards) > _CROWD:
            groups, cards = _divided(cards, order, tied)
        made[topic] = Place(topic, tuple(cards), (*groups, *(made[t] for t in inner)))
        # where its first paper, or that of a topic below it, stands in the notes
        first[topic] = (min([order[held[topic][0]] if held[topic] else len(order), *(first[t][0] for t in inner)]), topics[topic].pref_label, topic)
    return [made[t] for t in sorted(below.get(None, ()), key=first.__getitem__)]


def _deepest_first(below: Mapping[str | None, list[str]]) -> list[str]:
    out = sorted(below.get(None, ()))
    for topic in out:
        out.extend(sorted(below.get(topic, ())))
    return out[::-1]


def _loose_places(loose: list[str], order: Mapping[str, int], tied: Ties) -> list[Place]:
    groups, lone = _divided(loose, order, tied)
    return [*groups, *([Place(None, tuple(lone))] if lone else [])]


def _divided(cards: Sequence[str], order: Mapping[str, int], tied: Ties) -> tuple[tuple[Place, ...], list[str]]:
    """The communities of some cards, and the cards in none."""
    found = communities(cards, tied)
    among = {c for g in found for c in g}
    return tuple(Place(None, tuple(sorted(g, key=order.__getitem__))) for g in found), [c for c in cards if c not in among]
