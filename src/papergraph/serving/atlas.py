"""Library → scenes of at most some hundred nodes: a map of topics and communities, what stands in a place, what is near a node."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from papergraph.errors import UnknownNameError
from papergraph.folding import digest, relation_id
from papergraph.library import Library
from papergraph.model import Concept, Edge, Graph, Node, Paper, Relation, Topic
from papergraph.query.path import shortest_path
from papergraph.store.protocol import Filter
from papergraph.view import Scene, compose
from papergraph.view.places import communities, homes, seen_relations, ties
from papergraph.view.scene import Drawn
from papergraph.vocabulary import RELATIONS

MOST = 300
"""Nodes on the page at once, at most."""
_MAPPED = 200_000
"""Stores of up to so many papers, topics and concepts are read whole for communities; of larger ones their topics alone are on the map."""
_TOPICS = 180
"""Topics and communities on the map, at most: those with most papers."""
_LEAST = 3
"""Communities of fewer cards than this are not on the map."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A scene with what it leaves out.

    `at` names it: `map`, `place ID`, `around ID DEPTH` or `path FROM TO`. `counts` are the papers in each topic or community, `left_out` how many nodes there
    would be beside those shown, at least.
    """

    at: str
    name: str
    scene: Scene
    counts: Mapping[str, int]
    left_out: int


class Atlas:
    """The sheets of a library. What the map needs of the whole graph is read once, and anew after a change.

    Parameters
    ----------
    library
        An opened library, used in one thread only.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self._read: _Whole | None = None
        self._number = 0

    def map(self) -> Sheet:
        """Topics and communities with the best connected papers of each; the whole graph where it is small enough."""
        whole = self._whole()
        if whole.graph is not None and len(whole.graph.nodes) <= MOST:
            return Sheet("map", "", compose(whole.graph), whole.counts, 0)
        shown = sorted(whole.members, key=lambda t: (-whole.counts.get(t, 0), t))[:_TOPICS]
        kept: dict[str, Node] = {}
        for topic in shown:
            # a topic stands in those above it; where there is no room for them, it is not on the map either
            chain = {topic: whole.topics[topic], **over(whole.topics[topic], whole.topics)}
            if len(kept.keys() | chain.keys()) <= _TOPICS:
                kept |= chain
        shown = [t for t in shown if t in kept]
        depth = 0
        while len(kept) < MOST and any(len(whole.members[t]) > depth for t in shown):
            for topic in shown:
                if len(kept) < MOST and depth < len(whole.members[topic]):
                    node = whole.members[topic][depth]
                    kept.setdefault(node, whole.cards[node])
            depth += 1
        graph = _graph(kept.values(), whole.relations, {c: t for t in shown for c in whole.members[t]} if whole.grouped else {})
        return Sheet("map", "", compose(graph), whole.counts, whole.total - len(kept.keys() - whole.grouped))

    def place(self, own: str) -> Sheet:
        """What stands in a topic with those below it, or in one of the map's communities: the best connected of it.

        In a library too large to be read whole, the first papers right in the topic.

        Raises
        ------
        UnknownNameError
            If there is no such place.
        """
        whole = self._whole()
        topic = whole.topics.get(own)
        if topic is None:
            raise UnknownNameError(f"no topic or community has the id {own}; go back to the map", ())
        if own in whole.members and whole.graph is not None:
            inner = [own, *(t for t, node in whole.topics.items() if own in over(node, whole.topics))]
            cards = sorted({c for t in inner for c in whole.members.get(t, ())}, key=whole.rank)
        else:
            inner = [own]
            cards = [p.id for p in self.library.store.papers(Filter(topics=(own,)))]
        kept: dict[str, Node] = {t: whole.topics[t] for t in inner[: MOST // 3]}
        wanted = cards[: MOST - len(kept)]
        kept |= {c: whole.cards[c] for c in wanted if c in whole.cards} or self.library.store.get(wanted)
        groups = dict.fromkeys(wanted, own) if own in whole.grouped else {}
        relations = whole.relations if whole.graph is not None else self._between(kept)
        return Sheet(f"place {own}", topic.pref_label, compose(_graph(kept.values(), relations, groups)), whole.counts, max(0, len(cards) + len(inner) - len(kept)))

    def around(self, own: str, depth: int = 1) -> Sheet:
        """What is within `depth` steps of a node, the strongest relations first, with the topics that it stands under.

        Raises
        ------
        UnknownNameError
            If there is no such node.
        """
        store = self.library.store
        centre = self.node(own)
        kept: dict[str, Node] = {centre.id: centre}
        front: list[Node] = [centre]
        # all that is next to it counts, of what lies beyond only what is looked at
        met = {centre.id, *(b for _, b, _ in store.neighbours([centre.id]))}
        for _ in range(depth):
            near = self._near(front)
            met.update(near)
            new = [i for i in near if i not in kept]
            found = store.get(new[: MOST - len(kept)])
            front = [found[i] for i in new if i in found]
            kept |= {n.id: n for n in front if isinstance(n, Drawn)}
        return self._sheet(f"around {centre.id} {depth}", centre.name, kept, len(met - kept.keys()))

    def path(self, source: str, target: str) -> Sheet:
        """A shortest way from one node to another, with the topics that its papers stand under.

        Raises
        ------
        UnknownNameError
            If there is no such node, or no way.
        """
        begin, end = self.node(source), self.node(target)
        steps = shortest_path(self.library.store, begin, end)
        if steps is None:
            raise UnknownNameError("there is no way between them in the library", ())
        kept: dict[str, Node] = {n.id: n for s in steps for n in (s.source, s.target)}
        return self._sheet(f"path {source} {target}", f"{begin.name} … {end.name}", kept, 0)

    def node(self, own: str) -> Drawn:
        """The paper, topic or concept with that id.

        Raises
        ------
        UnknownNameError
            If there is none.
        """
        found = self.library.store.get([own]).get(own)
        if not isinstance(found, Drawn):
            raise UnknownNameError(f"nothing on the page has the id {own}", ())
        return found

    # --- what they are made from

    def _sheet(self, at: str, name: str, kept: dict[str, Node], left_out: int) -> Sheet:
        # what stands in no topic of the sheet would seem to stand in none
        for topic in self._topics_of(kept):
            if len(kept) < MOST:
                kept.setdefault(topic.id, topic)
        return Sheet(at, name, compose(_graph(kept.values(), self._between(kept), {})), self._read.counts if self._read else {}, left_out)

    def _near(self, nodes: Iterable[Node]) -> list[str]:
        store = self.library.store
        ids = [n.id for n in nodes]
        tied = store.ties([n.id for n in nodes if not isinstance(n, Topic)], MOST)
        strong = [(-t.confidence, t.other) for i in ids for t in tied.get(i, ())]
        rest = {b for n in nodes if isinstance(n, Topic) for _, b, _ in store.neighbours([n.id])}
        topics = [t for n in nodes if isinstance(n, Paper) for t in n.topics]
        return list(dict.fromkeys([*topics, *(other for _, other in sorted(strong)), *sorted(rest)]))

    def _topics_of(self, nodes: Mapping[str, Node]) -> list[Topic]:
        store = self.library.store
        out: list[Topic] = []
        wanted = {t for n in nodes.values() if isinstance(n, Paper) for t in n.topics} | {n.broader for n in nodes.values() if isinstance(n, Topic) and n.broader}
        seen: set[str] = set()
        while wanted := wanted - seen:
            seen |= wanted
            found = [n for n in store.get(sorted(wanted)).values() if isinstance(n, Topic)]
            out += found
            wanted = {t.broader for t in found if t.broader}
        return out

    def _between(self, nodes: Mapping[str, Node]) -> list[Relation]:
        store = self.library.store
        edges = {e for a, b, e in store.neighbours([i for i, n in nodes.items() if not isinstance(n, Topic)]) if e.startswith("r-") and a in nodes and b in nodes}
        return list(store.relations_by_id(edges).values())

    def _whole(self) -> _Whole:
        newest = next((c.number for c in self.library.history(limit=1)), 0)
        if self._read is None or self._number != newest:
            self._number = newest
            counts = dict(self.library.statistics().nodes)
            drawn = sum(counts.get(label, 0) for label in ("Paper", "Topic", "Concept"))
            self._read = _whole_of(self.library.store.graph()) if drawn <= _MAPPED else _topics_only(self.library, drawn)
        return self._read


def over(topic: Topic, topics: Mapping[str, Topic]) -> dict[str, Topic]:
    """The topics above one, by id, the nearest first."""
    out: dict[str, Topic] = {}
    at = topics.get(topic.broader) if topic.broader else None
    while at is not None and at.id not in out and at.id != topic.id:
        out[at.id] = at
        at = topics.get(at.broader) if at.broader else None
    return out


@dataclass(frozen=True, slots=True)
class _Whole:
    """What the map needs: topics and communities by id, the cards in each, the best connected first."""

    graph: Graph | None
    topics: Mapping[str, Topic]
    members: Mapping[str, list[str]]
    grouped: frozenset[str]
    cards: Mapping[str, Node]
    relations: tuple[Relation, ...]
    counts: Mapping[str, int]
    degrees: Mapping[str, int]
    total: int

    def rank(self, card: str) -> tuple[int, str]:
        """The best connected first."""
        return -self.degrees.get(card, 0), card


def _whole_of(graph: Graph) -> _Whole:
    cards: dict[str, Node] = {n.id: n for n in graph.nodes if isinstance(n, Paper | Concept)}
    topics = {n.id: n for n in graph.nodes if isinstance(n, Topic)}
    tied = ties(seen_relations(graph, {*cards, *topics}))
    degrees = {i: len(t) for i, t in tied.items()}
    members: dict[str, list[str]] = {t: [] for t in topics}
    home = homes(graph, tied)
    for card, topic in home.items():
        members[topic].append(card)
    grouped = set()
    for group in communities((c for c in cards if c not in home), tied):
        if len(group) < _LEAST:
            continue
        best = min(group, key=lambda c: (not isinstance(cards[c], Paper), -degrees.get(c, 0), c))
        own = "k-" + digest("community", group[0])
        topics[own] = Topic(own, f"around {cards[best].name}")
        members[own] = group
        grouped.add(own)
    for inner in members.values():
        inner.sort(key=lambda c: (-degrees.get(c, 0), c))
    counts = {t: sum(isinstance(cards[c], Paper) for c in members[t]) for t in grouped}
    with_above = {t: {t, *over(topic, topics)} for t, topic in topics.items()}
    for paper in graph.papers():
        for t in set().union(*(with_above.get(own, ()) for own in paper.topics)):
            counts[t] = counts.get(t, 0) + 1
    return _Whole(graph, topics, members, frozenset(grouped), cards, graph.relations, counts, degrees, len(cards) + len(topics) - len(grouped))


def _topics_only(library: Library, total: int) -> _Whole:
    listed = library.topics()
    topics = {t.id: t for t, _ in listed}
    return _Whole(None, topics, {t: [] for t in topics}, frozenset(), {}, (), _summed({t.id: n for t, n in listed}, topics), {}, total)


def _summed(counts: Mapping[str, int], topics: Mapping[str, Topic]) -> dict[str, int]:
    """Papers in each topic with those below it."""
    out = dict(counts)
    for topic in topics.values():
        for above in over(topic, topics):
            out[above] = out.get(above, 0) + counts.get(topic.id, 0)
    return out


def _graph(nodes: Iterable[Node], relations: Iterable[Relation], groups: Mapping[str, str]) -> Graph:
    """These nodes with the relations between them; `groups` tells in which community a card stands."""
    by_id = {n.id: n for n in nodes}
    moved = {i: replace(n, topics=(groups[i],)) if isinstance(n, Paper) and i in groups and groups[i] in by_id and not set(n.topics) & by_id.keys() else n for i, n in by_id.items()}
    ends = tuple(r for r in relations if r.source in by_id and r.target in by_id)
    edges = tuple(Edge("HAS_TOPIC", n.id, t) for n in moved.values() if isinstance(n, Paper) for t in n.topics if t in by_id)
    return Graph(tuple(moved[i] for i in sorted(moved)), edges, ends)


def relation_of(library: Library, edge: str) -> Relation:
    """The relation that the page calls `FROM~TYPE~TO`.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    source, _, rest = edge.partition("~")
    kind, _, target = rest.partition("~")
    if kind in RELATIONS:
        own = relation_id(kind, source, target, symmetric=RELATIONS[kind].symmetric)
        found = library.store.relations_by_id([own]).get(own)
        if found is not None:
            return found
    raise UnknownNameError("this relation is no longer in the library; load the page anew", ())
