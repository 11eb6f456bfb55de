"""Insertions of whole lines into a text, and how they look as a unified diff. Values only: nothing is written."""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from papergraph.errors import NotesError
from papergraph.notes.document import line_starts

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTEXT = 3


@dataclass(frozen=True, slots=True)
class Insertion:
    """`text`, one or more whole lines, put in before the character `at` (0-based) of a file's text."""

    at: int
    text: str


def insertion_after(text: str, line: int, lines: Sequence[str]) -> Insertion:
    r"""`lines` put in behind line `line` (from 0; -1 for the beginning) with the break that the text has there.

    A text whose last line has no break keeps it so.

    >>> insertion_after("a\r\nb", 0, ["x"]), insertion_after("a\nb", 1, ["x"])
    (Insertion(at=3, text='x\r\n'), Insertion(at=3, text='\nx'))
    """
    starts = line_starts(text)
    at = starts[line + 1] if line + 1 < len(starts) else len(text)
    mark = _break_before(text, at) or _break_before(text, starts[1] if len(starts) > 1 else 0) or "\n"
    if at == len(text) and text and not text.endswith(("\n", "\r")):
        return Insertion(at, "".join(mark + one for one in lines))
    return Insertion(at, "".join(one + mark for one in lines))


def _break_before(text: str, at: int) -> str:
    for mark in ("\r\n", "\n", "\r"):
        if text.endswith(mark, 0, at):
            return mark
    return ""


def patched(text: str, insertions: Sequence[Insertion]) -> tuple[str, tuple[tuple[int, int], ...]]:
    r"""The text with all insertions, in their order where they share a place; and the stretch `(start, end)` of each in it, in the order given.

    >>> patched("a\nb\n", [Insertion(2, "x\n"), Insertion(0, "y\n")])
    ('y\na\nx\nb\n', ((4, 6), (0, 2)))
    """
    out: list[str] = []
    spans: dict[int, tuple[int, int]] = {}
    done = length = 0
    for n in sorted(range(len(insertions)), key=lambda n: insertions[n].at):
        one = insertions[n]
        out += [text[done : one.at], one.text]
        length += one.at - done
        done = one.at
        spans[n] = length, length + len(one.text)
        length += len(one.text)
    return "".join([*out, text[done:]]), tuple(spans[n] for n in range(len(insertions)))


@dataclass(frozen=True, slots=True)
class Coding:
    """How a file's text is put into bytes: byte order mark, then a codec."""

    mark: bytes
    codec: str

    def encode(self, text: str) -> bytes:
        """The bytes of `text`; a `UnicodeEncodeError` where the codec has no such character."""
        return self.mark + text.encode(self.codec)


def coding_of(data: bytes, text: str, encoding: str, name: str) -> Coding:
    """The coding by which `text`, decoded from `data` as `encoding`, becomes just these bytes again.

    Raises
    ------
    NotesError
        If it does not, byte for byte: then what is elsewhere in the file would change.
    """
    mark, codec = next(((m, c) for m, c in _MARKS if data.startswith(m) and codecs.lookup(encoding).name.startswith(c[:6])), (b"", encoding))
    coding = Coding(mark, codec)
    try:
        same = coding.encode(text) == data
    except UnicodeEncodeError:
        same = False
    if not same:
        raise NotesError(f"{name}: decoded as {encoding} and encoded again its bytes are others, so it cannot be left unchanged elsewhere; save it as UTF-8 and import it again")
    return coding


def unified_diff(path: str, text: str, insertions: Sequence[Insertion]) -> Iterator[str]:
    r"""The lines of a unified diff, without their breaks: three lines of context on either side.

    >>> list(unified_diff("a.md", "one\ntwo\n", [Insertion(4, "new\n")]))
    ['--- a/a.md', '+++ b/a.md', '@@ -1,2 +1,3 @@', ' one', '+new', ' two']
    """
    if not insertions:
        return
    bounds = [*line_starts(text), len(text)]
    lines = [text[a:b] for a, b in pairwise(bounds)]
    if not lines[-1]:
        lines.pop()
    after: dict[int, list[str]] = {}
    open_end = bool(lines) and not lines[-1].endswith(("\n", "\r"))
    for one in sorted(insertions, key=lambda i: i.at):
        n = bisect_right(bounds, one.at) - 1 if one.at < len(text) else len(lines)
        new = one.text.replace("\r\n", "\n").replace("\r", "\n")
        after.setdefault(n, []).extend((new.removeprefix("\n") if open_end and n == len(lines) else new.removesuffix("\n")).split("\n"))
    yield f"--- a/{path}"
    yield f"+++ b/{path}"
    shift = 0
    for group in _groups(sorted(after), len(lines)):
        first, last = max(group[0] - _CONTEXT, 0), min(group[-1] + _CONTEXT, len(lines))
        added = sum(len(after[n]) for n in group)
        yield f"@@ -{first + 1 if last > first else first},{last - first} +{first + shift + 1},{last - first + added} @@"
        for n in range(first, last + 1):
            for new in after.get(n, ()) if n in group else ():
                yield f"+{new}"
            if n == last:
                break
            bare = lines[n].rstrip("\r\n")
            if open_end and n == len(lines) - 1 and len(lines) in group:
                yield from (f"-{bare}", "\\ No newline at end of file", f"+{bare}")
            else:
                yield f" {bare}"
        if open_end and last == len(lines):
            yield "\\ No newline at end of file"
        shift += added


def _groups(places: Sequence[int], count: int) -> Iterator[list[int]]:
    """Places so near each other that they share context."""
    group: list[int] = []
    for place in places:
        if group and place - group[-1] > 2 * _CONTEXT:
            yield group
            group = []
        group.append(min(place, count))
    if group:
        yield group
