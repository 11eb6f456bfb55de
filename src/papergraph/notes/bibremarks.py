"""What the reader wrote into a BibTeX file: fields that hold remarks, and what stands between the entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from papergraph.notes.bibfile import PERCENT, BibFile, Value
from papergraph.notes.document import Block, BlockKind
from papergraph.notes.tex import read_tex

_REMARK = re.compile(
    r"annot(?:e|ation)s?|(?:my|user|personal|reading)?[-_]?notes?(?:[-_]?\w+)?|comments?(?:[-_].+)?|reviews?|remarks?|memos?|summary|tl;?dr|thoughts?"
    r"|opinions?|highlights?|takeaways?|addendum|感想|メモ|コメント|要約|備考"
)
FILLER = re.compile(
    r"""[\s(\[]*+(?:(?:accepted|to\ appear|in\ press|forthcoming|submitted|under\ review|in\ preparation|preprint|unpublished|published|presented|poster|oral
    |spotlight|notable|highlight|withdrawn|rejected|(?:conference|workshop|tool|short|long|full|demo|position)\ paper|(?:best|outstanding|distinguished)\ [\w ]{0,30}(?:paper|award))(?:\ (?:to|at|in|by|for|as|on)\b.{0,120}
    |\ (?:presentation|manuscript|paper|poster|award|version|talk)\b.{0,60})?
    |arxiv\b.{0,120}|(?:version|ver\.|v)\ ?\d[\d.]*+.{0,40}|(?:online|accessed|last\ accessed|retrieved|available|url|doi|issn|isbn|pmc?id|adsbibcode|r\ package)\b.{0,200}
    |(?:publisher|place|conference\ name|ads\ bibcode|citation\ key|_?eprint|tex\.\w+|backup\ publisher|number|section|type|comment|journal\ abbreviation):.{0,200}
    |https?://\S++|\d++\ pages?\b.{0,100}|in\ (?:japanese|english|german|french|chinese)|equal\ contributions?|(?:ph\.?\ ?d\.?|master'?s?)\ (?:thesis|dissertation)|technical\ report
    |採録(?:決定)?|査読中|投稿中|印刷中)[\s)\].。]*+""",
    re.IGNORECASE | re.VERBOSE,
)
_BULLET = re.compile(r"(?:[-*+‣][ \t]++|[・•●][ \t]*+|\\item\b[ \t]*+)")
_OUT = re.compile(r"@\w++\s*+[{(]")
_FRAME = "%-=*#~─━ \t"


@lru_cache(maxsize=1024)
def role_of(name: str) -> str:
    """`quoted` for an abstract, `remark` for a field that holds the reader's words, else empty."""
    return "quoted" if name in ("abstract", "abstr") else "remark" if _REMARK.fullmatch(name) else ""


def read_remarks(file: BibFile, name: str, value: Value, role: str) -> Iterator[Block]:
    """What the reader wrote into a field, or the abstract."""
    for start, end, macro in value.parts or [(value.start, value.end, None)]:
        if macro is not None:
            continue
        for group in _groups(file.source, _lines(file.source, start, end)):
            block = _said(file, group, quoted=role == "quoted")
            # `note` is BibTeX's field for "To appear" and the like, too
            if block is not None and not (name in ("note", "addendum") and FILLER.fullmatch(block.text)):
                yield block


def _lines(source: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines without outer white space; blank ones are empty."""
    while start <= end:
        stop = source.find("\n", start, end)
        stop = end if stop < 0 else stop
        line = source[start:stop]
        begin = start + len(line) - len(line.lstrip())
        yield begin, max(begin, start + len(line.rstrip()))
        start = stop + 1


def _groups(source: str, lines: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """The lines of each paragraph or item."""
    group: list[tuple[int, int]] = []
    for begin, stop in lines:
        if group and (begin == stop or _BULLET.match(source, begin, stop)):
            yield group
            group = []
        if begin < stop:
            group.append((begin, stop))
    if group:
        yield group


def _said(file: BibFile, group: list[tuple[int, int]], *, quoted: bool = False) -> Block | None:
    bullet = _BULLET.match(file.source, *group[0])
    if bullet is None:
        return read_tex(file.source, group).block(BlockKind.PARAGRAPH, file.starts, quoted=quoted)
    group = [(bullet.end(), group[0][1]), *group[1:]]
    return read_tex(file.source, group).block(BlockKind.ITEM, file.starts, 1, quoted=quoted)


def read_between(file: BibFile, start: int, end: int) -> Iterator[Block]:
    """What stands between entries: remarks, on comment lines or plain ones, and headings of the entries that follow."""
    source = file.source
    text: list[tuple[int, int]] = []
    framed = 0
    for begin, stop in [*_lines(source, start, end), (end, end)]:
        percent = PERCENT.match(source, begin, stop)
        inner = percent.end() if percent else begin
        line = source[begin:stop]
        bare = line.strip(_FRAME)
        if bare and not (text and text[-1][0] < 0):
            edge = line[: len(line) - len(line.lstrip(_FRAME))].replace(" ", "")
            framed += len(edge) > 1 and not line[-2:].strip(_FRAME)
            # an entry that is commented out says nothing, and neither do the lines of it that follow
            text.append((-1, -1) if _OUT.match(source, inner, stop) else (inner, stop))
        elif not bare and inner - begin < 5 and inner == stop:
            yield from _paragraphs(file, [t for t in text if t[0] >= 0], heading=framed > 0)
            text, framed = [], 0
        elif not bare:
            framed += 1


def _paragraphs(file: BibFile, lines: list[tuple[int, int]], *, heading: bool) -> Iterator[Block]:
    if heading and len(lines) == 1:
        begin, stop = lines[0]
        line = file.source[begin:stop]
        begin, stop = begin + len(line) - len(line.lstrip(_FRAME)), begin + len(line.rstrip(_FRAME))
        block = read_tex(file.source, [(begin, stop)]).block(BlockKind.HEADING, file.starts, 1)
        if block is not None:
            yield block
        return
    for group in _groups(file.source, lines):
        block = _said(file, group)
        if block is not None and any(c.isalnum() for c in block.text):
            yield block
