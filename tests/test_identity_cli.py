"""The commands about who is who, as a user runs them: duplicates, merge, split, catalogue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

NOTES = """# 論文
- [Broadcast Disks: Data Management for Asymmetric Communication Environments](https://example.org/a.pdf)
- [Broadcast disks: data managment for asymmetric communication environments](https://example.org/b.pdf)
- [大規模言語モデルのための知識蒸留の分析と評価](https://example.org/c.pdf)
- [大規模言語モデルのためのの知識蒸留の分析と評価](https://example.org/d.pdf)
- [Quite Another Thing That Nobody Wrote](https://example.org/e.pdf)
- [SetCSE](https://openreview.net/forum?id=zEHGSN8Hy8)
"""
WORKS = "title,authors,year,venue,openreview_id\nSetCSE: Set Operations using Contrastive Learning of Sentence Embeddings,Kang Liu,2024,ICLR,zEHGSN8Hy8\nDeep Learning,A Smith,2015,,\nDeep Learning,B Jones,2016,,\n,nobody,2000,,\n"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    (tmp_path / "notes.md").write_text(NOTES, encoding="utf-8")
    (tmp_path / "works.csv").write_text(WORKS, encoding="utf-8")

    def run(*words: str, code: int = 0, **env: str) -> subprocess.CompletedProcess[str]:
        found = subprocess.run(
            [sys.executable, "-m", "papergraph", "--db", "store.db", *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1", "PAPERGRAPH_CATALOGUE": str(tmp_path / "catalogue.db"), **env},
        )
        assert found.returncode == code, found.stdout + found.stderr
        assert "Traceback" not in found.stderr
        return found

    run("import", "notes.md")
    return run


def pairs(run: Run, *words: str) -> list[tuple[str, str]]:
    return [(d["first"]["title"], d["second"]["title"]) for d in json.loads(run("duplicates", *words, "--json").stdout)]


def names(run: Run) -> list[str]:
    return sorted(p["title"] for p in json.loads(run("papers", "--all", "--json").stdout))


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def test_duplicates_are_listed_with_reasons(run: Run) -> None:
    shown = run("duplicates").stdout
    assert "titles differ in letters" in shown
    assert max(map(width, shown.splitlines())) <= 80
    assert len(pairs(run)) == 2
    assert pairs(run, "--least", "1") == []
    assert "no two papers" in run("duplicates", "--least", "1").stderr


def test_merge_and_split_are_inverses(run: Run) -> None:
    before = names(run)
    [first] = [p for p in pairs(run) if "roadcast" in p[0]]
    told = run("merge", *first)
    assert "change set" in told.stderr
    assert len(names(run)) == len(before) - 1
    assert len(pairs(run)) == 1
    assert "already" in run("merge", *first).stderr
    run("split", first[0])
    assert names(run) == before


def test_merging_above_a_certainty_asks_and_shows_first(run: Run) -> None:
    before = names(run)
    assert "--yes" in run("merge", "--above", "0.5", code=2).stderr
    assert "2 pairs would be merged" in run("merge", "--above", "0.5", "--dry-run").stderr
    assert names(run) == before
    told = json.loads(run("merge", "--above", "0.5", "--yes", "--json").stdout)
    assert len(told["merged"]) == 2
    assert len(names(run)) == len(before) - 2
    assert pairs(run) == []
    assert "no pair" in run("merge", "--above", "0.5", "--yes").stderr
    run("undo")
    assert names(run) == before


def test_what_was_told_apart_is_not_proposed_again(run: Run) -> None:
    [first] = [p for p in pairs(run) if "roadcast" in p[0]]
    run("add", "alias", first[0], "BD95")
    run("merge", *first)
    run("split", first[0])
    assert first not in pairs(run)  # the log tells that it was merged and parted again


@pytest.mark.parametrize("words", [["merge"], ["merge", "A"], ["merge", "A", "B", "--above", "0.9"], ["merge", "--above", "2"]])
def test_wrong_use(run: Run, words: list[str]) -> None:
    run(*words, code=2)


def test_the_catalogue_from_file_to_notes(run: Run, tmp_path: Path) -> None:
    assert "catalogue add FILE" in run("catalogue", "list", code=1).stderr
    added = run("catalogue", "add", "works.csv")
    assert "works.csv:5: a record without a title" in added.stderr
    assert "works: 3 works added" in added.stderr
    assert "already" in run("catalogue", "add", "works.csv").stderr
    assert json.loads(run("catalogue", "list", "--json").stdout)[0]["works"] == 3
    assert max(map(width, run("catalogue", "list").stdout.splitlines())) <= 80

    looked = json.loads(run("catalogue", "look", "ＳｅｔＣＳＥ", "--json").stdout)
    assert (looked["how"], looked["work"]["openreviewId"], looked["work"]["source"]) == ("short name", "zEHGSN8Hy8", "works")
    assert "Kang Liu" in run("catalogue", "look", "https://openreview.net/forum?id=zEHGSN8Hy8").stdout
    assert "several works may be meant" in run("catalogue", "look", "Deep Learning", code=1).stderr
    assert "2016" in run("catalogue", "look", "Deep Learning", "--author", "B Jones", "--year", "2016", "--least", "0.6").stdout
    assert json.loads(run("catalogue", "look", "Nothing Like It Anywhere", "--json", code=1).stdout)["work"] is None

    before = names(run)
    planned = run("catalogue", "apply", "--dry-run")
    assert "SetCSE: Set Operations" in planned.stdout.replace("\n", " ")
    assert names(run) == before
    assert "of 1 papers added" in run("catalogue", "apply").stderr
    assert "SetCSE: Set Operations using Contrastive Learning of Sentence Embeddings" in names(run)
    assert json.loads(run("catalogue", "apply", "--json").stdout)["changeSet"] is None
    run("undo")
    assert names(run) == before
    run("catalogue", "remove", "works")
    assert json.loads(run("catalogue", "list", "--json").stdout) == []


def test_control_characters_of_a_file_do_not_reach_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("title\nA \x1b[31mred\x1b[0m title that steers\n", encoding="utf-8")
    run("catalogue", "add", "odd.csv")
    assert "\x1b" not in run("catalogue", "look", "A [31mred [0m title that steers").stdout


def test_another_file_can_be_the_catalogue(run: Run, tmp_path: Path) -> None:
    run("catalogue", "add", "works.csv", "--catalogue", "other.db", "--as", "mine")
    assert (tmp_path / "other.db").exists()
    assert not (tmp_path / "catalogue.db").exists()
    assert "mine" in run("catalogue", "list", "--catalogue", "other.db").stdout
    assert "no catalogue" in run("catalogue", "list", "--catalogue", "store.db", code=1).stderr
