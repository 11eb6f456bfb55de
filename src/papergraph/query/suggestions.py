"""Relations that may be missing: pairs of papers with much in common of which nothing is stated. Never a fact, only a proposal to look.

Two papers have in common the notes that name both, concepts, topics, works that both are related to, and their contents. What
only few share tells most: each shared thing counts by the inverse logarithm of how many share it (L. A. Adamic, E. Adar, "Friends
and neighbors on the Web", Social Networks 25(3), 2003), base 2, so that what just two share counts whole. What speaks for a pair is
put together as independent evidence is: it stays below 1, and one more reason never makes less of it. `bench/suggestions.py`
measures what it finds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from papergraph.model import Concept, Node, Note, Paper, Relation, Topic
from papergraph.query.pairs import Pair, pair, spoken_of
from papergraph.query.related import topic_paths
from papergraph.store.protocol import Filter, Progress, Store, Tie
from papergraph.vocabulary import Role

WEIGHTS = {"named": 0.6, "concept": 0.1, "topic": 0.2, "via": 0.2, "contents": 0.95}
"""What each kind of thing in common counts (0..1) where just two papers share it, or where contents are the same."""
LOOKED_AT = 500
"""Entries looked at for the whole library; each takes some 10 ms, most of it for likeness of contents."""
_LARGEST_SHARED = 200
"""A topic or concept with more papers than this tells nothing of any two of them."""
_STRONGEST = 100
"""The relations of a paper that count, strongest first."""
_MIDDLE = 50
"""A work or concept with more relations than this, or a note that names more works, tells nothing of any two of them."""
_ALIKE = 20
"""How many papers are asked for by likeness of contents."""
_CHECKED = 100
"""Pairs looked up at a time for whether anything is said of them, the best first."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Why two papers may be related: `named` (a note names both), `concept`, `topic`, `via` (both related to a third) or `contents`.

    `weight` in 0..1; `notes` are those whose words tell it, `relations` those that lead to what stands between.
    """

    kind: str
    text: str
    weight: float
    notes: tuple[Note, ...] = ()
    relations: tuple[Relation, ...] = ()
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two papers that nothing is stated of, with what they have in common, the weightiest first; `score` in 0..1, no probability."""

    a: Paper
    b: Paper
    score: float
    grounds: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggestions, best first, and of how many entries so many were looked at."""

    found: tuple[Suggestion, ...]
    looked_at: int
    entries: int


@dataclass(frozen=True, slots=True)
class Clue:
    """A ground before anything more is read for it: the ids of its relations and of what stands between."""

    kind: str
    weight: float
    between: str | None = None
    notes: tuple[Note, ...] = ()
    relations: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


def suggest(store: Store, paper: Paper | None = None, *, limit: int = 10, progress: Progress | None = None) -> Suggestions:
    """Pairs that may be related, the best first, then by ids; with `paper` as `a`, or of the whole library if it is `None`.

    Pairs of which a relation stands, was rejected or was removed are left out. For the whole library all entries are looked at,
    or the `LOOKED_AT` that have most in common with few others.

    Parameters
    ----------
    limit
        How many at most.
    progress
        Told of each entry that is looked at.
    """
    shared = _Shared(store)
    entries = store.statistics().entries if paper is None else 1
    chosen = [paper] if paper is not None else _promising(store, entries)
    clues: dict[Pair, dict[str, list[Clue]]] = {}
    for n, one in enumerate(chosen):
        if progress is not None:
            progress("looking for pairs", n, len(chosen))
        for other, found in store.reading(lambda one=one: gather(shared, one)).items():  # type: ignore[misc]
            # seen from both sides, likeness may differ a little
            clues.setdefault(pair(one.id, other), {})[one.id] = found
    best = {ends: max(sides.values(), key=score) for ends, sides in clues.items()}
    ranked = sorted(best, key=lambda ends: (-score(best[ends]), ends))
    return store.reading(lambda: Suggestions(tuple(_explained(store, ranked, best, limit, paper)), len(chosen), entries))


class _Shared:
    """What many papers share, read once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._ties: dict[str, tuple[Tie, ...]] = {}
        self._under: dict[str, tuple[str, ...]] = {}
        self._bearing: dict[str, dict[str, tuple[Note, ...]]] = {}
        self._small: set[str] | None = None

    def ties(self, nodes: Iterable[str], most: int) -> dict[str, tuple[Tie, ...]]:
        """The relations at each of these; of one with more than `most` that number and one."""
        wanted = set(nodes)
        self._ties |= self.store.ties(wanted - self._ties.keys(), _STRONGEST)
        return {n: self._ties.get(n, ())[: most + 1] for n in wanted}

    def under(self, topics: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The papers right under each of these topics; none for one with too many."""
        wanted = set(topics)
        if missing := wanted - self._under.keys():
            self._under |= {**dict.fromkeys(missing, ()), **self.store.papers_under(missing, _LARGEST_SHARED)}
        return {t: self._under[t] for t in wanted}

    def bearing(self, concept: str) -> dict[str, tuple[Note, ...]]:
        """The papers that lead to a concept, with the notes that name it; none for one with too many."""
        if self._small is None:
            self._small = {c.id for c, relations, notes in self.store.concepts() if relations + notes <= _MIDDLE}
        if concept not in self._small:
            return {}
        if concept not in self._bearing:
            here = self.store.around(concept)
            found: dict[str, tuple[Note, ...]] = {other.id: () for _, other in here.relations if isinstance(other, Paper)}
            for note in here.notes:
                if note.about:
                    found[note.about] = (*found.get(note.about, ()), note)
            self._bearing[concept] = found
        return self._bearing[concept]


def gather(shared: _Shared, paper: Paper) -> dict[str, list[Clue]]:
    """All papers that have something in common with `paper`, by id, with what speaks for each."""
    out: dict[str, list[Clue]] = {}
    for other, clue in _clues(shared, paper):
        if other != paper.id and other.startswith("p-"):
            out.setdefault(other, []).append(clue)
    return out


def _clues(shared: _Shared, paper: Paper) -> Iterator[tuple[str, Clue]]:
    here = shared.store.around(paper.id)
    own = shared.ties([paper.id], _STRONGEST)[paper.id]
    for note in here.notes:
        named = [i for i in dict.fromkeys((note.about or paper.id, *note.mentions)) if i.startswith("p-")]
        if 2 <= len(named) <= _MIDDLE:
            for other in named:
                yield other, Clue("named", WEIGHTS["named"] * _rare(len(named)), None, (note,))
    met = {i: None for n in here.notes if n.about == paper.id for i in n.mentions if i.startswith("c-")}
    met |= {t.other: None for t in own if t.other.startswith("c-")}
    for concept in met:
        bearing = shared.bearing(concept)
        for other, notes in bearing.items():
            yield other, Clue("concept", WEIGHTS["concept"] * _rare(len(bearing)), concept, (*bearing.get(paper.id, ())[:1], *notes[:1]))
    for topic, papers in shared.under(paper.topics).items():
        for other in papers:
            yield other, Clue("topic", WEIGHTS["topic"] * _rare(len(papers)), topic)
    middles = [t for t in own if t.other.startswith("p-")]
    beyond = shared.ties((t.other for t in middles), _MIDDLE)
    for tie in middles:
        reached = beyond[tie.other]
        if len(reached) <= _MIDDLE:
            for second in reached:
                sure = min(tie.confidence, second.confidence)
                yield second.other, Clue("via", WEIGHTS["via"] * sure * _rare(len(reached)), tie.other, (), (tie.relation, second.relation))
    for found in shared.store.alike(paper.id, _ALIKE):
        yield found.paper.id, Clue("contents", WEIGHTS["contents"] * found.score, terms=found.terms)


def _rare(sharing: int) -> float:
    """What a thing counts that so many share: 1 for two, a half for four."""
    return 1 / math.log2(max(sharing, 2))


def score(clues: Sequence[Clue]) -> float:
    """How much speaks for a pair, in 0..1: what is left of doubt after each clue has taken its share of it."""
    return round(1 - math.prod(sorted(1 - c.weight for c in clues)), 3)


def _promising(store: Store, entries: int) -> list[Paper]:
    """All entries; of many, those that have most in common with few others, by one pass over the edges."""
    papers = store.papers(Filter(role=Role.ENTRY))
    if entries <= LOOKED_AT:
        return list(papers)
    about = {e.source: e.target for e in store.all_edges("ABOUT")}
    sharing: dict[str, set[str]] = {}
    for edge in store.all_edges("HAS_TOPIC"):
        sharing.setdefault(edge.target, set()).add(edge.source)
    for edge in store.all_edges("MENTIONS"):
        # a work that a note names is shared by those about which the notes are, and one of them itself
        sharing.setdefault(edge.target, {edge.target} if edge.target.startswith("p-") else set()).add(about.get(edge.source, edge.target))
    promise: dict[str, float] = {}
    for some in sharing.values():
        if 2 <= len(some) <= _LARGEST_SHARED:
            for one in some:
                promise[one] = promise.get(one, 0.0) + _rare(len(some))
    return sorted(papers, key=lambda p: (-round(promise.get(p.id, 0.0), 6), p.id))[:LOOKED_AT]


def _explained(store: Store, ranked: Sequence[Pair], clues: dict[Pair, list[Clue]], limit: int, paper: Paper | None) -> Iterator[Suggestion]:
    left = limit
    for start in range(0, len(ranked), _CHECKED):
        some = ranked[start : start + _CHECKED]
        said = spoken_of(store, some)
        free = [ends for ends in some if ends not in said][:left]
        every = [c for ends in free for c in clues[ends]]
        nodes = store.get({i for ends in free for i in ends} | {c.between for c in every if c.between})
        relations = store.relations_by_id({r for c in every for r in c.relations})
        paths = topic_paths(store, [n for n in nodes.values() if isinstance(n, Topic)])
        for ends in free:
            a, b = (nodes.get(i) for i in ends)
            # what somebody has taken out since it was gathered is suggested no more
            if isinstance(a, Paper) and isinstance(b, Paper):
                one, two = sorted((a, b), key=lambda p: (p.id != paper.id if paper else p.role is not Role.ENTRY, p.path or "", p.line or 0, p.title, p.id))
                grounds = [_ground(c, nodes, relations, paths) for c in _joined(clues[ends]) if relations.keys() >= set(c.relations) and (c.between is None or c.between in nodes)]
                yield Suggestion(one, two, score(clues[ends]), tuple(grounds))
                left -= 1
        if left <= 0:
            return


def _joined(clues: Iterable[Clue]) -> list[Clue]:
    """The clues, the weightiest first; those over the same thing in one."""
    by_thing: dict[tuple[str, str | None], list[Clue]] = {}
    for clue in clues:
        by_thing.setdefault((clue.kind, clue.between), []).append(clue)
    joined = [Clue(kind, score(some), between, tuple(dict.fromkeys(n for c in some for n in c.notes)), tuple(dict.fromkeys(r for c in some for r in c.relations)), some[0].terms) for (kind, between), some in by_thing.items()]
    return sorted(joined, key=lambda c: (-c.weight, c.kind, c.between or ""))


def _ground(clue: Clue, nodes: dict[str, Node], relations: dict[str, Relation], paths: dict[str, str]) -> Ground:
    middle = nodes.get(clue.between) if clue.between else None
    if clue.kind == "named":
        text = "the notes name both together"
    elif isinstance(middle, Topic):
        text = f"both under “{paths[middle.id]}”"
    elif isinstance(middle, Concept):
        text = f"both lead to the concept “{middle.name}”"
    elif middle is not None:
        text = f"both are related to “{middle.name}”"
    else:
        text = f"alike in {', '.join(clue.terms)}"
    return Ground(clue.kind, text, clue.weight, clue.notes, tuple(relations[r] for r in clue.relations), middle)
