"""The store's change sets as a line of time: undo, redo, and what stood when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time

from papergraph.errors import UsageError
from papergraph.graph import order_of_changes
from papergraph.model import Statement
from papergraph.store.changes import Change, ChangeSet
from papergraph.store.protocol import Store

_PAGE = 64
_MINUTE = re.compile(r"[T ]\d{2}:?\d{2}(?:Z|[+-]\d{2}:?\d{2})?$", re.IGNORECASE)
_BEYOND = 1 << 63
"""No store counts so far, and none takes such a number."""


def newest_number(store: Store) -> int:
    """The number of the newest change set; 0 before the first."""
    return max((c.number for c in store.history(limit=1)), default=0)


def newest_first(store: Store) -> Iterator[ChangeSet]:
    """The change sets without their changes, the newest first; only as many are read as are asked for, and some more."""
    given, limit = 0, _PAGE
    while True:
        found = store.history(limit=limit)
        yield from found[given:]
        if len(found) < limit:
            return
        given, limit = len(found), limit * 8


def is_undone(store: Store, change_set: ChangeSet, known: Mapping[int, ChangeSet] | None = None) -> bool:
    """Whether a change set does not stand: the newest that takes it back does. `known` are change sets by number that need not be looked up."""
    undone = False
    while change_set.undone_by is not None:
        by = (known or {}).get(change_set.undone_by) or store.head(change_set.undone_by)
        assert by is not None
        undone, change_set = not undone, by
    return undone


def _told(store: Store) -> Iterator[tuple[ChangeSet, bool]]:
    """The change sets, the newest first, each with whether it is undone."""
    known: dict[int, ChangeSet] = {}
    for one in newest_first(store):
        known[one.number] = one
        yield one, is_undone(store, one, known)


def undo(store: Store, number: int | None) -> tuple[ChangeSet, tuple[Change, ...]]:
    """The change set to take back, and the changes that do.

    Parameters
    ----------
    number
        Which one; `None` for the newest that still stands.

    Raises
    ------
    UsageError
        If there is none, it is undone already, or a later change set builds on it.
    """
    if number is None:
        found = next((c for c, undone in _told(store) if c.undoes is None and not undone), None)
        if found is None:
            raise UsageError("nothing to undo")
    else:
        found = change_set(store, number)
        if is_undone(store, found):
            raise UsageError(f"change set {number} is undone already; `papergraph redo {number}` brings it back")
    return found, _taken_back(store, found.number)


def redo(store: Store, number: int | None) -> tuple[ChangeSet, ChangeSet, tuple[Change, ...]]:
    """The change set to bring back, the undo that is taken back for it, and the changes that do.

    Parameters
    ----------
    number
        Which one; `None` for the one that was undone last.

    Raises
    ------
    UsageError
        If there is none, it stands, or a later change set builds on what is without it.
    """
    if number is None:
        undone = (_first(store, c) for c, undone in _told(store) if c.undoes is not None and not undone)
        last = next((c for c, taken_back in undone if taken_back and is_undone(store, c)), None)
        if last is None:
            raise UsageError("nothing was undone that could be brought back")
        found = last
    else:
        found = change_set(store, number)
        if not is_undone(store, found):
            raise UsageError(f"change set {number} stands; there is nothing to bring back")
    undoing = change_set(store, found.undone_by or 0)
    return found, undoing, _taken_back(store, undoing.number)


def _first(store: Store, one: ChangeSet) -> tuple[ChangeSet, bool]:
    """The change set with which a chain of taking back began, and whether this end of the chain takes it back."""
    taking = False
    while one.undoes is not None:
        taking, one = not taking, change_set(store, one.undoes)
    return one, taking


def change_set(store: Store, number: int) -> ChangeSet:
    """The change set of that number, without its changes.

    Raises
    ------
    UsageError
        If there is none.
    """
    found = store.head(number) if number < _BEYOND else None
    if found is None:
        raise UsageError(f"there is no change set {number}; `papergraph history` lists them")
    return found


def _taken_back(store: Store, number: int) -> tuple[Change, ...]:
    later = _standing_after(store, number)
    if later:
        raise UsageError(f"later changes build on change set {number}; undo these first: {', '.join(map(str, later))}")
    changes = tuple(store.changes(number))
    now = {s.key: s for s in store.statements_on({c.statement.element.id for c in changes})}
    back = (_back(c, now.get(c.statement.key)) for c in reversed(changes))
    return tuple(c for c in back if c is not None)


def _standing_after(store: Store, number: int) -> list[int]:
    """The later change sets that changed the same and stand, the newest first.

    One that takes back another later one stands for nothing: the two cancel out. One that takes back an earlier one does.
    """
    touched = store.touched_after(number)
    if not touched:
        return []
    known = {c.number: c for c in store.history(limit=newest_number(store) - number)}
    later = [known[n] for n in touched if n in known]
    return sorted((c.number for c in later if not is_undone(store, c, known) and (c.undoes is None or c.undoes < number)), reverse=True)


def _back(change: Change, now: Statement | None) -> Change | None:
    """What takes a change back; quotes that followed the notes since are no reason to refuse, and are left as they are."""
    return None if change.statement.follows and now != change.after else change.reversed()


# --- what stood when


def number_at(store: Store, when: str) -> int:
    """The number of the change set that was the newest then; 0 before the first.

    Parameters
    ----------
    when
        A day (its end, by this machine's clock), a time (ISO 8601), the number of a change set, or `now`.

    Raises
    ------
    UsageError
        If it is none of these, or there is no such change set.
    """
    if when.strip().casefold() == "now":
        return newest_number(store)
    if when.strip().isdecimal() and len(when.strip()) < 8:
        number = int(when)
        return change_set(store, number).number if number else 0
    moment = moment_of(when)
    return next((c.number for c in newest_first(store) if _at(c) <= moment), 0)


def moment_of(when: str) -> datetime:
    """The moment meant by a day or a time; of a day or a minute its last.

    >>> moment_of("2026-05-01T12:00:00Z").isoformat(), moment_of("2026-05-01T12:00Z").isoformat(timespec="seconds")
    ('2026-05-01T12:00:00+00:00', '2026-05-01T12:00:59+00:00')
    """
    text = when.strip().replace("/", "-")
    try:
        found = datetime.fromisoformat(text)
        if len(text) <= 10:
            # where clocks are put back over midnight, its last minutes come twice
            found = datetime.combine(found.date(), time.max).replace(fold=1)
        elif _MINUTE.search(text):
            # a minute, as `history` tells it, means its end too
            found = found.replace(second=59, microsecond=999_999)
        # a time without a zone is one of this machine's clock
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"'{when}' is no day, time or number of a change set; for example 2026-05-01, 2026-05-01T12:30 or 17 (papergraph history)") from error


def _at(change_set: ChangeSet) -> datetime:
    return datetime.fromisoformat(change_set.at)


def statements_at(store: Store, number: int) -> list[Statement]:
    """All statements as they were when the change set of that number was the newest, by element id and asserter.

    What came later is taken back, so that it costs as much as what there is and what came later.
    """
    held = {s.key: s for s in store.all_statements()}
    for later in newest_first(store):
        if later.number <= number:
            break
        for change in reversed(tuple(store.changes(later.number))):
            if change.before is None:
                held.pop(change.statement.key, None)
            else:
                held[change.statement.key] = change.before
    return [held[key] for key in sorted(held)]


def changes_from_to(store: Store, start: int, end: int) -> tuple[Change, ...]:
    """What is different when change set `end` was the newest from when `start` was; in order of label and id. `start` may be the later."""
    if start > end:
        return tuple(c.reversed() for c in changes_from_to(store, end, start))
    first: dict[tuple[str, str], Statement | None] = {}
    last: dict[tuple[str, str], Statement | None] = {}
    for number in range(start + 1, end + 1):
        for change in store.changes(number):
            first.setdefault(change.statement.key, change.before)
            last[change.statement.key] = change.after
    found = [Change(first[key], last[key]) for key in first if first[key] != last[key]]
    return tuple(sorted(found, key=lambda c: order_of_changes((c.before, c.after))))
