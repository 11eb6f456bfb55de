"""The page for everybody: axe-core finds nothing wrong with it in any state; and text that is painted, which axe cannot see, has contrast too.

axe comes from npm (`npm ci --prefix tests/axe`) and is injected by the browser's debugger, to which the page's policy does not apply.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import DISSECTING, MECHANISTIC, PAUSE, Opened, paper_id
from papergraph.library import Library
from papergraph.library import open as open_library
from papergraph.model import Concept, Graph, Paper, Relation, Topic
from papergraph.view import compose, render
from papergraph.view.payload import SIGNS
from papergraph.vocabulary import RELATIONS, AssertedBy, Role, Status

AXE = Path(__file__).parent / "axe" / "node_modules" / "axe-core" / "axe.min.js"

# all of WCAG 2.2 A and AA, best practices and what axe still tries out; AAA is not aimed at
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice", "experimental"]
RUN = """async (rules) => {
  const found = await axe.run(document, { runOnly: { type: 'tag', values: rules }, rules: { 'target-size': { enabled: true } } });
  return { passes: found.passes.length, violations: found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary.replace(/\\s+/g, ' ')}`)) };
}"""

Act = Callable[[Opened], None]


def press(*keys: str) -> Act:
    def act(opened: Opened) -> None:
        for key in keys:
            opened.page.keyboard.press(key)

    return act


def at(address: str) -> Act:
    return lambda opened: opened.page.evaluate("a => { location.hash = a }", address)


def seek(text: str) -> Act:
    return lambda opened: opened.page.locator("#search").fill(text)


def open_menu(opened: Opened) -> None:
    opened.page.locator(".menu summary").click()


def open_filters(opened: Opened) -> None:
    opened.page.evaluate("for (const d of document.querySelectorAll('#legend, #legend details')) d.open = true")


def print_it(opened: Opened) -> None:
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")


STATES: dict[str, tuple[Act, ...]] = {
    "start": (),
    "a paper chosen": (at(paper_id(DISSECTING)), lambda o: o.panel.wait_for(state="visible")),
    "a relation chosen": (at("~CONSISTENT_WITH~".join(sorted((paper_id(DISSECTING), paper_id(MECHANISTIC))))), lambda o: o.panel.wait_for(state="visible")),
    "the focus on what is near": (at(f"chosen={paper_id(DISSECTING)}&focus={paper_id(DISSECTING)}&depth=2"), lambda o: o.panel.wait_for(state="visible")),
    "a path": (at(f"path={paper_id(DISSECTING)}&path={paper_id(PAUSE)}"), lambda o: o.panel.wait_for(state="visible")),
    "no path": (at(f"path={paper_id(DISSECTING)}&path={paper_id(PAUSE)}&hide=Topic&hide=CONSISTENT_WITH"), lambda o: o.panel.wait_for(state="visible")),
    "the other end of a path asked for": (at(paper_id(DISSECTING)), lambda o: o.panel.get_by_role("button", name="Path to").click()),
    "the list": (press("l"), lambda o: o.panel.wait_for(state="visible")),
    "results of a search": (press("/"), seek("論文"), lambda o: o.page.locator("#results").wait_for(state="visible")),
    "no results": (press("/"), seek("zzzz"), lambda o: o.page.locator("#results").wait_for(state="visible")),
    "the help": (press("?"),),
    "the menu": (open_menu,),
    "all filters open": (open_filters,),
    "all hidden": (at("hide=Paper&hide=Cited&hide=Concept&hide=Topic"),),
    "a topic closed": (press("Tab"), lambda o: o.page.evaluate("location.hash = 'closed=' + papergraph.model.id.find((_, i) => papergraph.model.kind[i] === 'T')")),
    "a topic closed and chosen": (
        lambda o: o.page.evaluate("(() => { const id = papergraph.model.id.find((_, i) => papergraph.model.kind[i] === 'T'); location.hash = `chosen=${id}&closed=${id}` })()"),
    ),
    "print": (at(paper_id(DISSECTING)), print_it),
}
SIZES = {"desk": (1280, 800), "tablet": (820, 1180), "hand": (390, 844)}


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.exists():
        why = "axe-core is not installed: npm ci --prefix tests/axe"
        if os.environ.get("PAPERGRAPH_REQUIRE_AXE"):
            pytest.fail(f"{why}, but PAPERGRAPH_REQUIRE_AXE is set")
        pytest.skip(why)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def notes(iclr_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = tmp_path_factory.mktemp("axe") / "iclr.db"
    path.write_bytes(iclr_file.read_bytes())
    with open_library(path) as library:
        yield library


@pytest.fixture(scope="module")
def file(notes: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("page") / "page.html"
    file.write_bytes(notes.view(title="Reading notes 読書ノート").html.encode())
    return file


def wrong_with(opened: Opened, axe: str) -> list[str]:
    if not opened.page.evaluate("'axe' in window"):
        opened.page.evaluate(axe + "; 0")
    found = opened.page.evaluate(RUN, RULES)
    assert found["passes"] > 10
    return list(found["violations"])


def hides(state: str, found: str) -> bool:
    """Whether all that is wrong is that open results of a search lie over a part of the key: they go with the next touch."""
    return "results" in state and found.startswith("target-size: #legend")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_wrong(browser: Any, axe: str, file: Path, size: str, scheme: str) -> None:
    wrong = []
    width, height = SIZES[size]
    with Opened(browser, file, width=width, height=height, scheme=scheme, offline=True) as opened:
        for state, acts in STATES.items():
            opened.page.emulate_media(media="screen")
            opened.page.goto("about:blank")
            opened.page.goto(file.as_uri())
            opened.page.evaluate("papergraph.ready")
            for act in acts:
                act(opened)
            # a page that comes after focus is put somewhere
            opened.page.wait_for_timeout(60)
            wrong += [f"{state}: {w}" for w in wrong_with(opened, axe) if not hides(state, w)]
        assert wrong == []
        assert opened.trouble == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("graph", [Graph(), Graph((Paper("p", "only one"),))], ids=["nothing", "one paper"])
def test_axe_finds_nothing_wrong_with_little(browser: Any, axe: str, tmp_path: Path, graph: Graph, size: str, scheme: str) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(render(compose(graph)).html.encode())
    width, height = SIZES[size]
    with Opened(browser, file, width=width, height=height, scheme=scheme, offline=True) as opened:
        assert wrong_with(opened, axe) == []


def test_axe_would_find_something(browser: Any, axe: str, file: Path) -> None:
    with Opened(browser, file, offline=True) as opened:
        opened.page.evaluate("() => { document.querySelector('#search').removeAttribute('aria-label'); document.querySelector('#search').placeholder = ''; document.querySelector('h1').style.color = '#999' }")
        assert {w.split(":")[0] for w in wrong_with(opened, axe)} >= {"color-contrast", "label"}


# --- what is painted

# each text of the drawing with its contrast against what was last painted under its middle
CONTRASTS = """() => {
  const svg = document.importNode(new DOMParser().parseFromString(papergraph.svg(), 'image/svg+xml').documentElement, true);
  document.body.append(svg);
  const light = (colour) => { const [r, g, b] = [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => p - q); return (y + 0.05) / (x + 0.05); };
  const out = [], below = [];
  for (const e of svg.children) {
    if (e.tagName === 'text') {
      const b = e.getBBox(), x = b.x + b.width / 2, y = Number(e.getAttribute('y'));
      const under = below.findLast((u) => u.x <= x && u.x + u.width >= x && u.y <= y && u.y + u.height >= y);
      out.push([e.textContent, contrast(e.getAttribute('fill'), under.fill), under.fill]);
    } else if (e.tagName === 'rect' && e.hasAttribute('fill-opacity')) {
      out.length = 0; // what is below fades, and what is above is what one looks at
    } else if (e.getAttribute('fill') !== 'none') {
      const { x, y, width, height } = e.getBBox();
      below.push({ x, y, width, height, fill: e.getAttribute('fill') });
    }
  }
  svg.remove();
  return out;
}"""


def coloured() -> Graph:
    """Fifteen topics, one after the other in its own colour, each three deep, with all kinds of cards and all types of relations."""
    nodes: list[Any] = []
    relations = []
    types = [*RELATIONS]
    for n in range(15):
        topics = [Topic(f"t{n}-{k}", f"Topic {n} level {k}", broader=f"t{n}-{k - 1}" if k else None) for k in range(4)]
        papers = [Paper(f"p{n}-{k}", f"A paper {n} at level {k}", decision="oral", year=2020, topics=(topics[k].id,)) for k in range(4)]
        other = [Paper(f"r{n}", f"Cited work {n}", Role.CITED), Concept(f"c{n}", f"idea number {n}")]
        nodes += [*topics, *papers, *other]
        pairs = [(papers[0].id, papers[1].id), (papers[2].id, papers[3].id), (papers[3].id, other[0].id), (papers[1].id, other[1].id)]
        for a, b in pairs:
            k = len(relations)
            relations.append(Relation(f"r-{k}", types[k % len(types)], a, b, 0.9, bool(k % 2), AssertedBy.USER if k % 3 else AssertedBy.EXTRACTOR, Status.PROPOSED))
    return Graph(tuple(nodes), (), tuple(relations))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_painted_text_has_contrast(browser: Any, tmp_path: Path, scheme: str) -> None:
    graph = coloured()
    file = tmp_path / "page.html"
    file.write_bytes(render(compose(graph)).html.encode())
    with Opened(browser, file, width=4000, height=3000, scheme=scheme, offline=True) as opened:
        seen = opened.page.evaluate(CONTRASTS)
        texts = {text for text, _, _ in seen}
        assert {f"Topic {n} level {k}" for n in range(15) for k in range(4)} | {"oral", "idea number 3", *SIGNS.values()} <= texts
        assert len({ground for _, _, ground in seen}) > 40
        # a sign is a shape, told by 3:1 (WCAG 2.2, 1.4.11); text asks for 4.5:1 (1.4.3)
        assert [(t, round(c, 2), g) for t, c, g in seen if c < (3 if t in SIGNS.values() else 4.5)] == []
        # and with one chosen, what stays bright
        opened.choose("p3-0")
        opened.panel.wait_for(state="visible")
        bright = opened.page.evaluate(CONTRASTS)
        assert 3 < len(bright) < 20
        assert [(t, round(c, 2), g) for t, c, g in bright if c < (3 if t in SIGNS.values() else 4.5)] == []
