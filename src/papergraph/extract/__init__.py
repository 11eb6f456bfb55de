"""Document → statements. The two lists below are the whole of it, in the order in which the steps run."""

from __future__ import annotations

from dataclasses import dataclass

from papergraph.extract.centres import take_up
from papergraph.extract.cues import match_cues, tell_kinds, weigh_hedges
from papergraph.extract.entries import find_entries
from papergraph.extract.gate import gate_targets
from papergraph.extract.introduced import find_introduced
from papergraph.extract.legend import read_legend
from papergraph.extract.mentions import find_aliases, find_citations, find_links, find_said_titles, link_titles
from papergraph.extract.names import find_concepts, find_names
from papergraph.extract.placed import relate_places
from papergraph.extract.positions import find_positions
from papergraph.extract.references import find_references, mark_sections
from papergraph.extract.sentences import mark_voices, split_sentences
from papergraph.extract.state import Catalogue, Extraction, Known
from papergraph.extract.statements import write_statements
from papergraph.extract.tokens import mark_promising
from papergraph.extract.topics import find_topics, promote_discussed
from papergraph.folding import source_id
from papergraph.lang.words import Words, default_words
from papergraph.model import Problem, Statement
from papergraph.notes.document import Document

__all__ = ["Catalogue", "Known", "Reading", "Survey", "read_document", "survey"]

SURVEY = (
    read_legend,
    mark_sections,
    find_references,
    find_entries,
    find_introduced,
    find_topics,
)
"""What one file can tell alone: its legend, its papers, its topics. All files of a folder are surveyed first."""

READING = (
    split_sentences,
    mark_voices,
    find_links,
    find_citations,
    link_titles,
    find_said_titles,
    take_up,
    mark_promising,
    find_names,
    find_positions,
    find_aliases,
    match_cues,
    find_concepts,
    weigh_hedges,
    tell_kinds,
    promote_discussed,
    gate_targets,
    relate_places,
    write_statements,
)
"""What needs the names of all the collection's papers: remarks, what they name, and the relations they state."""


@dataclass(frozen=True, slots=True)
class Survey:
    """A document whose papers are known."""

    state: Extraction

    def known(self) -> tuple[Known, ...]:
        """The papers that the document is about, with the names and pages that other files may call them by."""
        out = []
        for entry in self.state.entries:
            if entry.cited and not (entry.listed and self.state.document.library):
                continue
            pages = (self.state.document.stem,) if entry is self.state.owner else ()
            keys = (*entry.keys, *(entry.names if entry is self.state.owner else ()))
            date = self.state.document.front.date if entry is self.state.owner else None
            out.append(Known(entry.paper, (entry.paper.title, *entry.names), (*pages, *keys), date))
        return tuple(out)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one source states, and what in it could not be read."""

    source: str
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]


def survey(document: Document, words: Words | None = None) -> Survey:
    """Find the papers and topics of `document`, going by `words` (`None` for the default ones)."""
    state = Extraction(document, source_id(document.uri), words or default_words())
    for top in document.blocks:
        for block in top.walk():
            state.order.append(block)
            for child in block.children:
                state.parent[id(child)] = block
    for step in SURVEY:
        step(state)
    return Survey(state)


def read_document(surveyed: Survey, catalogue: Catalogue) -> Reading:
    """All that `surveyed` states, given the papers that its collection names."""
    state = surveyed.state
    state.catalogue = catalogue
    for step in READING:
        step(state)
    return Reading(state.source, tuple(state.statements), (*state.document.problems, *state.problems))
