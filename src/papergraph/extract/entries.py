"""Which blocks name a paper that the notes are about, and which one only cited."""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.candidates import Candidate, could_be_title, entry_of, find_candidates
from papergraph.extract.fields import Told, filled, read_record
from papergraph.extract.owner import of_file, of_post
from papergraph.extract.owning import own_blocks
from papergraph.extract.presented import present_in_prose
from papergraph.extract.state import Entry, Extraction
from papergraph.extract.titles import SENTENCE_END, looks_like_title
from papergraph.folding import paper_id, squeeze
from papergraph.model import Paper
from papergraph.notes.document import Block, BlockKind
from papergraph.resolve.names import short_names
from papergraph.vocabulary import Role

_THRESHOLD = 3
_FRAME, _FRAME_SHARE = 3, 0.5
"""So many lines of one form, and such a share of all of that form, make it the form of this page's papers."""


def find_entries(state: Extraction) -> None:
    """Find what the notes are about: the file itself, headings, items and rows, or a linked paper in prose."""
    blocks = [b for b in state.order if b.line not in state.legend.lines and id(b) not in state.references.blocks]
    records = [_of_record(state, b) for b in blocks if b.kind is BlockKind.RECORD]
    found = _choose(state, find_candidates(state, blocks))
    owner = of_file(state, blocks, found)
    if owner is not None:
        # in a file about one paper, what is listed is cited
        state.owner = owner
        found = [_as_cited(e) for e in found if e.block is not owner.block]
    if owner is None and not found and not records:
        found = present_in_prose(state, blocks)
    if owner is None and not records:
        state.owner = of_post(blocks, found)
    listed = list({id(e): e for e in state.references.entries()}.values())
    state.entries = records + ([owner] if owner else []) + found + listed
    own_blocks(state)


def only_refers(state: Extraction, block: Block) -> bool:
    """Whether a heading above says that what follows are sources only, and not works that the reader calls related."""
    return state.sections.get(id(block)) == "references"


def _of_record(state: Extraction, block: Block) -> Entry:
    """The paper of a bibliographic record."""
    fields = block.fields
    told = Told()
    if fields is not None:
        read_record(told, fields)
    named = squeeze((fields.title if fields and fields.title else None) or block.text)
    # a title of dots alone is one all the same
    title = named.rstrip(".") or named
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
        entry = entry_of(state, c.block, c.line, c.told, Role.CITED if cited else Role.ENTRY)
        out.append(entry)
        if not cited:
            holders[id(c.block)] = entry
            told_blocks |= c.told.blocks
            state.silent |= c.told.blocks
    return [e for e in out if id(e.block) not in told_blocks]


def _fits(candidate: Candidate) -> bool:
    line = candidate.line
    if line.lead == "plain" and (
        SENTENCE_END.search(line.title) or len(line.title) > 160 or _NO_WORK.match(line.title) or _NO_WORK_END.search(line.title)
    ):
        return False
    return looks_like_title(line.title) or (
        could_be_title(line.title)
        and (len(line.title) >= 12 or line.lead != "plain")
        and (line.lead != "plain" or bool(candidate.block.children) or line.attribution is not None)
    )


_NO_WORK = re.compile(
    r"\s*(?:found|started|finished|reread|skimmed|asked|added|checked|(?:the|its|their|this) [\w-]+ (?:is|are|was|were)|it (?:is|was)|talk|library|lib|tool|video|slides?|blog|code|data ?set|course|book|todo|link|see|note|misc|skimmed|discussion|q&a)\b|[^:：]{1,30}[:：]\s*(?:not|un)[ -]?read",
    re.IGNORECASE,
)
_NO_WORK_END = re.compile(r"(?:ねん|かな|よね|だろう|なのか|どれ|のか)$")


def _as_cited(entry: Entry) -> Entry:
    entry.paper = replace(entry.paper, role=Role.CITED)
    return entry
