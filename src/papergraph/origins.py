"""Where notes come from: files and folders on this machine → the sources that they are, and the record of it that a store keeps.

The record stands beside the graph, for a path of this machine is nobody else's matter: it is in no export.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papergraph.errors import NotesError, StoreError
from papergraph.folding import digest
from papergraph.model import Source
from papergraph.reading import NotesFile

if TYPE_CHECKING:
    from papergraph.store.protocol import Store

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".txt", ".text", ".org", ".bib", ".html", ".htm")
"""The endings of files that are taken from a folder; a file named itself may have any."""
_SKIPPED = frozenset(("node_modules", "__pycache__", "site-packages"))
_KEPT = "origin "


@dataclass(frozen=True, slots=True)
class Origin:
    """One way in which notes are imported: the paths given together, and how they are read.

    Attributes
    ----------
    paths
        Absolute paths of files and folders on this machine.
    collection
        What the folder of notes is called; `None` for its own name.
    encoding, lexicons
        As given to the import.
    reader
        The rules and the lexicon that the notes were read by last.
    checked_at
        When the files were last compared with the graph, ISO 8601 UTC.
    failed
        Files that could not be read then, uri → SHA-256 of their bytes.
    gone
        Sources whose files were not there then, uri → when they were last seen.
    """

    paths: tuple[str, ...]
    collection: str | None = None
    encoding: str | None = None
    lexicons: tuple[str, ...] = ()
    reader: str = ""
    checked_at: str = ""
    failed: Mapping[str, str] = field(default_factory=dict, hash=False)
    gone: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> str:
        """Under what a store keeps it."""
        return _KEPT + digest(*sorted(self.paths))

    def dumps(self) -> str:
        """As JSON, for a store."""
        values = {k: list(v) if isinstance(v, tuple) else dict(v) if isinstance(v, Mapping) else v for k, v in ((k, getattr(self, k)) for k in self.__slots__)}
        return json.dumps(values, ensure_ascii=False, sort_keys=True)

    def covers(self, other: Origin) -> bool:
        """Whether all files of `other` are among the files of this one."""
        return all(any(Path(p).is_relative_to(mine) for mine in self.paths) for p in other.paths)

    def file_of(self, uri: str) -> Path | None:
        """Where the file of a source stands or stood; `None` if it is none of these files. Never outside the paths."""
        collection, _, rest = uri.partition("/")
        for path in map(Path, self.paths):
            if path.is_dir():
                found = path / rest
                named = collection == (self.collection or path.name) or found.exists()
                if rest and named and found.resolve().is_relative_to(path.resolve()):
                    return found
            elif ("/" + path.as_posix().lstrip("/")).endswith("/" + uri) or (self.collection == collection and rest == path.name):
                return path
        return None


def origins(store: Store) -> tuple[Origin, ...]:
    """The origins that the store knows, in the order of their paths."""
    found = []
    for text in store.kept(_KEPT).values():
        try:
            values: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(text).items()}
            found.append(Origin(**values))
        except (AttributeError, TypeError, ValueError) as error:
            raise StoreError(f"the store is damaged: what it keeps of where notes stand does not parse ({error}); import the notes again, or restore a backup") from error
    return tuple(sorted(found, key=lambda o: o.paths))


def origin_of(known: Sequence[Origin], paths: Sequence[Path]) -> Origin:
    """The origin of these paths: as it is known, or a new one."""
    wanted = tuple(sorted(str(p.resolve()) for p in paths))
    return next((o for o in known if tuple(sorted(o.paths)) == wanted), Origin(wanted))


def to_keep(known: Iterable[Origin], now: Origin) -> dict[str, str | None]:
    """What a store is to keep once `now` has been imported: narrower origins go into it, and it goes into a wider one."""
    others = [o for o in known if o.key != now.key]
    if any(o.covers(now) for o in others):
        return {}
    return {now.key: now.dumps(), **{o.key: None for o in others if now.covers(o)}}


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """Files of notes in the order of their paths, and the uris of known sources whose files have gone from a folder among the paths."""

    files: tuple[NotesFile, ...]
    gone: tuple[str, ...]


def find_files(paths: Sequence[Path], sources: Iterable[Source] = (), collection: str | None = None) -> FoundFiles:
    """The files of notes at `paths`.

    A file whose place ends in a known source's uri is that source, so that one file of an imported folder can be
    imported again by itself.

    Raises
    ------
    NotesError
        If a path does not exist, cannot be read, or is a folder without notes.
    """
    known = {s.uri for s in sources}
    found: dict[str, NotesFile] = {}
    gone: dict[str, None] = {}
    for path in paths:
        if not path.exists():
            raise NotesError(f"{path}: no such file or folder")
        if path.is_dir():
            root = path.resolve()
            name = collection or root.name or "notes"
            files = sorted(_walk(root))
            here = [NotesFile(f, f"{name}/{f.relative_to(root).as_posix()}") for f in files]
            if collection is None and known:
                here = [NotesFile(n.file, _known_as(n.file, known) or n.uri) for n in here]
            present = {n.uri for n in here}
            missing = [u for u in sorted(known) if u.startswith(f"{name}/") and u not in present and not (root / u.removeprefix(f"{name}/")).exists()]
            gone.update(dict.fromkeys(missing))
            if not files and not missing:
                raise NotesError(f"{path}: a folder without notes; files ending in {', '.join(SUFFIXES)} are read")
        else:
            full = path.resolve()
            uri = f"{collection}/{full.name}" if collection else _known_as(full, known) or f"{full.parent.name or 'notes'}/{full.name}"
            here = [NotesFile(full, uri)]
        for notes_file in here:
            other = found.setdefault(notes_file.uri, notes_file)
            if other.file != notes_file.file:
                raise NotesError(f"{other.file} and {notes_file.file} would both be {notes_file.uri}; import one of them with --as NAME")
    return FoundFiles(tuple(found.values()), tuple(u for u in gone if u not in found))


def _walk(root: Path) -> Iterable[Path]:
    for folder, folders, files in os.walk(root, followlinks=False):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _SKIPPED]
        for name in files:
            if name.casefold().endswith(SUFFIXES) and not name.startswith("."):
                yield Path(folder, name)


def _known_as(file: Path, known: set[str]) -> str | None:
    """The longest end of the file's path that is a known source's uri."""
    parts = file.parts
    return next((uri for n in range(1, len(parts)) if (uri := "/".join(parts[n:])) in known), None)


def changed_files(files: Iterable[NotesFile], sources: Iterable[Source], origin: Origin) -> list[NotesFile]:
    """The files whose contents are not those that the graph is made from, by their hashes; none is parsed."""
    known = {s.uri: s.sha256 for s in sources}
    return [f for f in files if not _is_as_known(f, known.get(f.uri), origin)]


def _is_as_known(file: NotesFile, sha256: str | None, origin: Origin) -> bool:
    try:
        data = file.file.read_bytes()
    except OSError:
        return False
    # most files are UTF-8, whose text has the hash of its bytes
    own = hashlib.sha256(data.removeprefix(b"\xef\xbb\xbf")).hexdigest()
    if own in (sha256, origin.failed.get(file.uri)):
        return True
    if sha256 is None or data.isascii():
        return False
    from papergraph.notes import decode

    try:
        return hashlib.sha256(decode(data, file.path, origin.encoding).text.encode()).hexdigest() == sha256
    except NotesError:
        return False


def checked(origin: Origin, *, at: str, reader: str, failed: Iterable[NotesFile] = (), gone: Iterable[str] = ()) -> Origin:
    """The origin once its files were compared with the graph."""
    hashes = {}
    for file in failed:
        try:
            hashes[file.uri] = hashlib.sha256(file.file.read_bytes().removeprefix(b"\xef\xbb\xbf")).hexdigest()
        except OSError:
            continue
    seen = origin.checked_at or at
    return replace(origin, checked_at=at, reader=reader, failed=hashes, gone={uri: origin.gone.get(uri, seen) for uri in sorted(gone)})
