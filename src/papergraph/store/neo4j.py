"""The store on a Neo4j server, by the official driver.

The graph stands in the database as a person would draw it: papers, topics, concepts, notes and sources with typed
relationships. Beside it, unconnected, stand what it is made from and undone by: `Statement`, `ChangeSet` and `ChangePage`
nodes, and one `Store` node whose write lock lets one writer work at a time; and `Layout` nodes, which hold where the page
drew what, and `Kept` ones, which hold what else is known beside the graph. Every statement is a file of `cypher/`; labels and relationship types come from the vocabulary alone, all else
goes in as parameters. The driver's errors never leave.
"""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import neo4j
from neo4j import exceptions as failures

from papergraph.errors import StaleError, StoreBusyError, StoreError, StoreMissingError, UsageError
from papergraph.model import NODE_TYPES, Concept, Edge, Graph, Node, Paper, Relation, Source, Statement, Topic
from papergraph.store import cypher
from papergraph.store.bodies import dump_details, load_counts, load_details, load_element, load_statement
from papergraph.store.changes import Change, ChangeSet, add_counts, count, now
from papergraph.store.indexed import Candidate, find
from papergraph.store.likeness import rank_alike
from papergraph.store.neo4j_rows import LONGEST_KEY, escaped, key_of, node_row, pages, quoted, relation_row, statement_id, statement_row
from papergraph.store.protocol import Alike, Contents, Filter, Hit, Progress, Statistics, Surroundings, Tie
from papergraph.store.rows import Rows, batches, check_held, check_newest, count_terms, rows_of, rows_of_all
from papergraph.store.surroundings import surroundings
from papergraph.store.topics import in_order_of_notes
from papergraph.vocabulary import LABELS, STRUCTURE

# the driver tells of each try again, unless whoever uses it has set up logging
logging.getLogger("neo4j").addHandler(logging.NullHandler())

SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
PIECE = 10_000
"""Changes in one transaction at most; the server holds all of a transaction in its memory."""
ROWS = 2_000
"""Rows sent with one statement at most."""
PLACES = 5_000
"""Places of nodes in one `Layout` node at most."""
TERMS = 400
"""Values asked of a full-text index at once; Lucene takes 1,024."""
REBUILDING = "rebuilding"
"""The mark of a store whose graph is being made anew in several transactions."""
CONNECT_SECONDS, ACQUIRE_SECONDS, RETRY_SECONDS = 10.0, 20.0, 30.0
"""How long to wait for a connection, for one that speaks Bolt, and with retries of what may pass."""
READ_SECONDS, WRITE_SECONDS = 120.0, 900.0
"""When the server ends a transaction that reads or writes."""

_FULLTEXT = re.compile(r"CREATE FULLTEXT INDEX (\w+)")
_NAMED_RULE = re.compile(r"CREATE (?:FULLTEXT INDEX|INDEX|CONSTRAINT) (\w+)")
_T = TypeVar("_T")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Login:
    """Who one is to the server, and which database is meant; never printed."""

    username: str | None = None
    password: str | None = None
    database: str | None = None

    def __repr__(self) -> str:
        return "Login(…)"


@dataclass(frozen=True, slots=True)
class _Header:
    """What opens a change set."""

    by: str
    action: str
    undoes: int | None
    at: str
    details: str | None
    even_empty: bool


class Neo4jStore:
    """The store in a database of a Neo4j server, version 5.26 or later; implements `papergraph.store.protocol.Store`.

    Parameters
    ----------
    uri
        `neo4j://` (routed, for clusters too), `bolt://` (that one server), each also `+s` (encrypted) and `+ssc` (encrypted,
        whatever the certificate).
    login
        User name, password and database; the server's default database if that is left out.
    create
        Whether to make a new store where there is none in the database.
    restoring
        Whether a store is opened that a restoring which was cut off has left in parts.

    Attributes
    ----------
    notices
        What happened on opening that the user should know, a sentence each.

    Raises
    ------
    UsageError
        If the address is none, or holds a password.
    StoreError
        If the server cannot be reached or used, or the store is missing or from a newer version.
    """

    def __init__(self, uri: str, login: Login = Login(), *, create: bool = False, restoring: bool = False) -> None:
        self.uri = _checked(uri)
        self.notices: tuple[str, ...] = ()
        self._restoring = restoring
        self._database = login.database or None
        self._transaction: neo4j.ManagedTransaction | None = None
        auth = (login.username or "neo4j", login.password) if login.password is not None else None
        self._bookmarks = neo4j.GraphDatabase.bookmark_manager()
        with self._errors():
            self._driver = neo4j.GraphDatabase.driver(
                self.uri,
                auth=auth,
                user_agent="papergraph",
                connection_timeout=CONNECT_SECONDS,
                connection_acquisition_timeout=ACQUIRE_SECONDS,
                max_transaction_retry_time=RETRY_SECONDS,
                notifications_min_severity="OFF",
            )
        try:
            self._prepare(create=create)
        except BaseException:
            self._driver.close()
            raise

    def _prepare(self, *, create: bool) -> None:
        newest = len(cypher.schemas())
        # a server that is not there is told at once; what fails later is tried again for a while
        with self._errors():
            self._driver.verify_connectivity()
        found = self._rows("store_version")
        version = int(found[0]["version"]) if found else 0
        if version > newest:
            raise StoreError(f"{self.location} is from a newer papergraph (store version {version}, this one reads up to {newest}); update papergraph")
        if not found and not create:
            raise StoreMissingError(f"no papergraph store in {self.location} yet; `papergraph import NOTES` makes it")
        if found and found[0]["restoring"]:
            self._check_restoring(found[0]["restoring"])
        if version < newest:
            self._migrate(version, newest)
            if version:
                self.notices = (*self.notices, f"{self.location} was brought up to date from store version {version} to {newest}; that added constraints and indexes and changed no data")

    def _check_restoring(self, mark: str | None) -> None:
        if mark and not self._restoring:
            raise StoreError(f"{self.location} holds a part of what it should: {_unended(mark)}")

    def _lock(self) -> int:
        """Let nobody else write until the transaction ends, and give the number of the newest change set."""
        self._run("store_lock")
        found = self._rows("store_number")[0]
        self._check_restoring(found["restoring"])
        return int(found["number"])

    def _migrate(self, version: int, newest: int) -> None:
        """Bring the schema up to date; it can be cut off and run again, and by several at once."""
        with self._errors(), self._session() as session:
            for statements in cypher.schemas()[version:newest]:
                for statement in statements:
                    try:
                        # in a managed transaction, for several that make the schema at once lock each other out
                        session.execute_write(_run_alone, statement)
                    except failures.ClientError as error:
                        if error.code not in ("Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists", "Neo.ClientError.Schema.IndexAlreadyExists"):
                            raise
            session.run(cypher.text("indexes_await")).consume()
            present = {r["name"] for r in session.run(cypher.text("fulltext_indexes"))}
            lacking = sorted({i for some in cypher.schemas() for s in some for i in _FULLTEXT.findall(s)} - present)
            if lacking:
                raise StoreError(
                    f"{self.location} has full-text indexes of its own on the same properties, so that papergraph's ({', '.join(lacking)}) "
                    "could not be made; drop those (SHOW FULLTEXT INDEXES), or use another database"
                )
        self._write(lambda t: self._run("store_put", version=newest))

    # --- boundary

    @property
    def location(self) -> str:
        return f"{self.uri} (database {self._database})" if self._database else self.uri

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self._driver.close()

    def _session(self) -> neo4j.Session:
        return self._driver.session(database=self._database, bookmark_manager=self._bookmarks, fetch_size=1_000)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (failures.Neo4jError, failures.DriverError, OSError) as error:
            raise _translated(error, self.location) from error

    def _read(self, work: Callable[[neo4j.ManagedTransaction], _T]) -> _T:
        with self._errors(), self._session() as session:
            return session.execute_read(neo4j.unit_of_work(timeout=READ_SECONDS)(work))

    def reading(self, work: Callable[[], _T]) -> _T:
        return work() if self._transaction is not None else self._read(self._within(lambda _: work()))

    def _within(self, work: Callable[[neo4j.ManagedTransaction], _T]) -> Callable[[neo4j.ManagedTransaction], _T]:
        """`work` with all of this store's reading in its transaction."""

        def within(transaction: neo4j.ManagedTransaction) -> _T:
            self._transaction = transaction
            try:
                return work(transaction)
            finally:
                self._transaction = None

        return within

    def _write(self, work: Callable[[neo4j.ManagedTransaction], _T]) -> _T:
        """Run `work` in one transaction, in which all reading of this store happens too; again if it is refused in passing."""
        with self._errors(), self._session() as session:
            return session.execute_write(neo4j.unit_of_work(timeout=WRITE_SECONDS)(self._within(work)))

    def _rows(self, name: str, **parameters: Any) -> list[Row]:
        """The rows of a statement, in the running transaction or in one of its own."""
        if self._transaction is not None:
            return list(self._transaction.run(cypher.text(name), parameters))
        return self._read(lambda t: list(t.run(cypher.text(name), parameters)))

    def _stream(self, name: str, **parameters: Any) -> Iterator[Row]:
        """The rows of a statement as they come, for results that may be large."""
        with self._errors(), self._session() as session:
            yield from session.run(neo4j.Query(cypher.text(name), timeout=WRITE_SECONDS), parameters)

    def _run(self, name: str, **parameters: Any) -> None:
        assert self._transaction is not None
        self._transaction.run(cypher.text(name), parameters).consume()

    def _run_rows(self, name: str, rows: Sequence[Any], key: str = "rows", **parameters: Any) -> None:
        for some in batches(rows, ROWS):
            self._run(name, **{key: some}, **parameters)

    def _rows_of(self, name: str, values: Iterable[str], key: str = "ids", **parameters: Any) -> list[Row]:
        """The rows of a statement that takes a list, which may be long or empty."""
        return [r for some in batches(sorted(set(values)), ROWS) for r in self._rows(name, **{key: some}, **parameters)]

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
        number = continues
        header = _Header(by, action, undoes, at or now(), dump_details(details) or None, even_empty)
        if callable(changes):
            number, changes = self._apply_piece(changes, header, number, keep or {}, after)
            return self._told(number, changes) if number is not None else None
        # what others lead to comes first, so that no piece is woven twice
        ordered = changes if len(changes) <= PIECE else sorted(changes, key=lambda c: isinstance(c.statement.element, Relation))
        for done, piece in enumerate(list(batches(ordered, PIECE)) or [[]]):
            last = (done + 1) * PIECE >= len(ordered)
            try:
                number, _ = self._apply_piece(lambda piece=piece: piece, header, number, keep or {} if last else {}, None if done else after)  # type: ignore[misc]
            except StaleError as error:
                if not done:
                    raise
                raise StoreError(f"{self.location} was changed by others meanwhile; what was stored until then is change set {number}; run the command again") from error
        assert number is not None
        return self._told(number, changes)

    def _told(self, number: int, changes: Sequence[Change]) -> ChangeSet:
        found = self._rows("change_set_get", number=number)
        if not found:
            raise StoreError(f"{self.location} was replaced by a backup right after the changes were stored; look whether they are still wanted, and run the command again")
        return _change_set(found[0], tuple(changes))

    def _apply_piece(
        self, make: Callable[[], Sequence[Change]], header: _Header, continues: int | None, keep: Mapping[str, str | None], after: int | None
    ) -> tuple[int | None, Sequence[Change]]:
        """Apply the changes that are made, in one transaction, exactly once, even if the connection is lost while it is committed; the change set's number, `None` for no changes."""
        token = uuid.uuid4().hex
        numbers: list[int] = []
        made: list[Sequence[Change]] = [()]

        def work(_: neo4j.ManagedTransaction) -> tuple[int | None, Sequence[Change]]:
            newest = self._lock()
            check_newest(newest, after)
            made[0] = make()
            if not made[0] and not header.even_empty:
                return None, ()
            numbers[:] = [newest + 1 if continues is None else continues]
            self._apply_within(made[0], header if continues is None else None, numbers[0], token)
            self._keep(keep)
            return numbers[0], made[0]

        for attempt in (1, 2, 3):
            try:
                return self._write(work)
            except StoreError as error:
                if not isinstance(error.__cause__, failures.IncompleteCommit):
                    raise
                # the connection was lost after the commit was sent and before its answer came
                found = self._rows("change_set_token", number=numbers[0]) if numbers else []
                if found and found[0]["token"] == token:
                    return numbers[0], made[0]
                if attempt == 3:
                    raise StoreError(f"the connection to {self.location} was lost while changes were stored; nothing of them was; run the command again") from error
        raise AssertionError("unreachable")

    def _apply_within(self, changes: Sequence[Change], header: _Header | None, number: int, token: str) -> None:
        """`header` opens the change set of that number; without it the changes go on with it."""
        held = self.statements_on({c.statement.element.id for c in changes})
        check_held(changes, held)
        rows = rows_of(self, changes, held)
        if header is not None:
            self._run("change_set_put", number=number, at=header.at, by=header.by, action=header.action, undoes=header.undoes, details=header.details)
        self._log(number, changes, token)
        self._put_statements(number, changes, held, dict(rows.works))
        self._put_graph(rows)

    def _log(self, number: int, changes: Sequence[Change], token: str) -> None:
        found = self._rows("change_set_get", number=number)
        if not found:
            raise StaleError(f"there is no change set {number} to go on with; run the command again")
        before = _change_set(found[0])
        self._run("change_set_count", number=number, counts=json.dumps(add_counts(before.counts, count(changes)), ensure_ascii=False), token=token)
        self._run_rows("change_page_put", list(pages(number, before.size, changes)))

    def _put_statements(self, number: int, changes: Sequence[Change], held: Sequence[Statement], works: Mapping[str, str | None]) -> None:
        self._run_rows("statement_retract", [statement_id(*c.statement.key) for c in changes if c.after is None], "ids", number=number)
        put = [c.after for c in changes if c.after is not None]
        self._run_rows("statement_put", [statement_row(s, works.get(s.element.id)) for s in put], number=number)
        changed = {c.statement.key for c in changes}
        others = {s.element.id for s in held if s.key not in changed}
        known = {s.element.id for s in put} - others
        self._run_rows("works_put", [{"mention": m, "work": w} for m, w in sorted(works.items()) if m not in known])

    def _put_graph(self, rows: Rows) -> None:
        self._run_rows("edges_drop", rows.replaced, "ids")
        self._run_rows("relations_drop", rows.gone_relations, "ids")
        self._run_rows("node_drop", rows.gone_nodes, "ids")
        nodes: dict[str, list[dict[str, Any]]] = {}
        new = dict(count_terms(rows.texts))
        for node in rows.nodes:
            nodes.setdefault(node.label.lower(), []).append(node_row(node, new.get(node.id)))
        for label, some in nodes.items():
            self._run_rows(f"{label}_put", some)
        edges: dict[str, list[dict[str, str]]] = {}
        for edge in rows.edges:
            edges.setdefault(edge.type.lower(), []).append({"source": edge.source, "target": edge.target})
        for kind, ends in edges.items():
            self._run_rows(f"{kind}_put", ends)
        self._run_rows("relation_put", [relation_row(r) for r in rows.relations])
        if rows.stale:
            texts = {c.paper.id: (c.paper.title, *c.texts) for c in self.contents(rows.stale)}
            self._run_rows("terms_put", [{"id": p, "terms": sorted(n), "counts": [n[t] for t in sorted(n)]} for p, n in count_terms(texts)])

    def keep(self, values: Mapping[str, str | None]) -> None:
        def work(_: neo4j.ManagedTransaction) -> None:
            self._lock()
            self._keep(values)

        self._write(work)

    def _keep(self, values: Mapping[str, str | None]) -> None:
        self._run_rows("kept_drop", [name for name, value in values.items() if value is None], "names")
        self._run_rows("kept_put", [{"name": name, "value": value} for name, value in values.items() if value is not None])

    def keep_positions(self, positions: Mapping[str, tuple[float, float]]) -> None:
        placed = [(node, float(x), float(y)) for node, (x, y) in sorted(positions.items())]

        def work(_: neo4j.ManagedTransaction) -> None:
            self._lock()
            self._run("layouts_drop")
            for some in batches(placed, PLACES):
                ids, xs, ys = zip(*some, strict=True)
                self._run("layout_put", ids=list(ids), xs=list(xs), ys=list(ys))

        self._write(work)

    # --- what weave asks

    def statements_on(self, elements: Iterable[str]) -> list[Statement]:
        return _statements(self._rows_of("statements_on", elements))

    def statements_referring(self, elements: Iterable[str]) -> list[Statement]:
        return self.statements_on(self._elements_found("refs", elements))

    def mentions_with(self, keys: Iterable[str]) -> set[str]:
        return self._elements_found("keys", keys)

    def _elements_found(self, part: str, values: Iterable[str]) -> set[str]:
        phrases = [quoted(key_of(v)) for v in sorted(set(values))]
        return {r["element"] for some in batches(phrases, TERMS) for r in self._rows("elements_found", query=f"{part}:({' '.join(some)})")}

    def works_of(self, mentions: Iterable[str]) -> dict[str, str]:
        return {r["mention"]: r["work"] for r in self._rows_of("works_of", mentions, "mentions")}

    def mentions_of(self, works: Iterable[str]) -> dict[str, str]:
        return {r["mention"]: r["work"] for r in self._rows_of("mentions_of", works, "works")}

    def existing(self, nodes: Iterable[str]) -> set[str]:
        return {r["id"] for r in self._rows_of("existing", nodes)}

    def subjects_of(self, notes: Iterable[str]) -> set[str]:
        return {r["id"] for r in self._rows_of("subjects_of", notes)}

    # --- reading

    def statements(self, asserters: Iterable[str]) -> list[Statement]:
        return _statements(self._rows_of("statements_by", asserters, "asserters"))

    def sources(self) -> tuple[Source, ...]:
        found = [_node(r) for r in self._rows("all_sources")]
        return tuple(sorted((n for n in found if isinstance(n, Source)), key=lambda n: n.uri))

    def get(self, ids: Iterable[str]) -> dict[str, Node]:
        wanted = set(ids)
        by_id = {n.id: n for n in map(_node, self._rows_of("nodes_by_id", wanted))}
        works = self.works_of(wanted - by_id.keys())
        by_id |= {n.id: n for n in map(_node, self._rows_of("nodes_by_id", works.values()))}
        return {i: by_id[works.get(i, i)] for i in sorted(wanted) if works.get(i, i) in by_id}

    def named(self, key: str) -> tuple[Node, ...]:
        if not key:
            return ()
        found = [_node(r) for r in self._rows("nodes_named", query=quoted(key_of(key)))]
        return tuple(sorted(found, key=lambda n: (_descending(n.label), n.id)))

    def names_with(self, key: str, limit: int) -> tuple[Node, ...]:
        if not key or len(key) > LONGEST_KEY:
            return self.named(key)
        return tuple(_node(r) for r in self._rows("nodes_with_name", query=f"*{escaped(key)}*", limit=limit))

    def names(self) -> Iterator[tuple[str, str]]:
        rows = sorted(self._rows("names"), key=lambda r: (_descending(r["label"]), r["name"], r["id"]))
        return ((r["id"], r["name"]) for r in rows)

    def around(self, node: str) -> Surroundings:
        return surroundings(self, node)

    def relations_at(self, node: str) -> list[tuple[Relation, Node]]:
        found = [(_relation(r), _node_from(r["labels"], r["other"])) for r in self._rows("relations_at", id=node)]
        return sorted(found, key=lambda r: (-r[0].confidence, r[0].id))

    def edges_from(self, node: str, kind: str) -> list[Node]:
        return sorted(map(_node, self._rows("edges_from", id=node, type=kind)), key=lambda n: (n.name, n.id))

    def edges_to(self, node: str, kind: str) -> list[Node]:
        return sorted(map(_node, self._rows("edges_to", id=node, type=kind)), key=_by_place)

    def papers(self, only: Filter) -> tuple[Paper, ...]:
        rows = self._rows("papers", topics=list(only.topics) or None, marker=only.marker, decision=only.decision, role=only.role)
        found = [p for p in map(_node, rows) if isinstance(p, Paper)]
        return tuple(sorted(found, key=lambda p: (p.path is None, *_by_place(p))))

    def relations(self, only: Filter) -> tuple[tuple[Relation, Node, Node], ...]:
        rows = self._rows(
            "relations", minConfidence=only.min_confidence, types=list(only.types) or None, status=only.status, topics=list(only.topics) or None
        )
        found = [
            (_relation(r), _node_from(r["sourceLabels"], r["sourceProperties"]), _node_from(r["targetLabels"], r["targetProperties"])) for r in rows
        ]
        return tuple(sorted(found, key=lambda r: (-r[0].confidence, r[0].id)))

    def topics(self) -> tuple[tuple[Topic, int], ...]:
        rows = ((_node_from(("Topic",), r["properties"]), int(r["papers"]), (r["path"], r["line"])) for r in self._rows("topics"))
        return in_order_of_notes([(t, n, place) for t, n, place in rows if isinstance(t, Topic)])

    def concepts(self) -> tuple[tuple[Concept, int, int], ...]:
        rows = ((_node_from(("Concept",), r["properties"]), int(r["relations"]), int(r["notes"])) for r in self._rows("concepts"))
        found = [(c, a, b) for c, a, b in rows if isinstance(c, Concept)]
        return tuple(sorted(found, key=lambda c: (-c[1], -c[2], c[0].name, c[0].id)))

    def search(self, text: str, limit: int) -> tuple[Hit, ...]:
        return find(self, text, limit)

    def candidates(self, tokens: tuple[str, ...], limit: int, *, open_end: bool) -> list[Candidate]:
        *words, last = map(quoted, tokens)
        query = " AND ".join((*words, f"{escaped(tokens[-1])}*" if open_end else last))
        return [Candidate(r["id"], _label(r["labels"]), r["name"]) for r in self._rows("search", query=query, limit=limit)]

    def papers_under(self, topics: Iterable[str], most: int) -> dict[str, tuple[str, ...]]:
        return {r["topic"]: tuple(r["papers"]) for r in self._rows_of("papers_under", topics, most=most)}

    def ties(self, nodes: Iterable[str], most: int, *, min_confidence: float = 0.0, types: Sequence[str] = ()) -> dict[str, tuple[Tie, ...]]:
        wanted = set(nodes)
        rows = self._rows_of("ties", wanted, most=most, minConfidence=min_confidence, types=list(types) or None)
        found = {r["node"]: tuple(Tie(**t) for t in r["ties"]) for r in rows}
        return {n: found.get(n, ()) for n in sorted(wanted)}

    # --- what likeness asks

    def alike(self, paper: str, limit: int) -> tuple[Alike, ...]:
        return self.reading(lambda: rank_alike(self, paper, limit))

    def paper_count(self) -> int:
        return int(self._rows("paper_count")[0]["papers"])

    def terms_of(self, papers: Iterable[str]) -> dict[str, dict[str, int]]:
        found = {r["id"]: dict(zip(r["terms"], r["counts"], strict=True)) for r in self._rows_of("paper_terms", papers)}
        return {paper: terms for paper, terms in found.items() if terms}

    def postings(self, terms: Sequence[str], most: int) -> dict[str, list[str]]:
        queries = [{"term": t, "query": quoted(key_of(t))} for t in terms]
        found = {r["term"]: r["papers"] for some in batches(queries, ROWS) for r in self._rows("postings", terms=some, limit=most + 1)}
        return {term: papers for term, papers in found.items() if len(papers) <= most}

    def ids_of(self, references: Iterable[str]) -> dict[str, str]:
        return {r: r for r in references}

    def contents(self, papers: Iterable[str]) -> list[Contents]:
        out = []
        for row in self._rows_of("paper_texts", papers):
            paper = _node(row)
            if isinstance(paper, Paper):
                properties = row["properties"]
                terms = dict(zip(properties.get("terms", ()), properties.get("termCounts", ()), strict=True))
                out.append(Contents(paper, tuple(row["texts"]), terms))
        return sorted(out, key=lambda c: c.paper.id)

    def neighbours(self, ids: Iterable[str]) -> list[tuple[str, str, str]]:
        return sorted({(r["a"], r["b"], r["edge"]) for r in self._rows_of("neighbours", ids)})

    def relations_by_id(self, ids: Iterable[str]) -> dict[str, Relation]:
        found = map(_relation, self._rows_of("relations_by_id", ids))
        return {r.id: r for r in found}

    def graph(self) -> Graph:
        nodes = tuple(n for label in LABELS for n in self.all_nodes(label))
        return Graph(nodes, tuple(self.all_edges()), tuple(self.all_relations()))

    def statistics(self) -> Statistics:
        rest = self._rows("statistics_rest")[0]
        relations = sorted(((r["type"], int(r["n"])) for r in self._rows("statistics_relations") if r["n"]), key=lambda r: (-r[1], r[0]))
        nodes = sorted((r["label"], int(r["n"])) for r in self._rows("statistics_nodes") if r["n"])
        return Statistics(tuple(nodes), tuple(relations), int(rest["entries"]), int(rest["changeSets"]))

    # --- history

    def history(self, element: str | None = None, limit: int | None = None, by: str | None = None) -> tuple[ChangeSet, ...]:
        numbers = None
        if element is not None:
            numbers = sorted({int(r["number"]) for r in self._rows_of("change_sets_of", {element, *self.mentions_of([element])})})
        return tuple(_change_set(r) for r in self._rows("history", numbers=numbers, by=by, limit=2**62 if limit is None else limit))

    def head(self, number: int) -> ChangeSet | None:
        rows = self._rows("change_set_get", number=number)
        return _change_set(rows[0]) if rows else None

    def change_set(self, number: int) -> ChangeSet | None:
        head = self.head(number)
        return replace(head, changes=tuple(self.changes(number))) if head else None

    def touches(self, elements: Iterable[str]) -> dict[tuple[str, str], tuple[int, ...]]:
        rows = sorted((r["id"].split(" ", 1), r["numbers"]) for r in self._rows_of("touches_of", elements))
        return {(element, asserter): tuple(dict.fromkeys(numbers)) for (element, asserter), numbers in rows}

    def changes(self, number: int, start: int = 0) -> Iterator[Change]:
        for page in self._stream("changes_of", number=number, start=start):
            for change in page["changes"][max(start - page["start"], 0) :]:
                before, after = json.loads(change)
                yield Change(load_statement(before), load_statement(after))

    def touched_after(self, number: int) -> tuple[int, ...]:
        return tuple(int(r["number"]) for r in self._rows("touched_after", number=number))

    def kept(self, prefix: str) -> dict[str, str]:
        return {r["name"]: r["value"] for r in self._rows("kept", prefix=prefix)}

    def positions(self) -> dict[str, tuple[float, float]]:
        placed = [p for r in self._rows("layouts") for p in zip(r["ids"], r["xs"], r["ys"], strict=True)]
        return {node: (x, y) for node, x, y in sorted(placed)}

    # --- whether it is sound

    def check(self) -> list[str]:
        """What is unsound in the database: indexes that lack or cannot be used, and a count of change sets that is off."""
        wanted = {name for some in cypher.schemas() for s in some for name in _NAMED_RULE.findall(s)}
        # SHOW is none of the statements that may run beside others in a transaction
        with self._errors(), self._session() as session:
            present = {r["name"] for r in session.run(cypher.text("schema_present"))}
        lacking = [f"the index or constraint {name} is missing or cannot be used" for name in sorted(wanted - present)]
        counted, newest = int(self._rows("store_number")[0]["number"]), int(self._rows("newest")[0]["number"] or 0)
        mark = self.restoring()
        return [*([_unended(mark)] if mark else []), *lacking, *([f"the store counts {counted} change sets, and the newest is number {newest}"] if counted != newest else [])]

    def read_statements(self) -> Iterator[tuple[str, str, Statement | None]]:
        for row in self._stream("statements_all"):
            try:
                yield row["element"], row["asserter"], _statement(row)
            except StoreError:
                yield row["element"], row["asserter"], None

    def lookups(self, kind: str) -> Iterator[tuple[str, str]]:
        if kind in ("names", "words", "terms"):
            for label in LABELS:
                for row in self._stream(f"all_{label.lower()}s"):
                    properties = row["properties"]
                    if kind == "names":
                        values = list(properties.get("names", ()))
                    elif kind == "words":
                        values = [properties["tokens"]] if properties.get("tokens") else []
                    else:
                        values = [f"{t} {n}" for t, n in zip(properties.get("terms", ()), properties.get("termCounts", ()), strict=False)]
                    yield from ((properties["id"], v) for v in values)
            return
        for row in self._stream("lookups_all"):
            found = {"references": row["refs"], "keys": row["keys"], "works": [row["work"]] if row["work"] else None}[kind]
            yield from ((row["element"], v) for v in found or ())

    def rebuild(self, progress: Progress | None = None) -> None:
        def steps() -> list[Callable[[], None]]:
            statements = list(self.all_statements())
            whole = rows_of_all(statements)
            works = dict(whole.works)
            nodes = {n.id for n in whole.nodes}
            gone = sorted({str(r["id"]) for r in self._rows("elements_all")} - nodes)
            relations = sorted({s.element.id for s in statements if isinstance(s.element, Relation)} | {r.id for r in whole.relations} | {r.id for r in self.all_relations()})
            nothing = Rows((), (), (), (), (), (), (), {}, ())
            pieces = [replace(nothing, gone_nodes=tuple(some)) for some in batches(gone, PIECE)]
            pieces += [replace(nothing, gone_relations=tuple(some)) for some in batches(relations, PIECE)]
            pieces += [
                replace(nothing, replaced=tuple(n.id for n in some), nodes=tuple(some), texts={n.id: whole.texts[n.id] for n in some if n.id in whole.texts})
                for some in batches(whole.nodes, PIECE)
            ]
            pieces += [replace(nothing, edges=tuple(some)) for some in batches(whole.edges, PIECE)]
            pieces += [replace(nothing, relations=tuple(some)) for some in batches(whole.relations, PIECE)]
            said = [[statement_row(s, works.get(s.element.id)) for s in some] for some in batches(statements, PIECE)]
            found = [{k: r[k] for k in ("id", "refs", "keys", "work")} for some in said for r in some]
            graph = [partial(self._put_graph, piece) for piece in pieces]
            return [*graph, *(partial(self._run_rows, "lookups_put", some) for some in batches(found, PIECE))]

        def together(_: neo4j.ManagedTransaction) -> bool:
            self._lock()
            if self._rows("elements_number")[0]["number"] > PIECE:
                return False
            for step in steps():
                step()
            return True

        mark = self.restoring()
        if mark not in (None, REBUILDING):
            raise StoreError(f"{self.location} holds a part of what it should: {_unended(mark)}")
        # what is missing of the schema comes first: with what is there already this does nothing
        self._migrate(0, len(cypher.schemas()))
        if mark is None and self._write(together):
            return
        restoring = self._restoring
        self.mark_restoring(REBUILDING)
        todo = steps()
        for n, step in enumerate(todo):
            if progress:
                progress("rebuilding", n, len(todo))
            self._write(partial(_done_within, self._lock, step))
        self.mark_restoring(None)
        self._restoring = restoring

    def empty(self, mark: str, progress: Progress | None = None) -> None:
        """Take out all that is papergraph's and nothing else, in pieces; until `mark_restoring(None)` nobody else can use the store.

        Cut off, it is to be run again.
        """
        self._restoring = True
        self.mark_restoring(mark)
        elements = [str(r["id"]) for r in self._rows("elements_all")]
        for n, some in enumerate(batches(elements, PIECE)):
            if progress:
                progress("emptying", n * PIECE, len(elements))
            self._write(partial(_done_within, self._lock, partial(self._run_rows, "node_drop", some, "ids")))
        for name in ("keeps_clear", "change_pages_clear", "statements_clear", "change_sets_clear"):
            while self._write(partial(self._taken_out, name)):
                pass

        def reset() -> None:
            self._run("layouts_drop")
            self._run("store_reset")

        self._write(partial(_done_within, self._lock, reset))

    def _taken_out(self, name: str, _: neo4j.ManagedTransaction) -> int:
        self._lock()
        return int(self._rows(name, limit=PIECE)[0]["gone"])

    def mark_restoring(self, mark: str | None) -> None:
        """Say how far a restoring is, `None` when it is done; while it is not, nobody else reads or writes the store."""
        self._restoring = True
        self._write(partial(_done_within, self._lock, partial(self._run, "store_mark", mark=mark)))

    def restoring(self) -> str | None:
        """How far a restoring is that has not ended; `None` where there is none."""
        found = self._rows("store_version")
        return str(found[0]["restoring"]) if found and found[0]["restoring"] else None

    # --- all of it

    def all_statements(self) -> Iterator[Statement]:
        for row in self._stream("statements_all"):
            yield _statement(row)

    def all_touches(self) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        for row in self._stream("touches_all"):
            element, _, asserter = row["id"].partition(" ")
            yield element, asserter, tuple(dict.fromkeys(row["numbers"]))

    def all_nodes(self, label: str) -> Iterator[Node]:
        for row in self._stream(f"all_{label.lower()}s"):
            yield _node(row)

    def all_edges(self, kind: str | None = None) -> Iterator[Edge]:
        for one in sorted(STRUCTURE) if kind is None else (kind,):
            for row in self._stream(f"all_{one.lower()}"):
                yield Edge(one, row["source"], row["target"])

    def all_relations(self) -> Iterator[Relation]:
        for row in self._stream("all_relations"):
            yield _relation(row)


def _unended(mark: str | None) -> str:
    """What was cut off, and what to do, by the mark that it left."""
    if mark == REBUILDING:
        return "making the graph anew has not ended; run `papergraph doctor --fix` again"
    return "a restoring has not ended; run `papergraph restore` with the same backup again, and it goes on"


def _done_within(lock: Callable[[], int], work: Callable[[], object], _: neo4j.ManagedTransaction) -> None:
    """`work` in a transaction that lets nobody else write."""
    lock()
    work()


def _run_alone(transaction: neo4j.ManagedTransaction, statement: str) -> None:
    transaction.run(statement).consume()


def _checked(uri: str) -> str:
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"'{uri.split('@')[-1]}' is no address of a server: {error}; for example bolt://localhost:7687") from error
    if parts.scheme not in SCHEMES:
        raise UsageError(f"'{parts.scheme}://' is no kind of store known here; give a file path, or one of {', '.join(s + '://' for s in SCHEMES)}")
    if parts.password or parts.username:
        raise UsageError("an address must not hold a name or password, which others can see; set NEO4J_USERNAME and NEO4J_PASSWORD instead")
    if not parts.hostname:
        raise UsageError(f"'{uri}' names no server; for example {parts.scheme}://localhost:7687")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise UsageError(f"'{uri}' has more than a server and a port; name the database with --database")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


_READ_ONLY = ("ReadOnly", "Forbidden", "NotALeader")


def _translated(error: Exception, location: str) -> StoreError:
    code = getattr(error, "code", None) or ""
    if isinstance(error, failures.AuthError):
        if "Credentials" in code or "Unauthorized" in code:
            return StoreError(f"{location} refuses this user name or password; set NEO4J_USERNAME and NEO4J_PASSWORD to what the server knows")
        return StoreError(f"{location} does not let this user in ({code}); ask whoever runs the server")
    if isinstance(error, failures.IncompleteCommit):
        return StoreError(f"the connection to {location} was lost while changes were stored; run the command again")
    if any(sign in code for sign in _READ_ONLY):
        return StoreError(f"{location} cannot be written: the database or the user may only read; nothing was changed; use another database or user")
    if "DatabaseNotFound" in code or "DatabaseNotExist" in code:
        return StoreError(f"the server has no such database: {location}; name another one with --database or NEO4J_DATABASE")
    if "DeadlockDetected" in code or "LockClient" in code or "LockAcquisitionTimeout" in code:
        return StoreBusyError(f"{location} is being written by others all the time; nothing was changed; try again later")
    if "TransactionTimedOut" in code or "TransactionTimedOutClient" in code:
        return StoreError(f"{location} took too long and was stopped; nothing more was changed; try again, or import less at once")
    if "MemoryPoolOutOfMemory" in code or "TransactionOutOfMemory" in code:
        return StoreError(f"{location} has not enough memory for this; give the server more (server.memory.heap.max_size), or import less at once")
    if isinstance(error, failures.ServiceUnavailable | failures.SessionExpired | OSError):
        return StoreError(f"no Neo4j server answers at {location}, or the connection was lost; see that it runs and the address is right, then run the command again")
    if isinstance(error, failures.DriverError) and not isinstance(error, failures.Neo4jError):
        return StoreError(f"no connection to {location}: {error}")
    message = getattr(error, "message", None) or str(error)
    return StoreError(f"the Neo4j server at {location} failed ({code or type(error).__name__}): {message}")


# --- rows in


def _label(labels: Sequence[str]) -> str:
    return next((label for label in labels if label in NODE_TYPES), "")


def _node_from(labels: Sequence[str], properties: Mapping[str, Any]) -> Node:
    try:
        return NODE_TYPES[_label(labels)].from_properties(properties)
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"a node in the database is none of papergraph's ({', '.join(labels)} {properties.get('id', 'without id')}: {error}); has something else written to it?"
        ) from error


def _node(row: Row) -> Node:
    return _node_from(row["labels"], row["properties"])


def _relation(row: Row) -> Relation:
    properties = {**row["properties"], "type": row["type"], "source": row["source"], "target": row["target"]}
    try:
        properties["evidence"] = [json.loads(e) for e in properties.get("evidence", ())]
        return Relation.from_properties(properties)
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"a relationship in the database is none of papergraph's ({row['type']} from {row['source']} to {row['target']}: {error}); has something else written to it?"
        ) from error


def _statement(row: Row) -> Statement:
    return Statement(row["asserter"], load_element(row["label"], row["body"]), bool(row["removed"]))


def _statements(rows: Iterable[Row]) -> list[Statement]:
    found = {s.key: s for s in map(_statement, rows)}
    return [found[k] for k in sorted(found)]


def _change_set(row: Row, changes: tuple[Change, ...] = ()) -> ChangeSet:
    return ChangeSet(row["number"], row["at"], row["by"], row["action"], changes, row["undoes"], row["undoneBy"], load_counts(row["counts"]), load_details(row["details"]))


# --- order


def _by_place(node: Node) -> tuple[bool, str, bool, int, str, str]:
    path, line = getattr(node, "path", None), getattr(node, "line", None)
    return path is not None, path or "", line is not None, line or 0, node.name, node.id


def _descending(label: str) -> tuple[int, ...]:
    return tuple(-ord(c) for c in label)
