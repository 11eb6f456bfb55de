"""What a user puts right by hand: facts of papers, relations, decisions with their reasons."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papergraph.errors import UsageError
from papergraph.library import Library
from papergraph.store import open_store
from papergraph.store.protocol import Store
from test_sync import notes

Write = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"arxiv_id": "2310.02226"}, ("2310.02226", None)),
        ({"arxiv_id": " arXiv:2310.02226v3 "}, ("2310.02226", None)),
        ({"arxiv_id": "https://arxiv.org/pdf/2310.02226.pdf"}, ("2310.02226", None)),
        ({"arxiv_id": "cs/0112017"}, ("cs/0112017", None)),
        ({"doi": "10.1000/ABC"}, ("2401.00001", "10.1000/abc")),
        ({"doi": "https://doi.org/10.1000/abc"}, ("2401.00001", "10.1000/abc")),
        ({"doi": "10.48550/arXiv.2310.02226"}, ("2310.02226", None)),
    ],
)
def test_an_identifier_has_one_spelling(library: Library, write: Write, given: dict[str, Any], expected: tuple[str | None, str | None]) -> None:
    library.import_notes(write("a.md", notes(1)))
    library.edit_paper("Paper Number 1", **given)
    paper = library.paper("Paper Number 1")
    assert (paper.arxiv_id, paper.doi) == expected


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"arxiv_id": "nonsense"}, "'nonsense' is no arXiv id, for example"),
        ({"doi": "nonsense"}, "'nonsense' is no DOI, for example"),
        ({"title": " \x1b "}, "the title is empty"),
        ({"url": "javascript:alert(1)"}, "no web address"),
        ({"venue": "\udcff"}, "the venue is not valid Unicode"),
        ({"authors": ("A", "\udcff")}, "the authors is not valid Unicode"),
    ],
)
def test_what_is_no_fact_is_refused(library: Library, write: Write, given: dict[str, Any], message: str) -> None:
    library.import_notes(write("a.md", notes(1)))
    with pytest.raises(UsageError, match=message):
        library.edit_paper("Paper Number 1", **given)
    assert len(library.history()) == 1


def test_a_fact_put_right_stands_above_the_notes_until_it_is_undone(store: Store, write: Write) -> None:
    library = Library(store)
    library.import_notes(write("a.md", notes(1)))
    before = library.export_json()
    assert library.edit_paper("Paper Number 1", year=2020, authors=("著者 一",)) is not None
    assert library.edit_paper("Paper Number 1", year=2020) is None
    library.edit_paper("Paper Number 1", title="別の題名")
    library.import_notes(write("a.md", notes(1).replace("(https://arxiv.org/abs/2401.00001)", "(https://arxiv.org/abs/2401.00001) (ICLR 2024)")))
    paper = library.paper("Paper Number 1")
    assert (paper.title, paper.year, paper.authors, paper.venue) == ("別の題名", 2020, ("著者 一",), "ICLR 2024")
    assert "Paper Number 1 About Some Things" in paper.aliases
    for _ in range(3):
        library.undo()
    assert library.export_json() == before


def test_a_relation_is_put_right_in_type_direction_confidence_and_hedge(store: Store, write: Write) -> None:
    library = Library(store)
    library.import_notes(write("a.md", notes(1)))
    ((relation, _, _),) = library.relations()
    with pytest.raises(UsageError, match="similar-to holds both ways; there is nothing to reverse"):
        library.reverse(relation.id)
    library.edit_relation(relation.id, confidence=0.4, hedged=True)
    ((found, _, _),) = library.relations()
    assert (found.id, found.confidence, found.hedged, found.status, len(found.evidence)) == (relation.id, 0.4, True, "proposed", 1)
    assert library.edit_relation(relation.id, confidence=0.4, hedged=True) is None
    library.retype(relation.id, "extends")
    ((extends, a, b),) = library.relations()
    assert (extends.type, len(extends.evidence)) == ("EXTENDS", 1)
    library.reverse(extends.id)
    ((back, c, d),) = library.relations()
    assert (c, d) == (b, a)
    assert [e.quote for e in back.evidence] == [e.quote for e in extends.evidence]
    # and once more: what was rejected is accepted again, not another one
    library.reverse(back.id)
    ((again, _, _),) = library.relations()
    assert (again.id, again.status, again.reason) == (extends.id, "accepted", None)
    for _ in range(4):
        library.undo()
    assert [r for r, _, _ in library.relations()] == [relation]


def test_a_decision_holds_its_reason(store: Store, write: Write) -> None:
    library = Library(store)
    library.import_notes(write("a.md", notes(1)))
    ((relation, _, _),) = library.relations()

    def now() -> tuple[str, str | None]:
        found = library.store.relations_by_id([relation.id])[relation.id]
        return found.status, found.reason

    for verb, reason, expected in (
        ("accept", "  見た\n通り ", ("accepted", "見た 通り")),
        ("accept", None, None),
        ("accept", "別の理由", ("accepted", "別の理由")),
        ("reject", None, ("rejected", None)),
        ("reject", " ", None),
        ("reject", "because", ("rejected", "because")),
        ("accept", None, ("accepted", None)),
    ):
        before = now()
        done = getattr(library, verb)(relation.id, reason=reason)
        assert (done is None) == (expected is None)
        assert now() == (expected or before)
    with pytest.raises(UsageError, match="the reason is not valid Unicode"):
        library.reject(relation.id, reason="\udcff")


def test_the_commands(tmp_path: Path, write: Write) -> None:
    db = tmp_path / "x.db"
    with Library(open_store(str(db), create=True)) as library:
        library.import_notes(write("a.md", notes(1)))
        ((relation, _, _),) = library.relations()

    def run(*words: str | bytes, code: int = 0) -> str:
        found = subprocess.run([sys.executable, "-m", "papergraph", "--db", str(db), *words], capture_output=True, check=False, cwd=tmp_path, env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"})
        told = found.stderr.decode()
        assert found.returncode == code, told
        assert "Traceback" not in told
        return told

    assert "change set 2" in run("accept", relation.id, "--reason", "見た")
    assert "accepted already" in run("accept", relation.id)
    assert "say what is to be changed" in run("edit", "relation", relation.id, code=2)
    assert "change set 3" in run("edit", "relation", relation.id, "--type", "extends")
    assert "unknown relation 'nonsense'" in run("edit", "relation", relation.id, "--type", "nonsense", code=2)
    assert "change set 4" in run("edit", "paper", "Paper Number 1", "--year", "2024", "--author", "著者 一")
    assert "stands just so already" in run("edit", "paper", "Paper Number 1", "--year", "2024")
    assert "not valid Unicode" in run("edit", "paper", "Paper Number 1", "--venue", b"\xff", code=2)
    assert "not valid Unicode" in run("reject", relation.id, "--reason", b"\xff", code=2)
    assert "undid change set 4 (edit paper" in run("undo")
    assert "brought back change set 4 (edit paper" in run("redo")
    assert "nothing was undone" in run("redo", code=2)
