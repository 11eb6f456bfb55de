"""The embedded store's file: what only SQLite has."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from conftest import A, B, paper_id, put
from papergraph.errors import StoreBusyError, StoreError
from papergraph.library import Library
from papergraph.model import Paper
from papergraph.store import open_store, sqlite
from papergraph.store.protocol import Filter
from papergraph.store.sql import queries, schemas


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: None, "no store at"),
        (lambda p: p.mkdir(), "is a folder"),
        (lambda p: p.write_bytes(b"this is not a database at all, just some text that is long enough"), "no papergraph store"),
        (lambda p: sqlite3.connect(p).execute("CREATE TABLE other (x)").connection.close(), "no papergraph store"),
        (lambda p: _with_version(p, 99), "newer papergraph"),
        (lambda p: _damaged(p), "damaged|no papergraph store"),
    ],
)
def test_a_file_that_is_no_store(tmp_path: Path, make: object, message: str) -> None:
    path = tmp_path / "it.db"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=message), open_store(str(path)) as store:
        store.graph()
    assert (path.read_bytes() if path.is_file() else None) == before


def _with_version(path: Path, version: int) -> None:
    open_store(str(path), create=True).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {version}")
    db.close()


def _damaged(path: Path) -> None:
    with open_store(str(path), create=True) as store:
        put(store, *(Paper(paper_id(str(n)), f"Paper {n} " * 20) for n in range(400)))
    data = bytearray(path.read_bytes())
    for at in range(4096, len(data) - 100, 4096):
        data[at : at + 64] = b"\xff" * 64
    path.write_bytes(bytes(data))


def test_a_new_store_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "it.db"
    with open_store(str(path), create=True) as store:
        put(store, A)
    with open_store(str(path)) as store:
        assert store.papers(Filter()) == (A,)


def test_another_writer_is_waited_for_and_then_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    path = tmp_path / "it.db"
    with open_store(str(path), create=True) as store:
        put(store, A)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusyError, match="locked by another papergraph"):
            put(store, B)
        with pytest.raises(StoreBusyError, match="locked by another papergraph"):
            store.keep_positions({A.id: (0.0, 0.0)})
        other.execute("ROLLBACK")
        other.close()
        put(store, B)
        assert len(store.papers(Filter())) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_store_can_be_read(iclr_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "it.db"
    shutil.copy(iclr_file, path)
    path.chmod(0o444)
    with open_store(str(path)) as store:
        assert len(store.papers(Filter(role="entry"))) == 39
        assert store.positions() == {}
        with pytest.raises(StoreError, match="read-only"):
            put(store, A)
        with pytest.raises(StoreError, match="read-only"):
            store.keep_positions({A.id: (0.0, 0.0)})


def test_positions_stand_in_the_file_and_are_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "it.db"
    with open_store(str(path), create=True) as store:
        store.keep_positions({A.id: (1.5, -2.25)})
        with pytest.raises(StoreError):
            store.keep_positions({A.id: (0.0, 0.0), B.id: (float("nan"), 0.0)})
        put(store, A)
    with open_store(str(path)) as store:
        assert store.positions() == {A.id: (1.5, -2.25)}


def test_two_processes_make_one_store_at_once(tmp_path: Path) -> None:
    path = tmp_path / "it.db"
    code = (
        "import sys\nfrom papergraph.store import open_store\nfrom papergraph.store.changes import Change\nfrom papergraph.model import Paper, Statement\n"
        "n = sys.argv[2]\nwith open_store(sys.argv[1], create=True) as s:\n"
        "    s.apply([Change(None, Statement('user', Paper('p-' + n, 'Paper ' + n)))], by='user', action='x')\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)]) for n in range(6)]
    assert [p.wait(60) for p in running] == [0] * 6
    with open_store(str(path)) as store:
        assert len(store.papers(Filter())) == 6
        assert len(store.history()) == 6


def test_a_process_killed_while_writing_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "it.db"
    with open_store(str(path), create=True) as store:
        put(store, A)
    code = (
        "import os, sys, signal\nfrom papergraph.store.sqlite import SqliteStore\nfrom papergraph.store.changes import Change\nfrom papergraph.model import Paper, Statement\n"
        "from pathlib import Path\n"
        "class Dies(SqliteStore):\n    def _put_terms(self, papers):\n        super()._put_terms(papers)\n        os.kill(os.getpid(), signal.SIGKILL)\n"
        "s = Dies(Path(sys.argv[1]))\ns.apply([Change(None, Statement('user', Paper(f'p-{n}', f'Paper {n}'))) for n in range(2000)], by='user', action='x')\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)], check=False).returncode == -9
    with open_store(str(path)) as store:
        assert store.papers(Filter()) == (A,)
        assert store.check() == []  # type: ignore[attr-defined]
        put(store, B)


def test_reading_while_another_writes(tmp_path: Path) -> None:
    path = tmp_path / "it.db"
    with open_store(str(path), create=True) as store:
        put(store, A)
        seen: list[int] = []

        def read() -> None:
            with open_store(str(path)) as reader:
                for _ in range(20):
                    seen.append(len(reader.papers(Filter())))

        reading = threading.Thread(target=read)
        reading.start()
        for n in range(5):
            put(store, Paper(paper_id(f"more {n}"), f"more {n}"))
        reading.join(30)
        assert len(seen) == 20
        assert seen == sorted(seen)


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    """SQLite's own page limit stands for the disk's end: the same error comes from the same place."""
    path = tmp_path / "it.db"
    with open_store(str(path), create=True) as store:
        put(store, A)
        pages = store._db.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        store._db.execute(f"PRAGMA max_page_count = {pages + 2}")  # type: ignore[attr-defined]
        with pytest.raises(StoreError, match="disk is full; nothing was changed"):
            put(store, *(Paper(paper_id(str(n)), f"Paper {n} " * 50) for n in range(500)))
        assert store.papers(Filter()) == (A,)


def test_every_query_has_a_use_and_every_migration_its_number() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in Path(sqlite.__file__).parent.glob("*.py"))
    assert [n for n in queries() if f'"{n}"' not in code] == []
    assert len(schemas()) >= 1


def test_queries_use_indexes(iclr: Library) -> None:
    """No statement that looks something up by key reads a whole table."""
    db = iclr.store._db  # type: ignore[attr-defined]
    whole = {"statements_all", "touches_all", "names", "nodes_with_name", "papers", "relations", "relations_all", "edges_all", "topics", "concepts", "count_papers", "positions"}
    whole |= {"statistics_nodes", "statistics_relations", "statistics_rest", "history", "nodes_by_label", "search", "newest", "count_change_sets", "lookup_names", "lookup_words", "lookup_terms", "lookup_references", "lookup_keys", "lookup_works"}
    for name, sql in queries().items():
        if name in whole or not sql.lstrip("( ").upper().startswith("SELECT"):
            continue
        values = dict.fromkeys(re.findall(r":([a-z_]+)", sql))
        plan = [r[3] for r in db.execute("EXPLAIN QUERY PLAN " + sql, values)]
        scans = [p for p in plan if p.startswith("SCAN") and "json_each" not in p and " i " not in f"{p} " and not p.startswith("SCAN i")]
        assert scans == [], f"{name}: {plan}"


BACK_TO = {
    3: "DROP TABLE kept; DROP INDEX change_set_undoes; ALTER TABLE change_set DROP COLUMN details; PRAGMA user_version = 3;",
    2: "DROP TABLE kept; DROP INDEX change_set_undoes; ALTER TABLE change_set DROP COLUMN details; DROP TABLE position; PRAGMA user_version = 2;",
    1: (
        "DROP TABLE kept; DROP INDEX change_set_undoes; ALTER TABLE change_set DROP COLUMN details; DROP TABLE position; DROP TABLE tally; DROP INDEX relation_source; DROP INDEX relation_target; CREATE INDEX relation_source ON relation (source);"
        "CREATE INDEX relation_target ON relation (target); PRAGMA user_version = 1;"
    ),
}


@pytest.mark.parametrize("version", BACK_TO)
def test_an_older_store_is_brought_up_to_date(iclr_file: Path, tmp_path: Path, version: int) -> None:
    path = tmp_path / "old.db"
    path.write_bytes(iclr_file.read_bytes())
    with Library(open_store(str(path))) as library:
        before = library.export_json(), library.related("dissecting")
    db = sqlite3.connect(path)
    db.executescript(BACK_TO[version])
    db.close()
    with Library(open_store(str(path))) as library:
        assert (library.export_json(), library.related("dissecting")) == before
        assert library.store.check() == []  # type: ignore[attr-defined]
        put(library.store, A)
        library.store.keep_positions({A.id: (1.0, 2.0)})
        assert library.store.positions() == {A.id: (1.0, 2.0)}
        assert library.store.check() == []  # type: ignore[attr-defined]
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (len(schemas()),)
    db.close()
