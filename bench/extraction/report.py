"""Scores as Markdown tables; every figure comes from a `Score`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gold import TYPES
from measures import FIELDS, Score

COLUMNS = {
    "entries P": "entries.precision",
    "R": "entries.recall",
    "relations P": "relations.precision",
    "R ": "relations.recall",
    "typed P": "relations.typed_precision",
    "typed R": "relations.typed_recall",
    "P ≥ .7": "relations.sure.precision",
    "R ≥ .7": "relations.sure.recall",
    "type": "relations.type",
    "direction": "relations.direction",
    "hedge": "relations.hedge",
}


def rate(score: Score, name: str) -> str:
    value = score.rate(name)
    return "–" if value is None else f"{value:.2f}"


def counts(score: Score, name: str) -> str:
    part, whole = score.counts.get(name, (0, 0))
    return f"{part}/{whole}" if whole else "–"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(c.strip() for c in line) + " |" for line in lines)


def table(scores: Mapping[str, Score], *, first: str) -> str:
    """Rates, a row for each name in `scores`; `first` heads the names."""
    head = [first, *COLUMNS, "F1", "typed F1"]
    rows = []
    for name, score in scores.items():
        f1 = [score.f1("relations"), score.f1("relations", "typed_")]
        rows.append([name, *(rate(score, key) for key in COLUMNS.values()), *("–" if f is None else f"{f:.2f}" for f in f1)])
    return markdown(head, rows)


def field_table(scores: Mapping[str, Score], *, first: str) -> str:
    """Entries and cited works found, fields right, each with its counts."""
    keys = {"entries": "entries.recall", "cited": "cited.recall"} | {name: f"fields.{name}" for name in FIELDS}
    keys |= {"remarks P": "remarks.precision", "remarks R": "remarks.recall"}
    return markdown([first, *keys], [[name, *(counts(score, key) for key in keys.values())] for name, score in scores.items()])


def type_table(scores: Mapping[str, Score]) -> str:
    """Recall of each relation type, whatever type it was given and with the right one; a column pair for each system."""
    head = ["type", "in the golds", *(f"{name}: {what}" for name in scores for what in ("found", "as its type"))]
    rows = []
    for kind in sorted(TYPES):
        whole = max(score.counts.get(f"relations.recall.{kind}", (0, 0))[1] for score in scores.values())
        rates = [rate(score, f"relations.{what}.{kind}") for score in scores.values() for what in ("recall", "typed_recall")]
        rows.append([kind, str(whole), *rates])
    return markdown(head, rows)
