"""Which files may be written: Markdown, in the folders that were imported. Both a plan and a journal are held to it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.origins import origins

if TYPE_CHECKING:
    from papergraph.store.protocol import Store

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
"""The endings of files that are written; others are only read."""


def imported_places(store: Store) -> tuple[Path, ...]:
    """The files and folders that were imported, links followed, as the store and not a journal tells it."""
    named = (p for o in origins(store) for p in o.paths if isinstance(p, str) and "\0" not in p and Path(p).is_absolute())
    return tuple(dict.fromkeys(Path(os.path.realpath(p)) for p in named))


def objection(file: str, places: Sequence[Path]) -> str:
    """Why the file of this absolute path, links followed, is not to be written; empty if it may be."""
    if "\0" in file or not Path(file).is_absolute() or os.path.normpath(file) != file:
        return "its place is no absolute path"
    if not file.casefold().endswith(MARKDOWN):
        return f"only Markdown is written ({', '.join(MARKDOWN)})"
    path = Path(file)
    # the name itself may have become a link meanwhile: such a file counts as edited, and is left alone for itself
    if os.path.realpath(path.parent) != str(path.parent):
        return "a link leads to it"
    if not any(path.is_relative_to(place) for place in places):
        return "it is not in a folder or file that the store knows to be imported; import it again"
    return ""
