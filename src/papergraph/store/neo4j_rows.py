"""The rows that the Neo4j store writes, and that an export for `neo4j-admin` holds: only strings, numbers, booleans and lists of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from papergraph.graph import leads_to
from papergraph.model import Evidence, Node, Paper, Relation, Statement
from papergraph.resolve.identity import keys_of
from papergraph.store.bodies import body_label, dump, dump_statement
from papergraph.store.changes import Change
from papergraph.store.indexed import names_of, tokens_of
from papergraph.vocabulary import RELATIONS

PAGE = 200
"""Changes in one page of the log at most."""
PAGE_CHARACTERS = 500_000
"""Characters after which a page of the log is full."""
LONGEST_KEY = 1_000
"""Characters of a key in an index; of a longer one the hash stands there (Lucene takes 32,766 bytes)."""


def key_of(value: str) -> str:
    """The value as it stands in an index of whole values."""
    return value if len(value) <= LONGEST_KEY else "sha256:" + hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def quoted(value: str) -> str:
    """The value as a phrase of Lucene's query language."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(value: str) -> str:
    """The value as part of a word of Lucene's query language: every character but letters and digits stands for itself."""
    return "".join(c if c.isalnum() else f"\\{c}" for c in value)


def statement_id(element: str, asserter: str) -> str:
    """The id of a statement's node: ids hold no space."""
    return f"{element} {asserter}"


def statement_row(statement: Statement, work: str | None) -> dict[str, Any]:
    """A statement's node; `work` is the work that it is a mention of, if it is of a paper."""
    element = statement.element
    keys = sorted({key_of(k) for k in keys_of(element).all()}) if isinstance(element, Paper) else None
    return {
        "id": statement_id(*statement.key),
        "element": element.id,
        "asserter": statement.asserter,
        "label": body_label(element),
        "removed": statement.removed,
        "body": dump(element),
        "refs": sorted({key_of(t) for t in leads_to(element)}) or None,
        "keys": keys,
        "work": work if isinstance(element, Paper) else None,
    }


def node_row(node: Node, terms: Mapping[str, int] | None) -> dict[str, Any]:
    """A node of the graph with what it is found by; `terms` are the content words of a paper, if they are known."""
    properties = node.properties()
    if names := names_of(node):
        properties["names"] = sorted({key_of(n) for n in names})
    if tokens := tokens_of(node):
        properties["tokens"] = tokens
    if terms:
        properties["terms"] = sorted(terms)
        properties["termCounts"] = [terms[t] for t in sorted(terms)]
    return {"id": node.id, "properties": properties}


def relation_row(relation: Relation) -> dict[str, Any]:
    """A relationship of the graph; each piece of evidence as JSON, its quote also plain."""
    assert relation.type in RELATIONS
    properties = {k: v for k, v in relation.properties().items() if k not in ("type", "source", "target")}
    if relation.evidence:
        properties["evidence"] = [_dump_evidence(e) for e in relation.evidence]
        properties["quotes"] = [e.quote for e in relation.evidence]
    return {"type": relation.type, "source": relation.source, "target": relation.target, "properties": properties}


def _dump_evidence(evidence: Evidence) -> str:
    """A piece of evidence as JSON, for a property."""
    return json.dumps(evidence.properties(), ensure_ascii=False, separators=(",", ":"))


def pages(number: int, start: int, changes: Sequence[Change]) -> Iterator[dict[str, Any]]:
    """The log of these changes, in pages."""
    page: dict[str, Any] = {"changeSet": number, "start": start, "changes": [], "keys": []}
    size = 0
    for position, change in enumerate(changes, start):
        if page["changes"] and (len(page["changes"]) >= PAGE or size > PAGE_CHARACTERS):
            yield page
            page, size = {"changeSet": number, "start": position, "changes": [], "keys": []}, 0
        text = json.dumps([dump_statement(s, dump(s.element)) if s else None for s in (change.before, change.after)], ensure_ascii=False, separators=(",", ":"))
        page["changes"].append(text)
        page["keys"].append(statement_id(*change.statement.key))
        size += len(text)
    yield page
