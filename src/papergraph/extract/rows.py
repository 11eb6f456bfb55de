"""Rows of tables as lines that may name a paper: which cell holds its title, and what the others tell of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from papergraph.extract.attribution import is_venue, likely, read_attribution
from papergraph.extract.fields import Told, place_of, put_attribution, read_record
from papergraph.extract.state import Extraction
from papergraph.extract.titles import SENTENCE_END, TitleLine, looks_like_title, marks, read_title_line
from papergraph.folding import is_cjk, squeeze
from papergraph.notes.document import Block
from papergraph.resolve.identifiers import is_paper_address

NO_TITLES = frozenset(
    "paper code pdf project page website slides video blog link arxiv github supplementary poster demo dataset references introduction conclusion abstract todo summary notes misc other others papers".split()
) | {"project page", "related work", "to read", "reading list"}
"""Words that stand where titles do and are none."""


def row_line(state: Extraction, block: Block, told: Told) -> TitleLine | None:
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
        if (len(title.split()) >= _FEW_WORDS and title[:1].isupper() and not is_cjk(title) and not SENTENCE_END.search(title)
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
    return all(w in NO_TITLES or not any(c.isalpha() for c in w) for w in re.split(r"[\s/|,·•\[\]()]+", text.casefold()) if w)
