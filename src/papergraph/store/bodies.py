"""Statements and nodes as JSON text and back: what stores keep of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from papergraph.errors import StoreError
from papergraph.model import NODE_TYPES, Node, Relation, Statement

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def dump(element: Node | Relation) -> str:
    """The element's properties as compact JSON with sorted keys."""
    return _encode(element.properties())


def load_counts(text: str) -> tuple[tuple[str, str, int], ...]:
    """What `changes.count` gave, from JSON."""
    return tuple((str(verb), str(label), int(n)) for verb, label, n in _parse(text))


def dump_details(details: Mapping[str, Any] | None) -> str:
    """A change set's details as JSON; empty for none."""
    return _encode(details) if details else ""


def load_details(text: str | None) -> dict[str, Any]:
    """What `dump_details` was given."""
    return dict(_parse(text)) if text else {}


def load_node(label: str, body: str) -> Node:
    """The node of that label."""
    try:
        return NODE_TYPES[label].from_properties(_parse(body))
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(error) from error


def load_relation(body: str) -> Relation:
    """The relation."""
    try:
        return Relation.from_properties(_parse(body))
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(error) from error


def load_element(label: str, body: str) -> Node | Relation:
    """A node if `label` is a node's, else a relation."""
    return load_node(label, body) if label in NODE_TYPES else load_relation(body)


def body_label(element: Node | Relation) -> str:
    """Under what a statement on the element is kept: its label, or `Relation`."""
    return "Relation" if isinstance(element, Relation) else str(element.label)


def dump_statement(statement: Statement, body: str) -> str:
    """A statement as JSON, for the log; `body` is its element's."""
    removed = ',"removed":true' if statement.removed else ""
    return f'{{"asserter":{_encode(statement.asserter)},"element":{body},"label":"{body_label(statement.element)}"{removed}}}'


def load_statement(text: str | None) -> Statement | None:
    """The statement that `dump_statement` wrote."""
    if text is None:
        return None
    record = _parse(text)
    try:
        kind = NODE_TYPES.get(record["label"], Relation)
        return Statement(record["asserter"], kind.from_properties(record["element"]), bool(record.get("removed")))
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(error) from error


def _parse(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise _damaged(error) from error


def _damaged(error: Exception) -> StoreError:
    return StoreError(f"the store is damaged: a record does not parse ({type(error).__name__}: {error}); `papergraph doctor` says which, and the mend")
