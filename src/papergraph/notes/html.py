"""HTML pages → blocks: saved posts, exported notes, lists of links; only their main content, each character in its place.

The syntax is that of the HTML Standard (html.spec.whatwg.org): 13.2.5 for tokens, 13.1.2.4 for tags that may be left out; names of
`meta` are those of Highwire Press (`citation_…`, which Google Scholar asks for) and the Open Graph protocol. The standard
library's `html.parser` tells lines and columns only, and some broken pages cost it quadratic time, hence the tokens here.
Line breaks mean nothing in HTML, so it is a block that may be too long, not a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from papergraph.model import Problem
from papergraph.notes.document import Block, BlockKind, Fields, Link, join_cells, line_starts, nest
from papergraph.notes.htmlhead import read_head
from papergraph.notes.htmlmain import find_main, is_dropped
from papergraph.notes.htmltokens import BLOCKS, CELLS, HEADINGS, LISTS, VOID, Token, balance, decoded, show_text
from papergraph.notes.inline import Inline
from papergraph.notes.placed import Placed

DEEPEST = 64
"""Levels of lists that are read as such; what is deeper is reported and read as paragraphs."""


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+:")


@dataclass(slots=True)
class _Item:
    """A list item or term still open, and what is in it so far."""

    level: int
    quoted: bool
    blocks: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Row:
    """A table's row still open; in a table that lays out a page its cells are no cells of a row."""

    cells: list[Inline] = field(default_factory=list)
    heads: int = 0
    layout: bool = False


class PageReader:
    """One pass over the balanced tokens of a page's content."""

    def __init__(self, text: str, starts: Sequence[int], longest: int) -> None:
        self.text = text
        self.starts = starts
        self.longest = longest
        self.problems: list[tuple[int, str]] = []
        self.out: list[Block] = []
        self.placed = Placed()
        self.items: list[_Item] = []
        # for each open list how many items were open where it began, and whether it is of terms
        self.lists: list[tuple[int, bool]] = []
        self.rows: list[_Row] = []
        self.in_cell = False
        self.heading = self.headers = self.quotes = self.paragraphs = self.pre = 0
        self.just_broken = False
        # where a link begins to be seen, its target (or keys) and its kind
        self.links: list[tuple[int, str, str]] = []
        self.strong: list[int] = []

    def read(self, tokens: Sequence[Token], kept: str) -> tuple[Block, ...]:
        dropped = 0
        acts: list[str] = []
        for token in tokens:
            if token.name == "#text":
                if not dropped and (self.heading or not self.headers):
                    show_text(self.placed, self.text, token.start, token.end)
                    self.just_broken = self.just_broken and self.text[token.start : token.end].isspace()
            elif token.closing:
                if dropped:
                    dropped -= 1
                elif acts:
                    self._end(acts.pop(), token.start)
            elif token.name in VOID:
                if not dropped:
                    self._void(token)
            elif dropped or is_dropped(self.text, token, kept):
                dropped += 1
            else:
                acts.append(self._start(token))
        self._flush()
        return nest(self.out)

    def _void(self, token: Token) -> None:
        if token.name == "hr" and not self.in_cell:
            self._flush()
        elif token.name == "br":
            apart = self.paragraphs or self.items or self.just_broken
            if apart and not self.heading and not self.in_cell and not self.pre:
                self._flush()
            else:
                self._put("\n", token.start)
                self.just_broken = True

    def _start(self, token: Token) -> str:
        """Begin an element; what is to be done at its end."""
        name, said = token.name, token.attributes
        if name == "a":
            target = self._value(said["href"]).strip() if "href" in said else ""
            scheme = _SCHEME.match(target)
            if not target or (scheme and scheme[0].casefold() not in ("http:", "https:")):
                return ""
            self.links.append((len(self.placed), target, "url"))
            return "link"
        if name in ("b", "strong"):
            self.strong.append(len(self.placed))
            return "strong"
        if "data-cites" in said:
            self.links.append((len(self.placed), self._value(said["data-cites"]), "key"))
            return "link"
        if name in ("d-cite", "cite"):
            keys = self._value(said.get("key") or said.get("bibtex-key") or (0, 0)).split(",")
            self.placed.links += [Link(len(self.placed), len(self.placed), k.strip(), "key") for k in keys if k.strip()]
        if name not in BLOCKS:
            return ""
        if self.in_cell:
            if name not in HEADINGS and name not in ("table", *CELLS):
                self._put(" ", token.start)
                return "space"
            self._lay_out()
        self._flush()
        return self._start_block(name, token.start)

    def _start_block(self, name: str, at: int) -> str:
        if name in HEADINGS:
            self.heading = int(name[1])
            return "heading"
        if name in CELLS and self.rows and not self.rows[-1].layout:
            self.in_cell = True
            self.rows[-1].heads += name == "th"
            return "cell"
        if name == "tr":
            self.rows.append(_Row())
            return "row"
        if name in LISTS or name == "dl":
            begun = self._begin_list()
            self.lists.append((len(self.items) - begun, name == "dl"))
            return "list"
        if name == "li" or (name == "dt" and self.lists and self.lists[-1][1]):
            if name == "dt" and len(self.items) > self.lists[-1][0]:
                self._end_item()
            if len(self.items) >= DEEPEST:
                self.problems.append((at, f"a list is nested more than {DEEPEST} levels deep; what is below that is read as paragraphs"))
                return "block"
            self.items.append(_Item(len(self.items) + 1, bool(self.quotes)))
            # a term ends with the next one, or with its list
            return "item" if name == "li" else "block"
        match name:
            case "p":
                self.paragraphs += 1
            case "blockquote":
                self.quotes += 1
            case "pre":
                self.pre += 1
            case "header":
                self.headers += 1
            case _:
                return "block"
        return name

    def _end(self, act: str, at: int) -> None:
        match act:
            case "":
                pass
            case "link":
                begin, target, kind = self.links.pop()
                self._link(begin, target, kind)
            case "strong":
                begin = self.strong.pop()
                if begin < len(self.placed):
                    self.placed.strong.append((begin, len(self.placed)))
            case "space":
                self._put(" ", at)
            case "heading":
                amid = self.items or self.quotes or any(not r.layout for r in self.rows)
                self._flush(BlockKind.PARAGRAPH if amid else BlockKind.HEADING, 0 if amid else self.heading)
                self.heading = 0
            case "cell" if self.in_cell:
                self.rows[-1].cells.append(self._take().folded())
                self.in_cell = False
            case "pre":
                self._code()
                self.pre -= 1
            case _:
                self._flush()
                self._end_block(act)

    def _end_block(self, act: str) -> None:
        match act:
            case "p":
                self.paragraphs -= 1
            case "blockquote":
                self.quotes -= 1
            case "header":
                self.headers -= 1
            case "item":
                self._end_item()
            case "list":
                begun, _ = self.lists.pop()
                while len(self.items) > begun:
                    self._end_item()
            case "row":
                self._row(self.rows.pop())

    def _begin_list(self) -> int:
        """Where a list stands in a list instead of in an item of it, open the item before it again: 1, else 0."""
        around = self.items[-1].blocks if self.items else self.out
        if not self.lists or self.lists[-1][0] != len(self.items) or not around or around[-1].kind is not BlockKind.ITEM:
            return 0
        item = around.pop()
        head = replace(item, kind=BlockKind.PARAGRAPH, level=0, children=())
        self.items.append(_Item(item.level, bool(self.quotes), [head, *item.children]))
        return 1

    def _end_item(self) -> None:
        """A list item: its first paragraph with all else below it; its parts alone where it begins with none."""
        item = self.items.pop()
        around = self.items[-1].blocks if self.items else self.out
        if item.blocks and item.blocks[0].kind is BlockKind.PARAGRAPH and item.blocks[0].quoted == item.quoted:
            around.append(replace(item.blocks[0], kind=BlockKind.ITEM, level=item.level, children=tuple(item.blocks[1:])))
        else:
            around.extend(item.blocks)

    def _put(self, seen: str, at: int) -> None:
        # tags that end and begin at one place part what is around them once
        if self.placed.at and self.placed.at[-1] < at:
            self.placed.put(seen, at)

    def _link(self, begin: int, target: str, kind: str) -> None:
        if begin < len(self.placed):
            targets = target.split() if kind == "key" else [target]
            self.placed.links += [Link(begin, len(self.placed), t, kind) for t in targets]

    def _value(self, value: tuple[int, int]) -> str:
        return decoded(self.text, value)

    def _take(self) -> Placed:
        """What was gathered; links and bold stretches still open go on in what follows."""
        for link in self.links:
            self._link(*link)
        self.placed.strong += [(begin, len(self.placed)) for begin in self.strong if begin < len(self.placed)]
        self.links = [(0, target, kind) for _, target, kind in self.links]
        self.strong = [0] * len(self.strong)
        placed, self.placed, self.just_broken = self.placed, Placed(), False
        return placed

    def _flush(self, kind: BlockKind = BlockKind.PARAGRAPH, level: int = 0) -> None:
        if not self.placed.at:
            self.placed.links.clear()
            return
        if self.pre:
            self._code()
            return
        block = self._take().block(kind, self.starts, level, quoted=bool(self.quotes))
        if block is not None:
            self._add(block)

    def _add(self, block: Block) -> None:
        if len(block.text) > self.longest:
            told = f"a {block.kind} of {len(block.text):,} characters is passed over (the longest read is {self.longest:,})"
            self.problems.append((block.offsets[0], told))
            return
        (self.items[-1].blocks if self.items else self.out).append(block)

    def _code(self) -> None:
        placed = self._take()
        code = "".join(placed.parts)
        # the line breaks after the start tag and before the end tag are layout
        begin, end = len(code) - len(code.lstrip("\r\n")), len(code.rstrip())
        if begin < end:
            at = tuple(placed.at[begin:end])
            self._add(Block(BlockKind.CODE, code[begin:end], at, bisect_right(self.starts, at[0]), quoted=bool(self.quotes)))

    def _lay_out(self) -> None:
        """Turn the cells of the open row into blocks: a table or heading in a cell tells that it lays out the page."""
        row = self.rows[-1]
        row.layout, self.in_cell = True, False
        for cell in row.cells:
            if cell.text.strip():
                line = bisect_right(self.starts, cell.offsets[0])
                self._add(Block(BlockKind.PARAGRAPH, cell.text, cell.offsets, line, 0, cell.links, cell.strong, bool(self.quotes)))

    def _row(self, row: _Row) -> None:
        if row.layout or row.heads == len(row.cells):
            return
        joined = join_cells(c for c in row.cells if c.text.strip())
        if joined.text:
            line = bisect_right(self.starts, joined.offsets[0])
            self._add(Block(BlockKind.ROW, joined.text, joined.offsets, line, 0, joined.links, joined.strong, bool(self.quotes), joined.cells))


def read_html(text: str, longest: int, path: str) -> tuple[tuple[Block, ...], Fields, list[Problem]]:
    """The blocks of a page's main content, what its head tells of it, and what could not be read; never raises, in linear time.

    Parameters
    ----------
    text
        The file's text, newlines as they stand.
    longest
        Characters above which a block is passed over with a problem.
    path
        What problems call the file.

    Returns
    -------
    tuple
        Headings with what is below them; items with theirs; a row for each row of a table but those of heads. `authors` are those of
        `citation_author` only, `date` is the day that the page came out.
    """
    starts = line_starts(text)
    problems: list[tuple[int, str]] = []
    tokens = balance(text, problems)
    blocks: tuple[Block, ...] = ()
    content = 0, len(tokens)
    # some sites put a whole page into one form
    for kept in ("", "form"):
        content = find_main(text, tokens, kept)
        reader = PageReader(text, starts, longest)
        blocks = reader.read(tokens[slice(*content)], kept)
        if blocks or reader.problems or not any(t.name == "form" for t in tokens):
            break
    problems += reader.problems
    fields = read_head(text, starts, tokens, content, blocks)
    return blocks, fields, [Problem(path, bisect_right(starts, at), told) for at, told in sorted(dict.fromkeys(problems))]
