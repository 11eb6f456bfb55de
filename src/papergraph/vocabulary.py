"""The graph's vocabulary, once: node labels, relationship types, and what each of them means.

Everything that names a label or a type (extraction, stores, command line, page, exports) takes it from here.
The terms follow CiTO (the Citation Typing Ontology) and SKOS where those have one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """The kinds of node."""

    PAPER = "Paper"
    TOPIC = "Topic"
    CONCEPT = "Concept"
    NOTE = "Note"
    SOURCE = "Source"


class Role(StrEnum):
    """Whether the notes are about a paper (`entry`) or only refer to it (`cited`)."""

    ENTRY = "entry"
    CITED = "cited"


class Kind(StrEnum):
    """What a note is: a summary of what the paper says, or one of five sorts of the reader's own words."""

    CLAIM = "claim"
    RELATION = "relation"
    QUESTION = "question"
    OPINION = "opinion"
    RECOLLECTION = "recollection"
    STATUS = "status"


class Status(StrEnum):
    """What the user has decided about a relation."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class AssertedBy(StrEnum):
    """Who states a relation."""

    EXTRACTOR = "extractor"
    USER = "user"


class Conflict(StrEnum):
    """How two works are at odds, those that the notes say outright first; `implied` is no fact but a gap worth a look."""

    STATED = "stated"
    OPPOSED = "opposed"
    INCONSISTENT = "inconsistent"
    IMPLIED = "implied"


@dataclass(frozen=True, slots=True)
class RelationType:
    """One type of relation between papers, or between a paper and a concept.

    `term` is the CURIE that the type is exported with, attributed to the reader; `passive` is how the edge reads
    from its target's side (equal to `active` for symmetric types).
    """

    name: str
    meaning: str
    symmetric: bool
    term: str
    active: str
    passive: str

    @property
    def option(self) -> str:
        """The name as typed on the command line: `consistent-with`."""
        return self.name.lower().replace("_", "-")


RELATIONS: dict[str, RelationType] = {
    r.name: r
    for r in (
        RelationType("CONSISTENT_WITH", "same claim or finding", True, "cito:agreesWith", "is consistent with", "is consistent with"),
        RelationType("SIMILAR_TO", "alike topic, idea or phenomenon", True, "cito:citesAsRelated", "is similar to", "is similar to"),
        RelationType("EQUIVALENT_TO", "the same thing", True, "papergraph:equivalentTo", "is the same as", "is the same as"),
        RelationType("CONTRADICTS", "opposite finding", True, "cito:disagreesWith", "contradicts", "contradicts"),
        RelationType("DIFFERS_FROM", "explicitly not the same thing", True, "papergraph:differsFrom", "differs from", "differs from"),
        RelationType("EXTENDS", "builds on, follow-up of", False, "cito:extends", "extends", "is extended by"),
        RelationType("USES", "uses its method, data or result", False, "cito:usesMethodIn", "uses", "is used by"),
        RelationType("APPLIES_TO", "its method or result applies to the target", False, "papergraph:appliesTo", "applies to", "is covered by"),
        RelationType("SUPPORTS", "gives evidence or theory for", False, "cito:supports", "supports", "is supported by"),
        RelationType("RELATED_TO", "stated as related, nothing more precise", True, "cito:citesAsRelated", "is related to", "is related to"),
    )
}

STRUCTURE: dict[str, tuple[Label, tuple[Label, ...]]] = {
    "HAS_TOPIC": (Label.PAPER, (Label.TOPIC,)),
    "BROADER": (Label.TOPIC, (Label.TOPIC,)),
    "ABOUT": (Label.NOTE, (Label.PAPER,)),
    "MENTIONS": (Label.NOTE, (Label.PAPER, Label.CONCEPT)),
    "QUOTED_FROM": (Label.NOTE, (Label.SOURCE,)),
}
"""Structural relationship types: the label they start from and the labels they may lead to."""

LABELS: tuple[Label, ...] = tuple(Label)
