"""Changes of statements as a reader would call them: what came, changed, moved, was renamed, went, and by whom."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from papergraph.differences import Part, totals
from papergraph.library import Library
from papergraph.model import CATALOGUE, LLM, Paper, Relation, Statement
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import AssertedBy, Role
from test_cli import width
from test_sync import notes

Write = Callable[[str, str], Path]
Told = dict[str, list[tuple[str, str, str]]]
P1, S1 = "Paper Number 1 About Some Things", "Second Work 1 On Other Matters"
REMARK = "They insert 1 pauses before the answer."


def told(parts: tuple[Part, ...], *, moved: bool = False) -> Told:
    """By who makes them: verb, kind and name of each difference; without what only moved unless asked for."""
    return {p.by: [(d.verb, d.what, d.name) for d in p.differences if moved or d.verb != "moved"] for p in parts}


def either_way(differences: list[tuple[str, str, str]]) -> list[tuple[str, str, list[str]]]:
    """Of what holds both ways, the names in one order."""
    return [(verb, what, sorted(re.split(" (?:—|=|≠) ", name))) for verb, what, name in differences]


def planned(library: Library, folder: Path, *, prune: bool = False) -> tuple[Part, ...]:
    return library.describe(library.plan_import(folder, prune=prune).changes)


def test_a_first_import_adds_all(library: Library, write: Write) -> None:
    parts = planned(library, write("ノート.md", notes(1)).parent)
    assert either_way(told(parts)["notes/ノート.md"]) == [
        ("added", "file", ["notes/ノート.md"]),
        ("added", "paper", [P1]),
        ("added", "paper", [S1]),
        ("added", "topic", ["話題1"]),
        ("added", "note", ["Same idea as the paper below."]),
        ("added", "note", [REMARK]),
        ("added", "note", ["面白い論文 1。"]),
        ("added", "relation", [P1, S1, "is similar to"]),
    ]
    assert library.history() == ()
    (part,) = parts
    (relation,) = [d for d in part.differences if d.what == "relation"]
    assert (relation.place, relation.details) == ("ノート.md:3", ("“Same idea as the paper below.”",))
    assert totals(parts) == {("added", "file"): 1, ("added", "paper"): 2, ("added", "topic"): 1, ("added", "note"): 3, ("added", "relation"): 1}


def test_an_edit_is_what_was_edited(store: Store, write: Write) -> None:
    library = Library(store)
    folder = write("a.md", notes(1)).parent
    library.import_notes(folder)
    write("a.md", notes(1).replace(REMARK, "They insert commas.").replace("(https://arxiv.org/abs/2402.00001)", "(https://arxiv.org/abs/2402.00001) (ICLR 2024 oral)"))
    parts = planned(library, folder)
    assert told(parts) == {
        "notes/a.md": [("changed", "file", "notes/a.md"), ("changed", "paper", S1), ("added", "note", "They insert commas."), ("retracted", "note", REMARK)],
    }
    (changed,) = [d for d in parts[0].differences if d.verb == "changed" and d.what == "paper"]
    assert changed.details == ("year: nothing → 2024", "venue: nothing → ICLR 2024", "decision: nothing → oral")
    library.import_notes(folder)
    head, again = library.change_set(2)
    assert (head.number, again) == (2, parts)
    first, last, back = library.diff("2", "1")
    assert (first, last) == (2, 1)
    assert told(back) == {"notes/a.md": [("changed", "file", "notes/a.md"), ("changed", "paper", S1), ("added", "note", REMARK), ("retracted", "note", "They insert commas.")]}
    (changed,) = [d for d in back[0].differences if d.verb == "changed" and d.what == "paper"]
    assert changed.details == ("year: 2024 → nothing", "venue: ICLR 2024 → nothing", "decision: oral → nothing")


def test_lines_that_only_stand_elsewhere_have_moved(library: Library, write: Write) -> None:
    folder = write("a.md", notes(1)).parent
    library.import_notes(folder)
    write("a.md", "\n\n" + notes(1))
    parts = planned(library, folder)
    assert told(parts) == {"notes/a.md": [("changed", "file", "notes/a.md")]}
    assert {(d.what, d.was, d.place) for d in parts[0].differences if d.verb == "moved"} >= {("relation", "a.md:3", "a.md:5"), ("paper", "a.md:2", "a.md:4"), ("note", "a.md:4", "a.md:6")}


def test_a_section_that_goes_to_another_file_has_moved(store: Store, write: Write) -> None:
    library = Library(store)
    folder = write("a.md", notes(1) + notes(2)).parent
    write("b.md", notes(3))
    library.import_notes(folder)
    write("a.md", notes(1))
    write("b.md", notes(3) + notes(2))
    parts = planned(library, folder)
    assert told(parts) == {"notes/a.md": [("changed", "file", "notes/a.md")], "notes/b.md": [("changed", "file", "notes/b.md")]}
    moved = {(d.what, d.was, d.place) for p in parts for d in p.differences if d.verb == "moved"}
    assert moved == {("paper", "a.md:8", "b.md:8"), ("paper", "a.md:11", "b.md:11"), ("topic", None, None), *(("note", f"a.md:{n}", f"b.md:{n}") for n in (9, 10, 12)), ("relation", "a.md:9", "b.md:9")}


def test_a_renamed_file_is_renamed_and_nothing_else(library: Library, write: Write) -> None:
    path = write("a.md", notes(1))
    write("b.md", notes(2))
    library.import_notes(path.parent)
    path.rename(path.with_name("ノート.md"))
    parts = planned(library, path.parent)
    assert told(parts) == {"notes/ノート.md": [("renamed", "file", "notes/ノート.md")]}
    assert parts[0].differences[0].was == "notes/a.md"
    assert json.dumps(told(library.describe(tuple(c.reversed() for c in library.plan_import(path.parent).changes))), ensure_ascii=False) == '{"notes/a.md": [["renamed", "file", "notes/a.md"]]}'


def test_a_file_that_has_gone_is_retracted_when_asked_for(library: Library, write: Write) -> None:
    path = write("a.md", notes(1))
    write("b.md", notes(2))
    library.import_notes(path.parent)
    path.unlink()
    assert planned(library, path.parent) == ()
    parts = planned(library, path.parent, prune=True)
    assert {verb for verb, _, _ in told(parts)["notes/a.md"]} == {"retracted"}
    assert told(parts)["notes/a.md"][0] == ("retracted", "file", "notes/a.md")


def test_the_same_remark_in_two_files_that_both_lose_it(library: Library, write: Write) -> None:
    for name in "ab":
        folder = write(f"{name}.md", notes(1)).parent
    library.import_notes(folder)
    for name in "ab":
        write(f"{name}.md", notes(1).replace(f"  - {REMARK}\n", ""))
    write("c.md", notes(1))
    parts = planned(library, folder)
    gone = [(p.by, d.verb) for p in parts for d in p.differences if d.name == REMARK]
    # of two that went and one that came, one has moved
    assert sorted(verb for _, verb in gone) == ["moved", "retracted"]


def test_what_the_user_does_is_theirs(store: Store, write: Write) -> None:
    library = Library(store)
    library.import_notes(write("a.md", notes(1) + notes(2)))
    (first, second) = sorted(library.relations(), key=lambda r: r[0].evidence[0].line or 0)
    arrow = f"{P1} — is similar to — {S1}"
    other = arrow.replace("1", "2")
    for do, expected, details in (
        (lambda: library.accept(first[0].id, reason="見た"), [("accepted", "relation", arrow)], ("because: 見た",)),
        (lambda: library.reject(first[0].id), [("rejected", "relation", arrow)], (f"confidence: 1.0 → {first[0].evidence[0].confidence}", "status: accepted → rejected", "reason: 見た → nothing")),
        (
            lambda: library.edit_relation(second[0].id, kind="extends"),
            [("added", "relation", "Paper Number 2 About Some Things — extends — Second Work 2 On Other Matters"), ("rejected", "relation", other)],
            None,
        ),
        (lambda: library.add_relation("Paper Number 1", "uses", "Paper Number 2", note="自分で"), [("added", "relation", f"{P1} — uses — Paper Number 2 About Some Things")], ("“自分で”",)),
        (lambda: library.edit_paper("Paper Number 1", year=2020), [("added", "paper", P1)], ()),
        (lambda: library.edit_paper("Paper Number 1", year=2021), [("changed", "paper", P1)], ("year: 2020 → 2021",)),
        (lambda: library.add_alias("Paper Number 1", "P1"), [("changed", "paper", P1)], ("aliases: + P1",)),
        (lambda: library.merge("Paper Number 1", "Second Work 1"), [("merged", "paper", f"{P1} = {S1}")], ()),
        (lambda: library.split("Paper Number 1"), [("split", "paper", f"{P1} ≠ {S1}")], ()),
        (lambda: library.remove("話題2"), [("removed", "topic", "話題2")], ()),
    ):
        do()
        number = library.history(limit=1)[0].number
        parts = library.change_set(number)[1]
        found = told(parts)
        assert found.keys() == {"you"}
        assert either_way(found["you"]) == either_way(expected)
        if details is not None:
            assert parts[0].differences[0].details == details
        # and taking it back is the same, backwards
        back = told(library.diff(str(number), str(number - 1))[2])
        assert back.keys() == {"you"}
        assert len(back["you"]) == len(expected)


def test_others_are_told_by_name(library: Library, write: Write) -> None:
    library.import_notes(write("a.md", notes(1)))
    (source,) = library.store.sources()
    a, b = library.paper("Paper Number 1"), library.paper("Second Work 1")
    proposed = Relation("r-x", "USES", a.id, b.id, 0.5, True, AssertedBy.EXTRACTOR)
    library.store.apply([Change(None, Statement(f"{LLM}{source.id}", proposed)), Change(None, Statement(f"{CATALOGUE}dblp", Paper(a.id, a.title, Role.CITED, year=2024)))], by="llm", action="x")
    assert told(library.change_set(2)[1]) == {"catalogue: dblp": [("added", "paper", P1)], "language model: notes/a.md": [("added", "relation", f"{P1} — uses — {S1}")]}


# --- as printed

HOSTILE = "\x1b\x07赤い\u202e題名\x9b2J\u2028と<script>alert(1)</script>"


def test_differences_are_printed_in_80_columns_and_as_data(tmp_path: Path, write: Write) -> None:
    def run(*words: str, code: int = 0) -> str:
        found = subprocess.run(
            [sys.executable, "-m", "papergraph", "--db", str(tmp_path / "x.db"), *words], capture_output=True, text=True, encoding="utf-8", check=False, cwd=tmp_path, env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"}
        )
        assert found.returncode == code, found.stderr
        assert "Traceback" not in found.stderr
        return found.stdout

    long = "とても長い感想であり、折り返しても何も失われてはならない、" * 6
    folder = write("とても長い名前のノート.md", notes(1) + f"  - {long}{HOSTILE}\n").parent
    first = json.loads(run("import", str(folder), "--dry-run", "--json"))
    assert not (tmp_path / "x.db").exists()
    (part,) = first["differences"]
    assert {d["verb"] for d in part["differences"]} == {"added"}
    shown = run("import", str(folder), "--dry-run")
    run("import", str(folder))
    assert json.loads(run("history", "1", "--json"))["differences"] == first["differences"]
    with Library(open_store(str(tmp_path / "x.db"))) as library:
        library.accept(library.relations()[0][0].id, reason=HOSTILE)
        library.edit_paper("Paper Number 1", venue=HOSTILE)
        library.edit_paper("Paper Number 1", venue="ICLR" + HOSTILE)
    for out in (shown, run("history", "1"), run("history", "2"), run("history", "4"), run("diff", "0", "--moved"), run("diff", "now", "0"), run("history")):
        assert max(map(width, out.splitlines())) <= 80
        assert not any(c in out for c in "\x1b\x07\u202e\x9b\u2028")
    assert long in "".join(line.strip() for line in shown.splitlines())
    write("とても長い名前のノート.md", "\n" + notes(1))
    assert "that only stand elsewhere" in run("import", str(folder), "--dry-run")


@pytest.mark.parametrize("number", ["1", "2"])
def test_a_change_set_of_nothing_to_tell_is_empty(library: Library, write: Write, number: str) -> None:
    library.import_notes(write("a.md", notes(1)))
    library.undo()
    assert library.diff(number, number)[2] == ()
    assert library.diff("0", "2")[2] == ()
