"""The embedded store: one SQLite file.

Statements are kept and logged; nodes, edges and relations are rows made from them and brought up to date by
`graph.weave` in the same transaction. SQLite's errors are translated here and never leave.
"""

from __future__ import annotations

import glob
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from papergraph.errors import StaleError, StoreError, StoreMissingError
from papergraph.graph import leads_to
from papergraph.model import Concept, Edge, Graph, Node, Paper, Relation, Source, Statement, Topic
from papergraph.resolve.identity import keys_of
from papergraph.store import sqlite_database
from papergraph.store.bodies import (
    body_label,
    dump,
    dump_details,
    dump_statement,
    load_counts,
    load_details,
    load_element,
    load_node,
    load_relation,
    load_statement,
)
from papergraph.store.changes import Change, ChangeSet, add_counts, count, now
from papergraph.store.indexed import Candidate, find, names_of, tokens_of
from papergraph.store.likeness import rank_alike
from papergraph.store.protocol import Alike, Contents, Filter, Hit, Progress, Statistics, Surroundings, Tie
from papergraph.store.rows import Rows, batches, check_held, check_newest, count_terms, rows_of, rows_of_all
from papergraph.store.sql import parts, queries, schemas
from papergraph.store.sqlite_database import Database, Row, Wording
from papergraph.store.sqlite_files import (
    Saved,
    copy_database,
    faults,
    free_name,
    inspect,
    is_empty,
    put_in_place,
    reading,
    same_bytes,
    written_beside,
)
from papergraph.store.surroundings import surroundings
from papergraph.store.topics import in_order_of_notes
from papergraph.vocabulary import LABELS, Label

APPLICATION_ID = 0x50475248
"""Marks a SQLite file as papergraph's ("PGRH")."""
BUSY_SECONDS = 60.0
"""How long a reader or writer waits for others: an import of 40,000 statements holds the lock for some 5 s, and eight writers at once must all get their turn."""

CACHE_KIB = 65_536
"""Pages held in memory at most: ids are spread over the whole file, so that a large store needs more than SQLite's 2 MiB."""

BATCH = 1_000
"""Changes whose elements are held as JSON at a time."""

LOOKUPS = {
    "names": "lookup_names",
    "words": "lookup_words",
    "terms": "lookup_terms",
    "references": "lookup_references",
    "keys": "lookup_keys",
    "works": "lookup_works",
}
_CLEARING = (
    "words_mend",
    "words_clear",
    "relation_clear",
    "edge_clear",
    "name_clear",
    "term_clear",
    "node_clear",
    "work_clear",
    "reference_clear",
    "mention_key_clear",
    "tally_clear",
)

_T = TypeVar("_T")
Parameters = dict[str, Any]


WORDING = Wording("the store", "papergraph store", "--db", "another store", "restore a backup, or import the notes into a new store with --db")


class SqliteStore(Database):
    """The store in the file at `path`; implements `papergraph.store.protocol.Store`.

    Parameters
    ----------
    path
        The file. It is made if `create`, otherwise it must exist. `None` for a store in memory, which goes with the process.
    create
        Whether to make a new store where there is none; others may not read it.
    keep_old
        Whether a store from an older version is copied beside itself before it is brought up to date.

    Attributes
    ----------
    notices
        What happened on opening that the user should know, a sentence each.

    Raises
    ------
    StoreError
        If the file is missing, no papergraph store, from a newer version, damaged, or cannot be opened.
    """

    _wording = WORDING
    _queries = staticmethod(queries)

    def __init__(self, path: Path | None, *, create: bool = False, keep_old: bool = True) -> None:
        self.path = path or Path(":memory:")
        self.notices: tuple[str, ...] = ()
        if path is None:
            self._db = sqlite3.connect(":memory:", isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._prepare(new=True)
            return
        if not create and not path.exists():
            raise StoreMissingError(f"no store at {path} yet; `papergraph import NOTES` makes it (or say where it is: --db FILE)")
        if path.is_dir():
            raise StoreError(f"{path} is a folder, not a store; give a file, for example --db {path / 'papergraph.db'}")
        new = not path.exists() or path.stat().st_size == 0
        with self._errors():
            if create:
                try:
                    path.parent.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise StoreError(f"cannot make the folder {path.parent} for the store: {error.strerror}") from error
                # what one reads and thinks of it is nobody else's business, unless one says otherwise by chmod
                with suppress(OSError):
                    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            mode = "rwc" if create else "rw"
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            try:
                self._prepare(new=new, keep_old=keep_old)
            except BaseException:
                self._db.close()
                if new and create and path.exists() and path.stat().st_size == 0:
                    path.unlink()
                raise

    def _prepare(self, *, new: bool, keep_old: bool = False) -> None:
        db = self._db
        db.execute("PRAGMA foreign_keys = ON")
        db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        application = int(db.execute("PRAGMA application_id").fetchone()[0])
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if new:
            if _wal_is_safe():
                db.execute("PRAGMA journal_mode = WAL")
        elif application != APPLICATION_ID and not is_empty(db):
            raise StoreError(f"{self.path} is a SQLite file but no papergraph store; name another file with --db")
        newest = len(schemas())
        if version > newest:
            raise StoreError(f"{self.path} is from a newer papergraph (store version {version}, this one reads up to {newest}); update papergraph")
        db.execute("PRAGMA synchronous = NORMAL" if _wal_is_safe() else "PRAGMA synchronous = FULL")
        if version < newest:
            try:
                self._migrate(newest, keep_old=keep_old)
            except (sqlite3.Error, OSError) as error:
                if version == 0:
                    raise
                why = str(translated(error, self.path)) if isinstance(error, sqlite3.Error) else f"cannot write beside it: {error.strerror}; make room there, and the folder writable"
                raise StoreError(f"{self.path} is from an older papergraph (store version {version}) and could not be brought up to date to {newest}; it is as it was: {why}") from error

    def _migrate(self, newest: int, *, keep_old: bool) -> None:
        """Bring the schema up to date in one transaction; a store that holds something is copied beside itself first."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            # another process may have done it while the lock was waited for
            version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            kept = self._keep_old(version) if keep_old and 0 < version < newest else None
            for schema in schemas()[version:newest]:
                for statement in parts(schema):
                    self._db.execute(statement)
            if version < newest:
                self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self._db.execute(f"PRAGMA user_version = {newest}")
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        if kept is not None:
            self.notices = (*self.notices, f"{self.path} was brought up to date from store version {version} to {newest}; as it was it is kept in {kept}")

    def _keep_old(self, version: int) -> Path:
        """A copy of the file as it is, beside it; one that was made before is left alone, and does if it holds the same."""
        wanted = self.path.with_name(f"{self.path.name}.v{version}-backup")
        with written_beside(self.path) as part:
            # a connection of its own, for this one is writing already
            with closing(reading(self.path)) as db:
                copy_database(db, part, self._mode())
            found = sorted(self.path.parent.glob(f"{glob.escape(wanted.name)}*"))
            same = next((f for f in found if same_bytes(part, f)), None)
            if same is not None:
                return same
            kept = free_name(wanted)
            put_in_place(part, kept, replace=False)
            return kept

    def _mode(self) -> int:
        """Who may read and write the file, as `chmod` takes it."""
        return self.path.stat().st_mode & 0o777

    # --- the file as a whole

    def save(self, path: Path, *, replace: bool = False, whole: bool = True, progress: Progress | None = None) -> Saved:
        """Copy the store as it is into the file `path`, which then is whole or as it was; others may go on writing meanwhile.

        Parameters
        ----------
        replace
            Whether a file that is there may be replaced.
        whole
            Whether SQLite checks all of the copy before it gets its name.

        Raises
        ------
        StoreError
            If the copy is unsound, or cannot be written.
        FileExistsError
            If `path` is there and `replace` is false.
        """
        try:
            with self._errors(), written_beside(path) as part:
                copy_database(self._db, part, self._mode(), progress)
                saved = inspect(part, APPLICATION_ID, whole=whole)
                if saved.unsound:
                    raise StoreError(f"{self.path} is damaged, and so would be its copy ({saved.unsound[0]}); see `papergraph doctor`; nothing was written to {path}")
                put_in_place(part, path, replace=replace)
                return saved
        except FileExistsError:
            raise
        except OSError as error:
            raise StoreError(f"cannot write {path}: {error.strerror}; name another file, or make room") from error

    # --- boundary

    @property
    def location(self) -> str:
        return str(self.path)

    def _run_many(self, name: str, parameters: Iterable[Parameters]) -> None:
        self._db.executemany(queries()[name], parameters)

    def reading(self, work: Callable[[], _T]) -> _T:
        if self._db.in_transaction:
            return work()
        with self._errors():
            self._db.execute("BEGIN")
            try:
                return work()
            finally:
                self._db.execute("COMMIT")

    # --- writing

    def apply(
        self,
        changes: Sequence[Change] | Callable[[], Sequence[Change]],
        *,
        by: str,
        action: str,
        undoes: int | None = None,
        at: str | None = None,
        continues: int | None = None,
        details: Mapping[str, Any] | None = None,
        keep: Mapping[str, str | None] | None = None,
        after: int | None = None,
        even_empty: bool = False,
    ) -> ChangeSet | None:
        if not changes and not even_empty:
            if keep:
                self.keep(keep)
            return None
        with self._writing():
            check_newest(int(self._rows("newest_number")[0]["number"] or 0), after)
            changes = changes() if callable(changes) else changes
            if not changes and not even_empty:
                return None
            held = self.statements_on({c.statement.element.id for c in changes})
            check_held(changes, held)
            rows = rows_of(self, changes, held)
            number = self._open_change_set(by, action, undoes, at, details) if continues is None else continues
            self._put_statements(number, changes, held)
            self._put_graph(rows)
            self._keep(keep or {})
            # here, for a moment later somebody may have restored a backup
            found = self._rows("change_set_get", number=number)
        return _change_set(found[0], tuple(changes))

    def _open_change_set(self, by: str, action: str, undoes: int | None, at: str | None, details: Mapping[str, Any] | None) -> int:
        values = {"at": at or now(), "by": by, "action": action, "undoes": undoes, "counts": "[]", "details": dump_details(details) or None}
        return int(self._db.execute(queries()["change_set_put"], values).fetchone()[0])

    def _put_statements(self, number: int, changes: Sequence[Change], held: Iterable[Statement]) -> None:
        """Log the changes in the change set of that number, and make them."""
        start = self._count(number, changes)
        self._run_many("statement_drop", ({"element": c.statement.element.id, "asserter": c.statement.asserter} for c in changes if c.after is None))
        for some in batches(enumerate(changes, start), BATCH):
            body = {id(e): dump(e) for e in (s.element for _, c in some for s in (c.before, c.after) if s)}
            self._run_many("change_put", (_change_row(number, position, change, body) for position, change in some))
            self._run_many("statement_put", (_statement_row(c.after, body) for _, c in some if c.after))
        changed = {c.before.key for c in changes if c.before}
        stood = [s for s in held if s.key not in changed]
        touched = sorted({s.element.id for s in held})
        if touched:
            self._run("reference_drop", ids=json.dumps(touched))
            self._run("mention_key_drop", ids=json.dumps(touched))
        said = [*stood, *(c.after for c in changes if c.after)]
        self._run_many("reference_put", ({"target": t, "element": s.element.id} for s in said for t in leads_to(s.element)))
        self._run_many(
            "mention_key_put", ({"key": k, "mention": s.element.id} for s in said if isinstance(s.element, Paper) for k in sorted(keys_of(s.element).all()))
        )

    def _count(self, number: int, changes: Sequence[Change]) -> int:
        """Count the changes in their change set, and tell how many it held before."""
        found = self._rows("change_set_get", number=number)
        if not found:
            raise StaleError(f"there is no change set {number} to go on with; run the command again")
        before = _change_set(found[0])
        self._run("change_set_count", number=number, counts=json.dumps(add_counts(before.counts, count(changes)), ensure_ascii=False))
        return before.size

    def _put_graph(self, rows: Rows) -> None:
        ids = json.dumps(rows.replaced)
        for name in ("words_drop", "terms_drop", "names_drop", "edges_drop"):
            self._run(name, ids=ids)
        self._run("relations_drop", ids=json.dumps(rows.gone_relations))
        self._run("tally_less", ids=json.dumps(rows.gone_nodes))
        self._run("node_drop", ids=json.dumps(rows.gone_nodes))
        self._run("tally_more", papers=len(rows.texts))
        self._run_many("work_drop", ({"mention": m} for m, w in rows.works if w is None))
        self._run_many("work_put", ({"mention": m, "work": w} for m, w in rows.works if w is not None))
        self._run_many("node_put", (_node_row(n) for n in rows.nodes))
        self._run_many("words_put", ({"id": n.id, "tokens": tokens} for n in rows.nodes if (tokens := tokens_of(n))))
        self._run_many("name_put", ({"key": k, "node": n.id} for n in rows.nodes for k in names_of(n)))
        self._run_many("edge_put", ({"source": e.source, "type": e.type, "target": e.target} for e in rows.edges))
        self._run_many("relation_put", (_relation_row(r) for r in rows.relations))
        self._put_terms(rows)

    def _put_terms(self, rows: Rows) -> None:
        texts = {**rows.texts, **self._texts(rows.stale)}
        self._run("terms_drop", ids=json.dumps(rows.stale))
        numbers = {r["id"]: r["number"] for r in self._rows("numbers", ids=json.dumps(sorted(texts)))}
        self._run_many("term_put", ({"term": t, "paper": numbers[p], "number": n} for p, terms in count_terms(texts) for t, n in sorted(terms.items())))

    def _texts(self, papers: Iterable[str]) -> dict[str, list[str]]:
        """Title and notes of each paper, in the order of the notes."""
        texts: dict[str, list[str]] = {}
        for row in self._rows("paper_texts", ids=json.dumps(sorted(papers))):
            pieces = texts.setdefault(row["id"], [row["title"]])
            if row["text"]:
                pieces.append(row["text"])
        return texts

    def keep(self, values: Mapping[str, str | None]) -> None:
        with self._writing():
            self._keep(values)

    def _keep(self, values: Mapping[str, str | None]) -> None:
        self._run_many("kept_drop", ({"name": name} for name in values))
        self._run_many("kept_put", ({"name": name, "value": value} for name, value in values.items() if value is not None))

    def keep_positions(self, positions: Mapping[str, tuple[float, float]]) -> None:
        with self._writing():
            self._run("positions_drop")
            self._run_many("position_put", ({"node": n, "x": x, "y": y} for n, (x, y) in sorted(positions.items())))

    # --- what weave asks

    def statements_on(self, elements: Iterable[str]) -> list[Statement]:
        return [_statement(r) for r in self._rows("statements_on", ids=json.dumps(sorted(elements)))]

    def statements_referring(self, elements: Iterable[str]) -> list[Statement]:
        rows = self._rows("elements_referring", ids=json.dumps(sorted(elements)))
        return self.statements_on(r["element"] for r in rows)

    def mentions_with(self, keys: Iterable[str]) -> set[str]:
        return {r["mention"] for r in self._rows("mentions_with", ids=json.dumps(sorted(keys)))}

    def works_of(self, mentions: Iterable[str]) -> dict[str, str]:
        return {r["mention"]: r["work"] for r in self._rows("works_of", ids=json.dumps(sorted(mentions)))}

    def mentions_of(self, works: Iterable[str]) -> dict[str, str]:
        return {r["mention"]: r["work"] for r in self._rows("mentions_of", ids=json.dumps(sorted(works)))}

    def existing(self, nodes: Iterable[str]) -> set[str]:
        return {r["id"] for r in self._rows("existing", ids=json.dumps(sorted(nodes)))}

    def subjects_of(self, notes: Iterable[str]) -> set[str]:
        return {r["id"] for r in self._rows("subjects_of", ids=json.dumps(sorted(notes)))}

    # --- reading

    def statements(self, asserters: Iterable[str]) -> list[Statement]:
        return [_statement(r) for r in self._rows("statements_by_asserter", ids=json.dumps(sorted(asserters)))]

    def sources(self) -> tuple[Source, ...]:
        found = (n for n in self.all_nodes(Label.SOURCE) if isinstance(n, Source))
        return tuple(sorted(found, key=lambda n: n.uri))

    def get(self, ids: Iterable[str]) -> dict[str, Node]:
        wanted = sorted(set(ids))
        works = self.works_of(wanted)
        rows = self._rows("nodes_by_id", ids=json.dumps(sorted({works.get(i, i) for i in wanted})))
        by_id = {n.id: n for n in (load_node(r["label"], r["body"]) for r in rows)}
        return {i: by_id[works.get(i, i)] for i in wanted if works.get(i, i) in by_id}

    def named(self, key: str) -> tuple[Node, ...]:
        return tuple(load_node(r["label"], r["body"]) for r in self._rows("nodes_named", key=key))

    def names_with(self, key: str, limit: int) -> tuple[Node, ...]:
        return tuple(load_node(r["label"], r["body"]) for r in self._rows("nodes_with_name", key=key, limit=limit))

    def names(self) -> Iterator[tuple[str, str]]:
        for row in self._rows("names"):
            yield row["id"], row["name"]

    def around(self, node: str) -> Surroundings:
        return surroundings(self, node)

    def relations_at(self, node: str) -> list[tuple[Relation, Node]]:
        return [(load_relation(r["body"]), load_node(r["label"], r["other"])) for r in self._rows("relations_at", id=node)]

    def edges_from(self, node: str, kind: str) -> list[Node]:
        return [load_node(r["label"], r["body"]) for r in self._rows("edges_from", id=node, type=kind)]

    def edges_to(self, node: str, kind: str) -> list[Node]:
        return [load_node(r["label"], r["body"]) for r in self._rows("edges_to", id=node, type=kind)]

    def papers(self, only: Filter) -> tuple[Paper, ...]:
        topics = json.dumps(only.topics) if only.topics else None
        rows = self._rows("papers", topics=topics, marker=only.marker, decision=only.decision, role=only.role)
        return tuple(p for p in (load_node(r["label"], r["body"]) for r in rows) if isinstance(p, Paper))

    def relations(self, only: Filter) -> tuple[tuple[Relation, Node, Node], ...]:
        rows = self._rows(
            "relations",
            min_confidence=only.min_confidence,
            types=json.dumps(only.types) if only.types else None,
            status=only.status,
            topics=json.dumps(only.topics) if only.topics else None,
        )
        return tuple((load_relation(r["body"]), load_node(r["source_label"], r["source_body"]), load_node(r["target_label"], r["target_body"])) for r in rows)

    def topics(self) -> tuple[tuple[Topic, int], ...]:
        rows = ((load_node(Label.TOPIC, r["body"]), int(r["papers"]), (r["path"], r["line"])) for r in self._rows("topics"))
        return in_order_of_notes([(t, n, place) for t, n, place in rows if isinstance(t, Topic)])

    def concepts(self) -> tuple[tuple[Concept, int, int], ...]:
        found = ((load_node(Label.CONCEPT, r["body"]), int(r["relations"]), int(r["notes"])) for r in self._rows("concepts"))
        return tuple((c, a, b) for c, a, b in found if isinstance(c, Concept))

    def search(self, text: str, limit: int) -> tuple[Hit, ...]:
        return find(self, text, limit)

    def candidates(self, tokens: tuple[str, ...], limit: int, *, open_end: bool) -> list[Candidate]:
        match = " ".join(f'"{t}"' for t in tokens) + (" *" if open_end else "")
        return [Candidate(r["id"], r["label"], r["name"]) for r in self._rows("search", match=match, limit=limit)]

    def papers_under(self, topics: Iterable[str], most: int) -> dict[str, tuple[str, ...]]:
        found = {t: tuple(r["source"] for r in self._rows("papers_under", topic=t, limit=most + 1)) for t in sorted(set(topics))}
        return {t: papers for t, papers in found.items() if len(papers) <= most}

    def ties(self, nodes: Iterable[str], most: int, *, min_confidence: float = 0.0, types: Sequence[str] = ()) -> dict[str, tuple[Tie, ...]]:
        wanted = json.dumps(types) if types else None
        out = {}
        for node in sorted(set(nodes)):
            rows = [
                *self._rows("ties_from", id=node, min_confidence=min_confidence, types=wanted, limit=most),
                *self._rows("ties_to", id=node, min_confidence=min_confidence, types=wanted, limit=most),
            ]
            found = sorted((Tie(r["id"], r["type"], r["other"], r["confidence"]) for r in rows), key=lambda t: (-t.confidence, t.relation))
            out[node] = tuple(found[:most])
        return out

    # --- what likeness asks

    def alike(self, paper: str, limit: int) -> tuple[Alike, ...]:
        return rank_alike(self, paper, limit)

    def paper_count(self) -> int:
        return int(self._rows("count_papers")[0]["papers"])

    def terms_of(self, papers: Iterable[str]) -> dict[str, dict[str, int]]:
        out: dict[str, dict[str, int]] = {}
        for row in self._rows("terms_of", ids=json.dumps(sorted(papers))):
            out.setdefault(row["id"], {})[row["term"]] = int(row["number"])
        return out

    def postings(self, terms: Sequence[str], most: int) -> dict[str, list[int]]:
        found = {term: [int(r["paper"]) for r in self._rows("papers_with", term=term, limit=most + 1)] for term in terms}
        return {term: papers for term, papers in found.items() if len(papers) <= most}

    def ids_of(self, references: Iterable[int]) -> dict[int, str]:
        return {r["number"]: r["id"] for r in self._rows("ids_of", ids=json.dumps(sorted(references)))}

    def contents(self, papers: Iterable[str]) -> list[Contents]:
        wanted = sorted(papers)
        nodes, texts, terms = self.get(wanted), self._texts(wanted), self.terms_of(wanted)
        found = ((nodes[p], tuple(texts[p][1:]), terms.get(p, {})) for p in wanted if p in nodes)
        return [Contents(p, t, n) for p, t, n in found if isinstance(p, Paper)]

    def neighbours(self, ids: Iterable[str]) -> list[tuple[str, str, str]]:
        return [(r["a"], r["b"], r["edge"]) for r in self._rows("neighbours", ids=json.dumps(sorted(ids)))]

    def relations_by_id(self, ids: Iterable[str]) -> dict[str, Relation]:
        found = (load_relation(r["body"]) for r in self._rows("relations_by_id", ids=json.dumps(sorted(ids))))
        return {r.id: r for r in found}

    def graph(self) -> Graph:
        nodes = tuple(n for label in LABELS for n in self.all_nodes(label))
        return Graph(nodes, tuple(self.all_edges()), tuple(self.all_relations()))

    def statistics(self) -> Statistics:
        rest = self._rows("statistics_rest")[0]
        return Statistics(
            tuple((r["label"], int(r["n"])) for r in self._rows("statistics_nodes")),
            tuple((r["type"], int(r["n"])) for r in self._rows("statistics_relations")),
            int(rest["entries"]),
            int(rest["change_sets"]),
        )

    def history(self, element: str | None = None, limit: int | None = None, by: str | None = None) -> tuple[ChangeSet, ...]:
        wanted = None
        if element is not None:
            wanted = json.dumps(sorted({element, *self.mentions_of([element])}))
        return tuple(_change_set(r) for r in self._rows("history", element=wanted, by=by, limit=-1 if limit is None else limit))

    def head(self, number: int) -> ChangeSet | None:
        rows = self._rows("change_set_get", number=number)
        return _change_set(rows[0]) if rows else None

    def change_set(self, number: int) -> ChangeSet | None:
        head = self.head(number)
        return replace(head, changes=tuple(self.changes(number))) if head else None

    def touches(self, elements: Iterable[str]) -> dict[tuple[str, str], tuple[int, ...]]:
        out: dict[tuple[str, str], list[int]] = {}
        for row in self._rows("touches_of", ids=json.dumps(sorted(set(elements)))):
            out.setdefault((row["element"], row["asserter"]), []).append(int(row["change_set"]))
        return {key: tuple(numbers) for key, numbers in out.items()}

    def changes(self, number: int, start: int = 0) -> Iterator[Change]:
        for row in self._stream("changes_of", number=number, start=start):
            yield Change(load_statement(row["before"]), load_statement(row["after"]))

    def all_statements(self) -> Iterator[Statement]:
        for row in self._stream("statements_all"):
            yield _statement(row)

    def all_touches(self) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        touches = ((r["element"], r["asserter"], r["change_set"]) for r in self._stream("touches_all"))
        for (element, asserter), some in groupby(touches, key=lambda t: t[:2]):
            yield element, asserter, tuple(dict.fromkeys(n for _, _, n in some))

    def all_nodes(self, label: str) -> Iterator[Node]:
        for row in self._stream("nodes_by_label", label=label):
            yield load_node(row["label"], row["body"])

    def all_edges(self, kind: str | None = None) -> Iterator[Edge]:
        for row in self._stream("edges_all", type=kind):
            yield Edge(row["type"], row["source"], row["target"])

    def all_relations(self) -> Iterator[Relation]:
        for row in self._stream("relations_all"):
            yield load_relation(row["body"])

    def _stream(self, name: str, **parameters: Any) -> Iterator[Row]:
        """The rows of a query, a few at a time."""
        with self._errors():
            cursor = self._db.execute(queries()[name], parameters)
            while rows := cursor.fetchmany(1000):
                yield from rows

    def touched_after(self, number: int) -> tuple[int, ...]:
        return tuple(int(r["number"]) for r in self._rows("touched_after", number=number))

    def kept(self, prefix: str) -> dict[str, str]:
        return {r["name"]: r["value"] for r in self._rows("kept", prefix=prefix, after=prefix + "\U0010ffff")}

    def positions(self) -> dict[str, tuple[float, float]]:
        return {r["node"]: (r["x"], r["y"]) for r in self._rows("positions")}

    # --- whether it is sound

    def check(self) -> list[str]:
        """What is unsound in the file, by SQLite's own checks; empty where all is well."""
        with self._errors():
            found = faults(self._db)
            foreign = [f"row in {r[0]} points to no {r[2]}" for r in self._db.execute("PRAGMA foreign_key_check")]
            counted = self._db.execute("SELECT (SELECT count(*) FROM node WHERE label = 'Paper') - (SELECT number FROM tally WHERE label = 'Paper')").fetchone()[0]
        tally = [f"the number of papers is off by {counted}"] if counted else []
        return [*found, *foreign, *tally, *self._check_words()]

    def _check_words(self) -> list[str]:
        """What FTS5 finds wrong with its index; nothing where the file may not be written, for it asks as one who writes."""
        try:
            self._run("words_check")
        except sqlite3.DatabaseError as error:
            if (getattr(error, "sqlite_errorname", "") or "").startswith("SQLITE_CORRUPT"):
                return ["the full-text index differs from what it indexes"]
        return []

    def read_statements(self) -> Iterator[tuple[str, str, Statement | None]]:
        for row in self._stream("statements_all"):
            try:
                yield row["element"], row["asserter"], _statement(row)
            except StoreError:
                yield row["element"], row["asserter"], None

    def lookups(self, kind: str) -> Iterator[tuple[str, str]]:
        for row in self._stream(LOOKUPS[kind]):
            yield row["id"] or "", row["value"]

    def rebuild(self, progress: Progress | None = None) -> None:
        with self._writing():
            statements = list(self.all_statements())
            if progress:
                progress("rebuilding", 0, 3)
            rows = rows_of_all(statements)
            if progress:
                progress("rebuilding", 1, 3)
            for name in _CLEARING:
                self._run(name)
            self._run_many("reference_put", ({"target": t, "element": s.element.id} for s in statements for t in leads_to(s.element)))
            self._run_many(
                "mention_key_put", ({"key": k, "mention": s.element.id} for s in statements if isinstance(s.element, Paper) for k in sorted(keys_of(s.element).all()))
            )
            self._put_graph(rows)
            if progress:
                progress("rebuilding", 2, 3)


def _wal_is_safe() -> bool:
    """Whether this SQLite lacks the WAL-reset bug."""
    version = sqlite3.sqlite_version_info
    return version >= (3, 51, 3) or (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)


def prefer_wal(path: Path) -> None:
    """Let readers and a writer of the store at `path` not wait for each other, where this SQLite does that safely."""
    if _wal_is_safe():
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA journal_mode = WAL")


def translated(error: sqlite3.Error, path: Path) -> StoreError:
    """SQLite's error as the store's, which says what to do."""
    return sqlite_database.translated(error, path, WORDING)


def _statement(row: Row) -> Statement:
    return Statement(row["asserter"], load_element(row["label"], row["body"]), bool(row["removed"]))


def _change_set(row: Row, changes: tuple[Change, ...] = ()) -> ChangeSet:
    return ChangeSet(row["number"], row["at"], row["by"], row["action"], changes, row["undoes"], row["undone_by"], load_counts(row["counts"]), load_details(row["details"]))


def _change_row(number: int, position: int, change: Change, body: Mapping[int, str]) -> Parameters:
    """A change in the log; `body` holds its elements as JSON, by their identity."""
    before, after = (dump_statement(s, body[id(s.element)]) if s else None for s in (change.before, change.after))
    return {"change_set": number, "position": position, "element": change.statement.element.id, "asserter": change.statement.asserter, "before": before, "after": after}


def _statement_row(statement: Statement, body: Mapping[int, str]) -> Parameters:
    element = statement.element
    return {"element": element.id, "asserter": statement.asserter, "label": body_label(element), "removed": int(statement.removed), "body": body[id(element)]}


def _node_row(node: Node) -> Parameters:
    return {
        "id": node.id,
        "label": str(node.label),
        "name": node.name,
        "role": str(node.role) if isinstance(node, Paper) else None,
        "path": getattr(node, "path", None),
        "line": getattr(node, "line", None),
        "body": dump(node),
    }


def _relation_row(relation: Relation) -> Parameters:
    return {
        "id": relation.id,
        "type": relation.type,
        "source": relation.source,
        "target": relation.target,
        "confidence": relation.confidence,
        "hedged": int(relation.hedged),
        "status": str(relation.status),
        "body": dump(relation),
    }
