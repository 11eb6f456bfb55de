"""Extraction on the real notes and on small invented ones: what is found, in which words, and what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import DATA, DISSECTING, MECHANISTIC
from papergraph.importing import extract
from papergraph.model import Concept, Note, Paper, Relation, Statement, Topic
from papergraph.notes import decode, read

RELATIONS = [
    ("CONSISTENT_WITH", DISSECTING, MECHANISTIC, False, "下の論文と主張が一致"),
    ("CONSISTENT_WITH", MECHANISTIC, DISSECTING, False, "上の論文と主張が一致"),
    (
        "CONSISTENT_WITH",
        "Tuning LayerNorm in Attention: Towards Efficient Multi-Modal LLM Finetuning",
        "An Empirical Study on the Transferability of Transformer Modules in Parameter-efficient Fine-tuning",
        False,
        "fine tuning は LayerNorm だけで良いっていう話前も見たな",
    ),
    (
        "RELATED_TO",
        "Lightweight Language Model Calibration for Open-ended Question Answering with Varied Answer Lengths",
        "Transformer Language Models Handle Word Frequency in Prediction Head",
        False,
        "言語処理学会でもバイアス項をいじると生成文の雰囲気が変わるという話があった。",
    ),
    ("SIMILAR_TO", "Sudden Drops in the Loss: Syntax Acquisition, Phase Transitions, and Simplicity Bias in MLMs", "induction heads", True, "induction heads"),
    ("CONTRADICTS", "A 2-Dimensional State Space Layer for Spatial Inductive Bias", "Vision Mamba", True, "知見が逆だな"),
    ("EQUIVALENT_TO", "Model Tells You What to Discard: Adaptive KV Cache Compression for LLMs", "Transformers are multi state RNNs?", True, "ってこれと同じ"),
    ("APPLIES_TO", "Inverse Approximation Theory for Nonlinear Recurrent Neural Networks", "state space", True, "当てはまるらしい"),
]
DECISIONS = {"oral": 3, "spotlight": 10}
TOPICS = {
    "アーキテクチャ系 › 全体的に": 2, "アーキテクチャ系 › 部分的に": 4, "学習手法系 › 事前学習について": 3, "学習手法系 › fine tuning について": 3, "LLM 系? › 使い方について": 4,
    "LLM 系? › 挙動について": 5, "Transformer の分析": 4, "状態空間モデル系": 4, "context に関する話": 2, "マルチモーダル系": 3, "データセット系": 2, "その他": 3,
}  # fmt: skip


class Found:
    """What one text states, by kind."""

    def __init__(self, text: str, name: str = "a.md") -> None:
        self.text = text
        statements, self.problems = extract([read(text, name, f"x/{name}")])
        self.index(statements)

    def index(self, statements: list[Statement]) -> None:
        elements = [s.element for s in statements]
        self.papers = {p.title: p for p in elements if isinstance(p, Paper)}
        self.entries = [p.title for p in elements if isinstance(p, Paper) and p.role == "entry"]
        self.cited = [p.title for p in elements if isinstance(p, Paper) and p.role == "cited"]
        self.topics = {t.id: t for t in elements if isinstance(t, Topic)}
        self.notes = [n for n in elements if isinstance(n, Note)]
        names = {e.id: e.name for e in elements if isinstance(e, Paper | Concept)}
        self.relations = [(r, names[r.source], names[r.target]) for r in elements if isinstance(r, Relation)]

    def path(self, paper: Paper) -> str:
        out, at = [], paper.topics[0] if paper.topics else None
        while at:
            out.insert(0, self.topics[at].pref_label)
            at = self.topics[at].broader
        return " › ".join(out)

    def told(self) -> set[tuple[str, str, str, bool]]:
        return {(r.type, a, b, r.hedged) for r, a, b in self.relations}


@pytest.fixture(scope="module", params=["iclr2024-notes.txt", "iclr2024-notes.md"])
def iclr_notes(request: pytest.FixtureRequest) -> Found:
    file = Path(DATA / request.param)
    return Found(decode(file.read_bytes(), file.name).text, file.name)


def test_the_iclr_notes_papers(iclr_notes: Found) -> None:
    found = iclr_notes
    assert len(found.entries) == 39
    assert set(found.cited) == {t for _, _, t, _, _ in RELATIONS[2:]} - {"induction heads", "state space"}
    papers = [found.papers[t] for t in found.entries]
    assert {d: sum(p.decision == d for p in papers) for d in DECISIONS} == DECISIONS
    assert sum(p.decision is not None for p in papers) == 13
    assert all(len(p.markers) == 1 for p in papers)
    counts: dict[str, int] = {}
    for paper in papers:
        path = found.path(paper).replace("？", "?")
        counts[path] = counts.get(path, 0) + 1
    assert counts == TOPICS
    cited = found.papers["Transformer Language Models Handle Word Frequency in Prediction Head"]
    assert (cited.authors, cited.venue, cited.year) == (("Kobayashi et al.",), "Findings 2023", 2023)


def test_the_iclr_notes_relations(iclr_notes: Found) -> None:
    told = {(r.type, frozenset((a, b)), r.hedged): r for r, a, b in iclr_notes.relations}
    for kind, source, target, hedged, quote in RELATIONS:
        relation = told[(kind, frozenset((source, target)), hedged)]
        assert any(quote.split("。")[0] in e.quote.replace("？", "?") for e in relation.evidence), kind
        assert (relation.confidence >= 0.7) == (not hedged)
    sure = {k for k, r in told.items() if r.confidence >= 0.7}
    assert sure == {(kind, frozenset((a, b)), False) for kind, a, b, hedged, _ in RELATIONS if not hedged}
    assert len(told) - len({(k, frozenset((a, b))) for k, a, b, _, _ in RELATIONS}) == (1 if "発想は上の手法" in iclr_notes.text else 0)


def test_every_quote_stands_at_its_place_byte_for_byte(iclr_notes: Found) -> None:
    data = iclr_notes.text.encode()
    for relation, _, _ in iclr_notes.relations:
        for e in relation.evidence:
            assert e.start is not None
            start = len(iclr_notes.text[: e.start].encode())
            assert data[start : start + len(e.quote.encode())] == e.quote.encode()
            assert e.line == iclr_notes.text.count("\n", 0, e.start) + 1
    assert len({n.id for n in iclr_notes.notes}) == len(iclr_notes.notes)


def test_repeated_lines_are_one_note_with_several_places() -> None:
    found = Found((DATA / "iclr2024-notes.txt").read_text(encoding="utf-8"), "iclr2024-notes.txt")
    repeated = {n.text[:12]: n.also_at for n in found.notes if n.also_at}
    assert len(repeated) == 5
    (place,) = repeated["LLM のキャリブレーシ"]
    name, line, span = place.split(":")
    start, end = map(int, span.split("-"))
    assert (name, line) == ("iclr2024-notes.txt", "35")
    assert found.text[start:end].startswith("LLM のキャリブレーション")


def test_the_readers_words_by_the_legend(iclr_notes: Found) -> None:
    kinds = {n.text: n.kind for n in iclr_notes.notes}
    assert kinds["下の論文と主張が一致"] == "relation"
    assert kinds["説明は適当です。"] == "status"
    assert {k for t, k in kinds.items() if t.startswith("arxiv 見たことある")} == {"recollection"}
    assert {k for t, k in kinds.items() if "テレパシー" in t} == {"question"}
    assert {k for t, k in kinds.items() if t.startswith("ただし、現在は")} == {"claim"}


A, B = "An Early Study of Attention Heads", "Later Findings on Attention Heads"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"- [{A}](https://arxiv.org/abs/1)\n- [{B}](https://arxiv.org/abs/2)\n  - Same claim as the previous paper.\n", ("CONSISTENT_WITH", False)),
        (f"- [{A}](https://arxiv.org/abs/1)\n- [{B}](https://arxiv.org/abs/2)\n  - Isn't this the same as the paper above?\n", ("EQUIVALENT_TO", True)),
        (f"- [{A}](https://arxiv.org/abs/1)\n- [{B}](https://arxiv.org/abs/2)\n  - The opposite of what [{A}](https://arxiv.org/abs/1) found\n", ("CONTRADICTS", False)),
        (f"- [{B}](https://arxiv.org/abs/2)\n  - 一つ下の論文の話？ 下の論文と発想が似ている気がする\n- [{A}](https://arxiv.org/abs/1)\n", ("SIMILAR_TO", True)),
        (f"## [{A}](https://arxiv.org/abs/1)\nText.\n## [{B}](https://arxiv.org/abs/2)\nThis is an extension of the previous paper.\n", ("EXTENDS", False)),
    ],
    ids=["previous", "above", "opposite", "next-ja", "headings"],
)
def test_positions_and_types(text: str, told: tuple[str, bool]) -> None:
    found = Found(text)
    assert {(t, h) for t, a, b, h in found.told() if {a, b} == {A, B}} == {told}


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (f"- [{A}](https://arxiv.org/abs/1) (oral) 🔴\n- {B} (poster) 🔵\n", [A, B]),
        (f"- **[{A}](https://arxiv.org/pdf/1.pdf)**, Ann Lee, Bo Chen, ICML 2020 [[code](https://github.com/x/y)]\n", [A]),
        (f"| Title | Year |\n| --- | --- |\n| [{A}](https://arxiv.org/abs/1) | 2020 |\n| [{B}](https://arxiv.org/abs/2) | 2021 |\n", [A, B]),
        (f"---\ntitle: {A}\nauthors: [Ann Lee, Bo Chen]\nyear: 2020\nvenue: ICML\n---\nSee [{B}](https://arxiv.org/abs/2).\n", [A]),
        (f"# {A}\nLee, A., & Chen, B. (2020). {A}. arXiv preprint.\nhttps://arxiv.org/abs/2001.00001\n\n## Notes\n- good\n", [A]),
        (f"[{A}](https://arxiv.org/abs/1)を読んだ。とても良かった。\n", [A]),
        ("- [My project](https://github.com/x/y)\n- [Conference](https://openreview.net/group?id=ICML.cc)\n- Some plain remark about things.\n", []),
        ("# Shopping\n- Milk and Bread\n- 卵を買う\n", []),
    ],
    ids=["list", "awesome", "table", "front-matter", "first-heading", "prose", "links", "no-papers"],
)
def test_entries_of_each_layout(text: str, entries: list[str]) -> None:
    assert Found(text).entries == entries


def test_authors_venue_and_year() -> None:
    paper = Found(f"- [{A}](https://arxiv.org/abs/2001.00001), Ann Lee, Bo Chen. ICML 2020\n").papers[A]
    assert (paper.authors, paper.venue, paper.year, paper.arxiv_id) == (("Ann Lee", "Bo Chen"), "ICML 2020", 2020, "2001.00001")


@pytest.mark.parametrize("legend", ["- （）: 私の感想\n", "- [ ]: my own comments\n", "- 『』 = 自分のコメント\n"])
def test_other_brackets_by_legend(legend: str) -> None:
    opening, closing = {"（": "（）", "[": "[]", "『": "『』"}[legend[2]]
    text = f"Legend\n{legend}Papers\n- {A} 🔴\n- 要約はこう書く。\n- {opening}これは面白いと思う{closing}\n- {B} 🔴\n"
    kinds = {n.text: n.kind for n in Found(text, "a.txt").notes}
    assert (kinds["要約はこう書く。"], kinds["これは面白いと思う"]) == ("claim", "opinion")


def test_wikilinks_between_files_of_a_folder() -> None:
    one = read(f"---\ntitle: {A}\nauthors: [Ann Lee]\nyear: 2020\n---\nBuilds on [[later|the later one]].\n", "early.md", "v/early.md")
    two = read(f"---\ntitle: {B}\nauthors: [Bo Chen]\nyear: 2021\n---\nText.\n", "later.md", "v/later.md")
    found = Found("")
    found.index(extract([one, two])[0])
    assert found.told() == {("EXTENDS", A, B, False)}
