"""A document: a tree of blocks whose every visible character knows its place in the file's text."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple, Protocol, overload

from papergraph.model import Problem, Span


class BlockKind(StrEnum):
    """What a block is in the layout of the notes."""

    HEADING = "heading"
    ITEM = "item"
    PARAGRAPH = "paragraph"
    ROW = "row"
    CODE = "code"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Link:
    """A link over the visible characters `start:end` of its block; `kind` is `url`, `wiki` (a page) or `key` (a citation key)."""

    start: int
    end: int
    target: str
    kind: str = "url"


class Places(Sequence[tuple[str, Span]]):
    """Names of fields with where their values stand, for the entries of a large file: in a sixth of what tuples of spans take."""

    __slots__ = ("_names", "_numbers")

    def __init__(self, places: Sequence[tuple[str, Span]]) -> None:
        self._names = tuple(name for name, _ in places)
        self._numbers = array("I", (n for _, span in places for n in (span.start, span.end, span.line)))

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, index: int) -> tuple[str, Span]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[str, Span]]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, Span] | Sequence[tuple[str, Span]]:
        if isinstance(index, slice):
            return [self[n] for n in range(*index.indices(len(self)))]
        first = 3 * range(len(self))[index]
        return self._names[index], Span(*self._numbers[first : first + 3])


@dataclass(frozen=True, slots=True)
class Fields:
    """What the notes say of one work under names of their own: a file's front matter, a BibTeX entry, an org or Logseq property drawer.

    Attributes
    ----------
    date
        The day of the notes or of the reading, ISO 8601; never the year of the work.
    aliases, keys
        Other names of the work, and what it is cited by (BibTeX key, citekey).
    links
        Further addresses beside `url`.
    related
        What a field such as `related` or `papers` lists: page names, keys or titles, as written.
    places
        For each field that is told, its name and where its value stands.
    line
        The line that the title stands on.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    date: str | None = None
    venue: str | None = None
    decision: str | None = None
    url: str | None = None
    doi: str | None = None
    arxiv: str | None = None
    aliases: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    places: Sequence[tuple[str, Span]] = ()
    line: int = 1


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, list item, paragraph, table row, code block or bibliographic record.

    Attributes
    ----------
    kind, level
        The layout; `level` is a heading's depth from 1 or an item's nesting from 1, otherwise 0.
    text
        The visible characters: link addresses, emphasis marks and tags are not among them.
    offsets
        For each visible character the offset of its code point in the file's text, rising; `len(offsets) == len(text)`.
    links, strong
        Links, and stretches `(start, end)` in bold type or quotes of a title, by visible character.
    quoted
        Whether the block stands in a block quotation: somebody else's words.
    cells
        For a table row, the stretches `(start, end)` of its cells.
    fields
        What the block says of a work under names of its own: a BibTeX entry, a heading's or item's properties.
    children
        What is nested below: a heading's section, an item's further paragraphs and items.
    """

    kind: BlockKind
    text: str
    offsets: Sequence[int]
    line: int
    level: int = 0
    links: tuple[Link, ...] = ()
    strong: tuple[tuple[int, int], ...] = ()
    quoted: bool = False
    cells: tuple[tuple[int, int], ...] = ()
    fields: Fields | None = None
    children: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "offsets", _compact(self.offsets))

    def walk(self) -> Iterator[Block]:
        """The block itself and all below it, in the order of the text."""
        stack = [self]
        while stack:
            block = stack.pop()
            yield block
            stack.extend(reversed(block.children))


def _compact(offsets: Sequence[int]) -> Sequence[int]:
    """The same rising offsets in little memory: a range where no character is left out, else four bytes for each.

    All documents of an import are held until the names in them are known, and as a tuple these would be most of what is held.
    """
    if isinstance(offsets, range) or not offsets:
        return offsets
    first, last = offsets[0], offsets[-1]
    return range(first, last + 1) if last - first == len(offsets) - 1 else array("I", offsets)


@dataclass(frozen=True, slots=True)
class Document:
    """One file of notes.

    `path` is relative to the imported folder, with `/`; `uri` puts the collection's name before it. `text` is the
    file decoded, without byte order mark, newlines as they stand. `flat` tells that nesting was lost, `library` that it
    is a bibliography beside other notes: what it lists is known by its keys, and no entry unless it is annotated.
    """

    uri: str
    path: str
    text: str
    sha256: str
    blocks: tuple[Block, ...]
    front: Fields = field(default_factory=Fields)
    problems: tuple[Problem, ...] = ()
    flat: bool = False
    library: bool = False

    def walk(self) -> Iterator[Block]:
        """All blocks, in the order of the text."""
        for block in self.blocks:
            yield from block.walk()

    @property
    def stem(self) -> str:
        """The file's name without folder and ending, or its folder's where it is the index: what links between pages call it."""
        *folders, name = self.path.split("/")
        stem = name.rsplit(".", 1)[0] if "." in name[1:] else name
        return folders[-1] if stem in ("index", "_index") and folders and folders[-1] not in ("", ".") else stem

    def span(self, block: Block, start: int, end: int) -> Span:
        """Where the visible characters `start:end` (not empty) of `block` stand in the file's text."""
        first, last = block.offsets[start], block.offsets[end - 1] + 1
        return Span(first, last, block.line + count_lines(self.text, block.offsets[0], first))


def count_lines(text: str, start: int, end: int) -> int:
    r"""How many line breaks (LF, CR LF or CR) lie in `text[start:end]`.

    >>> count_lines("a\r\nb\rc\nd", 0, 7)
    3
    """
    piece = text[start:end]
    if "\r" not in piece:
        return piece.count("\n")
    return piece.count("\n") + piece.count("\r") - piece.count("\r\n")


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins; lines end with LF, CR LF or CR."""
    starts = [0]
    if "\r" not in text:
        at = text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = text.find("\n", at + 1)
        return starts
    for i, char in enumerate(text):
        if char == "\n" or (char == "\r" and text[i + 1 : i + 2] != "\n"):
            starts.append(i + 1)
    return starts


_LABELLED = re.compile(r"[^\W_](?:[\w/&'. -]|[\u3000-\u30ff\u4e00-\u9fff]){0,28}(?:::|[:：])(?:\s|(?=[^\s/:]))")
_ADDRESS_ONLY = re.compile(r"<?https?://\S+>?$")
_REFERENCE = re.compile(r"\[\^?[\w.+-]{1,24}\]:?\s+[^\W\d_]")
_VENUE_END = re.compile(r"(?:\b[A-Z][A-Za-z&/-]*[A-Z][A-Za-z&/-]*[\s'’,]{0,2}(?:(?:19|20)\d\d|(?<=['’])\d\d)|[\s,(](?:19|20)\d\d)\)?[\s,/|(]*(?:#\S+|oral|spotlight|poster|best paper)?\)?$", re.IGNORECASE)
_LONGEST_TELLING, _SMALL_WORDS = 200, frozenset(("and", "et", "al", "al.", "&", "de", "van", "von", "der", "in", "@", "/"))
_GOES_ON = re.compile(r"(?:[,、，;&(（\u3040-\u30ff\u4e00-\u9fff-]|\b(?:a|an|the|of|in|on|at|to|for|and|or|by|with|from|as|is|are|was|that|which|than|their|its|this|et))$", re.IGNORECASE)
_SHORT_LINE, _INTRODUCES = 60, 0.7
"""Characters below which a line that does not go on in lower case was broken on purpose."""


_BREAK = re.compile(r"[\r\n]")


def split_paragraph(text: str, block: Block, *, only_told: bool = False) -> list[Block]:
    """A paragraph whose lines are things of their own ("authors:: …", an address, a venue) as a block for each; else the block itself.

    Lines that were wrapped at a width stay together: they are long but for the last, or go on in lower case. With `only_told`
    only lines of authors and venue are parted from others.
    """
    if not _BREAK.search(text, block.offsets[0], block.offsets[-1]):
        return [block]
    pieces: list[tuple[int, int]] = []
    start = 0
    for i in range(1, len(block.text)):
        # a break is kept as a space, or left out between two CJK characters
        between = text[block.offsets[i - 1] : block.offsets[i]]
        if ("\n" in between or "\r" in between) and block.text[start:i].strip():
            pieces.append((start, i))
            start = i
    pieces.append((start, len(block.text)))
    if len(pieces) < 2:
        return [block]
    lines = [block.text[a:b].strip() for a, b in pieces]
    widest = max(map(len, lines))
    starts = [0] + [n for n in range(1, len(lines)) if (_parts_names(lines[n - 1], lines[n]) if only_told else _breaks(lines[n - 1], lines[n], widest, len(lines)))]
    if len(starts) == 1:
        return [block]
    out = []
    for first, after in zip(starts, [*starts[1:], len(lines)], strict=True):
        out.append(_part(text, block, pieces[first][0], pieces[after - 1][1]))
    return out


def _breaks(line: str, following: str, widest: int, count: int) -> bool:
    if _parts_names(line, following) or (line.endswith((":", "：")) and len(line) < min(_SHORT_LINE, _INTRODUCES * widest) and following[:1].isupper()):
        return True
    if _LABELLED.match(following) or _REFERENCE.match(following) or _ADDRESS_ONLY.match(following) or _ADDRESS_ONLY.match(line):
        return True
    if _GOES_ON.search(line) or len(line) >= _SHORT_LINE or not (following[:1].isupper() or following[:1].isdigit() or not following[:1].isascii()):
        return False
    words = line.split()
    told = sum(w[:1].isupper() or w[:1].isdigit() for w in words) >= len(words) / 2
    return (line[-1:] in ".!?。！？" or told) and (count == 2 or len(line) < widest - _SHORT_LINE // 4 or widest < _SHORT_LINE)


def _parts_names(line: str, following: str) -> bool:
    return bool(line and following) and (_tells(following) or _tells(line)) and not _GOES_ON.search(line)


def _tells(line: str) -> bool:
    """Whether a line is names that end with a venue or year, as it stands below a title: "Haarnoja, Zhou, Levine ICML2018"."""
    if len(line) > _LONGEST_TELLING or not any(mark in line for mark in (",", "&", " and ", "et al", "、", "ら")):
        return False
    first = re.split(r"[,、;&]|\sand\s|\set al", line, maxsplit=1)[0]
    if ": " in line or len(first.split()) > _LONGEST_PERSON:
        return False
    names = [w for w in re.split(r"[\s,、;/|()（）]+", line) if w and w.casefold() not in _SMALL_WORDS]
    return bool(names) and all(w[:1].isupper() or w[:1].isdigit() or w[:1] in "#'’\u2018" or w[-1:] == "ら" for w in names) and _VENUE_END.search(line[-_VENUE_PART:]) is not None


_VENUE_PART, _LONGEST_PERSON = 60, 5


class Visible(Protocol):
    """Visible characters, the offset of each in the file, and the links and strong stretches among them."""

    @property
    def text(self) -> str: ...
    @property
    def offsets(self) -> Sequence[int]: ...
    @property
    def links(self) -> Sequence[Link]: ...
    @property
    def strong(self) -> Sequence[tuple[int, int]]: ...


class Cells(NamedTuple):
    """The cells of a table's row as one text, and where in it each stands."""

    text: str
    offsets: tuple[int, ...]
    links: tuple[Link, ...]
    strong: tuple[tuple[int, int], ...]
    cells: tuple[tuple[int, int], ...]


def join_cells(row: Iterable[Visible]) -> Cells:
    """Put cells that are not empty together; what parts two of them is visible as a tab in the place before the second."""
    text, at, links, strong, cells = "", [], [], [], []  # type: ignore[var-annotated]
    for cell in row:
        if text:
            text += "\t"
            at.append(cell.offsets[0] - 1)
        shift = len(text)
        text += cell.text
        at.extend(cell.offsets)
        links.extend(Link(x.start + shift, x.end + shift, x.target, x.kind) for x in cell.links)
        strong.extend((a + shift, b + shift) for a, b in cell.strong)
        cells.append((shift, len(text)))
    return Cells(text, tuple(at), tuple(links), tuple(strong), tuple(cells))


def _part(text: str, block: Block, start: int, end: int) -> Block:
    while start < end and block.text[start].isspace():
        start += 1
    while end > start and block.text[end - 1].isspace():
        end -= 1
    links = tuple(Link(x.start - start, x.end - start, x.target, x.kind) for x in block.links if start <= x.start and x.end <= end)
    strong = tuple((a - start, b - start) for a, b in block.strong if start <= a and b <= end)
    line = block.line + count_lines(text, block.offsets[0], block.offsets[start])
    return replace(block, text=block.text[start:end], offsets=block.offsets[start:end], line=line, links=links, strong=strong, children=())


def nest(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Put what follows a heading, up to the next heading of its level or above, below it."""
    root: list[Block] = []
    open_: list[tuple[Block, list[Block]]] = []

    def close(level: int) -> None:
        while open_ and open_[-1][0].level >= level:
            heading, content = open_.pop()
            done = replace(heading, children=tuple(content))
            (open_[-1][1] if open_ else root).append(done)

    for block in blocks:
        if block.kind is BlockKind.HEADING:
            close(block.level)
            open_.append((block, []))
        else:
            (open_[-1][1] if open_ else root).append(block)
    close(0)
    return tuple(root)
