"""Which papers are one work: pairs as notes and catalogues write them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papergraph.model import Paper
from papergraph.resolve.matching import SURE, Match, duplicates, match, weights
from papergraph.resolve.people import read_person, same_person
from papergraph.resolve.titles import compare, read_title
from papergraph.resolve.venues import kind_of, same_venue

BROADCAST = "Broadcast Disks: Data Management for Asymmetric Communication Environments"
AUTHORS = ("Swarup Acharya", "Rafael Alonso", "Michael Franklin", "Stanley Zdonik")


def paper(title: str, authors: tuple[str, ...] = (), year: int | None = None, venue: str | None = None, own: str = "a", **facts: str) -> Paper:
    return Paper(own, title, authors=authors, year=year, venue=venue, **facts)  # type: ignore[arg-type]


ONE = {
    "case and a plural": (paper(BROADCAST, AUTHORS, 1995), paper(BROADCAST.lower().replace("communication", "communications"), AUTHORS, 1995)),
    "slips, and authors in another order": (paper("Braodcast Disks: Data Managment for Asymmetric Communication Environments", AUTHORS[::-1]), paper(BROADCAST, AUTHORS)),
    "initials, surname first": (paper(BROADCAST, ("Acharya, S.", "Alonso, R.", "Franklin, M.", "Zdonik, S."), 1995), paper(BROADCAST, AUTHORS, 1995)),
    "only the first author": (paper(BROADCAST, ("Acharya et al.",), 1995), paper(BROADCAST, AUTHORS, 1995)),
    "words of grammar are missing": (paper("Query Unnesting Object-Oriented Databases", ("Leonidas Fegaras",), 1998), paper("Query unnesting in object-oriented databases", ("Leonidas Fegaras",), 1998)),
    "what the publisher adds": (
        paper("STREAM: The Stanford Stream Data Manager", ("Jennifer Widom", "Arvind Arasu"), 2003, "SIGMOD Conference"),
        paper("STREAM: the stanford stream data manager (demonstration description)", ("Arvind Arasu", "Jennifer Widom"), 2003, "International Conference on Management of Data"),
    ),
    "a subtitle left out": (
        paper("Constructing the Next 100 Database Management Systems", ("Andreas Geppert", "Klaus R. Dittrich"), 1994, "SIGMOD Record"),
        paper("Constructing the next 100 database management systems: like the handyman or like the engineer?", ("Andreas Geppert", "Klaus Dittrich"), 1994, "ACM SIGMOD Record"),
    ),
    "preprint and published version, with their own DOIs": (
        paper("Dissecting learning and forgetting in language model finetuning", ("Xiao Zhang", "Ji Wu"), 2023, "arXiv", arxiv_id="2310.00001", doi="10.48550/arXiv.2310.00001"),
        paper("Dissecting Learning and Forgetting in Language Model Finetuning", ("X. Zhang", "J. Wu"), 2024, "ICLR", doi="10.1000/iclr.7"),
    ),
    "one arXiv id in two versions, another title": (paper("Attention Is All You Need", arxiv_id="1706.03762v1"), paper("Attention Is All You Need (the Transformer)", arxiv_id="1706.03762")),
    "Japanese, a character doubled, names without a space": (
        paper("大規模言語モデルのための知識蒸留の分析", ("山田 太郎", "鈴木 花子"), 2024),
        paper("大規模言語モデルのためのの知識蒸留の分析", ("鈴木花子", "山田太郎"), 2024),
    ),
    "an alias is a title": (Paper("a", "BD95", aliases=(BROADCAST,), authors=AUTHORS, year=1995), paper(BROADCAST, AUTHORS, 1995)),
}
TWO = {
    "two arXiv ids": (paper("Pause Tokens", ("A Smith",), 2024, arxiv_id="2401.00001"), paper("Pause Tokens", ("A Smith",), 2024, arxiv_id="2402.00002")),
    "parts": (paper("A Theory of Query Plans, Part I", AUTHORS, 1995), paper("A Theory of Query Plans, Part II", AUTHORS, 1995)),
    "a part, and the whole": (paper("A Theory of Query Plans", AUTHORS, 1995), paper("A Theory of Query Plans: Part II", AUTHORS, 1996)),
    "dimensions": (paper("Diffusion Models for 2D Shapes", AUTHORS, 2023), paper("Diffusion Models for 3-D Shapes", AUTHORS, 2023)),
    "versions": (paper("YOLO v2: Better and Faster", ("A Farhadi",), 2017), paper("YOLO v3: Better and Faster", ("A Farhadi",), 2018)),
    "opposite words": (paper("Unsupervised Learning of Sentence Embeddings", AUTHORS, 2020), paper("Supervised Learning of Sentence Embeddings", AUTHORS, 2020)),
    "非 turns it round": (paper("線形計画問題のための大規模最適化手法", ("山田 太郎",), 2020), paper("非線形計画問題のための大規模最適化手法", ("山田 太郎",), 2020)),
    "one character is another word": (paper("拡散モデルによる高速な画像生成", ("山田 太郎", "鈴木 花子"), 2023), paper("拡散モデルによる高速な画像合成", ("佐藤 健", "井上 愛"), 2023)),
    "a title that stands above many works": (paper("Editor's Notes", ("Ling Liu",), 2002, "SIGMOD Record"), paper("Editor's Notes", ("Ling Liu",), 2002, "ACM SIGMOD Record")),
    "one title, other authors": (paper("Deep Learning", ("Ian Goodfellow",), 2016), paper("Deep Learning", ("Yann LeCun",), 2015)),
    "a conference paper and its journal version": (paper(BROADCAST, AUTHORS, 1995, "SIGMOD Conference"), paper(BROADCAST, AUTHORS, 1997, "ACM Trans. Database Syst.")),
    "the same authors' next paper": (paper("Scalable Indexing for Spatial Databases", AUTHORS, 1995), paper("Scalable Replication for Spatial Databases", AUTHORS, 1996)),
    "a reply": (paper("Emergent Abilities of Language Models", ("J Wei",), 2022), paper("Comment on Emergent Abilities of Language Models", ("R Schaeffer",), 2023)),
    "one short name": (paper("CLIP: Contrastive Language Image Pretraining", ("A Radford",), 2021), paper("CLIP: Cheap Lossless Image Packing", ("B Wu",), 2019)),
}


@pytest.mark.parametrize("pair", ONE.values(), ids=ONE)
def test_one_work(pair: tuple[Paper, Paper]) -> None:
    found = match(*pair)
    assert found.certainty >= 0.85, found
    assert found.reasons


@pytest.mark.parametrize("pair", TWO.values(), ids=TWO)
def test_two_works(pair: tuple[Paper, Paper]) -> None:
    found = match(*pair)
    assert found.certainty < SURE, found


def test_reasons_tell_what_speaks_for_it() -> None:
    found = match(paper(BROADCAST, AUTHORS[:2], 1995, "SIGMOD Conference"), paper(BROADCAST, AUTHORS, 1995, "International Conference on Management of Data"))
    assert found.reasons == ("equal titles", "2 of 2 authors in common", "same year", "same venue")


titles = st.text(st.sampled_from("abc XYZ:2 第部論文-(é)?"), max_size=30)
papers = st.builds(paper, titles, st.lists(titles, max_size=3).map(tuple), st.none() | st.integers(1900, 2030), st.none() | titles)


@given(papers, papers)
def test_it_is_the_same_either_way_round_and_never_fails(a: Paper, b: Paper) -> None:
    found = match(a, b)
    assert found == match(b, a)
    assert 0 <= found.certainty <= 1


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Jeffrey F. Naughton", "Naughton, J.", True),
        ("Jeff Naughton", "Jeffrey Naughton", True),
        ("Özgür Ulusoy", "zgr Ulusoy", True),
        ("Yamada Taro", "Taro Yamada", True),
        ("山田 太郎", "山田太郎", True),
        ("山田", "山田 太郎", True),
        ("山田 太郎", "山田 花子", False),
        ("Jane Smith", "James Smith", False),
        ("J. Smith", "J. Jones", False),
        ("Wei Chen", "Wei Cheng", False),
    ],
)
def test_names_of_one_person(a: str, b: str, same: bool) -> None:
    x, y = read_person(a), read_person(b)
    assert x and y
    assert same_person(x, y) is same
    assert same_person(y, x) is same


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("VLDB", "Very Large Data Bases", True),
        ("VLDB J.", "The VLDB Journal — The International Journal on Very Large Data Bases", True),
        ("VLDB", "VLDB J.", False),
        ("NeurIPS 2023", "Advances in Neural Information Processing Systems 36", True),
        ("SIGMOD Conference", "SIGMOD Record", False),
        ("Foo", "Bar", None),
    ],
)
def test_names_of_one_venue(a: str, b: str, same: bool | None) -> None:
    assert same_venue(a, b) is same


def test_kinds_of_venues() -> None:
    told = ["arXiv preprint arXiv:2310.1", "NeurIPS 2023 Workshop on X", "Journal of Y", "ICML", "情報処理学会論文誌", "Somewhere"]
    assert [kind_of(v) for v in told] == ["preprint", "workshop", "journal", "conference", "journal", ""]


def test_what_two_titles_have_in_common() -> None:
    assert compare(read_title("Full-Text Search (Poster)"), read_title("fulltext search")).equal
    assert compare(read_title("SetCSE: Set Operations"), read_title("SetCSE")).short
    told = compare(read_title("Learning to Rank Graphs"), read_title("Learning to Rank Trees"))
    assert told.swapped
    assert told.replaced > 0


def test_duplicates_come_surest_first_each_pair_once_with_the_smaller_id_first() -> None:
    found = duplicates(
        [
            paper(BROADCAST, AUTHORS, 1995, own="p3"),
            paper(BROADCAST + ".", AUTHORS, 1995, own="p1"),
            paper("Braodcast disks: data management for asymmetric communication environments", own="p2"),
            paper("Quite Another Thing", own="p4"),
        ]
    )
    assert [(d.first.id, d.second.id) for d in found] == [("p1", "p3"), ("p1", "p2"), ("p2", "p3")]
    assert [d.match.certainty for d in found] == sorted((d.match.certainty for d in found), reverse=True)
    assert found[0].match == match(found[0].first, found[0].second)


def test_duplicates_do_not_depend_on_the_order_of_papers() -> None:
    some = [p for n, pair in enumerate((*ONE.values(), *TWO.values())) for p in (Paper(**{**_fields(x), "id": f"p{n}{m}"}) for m, x in enumerate(pair))]
    first = duplicates(some)
    random.Random(1).shuffle(some)
    assert duplicates(some) == first
    assert first


def _fields(x: Paper) -> dict[str, object]:
    return {name: getattr(x, name) for name in ("title", "authors", "year", "venue", "doi", "arxiv_id", "aliases")}


def test_no_paper_and_one_paper_have_no_duplicates() -> None:
    assert duplicates([]) == []
    assert duplicates([paper(BROADCAST)]) == []


def test_a_title_that_stands_above_thousands_of_works_does_not_make_millions_of_pairs() -> None:
    looked: list[int] = []
    many = [paper("Editorial", (f"Editor No{n}",), 1900 + n % 100, own=f"p{n:05}") for n in range(3000)]
    assert duplicates(many, least=0.9, progress=lambda what, done, total: looked.append(total)) == []
    assert 0 < looked[-1] < 30 * len(many)


def test_every_weight_is_a_number_and_what_conflicts_weighs_against() -> None:
    assert weights()["bias"] < 0
    assert all(weights()[name] < 0 for name in ("title.counted", "title.opposite", "title.swapped", "doi.other", "year.apart", "versions"))


def test_identifiers_alone_and_nothing_at_all() -> None:
    assert match(paper("", doi="10.1000/1"), paper("", doi="10.1000/1")).certainty > match(paper(""), paper("")).certainty
    assert isinstance(match(paper(""), paper("x")), Match)
