"""The arguments of a cue: what it is said of, what does it, and what is listed with them."""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.attribution import is_venue
from papergraph.extract.centres import TOPIC
from papergraph.extract.cues import clause
from papergraph.extract.names import phrase_after
from papergraph.extract.state import Match, Mention, Sentence
from papergraph.folding import fold
from papergraph.lang import Lexicon
from papergraph.model import Paper

RANK = {"position": 0, "citation": 1, "link": 1, "title": 1, "name": 2, "concept": 3, "phrase": 4}
_ADJACENT = 3
_JOINING = ("と", "に", "の", "を", "から", "も", "って", "みたい", "っぽい", "的", "?", "？", "が", "は", "で")
_LIST = frozenset(
    (",", "and", ", and", "&", "、", "や", "と", "or", "/", "・", ";", "および", "及び", "and the", "as well as", "とか", "、および")
)
_ANAPHORS, _FAR = ("その", "それ"), 40
"""Words that take up the name before them, and within how many characters."""
_PARENTHESIS = re.compile(r"\s*[(（][^()（）]{0,60}[)）]")
_ARGUMENT = re.compile(
    r"[\s」』）)\]”\"*_'`]*(?:\s*[(（\[][^()（）\[\]]{0,80}[)）\]])?(?:系|など|等|ら|たち|的な|流|型)*"
    r"(?:\s?という[^をがはにとでもへ、。「」\s]{1,10}|\s?といった[^をがはにとで、。]{1,8})?"
    r"(?:(?:における|での|の)[^をがはにとでへも、。「」\s]{1,14}){0,2}[\s」』）)]*"
)
"""What a Japanese argument goes on with before its particle: AutoFlow という手法の訓練(を), MIXUP (https://…)(は)."""
_CLOSING = " 」』)）]\"”*_'"


def same(a: Mention, b: Mention) -> bool:
    """Whether two mentions name one paper, or one concept."""
    return (a.paper.id if a.paper else fold(a.concept or "")) == (b.paper.id if b.paper else fold(b.concept or ""))


def is_self(sentence: Sentence, mention: Mention) -> bool:
    """Whether a mention means the paper that the sentence stands under."""
    return mention.kind == "self" or (
        mention.paper is not None and sentence.subject is not None and mention.paper.id == sentence.subject.paper.id
    )


def object_of(sentence: Sentence, match: Match, words: Lexicon, needs: tuple[str, ...]) -> Mention | None:
    """What the cue is said of: the nearest, surest mention on its side; the paper itself counts where it stands right there."""
    cue = match.cue
    side = cue.target or words.target
    reach = cue.reach or words.reach
    text = sentence.block.text
    japanese = sentence.language == "ja"
    first, last = clause(sentence, match.start, match.end, words)
    best: tuple[tuple[bool, float], Mention] | None = None
    lead = sentence.lead
    for mention in sentence.mentions:
        if mention.kind == "venue":
            continue
        if mention is lead:
            continue
        own = is_self(sentence, mention)
        if own and japanese and mention.end <= match.start and TOPIC.match(text[mention.end : mention.end + 80]):
            # この論文では, 本手法は: what the sentence is about, not what the cue is said of
            continue
        if not own and needs and mention.kind not in needs:
            continue
        inside = match.start <= mention.start and mention.end <= match.end
        before = mention.end <= match.start
        if not before and not inside and mention.start < match.end and not mention.bare and mention.kind in ("name", "concept"):
            continue
        if inside:
            before = side == "before"
        if (side == "before" and not before) or (side == "after" and before):
            continue
        tail = _tail(text, mention.end, match, japanese) if before else mention.end
        gap = (
            0
            if inside or mention.bare
            else _gap(text, min(tail, match.start), match.start, japanese)
            if before
            else _gap(text, match.end, mention.start, japanese)
        )
        work = mention.is_work or mention.kind == "link"
        allowed = 2 if own else reach * (3 if mention.kind in ("position", "title") and before else 2 if work else 1)
        if own and japanese:
            allowed = 4
        outside = not inside and (mention.end <= first or mention.start >= last)
        anaphor = japanese and before and text.startswith(_ANAPHORS, match.start)
        if anaphor:
            allowed = _FAR
        elif japanese and before and not inside and not _joined(text, tail, match, cue.after if cue.after else () if work else _JOINING):
            continue
        if gap > allowed or (outside and not anaphor and (own or not work)):
            continue
        # a work that the sentence names is meant before a concept, unless the concept stands right at the cue
        near = work or own or gap <= _ADJACENT
        cost = (
            RANK.get(mention.kind, 0) * reach / 2
            + gap
            + (reach / 2 if (side == "either" and before != (words.target == "before")) else 0)
            + (reach if outside else 0)
        )
        if best is None or (not near, cost) < best[0]:
            best = (not near, cost), mention if not own else replace(mention, kind="self")
    if best is not None:
        return best[1]
    if cue.phrase and not japanese and side != "before" and (not needs or "phrase" in needs):
        return phrase_after(sentence, match, words)
    return None


def _tail(text: str, end: int, match: Match, japanese: bool) -> int:  # noqa: FBT001
    """The end of a mention with what explains it: "MIXUP (https://…)", AutoFlow という手法の訓練."""
    found = (_ARGUMENT if japanese else _PARENTHESIS).match(text, end)
    return min(found.end(), match.start) if found and match.start >= end else end


def _joined(text: str, end: int, match: Match, particles: tuple[str, ...]) -> bool:
    if not particles or end >= match.start:
        return True
    rest = text[end : end + 16].lstrip(_CLOSING)
    return any(rest.startswith(p) for p in particles) or text[match.start : match.start + 8].startswith(particles)


def _gap(text: str, start: int, end: int, japanese: bool) -> int:  # noqa: FBT001
    """Distance between two ends: characters in Japanese, words in English."""
    between = text[start:end]
    return len(between) if japanese else len(between.split())


_OPENING = re.compile(
    r"^[\W_]*(?:(?:the|a|an|recent|later|more|work|works|paper|papers|both|also|and|but|so|recently|then|here|however|e\.g\.|in addition|interestingly|note that|actually|of course|as|well|new|newer|followup|follow-up|this|another|one|other|such)[\s,]+){0,5}[\W_]*$",
    re.IGNORECASE,
)


def actor_of(sentence: Sentence, match: Match, target: Mention | None, words: Lexicon) -> Mention | None:
    """The other work that is the sentence's subject ("Recent work GIFD extends …", "PaintsChainer は…"), if it has one."""
    text = sentence.block.text
    first, _ = clause(sentence, match.start, match.end, words)
    lead = sentence.lead
    if lead is not None and target is not None and target.is_work and target.kind != "self" and not is_self(sentence, lead):
        return lead
    for mention in sorted(sentence.mentions, key=lambda m: m.start):
        if (
            mention.end > match.start
            or mention.paper is None
            or mention is target
            or mention.kind == "position"
            or is_self(sentence, mention)
        ):
            continue
        if target is not None and same(mention, target):
            continue
        if sentence.language == "ja":
            if (
                TOPIC.match(text[mention.end : mention.end + 80])
                and mention.start - sentence.start <= _EARLY
                and (target is None or mention.end <= target.start or target.start >= match.end)
            ):
                return mention
        elif any(_OPENING.match(_unnamed(sentence, start, mention.start)) for start in (sentence.start, first)):
            between = text[mention.end : match.start]
            if (
                len(between.split()) <= _VERB_REACH
                and not _NO_VERB.search(between)
                and not re.search(r"[.;:!?]\s|\)\s*[:–—-]\s|^\s*[:–—-]\s", between)
            ):
                return mention
    return None


_LEAD_MARK = re.compile(r"\s*(?:[:：]|[–—-]+\s)")


def lead_of(sentence: Sentence) -> Mention | None:
    """The work that an item begins with, before a colon or a dash: what follows is said of it ("- [[gvin]]: VIN but with graphs")."""
    if sentence.block.text[: sentence.start].strip():
        return None
    first = min((m for m in sentence.mentions if m.paper is not None and not m.bare and m.kind != "position"), key=lambda m: (m.start, -m.end), default=None)
    if first is None or sentence.block.text[: first.start].strip(" *_[「『\"“"):
        return None
    return first if _LEAD_MARK.match(sentence.block.text, first.end) else None


def _unnamed(sentence: Sentence, start: int, end: int) -> str:
    """The text without what it names: "Both GIAS and ", before GIFD."""
    out, at = [], start
    for mention in sorted((m for m in sentence.mentions if start <= m.start and m.end <= end), key=lambda m: m.start):
        out.append(sentence.block.text[at : mention.start])
        at = max(at, mention.end)
    return "".join((*out, sentence.block.text[at:end]))


_NO_VERB = re.compile(r"^\W*(?:,|and|but|so|we|in|on|for|at|by|from|with|to)\b|,\s*(?:we|i)\b", re.IGNORECASE)
_EARLY = 24
"""Characters within which a Japanese sentence's topic stands."""
_VERB_REACH, VERB_NEAR = 8, 2
"""Words between an English subject and the cue; those that an adverb or a modal verb takes."""


def beside(sentence: Sentence, match: Match, words: Lexicon) -> Mention | None:
    """The work right before an English cue without object of its own, or the one that its item begins with."""
    text = sentence.block.text
    if words.target != "after":
        # "X ってこれと同じ?"
        near = [
            m
            for m in sentence.mentions
            if m.paper is not None and m.end <= match.start and match.start - m.end <= _EARLY // 2 and not is_self(sentence, m)
        ]
        return max(near, key=lambda m: m.end, default=None)
    works = [
        m for m in sentence.mentions if m.paper is not None and m.end <= match.start and m.kind != "position" and not is_self(sentence, m)
    ]
    for mention in sorted(works, key=lambda m: -m.end):
        between = text[mention.end : match.start]
        if len(between.split()) <= _ADJACENT:
            return mention
        if not text[: mention.start].strip(" -*•[(") and len(between.split()) <= _LEAD_REACH:
            return mention
    return None


_LEAD_REACH = 14
"""Words between the work that an item begins with and a cue that speaks of it."""


def behind(sentence: Sentence, match: Match) -> Mention | None:
    """The work behind a cue that is said of the paper itself: この手法の改良版: X."""
    works = [m for m in sentence.mentions if m.paper is not None and m.start >= match.end and not is_self(sentence, m)]
    near = min(works, key=lambda m: m.start, default=None)
    return near if near is not None and near.start - match.end <= _EARLY else None


def opposite(sentence: Sentence, match: Match, target: Mention) -> Paper | None:
    """The work on the cue's other side, where the sentence stands under no paper."""
    others = [
        m
        for m in sentence.mentions
        if m.paper is not None and not same(m, target) and (m.end <= match.start) != (target.end <= match.start)
    ]
    near = min(others, key=lambda m: abs(m.start - match.start), default=None)
    return near.paper if near else None


def listed_with(sentence: Sentence, target: Mention) -> list[Mention]:
    """As in "A, B and C", A や B: what is joined to the target by commas and "and" is meant as well."""
    if target.kind in ("phrase", "concept"):
        return []
    if target.kind == "position":
        # 上の二つ points to two works with the same words
        return [
            m
            for m in sentence.mentions
            if m.kind == "position" and m.start == target.start and not same(m, target) and not is_self(sentence, m)
        ]
    text = sentence.block.text
    ordered = sorted((m for m in sentence.mentions if m.kind != "self" and (m.is_work or (m.kind == "name" and not is_venue(m.concept or "")) or not target.is_work)), key=lambda m: (m.start, not m.is_work))
    out: list[Mention] = []
    for step in (1, -1):
        last = target
        for mention in ordered if step > 0 else reversed(ordered):
            if (step > 0 and mention.start < last.end) or (step < 0 and mention.end > last.start):
                continue
            between = text[last.end : mention.start] if step > 0 else text[mention.end : last.start]
            if between.strip(" ()[]（）").casefold() not in _LIST and not (
                between.strip(" ()[]") == "" and mention.kind in ("citation", "link") and last.kind == mention.kind
            ):
                break
            last = mention
            if mention.kind in ("phrase", "concept"):
                break
            if not is_self(sentence, mention) and not same(mention, target) and not any(same(mention, m) for m in out):
                out.append(mention)
    return out
