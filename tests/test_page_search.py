"""The search of the page, as one types. In a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conftest import DISSECTING, PAUSE, paper_id
from papergraph.model import Paper
from reader import HEADLESS, Reader, graph_of, written

CIPHERS = "Let Models Speak Ciphers: Multiagent Debate through Embeddings"


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
