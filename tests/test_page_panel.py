"""What a click opens, and what the panel tells. In a real browser."""

from __future__ import annotations

import re

import pytest

from conftest import DISSECTING, MECHANISTIC, paper_id
from papergraph.library import Library
from papergraph.model import Graph
from reader import HEADLESS, PAIR, Reader

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
    # for the same reasons, in the same words and order
    why = {p: [list(dict.fromkeys(x.text for x in r.reasons)) for r in notes.related(p)] for p in mine}
    assert reader.js("ids => Object.fromEntries(ids.map((id) => [id, papergraph.reasons(id)]))", list(mine)) == why


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
