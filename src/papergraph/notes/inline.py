"""Inline Markdown with places: markdown-it-py's inline rules, and a state that remembers where each character came from.

markdown-it-py gives source positions for blocks only. All its inline rules move through `state.src` and either add to
`state.pending` or push a token, so a state that notes `pos` at those two moments knows the place of every character.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from operator import lt
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from papergraph.folding import is_cjk
from papergraph.notes.document import Link

_WIKI = re.compile(r"(!?)\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]")


@dataclass(frozen=True, slots=True)
class Inline:
    """Visible characters, their offsets in the inline source, links and bold stretches over them."""

    text: str
    offsets: tuple[int, ...]
    links: tuple[Link, ...]
    strong: tuple[tuple[int, int], ...]


class PlacedState(StateInline):
    """A `StateInline` whose tokens carry, in `meta["at"]`, the source offset of each of their characters."""

    _at: list[int]
    _label_ends: dict[tuple[int, int, bool], int]

    def label_end(self, start: int, *, no_links: bool) -> int:
        """Where the `]` stands that closes the `[` at `start`, -1 if none does: `parseLinkLabel`, in linear time.

        What is between is walked over token by token; a bracket that no token takes must be closed first. markdown-it walks
        from each bracket to the end of the text. But from one within on, the way is just the one that was walked for that
        one's own sake: so it is jumped over, and where that one is not closed, neither is this.
        """
        known: dict[tuple[int, int, bool], int] = self.__dict__.setdefault("_label_ends", {})
        key = start, self.posMax, no_links
        if key not in known:
            before, self.pos = self.pos, start + 1
            known[key] = self._walk(known, no_links=no_links)
            self.pos = before
        return known[key]

    def _walk(self, known: Mapping[tuple[int, int, bool], int], *, no_links: bool) -> int:
        level = 1
        while self.pos < self.posMax:
            here = self.pos
            if self.src[here] == "]":
                level -= 1
                if not level:
                    return here
            self.md.inline.skipToken(self)
            if self.src[here] != "[":
                continue
            if self.pos != here + 1:
                if no_links:
                    return -1
                continue
            end = known.get((here, self.posMax, no_links))
            if end is None:
                level += 1
            elif end < 0:
                return -1
            else:
                self.pos = end + 1
        return -1

    def append_pending(self, text: str) -> None:
        # every rule appends before it moves on, so `pos` is the place of the first character
        self.__dict__.setdefault("_at", []).extend(range(self.pos, self.pos + len(text)))
        super().append_pending(text)

    def pushPending(self) -> Token:  # noqa: N802 - markdown-it's name
        token = super().pushPending()
        # a rule may have taken white space off the end
        token.meta["at"] = self._at[: len(token.content)]
        self._at = []
        return token

    def push(self, ttype: str, tag: str, nesting: Any) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta["pos"] = self.pos
        # nothing is pending now, even where all that was pending was white space and is gone
        self._at = []
        return token


class PlacedInline(ParserInline):
    """`ParserInline` with a `PlacedState`."""

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = PlacedState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def parse_link_label(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: FBT001, FBT002, N803 - markdown-it's signature
    """What markdown-it's rules for links and images call."""
    assert isinstance(state, PlacedState)
    return state.label_end(start, no_links=disableNested)


_TARGET = re.compile(r"\(\s{0,8}(?:<[^<>\n]{0,2000}>|[^\s()<>]{0,2000})(?:\s{1,8}[\"'(]|\s{0,8}\))")


def wikilink(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """The inline rule for `[[page]]`, `[[page|label]]` and the embed `![[file]]`."""
    found = _WIKI.match(state.src, state.pos, state.posMax)
    if found is None or _TARGET.match(state.src, found.end(), state.posMax):
        # "[[pdf]](https://…)" is a link whose text stands in brackets, "[[page]](much alike)" is none
        return False
    if not silent:
        token = state.push("wikilink", "", 0)
        embed, page, label = found.groups()
        token.hidden = bool(embed)
        token.content = label if label and label.strip() else page
        token.meta["page"] = page.strip()
        token.meta["pos"] = found.start(3) if label and label.strip() else found.start(2)
    state.pos = found.end()
    return True


_PAGE_REF = re.compile(r"\[([^\[\]\n]+)\]\(\{\{[<%]\s*(?:rel)?ref\s+[\"']?([^\"'\s<>%{}]+)[\"']?\s*[>%]\}\}\)")


def page_reference(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """The inline rule for Hugo's links to pages, `[text]({{< ref "page.md" >}})`, which are no Markdown links."""
    found = _PAGE_REF.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("wikilink", "", 0)
        token.content, token.meta["page"], token.meta["pos"] = found[1], found[2], found.start(1)
    state.pos = found.end()
    return True


class _Attributes(HTMLParser):
    """The attributes of one tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found = {"": tag, **{k: v or "" for k, v in attrs}}


def read_inline(source: str, tokens: list[Token], places: Sequence[int]) -> Inline:
    """What is visible of the inline `tokens` that were made from `source`, whose characters stand at `places` in the file."""
    text: list[str] = []
    at: list[int] = []
    links: list[Link] = []
    strong: list[tuple[int, int]] = []
    open_links: list[tuple[int, str]] = []
    open_strong: list[int] = []

    rising = len(places) < 2 or all(map(lt, places, places[1:]))

    def add(content: str, offsets: Sequence[int]) -> None:
        n = len(content)
        if rising and n == len(offsets) and n and offsets[-1] - offsets[0] == n - 1 and offsets[-1] < len(places) and (not at or offsets[0] > at[-1]):
            text.extend(content)
            at.extend(offsets)
            return
        for char, offset in zip(content, offsets, strict=False):
            # what has no place of its own is not seen: spaces that markdown-it made of a tab
            if offset < len(places) and (not at or (offset > at[-1] and places[offset] > places[at[-1]])):
                text.append(char)
                at.append(offset)

    for token, before in zip(tokens, [None, *tokens], strict=False):
        pos = int(token.meta.get("pos", 0))
        if before is not None and before.type == "link_open" and before.markup == "autolink":
            # the text of `<address>` stands one after the bracket
            pos += 1
        match token.type:
            case "text":
                # what is left of an unmatched run of `*` are tokens of one character, all placed at the run's start
                first = max(pos, at[-1] + 1) if at else pos
                add(token.content, token.meta.get("at") or range(first, first + len(token.content)))
            case "text_special":
                add(token.content, range(pos, pos + len(token.content)))
            case "code_inline":
                start = pos + len(token.markup)
                # line breaks in a code span are spaces by now, and of a span within spaces the outermost two are gone
                start += not source[start : start + len(token.content)].replace("\n", " ").startswith(token.content)
                add(token.content, range(start, start + len(token.content)))
            case "softbreak" | "hardbreak":
                # a backslash before the break makes it a hard one
                add("\n", [pos if source[pos] == "\n" else pos + 1])
            case "link_open":
                open_links.append((len(text), str(token.attrs.get("href", ""))))
            case "link_close" if open_links:
                start, href = open_links.pop()
                links.append(Link(start, len(text), href))
            case "wikilink" if not token.hidden:
                start = len(text)
                add(token.content, range(pos, pos + len(token.content)))
                links.append(Link(start, len(text), token.meta["page"], "wiki"))
            case "strong_open" | "em_open":
                open_strong.append(len(text))
            case "strong_close" | "em_close" if open_strong:
                strong.append((open_strong.pop(), len(text)))
            case "html_inline":
                for key in _citation_keys(token.content):
                    links.append(Link(len(text), len(text), key, "key"))
                anchor = _anchor(token.content)
                if anchor is not None:
                    open_links.append((len(text), anchor))
                elif token.content.casefold().startswith("</a") and open_links:
                    start, href = open_links.pop()
                    links.append(Link(start, len(text), href))
                elif token.content.casefold().startswith("<br"):
                    add("\n", [pos])
    _add_addresses(text, links)
    return _unwrap(text, [places[offset] for offset in at], links, strong)


_ADDRESS = re.compile(r"https?://[^\s<>\"'「」『』（）、。\])|]+")


def _add_addresses(text: list[str], links: list[Link]) -> None:
    """Addresses that are written out are links too."""
    whole = "".join(text)
    if "://" not in whole:
        return
    starts = sorted(x.start for x in links)
    reach = [*accumulate((x.end for x in sorted(links, key=lambda x: x.start)), max)]
    for found in _ADDRESS.finditer(whole):
        end = found.start() + len(found[0].rstrip(".,;:!?*_"))
        before = bisect_left(starts, end)
        if not before or reach[before - 1] <= found.start():
            links.append(Link(found.start(), end, whole[found.start() : end]))
    links.sort(key=lambda x: (x.start, x.end))


_BREAK = re.compile(r"(?<=[\s\S])\n(?=[\s\S])")


def _unwrap(text: list[str], at: list[int], links: list[Link], strong: list[tuple[int, int]]) -> Inline:
    """Line breaks become spaces, or nothing between two CJK characters; indices are moved to match."""
    whole = "".join(text)
    between_cjk = [m.start() for m in _BREAK.finditer(whole) if is_cjk(whole[m.start() - 1]) and is_cjk(whole[m.end()])]
    if not between_cjk:
        return Inline(whole.replace("\n", " "), tuple(at), tuple(links), tuple(strong))
    keep = [True] * len(text)
    for i in between_cjk:
        keep[i] = False
    new = [0]
    for kept in keep:
        new.append(new[-1] + kept)
    return Inline(
        "".join(c for c, k in zip(text, keep, strict=True) if k).replace("\n", " "),
        tuple(a for a, k in zip(at, keep, strict=True) if k),
        tuple(Link(new[x.start], new[x.end], x.target, x.kind) for x in links),
        tuple((new[a], new[b]) for a, b in strong),
    )


def _citation_keys(tag: str) -> list[str]:
    if "cite" not in tag.casefold():
        return []
    found = _parse_tag(tag)
    if found.get("") not in ("d-cite", "cite"):
        return []
    return [k.strip() for k in (found.get("key") or found.get("bibtex-key") or "").split(",") if k.strip()]


def _anchor(tag: str) -> str | None:
    if not tag.casefold().startswith("<a"):
        return None
    found = _parse_tag(tag)
    return found.get("href") if found.get("") == "a" else None


def _parse_tag(tag: str) -> dict[str, str]:
    parser = _Attributes()
    parser.feed(tag)
    return parser.found
