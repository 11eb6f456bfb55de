"""What `doctor` finds in a store that was damaged in one way, and that its mend mends it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ICLR, PAUSE, A, Neo4j, paper_id, put
from papergraph.checkup import LEFT_SECONDS, Mend, Severity, examine, examine_around, examine_file, leftovers, mend
from papergraph.errors import StoreError
from papergraph.library import Library
from papergraph.store import open_store

PAPERGRAPH = str(Path(sys.executable).with_name("papergraph"))


def run(store: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `papergraph` on the store as a user would."""
    env = {**os.environ, "COLUMNS": "100", "PAPERGRAPH_DB": str(store)}
    return subprocess.run([PAPERGRAPH, *words], capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, check=False)


@pytest.fixture
def path(iclr_file: Path, tmp_path: Path) -> Path:
    """A store with the ICLR notes and changes by hand."""
    path = tmp_path / "it.db"
    shutil.copy(iclr_file, path)
    path.chmod(0o600)
    with Library(open_store(str(path))) as library:
        library.accept(library.relations()[0][0].id)
        library.reject(library.relations()[1][0].id)
        library.add_alias(PAUSE, "別名")
        library.add_concept("gone again")
        library.undo()
    return path


def damage(path: Path, sql: str) -> None:
    db = sqlite3.connect(path)
    db.executescript(sql)
    db.commit()
    db.close()


def test_a_sound_store_has_no_findings(path: Path) -> None:
    with open_store(str(path)) as store:
        assert examine(store) == []
    assert examine_file(path) == []
    done = run(path, "doctor")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.endswith("is sound\n")
    assert json.loads(run(path, "doctor", "--json").stdout) == {"store": str(path), "findings": [], "done": []}


PAUSE_ID = paper_id(PAUSE)

# what is done to the file; what is found; what it is about, if that is one element; whether `--fix` mends it
DAMAGES = {
    "a node is missing": (f"DELETE FROM node WHERE id = '{PAUSE_ID}'", "nodes of the graph are missing", PAUSE_ID, True),
    "a node is there that nothing states": ("INSERT INTO node (id, label, name, body) VALUES ('c-x', 'Concept', 'x', '{\"id\":\"c-x\",\"prefLabel\":\"x\"}')", "nodes of the graph are there that nothing states", "c-x", True),
    "a node is not as stated": (f"UPDATE node SET body = json_set(body, '$.year', 1900) WHERE id = '{PAUSE_ID}'", "nodes of the graph are not as the statements make them", PAUSE_ID, True),
    "a node does not parse": (f"UPDATE node SET body = '[]' WHERE id = '{PAUSE_ID}'", "the graph cannot be read", None, True),
    "relations are missing": ("DELETE FROM relation", "relations of the graph are missing", None, True),
    "edges are missing": ("DELETE FROM edge WHERE type = 'ABOUT'", "edges of the graph are missing", None, True),
    "an end is not there": ("UPDATE relation SET target = 'p-nowhere' WHERE id = (SELECT min(id) FROM relation)", "row in relation points to no node", None, True),
    "the number of papers": ("UPDATE tally SET number = 7", "the number of papers is off by", None, True),
    "a name": (f"DELETE FROM name WHERE node = '{PAUSE_ID}'", "names that nodes are found by", PAUSE_ID, True),
    "full text": (f"DELETE FROM words WHERE rowid = (SELECT number FROM node WHERE id = '{PAUSE_ID}')", "words that full-text search finds nodes by", PAUSE_ID, True),
    "the index of full text": ("DELETE FROM words_idx; DELETE FROM words_data WHERE id > 10", "full-text index", None, True),
    "content words": ("DELETE FROM term WHERE paper = (SELECT number FROM node WHERE id = '" + PAUSE_ID + "')", "counts of content words", PAUSE_ID, True),
    "what leads to what": ("DELETE FROM reference", "what leads to what", None, True),
    "keys of papers": (f"DELETE FROM mention_key WHERE mention = '{PAUSE_ID}'", "keys that papers are found again by", PAUSE_ID, True),
    "which mention is which paper": (f"UPDATE work SET work = 'p-nowhere' WHERE mention = '{PAUSE_ID}'", "which mention is which paper", PAUSE_ID, True),
    "a statement does not parse": (f"UPDATE statement SET body = '{{}}' WHERE element = '{PAUSE_ID}'", "statements do not parse", PAUSE_ID, False),
    "a statement is missing": (f"DELETE FROM statement WHERE element = '{PAUSE_ID}'", "elements are not stated as the log says", PAUSE_ID, False),
    "a change is missing": (f"DELETE FROM change WHERE element = '{PAUSE_ID}'", "change sets do not hold as many changes as they say", None, False),
    "a change does not parse": (f"UPDATE change SET after = '7' WHERE element = '{PAUSE_ID}'", "change sets of the log do not parse", None, False),
    "a change set is missing": ("DELETE FROM change WHERE change_set = 2; DELETE FROM change_set WHERE number = 2", "change sets are missing from the log", "2", False),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_is_damaged_is_found_and_mended(path: Path, name: str) -> None:
    sql, what, where, mends = DAMAGES[name]
    with Library(open_store(str(path))) as library:
        before = library.export_json(), library.search("論文"), library.related(PAUSE)
    damage(path, sql)
    with Library(open_store(str(path))) as library:
        findings = library.examine()
        found = [f for f in findings if what in f.what]
        assert found, findings
        assert all(f.severity is Severity.ERROR and f.mend for f in findings)
        if where:
            assert where in found[0].where
        fixed = mend(library.store, path, path.parent, str(path), findings)
        assert fixed == ([Mend.REBUILD] if any(f.fix for f in findings) else [])
        assert (found[0].fix is Mend.REBUILD) == mends
        if mends:
            assert library.examine() == []
            assert (library.export_json(), library.search("論文"), library.related(PAUSE)) == before
            put(library.store, A)
            library.undo()
            assert library.examine() == []
        else:
            assert "restore" in found[0].mend
            assert library.examine() != []


def test_a_damaged_page_is_found_by_sqlite(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[5 * 4096 : 5 * 4096 + 64] = b"\xff" * 64
    path.write_bytes(bytes(data))
    done = run(path, "doctor", "--json")
    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 1
    assert findings[0]["severity"] == "error"
    assert any("restore" in f["mend"] for f in findings)


def test_the_command_says_what_is_wrong_and_mends_it(path: Path) -> None:
    damage(path, "DELETE FROM relation")
    done = run(path, "doctor")
    assert done.returncode == 1
    assert "relations of the graph are missing (" in done.stdout
    assert "… and " in done.stdout
    assert "papergraph doctor --fix" in done.stdout
    fixed = run(path, "doctor", "--fix")
    assert (fixed.returncode, fixed.stdout) == (0, "")
    assert "made anew" in fixed.stderr
    assert run(path, "doctor", "--fix").returncode == 0


def test_a_decision_on_what_is_gone_is_a_note(path: Path) -> None:
    with Library(open_store(str(path))) as library:
        (rejected,) = library.relations(status="rejected")
        library.remove(rejected[1].id)
        (finding,) = library.examine()
    assert (finding.severity, finding.where) == (Severity.NOTE, (rejected[0].id,))
    done = run(path, "doctor")
    assert done.returncode == 0
    assert rejected[0].id in done.stdout


def test_a_sentence_that_you_decided_on_and_that_is_gone_is_a_note(path: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes" / ICLR.name
    notes.parent.mkdir()
    text = ICLR.read_text(encoding="utf-8")
    with Library(open_store(str(tmp_path / "other.db"), create=True)) as library:
        notes.write_text(text, encoding="utf-8")
        library.import_notes(notes)
        relation, _, _ = next(r for r in library.relations() if r[0].type == "CONTRADICTS")
        library.accept(relation.id)
        (quote,) = (e.quote for e in relation.evidence)
        assert quote in text
        notes.write_text(text.replace(quote, "全く別の話"), encoding="utf-8")
        library.import_notes(notes)
        (finding,) = library.examine()
    assert (finding.severity, finding.where) == (Severity.NOTE, (relation.id,))
    assert "no longer in the notes" in finding.what


def test_a_write_back_that_was_cut_off_is_a_warning(path: Path) -> None:
    assert examine_around(str(path), path.parent) == []
    cut_off = path.with_name("it.db.writeback") / "000001.commit"
    cut_off.mkdir(parents=True)
    (finding,) = examine_around(str(path), path.parent)
    assert (finding.severity, finding.where, finding.fix) == (Severity.WARNING, (str(cut_off),), Mend.RECOVER)


def test_papers_that_look_like_one_work_are_a_note(path: Path) -> None:
    with Library(open_store(str(path))) as library:
        twin = library.add_paper("Think before you speak: training language models with pause token", authors=["Sachin Goyal"], year=2024)
        mine = library.add_paper(PAUSE, authors=["Sachin Goyal"], year=2024)
        assert twin.id != mine.id
    done = run(path, "doctor", "--json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (done.returncode, finding["severity"], finding["what"]) == (0, "note", "papers look like one work")
    assert finding["where"] == [" ".join(sorted((twin.id, mine.id)))]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners and modes here")
def test_who_may_read_and_write_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for parent in path.absolute().parents:
        if not parent.stat().st_mode & 0o001:
            # nobody else comes through
            path.chmod(0o644)
            assert examine_file(path) == []
            break
    stat = Path.stat
    monkeypatch.setattr(Path, "stat", lambda self, **options: _passable(stat(self, **options)))
    path.chmod(0o640)
    (finding,) = examine_file(path)
    assert (finding.severity, finding.what) == (Severity.NOTE, "others on this machine can read the store")
    assert finding.mend == f"if they need not: chmod go-rwx '{path}'"
    path.chmod(0o600)
    assert examine_file(path) == []
    monkeypatch.setattr(os, "geteuid", lambda: stat(path).st_uid + 1)
    assert [f.severity for f in examine_file(path)] == [Severity.WARNING]


def _passable(stat: os.stat_result) -> os.stat_result:
    """The same, of a folder that others may pass through."""
    return os.stat_result((stat.st_mode | (0o001 if stat.st_mode & 0o040000 else 0), *stat[1:]))


def test_a_new_store_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    open_store(str(path), create=True).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_left_is_told_after_an_hour_and_deleted(path: Path) -> None:
    left = path.with_name(".it.db.0123abcd.part")
    other = path.with_name(".iteration.db.0123abcd.part")
    left.write_bytes(b"x")
    other.write_bytes(b"x")
    now = left.stat().st_mtime
    assert leftovers(path, now + 10) == []
    (finding,) = examine_file(path, now + LEFT_SECONDS + 10)
    assert (finding.severity, finding.where, finding.fix) == (Severity.NOTE, (str(left),), Mend.LEFTOVERS)
    os.utime(left, (now - 2 * LEFT_SECONDS, now - 2 * LEFT_SECONDS))
    assert run(path, "doctor", "--fix").returncode == 0
    assert (left.exists(), other.exists()) == (False, True)


def test_a_store_that_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "it.db"
    assert run(path, "doctor").returncode == 1
    path.write_text("no database, but longer than a hundred characters " * 5, encoding="utf-8")
    done = run(path, "doctor", "--json")
    assert done.returncode == 1
    assert "no papergraph store" in json.loads(done.stdout)["findings"][0]["what"]
    with pytest.raises(StoreError):
        open_store(str(path))


# --- on a server

THERE = {
    "a node is missing": ("MATCH (n:Paper {id: $id}) DETACH DELETE n", "nodes of the graph are missing", True),
    "a node is not as stated": ("MATCH (n:Paper {id: $id}) SET n.year = 1900", "nodes of the graph are not as the statements make them", True),
    "relations are missing": ("MATCH (:Paper)-[r]-(:Paper) DELETE r", "relations of the graph are missing", True),
    "edges are missing": ("MATCH ()-[r:ABOUT]->() DELETE r", "edges of the graph are missing", True),
    "a name": ("MATCH (n:Paper {id: $id}) SET n.names = ['x']", "names that nodes are found by", True),
    "full text": ("MATCH (n:Paper {id: $id}) SET n.tokens = 'x'", "words that full-text search finds nodes by", True),
    "content words": ("MATCH (n:Paper {id: $id}) REMOVE n.terms", "counts of content words", True),
    "what leads to what": ("MATCH (s:Statement) REMOVE s.refs", "what leads to what", True),
    "keys of papers": ("MATCH (s:Statement {element: $id}) REMOVE s.keys", "keys that papers are found again by", True),
    "which mention is which paper": ("MATCH (s:Statement {element: $id}) SET s.work = 'p-nowhere'", "which mention is which paper", True),
    "a statement does not parse": ("MATCH (s:Statement {element: $id}) SET s.body = '{}'", "statements do not parse", False),
    "a statement is missing": ("MATCH (s:Statement {element: $id}) DELETE s", "elements are not stated as the log says", False),
    "a page of the log is missing": ("MATCH (p:ChangePage) WITH p LIMIT 1 DELETE p", "change sets do not hold as many changes as they say", False),
    "an index": ("DROP INDEX papergraph_search", "the index or constraint papergraph_search is missing", True),
    "a constraint": ("DROP CONSTRAINT papergraph_kept_name", "the index or constraint papergraph_kept_name is missing", True),
    "a count": ("MATCH (s:Store) SET s.changeSets = 7", "the store counts 7 change sets", False),
}


@pytest.mark.parametrize("pieces", [10_000, 40])
def test_what_is_damaged_on_a_neo4j_server(server: Neo4j, pieces: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from papergraph.store import neo4j as neo4j_store

    for name, (query, what, mends) in THERE.items():
        server.clear()
        server.run("CREATE (:Paper:Mine {title: 'not of papergraph'})-[:KNOWS]->(:Person)")
        with Library(server.open()) as library:
            library.import_notes(ICLR)
            before = library.export_json()
            assert library.examine() == []
            server.run("MATCH (n:Paper {id: $id}) SET n:Marked", id=PAUSE_ID)
            server.run(query, id=PAUSE_ID)
            findings = library.examine()
            assert [f for f in findings if what in f.what], (name, findings)
            if mends:
                monkeypatch.setattr(neo4j_store, "PIECE", pieces)
                assert mend(library.store, None, tmp_path, library.store.location, findings) == [Mend.REBUILD]
                monkeypatch.undo()
                assert library.examine() == [], name
                assert library.export_json() == before
                if "node is missing" not in name:
                    assert server.run("MATCH (n:Marked) RETURN n.id AS id") == [{"id": PAUSE_ID}]
            assert len(server.run("MATCH (n:Mine)-[:KNOWS]->(:Person) RETURN n.title AS title")) == 1
        if pieces == 40 and not mends:
            break
