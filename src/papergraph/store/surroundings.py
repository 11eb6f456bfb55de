"""What stands next to a node, put together from what a store tells of its edges: the same on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from papergraph.errors import StoreError
from papergraph.model import Node, Note, Paper, Relation, Topic
from papergraph.store.protocol import Surroundings

_T = TypeVar("_T")


class Edges(Protocol):
    """What is asked of a store."""

    def reading(self, work: Callable[[], _T]) -> _T:
        """Do `work` in one transaction."""

    def get(self, ids: Iterable[str]) -> dict[str, Node]:
        """The nodes with these ids."""

    def relations_at(self, node: str) -> Sequence[tuple[Relation, Node]]:
        """The relations at a node that are not rejected, with their other ends, the most confident first, then by id."""

    def edges_from(self, node: str, kind: str) -> Sequence[Node]:
        """Where the structural edges of a type lead to from a node, by name and id."""

    def edges_to(self, node: str, kind: str) -> Sequence[Node]:
        """Where the structural edges of a type to a node come from, by path, line, name and id."""


def surroundings(store: Edges, node: str) -> Surroundings:
    """What stands next to the node with that id.

    Raises
    ------
    StoreError
        If there is none.
    """
    return store.reading(lambda: _surroundings(store, node))


def _surroundings(store: Edges, node: str) -> Surroundings:
    found = store.get([node])
    if node not in found:
        raise StoreError(f"nothing with the id {node} is in the store")
    centre = found[node]
    topics = store.edges_from(centre.id, "BROADER" if isinstance(centre, Topic) else "HAS_TOPIC")
    papers = store.edges_to(centre.id, "HAS_TOPIC")
    notes = store.edges_to(centre.id, "ABOUT") if isinstance(centre, Paper) else ()
    met = store.edges_to(centre.id, "MENTIONS")
    return Surroundings(
        centre,
        tuple(store.relations_at(centre.id)),
        tuple(t for t in topics if isinstance(t, Topic)),
        tuple(p for p in papers if isinstance(p, Paper)),
        tuple(n for n in (*notes, *met) if isinstance(n, Note)),
    )
