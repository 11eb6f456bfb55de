"""The domain model: frozen values that remember where they came from.

`Paper`, `Topic`, `Concept`, `Note` and `Source` are nodes; `Relation` is a typed edge with its evidence; `Edge` is an
edge that only tells structure. Offsets count code points of the file decoded as UTF-8 without its byte order mark,
newlines as they stand; lines count from 1.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, Self, cast

from papergraph.vocabulary import AssertedBy, Kind, Label, Role, Status


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file's text: `text[start:end]`, beginning on `line`."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the notes that could not be read as meant. A value, never an exception: it stops no import."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Record:
    """What the model's classes share: a JSON-ready form with camelCase names, and the way back."""

    __slots__ = ()

    def properties(self) -> dict[str, Any]:
        """All fields but empty ones, camelCase, tuples as lists; `from_properties` reads it back."""
        out: dict[str, Any] = {}
        keys, values = _shape(type(self))  # type: ignore[arg-type]  # classes are hashable
        for key, value in zip(keys, values(self), strict=True):
            if type(value) is tuple:
                if value:
                    out[key] = [v.properties() if isinstance(v, Record) else v for v in value]
            elif value is not None:
                out[key] = value
        return out

    @classmethod
    def from_properties(cls, properties: Mapping[str, Any]) -> Self:
        """The record of these properties; unknown ones are passed over.

        Raises
        ------
        KeyError, TypeError, ValueError
            If a required property is missing or has the wrong type.
        """
        values: dict[str, Any] = {}
        for name, key in property_names(cls):  # type: ignore[arg-type]
            if key in properties:
                values[name] = _parse(name, properties[key])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Source(Record):
    """An imported file or page; `uri` is its collection and path, with `/`, never a path of the machine."""

    label: ClassVar[Label] = Label.SOURCE
    id: str
    uri: str
    title: str = ""
    date: str | None = None
    sha256: str = ""

    @property
    def name(self) -> str:
        """What a reader would call it."""
        return self.title or self.uri


@dataclass(frozen=True, slots=True)
class Paper(Record):
    """A work. `role` tells whether the notes are about it; `path` and `line` where they first name it.

    `links` are further addresses beside `url`, `read_at` the day of reading (ISO 8601). `places` tells where each field
    stands in the notes: `field path:line:start-end`.

    `same` and `apart` stand in statements of the user alone, never in the graph: `same` are further keys, and mentions that share one are one
    work; a mention that is `apart` is one with no other mention but by a key `merge:…`. Such statements need no title.
    """

    label: ClassVar[Label] = Label.PAPER
    id: str
    title: str
    role: Role = Role.ENTRY
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str | None = None
    decision: str | None = None
    url: str | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    openreview_id: str | None = None
    markers: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    path: str | None = None
    line: int | None = None
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    read_at: str | None = None
    places: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    apart: bool | None = None

    @property
    def name(self) -> str:
        """What a reader would call it."""
        return self.title


@dataclass(frozen=True, slots=True)
class Topic(Record):
    """A heading of the notes; `broader` is the id of the heading above it."""

    label: ClassVar[Label] = Label.TOPIC
    id: str
    pref_label: str
    alt_labels: tuple[str, ...] = ()
    broader: str | None = None

    @property
    def name(self) -> str:
        """What a reader would call it."""
        return self.pref_label


@dataclass(frozen=True, slots=True)
class Concept(Record):
    """A method, phenomenon, model, data set or idea that a remark or claim names."""

    label: ClassVar[Label] = Label.CONCEPT
    id: str
    pref_label: str
    alt_labels: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a reader would call it."""
        return self.pref_label


@dataclass(frozen=True, slots=True)
class Note(Record):
    """One statement of the notes, verbatim. `also_at` lists further places (`path:line:start-end`) of the same words."""

    label: ClassVar[Label] = Label.NOTE
    id: str
    text: str
    kind: Kind
    hedged: bool
    path: str
    line: int
    start: int
    end: int
    source: str = ""
    about: str | None = None
    mentions: tuple[str, ...] = ()
    also_at: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What a reader would call it."""
        return self.text


@dataclass(frozen=True, slots=True)
class Evidence(Record):
    """One sentence that states a relation: `rule` names the cue that fired, `note_id` the note it stands in, `source` the source.

    `prefix` and `suffix` are what stands right before and after the quote (up to 32 characters; W3C Web Annotation Data Model, TextQuoteSelector),
    by which it is found again in a file that was edited. `confidence` is what the rule makes it, before any calibration. `lost` tells that the
    quote no longer stands in its file; place and surroundings are then the last ones known.
    """

    note_id: str | None = None
    quote: str = ""
    path: str | None = None
    line: int | None = None
    start: int | None = None
    end: int | None = None
    rule: str = ""
    confidence: float = 1.0
    hedged: bool = False
    source: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    lost: bool | None = None


@dataclass(frozen=True, slots=True)
class Relation(Record):
    """A typed edge between two papers, or a paper and a concept. `confidence` is in 0..1; `reason` why the user decided as they did, in their words."""

    id: str
    type: str
    source: str
    target: str
    confidence: float
    hedged: bool
    asserted_by: AssertedBy
    status: Status = Status.PROPOSED
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A structural edge: HAS_TOPIC, BROADER, ABOUT, MENTIONS or QUOTED_FROM."""

    type: str
    source: str
    target: str


Node = Source | Paper | Topic | Concept | Note
NODE_TYPES: dict[str, type[Node]] = {c.label: c for c in (Source, Paper, Topic, Concept, Note)}


@dataclass(frozen=True, slots=True)
class Statement:
    """One asserter's word on one element of the graph.

    `asserter` is a source's id; `llm:<source id>` for what a language model proposed; `user`, or `user:<relation id>` where a user's relation vouches for
    one of its ends; or one of the asides: `user:merge:…` and `user:split:…`, which say only which mentions are one work, `user:edit`, which
    puts facts of a paper right, `user:ends:<relation id>`, which knows the identifiers of what a decision is about,
    `catalogue:<name>`, which knows more of a work that others name, and `kept:<source id>`, which holds the sentences that a decision
    of the user rests on where the source no longer states it by itself. `removed` marks the element as taken out by the user
    whatever the notes say.
    """

    asserter: str
    element: Node | Relation
    removed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What identifies the statement in a store: the element's id and the asserter."""
        return self.element.id, self.asserter

    @property
    def aside(self) -> bool:
        """Whether it is said only of what is in the graph anyway, and puts nothing there by itself."""
        return self.asserter.startswith(ASIDES)

    @property
    def by_user(self) -> bool:
        """Whether it is the user's, and not made only beside another one."""
        return self.asserter in (USER, EDIT)

    @property
    def names(self) -> bool:
        """Whether somebody names the element by it of their own accord: neither aside, nor to vouch for the end of a relation."""
        return not self.aside and not self.asserter.startswith(f"{USER}:")

    @property
    def follows(self) -> bool:
        """Whether its quotes follow the notes: each import finds them again, whoever stated it."""
        return self.asserter.startswith((KEPT, LLM))


USER = "user"
LLM = "llm:"
MERGE, SPLIT, ENDS, EDIT = f"{USER}:merge:", f"{USER}:split:", f"{USER}:ends:", f"{USER}:edit"
CATALOGUE, KEPT = "catalogue:", "kept:"
ASIDES = (MERGE, SPLIT, ENDS, EDIT, CATALOGUE, KEPT)


@dataclass(frozen=True, slots=True)
class Graph:
    """The graph as values: nodes by label and id, structural edges and relations, each in a stable order."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    relations: tuple[Relation, ...] = ()
    by_id: dict[str, Node] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        if not self.by_id:
            self.by_id.update((n.id, n) for n in self.nodes)

    def papers(self) -> tuple[Paper, ...]:
        """The papers, in order."""
        return tuple(n for n in self.nodes if isinstance(n, Paper))


def label_of(element: Node | Relation) -> str:
    """`Paper`, `Topic`, `Concept`, `Note`, `Source`, or the relation's type."""
    return element.type if isinstance(element, Relation) else element.label


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(w.capitalize() for w in rest)


@cache
def property_names(cls: Hashable) -> tuple[tuple[str, str], ...]:
    """`(field, property)` of each field of one of the classes here: `pref_label`, `prefLabel`."""
    return tuple((f.name, _camel(f.name)) for f in fields(cast("Any", cls)))


@cache
def _shape(cls: Hashable) -> tuple[tuple[str, ...], attrgetter[tuple[Any, ...]]]:
    """The properties of one of the classes here, and what gets their values."""
    names = property_names(cls)
    return tuple(key for _, key in names), attrgetter(*(name for name, _ in names))


_ENUMS: dict[str, Any] = {"role": Role, "kind": Kind, "status": Status, "asserted_by": AssertedBy}


def _parse(name: str, value: Any) -> Any:
    if name in _ENUMS:
        return _ENUMS[name](value)
    if name == "evidence":
        return tuple(Evidence.from_properties(cast("Mapping[str, Any]", e)) for e in value)
    if isinstance(value, list):
        return tuple(value)
    return value
