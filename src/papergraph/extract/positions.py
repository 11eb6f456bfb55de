"""Words that point: 上の論文, "the previous paper", "yesterday's", これ, "this paper", この二つ."""

from __future__ import annotations

import datetime
import re
from functools import cache

from papergraph.extract.mentions import referred
from papergraph.extract.state import Entry, Extraction, Mention, Sentence, taken
from papergraph.extract.tokens import token_line
from papergraph.lang.patterns import Index, compile_patterns, index_patterns, triggers
from papergraph.lang.words import Words
from papergraph.model import Paper
from papergraph.notes.document import BlockKind


@cache
def _rules(words: Words, language: str) -> tuple[re.Pattern[str], Index, tuple[tuple[re.Pattern[str], str], ...]]:
    positions = words.of(language).positions
    return (
        triggers(p for x in positions for p in x.patterns),
        index_patterns([x.patterns for x in positions]),
        tuple((compile_patterns(x.patterns), x.where) for x in positions),
    )


def find_positions(state: Extraction) -> None:
    """The entry before or after, the paper itself, or the paper of another day, where words point to them.

    A name right behind the words ("the previous work [MPDM](…)") says better what is meant, so they are passed over.
    """
    places = _Places(state)
    for n, sentence in enumerate(state.sentences):
        if not sentence.promising:
            continue
        maybe, index, rules = _rules(state.words, sentence.language)
        if not maybe.search(sentence.text.casefold()):
            continue
        line = token_line(sentence)
        possible = [rules[r] for r in sorted(index.possible(line.keys))]
        hits = [(line.starts[a], line.ends[b - 1], where) for pattern, where in possible for a, b in line.find(pattern)]
        for start, end, where in sorted(hits, key=lambda h: h[0] - h[1]):
            if taken(sentence, start, end) or (where != "self" and _named(sentence, end)):
                continue
            if where == "self" and sentence.block.text.startswith("ら", end):
                # これら are others
                continue
            if where == "self":
                sentence.mentions.append(Mention(start, end, "self", 1.0))
                continue
            if where == "that":
                last = _last_named(state, n, start)
                if last is not None:
                    sentence.mentions.append(Mention(start, end, "position", 0.8, last.paper, last.concept))
                continue
            sentence.mentions += [
                Mention(start, end, "position", certainty, paper)
                for paper, certainty in _pointed(state, sentence, places, where, sentence.block.text[start:end])
            ]


def _last_named(state: Extraction, n: int, start: int) -> Mention | None:
    """What was named last before character `start` of sentence `n`, in it or in the two before it that are about the same paper."""
    sentence = state.sentences[n]
    for before in reversed(state.sentences[max(n - 2, 0) : n + 1]):
        if before.subject is not sentence.subject:
            break
        named = [
            m
            for m in before.mentions
            if m.kind not in ("self", "position")
            and (before is not sentence or m.end <= start)
            and (m.paper is None or sentence.subject is None or m.paper.id != sentence.subject.paper.id)
        ]
        if named:
            return max(named, key=lambda m: (m.paper is not None, m.end))
    return None


def _named(sentence: Sentence, end: int) -> bool:
    return any(
        end <= m.start <= end + 3 and not sentence.block.text[end : m.start].strip(' *"“(「『,:、：')
        for m in sentence.mentions
        if m.is_work
    )


def _pointed(state: Extraction, sentence: Sentence, places: _Places, where: str, words: str) -> list[tuple[Paper, float]]:
    """`(paper, certainty)` of what the words point to; several where they say "both"."""
    entries, order = places.entries, places.order
    if where in ("previous", "next"):
        target = _neighbour(sentence, entries, order, 1 if where == "next" else -1)
        if target is not None:
            return [(target.paper, 0.95)]
    if where in ("two", "several"):
        count = 2 if where == "two" else next((n for digit, n in _COUNTS.items() if digit in words.casefold()), 3)
        n = (
            order.get(id(sentence.subject), -1)
            if sentence.subject is not None
            else len([e for e in entries if (e.paper.line or 0) < sentence.block.line])
        )
        return [(e.paper, 0.9) for e in entries[max(n - count, 0) : n]]
    if where == "both":
        if sentence.subject is None and len(entries) >= 2:
            before = [e for e in entries if (e.paper.line or 0) < sentence.block.line]
            return [(e.paper, 0.85) for e in before[-2:]] if len(before) >= 2 else []
        last = _neighbour(sentence, entries, order, -1)
        return [(last.paper, 0.8)] if last is not None else []
    if where == "number":
        digits = _DIGITS.search(words)
        numbered = places.numbered.get(digits[0]) if digits else None
        return [(numbered.paper, 0.9)] if numbered is not None and numbered is not sentence.subject else []
    if sentence.subject is state.owner and state.owner is not None:
        # a file a paper: the files of other days
        dated = state.catalogue.by_date(state.document.front.date, "previous" if where == "meeting" else where)
        return [(referred(state, dated, "", sentence), 0.9)] if dated is not None else []
    found = places.of_day(sentence, where)
    if where == "meeting" and not found:
        neighbour = _neighbour(sentence, entries, order, -1)
        return [(neighbour.paper, 0.9)] if neighbour is not None else []
    return [(e.paper, 0.85) for e in found]


_COUNTS = {"three": 3, "3": 3, "３": 3, "三": 3, "four": 4, "4": 4, "４": 4, "四": 4, "five": 5, "5": 5, "５": 5, "五": 5}
_DIGITS = re.compile(r"\d{1,2}")
_DAY = re.compile(r"(?P<year>(?:19|20)\d\d)[-/_.年](?P<month>\d{1,2})[-/_.月](?P<day>\d{1,2})|(?<!\d)(?P<month2>\d{1,2})[/月](?P<day2>\d{1,2})(?!\d)")
_AGO = {"day": (1, 1), "days": (2, 2), "week": (3, 13), "weeks": (10, 20)}
"""How many days ago, at least and at most."""
_NUMBERED = re.compile(r"(?:\A|\n)[ \t]*[(（]?(\d{1,2})[.)）:][ \t]*\Z")
_FEWEST_NUMBERED = 2


class _Places:
    """The entries of a document in order, by their numbers, and by the days whose headings they stand under."""

    def __init__(self, state: Extraction) -> None:
        self.entries = [e for e in state.entries if not e.cited]
        self.order = {id(e): n for n, e in enumerate(self.entries)}
        self.numbered: dict[str, Entry] = {}
        for entry in self.entries:
            number = self._number(state, entry)
            if number:
                self.numbered.setdefault(number, entry)
        if len(self.numbered) < _FEWEST_NUMBERED:
            self.numbered.clear()
        self._days: list[tuple[int | None, list[Entry]]] = []
        self._group: dict[int, int] = {}
        self._group_days(state)

    @staticmethod
    def _number(state: Extraction, entry: Entry) -> str:
        if entry.block is None or not entry.block.offsets:
            return ""
        at = entry.block.offsets[0]
        found = _NUMBERED.search(state.document.text, max(at - _LONGEST_NUMBER, 0), at)
        return found[1] if found else ""

    def _group_days(self, state: Extraction) -> None:
        held = {id(e.block): e for e in self.entries if e.block is not None}
        for block in state.order:
            day = _DAY.match(block.text.lstrip("# ")) if block.kind is BlockKind.HEADING and len(block.text) < _LONGEST_DAY else None
            if day:
                self._days.append((_ordinal(day, self._days[-1][0] if self._days else None), []))
            elif id(block) in held and self._days:
                self._days[-1][1].append(held[id(block)])
            if self._days:
                self._group[id(block)] = len(self._days) - 1

    def of_day(self, sentence: Sentence, where: str) -> list[Entry]:
        """What was read on the day or at the meeting that words such as "last week" and 前回 mean; empty where that is not told."""
        n = self._group.get(id(sentence.block))
        if n is None:
            return []
        before = [d for d in self._days[:n] if d[1]]
        if not before:
            return []
        own = self._days[n][0]
        if where in _AGO and own is not None:
            least, most = _AGO[where]
            near = [d for d in before if d[0] is not None and least <= own - d[0] <= most]
            if near:
                return near[0][1] if where in ("week", "weeks") else near[-1][1]
        steps = 2 if where in ("days", "weeks") else 1
        return before[-steps][1] if len(before) >= steps else []


_LONGEST_NUMBER, _LONGEST_DAY = 12, 60


def _ordinal(day: re.Match[str], previous: int | None) -> int | None:
    """The day as a count; a date without a year is that of the day before it, or a year on."""
    try:
        if day["year"]:
            return datetime.date(int(day["year"]), int(day["month"]), int(day["day"])).toordinal()
        year = datetime.date.fromordinal(previous).year if previous else _SOME_YEAR
        found = datetime.date(year, int(day["month2"]), int(day["day2"])).toordinal()
    except ValueError:
        return None
    return found if previous is None or found >= previous or previous - found < _HALF_A_YEAR else found + 365


_SOME_YEAR, _HALF_A_YEAR = 2000, 183


def _neighbour(sentence: Sentence, entries: list[Entry], order: dict[int, int], step: int) -> Entry | None:
    if sentence.subject is None or id(sentence.subject) not in order:
        return None
    n = order[id(sentence.subject)] + step
    return entries[n] if 0 <= n < len(entries) else None
