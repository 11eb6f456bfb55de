"""Why something is in the graph: who states it, from which sentence, and whether that still stands there; and quotes found again in edited texts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import paper_id
from papergraph.errors import UnknownNameError, UsageError
from papergraph.library import Library
from papergraph.model import CATALOGUE, Evidence, Paper, Relation, Statement
from papergraph.provenance import Fact
from papergraph.resolve.quotes import AROUND, find_quote, surroundings
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import Role
from test_cli import width

Write = Callable[[str, str], Path]
SAME = "Same idea as the paper below."


def item(k: int, *remarks: str) -> str:
    return f"- [Paper Number {k} About Some Things](https://arxiv.org/abs/2401.{k:05d})\n" + "".join(f"  - {r}\n" for r in remarks)


def between(library: Library, a: int, b: int) -> Relation:
    (found,) = library.between(f"Paper Number {a}", f"Paper Number {b}")
    return library.store.relations_by_id([found])[found]


def stands(library: Library, relation: str) -> list[tuple[str | None, int | None, str, bool]]:
    """Where a relation's sentences stand, by the store: path, line, words, whether they are lost."""
    return [(e.path, e.line, e.quote, bool(e.lost)) for e in library.store.relations_by_id([relation])[relation].evidence]


# --- finding a quote

TEXT = "# T\n- one\n  - 面白い。\n- two\n  - 面白い。\n- three\n  - 面白い。\n"


@pytest.mark.parametrize(
    ("text", "quote", "prefix", "suffix", "near", "found"),
    [
        (TEXT, "面白い。", "- two\n  - ", "\n- three", 0, TEXT.index("面白い。", 20)),
        (TEXT, "面白い。", "", "", 45, TEXT.rindex("面白い。")),
        (TEXT, "つまらない。", "- two\n  - ", "\n- three", 0, None),
        ("", "quote", "", "", 0, None),
        ("text", "", "te", "xt", 0, None),
        # the line before has gone, and the words stand at the very beginning and end
        ("quote", "quote", "line before\n", "\nline after", 999, 0),
    ],
)
def test_the_place_of_a_quote_is_told_by_what_stands_around_it(text: str, quote: str, prefix: str, suffix: str, near: int, found: int | None) -> None:
    place = find_quote(text, quote, prefix, suffix, near)
    assert (place.start if place else None) == found
    assert place is None or text[place.start : place.end] == quote


@pytest.mark.parametrize(("now", "found"), [("It takes the place of the other one", True), ("It takes the plaec of the other two.", True), ("Something else, and nobody knows", False)])
@pytest.mark.parametrize(
    ("after", "after_now"),
    [
        *((after, after) for after in ("\n- [Next](x)\n", "\n", "", "\r\n- [Next](x)\r\n", "\n\n\nEnd.")),
        # the next line was edited too, is gone or new
        *(("\n- [Next](x)\n", after) for after in ("\n- [Another](y)\n", "\n", "", "\n\nMore.\n- [Next](x)\n")),
        *((after, "\n- [New](y)\n") for after in ("", "\n")),
    ],
)
def test_a_sentence_whose_spelling_was_mended_is_the_same(now: str, found: bool, after: str, after_now: str) -> None:
    quote = "It takes the plaec of the other one"
    before = "# Some heading\n- [A paper](x)\n  - "
    place = find_quote(before + now + after_now, quote, *surroundings(before + quote + after, len(before), len(before + quote)), len(before))
    assert (place is not None) == found
    assert place is None or (place.start, place.end, place.exact) == (len(before), len(before + now), False)


def test_words_that_are_known_to_be_others_are_not_the_quote() -> None:
    first = TEXT.index("面白い。")
    others = [(at, at + 4) for at in range(first + 1, len(TEXT)) if TEXT.startswith("面白い。", at)]
    assert find_quote(TEXT, "面白い。", "nothing", "like it", 999, taken=others) == find_quote(TEXT, "面白い。", "- one\n  - ")
    assert find_quote(TEXT, "面白い。", "- one\n  - ", "", 0, taken=[(0, len(TEXT))]) is None


@given(st.text(st.sampled_from("ab。\r\n論 -"), max_size=40), st.integers(0, 40), st.integers(1, 12), st.text(st.sampled_from("ab。\n論"), max_size=20))
def test_a_quote_is_found_in_any_text_that_something_was_put_before(text: str, start: int, size: int, put: str) -> None:
    start = min(start, max(0, len(text) - 1))
    quote = text[start : start + size]
    place = find_quote(put + text, quote, *surroundings(text, start, start + len(quote)), start)
    if quote:
        assert place is not None
        assert place.exact
        assert (put + text)[place.start : place.end] == quote
    # and nothing that is found ever lies outside
    some = find_quote(text, put, quote, quote, start)
    assert some is None or 0 <= some.start < some.end <= len(text)
    assert all(len(s) <= AROUND for s in surroundings(text, start, start + size))


# --- quotes that follow the notes


def test_the_same_words_about_another_paper_are_not_the_sentence_that_was_deleted(library: Library, write: Write) -> None:
    whole = "# T\n" + "".join(item(k, SAME) for k in range(1, 11)) + item(11)
    folder = write("a.md", whole).parent
    library.import_notes(folder)
    relation = between(library, 3, 4).id
    library.accept(relation)
    write("a.md", whole.replace(item(3, SAME), item(3)))
    library.sync()
    assert stands(library, relation) == [("a.md", 7, SAME, True)]
    (evidence,) = library.store.relations_by_id([relation])[relation].evidence
    assert library.standing(evidence).state == "lost"
    write("a.md", whole.replace("# T\n", "# T\n\n"))
    library.sync()
    assert stands(library, relation) == [("a.md", 8, SAME, False)]


def test_a_sentence_that_goes_to_another_file_with_its_paper_states_it_there(library: Library, write: Write) -> None:
    folder = write("a.md", "# T\n" + item(1, SAME) + item(2) + item(5, "hm")).parent
    write("b.md", "# U\n" + item(7, "well") + item(8))
    library.import_notes(folder)
    relation = between(library, 1, 2).id
    library.accept(relation, reason="見た")
    write("a.md", "# T\n" + item(5, "hm"))
    write("b.md", "# U\n" + item(7, "well") + item(8) + item(1, SAME) + item(2))
    library.sync()
    assert stands(library, relation) == [("a.md", 3, SAME, True), ("b.md", 6, SAME, False)]
    found, assertions, _ = library.why(relation)
    assert isinstance(found, Relation)
    assert (found.status, found.reason) == ("accepted", "見た")
    assert {(a.who, a.source.uri if a.source else None) for a in assertions} == {("you", None), ("notes", "notes/b.md"), ("kept", "notes/a.md")}


def test_a_decision_follows_the_spelling_of_its_sentence(library: Library, write: Write) -> None:
    def notes(sentence: str) -> str:
        return "# T\n" + item(2) + item(1, sentence)

    folder = write("a.md", notes("Same idea as the previous paper, but on the lager models.")).parent
    library.import_notes(folder)
    relation = between(library, 1, 2).id
    library.reject(relation)
    for sentence, lost in (
        ("Same idea as the previous paper, but on the larger models.", False),
        # no rule states it now, but it is the same sentence
        ("Same idea as the previus paper, but on much larger models.", False),
        ("Nothing.", True),
        ("Same idea as the previous paper, but on the larger models.", False),
    ):
        write("a.md", notes(sentence))
        library.sync()
        ((path, line, quote, is_lost),) = stands(library, relation)
        assert (path, line, is_lost) == ("a.md", 4, lost)
        assert lost or quote == sentence


# --- why


def test_three_files_state_it_the_user_accepts_it_and_then_says_what_it_is(store: Store, write: Write) -> None:
    library = Library(store)
    for name in "abc":
        folder = write(f"{name}.md", f"# T{name}\n" + item(1, SAME) + item(2)).parent
    library.import_notes(folder)
    before = between(library, 1, 2).id
    library.accept(before, reason="見た")
    library.edit_relation(before, kind="extends")
    told = {}
    for relation in library.between("Paper Number 1", "Paper Number 2"):
        found, assertions, facts = library.why(relation)
        assert isinstance(found, Relation)
        assert facts == ()
        told[found.type] = (
            found.status,
            found.reason,
            sorted((a.who, a.source.uri if a.source else "", a.first.number if a.first else 0, a.last.number if a.last else 0, [s.state for _, s in a.evidence]) for a in assertions),
        )
    files = ("notes/a.md", "notes/b.md", "notes/c.md")
    assert told == {
        "SIMILAR_TO": ("rejected", "is extends; before: 見た", [*(("notes", f, 1, 1, ["there"]) for f in files), ("you", "", 2, 3, [])]),
        "EXTENDS": ("accepted", None, [*(("kept", f, 3, 3, ["there"]) for f in files), ("you", "", 3, 3, [])]),
    }
    ((_, assertions, _),) = [library.why(r) for r in library.between("Paper Number 1", "Paper Number 2") if r == before]
    assert {a.rules for a in assertions if a.who == "notes"} == {("en:similar",)}
    assert all(a.last and a.last.details.get("rules") for a in assertions if a.who == "notes")


def test_two_relations_made_one_type_keep_the_sentences_of_both(library: Library, write: Write) -> None:
    write("a.md", "# T\n" + item(2) + item(1, "Same idea as the previous paper.", "Builds on the previous paper."))
    library.import_notes(write("b.md", "# U\n" + item(3)).parent)
    for relation in library.between("Paper Number 1", "Paper Number 2"):
        library.edit_relation(relation, kind="supports")
    (supports,) = [r for r, _, _ in library.relations()]
    assert [e.quote for e in supports.evidence] == ["Same idea as the previous paper.", "Builds on the previous paper."]
    library.undo()
    (supports,) = [r for r, _, _ in library.relations(types=["supports"])]
    assert len(supports.evidence) == 1


FRONT = "---\ntitle: Paper Number 1 About Some Things\nauthors: [Ada Lovelace, Marie Curie]\nyear: 2024\ntags: [x, 日本語]\n---\nText.\n"
BIB = "@article{k, title={Paper Number 1 About Some Things}, author={Lovelace, Ada and Curie, Marie}, year={2024}, doi={10.1000/xyz}, keywords={a, b}}\n"


def by_value(facts: tuple[Fact, ...]) -> dict[tuple[str, str], tuple[str, str | None, str | None, str | None]]:
    return {(f.field, f.value): (f.by.who, f.by.source.uri if f.by.source else None, f.place, f.state) for f in facts}


def test_each_fact_of_a_paper_has_who_gives_it_and_where(store: Store, write: Write) -> None:
    library = Library(store)
    folder = write("a.md", FRONT).parent
    write("b.bib", BIB)
    library.import_notes(folder)
    own = paper_id("Paper Number 1 About Some Things")
    store.apply([Change(None, Statement(f"{CATALOGUE}x", Paper(own, "Paper Number 1 about some Things", Role.CITED, venue="ICLR 2024", year=2023)))], by="user", action="look up")
    library.edit_paper(own, decision="oral")
    found, assertions, facts = library.why(own)
    assert [a.who for a in assertions] == ["you", "notes", "notes", "catalogue"]
    told = by_value(facts)
    assert told[("decision", "oral")] == ("you", None, None, None)
    assert told[("venue", "ICLR 2024")] == ("catalogue", None, None, None)
    assert told[("year", "2024")] == ("notes", "notes/a.md", "a.md:4", "there")
    assert told[("doi", "10.1000/xyz")] == ("notes", "notes/b.bib", "b.bib:1", "there")
    assert told[("authors", "Marie Curie")][1:] == ("notes/a.md", "a.md:3", "there")
    assert told[("tags", "日本語")] == ("notes", "notes/a.md", "a.md:5", "there")
    assert told[("tags", "b")][1:] == ("notes/b.bib", "b.bib:1", "there")
    # that the user put the decision right does not make the title theirs
    assert told[("title", found.name)][0] != "you"
    assert told[("role", "entry")][0] == "notes"
    assert ("year", "2023") not in told
    write("a.md", FRONT.replace("year: 2024\n", "").replace("tags:", "mood: good\ntags:"))
    told = by_value(library.why(own)[2])
    assert told[("year", "2024")][3] == "lost"
    assert told[("authors", "Marie Curie")][3] == "there"
    (folder / "a.md").unlink()
    assert by_value(library.why(own)[2])[("year", "2024")][2:] == ("a.md:4", "unread")


@pytest.mark.parametrize(("put", "state"), [("@comment{nothing}\n", "moved"), ("", "there")])
def test_authors_are_found_where_their_names_stand_the_other_way_round(library: Library, write: Write, put: str, state: str) -> None:
    path = write("b.bib", BIB)
    library.import_notes(path)
    write("b.bib", put + BIB)
    told = by_value(library.why("Paper Number 1")[2])
    assert told[("authors", "Marie Curie")][3] == state
    assert told[("year", "2024")][3] == state


def test_what_an_older_papergraph_stored_is_found_too(library: Library, write: Write) -> None:
    folder = write("a.md", "# T\n" + item(1, SAME) + item(2)).parent
    library.import_notes(folder)
    (said,) = [s for s in library.store.all_statements() if isinstance(s.element, Relation)]
    assert isinstance(said.element, Relation)
    old = replace(said, element=replace(said.element, evidence=tuple(replace(e, source=None, prefix=None, suffix=None) for e in said.element.evidence)))
    library.store.apply([Change(said, old)], by="import", action="as it was stored once")
    (evidence,) = between(library, 1, 2).evidence
    assert library.standing(evidence).state == "there"
    write("a.md", "\n\n# T\n" + item(1, SAME) + item(2))
    assert (library.standing(evidence).state, library.standing(evidence).line) == ("moved", 5)
    library.accept(between(library, 1, 2).id)
    library.edit_relation(between(library, 1, 2).id, kind="uses")
    library.sync()
    assert {e.lost for r in library.between("Paper Number 1", "Paper Number 2") for e in library.store.relations_by_id([r])[r].evidence} == {None}


def test_evidence_of_nothing_is_unread(library: Library) -> None:
    for evidence in (Evidence(), Evidence("n-none", "quote", "a.md", 1, 0, 5), Evidence(None, "quote", "a.md", 1, 0, 5, source="s-none")):
        standing = library.standing(evidence)
        assert (standing.state, standing.line, standing.quote) == ("unread", evidence.line, evidence.quote)


def test_a_paper_may_be_called_as_a_relations_id_begins(library: Library) -> None:
    library.add_paper("R-CNN: Regions with CNN Features")
    assert library.why("r-cnn")[0].id == library.paper("R-CNN").id
    with pytest.raises(UsageError, match="no relation has the id r-zzzzzzzzzzzzz"):
        library.why("r-zzzzzzzzzzzzz")
    with pytest.raises(UnknownNameError):
        library.why("nothing of that name")
    library.remove("r-cnn", "Paper")
    assert library.papers() == ()


# --- the command

HOSTILE = "\x1b\x07赤い\u202e題名\x9b2J\u2028と<script>alert(1)</script>"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    def run(*words: str, code: int = 0) -> str:
        found = subprocess.run(
            [sys.executable, "-m", "papergraph", "--db", str(tmp_path / "store.db"), *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"},
        )
        assert found.returncode == code, found.stdout + found.stderr
        assert "Traceback" not in found.stderr
        return found.stdout if code == 0 else found.stderr

    return run


def test_why_is_told_in_80_columns_without_anything_that_steers_the_terminal(run: Callable[..., str], tmp_path: Path, write: Write) -> None:
    long = "とても長い感想であり、" * 12 + HOSTILE + "で、下の論文と主張が一致"
    folder = write("ノート.md", f"# 話題\r\n- [Paper {HOSTILE} Number One](https://arxiv.org/abs/2401.00001) 2024\r\n  - {long}\r\n- [Second Paper of Them All](https://arxiv.org/abs/2401.00002)\r\n").parent
    with Library(open_store(str(tmp_path / "store.db"), create=True)) as library:
        library.import_notes(folder)
        ((relation, a, b),) = library.relations()
        library.accept(relation.id, reason=HOSTILE)
    for words in ([relation.id], [a.name, b.name], [a.id]):
        out = run("why", *words)
        assert max(map(width, out.splitlines())) <= 80
        assert not any(c in out for c in "\x1b\x07\u202e\x9b\u2028")
        told = json.loads(run("why", *words, "--json"))
        (one,) = told if len(words) == 2 else [told]
        assert one.keys() == ({"node", "assertions", "facts"} if words == [a.id] else {"relation", "assertions"})
    told = json.loads(run("why", relation.id, "--json"))
    you, notes = told["assertions"]
    assert (you["who"], you["status"], notes["who"], notes["source"]) == ("you", "accepted", "notes", "notes/ノート.md")
    assert notes.keys() == {"who", "source", "rules", "madeBy", "firstAt", "firstChangeSet", "changedAt", "changedChangeSet", "seenAt", "evidence"}
    (evidence,) = notes["evidence"]
    assert (evidence["state"], evidence["now"]["line"], evidence["now"]["quote"]) == ("there", 3, evidence["quote"])
    shown = "".join(line.strip() for line in run("why", relation.id).splitlines())
    assert "とても長い感想であり、" * 12 in shown
    assert "no relation has the id r-none" in run("why", "r-none", code=2)
    assert "no relation is stated between" in run("why", a.id, a.id, code=2)


def test_lines_end_as_they_do_in_old_files(run: Callable[..., str], tmp_path: Path, write: Write) -> None:
    path = write("a.md", ("# T\n" + item(1, SAME) + item(2)).replace("\n", "\r"))
    with Library(open_store(str(tmp_path / "store.db"), create=True)) as library:
        library.import_notes(path)
        ((relation, _, _),) = library.relations()
    lines = [line.strip() for line in run("why", relation.id).splitlines()]
    assert f"- {SAME}" in lines
    assert "# T" in lines
