"""Graph → page: pyvis holds the data and carries vis-network; the template, the styles and the script are ours."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files
from typing import Any

from papergraph.model import Concept, Graph, Paper, Relation, Topic
from papergraph.view.details import node_details, notes_by_subject, relation_details
from papergraph.view.labels import box, clean, font_size, label
from papergraph.view.layout import blocks, pulls, top_topics
from papergraph.view.packing import pack
from papergraph.vocabulary import RELATIONS, Role, Status

COLOURS: dict[str, tuple[str, str]] = {
    "CONSISTENT_WITH": ("#12803c", "#4cc474"),
    "SIMILAR_TO": ("#1f78b4", "#6bb5ec"),
    "EQUIVALENT_TO": ("#6a3d9a", "#b695ea"),
    "CONTRADICTS": ("#d0241b", "#ff7b70"),
    "DIFFERS_FROM": ("#b85c00", "#f2a04d"),
    "EXTENDS": ("#c2187a", "#f287c4"),
    "USES": ("#0e7c86", "#45c8cf"),
    "APPLIES_TO": ("#7a4a12", "#cfa06a"),
    "SUPPORTS": ("#5b7a00", "#a9cc4a"),
    "RELATED_TO": ("#5f6773", "#a7b0bd"),
}
"""The colour of each type's edges on light and on dark ground, at least 3:1 against it (WCAG 2.2, 1.4.11)."""

_STRUCTURE = {"HAS_TOPIC": "has topic", "BROADER": "has the broader topic"}
_HUES = (210, 28, 150, 280, 345, 95, 55, 185, 315, 240, 10, 120)
_WIDE, _TALL = 1.4, 0.55
"""Width by height of the room for the graph on a desk and in a hand."""


def render(graph: Graph, *, title: str = "papergraph") -> str:
    """The whole page as HTML text.

    Parameters
    ----------
    graph
        What to show. Papers, topics and concepts are drawn; notes and sources stand in the side panel; rejected
        relations are left out.
    title
        The page's title.

    Returns
    -------
    str
        One self-contained HTML file, to be written as UTF-8. Equal graphs give equal pages, byte for byte, in whatever
        order their parts stand. A Content-Security-Policy in it allows no request and no script but the page's own,
        told by their hashes.
    """
    import jinja2
    import pyvis
    from pyvis.network import Network

    here = files("papergraph.view")
    library = (files(pyvis) / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    script = (here / "page.js").read_text(encoding="utf-8")
    style = (here / "page.css").read_text(encoding="utf-8")
    net = Network(cdn_resources="local", notebook=False)
    stated = sorted((r for r in graph.relations if r.status is not Status.REJECTED), key=lambda r: (-r.confidence, r.id))
    net.nodes, net.edges = _nodes(graph), _edges(graph, stated)
    data = {
        "title": title,
        "nodes": net.nodes,
        "edges": net.edges,
        "details": {
            "nodes": node_details(graph),
            "notes": notes_by_subject(graph),
            "relations": {r.id: relation_details(r) for r in stated},
        },
        "types": _types(stated),
    }
    net.set_template_dir(str(here), "page.html")
    # pyvis makes an environment that escapes nothing
    net.templateEnv = jinja2.Environment(loader=jinja2.FileSystemLoader(str(here)), autoescape=True, keep_trailing_newline=True)
    net.templateEnv.globals.update(
        title=clean(title),
        library=library,
        script=script,
        style=style,
        policy=_policy([library, script], style),
        data=_json(data),
        empty=not net.nodes,
    )
    return str(net.generate_html("page.html"))


def _policy(scripts: list[str], style: str) -> str:
    def hashed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; script-src {' '.join(map(hashed, scripts))}; style-src {hashed(style)}; img-src data:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _json(data: Any) -> str:
    """JSON that can stand in a script element: nothing in it can end the element or a line of script."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    # what is no Unicode cannot be written as UTF-8
    return text.encode("utf-8", "replace").decode("utf-8")


def _nodes(graph: Graph) -> list[dict[str, Any]]:
    shown = sorted((n for n in graph.nodes if isinstance(n, Paper | Topic | Concept)), key=lambda n: n.id)
    boxes = {n.id: box(n) for n in shown}
    groups, tied = blocks(graph, boxes), pulls(graph, boxes)
    wide, tall = pack(groups, boxes, tied, _WIDE), pack(groups, boxes, tied, _TALL)
    tops = top_topics(graph)
    hue = {t: _HUES[i % len(_HUES)] for i, t in enumerate(sorted(set(tops.values())))}
    return [
        {
            "id": n.id,
            "label": label(n),
            "kind": str(n.label),
            "cited": isinstance(n, Paper) and n.role is Role.CITED,
            "hue": hue.get(tops.get(n.id, ""), -1),
            "size": font_size(n),
            "wide": wide[n.id],
            "tall": tall[n.id],
        }
        for n in shown
    ]


def _edges(graph: Graph, stated: list[Relation]) -> list[dict[str, Any]]:
    ids = {n.id for n in graph.nodes if isinstance(n, Paper | Topic | Concept)}
    structure = sorted({(e.type, e.source, e.target) for e in graph.edges if e.type in _STRUCTURE})
    return [
        {"id": r.id, "from": r.source, "to": r.target, "type": r.type, "confidence": r.confidence, "hedged": r.hedged}
        for r in stated
        if r.source in ids and r.target in ids
    ] + [{"id": f"{t}:{a}:{b}", "from": a, "to": b, "type": t} for t, a, b in structure if a in ids and b in ids]


def _types(stated: list[Relation]) -> list[dict[str, Any]]:
    """The legend's rows, in the order of the vocabulary."""
    present = {r.type for r in stated}
    told: list[dict[str, Any]] = [
        {
            "type": t.name,
            "label": t.name.replace("_", " ").lower(),
            "meaning": t.meaning,
            "active": t.active,
            "passive": t.passive,
            "symmetric": t.symmetric,
            "colours": COLOURS[t.name],
        }
        for t in RELATIONS.values()
        if t.name in present
    ]
    return told + [
        {"type": t, "label": t.replace("_", " ").lower(), "active": active, "passive": active} for t, active in _STRUCTURE.items()
    ]
