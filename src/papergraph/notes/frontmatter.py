"""The head of a Markdown file: YAML between `---`, TOML between `+++`; data from outside, so pydantic reads it."""

from __future__ import annotations

import datetime
import re
import tomllib
from functools import cache
from typing import Any

from papergraph.folding import squeeze
from papergraph.model import Problem
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


def read_front_matter(fence: str, head: str, path: str) -> tuple[Fields, list[Problem]]:
    """The fields of a front matter; what cannot be read is a problem at its line, never an error."""
    if not fence:
        return Fields(), []
    try:
        data = tomllib.loads(head.replace("\r\n", "\n")) if fence == "+++" else _yaml(head)
    except (ValueError, RecursionError) as error:
        first = squeeze(str(error).splitlines()[0] if str(error) else "not readable")
        return Fields(), [Problem(path, 1, f"the front matter is no valid {'TOML' if fence == '+++' else 'YAML'} and is passed over: {first}")]
    if not isinstance(data, dict):
        return Fields(), []
    return _validated({str(k).casefold(): v for k, v in data.items()}, head), []


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


def _validated(data: dict[str, Any], head: str) -> Fields:
    date = data.get("date")
    published = next((v for v in (data.get("year"), data.get("published"), data.get("issued")) if v), None)
    year = _YEAR.search(str(published)) if published is not None else None
    lines = head.splitlines()
    line = next((n for n, at in enumerate(lines, 2) if re.match(r"""["']?title["']?\s*[:=]""", at, re.I)), 1)
    fields: Fields = _fields().validate_python(
        {
            "title": _first(data, "title"),
            "authors": tuple(_names(data.get("authors") or data.get("author"))),
            "year": int(year[0]) if year else None,
            "date": date.isoformat()[:10] if isinstance(date, datetime.date) else (str(date)[:10] if isinstance(date, str) else None),
            "venue": _first(data, "venue", "journal", "booktitle", "conference", "container-title"),
            "url": _first(data, "ee", "url", "link", "paper", "pdf", "paper_url", "paperurl"),
            "doi": _first(data, "doi"),
            "arxiv": _first(data, "arxiv", "arxiv_id", "arxivid", "eprint"),
            "aliases": tuple(_strings(data.get("aliases") or data.get("alias"))),
            "keys": tuple(_strings(data.get("cite_key")) + _strings(data.get("citekey")) + _strings(data.get("citation-key")) + _strings(data.get("key"))),
            "tags": tuple(_strings(data.get("tags"))),
            "categories": tuple(_strings(data.get("categories"))),
            "related": tuple(_strings(data.get("papers")) + _strings(data.get("related"))),
            "line": line,
        }
    )
    return fields
