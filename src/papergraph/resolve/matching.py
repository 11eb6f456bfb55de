"""How surely two papers are one work, with reasons; and which of many papers are.

A logistic model of few signals, after Fellegi and Sunter, "A theory for record linkage" (1969): each signal has a weight,
fitted on pairs with known truth and kept as data. `docs/identity.md` tells what it was measured on.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

from rapidfuzz.fuzz import ratio

from papergraph.model import Paper
from papergraph.resolve.blocks import pairs
from papergraph.resolve.identifiers import identifiers
from papergraph.resolve.people import Person, Shared, read_person, shared
from papergraph.resolve.titles import Likeness, Title, compare, read_title
from papergraph.resolve.venues import kind_of, same_venue

SURE = 0.93
"""The certainty from which on two papers may be taken for one work without asking; what is wrong at it is measured."""
_FORBIDDEN = 0.02
"""The certainty of two works with different arXiv ids: an archive gives one work one id."""
_RECURRING, _OTHERS = 0.8, 0.5
"""The most certainty of two works with a title that stands above many, and of those by other authors: issues of one year may have the same editor, hardly the same two."""
_SCRIPTS = 0.88
"""The most certainty of two works whose authors stand in different scripts: who they are is for the reader to say."""
_LATER = 3
"""Years that a published version may come after its preprint without telling anything."""
_VERSION = re.compile(r"v\d+$")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Match:
    """How surely two papers are one work, in 0..1, and why, the strongest reasons first."""

    certainty: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two papers that may be one work; `first` has the smaller id."""

    first: Paper
    second: Paper
    match: Match


@dataclass(frozen=True, slots=True)
class Prepared:
    """A paper, read for comparing."""

    paper: Paper
    names: tuple[Title, ...]
    people: tuple[Person, ...]
    doi: str | None
    arxiv: str | None
    openreview: str | None
    preprint: bool
    kind: str


@lru_cache(maxsize=4096)
def prepare(paper: Paper) -> Prepared:
    """A paper, read for comparing: its aliases count as titles."""
    names = tuple(dict.fromkeys(t for t in map(read_title, (paper.title, *paper.aliases)) if t.key))
    people = tuple(p for p in map(read_person, paper.authors) if p)
    found = identifiers(paper.doi or "")
    at = identifiers(paper.url or "")
    arxiv = _VERSION.sub("", (paper.arxiv_id or found.arxiv_id or at.arxiv_id or "").casefold().removeprefix("arxiv:")) or None
    doi = found.doi or at.doi
    kind = kind_of(paper.venue) if paper.venue else ""
    preprint = kind == "preprint" or (arxiv is not None and not doi and kind not in ("journal", "conference"))
    return Prepared(paper, names, people, doi, arxiv, paper.openreview_id or at.openreview_id, preprint, kind)


@dataclass(frozen=True, slots=True)
class Signals:
    """What the model weighs of two papers."""

    title: Likeness
    weight: float
    recurring: bool
    people: Shared
    same_id: str = ""
    other_doi: bool = False
    other_openreview: bool = False
    other_arxiv: bool = False
    gap: int | None = None
    preprint: bool = False
    venue: bool | None = None
    versions: bool = False

    def features(self) -> dict[str, float]:
        """What the model weighs, by name."""
        t, p = self.title, self.people
        gap = None if self.gap is None else max(0, self.gap - (_LATER if self.preprint else 0))
        told = {
            "id.same": float(bool(self.same_id)),
            "id.same but other title": float(bool(self.same_id) and t.apart > 0.7),
            "doi.other": float(self.other_doi),
            "openreview.other": float(self.other_openreview),
            "title.equal": float(t.equal),
            "title.tells": min(self.weight, 6) / 6 if t.equal or t.typos else 0.0,
            "title.tells little": float((t.equal or t.headed) and self.weight < 3),
            "title.replaced": min(t.replaced, 0.6),
            "title.lacking": min(t.lacking, 0.6),
            "title.typos": min(t.typos, 0.15) * 10,
            "title.swapped": float(t.swapped),
            "title.letters": min(t.letters, 0.5),
            "title.shuffled": min(t.shuffled, 0.5),
            "title.headed": float(t.headed),
            "title.short": float(t.short),
            "title.numbers": float(t.numbers),
            "title.counted": float(t.counted),
            "title.opposite": float(t.opposite),
            "authors.share": p.share if p.known else 0.0,
            "authors.whole": p.whole if p.known else 0.0,
            "authors.several": min(math.log2(p.same), 3) if p.same else 0.0,
            "authors.bare": float(p.bare),
            "authors.other": float(p.known and not p.same),
            "authors.unknown": float(not p.known),
            "year.same": float(self.gap == 0),
            "year.next": float(self.gap == 1 and not self.preprint),
            "year.apart": min(gap, 6) / 2 if gap is not None and gap > 1 else 0.0,
            "venue.same": float(self.venue is True),
            "venue.same, other year": float(self.venue is True and self.gap not in (0, None)),
            "venue.other": float(self.venue is False and not self.preprint),
            "versions": float(self.versions),
            "preprint": float(self.preprint),
        }
        return {k: v for k, v in told.items() if v}


def signals(a: Prepared, b: Prepared, *, least: float = 0.0) -> Signals | None:
    """What the model weighs of two papers; `None` where their titles and identifiers alone keep the certainty below `least`."""
    title, weight, recurring = _nearest(a.names, b.names)
    same = _same_id(a, b)
    if least and not same:
        told = Signals(title, weight, recurring, Shared()).features()
        model = weights()
        if _probability(model["bias"] + sum(model.get(k, 0.0) * v for k, v in told.items() if k.startswith("title.")) + _most()) < least:
            return None
    years = a.paper.year, b.paper.year
    gap = abs(years[0] - years[1]) if years[0] and years[1] else None
    venues = a.paper.venue, b.paper.venue
    published = {a.kind, b.kind}
    return Signals(
        title,
        weight,
        recurring,
        shared(a.people, b.people),
        same,
        other_doi=bool(a.doi and b.doi and a.doi != b.doi),
        other_openreview=bool(a.openreview and b.openreview and a.openreview != b.openreview),
        other_arxiv=bool(a.arxiv and b.arxiv and a.arxiv != b.arxiv),
        gap=gap,
        preprint=a.preprint != b.preprint,
        venue=same_venue(venues[0], venues[1]) if venues[0] and venues[1] else None,
        versions=len(published) == 2 and published <= {"journal", "conference", "workshop"},
    )


def _nearest(ours: tuple[Title, ...], theirs: tuple[Title, ...]) -> tuple[Likeness, float, bool]:
    """How the two nearest names compare, how much the poorer tells, and whether it stands above many works."""
    best: tuple[float, Likeness, float, bool] | None = None
    for x in ours:
        for y in theirs:
            found = compare(x, y)
            if best is None or found.apart < best[0]:
                best = found.apart, found, min(x.weight, y.weight), x.recurring or y.recurring
    return best[1:] if best else (Likeness(replaced=1.0), 0.0, False)


def _same_id(a: Prepared, b: Prepared) -> str:
    if a.doi and a.doi == b.doi:
        return f"same DOI {a.doi}"
    if a.arxiv and a.arxiv == b.arxiv:
        return f"same arXiv id {a.arxiv}"
    if a.openreview and a.openreview == b.openreview:
        return f"same OpenReview id {a.openreview}"
    return ""


@cache
def weights() -> Mapping[str, float]:
    """The model's weights by feature; `bench/identity/calibrate.py` fits them, the file tells on what."""
    data = tomllib.loads((files(__package__) / "matching.toml").read_text(encoding="utf-8"))
    return MappingProxyType({k: float(v) for k, v in data["weights"].items()})


def match(a: Paper, b: Paper) -> Match:
    """How surely two papers are one work; the same whichever comes first.

    Different DOIs do not forbid it, for a preprint and its published version have two; different arXiv ids do. A paper
    in a conference and its longer version in a journal are two works.
    """
    return match_prepared(prepare(a), prepare(b))


def match_prepared(a: Prepared, b: Prepared, *, least: float = 0.0) -> Match:
    """As `match`, of papers that are read already; a certainty below `least` is told as 0, without reasons, and found out faster."""
    found = signals(a, b, least=least)
    if found is None:
        return Match(0.0)
    model = weights()
    value = _probability(model["bias"] + sum(model.get(k, 0.0) * v for k, v in found.features().items()))
    if not found.same_id and found.other_arxiv:
        value = min(value, _FORBIDDEN)
    elif not found.same_id and found.recurring and not (found.people.same > 1 and found.people.whole == 1 and found.gap == 0):
        value = min(value, _RECURRING if found.people.whole > 0.5 else _OTHERS)
    elif not found.same_id and found.people.scripts:
        value = min(value, _SCRIPTS)
    value = round(value, 3)
    return Match(value, _reasons(found, a, b)) if value >= least else Match(0.0)


def _probability(weighed: float) -> float:
    return 1 / (1 + math.exp(-weighed))


@cache
def _most() -> float:
    """What all but titles and identifiers can add to what titles weigh, at most."""
    scale = {"authors.several": 3.0}
    return sum(max(w, 0.0) * scale.get(k, 1.0) for k, w in weights().items() if not k.startswith(("title.", "id.")) and k not in ("bias", "authors.unknown"))


def _reasons(s: Signals, a: Prepared, b: Prepared) -> tuple[str, ...]:
    t, p = s.title, s.people
    out = [s.same_id] if s.same_id else []
    if s.other_arxiv:
        out.append(f"different arXiv ids {' and '.join(sorted((a.arxiv or '', b.arxiv or '')))}")
    if t.equal:
        out.append("equal titles, which stand above many works" if s.recurring else "equal titles")
    elif t.short:
        out.append("one is the other's short name")
    elif t.headed:
        out.append("one is the other's title before its subtitle")
    else:
        out += [
            text
            for holds, text in (
                (t.typos, "titles differ in letters"),
                (t.replaced, "titles differ in words"),
                (t.lacking and not t.replaced, "words are missing in one title"),
                (t.shuffled > 0.1, "words stand in another order"),
            )
            if holds
        ]
    out += [text for holds, text in ((t.numbers, "different numbers in the titles"), (t.counted and not t.numbers, "a number in one title only"), (t.opposite, "opposite words in the titles")) if holds]
    if p.scripts:
        out.append("authors in different scripts")
    elif p.known:
        out.append(f"{p.same} of {p.fewer} author{'s' if p.fewer != 1 else ''} in common" if p.same else "no author in common")
    if s.preprint and s.gap is not None and s.gap <= _LATER:
        out.append("a preprint and a published version")
    elif s.gap is not None:
        out.append("same year" if not s.gap else f"{s.gap} year{'s' if s.gap != 1 else ''} apart")
    if s.venue:
        out.append("same venue")
    elif s.versions:
        out.append(f"one in a {min(a.kind, b.kind)}, one in a {max(a.kind, b.kind)}")
    elif s.venue is False and not s.preprint:
        out.append("different venues")
    out += [text for holds, text in ((s.other_doi, "different DOIs"), (s.other_openreview, "different OpenReview ids")) if holds]
    return tuple(out)


def candidates(papers: Sequence[Prepared]) -> list[tuple[int, int]]:
    """The pairs of these papers that are worth comparing, by position: what shares no telling word is left out."""
    keys = [tuple(k for k in (p.doi and f"doi:{p.doi}", p.arxiv and f"arxiv:{p.arxiv}", p.openreview and f"openreview:{p.openreview}") if k) for p in papers]

    def order(n: int) -> tuple[str, str, int]:
        p = papers[n]
        return (p.names[0].key if p.names else "", p.people[0].joined if p.people else "", p.paper.year or 0)

    return [(a, b) for a, b in pairs([p.names for p in papers], keys, order) if not set(keys[a]).isdisjoint(keys[b]) or worth(papers[a], papers[b])]


def worth(a: Prepared, b: Prepared) -> bool:
    """A quick look at two papers' titles: whether a closer one can find a match."""
    for x in a.names:
        for y in b.names:
            if ratio(x.key, y.key, score_cutoff=60) or y.key in x.heads or x.key in y.heads or y.key in x.short or x.key in y.short:
                return True
            few, many = sorted((set(x.tokens), set(y.tokens)), key=len)
            if len(few) > 2 and len(few & many) >= 0.7 * len(few):
                return True
    return False


def duplicates(papers: Sequence[Paper], *, least: float = 0.5, progress: Progress | None = None) -> list[Duplicate]:
    """The pairs among these papers that are one work with a certainty of at least `least`, surest first, ties by ids.

    Nearly linear in the number of papers; pairs that share no telling word, beginning, end or identifier are not looked at.
    """
    # held here rather than in the cache, which would lose them again in a large library
    ready = [prepare.__wrapped__(p) for p in sorted({p.id: p for p in papers}.values(), key=lambda p: p.id)]
    found: list[Duplicate] = []
    chosen = candidates(ready)
    for n, (a, b) in enumerate(chosen):
        if progress is not None and n % 1000 == 0:
            progress("comparing papers", n, len(chosen))
        one = match_prepared(ready[a], ready[b], least=least)
        if one.certainty >= least:
            found.append(Duplicate(ready[a].paper, ready[b].paper, one))
    return sorted(found, key=lambda d: (-d.match.certainty, d.first.id, d.second.id))
