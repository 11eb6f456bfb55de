"""Backups: a store as one file that is whole and checked, and back.

A backup is a papergraph store of its own: `--db` opens it, `copy` reads it. That of an embedded store is a copy of its file,
page by page; that of a server's is made through `copying`, with all that stands beside the history. Either can be restored
into either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.copying import copy, plan_copy
from papergraph.errors import StoreError, UsageError
from papergraph.store import is_server
from papergraph.store.changes import ChangeSet

if TYPE_CHECKING:
    from papergraph.store.neo4j import Neo4jStore
    from papergraph.store.protocol import Progress, Store

KEEPING, EMPTYING, FILLING = "keeping", "emptying", "filling"
"""How far the restoring of a server's store is."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup's file, its size in bytes, and what is in it: the version of the store, how many change sets, and the newest of them."""

    file: Path
    size: int
    version: int
    change_sets: int
    newest_at: str | None
    newest_action: str | None


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a restoring replaces: how many change sets, and the newest; `why` it cannot be told where the store is damaged or in parts."""

    change_sets: int | None
    newest_at: str | None
    newest_action: str | None
    why: str | None = None


def dated_name(location: str, folder: Path, at: datetime, what: str = "backup") -> Path:
    """Where a backup of the store at `location` goes that was not told: beside a file, in `folder` for a server; `papergraph-backup-2026-01-31-142530.db`."""
    stamp = at.strftime("%Y-%m-%d-%H%M%S")
    if is_server(location):
        return folder / f"neo4j-{what}-{stamp}.db"
    path = Path(location).expanduser()
    return path.with_name(f"{path.stem}-{what}-{stamp}{path.suffix or '.db'}")


def backup(store: Store, file: Path, *, replace: bool = False, progress: Progress | None = None) -> Backup:
    """Write all that `store` holds to `file`: as it is when this begins, though others write meanwhile.

    It is written beside `file`, checked, written out to the disk, and only then gets its name.

    Raises
    ------
    UsageError
        If `file` is there and `replace` is false, or it is the store itself.
    StoreError
        If the store cannot be read or is damaged, or the file cannot be written; an older file is left as it was.
    """
    from papergraph.store.sqlite import SqliteStore

    exists = UsageError(f"{file} is there already; name another file, or say --force to replace it")
    if file.exists() and not replace:
        raise exists
    if isinstance(store, SqliteStore) and file.exists() and store.path.exists() and file.samefile(store.path):
        raise UsageError(f"{file} is the store itself; name another file")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(store, SqliteStore):
            store.save(file, replace=replace, progress=progress)
        else:
            _copy_out(store, file, replace=replace, progress=progress)
    except FileExistsError:
        raise exists from None
    except OSError as error:
        raise StoreError(f"cannot write {file}: {error.strerror}; name another file, or make room") from error
    return _told(file, whole=False)


def _copy_out(store: Store, file: Path, *, replace: bool, progress: Progress | None) -> None:
    from papergraph.store.sqlite import SqliteStore
    from papergraph.store.sqlite_files import put_in_place, sync, written_beside
    from papergraph.store.sqlite_restore import read_saved

    with written_beside(file) as part:
        with SqliteStore(part, create=True) as target:
            plan, kept, positions = store.reading(lambda: (plan_copy(store, target), store.kept(""), store.positions()))
            copy(store, target, plan, progress)
            target.keep(kept)
            target.keep_positions(positions)
        saved = read_saved(part)
        if saved.change_sets != len(plan.change_sets):
            raise StoreError(f"the copy of {store.location} holds {saved.change_sets} change sets instead of {len(plan.change_sets)}; run the command again")
        sync(part)
        put_in_place(part, file, replace=replace)


def read_backup(file: Path) -> Backup:
    """What a backup holds, once all of it was checked.

    Raises
    ------
    StoreError
        If it is no papergraph store, from a newer version, or damaged.
    """
    return _told(file, whole=True)


def _told(file: Path, *, whole: bool) -> Backup:
    from papergraph.store.sqlite_restore import read_saved

    saved = read_saved(file, whole=whole)
    return Backup(file, file.stat().st_size, saved.version, saved.change_sets, saved.newest_at, saved.newest_action)


def present_file(path: Path) -> Replaced | None:
    """What restoring into the file `path` replaces; `None` where nothing is there.

    Raises
    ------
    StoreError
        If what is there must not be replaced.
    """
    from papergraph.store.sqlite_restore import read_present

    found = read_present(path)
    if found is None:
        return None
    if found.saved is None:
        return Replaced(None, None, None, found.why)
    return Replaced(found.saved.change_sets, found.saved.newest_at, found.saved.newest_action)


def present_server(store: Neo4jStore) -> Replaced | None:
    """What restoring into a server's store replaces; `None` where nothing is there."""
    if store.restoring():
        return Replaced(None, None, None, "a restoring that was cut off has left it in parts")
    newest: ChangeSet | None = next(iter(store.history(limit=1)), None)
    return Replaced(store.statistics().change_sets, newest.at, newest.action) if newest else None


def restore_file(file: Path, target: Path, kept: Path, progress: Progress | None = None) -> Path | None:
    """Put a backup in the place of the embedded store at `target`, and give the file in which what was there is kept; `None` if nothing was.

    One transaction: a kill leaves the old or the new store, and whoever has it open goes on with the new one.

    Raises
    ------
    UsageError
        If `file` is the store itself.
    StoreError
        If the backup is unsound, what is there must not be replaced, or something cannot be written; nothing is changed then.
    """
    from papergraph.store.sqlite_restore import put_back

    if file.exists() and target.exists() and file.samefile(target):
        raise UsageError(f"{file} is the store itself; name a backup")
    return put_back(file, target, kept, progress)


def restore_server(file: Path, store: Neo4jStore, kept: Path, progress: Progress | None = None) -> Path | None:
    """Put a backup in the place of what papergraph has in a server's database, and give the file in which that is kept; `None` if nothing was there.

    What others have in the database is left alone. It goes in pieces: until it is done nobody else can read or write the
    store, and cut off it goes on when it is run again. `store` must have been opened with `restoring`.

    Raises
    ------
    StoreError
        If the backup is unsound, or the server fails.
    """
    from papergraph.store.sqlite import SqliteStore
    from papergraph.store.sqlite_files import written_beside

    checked = read_backup(file)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        with written_beside(kept) as part:
            with SqliteStore(file, keep_old=False) if checked.version == _newest() else _up_to_date(file, part) as source:
                mark = store.restoring()
                there = mark in (None, KEEPING) and bool(store.history(limit=1))
                if there:
                    # what others would write from now on would be in neither
                    store.mark_restoring(KEEPING)
                    try:
                        backup(store, kept, progress=progress)
                    except BaseException:
                        store.mark_restoring(None)
                        raise
                if mark != FILLING or not _goes_on(source, store):
                    store.empty(EMPTYING, progress)
                    store.mark_restoring(FILLING)
                copy(source, store, plan_copy(source, store), progress)
                store.keep(source.kept(""))
                store.keep_positions(source.positions())
            store.mark_restoring(None)
            return kept if there else None
    except OSError as error:
        raise StoreError(f"cannot write beside {kept}: {error.strerror}; make room there, and the folder writable") from error


def _newest() -> int:
    from papergraph.store.sql import schemas

    return len(schemas())


def _up_to_date(file: Path, part: Path) -> Store:
    """The store in a copy of a backup from an older version."""
    import shutil

    from papergraph.store.sqlite import SqliteStore

    shutil.copyfile(file, part)
    return SqliteStore(part, keep_old=False)


def _goes_on(source: Store, target: Store) -> bool:
    """Whether what `target` holds is a part of `source`."""
    try:
        plan_copy(source, target)
    except StoreError:
        return False
    return True
