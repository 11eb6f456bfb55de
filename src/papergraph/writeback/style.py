"""How a user's notes write: links, properties, bullets, language. Counted over a file, and over a whole collection."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from papergraph.extract.labels import read_label
from papergraph.lang.words import Words
from papergraph.notes.document import BlockKind, Document
from papergraph.resolve.identifiers import is_web

BULLET = re.compile(r"(?P<indent>[ \t]*)(?P<marker>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+)(?=\S)")
PROPERTY = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(?P<label>[^\W_][^:\n\r=]{0,40}?)(?P<mark>::)[ \t]*(?=\S)")
_PAGE = re.compile(r"\.(?:md|markdown|mdown|mkd)(?:#|$)", re.IGNORECASE)
_STOPS = tuple(".。!?！？")


@dataclass(slots=True)
class Habits:
    """What was counted; the larger, the more of a habit.

    `labels` are those of typed properties, `(group, meaning, as written)`; `pages` what wikilinks name; `units` what a nested
    bullet is indented by; `ends` counts remarks that end in a stop (`True`) and others.
    """

    wiki: int = 0
    relative: int = 0
    addresses: int = 0
    properties: int = 0
    labels: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    pages: Counter[str] = field(default_factory=Counter)
    markers: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    ends: Counter[bool] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)

    def label(self, group: str, meaning: str) -> str | None:
        """The label that the notes use most for a relation; `None` if they have none."""
        found = [(n, label) for (g, m, label), n in self.labels.items() if (g, m) == (group, meaning)]
        return max(found, key=lambda f: (f[0], f[1]))[1] if found else None


def habits_of(document: Document, words: Words) -> Habits:
    """The habits of one file."""
    found = Habits()
    lines = re.split(r"\r\n|\r|\n", document.text)
    _count_bullets(found, lines)
    for line in lines:
        if PROPERTY.match(line):
            found.properties += 1
            label = read_label(line.lstrip(" \t-*+"), words)
            if label is not None and label.typed and label.group in ("relation", "backward"):
                found.labels[label.group, label.meaning, label.label] += 1
    from papergraph.lang import language_of

    for block in document.walk():
        if block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH):
            found.languages[language_of(block.text)] += 1
        remark = block.kind is BlockKind.ITEM or (block.kind is BlockKind.PARAGRAPH and not PROPERTY.match(block.text))
        if remark and not block.links:
            found.ends[block.text.rstrip().endswith(_STOPS)] += 1
        for link in block.links:
            if link.kind == "wiki":
                # Hugo's links by `ref` are such too, but not written so
                found.wiki += f"[[{link.target}" in document.text
                found.pages[link.target] += 1
            elif is_web(link.target):
                # a link with which an item or heading begins is most likely its title
                found.addresses += link.start > 0
            elif _PAGE.search(link.target):
                found.relative += 1
    return found


def _count_bullets(found: Habits, lines: Sequence[str]) -> None:
    above: list[str] = []
    for line in lines:
        bullet = BULLET.match(line)
        if bullet is None:
            if line.strip() and not line[0].isspace():
                above.clear()
            continue
        indent = bullet["indent"]
        found.markers[bullet["marker"] if bullet["marker"] in "-*+" else "1"] += 1
        while above and not (len(indent) > len(above[-1]) and indent.startswith(above[-1])):
            above.pop()
        if above:
            found.units[indent[len(above[-1]) :]] += 1
        above.append(indent)


def together(each: Iterable[Habits]) -> Habits:
    """The habits of several files as one."""
    whole = Habits()
    for one in each:
        whole.wiki += one.wiki
        whole.relative += one.relative
        whole.addresses += one.addresses
        whole.properties += one.properties
        for name in ("labels", "pages", "markers", "units", "ends", "languages"):
            getattr(whole, name).update(getattr(one, name))
    return whole


def most(*counted: Counter[str], among: Sequence[str] = ()) -> str | None:
    """What comes most often in the first of these that has anything (of `among`, if given); `None` if none has."""
    for one in counted:
        found = {k: n for k, n in one.items() if not among or k in among}
        if found:
            return max(found, key=lambda k: (found[k], k))
    return None
