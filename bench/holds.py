"""What must hold of any text that is read as notes."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from papergraph.folding import squeeze
from papergraph.importing import extract
from papergraph.model import Concept, Note, Paper, Relation, Source, Statement, Topic
from papergraph.notes import Block, BlockKind, Document, read

_PLACE = re.compile(r"(?P<path>.*):(?P<line>\d+):(?P<start>\d+)-(?P<end>\d+)", re.DOTALL)
_FIELD_PLACE = re.compile(rf"\w+ {_PLACE.pattern}", re.DOTALL)
_PLAIN = re.compile(r"(?:[^\W_]|[ \n.,;!?、。「」…])*")
"""Text without marks of any layout: it is seen as it stands."""
_STANDS_FOR = frozenset("&\\\r\n\0|`'-~<")
"""Characters in the place of which something else may be seen: entities, escapes, accents, line breaks, borders of cells."""


def broken(text: str, path: str) -> list[str]:
    """What does not hold of `text` read as the file `path`; an error that is raised is passed on."""
    document = read(text, path, f"x/{path}")
    statements, problems = extract([document])
    starts = _line_starts(document.text)
    out = [*_of_blocks(document, starts), *_of_statements(document, statements, starts)]
    if not all(p.path == path and 1 <= p.line <= len(starts) and p.message for p in problems):
        out.append(f"a problem's place: {problems}")
    if extract([read(text, path, f"x/{path}")]) != (statements, problems):
        out.append("a second extraction states something else")
    return out


def _line_starts(text: str) -> list[int]:
    """Where lines begin, told apart from papergraph's own way of counting."""
    return [0, *(m.end() for m in re.finditer(r"\r\n|\r|\n", text))]


def _of_blocks(document: Document, starts: list[int]) -> Iterator[str]:
    text = document.text
    for block in document.walk():
        at = block.offsets
        here = f"block {block.text[:40]!r} on line {block.line}"
        if not block.text.strip() or len(at) != len(block.text):
            yield f"{here}: {len(block.text)} characters, {len(at)} places"
            continue
        if any(a >= b for a, b in pairwise(at)) or at[0] < 0 or at[-1] >= len(text):
            yield f"{here}: its places do not rise within the text"
            continue
        if block.line != bisect_right(starts, at[0]):
            yield f"{here}: it begins on line {bisect_right(starts, at[0])}"
        if not all(0 <= x.start <= x.end <= len(at) for x in block.links) or not all(0 <= a <= b <= len(at) for a, b in (*block.strong, *block.cells)):
            yield f"{here}: a link, bold stretch or cell lies outside it"
        wrong = next((o for c, o in zip(block.text, at, strict=True) if c != text[o] and not _may_stand_for(text[o], c)), None)
        if wrong is not None:
            yield f"{here}: what is seen of offset {wrong} is not what stands there: {text[wrong - 2 : wrong + 5]!r}"


def _may_stand_for(written: str, seen: str) -> bool:
    if seen == " ":
        return written.isspace() or written in _STANDS_FOR
    # the border of a cell may be any character; an accent stands after its letter
    return written in _STANDS_FOR or seen == "\t" or 0x300 <= ord(seen) < 0x370


def _of_statements(document: Document, statements: list[Statement], starts: list[int]) -> Iterator[str]:
    text, elements = document.text, [s.element for s in statements]
    ids = {e.id: type(e) for e in elements}
    if len(ids) != len(elements):
        yield "an element is stated twice"
    seen = _Seen(document)
    for e in elements:
        here = f"{type(e).__name__} {getattr(e, 'name', '')[:40]!r}"
        yield from (f"{here}: {w}" for w in _of_record(e))
        match e:
            case Note():
                if not _stands(e.start, e.end, e.line, text, starts):
                    yield f"{here}: {e.start}-{e.end} on line {e.line}"
                    continue
                # a flat text is seen as it stands; elsewhere marks and addresses are not seen
                piece = text[e.start : e.end]
                if (document.flat or _PLAIN.fullmatch(piece)) and _unspaced(e.text) != _unspaced(piece):
                    yield f"{here}: there stands {piece[:60]!r}"
                if squeeze(e.text) != e.text or not seen.at(e.start, e.end, e.text):
                    yield f"{here}: no block is seen so at {e.start}-{e.end}"
                yield from (f"{here}: also at {p}" for p in e.also_at if not _place_stands(_PLACE, p, document, starts))
                yield from (f"{here}: {i} is not stated" for i in (*([e.about] if e.about else ()), *e.mentions) if ids.get(i) not in (Paper, Concept))
            case Paper():
                yield from (f"{here}: its place {p}" for p in e.places if not _place_stands(_FIELD_PLACE, p, document, starts))
                yield from (f"{here}: topic {t} is not stated" for t in e.topics if ids.get(t) is not Topic)
                if not e.title.strip() or e.line is None or not 1 <= e.line <= len(starts) or e.path != document.path:
                    yield f"{here}: {e.path}:{e.line}"
            case Topic() if e.broader is not None and ids.get(e.broader) is not Topic:
                yield f"{here}: broader {e.broader} is not stated"
            case Relation():
                if not (ids.get(e.source) is Paper or ids.get(e.target) is Paper) or {ids.get(e.source), ids.get(e.target)} - {Paper, Concept} or not 0 < e.confidence <= 1 or not e.evidence:
                    yield f"{here} {e.type}: {e.source} {e.target} {e.confidence}"
                if e.source == e.target:
                    yield f"{here} {e.type}: it relates {e.source} to itself"
                for v in e.evidence:
                    if v.start is None or v.end is None or v.line is None or not _stands(v.start, v.end, v.line, text, starts) or text[v.start : v.end] != v.quote or ids.get(v.note_id or "") is not Note:
                        yield f"{here} {e.type}: evidence {v}"
            case Source() | Topic() | Concept():
                pass


def _of_record(e: Source | Paper | Topic | Concept | Note | Relation) -> Iterator[str]:
    """A record can be written, and read again."""
    try:
        json.dumps(e.properties(), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        yield f"it cannot be written: {error}"
    if type(e).from_properties(e.properties()) != e:
        yield "it is not read as it was written"


def _stands(start: int, end: int, line: int, text: str, starts: list[int]) -> bool:
    return 0 <= start < end <= len(text) and line == bisect_right(starts, start)


def _place_stands(form: re.Pattern[str], place: str, document: Document, starts: list[int]) -> bool:
    found = form.fullmatch(place)
    return found is not None and found["path"] == document.path and _stands(int(found["start"]), int(found["end"]), int(found["line"]), document.text, starts)


def _unspaced(text: str) -> str:
    # between two Japanese characters a line break is no space
    return "".join(text.split())


class _Seen:
    """What is seen of a document's blocks between two offsets."""

    def __init__(self, document: Document) -> None:
        self.blocks: list[Block] = sorted((b for b in document.walk() if b.offsets and b.kind is not BlockKind.CODE), key=lambda b: b.offsets[0])
        self.first = [b.offsets[0] for b in self.blocks]

    def at(self, start: int, end: int, text: str) -> bool:
        """Whether one block shows `text` there."""
        for n in range(bisect_right(self.first, start) - 1, -1, -1):
            block = self.blocks[n]
            if block.offsets[-1] >= start:
                a, b = bisect_right(block.offsets, start - 1), bisect_right(block.offsets, end - 1)
                return squeeze(block.text[a:b]) == text
        return False
