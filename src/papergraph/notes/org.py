"""org-mode → blocks: headings with properties, lists, tables, quotations and paragraphs, with the place of every visible character.

The syntax is that of "Org Syntax" (orgmode.org/worg/org-syntax.html) and of the Org manual; `[cite:@key]` is its section on
citations, `cite:key` is org-ref's, `ROAM_REFS` and `ROAM_ALIASES` are org-roam's. Emacs lets its user define further words for the
state of a task: besides those of `#+TODO:` the usual ones for reading are known. Between Japanese characters `*bold*`,
`=code=` and `~code~` need no space around them, though Org asks for one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from papergraph.folding import is_cjk
from papergraph.model import Problem, Span
from papergraph.notes.bibtex import WEB, Placed, iso_day, natural_name, same_length, trimmed
from papergraph.notes.document import Block, BlockKind, Fields, Link, nest

DEEPEST = 64
"""Levels of headings and of lists that are read as such; deeper ones are reported and read as of this level."""

Stretch = tuple[int, int]

# --- inline

_KEY = r"[A-Za-z0-9_](?:[A-Za-z0-9_:.+/-]*[A-Za-z0-9_])?"
_TOKEN = re.compile(
    r"\[(?:\[([^\[\]]++)\](?:\[([^\[\]]++)\])?\]|cite(?:/[\w/-]*+)?:([^\[\]]*+)\])"
    rf"|{WEB.pattern}|(?:cite[a-z]*+|textcite|parencite|autocite|footcite|fullcite|nocite):(&?{_KEY}(?:[,;]&?{_KEY})*+)|\*|/|_|\+|=|~"
)
_EACH_KEY = re.compile(_KEY)
_CITED = re.compile(rf"@({_KEY})")
_CITE_LINK = re.compile(rf"[a-z]*cite[a-z]*:(&?{_KEY}(?:[,;]&?{_KEY})*+)")
_BEFORE = frozenset(" \t\n\u3000\u200b-–—({'\"「『（【〈、。・：")
_AFTER = frozenset(" \t\n\u3000\u200b-–—)}]['\".,:;!?\\…」』）】〉、。，．・：；！？*/_+=~")
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)$", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=\S)")


def _inline(source: str, stretches: Sequence[Stretch]) -> Placed:
    """What is seen of the lines of a paragraph: no marks of emphasis, of links their labels, of citations their keys."""
    text = "\n".join(source[a:b] for a, b in stretches)
    at = [i for a, b in stretches for i in range(a, b + 1)]
    placed = Placed()
    closers: dict[str, list[int]] = {}
    # what is open: where it closes, its mark (`]` for a link), where it began to be seen, and a link's target and kind
    open_: list[tuple[int, str, int, str, str]] = []
    pos = 0

    def show(start: int, end: int, *links: tuple[int, int, str, str]) -> None:
        shift = len(placed) - start
        placed.parts.append(text[start:end])
        placed.at.extend(at[start:end])
        placed.links.extend(Link(a + shift, b + shift, target, kind) for a, b, target, kind in links)

    while True:
        limit = open_[-1][0] if open_ else len(text)
        token = _TOKEN.search(text, pos, limit)
        show(pos, token.start() if token else limit)
        if token is None:
            if not open_:
                return placed
            _, mark, begin, target, kind = open_.pop()
            if mark == "*":
                placed.strong.append((begin, len(placed)))
            elif mark == "]" and target:
                placed.links.append(Link(begin, len(placed), target, kind))
            pos = limit + (2 if mark == "]" else 1)
            continue
        start, pos = token.start(), token.end()
        mark = text[start]
        if token[1] is not None:
            target, kind = _target(token[1])
            if token[2] is not None:
                open_.append((token.end(2), "]", len(placed), target, kind))
                pos = token.start(2)
            elif cited := _CITE_LINK.fullmatch(token[1]):
                first = token.start(1) + cited.start(1)
                show(first, token.end(1), *((first + k.start(), first + k.end(), k[0], "key") for k in _EACH_KEY.finditer(cited[1])))
            elif not _IMAGE.search(token[1]):
                show(*token.span(1), *([(*token.span(1), target, kind)] if target else []))
        elif token[3] is not None:
            first = token.start(3)
            show(*token.span(3), *((first + k.start(), first + k.end(), k[1], "key") for k in _CITED.finditer(token[3])))
        elif token[4] is not None and not (start and text[start - 1].isascii() and text[start - 1].isalnum()):
            first = token.start(4)
            show(*token.span(4), *((first + k.start(), first + k.end(), k[0], "key") for k in _EACH_KEY.finditer(token[4])))
        elif mark == "h":
            address = trimmed(token[0])
            pos = start + len(address)
            show(start, pos, (start, pos, address, "url"))
        elif mark in "*/_+=~":
            fresh = bool(open_) and open_[-1][2] == len(placed)
            close = _closes(text, start, limit, closers, fresh=fresh) if all(o[1] != mark for o in open_) else None
            if close is None:
                show(start, pos)
            elif mark in "=~":
                show(pos, close)
                pos = close + 1
            else:
                open_.append((close, mark, len(placed), "", ""))
        else:
            show(start, pos)


def _closes(text: str, start: int, limit: int, closers: dict[str, list[int]], *, fresh: bool) -> int | None:
    """Where the emphasis opened by the mark at `start` closes, before `limit` and on this line or the next; `None` if it opens none."""
    mark, before, after = text[start], text[start - 1 : start], text[start + 1 : start + 2]
    joins = mark in "*=~"
    if not after or after.isspace() or not (fresh or not before or before in _BEFORE or (joins and is_cjk(before))):
        return None
    if mark not in closers:
        closers[mark] = [
            i
            for i in (m.start() for m in re.finditer(re.escape(mark), text))
            if i and not text[i - 1].isspace() and (i + 1 == len(text) or text[i + 1] in _AFTER or (joins and is_cjk(text[i + 1])))
        ]
    found = closers[mark]
    k = bisect_right(found, start + 1)
    if k == len(found) or found[k] >= limit:
        return None
    line = text.find("\n", start, found[k])
    return None if line >= 0 and text.find("\n", line + 1, found[k]) >= 0 else found[k]


def _target(address: str) -> tuple[str, str]:
    """What a link leads to, and its kind; nothing where it leads to no page, work or address.

    >>> _target("file:notes/attention.org::*Remarks"), _target("id:5f1e"), _target("#vaswani2017")
    (('attention', 'wiki'), ('5f1e', 'wiki'), ('vaswani2017', 'key'))
    """
    address = address.strip()
    cited = _CITE_LINK.fullmatch(address)
    if cited:
        key = _EACH_KEY.search(cited[1])
        return (key[0] if key else ""), "key"
    if address.startswith("#"):
        return address[1:], "key"
    scheme = _SCHEME.match(address)
    rest = address[scheme.end() :] if scheme else address
    match scheme[0][:-1] if scheme else "":
        case "http" | "https":
            return address, "url"
        case "doi":
            return f"https://doi.org/{rest}", "url"
        case "arxiv":
            return f"https://arxiv.org/abs/{rest}", "url"
        case "id" | "roam":
            return rest, "wiki"
        case "" | "file" | "attachment":
            page = rest.split("::", 1)[0]
            if scheme or page.startswith(("./", "../", "/", "~/")) or page.endswith(".org"):
                page = page.replace("\\", "/").rsplit("/", 1)[-1]
                page = page.rsplit(".", 1)[0] if "." in page[1:] else page
            return page.removeprefix("*").strip(), "wiki"
        case _:
            return "", ""


# --- what a heading, its properties and the file's keywords say

_STATES = frozenset(
    "TODO NEXT DONE WAIT WAITING HOLD STARTED DOING INPROGRESS IN-PROGRESS READ READING TOREAD TO-READ UNREAD REREAD SKIM SKIMMED SOMEDAY MAYBE"
    " CANCELLED CANCELED KILL STRT PROJ DROPPED ABANDONED FINISHED".split()
)
_PRIORITY = re.compile(r"\[#[A-Z0-9]++\][ \t]*+")
_COOKIE = re.compile(r"\[(?:\d*/\d*|\d*%)\]")
_TAGS = re.compile(r":(?:[\w@#%]+:)+")
_YEAR = re.compile(r"(?<![0-9])(?:1[4-9]|20)[0-9]{2}(?![0-9])")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>\]]+")
_ARXIV = re.compile(r"(?<![0-9.])[0-9]{4}\.[0-9]{4,5}(?![0-9])|[a-z][a-z-]{1,20}(?:\.[A-Z]{2})?/[0-9]{7}")
_REF = re.compile(rf"\[cite[^:\s\[\]]*+:[^\[\]]*+\]|[a-z]*cite[a-z]*+:&?{_KEY}(?:[,;]&?{_KEY})*+|https?://[^\s\"\]]++|[@&]{_KEY}")
_LISTED = re.compile(r"\[\[([^\[\]]++)\](?:\[[^\[\]]*+\])?\]|([^,;\[\]]++)")
_ADDRESS = re.compile(r"https?://[^\s\"\]]++")
_NAMES = re.compile(r'"([^"]++)"|([^\s"]++)')
_VENUES = "VENUE JOURNALTITLE JOURNAL BOOKTITLE CONFERENCE EVENTTITLE SCHOOL INSTITUTION PUBLISHER"
_FILE_KEYWORDS = frozenset("TITLE DATE FILETAGS ROAM_KEY ROAM_REFS ROAM_ALIAS ROAM_ALIASES ROAM_TAGS HUGO_TAGS HUGO_CATEGORIES".split())


@dataclass(slots=True)
class _Said:
    """Properties in order, each with the place of its value; tags apart, for a heading bears them too."""

    properties: list[tuple[str, int, int]] = field(default_factory=list)
    tags: list[Stretch] = field(default_factory=list)


def _fields(source: str, said: _Said, line_of: Callable[[int], int], line: int) -> Fields | None:
    """What properties and tags tell of a work; `None` if nothing."""
    if not said.properties and not said.tags:
        return None
    places: list[tuple[str, Span]] = []

    def many(attribute: str, names: str, read: Callable[[str], Sequence[str | None]]) -> tuple[str, ...]:
        out: list[str] = []
        for name in names.split():
            for start, end in (x[1:] for x in said.properties if x[0] == name):
                found = [v.strip() for v in read(source[start:end]) if v and v.strip()]
                if found:
                    out += found
                    places.append((attribute, Span(start, end, line_of(start))))
        return tuple(dict.fromkeys(out))

    def one(attribute: str, names: str, read: Callable[[str], Sequence[str | None]] = lambda v: [v]) -> str | None:
        for name in names.split():
            found = many(attribute, name, read)
            if found:
                return found[0]
        return None

    year = one("year", "YEAR PUBLISHED ISSUED", lambda v: _YEAR.findall(v))
    title = one("title", "TITLE", lambda v: [_inline(v, [(0, len(v))]).folded().text])
    authors = many("authors", "AUTHOR AUTHORS", _authors)
    addresses = many("url", "URL LINK EE ROAM_REFS ROAM_KEY", lambda v: _ADDRESS.findall(v))
    keys = many("keys", "CUSTOM_ID BIBTEX_KEY CITEKEY CITE_KEY CITATION_KEY KEY", lambda v: [k.strip().lstrip("@&") for k in v.split(",")])
    keys += many("keys", "ROAM_REFS ROAM_KEY", lambda v: [k for r in _REF.findall(v) if not r.startswith("http") for k in _keys(r)])
    aliases = many("aliases", "ROAM_ALIASES ROAM_ALIAS", lambda v: [a or b for a, b in _NAMES.findall(v)])
    aliases += many("aliases", "ALIASES ALIAS ACRONYM SHORTTITLE", lambda v: [a or b for a, b in _NAMES.findall(v)] if '"' in v else v.split(","))
    tags = tuple(t for start, end in said.tags for t in source[start:end].split(":") if t)
    places += [("tags", Span(start, end, line_of(start))) for start, end in said.tags]
    fields = Fields(
        title=title,
        authors=authors,
        year=int(year) if year else None,
        date=one("date", "READ DATE_READ DATEREAD READ_ON FINISHED DATE CLOSED CREATED", lambda v: [iso_day(v)]),
        venue=one("venue", _VENUES),
        decision=one("decision", "DECISION", lambda v: [v.casefold()]),
        url=addresses[0] if addresses else None,
        doi=one("doi", "DOI", lambda v: _DOI.findall(v)),
        arxiv=one("arxiv", "ARXIV ARXIV_ID ARXIVID EPRINT", lambda v: _ARXIV.findall(v)),
        aliases=tuple(dict.fromkeys(aliases)),
        # a note that is linked by its id is found by it
        keys=tuple(dict.fromkeys(keys + many("keys", "ID", lambda v: [v]))),
        tags=tuple(dict.fromkeys(tags + many("tags", "FILETAGS TAGS KEYWORDS ROAM_TAGS HUGO_TAGS", lambda v: re.split(r"[\s,;:]+", v)))),
        categories=many("categories", "CATEGORY CATEGORIES HUGO_CATEGORIES", lambda v: v.split(",")),
        related=many("related", "RELATED PAPERS CROSSREF", lambda v: [_target(a)[0] if a else b.strip().lstrip("@") for a, b in _LISTED.findall(v)]),
        links=addresses[1:],
        places=tuple(places),
        line=line,
    )
    return fields if places else None


def _keys(reference: str) -> list[str]:
    """The keys of `[cite:@a;@b]`, `cite:a,b` or `@a`."""
    if reference.startswith("["):
        return [m[1] for m in _CITED.finditer(reference)]
    return [m[0] for m in _EACH_KEY.finditer(reference, reference.find(":") + 1 if "cite" in reference.split(":", 1)[0] else 0)]


def _authors(value: str) -> list[str]:
    """Names joined by "and", `;` or `、`, or by commas where no part is a single word."""
    out: list[str] = []
    for part in re.split(r"(?<=\s)and(?=\s)|[;；、]", value):
        names = [n.strip() for n in part.split(",") if n.strip()]
        listed = len(names) > 1 and all(" " in n for n in names)
        out += names if listed else [natural_name(", ".join(names))]
    return out


# --- the file

_END = re.compile(r"^[ \t]*+(?:#\+(end_\S++)|:(end):[ \t]*+$)|^(\*++)[ \t]", re.IGNORECASE | re.MULTILINE)
_HEADING = re.compile(r"(\*++)[ \t]++")
_BEGIN = re.compile(r"#\+begin_(\S++)", re.IGNORECASE)
_KEYWORD = re.compile(r"#\+([\w-]++)(?:\[[^\]\n]*+\])?:[ \t]*+", re.IGNORECASE)
_DRAWER = re.compile(r":([\w-]++):$")
_PROPERTY = re.compile(r":([^\s:]++):(?:[ \t]++|$)")
_PLANNED = re.compile(r"(?:SCHEDULED|DEADLINE|CLOSED|CLOCK):(?=[ \t]*[<\[]|[ \t]*$)")
_CLOSED = re.compile(r"CLOSED:[ \t]*+(\[[^\]\n]*+\])")
_BULLET = re.compile(r"(?:[-+]|\*(?<=\s\*)|\d{1,9}[.)])(?:[ \t]++|$)(?:\[@\d++\][ \t]++)?(?:\[[ xX-]\](?:[ \t]++|$))?")
_FOOTNOTE = re.compile(r"\[fn:[\w-]++\]")
_ALIGNED = re.compile(r"<[lrc]?\d*>|[/!#*^_$]|")
_FIXED = re.compile(r"[ \t]*+:[ \t]?")
_CODE = frozenset(("src", "example", "export"))
_RULE = re.compile(r"-{5,}$")


@dataclass(slots=True)
class _Item:
    """A list item still open: its first paragraph, once it has ended, and what is below it."""

    indent: int
    level: int
    head: Block | None = None
    below: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Head:
    """A heading still open for properties, and where in the blocks it belongs."""

    index: int
    start: int
    level: int
    words: list[Stretch]
    said: _Said


def read_org(text: str, longest: int, path: str) -> tuple[tuple[Block, ...], Fields, list[Problem]]:
    """The blocks of an org-mode file, what its keywords and first property drawer tell, and what could not be read.

    Never raises; in linear time.

    Parameters
    ----------
    text
        The file's text, newlines as they stand.
    longest
        Characters above which a line is passed over with a problem.
    path
        What problems call the file.

    Returns
    -------
    tuple
        Headings with what is below them; a heading's `fields` hold its properties and tags. Words of state, priorities, cookies, tags,
        drawers, planning lines and comments are not seen. `#+author` is who wrote the notes, so no field of a work.
    """
    return _Reader(text, longest, path).read()


class _Reader:
    """One pass over the lines."""

    def __init__(self, text: str, longest: int, path: str) -> None:
        self.path = path
        self.source, self.starts, self.problems = same_length(text, longest, path)
        self.lines = [(a, b - 1) for a, b in zip(self.starts, [*self.starts[1:], len(text) + 1], strict=True)]
        self.ends: dict[str, list[int]] = {}
        for end in _END.finditer(self.source):
            name = "*" if end[3] else (end[1] or end[2]).casefold()
            self.ends.setdefault(name, []).append(self.line(end.start()) - 1)
        states = [w.split("(")[0] for m in re.finditer(r"^#\+(?:seq_|typ_)?todo:(.*)", self.source, re.I | re.M) for w in m[1].split()]
        self.states = _STATES.union(states) - {"|"}
        self.out: list[Block | None] = []
        self.items: list[_Item] = []
        self.paragraph: list[Stretch] = []
        self.blanks = 0
        # the lines on which open quotations end, the innermost last
        self.quotes: list[int] = []
        self.file = _Said()
        self.head: _Head | None = None
        # the level of a heading that is commented out with all below it
        self.silent = 0

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def problem(self, n: int, message: str) -> None:
        if not any(p.message == message for p in self.problems[-8:]):
            self.problems.append(Problem(self.path, n + 1, message))

    def read(self) -> tuple[tuple[Block, ...], Fields, list[Problem]]:
        n = 0
        while n < len(self.lines):
            n = self._line(n)
        self._end_paragraph()
        self._end_items(0)
        self._end_heading()
        fields = _fields(self.source, self.file, self.line, 1)
        if fields is not None:
            titled = next((span.line for name, span in fields.places if name == "title"), 1)
            fields = replace(fields, line=titled)
        return nest([b for b in self.out if b is not None]), fields or Fields(), sorted(self.problems, key=lambda p: p.line)

    def _line(self, n: int) -> int:
        """Read line `n`, and those that belong to it; the line after them."""
        start, end = self.lines[n]
        raw = self.source[start:end]
        line = raw.strip()
        begin = start + len(raw) - len(raw.lstrip())
        heading = _HEADING.match(self.source, start, end) if raw.startswith("*") else None
        if heading is not None:
            self._heading(n, len(heading[1]), heading.end(), start + len(raw.rstrip()))
            return n + 1
        if self.silent:
            return n + 1
        while self.quotes and n >= self.quotes[-1]:
            self._end_paragraph()
            self.quotes.pop()
        if not line:
            self._end_paragraph()
            self.blanks += 1
            if self.blanks > 1:
                # two blank lines end a list
                self._end_items(0)
            return n + 1
        return self._full_line(n, line, begin, begin + len(line), len(raw[: begin - start].expandtabs(8)))

    def _full_line(self, n: int, line: str, begin: int, end: int, indent: int) -> int:
        self.blanks = 0
        after = self._unseen(n, line, begin, indent) if line[0] in "#:SDC" else n
        if after > n:
            return after
        if line[0] == "|":
            return self._table(n, indent)
        if line[0] == ":" and (line == ":" or line[1] == " "):
            last = n + 1
            while last < len(self.lines) and self.source[slice(*self.lines[last])].lstrip().startswith(": "):
                last += 1
            self._code(n, last, indent, fixed=True)
            return last
        if _RULE.fullmatch(line):
            self._end_paragraph()
            return n + 1
        bullet = _BULLET.match(self.source, begin, end)
        if bullet is not None:
            self._end_paragraph()
            self._end_items(indent)
            level = len(self.items) + 1
            if level > DEEPEST:
                self.problem(n, f"a list is nested more than {DEEPEST} levels deep; what is below that is read as of that level")
                self._end_items(self.items[-1].indent)
            self.items.append(_Item(indent, min(level, DEEPEST)))
            begin = bullet.end()
        elif _FOOTNOTE.match(line) and not indent:
            self._end_paragraph()
            self._end_items(0)
        else:
            self._end_items(indent)
        if line.endswith("\\\\"):
            end = begin + len(self.source[begin : end - 2].rstrip())
        if begin < end:
            self.paragraph.append((begin, end))
        return n + 1

    def _unseen(self, n: int, line: str, begin: int, indent: int) -> int:
        """Pass over what is not seen, or is seen otherwise: the line after it; `n` if the line is text."""
        if line.startswith("#"):
            opened = _BEGIN.match(line)
            if opened is not None:
                return self._opened(n, opened[1].casefold(), indent)
            keyword = _KEYWORD.match(line)
            if keyword is not None and keyword[1].upper() in _FILE_KEYWORDS:
                self.file.properties.append((keyword[1].upper(), begin + keyword.end(), begin + len(line)))
            if keyword is not None or line == "#" or line[1] in " \t" or line[:6].casefold() == "#+end_":
                self._end_paragraph()
                return n + 1
        elif line.startswith(":"):
            drawer = _DRAWER.match(line)
            end = self._closing("end", n) if drawer else None
            if drawer is not None and end is not None:
                self._end_paragraph()
                if drawer[1].upper() == "PROPERTIES":
                    self._properties(n + 1, end)
                return end + 1
            if line.upper() == ":PROPERTIES:":
                self.problem(n, ":PROPERTIES: is not closed; expected :END: before the next heading")
                last = n + 1
                while last < len(self.lines) and _PROPERTY.match(self.source[slice(*self.lines[last])].strip()):
                    last += 1
                self._properties(n + 1, last)
                return last
        elif _PLANNED.match(line):
            closed = _CLOSED.search(line)
            if closed is not None and self.head is not None:
                self.head.said.properties.append(("CLOSED", begin + closed.start(1), begin + closed.end(1)))
            return n + 1
        return n

    def _closing(self, name: str, n: int) -> int | None:
        """The line after `n` that ends what is opened on it: before the next heading, or none."""
        ends, headings = self.ends.get(name, []), self.ends.get("*", [])
        k, h = bisect_right(ends, n), bisect_right(headings, n)
        if k == len(ends) or (h < len(headings) and headings[h] < ends[k]):
            return None
        return ends[k]

    def _opened(self, n: int, name: str, indent: int) -> int:
        """A block between `#+begin_name` and `#+end_name`."""
        self._end_paragraph()
        self._end_items(indent)
        end = self._closing(f"end_{name}", n)
        if end is None:
            self.problem(n, f"#+begin_{name[:40]} is not closed; expected #+end_{name[:40]} before the next heading; what follows is read as text")
            return n + 1
        if name == "comment":
            return end + 1
        if name in _CODE:
            if name != "export":
                self._code(n + 1, end, indent)
            return end + 1
        if name in ("quote", "verse") and len(self.quotes) < DEEPEST:
            self.quotes.append(end)
        return n + 1

    def _code(self, first: int, after: int, indent: int, *, fixed: bool = False) -> None:
        self._end_paragraph()
        self._end_items(indent)
        at: list[int] = []
        for start, end in self.lines[first:after]:
            # of a line of fixed width only what follows its mark is seen
            marked = _FIXED.match(self.source, start, end) if fixed else None
            at.extend(range(marked.end() if marked else start, end + 1))
        while at and (at[-1] == len(self.source) or self.source[at[-1]].isspace()):
            at.pop()
        if at:
            code = "".join(map(self.source.__getitem__, at))
            self._add(Block(BlockKind.CODE, code, tuple(at), self.line(at[0]), quoted=bool(self.quotes)))

    def _properties(self, first: int, after: int) -> None:
        said = self.head.said if self.head is not None else self.file
        for start, end in self.lines[first:after]:
            raw = self.source[start:end]
            begin = start + len(raw) - len(raw.lstrip())
            named = _PROPERTY.match(self.source, begin, start + len(raw.rstrip()))
            if named is not None:
                said.properties.append((named[1].rstrip("+").upper(), named.end(), max(named.end(), start + len(raw.rstrip()))))

    def _heading(self, n: int, level: int, begin: int, end: int) -> None:
        self._end_paragraph()
        self._end_items(0)
        self._end_heading()
        self.quotes = []
        self.blanks = 0
        if self.silent and level > self.silent:
            return
        self.silent = 0
        if level > DEEPEST:
            self.problem(n, f"a heading is more than {DEEPEST} levels deep; it is read as of that level")
            level = DEEPEST
        begin = min(begin, end)
        words = self.source[begin:end].split(maxsplit=1)
        if words and words[0] in self.states:
            begin = end - len(words[1]) if len(words) > 1 else end
        priority = _PRIORITY.match(self.source, begin, end)
        begin = priority.end() if priority else begin
        if self.source[begin:end].split(maxsplit=1)[:1] == ["COMMENT"]:
            self.silent = level
            return
        said = _Said()
        last = self.source[begin:end].rsplit(maxsplit=1)
        if last and _TAGS.fullmatch(last[-1]):
            said.tags.append((end - len(last[-1]), end))
            end -= len(last[-1])
        stretches, pos = [], begin
        for cookie in _COOKIE.finditer(self.source, begin, end):
            stretches.append((pos, cookie.start()))
            pos = cookie.end()
        self.head = _Head(len(self.out), begin, level, [*stretches, (pos, end)], said)
        self.out.append(None)

    def _end_heading(self) -> None:
        head, self.head = self.head, None
        if head is None:
            return
        block = _inline(self.source, head.words).block(BlockKind.HEADING, self.starts, head.level)
        if block is not None:
            self.out[head.index] = replace(block, fields=_fields(self.source, head.said, self.line, block.line))

    def _add(self, block: Block) -> None:
        if self.items:
            self.items[-1].below.append(block)
        else:
            self.out.append(block)

    def _end_paragraph(self) -> None:
        lines, self.paragraph = self.paragraph, []
        if not lines:
            return
        item = self.items[-1] if self.items else None
        heads = item is not None and item.head is None and not item.below
        kind, level = (BlockKind.ITEM, item.level) if item is not None and heads else (BlockKind.PARAGRAPH, 0)
        block = _inline(self.source, lines).block(kind, self.starts, level, quoted=bool(self.quotes))
        if block is not None and item is not None and heads:
            item.head = block
        elif block is not None:
            self._add(block)

    def _end_items(self, indent: int) -> None:
        """End the list items that a line of this indentation does not belong to, and the paragraph if it ends one."""
        if self.items and self.items[-1].indent >= indent:
            self._end_paragraph()
        while self.items and self.items[-1].indent >= indent:
            item = self.items.pop()
            if item.head is not None:
                self._add(replace(item.head, children=tuple(item.below)))
            else:
                for block in item.below:
                    self._add(block)

    def _table(self, n: int, indent: int) -> int:
        """The rows of a table; those above its first rule, if more follow, are its header."""
        self._end_paragraph()
        self._end_items(indent)
        last = n
        rows: list[Stretch | None] = []
        while last < len(self.lines):
            start, end = self.lines[last]
            raw = self.source[start:end].strip()
            if not raw.startswith("|"):
                break
            begin = self.source.index("|", start)
            rows.append(None if raw.startswith("|-") else (begin, begin + len(raw)))
            last += 1
        first = next((i for i, row in enumerate(rows) if row is not None), len(rows))
        rule = next((i for i in range(first, len(rows)) if rows[i] is None), len(rows))
        if any(rows[i] is not None for i in range(rule, len(rows))):
            first = rule
        for row in rows[first:]:
            block = self._row(*row) if row is not None else None
            if block is not None:
                self._add(block)
        return last

    def _row(self, start: int, end: int) -> Block | None:
        text, at, links, strong, cells = "", [], [], [], []  # type: ignore[var-annotated]
        words = []
        while start < end:
            bar = self.source.find("|", start + 1, end)
            bar = end if bar < 0 else bar
            words.append(self.source[start + 1 : bar].strip())
            cell = _inline(self.source, [(start + 1, bar)]).folded()
            if cell.text:
                if text:
                    # the bar between the cells is visible as the character before the cell
                    text += "\t"
                    at.append(cell.offsets[0] - 1)
                shift = len(text)
                text += cell.text
                at.extend(cell.offsets)
                links.extend(Link(x.start + shift, x.end + shift, x.target, x.kind) for x in cell.links)
                strong.extend((a + shift, b + shift) for a, b in cell.strong)
                cells.append((shift, len(text)))
            start = bar
        if not text.strip() or all(_ALIGNED.fullmatch(w) for w in words):
            return None
        return Block(BlockKind.ROW, text, tuple(at), self.line(at[0]), 0, tuple(links), tuple(strong), bool(self.quotes), tuple(cells))
