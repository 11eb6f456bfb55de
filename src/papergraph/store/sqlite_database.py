"""A SQLite file that is asked by named statements: what stores and catalogues share. SQLite's errors are translated here and never leave."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from papergraph.errors import StoreBusyError, StoreError

Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class Wording:
    """How errors speak of a file: what it is (`the store`), what it is not if it is none (`papergraph store`), the option that names another, and what mends a damaged one."""

    it: str
    none: str
    option: str
    another: str
    mend: str


class Database:
    """A connection with the named statements that are run on it; a context manager."""

    path: Path
    _db: sqlite3.Connection
    _wording: Wording

    @staticmethod
    def _queries() -> Mapping[str, str]:
        raise NotImplementedError

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; calling it again does nothing."""
        self._db.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise translated(error, self.path, self._wording) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that writes all that is done in it, or nothing."""
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def _rows(self, query: str, /, **parameters: Any) -> list[Row]:
        with self._errors():
            return self._run(query, **parameters).fetchall()

    def _run(self, query: str, /, **parameters: Any) -> sqlite3.Cursor:
        return self._db.execute(self._queries()[query], parameters)


def translated(error: sqlite3.Error, path: Path, wording: Wording) -> StoreError:
    """SQLite's error as ours, which says what to do."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError(f"{path} is locked by another papergraph that is writing; try again when it is done")
    if name.startswith("SQLITE_NOTADB"):
        return StoreError(f"{path} is no {wording.none} (not a SQLite file); name another file with {wording.option}")
    if name.startswith("SQLITE_CORRUPT"):
        return StoreError(f"{path} is damaged ({error}); {wording.mend}")
    if name.startswith("SQLITE_FULL"):
        return StoreError(f"the disk is full; nothing was changed in {path}; make room and run the command again")
    if name.startswith("SQLITE_READONLY"):
        return StoreError(f"{path} is read-only; nothing was changed; make the file and its folder writable, or name {wording.another} with {wording.option}")
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreError(f"cannot open {path}: {error}; check that the folder exists and may be written")
    if name.startswith("SQLITE_IOERR"):
        return StoreError(f"reading or writing {path} failed ({error}); check the disk; nothing was changed")
    return StoreError(f"{wording.it} at {path} failed: {error}")
