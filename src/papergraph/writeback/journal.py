"""Several files and the store changed as one: a journal beside the store, so that after a crash all is old or all is new.

`NNNNNN.part` is being prepared: as long as it is called so, nothing has happened. Renamed to `NNNNNN.commit` it is decided: what is
missing is done by `recover`. Renamed to `NNNNNN.done` it keeps the files as they were before, for `undo`. What takes room (the new
contents beside each file, and the journal) is written and synced before the decision; after it the store makes its transaction,
and files are only renamed.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papergraph.errors import NotesError, PapergraphError, StoreError, UsageError
from papergraph.folding import source_id
from papergraph.store.bodies import dump, dump_statement, load_statement
from papergraph.store.changes import Change, ChangeSet, now

if TYPE_CHECKING:
    from papergraph.model import Statement
    from papergraph.store.protocol import Store

BY = "write-back"
"""Who made the change sets of write-backs."""
_KEPT = 50
"""So many write-backs keep their backups."""
_TEMP = ".papergraph-"
_NO_LINKS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


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
        If a file is not what it was planned for, or something could not be written (a full disk): nothing has changed then.
    StoreError
        If the store could not be written: nothing has changed then.
    """
    with _locked(folder):
        _recover(store, folder)
        return _write(store, folder, rewrites, changes, action, None, None)


def recover(store: Store, folder: Path) -> tuple[Outcome, ...]:
    """Finish what was decided when a process was killed, and clear away what was not; nothing is returned where all was well.

    A file that was edited in between is left alone, and told among the conflicts.

    Raises
    ------
    StoreError, NotesError
        If that cannot be done now, as on a full disk; it may be tried again.
    """
    if not folder.is_dir():
        return ()
    with _locked(folder):
        return _recover(store, folder)


def undo(store: Store, folder: Path) -> Outcome:
    """Give the files of the last write-back that was not undone their former contents back, and take back what the store was told.

    Raises
    ------
    UsageError
        If there is none, or a file or what the store was told has changed since: nothing has changed then.
    """
    if not folder.is_dir():
        raise UsageError("nothing was written back here; there is nothing to undo")
    with _locked(folder):
        _recover(store, folder)
        done = [(p, _manifest(p)) for p in _entries(folder, "done")]
        reverted = {m["reverts"] for _, m in done if m["reverts"]}
        last = next(((p, m) for p, m in reversed(done) if not m["reverts"] and p.stem not in reverted), None)
        if last is None:
            raise UsageError("every write-back is undone already, or its backup is no longer kept")
        entry, manifest = last
        rewrites, edited = [], []
        for n, one in enumerate(manifest["files"]):
            file = Path(one["file"])
            if _sha_of(file) != one["new"]:
                edited.append(str(one["path"]))
                continue
            rewrites.append(Rewrite(file, one["uri"], one["path"], _kept(entry, f"{n}.new", one["new"]), _kept(entry, f"{n}.old", one["old"])))
        if edited:
            raise UsageError(f"edited since it was written back: {', '.join(edited)}; nothing was undone (the former contents are kept in {entry})")
        changes = _changes(entry)
        standing = _standing(store, changes)
        if standing == "neither":
            raise UsageError("what the write-back told the store has changed since; undo the later change sets first (papergraph history)")
        back = [c.reversed() for c in reversed(changes)] if standing == "after" else []
        return _write(store, folder, rewrites, back, f"undo {manifest['action']}", _number(store, manifest) if back else None, entry.stem)


def _write(store: Store, folder: Path, rewrites: Sequence[Rewrite], changes: Sequence[Change], action: str, undoes: int | None, reverts: str | None) -> Outcome:
    number = max((int(p.stem) for p in _entries(folder)), default=0) + 1
    part = folder / f"{number:06}.part"
    token = secrets.token_hex(6)
    files = [
        {"file": str(r.file), "uri": r.uri, "path": r.path, "old": _sha(r.old), "new": _sha(r.new), "temp": f"{_TEMP}{token}-{n}"} for n, r in enumerate(rewrites)
    ]
    manifest = {"version": 1, "at": now(), "action": action, "undoes": undoes, "reverts": reverts, "files": files}
    try:
        _check(rewrites)
        part.mkdir(mode=0o700)
        for n, one in enumerate(rewrites):
            _put(part / f"{n}.old", one.old)
            _put(part / f"{n}.new", one.new)
        _put(part / "changes.json", _dump(changes).encode("utf-8", "surrogatepass"))
        _put(part / "manifest.json", json.dumps(manifest, ensure_ascii=True, indent=1).encode())
        _sync(part)
        for entry, one in zip(files, rewrites, strict=True):
            _put_beside(one.file, entry["temp"], one.new)
        for parent in {r.file.parent for r in rewrites}:
            _sync(parent)
        _check(rewrites)
        commit = part.with_suffix(".commit")
        part.rename(commit)
        _sync(folder)
    except OSError as error:
        _drop(part)
        raise NotesError(f"nothing was changed: {error.filename or folder}: {error.strerror or error}") from error
    except PapergraphError:
        _drop(part)
        raise
    try:
        return _finish(store, commit)
    except StoreError as error:
        # no file has been touched yet
        commit.rename(part)
        _drop(part)
        raise StoreError(f"nothing was changed: {error}") from error
    except OSError as error:
        raise NotesError(f"{error.filename or folder}: {error.strerror or error}; the patch is kept and `papergraph write-back` finishes it") from error


def _check(rewrites: Sequence[Rewrite]) -> None:
    for one in rewrites:
        if one.file.is_symlink() or one.file.resolve() != one.file or one.file.read_bytes() != one.old:
            raise NotesError(f"{one.path}: was changed while the patch was shown; nothing was written; look at it again")


def _finish(store: Store, commit: Path) -> Outcome:
    """Do what is decided as far as it is not done: the store first, for what fails there fails whole, then the files."""
    manifest = _manifest(commit)
    changes = _changes(commit)
    stands = [_sha_of(Path(one["file"])) for one in manifest["files"]]
    lost = {source_id(one["uri"]) for one, sha in zip(manifest["files"], stands, strict=True) if sha not in (one["old"], one["new"])}
    conflicts = [f"{one['path']}: was edited or removed meanwhile and is left alone; import it" for one in manifest["files"] if source_id(one["uri"]) in lost]
    due = [c for c in changes if not c.statement.asserter.endswith(tuple(lost))]
    change_set = None
    match _standing(store, due):
        case "before":
            change_set = store.apply(due, by=BY, action=manifest["action"], undoes=manifest["undoes"], at=manifest["at"])
        case "neither":
            conflicts.append("the store has changed meanwhile; import these notes again")
    written = []
    for n, (one, sha) in enumerate(zip(manifest["files"], stands, strict=True)):
        file = Path(one["file"])
        temp = file.parent / one["temp"]
        if source_id(one["uri"]) not in lost and sha == one["old"]:
            if _sha_of(temp) != one["new"]:
                temp.unlink(missing_ok=True)
                _put_beside(file, one["temp"], _kept(commit, f"{n}.new", one["new"]))
            temp.replace(file)
            _sync(file.parent)
        temp.unlink(missing_ok=True)
        if source_id(one["uri"]) not in lost:
            written.append(str(one["path"]))
    commit.rename(commit.with_suffix(".done"))
    _sync(commit.parent)
    _prune(commit.parent)
    return Outcome(change_set, tuple(written), tuple(conflicts))


def _recover(store: Store, folder: Path) -> tuple[Outcome, ...]:
    for part in _entries(folder, "part"):
        _drop(part)
    try:
        return tuple(_finish(store, commit) for commit in _entries(folder, "commit"))
    except OSError as error:
        raise NotesError(f"an interrupted write-back cannot be finished: {error.filename or folder}: {error.strerror or error}; make room, and try again") from error


def _drop(part: Path) -> None:
    """Clear away what was prepared and not decided."""
    with suppress(OSError, ValueError, KeyError):
        for one in _manifest(part)["files"]:
            if one["temp"].startswith(_TEMP) and "/" not in one["temp"]:
                (Path(one["file"]).parent / one["temp"]).unlink(missing_ok=True)
    shutil.rmtree(part, ignore_errors=True)


def _prune(folder: Path) -> None:
    for entry in _entries(folder, "done")[:-_KEPT]:
        shutil.rmtree(entry, ignore_errors=True)


def _entries(folder: Path, kind: str = "*") -> list[Path]:
    """Write-backs of that kind, oldest first."""
    return sorted(p for p in folder.glob(f"[0-9][0-9][0-9][0-9][0-9][0-9].{kind}") if p.is_dir())


def _manifest(entry: Path) -> dict[str, Any]:
    return dict(json.loads((entry / "manifest.json").read_bytes()))


def _dump(changes: Sequence[Change]) -> str:
    def text(statement: Statement | None) -> str | None:
        return None if statement is None else dump_statement(statement, dump(statement.element))

    return json.dumps([[text(c.before), text(c.after)] for c in changes], ensure_ascii=True)


def _changes(entry: Path) -> tuple[Change, ...]:
    pairs = json.loads((entry / "changes.json").read_bytes())
    return tuple(Change(load_statement(before), load_statement(after)) for before, after in pairs)


def _standing(store: Store, changes: Sequence[Change]) -> str:
    """Whether the store holds what the changes start from (`before`), what they lead to (`after`), or `neither`; `after` for none."""
    held = {s.key: s for s in store.statements_on({c.statement.element.id for c in changes})}
    if all(held.get(c.statement.key) == c.after for c in changes):
        return "after"
    return "before" if all(held.get(c.statement.key) == c.before for c in changes) else "neither"


def _number(store: Store, manifest: dict[str, Any]) -> int | None:
    """The number of the change set that a write-back made, if it stands."""
    return next((c.number for c in store.history() if c.by == BY and c.at == manifest["at"] and c.action == manifest["action"] and c.undone_by is None), None)


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _sha_of(file: Path) -> str:
    """The SHA-256 of a file; empty where it is none, or a link."""
    if file.is_symlink() or not file.is_file():
        return ""
    return _sha(file.read_bytes())


def _kept(entry: Path, name: str, sha256: str) -> bytes:
    data = (entry / name).read_bytes()
    if _sha(data) != sha256:
        raise NotesError(f"{entry / name}: the backup is damaged; nothing was changed")
    return data


def _put(file: Path, data: bytes) -> None:
    """Write a new file of the user's own, down to the disk."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def _put_beside(file: Path, name: str, data: bytes) -> None:
    """Write the new contents beside a file, with its mode, owner and attributes."""
    temp = file.parent / name
    was = file.stat()
    _put(temp, data)
    made = temp.stat()
    if hasattr(os, "chown") and (made.st_uid, made.st_gid) != (was.st_uid, was.st_gid):
        os.chown(temp, was.st_uid, was.st_gid)
    shutil.copystat(file, temp)
    os.utime(temp)
    temp.chmod(stat.S_IMODE(was.st_mode))


def _sync(folder: Path) -> None:
    """Bring a folder's names down to the disk, where that can be asked for."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Be the only one who writes back; another process waits."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | _NO_LINKS, 0o600)
    except OSError as error:
        raise NotesError(f"{error.filename or folder}: {error.strerror or error}; a write-back keeps its backups there") from error
    try:
        if os.name != "nt":
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
