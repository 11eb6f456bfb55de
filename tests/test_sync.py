"""Folders as people keep them: renamed, swapped, copied, moved, nested, gone and back; `sync` brings the store up to date with all of it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from papergraph.errors import NotesError
from papergraph.library import Library
from papergraph.model import Source
from papergraph.origins import Origin
from papergraph.provenance import Witness
from papergraph.store import open_store
from papergraph.store.protocol import Store

Write = Callable[[str, str], Path]


def notes(k: int) -> str:
    return f"""# 話題{k}
- [Paper Number {k} About Some Things](https://arxiv.org/abs/2401.{k:05d})
  - Same idea as the paper below.
  - They insert {k} pauses before the answer.
- [Second Work {k} On Other Matters](https://arxiv.org/abs/2402.{k:05d})
  - 面白い論文 {k}。
"""


def uris(library: Library) -> list[str]:
    return [s.uri for s in library.store.sources()]


def quotes_read(library: Library) -> bool:
    """Whether the file of every quote is found."""
    return all(library.standing(e).state == "there" for r, _, _ in library.relations() for e in r.evidence)


def sync(library: Library, *, prune: bool = False) -> list[tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...], int]]:
    """What each origin's sync came to: gone, pruned, renamed, how many changes; a failure fails the test."""
    out = []
    for one in library.sync(prune=prune):
        assert one.plan is not None, one.failure
        out.append((one.plan.gone, one.plan.pruned, one.plan.renamed, len(one.plan.changes)))
    return out


NOTHING = ((), (), (), 0)


def test_every_store_is_brought_up_to_date(store: Store, write: Write) -> None:
    library = Library(store)
    folder = write("a.md", notes(1)).parent
    write("ノート/b.md", notes(2))
    library.import_notes(folder)
    library.accept(library.relations()[0][0].id, reason="見た")
    assert sync(library) == [NOTHING]
    write("a.md", notes(3) + notes(1))
    (folder / "ノート" / "b.md").rename(folder / "c.md")
    ((gone, pruned, renamed, changes),) = sync(library)
    assert (gone, pruned, renamed) == ((), (), (("notes/ノート/b.md", "notes/c.md"),))
    assert changes > 0
    assert uris(library) == ["notes/a.md", "notes/c.md"]
    assert quotes_read(library)
    assert sync(library) == [NOTHING]
    library.undo()
    assert uris(library) == ["notes/a.md", "notes/ノート/b.md"]
    assert sync(library)[0][2] == (("notes/ノート/b.md", "notes/c.md"),)


def test_files_that_were_renamed_and_edited_at_once_are_themselves(library: Library, write: Write) -> None:
    folder = write("a.md", notes(1)).parent
    write("b.md", notes(2))
    library.import_notes(folder)
    for name in ("a.md", "b.md"):
        (folder / name).unlink()
    write("c.md", notes(1) + "  - One more remark.\n")
    write("d.md", notes(2).replace("pauses", "commas"))
    assert sync(library)[0][2] == (("notes/a.md", "notes/c.md"), ("notes/b.md", "notes/d.md"))
    assert uris(library) == ["notes/c.md", "notes/d.md"]
    assert len(library.papers()) == 4


def test_two_files_can_be_swapped(library: Library, write: Write) -> None:
    folder = write("a.md", notes(1)).parent
    write("b.md", notes(2))
    library.import_notes(folder)
    library.accept(*(r.id for r, _, _ in library.relations()))
    write("a.md", notes(2))
    write("b.md", notes(1))
    sync(library)
    assert {p.title: p.path for p in library.papers()}["Paper Number 1 About Some Things"] == "b.md"
    assert quotes_read(library)
    assert {d.verb for part in library.change_set(3)[1] for d in part.differences if d.what != "file"} <= {"moved"}


def test_a_copy_adds_its_sentences_and_takes_them_with_it(library: Library, write: Write) -> None:
    folder = write("a.md", notes(1)).parent
    library.import_notes(folder)
    before = library.export_json()
    shutil.copy(folder / "a.md", folder / "b.md")
    sync(library)
    ((relation, _, _),) = library.relations()
    assert [e.path for e in relation.evidence] == ["a.md", "b.md"]
    (folder / "b.md").unlink()
    assert sync(library, prune=True)[0][1] == ("notes/b.md",)
    assert library.export_json() == before


def test_a_folder_that_disappears_and_comes_back_is_as_it_was(library: Library, write: Write) -> None:
    folder = write("a.md", notes(1)).parent
    library.import_notes(folder)
    before, away = library.export_json(), folder.with_name("away")
    folder.rename(away)
    (one,) = library.sync()
    assert (one.missing, one.plan and one.plan.gone) == ((str(folder),), ("notes/a.md",))
    (source,) = library.store.sources()
    assert library.origins()[0].gone.keys() == {source.uri}
    ((relation, _, _),) = library.relations()
    assert library.standing(relation.evidence[0]).state == "unread"
    away.rename(folder)
    assert sync(library) == [NOTHING]
    assert library.origins()[0].gone == {}
    folder.rename(away)
    assert sync(library, prune=True)[0][1] == ("notes/a.md",)
    assert library.papers() == ()
    away.rename(folder)
    sync(library)
    assert library.export_json() == before


def test_a_file_imported_by_itself_can_go(library: Library, write: Write) -> None:
    path = write("a.md", notes(1))
    library.import_notes(path)
    path.unlink()
    assert sync(library)[0][0] == ("notes/a.md",)
    assert sync(library, prune=True)[0][1] == ("notes/a.md",)
    assert library.papers() == ()


# --- folders of one name, folders in folders


def test_two_folders_of_one_name_leave_each_other_alone(library: Library, tmp_path: Path) -> None:
    for parent, name, k in (("x", "a.md", 1), ("y", "b.md", 2)):
        (tmp_path / parent / "notes").mkdir(parents=True)
        (tmp_path / parent / "notes" / name).write_text(notes(k), encoding="utf-8")
        assert library.import_notes(tmp_path / parent / "notes").gone == ()
    assert sync(library, prune=True) == [NOTHING, NOTHING]
    assert quotes_read(library)
    (tmp_path / "y" / "notes" / "b.md").unlink()
    sync(library, prune=True)
    assert uris(library) == ["notes/a.md"]


def test_two_files_of_one_name_do_not_take_turns(library: Library, tmp_path: Path) -> None:
    for parent in "xy":
        (tmp_path / parent / "notes").mkdir(parents=True)
        (tmp_path / parent / "notes" / "a.md").write_text(notes(1) + f"  - Only in {parent}.\n", encoding="utf-8")
        (tmp_path / parent / "notes" / f"{parent}.md").write_text(notes(5), encoding="utf-8")
    library.import_notes(tmp_path / "x" / "notes")
    with pytest.raises(NotesError, match=r"x/notes/a\.md and .*y/notes/a\.md would both be notes/a\.md; .*--as NAME"):
        library.import_notes(tmp_path / "y" / "notes")
    library.import_notes(tmp_path / "y" / "notes", collection="others")
    assert sync(library) == [NOTHING, NOTHING]
    assert uris(library) == ["notes/a.md", "notes/x.md", "others/a.md", "others/y.md"]
    library.import_notes(tmp_path / "y" / "notes", replace=True)
    assert [o.paths for o in library.origins()] == [(str(tmp_path / "y" / "notes"),)]


@pytest.mark.parametrize("narrow", ["sub", "sub/a.md", "sub/deep"])
def test_a_part_of_a_folder_imported_first_is_a_part_of_it_later(library: Library, write: Write, narrow: str) -> None:
    folder = write("b.md", notes(2)).parent
    write("sub/a.md", notes(1))
    write("sub/deep/c.md", notes(3))
    library.import_notes(folder / narrow)
    known = uris(library)
    library.import_notes(folder)
    assert set(known) < set(uris(library))
    assert len(library.store.sources()) == 3
    assert quotes_read(library)
    shutil.rmtree(folder / "sub")
    assert set(known) <= set(sync(library)[0][0])
    assert len(sync(library, prune=True)[0][1]) == 2
    assert uris(library) == ["notes/b.md"]


@pytest.mark.parametrize("collection", [None, "mine"])
@pytest.mark.parametrize("narrow", ["sub", "sub/new.md"])
def test_a_new_file_in_a_part_of_a_known_folder_is_called_as_its_others(library: Library, write: Write, narrow: str, collection: str | None) -> None:
    folder = write("sub/a.md", notes(1)).parent.parent
    library.import_notes(folder, collection=collection)
    write("sub/new.md", notes(2))
    library.import_notes(folder / narrow)
    name = collection or "notes"
    assert uris(library) == [f"{name}/sub/a.md", f"{name}/sub/new.md"]
    assert quotes_read(library)
    assert sync(library) == [NOTHING]
    (folder / "sub" / "new.md").unlink()
    assert sync(library)[0][0] == (f"{name}/sub/new.md",)


def test_a_part_all_of_whose_notes_have_gone_can_be_imported(library: Library, write: Write) -> None:
    folder = write("sub/a.md", notes(1)).parent.parent
    write("b.md", notes(2))
    library.import_notes(folder)
    (folder / "sub" / "a.md").unlink()
    assert library.import_notes(folder / "sub", prune=True).pruned == ("notes/sub/a.md",)
    with pytest.raises(NotesError, match="a folder without notes"):
        library.import_notes(folder / "sub")


def test_a_file_whose_place_a_folder_takes(library: Library, write: Write) -> None:
    path = write("a.md", notes(1))
    library.import_notes(path.parent)
    path.unlink()
    write("a.md/x.md", notes(1))
    assert sync(library)[0][2] == (("notes/a.md", "notes/a.md/x.md"),)


# --- names, encodings, links, what cannot be read


def test_a_name_that_another_system_spells_otherwise_is_a_renamed_file(library: Library, write: Write) -> None:
    name = unicodedata.normalize("NFD", "ガイド.md")
    path = write(name, notes(1))
    library.import_notes(path.parent)
    path.rename(path.with_name(unicodedata.normalize("NFC", name)))
    assert [len(r) for _, _, r, _ in sync(library)] == [1]
    assert uris(library) == ["notes/ガイド.md"]
    assert quotes_read(library)


@pytest.mark.parametrize(("encoding", "newline"), [("utf-8", "\r\n"), ("utf-8-sig", "\n"), ("utf-16", "\r\n"), ("cp932", "\r\n"), ("utf-8", "\r")])
def test_quotes_are_found_whatever_the_encoding_and_the_newlines(library: Library, write: Write, encoding: str, newline: str) -> None:
    path = write("a.md", "")
    text = "# 論文\n- [日本語の長い論文の題名](https://arxiv.org/abs/2401.00004)\n  - 下の論文と主張が一致\n- [もう一つの日本語の論文の題名](https://arxiv.org/abs/2401.00009)\n"
    path.write_bytes(text.replace("\n", newline).encode(encoding))
    library.import_notes(path.parent)
    assert sync(library) == [NOTHING]
    ((relation, _, _),) = library.relations()
    standing = library.standing(relation.evidence[0])
    assert (standing.state, standing.line, standing.quote) == ("there", 3, "下の論文と主張が一致")
    path.write_bytes(("はじめに\n\n" + text).replace("\n", newline).encode(encoding))
    standing = library.standing(relation.evidence[0])
    assert (standing.state, standing.line, standing.quote) == ("moved", 5, "下の論文と主張が一致")


def test_links_lead_to_their_files_and_broken_ones_are_told(library: Library, write: Write, tmp_path: Path) -> None:
    folder = write("a.md", notes(1)).parent
    real = tmp_path / "elsewhere.md"
    real.write_text(notes(2), encoding="utf-8")
    (folder / "link.md").symlink_to(real)
    (folder / "broken.md").symlink_to(tmp_path / "none.md")
    (folder / "round.md").symlink_to(folder / "round.md")
    plan = library.import_notes(folder)
    assert [f.partition(":")[0] for f in plan.failures] == ["broken.md", "round.md"]
    assert quotes_read(library)
    real.unlink()
    assert sync(library)[0][0] == ()
    (folder / "link.md").unlink()
    assert sync(library)[0][0] == ("notes/link.md",)


def test_a_folder_is_itself_under_any_link_to_it(library: Library, write: Write, tmp_path: Path) -> None:
    folder = write("a.md", notes(1)).parent
    (tmp_path / "link").symlink_to(folder)
    library.import_notes(tmp_path / "link")
    assert library.import_notes(folder).changes == ()
    assert [o.paths for o in library.origins()] == [(str(folder),)]


def test_a_file_that_may_not_be_read_keeps_what_it_said(library: Library, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.md", notes(1))
    write("b.md", notes(2))
    library.import_notes(path.parent)
    before, read_bytes = library.export_json(), Path.read_bytes

    def refused(file: Path) -> bytes:
        if file.name == "a.md":
            raise PermissionError(13, "Permission denied")
        return read_bytes(file)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refused)
        (one,) = library.sync(prune=True)
        assert one.plan is not None
        assert one.plan.failures == ("a.md: cannot be read: Permission denied",)
        ((relation, _, _), *_) = [r for r in library.relations() if r[0].evidence[0].path == "a.md"]
        assert library.standing(relation.evidence[0]).state == "unread"
    assert library.export_json() == before
    assert sync(library) == [NOTHING]


def test_a_folder_that_may_not_be_looked_into_is_not_there(library: Library, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.md", notes(1))
    library.import_notes(path.parent)

    def refused(file: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    for name in ("exists", "is_file", "is_dir"):
        monkeypatch.setattr(Path, name, refused)
    (one,) = library.sync()
    assert (one.missing, one.plan and one.plan.gone) == ((str(path.parent),), ("notes/a.md",))


@pytest.mark.parametrize("left", ["", "\n\n", "\ufeff"])
def test_a_file_that_shrinks_to_nothing_keeps_what_it_said(library: Library, write: Write, left: str) -> None:
    folder = write("a.md", notes(1)).parent
    write("b.md", notes(2))
    library.import_notes(folder)
    write("a.md", left)
    for prune in (False, True):
        (one,) = library.sync(prune=prune)
        assert one.plan is not None
        assert len(library.papers()) == 4
        assert [f for f in one.plan.failures if "empty" not in f] == []


@pytest.mark.parametrize("uri", ["notes/../secret.md", "notes/../../secret.md", "notes//etc/passwd", "notes/", "notes/..", "notes/\0", "notes/" + "x" * 5000, "../notes/a.md", "notes/sub/../../secret.md"])
def test_no_source_leaves_its_folder(library: Library, write: Write, tmp_path: Path, uri: str) -> None:
    folder = write("sub/a.md", notes(1)).parent.parent
    (tmp_path / "secret.md").write_text(notes(2), encoding="utf-8")
    for origin in (Origin((str(folder),)), Origin((str(folder),), named={uri: str(tmp_path / uri.partition("/")[2]) if "\0" not in uri else "/etc/passwd"})):
        found = origin.file_of(uri)
        assert found is None or found.is_relative_to(folder)
    library.import_notes(folder)
    witness = Witness(library.store)
    text = witness._text(Source("s-x", uri))
    assert text is None or "Paper Number 2" not in text


# --- the command


@contextmanager
def watching(tmp_path: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[str], Callable[[Callable[[], bool]], bool], Path]]:
    """`sync --watch` in a process of its own, once it watches; ends with Ctrl-C."""
    db = tmp_path / "watch.db"
    with Library(open_store(str(db), create=True)) as library:
        library.import_notes(folder)
    err = tmp_path / "err.txt"
    with err.open("w", encoding="utf-8") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "papergraph", "--db", str(db), "sync", "--watch"], stdout=told, stderr=told, text=True, cwd=tmp_path, env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"}
        )

        def until(true: Callable[[], bool]) -> bool:
            end = time.monotonic() + 40
            while time.monotonic() < end and process.poll() is None:
                if true():
                    return True
                time.sleep(0.1)
            return true()

        try:
            assert until(lambda: "watching; Ctrl-C ends it" in err.read_text(encoding="utf-8"))
            # the watch itself begins right after it was said
            time.sleep(1)
            yield process, until, db
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            text = err.read_text(encoding="utf-8")
            assert text.endswith("no longer watching\n")
            assert "Traceback" not in text
        finally:
            process.kill()
            process.wait()


def titles(db: Path) -> set[str]:
    with Library(open_store(str(db))) as library:
        return {p.title for p in library.papers()}


def replace_as_editors_do(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.swp")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def test_watching_takes_in_whatever_editors_do_until_ctrl_c(tmp_path: Path, write: Write) -> None:
    folder = write("a.md", notes(1)).parent
    with watching(tmp_path, folder) as (_, until, db):
        replace_as_editors_do(folder / "a.md", notes(1) + notes(2))
        assert until(lambda: "Paper Number 2 About Some Things" in titles(db))
        # a burst, one of them made and deleted at once
        for k in range(3, 9):
            write(f"{k}.md", notes(k))
        (folder / "8.md").unlink()
        assert until(lambda: "Paper Number 7 About Some Things" in titles(db))
        # another program holds the store meanwhile
        with sqlite3.connect(db, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            write("9.md", notes(9))
            time.sleep(2)
            other.execute("ROLLBACK")
        assert until(lambda: "Paper Number 9 About Some Things" in titles(db))
        assert "Paper Number 8 About Some Things" not in titles(db)


def test_watching_goes_on_when_a_lexicon_is_half_written(tmp_path: Path, write: Write) -> None:
    folder = write("a.md", notes(1)).parent
    with watching(tmp_path, folder) as (_, until, db):
        write("papergraph.toml", "[[cues]\n")
        assert until(lambda: "papergraph.toml" in (tmp_path / "err.txt").read_text(encoding="utf-8"))
        write("papergraph.toml", "")
        write("b.md", notes(2))
        assert until(lambda: "Paper Number 2 About Some Things" in titles(db))


def test_sync_says_what_it_did_as_data_and_in_80_columns(tmp_path: Path, write: Write) -> None:
    from test_cli import width

    folder = write("ノート.md", notes(1)).parent
    db = tmp_path / "x.db"

    def run(*words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        found = subprocess.run(
            [sys.executable, "-m", "papergraph", "--db", str(db), *words], capture_output=True, text=True, encoding="utf-8", check=False, cwd=tmp_path, env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1"}
        )
        assert found.returncode == code, found.stderr
        assert "Traceback" not in found.stderr
        return found

    run("import", str(folder))
    write("ノート.md", notes(1).replace("面白い論文", "とても長い感想であり、折り返しても何も失われてはならない、" * 3))
    write("b.md", "")
    told = json.loads(run("sync", "--dry-run", "--json", code=1).stdout)
    assert told["dryRun"] is True
    (one,) = told["origins"]
    assert one.keys() == {"paths", "missing", "failure", "changeSet", "differences", "renamed", "gone", "pruned", "problems", "failures"}
    assert (one["changeSet"], one["failures"]) == (None, ["b.md: the file is empty; nothing to import"])
    out = run("sync", code=1).stdout
    assert max(map(width, out.splitlines())) <= 80
    assert "折り返しても何も失われてはならない" in "".join(line.strip() for line in out.splitlines())
    (folder / "b.md").unlink()
    found = json.loads(run("sync", "--json").stdout)
    assert found["origins"][0]["differences"] == []
