"""The small language of token patterns, compiled to regular expressions over a line of token keys.

A pattern is a row of tokens parted by spaces. A token is a word, or alternatives `主張|知見`; `extend*` stands for
any word that begins so, `と_は` for two tokens as one alternative; `~3` for up to three tokens of any kind, `^` for the sentence's beginning, `=と|に` for a token that must follow and is not part of the match; a `?` at the end makes a token optional. Japanese words
match by dictionary form (casefolded), others by lower case.

What a sentence names is masked before it is matched, so that no cue is found inside a title: `@w` is a work, `@n` a name
or concept, `@` either of them, `@s` words for the paper itself ("this paper", これ).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

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
        found = pattern.search(self.text)
        while found is not None:
            first = self.text.count(" ", 0, found.start())
            out.append((first, first + self.text.count(" ", found.start() + 1, found.end())))
            # the space that a match ends with is the one that the next begins with
            found = pattern.search(self.text, max(found.end() - 1, found.start() + 1))
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


def triggers(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression that tells, without tokenizing, whether a folded text may match any of the patterns."""
    return _triggers(tuple(patterns))


@cache
def _triggers(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(s) for s in stems(patterns)))


def all_of(words: Iterable[str]) -> re.Pattern[str]:
    """An expression whose `findall` gives, for each place of a text where one of `words` (none empty) begins, the longest that does; they may overlap."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for char in word:
            node = node.setdefault(char, {})
        node[""] = {}
    if not tree:
        return re.compile("(?!)")
    # a class of characters at the front is what the engine skips by
    return re.compile(rf"[{re.escape(''.join(tree))}](?<=(?=({_branches(tree)}))[\s\S])")


def _branches(node: dict[str, Any]) -> str:
    branches = [re.escape(char) + _branches(rest) for char, rest in node.items() if char]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if '' in node else ''}"
