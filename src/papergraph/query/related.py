"""Related papers, ranked, each with its reasons: stated relations, shared concepts and topics, likeness of contents."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from papergraph.model import Concept, Node, Paper, Relation, Topic
from papergraph.store.protocol import Alike, Likeness, Store
from papergraph.vocabulary import RELATIONS, Role

_LARGEST_SHARED = 200
"""A topic or concept with more papers than this tells nothing of any two of them."""
_STRONGEST = 100
"""The relations of a paper that count, strongest first, so that one with very many costs no more than others."""
_MIDDLE = 50
"""A paper or concept with more relations than this tells nothing of any two that lead to it."""
_ALIKE = 10
"""How many papers are asked for by likeness of contents, at least."""
_ORDER = ("relation", "via", "topic", "contents")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a paper is related. `kind` is `relation`, `via`, `topic` or `contents`; `weight` what it adds to the score."""

    kind: str
    text: str
    weight: float
    relations: tuple[Relation, ...] = ()
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A related paper with its reasons, the strongest first; `score` is above 1 if a relation is stated, otherwise below."""

    paper: Paper
    reasons: list[Reason]
    score: float


@dataclass(frozen=True, slots=True)
class _Clue:
    """A reason before anything is read for it: the ids of its relations and of the node between."""

    kind: str
    weight: float
    relations: tuple[str, ...] = ()
    between: str | None = None
    terms: tuple[str, ...] = ()


def related(
    store: Store, paper: Paper, *, limit: int = 10, types: Sequence[str] = (), min_confidence: float = 0.0, likeness: Likeness | None = None
) -> list[Related]:
    """The papers related to `paper`.

    Ids and weights are gathered first, and only the best are read whole, so that the cost grows neither with the store nor
    with how many papers a topic has.

    Parameters
    ----------
    limit
        How many at most.
    types
        Only papers with a stated relation of one of these types; any relation, and other reasons too, if empty.
    min_confidence
        Relations below it (0..1) do not count.
    likeness
        What tells likeness of contents; the store's own, by words, if `None`.
    """
    # not within the reading: what stands in may work for minutes, which would keep writers waiting
    alike = None if likeness is None or types else likeness(store, paper.id, max(limit, _ALIKE))
    return store.reading(lambda: _related(store, paper, limit, types, min_confidence, alike))


def _related(store: Store, paper: Paper, limit: int, types: Sequence[str], min_confidence: float, alike: Sequence[Alike] | None) -> list[Related]:
    clues: dict[str, list[_Clue]] = {}
    for other, clue in _clues(store, paper, limit, types, min_confidence, alike):
        if other != paper.id:
            clues.setdefault(other, []).append(clue)
    scores = {other: _score(found) for other, found in clues.items() if not other.startswith("c-")}
    least = sorted(scores.values(), reverse=True)[:limit][-1:]
    # of equal scores titles decide, so all of these are read, with what stands between
    wanted = {o for o, score in scores.items() if score >= least[0]} if least else set()
    nodes = store.get(wanted | {c.between for o in wanted for c in clues[o] if c.between})
    papers = [n for i, n in nodes.items() if i in wanted and isinstance(n, Paper)]
    best = sorted(papers, key=lambda p: (-scores[p.id], p.role is Role.CITED, p.title, p.id))[:limit]
    return _explained(store, paper, [(p, clues[p.id], scores[p.id]) for p in best], nodes)


def _score(clues: Sequence[_Clue]) -> float:
    """Above 1 if a relation is stated, otherwise below."""
    stated = [c.weight for c in clues if c.kind == "relation"]
    rest = math.fsum(c.weight for c in clues if c.kind != "relation")
    return round((1 + max(stated) + 0.1 * min(rest, 1)) if stated else min(rest, 0.99), 3)


def _clues(
    store: Store, paper: Paper, limit: int, types: Sequence[str], min_confidence: float, alike: Sequence[Alike] | None
) -> Iterator[tuple[str, _Clue]]:
    """Each other paper (or concept) with why it may be related."""
    ties = store.ties([paper.id], _STRONGEST, min_confidence=min_confidence, types=types).get(paper.id, ())
    for tie in ties:
        yield tie.other, _Clue("relation", tie.confidence, (tie.relation,), tie.other)
    if types:
        return
    beyond = store.ties({t.other for t in ties}, _MIDDLE + 1, min_confidence=min_confidence)
    for tie in ties:
        if len(beyond.get(tie.other, ())) <= _MIDDLE:
            for second in beyond.get(tie.other, ()):
                yield second.other, _Clue("via", round(0.5 * tie.confidence * second.confidence, 3), (tie.relation, second.relation), tie.other)
    for topic, papers in store.papers_under(paper.topics, _LARGEST_SHARED).items():
        for other in papers:
            yield other, _Clue("topic", round(0.25 / max(len(papers) - 1, 1) ** 0.5, 3), (), topic)
    for found in store.alike(paper.id, max(limit, _ALIKE)) if alike is None else alike:
        yield found.paper.id, _Clue("contents", round(0.3 * found.score, 3), terms=found.terms)


def _explained(store: Store, paper: Paper, found: Sequence[tuple[Paper, list[_Clue], float]], between: Mapping[str, Node]) -> list[Related]:
    every = [c for _, clues, _ in found for c in clues]
    relations = store.relations_by_id({r for c in every for r in c.relations})
    paths = topic_paths(store, [n for i in sorted({c.between for c in every if c.between}) if isinstance(n := between.get(i), Topic)])
    out = []
    for other, gathered, score in found:
        # what somebody has taken out since it was gathered is no reason any more
        clues = [c for c in gathered if relations.keys() >= set(c.relations) and (c.between is None or c.between in between)]
        reasons = [_reason(paper, other, c, relations, between, paths) for c in clues]
        reasons.sort(key=lambda r: (_ORDER.index(r.kind), -r.weight, r.text))
        out.append(Related(other, reasons, score))
    return out


def _reason(paper: Paper, other: Paper, clue: _Clue, relations: Mapping[str, Relation], between: Mapping[str, Node], paths: Mapping[str, str]) -> Reason:
    told = tuple(relations[r] for r in clue.relations)
    middle = between.get(clue.between) if clue.between else None
    if clue.kind == "relation":
        text = describe(told[0], paper.id, other)
    elif clue.kind == "via" and middle is not None:
        text = f"both lead to {'the concept ' if isinstance(middle, Concept) else ''}“{middle.name}”"
    elif clue.kind == "topic" and middle is not None:
        text = f"both under “{paths[middle.id]}”"
    else:
        text = f"alike in {', '.join(clue.terms)}" if clue.terms else "alike in meaning"
    return Reason(clue.kind, text, clue.weight, told, middle)


def topic_path(store: Store, topic: Topic) -> str:
    """The topic with those above it: `LLM › Usage`."""
    return topic_paths(store, [topic])[topic.id]


def topic_paths(store: Store, topics: Sequence[Topic]) -> dict[str, str]:
    """By their ids, topics with those above them; one question to the store a level."""
    known: dict[str, Node | None] = {t.id: t for t in topics}
    while above := {t.broader for t in known.values() if isinstance(t, Topic) and t.broader} - known.keys():
        known |= {**dict.fromkeys(above), **store.get(above)}
    return {t.id: " › ".join(_labels(t, known)) for t in topics}


def _labels(topic: Topic, known: Mapping[str, Node | None]) -> list[str]:
    labels = [topic.pref_label]
    seen = {topic.id}
    while topic.broader and topic.broader not in seen:
        seen.add(topic.broader)
        above = known[topic.broader]
        if not isinstance(above, Topic):
            break
        labels.insert(0, above.pref_label)
        topic = above
    return labels


def describe(relation: Relation, seen_from: str, other: Node) -> str:
    """The relation as read from one of its ends: `is extended by “BERT”`, with `?` if hedged."""
    kind = RELATIONS[relation.type]
    verb = kind.active if relation.source == seen_from else kind.passive
    return f"{verb} “{other.name}”" + (" (hedged)" if relation.hedged else "")
