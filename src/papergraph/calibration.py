"""The user's own confidence: how sure relations are, refitted from what the user accepted and rejected.

What a rule makes of a sentence stays in its evidence; a relation's own confidence is that, recalibrated: Platt scaling (Platt,
Probabilistic outputs for support vector machines, 1999) with an offset for each rule, all with normal priors around what comes
with papergraph, so that few decisions change little.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from papergraph.errors import UsageError
from papergraph.graph import stated_as
from papergraph.model import LLM, USER, Evidence, Relation, Statement
from papergraph.store.changes import Change
from papergraph.store.protocol import Filter, Store
from papergraph.timeline import is_undone
from papergraph.vocabulary import AssertedBy, Status

LEAST = 20
"""Decisions below which nothing is fitted."""
BY = "calibrate"
"""Who makes the change sets that calibrate."""
_PRIOR = {"offset": 1.0, "slope": 4.0, "rule": 4.0}
"""Precisions of the priors: offset around 0, slope around 1, each rule's offset around 0."""
_FOLDS = 10
_EDGE = 0.005


@dataclass(frozen=True, slots=True)
class Calibration:
    """`logit(confidence) = offset + slope · logit(as stated) + rules[rule]`."""

    offset: float = 0.0
    slope: float = 1.0
    rules: Mapping[str, float] = field(default_factory=dict, hash=False)

    def data(self) -> dict[str, Any]:
        """For a change set's details."""
        return {"offset": self.offset, "slope": self.slope, "rules": dict(sorted(self.rules.items()))}

    def of(self, evidence: Evidence) -> float:
        """The confidence, in 0..1, that a sentence gives."""
        z = self.offset + self.slope * _logit(evidence.confidence) + self.rules.get(evidence.rule, 0.0)
        return round(1 / (1 + math.exp(-z)), 3)

    def apply(self, statement: Statement) -> Statement:
        """The statement of a file of notes on a relation, with its confidence recalibrated; any other as it is."""
        element = statement.element
        if not isinstance(element, Relation) or not element.evidence or element.asserted_by is AssertedBy.USER or statement.asserter.startswith(LLM):
            return statement
        sure = max(self.of(e) for e in element.evidence)
        return statement if sure == element.confidence else replace(statement, element=replace(element, confidence=sure))


@dataclass(frozen=True, slots=True)
class Decision:
    """A relation that the notes state and the user has decided on: the sentence that makes it surest, and whether it holds."""

    relation: Relation
    evidence: Evidence
    holds: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """What a calibration changes.

    Attributes
    ----------
    decisions, accepted
        How many decisions it was fitted on, and how many of them accept.
    brier_before, brier_after
        Mean squared error of the confidence on decisions that were held out (ten folds), 0 best.
    rules
        For each rule with decisions: its name, decisions, how many accept, mean confidence before and after.
    raised, lowered
        Relations whose confidence rises to 0.7 or above, or falls below it.
    """

    decisions: int
    accepted: int
    brier_before: float
    brier_after: float
    rules: tuple[tuple[str, int, int, float, float], ...]
    raised: int
    lowered: int


def active(store: Store) -> Calibration | None:
    """The calibration that holds: that of the newest change set that calibrates and stands; `None` for what comes with papergraph."""
    found = next((c for c in store.history(by=BY) if not is_undone(store, c)), None)
    return Calibration(**found.details["calibration"]) if found is not None and found.details.get("calibration") else None


def decisions(store: Store) -> list[Decision]:
    """What the user decided of relations that notes state, by relation id; those that were only added by hand tell nothing of the rules."""
    out = []
    for status in (Status.ACCEPTED, Status.REJECTED):
        for relation, _, _ in store.relations(Filter(status=str(status))):
            pieces = [e for e in relation.evidence if e.path is not None and not e.rule.startswith(LLM)]
            if relation.asserted_by is not AssertedBy.USER and pieces:
                out.append(Decision(relation, max(pieces, key=lambda e: (e.confidence, e.rule)), status is Status.ACCEPTED))
    return sorted(out, key=lambda d: d.relation.id)


def fit(decided: Sequence[Decision]) -> Calibration:
    """The calibration that makes these decisions likeliest, given the priors: Newton's method (Bishop, Pattern Recognition and Machine Learning, 4.3.3).

    Raises
    ------
    UsageError
        If there are fewer than `LEAST` decisions, or all are the same.
    """
    accepted = sum(d.holds for d in decided)
    if len(decided) < LEAST or accepted in (0, len(decided)):
        raise UsageError(
            f"{len(decided)} decisions on relations that notes state, {accepted} of them accepting; at least {LEAST} are needed, of both kinds: papergraph review"
        )
    return _fit(decided)


def _fit(decided: Sequence[Decision]) -> Calibration:
    import numpy as np

    names = sorted({d.evidence.rule for d in decided})
    x = np.array([[1.0, _logit(d.evidence.confidence), *(float(d.evidence.rule == n) for n in names)] for d in decided])
    y = np.array([float(d.holds) for d in decided])
    mean = np.array([0.0, 1.0, *(0.0 for _ in names)])
    precision = np.diag([_PRIOR["offset"], _PRIOR["slope"], *(_PRIOR["rule"] for _ in names)])
    w = mean.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ w))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + precision, x.T @ (y - p) - precision @ (w - mean))
        w += step
        if float(np.abs(step).max()) < 1e-9:
            break
    rounded = [round(float(v), 4) for v in w]
    return Calibration(rounded[0], rounded[1], {n: v for n, v in zip(names, rounded[2:], strict=True) if v})


def changes(store: Store, calibration: Calibration | None) -> tuple[Change, ...]:
    """The changes that recalibrate what the notes state; back to what the rules make of it for `None`."""
    model = calibration or Calibration()
    said = store.statements([s.id for s in store.sources()])
    return tuple(Change(s, now) for s in said if (now := model.apply(s)) != s)


def effect(decided: Sequence[Decision], calibration: Calibration, planned: Iterable[Change], before: Calibration | None) -> Effect:
    """What a calibration that was fitted on these decisions changes, beside the one that held before."""
    old = before or Calibration()
    truth = [float(d.holds) for d in decided]
    held_out = [0.0] * len(decided)
    for fold in range(_FOLDS):
        model = _fit([d for n, d in enumerate(decided) if n % _FOLDS != fold])
        for n in range(fold, len(decided), _FOLDS):
            held_out[n] = model.of(decided[n].evidence)
    rules: dict[str, list[Decision]] = {}
    for d in decided:
        rules.setdefault(d.evidence.rule, []).append(d)
    told = tuple((rule, len(some), sum(d.holds for d in some), _mean(old.of(d.evidence) for d in some), _mean(calibration.of(d.evidence) for d in some)) for rule, some in sorted(rules.items()))
    sure = [(c.before.element.confidence, c.after.element.confidence) for c in planned if c.before and c.after and isinstance(c.before.element, Relation) and isinstance(c.after.element, Relation)]
    return Effect(
        len(decided),
        int(sum(truth)),
        _mean((old.of(d.evidence) - t) ** 2 for d, t in zip(decided, truth, strict=True)),
        _mean((p - t) ** 2 for p, t in zip(held_out, truth, strict=True)),
        told,
        sum(a < 0.7 <= b for a, b in sure),
        sum(b < 0.7 <= a for a, b in sure),
    )


def decided_at(store: Store, relation: Relation) -> str | None:
    """When the user decided on a relation, ISO 8601 UTC."""
    ids = stated_as(relation, store.mentions_of([relation.source, relation.target]))
    numbers = [n[-1] for (_, asserter), n in store.touches(ids).items() if asserter == USER]
    head = store.head(max(numbers)) if numbers else None
    return head.at if head else None


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _logit(p: float) -> float:
    p = min(max(p, _EDGE), 1 - _EDGE)
    return math.log(p / (1 - p))
