"""Text → tokens: spaCy documents for matching, and the terms that likeness of contents is measured by."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from papergraph.folding import is_cjk, words

if TYPE_CHECKING:
    from spacy.language import Language

class Token(NamedTuple):
    """One token: characters `start:end` of its text, and the key that patterns match it by."""

    start: int
    end: int
    key: str


_SUDACHI_BYTES = 48_000
"""SudachiPy refuses more than 49,149 bytes; longer texts are cut at this many code points' worth."""

_STOP_EN = frozenset(
    "a an and are as at be been but by can could do does for from had has have how i if in into is it its may more most no not of on one or our "
    "so such than that the their them then there these they this those to up use used using via was we were what when where which while who will with "
    "would you your paper papers show shows propose proposes method methods model models approach results result based new also however both between "
    "within et al".split()
)
_CONTENT_JA = frozenset(("名詞", "動詞", "形容詞", "形状詞", "副詞"))
_EMPTY_JA = frozenset(("する", "ある", "いる", "なる", "こと", "もの", "ため", "よう", "できる", "これ", "それ", "我々", "本", "れる", "られる", "論文", "研究", "手法", "モデル", "提案", "示す", "大きい", "小さい", "多い", "関する", "可能性", "一部", "場合", "結果", "必要", "提供"))


@cache
def _sudachi() -> Any:
    import sudachipy

    return sudachipy.Dictionary().tokenizer(mode=sudachipy.SplitMode.C)


@lru_cache(maxsize=4096)
def morphemes(text: str) -> tuple[tuple[str, str, str, str], ...]:
    """`(surface, dictionary form, part of speech, its subclass)` of each morpheme; surfaces join to `text`."""
    out: list[tuple[str, str, str, str]] = []
    for piece in _pieces(text):
        for m in _sudachi().tokenize(piece):
            pos = m.part_of_speech()
            out.append((m.surface(), m.dictionary_form(), pos[0], pos[1]))
    return tuple(out)


def _pieces(text: str) -> list[str]:
    if len(text) * 4 <= _SUDACHI_BYTES or len(text.encode()) <= _SUDACHI_BYTES:
        return [text]
    step = _SUDACHI_BYTES // 4
    return [text[i : i + step] for i in range(0, len(text), step)]


@cache
def pipeline(language: str) -> Language:
    """spaCy's blank pipeline of the language, no trained model. Japanese does without: SudachiPy itself is twice as fast."""
    import spacy

    blank = spacy.blank(language)
    # what spaCy would work out of each new word (its shape, whether it is like a number, …) takes longer than cutting, and is not asked for
    blank.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]
    return blank


@lru_cache(maxsize=16384)
def _parts(word: str, language: str) -> tuple[Token, ...]:
    """The tokens of what stands between white space: spaCy cuts each such stretch by itself."""
    tokens = ((t.idx, t.idx + len(t), t.text.lower().replace("\u2019", "'")) for t in pipeline(language).make_doc(word))
    return tuple(Token(start, end, _WRITTEN_SHORT.get(key, key)) for start, end, key in tokens)


_WRITTEN_SHORT = {"w/": "with", "w/o": "without", "b/c": "because", "wrt": "to", "sth": "something"}
"""Words that notes write short, by what they stand for."""


_WORD = re.compile(r"\S+")
_LONG_RUN = re.compile(r"[\W_]{64}")


def tokenize(text: str, language: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `text[start:end]`, placed in `text`; white space is none. Japanese ones are keyed by their dictionary form, others by lower case."""
    out: list[Token] = []
    at, last = start, len(text) if end is None else end
    if language != "ja":
        # spaCy's time grows with the square of a run of signs
        for stop in (*(m.end() for m in _LONG_RUN.finditer(text, start, last)), last):
            for word in _WORD.finditer(text, at, stop):
                begin = word.start()
                out += [Token(begin + a, begin + b, key) for a, b, key in _parts(word[0], language)]
            at = stop
        return out
    for surface, lemma, _pos, _sub in morphemes(text[start:last]):
        stop = at + len(surface)
        if not surface.isspace():
            out.append(Token(at, stop, lemma.casefold()))
        at = stop
    return out


_LATIN = re.compile(r"[a-z0-9]")
_WORTH = re.compile(r"[\u30a1-\u30fa\u4e00-\u9fff]")
"""Words in hiragana alone (おく, よる) tell little of contents."""


def content_terms(text: str) -> Counter[str]:
    """How often each content word stands in `text`: Sudachi lemmas in Japanese, folded words elsewhere, without empty words.

    >>> content_terms("LayerNorm and the LayerNorm layers")
    Counter({'layernorm': 2, 'layers': 1})
    """
    if not is_cjk(text):
        return Counter(w for w in words(text) if len(w) > 1 and w not in _STOP_EN and not w.isdigit())
    terms: Counter[str] = Counter()
    for line in text.splitlines():
        if not is_cjk(line):
            terms.update(content_terms(line))
            continue
        for surface, lemma, pos, sub in morphemes(line):
            key = lemma.casefold()
            if _LATIN.match(key):
                terms.update(w for w in words(surface) if len(w) > 1 and w not in _STOP_EN and not w.isdigit())
            elif pos in _CONTENT_JA and sub not in ("数詞", "非自立可能") and key not in _EMPTY_JA and _WORTH.search(key):
                terms[key] += 1
    return terms
