"""How loading and answering grow: a synthetic library in SQLite and Neo4j, beside raw loads and hand-written statements, in one run.

usage: python bench/scale.py [--papers N ...] [--neo4j] [--questions N] [--json] [--keep DIR]

Without options 2,000 and 20,000 papers in SQLite alone. The large run: --papers 10000 100000 1000000 --neo4j (hours). A Neo4j server is
started here (Java 17 and Maven). Ratios count; nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from papergraph.folding import search_tokens
from papergraph.model import Paper
from papergraph.query.path import shortest_path
from papergraph.query.related import related
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.store.sql import schemas
from papergraph.store.sqlite import CACHE_KIB
from synthetic import Synthetic

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "server"))
BATCH = 5_000
Figures = dict[str, Any]


# --- loading


def load(store: Store, library: Synthetic) -> tuple[int, float]:
    """Statements loaded and the seconds that took in the store; making them is not counted."""
    seconds, number = 0.0, 0
    for statements in library.batches(BATCH):
        # a relation that an earlier batch has stated from its other end
        held = {s.key for s in store.statements_on([s.element.id for s in statements])}
        changes = [Change(None, s) for s in statements if s.key not in held]
        start = time.perf_counter()
        store.apply(changes, by="import", action="bench")
        seconds += time.perf_counter() - start
        number += len(changes)
    return number, seconds


def raw_sqlite(source: Path, target: Path) -> float:
    """Seconds of bare `executemany` of the very rows of `source` into the same tables of a new file."""
    there = sqlite3.connect(target, isolation_level=None)
    there.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    for script in schemas():
        there.executescript(script)
    here = sqlite3.connect(source)
    there.execute("DELETE FROM tally")
    tables = ("statement", "reference", "mention_key", "work", "node", "name", "edge", "relation", "words", "term", "change_set", "change", "tally")
    seconds = 0.0
    there.execute("PRAGMA synchronous = FULL")
    for table in tables:
        columns = [r[1] for r in here.execute(f"PRAGMA table_info({table})")]
        if table == "words":
            columns = ["rowid", "tokens"]
        cursor = here.execute(f"SELECT {', '.join(columns)} FROM {table}")
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        while rows := cursor.fetchmany(BATCH * 4):
            start = time.perf_counter()
            there.execute("BEGIN")
            there.executemany(insert, rows)
            there.execute("COMMIT")
            seconds += time.perf_counter() - start
    there.close()
    here.close()
    return seconds


# --- asking

RELATED_SQL = """
WITH stated AS (
  SELECT target AS other, confidence FROM relation WHERE source = :id AND status <> 'rejected'
  UNION ALL SELECT source, confidence FROM relation WHERE target = :id AND status <> 'rejected'),
via AS (
  SELECT r.target AS other, 0.5 * s.confidence * r.confidence AS weight FROM stated AS s CROSS JOIN relation AS r ON r.source = s.other
  UNION ALL SELECT r.source, 0.5 * s.confidence * r.confidence FROM stated AS s CROSS JOIN relation AS r ON r.target = s.other),
shared AS (
  SELECT e.source AS other, 0.1 AS weight FROM edge AS t CROSS JOIN edge AS e ON e.target = t.target AND e.type = 'HAS_TOPIC'
  WHERE t.source = :id AND t.type = 'HAS_TOPIC' LIMIT 400),
alike AS (
  SELECT n.id AS other, 0.1 AS weight FROM (SELECT rowid FROM words WHERE words MATCH :match ORDER BY rank LIMIT 20) AS hit CROSS JOIN node AS n ON n.number = hit.rowid
  WHERE n.label = 'Paper')
SELECT n.id, n.body, sum(weight) AS score FROM (
  SELECT other, 1 + confidence AS weight FROM stated UNION ALL SELECT * FROM via UNION ALL SELECT * FROM shared UNION ALL SELECT * FROM alike) AS found
CROSS JOIN node AS n ON n.id = found.other WHERE n.label = 'Paper' AND n.id <> :id GROUP BY n.id ORDER BY score DESC LIMIT 10
"""
SHOW_SQL = """
SELECT n.body, NULL FROM node AS n WHERE n.id = :id
UNION ALL SELECT r.body, n.body FROM relation AS r JOIN node AS n ON n.id = r.target WHERE r.source = :id
UNION ALL SELECT r.body, n.body FROM relation AS r JOIN node AS n ON n.id = r.source WHERE r.target = :id
UNION ALL SELECT n.body, NULL FROM edge AS e JOIN node AS n ON n.id = e.target WHERE e.source = :id
UNION ALL SELECT n.body, NULL FROM edge AS e JOIN node AS n ON n.id = e.source WHERE e.target = :id
"""
SEARCH_SQL = "SELECT n.id, n.body FROM (SELECT rowid FROM words WHERE words MATCH :match ORDER BY rank LIMIT 20) AS hit CROSS JOIN node AS n ON n.number = hit.rowid"

_RELATIONS = "APPLIES_TO|CONSISTENT_WITH|CONTRADICTS|DIFFERS_FROM|EQUIVALENT_TO|EXTENDS|RELATED_TO|SIMILAR_TO|SUPPORTS|USES"
RELATED_CYPHER = f"""
MATCH (p:Paper {{id: $id}})
CALL (p) {{
  MATCH (p)-[r:{_RELATIONS}]-(o:Paper) RETURN o, 1 + r.confidence AS weight
  UNION ALL MATCH (p)-[r:{_RELATIONS}]-()-[s:{_RELATIONS}]-(o:Paper) WHERE o <> p RETURN o, 0.5 * r.confidence * s.confidence AS weight
  UNION ALL MATCH (p)-[:HAS_TOPIC]->(:Topic)<-[:HAS_TOPIC]-(o:Paper) RETURN o, 0.1 AS weight LIMIT 400
  UNION ALL CALL db.index.fulltext.queryNodes('papergraph_search', $match, {{limit: 20}}) YIELD node WHERE node:Paper AND node <> p RETURN node AS o, 0.1 AS weight
}}
WITH o, sum(weight) AS score ORDER BY score DESC LIMIT 10
RETURN o, score
"""
SHOW_CYPHER = "MATCH (p:Paper {id: $id}) OPTIONAL MATCH (p)-[r]-(o) RETURN p, r, o"
SEARCH_CYPHER = "CALL db.index.fulltext.queryNodes('papergraph_search', $match, {limit: 20}) YIELD node RETURN node"
PATH_CYPHER = f"MATCH (a:Paper {{id: $a}}), (b:Paper {{id: $b}}) MATCH w = shortestPath((a)-[:{_RELATIONS}|HAS_TOPIC|BROADER*..12]-(b)) RETURN w"


def questions(store: Store, library: Synthetic, number: int) -> Iterator[tuple[Paper, Paper, str]]:
    """Papers to ask about, one beside it to find a way to, and two words of its title."""
    r = random.Random(5)
    for _ in range(number):
        a, b = r.randrange(library.papers), r.randrange(library.papers)
        found = store.get([library.paper_id(a), library.paper_id(b)])
        one, other = found[library.paper_id(a)], found[library.paper_id(b)]
        assert isinstance(one, Paper)
        assert isinstance(other, Paper)
        words = sorted(one.title.split()[:-1], key=len)[-2:]
        yield one, other, " ".join(words)


def rarest(title: str) -> list[str]:
    """The two words of a title that seem rarest, for a hand-written statement that is as fast as can be."""
    return sorted(search_tokens(title)[:-1], key=len)[-2:]


def ask(asked: list[Any], answer: Callable[[Any], object]) -> Figures:
    """p50 and p99 in milliseconds of answering, after a few that warm the caches."""
    for one in asked[: max(len(asked) // 20, 3)]:
        answer(one)
    times = []
    for one in asked:
        start = time.perf_counter()
        answer(one)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return {"p50": statistics.median(times), "p99": times[min(len(times) - 1, int(len(times) * 0.99))]}


def ours(store: Store, asked: list[tuple[Paper, Paper, str]]) -> dict[str, Figures]:
    return {
        "related": ask(asked, lambda q: related(store, q[0])),
        "show": ask(asked, lambda q: store.around(q[0].id)),
        "search": ask(asked, lambda q: store.search(q[2] + " ", 20)),
        "path": ask(asked, lambda q: shortest_path(store, q[0], q[1])),
    }


def by_hand_sqlite(path: Path, asked: list[tuple[Paper, Paper, str]]) -> dict[str, Figures]:
    db = sqlite3.connect(path)

    def either(title: str) -> str:
        return " OR ".join(f'"{t}"' for t in rarest(title))

    def both(text: str) -> str:
        return " ".join(f'"{t}"' for t in search_tokens(text))

    def bodies(rows: Iterator[Any]) -> list[Any]:
        return [json.loads(r[0] if r[0].startswith("{") else r[1]) for r in rows]

    return {
        "related": ask(asked, lambda q: bodies(db.execute(RELATED_SQL, {"id": q[0].id, "match": either(q[0].title)}))),
        "show": ask(asked, lambda q: bodies(db.execute(SHOW_SQL, {"id": q[0].id}))),
        "search": ask(asked, lambda q: bodies(db.execute(SEARCH_SQL, {"match": both(q[2])}))),
    }


def by_hand_neo4j(driver: Any, asked: list[tuple[Paper, Paper, str]]) -> dict[str, Figures]:
    def run(text: str, **parameters: Any) -> list[Any]:
        with driver.session() as session:
            return session.execute_read(lambda t: list(t.run(text, parameters)))  # type: ignore[no-any-return]

    def match(text: str, joint: str) -> str:
        return joint.join(f'"{t}"' for t in (rarest(text) if joint == " OR " else search_tokens(text)))

    return {
        "related": ask(asked, lambda q: run(RELATED_CYPHER, id=q[0].id, match=match(q[0].title, " OR "))),
        "show": ask(asked, lambda q: run(SHOW_CYPHER, id=q[0].id)),
        "search": ask(asked, lambda q: run(SEARCH_CYPHER, match=match(q[2], " AND "))),
        "path": ask(asked, lambda q: run(PATH_CYPHER, a=q[0].id, b=q[1].id)),
    }


# --- one size


def memory_of_an_import(path: Path) -> float:
    """Peak MiB of a whole process that imports the sample notes into the store, and takes them out again."""
    code = (
        "import resource, sys, papergraph\nwith papergraph.open(sys.argv[1]) as l:\n    l.import_notes(sys.argv[2])\n    l.undo()\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path), str(ROOT / "data" / "iclr2024-notes.txt")], check=True, capture_output=True, text=True)
    return float(done.stdout)


def sqlite_size(papers: int, folder: Path, number: int) -> Figures:
    library = Synthetic(papers)
    path = folder / f"papers-{papers}.db"
    out: Figures = {}
    if not path.exists():
        with open_store(str(path), create=True) as store:
            statements, seconds = load(store, library)
        raw_path = folder / "raw.db"
        raw = raw_sqlite(path, raw_path)
        raw_path.unlink()
        out["load"] = {"statements": statements, "seconds": seconds, "rawSeconds": raw, "ratio": raw / seconds, "perSecond": statements / seconds}
    with open_store(str(path)) as store:
        asked = list(questions(store, library, number))
        out["ours"] = ours(store, asked)
    out["byHand"] = by_hand_sqlite(path, asked)
    out["megabytes"] = path.stat().st_size / 1e6
    out["importMiB"] = memory_of_an_import(path)
    return out


def neo4j_size(papers: int, folder: Path, number: int, *, driver_load: bool) -> Figures:
    import run as local_server

    from papergraph.exchange.neo4jcsv import write
    from papergraph.store.neo4j import Login, Neo4jStore

    library = Synthetic(papers)
    out: Figures = {}
    classes = local_server.class_path()

    def server(name: str) -> Any:
        return local_server.Server(folder / name, heap="3g", page_cache="3g", classes=classes)

    if driver_load:
        running = server("loaded").start()
        try:
            recorded: list[tuple[str, dict[str, Any]]] = []
            with Neo4jStore(running.uri, Login("neo4j", running.password), create=True) as store:
                run = store._run

                def recording(name: str, **parameters: Any) -> None:
                    if name.endswith("_put") and "rows" in parameters:
                        recorded.append((name, parameters))
                    run(name, **parameters)

                store._run = recording  # type: ignore[method-assign]
                statements, seconds = load(store, library)
            raw, natural = _raw_neo4j(server("raw"), recorded)
            out["load"] = {
                "statements": statements,
                "seconds": seconds,
                "rawSeconds": raw,
                "ratio": raw / seconds,
                "graphAloneSeconds": natural,
                "graphAloneRatio": natural / seconds,
                "perSecond": statements / seconds,
            }
        finally:
            running.stop()
    with open_store(str(folder / f"papers-{papers}.db")) as embedded:
        files = folder / f"csv-{papers}"
        start = time.perf_counter()
        command = write(embedded, files)
        exported = time.perf_counter() - start
    words = command.replace("\\\n", " ").replace("'", "").split()
    bulk = server(f"bulk-{papers}")
    bulk.admin("dbms", "set-initial-password", bulk.password)
    bulk.new = False
    start = time.perf_counter()
    bulk.admin(*words[1:])
    imported = time.perf_counter() - start
    bare = server("bare")
    start = time.perf_counter()
    graph = ("Paper", "Topic", "HAS_TOPIC", "BROADER", "relations")
    bare.admin(*(w for w in words[1:] if not w.startswith(("--nodes", "--relationships")) or any(f"/{g}.csv" in w for g in graph)))
    alone = time.perf_counter() - start
    bulk.start()
    try:
        login = Login("neo4j", bulk.password)
        start = time.perf_counter()
        with Neo4jStore(bulk.uri, login) as store:
            indexed = time.perf_counter() - start
            asked = list(questions(store, library, number))
            out["ours"] = ours(store, asked)
            out["byHand"] = by_hand_neo4j(store._driver, asked)
    finally:
        bulk.stop()
    out["bulk"] = {"exportSeconds": exported, "adminSeconds": imported, "indexSeconds": indexed, "bareGraphSeconds": alone}
    return out


def _raw_neo4j(server: Any, recorded: list[tuple[str, dict[str, Any]]]) -> tuple[float, float]:
    """Seconds of the driver alone sending the same rows with UNWIND into the same schema: all of them, and the graph's alone."""
    import neo4j

    from papergraph.store import cypher

    server.start()
    seconds = {True: 0.0, False: 0.0}
    try:
        with neo4j.GraphDatabase.driver(server.uri, auth=("neo4j", server.password), notifications_min_severity="OFF") as driver:
            for statement in (s for some in cypher.schemas() for s in some):
                driver.execute_query(statement)
            driver.execute_query(cypher.text("store_put"), version=1)
            with driver.session() as session:
                for name, parameters in recorded:
                    start = time.perf_counter()
                    session.execute_write(lambda t, name=name, parameters=parameters: t.run(cypher.text(name), parameters).consume())
                    seconds[name in ("statement_put", "change_page_put")] += time.perf_counter() - start
    finally:
        server.stop()
    return sum(seconds.values()), seconds[False]


# --- the tables


def exponent(sizes: list[int], values: list[float]) -> float:
    """How a cost grows from the smallest to the largest size: cost ~ size ** exponent."""
    return math.log(values[-1] / values[0]) / math.log(sizes[-1] / sizes[0]) if len(sizes) > 1 else math.nan


def show(found: dict[str, dict[int, Figures]]) -> None:
    for engine, sizes in found.items():
        print(f"\n{engine}")
        for papers, f in sizes.items():
            if "load" in f:
                one = f["load"]
                alone = f", {one['graphAloneRatio']:.2f} × of the graph's rows alone" if "graphAloneRatio" in one else ""
                print(f"  {papers:9,} papers: load {one['statements']:,} statements in {one['seconds']:.0f} s, {one['perSecond']:,.0f}/s, {one['ratio']:.2f} × raw{alone}")
            if "bulk" in f:
                b = f["bulk"]
                print(
                    f"  {papers:9,} papers: bulk: export {b['exportSeconds']:.0f} s, neo4j-admin {b['adminSeconds']:.0f} s (of the graph alone {b['bareGraphSeconds']:.0f} s), indexes {b['indexSeconds']:.0f} s"
                )
            if "importMiB" in f:
                print(f"  {papers:9,} papers: {f['megabytes']:,.0f} MB, an import into it peaks at {f['importMiB']:.0f} MiB")
        print(f"  {'':10}{'papers':>10}{'p50 ms':>9}{'p99 ms':>9}{'by hand':>10}{'p99':>8}{'ratio':>7}")
        for question in ("related", "show", "search", "path"):
            for papers, f in sizes.items():
                a, b = f["ours"][question], f["byHand"].get(question)
                hand = f"{b['p50']:10.2f}{b['p99']:8.1f}{a['p50'] / b['p50']:7.2f}" if b else ""
                print(f"  {question:10}{papers:10,}{a['p50']:9.2f}{a['p99']:9.1f}{hand}")
            print(f"  {'':10}grows with exponent {exponent(list(sizes), [f['ours'][question]['p50'] for f in sizes.values()]):.2f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--papers", type=int, nargs="+", default=[2_000, 20_000], help="sizes (2000 20000)")
    options.add_argument("--neo4j", action="store_true", help="also a Neo4j server")
    options.add_argument("--driver-load", type=int, default=100_000, help="largest size loaded into Neo4j through the driver too (100000)")
    options.add_argument("--questions", type=int, default=300, help="of each kind (300)")
    options.add_argument("--keep", type=Path, help="a folder to work in and keep; stores that are there already are not loaded again")
    options.add_argument("--json", action="store_true", help="print JSON")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found: dict[str, dict[int, Figures]] = {"SQLite": {n: sqlite_size(n, folder, given.questions) for n in given.papers}}
        if given.neo4j:
            found["Neo4j"] = {n: neo4j_size(n, folder, given.questions, driver_load=n <= given.driver_load) for n in given.papers}
    if given.json:
        print(json.dumps(found, indent=2))
    else:
        show(found)
        print(f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB; {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
