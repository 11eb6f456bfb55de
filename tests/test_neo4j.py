"""The store on a real Neo4j server: its Cypher, its faults, and that it never differs from the embedded one."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import neo4j
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import DISSECTING, ICLR, MECHANISTIC, PAUSE, ROOT, A, B, Neo4j, local_server, neo4j_way, paper_id, put
from papergraph import editing, timeline
from papergraph.errors import StaleError, StoreBusyError, StoreError, StoreMissingError, UsageError
from papergraph.folding import relation_id
from papergraph.library import Library
from papergraph.model import USER, Concept, Note, Paper, Relation, Statement, Topic
from papergraph.store import cypher, open_store
from papergraph.store import neo4j as neo4j_store
from papergraph.store.changes import Change, changes_between
from papergraph.store.neo4j import Login
from papergraph.store.protocol import Store
from papergraph.vocabulary import LABELS, RELATIONS, STRUCTURE, AssertedBy, Status
from test_graph import said_aside, said_by_a_source

PAPERGRAPH = str(Path(sys.executable).parent / "papergraph")
INTERNAL = {"Statement", "ChangeSet", "ChangePage", "Store", "Layout", "Kept"}


@pytest.fixture
def iclr_there(server: Neo4j) -> Iterator[Library]:
    """A library on the server with the ICLR notes."""
    with Library(server.open()) as library:
        library.import_notes(ICLR)
        yield library


def command(server: Neo4j, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `papergraph` on the server as a user would."""
    env = {**os.environ, "NEO4J_USERNAME": server.login.username or "", "NEO4J_PASSWORD": server.login.password or "", "COLUMNS": "100", **environment}
    return subprocess.run([PAPERGRAPH, "--db", server.uri, *words], capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, check=False)


# --- the files of cypher/


def every_statement() -> list[str]:
    return cypher.names()


@pytest.mark.parametrize("name", every_statement())
def test_a_statement_says_what_it_takes(name: str) -> None:
    header, text = cypher.header(name), cypher.text(name)
    assert header.purpose
    assert set(re.findall(r"\$(\w+)", text)) == set(header.parameters)


def test_statements_name_only_the_vocabulary() -> None:
    """Labels and types stand in the files, and they are those of the vocabulary; nothing is put together in Python."""
    known = {*map(str, LABELS), *RELATIONS, *STRUCTURE, *INTERNAL}
    for name in every_statement():
        text = re.sub(r"'[^']*'", "''", cypher.text(name))
        named = {w for group in re.findall(r"(?<=[\w(\[)]):([A-Z][\w|]*)", text) for w in group.split("|")}
        assert named <= known, name
        if named & set(RELATIONS):
            assert named >= set(RELATIONS), f"{name} leaves out a type of relation"
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "src" / "papergraph").rglob("*.py"))
    assert not re.search(r"\b(MATCH|MERGE|UNWIND|DETACH)\b [(\[$]", code)
    used = code + "".join(f'"{label.lower()}_put" "all_{label.lower()}s"' for label in LABELS) + "".join(f'"{k.lower()}_put" "all_{k.lower()}"' for k in STRUCTURE)
    assert [n for n in every_statement() if f'"{n}"' not in used] == []


def walk(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"].split("@")[0]
    for child in plan.get("children", ()):
        yield from walk(child)


def products(plan: dict[str, Any]) -> Iterator[set[str]]:
    """What stands below each cartesian product."""
    if plan["operatorType"].startswith("CartesianProduct"):
        yield {o for child in plan["children"] for o in walk(child)}
    for child in plan.get("children", ()):
        yield from products(child)


def test_neo4j_plans_every_statement_well(server: Neo4j) -> None:
    """No deprecation, no cartesian product, no scan where an index would do, no unbounded expansion, and the columns that are told."""
    server.open().close()
    examples: dict[str, Any] = {"number": 1, "start": 0, "limit": 3, "most": 3, "version": 1, "minConfidence": 0.0, "query": "keys:x"}
    with neo4j.GraphDatabase.driver(server.uri, auth=(server.login.username, server.login.password)) as driver, driver.session() as session:
        for name in every_statement():
            header = cypher.header(name)
            parameters = {p: examples.get(p, [] if t.startswith("list") else "x") for p, t in header.parameters.items()}
            if cypher.text(name).startswith(("SHOW", "CALL db.await")):
                continue
            result = session.run("EXPLAIN " + cypher.text(name), parameters)  # type: ignore[arg-type]
            assert list(result.keys()) == list(header.columns), name
            summary = result.consume()
            # that an empty database has no such label yet is no fault
            told = [s for s in summary.gql_status_objects if s.is_notification and s.raw_classification != "UNRECOGNIZED"]
            assert [(s.gql_status, s.status_description) for s in told] == [], name
            operators = set(walk(summary.plan))  # type: ignore[arg-type]
            assert not operators & {"AllNodesScan", "UndirectedAllRelationshipsScan", "DirectedAllRelationshipsScan"}, (name, operators)
            # the two ends of a new edge, each found by its unique id, are one row by one row
            assert all(p <= {"NodeUniqueIndexSeek(Locking)", "Union", "Distinct", "Argument"} for p in products(summary.plan)), name  # type: ignore[arg-type]
            assert not any(o.startswith(("VarLengthExpand", "ShortestPath")) for o in operators), name
            scans = {o for o in operators if "Scan" in o}
            assert not scans or header.reads, (name, scans)


def test_the_ten_queries_of_the_documentation(iclr_there: Library, server: Neo4j) -> None:
    text = (ROOT / "docs" / "neo4j.md").read_text(encoding="utf-8")
    queries = re.findall(r"```cypher\n(.*?)```", text, re.DOTALL)
    assert len(queries) == 10
    iclr_there.add_relation(PAUSE, "extends", DISSECTING)
    for query in queries:
        assert server.run(query), query


def test_a_person_sees_a_natural_graph(iclr_there: Library, server: Neo4j) -> None:
    (found,) = server.run(
        "MATCH (a:Paper)-[r:CONSISTENT_WITH]-(b:Paper {title: $title}) RETURN a.title AS title, r.confidence AS confidence, r.hedged AS hedged, r.quotes AS quotes",
        title=DISSECTING,
    )
    assert found == {"title": MECHANISTIC, "confidence": pytest.approx(0.895, abs=0.03), "hedged": False, "quotes": ["下の論文と主張が一致", "上の論文と主張が一致"]}
    assert server.run("MATCH (n:Note)-[:ABOUT]->(p:Paper {title: $t})-[:HAS_TOPIC]->(:Topic)-[:BROADER]->(t:Topic) RETURN count(n) AS n", t=DISSECTING)[0]["n"] > 0
    assert not server.run("MATCH (n)--(m) WHERE any(l IN labels(n) WHERE l IN $internal) RETURN n LIMIT 1", internal=sorted(INTERNAL))


# --- the same as the embedded store


OPERATIONS = st.lists(st.sampled_from(["import", "import", "import", "remove", "relate", "decide", "aside", "undo", "alias"]), min_size=2, max_size=7)


@settings(max_examples=int(os.environ.get("PAPERGRAPH_EXAMPLES", "12")), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_sequence_of_operations_leaves_both_stores_with_equal_exports(server: Neo4j, data: st.DataObject) -> None:
    server.clear()
    with open_store(":memory:") as memory, server.open() as there:
        both = (memory, there)
        for operation in data.draw(OPERATIONS):
            changes = _changes(memory, operation, data)
            undoes = None
            if operation == "undo":
                undoes, changes = changes if changes else (None, ())
            for store in both:
                store.apply(changes, by="user", action=operation, undoes=undoes, at="2024-05-01T00:00:00Z")
            left, right = Library(memory), Library(there)
            assert right.export_json() == left.export_json()
            assert there.statistics() == memory.statistics()
        assert list(there.all_statements()) == list(memory.all_statements())
        assert list(there.all_touches()) == list(memory.all_touches())
        assert there.history() == memory.history()
        assert all(there.change_set(c.number) == memory.change_set(c.number) for c in memory.history())
        assert _answers(there) == _answers(memory)


def _changes(store: Store, operation: str, data: st.DataObject) -> Any:
    graph = store.graph()
    named = [n for n in graph.nodes if isinstance(n, Paper | Topic | Concept)]
    papers = graph.papers()
    if operation == "import" or not named:
        source = data.draw(st.sampled_from(["s-a", "s-b"]))
        found: Any = changes_between(store.statements([source]), data.draw(said_by_a_source(source)))
        return (None, found) if operation == "undo" else found
    if operation == "remove":
        gone = data.draw(st.sampled_from(named))
        held = [s for s in store.statements_on([gone.id]) if s.asserter == USER]
        return changes_between(held, [Statement(USER, gone, removed=not held)])
    if operation == "alias":
        return editing.add_alias(store, data.draw(st.sampled_from(named)), data.draw(st.sampled_from(["別名", "Alpha", "x`y$z", "Zed"])))
    if operation == "aside":
        return said_aside(store, data)
    if operation == "decide":
        if not graph.relations:
            return ()
        return editing.decide(store, data.draw(st.sampled_from(graph.relations)), data.draw(st.sampled_from([Status.ACCEPTED, Status.REJECTED])))
    if operation == "undo":
        try:
            undone, changes = timeline.undo(store, None)
            return undone.number, changes
        except UsageError:
            return None
    ends = data.draw(st.permutations([n for n in named if isinstance(n, Paper | Concept)]))
    if not papers or len(ends) < 2:
        return ()
    try:
        return editing.add_relation(store, ends[0], data.draw(st.sampled_from(sorted(RELATIONS))), ends[1], note="手で", confidence=0.4, hedged=True)
    except UsageError:
        return ()


def _answers(store: Store) -> list[Any]:
    library = Library(store)
    out: list[Any] = [library.papers(), library.topics(), library.concepts(), library.relations(), list(store.names())]
    for text in ("論文", "alpha", "a", "title", "ガンマ", "gam", "remark 1"):
        out += [library.search(text), store.named(text), store.names_with(text, 3)]
    nodes = [n for n in store.graph().nodes if isinstance(n, Paper | Topic | Concept)]
    for node in nodes:
        out += [library.show(node.id), store.history(node.id)]
        if isinstance(node, Paper):
            out += [library.related(node.id), store.alike(node.id, 5)]
    out += [library.path(a.id, b.id) for a, b in itertools.pairwise(nodes)]
    return out


def test_commands_answer_alike_on_both_stores(server: Neo4j, tmp_path: Path) -> None:
    """As a user would: the same words typed, the same letters printed."""
    embedded = str(tmp_path / "here.db")

    def here(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([PAPERGRAPH, "--db", embedded, *words], capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"}, check=False)

    writing = (
        ["import", str(ICLR)],
        ["add", "relation", "pause tokens", "similar-to", "Dissecting", "--hedged", "--note", "どちらも"],
        ["add", "topic", "新しい話題"],
        ["undo", "2"],
    )
    for words in writing:
        a, b = here(*words), command(server, *words)
        assert (b.returncode, b.stdout) == (a.returncode, a.stdout), b.stderr
    assert command(server, "import", str(ICLR)).stderr.endswith("nothing has changed since the last import\n")
    reading = (
        ["related", "dissecting"],
        ["related", "dissecting", "--json"],
        ["path", "dissecting", "pause tokens"],
        ["search", "論文", "--json"],
        ["show", "vision mamba"],
        ["relations"],
        ["papers", "--marker", "🔴"],
        ["topics"],
        ["concepts"],
        ["contradictions"],
        ["stats"],
        ["export"],
    )
    for words in reading:
        a, b = here(*words), command(server, *words)
        assert (b.returncode, b.stdout.replace(server.uri, embedded)) == (a.returncode, a.stdout), (words, b.stderr)
    pages = [tmp_path / "a.html", tmp_path / "b.html"]
    assert here("view", "-o", str(pages[0])).returncode == command(server, "view", "-o", str(pages[1])).returncode == 0
    assert pages[0].read_bytes() == pages[1].read_bytes()


# --- opening


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("bolt://neo4j:geheim@localhost", "must not hold a name or password"),
        ("http://localhost", "no kind of store known here"),
        ("bolt://", "names no server"),
        ("bolt://localhost/db", "more than a server"),
        ("bolt://localhost:99999", "no address"),
    ],
)
def test_an_address_that_is_none(uri: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        open_store(uri)
    assert "geheim" not in str(raised.value)


def test_no_server() -> None:
    with pytest.raises(StoreError, match=r"no Neo4j server answers at bolt://127\.0\.0\.1:"):
        open_store(f"bolt://127.0.0.1:{local_server.free_port()}", login=Login("neo4j", "x"))


def test_the_command_says_in_one_message_that_there_is_no_server() -> None:
    nowhere = Neo4j(f"bolt://127.0.0.1:{local_server.free_port()}", Login("neo4j", "x"))
    done = command(nowhere, "papers")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(r"papergraph: no Neo4j server answers at bolt://\S+ or the connection was lost; see that it runs .*", " ".join(done.stderr.split()))


def test_a_server_that_accepts_and_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONNECT_SECONDS", "ACQUIRE_SECONDS", "RETRY_SECONDS"):
        monkeypatch.setattr(neo4j_store, name, 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        start = time.monotonic()
        with pytest.raises(StoreError, match=r"no Neo4j server answers|no connection to"):
            open_store(f"bolt://127.0.0.1:{silent.getsockname()[1]}", login=Login("neo4j", "x"))
        assert time.monotonic() - start < 30


def test_wrong_password_wrong_database_and_no_store_yet(server: Neo4j) -> None:
    server.run("MATCH (s:Store) DELETE s")
    done = command(server, "papers")
    assert done.returncode == 1
    assert re.search(r"no papergraph store in bolt://\S+ yet; `papergraph import NOTES` makes it", " ".join(done.stderr.split()))
    with pytest.raises(StoreMissingError):
        server.open(create=False)
    wrong = command(server, "papers", NEO4J_USERNAME="nobody", NEO4J_PASSWORD="top-secret")
    assert (wrong.returncode, "refuses this user name or password" in " ".join(wrong.stderr.split())) == (1, True)
    assert "top-secret" not in wrong.stderr + wrong.stdout
    other = command(server, "--database", "elsewhere", "papers")
    assert (other.returncode, "--database or NEO4J_DATABASE" in " ".join(other.stderr.split())) == (1, True)
    server.open().close()


def test_a_newer_store_and_foreign_nodes(server: Neo4j) -> None:
    with server.open() as store:
        put(store, A)
        server.run("CREATE (:Paper {id: 'p-foreign', kind: 'not of papergraph'})")
        with pytest.raises(StoreError, match="has something else written to it"):
            store.graph()
    server.run("MATCH (s:Store) SET s.version = 99")
    with pytest.raises(StoreError, match="from a newer papergraph"):
        server.open()
    server.run("MATCH (s:Store) SET s.version = $v", v=len(cypher.schemas()))


def test_several_processes_make_the_schema_at_once(server: Neo4j) -> None:
    with server.driver() as driver:
        for row in driver.execute_query("SHOW CONSTRAINTS YIELD name RETURN name").records:
            driver.execute_query(f"DROP CONSTRAINT {row['name']}")  # type: ignore[arg-type]
        for row in driver.execute_query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name").records:
            driver.execute_query(f"DROP INDEX {row['name']}")  # type: ignore[arg-type]
    server.run("MATCH (s:Store) DELETE s")
    _at_once(server, "s.close()", 4)
    with server.open(create=False) as store:
        assert store.papers(neo4j_store.Filter()) == ()


# --- what goes in comes back


HOSTILE = (
    "'}) DETACH DELETE n //",
    "`) MATCH (n) DETACH DELETE n; //",
    '"}) RETURN 1 UNION MATCH (n) RETURN n',
    "$title {x} ${y} $(z)",
    "\\u0027 OR 1=1 \\",
    "a\x00b\x1fc\u2028d",
    "LOAD CSV FROM 'file:///etc/passwd' AS x",
    "+keys:* AND (x OR y)~2^3 /regex/ [a TO z]",
    "🧪🔴 \u202e RTL \ufeff",
    "`",
    "'",
    "$",
)


def test_hostile_names_are_data_only(server: Neo4j) -> None:
    papers = [Paper(paper_id(h), h, aliases=(f"alias {h}",), authors=(h,), markers=(h,)) for h in HOSTILE]
    concepts = [Concept(f"c-{n}", h, (h * 2,)) for n, h in enumerate(HOSTILE)]
    relation = Relation(relation_id("USES", papers[0].id, papers[1].id, symmetric=False), "USES", papers[0].id, papers[1].id, 1.0, False, AssertedBy.USER)
    with server.open() as store, open_store(":memory:") as memory:
        for one in (store, memory):
            one.apply([Change(None, Statement(USER, e)) for e in (*papers, *concepts, relation)], by="user", action=HOSTILE[0])
        assert store.graph() == memory.graph()
        for text in (*HOSTILE, "alias", "union match"):
            assert store.search(text, 20) == memory.search(text, 20), text
            assert store.named(text) == memory.named(text)
            assert store.names_with(text.strip("'$`") or "x", 20) == memory.names_with(text.strip("'$`") or "x", 20)
        assert store.history() == memory.history() or store.history()[0].action == HOSTILE[0]


def test_megabytes_come_back(server: Neo4j) -> None:
    long = "長い`文' $x " * 100_000
    note = Note("n-long", long, "opinion", False, "a.md", 1, 0, len(long), "s-x", A.id)  # type: ignore[arg-type]
    paper = Paper(paper_id(long), long, aliases=(long[::-1],))
    with server.open() as store:
        put(store, A, paper)
        store.apply([Change(None, Statement("s-x", note))], by="import", action="long")
        assert store.get([note.id, paper.id]) == {note.id: note, paper.id: paper}
        assert store.search("長い", 5)
        assert store.named(editing.fold(long)) == (paper,)
        (change,) = store.changes(2)
        assert change.after == Statement("s-x", note)


# --- faults


CODE = """
import sys
from papergraph.store import open_store
from papergraph.store.neo4j import Login
from papergraph.store import neo4j as neo4j_store
from papergraph.library import Library
import os
neo4j_store.RETRY_SECONDS = 2.0
s = open_store(sys.argv[1], create=True, login=Login(os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]))
n = int(sys.argv[2])
"""


def _start(server: Neo4j, code: str, n: int = 0) -> subprocess.Popen[bytes]:
    env = {**os.environ, "NEO4J_USERNAME": server.login.username or "", "NEO4J_PASSWORD": server.login.password or ""}
    return subprocess.Popen([sys.executable, "-c", CODE + code, server.uri, str(n)], env=env)


def _at_once(server: Neo4j, code: str, processes: int) -> None:
    running = [_start(server, code, n) for n in range(processes)]
    assert [p.wait(240) for p in running] == [0] * processes


def test_eight_processes_add_relations_to_the_same_papers_at_once(server: Neo4j) -> None:
    with server.open() as store:
        put(store, A, B)
    kinds = sorted(RELATIONS)
    code = f"l = Library(s)\nkinds = {kinds!r}\nfor k in (kinds[n], kinds[(n + 1) % 8]):\n    l.add_relation({A.title!r}, k, {B.title!r}, note=str(k))\n"
    _at_once(server, code, 8)
    with Library(server.open()) as library:
        assert sorted(r.type for r, _, _ in library.relations()) == kinds[:8]
        assert all(len(r.evidence) == 1 for r, _, _ in library.relations())
        numbers = [c.number for c in library.history()]
        assert numbers == list(range(len(numbers), 0, -1))
        with open_store(":memory:") as memory:
            memory.apply([Change(None, s) for s in library.store.all_statements()], by="user", action="x")
            assert memory.graph() == library.store.graph()


def test_eight_processes_import_decide_add_and_undo_at_once(server: Neo4j, tmp_path: Path) -> None:
    with Library(server.open()) as library:
        library.import_notes(ICLR)
        ids = sorted(r.id for r, _, _ in library.relations())
        papers = [p.id for p in library.papers(role="entry")]
    more = tmp_path / "more.md"
    more.write_text("# More\n" + "".join(f"- [A Paper of Number {i} of Them](https://arxiv.org/abs/2401.{i:05})\n  - remark {i}\n" for i in range(40)), encoding="utf-8")
    code = (
        f"l = Library(s)\nids, papers = {ids!r}, {papers[:9]!r}\n"
        f"if n == 0:\n    l.import_notes({str(more)!r})\n"
        "elif n == 1:\n    for i in ids[::2]:\n        l.accept(i)\n"
        "elif n == 2:\n    for i in ids[1::2]:\n        l.reject(i)\n"
        "elif n == 3:\n    for k in range(4):\n        l.add_concept(f'undone {k}')\n        l.undo(next(c.number for c in l.history() if c.action == f'add concept undone {k}'))\n"
        "else:\n    for k in range(4):\n        l.add_relation(papers[0], ('uses', 'extends', 'supports', 'applies-to')[n - 4], papers[k + 1], note=f'{n} {k}')\n"
    )
    _at_once(server, code, 8)
    with Library(server.open()) as library:
        assert library.examine() == []
        assert {r.id for r, _, _ in library.relations(status="accepted")} >= set(ids[::2])
        assert {r.id for r, _, _ in library.relations(status="rejected")} == set(ids[1::2])
        assert len([r for r, _, _ in library.relations() if r.asserted_by == "user"]) == 16
        assert len([p for p in library.papers() if "of Them" in p.title]) == 40
        assert [c for c, _, _ in library.concepts() if "undone" in c.pref_label] == []
        assert len(library.history()) == 1 + 1 + len(ids) + 8 + 16


def test_a_change_made_for_an_older_state_is_refused(server: Neo4j) -> None:
    with server.open() as store:
        put(store, A)
        with pytest.raises(StaleError, match="run the command again"):
            put(store, B, A)
        assert store.graph().papers() == (A,)
        assert len(store.history()) == 1


def test_an_import_killed_in_the_middle_goes_on(server: Neo4j, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import signal\nneo4j_store.PIECE = 40\ndone = []\nput = neo4j_store.Neo4jStore._put_graph\n"
        "def dies(self, rows):\n    put(self, rows)\n    done.append(1)\n    len(done) > n and os.kill(os.getpid(), signal.SIGKILL)\n"
        f"neo4j_store.Neo4jStore._put_graph = dies\nLibrary(s).import_notes({str(ICLR)!r})\n"
    )
    with Library(open_store(":memory:")) as memory:
        memory.import_notes(ICLR)
        whole = memory.export_json()
    monkeypatch.setattr(neo4j_store, "PIECE", 40)
    for after in (0, 1, 3):
        server.clear()
        assert _start(server, code, after).wait(120) == -signal.SIGKILL
        with Library(server.open()) as library:
            present = len(list(library.store.all_statements()))
            assert present == after * 40
            assert len(library.history()) == (1 if after else 0)
            library.import_notes(ICLR)
            assert library.export_json() == whole
            assert library.import_notes(ICLR).changes == ()
            sizes = [sum(n for _, _, n in c.counts) for c in library.history()]
            assert sum(sizes) == 177
            while True:
                try:
                    library.undo()
                except UsageError:
                    break
            assert library.store.graph().nodes == ()


class Proxy:
    """Stands between driver and server, and cuts the next connection that commits, before or after the server has heard of it."""

    COMMIT = b"\x00\x02\xb0\x12\x00\x00"

    def __init__(self, port: int) -> None:
        self.port, self.cut, self.cuts = port, "", 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def uri(self) -> str:
        return f"bolt://127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            behind = socket.create_connection(("127.0.0.1", self.port))
            threading.Thread(target=self._up, args=(client, behind), daemon=True).start()
            threading.Thread(target=self._down, args=(client, behind), daemon=True).start()

    def _up(self, client: socket.socket, behind: socket.socket) -> None:
        try:
            while data := client.recv(1 << 16):
                if self.cut and self.COMMIT in data:
                    how, self.cut = self.cut, ""
                    self.cuts += 1
                    if how == "after":
                        behind.sendall(data)
                        time.sleep(1.0)
                    for s in (client, behind):
                        s.shutdown(socket.SHUT_RDWR)
                    return
                behind.sendall(data)
        except OSError:
            pass

    def _down(self, client: socket.socket, behind: socket.socket) -> None:
        try:
            while data := behind.recv(1 << 16):
                client.sendall(data)
        except OSError:
            pass


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_cut_around_the_commit_stores_it_once(server: Neo4j, when: str) -> None:
    proxy = Proxy(int(server.uri.rsplit(":", 1)[1]))
    with open_store(proxy.uri, create=True, login=server.login) as store:
        put(store, A)
        proxy.cut = when
        put(store, B)
        assert proxy.cuts == 1
        assert {p.id for p in store.graph().papers()} == {A.id, B.id}
        assert [c.number for c in store.history()] == [2, 1]
    proxy.listener.close()


def test_a_deadlock_is_tried_again(server: Neo4j) -> None:
    """Somebody else locks in the other order: a paper first, then the store."""
    with server.open() as store, server.driver() as driver, driver.session() as session:
        put(store, A)
        held = threading.Event()

        def other() -> None:
            def work(t: neo4j.ManagedTransaction) -> None:
                t.run("MATCH (p:Paper {id: $id}) SET p.seen = 1", id=A.id).consume()
                held.set()
                time.sleep(1)
                t.run("MATCH (s:Store) SET s.changeSets = s.changeSets").consume()

            session.execute_write(work)

        thread = threading.Thread(target=other)
        thread.start()
        held.wait(10)
        changed = Paper(A.id, A.title, decision="oral")
        store.apply([Change(Statement(USER, A), Statement(USER, changed))], by="user", action="x")
        thread.join(60)
        assert store.get([A.id]) == {A.id: changed}
        assert len(store.history()) == 2


def test_positions_stand_beside_the_graph_a_few_thousand_a_node(server: Neo4j, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_store, "PLACES", 2)
    server.run("CREATE (:Layout {name: 'of somebody else'})")
    with server.open() as store:
        put(store, A)
        for n in (5, 3):
            store.keep_positions({f"p-{i}": (float(i), 0.5) for i in range(n)})
        assert store.positions() == {f"p-{i}": (float(i), 0.5) for i in range(3)}
        assert store.statistics().nodes == (("Paper", 1),)
    assert [r["n"] for r in server.run("MATCH (l:Layout) RETURN size(l.ids) AS n ORDER BY n")] == [1, 2, None]
    with server.open() as store:
        assert len(store.positions()) == 3


def test_a_lock_that_never_goes_is_named(server: Neo4j, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neo4j_store, "WRITE_SECONDS", 2.0)
    monkeypatch.setattr(neo4j_store, "RETRY_SECONDS", 1.0)
    with server.open() as store, server.driver() as driver, driver.session() as session:
        put(store, A)
        with session.begin_transaction() as blocking:
            blocking.run("MATCH (s:Store) SET s.changeSets = s.changeSets").consume()
            with pytest.raises((StoreError, StoreBusyError), match=r"took too long|written by others"):
                put(store, B)
            with pytest.raises((StoreError, StoreBusyError), match=r"took too long|written by others"):
                store.keep_positions({A.id: (0.0, 0.0)})
        put(store, B)
        assert len(store.history()) == 2


@pytest.mark.skipif(neo4j_way() != "maven", reason="needs a server that the test may kill: Java 17 with Maven")
def test_a_server_killed_in_the_middle_of_an_import_and_started_again(neo4j_classes: str, tmp_path: Path) -> None:
    running = local_server.Server(tmp_path / "home", heap="512m", page_cache="64m", classes=neo4j_classes).start()
    server = Neo4j(running.uri, Login("neo4j", running.password))
    try:
        code = (
            f"import time\nneo4j_store.PIECE = 30\nput = neo4j_store.Neo4jStore._put_graph\nflag = {str(tmp_path / 'flag')!r}\n"
            "def slow(self, rows):\n    put(self, rows)\n    open(flag, 'a').write('x')\n    time.sleep(0.5)\n"
            "neo4j_store.Neo4jStore._put_graph = slow\n"
            "from papergraph.errors import StoreError\n"
            f"try:\n    Library(s).import_notes({str(ICLR)!r})\nexcept StoreError as e:\n    print(e, file=open({str(tmp_path / 'said')!r}, 'w'))\n    sys.exit(1)\n"
        )
        importing = _start(server, code)
        _until(lambda: (tmp_path / "flag").exists() and (tmp_path / "flag").stat().st_size >= 3)
        running.kill()
        assert importing.wait(120) == 1
        assert "no Neo4j server answers" in (tmp_path / "said").read_text() or "connection" in (tmp_path / "said").read_text()
        running.start()
        with Library(server.open()) as library, Library(open_store(":memory:")) as memory:
            present = len(list(library.store.all_statements()))
            assert 60 <= present < 177
            library.import_notes(ICLR)
            memory.import_notes(ICLR)
            assert library.export_json() == memory.export_json()
            assert sum(n for c in library.history() for _, _, n in c.counts) == 177
        # and the same database, read-only
        running.stop()
        running.settings = ("server.databases.read_only=neo4j",)
        running.start()
        assert command(server, "papers").returncode == 0
        refused = command(server, "add", "concept", "x")
        assert (refused.returncode, "cannot be written" in " ".join(refused.stderr.split())) == (1, True), refused.stderr
        again = command(server, "import", str(ICLR))
        assert again.returncode == 0
    finally:
        running.kill()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_password_is_nowhere(iclr_there: Library, server: Neo4j) -> None:
    secret = server.login.password or ""
    assert secret not in repr(server.login) + repr(iclr_there.store.__dict__) + iclr_there.store.location + iclr_there.export_json()
    assert secret not in json.dumps(server.run("MATCH (n) RETURN n"), default=str)
