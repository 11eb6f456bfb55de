"""Node-link JSON, as `networkx.node_link_data(graph, edges="edges")` gives it, in a stable order."""

from __future__ import annotations

import json
from typing import Any

from papergraph.model import Graph, Node

_AS_EDGES = frozenset(("topics", "broader", "about", "mentions", "source"))
"""Properties of nodes that the structural edges tell."""


def node_link(graph: Graph) -> dict[str, Any]:
    """The graph as JSON-ready data; two equal graphs give equal data, in the same order.

    Returns
    -------
    dict
        `nodes` with `id`, `label` and their properties; `edges` with `source`, `target`, `type`, and for relations
        `confidence`, `hedged`, `assertedBy`, `status` and `evidence`; `networkx.node_link_graph(data, edges="edges")`
        reads it.
    """
    edges: list[dict[str, Any]] = [{"source": e.source, "target": e.target, "key": e.type, "type": e.type} for e in graph.edges]
    for relation in graph.relations:
        properties = relation.properties()
        edges.append({"source": relation.source, "target": relation.target, "key": relation.id, "evidence": [], **properties})
    return {"directed": True, "multigraph": True, "graph": {}, "nodes": [node_properties(n) for n in graph.nodes], "edges": edges}


def node_properties(node: Node) -> dict[str, Any]:
    """A node's `id`, `label` and properties, without what its edges tell."""
    properties = {k: v for k, v in node.properties().items() if k not in _AS_EDGES}
    return {"id": node.id, "label": str(node.label), **{k: v for k, v in properties.items() if k != "id"}}


def dumps(graph: Graph) -> str:
    """The graph as JSON text, one node or edge a line so that versions can be compared line by line."""
    data = node_link(graph)

    def lines(items: list[dict[str, Any]]) -> str:
        return ",\n".join(json.dumps(i, ensure_ascii=False) for i in items)

    head = '{"directed": true, "multigraph": true, "graph": {},\n"nodes": [\n'
    return f'{head}{lines(data["nodes"])}\n],\n"edges": [\n{lines(data["edges"])}\n]}}\n'
