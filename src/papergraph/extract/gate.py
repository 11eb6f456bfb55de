"""The target gate: a cue becomes a relation only if its target is a position, a citation, a link, a known paper or a named concept."""

from __future__ import annotations

from papergraph.extract.cues import clause
from papergraph.extract.entries import only_refers
from papergraph.extract.state import Extraction, Found, Match, Mention, Sentence
from papergraph.lang import Lexicon, lexicon
from papergraph.model import Paper
from papergraph.notes.document import BlockKind
from papergraph.vocabulary import RELATIONS, Kind

HEDGE = 0.7
"""What a hedge takes from confidence: a hedged relation stays below the 0.7 at which a reader would sign."""
SUMMARY = 0.85
"""What confidence loses where the words are the author's, summed up, and the notes tell the two voices apart."""
_RANK = {"position": 0, "citation": 1, "link": 1, "title": 1, "name": 2, "concept": 3}


def gate_targets(state: Extraction) -> None:
    """Give each cue its target, or drop it; make relations of those that keep one."""
    for sentence in state.sentences:
        words = lexicon(sentence.language)
        used: list[Match] = []
        for match in sentence.matches:
            if any(m.start < match.end and match.start < m.end for m in used):
                continue
            target = _target(state, sentence, match, words)
            source = _source(sentence, match, target)
            if target is None or source is None:
                continue
            if state.legend.brackets and not sentence.own and not target.is_work:
                # by the legend these are not the reader's words: what an abstract names in passing is no relation
                continue
            if target.paper is not None and target.paper.id == source.id:
                continue
            confidence = match.cue.weight * target.certainty * (HEDGE if match.hedged else 1.0)
            if state.legend.brackets and not sentence.own:
                confidence *= SUMMARY
            found = Found(match.cue.type, source, target, round(min(confidence, 1.0), 3), match.hedged, f"{sentence.language}:{match.cue.name}", backward=match.cue.direction == "backward")
            if not any(f.type == found.type and _same(f.target, target) for f in sentence.relations):
                sentence.relations.append(found)
                used.append(match)
                for other in _listed_with(sentence, target):
                    sentence.relations.append(Found(found.type, source, other, found.confidence, found.hedged, found.rule, found.backward))
        _cite_next(state, sentence)
        _listed_link(state, sentence)
        if sentence.relations and sentence.own:
            sentence.kind = Kind.RELATION


def _same(a: Mention, b: Mention) -> bool:
    return (a.paper.id if a.paper else a.concept) == (b.paper.id if b.paper else b.concept)


def _target(state: Extraction, sentence: Sentence, match: Match, words: Lexicon) -> Mention | None:
    cue = match.cue
    if "next" in cue.needs:
        entry = state.next_cited[id(sentence.block)]
        return Mention(match.start, match.end, "citation", 0.95, entry.paper)
    side = cue.target or words.target
    reach = cue.reach or words.reach
    text = sentence.block.text
    first, last = clause(sentence, match.start, match.end, words)
    best: tuple[tuple[bool, float], Mention] | None = None
    for mention in sentence.mentions:
        if mention.kind == "self" or (cue.needs and mention.kind not in cue.needs):
            continue
        if mention.paper is not None and sentence.subject is not None and mention.paper.id == sentence.subject.paper.id:
            continue
        before = mention.end <= match.start
        if not before and mention.start < match.end and mention.kind in ("name", "concept"):
            continue
        if (side == "before" and not before) or (side == "after" and before):
            continue
        gap = _gap(text, mention.end, match.start, sentence.language) if before else _gap(text, match.end, mention.start, sentence.language)
        work = mention.is_work or mention.kind == "link"
        allowed = reach * (3 if mention.kind in ("position", "title") and before else 2 if work else 1)
        outside = mention.end <= first or mention.start >= last
        if gap > allowed or (outside and not work):
            continue
        if cue.after and before and not _followed(text[mention.end : mention.end + 16], cue.after):
            continue
        if not work and before and sentence.language == "ja" and not _followed(text[mention.end : mention.end + 16], _JOINING):
            continue
        # a work that the sentence names is meant before a concept, unless the concept stands right at the cue
        near = work or gap <= _ADJACENT
        cost = _RANK[mention.kind] * reach / 2 + gap + (reach / 2 if (side == "either" and before != (words.target == "before")) else 0) + (reach if outside else 0)
        if best is None or (not near, cost) < best[0]:
            best = (not near, cost), mention
    return best[1] if best else None


_ADJACENT = 3
_JOINING = ("と", "に", "の", "を", "から", "も", "って", "みたい", "っぽい", "的", "?", "？")


def _followed(text: str, particles: tuple[str, ...]) -> bool:
    rest = text.lstrip(" 」』)）]\"”")
    return any(rest.startswith(p) for p in particles)


def _gap(text: str, start: int, end: int, language: str) -> int:
    """Distance between two ends: characters in Japanese, words in English."""
    between = text[start:end]
    return len(between) if language == "ja" else len(between.split())


def _source(sentence: Sentence, match: Match, target: Mention | None) -> Paper | None:
    """The paper that the sentence is about: one it names on the cue's other side, else the entry's."""
    if target is None:
        return None
    if sentence.subject is not None:
        return sentence.subject.paper
    others = [m for m in sentence.mentions if m.paper is not None and not _same(m, target)]
    opposite = [m for m in others if (m.end <= match.start) != (target.end <= match.start)]
    near = min(opposite, key=lambda m: abs(m.start - match.start), default=None)
    return near.paper if near else None


def _listed_with(sentence: Sentence, target: Mention) -> list[Mention]:
    """"A, B and C": works joined to the target by commas and "and" are targets as well."""
    out: list[Mention] = []
    text = sentence.block.text
    last = target
    for mention in sorted(sentence.mentions, key=lambda m: m.start):
        if mention.start < last.end or not mention.is_work or not target.is_work:
            continue
        between = text[last.end : mention.start].strip(" ()[]").casefold()
        if between in (",", "and", ", and", "&", "、", "や", "と", "or", "/", "・", ";"):
            if sentence.subject is None or (mention.paper and mention.paper.id != sentence.subject.paper.id):
                out.append(mention)
            last = mention
        else:
            break
    return [m for m in out if not _same(m, target)]


def _cite_next(state: Extraction, sentence: Sentence) -> None:
    """A remark with a cited paper right below it speaks of that paper, even where no cue says how."""
    entry = state.next_cited.get(id(sentence.block))
    if entry is None or sentence.subject is None or not sentence.own or sentence.relations:
        return
    later = [s for s in state.sentences if s.block is sentence.block and s.start > sentence.start]
    earlier = [s for s in state.sentences if s.block is sentence.block and s.start < sentence.start]
    if earlier or any(s.matches for s in later) or entry.paper.id == sentence.subject.paper.id:
        return
    target = Mention(sentence.start, sentence.end, "citation", 0.95, entry.paper)
    sentence.relations.append(Found(RELATIONS["RELATED_TO"].name, sentence.subject.paper, target, 0.75 if not sentence.hedged else 0.55, hedged=False, rule="citation-below"))


def _listed_link(state: Extraction, sentence: Sentence) -> None:
    """An item that begins with a link to a work, in a file about one paper, is stated as related if nothing says more."""
    if sentence.relations or sentence.subject is None or sentence.subject is not state.owner or sentence.block.kind is not BlockKind.ITEM or sentence.passage:
        return
    first = next((m for m in sorted(sentence.mentions, key=lambda m: m.start) if m.paper is not None), None)
    if only_refers(state, sentence.block):
        return
    if first is None or first.kind != "link" or first.paper is None or first.start > sentence.start + 3 or first.paper.id == sentence.subject.paper.id:
        return
    for target in [first, *_listed_with(sentence, first)]:
        sentence.relations.append(Found("RELATED_TO", sentence.subject.paper, target, round(0.75 * target.certainty, 3), hedged=False, rule="listed-link"))
