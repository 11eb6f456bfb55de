"""The catalogue's index: one SQLite file of works, found by identifier, title, short name, and the words of a title.

A source is added, replaced or removed in one transaction: whatever ends the process, the file holds the old or the new.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from papergraph.catalogue.files import parts_of, read, sha256_of
from papergraph.catalogue.records import Entry
from papergraph.errors import NotesError, StoreError, StoreMissingError, UsageError
from papergraph.model import Paper, Problem
from papergraph.resolve.blocks import edges, neighbours, telling
from papergraph.resolve.matching import Prepared, prepare
from papergraph.store.changes import now
from papergraph.store.protocol import Progress
from papergraph.store.sql import named
from papergraph.store.sqlite_database import Database, Row, Wording

APPLICATION_ID = 0x50474354
"""Marks a SQLite file as a catalogue ("PGCT")."""
VERSION = 1
BUSY_SECONDS = 5.0
KEY, WORD = 0, 1
_BATCH = 1_000
_MOST_PROBLEMS = 1_000
"""Problems of a source that are held; the rest is counted."""
WORDING = Wording("the catalogue", "catalogue", "--catalogue", "another", "delete it and add its files again")


@dataclass(frozen=True, slots=True)
class CatalogueSource:
    """One file (or folder) of works in a catalogue: `file` is its name, `added` when, in ISO 8601 UTC."""

    name: str
    file: str
    sha256: str
    works: int
    problems: int
    added: str


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a file did: `source` as it stands, whether anything `changed`, and the first of its problems."""

    source: CatalogueSource
    changed: bool
    replaced: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """A work of the catalogue, with the source and the line that tell it."""

    number: int
    paper: Paper
    source: str
    line: int


class Index(Database):
    """The catalogue in the file at `path`; a context manager.

    Parameters
    ----------
    create
        Whether to make it where there is none.

    Raises
    ------
    StoreError
        By every operation: if the file is missing, no catalogue, from a newer version, damaged, locked, or cannot be opened.
    """

    _wording = WORDING

    @staticmethod
    def _queries() -> Mapping[str, str]:
        return queries()

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        if not create and not path.exists():
            raise StoreMissingError(f"no catalogue at {path} yet; `papergraph catalogue add FILE` makes it (or say where it is: --catalogue FILE)")
        if path.is_dir():
            raise StoreError(f"{path} is a folder, not a catalogue; give a file, for example --catalogue {path / 'catalogue.db'}")
        with self._errors():
            if create:
                try:
                    path.parent.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise StoreError(f"cannot make the folder {path.parent} for the catalogue: {error.strerror}") from error
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={'rwc' if create else 'rw'}", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            try:
                self._prepare(new=create)
            except BaseException:
                self._db.close()
                raise

    def _prepare(self, *, new: bool) -> None:
        db = self._db
        application, version = (int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("application_id", "user_version"))
        empty = not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        if application != APPLICATION_ID and not (new and empty):
            raise StoreError(f"{self.path} is a SQLite file but no catalogue; name another file with --catalogue")
        if version > VERSION:
            raise StoreError(f"{self.path} is from a newer papergraph (catalogue version {version}, this one reads up to {VERSION}); update papergraph")
        db.execute("PRAGMA cache_size = -65536")
        if empty:
            schema = (files(__package__) / "schema.sql").read_text(encoding="utf-8")
            try:
                db.executescript(f"BEGIN IMMEDIATE;\n{schema}\nPRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {VERSION};\nCOMMIT;")
            except sqlite3.Error:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                # another process may have made it in the meantime
                if int(db.execute("PRAGMA user_version").fetchone()[0]) != VERSION:
                    raise

    # --- sources

    def sources(self) -> tuple[CatalogueSource, ...]:
        """What was added, by name."""
        return tuple(_source(row) for row in self._rows("sources"))

    def add(self, path: Path, *, name: str | None = None, progress: Progress | None = None) -> Added:
        """Add the works of a file or folder; those of a source of the same name are replaced.

        Nothing changes if the very same bytes are in the catalogue already.

        Parameters
        ----------
        name
            What the source is called; the file's name without its endings if `None`.

        Raises
        ------
        UsageError
            If the name is none.
        NotesError
            If the file as a whole cannot be read, or holds no work.
        """
        parts = parts_of(path)
        name = source_name(name if name is not None else path.name.split(".")[0] or path.name)
        try:
            sha256 = sha256_of(parts)
        except OSError as error:
            raise NotesError(f"cannot read {path.name}: {error.strerror}") from error
        held = {s.name: s for s in self.sources()}
        same = next((s for s in held.values() if s.sha256 == sha256), None)
        if same is not None and (same.name == name or name not in held):
            return Added(same, changed=False)
        problems: list[Problem] = []
        with self._writing():
            if name in held:
                self._take(name)
            run = self._run
            first = int(run("newest").fetchone()["number"]) + 1
            run("stage")
            run("unstage")
            number, count = first - 1, 0
            for item in _items(parts, progress):
                if isinstance(item, Problem):
                    count += 1
                    if len(problems) < _MOST_PROBLEMS:
                        problems.append(item)
                    continue
                number += 1
                run("add_work", number=number, line=item.line, body=json.dumps(item.paper.properties(), ensure_ascii=False))
                ready = prepare(item.paper)
                self._db.executemany(queries()["add_staged"], [*({"kind": KEY, "text": k, "work": number} for k in keys_of(ready)), *({"kind": WORD, "text": w, "work": number} for w in words_of(ready))])
            if number < first:
                raise NotesError(f"{path.name} holds no work that could be read" + (f"; the first problem: {problems[0]}" if problems else ""))
            for step in ("put_keys", "put_postings"):
                run(step)
            run("put_words", first=first, last=number)
            run("unstage")
            source = CatalogueSource(name, path.name, sha256, number - first + 1, count, now())
            run("add_source", name=name, sha256=sha256, file=path.name, works=source.works, problems=count, added=source.added, first=first, last=number)
        return Added(source, changed=True, replaced=name in held, problems=tuple(problems))

    def remove(self, name: str) -> CatalogueSource:
        """Remove a source with its works.

        Raises
        ------
        UsageError
            If there is none of that name.
        """
        held = {s.name: s for s in self.sources()}
        if name not in held:
            raise UsageError(f"no source is called '{name}'; there are: {', '.join(held) or 'none'}")
        with self._writing():
            self._take(name)
        return held[name]

    def _take(self, name: str) -> None:
        run = self._run
        found = next(row for row in run("sources").fetchall() if row["name"] == name)
        reach = {"first": found["first"], "last": found["last"]}
        for step in ("take_words", "drop_words", "remove_postings", "remove_keys", "remove_works"):
            run(step, **({} if step == "drop_words" else reach))
        run("remove_source", name=name)

    # --- what look-ups ask

    def keyed(self, keys: Iterable[str], most: int) -> list[int]:
        """The works that have one of these keys, each once, `most` at most."""
        return list(dict.fromkeys(row["work"] for row in self._rows("keyed", keys=json.dumps(list(keys)), most=most)))

    def common(self, words: Iterable[str]) -> dict[str, int]:
        """How many works have each of these words; those that none has are left out."""
        return {row["word"]: row["works"] for row in self._rows("common", words=json.dumps(list(words)))}

    def nearest(self, weights: Mapping[str, float], most: int) -> list[int]:
        """The works with the greatest sum of the weights of their words, `most` at most."""
        return [row["work"] for row in self._rows("nearest", weights=json.dumps(weights), most=most)]

    def works(self, numbers: Sequence[int]) -> list[Work]:
        """The works of these numbers, in their order."""
        rows = {row["number"]: row for row in self._rows("works", numbers=json.dumps(list(numbers)))}
        return [Work(n, Paper.from_properties(json.loads(row["body"])), row["source"], row["line"]) for n in numbers if (row := rows.get(n))]

    def count(self) -> int:
        """How many works there are."""
        return int(self._rows("count")[0]["works"])


def _items(parts: Sequence[Path], progress: Progress | None) -> Iterator[Entry | Problem]:
    """The works of these files; a file of several that cannot be read is a problem."""
    for n, part in enumerate(parts):
        done = 0
        try:
            for item in read(part):
                done += 1
                if progress is not None and done % _BATCH == 0:
                    progress(f"reading works of {part.name}", done, done)
                yield item
        except NotesError as error:
            if len(parts) == 1:
                raise
            yield Problem(part.name, 1, str(error))
        if progress is not None:
            progress("reading files", n, len(parts))


def source_name(name: str) -> str:
    """A source's name, checked.

    Raises
    ------
    UsageError
        If it is empty, too long, or not printable.
    """
    name = name.strip()
    if not name or len(name) > 100 or not name.isprintable():
        raise UsageError(f"a source's name has 1 to 100 printable characters, not {name[:100]!r}; say another with --as")
    return name


def keys_of(ready: Prepared) -> tuple[str, ...]:
    """What finds a work at once: `doi:`, `arxiv:`, `openreview:`, `title:` and, for what stands before a colon and for short names, `short:`."""
    out = [*identifier_keys(ready), *(f"title:{t.key}" for t in ready.names)]
    out += [f"short:{k}" for t in ready.names for k in (*t.heads, *t.short) if len(k) >= 3]
    return tuple(dict.fromkeys(out))


def identifier_keys(ready: Prepared) -> tuple[str, ...]:
    """The keys of a work's identifiers."""
    told = (("doi", ready.doi), ("arxiv", ready.arxiv), ("openreview", ready.openreview))
    return tuple(f"{kind}:{value}" for kind, value in told if value)


def words_of(ready: Prepared) -> tuple[str, ...]:
    """What finds a work nearly: the telling words of its names, alone and with the next, and their beginnings and ends."""
    return tuple(dict.fromkeys(w for t in ready.names for w in (*telling(t), *neighbours(t), *edges(t))))


def _source(row: Row) -> CatalogueSource:
    return CatalogueSource(row["name"], row["file"], row["sha256"], row["works"], row["problems"], row["added"])


@cache
def queries() -> dict[str, str]:
    """Every statement of `queries.sql` by its name."""
    return named((files(__package__) / "queries.sql").read_text(encoding="utf-8"))
