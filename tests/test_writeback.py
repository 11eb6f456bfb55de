"""Relations go back into the notes: the very line that the notes' style asks for, every other byte as it was, all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from papergraph.cli.app import app
from papergraph.errors import NotesError, PapergraphError, UsageError
from papergraph.folding import source_id
from papergraph.library import Library
from papergraph.model import USER, Paper, Relation, Source, Statement
from papergraph.origins import Origin
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import AssertedBy
from papergraph.writeback import journal
from papergraph.writeback.applying import together
from papergraph.writeback.journal import Outcome, Rewrite
from papergraph.writeback.patch import Insertion, insertion_after, patched, unified_diff
from papergraph.writeback.planning import Plan

PAUSE = "[Think before you speak: Training Language Models With Pause Tokens](https://openreview.net/forum?id=ph04CRkPdC)"
ROPE = "[Scaling Laws of RoPE-based Extrapolation](https://openreview.net/forum?id=JO7k0SJ5V6)"
RELU = "[ReLU Strikes Back: Exploiting Activation Sparsity in Large Language Models](https://openreview.net/forum?id=osoWxY8q2E)"
RAFT = "title:: In Search of an Understandable Consensus Algorithm\nauthors:: Diego Ongaro, John Ousterhout\nyear:: 2014\nvenue:: USENIX ATC\n"
ZAB = "title:: Zab: High-performance broadcast for primary-backup systems\nauthors:: Flavio Junqueira, Benjamin Reed\nyear:: 2011\nvenue:: DSN\n"
EPAXOS = "title:: There Is More Consensus in Egalitarian Parliaments\nauthors:: Iulian Moraru, David Andersen\nyear:: 2013\nvenue:: SOSP\n"


@pytest.fixture
def notes(tmp_path: Path) -> Callable[..., Path]:
    """Writes files, given as text or bytes, into a folder of notes and gives it."""

    def notes(**files: str | bytes) -> Path:
        folder = tmp_path / "notes"
        for name, contents in files.items():
            path = folder / name.replace("__", ".").replace("___", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        return folder

    return notes


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write_back(library: Library, folder: Path, **how: Any) -> Plan:
    """Plan and apply, and hold what always holds: nothing else changes, in bytes or by the next import."""
    before = contents(folder)
    plan = library.plan_write_back(folder, **how)
    assert contents(folder) == before, "planning writes nothing"
    library.write_back(plan, folder.parent / "journal")
    after = contents(folder)
    changed = {p.path: p for p in plan.patches}
    assert {n for n in after if after[n] != before.get(n)} == set(changed)
    for path, patch in changed.items():
        text, spans = patched(patch.text, [x.insertion for x in patch.lines])
        rest, at = "", 0
        for start, end in sorted(spans):
            rest, at = rest + text[at:start], end
        assert rest + text[at:] == patch.text
        assert after[path] == patch.new
    # given twice it is not the import that is known to have changed nothing, so that all is read anew
    assert not library.plan_import(folder, folder, encoding=how.get("encoding")).changes
    assert not library.plan_write_back(folder, **how).patches
    return plan


def new_lines(plan: Plan) -> list[str]:
    """The lines put in, without those that are blank."""
    return [line for p in plan.patches for x in p.lines for line in x.insertion.text.splitlines() if line.strip()]


JA = f"## 構造\n- {PAUSE}\n  - 考える時間をあげるイメージ\n- {ROPE}\n  - 外挿の話\n    - 基数を変える\n"
EN = f"# Reading\n\n* {PAUSE}\n  * Gives the model time to think.\n* {ROPE}\n  * Extrapolation depends on the base.\n"

LAYOUTS = [
    # name, files, relation, what is put in
    ("bullets in Japanese", {"a__md": JA}, ("Pause Tokens", "consistent-with", "RoPE", {}), "  - Think before you speak: Training Language Models With Pause Tokens と主張が一致"),
    ("bullets in English", {"a__md": EN}, ("Pause Tokens", "consistent-with", "RoPE", {}), "  * Same claim as Think before you speak: Training Language Models With Pause Tokens."),
    ("a hedged one", {"a__md": EN}, ("Pause Tokens", "similar-to", "RoPE", {"hedged": True}), "  * Similar to Think before you speak: Training Language Models With Pause Tokens?"),
    ("with the note", {"a__md": EN}, ("Pause Tokens", "similar-to", "RoPE", {"note": "Both wait."}), "  * Similar to Think before you speak: Training Language Models With Pause Tokens. Both wait."),
    (
        "the reader's own brackets",
        {"a__md": "- 「」: 僕の発言\n\n" + JA},
        ("Pause Tokens", "consistent-with", "RoPE", {}),
        "  - 「Think before you speak: Training Language Models With Pause Tokens と主張が一致」",
    ),
    ("tabs", {"a__md": EN.replace("  *", "\t*")}, ("Pause Tokens", "similar-to", "RoPE", {}), "\t* Similar to Think before you speak: Training Language Models With Pause Tokens."),
    ("no remark yet", {"a__md": f"- {PAUSE}\n- {ROPE}\n- {RELU}\n  - dense is fine\n"}, ("Pause Tokens", "uses", "RoPE", {}), "  - Uses Scaling Laws of RoPE-based Extrapolation"),
    ("numbered remarks", {"a__md": f"- {PAUSE}\n  1. First, pause.\n  2. Then speak.\n- {ROPE}\n"}, ("Pause Tokens", "extends", "RoPE", {}), "  3. Extends Scaling Laws of RoPE-based Extrapolation."),
    ("no last newline", {"a__md": f"- {ROPE}\n- {PAUSE}\n  - Pauses."}, ("Pause Tokens", "extends", "RoPE", {}), "  - Extends Scaling Laws of RoPE-based Extrapolation."),
    ("CR LF", {"a__md": EN.replace("\n", "\r\n")}, ("Pause Tokens", "extends", "RoPE", {}), "  * Extends Scaling Laws of RoPE-based Extrapolation."),
    (
        "a vault with properties",
        {"Raft__md": RAFT + "\nLeader election.\n", "Zab__md": ZAB + "differs-from:: [[Raft]]\n\nPrimary order.\n", "EPaxos__md": EPAXOS + "\nNo leader.\n"},
        ("Zab", "extends", "EPaxos", {}),
        "extends:: [[EPaxos]]",
    ),
    (
        "a property as the notes call it, from the other side",
        {"Raft__md": RAFT + "superseded-by:: [[Zab]]\n", "Zab__md": ZAB.replace("venue:: DSN", "venue:: DSN"), "EPaxos__txt": "EPaxos (SOSP 2013)\n"},
        ("Zab", "contradicts", "Raft", {}),
        "contradicts:: [[Raft]]",
    ),
    (
        "a Logseq outline with tabs",
        {"Raft__md": RAFT + "\n- leader election\n\t- randomised timeouts\n- see [[Zab]]\n", "Zab__md": ZAB + "\n- primary order\n\t- what ZooKeeper runs\n"},
        ("Zab", "similar-to", "Raft", {}),
        "- Similar to [[Raft]]",
    ),
    (
        "front matter",
        {"raft__md": '---\ntitle: "In Search of an Understandable Consensus Algorithm"\nauthors: [Diego Ongaro, John Ousterhout]\nyear: 2014\nvenue: ATC\n---\n\nStrong leader, see [[zab]].\n', "zab__md": ZAB + "\nPrimary order.\n"},
        ("Understandable Consensus", "supports", "Zab", {}),
        "Supports the claim of [[zab]].",
    ),
    (
        "headings with paragraphs",
        {"a__md": f"# {PAUSE}\n\nThe model may wait before it speaks.\n\n# {ROPE}\n\nExtrapolation depends on the base.\n"},
        ("RoPE", "related-to", "Pause Tokens", {}),
        "Related to Think before you speak: Training Language Models With Pause Tokens.",
    ),
]


@pytest.mark.parametrize(("files", "relation", "expected"), [x[1:] for x in LAYOUTS], ids=[x[0] for x in LAYOUTS])
def test_the_notes_style_is_kept(library: Library, notes: Callable[..., Path], files: dict[str, str], relation: tuple[str, str, str, dict[str, Any]], expected: str) -> None:
    folder = notes(**files)
    library.import_notes(folder)
    a, kind, b, more = relation
    library.add_relation(a, kind, b, **more)
    plan = write_back(library, folder)
    assert [u.reason for u in plan.unwritable] == []
    assert new_lines(plan) == [expected]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932", "euc_jp"])
def test_encodings_and_byte_order_marks_are_kept(library: Library, notes: Callable[..., Path], encoding: str) -> None:
    folder = notes(a__md=(JA * 1 + "\nまとめ：考える時間をあげるのは良い。次はどの論文を読もうか。\n").encode(encoding))
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "consistent-with", "RoPE")
    plan = write_back(library, folder)
    assert "と主張が一致".encode(encoding.removesuffix("-sig") if encoding != "utf-16" else "utf-16-le") in (folder / "a.md").read_bytes()
    assert plan.patches[0].new.startswith(plan.patches[0].old[:2])


def test_a_table_has_no_place_and_the_other_end_is_taken(library: Library, notes: Callable[..., Path]) -> None:
    table = "| Title | Venue |\n| --- | --- |\n| [Scaling Laws of RoPE-based Extrapolation](https://openreview.net/forum?id=JO7k0SJ5V6) | ICLR 2024 |\n| [Attention Is All You Need](https://arxiv.org/abs/1706.03762) | NeurIPS 2017 |\n"
    folder = notes(a__md=f"# Table\n\n{table}", b__md=EN.replace(ROPE, RELU))
    library.import_notes(folder)
    library.add_relation("RoPE", "uses", "Attention Is All You Need")
    library.add_relation("RoPE", "uses", "Pause Tokens")
    plan = write_back(library, folder)
    assert new_lines(plan) == ["  * Used by Scaling Laws of RoPE-based Extrapolation."]
    assert [u.reason for u in plan.unwritable] == ["a.md: there is no place for a line about it (it stands in a table, a record or running text)"]


def test_one_change_set_that_undo_takes_back(library: Library, notes: Callable[..., Path]) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "similar-to", "RoPE", note="Both wait")
    before = library.export_json()
    number = library.history()[0].number
    write_back(library, folder)
    newest = library.history()[0]
    assert (newest.number, newest.by, newest.action) == (number + 1, "write-back", "write-back a.md")
    relation = next(r for r, _, _ in library.relations() if r.asserted_by is AssertedBy.USER)
    assert {e.path for e in relation.evidence} == {None, "a.md"}
    library.undo(newest.number)
    assert library.export_json() == before


def test_undo_restores_files_and_store(library: Library, notes: Callable[..., Path], tmp_path: Path) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "similar-to", "RoPE")
    before, files = library.export_json(), contents(folder)
    write_back(library, folder)
    done = library.undo_write_back(tmp_path / "journal")
    assert (done.written, done.conflicts) == (("a.md",), ())
    assert (library.export_json(), contents(folder)) == (before, files)
    assert not library.plan_import(folder, folder).changes
    with pytest.raises(UsageError, match="undone already"):
        library.undo_write_back(tmp_path / "journal")


def test_on_every_store(store: Store, notes: Callable[..., Path], tmp_path: Path) -> None:
    folder = notes(a__md=EN, b__md=JA.replace("RoPE-based", "ALiBi-based").replace("JO7k0SJ5V6", "ALiBi0SJ5V6"))
    library = Library(store)
    library.import_notes(folder)
    library.add_relation("RoPE-based", "extends", "Pause Tokens")
    library.add_relation("ALiBi-based", "similar-to", "RoPE-based", note="Positions")
    before, files = library.export_json(), contents(folder)
    assert len(write_back(library, folder).lines) == 2
    library.undo_write_back(tmp_path / "journal")
    assert (library.export_json(), contents(folder)) == (before, files)


def test_undo_leaves_an_edited_file_alone(library: Library, notes: Callable[..., Path], tmp_path: Path) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "similar-to", "RoPE")
    write_back(library, folder)
    edited = (folder / "a.md").read_bytes() + b"\nMore.\n"
    (folder / "a.md").write_bytes(edited)
    with pytest.raises(UsageError, match=r"edited since it was written back: a\.md"):
        library.undo_write_back(tmp_path / "journal")
    assert (folder / "a.md").read_bytes() == edited


def test_what_is_written(library: Library, notes: Callable[..., Path]) -> None:
    """Proposed and rejected relations are not, nor those that notes state; accepted ones and those by hand are."""
    folder = notes(a__md=EN.replace("Gives the model time to think.", "Same idea as the paper below?"))
    library.import_notes(folder)
    (stated,) = library.relations()
    assert library.plan_write_back(folder).patches == ()
    library.accept(stated[0].id)
    assert library.plan_write_back(folder).patches == ()
    library.add_relation("Pause Tokens", "contradicts", "RoPE")
    by_hand = next(r for r, _, _ in library.relations() if r.type == "CONTRADICTS")
    library.reject(by_hand.id)
    assert library.plan_write_back(folder).patches == ()
    # the notes no longer state what was accepted
    (folder / "a.md").write_text(EN, encoding="utf-8")
    library.import_notes(folder)
    assert new_lines(write_back(library, folder)) == ["  * Similar to Think before you speak: Training Language Models With Pause Tokens?"]


REFUSED: list[tuple[str, Callable[[Path], object], str]] = [
    ("edited", lambda f: (f / "a.md").write_text(EN + "\nMore.\n"), r"a\.md: was edited since it was imported; import it first"),
    ("hard link", lambda f: os.link(f / "a.md", f.parent / "other"), r"a\.md: has another name"),
    ("leads out", lambda f: ((f / "a.md").rename(f.parent / "out.md"), (f / "a.md").symlink_to(f.parent / "out.md")), r"a\.md: is a link that leads out"),
    ("gone", lambda f: ((f / "a.md").unlink(), (f / "b.md").write_text("# Other\n")), "neither end has an entry|not among those given"),
]


@pytest.mark.parametrize(("change", "reason"), [x[1:] for x in REFUSED], ids=[x[0] for x in REFUSED])
def test_files_that_are_left_alone(library: Library, notes: Callable[..., Path], change: Callable[[Path], object], reason: str) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "similar-to", "RoPE")
    change(folder)
    plan = library.plan_write_back(folder)
    assert plan.patches == ()
    assert re.search(reason, plan.unwritable[0].reason), plan.unwritable[0].reason


def test_a_link_within_the_collection_is_followed_and_other_formats_are_not_written(library: Library, notes: Callable[..., Path]) -> None:
    folder = notes(b__txt=EN)
    (folder / "pages").mkdir()
    (folder / "pages" / ".real.md").write_text(EN.replace("Reading", "Read"), encoding="utf-8")
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "similar-to", "RoPE")
    assert [u.reason for u in library.plan_write_back(folder).unwritable] == ["b.txt: only Markdown is written (.md, .markdown, .mdown, .mkd); write the line yourself"]
    (folder / "a.md").symlink_to(folder / "pages" / ".real.md")
    library.import_notes(folder)
    library.write_back(library.plan_write_back(folder), folder.parent / "journal")
    assert (folder / "a.md").is_symlink()
    assert "Similar to" in (folder / "pages" / ".real.md").read_text(encoding="utf-8")


def test_mode_is_kept_and_a_race_is_seen(library: Library, notes: Callable[..., Path], tmp_path: Path) -> None:
    folder = notes(a__md=EN)
    (folder / "a.md").chmod(0o640)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "similar-to", "RoPE")
    plan = library.plan_write_back(folder)
    (folder / "a.md").write_text(EN + "typed meanwhile\n", encoding="utf-8")
    with pytest.raises(NotesError, match=r"a\.md: was changed while the patch was shown"):
        library.write_back(plan, tmp_path / "journal")
    assert list((tmp_path / "journal").glob("0*")) == []
    assert sorted(contents(folder)) == ["a.md"]
    (folder / "a.md").write_text(EN, encoding="utf-8")
    write_back(library, folder)
    assert (folder / "a.md").stat().st_mode & 0o777 == 0o640


HOSTILE = [
    "Attention ]] [[Other]] Considered Harmful",
    "A `code span` That Never ``Ends in a Title",
    "Titles\nWith\r\nBreaks\u2028and\x0bOthers",
    "<script>alert(1)</script> A Study <!-- of Comments",
    "[link](https://example.org) ![image](x.png) in Titles",
    "$math$ **bold** __under__ ~~struck~~ ==mark== | cell | #tag",
    "extends:: [[Everything]] at Once",
    "--- \u202e reversed \x1b[31m red \x07",
    "- item\n# Heading\n> quote",
]


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_titles_and_notes_never_break_out_of_their_line(library: Library, notes: Callable[..., Path], title: str) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    paper = library.add_paper(title)
    library.add_relation("Pause Tokens", "similar-to", paper.id)
    library.add_relation("Pause Tokens", "extends", "RoPE", note=title)
    plan = write_back(library, folder)
    assert all(len(line.insertion.text.splitlines()) == 1 for line in plan.lines)
    assert "RoPE" in "".join(new_lines(plan))
    assert not [c for line in new_lines(plan) for c in line if not c.isprintable()]


LINE = st.one_of(
    st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\r\n\x00"), max_size=40),
    st.sampled_from(["- item", "  - nested", "\t- tabbed", "```", "> quote", "# Heading", "key:: value", "---", "| a | b |", "", "<!-- comment", "1. one", f"- {RELU}", "上の論文と主張が一致", "$$", "[^1]: note"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=st.lists(LINE, max_size=6), within=st.lists(LINE, max_size=4), after=st.lists(LINE, max_size=6), mark=st.sampled_from(["\n", "\r\n", "\r"]), end=st.booleans(), kind=st.sampled_from(["similar-to", "extends", "contradicts"]))
def test_any_other_text_is_left_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], within: list[str], after: list[str], mark: str, end: bool, kind: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / "notes"
    folder.mkdir()
    text = mark.join([*before, f"- {PAUSE}", *within, f"- {ROPE}", *after]) + (mark if end else "")
    (folder / "a.md").write_bytes(text.encode())
    with Library(open_store(":memory:")) as library:
        library.import_notes(folder)
        found = [p for p in library.papers() if p.title.startswith(("Think before", "Scaling Laws"))]
        if len(found) < 2:
            return
        try:
            library.add_relation(found[0].id, kind, found[1].id)
        except PapergraphError:
            return
        write_back(library, folder)


def test_insertions_and_their_diff() -> None:
    assert insertion_after("a\rb\r", 0, ["x", ""]) == Insertion(2, "x\r\r")
    assert insertion_after("", -1, ["x"]) == Insertion(0, "x\n")
    text = "".join(f"{n}\n" for n in range(20))
    lines = list(unified_diff("a.md", text, [insertion_after(text, 15, ["p", "q"]), insertion_after(text, 1, ["x"])]))
    assert lines[2:6] == ["@@ -1,5 +1,6 @@", " 0", " 1", "+x"]
    assert lines[9:11] == ["@@ -14,6 +15,8 @@", " 13"]
    assert list(unified_diff("a.md", "one\ntwo", [insertion_after("one\ntwo", 1, ["x"])]))[2:] == [
        "@@ -1,2 +1,3 @@",
        " one",
        "-two",
        "\\ No newline at end of file",
        "+two",
        "+x",
        "\\ No newline at end of file",
    ]


# --- the command


@pytest.fixture
def command(tmp_path: Path, notes: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    folder = notes(a__md=EN, b__md=JA.replace("## 構造", "## 別\x1b[31m"))
    location = str(tmp_path / "library.db")
    with Library(open_store(location, create=True)) as library:
        library.import_notes(folder)
        library.add_relation("Pause Tokens", "similar-to", "RoPE")
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["--db", location, "write-back", *arguments])

    yield run


def test_the_command_shows_the_patch_and_writes_only_when_told_to(command: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    before = contents(folder)
    shown = command(str(folder), "--dry-run")
    assert shown.exit_code == 0
    assert "+  * Similar to Think before you speak: Training Language Models With Pause Tokens." in shown.stdout
    assert "\x1b" not in shown.stdout
    refused = command(str(folder))
    assert isinstance(refused.exception, UsageError)
    assert "say --yes, or --dry-run" in str(refused.exception)
    planned = json.loads(command(str(folder), "--json").stdout)
    assert (planned["written"], [x["text"] for f in planned["files"] for x in f["lines"]]) == (False, ["Similar to Think before you speak: Training Language Models With Pause Tokens."])
    assert contents(folder) == before
    written = command(str(folder), "--yes")
    assert written.exit_code == 0
    assert "change set 3" in written.stderr
    assert contents(folder) != before
    assert json.loads(command(str(folder), "--json", "--yes").stdout)["files"] == []
    assert command("--undo").exit_code == 0
    assert contents(folder) == before
    assert isinstance(command("--undo").exception, UsageError)
    assert isinstance(command().exception, UsageError)
    assert isinstance(command(str(folder), "--style", "prose").exception, UsageError)


def test_a_style_that_is_asked_for(command: Callable[..., Any], tmp_path: Path) -> None:
    told = json.loads(command(str(tmp_path / "notes"), "--style", "property", "--json").stdout)
    assert [(x["form"], x["text"].split("::")[0]) for f in told["files"] for x in f["lines"]] == [("property", "similar-to")]


# --- kill -9, full disks: a journal of three files and a store

PAPERS = [Paper("p-a", "A"), Paper("p-b", "B")]
CHANGES = [Change(None, Statement(USER, p)) for p in PAPERS]
CHILD = """
import os, signal, sys, resource
from pathlib import Path
sys.path[:0] = {path!r}
from papergraph.model import USER, Paper, Statement
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.writeback import disk, journal
folder, point, limit = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store = open_store(str(folder / "library.db"))
left = [point]
def counted(call):
    def one(*args, **kwargs):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args, **kwargs)
    return one
if point:
    for owner, name in ((os, "open"), (os, "fsync"), (os, "rename"), (os, "replace"), (os, "mkdir"), (os, "utime"), (os, "unlink"), (journal, "put"), (disk, "put"), (journal, "_standing")):
        setattr(owner, name, counted(getattr(owner, name)))
    Path.rename, Path.replace, Path.unlink = counted(Path.rename), counted(Path.replace), counted(Path.unlink)
    type(store).apply = counted(type(store).apply)
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
rewrites = [journal.Rewrite(folder / n, f"notes/{{n}}", n, (folder / n).read_bytes(), (folder / n).read_bytes() * 2) for n in ("a.md", "b.md", "c.md")]
sys.stdout.write("ready\\n"); sys.stdout.flush()
try:
    journal.write(store, folder / "journal", rewrites, [Change(None, Statement(USER, Paper("p-a", "A"))), Change(None, Statement(USER, Paper("p-b", "B")))], "write-back")
except Exception as error:
    sys.stderr.write(f"{{type(error).__name__}}: {{error}}")
    sys.exit(3)
print("done", left[0])
"""


def imported(store: Store, folder: Path) -> None:
    """Let the store know a folder of notes, as an import does."""
    origin = Origin((str(folder.resolve()),))
    store.keep({origin.key: origin.dumps()})


class Machine:
    """A store, three files and a process that writes back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        with open_store(str(folder / "library.db"), create=True) as store:
            imported(store, folder)
        for name in ("a.md", "b.md", "c.md"):
            (folder / name).write_bytes(name.encode() * 700)

    def start(self, point: int = 0, limit: int = 0) -> subprocess.Popen[str]:
        code = CHILD.format(path=[p for p in sys.path if p])
        return subprocess.Popen([sys.executable, "-c", code, str(self.folder), str(point), str(limit)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def state(self) -> str:
        """`old` or `new`, all of it, once what was begun is recovered."""
        with open_store(str(self.folder / "library.db")) as store:
            conflicts = [c for outcome in journal.recover(store, self.folder / "journal") for c in outcome.conflicts]
            assert conflicts == []
            told = len(store.get([p.id for p in PAPERS]))
        sizes = {(self.folder / n).read_bytes() == n.encode() * 1400 for n in ("a.md", "b.md", "c.md")}
        for n in ("a.md", "b.md", "c.md"):
            assert (self.folder / n).read_bytes() in (n.encode() * 700, n.encode() * 1400)
        assert (sizes, told) in (({True}, 2), ({False}, 0))
        assert not list(self.folder.glob(".papergraph-*"))
        assert not [p for p in (self.folder / "journal").glob("0*") if p.suffix != ".done"]
        return "new" if told else "old"


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_killed_at_each_step_all_is_old_or_all_is_new(tmp_path: Path) -> None:
    states = []
    for point in range(1, 200):
        machine = Machine(tmp_path / str(point))
        child = machine.start(point)
        _, error = child.communicate()
        assert child.returncode in (-signal.SIGKILL, 0), error
        states.append(machine.state())
        if child.returncode == 0:
            break
    assert states[0] == "old"
    assert states[-1] == "new"
    assert states == sorted(states, reverse=True), "old up to the decision, new after it"
    assert len(states) > 30


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_killed_at_random_moments(tmp_path: Path) -> None:
    """`PAPERGRAPH_KILLS` says how often, 20 times if it does not."""
    chance = random.Random(7)
    for n in range(int(os.environ.get("PAPERGRAPH_KILLS", "20"))):
        machine = Machine(tmp_path / str(n))
        child = machine.start()
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0, 0.04))
        child.kill()
        child.communicate()
        assert machine.state() in ("old", "new")


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_a_full_disk_leaves_all_as_it_was_or_does_all(tmp_path: Path) -> None:
    states = {}
    for limit in (10, 1_000, 3_000, 5_000, 20_000, 60_000, 10_000_000):
        machine = Machine(tmp_path / str(limit))
        child = machine.start(limit=limit)
        _, error = child.communicate()
        states[limit] = machine.state()
        assert (child.returncode, states[limit]) in ((3, "old"), (0, "new")), error
        assert states[limit] == "new" or "nothing was changed" in error
    assert (states[10], states[10_000_000]) == ("old", "new")


def test_a_file_edited_between_decision_and_recovery_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [tmp_path / "a.md", tmp_path / "b.md"]
    for file in files:
        file.write_text("old")
    rewrites = [Rewrite(f, f"notes/{f.name}", f.name, b"old", b"new") for f in files]
    changes = [Change(None, Statement(source_id(f"notes/{f.name}"), Source(source_id(f"notes/{f.name}"), f"notes/{f.name}"))) for f in files]
    with open_store(str(tmp_path / "library.db"), create=True) as store:
        imported(store, tmp_path)
        with monkeypatch.context() as patch:
            # as if it had been killed right after the decision
            patch.setattr(journal, "_finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                journal.write(store, tmp_path / "journal", rewrites, changes, "write-back")
        assert [f.read_text() for f in files] == ["old", "old"]
        files[1].write_text("edited")
        (outcome,) = journal.recover(store, tmp_path / "journal")
        assert [f.read_text() for f in files] == ["new", "edited"]
        assert (outcome.written, outcome.conflicts) == (("a.md",), ("b.md: was edited or removed meanwhile and is left alone; import it",))
        assert [s.uri for s in store.sources()] == ["notes/a.md"]
        assert not list(tmp_path.glob(".papergraph-*"))
        assert journal.recover(store, tmp_path / "journal") == ()


def test_relations_of_the_plan_are_those_of_the_store(library: Library, notes: Callable[..., Path]) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "uses", "RoPE")
    plan = library.plan_write_back(folder)
    assert [x.relation for x in plan.lines] == [r for r, _, _ in library.relations() if isinstance(r, Relation)]


# --- a journal that came with a store from somebody else


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


TEMP = ".papergraph-0123456789ab-0"


class Forged:
    """A folder of notes that is imported, and a journal that says what to do with `notes/a.md`; a test makes of it what it is not."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.notes = self.folder / "notes"
        self.notes.mkdir(parents=True)
        self.file = self.notes / "a.md"
        self.file.write_bytes(b"old")
        self.outside = self.folder / "outside.md"
        self.outside.write_bytes(b"old")
        (self.notes / TEMP).write_bytes(b"waits")
        self.location = str(self.folder / "library.db")
        with open_store(self.location, create=True) as store:
            imported(store, self.notes)
        self.journal = self.folder / "library.db.writeback"
        self.entry = self.journal / "000001.commit"
        self.entry.mkdir(parents=True)
        self.one: dict[str, Any] = {"file": str(self.file), "uri": "notes/a.md", "path": "a.md", "old": sha(b"old"), "new": sha(b"new"), "temp": TEMP}
        self.manifest: dict[str, Any] = {"version": 1, "at": "2026-01-01T00:00:00Z", "action": "write-back a.md", "undoes": None, "reverts": None, "files": [self.one]}
        (self.entry / "0.old").write_bytes(b"old")
        (self.entry / "0.new").write_bytes(b"new")
        (self.entry / "changes.json").write_text("[]")

    def write(self) -> None:
        if not os.path.lexists(self.entry / "manifest.json"):
            (self.entry / "manifest.json").write_text(json.dumps(self.manifest))

    def recover(self) -> tuple[Outcome, ...]:
        self.write()
        with open_store(self.location) as store:
            return journal.recover(store, self.journal)


def test_a_journal_as_papergraph_makes_it_is_finished(tmp_path: Path) -> None:
    forged = Forged(tmp_path / "it")
    (outcome,) = forged.recover()
    assert (outcome.written, outcome.conflicts, contents(forged.notes)) == (("a.md",), (), {"a.md": b"new"})


def aside(path: Path) -> None:
    """Put a link in the place of a file or folder."""
    path.rename(path.with_name(path.name + ".real"))
    path.symlink_to(path.with_name(path.name + ".real"))


# name, what is done to it, why it is left alone
FORGED_MANIFESTS: list[tuple[str, Callable[[Forged], object], str]] = [
    ("a file that was not imported", lambda f: f.one.update(file=str(f.outside)), "outside.md: it is not in a folder or file that the store knows to be imported; import it again"),
    ("a way out of the folder", lambda f: f.one.update(file=f"{f.notes}/../outside.md"), "is no absolute path"),
    ("a relative path", lambda f: f.one.update(file="notes/a.md"), "is no absolute path"),
    ("a NUL", lambda f: f.one.update(file=f"{f.file}\0.md"), "is no absolute path"),
    ("a link in the way", lambda f: ((f.notes / "out").symlink_to(f.folder), f.one.update(file=str(f.notes / "out" / "outside.md"))), "a link leads to it"),
    ("no Markdown", lambda f: (f.notes.joinpath("rc").write_bytes(b"old"), f.one.update(file=str(f.notes / "rc"))), "only Markdown is written"),
    ("a name too long", lambda f: f.one.update(file=str(f.notes / ("a" * 300 + ".md"))), "name too long"),
    ("a file named twice", lambda f: f.manifest.update(files=[f.one, f.one]), "a file is named twice"),
    ("an absolute temp", lambda f: f.one.update(temp=str(f.outside)), "none of papergraph's"),
    ("a temp elsewhere", lambda f: f.one.update(temp="../outside.md"), "none of papergraph's"),
    ("a temp elsewhere behind our prefix", lambda f: f.one.update(temp=f"{TEMP}/../../outside.md"), "none of papergraph's"),
    ("a temp that is notes", lambda f: f.one.update(temp="a.md"), "none of papergraph's"),
    ("a temp with a NUL", lambda f: f.one.update(temp=f"{TEMP}\0"), "none of papergraph's"),
    ("a hash that is none", lambda f: f.one.update(old=""), "old is ''"),
    ("a manifest by a link", lambda f: (f.folder.joinpath("m").write_text(json.dumps(f.manifest)), (f.entry / "manifest.json").symlink_to(f.folder / "m")), "a link stands where papergraph makes a file"),
    ("an entry by a link", lambda f: (f.write(), aside(f.entry)), "a link stands where papergraph makes a folder"),
    ("a journal by a link", lambda f: (f.write(), aside(f.journal)), "a link stands where papergraph makes a folder"),
    ("a lock by a link", lambda f: (f.journal / "lock").symlink_to(f.outside), "a link stands where papergraph makes a file"),
    ("a pipe as a manifest", lambda f: os.mkfifo(f.entry / "manifest.json"), "something else stands"),
    ("a deep manifest", lambda f: (f.entry / "manifest.json").write_text("[" * 200_000), "does not parse"),
    ("a manifest that is a list", lambda f: (f.entry / "manifest.json").write_text("[]"), "not as papergraph writes it"),
    ("files that are a number", lambda f: f.manifest.update(files=3), "not as papergraph writes it"),
    ("a version to come", lambda f: f.manifest.update(version=2), "another version"),
    ("a time that is none", lambda f: f.manifest.update(at="now"), "at is 'now'"),
    ("a number that no store has", lambda f: f.manifest.update(undoes=1 << 70), "undoes is no number"),
]
FORGED_CONTENTS: list[tuple[str, Callable[[Forged], object], str]] = [
    ("half a manifest", lambda f: (f.entry / "manifest.json").write_text("{"), "does not parse"),
    ("other new contents", lambda f: (f.entry / "0.new").write_bytes(b"evil"), "0.new: this write-back is left alone, and no file is touched: it does not hold what the manifest says"),
    ("other old contents", lambda f: (f.entry / "0.old").write_bytes(b"evil"), "it does not hold what the manifest says"),
    ("no contents", lambda f: (f.entry / "0.new").unlink(), "No such file"),
    ("contents by a link", lambda f: aside(f.entry / "0.new"), "a link stands where papergraph makes a file"),
    ("a change set that is not there", lambda f: f.manifest.update(undoes=7), "would take back change set 7, which the store does not have"),
    ("changes that are none", lambda f: (f.entry / "changes.json").write_text('[["{}", null]]'), "what the store was to be told does not parse"),
]


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
@pytest.mark.parametrize(("forge", "reason"), [x[1:] for x in FORGED_MANIFESTS + FORGED_CONTENTS], ids=[x[0] for x in FORGED_MANIFESTS + FORGED_CONTENTS])
def test_a_forged_journal_is_left_alone(tmp_path: Path, forge: Callable[[Forged], object], reason: str) -> None:
    forged = Forged(tmp_path / "it")
    forge(forged)
    before = contents(forged.notes)
    (outcome,) = forged.recover()
    assert (outcome.written, outcome.change_set) == ((), None)
    assert reason in outcome.conflicts[0]
    assert (contents(forged.notes), forged.outside.read_bytes()) == (before, b"old")
    assert forged.entry.exists()
    with open_store(forged.location) as store:
        assert store.history() == ()


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
@pytest.mark.parametrize(("forge", "reason"), [x[1:] for x in FORGED_MANIFESTS], ids=[x[0] for x in FORGED_MANIFESTS])
def test_a_forged_preparation_deletes_nothing(tmp_path: Path, forge: Callable[[Forged], object], reason: str) -> None:
    forged = Forged(tmp_path / "it")
    forged.entry = forged.entry.rename(forged.entry.with_suffix(".part"))
    forge(forged)
    before = contents(forged.notes)
    (outcome,) = forged.recover()
    assert reason in outcome.conflicts[0]
    assert (contents(forged.notes), forged.outside.read_bytes()) == (before, b"old")


@pytest.mark.parametrize(("manifest", "left"), [("", {"a.md", TEMP}), ("{", {"a.md", TEMP}), (None, {"a.md"})], ids=["none", "half", "whole"])
def test_what_was_prepared_is_cleared_away(tmp_path: Path, manifest: str | None, left: set[str]) -> None:
    forged = Forged(tmp_path / "it")
    forged.entry = forged.entry.rename(forged.entry.with_suffix(".part"))
    if manifest is not None:
        (forged.entry / "manifest.json").write_text(manifest)
    assert forged.recover() == ()
    assert set(contents(forged.notes)) == left
    assert not forged.entry.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("whose", ["", "000001.commit", "000001.commit/manifest.json", "000001.commit/0.new", "000001.commit/changes.json"])
def test_a_journal_of_another_user_is_left_alone(tmp_path: Path, whose: str) -> None:
    forged = Forged(tmp_path / "it")
    forged.write()
    os.chown(forged.journal / whose, 12345, -1)
    (outcome,) = forged.recover()
    assert "it belongs to another user (number 12345; you are 0)" in outcome.conflicts[0]
    assert forged.file.read_bytes() == b"old"


@pytest.mark.parametrize("command", [["import", "NOTES"], ["sync"], ["write-back", "--dry-run"], ["write-back", "--yes"], ["doctor", "--fix", "--yes"]], ids=" ".join)
def test_commands_go_on_beside_a_forged_journal(tmp_path: Path, command: list[str]) -> None:
    forged = Forged(tmp_path / "it")
    forged.one.update(file=str(forged.outside))
    forged.write()
    done = CliRunner().invoke(app, ["--db", forged.location, *(str(forged.notes) if a == "NOTES" else a for a in command)])
    assert forged.outside.read_bytes() == b"old"
    if command[0] in ("import", "sync") or "--yes" in command[:2]:
        assert done.exit_code == 0
        assert "this write-back is left alone" in done.stderr
        assert "finished" not in done.stderr


def test_one_of_ones_own_stands_beside_a_forged_one(tmp_path: Path) -> None:
    forged = Forged(tmp_path / "it")
    forged.one.update(file=str(forged.outside))
    forged.write()
    forged.file.write_text(EN)
    with Library(open_store(forged.location)) as library:
        library.import_notes(forged.notes)
        library.add_relation("Pause Tokens", "extends", "RoPE")
        library.write_back(library.plan_write_back(forged.notes), forged.journal)
        assert "Extends" in forged.file.read_text()
        library.undo_write_back(forged.journal)
    assert (forged.file.read_text(), forged.outside.read_bytes()) == (EN, b"old")
    assert forged.entry.is_dir()


def test_a_forged_backup_is_not_restored(tmp_path: Path) -> None:
    forged = Forged(tmp_path / "it")
    forged.one.update(file=str(forged.outside), new=sha(b"old"), old=sha(b"new"))
    forged.write()
    forged.entry.rename(forged.entry.with_suffix(".done"))
    with open_store(forged.location) as store, pytest.raises(NotesError, match="it is not in a folder or file that the store knows"):
        journal.undo(store, forged.journal)
    assert forged.outside.read_bytes() == b"old"


def test_what_no_import_tells_of_is_not_planned(library: Library, notes: Callable[..., Path]) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "extends", "RoPE")
    # as a store of an older papergraph is
    library.store.keep({o.key: None for o in library.origins()})
    (left,) = library.plan_write_back(folder).unwritable
    assert left.reason == "a.md: it is not in a folder or file that the store knows to be imported; import it again"
    library.import_notes(folder)
    assert new_lines(write_back(library, folder)) == ["  * Extends Scaling Laws of RoPE-based Extrapolation."]


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_to_a_file_that_is_not_called_markdown_is_not_planned(library: Library, notes: Callable[..., Path]) -> None:
    folder = notes(a__md=EN)
    (folder / "a.md").rename(folder / "real")
    (folder / "a.md").symlink_to(folder / "real")
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "extends", "RoPE")
    (left,) = library.plan_write_back(folder).unwritable
    assert left.reason == "a.md: is a link to real: only Markdown is written (.md, .markdown, .mdown, .mkd)"


# --- undo after undo and redo; several imports


@pytest.mark.parametrize("noted", [True, False])
def test_undo_of_what_was_undone_and_brought_back(library: Library, notes: Callable[..., Path], tmp_path: Path, noted: bool) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "similar-to", "RoPE")
    before, files = library.export_json(), contents(folder)
    write_back(library, folder)
    number = library.history()[0].number
    library.undo(number)
    library.redo(number)
    (note,) = (tmp_path / "journal").glob("*/change-set")
    assert note.read_text() == str(number)
    if not noted:
        # as if it had been killed before that was noted
        note.unlink()
    done = library.undo_write_back(tmp_path / "journal")
    assert done.change_set is not None
    assert done.change_set.undoes == number
    assert (library.export_json(), contents(folder)) == (before, files)
    with pytest.raises(UsageError, match="undone already"):
        library.undo(number)


def test_several_imports_are_written_in_one_change_set(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, text in ((one, EN), (other, EN.replace(ROPE, RELU).replace(PAUSE, "[Attention Is All You Need](https://arxiv.org/abs/1706.03762)"))):
        folder.mkdir()
        (folder / "a.md").write_text(text, encoding="utf-8")
    location = str(tmp_path / "library.db")
    with Library(open_store(location, create=True)) as library:
        library.import_notes(one)
        library.import_notes(other)
        library.add_relation("Pause Tokens", "extends", "RoPE")
        library.add_relation("Attention Is All", "extends", "ReLU")
        number = library.history()[0].number
    before = contents(one), contents(other)
    told = json.loads(CliRunner().invoke(app, ["--db", location, "write-back", "--yes", "--json"]).stdout)
    assert (told["changeSets"], sorted(f["uri"] for f in told["files"])) == ([number + 1], ["one/a.md", "other/a.md"])
    assert b"Extends" in (one / "a.md").read_bytes()
    assert b"Extends" in (other / "a.md").read_bytes()
    assert CliRunner().invoke(app, ["--db", location, "write-back", "--undo"]).exit_code == 0
    assert (contents(one), contents(other)) == before
    # one of them cannot be written: neither is
    with Library(open_store(location)) as library:
        plans = [library.plan_write_back(f) for f in (one, other)]
        (other / "a.md").write_text("typed meanwhile", encoding="utf-8")
        with pytest.raises(NotesError, match="was changed while the patch was shown"):
            library.write_back(together(plans), tmp_path / "journal")
        assert library.history()[0].number == number + 2
    assert contents(one) == before[0]


def test_of_two_plans_for_one_file_the_second_waits(library: Library, notes: Callable[..., Path]) -> None:
    folder = notes(a__md=EN)
    library.import_notes(folder)
    library.add_relation("Pause Tokens", "extends", "RoPE")
    library.add_relation("RoPE", "uses", "Pause Tokens")
    both = library.plan_write_back(folder)
    first, second = (library.plan_write_back(folder, without=[x.relation.id]) for x in both.lines)
    whole = together([first, second])
    assert [x.relation.id for x in whole.lines] == [x.relation.id for x in first.lines]
    reasons = {u.relation.id: u.reason for u in whole.unwritable}
    assert reasons == {second.lines[0].relation.id: "its file is written for other relations now; run `papergraph write-back` again"}
    library.write_back(whole, folder.parent / "journal")
    assert len(write_back(library, folder).lines) == 1


def test_without_paths_each_import_is_read_by_its_own_lexicons(tmp_path: Path, notes: Callable[..., Path]) -> None:
    folder = notes(a__md=EN.replace("Extrapolation depends on the base.", "Similar to PTH."))
    lexicon = tmp_path / "mine.toml"
    lexicon.write_text('[aliases]\n"Think before you speak: Training Language Models With Pause Tokens" = ["PTH"]\n', encoding="utf-8")
    location = str(tmp_path / "library.db")
    assert CliRunner().invoke(app, ["--db", location, "import", str(folder), "--lexicon", str(lexicon)]).exit_code == 0
    with Library(open_store(location)) as library:
        assert len(library.relations()) == 1
        library.add_relation("RoPE", "extends", "Pause Tokens")
    told = json.loads(CliRunner().invoke(app, ["--db", location, "write-back", "--json"]).stdout)
    assert [x["type"] for f in told["files"] for x in f["lines"]] == ["EXTENDS"]
    lexicon.unlink()
    told = json.loads(CliRunner().invoke(app, ["--db", location, "write-back", "--json"]).stdout)
    assert (told["files"], ["reads otherwise than when it was imported" in u["reason"] for u in told["notWritable"]]) == ([], [True])
