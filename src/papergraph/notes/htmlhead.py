"""What a page says of itself: its title, and `meta` of Highwire Press and Open Graph."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from papergraph.model import Span
from papergraph.notes.document import Block, BlockKind, Fields
from papergraph.notes.htmltokens import Token, decoded, show_text
from papergraph.notes.placed import Placed, iso_day, natural_name

_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>]+")
_YEAR = re.compile(r"(?<![0-9])(?:1[4-9]|20)[0-9]{2}(?![0-9])")
_PARTED = re.compile(r"\s*[|｜\-–—·•«»:：~/]")


def read_head(text: str, starts: Sequence[int], tokens: Sequence[Token], content: tuple[int, int], blocks: Sequence[Block]) -> Fields:
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
            value = decoded(text, stretch)
            if value:
                out.append(value)
                place(attribute, stretch)
        return tuple(dict.fromkeys(out))

    def one(attribute: str, *names: str, pattern: re.Pattern[str] | None = None) -> str | None:
        for stretch in (x for name in names for x in told.get(name, [])):
            value: str | None = decoded(text, stretch)
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
        title, stretch = _own_title(text, titled, blocks, [decoded(text, x) for x in told.get("og:title", [])])
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
    show_text(placed, text, *stretch)
    whole = placed.folded()
    heading = next((b.text for top in blocks for b in top.walk() if b.kind is BlockKind.HEADING and b.level == 1), "")
    for own in filter(None, (heading, *others)):
        before, found, after = whole.text.partition(own)
        if found and (not after or _PARTED.match(after)) and (not before or _PARTED.match(before[::-1])):
            return own, (whole.offsets[len(before)], whole.offsets[len(before) + len(own) - 1] + 1)
    return whole.text, (whole.offsets[0], whole.offsets[-1] + 1) if whole.text else stretch
