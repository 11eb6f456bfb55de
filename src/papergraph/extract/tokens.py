"""Sentences → lines of tokens, in which what a sentence names is masked."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache

from papergraph.extract.state import Extraction, Mention, Sentence
from papergraph.lang.patterns import NAME, SELF, WORK, TokenLine, triggers
from papergraph.lang.tokens import tokenize
from papergraph.lang.words import Words

_MASK = {"position": WORK, "citation": WORK, "link": WORK, "title": WORK, "name": NAME, "self": SELF}


def mark_promising(state: Extraction) -> None:
    """Tell which sentences may hold a cue, without tokenizing: all later steps pass over the others."""
    for sentence in state.sentences:
        sentence.promising = (
            _may_relate(state, sentence) and _cue_triggers(state.words, sentence.language).search(sentence.text.casefold()) is not None
        )


@cache
def _cue_triggers(words: Words, language: str) -> re.Pattern[str]:
    return triggers(p for c in words.of(language).cues for p in c.patterns)


def _may_relate(state: Extraction, sentence: Sentence) -> bool:
    """Whether the gate could let anything through: an abstract's words, where the legend tells them apart, need a work beside them."""
    if sentence.own or not state.legend.brackets:
        return True
    return any(m.is_work for m in sentence.mentions) or any(
        word in sentence.text for words in state.words.all() for word in words.paper_nouns
    )


def token_line(sentence: Sentence, *, masked: bool = True) -> TokenLine:
    """The sentence's tokens, places counted in its block; each mention with a mask is one token."""
    if sentence.tokens is None:
        tokens = tokenize(sentence.block.text, sentence.language, sentence.start, sentence.end)
        sentence.tokens = TokenLine([t.key for t in tokens], [t.start for t in tokens], [t.end for t in tokens])
    line = sentence.tokens
    hidden: list[tuple[int, int, str]] = sorted((m.start, m.end, _MASK[m.kind]) for m in sentence.mentions if _hides(m)) if masked else []
    if not hidden:
        return line
    keys: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for start, end, mask in hidden:
        first, last = bisect_right(line.ends, start, at), bisect_left(line.starts, end, at)
        if first >= last:
            continue
        keys += line.keys[at:first]
        starts += line.starts[at:first]
        ends += line.ends[at:first]
        if not (keys and starts[-1] == start and keys[-1] == mask):
            keys.append(mask)
            starts.append(start)
            ends.append(end)
        at = last
    return TokenLine(keys + line.keys[at:], starts + line.starts[at:], ends + line.ends[at:])


def _hides(mention: Mention) -> bool:
    return not mention.bare and mention.kind in _MASK and mention.end > mention.start
