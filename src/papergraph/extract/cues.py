"""Relation cues in sentences, and the hedges and negations that bear on them."""

from __future__ import annotations

import re
from functools import cache

from papergraph.extract.state import Extraction, Match, Sentence
from papergraph.lang import LANGUAGES, Cue, Lexicon, Wording, lexicon
from papergraph.lang.patterns import matcher, triggers
from papergraph.lang.tokens import tokenize
from papergraph.vocabulary import Kind

Rules = tuple[tuple[str, tuple[str, ...]], ...]


@cache
def _cue_rules(language: str) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], Cue], ...]]:
    """What tells that a sentence may hold any cue, and for each cue what tells that it may hold that one."""
    cues = lexicon(language).cues
    return triggers(p for c in cues for p in c.patterns), tuple((triggers(c.patterns), c) for c in cues)


@cache
def _wording_rules(language: str, field: str) -> tuple[Rules, tuple[Wording, ...]]:
    wordings: tuple[Wording, ...] = getattr(lexicon(language), field)
    return tuple((str(n), w.patterns) for n, w in enumerate(wordings)), wordings


def match_cues(state: Extraction) -> None:
    """Find the cues of each sentence, by spaCy's Matcher, the longest first, then the weightiest; the gate takes the first of overlapping ones that has a target."""
    for language in LANGUAGES:
        maybe, cues = _cue_rules(language)
        for sentence in state.sentences:
            folded = sentence.text.casefold()
            if sentence.language != language or not _may_relate(state, sentence) or not maybe.search(folded):
                continue
            likely = [cue for trigger, cue in cues if trigger.search(folded)]
            doc = tokenize(sentence.text, language)
            hits = []
            for cue in likely:
                if cue.needs == ("next",) and id(sentence.block) not in state.next_cited:
                    continue
                for _, a, b in matcher(language, ((cue.name, cue.patterns),))(doc):
                    around = doc[max(a - 8, 0) : min(b + 8, len(doc))].text.casefold()
                    if not any(w in around for w in cue.blocked_by):
                        span = doc[a:b]
                        hits.append(Match(cue, sentence.start + span.start_char, sentence.start + span.end_char))
            sentence.matches = sorted(hits, key=lambda h: (h.start - h.end, -h.cue.weight, h.start, h.cue.name))


def _may_relate(state: Extraction, sentence: Sentence) -> bool:
    """Whether the gate could let anything through: an abstract's words, where the legend tells them apart, need a work beside them."""
    if sentence.own or not state.legend.brackets:
        return True
    return any(m.is_work for m in sentence.mentions) or any(word in sentence.text for word in ("論文", "手法", "研究", "paper"))


def clause(sentence: Sentence, start: int, end: int, words: Lexicon) -> tuple[int, int]:
    """The clause around characters `start:end` of the block, bounded by the language's clause ends."""
    text = sentence.block.text
    first = max((text.rfind(w, sentence.start, start) + len(w) for w in words.clause_ends if text.rfind(w, sentence.start, start) >= 0), default=sentence.start)
    last = min((text.find(w, end, sentence.end) for w in words.clause_ends if text.find(w, end, sentence.end) >= 0), default=sentence.end)
    return first, last


def weigh_hedges(state: Extraction) -> None:
    """Mark sentences and cues that a hedge or a negation in their clause bears on; drop cues that are denied.

    A hedge to the left of a target in Japanese belongs to the target, so hedges are looked for from the cue to the
    clause's end, but for the few that stand before it.
    """
    for language in LANGUAGES:
        words = lexicon(language)
        for field in ("hedges", "negations"):
            rules, wordings = _wording_rules(language, field)
            if not rules:
                continue
            maybe = triggers(p for _, patterns in rules for p in patterns)
            match = matcher(language, rules)
            for sentence in state.sentences:
                if sentence.language != language or not (sentence.own or sentence.matches) or not maybe.search(sentence.text.casefold()):
                    continue
                doc = tokenize(sentence.text, language)
                for rule, a, b in match(doc):
                    span = doc[a:b]
                    wording = wordings[int(doc.vocab.strings[rule])]
                    start, end = sentence.start + span.start_char, sentence.start + span.end_char
                    if field == "hedges":
                        sentence.hedged = True
                    for found in sentence.matches:
                        if not _bears_on(sentence, found, start, end, wording, words):
                            continue
                        if field == "hedges":
                            found.hedged = True
                        else:
                            found.negated = True
    for sentence in state.sentences:
        if sentence.text.rstrip("」』)） ").endswith(("?", "？")):
            sentence.hedged = True
            for found in sentence.matches:
                found.hedged = True
        sentence.matches = [m for m in sentence.matches if not m.negated]


def _bears_on(sentence: Sentence, found: Match, start: int, end: int, wording: Wording, words: Lexicon) -> bool:
    if found.start <= start and end <= found.end:
        # a pattern that holds its own negation means it ("not the same as")
        return False
    if wording.scope == "after" and start < found.start:
        return False
    if wording.scope == "before" and start > found.start:
        return False
    first, last = clause(sentence, found.start, found.end, words)
    return first <= start and end <= last


def tell_kinds(state: Extraction) -> None:
    """What sort of remark each of the reader's sentences is: recollection, status, question or opinion."""
    for language in LANGUAGES:
        rules, wordings = _wording_rules(language, "voices")
        match = matcher(language, rules)
        maybe = triggers(p for _, patterns in rules for p in patterns)
        for sentence in state.sentences:
            if sentence.language != language or not sentence.own:
                continue
            kinds = set()
            if maybe.search(sentence.text.casefold()):
                doc = tokenize(sentence.text, language)
                kinds = {wordings[int(doc.vocab.strings[rule])].kind for rule, _, _ in match(doc)}
            question = sentence.text.rstrip("」』)） ").endswith(("?", "？", "か", "か。"))
            sentence.kind = next((k for k in (Kind.RECOLLECTION, Kind.STATUS) if k in kinds), Kind.QUESTION if question else Kind.OPINION)
