"""By which rules and which lexicon notes are read: told in each import, so that one knows what stated an edge."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

_CODE = ("extract", "lang", "notes", "resolve")
_MODULES = ("folding.py", "model.py", "vocabulary.py")


@dataclass(frozen=True, slots=True)
class Rules:
    """Versions of what reads notes: of papergraph, of its rules (all code between a text and its statements) and of the lexicon with the user's own words."""

    papergraph: str
    code: str
    lexicon: str

    def __str__(self) -> str:
        return f"papergraph {self.papergraph}, rules {self.code}, lexicon {self.lexicon}"


def rules_of(lexicons: Sequence[Path] = ()) -> Rules:
    """The versions with which notes are read now, given the user's own lexicons.

    Raises
    ------
    OSError
        If a lexicon cannot be read.
    """
    own = [p.read_bytes() for p in lexicons]
    return Rules(version("papergraph"), _code(), _digest((_words(), *own)))


@cache
def _code() -> str:
    modules = [files("papergraph") / name for name in _MODULES]
    return _digest(f.read_bytes() for f in (*modules, *_walk((".py",))))


@cache
def _words() -> bytes:
    return _digest(f.read_bytes() for f in _walk((".toml",))).encode()


def _walk(endings: tuple[str, ...]) -> Iterator[Traversable]:
    folders = [files("papergraph") / name for name in _CODE]
    while folders:
        for entry in sorted(folders.pop().iterdir(), key=lambda e: e.name):
            if entry.is_dir():
                folders.append(entry)
            elif entry.name.endswith(endings):
                yield entry


def _digest(contents: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for content in contents:
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()[:10]
