"""The page: the same bytes for the same graph, nothing executed, everything reachable; the last part in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import DISSECTING, MECHANISTIC
from papergraph.folding import concept_id, note_id, paper_id, relation_id, topic_id
from papergraph.library import Library
from papergraph.model import Concept, Edge, Evidence, Graph, Note, Paper, Relation, Topic
from papergraph.view import render
from papergraph.view.layout import Box, place
from papergraph.view.page import wrap
from papergraph.vocabulary import AssertedBy, Kind, Role

HOSTILE = [
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    '"><svg onload=window.hacked=1>',
    "{{ 7*7 }}{% include 'x' %}",
    "<!-- <script>",
    "\u2028\u2029 ' \" ` \\ ${window.hacked=1}",
    "javascript:window.hacked=1",
    "a\x00b\x1b[31m",
    "__proto__",
]


def hostile_graph() -> Graph:
    nodes: list[Any] = []
    edges, relations = [], []
    for n, text in enumerate(HOSTILE):
        topic = Topic(topic_id((text,)), text)
        paper = Paper(paper_id(text + "p"), text, Role.ENTRY, (text,), url="javascript:window.hacked=1", markers=(text,), aliases=(text,), topics=(topic.id,), path=text, line=n)
        concept = Concept(concept_id(text), text)
        note = Note(note_id("s", paper.id, text), text, Kind.RELATION, False, text, 1, 0, 1, "s", paper.id)
        nodes += [topic, paper, concept, note]
        edges += [Edge("HAS_TOPIC", paper.id, topic.id), Edge("ABOUT", note.id, paper.id)]
        evidence = Evidence(note.id, text, text, 1, 0, 1, text)
        relations.append(Relation(relation_id("USES", paper.id, concept.id, symmetric=False), "USES", paper.id, concept.id, 0.8, True, AssertedBy.EXTRACTOR, evidence=(evidence,)))
    return Graph(tuple(nodes), tuple(edges), tuple(relations))


def page_data(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_equal_graphs_give_equal_pages(iclr: Library) -> None:
    graph = iclr.graph()
    again = Graph(graph.nodes, graph.edges[::-1], graph.relations)
    assert render(graph, title="x") == render(graph, title="x")
    assert page_data(render(again))["nodes"] == page_data(render(graph))["nodes"]


def test_all_is_there(iclr: Library) -> None:
    data = page_data(iclr.view())
    assert sum(n["kind"] == "Paper" and not n["cited"] for n in data["nodes"]) == 39
    quotes = {e["quote"] for r in data["details"]["relations"].values() for e in r["evidence"]}
    assert "下の論文と主張が一致" in quotes


def test_hostile_text_stays_text() -> None:
    page = render(hostile_graph(), title=HOSTILE[0])
    assert {d["name"] for d in page_data(page)["details"]["nodes"].values()} == set(HOSTILE)
    assert page.split("<script id=\"data\"")[0].count("<script") == 0
    assert "hacked = 1</script>" not in page
    assert "49" not in page_data(page)["title"]


def test_the_policy_names_the_pages_own_scripts_only(iclr: Library) -> None:
    page = iclr.view()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    text = policy[1].replace("&#39;", "'")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style
    for inline in (*scripts, style[1]):
        assert base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode() in text
    assert "connect-src 'none'" in text
    assert "unsafe" not in text
    assert not re.search(r'<(?:script|link|img|iframe)[^>]*\b(?:src|href)=', page.split('<script id="data"')[0])


@pytest.mark.parametrize(
    ("text", "wrapped"),
    [("short", "short"), ("状態空間モデルの理論的な解析", "状態空間モ\nデルの理論\n的な解析"), ("one two three four five six", "one two\nthree four\nfive six"), ("a" * 40, None)],
)
def test_wrapping_counts_wide_characters_twice(text: str, wrapped: str | None) -> None:
    found = wrap(text, 10, 3)
    assert wrapped is None or found == wrapped
    assert found.count("\n") <= 2


def test_no_two_boxes_overlap(iclr: Library) -> None:
    graph = iclr.graph()
    boxes = {n.id: Box(150, 60) for n in graph.nodes if isinstance(n, Paper | Topic | Concept)}
    at = place(graph, boxes)
    ids = sorted(at)
    for i, a in enumerate(ids):
        for b in ids[i + 1 :]:
            assert abs(at[a][0] - at[b][0]) >= 149 or abs(at[a][1] - at[b][1]) >= 59


def test_an_empty_graph_says_what_to_do() -> None:
    page = render(Graph())
    assert "papergraph import NOTES" in page


def test_a_thousand_papers_make_a_page() -> None:
    topics = [Topic(topic_id((str(n),)), f"Topic {n}") for n in range(40)]
    papers = [Paper(paper_id(f"Paper {n}"), f"Paper {n} about things", topics=(topics[n % 40].id,)) for n in range(1000)]
    edges = tuple(Edge("HAS_TOPIC", p.id, p.topics[0]) for p in papers)
    started = time.perf_counter()
    page = render(Graph((*topics, *papers), edges))
    assert len(page_data(page)["nodes"]) == 1040
    print(f"{time.perf_counter() - started:.1f} s")


# --- in a browser


def chromium() -> str | None:
    return os.environ.get("PAPERGRAPH_CHROMIUM") or next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = chromium()
    if path is None:
        if os.environ.get("PAPERGRAPH_REQUIRE_BROWSER"):
            pytest.fail("no Chromium, but PAPERGRAPH_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on this machine (PAPERGRAPH_CHROMIUM names one)")
    from playwright.sync_api import sync_playwright

    flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=flags.split())
        yield running
        running.close()


class Opened:
    """A page in the browser, with all that it complained of or asked for."""

    def __init__(self, browser: Any, file: Path) -> None:
        self.page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        self.trouble: list[str] = []
        self.page.on("console", lambda m: self.trouble.append(m.text))
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))
        self.page.on("dialog", lambda d: self.trouble.append("dialog"))
        self.page.on("request", lambda r: None if r.url == file.as_uri() else self.trouble.append(r.url))
        self.page.goto(file.as_uri())

    def click_node(self, node: str) -> None:
        self.page.evaluate("id => papergraph.network.moveTo({position: papergraph.network.getPosition(id), scale: 1})", node)
        box = self.page.locator("#graph canvas").bounding_box()
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_click_shows_quotes_and_the_search_finds(browser: Any, iclr: Library, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(iclr.view(), encoding="utf-8")
    opened = Opened(browser, file)
    page = opened.page
    opened.click_node(paper_id(DISSECTING))
    panel = page.locator("#panel")
    panel.wait_for(state="visible")
    assert DISSECTING in panel.inner_text()
    assert "下の論文と主張が一致" in panel.inner_text()
    assert "iclr2024-notes.txt:63" in panel.inner_text()
    panel.get_by_role("button", name=MECHANISTIC).first.click()
    assert panel.locator("h2").inner_text() == MECHANISTIC
    page.keyboard.press("/")
    for asked, first in (("ＤＩＳＳＥＣＴＩＮＧ", DISSECTING), ("状態空間", "状態空間モデル系"), ("テレパシー", "Let Models Speak Ciphers: Multiagent Debate through Embeddings")):
        page.locator("#search").fill(asked)
        assert page.locator("#results li").first.inner_text().startswith(first)
    page.keyboard.press("Enter")
    assert panel.locator("h2").inner_text().startswith("Let Models Speak")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    relation = iclr.relations(types=["consistent-with"])[0][0]
    page.evaluate("id => { const e = papergraph.network.body.data.edges.get(id); papergraph.network.body.emitter.emit('click', {nodes: [], edges: [e.id]}); }", relation.id)
    assert "confidence" in panel.inner_text()
    assert opened.trouble == []


def test_nothing_from_the_notes_is_executed(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    graph = hostile_graph()
    file.write_text(render(graph, title=HOSTILE[0]), encoding="utf-8")
    opened = Opened(browser, file)
    for node in graph.nodes:
        if not isinstance(node, Note):
            opened.page.evaluate("id => papergraph.choose(id)", node.id)
            assert opened.page.locator("#panel a").count() == 0
    opened.page.locator("#search").fill("script")
    assert opened.page.evaluate("window.hacked") is None
    assert opened.trouble == []
