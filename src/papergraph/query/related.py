"""Related papers, ranked, each with its reasons: stated relations, shared concepts and topics, likeness of contents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from papergraph.model import Concept, Node, Paper, Relation, Topic
from papergraph.store.protocol import Store, Surroundings
from papergraph.vocabulary import RELATIONS, Role, Status

_LARGEST_SHARED = 200
"""A topic or concept with more papers than this tells nothing of any two of them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a paper is related. `kind` is `relation`, `via`, `topic` or `contents`; `weight` what it adds to the score."""

    kind: str
    text: str
    weight: float
    relations: tuple[Relation, ...] = ()
    node: Node | None = None


@dataclass(slots=True)
class Related:
    """A related paper with its reasons, the strongest first."""

    paper: Paper
    reasons: list[Reason] = field(default_factory=list)

    @property
    def score(self) -> float:
        """Above 1 if a relation is stated, otherwise below."""
        stated = [r.weight for r in self.reasons if r.kind == "relation"]
        rest = sum(r.weight for r in self.reasons if r.kind != "relation")
        return round((1 + max(stated) + 0.1 * min(rest, 1)) if stated else min(rest, 0.99), 3)


def related(store: Store, paper: Paper, *, limit: int = 10, types: Sequence[str] = (), min_confidence: float = 0.0) -> list[Related]:
    """The papers related to `paper`.

    Parameters
    ----------
    limit
        How many at most.
    types
        Only papers with a stated relation of one of these types; any relation, and other reasons too, if empty.
    min_confidence
        Relations below it (0..1) do not count.
    """
    found: dict[str, Related] = {}

    def add(other: Node, reason: Reason) -> None:
        if isinstance(other, Paper) and other.id != paper.id:
            found.setdefault(other.id, Related(other)).reasons.append(reason)

    here = store.around(paper.id)
    for relation, other in here.relations:
        if _counts(relation, types, min_confidence):
            add(other, Reason("relation", describe(relation, paper.id, other), relation.confidence, (relation,), other))
    if not types:
        _shared(store, here, min_confidence, add)
        for alike in store.alike(paper.id, max(limit, 10)):
            add(alike.paper, Reason("contents", f"alike in {', '.join(alike.terms)}", round(0.3 * alike.score, 3)))
    for one in found.values():
        one.reasons.sort(key=lambda r: (("relation", "via", "topic", "contents").index(r.kind), -r.weight, r.text))
    return sorted(found.values(), key=lambda r: (-r.score, r.paper.role is Role.CITED, r.paper.title, r.paper.id))[:limit]


def _counts(relation: Relation, types: Sequence[str], min_confidence: float) -> bool:
    return relation.status is not Status.REJECTED and relation.confidence >= min_confidence and (not types or relation.type in types)


def _shared(store: Store, here: Surroundings, min_confidence: float, add: Callable[[Node, Reason], None]) -> None:
    paper = here.node
    for relation, middle in here.relations:
        if not _counts(relation, (), min_confidence):
            continue
        beyond = store.around(middle.id)
        if len(beyond.relations) > _LARGEST_SHARED:
            continue
        for second, other in beyond.relations:
            if isinstance(other, Paper) and other.id != paper.id and _counts(second, (), min_confidence):
                what = f"both lead to {'the concept ' if isinstance(middle, Concept) else ''}“{middle.name}”"
                add(other, Reason("via", what, round(0.5 * relation.confidence * second.confidence, 3), (relation, second), middle))
    for topic in here.topics:
        papers = store.around(topic.id).papers
        if len(papers) > _LARGEST_SHARED:
            continue
        for other in papers:
            add(other, Reason("topic", f"both under “{topic_path(store, topic)}”", round(0.25 / max(len(papers) - 1, 1) ** 0.5, 3), node=topic))


def topic_path(store: Store, topic: Topic) -> str:
    """The topic with those above it: `LLM › Usage`."""
    names = [topic.pref_label]
    seen = {topic.id}
    while topic.broader and topic.broader not in seen:
        seen.add(topic.broader)
        above = store.get([topic.broader]).get(topic.broader)
        if not isinstance(above, Topic):
            break
        names.insert(0, above.pref_label)
        topic = above
    return " › ".join(names)


def describe(relation: Relation, seen_from: str, other: Node) -> str:
    """The relation as read from one of its ends: `is extended by “BERT”`, with `?` if hedged."""
    kind = RELATIONS[relation.type]
    verb = kind.active if relation.source == seen_from else kind.passive
    return f"{verb} “{other.name}”" + (" (hedged)" if relation.hedged else "")
