"""Which blocks name a paper that the notes are about, which one only cited, and what belongs to each."""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.state import Entry, Extraction
from papergraph.extract.titles import (
    TitleLine,
    find_cited,
    looks_like_title,
    read_authors,
    read_title_line,
    title_case,
    web_address,
)
from papergraph.folding import is_cjk, paper_id, squeeze
from papergraph.lang import LANGUAGES, lexicon
from papergraph.model import Paper
from papergraph.notes.document import Block, BlockKind
from papergraph.resolve.identifiers import identifiers, is_paper_address, is_web
from papergraph.resolve.names import short_names
from papergraph.vocabulary import Role

_SENTENCE_END = re.compile(r"[。．.!！][」』)）\"”’]*$")
_META = re.compile(r"^\s*(?P<key>title|authors?|year|venue|journal|url|link|doi|arxiv|tags|status|related|タイトル|著者|発表年|会議)\s*[:：]\s*(?P<value>.*)$", re.IGNORECASE)
_THRESHOLD = 3
_FEW, _MUCH, _HEAD = 3, 12, 12
"""A post about one paper names at most so many papers, has so many blocks for each, and names its own among so many first ones."""


def find_entries(state: Extraction) -> None:
    """Find what the notes are about: the file itself, headings, items and rows, or a linked paper in prose."""
    blocks = [b for b in state.order if b.line not in state.legend.lines]
    listed = _listed(state, blocks)
    headed = [] if len(listed) > 3 else _headed(state, blocks)
    if headed:
        inside = {id(b) for e in headed if e.block for b in e.block.walk()}
        listed = [e for e in listed if id(e.block) not in inside]
    owner = _of_file(state, blocks, listed + headed)
    if owner is not None:
        # in a file about one paper, what is listed is cited
        state.owner = owner
        listed = [_as_cited(e) for e in listed]
        headed = []
    if owner is None and not listed and not headed:
        listed = _in_prose(state, blocks)
    if owner is None:
        state.owner = _of_post(blocks, headed + listed)
    state.entries = ([owner] if owner else []) + headed + listed
    _own_blocks(state)


def _listed(state: Extraction, blocks: list[Block]) -> list[Entry]:
    """Items, rows and paragraphs that are a paper's line, by the marks of such lines summed up."""
    scored = []
    for block in blocks:
        if block.kind not in (BlockKind.ITEM, BlockKind.ROW, BlockKind.PARAGRAPH) or block.quoted:
            continue
        line = _row_line(block) if block.kind is BlockKind.ROW else read_title_line(block)
        if line is not None:
            score = _score(state, block, line)
            if score >= _THRESHOLD:
                scored.append((block, line))
    marked = [bool(x.markers or x.decision) for _, x in scored]
    mostly_marked = len(marked) >= 4 and sum(marked) >= 0.75 * len(marked)
    out: list[Entry] = []
    holders: dict[int, Entry] = {}
    for block, line in scored:
        above = state.parent.get(id(block))
        while above is not None and id(above) not in holders:
            above = state.parent.get(id(above))
        nested = above is not None and above.kind is BlockKind.ITEM
        # in a flat list whose papers bear marks, one with a citation and no mark is only referred to
        aside = state.document.flat and mostly_marked and not (line.markers or line.decision)
        role = Role.CITED if nested or aside or _under(state, block, _BIBLIOGRAPHY) else Role.ENTRY
        entry = _entry(state, block, line, role)
        out.append(entry)
        if role is Role.ENTRY:
            holders[id(block)] = entry
    return out


_BIBLIOGRAPHY = re.compile(
    r"参考(?:文献|リンク|論文)|関連(?:研究|論文|文献|リンク)|引用文献|論文リンク|次に読む|\breferences?\b|\bbibliography\b|\brelated (?:work|papers?)\b|\bfurther reading\b|\bsee also\b|\bread next\b", re.IGNORECASE
)


_READING_LIST = re.compile(r"関連(?:研究|論文)|次に読む|\brelated (?:work|papers?)\b|\bfurther reading\b|\bsee also\b|\bread next\b", re.IGNORECASE)


def _under(state: Extraction, block: Block, words: re.Pattern[str]) -> bool:
    above = state.parent.get(id(block))
    while above is not None:
        if above.kind is BlockKind.HEADING and len(above.text) <= 40 and words.search(above.text):
            return True
        above = state.parent.get(id(above))
    return False


def only_refers(state: Extraction, block: Block) -> bool:
    """Whether a heading above says that what follows are sources only, and not works that the reader calls related."""
    return _under(state, block, _BIBLIOGRAPHY) and not _under(state, block, _READING_LIST)


def _score(state: Extraction, block: Block, line: TitleLine) -> int:
    address = web_address(line.link)
    whole = block.text.strip()
    if len(line.title) < 4 or len(line.title) > 300:
        return 0
    score = 0
    if address and is_paper_address(address):
        score += 3 if line.lead != "plain" or looks_like_title(line.title) else 2
        after = block.text[line.end :]
        if len(line.title.split()) < 3 and not is_cjk(line.title) and (len(after) > 25 or is_cjk(after)):
            # "[Smith 2019](…) and more", "[induction heads](…) の話": the link's text is no title
            score -= 2
    elif address and line.lead == "link":
        score += 1
    score += 2 * bool(line.markers and (line.markers[-1] in state.legend.marks or not state.legend.marks))
    score += 2 * bool(line.decision)
    titled = looks_like_title(line.title)
    score += 2 * titled or int(bool(line.markers or line.decision) and _sentence_case(line.title))
    score += 2 * (line.citation or bool(line.authors and line.year))
    score += line.lead in ("quoted", "strong") and titled and bool(address or line.citation)
    score -= bool(address) and block.kind is BlockKind.PARAGRAPH and not is_paper_address(address or "")
    if block.kind is BlockKind.PARAGRAPH and (line.lead == "plain" or len(whole) > 2 * len(line.title) + 120):
        score -= 2
    if not titled and line.lead == "plain" and (is_cjk(line.title) or _SENTENCE_END.search(line.title)):
        score -= 3
    if _SENTENCE_END.search(line.title) and line.lead == "plain":
        score -= 1
    if block.kind is BlockKind.ITEM and line.lead == "link" and line.link and line.link.target.startswith("#"):
        score -= 3
    if _META.match(whole) or line.title.casefold() in _NO_TITLES:
        score = 0
    return score


def _sentence_case(title: str) -> bool:
    """Several Latin words that begin with a capital and end no sentence: a title written in sentence case."""
    return len(title.split()) >= 4 and title[:1].isupper() and not is_cjk(title) and not _SENTENCE_END.search(title)


_NO_TITLES = frozenset(
    "paper code pdf project page website slides video blog link arxiv github supplementary poster demo dataset related work references introduction conclusion abstract".split()
) | {"project page", "related work"}


def _row_line(block: Block) -> TitleLine | None:
    """A table row as a title line: the first cell that holds a title, authors and year from the others."""
    for start, end in block.cells:
        link = next((x for x in block.links if x.start >= start and x.end <= end), None)
        title = squeeze(block.text[start:end])
        if not (looks_like_title(title) or (link and is_paper_address(link.target) and len(title) > 8)):
            continue
        others = [squeeze(block.text[a:b]) for a, b in block.cells if a != start]
        authors = next((read_authors(c) for c in others if read_authors(c)), ())
        year = next((int(c) for c in others if re.fullmatch(r"(?:19|20)\d\d", c)), None)
        link = link or next((x for x in block.links if is_paper_address(x.target)), None)
        return TitleLine(title, start, end, end, link, authors=authors, year=year, lead="link" if link else "plain")
    return None


def _headed(state: Extraction, blocks: list[Block]) -> list[Entry]:
    """Headings that are papers: a link to a work, or a title with a work's address, authors or year right below."""
    out: list[Entry] = []
    for block in blocks:
        if block.kind is not BlockKind.HEADING:
            continue
        line = read_title_line(block)
        if line is None or line.title.casefold() in _NO_TITLES:
            continue
        score = 0
        address = web_address(line.link)
        score += 3 * bool(address and is_paper_address(address))
        score += 2 * looks_like_title(line.title) + 2 * bool(line.citation or line.decision)
        below = [b for b in block.children if b.kind is not BlockKind.HEADING][:4]
        link = line.link or next((x for b in below for x in b.links if is_paper_address(x.target)), None)
        score += 2 * bool(link is not line.link) + (1 if any(find_cited(b.text[:400]) or read_authors(b.text[:400]) for b in below[:2]) else 0)
        if any(c.kind is BlockKind.HEADING and looks_like_title(c.text) for c in block.children):
            score -= 2
        if score >= _THRESHOLD + 1 or (score >= _THRESHOLD and address):
            out.append(_entry(state, block, replace(line, link=link), Role.ENTRY))
    return out


def _of_file(state: Extraction, blocks: list[Block], found: list[Entry]) -> Entry | None:
    """The paper that the whole file is about, by its front matter, or by its first heading and what follows it."""
    front, document = state.document.front, state.document
    meta = _meta_lines(blocks)
    heading = next((b for b in blocks if b.kind is BlockKind.HEADING), None)
    first = blocks[0] if blocks else None
    title = front.title or meta.get("title") or meta.get("タイトル")
    if len([e for e in found if not e.cited]) > 3:
        return None
    if title:
        cited = next(iter(find_cited(title)), None)
        known = bool(front.authors and (front.venue or front.year or front.doi or front.arxiv or front.keys)) or bool(meta.get("title") and (meta.get("authors") or meta.get("author")))
        if not (known or cited or front.doi or front.arxiv or (front.url and is_paper_address(front.url))):
            return None
        bare = title[: cited.start].strip() if cited else title
        authors = front.authors or tuple(n for n in re.split(r",|;|、", meta.get("authors") or meta.get("author") or "") if n.strip())
        if not authors and cited:
            authors = (cited.authors,)
        paper = Paper(
            paper_id(bare),
            squeeze(bare).rstrip("."),
            Role.ENTRY,
            tuple(squeeze(a) for a in authors),
            front.year or _year(meta.get("year")) or (cited.year if cited else None),
            front.venue or (cited.venue if cited else None),
            url=_first_address(front.url, blocks),
            aliases=front.aliases,
            path=document.path,
            line=front.line if front.title else 1,
        )
        return Entry(_identified(paper, front.doi, front.arxiv), None, names=(*short_names(paper.title), *front.aliases, *front.keys))
    if heading is None or first is not heading or (is_cjk(heading.text) and not heading.links):
        return None
    near = [b for b in blocks[1:5] if b.kind is not BlockKind.HEADING]
    line = read_title_line(heading)
    link = next((x for b in [heading, *near] for x in b.links if is_paper_address(x.target)), None)
    bare_url = next((u for b in near for u in re.findall(r"https?://[^\s<>\"')\]]+", b.text) if is_paper_address(u)), None)
    reference = next((b for b in near if _is_reference(b.text)), None)
    if line is None or not (link or bare_url or reference) or not (title_case(line.title) >= 0.3 or is_cjk(line.title) or len(line.title.split()) >= 3):
        return None
    if any(b.kind is BlockKind.HEADING and b.level <= heading.level for b in blocks[1:]) and not reference and not bare_url:
        return None
    year = re.search(r"\b(?:19|20)\d\d\b", reference.text) if reference else None
    paper = Paper(
        paper_id(line.title),
        line.title,
        Role.ENTRY,
        _reference_authors(reference.text) if reference else (),
        int(year[0]) if year else None,
        url=link.target if link else bare_url,
        path=document.path,
        line=heading.line,
    )
    return Entry(_identified(paper), heading, (line.start, line.end), names=short_names(paper.title))


def _is_reference(text: str) -> bool:
    return bool(re.match(r"^[^.]{2,60},\s+[A-Z]\..*\(?\b(?:19|20)\d\d\b", text)) or bool(re.match(r"^[A-Z][^\n]{3,200}\((?:19|20)\d\d[^)]*\)\.", text))


def _reference_authors(text: str) -> tuple[str, ...]:
    head = re.split(r"\(?\b(?:19|20)\d\d\b", text)[0]
    return tuple(squeeze(a).strip(" &,") for a in re.findall(r"[^,&]+,\s+(?:[A-Z]\.[\s-]*)+", head))


def _meta_lines(blocks: list[Block]) -> dict[str, str]:
    """`*title:* …`, `*authors:* …` at the head of a file, one line each though Markdown makes them one paragraph."""
    out: dict[str, str] = {}
    for block in blocks[:4]:
        for piece in re.split(r"\s(?=(?:title|authors?|year|venue|tags|status|related|url|doi)\s*:)", block.text):
            found = _META.match(piece)
            if found and found["value"].strip():
                out.setdefault(found["key"].casefold(), squeeze(found["value"]))
        if not out:
            break
    return out


def _in_prose(state: Extraction, blocks: list[Block]) -> list[Entry]:
    """Linked works in running text. The first is what a post about one paper ("… を読んだ") is about, the rest are cited."""
    nouns = tuple(w for language in LANGUAGES for w in lexicon(language).paper_nouns)
    out: list[Entry] = []
    for block in blocks:
        if block.quoted or block.kind is BlockKind.HEADING:
            continue
        for link in block.links:
            text = squeeze(block.text[link.start : link.end]).strip("\"“”「」『』*")
            if link.kind != "url" or not is_paper_address(link.target) or not looks_like_title(text):
                continue
            after = block.text[link.end : link.end + 40].casefold()
            about = (not out and any(f"{n}を読" in after or n in after[:24] for n in nouns)) or (not out and "を読んだ" in after)
            line = TitleLine(text, link.start, link.end, link.end, link, lead="link")
            out.append(_entry(state, block, line, Role.ENTRY if about or (not out and block.line < 12) else Role.CITED))
    return out


def _of_post(blocks: list[Block], found: list[Entry]) -> Entry | None:
    """The paper that a post in prose is about: named near its head, with much text and few other papers after it."""
    first = min(found, key=lambda e: e.paper.line or 0, default=None)
    if first is None or first.block is None or len(found) > _FEW or len(blocks) < _MUCH * len(found) or first.block not in blocks[:_HEAD]:
        return None
    for entry in found:
        entry.paper = replace(entry.paper, role=Role.ENTRY if entry is first else Role.CITED)
    return first


def _entry(state: Extraction, block: Block, line: TitleLine, role: Role) -> Entry:
    paper = Paper(
        paper_id(line.title),
        line.title,
        role,
        line.authors,
        line.year,
        line.venue,
        line.decision,
        web_address(line.link),
        markers=line.markers,
        path=state.document.path,
        line=block.line,
    )
    return Entry(_identified(paper), block, (line.start, line.end), line.rest, short_names(line.title))


def _identified(paper: Paper, doi: str | None = None, arxiv: str | None = None) -> Paper:
    found = identifiers(paper.url or "")
    given = identifiers(f"arxiv:{arxiv}") if arxiv else None
    plain_doi = identifiers(doi).doi if doi else None
    return replace(
        paper,
        doi=plain_doi or found.doi,
        arxiv_id=(given.arxiv_id if given else None) or found.arxiv_id,
        openreview_id=found.openreview_id,
    )


def _as_cited(entry: Entry) -> Entry:
    entry.paper = replace(entry.paper, role=Role.CITED)
    return entry


def _first_address(url: str | None, blocks: list[Block]) -> str | None:
    if url and is_web(url):
        return url
    for block in blocks:
        for link in block.links:
            if link.kind == "url" and is_paper_address(link.target) and len(block.text) < 120:
                return link.target
    return None


def _year(text: str | None) -> int | None:
    found = re.search(r"\b(?:19|20)\d\d\b", text or "")
    return int(found[0]) if found else None


def _own_blocks(state: Extraction) -> None:
    """Tell each block which entry it is about: nested below it, in its section, or after it in a flat list."""
    by_block = {id(e.block): e for e in state.entries if e.block is not None and not e.cited}
    current: Entry | None = None
    for block in state.order:
        if block.kind is BlockKind.HEADING:
            current = None
        above: Block | None = block
        owner: Entry | None = None
        while above is not None and owner is None:
            owner = by_block.get(id(above))
            above = state.parent.get(id(above))
        if owner is not None:
            current = owner
        elif state.document.flat or (current is not None and current.block is not None and _continues(current.block, block)):
            owner = current
        if owner is None:
            owner = state.owner
        if owner is not None:
            state.subject[id(block)] = owner
    _tie_citations(state)


def _continues(head: Block, block: Block) -> bool:
    """Whether `block` goes on with what a paragraph that names a paper began: prose, or a list right below it."""
    return head.kind is BlockKind.PARAGRAPH and block.kind is not BlockKind.HEADING


def _tie_citations(state: Extraction) -> None:
    """A cited paper's line right below a remark is what that remark speaks of."""
    cited = {id(e.block): e for e in state.entries if e.cited and e.block is not None}
    previous: Block | None = None
    for block in state.order:
        entry = cited.get(id(block))
        if entry is not None and previous is not None and previous.kind is not BlockKind.HEADING:
            entry.after = previous
            state.next_cited.setdefault(id(previous), entry)
        elif entry is None or previous is None:
            previous = block
