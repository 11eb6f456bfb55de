"""Which blocks name a paper that the notes are about, which one only cited, and what belongs to each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from papergraph.extract.attribution import Attribution, is_venue, likely, read_attribution
from papergraph.extract.fields import Told, filled, place_of, put_attribution, read_lines, read_record
from papergraph.extract.labels import is_review, meaning_of, read_label, section_of
from papergraph.extract.owner import of_file, of_post
from papergraph.extract.references import read_reference
from papergraph.extract.state import Entry, Extraction, Judgement, Reason
from papergraph.extract.titles import TitleLine, looks_like_title, read_title_line, web_address
from papergraph.folding import fold, is_cjk, paper_id, squeeze
from papergraph.model import Paper
from papergraph.notes.document import Block, BlockKind, Link
from papergraph.resolve.identifiers import identifiers, is_paper_address
from papergraph.resolve.names import short_names
from papergraph.vocabulary import Role

_SENTENCE_END = re.compile(r"[。．.!！][」』)）\"”’]*$")
_THRESHOLD = 3
_FRAME, _FRAME_SHARE = 3, 0.5
"""So many lines of one form, and such a share of all of that form, make it the form of this page's papers."""
_NO_TITLES = frozenset(
    "paper code pdf project page website slides video blog link arxiv github supplementary poster demo dataset references introduction conclusion abstract todo summary notes misc other others papers".split()
) | {"project page", "related work", "to read", "reading list"}


@dataclass(slots=True)
class Candidate:
    """A line that may name a paper: how much speaks for it, and what the lines below it tell."""

    block: Block
    line: TitleLine
    score: int
    told: Told
    form: tuple[object, ...]
    section: str


def find_entries(state: Extraction) -> None:
    """Find what the notes are about: the file itself, headings, items and rows, or a linked paper in prose."""
    blocks = [b for b in state.order if b.line not in state.legend.lines and id(b) not in state.references.blocks]
    records = [_of_record(state, b) for b in blocks if b.kind is BlockKind.RECORD]
    found = _choose(state, _candidates(state, blocks))
    owner = of_file(state, blocks, found)
    if owner is not None:
        # in a file about one paper, what is listed is cited
        state.owner = owner
        found = [_as_cited(e) for e in found if e.block is not owner.block]
    if owner is None and not found and not records:
        found = _in_prose(state, blocks)
    if owner is None and not records:
        state.owner = of_post(blocks, found)
    listed = list({id(e): e for e in (*state.references.numbered.values(), *state.references.named.values()) if e is not None}.values())
    state.entries = records + ([owner] if owner else []) + found + listed
    _own_blocks(state)


def only_refers(state: Extraction, block: Block) -> bool:
    """Whether a heading above says that what follows are sources only, and not works that the reader calls related."""
    return state.sections.get(id(block)) == "references"


def _of_record(state: Extraction, block: Block) -> Entry:
    """The paper of a bibliographic record."""
    fields = block.fields
    told = Told()
    if fields is not None:
        read_record(told, fields)
    title = squeeze((fields.title if fields and fields.title else None) or block.text).rstrip(".")
    paper = Paper(paper_id(title), title, Role.ENTRY, path=state.document.path, line=block.line)
    keys = fields.keys if fields else ()
    annotated = any(not b.quoted for b in block.children)
    aside = state.document.library and not annotated
    paper = filled(state, replace(paper, role=Role.CITED) if aside else paper, told)
    return Entry(
        paper,
        block,
        (0, len(block.text)),
        len(block.text),
        (*short_names(title), *(fields.aliases if fields else ())),
        listed=aside,
        keys=keys,
    )


# --- lines that name papers


class _Lines:
    """Blocks read as title lines, each once."""

    def __init__(self) -> None:
        self._read: dict[int, TitleLine | None] = {}

    def of(self, block: Block) -> TitleLine | None:
        if id(block) not in self._read:
            self._read[id(block)] = read_title_line(block)
        return self._read[id(block)]


def _candidates(state: Extraction, blocks: list[Block]) -> list[Candidate]:
    out: list[Candidate] = []
    lines = _Lines()
    position = {id(b): n for n, b in enumerate(state.order)}
    for block in blocks:
        if (
            block.kind not in (BlockKind.ITEM, BlockKind.ROW, BlockKind.PARAGRAPH, BlockKind.HEADING)
            or block.quoted
            or id(block) in state.silent
            or _in_own_brackets(state, block)
        ):
            continue
        told = Told()
        line = _row_line(state, block, told) if block.kind is BlockKind.ROW else _title_line(state, block, lines)
        if (
            line is None
            or not 4 <= len(line.title) <= 300
            or line.title.casefold() in _NO_TITLES
            or fold(line.title) in state.words.stop_words
        ):
            continue
        below = _below(state, block, position)
        told_below = read_lines(state, below, loose=2 if block.kind is not BlockKind.HEADING else 4)
        if block.fields is not None:
            read_record(told, block.fields)
        if line.attribution is not None:
            put_attribution(state, told, block, line.attribution)
        _merge(told, told_below)
        section = state.sections.get(id(block), "")
        reasons = _score(state, block, line, told, told_below, section, lines)
        score = sum(r.points for r in reasons)
        state.judged[id(block)] = Judgement(line.title, score, reasons)
        above = _heading_above(state, block)
        form = (
            block.kind,
            block.level,
            above.level if above is not None and not state.document.flat else 0,
            bool(line.markers) if state.document.flat else False,
        )
        out.append(Candidate(block, line, score, told, form, section))
    return out


def _in_own_brackets(state: Extraction, block: Block) -> bool:
    """Whether the legend says of the whole line that it is the reader's own words."""
    text = block.text.strip()
    return any(text.startswith(a) and text.rstrip("。. ").endswith(b) and text.find(b) >= len(text.rstrip("。. ")) - 1 for a, b in state.legend.brackets)


def _title_line(state: Extraction, block: Block, lines: _Lines) -> TitleLine | None:
    label = read_label(block.text, state.words)
    if label is not None and (label.typed or (label.group == "field" and (label.meaning != "title" or block.kind is not BlockKind.ITEM))):
        return None
    attributed = read_attribution(block.text) if block.kind is not BlockKind.HEADING else None
    linked = any(is_paper_address(x.target) and x.start < _LIST_NUMBER and len(block.text[x.start : x.end].split()) > 1 and not _names_only(block.text[x.start : x.end]) for x in block.links)
    if attributed is not None and likely(attributed) and not linked and (attributed.venue or attributed.year or not block.children):
        # a line of names, venue and year tells of the title above it
        return None
    line = lines.of(block)
    if line is None:
        return None
    led = _LED_IN.match(line.title) if line.lead == "plain" and not line.markers else None
    if led is not None and looks_like_title(led["title"].strip(' "“”」』')):
        if block.kind is BlockKind.PARAGRAPH or _PARTICLE_END.search(led["lead"]):
            # "この現象を説明しようとしたのが How Powerful Is …" is a sentence
            return None
        # "午後 The Case for Learned Index Structures"
        line = replace(line, title=led["title"].strip(' "“”」』'), start=line.start + led.start("title"))
    linked = line.lead == "link" and line.end - line.start >= len(block.text.strip()) - _LIST_NUMBER
    if (line.lead == "plain" or linked) and not line.attributed:
        reference = read_reference(block.text, line.start) if block.kind is not BlockKind.HEADING else None
        if reference is not None and (reference.year is not None or not linked):
            start, end = reference.title
            found = read_attribution(block.text, reference.authors_at[0], reference.authors_at[1]) if reference.authors_at else None
            attribution = (
                replace(
                    found,
                    year=reference.year,
                    venue=reference.rest.venue if reference.rest else None,
                    venue_at=reference.rest.venue_at if reference.rest else None,
                )
                if found
                else None
            )
            return replace(
                line,
                title=squeeze(block.text[start:end]).strip(' .,"“”'),
                start=start,
                end=end,
                rest=len(block.text),
                attribution=attribution,
            )
    return line


_LED_IN = re.compile(r"(?P<lead>[^A-Za-z]{0,40}[\u3040-\u30ff\u4e00-\u9fff][^A-Za-z]{0,12}?)[「『\"“\s]*(?P<title>[A-Z][^\u3040-\u30ff\u4e00-\u9fff]{15,})\Z")
"""Japanese words before a Latin title."""
_PARTICLE_END = re.compile(r"(?:[のがはをにとでも、，。：:]|版|して|した|から|まで)[「『\"“\s]*\Z")


def _names_only(text: str) -> bool:
    """Whether a link's words are three or more names: [Hangbo Bao, Li Dong, Furu Wei](…)."""
    found = read_attribution(text) if text.count(",") + text.count("、") > 1 else None
    return found is not None and len(found.authors) > 2


def _merge(told: Told, more: Told) -> None:
    for name, value in more.values.items():
        told.put(name, value, more.places.get(name, ""))
    told.blocks |= more.blocks


def _below(state: Extraction, block: Block, position: dict[int, int]) -> list[Block]:
    """The lines that may tell authors, venue and address of a line's paper: those nested below, or next in flat text."""
    if block.kind is BlockKind.HEADING:
        out: list[Block] = []
        for child in block.children:
            if child.kind is BlockKind.HEADING:
                break
            out.append(child)
        return out[:14]
    if block.children:
        return [b for b in block.children if b.kind is not BlockKind.HEADING][:14]
    if state.document.flat or block.kind is BlockKind.PARAGRAPH:
        n = position[id(block)] + 1
        out = []
        for b in state.order[n : n + 3]:
            if b.kind is BlockKind.HEADING or state.parent.get(id(b)) is not state.parent.get(id(block)):
                break
            out.append(b)
        return out
    return []


def _score(state: Extraction, block: Block, line: TitleLine, told: Told, below: Told, section: str, lines: _Lines) -> tuple[Reason, ...]:
    """What speaks for and against the line's being a paper's, in points."""
    whole = block.text.strip()
    address = web_address(line.link)
    to_work = bool(address and is_paper_address(address))
    titled = looks_like_title(line.title)
    after = block.text[line.end :]
    legend = state.legend.marks
    plain, attributed, bibliographic = line.lead == "plain", line.attributed, below.bibliographic
    properties = block.fields is not None and any(k in told.values for k in ("authors", "venue", "year", "doi", "arxiv_id"))
    cells = block.kind is BlockKind.ROW and any(k in told.values for k in ("venue", "year", "doi", "arxiv_id"))
    cjk, ended = is_cjk(line.title), _SENTENCE_END.search(line.title) is not None
    said = [
        ((3 if not plain or titled else 2) * to_work, "a link to a work"),
        # "[Smith 2019](…) and more", "[induction heads](…) の話": the link's text is no title
        (
            -2
            * (
                to_work
                and len(line.title.split()) < 3
                and not cjk
                and (len(after) > 25 or is_cjk(after))
                and not attributed
            ),
            "the link's words are no title",
        ),
        (int(not to_work and bool(address) and line.lead == "link"), "a link"),
        (2 * bool(line.markers and (any(m in legend for m in line.markers) or not legend)), "marks"),
        (2 * bool(line.decision), "a decision"),
        (
            2 * titled
            or int(bool(line.markers or line.decision or attributed or bibliographic or properties or cells) and _could_be_title(line.title)),
            "words like a title's",
        ),
        (3 * attributed or int(line.attribution is not None), "authors, venue or year"),
        (3 * bibliographic or int("url" in below.values), "authors, venue or address below"),
        (2 * cells, "authors, venue or year in other cells"),
        (
            4 * properties,
            "properties of a work",
        ),
        (-5 * (line.lead == "quoted" and not titled and not (cjk and len(line.title) < _LONG_TITLE)), "a quotation"),
        (int(line.lead in ("quoted", "strong") and titled and bool(address or attributed)), "set off as a title"),
        (
            -3
            * (
                not titled
                and plain
                and not attributed
                and not bibliographic
                and (cjk or ended)
            ),
            "words of a sentence",
        ),
        (-1 * (plain and ended), "a sentence's end"),
        (-4 * (plain and _PARTICLE.match(block.text, line.rest) is not None), "a sentence goes on behind it"),
        (-3 * bool(line.lead == "link" and line.link and line.link.target.startswith("#")), "a link within the page"),
        (-2 * (section == "other"), "a section of other things"),
        (
            -2
            * bool(
                section != "other"
                and address
                and not to_work
                and not attributed
                and not bibliographic
                and line.lead == "link"
                and not line.markers
            ),
            "a link that leads to no work",
        ),
        (-2 * (len(whole) > _LONG_LINE and not attributed and plain), "a long line"),
    ]
    if block.kind is BlockKind.PARAGRAPH:
        said += [
            (-6 * _runs_on(state, block, line), "running text"),
            (-2 * (not attributed and (plain or len(whole) > 2 * len(line.title) + 120)), "a paragraph without authors"),
            (-1 * (bool(address) and not to_work), "a paragraph with a link that leads to no work"),
        ]
    if block.kind is BlockKind.HEADING:
        reviewed = _reviewed(state, block)
        told_here = bibliographic or to_work or attributed or reviewed or properties
        said += [
            (
                -1 - 2 * any((c.kind is BlockKind.HEADING or not titled) and _titles(c, lines) for c in block.children[:_FIRST_BELOW]), "a heading"
            ),
            (4 * reviewed, "sections of a review below it"),
            (-5 * (meaning_of(block.text, state.words)[0] != "" or section_of(block, state.words) != "" or is_review(block, state.words)), "the name of a section"),
            (-2 * (not told_here), "nothing of a work below it"),
        ]
    return tuple(Reason(points, text) for points, text in said if points)


def _reviewed(state: Extraction, block: Block) -> bool:
    """Whether the headings below one are those of a review of one paper."""
    below = [c for c in block.children if c.kind is BlockKind.HEADING]
    return sum(is_review(c, state.words) or section_of(c, state.words) == "related" for c in below) >= max(_FEWEST_SECTIONS, len(below) / 2)


_FEWEST_SECTIONS = 2


def _titles(block: Block, lines: _Lines) -> bool:
    """Whether a block is a title by its own form: a heading like one, or a line with authors behind it."""
    if block.kind is BlockKind.HEADING:
        return looks_like_title(block.text)
    line = lines.of(block)
    return line is not None and line.attributed and looks_like_title(line.title)


_PARTICLE = re.compile(r"[\s」』)）]*(?:は|が|も|を|に|と|で|の|や|から|より|って)")
_FIRST_BELOW = 30
_LONG_LINE, _LONG_TITLE, _LIST_NUMBER = 320, 80, 6


def _runs_on(state: Extraction, block: Block, line: TitleLine) -> bool:
    """Whether a paragraph is running text that only names a work: it goes on after it, or says a sentence before it."""
    if line.lead in ("link", "strong") and not block.text[: line.start].strip(" *_[\"“") and line.attributed and looks_like_title(line.title):
        # "**Title** (Authors, Venue Year). Takes the concept of …": the remarks of that paper
        return False
    if (
        len(block.text.strip()) - (line.rest - line.start) > (_RUNS_ON if line.lead == "plain" or not line.attributed else 2 * _RUNS_ON)
        and not state.document.flat
    ):
        return True
    return bool(re.search(r"[。！？]|(?<=[a-z])\. [A-Z]", line.title)) or (
        line.lead == "plain" and is_cjk(line.title) and not line.markers and bool(re.search(r"は|です|ます|って", line.title))
    )


_RUNS_ON = 60


def _could_be_title(title: str) -> bool:
    """Words that could be a title though nothing in their form says so: sentence case, Japanese, a name of one word."""
    if _SENTENCE_END.search(title) or len(title) > 200:
        return False
    if is_cjk(title):
        return len(title) >= 6 and not re.search(r"(?:です|ます|した|する|いる|ない|だった|かも|たい|よね|かな)$", title)
    return (len(title.split()) >= 2 and (title[:1].isupper() or title[:1].isdigit() or any(c.isupper() for c in title))) or (
        len(title.split()) == 1 and any(c.isupper() for c in title)
    )


def _choose(state: Extraction, candidates: list[Candidate]) -> list[Entry]:
    """The candidates that are papers: those that enough speaks for, and their likes where a page gives its papers one form."""
    forms: dict[tuple[object, ...], list[Candidate]] = {}
    for c in candidates:
        forms.setdefault(c.form, []).append(c)
    framed = {
        form
        for form, cs in forms.items()
        if form[0] is not BlockKind.PARAGRAPH or state.document.flat
        if sum(c.score >= _THRESHOLD for c in cs) >= max(_FRAME, _FRAME_SHARE * len(cs))
    }
    chosen = [c for c in candidates if c.score >= _THRESHOLD or (c.form in framed and c.score >= -1 and c.section == "" and _fits(c))]
    marked = [bool(c.line.markers or c.line.decision) for c in chosen]
    mostly_marked = len(marked) >= 4 and sum(marked) >= 0.75 * len(marked)
    out: list[Entry] = []
    holders: dict[int, Entry] = {}
    told_blocks: set[int] = set()
    for c in chosen:
        if id(c.block) in told_blocks:
            continue
        above = state.parent.get(id(c.block))
        while above is not None and id(above) not in holders:
            above = state.parent.get(id(above))
        nested = above is not None
        if nested and c.line.lead == "plain" and not looks_like_title(c.line.title):
            # a remark that cites a work is no title
            continue
        # in a flat list whose papers bear marks, one with a citation and no mark is only referred to
        aside = state.document.flat and mostly_marked and not (c.line.markers or c.line.decision)
        cited = nested or aside or c.section in ("references", "related")
        entry = _entry(state, c.block, c.line, c.told, Role.CITED if cited else Role.ENTRY)
        out.append(entry)
        if not cited:
            holders[id(c.block)] = entry
            told_blocks |= c.told.blocks
            state.silent |= c.told.blocks
    return [e for e in out if id(e.block) not in told_blocks]


def _fits(candidate: Candidate) -> bool:
    line = candidate.line
    if line.lead == "plain" and (
        _SENTENCE_END.search(line.title) or len(line.title) > 160 or _NO_WORK.match(line.title) or _NO_WORK_END.search(line.title)
    ):
        return False
    return looks_like_title(line.title) or (
        _could_be_title(line.title)
        and (len(line.title) >= 12 or line.lead != "plain")
        and (line.lead != "plain" or bool(candidate.block.children) or line.attribution is not None)
    )


_NO_WORK = re.compile(
    r"\s*(?:found|started|finished|reread|skimmed|asked|added|checked|(?:the|its|their|this) [\w-]+ (?:is|are|was|were)|it (?:is|was)|talk|library|lib|tool|video|slides?|blog|code|data ?set|course|book|todo|link|see|note|misc|skimmed|discussion|q&a)\b|[^:：]{1,30}[:：]\s*(?:not|un)[ -]?read",
    re.IGNORECASE,
)
_NO_WORK_END = re.compile(r"(?:ねん|かな|よね|だろう|なのか|どれ|のか)$")


def _row_line(state: Extraction, block: Block, told: Told) -> TitleLine | None:
    """A table row as a title line: the first cell that holds a title; authors, year and address from the others."""
    for start, end in _title_cells(block):
        link = next((x for x in block.links if x.start >= start and x.end <= end), None)
        title = squeeze(block.text[start:end])
        summary = start
        for a, b in block.cells:
            if a == start:
                continue
            cell = squeeze(block.text[a:b])
            found = read_attribution(block.text, a, b) if len(cell) < 400 else None
            if is_bibtex(cell):
                _read_cell(state, told, block, a, b)
            elif found is not None and (found.venue or found.year or likely(found)) and "summary" not in cell.casefold()[:10]:
                put_attribution(state, told, block, found)
            elif len(cell) > 40 and b > summary and a > start:
                summary = a
        name = next((squeeze(block.text[a:b]) for a, b in block.cells if b <= start and b - a <= _SHORT_CELL // 2), "")
        if _CELL_NAME.fullmatch(name) and not is_venue(name) and read_attribution(name) is None:
            # a column of the models' names before that of the titles
            told.put("aliases", (name,))
        own = link or next((x for x in block.links if is_paper_address(x.target)), None)
        line = read_title_line(Block(block.kind, block.text[start:end], block.offsets[start:end], block.line))
        title = line.title if line is not None and line.attributed else title
        named = _NAMED_BEHIND.search(title)
        if named and (told.values.get("venue") or told.values.get("year")):
            # "Rényi Differential Privacy (Mironov)", with the venue in a cell of its own
            told.put("authors", (named[1],))
            title = title[: named.start()]
        from papergraph.extract.titles import marks

        found_marks = tuple(dict.fromkeys(m for a, b in block.cells if b - a < 40 for m in marks(block.text[a:b])))
        head = summary if summary != start else end
        return TitleLine(
            title,
            start,
            end,
            head,
            own,
            markers=found_marks,
            attribution=line.attribution if line and line.attributed else None,
            lead="link" if link else "plain",
        )
    return None


_CELL_NAME = re.compile(r"(?=(?:.*[A-Z]){2}|.*\d|.*[a-z][A-Z])[A-Za-z][A-Za-z0-9+*.-]*(?: [A-Z0-9][A-Za-z0-9+*.-]*)?")
_NAMED_BEHIND = re.compile(r"\s*[(（]([A-Z\u00c0-\u017f][\w'’-]+(?:\s(?:et al\.?|and|&)\s?[\w'’-]*)?)[)）]\Z")


def _title_cells(block: Block) -> Iterator[tuple[int, int]]:
    """The cells of a row that may hold its title: those like one, or linked to a work; else the first of several words, if another tells of a work."""
    works = [x for x in block.links if is_paper_address(x.target)]
    papers = [x for x in works if _only_link_words(block.text[x.start : x.end])]
    for start, end in block.cells:
        title = squeeze(block.text[start:end])
        linked = any(x.start >= start and x.end <= end for x in works)
        if not _only_link_words(title) and (looks_like_title(title.rstrip("!?")) or (linked and len(title) > 8)):
            yield start, end
    for n, (start, end) in enumerate(block.cells[:_FIRST_CELLS]):
        title = squeeze(block.text[start:end])
        others = block.cells[:n] + block.cells[n + 1 :]
        if (len(title.split()) >= _FEW_WORDS and title[:1].isupper() and not is_cjk(title) and not _SENTENCE_END.search(title)
            and read_attribution(title) is None and (papers or any(b - a < _SHORT_CELL and (found := read_attribution(block.text, a, b)) and found.venue for a, b in others))):  # fmt: skip
            yield start, end


_FIRST_CELLS, _FEW_WORDS, _SHORT_CELL = 2, 4, 60


def is_bibtex(text: str) -> bool:
    """Whether a cell or block holds a BibTeX entry."""
    return _BIBTEX.search(text[:80]) is not None


_BIBTEX = re.compile(r"^\s*(?:bib(?:tex)?\s*)?@\s?[A-Za-z]+\s*\{", re.IGNORECASE)


def _read_cell(state: Extraction, told: Told, block: Block, start: int, end: int) -> None:
    """What a BibTeX entry in a table's cell tells: venue and year that the row does not."""
    from papergraph.notes.bibtex import read_bibtex

    text = block.text[start:end]
    records, _ = read_bibtex(text[text.find("@") :], len(text) + 1, state.document.path)
    record = next((b for b in records if b.fields is not None), None)
    if record is not None and record.fields is not None:
        read_record(told, replace(record.fields, title=None, keys=(), places=(), aliases=()))
        told.places.update({k: place_of(state, block, start, end) for k in told.values if k not in told.places})


def _only_link_words(text: str) -> bool:
    return all(w in _NO_TITLES or not any(c.isalpha() for c in w) for w in re.split(r"[\s/|,·•\[\]()]+", text.casefold()) if w)


def _entry(state: Extraction, block: Block, line: TitleLine, told: Told, role: Role) -> Entry:
    url = web_address(line.link)
    if url and line.link is not None:
        told.places.setdefault("url", place_of(state, block, line.link.start, line.link.end) if line.link.end > line.link.start else "")
        told.places = {k: v for k, v in told.places.items() if v}
    paper = Paper(
        paper_id(line.title),
        line.title,
        role,
        decision=line.decision,
        url=url,
        markers=line.markers,
        path=state.document.path,
        line=block.line,
    )
    return Entry(
        filled(state, _identified(paper, line.arxiv_id), told),
        block,
        (line.start, line.end),
        line.rest,
        tuple(dict.fromkeys((*short_names(line.title), *(told.values.get("aliases") or ())))),  # type: ignore[misc]
        keys=tuple(str(k) for k in (told.values.get("keys") or ())),  # type: ignore[attr-defined]
    )


def _identified(paper: Paper, arxiv_id: str | None = None) -> Paper:
    found = identifiers(paper.url or "")
    return replace(paper, doi=found.doi, arxiv_id=found.arxiv_id or arxiv_id, openreview_id=found.openreview_id)


def _as_cited(entry: Entry) -> Entry:
    entry.paper = replace(entry.paper, role=Role.CITED)
    return entry


def _in_prose(state: Extraction, blocks: list[Block]) -> list[Entry]:
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
        for start, end, link in _set_off(block):
            text = squeeze(block.text[start:end]).strip('"“”「」『』*_ .')
            to_work = link is not None and is_paper_address(link.target)
            if _by_author_and_year(text):
                # [Levy (2008)](…): the reference list has its title
                continue
            if start < reach or not (looks_like_title(text) or _could_be_title(text)):
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
            out.append(_entry(state, block, line, told, Role.ENTRY if about else Role.CITED))
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


def _set_off(block: Block) -> list[tuple[int, int, Link | None]]:
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
    reference = read_reference(block.text) if start > 0 and len(block.text) < _LONG_LINE * 2 else None
    if reference is None or reference.year is None or not reference.authors or not reference.title[0] <= start < reference.title[1]:
        return False
    told.put("authors", reference.authors, place_of(state, block, *reference.authors_at) if reference.authors_at else "")
    told.put("year", reference.year)
    if reference.rest is not None and reference.rest.venue:
        told.put("venue", reference.rest.venue)
    return True


def _heading_above(state: Extraction, block: Block) -> Block | None:
    above = state.parent.get(id(block))
    while above is not None and above.kind is not BlockKind.HEADING:
        above = state.parent.get(id(above))
    return above


# --- what belongs to which paper


def _own_blocks(state: Extraction) -> None:
    """Tell each block which entry it is about: nested below it, in its section, or after it in a flat list."""
    by_block = {id(e.block): e for e in state.entries if e.block is not None and not e.cited}
    named = _by_name(state)
    current: Entry | None = None
    follows: Block | None = None
    for block in state.order:
        if block.kind is BlockKind.HEADING:
            current = None
        short = named and id(block) not in by_block and len(block.text) <= _SHORT_HEAD and block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
        told = named.get(_bare_name(block.text)) if short else None
        if told is not None:
            # "### Bao", a fold's "Remarks on Bao": what is below is about that paper of the table or list above
            by_block[id(block)] = told
            follows = block
        elif block.kind is BlockKind.HEADING:
            follows = None
        above: Block | None = block
        owner: Entry | None = None
        while above is not None and owner is None:
            owner = by_block.get(id(above))
            above = state.parent.get(id(above))
        if owner is not None:
            current = owner
        elif current is not None and current.block is not None and current.block.kind is BlockKind.PARAGRAPH and _turns(block, current):
            current = None
        elif state.document.flat or (current is not None and current.block is not None and _continues(follows or current.block, block)):
            owner = current
        if owner is None:
            owner = state.owner
        if owner is not None:
            state.subject[id(block)] = owner
    _tie_citations(state)


_SHORT_HEAD = 120
_ABOUT = re.compile(r"^\W*(?:(?:remarks?|notes?|comments?|thoughts|more|details|about|on|re)\b[\s:]*)+|\s*(?:について|のメモ|の感想)\W*$", re.IGNORECASE)


def _bare_name(text: str) -> str:
    return fold(_ABOUT.sub("", text))


def _by_name(state: Extraction) -> dict[str, Entry]:
    """The papers that the page lists by all their names; of those that share a name none."""
    out: dict[str, Entry | None] = {}
    for entry in state.entries:
        if entry.cited or entry is state.owner:
            continue
        for name in {fold(n) for n in (entry.paper.title, *entry.names)}:
            out[name] = entry if name not in out else None
    return {name: entry for name, entry in out.items() if entry is not None and len(name) >= _SHORTEST_NAME}


_SHORTEST_NAME = 3


def _turns(block: Block, current: Entry) -> bool:
    """Whether a paragraph begins with another work than that of the paragraphs before it: the text goes on about that one."""
    if block.kind is not BlockKind.PARAGRAPH:
        return False
    stop = _FIRST_SENTENCE.search(block.text)
    end = stop.end() if stop else len(block.text)
    return any(
        start <= min(end, _OPENING)
        and ((link is not None and is_paper_address(link.target) and link.target != current.paper.url) or looks_like_title(squeeze(block.text[start:stop_])))
        and fold(block.text[start:stop_]) != fold(current.paper.title)
        for start, stop_, link in _set_off(block)
    )


_FIRST_SENTENCE = re.compile(r"[。！？]|[.!?](?=\s+[A-Z])")
_OPENING = 200
"""Characters at a paragraph's beginning in which the work that it is about is named."""


def _continues(head: Block, block: Block) -> bool:
    """Whether `block` goes on with what a paragraph that names a paper began: prose, or a list right below it."""
    return head.kind is BlockKind.PARAGRAPH and block.kind is not BlockKind.HEADING


def _tie_citations(state: Extraction) -> None:
    """A cited paper's line right below a remark is what that remark speaks of."""
    cited = {id(e.block): e for e in state.entries if e.cited and e.block is not None and not e.listed}
    previous: Block | None = None
    for block in state.order:
        entry = cited.get(id(block))
        if entry is not None and previous is not None and previous.kind is not BlockKind.HEADING:
            entry.after = previous
            state.next_cited.setdefault(id(previous), entry)
        elif entry is None or previous is None:
            previous = block
