"""Why something is in the graph: who states it, by which rule, from which sentence, since when, and whether that still stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from papergraph.folding import fold
from papergraph.graph import in_order_of_weight, stated_as
from papergraph.model import CATALOGUE, EDIT, KEPT, LLM, MERGE, SPLIT, USER, Evidence, Node, Note, Paper, Relation, Source, Statement
from papergraph.notes.document import count_lines
from papergraph.origins import having, origins
from papergraph.reading import NotesFile, read_text
from papergraph.resolve.quotes import find_quote
from papergraph.store.changes import ChangeSet
from papergraph.store.protocol import Store

_FACTS = (
    *("title", "role", "authors", "year", "venue", "decision", "url", "doi", "arxiv_id", "openreview_id"),
    *("markers", "aliases", "tags", "links", "read_at"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a quote stands now.

    Attributes
    ----------
    state
        `there`; `moved` (the same words at another place); `changed` (words much like them between the same surroundings);
        `lost`; or `unread` (its file is not on this machine, or cannot be read: all is as it was at the last import).
    line
        The line, from 1; the last one known where it is lost or unread.
    before, quote, after
        The quote with the lines around it; what was kept of them where the file was not read.
    """

    state: str
    path: str | None
    line: int | None
    before: str
    quote: str
    after: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """One asserter's word.

    Attributes
    ----------
    who
        `notes`, `you`, `kept` (sentences that your decision rests on), `language model` or `catalogue`.
    source
        The file of notes.
    rules
        The rules that fired.
    first, last
        The change sets that stated it first and changed it last.
    seen_at
        When its file was last found to state it, ISO 8601 UTC; `None` where that is not known.
    evidence
        Its sentences, each with where it stands now.
    """

    who: str
    source: Source | None
    rules: tuple[str, ...]
    first: ChangeSet | None
    last: ChangeSet | None
    seen_at: str | None
    statement: Statement
    evidence: tuple[tuple[Evidence, Standing], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of a paper's field: who gives it, and where it stands (`path:line`), if that is known, and stands there still."""

    field: str
    value: str
    by: Assertion
    place: str | None
    state: str | None


class Witness:
    """Looks up where things come from: holds the sources, the origins and the texts of files that were read, for a while."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sources: dict[str, Source | None] = {"": None}
        self._origins = origins(store)
        self._texts: dict[str, str | None] = {}
        self._heads: dict[int, ChangeSet | None] = {}

    def standing(self, evidence: Evidence, lines: int = 2) -> Standing:
        """Where a quote stands now, with up to so many lines around it."""
        source = self._source_of(evidence)
        text = self._text(source)
        if evidence.lost and text is not None and source is not None and _hash(text) == source.sha256:
            # the import that missed it looked at this very text, and knew whose words the same ones elsewhere are
            return Standing("lost", evidence.path, evidence.line, evidence.prefix or "", evidence.quote, evidence.suffix or "")
        if text is None or evidence.start is None or evidence.end is None:
            state = "lost" if evidence.lost else "unread"
            return Standing(state, evidence.path, evidence.line, evidence.prefix or "", evidence.quote, evidence.suffix or "")
        if text[evidence.start : evidence.end] == evidence.quote and not evidence.lost:
            start, end, state = evidence.start, evidence.end, "there"
        else:
            place = find_quote(text, evidence.quote, evidence.prefix or "", evidence.suffix or "", evidence.start)
            if place is None:
                return Standing("lost", evidence.path, evidence.line, evidence.prefix or "", evidence.quote, evidence.suffix or "")
            start, end, state = place.start, place.end, "moved" if place.exact else "changed"
        before, after = _around(text, start, end, lines)
        return Standing(state, evidence.path, count_lines(text, 0, start) + 1, before, text[start:end], after)

    def assertions(self, element: Relation | Node) -> tuple[Assertion, ...]:
        """Who states an element, the word that counts first first; for a paper under all its names."""
        ids = self._ids(element)
        touches = self._store.touches(ids)
        said = [s for s in in_order_of_weight(self._store.statements_on(ids)) if not s.asserter.startswith(f"{USER}:") or s.asserter.startswith((MERGE, SPLIT, EDIT))]
        return tuple(self._assertion(s, touches.get(s.key, ())) for s in said)

    def facts(self, paper: Paper) -> tuple[Fact, ...]:
        """What is known of a paper, field by field, each value with who gives it first."""
        asserted = [(a, a.statement.element) for a in self.assertions(paper) if isinstance(a.statement.element, Paper) and not a.statement.asserter.startswith((MERGE, SPLIT))]
        out = []
        for name in _FACTS:
            held = getattr(paper, name)
            for value in held if isinstance(held, tuple) else (held,) if held is not None else ():
                givers = [(a, p) for a, p in asserted if _gives(p, name, value)]
                # whoever puts another fact right repeats title and role with it
                given = next((g for g in givers if g[0].who != "you" or name not in ("title", "role")), givers[0] if givers else None)
                if given is not None:
                    place, state = self._fact_place(given[1], name, str(value), given[0])
                    out.append(Fact(name, str(value), given[0], place, state))
        return tuple(out)

    def _ids(self, element: Relation | Node) -> set[str]:
        if isinstance(element, Relation):
            return stated_as(element, self._store.mentions_of([element.source, element.target]))
        return {element.id, *self._store.mentions_of([element.id])} if isinstance(element, Paper) else {element.id}

    def _assertion(self, statement: Statement, numbers: Sequence[int]) -> Assertion:
        who, source_id = _who(statement.asserter)
        source = self._source(source_id)
        element = statement.element
        evidence = element.evidence if isinstance(element, Relation) else ()
        first, last = (self._head(n) for n in (numbers[0], numbers[-1])) if numbers else (None, None)
        return Assertion(
            who,
            source,
            tuple(dict.fromkeys(e.rule for e in evidence if e.rule and e.rule != USER)),
            first,
            last,
            self._seen(source) if source else None,
            statement,
            tuple((e, self.standing(e)) for e in evidence),
        )

    def _head(self, number: int) -> ChangeSet | None:
        if number not in self._heads:
            self._heads[number] = self._store.head(number)
        return self._heads[number]

    def _seen(self, source: Source) -> str | None:
        found = having(self._origins, source.uri)
        return found[0].seen_at(source.uri) if found else None

    def _source(self, source_id: str) -> Source | None:
        if source_id not in self._sources:
            found = self._store.get([source_id]).get(source_id)
            self._sources[source_id] = found if isinstance(found, Source) else None
        return self._sources[source_id]

    def _source_of(self, evidence: Evidence) -> Source | None:
        if evidence.source is not None:
            return self._source(evidence.source)
        # what an older papergraph stored
        note = self._store.get([evidence.note_id]).get(evidence.note_id) if evidence.note_id else None
        return self._source(note.source) if isinstance(note, Note) else None

    def _text(self, source: Source | None) -> str | None:
        """The text of a source's file as it is now; `None` if it is not to be had."""
        if source is None:
            return None
        if source.uri not in self._texts:
            found = having(self._origins, source.uri)
            self._texts[source.uri] = read_text(NotesFile(found[1], source.uri), found[0].encoding) if found else None
        return self._texts[source.uri]

    def _fact_place(self, paper: Paper, name: str, value: str, by: Assertion) -> tuple[str | None, str | None]:
        told = [place.rsplit(":", 2) for field, _, place in (entry.partition(" ") for entry in paper.places) if field == name]
        if not told:
            return (f"{paper.path}:{paper.line}", None) if paper.path else (None, None)
        text = self._text(by.source)
        if text is None:
            return ":".join(told[0][:2]), "unread"
        pieces = [text[int(start) : int(end)] for start, _, end in (span.partition("-") for _, _, span in told)]
        # of several places of one field the one that gives this value
        at = next((n for n, piece in enumerate(pieces) if _tells(piece, value)), 0)
        same = by.source is not None and _hash(text) == by.source.sha256
        state = "there" if same or _tells(pieces[at], value) else "moved" if any(_tells(line, value) for line in text.splitlines()) else "lost"
        return ":".join(told[at][:2]), state


def _gives(paper: Paper, name: str, value: Any) -> bool:
    held = getattr(paper, name)
    if name == "aliases":
        return value in held or value == paper.title
    return value in held if isinstance(held, tuple) else held == value


def _tells(text: str, value: str) -> bool:
    """Whether a text gives a value, in whatever case, width and order of words: `Curie, Marie` gives `Marie Curie`."""
    folded = fold(text)
    return fold(value) in folded or all(fold(word) in folded for word in value.split())


def _who(asserter: str) -> tuple[str, str]:
    """Who an asserter is, and the id of the source that it stands for."""
    if asserter.startswith(CATALOGUE):
        return "catalogue", ""
    for start, who in ((KEPT, "kept"), (LLM, "language model")):
        if asserter.startswith(start):
            return who, asserter.removeprefix(start)
    return ("you", "") if asserter.startswith(USER) else ("notes", asserter)


def _around(text: str, start: int, end: int, lines: int) -> tuple[str, str]:
    """The lines before and after `text[start:end]`, with the rest of its own."""
    before, after = text[:start], text[end:]
    head = before.splitlines(keepends=True)
    partial = 0 if not head or head[-1].endswith(("\n", "\r")) else 1
    tail = after.splitlines(keepends=True)
    return "".join(head[max(0, len(head) - lines - partial) :]), "".join(tail[: lines + 1]).rstrip("\r\n")


def _hash(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
