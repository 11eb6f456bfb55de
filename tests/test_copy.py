"""A store into another one, and into files for neo4j-admin: nothing is lost on the way."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from conftest import DISSECTING, ICLR, PAUSE, A, B, Neo4j, empty, local_server, neo4j_way, put
from papergraph import copying
from papergraph.errors import PapergraphError, StoreError
from papergraph.library import Library
from papergraph.model import USER, Paper, Statement
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.neo4j import Login
from papergraph.store.protocol import Store

HOSTILE = 'a "quoted", title\nwith\r\nlines; \x00 \x1f \x1e `ticks` $x \\ \u2028 論文 🔴'


def live(library: Library) -> None:
    """A store with a life behind it: imports, changes by hand, things removed and undone, hostile names."""
    library.import_notes(ICLR)
    library.add_relation(PAUSE, "extends", DISSECTING, note=HOSTILE)
    library.add_alias(PAUSE, "別名")
    paper = Paper("p-hostile", HOSTILE, authors=("x\x1fy", "\x1ez"), aliases=('"', "\\", "a;b"), url="https://example.org/?a=1,2")
    library.store.apply([Change(None, Statement(USER, paper))], by="user", action=HOSTILE)
    library.remove(library.relations()[0][0].id)
    library.undo(3)
    library.add_concept("a concept")
    library.undo()


def everything(store: Store) -> tuple[object, ...]:
    return (
        store.graph(),
        list(store.all_statements()),
        list(store.all_touches()),
        store.history(),
        [store.change_set(c.number) for c in store.history()],
        store.search("論文", 50),
        [(p.id, Library(store).related(p.id)) for p in store.graph().papers()[::5]],
    )


@pytest.fixture
def lively(tmp_path: Path) -> Iterator[Library]:
    with Library(open_store(str(tmp_path / "from.db"), create=True)) as library:
        live(library)
        yield library


@pytest.mark.parametrize("there", ["memory", "neo4j"])
def test_a_copy_is_the_same(lively: Library, there: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "PIECE", 50)
    with Library(empty(request, tmp_path, there)) as target:
        plan = lively.copy_to(target)
        assert (len(plan.change_sets), plan.present) == (8, 0)
        assert everything(target.store) == everything(lively.store)
        assert lively.copy_to(target).change_sets == ()
        # and back
        with Library(open_store(str(tmp_path / "back.db"), create=True)) as back:
            target.copy_to(back)
            assert everything(back.store) == everything(lively.store)
            back.undo()
        # what was added since is copied on
        lively.add_relation(DISSECTING, "uses", PAUSE)
        assert [c.number for c in lively.copy_to(target).change_sets] == [9]
        assert everything(target.store) == everything(lively.store)


@pytest.mark.parametrize("there", ["memory", "neo4j"])
def test_a_copy_that_was_cut_off_goes_on(lively: Library, there: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "PIECE", 40)
    with Library(empty(request, tmp_path, there)) as target:
        for stop in (1, 2, 5):
            with pytest.raises(KeyboardInterrupt):
                lively.copy_to(target, _stopping(stop))
        assert len(target.history()) > 1
        lively.copy_to(target)
        assert everything(target.store) == everything(lively.store)


def _stopping(after: int) -> Callable[[str, int, int], None]:
    calls = iter(range(after))

    def progress(_what: str, _done: int, _total: int) -> None:
        if next(calls, None) is None:
            raise KeyboardInterrupt

    return progress


def test_a_store_with_something_else_is_left_alone(lively: Library, library: Library) -> None:
    put(library.store, A)
    before = everything(library.store)
    with pytest.raises(StoreError, match="holds something else: its change set 1"):
        lively.copy_to(library)
    assert everything(library.store) == before
    with pytest.raises(StoreError, match="cannot be copied to itself"):
        lively.copy_to(lively)


def test_the_command(lively: Library, tmp_path: Path) -> None:
    papergraph = str(Path(sys.executable).parent / "papergraph")
    here, there = str(tmp_path / "from.db"), str(tmp_path / "to.db")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([papergraph, *words], capture_output=True, text=True, check=False)

    dry = run("copy", here, there, "--dry-run")
    assert (dry.returncode, "8 change sets" in dry.stderr, (tmp_path / "to.db").exists()) == (0, True, False)
    assert "would be copied" in dry.stderr
    assert run("copy", here, there).returncode == 0
    assert "nothing was copied" in run("copy", here, there).stderr
    assert run("--db", here, "export").stdout == run("--db", there, "export").stdout
    assert run("copy", here, here).returncode == 2
    assert run("copy", str(tmp_path / "none.db"), there).returncode == 1
    done = run("--db", here, "export", "--format", "neo4j-csv", str(tmp_path / "csv"))
    assert done.returncode == 0
    assert done.stdout.startswith("neo4j-admin database import full")
    again = run("--db", here, "export", "--format", "neo4j-csv", str(tmp_path / "csv"))
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    assert run("--db", here, "export", "--format", "neo4j-csv").returncode == 2


def test_the_files_hold_every_value(lively: Library, tmp_path: Path) -> None:
    command = lively.export_neo4j_csv(tmp_path / "csv")
    assert "--array-delimiter=U+001D" in command  # a name holds the first two
    with (tmp_path / "csv" / "Paper.csv").open(encoding="utf-8", newline="") as file:
        rows = {row[0]: row for row in csv.reader(file)}
    assert rows["p-hostile"][1] == HOSTILE
    assert rows["p-hostile"][3] == "x\x1fy\x1d\x1ez"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["csv", "from.db"]
    assert (tmp_path / "csv").stat().st_mode & 0o777 == 0o755


def test_files_are_not_written_over(library: Library, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    for place in (tmp_path / "full", tmp_path / "full" / "x"):
        with pytest.raises(PapergraphError, match="exists already"):
            library.export_neo4j_csv(place)
    with pytest.raises(PapergraphError, match="cannot write"):
        library.export_neo4j_csv(tmp_path / "full" / "x" / "y")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["full"]


@pytest.mark.skipif(neo4j_way() != "maven", reason="needs neo4j-admin: Java 17 with Maven")
def test_neo4j_admin_imports_the_files(lively: Library, neo4j_classes: str, tmp_path: Path) -> None:
    command = lively.export_neo4j_csv(tmp_path / "csv")
    words = command.replace("\\\n", " ").replace("'", "").split()
    assert words[0] == "neo4j-admin"
    running = local_server.Server(tmp_path / "home", heap="512m", page_cache="64m", classes=neo4j_classes)
    running.admin("dbms", "set-initial-password", running.password)
    running.new = False
    running.admin(*words[1:])
    running.start()
    try:
        with Library(Neo4j(running.uri, Login("neo4j", running.password)).open()) as there:
            assert there.export_json() == lively.export_json()
            assert everything(there.store) == everything(lively.store)
            assert there.import_notes(ICLR).changes == ()
            put(there.store, B)
            there.undo()
            assert there.store.history()[0].undoes == 9
    finally:
        running.kill()
