"""Backups, restoring, migrations, many processes at once, kills and full disks."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ICLR, PAUSE, ROOT, A, B, Neo4j, empty, put
from papergraph import backups, copying
from papergraph.errors import StoreError, UsageError
from papergraph.library import Library
from papergraph.model import Paper
from papergraph.store import neo4j as neo4j_store
from papergraph.store import open_store, sqlite
from papergraph.store.protocol import Filter, Store
from papergraph.store.sql import parts, schemas
from test_checkup import run
from test_sqlite import BACK_TO


def everything(store: Store) -> tuple[object, ...]:
    return (
        Library(store).export_json(),
        list(store.all_statements()),
        list(store.all_touches()),
        [store.change_set(c.number) for c in store.history()],
        store.kept(""),
        store.positions(),
    )


def lively(library: Library) -> None:
    library.import_notes(ICLR)
    library.add_alias(PAUSE, "別名")
    library.undo()
    library.store.keep({"名前": "値"})
    library.store.keep_positions({A.id: (1.5, -2.0)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with a history and things beside it."""
    path = tmp_path / "it.db"
    with Library(open_store(str(path), create=True)) as library:
        lively(library)
    return path


# --- migration


def older(path: Path, version: int) -> bytes:
    """Make the store one of an older version, and give its bytes."""
    db = sqlite3.connect(path)
    db.executescript(BACK_TO[version])
    db.close()
    return path.read_bytes()


def dump(path: Path) -> list[str]:
    db = sqlite3.connect(path)
    try:
        return [*db.iterdump(), *map(str, db.execute("PRAGMA user_version"))]
    finally:
        db.close()


@pytest.mark.parametrize("version", BACK_TO)
def test_an_older_store_is_kept_before_it_is_brought_up_to_date(path: Path, version: int) -> None:
    older(path, version)
    before = dump(path)
    kept = path.with_name(f"it.db.v{version}-backup")
    with open_store(str(path)) as store:
        assert store.notices == (f"{path} was brought up to date from store version {version} to {len(schemas())}; as it was it is kept in {kept}",)
    assert dump(kept) == before
    assert kept.stat().st_mode & 0o777 == 0o600
    with open_store(str(path)) as store:
        assert store.notices == ()
    assert sorted(p.name for p in path.parent.iterdir()) == ["it.db", kept.name]


def test_what_was_kept_before_is_left_alone(path: Path) -> None:
    old = older(path, 3)
    kept = path.with_name("it.db.v3-backup")
    open_store(str(path)).close()
    first = kept.read_bytes()
    # the same once more: one copy does
    path.write_bytes(old)
    open_store(str(path)).close()
    assert [p.name for p in path.parent.glob("*backup*")] == [kept.name]
    # something else: a second one
    with Library(open_store(str(path))) as library:
        library.add_concept("more")
    older(path, 3)
    with open_store(str(path)) as store:
        assert store.notices[0].endswith("it.db.v3-backup-2")
    assert kept.read_bytes() == first


def test_the_command_says_that_it_brought_the_store_up_to_date(path: Path) -> None:
    older(path, 3)
    done = run(path, "papers", "--json")
    assert done.returncode == 0
    json.loads(done.stdout)
    assert "brought up to date from store version 3" in done.stderr
    assert "it.db.v3-backup" in done.stderr
    assert run(path, "papers", "--json").stderr == ""


def test_processes_bring_one_store_up_to_date_at_once(path: Path) -> None:
    with Library(open_store(str(path))) as library:
        before = library.export_json()
    older(path, 1)
    code = "import sys\nfrom papergraph.library import Library\nfrom papergraph.store import open_store\nwith Library(open_store(sys.argv[1])) as l:\n    l.add_concept('c' + sys.argv[2])\n"
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)]) for n in range(6)]
    assert [p.wait(120) for p in running] == [0] * 6
    assert [p.name for p in path.parent.glob("*backup*")] == ["it.db.v1-backup"]
    with Library(open_store(str(path))) as library:
        assert library.examine() == []
        for _ in range(6):
            library.undo()
        assert library.export_json() == before


def test_a_store_that_cannot_be_brought_up_to_date_stays_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = older(path, 3)

    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sqlite, "copy_database", no_room)
    with pytest.raises(StoreError, match=r"from an older papergraph \(store version 3\) and could not be brought up to date to \d; it is as it was: .*No space left.*make room"):
        open_store(str(path))
    assert path.read_bytes() == old
    assert sorted(p.name for p in path.parent.iterdir()) == ["it.db"]
    monkeypatch.undo()
    monkeypatch.setattr(sqlite, "schemas", lambda: (*schemas(), "CREATE TABLE more (x TEXT);\nCREATE TABLE more (x TEXT);"))
    with pytest.raises(StoreError, match="could not be brought up to date"):
        open_store(str(path))
    assert path.read_bytes() == old


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_an_older_store_in_a_folder_that_cannot_be_written(path: Path) -> None:
    older(path, 3)
    path.parent.chmod(0o500)
    try:
        with pytest.raises(StoreError, match=r"could not be brought up to date.*writable"):
            open_store(str(path))
    finally:
        path.parent.chmod(0o700)


@pytest.mark.parametrize("words", [["papers"], ["import", str(ICLR)], ["undo"], ["backup"], ["doctor"], ["view"], ["restore", "backup.db", "--yes"]])
def test_a_newer_store_is_refused_by_every_command(path: Path, words: list[str]) -> None:
    shutil.copy(path, path.with_name("backup.db"))
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    done = subprocess.run([str(Path(sys.executable).with_name("papergraph")), "--db", str(path), *words], capture_output=True, text=True, check=False, cwd=path.parent, stdin=subprocess.DEVNULL)
    assert done.returncode == 1
    assert "newer papergraph (store version 99" in " ".join((done.stdout + done.stderr).split())
    assert path.read_bytes() == before


def test_a_script_falls_into_its_statements() -> None:
    assert list(parts("-- a; comment\nCREATE TABLE a (x TEXT DEFAULT ';');\nINSERT INTO a VALUES ('1;2');\n")) == [
        "-- a; comment\nCREATE TABLE a (x TEXT DEFAULT ';');",
        "INSERT INTO a VALUES ('1;2');",
    ]
    assert "".join("".join(s.split()) for schema in schemas() for s in parts(schema)) == "".join("".join(s.split()) for s in schemas())


# --- backup


KINDS = ["file", "neo4j"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_backup_holds_everything_and_goes_back(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    file, kept = tmp_path / "backup.db", tmp_path / "kept.db"
    with Library(empty(request, tmp_path, kind)) as library:
        lively(library)
        before = everything(library.store)
        done = library.backup(file)
        assert (done.change_sets, done.version, done.size) == (3, len(schemas()), file.stat().st_size)
        with open_store(str(file)) as copy:
            assert everything(copy) == before
        with pytest.raises(UsageError, match="is there already; name another file, or say --force"):
            library.backup(file)
        library.add_concept("later")
        library.store.keep({"名前": None, "other": "x"})
        later = everything(library.store)
        assert _restore(library.store, file, kept) == kept
        assert everything(library.store) == before
        assert library.examine() == []
        with open_store(str(kept)) as was:
            assert everything(was) == later
        library.add_concept("goes on")
        assert library.backup(file, replace=True).change_sets == 4
        assert sorted(p.name for p in tmp_path.iterdir() if p.name != "store.db") == ["backup.db", "kept.db"]


def _restore(store: Store, file: Path, kept: Path) -> Path | None:
    if isinstance(store, neo4j_store.Neo4jStore):
        return backups.restore_server(file, store, kept)
    return backups.restore_file(file, Path(store.location), kept)


def test_a_backup_of_a_server_is_restored_into_a_file_and_back(server: Neo4j, tmp_path: Path) -> None:
    file, path = tmp_path / "backup.db", tmp_path / "it.db"
    server.run("CREATE (:Paper {title: 'not of papergraph'})-[:USES]->(:Statement {text: 'nor this'}), (:Kept {x: 1}), (:Layout {x: 1})")
    with Library(server.open()) as library:
        lively(library)
        before = everything(library.store)
        library.backup(file)
        assert backups.restore_file(file, path, tmp_path / "kept.db") is None
        with Library(open_store(str(path))) as there:
            assert everything(there.store) == before
            there.add_concept("in the file")
            there.backup(file, replace=True)
            after = everything(there.store)
        backups.restore_server(file, library.store, tmp_path / "kept.db")  # type: ignore[arg-type]
        assert everything(library.store) == after
    assert server.run("MATCH (:Paper {title: 'not of papergraph'})-[r:USES]->(s) RETURN s.text AS text") == [{"text": "nor this"}]
    assert server.run("MATCH (k:Kept {x: 1}), (l:Layout {x: 1}) RETURN count(*) AS n") == [{"n": 1}]


def test_a_restoring_of_a_server_that_is_cut_off_goes_on_and_nobody_works_with_its_part(server: Neo4j, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "backup.db"
    with Library(server.open()) as library:
        lively(library)
        before = everything(library.store)
        library.backup(file)
        library.add_concept("later")
        monkeypatch.setattr(neo4j_store, "PIECE", 30)
        monkeypatch.setattr(copying, "PIECE", 25)
        for cut in (1, 4, 8, 12):
            with Library(server.open()) as other:
                restoring = open_store(server.uri, login=server.login, restoring=True)
                write, calls = restoring._write, []  # type: ignore[attr-defined]

                def dies(work: Callable[[object], object], write: Callable[..., object] = write, calls: list[int] = calls, cut: int = cut) -> object:
                    calls.append(1)
                    if len(calls) > cut:
                        raise KeyboardInterrupt
                    return write(work)

                restoring._write = dies  # type: ignore[attr-defined]
                with pytest.raises(KeyboardInterrupt):
                    backups.restore_server(file, restoring, tmp_path / f"kept-{cut}.db")  # type: ignore[arg-type]
                restoring.close()
                with pytest.raises(StoreError, match=r"has not ended.*papergraph restore"):
                    server.open()
                with pytest.raises(StoreError, match="has not ended"):
                    put(other.store, B)
            with open_store(server.uri, login=server.login, restoring=True) as again:
                # cut off before anything was taken out, what is there is kept once more
                kept = backups.restore_server(file, again, tmp_path / "again.db")  # type: ignore[arg-type]
                assert (kept is not None) == (cut == 1)
            with Library(server.open()) as there:
                assert everything(there.store) == before
                assert there.examine() == []


def test_a_backup_is_of_one_moment_while_others_write(path: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom papergraph.library import Library\nfrom papergraph.store import open_store\n"
        "with Library(open_store(sys.argv[1])) as l:\n    for n in range(60):\n        l.add_concept(f'concept {sys.argv[2]} {n}')\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)]) for n in range(2)]
    sizes = []
    with Library(open_store(str(path))) as library:
        while any(p.poll() is None for p in running):
            file = tmp_path / f"backup-{len(sizes)}.db"
            sizes.append(library.backup(file).change_sets)
            with Library(open_store(str(file))) as copy:
                assert copy.examine() == []
                assert len(copy.history()) == sizes[-1]
            time.sleep(0.05)
    assert [p.wait() for p in running] == [0, 0]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) > 2


def test_an_unsound_store_gives_no_backup(path: Path, tmp_path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("PRAGMA writable_schema = ON")
    db.execute("UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'position'")
    db.commit()
    db.close()
    with open_store(str(path)) as store, pytest.raises(StoreError, match=r"is damaged.*papergraph doctor.*nothing was written"):
        backups.backup(store, tmp_path / "backup.db")
    assert not (tmp_path / "backup.db").exists()


def test_the_command_backup(path: Path, tmp_path: Path) -> None:
    done = run(path, "backup")
    assert done.returncode == 0
    (file,) = tmp_path.glob("it-backup-*.db")
    assert re.fullmatch(r"it-backup-\d{4}-\d\d-\d\d-\d{6}\.db", file.name)
    assert done.stdout == ""
    assert f"papergraph restore {file}" in done.stderr
    there = json.loads(run(path, "backup", str(tmp_path / "deep" / "b.db"), "--json").stdout)
    assert (there["changeSets"], there["newestAction"], there["store"]) == (3, "undo 2", str(path))
    again = run(path, "backup", str(tmp_path / "deep" / "b.db"))
    assert (again.returncode, "--force" in again.stderr) == (2, True)
    assert run(path, "backup", str(tmp_path / "deep" / "b.db"), "--force").returncode == 0
    assert run(path, "backup", str(path), "--force").returncode == 2


# --- restore


def test_the_command_restore(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.db"
    run(path, "backup", str(file))
    run(path, "add", "concept", "later")
    told = run(path, "restore", str(file), "--dry-run")
    assert told.returncode == 0
    assert "it.db holds 4 change sets, the newest of" in told.stderr
    assert "b.db holds 3 change sets, the newest of" in told.stderr
    assert "nothing was changed" in told.stderr
    asked = run(path, "restore", str(file))
    assert (asked.returncode, "--yes" in asked.stderr) == (2, True)
    assert len(json.loads(run(path, "history", "--json").stdout)) == 4
    done = json.loads(run(path, "restore", str(file), "--yes", "--json").stdout)
    assert (done["present"]["changeSets"], done["backup"]["changeSets"]) == (4, 3)
    assert len(json.loads(run(path, "history", "--json").stdout)) == 3
    assert len(json.loads(run(Path(done["kept"]), "history", "--json").stdout)) == 4
    new = tmp_path / "new" / "store.db"
    assert run(new, "restore", str(file), "--yes").returncode == 0
    assert run(new, "doctor").returncode == 0
    assert new.stat().st_mode & 0o777 == 0o600
    for words in (["restore", str(path), "--yes"], ["restore", str(ICLR), "--yes"], ["restore", str(tmp_path / "none"), "--yes"]):
        assert run(path, *words).returncode in (1, 2)


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_whoever_has_the_store_open_goes_on_with_what_was_restored(path: Path, tmp_path: Path, journal: str) -> None:
    """Renaming a file over the store would leave them with the old one, and what they write would be lost."""
    file = tmp_path / "b.db"
    db = sqlite3.connect(path)
    assert db.execute(f"PRAGMA journal_mode = {journal}").fetchone() == (journal.lower(),)
    db.close()
    with Library(open_store(str(path))) as library, Library(open_store(str(path))) as reader:
        library.backup(file)
        restored = everything(library.store)
        library.add_concept("later")
        assert len(reader.history()) == 4
        reading = reader.store._db.execute("SELECT body FROM statement")  # type: ignore[attr-defined]
        reading.fetchone()
        if journal == "WAL":  # a reader sees its snapshot to the end
            backups.restore_file(file, path, tmp_path / "kept.db")
            assert len(reading.fetchall()) > 100
        reading.close()
        if journal == "DELETE":
            backups.restore_file(file, path, tmp_path / "kept.db")
        assert everything(reader.store) == everything(library.store) == restored
        library.add_concept("after")
        assert reader.history()[0].number == 4
        assert reader.examine() == []


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_what_others_write_meanwhile_is_kept_or_stands(path: Path, tmp_path: Path, journal: str) -> None:
    """No commit falls between keeping what was there and replacing it."""
    shutil.copy(path, tmp_path / "b.db")
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA journal_mode = {journal}")
    db.close()
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom papergraph.library import Library\nfrom papergraph.store import open_store\n"
        "with Library(open_store(sys.argv[1])) as l:\n    n = 0\n    while not Path(sys.argv[3]).exists():\n"
        "        l.add_concept(f'concept {sys.argv[2]} {n}')\n        n += 1\n        time.sleep(0.03)\nprint(n)\n"
    )
    end = tmp_path / "end"
    running = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n), str(end)], stdout=subprocess.PIPE, text=True) for n in range(3)]
    found: set[str] = set()
    with Library(open_store(str(path))) as library:
        while len(library.history()) < 10:
            time.sleep(0.05)
    for n in range(8):
        time.sleep(0.1)
        kept = tmp_path / f"kept-{n}.db"
        backups.restore_file(tmp_path / "b.db", path, kept)
        found |= _concepts(kept)
    end.touch()
    made = [int(p.communicate(timeout=120)[0]) for p in running]
    found |= _concepts(path)
    assert {f"concept {k} {n}" for k, many in enumerate(made) for n in range(many)} <= found
    assert sum(made) > 8
    with Library(open_store(str(path))) as library:
        assert library.examine() == []


def _concepts(path: Path) -> set[str]:
    with Library(open_store(str(path))) as library:
        return {c.pref_label for c, _, _ in library.concepts()}


def test_a_reader_that_does_not_end_is_waited_for_and_then_named(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.2)
    shutil.copy(path, tmp_path / "b.db")
    with Library(open_store(str(path))) as library:
        library.add_concept("later")
        before = library.export_json()
        db = sqlite3.connect(path, isolation_level=None)
        db.execute("BEGIN")
        db.execute("SELECT * FROM node").fetchone()
        with pytest.raises(StoreError, match=r"others are using the store all the time|locked by another"):
            backups.restore_file(tmp_path / "b.db", path, tmp_path / "kept.db")
        db.close()
        assert library.export_json() == before


@pytest.mark.parametrize("version", BACK_TO)
def test_a_backup_of_an_older_version_is_brought_up_to_date_and_left_as_it_is(path: Path, tmp_path: Path, version: int) -> None:
    file = tmp_path / "b.db"
    shutil.copy(path, file)
    before = older(file, version)
    with Library(open_store(str(path))) as library:
        whole = library.export_json()
        library.add_concept("later")
        backups.restore_file(file, path, tmp_path / "kept.db")
        assert library.export_json() == whole
        assert library.examine() == []
    assert file.read_bytes() == before
    assert not list(tmp_path.glob(".*")) and not list(tmp_path.glob("*-backup"))


def test_a_damaged_store_is_kept_as_it_is_and_replaced(path: Path, tmp_path: Path) -> None:
    file, kept = tmp_path / "b.db", tmp_path / "kept.db"
    shutil.copy(path, file)
    whole = dump(file)
    for n, hurt in enumerate((lambda data: data[:5000], lambda data: data[:100] + b"\xff" * 4000 + data[4100:], lambda data: data[:4096] + b"\xff" * (len(data) - 4096))):
        damaged = hurt(file.read_bytes())
        path.write_bytes(damaged)
        found = backups.present_file(path)
        assert found is not None
        was = backups.restore_file(file, path, kept.with_name(f"kept-{n}.db"))
        assert was is not None
        assert was.stat().st_size in (len(damaged), len(damaged) // 4096 * 4096)
        assert dump(path) == whole
    for foreign in (b"notes that I wrote " * 20, sqlite_file(tmp_path / "other.db")):
        path.write_bytes(foreign)
        with pytest.raises(StoreError, match=r"is no papergraph store|is a SQLite file but no papergraph store"):
            backups.restore_file(file, path, kept)
        assert path.read_bytes() == foreign


def sqlite_file(path: Path) -> bytes:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE other (x)")
    db.close()
    return path.read_bytes()


def test_what_is_no_backup_is_refused(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.db"
    before = path.read_bytes()
    makes: list[tuple[Callable[[], object], str]] = [
        (lambda: None, "there is no file"),
        (lambda: file.write_bytes(b""), "no papergraph store"),
        (lambda: file.write_bytes(b"some text that is longer than a header of a database, which has a hundred bytes and says so" * 3), "no sound papergraph store"),
        (lambda: file.write_bytes(sqlite_file(tmp_path / "other.db")), "no papergraph store"),
        (lambda: file.write_bytes(before[:-8192]), "damaged|no sound"),
        (lambda: file.write_bytes(before[:40960] + b"\xff" * 4096 + before[45056:]), "damaged|no sound"),
    ]
    for make, message in makes:
        make()
        with pytest.raises(StoreError, match=message):
            backups.restore_file(file, path, tmp_path / "kept.db")
        assert path.read_bytes() == before
    assert not (tmp_path / "kept.db").exists()


# --- many at once


MANY = """
import sys
from pathlib import Path
from papergraph.library import Library
from papergraph.store import open_store
path, n = sys.argv[1], int(sys.argv[2])
with Library(open_store(path)) as library:
    ids = [r.id for r, _, _ in library.relations(types=["consistent-with", "similar-to", "contradicts", "related-to"])]
    papers = [p.id for p in library.papers(role="entry")]
    if n == 0:
        for k in range(4):
            (Path(path).parent / "more.md").write_text("# More\\n" + "".join(f"- [A Paper of Number {i} in Edition {k % 2 * (i % 2)} of It](https://arxiv.org/abs/2401.{i:05})\\n  - remark {i}\\n" for i in range(40)), encoding="utf-8")
            library.import_notes(Path(path).parent / "more.md")
    elif n == 1:
        for i in ids[::2]:
            library.accept(i)
    elif n == 2:
        for i in ids[1::2]:
            library.reject(i)
    elif n == 3:
        for k in range(8):
            library.undo(library.add_concept(f"undone {k}") and next(c.number for c in library.history() if c.action == f"add concept undone {k}"))
    else:
        for k in range(8):
            library.add_relation(papers[0], ["uses", "extends", "supports", "applies-to"][n - 4], papers[k + 1], note=f"{n} {k}")
"""


def test_eight_processes_write_at_once(path: Path) -> None:
    with Library(open_store(str(path))) as library:
        before = {r.id: r for r, _, _ in library.relations()}
        ids = [r.id for r, _, _ in library.relations(types=["consistent-with", "similar-to", "contradicts", "related-to"])]
        papers = library.papers(role="entry")
    running = [subprocess.Popen([sys.executable, "-c", MANY, str(path), str(n)], stderr=subprocess.PIPE, text=True) for n in range(8)]
    errors = [p.communicate(timeout=240)[1] for p in running]
    assert [(p.returncode, e) for p, e in zip(running, errors, strict=True)] == [(0, "")] * 8
    with Library(open_store(str(path))) as library:
        assert library.examine() == []
        assert {r.id for r, _, _ in library.relations(status="accepted")} >= set(ids[::2])
        assert {r.id for r, _, _ in library.relations(status="rejected")} == set(ids[1::2])
        assert len(before) >= len(ids) > 4
        added = [r for r, _, _ in library.relations() if r.asserted_by == "user"]
        assert len(added) == 32
        assert len([p for p in library.papers() if "in Edition 1" in p.title]) == 20
        assert [c for c, _, _ in library.concepts() if "undone" in c.pref_label] == []
        assert len(library.papers(role="entry")) >= len(papers)
        numbers = [c.number for c in library.history()]
        assert numbers == list(range(len(numbers), 0, -1))
        assert len(numbers) == 3 + 4 + len(ids) + 16 + 32


# --- kills and full disks


def test_kills_and_full_disks_at_random_moments() -> None:
    """A few of the trials of `bench/crash.py`, which has hundreds."""
    words = [sys.executable, str(ROOT / "bench" / "crash.py"), "--kills", "12", "--full", "12", "--seed", str(os.getpid()), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    tallies = json.loads(done.stdout)
    assert sum(t["trials"] for t in tallies) == 24
    assert all(t["failures"] == [] for t in tallies)


def test_a_new_store_that_was_cut_off_while_it_was_made_is_none(tmp_path: Path) -> None:
    path = tmp_path / "it.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE x (y)")
    db.execute("DROP TABLE x")
    db.close()
    with open_store(str(path), create=True) as store:
        put(store, A)
        assert store.papers(Filter()) == (A,)
    assert isinstance(A, Paper)
