"""Relations that a place states, without a cue: a citation right below a remark, an item that begins with a link to a work."""

from __future__ import annotations

from papergraph.extract.entries import only_refers
from papergraph.extract.gate import listed_with
from papergraph.extract.state import Extraction, Found, Mention, Sentence, Verdict
from papergraph.notes.document import BlockKind
from papergraph.vocabulary import RELATIONS, Kind


def relate_places(state: Extraction) -> None:
    """Relate what stands below a remark, and what a list in a file about one paper begins with."""
    for sentence in state.sentences:
        _cite_next(state, sentence)
        _listed_link(state, sentence)
        if sentence.relations and sentence.own:
            sentence.kind = Kind.RELATION

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
    _state(sentence, Found(RELATIONS["RELATED_TO"].name, sentence.subject.paper, target, 0.75 if not sentence.hedged else 0.55, hedged=False, rule="citation-below"))


def _listed_link(state: Extraction, sentence: Sentence) -> None:
    """An item that begins with a link to a work, in a file about one paper, is stated as related if nothing says more."""
    if sentence.relations or sentence.subject is None or sentence.subject is not state.owner or sentence.block.kind is not BlockKind.ITEM or sentence.passage:
        return
    first = next((m for m in sorted(sentence.mentions, key=lambda m: m.start) if m.paper is not None), None)
    if only_refers(state, sentence.block):
        return
    if first is None or first.kind != "link" or first.paper is None or first.start > sentence.start + 3 or first.paper.id == sentence.subject.paper.id:
        return
    for target in [first, *listed_with(sentence, first)]:
        _state(sentence, Found("RELATED_TO", sentence.subject.paper, target, round(0.75 * target.certainty, 3), hedged=False, rule="listed-link"))


def _state(sentence: Sentence, found: Found) -> None:
    sentence.relations.append(found)
    sentence.verdicts.append(Verdict(found.rule, sentence.start, sentence.end, "states a relation", found))
