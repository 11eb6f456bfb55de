"""A synthetic library of any size, made in batches: papers, topics and relations in communities, in both languages."""

from __future__ import annotations

import random
from collections.abc import Iterator

from papergraph.folding import digest, relation_id
from papergraph.model import Paper, Relation, Statement, Topic
from papergraph.vocabulary import RELATIONS, AssertedBy, Role, Status

SOURCE = "s-bench"
KINDS = sorted(RELATIONS)
_SYLLABLES = [a + b for a in "bcdfghjklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "or", "il")]
_JAPANESE = ("学習", "注意", "生成", "推論", "表現", "拡散", "蒸留", "評価", "翻訳", "対話", "検索", "画像", "音声", "最適化", "正則化", "言語", "頑健性", "公平性", "因果", "強化")


class Synthetic:
    """`papers` papers, a twentieth as many topics, two topics a paper and three relations a paper (five edges a paper in all).

    Ends of relations lie near each other but for one in five, and some papers and topics have far more than others
    (Zipf), as in real collections. The same size gives the same library. Nothing is held in memory.
    """

    def __init__(self, papers: int) -> None:
        self.papers = papers
        self.topics = max(papers // 20, 1)

    def word(self, n: int) -> str:
        """The n-th word; small numbers are the common ones."""
        if n % 7 == 3:
            return _JAPANESE[n % len(_JAPANESE)] + _JAPANESE[n // 7 % len(_JAPANESE)]
        a, b, c = n % 136, n // 136 % 136, n // 18_496 % 136
        return _SYLLABLES[a] + _SYLLABLES[b] + (_SYLLABLES[c] if n >= 18_496 else "")

    def title(self, n: int) -> str:
        """The n-th title: six to nine words by Zipf's law, and a number word that no other title has."""
        r = random.Random(n * 2_654_435_761 + 1)
        words = [self.word(int(40 * r.paretovariate(0.9)) % 60_000) for _ in range(r.randint(5, 8))]
        return " ".join([words[0].capitalize(), *words[1:], f"x{n:b}z"])

    def paper_id(self, n: int) -> str:
        return f"p-{digest('bench', str(n))}"

    def topic_id(self, n: int) -> str:
        return f"t-{digest('bench topic', str(n))}"

    def paper(self, n: int) -> Paper:
        r = random.Random(n * 40_503 + 7)
        own = n // 20 % self.topics
        other = min(int(r.paretovariate(1.0)) - 1, self.topics - 1) if r.random() < 0.02 else r.randrange(self.topics)
        topics = tuple(dict.fromkeys((self.topic_id(own), self.topic_id(other))))
        return Paper(self.paper_id(n), self.title(n), Role.ENTRY, year=2000 + n % 26, venue="ICLR", markers=("🔵",) if n % 5 == 0 else (), topics=topics, path="bench.md", line=n + 1)

    def relations(self, n: int) -> Iterator[Relation]:
        r = random.Random(n * 69_069 + 3)
        for k in range(3):
            if r.random() < 0.01:
                other = min(int(r.paretovariate(0.8)) - 1, self.papers - 1)  # a hub
            elif r.random() < 0.8:
                other = (n + r.randint(1, 60)) % self.papers
            else:
                other = r.randrange(self.papers)
            if other == n:
                other = (n + 1) % self.papers
            kind = KINDS[(n + k) % len(KINDS)]
            symmetric = RELATIONS[kind].symmetric
            a, b = self.paper_id(n), self.paper_id(other)
            if symmetric:
                a, b = sorted((a, b))
            own = relation_id(kind, a, b, symmetric=symmetric)
            yield Relation(own, kind, a, b, round(0.3 + 0.7 * r.random(), 3), k == 2, AssertedBy.EXTRACTOR, Status.PROPOSED)

    def batches(self, size: int) -> Iterator[list[Statement]]:
        """The statements, `size` papers at a time: topics first, then papers, then the relations between them."""
        for start in range(0, self.topics, size):
            labels = range(start, min(start + size, self.topics))
            yield [Statement(SOURCE, Topic(self.topic_id(t), f"{self.word(t)} {self.word(t * 3 + 1)} {t}", broader=self.topic_id(t // 8) if t // 8 != t else None)) for t in labels]
        for start in range(0, self.papers, size):
            yield [Statement(SOURCE, self.paper(n)) for n in range(start, min(start + size, self.papers))]
        for start in range(0, self.papers, size):
            found = {r.id: r for n in range(start, min(start + size, self.papers)) for r in self.relations(n)}
            yield [Statement(SOURCE, r) for r in found.values()]
