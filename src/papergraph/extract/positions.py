"""Words that point: 上の論文, "the previous paper", "yesterday's", これ, "this paper", この二つ."""

from __future__ import annotations

import re
from functools import cache

from papergraph.extract.mentions import referred
from papergraph.extract.state import Entry, Extraction, Mention, Sentence, taken
from papergraph.extract.tokens import token_line
from papergraph.lang.patterns import Index, compile_patterns, index_patterns, triggers
from papergraph.lang.words import Words


@cache
def _rules(words: Words, language: str) -> tuple[re.Pattern[str], Index, tuple[tuple[re.Pattern[str], str], ...]]:
    positions = words.of(language).positions
    return (
        triggers(p for x in positions for p in x.patterns),
        index_patterns([x.patterns for x in positions]),
        tuple((compile_patterns(x.patterns), x.where) for x in positions),
    )


def find_positions(state: Extraction) -> None:
    """The entry before or after, the paper itself, or the paper of another day, where words point to them.

    A name right behind the words ("the previous work [MPDM](…)") says better what is meant, so they are passed over.
    """
    entries = [e for e in state.entries if not e.cited]
    order = {id(e): n for n, e in enumerate(entries)}
    for n, sentence in enumerate(state.sentences):
        if not sentence.promising:
            continue
        maybe, index, rules = _rules(state.words, sentence.language)
        if not maybe.search(sentence.text.casefold()):
            continue
        line = token_line(sentence)
        possible = [rules[r] for r in sorted(index.possible(line.keys))]
        hits = [(line.starts[a], line.ends[b - 1], where) for pattern, where in possible for a, b in line.find(pattern)]
        for start, end, where in sorted(hits, key=lambda h: h[0] - h[1]):
            if taken(sentence, start, end) or (where != "self" and _named(sentence, end)):
                continue
            if where == "self" and sentence.block.text.startswith("ら", end):
                # これら are others
                continue
            if where == "self":
                sentence.mentions.append(Mention(start, end, "self", 1.0))
                continue
            if where == "that":
                last = _last_named(state, n, start)
                if last is not None:
                    sentence.mentions.append(Mention(start, end, "position", 0.8, last.paper, last.concept))
                continue
            sentence.mentions += [
                Mention(start, end, "position", certainty, paper) for paper, certainty in _pointed(state, sentence, entries, order, where)
            ]


def _last_named(state: Extraction, n: int, start: int) -> Mention | None:
    """What was named last before character `start` of sentence `n`, in it or in the two before it that are about the same paper."""
    sentence = state.sentences[n]
    for before in reversed(state.sentences[max(n - 2, 0) : n + 1]):
        if before.subject is not sentence.subject:
            break
        named = [
            m
            for m in before.mentions
            if m.kind not in ("self", "position")
            and (before is not sentence or m.end <= start)
            and (m.paper is None or sentence.subject is None or m.paper.id != sentence.subject.paper.id)
        ]
        if named:
            return max(named, key=lambda m: (m.paper is not None, m.end))
    return None


def _named(sentence: Sentence, end: int) -> bool:
    return any(
        end <= m.start <= end + 3 and not sentence.block.text[end : m.start].strip(' *"“(「『,:、：')
        for m in sentence.mentions
        if m.is_work
    )


def _pointed(state: Extraction, sentence: Sentence, entries: list[Entry], order: dict[int, int], where: str):  # type: ignore[no-untyped-def]
    """`(paper, certainty)` of what the words point to; several where they say "both"."""
    if where in ("previous", "next"):
        target = _neighbour(sentence, entries, order, 1 if where == "next" else -1)
        if target is not None:
            return [(target.paper, 0.95)]
    if where == "two":
        n = (
            order.get(id(sentence.subject), -1)
            if sentence.subject is not None
            else len([e for e in entries if (e.paper.line or 0) < sentence.block.line])
        )
        return [(e.paper, 0.9) for e in entries[max(n - 2, 0) : n]]
    if where == "both":
        if sentence.subject is None and len(entries) >= 2:
            before = [e for e in entries if (e.paper.line or 0) < sentence.block.line]
            return [(e.paper, 0.85) for e in before[-2:]] if len(before) >= 2 else []
        target = _neighbour(sentence, entries, order, -1)
        return [(target.paper, 0.8)] if target is not None else []
    if sentence.subject is state.owner and state.owner is not None:
        # a file a paper: the files of other days
        dated = state.catalogue.by_date(state.document.front.date, where)
        if dated is not None:
            return [(referred(state, dated, "", sentence), 0.9)]
    return []


def _neighbour(sentence: Sentence, entries: list[Entry], order: dict[int, int], step: int) -> Entry | None:
    if sentence.subject is None or id(sentence.subject) not in order:
        return None
    n = order[id(sentence.subject)] + step
    return entries[n] if 0 <= n < len(entries) else None
