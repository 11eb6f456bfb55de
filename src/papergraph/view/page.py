"""Graph → page: pyvis holds the data and carries vis-network; the template, the styles and the script are ours."""

from __future__ import annotations

import base64
import hashlib
import json
import unicodedata
from importlib.resources import files
from typing import Any

from papergraph.model import Concept, Graph, Node, Note, Paper, Topic
from papergraph.view.layout import Box, place, top_topics
from papergraph.vocabulary import RELATIONS, Role

COLOURS = {
    "CONSISTENT_WITH": "#1a9850",
    "SIMILAR_TO": "#2b8cbe",
    "EQUIVALENT_TO": "#5e3c99",
    "CONTRADICTS": "#d7301f",
    "DIFFERS_FROM": "#e08214",
    "EXTENDS": "#c51b7d",
    "USES": "#3f51b5",
    "APPLIES_TO": "#8c510a",
    "SUPPORTS": "#4d7f17",
    "RELATED_TO": "#6b7280",
    "HAS_TOPIC": "#c3c9d2",
    "BROADER": "#9aa3b0",
}
_HUES = (210, 28, 150, 280, 345, 95, 55, 185, 315, 240, 10, 120)
_FONT = "'Noto Sans CJK JP','Hiragino Sans','Yu Gothic',Meiryo,system-ui,sans-serif"
_LINE = 26
_LINES = 3


def render(graph: Graph, *, title: str = "papergraph") -> str:
    """The whole page as HTML text.

    Parameters
    ----------
    graph
        What to show. Papers, topics and concepts are drawn; notes and sources stand in the side panel.
    title
        The page's title.

    Returns
    -------
    str
        One self-contained HTML file, to be written as UTF-8. Equal graphs give equal pages, byte for byte. A
        Content-Security-Policy in it allows no request and no script but the page's own, told by their hashes.
    """
    import jinja2
    import pyvis
    from pyvis.network import Network

    net = Network(cdn_resources="local", notebook=False)
    net.nodes, net.edges = _drawn(graph)
    here = files(__package__)
    library = (files(pyvis) / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text(encoding="utf-8").replace("</script", "<\\/script")
    script = (here / "page.js").read_text(encoding="utf-8")
    style = (here / "page.css").read_text(encoding="utf-8")
    net.set_template_dir(str(here), "page.html")
    net.templateEnv = jinja2.Environment(loader=jinja2.FileSystemLoader(str(here)), autoescape=True, keep_trailing_newline=True)
    net.templateEnv.globals.update(
        title=title,
        library=library,
        script=script,
        style=style,
        policy=_policy([library, script], style),
        data=_json({"title": title, "nodes": net.nodes, "edges": net.edges, "details": _details(graph), "types": _types(graph)}),
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
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    # what is no Unicode cannot be written as UTF-8
    return text.encode("utf-8", "replace").decode("utf-8")


def wrap(text: str, width: int = _LINE, lines: int = _LINES) -> str:
    """`text` in at most so many lines of so many columns, wide characters counting two; an ellipsis where it is cut."""
    out: list[str] = [""]
    used = 0
    clean = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    for word in _pieces(" ".join(clean.split())):
        size = _columns(word.rstrip())
        if used + size > width and used:
            if len(out) == lines:
                out[-1] = out[-1].rstrip() + "…"
                return "\n".join(out)
            out[-1] = out[-1].rstrip()
            out.append("")
            used = 0
            word = word.lstrip()
        out[-1] += word
        used += _columns(word)
    return "\n".join(out)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _pieces(text: str) -> list[str]:
    """Where a line may break: after a space, and between wide characters; overlong words are cut."""
    out: list[str] = []
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        if (out and not wide and char != " " and not out[-1].endswith(" ") and unicodedata.east_asian_width(out[-1][-1]) not in "WF" and len(out[-1]) < _LINE) or (out and char == " "):
            out[-1] += char
        else:
            out.append(char)
    return out


def _drawn(graph: Graph) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shown = [n for n in graph.nodes if isinstance(n, Paper | Topic | Concept)]
    labels = {n.id: wrap(n.name, 22 if not isinstance(n, Paper) else _LINE) for n in shown}
    size = {n.id: _font_size(n) for n in shown}
    boxes = {
        i: Box(max(_columns(line) for line in text.split("\n")) * size[i] * 0.55 + 26, (text.count("\n") + 1) * size[i] * 1.25 + 20)
        for i, text in labels.items()
    }
    at = place(graph, boxes)
    tops = top_topics(graph)
    hue = {t: _HUES[i % len(_HUES)] for i, t in enumerate(sorted(set(tops.values())))}
    nodes = [
        {
            "id": n.id,
            "label": labels[n.id],
            "x": at[n.id][0],
            "y": at[n.id][1],
            "kind": str(n.label),
            "cited": isinstance(n, Paper) and n.role is Role.CITED,
            "hue": hue.get(tops.get(n.id, ""), -1),
            "size": size[n.id],
            "marks": "".join(n.markers) if isinstance(n, Paper) else "",
        }
        for n in shown
    ]
    ids = boxes.keys()
    edges: list[dict[str, Any]] = [
        {"id": f"{e.type}:{e.source}:{e.target}", "from": e.source, "to": e.target, "type": e.type, "confidence": 1, "hedged": False}
        for e in graph.edges
        if e.type in ("HAS_TOPIC", "BROADER") and e.source in ids and e.target in ids
    ]
    edges += [
        {"id": r.id, "from": r.source, "to": r.target, "type": r.type, "confidence": r.confidence, "hedged": r.hedged}
        for r in graph.relations
        if r.source in ids and r.target in ids
    ]
    return nodes, edges


def _font_size(node: Node) -> int:
    return 22 if isinstance(node, Topic) else 15


def _details(graph: Graph) -> dict[str, Any]:
    """What the side panel tells: properties of nodes, notes by the node they are about or mention, evidence by relation."""
    nodes: dict[str, Any] = {}
    notes: dict[str, list[dict[str, Any]]] = {}
    for node in graph.nodes:
        if isinstance(node, Note):
            record = {"text": node.text, "kind": str(node.kind), "place": f"{node.path}:{node.line}"}
            for subject in (*((node.about,) if node.about else ()), *node.mentions):
                notes.setdefault(subject, []).append({**record, "about": node.about if node.about != subject else None, "line": node.line})
        elif isinstance(node, Paper | Topic | Concept):
            nodes[node.id] = {"name": node.name, **{k: v for k, v in node.properties().items() if k not in ("id", "title", "prefLabel")}}
    for told in notes.values():
        told.sort(key=lambda n: (n["about"] is not None, n["place"].rsplit(":", 1)[0], n["line"]))
    evidence = {
        r.id: {"status": str(r.status), "by": str(r.asserted_by), "evidence": [{"quote": e.quote, "place": f"{e.path}:{e.line}" if e.path else "", "rule": e.rule} for e in r.evidence]}
        for r in graph.relations
    }
    return {"nodes": nodes, "notes": notes, "relations": evidence}


def _types(graph: Graph) -> list[dict[str, Any]]:
    present = {r.type for r in graph.relations}
    return [
        {"type": t.name, "label": t.name.replace("_", " ").lower(), "active": t.active, "passive": t.passive, "symmetric": t.symmetric, "colour": COLOURS[t.name]}
        for t in RELATIONS.values()
        if t.name in present
    ] + [{"type": t, "label": label, "active": label, "passive": label, "symmetric": False, "colour": COLOURS[t]} for t, label in (("HAS_TOPIC", "topic of"), ("BROADER", "broader topic"))]
