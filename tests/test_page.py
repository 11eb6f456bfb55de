"""What one sees on the page, in a real browser."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from conftest import DISSECTING, paper_id
from papergraph.model import Graph, Paper, Relation, Topic
from papergraph.view.payload import COLOURS, SIGNS
from papergraph.vocabulary import RELATIONS
from reader import MEMORY, SVG, Reader, graph_of, relation, written


def inside(inner: dict[str, float], outer: dict[str, float]) -> bool:
    return (
        inner["x"] >= outer["x"]
        and inner["y"] >= outer["y"]
        and inner["x"] + inner["w"] <= outer["x"] + outer["w"]
        and inner["y"] + inner["h"] <= outer["y"] + outer["h"]
    )


def overlapping(boxes: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (a["text"], b["text"])
        for a, b in combinations(boxes, 2)
        if a["left"] < b["right"] and a["right"] > b["left"] and a["top"] < b["bottom"] and a["bottom"] > b["top"]
    ]


# --- places and cards


def test_topics_are_areas_in_areas_that_hold_their_papers(reader: Reader, graph: Graph) -> None:
    areas = {a["id"]: a for a in reader.js("papergraph.model.areas.map(({x, y, w, h, topic}) => ({x, y, w, h, id: papergraph.model.id[topic]}))")}
    topics = [n for n in graph.nodes if isinstance(n, Topic)]
    assert {t.id for t in topics} <= areas.keys()
    assert sum(t.broader is not None for t in topics) == 6
    for topic in topics:
        assert topic.broader is None or inside(areas[topic.id], areas[topic.broader])
    for paper in graph.papers():
        card = reader.card(paper.id)
        box = {"x": card["x"] - card["w"] / 2, "y": card["y"] - card["h"] / 2, "w": card["w"], "h": card["h"]}
        holds = {t for t in areas if t and inside(box, areas[t])}
        assert set(paper.topics) <= holds, paper.title
        # and of the outermost areas no two have ground in common
    outer = [a for t, a in areas.items() if not any(u != t and inside(a, b) for u, b in areas.items())]
    assert overlapping([{"text": a["id"], "left": a["x"], "right": a["x"] + a["w"], "top": a["y"], "bottom": a["y"] + a["h"]} for a in outer]) == []


def test_headings_tell_the_topic_and_how_many_papers_it_has(reader: Reader, graph: Graph) -> None:
    texts = reader.drawn_texts()
    for topic in (n for n in graph.nodes if isinstance(n, Topic) and n.broader is None):
        at = texts.index(topic.pref_label)
        below = {topic.id} | {n.id for n in graph.nodes if isinstance(n, Topic) and n.broader == topic.id}
        count = sum(bool(below & set(p.topics)) for p in graph.papers())
        assert texts[at - 1 : at + 2] == ["▾", topic.pref_label, str(count)]


def test_papers_of_more_relations_are_larger(browser: Any, tmp_path: Path) -> None:
    papers = [Paper(f"p-{n}", f"Paper number {n} of a row of equals") for n in range(12)]
    star = [relation("USES", f"p-{n}", "p-0") for n in range(1, 12)] + [relation("USES", "p-1", f"p-{n}") for n in range(2, 5)]
    with Reader(browser, written(tmp_path, graph_of(papers, star))) as page:
        fonts, areas = {}, {}
        for n in range(12):
            card = page.card(f"p-{n}")
            fonts[n], areas[n] = card["font"], card["w"] * card["h"]
        assert fonts[0] > fonts[1] > fonts[2] > fonts[5]
        assert areas[0] > areas[1] > areas[2] > areas[5]
        assert fonts[5] == fonts[11]
        assert page.trouble == []


def test_cards_bear_marks_and_decisions(reader: Reader, graph: Graph) -> None:
    texts = reader.texts()
    for paper in graph.papers():
        card = reader.card(paper.id)
        on_it = [t["text"] for t in texts if abs((t["left"] + t["right"]) / 2 - card["x"]) < card["w"] / 2 and abs((t["top"] + t["bottom"]) / 2 - card["y"]) <= card["h"] / 2 + 1]
        assert [t for t in on_it if t in ("oral", "spotlight")] == [d for d in (paper.decision,) if d], paper.title
        for mark in paper.markers:
            assert on_it[0].startswith(mark), paper.title
        assert paper.title.startswith(on_it[0].removeprefix("".join(paper.markers)).strip(" …")), paper.title


def test_cited_papers_and_concepts_look_unlike_papers(reader: Reader) -> None:
    paths = [p.attrib for p in reader.drawing().iter(f"{SVG}path")]
    assert sum(p.get("stroke-dasharray") == "5 4" for p in paths) == 4
    italic = [t.text for t in reader.drawing().iter(f"{SVG}text") if t.get("font-style") == "italic"]
    assert sorted(italic) == ["induction heads", "state space"]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (390, 844)])
def test_no_label_lies_on_another(reader: Reader, width: int, height: int) -> None:
    reader.page.set_viewport_size({"width": width, "height": height})
    reader.reopen()
    texts = reader.texts()
    assert len(texts) > 20
    assert overlapping(texts) == []
    scale = reader.camera["scale"]
    assert all(t["size"] * scale >= 4 for t in texts if t["text"] not in ("oral", "spotlight", "▾") and not t["text"].isdigit())


def test_a_label_is_within_its_card(reader: Reader, graph: Graph) -> None:
    texts = reader.texts()
    for paper in graph.papers():
        card = reader.card(paper.id)
        lines = [t for t in texts if abs((t["left"] + t["right"]) / 2 - card["x"]) < 2 and abs((t["top"] + t["bottom"]) / 2 - card["y"]) < card["h"] / 2 - 8]
        assert 1 <= len(lines) <= 2, paper.title
        assert all(t["left"] >= card["x"] - card["w"] / 2 and t["right"] <= card["x"] + card["w"] / 2 for t in lines), paper.title


def test_a_cut_label_is_whole_when_the_mouse_is_on_it(reader: Reader, graph: Graph) -> None:
    titles = {p.id: p.title for p in graph.papers()}
    for node in (paper_id(DISSECTING), *sorted(titles)[:4]):
        reader.page.mouse.move(*reader.where(node))
        reader.until("t => !document.querySelector('#hint').hidden && document.querySelector('#hint strong').textContent === t", titles[node])
        box, size = reader.hint.bounding_box(), reader.page.viewport_size
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size["width"]
        assert box["y"] + box["height"] <= size["height"]
    reader.page.mouse.move(*reader.where("t-slkngxpfun52p"))
    reader.until("document.querySelector('#hint').innerText.includes('データセット系')")
    assert "2 papers" in reader.hint.inner_text()
    reader.page.mouse.move(640, 30)
    reader.until("document.querySelector('#hint').hidden")


# --- lines


def strokes(drawing: Any) -> dict[str, list[dict[str, str]]]:
    """The lines by their colour; signs have a circle around them, which is no line."""
    found = defaultdict(list)
    for path in drawing.iter(f"{SVG}path"):
        if path.get("fill") == "none" and "a" not in str(path.get("d")):
            found[path.get("stroke")].append(dict(path.attrib))
    return found


def pairs_of_each_type() -> tuple[list[Paper], list[Relation]]:
    """For each type a pair of papers that is sure of it, and one that is not."""
    papers, relations = [], []
    for kind in RELATIONS:
        for hedged in (False, True):
            ends = [Paper(f"p-{kind}-{hedged}-{k}", f"{kind} {hedged} {k}") for k in "ab"]
            papers += ends
            relations.append(relation(kind, ends[0].id, ends[1].id, 0.5 if hedged else 0.9, hedged=hedged))
    return papers, relations


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_type_has_its_colour_sign_and_style(browser: Any, tmp_path: Path, scheme: str) -> None:
    papers, relations = pairs_of_each_type()
    with Reader(browser, written(tmp_path, graph_of(papers, relations)), scheme=scheme, width=2400, height=1600) as page:
        drawing = page.drawing()
        lines, signs = strokes(drawing), Counter((t.text, t.get("fill")) for t in drawing.iter(f"{SVG}text"))
        heads = Counter(p.get("fill") for p in drawing.iter(f"{SVG}path") if re.fullmatch(r"M[^MLQ]*L[^L]*L[^L]*Z", p.get("d", "")))
        legend = page.page.locator("#legend")
        for kind, colours in COLOURS.items():
            colour = colours[scheme == "dark"]
            own = lines[colour]
            assert [("stroke-dasharray" in p, float(p["stroke-width"]) > 0) for p in own] in ([(False, True), (True, True)], [(True, True), (False, True)]), kind
            sure, hedged = sorted(own, key=lambda p: "stroke-dasharray" in p)
            assert float(sure["stroke-width"]) >= float(hedged["stroke-width"]), kind
            assert signs[(SIGNS[kind], colour)] == 2, kind
            assert heads[colour] == (0 if RELATIONS[kind].symmetric else 2), kind
            assert (sure["d"].count("L") > 3) is (kind == "CONTRADICTS")
            assert (sure["d"].count("M") == 2) is (kind in ("CONSISTENT_WITH", "EQUIVALENT_TO"))
            row = legend.locator("label", has_text=f"{kind.replace('_', ' ').lower()} (2)")
            assert row.locator("svg text").text_content() == SIGNS[kind]
            assert row.locator("svg circle").get_attribute("stroke") == colour
        assert len(set(SIGNS.values())) == len(SIGNS)
        assert len({c[0] for c in COLOURS.values()}) == len(COLOURS)
        assert page.trouble == []


def test_headings_lie_over_lines(little: Reader) -> None:
    parts = list(little.drawing())
    lines = [k for k, p in enumerate(parts) if p.get("fill") == "none" and p.get("stroke") in {c[0] for c in COLOURS.values()}]
    for name in ("Attention", "Sparse", "Memory"):
        assert next(k for k, p in enumerate(parts) if p.text == name) > max(lines), name


def test_a_line_tells_what_it_says_when_the_mouse_is_on_it(little: Reader) -> None:
    little.page.mouse.move(*little.on_edge("p-d~CONTRADICTS~p-c"))
    little.until("!document.querySelector('#hint').hidden")
    assert little.hint.inner_text().split("\n") == ["Delta sparse — contradicts — Gamma sparse", "confidence 0.50 · hedged"]


def test_an_arrow_points_to_what_is_extended(little: Reader) -> None:
    found = re.findall(rf'<path d="M([-\d.]+) ([-\d.]+)L[^"]*Z" fill="{COLOURS["EXTENDS"][0]}"', little.js("papergraph.drawn()"))
    (tip,) = ((float(x), float(y)) for x, y in found)
    a, b = little.card("p-a"), little.card("p-b")

    def far(card: dict[str, float]) -> float:
        return max(abs(tip[0] - card["x"]) - card["w"] / 2, abs(tip[1] - card["y"]) - card["h"] / 2)

    assert far(a) < 3
    assert far(b) > far(a)


def test_the_sign_of_what_the_reader_vouches_for_is_filled(little: Reader) -> None:
    filled = {t.text: t.get("fill") for t in little.drawing().iter(f"{SVG}text") if t.text in SIGNS.values()}
    ground = "#fbfbfc"
    assert filled == {SIGNS["EXTENDS"]: ground, SIGNS["SIMILAR_TO"]: ground, SIGNS["USES"]: COLOURS["USES"][0], SIGNS["CONTRADICTS"]: COLOURS["CONTRADICTS"][0]}


def test_a_paper_of_two_topics_has_a_line_to_the_second(little: Reader) -> None:
    assert little.box("also under (1)").count() == 1
    little.click(MEMORY)
    little.until_heading("Memory")
    little.choose("p-e~ALSO~" + little.js("papergraph.model.id.find((id) => papergraph.model.name[papergraph.model.index.get(id)] === 'Sparse')"))
    little.until_heading("also under")
    assert "a further topic" in little.panel.inner_text()


def test_likeness_is_fainter_than_what_is_stated(reader: Reader) -> None:
    lines = strokes(reader.drawing())
    told = [p for kind in COLOURS for p in lines[COLOURS[kind][0]]]
    alike = [p for own in lines.values() for p in own if p.get("stroke-dasharray") == "1.5 4.5"]
    assert len(told) == 7
    assert len(alike) == 9
    assert max(float(p["stroke-width"]) for p in alike) < min(float(p["stroke-width"]) for p in told)
    # and no sign, no arrow
    assert Counter(t for t in reader.drawn_texts() if t in SIGNS.values()) == Counter({"=": 2, "≈": 1, "≡": 1, "✕": 1, "∋": 1, "~": 1})


def test_likeness_is_drawn_below_what_is_stated_when_lit(reader: Reader) -> None:
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.press("2")
    reader.until("papergraph.seen.depth === 2")
    paths = [(p.get("stroke"), p.get("stroke-dasharray"), p.get("stroke-width")) for p in reader.drawing().iter(f"{SVG}path")]
    lit = [i for i, p in enumerate(paths) if p[1:] == ("1.5 4.5", "2")]
    told = [i for i, p in enumerate(paths) if p[0] == COLOURS["CONSISTENT_WITH"][0]]
    assert lit
    # what is drawn after the veil: of each relation the line and the circle of its sign
    assert max(lit) < min(told[len(told) // 2 :])


# --- colours and paper


def ground(page: Reader) -> tuple[str, str, str]:
    """The colour of the page, of the picture, and of the first line of the key."""
    return (
        page.js("getComputedStyle(document.body).backgroundColor"),
        str(page.drawing().find(f"{SVG}rect").get("fill")),  # type: ignore[union-attr]
        str(page.page.locator("#legend svg circle").first.get_attribute("stroke")),
    )


def test_light_and_dark_follow_the_system_while_open(reader: Reader) -> None:
    light = ground(reader)
    assert light == ("rgb(251, 251, 252)", "#fbfbfc", COLOURS["CONSISTENT_WITH"][0])
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.box("concepts (2)").click()
    reader.page.emulate_media(color_scheme="dark")
    reader.until("papergraph.drawn().includes('#14181d')")
    assert ground(reader) == ("rgb(20, 24, 29)", "#14181d", COLOURS["CONSISTENT_WITH"][1])
    # nothing but the colours has changed
    assert reader.heading == DISSECTING
    assert not reader.box("concepts (2)").is_checked()
    reader.page.emulate_media(color_scheme="light")
    reader.until("!papergraph.drawn().includes('#14181d')")
    assert ground(reader) == light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_gets_the_whole_picture_and_the_panel(reader: Reader, scheme: str) -> None:
    reader.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    reader.choose_and_wait(paper_id(DISSECTING))
    reader.js("addEventListener('afterprint', () => { window.printed = true })")
    pdf = reader.page.pdf()
    assert pdf.startswith(b"%PDF-")
    widths = [int(w) for w in re.findall(rb"/Width (\d+)", pdf)]
    assert max(widths) > 1200
    assert reader.js("window.printed")
    assert reader.page.locator("#print").count() == 0
    # what stands on it
    reader.page.emulate_media(media="print")
    reader.js("dispatchEvent(new Event('beforeprint'))")
    image = reader.page.locator("#print")
    reader.until("document.querySelector('#print').complete")
    assert image.is_visible()
    assert image.get_attribute("alt") == "The graph of papergraph"
    assert reader.panel.is_visible()
    assert reader.panel.locator("blockquote").first.is_visible()
    for gone in ("#legend", "#graph", "header .tools", "#search", "#panel .tools", "#panel .close"):
        assert not reader.page.locator(gone).first.is_visible(), gone
    assert reader.js("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    # the corner of the picture is white, whatever the screen is
    corner = reader.js(
        "() => { const c = document.createElement('canvas').getContext('2d'); c.drawImage(document.querySelector('#print'), 0, 0); return [...c.getImageData(1, 1, 1, 1).data] }"
    )
    assert corner == [255, 255, 255, 255]
    reader.js("dispatchEvent(new Event('afterprint'))")
    reader.page.emulate_media(media="screen", color_scheme="light")
    assert image.count() == 0
