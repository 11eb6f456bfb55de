"""What a store can do: a dozen named operations, the same on every engine, returning the same objects in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

from papergraph.model import Concept, Edge, Graph, Node, Note, Paper, Relation, Source, Statement, Topic
from papergraph.store.changes import Change, ChangeSet

_T = TypeVar("_T")
Progress = Callable[[str, int, int], None]
"""Told of long work: what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands next to a node: relations that are not rejected with their other ends, topics, papers, notes, each in a stable order."""

    node: Node
    relations: tuple[tuple[Relation, Node], ...] = ()
    topics: tuple[Topic, ...] = ()
    papers: tuple[Paper, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """Which papers or relations to list; `None` and empty mean any, but a `status` of `None` any but rejected. Names are ids by now."""

    topics: tuple[str, ...] = ()
    marker: str | None = None
    decision: str | None = None
    role: str | None = None
    types: tuple[str, ...] = ()
    status: str | None = None
    min_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a search: the node and its score, higher is better."""

    node: Node
    score: float


@dataclass(frozen=True, slots=True)
class Alike:
    """A paper with contents like another's: cosine in 0..1, and the terms that weigh most in it."""

    paper: Paper
    score: float
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """A paper with the texts of the notes about it, in their order, and how often each content word stands in them."""

    paper: Paper
    texts: tuple[str, ...]
    terms: Mapping[str, int]


class Postings(Protocol):
    """What likeness asks of a store."""

    def paper_count(self) -> int:
        """How many papers there are."""

    def terms_of(self, papers: Iterable[str]) -> dict[str, dict[str, int]]:
        """How often each content word stands in the title of, and the notes about, each of these papers."""

    def postings(self, terms: Sequence[str], most: int) -> dict[str, list[Any]]:
        """The papers with each of these words, as the store refers to them; words in more than `most` papers are left out."""

    def ids_of(self, references: Iterable[Any]) -> dict[Any, str]:
        """The ids of the papers that these references of `postings` mean."""

    def contents(self, papers: Iterable[str]) -> list[Contents]:
        """These papers with their contents, by id."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """How much is in a store."""

    nodes: tuple[tuple[str, int], ...]
    relations: tuple[tuple[str, int], ...]
    entries: int
    change_sets: int


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation as seen from a node, without its evidence: its id and type, the other end, confidence."""

    relation: str
    type: str
    other: str
    confidence: float


class Store(Postings, Protocol):
    """A place where the graph and its history are kept.

    Every operation raises `StoreError` where the store cannot be read or written, and leaves it as it was.
    """

    notices: tuple[str, ...]
    """What happened on opening that the user should know, a sentence each: that an older store was brought up to date."""

    @property
    def location(self) -> str:
        """The store's name, as `--db` takes it, without a password."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *exc: object) -> None: ...

    def close(self) -> None:
        """Let go of the store; calling it again does nothing."""

    def reading(self, work: Callable[[], _T]) -> _T:
        """Do `work`, which only reads, in one transaction; it may be done again if the connection is lost."""

    def apply(
        self,
        changes: Sequence[Change] | Callable[[], Sequence[Change]],
        *,
        by: str,
        action: str,
        undoes: int | None = None,
        at: str | None = None,
        continues: int | None = None,
        details: Mapping[str, Any] | None = None,
        keep: Mapping[str, str | None] | None = None,
        after: int | None = None,
        even_empty: bool = False,
    ) -> ChangeSet | None:
        """Apply changes and log them as a new change set; `None`, and no change set, where there are none.

        One transaction, or several for a change set of more than an engine's `PIECE` changes: if it is cut off between
        two of them, the change set holds what was done, and making the same changes anew does the rest.

        Parameters
        ----------
        changes
            What to change; or what makes that, which is called once nobody else can write any more, reads this store, and may be called again.
        at
            When it was done, in ISO 8601 UTC; now if `None`.
        continues
            The number of the newest change set if the changes belong to it.
        details
            What else made it what it is, ready for JSON.
        keep
            What to keep beside the graph, as `keep` takes it, in the same transaction (the last one, where there are several).
        after
            The number of the change set that was the newest when the changes were thought out, where all that was read matters.
        even_empty
            Whether to log a change set without changes.

        Raises
        ------
        StaleError
            If a statement is not what `before` says it is, or the newest change set is not `after`: somebody else has changed it since it was read.
        """

    def statements(self, asserters: Iterable[str]) -> list[Statement]:
        """All that these asserters state, by element id."""

    def statements_on(self, elements: Iterable[str]) -> list[Statement]:
        """All that is stated on these elements, by element id and asserter."""

    def sources(self) -> tuple[Source, ...]:
        """The imported files, by uri."""

    def get(self, ids: Iterable[str]) -> dict[str, Node]:
        """The nodes with these ids; a mention's former id gives the work it became."""

    def papers_under(self, topics: Iterable[str], most: int) -> dict[str, tuple[str, ...]]:
        """The ids of the papers right under each of these topics, by id; topics with more than `most` are left out."""

    def ties(self, nodes: Iterable[str], most: int, *, min_confidence: float = 0.0, types: Sequence[str] = ()) -> dict[str, tuple[Tie, ...]]:
        """The relations at each of these nodes that are not rejected, the most confident first, then by id, `most` at most."""

    def named(self, key: str) -> tuple[Node, ...]:
        """Papers, topics and concepts whose folded title, label, alias or identifier is `key`, by label and id."""

    def names_with(self, key: str, limit: int) -> tuple[Node, ...]:
        """Papers, topics and concepts with a name that holds the folded `key`, by label and name, `limit` at most."""

    def names(self) -> Iterator[tuple[str, str]]:
        """`(id, name)` of every paper, topic and concept, for telling the nearest name."""

    def around(self, node: str) -> Surroundings:
        """What stands next to a node."""

    def papers(self, only: Filter) -> tuple[Paper, ...]:
        """Papers, by path, line and title."""

    def relations(self, only: Filter) -> tuple[tuple[Relation, Node, Node], ...]:
        """Relations with their ends, the most confident first, then by id."""

    def topics(self) -> tuple[tuple[Topic, int], ...]:
        """Topics with the number of papers right under each, in the order of the notes."""

    def concepts(self) -> tuple[tuple[Concept, int, int], ...]:
        """Concepts with the numbers of relations that are not rejected and of notes that name them, most named first."""

    def search(self, text: str, limit: int) -> tuple[Hit, ...]:
        """Full-text search over titles, notes, concepts and topics, best first."""

    def alike(self, paper: str, limit: int) -> tuple[Alike, ...]:
        """Papers whose contents are most like this one's (the id of a node), best first."""

    def neighbours(self, ids: Iterable[str]) -> list[tuple[str, str, str]]:
        """`(from, to, edge)` for each edge, either way, at these papers, topics and concepts, but for rejected relations; `edge` is a type or a relation's id."""

    def relations_by_id(self, ids: Iterable[str]) -> dict[str, Relation]:
        """The relations with these ids."""

    def graph(self) -> Graph:
        """The whole graph."""

    def mentions_with(self, keys: Iterable[str]) -> set[str]:
        """The ids of the mentions of papers that have one of these keys (`resolve.identity`)."""

    def works_of(self, mentions: Iterable[str]) -> dict[str, str]:
        """The work that each of these mentions of papers is."""

    def mentions_of(self, works: Iterable[str]) -> dict[str, str]:
        """The mentions that are these works, each with its work."""

    def statistics(self) -> Statistics:
        """How much is in the store."""

    def history(self, element: str | None = None, limit: int | None = None, by: str | None = None) -> tuple[ChangeSet, ...]:
        """Change sets without their changes, newest first; only those that touched `element`, or were made `by` somebody, if given."""

    def change_set(self, number: int) -> ChangeSet | None:
        """One change set with its changes."""

    def head(self, number: int) -> ChangeSet | None:
        """One change set without its changes."""

    def touches(self, elements: Iterable[str]) -> dict[tuple[str, str], tuple[int, ...]]:
        """The numbers, rising, of the change sets that changed each statement on these elements, by element id and asserter."""

    def changes(self, number: int, start: int = 0) -> Iterator[Change]:
        """The changes of a change set in their order, from the one at `start` on, without holding all of them at once."""

    def all_statements(self) -> Iterator[Statement]:
        """Every statement, by element id and asserter, without holding all of them at once."""

    def all_touches(self) -> Iterator[tuple[str, str, tuple[int, ...]]]:
        """`(element, asserter, change sets)` of every statement that ever was, by element id and asserter."""

    def all_nodes(self, label: str) -> Iterator[Node]:
        """Every node of that label, by id, without holding all of them at once."""

    def all_edges(self, kind: str | None = None) -> Iterator[Edge]:
        """Every structural edge, or those of one type, by type, source and target, without holding all of them at once."""

    def all_relations(self) -> Iterator[Relation]:
        """Every relation, by id, without holding all of them at once."""

    def touched_after(self, number: int) -> tuple[int, ...]:
        """The numbers of later change sets that changed the same statements, rising; those that follow the notes (`Statement.follows`) do not count."""

    def kept(self, prefix: str) -> dict[str, str]:
        """What is kept beside the graph under names that begin with `prefix`, by name in their order."""

    def keep(self, values: Mapping[str, str | None]) -> None:
        """Keep texts beside the graph under these names, in place of what stood there; `None` forgets one. One transaction.

        It is no change of the graph: it stands in no statement, change set or export, and is not undone.
        """

    def positions(self) -> dict[str, tuple[float, float]]:
        """Where the page last drew each node, `(x, y)` in its units, by id in their order; empty where that was never kept."""

    def keep_positions(self, positions: Mapping[str, tuple[float, float]]) -> None:
        """Keep where the page drew each node, in place of all that was kept, in one transaction.

        It is no change of the graph: it stands in no statement, change set, export or copy. The numbers are finite; an id
        need not be that of a node.
        """


    def check(self) -> list[str]:
        """What is unsound by the engine's own checks, a line each; empty where all is well."""

    def read_statements(self) -> Iterator[tuple[str, str, Statement | None]]:
        """`(element, asserter, statement)` of every statement, by element id and asserter; `None` for one that does not parse."""

    def lookups(self, kind: str) -> Iterator[tuple[str, str]]:
        """`(id, value)` of all that elements are found by, by id, empty for what is that of nothing.

        `kind` is `names` (folded names of a node), `words` (the tokens that full-text search finds it by), `terms` (`word count` of a
        paper's contents), `references` (what an element leads to), `keys` (by which a mention of a paper is found again) or
        `works` (which work a mention is). An engine may hold the hash of a long value in its place.
        """

    def rebuild(self, progress: Progress | None = None) -> None:
        """Make the graph and all that it is found by anew from the statements.

        One transaction; on Neo4j several for more than `PIECE` statements, which leave the graph in parts until the last:
        cut off, it is to be run again.
        """


class Likeness(Protocol):
    """Tells which papers' contents are like one's: what can stand in for `Store.alike`."""

    def __call__(self, store: Store, paper: str, limit: int) -> tuple[Alike, ...]:
        """The papers most like `paper` (the id of a node), best first, `limit` at most."""
