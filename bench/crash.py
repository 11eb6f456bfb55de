"""Kills and full disks: every operation that writes, cut off at random moments, always leaves the old or the new state, and a store that `doctor` finds sound.

usage: python bench/crash.py [--kills N] [--full N] [--seed N] [--only NAME] [--wal | --neo4j] [--json]

Each trial is a process of its own on a copy of the same files. Half of the kills come at a random time of the operation, half at a
random one of its calls that write, sync, rename or delete a file or send to the server (faults.c, by LD_PRELOAD: needs Linux
and a C compiler). The disk is full from a random write on; as root, on half of the trials it is a real file system of random size. Afterwards: the
export, history and what is kept beside are those from before, or those that the operation makes when nobody cuts it off, byte for
byte; `doctor` finds nothing; done again, the operation makes the new state. On Neo4j (--neo4j: a server is started, and
stays up while its client is killed) a large change goes in pieces, and a part that doing it again completes is allowed too.

A new operation is one more row of `OPERATIONS`.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
NOTES = ROOT / "data" / "iclr2024-notes.txt"
sys.path.insert(0, str(ROOT / "server"))

OFF, COUNT, KILL, FULL = range(4)
_PATH = re.compile(r"/[^\"']*/notes\b|(?<=origin )\w+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
PIECE = 40
"""On Neo4j the changes in one transaction, so that an import has several."""
FIRST = """# Before
- [A Paper That Was There](https://example.org/there)
  - Same idea as the paper below?
- [Think before you speak: Training Language Models With Pause Tokens](https://example.org/pause)
"""


READING = (
    """# Reading
- [Think before you speak: Training Language Models With Pause Tokens](https://openreview.net/forum?id=ph04CRkPdC)
  - 考える時間を与える
- [Scaling Laws of RoPE-based Extrapolation](https://openreview.net/forum?id=JO7k0SJ5V6)
  - long contexts
""",
    """# Systems
- [In Search of an Understandable Consensus Algorithm](https://doi.org/10.5555/2643634.2643666)
  - Raft
- [Zab: High-performance broadcast for primary-backup systems](https://doi.org/10.1109/DSN.2011.5958223)
  - ZooKeeper
""",
)


@dataclass(frozen=True)
class Place:
    """Where a trial happens: a folder, and a store in it or on a server."""

    folder: Path
    location: str
    login: Any = None

    def open(self, *, create: bool = False, restoring: bool = False) -> Any:
        from papergraph.library import Library
        from papergraph.store import open_store

        return Library(open_store(self.location, create=create, login=self.login, restoring=restoring))

    @property
    def server(self) -> bool:
        return "://" in self.location


@dataclass(frozen=True)
class Operation:
    """What is done, from which state, and on which kinds of store."""

    name: str
    prepare: Callable[[Place], None]
    run: Callable[[Place], None]
    kinds: tuple[str, ...] = ("file", "neo4j")
    pieces: bool = False  # on a server it takes several transactions
    arrive: Callable[[Place], None] | None = None  # done to each copy of the state first
    several: bool = False  # it is several changes, as one would make them one after another


# --- the operations


def nothing(place: Place) -> None:
    """No store; on a server an empty one."""


def small(place: Place) -> None:
    notes = place.folder / "first.md"
    notes.write_text(FIRST, encoding="utf-8")
    with place.open(create=True) as library:
        library.import_notes(notes)
        library.store.keep({"kept": "値"})


def full(place: Place) -> None:
    small(place)
    import_notes(place)


def older(version: int) -> Callable[[Place], None]:
    """A store of an older version."""

    def prepare(place: Place) -> None:
        import sqlite3

        full(place)
        steps = {
            4: "",
            3: "DROP TABLE kept; DROP INDEX change_set_undoes; ALTER TABLE change_set DROP COLUMN details;",
            2: "DROP TABLE position;",
            1: "DROP TABLE tally; DROP INDEX relation_source; DROP INDEX relation_target; CREATE INDEX relation_source ON relation (source); CREATE INDEX relation_target ON relation (target);",
        }
        db = sqlite3.connect(place.location)
        db.executescript("".join(steps[v] for v in sorted(steps, reverse=True) if v >= version) + f"PRAGMA user_version = {version};")
        db.close()

    return prepare


def import_notes(place: Place) -> None:
    with place.open(create=True) as library:
        library.import_notes(NOTES)


def decide(place: Place) -> None:
    with place.open() as library:
        ids = [r.id for r, _, _ in library.relations(status="proposed")]
        if ids:
            library.accept(*ids[:-1])


def reject(place: Place) -> None:
    with place.open() as library:
        for relation in sorted(r.id for r, _, _ in library.relations(types=["consistent-with"], status="proposed")):
            library.reject(relation)


def undo_import(place: Place) -> None:
    with place.open() as library:
        of, *later = library.history()[::-1][1:]
        if later and later[-1].size < of.size:
            # on a server it was cut off between two pieces: what was done of it is taken back first
            library.undo(later[-1].number)
            later = []
        if not later:
            library.undo(of.number)


def merge(place: Place) -> None:
    with place.open() as library:
        library.merge("What happens when you fine-tuning your model?", "Dissecting learning and forgetting in language model finetuning")


def noted(place: Place) -> None:
    """Two files of notes, and relations by hand between what stands in them."""
    notes = place.folder / "notes"
    notes.mkdir()
    (notes / "a.md").write_text(READING[0], encoding="utf-8")
    (notes / "b.md").write_text(READING[1], encoding="utf-8")
    with place.open(create=True) as library:
        library.import_notes(notes)
        library.add_relation("Pause Tokens", "extends", "RoPE-based")
        library.add_relation("Consensus Algorithm", "similar-to", "Zab")


def known(place: Place) -> None:
    """The store knows where its notes stand now."""
    with place.open() as library:
        library.import_notes(place.folder / "notes", replace=True)


def write_back(place: Place) -> None:
    journal = place.folder / "journal"
    with place.open() as library:
        library.recover_write_back(journal)
        plan = library.plan_write_back(place.folder / "notes")
        if plan.patches:
            library.write_back(plan, journal)


def migrate(place: Place) -> None:
    place.open().close()


def back_up(place: Place) -> None:
    with place.open() as library:
        library.backup(place.folder / "backup.db", replace=True)


def backed_up(place: Place) -> None:
    """A store that has an older backup."""
    small(place)
    back_up(place)
    import_notes(place)


def restore(place: Place) -> None:
    from papergraph import backups

    file, kept = place.folder / "backup.db", place.folder / f"kept-{os.getpid()}-{time.monotonic_ns()}.db"
    if place.server:
        with place.open(restoring=True) as library:
            backups.restore_server(file, library.store, kept)
    else:
        backups.restore_file(file, Path(place.location), kept)


def rebuild(place: Place) -> None:
    with place.open(restoring=True) as library:
        library.store.rebuild()


def place_nodes(place: Place) -> None:
    with place.open() as library:
        library.store.keep_positions({n.id: (1.0, float(i)) for i, n in enumerate(library.store.graph().nodes)})


OPERATIONS = (
    Operation("import into a new store", nothing, import_notes, pieces=True),
    Operation("import", small, import_notes, pieces=True),
    Operation("accept", full, decide),
    Operation("reject, one by one", full, reject, several=True),
    Operation("undo an import", full, undo_import, pieces=True),
    Operation("merge", full, merge),
    Operation("write back", noted, write_back, arrive=known),
    Operation("migrate from 1", older(1), migrate, ("file",)),
    Operation("migrate from 3", older(3), migrate, ("file",)),
    Operation("backup over an older one", backed_up, back_up),
    Operation("restore", backed_up, restore, pieces=True),
    Operation("rebuild", full, rebuild, pieces=True),
    Operation("keep places", full, place_nodes),
)


# --- what is seen afterwards


def seen(place: Place) -> tuple[str, ...]:
    """All that a store holds and its backup says, as text; nothing where there is no store."""
    from papergraph import backups
    from papergraph.errors import StoreMissingError

    backup = place.folder / "backup.db"
    saved = backups.read_backup(backup) if backup.exists() else None
    try:
        with place.open() as library:
            # as the command does before it looks at notes
            library.recover_write_back(place.folder / "journal")
            store = library.store
            history = [(c.number, c.by, c.action, c.counts, c.undoes, c.undone_by) for c in store.history()]
            kept = _PATH.sub("notes", _TIME.sub("TIME", repr(store.kept(""))))
            out = (library.export_json(), repr(history), kept, repr(store.positions()))
    except StoreMissingError:
        out = ("no store",)
    notes = {p.name: p.read_text(encoding="utf-8") for p in sorted((place.folder / "notes").rglob("*")) if p.is_file()}
    if out[0] != "no store" and not json.loads(out[0])["nodes"] and out[1] == "[]":
        out = ("no store",)  # an empty one is as good as none
    return (*out, repr(notes), repr((saved.change_sets, saved.newest_action)) if saved else "no backup")


def unsound(place: Place) -> list[str]:
    """What `doctor` finds."""
    from papergraph.checkup import Severity
    from papergraph.errors import StoreMissingError

    try:
        with place.open() as library:
            return [f"{f.what} {f.where[:3]}" for f in library.examine() if f.severity is not Severity.NOTE]
    except StoreMissingError:
        return []


# --- trials


@dataclass
class Tally:
    """What came of the trials of one operation."""

    name: str
    kind: str
    how: str
    trials: int = 0
    states: Counter[str] = field(default_factory=Counter)
    left: int = 0
    failures: list[str] = field(default_factory=list)


class Faults:
    """The library that counts and cuts off, if this process was started with it."""

    def __init__(self) -> None:
        path = os.environ.get("PAPERGRAPH_FAULTS")
        self._library = ctypes.CDLL(path) if path else None

    def __bool__(self) -> bool:
        return self._library is not None

    def arm(self, number: int, how: int) -> None:
        if self._library is not None:
            self._library.faults_arm(ctypes.c_long(number), how)

    def count(self) -> int:
        return int(self._library.faults_count()) if self._library is not None else 0


def child(operation: Operation, place: Place, faults: Faults, number: int, how: int, report: Path) -> int:
    """Do the operation in a process of its own, and give its id; it leaves what went wrong, or how many calls there were, in `report`."""
    process = os.fork()
    if process:
        return process
    from papergraph.errors import PapergraphError
    from papergraph.store import neo4j as neo4j_store

    neo4j_store.PIECE = PIECE
    status = 0
    text = ""
    try:
        faults.arm(number, how)
        operation.run(place)
        text = str(faults.count())
    except PapergraphError as error:
        status, text = 3, str(error)
    except BaseException:
        status, text = 4, traceback.format_exc()
    faults.arm(0, OFF)
    report.write_text(text, encoding="utf-8")
    os._exit(status)


def ended(process: int) -> int:
    """The exit code of a process, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def measure(operation: Operation, place: Place, faults: Faults, how: int) -> tuple[float, int]:
    """How long it takes, and how many calls it makes, when nobody cuts it off."""
    report = place.folder / "report"
    start = time.monotonic()
    # a full disk far beyond its end counts the writes alone
    status = ended(child(operation, place, faults, 1 << 40, COUNT if how != FULL else FULL, report))
    took = time.monotonic() - start
    text = report.read_text(encoding="utf-8")
    if status:
        raise SystemExit(f"{operation.name} failed without being cut off:\n{text}")
    report.unlink()
    if not int(text) and Faults():
        raise SystemExit(f"{operation.name} does nothing; it was to write")
    return took, int(text)


def judge(tally: Tally, operation: Operation, place: Place, old: tuple[str, ...], new: tuple[str, ...], label: str) -> None:
    """Hold what is there to the old and the new state, and to `doctor`; then do the operation again."""
    from papergraph.checkup import LEFT_SECONDS, leftovers
    from papergraph.errors import StoreError

    def fault(text: str) -> None:
        tally.failures.append(f"{operation.name}, {label}: {text}")

    found = part = version = None
    try:
        if operation.name.startswith("migrate"):
            version = _judge_migration(place, fault)
        found = seen(place)
        part = found not in (old, new)
    except StoreError as error:
        if not (place.server and "has not ended" in str(error)):
            fault(f"cannot be read: {error}")
            return
        part = True
    except Exception:
        fault(traceback.format_exc())
        return
    state = version or ("part" if part else "new" if found == new else "old")
    tally.states[state] += 1
    if part and not operation.several and not (place.server and operation.pieces):
        fault("neither the old nor the new state")
        return
    if found is not None and (wrong := unsound(place)):
        fault(f"doctor: {wrong}")
        return
    if not place.server:
        later = time.time() + 2 * LEFT_SECONDS
        left = leftovers(Path(place.location), later) + leftovers(place.folder / "backup.db", later)
        tally.left += bool(left)
    if state != "new":
        report = place.folder / "report"
        status = ended(child(operation, place, Faults(), 0, OFF, report))
        if status:
            fault(f"done again: {report.read_text(encoding='utf-8')}")
        elif seen(place) != new and not (place.server and operation.name.startswith(("import", "undo")) and seen(place)[0] == new[0]):
            # a large change that was cut off between two pieces is two change sets
            fault(f"done again, it is not the new state: {[(a[:300], b[:300]) for a, b in zip(seen(place), new, strict=False) if a != b]}")
        elif wrong := unsound(place):
            fault(f"done again, doctor: {wrong}")


def _judge_migration(place: Place, fault: Callable[[str], None]) -> str:
    """`old` for an older store that still is one, `new` for one that is up to date and has its copy."""
    from papergraph.store.sql import schemas
    from papergraph.store.sqlite import APPLICATION_ID
    from papergraph.store.sqlite_files import inspect

    path = Path(place.location)
    now = inspect(path, APPLICATION_ID, whole=True)
    copies = sorted(path.parent.glob("store.db.v*-backup"))
    if now.unsound:
        fault(f"unsound: {now.unsound}")
    if now.version == len(schemas()) and not copies:
        fault("brought up to date without a copy")
    for copy in copies:
        if (there := inspect(copy, APPLICATION_ID, whole=True)).unsound or there.change_sets != now.change_sets:
            fault(f"the copy {copy.name} is no copy")
    if len(copies) > 1:
        fault("more than one copy of the same")
    return "new" if now.version == len(schemas()) else "old"


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of `size` bytes."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def size_of(folder: Path) -> int:
    """The bytes of the files in a folder, in whole pages."""
    return sum(-(-p.stat().st_size // 4096) * 4096 + 4096 for p in folder.rglob("*"))


def grow(folder: Path) -> None:
    """Make room on a small disk."""
    subprocess.run(["mount", "-o", "remount,size=1g", str(folder)], check=True)


class Trials:
    """All trials of one operation on one kind of store."""

    def __init__(self, operation: Operation, work: Path, faults: Faults, chance: random.Random, server: Any, *, wal: bool = False) -> None:
        self.operation, self.work, self.faults, self.chance, self.server = operation, work, faults, chance, server
        self.template = work / "template"
        self.template.mkdir(parents=True)
        self.number = 0
        place = self._place(self.template)
        if server:
            server.clear()
        operation.prepare(place)
        if wal and not server and Path(place.location).exists():
            import sqlite3

            db = sqlite3.connect(place.location)
            db.execute("PRAGMA journal_mode = WAL")
            db.close()
        if server:
            from papergraph import backups

            with place.open(create=True) as library:
                backups.backup(library.store, work / "state.db")
        self.old = seen(self._fresh())
        self.took, self.calls = measure(operation, done := self._fresh(), faults, COUNT)
        self.writes = measure(operation, done := self._fresh(), faults, FULL)[1] if not server else 0
        self.new = seen(done)

    def _place(self, folder: Path) -> Place:
        return Place(folder, self.server.uri, self.server.login) if self.server else Place(folder, str(folder / "store.db"))

    def _fresh(self, folder: Path | None = None) -> Place:
        """The state before the operation, in a folder of its own."""
        self.number += 1
        shutil.rmtree(self.work / f"trial-{self.number - 1}", ignore_errors=True)
        folder = folder or self.work / f"trial-{self.number}"
        shutil.copytree(self.template, folder, dirs_exist_ok=True)
        place = self._place(folder)
        if self.server:
            from papergraph import backups

            self.server.clear()
            with place.open(create=True, restoring=True) as library:
                backups.restore_server(self.work / "state.db", library.store, self.work / f"kept-{self.number}.db")
        if self.operation.arrive:
            self.operation.arrive(place)
        return place

    def kill(self, trials: int) -> Tally:
        tally = Tally(self.operation.name, "neo4j" if self.server else "file", "kill")
        for n in range(trials):
            place = self._fresh()
            report = place.folder / "report"
            by_call = bool(self.faults) and n % 2 == 0
            number = self.chance.randint(1, self.calls)
            delay = self.chance.uniform(0, self.took * 1.05)
            process = child(self.operation, place, self.faults, number if by_call else 0, KILL if by_call else OFF, report)
            if not by_call:
                time.sleep(delay)
                os.kill(process, signal.SIGKILL)
            status = ended(process)
            tally.trials += 1
            label = f"call {number} of {self.calls}" if by_call else f"after {delay:.3f} of {self.took:.3f} s"
            if status not in (0, -signal.SIGKILL):
                tally.failures.append(f"{self.operation.name}, {label}: {report.read_text(encoding='utf-8')}")
            judge(tally, self.operation, place, self.old, self.new, label)
        return tally

    def fill(self, trials: int) -> Tally:
        tally = Tally(self.operation.name, "file", "full disk")
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        for n in range(trials):
            if root and n % 2:
                with small_disk(self.work / f"disk-{n}", size_of(self.template) + self.chance.randint(0, 4 * size_of(self.template) + 2_000_000) // 4096 * 4096) as disk:
                    self._filled(tally, self._fresh(disk / "trial"), 0, OFF, "a small disk", disk)
            else:
                number = self.chance.randint(1, self.writes)
                self._filled(tally, self._fresh(), number, FULL, f"full from write {number} of {self.writes} on", None)
        return tally

    def _filled(self, tally: Tally, place: Place, number: int, how: int, label: str, disk: Path | None) -> None:
        # the report must find room
        report = self.work / "report"
        status = ended(child(self.operation, place, self.faults, number, how, report))
        text = report.read_text(encoding="utf-8")
        tally.trials += 1
        if status not in (0, 3):
            tally.failures.append(f"{self.operation.name}, {label}: exit {status}: {text}")
        elif status == 3 and not any(w in text for w in ("disk", "room", "No space")):
            tally.failures.append(f"{self.operation.name}, {label}: does not say that the disk is full: {text}")
        if disk is not None:
            grow(disk)
        judge(tally, self.operation, place, self.old, self.new, label)


def warm_up() -> None:
    """Load what an import loads, once: a trial is a fork of this process."""
    import neo4j  # noqa: F401

    from papergraph.library import Library
    from papergraph.store import open_store

    with Library(open_store(":memory:")) as library:
        library.import_notes(NOTES)
        library.examine()
        library.related("Dissecting learning")


class Server:
    """A Neo4j server with a small heap, for the whole run."""

    def __init__(self, home: Path) -> None:
        import run as local_server

        from papergraph.store.neo4j import Login

        self._server = local_server.Server(home, heap="512m", page_cache="64m").start()
        self.uri, self.login = self._server.uri, Login("neo4j", self._server.password)

    def clear(self) -> None:
        import neo4j

        with neo4j.GraphDatabase.driver(self.uri, auth=(self.login.username, self.login.password), notifications_min_severity="OFF") as driver:
            driver.execute_query("MATCH (n) WHERE NOT n:Store CALL (n) { DETACH DELETE n }")
            driver.execute_query("MATCH (s:Store) SET s = {id: s.id, version: s.version, changeSets: 0}")

    def stop(self) -> None:
        self._server.kill()


def with_faults() -> None:
    """Start again with `faults.c` loaded, where it can be made."""
    if "PAPERGRAPH_FAULTS" in os.environ or not sys.platform.startswith("linux") or shutil.which("cc") is None:
        return
    library = Path(tempfile.mkdtemp(prefix="papergraph-faults-")) / "faults.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(HERE / "faults.c"), "-ldl"], check=True)
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PAPERGRAPH_FAULTS": str(library), "LD_PRELOAD": str(library)})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200, help="kills in all, spread over the operations (200)")
    options.add_argument("--full", type=int, default=200, help="full disks in all (200); none on Neo4j, whose disk is the server's")
    options.add_argument("--seed", type=int, default=1, help="what the random moments follow from")
    options.add_argument("--only", help="operations whose name holds this")
    options.add_argument("--neo4j", action="store_true", help="on a Neo4j server instead of files")
    options.add_argument("--wal", action="store_true", help="files with a WAL instead of a rollback journal, whatever this SQLite is")
    options.add_argument("--json", action="store_true", help="print JSON")
    given = options.parse_args()
    with_faults()
    faults, chance = Faults(), random.Random(given.seed)
    kind = "neo4j" if given.neo4j else "file"
    chosen = [o for o in OPERATIONS if kind in o.kinds and (given.only or "") in o.name]
    tallies: list[Tally] = []
    with tempfile.TemporaryDirectory(prefix="papergraph-crash-") as folder:
        warm_up()
        server = Server(Path(folder) / "neo4j") if given.neo4j else None
        try:
            for n, operation in enumerate(chosen):
                trials = Trials(operation, Path(folder) / f"operation-{n}", faults, chance, server, wal=given.wal)
                for how, number in (("kill", given.kills), ("fill", given.full if not server else 0)):
                    if share := number // len(chosen) + (n < number % len(chosen)):
                        tallies.append(trials.kill(share) if how == "kill" else trials.fill(share))
                        report(tallies[-1])
        finally:
            if server:
                server.stop()
    if given.json:
        print(json.dumps([{**t.__dict__, "states": dict(t.states)} for t in tallies], ensure_ascii=False, indent=2))
    else:
        for how in dict.fromkeys(t.how for t in tallies):
            some = [t for t in tallies if t.how == how]
            print(f"{how}: {sum(t.trials for t in some)} trials, {sum(len(t.failures) for t in some)} failures")
    sys.exit(any(t.failures for t in tallies))


def report(tally: Tally) -> None:
    states = ", ".join(f"{n} {state}" for state, n in sorted(tally.states.items()))
    print(f"{tally.kind:6} {tally.how:10} {tally.name:28} {tally.trials:4} trials: {states}; {tally.left} left files; {len(tally.failures)} failures", file=sys.stderr, flush=True)
    for failure in tally.failures[:5]:
        print("   " + failure[:1500], file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
