"""The key of the page, which filters too; every filter can be taken back. In a real browser."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from papergraph.model import Graph, Topic
from papergraph.vocabulary import Role
from reader import Reader


def numbers(page: Reader, group: str) -> dict[str, int]:
    """The rows of a group of the key and their counts."""
    part = page.page.locator("#legend details", has=page.page.locator(f"summary:text-is('{group}')"))
    return {m[1]: int(m[2].replace(",", "")) for label in part.locator("label").all_inner_texts() if (m := re.fullmatch(r"(?s)\s*(?:\S\s*\n)?(.*) \(([\d,]+)\)\s*", label))}


def test_the_key_counts_what_is_there(reader: Reader, graph: Graph) -> None:
    roles = Counter(p.role for p in graph.papers())
    assert numbers(reader, "Nodes") == {"papers": roles[Role.ENTRY], "cited papers": roles[Role.CITED], "concepts": 2, "topics": 15}
    types = Counter(r.type.replace("_", " ").lower() for r in graph.relations)
    assert numbers(reader, "Edges") == {**types, "alike in contents": 9}
    entries = [p for p in graph.papers() if p.role is Role.ENTRY]
    assert numbers(reader, "Marks") == Counter("".join(p.markers) for p in entries)
    assert numbers(reader, "Decision") == Counter(p.decision or "none" for p in entries)
    above = {n.id: n.broader or n.id for n in graph.nodes if isinstance(n, Topic)}
    names = {n.id: n.pref_label for n in graph.nodes if isinstance(n, Topic)}
    assert numbers(reader, "Topics") == Counter(names[t] for p in graph.papers() for t in {above[t] for t in p.topics})


@pytest.mark.parametrize("group", ["Nodes", "Edges", "Marks", "Decision"])
def test_each_box_of_the_key_hides_as_many_as_it_says(reader: Reader, group: str) -> None:
    nodes, edges = reader.shown
    for name, count in numbers(reader, group).items():
        box = reader.box(f"{name} ({count})")
        box.click()
        assert not box.is_checked()
        now = reader.shown
        if group == "Edges":
            assert now == (nodes, edges - count), name
        else:
            assert now[0] == nodes - count, name
            assert now[1] <= edges
        box.click()
        assert reader.shown == (nodes, edges), name


def test_a_topic_is_hidden_with_all_that_stands_in_it(reader: Reader, graph: Graph) -> None:
    nodes, _ = reader.shown
    texts = reader.drawn_texts()
    reader.box("アーキテクチャ系 (7)").click()
    # the topic, its two narrower ones, six papers, one cited
    assert reader.shown[0] == nodes - 10
    gone = Counter(texts) - Counter(reader.drawn_texts())
    assert {"アーキテクチャ系", "全体的に", "部分的に", "oral"} <= gone.keys()
    reader.box("アーキテクチャ系 (7)").click()
    assert reader.shown[0] == nodes
    assert Counter(reader.drawn_texts()) == Counter(texts)


def test_each_topic_of_the_key_hides_its_papers(reader: Reader) -> None:
    def papers() -> int:
        return sum(t.startswith(("🔵", "🔴", "🟡", "🟣")) for t in reader.drawn_texts())

    assert papers() == 39
    for name, count in numbers(reader, "Topics").items():
        reader.box(f"{name} ({count})").click()
        # cited papers that have the topic count too
        assert 39 - count <= papers() <= 39 - count + 1, name
        assert name not in reader.drawn_texts()
        reader.box(f"{name} ({count})").click()
    assert papers() == 39


def test_without_topics_papers_stay(reader: Reader) -> None:
    reader.box("topics (15)").click()
    texts = reader.drawn_texts()
    assert "アーキテクチャ系" not in texts
    assert "▾" not in texts
    assert sum(t.startswith(("🔵", "🔴", "🟡", "🟣")) for t in texts) == 39


def test_the_slider_hides_what_is_less_certain(reader: Reader, graph: Graph) -> None:
    _, edges = reader.shown
    slider = reader.page.locator("#least")
    for least in (0.4, 0.5, 0.6, 0.85, 1.0):
        slider.fill(str(least))
        assert reader.page.locator("#legend output").inner_text() == f"{least:.2f}"
        assert edges - reader.shown[1] == sum(r.confidence < least for r in graph.relations), least
    # by keyboard as well
    slider.focus()
    reader.press("Home", "ArrowRight", "ArrowRight")
    assert reader.seen["least"] == pytest.approx(0.1)
    assert reader.shown[1] == edges


def test_dragging_the_slider_is_one_change(reader: Reader) -> None:
    box = reader.page.locator("#least").bounding_box()
    y = box["y"] + box["height"] / 2
    reader.page.mouse.move(box["x"] + 8, y)
    reader.page.mouse.down()
    for part in (0.2, 0.4, 0.6, 0.8):
        reader.page.mouse.move(box["x"] + box["width"] * part, y)
    reader.page.mouse.up()
    assert reader.seen["least"] > 0.6
    reader.page.locator("#legend").get_by_text("Undo").click()
    assert reader.seen["least"] == 0


def test_years_bound_what_is_shown(little: Reader) -> None:
    low, high = little.page.locator("#year-from"), little.page.locator("#year-to")
    assert (low.input_value(), high.input_value()) == ("2017", "2024")
    nodes, edges = little.shown
    for field, value, gone in ((low, "2019", 1), (high, "2021", 3), (low, "2017", 2), (high, "2024", 0)):
        field.fill(value)
        little.press("Tab")
        # the one without a year stays
        assert little.shown[0] == nodes - gone, value
    assert little.shown == (nodes, edges)
    assert little.seen["years"] is None
    # turned round it means the same, and a year far off is no trouble
    low.fill("2022")
    little.press("Tab")
    high.fill("2018")
    little.press("Tab")
    assert little.seen["years"] == [2018, 2022]
    assert (low.input_value(), high.input_value()) == ("2018", "2022")


def test_status_filters_relations(little: Reader) -> None:
    _, edges = little.shown
    for label, count in (("proposed (2)", 2), ("accepted (1)", 1), ("stated by hand (1)", 1)):
        little.box(label).click()
        assert little.shown[1] == edges - count
        little.box(label).click()
    assert little.shown[1] == edges


def test_filters_add_up_and_are_taken_back_one_by_one(reader: Reader) -> None:
    states = [reader.shown]
    for label in ("🔵 (17)", "concepts (2)", "contradicts (1)", "その他 (3)"):
        reader.box(label).click()
        states.append(reader.shown)
    reader.page.locator("#least").fill("0.85")
    assert reader.shown != states[-1]
    undo = reader.page.locator("#legend").get_by_text("Undo")
    undo.click()
    assert reader.shown == states.pop()
    while states:
        # the keys and the button are one
        undo.click() if len(states) % 2 else reader.press("Control+z")
        assert reader.shown == states.pop() if len(states) > 1 else states.pop()
    assert reader.box("🔵 (17)").is_checked()
    assert reader.seen["hidden"] == []
    reader.press("Control+z")
    assert reader.said == "Nothing to undo"


def test_show_all_takes_every_filter_away(little: Reader) -> None:
    before = little.shown
    little.box("proposed (2)").click()
    little.box("★ (2)").click()
    little.page.locator("#least").fill("0.6")
    little.page.locator("#year-from").fill("2020")
    little.press("Tab")
    little.page.locator("#legend").get_by_text("Close all").click()
    assert little.shown != before
    little.page.locator("#legend").get_by_text("Show all").click()
    assert little.shown == before
    assert little.seen["closed"] == []
    assert (little.page.locator("#year-from").input_value(), little.page.locator("#least").input_value()) == ("2017", "0")
    assert little.page.locator("#legend input[type=checkbox]:not(:checked)").count() == 0


def test_a_hidden_paper_that_is_asked_for_is_shown_again(little: Reader) -> None:
    little.box("★ (2)").click()
    little.page.locator("#least").fill("0.6")
    little.find("alpha")
    little.press("Enter")
    little.until_heading("Alpha attention")
    assert little.box("★ (2)").is_checked()
    assert little.js("papergraph.bright()") is not None
    assert "★ Alpha attention" in little.drawn_texts()
