"""Files of notes → changes of the store: just what was edited, and nothing of what the user added."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import DATA, ICLR, PAUSE
from papergraph import importing
from papergraph.errors import NotesError, StaleError
from papergraph.library import Library
from papergraph.model import Note
from papergraph.origins import origins
from papergraph.store import open_store
from papergraph.store.changes import count
from papergraph.store.protocol import Filter

Write = Callable[[str, str], Path]

NOTES = """# Attention
- [Pause Tokens Help Language Models Think](https://arxiv.org/abs/2310.02226) (oral)
  - Same idea as the paper below.
  - They insert pauses before the answer.
- [Transformers Are Multi-State Recurrent Networks](https://arxiv.org/abs/2401.06104)
  - 「面白い。」
"""


def titles(library: Library) -> list[str]:
    return [p.title for p in library.papers(role="entry")]


def test_an_edit_changes_just_what_was_edited(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path)
    before = library.store.graph()
    write("a.md", NOTES.replace("They insert pauses before the answer.", "They insert pauses after the question."))
    plan = library.import_notes(path)
    told = {(verb, label): n for verb, label, n in count(plan.changes)}
    assert told[("added", "Note")] == told[("retracted", "Note")] == 1
    assert {k for k in told if k[0] in ("added", "retracted")} == {("added", "Note"), ("retracted", "Note")}
    assert len(library.store.graph().relations) == len(before.relations) == 1


def test_a_line_put_before_all_only_moves_the_rest(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path)
    write("a.md", "Read in spring.\n\n" + NOTES)
    plan = library.import_notes(path)
    verbs = {c.verb for c in plan.changes}
    assert "retracted" not in verbs
    assert [n.text for c in plan.changes if c.verb == "added" and isinstance(n := c.statement.element, Note)] == ["Read in spring."]
    text = path.read_text(encoding="utf-8")
    assert all(text[e.start : e.end] == e.quote for r, _, _ in library.relations() for e in r.evidence)


def test_what_is_struck_out_goes_and_what_the_user_added_stays(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path)
    library.add_relation("pause tokens", "uses", "multi-state", note="seen in the code")
    library.add_alias("pause tokens", "PT")
    lines = NOTES.splitlines(keepends=True)
    write("a.md", lines[0] + "".join(lines[4:]))
    library.import_notes(path)
    assert titles(library) == ["Transformers Are Multi-State Recurrent Networks"]
    (kept,) = library.relations()
    assert (kept[0].type, kept[0].asserted_by, kept[1].name) == ("USES", "user", "Pause Tokens Help Language Models Think")
    assert library.paper("PT").role == "cited"


def test_what_the_user_removed_stays_out(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path)
    (relation, *_) = library.relations()
    library.remove(relation[0].id)
    write("a.md", NOTES + "- [Another Paper About Things](https://arxiv.org/abs/2401.00009)\n")
    library.import_notes(path)
    assert library.relations() == ()
    assert len(titles(library)) == 3
    library.undo(2)
    assert len(library.relations()) == 1


def test_a_file_of_an_imported_folder_can_be_imported_by_itself(library: Library, write: Write) -> None:
    one, two = write("sub/a.md", NOTES), write("b.md", "# Other\n- [Yet Another Long Paper Title](https://arxiv.org/abs/2401.00003)\n")
    library.import_notes(one.parent.parent)
    assert [s.uri for s in library.store.sources()] == ["notes/b.md", "notes/sub/a.md"]
    assert library.import_notes(one).changes == ()
    assert library.import_notes(one, two).changes == ()
    assert {p.path for p in library.papers()} == {"sub/a.md", "b.md"}


OTHER = "# Other\n- [Yet Another Long Paper Title](https://arxiv.org/abs/2401.00003)\n  - Nothing to add here.\n"


def test_a_file_that_has_gone_from_its_folder_is_said_and_retracted_only_when_asked_for(library: Library, write: Write) -> None:
    path, other = write("a.md", NOTES), write("b.md", OTHER)
    library.import_notes(path.parent)
    before = library.export_json()
    other.unlink()
    plan = library.import_notes(path.parent)
    assert (plan.changes, plan.gone, plan.pruned) == ((), ("notes/b.md",), ())
    assert library.export_json() == before
    plan = library.import_notes(path.parent, prune=True)
    assert (plan.gone, plan.pruned) == ((), ("notes/b.md",))
    assert len(titles(library)) == 2
    assert [s.uri for s in library.store.sources()] == ["notes/a.md"]
    library.undo()
    assert library.export_json() == before


def test_the_last_file_of_a_folder_can_go(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path.parent)
    path.unlink()
    assert library.import_notes(path.parent).gone == ("notes/a.md",)
    library.import_notes(path.parent, prune=True)
    assert library.papers() == ()


@pytest.mark.parametrize("edited", [False, True])
def test_a_renamed_file_is_the_same_notes(library: Library, write: Write, edited: bool) -> None:
    path, other = write("a.md", NOTES), write("sub/b.md", OTHER)
    library.import_notes(path.parent)
    before = titles(library)
    path.unlink()
    write("sub/new name.md", NOTES + ("\n- [One More Paper Title](https://arxiv.org/abs/2401.00009)\n" if edited else ""))
    plan = library.import_notes(path.parent)
    assert (plan.renamed, plan.gone) == ((("notes/a.md", "notes/sub/new name.md"),), ())
    assert sorted(t for t in titles(library) if t != "One More Paper Title") == sorted(before)
    assert {s.uri for s in library.store.sources()} == {"notes/sub/b.md", "notes/sub/new name.md"}
    assert other.exists()


def test_files_that_have_not_changed_are_not_parsed(library: Library, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.md", NOTES)
    write("cp932.md", "# 論文\n- 「日本語の長い論文の題名についての研究」\n").write_bytes("# 論文\n- [日本語の長い論文の題名](https://arxiv.org/abs/2401.00004)\n".encode("cp932"))
    write("bom.md", "\ufeff" + OTHER)
    write("empty.md", "")
    first = library.import_notes(path.parent)

    def parse(*_: object) -> None:
        raise AssertionError("a file was parsed")

    monkeypatch.setattr("papergraph.notes.read", parse)
    second = library.import_notes(path.parent)
    assert (second.changes, second.failures, second.files) == ((), first.failures, first.files)
    assert len(library.history()) == 1
    write("empty.md", "\n")
    with pytest.raises(AssertionError, match="a file was parsed"):
        library.import_notes(path.parent)


def test_notes_are_read_again_when_the_words_or_the_rules_change(library: Library, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path.parent)
    write("papergraph.toml", '[[cues]]\ntype = "uses"\npatterns = ["stands on"]\n')
    write("a.md", NOTES)
    assert library.import_notes(path.parent).details["lexicon"] != library.history()[-1].details["lexicon"]
    monkeypatch.setattr("papergraph.rules._code", lambda: "0123456789")
    seen: list[str] = []
    plan = library.import_notes(path.parent, progress=lambda what, done, total: seen.append(what))
    assert (plan.changes, plan.details["rules"], "extracting" in seen) == ((), "0123456789", True)


def test_an_undone_import_is_made_again(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path.parent)
    before = library.export_json()
    library.undo()
    assert library.papers() == ()
    assert library.import_notes(path.parent).changes != ()
    assert library.export_json() == before


def test_a_decision_holds_when_a_title_is_put_right_in_the_notes(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path)
    ((said, _, _),) = library.relations()
    library.reject(said.id, reason="no")
    write("a.md", NOTES.replace("Pause Tokens Help Language Models Think", "Pause Tokens Help Large Language Models to Think"))
    library.import_notes(path)
    assert library.relations() == ()
    ((still, a, b),) = library.relations(status="rejected")
    assert (still.reason, {a.name, b.name}) == ("no", {"Pause Tokens Help Large Language Models to Think", "Transformers Are Multi-State Recurrent Networks"})
    write("a.md", NOTES)
    library.import_notes(path)
    library.undo(2)
    library.accept(said.id)
    write("a.md", NOTES.replace("Pause Tokens Help Language Models Think", "Pause Tokens Help Large Language Models to Think"))
    library.import_notes(path)
    ((still, a, b),) = library.relations()
    assert (str(still.status), {a.name, b.name}) == ("accepted", {"Pause Tokens Help Large Language Models to Think", "Transformers Are Multi-State Recurrent Networks"})


def test_a_file_that_was_imported_with_its_folder_is_not_looked_after_twice(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path.parent)
    library.import_notes(path)
    assert [o.paths for o in origins(library.store)] == [(str(path.parent),)]
    library.import_notes(path.parent.parent)
    assert [o.paths for o in origins(library.store)] == [(str(path.parent.parent),)]


def test_a_bad_file_stops_no_other_and_keeps_what_it_said(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    bad = write("b.md", "# Other\n- [Yet Another Long Paper Title](https://arxiv.org/abs/2401.00003)\n")
    library.import_notes(path.parent)
    bad.write_bytes("# 論文のメモ、良い".encode() + b"\xff\xfe" + "\n- 続き".encode())
    plan = library.import_notes(path.parent)
    assert len(plan.failures) == 1
    assert plan.failures[0].startswith("b.md:1: not UTF-8: byte 0xff at column 11")
    assert len(titles(library)) == 3


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: p / "none.md", "no such file or folder"),
        (lambda p: p, "a folder without notes"),
        (lambda p: _file(p / "a.md", b""), "the file is empty"),
        (lambda p: _file(p / "a.md", b" \n\n "), "the file is empty"),
        (lambda p: _file(p / "a.md", b"\x7fELF\0\0\0"), "binary file"),
        (lambda p: _file(p / "a.md", "論文の話\n".encode() + b"\x80\x81 abc"), "a.md:2: not UTF-8: byte 0x80"),
    ],
)
def test_what_cannot_be_read_is_told(library: Library, tmp_path: Path, make: Callable[[Path], Path], message: str) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    with pytest.raises(NotesError, match=message):
        library.import_notes(make(folder))
    assert library.history() == ()


def _file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp932", "euc_jp"])
def test_encodings_give_one_graph(encoding: str, tmp_path: Path) -> None:
    text = "".join(c for c in ICLR.read_text(encoding="utf-8") if c.encode("euc_jp", "ignore") and c.encode("cp932", "ignore"))
    exports = []
    for name, codec in (("plain", "utf-8"), ("other", encoding)):
        path = tmp_path / name / "notes" / "a.txt"
        path.parent.mkdir(parents=True)
        path.write_bytes(text.encode(codec))
        with Library(open_store(":memory:")) as library:
            library.import_notes(path)
            exports.append(library.export_json())
    assert exports[0] == exports[1]


def test_a_file_under_two_names_is_told(library: Library, tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "notes").mkdir(parents=True)
        (tmp_path / parent / "notes" / "a.md").write_text(NOTES, encoding="utf-8")
    with pytest.raises(NotesError, match="--as NAME"):
        library.import_notes(tmp_path / "x" / "notes", tmp_path / "y" / "notes")
    library.import_notes(tmp_path / "x" / "notes")
    library.import_notes(tmp_path / "y" / "notes", collection="y-notes")
    assert len(library.store.sources()) == 2
    assert len(titles(library)) == 2


def test_another_file_of_the_same_name_does_not_wipe_out_the_first(library: Library, tmp_path: Path) -> None:
    paths = [tmp_path / parent / "docs" / "README.md" for parent in ("x", "y")]
    for path, text in zip(paths, (NOTES, "# Vision\n- [A Paper About Seeing Things](https://arxiv.org/abs/2401.00007)\n"), strict=True):
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    library.import_notes(paths[0])
    with pytest.raises(NotesError, match=r"nothing in common.*--as NAME"):
        library.import_notes(paths[1])
    assert len(titles(library)) == 2
    library.import_notes(paths[1], collection="y")
    assert len(titles(library)) == 3
    library.import_notes(paths[1], replace=True)
    assert titles(library) == ["A Paper About Seeing Things"]


def test_interrupting_changes_nothing(library: Library, monkeypatch: pytest.MonkeyPatch, write: Write) -> None:
    library.import_notes(write("a.md", NOTES))
    before = library.export_json()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    for place in ("_put_terms", "_put_statements", "_put_graph"):
        with monkeypatch.context() as patch:
            patch.setattr(library.store, place, interrupted)
            with pytest.raises(KeyboardInterrupt):
                library.import_notes(ICLR)
        assert library.export_json() == before
    library.import_notes(ICLR)
    assert PAUSE in titles(library)


def test_processes_read_the_same(library: Library, write: Write) -> None:
    for n in range(12):
        write(f"{n:02}.md", NOTES.replace("Pause", f"Pause{n}"))
    folder = write("z.md", "# See\n- [[03]] is the same idea as [[04]]?\n").parent
    one = importing.plan_import(library.store, [folder], jobs=1)
    two = importing.plan_import(library.store, [folder], jobs=2)
    assert one.changes == two.changes


def test_both_forms_of_the_iclr_notes_make_one_set_of_papers(iclr: Library) -> None:
    assert len(iclr.store.papers(Filter(role="entry"))) == 39
    iclr.import_notes(DATA / "iclr2024-notes.md")
    assert len(iclr.store.papers(Filter(role="entry"))) == 39
    assert all(p.openreview_id for p in iclr.store.papers(Filter(role="entry")))


TEXT = st.text(st.sampled_from(list("ab 。\r\n\t🔴👩‍👧e\u0301𠮷「」()[]#-*`<>!?論文の上下とgiven")), max_size=120)


@settings(max_examples=60, deadline=None)
@given(TEXT, st.sampled_from(["", "\ufeff"]), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["a.md", "a.txt"]))
def test_any_text_can_be_imported_and_quoted(text: str, mark: str, newline: str, name: str) -> None:
    from papergraph.notes import decode, read

    notes = f"# 見出し\n- [A Paper With a Long Title](https://arxiv.org/abs/1) 🔴\n  - 下の論文と主張が一致 {text}\n- [Another Paper With a Title](https://arxiv.org/abs/2)\n  - {text}"
    data = (mark + notes.replace("\n", newline)).encode("utf-8", "surrogatepass")
    plain = decode(data, name).text
    statements, _ = importing.extract([read(plain, name, f"x/{name}")])
    for statement in statements:
        element = statement.element
        for evidence in getattr(element, "evidence", ()):
            assert plain[evidence.start : evidence.end] == evidence.quote
            assert evidence.line == plain.count("\n", 0, evidence.start) + 1 or newline == "\r" or "\r" in text
        if isinstance(element, Note):
            assert 0 <= element.start < element.end <= len(plain)
    with open_store(":memory:") as store:
        from papergraph.store.changes import changes_between

        store.apply(changes_between([], statements), by="import", action="x")
        assert store.graph().nodes


PLAIN = """# Reading
## Pause Tokens: Think before you speak (Goyal et al., ICLR 2024)
Same idea as the paper below.
They insert pauses before the answer.
## Transformers Are Multi-State Recurrent Networks (Oren et al., 2024)
Nothing to add.
"""


def test_what_the_user_said_holds_when_a_title_without_identifiers_is_put_right(library: Library, write: Write) -> None:
    path = write("a.md", PLAIN)
    library.import_notes(path)
    ((said, _, _),) = library.relations()
    library.edit_paper("Pause Tokens", year=2023)
    library.reject(said.id)
    write("a.md", PLAIN.replace("Pause Tokens: Think before you speak", "Think before you speak: Training Language Models With Pause Tokens"))
    library.import_notes(path)
    assert library.relations() == ()
    assert next((p.title, p.year) for p in library.papers(role="entry")) == ("Think before you speak: Training Language Models With Pause Tokens", 2023)
    assert len(library.papers()) == 2
    library.undo()
    write("a.md", PLAIN)
    library.import_notes(path)
    assert next(p.year for p in library.papers(role="entry")) == 2023
    # another work in its place is no title put right
    write("a.md", PLAIN.replace("Pause Tokens: Think before you speak", "On Quite Other Matters of Vision").replace("They insert pauses", "Nobody rests"))
    library.import_notes(path)
    assert next(p.year for p in library.papers(role="entry")) == 2024


def test_a_file_whose_name_is_no_unicode_is_named_and_stops_no_other(library: Library, write: Write) -> None:
    folder = write("a.md", NOTES).parent
    import os

    with open(os.fsencode(folder) + b"/\x83\x6d.md", "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write(NOTES.encode())
    plan = library.import_notes(folder)
    assert [f.uri for f in plan.files] == ["notes/a.md"]
    assert plan.failures == ("\ufffdm.md: its name is no valid UTF-8; give it another one",)
    assert len(library.papers(role="entry")) == 2


def test_an_import_goes_again_where_somebody_decided_meanwhile(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path)
    ((said, _, _),) = library.relations()
    write("a.md", NOTES.replace("  - Same idea as the paper below.\n", ""))
    plan = library.plan_import(path)
    library.accept(said.id)
    with pytest.raises(StaleError, match="run the command again"):
        library.apply_plan(plan, path)
    library.import_notes(path)
    ((kept, _, _),) = library.relations()
    assert [(e.quote, e.lost) for e in kept.evidence] == [("Same idea as the paper below.", True)]


def test_undoing_an_import_keeps_the_sentences_of_a_decision(library: Library, write: Write) -> None:
    path = write("a.md", NOTES)
    library.import_notes(path)
    ((said, _, _),) = library.relations()
    library.accept(said.id)
    library.undo(1)
    ((kept, _, _),) = library.relations()
    assert [(e.quote, e.lost) for e in kept.evidence] == [("Same idea as the paper below.", True)]
    library.redo(1)
    ((back, _, _),) = library.relations()
    assert [(e.quote, e.lost) for e in back.evidence] == [("Same idea as the paper below.", None)]
