"""What running text is about, what words that point mean, by which names works go, and how outlines, tables and lines of names are read."""

from __future__ import annotations

import pytest

from papergraph.extract.attribution import read_attribution
from papergraph.extract.introduced import initials_of
from papergraph.notes import read
from papergraph.resolve.names import short_names
from papergraph.vocabulary import Role
from test_layouts import Page

FIRST, SECOND, THIRD = "Slow Waves and Fast Decisions", "A Second Look at Slow Waves", "Still Waters Run Deeper Than Thought"


@pytest.mark.parametrize(
    ("line", "authors", "venue", "decision"),
    [
        ("Xizhou Zhu, Weijie Su, Lewei Lu / ICLR 2021 Oral / arXiv", 3, "ICLR 2021", "oral"),
        ("Touvron+ (Facebook AI), ICML2021", 1, "ICML2021", None),
        ("Ze Liu, Yutong Lin (MSRA), ICCV2021 best paper", 2, "ICCV2021", "best paper"),
        ("Haarnoja, Zhou, Abbeel, Levine ICML2018", 4, "ICML2018", None),
        ("Dudley, Vertanen, Kristensson. TOCHI 2018", 3, "TOCHI 2018", None),
        ("Jain & Wallace NAACL 2019", 2, "NAACL 2019", None),
        ("Alex Mallen (UW), Akari Asai (UW), ACL 2023", 2, "ACL 2023", None),
        ("Fujimoto, Meger, Precup  ICML 2019   #BCQ", 3, "ICML 2019", None),
    ],
)
def test_attributions_with_more_than_names_venue_and_year(line: str, authors: int, venue: str, decision: str | None) -> None:
    found = read_attribution(line)
    assert found is not None
    assert (len(found.authors), found.venue, found.decision) == (authors, venue, decision)


@pytest.mark.parametrize("line", ["読んだら一言だけ書く。", "理論の側からこの現象を見た", "Uses ImageNet and two tricks, 2019"])
def test_sentences_are_no_attributions(line: str) -> None:
    assert read_attribution(line) is None


def test_names_that_a_title_and_a_file_give() -> None:
    assert initials_of("Direct preference optimization: Your language model is secretly a reward model") == "DPO"
    assert short_names("CoBERL - Contrastive BERT for Reinforcement Learning") == ("CoBERL",)
    page = Page(
        ("clip_learning_visual_models.md", "# Learning Visual Models From Language\nauthors:: A. Radford, J. Kim\nyear:: 2021\n"),
        ("align.md", f"# {FIRST}\nauthors:: C. Jia\nyear:: 2021\n\nVery similar to CLIP.\n"),
    )
    assert (FIRST, "SIMILAR_TO", "Learning Visual Models From Language") in {(a, t, b) for a, t, b in page.relations} | {(b, t, a) for a, t, b in page.relations}


def test_a_page_without_a_title_is_named_by_its_file() -> None:
    page = Page(("Viewstamped Replication Revisited.md", "authors:: Barbara Liskov, James Cowling\nyear:: 2012\nextends:: [[Viewstamped Replication]]\n"))
    assert page.entries == ["Viewstamped Replication Revisited"]
    assert {t for _, t, _ in page.relations} == {"EXTENDS"}


def test_initials_and_names_before_citations_mean_the_works() -> None:
    text = (
        "Direct preference optimization [1] came first. Interestingly, DPO optimizes the same objective as SLiC [2].\n\n"
        "## References\n\n1. Rafailov, R., Sharma, A. (2023). Direct preference optimization: A reward in disguise. NeurIPS.\n"
        "2. Zhao, Y., Joshi, R. (2022). Calibrating sequence likelihood improves generation. ICLR.\n"
    )
    page = Page(("post.md", text))
    assert {frozenset((a, b)) for a, t, b in page.relations if t == "SIMILAR_TO"} == {
        frozenset(("Direct preference optimization: A reward in disguise", "Calibrating sequence likelihood improves generation"))
    }


def test_a_name_within_a_longer_one_is_not_meant() -> None:
    page = Page(("a.md", f"- [CURL: Contrastive Representations of Pixels](https://arxiv.org/abs/2004.04136)\n- [{FIRST}](https://arxiv.org/abs/2401.00001)\n  - Similar to M-CURL.\n"))
    assert {a for a, _, _ in page.relations} | {b for _, _, b in page.relations} == {FIRST, "M-CURL"}


@pytest.mark.parametrize("words", ["the two above", "the previous two papers"])
def test_two_papers_above(words: str) -> None:
    page = Page(("a.md", "".join(f"- [{t}](https://arxiv.org/abs/2401.0000{n})\n" for n, t in enumerate((FIRST, SECOND, THIRD))) + f"  - Unlike {words}, no training is needed.\n"))
    assert {frozenset((a, b)) for a, t, b in page.relations if t == "DIFFERS_FROM"} == {frozenset((THIRD, FIRST)), frozenset((THIRD, SECOND))}


def test_papers_by_their_numbers() -> None:
    text = f"Papers\n\n1) {FIRST}\n   Sato, Ito. NeurIPS 2021\n\n2) {SECOND}\n   Kimura & Mori, ICML 2022\n   Same results as number 1, independently!\n"
    page = Page(("log.txt", text))
    assert page.entries == [FIRST, SECOND]
    assert {frozenset((a, b)) for a, t, b in page.relations} == {frozenset((FIRST, SECOND))}


@pytest.mark.parametrize(("words", "meant"), [("先週の論文", SECOND), ("前回の論文", SECOND), ("先々週の論文", FIRST)])
def test_days_of_a_log(words: str, meant: str) -> None:
    days = (("10/6", FIRST, ""), ("10/13", SECOND, ""), ("10/20", THIRD, f"- {words}と主張が一致\n"))
    page = Page(("log.md", "# 輪読会\n\n" + "".join(f"## 2022/{day}\n\n[{title}](https://arxiv.org/abs/2401.0000{n})\n\n{remark}\n" for n, (day, title, remark) in enumerate(days))))
    assert {frozenset((a, b)) for a, t, b in page.relations if t == "CONSISTENT_WITH"} == {frozenset((THIRD, meant))}


def test_running_text_goes_on_about_what_it_presents() -> None:
    text = (
        f"# メモ\n\n最初に読んだのは [{FIRST}](https://arxiv.org/abs/2401.00001) です。\n\n"
        f"これをさらに進めたのが [{SECOND}](https://arxiv.org/abs/2401.00002) です。学習は不要です。[{THIRD}](https://arxiv.org/abs/2401.00003) とは知見が逆です。\n"
    )
    page = Page(("post.md", text))
    assert {frozenset((a, b)) for a, t, b in page.relations if t == "CONTRADICTS"} == {frozenset((SECOND, THIRD))}


def test_a_paragraph_that_begins_with_a_work_is_about_it() -> None:
    listed = "- [MACE: Higher Order Messages for Fast Fields](https://arxiv.org/abs/2206.07697)\n- [NequIP: Data-Efficient Potentials for Atoms](https://arxiv.org/abs/2101.03164)\n"
    page = Page(("README.md", listed), ("log.md", "# Log\n\n## 2023-10-30\n\nMACE. Took four hours. Strictly local, which sets it apart from NequIP.\n"))
    assert {frozenset(n.split(":")[0] for n in (a, b)) for a, t, b in page.relations if t == "DIFFERS_FROM"} == {frozenset(("MACE", "NequIP"))}


def test_an_item_that_begins_with_a_work_speaks_of_it() -> None:
    page = Page(
        ("a.md", f"- [{FIRST}](https://arxiv.org/abs/2401.00001)\n- [{SECOND}](https://arxiv.org/abs/2401.00002)\n- [{THIRD}](https://arxiv.org/abs/2401.00003)\n  - [{FIRST}](https://arxiv.org/abs/2401.00001): an extension of {SECOND}\n"),
    )
    assert (FIRST, "EXTENDS", SECOND) in page.relations


def test_short_names_with_full_titles_in_brackets() -> None:
    page = Page(("a.md", f"- [{FIRST}](https://arxiv.org/abs/2401.00001)\n  - これは SwAV（Unsupervised Learning of Visual Features by Contrasting Cluster Assignments）に似ている。\n"))
    title = "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments"
    assert page.papers[title].role is Role.CITED
    assert {frozenset((a, b)) for a, _, b in page.relations} == {frozenset((FIRST, title))}


def test_bare_names_to_read_next() -> None:
    sections = "## どんなもの？\n速い。\n## 先行研究と比べてどこがすごい？\n軽い。\n## 議論はある？\nない。\n## 次に読むべき論文は？\nVideoMAE、Conditional DETR\n"
    page = Page(("mae.md", f"# {FIRST}\nKaiming He, Xinlei Chen / CVPR 2022 Oral\n\n{sections}"))
    assert page.entries == [FIRST]
    assert page.papers[FIRST].decision == "oral"
    assert {b if a == FIRST else a for a, t, b in page.relations} == {"VideoMAE", "Conditional DETR"}


def test_sections_of_a_review_make_their_heading_a_paper() -> None:
    page = Page(("2021.md", f"# 2021年に読んだもの\n\n## [2010.11929] {FIRST}\n\n#### どんなもの?\n速い。\n#### 議論はある?\nない。\n\n## [2012.12877] {SECOND}\n\n#### どんなもの?\n軽い。\n#### 議論はある?\nない。\n"))
    assert page.entries == [FIRST, SECOND]
    assert page.papers[FIRST].arxiv_id == "2010.11929"


def test_rows_whose_other_cells_tell_of_a_work() -> None:
    rows = "| Paper | Venue | Links | Notes |\n|---|---|---|---|\n| Learning inverse folding from millions of structures | ICML 2022 | [pdf](https://proceedings.mlr.press/v162/hsu22a.html) / [code](https://github.com/x/y) | simple |\n| Rényi Differential Privacy (Mironov) | CSF 2017 | | 言い直したもの |\n"
    page = Page(("list.md", f"# List\n\n{rows}"))
    assert page.entries == ["Learning inverse folding from millions of structures", "Rényi Differential Privacy"]
    assert page.papers["Rényi Differential Privacy"].authors == ("Mironov",)
    assert "言い直したもの" in [n.text for n in page.notes]


OUTLINE = "読書メモ\n\n2022/12/20\n Slow Waves and Fast Decisions\n  Sato, Ito ICML 2019 #SW\n  https://arxiv.org/abs/2401.00001\n  一言\n   もう一言\n2022/12/22\n A Second Look at Slow Waves\n  Kimura & Mori NeurIPS 2020\n  昨日の論文と主張が一致\n"


def test_outlines_by_indentation() -> None:
    page = Page(("scrap.txt", OUTLINE))
    assert page.entries == [FIRST, SECOND]
    assert (page.papers[FIRST].venue, page.papers[FIRST].url) == ("ICML 2019", "https://arxiv.org/abs/2401.00001")
    document = read(OUTLINE, "scrap.txt")
    assert [b.text for b in document.walk() if b.text == "もう一言"] == ["もう一言"]


def test_lines_wrapped_at_a_width_are_one() -> None:
    body = (
        f"{FIRST} (Sato, Ito, ICML 2019)\n"
        "    Only the middle part matters here, where they show that waves\n    are slow when nobody looks at them for a while. Built on top of\n"
        f"    {SECOND}. The rest is a long story about tanks, pumps and\n    one or two broken sensors that had to be replaced in the end, so\n    do not bother.\n\n"
        f"{SECOND} (Kimura, Mori, ICML 2020)\n    Fine.\n"
    )
    page = Page(("list.txt", body))
    assert (FIRST, "EXTENDS", SECOND) in page.relations
    document = read(body, "list.txt")
    wrapped = next(b for b in document.walk() if b.text.startswith("Only the middle"))
    assert "waves are slow" in wrapped.text
    assert all(seen == body[at] or (seen == " " and body[at] == "\n") for seen, at in zip(wrapped.text, wrapped.offsets, strict=True))


def test_links_by_author_and_year_lead_to_the_reference_list() -> None:
    text = (
        "# 読み時間\n\n出発点は [Hale (2001)](https://aclanthology.org/N01-1021/) です。[Oh & Schuler (2023a)](https://arxiv.org/abs/2212.12131) は Hale (2001) と結論が逆です。\n\n"
        "## 参考文献\n\n- Hale, J. (2001). A Probabilistic Earley Parser as a Psycholinguistic Model. NAACL.\n- Oh, B.-D., & Schuler, W. (2023a). Why Does Surprisal From Larger Models Fit Worse? TACL.\n- Oh, B.-D., & Schuler, W. (2023b). Surprisal Predicts Best with Two Billion Tokens. EMNLP.\n"
    )
    page = Page(("post.md", text))
    hale, oh = "A Probabilistic Earley Parser as a Psycholinguistic Model", "Why Does Surprisal From Larger Models Fit Worse"
    assert {t.rstrip("?") for t in page.papers} == {hale, oh, "Surprisal Predicts Best with Two Billion Tokens"}
    assert page.papers[hale].url == "https://aclanthology.org/N01-1021/"
    assert {t for _, t, _ in page.relations} == {"CONTRADICTS"}


@pytest.mark.parametrize(
    "text",
    [
        "# Saturday\n\nA good day.\n\n## Summary\nFine.\n\n## Notes\nCall mum.\n\n## Discussion\nNone.\n",
        "# 定例\n\n- サーバを入れ替える（田中, 2024）\n- 予算の件。来週まで\n",
        "Budget\n\n- Ann, Bo. Q3 2024\n- more money\n",
    ],
)
def test_what_is_no_paper(text: str) -> None:
    assert Page(("notes.md", text)).entries == []
