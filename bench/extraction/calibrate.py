"""Fit what makes a relation's confidence: the probability that a careful reader states the same relation.

usage: python bench/extraction/calibrate.py [--also FOLDER] [--write] [--table FILE.md]

Each relation that papergraph finds in the golds is right (both ends and the type are the gold's), wrong, or, where the gold
calls it arguable, left out. A logistic model of the signals that `papergraph.extract.confidence` lists is fitted to them by
Newton's method (iteratively reweighted least squares; Bishop, Pattern Recognition and Machine Learning, 4.3.3) with an L2
penalty on all weights but the bias. Reliability is measured on sets that the model did not see: each set is held out in turn.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import gold as golds
import numpy as np
from gold import SYMMETRIC, Gold, fold
from matching import FORWARD, RelationMatcher
from numpy.typing import NDArray
from predictions import PredictedRelation

PENALTY = 2.0
BINS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
WEIGHTS = Path(__file__).parents[2] / "src/papergraph/extract/confidence.toml"


@dataclass(frozen=True, slots=True)
class Case:
    """One relation found: its signals, and whether a reader states it too."""

    set: str
    features: dict[str, float]
    fixed: float | None
    hedged: bool
    right: bool
    linked: bool
    """Whether the reader relates the two ends at all, by whatever type."""


def cases(gold: Gold) -> list[Case]:
    """The relations that papergraph finds in a gold's notes."""
    from papergraph.extract import Catalogue, read_document, survey
    from papergraph.extract.confidence import TYPED
    from papergraph.importing import read_files
    from papergraph.origins import find_files

    files = find_files([gold.notes]).files
    documents, _ = read_files(files)
    surveys = [survey(d) for d in documents if any(d.path.endswith(f) or f.endswith(d.path) for f in gold.files)]
    catalogue = Catalogue(tuple(k for s in surveys for k in s.known()))
    matcher = RelationMatcher(gold)
    titles = {fold(n) for p in gold.papers for n in p.names}
    out: dict[tuple[str, str, str], Case] = {}
    for s in surveys:
        read_document(s, catalogue)
        for found in (f for sentence in s.state.sentences for f in sentence.relations):
            ends = [found.source.title, found.target.paper.title if found.target.paper else found.target.concept or ""]
            source, target = reversed(ends) if found.backward else ends
            told = PredictedRelation(source, target, found.type, 1.0, found.hedged, "")
            directions = [(r, matcher.direction(told, r)) for r in gold.relations]
            met = [(r, d) for r, d in directions if d and (d == FORWARD or found.type in SYMMETRIC or r.types[0] in SYMMETRIC)]
            clear = [r for r, _ in met if r.clear]
            if met and not clear:
                continue
            if not met and gold.scoped and not {fold(source), fold(target)} & titles:
                continue
            right = any(found.type in r.types for r in clear)
            features = found.signals.features()
            key = (*(sorted((fold(source), fold(target))) if found.type in SYMMETRIC else (fold(source), fold(target))), found.type)
            case = Case(gold.name, features, TYPED if found.signals.how == "typed" else None, found.hedged, right, bool(clear))
            if key not in out:
                out[key] = case
    return list(out.values())


def fit(cases: Sequence[Case]) -> dict[str, float]:
    """The weights by feature, with `bias`; features seen fewer than five times get none."""
    learned = [c for c in cases if c.fixed is None]
    counts: dict[str, int] = {}
    for c in learned:
        for name in c.features:
            counts[name] = counts.get(name, 0) + 1
    names = ["bias", *sorted(n for n, k in counts.items() if k >= 5)]
    x = np.array([[1.0 if n == "bias" else c.features.get(n, 0.0) for n in names] for c in learned])
    y = np.array([float(c.right) for c in learned])
    penalty = np.diag([0.0, *([PENALTY] * (len(names) - 1))])
    w = np.zeros(len(names))
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, x.T @ (y - p) - penalty @ w)
        w += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return {n: round(float(v), 3) for n, v in zip(names, w, strict=True)}


def predict(weights: dict[str, float], case: Case) -> float:
    """The probability without the hedge's discount."""
    if case.fixed is not None:
        return case.fixed
    z = weights["bias"] + sum(weights.get(k, 0.0) * v for k, v in case.features.items())
    return float(1 / (1 + np.exp(-z)))


def held_out(cases: Sequence[Case]) -> NDArray[np.float64]:
    """Each case's probability by a model fitted on all sets but its own; shape (cases,)."""
    models = {name: fit([c for c in cases if c.set != name]) for name in {c.set for c in cases}}
    return np.array([predict(models[c.set], c) for c in cases])


def table(cases: Sequence[Case], told: NDArray[np.float64]) -> str:
    """Reliability: what the model says, and how often it is right, in bins of probability."""
    lines = ["| said | relations | mean said | right | ends right |", "| --- | ---: | ---: | ---: | ---: |"]
    for low, high in pairwise(BINS):
        inside = [n for n, p in enumerate(told) if low <= p < high or (high == 1.0 and p == 1.0)]
        if inside:
            right = np.mean([cases[n].right for n in inside])
            linked = np.mean([cases[n].linked for n in inside])
            lines.append(f"| {low:.1f}–{high:.1f} | {len(inside)} | {told[inside].mean():.2f} | {right:.2f} | {linked:.2f} |")
    right = np.array([float(c.right) for c in cases])
    error = sum(
        len(b) / len(cases) * abs(float(told[b].mean() - right[b].mean()))
        for low, high in pairwise(BINS)
        if (b := [n for n, p in enumerate(told) if low <= p < high or (high == 1.0 and p == 1.0)])
    )
    lines += [
        "",
        f"Expected calibration error {error:.3f}; Brier score {float(np.mean((told - right) ** 2)):.3f} (always saying the mean: {float(np.mean((right.mean() - right) ** 2)):.3f}).",
    ]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0], formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--also", type=Path, action="append", default=[], metavar="FOLDER", help="more golds, NAME.json beside the notes NAME/"
    )
    parser.add_argument("--write", action="store_true", help=f"write the weights to {WEIGHTS.name}")
    parser.add_argument("--table", type=Path, metavar="FILE.md", help="write the reliability table here as well")
    args = parser.parse_args()
    sets = [*golds.load_all(), *(golds.load(p) for folder in args.also for p in sorted(folder.glob("*.json")))]
    found = [c for g in sets for c in cases(g)]
    weights = fit(found)
    report = table(found, held_out(found))
    source = f"logistic regression, L2 penalty {PENALTY:g}, on {len(found)} relations found in {len(sets)} annotated sets of notes ({sum(c.right for c in found)} right); bench/extraction/calibrate.py"
    print(report, "", "\n".join(f"{k:16} {v:+.3f}" for k, v in weights.items()), sep="\n")
    if args.write:
        lines = [
            f'source = "{source}"',
            "",
            "[weights]",
            *(f"{k if k.isalpha() else chr(34) + k + chr(34)} = {v}" for k, v in weights.items()),
        ]
        WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if args.table:
        args.table.write_text(report + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
