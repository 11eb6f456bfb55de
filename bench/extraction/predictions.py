"""What an extractor found: node-link JSON, as `papergraph export` writes it and any other tool can."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gold import TYPES

FIELDS = ("authors", "year", "url", "decision", "markers")


class PredictionError(Exception):
    """A prediction that cannot be scored; the message says where and what was expected."""


@dataclass(frozen=True, slots=True)
class PredictedPaper:
    """A work found; `topics` are its paths of headings from outer to inner."""

    title: str
    role: str
    fields: dict[str, Any]
    topics: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PredictedRelation:
    """A relation found, by the names of its ends."""

    source: str
    target: str
    type: str
    confidence: float
    hedged: bool
    quote: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """All that was found in one set of notes. `remarks` is `None` if the extractor gives no notes."""

    papers: tuple[PredictedPaper, ...] = ()
    relations: tuple[PredictedRelation, ...] = ()
    remarks: tuple[str, ...] | None = field(default=None)


def load(path: Path) -> Prediction:
    """Read a prediction.

    Raises
    ------
    PredictionError
        If the file is missing, is no JSON, or does not have the form told in README.md.
    """
    try:
        graph = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PredictionError(f"{path}: no such file; expected what the extractor found, as JSON") from error
    except (OSError, ValueError) as error:
        raise PredictionError(f"{path}: cannot be read as JSON: {error}") from error
    return parse(graph, str(path))


def parse(graph: Any, where: str = "prediction") -> Prediction:
    """A prediction from its JSON, as parsed; `where` begins the message of an error."""
    if not isinstance(graph, dict) or not isinstance(graph.get("nodes"), list):
        raise PredictionError(f"{where}: expected an object with a list 'nodes'")
    edges = graph.get("edges", graph.get("links"))
    if not isinstance(edges, list):
        raise PredictionError(f"{where}: expected a list 'edges'")
    nodes: dict[Any, dict[str, Any]] = {}
    for n, node in enumerate(graph["nodes"]):
        if not isinstance(node, dict) or "id" not in node or "label" not in node:
            raise PredictionError(f"{where}: nodes[{n}]: expected an object with 'id' and 'label'")
        if node["label"] in ("Paper", "Concept") and not _name(node):
            raise PredictionError(f"{where}: nodes[{n}]: expected a {'title' if node['label'] == 'Paper' else 'prefLabel'}")
        nodes[node["id"]] = node
    for n, edge in enumerate(edges):
        if not isinstance(edge, dict) or not {"source", "target", "type"} <= set(edge):
            raise PredictionError(f"{where}: edges[{n}]: expected an object with 'source', 'target' and 'type'")
        for end in ("source", "target"):
            if edge["type"] in TYPES and edge[end] not in nodes:
                raise PredictionError(f"{where}: edges[{n}]: {end} {edge[end]!r} is the id of no node")
    notes = [n for n in nodes.values() if n["label"] == "Note"]
    topics = _topics(nodes, edges)
    return Prediction(
        papers=tuple(
            PredictedPaper(_name(n), n.get("role") or "entry", {k: n.get(k) for k in FIELDS}, tuple(topics.get(n["id"], ())))
            for n in nodes.values()
            if n["label"] == "Paper"
        ),
        relations=tuple(
            _relation(e, nodes, f"{where}: edges[{n}]")
            for n, e in enumerate(edges)
            if e["type"] in TYPES and e.get("status") not in ("rejected", "retracted")
        ),
        remarks=tuple(n.get("text", "") for n in notes if n.get("kind") not in ("summary", "claim", None)) if notes else None,
    )


def _name(node: dict[str, Any]) -> str:
    return str(node.get("title") or node.get("prefLabel") or node.get("name") or "")


def _relation(edge: dict[str, Any], nodes: dict[Any, dict[str, Any]], where: str) -> PredictedRelation:
    confidence = edge.get("confidence", 1.0)
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise PredictionError(f"{where}: confidence {confidence!r}; expected a number from 0 to 1")
    quotes = [e.get("quote", "") for e in edge.get("evidence") or []]
    return PredictedRelation(
        _name(nodes[edge["source"]]),
        _name(nodes[edge["target"]]),
        edge["type"],
        confidence,
        bool(edge.get("hedged")),
        quotes[0] if quotes else "",
    )


def _topics(nodes: dict[Any, dict[str, Any]], edges: list[dict[str, Any]]) -> dict[Any, list[tuple[str, ...]]]:
    names = {i: _name(n) for i, n in nodes.items() if n["label"] == "Topic"}
    broader = {e["source"]: e["target"] for e in edges if e["type"] == "BROADER"}
    out: dict[Any, list[tuple[str, ...]]] = {}
    for edge in edges:
        if edge["type"] == "HAS_TOPIC" and edge["target"] in names:
            path: list[Any] = []
            topic = edge["target"]
            while topic in names and topic not in path:
                path.insert(0, topic)
                topic = broader.get(topic)
            out.setdefault(edge["source"], []).append(tuple(names[t] for t in path))
    return out
