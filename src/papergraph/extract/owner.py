"""The paper that a whole file is about: by its front matter, its properties, its first heading and the lines below, or its first words."""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.attribution import likely, read_attribution
from papergraph.extract.fields import Told, filled, headed_fields, place_of, put_attribution, read_lines, read_record
from papergraph.extract.labels import is_review, meaning_of, read_label, section_of
from papergraph.extract.references import read_reference
from papergraph.extract.state import Entry, Extraction
from papergraph.extract.titles import read_title_line
from papergraph.folding import fold, is_cjk, paper_id, squeeze
from papergraph.model import Paper
from papergraph.notes.document import Block, BlockKind
from papergraph.resolve.identifiers import is_paper_address, is_web
from papergraph.resolve.names import short_names
from papergraph.vocabulary import Role

_FEW, _MUCH, _HEAD = 3, 12, 12
"""A post about one paper names at most so many papers, has so many blocks for each, and names its own among so many first ones."""
_SECTIONS = 3
"""Sections of a review below a title that make a file one about that paper."""
_DATED = re.compile(r"^\W*(?:19|20)\d\d[-/_.年]?\d{1,2}[-/_.月]?\d{1,2}(?!\d)\W*[日]?\W*$|^\W*(?:19|20)\d\d[-/_.年]\d{1,2}")


def of_file(state: Extraction, blocks: list[Block], found: list[Entry]) -> Entry | None:
    """The paper that the file is about, `None` where it is about several or none."""
    document, front = state.document, state.document.front
    own = [e for e in found if not e.cited]
    head = _head(blocks)
    if _DATED.match(document.stem) and not front.title and (head is None or _DATED.match(head.text)):
        # a day's page is about whatever the day brought
        return None
    if head is not None:
        own = [e for e in own if e.block is not head]
    if len(own) > _FEW:
        return None
    told = Told()
    read_record(told, front)
    before = list(blocks[: blocks.index(head)]) if head is not None else blocks
    below = [b for b in (head.children if head is not None else []) if b.kind is not BlockKind.HEADING]
    lines = read_lines(state, [b for b in before if b.kind is not BlockKind.HEADING], loose=4)
    more = read_lines(state, below, loose=5)
    sections = headed_fields(state, [b for b in blocks if b.kind is BlockKind.HEADING])
    embedded = _embedded(state, blocks, str(told.values.get("title") or (head.text if head else "")))
    for other in (lines, more, sections):
        for name, value in other.values.items():
            told.put(name, value, other.places.get(name, ""))
        told.blocks |= other.blocks
    reference = _reference_line(state, [*before, *below][:6], told)
    title, names, span = _title(state, told, head, reference)
    by_file = not title and not own and _named_by_file(state)
    if by_file:
        # a vault names its pages by the papers' titles
        title = state.document.stem.replace("_", " ")
    if not title:
        return None
    if embedded is not None:
        # a BibTeX block gives the names in full
        told.values.update({k: v for k, v in embedded.values.items() if k in ("authors", "venue", "year") or k not in told.values})
    attributed = _strip_attribution(state, title, head, told)
    title = attributed or title
    sure = bool(told.values.get("doi") or told.values.get("arxiv_id") or told.values.get("keys")) or is_paper_address(
        str(told.values.get("url") or "")
    )
    known = bool(told.values.get("authors")) and (
        sure or bool(told.values.get("venue") or told.values.get("year") or (told.values.get("url") and not by_file))
    )
    reviewed = head is not None and _titled(head) and sum(is_review(c, state.words) for c in head.children if c.kind is BlockKind.HEADING) >= _SECTIONS
    listed = _own_reference(state, head) if not known and not sure else None
    if listed is not None and head is not None:
        # the page bears the beginning of a title that its own reference list tells in full
        whole = replace(listed.paper, role=Role.ENTRY, line=head.line, path=document.path, aliases=(head.text.strip(), *((document.stem,) if _named_by_file(state) else ())))
        return Entry(filled(state, whole, told), head, span, names=whole.aliases)
    if not (known or reviewed or (sure and (front.title or told.values.get("title") or reference or _titled(head) or (by_file and len(title.split()) > _SHORT_NAME))) or attributed or reference):
        return None
    if _DATED.match(title) or (is_cjk(title) and not (told.values.get("authors") or sure)):
        return None
    paper = Paper(
        paper_id(title),
        squeeze(title).rstrip("."),
        Role.ENTRY,
        path=document.path,
        line=front.line if front.title else (head.line if head is not None else 1),
    )
    paper = filled(state, paper, told)
    if paper.url is None:
        address = _first_address(blocks)
        paper = replace(paper, url=address) if address else paper
        paper = filled(state, paper, Told())
    keys = told.values.get("keys")
    names = tuple(dict.fromkeys(n for n in (*short_names(paper.title), *names, *paper.aliases) if n and fold(n) != fold(paper.title)))
    state.silent |= told.blocks | ({id(reference[1])} if reference else set())
    aliases = tuple(dict.fromkeys((*paper.aliases, *(n for n in names if n not in short_names(paper.title)))))
    return Entry(replace(paper, aliases=aliases), head, span, names=names, keys=tuple(keys) if isinstance(keys, tuple) else ())


def _own_reference(state: Extraction, head: Block | None) -> Entry | None:
    """The one work of the file's reference list whose title begins with the file's heading, of two words or more."""
    if head is None or len(head.text.split()) < _SHORT_NAME or len(fold(head.text)) < _HEAD:
        return None
    begun = fold(head.text)
    found = {e.paper.id: e for e in state.references.entries() if e.block is not None and fold(e.paper.title).startswith(begun)}
    return next(iter(found.values())) if len(found) == 1 else None


def _head(blocks: list[Block]) -> Block | None:
    """The first heading, if little stands before it."""
    n = next((n for n, b in enumerate(blocks) if b.kind is BlockKind.HEADING), None)
    return blocks[n] if n is not None and n < _HEAD else None


def _title(
    state: Extraction, told: Told, head: Block | None, reference: tuple[str, Block] | None
) -> tuple[str, tuple[str, ...], tuple[int, int]]:
    """`(title, other names, where it stands in the heading)`."""
    titles = [t for t in (state.document.front.title, _full_title(state), str(told.values.get("title") or "")) if t]
    names: list[str] = []
    span = (0, 0)
    if head is not None:
        line = read_title_line(head)
        if line is not None:
            span = (line.start, line.end)
            if (
                (titles or reference)
                and head.level == 1
                and not section_of(head, state.words)
                and meaning_of(head.text, state.words)[0] == ""
                and fold(head.text) not in _PLAIN_HEADS
            ):
                names.append(line.title)
            elif titles or reference:
                pass
            else:
                titles.append(line.title)
    if reference:
        names += titles
        titles = [reference[0]]
    longest = max(titles, key=lambda t: (len(t.split()) > 1, titles.index(t) == 0, len(t)), default="")
    if len(titles) > 1:
        # a page may bear a short name, and the full title as a property
        full = max(titles, key=len)
        if fold(longest) in fold(full) or len(longest.split()) <= _SHORT_NAME:
            longest = full
    names += [t for t in titles if t != longest]
    if _named_by_file(state):
        names += [state.document.stem, *_first_of_slug(state.document.stem, longest)]
    return longest, tuple(dict.fromkeys(names)), span


_SHORT_NAME = 2
_PLAIN_HEADS = frozenset(
    map(fold, "notes annotations summary abstract overview introduction note memo highlights メモ 概要 要約 ノート".split())
)


def _full_title(state: Extraction) -> str:
    for block in state.order[:_HEAD]:
        label = read_label(block.text, state.words)
        if (
            label is not None
            and label.group == "field"
            and label.meaning == "title"
            and fold(label.label) not in ("title", "name", "タイトル")
        ):
            return squeeze(block.text[label.value :])
    return ""


def _named_by_file(state: Extraction) -> bool:
    stem = state.document.stem
    return stem.casefold() not in ("readme", "index") and not _DATED.match(stem) and any(c.isalpha() for c in stem)


_SLUG = re.compile(r"[_\s-]+")


def _first_of_slug(stem: str, title: str) -> list[str]:
    """The name with which a file's begins before its title does: `clip_learning_transferable_visual_models`, CLIP."""
    parts = _SLUG.split(stem.casefold())
    words = [fold(w) for w in _SLUG.split(title)]
    firsts = {fold(w) for w in _FIRST_WORD.findall(title)}
    first = next((p for p in parts if not p.isdigit()), "")
    after = parts[parts.index(first) + 1 :] if first else []
    return [first] if len(first) >= _SHORTEST_SLUG and first.isalnum() and first not in words and after and after[0] in firsts else []


_FIRST_WORD = re.compile(r"(?:^|[:：]\s|\s[-–—]\s)(?:(?:A|An|The|On)\s)?([^\s-]+)")
_SHORTEST_SLUG = 3


def _titled(head: Block | None) -> bool:
    if head is None:
        return False
    line = read_title_line(head)
    return line is not None and (len(line.title.split()) >= 3 or is_cjk(line.title))


def _strip_attribution(state: Extraction, title: str, head: Block | None, told: Told) -> str | None:
    """As in "Title (Authors, Venue Year)" without what the brackets tell, which is kept."""
    found = list(re.finditer(r"[(（\[]([^()（）\[\]]{5,300})[)）\]]\s*$", title))
    if not found:
        return None
    attribution = read_attribution(found[0][1])
    if not likely(attribution) or attribution is None or not attribution.authors:
        return None
    for name, value in (("authors", attribution.authors), ("venue", attribution.venue), ("year", attribution.year)):
        told.put(name, value)
    if head is not None and title in head.text:
        at = head.text.find(found[0][1])
        inside = read_attribution(head.text, at, at + len(found[0][1])) if at >= 0 else None
        if inside is not None:
            put_attribution(state, Told(), head, inside)
    return title[: found[0].start()].strip() or None


def _reference_line(state: Extraction, blocks: list[Block], told: Told) -> tuple[str, Block] | None:
    """A full reference among the first lines: (title, block), its fields kept with the file's."""
    for block in blocks:
        if block.quoted or len(block.text) > _LONG or block.kind is not BlockKind.PARAGRAPH:
            continue
        read = read_reference(block.text) if read_attribution(block.text) is None else None
        if read is not None and read.year is not None and read.authors:
            for name in ("authors", "venue", "year"):
                told.values.pop(name, None)
            told.put("authors", read.authors, place_of(state, block, *read.authors_at) if read.authors_at else "")
            told.put("year", read.year)
            if read.rest is not None and read.rest.venue_at:
                told.put("venue", read.rest.venue, place_of(state, block, *read.rest.venue_at))
            addresses = [x.target for x in block.links if is_web(x.target)] + re.findall(r"https?://[^\s<>()\]]+", block.text)
            for address in sorted(addresses, key=lambda a: not is_paper_address(a))[:1]:
                told.put("url", address.rstrip(".,;"))
            return squeeze(block.text[read.title[0] : read.title[1]]).strip(' .,"“”*_'), block
    return None


_LONG = 700


def _embedded(state: Extraction, blocks: list[Block], title: str) -> Told | None:
    """What a BibTeX block in the file tells of its paper: its only one, or the one of that title."""
    from papergraph.notes.bibtex import read_bibtex

    records = []
    for block in blocks:
        if block.kind is BlockKind.CODE and block.text.lstrip().startswith("@"):
            found, _ = read_bibtex(block.text, len(block.text) + 1, state.document.path)
            records += [(b, block) for b in found if b.kind is BlockKind.RECORD and b.fields is not None]
    chosen = [r for r in records if fold(r[0].text)[:40] == fold(title)[: len(fold(r[0].text)[:40])]] or (
        records if len(records) == 1 else []
    )
    if not chosen:
        return None
    record, block = chosen[0]
    told = Told()
    assert record.fields is not None
    read_record(told, replace(record.fields, title=None, places=()))
    told.places = {k: place_of(state, block, 0, len(block.text)) for k in told.values}
    return told


def of_post(blocks: list[Block], found: list[Entry]) -> Entry | None:
    """The paper that a post in prose is about: named near its head, with much text and few other papers after it."""
    told = [e for e in found if not e.cited and e.paper.authors]
    if len(told) == 1 and sum(not e.cited for e in found) == 1 and told[0].block in blocks[:_HEAD]:
        # the one paper that the text presents with its authors
        return told[0]
    first = min(found, key=lambda e: e.paper.line or 0, default=None)
    if first is None or first.block is None or len(found) > _FEW or len(blocks) < _MUCH * len(found) or first.block not in blocks[:_HEAD]:
        return None
    for entry in found:
        entry.paper = replace(entry.paper, role=Role.ENTRY if entry is first else Role.CITED)
    return first


def _first_address(blocks: list[Block]) -> str | None:
    for block in blocks:
        for link in block.links:
            if (
                link.kind == "url"
                and is_paper_address(link.target)
                and len(block.text) < 120
                and len(block.text[link.start : link.end].split()) <= 3
            ):
                return link.target
    return None
