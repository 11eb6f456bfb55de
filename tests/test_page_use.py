"""What one does on the page with a mouse: search, open, follow, focus, connect, close, move, keep. In a real browser."""

from __future__ import annotations

import base64
import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote
from xml.etree import ElementTree

import pytest

from conftest import DISSECTING, MECHANISTIC, PAUSE, paper_id
from papergraph.library import Library
from papergraph.model import Concept, Graph, Paper, Topic
from papergraph.store import open_store
from reader import ATTENTION, MEMORY, SPARSE, SVG, Reader, graph_of, small, written

CIPHERS = "Let Models Speak Ciphers: Multiagent Debate through Embeddings"
STATE = "A 2-Dimensional State Space Layer for Spatial Inductive Bias"
HEADLESS = "Headless Language Models: Learning without Predicting with Contrastive Weight Tying"
PAIR = f"{paper_id(MECHANISTIC)}~CONSISTENT_WITH~{paper_id(DISSECTING)}"


@pytest.fixture(scope="module")
def notes(iclr_file: Path) -> Iterator[Library]:
    """The ICLR notes, to be read only."""
    with Library(open_store(str(iclr_file))) as opened:
        yield opened


@pytest.fixture(scope="module")
def graph(notes: Library) -> Graph:
    return notes.graph()


@pytest.fixture(scope="module")
def at_desk(browser: Any, notes: Library, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_text(notes.view().html, encoding="utf-8")
    with Reader(browser, file) as reader:
        yield reader


@pytest.fixture
def reader(at_desk: Reader) -> Iterator[Reader]:
    """The page of the ICLR notes, opened anew."""
    at_desk.reopen()
    yield at_desk
    assert at_desk.trouble == []


@pytest.fixture(scope="module")
def few(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with Reader(browser, written(tmp_path_factory.mktemp("small"), small(), "Small & fine")) as opened:
        yield opened


@pytest.fixture
def little(few: Reader) -> Iterator[Reader]:
    """The page of `small`, opened anew."""
    few.reopen()
    yield few
    assert few.trouble == []


def tied(graph: Graph) -> dict[str, set[str]]:
    """What is one step from each node: over relations, topics and broader topics."""
    known = {n.id for n in graph.nodes if isinstance(n, Paper | Topic | Concept)}
    pairs = [(r.source, r.target) for r in graph.relations] + [(e.source, e.target) for e in graph.edges if e.type in ("HAS_TOPIC", "BROADER")]
    next_to: dict[str, set[str]] = {n: set() for n in known}
    for a, b in pairs:
        next_to[a].add(b)
        next_to[b].add(a)
    return next_to


# --- search


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("ＤＩＳＳＥＣＴＩＮＧ", DISSECTING),
        ("dissecting LEARNING", DISSECTING),
        ("learning dissecting", DISSECTING),
        ("let-models, speak!", CIPHERS),
        ("状態空間", "状態空間モデル系"),
        ("ﾏﾙﾁﾓｰﾀﾞﾙ", "マルチモーダル系"),
        ("テレパシー", CIPHERS),
        ("ﾃﾚﾊﾟｼｰ", CIPHERS),
        ("induction", "induction heads"),
        ("  pause   tokens ", PAUSE),
    ],
)
def test_the_search_finds_as_one_types(reader: Reader, asked: str, first: str) -> None:
    reader.find(asked)
    reader.until("f => document.querySelector('#results li')?.firstChild.textContent === f", first)
    assert reader.page.locator("#search").get_attribute("aria-expanded") == "true"
    # the command finds it as well
    reader.press("Enter")
    reader.until_heading(first)
    assert not reader.page.locator("#results").is_visible()


def test_the_search_folds_kana_of_both_kinds_alike(browser: Any, tmp_path: Path) -> None:
    papers = [Paper("p-1", "ﾃﾝｿﾙの話"), Paper("p-2", "Ｂｅｒｔ の仕組み"), Paper("p-3", "Straße nach Zürich"), Paper("p-4", "e\u0301tude")]
    with Reader(browser, written(tmp_path, graph_of(papers))) as page:
        for asked, found in (("テンソル", "p-1"), ("bert", "p-2"), ("STRASSE", "p-3"), ("ZÜRICH", "p-3"), ("Étude", "p-4"), ("の", "p-1")):
            page.find(asked)
            assert page.js("t => papergraph.find(t)", asked)[0] == found, asked
            assert page.page.locator("#results li").count() >= 1
        assert page.trouble == []


def test_results_narrow_with_every_letter_and_tell_how_many(reader: Reader) -> None:
    counts = []
    reader.page.locator("#search").click()
    for letter in "transformer":
        reader.press(letter)
        counts.append(int(reader.said.split()[0]))
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == len(reader.results) > 1
    for name in reader.results[:3]:
        assert "transformer" in name.lower()


def test_words_of_the_notes_are_found_with_their_sentence(reader: Reader) -> None:
    reader.find("知識学習")
    reader.until("document.querySelectorAll('#results li').length > 0 && document.querySelector('#results small')")
    row = reader.page.locator("#results li", has_text=DISSECTING)
    assert "知識学習" in row.locator("small").inner_text()


def test_a_result_is_taken_by_arrows_and_by_click(reader: Reader) -> None:
    page = reader.page
    reader.find("attention")
    names = reader.results
    assert len(names) > 3
    reader.press("ArrowDown", "ArrowDown", "ArrowUp")
    chosen = page.locator("#results li[aria-selected=true]")
    assert chosen.get_attribute("id") == page.locator("#search").get_attribute("aria-activedescendant") == "result-1"
    reader.press("Enter")
    reader.until_heading(names[1])
    reader.find("attention")
    page.locator("#results li").nth(3).click()
    reader.until_heading(names[3])
    assert not page.locator("#results").is_visible()


def test_a_search_jumps_and_comes_near(reader: Reader) -> None:
    before = reader.camera
    reader.find("headless")
    reader.press("Enter")
    reader.until_heading(HEADLESS)
    reader.until_rest()
    now = reader.camera
    assert now["scale"] >= 0.75 > before["scale"]
    # in the middle of what the panel leaves
    x, y = reader.where(paper_id(HEADLESS))
    left, right = 232, reader.panel.bounding_box()["x"]
    assert abs(x - (left + right) / 2) < 20
    assert abs(y - (54 + 800) / 2) < 20
    assert paper_id(HEADLESS) in (reader.bright or set())


def test_nothing_found_is_said(reader: Reader) -> None:
    reader.find("zzzz")
    assert reader.page.locator("#results").inner_text() == "Nothing found"
    assert reader.said == "0 found"
    reader.press("Enter")
    assert not reader.panel.is_visible()
    reader.press("Escape")
    assert not reader.page.locator("#results").is_visible()
    reader.page.locator("#search").fill("")
    assert not reader.page.locator("#results").is_visible()


def test_enter_that_ends_an_input_method_takes_nothing(reader: Reader) -> None:
    reader.page.locator("#search").click()
    keys = reader.context.new_cdp_session(reader.page)
    keys.send("Input.imeSetComposition", {"text": "状態空間", "selectionStart": 4, "selectionEnd": 4})
    reader.until("document.querySelectorAll('#results li').length > 0")
    search = reader.page.locator("#search")
    search.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    search.dispatch_event("keydown", {"key": "Escape", "isComposing": True, "bubbles": True})
    assert reader.page.locator("#results").is_visible()
    assert not reader.panel.is_visible()
    keys.send("Input.insertText", {"text": "状態空間"})
    assert search.input_value() == "状態空間"
    reader.press("Enter")
    reader.until_heading("状態空間モデル系")


# --- clicks


def test_a_click_on_a_card_tells_what_is_known(reader: Reader) -> None:
    reader.click(paper_id(DISSECTING))
    reader.until_heading(DISSECTING)
    text = reader.panel.inner_text()
    for part in ("paper", "🔵", "iclr2024-notes.txt:60", "Relations (1)", "is consistent with", "confidence 0.88", "下の論文と主張が一致", "上の論文と主張が一致", "iclr2024-notes.txt:63", "iclr2024-notes.txt:70"):
        assert part in text
    assert reader.bright == {paper_id(DISSECTING), paper_id(MECHANISTIC), "t-2tqvff2t3lu6m"}


def test_a_click_on_a_line_tells_who_said_so(reader: Reader) -> None:
    reader.page.mouse.click(*reader.on_edge(PAIR))
    reader.until_heading("consistent with")
    text = reader.panel.inner_text()
    for part in (DISSECTING, MECHANISTIC, "下の論文と主張が一致", "上の論文と主張が一致", "iclr2024-notes.txt:70", "confidence 0.88", "Stated in (2)"):
        assert part in text
    assert reader.bright == {paper_id(DISSECTING), paper_id(MECHANISTIC)}
    reader.panel.get_by_role("button", name=DISSECTING).click()
    reader.until_heading(DISSECTING)


def test_a_click_on_likeness_tells_its_words(reader: Reader) -> None:
    alike = reader.js(
        "() => { const m = papergraph.model; return [...m.from.keys()].filter((e) => m.types[m.type[e]].type === 'ALIKE').map((e) => `${m.id[m.from[e]]}~ALIKE~${m.id[m.to[e]]}`) }"
    )
    assert len(alike) == 9
    reader.choose(alike[0])
    reader.until_heading("alike in contents")
    assert re.search(r"likeness 0\.\d\d, computed from the words of both, not stated\s+·\s+alike in \S", reader.panel.inner_text())


def test_a_click_on_a_heading_tells_of_the_topic(reader: Reader) -> None:
    reader.click("t-pbi5jxqxwii5e")
    reader.until_heading("学習手法系")
    text = reader.panel.inner_text()
    assert "Narrower topics (2)" in text
    assert "topic" in text
    assert "t-pbi5jxqxwii5e" not in reader.seen["closed"]
    reader.panel.get_by_role("button", name="fine tuning について").click()
    reader.until_heading("fine tuning について")
    assert DISSECTING in reader.panel.inner_text()
    reader.panel.get_by_role("button", name="学習手法系").click()
    reader.until_heading("学習手法系")


def test_a_click_on_empty_ground_lets_go(reader: Reader) -> None:
    reader.click(paper_id(HEADLESS))
    reader.until_heading(HEADLESS)
    reader.page.mouse.click(250, 780)
    reader.until("document.querySelector('#panel').hidden")
    assert reader.bright is None
    assert reader.page.url.split("#")[-1].startswith(("at=", "file:"))


def test_the_cross_closes_the_panel(reader: Reader) -> None:
    reader.click(paper_id(HEADLESS))
    reader.until_heading(HEADLESS)
    reader.page.get_by_role("button", name="Close the details").click()
    assert not reader.panel.is_visible()
    assert reader.bright is None
    assert reader.focused() == "div#graph"


def test_a_card_at_the_edge_is_not_left_beneath_the_panel(reader: Reader) -> None:
    title = "How do Language Models Bind Entities in Context?"
    reader.click(paper_id(title))
    reader.until_heading(title)
    reader.until_rest()
    x, _ = reader.where(paper_id(title))
    assert x < reader.panel.bounding_box()["x"]


# --- the panel


def test_facts_and_links_of_a_paper(little: Reader) -> None:
    told = {
        "p-a": (["paper", "NeurIPS 2017", "oral", "★", "A. Author, B. Writer"], []),
        "p-b": (["2019", "poster"], ["https://example.org/b?x=1&y=2", "https://arxiv.org/abs/1901.00001"]),
        "p-c": (["2021"], ["https://doi.org/10.1/x"]),
        "p-d": (["2022"], ["http://example.org/d"]),
        "p-e": (["2024", "notes.md:3"], []),
        "p-f": (["paper"], []),
    }
    for node, (facts, links) in told.items():
        little.choose_and_wait(node)
        text = little.panel.inner_text()
        assert [f for f in facts if f not in text] == [], node
        found = little.panel.locator("a").all()
        assert [a.get_attribute("href") for a in found] == links
        assert all((a.get_attribute("target"), a.get_attribute("rel")) == ("_blank", "noopener noreferrer") for a in found)
        assert "javascript:" not in little.panel.inner_html()


def test_each_relation_has_quote_place_and_confidence(little: Reader, graph: Graph) -> None:
    little.choose_and_wait("p-c")
    rows = little.panel.locator("section", has_text="Relations (2)").locator("li").all_inner_texts()
    assert [" ".join(r.split()) for r in rows] == [
        "◦ uses Beta attention confidence 0.70 p-c USES p-b, it says notes.md:7 · rule en:rule",
        "✕ contradicts Delta sparse confidence 0.50 · hedged p-d CONTRADICTS p-c, it says notes.md:7 · rule en:rule",
    ]
    little.choose_and_wait("p-a")
    assert "is extended by Beta attention" in " ".join(little.panel.inner_text().split())
    assert "accepted" in little.panel.inner_text()
    # the sign leads to the relation itself
    little.panel.locator(".chip").first.click()
    little.until_heading("extends")


def test_every_relation_of_the_notes_is_told_in_the_panel(reader: Reader, graph: Graph) -> None:
    for r in graph.relations:
        for end in (r.source, r.target):
            reader.choose_and_wait(end)
            text = reader.panel.inner_text()
            for evidence in r.evidence:
                assert evidence.quote in text
                assert f"{evidence.path}:{evidence.line}" in text
            assert f"confidence {r.confidence:.2f}" in text


def test_every_note_about_a_paper_is_told(reader: Reader, notes: Library, graph: Graph) -> None:
    about = {p.id: [n for n in notes.show(p.id).notes if n.about == p.id] for p in graph.papers()[:12]}
    assert sum(map(len, about.values())) > 12
    for paper, own in about.items():
        reader.choose_and_wait(paper)
        text = " ".join(reader.panel.inner_text().split())
        assert [n.text for n in own if " ".join(n.text.split()) not in text] == []


def test_related_papers_are_those_of_the_command(reader: Reader, notes: Library, graph: Graph) -> None:
    mine = {p.id: [[r.paper.id, r.score] for r in notes.related(p.id)] for p in graph.papers()}
    assert sum(map(len, mine.values())) > 200
    theirs = reader.js("ids => Object.fromEntries(ids.map((id) => [id, papergraph.related(id)]))", list(mine))
    assert theirs == {p: [[i, pytest.approx(score, abs=0.0005)] for i, score in found] for p, found in mine.items()}


def test_related_papers_lead_from_one_to_the_next(reader: Reader, notes: Library) -> None:
    at = paper_id(DISSECTING)
    for _ in range(4):
        reader.choose_and_wait(at)
        found = notes.related(at)[:8]
        section = reader.panel.locator("section", has_text=f"Related papers ({len(found)})")
        assert section.locator("li .go").all_inner_texts() == [r.paper.title for r in found]
        assert section.locator("li > p:first-child .place").all_inner_texts() == [f" {r.score:.2f}" for r in found]
        assert all(section.locator("li > p:last-child").all_inner_texts())
        at = found[1].paper.id
        section.locator("li .go").nth(1).click()
        reader.until_heading(found[1].paper.title)


def test_back_and_forward_lead_through_what_was_chosen(reader: Reader) -> None:
    titles = [DISSECTING, MECHANISTIC, HEADLESS]
    for title in titles:
        reader.choose_and_wait(paper_id(title))
    for title in titles[-2::-1]:
        reader.page.go_back()
        reader.until_heading(title)
    assert paper_id(DISSECTING) in (reader.bright or set())
    reader.page.go_forward()
    reader.until_heading(MECHANISTIC)
    for _ in range(2):
        reader.page.go_back()
    reader.until("document.querySelector('#panel').hidden")
    assert reader.bright is None


def test_back_from_a_path_leads_to_where_it_began(reader: Reader) -> None:
    reader.choose_and_wait(paper_id(HEADLESS))
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.press("p")
    reader.click(paper_id(MECHANISTIC))
    reader.until_heading("Path")
    reader.page.go_back()
    reader.until_heading(DISSECTING)
    assert reader.seen["path"] is None
    reader.page.go_forward()
    reader.until_heading("Path")


# --- focus


def test_focus_leaves_what_is_within_so_many_steps(reader: Reader, graph: Graph) -> None:
    next_to = tied(graph)
    for title in (DISSECTING, STATE, "Vision Mamba"):
        node = reader.js("t => papergraph.find(t)[0]", title)
        reader.choose_and_wait(node)
        within = {node}
        for depth in (1, 2, 3):
            within |= {o for n in within for o in next_to[n]}
            button = reader.panel.locator(".tools button").nth(depth - 1)
            button.click()
            reader.until("d => document.querySelectorAll('#panel .tools button')[d - 1].getAttribute('aria-pressed') === 'true'", depth)
            assert reader.bright == within, (title, depth)
            assert [b.get_attribute("aria-pressed") for b in reader.panel.locator(".tools button[aria-pressed]").all()] == [str(d == depth).lower() for d in (1, 2, 3)]
            assert reader.said == f"{len(within)} nodes within {depth} step{'s' * (depth > 1)}"
            veil = [r for r in reader.drawing().iter(f"{SVG}rect") if r.get("fill-opacity")]
            assert len(veil) == 1
            assert float(veil[0].get("fill-opacity") or 0) > 0.5
        # once more: no focus
        button.click()
        reader.until("papergraph.seen.focus === null")
        reader.press("Escape")


def test_all_that_is_in_focus_is_on_the_screen(reader: Reader) -> None:
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.panel.locator(".tools button").nth(1).click()
    reader.until_rest()
    edge = reader.panel.bounding_box()["x"]
    for node in reader.bright or ():
        x, y = reader.where(node)
        assert 232 < x < edge, node
        assert 54 < y < 800, node


def test_the_focus_goes_with_what_is_chosen_next(reader: Reader) -> None:
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.panel.locator(".tools button").first.click()
    reader.panel.get_by_role("button", name=MECHANISTIC).first.click()
    reader.until_heading(MECHANISTIC)
    assert reader.seen["focus"] == paper_id(MECHANISTIC)
    reader.press("Control+z")
    assert reader.seen["focus"] == paper_id(DISSECTING)
    reader.press("Control+z")
    assert reader.seen["focus"] is None


# --- paths


def test_a_path_between_two_that_are_clicked(reader: Reader) -> None:
    reader.click(paper_id(DISSECTING))
    reader.until_heading(DISSECTING)
    reader.panel.get_by_role("button", name="Path to").or_(reader.panel.get_by_text("Path to …")).first.click()
    assert "Choose the other end" in reader.said
    assert "Path to which" in (reader.page.locator("#search").get_attribute("placeholder") or "")
    reader.click(paper_id(MECHANISTIC))
    reader.until_heading("Path")
    text = reader.panel.inner_text()
    for part in ("1 step", DISSECTING, MECHANISTIC, "is consistent with", "下の論文と主張が一致", "iclr2024-notes.txt:63"):
        assert part in text
    assert reader.bright == {paper_id(DISSECTING), paper_id(MECHANISTIC)}
    assert "Search papers" in (reader.page.locator("#search").get_attribute("placeholder") or "")
    reader.panel.get_by_text("Leave the path").click()
    assert not reader.panel.is_visible()
    assert reader.bright is None
    assert reader.seen["path"] is None


def test_a_path_to_what_is_searched_for(reader: Reader, notes: Library) -> None:
    tuning = "Tuning LayerNorm in Attention: Towards Efficient Multi-Modal LLM Finetuning"
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.press("p")
    reader.page.keyboard.type("tuning layernorm")
    reader.press("Enter")
    reader.until_heading("Path")
    steps = notes.path(paper_id(DISSECTING), paper_id(tuning))
    assert steps is not None
    assert f"Steps ({len(steps)})" in reader.panel.inner_text()
    assert reader.said == f"Path of {len(steps)} steps"
    assert reader.bright == {n.id for s in steps for n in (s.source, s.target)}
    reader.until_rest()
    for node in reader.bright or ():
        x, y = reader.where(node)
        assert 232 < x < reader.panel.bounding_box()["x"]
        assert 54 < y < 800
    # a name in it leads on, out of the path
    reader.panel.get_by_role("button", name=tuning).first.click()
    reader.until_heading(tuning)
    assert reader.seen["path"] is None


def test_no_way_is_said(little: Reader) -> None:
    little.choose_and_wait("p-a")
    little.press("p")
    little.page.keyboard.type("zeta")
    little.press("Enter")
    little.until_heading("Path")
    assert "no way between them" in little.panel.inner_text()
    assert "no way between them" in little.said
    assert little.bright == {"p-a", "p-f"}


def test_a_filter_may_close_a_way(little: Reader) -> None:
    little.reopen("#path=p-b&path=p-a")
    little.until_heading("Path")
    assert "is extended by" not in little.panel.inner_text()
    assert "1 step" in little.panel.inner_text()
    little.box("extends (1)").click()
    # another way, through the topic
    little.until("document.querySelector('#panel').innerText.includes('2 steps')")
    assert little.bright == {"p-a", "p-b", ATTENTION}


def test_picking_can_be_left(reader: Reader) -> None:
    for way in ("Escape", "twice"):
        reader.choose_and_wait(paper_id(DISSECTING))
        reader.press("p")
        if way == "twice":
            reader.page.keyboard.type("mamba")
            reader.press("Escape")
        else:
            reader.press("Escape")
        assert reader.said == "No path"
        assert reader.page.locator("body.picking").count() == 0
        assert reader.heading == DISSECTING
        assert reader.seen["path"] is None
        reader.page.locator("#search").fill("")
        reader.page.locator("#graph").focus()


def test_paths_are_as_long_as_the_commands(reader: Reader, notes: Library, graph: Graph) -> None:
    ids = sorted(n.id for n in graph.nodes if isinstance(n, Paper | Topic | Concept))
    guests = [reader.js("t => papergraph.find(t)[0]", t) for t in ("Vision Mamba", "multi state", "induction heads", "state space")]
    pairs = [(ids[n], ids[(n * 7 + 3) % len(ids)]) for n in range(len(ids))] + [(g, i) for g in guests for i in ids[::3] if g != i]
    lengths = {}
    for a, b in pairs:
        reader.js("([a, b]) => { location.hash = `path=${a}&path=${b}` }", [a, b])
        reader.until("([a, b]) => papergraph.seen.path?.[0] === a && papergraph.seen.path[1] === b", [a, b])
        found = re.match(r"Path of (\d+) step", reader.said)
        lengths[a, b] = int(found[1]) if found else None
    assert lengths == {(a, b): None if (way := notes.path(a, b)) is None else len(way) for a, b in pairs}


# --- closed topics


def test_the_chevron_closes_and_opens_a_topic(reader: Reader) -> None:
    topic = "t-pbi5jxqxwii5e"
    reader.page.mouse.click(*reader.chevron(topic))
    assert reader.seen["closed"] == [topic]
    assert reader.said == "学習手法系 closed"
    texts = reader.drawn_texts()
    assert "▸" in texts
    assert "fine tuning について" not in texts
    assert not any(t.startswith("🟣 Tuning LayerNorm") for t in texts)
    assert not reader.panel.is_visible()
    reader.page.mouse.click(*reader.chevron(topic))
    assert reader.seen["closed"] == []
    assert "▸" not in reader.drawn_texts()


@pytest.mark.parametrize("topic", ["t-iawhacilrcppm", "t-pbi5jxqxwii5e", "t-ptuxfirhmsdvc", "t-tx4kw2bvu2wtr"])
def test_a_double_click_closes_and_opens_a_topic(reader: Reader, topic: str) -> None:
    # no faster than a hand
    reader.page.mouse.dblclick(*reader.where(topic), delay=40)
    reader.until("t => papergraph.seen.closed.includes(t)", topic)
    reader.until_rest()
    reader.press("Escape")
    reader.page.mouse.dblclick(*reader.where(topic), delay=40)
    reader.until("t => !papergraph.seen.closed.includes(t)", topic)


def test_lines_lead_to_a_closed_topic(little: Reader) -> None:
    little.page.mouse.click(*little.chevron(ATTENTION))
    box = little.where(ATTENTION)
    # what stood in it is now where the topic is
    assert little.where("p-b") == pytest.approx(box, abs=60)
    x, y = little.on_edge("p-e~SIMILAR_TO~p-d")
    assert "≈" in little.drawn_texts()
    # and what joins two in it is not seen
    assert "+" not in little.drawn_texts()
    little.page.mouse.click(x, y)
    little.until_heading("similar to")


def test_a_topic_in_a_topic_closes_by_itself(little: Reader) -> None:
    little.page.mouse.click(*little.chevron(SPARSE))
    assert little.seen["closed"] == [SPARSE]
    texts = little.drawn_texts()
    assert "Attention" in texts
    assert any("Alpha" in t for t in texts)
    assert not any("Gamma" in t for t in texts)


def test_all_are_closed_and_opened_at_once(reader: Reader) -> None:
    reader.page.locator("#legend").get_by_text("Close all").click()
    assert len(reader.seen["closed"]) == 9
    assert sum(t == "▸" for t in reader.drawn_texts()) == 9
    assert not any(t.startswith(("🔵", "🔴")) for t in reader.drawn_texts())
    reader.page.locator("#legend").get_by_text("Open all").click()
    assert reader.seen["closed"] == []
    reader.press("Control+z", "Control+z")
    assert reader.seen["closed"] == []


def test_a_search_opens_the_topic_that_holds_it(reader: Reader) -> None:
    reader.page.locator("#legend").get_by_text("Close all").click()
    reader.find("headless")
    reader.press("Enter")
    reader.until_heading(HEADLESS)
    assert len(reader.seen["closed"]) == 8
    assert any(t.startswith("🔴 Headless") for t in reader.drawn_texts())


# --- moving


def test_a_card_that_is_dragged_stays(reader: Reader) -> None:
    node = paper_id(HEADLESS)
    (x, y), before, camera = reader.where(node), reader.card(node), reader.camera
    reader.drag((x, y), 60, 90)
    reader.until("papergraph.seen.pins.length === 1")
    assert reader.where(node) == pytest.approx((x + 60, y + 90), abs=12)
    assert reader.camera == camera
    (pin,) = reader.seen["pins"]
    assert pin[0] == node
    assert pin[1:] == pytest.approx([before["x"] + 60 / camera["scale"], before["y"] + 90 / camera["scale"]], abs=20)
    # nothing was chosen by it
    assert not reader.panel.is_visible()
    # it stays so when other things change
    reader.box("concepts (2)").click()
    assert reader.where(node) == pytest.approx((x + 60, y + 90), abs=12)
    reader.click(node)
    reader.until_heading(HEADLESS)
    reader.panel.get_by_text("Unpin").click()
    assert reader.seen["pins"] == []
    assert reader.card(node) == before
    reader.press("Control+z")
    assert reader.seen["pins"] == [pin]
    reader.press("Control+z", "Control+z")
    assert reader.seen["pins"] == []
    assert reader.card(node) == before


def test_lines_follow_a_card_that_is_dragged(little: Reader) -> None:
    before = little.on_edge("p-b~EXTENDS~p-a")
    x, y = little.where("p-b")
    little.page.mouse.move(x, y)
    little.page.mouse.down()
    little.page.mouse.move(x + 40, y + 100, steps=20)
    assert little.on_edge("p-b~EXTENDS~p-a") != before
    little.page.mouse.up()
    moved = little.on_edge("p-b~EXTENDS~p-a")
    assert moved[0] - before[0] == pytest.approx(20, abs=12)


def test_the_wheel_zooms_at_the_mouse_and_the_ground_is_dragged(reader: Reader) -> None:
    node = paper_id(HEADLESS)
    x, y = reader.where(node)
    before = reader.camera["scale"]
    reader.page.mouse.move(x, y)
    for _ in range(4):
        reader.page.mouse.wheel(0, -120)
    reader.until("s => papergraph.camera().scale > s * 1.1", before)
    # what is under the mouse stays there
    assert reader.where(node) == pytest.approx((x, y), abs=3)
    near = reader.camera["scale"]
    for _ in range(6):
        reader.page.mouse.wheel(0, 120)
    reader.until("s => papergraph.camera().scale < s / 1.1", near)
    scale = reader.camera["scale"]
    x, y = reader.where(node)
    reader.drag((250, 780), 100, -100)
    assert reader.where(node) == pytest.approx((x + 100, y - 100), abs=12)
    assert reader.camera["scale"] == scale
    assert reader.seen["pins"] == []
    reader.page.locator("#whole").click()
    reader.until_rest()
    assert reader.camera["scale"] == pytest.approx(before, rel=0.01)


# --- a link for good


def test_a_link_shows_again_all_that_was_seen(reader: Reader, browser: Any) -> None:
    for label in ("🟣 (7)", "oral (3)", "その他 (3)", "equivalent to (1)"):
        reader.box(label).click()
    reader.page.locator("#least").fill("0.55")
    reader.page.mouse.click(*reader.chevron("t-xpxo5o5ehoxhg"))
    reader.drag(reader.where(paper_id(HEADLESS)), 30, 60)
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.press("2")
    reader.until_rest()
    reader.page.mouse.move(600, 300)
    reader.page.mouse.wheel(0, 120)
    reader.until_rest()
    reader.page.locator("#graph").focus()
    reader.press("Shift+ArrowRight")
    reader.until_rest()
    seen, camera, heading = reader.seen, reader.camera, reader.heading
    assert (seen["least"], seen["depth"], seen["focus"]) == (0.55, 2, paper_id(DISSECTING))
    assert len(seen["hidden"]) == 4
    assert seen["closed"]
    assert seen["pins"]
    fragment = "#" + reader.page.url.split("#")[1]
    with Reader(browser, reader.file, fragment=fragment) as other:
        other.until_heading(heading)
        other.until_rest()
        assert other.seen == seen
        assert other.camera == {k: pytest.approx(v, rel=0.01, abs=1) for k, v in camera.items()}
        assert other.shown == reader.shown
        assert other.bright == reader.bright
        assert not other.box("🟣 (7)").is_checked()
        assert other.page.locator("#least").input_value() == "0.55"
        other.page.mouse.move(3, 3)
        reader.page.mouse.move(3, 3)
        other.js("document.activeElement.blur()")
        reader.js("document.activeElement.blur()")
        assert unlike(other, reader.page.screenshot(), other.page.screenshot()) < 0.005
        # and the same address again
        assert other.page.url.split("#")[1] == fragment[1:]
        assert other.trouble == []


COMPARE = """async ([a, b]) => {
  const [p, q] = await Promise.all([a, b].map((bytes) => createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))]))));
  const width = Math.round(p.width / 3), height = Math.round(p.height / 3);
  const of = (image) => {
    const c = new OffscreenCanvas(width, height).getContext('2d');
    c.imageSmoothingQuality = 'high';
    c.drawImage(image, 0, 0, width, height);
    return c.getImageData(0, 0, width, height).data;
  };
  const x = of(p), y = of(q);
  let other = 0;
  for (let k = 0; k < x.length; k += 4) if (Math.abs(x[k] - y[k]) + Math.abs(x[k + 1] - y[k + 1]) + Math.abs(x[k + 2] - y[k + 2]) > 60) other++;
  return (4 * other) / x.length;
}"""


def unlike(page: Reader, a: bytes, b: bytes) -> float:
    """The share of points that clearly differ in two pictures, from a step away, the second made as large as the first."""
    return float(page.js(COMPARE, [base64.b64encode(x).decode() for x in (a, b)]))


def test_a_link_to_a_path_and_to_years(little: Reader, browser: Any) -> None:
    little.page.locator("#year-from").fill("2018")
    little.press("Tab")
    little.page.locator("#graph").focus()
    little.choose_and_wait("p-b")
    little.press("p")
    little.page.keyboard.type("delta")
    little.press("Enter")
    little.until_heading("Path")
    little.until_rest()
    seen, fragment = little.seen, "#" + little.page.url.split("#")[1]
    assert seen["years"] == [2018, 2024]
    assert seen["path"] == ["p-b", "p-d"]
    with Reader(browser, little.file, fragment=fragment) as other:
        other.until_heading("Path")
        other.until_rest()
        assert other.seen == seen
        assert other.bright == little.bright
        assert other.panel.inner_text() == little.panel.inner_text()
        assert other.camera == {k: pytest.approx(v, rel=0.01, abs=1) for k, v in little.camera.items()}
        assert other.page.locator("#year-from").input_value() == "2018"
        assert other.trouble == []


def test_a_link_to_one_relation(reader: Reader) -> None:
    reader.page.mouse.click(*reader.on_edge(PAIR))
    reader.until_heading("consistent with")
    reader.until_rest()
    reader.reopen("#" + reader.page.url.split("#")[1])
    reader.until_heading("consistent with")
    assert DISSECTING in reader.panel.inner_text()


@pytest.mark.parametrize("node", [paper_id(DISSECTING), "t-pbi5jxqxwii5e", "c-karbntuillagf"])
def test_a_short_link_leads_to_a_node(reader: Reader, node: str) -> None:
    reader.reopen("#" + node)
    reader.until_heading(reader.name(node))
    reader.until_rest()
    x, y = reader.where(node)
    assert 232 < x < reader.panel.bounding_box()["x"]
    assert 54 < y < 800


@pytest.mark.parametrize(
    "fragment",
    [
        "#nothing",
        "#%",
        "#%E3%81",
        "#=",
        "#&&&=&=",
        "#chosen=nothing&focus=nobody&depth=99&path=a&path=b&closed=x&pin=1+2+zzz&at=1+2",
        "#at=NaN+Infinity+0&least=nonsense&years=a-b",
        "#at=1e300+1e300+1e300",
        "#at=0+0+1e-300",
        "#hide=__proto__&hide=constructor&least=-5",
        "#least=1e9&years=9999-1",
        "#pin=x&pin=1e9+1e9+p-a&pin=&chosen=~~",
        "#chosen=" + quote("<img src=x onerror=alert(1)>"),
        "#__proto__",
        "#" + "a" * 20_000,
    ],
)
def test_a_wrong_link_does_no_harm(little: Reader, fragment: str) -> None:
    little.reopen(fragment)
    assert not little.panel.is_visible()
    little.js("papergraph.svg()")
    assert 0 < little.camera["scale"] < 1000
    little.page.locator("#whole").click()
    little.until_rest()
    little.click("p-f")
    little.until_heading("Zeta alone")


def test_the_link_is_copied(reader: Reader) -> None:
    reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.box("concepts (2)").click()
    reader.page.get_by_text("Save", exact=True).click()
    reader.page.get_by_role("button", name="Copy link to this view").click()
    reader.until("document.querySelector('#said').textContent.includes('copied')")
    copied = reader.js("navigator.clipboard.readText()")
    assert copied == reader.page.url
    asked = parse_qs(copied.split("#")[1])
    assert asked["chosen"] == [paper_id(DISSECTING)]
    assert asked["hide"] == ["Concept"]
    # the menu has done its work
    assert reader.page.locator(".menu[open]").count() == 0


def test_the_menu_closes_without_a_choice(reader: Reader) -> None:
    menu, opened = reader.page.locator(".menu summary"), reader.page.locator(".menu[open]")
    menu.click()
    assert opened.count() == 1
    reader.press("Escape")
    assert opened.count() == 0
    menu.click()
    reader.page.mouse.click(250, 780)
    assert opened.count() == 0


# --- pictures


def test_a_picture_is_saved(reader: Reader, tmp_path: Path) -> None:
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.page.get_by_text("Save", exact=True).click()
    with reader.page.expect_download() as waiting:
        reader.page.get_by_role("button", name="Picture (PNG)").click()
    saved = waiting.value
    assert saved.suggested_filename == "papergraph.png"
    saved.save_as(tmp_path / "x.png")
    data = (tmp_path / "x.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert width > 1280
    assert height > 800
    assert reader.said == "papergraph.png saved"


def test_the_picture_is_what_the_screen_shows(reader: Reader) -> None:
    reader.box("🔵 (17)").click()
    reader.page.mouse.move(3, 3)
    reader.page.get_by_text("Save", exact=True).click()
    with reader.page.expect_download() as waiting:
        reader.page.get_by_role("button", name="Picture (PNG)").click()
    saved = Path(waiting.value.path()).read_bytes()
    box = reader.page.locator("#graph").bounding_box()
    reader.js("document.activeElement.blur()")
    screen = reader.page.screenshot(clip=box)
    assert unlike(reader, screen, saved) < 0.02
    # what is hidden makes a difference
    reader.box("🔵 (17)").click()
    assert unlike(reader, reader.page.screenshot(clip=box), saved) > 0.05


def test_a_drawing_is_saved_with_its_titles_as_text(little: Reader, tmp_path: Path) -> None:
    little.page.get_by_text("Save", exact=True).click()
    with little.page.expect_download() as waiting:
        little.page.get_by_role("button", name="Drawing (SVG)").click()
    saved = waiting.value
    assert saved.suggested_filename == "Small   fine.svg" or re.fullmatch(r"Small\s+fine\.svg", saved.suggested_filename)
    saved.save_as(tmp_path / "x.svg")
    drawing = ElementTree.parse(tmp_path / "x.svg").getroot()
    assert drawing.tag == f"{SVG}svg"
    texts = [t.text for t in drawing.iter(f"{SVG}text")]
    for title in ("★ Alpha attention", "Beta attention", "Delta sparse", "Attention", "Sparse", "Memory", "oral", "✕"):
        assert title in texts
    assert "script" not in json.dumps([e.tag for e in drawing.iter()])


def test_print_asks_the_browser(reader: Reader) -> None:
    reader.js("() => { window.asked = 0; window.print = () => { window.asked++ } }")
    reader.page.get_by_text("Save", exact=True).click()
    reader.page.get_by_role("button", name="Print").click()
    assert reader.js("window.asked") == 1


def test_the_drawing_can_be_opened_by_itself(reader: Reader, tmp_path: Path) -> None:
    file = tmp_path / "x.svg"
    file.write_text(reader.js("papergraph.svg()"), encoding="utf-8")
    page = reader.context.new_page()
    page.goto(file.as_uri())
    assert page.evaluate("document.querySelectorAll('text').length") > 60
    assert page.evaluate("document.documentElement.getBoundingClientRect().width") > 500
    page.close()


def test_memory_is_a_topic_of_its_own(little: Reader) -> None:
    little.click(MEMORY)
    little.until_heading("Memory")
    assert "Papers (1)" in little.panel.inner_text()
