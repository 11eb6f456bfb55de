"""HTML pages → blocks: saved posts, exported notes, lists of links; only their main content, each character in its place.

The syntax is that of the HTML Standard (html.spec.whatwg.org): 13.2.5 for tokens, 13.1.2.4 for tags that may be left out; names of
`meta` are those of Highwire Press (`citation_…`, which Google Scholar asks for) and the Open Graph protocol. The standard
library's `html.parser` tells lines and columns only, and some broken pages cost it quadratic time, hence the tokens here.
Line breaks mean nothing in HTML, so it is a block that may be too long, not a line.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.entities import html5

from papergraph.model import Problem, Span
from papergraph.notes.bibtex import Placed, iso_day, natural_name
from papergraph.notes.document import Block, BlockKind, Fields, Link, line_starts, nest
from papergraph.notes.inline import Inline

DEEPEST = 64
"""Levels of lists that are read as such; what is deeper is reported and read as paragraphs."""

_MOST_OPEN = 256
"""Open elements above which a further tag is passed over, as browsers do at 512; what stands in it is read."""

# --- tokens

_NAME = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(r"""[\s/]*+(?:(>)|([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:(["'])|([^\s>"'][^\s>]*+)?))?)""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_RAW = {n: re.compile(rf"</{n}(?=[\s/>])", re.IGNORECASE) for n in "script style title textarea iframe noembed noframes xmp".split()}


@dataclass(slots=True)
class _Token:
    """A tag, with the offsets of its attributes' values; or text, named `#text`, with its end in `end`."""

    name: str
    start: int
    end: int = 0
    closing: bool = False
    attributes: dict[str, tuple[int, int]] = field(default_factory=dict)


def _tokens(text: str) -> Iterator[_Token]:
    pos, shown = 0, 0
    last = {quote: text.rfind(quote) for quote in "\"'"}
    while True:
        start = text.find("<", pos)
        name = _NAME.match(text, start) if start >= 0 else None
        if start >= 0 and name is None and text[start + 1 : start + 2] not in ("!", "?", "/"):
            # a sign of comparison
            pos = start + 1
            continue
        stop = start if start >= 0 else len(text)
        if stop > shown:
            yield _Token("#text", shown, stop)
        if start < 0:
            return
        if name is None:
            close = "-->" if text.startswith("<!--", start) else ">"
            end = text.find(close, start + 2)
            if end < 0:
                return
            pos = shown = end + len(close)
            continue
        token = _Token(name[2].lower(), start, closing=name[1] == "/")
        pos = name.end()
        while (found := _ATTRIBUTE.match(text, pos)) is not None and found[1] is None:
            pos = found.end()
            value = found.span(4) if found[4] is not None else (pos, pos)
            if found[3] is not None and pos <= last[found[3]]:
                value = pos, text.index(found[3], pos)
                pos = value[1] + 1
            token.attributes.setdefault(found[2].lower(), value)
        if found is None:
            return
        token.end = pos = shown = found.end()
        yield token
        if token.name in _RAW and not token.closing:
            inner = _RAW[token.name].search(text, pos)
            stop = inner.start() if inner else len(text)
            if token.name == "title":
                yield _Token("#text", pos, stop)
            pos = shown = stop


def _show(placed: Placed, text: str, start: int, end: int) -> None:
    """Add text with its character references resolved; each takes the place of its `&`."""
    pos = start
    for entity in _ENTITY.finditer(text, start, end):
        seen, length = _character(entity[0])
        if seen:
            placed.run(text, pos, entity.start())
            placed.put(seen, entity.start())
            pos = entity.start() + length
    placed.run(text, pos, end)


def _character(written: str) -> tuple[str, int]:
    """What a reference stands for, and how much of it is the reference: `&notit;` is `¬it;`."""
    if written[1] == "#":
        return html.unescape(written), len(written)
    for length in range(len(written), 2, -1):
        seen = html5.get(written[1:length])
        if seen is not None:
            return seen, length
    return "", 0


# --- a balanced sequence of tags: every end has its start, void elements have none

_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CELLS = frozenset(("td", "th"))
_LISTS = frozenset(("ul", "ol", "menu"))
_ENDS_HEADING = _HEADINGS | _LISTS | {"p", "table", "blockquote", "pre", "dl", "hr"}
_BLOCKS = _ENDS_HEADING.union(
    "address article aside body caption center dd details div dt fieldset figcaption figure footer form header hgroup html legend li main nav section summary"
    " search tbody td tfoot th thead tr".split()
)
_TABLE = frozenset(("table", "td", "th", "caption"))
_ENDED_BY = {
    "li": (frozenset(("li",)), _LISTS | _TABLE),
    "dt": (frozenset(("dt", "dd")), frozenset(("dl",)) | _TABLE),
    "dd": (frozenset(("dt", "dd")), frozenset(("dl",)) | _TABLE),
    "td": (_CELLS, frozenset(("tr", "table"))),
    "th": (_CELLS, frozenset(("tr", "table"))),
    "tr": (frozenset(("tr",)), frozenset(("table",))),
    "tbody": (frozenset(("thead", "tbody")), frozenset(("table",))),
    "tfoot": (frozenset(("thead", "tbody")), frozenset(("table",))),
}
"""For a start tag the elements that it ends, and those beyond which it ends none."""


def _scope(name: str) -> frozenset[str]:
    """The elements out of which an end tag does not reach."""
    if name not in _BLOCKS:
        return _BLOCKS
    if name == "table":
        return frozenset()
    if name in ("tr", "td", "th", "tbody", "thead", "tfoot", "caption"):
        return frozenset(("table",))
    return (_LISTS | _TABLE if name == "li" else _TABLE) - {name}


def _balanced(text: str, problems: list[tuple[int, str]]) -> list[_Token]:
    """The tokens with end tags added where they are left out, and stray ones left out."""
    out: list[_Token] = []
    open_: list[str] = []
    count: Counter[str] = Counter()
    ignored: Counter[str] = Counter()

    def end(depth: int, at: int) -> None:
        while len(open_) > depth:
            name = open_.pop()
            count[name] -= 1
            out.append(_Token(name, at, closing=True))

    def innermost(names: frozenset[str], beyond: frozenset[str]) -> int | None:
        for depth in range(len(open_) - 1, -1, -1):
            if open_[depth] in names:
                return depth
            if open_[depth] in beyond:
                return None
        return None

    for token in _tokens(text):
        name = token.name
        if name == "#text":
            out.append(token)
        elif token.closing:
            if ignored[name]:
                ignored[name] -= 1
            elif count[name]:
                depth = innermost(frozenset((name,)), _scope(name))
                if depth is not None:
                    end(depth, token.start)
        else:
            if name in _ENDS_HEADING and any(count[h] for h in _HEADINGS):
                depth = innermost(_HEADINGS, _TABLE)
                if depth is not None:
                    end(depth, token.start)
            if name in _BLOCKS and count["p"] and (depth := innermost(frozenset(("p",)), _TABLE)) is not None:
                end(depth, token.start)
            if name in _ENDED_BY and (depth := innermost(*_ENDED_BY[name])) is not None:
                end(depth, token.start)
            if name in _VOID:
                out.append(token)
            elif len(open_) >= _MOST_OPEN:
                if not problems:
                    problems.append((token.start, f"elements are nested more than {_MOST_OPEN} levels deep; the marks of what is below that are passed over"))
                ignored[name] += 1
            else:
                open_.append(name)
                count[name] += 1
                out.append(token)
    end(0, len(text))
    return out


# --- what is content

_DROPPED = frozenset(
    "annotation aside audio button canvas dialog footer form head iframe map nav noembed noframes noscript object rp rt script search select style svg"
    " template textarea title video xmp".split()
)
_DROPPED_ROLES = frozenset(("navigation", "search", "contentinfo", "complementary"))
_NO_DISPLAY = re.compile(r"display\s*+:\s*+none", re.IGNORECASE)
_PERMALINK = re.compile(r"(?:^|\s)(?:headerlink|doc-anchor|header-?anchor|heading-?(?:anchor|link)|anchor-?link|anchorjs-link)(?:\s|$)", re.IGNORECASE)


def _is_dropped(text: str, token: _Token, kept: str) -> bool:
    """Whether an element and all in it are no content: navigation, forms, what is hidden; not the element named `kept`."""
    said = token.attributes
    if token.name in _DROPPED and token.name != kept:
        # notes below a text are often marked as an aside
        return not (token.name == "aside" and text[slice(*said.get("role", (0, 0)))].startswith("doc-"))
    if not said:
        return False
    if "hidden" in said or text[slice(*said.get("aria-hidden", (0, 0)))] == "true" or text[slice(*said.get("role", (0, 0)))] in _DROPPED_ROLES:
        return True
    if "style" in said and _NO_DISPLAY.search(text, *said["style"]):
        return True
    return token.name == "a" and "class" in said and _PERMALINK.search(text[slice(*said["class"])]) is not None


def _main(text: str, tokens: Sequence[_Token], kept: str) -> tuple[int, int]:
    """Which tokens are the main content: of `main`, `article` and `role=main` the one with the most text.

    Where a second one apart from it has a quarter as much, the page is a list of articles, and all of it counts. Of a `main` that holds
    little but one `article`, what is around that are comments and the like, unless the title is among it.
    """
    seen, dropped = 0, 0
    open_: list[tuple[int, int] | None] = []
    found: list[tuple[int, int, int]] = []
    for n, token in enumerate(tokens):
        if token.name == "#text":
            seen += 0 if dropped else len(text[token.start : token.end].strip())
        elif token.closing:
            begun = open_.pop()
            if dropped:
                dropped -= 1
            elif begun is not None:
                found.append((seen - begun[1], begun[0], n + 1))
        elif token.name not in _VOID:
            if dropped or _is_dropped(text, token, kept):
                dropped += 1
            main = token.name in ("main", "article") or text[slice(*token.attributes.get("role", (0, 0)))] == "main"
            open_.append((n, seen) if main else None)
    best = max(found, key=lambda f: (f[0], -f[1]), default=(0, 0, 0))
    rivals = [f for f in found if f[2] <= best[1] or f[1] >= best[2]]
    if not best[0] or any(4 * f[0] >= best[0] for f in rivals):
        return 0, len(tokens)
    for inner in sorted(found, key=lambda f: (-f[0], f[1])):
        if best[1] < inner[1] and inner[2] < best[2] and 4 * inner[0] >= 3 * best[0]:
            around = (*tokens[best[1] : inner[1]], *tokens[inner[2] : best[2]])
            if not any(t.name == "h1" for t in around):
                return inner[1], inner[2]
            break
    return best[1], best[2]


# --- blocks

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


class _Reader:
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

    def read(self, tokens: Sequence[_Token], kept: str) -> tuple[Block, ...]:
        dropped = 0
        acts: list[str] = []
        for token in tokens:
            if token.name == "#text":
                if not dropped and (self.heading or not self.headers):
                    _show(self.placed, self.text, token.start, token.end)
                    self.just_broken = self.just_broken and self.text[token.start : token.end].isspace()
            elif token.closing:
                if dropped:
                    dropped -= 1
                elif acts:
                    self._end(acts.pop(), token.start)
            elif token.name in _VOID:
                if not dropped:
                    self._void(token)
            elif dropped or _is_dropped(self.text, token, kept):
                dropped += 1
            else:
                acts.append(self._start(token))
        self._flush()
        return nest(self.out)

    def _void(self, token: _Token) -> None:
        if token.name == "hr" and not self.in_cell:
            self._flush()
        elif token.name == "br":
            apart = self.paragraphs or self.just_broken
            if apart and not self.heading and not self.in_cell and not self.pre:
                self._flush()
            else:
                self._put("\n", token.start)
                self.just_broken = True

    def _start(self, token: _Token) -> str:
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
        if name not in _BLOCKS:
            return ""
        if self.in_cell:
            if name not in _HEADINGS and name not in ("table", *_CELLS):
                self._put(" ", token.start)
                return "space"
            self._lay_out()
        self._flush()
        return self._start_block(name, token.start)

    def _start_block(self, name: str, at: int) -> str:
        if name in _HEADINGS:
            self.heading = int(name[1])
            return "heading"
        if name in _CELLS and self.rows and not self.rows[-1].layout:
            self.in_cell = True
            self.rows[-1].heads += name == "th"
            return "cell"
        if name == "tr":
            self.rows.append(_Row())
            return "row"
        if name in _LISTS or name == "dl":
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
        return _decoded(self.text, value)

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
        text, at, links, strong, cells = "", [], [], [], []  # type: ignore[var-annotated]
        for cell in row.cells:
            if not cell.text.strip():
                continue
            if text:
                # what parts the cells is visible as the character before the cell
                text += "\t"
                at.append(cell.offsets[0] - 1)
            shift = len(text)
            text += cell.text
            at.extend(cell.offsets)
            links.extend(Link(x.start + shift, x.end + shift, x.target, x.kind) for x in cell.links)
            strong.extend((a + shift, b + shift) for a, b in cell.strong)
            cells.append((shift, len(text)))
        if text:
            line = bisect_right(self.starts, at[0])
            self._add(Block(BlockKind.ROW, text, tuple(at), line, 0, tuple(links), tuple(strong), bool(self.quotes), tuple(cells)))


# --- what the page says of itself

_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>]+")
_YEAR = re.compile(r"(?<![0-9])(?:1[4-9]|20)[0-9]{2}(?![0-9])")
_PARTED = re.compile(r"\s*[|｜\-–—·•«»:：~/]")


def _decoded(text: str, stretch: tuple[int, int]) -> str:
    """The text of a stretch, white space folded: an attribute's value."""
    placed = Placed()
    _show(placed, text, *stretch)
    return placed.folded().text


def _fields(text: str, starts: Sequence[int], tokens: Sequence[_Token], content: tuple[int, int], blocks: Sequence[Block]) -> Fields:
    """What the page tells of itself, or of the work whose page it is."""
    told: dict[str, list[tuple[int, int]]] = {}
    titled: tuple[int, int] | None = None
    for n, token in enumerate(tokens):
        said = token.attributes
        if token.name == "meta" and "content" in said:
            name = said.get("name") or said.get("property") or said.get("itemprop") or (0, 0)
            told.setdefault(text[slice(*name)].strip().lower(), []).append(said["content"])
        elif token.name == "link" and text[slice(*said.get("rel", (0, 0)))].lower() == "canonical" and "href" in said:
            told.setdefault("canonical", []).append(said["href"])
        elif token.name == "time" and "datetime" in said:
            told.setdefault("time" if content[0] <= n < content[1] else "time elsewhere", []).append(said["datetime"])
        elif token.name == "title" and titled is None and not token.closing and n + 1 < len(tokens) and tokens[n + 1].name == "#text":
            titled = tokens[n + 1].start, tokens[n + 1].end
    places: list[tuple[str, Span]] = []

    def place(attribute: str, stretch: tuple[int, int]) -> None:
        places.append((attribute, Span(*stretch, bisect_right(starts, stretch[0]))))

    def many(attribute: str, *names: str) -> tuple[str, ...]:
        out = []
        for stretch in (x for name in names for x in told.get(name, [])):
            value = _decoded(text, stretch)
            if value:
                out.append(value)
                place(attribute, stretch)
        return tuple(dict.fromkeys(out))

    def one(attribute: str, *names: str, pattern: re.Pattern[str] | None = None) -> str | None:
        for stretch in (x for name in names for x in told.get(name, [])):
            value: str | None = _decoded(text, stretch)
            if attribute == "date":
                value = iso_day(value or "")
            elif pattern is not None:
                match = pattern.search(value or "")
                value = match[0] if match else None
            if value:
                place(attribute, stretch)
                return value
        return None

    title = one("title", "citation_title")
    cited = title is not None
    if title is None and titled is not None:
        title, stretch = _own_title(text, titled, blocks, [_decoded(text, x) for x in told.get("og:title", [])])
        if title:
            place("title", stretch)
    title = title or one("title", "og:title")
    line = next((span.line for name, span in places if name == "title"), 1)
    year = one("year", "citation_publication_date", "citation_date", "citation_year", "citation_online_date", pattern=_YEAR)
    # the address of a page of notes is not that of a work
    addresses = many("url", "citation_abstract_html_url", "citation_public_url", "canonical", "citation_pdf_url") if cited else ()
    return Fields(
        title=title or None,
        authors=tuple(map(natural_name, many("authors", "citation_author"))),
        year=int(year) if year else None,
        date=one("date", "article:published_time", "time", "date", "dcterms.date", "dc.date", "time elsewhere"),
        venue=one("venue", "citation_conference_title", "citation_conference", "citation_journal_title", "citation_inbook_title"),
        url=addresses[0] if addresses else None,
        doi=one("doi", "citation_doi", pattern=_DOI),
        arxiv=one("arxiv", "citation_arxiv_id"),
        tags=many("tags", "article:tag", "citation_keywords"),
        categories=many("categories", "article:section"),
        links=addresses[1:],
        places=tuple(places),
        line=line,
    )


def _own_title(text: str, stretch: tuple[int, int], blocks: Sequence[Block], others: Sequence[str]) -> tuple[str, tuple[int, int]]:
    """The page's title and its place: without the site's name, where the first heading or `og:title` is what remains."""
    placed = Placed()
    _show(placed, text, *stretch)
    whole = placed.folded()
    heading = next((b.text for top in blocks for b in top.walk() if b.kind is BlockKind.HEADING and b.level == 1), "")
    for own in filter(None, (heading, *others)):
        before, found, after = whole.text.partition(own)
        if found and (not after or _PARTED.match(after)) and (not before or _PARTED.match(before[::-1])):
            return own, (whole.offsets[len(before)], whole.offsets[len(before) + len(own) - 1] + 1)
    return whole.text, (whole.offsets[0], whole.offsets[-1] + 1) if whole.text else stretch


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
    tokens = _balanced(text, problems)
    blocks: tuple[Block, ...] = ()
    content = 0, len(tokens)
    # some sites put a whole page into one form
    for kept in ("", "form"):
        content = _main(text, tokens, kept)
        reader = _Reader(text, starts, longest)
        blocks = reader.read(tokens[slice(*content)], kept)
        if blocks or reader.problems or not any(t.name == "form" for t in tokens):
            break
    problems += reader.problems
    fields = _fields(text, starts, tokens, content, blocks)
    return blocks, fields, [Problem(path, bisect_right(starts, at), told) for at, told in sorted(dict.fromkeys(problems))]
