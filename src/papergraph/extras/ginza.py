"""Japanese morphemes by GiNZA: SudachiPy's, with the part of speech that a trained model sees in the sentence.

Like `papergraph.lang.tokens.morphemes`, and some 250 times slower; what it gains: `docs/extras.md`.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from papergraph.errors import MissingExtraError
from papergraph.lang import tokens

if TYPE_CHECKING:
    from spacy.tokens import Token

INSTALL = "pip install --no-deps ginza==5.3.0 ja-ginza==5.3.0 plac"
"""GiNZA 5.3 runs with SudachiPy 0.7, but says that it does not, so that pip would refuse both together."""
_LONGEST = 12_000
"""Code points; SudachiPy refuses more than 49,149 bytes."""
_NOT_NEEDED = ("parser", "ner", "attribute_ruler", "compound_splitter", "bunsetu_recognizer")
_INFLECTED = {"VERB": ("動詞", "一般"), "ADJ": ("形容詞", "一般"), "ADV": ("副詞", "*")}
_NOUNS = ("NOUN", "PROPN")


@lru_cache(maxsize=4096)
def morphemes(text: str) -> tuple[tuple[str, str, str, str], ...]:
    """`(surface, dictionary form, part of speech, its subclass)` of each morpheme; surfaces join to `text`.

    The parts of speech are UniDic's. Where the model sees a noun used as a verb, adjective or adverb (学習する), or one of
    these used as a noun, its word counts.

    Raises
    ------
    MissingExtraError
        If GiNZA is not installed.
    """
    out: list[tuple[str, str, str, str]] = []
    for start in range(0, len(text), _LONGEST):
        piece = text[start : start + _LONGEST]
        found = tuple(_morphemes(piece))
        # SudachiPy normalizes some characters in ways that spaCy then cannot find in the text
        out += found if "".join(surface for surface, *_ in found) == piece else tokens.morphemes(piece)
    return tuple(out)


def _morphemes(text: str) -> Iterator[tuple[str, str, str, str]]:
    try:
        doc = _pipeline()(text)
    except (ValueError, KeyError):
        return
    for token in doc:
        pos, sub = _part_of_speech(token)
        yield token.text, token.lemma_, pos, sub
        if token.whitespace_:
            yield " ", " ", "空白", "*"


def _part_of_speech(token: Token) -> tuple[str, str]:
    pos, _, rest = token.tag_.partition("-")
    sub = rest.partition("-")[0] or "*"
    if pos == "名詞" and token.pos_ in _INFLECTED:
        return _INFLECTED[token.pos_]
    if pos in ("動詞", "形容詞", "形状詞", "副詞") and token.pos_ in _NOUNS:
        return "名詞", "普通名詞"
    return pos, sub


@cache
def _pipeline() -> Any:
    import spacy

    # spaCy calls SudachiPy by a name that is to go
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return spacy.load("ja_ginza", exclude=list(_NOT_NEEDED))
        except (ImportError, OSError, ValueError) as error:
            raise MissingExtraError(f"morphemes by GiNZA need packages that are not installed: {INSTALL}") from error
