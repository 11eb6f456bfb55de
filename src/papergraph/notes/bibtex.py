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
from itertools import pairwise
from typing import NamedTuple

from papergraph.folding import is_cjk, squeeze
from papergraph.model import Problem, Span
from papergraph.notes.document import Block, BlockKind, Fields, Link, line_starts, nest
from papergraph.notes.inline import Inline

# --- what the readers of org-mode and HTML share with this one

WEB = re.compile(r"https?://(?:[^\s{}\\<>\[\]\"'`|「」『』（）【】、。，]|\\[_%&#~$])++", re.IGNORECASE)
"""A bare address in running text, with TeX's escapes; `trimmed` takes the sentence's punctuation off its end."""

_WHITE = re.compile(r"[ \t\n\r\f\v\x85\xa0\u2028\u2029]++")
_UNEVEN = re.compile(r"[\t\n\r\f\v\x85\xa0\u2028\u2029]|  |\A | \Z")
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
        if not _UNEVEN.search(text):
            return Inline(text, tuple(self.at), tuple(self.links), tuple(self.strong))
        out, at, cuts, gone = [], [], [0], [0]  # type: ignore[var-annotated]
        pos = 0
        for white in _WHITE.finditer(text):
            start, end = white.span()
            out.append(text[pos:start])
            at.extend(self.at[pos:start])
            edge = start == 0 or end == len(text)
            kept = 0 if edge or ("\n" in white[0] and is_cjk(text[start - 1]) and is_cjk(text[end])) else 1
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


def same_length(text: str, longest: int, path: str) -> tuple[str, list[Problem]]:
    r"""`text` with LF at each line's end and overlong lines blank, character for character as long as before.

    >>> same_length("a\r\nbbbb\n", 3, "a.bib")
    ('a \n    \n', [Problem(path='a.bib', line=2, message='a line of 4 characters is passed over (the longest read is 3)')])
    """
    problems: list[Problem] = []
    short = text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text
    if len(text) <= longest:
        return short, problems
    out: list[str] = []
    for n, (start, end) in enumerate(pairwise([*line_starts(text), len(text)]), 1):
        length = len(text[start:end].rstrip("\r\n"))
        if length > longest:
            problems.append(Problem(path, n, f"a line of {length:,} characters is passed over (the longest read is {longest:,})"))
            out.append(" " * length + short[start + length : end])
        else:
            out.append(short[start:end])
    return "".join(out), problems


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
    parts = [squeeze(p) for p in name.split(",")]
    if len(parts) == 1 or len(parts) > 3:
        return squeeze(name)
    if is_cjk(name):
        return squeeze(" ".join(parts))
    return squeeze(" ".join([parts[-1], *parts[:-1]]))


# --- TeX: what is seen of a piece of it

_SPECIAL = re.compile(r"[\\{}~$@`\n]|--|''|://")
_TOKEN = re.compile(
    rf"""\\(?P<word>[A-Za-z]++)\*? | \\(?P<sign>.) | (?P<brace>[{{}}]) | (?P<run>~|---?|``|'') | (?P<math>\$)
    | (?P<web>{WEB.pattern}) | (?P<key>(?<![A-Za-z0-9_@.])@(?=[A-Za-z0-9_]))""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_RUNS = {"~": " ", "--": "–", "---": "—", "``": "“", "''": "”"}
_MATH = re.compile(r"\$[^$\\]*+(?:\\.[^$\\]*+)*+\$", re.DOTALL)
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
        if not _SPECIAL.search(source, start, end):
            placed.run(source, start, end)
            continue
        pos = start
        while (token := _TOKEN.search(source, pos, end)) is not None:
            placed.run(source, pos, token.start())
            match token.lastgroup:
                case "word":
                    pos = _word(placed, source, token, end, groups)
                case "sign":
                    pos = _sign(placed, source, token, end)
                case "brace" if token[0] == "{":
                    groups.append((len(placed), None, False))
                    pos = token.end()
                case "brace":
                    if groups:
                        begin, target, strong = groups.pop()
                        if target is not None:
                            placed.links.append(Link(begin, len(placed), target))
                        if strong:
                            placed.strong.append((begin, len(placed)))
                    pos = token.end()
                case "run":
                    placed.put(_RUNS[token[0]], token.start())
                    pos = token.end()
                case "math":
                    formula = _MATH.match(source, token.start(), end)
                    pos = formula.end() if formula else token.end()
                    placed.run(source, token.start(), pos)
                case "web":
                    pos = token.start() + len(trimmed(token[0]))
                    _address(placed, source, token.start(), pos)
                case _:
                    key = _KEY.match(source, token.end(), end)
                    pos = key.end() if key else token.end()
                    placed.run(source, token.start(), pos)
                    if key:
                        placed.links.append(Link(len(placed) - (pos - token.start()), len(placed), key[0], "key"))
        placed.run(source, pos, end)
    placed.links += [Link(begin, len(placed), target) for begin, target, _ in groups if target is not None]
    return placed


def _word(placed: Placed, source: str, token: re.Match[str], end: int, groups: list[tuple[int, str | None, bool]]) -> int:
    """A command named by letters; the offset after what it takes."""
    word, after = token["word"], token.end()
    if word in _LETTERS:
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
        begin, first = len(placed), cited.start(1)
        placed.run(source, *cited.span(1))
        for key in re.finditer(r"[^\s,]+", cited[1]):
            placed.links.append(Link(begin + key.start(), begin + key.end(), key[0], "key"))
        return cited.end() if first < end else after
    if word in ("begin", "end") and (group := _GROUP.match(source, after, end)):
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
    sign = token["sign"]
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
    placed.links.append(Link(begin, len(placed), plain_address(source[start:end])))


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
_CITEKEY = re.compile(r"\s*+([^\s,{}\"=][^,{}\"=\n]*+)?+")
_GAP = re.compile(r"[\s,]*+")
_NAME = re.compile(r"([^\s,{}()\"=#%@]++)\s*+=\s*+")
_BARE = re.compile(r"[^\s,{}()\"=#]++")
_JOINED = re.compile(r"\s*+#\s*+")
_JUNK = re.compile(r"[^,}\n]*+")
_GOES_ON = re.compile(r"(?:\s*+,\s*+|[ \t]*+\n\s*+)[\w-]++[ \t]*+=[ \t]*+[{\"]")
_LONGEST_MACRO = 500
"""Characters of a macro that are kept: definitions that double each other grow without bound."""

_MONTHS = "January February March April May June July August September October November December".split()


class _Value(NamedTuple):
    """What stands after `=`: the offsets of its content, and its parts, each with the text of its macro or `None`."""

    start: int
    end: int
    parts: tuple[tuple[int, int, str | None], ...]


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

    def first(self, name: str) -> _Value | None:
        return next((v for n, v in self.fields if n == name), None)


@dataclass(slots=True)
class _File:
    """The file being read."""

    source: str
    path: str
    starts: list[int]
    problems: list[Problem]
    macros: dict[str, str] = field(default_factory=lambda: {m[:3].casefold(): m for m in _MONTHS})
    even_comments: bool = True

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
    source, problems = same_length(text, longest, path)
    file = _File(source, path, line_starts(source), problems)
    return _records(file, list(_pieces(file))), problems


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
    return _stop(file.source, pos)


def _stop(source: str, pos: int) -> int:
    """Where the next line begins that begins an entry, else the end."""
    following = _AT_LINE.search(source, pos)
    return following.start() if following else len(source)


def _entry(file: _File, found: re.Match[str]) -> _Entry:
    source = file.source
    opened = source.index("@", found.start())
    entry = _Entry(opened, found[1].casefold())
    body = found.end()
    if entry.type != "string":
        key = _CITEKEY.match(source, body)
        if key and key[1] and source[key.end() : key.end() + 1] != "=":
            entry.key = key.start(1), key.start(1) + len(key[1].rstrip(" \t)" if found[2] == "(" else " \t"))
            body = key.end()
    close = "}" if found[2] == "{" else ")"
    end = _fields(file, entry, body, close, None)
    if end is None:
        limit = _stop(source, found.end())
        name = source[slice(*entry.key)] or entry.type
        file.problem(opened, f"the entry '{name}' is not closed: expected a {close} before line {file.line(limit)}; its fields are read line by line")
        entry.fields, entry.said, entry.strays = [], [], 0
        end = _fields(file, entry, body, close, limit)
    if entry.strays:
        name = source[slice(*entry.key)] or entry.type
        file.problem(opened, f"the entry '{name}' holds text that is no field; expected name = {{value}}, each followed by a comma")
    entry.end = end if end is not None else len(source)
    return entry


def _fields(file: _File, entry: _Entry, pos: int, close: str, limit: int | None) -> int | None:
    """Read fields into `entry`; the offset after its closing brace, `None` if there is none.

    With a `limit`, the entry is broken: a value also ends before a line that begins a field, and the entry at the limit.
    """
    source = file.source
    end = len(source) if limit is None else limit
    while True:
        pos = min(_GAP.match(source, pos).end(), end)  # type: ignore[union-attr]  # it matches nothing, too
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
            entry.strays += source[pos] not in "}"
            pos = junk
            continue
        value, pos = _value(file, name.end(), end, amid=limit is not None)
        if value is None:
            return None
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
            parts.append((pos, bare.end(), _macro(file, bare[0], pos)))
            pos = bare.end()
        joined = _JOINED.match(source, pos, end)
        if joined is None:
            break
        pos = joined.end()
    return _Value(parts[0][0] if parts else pos, parts[-1][1] if parts else pos, tuple(parts)), pos


def _macro(file: _File, name: str, pos: int) -> str | None:
    """What a bare word stands for; `None` for a number, which stands for itself."""
    if name.isdigit():
        return None
    return file.macros.get(name.casefold(), name)


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
