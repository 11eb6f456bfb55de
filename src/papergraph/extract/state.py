"""The state that the steps of extraction share: one document, and what has been found in it so far."""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from papergraph.extract.confidence import Signals, confidence
from papergraph.folding import fold
from papergraph.lang import Cue
from papergraph.lang.patterns import TokenLine
from papergraph.lang.words import Words, default_words
from papergraph.model import Concept, Evidence, Note, Paper, Problem, Statement, Topic
from papergraph.notes.document import Block, Document
from papergraph.resolve.names import name_key
from papergraph.vocabulary import Kind


@dataclass(frozen=True, slots=True)
class Legend:
    """What the notes say of their own marks: brackets that hold the reader's own words, and what each mark means."""

    brackets: tuple[tuple[str, str], ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    lines: frozenset[int] = frozenset()


@dataclass(slots=True, eq=False)
class Entry:
    """A paper that the notes are about or cite, the block that names it, and which of its characters do; `listed` for one of a reference list."""

    paper: Paper
    block: Block | None
    title: tuple[int, int] = (0, 0)
    head: int = 0
    names: tuple[str, ...] = ()
    after: Block | None = None
    listed: bool = False
    keys: tuple[str, ...] = ()

    @property
    def cited(self) -> bool:
        return self.paper.role == "cited"


@dataclass(slots=True)
class ReferenceList:
    """The works that a file's own lists and footnotes tell, by number or key and by author and year.

    `blocks` are the lines that tell them, `footnotes` those footnotes that name no work.
    """

    numbered: dict[str, Entry] = field(default_factory=dict)
    named: dict[tuple[str, int | str | None], Entry | None] = field(default_factory=dict)
    blocks: set[int] = field(default_factory=set)
    footnotes: dict[str, Block] = field(default_factory=dict)

    def by_author(self, surname: str, year: int | str | None) -> Entry | None:
        """The one work of that first author and year (`"2023a"` where a letter tells works of a year apart); by author alone without one."""
        return self.named.get((fold(surname), year))

    def entries(self) -> Iterator[Entry]:
        """The works told, those by number or key first; one told in both ways comes twice."""
        yield from self.numbered.values()
        yield from (e for e in self.named.values() if e is not None)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name or point to something.

    `kind` is `position`, `self`, `citation`, `link`, `title`, `name`, `concept` or `phrase`, surest first; `paper` and
    `concept` hold what they name, one of them set but for `self`. `bare` tells a link whose words are a sentence's
    own ("[follow-up work](…)"): cues are looked for in them.
    """

    start: int
    end: int
    kind: str
    certainty: float
    paper: Paper | None = None
    concept: str | None = None
    bare: bool = False

    @property
    def is_work(self) -> bool:
        return self.paper is not None


@dataclass(slots=True)
class Match:
    """A cue where it stands: characters `start:end` of its block."""

    cue: Cue
    start: int
    end: int
    hedged: bool = False
    negated: bool = False


@dataclass(slots=True, eq=False)
class Sentence:
    """A stretch of a block in one voice, and what it names and states."""

    block: Block
    start: int
    end: int
    language: str
    subject: Entry | None
    own: bool
    passage: int = 0
    assumed: Paper | None = None
    lead: Mention | None = None
    mentions: list[Mention] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    hedged: bool = False
    kind: Kind | None = None
    relations: list[Found] = field(default_factory=list)
    promising: bool = False
    tokens: TokenLine | None = None
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.block.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Found:
    """A relation that a sentence states, before it has ids."""

    type: str
    source: Paper
    target: Mention
    signals: Signals
    rule: str
    backward: bool = False

    @property
    def hedged(self) -> bool:
        return self.signals.hedged

    @property
    def confidence(self) -> float:
        return confidence(self.signals)


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for a line's being a paper's (more than 0 points) or against it."""

    points: int
    text: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a line that could name a paper was judged; three points make it one."""

    title: str
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a cue: the relation it states, or the gate that stopped it, in words for a reader."""

    rule: str
    start: int
    end: int
    outcome: str
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A paper that other files of the same notes name."""

    paper: Paper
    names: tuple[str, ...]
    pages: tuple[str, ...] = ()
    date: str | None = None


_LONG_KEY, _MANY = 12, 3_000
"""Folded letters from which a beginning tells a title; papers above which slips of the pen are not looked for."""


class Catalogue:
    """The papers that a collection of notes names, by folded name and by page; ambiguous names are left out."""

    def __init__(self, known: tuple[Known, ...] = ()) -> None:
        self.known = known
        self._names = _unambiguous((name_key(n), k) for k in known for n in k.names)
        self.begun = begun(self._names)
        self._pages = _unambiguous((fold(p), k) for k in known for p in k.pages)
        self._authors = _unambiguous(((*key, ""), k) for k in known for key in _author_keys(k.paper))
        self._titles = {fold(k.paper.title): k for k in known}
        self._alike: dict[str, list[Known]] = {}
        for k in known:
            self._alike.setdefault(fold(k.paper.title)[:_LONG_KEY], []).append(k)
        self._days = _days(known)
        self._order = list(self._days)
        self._ordinals = {o: d for d in reversed(self._order) if (o := _ordinal(d)) is not None}

    def by_name(self, name: str) -> Paper | None:
        """The paper of that name, whatever its case, width and punctuation."""
        found = self._names.get(name_key(name))
        return found.paper if found else None

    def by_page(self, page: str) -> Paper | None:
        """The paper whose page a wikilink, a relative link or a citation key names."""
        path = page.split("#", 1)[0].rstrip("/").removesuffix("/index.md").removesuffix("/_index.md")
        name = path.rsplit("/", 1)[-1].removesuffix(".md").removesuffix(".html").removeprefix("@")
        found = self._pages.get(fold(name))
        return found.paper if found else None

    def by_date(self, date: str | None, where: str) -> Paper | None:
        """The paper of another day, where each day has one: dated next before or after `date` (`previous`, `next`), the day before it (`day`), or about a week before (`week`)."""
        days, order = self._days, self._order
        if date is None or date not in days:
            return None
        if where == "week":
            own = _ordinal(date)
            ago = [n for n in range(_MOST_DAYS, _FEWEST_DAYS - 1, -1) if own is not None and own - n in self._ordinals]
            return days[self._ordinals[(own or 0) - min(ago, key=lambda n: abs(n - 7))]] if ago else None
        n = bisect_left(order, date) + (1 if where == "next" else -1)
        return days[order[n]] if 0 <= n < len(order) else None

    def like(self, title: str) -> Paper | None:
        """The paper whose title is written inexactly: begun only, or with a slip of the pen (`rapidfuzz` ratio of 88 or more)."""
        exact = self.by_name(title)
        key = fold(title)
        if exact is not None or len(key) < _LONG_KEY:
            return exact
        begun = {
            k.paper.id: k.paper
            for k in self._alike.get(key[:_LONG_KEY], ())
            if fold(k.paper.title).startswith(key) or key.startswith(fold(k.paper.title))
        }
        if len(begun) == 1:
            return next(iter(begun.values()))
        if len(self.known) > _MANY:
            return None
        from rapidfuzz import fuzz, process

        found = process.extractOne(key, self._titles.keys(), scorer=fuzz.ratio, score_cutoff=88)
        return self._titles[found[0]].paper if found else None

    def by_author(self, family: str, year: int | None) -> Paper | None:
        """The one paper whose first author has that family name, of that year if it is told."""
        found = self._authors.get((fold(family), year, ""))
        return found.paper if found else None

    def names(self) -> Mapping[str, Known]:
        """All unambiguous names, folded."""
        return self._names


_FEWEST_DAYS, _MOST_DAYS = 3, 13
"""How many days ago "last week" may be."""


BEGINNING = 6
"""Letters of a folded name by which it is told that no name goes on so."""


def begun(names: Iterable[str]) -> dict[str, int]:
    """For each beginning of names, up to `BEGINNING` letters, how long the longest of them is."""
    out: dict[str, int] = {}
    for name in names:
        for end in range(1, min(len(name), BEGINNING) + 1):
            out[name[:end]] = max(len(name), out.get(name[:end], 0))
    return out


def _ordinal(date: str) -> int | None:
    try:
        return datetime.date.fromisoformat(date).toordinal()
    except ValueError:
        return None


def _days(known: tuple[Known, ...]) -> dict[str, Paper]:
    """The paper of each day that has just one, in the order of the days."""
    dated: dict[str, dict[str, Paper]] = {}
    for k in known:
        if k.date:
            dated.setdefault(k.date, {}).setdefault(k.paper.id, k.paper)
    return {day: next(iter(papers.values())) for day, papers in sorted(dated.items()) if len(papers) == 1}


def _author_keys(paper: Paper) -> list[tuple[str, int | None]]:
    from papergraph.extract.references import surname

    if not paper.authors:
        return []
    family = fold(surname(paper.authors[0]))
    return [(family, None), *([(family, paper.year)] if paper.year else [])] if family else []


def _unambiguous(pairs: object) -> dict[Any, Known]:
    out: dict[Any, Known | None] = {}
    for key, known in pairs:  # type: ignore[attr-defined]
        if not key:
            continue
        held = out.get(key, known)
        out[key] = known if held is not None and held.paper.id == known.paper.id else None
    return {k: v for k, v in out.items() if v is not None}


@dataclass(slots=True)
class Extraction:
    """One document on its way through the steps."""

    document: Document
    source: str
    words: Words = field(default_factory=default_words)
    catalogue: Catalogue = field(default_factory=Catalogue)
    legend: Legend = field(default_factory=Legend)
    entries: list[Entry] = field(default_factory=list)
    subject: dict[int, Entry] = field(default_factory=dict)
    parent: dict[int, Block] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    sentences: list[Sentence] = field(default_factory=list)
    next_cited: dict[int, Entry] = field(default_factory=dict)
    families: dict[str, list[Entry]] = field(default_factory=dict)
    linked: dict[int, tuple[list[int], list[int], list[int]]] = field(default_factory=dict)
    concepts: dict[str, Concept] = field(default_factory=dict)
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    labels: dict[str, Paper] = field(default_factory=dict)
    notes: dict[str, Note] = field(default_factory=dict)
    evidence: dict[tuple[str, str, str], list[Evidence]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    owner: Entry | None = None
    order: list[Block] = field(default_factory=list)
    references: ReferenceList = field(default_factory=lambda: ReferenceList())
    silent: set[int] = field(default_factory=set)
    judged: dict[int, Judgement] = field(default_factory=dict)
    sections: dict[int, str] = field(default_factory=dict)
    before_list: dict[int, Block] = field(default_factory=dict)


def taken(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a mention stands in the characters `start:end` of the sentence's block."""
    return any(m.start < end and start < m.end for m in sentence.mentions)
