"""A backup in the place of an embedded store: what is there is kept first, and whoever has the store open sees the change as one."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from papergraph.errors import StoreBusyError, StoreError
from papergraph.store import sqlite
from papergraph.store.protocol import Progress
from papergraph.store.sql import schemas
from papergraph.store.sqlite_files import Saved, copy_database, inspect, put_in_place, reading, replace_contents, sync, written_beside

_ATTEMPTS = 50
"""How often a store that others write to all the time is kept anew before it is given up."""
_BESIDE = ("-journal", "-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Present:
    """What stands where a backup is to go: what it says of itself, or why it can say nothing."""

    saved: Saved | None
    why: str | None = None


def read_saved(path: Path, *, whole: bool = True) -> Saved:
    """What the store file at `path` is, read without changing it.

    Raises
    ------
    StoreError
        If there is none, it is no papergraph store, from a newer version, or unsound (told only where `whole` has all of it checked).
    """
    if not path.is_file():
        raise StoreError(f"there is no file {path}" + (", it is a folder" if path.is_dir() else ""))
    try:
        saved = inspect(path, sqlite.APPLICATION_ID, whole=whole)
    except sqlite3.Error as error:
        raise StoreError(f"{path} is no sound papergraph store ({error}); take another backup") from error
    if saved.application != sqlite.APPLICATION_ID or not saved.version:
        raise StoreError(f"{path} is a SQLite file but no papergraph store; take another file")
    if saved.version > len(schemas()):
        raise StoreError(f"{path} is from a newer papergraph (store version {saved.version}, this one reads up to {len(schemas())}); update papergraph")
    if saved.unsound:
        raise StoreError(f"{path} is damaged ({saved.unsound[0]}); take another backup")
    return saved


def read_present(path: Path) -> Present | None:
    """What stands at `path`; `None` where nothing does.

    Raises
    ------
    StoreError
        If what stands there must not be replaced: a folder, a file that never was a store, a store from a newer version.
    """
    if path.is_dir():
        raise StoreError(f"{path} is a folder, not a store; name a file with --db")
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        saved = inspect(path, sqlite.APPLICATION_ID, whole=False)
    except sqlite3.Error as error:
        if not path.read_bytes()[:16] == b"SQLite format 3\x00":
            raise StoreError(f"{path} is no papergraph store (not a SQLite file), so it is not replaced; move it away and run the command again") from error
        return Present(None, str(error))
    if saved.application != sqlite.APPLICATION_ID:
        raise StoreError(f"{path} is a SQLite file but no papergraph store, so it is not replaced; name another file with --db")
    if saved.version > len(schemas()):
        raise StoreError(f"{path} is from a newer papergraph (store version {saved.version}, this one reads up to {len(schemas())}); update papergraph, or move it away")
    return Present(saved)


def put_back(backup: Path, target: Path, kept: Path, progress: Progress | None = None) -> Path | None:
    """Put the store file `backup` in the place of the store at `target`, and give where what stood there is kept; `None` where nothing stood.

    A backup from an older version is brought up to date on the way, so that whoever has the store open can go on. A kill
    at any moment leaves the old or the new one.

    Raises
    ------
    StoreError
        If the backup is unsound, what is there must not be replaced, or something cannot be written; `target` then is as it was.
    """
    read_saved(backup)
    present = read_present(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(target) as part:
            mode = target.stat().st_mode if present else 0o600
            with closing(reading(backup)) as source:
                copy_database(source, part, mode, progress)
            sqlite.SqliteStore(part, keep_old=False).close()
            if present is None:
                put_in_place(part, target, replace=target.exists())
            else:
                _keep_and_replace(target, part, kept, mode, progress)
    except sqlite3.Error as error:
        raise sqlite.translated(error, target) from error
    except OSError as error:
        raise StoreError(f"cannot write beside {target}: {error.strerror}; nothing was changed; make room there, and the folder writable") from error
    sqlite.prefer_wal(target)
    return kept if present else None


class _ChangedMeanwhileError(Exception):
    """Others have changed the store since it was kept."""


def _keep_and_replace(target: Path, part: Path, kept: Path, mode: int, progress: Progress | None) -> None:
    """Copy what stands at `target` to `kept`, then put `part` in its place; nothing that others commit falls between the two."""
    try:
        with closing(sqlite3.connect(f"{target.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=sqlite.BUSY_SECONDS)) as db:
            if db.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                _with_wal(db, target, part, kept, mode, progress)
                return
            # nobody else reads or writes from here to the end, for this connection keeps its lock over several transactions; it is
            # told so when it has the lock, for while it waits it must let go of what a writer in turn waits for
            db.execute("BEGIN EXCLUSIVE")
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("COMMIT")
            _keep(db, target, kept, mode)
            replace_contents(db, part, sqlite.BUSY_SECONDS, progress)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        # so damaged that nobody can have it open: no transaction begins on it
        if not kept.exists():
            _keep(None, target, kept, mode)
        for beside in _BESIDE:
            target.with_name(target.name + beside).unlink(missing_ok=True)
        put_in_place(part, target, replace=True)


def _with_wal(db: sqlite3.Connection, target: Path, part: Path, kept: Path, mode: int, progress: Progress | None) -> None:
    """The same where readers must not be shut out.

    Others cannot write while it is kept; and once it is locked for being replaced, it is looked whether they have written in
    the moment between the two, and if so, it is kept anew.
    """
    with closing(reading(target)) as witness:
        for _ in range(_ATTEMPTS):
            db.execute("BEGIN IMMEDIATE")
            try:
                before = witness.execute("PRAGMA data_version").fetchone()
                _keep(witness, target, kept, mode)
            finally:
                db.execute("ROLLBACK")

            def unchanged(before: tuple[int] = before) -> None:
                if witness.execute("PRAGMA data_version").fetchone() != before:
                    raise _ChangedMeanwhileError

            try:
                replace_contents(db, part, sqlite.BUSY_SECONDS, progress, unchanged)
            except _ChangedMeanwhileError:
                kept.unlink()
            else:
                return
    raise StoreBusyError(f"others are writing to {target} all the time; nothing was changed; close them, or try again later")


def _keep(source: sqlite3.Connection | None, target: Path, kept: Path, mode: int) -> None:
    """Copy what stands at `target` to `kept`; where SQLite cannot read it, the bare bytes."""
    with written_beside(kept) as part:
        try:
            if source is None:
                raise sqlite3.DatabaseError
            copy_database(source, part, mode)
        except sqlite3.DatabaseError as error:
            if source is not None and not _is_damage(error):
                raise
            part.unlink(missing_ok=True)
            shutil.copyfile(target, part)
            part.chmod(mode & 0o777)
            sync(part)
        put_in_place(part, kept, replace=False)


def _is_damage(error: sqlite3.Error) -> bool:
    return (getattr(error, "sqlite_errorname", "") or "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
