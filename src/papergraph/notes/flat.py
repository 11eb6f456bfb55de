"""Flat text → blocks: a page copied without its marks. Headings are bare lines, nesting is lost, items may be broken.

What is left to go by: bullets, short lines without an end of sentence, what follows them, and their wording.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

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
_HEADING_MARK = re.compile(r"[ \t]*(?:[■◆□◇▼▲●★☆#]+|【)[ \t\u3000]*")
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


def read_flat(text: str, longest: int) -> tuple[Block, ...]:
    """The blocks of a page copied as flat text; lines of more than `longest` characters are passed over."""
    lines = _join_broken(text, _split(text, longest))
    levels = _headings(text, lines)
    blocks: list[Block] = []
    for line, level in zip(lines, levels, strict=True):
        kind = BlockKind.HEADING if level else BlockKind.ITEM if line.bullet else BlockKind.PARAGRAPH
        visible, offsets = text[line.start : line.end], list(range(line.start, line.end))
        if "\n" in visible or "\r" in visible:
            # a line that was broken by copying
            offsets = [i for i in offsets if text[i] not in "\r\n"]
            visible = "".join(text[i] for i in offsets)
        mark = _HEADING_MARK.match(visible) if level else None
        if mark:
            visible, offsets = visible[mark.end() :], offsets[mark.end() :]
        links = tuple(Link(u.start(), u.end(), u[0]) for u in _URL.finditer(visible))
        if visible.strip():
            blocks.append(Block(kind, visible, tuple(offsets), line.number, level or (1 if line.bullet else 0), links))
    return nest(blocks)


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
            out.append(_Line(start + begin, start + cuts[k + 1], n + 1, bool(bullet) or shaped or k > 0, blank_before=blank and k == 0))
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


def _could_head(text: str, line: _Line) -> bool:
    raw = text[line.start : line.end]
    if line.bullet or len(raw) > _LONGEST_HEADING:
        return False
    width = sum(2 if is_cjk(c) else 1 for c in raw)
    return width <= _LONGEST_HEADING and (line.rule_after or not _END.search(raw)) and not _URL.search(raw)


def _headings(text: str, lines: list[_Line]) -> list[int]:
    """For each line the heading level it opens, 0 for none.

    A bare line heads what follows if it is short and ends no sentence. One that heads another is its parent.
    Where items came between, the next heading is a sister of the last one if it is worded alike
    ("… について", "On …") or numbered so, else it opens a new section at the top.
    """
    levels = [0] * len(lines)
    could = [_could_head(text, x) for x in lines]
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
