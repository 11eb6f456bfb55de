"""Focus, paths, closed topics, cards that are moved: what one does to see more of less. In a real browser."""

from __future__ import annotations

import re

import pytest

from conftest import DISSECTING, MECHANISTIC, paper_id
from papergraph.library import Library
from papergraph.model import Concept, Graph, Paper, Topic
from reader import ATTENTION, HEADLESS, SPARSE, STATE, SVG, Reader


def tied(graph: Graph) -> dict[str, set[str]]:
    """What is one step from each node: over relations, topics and broader topics."""
    known = {n.id for n in graph.nodes if isinstance(n, Paper | Topic | Concept)}
    pairs = [(r.source, r.target) for r in graph.relations] + [(e.source, e.target) for e in graph.edges if e.type in ("HAS_TOPIC", "BROADER")]
    next_to: dict[str, set[str]] = {n: set() for n in known}
    for a, b in pairs:
        next_to[a].add(b)
        next_to[b].add(a)
    return next_to


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
    assert pin[1:] == pytest.approx([60 / camera["scale"], 90 / camera["scale"]], abs=20)
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
