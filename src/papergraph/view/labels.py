"""What stands on a node: a short form of its name, and the room that it takes."""

from __future__ import annotations

import unicodedata

from papergraph.model import Concept, Node, Paper, Topic
from papergraph.view.layout import Box

_SKIPPED = ("Cc", "Cs", "Zl", "Zp")
_EM = 0.56
"""Width of a column by font size; a wide character takes two."""


def wrap(text: str, width: int = 26, lines: int = 2) -> str:
    """`text` in at most `lines` lines of `width` columns, wide characters counting two; an ellipsis where it is cut.

    >>> wrap("one two three four five six", 10, 3).split(chr(10))
    ['one two', 'three four', 'five six']
    >>> wrap("状態空間モデルの理論", 10, 2).split(chr(10))
    ['状態空間モ', 'デルの理論']
    """
    out, used = [""], 0
    for piece in _pieces(clean(text), width):
        if used + columns(piece.rstrip()) > width and used:
            out[-1] = out[-1].rstrip()
            if len(out) == lines:
                if columns(out[-1]) >= width:
                    out[-1] = _shorten(out[-1], width - 1)
                return "\n".join([*out[:-1], out[-1].rstrip(" ,;:、。") + "…"])
            out.append("")
            piece, used = piece.lstrip(), 0
        out[-1] += piece
        used += columns(piece)
    return "\n".join(line.rstrip() for line in out)


def _shorten(line: str, width: int) -> str:
    """The start of `line` that fits, without its last word where that is cut and leaves enough."""
    start = line
    while columns(start) > width:
        start = start[:-1]
    head = start.rpartition(" ")[0]
    return head if columns(head) > width * 0.6 and not line[len(start) :].startswith(" ") else start.rstrip()


def clean(text: str) -> str:
    """`text` on one line, with a space for each run of white space and of characters that have no glyph."""
    return " ".join("".join(" " if unicodedata.category(c) in _SKIPPED else c for c in text).split())


def columns(text: str) -> int:
    """The width of `text` in columns of a terminal."""
    return sum(_width(c) for c in text)


def label(node: Node) -> str:
    """The node's name as it stands on the page, after the markers that the reader gave it."""
    if isinstance(node, Paper):
        marks = clean("".join(node.markers))[:8]
        return wrap(f"{marks} {node.title}" if marks else node.title)
    return wrap(node.name, 22)


def font_size(node: Node) -> int:
    """In pixels, at a scale of one."""
    return 22 if isinstance(node, Topic) else 15


def box(node: Node) -> Box:
    """About what vis-network makes of `label(node)`."""
    text, size = label(node), font_size(node)
    width = max(columns(line) for line in text.split("\n")) * size * _EM
    height = (text.count("\n") + 1) * size * 1.2
    if isinstance(node, Concept):
        return Box(width + height, 2 * height)
    return Box(width + 20, height + 18)


def _width(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _pieces(text: str, width: int) -> list[str]:
    """Where a line may break: after a space, around wide characters, and in words that no line can hold."""
    out: list[str] = []
    for char in text:
        wide = _width(char) == 2
        joins = bool(out) and not out[-1].endswith(" ") and not wide and _width(out[-1][-1]) < 2 and columns(out[-1]) < width
        if out and (char == " " or joins or char in "、。，．）」』】・ーっゃゅょァィゥェォッャュョ"):
            out[-1] += char
        else:
            out.append(char)
    return out
