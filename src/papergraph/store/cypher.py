"""The Cypher files of `cypher/`, one statement each: `text` gives one, `header` what it takes and gives, `schemas` the migrations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_PART = re.compile(r"^// (purpose|parameters|columns|reads):(.*)$")
_NAMED = re.compile(r"^//   (\w+): (.+)$")
_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Header:
    """What a statement is for, its parameters and its columns with their types, and what it reads whole, if anything."""

    purpose: str
    parameters: dict[str, str]
    columns: dict[str, str]
    reads: str | None


@cache
def _file(name: str) -> str:
    return (files("papergraph.cypher") / f"{name}.cypher").read_text(encoding="utf-8")


@cache
def text(name: str) -> str:
    """The statement in `name.cypher`, without its comments and its semicolon."""
    return _COMMENT.sub("", _file(name)).strip().rstrip(";")


def header(name: str) -> Header:
    """The header of `name.cypher`."""
    plain = {"purpose": "", "reads": ""}
    named: dict[str, dict[str, str]] = {"parameters": {}, "columns": {}}
    part = ""
    for line in _file(name).splitlines():
        if found := _PART.match(line):
            part = found[1]
            if part in plain:
                plain[part] = found[2].strip()
        elif (found := _NAMED.match(line)) and part in named:
            named[part][found[1]] = found[2]
        else:
            break
    return Header(plain["purpose"], named["parameters"], named["columns"], plain["reads"] or None)


def names() -> list[str]:
    """The names of all statements but the schemas."""
    found = (f.name.removesuffix(".cypher") for f in files("papergraph.cypher").iterdir() if f.name.endswith(".cypher"))
    return sorted(n for n in found if not n.startswith("schema_"))


@cache
def schemas() -> tuple[tuple[str, ...], ...]:
    """The statements of each migration: the first makes an empty database version 1, and so on."""
    out: list[tuple[str, ...]] = []
    while (files("papergraph.cypher") / f"schema_{len(out) + 1}.cypher").is_file():
        out.append(tuple(s.strip() for s in text(f"schema_{len(out) + 1}").split(";") if s.strip()))
    return tuple(out)
