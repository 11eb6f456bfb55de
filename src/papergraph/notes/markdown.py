"""Markdown → blocks, by markdown-it-py, with the place of every visible character."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace

from markdown_it import MarkdownIt, helpers
from markdown_it.token import Token

from papergraph.model import Problem
from papergraph.notes.document import Block, BlockKind, count_lines, join_cells, line_starts, nest, split_paragraph
from papergraph.notes.inline import Inline, PlacedInline, page_reference, parse_link_label, read_inline, wikilink

DEEPEST = 64
"""Levels of nesting that are read; deeper ones are reported."""


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark")
    placed = PlacedInline()
    md.inline = placed
    md.helpers = SimpleNamespace(**{**vars(helpers), "parseLinkLabel": parse_link_label})  # type: ignore[assignment]  # a module's functions
    md.configure("commonmark", {"maxNesting": 2 * DEEPEST}).enable(["table"])
    placed.ruler.before("link", "wikilink", wikilink)
    placed.ruler.before("link", "page_reference", page_reference)
    # these two would melt escapes and entities into the text and lose their places
    md.core.ruler.disable("text_join")
    placed.ruler2.disable("fragments_join")
    # an indented line in notes is a deeper remark, hardly ever a listing
    md.disable(["code"])
    return md


def read_markdown(text: str, short: str, begin: int, path: str) -> tuple[tuple[Block, ...], list[Problem]]:
    """The blocks of `text` from offset `begin` (the end of the front matter), and what could not be read.

    `short` is `text` with overlong lines emptied: that is what is parsed; places are told by line in `text`.
    """
    return _Reader(text, short, begin, path).read()


class _Reader:
    """One pass over markdown-it's token stream."""

    def __init__(self, text: str, short: str, begin: int, path: str) -> None:
        self.text = text
        self.path = path
        self.starts = line_starts(text)
        self.problems: list[Problem] = []
        # `begin` counts in `short`, whose lines are those of `text`
        self.first_line = count_lines(short, 0, begin)
        self.source = short[begin:]

    def line_text(self, n: int) -> tuple[str, int]:
        """Line `n` (from 0, of the whole file) without its break, and where it starts."""
        start = self.starts[n]
        end = self.starts[n + 1] if n + 1 < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n"), start

    def read(self) -> tuple[tuple[Block, ...], list[Problem]]:
        tokens = _parser().parse(self.source)
        self._check_depth(tokens)
        blocks, _ = self._blocks(tokens, 0, "", 0, quoted=False)
        return nest(blocks), self.problems

    def _check_depth(self, tokens: list[Token]) -> None:
        deepest = max((t for t in tokens if t.map), key=lambda t: t.level, default=None)
        if deepest is not None and deepest.level >= 2 * DEEPEST - 1 and deepest.map:
            line = self.first_line + deepest.map[0] + 1
            self.problems.append(Problem(self.path, line, f"nested more than {DEEPEST} levels deep; what is below that is not read"))

    def _blocks(self, tokens: list[Token], i: int, until: str, depth: int, *, quoted: bool) -> tuple[list[Block], int]:
        """The blocks from token `i` to the closing token `until`, and the index after it."""
        out: list[Block] = []
        while i < len(tokens):
            token = tokens[i]
            if until and token.type == until:
                return out, i + 1
            match token.type:
                case "heading_open":
                    block = self._inline_block(tokens[i + 1], BlockKind.HEADING, int(token.tag[1]), quoted=False)
                    # a heading inside a quotation or list opens no section
                    if block is not None:
                        out.append(block if not quoted and not depth else _as_paragraph(block, quoted=quoted))
                    i += 3
                case "paragraph_open":
                    block = self._inline_block(tokens[i + 1], BlockKind.PARAGRAPH, 0, quoted=quoted)
                    if block is not None:
                        out.extend(split_paragraph(self.text, block))
                    i += 3
                case "list_item_open":
                    inner, i = self._blocks(tokens, i + 1, "list_item_close", depth + 1, quoted=quoted)
                    out.extend(_item(inner, depth + 1))
                case "blockquote_open":
                    inner, i = self._blocks(tokens, i + 1, "blockquote_close", depth, quoted=True)
                    out.extend(inner)
                case "tr_open":
                    row, i = self._row(tokens, i + 1)
                    if row is not None:
                        out.append(row)
                case "fence" | "code_block":
                    out.extend(self._code(token))
                    i += 1
                case "html_block":
                    out.extend(self._html(token, quoted=quoted))
                    i += 1
                case _:
                    i += 1
        return out, i

    def _places(self, token: Token) -> list[int]:
        """For each character of a paragraph's or heading's content the offset in the file."""
        assert token.map is not None
        places: list[int] = []
        pieces = token.content.split("\n")
        first, after = (self.first_line + n for n in token.map)
        # lines of white space that Markdown does not take for blank (U+3000) are taken off the content's beginning
        first = next((n for n in range(first, min(after, len(self.starts))) if pieces[0] in self.line_text(n)[0].replace("\0", "\ufffd")), first)
        for n, piece in enumerate(pieces, first):
            line, start = self.line_text(n) if n < len(self.starts) else ("", len(self.text))
            # markdown-it turns NUL into U+FFFD, one for one, and makes spaces of a tab at a line's beginning
            bare = piece.lstrip(" \t")
            found = start + line.replace("\0", "\ufffd").rfind(bare) - (len(piece) - len(bare))
            if start <= found <= len(self.text) - len(piece):
                places.extend(range(found, found + len(piece)))
            else:
                places.extend(min(max(found + j, start), len(self.text) - 1) for j in range(len(piece)))
            places.append(min(start + len(line), len(self.text) - 1))
        return places[: len(token.content)]

    def _inline_block(self, token: Token, kind: BlockKind, level: int, *, quoted: bool) -> Block | None:
        return self._block(read_inline(token.content, token.children or [], self._places(token)), kind, level, quoted=quoted)

    def _block(self, inline: Inline, kind: BlockKind, level: int, *, quoted: bool, cells: tuple[tuple[int, int], ...] = ()) -> Block | None:
        if not inline.text.strip() and not inline.links:
            return None
        if not inline.text.strip():
            return None
        from bisect import bisect_right

        line = bisect_right(self.starts, inline.offsets[0])
        return Block(kind, inline.text, inline.offsets, line, level, inline.links, inline.strong, quoted, cells)

    def _row(self, tokens: list[Token], i: int) -> tuple[Block | None, int]:
        cells: list[Inline] = []
        line, places, after = "", [], 0  # type: ignore[var-annotated]
        header = False
        while tokens[i].type != "tr_close":
            header = header or tokens[i].type == "th_open"
            if tokens[i].type == "inline" and tokens[i].content:
                if not line:
                    line, places = self._row_line(tokens[i])
                begin = line.find(tokens[i].content, after)
                after = begin + len(tokens[i].content)
                cell = read_inline(tokens[i].content, tokens[i].children or [], places[begin:after])
                if cell.text:
                    cells.append(cell)
            i += 1
        joined = join_cells(cells)
        inline = Inline(joined.text, joined.offsets, joined.links, joined.strong)
        return (None if header else self._block(inline, BlockKind.ROW, 0, quoted=False, cells=joined.cells)), i + 1

    def _row_line(self, token: Token) -> tuple[str, list[int]]:
        """The line of a row's cell, in which a bar after a backslash stands for itself, and the offsets of its characters."""
        assert token.map is not None
        line, start = self.line_text(self.first_line + token.map[0])
        bars = {m.end() - 1 for m in re.finditer(r"\\\|", line)}
        return line.replace("\\|", "|").replace("\0", "\ufffd"), [start + i for i in range(len(line)) if i not in bars]

    def _code(self, token: Token) -> list[Block]:
        if not token.map or not token.content.strip():
            return []
        n = self.first_line + token.map[0] + (1 if token.type == "fence" else 0)
        if n >= len(self.starts):
            return []
        start = self.starts[n]
        last = n + token.content.count("\n")
        raw = self.text[start : self.starts[last] if last < len(self.starts) else len(self.text)].rstrip()
        return [Block(BlockKind.CODE, raw, tuple(range(start, start + len(raw))), n + 1)] if raw else []

    def _html(self, token: Token, *, quoted: bool) -> list[Block]:
        """The visible words of an HTML block; comments are no part of the notes."""
        if token.map is None:
            return []
        out: list[Block] = []
        first, last = self.first_line + token.map[0], self.first_line + token.map[1]
        # inside a list item the bullet stands before it on the first line
        opening = token.content.split("\n", 1)[0].strip()
        begin = self.starts[first] + max(self.line_text(first)[0].find(opening), 0)
        end = self.starts[last] if last < len(self.starts) else len(self.text)
        for start, stop in _visible(self.text, begin, end):
            at = [i for i in range(start, stop) if self.text[i] not in "\r\n"]
            inline = Inline("".join(self.text[i] for i in at), tuple(at), (), ())
            block = self._block(inline, BlockKind.PARAGRAPH, 0, quoted=quoted) if inline.text.strip() else None
            if block is not None:
                out.append(block)
        return out


def _visible(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """The stretches of `text[begin:end]` outside tags, comments, scripts and styles."""
    out: list[tuple[int, int]] = []
    i = begin
    while i < end:
        if text.startswith("<!--", i):
            close = text.find("-->", i + 4, end)
            i = end if close < 0 else close + 3
        elif text[i] == "<":
            close = text.find(">", i, end)
            name = text[i + 1 : i + 8].casefold()
            i = end if close < 0 else close + 1
            for raw in ("script", "style"):
                if name.startswith(raw):
                    inner = re.compile(f"</{raw}", re.IGNORECASE).search(text, i, end)
                    i = inner.start() if inner else end
        else:
            stop = text.find("<", i, end)
            stop = end if stop < 0 else stop
            lead = len(text[i:stop]) - len(text[i:stop].lstrip())
            if text[i:stop].strip():
                out.append((i + lead, i + len(text[i:stop].rstrip())))
            i = stop
    return out


def _as_paragraph(block: Block, *, quoted: bool) -> Block:
    return Block(BlockKind.PARAGRAPH, block.text, block.offsets, block.line, 0, block.links, block.strong, quoted)


def _item(inner: list[Block], level: int) -> list[Block]:
    """A list item: its first paragraph with all else below it; its parts alone where it begins with none."""
    if not inner or inner[0].kind is not BlockKind.PARAGRAPH or inner[0].quoted:
        return inner
    head = inner[0]
    return [Block(BlockKind.ITEM, head.text, head.offsets, head.line, level, head.links, head.strong, head.quoted, children=tuple(inner[1:]))]
