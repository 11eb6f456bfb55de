"""The small language of token patterns, compiled for spaCy's Matcher.

A pattern is a row of tokens parted by spaces. A token is a word, or alternatives `主張|知見`; `extend*` stands for
any word that begins so; `~3` for up to three tokens of any kind; a `?` at the end makes a token optional. Japanese words
match by dictionary form (casefolded), others by lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from papergraph.folding import is_cjk

if TYPE_CHECKING:
    from spacy.matcher import Matcher

_KANA_END = re.compile(r"[\u3041-\u3096]$")


def compile_pattern(pattern: str, language: str) -> list[list[dict[str, Any]]]:
    """The Matcher patterns of one pattern.

    Raises
    ------
    ValueError
        If the pattern is empty or begins or ends with a gap.
    """
    tokens: list[dict[str, Any]] = []
    parts = pattern.split()
    if not parts or parts[0].startswith("~") or parts[-1].startswith("~"):
        raise ValueError(f"a pattern needs a word at both ends: {pattern!r}")
    for part in parts:
        if part.startswith("~"):
            tokens += [{"OP": "?"}] * int(part[1:])
            continue
        optional = len(part) > 1 and part.endswith("?")
        token = _token(part.removesuffix("?") if optional else part, language)
        tokens.append({**token, "OP": "?"} if optional else token)
    return [tokens]


def _token(part: str, language: str) -> dict[str, Any]:
    words = part.casefold().split("|") if len(part) > 1 else [part]
    key = "LEMMA" if language == "ja" else "LOWER"
    if any(w.endswith("*") and len(w) > 1 for w in words):
        bodies = [re.escape(w[:-1]) + ".*" if w.endswith("*") else re.escape(w) for w in words]
        return {key: {"REGEX": f"^(?:{'|'.join(bodies)})$"}}
    return {key: {"IN": words}} if len(words) > 1 else {key: words[0]}


def trigger(pattern: str) -> str:
    """A regular expression, over folded text, that every match of the pattern holds: its longest fixed token's alternatives.

    A Japanese word loses its inflected end (似る → 似), so that the expression holds for all its forms.
    """
    fixed = [p for p in pattern.split() if not p.startswith("~") and not (len(p) > 1 and p.endswith("?"))]
    best = max(fixed, key=lambda p: min(_weight(w) for w in p.split("|")), default="")
    stems = []
    for word in best.casefold().split("|") if len(best) > 1 else [best]:
        stem = word.removesuffix("*") or word
        if is_cjk(stem) and len(stem) > 1:
            stem = _KANA_END.sub("", stem)
        stems.append(re.escape(stem))
    return "|".join(stems)


def _weight(word: str) -> tuple[bool, int]:
    return any("\u4e00" <= c <= "\u9fff" for c in word), len(word)


@cache
def matcher(language: str, rules: tuple[tuple[str, tuple[str, ...]], ...]) -> Matcher:
    """A Matcher of named rules, each with its patterns. Longest matches are not filtered: that is the caller's choice."""
    from spacy.matcher import Matcher

    from papergraph.lang.tokens import pipeline

    found = Matcher(pipeline(language).vocab, validate=False)
    for name, patterns in rules:
        found.add(name, [tokens for p in patterns for tokens in compile_pattern(p, language)])
    return found


def triggers(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression that tells, without tokenizing, whether a folded text may match any of the patterns."""
    return _triggers(tuple(patterns))


@cache
def _triggers(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(sorted({trigger(p) for p in patterns})))
