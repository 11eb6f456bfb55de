"""Which works a sentence names: citations, links, titles."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from itertools import accumulate

from papergraph.extract.attribution import Attribution, is_venue, read_attribution
from papergraph.extract.introduced import initials_of
from papergraph.extract.references import read_reference, surname
from papergraph.extract.state import BEGINNING, Entry, Extraction, Mention, Sentence, begun, taken
from papergraph.extract.titles import Cited, find_cited, looks_like_title
from papergraph.folding import fold, paper_id, squeeze
from papergraph.model import Paper
from papergraph.notes.document import BlockKind, Link
from papergraph.resolve.identifiers import identifiers, is_paper_address, is_web
from papergraph.resolve.names import name_key
from papergraph.vocabulary import Role

_KEY = re.compile(r"^@?[a-z][\w+-]*?:?(?:19|20)?\d{2}[\w:-]*$|^[\w-]+:[\w-]+:\d{4}\w?$|^@", re.IGNORECASE)
_BRACKET_KEY = re.compile(r"\[@?([\w-]+(?::[\w-]+:|)[\w-]*\d{4}[\w-]*)\]")
_ISSUE = re.compile(r"(?<![\w&/#])#\d{2,6}(?!\w)")
"""A note known by its number, as in lists of issues: #1127."""
_QUOTED_TITLE = re.compile(r"[\"“『「](?P<title>[^\"”』」\n]{8,200})[\"”』」]")
_LATIN_RUN = r"[A-Z][A-Za-z0-9\u00c0-\u024f+*&'’.:-]*(?:\s[A-Za-z0-9][A-Za-z0-9\u00c0-\u024f+*&'’.:-]*)*\??"
_SAID_TITLE = re.compile(rf"(?P<title>{_LATIN_RUN})\s*(?=って|という(?:論文|研究|話)|の(?:論文|研究|話|手法)|論文)")
_EDITION = re.compile(r"[A-Z]\w*(?:\s|-|')*(?:19|20)?\d\d")


def find_citations(state: Extraction) -> None:
    """Works cited: "(Kobayashi et al., Findings 2023)", "Oki and Liskov (1988)", "[3]", "[^a]", 論文関連リンクの2, by key."""
    for entry in state.entries:
        if entry.paper.authors:
            state.families.setdefault(fold(surname(entry.paper.authors[0])), []).append(entry)
    for sentence in state.sentences:
        text = sentence.block.text
        piece = text[sentence.start : sentence.end]
        if "[" in piece or "リンク" in piece or "文献" in piece:
            _numbered(state, sentence)
            _keyed(state, sentence)
        if "#" in piece:
            for number in _ISSUE.finditer(text, sentence.start, sentence.end):
                if not taken(sentence, *number.span()):
                    sentence.mentions.append(Mention(number.start(), number.end(), "citation", 0.8, concept=number[0]))
        if "(" in piece or "（" in piece:
            _entitled(state, sentence)
        if _ANY_YEAR.search(piece):
            for cited in find_cited(text, sentence.start, sentence.end):
                _cited(state, sentence, cited)
        if " paper" in piece:
            _said_papers(state, sentence)
        if _CITES.search(piece):
            _narrated(state, sentence)


def _cited(state: Extraction, sentence: Sentence, cited: Cited) -> None:
    """An author–year citation in brackets; with the title, link or name right before it, it is one mention."""
    text = sentence.block.text
    if _is_own(sentence, surname(cited.authors[0]), cited.year):
        sentence.mentions.append(Mention(cited.start, cited.end, "self", 1.0))
        return
    known = by_author(state, surname(cited.authors[0]), cited.year)
    before = text[sentence.start : cited.start]
    beside = next(
        (
            m
            for m in sentence.mentions
            if 0 <= cited.start - m.end <= _TOUCHING and m.paper is not None and not text[m.end : cited.start].strip(' "”」』*_')
        ),
        None,
    )
    if beside is not None and beside.paper is not None:
        if known is None or known.id == beside.paper.id:
            told = replace(
                beside.paper,
                authors=beside.paper.authors or cited.authors,
                year=beside.paper.year or cited.year,
                venue=beside.paper.venue or cited.venue,
            )
            sentence.mentions[sentence.mentions.index(beside)] = replace(beside, end=cited.end, paper=told)
        return
    title = _title_before(before)
    if not title:
        named = _NAME_BEFORE.search(before)
        title = (
            named[1]
            if named and named[1].casefold() not in _NO_NAMES and not re.match(r"(?:in|by|from|see|as|of|the)\b", named[1], re.IGNORECASE)
            else ""
        )
    start = cited.start - (len(before) - before.rfind(title)) if title else cited.start
    if known is not None:
        sentence.mentions.append(Mention(start, cited.end, "citation", 0.95, referred(state, known, "", sentence)))
        if title and fold(title) != fold(known.title) and len(title.split()) <= _SHORT_NAME:
            state.labels.setdefault(fold(title), known)
        return
    name = title or f"{', '.join(cited.authors)} {cited.year}"
    paper = Paper(
        paper_id(name), name, Role.CITED, cited.authors, cited.year, cited.venue, path=state.document.path, line=sentence.block.line
    )
    sentence.mentions.append(Mention(start, cited.end, "citation", 0.95 if title else 0.85, paper))


_TOUCHING, _SHORT_NAME = 3, 3
_NO_NAMES = frozenset("the this that these in see e.g. cf paper work and".split())
_ANY_YEAR = re.compile(r"(?:19|20)\d\d|['’]\d\d")
_NAME_BEFORE = re.compile(
    r"((?:[A-Z][A-Za-z0-9.+*-]*|[a-z]+[A-Z][A-Za-z0-9.+*-]*)(?:[ -](?:[A-Z0-9][A-Za-z0-9.+*-]*|for|of|and|with|in|the|via)){0,6})\s*$"
)
_FAMILY = r"(?:(?:[Vv]an|[Vv]on|[Dd]e|[Dd]er|[Dd]i|[Ll]e|[Ll]a)\s+){0,2}[A-Z\u00c0-\u00de\u0100-\u017f][A-Za-z\u00c0-\u024f'’\u2010-]+"
_NARRATED = re.compile(
    rf"(?P<names>(?P<first>{_FAMILY})(?:(?:,\s+{_FAMILY}){{0,5}},?\s+(?:and|&)\s+{_FAMILY}|(?:\s+and\s+colleagues|\s+et\s+al\.?,?|\s*ら|\+))?)(?:['’]s?)?\s*(?:[(（\[]\s*(?P<year>(?:19|20)\d\d)[a-z]?\s*[)）\]])?"
    r"|(?P<japanese>[\u4e00-\u9fff]{1,4})ら\s*(?:[(（\[]\s*(?P<year2>(?:19|20)\d\d)\s*[)）\]])?"
)
_CITES = re.compile(
    r"(?:19|20)\d\d\s*[)）\]]|et\s+al|and\s+colleagues|ら|\b[A-Z][\w'’-]{1,40}+\s+(?:and|&)\s+[A-Z]|\b[Tt]he\s+[A-Z][\w'’-]{1,40}+\s+(?:paper|approach|method|work|result)|[A-Z][\w-]{1,40}+['’]s?\s+(?:paper|work|method|result|construction|approach|model)|[A-Z][\w-]{1,40}+['’]s\b"
)
_NUMBERED = re.compile(
    r"\[(?P<key>\^?[\w.-]{1,24})(?P<more>(?:\s*[,，、]\s*\^?[\w.-]{1,24}){0,8})\](?!\()|(?:論文関連リンク|参考文献リンク|参考文献|文献|参考リンク|関連リンク)の?\s?\[?(?P<number>\d{1,3})\]?"
)


def _numbered(state: Extraction, sentence: Sentence) -> None:
    """As in "[3]", "[1, 4]", "[^raft]", 論文関連リンクの2: what the file's own list has under that number or key."""
    if not state.references.numbered:
        return
    text = sentence.block.text
    for found in _NUMBERED.finditer(text, sentence.start, sentence.end):
        keys = (
            [found["number"]]
            if found["number"]
            else [k.strip() for k in (found["key"] + (found["more"] or "")).replace("，", ",").replace("、", ",").split(",")]
        )
        for key in keys:
            entry = state.references.numbered.get(key.removeprefix("^"))
            if entry is None or entry.block is sentence.block:
                continue
            beside = next((m for m in sentence.mentions if 0 <= found.start() - m.end <= _TOUCHING and m.paper is not None), None)
            if beside is not None and len(keys) == 1:
                continue
            start = found.start()
            named = _NAME_BEFORE.search(text[sentence.start : start].rstrip("(（ ")) if len(keys) == 1 else None
            if named and named[1].casefold() not in _NO_NAMES:
                # "SPLADE [8]": the name before the number is the work's
                start = sentence.start + named.start(1)
                if not (any(w in ("and", "in", "with", "for", "of", "via", "the") for w in named[1].split()[:1])):
                    state.labels.setdefault(fold(named[1]), entry.paper)
            if not taken(sentence, start, found.end()):
                sentence.mentions.append(Mention(start, found.end(), "citation", 0.95, referred(state, entry.paper, "", sentence)))
            elif len(keys) > 1:
                sentence.mentions.append(
                    Mention(found.end() - 1, found.end(), "citation", 0.95, referred(state, entry.paper, "", sentence))
                )


def _keyed(state: Extraction, sentence: Sentence) -> None:
    text = sentence.block.text
    for key in _BRACKET_KEY.finditer(text, sentence.start, sentence.end):
        if any(x.start <= key.start() and x.end >= key.end() for x in _links_at(state, sentence)) or taken(sentence, *key.span()):
            continue
        known = state.catalogue.by_page(key[1])
        paper = referred(state, known, key[1], sentence)
        sentence.mentions.append(Mention(key.start(), key.end(), "citation", 0.95 if known else 0.8, paper))


def _narrated(state: Extraction, sentence: Sentence) -> None:
    """As in "Schneider (1990)", "Kraska et al.", "the Hutter paper": authors that the notes' own works have, or with a year any."""
    text = sentence.block.text
    for found in _NARRATED.finditer(text, sentence.start, sentence.end):
        if taken(sentence, *found.span()):
            continue
        year = found["year"] or found["year2"]
        name = found["first"] or found["japanese"]
        several = (found["names"] or "ら") != found["first"]
        after = text[found.end() : found.end() + 14]
        owned = re.match(r"\s*(?:['’]s?\s+)?(?:paper|work|method|approach|result|construction|attack|model)\b", after) or re.search(
            r"['’]s?\s*$", found[0]
        )
        if not (year or several or owned):
            continue
        if _is_own(sentence, name, int(year) if year else None):
            sentence.mentions.append(Mention(found.start(), found.start() + len(found[0].rstrip()), "self", 1.0))
            continue
        known = by_author(state, name, int(year) if year else None)
        if known is not None:
            sentence.mentions.append(
                Mention(found.start(), found.start() + len(found[0].rstrip()), "citation", 0.92, referred(state, known, "", sentence))
            )
        elif (titled := _title_behind(state, sentence, found.end())) is not None:
            # "Luan et al. (2021) の “Sparse, Dense, …”": the authors of the title behind them
            title, end, address = titled
            authors = (found["names"] or f"{found['japanese']}ら").strip(" ,")
            ids = identifiers(address or "")
            paper = Paper(
                paper_id(title),
                title,
                Role.CITED,
                (authors,),
                int(year) if year else None,
                url=address,
                doi=ids.doi,
                arxiv_id=ids.arxiv_id,
                openreview_id=ids.openreview_id,
                path=state.document.path,
                line=sentence.block.line,
            )
            if year or several:
                entry = Entry(paper, None, listed=True)
                for key in ((fold(surname(name)), int(year) if year else None), (fold(surname(name)), None)):
                    held = state.references.named.get(key, entry)
                    state.references.named[key] = entry if held is None or held is entry or held.paper.id == paper.id else None
            sentence.mentions = [m for m in sentence.mentions if not (found.end() <= m.start < end)]
            sentence.mentions.append(Mention(found.start(), end, "citation", 0.95, paper))
        elif year and found["names"] and len(name) > 2 and name.casefold() not in _NO_NAMES and name not in _MONTHS:
            label = f"{found['names'].strip(' ,')} {year}"
            paper = Paper(
                paper_id(label),
                label,
                Role.CITED,
                (found["names"].strip(" ,"),),
                int(year),
                path=state.document.path,
                line=sentence.block.line,
            )
            sentence.mentions.append(Mention(found.start(), found.start() + len(found[0].rstrip()), "citation", 0.8, paper))


_ENTITLED = re.compile(
    r"(?P<name>(?<![A-Za-z0-9-])(?:[A-Z][A-Za-z0-9+*.-]*|[a-z]+[A-Z0-9][A-Za-z0-9+*.-]*)(?: [A-Z0-9][A-Za-z0-9+*.-]*){0,2})\s?(?:という論文|の論文)?\s?[(（]\s*[\"“「『]?(?P<title>[A-Z][^()（）「」『』。]{10,200})[)）]"
)
_FEWEST_WORDS = 4


def _entitled(state: Extraction, sentence: Sentence) -> None:
    """A short name with the full title in brackets behind it: "SwAV（Unsupervised Learning of Visual Features by …）"."""
    for found in _ENTITLED.finditer(sentence.block.text, sentence.start, sentence.end):
        name, inside = found["name"], found["title"].strip(' "”」』*_')
        title, attribution = _titled(inside)
        if not title or is_venue(name) or (attribution is None and (len(title.split()) < _FEWEST_WORDS or _abbreviates(name, title))):
            continue
        known = state.catalogue.by_name(title) or state.catalogue.like(title)
        paper = referred(state, known, title, sentence)
        if known is None and attribution is not None:
            paper = replace(paper, authors=attribution.authors, year=attribution.year, venue=attribution.venue)
        if taken(sentence, *found.span()):
            sentence.mentions = [m for m in sentence.mentions if not (m.start < found.end() and found.start() < m.end)]
        sentence.mentions.append(Mention(found.start(), found.end(), "citation", 0.95, paper))
        if any(c.isupper() for c in name):
            state.labels.setdefault(fold(name), paper)


def _titled(inside: str) -> tuple[str, Attribution | None]:
    """`(title, what tells where it came out)` of what stands in brackets; no title where it is none."""
    if looks_like_title(inside) and read_attribution(inside) is None:
        return inside, None
    for comma in reversed([m.start() for m in re.finditer(r"[,，、.;]", inside)]):
        head, tail = inside[:comma].strip(' "”」』*_'), inside[comma + 1 :]
        found = read_attribution(tail)
        if found is not None and (found.venue or found.year) and looks_like_title(head) and read_attribution(head) is None:
            return head, found
    return "", None


def _abbreviates(name: str, words: str) -> bool:
    """Whether a name of capitals is made of letters of the words, in order: ALIGN (A Large Scale Image and Noisy …) is no title."""
    letters = iter(words.casefold())
    return name.isupper() and all(c in letters for c in name.casefold())


_SAID_PAPER = re.compile(r"\b[Tt]he\s+(?P<name>[A-Z][A-Za-z&]+|[a-z]+(?:-[a-z]+)*-[a-z]+)(?:\s+(?P<year>(?:19|20)\d\d))?(?:['’]s)?\s+papers?\b")


def _said_papers(state: Extraction, sentence: Sentence) -> None:
    """"the SIGMOD 2018 paper": the one work of these notes that appeared there; "the pseudo-lidar paper": a work by its name."""
    for found in _SAID_PAPER.finditer(sentence.block.text, sentence.start, sentence.end):
        if taken(sentence, *found.span()):
            continue
        name, year = found["name"], found["year"]
        if is_venue(name):
            there = {e.paper.id: e.paper for e in state.entries if e.paper.venue and name in e.paper.venue.split() and year in (None, str(e.paper.year))}
            subject = sentence.subject.paper.id if sentence.subject is not None else None
            there.pop(subject or "", None)
            if len(there) == 1:
                sentence.mentions.append(Mention(*found.span(), "citation", 0.9, referred(state, next(iter(there.values())), "", sentence)))
            else:
                # a venue is no work's name
                sentence.mentions.append(Mention(*found.span("name"), "venue", 0.0, concept=name))
        elif name[:1].islower() and name not in _PLAIN_KINDS:
            sentence.mentions.append(Mention(*found.span("name"), "name", 0.8, concept=name))


_PLAIN_KINDS = frozenset("follow-up state-of-the-art well-known peer-reviewed best-paper award-winning much-cited above-mentioned".split())


def _title_behind(state: Extraction, sentence: Sentence, at: int) -> tuple[str, int, str | None] | None:
    """The title, quoted or linked, right behind authors: `(title, end, address)`."""
    text = sentence.block.text
    lead = re.compile(r"\s*(?:の|'s|’s|,|:|による)?\s*").match(text, at)
    start = lead.end() if lead else at
    link = next((x for x in sentence.block.links if x.kind == "url" and start <= x.start <= start + 1 and x.end <= sentence.end), None)
    if link is not None and is_paper_address(link.target) and looks_like_title(squeeze(text[link.start : link.end])):
        return squeeze(text[link.start : link.end]), link.end, link.target
    quoted = _QUOTED_TITLE.match(text, start)
    if quoted and looks_like_title(quoted["title"]):
        return squeeze(quoted["title"]), quoted.end(), None
    return None


_MONTHS = frozenset(
    "January February March April May June July August September October November December Spring Summer Autumn Fall Winter".split()
)


def _is_own(sentence: Sentence, family: str, year: int | None) -> bool:
    """Whether the paper that the sentence is about goes by its own authors: "Kwon & Zou (2022) propose …"."""
    own = sentence.subject.paper if sentence.subject is not None else None
    if own is None or not own.authors or fold(surname(own.authors[0])) != fold(family):
        return False
    return year is None or own.year is None or abs(own.year - year) <= _YEARS_APART


_YEARS_APART = 2
"""Preprint and publication are so many years apart at most."""


def by_author(state: Extraction, family: str, year: int | None) -> Paper | None:
    """The one work of that first author and year in the file's lists, entries or collection."""
    entry = state.references.by_author(family, year)
    if entry is not None:
        return entry.paper
    own = {e.paper.id: e.paper for e in state.families.get(fold(family), ()) if year is None or e.paper.year in (None, year)}
    if len(own) == 1:
        return next(iter(own.values()))
    return None if own else state.catalogue.by_author(family, year)


def _title_before(text: str) -> str:
    piece = re.split(r"[。.!?、「『(（:]\s*", text.rstrip(' "”』」,'))[-1].strip('"“『「 ')
    return piece if looks_like_title(piece) else ""


def referred(state: Extraction, known: Paper | None, name: str, sentence: Sentence) -> Paper:
    """A cited paper: the known one, seen from here, or a new one of that name."""
    if known is not None:
        return Paper(
            known.id,
            known.title,
            Role.CITED,
            known.authors,
            known.year,
            known.venue,
            url=known.url,
            doi=known.doi,
            arxiv_id=known.arxiv_id,
            openreview_id=known.openreview_id,
            path=state.document.path,
            line=sentence.block.line,
        )
    return Paper(paper_id(name), squeeze(name), Role.CITED, path=state.document.path, line=sentence.block.line)


def find_links(state: Extraction) -> None:
    """Links to works, to other pages of the same notes, and wikilinks."""
    own: dict[str, Paper] = {}
    for entry in state.entries:
        if entry.paper.url:
            own.setdefault(entry.paper.url.rstrip("/"), entry.paper)
    for sentence in state.sentences:
        for link in _links_at(state, sentence):
            if link.start < sentence.start or link.end > sentence.end:
                continue
            mention = _link_mention(state, sentence, link, own)
            if mention is not None:
                sentence.mentions.append(mention)


def _links_at(state: Extraction, sentence: Sentence) -> list[Link]:
    """The links of the sentence's block that touch the sentence, in the block's order; in time that other links do not add to."""
    links = sentence.block.links
    if len(links) < _FEW_LINKS:
        return [x for x in links if x.start <= sentence.end and x.end >= sentence.start]
    if id(sentence.block) not in state.linked:
        order = sorted(range(len(links)), key=lambda n: links[n].start)
        state.linked[id(sentence.block)] = order, [links[n].start for n in order], [*accumulate((links[n].end for n in order), max)]
    order, starts, reach = state.linked[id(sentence.block)]
    out = []
    k = bisect_right(starts, sentence.end) - 1
    while k >= 0 and reach[k] >= sentence.start:
        if links[order[k]].end >= sentence.start:
            out.append(order[k])
        k -= 1
    return [links[n] for n in sorted(out)]


_FEW_LINKS = 16


def _link_mention(state: Extraction, sentence: Sentence, link: Link, own: dict[str, Paper]) -> Mention | None:
    text = squeeze(sentence.block.text[link.start : link.end]).strip('"“”「」『』*_')
    end = max(link.end, link.start + 1)
    if link.kind in ("wiki", "key") or not is_web(link.target):
        known = state.catalogue.by_page(link.target)
        if known is not None:
            if link.kind == "key" and not fold(text):
                return Mention(_named_before(state, sentence, link.start, known), end, "link", 0.97, referred(state, known, "", sentence))
            if link.kind == "wiki" and len(fold(text)) >= 3 and fold(text) != fold(link.target) and any(c.isupper() for c in text):
                # "[[clip_learning…|CLIP]]": further down the page it goes by that name
                state.labels[fold(text)] = known
            return Mention(link.start, end, "link", 0.97, referred(state, known, "", sentence))
        page = link.target.split("#")[0].rsplit("/", 1)[-1].removesuffix(".md")
        if not fold(page) or not squeeze(page.removeprefix("@")):
            # "[[#Heading]]" leads to a place in the page itself
            return None
        if link.kind == "key" or (link.kind == "wiki" and _KEY.match(page)):
            return Mention(link.start, end, "link", 0.85, referred(state, None, page.removeprefix("@"), sentence))
        local = link.kind == "wiki" or re.search(r"\.(?:md|markdown|org|html?)(?:#|$)", link.target, re.IGNORECASE) or "ref " in link.target
        if local and text and not re.search(r"\.(?:png|jpe?g|gif|svg|pdf)$", page, re.IGNORECASE):
            return Mention(link.start, end, "link", 0.85, concept=text)
        return None
    same = own.get(link.target.rstrip("/"))
    if same is not None:
        return Mention(link.start, end, "link", 0.97, same)
    if not text or link.end <= link.start:
        return None
    cited = _cited_link(state, sentence, text, link)
    if cited is not None:
        return Mention(link.start, end, "link", 0.97, cited)
    reference = read_reference(text)
    if reference is not None and reference.year is not None and is_paper_address(link.target):
        text = text[slice(*reference.title)].strip(" .,")
    if (
        is_paper_address(link.target)
        and (len(text.split()) >= 3 or any(c.isupper() for c in text[1:]))
        and not text.casefold().startswith("http")
    ):
        found = identifiers(link.target)
        paper = replace(
            referred(state, state.catalogue.by_name(text), text, sentence),
            url=link.target,
            doi=found.doi,
            arxiv_id=found.arxiv_id,
            openreview_id=found.openreview_id,
        )
        return Mention(link.start, end, "link", 0.95, paper)
    if (
        len(text) > 2
        and not text.casefold().startswith("http")
        and text.casefold() not in ("link", "here", "paper", "code", "pdf", "github", "project page")
    ):
        return Mention(link.start, end, "link", 0.85, concept=text)
    return None


_WITH_LETTER = re.compile(r"(?<!\d)(?:19|20)\d\d[a-z](?![\w])")


def _cited_link(state: Extraction, sentence: Sentence, text: str, link: Link) -> Paper | None:
    """The work of the file's reference list that a link's words cite by author and year: [Levy (2008)](…)."""
    if not is_web(link.target) or not _ANY_YEAR.search(text):
        return None
    letter = _WITH_LETTER.search(text)
    found = read_attribution(text if letter is None else text.replace(letter[0], letter[0][:-1]))
    if found is None or not found.authors or not found.year:
        return None
    name = surname(found.authors[0])
    entry = (state.references.by_author(name, letter[0]) if letter else None) or state.references.by_author(name, found.year)
    if entry is None:
        return None
    ids = identifiers(link.target)
    return replace(
        referred(state, entry.paper, "", sentence),
        url=entry.paper.url or link.target,
        doi=entry.paper.doi or ids.doi,
        arxiv_id=entry.paper.arxiv_id or ids.arxiv_id,
        openreview_id=entry.paper.openreview_id or ids.openreview_id,
    )


def _named_before(state: Extraction, sentence: Sentence, at: int, paper: Paper) -> int:
    """Where the mention of a cited work begins: at the name right before the citation, by which the work goes from then on."""
    before = sentence.block.text[sentence.start : at]
    named = _NAME_BEFORE.search(before.rstrip("(（[ "))
    if named is None or named[1].split()[0].casefold() in _NO_NAMES or len(named[1].split()) > _SHORT_NAME or taken(sentence, sentence.start + named.start(1), at):
        return at
    if len(fold(named[1])) >= _SHORTEST_NAME and (len(named[1].split()) > 1 or any(c.isupper() or c.isdigit() for c in named[1][1:])):
        state.labels.setdefault(fold(named[1]), paper)
        return sentence.start + named.start(1)
    return at


def link_titles(state: Extraction) -> None:
    """Titles and short names of the papers of these notes, where a sentence writes them out."""
    own = _called(state)
    papers: dict[str, Paper] = {}
    for entry in state.entries:
        papers.setdefault(entry.paper.id, entry.paper)
        for name in (entry.paper.title, *entry.names):
            own[name_key(name)] = entry.paper
    known = begun(own)
    for sentence in state.sentences:
        _scan(state, sentence, own, known, papers)


_PREFIXED = re.compile(r"(?<![A-Za-z])(?!(?:pre|post|non|anti|pseudo|quasi|semi|multi|meta|original|vanilla|plain|standard)-\Z)[A-Za-z]{1,6}-\Z", re.IGNORECASE)
_LONGEST_PREFIX = 12


def _called(state: Extraction) -> dict[str, Paper]:
    """The names by which the works that this file cites go in it: those before a citation, and their titles' initials."""
    words = set(_CAPITALS.findall(state.document.text))
    if not words:
        return dict(state.labels)
    initials: dict[str, Paper | None] = {}
    for sentence in state.sentences:
        for mention in sentence.mentions:
            paper = mention.paper
            if paper is None:
                continue
            key = initials_of(paper.title)
            if key in words:
                held = initials.get(fold(key), paper)
                initials[fold(key)] = paper if held is not None and held.id == paper.id else None
    return state.labels | {key: paper for key, paper in initials.items() if paper is not None}


_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{3,5}(?![\w-])")
_SHORTEST_NAME = 3
_PIECE = re.compile(r"[A-Za-z0-9\u00C0-\u024F]+|[\u3040-\u30ff\u4e00-\u9fff]+")
_PLUS = re.compile(r"\+{1,2}(?!\w)")


def _plus(text: str, at: int) -> str:
    """The plus signs that are part of a name: DefSent+ is not DefSent."""
    found = _PLUS.match(text, at) if text.startswith("+", at) else None
    return found[0] if found else ""


def _scan(state: Extraction, sentence: Sentence, own: dict[str, Paper], known: dict[str, int], papers: dict[str, Paper]) -> None:
    """Exact names on word borders, longest first; a short one only as it is written, with a capital.

    `own` are this file's names, before those of the collection, and `known` how they begin; `papers` its papers by id.
    """
    text, others, begins = sentence.block.text, state.catalogue.names(), state.catalogue.begun
    borders = [m.span() for m in _PIECE.finditer(text, sentence.start, sentence.end)]
    pieces = [fold(text[a:b]) for a, b in borders]
    i = 0
    while i < len(borders):
        key, hit = "", None
        for j in range(i, len(borders)):
            key += pieces[j]
            begin = key[:BEGINNING]
            if len(key) > known.get(begin, 0) and len(key) > begins.get(begin, 0):
                break
            name = key + _plus(text, borders[j][1])
            if len(name) >= _SHORTEST_NAME and (name in own or name in others):
                hit = j
        if hit is not None:
            start, end = borders[i][0], borders[hit][1]
            plus = _plus(text, end)
            name = fold(text[start:end]) + plus
            paper = own.get(name) or (others[name].paper if name in others else None)
            if i == hit and _PREFIXED.search(text, max(sentence.start, start - _LONGEST_PREFIX), start):
                # M-CURL is not CURL
                paper = None
            end += len(plus)
            if paper is not None and (hit > i + 1 or any(c.isupper() for c in text[start:end])):
                sentence.mentions.append(Mention(start, end, "title", 0.95, papers.get(paper.id) or referred(state, paper, "", sentence)))
                i = hit + 1
                continue
        i += 1


def find_said_titles(state: Extraction) -> None:
    """As in "Vision Mamba の論文は", "… って", a title in quotation marks: works that only this sentence names."""
    for sentence in state.sentences:
        text = sentence.block.text
        found = (
            [(m.start("title"), m.end("title"), m["title"]) for m in _SAID_TITLE.finditer(text, sentence.start, sentence.end)]
            if sentence.language == "ja"
            else []
        )
        found += [
            (m.start("title"), m.end("title"), m["title"])
            for m in _QUOTED_TITLE.finditer(text, sentence.start, sentence.end)
            if looks_like_title(m["title"])
        ]
        for start, end, title in found:
            after = text[end : end + 8]
            work = after.lstrip('」』”"').lstrip().startswith(("の論文", "論文", "という論文", "という研究", "の研究")) or (
                len(title.split()) >= 3 and title[:1].isupper()
            )
            if not work or taken(sentence, start, end) or _EDITION.fullmatch(title):
                continue
            paper = referred(state, state.catalogue.like(title), title, sentence)
            sentence.mentions.append(Mention(start, end, "title", 0.9, paper))


_ALIASES = re.compile(r"[(（]([A-Za-z][A-Za-z -]{3,60})[:：,，]\s?([A-Z][\w-]{1,11})[)）]")
_ALIASED = re.compile(rf"([^\s、。()（）]{{2,30}}?(?:\s[A-Za-z-]+){{0,3}})\s?{_ALIASES.pattern}")


def find_aliases(state: Extraction) -> None:
    """As in "構文注目構造（Syntactic Attention Structure：SAS）": one concept under three names."""
    for sentence in state.sentences:
        if sentence.block.kind is BlockKind.ROW or ("(" not in sentence.text and "（" not in sentence.text):
            continue
        for m in _ALIASED.finditer(sentence.text) if _ALIASES.search(sentence.text) else ():
            base = re.split(r"[はがをにでと、]", m[1])[-1].strip()
            if len(base) >= 2:
                state.aliases[fold(m[3])] = (base, m[2].strip(), m[3])
        for m in re.finditer(r"(?<![A-Za-z])([A-Z][\w-]{1,11})\s?[(（]([A-Z][A-Za-z]+(?:[ -][A-Za-z]+){1,7})[)）]", sentence.text):
            if "".join(w[0] for w in re.split(r"[ -]", m[2])).casefold() == m[1].casefold():
                state.aliases[fold(m[1])] = (m[1], m[2])
