"""Pairs with their truth, and what is right and wrong at a threshold."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """`found` pairs, `right` of them, of `true` pairs that there are."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 1.0

    @property
    def wrong(self) -> float:
        """Wrong merges among those made, 0..1."""
        return 1 - self.precision

    def row(self, name: str) -> str:
        return f"| {name} | {self.found:,} | {self.precision:.4f} | {self.recall:.4f} | {self.f1:.4f} | {self.found - self.right:,} ({self.wrong:.2%}) |"


HEAD = "| by | pairs found | precision | recall | F1 | wrong merges |\n| --- | ---: | ---: | ---: | ---: | ---: |"


def score(found: Iterable[tuple[str, str]], true: Collection[tuple[str, str]]) -> Score:
    kept = set(found)
    return Score(len(kept), len(kept & set(true)), len(true))
