"""A person at the page: mouse, keys and eyes, in a real browser without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from conftest import DISSECTING, MECHANISTIC, Opened, paper_id
from papergraph.folding import relation_id, topic_id
from papergraph.library import Library
from papergraph.model import Edge, Evidence, Graph, Paper, Relation, Topic
from papergraph.store import open_store
from papergraph.view import compose, render
from papergraph.vocabulary import RELATIONS, AssertedBy, Status

WAIT = 20_000
"""Milliseconds after which nobody waits any longer: long, for a machine that has much else to do."""
SVG = "{http://www.w3.org/2000/svg}"
# the texts of the drawing with the room each takes: as wide as it is, as high as its letters
TEXTS = """() => {
  const svg = document.importNode(new DOMParser().parseFromString(papergraph.drawn(), 'image/svg+xml').documentElement, true);
  document.body.append(svg);
  const found = [...svg.querySelectorAll('text')].map((t) => {
    const b = t.getBBox(), size = Number(t.getAttribute('font-size')), y = Number(t.getAttribute('y'));
    return { text: t.textContent, left: b.x, right: b.x + b.width, top: y - size * 0.4, bottom: y + size * 0.4, size, narrowed: t.hasAttribute('textLength') };
  });
  svg.remove();
  return found;
}"""


class Reader(Opened):
    def __init__(self, browser: Any, file: Path, **how: Any) -> None:
        super().__init__(browser, file, offline=True, **how)
        self.file = file
        self.size = self.page.viewport_size
        self.page.set_default_timeout(WAIT)

    def reopen(self, fragment: str = "") -> None:
        """The page anew, as if nobody had been there."""
        self.trouble.clear()
        self.page.goto("about:blank")
        self.page.goto(self.file.as_uri() + fragment)
        self.page.evaluate("window.papergraph?.ready")

    def js(self, expression: str, argument: Any = None) -> Any:
        return self.page.evaluate(expression, argument)

    def until(self, expression: str, argument: Any = None) -> None:
        """Until the expression is true; a function of `argument` if there is one."""
        # Playwright's own way of asking again is an eval that the page's policy refuses
        asked = expression if argument is not None else f"() => ({expression})"
        self.page.evaluate(
            f"""(argument) => new Promise((done, fail) => {{
              const holds = {asked}, begun = performance.now();
              const look = () => {{ if (holds(argument)) done(); else if (performance.now() - begun > {WAIT}) fail(new Error('never: ' + holds)); else setTimeout(look, 25); }};
              look();
            }})""",
            argument,
        )

    def until_heading(self, heading: str) -> None:
        """Until the panel is open with that heading."""
        self.until(
            """h => {
              const panel = document.querySelector('#panel'), parts = [...(panel.querySelector('h2')?.childNodes ?? [])];
              return !panel.hidden && parts.filter((n) => n.nodeType === 3).map((n) => n.data).join('').trim() === h;
            }""",
            heading,
        )

    def until_rest(self) -> None:
        """Until the camera stands still, and the picture is as sharp as it gets."""
        self.js(
            """() => new Promise((done) => {
              let before = '', same = 0;
              const look = () => { const now = JSON.stringify(papergraph.camera()); same = now === before ? same + 1 : 0; before = now; if (same > 5) setTimeout(done, 200); else requestAnimationFrame(look); };
              look();
            })"""
        )

    # --- hands

    def where(self, node: str) -> tuple[float, float]:
        at = self.js("id => papergraph.screen(id)", node)
        return at["x"], at["y"]

    def on_edge(self, edge: str) -> tuple[float, float]:
        """The middle of the edge `source~TYPE~target`, which is where its sign stands."""
        at = self.js("id => papergraph.edgeScreen(id)", edge)
        return at["x"], at["y"]

    def click(self, node: str) -> None:
        self.page.mouse.click(*self.where(node))

    def drag(self, start: tuple[float, float], right: float, down: float) -> None:
        """Take hold at `start` and move so far, in small steps as a hand does."""
        # vis-network takes two touches within 50 ms for one
        self.page.wait_for_timeout(80)
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(start[0] + right, start[1] + down, steps=30)
        self.page.mouse.up()

    def chevron(self, topic: str) -> tuple[float, float]:
        """Where the little triangle before a topic's name is."""
        at = self.js(
            "id => { const m = papergraph.model, i = m.index.get(id), c = papergraph.camera(), p = papergraph.screen(id), shut = papergraph.seen.closed.includes(id);"
            " return { x: p.x - (m.w[i] / 2 + 14 + (shut ? 8 : 0)) * c.scale, y: p.y } }",
            topic,
        )
        return at["x"], at["y"]

    def choose_and_wait(self, node: str) -> None:
        self.choose(node)
        self.until_heading(self.name(node))

    def box(self, label: str) -> Any:
        """The checkbox of the legend with that label."""
        return self.page.locator("#legend").get_by_role("checkbox", name=label, exact=True)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def find(self, text: str) -> None:
        """Type into the search as a person does, key by key."""
        self.page.locator("#search").click()
        self.page.locator("#search").fill("")
        self.page.keyboard.type(text)

    # --- eyes

    @property
    def results(self) -> list[str]:
        return [str(r).split("\n")[0] for r in self.page.locator("#results li").all_inner_texts()]

    @property
    def seen(self) -> dict[str, Any]:
        return self.js("papergraph.seen")  # type: ignore[no-any-return]

    @property
    def shown(self) -> tuple[int, int]:
        """How many nodes and edges are shown."""
        found = self.js("papergraph.shown")
        return found["nodes"], found["edges"]

    @property
    def bright(self) -> set[str] | None:
        found = self.js("papergraph.bright()")
        return None if found is None else set(found)

    @property
    def camera(self) -> dict[str, float]:
        return self.js("papergraph.camera()")  # type: ignore[no-any-return]

    @property
    def said(self) -> str:
        return str(self.page.locator("#said").text_content())

    @property
    def hint(self) -> Any:
        return self.page.locator("#hint")

    @property
    def chosen(self) -> str | None:
        """What is chosen, as the address tells it."""
        return self.js(  # type: ignore[no-any-return]
            "(() => { const h = location.hash.slice(1); return h.includes('=') ? new URLSearchParams(h).get('chosen') : decodeURIComponent(h) || null })()"
        )

    def name(self, node: str) -> str:
        return str(self.js("id => papergraph.model.name[papergraph.model.index.get(id)]", node))

    def drawing(self) -> ElementTree.Element:
        """What is on the screen, as SVG."""
        return ElementTree.fromstring(self.js("papergraph.drawn()"))

    def drawn_texts(self) -> list[str]:
        return [t.text or "" for t in self.drawing().iter(f"{SVG}text")]

    def texts(self) -> list[dict[str, Any]]:
        return self.js(TEXTS)  # type: ignore[no-any-return]

    def card(self, node: str) -> dict[str, float]:
        """The card's box, in the page's own pixels."""
        return self.js(  # type: ignore[no-any-return]
            "id => { const m = papergraph.model, i = m.index.get(id); return { x: m.x[i], y: m.y[i], w: m.w[i], h: m.h[i], font: m.font[i] } }", node
        )

    def focused(self) -> str:
        """The element that has the keyboard, as `tag#id` or its name."""
        return str(self.js("(() => { const e = document.activeElement; return e.tagName.toLowerCase() + (e.id ? '#' + e.id : ':' + (e.getAttribute('aria-label') || e.textContent)) })()"))


# --- small graphs

ATTENTION, SPARSE, MEMORY = (topic_id(path) for path in (("Attention",), ("Attention", "Sparse"), ("Memory",)))


def relation(kind: str, source: str, target: str, confidence: float = 0.8, *, hedged: bool = False, **other: Any) -> Relation:
    evidence = (Evidence(None, f"{source} {kind} {target}, it says", "notes.md", 7, 0, 9, "en:rule", confidence, hedged),)
    number = relation_id(kind, source, target, symmetric=RELATIONS[kind].symmetric)
    return Relation(number, kind, source, target, confidence, hedged, other.pop("by", AssertedBy.EXTRACTOR), evidence=evidence, **other)


def graph_of(papers: list[Paper], relations: list[Relation] | None = None, topics: list[Topic] | None = None) -> Graph:
    topics = topics or []
    edges = [Edge("HAS_TOPIC", p.id, t) for p in papers for t in p.topics]
    edges += [Edge("BROADER", t.id, t.broader) for t in topics if t.broader]
    return Graph((*topics, *papers), tuple(edges), tuple(relations or []))


def small() -> Graph:
    """Years, decisions, marks, statuses, links and nested topics, on six papers; `p-f` is tied to nothing."""
    topics = [Topic(ATTENTION, "Attention"), Topic(SPARSE, "Sparse", broader=ATTENTION), Topic(MEMORY, "Memory")]
    papers = [
        Paper("p-a", "Alpha attention", authors=("A. Author", "B. Writer"), year=2017, venue="NeurIPS 2017", decision="oral", markers=("★",), topics=(ATTENTION,)),
        Paper("p-b", "Beta attention", year=2019, decision="poster", topics=(ATTENTION,), url="https://example.org/b?x=1&y=2", arxiv_id="1901.00001"),
        Paper("p-c", "Gamma sparse", year=2021, markers=("★",), topics=(SPARSE,), url="javascript:alert(1)", doi="10.1/x"),
        Paper("p-d", "Delta sparse", year=2022, topics=(SPARSE,), links=("data:text/html,x", "http://example.org/d")),
        Paper("p-e", "Epsilon memory", year=2024, topics=(MEMORY, SPARSE), path="notes.md", line=3),
        Paper("p-f", "Zeta alone"),
    ]
    relations = [
        relation("EXTENDS", "p-b", "p-a", 0.9, status=Status.ACCEPTED),
        relation("USES", "p-c", "p-b", 0.7),
        relation("CONTRADICTS", "p-d", "p-c", 0.5, hedged=True),
        relation("SIMILAR_TO", "p-e", "p-d", 0.3, by=AssertedBy.USER),
    ]
    return graph_of(papers, relations, topics)


def written(folder: Path, graph: Graph, title: str = "papergraph") -> Path:
    """The file of a graph's page."""
    file = folder / "page.html"
    file.write_text(render(compose(graph), title=title).html, encoding="utf-8")
    return file


# --- pages

HEADLESS = "Headless Language Models: Learning without Predicting with Contrastive Weight Tying"
STATE = "A 2-Dimensional State Space Layer for Spatial Inductive Bias"
PAIR = f"{paper_id(MECHANISTIC)}~CONSISTENT_WITH~{paper_id(DISSECTING)}"
"""The relation between two papers that the notes state from both sides."""


def page_of(iclr_file: Path) -> Path:
    """The file of the page of the ICLR notes, made once."""
    file = iclr_file.with_name("page.html")
    if not file.exists():
        # where things stand is kept in the store, which other tests want as it is
        copy = Path(shutil.copy(iclr_file, iclr_file.with_name("page.db")))
        with Library(open_store(str(copy))) as notes:
            notes.view().save(file)
    return file


def anew(reader: Reader) -> Iterator[Reader]:
    """The page opened anew for one test, after which there must have been no trouble."""
    reader.page.emulate_media(media="screen", color_scheme="light", reduced_motion="reduce")
    reader.page.set_viewport_size(reader.size)
    reader.reopen()
    yield reader
    assert reader.trouble == []
