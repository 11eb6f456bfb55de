"""What one takes along: an address that shows the same again, pictures, paper. In a real browser."""

from __future__ import annotations

import base64
import json
import re
import struct
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote
from xml.etree import ElementTree

import pytest

from conftest import DISSECTING, paper_id
from reader import HEADLESS, MEMORY, PAIR, SVG, Reader

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
