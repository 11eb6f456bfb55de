"""Blocks → sentences in one voice: the reader's own words, or the summary of what the paper says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise

from papergraph.extract.attribution import read_attribution
from papergraph.extract.entries import only_refers
from papergraph.extract.legend import BRACKETS
from papergraph.extract.rows import is_bibtex
from papergraph.extract.state import Entry, Extraction, Sentence
from papergraph.folding import is_cjk
from papergraph.lang import language_of
from papergraph.notes.document import Block, BlockKind

_STOP = re.compile(
    # what stands in front rules out most characters before any alternative is tried
    r"(?=[。．！？!?.\s])(?:[。．！？!?]+[」』)）]*|(?<=[\w)\]\"”’*> ])(?<!\s\s)[.!?]+[\"”’)\]]*(?=\s+[\"“(\[*]*[A-Z\u3040-\u30ff\u4e00-\u9fff\[]|\s*$)|\t|(?<=[.!?])\s{2,})"
)
_NO_STOP = re.compile(r"(?:\b(?:et al|e\.g|i\.e|cf|vs|Fig|Eq|Sec|No|resp|approx|Dr|Prof|St|aka|etc)|\b[A-Z])\.$")
_GOES_ON = re.compile(r"\s{0,20}(?:って|という|と|は|の|を|が|も|に)")
_OPEN, _CLOSE = "「『（(“《〈[", "」』）)”》〉]"
_BRACKET = re.compile(f"[{re.escape(_OPEN + _CLOSE)}]")


def split_sentences(state: Extraction) -> None:
    """Cut each block into sentences; quotations, code, legend lines and the title itself are left out."""
    named = {id(e.block): e for e in state.entries if e.block is not None}
    for block in state.order:
        if (
            block.kind is BlockKind.CODE
            or block.line in state.legend.lines
            or block.quoted
            or id(block) in state.silent
            or id(block) in state.references.blocks
        ):
            continue
        entry = named.get(id(block))
        subject = state.subject.get(id(block))
        if block.kind is BlockKind.HEADING:
            continue
        start, stop = 0, len(block.text)
        if entry is not None and block.kind is not BlockKind.PARAGRAPH:
            if entry.cited and entry is not state.owner:
                # the line itself is what states that the work is related
                if only_refers(state, block) or (entry.after is not None and len(block.text) - (entry.head - entry.title[0]) < _SHORTEST):
                    continue
                state.sentences.append(Sentence(block, *_trim(block.text, 0, len(block.text)), language_of(block.text), subject, own=False))
                continue
            start, stop = _remark_after_title(block, entry)
            if start < 0:
                continue
            subject = entry
        quoted = [m.span() for m in _QUOTATION.finditer(block.text)] if len(block.text) > _LONG_QUOTATION else []
        lines = _lines_of_their_own(state, block)
        for a, b, own in _voices(state, block, start, stop):
            for passage, (x, y) in enumerate(_bounded(piece for c, d in pairwise((a, *(n for n in lines if a < n < b), b)) for piece in _sentences(block.text, c, d))):
                if y > x and not any(p <= x and y <= q + _POINTER for p, q in quoted):
                    state.sentences.append(Sentence(block, x, y, language_of(block.text[x:y]), subject, own, passage))


def _lines_of_their_own(state: Extraction, block: Block) -> list[int]:
    """Where lines of Japanese begin in a paragraph that were broken on purpose and not at a width: each is a sentence."""
    text, at = state.document.text, block.offsets
    if not is_cjk(block.text):
        return []
    begins = [i for i in range(1, len(at)) if at[i] - at[i - 1] > 1 and _NEWLINE.search(text, at[i - 1], at[i]) is not None]
    if not begins:
        return []
    widest = max(b - a for a, b in pairwise((0, *begins, len(at))))
    out, before = [], 0
    for i in begins:
        if is_cjk(block.text[i - 1]) and (i - before < _FULL * widest or len(begins) == 1):
            out.append(i)
        before = i
    return out


_NEWLINE, _FULL = re.compile(r"[\r\n]"), 0.8
_LONG_QUOTATION = 80
_QUOTATION = re.compile(rf"“[^“”]{{{_LONG_QUOTATION},}}”|\A\s*\"[^\"]{{{_LONG_QUOTATION},}}\"(?=[^\"]*\Z)")
"""The paper's own words, copied: longer than any title or term that a reader would quote."""
_POINTER = 80
"""Characters behind a quotation that tell its page."""


def _remark_after_title(block: Block, entry: Entry) -> tuple[int, int]:
    """Where a remark stands on the line that names the paper; begins at -1 where there is none."""
    whole = len(block.text)
    if block.kind is BlockKind.ROW:
        cells = [c for c in block.cells if c[0] >= entry.title[1] and not is_bibtex(block.text[c[0] : c[1]]) and read_attribution(block.text, *c) is None]
        longest = max(cells, key=lambda c: c[1] - c[0], default=(0, 0))
        lead = _CELL_LABEL.match(block.text, *longest)
        remark = block.text[longest[0] : longest[1]]
        said = len(remark) >= (_SHORTEST if is_cjk(remark) else _SHORTEST_CELL) and not _LINKS_ONLY.fullmatch(remark)
        return (lead.end() if lead else longest[0], longest[1]) if said else (-1, whole)
    mark = _LEAD.match(block.text, entry.head)
    start = mark.end() if mark else entry.head
    rest = block.text[start:].strip()
    if len(rest) < _SHORTEST or (block.kind is BlockKind.HEADING) or not any(c.isalnum() for c in rest):
        return -1, whole
    attributed = entry.head > entry.title[1]
    return (start if attributed or (mark and mark[0].strip()) else -1), whole


_LEAD = re.compile(r"[\s)\]）」』*\"”|.,。、]*(?:[:：–—―→]|-{1,2}(?=\s))?[\s.]*")
_SHORTEST, _SHORTEST_CELL = 6, 12
_LINKS_ONLY = re.compile(r"(?:\W|\b(?:pdf|code|arxiv|paper|link|project|page|video|slides?|github|data)\b)*", re.IGNORECASE)
_CELL_LABEL = re.compile(r"\s*(?:Summary|Abstract|Notes?|Remarks?|TL;?DR|要約|概要|メモ|感想)\b\s*[:：]?\s*", re.IGNORECASE)


def _voices(state: Extraction, block: Block, start: int, stop: int) -> Iterator[tuple[int, int, bool]]:
    """`(start, end, own words)` of the block's stretches."""
    text = block.text[:stop]
    pairs = state.legend.brackets
    outside_is_own = id(block) not in state.subject
    if pairs:
        at = start
        for a, b in _bracketed(text, pairs, start):
            # a word in brackets within a sentence is a name or a term, not a remark
            if not _stands_alone(text, a, b, start):
                continue
            if text[at:a].strip():
                yield at, a, outside_is_own
            yield a + 1, b - 1, True
            at = b
        if text[at:].strip():
            yield at, len(text), outside_is_own
        return
    spans = list(_bracketed(text, _REMARK_BRACKETS, start))
    inside = sum(b - a for a, b in spans)
    if spans and len(text[start:].strip()) - inside <= len(spans) and not block.links:
        for a, b in spans:
            yield a + 1, b - 1, True
    elif text[start:].strip():
        yield start, len(text), outside_is_own


_REMARK_BRACKETS = tuple((p[0], p[1]) for p in BRACKETS if p in ("「」", "『』", "（）", "()"))


_NEAR = 64
"""Characters on either side of brackets that tell whether they stand alone."""


def _stands_alone(text: str, a: int, b: int, start: int) -> bool:
    before = text[max(start, a - _NEAR) : a].rstrip()
    after = text[b : b + _NEAR].lstrip()
    return (not before or before[-1] in "。．.!！?？」』)）:：→ ") and (not after or after[0] in "「『(（。、,." or text[b : b + 1] == " ")


@lru_cache(maxsize=256)
def _opening(pairs: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(p[0] for p in pairs))}]")


def _bracketed(text: str, pairs: tuple[tuple[str, str], ...], start: int) -> Iterator[tuple[int, int]]:
    """The outermost stretches between the given brackets, brackets included."""
    opening = _opening(pairs)
    i = start
    while (found := opening.search(text, i)) is not None:
        i = found.start()
        first, last = next(p for p in pairs if text[i] == p[0])
        depth, end = 0, -1
        for mark in re.compile(f"[{re.escape(first + last)}]").finditer(text, i):
            depth += (mark[0] == first) - (mark[0] == last and first != last)
            if depth == 0:
                end = mark.end()
                break
        if end < 0:
            return
        yield i, end
        i = end


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences of `text[start:end]` without outer white space; none ends within brackets or after an abbreviation."""
    begin = start
    for stop in _STOP.finditer(text, start, end):
        # brackets that never close hide no more than one sentence's worth of text
        piece = text[max(begin, stop.end() - LONGEST_SENTENCE) : stop.end()]
        if _depth(piece) > 0 or _NO_STOP.search(piece.rstrip('"”’)] ')):
            continue
        # "Transformers are multi state RNNs? って…" goes on: the mark belongs to a title
        if _GOES_ON.match(text, stop.end(), end):
            continue
        yield _trim(text, begin, stop.end())
        begin = stop.end()
    if text[begin:end].strip():
        yield _trim(text, begin, end)


LONGEST_SENTENCE = 1500
"""Characters above which a sentence is read in pieces, so that no line can make extraction slow."""


def _bounded(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        for begin in range(start, end, LONGEST_SENTENCE):
            yield begin, min(begin + LONGEST_SENTENCE, end)


def _depth(piece: str) -> int:
    depth = 0
    for char in _BRACKET.findall(piece):
        if char in _OPEN:
            depth += 1
        elif depth:
            depth -= 1
    return depth


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def mark_voices(state: Extraction) -> None:
    """Without a legend for it, wording tells the reader's own words: a question, a hedge, an opinion, the first person."""
    if state.legend.brackets:
        return
    for sentence in state.sentences:
        if not sentence.own:
            sentence.own = _sounds_own(state, sentence)


def _sounds_own(state: Extraction, sentence: Sentence) -> bool:
    text = sentence.text.rstrip("」』)） ")
    if text.endswith(("?", "？")) and "such" not in text:
        return True
    cues = state.words.of(sentence.language).own_words_cues
    low = text.casefold()
    return any(w in low for w in cues)
