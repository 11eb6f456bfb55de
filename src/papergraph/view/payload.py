"""Scene → what the page's script reads: columns of numbers and words, deflated, so that large graphs stay small files.

`core` is what the first drawing needs, `details` what is told of what one chooses. Both are JSON, deflated (RFC 1950),
in base64: no character of it can end the element that it stands in.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from papergraph.model import Paper, Topic
from papergraph.view.details import node_details, notes_by_subject, relation_details
from papergraph.view.labels import caption, clean, lengths, marks_of
from papergraph.view.layout import Layout
from papergraph.view.scene import Drawn, Scene
from papergraph.vocabulary import RELATIONS, AssertedBy, Role, Status

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

SIGNS: dict[str, str] = {
    "CONSISTENT_WITH": "=",
    "SIMILAR_TO": "≈",
    "EQUIVALENT_TO": "≡",
    "CONTRADICTS": "✕",
    "DIFFERS_FROM": "≠",
    "EXTENDS": "+",
    "USES": "◦",
    "APPLIES_TO": "∋",
    "SUPPORTS": "↑",
    "RELATED_TO": "~",
}
"""What stands on each type's edges, so that colour is not all that tells them apart."""

HEDGED, BY_HAND, ACCEPTED = 1, 2, 4
"""Bits of an edge's `flags`."""


def core(scene: Scene, title: str) -> dict[str, Any]:
    """What is drawn, as columns: one list for each property, with an item for each node, edge or area.

    Coordinates are in pixels at a scale of one, ends of edges are indices of nodes; `from` tells how far each is from the one
    before, `to` how far from its own `from`. `lines` are `labels.lengths`. `kind` has a letter for each node: Paper, cited
    paper (R), Topic, Concept. `guests` stand in a topic's place that is not theirs. `confidence` is in thousandths.
    """
    nodes, relations = scene.nodes, scene.relations
    order = {n.id: i for i, n in enumerate(nodes)}
    decisions = _numbered(n.decision for n in nodes if isinstance(n, Paper))
    marks = _numbered(marks_of(n) for n in nodes)
    present = {r.type for r in relations}
    types = [t for t in RELATIONS if t in present]
    type_number = {t: i for i, t in enumerate(types)}
    at = [order[r.source] for r in relations]
    out: dict[str, Any] = {
        "title": clean(title),
        "id": [n.id for n in nodes],
        "name": [clean(n.name) for n in nodes],
        "kind": "".join(_kind(n) for n in nodes),
        "lines": [lengths(caption(n), scene.cards[n.id].lines) for n in nodes],
        "font": [scene.cards[n.id].font for n in nodes],
        "w": [scene.cards[n.id].width for n in nodes],
        "h": [scene.cards[n.id].height for n in nodes],
        "year": [n.year or 0 if isinstance(n, Paper) else 0 for n in nodes],
        "decision": [decisions.get(n.decision, 0) if isinstance(n, Paper) else 0 for n in nodes],
        "mark": [marks.get(marks_of(n), 0) for n in nodes],
        "guests": [order[i] for i in sorted(scene.guests, key=order.__getitem__)],
        "decisions": list(decisions),
        "marks": list(marks),
        "wide": _layout(scene.wide, order),
        "tall": _layout(scene.tall, order) if scene.tall else None,
        "from": _steps(at),
        "to": [order[r.target] - a for r, a in zip(relations, at, strict=True)],
        "type": [type_number[r.type] for r in relations],
        "confidence": [round(r.confidence * 1000) for r in relations],
        "flags": [HEDGED * r.hedged | BY_HAND * (r.asserted_by is AssertedBy.USER) | ACCEPTED * (r.status is Status.ACCEPTED) for r in relations],
        "types": [_type(t) for t in types],
        "also": [[order[e.source], order[e.target]] for e in scene.edges],
        "compared": scene.compared,
        "alike": [[order[a.source], order[a.target], round(a.score, 3), list(a.terms)] for a in scene.alike],
    }
    return out


def details(scene: Scene) -> dict[str, Any]:
    """What the panel tells, by index of node or relation; 0 where there is nothing to tell."""
    told, notes = node_details(scene.graph), notes_by_subject(scene.graph)
    return {
        "nodes": [told.get(n.id) or 0 for n in scene.nodes],
        "notes": [notes.get(n.id) or 0 for n in scene.nodes],
        "relations": [relation_details(r) for r in scene.relations],
    }


def packed(data: Any) -> str:
    """JSON, deflated, in base64; equal data give equal text."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # what is no Unicode cannot be written as UTF-8
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode("ascii")


def _kind(node: Drawn) -> str:
    if isinstance(node, Paper):
        return "P" if node.role is Role.ENTRY else "R"
    return "T" if isinstance(node, Topic) else "C"


def _numbered(values: Iterable[Hashable]) -> dict[Any, int]:
    """Each value that there is with its number, from 1 on, sorted; empty ones are none."""
    return {v: i for i, v in enumerate(sorted({v for v in values if v}, key=str), 1)}


def _layout(layout: Layout, order: dict[str, int]) -> dict[str, Any]:
    ids: Sequence[str] = sorted(layout.at, key=order.__getitem__)
    return {
        "x": _steps([layout.at[i][0] for i in ids]),
        "y": _steps([layout.at[i][1] for i in ids]),
        "areas": [[order[a.topic] if a.topic is not None else -1, -1 if a.within is None else a.within, a.x, a.y, a.width, a.height] for a in layout.areas],
        "home": _steps([layout.home[i] for i in ids]),
    }


def _steps(values: Sequence[float]) -> list[float]:
    """How far each number is from the one before, the first from 0: small numbers make a small file."""
    return [b - a for a, b in zip((0, *values), values, strict=False)]


def _type(name: str) -> dict[str, Any]:
    """A row of the legend."""
    t = RELATIONS[name]
    return {
        "type": name,
        "label": name.replace("_", " ").lower(),
        "meaning": t.meaning,
        "active": t.active,
        "passive": t.passive,
        "symmetric": t.symmetric,
        "colours": COLOURS[name],
        "sign": SIGNS[name],
    }


