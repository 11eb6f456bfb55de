"""Reference lists and footnotes: what "[3]", "[^a]", "Vaswani et al. (2017)", 論文関連リンクの2 stand for in a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from papergraph.extract.attribution import YEAR, Attribution, is_venue, read_attribution, read_names
from papergraph.extract.fields import Told, filled, place_of
from papergraph.extract.labels import section_of
from papergraph.extract.state import Entry, Extraction, ReferenceList
from papergraph.extract.titles import looks_like_title, web_address
from papergraph.folding import fold, is_cjk, paper_id, squeeze
from papergraph.model import Paper
from papergraph.notes.document import Block, BlockKind
from papergraph.resolve.identifiers import identifiers, is_paper_address
from papergraph.resolve.names import short_names
from papergraph.vocabulary import Role

_NUMBER = re.compile(r"^\s*(?:\[(?P<a>\^?[\w.+-]{1,24})\]:?|(?P<b>\d{1,3})[.)])\s+(?=\S)")
_ADDRESS = re.compile(r"https?://[^\s<>\"'「」『』（）、。\])|]+")
_TITLE_END = re.compile(
    r"(?<!\bvs)[.?!](?=[\s”\"』」]|$)|[,，](?=\s+(?:in\b|In\b|arXiv|Proc|[A-Z]{3,}|(?:19|20)\d\d))|。|(?=\s*[(（\[](?:[^()（）\[\]]*(?:19|20)\d\d|pdf|link|arXiv))|(?=\s+https?://)|$"
)
_QUOTED = re.compile(r"[\"“「『]([^\"”」』]{4,240}?)[,.]?[\"”」』]")
_YEAR_PART = re.compile(r"[\s,.]*[(（\[]?\s*((?:19|20)\d\d)[a-z]?(?:,\s*[A-Z][a-z]+(?:\s+\d+)?)?\s*[)）\]]?\s*[.,:;。]?\s*")
_SHORTEST_LIST = 3
_SHORT_HEAD = 48


@dataclass(frozen=True, slots=True)
class Reference:
    """A work as a reference list tells it: where its title stands, its authors, venue, year."""

    title: tuple[int, int]
    authors: tuple[str, ...] = ()
    authors_at: tuple[int, int] | None = None
    rest: Attribution | None = None
    year: int | None = None


@lru_cache(maxsize=4096)
def read_reference(text: str, start: int = 0) -> Reference | None:
    """A reference "Authors (Year). Title. Venue.", "Authors. Title. Venue, Year.", 'Authors, "Title", Venue, Year.'

    >>> text = "J. Long and E. Shelhamer. Fully convolutional networks for segmentation. In CVPR, 2015."
    >>> found = read_reference(text)
    >>> text[slice(*found.title)], found.authors, found.year
    ('Fully convolutional networks for segmentation', ('J. Long', 'E. Shelhamer'), 2015)
    """
    if len(text) > LONGEST_REFERENCE:
        return None
    names, names_at, at = read_names(text, start)
    if not names:
        return None
    year: int | None = None
    told = _YEAR_PART.match(text, at)
    if told:
        year, at = int(told[1]), told.end()
    separator = re.compile(r"\s*[.,:：;、。]\s*|\s+(?=[\"“「『])|").match(text, at)
    at = separator.end() if separator else at
    quoted = _QUOTED.match(text, at)
    if quoted:
        title, after = quoted.span(1), quoted.end()
    else:
        end = _TITLE_END.search(text, at)
        if end is None or end.start() <= at:
            return None
        title, after = (at, end.start()), end.end()
    title = (title[0] + len(text[title[0] : title[1]]) - len(text[title[0] : title[1]].lstrip()), title[1])
    words = squeeze(text[title[0] : title[1]])
    if (
        (len(words.split()) < _SHORTEST_LIST - 1 and not is_cjk(words))
        or len(words) < _SHORTEST_TITLE
        or not (words[:1].isupper() or words[:1].isdigit() or is_cjk(words[:1]))
    ):
        return None
    single = len(names) == 1 and not re.search(r"al\.?$|ら$|ほか$|他$|[A-Z]\.|,", names[0])
    rest = read_attribution(text, after, min(_rest_end(text, after), after + 300))
    if year is None:
        later = YEAR.search(text, after)
        year = int(later[0]) if later else None
    written = any(re.search(r"\b[A-Z]\.|et\.? al|,|ら$|ほか$", n) for n in names)
    sourced = _IDENTIFIED.search(text, after) is not None
    if year is None and (rest is None or rest.venue is None) and (single or not (quoted or written or sourced)):
        return None
    colon = separator is not None and separator[0].strip() in (":", "：")
    dated = told is not None and any(c in told[0] for c in "()（）[]")
    if (single and not (written or dated or quoted)) or (colon and told is None and not written):
        return None
    if any(is_venue(n) for n in names[:1]):
        return None
    return Reference(title, names, names_at, rest, year)


LONGEST_REFERENCE = 1200
_IDENTIFIED = re.compile(r"arXiv:\s?\d{4}\.\d{4,5}|\bdoi:\s?10\.|doi\.org/10\.", re.IGNORECASE)
_SHORTEST_TITLE = 6


def _rest_end(text: str, after: int) -> int:
    link = re.search(r"https?://|doi:|arXiv:|\[|（", text[after:])
    return after + link.start() if link else len(text)


def mark_sections(state: Extraction) -> None:
    """Tell for each block what the nearest heading above says of its section: `related`, `references`, `other`."""
    for block in state.order:
        above = state.parent.get(id(block))
        kind = state.sections.get(id(above), "") if above is not None else ""
        if above is not None and above.kind is BlockKind.HEADING:
            kind = section_of(above, state.words) or ("" if above.level == 1 else kind)
        state.sections[id(block)] = kind
    head: Block | None = None
    for block in state.order:
        # a short line before a list ("See also:") heads its items
        if block.kind is BlockKind.ITEM and block.level == 1:
            if head is not None:
                state.before_list[id(block)] = head
        elif block.kind is not BlockKind.ITEM:
            head = block if block.kind is BlockKind.PARAGRAPH and len(block.text) <= _SHORT_HEAD else None


def find_references(state: Extraction) -> None:
    """Read the file's reference lists and footnotes; their lines name cited works and are no remarks."""
    found = state.references
    counts: dict[int, int] = {}
    for block in state.order:
        if block.kind is BlockKind.HEADING or block.kind is BlockKind.CODE:
            continue
        listed = state.sections.get(id(block)) == "references"
        heading = heading_above(state, block)
        number = _NUMBER.match(block.text)
        footnote = number is not None and (number["a"] or "").startswith("^")
        if (
            not listed
            and not footnote
            and not (number and number["a"] and number["a"].isdigit() and read_reference(block.text, number.end()))
        ):
            continue
        above = state.parent.get(id(block))
        if listed and block.kind is BlockKind.ITEM and above is not None and above.kind is BlockKind.ITEM:
            continue
        key = (number["a"] or number["b"]) if number else None
        if listed and key is None and block.kind is BlockKind.ITEM:
            counts[id(heading)] = counts.get(id(heading), 0) + 1
            key = str(counts[id(heading)])
        entry = reference_entry(state, block, number.end() if number else 0)
        if entry is None:
            if footnote:
                found.footnotes[(key or "").removeprefix("^")] = block
            continue
        found.blocks.add(id(block))
        if key:
            found.numbered.setdefault(key.removeprefix("^"), entry)
        _name(found, entry)


def _name(found: ReferenceList, entry: Entry) -> None:
    if not entry.paper.authors:
        return
    first = surname(entry.paper.authors[0])
    letter = _LETTER.search(entry.block.text) if entry.block is not None and entry.paper.year else None
    lettered = f"{entry.paper.year}{letter[2]}" if letter and letter[1] == str(entry.paper.year) else None
    for key in ((fold(first), entry.paper.year), (fold(first), None), *(((fold(first), lettered),) if lettered else ())):
        held = found.named.get(key, entry)
        found.named[key] = entry if held is entry else None


_LETTER = re.compile(r"(?<!\d)((?:19|20)\d\d)([a-z])(?![\w])")
"""A year told apart by a letter: 2023a."""


def surname(author: str) -> str:
    """The family name in a name as written: "Ashish Vaswani", "Vaswani, A.", "Vaswani et al.", 田中ら.

    >>> [surname(a) for a in ("Ashish Vaswani", "Vaswani, A.", "Vaswani et al.", "田中ら", "L. van der Maaten")]
    ['Vaswani', 'Vaswani', 'Vaswani', '田中', 'Maaten']
    """
    bare = re.sub(r",?\s*(?:et\.?\s*al\.?|and others|ら|ほか|他|\+)\s*$", "", author).strip(" .*")
    if "," in bare:
        return bare.split(",")[0].strip()
    return bare.split()[-1] if bare.split() else bare


def reference_entry(state: Extraction, block: Block, start: int) -> Entry | None:
    """The cited work that a line of a reference list names, `None` where it names none."""
    text = block.text
    link = next((x for x in block.links if is_paper_address(x.target)), None)
    written = [m[0].rstrip(".,;") for m in _ADDRESS.finditer(text)]
    address = web_address(link) or next((a for a in written if is_paper_address(a)), None)
    told = Told()
    while start < len(text) and text[start] in " [*_":
        # a link that is never closed, a mark
        start += 1
    read = read_reference(text, start)
    if read is not None:
        title = squeeze(text[read.title[0] : read.title[1]]).strip(' .,*_"“”')
        told.put("authors", read.authors, place_of(state, block, *read.authors_at) if read.authors_at else "")
        told.put("year", read.year)
        if read.rest is not None:
            told.put("venue", read.rest.venue, place_of(state, block, *read.rest.venue_at) if read.rest.venue_at else "")
        at = read.title
    else:
        line = read_line_in_list(state, block, start)
        if line is None:
            return None
        title, at, attribution = line
        if attribution is not None:
            told.put("authors", attribution.authors)
            told.put("venue", attribution.venue)
            told.put("year", attribution.year)
        if not address and not told.values and not looks_like_title(title):
            return None
    if address is None and written and text.rstrip(" .").endswith(written[-1]):
        # an address at the end of a reference is the work's, wherever it leads
        address = written[-1]
    ids = identifiers(address or text if "arxiv" in text.casefold() or "doi" in text.casefold() else address or "")
    paper = Paper(
        paper_id(title),
        title,
        Role.CITED,
        url=address,
        doi=ids.doi,
        arxiv_id=ids.arxiv_id,
        openreview_id=ids.openreview_id,
        path=state.document.path,
        line=block.line,
    )
    return Entry(filled(state, paper, told), block, at, len(text), short_names(title), listed=True)


def read_line_in_list(state: Extraction, block: Block, start: int) -> tuple[str, tuple[int, int], Attribution | None] | None:
    """A reference that begins with its title: "[Title](…)", "Title. Authors. Venue 2019"."""
    from papergraph.extract.titles import read_title_line

    line = read_title_line(block)
    if line is None:
        return None
    title, begin = line.title, line.start
    number = _NUMBER.match(title)
    if number:
        title = title[number.end() :]
        begin = start
    if len(title) < _SHORTEST_TITLE or title.casefold().startswith("http"):
        return None
    if not (
        looks_like_title(title) or line.lead == "link" or line.attributed or (line.link is not None and is_paper_address(line.link.target))
    ):
        return None
    return title, (begin, max(line.end, begin + 1)), line.attribution


def heading_above(state: Extraction, block: Block) -> Block | None:
    """The heading that a block stands under, `None` for one under none."""
    above = state.parent.get(id(block))
    while above is not None and above.kind is not BlockKind.HEADING:
        above = state.parent.get(id(above))
    return above
