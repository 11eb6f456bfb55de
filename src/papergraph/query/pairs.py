"""Pairs of works, and whether anything has ever been stated of them."""

from __future__ import annotations

from collections.abc import Iterable

from papergraph.folding import relation_id
from papergraph.store.protocol import Store
from papergraph.vocabulary import RELATIONS

Pair = tuple[str, str]
"""The ids of two nodes, sorted."""
_BATCH = 500
"""Pairs whose statements are asked for at a time: each may bear fourteen relations."""


def pair(a: str, b: str) -> Pair:
    """The pair of two nodes, whichever is named first."""
    return (a, b) if a <= b else (b, a)


def spoken_of(store: Store, pairs: Iterable[Pair]) -> set[Pair]:
    """Which of these pairs anything is stated of: a relation of any type, either way, also one that was rejected or removed.

    Who said that something does not hold must not be asked again, so what was taken back counts as an answer. The ids of all
    relations that a pair could bear are made and looked up, so that the cost is that of the pairs and not of the relations
    that their ends have.
    """
    wanted = sorted(set(pairs))
    out: set[Pair] = set()
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        ends = {end for p in some for end in p}
        names: dict[str, set[str]] = {end: {end} for end in ends}
        for mention, work in store.mentions_of(ends).items():
            names[work].add(mention)
        borne = {i: p for p in some for i in _ids(names[p[0]], names[p[1]])}
        out |= {borne[s.element.id] for s in store.statements_on(borne)}
    return out


def _ids(sources: Iterable[str], targets: Iterable[str]) -> set[str]:
    """The ids of all relations that could be stated between any of the mentions of two works."""
    targets = tuple(targets)
    return {
        relation_id(kind.name, *ends, symmetric=kind.symmetric)
        for kind in RELATIONS.values()
        for a in sources
        for b in targets
        for ends in (((a, b),) if kind.symmetric else ((a, b), (b, a)))
    }
