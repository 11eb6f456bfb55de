"""What stands on a card: a short form of its name, and the room that it takes."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from papergraph.model import Concept, Node, Paper, Topic

_SKIPPED = ("Cc", "Cs", "Zl", "Zp")
_EM = 0.56
"""Width of a column by font size; a wide character takes two."""
_LEAST, _MOST = 13, 22
"""Font sizes of papers, in pixels at a scale of one: without relations, and with very many."""
_HEADINGS = (22, 18, 16, 15)
"""Font sizes of topics, the outermost first; those further in have the last."""
_WIDEST_HEADING = 44
_COLUMNS = 26
"""Width of a paper's card; a wide character takes two."""


@dataclass(frozen=True, slots=True)
class Card:
    """How a node is drawn: its text, line by line, the font's size and the box's, all in pixels at a scale of one.

    Widths and heights are even, so that middles are whole.
    """

    lines: tuple[str, ...]
    font: int
    width: int
    height: int


def card(node: Node, degree: int = 0, depth: int = 0) -> Card:
    """The card of a paper or concept with so many relations, or the heading of a topic with so many topics above it."""
    if isinstance(node, Topic):
        size = _HEADINGS[min(depth, len(_HEADINGS) - 1)]
        lines = wrap(node.name, _WIDEST_HEADING, 1)
        return Card(lines, size, _even(_columns_of(lines) * size * (_EM + 0.03)), _even(size * 1.3))
    if isinstance(node, Concept):
        size, lines = _LEAST - 1, wrap(node.name, 22, 2)
        return Card(lines, size, _even(_columns_of(lines) * size * _EM + 26), _even(len(lines) * size * 1.25 + 12))
    size = min(_MOST, _LEAST + round(2.2 * math.log2(1 + degree)))
    lines = wrap(caption(node), _COLUMNS, 2)
    # those of two lines have one width, so that they stand in columns
    width = _COLUMNS if len(lines) > 1 else _columns_of(lines)
    return Card(lines, size, _even(width * size * _EM + 20), _even(len(lines) * size * 1.25 + 16))


def marks_of(node: Node) -> str:
    """The markers that the reader gave a paper, as they stand before its title."""
    return clean("".join(node.markers))[:8] if isinstance(node, Paper) else ""


def caption(node: Node) -> str:
    """The whole text of a card, before it is cut."""
    marks, name = marks_of(node), clean(node.name)
    return f"{marks} {name}" if marks else name


def lengths(text: str, lines: Sequence[str]) -> list[int]:
    """How many UTF-16 units of `text` each of its `lines` takes; negative for a last line that was cut.

    A script finds the lines again by passing over spaces before each.
    """
    out: list[int] = []
    at = 0
    for line in lines:
        while text[at : at + 1] == " ":
            at += 1
        cut = not text.startswith(line, at)
        line = line[:-1] if cut else line
        at += len(line)
        units = len(line) if line.isascii() else len(line.encode("utf-16-le", "surrogatepass")) // 2
        out.append(-units if cut else units)
    return out


def wrap(text: str, width: int = 26, lines: int = 2) -> tuple[str, ...]:
    """`text` in at most `lines` lines of `width` columns, wide characters counting two; an ellipsis where it is cut.

    >>> wrap("one two three four five six", 10, 3)
    ('one two', 'three four', 'five six')
    >>> wrap("状態空間モデルの理論", 10, 2)
    ('状態空間モ', 'デルの理論')
    """
    # what no line can hold is not looked at
    text = clean(text[: 4 * width * lines])
    pieces = [w + " " for w in text.split(" ")] if text.isascii() else _pieces(text, width)
    out, used = [""], 0
    for whole in pieces:
        for piece in _parts(whole, width):
            taken = columns(piece)
            if used and used + columns(piece.rstrip()) > width:
                out[-1] = out[-1].rstrip()
                if len(out) == lines:
                    if columns(out[-1]) >= width:
                        out[-1] = _shorten(out[-1], width - 1)
                    return (*out[:-1], out[-1].rstrip(" ,;:、。") + "…")
                out.append("")
                piece = piece.lstrip()
                used = 0
                taken = columns(piece)
            out[-1] += piece
            used += taken
    return tuple(line.rstrip() for line in out)


def clean(text: str) -> str:
    """`text` on one line, with a space for each run of white space and of characters that have no glyph."""
    if not (text.isascii() and text.isprintable()):
        text = "".join(" " if unicodedata.category(c) in _SKIPPED else c for c in text)
    return " ".join(text.split())


def columns(text: str) -> int:
    """The width of `text` in columns of a terminal."""
    return len(text) if text.isascii() else sum(_width(c) for c in text)


def _even(length: float) -> int:
    return 2 * math.ceil(length / 2)


def _columns_of(lines: Sequence[str]) -> int:
    return max(columns(line) for line in lines)


def _parts(piece: str, width: int) -> list[str]:
    """A word in parts that a line can hold."""
    if not piece.isascii() or len(piece) <= width + 1:
        return [piece]
    return [piece[i : i + width] for i in range(0, len(piece), width)]


def _shorten(line: str, width: int) -> str:
    """The start of `line` that fits, without its last word where that is cut and leaves enough."""
    start = line
    while columns(start) > width:
        start = start[:-1]
    head = start.rpartition(" ")[0]
    return head if columns(head) > width * 0.6 and not line[len(start) :].startswith(" ") else start.rstrip()


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


_CLOSING = "、。，．）」』】〉》・ーっゃゅょァィゥェォッャュョ！？"
_OPENING = "（「『【〈《"


def _joining(before: str, char: str) -> bool:
    """Whether a character is one with what stands before it: an accent, or what a joiner joins."""
    return before == "\u200d" or unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf")


def _pieces(text: str, width: int) -> list[str]:
    """Where a line may break: after a space, around wide characters, and in words that no line can hold."""
    out: list[str] = []
    for char in text:
        wide = _width(char) == 2
        joins = bool(out) and not out[-1].endswith(" ") and not wide and _width(out[-1][-1]) < 2 and columns(out[-1]) < width
        if out and (char == " " or joins or char in _CLOSING or out[-1][-1] in _OPENING or _joining(out[-1][-1], char)):
            out[-1] += char
        else:
            out.append(char)
    return out
