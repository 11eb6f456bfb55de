"""Whom an English sentence speaks of: the paper it stands under, the work before it, or something else."""

from __future__ import annotations

import re

from papergraph.extract.arguments import is_self
from papergraph.extract.cues import aside, clause
from papergraph.extract.state import Match, Mention, Sentence
from papergraph.folding import fold
from papergraph.lang import Lexicon

_ABOUT_ITSELF = re.compile(
    r"^(?:this|it|its|they|their|these|that|he|she|we|here|which|paper|method|approach|idea|basically|essentially|authors?|tl;dr:?"
    r"|the (?:\w+ ){0,2}(?:paper|work|method|approach|model|models|authors?|idea|ideas|system|algorithm|technique|architecture|network|framework|loss|goal|contribution|results?|findings?|conclusion|setup|setting|task|problem|motivation|formulation|trick|scheme|dataset|benchmark|post|section|design|construction|proof|argument|analysis|theorem|recipe|pipeline|protocol|story|claim|observation|intuition|experiments?|evaluation|theory|bound|objective|training|title|code|authors'?|main \w+|key \w+|whole \w+))\b",
    re.IGNORECASE,
)
_LEAD_WORDS = re.compile(
    r"^(?:[\W_]+|a|an|the|also|and|but|so|very|quite|rather|just|really|kind|sort|of|is|are|was|be|to|in|i|think|guess|believe|feels?|seems?|looks?|maybe|perhaps|probably|possibly|apparently|interestingly|basically|essentially|"
    r"somewhat|more|most|much|pretty|again|not|isn|t|n|this|it|on|other|hand|however|as|with|well|nice|cool|clear|natural|direct|simple|straightforward|another|yet|one|main|key|only|big|difference|difference|motivation|method|idea|paper|work|tries?|trying|aims?|claims?|tldr)+$",
    re.IGNORECASE,
)


_FIRST_WORD = re.compile(r"\A(?:the\s+)?([\w-]+?)(?:s|['’]s)?(?=[\s,(]).*", re.IGNORECASE | re.DOTALL)


def own_names(sentence: Sentence) -> frozenset[str]:
    """The short names of the paper that a sentence is about, folded: those given, and its title's initials."""
    if sentence.subject is None:
        return frozenset()
    title = re.split(r"[:：(]\s|\s[-–—]\s", sentence.subject.paper.title)[0]
    initials = "".join(w[0] for w in re.split(r"[\s-]+", title) if w and w[0].isalpha())
    return frozenset(fold(n) for n in (*sentence.subject.names, *((initials,) if len(initials) > 1 else ())))


_IN_MY_VIEW = re.compile(r"^(?:(?:to|in|for|at) (?:my|our|me|us)\b(?: (?:eye|eyes|view|opinion|mind|taste|understanding|reading|book))?|as far as i (?:can )?(?:see|tell|know|understand)|if i (?:read|understand|get) \w+(?: right(?:ly)?| correctly)?|frankly|honestly|imo|imho|afaict|afaik|iiuc)\W*", re.IGNORECASE)
"""How readers begin to say what they think."""


def speaks_of_itself(sentence: Sentence, match: Match, words: Lexicon) -> bool:
    """Whether an English cue's grammatical subject is the paper: named, meant by "this" or "they", or left out."""
    if sentence.language == "ja":
        return True
    text = sentence.block.text
    first, _ = clause(sentence, match.start, match.end, words)
    own = [m for m in sentence.mentions if m.end <= match.start and is_self(sentence, m)]
    called = own_names(sentence)
    for start in {first, aside(sentence, match.start), sentence.start}:
        lead = text[start : match.start].strip(" -–—*_>(\"“'")
        lead = re.sub(r"^\*{0,2}[\w ]{2,20}\*{0,2}:\s*", "", lead)
        lead = _IN_MY_VIEW.sub("", lead)
        if (
            not lead
            or _ABOUT_ITSELF.match(lead)
            or all(_LEAD_WORDS.match(w) for w in re.split(r"[\W_]+", lead) if w)
            or any(start <= m.start <= start + 12 for m in own)
            or (called and fold(_FIRST_WORD.sub(r"\1", lead)) in called)
        ):
            return True
    return False


_ITSELF = re.compile(
    r"\b(?:it|its|this|these|they|their|the (?:paper|work|method|authors?|approach|idea|model|algorithm|system))\b(?!\s+(?:is|was|are|were)\s+(?:these|this|the|that|those)\b)",
    re.IGNORECASE,
)
_LEAD_WORD = re.compile(r"[^\W_][\w’'-]*")
_FIRST_WORDS = 8
"""Words at a sentence's beginning among which it says "it", "this" or "the paper" when it goes on about a work."""


_ORIGIN = re.compile(r"\b(?:introduced|proposed|described|presented|defined|developed)\b", re.IGNORECASE)


def goes_on(sentence: Sentence, match: Match) -> bool:
    """Whether a sentence of running prose that names no work as its subject goes on about the work before it."""
    if sentence.language == "ja":
        return True
    if _ORIGIN.search(sentence.block.text[match.start : match.end]):
        # "It was introduced by …" tells where a thing comes from, not what the work does
        return False
    lead = sentence.block.text[sentence.start : match.start]
    if not lead.strip(" *_–—-"):
        # "In contrast to Biscuit it throws POSIX out"
        lead = sentence.block.text[match.end : sentence.end]
    first = [m.end() for m, _ in zip(_LEAD_WORD.finditer(lead), range(_FIRST_WORDS + 1), strict=False)]
    return bool(first) and _ITSELF.search(lead, 0, first[-1]) is not None and not re.search(r"\b(?:we|our|us|my)\b", sentence.text, re.IGNORECASE)


_TELLING = re.compile(r"(?:[A-Z].*){2}[a-z]?$|\d|-")
"""A name that is no common word: two capitals, a digit, a hyphen."""
_SHORT_LEAD = 6


def short_lead(sentence: Sentence, match: Match, target: Mention, words: Lexicon) -> bool:
    """Whether a few words without any name stand before a cue that names a telling one: "The code is a fork of HyperLevelDB"."""
    if target.kind != "name" or not _TELLING.search(target.concept or "") or (target.concept or "").endswith("s"):
        return False
    first, _ = clause(sentence, match.start, match.end, words)
    lead = sentence.block.text[first : match.start]
    return len(lead.split()) <= _SHORT_LEAD and not any(first <= m.start < match.start for m in sentence.mentions)
