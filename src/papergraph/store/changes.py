"""Change sets: what was added, changed or removed, by whom and when. Undo, history and idempotent import stand on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from papergraph.model import EDIT, KEPT, MERGE, SPLIT, USER, Node, Note, Paper, Relation, Source, Statement, label_of
from papergraph.vocabulary import AssertedBy, Status


@dataclass(frozen=True, slots=True)
class Change:
    """One statement before and after: `before` is `None` for one that came, `after` for one that went."""

    before: Statement | None
    after: Statement | None

    @property
    def statement(self) -> Statement:
        """The statement as it is now, or was last."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def verb(self) -> str:
        """`added`, `changed`, `moved` (the same words at another place), `retracted` or `removed`; of decisions `accepted` or `rejected`, of who is who `merged` or `split`."""
        asserter = self.statement.asserter
        if asserter.startswith((MERGE, SPLIT)):
            return "merged" if asserter.startswith(MERGE) == (self.after is not None) else "split"
        if decided := _decided(self.before, self.after):
            return decided
        if self.before is None:
            return "removed" if self.after is not None and self.after.removed else "added"
        if self.after is None:
            return "retracted"
        if self.after.removed and not self.before.removed:
            return "removed"
        return "moved" if replace(self.before, element=placeless(self.before.element)) == replace(self.after, element=placeless(self.after.element)) else "changed"

    def reversed(self) -> Change:
        """The change that takes this one back."""
        return Change(self.after, self.before)


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A numbered change of a store, applied in one transaction.

    `at` is ISO 8601 in UTC; `by` who made it (`import`, `user`, or `llm` for what a language model proposed); `action` what was asked for, as one would type it;
    `undoes` the number of the change set that this one takes back. `details` are what else made it what it is, ready for JSON: the rules
    and the lexicon that an import read by, the model that confidences were calibrated with.
    """

    number: int
    at: str
    by: str
    action: str
    changes: tuple[Change, ...] = ()
    undoes: int | None = None
    undone_by: int | None = None
    counts: tuple[tuple[str, str, int], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def size(self) -> int:
        """How many changes it holds."""
        return sum(n for _, _, n in self.counts)


def _decided(before: Statement | None, after: Statement | None) -> str:
    """`accepted` or `rejected` where the user has decided so now; empty otherwise."""
    if after is None or after.asserter != USER or after.removed or not isinstance(after.element, Relation):
        return ""
    now = after.element
    was = before.element.status if before is not None and isinstance(before.element, Relation) and not before.removed else None
    by_hand = was is None and now.asserted_by is AssertedBy.USER and now.status is Status.ACCEPTED
    return "" if now.status in (was, Status.PROPOSED) or by_hand else str(now.status)


def placeless(element: Node | Relation) -> Node | Relation:
    """The element without what an edit elsewhere in its file shifts: where it stands, and what stands beside it."""
    if isinstance(element, Note):
        return replace(element, line=0, start=0, end=0, also_at=tuple("" for _ in element.also_at))
    if isinstance(element, Relation):
        return replace(element, evidence=tuple(replace(e, line=0, start=0, end=0, prefix=None, suffix=None) for e in element.evidence))
    if isinstance(element, Paper):
        return replace(element, line=0, places=tuple(p.partition(" ")[0] for p in element.places))
    if isinstance(element, Source):
        return replace(element, sha256="")
    return element


def count(changes: Iterable[Change]) -> tuple[tuple[str, str, int], ...]:
    """`(verb, label, how many)`, relations counted under `Relation`, what is only beside others (`is_beside`) under `Beside`; in the order of the names."""
    found = Counter((c.verb, _label(c.statement)) for c in changes)
    return tuple((verb, label, n) for (verb, label), n in sorted(found.items()))


def is_beside(statement: Statement) -> bool:
    """Whether it is made only so that others hold: it vouches for an end, knows its identifiers, or keeps sentences."""
    return statement.asserter.startswith((f"{USER}:", KEPT)) and not statement.asserter.startswith((MERGE, SPLIT, EDIT))


def _label(statement: Statement) -> str:
    if is_beside(statement):
        return "Beside"
    return "Relation" if isinstance(statement.element, Relation) else str(label_of(statement.element))


def add_counts(*counts: Iterable[tuple[str, str, int]]) -> tuple[tuple[str, str, int], ...]:
    """The sums of several `count`s."""
    total: Counter[tuple[str, str]] = Counter()
    for verb, label, n in (one for some in counts for one in some):
        total[verb, label] += n
    return tuple((verb, label, n) for (verb, label), n in sorted(total.items()))


def now() -> str:
    """The time, in ISO 8601 UTC to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def changes_between(before: Sequence[Statement], after: Sequence[Statement]) -> tuple[Change, ...]:
    """The changes that lead from one asserter's statements to its new ones."""
    from papergraph.graph import diff

    return tuple(Change(old, new) for old, new in diff(before, after))
