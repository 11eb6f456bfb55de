"""org-mode → blocks: headings with properties, lists, tables, quotations and paragraphs, with the place of every visible character.

The syntax is that of "Org Syntax" (orgmode.org/worg/org-syntax.html) and of the Org manual; `[cite:@key]` is its section on
citations, `cite:key` is org-ref's, `ROAM_REFS` and `ROAM_ALIASES` are org-roam's. Emacs lets its user define further words for the
state of a task: besides those of `#+TODO:` the usual ones for reading are known. Between Japanese characters `*bold*`,
`=code=` and `~code~` need no space around them, though Org asks for one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field, replace

from papergraph.model import Problem
from papergraph.notes.document import Block, BlockKind, Fields, join_cells, nest, split_paragraph
from papergraph.notes.orgfields import Said, read_properties
from papergraph.notes.orgtext import Stretch, read_inline_org
from papergraph.notes.placed import same_length

DEEPEST = 64
"""Levels of headings and of lists that are read as such; deeper ones are reported and read as of this level."""


_STATES = frozenset(
    "TODO NEXT DONE WAIT WAITING HOLD STARTED DOING INPROGRESS IN-PROGRESS READ READING TOREAD TO-READ UNREAD REREAD SKIM SKIMMED SOMEDAY MAYBE"
    " CANCELLED CANCELED KILL STRT PROJ DROPPED ABANDONED FINISHED".split()
)
_PRIORITY = re.compile(r"\[#[A-Z0-9]++\][ \t]*+")
_COOKIE = re.compile(r"\[(?:\d*/\d*|\d*%)\]")
_TAGS = re.compile(r":(?:[\w@#%]+:)+")
_FILE_KEYWORDS = frozenset("TITLE DATE FILETAGS ROAM_KEY ROAM_REFS ROAM_ALIAS ROAM_ALIASES ROAM_TAGS HUGO_TAGS HUGO_CATEGORIES".split())
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
    said: Said


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
        self.file = Said()
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
        fields = read_properties(self.source, self.file, self.line, 1)
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
        said = Said()
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
        block = read_inline_org(self.source, head.words).block(BlockKind.HEADING, self.starts, head.level)
        if block is not None:
            self.out[head.index] = replace(block, fields=read_properties(self.source, head.said, self.line, block.line))

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
        block = read_inline_org(self.source, lines).block(kind, self.starts, level, quoted=bool(self.quotes))
        if block is not None and item is not None and heads:
            item.head = block
        elif block is not None:
            for part in split_paragraph(self.source, block, only_told=True):
                self._add(part)

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
        words, cells = [], []
        while start < end:
            bar = self.source.find("|", start + 1, end)
            bar = end if bar < 0 else bar
            words.append(self.source[start + 1 : bar].strip())
            cell = read_inline_org(self.source, [(start + 1, bar)]).folded()
            if cell.text:
                cells.append(cell)
            start = bar
        joined = join_cells(cells)
        if not joined.text.strip() or all(_ALIGNED.fullmatch(w) for w in words):
            return None
        line = self.line(joined.offsets[0])
        return Block(BlockKind.ROW, joined.text, joined.offsets, line, 0, joined.links, joined.strong, bool(self.quotes), joined.cells)
