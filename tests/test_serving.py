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

from conftest import DISSECTING, MECHANISTIC, STORES, filled
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


@pytest.fixture(params=STORES)
def any_library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    """The ICLR notes in each kind of store."""
    yield from filled(request, tmp_path)


def test_every_store_gives_the_same_sheets(any_library: Library, iclr: Library) -> None:
    for own in (paper_id(DISSECTING), concept_id("induction heads"), topic_id(("LLM 系?",)), topic_id(("学習手法系",))):
        if own in {n.id for n in iclr.graph().nodes}:
            for depth in (1, 2):
                here, there = Atlas(any_library).around(own, depth), Atlas(iclr).around(own, depth)
                assert (here.at, here.left_out, here.counts, here.scene.wide) == (there.at, there.left_out, there.counts, there.scene.wide)
    assert Atlas(any_library).map().scene.wide == Atlas(iclr).map().scene.wide


def test_every_store_makes_the_same_page_and_keeps_where_things_stand(any_library: Library, iclr: Library) -> None:
    page = any_library.view()
    assert page == iclr.view()
    assert any_library.store.positions() == iclr.store.positions() != {}
    assert any_library.view() == page


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
    told = {r["edge"]: r for r in running.ask(f"/api/node?id={a}").json["relations"]}
    own = told[f"{a}~EXTENDS~{b}"]
    assert [e["quote"] for e in own["evidence"]] == ["続き"]
    assert (own["id"], own["name"], own["verb"], own["certainty"]) == (b, MECHANISTIC, "extends", "confidence 1.00 · hedged · accepted")
    stated = f"{min(a, b)}~CONSISTENT_WITH~{max(a, b)}"
    assert running.post("/api/decision", {"id": stated, "decision": "accept"}).status == 200
    assert running.post("/api/decision", {"id": stated, "decision": "perhaps"}).status == 400
    with Library(open_store(str(tmp_path / "served.db"))) as library:
        by_id = {r.id: r for r, _, _ in library.relations()}
        relation = by_id[relation_id("EXTENDS", a, b, symmetric=False)]
        assert (relation.asserted_by, relation.hedged, relation.status) == (AssertedBy.USER, True, Status.ACCEPTED)
        assert by_id[relation_id("CONSISTENT_WITH", a, b, symmetric=True)].status is Status.ACCEPTED
    assert running.post("/api/decision", {"id": stated, "decision": "reject"}).status == 200
    assert stated not in {r["edge"] for r in running.ask(f"/api/node?id={a}").json["relations"]}
    # what somebody else has decided meanwhile is not overruled unseen
    late = running.post("/api/decision", {"id": stated, "decision": "accept", "status": "accepted"})
    assert late.status == 400
    assert "rejected it meanwhile" in late.json["error"]
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


# --- in a browser


class Visited:
    """The served page in the browser, with all that it complained of or asked of others."""

    def __init__(self, browser: Any, address: str) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.trouble: list[str] = []
        own = address.split("?", maxsplit=1)[0]
        self.page.on("console", lambda m: self.trouble.append(m.text))
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))
        self.page.on("request", lambda r: None if r.url.startswith((own, "data:", "blob:")) else self.trouble.append(r.url))
        self.page.goto(address)
        self.page.wait_for_selector("#trail button")

    def search(self, text: str) -> None:
        self.page.locator("#search").fill(text)
        self.page.wait_for_selector("#results li[role=option]:not(.none)")
        self.page.wait_for_function("text => [...document.querySelectorAll('#results li')].some((l) => l.textContent.toLowerCase().includes(text.toLowerCase()))", arg=text)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#panel h2")

    def open_place(self, topic: str) -> None:
        self.search(topic)
        self.button("Open this place").click()
        self.sheet(topic)

    def begin_relation(self, paper: str) -> None:
        self.search(paper)
        self.button("Add relation …").click()

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    def count(self) -> int:
        return int(self.page.evaluate("papergraph.model.n"))

    def sheet(self, text: str) -> None:
        self.page.wait_for_function("text => document.querySelector('#trail').textContent.includes(text)", arg=text)


@pytest.fixture
def large_page(browser: Any, large_file: Path, tmp_path: Path) -> Iterator[Visited]:
    path = tmp_path / "served.db"
    shutil.copy(large_file, path)
    server = Running(path)
    visited = Visited(browser, server.server.address)
    yield visited
    visited.context.close()
    server.stop()
    assert visited.trouble == []


def test_one_goes_from_the_map_to_places_and_neighbourhoods_and_back(large_page: Visited) -> None:
    page = large_page.page
    assert "300 nodes of 1,073" in page.locator("#trail").inner_text() or large_page.count() <= MOST
    large_page.open_place("Field 3")
    assert large_page.count() == 1 + 5 + 75
    large_page.search("Paper 517")
    large_page.sheet("around Paper 517")
    page.wait_for_function("() => document.querySelector('#panel h2').textContent === 'Paper 517'")
    assert "both lead to" in page.locator("#panel").inner_text()
    small = large_page.count()
    large_page.button("2 steps").click()
    page.wait_for_function("n => papergraph.model.n > n", arg=small)
    assert large_page.count() <= MOST
    address = page.url
    page.go_back()
    page.wait_for_function("n => papergraph.model.n === n", arg=small)
    large_page.button("Map").click()
    page.wait_for_function("() => document.querySelectorAll('#trail button').length === 1 && papergraph.model.live.at === 'map'")
    # the link leads there again
    page.goto(address)
    page.reload()
    page.wait_for_function("() => window.papergraph?.model?.live.at.endsWith(' 2')")


def test_a_relation_is_added_accepted_and_rejected_from_the_panel(large_page: Visited) -> None:
    page = large_page.page
    large_page.begin_relation("Loose 7")
    page.get_by_label("Type of relation").select_option("CONTRADICTS")
    page.get_by_label("Related to which paper or concept").fill("Paper 33")
    page.get_by_label("Why, in your words").fill("逆の結果")
    page.get_by_label("not sure").check()
    large_page.button("Add").click()
    page.wait_for_function("() => document.querySelector('#panel')?.textContent.includes('逆の結果')")
    panel = page.locator("#panel")
    assert "contradicts Paper 33" in panel.inner_text()
    assert "stated by hand" in panel.inner_text()
    large_page.button("Accept").first.click()
    page.wait_for_function("() => document.querySelector('#panel')?.textContent.includes('accepted')")
    page.locator("#panel li", has_text="Paper 33").first.get_by_role("button", name="Reject").click()
    page.wait_for_function("() => !document.querySelector('#panel')?.textContent.includes('逆の結果')")
    # it is said where one sees it, with a way back
    notice = page.locator("#trail .notice")
    assert notice.inner_text().startswith("Rejected.")
    notice.get_by_role("button", name="Undo").click()
    page.wait_for_function("() => document.querySelector('#panel')?.textContent.includes('逆の結果')")


def test_what_is_not_in_the_library_is_said_at_the_field(large_page: Visited) -> None:
    page = large_page.page
    large_page.begin_relation("Loose 7")
    page.get_by_label("Related to which paper or concept").fill("nothing of the kind")
    large_page.button("Add").click()
    page.wait_for_function("() => document.querySelector('#panel form .problem').textContent !== ''")
    assert page.locator("#panel form .problem").inner_text() == "Nothing in the library is called so."
    large_page.button("Cancel").click()
    assert page.locator("#panel form").count() == 0


def test_a_path_leads_anywhere_in_the_library(large_page: Visited) -> None:
    page = large_page.page
    large_page.search("Paper 517")
    large_page.sheet("around Paper 517")
    page.locator("#graph").focus()
    page.keyboard.press("p")
    large_page.search("Paper 733")
    page.wait_for_function("() => papergraph.seen.path !== null && document.querySelector('#panel h2').textContent === 'Path'")
    assert "Paper 517" in page.locator("#panel").inner_text()
    assert "Paper 733" in page.locator("#panel").inner_text()
    assert "2 steps" in page.locator("#panel").inner_text()


def test_what_others_change_is_on_the_map_when_it_is_loaded_anew(large_page: Visited, tmp_path: Path) -> None:
    with Library(open_store(str(tmp_path / "served.db"))) as library:
        library.add_topic("Zebra studies")
        for n in range(20):
            library.add_paper(f"Zebra {n}", topics=["Zebra studies"])
    large_page.page.reload()
    large_page.page.wait_for_function("() => window.papergraph?.model?.name.includes('Zebra studies')")


def test_one_comes_back_to_the_same_sheet_by_its_link(large_page: Visited) -> None:
    page = large_page.page
    large_page.open_place("Field 3")
    page.locator("#filter-Cited, #filter-Paper").first.click()
    page.reload()
    page.wait_for_function("() => window.papergraph?.model?.live.at.startsWith('place ')")
    assert large_page.count() == 1 + 5 + 75
    assert page.evaluate("papergraph.seen.hidden") == ["Paper"]


def test_a_server_that_has_gone_is_told_and_nothing_is_lost(browser: Any, iclr_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "served.db"
    shutil.copy(iclr_file, path)
    server = Running(path)
    visited = Visited(browser, server.server.address)
    visited.search("Dissecting")
    server.stop()
    before = visited.count()
    visited.button("Load neighbours").click()
    visited.page.wait_for_selector("#trail .problem")
    assert "papergraph serve" in visited.page.locator("#trail").inner_text()
    assert visited.count() == before
    visited.context.close()
