"""The measures: counts for one set of notes, which add up, and the rates made of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from gold import DIRECTED, TYPES, Gold, GoldPaper, GoldRelation, fold
from matching import FORWARD, RelationMatcher, find_paper, same
from predictions import PredictedPaper, PredictedRelation, Prediction

FIELDS = ("authors", "year", "url", "decision", "markers", "topics")
SURE = 0.7
"""From this confidence on, a relation is one that the reader would sign."""


@dataclass(frozen=True, slots=True)
class Score:
    """What was counted. `counts` holds `(part, whole)` of each rate; `wrong` and `missed` say what it was, in words."""

    counts: dict[str, tuple[int, int]]
    wrong: tuple[str, ...] = field(default=(), repr=False)
    missed: tuple[str, ...] = field(default=(), repr=False)

    def rate(self, name: str) -> float | None:
        """Between 0 and 1; `None` if there was nothing to count."""
        part, whole = self.counts.get(name, (0, 0))
        return part / whole if whole else None

    def f1(self, name: str, what: str = "") -> float | None:
        """Of `NAME.precision` and `NAME.recall` (`what` stands before the two); 0 if nothing was predicted where there was something to find."""
        p, r = self.rate(f"{name}.{what}precision"), self.rate(f"{name}.{what}recall")
        if r is None:
            return None
        return 2 * p * r / (p + r) if p and r else 0.0

    def as_json(self) -> dict[str, Any]:
        """Each rate with its counts, and F1 of what has precision and recall."""
        rates = {
            name: {"rate": None if (r := self.rate(name)) is None else round(r, 4), "part": a, "whole": b}
            for name, (a, b) in self.counts.items()
        }
        f1 = {"entries": self.f1("entries"), "relations": self.f1("relations"), "relations.typed": self.f1("relations", "typed_")}
        return {"rates": rates, "f1": {name: None if f is None else round(f, 4) for name, f in f1.items()}}


def total(scores: Iterable[Score]) -> Score:
    """All sets as one: counts added, so that a large set weighs more."""
    parts: Counter[str] = Counter()
    wholes: Counter[str] = Counter()
    for score in scores:
        for name, (part, whole) in score.counts.items():
            parts[name] += part
            wholes[name] += whole
    return Score({name: (parts[name], wholes[name]) for name in wholes})


def score(gold: Gold, prediction: Prediction) -> Score:
    """Compare what was found in a set of notes with its gold."""
    papers = score_papers(gold, prediction)
    every = score_relations(gold, prediction.relations)
    sure = score_relations(gold, [r for r in prediction.relations if r.confidence >= SURE])
    counts = papers.counts | {f"relations.{k}": v for k, v in every.counts.items()}
    counts |= {f"relations.sure.{k}": sure.counts[k] for k in ("precision", "recall", "typed_precision", "typed_recall")}
    return Score(counts | _remarks(gold, prediction), papers.wrong + every.wrong, papers.missed + every.missed)


# --- papers


def score_papers(gold: Gold, prediction: Prediction) -> Score:
    """Entries and cited works found, false entries, and the fields of the entries found."""
    pool: dict[str, PredictedPaper] = {}
    for paper in prediction.papers:
        pool[fold(paper.title)] = paper
    counted = [p for p in gold.papers if p.counted]
    found = {n: match for n, p in enumerate(counted) if (match := find_paper(p, pool))}
    entries = [n for n, p in enumerate(counted) if p.role == "entry"]
    cited = [n for n, p in enumerate(counted) if p.role == "cited"]
    names = [name for p in gold.papers for name in p.names]
    predicted = [p for p in prediction.papers if p.role == "entry"]
    false = [p for p in predicted if not same(p.title, names)]
    counts = {
        "entries.precision": (len(predicted) - len(false), len(predicted)),
        "entries.recall": (sum(n in found for n in entries), len(entries)),
        "cited.recall": (sum(n in found for n in cited), len(cited)),
    }
    wrong = [f"entry: {p.title}" for p in false]
    for name in FIELDS:
        asked = [n for n in entries if n in found and counted[n].fields[name]]
        off = [n for n in asked if not field_holds(name, counted[n], found[n])]
        counts[f"fields.{name}"] = len(asked) - len(off), len(asked)
        for n in off:
            got = found[n].topics if name == "topics" else found[n].fields[name]
            wrong.append(f"{name}: {counted[n].title[:60]}: expected {counted[n].fields[name]!r}, got {got!r}")
    missed = [f"{p.role}: {p.title} ({p.file}:{p.line})" for n, p in enumerate(counted) if n not in found]
    return Score(counts, tuple(wrong), tuple(missed))


def field_holds(name: str, gold: GoldPaper, found: PredictedPaper) -> bool:
    """Whether a field of an entry is right; README.md says what is asked of each."""
    want = gold.fields[name]
    if name == "topics":
        path = [fold(t) for t in want]
        return any([fold(t) for t in topics][-len(path) :] == path for topics in found.topics)
    got = found.fields.get(name)
    if name == "authors":
        names = [str(a) for a in got or []]
        together, sorted_words = " ".join(map(fold, names)), set(map(_words, names))
        return sum(fold(a) in together or _words(a) in sorted_words for a in want) >= 0.8 * len(want)
    if name == "url":
        return (got or "").rstrip("/") in gold.urls
    return bool(got == want)


def _words(name: str) -> tuple[str, ...]:
    """The same for "Ada Lovelace" and "Lovelace, Ada"."""
    return tuple(sorted(w for w in map(fold, re.split(r"[\s,]+", name)) if w))


# --- relations


def score_relations(gold: Gold, predicted: Iterable[PredictedRelation]) -> Score:
    """Relations found, false ones, and type, direction and hedge of the right ones."""
    predicted = list(predicted)
    matcher = RelationMatcher(gold)
    clear = [r for r in gold.relations if r.clear]
    arguable = [r for r in gold.relations if not r.clear]
    right = neutral = typed = hedges = 0
    directed = [0, 0]
    covered: set[tuple[str, ...]] = set()
    covered_typed: set[tuple[str, ...]] = set()
    wrong = []
    for one in predicted:
        hits = [(r, way) for r in clear if (way := matcher.direction(one, r))]
        unsure = [r for r in arguable if matcher.direction(one, r)]
        fits = [(r, way) for r, way in hits if one.type in r.types]
        if not hits and not unsure:
            wrong.append(f"relation: {told(one)}")
        elif not fits and (not hits or any(one.type in r.types for r in unsure)):
            neutral += 1
        else:
            right += 1
            typed += bool(fits)
            hedges += any(one.hedged == r.hedged for r, _ in hits)
            covered |= {r.key for r, _ in hits}
            covered_typed |= {r.key for r, _ in fits}
            if fits and one.type in DIRECTED:
                directed[0] += any(way == FORWARD for _, way in fits)
                directed[1] += 1
            if not fits:
                wrong.append(f"type: {told(one)}; expected {' or '.join(sorted({t for r, _ in hits for t in r.types}))}")
    by_key: dict[tuple[str, ...], GoldRelation] = {}
    for r in clear:
        by_key.setdefault(r.key, r)
    counts = {
        "precision": (right, len(predicted) - neutral),
        "recall": (len(covered), len(by_key)),
        "typed_recall": (len(covered_typed), len(by_key)),
        "typed_precision": (typed, len(predicted) - neutral),
        "type": (typed, right),
        "direction": (directed[0], directed[1]),
        "hedge": (hedges, right),
    }
    for kind in sorted(TYPES):
        keys = {k for k in by_key if k[0] == kind}
        counts[f"recall.{kind}"] = len(keys & covered), len(keys)
        counts[f"typed_recall.{kind}"] = len(keys & covered_typed), len(keys)
    missed = [
        f"relation: {r.types[0]}: {r.source[0][:50]} -> {r.target[0][:50]}: {r.quote[:70]!r} ({r.file}:{r.line})"
        for k, r in by_key.items()
        if k not in covered
    ]
    return Score(counts, tuple(wrong), tuple(missed))


def told(one: PredictedRelation) -> str:
    return f"{one.type} ({one.confidence:.2f}): {one.source[:50]} -> {one.target[:50]}: {one.quote[:100]!r}"


# --- remarks


def _remarks(gold: Gold, prediction: Prediction) -> dict[str, tuple[int, int]]:
    """The reader's own words, where the gold lists them all and the extractor tells them apart."""
    if gold.remarks is None or prediction.remarks is None:
        return {}
    found = [fold(t) for t in prediction.remarks]
    quotes = [q for r in gold.remarks if (q := fold(r.quote))]
    hit = sum(any(q[:25] in t for t in found) for q in quotes)
    ok = sum(any(q[:25] in t or t[:25] in q for q in quotes) for t in found if t)
    return {"remarks.precision": (ok, len(found)), "remarks.recall": (hit, len(quotes))}


def without_papers(one: Score) -> Score:
    """The same score without what concerns papers, for an extractor that was told them."""
    return replace(one, counts={k: v for k, v in one.counts.items() if k.startswith("relations")})
