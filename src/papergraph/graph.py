"""Statements → graph: what several asserters say of one element, as one element.

`build` makes the whole graph from all statements; it is the definition. Stores keep the same graph up to date by
`weave`, which rebuilds only what a change touches; tests hold the one to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from papergraph.folding import fold, relation_id
from papergraph.model import CATALOGUE, EDIT, USER, Concept, Edge, Evidence, Graph, Node, Note, Paper, Relation, Statement, Topic, label_of
from papergraph.resolve.identity import all_keys, works_in
from papergraph.vocabulary import LABELS, RELATIONS, AssertedBy, Role, Status

if TYPE_CHECKING:
    import networkx


_T = TypeVar("_T")


def build(statements: Iterable[Statement]) -> Graph:
    """The graph that these statements make, whatever their order."""
    woven = _weave(tuple(statements), None)
    return _ordered(woven.nodes, woven.relations)


@dataclass(frozen=True, slots=True)
class Woven:
    """The elements that a set of statements makes, and the work that each mention of a paper is."""

    nodes: tuple[Node, ...]
    relations: tuple[Relation, ...]
    works: Mapping[str, str]


def _weave(statements: tuple[Statement, ...], works: Mapping[str, str] | None) -> Woven:
    """`works` tells the work that each mention is; `None` where `statements` are all that tell it."""
    work = works_in(statements) if works is None else works
    groups: dict[str, list[Statement]] = {}
    for s in statements:
        groups.setdefault(_own_id(s.element, work), []).append(s)
    nodes: dict[str, Node] = {}
    relations: dict[str, Relation] = {}
    for own, group in groups.items():
        if not _stands(group):
            continue
        if len(group) > 1:
            group.sort(key=_rank)
        first = group[0].element
        if isinstance(first, Relation):
            relations[own] = _same(first, _merge_relations(own, first, group, work))
        elif isinstance(first, Paper):
            nodes[own] = _same(first, _merge_papers(own, group))
        elif isinstance(first, Topic | Concept):
            nodes[own] = _same(first, _merge_labelled(first, [s.element for s in group if isinstance(s.element, Topic | Concept)]))
        elif isinstance(first, Note):
            about = work.get(first.about, first.about) if first.about else None
            met = tuple(dict.fromkeys(work.get(m, m) for m in first.mentions))
            others = tuple(m for m in met if m != about)
            nodes[own] = first if (about, others) == (first.about, first.mentions) else replace(first, about=about, mentions=others)
        else:
            nodes[own] = first
    return Woven(tuple(nodes.values()), tuple(relations.values()), work)


def _stands(group: Iterable[Statement]) -> bool:
    """Whether the element of these statements is in the graph: somebody puts it there, and the user does not take it out."""
    put = False
    for s in group:
        if s.removed:
            return False
        put = put or not s.aside
    return put


def _same(said: _T, made: _T) -> _T:
    """`made`, as what was `said` itself if that is all: most elements are, and so stand in memory and are written out but once."""
    return said if said == made else made


def _own_id(element: Node | Relation, work: Mapping[str, str]) -> str:
    if isinstance(element, Paper):
        return work[element.id]
    return id_between_works(element, work) if isinstance(element, Relation) else element.id


def id_between_works(relation: Relation, work: Mapping[str, str]) -> str:
    """The id of a relation between mentions as one between the works that these are."""
    source, target = work.get(relation.source, relation.source), work.get(relation.target, relation.target)
    if source == relation.source and target == relation.target:
        return relation.id
    return relation_id(relation.type, source, target, symmetric=RELATIONS[relation.type].symmetric)


def _rank(statement: Statement) -> tuple[int, str, int, str, str]:
    """The user's word first, then sources about the paper, then sources that cite it, then the catalogue; within these by place."""
    element = statement.element
    if statement.by_user:
        weight = 0
    elif statement.aside:
        weight = 4
    elif statement.asserter.startswith(f"{USER}:"):
        weight = 3
    else:
        weight = 2 if isinstance(element, Paper) and element.role is Role.CITED else 1
    path = getattr(element, "path", None) or ""
    line = getattr(element, "line", None) or 0
    return weight, path, line, statement.asserter, element.id


def _merge_papers(own: str, group: list[Statement]) -> Paper:
    said = [(s.element, s.asserter) for s in group if isinstance(s.element, Paper)]
    papers = [p for p, _ in said]
    titled = [(p, asserter) for p, asserter in said if p.title]
    # the name is the user's, else the full one that a catalogue knows, else that of the best mention
    best = next((p for p, asserter in titled if asserter in (USER, EDIT) and p.id == own), None)
    best = best or next((p for p, asserter in titled if asserter.startswith(CATALOGUE) and p.id == own), None)
    best = best or next(p for p, _ in titled if p.id == own)
    placed = next((p for p in papers if p.role is Role.ENTRY and p.path), next((p for p in papers if p.path), papers[0]))
    known = {fold(best.title)}
    aliases: list[str] = []
    for name in (n for p in papers for n in (*p.aliases, p.title)):
        if name and fold(name) not in known:
            known.add(fold(name))
            aliases.append(name)

    return Paper(
        own,
        best.title,
        Role.ENTRY if any(p.role is Role.ENTRY for p in papers) else Role.CITED,
        _first(p.authors for p in papers) or (),
        _first(p.year for p in papers),
        _first(p.venue for p in papers),
        _first(p.decision for p in papers),
        _first(p.url for p in papers),
        _first(p.doi for p in papers),
        _first(p.arxiv_id for p in papers),
        _first(p.openreview_id for p in papers),
        tuple(dict.fromkeys(m for p in papers for m in p.markers)),
        tuple(sorted(aliases)),
        tuple(dict.fromkeys(t for p in papers for t in p.topics)),
        placed.path,
        placed.line,
        tuple(dict.fromkeys(t for p in papers for t in p.tags)),
        tuple(dict.fromkeys(x for p in papers for x in p.links)),
        _first(p.read_at for p in papers),
        tuple(dict.fromkeys(x for p in papers for x in p.places)),
    )


def _first(values: Iterable[_T | None]) -> _T | None:
    return next((v for v in values if v), None)


def _merge_labelled(first: Topic | Concept, all_: list[Topic | Concept]) -> Topic | Concept:
    labels = dict.fromkeys(name for e in all_ for name in (e.pref_label, *e.alt_labels))
    alternatives = tuple(sorted(name for name in labels if name != first.pref_label))
    if isinstance(first, Topic):
        broader = next((e.broader for e in all_ if isinstance(e, Topic) and e.broader), None)
        return replace(first, alt_labels=alternatives, broader=broader)
    return replace(first, alt_labels=alternatives)


def _merge_relations(own: str, first: Relation, group: list[Statement], work: Mapping[str, str]) -> Relation:
    told = [s.element for s in group if isinstance(s.element, Relation)]
    source, target = (work.get(end, end) for end in (first.source, first.target))
    if RELATIONS[first.type].symmetric:
        source, target = sorted((source, target))
    user = next((s.element for s in group if s.asserter == USER and isinstance(s.element, Relation)), None)
    pieces = _merge_evidence(e for s in reversed(group) if isinstance(s.element, Relation) for e in s.element.evidence)
    return Relation(
        own,
        first.type,
        source,
        target,
        user.confidence if user else max(r.confidence for r in told),
        user.hedged if user else all(r.hedged for r in told),
        AssertedBy.USER if any(r.asserted_by is AssertedBy.USER for r in told) else AssertedBy.EXTRACTOR,
        user.status if user else Status.PROPOSED,
        pieces,
        user.reason if user else None,
    )


def _merge_evidence(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each piece once, by place; of what the user kept of the notes' sentences only those that the notes do not give themselves.

    The notes' pieces come first.
    """
    pieces: dict[tuple[Any, ...], Evidence] = {}
    places: set[tuple[Any, ...]] = set()
    for e in evidence:
        place = (e.source, e.path, e.start, e.end, e.rule)
        if e.path is None or (place not in places and not (e.lost and any(p[0] == e.source for p in places))):
            pieces.setdefault((*place, e.note_id, e.quote), e)
            if e.path is not None:
                places.add(place)
    return tuple(sorted(pieces.values(), key=lambda e: (e.path is None, e.path or "", e.start or 0, e.end or 0, e.rule, e.quote)))


def edges_of(node: Node) -> tuple[Edge, ...]:
    """The structural edges that start from `node`, whether or not their ends are in the graph."""
    match node:
        case Paper():
            return tuple(Edge("HAS_TOPIC", node.id, t) for t in node.topics)
        case Topic():
            return (Edge("BROADER", node.id, node.broader),) if node.broader else ()
        case Note():
            about = (Edge("ABOUT", node.id, node.about),) if node.about else ()
            return (*about, *(Edge("MENTIONS", node.id, m) for m in node.mentions), Edge("QUOTED_FROM", node.id, node.source))
        case _:
            return ()


def _ordered(nodes: Iterable[Node], relations: Iterable[Relation]) -> Graph:
    """Nodes by label and id without notes on papers that are gone; edges only where both ends are."""
    by_id = {n.id: n for n in nodes}
    kept = [n for n in by_id.values() if not (isinstance(n, Note) and n.about and n.about not in by_id)]
    ids = {n.id for n in kept}
    edges = sorted((e for n in kept for e in edges_of(n) if e.target in ids), key=lambda e: (e.type, e.source, e.target))
    related = sorted((r for r in relations if r.source in ids and r.target in ids and r.source != r.target), key=lambda r: r.id)
    return Graph(tuple(sorted(kept, key=lambda n: (LABELS.index(n.label), n.id))), tuple(edges), tuple(related))


class Statements(Protocol):
    """What `weave` asks of a store."""

    def statements_on(self, elements: Iterable[str]) -> list[Statement]:
        """All statements on these elements."""

    def statements_referring(self, elements: Iterable[str]) -> list[Statement]:
        """All statements whose element is a relation of, a note on, or otherwise leads to one of these elements."""

    def mentions_with(self, keys: Iterable[str]) -> set[str]:
        """The ids of the mentions that have one of these keys."""

    def works_of(self, mentions: Iterable[str]) -> dict[str, str]:
        """The work that each of these mentions was before the change."""

    def mentions_of(self, works: Iterable[str]) -> dict[str, str]:
        """The mentions that were these works before the change, each with its work."""

    def existing(self, nodes: Iterable[str]) -> set[str]:
        """Which of these nodes were in the graph before the change."""


@dataclass(frozen=True, slots=True)
class Update:
    """What a change does to a stored graph: rows to take out, then rows to put in."""

    gone_nodes: frozenset[str]
    gone_relations: frozenset[str]
    nodes: tuple[Node, ...]
    relations: tuple[Relation, ...]
    works: Mapping[str, str | None]


def weave(store: Statements, before: Iterable[Statement], after: Iterable[Statement]) -> Update:
    """What the graph becomes once `before` has been replaced by `after` among the store's statements.

    Called when the store's statements are already the new ones, but its graph is still the old one. The cost grows
    with what the change touches, and with the edges of papers that become another work, not with the store.
    """
    before, after = tuple(before), tuple(after)
    touched = {s.element.id for s in (*before, *after)}
    mentions = {s.element.id for s in (*before, *after) if isinstance(s.element, Paper)}
    keys = all_keys(s.element for s in (*before, *after) if isinstance(s.element, Paper))
    papers: dict[str, list[Statement]] = {}
    while True:
        # papers that share a key with a touched one, and so on, and those that were one work with it
        found = mentions | store.mentions_with(keys)
        old = store.works_of(found)
        found |= set(store.mentions_of(set(old.values())))
        new = found - papers.keys()
        if not new:
            break
        for m in new:
            papers[m] = []
        for s in store.statements_on(new):
            papers[s.element.id].append(s)
            if isinstance(s.element, Paper):
                keys |= all_keys((s.element,))
        mentions = found
    old = store.works_of(papers)
    works = works_in(s for group in papers.values() for s in group)
    now = _alive(papers, works)
    was = store.existing(set(old.values()))
    moved = {m for m in papers if old.get(m) != works.get(m) or (works.get(m) in now) != (old.get(m) in was)}
    clusters = {w for m in moved for w in (old.get(m), works.get(m)) if w}
    moved |= {m for m in papers if old.get(m) in clusters or works.get(m) in clusters}
    others = touched - papers.keys()
    plain = store.statements_on(others)
    appeared = _changed_nodes(store, others, plain)
    referring = store.statements_referring(moved | appeared)
    statements = {s.key: s for group in papers.values() for s in group}
    statements |= {s.key: s for s in (*plain, *referring) if not isinstance(s.element, Paper)}
    _add_sisters(store, statements, (*before, *after), works)
    outer = store.works_of({e for s in (*statements.values(), *before) for e in leads_to(s.element)} - papers.keys())
    woven = _weave(tuple(statements.values()), {**outer, **works})
    prior = {**outer, **old}
    anew = {s.key for s in after}
    stored = [*before, *(s for s in statements.values() if s.key not in anew)]
    gone_relations = {_own_id(s.element, w) for s in stored if isinstance(s.element, Relation) for w in (prior, woven.works)}
    gone_nodes = {s.element.id for s in (*statements.values(), *before) if not isinstance(s.element, Relation | Paper)}
    gone_nodes |= {w for m in papers for w in (old.get(m), works.get(m)) if w}
    # papers that lead to topics which came or went keep their rows but need their edges again
    again = {s.element.id for s in referring if isinstance(s.element, Paper)} - papers.keys()
    if again:
        extra = store.statements_on(set(store.mentions_of(set(store.works_of(again).values()))))
        # who they are has not changed; what they are called might tell otherwise than it does in the whole store
        more = _weave(tuple(extra), store.works_of({s.element.id for s in extra}))
        woven = Woven((*woven.nodes, *more.nodes), woven.relations, {**woven.works, **more.works})
        gone_nodes |= {n.id for n in more.nodes}
    return Update(frozenset(gone_nodes), frozenset(gone_relations), woven.nodes, woven.relations, {m: works.get(m) for m in papers})


def _alive(papers: Mapping[str, list[Statement]], works: Mapping[str, str]) -> set[str]:
    """The works that are in the graph."""
    groups: dict[str, list[Statement]] = {}
    for m, group in papers.items():
        if m in works:
            groups.setdefault(works[m], []).extend(group)
    return {w for w, group in groups.items() if _stands(group)}


def _changed_nodes(store: Statements, ids: set[str], statements: list[Statement]) -> set[str]:
    """Which of these nodes come into the graph or leave it."""
    by_id: dict[str, list[Statement]] = {}
    for s in statements:
        if not isinstance(s.element, Relation):
            by_id.setdefault(s.element.id, []).append(s)
    now = {i for i, group in by_id.items() if _stands(group)}
    return now ^ store.existing(ids)


def _add_sisters(store: Statements, statements: dict[tuple[str, str], Statement], changed: tuple[Statement, ...], works: Mapping[str, str]) -> None:
    """Other statements of the same relations, made between other mentions of the same works."""
    ends = {e for s in (*changed, *statements.values()) if isinstance(s.element, Relation) for e in (s.element.source, s.element.target)}
    before = store.works_of(ends)
    now = {e: works.get(e, before.get(e)) for e in ends}
    reached = {w for w in now.values() if w}
    sisters = set(store.mentions_of(reached.union(w for w in before.values() if w))) | {m for m, w in works.items() if w in reached}
    if sisters <= ends and len(sisters) == len(reached):
        # every work has one mention: a relation has no sister but under its own id
        for s in store.statements_on({s.element.id for s in changed if isinstance(s.element, Relation)}):
            statements.setdefault(s.key, s)
        return
    for s in store.statements_referring(sisters):
        if isinstance(s.element, Relation):
            statements.setdefault(s.key, s)


def leads_to(element: Node | Relation) -> tuple[str, ...]:
    """The ids that an element leads to: ends, subjects, topics."""
    match element:
        case Relation():
            return element.source, element.target
        case Note():
            return (*((element.about,) if element.about else ()), *element.mentions, element.source)
        case Paper():
            return element.topics
        case Topic():
            return (element.broader,) if element.broader else ()
        case _:
            return ()


def stated_as(relation: Relation, mentions: Mapping[str, str]) -> set[str]:
    """The ids under which a relation of the graph may be stated: between any mentions of the works at its ends, `mentions` telling the work of each."""
    sources, targets = ([end, *(m for m, work in mentions.items() if work == end)] for end in (relation.source, relation.target))
    return {relation_id(relation.type, a, b, symmetric=RELATIONS[relation.type].symmetric) for a in sources for b in targets}


def in_order_of_weight(statements: Iterable[Statement]) -> list[Statement]:
    """Statements on one element, the one that counts first first: the user's, then those of the notes by place, then those of a catalogue."""
    return sorted(statements, key=_rank)


def to_networkx(graph: Graph) -> networkx.MultiDiGraph[str]:
    """The graph for networkx: nodes with `label` and their properties, edges with `type`; key = type or relation id."""
    import networkx as nx

    out: networkx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in graph.nodes:
        out.add_node(node.id, **{"label": str(node.label), **{k: v for k, v in node.properties().items() if k not in ("id", "label")}})
    for edge in graph.edges:
        out.add_edge(edge.source, edge.target, key=edge.type, type=edge.type)
    for relation in graph.relations:
        data = {k: v for k, v in relation.properties().items() if k not in ("source", "target")}
        out.add_edge(relation.source, relation.target, key=relation.id, **data)
    return out


def diff(before: Iterable[Statement], after: Iterable[Statement]) -> list[tuple[Statement | None, Statement | None]]:
    """Pairs `(before, after)` of what one asserter said and says now, without what is unchanged; in order of label and id."""
    old = {s.key: s for s in before}
    new = {s.key: s for s in after}
    changed = [(old.get(k), new.get(k)) for k in {*old, *new} if old.get(k) != new.get(k)]
    return sorted(changed, key=order_of_changes)


def order_of_changes(pair: tuple[Statement | None, Statement | None]) -> tuple[str, str, str]:
    """By label, id and asserter: the order in which changes are told and logged."""
    statement = pair[1] or pair[0]
    assert statement is not None
    return str(label_of(statement.element)), statement.element.id, statement.asserter


