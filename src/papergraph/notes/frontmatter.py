"""The head of a Markdown file: YAML between `---`, TOML between `+++`; data from outside, so pydantic reads it."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from papergraph.folding import squeeze
from papergraph.model import Problem, Span
from papergraph.notes.document import Fields

_FENCE = re.compile(r"\A(---|\+\+\+)[ \t]*(?:\r\n?|\n)")
_LONGEST = 64 * 1024
LONE = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which YAML's escapes can make as well."""
_YEAR = re.compile(r"(?:19|20)\d\d")


def split_front_matter(text: str) -> tuple[str, str, int]:
    r"""`(fence, front matter, offset where the notes begin)`; fence is empty where there is none.

    >>> split_front_matter("---\ntitle: A\n---\n# B")
    ('---', 'title: A\n', 17)
    """
    opening = _FENCE.match(text)
    if opening is None:
        return "", "", 0
    fence = opening[1]
    closing = re.compile(rf"^{re.escape(fence)}[ \t]*(?:\r\n?|\n|\Z)", re.MULTILINE).search(text, opening.end())
    if closing is None or closing.start() - opening.end() > _LONGEST:
        return "", "", 0
    return fence, text[opening.end() : closing.start()], closing.end()


def read_front_matter(fence: str, head: str, path: str, starts: Sequence[int] = ()) -> tuple[Fields, list[Problem]]:
    """The fields of a front matter, with their places if `starts` tells where the file's lines begin; what cannot be read is a problem at its line, never an error."""
    if not fence:
        return Fields(), []
    try:
        data = tomllib.loads(head.replace("\r\n", "\n")) if fence == "+++" else _yaml(head)
    except (ValueError, RecursionError) as error:
        first = squeeze(str(error).splitlines()[0] if str(error) else "not readable")
        return Fields(), [Problem(path, 1, f"the front matter is no valid {'TOML' if fence == '+++' else 'YAML'} and is passed over: {first}")]
    if not isinstance(data, dict):
        return Fields(), []
    return _validated({str(k).casefold(): v for k, v in data.items()}, head, _spans(head, starts)), []


_KEY = re.compile(r"""["']?([^\s"'#:=\[\]-][^"'#:=\[\]]*?)["']?\s*[:=]\s*""")


def _spans(head: str, starts: Sequence[int]) -> dict[str, Span]:
    """Where the value of each key at the top stands in the file: from behind its colon to the next key."""
    out: dict[str, Span] = {}
    key, begin, line = "", (0, 0), 0
    lines = re.split(r"\r\n|\r|\n", head)
    last = (0, 0)
    for n, text in enumerate([*lines, "end:"]):
        found = _KEY.match(text)
        if found is None and not text.startswith("["):
            last = (n, len(text.rstrip())) if text.strip() else last
            continue
        if key and last > begin and last[0] + 1 < len(starts):
            out.setdefault(key, Span(starts[begin[0] + 1] + begin[1], starts[last[0] + 1] + last[1], line))
        key = found[1].casefold() if found else ""
        begin = (n, found.end() if found else 0)
        if found and found.end() == len(text) and n + 1 < len(lines):
            # the value begins on the line below
            begin = (n + 1, len(lines[n + 1]) - len(lines[n + 1].lstrip()))
        line, last = begin[0] + 2, (n, len(text.rstrip()))
    return out


@cache
def _loader() -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """No aliases: nested ones grow without bound."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.events.AliasEvent):
                raise yaml.YAMLError("aliases are not allowed")
            return super().compose_node(parent, index)

        def construct_scalar(self, node: Any) -> Any:
            return LONE.sub("\ufffd", super().construct_scalar(node))

    return Loader


def _yaml(head: str) -> Any:
    import yaml

    try:
        return yaml.load(head, Loader=_loader())  # noqa: S506 - derived from SafeLoader
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _strings(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    if isinstance(value, dict):
        return _strings(value.get("name") or value.get("title"))
    if isinstance(value, list | tuple):
        return [s for v in value for s in _strings(v)]
    return [squeeze(str(value))]


def _names(value: Any) -> list[str]:
    if isinstance(value, str):
        return [n for n in (squeeze(p) for p in re.split(r"\s+and\s+|;|,|、", value)) if n]
    return _strings(value)


def _first(data: dict[str, Any], *keys: str) -> str | None:
    for key in keys:
        found = _strings(data.get(key))
        if found and found[0]:
            return found[0]
    return None


@cache
def _fields() -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(Fields)


_SOURCES = {
    "title": ("title",),
    "authors": ("authors", "author"),
    "year": ("year", "published", "issued"),
    "date": ("date",),
    "venue": ("venue", "journal", "booktitle", "conference", "container-title"),
    "url": ("ee", "url", "link", "paper", "pdf", "paper_url", "paperurl"),
    "doi": ("doi",),
    "arxiv": ("arxiv", "arxiv_id", "arxivid", "eprint"),
    "aliases": ("aliases", "alias"),
    "keys": ("cite_key", "citekey", "citation-key", "key"),
    "tags": ("tags",),
}
"""The keys from which each field is taken, the first that tells something."""


def _validated(data: dict[str, Any], head: str, spans: Mapping[str, Span]) -> Fields:
    date = data.get("date")
    published = next((v for v in map(data.get, _SOURCES["year"]) if v), None)
    year = _YEAR.search(str(published)) if published is not None else None
    lines = head.splitlines()
    line = next((n for n, at in enumerate(lines, 2) if re.match(r"""["']?title["']?\s*[:=]""", at, re.I)), 1)
    fields: Fields = _fields().validate_python(
        {
            "title": _first(data, "title"),
            "authors": tuple(_names(data.get("authors") or data.get("author"))),
            "year": int(year[0]) if year else None,
            "date": date.isoformat()[:10] if isinstance(date, datetime.date) else (str(date)[:10] if isinstance(date, str) else None),
            "venue": _first(data, *_SOURCES["venue"]),
            "url": _first(data, *_SOURCES["url"]),
            "doi": _first(data, "doi"),
            "arxiv": _first(data, *_SOURCES["arxiv"]),
            "aliases": tuple(_strings(data.get("aliases") or data.get("alias"))),
            "keys": tuple(s for key in _SOURCES["keys"] for s in _strings(data.get(key))),
            "tags": tuple(_strings(data.get("tags"))),
            "categories": tuple(_strings(data.get("categories"))),
            "related": tuple(_strings(data.get("papers")) + _strings(data.get("related"))),
            "line": line,
        }
    )
    told = ((name, next((spans[k] for k in keys if _strings(data.get(k)) and k in spans), None)) for name, keys in _SOURCES.items() if getattr(fields, name))
    return replace(fields, places=tuple((name, span) for name, span in told if span is not None))
