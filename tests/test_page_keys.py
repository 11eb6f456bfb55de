"""The page by keyboard, by ear, by touch, in other windows, and with very little or very much on it. In a real browser."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import DISSECTING, MECHANISTIC, paper_id
from papergraph.folding import topic_id
from papergraph.library import Library
from papergraph.model import Concept, Graph, Paper, Topic
from papergraph.store import open_store
from papergraph.vocabulary import RELATIONS
from reader import MEMORY, Reader, graph_of, relation, small, written

HEADLESS = "Headless Language Models: Learning without Predicting with Contrastive Weight Tying"
FRAMES = """() => new Promise((done) => {
  const seen = new Set(), begun = performance.now();
  const look = () => { seen.add(JSON.stringify(papergraph.camera())); if (performance.now() - begun > 1200) done(seen.size); else requestAnimationFrame(look); };
  look();
})"""
"""How many places the camera is at in the next second or so."""


@pytest.fixture(scope="module")
def html(iclr_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "page.html"
    with Library(open_store(str(iclr_file))) as notes:
        file.write_text(notes.view().html, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def at_desk(browser: Any, html: Path) -> Iterator[Reader]:
    with Reader(browser, html) as reader:
        yield reader


@pytest.fixture
def reader(at_desk: Reader) -> Iterator[Reader]:
    """The page of the ICLR notes, opened anew."""
    at_desk.page.emulate_media(reduced_motion="reduce")
    at_desk.page.set_viewport_size({"width": 1280, "height": 800})
    at_desk.reopen()
    yield at_desk
    assert at_desk.trouble == []


@pytest.fixture(scope="module")
def in_hand(browser: Any, html: Path) -> Iterator[Reader]:
    with Reader(browser, html, width=390, height=844, has_touch=True, is_mobile=True) as opened:
        yield opened


@pytest.fixture
def phone(in_hand: Reader) -> Iterator[Reader]:
    """The same on a phone."""
    in_hand.reopen()
    yield in_hand
    assert in_hand.trouble == []


@pytest.fixture
def little(browser: Any, tmp_path: Path) -> Iterator[Reader]:
    with Reader(browser, written(tmp_path, small())) as opened:
        yield opened
        assert opened.trouble == []


# --- the keyboard


def test_tab_reaches_every_control_and_one_sees_where_it_is(little: Reader) -> None:
    little.choose_and_wait("p-b")
    little.page.locator(".menu summary").click()
    controls = little.js(
        """() => {
          const all = [...document.querySelectorAll('button, input, select, summary, a[href], [tabindex="0"]')].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled);
          all.forEach((e, k) => { e.dataset.number = k; });
          document.activeElement.blur();
          return all.length;
        }"""
    )
    assert controls > 30
    reached, unseen = [], []
    for _ in range(controls + 5):
        little.press("Tab")
        at = little.js(
            """() => {
              const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect();
              const seen = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1 && b.width > 0 && b.bottom > 0 && b.top < innerHeight && b.left < innerWidth;
              return { number: e === document.body ? -1 : Number(e.dataset.number ?? -2), name: e.outerHTML.slice(0, 90), seen };
            }"""
        )
        if at["number"] >= 0:
            reached.append(at["number"])
        if at["number"] != -1 and not at["seen"]:
            unseen.append(at["name"])
    assert set(range(controls)) - set(reached) == set()
    assert unseen == []
    # in the order in which they stand
    first = reached.index(0)
    order = reached[first : first + controls - 1]
    assert order == sorted(order)


def test_arrows_lead_from_card_to_card(reader: Reader) -> None:
    reader.page.locator("#graph").focus()
    reader.press("ArrowDown")
    reader.until("papergraph.bright() !== null")
    heading = reader.js("document.querySelector('#panel h2')?.textContent")
    assert heading == "アーキテクチャ系" or reader.said.startswith("アーキテクチャ系")
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.page.locator("#graph").focus()
    at = reader.card(paper_id(DISSECTING))
    reader.press("ArrowDown")
    reader.until_heading(MECHANISTIC)
    assert reader.card(paper_id(MECHANISTIC))["y"] > at["y"]
    reader.press("ArrowUp")
    reader.until_heading(DISSECTING)
    for key, axis, sign in (("ArrowLeft", "x", -1), ("ArrowRight", "x", 1), ("ArrowUp", "y", -1)):
        before, said = reader.chosen, reader.said
        reader.press(key)
        reader.until("s => document.querySelector('#said').textContent !== s", said)
        after = reader.chosen
        assert before
        assert after
        assert sign * (reader.card(after)[axis] - reader.card(before)[axis]) > 0, key
        # and what is chosen is on the screen
        reader.until_rest()
        x, y = reader.where(after)
        assert 232 < x < reader.panel.bounding_box()["x"], key
        assert 54 < y < 800, key


def test_every_card_can_be_reached_by_arrows(little: Reader) -> None:
    little.page.locator("#graph").focus()
    little.press("ArrowDown")
    reached: set[str] = set()
    todo = [little.js("papergraph.model.id[0]")]
    every = set(little.js("papergraph.model.id"))
    while todo:
        node = todo.pop()
        if node in reached:
            continue
        reached.add(node)
        for key in ("ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"):
            little.choose_and_wait(node)
            little.page.locator("#graph").focus()
            little.press(key)
            todo.append(next(i for i in every if little.said.startswith(little.name(i) + ", ")))
    assert reached == every


def test_enter_leads_into_the_panel_and_back(reader: Reader) -> None:
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.page.locator("#graph").focus()
    reader.press("Enter")
    assert reader.js("document.activeElement === document.querySelector('#panel h2')")
    reader.press("Tab")
    assert reader.js("document.querySelector('#panel').contains(document.activeElement)")
    assert reader.focused() == "button:Focus 1" or "Focus" in reader.page.evaluate("document.activeElement.textContent")
    reader.press("Escape")
    assert not reader.panel.is_visible()
    assert reader.focused() == "div#graph"


def test_escape_closes_step_by_step(reader: Reader) -> None:
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.press("2", "p")
    reader.page.keyboard.type("headless")
    assert reader.page.locator("#results").is_visible()
    reader.press("Escape")
    assert not reader.page.locator("#results").is_visible()
    assert reader.page.locator("body.picking").count() == 0
    assert reader.panel.is_visible()
    assert reader.seen["focus"] is not None
    reader.press("?")
    assert reader.page.locator("#help").is_visible()
    reader.press("Escape")
    assert not reader.page.locator("#help").is_visible()
    assert reader.panel.is_visible()
    reader.press("Escape")
    assert not reader.panel.is_visible()
    assert reader.bright is None
    assert reader.seen["focus"] is None
    # and once more does nothing
    reader.press("Escape")
    assert reader.seen["hidden"] == []


def test_the_search_has_a_key_and_takes_letters_for_itself(reader: Reader) -> None:
    reader.press("/")
    assert reader.focused() == "input#search"
    reader.page.keyboard.type("l0?+12pcu/")
    assert reader.page.locator("#search").input_value() == "l0?+12pcu/"
    assert not reader.panel.is_visible()
    assert not reader.page.locator("#help").is_visible()
    reader.press("Escape", "Escape")
    assert reader.focused() != "input#search"


def test_keys_zoom_and_move(reader: Reader) -> None:
    whole = reader.camera
    reader.page.locator("#graph").focus()
    reader.press("+", "+")
    assert reader.camera["scale"] == pytest.approx(whole["scale"] * 1.25**2)
    reader.press("-")
    assert reader.camera["scale"] == pytest.approx(whole["scale"] * 1.25)
    x = reader.camera["x"]
    reader.press("ArrowRight")
    assert reader.camera["x"] > x
    y = reader.camera["y"]
    reader.press("Shift+ArrowUp")
    assert reader.camera["y"] < y
    for _ in range(60):
        reader.press("+")
    assert reader.camera["scale"] <= 10
    reader.press("0")
    reader.until_rest()
    assert reader.camera == {k: pytest.approx(v, rel=0.01, abs=1) for k, v in whole.items()}


def test_keys_focus_connect_close_and_pin(little: Reader) -> None:
    little.choose_and_wait("p-b")
    little.page.locator("#graph").focus()
    for depth in "123":
        little.press(depth)
        assert (little.seen["focus"], little.seen["depth"]) == ("p-b", int(depth))
        assert little.panel.locator(".tools button[aria-pressed=true]").count() == 1
    little.press("3")
    assert little.seen["focus"] is None
    before = little.card("p-b")
    little.press("Alt+ArrowRight", "Alt+ArrowDown", "Alt+ArrowDown")
    after = little.card("p-b")
    assert after["x"] > before["x"]
    assert after["y"] - before["y"] == pytest.approx(2 * (after["x"] - before["x"]), abs=3)
    assert [p[0] for p in little.seen["pins"]] == ["p-b"]
    assert little.panel.get_by_text("Unpin").is_visible()
    little.press("Control+z")
    assert little.card("p-b")["y"] < after["y"]
    little.press("u")
    assert little.seen["pins"] == []
    assert little.card("p-b") == before
    little.choose_and_wait(MEMORY)
    little.page.locator("#graph").focus()
    little.press("c")
    assert little.seen["closed"] == [MEMORY]
    assert little.said == "Memory closed"
    little.press("c")
    assert little.seen["closed"] == []
    little.press("p")
    assert little.focused() == "input#search"


def test_keys_work_after_a_click_on_a_card_wherever_the_keyboard_was(reader: Reader) -> None:
    reader.page.locator("#search").click()
    reader.click(paper_id(DISSECTING))
    reader.until_heading(DISSECTING)
    reader.press("2")
    assert reader.seen["focus"] == paper_id(DISSECTING)
    reader.press("ArrowDown")
    reader.until_heading(MECHANISTIC)


def test_help_tells_the_keys(reader: Reader) -> None:
    for way in ("key", "button"):
        reader.press("?") if way == "key" else reader.page.locator("#ask-help").click()
        dialog = reader.page.get_by_role("dialog", name="Keys")
        assert dialog.is_visible()
        assert dialog.get_by_role("row").count() == 15
        dialog.get_by_role("button", name="Close").click()
        assert not dialog.is_visible()


def test_the_list_holds_what_is_shown_and_follows_filters(reader: Reader) -> None:
    def names() -> list[str]:
        return reader.panel.locator("section").first.locator(".go").all_inner_texts()  # type: ignore[no-any-return]

    every = set(reader.js("papergraph.model.name"))
    reader.press("l")
    reader.until_heading("All that is shown")
    assert set(names()) == every
    assert len(names()) == len(every)
    assert reader.js("document.activeElement === document.querySelector('#panel h2')")
    text = reader.panel.inner_text()
    for part in ("39 papers", "4 cited papers", "2 concepts", "15 topics", "7 relations", "Relations (7)", "contradicts", "confidence 0.60 · hedged"):
        assert part in " ".join(text.split()), part
    # it follows while it is open
    reader.box("🔵 (17)").click()
    reader.until("document.querySelector('#panel').innerText.includes('22 papers')")
    assert len(names()) == len(every) - 17
    assert DISSECTING not in names()
    reader.box("アーキテクチャ系 (6)").click()
    reader.until("!document.querySelector('#panel').innerText.includes('部分的に')")
    reader.page.locator("#list").click()
    reader.panel.get_by_role("button", name=HEADLESS).click()
    reader.until_heading(HEADLESS)


# --- what a screen reader is told


def test_names_and_roles(little: Reader) -> None:
    page = little.page
    assert page.title() == "papergraph"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=1, name="papergraph").count() == 1
    assert page.get_by_role("combobox", name="Search papers, topics, concepts and notes").count() == 1
    assert page.get_by_role("application", name="The graph of papers").count() == 1
    assert page.get_by_role("toolbar", name="View").count() == 1
    assert page.get_by_role("banner").count() == 1
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("status").count() >= 1
    for group in ("Nodes", "Edges", "Confidence", "Marks", "Decision", "Year", "Status", "Topics"):
        assert page.get_by_role("group", name=group, exact=True).count() == 1, group
    # what is written on a button is in its name
    little.choose_and_wait("p-b")
    unnamed = little.js(
        """() => [...document.querySelectorAll('button')].filter((b) => {
          const written = b.textContent.trim(), name = b.getAttribute('aria-label') ?? written;
          return !name || (/\\p{L}{2}/u.test(written) && !name.toLowerCase().includes(written.toLowerCase().replace(' …', '')));
        }).map((b) => b.outerHTML.slice(0, 120))"""
    )
    assert unnamed == []
    assert page.get_by_role("complementary", name="Details").count() == 1
    assert page.get_by_role("heading", level=2, name="Beta attention").count() == 1
    assert page.get_by_role("button", name="Close the details").count() == 1


def test_japanese_is_marked_as_such(reader: Reader) -> None:
    reader.choose_and_wait(paper_id(DISSECTING))
    unmarked = reader.js(
        "[...document.querySelectorAll('#panel *')].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && /[\\u3040-\\u30ff]/.test(n.data)) && !e.closest('[lang=ja]')).length"
    )
    assert unmarked == 0


def test_what_happens_is_said(little: Reader) -> None:
    little.click("p-b")
    little.until_heading("Beta attention")
    assert little.said == "Beta attention, paper"
    little.press("1")
    assert little.said.endswith("within 1 step")
    little.page.locator("#search").click()
    little.page.keyboard.type("sparse")
    assert little.said == f"{len(little.results)} found"
    little.press("Escape", "Escape", "Escape", "0")
    little.until_rest()
    little.page.mouse.click(*little.chevron(MEMORY))
    assert little.said == "Memory closed"
    little.press("Control+z")
    assert little.said == "Undone"
    little.choose("p-b~EXTENDS~p-a")
    little.until_heading("extends")
    assert little.said == "extends: Beta attention, Alpha attention"
    # the focus is left where it was by a click, and led into the panel by a name
    little.panel.get_by_role("button", name="Alpha attention").click()
    little.until_heading("Alpha attention")
    little.until("document.activeElement === document.querySelector('#panel h2')")


def test_the_keyboard_is_not_lost_when_the_panel_changes(reader: Reader) -> None:
    reader.choose_and_wait(paper_id(DISSECTING))
    button = reader.panel.locator(".tools button").nth(1)
    button.focus()
    reader.press("Enter")
    reader.until("papergraph.seen.depth === 2")
    reader.until("document.querySelectorAll('#panel .tools button')[1].getAttribute('aria-pressed') === 'true'")
    assert reader.js("document.querySelector('#panel').contains(document.activeElement)")


# --- motion


def test_reduced_motion_is_honoured(reader: Reader) -> None:
    for motion, animated in (("reduce", False), ("no-preference", True)):
        reader.page.emulate_media(reduced_motion=motion)  # type: ignore[arg-type]
        reader.reopen()
        reader.find("headless")
        reader.press("Enter")
        assert (reader.js(FRAMES) > 3) is animated, motion


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
        assert [t for t in page.drawn_texts() if t.startswith(("Level", "A paper", "The"))] == ["Level 0", "Level 0"][: page.drawn_texts().count("Level 0")]
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
