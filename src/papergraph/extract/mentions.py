"""What a sentence names: citations, links, known titles, capitalised names, concepts, and words that point by position."""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.state import Entry, Extraction, Mention, Sentence
from papergraph.extract.titles import find_cited, looks_like_title
from papergraph.folding import fold, is_cjk, paper_id, squeeze
from papergraph.lang import lexicon
from papergraph.lang.patterns import matcher, triggers
from papergraph.lang.tokens import morphemes, tokenize
from papergraph.model import Paper
from papergraph.notes.document import BlockKind, Link
from papergraph.resolve.identifiers import identifiers, is_paper_address, is_web
from papergraph.vocabulary import Role

_KEY = re.compile(r"^@?[a-z][\w+-]*?:?(?:19|20)?\d{2}[\w:-]*$|^[\w-]+:[\w-]+:\d{4}\w?$|^@", re.IGNORECASE)
_BRACKET_KEY = re.compile(r"\[@?([\w-]+(?::[\w-]+:|)[\w-]*\d{4}[\w-]*)\]")
_QUOTED_TITLE = re.compile(r"[\"“『「](?P<title>[^\"”』」\n]{8,200})[\"”』」]")
_LATIN_RUN = r"[A-Z][\w+*&'’.-]*(?:\s[A-Za-z0-9][\w+*&'’.-]*)*\??"
_SAID_TITLE = re.compile(rf"(?P<title>{_LATIN_RUN})\s*(?=って|という(?:論文|研究|話)|の(?:論文|研究|話|手法)|論文)")
_EDITION = re.compile(r"[A-Z]\w*(?:\s|-|')*(?:19|20)?\d\d")
_NAME_EN = re.compile(
    r"(?<![\w/@#.-])(?:[A-Z]{2,}[\w+*-]*|[A-Z][a-z0-9]*[A-Z][\w+*-]*|[A-Z][\w+*]*-[\w+*-]*[A-Z0-9][\w+*-]*|[A-Z][a-z]+\d[\w.]*|[A-Z][a-z]{2,}(?:\s+(?:[A-Z][\w-]+|[A-Z0-9]{1,4}\b))*)(?![\w])"
)


def find_citations(state: Extraction) -> None:
    """"(Kobayashi et al., Findings 2023)" after a title, and works cited by key or in an HTML cite tag."""
    for sentence in state.sentences:
        text = sentence.block.text
        for cited in find_cited(text, sentence.start, sentence.end):
            before = text[sentence.start : cited.start]
            title = _title_before(before)
            name = title or f"{cited.authors} {cited.year}"
            paper = Paper(
                paper_id(name), name, Role.CITED, (cited.authors,), cited.year, cited.venue, path=state.document.path, line=sentence.block.line
            )
            start = cited.start - (len(before) - before.rfind(title)) if title else cited.start
            sentence.mentions.append(Mention(start, cited.end, "citation", 0.95 if title else 0.85, paper))
        for key in _BRACKET_KEY.finditer(text, sentence.start, sentence.end):
            if any(x.start <= key.start() and x.end >= key.end() for x in sentence.block.links):
                continue
            known = state.catalogue.by_page(key[1])
            paper = _referred(state, known, key[1], sentence)
            sentence.mentions.append(Mention(key.start(), key.end(), "citation", 0.95 if known else 0.8, paper))


def _title_before(text: str) -> str:
    piece = re.split(r"[。.!?、「『(（:]\s*", text.rstrip(' "”』」,'))[-1].strip("\"“『「 ")
    return piece if looks_like_title(piece) else ""


def _referred(state: Extraction, known: Paper | None, name: str, sentence: Sentence) -> Paper:
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
            return Mention(link.start, end, "link", 0.97, _referred(state, known, "", sentence))
        page = link.target.split("#")[0].rsplit("/", 1)[-1].removesuffix(".md")
        if link.kind == "key" or (link.kind == "wiki" and _KEY.match(page)):
            return Mention(link.start, end, "link", 0.85, _referred(state, None, page.removeprefix("@"), sentence))
        if link.kind == "wiki" and not re.search(r"\.(?:png|jpe?g|gif|svg|pdf)$", page, re.IGNORECASE):
            return Mention(link.start, end, "link", 0.85, concept=text or page)
        return None
    same = next((e.paper for e in state.entries if e.paper.url and e.paper.url.rstrip("/") == link.target.rstrip("/")), None)
    if same is not None:
        return Mention(link.start, end, "link", 0.97, same)
    if not text or link.end <= link.start:
        return None
    if is_paper_address(link.target) and (len(text.split()) >= 3 or any(c.isupper() for c in text[1:])) and not text.casefold().startswith("http"):
        found = identifiers(link.target)
        paper = replace(_referred(state, state.catalogue.by_name(text), text, sentence), url=link.target, doi=found.doi, arxiv_id=found.arxiv_id, openreview_id=found.openreview_id)
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
                sentence.mentions.append(Mention(start, end, "title", 0.95, known or _referred(state, paper, "", sentence)))
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
            if not work or _taken(sentence, start, end) or _EDITION.fullmatch(title):
                continue
            paper = _referred(state, state.catalogue.by_name(title), title, sentence)
            sentence.mentions.append(Mention(start, end, "title", 0.9, paper))


def find_names(state: Extraction) -> None:
    """Capitalised names and acronyms in English; runs of nouns and of Latin words in Japanese: concepts."""
    for sentence in state.sentences:
        if not sentence.matches:
            # only what a cue stands beside can become the end of an edge
            continue
        words = lexicon(sentence.language)
        spans = _names_ja(sentence) if sentence.language == "ja" else [m.span() for m in _NAME_EN.finditer(sentence.block.text, sentence.start, sentence.end)]
        for start, end in spans:
            for m in sentence.matches:
                if m.start <= start < m.end < end:
                    # "Unlike MAML": the capital that begins the sentence belongs to the cue
                    start = m.end + len(sentence.block.text[m.end : end]) - len(sentence.block.text[m.end : end].lstrip())
            label = squeeze(sentence.block.text[start:end]).strip("-./")
            plain = label.casefold()
            if len(label) < 2 or plain in words.generic or plain in _NEVER or _taken(sentence, start, end) or plain.isdigit():
                continue
            latin = not is_cjk(label)
            if not latin and (len(label) < 3 or any(plain == g or (plain.endswith(g) and len(plain) <= len(g) + 1) for g in words.generic)):
                continue
            if "\u3041" <= label[-1] <= "\u3096" or "\u3041" <= label[0] <= "\u3096":
                # no name begins or ends in hiragana: いま, もの
                continue
            at_start = start == sentence.start
            named = any(c.isupper() for c in label[1:]) or any(c.isdigit() for c in label)
            if sentence.language == "en" and at_start and not named:
                continue
            inside_match = any(m.start < end and start < m.end for m in sentence.matches)
            if inside_match:
                continue
            sentence.mentions.append(Mention(start, end, "name" if latin and (named or len(label.split()) > 1 or label[:1].isupper()) else "concept", 0.85 if latin else 0.75, concept=label))


_NEVER = frozenset(
    "i it this that these those the a an we they he she our their my in on at for from as if so but and or not all also both here there however while since "
    "figure fig table section eq note notes paper papers see what why how when where which who is are was were be they're it's i'm al et pdf arxiv github url "
    "related based using results result method methods model models work works approach summary todo abstract introduction conclusion et al.".split()
)


def _names_ja(sentence: Sentence) -> list[tuple[int, int]]:
    """Runs of nouns in mixed script, and of Latin words with spaces between, as `(start, end)` in the block."""
    out: list[tuple[int, int]] = []
    at = sentence.start
    start: int | None = None
    end = at
    for surface, _, pos, sub in morphemes(sentence.text):
        latin = surface[:1].isascii() and surface[:1].isalnum()
        joins = latin or (pos in ("名詞", "接頭辞", "接尾辞", "記号") and sub not in ("数詞", "副詞可能", "助数詞可能") and surface.strip() != "") or surface in ("-", "・", "ー", "/")
        space = surface.isspace() and start is not None
        if (joins and pos != "補助記号") or (surface in ("-", "/") and start is not None):
            start = at if start is None else start
            end = at + len(surface)
        elif not space:
            if start is not None:
                out.append((start, end))
            start = None
        at += len(surface)
    if start is not None:
        out.append((start, end))
    return [(a, b) for a, b in out if b > a]


def _taken(sentence: Sentence, start: int, end: int) -> bool:
    return any(m.start < end and start < m.end for m in sentence.mentions)


def find_positions(state: Extraction) -> None:
    """上の論文, 下の手法, "the previous paper": the entry before or after; これ, この手法, "this paper": the subject itself."""
    entries = [e for e in state.entries if not e.cited]
    order = {id(e): n for n, e in enumerate(entries)}
    for language in ("ja", "en"):
        words = lexicon(language)
        rules = tuple((f"{p.where}:{n}", p.patterns) for n, p in enumerate(words.positions))
        sentences = [s for s in state.sentences if s.language == language and s.matches]
        maybe = triggers(x for p in words.positions for x in p.patterns)
        for sentence in sentences:
            if not maybe.search(sentence.text.casefold()):
                continue
            doc = tokenize(sentence.text, language)
            hits = []
            for rule, a, b in matcher(language, rules)(doc):
                span = doc[a:b]
                hits.append((sentence.start + span.start_char, sentence.start + span.end_char, doc.vocab.strings[rule].split(":")[0]))
            for start, end, where in sorted(hits, key=lambda h: h[0] - h[1]):
                if _taken(sentence, start, end):
                    continue
                if where == "self":
                    sentence.mentions.append(Mention(start, end, "self", 1.0))
                    continue
                target = _neighbour(sentence, entries, order, where)
                if target is not None:
                    sentence.mentions.append(Mention(start, end, "position", 0.95, target.paper))
                elif sentence.subject is state.owner and state.owner is not None:
                    # a file a paper: the file before this one
                    dated = state.catalogue.by_date(state.document.front.date, where)
                    if dated is not None:
                        sentence.mentions.append(Mention(start, end, "position", 0.9, _referred(state, dated, "", sentence)))


def _neighbour(sentence: Sentence, entries: list[Entry], order: dict[int, int], where: str) -> Entry | None:
    if sentence.subject is None or id(sentence.subject) not in order:
        return None
    n = order[id(sentence.subject)] + (1 if where == "next" else -1)
    return entries[n] if 0 <= n < len(entries) else None


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
