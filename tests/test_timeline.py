"""Undo, redo, and what stood when: change sets as a line of time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import A, B, put
from papergraph import timeline
from papergraph.errors import PapergraphError, UsageError
from papergraph.library import Library
from papergraph.model import USER, Paper, Statement
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from test_cli import width
from test_sync import notes

Write = Callable[[str, str], Path]


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets this machine's clock to a zone."""

    def use(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield use
    monkeypatch.undo()
    time.tzset()


# --- undo and redo


def test_an_import_is_undone_after_those_that_build_on_it(store: Store, write: Write) -> None:
    library = Library(store)
    path = write("a.md", notes(1))
    library.import_notes(path)
    first = library.export_json()
    write("a.md", notes(1) + "\nMore.\n")
    library.import_notes(path)
    second = library.export_json()
    library.accept(library.relations()[0][0].id)
    with pytest.raises(UsageError, match=r"later changes build on change set 1; undo these first: 2$"):
        library.undo(1)
    library.undo(2)
    assert json.loads(library.export_json())["nodes"] == json.loads(first)["nodes"]
    with pytest.raises(UsageError, match="change set 2 is undone already; `papergraph redo 2` brings it back"):
        library.undo(2)
    library.undo(3)
    library.undo(1)
    assert json.loads(library.export_json())["nodes"] == []
    # the last one undone comes back first
    assert [library.redo().action for _ in range(3)] == ["redo 1", "redo 3", "redo 2"]
    assert len(library.relations(status="accepted")) == 1
    library.undo(3)
    assert library.export_json() == second


def test_undo_and_redo_by_number_in_any_order(store: Store) -> None:
    library = Library(store)
    for paper in (A, B):
        put(store, paper)
    one, both = [], [A.title, B.title]

    def titles() -> list[str]:
        return sorted((p.title for p in library.papers()), key=both.index)

    for step, number, expected in (
        ("undo", 1, [B.title]),
        ("undo", None, one),
        ("redo", 1, [A.title]),
        ("undo", 1, one),
        ("redo", None, [A.title]),
        ("redo", None, both),
        # an undo is a change set as well: undoing it brings back, and so on
        ("undo", 2, [A.title]),
        ("undo", 9, both),
        ("redo", 9, [A.title]),
        ("redo", 2, both),
    ):
        getattr(library, step)(number)
        assert titles() == expected, (step, number)
    with pytest.raises(UsageError, match="nothing was undone that could be brought back"):
        library.redo()
    with pytest.raises(UsageError, match="change set 1 stands; there is nothing to bring back"):
        library.redo(1)
    library.undo()
    library.undo()
    with pytest.raises(UsageError, match="nothing to undo"):
        library.undo()
    assert [c.number for c in library.history()] == list(range(14, 0, -1))


@pytest.mark.parametrize("number", [0, -1, 3, 1 << 40, 1 << 63, 10**30])
def test_a_change_set_that_there_is_not(store: Store, number: int) -> None:
    library = Library(store)
    put(store, A)
    for ask in (library.undo, library.redo, library.change_set):
        with pytest.raises(UsageError, match=f"there is no change set {number}; `papergraph history` lists them"):
            ask(number)


def test_nothing_is_undone_where_nothing_was_done(store: Store) -> None:
    library = Library(store)
    with pytest.raises(UsageError, match="nothing to undo"):
        library.undo()
    with pytest.raises(UsageError, match="nothing was undone"):
        library.redo()


def test_a_merge_is_undone_after_imports(store: Store, write: Write) -> None:
    library = Library(store)
    path = write("a.md", notes(1))
    library.import_notes(path)
    library.merge("Paper Number 1", "Second Work 1")
    write("a.md", notes(1) + "\nMore.\n")
    library.import_notes(path)
    assert len(library.papers()) == 1
    library.undo(2)
    assert len(library.papers()) == 2
    assert len(library.relations()) == 1
    library.redo()
    assert library.relations() == ()
    assert len(library.papers()) == 1


# --- what stood when


def test_the_library_as_it_was_at_each_change_set(store: Store, write: Write) -> None:
    library = Library(store)
    path = write("a.md", notes(1))
    exports = [library.export_json()]
    for step in (
        lambda: library.import_notes(path),
        lambda: library.accept(library.relations()[0][0].id),
        lambda: library.merge("Paper Number 1", "Second Work 1"),
        lambda: library.import_notes(write("b.md", notes(2))),
        lambda: library.undo(3),
        lambda: library.remove("Paper Number 2"),
        library.undo,
    ):
        step()
        exports.append(library.export_json())
    for number, export in enumerate(exports):
        with library.at(str(number)) as past:
            assert past.export_json() == export
    assert library.at("now").export_json() == exports[-1]
    for start in range(len(exports)):
        for end in range(len(exports)):
            there = timeline.changes_from_to(store, start, end)
            assert timeline.changes_from_to(store, end, start) == tuple(c.reversed() for c in there)
            if exports[start] == exports[end]:
                assert library.diff(str(start), str(end))[2] == ()
    with pytest.raises(UsageError, match="there is no change set 99"):
        library.at("99")


DAYS = ("2026-03-08T09:59:59Z", "2026-03-08T10:00:00Z", "2026-05-01T14:59:59Z", "2026-05-01T15:00:00Z", "2026-11-02T03:29:59Z", "2026-11-02T03:30:00Z")


@pytest.mark.parametrize(
    ("where", "when", "number"),
    [
        ("UTC", "2026-03-07", 0),
        ("UTC", "2026-03-08", 2),
        # a day without changes, and one to come
        ("UTC", "2026-04-01", 2),
        ("UTC", "2999-01-01", 6),
        ("UTC", "1000-01-01", 0),
        ("UTC", "2026-05-01T14:59:59", 3),
        ("UTC", "2026-05-01 14:59:58", 2),
        ("UTC", "2026/05/01", 4),
        ("UTC", "20260501", 4),
        ("Asia/Tokyo", "2026-05-01", 3),
        ("Asia/Tokyo", "2026-05-02", 4),
        ("Asia/Tokyo", "2026-05-01T23:59:59", 3),
        ("Asia/Tokyo", "2026-05-02T00:00", 4),
        ("Asia/Tokyo", "2026-05-01T15:00:00Z", 4),
        ("Asia/Tokyo", "2026-05-01T15:00:00+09:00", 2),
        # half hours, and the days on which clocks are put forward (23 hours) and back (25 hours)
        ("America/St_Johns", "2026-03-07", 0),
        ("America/St_Johns", "2026-03-08", 2),
        ("America/St_Johns", "2026-10-31", 4),
        ("America/St_Johns", "2026-11-01", 5),
        ("America/Los_Angeles", "2026-03-08T01:59:59", 1),
        ("America/Los_Angeles", "2026-03-08T03:00:00", 2),
        ("UTC", " now ", 6),
        ("UTC", "4", 4),
        ("UTC", "0", 0),
        ("UTC", "４", 4),
    ],
)
def test_a_day_is_its_end_by_this_machines_clock(zone: Callable[[str], None], where: str, when: str, number: int) -> None:
    zone(where)
    with open_store(":memory:") as store:
        for n, at in enumerate(DAYS):
            store.apply([Change(None, Statement(USER, Paper(f"p-{n}", f"Paper {n}")))], by="user", action="add", at=at)
        assert timeline.number_at(store, when) == number


@pytest.mark.parametrize(
    ("where", "day", "end"),
    [
        ("Asia/Tokyo", "2026-05-01", "2026-05-01T14:59:59.999999+00:00"),
        ("America/St_Johns", "2026-03-08", "2026-03-09T02:29:59.999999+00:00"),
        # midnight came twice
        ("America/Havana", "2025-11-01", "2025-11-02T03:59:59.999999+00:00"),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-18T02:59:59.999999+00:00"),
    ],
)
def test_the_end_of_a_day_on_which_clocks_are_changed(zone: Callable[[str], None], where: str, day: str, end: str) -> None:
    zone(where)
    assert timeline.moment_of(day) == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    "nonsense", ["", " ", "yesterday", "2026-02-30", "2026-13-01", "12:30", "2026-05", "2026-05-01T25:00", "9999-12-31T23:59:59-12:00", "-1", "1.5", "2026年5月1日", "\0", "²", "9" * 5000, "\udcff"]
)
def test_what_is_no_time_is_told(library: Library, nonsense: str) -> None:
    for ask in (library.at, library.diff):
        with pytest.raises(UsageError, match="is no day, time or number of a change set; for example 2026-05-01"):
            ask(nonsense)


@given(st.text(st.sampled_from("0123456789-/:T+Zw .W年"), max_size=24))
@example("0001-01-01")
@example("9999-12-31")
def test_any_text_is_a_moment_or_none(text: str) -> None:
    try:
        assert timeline.moment_of(text).tzinfo is UTC
    except UsageError as error:
        assert "is no day, time" in str(error)


# --- the commands


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., str]:
    def run(*words: str, code: int = 0, **env: str) -> str:
        found = subprocess.run(
            [sys.executable, "-m", "papergraph", "--db", str(tmp_path / "store.db"), *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1", **env},
        )
        assert found.returncode == code, found.stdout + found.stderr
        assert "Traceback" not in found.stderr
        return found.stdout if code == 0 and found.stdout else found.stderr

    return run


def test_the_past_answers_as_the_present_does(run: Callable[..., str], tmp_path: Path, write: Write) -> None:
    path = write("ノート.md", notes(1))
    with Library(open_store(str(tmp_path / "store.db"), create=True)) as library:
        library.import_notes(path)
        library.remove("Second Work 1")
        number = library.store.paper_count()
    assert number == 1
    assert len(json.loads(run("at", "1", "papers", "--json"))) == 2
    assert len(json.loads(run("at", "now", "papers", "--json"))) == 1
    one = json.loads(run("at", "1", "related", "Paper Number 1", "--json"))["related"][0]
    assert one["title"].startswith("Second Work 1")
    assert max(map(width, run("at", "1", "related", "Paper Number 1").splitlines())) <= 80
    assert "nothing holds" in run("at", "0", "search", "論文", code=1)
    assert "is no command that can be asked of the past" in run("at", "1", "undo", code=2)
    assert "is no day, time" in run("at", "someday", "papers", code=2)
    assert "No such option" in run("at", "1", "papers", "--nonsense", code=2)


def test_history_and_diff_as_data(run: Callable[..., str], tmp_path: Path, write: Write) -> None:
    path = write("a.md", notes(1))
    with Library(open_store(str(tmp_path / "store.db"), create=True)) as library:
        library.import_notes(path)
        library.accept(library.relations()[0][0].id)
        library.undo()
    newest, accepted, imported = json.loads(run("history", "--json"))
    assert newest.keys() == {"number", "at", "by", "action", "changes", "undoes"}
    assert (newest["undoes"], accepted["undoneBy"], imported["madeBy"].keys()) == (2, 3, {"papergraph", "rules", "lexicon"})
    told = json.loads(run("history", "1", "--json"))
    assert told.keys() == {*imported.keys(), "differences"}
    told = json.loads(run("diff", "1", "2", "--json"))
    assert (told["from"], told["to"]) == (1, 2)
    ((part),) = told["differences"]
    assert (part["by"], [d["verb"] for d in part["differences"]]) == ("you", ["accepted"])
    told = json.loads(run("diff", "2", "1", "--json"))
    assert [d["verb"] for p in told["differences"] for d in p["differences"]] == ["retracted"]
    assert json.loads(run("diff", "1", "--json"))["differences"] == []
    assert "nothing is different between change sets 1 and 3" in run("diff", "1")
    for number in ("99", "9" * 30):
        assert "change set" in run("diff", number, code=2)
        assert "99" in run("undo", number, code=2)
    assert "there is no change set 99" in run("history", "99", code=2)
    with pytest.raises(PapergraphError), Library(open_store(str(tmp_path / "store.db"))) as library:
        library.history("9" * 30)
