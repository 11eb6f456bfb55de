"""Dumps of OpenAlex works and OpenReview notes, and other records as JSON: one a line, as a list, or as an API's answer; also gzipped."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from papergraph.catalogue.records import Item, entry, from_rows, text, with_identifiers
from papergraph.errors import NotesError
from papergraph.model import Problem
from papergraph.notes.decode import LARGEST_FILE

_LONGEST_LINE = 32 * 1024 * 1024
_ANSWERS = ("results", "notes", "works", "papers", "data", "items")
"""Under which of these an API's answer holds its records."""


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked if it is gzipped."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if packed:
            with gzip.open(file) as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield file


def read_json(path: Path) -> Iterator[Item]:
    """The works of a JSON file, each by what it looks like: an OpenAlex work, an OpenReview note, or fields of usual names.

    Raises
    ------
    NotesError
        If the file is damaged, or is one JSON value that is too large or holds no records.
    """
    where = path.name
    try:
        with opened(path) as file:
            for line, value in _records(file, where):
                if isinstance(value, Problem):
                    yield value
                elif isinstance(value, dict):
                    yield from read_record(value, where, line)
                else:
                    yield Problem(where, line, f"a {type(value).__name__} where a record was expected; it is passed over")
    except (OSError, EOFError, zlib.error) as error:
        raise NotesError(f"{where}: cannot be read to its end ({error}); is it whole?") from error


def _records(file: IO[bytes], where: str) -> Iterator[tuple[int, Any]]:
    """Line (or position in a list) and value of each record."""
    number = 0
    first = True
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE and not first:
            yield number, Problem(where, number, f"a line of more than {_LONGEST_LINE:,} bytes is passed over")
            while line and not line.endswith(b"\n"):
                line = file.readline(_LONGEST_LINE)
            continue
        if not line.strip():
            continue
        if first:
            value = _value(line.removeprefix(b"\xef\xbb\xbf"))
            if value is None or isinstance(value, list) or _answer(value) is not None:
                rest = file.read(LARGEST_FILE)
                if not (rest.strip() and value is not None):
                    yield from enumerate(_listed(line + rest, where), 1)
                    return
                yield number, Problem(where, number, "a line that is no record; it is passed over")
                yield from _lines(rest, where, number)
                return
            first = False
            yield number, value
            continue
        value = _value(line)
        yield number, value if value is not None else Problem(where, number, "a line that is no JSON; it is passed over")


def _lines(data: bytes, where: str, before: int) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(data.splitlines(), before + 1):
        if line.strip():
            value = _value(line)
            yield number, value if value is not None else Problem(where, number, "a line that is no JSON; it is passed over")


def _value(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _answer(value: Any) -> list[Any] | None:
    if isinstance(value, dict) and "title" not in value and "content" not in value and "display_name" not in value:
        return next((v for k in _ANSWERS if isinstance(v := value.get(k), list)), None)
    return None


def _listed(data: bytes, where: str) -> list[Any]:
    value = _value(data)
    if isinstance(value, list):
        return value
    records = _answer(value)
    if records is not None:
        return records
    if value is None and data.count(b"\n") > 1:
        # the first of many lines is damaged
        return [v if (v := _value(line)) is not None else Problem(where, n, "a line that is no JSON; it is passed over") for n, line in enumerate(data.splitlines(), 1) if line.strip()]
    raise NotesError(f"{where}: no records found in this JSON; expected one object a line, a list of them, or an answer with results or notes" + (f" (files above {LARGEST_FILE:,} bytes must have one a line)" if len(data) >= LARGEST_FILE else ""))


def read_record(record: Mapping[str, Any], where: str, line: int) -> Iterator[Item]:
    """The work of one record; none for a review or comment of OpenReview."""
    content = record.get("content")
    if isinstance(content, dict):
        if record.get("forum", record.get("id")) == record.get("id"):
            yield _openreview(record, content, where, line)
    elif "authorships" in record or "display_name" in record or text(record.get("id")).startswith("https://openalex.org/"):
        yield _openalex(record, where, line)
    else:
        yield from from_rows([(line, record)], where)


def _openalex(record: Mapping[str, Any], where: str, line: int) -> Item:
    """https://docs.openalex.org/api-entities/works/work-object."""
    place = _dict(record.get("primary_location"))
    names = [text(_dict(_dict(a).get("author")).get("display_name") or _dict(a).get("raw_author_name"), 300) for a in _list(record.get("authorships"))]
    addresses = [text(_dict(p).get(k)) for p in (place, *_list(record.get("locations"))) for k in ("landing_page_url", "pdf_url")]
    found = entry(
        {
            "title": record.get("title") or record.get("display_name"),
            "authors": [n for n in names if n],
            "year": record.get("publication_year"),
            "venue": _dict(place.get("source")).get("display_name") or place.get("raw_source_name") or _dict(record.get("host_venue")).get("display_name"),
            "url": place.get("landing_page_url") or record.get("doi") or record.get("id"),
            "doi": record.get("doi"),
        },
        where,
        line,
    )
    return with_identifiers(found, [a for a in addresses if a])


def _openreview(record: Mapping[str, Any], content: Mapping[str, Any], where: str, line: int) -> Item:
    """Both versions of its API: fields are values, or objects that hold one."""

    def value(name: str) -> Any:
        held = content.get(name)
        return held.get("value") if isinstance(held, dict) else held

    own = text(record.get("id"), 64)
    venue = text(value("venue"), 300)
    dates = [d for d in (record.get("pdate"), record.get("odate"), record.get("cdate")) if isinstance(d, int | float) and 0 < d < 1e13]
    return entry(
        {
            "title": value("title"),
            "authors": value("authors"),
            "year": next((w for w in venue.split() if w.isdigit() and len(w) == 4), None) or (datetime.fromtimestamp(dates[0] / 1000, UTC).year if dates else None),
            "venue": venue or value("venueid"),
            "url": f"https://openreview.net/forum?id={own}" if own else None,
            "openreview_id": own,
        },
        where,
        line,
    )


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
