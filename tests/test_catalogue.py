"""The catalogue of titles: files → works, look-ups, and what it says of a store's papers."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import STORES, empty
from papergraph.catalogue.applying import changes
from papergraph.catalogue.files import format_of, read
from papergraph.catalogue.index import Index
from papergraph.catalogue.looking import Answer, look
from papergraph.catalogue.records import Entry, authors, entry, fields_of
from papergraph.errors import NotesError, StoreBusyError, StoreError, StoreMissingError, UsageError
from papergraph.library import Library
from papergraph.model import CATALOGUE, Paper, Problem
from papergraph.store.protocol import Filter

SETCSE = "SetCSE: Set Operations using Contrastive Learning of Sentence Embeddings"
WORKS = [
    {"title": SETCSE, "authors": "Kang Liu", "year": "2024", "venue": "ICLR", "openreview_id": "zEHGSN8Hy8"},
    {"title": "Broadcast Disks: Data Management for Asymmetric Communication Environments", "authors": "Swarup Acharya; Rafael Alonso; Michael Franklin", "year": "1995", "venue": "SIGMOD Conference", "doi": "10.1145/223784.223816"},
    {"title": "Attention Is All You Need", "authors": "Ashish Vaswani; Noam Shazeer", "year": "2017", "venue": "NeurIPS", "arxiv_id": "1706.03762"},
    {"title": "CLIP: Connecting Text and Images", "authors": "A. Radford", "year": "2021"},
    {"title": "CLIP: Cheap Lossless Image Packing", "authors": "B. Wu", "year": "2019"},
    {"title": "Deep Learning", "authors": "Ian Goodfellow; Yoshua Bengio", "year": "2016"},
    {"title": "Deep Learning", "authors": "Yann LeCun; Geoffrey Hinton", "year": "2015"},
    {"title": "Editor's Notes", "authors": "Ling Liu", "year": "2002", "venue": "SIGMOD Record"},
    {"title": "大規模言語モデルのための知識蒸留の分析", "authors": "山田 太郎、鈴木 花子", "year": "2024", "doi": "10.1000/ja.1"},
]


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, ["title", "authors", "year", "venue", "doi", "arxiv_id", "openreview_id"])
        out.writeheader()
        out.writerows(rows)
    return path


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(tmp_path / "catalogue.db", create=True) as opened:
        opened.add(write_csv(tmp_path / "works.csv", WORKS))
        yield opened


def works(path: Path) -> list[Paper]:
    return [i.paper for i in read(path) if isinstance(i, Entry)]


def problems(path: Path) -> list[str]:
    return [str(i) for i in read(path) if isinstance(i, Problem)]


# --- files


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title,authors\nA Title,\"A B, C D\"\n", ["A B", "C D"]),
        ("Title;Author;Year\nA Title;Smith, John;2020\n", ["John Smith"]),
        ("paper_title\tauthor_names\nA Title\tA Smith, B Jones\n", ["A Smith", "B Jones"]),
        ("\ufeffTITLE,Authors\nA Title,Smith J and Jones K\n", ["Smith J", "Jones K"]),
        ("論文名,著者\n論文,山田 太郎、鈴木 花子\n", ["山田 太郎", "鈴木 花子"]),
        ('title,authors\nA Title,"[""A Smith"", ""B Jones""]"\n', ["A Smith", "B Jones"]),
    ],
)
def test_tables_name_their_columns_in_many_ways(tmp_path: Path, text: str, expected: list[str]) -> None:
    path = tmp_path / "w.csv"
    path.write_text(text, encoding="utf-8")
    [paper] = works(path)
    assert list(paper.authors) == expected


def test_a_table_in_shift_jis(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_bytes("題名,著者,発行年\n大規模言語モデルの分析と評価についての論文,山田 太郎,2024年\n".encode("cp932"))
    [paper] = works(path)
    assert (paper.title, paper.authors, paper.year) == ("大規模言語モデルの分析と評価についての論文", ("山田 太郎",), 2024)


def test_a_bad_row_is_a_problem_and_stops_none(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("title,year\nFirst Title,1999\n,2000\nSecond Title,2001,extra\nThird Title,soon\n", encoding="utf-8")
    assert [(p.title, p.year) for p in works(path)] == [("First Title", 1999), ("Second Title", 2001), ("Third Title", None)]
    assert [p.split(":")[:2] for p in problems(path)] == [["w.csv", "3"], ["w.csv", "4"]]


def test_a_table_without_titles_says_what_was_seen(tmp_path: Path) -> None:
    path = tmp_path / "w.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NotesError, match=r"w\.csv: no column is a title; seen: a, b; expected"):
        works(path)


def test_sqlite_is_read_only_and_its_names_are_only_names(tmp_path: Path) -> None:
    path = tmp_path / "w.sqlite"
    quoted = '"works""; DROP TABLE other; --"'
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE other (title TEXT)")
        db.execute(f"CREATE TABLE {quoted} (title TEXT, authors TEXT, year INTEGER, doi TEXT)")
        db.execute(f"INSERT INTO {quoted} VALUES (?, ?, ?, ?)", ("A Title", "A Smith; B Jones", 2020, "https://doi.org/10.1000/X"))
    db.close()
    before = path.read_bytes()
    [paper] = works(path)
    assert (paper.title, paper.authors, paper.year, paper.doi) == ("A Title", ("A Smith", "B Jones"), 2020, "10.1000/x")
    assert path.read_bytes() == before


def test_bibtex(tmp_path: Path) -> None:
    path = tmp_path / "w.bib"
    path.write_text("@inproceedings{v17, title={Attention Is All You Need}, author={Vaswani, Ashish and Shazeer, Noam}, booktitle={NeurIPS}, year=2017, eprint={1706.03762}}\n@misc{broken, title={", encoding="utf-8")
    first, *_ = works(path)
    assert (first.title, first.authors, first.year, first.venue, first.arxiv_id) == ("Attention Is All You Need", ("Ashish Vaswani", "Noam Shazeer"), 2017, "NeurIPS", "1706.03762")


OPENALEX = {
    "id": "https://openalex.org/W1",
    "doi": "https://doi.org/10.1000/AB",
    "display_name": "A Work",
    "publication_year": 2020,
    "authorships": [{"author": {"display_name": "A Smith"}}, {"raw_author_name": "B Jones"}, None],
    "primary_location": {"landing_page_url": "https://doi.org/10.1000/ab", "source": {"display_name": "Journal of X"}},
    "locations": [{"landing_page_url": "https://arxiv.org/abs/2001.00001v2"}],
}
NOTE_1 = {"id": "abc", "forum": "abc", "cdate": 1_600_000_000_000, "content": {"title": "A Note", "authors": ["A Smith"], "venue": "ICLR 2021 Poster"}}
NOTE_2 = {"id": "def", "forum": "def", "pdate": 1_700_000_000_000, "content": {"title": {"value": "Another Note"}, "authors": {"value": ["B Jones"]}, "venueid": {"value": "ICLR.cc/2024"}}}
REVIEW = {"id": "rev", "forum": "def", "content": {"title": "Official Review", "rating": 8}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("works.jsonl", "\n".join(map(json.dumps, (OPENALEX, NOTE_1, NOTE_2, REVIEW)))),
        ("works.json", json.dumps([OPENALEX, NOTE_1, NOTE_2, REVIEW], indent=1)),
        ("answer.json", json.dumps({"meta": {"count": 4}, "results": [OPENALEX, NOTE_1, NOTE_2, REVIEW]}, indent=2)),
        ("notes.json", json.dumps({"notes": [OPENALEX, NOTE_1, NOTE_2, REVIEW]})),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_dumps_of_openalex_and_openreview(tmp_path: Path, name: str, text: str, packed: bool) -> None:
    path = tmp_path / (name + ".gz" if packed else name)
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert problems(path) == []
    work, one, two = works(path)
    assert (work.title, work.authors, work.year, work.venue, work.doi, work.arxiv_id) == ("A Work", ("A Smith", "B Jones"), 2020, "Journal of X", "10.1000/ab", "2001.00001")
    assert (one.title, one.authors, one.year, one.venue, one.openreview_id, one.url) == ("A Note", ("A Smith",), 2021, "ICLR 2021 Poster", "abc", "https://openreview.net/forum?id=abc")
    assert (two.title, two.authors, two.year, two.openreview_id) == ("Another Note", ("B Jones",), 2023, "def")


def test_damaged_lines_of_a_dump_are_problems(tmp_path: Path) -> None:
    path = tmp_path / "w.jsonl"
    path.write_text(json.dumps(OPENALEX) + '\n{"id": \n[1]\n"x"\n' + json.dumps({"title": None, "content": 3}) + "\n" + json.dumps(NOTE_1) + "\n", encoding="utf-8")
    assert [p.title for p in works(path)] == ["A Work", "A Note"]
    assert [p.split(":")[1] for p in problems(path)] == ["2", "3", "4", "5"]


def test_a_dump_that_is_cut_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "w.jsonl.gz"
    path.write_bytes(gzip.compress(("\n".join([json.dumps(OPENALEX)] * 1000)).encode())[:-40])
    with pytest.raises(NotesError, match="is it whole"):
        works(path)


@pytest.mark.parametrize("data", [b"", b"  \n", b"{}", b"[]", b'{"results": 3}', b"\x1f\x8bxx", b"SQLite format 3\0xx", b"\x00\x01\x02", b"[[[[[" * 5000])
def test_what_is_no_file_of_works_is_an_error_with_its_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.thing"
    path.write_bytes(data)
    try:
        assert works(path) == []
    except NotesError as error:
        assert "odd.thing" in str(error)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.sampled_from(["title", "authors", "year", "venue", "url", "doi", "arxiv_id", "openreview_id", "aliases"]), st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30), lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=2), max_leaves=5)))
def test_any_record_is_a_work_or_a_problem(values: dict[str, Any]) -> None:
    found = entry(values, "f", 1)
    if isinstance(found, Entry):
        assert found.paper.title.isprintable()
        assert found.paper.url is None or found.paper.url.casefold().startswith("http")


def test_columns_and_authors() -> None:
    assert fields_of(["Paper Title", "Author(s)", "Journal", "Booktitle", "odd"]) == {"Paper Title": "title", "Author(s)": "authors", "Journal": "venue"}
    assert authors("Smith, J.; Jones, K.") == ("J. Smith", "K. Jones")
    assert authors(["A", 3, None]) == ("A", "3")
    assert authors("Smith, John and Jones, Kate") == ("John Smith", "Kate Jones")


def test_formats_are_told_by_their_looks(tmp_path: Path) -> None:
    for name, text, kind in [("a.txt", "@article{x, title={T}}", "bibtex"), ("b.txt", ' {"title": "T"}', "json"), ("c.txt", "title\nT", "csv")]:
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert format_of(tmp_path / name) == kind


# --- the index


def test_the_same_file_again_changes_nothing_and_another_under_its_name_replaces_it(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    before = index.path.read_bytes()
    again = index.add(path)
    assert (again.changed, again.source.works) == (False, len(WORKS))
    assert index.path.read_bytes() == before
    write_csv(path, WORKS[:2])
    other = index.add(path)
    assert (other.changed, other.replaced, other.source.works) == (True, True, 2)
    assert [(s.name, s.works) for s in index.sources()] == [("works", 2)]
    assert look(index, Paper("", "Attention Is All You Need")).work is None


def test_removing_leaves_what_would_be_without_it(index: Index, tmp_path: Path) -> None:
    def rows(path: Path) -> list[list[tuple[Any, ...]]]:
        with sqlite3.connect(path) as db:
            out = [sorted(db.execute(f"SELECT * FROM {t}").fetchall()) for t in ("work", "key", "posting", "word")]
        db.close()
        return out

    before = rows(index.path)
    index.add(write_csv(tmp_path / "more.csv", [{"title": "Attention Is Not Explanation"}, {"title": "Something Else Entirely"}]))
    assert rows(index.path) != before
    assert index.remove("more").works == 2
    assert rows(index.path) == before
    with pytest.raises(UsageError, match="no source is called 'more'; there are: works"):
        index.remove("more")


def test_a_file_that_cannot_be_read_leaves_all_as_it_was(index: Index, tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    path.write_text("title\n\n", encoding="utf-8")
    before = index.sources()
    with pytest.raises(NotesError, match="holds no work"):
        index.add(path)
    assert index.sources() == before
    assert look(index, Paper("", "Attention Is All You Need")).work is not None


def test_a_folder_is_one_source(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "part_0.gz").write_bytes(gzip.compress(json.dumps(OPENALEX).encode()))
    (folder / "part_1.jsonl").write_text(json.dumps(NOTE_1), encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    (folder / "readme.md").write_text("no works", encoding="utf-8")
    added = index.add(folder)
    assert (added.source.name, added.source.works, added.source.problems) == ("dump", 2, 1)
    assert index.add(folder).changed is False


def test_killed_while_adding_it_holds_what_it_held(index: Index, tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    write_csv(big, [{"title": f"Work number {n} of a rather long list of works {n * 7919}"} for n in range(30_000)])
    code = "import sys; from pathlib import Path; from papergraph.catalogue.index import Index; Index(Path(sys.argv[1])).add(Path(sys.argv[2]), name='works')"
    for wait in (0.8, 1.6):
        running = subprocess.Popen([sys.executable, "-c", code, str(index.path), str(big)], env={**os.environ, "PYTHONUTF8": "1"})
        time.sleep(wait)
        running.send_signal(signal.SIGKILL)
        running.wait()
        held = index.sources()
        assert [s.name for s in held] == ["works"]
        expected = "Attention Is All You Need" if held[0].works == len(WORKS) else "Work number 29999 of a rather long list of works 236893761"
        assert look(index, Paper("", expected)).work is not None


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreMissingError, match="catalogue add FILE"):
        Index(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("no database at all, only some text that is long enough " * 30, encoding="utf-8")
    with pytest.raises(StoreError, match="no catalogue"):
        Index(tmp_path / "text.db")
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    with pytest.raises(StoreError, match="a SQLite file but no catalogue"):
        Index(tmp_path / "other.db", create=True)
    with pytest.raises(StoreError, match="is a folder"):
        Index(tmp_path, create=True)


def test_a_catalogue_that_another_writes_to_is_busy(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("papergraph.catalogue.index.BUSY_SECONDS", 0.1)
    with Index(index.path) as other:
        index._db.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="try again"):
            other.add(write_csv(tmp_path / "more.csv", WORKS[:1]))
        index._db.execute("ROLLBACK")


# --- look-ups


def found(answer: Answer) -> str | None:
    return answer.work.paper.title if answer.work else None


@pytest.mark.parametrize(
    ("asked", "title", "how"),
    [
        (Paper("", "", doi="10.1145/223784.223816"), WORKS[1]["title"], "identifier"),
        (Paper("", "Attn", url="https://arxiv.org/pdf/1706.03762v5"), "Attention Is All You Need", "identifier"),
        (Paper("", "attention is all you need!"), "Attention Is All You Need", "title"),
        (Paper("", "ＳｅｔＣＳＥ"), SETCSE, "short name"),
        (Paper("", "Broadcast Disks", authors=("S. Acharya",)), WORKS[1]["title"], "short name"),
        (Paper("", "Atention Is All You Need"), "Attention Is All You Need", "near"),
        (Paper("", "Broadcst Disks: Data Management for Asymetric Communication Environment"), WORKS[1]["title"], "near"),
        (Paper("", "大規模言語モデルのためのの知識蒸留の分析"), WORKS[8]["title"], "near"),
        (Paper("", "Deep Learning", authors=("Y. LeCun", "G. Hinton"), year=2015), "Deep Learning", "title"),
        (Paper("", "CLIP", authors=("Alec Radford",), year=2021), "CLIP: Connecting Text and Images", "short name"),
        (Paper("", "Something With Quite Another Title Altogether", doi="10.1145/223784.223816"), None, ""),
        (Paper("", "CLIP"), None, ""),
        (Paper("", "Deep Learning"), None, ""),
        (Paper("", "Editor's Notes"), None, ""),
        (Paper("", "Attention Is Not All You Need"), None, ""),
        (Paper("", "SetCSE", authors=("Somebody Else",), year=1990), None, ""),
        (Paper("", "Quite Another Thing That Nobody Wrote"), None, ""),
        (Paper("", ""), None, ""),
        (Paper("", "…"), None, ""),
    ],
    ids=lambda x: (x.title or x.doi) if isinstance(x, Paper) else None,
)
def test_which_work_is_meant(index: Index, asked: Paper, title: str | None, how: str) -> None:
    answer = look(index, asked)
    assert found(answer) == title, answer
    if title is not None:
        assert answer.how == how
        assert answer.certainty >= 0.9
        assert answer.reasons


def test_what_may_be_meant_is_listed_surest_first(index: Index) -> None:
    answer = look(index, Paper("", "Deep Learning", year=2015), least=0.99)
    assert answer.work is None
    assert [c.work.paper.year for c in answer.candidates] == [2015, 2016]


def test_the_work_is_found_with_its_source_and_line(index: Index) -> None:
    work = look(index, Paper("", SETCSE)).work
    assert work is not None
    assert (work.source, work.line, work.paper.openreview_id) == ("works", 2, "zEHGSN8Hy8")


def test_a_work_that_two_files_hold_is_one_and_the_fuller_entry_counts(index: Index, tmp_path: Path) -> None:
    index.add(write_csv(tmp_path / "more.csv", [{"title": "Attention is all you need", "authors": "A. Vaswani; N. Shazeer", "year": "2017", "venue": "NeurIPS", "doi": "10.5555/3295222", "arxiv_id": "1706.03762"}]))
    answer = look(index, Paper("", "Attention Is All You Need"))
    assert answer.work is not None
    assert (answer.work.source, answer.work.paper.doi) == ("more", "10.5555/3295222")


# --- what it says of a store's papers


@pytest.fixture(params=STORES)
def library(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Library]:
    notes = tmp_path / "notes.md"
    notes.write_text("# Reading\n\n- [Attention is all you need](https://arxiv.org/abs/1706.03762)\n  - the Transformer\n- [SetCSE](https://openreview.net/forum?id=zEHGSN8Hy8)\n- [Quite Another Thing That Nobody Wrote](https://example.org/x.pdf)\n", encoding="utf-8")
    with Library(empty(request, tmp_path, request.param)) as opened:
        opened.import_notes(notes)
        yield opened


def apply(library: Library, index: Index) -> int:
    made = changes(library.store, index)
    library.store.apply(made, by="catalogue", action="catalogue apply")
    return len(made)


def test_papers_get_their_full_names_and_authors_once_and_it_can_be_undone(library: Library, index: Index) -> None:
    before = library.store.papers(Filter())
    assert apply(library, index) == 2
    paper = library.paper("SetCSE")
    assert (paper.title, paper.authors, paper.year, paper.openreview_id) == (SETCSE, ("Kang Liu",), 2024, "zEHGSN8Hy8")
    assert "SetCSE" in paper.aliases
    assert library.paper("Attention is all you need").authors == ("Ashish Vaswani", "Noam Shazeer")
    assert apply(library, index) == 0
    library.undo()
    assert library.store.papers(Filter()) == before


def test_what_the_catalogue_no_longer_says_is_retracted(library: Library, index: Index) -> None:
    before = library.store.papers(Filter())
    apply(library, index)
    index.remove("works")
    made = changes(library.store, index)
    assert [c.after for c in made] == [None, None]
    library.store.apply(made, by="catalogue", action="catalogue apply")
    assert library.store.papers(Filter()) == before


def test_it_keeps_no_paper_that_the_notes_have_left(library: Library, index: Index, tmp_path: Path) -> None:
    apply(library, index)
    (tmp_path / "notes.md").write_text("# Reading\n\n- [Quite Another Thing That Nobody Wrote](https://example.org/x.pdf)\n", encoding="utf-8")
    library.import_notes(tmp_path / "notes.md")
    assert "Attention is all you need" not in {n for p in library.store.papers(Filter()) for n in (p.title, *p.aliases)}
    assert apply(library, index) == 2
    assert [s for s in library.store.all_statements() if s.asserter.startswith(CATALOGUE)] == []


def test_the_statements_do_not_depend_on_what_was_applied_before(library: Library, index: Index, tmp_path: Path) -> None:
    def said() -> set[tuple[str, str]]:
        return {s.key for s in library.store.all_statements() if s.asserter.startswith(CATALOGUE)}

    apply(library, index)
    first = said()
    write_csv(tmp_path / "works.csv", WORKS[:1])
    index.add(tmp_path / "works.csv")
    apply(library, index)
    assert len(said()) == 1
    write_csv(tmp_path / "works.csv", WORKS)
    index.add(tmp_path / "works.csv")
    apply(library, index)
    assert said() == first
