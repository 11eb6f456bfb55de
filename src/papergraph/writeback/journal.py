"""Several files and the store changed as one: a journal beside the store, so that after a crash all is old or all is new.

`NNNNNN.part` is being prepared: as long as it is called so, nothing has happened. Renamed to `NNNNNN.commit` it is decided: what is
missing is done by `recover`. Renamed to `NNNNNN.done` it keeps the files as they were before, for `undo`. What takes room (the new
contents beside each file, and the journal) is written and synced before the decision; after it the store makes its transaction,
and files are only renamed. Whatever lies in the journal is first held to what papergraph itself would have written there (`manifest`).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.errors import NotesError, PapergraphError, StoreError, UsageError
from papergraph.folding import source_id
from papergraph.store.bodies import dump, dump_statement, load_statement
from papergraph.store.changes import Change, ChangeSet, now
from papergraph.timeline import is_undone
from papergraph.writeback.disk import put, put_beside, sync
from papergraph.writeback.manifest import NO_LINKS, DistrustError, Entry, Manifest, check_own, distrust, read_manifest, read_own, unlike
from papergraph.writeback.places import imported_places

if TYPE_CHECKING:
    from papergraph.model import Statement
    from papergraph.store.protocol import Store

BY = "write-back"
"""Who made the change sets of write-backs."""
_KEPT = 50
"""So many write-backs keep their backups."""
_MOST = 999_999
"""The journal's entries are numbered with six digits."""
_MADE = "change-set"
"""The file of an entry that tells the number of the change set that it made."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A file to be replaced: where it stands (links followed), its uri and path for messages, its bytes before and after."""

    file: Path
    uri: str
    path: str
    old: bytes
    new: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a write-back: the store's change set, the paths of files now new, and what could not be done and why."""

    change_set: ChangeSet | None = None
    written: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()


def folder_beside(location: str, data: Path) -> Path:
    """Where the journal of the store at `location` stands: beside its file; for a server in `data`, the user's own folder.

    >>> folder_beside("notes/library.db", Path("data")).as_posix()
    'notes/library.db.writeback'
    """
    if "://" in location:
        return data / f"{hashlib.sha256(location.encode()).hexdigest()[:16]}.writeback"
    store = Path(location).expanduser()
    return store.with_name(store.name + ".writeback")


def write(store: Store, folder: Path, rewrites: Sequence[Rewrite], changes: Sequence[Change], action: str) -> Outcome:
    """Replace the files, and tell the store, or leave all as it was.

    Raises
    ------
    NotesError
        If a file is not what it was planned for, is not among what was imported, or something could not be written (a full disk): nothing has changed then.
    StoreError
        If the store could not be written: nothing has changed then.
    """
    with _locked(folder):
        _recover(store, folder)
        return _write(store, folder, rewrites, changes, action, None, None)


def recover(store: Store, folder: Path) -> tuple[Outcome, ...]:
    """Finish what was decided when a process was killed, and clear away what was not; nothing is returned where all was well.

    A file that was edited in between is left alone, and told among the conflicts; so is a whole write-back that is not as
    papergraph itself makes one for this user, or whose files were not imported.

    Raises
    ------
    StoreError, NotesError
        If that cannot be done now, as on a full disk; it may be tried again.
    """
    if not folder.is_dir():
        return ()
    try:
        with _locked(folder):
            return _recover(store, folder)
    except DistrustError as error:
        return (Outcome(conflicts=(str(error),)),)


def undo(store: Store, folder: Path) -> Outcome:
    """Give the files of the last write-back that was not undone their former contents back, and take back what the store was told.

    Raises
    ------
    UsageError
        If there is none, or a file or what the store was told has changed since: nothing has changed then.
    NotesError
        If the journal is not as papergraph itself makes one for this user: nothing has changed then.
    """
    if not folder.is_dir():
        raise UsageError("nothing was written back here; there is nothing to undo")
    with _locked(folder):
        _recover(store, folder)
        places = imported_places(store)
        entry, manifest = _last(folder, places)
        edited = [one.path for one in manifest.files if _sha_of(one.place) != one.new]
        if edited:
            raise UsageError(f"edited since it was written back: {', '.join(edited)}; nothing was undone (the former contents are kept in {entry})")
        kept = _contents(entry, manifest)
        rewrites = [Rewrite(one.place, one.uri, one.path, new, old) for one, (old, new) in zip(manifest.files, kept, strict=True)]
        changes = _changes(entry)
        standing = _standing(store, changes)
        if standing == "neither":
            raise UsageError("what the write-back told the store has changed since; undo the later change sets first (papergraph history)")
        back = [c.reversed() for c in reversed(changes)] if standing == "after" else []
        return _write(store, folder, rewrites, back, f"undo {manifest.action}", _number(store, entry, manifest) if back else None, entry.stem)


def _last(folder: Path, places: Sequence[Path]) -> tuple[Path, Manifest]:
    """The last write-back that was not undone; what is older is not looked at."""
    reverted: set[str] = set()
    for entry in reversed(_entries(folder, "done")):
        manifest = read_manifest(entry, places)
        if manifest.reverts:
            reverted.add(manifest.reverts)
        elif entry.stem not in reverted:
            return entry, manifest
    raise UsageError("every write-back is undone already, or its backup is no longer kept")


def _write(store: Store, folder: Path, rewrites: Sequence[Rewrite], changes: Sequence[Change], action: str, undoes: int | None, reverts: str | None) -> Outcome:
    number = max((int(p.stem) for p in _entries(folder)), default=0) + 1
    if number > _MOST:
        raise NotesError(f"{folder}: its numbers are used up, so that nothing was written; rename this folder, and papergraph begins a new one")
    part = folder / f"{number:06}.part"
    token = secrets.token_hex(6)
    files = tuple(Entry(str(r.file), r.uri, r.path, _sha(r.old), _sha(r.new), f".papergraph-{token}-{n}") for n, r in enumerate(rewrites))
    manifest = Manifest(now(), action, undoes, reverts, files)
    places = imported_places(store)
    if reason := unlike(manifest, places):
        raise NotesError(f"nothing was written: {reason}")
    try:
        _check(rewrites)
        part.mkdir(mode=0o700)
        for n, one in enumerate(rewrites):
            put(part / f"{n}.old", one.old)
            put(part / f"{n}.new", one.new)
        put(part / "changes.json", _dump(changes).encode("utf-8", "surrogatepass"))
        put(part / "manifest.json", manifest.dumps())
        sync(part)
        for entry, one in zip(files, rewrites, strict=True):
            put_beside(entry, one.new)
        for parent in {r.file.parent for r in rewrites}:
            sync(parent)
        _check(rewrites)
        commit = part.with_suffix(".commit")
        part.rename(commit)
        sync(folder)
    except OSError as error:
        _drop(part, files)
        raise NotesError(f"nothing was changed: {error.filename or folder}: {error.strerror or error}") from error
    except PapergraphError:
        _drop(part, files)
        raise
    try:
        return _finish(store, commit, places)
    except (StoreError, DistrustError) as error:
        # no file has been touched yet
        commit.rename(part)
        _drop(part, files)
        kind = StoreError if isinstance(error, StoreError) else NotesError
        raise kind(f"nothing was changed: {error}") from error
    except OSError as error:
        raise NotesError(f"{error.filename or folder}: {error.strerror or error}; the patch is kept and `papergraph write-back` finishes it") from error


def _check(rewrites: Sequence[Rewrite]) -> None:
    for one in rewrites:
        if one.file.is_symlink() or one.file.resolve() != one.file or one.file.read_bytes() != one.old:
            raise NotesError(f"{one.path}: was changed while the patch was shown; nothing was written; look at it again")


def _finish(store: Store, commit: Path, places: Sequence[Path]) -> Outcome:
    """Do what is decided as far as it is not done: the store first, for what fails there fails whole, then the files.

    All that the journal holds is looked at before anything is done.
    """
    manifest = read_manifest(commit, places)
    changes = _changes(commit)
    kept = _contents(commit, manifest)
    if manifest.undoes is not None and store.head(manifest.undoes) is None:
        raise distrust(commit, f"it would take back change set {manifest.undoes}, which the store does not have")
    stands = [_sha_of(one.place) for one in manifest.files]
    lost = {source_id(one.uri) for one, sha in zip(manifest.files, stands, strict=True) if sha not in (one.old, one.new)}
    conflicts = [f"{one.path}: was edited or removed meanwhile and is left alone; import it" for one in manifest.files if source_id(one.uri) in lost]
    due = [c for c in changes if not c.statement.asserter.endswith(tuple(lost))]
    change_set = None
    match _standing(store, due):
        case "before":
            change_set = store.apply(due, by=BY, action=manifest.action, undoes=manifest.undoes, at=manifest.at)
        case "neither":
            conflicts.append("the store has changed meanwhile; import these notes again")
    written = []
    for one, sha, (_, new) in zip(manifest.files, stands, kept, strict=True):
        if source_id(one.uri) not in lost and sha == one.old:
            if _sha_of(one.beside) != one.new:
                one.beside.unlink(missing_ok=True)
                put_beside(one, new)
            one.beside.replace(one.place)
            sync(one.place.parent)
        one.beside.unlink(missing_ok=True)
        if source_id(one.uri) not in lost:
            written.append(one.path)
    if change_set is not None:
        _note(commit, change_set.number)
    commit.rename(commit.with_suffix(".done"))
    sync(commit.parent)
    _prune(commit.parent)
    return Outcome(change_set, tuple(written), tuple(conflicts))


def _recover(store: Store, folder: Path) -> tuple[Outcome, ...]:
    begun, decided = _entries(folder, "part"), _entries(folder, "commit")
    if not begun and not decided:
        return ()
    places = imported_places(store)
    outcomes = []
    try:
        for entry in (*begun, *decided):
            try:
                if entry in begun:
                    _clear(entry, places)
                else:
                    outcomes.append(_finish(store, entry, places))
            except DistrustError as error:
                outcomes.append(Outcome(conflicts=(str(error),)))
    except OSError as error:
        raise NotesError(f"an interrupted write-back cannot be finished: {error.filename or folder}: {error.strerror or error}; make room, and try again") from error
    return tuple(outcomes)


def _clear(part: Path, places: Sequence[Path]) -> None:
    """Clear away what a process that is gone had prepared and not decided."""
    check_own(part, folder=True)
    files: tuple[Entry, ...] = ()
    # nothing is put beside the files before the manifest stands there whole
    if _is_whole(part / "manifest.json"):
        files = read_manifest(part, places).files
    _drop(part, files)


def _is_whole(file: Path) -> bool:
    if not os.path.lexists(file):
        return False
    try:
        json.loads(read_own(file))
    except ValueError:
        return False
    except RecursionError:
        pass  # no half of a manifest is so deep; reading it says what is wrong
    return True


def _drop(part: Path, files: Sequence[Entry]) -> None:
    """Take away what was prepared, and the new contents of these files that wait beside them."""
    for one in files:
        with suppress(OSError):
            one.beside.unlink(missing_ok=True)
    shutil.rmtree(part, ignore_errors=True)


def _prune(folder: Path) -> None:
    for entry in _entries(folder, "done")[:-_KEPT]:
        shutil.rmtree(entry, ignore_errors=True)


def _entries(folder: Path, kind: str = "*") -> list[Path]:
    """Write-backs of that kind, oldest first."""
    return sorted(p for p in folder.glob(f"[0-9][0-9][0-9][0-9][0-9][0-9].{kind}") if p.is_dir() or p.is_symlink())


def _contents(entry: Path, manifest: Manifest) -> list[tuple[bytes, bytes]]:
    """The bytes of each file before and after."""
    return [(read_own(entry / f"{n}.old", one.old), read_own(entry / f"{n}.new", one.new)) for n, one in enumerate(manifest.files)]


def _dump(changes: Sequence[Change]) -> str:
    def text(statement: Statement | None) -> str | None:
        return None if statement is None else dump_statement(statement, dump(statement.element))

    return json.dumps([[text(c.before), text(c.after)] for c in changes], ensure_ascii=True)


def _changes(entry: Path) -> tuple[Change, ...]:
    try:
        pairs = json.loads(read_own(entry / "changes.json"))
        return tuple(Change(load_statement(before), load_statement(after)) for before, after in pairs if before is not None or after is not None)
    except (AttributeError, RecursionError, StoreError, TypeError, ValueError) as error:
        raise distrust(entry, f"what the store was to be told does not parse ({type(error).__name__})") from error


def _standing(store: Store, changes: Sequence[Change]) -> str:
    """Whether the store holds what the changes start from (`before`), what they lead to (`after`), or `neither`; `after` for none."""
    held = {s.key: s for s in store.statements_on({c.statement.element.id for c in changes})}
    if all(held.get(c.statement.key) == c.after for c in changes):
        return "after"
    return "before" if all(held.get(c.statement.key) == c.before for c in changes) else "neither"


def _note(entry: Path, number: int) -> None:
    """Keep which change set a write-back made, to be found at once; where there is no room, `_number` looks for it."""
    with suppress(OSError):
        (entry / _MADE).unlink(missing_ok=True)
        put(entry / _MADE, str(number).encode())


def _number(store: Store, entry: Path, manifest: Manifest) -> int | None:
    """The number of the change set that a write-back made, if it stands."""

    def is_it(made: ChangeSet | None) -> bool:
        return made is not None and (made.by, made.at, made.action) == (BY, manifest.at, manifest.action)

    noted = read_own(entry / _MADE) if os.path.lexists(entry / _MADE) else b""
    made = store.head(int(noted)) if re.fullmatch(rb"[0-9]{1,18}", noted) else None
    if not is_it(made):
        # killed before it was noted, or the store is a copy of the one that was told
        made = next((c for c in store.history(by=BY) if is_it(c)), None)
    return made.number if made is not None and not is_undone(store, made) else None


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sha_of(file: Path) -> str:
    """The SHA-256 of a file; empty where it is none, or a link."""
    if file.is_symlink() or not file.is_file():
        return ""
    return _sha(file.read_bytes())


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Be the only one who writes back; another process waits."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        check_own(folder, folder=True)
        if os.path.lexists(folder / "lock"):
            check_own(folder / "lock", folder=False)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | NO_LINKS, 0o600)
    except OSError as error:
        raise NotesError(f"{error.filename or folder}: {error.strerror or error}; a write-back keeps its backups there") from error
    try:
        if os.name != "nt":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
