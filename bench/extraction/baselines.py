"""What an afternoon's work would find, so that the figures of an extractor have something beside them.

All baselines are told the gold's papers (names, addresses, where they stand) and look for relations only:

- `co-mention`: any two papers named in one item are related;
- `links`: the paper of the item is related to each paper that the item links to;
- `cue words`: as co-mention, between the item's paper and each other, if the item has one of a few plain words, which also
  gives the type and the hedge.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePosixPath

from gold import Gold, GoldPaper, fold
from predictions import PredictedRelation, Prediction

LINK = re.compile(r"\[\[([^\]|#]+)[^\]]*\]\]|\]\(<?([^)\s>]+)|href=\"([^\"]+)|(https?://[^\s)\]>\"、。]+)|@([\w:-]+)")
NEW_ITEM = re.compile(r"\s*(?:[-*+・●※→|]|\d+[.)]|#+|<(?:li|p|h\d|td|dt|dd)\b|@\w+\{)")

CUES = (
    ("CONTRADICTS", r"contradict|disagree|refute|contrary to|矛盾|反対|逆の|食い違"),
    ("CONSISTENT_WITH", r"consistent with|agrees? with|same (?:finding|conclusion|result)|一致|整合|同じ結論"),
    ("DIFFERS_FROM", r"unlike|differ|in contrast to|とは違|異なる|別物"),
    ("EQUIVALENT_TO", r"equivalent to|identical to|same (?:thing )?as|等価|と同じ"),
    ("EXTENDS", r"extend|extension of|builds? (?:up)?on|follow-?up|generali[sz]e|improves? (?:up)?on|拡張|発展|改良|続編|一般化"),
    ("SUPPORTS", r"supports?\b|evidence for|confirms?\b|裏付け|裏づけ|支持する"),
    ("APPLIES_TO", r"appl(?:y|ies|ied|icable) to|適用|応用"),
    ("SIMILAR_TO", r"similar|reminds me|resembl|似て|類似|近い|っぽい"),
    ("USES", r"\buses?\b|\busing\b|based on|使って|用いて|使う|ベース"),
    ("RELATED_TO", r"see also|related|cf\.|関連|参照"),
)
HEDGE = r"\?|？|maybe|perhaps|seems?\b|i think|kind of|might|かも|気がする|らしい|っぽい|ようだ|思う"


@dataclass(frozen=True, slots=True)
class Item:
    """A list item, paragraph, row or heading: its text, and the paper that it stands under (`None` before the first)."""

    text: str
    file: str
    owner: GoldPaper | None


def items(gold: Gold) -> Iterator[Item]:
    """The items of the notes in order; a line that begins none goes on with the one before."""
    for file in gold.files:
        starts = sorted((p.line, n) for n, p in enumerate(gold.papers) if p.file == file and p.role == "entry")
        owner = gold.papers[starts[0][1]] if len(starts) == 1 else None
        lines: list[str] = []
        for number, line in enumerate([*gold.text(file).split("\n"), ""], 1):
            begins = [gold.papers[n] for at, n in starts if at == number]
            if lines and (not line.strip() or begins or NEW_ITEM.match(line)):
                yield Item(" ".join(lines), file, owner)
                lines = []
            owner = begins[-1] if begins else owner
            if line.strip():
                lines.append(line.strip())


class Names:
    """Finds the gold's papers in running text and behind links."""

    def __init__(self, gold: Gold) -> None:
        self.papers = gold.papers
        self.patterns: list[tuple[re.Pattern[str], GoldPaper]] = []
        self.links: dict[str, GoldPaper] = {}
        for paper in gold.papers:
            names = [n for n in paper.names if len(fold(n)) >= 3]
            if names:
                told = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
                self.patterns.append((re.compile(rf"(?<![A-Za-z0-9-])(?:{told})(?![A-Za-z0-9])"), paper))
            keys = [*paper.names, *paper.urls]
            if paper.role == "entry" and sum(p.file == paper.file and p.role == "entry" for p in gold.papers) == 1:
                keys.append(PurePosixPath(paper.file).stem)
            for key in keys:
                self.links.setdefault(fold(key), paper)

    def mentioned(self, text: str) -> list[GoldPaper]:
        """The papers named or linked in a text, each once, in the gold's order."""
        named = [paper for pattern, paper in self.patterns if pattern.search(text)]
        linked = self.linked(text)
        return [p for p in self.papers if p in named or p in linked]

    def linked(self, text: str) -> list[GoldPaper]:
        targets = [next(filter(None, groups)) for groups in LINK.findall(text)]
        keys = [k for t in targets for k in (fold(t.rstrip("/.")), fold(PurePosixPath(t.split("#")[0]).stem))]
        found = [p for p in map(self.links.get, keys) if p]
        return [p for p in self.papers if p in found]


def co_mention(gold: Gold) -> Prediction:
    names = Names(gold)
    found = []
    for item in items(gold):
        papers = [*([item.owner] if item.owner else []), *names.mentioned(item.text)]
        found += [(a.title, b.title, "RELATED_TO", False) for a, b in combinations(papers, 2)]
    return _prediction(found)


def links(gold: Gold) -> Prediction:
    names = Names(gold)
    found = ((item.owner.title, p.title, "RELATED_TO", False) for item in items(gold) if item.owner for p in names.linked(item.text))
    return _prediction(found)


def cue_words(gold: Gold) -> Prediction:
    names = Names(gold)
    found = []
    for item in items(gold):
        kind = next((kind for kind, words in CUES if re.search(words, item.text, re.IGNORECASE)), None)
        if kind and item.owner:
            hedged = re.search(HEDGE, item.text, re.IGNORECASE) is not None
            found += [(item.owner.title, p.title, kind, hedged) for p in names.mentioned(item.text)]
    return _prediction(found)


def _prediction(found: Iterable[tuple[str, str, str, bool]]) -> Prediction:
    """Each pair of two different papers once, in the direction first met."""
    once: dict[frozenset[str], PredictedRelation] = {}
    for source, target, kind, hedged in found:
        if source != target:
            once.setdefault(frozenset((source, target)), PredictedRelation(source, target, kind, 1.0, hedged, ""))
    return Prediction(relations=tuple(once.values()))


BASELINES: dict[str, Callable[[Gold], Prediction]] = {"co-mention": co_mention, "links": links, "cue words": cue_words}
