"""A file or folder of works → its works, whatever its format; and what tells it from another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from papergraph.catalogue.dumps import opened, read_json
from papergraph.catalogue.records import Entry, Item
from papergraph.catalogue.tables import read_csv, read_sqlite
from papergraph.errors import NotesError
from papergraph.folding import paper_id
from papergraph.model import Paper
from papergraph.notes import LONGEST_LINE, BlockKind, Layout, decode, layout_of
from papergraph.notes.bibtex import read_bibtex
from papergraph.notes.decode import LARGEST_FILE
from papergraph.resolve.identifiers import identifiers
from papergraph.vocabulary import Role

READERS = {"csv": read_csv, "sqlite": read_sqlite, "json": read_json}
_FOLDER = (".gz", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".bib", ".db", ".sqlite", ".sqlite3")


def format_of(path: Path) -> str:
    """`csv`, `sqlite`, `json` or `bibtex`: by what the file looks like.

    Raises
    ------
    NotesError
        If it cannot be read or is empty.
    """
    try:
        with opened(path) as file:
            head = file.read(64 * 1024)
    except (OSError, EOFError) as error:
        raise NotesError(f"cannot read {path.name}: {error}") from error
    if head.startswith(b"SQLite format 3\0"):
        return "sqlite"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise NotesError(f"{path.name} is empty; expected CSV, SQLite, BibTeX, or a dump of OpenAlex or OpenReview")
    if start[:1] in b"[{":
        return "json"
    return "bibtex" if layout_of(head.decode("utf-8", "replace"), path.name) is Layout.BIBTEX else "csv"


def parts_of(path: Path) -> tuple[Path, ...]:
    """The file itself, or the files of a folder that have a usual ending, by name; links are not followed out of it.

    Raises
    ------
    NotesError
        If there is nothing.
    """
    if path.is_file():
        return (path,)
    if not path.exists():
        raise NotesError(f"{path.name} does not exist; give a file of works (CSV, SQLite, BibTeX, or a dump of OpenAlex or OpenReview)")
    found = tuple(sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink() and p.suffix.casefold() in _FOLDER))
    if not found:
        raise NotesError(f"{path.name} holds no file that ends in {', '.join(_FOLDER)}")
    return found


def sha256_of(parts: tuple[Path, ...]) -> str:
    """The SHA-256 of a file; of several files that of theirs in order."""
    sums = []
    for part in parts:
        with part.open("rb") as file:
            sums.append(hashlib.file_digest(file, "sha256").hexdigest())
    return sums[0] if len(sums) == 1 else hashlib.sha256(" ".join(sums).encode()).hexdigest()


def read(path: Path) -> Iterator[Item]:
    """The works of one file in their order, each problem where it stands; a record that cannot be read stops none after it.

    Raises
    ------
    NotesError
        If the file as a whole cannot be read.
    """
    kind = format_of(path)
    if kind == "bibtex":
        yield from _bibtex(path)
    elif kind == "csv":
        with path.open("rb") as file:
            if file.read(2) == b"\x1f\x8b":
                raise NotesError(f"{path.name}: a gzipped table; unpack it first (gunzip), only dumps of JSON are read packed")
        yield from read_csv(path)
    else:
        yield from READERS[kind](path)


def _bibtex(path: Path) -> Iterator[Item]:
    if path.stat().st_size > LARGEST_FILE:
        raise NotesError(f"{path.name}: larger than {LARGEST_FILE:,} bytes; part it, or convert it to CSV")
    blocks, problems = read_bibtex(decode(path.read_bytes(), path.name).text, LONGEST_LINE, path.name)
    yield from problems
    waiting = list(reversed(blocks))
    while waiting:
        block = waiting.pop()
        waiting += reversed(block.children)
        told = block.fields
        if block.kind is not BlockKind.RECORD or told is None or not told.title:
            continue
        found = identifiers(told.url or "")
        doi = identifiers(told.doi or "")
        yield Entry(
            Paper(
                paper_id(told.title),
                told.title,
                Role.CITED,
                told.authors,
                told.year,
                told.venue,
                url=told.url,
                doi=doi.doi or found.doi,
                arxiv_id=told.arxiv or doi.arxiv_id or found.arxiv_id,
                openreview_id=found.openreview_id,
                aliases=told.aliases,
            ),
            block.line,
        )
