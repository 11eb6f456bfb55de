"""Explained answers, on the real notes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest

from conftest import DISSECTING, MECHANISTIC, PAUSE, STORES, filled, paper_id
from papergraph.errors import AmbiguousNameError, UnknownNameError, UsageError
from papergraph.library import Library
from papergraph.vocabulary import RELATIONS, Status


@pytest.fixture(params=STORES)
def iclr(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    yield from filled(request, tmp_path)


def test_related_tells_stated_relations_with_quotes_first(iclr: Library) -> None:
    first, *rest = iclr.related(DISSECTING)
    assert first.paper.title == MECHANISTIC
    assert first.score > 1 > rest[0].score
    relation = first.reasons[0].relations[0]
    assert [e.quote for e in relation.evidence] == ["下の論文と主張が一致", "上の論文と主張が一致"]
    assert [r.kind for r in first.reasons] == ["relation", "topic", "contents"]
    assert all(r.text for one in rest for r in one.reasons)
    assert [r.score for r in rest] == sorted((r.score for r in rest), reverse=True)


def test_related_through_a_shared_concept(iclr: Library) -> None:
    iclr.add_relation(PAUSE, "uses", "induction heads")
    found = {r.paper.title: r for r in iclr.related(PAUSE)}
    (other,) = [t for t in found if t.startswith("Sudden Drops")]
    assert found[other].reasons[0].kind == "via"
    assert "induction heads" in found[other].reasons[0].text


def test_related_filters(iclr: Library) -> None:
    assert [r.paper.title for r in iclr.related(DISSECTING, types=["consistent-with"])] == [MECHANISTIC]
    assert iclr.related(DISSECTING, types=["contradicts"]) == []
    assert all(r.reasons[0].kind != "relation" for r in iclr.related(DISSECTING, min_confidence=0.99))
    assert len(iclr.related(DISSECTING, limit=2)) == 2


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (DISSECTING, DISSECTING),
        (DISSECTING.upper(), DISSECTING),
        ("ｄｉｓｓｅｃｔｉｎｇ learning", DISSECTING),
        (paper_id(DISSECTING), DISSECTING),
        ("SetCSE", "SetCSE: Set Operations using Contrastive Learning of Sentence Embeddings"),
        ("Disecting lerning and forgeting in language model finetuning", DISSECTING),
        ("vision mamba", "Vision Mamba"),
    ],
)
def test_names_are_found(iclr: Library, name: str, title: str) -> None:
    assert iclr.paper(name).title == title


def test_a_name_that_matches_several_lists_them(iclr: Library) -> None:
    with pytest.raises(AmbiguousNameError, match="may be any of these") as raised:
        iclr.paper("language models")
    assert len(raised.value.candidates) > 3
    assert all(i in str(raised.value) for i, _ in raised.value.candidates)


def test_a_name_that_matches_nothing_offers_the_nearest(iclr: Library) -> None:
    with pytest.raises(UnknownNameError, match="the nearest are") as raised:
        iclr.paper("Simplified Transformer Block")
    assert raised.value.nearest[0][1] == "Simplifying Transformer Blocks"
    for nothing in ("", "   ", "🦆", "q" * 5000):
        with pytest.raises(UnknownNameError):
            iclr.paper(nothing)


def test_what_was_rejected_is_in_no_answer(iclr: Library) -> None:
    ((said, _),) = iclr.show(DISSECTING).relations
    count = len(iclr.relations())
    before = iclr.export_json()
    assert iclr.reject(said.id) is not None
    assert {r.kind for one in iclr.related(DISSECTING) for r in one.reasons} == {"topic", "contents"}
    assert all(s.type != "CONSISTENT_WITH" for s in iclr.path(MECHANISTIC, DISSECTING) or [])
    assert iclr.show(DISSECTING).relations == ()
    assert len(iclr.relations()) == count - 1
    assert said.id not in {r.id for r, _, _ in (*iclr.relations(), *iclr.relations(types=["consistent-with"]), *iclr.relations(status="proposed"))}
    ((rejected, _, _),) = iclr.relations(status="rejected")
    assert rejected == replace(said, status=Status.REJECTED)
    assert {p.title for p in iclr.graph(around=DISSECTING).papers()} == {DISSECTING}
    assert [r.id for r in iclr.store.graph().relations if r.status is Status.REJECTED] == [said.id]
    assert [c.action for c in iclr.history(said.id)] == [f"reject {said.id}", "import iclr2024-notes.txt"]
    iclr.undo()
    assert iclr.export_json() == before


def test_concepts_count_no_relation_that_was_rejected(iclr: Library) -> None:
    iclr.add_relation(PAUSE, "uses", "induction heads")
    counts = {c.pref_label: n for c, n, _ in iclr.concepts()}
    iclr.reject(*(r.id for r, _ in iclr.show(PAUSE).relations))
    assert {c.pref_label: n for c, n, _ in iclr.concepts()} == {**counts, "induction heads": counts["induction heads"] - 1}


def test_path_is_explained(iclr: Library) -> None:
    steps = iclr.path(DISSECTING, "Tuning LayerNorm in Attention")
    assert steps is not None
    assert [s.type for s in steps] == ["HAS_TOPIC", "HAS_TOPIC"]
    (step,) = iclr.path(MECHANISTIC, DISSECTING) or []
    assert (step.source.name, step.type, step.relation is not None) == (MECHANISTIC, "CONSISTENT_WITH", True)
    assert iclr.path(DISSECTING, DISSECTING) == []
    assert iclr.path(DISSECTING, "vision mamba") is None
    there, back = iclr.path(PAUSE, "LLM 系?"), iclr.path("LLM 系?", PAUSE)
    assert (there is None) == (back is None)


def test_lists_and_filters(iclr: Library) -> None:
    assert len(iclr.papers(role="entry")) == 39
    assert len(iclr.papers(role="cited")) == 4
    assert sum(1 for p in iclr.papers(role="entry") if p.decision) == 13
    assert {len(iclr.papers(marker=m)) for m in ("🔴",)} == {sum(1 for p in iclr.papers() if "🔴" in p.markers)}
    assert len(iclr.papers(decision="Oral")) == 3
    assert len(iclr.papers(topic="アーキテクチャ系", role="entry")) == 6
    assert {r.type for r, _, _ in iclr.relations(types=["contradicts"])} == {"CONTRADICTS"}
    assert [(a.name[:15], b.name[:15]) for _, a, b in iclr.contradictions()] in ([("A 2-Dimensional", "Vision Mamba")], [("Vision Mamba", "A 2-Dimensional")])
    assert all(r.confidence >= 0.7 for r, _, _ in iclr.relations(min_confidence=0.7))
    assert {"induction heads", "state space"} <= {c.pref_label for c, _, _ in iclr.concepts()}


def test_topics_stand_in_the_order_of_the_notes(iclr: Library) -> None:
    tops = [t.pref_label for t, _ in iclr.topics() if t.broader is None]
    assert tops.index("Transformer の分析") < tops.index("状態空間モデル系") < tops.index("その他")


def test_show_gathers_what_stands_next_to_it(iclr: Library) -> None:
    here = iclr.show("2-Dimensional State Space")
    assert [t.pref_label for t in here.topics] == ["状態空間モデル系"]
    assert {n.kind for n in here.notes} == {"claim", "relation"}
    assert [o.name for _, o in here.relations] == ["Vision Mamba"]
    assert [n.kind for n in iclr.show("Vision Mamba").notes] == ["relation"]


@pytest.mark.parametrize(
    ("a", "kind", "b", "message"),
    [
        (PAUSE, "similar", DISSECTING, "did you mean 'similar-to'"),
        (PAUSE, "nonsense", DISSECTING, "The types are: consistent-with"),
        (PAUSE, "uses", PAUSE, "cannot be related to itself"),
        ("induction heads", "uses", PAUSE, "a relation starts from a paper"),
    ],
)
def test_relations_that_make_no_sense(iclr: Library, a: str, kind: str, b: str, message: str) -> None:
    before = iclr.export_json()
    with pytest.raises(UsageError, match=message):
        iclr.add_relation(a, kind, b)
    assert iclr.export_json() == before


def test_adding_by_hand(iclr: Library) -> None:
    iclr.add_topic("読みたい", broader="LLM 系?")
    paper = iclr.add_paper("A Paper of My Own", url="https://arxiv.org/abs/2401.12345", topics=["読みたい"], markers=["★"])
    assert iclr.paper("2401.12345") == paper
    assert [p.title for p in iclr.papers(topic="LLM 系?")][-1] == paper.title
    for option in (r.option for r in RELATIONS.values()):
        assert iclr.add_relation(paper.title, option, DISSECTING) is not None
        assert iclr.add_relation(paper.title, option, DISSECTING) is None
    assert len(iclr.related(paper.title, limit=1)[0].reasons) >= len(RELATIONS)
    with pytest.raises(UsageError, match="end of a relation"):
        iclr.remove(paper.title)


def test_the_export_is_what_networkx_reads(iclr: Library) -> None:
    data = json.loads(iclr.export_json())
    graph = nx.node_link_graph(data, edges="edges")
    assert graph.number_of_nodes() == len(data["nodes"])
    assert nx.is_isomorphic(graph, iclr.to_networkx())
    assert nx.node_link_data(graph, edges="edges").keys() == data.keys()
    evidence = [e for edge in data["edges"] for e in edge.get("evidence", [])]
    assert {"noteId", "quote", "path", "line", "start", "end", "rule"} <= evidence[0].keys()
    assert all(e["path"] == "iclr2024-notes.txt" for e in evidence)


def test_a_part_of_the_graph(iclr: Library) -> None:
    around = iclr.graph(around=DISSECTING, depth=1)
    assert {p.title for p in around.papers()} == {DISSECTING, MECHANISTIC}
    under = iclr.graph(topic="状態空間モデル系")
    assert "Vision Mamba" in {p.title for p in under.papers()}
    ids = {n.id for n in under.nodes}
    assert all({e.source, e.target} <= ids for e in under.edges)
