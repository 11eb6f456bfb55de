"""What files of works have in common: a record's fields, by the usual names of columns → a paper, or what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from papergraph.folding import fold, is_cjk, paper_id, squeeze
from papergraph.model import Paper, Problem
from papergraph.notes.placed import natural_name
from papergraph.resolve.identifiers import identifiers, is_web
from papergraph.vocabulary import Role

LONGEST_TITLE = 1_000
MOST_AUTHORS = 1_000
_LONGEST = 2_000
"""Characters of another field; longer ones are cut."""
_YEAR = re.compile(r"(?<!\d)(?:1[4-9]|20)\d\d(?!\d)")
_AND = re.compile(r"\s+(?:and|&)\s+", re.IGNORECASE)

COLUMNS = {
    fold(name): field
    for field, names in {
        "title": "title;paper title;paper name;article title;display name;name;題名;タイトル;論文名",
        "authors": "authors;author;author names;author list;creators;creator;author(s);authors list;著者;著者名",
        "year": "year;publication year;pub year;published year;date;publication date;published;issued;発行年;出版年;年",
        "venue": "venue;journal;booktitle;book title;conference;publication title;container title;source title;journal name;event;publication;会議;会議名;雑誌;雑誌名;掲載誌",
        "url": "url;link;paper url;pdf url;pdf;abs url;href;web;website;アドレス",
        "doi": "doi;digital object identifier",
        "arxiv_id": "arxiv;arxiv id;arxivid;eprint",
        "openreview_id": "openreview;openreview id;openreviewid;forum;forum id",
        "aliases": "aliases;alias;short title;short name;acronym;abbreviation;別名;略称",
    }.items()
    for name in names.split(";")
}
"""The field that each usual name of a column means; names are folded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One work as a file tells it, and the line (or number of the record) it stands on."""

    paper: Paper
    line: int


Item = Entry | Problem


def fields_of(columns: Iterable[str]) -> dict[str, str]:
    """For each column whose name is a usual one the field it means; of several for one field the first that `COLUMNS` names."""
    order = list(COLUMNS)
    held: dict[str, tuple[int, str]] = {}
    for column in columns:
        key = fold(column)
        if key in COLUMNS:
            rank = order.index(key), column
            held[COLUMNS[key]] = min(held.get(COLUMNS[key], rank), rank)
    return {column: field for field, (_, column) in held.items()}


def entry(values: Mapping[str, Any], path: str, line: int) -> Item:
    """The work that these fields tell, or the problem that keeps it from being one.

    Parameters
    ----------
    values
        By field of `COLUMNS`; strings, numbers or lists of strings, from outside and so of any kind.
    """
    title = text(values.get("title"), LONGEST_TITLE + 1)
    if not title or not fold(title):
        return Problem(path, line, "a record without a title; it is passed over")
    if len(title) > LONGEST_TITLE:
        return Problem(path, line, f"a title of more than {LONGEST_TITLE:,} characters is none; the record is passed over")
    url = text(values.get("url"))
    found = [identifiers(x) for x in (text(values.get("doi")), url, _arxiv(text(values.get("arxiv_id"))), text(values.get("openreview_id"))) if x]
    own = text(values.get("openreview_id"), 64)
    year = _YEAR.search(text(values.get("year")))
    paper = Paper(
        paper_id(title),
        title,
        Role.CITED,
        authors(values.get("authors")),
        int(year[0]) if year else None,
        text(values.get("venue"), 300) or None,
        url=url if is_web(url) else None,
        doi=next((f.doi for f in found if f.doi), None),
        arxiv_id=next((f.arxiv_id for f in found if f.arxiv_id), None),
        openreview_id=next((f.openreview_id for f in found if f.openreview_id), None) or (own if own and own.replace("-", "").replace("_", "").isalnum() and own.isascii() else None),
        aliases=tuple(a for a in listed(values.get("aliases")) if fold(a) != fold(title)),
    )
    return Entry(paper, line)


def _arxiv(value: str) -> str:
    return value if not value or is_web(value) or value.casefold().startswith("arxiv") else f"arXiv:{value}"


def text(value: object, most: int = _LONGEST) -> str:
    """A value from outside as one line of visible characters, `most` at most; lists, objects and nothing are empty."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    plain = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)[: 4 * most]
    return squeeze("".join(c if c.isprintable() else " " for c in plain))[:most]


def listed(value: object) -> tuple[str, ...]:
    """What a value lists: a list of strings, JSON of one, or a text parted by semicolons or bars."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = str(value).strip("[] ").replace("'", "").replace(",", ";")
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(t for t in (text(v, 300) for v in value[:MOST_AUTHORS]) if t))
    return tuple(dict.fromkeys(t for t in (squeeze(p) for p in re.split(r"[;；|\n]", text(value, 20_000))) if t))


def authors(value: object) -> tuple[str, ...]:
    """The authors that a value names: a list, or a text parted by semicolons, bars, "and", 、 or commas."""
    names = listed(value)
    if len(names) == 1 and not isinstance(value, list | tuple):
        names = tuple(squeeze(n) for n in _AND.split(names[0]))
        if len(names) == 1 or not all(n.count(",") == 1 for n in names):
            names = tuple(p for n in names for p in _commas(n))
    return tuple(dict.fromkeys(n for n in (natural_name(squeeze(n)) for n in names) if n))[:MOST_AUTHORS]


def _commas(names: str) -> list[str]:
    """"A Smith, B Jones" are two, "Smith, A" is one."""
    parts = [p for p in (squeeze(p) for p in re.split(r"[,、，・]" if is_cjk(names) else ",", names)) if p]
    one = len(parts) == 2 and (" " not in parts[0] or len(parts[1].replace(".", "")) <= 2) and not is_cjk(names)
    return [names] if one else parts


def from_rows(rows: Iterable[tuple[int, Mapping[str, Any]]], path: str) -> Iterator[Item]:
    """The works of rows, each with its line and its values by the column's name."""
    meant: dict[str, str] = {}
    seen: tuple[str, ...] = ()
    for line, row in rows:
        if (names := tuple(row)) != seen:
            seen, meant = names, fields_of(names)
        yield entry({field: row[column] for column, field in meant.items()}, path, line)


def with_identifiers(item: Item, addresses: Iterable[str]) -> Item:
    """The work with the identifiers that further addresses tell, where it has none of their kind yet."""
    if isinstance(item, Problem):
        return item
    paper = item.paper
    for found in map(identifiers, addresses):
        paper = replace(
            paper,
            doi=paper.doi or found.doi,
            arxiv_id=paper.arxiv_id or found.arxiv_id,
            openreview_id=paper.openreview_id or found.openreview_id,
        )
    return replace(item, paper=paper)
