"""Flat text → blocks: a page copied without its marks. Headings are bare lines, nesting is lost, items may be broken.

What is left to go by: bullets, short lines without an end of sentence, what follows them, and their wording.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from papergraph.folding import is_cjk
from papergraph.notes.document import Block, BlockKind, Link, line_starts, nest

_BULLET = re.compile(r"[ \t\u3000]*(?:[-*+•‣▪●○◦・–—]|\d{1,3}[.)]|[(（]\d{1,3}[)）])(?:[ \t\u3000]+|(?<=[・•‣▪●○◦]))(?=\S)")
_SHAPES = "●○◦◎△▲□■◇◆★☆×"
_GLUED = re.compile(r"(?<=[。．.!！?？])[ \t]*[-•*・][ \t]+(?=\S)")
_NUMBER = re.compile(r"(\d+(?:\.\d+)*)[.)]?[ \t\u3000]+\S")
_ORDINAL = re.compile(r"\s*(?:\d{1,2}|[IVX]{1,4}|第\d+[章節])[.)．、\s]")
_RULE = re.compile(r"[ \t]*([-=_*~#─━])\1{2,}[ \t]*$")
_END = re.compile(r"[。．.!！、,;；:：][」』)）\"”’]*$")
_TAG_ONLY = re.compile(r"^[<`][^\s<>`]{1,40}[>`]$")
_URL = re.compile(r"https?://[^\s<>\"'「」『』（）、。]+")
_HEADING_MARK = re.compile(r"[ \t]*(?:[■◆□◇▼▲●★☆]+|#+(?=[ \t\u3000])|【)[ \t\u3000]*")
_LONGEST_HEADING, _DEEPEST = 60, 64
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|[a-z][\w-]*:: \S|[ \t]{2,}[-*+] \S|[-*+] \[[^\]]{1,500}\]\(|> \S|\|.+\|[ \t]*$|```)|\[[^\[\]\n]+\]\(\S{1,500}?\)|\[\[[^\[\]\n]+\]\]", re.MULTILINE)


def looks_flat(text: str) -> bool:
    r"""Whether `text` has none of Markdown's marks but plain bullets.

    >>> looks_flat("Methods\\n- A paper"), looks_flat("# Methods\\n- A paper")
    (True, False)
    """
    return _MARKDOWN.search(text) is None


@dataclass(slots=True)
class _Line:
    start: int
    end: int
    number: int
    bullet: bool
    blank_before: bool = False
    rule_after: bool = False
    column: int = 0
    indent: int = 0
    wrapped: bool = False


def read_flat(text: str, longest: int) -> tuple[Block, ...]:
    """The blocks of a page copied as flat text; lines of more than `longest` characters are passed over."""
    lines = _join_wrapped(text, _join_broken(text, _split(text, longest)))
    outline = _is_outline(lines)
    levels = _headings(text, lines, outline=outline)
    blocks: list[Block] = []
    indents: list[int] = []
    for line, level in zip(lines, levels, strict=True):
        kind = BlockKind.HEADING if level else BlockKind.ITEM if line.bullet or (outline and line.indent) else BlockKind.PARAGRAPH
        breaks = {m.start(): m.end() for m in _BREAK.finditer(text, line.start, line.end)} if line.wrapped else {}
        visible, offsets = text[line.start : line.end], list(range(line.start, line.end))
        if "\n" in visible or "\r" in visible:
            offsets = [i for i in offsets if text[i] not in "\r\n"] if not breaks else list(_unwrapped(text, line, breaks))
            visible = "".join(" " if i in breaks else text[i] for i in offsets)
        mark = _HEADING_MARK.match(visible) if level else None
        if mark:
            visible, offsets = visible[mark.end() :], offsets[mark.end() :]
        links = tuple(Link(u.start(), u.end(), u[0]) for u in _URL.finditer(visible))
        if visible.strip():
            blocks.append(Block(kind, visible, tuple(offsets), line.number, level or (1 if kind is BlockKind.ITEM else 0), links))
            indents.append(line.indent)
    return nest(_below(blocks, indents) if outline else blocks)


def _is_outline(lines: list[_Line]) -> bool:
    """Whether lines are nested by their indentation, as in an outline or below numbered titles."""
    deeper = sum(b.indent > a.indent and b.number == a.number + 1 for a, b in pairwise(lines))
    return deeper >= _FEWEST_DEEPER


_FEWEST_DEEPER = 2


def _below(blocks: list[Block], indents: list[int]) -> list[Block]:
    """Put lines that are indented deeper than the one before them below it."""
    out: list[Block] = []
    open_: list[tuple[int, Block, list[Block]]] = []

    def close(indent: int) -> None:
        while open_ and open_[-1][0] >= indent:
            _, block, below = open_.pop()
            (open_[-1][2] if open_ else out).append(replace(block, children=tuple(below)) if below else block)

    for block, indent in zip(blocks, indents, strict=True):
        heads = block.kind is BlockKind.HEADING
        close(0 if heads else indent)
        if heads:
            out.append(block)
        else:
            open_.append((indent, replace(block, level=min(len(open_) + 1, _DEEPEST)) if block.kind is BlockKind.ITEM else block, []))
    close(0)
    return out


def _split(text: str, longest: int) -> list[_Line]:
    """The lines that hold something, without bullets and outer white space; items glued into one line are parted."""
    starts = line_starts(text)
    out: list[_Line] = []
    blank = True
    rated = _rated(text)
    seen: set[str] = set()
    for n, start in enumerate(starts):
        stop = starts[n + 1] if n + 1 < len(starts) else len(text)
        if stop - start > longest:
            blank = True
            continue
        raw = text[start:stop].rstrip()
        if not raw.strip():
            blank = True
            continue
        if _RULE.match(raw):
            if out and not blank:
                out[-1].rule_after = True
            continue
        bullet = _BULLET.match(raw)
        shaped = rated and raw.lstrip()[0] in _SHAPES
        repeated = bullet is not None and raw.strip()[0].isdigit() and raw.strip() in seen
        seen.add(raw.strip())
        if shaped or repeated:
            # a mark that stays visible; a heading that a table of contents has named before
            bullet = None
        # "2.1 Title" opens a section unless bullets of numbers run on
        lead = bullet.end() if bullet else len(raw) - len(raw.lstrip())
        glued = [g.span() for g in _GLUED.finditer(raw, lead)]
        cuts = [0, *(a for a, _ in glued), len(raw)]
        ends = [lead, *(b for _, b in glued)]
        for k, begin in enumerate(ends):
            out.append(_Line(start + begin, start + cuts[k + 1], n + 1, bool(bullet) or shaped or k > 0, blank_before=blank and k == 0, column=begin, indent=len(raw) - len(raw.lstrip())))
        blank = False
    return out


def _rated(text: str) -> bool:
    """Whether shapes at the beginnings of lines are marks and no bullets: several kinds of them, each more than once."""
    first = Counter(line.lstrip()[:1] for line in text.splitlines())
    return sum(first[c] > 1 for c in _SHAPES) > 1 and any(first[c] > 1 for c in "-*・•")


def _join_broken(text: str, lines: list[_Line]) -> list[_Line]:
    """Copying breaks an item at its code spans: a bare `<tag>` line and the line after it are one item."""
    out: list[_Line] = []
    for line in lines:
        last = out[-1] if out else None
        if last and not last.bullet and not line.bullet and not line.blank_before and _TAG_ONLY.match(text[last.start : last.end]):
            last.end = line.end
            last.bullet = True
        else:
            out.append(line)
    return out


_BREAK = re.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t\u3000]*")
_NARROW, _WIDE, _FEWEST = 40, 120, 4
"""Columns at which texts are wrapped, and the lines that tell of it."""
_FULL, _NEARLY, _MOSTLY = 0.8, 0.75, 0.6


def _join_wrapped(text: str, lines: list[_Line]) -> list[_Line]:
    """Lines that were wrapped at a width are one: full ones, and those that end no sentence before one in lower case."""
    pairs = [n for n in range(1, len(lines)) if _goes_on(text, lines[n - 1], lines[n])]
    widths = {n: lines[n - 1].column + _width(text[lines[n - 1].start : lines[n - 1].end]) for n in pairs}
    running = [n for n in pairs if not _END.search(text[lines[n - 1].start : lines[n - 1].end])]
    wide = sorted(widths[n] for n in running)[int(0.9 * (len(running) - 1))] if running else 0
    if len(running) < _FEWEST or not _NARROW <= wide <= _WIDE:
        return lines
    full = {n for n in pairs if widths[n] >= _FULL * wide}
    lower = [n for n in running if text[lines[n].start].islower()]
    told = sum(n in full for n in lower)
    if sum(n in full and not text[lines[n].start].isupper() for n in running) < _MOSTLY * len(running) and (told < _FEWEST or told < _MOSTLY * len(lower)):
        # lines of their own, as in an outline or a list of titles
        return lines
    lower = [n for n in lower if widths[n] >= _NEARLY * wide]
    broken = {n for n in full if not (_begins(lines[n - 1]) and text[lines[n].start].isupper() and not _UNFINISHED.search(text, lines[n - 1].start, lines[n - 1].end))} | set(lower)
    out: list[_Line] = []
    for n, line in enumerate(lines):
        if n in broken:
            out[-1].end = line.end
            out[-1].wrapped = True
        else:
            out.append(line)
    return out


_UNFINISHED = re.compile(r"(?:[,;(&–—-]|\b(?:a|an|and|as|at|by|for|from|in|of|on|or|that|the|to|with|is|are|was))\Z", re.IGNORECASE)


def _begins(line: _Line) -> bool:
    """Whether a line is the first of its paragraph, where a title may stand above its authors."""
    return line.bullet or line.blank_before


def _goes_on(text: str, line: _Line, following: _Line) -> bool:
    return not following.bullet and not following.blank_before and not line.rule_after and line.column == following.column and following.number == line.number + 1


def _width(text: str) -> int:
    return sum(2 if is_cjk(c) else 1 for c in text)


def _unwrapped(text: str, line: _Line, breaks: dict[int, int]) -> Iterator[int]:
    """The characters of wrapped lines, each break as one, or as none between two CJK characters."""
    i = line.start
    while i < line.end:
        after = breaks.get(i)
        if after is None:
            yield i
            i += 1
            continue
        if after < line.end and not (is_cjk(text[i - 1]) and is_cjk(text[after])):
            yield i
        i = after


def _could_head(text: str, line: _Line) -> bool:
    raw = text[line.start : line.end]
    if line.bullet or len(raw) > _LONGEST_HEADING:
        return False
    width = sum(2 if is_cjk(c) else 1 for c in raw)
    return width <= _LONGEST_HEADING and (line.rule_after or not _END.search(raw)) and not _URL.search(raw)


def _headings(text: str, lines: list[_Line], *, outline: bool) -> list[int]:
    """For each line the heading level it opens, 0 for none.

    A bare line heads what follows if it is short and ends no sentence. One that heads another is its parent.
    Where items came between, the next heading is a sister of the last one if it is worded alike
    ("… について", "On …") or numbered so, else it opens a new section at the top.
    """
    levels = [0] * len(lines)
    could = [_could_head(text, x) and not (outline and x.indent) for x in lines]
    if not any(x.bullet for x in lines):
        # prose: only what is set off by blank lines, rules or numbers heads anything
        could = [
            c and (x.rule_after or bool(_NUMBER.match(text[x.start : x.end])) or bool(_HEADING_MARK.match(text[x.start : x.end])))
            for c, x in zip(could, lines, strict=True)
        ]
    for i, line in enumerate(lines):
        following = lines[i + 1] if i + 1 < len(lines) else None
        if not could[i] or following is None:
            continue
        level = _numbered(text, line)
        if level:
            levels[i] = level
        elif i + 1 < len(lines) and (following.bullet or could[i + 1] or line.rule_after or not following.blank_before):
            levels[i] = 1
    open_: list[str] = []
    for i, line in enumerate(lines):
        if not levels[i]:
            continue
        title = text[line.start : line.end].strip()
        if _numbered(text, line):
            open_ = [*open_[: levels[i] - 1], title]
            continue
        after_heading = i > 0 and levels[i - 1] > 0
        heads_heading = i + 1 < len(lines) and levels[i + 1] > 0
        if after_heading:
            levels[i] = min(levels[i - 1] + 1, _DEEPEST)
        elif open_ and _ORDINAL.match(open_[0]) and not _ORDINAL.match(title):
            # below numbered sections, a heading without a number is one of theirs
            levels[i] = 2
        elif not heads_heading and len(open_) > 1 and _alike(open_[-1], title):
            levels[i] = len(open_)
        open_ = [*open_[: levels[i] - 1], title]
    return levels


def _numbered(text: str, line: _Line) -> int:
    number = _NUMBER.match(text[line.start : line.end])
    return number[1].count(".") + 1 if number and "." in number[1] else 0


def _alike(one: str, other: str) -> bool:
    """Whether two headings share their last two kana or their first or last word."""
    if len(one) > 2 and len(other) > 2 and one[-2:] == other[-2:] and is_cjk(one[-1]):
        return True
    a, b = one.casefold().split(), other.casefold().split()
    return len(a) > 1 and len(b) > 1 and (a[0] == b[0] or a[-1] == b[-1])
