"""Which work of a catalogue a paper is: by identifier, title, short name, or nearly; what is ambiguous is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from papergraph.catalogue.index import Index, Work, identifier_keys, words_of
from papergraph.model import Paper
from papergraph.resolve.matching import SURE, Match, Prepared, match_prepared, prepare, signals, worth

_SHOWN = 8
_IDENTIFIED = Match(0.99, ("same identifier",))
"""How surely an identifier alone tells the work."""
_FIRST, _LIKELY = 64, 8
"""So many works with one key, or with the most words of a title, are compared."""
_RAREST, _ROWS = 12, 1_500
"""So many of a title's words are looked up, the rarest first, as long as they have together no more works than this, but two at least."""
_ONLY = 0.94
"""The certainty that a title has which agrees with that of just one work, if nothing speaks against it."""
_LINKED = 0.95
"""The certainty that an identifier gives whose work no other entry claims, unless the titles contradict it."""
_AGAINST = 0.3
"""Below it something does: other authors, another year, a number."""
_LIKELIHOOD = 0.05
"""Less sure works are not told."""
_CLEAR = 0.05
"""So much surer than the next the surest work must be, unless that is the same work again."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A work that may be meant, how surely, and why."""

    work: Work
    match: Match


@dataclass(frozen=True, slots=True)
class Answer:
    """What a look-up found.

    `work` is the one that is meant, `None` if none is or several may be; `how` it was found: `identifier`, `title`,
    `short name`, `near`, or empty; `candidates` are the likeliest works, surest first.
    """

    work: Work | None
    how: str
    certainty: float
    reasons: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def look(index: Index, paper: Paper, *, least: float = SURE) -> Answer:
    """The work of the catalogue that `paper` is with a certainty of at least `least`.

    The ways are tried in their order, and the first that finds likely works decides. Equal works of several sources are one.
    """
    ready = prepare(paper)
    names = [t for t in ready.names if t.key]
    ways = (
        ("identifier", identifier_keys(ready)),
        ("title", tuple(f"title:{t.key}" for t in names)),
        ("short name", (*(f"short:{t.key}" for t in names), *(f"title:{k}" for t in names for k in t.heads))),
    )
    seen: dict[int, Candidate] = {}
    for how, keys in ways:
        numbers = index.keyed(keys, _FIRST) if keys else []
        answer = _decided(how, ready, index.works(numbers), least, seen, whole=len(numbers) < _FIRST)
        if answer is not None:
            return answer
    near = [w for w in index.works(_near(index, ready)) if w.number in seen or worth(ready, prepare(w.paper))]
    answer = _decided("near", ready, near, least, seen, whole=True)
    if answer is not None:
        return answer
    likely = sorted((c for c in seen.values() if c.match.certainty >= _LIKELIHOOD), key=_order)[:_SHOWN]
    return Answer(None, "", 0.0, (), tuple(likely))


def _order(candidate: Candidate) -> tuple[float, int]:
    return -candidate.match.certainty, candidate.work.number


def _decided(how: str, ready: Prepared, works: Sequence[Work], least: float, seen: dict[int, Candidate], *, whole: bool) -> Answer | None:
    """The answer if one of these works is meant or several may be; `None` if none is."""
    found = sorted((Candidate(w, match_prepared(ready, prepare(w.paper), least=_LIKELIHOOD if how == "near" else 0.0) if ready.names else _IDENTIFIED) for w in works), key=_order)
    seen.update((c.work.number, c) for c in found)
    if not found or not found[0].match.certainty:
        return None
    best = found[0]
    others = [c for c in found[1:] if c.match.certainty and not _same(best, c)]
    certainty, reasons = best.match.certainty, best.match.reasons
    if whole and ready.names and (only := _only(how, ready, best, others)) > certainty:
        certainty, reasons = only, (*reasons, f"no other work of that {how if how in ('identifier', 'short name') else 'title'} in the catalogue")
    if certainty < least:
        # the next way may know better, unless these already are as likely as can be
        return Answer(None, how, certainty, reasons, tuple(found[:_SHOWN])) if how == "title" and others and certainty > 0.5 else None
    if any(c.match.certainty > certainty - _CLEAR for c in others):
        return Answer(None, how, certainty, ("several works may be meant",), tuple(found[:_SHOWN]))
    return Answer(_fullest(found, best), how, certainty, reasons, tuple(found[:_SHOWN]))


def _same(a: Candidate, b: Candidate) -> bool:
    """Whether two works of the catalogue are one: it may hold a work twice, from two files."""
    return match_prepared(prepare(a.work.paper), prepare(b.work.paper)).certainty >= 0.8


def _only(how: str, ready: Prepared, best: Candidate, others: Sequence[Candidate]) -> float:
    """The certainty that the best work has by being the only one whose title agrees; 0 where that says nothing."""
    if any(c.match.certainty > min(_AGAINST, best.match.certainty / 2) for c in others):
        return 0.0
    told = signals(ready, prepare(best.work.paper))
    assert told is not None
    title = told.title
    if how == "identifier":
        # a short or abbreviated title says little against it, a whole other one that the identifier is another work's
        return _LINKED if told.same_id and not others and (title.apart <= 0.7 or told.weight < 2) else 0.0
    if told.recurring or told.other_arxiv or title.numbers or title.counted or title.opposite or title.swapped:
        return 0.0
    if how == "short name":
        # the name may be the work's; whether it is, the rest must bear out: authors, year, venue
        rest = match_prepared(prepare(replace(ready.paper, title=best.work.paper.title, aliases=())), prepare(best.work.paper))
        return _ONLY if title.short and not others and rest.certainty >= 0.8 else 0.0
    # a slip in a word of grammar is one too
    agree = title.equal or (title.replaced < 0.06 and title.lacking < 0.06 and not title.headed and not title.short)
    return _ONLY if agree and told.weight >= 2 and best.match.certainty >= _AGAINST else 0.0


def _fullest(found: Sequence[Candidate], best: Candidate) -> Work:
    """Of the entries of one work the one that tells most, so that a preprint's entry does not hide the published one's."""

    def told(work: Work) -> tuple[int, int]:
        p = work.paper
        return sum(bool(x) for x in (p.doi, p.arxiv_id, p.openreview_id, p.authors, p.year, p.venue, p.url)), len(p.title)

    same = [best.work, *(c.work for c in found if c is not best and c.match.certainty >= best.match.certainty - 0.1 and _same(best, c))]
    return max(same, key=lambda w: (told(w), -w.number))


def _near(index: Index, ready: Prepared) -> list[int]:
    """The works that share the most, and the rarest, of the words of a paper's names."""
    common = index.common(words_of(ready))
    whole = max(index.count(), 1)
    weights: dict[str, float] = {}
    rows = 0
    for word in sorted(common, key=lambda w: (common[w], w))[:_RAREST]:
        rows += common[word]
        if rows > _ROWS and len(weights) >= 2:
            break
        weights[word] = round(math.log(1 + whole / common[word]), 3)
    return index.nearest(weights, _LIKELY) if weights else []
