"""The words that extraction goes by: the lexicons of all languages, and what a user adds in a file of their own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from papergraph.errors import LexiconError
from papergraph.folding import fold, is_cjk
from papergraph.lang import LANGUAGES, Cue, Lexicon, Wording, lexicon
from papergraph.lang.patterns import compile_pattern, trigger
from papergraph.lang.tokens import morphemes
from papergraph.vocabulary import RELATIONS

FILE = "papergraph.toml"
"""The name of a user's own lexicon, beside the notes or in the user's folder of settings."""


@dataclass(frozen=True, eq=False)
class Words:
    """All words of all languages. Equal to itself alone, so that what is compiled from it can be kept by it.

    Attributes
    ----------
    lexicons
        By language.
    brackets, marks
        Brackets that hold the reader's own words, and what marks mean, beside what the notes' legends say.
    aliases
        Names of works by title.
    stop_words
        Folded names that are neither works nor concepts.
    """

    lexicons: Mapping[str, Lexicon]
    brackets: tuple[tuple[str, str], ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stop_words: frozenset[str] = frozenset()

    def of(self, language: str) -> Lexicon:
        """The lexicon of one language."""
        return self.lexicons[language]

    def all(self) -> tuple[Lexicon, ...]:
        """The lexicons, in a fixed order."""
        return tuple(self.lexicons[name] for name in LANGUAGES)


@cache
def default_words() -> Words:
    """The words that come with papergraph."""
    return Words({language: lexicon(language) for language in LANGUAGES})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _relation(value: str) -> str:
    name = value.strip().upper().replace("-", "_")
    if name not in RELATIONS:
        near = get_close_matches(value.casefold().replace("_", "-"), [r.option for r in RELATIONS.values()], 1)
        raise ValueError(f"unknown relation {value!r}; " + (f"did you mean {near[0]!r}?" if near else "known are " + ", ".join(r.option for r in RELATIONS.values())))
    return name


class UserCue(_Strict):
    """A user's own wording of a relation; see `papergraph.lang.Cue` for the fields."""

    type: str
    patterns: tuple[str, ...] = Field(min_length=1)
    name: str | None = None
    language: Literal["ja", "en"] | None = None
    weight: float = Field(0.9, gt=0, le=1)
    target: Literal["before", "after", "either"] | None = None
    direction: Literal["forward", "backward"] = "forward"
    reach: int | None = Field(None, ge=0, le=200)
    needs: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()

    _known = field_validator("type")(_relation)

    @field_validator("patterns")
    @classmethod
    def _compiles(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            _checked(pattern)
        return value

    @field_validator("needs")
    @classmethod
    def _kinds(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for kind in value:
            if kind not in _KINDS:
                raise ValueError(f"{kind!r} is no kind of target; known are {', '.join(_KINDS)}")
        return value


_KINDS = ("link", "citation", "title", "position", "name", "concept", "phrase")


def _checked(pattern: str) -> None:
    """Refuse a pattern that says nothing: without a word, or with none that must be there."""
    compiled = re.compile(compile_pattern(pattern))
    if compiled.match("") or not any(c.isalnum() for c in pattern) or not trigger(pattern):
        raise ValueError(f"{pattern!r} holds no word that must be there")


def _plain(wording: str) -> str:
    """A wording as a pattern: Japanese that is written without spaces is cut into its words."""
    if is_cjk(wording) and " " not in wording.strip() and not re.search(r"[|?*~^@]", wording):
        return " ".join(m[1] for m in morphemes(wording) if m[0].strip()) or wording
    return wording


class UserLexicon(_Strict):
    """What stands in a user's `papergraph.toml`."""

    cues: tuple[UserCue, ...] = ()
    hedges: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    brackets: tuple[str, ...] = ()
    marks: dict[str, str] = Field(default_factory=dict)
    aliases: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    stop_words: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("hedges", "negations")
    @classmethod
    def _wordings(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for wording in value:
            _checked(_plain(wording))
        return value

    @field_validator("brackets")
    @classmethod
    def _pairs(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pair in value:
            if len(pair) != 2 or pair[0] == pair[1]:
                raise ValueError(f"{pair!r} is no pair of brackets such as '〔〕'")
        return value

    @field_validator("labels")
    @classmethod
    def _meanings(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        known = _meanings_of_labels()
        for meaning in value:
            if meaning.upper().replace("-", "_") not in RELATIONS and meaning not in known:
                raise ValueError(f"{meaning!r} is no meaning of a label; known are {', '.join(sorted(known))} and the relations' names")
        return value


def _meanings_of_labels() -> set[str]:
    return {m for words in default_words().all() for table in (words.fields, words.sections) for m in table}


def read_words(files: Iterable[Path]) -> Words:
    """The default words with those of a user's files, earlier files first.

    Raises
    ------
    LexiconError
        If a file cannot be read or is not as it should be; the message names the file and the line.
    """
    words = default_words()
    for file in files:
        words = _with(words, _read(file))
    return words


def _read(file: Path) -> UserLexicon:
    try:
        text = file.read_text(encoding="utf-8-sig")
        return UserLexicon.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        raise LexiconError(f"{file}:{at[1] if at else 1}: no valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(p) for p in first["loc"])
        message = _in_words(str(first["type"]), str(first["msg"]), str(first["loc"][-1]) if first["loc"] else "")
        raise LexiconError(f"{file}:{_line_of(text, first['loc'])}: {place or 'the file'}: {message}") from error


def _in_words(kind: str, message: str, key: str) -> str:
    """A validation error as a user would say it."""
    if kind == "tuple_type":
        return "should be a list of texts, such as [\"first\", \"second\"]"
    if kind == "too_short":
        return "should hold one text at least"
    if kind == "extra_forbidden":
        near = get_close_matches(key, [*UserLexicon.model_fields, *UserCue.model_fields], 1)
        return "unknown key" + (f"; did you mean {near[0]!r}?" if near else "")
    return message.removeprefix("Value error, ")


def _line_of(text: str, loc: tuple[Any, ...]) -> int:
    """The line of a TOML text that a validation error is about: its table's or its key's."""
    lines = text.splitlines()
    at = 0
    for n, part in enumerate(loc):
        if isinstance(part, int):
            continue
        index = loc[n + 1] if n + 1 < len(loc) and isinstance(loc[n + 1], int) else 0
        headers = [k for k in range(at, len(lines)) if re.match(rf"\s*\[+\s*(?:[\w.\"-]+\.)?[\"']?{re.escape(str(part))}[\"']?\s*\]+", lines[k])]
        keys = [k for k in range(at, len(lines)) if re.match(rf"\s*[\"']?{re.escape(str(part))}[\"']?\s*=", lines[k])]
        if headers:
            at = headers[min(int(index), len(headers) - 1)]
        elif keys:
            at = keys[0]
    return at + 1


def _with(words: Words, user: UserLexicon) -> Words:
    """`words` with a user's own."""
    lexicons: dict[str, Lexicon] = {}
    for language, known in words.lexicons.items():
        own = [(c, tuple(p for p in c.patterns if (c.language or _language([p])) == language)) for c in user.cues]
        cues = tuple(
            Cue(
                name=c.name or f"own-{n}",
                type=c.type,
                weight=c.weight,
                patterns=patterns,
                target=c.target,
                direction=c.direction,
                reach=c.reach,
                needs=c.needs,
                blocked_by=c.blocked_by,
                own=True,
            )
            for n, (c, patterns) in enumerate(own, 1)
            if patterns
        )
        hedges = tuple(_plain(w) for w in user.hedges if _language([w]) == language)
        negations = tuple(_plain(w) for w in user.negations if _language([w]) == language)
        fields, relations, sections = dict(known.fields), dict(known.relations), dict(known.sections)
        for meaning, labels in user.labels.items():
            relation = meaning.upper().replace("-", "_")
            table, key = (relations, relation) if relation in RELATIONS else (sections, meaning) if meaning in known.sections else (fields, meaning)
            table[key] = (*labels, *table.get(key, ()))
        lexicons[language] = known.model_copy(
            update={
                "cues": (*cues, *known.cues),
                "hedges": (*known.hedges, *((Wording(patterns=hedges),) if hedges else ())),
                "negations": (*known.negations, *((Wording(patterns=negations),) if negations else ())),
                "generic": known.generic.union(w.casefold() for w in user.stop_words),
                "fields": fields,
                "relations": relations,
                "sections": sections,
            }
        )
    return Words(
        lexicons,
        (*words.brackets, *((b[0], b[1]) for b in user.brackets)),
        {**words.marks, **user.marks},
        {**words.aliases, **user.aliases},
        words.stop_words | {fold(w) for w in user.stop_words},
    )


def _language(patterns: Iterable[str]) -> str:
    return "ja" if any(is_cjk(p) for p in patterns) else "en"
