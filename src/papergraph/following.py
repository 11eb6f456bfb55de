"""Quotes that follow the notes: what a decision of the user or a language model's proposal rests on, found again in files that were edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from papergraph.folding import source_id
from papergraph.graph import id_between_works
from papergraph.model import KEPT, LLM, USER, Evidence, Note, Relation, Source, Statement
from papergraph.notes.document import count_lines
from papergraph.reading import path_of
from papergraph.renaming import retitled
from papergraph.resolve.identity import one_work
from papergraph.resolve.quotes import find_quote, surroundings
from papergraph.store.changes import Change
from papergraph.store.protocol import Store

Text = Callable[[str], str | None]
"""Gives the text of the file of a source (uri) as it is now; `None` if it has gone."""


def followed(evidence: Evidence, text: str | None, path: str, source: str, taken: Sequence[tuple[int, int]] = ()) -> Evidence:
    """The evidence where it stands in the text of its file now, but not in a stretch that is `taken`; or marked as lost."""
    if text is None or evidence.start is None:
        return replace(evidence, lost=True)
    place = find_quote(text, evidence.quote, evidence.prefix or "", evidence.suffix or "", evidence.start, taken)
    if place is None:
        return replace(evidence, lost=True)
    prefix, suffix = surroundings(text, place.start, place.end)
    line = count_lines(text, 0, place.start) + 1
    return replace(evidence, quote=text[place.start : place.end], path=path, line=line, start=place.start, end=place.end, source=source, prefix=prefix, suffix=suffix, lost=None)


def changes(store: Store, uris: Mapping[str, str | None], before: Sequence[Statement], after: Sequence[Statement], text: Text) -> Iterator[Change]:
    """The changes to statements that follow the notes, when files change what they state.

    Where a file no longer states a relation that the user has decided on, the sentences are kept, found again or marked as lost, until
    a file states it again. Proposals of a language model go when no sentence of theirs is left.

    Parameters
    ----------
    uris
        The files that were read anew or have gone (uri), each with what it is called now; `None` for one that has gone.
    before, after
        What they stated, and what they state.
    """
    files = _Files(uris, before, after, text)
    held = {s.key: s for s in store.statements([f"{kind}{source}" for kind in (KEPT, LLM) for source in files.former])}
    stated = {(s.element.id, s.asserter) for s in after if isinstance(s.element, Relation)}
    wanted: dict[tuple[str, str], Statement] = {}
    named: list[Statement] = []
    lost: list[Statement] = []
    for s in held.values():
        kind = KEPT if s.asserter.startswith(KEPT) else LLM
        former = s.asserter.removeprefix(kind)
        now = files.now(former)
        if not isinstance(s.element, Relation):
            named.append(Statement(f"{kind}{now}", s.element))
            continue
        relation = files.moved(s.element, former)
        if kind == KEPT:
            if (relation.id, now) not in stated:
                wanted[relation.id, f"{KEPT}{now}"] = Statement(f"{KEPT}{now}", relation)
        elif pieces := tuple(e for e in relation.evidence if not e.lost):
            wanted[relation.id, f"{LLM}{now}"] = Statement(f"{LLM}{now}", replace(relation, evidence=pieces))
        else:
            lost.append(Statement(f"{KEPT}{now}", relation))
    ends = {(asserter, end) for (_, asserter), s in wanted.items() if isinstance(s.element, Relation) for end in (s.element.source, s.element.target)}
    wanted |= {s.key: s for s in named if (s.asserter, s.element.id) in ends}
    gone = [s for s in before if isinstance(s.element, Relation) and (s.element.id, files.now(s.asserter)) not in stated]
    decided = _decided(store, (*gone, *lost))
    wanted = {**{s.key: s for s in lost if s.element.id in decided}, **wanted}
    for s in gone:
        if isinstance(s.element, Relation) and s.element.id in decided:
            put = Statement(f"{KEPT}{files.now(s.asserter)}", files.moved(s.element, s.asserter))
            wanted[put.key] = put
    there = {s.key: s for s in store.statements_on({element for element, _ in wanted.keys() | held.keys()}) if s.follows}
    for key in sorted(wanted.keys() | held.keys()):
        if there.get(key) != wanted.get(key):
            yield Change(there.get(key), wanted.get(key))


class _Files:
    """Files that were read anew or have gone, each by the source that it was: which one it is now, and where quotes stand in it."""

    def __init__(self, uris: Mapping[str, str | None], before: Sequence[Statement], after: Sequence[Statement], text: Text) -> None:
        self.former = {source_id(old): (old, new) for old, new in uris.items()}
        self._was, self._is = _notes(before), _notes(after)
        self._text = cache(text)

    def now(self, former: str) -> str:
        """The id of the source that the file is now; that of what it was where it has gone."""
        old, new = self.former[former]
        return source_id(new or old)

    def moved(self, relation: Relation, former: str) -> Relation:
        """The relation with its quotes where they stand in the file now."""
        old, new = self.former[former]
        now, text = self.now(former), self._text(new) if new is not None else None
        was, notes = self._was.get(former, ()), self._is.get(now, ())
        pieces = (followed(e, text, path_of(new or old), now, _others(e, was, notes)) for e in relation.evidence)
        return replace(relation, evidence=tuple(replace(e, note_id=_note_of(e, self._is)) for e in pieces))


def taken_back(store: Store, undoing: Sequence[Change], number: int) -> tuple[Change, ...]:
    """The changes that take back change set `number`, with what follows where they change what files state.

    The graph is then that of files as they were, whose texts are not to be had. What was kept since of their sentences, and what a later decision
    rests on, counts as lost until the files are read again.
    """
    files = {c.statement.asserter for c in undoing if isinstance(c.statement.element, Source)}
    if not files:
        return tuple(undoing)
    done = {c.statement.key for c in undoing}
    stated = {(c.statement.element.id, c.statement.asserter) for c in undoing if c.after}
    more: list[Change] = []
    for s in store.statements([f"{kind}{f}" for kind in (KEPT, LLM) for f in files]):
        if s.key in done or not isinstance(s.element, Relation):
            continue
        again = s.asserter.startswith(KEPT) and (s.element.id, s.asserter.removeprefix(KEPT)) in stated
        now = None if again else replace(s, element=_lost(s.element))
        if now != s:
            more.append(Change(s, now))
    gone = [c.before for c in undoing if c.before and c.after is None and isinstance(c.before.element, Relation) and c.before.asserter in files]
    decided = _decided(store, gone, since=number)
    put = [Statement(f"{KEPT}{s.asserter}", _lost(s.element)) for s in gone if isinstance(s.element, Relation) and s.element.id in decided]
    held = {s.key: s for s in store.statements_on({s.element.id for s in put})}
    known = {c.statement.key for c in more} | done
    return (*undoing, *more, *(Change(held.get(s.key), s) for s in put if s.key not in known))


def _lost(relation: Relation) -> Relation:
    return replace(relation, evidence=tuple(replace(e, lost=True, note_id=None) for e in relation.evidence))


def same_works(store: Store, before: Sequence[Statement], after: Sequence[Statement]) -> list[Change]:
    """The changes that keep what the user said of entries whose titles were put right: the former name and the new one are one work, as if merged."""
    pairs = retitled(before, after)
    if not pairs:
        return []
    former, new = {a.id for a, _ in pairs}, {b.id for _, b in pairs}
    held = store.statements_on(former | new)
    keys, ours = {s.key for s in held}, {s.element.id for s in held if s.asserter.startswith(USER)}
    # a title that somebody had used before, or still uses, is that of another work
    read = {s.asserter for s in (*before, *after)}
    known = {s.element.id for s in held if s.names and (s.element.id in new or s.asserter not in read)} | {s.element.id for s in after if s.element.id in former}
    wanted = (s for a, b in pairs if a.id in ours and not {a.id, b.id} & known for s in one_work(a.id, b.id))
    return [Change(None, s) for s in wanted if s.key not in keys]


def _decided(store: Store, relations: Iterable[Statement], since: int = 0) -> set[str]:
    """The ids of those of these relations that the user has decided on, after change set `since`, whichever mentions of the works they are between."""
    found = [s.element for s in relations if isinstance(s.element, Relation)]
    if not found:
        return set()
    said = [s.element for s in store.statements([USER]) if isinstance(s.element, Relation) and not s.removed]
    if since:
        touches = store.touches({r.id for r in said})
        said = [r for r in said if touches[r.id, USER][-1] > since]
    works = store.works_of({end for r in (*found, *said) for end in (r.source, r.target)})
    known = {id_between_works(r, works) for r in said}
    return {r.id for r in found if id_between_works(r, works) in known}


def _notes(after: Iterable[Statement]) -> dict[str, list[Note]]:
    out: dict[str, list[Note]] = {}
    for s in after:
        if isinstance(s.element, Note):
            out.setdefault(s.asserter, []).append(s.element)
    return out


def _others(evidence: Evidence, before: Sequence[Note], now: Sequence[Note]) -> list[tuple[int, int]]:
    """Where notes stand that stood in the file already beside that of the quote: the same words in one of them are not the quote, moved there."""
    stood = {(n.about, n.text): n.id for n in before}
    return [(n.start, n.end) for n in now if stood.get((n.about, n.text), evidence.note_id) != evidence.note_id]


def _note_of(evidence: Evidence, notes: Mapping[str, list[Note]]) -> str | None:
    """The note that the quote stands in."""
    if evidence.lost or evidence.start is None or evidence.end is None:
        return None
    return next((n.id for n in notes.get(evidence.source or "", ()) if n.start <= evidence.start and evidence.end <= n.end), None)
