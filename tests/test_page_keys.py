"""The page by keyboard and by ear, and without motion. In a real browser."""

from __future__ import annotations

import pytest

from conftest import DISSECTING, MECHANISTIC, paper_id
from reader import HEADLESS, MEMORY, Reader

FRAMES = """() => new Promise((done) => {
  const seen = new Set(), begun = performance.now();
  const look = () => { seen.add(JSON.stringify(papergraph.camera())); if (performance.now() - begun > 1200) done(seen.size); else requestAnimationFrame(look); };
  look();
})"""
"""How many places the camera is at in the next second or so."""


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
    # the one in the middle
    assert reader.said.endswith(", paper")
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
    assert reader.focused() == "button:Focus 1"
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
    assert reader.seen["focus"] is None
    assert reader.panel.is_visible()
    reader.press("Escape")
    assert not reader.panel.is_visible()
    assert reader.bright is None
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
    reader.press("Shift+ArrowRight")
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
        assert dialog.get_by_role("row").count() == 16
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
    reader.box("アーキテクチャ系 (7)").click()
    reader.until("!document.querySelector('#panel').innerText.includes('部分的に')")
    reader.page.locator("#list").click()
    reader.panel.get_by_role("button", name=HEADLESS).click()
    reader.until_heading(HEADLESS)


# --- what a screen reader is told


def test_names_and_roles(little: Reader) -> None:
    page = little.page
    assert page.title() == "Small & fine"
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading", level=1, name="Small & fine").count() == 1
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
