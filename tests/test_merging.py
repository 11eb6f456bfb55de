"""Which names are one work, in the user's word: merge and split, each the inverse of the other, whatever is imported between."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import paper_id
from papergraph.errors import UsageError
from papergraph.graph import build
from papergraph.library import Library
from papergraph.model import Paper, Statement
from papergraph.store import open_store
from papergraph.store.changes import Change
from papergraph.store.protocol import Store
from papergraph.vocabulary import Role

Write = Callable[[str, str], Path]

FIRST, SECOND, THIRD = "Pause Tokens Help Language Models Think", "ポーズトークンは言語モデルの思考を助ける", "Transformers Are Multi-State Recurrent Networks"
NOTES = f"""# 注意
- [{FIRST}](https://arxiv.org/abs/2310.02226) (oral)
  - Same idea as the paper below.
- [{THIRD}](https://arxiv.org/abs/2401.06104)
  - 面白い。
- [{SECOND}](https://arxiv.org/abs/2311.00007)
  - 上の論文と主張が一致
"""
MORE = NOTES + "\n# Later\n- [Another Long Title of a Paper](https://arxiv.org/abs/2401.00009)\n  - The opposite of what Pause Tokens Help Language Models Think found.\n"


def names(library: Library) -> set[str]:
    return {p.title for p in library.papers()}


def types(library: Library) -> list[str]:
    return sorted(r.type for r, _, _ in library.relations())


@pytest.mark.parametrize("between", ["merge, import, split", "import, merge, split", "merge, split, import", "merge, split, merge, import, split", "merge, undo, import", "merge, split by name, import"])
def test_what_was_merged_and_split_is_as_if_it_never_had_been(store: Store, write: Write, between: str) -> None:
    library = Library(store)
    library.import_notes(write("a.md", NOTES))
    for step in between.split(", "):
        if step == "merge":
            assert library.merge(SECOND, FIRST) is not None
            assert library.paper(SECOND) == library.paper(FIRST)
        elif step == "import":
            library.import_notes(write("a.md", MORE))
        elif step == "undo":
            library.undo()
        else:
            library.split(FIRST, SECOND if "name" in step else None)
    with Library(open_store(":memory:")) as other:
        other.import_notes(write("a.md", MORE))
        assert library.export_json() == other.export_json()


def test_a_merge_takes_both_names_and_all_that_is_said_of_either(store: Store, write: Write) -> None:
    library = Library(store)
    library.import_notes(write("a.md", NOTES))
    library.merge(FIRST, SECOND)
    assert library.merge(SECOND, FIRST) is None
    one = library.paper(SECOND)
    assert {one.title, *one.aliases} >= {FIRST, SECOND}
    assert (one.decision, one.arxiv_id) == ("oral", "2310.02226")
    assert len(library.papers()) == 2
    assert types(library) == ["CONSISTENT_WITH", "SIMILAR_TO"]
    assert {n.text for n in library.show(FIRST).notes} == {"Same idea as the paper below.", "上の論文と主張が一致"}


def test_a_paper_is_one_with_itself(library: Library, write: Write) -> None:
    library.import_notes(write("a.md", NOTES))
    assert library.merge(FIRST, "pause tokens") is None
    assert len(library.history()) == 1
    with pytest.raises(UsageError, match="by this one name only; there is nothing to split"):
        library.split(FIRST)


def test_what_relates_a_paper_to_itself_vanishes_and_comes_back(store: Store, write: Write) -> None:
    library = Library(store)
    library.import_notes(write("a.md", NOTES))
    ((relation,),) = [[r for r, _, _ in library.relations() if r.type == "SIMILAR_TO"]]
    library.accept(relation.id, reason="見た")
    before = library.export_json()
    library.merge(FIRST, THIRD)
    assert "SIMILAR_TO" not in types(library)
    with pytest.raises(UsageError, match="no relation has the id"):
        library.accept(relation.id)
    library.import_notes(write("a.md", MORE))
    library.import_notes(write("a.md", NOTES))
    library.split(FIRST)
    assert library.export_json() == before


@pytest.mark.parametrize("name", [f"{FIRST.lower()}", FIRST.upper(), "Ｐａｕｓｅ Tokens Help Language Models Think!", paper_id(FIRST)])
def test_a_name_to_split_is_known_in_any_case_and_width_and_by_its_id(library: Library, write: Write, name: str) -> None:
    library.import_notes(write("a.md", NOTES))
    before = library.export_json()
    library.merge(FIRST, SECOND)
    library.split(SECOND, name)
    assert library.export_json() == before


SAME_ID = """# A
- [Deep Nets Study of Wide Layers](https://arxiv.org/abs/2401.00001)
  - Same idea as the paper below.
- [Vision Mamba Efficient Visual Learning](https://arxiv.org/abs/2401.00002)
"""
MISQUOTED = "# B\n- [A Quite Different Work about Layers](https://arxiv.org/abs/2401.00001)\n  - 面白い。\n"


def test_an_automatic_join_that_was_split_stays_split(store: Store, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(store)
    folder = write("a.md", SAME_ID).parent
    write("b.md", MISQUOTED)
    library.import_notes(folder)
    assert len(library.papers()) == 2
    joined = library.export_json()
    library.split("Deep Nets")
    assert len(library.papers()) == 3
    for text in ("\nMore.\n", "\n"):
        write("b.md", MISQUOTED + text)
        library.import_notes(folder)
        assert len(library.papers()) == 3
    monkeypatch.setattr("papergraph.rules._code", lambda: "0123456789")
    library.import_notes(folder)
    assert len(library.papers()) == 3
    # files that go and come back
    (folder / "b.md").unlink()
    library.import_notes(folder, prune=True)
    assert len(library.papers()) == 2
    write("b.md", MISQUOTED)
    library.import_notes(folder)
    assert len(library.papers()) == 3
    # merge takes the word back, and leaves none
    library.merge("Deep Nets", "Quite Different")
    assert library.export_json() == joined
    library.split("Deep Nets", "A Quite Different Work about Layers")
    assert len(library.papers()) == 3
    library.undo()
    assert library.export_json() == joined


def test_a_split_says_which_names_there_are_where_there_are_several(library: Library, write: Write) -> None:
    library.import_notes(write("a.md", NOTES))
    library.merge(FIRST, SECOND)
    library.merge(FIRST, THIRD)
    with pytest.raises(UsageError, match="has several names; say which one is another work:") as told:
        library.split(FIRST)
    assert all(name in str(told.value) for name in (FIRST, SECOND, THIRD))
    with pytest.raises(UsageError, match=r"'nonsense' is none of the names of .* they are:"):
        library.split(FIRST, "nonsense")
    library.split(FIRST, THIRD)
    assert library.paper(FIRST) == library.paper(SECOND)
    assert library.paper(FIRST) != library.paper(THIRD)


def test_many_pairs_are_merged_at_once(store: Store, write: Write) -> None:
    library = Library(store)
    library.import_notes(write("a.md", NOTES))
    before = library.export_json()
    ids = [paper_id(t) for t in (FIRST, SECOND, THIRD)]
    assert library.merge_all([(ids[0], ids[1]), (ids[1], ids[2]), (ids[2], ids[0]), (ids[0], ids[0]), ("p-none", ids[0])]) is not None
    assert len(library.papers()) == 1
    assert library.merge_all([(ids[0], ids[1])]) is None
    library.undo()
    assert library.export_json() == before


# --- any sequence of merges and splits

TITLES = ("Vision Mamba", "Vision Mamba: Efficient Visual Learning", "Vision Mamba: Another One of That Name", "状態空間モデルの研究", "A Second Look at Layer Norms", "LoRA: Low-Rank Adaptation")
PAPERS = tuple(
    Paper(paper_id(t), t, Role.ENTRY if n % 2 else Role.CITED, arxiv_id=x) for n, (t, x) in enumerate(zip(TITLES, (None, "2401.00001", "2401.00002", "2401.00001", None, "2401.00002"), strict=True))
)
MENTIONS = st.sampled_from([p.id for p in PAPERS])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["merge", "split", "undo", "come", "go"]), MENTIONS, MENTIONS), max_size=14), st.sets(st.integers(0, 5), min_size=2))
def test_merged_is_one_and_split_is_apart(steps: list[tuple[str, str, str]], first: set[int]) -> None:
    with Library(open_store(":memory:")) as library:
        store = library.store
        at_first = library.export_json()

        def put(n: int) -> None:
            said = Statement("s-notes", PAPERS[n])
            held = {s.key: s for s in store.statements_on([PAPERS[n].id])}.get(said.key)
            store.apply([Change(held, None if held else said)], by="import", action="import")

        def works() -> dict[str, str]:
            found = store.works_of([p.id for p in PAPERS])
            alive = store.get(set(found.values()))
            return {m: w for m, w in found.items() if w in alive and any(s.asserter == "s-notes" for s in store.statements_on([m]))}

        for n in sorted(first):
            put(n)
        for verb, a, b in steps:
            before = works()
            try:
                if verb == "merge" and {a, b} <= before.keys():
                    done = library.merge(a, b)
                    assert (done is None) == (before[a] == before[b])
                    assert works()[a] == works()[b]
                elif verb == "split" and a in before:
                    sisters = {m for m, w in before.items() if w == before[a]}
                    library.split(a, a)
                    now = works()
                    # what it was merged with may have gone from the notes
                    assert sisters == {a} or any(now[m] != now[a] for m in sisters), f"{a} is still one with {sisters}"
                elif verb == "undo":
                    library.undo()
                elif verb in ("come", "go"):
                    put([p.id for p in PAPERS].index(a))
            except UsageError:
                assert verb in ("split", "undo")
            assert store.graph() == build(store.all_statements())
        while True:
            try:
                library.undo()
            except UsageError as error:
                assert str(error) == "nothing to undo"
                break
        assert json.loads(library.export_json()) == json.loads(at_first)


def test_two_that_look_alike_are_told_apart_and_merged_after_all() -> None:
    with Library(open_store(":memory:")) as library:
        a = library.add_paper("Broadcast Disks: Data Management for Asymmetric Networks", authors=("S. Acharya",), year=1995)
        b = library.add_paper("Broadcast disks: data managment for asymmetric networks", authors=("Acharya, S.",), year=1995)
        before = library.export_json()
        assert [{d.first.id, d.second.id} for d in library.duplicates()] == [{a.id, b.id}]
        assert library.split(a.id, b.id) is not None
        assert library.split(b.id, a.id) is None
        assert (library.duplicates(), library.export_json()) == ([], before)
        library.merge(a.id, b.id)
        assert len(library.papers()) == 1
        library.split(a.id)
        # it was merged and parted again: that is known without another word
        assert (library.duplicates(), library.export_json()) == ([], before)
