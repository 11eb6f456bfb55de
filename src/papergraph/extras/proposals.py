"""From a language model's answers to proposed relations. Nothing in an answer is believed: see `judge`.

What is proposed is stated by an asserter of its own, `llm:<source id>`, so that importing the notes again leaves it alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from papergraph.errors import StaleError
from papergraph.extras.chat import ChatError, UnusableAnswerError
from papergraph.extras.inquiry import Inquiry, Passage
from papergraph.folding import concept_id, fold, relation_id, squeeze
from papergraph.graph import id_between_works
from papergraph.model import LLM, Concept, Evidence, Node, Relation, Statement
from papergraph.notes.document import count_lines
from papergraph.store.changes import ChangeSet, changes_between
from papergraph.store.protocol import Progress, Store
from papergraph.vocabulary import RELATIONS, AssertedBy, Status

CONFIDENCE, HEDGED_CONFIDENCE = 0.6, 0.4
"""How sure what a model proposes is at most: below the 0.7 at which a reader would sign."""
MOST = 40
"""Relations taken from one answer."""
LEAST_QUOTE = 4
"""Letters and digits of a quote; fewer would stand in any remark."""
"""What asserters and rules of proposals begin with."""
_ID = re.compile(r"[a-z]-[a-z2-7]{13}")
_ATTEMPTS = 5


class _Proposed(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")
    source: Annotated[str, StringConstraints(max_length=100)]
    type: Annotated[str, StringConstraints(max_length=40)]
    target: Annotated[str, StringConstraints(max_length=200)]
    hedged: bool = False
    quote: Annotated[str, StringConstraints(max_length=2_000)]


class _Answer(BaseModel):
    relations: list[Any]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A relation that an answer proposes, sound as far as can be told; `concept` is the target if that is no paper."""

    asserter: str
    relation: Relation
    concept: Concept | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking.

    `dropped` tells how many relations were not taken, by reason; `unusable` answers that were none, with the paper asked
    about; `asked` how many answers there were; `stopped` why no more was asked.
    """

    proposals: tuple[Proposal, ...]
    dropped: tuple[tuple[str, int], ...]
    unusable: tuple[str, ...]
    asked: int
    stopped: str | None = None


def ask(inquiries: Sequence[Inquiry], model: str, answer: Callable[[list[dict[str, str]]], str], progress: Progress | None = None) -> Outcome:
    """Put each inquiry to `answer`, and keep what stands up to `judge`.

    Parameters
    ----------
    model
        The model's name; the rule of what is proposed is `llm:<model>`.
    answer
        Messages → the model's answer; `Chat.ask`. `UnusableAnswerError` passes over one inquiry, `ChatError` ends the asking.
    """
    proposals: list[Proposal] = []
    dropped: Counter[str] = Counter()
    unusable: list[str] = []
    for done, inquiry in enumerate(inquiries):
        if progress:
            progress("asking", done, len(inquiries))
        try:
            found = read_answer(answer(inquiry.messages()))
        except UnusableAnswerError as error:
            unusable.append(f"{inquiry.path}: {inquiry.paper.title}: {error}")
            continue
        except ChatError as error:
            return Outcome(tuple(proposals), tuple(sorted(dropped.items())), tuple(unusable), done, str(error))
        for item in found[:MOST]:
            judged = judge(item, inquiry, model)
            if isinstance(judged, Proposal):
                proposals.append(judged)
            else:
                dropped[judged] += 1
        if len(found) > MOST:
            dropped[f"more than {MOST} in one answer"] += len(found) - MOST
    return Outcome(tuple(proposals), tuple(sorted(dropped.items())), tuple(unusable), len(inquiries))


def read_answer(text: str) -> list[Any]:
    """The relations in an answer, not looked at yet.

    Raises
    ------
    UnusableAnswerError
        If it is not JSON of the form asked for.
    """
    # many models put a fence or a sentence around it
    bare = text[text.find("{") : text.rfind("}") + 1]
    try:
        return _Answer.model_validate_json(bare).relations
    except ValueError as error:
        raise UnusableAnswerError("the answer is not the JSON asked for") from error


def judge(item: Any, inquiry: Inquiry, model: str) -> Proposal | str:
    """The proposal that an item of an answer makes, or why it is none.

    Its type must be one of the vocabulary, its ids be among those that were sent, its quote stand in a remark that was sent,
    word for word, and a concept be named in one.
    """
    try:
        said = _Proposed.model_validate(item)
    except ValidationError:
        return "not of the form asked for"
    kind = said.type.strip().upper().replace("-", "_").replace(" ", "_")
    if kind not in RELATIONS:
        return "unknown type of relation"
    papers = {p.id: p for p in (inquiry.paper, *inquiry.others)}
    if said.source not in papers or (said.target not in papers and _ID.fullmatch(said.target)):
        return "an id that was not sent"
    if sum(c.isalnum() for c in said.quote) < LEAST_QUOTE:
        return "the quote is too short"
    place = _find(said.quote, inquiry.sent)
    if place is None:
        return "the quote does not stand in the notes that were sent"
    end, concept = said.target, None
    if end not in papers:
        titled = next((p.id for p in papers.values() if fold(said.target) in map(fold, (p.title, *p.aliases))), None)
        concept = None if titled else _concept(said.target, inquiry.sent)
        if titled is None and concept is None:
            return "the concept is not named in the notes that were sent"
        end = titled or (concept.id if concept else "")
    if end == said.source:
        return "a paper related to itself"
    symmetric = RELATIONS[kind].symmetric
    ends = sorted((said.source, end)) if symmetric else [said.source, end]
    own = relation_id(kind, *ends, symmetric=symmetric)
    sure = HEDGED_CONFIDENCE if said.hedged else CONFIDENCE
    note, start, line = place
    evidence = Evidence(note, said.quote, inquiry.path, line, start, start + len(said.quote), f"{LLM}{model}", sure, said.hedged, inquiry.source)
    relation = Relation(own, kind, ends[0], ends[1], sure, said.hedged, AssertedBy.EXTRACTOR, Status.PROPOSED, (evidence,))
    return Proposal(f"{LLM}{inquiry.source}", relation, concept)


def _find(quote: str, passages: Iterable[Passage]) -> tuple[str, int, int] | None:
    """The note that holds `quote`, where the quote begins in the file, and on which line; the first place."""
    for passage in passages:
        at = passage.text.find(quote)
        if at >= 0:
            return passage.note, passage.start + at, passage.line + count_lines(passage.text, 0, at)
    return None


def _concept(name: str, passages: Iterable[Passage]) -> Concept | None:
    """The concept of that name, spelled as a remark spells it."""
    wanted = squeeze(name)
    if not 2 <= len(wanted) <= 80 or not any(c.isalnum() for c in wanted):
        return None
    found = next((m for p in passages if (m := re.search(re.escape(wanted), p.text, re.IGNORECASE))), None)
    return Concept(concept_id(found[0]), squeeze(found[0])) if found else None


def record(store: Store, outcome: Outcome, inquiries: Sequence[Inquiry], action: str) -> ChangeSet | None:
    """State what was proposed, in one change set; `None` if all of it stands just so.

    What was proposed before stays while its quote stands in the notes. A relation that others state gains evidence: its
    confidence and its hedge stay.
    """
    for attempt in range(_ATTEMPTS):
        before = store.statements({f"{LLM}{i.source}" for i in inquiries})
        after = _stated(store, outcome.proposals, inquiries, before)
        try:
            return store.apply(changes_between(before, after), by="llm", action=action)
        except StaleError:
            # answers are dear: they are not thrown away because somebody else was at work meanwhile
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def present(store: Store, outcome: Outcome) -> tuple[tuple[Relation, Node, Node], ...]:
    """What was proposed as it is in the graph, with its ends, in the order in which it was proposed; without what the user has taken out."""
    ids = dict.fromkeys(_ids_in_graph(store, [p.relation for p in outcome.proposals]).values())
    found = store.relations_by_id(ids)
    ends = store.get({e for r in found.values() for e in (r.source, r.target)})
    return tuple((r, ends[r.source], ends[r.target]) for i in ids if (r := found.get(i)))


def _ids_in_graph(store: Store, relations: Sequence[Relation]) -> dict[str, str]:
    """For each relation between mentions, the id of that between the works that they are."""
    works = store.works_of({e for r in relations for e in (r.source, r.target)})
    return {r.id: id_between_works(r, works) for r in relations}


def _stated(store: Store, proposals: Sequence[Proposal], inquiries: Sequence[Inquiry], before: Sequence[Statement]) -> list[Statement]:
    relations: dict[tuple[str, str], Relation] = {}
    concepts = {s.key: s.element for s in before if isinstance(s.element, Concept)}
    for s in before:
        passages = [p for i in inquiries if f"{LLM}{i.source}" == s.asserter for p in i.passages]
        if isinstance(s.element, Relation) and (evidence := [e for old in s.element.evidence if (e := _placed(old, passages))]):
            relations[s.asserter, s.element.id] = replace(s.element, evidence=tuple(evidence))
    for p in proposals:
        if p.concept is not None:
            concepts.setdefault((p.concept.id, p.asserter), p.concept)
        held = relations.get((p.asserter, p.relation.id))
        pieces = {(e.start, e.end, e.rule): e for e in (*(held.evidence if held else ()), *p.relation.evidence)}
        ordered = sorted(pieces.values(), key=lambda e: (e.start or 0, e.end or 0, e.rule))
        relations[p.asserter, p.relation.id] = replace(p.relation, evidence=tuple(ordered))
    said = [Statement(asserter, r) for (asserter, _), r in zip(relations, _weighed(store, list(relations.values())), strict=True)]
    ends = {(end, asserter) for (asserter, _), r in relations.items() for end in (r.source, r.target)}
    return [*(Statement(asserter, c) for (own, asserter), c in concepts.items() if (own, asserter) in ends), *said]


def _placed(evidence: Evidence, passages: Sequence[Passage]) -> Evidence | None:
    """Earlier evidence where it stands now; `None` if it has gone from the notes."""
    own = [p for p in passages if p.note == evidence.note_id]
    place = _find(evidence.quote, (*own, *passages))
    if place is None:
        return None
    note, start, line = place
    return replace(evidence, note_id=note, start=start, end=start + len(evidence.quote), line=line)


def _weighed(store: Store, relations: Sequence[Relation]) -> list[Relation]:
    """Relations with confidence and hedge from their evidence, or from those who state them already."""
    own = _ids_in_graph(store, relations)
    present = store.relations_by_id(own.values())
    out = []
    for r in relations:
        sure, hedged = max(e.confidence for e in r.evidence), all(e.hedged for e in r.evidence)
        other = present.get(own[r.id])
        if other is not None and (other.asserted_by is AssertedBy.USER or any(not e.rule.startswith(LLM) for e in other.evidence)):
            sure, hedged = min(sure, other.confidence), other.hedged
        out.append(replace(r, confidence=sure, hedged=hedged))
    return out
