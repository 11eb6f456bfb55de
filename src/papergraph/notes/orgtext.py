"""The words of an org-mode paragraph → what is seen of them, with links, citations and bold stretches."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from papergraph.folding import is_cjk
from papergraph.notes.document import Link
from papergraph.notes.placed import WEB, Placed, trimmed

Stretch = tuple[int, int]


KEY = r"[A-Za-z0-9_](?:[A-Za-z0-9_:.+/-]*[A-Za-z0-9_])?"
_TOKEN = re.compile(
    r"\[(?:\[([^\[\]]++)\](?:\[([^\[\]]++)\])?\]|cite(?:/[\w/-]*+)?:([^\[\]]*+)\])"
    rf"|{WEB.pattern}|(?:cite[a-z]*+|textcite|parencite|autocite|footcite|fullcite|nocite):(&?{KEY}(?:[,;]&?{KEY})*+)|\*|/|_|\+|=|~"
)
EACH_KEY = re.compile(KEY)
CITED = re.compile(rf"@({KEY})")
_CITE_LINK = re.compile(rf"[a-z]*cite[a-z]*:(&?{KEY}(?:[,;]&?{KEY})*+)")
_BEFORE = frozenset(" \t\n\u3000\u200b-–—({'\"「『（【〈、。・：")
_AFTER = frozenset(" \t\n\u3000\u200b-–—)}]['\".,:;!?\\…」』）】〉、。，．・：；！？*/_+=~")
_IMAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|bmp|tiff?)$", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=\S)")


def read_inline_org(source: str, stretches: Sequence[Stretch]) -> Placed:
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
            target, kind = target_of(token[1])
            if token[2] is not None:
                open_.append((token.end(2), "]", len(placed), target, kind))
                pos = token.start(2)
            elif cited := _CITE_LINK.fullmatch(token[1]):
                first = token.start(1) + cited.start(1)
                show(first, token.end(1), *((first + k.start(), first + k.end(), k[0], "key") for k in EACH_KEY.finditer(cited[1])))
            elif not _IMAGE.search(token[1]):
                show(*token.span(1), *([(*token.span(1), target, kind)] if target else []))
        elif token[3] is not None:
            first = token.start(3)
            show(*token.span(3), *((first + k.start(), first + k.end(), k[1], "key") for k in CITED.finditer(token[3])))
        elif token[4] is not None and not (start and text[start - 1].isascii() and text[start - 1].isalnum()):
            first = token.start(4)
            show(*token.span(4), *((first + k.start(), first + k.end(), k[0], "key") for k in EACH_KEY.finditer(token[4])))
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


def target_of(address: str) -> tuple[str, str]:
    """What a link leads to, and its kind; nothing where it leads to no page, work or address.

    >>> target_of("file:notes/attention.org::*Remarks"), target_of("id:5f1e"), target_of("#vaswani2017")
    (('attention', 'wiki'), ('5f1e', 'wiki'), ('vaswani2017', 'key'))
    """
    address = address.strip()
    cited = _CITE_LINK.fullmatch(address)
    if cited:
        key = EACH_KEY.search(cited[1])
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
