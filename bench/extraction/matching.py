"""Which paper and which relation of a gold a predicted one is."""

from __future__ import annotations

from collections.abc import Iterable

from gold import Gold, GoldPaper, GoldRelation, fold
from predictions import PredictedPaper, PredictedRelation

FORWARD, BACKWARD = "forward", "backward"


def same(predicted: str, names: Iterable[str], *, concept: bool = False) -> bool:
    """Whether a name is one of `names`, folded.

    A long title (15 characters) may be cut short; a concept's name (3 characters) may stand within the other.
    """
    p = fold(predicted)
    for g in map(fold, names):
        if not p or not g:
            continue
        if p == g:
            return True
        shorter = min(len(p), len(g))
        if concept and shorter >= 3 and (p in g or g in p):
            return True
        if not concept and shorter >= 15 and (p.startswith(g) or g.startswith(p)):
            return True
    return False


def find_paper(paper: GoldPaper, pool: dict[str, PredictedPaper]) -> PredictedPaper | None:
    """The predicted paper that is `paper`; an exact name before a cut one. `pool` is by folded title."""
    for name in paper.names:
        if found := pool.get(fold(name)):
            return found
    return next((p for p in pool.values() if same(p.title, paper.names)), None)


class RelationMatcher:
    """Finds the relations of a gold that a predicted one states."""

    def __init__(self, gold: Gold) -> None:
        self.papers = {fold(n) for p in gold.papers for n in p.names}

    def direction(self, found: PredictedRelation, relation: GoldRelation) -> str | None:
        """`forward` or `backward` if the ends are those of `relation`, else `None`."""
        if self._ends(found.source, found.target, relation):
            return FORWARD
        return BACKWARD if self._ends(found.target, found.source, relation) else None

    def _ends(self, source: str, target: str, relation: GoldRelation) -> bool:
        return self._end(source, relation.source, 25, concept=False) and self._end(
            target, relation.target, 40, concept=relation.target_kind == "concept"
        )

    def _end(self, name: str, names: tuple[str, ...], short: int, *, concept: bool) -> bool:
        # a node with another paper's exact name is that paper, not this one by containment ("NeRF" in "D-NeRF")
        if fold(name) in self.papers and fold(name) not in {fold(n) for n in names}:
            return False
        # what the gold calls a paper by a short name may be a concept in the prediction, and the reverse
        return same(name, names, concept=concept) or (len(fold(names[0])) < short and same(name, names, concept=True))
