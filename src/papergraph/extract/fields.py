"""What lines of their own tell of a paper: 著者：…, **Venue:** …, a line of names, a bare address, a record's fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from papergraph.extract.attribution import YEAR, Attribution, likely, read_attribution
from papergraph.extract.labels import meaning_of, read_label
from papergraph.extract.names import is_cue_word
from papergraph.extract.state import Extraction
from papergraph.extract.titles import DECISION, LINK_WORDS
from papergraph.folding import squeeze
from papergraph.model import Paper, Span
from papergraph.notes.document import Block, Fields
from papergraph.resolve.identifiers import identifiers, is_paper_address, is_web

_ADDRESS = re.compile(r"https?://[^\s<>\"'「」『』（）、。\])|]+")
_DATE = re.compile(r"(?P<y>(?:19|20)\d\d)[-/.年](?P<m>\d{1,2})(?:[-/.月](?P<d>\d{1,2}))?")
_ARXIV = re.compile(r"\barxiv[:\s]\s*(\d{4}\.\d{4,5})", re.IGNORECASE)
_NAMES = re.compile(r"\s*(?:;|、|，|,(?!\s*(?:Jr|Sr|II|III)\b)|\s+and\s+|\s*&\s+)\s*(?:and\s+)?")
_EMPTY = re.compile(r"\s*(?:なし|無し|省略|未定|不明|none|n/?a|-|–)\b", re.IGNORECASE)
_SHORT_LINE = 400
_LONGEST_NAME = 4


@dataclass(slots=True)
class Told:
    """The fields that were told, where each stands, and the blocks that tell nothing else."""

    values: dict[str, object] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    blocks: set[int] = field(default_factory=set)

    def put(self, name: str, value: object, place: str = "") -> None:
        """Keep the first value of each field."""
        if value and name not in self.values:
            self.values[name] = value
            if place:
                self.places[name] = place

    @property
    def bibliographic(self) -> bool:
        """Whether authors, venue, year or an identifier are told."""
        return any(k in self.values for k in ("authors", "venue", "year", "doi", "arxiv_id")) or bool(
            self.values.get("url") and is_paper_address(str(self.values["url"]))
        )


def place_of(state: Extraction, block: Block, start: int, end: int) -> str:
    """`line:start-end` of visible characters of a block; empty where there are none, as of a link that is an image."""
    if end <= start:
        return ""
    span = state.document.span(block, start, end)
    return f"{span.line}:{span.start}-{span.end}"


def read_lines(state: Extraction, blocks: Sequence[Block], *, loose: int = 3, most: int = 14) -> Told:
    """What the lines right below a title tell; `loose` of them may do so without a label.

    Reading does not stop at a line that tells nothing: in lists, the address often comes after the remarks.
    """
    told = Told()
    for n, block in enumerate(blocks[:most]):
        if len(block.text) > _SHORT_LINE:
            loose = 0
            continue
        label = read_label(block.text, state.words)
        if label is not None and label.group == "field":
            read_value(state, told, block, label.meaning, label.value)
            told.blocks.add(id(block))
        elif (n < loose and label is None and _bare(state, told, block, n)) or _address_line(told, block, state):
            told.blocks.add(id(block))
        else:
            # what stands below the first line of another sort is told only by labels and addresses
            loose = 0
    return told


def _bare(state: Extraction, told: Told, block: Block, n: int) -> bool:
    """A line of names, of venue and year, or of addresses alone."""
    text = block.text
    if _address_line(told, block, state):
        return True
    bare = text
    decision = DECISION.search(text) if any(bracket in text for bracket in "(（[【") else None
    if decision:
        bare = text[: decision.start()]
    end = len(bare.rstrip(" .。"))
    cut = next((x.start for x in block.links if x.start > 0), None)
    if cut is not None and cut < end:
        end = len(text[:cut].rstrip(" [(|,·-"))
    found = read_attribution(text, 0, end)
    alone = (
        n == 0
        and found is not None
        and len(found.authors) == 1
        and not found.venue
        and 2 <= len(found.authors[0].split()) <= _LONGEST_NAME
        and all(w[:1].isupper() for w in found.authors[0].split())
        and not text.rstrip().endswith((".", "!", "。"))
        and not is_cue_word(state.words, found.authors[0].split()[0])
    )
    sure = (
        likely(found)
        or alone
        or (found is not None and not found.authors and bool(found.venue))
        or (found is not None and len(found.authors) > 2)
    )
    if not sure or found is None:
        return False
    put_attribution(state, told, block, found)
    if decision:
        told.put("decision", decision[1].casefold(), place_of(state, block, *decision.span(1)))
    for link in block.links:
        _put_address(told, link.target, place_of(state, block, link.start, link.end))
    return True


def put_attribution(state: Extraction, told: Told, block: Block, found: Attribution) -> None:
    """Keep authors, venue and year of an attribution in `block`."""
    for name, value, at in (
        ("authors", found.authors, found.authors_at),
        ("venue", found.venue, found.venue_at),
        ("year", found.year, found.year_at),
        ("decision", found.decision, found.decision_at),
    ):
        if at:
            told.put(name, value, place_of(state, block, *at))


def _address_line(told: Told, block: Block, state: Extraction) -> bool:
    """A line that holds addresses and words such as "code:" or "[pdf]" alone."""
    text = block.text
    if not block.links and "://" not in text:
        return False
    left = text
    for link in sorted(block.links, key=lambda x: -x.start):
        if not is_web(text[link.start : link.end].strip()) and not LINK_WORDS.fullmatch(
            squeeze(text[link.start : link.end]).strip("[]() ")
        ):
            return False
        left = left[: link.start] + " " + left[link.end :]
    left = _ADDRESS.sub(" ", left)
    if not all(LINK_WORDS.fullmatch(w) for w in re.split(r"[^\w]+", left) if w) or not (block.links or _ADDRESS.search(text)):
        return False
    for link in block.links:
        _put_address(told, link.target, place_of(state, block, link.start, link.end))
    for found in _ADDRESS.finditer(text):
        _put_address(told, found[0].rstrip(".,;"), place_of(state, block, *found.span()))
    return True


def _put_address(told: Told, address: str, place: str) -> None:
    if not is_web(address):
        return
    if is_paper_address(address) and not is_paper_address(str(told.values.get("url", ""))):
        before = told.values.pop("url", None)
        told.places.pop("url", None)
        told.put("url", address, place)
        if before:
            told.values["links"] = (*_tuple(told, "links"), str(before))
    elif (
        "url" not in told.values
        and not told.values.get("links")
        and not re.search(r"github\.com|gitlab|huggingface|youtube|twitter", address)
    ):
        told.put("url", address, place)
    elif address != told.values.get("url"):
        told.values["links"] = tuple(dict.fromkeys((*_tuple(told, "links"), address)))


def _tuple(told: Told, name: str) -> tuple[str, ...]:
    value = told.values.get(name, ())
    return value if isinstance(value, tuple) else ()


def read_value(state: Extraction, told: Told, block: Block, meaning: str, start: int, end: int | None = None) -> None:
    """Keep what a labelled value says."""
    text = block.text[:end] if end is not None else block.text
    value = squeeze(text[start:]).strip(" *_|")
    place = place_of(state, block, start, len(text.rstrip())) if value else ""
    links = [x for x in block.links if x.start >= start]
    match meaning:
        case "title":
            if is_web(value.strip("<>")):
                # 論文: <https://…>
                _put_address(told, value.strip("<>"), place)
            else:
                told.put("title", value.strip('"“”「」『』'), place)
        case "authors":
            told.put("authors", split_names(value), place)
        case "venue":
            decision = DECISION.search(text, start)
            bare = squeeze(text[start : decision.start()] if decision else text[start:]).strip(" .,*_")
            year = YEAR.search(text, start)
            told.put("venue", bare.rstrip(" ,"), place)
            if year:
                told.put("year", int(year[0]), place_of(state, block, *year.span()))
            if decision:
                told.put("decision", decision[1].casefold(), place_of(state, block, *decision.span(1)))
        case "year":
            year = YEAR.search(text, start) or re.compile(r"(?:19|20)\d\d").search(text, start)
            if year:
                told.put("year", int(year[0]), place_of(state, block, *year.span()))
        case "url" | "none":
            if meaning == "none" and "url" not in told.values:
                told.values["links"] = (*_tuple(told, "links"), *(x.target for x in links if is_web(x.target)))
            else:
                for link in links:
                    _put_address(told, link.target, place_of(state, block, link.start, link.end))
                for found in _ADDRESS.finditer(text, start):
                    _put_address(told, found[0].rstrip(".,;"), place_of(state, block, *found.span()))
        case "doi":
            told.put("doi", identifiers(value).doi, place)
        case "arxiv":
            told.put("arxiv_id", identifiers(f"arxiv:{value}").arxiv_id, place)
            for link in links:
                _put_address(told, link.target, place_of(state, block, link.start, link.end))
        case "decision":
            told.put("decision", value.casefold() if DECISION.match(f"({value})") else None, place)
        case "aliases":
            told.put("aliases", tuple(squeeze(n) for n in re.split(r"[,、;]", value) if n.strip()), place)
        case "tags":
            told.put("tags", tuple(t for t in (squeeze(n).strip("#[] ") for n in re.split(r"[,、;]|\s(?=#)", value)) if t), place)
        case "keys":
            told.put("keys", tuple(n.strip("@[] ") for n in re.split(r"[,;\s]", value) if n.strip("@[] ")), place)
        case "date":
            told.put("read_at", read_date(value), place)


def split_names(value: str) -> tuple[str, ...]:
    """Names as written, one each.

    >>> split_names("Zhang, R., Isola, P. and Wang, O.")
    ('Zhang, R.', 'Isola, P.', 'Wang, O.')
    """
    found = read_attribution(value)
    if found is not None and found.authors and not found.venue:
        return found.authors
    return tuple(n for n in (squeeze(p).strip(" .*_[]").removeprefix("@") for p in _NAMES.split(value)) if n)


def read_date(value: str) -> str | None:
    """The first date in `value` as ISO 8601, down to what is told of it.

    >>> read_date("12 Oct 2020, twice"), read_date("2021年3月4日")
    ('2020-10-12', '2021-03-04')
    """
    found = _DATE.search(value)
    if found:
        day = f"-{int(found['d']):02}" if found["d"] else ""
        return f"{found['y']}-{int(found['m']):02}{day}" if 1 <= int(found["m"]) <= _MONTHS_A_YEAR else None
    named = re.search(
        r"(?:(?P<d>\d{1,2})(?:st|nd|rd|th)?\s+)?(?P<m>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+(?:(?P<d2>\d{1,2})(?:st|nd|rd|th)?,?\s+)?(?P<y>(?:19|20)\d\d)",
        value,
    )
    if named is None:
        return None
    month = "JanFebMarAprMayJunJulAugSepOctNovDec".index(named["m"]) // 3 + 1
    number = named["d"] or named["d2"]
    return f"{named['y']}-{month:02}" + (f"-{int(number):02}" if number else "")


_MONTHS_A_YEAR = 12


def read_record(told: Told, fields: Fields) -> None:
    """Keep what a record (BibTeX, properties, front matter) tells."""
    places = dict(fields.places)

    def at(name: str) -> str:
        span: Span | None = places.get(name)
        return f"{span.line}:{span.start}-{span.end}" if span else ""

    found = identifiers(fields.doi or "")
    told.put("title", fields.title, at("title"))
    told.put("authors", fields.authors, at("authors"))
    told.put("venue", fields.venue, at("venue"))
    told.put("year", fields.year, at("year"))
    told.put("url", fields.url if fields.url and is_web(fields.url) else None, at("url"))
    told.put("doi", found.doi, at("doi"))
    told.put("arxiv_id", (identifiers(f"arxiv:{fields.arxiv}").arxiv_id if fields.arxiv else None) or found.arxiv_id, at("arxiv"))
    told.put("decision", fields.decision, at("decision"))
    told.put("aliases", fields.aliases, at("aliases"))
    told.put("keys", fields.keys, at("keys"))
    told.put("tags", fields.tags, at("tags"))
    told.put("links", tuple(x for x in fields.links if is_web(x)), at("links"))
    told.put("read_at", fields.date, at("date"))


def filled(state: Extraction, paper: Paper, told: Told) -> Paper:
    """`paper` with what was told of it where it has nothing yet, and where that stands."""
    values = told.values
    links = [x for x in (*paper.links, *_tuple(told, "links")) if x != paper.url]
    url = paper.url
    told_url = str(values["url"]) if values.get("url") else None
    if told_url and (url is None or (is_paper_address(told_url) and not is_paper_address(url))):
        if url:
            links.append(url)
        url = told_url
    elif told_url and told_url != url:
        links.append(told_url)
    ids = identifiers(url or "")
    new: dict[str, object] = {
        name: getattr(paper, name) or values.get(name) or getattr(paper, name)
        for name in ("authors", "venue", "year", "decision", "doi", "arxiv_id", "tags", "read_at")
    }
    new["doi"] = new["doi"] or ids.doi
    new["arxiv_id"] = new["arxiv_id"] or ids.arxiv_id
    for address in links:
        more = identifiers(address)
        new["doi"] = new["doi"] or more.doi
        new["arxiv_id"] = new["arxiv_id"] or more.arxiv_id
    if url is None and (new["doi"] or new["arxiv_id"]):
        # an identifier is an address too
        url = f"https://doi.org/{new['doi']}" if new["doi"] else f"https://arxiv.org/abs/{new['arxiv_id']}"
    aliases = tuple(dict.fromkeys((*paper.aliases, *_tuple(told, "aliases"))))
    places = (*paper.places, *(f"{name} {state.document.path}:{place}" for name, place in told.places.items() if name != "title"))
    return replace(
        paper,
        url=url,
        links=tuple(dict.fromkeys(x for x in links if x != url)),
        openreview_id=paper.openreview_id or ids.openreview_id,
        aliases=aliases,
        places=tuple(dict.fromkeys(places)),
        **new,  # type: ignore[arg-type]
    )


def headed_fields(state: Extraction, headings: Iterable[Block]) -> Told:
    """Fields whose label is a heading and whose value stands below it: "## 会議" / "ICCV 2015"."""
    told = Told()
    for heading in headings:
        group, meaning = meaning_of(heading.text, state.words)
        if group != "field" or meaning in ("none", "title") or not heading.children:
            continue
        # the value may stand in a heading of its own below
        value = heading.children[0]
        if len(value.text) > _SHORT_LINE or _EMPTY.match(value.text):
            continue
        read_value(state, told, value, meaning, 0)
        told.blocks.add(id(value))
    return told
