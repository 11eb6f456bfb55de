"""What follows from what: one change of what one sees, and all that tells of it, in the address, the panel, the key and the picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from papergraph.library import Library
from reader import ATTENTION, MEMORY, SPARSE, Reader, written


def back(reader: Reader, heading: str) -> None:
    reader.page.go_back()
    reader.until_heading(heading)


def test_each_choice_is_a_step_back_whatever_else_it_changes(little: Reader) -> None:
    little.choose_and_wait("p-a")
    little.press("1")
    little.choose_and_wait("p-b")
    assert little.seen["focus"] == "p-b"
    little.box("Memory (1)").click()
    little.choose_and_wait("p-e")
    assert little.seen["hidden"] == []
    back(little, "Beta attention")
    back(little, "Alpha attention")


def test_a_name_in_a_path_leads_on_and_back_leads_to_the_path(little: Reader) -> None:
    little.choose_and_wait("p-a")
    little.press("p")
    little.find("delta")
    little.press("Enter")
    little.until_heading("Path")
    little.panel.get_by_role("button", name="Beta attention").first.click()
    little.until_heading("Beta attention")
    assert little.seen["path"] is None
    back(little, "Path")
    back(little, "Alpha attention")


def test_what_is_chosen_from_the_list_is_shown_though_it_was_hidden(little: Reader) -> None:
    little.box("Sparse (3)").count()
    little.page.locator("#filter-Cited, #filter-Paper").first.click()
    little.press("l")
    little.until_heading("All that is shown")
    little.find("gamma")
    little.press("Enter")
    little.until_heading("Gamma sparse")
    assert little.seen["hidden"] == []
    assert "p-c" in (little.bright or ())


def test_a_topic_that_is_ticked_off_is_shown_again_when_it_is_chosen(little: Reader) -> None:
    little.box("Memory (1)").click()
    assert little.seen["hidden"] == [f"topic:{MEMORY}"]
    little.choose_and_wait(MEMORY)
    assert little.seen["hidden"] == []
    assert "Memory" in little.drawn_texts()


def test_undo_closes_the_panel_of_a_path_that_is_no_more(little: Reader) -> None:
    little.choose_and_wait("p-a")
    little.press("p")
    little.find("delta")
    little.press("Enter")
    little.until_heading("Path")
    little.press("Control+z")
    assert not little.panel.is_visible()
    assert little.bright is None


def test_closed_topics_are_open_where_topics_are_not_shown(little: Reader) -> None:
    little.page.mouse.click(*little.chevron(ATTENTION))
    assert "Alpha attention" not in " ".join(little.drawn_texts())
    little.page.locator("#filter-Topic").click()
    assert any("Alpha" in t for t in little.drawn_texts())


def test_a_link_keeps_the_camera_where_it_was_with_something_chosen(little: Reader) -> None:
    little.choose_and_wait("p-a")
    little.page.locator("#graph").focus()
    little.press("+", "+", "+", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft")
    little.until_rest()
    camera = little.camera
    little.page.reload()
    little.until_heading("Alpha attention")
    little.until_rest()
    assert little.camera == {k: pytest.approx(v, rel=0.01, abs=2) for k, v in camera.items()}


def test_where_nothing_is_left_the_page_says_so(little: Reader) -> None:
    for box in ("#filter-Paper", "#filter-Topic"):
        little.page.locator(box).click()
    banner = little.page.locator("#banner")
    assert banner.inner_text().startswith("Nothing is left to show.")
    assert little.said == "0 papers and 0 relations shown"
    banner.get_by_role("button", name="Show all").click()
    assert little.page.locator("#banner").count() == 0
    assert little.shown[0] == 9


def test_keys_do_nothing_behind_the_help(little: Reader) -> None:
    little.press("?")
    little.press("l", "/", "1", "p")
    assert not little.panel.is_visible()
    assert little.seen["focus"] is None
    little.press("Escape")
    assert not little.page.locator("#help").is_visible()


def test_keys_that_need_a_card_say_so(little: Reader) -> None:
    little.page.locator("#graph").focus()
    for key in "123pcu":
        little.js("document.querySelector('#said').textContent = ''")
        little.press(key)
        assert little.said.startswith("Choose a card first"), key


def test_enter_takes_the_card_in_the_middle_and_then_leads_to_the_panel(little: Reader) -> None:
    little.page.locator("#graph").focus()
    little.press("Enter")
    little.until("!document.querySelector('#panel').hidden && document.querySelector('#panel h2') !== null")
    little.page.locator("#graph").focus()
    little.press("Enter")
    assert little.focused().startswith("h2")


def test_what_others_say_of_a_paper_does_not_stand_as_what_it_says(iclr: Library, browser: Any, tmp_path: Path) -> None:
    from papergraph.folding import note_id
    from papergraph.model import Note, Paper
    from papergraph.vocabulary import Kind
    from reader import graph_of

    about = Note(note_id("s", "p-1", "own"), "own words of it", Kind.CLAIM, False, "a.md", 1, 0, 1, "s", "p-1")
    other = Note(note_id("s", "p-2", "other"), "unlike the first", Kind.CLAIM, False, "a.md", 5, 0, 1, "s", "p-2", ("p-1",))
    graph = graph_of([Paper("p-1", "First"), Paper("p-2", "Second")])
    whole = type(graph)((*graph.nodes, about, other), graph.edges, graph.relations)
    with Reader(browser, written(tmp_path, whole)) as page:
        page.choose_and_wait("p-1")
        sections = {s.locator("h3").inner_text(): s.inner_text() for s in page.panel.locator("section").all()}
        assert "own words of it" in sections["What it says (1)"]
        assert "in the notes on Second" in sections["Named in the notes on others (1)"].replace("\n", " ")
        assert page.trouble == []


def test_a_page_of_a_part_says_what_part(iclr: Library, browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "part.html"
    iclr.view(query="状態空間", min_confidence=0.5).save(file)
    with Reader(browser, file) as page:
        text = page.page.locator("#part").inner_text()
        assert text.startswith("Only “状態空間”; confidence of at least 0.5: ")
        assert text.endswith(" of 43 papers")
        assert page.trouble == []


def test_counts_of_topics_are_those_of_what_is_below(little: Reader) -> None:
    assert SPARSE
    texts = little.drawn_texts()
    # Attention has four papers with those of Sparse, and Epsilon, which is under Memory, has Sparse too
    assert [texts[texts.index(t) + 1] for t in ("Attention", "Sparse", "Memory")] == ["5", "3", "1"]
