"""Contradictions: those that are stated, relations that cannot all hold, and gaps where one might be.

Agreement hands a contradiction on: who agrees with a work that another contradicts should contradict the other too. Where the
notes say that it agrees with the other instead, they are inconsistent; where they say nothing, there is a gap worth a look.
It is the balance of signed triangles (F. Harary, "On the notion of balance of a signed graph", Michigan Mathematical Journal 2,
1953): one contradiction in a triangle is out of balance, two are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from papergraph.model import Node, Paper, Relation
from papergraph.query.pairs import Pair, pair, spoken_of
from papergraph.store.protocol import Filter, Store
from papergraph.vocabulary import Conflict, Role

AGREEING = ("CONSISTENT_WITH", "SUPPORTS", "EQUIVALENT_TO")
"""Relations that hand on what is said of the one end to the other."""
EXCLUDING: tuple[tuple[str, tuple[str, ...]], ...] = (("CONTRADICTS", AGREEING), ("DIFFERS_FROM", ("EQUIVALENT_TO",)))
"""Types of relations, and those which cannot hold of one pair together with them."""
MIDDLE = 50
"""A work that agrees with, or is contradicted by, more than this hands nothing on: everything would be at odds with everything."""
_CHECKED = 200
"""Gaps looked up at a time, the surest first."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two works (or a work and a concept) at odds.

    `through` is the third one where it takes three: what agrees with both of two that contradict each other (inconsistent), or
    what the one agrees with and the other contradicts (implied). `relations` are those that are at odds or lead there, each
    with its quotes; `confidence` (0..1) is that of the weakest that it takes.
    """

    kind: Conflict
    a: Node
    b: Node
    relations: tuple[Relation, ...]
    confidence: float
    through: Node | None = None


def disagreements(store: Store, *, kinds: Iterable[Conflict] = (), min_confidence: float = 0.0, limit: int = 100) -> list[Disagreement]:
    """What is at odds, by kind in the order of `Conflict`, the surest first, then by names and ids.

    Parameters
    ----------
    kinds
        Only these; all if empty.
    min_confidence
        Relations below it (0..1) do not count. Rejected ones never do.
    limit
        How many of each kind at most.
    """
    wanted = set(kinds) or set(Conflict)

    def read() -> list[Disagreement]:
        types = ("CONTRADICTS", "DIFFERS_FROM", *AGREEING)
        known = _Known(store.relations(Filter(types=types, min_confidence=min_confidence)))
        found: list[Disagreement] = []
        for kind in (k for k in Conflict if k in wanted):
            ranked = sorted(_FINDERS[kind](known), key=lambda d: (-d.confidence, d.a.name, d.b.name, d.a.id, d.b.id, d.through.id if d.through else ""))
            found += islice(_unsaid(store, ranked) if kind is Conflict.IMPLIED else ranked, limit)
        return found

    return store.reading(read)


class _Known:
    """Relations as they are asked for: by pair and type, and who agrees with whom."""

    def __init__(self, found: Sequence[tuple[Relation, Node, Node]]) -> None:
        self.nodes: dict[str, Node] = {}
        self.at: dict[Pair, dict[str, list[Relation]]] = {}
        self.agree: dict[str, dict[str, Relation]] = {}
        self.against: dict[str, dict[str, Relation]] = {}
        for relation, source, target in found:  # the surest first, so the first of a pair is its strongest
            self.nodes |= {source.id: source, target.id: target}
            self.at.setdefault(pair(source.id, target.id), {}).setdefault(relation.type, []).append(relation)
            side = self.agree if relation.type in AGREEING else self.against if relation.type == "CONTRADICTS" else None
            if side is not None:
                side.setdefault(source.id, {}).setdefault(target.id, relation)
                side.setdefault(target.id, {}).setdefault(source.id, relation)

    def contradicting(self) -> Iterator[tuple[str, str, Relation]]:
        """Each contradiction once, with its ends."""
        for (a, b), types in self.at.items():
            for relation in types.get("CONTRADICTS", ()):
                yield a, b, relation

    def between(self, kind: Conflict, a: str, b: str, relations: Sequence[Relation], confidence: float, through: str | None = None) -> Disagreement:
        """What is at odds, what the notes are about before what they only cite."""
        one, two = sorted((self.nodes[a], self.nodes[b]), key=lambda n: (not (isinstance(n, Paper) and n.role is Role.ENTRY), n.name, n.id))
        return Disagreement(kind, one, two, tuple(relations), confidence, self.nodes[through] if through else None)


def _stated(known: _Known) -> Iterator[Disagreement]:
    for a, b, relation in known.contradicting():
        yield known.between(Conflict.STATED, a, b, (relation,), relation.confidence)


def _opposed(known: _Known) -> Iterator[Disagreement]:
    for (a, b), types in known.at.items():
        relations: dict[str, Relation] = {}
        sure = 0.0
        for excluding, excluded in EXCLUDING:
            against = types.get(excluding, [])
            agreeing = [r for t in excluded for r in types.get(t, ())]
            if against and agreeing:
                relations |= {r.id: r for r in (*agreeing, *against)}
                sure = max(sure, min(max(r.confidence for r in side) for side in (against, agreeing)))
        if relations:
            yield known.between(Conflict.OPPOSED, a, b, tuple(relations.values()), sure)


def _inconsistent(known: _Known) -> Iterator[Disagreement]:
    for a, b, relation in known.contradicting():
        mine, theirs = (known.agree.get(end, {}) for end in (a, b))
        fewer, more = (mine, theirs) if len(mine) <= len(theirs) else (theirs, mine)
        for x in islice((x for x in fewer if x in more), MIDDLE):
            relations = (mine[x], theirs[x], relation)
            yield known.between(Conflict.INCONSISTENT, a, b, relations, min(r.confidence for r in relations), x)


def _implied(known: _Known) -> Iterator[Disagreement]:
    """One for each pair, over the surest way to it."""
    surest: dict[Pair, Disagreement] = {}
    for middle, against in known.against.items():
        agree = known.agree.get(middle, {})
        if len(agree) + len(against) > MIDDLE:
            continue
        for x, agreement in agree.items():
            for other, contradiction in against.items():
                ends = pair(x, other)
                if x == other or ends in known.at:
                    continue
                found = known.between(Conflict.IMPLIED, *ends, (agreement, contradiction), min(agreement.confidence, contradiction.confidence), middle)
                held = surest.get(ends)
                if held is None or _better(found, held):
                    surest[ends] = found
    yield from surest.values()


def _better(one: Disagreement, other: Disagreement) -> bool:
    assert one.through is not None
    assert other.through is not None
    return (-one.confidence, one.through.id) < (-other.confidence, other.through.id)


def _unsaid(store: Store, ranked: Sequence[Disagreement]) -> Iterator[Disagreement]:
    """Those of whose two ends nothing is said, nor ever was rejected; two concepts can bear no relation."""
    gaps = [d for d in ranked if isinstance(d.a, Paper) or isinstance(d.b, Paper)]
    for start in range(0, len(gaps), _CHECKED):
        some = gaps[start : start + _CHECKED]
        said = spoken_of(store, (pair(d.a.id, d.b.id) for d in some))
        yield from (d for d in some if pair(d.a.id, d.b.id) not in said)


_FINDERS: Mapping[Conflict, Callable[[_Known], Iterator[Disagreement]]] = {
    Conflict.STATED: _stated,
    Conflict.OPPOSED: _opposed,
    Conflict.INCONSISTENT: _inconsistent,
    Conflict.IMPLIED: _implied,
}
