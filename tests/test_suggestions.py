"""Pairs that may be related: what the notes hold in → suggestions out, on every kind of store."""

from __future__ import annotations

import json

import pytest

from papergraph.cli.output import clean
from papergraph.folding import topic_id
from papergraph.library import Library
from papergraph.model import USER, Note, Paper, Relation, Statement, Topic
from papergraph.query import suggestions
from papergraph.query.suggestions import Suggestion, score
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import Kind, Role, Status
from test_cli import Run, run, width
from test_contradictions import SOURCE, node, relation

__all__ = ["run"]


def filled(store: Store, notes: str) -> Library:
    """A library of what is written one a line: `A under T`, `A extends B 0.9`, `A: words about it [B, state]`; a small name is a concept's."""
    elements: dict[str, Paper | Topic | Note | Relation] = {}
    nodes: dict[str, object] = {}
    for n, line in enumerate(notes.strip().splitlines(), 1):
        if ": " in line:
            about, rest = line.split(": ")
            words, _, named = rest.rstrip("]").partition(" [")
            ends = [node(x) for x in (about, *(named.split(", ") if named else ()))]
            note = Note(f"n-{n}", words, Kind.OPINION, False, "notes.md", n, 0, len(words), SOURCE, ends[0].id, tuple(e.id for e in ends[1:]))
            elements[note.id] = note
        elif " under " in line:
            about, _, name = line.partition(" under ")
            topic = Topic(topic_id((name,)), name)
            elements[topic.id] = topic
            ends = [node(about)]
            held = nodes.get(ends[0].id, ends[0])
            assert isinstance(held, Paper)
            nodes[held.id] = Paper(held.id, held.title, topics=(*held.topics, topic.id))
        else:
            a, words, b, sure = line.split()
            told = relation(a, words, b, float(sure))
            elements[told.id] = told
            ends = [node(a), node(b)]
        for end in ends:
            nodes.setdefault(end.id, end)
    store.apply([Change(None, Statement(SOURCE, e)) for e in (*nodes.values(), *elements.values())], by="import", action="notes")  # type: ignore[arg-type]
    return Library(store)


def told(found: tuple[Suggestion, ...]) -> list[str]:
    """`A|B kinds`, one a pair."""
    return [f"{s.a.title}|{s.b.title} {' '.join(g.kind for g in s.grounds)}" for s in found]


# titles of one letter are no words, so contents are alike only where notes are
@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ("A under T\nB under T", ["A|B topic"]),
        ("A under T\nB under U", []),
        ("A: 先に読む [B]", ["A|B named"]),
        ("A: 先に読む [B, C]", ["A|B named", "A|C named", "B|C named"]),
        ("A: 使えそう [state]\nB: 遅い [state]", ["A|B concept"]),
        ("A uses state 0.9\nB: 遅い [state]", ["A|B concept"]),
        ("A extends C 0.9\nB uses C 0.8", ["A|B via"]),
        ("A: 位置埋め込みは要らない\nB: 位置埋め込みを足した", ["A|B contents"]),
        ("A under T\nB under T\nA: 先に読む [B]\nA extends C 0.9\nB uses C 0.8", ["A|B named topic via"]),
        # a relation is stated, of whatever type
        ("A under T\nB under T\nB uses A 0.1", []),
        # few in common tell more than many
        ("A under T\nB under T\nC under U\nD under U\nE under U", ["A|B topic", "C|D topic", "C|E topic", "D|E topic"]),
    ],
)
def test_what_notes_hold_in_pairs_out(store: Store, notes: str, expected: list[str]) -> None:
    found = filled(store, notes).suggest(limit=9).found
    assert sorted(told(found)) == sorted(expected)
    assert all(0 < s.score < 1 for s in found)
    assert [s.score for s in found] == sorted((s.score for s in found), reverse=True)


def test_reasons_have_their_sentences(store: Store) -> None:
    library = filled(store, "A: 先に読む [B]\nA extends C 0.9\nB uses C 0.8\nA: 使えそう [state]\nB: 遅い [state]")
    (one,) = library.suggest("A").found
    assert [(g.text, [n.text for n in g.notes], [r.evidence[0].quote for r in g.relations]) for g in one.grounds] == [
        ("the notes name both together", ["先に読む"], []),
        ("both are related to “C”", [], ["A extends C", "B uses C"]),
        ("both lead to the concept “state”", ["使えそう", "遅い"], []),
    ]
    assert told(library.suggest("B").found) == ["B|A named via concept"]
    before = library.export_json(), library.history()
    library.suggest()
    assert (library.export_json(), library.history()) == before


def test_what_was_rejected_or_removed_is_not_suggested_again(store: Store) -> None:
    library = filled(store, "A under T\nB under T\nC under T\nA uses B 0.5\nC extends B 0.4")
    assert told(library.suggest().found)[0].startswith("A|C")
    library.reject(relation("A", "uses", "B", 0.5).id)
    library.remove(relation("C", "extends", "B", 0.4).id)
    assert [r.status for r, _, _ in library.relations(status="rejected")] == [Status.REJECTED]
    assert told(library.suggest().found) == ["A|C topic"]


def test_works_that_became_one_are_known_by_all_their_names(store: Store) -> None:
    library = filled(store, "A under T\nB under T\nOther extends A 0.5")
    assert told(library.suggest("B").found) == ["B|A topic"]
    # what was said of one mention is said of the work
    a, other = node("A"), node("Other")
    assert isinstance(a, Paper)
    same = [Statement(USER, Paper(p.id, p.name, Role.CITED, arxiv_id="2401.00001")) for p in (a, node("B Again"))]
    library.store.apply([Change(None, s) for s in same], by="user", action="one work")
    assert library.find("B Again").id == library.find("A").id
    library.add_relation("B", "uses", "B Again")
    assert told(library.suggest("B").found) == ["B|Other via"]
    assert library.find("Other").id == other.id


def test_of_many_entries_those_with_most_in_common_are_looked_at(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = "\n".join([*(f"P{n} under Many" for n in range(9)), "P3: 先に読む [P5]", "P5: 遅い [state]", "P7: 使えそう [state]"])
    library = filled(store, notes)
    assert library.suggest(limit=1).looked_at == 9
    monkeypatch.setattr(suggestions, "LOOKED_AT", 3)
    steps: list[tuple[str, int, int]] = []
    found = library.suggest(limit=2, progress=lambda *step: steps.append(step))
    assert (found.looked_at, found.entries, len(steps)) == (3, 9, 3)
    assert [s.split()[0] for s in told(found.found)] == ["P3|P5", "P5|P7"]
    assert library.suggest("P8").looked_at == 1


def test_one_more_reason_never_makes_less_of_a_pair(store: Store) -> None:
    lines = ["A under T\nB under T", "A: 先に読む [B]", "A extends C 0.9\nB uses C 0.8", "A: 使えそう [state]\nB: 遅い [state]"]
    scores = []
    with filled(store, "\n".join(lines)) as library:
        clues = suggestions.gather(suggestions._Shared(library.store), library.paper("A"))[node("B").id]
    for n in range(len(clues) + 1):
        scores.append(score(clues[:n]))
    assert scores[0] == 0
    assert scores == sorted(set(scores))
    assert scores[-1] < 1


def test_the_command(run: Run) -> None:
    found = run("suggest", "-n", "5")
    assert max(map(width, found.stdout.splitlines())) <= 80
    assert "proposals, no facts" in found.stderr
    data = json.loads(run("suggest", "Dissecting", "--json").stdout)
    first = data["suggestions"][0]
    assert first["a"]["title"].startswith("Dissecting")
    assert {g["kind"] for g in first["grounds"]} <= set(suggestions.WEIGHTS)
    listed = run("suggest", "Dissecting").stdout
    assert " ".join(first["command"]) in listed
    assert clean(first["b"]["title"])[:40] in listed
    # the command does state it, and it is suggested no more
    run(*first["command"][1:])
    again = json.loads(run("suggest", "Dissecting", "--json").stdout)
    assert first["b"] not in [s["b"] for s in again["suggestions"]]
    assert "no paper is called" in run("suggest", "zzzz zzzz", code=1).stderr
