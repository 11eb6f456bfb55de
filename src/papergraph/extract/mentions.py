"""Which works a sentence names: citations, links, titles."""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.state import Extraction, Mention, Sentence, taken
from papergraph.extract.titles import find_cited, looks_like_title
from papergraph.folding import fold, paper_id, squeeze
from papergraph.model import Paper
from papergraph.notes.document import BlockKind, Link
from papergraph.resolve.identifiers import identifiers, is_paper_address, is_web
from papergraph.vocabulary import Role

_KEY = re.compile(r"^@?[a-z][\w+-]*?:?(?:19|20)?\d{2}[\w:-]*$|^[\w-]+:[\w-]+:\d{4}\w?$|^@", re.IGNORECASE)
_BRACKET_KEY = re.compile(r"\[@?([\w-]+(?::[\w-]+:|)[\w-]*\d{4}[\w-]*)\]")
_ISSUE = re.compile(r"(?<![\w&/#])#\d{2,6}(?!\w)")
"""A note known by its number, as in lists of issues: #1127."""
_QUOTED_TITLE = re.compile(r"[\"“『「](?P<title>[^\"”』」\n]{8,200})[\"”』」]")
_LATIN_RUN = r"[A-Z][\w+*&'’.-]*(?:\s[A-Za-z0-9][\w+*&'’.-]*)*\??"
_SAID_TITLE = re.compile(rf"(?P<title>{_LATIN_RUN})\s*(?=って|という(?:論文|研究|話)|の(?:論文|研究|話|手法)|論文)")
_EDITION = re.compile(r"[A-Z]\w*(?:\s|-|')*(?:19|20)?\d\d")


def find_citations(state: Extraction) -> None:
    """"(Kobayashi et al., Findings 2023)" after a title, and works cited by key or in an HTML cite tag."""
    for sentence in state.sentences:
        text = sentence.block.text
        for cited in find_cited(text, sentence.start, sentence.end):
            before = text[sentence.start : cited.start]
            title = _title_before(before)
            name = title or f"{', '.join(cited.authors)} {cited.year}"
            paper = Paper(
                paper_id(name), name, Role.CITED, cited.authors, cited.year, cited.venue, path=state.document.path, line=sentence.block.line
            )
            start = cited.start - (len(before) - before.rfind(title)) if title else cited.start
            sentence.mentions.append(Mention(start, cited.end, "citation", 0.95 if title else 0.85, paper))
        for number in _ISSUE.finditer(text, sentence.start, sentence.end):
            if not taken(sentence, *number.span()):
                sentence.mentions.append(Mention(number.start(), number.end(), "citation", 0.8, concept=number[0]))
        for key in _BRACKET_KEY.finditer(text, sentence.start, sentence.end):
            if any(x.start <= key.start() and x.end >= key.end() for x in sentence.block.links):
                continue
            known = state.catalogue.by_page(key[1])
            paper = referred(state, known, key[1], sentence)
            sentence.mentions.append(Mention(key.start(), key.end(), "citation", 0.95 if known else 0.8, paper))


def _title_before(text: str) -> str:
    piece = re.split(r"[。.!?、「『(（:]\s*", text.rstrip(' "”』」,'))[-1].strip("\"“『「 ")
    return piece if looks_like_title(piece) else ""


def referred(state: Extraction, known: Paper | None, name: str, sentence: Sentence) -> Paper:
    """A cited paper: the known one, seen from here, or a new one of that name."""
    if known is not None:
        return Paper(known.id, known.title, Role.CITED, path=state.document.path, line=sentence.block.line)
    return Paper(paper_id(name), squeeze(name), Role.CITED, path=state.document.path, line=sentence.block.line)


def find_links(state: Extraction) -> None:
    """Links to works, to other pages of the same notes, and wikilinks."""
    for sentence in state.sentences:
        for link in sentence.block.links:
            if link.start < sentence.start or link.end > sentence.end:
                continue
            mention = _link_mention(state, sentence, link)
            if mention is not None:
                sentence.mentions.append(mention)


def _link_mention(state: Extraction, sentence: Sentence, link: Link) -> Mention | None:
    text = squeeze(sentence.block.text[link.start : link.end]).strip("\"“”「」『』*_")
    end = max(link.end, link.start + 1)
    if link.kind in ("wiki", "key") or not is_web(link.target):
        known = state.catalogue.by_page(link.target)
        if known is not None:
            if link.kind == "wiki" and len(fold(text)) >= 3 and fold(text) != fold(link.target):
                # "[[clip_learning…|CLIP]]": further down the page it goes by that name
                state.labels[fold(text)] = known
            return Mention(link.start, end, "link", 0.97, referred(state, known, "", sentence))
        page = link.target.split("#")[0].rsplit("/", 1)[-1].removesuffix(".md")
        if link.kind == "key" or (link.kind == "wiki" and _KEY.match(page)):
            return Mention(link.start, end, "link", 0.85, referred(state, None, page.removeprefix("@"), sentence))
        local = link.kind == "wiki" or re.search(r"\.(?:md|markdown|org|html?)(?:#|$)", link.target, re.IGNORECASE) or "ref " in link.target
        if local and text and not re.search(r"\.(?:png|jpe?g|gif|svg|pdf)$", page, re.IGNORECASE):
            return Mention(link.start, end, "link", 0.85, concept=text)
        return None
    same = next((e.paper for e in state.entries if e.paper.url and e.paper.url.rstrip("/") == link.target.rstrip("/")), None)
    if same is not None:
        return Mention(link.start, end, "link", 0.97, same)
    if not text or link.end <= link.start:
        return None
    if is_paper_address(link.target) and (len(text.split()) >= 3 or any(c.isupper() for c in text[1:])) and not text.casefold().startswith("http"):
        found = identifiers(link.target)
        paper = replace(referred(state, state.catalogue.by_name(text), text, sentence), url=link.target, doi=found.doi, arxiv_id=found.arxiv_id, openreview_id=found.openreview_id)
        return Mention(link.start, end, "link", 0.95, paper)
    if len(text) > 2 and not text.casefold().startswith("http") and text.casefold() not in ("link", "here", "paper", "code", "pdf", "github", "project page"):
        return Mention(link.start, end, "link", 0.85, concept=text)
    return None


def link_titles(state: Extraction) -> None:
    """Titles and short names of the papers of these notes, where a sentence writes them out."""
    names: dict[str, Paper] = {}
    for known in state.catalogue.names().items():
        names[known[0]] = known[1].paper
    names |= state.labels
    for entry in state.entries:
        for name in (entry.paper.title, *entry.names):
            names[fold(name)] = entry.paper
    names = {k: v for k, v in names.items() if len(k) >= 3}
    if not names:
        return
    longest = max(map(len, names))
    for sentence in state.sentences:
        _scan(state, sentence, names, longest)


def _scan(state: Extraction, sentence: Sentence, names: dict[str, Paper], longest: int) -> None:
    """Exact names on word borders, longest first; a short one only as it is written, with a capital."""
    text = sentence.block.text
    borders = [m.span() for m in re.finditer(r"[A-Za-z0-9\u00C0-\u024F]+|[\u3040-\u30ff\u4e00-\u9fff]+", text[sentence.start : sentence.end])]
    i = 0
    while i < len(borders):
        key, hit = "", None
        for j in range(i, len(borders)):
            piece = text[sentence.start + borders[j][0] : sentence.start + borders[j][1]]
            key += fold(piece)
            if len(key) > longest:
                break
            if key in names:
                hit = j
        if hit is not None:
            start, end = sentence.start + borders[i][0], sentence.start + borders[hit][1]
            paper = names.get(fold(text[start:end]))
            if paper is not None and (hit > i + 1 or any(c.isupper() for c in text[start:end])):
                known = next((e.paper for e in state.entries if e.paper.id == paper.id), None)
                sentence.mentions.append(Mention(start, end, "title", 0.95, known or referred(state, paper, "", sentence)))
                i = hit + 1
                continue
        i += 1


def find_said_titles(state: Extraction) -> None:
    """"Vision Mamba の論文は", "… って", a title in quotation marks: works that only this sentence names."""
    for sentence in state.sentences:
        text = sentence.block.text
        found = [(m.start("title"), m.end("title"), m["title"]) for m in _SAID_TITLE.finditer(text, sentence.start, sentence.end)] if sentence.language == "ja" else []
        found += [(m.start("title"), m.end("title"), m["title"]) for m in _QUOTED_TITLE.finditer(text, sentence.start, sentence.end) if looks_like_title(m["title"])]
        for start, end, title in found:
            after = text[end : end + 8]
            work = after.lstrip("」』”\"").lstrip().startswith(("の論文", "論文", "という論文", "という研究", "の研究")) or (len(title.split()) >= 3 and title[:1].isupper())
            if not work or taken(sentence, start, end) or _EDITION.fullmatch(title):
                continue
            paper = referred(state, state.catalogue.by_name(title), title, sentence)
            sentence.mentions.append(Mention(start, end, "title", 0.9, paper))


def find_aliases(state: Extraction) -> None:
    """"構文注目構造（Syntactic Attention Structure：SAS）": one concept under three names."""
    for sentence in state.sentences:
        if sentence.block.kind is BlockKind.ROW or ("(" not in sentence.text and "（" not in sentence.text):
            continue
        for m in re.finditer(r"([^\s、。()（）]{2,30}?(?:\s[A-Za-z-]+){0,3})\s?[(（]([A-Za-z][A-Za-z -]{3,60})[:：,，]\s?([A-Z][\w-]{1,11})[)）]", sentence.text):
            base = re.split(r"[はがをにでと、]", m[1])[-1].strip()
            if len(base) >= 2:
                state.aliases[fold(m[3])] = (base, m[2].strip(), m[3])
        for m in re.finditer(r"(?<![A-Za-z])([A-Z][\w-]{1,11})\s?[(（]([A-Z][A-Za-z]+(?:[ -][A-Za-z]+){1,7})[)）]", sentence.text):
            if "".join(w[0] for w in re.split(r"[ -]", m[2])).casefold() == m[1].casefold():
                state.aliases[fold(m[1])] = (m[1], m[2])
