"""What nodes are found by, and in which order: the same on every engine, so that every store gives the same answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from papergraph.folding import fold, is_cjk, search_tokens
from papergraph.model import Concept, Node, Paper, Source, Topic
from papergraph.resolve.names import short_names
from papergraph.store.protocol import Hit
from papergraph.vocabulary import Label

_T = TypeVar("_T")
CANDIDATES = 400
"""Hits that a store gives to be ranked. Up to so many the order is exact; of more, the engine's own order chooses."""
LONGEST_QUERY = 1_000
"""Characters of a query or a name that count."""


def searched(node: Node) -> tuple[str, ...]:
    """What full-text search finds a node by."""
    if isinstance(node, Paper):
        return (node.title, *node.aliases, *node.authors, *(x for x in (node.venue, node.doi, node.arxiv_id) if x))
    if isinstance(node, Topic | Concept):
        return (node.pref_label, *node.alt_labels)
    return (node.name,)


def names_of(node: Node) -> tuple[str, ...]:
    """The folded names of a paper, topic or concept: titles, labels, aliases, identifiers; sorted."""
    if isinstance(node, Paper):
        plain = (node.title, *node.aliases, *short_names(node.title))
        return tuple(sorted({fold(n) for n in plain} | {fold(x) for x in (node.doi, node.arxiv_id, node.openreview_id, node.url) if x}))
    if isinstance(node, Topic | Concept):
        return tuple(sorted({fold(n) for n in (node.pref_label, *node.alt_labels)}))
    return ()


def tokens_of(node: Node) -> str:
    """What full-text search indexes of a node; nothing of a source."""
    return "" if isinstance(node, Source) else " ".join(search_tokens(" ".join(searched(node))))


class Searched(Protocol):
    """What full-text search asks of a store."""

    def reading(self, work: Callable[[], _T]) -> _T:
        """Do `work` in one transaction."""

    def named(self, key: str) -> tuple[Node, ...]:
        """The nodes with this folded name."""

    def get(self, ids: Iterable[str]) -> dict[str, Node]:
        """The nodes with these ids."""

    def candidates(self, tokens: tuple[str, ...], limit: int, *, open_end: bool) -> Iterable[Candidate]:
        """`limit` nodes at most with all of these tokens, the engine's best; the last token may go on if `open_end`."""


def find(store: Searched, text: str, limit: int) -> tuple[Hit, ...]:
    """The hits for `text`, best first; a node of just that name is among them whatever the engine's order."""
    tokens = query_tokens(text)
    if not tokens:
        return ()

    def work() -> tuple[Hit, ...]:
        named = [Candidate(n.id, n.label, n.name) for n in store.named(fold(text))]
        # someone may still be typing the last word
        open_end = tokens[-1].isascii() and not text.endswith(" ")
        ranked = rank(text, [*named, *store.candidates(tokens, max(CANDIDATES, limit), open_end=open_end)])[:limit]
        nodes = store.get(i for i, _ in ranked)
        return tuple(Hit(nodes[i], score) for i, score in ranked if i in nodes)

    return store.reading(work)


def query_tokens(text: str) -> tuple[str, ...]:
    """The tokens that must all stand in a hit, in order.

    A CJK bigram says more than its two characters, so those are left out where a bigram holds them.
    """
    tokens = dict.fromkeys(search_tokens(text[:LONGEST_QUERY]))
    held = {c for t in tokens if len(t) == 2 and is_cjk(t) for c in t}
    return tuple(t for t in tokens if t not in held)


def _tokens(text: str) -> set[str]:
    return set(search_tokens(text[:LONGEST_QUERY]))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit of the full-text index, before it is ranked."""

    id: str
    label: str
    name: str


def rank(text: str, candidates: Iterable[Candidate]) -> list[tuple[str, float]]:
    """`(id, score)` of the candidates, best first.

    A name that is just what was asked for comes first, then names that hold it, then notes; within these by the
    cosine of the two sets of tokens (0..1), then by id.
    """
    whole = fold(text)
    wanted = len(_tokens(text)) or 1

    def order(candidate: Candidate) -> tuple[bool, bool, bool, float, str]:
        name = fold(candidate.name)
        score = min(1.0, wanted / max(len(_tokens(candidate.name)), 1)) ** 0.5
        return name != whole, candidate.label == Label.NOTE, whole not in name, -round(score, 4), candidate.id

    return [(key[4], -key[3]) for key in sorted(order(c) for c in {c.id: c for c in candidates}.values())]
