"""HTML → a balanced sequence of tags and text, each with its place; 13.2.5 and 13.1.2.4 of the HTML Standard."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5

from papergraph.notes.placed import Placed

_MOST_OPEN = 256
"""Open elements above which a further tag is passed over, as browsers do at 512; what stands in it is read."""


_NAME = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(r"""[\s/]*+(?:(>)|([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:(["'])|([^\s>"'][^\s>]*+)?))?)""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_RAW = {n: re.compile(rf"</{n}(?=[\s/>])", re.IGNORECASE) for n in "script style title textarea iframe noembed noframes xmp".split()}


@dataclass(slots=True)
class Token:
    """A tag, with the offsets of its attributes' values; or text, named `#text`, with its end in `end`."""

    name: str
    start: int
    end: int = 0
    closing: bool = False
    attributes: dict[str, tuple[int, int]] = field(default_factory=dict)


def _tokens(text: str) -> Iterator[Token]:
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
            yield Token("#text", shown, stop)
        if start < 0:
            return
        if name is None:
            close = "-->" if text.startswith("<!--", start) else ">"
            end = text.find(close, start + 2)
            if end < 0:
                return
            pos = shown = end + len(close)
            continue
        token = Token(name[2].lower(), start, closing=name[1] == "/")
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
                yield Token("#text", pos, stop)
            pos = shown = stop


def show_text(placed: Placed, text: str, start: int, end: int) -> None:
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


def decoded(text: str, stretch: tuple[int, int]) -> str:
    """The text of a stretch, white space folded: an attribute's value."""
    placed = Placed()
    show_text(placed, text, *stretch)
    return placed.folded().text


VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
CELLS = frozenset(("td", "th"))
LISTS = frozenset(("ul", "ol", "menu"))
_ENDS_HEADING = HEADINGS | LISTS | {"p", "table", "blockquote", "pre", "dl", "hr"}
BLOCKS = _ENDS_HEADING.union(
    "address article aside body caption center dd details div dt fieldset figcaption figure footer form header hgroup html legend li main nav section summary"
    " search tbody td tfoot th thead tr".split()
)
_TABLE = frozenset(("table", "td", "th", "caption"))
_ENDED_BY = {
    "li": (frozenset(("li",)), LISTS | _TABLE),
    "dt": (frozenset(("dt", "dd")), frozenset(("dl",)) | _TABLE),
    "dd": (frozenset(("dt", "dd")), frozenset(("dl",)) | _TABLE),
    "td": (CELLS, frozenset(("tr", "table"))),
    "th": (CELLS, frozenset(("tr", "table"))),
    "tr": (frozenset(("tr",)), frozenset(("table",))),
    "tbody": (frozenset(("thead", "tbody")), frozenset(("table",))),
    "tfoot": (frozenset(("thead", "tbody")), frozenset(("table",))),
}
"""For a start tag the elements that it ends, and those beyond which it ends none."""


def _scope(name: str) -> frozenset[str]:
    """The elements out of which an end tag does not reach."""
    if name not in BLOCKS:
        return BLOCKS
    if name == "table":
        return frozenset()
    if name in ("tr", "td", "th", "tbody", "thead", "tfoot", "caption"):
        return frozenset(("table",))
    return (LISTS | _TABLE if name == "li" else _TABLE) - {name}


def balance(text: str, problems: list[tuple[int, str]]) -> list[Token]:
    """The tokens with end tags added where they are left out, and stray ones left out."""
    out: list[Token] = []
    open_: list[str] = []
    count: Counter[str] = Counter()
    ignored: Counter[str] = Counter()

    def end(depth: int, at: int) -> None:
        while len(open_) > depth:
            name = open_.pop()
            count[name] -= 1
            out.append(Token(name, at, closing=True))

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
            if name in _ENDS_HEADING and any(count[h] for h in HEADINGS):
                depth = innermost(HEADINGS, _TABLE)
                if depth is not None:
                    end(depth, token.start)
            if name in BLOCKS and count["p"] and (depth := innermost(frozenset(("p",)), _TABLE)) is not None:
                end(depth, token.start)
            if name in _ENDED_BY and (depth := innermost(*_ENDED_BY[name])) is not None:
                end(depth, token.start)
            if name in VOID:
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
