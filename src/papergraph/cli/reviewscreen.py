"""What a review looks like: lines that fit a window, the quote in its context, the keys at the bottom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from papergraph.cli.folds import folds, shortened
from papergraph.cli.output import STYLES, clean, styled
from papergraph.model import Paper
from papergraph.reviewing import DONE, TYPE_KEYS, Item, Mode, Order, Review, summary
from papergraph.vocabulary import RELATIONS

if TYPE_CHECKING:
    from rich.text import Text

SMALLEST = (30, 10)
"""Columns and rows below which a screen only asks for a larger window."""
_LEAD = re.compile(r"\s*(?:[-*+・]\s|\d{1,3}[.)]\s)?\s*")
_LINES = re.compile(r"\r\n|\r|\n")
_KEYS = (("a", "accept"), ("r", "reject"), ("t", "type"), ("v", "reverse"), ("s", "skip"), ("b", "back"), ("u", "undo"), ("?", "help"), ("q", "quit"))
HELP = (
    ("a", "accept: it holds, whatever becomes of the notes that state it"),
    ("r", "reject: it does not hold; a reason may be typed, Enter alone leaves it out"),
    ("t", "change the type: another relation on the same sentences, this one rejected"),
    ("v", "reverse: it runs the other way (only of types that have a direction)"),
    ("s →", "skip: it stays proposed"),
    ("b ←", "back to the one before"),
    ("u", "undo what you decided about this one, or else your last decision"),
    ("q", "quit; every decision is in the library already"),
)


@dataclass(frozen=True, slots=True)
class Context:
    """A quote where it stands: the text right before and after it, and what is to be said of its place."""

    place: str
    before: str
    quote: str
    after: str


def screen(review: Review, contexts: Sequence[Context], order: Order, width: int, height: int) -> list[Text]:
    """The lines of a window of so many columns and rows, none wider than one column less: the last one is left free, where terminals differ in when they wrap."""
    if width < SMALLEST[0] or height < SMALLEST[1]:
        return [styled(shortened("make the window larger", max(width - 1, 1)))]
    columns = width - 1
    below = [*_folded(styled(review.said, "yellow"), columns)[:2], *_bottom(review, columns)]
    above = [styled(shortened(_head(review, order), columns), "dim")]
    room = height - len(above) - len(below)
    middle = _middle(review, contexts, columns, room)[:room]
    from rich.text import Text

    return [*above, *middle, *([Text()] * (room - len(middle))), *below][:height]


def _head(review: Review, order: Order) -> str:
    counts = [f"{DONE[verb]} {n}" for verb in DONE if (n := review.count(verb))]
    first = {Order.LOWEST: "least sure first", Order.SUREST: "surest first", Order.NOTES: "as in the notes"}[order]
    where = f"{review.at + 1} of {len(review.queue)}" if review.item else f"all {len(review.queue)} seen"
    return " · ".join((where, *counts, first))


def _middle(review: Review, contexts: Sequence[Context], columns: int, room: int) -> list[Text]:
    from rich.text import Text

    item = review.item
    if review.mode is Mode.HELP:
        return [Text(), *(line for key, words in HELP for line in _hanging(key, words, columns))]
    if item is None:
        return [Text(), *(line for words in summary(review) for line in _folded(styled(words), columns))]
    lines = [Text(), *_ends(review, item, columns)]
    if review.mode is Mode.TYPE:
        return [*lines, Text(), *_menu(item, columns, flipped=review.flipped)]
    return [*lines, Text(), *_quotes(contexts, columns, room - len(lines) - 1)]


def _ends(review: Review, item: Item, columns: int) -> list[Text]:
    from rich.text import Text

    relation = item.relation
    kind = RELATIONS[relation.type]
    verb = Text.assemble("  ", styled(kind.active, f"bold {STYLES[relation.type]}"), styled(f"  {relation.confidence:.2f}"), styled("  hedged: the notes only suppose it" if relation.hedged else "", "italic"))
    out = [*_title(item.source.name, columns), *_folded(verb, columns), *_title(item.target.name, columns)]
    if (decision := review.decision(relation.id)) is not None:
        out += _folded(styled(f"you decided: {decision.told()}", "italic"), columns)
    return out


def _title(name: str, columns: int) -> list[Text]:
    """A name on at most two lines."""
    name = clean(name)
    found = folds(name, columns)
    if len(found) <= 2:
        return [styled(name[a:b], "bold") for a, b in found]
    start = found[1][0]
    return [styled(name[slice(*found[0])], "bold"), styled(shortened(name[start:], columns), "bold")]


def _quotes(contexts: Sequence[Context], columns: int, room: int) -> list[Text]:
    """Every quote whole if there is room, then what stands around each, the nearest first."""
    blocks = [_block(c, columns - 2) for c in contexts]
    shown: list[tuple[Context, list[Text], int, int]] = []
    left = room
    for n, (context, (lines, first, last)) in enumerate(zip(contexts, blocks, strict=True)):
        more = 1 if n + 1 < len(blocks) else 0
        if left < 2 + more:
            break
        last = min(last, first + left - 1 - more)
        shown.append((context, lines, first, last))
        left -= 1 + last - first
    hidden = len(contexts) - len(shown)
    left -= 1 if hidden else 0
    grown = True
    while left > 0 and grown:
        grown = False
        for n, (context, lines, first, last) in enumerate(shown):
            for before in (True, False):
                if left > 0 and (first > 0 if before else last < len(lines)):
                    first, last = (first - 1, last) if before else (first, last + 1)
                    left, grown = left - 1, True
            shown[n] = (context, lines, first, last)
    from rich.text import Text

    out: list[Text] = []
    for context, lines, first, last in shown:
        out.append(styled(shortened(clean(context.place), columns), "dim"))
        out += [Text.assemble("  ", line) for line in lines[first:last]]
    if hidden:
        out.append(styled(f"and {hidden} more sentence{'s' if hidden > 1 else ''}", "dim"))
    return out


def _block(context: Context, columns: int) -> tuple[list[Text], int, int]:
    """A quote with what stands around it in lines, and which of them hold the quote: from, to (without)."""
    from rich.text import Text

    pieces = [("dim", p) for p in _LINES.split(context.before)]
    lines = [[piece] for piece in pieces]
    for style, text in (("bold", context.quote), ("dim", context.after)):
        first, *rest = _LINES.split(text)
        lines[-1].append((style, first))
        lines += [[(style, p)] for p in rest]
    out: list[Text] = []
    first, last = None, 0
    for line in lines:
        for folded in _outdented(Text.assemble(*(styled(text, style) for style, text in line)), columns):
            out.append(folded)
            if any(span.style == "bold" and span.end > span.start for span in folded.spans):
                first, last = len(out) - 1 if first is None else first, len(out)
    while out and not out[-1].plain.strip() and last < len(out):
        out.pop()
    return out, first or 0, max(last, (first or 0) + 1) if out else 0


def _menu(item: Item, columns: int, *, flipped: bool) -> list[Text]:
    from rich.text import Text

    out: list[Text] = []
    for key, kind in TYPE_KEYS.items():
        words = f"  {kind.meaning}{'  (as it is)' if kind.name == item.relation.type else ''}"
        row = Text.assemble(styled(f" {key} ", "reverse"), styled(f" {kind.passive if flipped else kind.active}", f"bold {STYLES[kind.name]}"), styled(words, "dim"))
        out += _folded(row, columns)
    return out


def _bottom(review: Review, columns: int) -> list[Text]:
    if review.mode is Mode.REASON:
        typed = clean(review.typed)
        shown = typed
        while shown and len(folds(f"Why not? {shown}_", columns)) > 2:
            shown = shown[1:]
        return [*_folded(styled(f"Why not? {shown}_", "bold"), columns), *_keys((("Enter", "reject"), ("Esc", "back")), columns)]
    if review.mode is Mode.TYPE:
        turn = (("v", "the other way round"),) if review.item and isinstance(review.item.target, Paper) else ()
        return _keys((("1–0", "the type"), *turn, ("Esc", "leave it")), columns)
    if review.mode is Mode.HELP:
        return _keys((("any key", "back"),), columns)
    item = review.item
    if item is None:
        return _keys([k for k in _KEYS if k[0] in "bu?q"], columns)
    decided = review.decision(item.relation.id) is not None
    return _keys([k for k in _KEYS if not (k[0] in "artv" and decided) and (k[0] != "v" or item.reversible)], columns)


def _keys(keys: Iterable[tuple[str, str]], columns: int) -> list[Text]:
    """Keys with what they do, as many on a line as fit whole."""
    from rich.text import Text

    out: list[Text] = []
    for key, words in keys:
        one = Text.assemble(styled(key, "bold reverse"), styled(f" {words}"))
        if out and out[-1].cell_len + 2 + one.cell_len <= columns:
            out[-1] = Text.assemble(out[-1], "  ", one)
        else:
            out.append(one)
    return out


def _hanging(key: str, words: str, columns: int) -> list[Text]:
    from rich.text import Text

    return [Text.assemble(styled(f" {key:<4}" if n == 0 else "     ", "bold"), styled(words[a:b])) for n, (a, b) in enumerate(folds(words, columns - 5))]


def _outdented(text: Text, columns: int) -> list[Text]:
    """A line of notes in as many as it takes, the later ones below its text, not below its bullet."""
    from rich.text import Text as Line

    lead = _LEAD.match(text.plain)
    length = lead.end() if lead else 0
    if not length or length == len(text.plain) or length > columns // 3:
        return _folded(text, columns)
    indent = text[:length].cell_len
    return [Line.assemble(text[:length] if n == 0 else " " * indent, part) for n, part in enumerate(_folded(text[length:], columns - indent))]


def _folded(text: Text, columns: int) -> list[Text]:
    """A line in as many as it takes; none for an empty one that says nothing."""
    return [text[a:b] for a, b in folds(text.plain, columns)]
