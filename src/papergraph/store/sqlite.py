"""The embedded store: one SQLite file.

Statements are kept and logged; nodes, edges and relations are rows made from them and brought up to date by
`graph.weave` in the same transaction. SQLite's errors are translated here and never leave.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from papergraph.errors import StoreBusyError, StoreError
from papergraph.folding import fold, search_tokens
from papergraph.graph import Update, edges_of, leads_to, weave
from papergraph.model import Concept, Edge, Graph, Node, Note, Paper, Relation, Source, Statement, Topic
from papergraph.resolve.identity import keys_of
from papergraph.resolve.names import short_names
from papergraph.store.bodies import dump, dump_statement, load_element, load_node, load_relation, load_statement
from papergraph.store.changes import Change, ChangeSet, count
from papergraph.store.likeness import rank_alike
from papergraph.store.protocol import Alike, Filter, Hit, Statistics, Surroundings
from papergraph.store.sql import queries, schemas
from papergraph.store.topics import in_order_of_notes
from papergraph.vocabulary import LABELS, Label

APPLICATION_ID = 0x50475248
"""Marks a SQLite file as papergraph's ("PGRH")."""
BUSY_SECONDS = 5.0
"""How long a writer waits for another one."""

Row = sqlite3.Row
Parameters = dict[str, Any]


class SqliteStore:
    """The store in the file at `path`; implements `papergraph.store.protocol.Store`.

    Parameters
    ----------
    path
        The file. It is made if `create`, otherwise it must exist. `None` for a store in memory, which goes with the process.
    create
        Whether to make a new store where there is none.

    Raises
    ------
    StoreError
        If the file is missing, no papergraph store, from a newer version, damaged, or cannot be opened.
    """

    def __init__(self, path: Path | None, *, create: bool = False) -> None:
        self.path = path or Path(":memory:")
        if path is None:
            self._db = sqlite3.connect(":memory:", isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._prepare(new=True)
            return
        if not create and not path.exists():
            raise StoreError(f"no store at {path} yet; `papergraph import NOTES` makes it (or say where it is: --db FILE)")
        if path.is_dir():
            raise StoreError(f"{path} is a folder, not a store; give a file, for example --db {path / 'papergraph.db'}")
        new = not path.exists() or path.stat().st_size == 0
        with self._errors():
            if create:
                try:
                    path.parent.mkdir(parents=True, exist_ok=True)
                except OSError as error:
                    raise StoreError(f"cannot make the folder {path.parent} for the store: {error.strerror}") from error
            mode = "rwc" if create else "rw"
            self._db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            try:
                self._prepare(new=new)
            except BaseException:
                self._db.close()
                if new and create and path.exists() and path.stat().st_size == 0:
                    path.unlink()
                raise

    def _prepare(self, *, new: bool) -> None:
        db = self._db
        db.execute("PRAGMA foreign_keys = ON")
        application = int(db.execute("PRAGMA application_id").fetchone()[0])
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if new:
            if _wal_is_safe():
                db.execute("PRAGMA journal_mode = WAL")
        elif application != APPLICATION_ID:
            raise StoreError(f"{self.path} is a SQLite file but no papergraph store; name another file with --db")
        newest = len(schemas())
        if version > newest:
            raise StoreError(f"{self.path} is from a newer papergraph (store version {version}, this one reads up to {newest}); update papergraph")
        db.execute("PRAGMA synchronous = NORMAL" if _wal_is_safe() else "PRAGMA synchronous = FULL")
        for number in range(version + 1, newest + 1):
            script = f"BEGIN IMMEDIATE;\n{schemas()[number - 1]}\nPRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {number};\nCOMMIT;"
            try:
                db.executescript(script)
            except sqlite3.Error:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                # another process may have made the store in the meantime
                if int(db.execute("PRAGMA user_version").fetchone()[0]) < number:
                    raise

    # --- boundary

    @property
    def location(self) -> str:
        return str(self.path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _translated(error, self.path) from error

    def _rows(self, name: str, **parameters: Any) -> list[Row]:
        with self._errors():
            return self._db.execute(queries()[name], parameters).fetchall()

    def _run(self, name: str, **parameters: Any) -> None:
        self._db.execute(queries()[name], parameters)

    def _run_many(self, name: str, parameters: Iterable[Parameters]) -> None:
        self._db.executemany(queries()[name], parameters)

    # --- writing

    def apply(self, changes: Sequence[Change], *, by: str, action: str, undoes: int | None = None) -> ChangeSet | None:
        if not changes:
            return None
        with self._errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._check(changes)
                number, at = self._log(changes, by, action, undoes)
                self._put_statements(changes)
                update = weave(self, (c.before for c in changes if c.before), (c.after for c in changes if c.after))
                self._put_graph(update)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        return ChangeSet(number, at, by, action, tuple(changes), undoes, counts=count(changes))

    def _check(self, changes: Sequence[Change]) -> None:
        for change in changes:
            element, asserter = change.statement.key
            row = self._db.execute(queries()["statement_get"], {"element": element, "asserter": asserter}).fetchone()
            held = Statement(asserter, load_element(row["label"], row["body"]), bool(row["removed"])) if row else None
            if held != change.before:
                raise StoreError("the store has changed since it was read (another papergraph was at work); nothing was changed, run the command again")

    def _log(self, changes: Sequence[Change], by: str, action: str, undoes: int | None) -> tuple[int, str]:
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        counts = json.dumps(count(changes), ensure_ascii=False)
        number = int(self._db.execute(queries()["change_set_put"], {"at": at, "by": by, "action": action, "undoes": undoes, "counts": counts}).fetchone()[0])
        self._run_many(
            "change_put",
            (
                {
                    "change_set": number,
                    "position": position,
                    "element": change.statement.element.id,
                    "asserter": change.statement.asserter,
                    "before": dump_statement(change.before),
                    "after": dump_statement(change.after),
                }
                for position, change in enumerate(changes)
            ),
        )
        return number, at

    def _put_statements(self, changes: Sequence[Change]) -> None:
        for change in changes:
            element, asserter = change.statement.key
            if change.after is None:
                self._run("statement_drop", element=element, asserter=asserter)
            else:
                e = change.after.element
                label = "Relation" if isinstance(e, Relation) else str(e.label)
                self._run("statement_put", element=element, asserter=asserter, label=label, removed=int(change.after.removed), body=dump(e))
        touched = sorted({c.statement.element.id for c in changes})
        said = self.statements_on(touched)
        self._run("reference_drop", ids=json.dumps(touched))
        self._run("mention_key_drop", ids=json.dumps(touched))
        self._run_many("reference_put", ({"target": t, "element": s.element.id} for s in said for t in leads_to(s.element)))
        self._run_many(
            "mention_key_put", ({"key": k, "mention": s.element.id} for s in said if isinstance(s.element, Paper) for k in sorted(keys_of(s.element).all()))
        )

    def _put_graph(self, update: Update) -> None:
        nodes = {n.id: n for n in update.nodes}
        replaced = update.gone_nodes | nodes.keys()
        ids = json.dumps(sorted(replaced))
        stale = {e["id"] for e in self._about(replaced)}
        self._run("words_drop", ids=ids)
        self._run("terms_drop", ids=ids)
        self._run("names_drop", ids=ids)
        self._run("edges_drop", ids=ids)
        self._run("relations_drop", ids=json.dumps(sorted(update.gone_relations)))
        self._run("node_drop", ids=json.dumps(sorted(update.gone_nodes - nodes.keys())))
        for mention, work in update.works.items():
            if work is None:
                self._run("work_drop", mention=mention)
            else:
                self._run("work_put", mention=mention, work=work)
        subjects = self.existing({n.about for n in nodes.values() if isinstance(n, Note) and n.about}) | {i for i, n in nodes.items() if isinstance(n, Paper)}
        orphans = {i for i, n in nodes.items() if isinstance(n, Note) and n.about and n.about not in subjects}
        self._run("node_drop", ids=json.dumps(sorted(orphans)))
        kept = [n for i, n in nodes.items() if i not in orphans]
        for node in kept:
            self._put_node(node)
        edges = [e for n in kept for e in edges_of(n)]
        ends = {r.source for r in update.relations} | {r.target for r in update.relations} | {e.target for e in edges}
        present = self.existing(ends)
        self._run_many("edge_put", ({"source": e.source, "type": e.type, "target": e.target} for e in edges if e.target in present))
        self._run_many(
            "relation_put",
            (
                {
                    "id": r.id,
                    "type": r.type,
                    "source": r.source,
                    "target": r.target,
                    "confidence": r.confidence,
                    "hedged": int(r.hedged),
                    "status": str(r.status),
                    "body": dump(r),
                }
                for r in update.relations
                if r.source in present and r.target in present and r.source != r.target
            ),
        )
        self._put_terms(stale | {n.about for n in kept if isinstance(n, Note) and n.about} | {n.id for n in kept if isinstance(n, Paper)})

    def _about(self, notes: Iterable[str]) -> list[Row]:
        return self._db.execute(queries()["subjects_of"], {"ids": json.dumps(sorted(notes))}).fetchall()

    def _put_node(self, node: Node) -> None:
        row = self._db.execute(
            queries()["node_put"],
            {
                "id": node.id,
                "label": str(node.label),
                "name": node.name,
                "role": str(node.role) if isinstance(node, Paper) else None,
                "path": getattr(node, "path", None),
                "line": getattr(node, "line", None),
                "body": dump(node),
            },
        ).fetchone()
        if isinstance(node, Source):
            return
        self._run("words_put", number=row[0], tokens=" ".join(search_tokens(" ".join(_searched(node)))))
        if not isinstance(node, Note):
            self._run_many("name_put", ({"key": k, "node": node.id} for k in sorted(_names_of(node))))

    def _put_terms(self, papers: set[str]) -> None:
        from papergraph.lang.tokens import content_terms

        self._run("terms_drop", ids=json.dumps(sorted(papers)))
        texts: dict[int, list[str]] = {}
        for row in self._db.execute(queries()["paper_texts"], {"ids": json.dumps(sorted(papers))}):
            pieces = texts.setdefault(row["number"], [row["title"]])
            if row["text"]:
                pieces.append(row["text"])
        for number, pieces in texts.items():
            self._run_many("term_put", ({"term": t, "paper": number, "number": n} for t, n in sorted(content_terms("\n".join(pieces)).items())))

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

    def existing(self, nodes: Iterable[str | None]) -> set[str]:
        return {r["id"] for r in self._rows("existing", ids=json.dumps(sorted(n for n in nodes if n)))}

    # --- reading

    def statements(self, asserters: Iterable[str]) -> list[Statement]:
        return [_statement(r) for r in self._rows("statements_by_asserter", ids=json.dumps(sorted(asserters)))]

    def sources(self) -> tuple[Source, ...]:
        found = [load_node(r["label"], r["body"]) for r in self._rows("nodes_by_label", label=str(Label.SOURCE))]
        return tuple(sorted((n for n in found if isinstance(n, Source)), key=lambda n: n.uri))

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
        found = self.get([node])
        if node not in found:
            raise StoreError(f"nothing with the id {node} is in the store")
        centre = found[node]
        relations = tuple((load_relation(r["body"]), load_node(r["label"], r["other"])) for r in self._rows("relations_at", id=centre.id))
        topics = self._ends("edges_from", centre.id, "BROADER" if isinstance(centre, Topic) else "HAS_TOPIC")
        papers = self._ends("edges_to", centre.id, "HAS_TOPIC")
        notes = self._ends("edges_to", centre.id, "ABOUT") if isinstance(centre, Paper) else ()
        met = self._ends("edges_to", centre.id, "MENTIONS")
        return Surroundings(
            centre,
            relations,
            tuple(t for t in topics if isinstance(t, Topic)),
            tuple(p for p in papers if isinstance(p, Paper)),
            tuple(n for n in (*notes, *met) if isinstance(n, Note)),
        )

    def _ends(self, query: str, node: str, kind: str) -> tuple[Node, ...]:
        return tuple(load_node(r["label"], r["body"]) for r in self._rows(query, id=node, type=kind))

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
        match = _match_expression(text)
        if not match:
            return ()
        hits = [Hit(load_node(r["label"], r["body"]), round(-float(r["rank"]), 4)) for r in self._rows("search", match=match, limit=limit * 4)]
        whole = fold(text)
        # a name that is just what was asked for comes first, then names that hold it, then notes
        hits.sort(key=lambda h: (fold(h.node.name) != whole, isinstance(h.node, Note), whole not in fold(h.node.name), -h.score, h.node.id))
        return tuple(hits[:limit])

    def alike(self, paper: str, limit: int) -> tuple[Alike, ...]:
        return rank_alike(self._rows, self.get([paper])[paper].id, limit)

    def neighbours(self, ids: Iterable[str]) -> list[tuple[str, str, str]]:
        return [(r["a"], r["b"], r["edge"]) for r in self._rows("neighbours", ids=json.dumps(sorted(ids)))]

    def relations_by_id(self, ids: Iterable[str]) -> dict[str, Relation]:
        found = (load_relation(r["body"]) for r in self._rows("relations_by_id", ids=json.dumps(sorted(ids))))
        return {r.id: r for r in found}

    def graph(self) -> Graph:
        nodes = [load_node(label, r["body"]) for label in LABELS for r in self._rows("nodes_by_label", label=str(label))]
        nodes.sort(key=lambda n: (LABELS.index(n.label), n.id))
        edges = tuple(Edge(r["type"], r["source"], r["target"]) for r in self._rows("edges_all"))
        return Graph(tuple(nodes), edges, tuple(load_relation(r["body"]) for r in self._rows("relations_all")))

    def statistics(self) -> Statistics:
        rest = self._rows("statistics_rest")[0]
        return Statistics(
            tuple((r["label"], int(r["n"])) for r in self._rows("statistics_nodes")),
            tuple((r["type"], int(r["n"])) for r in self._rows("statistics_relations")),
            int(rest["entries"]),
            int(rest["change_sets"]),
        )

    def history(self, element: str | None = None, limit: int | None = None) -> tuple[ChangeSet, ...]:
        wanted = None
        if element is not None:
            wanted = json.dumps(sorted({element, *self.mentions_of([element])}))
        return tuple(_change_set(r) for r in self._rows("history", element=wanted, limit=-1 if limit is None else limit))

    def change_set(self, number: int) -> ChangeSet | None:
        rows = self._rows("change_set_get", number=number)
        if not rows:
            return None
        changes = tuple(Change(load_statement(r["before"]), load_statement(r["after"])) for r in self._rows("changes_of", number=number))
        return _change_set(rows[0], changes)

    def touched_after(self, number: int) -> tuple[int, ...]:
        return tuple(int(r["number"]) for r in self._rows("touched_after", number=number))

    def check(self) -> list[str]:
        """What is unsound in the file, by SQLite's own checks; empty where all is well."""
        with self._errors():
            found = [str(r[0]) for r in self._db.execute("PRAGMA integrity_check(20)")]
            foreign = [f"row in {r[0]} points to no {r[2]}" for r in self._db.execute("PRAGMA foreign_key_check")]
        return [f for f in found if f != "ok"] + foreign

    def all_statements(self) -> list[Statement]:
        """Every statement, by element and asserter."""
        return [_statement(r) for r in self._rows("statements_all")]


def _wal_is_safe() -> bool:
    """Whether this SQLite lacks the WAL-reset bug."""
    version = sqlite3.sqlite_version_info
    return version >= (3, 51, 3) or (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)


def _translated(error: sqlite3.Error, path: Path) -> StoreError:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError(f"{path} is locked by another papergraph that is writing; try again when it is done")
    if name.startswith(("SQLITE_NOTADB",)):
        return StoreError(f"{path} is no papergraph store (not a SQLite file); name another file with --db")
    if name.startswith("SQLITE_CORRUPT"):
        return StoreError(f"{path} is damaged ({error}); restore a backup, or import the notes into a new store with --db")
    if name.startswith("SQLITE_FULL"):
        return StoreError(f"the disk is full; nothing was changed in {path}; make room and run the command again")
    if name.startswith("SQLITE_READONLY"):
        return StoreError(f"{path} is read-only; nothing was changed; make the file and its folder writable, or name another store with --db")
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreError(f"cannot open {path}: {error}; check that the folder exists and may be written")
    if name.startswith("SQLITE_IOERR"):
        return StoreError(f"reading or writing {path} failed ({error}); check the disk; nothing was changed")
    return StoreError(f"the store at {path} failed: {error}")


def _statement(row: Row) -> Statement:
    return Statement(row["asserter"], load_element(row["label"], row["body"]), bool(row["removed"]))


def _change_set(row: Row, changes: tuple[Change, ...] = ()) -> ChangeSet:
    counts = tuple((str(v), str(label), int(n)) for v, label, n in json.loads(row["counts"]))
    return ChangeSet(row["number"], row["at"], row["by"], row["action"], changes, row["undoes"], row["undone_by"], counts)


def _searched(node: Node) -> tuple[str, ...]:
    """What full-text search finds a node by."""
    if isinstance(node, Paper):
        return (node.title, *node.aliases, *node.authors, *(x for x in (node.venue, node.doi, node.arxiv_id) if x))
    if isinstance(node, Topic | Concept):
        return (node.pref_label, *node.alt_labels)
    return (node.name,)


def _names_of(node: Node) -> set[str]:
    if isinstance(node, Paper):
        plain = (node.title, *node.aliases, *short_names(node.title))
        return {fold(n) for n in plain} | {fold(x) for x in (node.doi, node.arxiv_id, node.openreview_id, node.url) if x}
    if isinstance(node, Topic | Concept):
        return {fold(n) for n in (node.pref_label, *node.alt_labels)}
    return set()


def _match_expression(text: str) -> str:
    """An FTS5 expression of quoted tokens, all of which must stand in a result; the last word may go on."""
    tokens = search_tokens(text)
    # a bigram says more than its two characters
    long = [t for t in tokens if len(t) > 1 or not any(t in u for u in tokens if u != t)]
    quoted = [f'"{t}"' for t in dict.fromkeys(long)]
    if quoted and long[-1].isascii() and not text.endswith(" "):
        quoted[-1] += " *"
    return " ".join(quoted)
