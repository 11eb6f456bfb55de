"""Relation cues in sentences, and the hedges and negations that bear on them."""

from __future__ import annotations

import re
from functools import cache

from papergraph.extract.state import Extraction, Match, Sentence, Verdict
from papergraph.extract.tokens import token_line
from papergraph.lang import Cue, Lexicon, Wording
from papergraph.lang.patterns import Index, TokenLine, compile_patterns, index_patterns, triggers
from papergraph.lang.words import Words
from papergraph.vocabulary import Kind

_MOST = 40
"""Cues of one sentence that are looked at; no sentence that a reader writes has as many."""
_AROUND = 8
"""Tokens on either side of a cue in which a blocking word makes it no relation."""


@cache
def _cues(words: Words, language: str) -> tuple[tuple[re.Pattern[str], re.Pattern[str], Cue], ...]:
    """For each cue what tells that a text may hold it, and what finds it in a line of tokens."""
    return tuple((triggers(c.patterns), compile_patterns(c.patterns), c) for c in words.of(language).cues)


@cache
def _index(words: Words, language: str) -> Index:
    return index_patterns([c.patterns for c in words.of(language).cues])


@cache
def _wordings(words: Words, language: str, field: str) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], Wording], ...]]:
    wordings: tuple[Wording, ...] = getattr(words.of(language), field)
    return triggers(p for w in wordings for p in w.patterns), tuple((compile_patterns(w.patterns), w) for w in wordings)


def match_cues(state: Extraction) -> None:
    """Find the cues of each sentence, the longest first, then the weightiest; the gate takes the first of overlapping ones that has a target."""
    for sentence in state.sentences:
        if not sentence.promising:
            continue
        line = token_line(sentence)
        folded = sentence.text.casefold()
        hits: list[Match] = []
        cues = _cues(state.words, sentence.language)
        for n in sorted(_index(state.words, sentence.language).possible(line.keys)):
            maybe, pattern, cue = cues[n]
            if not maybe.search(folded):
                continue
            if cue.needs == ("next",) and id(sentence.block) not in state.next_cited:
                continue
            for a, b in line.find(pattern):
                hit = Match(cue, line.starts[a], line.ends[b - 1])
                word = _blocked(state, sentence, line, a, b, cue)
                if word:
                    sentence.verdicts.append(Verdict(_rule(sentence, cue), hit.start, hit.end, f"stopped: {word!r} stands beside the cue"))
                else:
                    hits.append(hit)
        sentence.matches = sorted(hits, key=lambda h: (not h.cue.own, h.start - h.end, -h.cue.weight, h.start, h.cue.name))[:_MOST]


def _blocked(state: Extraction, sentence: Sentence, line: TokenLine, a: int, b: int, cue: Cue) -> str | None:
    """The word that makes the cue at tokens `a:b` no relation, if one does."""
    text = sentence.block.text
    around = text[line.starts[max(a - _AROUND, 0)] : line.ends[min(b + _AROUND, len(line.ends)) - 1]].casefold()
    found = next((w for w in cue.blocked_by if w in around), None)
    if found is None and cue.scores:
        near = text[line.starts[max(a - cue.scores, 0)] : line.ends[min(b + cue.scores, len(line.ends)) - 1]].casefold()
        found = next((w for w in state.words.of(sentence.language).scores if w in near), None)
    return found


def _rule(sentence: Sentence, cue: Cue) -> str:
    return f"{sentence.language}:{cue.name}"


def clause(sentence: Sentence, start: int, end: int, words: Lexicon) -> tuple[int, int]:
    """The clause around characters `start:end` of the block, bounded by the language's clause ends."""
    text = sentence.block.text
    first = max((at + len(w) for w in words.clause_ends if (at := text.rfind(w, sentence.start, start)) >= 0), default=sentence.start)
    last = min((at for w in words.clause_ends if (at := text.find(w, end, sentence.end)) >= 0), default=sentence.end)
    return first, last


def aside(sentence: Sentence, at: int) -> int:
    """Where the aside begins that stands at `at`: behind the bracket before it that is not closed; the sentence's beginning elsewhere."""
    text = sentence.block.text
    opened = max(text.rfind(mark, sentence.start, at) for mark in "(（")
    closed = max(text.rfind(mark, sentence.start, at) for mark in ")）")
    return opened + 1 if opened > closed else sentence.start


def weigh_hedges(state: Extraction) -> None:
    """Mark sentences and cues that a hedge or a negation in their clause bears on; drop cues that are denied.

    A hedge to the left of a target in Japanese belongs to the target, so hedges are looked for from the cue to the
    clause's end, but for the few that stand before it.
    """
    for sentence in state.sentences:
        if not (sentence.own or sentence.matches):
            continue
        words = state.words.of(sentence.language)
        folded = sentence.text.casefold()
        line: TokenLine | None = None
        for field in ("hedges", "negations"):
            maybe, wordings = _wordings(state.words, sentence.language, field)
            if not maybe.search(folded):
                continue
            line = line or token_line(sentence)
            for pattern, wording in wordings:
                for a, b in line.find(pattern):
                    _apply(sentence, field, wording, line.starts[a], line.ends[b - 1], words)
        if sentence.text.rstrip("」』)） ").endswith(("?", "？")):
            sentence.hedged = True
            for found in sentence.matches:
                found.hedged = True
        for found in sentence.matches:
            if found.negated:
                sentence.verdicts.append(Verdict(_rule(sentence, found.cue), found.start, found.end, "stopped: the sentence denies it"))
        sentence.matches = [m for m in sentence.matches if not m.negated]


def _apply(sentence: Sentence, field: str, wording: Wording, start: int, end: int, words: Lexicon) -> None:
    if field == "hedges":
        sentence.hedged = True
    for found in sentence.matches:
        if not _bears_on(sentence, found, start, end, wording, words):
            continue
        if field == "hedges":
            found.hedged = True
        else:
            found.negated = True


def _bears_on(sentence: Sentence, found: Match, start: int, end: int, wording: Wording, words: Lexicon) -> bool:
    if found.start <= start and end <= found.end:
        # a pattern that holds its own negation means it ("not the same as")
        return False
    if wording.scope == "after" and start < found.start:
        return False
    if wording.scope == "before" and start > found.start:
        return False
    if wording.reach:
        between = sentence.block.text[found.end : start] if start >= found.end else sentence.block.text[end : found.start]
        distance = len(between) if sentence.language == "ja" else len(between.split())
        if distance > wording.reach:
            return False
    first, last = clause(sentence, found.start, found.end, words)
    return max(first, aside(sentence, found.start)) <= start and end <= last


def tell_kinds(state: Extraction) -> None:
    """What sort of remark each of the reader's sentences is: recollection, status, question or opinion."""
    for sentence in state.sentences:
        if not sentence.own:
            continue
        maybe, wordings = _wordings(state.words, sentence.language, "voices")
        kinds = set()
        if maybe.search(sentence.text.casefold()):
            line = token_line(sentence, masked=False)
            kinds = {w.kind for pattern, w in wordings if line.find(pattern)}
        question = sentence.text.rstrip("」』)） ").endswith(("?", "？", "か", "か。"))
        sentence.kind = next((k for k in (Kind.RECOLLECTION, Kind.STATUS) if k in kinds), Kind.QUESTION if question else Kind.OPINION)
