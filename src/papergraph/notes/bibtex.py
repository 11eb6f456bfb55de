r"""BibTeX and BibLaTeX files, annotated bibliographies among them → one record an entry, with the reader's remarks below it.

The syntax is that of Oren Patashnik, "BibTeXing" (1988), and its appendix on styles for `@string`, `#` and month names;
field names and entry types are also those of the BibLaTeX manual (Kime, Wemheuer, Lehman, 2.2); TeX's accents and text
symbols are those of the LaTeX2e reference manual, 23.5; names of fields that hold remarks are those of JabRef, BibDesk,
Mendeley and Zotero's Better BibTeX. A line that begins an entry ends whatever is open before it: BibTeX does not say
how to go on after a missing brace, and an annotation hardly ever holds such a line.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from papergraph.folding import is_cjk, squeeze
from papergraph.model import Problem, Span
from papergraph.notes.document import Block, BlockKind, Fields, Link, nest
from papergraph.notes.inline import Inline

# --- what the readers of org-mode and HTML share with this one

WEB = re.compile(r"https?://(?:[^\s{}\\<>\[\]\"'`|「」『』（）【】、。，]++|\\[_%&#~$])++")
"""A bare address in running text, with TeX's escapes; `trimmed` takes the sentence's punctuation off its end."""

_WHITE = re.compile(r"[ \t\n\r\f\v\x85\xa0\u2028\u2029]++")
_UNEVEN = re.compile(r"[\t\n\r\f\v\x85\xa0\u2028\u2029]")
_DAY = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})(?![0-9])")


class Placed:
    """Visible characters as they are gathered, each with its offset; links and bold stretches over them."""

    __slots__ = ("at", "links", "parts", "strong")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.at: list[int] = []
        self.links: list[Link] = []
        self.strong: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self.at)

    def run(self, source: str, start: int, end: int) -> None:
        """Characters of the source that are seen as they stand."""
        if start < end:
            self.parts.append(source[start:end])
            self.at.extend(range(start, end))

    def put(self, visible: str, start: int) -> None:
        """What a construct at `start` is seen as; it must not be shorter in the source than what is seen."""
        self.parts.append(visible)
        self.at.extend(range(start, start + len(visible)))

    def folded(self) -> Inline:
        """White space made one space, none at the ends; a line break between two CJK characters is none at all."""
        text = "".join(self.parts)
        if not (text[:1] == " " or text[-1:] == " " or "  " in text or _UNEVEN.search(text)):
            return Inline(text, tuple(self.at), tuple(self.links), tuple(self.strong))
        out, at, cuts, gone = [], [], [0], [0]
        pos = 0
        for white in _WHITE.finditer(text):
            start, end = white.span()
            out.append(text[pos:start])
            at.extend(self.at[pos:start])
            edge = start == 0 or end == len(text)
            broken = "\n" in white[0] or "\r" in white[0]
            kept = 0 if edge or (broken and is_cjk(text[start - 1]) and is_cjk(text[end])) else 1
            out.append(" " * kept)
            at.extend(self.at[start : start + kept])
            if end - start > kept:
                cuts.append(end)
                gone.append(gone[-1] + end - start - kept)
            pos = end
        out.append(text[pos:])
        at.extend(self.at[pos:])

        def new(i: int) -> int:
            return min(max(i - gone[bisect_right(cuts, i) - 1], 0), len(at))

        links = tuple(Link(new(x.start), new(x.end), x.target, x.kind) for x in self.links)
        return Inline("".join(out), tuple(at), links, tuple((new(a), new(b)) for a, b in self.strong))

    def block(self, kind: BlockKind, starts: Sequence[int], level: int = 0, *, quoted: bool = False) -> Block | None:
        """The block of what was gathered; `None` if nothing is seen. `starts` are the offsets at which lines begin."""
        inline = self.folded()
        if not inline.text.strip():
            return None
        line = bisect_right(starts, inline.offsets[0])
        return Block(kind, inline.text, inline.offsets, line, level, inline.links, inline.strong, quoted)


def same_length(text: str, longest: int, path: str) -> tuple[str, list[int], list[Problem]]:
    r"""`text` with LF at each line's end and overlong lines blank, as long as before; the offsets at which lines begin.

    >>> same_length("a\r\nbbbb\n", 3, "a.bib")
    ('a \n    \n', [0, 3, 8], [Problem(path='a.bib', line=2, message='a line of 4 characters is passed over (the longest read is 3)')])
    """
    problems: list[Problem] = []
    short = text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text
    lines = short.split("\n")
    starts = [0, *accumulate(len(x) + 1 for x in lines[:-1])]
    if len(text) > longest and max(map(len, lines)) > longest:
        for n, line in enumerate(lines):
            # the space that stands for the CR of CR LF is not the line's
            length = len(line) - (text[starts[n] + len(line) - 1 : starts[n] + len(line) + 1] == "\r\n")
            if length > longest:
                problems.append(Problem(path, n + 1, f"a line of {length:,} characters is passed over (the longest read is {longest:,})"))
                lines[n] = " " * len(line)
        short = "\n".join(lines)
    return short, starts, problems


def trimmed(address: str) -> str:
    """`address` without the punctuation of the sentence that it stands in.

    >>> trimmed("https://example.org/a_(b)).")
    'https://example.org/a_(b)'
    """
    end, over = len(address), address.count(")") - address.count("(")
    while end and (address[end - 1] in ".,;:!?*" or (address[end - 1] == ")" and over > 0)):
        end -= 1
        over -= address[end] == ")"
    return address[:end]


def iso_day(text: str) -> str | None:
    """The first day named in `text`, as ISO 8601; `None` if there is none.

    >>> iso_day("[2024-03-05 Tue 10:20]"), iso_day("2024年3月5日"), iso_day("2024-13-01")
    ('2024-03-05', '2024-03-05', None)
    """
    day = _DAY.search(text)
    if day is None:
        return None
    try:
        return datetime.date(int(day[1]), int(day[2]), int(day[3])).isoformat()
    except ValueError:
        return None


def natural_name(name: str) -> str:
    """A name in its natural order, from "Last, First" or "von Last, Jr, First"; Japanese names keep theirs.

    >>> natural_name("van Dijk, Anna"), natural_name("Smith, Jr., Tom"), natural_name("山田, 太郎")
    ('Anna van Dijk', 'Tom Smith Jr.', '山田 太郎')
    """
    parts = name.split(",")
    if 1 < len(parts) < 4:
        name = " ".join(parts if is_cjk(name) else [parts[-1], *parts[:-1]])
    return " ".join(name.split())


# --- TeX: what is seen of a piece of it

# each alternative begins with a character of its own, so that the search jumps to these
_TOKEN = re.compile(rf"\\(?:([A-Za-z]++)\*?|(.))|\{{|\}}|~|---?|``|''|\$|{WEB.pattern}|@", re.DOTALL)
_RUNS = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”"}
_MATH = re.compile(r"\$[^$\\]*+(?:\\.[^$\\]*+)*+\$", re.DOTALL)
_IN_ADDRESS = re.compile(r"[A-Za-z0-9_@.]")
_KEY = re.compile(r"[A-Za-z0-9_](?:[\w:.#+?/&-]*\w)?", re.ASCII)
_CITED = re.compile(r"(?:[ \t]*+\[[^\[\]{}]*+\]){0,2}[ \t]*+\{([^{}]*+)\}")
_GROUP = re.compile(r"[ \t]*+\{([^{}]*+)\}")
_AFTER_WORD = re.compile(r"\{\}|[ \t]++|")
_ACCENTED = re.compile(r"[ \t]*+(?:\{[ \t]*+(\\?[ij](?![A-Za-z])|[^\W\d_])[ \t]*+\}|(\\[ij](?![A-Za-z])|[^\W\d_]))")
_ACCENTS = dict(zip("`'^\"~=.cvHkurdb", "\u0300\u0301\u0302\u0308\u0303\u0304\u0307\u0327\u030c\u030b\u0328\u0306\u030a\u0323\u0331", strict=True))
_LETTERS = {
    **dict(w.split(":") for w in "ss:ß o:ø O:Ø l:ł L:Ł ae:æ AE:Æ oe:œ OE:Œ aa:å AA:Å i:ı j:ȷ dh:ð DH:Ð th:þ TH:Þ dj:đ DJ:Đ ng:ŋ NG:Ŋ".split()),
    **dict(w.split(":") for w in "dots:… ldots:… textellipsis:… textendash:– textemdash:— textquoteright:’ textquoteleft:‘ textquotesingle:'".split()),
    **dict(w.split(":") for w in "textquotedblleft:“ textquotedblright:” textasciitilde:~ textasciicircum:^ textbackslash:\\ textbar:|".split()),
    **dict(w.split(":") for w in "textless:< textgreater:> textunderscore:_ textdollar:$ textbullet:• textperiodcentered:· textdegree:°".split()),
    **dict(w.split(":") for w in "textregistered:® texttrademark:™ textcopyright:© copyright:© pounds:£ euro:€ texteuro:€ S:§ P:¶ slash:/".split()),
    **dict(w.split(":") for w in "guillemotleft:« guillemotright:» textmu:µ texttimes:× textbraceleft:{ textbraceright:} TeX:TeX LaTeX:LaTeX".split()),
}
_LAYOUT = frozenset("begin end label vspace hspace includegraphics color textcolor noopsort SortNoop".split())
"""Commands whose first argument is not seen."""

_SPACES = frozenset("item par newline linebreak quad qquad space hfill smallskip medskip bigskip".split())
_STRONG = frozenset("textbf bf bfseries mathbf strong".split())
_DECLARATIONS = frozenset("em it itshape tt ttfamily sc scshape sl slshape rm rmfamily sf sffamily small large normalsize noindent protect relax centering".split())


def read_tex(source: str, stretches: Sequence[tuple[int, int]], between: str = "\n") -> Placed:
    r"""What is seen of these stretches of `source`: no braces or commands, accents and text symbols as one character.

    Formulas stay as written. `\url`, `\href`, bare addresses, `\cite…{key}` and `@key` become links.

    >>> text = r"Schr{\"o}dinger's \emph{cat} -- \& {\O}rsted, $\alpha_{1}$"
    >>> read_tex(text, [(0, len(text))]).folded().text
    "Schrödinger's cat – & Ørsted, $\\alpha_{1}$"
    """
    placed = Placed()
    groups: list[tuple[int, str | None, bool]] = []
    for n, (start, end) in enumerate(stretches):
        if n and between:
            placed.put(between, stretches[n - 1][1])
        pos = start
        while (token := _TOKEN.search(source, pos, end)) is not None:
            at = token.start()
            if at > pos:
                placed.run(source, pos, at)
            pos = token.end()
            match source[at]:
                case "\\":
                    pos = _word(placed, source, token, end, groups) if token[1] else _sign(placed, source, token, end)
                case "{":
                    groups.append((len(placed), None, False))
                case "}":
                    if groups:
                        begin, target, strong = groups.pop()
                        if target:
                            placed.links.append(Link(begin, len(placed), target))
                        if strong:
                            placed.strong.append((begin, len(placed)))
                case "$":
                    formula = _MATH.match(source, at, end)
                    pos = formula.end() if formula else pos
                    placed.run(source, at, pos)
                case "h":
                    pos = at + len(trimmed(token[0]))
                    _address(placed, source, at, pos)
                case "@":
                    key = None if at and _IN_ADDRESS.match(source, at - 1) else _KEY.match(source, pos, end)
                    pos = key.end() if key else pos
                    placed.run(source, at, pos)
                    if key:
                        placed.links.append(Link(len(placed) - (pos - at), len(placed), key[0], "key"))
                case _:
                    placed.put(_RUNS[token[0]], at)
        placed.run(source, pos, end)
    placed.links += [Link(begin, len(placed), target) for begin, target, _ in groups if target]
    return placed


def _word(placed: Placed, source: str, token: re.Match[str], end: int, groups: list[tuple[int, str | None, bool]]) -> int:
    """A command named by letters; the offset after what it takes."""
    word, after = token[1], token.end()
    if word in _LETTERS:
        if _LETTERS[word] == word:
            placed.run(source, *token.span(1))
        else:
            placed.put(_LETTERS[word], token.start())
        swallowed = _AFTER_WORD.match(source, after, end)
        return swallowed.end() if swallowed else after
    if word in _ACCENTS and (accented := _ACCENTED.match(source, after, end)):
        return _accent(placed, token.start(), _ACCENTS[word], accented)
    if word in ("url", "path", "nolinkurl") and (group := _GROUP.match(source, after, end)):
        _address(placed, source, *group.span(1))
        return group.end()
    if word == "href" and (group := _GROUP.match(source, after, end)) and source.startswith("{", group.end()):
        groups.append((len(placed), plain_address(group[1]), False))
        return group.end() + 1
    if "cite" in word and (cited := _CITED.match(source, after, end)):
        begin = len(placed)
        placed.run(source, *cited.span(1))
        for key in re.finditer(r"[^\s,]+", cited[1]):
            placed.links.append(Link(begin + key.start(), begin + key.end(), key[0], "key"))
        return cited.end()
    if word in _LAYOUT and (group := _GROUP.match(source, after, end)):
        placed.put(" ", token.start())
        return group.end()
    if word in _SPACES:
        placed.put(" ", token.start())
        return after
    if source.startswith("{", after) and after < end:
        if word in _STRONG:
            groups.append((len(placed), None, True))
            return after + 1
        return after
    if word in _STRONG or word in _DECLARATIONS:
        if word in _STRONG and groups:
            groups[-1] = (len(placed), groups[-1][1], True)
        swallowed = _AFTER_WORD.match(source, after, end)
        return swallowed.end() if swallowed else after
    # an unknown command without an argument is rather lost meaning than layout
    placed.run(source, token.start(), after)
    return after


def _sign(placed: Placed, source: str, token: re.Match[str], end: int) -> int:
    """A command named by one sign; the offset after what it takes."""
    sign = token[2]
    if sign in _ACCENTS and (accented := _ACCENTED.match(source, token.end(), end)):
        return _accent(placed, token.start(), _ACCENTS[sign], accented)
    if sign in "\\ ,;:\n\t":
        placed.put(" ", token.start())
    elif sign in "()[]":
        placed.run(source, token.start(), token.end())
    elif sign not in "-/!@":
        placed.put(sign, token.start())
    return token.end()


def _accent(placed: Placed, start: int, mark: str, accented: re.Match[str]) -> int:
    letter = (accented[1] or accented[2]).lstrip("\\")
    placed.put(unicodedata.normalize("NFC", letter + mark), start)
    return accented.end()


def _address(placed: Placed, source: str, start: int, end: int) -> None:
    """An address as it is seen: TeX's escapes are not."""
    begin, pos = len(placed), start
    for escape in re.finditer(r"\\(?=[_%&#~$])", source[start:end]):
        placed.run(source, pos, start + escape.start())
        pos = start + escape.end()
    placed.run(source, pos, end)
    if target := plain_address(source[start:end]):
        placed.links.append(Link(begin, len(placed), target))


def plain_address(raw: str) -> str:
    r"""An address without TeX's escapes and braces.

    >>> plain_address(r"https://example.org/a\_b\#{c}")
    'https://example.org/a_b#c'
    """
    if "\\" in raw or "{" in raw:
        raw = re.sub(r"\\(?:url|path)\b|\\([_%&#~$])(?:\{\})?|[{}]", lambda m: m[1] or "", raw)
    return squeeze(raw)


# --- the file: entries and what stands between them

_OPENS = r"[ \t]*+@[ \t]*+(\w++)\s*+([{(])"
_AT_LINE = re.compile(rf"^{_OPENS}", re.MULTILINE)
_AT_ONCE = re.compile(_OPENS)
_BRACES = re.compile(rf"[{{}}]|^{_OPENS}", re.MULTILINE)
_QUOTES = re.compile(rf'\\"|["{{}}]|^{_OPENS}', re.MULTILINE)
_FIELD_LINE = r"^[ \t]*+[\w+:-]++[ \t]*+=[ \t]*+[{\"\w]"
_BRACES_AMID = re.compile(rf"[{{}}]|{_FIELD_LINE}", re.MULTILINE)
_QUOTES_AMID = re.compile(rf'\\"|["{{}}]|{_FIELD_LINE}', re.MULTILINE)
_EVEN = re.compile(r"\{[^{}@]*+(?:\{[^{}@]*+\}[^{}@]*+)*+\}")
_CITEKEY = re.compile(r"\s*+([^\s,{}\"=@%][^,{}\"=\n]*+)?+")
_GAP = re.compile(r"[\s,]*+")
_NAME = re.compile(r"([^\s,{}()\"=#%@]++)\s*+=\s*+")
_PERCENT = re.compile(r"[%\s]*+")
_BARE = re.compile(r"[^\s,{}()\"=#]++")
_PLAIN_FIELD = re.compile(
    r"[\s,]*+([^\s,{}()\"=#%@]++)\s*+=\s*+(?:\{((?:[^{}@]++|\{[^{}@]*+\})*+)\}|\"([^\"{}@\\]*+)\"|([0-9]++))(?=\s*+[,}])"
)
_JOINED = re.compile(r"\s*+#\s*+")
_JUNK = re.compile(r"[^,}\n]*+")
_GOES_ON = re.compile(r"(?:\s*+,\s*+|[ \t]*+\n\s*+)[\w-]++[ \t]*+=[ \t]*+[{\"]")
_LONGEST_MACRO = 500
"""Characters of a macro that are kept: definitions that double each other grow without bound."""

_INHERITS = re.compile("crossref", re.IGNORECASE)
_MONTHS = "January February March April May June July August September October November December".split()


class _Value(NamedTuple):
    """What stands after `=`: the offsets of its content; where `#` joins parts or a macro stands, each with the macro's text or `None`."""

    start: int
    end: int
    parts: tuple[tuple[int, int, str | None], ...] = ()


@dataclass(slots=True)
class _Entry:
    """One `@type{key, …}` as written; `said` are comment lines and stray words among its fields."""

    start: int
    type: str
    key: tuple[int, int] = (0, 0)
    fields: list[tuple[str, _Value]] = field(default_factory=list)
    said: list[tuple[int, int]] = field(default_factory=list)
    strays: int = 0
    end: int = 0


@dataclass(slots=True)
class _File:
    """The file being read."""

    source: str
    path: str
    starts: list[int]
    problems: list[Problem]
    macros: dict[str, str] = field(default_factory=lambda: {m[:3].casefold(): m for m in _MONTHS})
    even_comments: bool = True
    clear: tuple[int, int] = (-1, -1)

    def line(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def problem(self, offset: int, message: str) -> None:
        self.problems.append(Problem(self.path, self.line(offset), message))


def read_bibtex(text: str, longest: int, path: str) -> tuple[tuple[Block, ...], list[Problem]]:
    """The entries of a BibTeX or BibLaTeX file as records, and what could not be read; never raises, in linear time.

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
        One `RECORD` an entry, in order: its text is the title as read (else the book's title, else the key), its children are
        the reader's remarks and the abstract (`quoted`). Comment lines set off as headings (`% --- Attention ---`) head
        the entries after them. Other text between entries belongs to the entry before it.
    """
    source, starts, problems = same_length(text, longest, path)
    file = _File(source, path, starts, problems)
    # an entry may inherit from one that stands after it; without such ones a large file need not be held as pieces
    blocks = _records(file, list(_pieces(file)) if _INHERITS.search(source) else _pieces(file))
    return blocks, sorted(problems, key=lambda p: p.line)


def _pieces(file: _File) -> Iterator[_Entry | tuple[int, int]]:
    """The entries, and the stretches between them, in order."""
    source, pos = file.source, 0
    while True:
        found = (_AT_ONCE.match(source, pos) if pos else None) or _AT_LINE.search(source, pos)
        between = pos, found.start() if found else len(source)
        if source[between[0] : between[1]].strip():
            yield between
        if found is None:
            return
        kind = found[1].casefold()
        if kind in ("comment", "preamble"):
            inside = found.end()
            pos = _balanced(file, inside - 1) if found[2] == "{" else inside
            if kind == "comment" and not _NO_REMARK.match(source, inside, pos):
                yield inside, max(pos - 1, inside)
            continue
        entry = _entry(file, found)
        pos = entry.end
        if kind == "string":
            for name, value in entry.fields:
                file.macros[name] = _resolved(file, value)[:_LONGEST_MACRO]
        elif kind not in ("control", "xdata", "bibtexstyle"):
            yield entry


_NO_REMARK = re.compile(r"\s*+(?:jabref-|@|BibDesk|<\?xml|[^\s,={}]++\s*+,\s*+[\w-]++\s*+=)", re.IGNORECASE)


def _balanced(file: _File, pos: int) -> int:
    """The offset after the brace that closes the one at `pos`, even past lines that begin an entry."""
    if file.even_comments:
        depth = 0
        for brace in re.compile("[{}]").finditer(file.source, pos):
            depth += 1 if brace[0] == "{" else -1
            if not depth:
                return brace.end()
        # once the braces of a file do not match to its end, they are not counted to its end again
        file.even_comments = False
    file.problem(pos, "a @comment or @preamble is not closed; expected a } before the next entry")
    return _stop(file, pos)


def _stop(file: _File, pos: int) -> int:
    """Where the next line begins that begins an entry, else the end."""
    begin, stop = file.clear
    if not begin <= pos <= stop:
        following = _AT_LINE.search(file.source, pos)
        stop = following.start() if following else len(file.source)
        file.clear = pos, stop
    return stop


def _entry(file: _File, found: re.Match[str]) -> _Entry:
    source = file.source
    entry = _Entry(source.index("@", found.start()), found[1].casefold())
    body = found.end()
    if entry.type != "string":
        key = _CITEKEY.match(source, body)
        if key and key[1] and source[key.end() : key.end() + 1] != "=":
            entry.key = key.start(1), key.start(1) + len(key[1].rstrip(" \t)" if found[2] == "(" else " \t"))
            body = key.end()
    close = "}" if found[2] == "{" else ")"
    told = len(file.problems)
    end = _fields(file, entry, body, close, None)
    if end is None or entry.strays:
        # a brace or quote is missing or too much, so what was read may be anything: once more, line by line
        del file.problems[told:]
        limit = _stop(file, found.end()) if end is None else end
        wrong = f"is not closed: expected a {close} before line {file.line(limit)}" if end is None else "holds text that is no field (expected: name = {value},)"
        file.problem(entry.start, f"the entry '{source[slice(*entry.key)] or entry.type}' {wrong}; its fields are read line by line")
        entry.fields, entry.said = [], []
        end = _fields(file, entry, body, close, limit)
    entry.end = end if end is not None else len(source)
    return entry


def _fields(file: _File, entry: _Entry, pos: int, close: str, limit: int | None) -> int | None:
    """Read fields into `entry`; the offset after its closing brace, `None` if there is none.

    With a `limit`, the entry is broken: a value also ends before a line that begins a field, and the entry at the limit.
    """
    source = file.source
    end = len(source) if limit is None else limit
    while True:
        if limit is None:
            while plain := _PLAIN_FIELD.match(source, pos):
                entry.fields.append((plain[1].casefold(), _Value(*plain.span(plain.lastindex))))  # type: ignore[arg-type]  # one of three
                pos = plain.end()
        pos = _GAP.match(source, pos, end).end()  # type: ignore[union-attr]  # it matches nothing, too
        if pos == end or (source[pos] == "@" and _AT_ONCE.match(source, pos)):
            return None if limit is None else pos
        if source[pos] == close:
            pos += 1
            if _GOES_ON.match(source, pos, end) is None:
                return pos
            file.problem(pos, "a brace closes the entry before its last field; the field after it is read all the same")
            continue
        if source[pos] == "%":
            stop = source.find("\n", pos, end)
            stop = end if stop < 0 else stop
            if _NAME.match(source, _PERCENT.match(source, pos).end(), stop) is None:  # type: ignore[union-attr]
                entry.said.append((pos, stop))
            pos = stop
            continue
        name = _NAME.match(source, pos, end)
        if name is None:
            junk = max(_JUNK.match(source, pos, end).end(), pos + 1)  # type: ignore[union-attr]
            if " " in source[pos:junk].strip():
                entry.said.append((pos, junk))
            entry.strays += source[pos] != "}"
            pos = junk
            continue
        value, pos = _value(file, name.end(), end, amid=limit is not None)
        if value is None:
            return None
        if value.end > value.start:
            entry.fields.append((name[1].casefold(), value))


def _value(file: _File, pos: int, end: int, *, amid: bool) -> tuple[_Value | None, int]:
    """The value at `pos` and the offset after it; `None` if it is not closed. `amid` a broken entry it is closed by the next field."""
    source = file.source
    parts: list[tuple[int, int, str | None]] = []
    while pos < end:
        opening = source[pos]
        if opening in '{"':
            stop, after = _closing(source, pos, end, amid=amid)
            if after < 0:
                return None, pos
            parts.append((pos + 1, max(stop, pos + 1), None))
            pos = after
        else:
            bare = _BARE.match(source, pos, end)
            if bare is None:
                break
            parts.append((pos, bare.end(), file.macros.get(bare[0].casefold())))
            pos = bare.end()
        joined = _JOINED.match(source, pos, end)
        if joined is None:
            break
        pos = joined.end()
    if len(parts) == 1 and parts[0][2] is None:
        return _Value(parts[0][0], parts[0][1]), pos
    return _Value(parts[0][0] if parts else pos, parts[-1][1] if parts else pos, tuple(parts)), pos


def _closing(source: str, pos: int, end: int, *, amid: bool) -> tuple[int, int]:
    """Where the content of the brace or quote opened at `pos` ends, and the offset after it (-1: nowhere)."""
    quoted = source[pos] == '"'
    if not quoted and not amid:
        even = _EVEN.match(source, pos, end)
        if even:
            return even.end() - 1, even.end()
    marks = (_QUOTES_AMID if amid else _QUOTES) if quoted else (_BRACES_AMID if amid else _BRACES)
    depth = 0
    for mark in marks.finditer(source, pos + 1, end):
        char = mark[0]
        if char == "{":
            depth += 1
        elif char == "}" and (depth or not quoted):
            depth -= 1
            if depth < 0:
                return mark.start(), mark.end()
        elif char == '"':
            if quoted and not depth:
                return mark.start(), mark.end()
        elif len(char) > 2:
            if amid:
                return _trim(source, pos, mark.start()), mark.start()
            return pos, -1
    return (_trim(source, pos, end), end) if amid else (pos, -1)


def _trim(source: str, start: int, end: int) -> int:
    """The end of an unclosed value, without the marks that should have closed it."""
    while end > start + 1 and source[end - 1] in ' \t\n,}"':
        end -= 1
    return end


def _resolved(file: _File, value: _Value) -> str:
    """A value as read, with its macros' texts; of those no more than a few, for a short value can name many."""
    if not value.parts:
        return plain_tex(file.source[value.start : value.end])
    out, room = [], 2 * _LONGEST_MACRO
    for start, end, macro in value.parts:
        out.append(file.source[start:end] if macro is None else macro[:room])
        room -= len(macro or "")
        room = max(room, 0)
    return plain_tex("".join(out))


def plain_tex(raw: str) -> str:
    r"""What is seen of a piece of TeX, on one line.

    >>> plain_tex(r"Erd{\H{o}}s,  {\v S}ime")
    'Erdős, Šime'
    """
    return read_tex(raw, [(0, len(raw))]).folded().text if _TOKEN.search(raw) else " ".join(raw.split())


# --- records

_REMARK = re.compile(
    r"annot(?:e|ation)s?|(?:my|user|personal|reading)?[-_]?notes?(?:[-_]?\w+)?|comments?(?:[-_].+)?|reviews?|remarks?|memos?|summary|tl;?dr|thoughts?"
    r"|opinions?|highlights?|takeaways?|addendum|感想|メモ|コメント|要約|備考"
)
_FILLER = re.compile(
    r"""[\s(\[]*+(?:(?:accepted|to\ appear|in\ press|forthcoming|submitted|under\ review|in\ preparation|preprint|unpublished|published|presented|poster|oral
    |spotlight|notable|highlight|withdrawn|rejected|(?:conference|workshop|tool|short|long|full|demo|position)\ paper|(?:best|outstanding|distinguished)\ [\w ]{0,30}(?:paper|award))(?:\ (?:to|at|in|by|for|as|on)\b.{0,120}
    |\ (?:presentation|manuscript|paper|poster|award|version|talk)\b.{0,60})?
    |arxiv\b.{0,120}|(?:version|ver\.|v)\ ?\d[\d.]*+.{0,40}|(?:online|accessed|last\ accessed|retrieved|available|url|doi|issn|isbn|pmc?id|adsbibcode|r\ package)\b.{0,200}
    |(?:publisher|place|conference\ name|ads\ bibcode|citation\ key|_?eprint|tex\.\w+|backup\ publisher|number|section|type|comment|journal\ abbreviation):.{0,200}
    |https?://\S++|\d++\ pages?\b.{0,100}|in\ (?:japanese|english|german|french|chinese)|equal\ contributions?|(?:ph\.?\ ?d\.?|master'?s?)\ (?:thesis|dissertation)|technical\ report
    |採録(?:決定)?|査読中|投稿中|印刷中)[\s)\].。]*+""",
    re.IGNORECASE | re.VERBOSE,
)
_DECIDED = re.compile(r"\b(oral|spotlight|poster|highlight|accepted|rejected|withdrawn)\b", re.IGNORECASE)
_VENUES = (
    "journaltitle journal booktitle eventtitle maintitle conference venue shortjournal school institution howpublished publisher organization"
).split()
_INHERITED = frozenset("journaltitle journal booktitle eventtitle maintitle publisher organization school institution year date".split())
_ADDRESSES = "url ee link howpublished website pdf openreview code video slides project supplementary".split()
_ARXIV_ID = r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z][a-z-]{1,20}(?:\.[A-Z]{2})?/[0-9]{7})"
_ARXIV = re.compile(rf"arxiv(?:\.org/\w++/|preprint|e-?print|abs/|[\s:.(\[])*+({_ARXIV_ID})", re.IGNORECASE)
_ARXIV_ONLY = re.compile(rf"\s*+(?:arxiv[\s:]*+|abs/)?({_ARXIV_ID})(?:v\d+)?\s*+(?:\[.*\])?", re.IGNORECASE)
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>{}]+")
_YEAR = re.compile(r"(?<![0-9])(?:1[4-9]|20)[0-9]{2}(?![0-9])")
_PERIOD = re.compile(r"\s*+((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])\s*+")
_AND = re.compile(r"([{}])|(?<=\s)and(?=\s)", re.IGNORECASE)
_BULLET = re.compile(r"(?:[-*+‣][ \t]++|[・•●][ \t]*+|\\item\b[ \t]*+)")
_TOOL = re.compile(r"\b(?:bibdesk|jabref|mendeley|zotero|papers2?|citavi|endnote|string encoding)\b|^encoding:|^created (?:for|with|by)\b|-\*-|^!\s?(?:TEX|BIB)\b", re.IGNORECASE)
_OUT = re.compile(r"@\w++\s*+[{(]")
_FRAME = "%-=*#~─━ \t"


def _records(file: _File, pieces: Iterable[_Entry | tuple[int, int]]) -> tuple[Block, ...]:
    by_key: dict[str, _Entry] = {}
    if isinstance(pieces, list):
        by_key = {file.source[slice(*p.key)]: p for p in reversed(pieces) if isinstance(p, _Entry)}
    seen: dict[str, int] = {}
    out: list[Block] = []
    record: tuple[Block, Fields] | None = None
    below: list[Block] = []

    def close() -> None:
        if record is not None:
            b, fields = record
            out.append(Block(b.kind, b.text, b.offsets, b.line, 0, b.links, b.strong, fields=fields, children=tuple(below)))

    for piece in pieces:
        if isinstance(piece, _Entry):
            close()
            below = [b for name, value in piece.fields if (role := _role(name)) for b in _remarks(file, name, value, role)]
            below += [b for start, end in piece.said for b in _between(file, start, end)]
            record = _record(file, piece, by_key, seen)
            if record is None:
                out += below
            continue
        for block in _between(file, *piece):
            if record is None and not out and _TOOL.search(block.text):
                # what the tool that wrote the file says of itself
                continue
            if block.kind is BlockKind.HEADING:
                close()
                record, below = None, []
            (below if record is not None else out).append(block)
    close()
    return nest(out)


def _record(file: _File, entry: _Entry, by_key: dict[str, _Entry], seen: dict[str, int]) -> tuple[Block, Fields] | None:
    """The block of an entry, without its children, and what its fields say."""
    source, key = file.source, file.source[slice(*entry.key)]
    if key:
        first = seen.setdefault(key.casefold(), entry.start)
        if first != entry.start:
            file.problem(entry.start, f"the key '{key}' stands on line {file.line(first)} already; both entries are read")
    told = _Told(file, entry, by_key)
    titled = next((v for n in ("title", "booktitle", "maintitle") if (v := told.own.get(n)) is not None), None)
    block = read_tex(source, [p[:2] for p in titled.parts or [titled]], "").block(BlockKind.RECORD, file.starts) if titled else None
    if block is None and key:
        placed = Placed()
        placed.run(source, *entry.key)
        block, titled = placed.block(BlockKind.RECORD, file.starts), None
    if block is None:
        file.problem(entry.start, "an entry has neither a title nor a key; expected @type{key, title = {…}}")
        return None
    title = None if titled is None else block.text if not any(p[2] for p in titled.parts) else _resolved(file, titled)
    return block, _fields_of(told, entry.key, title, titled, block.line)


class _Told:
    """What an entry's fields say, with the places of what was asked for."""

    def __init__(self, file: _File, entry: _Entry, by_key: dict[str, _Entry]) -> None:
        self.file = file
        self.places: list[tuple[str, Span]] = []
        self.own = {name: value for name, value in reversed(entry.fields) if value.end > value.start}
        self.values = self.own
        parent = self.own.get("crossref")
        above = by_key.get(file.source[parent.start : parent.end].strip()) if parent else None
        if above is not None and above is not entry:
            # the title of a volume is the book title of what stands in it
            inherited = {"booktitle" if n == "title" else n: v for n, v in above.fields if v.end > v.start}
            self.values = {n: v for n, v in inherited.items() if n in _INHERITED} | self.own

    def place(self, attribute: str, value: _Value) -> None:
        self.places.append((attribute, Span(value.start, value.end, self.file.line(value.start))))

    def raw(self, *names: str) -> list[tuple[str, _Value]]:
        """Of the fields of these names those that are there: what stands in the file, macros resolved."""
        found = [self.values[n] for n in names if n in self.values]
        return [(self.file.source[v.start : v.end] if not v.parts else _resolved(self.file, v), v) for v in found]

    def all(self, attribute: str, *names: str, split: str = ",;") -> tuple[str, ...]:
        """What the fields of these names list."""
        out: list[str] = []
        for raw, value in self.raw(*names):
            parts = raw.replace(split[-1], split[0]).split(split[0]) if split else [raw]
            found = [t for t in map(plain_tex, parts) if t]
            if found:
                out += found
                self.place(attribute, value)
        return tuple(dict.fromkeys(out))


def _fields_of(told: _Told, key: tuple[int, int], title: str | None, titled: _Value | None, line: int) -> Fields:
    """All that an entry tells of a work; `title` and `titled` are its title as read and where it stands."""
    file = told.file
    aliases: tuple[str, ...] = ()
    if titled is not None:
        told.place("title", titled)
    if title is not None and (subtitle := next(iter(told.all("title", "subtitle", split="")), None)):
        aliases = (title,)
        title = f"{title}: {subtitle}"
    keys: tuple[str, ...] = ()
    if key[1] > key[0]:
        keys = (file.source[slice(*key)],)
        told.places.append(("keys", Span(*key, file.line(key[0]))))
    venue = _venue(told)
    addresses = _addresses(told)
    return Fields(
        title=title,
        authors=_authors(told),
        year=_year(told),
        date=_read_on(told),
        venue=venue,
        decision=_decision(told),
        url=addresses[0] if addresses else None,
        doi=_doi(told),
        arxiv=_arxiv(told),
        aliases=tuple(dict.fromkeys((*aliases, *told.all("aliases", "shorttitle", "shorthand", "acronym", split="")))),
        keys=tuple(dict.fromkeys((*keys, *told.all("keys", "ids", split=",")))),
        tags=told.all("tags", "keywords", "keyword", "tags", "mendeley-tags"),
        categories=told.all("categories", "groups", "mendeley-groups", "collections"),
        related=told.all("related", "crossref", "xref", "related", "entryset"),
        links=tuple(addresses[1:]),
        places=tuple(told.places),
        line=line,
    )


def _authors(told: _Told) -> tuple[str, ...]:
    for raw, value in told.raw("author", "authors", "editor"):
        names = [n for n in map(_author, _split(raw)) if n]
        if names:
            told.place("authors", value)
            return tuple(names)
    return ()


def _split(raw: str) -> list[str]:
    """The names of a list; an "and" inside braces is part of a name."""
    if "{" not in raw:
        return re.split(r"(?<=\s)and(?=\s)", raw, flags=re.IGNORECASE)
    out, depth, begin = [], 0, 0
    for mark in _AND.finditer(raw):
        if mark[1]:
            depth = max(depth + (1 if mark[1] == "{" else -1), 0)
        elif not depth:
            out.append(raw[begin : mark.start()])
            begin = mark.end()
    return [*out, raw[begin:]]


def _author(raw: str) -> str:
    raw = raw.strip()
    if raw.casefold() in ("others", "et al.", ""):
        return ""
    if raw.startswith("{") and raw.endswith("}") and raw.find("}") == len(raw) - 1:
        # an institution, whose commas part nothing
        return plain_tex(raw)
    if "=" in raw and re.match(r"\s*(?:family|given|prefix|suffix)\b", raw):
        parts = dict(p.split("=", 1) for p in raw.replace('"', "").split(",") if "=" in p)
        named = {k.strip(): v for k, v in parts.items()}
        return plain_tex(" ".join(named.get(k, "") for k in ("given", "prefix", "family", "suffix")))
    return natural_name(plain_tex(raw))


def _year(told: _Told) -> int | None:
    for raw, value in told.raw("year", "date", "issued", "eventdate"):
        year = _YEAR.search(raw)
        if year:
            told.place("year", value)
            return int(year[0])
    return None


def _read_on(told: _Told) -> str | None:
    for raw, value in told.raw("read", "dateread", "date-read", "readdate", "date_read", "read-date"):
        day, month = iso_day(raw), _PERIOD.fullmatch(raw)
        if day or month:
            told.place("date", value)
            return day or (f"{month[1]}-{month[2]}" if month else None)
    return None


def _venue(told: _Told) -> str | None:
    preprint: _Value | None = None
    for raw, value in told.raw(*_VENUES):
        venue = plain_tex(raw)
        if venue.casefold().startswith("arxiv"):
            preprint = preprint or value
        elif venue and "://" not in venue:
            told.place("venue", value)
            return venue
    if preprint is not None:
        told.place("venue", preprint)
        return "arXiv"
    return None


def _decision(told: _Told) -> str | None:
    for raw, value in told.raw("decision", "note", "addendum"):
        note = plain_tex(raw)
        decided = _DECIDED.search(note) if value is told.values.get("decision") or _FILLER.fullmatch(note) else None
        if decided:
            told.place("decision", value)
            return decided[1].casefold()
    return None


def _doi(told: _Told) -> str | None:
    for raw, value in told.raw("doi"):
        doi = _DOI.search(plain_address(raw))
        if doi:
            told.place("doi", value)
            return doi[0].rstrip(".,;")
    return None


def _arxiv(told: _Told) -> str | None:
    others = next((raw for raw, _ in told.raw("archiveprefix", "eprinttype")), "arxiv").strip().casefold()
    for raw, value in told.raw("arxiv", "arxivid", *(("eprint",) if others == "arxiv" else ())):
        found = _ARXIV_ONLY.fullmatch(raw) or _ARXIV.search(raw)
        if found:
            told.place("arxiv", value)
            return found[1]
    for raw, value in told.raw("journal", "journaltitle", "note", "url", "ee", "doi", "howpublished", "number", "volume", "eprint"):
        found = _ARXIV.search(raw) or (_ARXIV_ONLY.fullmatch(raw) if raw.startswith("abs/") else None)
        if found:
            told.place("arxiv", value)
            return found[1]
    return None


def _addresses(told: _Told) -> list[str]:
    """The addresses of the work, the best first, each once; files of the machine are none."""
    out: dict[str, None] = {}
    names = [n for n in told.values if n.startswith("bdsk-url")]
    for raw, value in told.raw(*_ADDRESSES, *names, "note"):
        found = [plain_address(trimmed(w[0])) for w in WEB.finditer(raw)]
        if not found and value is told.values.get("url") and plain_address(raw):
            found = [plain_address(raw)]
        if found and value is told.values.get("note") and not _FILLER.fullmatch(plain_tex(raw)):
            continue
        for address in found:
            if address not in out:
                told.place("links" if out else "url", value)
                out[address] = None
    return list(out)


@lru_cache(maxsize=1024)
def _role(name: str) -> str:
    """`quoted` for an abstract, `remark` for a field that holds the reader's words, else empty."""
    return "quoted" if name in ("abstract", "abstr") else "remark" if _REMARK.fullmatch(name) else ""


def _remarks(file: _File, name: str, value: _Value, role: str) -> Iterator[Block]:
    """What the reader wrote into a field, or the abstract."""
    for start, end, macro in value.parts or [(value.start, value.end, None)]:
        if macro is not None:
            continue
        for group in _groups(file.source, _lines(file.source, start, end)):
            block = _said(file, group, quoted=role == "quoted")
            # `note` is BibTeX's field for "To appear" and the like, too
            if block is not None and not (name in ("note", "addendum") and _FILLER.fullmatch(block.text)):
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


def _said(file: _File, group: list[tuple[int, int]], *, quoted: bool = False) -> Block | None:
    bullet = _BULLET.match(file.source, *group[0])
    if bullet is None:
        return read_tex(file.source, group).block(BlockKind.PARAGRAPH, file.starts, quoted=quoted)
    group = [(bullet.end(), group[0][1]), *group[1:]]
    return read_tex(file.source, group).block(BlockKind.ITEM, file.starts, 1, quoted=quoted)


def _between(file: _File, start: int, end: int) -> Iterator[Block]:
    """What stands between entries: remarks, on comment lines or plain ones, and headings of the entries that follow."""
    source = file.source
    text: list[tuple[int, int]] = []
    framed = 0
    for begin, stop in [*_lines(source, start, end), (end, end)]:
        percent = _PERCENT.match(source, begin, stop)
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


def _paragraphs(file: _File, lines: list[tuple[int, int]], *, heading: bool) -> Iterator[Block]:
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
