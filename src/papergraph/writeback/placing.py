"""Where in a file a line about one of its papers may stand: the slots, the most natural first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from papergraph.extract.state import Entry, Extraction
from papergraph.notes.document import Block, BlockKind, count_lines, line_starts
from papergraph.notes.frontmatter import split_front_matter
from papergraph.writeback.style import BULLET, PROPERTY, Habits, most

_FENCES = ("```", "~~~")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place behind `line` (from 0; -1 for the beginning) for a line that begins with `lead`.

    `form` is `bullet`, `property` or `paragraph`; `before` and `after` are lines put around it (blank ones).
    """

    form: str
    line: int
    lead: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class _Page:
    """The lines of a file, and which of them a block takes."""

    def __init__(self, state: Extraction) -> None:
        self.text = state.document.text
        self.starts = line_starts(self.text)

    def line(self, n: int) -> str:
        if not 0 <= n < len(self.starts):
            return ""
        end = self.starts[n + 1] if n + 1 < len(self.starts) else len(self.text)
        return self.text[self.starts[n] : end].rstrip("\r\n")

    def last(self, block: Block) -> int:
        """The last line (from 0) of a block and all below it."""
        end = 0
        for one in block.walk():
            at = one.line - 1 + count_lines(self.text, one.offsets[0], one.offsets[-1])
            if one.kind is BlockKind.CODE and self.line(at + 1).lstrip().startswith(_FENCES):
                at += 1
            end = max(end, at)
        return end

    def own_last(self, block: Block) -> int:
        """The last line of the block without what is below it."""
        return block.line - 1 + count_lines(self.text, block.offsets[0], block.offsets[-1])


def slots(state: Extraction, entry: Entry, file: Habits, all_: Habits) -> list[Slot]:
    """The slots for lines about an entry; empty where there is no place, as for a row of a table with nothing written of it elsewhere."""
    page = _Page(state)
    found: list[Slot] = []
    block = entry.block
    if entry is state.owner:
        found += _in_page(state, page, file, all_)
    elif block is not None and state.document.flat:
        found += _in_flat(state, page, entry)
    elif block is not None and block.kind is BlockKind.ITEM:
        found += _in_item(page, block, file, all_)
    elif block is not None and block.kind is BlockKind.HEADING:
        direct = [b for b in block.children if b.kind is not BlockKind.HEADING]
        found += _in_section(page, direct, page.own_last(block), file, all_)
    elif block is not None and block.kind is BlockKind.PARAGRAPH:
        found += _in_section(page, _following(state, block), page.own_last(block), file, all_)
    elif block is not None:
        owned = [b for b in state.order if state.subject.get(id(b)) is entry and b is not block and b.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH)]
        if owned:
            found += _in_section(page, owned, page.last(owned[-1]), file, all_)
    return list(dict.fromkeys(found))


def _in_item(page: _Page, block: Block, file: Habits, all_: Habits) -> Iterator[Slot]:
    head = BULLET.match(page.line(block.line - 1))
    if head is None:
        return
    children = [c for c in block.children if c.kind is BlockKind.ITEM]
    others = [c for c in block.children if c.kind is not BlockKind.ITEM]
    lines_end = max([page.own_last(block), *(page.last(c) for c in others if not children or c.line < children[0].line)])
    inside = head["indent"] + " " * len(head["marker"] + head["gap"])
    told = [c for c in others if PROPERTY.match(page.line(c.line - 1))]
    at = page.last(told[-1]) if told else page.own_last(block)
    yield Slot("property", at, _indent_of(page.line(told[-1].line - 1)) if told else inside)
    if children:
        slot = _beside(page, children)
        if slot is not None:
            yield slot
    unit = _unit(file, all_) or ""
    nested = head["indent"] + unit
    if len(nested.expandtabs(4)) < len(inside.expandtabs(4)) and "\t" not in unit:
        nested = inside
    marker = most(file.markers, among="-*+") or (head["marker"] if head["marker"] in "-*+" else None) or most(all_.markers, among="-*+") or "-"
    yield Slot("bullet", lines_end, f"{nested or inside}{marker} ")
    yield Slot("bullet", page.last(block), f"{inside}{marker} ")


def _unit(file: Habits, all_: Habits) -> str | None:
    return most(file.units, all_.units)


def _indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _beside(page: _Page, items: Sequence[Block]) -> Slot | None:
    """Behind the last of these items, as one of them."""
    last = items[-1]
    bullet = BULLET.match(page.line(last.line - 1))
    if bullet is None:
        return None
    marker = bullet["marker"]
    if marker not in "-*+":
        marker = f"{int(marker[:-1]) + 1}{marker[-1]}"
    apart = len(items) > 1 and page.line(last.line - 2).strip() == ""
    return Slot("bullet", page.last(last), f"{bullet['indent']}{marker}{bullet['gap']}", ("",) if apart else ())


def _in_section(page: _Page, direct: Sequence[Block], head: int, file: Habits, all_: Habits) -> Iterator[Slot]:
    """What stands right below a heading or a paragraph that names a paper; `head` is the last line of that."""
    yield from _properties(page, direct, head)
    items = [b for b in direct if b.kind is BlockKind.ITEM and b.level == 1] or [b for b in direct if b.kind is BlockKind.ITEM]
    beside = _beside(page, items) if items else None
    if beside is not None:
        yield beside
    end = max([head, *(page.last(b) for b in direct)])
    yield from _at_end(page, end, file, all_, prose=bool(direct) and not items)


def _at_end(page: _Page, end: int, file: Habits, all_: Habits, *, prose: bool) -> Iterator[Slot]:
    """A list or paragraph of its own behind line `end`."""
    marker = most(file.markers, all_.markers, among="-*+") or "-"
    follows = page.line(end + 1).strip()
    before = ("",) if page.line(end).strip() else ()
    bullet = Slot("bullet", end, f"{marker} ", before, ("",) if follows else ())
    paragraph = Slot("paragraph", end, "", before, ("",) if follows else ())
    yield from (paragraph, bullet) if prose and not file.markers else (bullet, paragraph)


def _properties(page: _Page, blocks: Sequence[Block], head: int) -> Iterator[Slot]:
    """Behind the properties with which the blocks begin, or right below the head."""
    told = -1
    for block in blocks:
        if block.kind is not BlockKind.PARAGRAPH or not PROPERTY.match(page.line(block.line - 1)):
            break
        told = page.own_last(block)
    if told >= 0:
        yield Slot("property", told, _indent_of(page.line(told)))
    else:
        yield Slot("property", head, "", ("",) if page.line(head + 1).strip() == "" and head >= 0 else (), ("",) if page.line(head + 1).strip() else ())


def _in_page(state: Extraction, page: _Page, file: Habits, all_: Habits) -> Iterator[Slot]:
    """In a file about one paper: its properties, the list of its related works, its longest list, its last one, its end."""
    document = state.document
    fence, _, begin = split_front_matter(page.text)
    head = count_lines(page.text, 0, begin) - 1 if fence else -1
    first = [b for b in document.walk() if b.kind is not BlockKind.HEADING]
    run: list[Block] = []
    for block in first:
        if not PROPERTY.match(page.line(block.line - 1)):
            if run:
                break
            continue
        run.append(block)
    if run and run[0].kind is BlockKind.PARAGRAPH:
        yield from _properties(page, run, head)
    else:
        yield Slot("property", head, "", (), ("",) if page.line(head + 1).strip() else ())
    lists = _lists(document.blocks)
    related = [items for items in lists if state.sections.get(id(items[0])) == "related"]
    for items in (*related[-1:], *([max(lists, key=len)] if lists else []), *lists[-1:]):
        slot = _beside(page, items)
        if slot is not None:
            yield slot
    sections = [b for b in document.blocks if b.kind is BlockKind.HEADING]
    for section in reversed(sections):
        if state.sections.get(id(section)) in (None, "", "related"):
            direct = [b for b in section.children if b.kind is not BlockKind.HEADING]
            end = max([page.own_last(section), *(page.last(b) for b in direct)])
            yield from _at_end(page, end, file, all_, prose=bool(direct))
            break
    end = max([head, *(page.last(b) for b in document.blocks)])
    yield from _at_end(page, end, file, all_, prose=True)


def _lists(blocks: Sequence[Block]) -> list[list[Block]]:
    """Runs of items side by side, wherever they stand under headings; in the order of the text."""
    out: list[list[Block]] = []
    run: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.ITEM:
            run.append(block)
            continue
        if run:
            out.append(run)
        run = []
        if block.kind is BlockKind.HEADING:
            out += _lists(block.children)
    return [*out, run] if run else out


def _following(state: Extraction, block: Block) -> list[Block]:
    """What comes after a paragraph beside it, up to a heading or another paper."""
    above = state.parent.get(id(block))
    beside = above.children if above is not None else state.document.blocks
    named = {id(e.block) for e in state.entries}
    n = next((n for n, b in enumerate(beside) if b is block), len(beside))
    out: list[Block] = []
    for one in beside[n + 1 :]:
        if one.kind is BlockKind.HEADING or id(one) in named:
            break
        out.append(one)
    return out


def _in_flat(state: Extraction, page: _Page, entry: Entry) -> Iterator[Slot]:
    """In text without marks: behind the last line about the paper, indented as that."""
    owned = [b for b in state.order if state.subject.get(id(b)) is entry and b is not entry.block]
    if owned:
        end = page.last(owned[-1])
        yield Slot("bullet", end, _indent_of(page.line(owned[-1].line - 1)))
    elif entry.block is not None:
        yield Slot("bullet", page.own_last(entry.block), _indent_of(page.line(entry.block.line - 1)))
