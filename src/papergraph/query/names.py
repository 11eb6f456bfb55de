"""From what a user typed to the paper, topic or concept that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from papergraph.errors import AmbiguousNameError, UnknownNameError
from papergraph.folding import fold
from papergraph.model import Node, Note, Paper, Source
from papergraph.resolve.identifiers import identifiers
from papergraph.store.protocol import Store
from papergraph.vocabulary import Role

_SHOWN = 8
_SURE, _CLEAR = 88.0, 6.0
"""A fuzzy match counts as meant at this likeness (0..100), this far above the next."""


def resolve(store: Store, name: str, *labels: str) -> Node:
    """The node that `name` means: by id, name, identifier, an unambiguous part, or nearly.

    Parameters
    ----------
    labels
        The kinds that may be meant; any of Paper, Topic, Concept if none is given.

    Raises
    ------
    UnknownNameError
        If nothing is called so; with the nearest names.
    AmbiguousNameError
        If several things are.
    """
    what = " or ".join(label.lower() for label in labels) or "paper, topic or concept"
    by_id = store.get([name]).get(name)
    if by_id is not None and _fits(by_id, labels):
        return by_id
    found = identifiers(name)
    keys = [k for k in (found.doi, found.arxiv_id, found.openreview_id, name) if k]
    for key in keys:
        exact = [n for n in store.named(fold(key)) if _fits(n, labels)]
        if exact:
            return _only(exact, name, what)
    if fold(name):
        part = [n for n in store.names_with(fold(name), _SHOWN * 4) if _fits(n, labels)]
        if part:
            entries = [n for n in part if isinstance(n, Paper) and n.role is Role.ENTRY]
            return _only(entries if len(entries) == 1 and len(part) > 1 and "paper" in what else part, name, what)
    near = nearest(store, name, labels)
    if near and near[0][2] >= _SURE and (len(near) == 1 or near[0][2] - near[1][2] >= _CLEAR):
        return store.get([near[0][0]])[near[0][0]]
    listed = tuple((i, n) for i, n, score in near[:3] if score >= 45)
    hint = "".join(f"\n  {i}  {n}" for i, n in listed)
    raise UnknownNameError(f"no {what} is called '{name}'" + (f"; the nearest are:{hint}" if listed else f"; try `papergraph search {name}`"), listed)


def _only(nodes: Sequence[Node], name: str, what: str) -> Node:
    if len(nodes) == 1:
        return nodes[0]
    shown = tuple((n.id, n.name) for n in nodes[:_SHOWN])
    listed = "".join(f"\n  {i}  {n}" for i, n in shown)
    more = f"\n  and {len(nodes) - len(shown)} more" if len(nodes) > len(shown) else ""
    raise AmbiguousNameError(f"'{name}' may be any of these; give more of the name, or the id:{listed}{more}", shown)


def _fits(node: Node, labels: Sequence[str]) -> bool:
    return node.label in labels if labels else not isinstance(node, Note | Source)


def nearest(store: Store, name: str, labels: Sequence[str] = ()) -> list[tuple[str, str, float]]:
    """`(id, name, likeness)` of the names most like `name`, likeness in 0..100, best first."""
    from rapidfuzz import fuzz, process, utils

    names = dict(store.names())
    found = process.extract(name, names, scorer=fuzz.WRatio if len(name) > 12 else fuzz.ratio, processor=utils.default_process, limit=12)
    nodes = store.get([i for _, _, i in found])
    return [(i, n, float(score)) for n, score, i in found if i in nodes and _fits(nodes[i], labels)]
