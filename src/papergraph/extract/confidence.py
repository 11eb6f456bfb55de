"""How sure a relation is: from the cue, the target and the hedge, calibrated on annotated notes."""

from __future__ import annotations

from papergraph.extract.state import Match, Mention

HEDGE = 0.7
"""What a hedge takes from confidence: a hedged relation stays below the 0.7 at which a reader would sign."""
SUMMARY = 0.85
"""What confidence loses where the words are the author's, summed up, and the notes tell the two voices apart."""
FOREIGN = 0.85
"""What it loses where the sentence's grammatical subject is something other than the paper."""


def confidence(match: Match, target: Mention, *, summary: bool = False, foreign: bool = False) -> float:
    """The confidence, in 0..1, of what a cue says of a target."""
    value = match.cue.weight * target.certainty
    if summary:
        value *= SUMMARY
    if foreign:
        value *= FOREIGN
    if match.hedged:
        value *= HEDGE
    return round(min(value, 1.0), 3)
