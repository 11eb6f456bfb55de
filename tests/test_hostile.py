"""Nothing from the notes, and nothing from the address, is more than text: in a real browser, in pictures of it, in a notebook, without a network."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from conftest import Opened
from papergraph.library import Library
from papergraph.library import open as open_library
from papergraph.model import Concept, Edge, Evidence, Graph, Note, Paper, Relation, Topic
from papergraph.view import Alike, compose, render
from papergraph.view.labels import clean
from papergraph.view.page import Page
from papergraph.vocabulary import RELATIONS, AssertedBy, Kind, Role, Status
from payloads import ALL, PAYLOADS

TITLE = "</title><script>window.hacked=1</script>\"'<img src=x onerror=window.hacked=1>"

# what the script itself makes; nothing else may come to be
MADE = {
    "#panel": "BUTTON H2 H3 P SECTION UL LI BLOCKQUOTE DIV SPAN A svg path circle text polyline",
    "#legend": "SUMMARY DETAILS FIELDSET LEGEND LABEL INPUT SPAN P BUTTON DIV OUTPUT svg path circle text polyline",
    "#results": "LI SMALL",
    "#hint": "STRONG DIV",
    "#keys": "TR TH TD",
    "#graph": "DIV CANVAS",
    "#said": "",
    "h1": "",
}

CHECK = """(made) => {
  const wrong = [];
  for (const [where, tags] of Object.entries(made)) {
    const known = new Set(tags.split(' '));
    for (const e of document.querySelectorAll(where + ' *')) if (!known.has(e.tagName)) wrong.push(`${where} holds ${e.outerHTML.slice(0, 200)}`);
  }
  for (const e of document.querySelectorAll('svg')) if (!e.parentElement.matches('.swatch')) wrong.push(`svg in ${e.parentElement.outerHTML.slice(0, 200)}`);
  for (const e of document.querySelectorAll('*')) {
    for (const a of e.attributes) {
      if (/^on/i.test(a.name) || ['src', 'srcdoc', 'srcset', 'action', 'formaction', 'background', 'poster', 'ping', 'xlink:href'].includes(a.name)) wrong.push(`${e.tagName} has ${a.name}`);
      if (a.name === 'href' && !(e.tagName === 'A' && /^https?:[/][/]/i.test(a.value) && e.target === '_blank' && e.rel === 'noopener noreferrer')) wrong.push(`href ${a.value}`);
      if (a.name === 'style' && /url|expression|javascript/i.test(a.value)) wrong.push(`style ${a.value}`);
    }
  }
  const found = (tag) => document.querySelectorAll(tag).length;
  if (found('script') !== 4 || found('style') + found('head > style') !== 2) wrong.push('scripts or styles have come to be');
  if (found('iframe, object, embed, base, link, img, video, audio, form[action], template, portal, marquee')) wrong.push('something has come to be');
  if (window.hacked !== undefined || ({}).hacked !== undefined || Object.keys(Object.prototype).length) wrong.push('hacked');
  return wrong;
}"""


def hostile_graph() -> Graph:
    """Each text as everything that the notes can give: names, ids, facts, notes, quotes, places, rules, addresses."""
    nodes: list[Any] = []
    edges, relations = [], []
    types = [*RELATIONS]
    for n, text in enumerate(ALL):
        topic = Topic(f"t {text}", text, (text,), broader=f"t {ALL[n - 1]}" if n % 5 else None)
        paper = Paper(
            text, text, Role.ENTRY, (text,), 2000 + n % 20, text, text, text, text, text, text, (text,), (text,), (topic.id,), text, n, (text,), (text, f"https://{text}"), text, (text,)
        )
        cited = Paper(f"r {text}", text, Role.CITED, url=text, aliases=(text,))
        concept = Concept(f"c {text}", text, (text,))
        note = Note(f"n {n}", text, [*Kind][n % len(Kind)], bool(n % 2), text, 1, 0, 1, "s", paper.id, mentions=(concept.id,), also_at=(f"{text}:1:0-1",))
        nodes += [topic, paper, cited, concept, note]
        edges += [Edge("HAS_TOPIC", paper.id, topic.id), Edge("ABOUT", note.id, paper.id)]
        evidence = Evidence(note.id, text, text, 1, 0, 1, text), Evidence(None, text, None, None, None, None, text)
        for target in (cited.id, concept.id, ALL[n - 1]):
            relations.append(Relation(f"{text} to {target}", types[len(relations) % len(types)], paper.id, target, 0.8, bool(n % 2), AssertedBy.EXTRACTOR, [*Status][n % 2], evidence))
    return Graph(tuple(nodes), tuple(edges), tuple(relations))


def hostile_page() -> Page:
    return render(compose(hostile_graph(), alike=[Alike(a, b, 0.5, (a[:300], b[:300])) for a, b in zip(ALL, ALL[2:], strict=False)]), title=TITLE)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("hostile") / "page.html"
    file.write_bytes(hostile_page().html.encode("utf-8"))
    return file


@pytest.fixture(scope="module")
def at_desk(browser: Any, file: Path) -> Iterator[Opened]:
    with Opened(browser, file, offline=True, accept_downloads=True) as page:
        yield page


@pytest.fixture
def opened(at_desk: Opened) -> Iterator[Opened]:
    """The page with the hostile graph; after each test nothing may have been executed, asked for, refused, or come to be."""
    yield at_desk
    assert at_desk.page.evaluate(CHECK, MADE) == []
    assert at_desk.trouble == []


def written(text: str) -> str:
    """What can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode()


# --- the file


def test_there_are_payloads_of_every_kind() -> None:
    assert len(set(ALL)) == len(ALL) >= 150
    assert len(PAYLOADS) >= 10


def test_data_end_no_element(file: Path) -> None:
    page = file.read_text(encoding="utf-8")
    assert len(re.findall(r"<script", page[: page.index("<script>")])) == 2
    for part in re.findall(r'<script id="\w+" type="application/json">(.*?)</script>', page, re.DOTALL):
        assert re.fullmatch(r"[A-Za-z0-9+/]+=*", part)


def test_the_title_is_escaped() -> None:
    empty = compose(Graph())
    scripts = render(empty, title="x").html.count("<script")
    for title in ALL:
        page = render(empty, title=title)
        for shown in re.search(r"<title>([^<]*)</title>", page.html), re.search(r'<h1 dir="auto">([^<]*)</h1>', page.html):
            assert shown, title
            assert html.unescape(shown[1]) == (written(clean(title)) or "papergraph")
        assert page.html.count("<script") == scripts, title
        page.html.encode("utf-8")
        frame = re.fullmatch(r'<iframe title="([^"<>]*)" sandbox="[a-z -]*" style="[^"<>]*" srcdoc="([^"<>]*)"></iframe>', page._repr_html_())
        assert frame, title
        assert html.unescape(frame[2]) == page.html


# --- the page


@pytest.fixture(scope="module")
def told(at_desk: Opened) -> dict[str, Any]:
    """What the panel shows of each node, one chosen after the other as quickly as it goes."""
    return dict(
        at_desk.page.evaluate(
            """async ([made, check]) => {
              const out = [], checked = eval(check), panel = document.querySelector('#panel');
              for (const id of papergraph.model.id) {
                await papergraph.choose(id);
                const links = [...panel.querySelectorAll('a')].map((a) => [a.getAttribute('href'), a.protocol, a.textContent]);
                out.push([id, { hidden: panel.hidden, heading: panel.querySelector('h2').textContent, text: panel.textContent, links, wrong: checked(made) }]);
              }
              return out;
            }""",
            [MADE, CHECK],
        )
    )


def test_what_is_chosen_is_told_as_text(told: dict[str, Any], opened: Opened) -> None:
    assert len(told) == opened.page.evaluate("papergraph.model.n") == 4 * len(ALL)
    for text in ALL:
        for prefix in ("", "t ", "r ", "c "):
            own = told[written(prefix + text)]
            assert own["wrong"] == []
            assert not own["hidden"]
            # what has no glyph may be missing from it
            assert own["heading"] in (written(text), clean(written(text)))
        # title, authors, venue, decision, markers, aliases, tags, place, note, quotes, rules
        assert told[written(text)]["text"].count(written(text)) >= 8
        assert written(text) in told[written("c " + text)]["text"]


def test_links_lead_to_the_web_alone(told: dict[str, Any]) -> None:
    links = [link for own in told.values() for link in own["links"]]
    assert len(links) > len(ALL)
    for href, protocol, text in links:
        assert re.match(r"https?://", href)
        # where the browser cannot read the address there is no protocol
        assert protocol in ("http:", "https:", ":")
        assert text == href


def test_relations_are_told_as_text(opened: Opened) -> None:
    seen = opened.page.evaluate(
        """async ([made, check]) => {
          const m = papergraph.model, out = [], checked = eval(check), panel = document.querySelector('#panel');
          for (let e = 0; e < m.from.length; e += 3) {
            const id = `${m.id[m.from[e]]}~${m.types[m.type[e]].type}~${m.id[m.to[e]]}`;
            await papergraph.choose(id);
            out.push({ id, text: panel.textContent, source: m.name[m.from[e]], target: m.name[m.to[e]], label: m.types[m.type[e]].label, wrong: checked(made) });
          }
          return out;
        }""",
        [MADE, CHECK],
    )
    assert len(seen) > 150
    for one in seen:
        assert one["wrong"] == []
        # an id that holds the sign between an edge's ends cannot be told apart from them
        if one["id"].count("~") == 2:
            assert one["label"] in one["text"], one["id"]
            assert one["source"] in one["text"]
            assert one["target"] in one["text"]


@pytest.mark.parametrize(
    ("paper", "link"),
    [
        (Paper("p", "x", url="https://example.org/a?b=1&c=2"), "https://example.org/a?b=1&c=2"),
        (Paper("p", "x", url="javascript:alert(1)"), None),
        (Paper("p", "x", url=" https:evil"), None),
        (Paper("p", "x", url="data:text/html,x", arxiv_id="2401.00001"), "https://arxiv.org/abs/2401.00001"),
        (Paper("p", "x", doi='10.1/"><b>'), "https://doi.org/10.1/%22%3E%3Cb%3E"),
        (Paper("p", "x", openreview_id="a&b=javascript:"), "https://openreview.net/forum?id=a%26b%3Djavascript%3A"),
        (Paper("p", "x", links=("javascript:alert(1)", "http://example.org")), "http://example.org"),
    ],
)
def test_an_address_gives_a_link_or_none(browser: Any, tmp_path: Path, paper: Paper, link: str | None) -> None:
    file = tmp_path / "page.html"
    file.write_text(render(compose(Graph((paper,)))).html, encoding="utf-8")
    with Opened(browser, file, fragment="#p") as opened:
        opened.panel.wait_for(state="visible")
        assert [a.get_attribute("href") for a in opened.panel.locator("a").all()] == ([link] if link else [])
        assert opened.trouble == []


def test_the_search_takes_any_text_and_shows_text(opened: Opened) -> None:
    seen = opened.page.evaluate(
        """async ([texts, made, check]) => {
          const search = document.querySelector('#search'), checked = eval(check), out = [];
          search.focus();
          await new Promise((done) => setTimeout(done, 300));
          for (const text of texts) { search.value = text; search.dispatchEvent(new Event('input')); out.push([document.querySelectorAll('#results [id]').length, checked(made)]); }
          search.value = '';
          search.dispatchEvent(new Event('input'));
          search.blur();
          return out;
        }""",
        [[t for t in map(written, ALL) if len(t) < 500], MADE, CHECK],
    )
    assert [wrong for _, wrong in seen if wrong] == []
    texts = [t for t in ALL if len(t) < 500]
    # a text input drops line breaks, and what holds no letter and no space is not looked for
    assert [t for t, (hits, _) in zip(texts, seen, strict=True) if re.search(r"[A-Za-z]", t) and not hits and not re.search(r"[\r\n]", t)] == []


def test_hints_lists_filters_and_closed_topics_show_text(opened: Opened) -> None:
    page = opened.page
    page.locator("#list").click()
    assert "script" in opened.panel.inner_text()
    assert page.evaluate(CHECK, MADE) == []
    page.keyboard.press("Escape")
    for text in (ALL[0], f"t {ALL[1]}", f"c {PAYLOADS['event handlers'][0]}", PAYLOADS["SVG and MathML"][0]):
        opened.choose(text)
        page.wait_for_timeout(100)
        at = page.evaluate("id => papergraph.screen(id)", text)
        page.mouse.move(at["x"], at["y"])
        page.wait_for_timeout(60)
        assert page.evaluate(CHECK, MADE) == []
    page.mouse.move(5, 5)
    # each filter, by its id, which is made from what it filters
    found = page.evaluate("""() => {
      const all = [...document.querySelectorAll('#legend input[type=checkbox]')];
      for (const box of all) box.click();
      const hidden = papergraph.shown.nodes;
      for (const box of all) box.click();
      return [all.length, hidden, papergraph.shown.nodes];
    }""")
    assert found[0] > 20
    assert found[1] == 0
    assert found[2] == 4 * len(ALL)
    for name in ("Close all", "Show all"):
        page.locator("#legend button", has_text=name).evaluate("b => b.click()")
        page.wait_for_timeout(50)
    page.keyboard.press("?")
    page.keyboard.press("Escape")


# --- the address


def test_any_address_opens_the_page_and_does_nothing_else(opened: Opened) -> None:
    seen = opened.page.evaluate(
        """async ([texts, made, check]) => {
          const checked = eval(check), out = [], keys = ['chosen', 'hide', 'least', 'years', 'focus', 'depth', 'path', 'path', 'closed', 'pin', 'at'];
          for (const text of texts) {
            const all = new URLSearchParams([...keys.map((k) => [k, text]), ['pin', `0 0 ${text}`], [text, '1']]).toString();
            for (const form of [text, encodeURIComponent(text), all, `chosen=${text}&hide=${text}`]) {
              location.hash = form;
              await new Promise((done) => { const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); });
            }
            const wrong = checked(made), c = papergraph.camera();
            if (![c.x, c.y, c.scale].every(Number.isFinite)) wrong.push('the camera is nowhere');
            if (wrong.length) out.push([text, wrong]);
          }
          location.hash = '';
          await new Promise((done) => setTimeout(done, 100));
          return [out, papergraph.shown];
        }""",
        [[written(t) for t in ALL if len(t) < 500], MADE, CHECK],
    )
    assert seen[0] == []
    assert seen[1]["nodes"] == 4 * len(ALL)


ADDRESSES = [
    "at=0 0 1e-300", "at=1e308 1e308 1", "at=0 0 1e308", "at=0 0 Infinity", "at=NaN NaN NaN", "at=0 0 -1", "at=0 0 0", "at=1 2", "at= ",
    "least=1e9", "least=-5", "least=NaN", "depth=1e9&focus=constructor", "years=2010-2000", "years=1e308-0", "years=a-b", "pin=1 1 nobody",
    f"pin={'9' * 400} 0 constructor", "pin=0 0", "path=constructor&path=nobody", "path=constructor&path=constructor", "path=a&path=b&path=c", "closed=constructor",
    "hide=Paper&hide=Cited&hide=Concept&hide=Topic", "&".join(["hide=x"] * 5000), "chosen=a~USES~b", "chosen=~~", "=", "==&&", "%", "%00", "#", "#%23", "?x=1", "chosen=constructor&chosen=toString",
]  # fmt: skip


@pytest.mark.parametrize("address", [*ADDRESSES, *(t for kind in ("addresses", "script elements") for t in PAYLOADS[kind][:4])], ids=lambda a: a[:30])
def test_an_address_that_makes_no_sense_still_opens_the_page(browser: Any, file: Path, address: str) -> None:
    with Opened(browser, file, fragment="#" + address) as opened:
        opened.page.wait_for_timeout(50)
        camera = opened.page.evaluate("papergraph.camera()")
        assert all(isinstance(camera[k], int | float) and abs(camera[k]) < 1e12 for k in ("x", "y", "scale")), camera
        # one can find back
        opened.page.locator("#whole").click()
        opened.page.wait_for_timeout(30)
        assert 0 < opened.page.evaluate("papergraph.camera().scale") <= 2
        assert opened.page.evaluate(CHECK, MADE) == []
        assert opened.trouble == []


# --- pictures of it


SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {
    "svg": {"viewBox", "width", "height"},
    "path": {"d", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin"},
    "rect": {"x", "y", "width", "height", "fill", "fill-opacity"},
    "text": {"x", "y", "fill", "font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline", "textLength", "lengthAdjust"},
}


def texts_of(drawing: str) -> set[str]:
    """The texts in an SVG drawing, which must hold nothing but shapes and texts."""
    assert "<!" not in drawing
    root = ElementTree.fromstring(drawing)
    found = set()
    for element in root.iter():
        name = element.tag.removeprefix(SVG)
        assert set(element.attrib) <= DRAWN[name], (name, element.attrib)
        assert not any(re.search(r"url|script|[<&]", v) for v in element.attrib.values())
        found.add(element.text or "")
    return found


def test_a_drawing_holds_shapes_and_texts_alone(opened: Opened) -> None:
    drawings = opened.page.evaluate("""() => {
      const m = papergraph.model, out = [];
      for (let i = 0; i < m.n; i++) { papergraph.network.moveTo({ position: { x: m.x[i], y: m.y[i] }, scale: 1, animation: false }); if (i % 4 === 0) out.push(papergraph.svg()); }
      return out;
    }""")
    texts: set[str] = set().union(*(texts_of(d) for d in drawings))
    found = "\n".join(texts)
    for text in ("<script>", "<img", "<svg", "onerror=", "{{ 7*7 }}", "__proto__", "-->", "&lt;script&gt;"):
        assert text in found, text
    # nothing that an XML file may not hold
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", found)


def test_a_saved_drawing_does_nothing_when_opened(browser: Any, opened: Opened, tmp_path: Path) -> None:
    drawing = tmp_path / "drawing.svg"
    opened.page.locator("#whole").click()
    with opened.page.expect_download() as download:
        opened.page.locator(".menu summary").click()
        opened.page.locator("#svg").click()
    download.value.save_as(drawing)
    opened.page.locator(".menu summary").click()
    texts_of(drawing.read_text(encoding="utf-8"))
    with Opened(browser, drawing) as alone:
        assert alone.page.evaluate("document.documentElement.tagName") == "svg"
        assert alone.page.evaluate("window.hacked") is None
        assert alone.trouble == []


def test_a_print_is_a_picture(opened: Opened) -> None:
    page = opened.page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    image = page.locator("#print")
    assert image.get_attribute("src").startswith("data:image/png;base64,")
    assert image.get_attribute("alt") == f"The graph of {TITLE}"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert image.count() == 0


NAMES = ["../../etc/passwd", "a/b\\c:d*?\"<>|", ".htaccess", "x.exe\u202egnp.", "x" * 300, "a" + "𠮷" * 40, "\x00\n", "論文 メモ", "- -", TITLE, "CON", "a.b.c", "%2e%2e%2f", "''$(id)`id`;&"]


@pytest.mark.parametrize("title", NAMES, ids=range(len(NAMES)))
def test_saved_files_have_harmless_names(browser: Any, tmp_path: Path, title: str) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(render(compose(Graph((Paper("p", "x"),))), title=title).html.encode())
    with Opened(browser, file, offline=True, accept_downloads=True) as opened:
        # what the page asks for, before the browser makes it harmless itself
        opened.page.evaluate("HTMLAnchorElement.prototype.click = new Proxy(HTMLAnchorElement.prototype.click, { apply: (f, a) => { (window.names ??= []).push(a.download); return f.call(a); } }); 0")
        for ending in ("png", "svg"):
            with opened.page.expect_download() as download:
                opened.page.evaluate("id => document.getElementById(id).click()", ending)
            assert download.value.suggested_filename.endswith(f".{ending}")
        for name in opened.page.evaluate("names"):
            stem = name.rpartition(".")[0]
            assert 1 <= len(stem) <= 60
            assert re.fullmatch(r"[\w -]+", stem)
            assert stem == stem.strip()
            name.encode("utf-8")
        assert opened.trouble == []


# --- in a notebook


def test_in_a_notebook_it_reaches_nothing_of_the_notebook(browser: Any, tmp_path: Path) -> None:
    host = tmp_path / "notebook.html"
    frame = hostile_page()._repr_html_()
    host.write_bytes(f"<!DOCTYPE html><meta charset=utf-8><title>notebook</title><script>window.secret = 'kept'; document.cookie = 'a=b'</script>{frame}".encode())
    with Opened(browser, host, offline=True) as opened:
        inner = opened.page.frames[1]
        inner.wait_for_function("window.papergraph && papergraph.model")
        inner.evaluate("papergraph.ready")
        for reach in ("parent.document", "parent.secret", "top.location.href", "localStorage", "document.cookie", "frameElement.id"):
            assert inner.evaluate(f"() => {{ try {{ return String({reach}) }} catch (e) {{ return e.name }} }}") in ("SecurityError", "TypeError"), reach
        assert inner.evaluate("origin") == "null"
        inner.evaluate("async () => { for (const id of papergraph.model.id.slice(0, 40)) await papergraph.choose(id); }")
        assert inner.evaluate(CHECK, MADE) == []
        assert inner.locator("#panel h2").inner_text()
        assert ElementTree.fromstring(inner.evaluate("papergraph.svg()")).tag == SVG + "svg"
        inner.evaluate("addEventListener('popstate', () => {}); document.querySelector('#whole').click(); document.querySelector('#list').click()")
        assert opened.page.evaluate("window.hacked") is None
        assert opened.page.title() == "notebook"
        assert opened.page.url == host.as_uri()
        assert opened.page.evaluate("history.length") <= 2
        assert opened.trouble == []


# --- from notes to page


def test_hostile_notes_and_file_names_become_a_page_of_texts(browser: Any, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    lines = [t for t in map(written, ALL) if 0 < len(t) < 500]
    for n, text in enumerate(lines):
        name = re.sub(r"[/\x00]", "_", text)[:60].strip(". ") or "x"
        one = " ".join(text.split())
        titles = [f"Work {n}{k} of {one.replace(']', ' ').replace('[', ' ')} in Language Models" for k in "ab"]
        body = f"# Topic {n} {one}\n- [{titles[0]}](https://arxiv.org/abs/2310.{n:05}) ({one})\n  - Same idea as the paper below? {one}\n- {titles[1]}\n  https://arxiv.org/abs/2311.{n:05}\n  - {text}\n"
        (notes / f"{n} {name}.md").write_bytes(body.encode())
    with open_library(tmp_path / "store.db") as library:
        library.import_notes(notes)
        page = library.view(title=TITLE)
        assert isinstance(library, Library)
    file = tmp_path / "page.html"
    file.write_bytes(page.html.encode())
    with Opened(browser, file, offline=True) as opened:
        wrong = opened.page.evaluate(
            """async ([made, check]) => {
              const checked = eval(check), out = [];
              for (const id of papergraph.model.id) { await papergraph.choose(id); out.push(...checked(made)); }
              return [papergraph.model.n, out];
            }""",
            [MADE, CHECK],
        )
        assert wrong[0] > 200
        assert wrong[1] == []
        assert opened.trouble == []
