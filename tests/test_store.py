"""The contract of a store, run on every kind of it, each a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from conftest import DISSECTING, ICLR, PAUSE, STORES, A, B, filled, paper_id, put
from papergraph.errors import StoreError, UsageError
from papergraph.folding import fold, relation_id
from papergraph.graph import build
from papergraph.library import Library
from papergraph.model import USER, Paper, Relation, Statement
from papergraph.store import open_store
from papergraph.store.changes import Change, changes_between
from papergraph.store.protocol import Filter, Store
from papergraph.vocabulary import AssertedBy, Role, Status
from test_graph import VIM


@pytest.fixture(params=STORES)
def iclr(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    yield from filled(request, tmp_path)


def test_what_was_put_is_there(store: Store) -> None:
    put(store, A, B)
    assert store.get([A.id, "p-none"]) == {A.id: A}
    assert store.papers(Filter()) == (A, B)
    assert store.papers(Filter(marker="🔴")) == store.papers(Filter(decision="oral")) == (B,)
    assert store.named(fold("ｆｉｒｓｔ paper")) == (A,)
    assert [n.id for n in store.names_with(fold("その"), 5)] == [B.id]
    assert dict(store.names()) == {A.id: A.title, B.id: B.title}


def test_no_changes_make_no_change_set(store: Store) -> None:
    put(store, A)
    before = store.history()
    assert store.apply([], by="user", action="nothing") is None
    assert store.history() == before


def test_the_log_tells_what_was_done(store: Store) -> None:
    put(store, A)
    store.apply([Change(Statement(USER, A), None)], by="user", action="remove it")
    second, first = store.history()
    assert (first.number, first.by, first.counts) == (1, "user", (("added", "Paper", 1),))
    assert (second.action, second.counts) == ("remove it", (("retracted", "Paper", 1),))
    found = store.change_set(2)
    assert found is not None
    assert found.changes == (Change(Statement(USER, A), None),)
    assert store.change_set(3) is None
    assert [c.number for c in store.history(A.id)] == [2, 1]
    assert store.touched_after(1) == (2,)


def test_a_change_set_tells_what_it_was_made_by(store: Store) -> None:
    store.apply([Change(None, Statement(USER, A))], by="import", action="import", details={"rules": "a1", "字": ["x", 1.5]})
    put(store, B)
    assert [c.details for c in store.history()] == [{}, {"rules": "a1", "字": ["x", 1.5]}]


def test_texts_are_kept_beside_the_graph(store: Store) -> None:
    assert store.kept("") == {}
    store.apply([Change(None, Statement(USER, A))], by="user", action="put", keep={"origin 1": "甲\x00' \"", "origin 2": "b"})
    before = store.graph(), store.history()
    store.keep({"origin 2": None, "origin 3": "c", "other": "d"})
    store.apply([], by="user", action="nothing", keep={"other": "e"})
    assert store.kept("origin") == {"origin 1": "甲\x00' \"", "origin 3": "c"}
    assert store.kept("other") == {"other": "e"}
    assert (store.graph(), store.history()) == before


def test_what_is_kept_with_a_change_that_is_refused_is_not_kept(store: Store) -> None:
    put(store, A)
    with pytest.raises(StoreError, match="run the command again"):
        store.apply([Change(None, Statement(USER, A))], by="user", action="again", keep={"a": "b"})
    assert store.kept("") == {}


def test_a_change_that_does_not_fit_changes_nothing(store: Store) -> None:
    put(store, A)
    with pytest.raises(StoreError, match="run the command again"):
        store.apply([Change(None, Statement(USER, B)), Change(None, Statement(USER, A))], by="user", action="twice")
    assert store.papers(Filter()) == (A,)
    assert len(store.history()) == 1


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("論文", ["論文その2"]),
        ("その", ["論文その2"]),
        ("文", ["論文その2"]),
        ("FIRST", ["First Paper"]),
        ("ｆｉｒｓｔ", ["First Paper"]),
        ("pap", ["First Paper"]),
        ("first 論文", []),
        ("", []),
        ('"', []),
        ('paper" OR "x', []),
        ("NEAR(a b)", []),
        ("tokens:first", []),
        ("* -", []),
    ],
)
def test_search(store: Store, query: str, titles: list[str]) -> None:
    put(store, A, B)
    assert [h.node.name for h in store.search(query, 10)] == titles


def test_search_finds_notes_in_both_languages(iclr: Library) -> None:
    assert {h.node.label for h in iclr.search("LayerNorm")} == {"Paper", "Note"}
    assert any("論文と主張が一致" in h.node.name for h in iclr.search("論文"))
    assert iclr.search("layernorm")[0].node.label == "Paper"


def test_alike_papers_share_words(store: Store) -> None:
    texts = ["State Space Models for Vision", "Vision with State Space Layers", "Cooking Rice at Home", "状態空間モデルの研究", "状態空間モデルの応用"]
    papers = [Paper(paper_id(t), t) for t in texts]
    put(store, *papers)
    (first, *_) = store.alike(papers[0].id, 3)
    assert first.paper == papers[1]
    assert set(first.terms) >= {"state", "space", "vision"}
    assert [a.paper for a in store.alike(papers[3].id, 3)] == [papers[4]]


def test_names_are_data_only(store: Store) -> None:
    hostile = "Robert'); DROP TABLE node;-- $x {y} \"q\" `b` \\ \x00 </script> 🧪 \u202e"
    paper = Paper(paper_id(hostile), hostile, aliases=("'; DELETE FROM name; --",))
    put(store, paper, A)
    assert store.get([paper.id])[paper.id] == paper
    assert store.named(fold("'; DELETE FROM name; --")) == (paper,)
    assert len(store.papers(Filter())) == 2


def test_a_megabyte_of_text_comes_back(store: Store) -> None:
    paper = Paper(paper_id("x"), "長い文 " * 150_000)
    put(store, paper)
    assert store.get([paper.id])[paper.id] == paper


def test_importing_the_iclr_notes_twice_changes_nothing(iclr: Library) -> None:
    before = iclr.export_json()
    assert iclr.import_notes(ICLR).changes == ()
    assert iclr.export_json() == before
    assert len(iclr.history()) == 1


def test_two_stores_of_the_same_notes_export_the_same_bytes(iclr: Library, library: Library) -> None:
    library.import_notes(ICLR)
    assert library.export_json() == iclr.export_json()


def test_undo_and_redo_lead_back(iclr: Library) -> None:
    start = iclr.export_json()
    iclr.add_relation(PAUSE, "similar-to", DISSECTING, note="両方とも")
    changed = iclr.export_json()
    undone = iclr.undo()
    assert iclr.export_json() == start
    iclr.undo(undone.number)
    assert iclr.export_json() == changed
    assert [c.number for c in iclr.history(DISSECTING)] == [4, 3, 2, 1]


NOTES = """# Attention
- [Pause Tokens Help Language Models Think](https://arxiv.org/abs/2310.02226)
  - Same idea as the paper below?
- [Transformers Are Multi-State RNNs](https://arxiv.org/abs/2401.06104)
"""
LONGER, SILENT = NOTES.replace("# Attention", "# Attention\n\nAbout it."), NOTES.replace("  - Same idea as the paper below?\n", "")


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.REJECTED])
def test_a_decision_outlives_the_notes_and_leaves_them_their_evidence(store: Store, status: Status, write: Callable[[str, str], Path]) -> None:
    library = Library(store)
    decide = library.accept if status is Status.ACCEPTED else library.reject
    path = write("a.md", NOTES)
    library.import_notes(path)
    ((said, _, _),) = library.relations()
    done = decide(said.id, said.id)
    assert done is not None
    assert (done.by, done.action) == ("user", f"{'accept' if status is Status.ACCEPTED else 'reject'} {said.id}")
    assert decide(said.id) is None
    # what the user accepts is certain; the evidence tells what it was before
    sure = 1.0 if status is Status.ACCEPTED else said.confidence
    assert store.relations_by_id([said.id]) == {said.id: replace(said, status=status, confidence=sure)}
    assert library.import_notes(path).changes == ()
    write("a.md", LONGER)
    library.import_notes(path)
    moved = store.relations_by_id([said.id])[said.id]
    assert (moved.status, moved.asserted_by, [e.line for e in moved.evidence]) == (status, AssertedBy.EXTRACTOR, [5])
    for text, ends in ((SILENT, Role.ENTRY), ("# Nothing\n", Role.CITED)):
        write("a.md", text)
        library.import_notes(path, replace=True)
        present = [(r.id, r.status, [(e.quote, e.lost) for e in r.evidence], {a.role, b.role}) for r, a, b in library.relations(status=status)]  # type: ignore[union-attr]
        quotes = [(e.quote, True) for e in said.evidence]
        assert present == [(said.id, status, quotes, {ends})] * (status is Status.ACCEPTED or ends is Role.ENTRY)
    write("a.md", NOTES)
    library.import_notes(path)
    assert store.relations_by_id([said.id]) == {said.id: replace(said, status=status, confidence=sure)}
    library.undo(done.number)
    assert store.relations_by_id([said.id]) == {said.id: said}
    assert [s.asserter for s in store.all_statements() if s.asserter.startswith(USER)] == []
    assert store.graph() == build(store.all_statements())


def test_a_decision_can_be_changed(store: Store) -> None:
    put(store, A, B)
    by_notes = Relation(relation_id("USES", A.id, B.id, symmetric=False), "USES", A.id, B.id, 0.6, True, AssertedBy.EXTRACTOR)
    store.apply([Change(None, Statement("s-a", by_notes))], by="import", action="import")
    library = Library(store)
    library.add_relation(A.title, "extends", B.title, note="手で")
    by_hand = next(r for r, _, _ in library.relations() if r.type == "EXTENDS")
    before = list(store.all_statements())
    both = by_notes.id, by_hand.id
    assert library.accept(by_hand.id) is None
    rejected = library.reject(*both)
    assert rejected is not None
    assert rejected.action == "reject 2 relations"
    assert library.relations() == ()
    vouched = {s.asserter for s in store.all_statements() if s.asserter.startswith(f"{USER}:")}
    assert vouched == {f"{USER}:{by_hand.id}"}
    library.accept(*both)
    assert store.relations_by_id(both) == {by_notes.id: replace(by_notes, status=Status.ACCEPTED, confidence=1.0), by_hand.id: by_hand}
    vouched = {s.asserter for s in store.all_statements() if s.asserter.startswith(f"{USER}:")}
    assert vouched == {f"{USER}:{i}" for i in both}
    with pytest.raises(UsageError, match="no relation has the id r-none; `papergraph relations` lists them"):
        library.reject(by_notes.id, "r-none")
    assert len(library.relations()) == 2
    with pytest.raises(UsageError, match="added or accepted; remove that first"):
        library.remove(A.id)
    library.reject(by_notes.id)
    library.undo()
    library.undo()
    library.undo()
    assert list(store.all_statements()) == before


def test_a_decision_holds_when_an_end_turns_out_to_be_another_work(store: Store) -> None:
    short, long = Paper(paper_id("Vision Mamba"), "Vision Mamba"), Paper(paper_id(VIM), VIM, Role.ENTRY)
    put(store, A, replace(short, role=Role.CITED))
    library = Library(store)
    library.add_relation(A.title, "extends", short.title)
    store.apply([Change(None, Statement("s-a", long))], by="import", action="import")
    for decide, status in ((library.reject, Status.REJECTED), (library.accept, Status.ACCEPTED)):
        (relation,) = store.graph().relations
        assert relation.target == long.id
        assert decide(relation.id) is not None
        assert [r.status for r in store.graph().relations] == [status]
        assert store.graph() == build(store.all_statements())


PLACES = {"p-b": (0.1, -1e308), "p-a": (5e-324, 3.0), "論文 ' $x": (-12.5, 0.0)}


def test_positions_are_kept_and_replaced_whole(store: Store) -> None:
    assert store.positions() == {}
    store.keep_positions(PLACES)
    assert store.positions() == PLACES
    assert list(store.positions()) == sorted(PLACES)
    store.keep_positions({"p-b": (1, 2), "p-c": (3, 4)})
    assert store.positions() == {"p-b": (1.0, 2.0), "p-c": (3.0, 4.0)}
    store.keep_positions({})
    assert store.positions() == {}


def test_positions_of_many_nodes(store: Store) -> None:
    many = {f"p-{n:05}": (n / 7, -n / 3) for n in range(50_000)}
    store.keep_positions(many)
    assert store.positions() == many


def test_positions_are_no_change_of_the_graph(iclr: Library) -> None:
    def all_of_it() -> object:
        store = iclr.store
        return store.graph(), list(store.all_statements()), list(store.all_touches()), store.history(), store.statistics(), iclr.export_json()

    before = all_of_it()
    places = {n.id: (1.5, float(i)) for i, n in enumerate(iclr.store.graph().nodes)}
    iclr.store.keep_positions(places)
    assert all_of_it() == before
    iclr.add_relation(PAUSE, "similar-to", DISSECTING)
    iclr.undo()
    assert iclr.store.positions() == places
    with Library(open_store(":memory:")) as copied:
        iclr.copy_to(copied)
        assert copied.store.graph() == iclr.store.graph()
        assert copied.store.positions() == {}


def test_changes_are_told_by_verb() -> None:
    moved = Paper(A.id, A.title, path="a.md", line=9)
    before = [Statement("s", Paper(A.id, A.title, path="a.md", line=3)), Statement("s", B)]
    after = [Statement("s", moved), Statement("s", Paper(B.id, B.title, decision="poster"))]
    assert sorted(c.verb for c in changes_between(before, after)) == ["changed", "moved"]
