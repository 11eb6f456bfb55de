"""The small language of token patterns, compiled to regular expressions over a line of token keys.

A pattern is a row of tokens parted by spaces. A token is a word, or alternatives `主張|知見`; `extend*` stands for
any word that begins so, `と_は` for two tokens as one alternative; `~3` for up to three tokens of any kind, `^` for the sentence's beginning, `=と|に` for a token that must follow and is not part of the match; a `?` at the end makes a token optional. Japanese words
match by dictionary form (casefolded), others by lower case.

What a sentence names is masked before it is matched, so that no cue is found inside a title: `@w` is a work, `@n` a name
or concept, `@` either of them, `@s` words for the paper itself ("this paper", これ).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from papergraph.folding import is_cjk

WORK, NAME, SELF = "@w", "@n", "@s"
"""The keys of masked mentions."""

_KANA_END = re.compile(r"[\u3041-\u3096]$")
_MASKS = {"@": "@[wn]", WORK: WORK, NAME: NAME, SELF: SELF}
_UNSAFE = re.compile(r"[\s@]")


@dataclass(slots=True)
class TokenLine:
    """The tokens of a sentence: their keys, and where each stands, `starts[i]:ends[i]`, in the text they are of."""

    keys: list[str]
    starts: list[int]
    ends: list[int]
    text: str = field(init=False)

    def __post_init__(self) -> None:
        self.keys = [k if k.isalnum() or k in _MASKS else _UNSAFE.sub("\ufffd", k) for k in self.keys]
        self.text = f" {' '.join(self.keys)} " if self.keys else " "

    def find(self, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        """The token stretches `(first, after the last)` that match, from left to right, none overlapping."""
        out = []
        at = before = 0
        while (found := pattern.search(self.text, at)) is not None:
            start, end = found.span()
            first = before + self.text.count(" ", at, start)
            out.append((first, first + self.text.count(" ", start + 1, end)))
            # the space that a match ends with is the one that the next begins with
            at = max(end - 1, start + 1)
            before = first + self.text.count(" ", start, at)
        return out


def compile_pattern(pattern: str) -> str:
    """The regular expression, over a line of tokens, of one pattern.

    Raises
    ------
    ValueError
        If the pattern is empty or begins or ends with a gap.
    """
    parts = pattern.split()
    if not parts or parts[0].startswith("~") or parts[-1].startswith("~"):
        raise ValueError(f"a pattern needs a word at both ends: {pattern!r}")
    return "".join(map(_token, parts))


def _token(part: str) -> str:
    if part == "^":
        # the sentence's beginning, dashes and arrows before it and a work that it begins with ("X: …") left out
        return r"(?:(?<=^ )(?:[^\w@ ]+ ){0,2}|(?<=^ @w [:：–—-] ))"
    if part.startswith("~") and part[1:].isdigit():
        return rf"(?:\S+ ){{0,{part[1:]}}}?"
    if part.startswith("=") and len(part) > 1:
        return f"(?=(?:{'|'.join(map(_word, part[1:].casefold().split('|')))}) )"
    optional = len(part) > 1 and part.endswith("?")
    words = (part.removesuffix("?") if optional else part).casefold().split("|") if len(part) > 1 else [part]
    return f"(?:(?:{'|'.join(map(_word, words))}) ){'?' if optional else ''}"


def _word(word: str) -> str:
    if word in _MASKS:
        return _MASKS[word]
    tail = r"\S*" if len(word) > 1 and word.endswith("*") else ""
    return " ".join(map(re.escape, word.removesuffix("*" if tail else "").split("_"))) + tail


def compile_patterns(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression for several patterns; of those that match at a place the one of most words wins."""
    return _compile(tuple(patterns))


@cache
def _compile(patterns: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(patterns, key=lambda p: -len(p.split()))
    # the engine finds a first letter fast: the space before a token
    return re.compile(f" (?:{'|'.join(compile_pattern(p) for p in ordered)})")


def trigger(pattern: str) -> list[str]:
    """Stems, over folded text, one of which every match of the pattern holds: its longest fixed token's alternatives.

    A Japanese word loses its inflected end (似る → 似), so that the stem holds for all its forms.
    """
    fixed = [p for p in pattern.split() if not p.startswith(("~", "@", "^", "=")) and not (len(p) > 1 and p.endswith("?"))]
    best = max(fixed, key=lambda p: min(_weight(w) for w in p.split("|")), default="")
    out = []
    for word in best.casefold().split("|") if len(best) > 1 else [best]:
        stem = max((word.removesuffix("*") or word).split("_"), key=_weight)
        if is_cjk(stem) and len(stem) > 1:
            stem = _KANA_END.sub("", stem)
        out.append(stem)
    return out


def _weight(word: str) -> tuple[bool, int]:
    return any("\u4e00" <= c <= "\u9fff" for c in word), len(word)


def stems(patterns: Iterable[str]) -> tuple[str, ...]:
    """What tells by itself, without tokenizing, that a folded text may match one of few patterns; see `trigger`."""
    known = {stem for p in patterns for stem in trigger(p)}
    return tuple(sorted(s for s in known if not any(other in s for other in known if other != s)))


@dataclass(frozen=True, slots=True)
class Index:
    """Rows of patterns by the words of a line without which none of a row can match.

    `rows` has for a word the numbers of rows, each with further words of which one of each set must stand in the line;
    `always` are rows that nothing is known of.
    """

    rows: Mapping[str, tuple[tuple[int, tuple[frozenset[str], ...]], ...]]
    always: frozenset[int]

    def possible(self, keys: Iterable[str]) -> set[int]:
        """The numbers of the rows that may match a line of these keys."""
        words = set(keys)
        out = set(self.always)
        for word in words:
            for number, others in self.rows.get(word, ()):
                if number not in out and not any(other.isdisjoint(words) for other in others):
                    out.add(number)
        return out


def index_patterns(rows: Sequence[Iterable[str]]) -> Index:
    """The index of rows of patterns, numbered from 0."""
    by_word: dict[str, list[tuple[int, tuple[frozenset[str], ...]]]] = {}
    always: set[int] = set()
    for number, patterns in enumerate(rows):
        for pattern in patterns:
            needed = _needed(pattern)
            if not needed:
                always.add(number)
                continue
            rarest = max(needed, key=lambda words: min(map(_weight, words)))
            for word in rarest:
                by_word.setdefault(word, []).append((number, tuple(words for words in needed if words is not rarest)))
    return Index({word: tuple(found) for word, found in by_word.items()}, frozenset(always))


def _needed(pattern: str) -> list[frozenset[str]]:
    """For each token that every match of the pattern holds, and that is told in full, the words that it may be."""
    out = []
    for part in pattern.split():
        if part == "^" or part.startswith("~") or (len(part) > 1 and part.endswith("?")):
            continue
        words = part.removeprefix("=").casefold().split("|") if len(part) > 1 else [part]
        if any(len(w) > 1 and w.endswith("*") for w in words):
            continue
        firsts = {w.split("_")[0] if len(w) > 1 else w for w in words}
        if "" not in firsts:
            out.append(frozenset(firsts - {"@"} | ({WORK, NAME} if "@" in firsts else set())))
    return out


def triggers(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression that tells, without tokenizing, whether a folded text may match any of the patterns."""
    return _triggers(tuple(patterns))


@cache
def _triggers(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(s) for s in stems(patterns)))
