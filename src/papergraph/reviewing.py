"""A review of proposed relations as values: what is asked next, what a key does to it, what was decided. No terminal, no store.

`press` takes a review and a key and gives the review after it, with a `Deed` where the store is to be changed; whoever drives it
does the deed and says so with `settle`, or why not with `refuse`. `meet` passes over what others have decided or taken out since.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from papergraph.folding import fold
from papergraph.model import Node, Paper, Relation
from papergraph.vocabulary import RELATIONS, RelationType, Role, Status

TYPE_KEYS: Mapping[str, RelationType] = dict(zip("1234567890", RELATIONS.values(), strict=True))
"""The keys of the ten types, in the order of the vocabulary."""
_LONGEST_REASON = 500
Look = Callable[[str], Relation | None]
"""Gives the relation with an id as it stands now; `None` if there is none any more."""


class Order(StrEnum):
    """Which come first: the least or the most certain, or as they stand in the notes."""

    LOWEST = "lowest"
    SUREST = "surest"
    NOTES = "notes"


class Mode(StrEnum):
    """What keys mean: a decision, a reason's characters, a type; or nothing is left to decide, or it is over."""

    ITEM = "item"
    REASON = "reason"
    TYPE = "type"
    HELP = "help"
    END = "end"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Item:
    """A relation to decide about, with its two ends as they are shown: `turned` if that is the other way round than they are stored."""

    relation: Relation
    source: Node
    target: Node
    turned: bool = False

    @property
    def reversible(self) -> bool:
        """Whether it has a direction that could be the other one: only papers are related to something."""
        return not RELATIONS[self.relation.type].symmetric and isinstance(self.target, Paper)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is to be done in the store: `accept`, `reject`, `retype`, `reverse` a relation (by id), or `undo` a change set.

    `reverse` tells that what gets another type shall run the other way than it is stored as well.
    """

    verb: str
    relation: str
    kind: str | None = None
    reason: str | None = None
    number: int | None = None
    reverse: bool = False


DONE = {"accept": "accepted", "reject": "rejected", "retype": "given another type", "reverse": "reversed"}
"""What each deed made of a relation, in the order of the summary."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A deed that was done, by the change set of that number; `None` if it stood so already."""

    deed: Deed
    number: int | None
    undone: bool = False

    @property
    def stands(self) -> bool:
        """Whether it can be taken back."""
        return not self.undone and self.number is not None

    def told(self) -> str:
        """In words: `rejected (no such claim), change set 4`."""
        kind = f": {RELATIONS[self.deed.kind].option}" if self.deed.kind else ""
        reason = f" ({self.deed.reason})" if self.deed.reason else ""
        return f"{DONE[self.deed.verb]}{kind}{reason}" + (f", change set {self.number}" if self.number is not None else "")


@dataclass(frozen=True, slots=True)
class Review:
    """Where a review stands. `at` is the position in the queue, its length behind the last; `said` what just happened.

    `typed` is a reason so far; `flipped` whether another type shall run from what is shown second to what is shown first.
    """

    queue: tuple[Item, ...]
    at: int = 0
    mode: Mode = Mode.ITEM
    typed: str = ""
    flipped: bool = False
    said: str = ""
    decisions: tuple[Decision, ...] = ()
    skipped: frozenset[str] = frozenset()
    passed: tuple[tuple[str, str], ...] = ()
    forward: bool = True

    @property
    def item(self) -> Item | None:
        """What is asked about; `None` behind the last."""
        return self.queue[self.at] if self.at < len(self.queue) else None

    def decision(self, relation: str) -> Decision | None:
        """What was decided here about a relation and still stands."""
        return next((d for d in reversed(self.decisions) if d.deed.relation == relation and not d.undone), None)

    def count(self, verb: str) -> int:
        """How many decisions of a kind stand."""
        return sum(1 for d in self.decisions if d.deed.verb == verb and not d.undone)


def queue(found: Iterable[tuple[Relation, Node, Node]], *, order: Order = Order.LOWEST, source: str | None = None, hedged: bool = False) -> Review:
    """The review of these relations that are still proposed, in that order; of equals, as they stand in the notes.

    Parameters
    ----------
    source
        Only relations with a sentence in a file whose path is, or holds, this.
    hedged
        Only those that the notes hedge.
    """
    part = fold(source) if source else ""
    items = [
        _item(r, a, b)
        for r, a, b in found
        if r.status is Status.PROPOSED and (r.hedged or not hedged) and (not part or any(part in fold(e.path or "") for e in r.evidence))
    ]
    sign = {Order.LOWEST: 1, Order.SUREST: -1, Order.NOTES: 0}[order]
    items.sort(key=lambda i: (sign * i.relation.confidence, _place(i.relation), i.relation.id))
    return Review(tuple(items), mode=Mode.ITEM if items else Mode.END)


def _item(relation: Relation, source: Node, target: Node) -> Item:
    """A symmetric relation is told from what the notes are about."""
    turned = RELATIONS[relation.type].symmetric and _rank(target) < _rank(source)
    return Item(relation, target, source, turned=True) if turned else Item(relation, source, target)


def _rank(node: Node) -> int:
    return 2 if not isinstance(node, Paper) else 1 if node.role is not Role.ENTRY else 0


def _place(relation: Relation) -> tuple[str, int, int]:
    return min(((e.path or "\U0010ffff", e.line or 0, e.start or 0) for e in relation.evidence), default=("\U0010ffff", 0, 0))


def press(review: Review, key: str) -> tuple[Review, Deed | None]:
    """The review after a key: a character, or `enter`, `escape`, `backspace`, `left`, `right`, `quit`; others do nothing."""
    if key == "quit" or review.mode is Mode.OVER:
        return replace(review, mode=Mode.OVER), None
    if review.mode is Mode.REASON:
        return _reason(review, key)
    key = unicodedata.normalize("NFKC", key)  # a Japanese input method may give wide letters
    review = replace(review, said="")
    if review.mode is Mode.TYPE:
        return _type(review, key)
    if review.mode is Mode.HELP:
        return replace(review, mode=_resting(review)), None
    return _decide(review, key)


def _resting(review: Review) -> Mode:
    return Mode.ITEM if review.item else Mode.END


def _decide(review: Review, key: str) -> tuple[Review, Deed | None]:
    match key:
        case "q":
            return replace(review, mode=Mode.OVER), None
        case "?":
            return replace(review, mode=Mode.HELP), None
        case "b" | "left":
            return (replace(review, at=review.at - 1, mode=Mode.ITEM, forward=False) if review.at else replace(review, said="this is the first one")), None
        case "u":
            return _undo(review)
    item = review.item
    if item is None or key not in ("a", "r", "t", "v", "s", "right"):
        return replace(review, said=f"“{key}” is no key here; ? shows them" if len(key) == 1 and key.isprintable() else ""), None
    if key in ("s", "right"):
        return _onward(review if review.decision(item.relation.id) else replace(review, skipped=review.skipped | {item.relation.id})), None
    if (decided := review.decision(item.relation.id)) is not None:
        return replace(review, said=f"it is {decided.told()}" + ("; u takes that back" if decided.stands else "")), None
    if key == "a":
        return review, Deed("accept", item.relation.id)
    if key == "r":
        return replace(review, mode=Mode.REASON, typed=""), None
    if key == "t":
        return replace(review, mode=Mode.TYPE, flipped=False), None
    if not item.reversible:
        kind = RELATIONS[item.relation.type]
        return replace(review, said=f"{kind.option} holds both ways; there is nothing to reverse" if kind.symmetric else "a relation starts from a paper; this one cannot be reversed"), None
    return review, Deed("reverse", item.relation.id)


def _onward(review: Review) -> Review:
    moved = replace(review, at=min(review.at + 1, len(review.queue)), forward=True)
    return replace(moved, mode=_resting(moved))


def _undo(review: Review) -> tuple[Review, Deed | None]:
    """Take back what was decided about the one shown, or the last decision."""
    here = review.decision(review.item.relation.id) if review.item else None
    last = here if here is not None and here.stands else next((d for d in reversed(review.decisions) if d.stands), None)
    if last is None:
        return replace(review, said="nothing was decided yet; `papergraph undo` takes back earlier changes"), None
    return review, Deed("undo", last.deed.relation, number=last.number)


def _reason(review: Review, key: str) -> tuple[Review, Deed | None]:
    item = review.item
    if key == "escape" or item is None:
        return replace(review, mode=_resting(review), typed=""), None
    if key == "enter":
        return replace(review, mode=Mode.ITEM, typed=""), Deed("reject", item.relation.id, reason=review.typed.strip() or None)
    if key == "backspace":
        return replace(review, typed=review.typed[:-1]), None
    if len(key) == 1 and (key.isprintable() or unicodedata.combining(key)) and len(review.typed) < _LONGEST_REASON:
        return replace(review, typed=review.typed + key), None
    return review, None


def _type(review: Review, key: str) -> tuple[Review, Deed | None]:
    item = review.item
    if item is None or key in ("escape", "t", "q"):
        return replace(review, mode=_resting(review)), None
    if key == "v" and isinstance(item.target, Paper):
        return replace(review, flipped=not review.flipped), None
    kind = TYPE_KEYS.get(key)
    if kind is None:
        return replace(review, said="press the key of a type, or Esc to leave it as it is"), None
    flipped = review.flipped and not kind.symmetric
    review = replace(review, mode=Mode.ITEM, flipped=False)
    if kind.name == item.relation.type:
        return (review, Deed("reverse", item.relation.id)) if flipped else (replace(review, said=f"it is {kind.option} already; a accepts it so"), None)
    return review, Deed("retype", item.relation.id, kind=kind.name, reverse=not kind.symmetric and flipped != item.turned)


def settle(review: Review, deed: Deed, number: int | None) -> Review:
    """The review once a deed was done, by the change set of that number (`None`: it stood so already)."""
    if deed.verb == "undo":
        taken = next(d for d in review.decisions if d.number == deed.number and not d.undone)
        decisions = tuple(replace(d, undone=True) if d is taken else d for d in review.decisions)
        at = next((n for n, i in enumerate(review.queue) if i.relation.id == deed.relation), review.at)
        return replace(review, decisions=decisions, at=at, mode=Mode.ITEM, said=f"taken back (change set {number}): it is no longer {DONE[taken.deed.verb]}")
    decision = Decision(deed, number)
    said = f"the one before: {decision.told()}" if number is not None else f"the one before was {DONE[deed.verb]} already; nothing was changed"
    return replace(_onward(replace(review, decisions=(*review.decisions, decision), skipped=review.skipped - {deed.relation})), said=said)


def refuse(review: Review, why: str) -> Review:
    """The review where a deed could not be done."""
    return replace(review, mode=_resting(review), said=why)


def meet(review: Review, look: Look) -> Review:
    """The review at the next relation that is still to be decided, as it stands now; says which had gone or were decided elsewhere."""
    if review.mode not in (Mode.ITEM, Mode.END):
        return review
    said = [review.said] if review.said else []
    while (item := review.item) is not None and review.decision(item.relation.id) is None:
        now = look(item.relation.id)
        if now is not None and now.status is Status.PROPOSED:
            fresh = (*review.queue[: review.at], replace(item, relation=now), *review.queue[review.at + 1 :])
            review = replace(review, queue=fresh)
            break
        why = "has gone: nothing states it any more" if now is None else f"was {now.status} elsewhere"
        said.append(f"passed over {item.relation.id}: it {why}")
        kept = (*review.queue[: review.at], *review.queue[review.at + 1 :])
        at = review.at if review.forward or not review.at else review.at - 1
        review = replace(review, queue=kept, at=at, passed=(*review.passed, (item.relation.id, why)))
    return replace(review, said="; ".join(said), mode=_resting(review))


def outdated(review: Review, deed: Deed, look: Look) -> bool:
    """Whether what is to be decided is no longer as it was shown, so that `meet` must show it again first."""
    if deed.verb == "undo":
        return False
    item = review.item
    now = look(deed.relation)
    return item is None or now is None or now.status is not Status.PROPOSED or (now.type, now.evidence) != (item.relation.type, item.relation.evidence)


def summary(review: Review) -> list[str]:
    """What was decided, with the numbers of the change sets, a line each."""
    lines = []
    for verb, done in DONE.items():
        made = [d for d in review.decisions if d.deed.verb == verb and not d.undone]
        numbers = [str(d.number) for d in made if d.number is not None]
        if made:
            lines.append(f"{done}: {len(made)}" + (f" (change set{'s' if len(numbers) > 1 else ''} {', '.join(numbers)})" if numbers else ""))
    undone = sum(1 for d in review.decisions if d.undone)
    left = sum(1 for i in review.queue if review.decision(i.relation.id) is None)
    counts = (("taken back", undone), ("decided or gone elsewhere", len(review.passed)), ("skipped", len(review.skipped)), ("left to decide", left))
    lines += [f"{what}: {n}" for what, n in counts if n]
    if any(d.stands for d in review.decisions):
        lines.append("`papergraph undo N` takes back a change set")
    return lines or ["nothing was decided"]
