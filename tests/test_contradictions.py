"""What is at odds: relations in → contradictions out, on every kind of store."""

from __future__ import annotations

import json
import re

import pytest

from papergraph.folding import concept_id, paper_id, relation_id
from papergraph.library import Library
from papergraph.model import Concept, Evidence, Paper, Relation, Statement
from papergraph.query.contradictions import MIDDLE, Conflict
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import RELATIONS, AssertedBy
from test_cli import Run, run, width

__all__ = ["run"]

SOURCE = "s-notes"


def node(name: str) -> Paper | Concept:
    """A paper, or a concept if the name is small."""
    return Concept(concept_id(name), name) if name.islower() else Paper(paper_id(name), name)


def relation(a: str, words: str, b: str, confidence: float) -> Relation:
    kind = words.upper().replace("-", "_")
    source, target = node(a).id, node(b).id
    symmetric = RELATIONS[kind].symmetric
    ends = sorted((source, target)) if symmetric else [source, target]
    quote = Evidence(None, f"{a} {words} {b}", "notes.md", 1, 0, 9, "x", confidence)
    return Relation(relation_id(kind, *ends, symmetric=symmetric), kind, *ends, confidence, False, AssertedBy.EXTRACTOR, evidence=(quote,))


def filled(store: Store, notes: str) -> Library:
    """A library with relations written `A contradicts B 0.9`, one a line."""
    rows = [(a, words, b, float(c)) for a, words, b, c in (line.split() for line in notes.strip().splitlines())]
    ends = {n.id: n for a, _, b, _ in rows for n in (node(a), node(b))}
    store.apply([Change(None, Statement(SOURCE, e)) for e in (*ends.values(), *(relation(*r) for r in rows))], by="import", action="notes")
    return Library(store)


def told(library: Library, *kinds: Conflict, min_confidence: float = 0.0, limit: int = 100) -> list[str]:
    """`kind A|B by X 0.90`, one a line."""
    found = library.disagreements(kinds=kinds, min_confidence=min_confidence, limit=limit)
    return [f"{d.kind} {d.a.name}|{d.b.name}{f' by {d.through.name}' if d.through else ''} {d.confidence:.2f}" for d in found]


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ("A contradicts B 0.8", ["stated A|B 0.80"]),
        ("B contradicts A 0.8", ["stated A|B 0.80"]),
        ("A contradicts state 0.8", ["stated A|state 0.80"]),
        ("A similar-to B 0.8\nA differs-from B 0.9\nA extends B 0.7", []),
        ("A differs-from B 0.9\nA equivalent-to B 0.6", ["opposed A|B 0.60"]),
        ("A differs-from B 0.9\nA consistent-with B 0.6", []),
        ("A contradicts B 0.9\nA supports B 0.6\nB supports A 0.7", ["stated A|B 0.90", "opposed A|B 0.70"]),
        ("A contradicts B 0.9\nA uses B 0.6", ["stated A|B 0.90"]),
        ("A contradicts B 0.9\nC consistent-with A 0.8\nC supports B 0.7", ["stated A|B 0.90", "inconsistent A|B by C 0.70"]),
        ("A contradicts B 0.9\nC consistent-with A 0.8", ["stated A|B 0.90", "implied B|C by A 0.80"]),
        ("A contradicts B 0.9\nA supports C 0.8", ["stated A|B 0.90", "implied B|C by A 0.80"]),
        ("A contradicts state 0.9\nB supports state 0.8", ["stated A|state 0.90", "implied A|B by state 0.80"]),
        # two concepts can bear no relation
        ("A contradicts state 0.9\nA supports memory 0.8", ["stated A|state 0.90"]),
        # anything said of the two, however weak, is no gap
        ("A contradicts B 0.9\nC consistent-with A 0.8\nC uses B 0.1", ["stated A|B 0.90"]),
        ("A contradicts B 0.9\nC consistent-with A 0.8\nC contradicts B 0.2", ["stated A|B 0.90", "stated B|C 0.20"]),
        # two ways to one gap: the surer one; the enemy of an enemy is nothing
        ("A contradicts B 0.9\nC supports A 0.3\nD contradicts B 0.8\nC supports D 0.7", ["stated A|B 0.90", "stated B|D 0.80", "implied B|C by D 0.70"]),
        ("A contradicts B 0.5\nC contradicts D 0.9\nE contradicts F 0.9", ["stated C|D 0.90", "stated E|F 0.90", "stated A|B 0.50"]),
    ],
)
def test_relations_in_contradictions_out(store: Store, notes: str, expected: list[str]) -> None:
    assert told(filled(store, notes)) == expected


NOTES = "A contradicts B 0.8\nA supports B 0.5\nC consistent-with A 0.6\nC supports B 0.9\nD equivalent-to A 0.7"


def test_kinds_confidence_and_number(store: Store) -> None:
    library = filled(store, NOTES)
    assert told(library) == ["stated A|B 0.80", "opposed A|B 0.50", "inconsistent A|B by C 0.60", "implied B|D by A 0.70"]
    assert told(library, Conflict.IMPLIED, Conflict.OPPOSED) == ["opposed A|B 0.50", "implied B|D by A 0.70"]
    # what is too weak does not count, but is said nevertheless: B and C are no gap
    assert told(library, min_confidence=0.7) == ["stated A|B 0.80", "implied B|D by A 0.70"]
    assert [r.evidence[0].quote for d in library.disagreements(kinds=[Conflict.IMPLIED]) for r in d.relations] == ["D equivalent-to A", "A contradicts B"]
    assert [len(d.relations) for d in library.disagreements()] == [1, 2, 3, 2]
    many = filled(store, "\n".join(f"P{n} contradicts Q{n} 0.{n + 1}" for n in range(8)))
    assert told(many, Conflict.STATED, limit=2) == ["stated A|B 0.80", "stated P7|Q7 0.80"]


@pytest.mark.parametrize(
    ("rejected", "expected"),
    [
        ("A contradicts B", []),
        ("A supports B", ["stated A|B 0.80", "inconsistent A|B by C 0.60", "implied B|D by A 0.70"]),
        # rejected is not the opposite, but it is an answer: no gap opens in its place
        ("C supports B", ["stated A|B 0.80", "opposed A|B 0.50", "implied B|D by A 0.70"]),
        ("D equivalent-to A", ["stated A|B 0.80", "opposed A|B 0.50", "inconsistent A|B by C 0.60"]),
    ],
)
def test_rejected_relations_never_count(store: Store, rejected: str, expected: list[str]) -> None:
    library = filled(store, NOTES)
    library.reject(relation(*rejected.split(), 1.0).id)
    assert told(library) == expected
    assert [d.relations[0] for d in library.disagreements(kinds=[Conflict.STATED])] == [r for r, _, _ in library.contradictions()]


def test_a_gap_that_was_answered_is_not_asked_again(store: Store) -> None:
    library = filled(store, "A contradicts B 0.9\nC consistent-with A 0.8")
    library.add_relation("C", "contradicts", "B")
    own = relation("C", "contradicts", "B", 1.0).id
    library.reject(own)
    assert told(library) == ["stated A|B 0.90"]
    library.remove(own)
    assert told(library) == ["stated A|B 0.90", "implied B|C by A 0.80"]


def test_what_notes_state_and_the_user_removed_is_no_gap(store: Store) -> None:
    library = filled(store, "A contradicts B 0.9\nC consistent-with A 0.8\nC uses B 0.4")
    library.remove(relation("C", "uses", "B", 0.4).id)
    assert told(library) == ["stated A|B 0.90"]


def test_a_work_that_all_agree_with_hands_nothing_on() -> None:
    for n, gaps in ((MIDDLE - 1, MIDDLE - 1), (MIDDLE, 0)):
        with filled(open_store(":memory:"), "\n".join(["A contradicts B 0.9", *(f"P{i} supports A 0.8" for i in range(n))])) as library:
            assert len(told(library, Conflict.IMPLIED, limit=1000)) == gaps
    both = [line for i in range(MIDDLE + 9) for line in (f"P{i} supports A 0.8", f"P{i} supports B 0.8")]
    with filled(open_store(":memory:"), "\n".join(["A contradicts B 0.9", *both])) as library:
        assert len(told(library, Conflict.INCONSISTENT, limit=1000)) == MIDDLE


def test_the_command(run: Run) -> None:
    run("add", "relation", "Vision Mamba", "consistent-with", "Pause Tokens", "--note", "位置の情報は要らないと言っている。" * 6, "--confidence", "0.9")
    found = run("contradictions").stdout
    assert max(map(width, found.splitlines())) <= 80
    assert found.index("stated: the notes say so") < found.index("implied: nothing is said of these two")
    assert "知見が逆だな" in found
    data = json.loads(run("contradictions", "--json").stdout)
    assert [(d["kind"], round(d["confidence"], 1), len(d["relations"])) for d in data] == [("stated", 0.6, 1), ("implied", 0.6, 2)]
    assert data[1]["through"]["name"] == "Vision Mamba"
    assert {e["quote"][:4] for r in data[1]["relations"] for e in r["evidence"]} == {"Visi", "位置の情"}
    assert [d["kind"] for d in json.loads(run("contradictions", "--kind", "implied", "--json").stdout)] == ["implied"]
    assert "no contradictions like that" in run("contradictions", "--min-confidence", "0.7", code=1).stderr
    assert re.search("'gap' is not one of", run("contradictions", "--kind", "gap", code=2).stderr)
