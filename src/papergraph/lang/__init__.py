"""Languages as data: each folder here holds the cues, hedges, positions and voices of one language.

A new language is a folder with the same files, not a code change. Every entry carries examples and
counter-examples, and the tests run over them.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from papergraph.folding import is_cjk
from papergraph.vocabulary import RELATIONS, Kind

LANGUAGES = ("ja", "en")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cue(_Strict):
    """A family of wordings that state one type of relation.

    Attributes
    ----------
    name
        What evidence calls the rule, without the language.
    type
        The relation's type.
    weight
        How often the wording really states it, in 0..1, given that a target stands beside it.
    patterns
        Token patterns, see `papergraph.lang.patterns`.
    target
        Where the target stands: before the cue, after it, or on either side (the usual side of the language first).
    direction
        `backward` where the target extends or uses the subject.
    reach
        The most words (English) or characters (Japanese) between target and cue.
    after
        In Japanese, the particles one of which must follow the target; empty for any.
    needs
        Kinds of target that the wording needs; empty for any. `next` is a citation on the following item.
    blocked_by
        Words near the cue (eight tokens) that make it no relation: one's own figures, a tool.
    scores
        Within so many tokens a word of the language's `scores` (accuracy, 精度, …) makes it a comparison of results and no
        relation; 0 where it does not matter.
    phrase
        Whether a plain noun phrase right beside the cue will do as target where nothing is named.
    own
        Whether it is the user's, which goes before all that come with papergraph.
    """

    name: str
    type: str
    weight: float = Field(gt=0, le=1)
    patterns: tuple[str, ...] = Field(min_length=1)
    target: Literal["before", "after", "either"] | None = None
    direction: Literal["forward", "backward"] = "forward"
    reach: int | None = None
    after: tuple[str, ...] = ()
    own: bool = False
    needs: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    scores: int = 0
    phrase: bool = False
    examples: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()

    @field_validator("type")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in RELATIONS:
            raise ValueError(f"unknown relation type {value!r}")
        return value


class Position(_Strict):
    """Words that point to another paper by its place: 上の論文, "the previous paper".

    `both` are the paper and the one before it, `two` the two before it, `that` the work named last; `day` and `week` the papers of the files dated yesterday or some days ago.
    """

    patterns: tuple[str, ...] = Field(min_length=1)
    where: Literal["previous", "next", "self", "both", "two", "several", "number", "that", "day", "days", "week", "weeks", "meeting"]
    examples: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()


class Wording(_Strict):
    """Wordings of one sense: a hedge, a negation, a kind of remark; `reach` bounds the words (characters) to the cue, 0 for none."""

    patterns: tuple[str, ...] = Field(min_length=1)
    scope: Literal["after", "before", "either"] = "either"
    reach: int = 0
    kind: Kind | None = None
    examples: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()


class Lexicon(_Strict):
    """All that is known of a language."""

    language: str
    target: Literal["before", "after"]
    reach: int
    cues: tuple[Cue, ...]
    positions: tuple[Position, ...]
    hedges: tuple[Wording, ...]
    negations: tuple[Wording, ...]
    voices: tuple[Wording, ...]
    clause_ends: tuple[str, ...]
    generic: frozenset[str]
    scores: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    relations: dict[str, tuple[str, ...]]
    backward: dict[str, tuple[str, ...]]
    sections: dict[str, tuple[str, ...]]
    own_words: tuple[str, ...]
    own_words_cues: tuple[str, ...]
    paper_nouns: tuple[str, ...]


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of `language` (`ja` or `en`), read from its folder.

    Raises
    ------
    pydantic.ValidationError
        If a file of the folder is not as it should be: a mistake in papergraph, not in the notes.
    """
    folder = files(__package__) / language
    data: dict[str, object] = {"language": language}
    for name in ("settings", "cues", "labels", "positions", "hedges", "negations", "voices"):
        data.update(tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8")))
    return Lexicon.model_validate(data)


def language_of(text: str) -> str:
    """`ja` for a text with kana or Han characters, else `en`."""
    return "ja" if is_cjk(text) else "en"
