"""Tables of works: CSV with a header, and SQLite files, which are opened read-only."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from papergraph.catalogue.records import Item, fields_of, from_rows
from papergraph.errors import NotesError
from papergraph.model import Problem
from papergraph.notes.decode import decode

_HEAD = 64 * 1024
_LONGEST_FIELD = 1_000_000
"""Characters of a line of CSV above which it is passed over: an unclosed quote would take the rest of the file for one field."""


def read_csv(path: Path) -> Iterator[Item]:
    """The works of a CSV file: its first line names the columns; comma, semicolon or tab.

    Raises
    ------
    NotesError
        If no column is a title, or the encoding cannot be told.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    encoding = decode(head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1] or head, path.name).encoding
    with path.open(encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors="replace", newline="") as lines:
        first = lines.readline(_HEAD)
        lines.seek(0)
        reader = csv.reader(lines, delimiter=max(",;\t", key=first.count), strict=False)
        names = next(reader, [])
        _check(names, path.name)
        yield from _rows(reader, names, path.name)


def _rows(reader: Any, names: list[str], path: str) -> Iterator[Item]:
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(path, line, f"a row that cannot be read ({error}); it is passed over")
            continue
        if not row:
            continue
        if len(row) > len(names):
            yield Problem(path, line, f"a row of {len(row)} fields where the header names {len(names)}; those beyond are passed over")
        if sum(map(len, row)) > _LONGEST_FIELD:
            yield Problem(path, line, "a row that is too long; is a quote not closed?")
            continue
        yield from from_rows([(line, dict(zip(names, row, strict=False)))], path)


def _check(names: list[str], where: str) -> None:
    if "title" not in fields_of(names).values():
        shown = ", ".join(n[:40] for n in names[:12]) or "nothing"
        raise NotesError(f"{where}: no column is a title; seen: {shown}; expected a first line such as title,authors,year,venue,doi,arxiv_id,url")


def read_sqlite(path: Path) -> Iterator[Item]:
    """The works of a SQLite file: of its tables that with most columns of usual names, a title among them.

    Raises
    ------
    NotesError
        If there is no such table, or the file cannot be read.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("PRAGMA query_only = ON")
            # what a foreign schema defines must not call functions
            db.execute("PRAGMA trusted_schema = OFF")
            db.text_factory = lambda data: data.decode("utf-8", "replace")
            table, names = _table(db, path.name)
            # names of tables cannot be parameters; quoted so, none can be anything but a name
            rows = db.execute(f"SELECT * FROM {_quoted(table)}")  # noqa: S608
            for number, row in enumerate(rows, 1):
                yield from from_rows([(number, dict(zip(names, row, strict=True)))], path.name)
    except sqlite3.Error as error:
        raise NotesError(f"{path.name}: cannot be read as SQLite ({error}); give a file that is whole and not being written") from error


def _table(db: sqlite3.Connection, where: str) -> tuple[str, list[str]]:
    found = []
    for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"):
        columns = [row[0] for row in db.execute("SELECT name FROM pragma_table_info(?)", (name,))]
        meant = fields_of(columns).values()
        if "title" in meant:
            found.append((len(meant), name, columns))
    if not found:
        raise NotesError(f"{where}: no table has a column for the title; expected a table with columns such as title, authors, year, venue, doi, arxiv_id, url")
    _, name, columns = max(found, key=lambda f: (f[0], f[1]))
    return name, columns


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""').replace("\0", "") + '"'
