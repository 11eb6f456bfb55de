"""Works that running text presents: linked, or set off and followed by their authors and year."""

from __future__ import annotations

import re

from papergraph.extract.attribution import Attribution, read_attribution
from papergraph.extract.candidates import LONG_LINE, could_be_title, entry_of
from papergraph.extract.fields import Told, place_of, put_attribution
from papergraph.extract.references import read_reference
from papergraph.extract.state import Entry, Extraction
from papergraph.extract.titles import TitleLine, looks_like_title
from papergraph.folding import squeeze
from papergraph.notes.document import Block, BlockKind, Link
from papergraph.resolve.identifiers import is_paper_address
from papergraph.vocabulary import Role


def present_in_prose(state: Extraction, blocks: list[Block]) -> list[Entry]:
    """Works that running text presents: linked, or set off and followed by authors and year.

    What a post about one paper ("… を読んだ") is about comes first; so is what a later paragraph begins with. The rest are cited.
    """
    nouns = tuple(w for words in state.words.all() for w in words.paper_nouns)
    out: list[Entry] = []
    survey = sum(len(_CITED.findall(b.text)) for b in blocks) > _FEW_CITED
    for n, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            continue
        # how far the works of this block reach that have been found
        reach = 0
        for start, end, link in set_off(block):
            text = squeeze(block.text[start:end]).strip('"“”「」『』*_ .')
            to_work = link is not None and is_paper_address(link.target)
            if _by_author_and_year(text):
                # [Levy (2008)](…): the reference list has its title
                continue
            if start < reach or not (looks_like_title(text) or could_be_title(text)):
                continue
            told = Told()
            attributed = not survey and (_presented(state, block, end, told) or _presented_before(state, block, start, told))
            if not (attributed or (to_work and looks_like_title(text) and not block.quoted)):
                continue
            after = block.text[end : end + 40].casefold()
            about = (not out and any(f"{n}を読" in after or n in after[:24] for n in nouns)) or (not out and "を読んだ" in after)
            about = (
                about
                or (not out and (block.line < _NEAR_TOP or (attributed and n < _NEAR_TOP)))
                or (attributed and start < _BEGINS and not reach)
            )
            reach = end
            line = TitleLine(text, start, end, end, link if to_work or attributed else None, lead="link" if link else "strong")
            out.append(entry_of(state, block, line, told, Role.ENTRY if about else Role.CITED))
    return out


def _by_author_and_year(text: str) -> bool:
    """Whether words cite a work by its authors and year alone: "Oh & Schuler (2023a)"."""
    if not _YEAR_LAST.search(text):
        return False
    found = read_attribution(_YEAR_LAST.sub(r"\1", text))
    return found is not None and bool(found.authors) and found.year is not None and (len(found.authors) > 1 or not looks_like_title(text))


_YEAR_LAST = re.compile(r"((?:19|20)\d\d)[a-z]?[)）\]]?\s*\Z")
_CITED = re.compile(r"[(（][^()（）]{2,80}(?:19|20)\d\d[a-z]?[)）]|[A-Z][\w-]{1,40}+ (?:and [A-Z][\w-]+|et al\.) \((?:19|20)\d\d\)")
_FEW_CITED = 5
"""Citations by author and year above which running text is a survey, which is about no one work."""
_NEAR_TOP, _BEGINS = 12, 90
"""Lines, or blocks, at a post's top where its paper is named; characters at a paragraph's beginning where a further one is."""
_QUOTED_WORK = re.compile(r"[\"“『「]([^\"“”『』「」\n]{8,200})[\"”』」]")
_TELLS_OF = re.compile(r"[\"”』」*_]*\s*(?:[(（\[]|,|by\b|from\b|\s|:|（)*")
_TELLING = re.compile(r"[^()（）\[\]。]{3,240}?(?=[)）\]。;]|\.\s|\.$|,\s*(?:pdf|link|doi)\b|$)")


def set_off(block: Block) -> list[tuple[int, int, Link | None]]:
    """Linked, emphasised and quoted stretches, in order; of two that overlap the linked one."""
    spans: list[tuple[int, int, Link | None]] = [(x.start, x.end, x) for x in block.links if x.kind == "url" and x.end > x.start]
    covered = bytearray(len(block.text))
    for start, end, _ in spans:
        covered[start:end] = b"x" * (end - start)
    for start, end in (*block.strong, *(m.span(1) for m in _QUOTED_WORK.finditer(block.text))):
        if covered.find(b"x", start, end) < 0:
            covered[start:end] = b"x" * (end - start)
            spans.append((start, end, None))
    return sorted(spans, key=lambda s: s[:2])


def _presented(state: Extraction, block: Block, end: int, told: Told) -> bool:
    """Whether authors with a venue or year stand right behind a title: "(Cutler, Kaashoek, OSDI 2018)", "by Engler and Kaashoek, SOSP 1995"."""
    lead = _TELLS_OF.match(block.text, end)
    start = lead.end() if lead else end
    for stop in (m.end() for m in _TELLING.finditer(block.text, start, start + _FAR_BEHIND) if m.start() == start):
        # a venue may stand in a sentence of its own: "…, Timothy Roscoe. HotOS 2019."
        for last in (stop, stop + _VENUE_BEHIND):
            found = read_attribution(block.text, start, min(last, len(block.text)))
            found = found or _cut(block.text, start, min(last, len(block.text)))
            if found is not None and found.authors and (found.venue or found.year):
                put_attribution(state, told, block, found)
                return True
    return False


_FAR_BEHIND, _VENUE_BEHIND = 260, 40


def _cut(text: str, start: int, end: int) -> Attribution | None:
    """What the stretch tells up to the last place where it still reads as an attribution."""
    for mark in reversed([m.start() for m in re.finditer(r"[.;,]", text[start:end])]):
        found = read_attribution(text, start, start + mark)
        if found is not None and found.authors and (found.venue or found.year):
            return found
    return None


def _presented_before(state: Extraction, block: Block, start: int, told: Told) -> bool:
    """Whether the stretch before a title is its authors', and a venue or year stands behind it: a reference with its title set off."""
    reference = read_reference(block.text) if start > 0 and len(block.text) < LONG_LINE * 2 else None
    if reference is None or reference.year is None or not reference.authors or not reference.title[0] <= start < reference.title[1]:
        return False
    told.put("authors", reference.authors, place_of(state, block, *reference.authors_at) if reference.authors_at else "")
    told.put("year", reference.year)
    if reference.rest is not None and reference.rest.venue:
        told.put("venue", reference.rest.venue)
    return True
