"""The pages that are measured: papergraph's own, and the same nodes and edges drawn by others."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from graphs import positions

from papergraph.model import Graph

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
_COLOURS = {"Paper": "#1f78b4", "Topic": "#33a02c", "Concept": "#b85c00"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page's HTML, the seconds it took to make, and of these the seconds for positions (`None`: the browser finds them)."""

    html: str
    render: float
    layout: float | None = None


class MissingLibraryError(Exception):
    """A peer's library is not installed."""


def layout_seconds(graph: Graph) -> tuple[Any, float | None]:
    """What `render` takes, with positions, and the seconds these took; `None` where `render` finds them itself.

    The only place here that knows how `papergraph.view` divides its work: when that changes, change this.
    """
    from papergraph import view

    compose: Any = getattr(view, "compose", None)
    if compose is None:
        return graph, None
    start = time.perf_counter()
    scene = compose(graph)
    return scene, time.perf_counter() - start


def papergraph(graph: Graph) -> Page:
    from papergraph.view import render

    start = time.perf_counter()
    given, layout = layout_seconds(graph)
    made: Any = render(given)
    return Page(made if isinstance(made, str) else made.html, time.perf_counter() - start, layout)


def pyvis(graph: Graph) -> Page:
    """As pyvis's own introduction does it; directed, as an undirected one drops the second edge between two nodes."""
    from pyvis.network import Network

    start = time.perf_counter()
    net = Network(height="760px", directed=True, cdn_resources="in_line")
    for node in _nodes(graph):
        net.add_node(node["id"], label=node["name"], title=node["name"], color=_COLOURS[node["kind"]])
    for link in _links(graph):
        net.add_edge(link["source"], link["target"], title=link["type"])
    html = net.generate_html(notebook=False)
    return Page(html, time.perf_counter() - start)


def force_graph(graph: Graph) -> Page:
    """With its own layout, which runs in the browser."""
    return _peer("force-graph", "force-graph.min.js", graph, {"placed": False})


def force_graph_placed(graph: Graph) -> Page:
    """With positions from here and no layout."""
    return _peer("force-graph", "force-graph.min.js", _at(graph), {"placed": True})


def cytoscape(graph: Graph) -> Page:
    """With positions from here, on its canvas renderer."""
    return _peer("cytoscape", "cytoscape.min.js", _at(graph), {"placed": True})


VIEWERS: dict[str, Callable[[Graph], Page]] = {
    "papergraph": papergraph,
    "pyvis": pyvis,
    "force-graph": force_graph,
    "force-graph placed": force_graph_placed,
    "cytoscape": cytoscape,
}

NOT_ABOVE = {"pyvis": (1_000, "each add_edge lists all nodes, and its layout blocks the page for minutes")}
"""Viewers that do not end in reasonable time: the most nodes they are given, and why no more."""


@dataclass(frozen=True, slots=True)
class _Placed:
    graph: Graph
    at: dict[str, tuple[float, float]]


def _at(graph: Graph) -> _Placed:
    return _Placed(graph, positions(graph))


def _nodes(graph: Graph) -> list[dict[str, Any]]:
    return [{"id": n.id, "name": n.name, "kind": str(n.label)} for n in graph.nodes]


def _links(graph: Graph) -> list[dict[str, Any]]:
    return [{"source": e.source, "target": e.target, "type": e.type} for e in (*graph.edges, *graph.relations)]


def _peer(name: str, library: str, given: Graph | _Placed, options: dict[str, Any]) -> Page:
    """A page with the peer's library and `peers/NAME.js` in it."""
    file = MODULES / name / "dist" / library
    if not file.exists():
        raise MissingLibraryError(f"{name} is not installed; run: npm ci --prefix {HERE.relative_to(HERE.parent.parent)}")
    start = time.perf_counter()
    graph = given.graph if isinstance(given, _Placed) else given
    nodes = _nodes(graph)
    if isinstance(given, _Placed):
        for node in nodes:
            node["x"], node["y"] = given.at[node["id"]]
    data = json.dumps({**options, "colours": _COLOURS, "nodes": nodes, "links": _links(graph)}, ensure_ascii=False, separators=(",", ":"))
    html = Template((HERE / "peers" / "page.html").read_text(encoding="utf-8")).substitute(
        title=name,
        data=data.replace("<", "\\u003c"),
        library=file.read_text(encoding="utf-8").replace("</script", "<\\/script"),
        script=(HERE / "peers" / f"{name}.js").read_text(encoding="utf-8"),
    )
    return Page(html, time.perf_counter() - start)
