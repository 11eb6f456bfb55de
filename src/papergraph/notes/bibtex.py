r"""BibTeX and BibLaTeX files, annotated bibliographies among them → one record an entry, with the reader's remarks below it.

The syntax is that of Oren Patashnik, "BibTeXing" (1988), and its appendix on styles for `@string`, `#` and month names;
field names and entry types are also those of the BibLaTeX manual (Kime, Wemheuer, Lehman, 2.2); TeX's accents and text
symbols are those of the LaTeX2e reference manual, 23.5; names of fields that hold remarks are those of JabRef, BibDesk,
Mendeley and Zotero's Better BibTeX. A line that begins an entry ends whatever is open before it: BibTeX does not say
how to go on after a missing brace, and an annotation hardly ever holds such a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from papergraph.model import Problem
from papergraph.notes.bibfields import Told, fields_of
from papergraph.notes.bibfile import BibFile, Entry, read_pieces, resolved
from papergraph.notes.bibremarks import read_between, read_remarks, role_of
from papergraph.notes.document import Block, BlockKind, Fields, nest
from papergraph.notes.placed import Placed, same_length
from papergraph.notes.tex import read_tex

_INHERITS = re.compile("crossref", re.IGNORECASE)
_TOOL = re.compile(r"\b(?:bibdesk|jabref|mendeley|zotero|papers2?|citavi|endnote|string encoding)\b|^encoding:|^created (?:for|with|by)\b|-\*-|^!\s?(?:TEX|BIB)\b", re.IGNORECASE)


def read_bibtex(text: str, longest: int, path: str) -> tuple[tuple[Block, ...], list[Problem]]:
    """The entries of a BibTeX or BibLaTeX file as records, and what could not be read; never raises, in linear time.

    Parameters
    ----------
    text
        The file's text, newlines as they stand.
    longest
        Characters above which a line is passed over with a problem.
    path
        What problems call the file.

    Returns
    -------
    tuple
        One `RECORD` an entry, in order: its text is the title as read (else the book's title, else the key), its children are
        the reader's remarks and the abstract (`quoted`). Comment lines set off as headings (`% --- Attention ---`) head
        the entries after them. Other text between entries belongs to the entry before it.
    """
    source, starts, problems = same_length(text, longest, path)
    file = BibFile(source, path, starts, problems)
    # an entry may inherit from one that stands after it; without such ones a large file need not be held as pieces
    blocks = _records(file, list(read_pieces(file)) if _INHERITS.search(source) else read_pieces(file))
    return blocks, sorted(problems, key=lambda p: p.line)


def _records(file: BibFile, pieces: Iterable[Entry | tuple[int, int]]) -> tuple[Block, ...]:
    by_key: dict[str, Entry] = {}
    if isinstance(pieces, list):
        by_key = {file.source[slice(*p.key)]: p for p in reversed(pieces) if isinstance(p, Entry)}
    seen: dict[str, int] = {}
    out: list[Block] = []
    record: tuple[Block, Fields] | None = None
    below: list[Block] = []

    def close() -> None:
        if record is not None:
            b, fields = record
            out.append(Block(b.kind, b.text, b.offsets, b.line, 0, b.links, b.strong, fields=fields, children=tuple(below)))

    for piece in pieces:
        if isinstance(piece, Entry):
            close()
            below = [b for name, value in piece.fields if (role := role_of(name)) for b in read_remarks(file, name, value, role)]
            below += [b for start, end in piece.said for b in read_between(file, start, end)]
            record = _record(file, piece, by_key, seen)
            if record is None:
                out += below
            continue
        for block in read_between(file, *piece):
            if record is None and not out and _TOOL.search(block.text):
                # what the tool that wrote the file says of itself
                continue
            if block.kind is BlockKind.HEADING:
                close()
                record, below = None, []
            (below if record is not None else out).append(block)
    close()
    return nest(out)


def _record(file: BibFile, entry: Entry, by_key: dict[str, Entry], seen: dict[str, int]) -> tuple[Block, Fields] | None:
    """The block of an entry, without its children, and what its fields say."""
    source, key = file.source, file.source[slice(*entry.key)]
    if key:
        first = seen.setdefault(key.casefold(), entry.start)
        if first != entry.start:
            file.problem(entry.start, f"the key '{key}' stands on line {file.line(first)} already; both entries are read")
    told = Told(file, entry, by_key)
    titled = next((v for n in ("title", "booktitle", "maintitle") if (v := told.own.get(n)) is not None), None)
    block = read_tex(source, [p[:2] for p in titled.parts or [titled]], "").block(BlockKind.RECORD, file.starts) if titled else None
    if block is None and key:
        placed = Placed()
        placed.run(source, *entry.key)
        block, titled = placed.block(BlockKind.RECORD, file.starts), None
    if block is None:
        file.problem(entry.start, "an entry has neither a title nor a key; expected @type{key, title = {…}}")
        return None
    title = None if titled is None else block.text if not any(p[2] for p in titled.parts) else resolved(file, titled)
    return block, fields_of(told, entry.key, title, titled, block.line)
