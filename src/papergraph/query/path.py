"""The shortest way from one paper, topic or concept to another, each step explained."""

from __future__ import annotations

from dataclasses import dataclass

from papergraph.model import Node, Relation
from papergraph.store.protocol import Store

LONGEST = 12
"""Steps after which no way is looked for."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from a node to the next, by a relation or by a structural edge of that type."""

    source: Node
    target: Node
    type: str
    relation: Relation | None = None


def shortest_path(store: Store, source: Node, target: Node) -> list[Step] | None:
    """The steps from `source` to `target`, fewest first, relations before topics; `None` if there is no way.

    Bidirectional breadth-first search, one batched query a level; among the shortest ways the one found is the
    least by edge and id, so that every store gives the same.
    """
    return store.reading(lambda: _search(store, source, target))


def _search(store: Store, source: Node, target: Node) -> list[Step] | None:
    if source.id == target.id:
        return []
    parents: tuple[dict[str, tuple[str, str] | None], dict[str, tuple[str, str] | None]] = ({source.id: None}, {target.id: None})
    fronts = [{source.id}, {target.id}]
    for _ in range(LONGEST):
        side = 0 if len(fronts[0]) <= len(fronts[1]) else 1
        if not fronts[side]:
            return None
        seen, other = parents[side], parents[1 - side]
        reached: dict[str, tuple[bool, str, str]] = {}
        for a, b, edge in store.neighbours(fronts[side]):
            if b in seen:
                continue
            rank = (not edge.startswith("r-"), edge, a)
            if b not in reached or rank < reached[b]:
                reached[b] = rank
        for b, (_, edge, a) in reached.items():
            seen[b] = (a, edge)
        met = sorted(b for b in reached if b in other)
        if met:
            best = min(met, key=lambda m: (_weight(parents, m), m))
            return _steps(store, parents, best)
        fronts[side] = set(reached)
    return None


def _edges(parents: dict[str, tuple[str, str] | None], node: str) -> list[tuple[str, str, str]]:
    """`(from, to, edge)` from the search's root to `node`."""
    out = []
    at = node
    while (came := parents[at]) is not None:
        out.append((came[0], at, came[1]))
        at = came[0]
    return out[::-1]


def _weight(parents: tuple[dict[str, tuple[str, str] | None], dict[str, tuple[str, str] | None]], middle: str) -> tuple[int, int]:
    edges = [*_edges(parents[0], middle), *_edges(parents[1], middle)]
    return len(edges), sum(not e.startswith("r-") for _, _, e in edges)


def _steps(store: Store, parents: tuple[dict[str, tuple[str, str] | None], dict[str, tuple[str, str] | None]], middle: str) -> list[Step]:
    edges = [*_edges(parents[0], middle), *((b, a, e) for a, b, e in reversed(_edges(parents[1], middle)))]
    nodes = store.get({n for a, b, _ in edges for n in (a, b)})
    relations = store.relations_by_id({e for _, _, e in edges if e.startswith("r-")})
    return [Step(nodes[a], nodes[b], relations[e].type if e in relations else e, relations.get(e)) for a, b, e in edges]
