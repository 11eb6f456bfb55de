"""Readers: bytes → text → blocks, each character in its place."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papergraph.errors import NotesError
from papergraph.notes import Block, BlockKind, Document, decode, read
from papergraph.notes.document import line_starts


def outline(document: Document) -> list[tuple[int, str, int, str]]:
    return [(b.line, str(b.kind), b.level, b.text) for b in document.walk()]


def nested(blocks: tuple[Block, ...]) -> list[object]:
    return [[b.text, *nested(b.children)] if b.children else b.text for b in blocks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jp"])
def test_encodings_are_told(encoding: str) -> None:
    text = "論文を読んだ。とても面白い手法だと思う。\n状態空間モデルの話。\n"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert decode(mark + text.encode(encoding), "a.txt").text == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"abc\0def", "binary file"),
        ("一行目\n二行目は壊".encode() + b"\xe3\x81" + "れた".encode(), r"a.txt:2: not UTF-8: byte 0xe3 at column 6 \(offset 25\)"),
        (b"plain \xff\xfe text", r"a.txt:1: not UTF-8.*--encoding"),
    ],
)
def test_what_cannot_be_decoded(data: bytes, message: str) -> None:
    with pytest.raises(NotesError, match=message):
        decode(data, "a.txt")


def test_an_encoding_can_be_given() -> None:
    assert decode("é".encode("latin-1"), "a", "latin-1").text == "é"
    with pytest.raises(NotesError, match="another --encoding"):
        decode(b"\xff\xff", "a", "utf-8")


# --- flat text


def test_headings_without_marks_nest_by_what_follows_and_by_wording() -> None:
    text = "Notes\nMethods\nOn pretraining\n- a\n- b\nOn finetuning\n- c\nData\n- d\n"
    assert nested(read(text, "a.txt").blocks) == [["Notes", ["Methods", ["On pretraining", "a", "b"], ["On finetuning", "c"]]], ["Data", "d"]]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("- one\n<pause-token>\nが出る間は待つ。- 「面白い」\n- two", ["one", "<pause-token>が出る間は待つ。", "「面白い」", "two"]),
        ("・項目\n● another", ["項目", "another"]),
        ("1. first\n2) second", ["first", "second"]),
        ("A line of prose that ends.\n\nAnother one.", ["A line of prose that ends.", "Another one."]),
        ("----\n- x\n=====", ["x"]),
        ("2.1 Section\n- x\n2.2 Other\n- y", ["2.1 Section", "x", "2.2 Other", "y"]),
        ("■ 見出し\n- x", ["見出し", "x"]),
    ],
)
def test_flat_blocks(text: str, blocks: list[str]) -> None:
    document = read(text, "a.txt")
    assert document.flat
    assert [b.text for b in document.walk()] == blocks


# --- Markdown

MARKDOWN = """---
title: 'メモ'
tags: [paper]
---
# Top
Text with a [link](https://example.org/a_(b)) and **bold**
that goes on, `code` &amp; \\*star\\*.

<!-- - [Hidden](https://arxiv.org/abs/1)
  - not part of the notes -->
- one <!-- nor this -->
  - [[page|label]] and [[other]], ![[image.png]]
    - 日本語の
      続き

| a | b |
| --- | --- |
| [x](https://arxiv.org/abs/2) | y |

> quoted

```bibtex
@article{a}
```
"""


def test_markdown_blocks() -> None:
    document = read(MARKDOWN, "a.md")
    assert (document.front.title, document.front.tags, document.front.line) == ("メモ", ("paper",), 2)
    assert outline(document) == [
        (5, "heading", 1, "Top"),
        (6, "paragraph", 0, "Text with a link and bold that goes on, code & *star*."),
        (11, "item", 1, "one "),
        (12, "item", 2, "label and other, "),
        (13, "item", 3, "日本語の続き"),
        (18, "row", 0, "x\ty"),
        (20, "paragraph", 0, "quoted"),
        (23, "code", 0, "@article{a}"),
    ]
    links = [(b.text[x.start : x.end], x.target, x.kind) for b in document.walk() for x in b.links]
    assert links == [("link", "https://example.org/a_(b)", "url"), ("label", "page", "wiki"), ("other", "other", "wiki"), ("x", "https://arxiv.org/abs/2", "url")]
    assert [b.quoted for b in document.walk()].index(True) == 6


def test_toml_front_matter_and_bad_yaml() -> None:
    assert read('+++\ntitle = "A"\nauthors = ["B C", "D E"]\ndate = 2024-01-02T00:00:00Z\n+++\n', "a.md").front.authors == ("B C", "D E")
    bad = read("---\ntitle: [\n---\n# x\n", "a.md")
    assert bad.problems[0].line == 1
    assert "YAML" in bad.problems[0].message
    bomb = read("---\na: &a [x]\nb: [*a, *a]\n---\n# x\n", "a.md")
    assert "aliases" in bomb.problems[0].message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("> " * 10_000 + "x", "levels deep"),
        ("".join(f"{'  ' * n}- x\n" for n in range(1_500)), "levels deep"),
        ("# a\n" + "x" * 1_000_000 + "\n- b\n", "a line of 1,000,000 characters"),
    ],
)
def test_hostile_layouts_end_soon_with_a_problem(text: str, problem: str) -> None:
    started = time.monotonic()
    document = read(text, "a.md")
    assert any(problem in p.message for p in document.problems), document.problems
    assert time.monotonic() - started < 60  # a guard against never ending, not a measure


@pytest.mark.parametrize("piece", ["[", "![", "[[", "(", "**", "`", "<", "「", " ", "a ", "a: ", "| ", "- ", "&amp;", "\\", "(A, ", "A. ", "et al. "])
def test_hostile_lines_are_read_and_extracted(piece: str) -> None:
    from papergraph.importing import extract

    statements, _ = extract([read("- " + piece * 8_000, "a.md"), read("x\n- " + piece * 8_000 + "2024)", "b.txt")])
    assert statements


# every visible character stands where it says

CHARACTERS = [*"ab1 \t\n-*_#>[]()|`<!&;\\.。「」:/@'\"", "\r\n", "\r", "\ufeff", "🔴", "👩‍👧", "e\u0301", "𠮷", "論", "文", "\u2028", "\x0b", "\x85", "[[", "]]", "](", "http://x.y", "---\n", "```\n", "<!--", "-->", "\0"]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(CHARACTERS), max_size=60).map("".join), st.sampled_from(["a.md", "a.txt"]))
def test_any_text_is_read_and_placed(text: str, path: str) -> None:
    document = read(text, path)
    starts = line_starts(text)
    for block in document.walk():
        assert len(block.offsets) == len(block.text)
        assert list(block.offsets) == sorted(set(block.offsets)) or block.kind is BlockKind.ROW
        assert all(0 <= o < len(text) for o in block.offsets)
        assert block.offsets[0] >= starts[block.line - 1]
        assert all(0 <= x.start <= x.end <= len(block.text) for x in block.links)
        plain = [(c, text[o]) for c, o in zip(block.text, block.offsets, strict=True) if text[o] not in "&\\\r\n\0|" and c not in " \t"]
        assert all(c == o for c, o in plain), plain


def test_crlf_and_lf_give_the_same_blocks() -> None:
    one, two = read(MARKDOWN, "a.md"), read(MARKDOWN.replace("\n", "\r\n"), "a.md")
    assert [o for o in outline(one) if o[1] != "code"] == [o for o in outline(two) if o[1] != "code"]


def test_places_of_front_matter() -> None:
    text = "---\r\ntitle: A Title\r\nauthors:\r\n  - Ann Lee\r\n  - Bo Chen\r\nyear: 2019\r\ntags: [a,\r\n  b]\r\n---\r\nHello\r\n"
    document = read(text, "a.md")
    assert {name: (span.line, text[span.start : span.end]) for name, span in document.front.places} == {
        "title": (2, "A Title"),
        "authors": (4, "- Ann Lee\r\n  - Bo Chen"),
        "year": (6, "2019"),
        "tags": (7, "[a,\r\n  b]"),
    }
    toml = '+++\ntitle = "A Title"\n[extra]\nauthors = ["B"]\n+++\n'
    assert [(name, toml[span.start : span.end]) for name, span in read(toml, "a.md").front.places] == [("title", '"A Title"')]
