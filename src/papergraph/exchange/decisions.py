"""What the user decided, as training data: one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator

from papergraph.calibration import decided_at
from papergraph.model import Concept, Node, Paper
from papergraph.store.protocol import Filter, Store
from papergraph.vocabulary import Status


def lines(store: Store) -> Iterator[str]:
    """The accepted and rejected relations in the order of their ids, each with its ends, its sentences with what stands around them, and the decision."""
    found = [one for status in (Status.ACCEPTED, Status.REJECTED) for one in store.relations(Filter(status=str(status)))]
    for relation, source, target in sorted(found, key=lambda r: r[0].id):
        yield json.dumps(
            {
                "id": relation.id,
                "type": relation.type,
                "source": _end(source),
                "target": _end(target),
                "hedged": relation.hedged,
                "label": "accepted" if relation.status is Status.ACCEPTED else "rejected",
                "reason": relation.reason,
                "assertedBy": str(relation.asserted_by),
                "decidedAt": decided_at(store, relation),
                "evidence": [{k: v for k, v in e.properties().items() if k != "source"} for e in relation.evidence],
            },
            ensure_ascii=False,
        )


def _end(node: Node) -> dict[str, object]:
    known = {"id": node.id, "label": str(node.label), "name": node.name}
    if isinstance(node, Paper):
        return {**known, "aliases": list(node.aliases), "url": node.url, "doi": node.doi, "arxivId": node.arxiv_id}
    return {**known, "aliases": list(node.alt_labels) if isinstance(node, Concept) else []}
