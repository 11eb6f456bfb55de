"""From a change of statements to the rows that a store writes: the same on every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, TypeVar

from papergraph.errors import StaleError
from papergraph.graph import Statements, build, edges_of, leads_to, weave
from papergraph.model import Edge, Graph, Node, Note, Paper, Relation, Statement
from papergraph.resolve.identity import keys_of, works_in
from papergraph.store.changes import Change

_T = TypeVar("_T")


class Reads(Statements, Protocol):
    """What is asked of a store before it is changed."""

    def subjects_of(self, notes: Iterable[str]) -> set[str]:
        """The papers that these notes are about."""


class Pending:
    """A store's statements as a change will leave them, over its graph as it still is: what `weave` asks.

    So everything is read before anything is written, and nothing twice. `held` are the store's statements on the elements
    that change.
    """

    def __init__(self, store: Statements, changes: Sequence[Change], held: Sequence[Statement]) -> None:
        self._store = store
        self._read = {c.statement.element.id for c in changes}
        self._held: dict[str, list[Statement]] = {}
        for statement in held:
            self._held.setdefault(statement.element.id, []).append(statement)
        self._works: dict[str, str | None] = {}
        self._changed = {c.before.key for c in changes if c.before}
        self._said: dict[str, list[Statement]] = {}
        self._leading: dict[str, list[str]] = {}
        self._keyed: dict[str, list[str]] = {}
        for statement in (c.after for c in changes if c.after):
            element = statement.element
            self._said.setdefault(element.id, []).append(statement)
            for target in leads_to(element):
                self._leading.setdefault(target, []).append(element.id)
            if isinstance(element, Paper):
                for key in keys_of(element).all():
                    self._keyed.setdefault(key, []).append(element.id)

    def statements_on(self, elements: Iterable[str]) -> list[Statement]:
        wanted = set(elements)
        unread = wanted - self._read
        self._read |= unread
        for s in self._store.statements_on(unread) if unread else ():
            self._held.setdefault(s.element.id, []).append(s)
        held = [s for e in wanted for s in self._held.get(e, ()) if s.key not in self._changed]
        return sorted([*held, *(s for e in wanted for s in self._said.get(e, ()))], key=lambda s: s.key)

    def statements_referring(self, elements: Iterable[str]) -> list[Statement]:
        wanted = set(elements)
        if not wanted:
            return []
        held = [s for s in self._store.statements_referring(wanted) if s.key not in self._changed]
        found = {s.element.id for s in held if not wanted.isdisjoint(leads_to(s.element))}
        ours = {e for t in wanted for e in self._leading.get(t, ())}
        known = [*self.statements_on(ours - found), *(s for s in held if s.element.id in found), *(s for e in found for s in self._said.get(e, ()))]
        return sorted(known, key=lambda s: s.key)

    def mentions_with(self, keys: Iterable[str]) -> set[str]:
        wanted = set(keys)
        return (self._store.mentions_with(wanted) if wanted else set()) | {m for k in wanted for m in self._keyed.get(k, ())}

    def works_of(self, mentions: Iterable[str]) -> dict[str, str]:
        wanted = set(mentions)
        unread = wanted - self._works.keys()
        if unread:
            self._works |= {**dict.fromkeys(unread), **self._store.works_of(unread)}
        return {m: w for m in wanted if (w := self._works[m]) is not None}

    def mentions_of(self, works: Iterable[str]) -> dict[str, str]:
        wanted = set(works)
        return self._store.mentions_of(wanted) if wanted else {}

    def existing(self, nodes: Iterable[str]) -> set[str]:
        wanted = set(nodes)
        return self._store.existing(wanted) if wanted else set()


@dataclass(frozen=True, slots=True)
class Rows:
    """What a change does to a store's graph: rows that go, then rows that come.

    `replaced` are nodes whose outgoing structural edges, names and tokens go first. `texts` are the title and notes of each
    paper that is new; `stale` the papers whose texts must be read once all is written.
    """

    gone_nodes: tuple[str, ...]
    replaced: tuple[str, ...]
    gone_relations: tuple[str, ...]
    works: tuple[tuple[str, str | None], ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    relations: tuple[Relation, ...]
    texts: dict[str, list[str]]
    stale: tuple[str, ...]


def batches(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """The values in their order, `size` at a time."""
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some


def check_held(changes: Sequence[Change], held: Iterable[Statement]) -> None:
    """Hold what a store has to what the changes take it to have.

    Raises
    ------
    StaleError
        If somebody else has changed a statement since it was read.
    """
    by_key = {s.key: s for s in held}
    if any(by_key.get(c.statement.key) != c.before for c in changes):
        raise StaleError("the store has changed since it was read (another papergraph was at work); nothing was changed, run the command again")


def check_newest(newest: int, after: int | None) -> None:
    """Hold the newest change set to the one after which changes were thought out, if that matters.

    Raises
    ------
    StaleError
        If it is another.
    """
    if after is not None and newest != after:
        raise StaleError("the store has changed since it was read (another papergraph was at work); nothing was changed, run the command again")


def rows_of(store: Reads, changes: Sequence[Change], held: Sequence[Statement]) -> Rows:
    """What these changes do to the graph of `store`, which holds the statements from before them: on what changes, `held`."""
    update = weave(Pending(store, changes, held), (c.before for c in changes if c.before), (c.after for c in changes if c.after))
    nodes = {n.id: n for n in update.nodes}
    gone = update.gone_nodes - nodes.keys()
    replaced = update.gone_nodes | nodes.keys()
    subjects = {n.about for n in nodes.values() if isinstance(n, Note) and n.about}
    papers = {i for i, n in nodes.items() if isinstance(n, Paper)}
    edges = [e for n in nodes.values() for e in edges_of(n)]
    ends = {r.source for r in update.relations} | {r.target for r in update.relations} | {e.target for e in edges}
    were_about = store.subjects_of(replaced)
    existing = store.existing(ends | subjects | papers | replaced | were_about)
    replaced &= existing
    alive = (existing - gone) | papers
    orphans = {i for i, n in nodes.items() if isinstance(n, Note) and n.about and n.about not in alive}
    kept = [n for i, n in nodes.items() if i not in orphans]
    present = (existing - gone - orphans) | {n.id for n in kept}
    edges = [e for e in edges if e.source not in orphans and e.target in present]
    stale = (were_about | {n.about for n in kept if isinstance(n, Note) and n.about} | papers) & present
    return Rows(
        tuple(sorted((gone | orphans) & existing)),
        tuple(sorted(replaced)),
        tuple(sorted(update.gone_relations)),
        tuple(sorted(update.works.items())),
        tuple(kept),
        tuple(dict.fromkeys(edges)),
        tuple(r for r in update.relations if r.source in present and r.target in present and r.source != r.target),
        _texts_of_new([n for n in kept if isinstance(n, Paper) and n.id not in existing], kept),
        tuple(sorted(stale - (papers - existing))),
    )


def rows_of_all(statements: Sequence[Statement], graph: Graph | None = None) -> Rows:
    """The whole graph as rows, for a store that holds none of it; `graph` is what `build` makes of the statements, if that is known."""
    whole = graph or build(statements)
    texts = _texts_of_new(whole.papers(), whole.nodes)
    return Rows((), (), (), tuple(sorted(works_in(statements).items())), whole.nodes, whole.edges, whole.relations, texts, ())


def _texts_of_new(papers: Iterable[Paper], nodes: Iterable[Node]) -> dict[str, list[str]]:
    """A paper that was not there before is spoken of only by notes that come with it."""
    texts = {p.id: [p.title] for p in papers}
    for node in nodes:
        if isinstance(node, Note) and node.about in texts:
            texts[node.about].append(node.text)
    return texts


def count_terms(texts: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, Counter[str]]]:
    """Each paper, by id, with how often each content word stands in its texts."""
    from papergraph.lang.tokens import content_terms

    for paper in sorted(texts):
        yield paper, content_terms("\n".join(texts[paper]))
