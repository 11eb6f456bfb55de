"""Which names are one work, in the user's word → changes of statements: `merge` and `split`, each the inverse of the other.

Nothing of what the notes or the user said of either is touched: the word stands beside it (`Paper.same`, `Paper.apart`), and taking
it back later leads to just what would be without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from papergraph.errors import UsageError
from papergraph.folding import fold
from papergraph.model import MERGE, SPLIT, Paper, Statement
from papergraph.resolve.identity import all_keys, identifier_keys, one_work, pair_key, works_in
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import Role


def merge(store: Store, a: Paper, b: Paper) -> tuple[Change, ...]:
    """The changes that make one work of two; none if they are one already.

    Where the user split them, that is taken back.
    """
    if a.id == b.id:
        return ()
    said = _said(store, [a.id, b.id])
    splits = sorted({s.asserter for s in said if s.asserter.startswith(SPLIT)})
    known = _beside(store, said) if splits else []
    for asserter in splits:
        works = works_in(s for s in known if s.asserter != asserter)
        if works.get(a.id) == works.get(b.id):
            return _without(said, [asserter])
    # with its identifiers each is the same when its title is put right in the notes
    put = one_work(a.id, b.id, {p.id: identifier_keys(p) for p in (a, b)})
    return (*_without(said, [f"{SPLIT}{pair_key(a.id, b.id)}"]), *(Change(None, s) for s in put))


def tell_apart(store: Store, a: Paper, b: Paper) -> tuple[Change, ...]:
    """The changes that note that two works which look alike are two; none if that stands."""
    held = {s.key for s in _said(store, [a.id, b.id])}
    put = [Statement(f"{SPLIT}{pair_key(a.id, b.id)}", Paper(p.id, "", Role.CITED)) for p in (a, b)]
    return tuple(Change(None, s) for s in put if s.key not in held)


def parted(store: Store, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these pairs of papers (ids) that the user told apart, or had merged and parted again."""
    ids = {i for pair in pairs for i in pair}
    stated = {s.key for s in store.statements_on(ids)}
    once = store.touches(ids)
    return {(a, b) for a, b in pairs if (a, f"{SPLIT}{pair_key(a, b)}") in stated or (a, f"{MERGE}{pair_key(a, b)}") in once}


def split(store: Store, paper: Paper, name: str | None = None) -> tuple[Change, ...]:
    """The changes that make of one of a work's names a work of its own again.

    What the user merged is taken back; what papergraph took for one work is told apart from now on.

    Parameters
    ----------
    name
        One of the names (or ids) under which the notes tell of it; may be left out where there is one way only.

    Raises
    ------
    UsageError
        If the work has one name only, no such name, or several and none is given.
    """
    said = _said(store, [paper.id])
    titles = _titles(said)
    merges = sorted({s.asserter for s in said if s.asserter.startswith(MERGE)})
    if len(titles) < 2:
        if merges:
            return _without(said, merges)
        raise UsageError(f"the notes know “{paper.title}” by this one name only; there is nothing to split")
    beside = _beside(store, said)
    # what would be one work without the user's merges
    works = works_in(s for s in beside if s.asserter not in merges)
    parts = {works[m] for m in titles}
    if name is None:
        others = [m for m in titles if m != paper.id and (len(parts) == 1 or works[m] != works.get(paper.id))]
        if len(parts) > 2 or (len(parts) == 1 and len(others) > 1):
            raise UsageError(f"“{paper.title}” has several names; say which one is another work:{_listed(titles)}")
        chosen = others[0]
    else:
        found = [m for m, names in titles.items() if name == m or fold(name) in map(fold, names)]
        if len(found) != 1:
            raise UsageError(f"'{name}' is none of the names of “{paper.title}”; they are:{_listed(titles)}" if not found else f"'{name}' may be any of these; give the id:{_listed({m: titles[m] for m in found})}")
        chosen = found[0]
    # merges that lead from what is one work with the name anyway to others
    leading = {m for m in merges if {works.get(s.element.id) == works[chosen] for s in said if s.asserter == m} == {True, False}}
    now = works_in(s for s in beside if s.asserter not in leading)
    if any(now[m] != now[chosen] for m in titles):
        return _without(said, leading)
    own = {s.asserter for s in said if s.asserter in merges and s.element.id == chosen}
    return (*_without(said, own), Change(None, Statement(f"{SPLIT}{chosen}", Paper(chosen, "", Role.CITED, apart=True))))


def _said(store: Store, works: Sequence[str]) -> list[Statement]:
    """All that is stated on the mentions that are these works."""
    return [s for s in store.statements_on({*works, *store.mentions_of(works)}) if isinstance(s.element, Paper)]


def _beside(store: Store, said: Iterable[Statement]) -> list[Statement]:
    """These statements on papers, and those on all mentions that share a key with theirs, and so on: what tells which are one work."""
    out = {s.key: s for s in said}
    mentions: set[str] = set()
    while True:
        keys = all_keys(s.element for s in out.values() if isinstance(s.element, Paper))
        found = {s.element.id for s in out.values()} | store.mentions_with(keys)
        found |= store.mentions_of(set(store.works_of(found).values())).keys()
        if found <= mentions:
            return list(out.values())
        out |= {s.key: s for s in store.statements_on(found - mentions) if isinstance(s.element, Paper)}
        mentions |= found


def _titles(said: Iterable[Statement]) -> dict[str, list[str]]:
    """The mentions with their titles, without those that only the user's word on who is who is about."""
    out: dict[str, dict[str, None]] = {}
    for s in said:
        if not s.aside and isinstance(s.element, Paper):
            out.setdefault(s.element.id, {})[s.element.title] = None
    return {m: [*names] for m, names in out.items()}


def _without(said: Iterable[Statement], asserters: Collection[str]) -> tuple[Change, ...]:
    return tuple(Change(s, None) for s in said if s.asserter in asserters)


def _listed(titles: Mapping[str, Sequence[str]]) -> str:
    return "".join(f"\n  {m}  {'; '.join(names)}" for m, names in sorted(titles.items()))
