"""The page in other windows, on a phone, and with very little or very much on it. In a real browser."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import DISSECTING, paper_id
from papergraph.folding import topic_id
from papergraph.model import Concept, Graph, Paper, Topic
from papergraph.vocabulary import RELATIONS
from reader import HEADLESS, Reader, anew, graph_of, page_of, relation, written


@pytest.fixture(scope="module")
def hand(browser: Any, iclr_file: Path) -> Iterator[Reader]:
    with Reader(browser, page_of(iclr_file), width=390, height=844, has_touch=True, is_mobile=True) as opened:
        yield opened


@pytest.fixture
def phone(hand: Reader) -> Iterator[Reader]:
    """The same on a phone."""
    yield from anew(hand)


# --- other windows


@pytest.mark.parametrize(("width", "height"), [(700, 500), (1920, 1080), (500, 900)])
def test_another_size_of_window(reader: Reader, width: int, height: int) -> None:
    reader.choose_and_wait(paper_id(HEADLESS))
    reader.page.set_viewport_size({"width": width, "height": height})
    reader.until("([w, h]) => { const b = document.querySelector('#graph canvas').getBoundingClientRect(); return innerWidth === w && Math.abs(b.right - w) < 2 && Math.abs(b.bottom - h) < 2 }", [width, height])
    assert reader.js("document.scrollingElement.scrollWidth") <= width
    assert reader.js("document.scrollingElement.scrollHeight") <= height
    assert reader.heading == HEADLESS
    reader.press("Escape", "0")
    reader.until_rest()
    left = 232 if width > 700 else 0
    for node in reader.js("papergraph.model.id"):
        x, y = reader.where(node)
        assert left <= x <= width, node
        assert 0 <= y <= height, node
    reader.find("dissecting")
    reader.press("Enter")
    reader.until_heading(DISSECTING)


# --- a phone


def test_a_phone_shows_all_and_scrolls_nowhere(phone: Reader) -> None:
    assert phone.js("[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight, innerWidth, visualViewport.scale]") == [390, 844, 390, 1]
    header = phone.page.locator("header").bounding_box()
    for node in phone.js("papergraph.model.id"):
        x, y = phone.where(node)
        assert 0 < x < 390
        assert header["y"] + header["height"] < y < 844
    # nothing too small for a finger
    assert phone.js("[...document.querySelectorAll('header button, header summary, header input, #legend > summary')].filter((e) => e.checkVisibility() && (e.offsetHeight < 24 || e.offsetWidth < 24)).map((e) => e.outerHTML)") == []


def test_taps_on_a_phone(phone: Reader) -> None:
    page = phone.page
    x, y = phone.where(paper_id(HEADLESS))
    page.touchscreen.tap(x, y)
    phone.until_heading(HEADLESS)
    phone.until_rest()
    panel = phone.panel.bounding_box()
    assert panel["height"] < 844 * 0.6
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= 390
    # the card is seen above the panel
    assert phone.where(paper_id(HEADLESS))[1] < panel["y"]
    # and no label is wider than the screen
    assert [t["text"] for t in phone.texts() if (t["right"] - t["left"]) * phone.camera["scale"] > 390] == []
    page.get_by_role("button", name="Close the details").tap()
    assert not phone.panel.is_visible()
    phone.page.locator("#whole").tap()
    phone.until_rest()
    page.touchscreen.tap(*phone.where("t-slkngxpfun52p"))
    phone.until_heading("データセット系")
    page.get_by_role("button", name="Close the details").tap()
    page.locator("#search").tap()
    page.keyboard.type("dissecting")
    page.locator("#results li").first.tap()
    phone.until_heading(DISSECTING)


def test_the_key_on_a_phone_is_shut_and_opens(phone: Reader) -> None:
    summary = phone.page.locator("#legend > summary")
    assert not phone.box("concepts (2)").is_visible()
    summary.tap()
    nodes = phone.shown[0]
    phone.box("concepts (2)").tap()
    assert phone.shown[0] == nodes - 2
    box = phone.page.locator("#legend").bounding_box()
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 390
    summary.tap()
    assert not phone.box("concepts (2)").is_visible()


def test_two_fingers_zoom_and_one_moves(phone: Reader) -> None:
    screen = phone.context.new_cdp_session(phone.page)

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        screen.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(points)]})

    whole = phone.camera
    # there is nothing but ground
    fingers("touchStart", (380, 780))
    for step in range(1, 9):
        fingers("touchMove", (380 - 12 * step, 780 - 12 * step))
    fingers("touchEnd")
    phone.until("x => papergraph.camera().x > x", whole["x"])
    assert phone.camera["y"] > whole["y"]
    assert phone.camera["scale"] == pytest.approx(whole["scale"])
    assert phone.seen["pins"] == []
    phone.until_rest()
    fingers("touchStart", (150, 500), (230, 500))
    for step in range(1, 7):
        fingers("touchMove", (150 - 10 * step, 500), (230 + 10 * step, 500))
    fingers("touchEnd")
    phone.until("s => papergraph.camera().scale > s * 1.5", whole["scale"])
    # the page itself is as large as before
    assert phone.js("visualViewport.scale") == 1
    assert phone.seen["pins"] == []


# --- very little, and very much


def test_nothing_at_all(browser: Any, tmp_path: Path) -> None:
    with Reader(browser, written(tmp_path, Graph(), "mine")) as page:
        assert page.page.get_by_text("papergraph import NOTES").is_visible()
        assert page.page.locator("h1").inner_text() == "mine"
        assert page.page.locator("#graph, #search, #legend").count() == 0
        page.press("l", "?", "/", "Escape", "0", "+", "Control+z")
        assert page.trouble == []


@pytest.mark.parametrize("node", [Paper("p-1", "The only one"), Topic("t-1", "An empty topic"), Concept("c-1", "a lonely idea")])
def test_one_node(browser: Any, tmp_path: Path, node: Any) -> None:
    with Reader(browser, written(tmp_path, Graph((node,)))) as page:
        assert page.shown == (1, 0)
        assert node.name in page.drawn_texts()
        x, y = page.where(node.id)
        # in the middle, and no larger than it can be read
        assert 500 < x < 1000
        assert 54 < y < 800
        assert page.camera["scale"] <= 2
        page.click(node.id)
        page.until_heading(node.name)
        page.press("3", "Escape", "l")
        page.until_heading("All that is shown")
        page.press("Escape", "0", "+", "Control+z")
        assert page.trouble == []


def test_a_title_of_two_thousand_characters(browser: Any, tmp_path: Path) -> None:
    long = [Paper("p-1", "A very long title indeed " * 80), Paper("p-2", "長い題名" * 500), Paper("p-3", "x" * 2000), Paper("p-4", "short")]
    topics = [Topic("t-1", "topic " * 333)]
    with Reader(browser, written(tmp_path, graph_of(long, [relation("USES", "p-1", "p-2")], topics), "title " * 400)) as page:
        for paper in long[:3]:
            card = page.card(paper.id)
            assert card["w"] < 420
            assert card["h"] < 120
            page.page.mouse.move(*page.where(paper.id))
            page.until("!document.querySelector('#hint').hidden")
            box = page.hint.bounding_box()
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 800
            page.click(paper.id)
            page.until("document.querySelector('#panel h2')?.textContent.length >= 1990")
            panel = page.panel.bounding_box()
            assert panel["x"] + panel["width"] <= 1280
            assert page.js("(() => { const p = document.querySelector('#panel'); return p.scrollWidth <= p.clientWidth })()")
            page.press("Escape")
        assert page.js("document.scrollingElement.scrollWidth") <= 1280
        assert page.page.locator("#whole").bounding_box()["x"] < 1280
        page.find("very long")
        assert page.page.locator("#results").bounding_box()["height"] <= 800
        assert page.trouble == []


def test_topics_thirty_deep(browser: Any, tmp_path: Path) -> None:
    topics, above = [], None
    for depth in range(30):
        own = topic_id(tuple(str(d) for d in range(depth + 1)))
        topics.append(Topic(own, f"Level {depth}", broader=above))
        above = own
    papers = [Paper(f"p-{d}", f"A paper at level {d}", topics=(topics[d].id,)) for d in range(0, 30, 3)] + [Paper("p-in", "The innermost", topics=(topics[-1].id,))]
    with Reader(browser, written(tmp_path, graph_of(papers, [relation("USES", "p-in", "p-0")], topics))) as page:
        assert page.shown == (41, 1)
        page.find("innermost")
        page.press("Enter")
        page.until_heading("The innermost")
        assert "Topics (30)" in page.panel.inner_text()
        page.until_rest()
        assert "The innermost" in page.drawn_texts()
        page.choose_and_wait(topics[0].id)
        page.page.locator("#graph").focus()
        page.press("c")
        assert page.seen["closed"] == [topics[0].id]
        assert {t for t in page.drawn_texts() if t.startswith(("Level", "A paper", "The"))} == {"Level 0"}
        page.press("c", "l")
        page.until_heading("All that is shown")
        assert "The innermost" in page.panel.inner_text()
        assert page.trouble == []


def test_a_thousand_dense_nodes(browser: Any, tmp_path: Path) -> None:
    chance = random.Random(1)
    topics = [Topic(topic_id((str(n),)), f"Topic {n}") for n in range(20)]
    papers = [Paper(f"p-{n}", f"Paper number {n} on things", topics=(topics[n % 20].id,)) for n in range(980)]
    kinds = list(RELATIONS)
    pairs = {tuple(chance.sample(range(980), 2)) for _ in range(6000)}
    relations = [relation(kinds[(a + b) % 10], f"p-{a}", f"p-{b}", chance.choice([0.5, 0.7, 0.9])) for a, b in sorted(pairs)]
    with Reader(browser, written(tmp_path, graph_of(papers, relations, topics))) as page:
        assert page.shown == (1000, len(relations))
        # names of topics can be read from afar, and lie on none other
        names = [t for t in page.texts() if t["text"].startswith("Topic")]
        assert len(names) >= 15
        assert all(t["size"] * page.camera["scale"] >= 8 for t in names)
        page.find("number 77 ")
        page.press("Enter")
        page.until("document.querySelector('#panel h2')?.textContent.startsWith('Paper number 77')")
        page.press("1")
        page.until_rest()
        tied = {r.source if r.target == "p-77" else r.target for r in relations if "p-77" in (r.source, r.target)}
        assert page.bright == {"p-77", topics[17].id} | tied
        page.page.locator("#legend summary", has_text="Topics").click()
        page.page.locator("#legend").get_by_text("Close all").click()
        page.press("Escape", "0")
        page.until_rest()
        # closed, they can still be told apart
        assert sum(t["text"].startswith("Topic") and t["size"] * page.camera["scale"] >= 8 for t in page.texts()) >= 15
        page.page.locator("#least").fill("0.9")
        assert page.shown[1] == sum(r.confidence >= 0.9 for r in relations)
        page.press("l")
        page.until_heading("All that is shown")
        assert page.trouble == []


def test_ten_thousand_papers_without_an_edge(browser: Any, tmp_path: Path) -> None:
    with Reader(browser, written(tmp_path, graph_of([Paper(f"p-{n}", f"Paper number {n}") for n in range(10_000)]))) as page:
        assert page.shown == (10_000, 0)
        page.find("number 7777")
        page.press("Enter")
        page.until_heading("Paper number 7777")
        page.until_rest()
        x, y = page.where("p-7777")
        assert 232 < x < page.panel.bounding_box()["x"]
        assert 54 < y < 800
        assert "Paper number 7777" in page.drawn_texts()
        page.press("Escape", "0")
        page.until_rest()
        page.page.mouse.move(*page.where("p-5"))
        page.until("document.querySelector('#hint').innerText.includes('Paper number 5')")
        page.press("l")
        page.until_heading("All that is shown")
        assert "10,000 papers" in page.panel.inner_text()
        assert page.trouble == []
