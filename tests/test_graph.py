"""Statements → graph: who is who, and what several asserters say of one element."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papergraph import merging
from papergraph.editing import decide
from papergraph.errors import UsageError
from papergraph.folding import concept_id, note_id, paper_id, relation_id, topic_id
from papergraph.graph import build, to_networkx
from papergraph.model import USER, Concept, Evidence, Note, Paper, Relation, Source, Statement, Topic
from papergraph.resolve.identity import identify
from papergraph.store import open_store
from papergraph.store.changes import Change, changes_between
from papergraph.store.protocol import Store
from papergraph.vocabulary import RELATIONS, AssertedBy, Kind, Role, Status


def entry(title: str, **more: object) -> Paper:
    return Paper(paper_id(title), title, Role.ENTRY, **more)  # type: ignore[arg-type]


def cited(title: str, **more: object) -> Paper:
    return Paper(paper_id(title), title, Role.CITED, **more)  # type: ignore[arg-type]


VIM = "Vision Mamba: Efficient Visual Representation Learning"


@pytest.mark.parametrize(
    ("papers", "works"),
    [
        ([entry("A Long Title"), entry("a long  title!")], 1),
        ([entry(VIM), cited("Vision Mamba")], 1),
        ([entry("Vision Mamba"), entry(VIM)], 2),  # two entries are two papers
        ([entry(VIM), entry("Vision Mamba: Another Paper"), cited("Vision Mamba")], 3),  # ambiguous
        ([entry("One Title", arxiv_id="2401.00001"), cited("Another Title", arxiv_id="2401.00001")], 1),
        ([entry("One Title", url="https://example.org/a/"), cited("Another", url="http://www.example.org/a")], 1),
        ([entry("A"), entry("B")], 2),
        ([entry("Deep Nets", aliases=("DN",)), cited("DN")], 2),  # two letters are too few to tell
    ],
)
def test_mentions_of_one_work(papers: list[Paper], works: int) -> None:
    mentions: dict[str, list[Paper]] = {}
    for paper in papers:
        mentions.setdefault(paper.id, []).append(paper)
    assert len(set(identify(mentions).values())) == works


def test_a_cited_mention_becomes_the_entry_whatever_came_first() -> None:
    said = [Statement("s-a", cited("Vision Mamba")), Statement("s-b", entry(VIM, markers=("🔴",), path="b.md", line=3))]
    for order in (said, said[::-1]):
        (paper,) = build(order).papers()
        assert (paper.title, paper.role, paper.aliases, paper.markers, paper.line) == (VIM, Role.ENTRY, ("Vision Mamba",), ("🔴",), 3)


def relation(kind: str, a: Paper, b: Paper | Concept, asserter: str, **more: object) -> Statement:
    symmetric = RELATIONS[kind].symmetric
    ends = sorted((a.id, b.id)) if symmetric else [a.id, b.id]
    values = {"confidence": 0.8, "hedged": False, "asserted_by": AssertedBy.EXTRACTOR, **more}
    return Statement(asserter, Relation(relation_id(kind, *ends, symmetric=symmetric), kind, *ends, **values))  # type: ignore[arg-type]


def test_a_symmetric_relation_from_both_sides_is_one_edge_with_two_pieces_of_evidence() -> None:
    a, b = entry("First Paper"), entry("Second Paper")
    one = relation("SIMILAR_TO", a, b, "s-1", evidence=(Evidence(None, "like B", "1.md", 1, 0, 6, "x", 0.8, True),), hedged=True)
    two = relation("SIMILAR_TO", b, a, "s-2", evidence=(Evidence(None, "like A", "2.md", 1, 0, 6, "x", 0.9),), confidence=0.9)
    (edge,) = build([Statement("s-1", a), Statement("s-2", b), one, two]).relations
    assert ([e.quote for e in edge.evidence], edge.confidence, edge.hedged) == (["like B", "like A"], 0.9, False)


def test_the_users_word_stands_above_the_notes() -> None:
    a, b = entry("First Paper"), entry("Second Paper")
    told = relation("SIMILAR_TO", a, b, "s-1", confidence=0.6, hedged=True)
    user = relation("SIMILAR_TO", a, b, USER, confidence=1.0, asserted_by=AssertedBy.USER, status=Status.ACCEPTED)
    (edge,) = build([Statement("s-1", a), Statement("s-1", b), told, user]).relations
    assert (edge.confidence, edge.hedged, edge.asserted_by, edge.status) == (1.0, False, AssertedBy.USER, Status.ACCEPTED)


def test_what_the_user_removed_is_gone_with_its_edges() -> None:
    a, b = entry("First Paper"), entry("Second Paper")
    said = [Statement("s-1", a), Statement("s-1", b), relation("USES", a, b, "s-1"), Statement(USER, b, removed=True)]
    graph = build(said)
    assert [p.title for p in graph.papers()] == ["First Paper"]
    assert graph.relations == ()


def test_to_networkx_keeps_parallel_edges() -> None:
    a, b = entry("First Paper"), entry("Second Paper")
    graph = build([Statement("s", a), Statement("s", b), relation("USES", a, b, "s"), relation("EXTENDS", a, b, "s")])
    assert sorted(d["type"] for _, _, d in to_networkx(graph).edges(data=True)) == ["EXTENDS", "USES"]


# --- stores keep the graph by rebuilding only what a change touches; it must be what `build` makes of everything

TITLES = ["Alpha: A First Long Title", "Alpha", "Beta: Another Title", "Gamma Study", "Delta: On Gamma", "Beta", "ガンマの研究", "Epsilon"]
TOPICS = [("上",), ("上", "下"), ("Other",)]
CONCEPTS = ["LoRA", "状態空間モデル"]


@st.composite
def said_by_a_source(draw: st.DrawFn, source: str) -> list[Statement]:
    """What one file might state."""
    elements: dict[str, object] = {source: Source(source, f"notes/{source}.md")}
    topics = [Topic(topic_id(t), t[-1], broader=topic_id(t[:-1]) if len(t) > 1 else None) for t in draw(st.lists(st.sampled_from(TOPICS), max_size=3))]
    papers = []
    for title in draw(st.lists(st.sampled_from(TITLES), max_size=5, unique=True)):
        papers.append(
            Paper(
                paper_id(title),
                title,
                draw(st.sampled_from(list(Role))),
                arxiv_id=draw(st.sampled_from([None, None, "2401.00001", "2401.00002"])),
                topics=tuple(dict.fromkeys(t.id for t in draw(st.lists(st.sampled_from(topics), max_size=2)))) if topics else (),
                path=f"{source}.md",
                line=len(papers) + 1,
            )
        )
    concepts = [Concept(concept_id(c), c) for c in draw(st.lists(st.sampled_from(CONCEPTS), max_size=2, unique=True))]
    for node in (*topics, *papers, *concepts):
        elements[node.id] = node
    for n in range(draw(st.integers(0, 3))):
        about = draw(st.sampled_from([None, *(p.id for p in papers)]))
        met = tuple(e.id for e in draw(st.lists(st.sampled_from([*papers, *concepts]), max_size=2, unique=True))) if papers or concepts else ()
        text = f"remark {n} 論文"
        note = Note(note_id(source, about, text), text, Kind.OPINION, False, f"{source}.md", 10 + n, n, n + 5, source, about, met)
        elements[note.id] = note
    if papers:
        for _ in range(draw(st.integers(0, 4))):
            a, b = draw(st.sampled_from(papers)), draw(st.sampled_from([*papers, *concepts]))
            if a.id != b.id:
                told = relation(draw(st.sampled_from(["SIMILAR_TO", "USES"])), a, b, source, confidence=draw(st.sampled_from([0.5, 0.9])))
                elements[told.element.id] = told.element
    return [Statement(source, e) for e in elements.values()]  # type: ignore[arg-type]


def said_aside(store: Store, data: st.DataObject) -> tuple[Change, ...]:
    """What the user, a catalogue or a decision says beside the notes: who is who, what is known of a work, which sentences are kept; or the end of it."""
    asides = [s for s in store.all_statements() if s.aside]
    papers = store.graph().papers()
    if asides and (not papers or data.draw(st.integers(0, 2)) == 0):
        return (Change(data.draw(st.sampled_from(asides)), None),)
    if not papers:
        return ()
    a, b = data.draw(st.sampled_from(papers)), data.draw(st.sampled_from(papers))
    way = data.draw(st.sampled_from(["merge", "split", "catalogue", "kept"]))
    if way == "merge":
        return merging.merge(store, a, b)
    if way == "split":
        try:
            return merging.split(store, a, data.draw(st.sampled_from([None, *store.mentions_of([a.id])])))
        except UsageError:
            return ()
    if way == "kept":
        if a.id == b.id:
            return ()
        evidence = (Evidence(None, "kept", "x.md", 1, 0, 4, "r", 0.5, source="s-a", lost=True),)
        wanted = relation("SIMILAR_TO", a, b, "kept:s-a", evidence=evidence)
    else:
        wanted = Statement("catalogue:x", cited(f"{a.title} in Full", year=2020, doi=data.draw(st.sampled_from([None, "10.1/x"]))))
        wanted = Statement("catalogue:x", replace(wanted.element, id=a.id))  # type: ignore[type-var]
    held = {s.key: s for s in store.statements_on([wanted.element.id])}
    return (Change(held.get(wanted.key), wanted),) if held.get(wanted.key) != wanted else ()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_store_that_is_brought_up_to_date_holds_what_all_statements_make(data: st.DataObject) -> None:
    with open_store(":memory:") as store:
        for _ in range(data.draw(st.integers(1, 5))):
            source = data.draw(st.sampled_from(["s-a", "s-b"]))
            after = data.draw(said_by_a_source(source))
            graph = store.graph()
            removable = [*graph.papers(), *(n for n in graph.nodes if isinstance(n, Topic | Concept))]
            if removable and data.draw(st.integers(0, 3)) == 0:
                gone = data.draw(st.sampled_from(removable))
                held = [s for s in store.statements_on([gone.id]) if s.asserter == USER]
                store.apply(changes_between(held, [Statement(USER, gone, removed=not held)]), by="user", action="remove")
            elif data.draw(st.integers(0, 3)) == 0:
                store.apply(said_aside(store, data), by="user", action="aside")
            elif graph.relations and data.draw(st.integers(0, 2)) == 0:
                decided = data.draw(st.sampled_from(graph.relations))
                status = data.draw(st.sampled_from(list(Status)))
                store.apply(decide(store, decided, status), by="user", action="decide")
                assert [r.status for r in store.graph().relations if r.id == decided.id] == [status]
            else:
                store.apply(changes_between(store.statements([source]), after), by="import", action="import")
            assert store.graph() == build(store.all_statements())  # type: ignore[attr-defined]
            assert store.check() == []  # type: ignore[attr-defined]
        # and the indexes are those of a store that has seen nothing else
        with open_store(":memory:") as fresh:
            said = store.all_statements()  # type: ignore[attr-defined]
            fresh.apply(changes_between([], said), by="import", action="all at once")
            assert fresh.graph() == store.graph()
            assert {h.node.id for h in fresh.search("論文", 99)} == {h.node.id for h in store.search("論文", 99)}
            for paper in store.graph().papers():
                assert fresh.alike(paper.id, 9) == store.alike(paper.id, 9)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_the_order_of_imports_does_not_matter(data: st.DataObject) -> None:
    sources = {s: data.draw(said_by_a_source(s)) for s in ("s-a", "s-b", "s-c")}
    graphs = []
    for order in (list(sources), random.Random(0).sample(list(sources), 3), list(sources)[::-1]):
        with open_store(":memory:") as store:
            for source in order:
                store.apply(changes_between([], sources[source]), by="import", action="import")
            graphs.append(store.graph())
    assert graphs[0] == graphs[1] == graphs[2]
