"""What a write-back is about, as it stands in the journal; and whether a journal that lies there is to be believed.

A journal may have come with a store from somebody else, so that it is read as any file from outside: it must belong to the user,
and name only files that the user has imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from papergraph.errors import NotesError
from papergraph.writeback.places import objection

NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_TEMP = re.compile(r"\.papergraph-[0-9a-f]{12}-[0-9]{1,9}", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{64}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_ENTRY = re.compile(r"[0-9]{6}", re.ASCII)
_BEYOND = 1 << 63
"""No store counts so far."""


class DistrustError(NotesError):
    """A journal is not as this user's own papergraph writes it; nothing of it is done."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be replaced: its absolute path, its uri and path for messages, SHA-256 before and after, and the name beside it under which the new contents wait."""

    file: str
    uri: str
    path: str
    old: str
    new: str
    temp: str

    @property
    def place(self) -> Path:
        """Where the file stands."""
        return Path(self.file)

    @property
    def beside(self) -> Path:
        """Where its new contents wait."""
        return self.place.with_name(self.temp)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A write-back: when (ISO 8601 UTC) and what for, the change set that it takes back, the write-back (its number in the journal) that it takes back, the files."""

    at: str
    action: str
    undoes: int | None
    reverts: str | None
    files: tuple[Entry, ...]

    def dumps(self) -> bytes:
        """As JSON, for the journal."""
        return json.dumps({"version": 1, **asdict(self)}, ensure_ascii=True, indent=1).encode()


def read_manifest(entry: Path, places: Sequence[Path]) -> Manifest:
    """The manifest of the write-back in the folder `entry`, which may name only files that may be written in `places`.

    Raises
    ------
    DistrustError
        If it is not as papergraph writes it, or not the user's own.
    """
    check_own(entry, folder=True)
    try:
        values = json.loads(read_own(entry / "manifest.json"))
    except (ValueError, RecursionError) as error:
        raise distrust(entry, f"its manifest does not parse ({type(error).__name__})") from error
    try:
        manifest = _manifest(values)
    except (KeyError, TypeError, ValueError) as error:
        raise distrust(entry, f"its manifest is not as papergraph writes it ({error})") from error
    if reason := unlike(manifest, places):
        raise distrust(entry, reason)
    return manifest


def unlike(manifest: Manifest, places: Sequence[Path]) -> str:
    """Why papergraph would make no write-back of these files, `places` being what was imported; empty if it would."""
    for one in manifest.files:
        if reason := objection(one.file, places):
            return f"{one.file}: {reason}"
        if _TEMP.fullmatch(one.temp) is None:
            return f"the new contents would wait under the name {one.temp!r}, which is none of papergraph's"
        try:
            os.lstat(one.file)
        except (FileNotFoundError, NotADirectoryError):
            continue  # it has gone meanwhile, and counts as edited
        except OSError as error:
            return f"{one.file}: {error.strerror or error}"
    if len({one.file for one in manifest.files}) < len(manifest.files) or len({one.beside for one in manifest.files}) < len(manifest.files):
        return "a file is named twice"
    return ""


def distrust(entry: Path, reason: str) -> DistrustError:
    """The error that says why a journal is left alone, and what to do."""
    return DistrustError(f"{entry}: this write-back is left alone, and no file is touched: {reason}. Delete this folder if it is not of your own making, or nothing you miss")


def check_own(path: Path, *, folder: bool) -> None:
    """Hold what a journal consists of to be there as such, no link, and the user's own where files have owners.

    Raises
    ------
    DistrustError
        If it is not.
    """
    try:
        found = os.lstat(path)
    except OSError as error:
        raise distrust(path, error.strerror or str(error)) from error
    if not (stat.S_ISDIR if folder else stat.S_ISREG)(found.st_mode):
        raise distrust(path, f"{'a link' if stat.S_ISLNK(found.st_mode) else 'something else'} stands where papergraph makes a {'folder' if folder else 'file'}")
    if hasattr(os, "geteuid") and found.st_uid != os.geteuid():
        raise distrust(path, f"it belongs to another user (number {found.st_uid}; you are {os.geteuid()})")


def read_own(file: Path, sha256: str | None = None) -> bytes:
    """The bytes of a file of the journal, which must have this SHA-256 if one is given.

    Raises
    ------
    DistrustError
        If it is not the user's own, cannot be read, or holds something else.
    """
    check_own(file, folder=False)
    try:
        with os.fdopen(os.open(file, os.O_RDONLY | NO_LINKS), "rb") as opened:
            data = opened.read()
    except OSError as error:
        raise distrust(file, error.strerror or str(error)) from error
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise distrust(file, "it does not hold what the manifest says; it is damaged, or was changed")
    return data


def _manifest(values: Any) -> Manifest:
    if not isinstance(values, dict) or values["version"] != 1:
        raise ValueError("another version")
    undoes, reverts = values["undoes"], values["reverts"]
    if undoes is not None and not (type(undoes) is int and 0 < undoes < _BEYOND):
        raise ValueError("undoes is no number of a change set")
    return Manifest(
        _text(values, "at", _TIME),
        _text(values, "action"),
        undoes,
        None if reverts is None else _text(values, "reverts", _ENTRY),
        tuple(Entry(_text(one, "file"), _text(one, "uri"), _text(one, "path"), _text(one, "old", _SHA), _text(one, "new", _SHA), _text(one, "temp")) for one in values["files"]),
    )


def _text(values: Any, name: str, like: re.Pattern[str] | None = None) -> str:
    value = values[name]
    if not isinstance(value, str) or (like is not None and like.fullmatch(value) is None):
        raise ValueError(f"{name} is {str(value)[:40]!r}")
    return value
