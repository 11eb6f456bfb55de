"""Where notes come from: files and folders on this machine → the sources that they are, and the record of it that a store keeps.

The record stands beside the graph, for a path of this machine is nobody else's matter: it is in no export.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papergraph.errors import NotesError
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
    named
        Where the files stand that are not called by these paths, uri → absolute path: they were imported otherwise before.
    """

    paths: tuple[str, ...]
    collection: str | None = None
    encoding: str | None = None
    lexicons: tuple[str, ...] = ()
    reader: str = ""
    checked_at: str = ""
    failed: Mapping[str, str] = field(default_factory=dict, hash=False)
    gone: Mapping[str, str] = field(default_factory=dict, hash=False)
    named: Mapping[str, str] = field(default_factory=dict, hash=False)

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
        if "\0" in uri:
            return None
        if uri in self.named:
            found = [Path(os.path.normpath(self.named[uri]))]
        else:
            found = [f for path in map(Path, self.paths) if (f := self._file_at(path, uri)) is not None]
        found = [f for f in found if any(f.is_relative_to(path) for path in self.paths)]
        return next((f for f in found if is_file(f)), found[0] if found else None)

    def seen_at(self, uri: str) -> str | None:
        """When the file of a source was last there, ISO 8601 UTC; `None` where that is not known."""
        return self.gone.get(uri, self.checked_at) or None

    def uri_of(self, file: Path) -> str | None:
        """What a file is called by these paths; `None` if it is none of theirs."""
        path = next((p for p in map(Path, self.paths) if file.is_relative_to(p)), None)
        if path is None:
            return None
        return f"{self._name(path.parent)}/{path.name}" if file == path else f"{self._name(path)}/{file.relative_to(path).as_posix()}"

    def _name(self, folder: Path) -> str:
        return self.collection or folder.name or "notes"

    def _file_at(self, path: Path, uri: str) -> Path | None:
        # a path that is not there may have been either
        if not _is(Path.is_dir, path) and uri == f"{self._name(path.parent)}/{path.name}":
            return path
        name, _, rest = uri.partition("/")
        return Path(os.path.normpath(path / rest)) if rest and name == self._name(path) and not is_file(path) else None


def origins(store: Store) -> tuple[Origin, ...]:
    """The origins that the store knows, in the order of their paths."""
    # one that does not parse is as good as unknown: importing its notes again keeps it anew
    found = (_parsed(text) for text in store.kept(_KEPT).values())
    return tuple(sorted((o for o in found if o is not None), key=lambda o: o.paths))


def _parsed(text: str) -> Origin | None:
    """The origin that `Origin.dumps` wrote, whatever a newer papergraph wrote beside it; `None` if it is none."""
    try:
        values = json.loads(text)
        known = {f.name: values[f.name] for f in fields(Origin) if f.name in values}
        texts = all(isinstance(known.get(k, ""), str | None) for k in ("collection", "encoding", "reader", "checked_at"))
        lists = all(isinstance(known.get(k, []), list) and all(isinstance(v, str) for v in known.get(k, [])) for k in ("paths", "lexicons"))
        maps = all(isinstance(known.get(k, {}), dict) and all(isinstance(v, str) for v in known.get(k, {}).values()) for k in ("failed", "gone", "named"))
    except (AttributeError, TypeError, ValueError):
        return None
    if not (texts and lists and maps and known.get("paths")):
        return None
    ready: Any = {k: tuple(v) if isinstance(v, list) else v for k, v in known.items()}
    return Origin(**ready)


def unread(known: Iterable[Origin]) -> dict[str, str | None]:
    """What a store is to keep so that all notes are read again, though their files have not changed."""
    return {o.key: replace(o, reader="").dumps() for o in known}


def having(known: Iterable[Origin], uri: str) -> tuple[Origin, Path] | None:
    """The origin that a source is of, and its file; of several with one that it may be, the one where it is."""
    found = [(o, file) for o in known if (file := o.file_of(uri)) is not None]
    return next(((o, file) for o, file in found if is_file(file)), found[0] if found else None)


def origin_of(known: Sequence[Origin], paths: Sequence[Path]) -> Origin:
    """The origin of these paths: as it is known, or a new one."""
    wanted = tuple(sorted(str(p.resolve()) for p in paths))
    return next((o for o in known if tuple(sorted(o.paths)) == wanted), Origin(wanted))


def to_keep(known: Iterable[Origin], now: Origin, replaced: Iterable[Origin] = ()) -> dict[str, str | None]:
    """What a store is to keep once `now` has been imported: narrower origins go into it, as do those whose place it takes, and it goes into a wider one."""
    others = [o for o in known if o.key != now.key]
    gone: dict[str, str | None] = {o.key: None for o in replaced}
    if any(o.covers(now) and o.key not in gone for o in others):
        return gone
    return {now.key: now.dumps(), **{o.key: None for o in others if now.covers(o)}, **gone}


def replaced(known: Iterable[Origin], now: Origin, files: Sequence[NotesFile], *, rewritten: bool = False) -> list[Origin]:
    """The origins whose place `now` takes: all their files are called as others of its own are.

    Raises
    ------
    NotesError
        If an origin that is there still has such a file, and others, unless its notes were `rewritten`: of two files of one name
        each would undo what the other states, import for import.
    """
    out = []
    for other in known:
        if other.key == now.key or other.covers(now) or now.covers(other):
            continue
        claimed = [(f.file, mine, f.uri) for f in files if (mine := other.file_of(f.uri)) is not None and is_file(mine) and os.path.realpath(mine) != os.path.realpath(f.file)]
        if not claimed:
            continue
        if not rewritten and {str(mine) for _, mine, _ in claimed} != set(other.paths):
            ours, theirs, uri = claimed[0]
            raise NotesError(f"{theirs} and {ours} would both be {uri}; import one of them with --as NAME, or say --replace if it takes the other one's place")
        out.append(other)
    return out


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """Files of notes in the order of their paths; the uris of known sources whose files have gone from the paths; and files that cannot be taken, each with why."""

    files: tuple[NotesFile, ...]
    gone: tuple[str, ...]
    refused: tuple[str, ...] = ()


def find_files(
    paths: Sequence[Path], sources: Iterable[Source] = (), collection: str | None = None, *, known: Sequence[Origin] = (), origin: Origin | None = None
) -> FoundFiles:
    """The files of notes at `paths`.

    A file whose place ends in a known source's uri is that source, so that one file of an imported folder can be
    imported again by itself; a new one in a folder that is known as a part of a wider one is called as that one's files are.

    Parameters
    ----------
    known
        The origins that the store knows.
    origin
        The one that `paths` are, where some of its paths are not there and so not among them.

    Raises
    ------
    NotesError
        If a path does not exist, cannot be read, or is a folder without notes (and `origin` is not given).
    """
    uris = {s.uri for s in sources}
    may_be_empty = origin is not None
    origin = replace(origin or origin_of(known, paths), collection=collection)
    found: dict[str, NotesFile] = {}
    empty = []
    refused: list[str] = []
    for path in check_paths(paths):
        root = path.resolve()
        files = sorted(_walk(root)) if root.is_dir() else [root]
        refused += [f"{_shown(f)}: its name is no valid UTF-8; give it another one" for f in files if not _is_unicode(f)]
        files = [f for f in files if _is_unicode(f)]
        if refused and not files and not root.is_dir():
            raise NotesError(refused[-1])
        if not files:
            empty.append(path)
        wide = origin if collection else _widest(root, known) or Origin((str(root),))
        for file in files:
            notes_file = NotesFile(file, (None if collection else _known_as(file, uris)) or wide.uri_of(file) or file.name)
            other = found.setdefault(notes_file.uri, notes_file)
            if other.file != notes_file.file:
                raise NotesError(f"{other.file} and {notes_file.file} would both be {notes_file.uri}; import one of them with --as NAME")
    gone = _gone(origin, known, uris - found.keys())
    for path in empty:
        if not may_be_empty and not any(file.is_relative_to(path.resolve()) for file in gone.values()):
            raise NotesError(f"{path}: a folder without notes; files ending in {', '.join(SUFFIXES)} are read")
    return FoundFiles(tuple(found.values()), tuple(gone), tuple(refused))


def _is_unicode(path: Path) -> bool:
    """Whether a name can be written: bytes of another encoding come in halves of surrogate pairs."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(path: Path) -> str:
    return path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def check_paths(paths: Sequence[Path]) -> Sequence[Path]:
    """The paths, all of which are there.

    Raises
    ------
    NotesError
        If one is not.
    """
    for path in paths:
        if not is_there(path):
            raise NotesError(f"{path}: no such file or folder")
    return paths


def is_there(path: Path) -> bool:
    """Whether there is such a file or folder, as far as one may look."""
    return _is(Path.exists, path)


def is_file(path: Path) -> bool:
    """Whether there is such a file, as far as one may look."""
    return _is(Path.is_file, path)


def _is(what: Callable[[Path], bool], path: Path) -> bool:
    try:
        return what(path)
    except OSError:  # a folder that one may not look into, a name too long
        return False


def _widest(path: Path, known: Iterable[Origin]) -> Origin | None:
    """The origin with the widest folder that `path` is in."""
    found = [(len(Path(p).parts), o.key, o) for o in known for p in o.paths if path != Path(p) and path.is_relative_to(p)]
    return min(found, key=lambda f: f[:2])[2] if found else None


def _gone(origin: Origin, known: Iterable[Origin], uris: Iterable[str]) -> dict[str, Path]:
    """Which of these sources stood at an origin's paths and are nowhere now, and where they stood."""
    claiming = (origin, *(o for o in known if o.key != origin.key))
    out = {}
    for uri in sorted(uris):
        files = [f for o in claiming if (f := o.file_of(uri)) is not None]
        own = next((f for f in files if any(f.is_relative_to(p) for p in origin.paths)), None)
        if own is not None and not any(map(is_file, files)):
            out[uri] = own
    return out


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


def any_changed(files: Iterable[NotesFile], sources: Iterable[Source], origin: Origin) -> bool:
    """Whether a file's contents are not those that the graph is made from, by their hashes; none is parsed, and none looked at after the first."""
    known = {s.uri: s.sha256 for s in sources}
    return not all(_is_as_known(f, known.get(f.uri), origin) for f in files)


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


def checked(origin: Origin, found: FoundFiles, known: Iterable[Origin] = (), *, at: str, reader: str, failed: Iterable[NotesFile] = (), gone: Iterable[str] = ()) -> Origin:
    """The origin once its files were compared with the graph."""
    gone = sorted(gone)
    stood = _gone(origin, known, gone)
    named = {f.uri: str(f.file) for f in found.files} | {uri: str(stood[uri]) for uri in gone if uri in stood}
    hashes = {}
    for file in failed:
        try:
            hashes[file.uri] = hashlib.sha256(file.file.read_bytes().removeprefix(b"\xef\xbb\xbf")).hexdigest()
        except OSError:
            continue
    seen = origin.checked_at or at
    return replace(
        origin,
        checked_at=at,
        reader=reader,
        failed=hashes,
        gone={uri: origin.gone.get(uri, seen) for uri in gone},
        named={uri: file for uri, file in sorted(named.items()) if origin.uri_of(Path(file)) != uri},
    )
