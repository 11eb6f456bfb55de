"""The target gate: a cue becomes a relation only if its target is a position, a citation, a link, a known paper or a named concept.

Each cue ends in a `Verdict`: the relation it states, or the gate that stopped it. `papergraph explain` shows them.
"""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.attribution import is_venue
from papergraph.extract.centres import TOPIC, Centres, centre_of
from papergraph.extract.confidence import Signals
from papergraph.extract.cues import aside, clause
from papergraph.extract.names import phrase_after
from papergraph.extract.state import Extraction, Found, Match, Mention, Sentence, Verdict
from papergraph.folding import fold
from papergraph.lang import Lexicon
from papergraph.model import Paper
from papergraph.vocabulary import Kind

_RANK = {"position": 0, "citation": 1, "link": 1, "title": 1, "name": 2, "concept": 3, "phrase": 4}
_AGREE, _OPPOSE = frozenset(("SUPPORTS", "CONSISTENT_WITH", "EQUIVALENT_TO")), frozenset(("CONTRADICTS", "DIFFERS_FROM"))
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


def gate_targets(state: Extraction) -> None:
    """Give each cue its target, or stop it; make relations of those that keep one."""
    centres = Centres(state)
    for sentence in state.sentences:
        words = state.words.of(sentence.language)
        used: list[Match] = []
        sentence.assumed = centres.assume(sentence)
        sentence.lead = _lead(sentence) if sentence.matches else None
        for match in sentence.matches:
            if any(m.start < match.end and match.start < m.end for m in used):
                continue
            found = _resolve(state, sentence, match, words)
            if not isinstance(found, str):
                found = [f for f in found if f.target.paper is None or f.target.paper.id != f.source.id] or "it names only the paper itself"
            rule = f"{sentence.language}:{match.cue.name}"
            if isinstance(found, str):
                sentence.verdicts.append(Verdict(rule, match.start, match.end, f"stopped: {found}"))
                continue
            used.append(match)
            for relation in found:
                told = {f.type for f in sentence.relations if f.source.id == relation.source.id and _same(f.target, relation.target)}
                if relation.type in told:
                    continue
                if relation.type in _AGREE and told & _OPPOSE:
                    # what contradicts a proof does not support it
                    continue
                if relation.type in _OPPOSE and told & _AGREE:
                    sentence.relations = [f for f in sentence.relations if not (f.type in _AGREE and f.source.id == relation.source.id and _same(f.target, relation.target))]
                sentence.relations.append(relation)
                sentence.verdicts.append(Verdict(rule, match.start, match.end, "states a relation", relation))
        centres.pass_by(sentence)
        if sentence.relations and sentence.own:
            sentence.kind = Kind.RELATION


def _resolve(state: Extraction, sentence: Sentence, match: Match, words: Lexicon) -> list[Found] | str:
    """The relations that the cue states, or why it states none."""
    cue = match.cue
    subject = sentence.subject.paper if sentence.subject is not None else sentence.assumed
    if "next" in cue.needs:
        cited = state.next_cited[id(sentence.block)].paper
        if subject is None or cited.id == subject.id:
            return "there is no paper that it could be about"
        return [_found(state, sentence, match, subject, Mention(match.start, match.end, "citation", 0.95, cited))]
    target = _object(sentence, match, words, cue.needs)
    actor = _actor(sentence, match, target, words)
    if target is None and actor is not None and sentence.language == "en" and len(sentence.block.text[actor.end : match.start].split()) <= _VERB_NEAR:
        # "GIFD uses GAN": where a work is the subject, a name will do as the object
        target = _object(sentence, match, words, ("name",))
    if target is not None and target.kind == "self":
        # "GIFD extends this method", "[X] (an improvement upon this paper)": the other work is the one that does it
        actor = actor or _beside(sentence, match, words) or _behind(sentence, match)
        if actor is None or subject is None:
            return "it speaks of the paper itself, and no other work is named"
        return [_found(state, sentence, match, subject, m, turned=True) for m in (actor, *listed_with(sentence, actor))]
    if target is None:
        other = (
            _beside(sentence, match, words)
            if sentence.subject is not None and (not cue.needs or _RANK["title"] == _rank_needed(cue.needs))
            else None
        )
        if other is not None and subject is not None and cue.target is None and words.target == "after":
            # "([key] exploits the same observation.)", "- [X] - a very similar paper"
            return [_found(state, sentence, match, subject, m, turned=True) for m in (other, *listed_with(sentence, other))]
        return _why_none(sentence, match, words)
    if state.legend.brackets and not sentence.own and not target.is_work:
        return "by the legend these are not the reader's words, and what they name is no work"
    if (
        target.kind in ("phrase", "name", "concept")
        and actor is None
        and not _speaks_of_itself(sentence, match, words)
        and not _short_lead(sentence, match, target, words)
    ):
        return "its subject is something other than the paper, and what it names is no work"
    targets = [target, *listed_with(sentence, target)]
    if actor is not None and not any(_same(actor, t) for t in targets):
        actors = [a.paper for a in (actor, *listed_with(sentence, actor)) if a.paper is not None]
    elif sentence.subject is not None:
        actors = [sentence.subject.paper]
    elif sentence.language == "ja" and (own := centre_of(sentence)) is not None and not any(t.paper is not None and t.paper.id == own.id for t in targets):
        actors = [own]
    elif subject is not None and _goes_on(sentence, match):
        actors = [subject]
    else:
        source = _opposite(sentence, match, target) if sentence.language == "ja" else None
        if source is None:
            return "it stands under no paper, and names none that it could be about"
        actors = [source]
    return [_found(state, sentence, match, a, t) for a in actors for t in targets]


def _found(state: Extraction, sentence: Sentence, match: Match, source: Paper, target: Mention, *, turned: bool = False) -> Found:
    cue = match.cue
    signals = Signals(
        "cue",
        target.kind,
        cue.weight,
        target.certainty,
        foreign=not turned and not _speaks_of_itself(sentence, match, state.words.of(sentence.language)),
        apart=sentence.subject is None,
        summary=bool(state.legend.brackets) and not sentence.own,
        hedged=match.hedged,
    )
    return Found(cue.type, source, target, signals, f"{sentence.language}:{cue.name}", backward=(cue.direction == "backward") != turned)


def _rank_needed(needs: tuple[str, ...]) -> int:
    return min(_RANK.get(n, 9) for n in needs if n != "position") if any(n != "position" for n in needs) else 9


def _same(a: Mention, b: Mention) -> bool:
    return (a.paper.id if a.paper else fold(a.concept or "")) == (b.paper.id if b.paper else fold(b.concept or ""))


def _is_self(sentence: Sentence, mention: Mention) -> bool:
    return mention.kind == "self" or (
        mention.paper is not None and sentence.subject is not None and mention.paper.id == sentence.subject.paper.id
    )


def _object(sentence: Sentence, match: Match, words: Lexicon, needs: tuple[str, ...]) -> Mention | None:
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
        own = _is_self(sentence, mention)
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
            _RANK.get(mention.kind, 0) * reach / 2
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


def _actor(sentence: Sentence, match: Match, target: Mention | None, words: Lexicon) -> Mention | None:
    """The other work that is the sentence's subject ("Recent work GIFD extends …", "PaintsChainer は…"), if it has one."""
    text = sentence.block.text
    first, _ = clause(sentence, match.start, match.end, words)
    lead = sentence.lead
    if lead is not None and target is not None and target.is_work and target.kind != "self" and not _is_self(sentence, lead):
        return lead
    for mention in sorted(sentence.mentions, key=lambda m: m.start):
        if (
            mention.end > match.start
            or mention.paper is None
            or mention is target
            or mention.kind == "position"
            or _is_self(sentence, mention)
        ):
            continue
        if target is not None and _same(mention, target):
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


def _lead(sentence: Sentence) -> Mention | None:
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
_VERB_REACH, _VERB_NEAR = 8, 2
"""Words between an English subject and the cue; those that an adverb or a modal verb takes."""


def _beside(sentence: Sentence, match: Match, words: Lexicon) -> Mention | None:
    """The work right before an English cue without object of its own, or the one that its item begins with."""
    text = sentence.block.text
    if words.target != "after":
        # "X ってこれと同じ?"
        near = [
            m
            for m in sentence.mentions
            if m.paper is not None and m.end <= match.start and match.start - m.end <= _EARLY // 2 and not _is_self(sentence, m)
        ]
        return max(near, key=lambda m: m.end, default=None)
    works = [
        m for m in sentence.mentions if m.paper is not None and m.end <= match.start and m.kind != "position" and not _is_self(sentence, m)
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


def _behind(sentence: Sentence, match: Match) -> Mention | None:
    """The work behind a cue that is said of the paper itself: この手法の改良版: X."""
    works = [m for m in sentence.mentions if m.paper is not None and m.start >= match.end and not _is_self(sentence, m)]
    near = min(works, key=lambda m: m.start, default=None)
    return near if near is not None and near.start - match.end <= _EARLY else None


def _opposite(sentence: Sentence, match: Match, target: Mention) -> Paper | None:
    """The work on the cue's other side, where the sentence stands under no paper."""
    others = [
        m
        for m in sentence.mentions
        if m.paper is not None and not _same(m, target) and (m.end <= match.start) != (target.end <= match.start)
    ]
    near = min(others, key=lambda m: abs(m.start - match.start), default=None)
    return near.paper if near else None


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


def _called(sentence: Sentence) -> frozenset[str]:
    """The short names of the paper that a sentence is about, folded: those given, and its title's initials."""
    if sentence.subject is None:
        return frozenset()
    title = re.split(r"[:：(]\s|\s[-–—]\s", sentence.subject.paper.title)[0]
    initials = "".join(w[0] for w in re.split(r"[\s-]+", title) if w and w[0].isalpha())
    return frozenset(fold(n) for n in (*sentence.subject.names, *((initials,) if len(initials) > 1 else ())))


_IN_MY_VIEW = re.compile(r"^(?:(?:to|in|for|at) (?:my|our|me|us)\b(?: (?:eye|eyes|view|opinion|mind|taste|understanding|reading|book))?|as far as i (?:can )?(?:see|tell|know|understand)|if i (?:read|understand|get) \w+(?: right(?:ly)?| correctly)?|frankly|honestly|imo|imho|afaict|afaik|iiuc)\W*", re.IGNORECASE)
"""How readers begin to say what they think."""


def _speaks_of_itself(sentence: Sentence, match: Match, words: Lexicon) -> bool:
    """Whether an English cue's grammatical subject is the paper: named, meant by "this" or "they", or left out."""
    if sentence.language == "ja":
        return True
    text = sentence.block.text
    first, _ = clause(sentence, match.start, match.end, words)
    own = [m for m in sentence.mentions if m.end <= match.start and _is_self(sentence, m)]
    called = _called(sentence)
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


def _goes_on(sentence: Sentence, match: Match) -> bool:
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


def _short_lead(sentence: Sentence, match: Match, target: Mention, words: Lexicon) -> bool:
    """Whether a few words without any name stand before a cue that names a telling one: "The code is a fork of HyperLevelDB"."""
    if target.kind != "name" or not _TELLING.search(target.concept or "") or (target.concept or "").endswith("s"):
        return False
    first, _ = clause(sentence, match.start, match.end, words)
    lead = sentence.block.text[first : match.start]
    return len(lead.split()) <= _SHORT_LEAD and not any(first <= m.start < match.start for m in sentence.mentions)


def listed_with(sentence: Sentence, target: Mention) -> list[Mention]:
    """As in "A, B and C", A や B: what is joined to the target by commas and "and" is meant as well."""
    if target.kind in ("phrase", "concept"):
        return []
    if target.kind == "position":
        # 上の二つ points to two works with the same words
        return [
            m
            for m in sentence.mentions
            if m.kind == "position" and m.start == target.start and not _same(m, target) and not _is_self(sentence, m)
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
            if not _is_self(sentence, mention) and not _same(mention, target) and not any(_same(mention, m) for m in out):
                out.append(mention)
    return out


def _why_none(sentence: Sentence, match: Match, words: Lexicon) -> str:
    side = match.cue.target or words.target
    where = {"before": "before", "after": "behind", "either": "beside"}[side]
    what = "work, position, name or concept" if not match.cue.needs else " or ".join(n for n in match.cue.needs)
    return f"no target: no {what} stands close enough {where} the cue"
