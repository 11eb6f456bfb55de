"""Labels: what stands before a colon ("authors:: …", 著者：…, "extends:: [[X]]"), and what a heading calls its section."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from papergraph.folding import fold
from papergraph.lang.words import Words, default_words
from papergraph.notes.document import Block

_LABEL = re.compile(
    r"[\s>*_#・\-–—◆■●▼【\[(（]*(?P<label>[^\W_](?:[^:：\n=＝]{0,40}?[^\s:：*_=＝])?)[\s*_】\])）?？]*(?P<mark>::|[:：]|＝|(?<=\S)\s=\s)[\s*_]*(?=\S)"
)
_LONGEST_LEAD = 200
"""Characters within which a label and its colon stand."""
_LEAD = re.compile(r"^[\s\d.．、)）(（■◆●◇▼#*_-]+")
_TAIL = re.compile(r"(?<![\s?？!！:：*_。、])[\s?？!！:：*_。、]+$")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line's label, what it means (`field`, `relation`, `backward` or `` for none known), and where its value begins."""

    label: str
    group: str
    meaning: str
    value: int
    typed: bool = False


@cache
def _known(words: Words) -> dict[str, tuple[str, str]]:
    out: dict[str, tuple[str, str]] = {}
    for known in words.all():
        for group, table in (("field", known.fields), ("relation", known.relations), ("backward", known.backward)):
            for meaning, labels in table.items():
                for label in labels:
                    out.setdefault(fold(label), (group, meaning))
    return out


@cache
def _sections(words: Words) -> dict[str, str]:
    return {fold(label): kind for known in words.all() for kind, labels in known.sections.items() if kind != _REVIEW for label in labels}


_REVIEW = "review"


@cache
def _reviews(words: Words) -> frozenset[str]:
    return frozenset(fold(label) for known in words.all() for label in known.sections.get(_REVIEW, ()))


def is_review(heading: Block, words: Words | None = None) -> bool:
    """Whether a heading is one of those under which readers write of one paper: Summary, Strengths, どんなもの?"""
    return len(heading.text) <= _LONGEST_HEADING and fold(_bare(heading.text)) in _reviews(words or default_words())


def read_label(text: str, words: Words | None = None) -> Labelled | None:
    """The label that `text` begins with; `None` where it has none.

    >>> read_label("extends:: [[Raft]]").meaning, read_label("著者： 田中").meaning
    ('EXTENDS', 'authors')
    """
    if ":" not in text and "：" not in text and "=" not in text and "＝" not in text:
        return None
    found = _LABEL.match(text, 0, _LONGEST_LEAD)
    if found is None or text.startswith("//", found.end("mark")):
        return None
    label = _bare(found["label"])
    group, meaning = _known(words or default_words()).get(fold(label), ("", ""))
    return Labelled(label, group, meaning, found.end(), found["mark"] == "::")


def _bare(label: str) -> str:
    return _TAIL.sub("", _LEAD.sub("", label))


def meaning_of(label: str, words: Words | None = None) -> tuple[str, str]:
    """The group and meaning of a label without its colon: a column's head, a property's name, a heading."""
    whole = _bare(label)
    known = _known(words or default_words())
    return known.get(fold(whole)) or known.get(fold(_FIRST.split(whole)[0]), ("", ""))


_FIRST = re.compile(r"[,、，/(（・]")
"""What parts the names of one label: "会議, 論文誌, etc."."""


def section_of(heading: Block | str, words: Words | None = None) -> str:
    """What a heading says of its section: `related`, `references`, `other` (no papers), or `` for a topic."""
    text = heading if isinstance(heading, str) else heading.text
    return "" if len(text) > _LONGEST_HEADING else _section(text, words or default_words())


@lru_cache(maxsize=1024)
def _section(text: str, words: Words) -> str:
    whole = _bare(text)
    found = _sections(words).get(fold(whole))
    if found is not None or len(whole.split()) > _FEW_WORDS or len(whole) > _LONGEST_HEADING // 2:
        return found or ""
    return "references" if _REFERENCES.search(whole) else "related" if _RELATED.search(whole) else ""


_LONGEST_HEADING, _FEW_WORDS = 60, 5
_REFERENCES = re.compile(r"\b(?:references|bibliography)\b|参考文献|引用文献", re.IGNORECASE)
_RELATED = re.compile(r"\brelated (?:work|papers|reading)\b|\bread next\b|関連(?:研究|論文|文献)|次に読む", re.IGNORECASE)
