"""Files of SQLite as wholes: a copy of a database that is in use, one database's contents in the place of another's, and what a file is before it is opened.

Nothing here renames over a database that somebody may have open: whoever has it would go on with the old file, and a journal
that is left would be taken for the new one's. The contents go in page by page in one transaction of SQLite's own instead
(https://www.sqlite.org/backup.html), which waits for readers, is seen by them, and is rolled back when it is cut off.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from papergraph.errors import StoreBusyError
from papergraph.store.protocol import Progress
from papergraph.store.sql import queries

STEP = 2_000
"""Pages copied between two reports of progress (8 MB)."""
PART = ".part"
"""What a file that is still being written ends with."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a store's file says of itself: its version (`0` for one that is not papergraph's), how many change sets it holds, and the newest of them.

    `unsound` is what SQLite's own check found, at most twenty lines.
    """

    application: int
    version: int
    change_sets: int
    newest_at: str | None
    newest_action: str | None
    unsound: tuple[str, ...] = ()


def inspect(path: Path, application: int, *, whole: bool) -> Saved:
    """What the file at `path` is, read without changing it; `whole` has SQLite check all of it.

    Raises
    ------
    sqlite3.Error
        If it is no SQLite file, or cannot be read.
    """
    db = reading(path)
    try:
        own, version = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("application_id", "user_version"))
        if own != application:
            return Saved(application if is_empty(db) else own, 0, 0, None, None)
        unsound = faults(db) if whole else ()
        newest = db.execute(queries()["newest"]).fetchone()
        number = int(db.execute(queries()["count_change_sets"]).fetchone()[0])
        at, action = newest or (None, None)
        return Saved(own, version, number, at, action, unsound)
    finally:
        db.close()


def faults(db: sqlite3.Connection) -> tuple[str, ...]:
    """What SQLite's own check of a whole database finds, some twenty lines at most; nothing where all is well."""
    lines = (line for row in db.execute("PRAGMA integrity_check(20)") for line in str(row[0]).splitlines())
    return tuple(line for line in lines if line != "ok" and not line.startswith("***"))


def reading(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing, but that it takes back what was cut off: without that a file with a journal cannot be read."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    db.execute("PRAGMA query_only = ON")
    return db


def is_empty(db: sqlite3.Connection) -> bool:
    """Whether nothing is in a database: it has just been made, or what made it was cut off and is rolled back."""
    return not db.execute("PRAGMA application_id").fetchone()[0] and not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to before it is put in its place; whatever still stands there at the end goes."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        yield part
    finally:
        for beside in ("", "-journal", "-wal", "-shm"):
            part.with_name(part.name + beside).unlink(missing_ok=True)


def copy_database(source: sqlite3.Connection, target: Path, mode: int, progress: Progress | None = None) -> None:
    """Copy the database of `source` into the new file `target`, as it is when the copying begins.

    All is read in one transaction. Where the database has a rollback journal a writer waits for its end; where it has a WAL
    nobody waits.

    Parameters
    ----------
    mode
        Who may read and write the copy, as `chmod` takes it.

    Raises
    ------
    sqlite3.Error, OSError
        If it cannot be read or written; what stands at `target` then is no copy.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode & 0o666))
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as out:
        # a file that is thrown away when it is cut off needs no journal; it is synced once, as a whole
        out.execute("PRAGMA journal_mode = OFF")
        out.execute("PRAGMA synchronous = OFF")
        source.execute("BEGIN")
        try:
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            source.backup(out, pages=STEP, progress=_told(progress, "copying"))
        finally:
            source.execute("COMMIT")
        # one file, with nothing beside it
        out.execute("PRAGMA journal_mode = DELETE")
    sync(target)


def replace_contents(target: sqlite3.Connection, source: Path, busy: float, progress: Progress | None = None, locked: Callable[[], None] | None = None) -> None:
    """Put the database in the file `source` in the place of what `target` holds, in one transaction of `target`'s.

    Parameters
    ----------
    locked
        Called once nobody else can write any more and before anything is done for good; what it raises ends it, and nothing is changed.

    Raises
    ------
    StoreBusyError
        If others do not let go of `target` within `busy` seconds.
    sqlite3.Error
        If it cannot be read or written; `target` then is as it was.
    """
    target.execute("PRAGMA synchronous = FULL")
    target.execute(f"PRAGMA busy_timeout = {int(busy * 1000)}")
    told = _told(progress, "restoring")

    def step(status: int, remaining: int, total: int) -> None:
        # Python tries for ever; SQLite has waited for `busy` seconds when it says so
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StoreBusyError("others are using the store all the time; nothing was changed; close them, or try again later")
        if locked is not None and remaining:
            locked()
        told(status, remaining, total)

    with contextlib.closing(reading(source)) as db:
        # never all in one step, after which there is no way back
        half = int(db.execute("PRAGMA page_count").fetchone()[0]) // 2
        db.backup(target, pages=max(1, min(STEP, half)), progress=step)


def _told(progress: Progress | None, what: str) -> Callable[[int, int, int], None]:
    def told(_: int, remaining: int, total: int) -> None:
        if progress is not None and total:
            progress(what, max(total - remaining - 1, 0), total)

    return told


def put_in_place(part: Path, path: Path, *, replace: bool) -> None:
    """Give the written and synced file `part` the name `path`, at once; afterwards the name outlives a power cut.

    Raises
    ------
    FileExistsError
        If `path` is there and `replace` is false.
    OSError
        If the folder cannot be written.
    """
    if replace:
        part.replace(path)
    else:
        try:
            os.link(part, path)
        except FileExistsError:
            raise
        except OSError:
            # a file system without hard links: the moment between looking and renaming stays
            if path.exists():
                raise FileExistsError(path) from None
            part.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Have a file or folder written out to the disk."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except OSError:
        if path.is_dir():  # where a folder cannot be opened, its names are written out without being asked
            return
        raise
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def same_bytes(a: Path, b: Path) -> bool:
    """Whether two files hold the same."""
    import filecmp

    return a.stat().st_size == b.stat().st_size and filecmp.cmp(a, b, shallow=False)


def free_name(path: Path) -> Path:
    """`path`, or where that is taken the first of `path-2`, `path-3`, … that is not."""
    number = 1
    while (found := path if number == 1 else path.with_name(f"{path.name}-{number}")).exists():
        number += 1
    return found
