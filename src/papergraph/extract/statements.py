"""What was found → statements of this source: papers, topics, concepts, notes, relations with their evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from papergraph.extract.state import Entry, Extraction, Found, Mention, Sentence
from papergraph.folding import concept_id, fold, note_id, relation_id, squeeze
from papergraph.model import Concept, Evidence, Node, Note, Paper, Relation, Source, Statement
from papergraph.notes.document import BlockKind
from papergraph.resolve.quotes import surroundings
from papergraph.vocabulary import RELATIONS, AssertedBy, Kind, Role

_Place = tuple[int, int, int]


def write_statements(state: Extraction) -> None:
    """Make the statements, each element once; repeated lines are one note with several places."""
    elements: dict[str, Node | Relation] = {}
    document = state.document
    elements[state.source] = Source(state.source, document.uri, document.front.title or "", document.front.date, document.sha256)
    for topic in state.topics.values():
        elements[topic.id] = topic
    papers: dict[str, dict[int, Paper]] = {}
    for entry in state.entries:
        if not (entry.listed and document.library):
            _add_paper(elements, papers, entry.paper)
    evidence: dict[tuple[str, str, str], list[Evidence]] = {}
    places: dict[str, dict[str, None]] = {}
    for sentences in _passages(state):
        note = _note(state, sentences)
        if note is None:
            continue
        mentions: list[str] = []
        for sentence in sentences:
            for mention in sentence.mentions:
                if mention.paper is not None and mention.kind in ("citation", "link", "title") and mention.paper.role is Role.CITED:
                    _add_paper(elements, papers, mention.paper)
                    mentions.append(mention.paper.id)
            for found in sentence.relations:
                target = _target(state, elements, papers, found.target)
                _add_paper(elements, papers, found.source)
                mentions.append(target)
                evidence.setdefault(_ends(found, target), []).append(_evidence(state, found, sentence, note))
        if mentions:
            note = replace(note, mentions=tuple(dict.fromkeys(m for m in mentions if m != note.about)))
        held = elements.setdefault(note.id, note)
        if isinstance(held, Note) and held.start != note.start:
            places.setdefault(note.id, {})[f"{note.path}:{note.line}:{note.start}-{note.end}"] = None
    for key, told in papers.items():
        if len(told) > 1:
            elements[key] = merge_mentions([*told.values()])
    for key, again in places.items():
        first = elements[key]
        assert isinstance(first, Note)
        elements[key] = replace(first, also_at=tuple(again))
    relations = [_relation(*ends, tuple(pieces)) for ends, pieces in evidence.items()]
    state.statements = [Statement(state.source, e) for e in (*elements.values(), *relations)]


def _passages(state: Extraction) -> list[list[Sentence]]:
    """Sentences that make one note: those of one stretch of one voice in one block; in prose each its own."""
    groups: list[list[Sentence]] = []
    for sentence in state.sentences:
        last = groups[-1][-1] if groups else None
        together = last is not None and last.block is sentence.block and last.own == sentence.own and sentence.passage > last.passage
        long = sentence.block.kind is BlockKind.PARAGRAPH and len(sentence.block.text) > 280
        if together and not long:
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return groups


def _note(state: Extraction, sentences: list[Sentence]) -> Note | None:
    first, last = sentences[0], sentences[-1]
    text = first.block.text[first.start : last.end]
    if not any(c.isalnum() for c in text):
        return None
    subject = _subject(state, first.subject)
    span = state.document.span(first.block, first.start, last.end)
    own = first.own
    kind = Kind.CLAIM
    if own:
        kinds = [s.kind for s in sentences]
        kind = next((k for k in (Kind.RELATION, Kind.RECOLLECTION) if k in kinds), None) or (kinds[-1] or Kind.OPINION)
        if Kind.STATUS in kinds and kind is not Kind.RELATION:
            kind = Kind.STATUS
    elif any(s.relations for s in sentences) and not state.legend.brackets and subject is None:
        kind = Kind.CLAIM
    return Note(
        note_id(state.source, subject, text),
        squeeze(text),
        kind,
        any(s.hedged for s in sentences),
        state.document.path,
        span.line,
        span.start,
        span.end,
        state.source,
        subject,
    )


def _subject(state: Extraction, entry: Entry | None) -> str | None:
    return entry.paper.id if entry is not None else None


def _add_paper(elements: dict[str, Node | Relation], papers: dict[str, dict[int, Paper]], paper: Paper) -> None:
    elements.setdefault(paper.id, paper)
    papers.setdefault(paper.id, {})[id(paper)] = paper


def merge_mentions(papers: list[Paper]) -> Paper:
    """Mentions of one paper in the order of one file as one: an entry before cited ones, the first place, what any of them knows."""
    main = next((p for p in papers if p.role is Role.ENTRY), papers[0])
    ordered = [main, *(p for p in papers if p is not main)]
    single = ("authors", "year", "venue", "decision", "url", "doi", "arxiv_id", "openreview_id", "read_at")
    several = ("markers", "aliases", "topics", "tags", "links", "places")
    told: dict[str, Any] = {}
    for name in single:
        told[name] = next((value for p in ordered if (value := getattr(p, name))), getattr(main, name))
    for name in several:
        told[name] = tuple(dict.fromkeys([value for p in ordered for value in getattr(p, name)]))
    more = {name: value for name, value in told.items() if value != getattr(main, name)}
    return replace(main, **more) if more else main


def _target(state: Extraction, elements: dict[str, Node | Relation], papers: dict[str, dict[int, Paper]], mention: Mention) -> str:
    if mention.paper is not None:
        _add_paper(elements, papers, mention.paper)
        return mention.paper.id
    label = mention.concept or ""
    names = state.aliases.get(fold(label), ())
    concept = Concept(concept_id(label), label, tuple(n for n in names if fold(n) != fold(label)))
    elements.setdefault(concept.id, concept)
    return concept.id


def _ends(found: Found, target: str) -> tuple[str, str, str]:
    """The relation's type and ends; those of a symmetric one are sorted."""
    source, end = (target, found.source.id) if found.backward else (found.source.id, target)
    if RELATIONS[found.type].symmetric:
        source, end = sorted((source, end))
    return found.type, source, end


def _evidence(state: Extraction, found: Found, sentence: Sentence, note: Note) -> Evidence:
    span = state.document.span(sentence.block, sentence.start, sentence.end)
    text = state.document.text
    prefix, suffix = surroundings(text, span.start, span.end)
    quote = text[span.start : span.end]
    return Evidence(note.id, quote, state.document.path, span.line, span.start, span.end, found.rule, found.confidence, found.hedged, state.source, prefix, suffix)


def _relation(kind: str, source: str, end: str, evidence: tuple[Evidence, ...]) -> Relation:
    own = relation_id(kind, source, end, symmetric=RELATIONS[kind].symmetric)
    sure, hedged = max(e.confidence for e in evidence), all(e.hedged for e in evidence)
    return Relation(own, kind, source, end, sure, hedged, AssertedBy.EXTRACTOR, evidence=evidence)
