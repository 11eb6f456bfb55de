"""A BibTeX file → its entries as written, and the stretches between them; what is broken is read line by line."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from papergraph.model import Problem
from papergraph.notes.tex import plain_tex

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
PERCENT = re.compile(r"[%\s]*+")
_BARE = re.compile(r"[^\s,{}()\"=#]++")
_PLAIN_FIELD = re.compile(
    r"[\s,]*+([^\s,{}()\"=#%@]++)\s*+=\s*+(?:\{((?:[^{}@]++|\{[^{}@]*+\})*+)\}|\"([^\"{}@\\]*+)\"|([0-9]++))(?=\s*+[,}])"
)
_JOINED = re.compile(r"\s*+#\s*+")
_JUNK = re.compile(r"[^,}\n]*+")
_GOES_ON = re.compile(r"(?:\s*+,\s*+|[ \t]*+\n\s*+)[\w-]++[ \t]*+=[ \t]*+[{\"]")
_LONGEST_MACRO = 500
"""Characters of a macro that are kept: definitions that double each other grow without bound."""

_MONTHS = "January February March April May June July August September October November December".split()


class Value(NamedTuple):
    """What stands after `=`: the offsets of its content; where `#` joins parts or a macro stands, each with the macro's text or `None`."""

    start: int
    end: int
    parts: tuple[tuple[int, int, str | None], ...] = ()


@dataclass(slots=True)
class Entry:
    """One `@type{key, …}` as written; `said` are comment lines and stray words among its fields."""

    start: int
    type: str
    key: tuple[int, int] = (0, 0)
    fields: list[tuple[str, Value]] = field(default_factory=list)
    said: list[tuple[int, int]] = field(default_factory=list)
    strays: int = 0
    end: int = 0


@dataclass(slots=True)
class BibFile:
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


def read_pieces(file: BibFile) -> Iterator[Entry | tuple[int, int]]:
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
                file.macros[name] = resolved(file, value)[:_LONGEST_MACRO]
        elif kind not in ("control", "xdata", "bibtexstyle"):
            yield entry


_NO_REMARK = re.compile(r"\s*+(?:jabref-|@|BibDesk|<\?xml|[^\s,={}]++\s*+,\s*+[\w-]++\s*+=)", re.IGNORECASE)


def _balanced(file: BibFile, pos: int) -> int:
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


def _stop(file: BibFile, pos: int) -> int:
    """Where the next line begins that begins an entry, else the end."""
    begin, stop = file.clear
    if not begin <= pos <= stop:
        following = _AT_LINE.search(file.source, pos)
        stop = following.start() if following else len(file.source)
        file.clear = pos, stop
    return stop


def _entry(file: BibFile, found: re.Match[str]) -> Entry:
    source = file.source
    entry = Entry(source.index("@", found.start()), found[1].casefold())
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


def _fields(file: BibFile, entry: Entry, pos: int, close: str, limit: int | None) -> int | None:
    """Read fields into `entry`; the offset after its closing brace, `None` if there is none.

    With a `limit`, the entry is broken: a value also ends before a line that begins a field, and the entry at the limit.
    """
    source = file.source
    end = len(source) if limit is None else limit
    while True:
        if limit is None:
            while plain := _PLAIN_FIELD.match(source, pos):
                entry.fields.append((plain[1].casefold(), Value(*plain.span(plain.lastindex))))  # type: ignore[arg-type]  # one of three
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
            if _NAME.match(source, PERCENT.match(source, pos).end(), stop) is None:  # type: ignore[union-attr]
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


def _value(file: BibFile, pos: int, end: int, *, amid: bool) -> tuple[Value | None, int]:
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
        return Value(parts[0][0], parts[0][1]), pos
    return Value(parts[0][0] if parts else pos, parts[-1][1] if parts else pos, tuple(parts)), pos


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


def resolved(file: BibFile, value: Value) -> str:
    """A value as read, with its macros' texts; of those no more than a few, for a short value can name many."""
    if not value.parts:
        return plain_tex(file.source[value.start : value.end])
    out, room = [], 2 * _LONGEST_MACRO
    for start, end, macro in value.parts:
        out.append(file.source[start:end] if macro is None else macro[:room])
        room -= len(macro or "")
        room = max(room, 0)
    return plain_tex("".join(out))
