"""How sure a relation is: a logistic model of few signals, fitted on annotated notes and kept as data."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

HEDGE = 0.7
"""What a hedge takes from confidence: a hedged relation stays below the 0.7 at which a reader would sign."""
TYPED = 0.97
"""The confidence of a property that names its relation, `extends:: [[X]]`: the writer typed it."""
_TYPICAL, _SURE, _SCALE = 0.85, 0.95, 10


@dataclass(frozen=True, slots=True)
class Signals:
    """What a relation rests on.

    Parameters
    ----------
    how
        `cue` (words of the lexicon), `typed` (a typed property), `label` ("Builds on: …"), `listed` (an item under
        "Related work", or one that begins with a work), `below` (a citation right below a remark), `named` (a remark
        that only names a known work).
    kind
        The target's kind, as in `Mention.kind`.
    weight
        The cue's weight in the lexicon, 0..1; how sure its wording is by itself.
    certainty
        How sure the target is meant, 0..1: a known paper more than a name that nothing else tells of.
    foreign
        The sentence's grammatical subject is something other than the paper.
    apart
        The sentence stands under no paper: running prose.
    summary
        The words are the author's, summed up, where the notes tell the two voices apart.
    """

    how: str
    kind: str
    weight: float = _TYPICAL
    certainty: float = _SURE
    foreign: bool = False
    apart: bool = False
    summary: bool = False
    hedged: bool = False

    def features(self) -> dict[str, float]:
        """What the model weighs, by name."""
        told = {
            f"how.{self.how}": 1.0,
            f"target.{_KINDS.get(self.kind, self.kind)}": 1.0,
            "weight": (self.weight - _TYPICAL) * _SCALE if self.how == "cue" else 0.0,
            "certainty": (self.certainty - _SURE) * _SCALE,
            "foreign": float(self.foreign),
            "apart": float(self.apart),
            "summary": float(self.summary),
        }
        return {k: v for k, v in told.items() if v}


_KINDS = {"citation": "work", "link": "work", "title": "work", "position": "work", "concept": "words", "phrase": "words"}


@cache
def weights() -> Mapping[str, float]:
    """The model's weights by feature; `bench/extraction/calibrate.py` fits them, the file tells on what."""
    data = tomllib.loads((files(__package__) / "confidence.toml").read_text(encoding="utf-8"))
    return MappingProxyType({k: float(v) for k, v in data["weights"].items()})


def confidence(signals: Signals) -> float:
    """The probability, in 0..1, that a reader would state the same relation of the same two ends; less where the notes hedge it."""
    if signals.how == "typed":
        return TYPED
    model = weights()
    value = 1 / (1 + math.exp(-(model["bias"] + sum(model.get(k, 0.0) * v for k, v in signals.features().items()))))
    return round(value * (HEDGE if signals.hedged else 1.0), 3)
