"""A relation in words: how the other work is called, and the line that says how it is related."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from papergraph.folding import is_cjk, squeeze
from papergraph.model import Concept, Paper
from papergraph.resolve.identifiers import is_web
from papergraph.writeback.style import Habits, most

_MARKUP = re.compile(r"[\\`*<>\[\]|{}$^~]|(?<!\w)_|_(?!\w)|(?<!\S)#(?=\w)|&(?=#?\w+;)|==|!(?=\[)")
"""What Markdown, Obsidian or Logseq could take for more than text."""
_STOPS = tuple(".。!?！？…")
_SHORTEST, _LONGEST_NOTE = 3, 1_000


@cache
def wordings() -> Mapping[str, Any]:
    """`wordings.toml`."""
    return MappingProxyType(tomllib.loads((files(__package__) / "wordings.toml").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A relation to write, as seen from the paper under which it is written: `backward` if that is its target."""

    type: str
    backward: bool
    hedged: bool
    note: str
    other: Paper | Concept


def plain(text: str) -> str:
    r"""`text` on one line without control characters, lone surrogates and bidirectional overrides.

    >>> plain("a\n\x1b[31mb\u202e")
    'a [31mb'
    """
    return squeeze("".join(" " if c.isspace() or unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if unicodedata.category(c) not in ("Cf", "Cs") or c == "\u200d"))


def escaped(text: str) -> str:
    r"""`text` so that Markdown shows it as it is.

    >>> escaped("A [[B]] `c` <script> C_3 #tag")
    'A \\[\\[B\\]\\] \\`c\\` \\<script\\> C_3 \\#tag'
    """
    return _MARKUP.sub(lambda m: "".join("\\" + c for c in m[0]), plain(text))


def references(other: Paper | Concept, page: str | None, pages: Sequence[str], near: str | None, file: Habits, all_: Habits) -> list[str]:
    """What to call the other work, as the file does first.

    Parameters
    ----------
    page
        What wikilinks of these notes call it.
    pages
        Further names that a wikilink may call it by: its file's name, its titles.
    near
        The relative path to its file from the one that is written.
    """
    wiki = [f"[[{name}]]" for name in dict.fromkeys(n for n in (page, *pages) if n) if _linkable(name)]
    title = escaped(other.name)
    relative = [f"[{title}]({near})"] if near and title else []
    addressed = [f"[{title}]({other.url})"] if isinstance(other, Paper) and other.url and _safe(other.url) and title else []
    names = [escaped(n) for n in (other.name, *(other.aliases if isinstance(other, Paper) else other.alt_labels)) if len(n) >= _SHORTEST]
    quoted = [f"“{title}”"] if isinstance(other, Paper) else []
    words = [n for n in (*names[:1], *quoted, *names[1:4]) if n]
    kinds = [(file.wiki, all_.wiki, wiki[:3]), (file.relative, all_.relative, relative), (file.addresses, all_.addresses, addressed)]
    used = [k for k in sorted(kinds, key=lambda k: (-k[0], -k[1])) if k[0] or k[1]]
    unused = [k for k in kinds if not (k[0] or k[1])]
    # where the file itself links nothing but names, another file's habit does not count
    linking = [r for k in used for r in k[2]]
    out = [*linking, *words] if any(k[0] for k in used) or all_.wiki else [*words, *linking]
    # a wikilink in notes that have none would look odd
    return list(dict.fromkeys([*out, *(r for k in unused for r in k[2] if r not in wiki)]))


def _linkable(name: str) -> bool:
    return plain(name) == name and not re.search(r"[\[\]|#^\n\r]", name)


def _safe(address: str) -> bool:
    """Whether an address ends where it should between the brackets of a Markdown link."""
    return is_web(address) and re.fullmatch(r"[\w:/.~%?=&;,+@!'#-]+", address, re.ASCII) is not None


def properties(wanted: Wanted, calls: Sequence[str], language: str, file: Habits, all_: Habits) -> Iterator[str]:
    """`extends:: [[X]]`, with the label that the notes use; none for what is only supposed, or has no such label."""
    group = "backward" if wanted.backward else "relation"
    known = wordings()["backward" if wanted.backward else "labels"]
    own = file.label(group, wanted.type) or all_.label(group, wanted.type)
    spoken = "ja" if any(is_cjk(label) for _, _, label in (*file.labels, *all_.labels)) and language == "ja" else "en"
    label = own or known[spoken].get(wanted.type)
    if label is not None and not wanted.hedged:
        yield from (f"{label}:: {call}" for call in calls)


def remarks(wanted: Wanted, calls: Sequence[str], language: str, file: Habits, all_: Habits, brackets: Sequence[tuple[str, str]]) -> Iterator[tuple[str, bool]]:
    """Sentences that state the relation, `(text, whether the note is in it)`; those with the note first.

    `brackets` are those in which the notes hold the reader's own words.
    """
    words = wordings()[language]
    shapes = words["passive" if wanted.backward else "active"].get(wanted.type, [])
    label = wordings()["backward" if wanted.backward else "labels"][language].get(wanted.type)
    labelled = [f"{label.replace('-', ' ').capitalize()}{': ' if language == 'en' else '：'}{{}}"] if label else []
    stop = words["ask"] if wanted.hedged else words["stop"] if _stops(file, all_) else ""
    note = escaped(wanted.note)[:_LONGEST_NOTE]
    said = [_spaced(shape, call) for call in calls for shape in (*shapes, *labelled)]
    if note:
        end = "" if note.endswith(_STOPS) or not stop or wanted.hedged else stop
        for one in said:
            yield _own(f"{one}{stop or words['stop']}{'' if language == 'ja' else ' '}{note}{end}", brackets), True
        for one in said[:4]:
            yield _own(f"{one}{words['ask'] if wanted.hedged else ''} ({note})", brackets), True
    for one in said:
        yield _own(f"{one}{stop}", brackets), False


def _spaced(shape: str, call: str) -> str:
    """The wording with the name in it, with a space where Latin letters or a link stand beside Japanese."""
    before, _, after = shape.partition("{}")
    if before and not before.endswith((" ", "：")) and not is_cjk(call[:1]):
        before += " "
    if after and is_cjk(after[:1]) and not is_cjk(call[-1:]):
        after = " " + after
    return before + call + after


def _own(text: str, brackets: Sequence[tuple[str, str]]) -> str:
    return f"{brackets[0][0]}{text}{brackets[0][1]}" if brackets else text


def _stops(file: Habits, all_: Habits) -> bool:
    counted = file.ends if sum(file.ends.values()) > 1 else all_.ends
    return counted[True] > counted[False]


def language_for(own: Sequence[str], file: Habits, all_: Habits) -> str:
    """The language of an entry's own notes, else of its file's, else of the collection's."""
    from papergraph.lang import language_of

    texts = [t for t in own if len(t) >= _SHORTEST]
    if texts:
        spoken = [language_of(t) for t in texts]
        return "ja" if 2 * spoken.count("ja") >= len(spoken) else "en"
    return most(file.languages, all_.languages) or "en"
