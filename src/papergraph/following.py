"""Quotes that follow the notes: what a decision of the user or a language model's proposal rests on, found again in files that were edited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from papergraph.folding import digest, source_id
from papergraph.model import KEPT, LLM, MERGE, USER, Evidence, Note, Paper, Relation, Source, Statement
from papergraph.notes.document import count_lines
from papergraph.renaming import retitled
from papergraph.resolve.identity import MERGED
from papergraph.resolve.quotes import find_quote, surroundings
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import RELATIONS, Role

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
    ids = {source_id(old): (old, new) for old, new in uris.items()}
    followers = [f"{kind}{i}" for kind in (KEPT, LLM) for i in ids]
    held = {s.key: s for s in store.statements(followers)}
    stated = {(s.element.id, s.asserter) for s in after if isinstance(s.element, Relation)}
    wanted: dict[tuple[str, str], Statement] = {}
    texts: dict[str, str | None] = {}
    notes, former = _notes(after), _notes(before)
    named: list[tuple[Statement, str]] = []
    lost: list[tuple[Statement, Statement]] = []

    def moved(relation: Relation, old: str, new: str | None) -> Relation:
        if new is not None and new not in texts:
            texts[new] = text(new)
        now = source_id(new) if new is not None else source_id(old)
        pieces = tuple(followed(e, texts.get(new or ""), _path(new or old), now, _others(e, former.get(source_id(old), ()), notes.get(now, ()))) for e in relation.evidence)
        return replace(relation, evidence=tuple(replace(e, note_id=_note_of(e, notes)) for e in pieces))

    for s in held.values():
        kind = KEPT if s.asserter.startswith(KEPT) else LLM
        old, new = ids[s.asserter.removeprefix(kind)]
        if not isinstance(s.element, Relation):
            named.append((s, f"{kind}{source_id(new or old)}"))
            continue
        relation = moved(s.element, old, new)
        if kind == LLM:
            if pieces := tuple(e for e in relation.evidence if not e.lost):
                put = Statement(f"{LLM}{source_id(new or old)}", replace(relation, evidence=pieces))
                wanted[put.key] = put
            else:
                lost.append((s, Statement(f"{KEPT}{source_id(new or old)}", relation)))
        elif (s.element.id, source_id(new or old)) not in stated:
            put = Statement(f"{KEPT}{source_id(new or old)}", relation)
            wanted[put.key] = put
    ends = {(asserter, end) for (_, asserter), s in wanted.items() if isinstance(s.element, Relation) for end in (s.element.source, s.element.target)}
    for s, asserter in named:
        if (asserter, s.element.id) in ends:
            put = Statement(asserter, s.element)
            wanted[put.key] = put
    gone = [s for s in before if isinstance(s.element, Relation) and (s.element.id, source_id(ids[s.asserter][1] or ids[s.asserter][0])) not in stated]
    decided = _decided(store, (*gone, *(s for s, _ in lost)))
    for s, put in lost:
        if s.element.id in decided:
            wanted.setdefault(put.key, put)
    for s in gone:
        if isinstance(s.element, Relation) and s.element.id in decided:
            old, new = ids[s.asserter]
            put = Statement(f"{KEPT}{source_id(new or old)}", moved(s.element, old, new))
            wanted[put.key] = put
    now = {s.key: s for s in store.statements_on({element for element, _ in wanted.keys() | held.keys()}) if s.follows}
    for key in sorted(wanted.keys() | held.keys()):
        if now.get(key) != wanted.get(key):
            yield Change(now.get(key), wanted.get(key))


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
    held = store.statements_on({p.id for pair in pairs for p in pair})
    ours = {s.element.id for s in held if s.asserter.startswith(USER)}
    # a title that somebody had used before, or still uses, is that of another work
    read = {s.asserter for s in (*before, *after)}
    known = {s.element.id for s in held if s.names and s.element.id in {b.id for _, b in pairs}}
    known |= {s.element.id for s in held if s.names and s.asserter not in read} | {s.element.id for s in after if s.element.id in {a.id for a, _ in pairs}}
    out = []
    for a, b in pairs:
        if a.id in ours and not {a.id, b.id} & known:
            key = digest(*sorted((a.id, b.id)))
            put = [Statement(f"{MERGE}{key}", Paper(p.id, "", Role.CITED, same=(f"{MERGED}{key}",))) for p in (a, b)]
            out += [Change(None, s) for s in put if s.key not in {h.key for h in held}]
    return out


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

    def ends(r: Relation) -> tuple[str, ...]:
        found = works.get(r.source, r.source), works.get(r.target, r.target)
        return r.type, *(sorted(found) if RELATIONS[r.type].symmetric else found)

    known = {ends(r) for r in said}
    return {r.id for r in found if ends(r) in known}


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


def _path(uri: str) -> str:
    return uri.split("/", 1)[1] if "/" in uri else uri
