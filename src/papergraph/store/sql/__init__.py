"""SQL as named files: `queries()` gives each statement of `queries.sql` under its name, `schemas()` the migrations."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def queries() -> dict[str, str]:
    """Every statement of `queries.sql` by its name."""
    return named((files(__package__) / "queries.sql").read_text(encoding="utf-8"))


def named(text: str) -> dict[str, str]:
    """The statements of a file by their names, each after a line `-- name: …`."""
    parts = _NAME.split(text)
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


@cache
def schemas() -> tuple[str, ...]:
    """The migrations in order: the first makes an empty store version 1, and so on."""
    out: list[str] = []
    while True:
        found = files(__package__) / f"schema_{len(out) + 1}.sql"
        if not found.is_file():
            return tuple(out)
        out.append(found.read_text(encoding="utf-8"))


def parts(script: str) -> Iterator[str]:
    """The statements of a script, one by one: run as a whole it could not be part of a transaction."""
    pending = ""
    for piece in script.split(";")[:-1]:
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            yield pending.strip()
            pending = ""
