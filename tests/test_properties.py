"""What holds of any text read as notes: nothing raises, every place stands, twice is the same; `bench/fuzz.py` asks the same of a million."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import helpers

sys.path.append(str(Path(__file__).parent.parent / "bench"))
from holds import broken
from hostile import CUES, LABELS, MARKS, PATHS, PEOPLE, PLACES, SEEDS, TITLES, TOKENS, long_line, made
from papergraph.importing import extract
from papergraph.notes import markdown, read

words = st.sampled_from([*TITLES, *PEOPLE, *PLACES, *CUES, *LABELS]) | st.sampled_from(TOKENS)
lines = st.builds(lambda mark, parts, joint: mark + joint.join(parts), st.sampled_from(MARKS), st.lists(words, max_size=6), st.sampled_from(["", " ", ", "]))
notes = st.builds(lambda parts, end: end.join(parts), st.lists(lines, max_size=8), st.sampled_from(["\n", "\n\n", "\r\n", "\r"]))


@settings(max_examples=800, deadline=None)
@given(notes | st.text(max_size=120), st.sampled_from(PATHS))
def test_any_notes(text: str, path: str) -> None:
    assert broken(text, path) == []


@settings(max_examples=800, deadline=None)
@given(st.integers(0, 10**9))
@example(54503)  # a BibTeX title that is a full stop
def test_mutated_notes(number: int) -> None:
    path, text = made(number, SEEDS)
    # long ones are for bench/fuzz.py
    assert broken(text[:6_000], path) == []


@pytest.mark.parametrize(("path", "text"), SEEDS, ids=[path for path, _ in SEEDS])
def test_the_seeds(path: str, text: str) -> None:
    for cut in range(0, len(text), 60):
        assert broken(text[: len(text) - cut], path) == []


# --- what failed once, at its smallest

ONCE = [
    # places in Markdown: a tab made spaces, bars in cells, white space before a line break, lines of white space that is none for Markdown
    ("a.md", "# x\n- a\n\tb c\n"),
    ("a.md", "# x\n- a\n\t\tb `c\n\t\td` e\n"),
    ("a.md", "| a | b |\n|---|---|\n| c \\| d | `e\\|f` |\n| ![a](b) | a |\n"),
    ("a.md", "# x\na \\c \n  b\n"),
    ("a.md", "# x\n1. 1\n"),
    ("a.md", "\u3000\na\n```"),
    # halves of surrogate pairs, in the text and by YAML's escapes
    ("a.txt", "- A Title of Some Work 🔴\n- the same as \ud800\n"),
    ("a.md", '---\ntitle: "A \\ud800"\nurl: https://arxiv.org/abs/1\n---\nIt extends \udfff。\n'),
    # a work that would relate to itself
    ("a.md", "- [@a2020] って これと同じ？[@a2020] って これと同じ？"),
    # a link that shows nothing, at a line's end
    ("a.md", "Ae T[![]()]()"),
]


@pytest.mark.parametrize(("path", "text"), ONCE)
def test_what_failed_once(path: str, text: str) -> None:
    assert broken(text, path) == []


def test_what_stands_behind_a_tab_or_a_bar_is_where_it_is_said_to_be() -> None:
    text = "# x\n- a\n\tb c\n\n| a | b |\n|---|---|\n| c \\| d | e |\n"
    assert [(b.text, "".join(text[o] for o in b.offsets)) for b in read(text, "a.md").walk()] == [("x", "x"), ("a b c", "a\nb c"), ("c | d\te", "c \\ d e")]


def test_places_below_a_line_that_is_passed_over() -> None:
    text = f"---\ntitle: A\nb: {'x' * 200_001}\n---\n# c\n- It extends [D E F](https://arxiv.org/abs/1).\n"
    assert broken(text, "a.md") == []
    assert [b.line for b in read(text, "a.md").walk()] == [5, 6]


marks = st.sampled_from(["[", "]", "![", "](", ")", "](b)", "[[", "]]", "[a]", "[a](b)", "`", "*", "<b>", "<", "\\", "\n", "a ", "[" * 140, "]" * 140])


@settings(max_examples=600, deadline=None)
@given(st.lists(marks, max_size=40).map("".join))
def test_labels_end_where_markdown_it_ends_them(text: str) -> None:
    own, plain = markdown._parser.__wrapped__(), markdown._parser.__wrapped__()
    plain.helpers = helpers
    assert own.parse(text) == plain.parse(text)


PAPER = "- [A Title of Some Work](https://arxiv.org/abs/1701.00001)\n  - The same as "
SLOW_ONCE = [
    (PAPER, "A-", "!x"), ("", "A-", ""), ("", "A", ""), (PAPER, "? ", ""), (PAPER, "=", ""), (PAPER, "_", ""), (PAPER, "\u3000", "!x"), (PAPER, "\t", "!x"), (PAPER, "![", ""), ("", "これと同じ", ""),
    ("<div>\n", "<script>a\n", ""), ("", "- a remark\n", ""), ("", "見出し\n", "- a\n"), ("", "`a` ", ""), ("# x\n", "[", ""), ("# ", "? ", "x"), ("# x\n[1] ", "_a_ ", ""), ("# x\n", "https://a.b/ ", ""),
]  # fmt: skip


@pytest.mark.parametrize(("begin", "token", "end"), SLOW_ONCE)
def test_what_took_too_long_once(begin: str, token: str, end: str) -> None:
    started = time.monotonic()
    statements, _ = extract([read(begin + long_line(token, 8_000) + end, "a.md")])
    assert statements
    assert time.monotonic() - started < 60  # a guard against never ending, not a measure
