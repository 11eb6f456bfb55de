"""What is wrong with a store, and what mends it: what `doctor` finds.

A store is sound when the engine finds no fault, every statement parses, the log of changes leads to just these statements,
and the graph and all that it is found by are what these statements make. Nothing is changed here but by `mend`.
"""

from __future__ import annotations

import glob
import os
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.errors import StoreError
from papergraph.graph import build, leads_to
from papergraph.model import USER, Graph, Note, Paper, Relation, Statement
from papergraph.resolve.identity import keys_of, works_in
from papergraph.store.indexed import names_of, tokens_of
from papergraph.store.neo4j_rows import key_of
from papergraph.store.rows import count_terms
from papergraph.store.sqlite_files import PART
from papergraph.vocabulary import Status

if TYPE_CHECKING:
    from papergraph.resolve.matching import Duplicate
    from papergraph.store.protocol import Progress, Store

LEFT_SECONDS = 3_600
"""A file that is still being written is written to more often than this; an older one was left by what was cut off."""
_RESTORE = "papergraph restore BACKUP; without a backup, import the notes into a new store"
_REBUILD = "papergraph doctor --fix makes it anew from what is stated"
_DERIVED = ("number of papers", "full-text index", "row in name", "row in edge", "row in relation", "the index or constraint", "making the graph anew")
"""In the engine's findings: what is made from the statements."""
_LOOKUPS = {
    "names": "names that nodes are found by",
    "words": "words that full-text search finds nodes by",
    "references": "what leads to what",
    "keys": "keys that papers are found again by",
    "works": "which mention is which paper",
}


class Severity(StrEnum):
    """How much a finding matters: what is kept is hurt; what is made from it, or may be hurt soon; only to be known."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Mend(StrEnum):
    """What `doctor --fix` can do by itself, for it loses nothing."""

    REBUILD = "rebuild"
    RECOVER = "recover"
    LEFTOVERS = "leftovers"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    `where` are the ids of the elements, numbers of change sets, or files that it is about, in order; `mend` says what to do, and `fix` what
    `doctor --fix` does, if anything.
    """

    severity: Severity
    what: str
    where: tuple[str, ...] = ()
    mend: str = ""
    fix: Mend | None = None


def examine(store: Store, progress: Progress | None = None) -> list[Finding]:
    """What is wrong with a store, in the order in which it is looked for; empty where all is well.

    It reads everything once and holds it in memory, some 3 kB a statement.

    Parameters
    ----------
    progress
        Told of each step.

    Raises
    ------
    StoreError
        If the store cannot be read at all.
    """

    def at(step: int) -> None:
        if progress:
            progress("examining", step, 6)

    at(0)
    out = [_engine_finding(line) for line in store.check()]
    at(1)
    statements, unread = _read(store)
    out += unread
    at(2)
    out += _check_log(store, statements, {f for u in unread for f in u.where})
    if unread:
        # what lacks statements cannot be held to what they make
        return out
    at(3)
    expected = build(statements)
    out += _check_graph(store, expected)
    at(4)
    out += _check_lookups(store, statements, expected)
    at(5)
    return [*out, *_check_decisions(statements, expected), *_check_quotes(expected)]


def _engine_finding(line: str) -> Finding:
    derived = any(sign in line for sign in _DERIVED)
    return Finding(Severity.ERROR, line, mend=_REBUILD if derived else _RESTORE, fix=Mend.REBUILD if derived else None)


def _read(store: Store) -> tuple[list[Statement], list[Finding]]:
    """The statements, and what is wrong with those that are none."""
    statements: list[Statement] = []
    unread: list[str] = []
    for element, asserter, statement in store.read_statements():
        if statement is not None and statement.key == (element, asserter):
            statements.append(statement)
        else:
            unread.append(element)
    return statements, _some("statements do not parse, so that nothing can be made of them", unread, _RESTORE)


def _some(what: str, where: Iterable[str], mend: str, *, severity: Severity = Severity.ERROR, fix: Mend | None = None) -> list[Finding]:
    """One finding for all of these; none where there are none."""
    found = tuple(dict.fromkeys(where))
    return [Finding(severity, what, found, mend, fix)] if found else []


# --- the log


def _check_log(store: Store, statements: Sequence[Statement], unread: set[str]) -> list[Finding]:
    """Where the change sets, done again one after another, do not lead to the statements; `unread` elements are told elsewhere."""
    state: dict[tuple[str, str], Statement] = {}
    torn, odd, size = [], [], []
    change_sets = store.history()[::-1]
    known = {c.number for c in change_sets}
    for c in change_sets:
        number = 0
        try:
            for number, change in enumerate(store.changes(c.number), 1):  # noqa: B007 - counted
                key = change.statement.key
                if state.get(key) != change.before:
                    odd.append(key[0])
                if change.after is None:
                    state.pop(key, None)
                else:
                    state[key] = change.after
        except (StoreError, AssertionError):
            torn.append(str(c.number))
            continue
        if number != c.size:
            size.append(str(c.number))
    missing = [str(n) for n in range(1, max(known, default=0) + 1) if n not in known]
    undone = [str(c.number) for c in change_sets if c.undoes is not None and c.undoes not in known]
    now = {s.key: s for s in statements}
    apart = [] if torn else sorted({k[0] for k in state.keys() | now.keys() if state.get(k) != now.get(k)} - unread)
    return [
        *_some("change sets of the log do not parse", torn, _RESTORE),
        *_some("change sets are missing from the log", missing, _RESTORE),
        *_some("change sets do not hold as many changes as they say", size, _RESTORE),
        *_some("change sets take back what is not in the log", undone, _RESTORE),
        *(_some("elements were changed from what they had not been by the log", odd, _RESTORE) if not torn and not missing else []),
        *_some("elements are not stated as the log says", apart, _RESTORE),
    ]


# --- what is made from the statements


def _check_graph(store: Store, expected: Graph) -> list[Finding]:
    try:
        held = store.graph()
    except StoreError as error:
        return [Finding(Severity.ERROR, f"the graph cannot be read: {error}", mend=_REBUILD, fix=Mend.REBUILD)]
    if held == expected:
        return []
    out: list[Finding] = []

    def compare(kind: str, have: Mapping[str, object], want: Mapping[str, object]) -> None:
        for what, where in (
            (f"{kind} are missing", want.keys() - have.keys()),
            (f"{kind} are there that nothing states", have.keys() - want.keys()),
            (f"{kind} are not as the statements make them", {i for i in have.keys() & want.keys() if have[i] != want[i]}),
        ):
            out.extend(_some(what, sorted(where), _REBUILD, fix=Mend.REBUILD))

    compare("nodes of the graph", held.by_id, expected.by_id)
    compare("relations of the graph", {r.id: r for r in held.relations}, {r.id: r for r in expected.relations})
    compare("edges of the graph", *({f"{e.source} {e.type} {e.target}": None for e in g.edges} for g in (held, expected)))
    dangling = [r.id for r in held.relations if not {r.source, r.target} <= held.by_id.keys()]
    dangling += [f"{e.source} {e.type} {e.target}" for e in held.edges if not {e.source, e.target} <= held.by_id.keys()]
    out += _some("relations and edges of the graph have an end that is not there", dangling, _REBUILD, fix=Mend.REBUILD)
    return out or [Finding(Severity.ERROR, "the graph is in another order, or holds something twice", mend=_REBUILD, fix=Mend.REBUILD)]


def _check_lookups(store: Store, statements: Sequence[Statement], graph: Graph) -> list[Finding]:
    """Where what elements are found by is not what they make; long values are compared by their hash, as Neo4j holds them."""
    made: dict[str, Iterable[tuple[str, str]]] = {
        "names": ((n.id, name) for n in graph.nodes for name in names_of(n)),
        "words": ((n.id, tokens) for n in graph.nodes if (tokens := tokens_of(n))),
        "references": ((s.element.id, target) for s in statements for target in leads_to(s.element)),
        "keys": ((s.element.id, key) for s in statements if isinstance(s.element, Paper) for key in keys_of(s.element).all()),
        "works": works_in(statements).items(),
    }
    out = []
    for kind, values in made.items():
        want = {(i, key_of(v)) for i, v in values}
        have = {(i, key_of(v)) for i, v in store.lookups(kind)}
        out += _some(f"{_LOOKUPS[kind]} do not fit the elements", sorted({i for i, _ in want ^ have}), _REBUILD, fix=Mend.REBUILD)
    return out + _some("counts of content words do not fit the papers", sorted(_odd_terms(store, graph)), _REBUILD, fix=Mend.REBUILD)


def _odd_terms(store: Store, graph: Graph) -> Iterator[str]:
    """The papers whose content words are not those of their titles and notes, a paper at a time: all words at once are many."""
    texts = {p.id: [p.title] for p in graph.papers()}
    for node in sorted((n for n in graph.nodes if isinstance(n, Note) and n.about in texts), key=lambda n: (n.path, n.line, n.id)):
        texts[str(node.about)].append(node.text)
    for paper, values in groupby(store.lookups("terms"), key=lambda v: v[0]):
        have = Counter(v for _, v in values)
        text = texts.pop(paper, None)
        if text is None or have != Counter(f"{term} {n}" for _, terms in count_terms({paper: text}) for term, n in terms.items()):
            yield paper
    yield from (paper for paper, terms in count_terms(texts) if terms)


def _check_decisions(statements: Iterable[Statement], graph: Graph) -> list[Finding]:
    """What the user decided on relations that are in the graph no more, for one of their ends has gone."""
    there = {r.id for r in graph.relations}
    ends = {(r.type, *sorted((r.source, r.target))) for r in graph.relations}
    works = works_in(statements)
    lost = [
        s.element.id
        for s in statements
        if isinstance(s.element, Relation)
        and s.asserter == USER
        and not s.removed
        and s.element.status is not Status.PROPOSED
        and s.element.id not in there
        and (s.element.type, *sorted(works.get(e, e) for e in (s.element.source, s.element.target))) not in ends
    ]
    return _some(
        "relations that you accepted or rejected are in the graph no more",
        lost,
        "`papergraph history ID` tells what was decided and what took out the ends; nothing has to be done, the decision holds should they come back",
        severity=Severity.NOTE,
    )


def _check_quotes(graph: Graph) -> list[Finding]:
    lost = [r.id for r in graph.relations if any(e.lost for e in r.evidence)]
    return _some(
        "relations that you decided on rest on sentences that are no longer in the notes",
        lost,
        "`papergraph why ID` shows them; import the notes again if the sentences stand elsewhere now, or `papergraph remove relation ID`",
        severity=Severity.NOTE,
    )


def examine_duplicates(found: Iterable[Duplicate]) -> list[Finding]:
    """The pairs of papers that look like one work, as a finding."""
    pairs = [f"{d.first.id} {d.second.id}" for d in found]
    return _some("papers look like one work", pairs, "`papergraph duplicates` shows why; `papergraph merge A B`, or `papergraph split` if they are not", severity=Severity.NOTE)


# --- the file


def examine_file(path: Path, now: float | None = None) -> list[Finding]:
    """What is wrong around the file of an embedded store: who may read and write it, and what was left beside it.

    Parameters
    ----------
    now
        The time in seconds since 1970, by which it is told what is left; the clock's if `None`.
    """
    out: list[Finding] = []
    if not path.exists():
        return out
    stat = path.stat()
    user = os.geteuid() if hasattr(os, "geteuid") else None
    if user is not None and stat.st_uid != user:
        out.append(Finding(Severity.WARNING, "the store belongs to another user of this machine", (str(path),), f"have its owner run `chown` on it, or copy it: papergraph copy {path} MINE.db"))
    if not os.access(path, os.W_OK):
        out.append(Finding(Severity.WARNING, "the store can be read but not written", (str(path),), f"chmod u+w '{path}'"))
    if not os.access(path.parent, os.W_OK):
        out.append(Finding(Severity.WARNING, "the store's folder cannot be written, so that nothing can be changed: SQLite makes its journal there", (str(path.parent),), f"chmod u+w '{path.parent}'"))
    if user is not None and stat.st_mode & 0o077 and all(p.stat().st_mode & 0o001 for p in path.absolute().parents):
        out.append(Finding(Severity.NOTE, "others on this machine can read the store", (str(path),), f"if they need not: chmod go-rwx '{path}'"))
    left = [str(p) for p in leftovers(path, time.time() if now is None else now)]
    out += _some("files are left from what was cut off", left, "papergraph doctor --fix deletes them", severity=Severity.NOTE, fix=Mend.LEFTOVERS)
    return out


_OURS = re.compile(r"\.[0-9a-f]{8}\.part(?:-journal|-wal|-shm)?$")


def leftovers(path: Path, now: float) -> list[Path]:
    """The files beside a store that were being written when something was cut off, and no longer are, by name: copies of it and its backups."""
    names = (f".{glob.escape(path.name)}.*{PART}*", f".{glob.escape(path.stem)}-*{PART}*")
    found = {p for name in names for p in path.parent.glob(name) if _OURS.search(p.name)}
    return sorted(p for p in found if p.is_file() and now - p.stat().st_mtime > LEFT_SECONDS)


def examine_around(location: str, data: Path) -> list[Finding]:
    """What was cut off between the store at `location` and the files of notes: write-backs; `data` is the user's own folder."""
    from papergraph.writeback.journal import folder_beside

    cut_off = sorted(str(p) for p in folder_beside(location, data).glob("*.commit"))
    return _some("write-backs were cut off, or are being done just now", cut_off, "papergraph doctor --fix finishes them", severity=Severity.WARNING, fix=Mend.RECOVER)


# --- the mend


def mend(store: Store | None, path: Path | None, data: Path, location: str, findings: Iterable[Finding], progress: Progress | None = None) -> list[Mend]:
    """Do what can be done without losing anything about these findings, and give what was done.

    Parameters
    ----------
    store
        The store, if it could be opened.
    path
        The file of an embedded store.
    data
        The user's own folder.
    """
    wanted = {f.fix for f in findings if f.fix}
    done = []
    if Mend.RECOVER in wanted and store is not None:
        from papergraph.writeback.journal import folder_beside, recover

        if not any(o.conflicts for o in recover(store, folder_beside(location, data))):
            done.append(Mend.RECOVER)
    if Mend.REBUILD in wanted and store is not None:
        store.rebuild(progress)
        done.append(Mend.REBUILD)
    if Mend.LEFTOVERS in wanted and path is not None:
        for left in leftovers(path, time.time()):
            left.unlink(missing_ok=True)
        done.append(Mend.LEFTOVERS)
    return done
