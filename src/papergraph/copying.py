"""A store's whole history, change set by change set, into another store."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from papergraph.errors import StoreError
from papergraph.store.rows import batches

if TYPE_CHECKING:
    from papergraph.store.changes import ChangeSet
    from papergraph.store.protocol import Progress, Store

PIECE = 5_000
"""Changes copied in one transaction."""


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What is still to be copied: the change sets, oldest first, of the first of them only the changes from `start` on."""

    change_sets: tuple[ChangeSet, ...]
    start: int
    present: int

    @property
    def changes(self) -> int:
        """How many changes are still to be copied."""
        return sum(c.size for c in self.change_sets) - self.start


def plan_copy(source: Store, target: Store) -> CopyPlan:
    """What of `source` is not in `target` yet.

    Raises
    ------
    StoreError
        If `target` holds something that is not from `source`, or is the same store.
    """
    if source.location == target.location and source.location != ":memory:":
        raise StoreError(f"{source.location} cannot be copied to itself")
    ours, theirs = source.history()[::-1], target.history()[::-1]
    start = 0
    for n, there in enumerate(theirs):
        here = ours[n] if n < len(ours) else None
        cut_off = here is not None and n == len(theirs) - 1 and there.size < here.size
        if here is None or _identity(here) != _identity(there) or (here.size != there.size and not cut_off):
            raise StoreError(
                f"{target.location} holds something else: its change set {there.number} ({there.action}, {there.at}) is not from {source.location}; "
                "copy into an empty store, or into one that holds an earlier part of this one"
            )
        start = there.size if cut_off else 0
    present = len(theirs) - bool(start)
    return CopyPlan(tuple(ours[present:]), start, present)


def _identity(change_set: ChangeSet) -> tuple[object, ...]:
    return change_set.number, change_set.at, change_set.by, change_set.action, change_set.undoes, change_set.details


def copy(source: Store, target: Store, plan: CopyPlan, progress: Progress | None = None) -> None:
    """Do what is planned, in transactions of `PIECE` changes; cut off, it goes on where it was when planned and run again."""
    done, total = 0, plan.changes
    for n, change_set in enumerate(plan.change_sets):
        start = plan.start if n == 0 else 0
        number = change_set.number if start else None
        # no more than was planned: others may be going on with this change set
        for piece in batches(islice(source.changes(change_set.number, start), change_set.size - start), PIECE):
            if progress:
                progress("copying", done, total)
            applied = target.apply(piece, by=change_set.by, action=change_set.action, undoes=change_set.undoes, at=change_set.at, continues=number, details=change_set.details)
            if applied is None or applied.number != change_set.number:
                raise StoreError(f"{target.location} was changed by others while it was copied to; copy into an empty store")
            number = applied.number
            done += len(piece)
