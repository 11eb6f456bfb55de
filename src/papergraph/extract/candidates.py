"""Lines that may name a paper: what each is made of, what stands below it, and how much speaks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from papergraph.extract.attribution import likely, read_attribution
from papergraph.extract.fields import Told, filled, place_of, put_attribution, read_lines, read_record
from papergraph.extract.labels import is_review, meaning_of, read_label, section_of
from papergraph.extract.references import heading_above, read_reference
from papergraph.extract.rows import NO_TITLES, row_line
from papergraph.extract.state import Entry, Extraction, Judgement, Reason
from papergraph.extract.titles import SENTENCE_END, TitleLine, looks_like_title, read_title_line, web_address
from papergraph.folding import fold, is_cjk, paper_id, squeeze
from papergraph.model import Paper
from papergraph.notes.document import Block, BlockKind
from papergraph.resolve.identifiers import identifiers, is_paper_address
from papergraph.resolve.names import short_names
from papergraph.vocabulary import Role


@dataclass(slots=True)
class Candidate:
    """A line that may name a paper: how much speaks for it, and what the lines below it tell."""

    block: Block
    line: TitleLine
    score: int
    told: Told
    form: tuple[object, ...]
    section: str


class _Lines:
    """Blocks read as title lines, each once."""

    def __init__(self) -> None:
        self._read: dict[int, TitleLine | None] = {}

    def of(self, block: Block) -> TitleLine | None:
        if id(block) not in self._read:
            self._read[id(block)] = read_title_line(block)
        return self._read[id(block)]


def find_candidates(state: Extraction, blocks: list[Block]) -> list[Candidate]:
    """The lines of `blocks` that could name papers, in their order, each with what speaks for it and what the lines below tell."""
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
        line = row_line(state, block, told) if block.kind is BlockKind.ROW else _title_line(state, block, lines)
        if (
            line is None
            or not 4 <= len(line.title) <= 300
            or line.title.casefold() in NO_TITLES
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
        above = heading_above(state, block)
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
    cjk, ended = is_cjk(line.title), SENTENCE_END.search(line.title) is not None
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
            or int(bool(line.markers or line.decision or attributed or bibliographic or properties or cells) and could_be_title(line.title)),
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
        (-4 * (plain and _only_names(line.title)), "names alone"),
        (-2 * (plain and cjk and attributed and not could_be_title(line.title)), "a Japanese sentence's end"),
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
        (-2 * (len(whole) > LONG_LINE and not attributed and plain), "a long line"),
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


def _only_names(title: str) -> bool:
    """Whether a title is two or more short names with commas between: "Ann, Bo"."""
    names = [n.split() for n in title.split(",")]
    return len(names) > 1 and all(0 < len(n) < _LONG_NAME and all(w[:1].isupper() and w[1:].islower() for w in n) for n in names)


_LONG_NAME = 3


def _reviewed(state: Extraction, block: Block) -> bool:
    """Whether the headings below one are those of a review of one paper."""
    below = [c for c in block.children if c.kind is BlockKind.HEADING]
    if not (looks_like_title(block.text) or any(_TEMPLATE.search(c.text) for c in below)):
        # Summary and Discussion stand below much else
        return False
    return sum(is_review(c, state.words) or section_of(c, state.words) == "related" for c in below) >= max(_FEWEST_SECTIONS, len(below) / 2)


_FEWEST_SECTIONS = 2
_TEMPLATE = re.compile(r"どんなもの|先行研究|キモ|有効だと|議論はある|次に読む|\b(?:strengths|weaknesses|key ideas?|main ideas?|contributions?|novelty|my take|tl;?dr|related work)\b", re.IGNORECASE)
"""Headings under which only works are written of."""


def _titles(block: Block, lines: _Lines) -> bool:
    """Whether a block is a title by its own form: a heading like one, or a line with authors behind it."""
    if block.kind is BlockKind.HEADING:
        return looks_like_title(block.text)
    line = lines.of(block)
    return line is not None and line.attributed and looks_like_title(line.title)


_PARTICLE = re.compile(r"[\s」』)）]*(?:は|が|も|を|に|と|で|の|や|から|より|って)")
_FIRST_BELOW = 30
LONG_LINE, _LONG_TITLE, _LIST_NUMBER = 320, 80, 6


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


def could_be_title(title: str) -> bool:
    """Words that could be a title though nothing in their form says so: sentence case, Japanese, a name of one word."""
    if SENTENCE_END.search(title) or len(title) > 200:
        return False
    if is_cjk(title):
        return len(title) >= 6 and not re.search(r"(?:です|ます|した|する|いる|ない|だった|かも|たい|よね|かな|[えけせてねべめれげぜ]る|った|んだ)$", title)
    return (len(title.split()) >= 2 and (title[:1].isupper() or title[:1].isdigit() or any(c.isupper() for c in title))) or (
        len(title.split()) == 1 and any(c.isupper() for c in title)
    )


def entry_of(state: Extraction, block: Block, line: TitleLine, told: Told, role: Role) -> Entry:
    """The paper that a line names, with all that it and the lines below tell of it."""
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
