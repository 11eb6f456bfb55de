"""What the side panel tells of nodes and relations, as JSON-ready values: words only, never HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from papergraph.model import Evidence, Graph, Node, Note, Relation
from papergraph.view.labels import clean
from papergraph.view.scene import Drawn
from papergraph.vocabulary import RELATIONS, Status


def node_details(graph: Graph) -> dict[str, Any]:
    """For each paper, topic and concept the properties that it has beside what is drawn of it, by id."""
    left_out = ("id", "title", "prefLabel", "role", "topics", "broader", "places", "year", "decision")
    return {
        n.id: {**({"name": n.name} if clean(n.name) != n.name else {}), **{k: v for k, v in n.properties().items() if k not in left_out}}
        for n in graph.nodes
        if isinstance(n, Drawn)
    }


def notes_by_subject(graph: Graph) -> dict[str, list[dict[str, Any]]]:
    """The notes about a node, then those that mention it, each in the order of the files; by the node's id."""
    found: dict[str, list[tuple[tuple[bool, str, int, int, str], dict[str, Any]]]] = {}
    for note in graph.nodes:
        if not isinstance(note, Note):
            continue
        told = {"text": note.text, "kind": str(note.kind), "hedged": note.hedged, "place": place_of(note.path, note.line)}
        if note.also_at:
            # `path:line:start-end`; offsets are of no use to a reader
            told["alsoAt"] = [p.rpartition(":")[0] for p in note.also_at]
        for subject in dict.fromkeys((*((note.about,) if note.about else ()), *note.mentions)):
            other = note.about if note.about != subject else None
            order = (other is not None, note.path, note.line, note.start, note.id)
            found.setdefault(subject, []).append((order, {**told, "about": other} if other else told))
    return {subject: [told for _, told in sorted(notes, key=lambda n: n[0])] for subject, notes in found.items()}


def relation_details(relation: Relation) -> list[dict[str, Any]]:
    """Each sentence that states the relation."""
    return [_evidence(e) for e in relation.evidence]


def told_of(node: Drawn, notes: Sequence[Note], relations: Sequence[tuple[Relation, Node]]) -> dict[str, Any]:
    """What the panel of a served page tells of one node: `facts`, `notes`, and each of its `relations` with its other end and evidence."""
    graph = Graph((node, *notes))
    return {
        "facts": node_details(graph).get(node.id, {}),
        "notes": notes_by_subject(graph).get(node.id, []),
        "related": [],
        "relations": [
            {
                "edge": f"{r.source}~{r.type}~{r.target}",
                "id": other.id,
                "name": other.name,
                "verb": RELATIONS[r.type].active if r.source == node.id else RELATIONS[r.type].passive,
                "certainty": " · ".join([f"confidence {r.confidence:.2f}", *(["hedged"] if r.hedged else []), *([str(r.status)] if r.status is not Status.PROPOSED else [])]),
                "evidence": relation_details(r),
            }
            for r, other in relations
        ],
    }


def place_of(path: str | None, line: int | None) -> str:
    """`path:line`, or as much of it as is known."""
    return f"{path}:{line}" if path and line is not None else path or ""


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "quote": evidence.quote,
        "place": place_of(evidence.path, evidence.line) + (" (no longer in the notes)" if evidence.lost else ""),
        "rule": evidence.rule,
        "confidence": evidence.confidence,
        "hedged": evidence.hedged,
    }
