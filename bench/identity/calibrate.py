"""Fit what makes a match's certainty: the probability that two papers are one work.

usage: python bench/identity/calibrate.py [--works 12000] [--seed 1] [--write]

The pairs are those that blocking proposes among generated papers (see `generator`), so that the hard ones stand among them
as they do in use. A logistic model of the signals that `papergraph.resolve.matching` lists is fitted by Newton's method
(Bishop, Pattern Recognition and Machine Learning, 4.3.3) with an L2 penalty on all weights but the bias.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from generator import Copy, copies, works

from papergraph.resolve.matching import candidates, prepare, signals

PENALTY = 1.0
WEIGHTS = Path(__file__).parents[2] / "src/papergraph/resolve/matching.toml"


def cases(count: int, seed: int) -> list[tuple[dict[str, float], bool]]:
    """The signals of candidate pairs, and whether they are one work; half of them written as in catalogues, half as in notes."""
    return [c for n, whole in enumerate((True, False)) for c in _cases(copies(works(count // 2, seed + n), seed + n, whole=whole))]


def _cases(found: Sequence[Copy]) -> list[tuple[dict[str, float], bool]]:
    ready = [prepare(c.paper) for c in found]
    out = []
    for a, b in candidates(ready):
        told = signals(ready[a], ready[b])
        assert told is not None
        if not told.other_arxiv and not told.recurring:  # rules decide those
            out.append((told.features(), found[a].work == found[b].work))
    return out


def fit(learned: Sequence[tuple[dict[str, float], bool]]) -> dict[str, float]:
    """The weights by feature, with `bias`; features seen fewer than twenty times get none."""
    counts: dict[str, int] = {}
    for features, _ in learned:
        for name in features:
            counts[name] = counts.get(name, 0) + 1
    names = ["bias", *sorted(n for n, k in counts.items() if k >= 20)]
    x = np.array([[1.0 if n == "bias" else f.get(n, 0.0) for n in names] for f, _ in learned])
    y = np.array([float(right) for _, right in learned])
    penalty = np.diag([0.0, *([PENALTY] * (len(names) - 1))])
    w = np.zeros(len(names))
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + penalty, x.T @ (y - p) - penalty @ w)
        w += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return {n: round(float(v), 3) for n, v in zip(names, w, strict=True)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--works", type=int, default=24000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"write the weights to {WEIGHTS.name}")
    args = parser.parse_args()
    learned = cases(args.works, args.seed)
    weights = fit(learned)
    right = sum(r for _, r in learned)
    source = f"logistic regression, L2 penalty {PENALTY:g}, on {len(learned)} candidate pairs of generated papers ({right} one work), seed {args.seed}; bench/identity/calibrate.py"
    print(source, *(f"{k:26} {v:+.3f}" for k, v in weights.items()), sep="\n")
    if args.write:
        lines = [f'source = "{source}"', "", "[weights]", *(f"{k if k.isalpha() else chr(34) + k + chr(34)} = {v}" for k, v in weights.items())]
        WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
