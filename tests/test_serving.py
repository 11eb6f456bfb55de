"""The page over HTTP: what stands on its sheets, who may ask, and that it works as a person would use it."""

from __future__ import annotations

import http.client
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import DISSECTING, MECHANISTIC
from papergraph.errors import UnknownNameError, UsageError
from papergraph.folding import concept_id, paper_id, relation_id, topic_id
from papergraph.library import Library
from papergraph.model import Concept, Paper, Relation, Statement, Topic
from papergraph.serving.atlas import MOST, Atlas, relation_of
from papergraph.serving.server import LONGEST_BODY, Server
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.vocabulary import AssertedBy, Status


def fill(path: Path, *, topics: int, papers: int, loose: int = 0) -> None:
    """A store: papers in topics, two topics a parent, and communities of twenty papers without a topic; chains of relations in each."""
    chance = random.Random(3)
    elements: list[Any] = []
    heads = [Topic(topic_id((f"Field {n}",)), f"Field {n}") for n in range(max(1, topics // 5))]
    inner = [Topic(topic_id((f"Field {n // 5}", f"Topic {n}")), f"Topic {n}", broader=heads[min(n // 5, len(heads) - 1)].id) for n in range(topics)]
    own = [Paper(paper_id(f"Paper {n}"), f"Paper {n}", topics=(inner[n % topics].id,), path="a.md", line=n + 1) for n in range(papers)]
    free = [Paper(paper_id(f"Loose {n}"), f"Loose {n}", path="b.md", line=n + 1) for n in range(loose)]
    concept = Concept(concept_id("attention"), "attention")
    pairs = {(own[n].id, own[chance.randrange(papers)].id) for n in range(papers)} | {(free[n].id, free[n // 20 * 20].id) for n in range(loose)}
    pairs |= {(own[0].id, p.id) for p in own[1:]}
    elements += [*heads, *inner, *own, *free, concept]
    for a, b in sorted(pairs):
        if a != b:
            first, second = sorted((a, b))
            elements.append(Relation(relation_id("SIMILAR_TO", a, b, symmetric=True), "SIMILAR_TO", first, second, 0.8, False, AssertedBy.EXTRACTOR))
    with open_store(str(path), create=True) as store:
        store.apply([Change(None, Statement("s-test", e)) for e in {e.id: e for e in elements}.values()], by="import", action="fill")


@pytest.fixture(scope="session")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "large.db"
    fill(path, topics=60, papers=900, loose=100)
    return path


@pytest.fixture
def large(large_file: Path, tmp_path: Path) -> Iterator[Library]:
    path = tmp_path / "large.db"
    shutil.copy(large_file, path)
    with Library(open_store(str(path))) as library:
        yield library


# --- sheets


def test_a_small_library_is_all_on_the_map(iclr: Library) -> None:
    sheet = Atlas(iclr).map()
    assert sheet.left_out == 0
    assert {n.id for n in sheet.scene.nodes} == {n.id for n in iclr.graph().nodes if n.label in ("Paper", "Topic", "Concept")}


def test_a_large_one_opens_on_topics_and_communities_with_their_best_connected_papers(large: Library) -> None:
    sheet = Atlas(large).map()
    nodes = sheet.scene.nodes
    assert len(nodes) <= MOST
    assert sheet.left_out == 900 + 100 + 60 + 12 + 1 - sum(not n.id.startswith("k-") for n in nodes)
    assert sum(isinstance(n, Topic) and n.pref_label.startswith("Topic ") for n in nodes) == 60
    groups = [n for n in nodes if n.id.startswith("k-")]
    assert len(groups) == 5
    assert all(g.name.startswith("around Loose ") and int(g.name.split()[-1]) % 20 == 0 for g in groups)
    assert any(n.name == "Paper 0" for n in nodes)
    # a topic counts all its papers, not those shown
    assert sheet.counts[topic_id(("Field 0", "Topic 0"))] == 15
    assert sheet.counts[topic_id(("Field 0",))] == 75


def test_a_place_holds_what_stands_in_it(large: Library) -> None:
    atlas = Atlas(large)
    field = atlas.place(topic_id(("Field 0",)))
    assert {n.name for n in field.scene.nodes if isinstance(n, Topic)} == {"Field 0", *(f"Topic {n}" for n in range(5))}
    assert sum(isinstance(n, Paper) for n in field.scene.nodes) == 75
    assert field.left_out == 0
    group = next(n for n in atlas.map().scene.nodes if n.id.startswith("k-"))
    inside = atlas.place(group.id)
    assert sum(isinstance(n, Paper) for n in inside.scene.nodes) == 20
    with pytest.raises(UnknownNameError, match="go back to the map"):
        atlas.place("k-nothing")


def test_a_neighbourhood_has_the_strongest_and_says_what_it_leaves_out(large: Library) -> None:
    atlas = Atlas(large)
    for depth in (1, 2, 3):
        sheet = atlas.around(paper_id("Paper 0"), depth)
        assert len(sheet.scene.nodes) <= MOST
        assert sheet.left_out > 500
    small = atlas.around(paper_id("Loose 7"), 1)
    assert {n.name for n in small.scene.nodes} == {"Loose 7", "Loose 0"}
    assert [r.type for r in small.scene.relations] == ["SIMILAR_TO"]
    topic = atlas.around(topic_id(("Field 1", "Topic 7")), 1)
    assert {n.name for n in topic.scene.nodes if isinstance(n, Topic)} == {"Field 1", "Topic 7"}
    assert sum(isinstance(n, Paper) for n in topic.scene.nodes) == 15
    with pytest.raises(UnknownNameError):
        atlas.around("p-nothing")


def test_rejected_relations_are_on_no_sheet(large: Library) -> None:
    relation = large.relations()[0][0]
    large.reject(relation.id)
    atlas = Atlas(large)
    for sheet in (atlas.map(), atlas.around(relation.source), atlas.around(relation.target)):
        assert relation.id not in {r.id for r in sheet.scene.relations}


def test_a_relation_is_found_by_the_name_that_the_page_has_for_it(iclr: Library) -> None:
    relation = iclr.relations()[0][0]
    assert relation_of(iclr, f"{relation.source}~{relation.type}~{relation.target}") == relation
    for wrong in ("", "~~", "a~b~c", f"{relation.source}~NO_TYPE~{relation.target}", f"{relation.source}~USES~{relation.target}"):
        with pytest.raises(UnknownNameError):
            relation_of(iclr, wrong)


# --- over HTTP


@dataclass
class Asked:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Running:
    """A server in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self.server = Server(lambda: Library(open_store(str(path))), title="読書 <b>")
        started = threading.Event()
        self.thread = threading.Thread(target=lambda: self.server.run(ready=lambda _: started.set()))
        self.thread.start()
        assert started.wait(60)

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, token: str | None = "right", **headers: str) -> Asked:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        sent = {"Host": f"127.0.0.1:{self.server.port}", **({"X-Papergraph-Token": self.server.token if token == "right" else token} if token is not None else {})}
        connection.request(method, path, body, {**sent, **{k.replace("_", "-"): v for k, v in headers.items()}})
        answer = connection.getresponse()
        out = Asked(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        connection.close()
        return out

    def post(self, path: str, data: Any, **headers: str) -> Asked:
        return self.ask(path, method="POST", body=json.dumps(data).encode(), **{"Content_Type": "application/json", **headers})

    def stop(self) -> None:
        self.server.stop()
        self.thread.join(30)
        assert not self.thread.is_alive()


@pytest.fixture
def running(iclr_file: Path, tmp_path: Path) -> Iterator[Running]:
    path = tmp_path / "served.db"
    shutil.copy(iclr_file, path)
    server = Running(path)
    yield server
    server.stop()


def test_the_page_needs_the_token_and_tells_nothing_without(running: Running) -> None:
    page = running.ask(f"/?token={running.server.token}", token=None)
    assert page.status == 200
    text = page.body.decode()
    assert "読書 &lt;b&gt;" in text
    assert "connect-src &#39;self&#39;" in text
    # the token is in the link alone
    assert running.server.token not in text
    for wrong in ("/", "/?token=", "/?token=wrong", f"/?token={running.server.token}x"):
        refused = running.ask(wrong, token=None)
        assert refused.status == 401
        assert DISSECTING.encode() not in refused.body
    for path in ("map", "node?id=x", "search?text=a", "around?id=x", "place?id=x", "edge?id=x", "nothing"):
        for token in (None, "", "wrong", "\u00e9"):
            assert running.ask(f"/api/{path}", token=token).status == 401, (path, token)
        assert running.ask(f"/api/{path}&token={running.server.token}", token=None).status == 401


def test_only_its_own_page_on_its_own_name_may_ask(running: Running) -> None:
    port = running.server.port
    assert running.ask("/api/map").status == 200
    assert running.ask("/api/map", Host=f"localhost:{port}").status == 200
    assert running.ask("/api/map", Origin=f"http://127.0.0.1:{port}").status == 200
    for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", f"127.0.0.1:{port}.evil.example", f"[::1]:{port}"):
        assert running.ask("/api/map", Host=host).status == 421, host
        assert running.ask(f"/?token={running.server.token}", Host=host).status == 421, host
    for origin in ("http://evil.example", "null", f"http://localhost:{port}", f"https://127.0.0.1:{port}", f"http://127.0.0.1:{port}.evil.example"):
        assert running.ask("/api/map", Origin=origin).status == 403, origin
        assert running.post("/api/decision", {}, Origin=origin).status == 403, origin
    for site in ("cross-site", "same-site"):
        assert running.ask("/api/map", Sec_Fetch_Site=site).status == 403
    # nobody else is allowed to read an answer, nor to ask whether one may
    for answer in (running.ask("/api/map"), running.ask("/api/map", method="OPTIONS", Access_Control_Request_Method="POST")):
        assert not [h for h in answer.headers if h.startswith("access-control")]
    assert running.ask("/api/map", method="OPTIONS").status == 405


def test_every_answer_forbids_frames_sniffing_and_keeping(running: Running) -> None:
    for path in (f"/?token={running.server.token}", "/api/map", "/api/nothing", "/"):
        headers = running.ask(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"] == "frame-ancestors 'none'"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


@pytest.mark.parametrize(
    ("path", "status", "part"),
    [
        ("/api/around?id=nothing", 404, "nothing on the page"),
        (f"/api/around?id={paper_id(DISSECTING)}&depth=9", 400, "1, 2 or 3"),
        ("/api/place?id=nothing", 404, "go back to the map"),
        ("/api/node?id=", 404, "nothing on the page"),
        ("/api/edge?id=a~b~c", 404, "load the page anew"),
        ("/api/nothing", 404, ""),
        ("/nothing?token=", 401, ""),
    ],
)
def test_what_cannot_be_answered_says_so(running: Running, path: str, status: int, part: str) -> None:
    answer = running.ask(path)
    assert answer.status == status
    assert part in answer.body.decode()
    assert "Traceback" not in answer.body.decode()


def test_a_change_is_json_and_not_too_long(running: Running) -> None:
    add = "/api/relation"
    assert running.ask(add, method="POST", body=b"{}").status == 415
    assert running.ask(add, method="POST", body=b"source=a", Content_Type="application/x-www-form-urlencoded").status == 415
    assert running.ask(add, method="POST", body=b"{", Content_Type="application/json").status == 400
    for body in ([], {}, {"source": 1, "type": "uses", "target": "b"}, {"source": DISSECTING, "type": "uses", "target": MECHANISTIC, "note": 5}):
        assert running.post(add, body).status == 400
    assert running.post(add, {"source": "x" * LONGEST_BODY, "type": "uses", "target": "b"}).status == 413
    assert running.ask(add, method="GET").status == 405
    assert running.post(add, {"source": DISSECTING, "type": "no-type", "target": MECHANISTIC}).status == 400
    assert "cannot be related to itself" in running.post(add, {"source": DISSECTING, "type": "uses", "target": DISSECTING}).json["error"]


def test_relations_are_added_accepted_and_rejected(running: Running, tmp_path: Path) -> None:
    a, b = paper_id(DISSECTING), paper_id(MECHANISTIC)
    added = running.post("/api/relation", {"source": a, "type": "EXTENDS", "target": b, "note": "続き", "hedged": True})
    assert added.status == 200
    told = running.ask(f"/api/node?id={a}").json
    assert [e["quote"] for e in told["relations"][f"{a}~EXTENDS~{b}"]] == ["続き"]
    stated = f"{min(a, b)}~CONSISTENT_WITH~{max(a, b)}"
    assert running.post("/api/decision", {"id": stated, "decision": "accept"}).status == 200
    assert running.post("/api/decision", {"id": stated, "decision": "perhaps"}).status == 400
    with Library(open_store(str(tmp_path / "served.db"))) as library:
        by_id = {r.id: r for r, _, _ in library.relations()}
        own = by_id[relation_id("EXTENDS", a, b, symmetric=False)]
        assert (own.asserted_by, own.hedged, own.status) == (AssertedBy.USER, True, Status.ACCEPTED)
        assert by_id[relation_id("CONSISTENT_WITH", a, b, symmetric=True)].status is Status.ACCEPTED
    assert running.post("/api/decision", {"id": stated, "decision": "reject"}).status == 200
    assert stated not in running.ask(f"/api/node?id={a}").json["relations"]
    with Library(open_store(str(tmp_path / "served.db"))) as library:
        assert len(library.relations(status="rejected")) == 1
        library.undo()
        assert len(library.relations(status="rejected")) == 0


def test_search_finds_notes_under_what_they_are_about(running: Running) -> None:
    hits = running.ask("/api/search?text=%E4%B8%BB%E5%BC%B5%E3%81%8C%E4%B8%80%E8%87%B4").json["hits"]
    assert {h["name"] for h in hits} >= {DISSECTING, MECHANISTIC}
    assert any("主張が一致" in h["text"] for h in hits)
    assert running.ask("/api/search?text=zzzz").json == {"hits": []}
    assert running.ask("/api/search?text=" + "a" * 5000).json == {"hits": []}


def test_a_port_that_is_taken_and_a_store_that_is_missing_are_told(running: Running, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="leave --port out"):
        Server(lambda: Library(open_store(":memory:"))).run(port=running.server.port)
    done = subprocess.run([sys.executable, "-m", "papergraph", "--db", str(tmp_path / "none.db"), "serve"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "papergraph import NOTES" in done.stderr
    assert done.stdout == ""


def test_the_command_prints_the_link_and_ends_by_interruption(iclr_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "a b 読書.db"
    shutil.copy(iclr_file, path)
    running = subprocess.Popen([sys.executable, "-m", "papergraph", "--db", str(path), "serve"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None
    address = running.stdout.readline()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{30,}\n", address)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    assert running.returncode in (0, 130)
    assert "Ctrl-C ends it" in errors
    assert "Traceback" not in errors
