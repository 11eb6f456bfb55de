"""Changes of statements → what a reader would call the difference: by file, what came, what changed and how, what moved, what went."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from papergraph.model import CATALOGUE, KEPT, LLM, MERGE, SPLIT, USER, Node, Relation, Source
from papergraph.renaming import content_key
from papergraph.store.changes import Change, is_beside
from papergraph.store.protocol import Store
from papergraph.vocabulary import RELATIONS

_PLACES = frozenset(("line", "start", "end", "also_at", "places", "sha256", "path", "id", "source"))
"""Fields that tell only where something stands."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference.

    Attributes
    ----------
    verb
        `added`, `changed`, `moved`, `retracted`, `removed`, `accepted`, `rejected`, `merged`, `split`, `renamed`.
    what
        `paper`, `topic`, `concept`, `note`, `relation` or `file`.
    name
        Its title, label, words or uri; a relation's as `A → is similar to → B`.
    details
        What changed, as `year: 2023 → 2024`; a relation's quotes.
    place, was
        Where it stands (`path:line`), and where it stood before it moved.
    """

    verb: str
    what: str
    name: str
    id: str
    details: tuple[str, ...] = ()
    place: str | None = None
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """The differences that one file, or somebody, makes, in the order of files, kinds and places."""

    by: str
    differences: tuple[Difference, ...]


def describe(store: Store, changes: Sequence[Change]) -> tuple[Part, ...]:
    """What these changes mean to a reader, by who makes them: files first, then `you`, then others.

    What one file no longer states and another one states from now on has moved. `store` gives the names of what is not changed.
    """
    told = [c for c in changes if not is_beside(c.statement)]
    names = _Names(store, changes)
    gone = {content_key(c.before): c for c in told if c.before and c.after is None and not isinstance(c.before.element, Source)}
    moved: dict[int, Change] = {}
    taken: set[int] = set()
    for c in told:
        if c.before is None and c.after is not None and not c.after.removed and _by(c.after.asserter) == "file":
            other = gone.get(content_key(c.after))
            if other is not None and id(other) not in taken and other.statement.asserter != c.statement.asserter and _by(other.statement.asserter) == "file":
                moved[id(c)] = other
                taken.add(id(other))
    renames = _renames(told, moved)
    stays = {c.after.element.id for c in changes if c.after and c.after.asserter.startswith(KEPT)}
    parts: dict[str, list[Difference]] = {}
    for c in told:
        if id(c) in taken:
            continue
        found = _difference(c, moved.get(id(c)), names, renames)
        if found is not None and found.verb == "retracted" and found.id in stays:
            found = replace(found, details=(*found.details, "it stays, for you decided on it"))
        if found is not None:
            parts.setdefault(names.asserter(c.statement.asserter), []).append(found)
    merged = _identity(told, names)
    if merged:
        parts.setdefault("you", []).extend(merged)
    order = sorted(parts, key=lambda by: (by == "you" or ":" in by, by))
    return tuple(Part(by, tuple(sorted(parts[by], key=_order))) for by in order)


_KINDS = ("file", "paper", "topic", "concept", "note", "relation")
_VERBS = ("renamed", "added", "accepted", "rejected", "merged", "split", "changed", "moved", "retracted", "removed")


def _order(d: Difference) -> tuple[Any, ...]:
    path, _, line = (d.place or "").rpartition(":")
    return _KINDS.index(d.what), _VERBS.index(d.verb), path, int(line) if line.isdigit() else 0, d.name, d.id


def _by(asserter: str) -> str:
    return "user" if asserter.startswith(USER) else "other" if asserter.startswith((CATALOGUE, KEPT, LLM)) else "file"


class _Names:
    """The names of elements and asserters: as the changes tell them, else as the store does."""

    def __init__(self, store: Store, changes: Iterable[Change]) -> None:
        own: dict[str, Node] = {}
        ends: set[str] = set()
        nameless: set[str] = set()
        for s in (s for c in changes for s in (c.before, c.after) if s):
            if isinstance(s.element, Relation):
                ends |= {s.element.source, s.element.target}
            elif s.element.name:
                own[s.element.id] = s.element
            else:
                nameless.add(s.element.id)
            if _by(s.asserter) == "file":
                ends.add(s.asserter)
            elif s.asserter.startswith(LLM):
                ends.add(s.asserter.removeprefix(LLM))
        # a work under several names is told by the one that is meant
        named = {s.element.id: s.element for s in store.statements_on(nameless - own.keys()) if not isinstance(s.element, Relation) and s.element.name}
        self._nodes: Mapping[str, Node] = {**store.get(ends - own.keys()), **named, **own}

    def of(self, node: str) -> str:
        """The name of a node."""
        found = self._nodes.get(node)
        return found.name if found is not None else node

    def asserter(self, asserter: str) -> str:
        """What to call an asserter: a file's uri, `you`, `language model: …`, `catalogue: …`."""
        if asserter.startswith(USER):
            return "you"
        if asserter.startswith(CATALOGUE):
            return f"catalogue: {asserter.removeprefix(CATALOGUE)}"
        model = asserter.startswith(LLM)
        found = self._nodes.get(asserter.removeprefix(LLM))
        uri = found.uri if isinstance(found, Source) else asserter.removeprefix(LLM)
        return f"language model: {uri}" if model else uri


def _renames(changes: Iterable[Change], moved: Mapping[int, Change]) -> dict[str, str]:
    """Sources that are called otherwise now: those most of whose contents moved there."""
    gone = {c.before.asserter: c.before.element.uri for c in changes if c.before and c.after is None and isinstance(c.before.element, Source)}
    new = {c.after.asserter: c.after.element.uri for c in changes if c.before is None and c.after and isinstance(c.after.element, Source)}
    by_id = {id(c): c for c in changes}
    votes: dict[tuple[str, str], int] = {}
    for key, other in moved.items():
        pair = other.statement.asserter, by_id[key].statement.asserter
        if pair[0] in gone and pair[1] in new:
            votes[pair] = votes.get(pair, 0) + 1
    out: dict[str, str] = {}
    for old, now in sorted(votes, key=lambda p: (-votes[p], p)):
        if old not in out and now not in out.values():
            out[old] = now
    return out


def _difference(change: Change, other: Change | None, names: _Names, renames: Mapping[str, str]) -> Difference | None:
    statement = change.statement
    element = statement.element
    if statement.asserter.startswith((MERGE, SPLIT)):
        return None
    if isinstance(element, Source):
        return _file(change, names, renames)
    place = _place(element)
    verb = "moved" if other is not None else change.verb
    if isinstance(element, Relation):
        return Difference(verb, "relation", _arrow(element, names), element.id, _relation_details(change), place, _was(change, other))
    what = str(element.label).lower()
    details = tuple(_changed_fields(change.before.element, element, names)) if change.before and change.after and change.verb == "changed" else ()
    return Difference(verb, what, element.name or names.of(element.id), element.id, details, place, _was(change, other))


def _file(change: Change, names: _Names, renames: Mapping[str, str]) -> Difference | None:
    old, new = (s.element if s and isinstance(s.element, Source) else None for s in (change.before, change.after))
    if new is not None:
        before = next((a for a, b in renames.items() if b == new.id), None)
        if before is not None:
            return Difference("renamed", "file", new.uri, new.id, was=names.asserter(before))
        return Difference("added", "file", new.uri, new.id) if old is None else Difference("changed", "file", new.uri, new.id)
    return Difference("retracted", "file", old.uri, old.id) if old is not None and old.id not in renames else None


def _was(change: Change, other: Change | None) -> str | None:
    before = other.before if other is not None else change.before if change.after is not None else None
    place = _place(before.element) if before is not None else None
    return place if place != _place(change.statement.element) else None


def _place(element: Node | Relation) -> str | None:
    if isinstance(element, Relation):
        e = next((e for e in element.evidence if e.path), None)
        return f"{e.path}:{e.line}" if e else None
    path, line = getattr(element, "path", None), getattr(element, "line", None)
    return f"{path}:{line}" if path else None


def _arrow(relation: Relation, names: _Names) -> str:
    return f"{names.of(relation.source)} — {RELATIONS[relation.type].active} — {names.of(relation.target)}"


def _relation_details(change: Change) -> tuple[str, ...]:
    now, before = change.statement.element, change.before.element if change.before else None
    assert isinstance(now, Relation)
    if change.after is None or not isinstance(before, Relation):
        quotes = [f"“{e.quote}”" for e in now.evidence]
        return (*quotes, *((f"because: {now.reason}",) if now.reason else ()))
    out = [f"{name.replace('_', ' ')}: {_said(getattr(before, name))} → {_said(getattr(now, name))}" for name in ("confidence", "hedged", "status", "reason") if getattr(before, name) != getattr(now, name)]
    old, new = [e.quote for e in before.evidence], [e.quote for e in now.evidence]
    return (*out, *(f"+ “{q}”" for q in new if q not in old), *(f"− “{q}”" for q in old if q not in new))


def _changed_fields(before: Node | Relation, after: Node | Relation, names: _Names) -> Iterator[str]:
    for f in fields(after):
        old, new = getattr(before, f.name, None), getattr(after, f.name)
        if f.name in _PLACES or old == new:
            continue
        if isinstance(new, tuple) and isinstance(old, tuple):
            came, went = ([names.of(str(v)) for v in some if v not in others] for some, others in ((new, old), (old, new)))
            told = "; ".join([*(f"+ {v}" for v in came), *(f"− {v}" for v in went)])
            if told:
                yield f"{f.name.replace('_', ' ')}: {told}"
        else:
            yield f"{f.name.replace('_', ' ')}: {_shown(old, names)} → {_shown(new, names)}"


def _shown(value: Any, names: _Names) -> str:
    return names.of(value) if isinstance(value, str) else _said(value)


def _said(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _identity(changes: Iterable[Change], names: _Names) -> list[Difference]:
    """What the user said of who is who: one line a merge or split."""
    out: dict[tuple[str, bool], list[str]] = {}
    for c in changes:
        if c.statement.asserter.startswith((MERGE, SPLIT)):
            out.setdefault((c.statement.asserter, c.after is not None), []).append(c.statement.element.id)
    found = []
    for (asserter, put), ids in out.items():
        verb = "merged" if asserter.startswith(MERGE) == put else "split"
        found.append(Difference(verb, "paper", " = ".join(dict.fromkeys(names.of(i) for i in ids)) if verb == "merged" else " ≠ ".join(dict.fromkeys(names.of(i) for i in ids)), ids[0]))
    return found


def totals(parts: Iterable[Part]) -> dict[tuple[str, str], int]:
    """How many differences there are, by verb and kind; each element counts once, though several files tell of it."""
    seen: dict[tuple[str, str], set[str]] = {}
    for part in parts:
        for d in part.differences:
            seen.setdefault((d.verb, d.what), set()).add(d.id)
    return {key: len(ids) for key, ids in sorted(seen.items(), key=lambda k: (_KINDS.index(k[0][1]), _VERBS.index(k[0][0])))}


