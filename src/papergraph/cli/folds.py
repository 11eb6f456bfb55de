"""Where lines of text may be broken for a terminal: by columns, where Japanese breaks anywhere but around some punctuation."""

from __future__ import annotations

from papergraph.folding import is_cjk

_NO_START = frozenset("、。，．・：；？！,.:;?!)]}）」』】〕〉》”’ー々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョ…%％")
"""What begins no line (JIS X 4051, in short)."""
_NO_END = frozenset("([{（「『【〔〈《“‘")
"""What ends none."""
_JOINER = "\u200d"


def folds(text: str, width: int) -> list[tuple[int, int]]:
    """The stretches `(start, end)` of `text` that make lines of at most `width` columns (2 or more), without the spaces at which it is broken.

    A character with what combines with it is never cut in two; a word longer than a line is.
    """
    out: list[tuple[int, int]] = []
    pieces = _pieces(text)
    first = 0
    while first < len(pieces):
        used, last, allowed = 0, first, 0
        while last < len(pieces) and (used + pieces[last][2] <= width or last == first):
            used += pieces[last][2]
            last += 1
            if last < len(pieces) and _may_break(text, pieces[last - 1], pieces[last]):
                allowed = last
        if last < len(pieces) and text[pieces[last][0]] != " " and allowed:
            last = allowed
        start, end = pieces[first][0], pieces[last - 1][1]
        while end > start and text[end - 1] == " ":
            end -= 1
        out.append((start, end))
        first = last
        while first < len(pieces) and text[pieces[first][0]] == " ":
            first += 1
    return out


def _may_break(text: str, before: tuple[int, int, int], after: tuple[int, int, int]) -> bool:
    a, b = text[before[0]], text[after[0]]
    if a == " ":
        return True
    return b != " " and (before[2] == 2 or after[2] == 2 or is_cjk(a) or is_cjk(b)) and a not in _NO_END and b not in _NO_START


def _pieces(text: str) -> list[tuple[int, int, int]]:
    """`(start, end, columns)` of each character with what combines with it."""
    from rich.cells import cell_len

    out: list[tuple[int, int, int]] = []
    for i, char in enumerate(text):
        columns = cell_len(char)
        # a space is what may be left out at a break: nothing combines with it
        if out and text[i - 1] != " " and (columns == 0 or text[i - 1] == _JOINER):
            start, _, used = out[-1]
            out[-1] = (start, i + 1, used)
        else:
            out.append((i, i + 1, columns))
    return out


def shortened(text: str, width: int) -> str:
    """`text` in at most `width` columns; what is cut off shows as `…`."""
    pieces = _pieces(text)
    if sum(c for _, _, c in pieces) <= width:
        return text
    used, end = 0, 0
    for _, stop, columns in pieces:
        if used + columns > width - 1:
            break
        used, end = used + columns, stop
    return text[:end] + "…"
