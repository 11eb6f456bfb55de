"""What the readers of marked-up text share: visible characters with their places, and the forms that names, days and addresses take."""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from papergraph.folding import is_cjk
from papergraph.model import Problem
from papergraph.notes.document import Block, BlockKind, Link
from papergraph.notes.inline import Inline

WEB = re.compile(r"https?://(?:[^\s{}\\<>\[\]\"'`|「」『』（）【】、。，]++|\\[_%&#~$])++")
"""A bare address in running text, with TeX's escapes; `trimmed` takes the sentence's punctuation off its end."""

_WHITE = re.compile(r"[ \t\n\r\f\v\x85\xa0\u2028\u2029]++")
_UNEVEN = re.compile(r"[\t\n\r\f\v\x85\xa0\u2028\u2029]")
_DAY = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})(?![0-9])")


class Placed:
    """Visible characters as they are gathered, each with its offset; links and bold stretches over them."""

    __slots__ = ("at", "links", "parts", "strong")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.at: list[int] = []
        self.links: list[Link] = []
        self.strong: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self.at)

    def run(self, source: str, start: int, end: int) -> None:
        """Characters of the source that are seen as they stand."""
        if start < end:
            self.parts.append(source[start:end])
            self.at.extend(range(start, end))

    def put(self, visible: str, start: int) -> None:
        """What a construct at `start` is seen as; it must not be shorter in the source than what is seen."""
        self.parts.append(visible)
        self.at.extend(range(start, start + len(visible)))

    def folded(self) -> Inline:
        """White space made one space, none at the ends; a line break between two CJK characters is none at all."""
        text = "".join(self.parts)
        if not (text[:1] == " " or text[-1:] == " " or "  " in text or _UNEVEN.search(text)):
            return Inline(text, tuple(self.at), tuple(self.links), tuple(self.strong))
        out, at, cuts, gone = [], [], [0], [0]
        pos = 0
        for white in _WHITE.finditer(text):
            start, end = white.span()
            out.append(text[pos:start])
            at.extend(self.at[pos:start])
            edge = start == 0 or end == len(text)
            broken = "\n" in white[0] or "\r" in white[0]
            kept = 0 if edge or (broken and is_cjk(text[start - 1]) and is_cjk(text[end])) else 1
            out.append(" " * kept)
            at.extend(self.at[start : start + kept])
            if end - start > kept:
                cuts.append(end)
                gone.append(gone[-1] + end - start - kept)
            pos = end
        out.append(text[pos:])
        at.extend(self.at[pos:])

        def new(i: int) -> int:
            return min(max(i - gone[bisect_right(cuts, i) - 1], 0), len(at))

        links = tuple(Link(new(x.start), new(x.end), x.target, x.kind) for x in self.links)
        return Inline("".join(out), tuple(at), links, tuple((new(a), new(b)) for a, b in self.strong))

    def block(self, kind: BlockKind, starts: Sequence[int], level: int = 0, *, quoted: bool = False) -> Block | None:
        """The block of what was gathered; `None` if nothing is seen. `starts` are the offsets at which lines begin."""
        inline = self.folded()
        if not inline.text.strip():
            return None
        line = bisect_right(starts, inline.offsets[0])
        return Block(kind, inline.text, inline.offsets, line, level, inline.links, inline.strong, quoted)


def same_length(text: str, longest: int, path: str) -> tuple[str, list[int], list[Problem]]:
    r"""`text` with LF at each line's end and overlong lines blank, as long as before; the offsets at which lines begin.

    >>> same_length("a\r\nbbbb\n", 3, "a.bib")
    ('a \n    \n', [0, 3, 8], [Problem(path='a.bib', line=2, message='a line of 4 characters is passed over (the longest read is 3)')])
    """
    problems: list[Problem] = []
    short = text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text
    lines = short.split("\n")
    starts = [0, *accumulate(len(x) + 1 for x in lines[:-1])]
    if len(text) > longest and max(map(len, lines)) > longest:
        for n, line in enumerate(lines):
            # the space that stands for the CR of CR LF is not the line's
            length = len(line) - (text[starts[n] + len(line) - 1 : starts[n] + len(line) + 1] == "\r\n")
            if length > longest:
                problems.append(Problem(path, n + 1, f"a line of {length:,} characters is passed over (the longest read is {longest:,})"))
                lines[n] = " " * len(line)
        short = "\n".join(lines)
    return short, starts, problems


def trimmed(address: str) -> str:
    """`address` without the punctuation of the sentence that it stands in.

    >>> trimmed("https://example.org/a_(b)).")
    'https://example.org/a_(b)'
    """
    end, over = len(address), address.count(")") - address.count("(")
    while end and (address[end - 1] in ".,;:!?*" or (address[end - 1] == ")" and over > 0)):
        end -= 1
        over -= address[end] == ")"
    return address[:end]


def iso_day(text: str) -> str | None:
    """The first day named in `text`, as ISO 8601; `None` if there is none.

    >>> iso_day("[2024-03-05 Tue 10:20]"), iso_day("2024年3月5日"), iso_day("2024-13-01")
    ('2024-03-05', '2024-03-05', None)
    """
    day = _DAY.search(text)
    if day is None:
        return None
    try:
        return datetime.date(int(day[1]), int(day[2]), int(day[3])).isoformat()
    except ValueError:
        return None


def natural_name(name: str) -> str:
    """A name in its natural order, from "Last, First" or "von Last, Jr, First"; Japanese names keep theirs.

    >>> natural_name("van Dijk, Anna"), natural_name("Smith, Jr., Tom"), natural_name("山田, 太郎")
    ('Anna van Dijk', 'Tom Smith Jr.', '山田 太郎')
    """
    parts = name.split(",")
    if 1 < len(parts) < 4:
        name = " ".join(parts if is_cjk(name) else [parts[-1], *parts[:-1]])
    return " ".join(name.split())
