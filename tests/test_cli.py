"""The commands as a user runs them: whole processes, exit codes, standard output and error kept apart."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import DISSECTING, ICLR, PAUSE

Run = Callable[..., subprocess.CompletedProcess[str]]

READS = [
    ["related", "Dissecting"],
    ["path", "Dissecting", "Tuning LayerNorm"],
    ["search", "論文"],
    ["show", "Sudden Drops"],
    ["papers"],
    ["relations"],
    ["topics"],
    ["concepts"],
    ["contradictions"],
    ["stats"],
    ["history"],
]


@pytest.fixture
def run(iclr_file: Path, tmp_path: Path) -> Run:
    """Runs papergraph on a copy of the store with the ICLR notes."""
    store = tmp_path / "store.db"
    shutil.copy(iclr_file, store)

    def run(*words: str, code: int = 0, db: str | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        found = subprocess.run(
            [sys.executable, "-m", "papergraph", "--db", db or str(store), *words],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", "PYTHONUTF8": "1", **env},
        )
        assert found.returncode == code, found.stdout + found.stderr
        assert "Traceback" not in found.stderr
        return found

    return run


def width(line: str) -> int:
    """Columns that a line takes: wide characters two, combining ones none."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) or unicodedata.category(c) in ("Cf", "Mn") else 1 for c in line)


@pytest.mark.parametrize("command", READS, ids=lambda c: c[0])
def test_a_table_fits_into_80_columns_and_has_no_codes_when_piped(run: Run, command: list[str]) -> None:
    out = run(*command).stdout
    assert out.strip()
    assert max(map(width, out.splitlines())) <= 80
    assert "\x1b" not in out


@pytest.mark.parametrize("command", READS, ids=lambda c: c[0])
def test_json_is_all_that_stands_on_standard_output(run: Run, command: list[str]) -> None:
    found = run(*command, "--json")
    assert json.loads(found.stdout)
    assert "\\u" not in found.stdout  # Japanese stays readable


def test_no_color_is_heeded(run: Run) -> None:
    colours = re.compile(r"\x1b\[[0-9;]*3[0-9]m")
    assert colours.search(run("relations", FORCE_COLOR="1", TERM="xterm-256color").stdout)
    assert not colours.search(run("relations", FORCE_COLOR="1", NO_COLOR="1", TERM="xterm-256color").stdout)


def test_every_command_explains_itself(run: Run) -> None:
    listed = run("--help").stdout
    for command in (*{c[0] for c in READS}, "import", "add", "remove", "accept", "reject", "undo", "export", "view"):
        assert re.search(rf"^ +{command}\b", listed, re.MULTILINE), command
        assert "Usage:" in run(command, "--help").stdout
    for kind in ("relation", "paper", "topic", "concept", "alias"):
        assert "Usage:" in run("add", kind, "--help").stdout


def test_a_first_import_says_what_came(run: Run, tmp_path: Path) -> None:
    new = str(tmp_path / "new" / "my.db")
    found = run("import", str(ICLR), db=new)
    assert re.search(r"added +1 +\d+", found.stdout)
    assert "1 file" in found.stderr
    again = run("import", str(ICLR), db=new)
    assert again.stdout == ""
    assert "nothing has changed" in again.stderr


def test_a_dry_run_changes_nothing(run: Run, tmp_path: Path) -> None:
    new = tmp_path / "new.db"
    out = json.loads(run("import", str(ICLR), "--dry-run", "--json", db=str(new)).stdout)
    assert out["dryRun"] is True
    assert {"what": "added", "label": "Source", "count": 1} in out["changes"]
    assert not new.exists()
    edited = tmp_path / "data" / ICLR.name
    edited.parent.mkdir()
    edited.write_text(ICLR.read_text(encoding="utf-8") + "\n- もう一つ\n", encoding="utf-8")
    before = run("export").stdout
    assert "would be" in run("import", str(edited), "-n").stdout
    assert run("export").stdout == before


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["import", "none.md"], 1, "none.md: no such file"),
        (["related", "Simplified Transformer Block"], 1, "Simplifying Transformer Blocks"),
        (["related", "language models"], 1, "may be any of these"),
        (["related", "dissecting", "--type", "similiar-to"], 2, "did you mean 'similar-to'"),
        (["related", "dissecting", "--min-confidence", "7"], 2, "0.0<=x<=1.0"),
        (["add", "relation", "dissecting", "extend", "setcse"], 2, "did you mean 'extends'"),
        (["add", "relation", "dissecting", "extends", "dissecting"], 2, "cannot be related to itself"),
        (["remove", "relation", "r-nothing"], 2, "no relation has the id"),
        (["remove", "relation", "dissecting"], 2, "removed by its id"),
        (["accept", "r-nothing"], 2, "no relation has the id r-nothing"),
        (["reject", "dissecting"], 2, "no relation has the id dissecting"),
        (["path", "dissecting", "vision mamba"], 1, "no way leads"),
        (["search", "zzzz"], 1, "nothing holds"),
        (["undo", "99"], 2, "no change set 99"),
        (["export", "--format", "yaml"], 2, "the formats are: json"),
        (["view", "-o", "no/such/folder/x.html"], 1, "cannot write"),
        (["nonsense"], 2, "No such command"),
        (["import", str(ICLR), "--encoding", "klingon"], 1, "unknown encoding"),
    ],
    ids=lambda v: " ".join(v)[:40] if isinstance(v, list) else None,
)
def test_a_failure_says_what_to_do(run: Run, words: list[str], code: int, says: str) -> None:
    before = run("export").stdout
    found = run(*words, code=code)
    assert says in found.stderr
    assert run("export").stdout == before


def test_no_store_yet(run: Run, tmp_path: Path) -> None:
    found = run("related", "x", code=1, db=str(tmp_path / "none.db"))
    assert "papergraph import NOTES" in found.stderr
    assert not (tmp_path / "none.db").exists()


def test_the_store_can_be_named_by_the_environment(run: Run, iclr_file: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "papergraph", "stats", "--json"]
    found = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PAPERGRAPH_DB": str(iclr_file)})
    assert json.loads(found.stdout)["entries"] == 39
    bare = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}
    bare.pop("PAPERGRAPH_DB", None)
    assert "no store at" in subprocess.run(command, capture_output=True, text=True, check=False, env=bare).stderr


def test_one_bad_file_of_a_folder(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "good.md").write_text("# A\n- [A Good Paper on Notes](https://arxiv.org/abs/2401.00001)\n", encoding="utf-8")
    (folder / "bad.md").write_bytes(b"\x00\x01\x02")
    found = run("import", "notes", code=1)
    assert "bad.md: looks like a binary file" in found.stderr
    assert "1 of 2 files could not be read" in found.stderr
    assert "A Good Paper on Notes" in run("papers").stdout


def test_a_relation_by_hand_and_back(run: Run) -> None:
    added = run("add", "relation", "Pause Tokens", "similar-to", "Let Models Speak", "--note", "どちらも考えさせる", "--hedged")
    assert "どちらも考えさせる" in added.stdout
    assert "undo" in added.stderr
    related = json.loads(run("related", PAUSE, "--json").stdout)["related"][0]
    assert related["title"].startswith("Let Models Speak Ciphers")
    assert related["reasons"][0]["relations"][0]["assertedBy"] == "user"
    assert "nothing was changed" in run("add", "relation", "Pause Tokens", "similar-to", "Let Models Speak", "--note", "どちらも考えさせる", "--hedged").stderr
    run("undo")
    assert "Let Models Speak" not in run("relations").stdout
    assert [c.get("undoneBy") for c in json.loads(run("history", "--json").stdout)] == [None, 3, None]
    assert "undone" in run("history").stdout


def test_removing_and_bringing_back(run: Run) -> None:
    relation = json.loads(run("relations", "--json").stdout)[0]["id"]
    run("remove", "relation", relation)
    run("import", str(ICLR))
    assert relation not in run("relations").stdout
    run("undo")
    assert relation in run("relations").stdout


def test_accepting_and_rejecting(run: Run) -> None:
    one, two = (r["id"] for r in json.loads(run("relations", "--json").stdout)[:2])
    assert re.search(r"change set \d+; `papergraph undo` takes it back", " ".join(run("accept", one, two).stderr.split()))
    assert "accepted already; nothing was changed" in run("accept", two).stderr
    assert {r["id"] for r in json.loads(run("relations", "--status", "accepted", "--json").stdout)} == {one, two}
    run("reject", one)
    run("import", str(ICLR))
    assert one not in run("relations").stdout
    assert one in run("relations", "--status", "rejected").stdout
    assert "rejected already; nothing was changed" in run("reject", one).stderr
    run("undo")
    assert "accepted" in next(line for line in run("relations").stdout.splitlines() if one in line)


def test_export_and_view_write_whole_files(run: Run, tmp_path: Path) -> None:
    run("export", "-o", "graph.json")
    assert json.loads((tmp_path / "graph.json").read_text(encoding="utf-8"))["nodes"]
    assert (tmp_path / "graph.json").read_text(encoding="utf-8") == run("export").stdout
    run("view", "-o", "page.html", "--around", DISSECTING)
    assert "Content-Security-Policy" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert {p.name for p in tmp_path.iterdir()} == {"graph.json", "page.html", "store.db"}


def test_notes_cannot_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    notes = tmp_path / "evil.md"
    notes.write_text("# A\n- [A Paper \x1b[31mWith\x07 Codes \u202eand More](https://arxiv.org/abs/2401.00001)\n  - note [bold]x[/bold] \x9b31m\n", encoding="utf-8")
    run("import", "evil.md")
    out = run("show", "2401.00001").stdout + run("papers").stdout
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", out)
    assert "[bold]x[/bold]" in out


def test_a_pipe_that_closes_is_no_error(run: Run, tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m papergraph --db store.db export | head -1"
    found = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Traceback" not in found.stderr
