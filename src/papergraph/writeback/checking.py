"""Notes read again with other text in a file: whether just the wanted relations are new, and nothing else has changed but places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from papergraph.extract import Catalogue, Known, read_document, survey
from papergraph.extract.state import Extraction
from papergraph.lang.words import Words
from papergraph.model import Concept, Node, Note, Paper, Problem, Relation, Statement
from papergraph.notes import read
from papergraph.notes.document import Block, Document
from papergraph.reading import is_bibliography, stand_beside
from papergraph.store.changes import placeless
from papergraph.store.protocol import Progress
from papergraph.vocabulary import RELATIONS, Role

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """One file as it is read: the state of extraction at its end, what it makes known to others, what it states."""

    state: Extraction
    known: tuple[Known, ...]
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """A relation that new lines shall state: its type, the mentions that are the works at its ends, and whether it is supposed only."""

    type: str
    sources: frozenset[str]
    targets: frozenset[str]
    hedged: bool
    ends: tuple[Node, ...]

    def is_stated_by(self, relation: Relation) -> bool:
        """Whether `relation` is the wanted one, whatever its confidence."""
        if relation.type != self.type or relation.hedged != self.hedged:
            return False
        ways = [(relation.source, relation.target)]
        if RELATIONS[self.type].symmetric:
            ways.append((relation.target, relation.source))
        return any(a in self.sources and b in self.targets for a, b in ways)


class Notebook:
    """Documents that are read together, and other papers that their collections know."""

    def __init__(self, documents: Sequence[Document], others: Iterable[Known], words: Words | None, progress: Progress | None = None) -> None:
        lists = [is_bibliography(d) for d in documents]
        beside = stand_beside(lists)
        self._words = words
        self.documents = {d.uri: replace(d, library=beside and is_list) for d, is_list in zip(documents, lists, strict=True)}
        known: list[Known] = []
        for n, document in enumerate(self.documents.values()):
            if progress:
                progress("reading", n, len(self.documents))
            known += survey(document, words).known()
        self._others = tuple(others)
        self.catalogue = Catalogue((*known, *self._others))
        self._taken: dict[str, Taken] = {}

    def taken(self, uri: str) -> Taken:
        """The file as it stands."""
        if uri not in self._taken:
            self._taken[uri] = self._read(self.documents[uri])
        return self._taken[uri]

    def again(self, uri: str, text: str) -> Taken:
        """The file if it held `text`: read as an import would."""
        document = self.documents[uri]
        return self._read(replace(read(text, document.path, uri), library=document.library))

    def _read(self, document: Document) -> Taken:
        surveyed = survey(document, self._words)
        known = surveyed.known()
        reading = read_document(surveyed, self.catalogue)
        return Taken(surveyed.state, known, reading.statements, reading.problems)


def fault(before: Taken, after: Taken, spans: Sequence[tuple[int, int]], wishes: Sequence[Wish]) -> str:
    """Why `after`, with lines put in at `spans`, is not `before` with just these relations more; empty if it is.

    That what the file makes known to others is the same means that no other file reads otherwise.
    """
    if [_known(k) for k in after.known] != [_known(k) for k in before.known]:
        return "another paper would be read"
    if sorted(p.message for p in after.problems) != sorted(p.message for p in before.problems):
        return "a line could no longer be read"
    if not _same_blocks(before.state.document, after.state.document, spans):
        return "other lines would be read otherwise"
    old, new = _by_key(before.statements), _by_key(after.statements)
    for key, element in old.items():
        if key not in new:
            return "something that the notes state would go"
        if new[key] != element:
            return "something that the notes state would change"
    placed = {(s.element.id, s.asserter): s.element for s in after.statements}
    met: set[int] = set()
    for key in new.keys() - old.keys():
        element = placed[key]
        n = _granted(element, spans, wishes)
        if n is None:
            return f"it would be read as {_spoken(element)}"
        if isinstance(element, Relation):
            met.add(n)
    return "" if len(met) == len(wishes) else "it would not be read as this relation"


def _granted(element: Node | Relation, spans: Sequence[tuple[int, int]], wishes: Sequence[Wish]) -> int | None:
    """Which wish a new element belongs to (-1 for a note of a new line); `None` if to none."""
    match element:
        case Relation():
            placed = all(e.start is not None and e.end is not None and _inside(e.start, e.end, spans) for e in element.evidence)
            return next((n for n, w in enumerate(wishes) if placed and w.is_stated_by(element)), None)
        case Note():
            return -1 if _inside(element.start, element.end, spans) and not element.also_at else None
        case Paper() if element.role is Role.CITED:
            return next((n for n, w in enumerate(wishes) if element.id in w.sources | w.targets and any(_is_part(element, end) for end in w.ends)), None)
        case Concept():
            return next((n for n, w in enumerate(wishes) if element.id in w.targets and any(end.id == element.id and not element.alt_labels for end in w.ends)), None)
        case _:
            return None


_PLACES = ("id", "role", "path", "line", "places", "aliases", "topics")


def _is_part(cited: Paper, work: Node) -> bool:
    """Whether a citation tells nothing of a work that is not known of it."""
    if not isinstance(work, Paper):
        return False
    for name in (f.name for f in fields(Paper) if f.name not in _PLACES):
        said, known = getattr(cited, name), getattr(work, name)
        if said and said != known and not (isinstance(said, tuple) and set(said) <= set(known)) and name != "title":
            return False
    return not cited.aliases and not cited.topics


def _spoken(element: Node | Relation) -> str:
    return RELATIONS[element.type].active + " another" if isinstance(element, Relation) else f"another {element.label.lower()}"


def _inside(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(a <= start and end <= b for a, b in spans)


def _same_blocks(before: Document, after: Document, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the blocks outside `spans` are what they were, and those inside hold nothing else."""
    kept: list[Block] = []
    for block in after.walk():
        inside = _inside(block.offsets[0], block.offsets[-1] + 1, spans)
        if not inside:
            if any(a <= o < b for a, b in spans for o in (block.offsets[0], block.offsets[-1])):
                return False
            kept.append(block)
    return before.flat == after.flat and [_shape(b) for b in before.walk()] == [_shape(b) for b in kept]


def _shape(block: Block) -> tuple[object, ...]:
    return block.kind, block.text, block.level, block.links, block.strong, block.quoted, block.cells


def _known(known: Known) -> Known:
    return replace(known, paper=placeless(known.paper))  # type: ignore[arg-type]  # a paper gives a paper


def _by_key(statements: Iterable[Statement]) -> Mapping[_Key, Node | Relation]:
    return {(s.element.id, s.asserter): placeless(s.element) for s in statements}
