"""Readers of BibTeX, org-mode and HTML: text → blocks and fields, each character in its place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papergraph.model import Problem
from papergraph.notes.bibtex import read_bibtex
from papergraph.notes.document import Block, BlockKind, Fields, line_starts
from papergraph.notes.html import read_html
from papergraph.notes.org import read_org

LONGEST = 200_000


def bibtex(text: str) -> tuple[tuple[Block, ...], list[Problem]]:
    return read_bibtex(text, LONGEST, "a.bib")


def org(text: str) -> tuple[Block, ...]:
    return read_org(text, LONGEST, "a.org")[0]


def page(text: str) -> tuple[Block, ...]:
    return read_html(text, LONGEST, "a.html")[0]


def walk(blocks: Sequence[Block]) -> list[Block]:
    return [b for top in blocks for b in top.walk()]


def outline(blocks: Sequence[Block]) -> list[tuple[int, str, int, str]]:
    return [(b.line, str(b.kind), b.level, b.text) for b in walk(blocks)]


def links(blocks: Sequence[Block]) -> list[tuple[str, str, str]]:
    return [(b.text[x.start : x.end], x.target, x.kind) for b in walk(blocks) for x in b.links]


def strong(blocks: Sequence[Block]) -> list[str]:
    return [b.text[x:y] for b in walk(blocks) for x, y in b.strong]


def nested(blocks: Sequence[Block]) -> list[object]:
    return [[b.text, *nested(b.children)] if b.children else b.text for b in blocks]


def told(fields: Fields | None) -> dict[str, object]:
    """What fields say but for their places."""
    return {n: getattr(fields, n) for n in Fields.__slots__ if n not in ("places", "line") and getattr(fields, n)}


def check_places(text: str, blocks: Sequence[Block], of_file: Fields | None = None) -> None:
    """Every visible character, line and field stands where it says."""
    starts = line_starts(text)
    said = [of_file] if of_file is not None else []
    for block in walk(blocks):
        assert block.text.strip()
        assert len(block.offsets) == len(block.text)
        assert all(a < b for a, b in zip(block.offsets, block.offsets[1:], strict=False))
        assert block.offsets[0] >= 0
        assert block.offsets[-1] < len(text)
        assert block.line == bisect_right(starts, block.offsets[0])
        assert all(0 <= x.start <= x.end <= len(block.text) and x.target for x in block.links)
        assert all(0 <= a <= b <= len(block.text) for a, b in (*block.strong, *block.cells))
        # what is seen is what stands there, but for folded spaces and what stands for an accent, an entity or a dash
        folded = [(c, text[o]) for c, o in zip(block.text, block.offsets, strict=True) if c not in " \t\n" and not 0x300 <= ord(c) < 0x370]
        assert all(c == o or o in "\\&-`'" for c, o in folded), folded
        said += [block.fields] if block.fields is not None else []
    for fields in said:
        for name, span in fields.places:
            assert getattr(fields, name), name
            assert 0 <= span.start < span.end <= len(text)
            assert span.line == bisect_right(starts, span.start)


# --- BibTeX

BIB = r"""% Encoding: UTF-8
@string{nips = "Advances in Neural Information Processing Systems"}

% ------ Attention ------

@inproceedings{tanaka2017focus,
  title     = {Focus Is {All} You
               Want},
  author    = {Tanaka, Yuki and Anna M{\"u}ller and {Example Labs, Inc.} and others},
  booktitle = nips # " 30",
  year      = 2017,
  month     = dec,
  url       = {https://papers.example.org/a\_b},
  keywords  = {attention, sequence models; translation},
  groups    = {Core > Models},
  annote    = {Same idea as \cite{ito2015align}, but \textbf{without} recurrence.

- contradicts @lee2017conv, kind of
- see \href{https://blog.example.org/a\%20b}{their \emph{blog}} and
  \url{https://code.example.org/x_y}.},
  abstract  = {We present a network
               made of attention.},
  note      = {To appear},
}
% I should read the appendix again,
% see [@smith2020].

Plain words between entries belong to the entry before them.

@article{sato2021,
  title = {注意機構の解析},
  author = {佐藤, 花子 and 山田 太郎},
  journal = {人工知能学会論文誌},
  date = {2021-05-01},
  dateread = {2024/6/1},
  note = {面白い。前の論文と
主張が一致},
}
"""


def test_bibtex_records_and_remarks() -> None:
    blocks, problems = bibtex(BIB)
    assert problems == []
    assert outline(blocks) == [
        (4, "heading", 1, "Attention"),
        (7, "record", 0, "Focus Is All You Want"),
        (16, "paragraph", 0, "Same idea as ito2015align, but without recurrence."),
        (18, "item", 1, "contradicts @lee2017conv, kind of"),
        (19, "item", 1, "see their blog and https://code.example.org/x_y."),
        (21, "paragraph", 0, "We present a network made of attention."),
        (25, "paragraph", 0, "I should read the appendix again, see [@smith2020]."),
        (28, "paragraph", 0, "Plain words between entries belong to the entry before them."),
        (31, "record", 0, "注意機構の解析"),
        (36, "paragraph", 0, "面白い。前の論文と主張が一致"),
    ]
    assert links(blocks) == [
        ("ito2015align", "ito2015align", "key"),
        ("@lee2017conv", "lee2017conv", "key"),
        ("their blog", "https://blog.example.org/a%20b", "url"),
        ("https://code.example.org/x_y", "https://code.example.org/x_y", "url"),
        ("@smith2020", "smith2020", "key"),
    ]
    assert strong(blocks) == ["without"]
    assert [b.text for b in walk(blocks) if b.quoted] == ["We present a network made of attention."]
    check_places(BIB, blocks)


def test_bibtex_fields() -> None:
    one, two = [b.fields for b in walk(bibtex(BIB)[0]) if b.kind is BlockKind.RECORD]
    assert told(one) == {
        "title": "Focus Is All You Want",
        "authors": ("Yuki Tanaka", "Anna Müller", "Example Labs, Inc."),
        "year": 2017,
        "venue": "Advances in Neural Information Processing Systems 30",
        "url": "https://papers.example.org/a_b",
        "keys": ("tanaka2017focus",),
        "tags": ("attention", "sequence models", "translation"),
        "categories": ("Core > Models",),
    }
    assert told(two) == {
        "title": "注意機構の解析",
        "authors": ("佐藤 花子", "山田 太郎"),
        "year": 2021,
        "date": "2024-06-01",
        "venue": "人工知能学会論文誌",
        "keys": ("sato2021",),
    }
    assert two is not None
    assert [(n, BIB[s.start : s.end], s.line) for n, s in two.places if n in ("keys", "year", "date")] == [
        ("keys", "sato2021", 30),
        ("year", "2021-05-01", 34),
        ("date", "2024/6/1", 35),
    ]
    assert two.line == 31


@pytest.mark.parametrize(
    ("tex", "seen"),
    [
        (r"Schr{\"o}dinger caf\'e \c{c}a {\o} \ss{} Erd{\H o}s \v{S}ime \'{\i}", "Schrödinger café ça ø ß Erdős Šime í"),
        (r"{\'{E}}tudes, \r{a}, \~n, \=a, \.z, \k{a}, \u{g}, \d{s}, \^o, \`a", "Études, å, ñ, ā, ż, ą, ğ, ṣ, ô, à"),
        (r"{\L}ukasz \AA ngstr{\"{o}}m, {\ae}ther, \O{}re", "Łukasz Ångström, æther, Øre"),
        (r"A -- B --- C, ``quoted'' and {\textquotedblleft}so{\textquotedblright}", "A – B — C, “quoted” and “so”"),
        (r"R\&D, 10\% of \#1\_x, \$5, non~breaking, {\textasciitilde}", "R&D, 10% of #1_x, $5, non breaking, ~"),
        (r"the $\alpha_{1}$-norm of $O(n\log n)$", r"the $\alpha_{1}$-norm of $O(n\log n)$"),
        (r"{BERT}: {P}re-training {\em of} \textit{Deep} \textsc{Nets}", "BERT: Pre-training of Deep Nets"),
        (r"dots\ldots and \LaTeX{} and \unknown", r"dots…and LaTeX and \unknown"),
        ("two\n    lines, 三行に\n    わたる", "two lines, 三行にわたる"),
        ("costs 5$ only", "costs 5$ only"),
        (r"sets \{0, 1\} of A\textsubscript{2}", "sets {0, 1} of A2"),
    ],
)
def test_tex_is_read_as_a_reader_reads_it(tex: str, seen: str) -> None:
    text = f"@misc{{k, title = {{{tex}}}}}\n"
    blocks, _ = bibtex(text)
    assert blocks[0].text == seen
    assert blocks[0].fields is not None
    assert blocks[0].fields.title == seen
    check_places(text, blocks)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("author = {van Dijk, Anna and Smith, Jr., Tom}", {"authors": ("Anna van Dijk", "Tom Smith Jr.")}),
        ("author = {{Barnes and Noble} and Lee, Kim}", {"authors": ("Barnes and Noble", "Kim Lee")}),
        ("author = {family=Berg, given=Ada, prefix=van den}", {"authors": ("Ada van den Berg",)}),
        ("editor = {Kim Lee}", {"authors": ("Kim Lee",)}),
        ("year = {in press}", {}),
        ("date = {2023-05/2023-06}, year = {}", {"year": 2023}),
        ("read = {2024-02}", {"date": "2024-02"}),
        ("timestamp = {2024-02-03}, urldate = {2024-02-03}", {}),
        ("journaltitle = {JMLR}, publisher = {X}", {"venue": "JMLR"}),
        ("school = {Example University}", {"venue": "Example University"}),
        ("journal = {arXiv preprint arXiv:2301.00001v2}", {"venue": "arXiv", "arxiv": "2301.00001"}),
        ("journal = {CoRR}, volume = {abs/2301.00001}", {"venue": "CoRR", "arxiv": "2301.00001"}),
        ("eprint = {2301.00001}, eprinttype = {arXiv}", {"arxiv": "2301.00001"}),
        ("eprint = {hep-th/9901001}, archiveprefix = {arXiv}", {"arxiv": "hep-th/9901001"}),
        ("eprint = {12345678}, eprinttype = {pubmed}", {}),
        ("number = {arXiv:2301.00001}", {"arxiv": "2301.00001"}),
        ("url = {https://arxiv.org/abs/2301.00001}", {"url": "https://arxiv.org/abs/2301.00001", "arxiv": "2301.00001"}),
        ("doi = {https://doi.org/10.1000/a\\_b}", {"doi": "10.1000/a_b"}),
        ("howpublished = {\\url{https://x.example.org/y}}", {"url": "https://x.example.org/y"}),
        ("url = {https://a.org/1}, pdf = {https://a.org/1.pdf}, file = {:x.pdf:PDF}", {"url": "https://a.org/1", "links": ("https://a.org/1.pdf",)}),
        ("note = {\\url{https://a.org/1}}", {"url": "https://a.org/1"}),
        ("note = {Spotlight}", {"decision": "spotlight"}),
        ("note = {I met them at a spotlight talk and they were kind}", {}),
        ("mendeley-tags = {a,b}, keywords = {b; c}", {"tags": ("b", "c", "a")}),
        ("crossref = {vol}, related = {x, y}", {"related": ("vol", "x", "y")}),
        ("shorttitle = {Short}", {"aliases": ("Short",)}),
        ("ids = {old1, old2}", {"keys": ("k", "old1", "old2")}),
        ("subtitle = {A Survey}", {"title": "T: A Survey", "aliases": ("T",)}),
        ("journal = undefinedmacro", {"venue": "undefinedmacro"}),
        ("note = jan # { 2020}", {}),
    ],
)
def test_bibtex_field(fields: str, expected: dict[str, object]) -> None:
    text = f"@misc{{k, title = {{T}}, {fields}}}\n"
    blocks, problems = bibtex(text)
    assert problems == []
    assert told(blocks[0].fields) == {"title": "T", "keys": ("k",)} | expected
    check_places(text, blocks)


def test_an_entry_inherits_from_its_volume() -> None:
    text = "@inproceedings{a, title = {A}, crossref = {vol}}\n@proceedings{vol, title = {Proceedings of X}, year = 2021}\n"
    blocks, _ = bibtex(text)
    assert told(blocks[0].fields) == {"title": "A", "keys": ("a",), "venue": "Proceedings of X", "year": 2021, "related": ("vol",)}
    check_places(text, blocks)


@pytest.mark.parametrize(
    ("entry", "text"),
    [
        ("@proceedings{p, booktitle = {Proceedings of X}}", "Proceedings of X"),
        ("@misc{only-key}", "only-key"),
        ("@misc(key, title = {In brackets (round)})", "In brackets (round)"),
        ('@book{b, title = "In {"}quotes{"}"}', 'In "quotes"'),
        ("@misc{k, TITLE = {Upper case}}", "Upper case"),
        ("@misc{title = {No key}}", "No key"),
        ('@misc{k, title = "Joined " # {of two}}', "Joined of two"),
    ],
)
def test_bibtex_record_text(entry: str, text: str) -> None:
    blocks, problems = bibtex(entry)
    assert [b.text for b in blocks] == [text]
    assert problems == []
    check_places(entry, blocks)


@pytest.mark.parametrize("name", ["annote", "annotation", "note", "comment", "review", "remark", "notes", "usernote", "comment-alice", "メモ"])
def test_fields_that_hold_remarks(name: str) -> None:
    blocks, _ = bibtex(f"@misc{{k, title = {{T}}, {name} = {{Builds on the previous one?}}}}")
    assert [(b.text, b.quoted) for b in blocks[0].children] == [("Builds on the previous one?", False)]


@pytest.mark.parametrize(
    "filler",
    [
        "Accepted", "to appear", "To appear in ICML 2024", "arXiv preprint", "arXiv preprint arXiv:2301.00001", "Version 2", "https://a.org/b", "12 pages, 5 figures",
        "Accepted at NeurIPS 2023", "(in press)", "Publisher: Example Press", "Accessed: 2024-01-01", "PhD thesis", "Best Paper Award", "in Japanese", "査読中",
    ],
)  # fmt: skip
def test_a_note_that_is_bibliographic_is_no_remark(filler: str) -> None:
    assert bibtex(f"@misc{{k, title = {{T}}, note = {{{filler}}}}}")[0][0].children == ()
    assert bibtex(f"@misc{{k, title = {{T}}, annote = {{{filler}}}}}")[0][0].children != ()


@pytest.mark.parametrize(
    ("text", "seen", "problem"),
    [
        (
            "@misc{a,\n  title = {Broken {Title},\n  year = 2020,\n  note = {my thoughts}\n}\n\n@misc{b, title = {B}}\n",
            ["Broken Title", "my thoughts", "B"],
            (1, "the entry 'a' is not closed: expected a } before line 7"),
        ),
        ("@misc{a, title = {A}\n\n@misc{b, title = {B}}", ["A", "B"], (1, "not closed")),
        ("@misc{a,\n title = {A\n", ["A"], (1, "not closed")),
        ('@misc{a,\n title = "A,\n year = "2020", note = {kept}}\n', ["A", "kept"], (1, "holds text that is no field")),
        ("@misc{a, title = {A}}, year = 2020, note = {kept}}\n", ["A"], None),
        ("@misc{a, title = {A}}, note = {kept}}\n", ["A", "kept"], (1, "a brace closes the entry before its last field")),
        ("@misc{a, title = {A} note = {comma}}\n", ["A", "comma"], None),
        ("@misc{a, title = {A}}\n@book{A, title = {B}}\n", ["A", "B"], (2, "the key 'A' stands on line 1 already")),
        ("@misc{}\n", [], (1, "neither a title nor a key")),
        ("@comment{ open\n@misc{a, title = {A}}\n", [" open".strip(), "A"], (1, "not closed")),
    ],
)
def test_broken_bibtex(text: str, seen: list[str], problem: tuple[int, str] | None) -> None:
    blocks, problems = bibtex(text)
    texts = [b.text for b in walk(blocks)]
    assert [t for t in texts if t in seen] == seen, texts
    if problem is not None:
        assert [(p.line, problem[1] in p.message) for p in problems] == [(problem[0], True)], problems
    check_places(text, blocks)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("@comment{jabref-meta: databaseType:bibtex;}\n@misc{a}", ["a"]),
        ("@misc{a}\n@comment{I like this one}\n", ["a", "I like this one"]),
        ("@misc{a}\n% @misc{old,\n%   title = {Old}}\n\n% new remark\n", ["a", "new remark"]),
        ("@comment{\n@misc{old, title = {Old}}\n}\n@misc{a}", ["a"]),
        ("%% Created with BibDesk\n@misc{a}", ["a"]),
        ("@misc{a,\n  % a remark inside\n  % title = {Other},\n  title = {T}}", ["T", "a remark inside"]),
        ("@misc{a}\n%%%%%%%%%%%%\n%% Topic\n%%%%%%%%%%%%\n@misc{b}", ["a", "Topic", "b"]),
        ("% starts with a remark\n@misc{a}", ["starts with a remark", "a"]),
        ("@preamble{\"\\newcommand{\\x}{y}\"}\n@control{c}\n@misc{a}", ["a"]),
        ("mail me@example.org{now}\n@misc{a}", ["mail me@example.orgnow", "a"]),
    ],
)  # fmt: skip
def test_what_stands_between_entries(text: str, seen: list[str]) -> None:
    blocks, problems = bibtex(text)
    assert ([b.text for b in walk(blocks)], problems) == (seen, [])
    check_places(text, blocks)


def test_macros_that_double_each_other_stay_short() -> None:
    text = "@string{a = {xxxxxxxxxx}}\n" + "@string{a = a # a}\n" * 60 + "@misc{k, title = {T}, journal = a # a # a # a}\n"
    fields = bibtex(text)[0][0].fields
    assert fields is not None
    assert len(fields.venue or "") == 1_000


# --- org-mode

ORG = r"""#+title: Notes on /attention/
#+author: Me Myself
#+date: [2024-03-01 Fri]
#+filetags: :paper:nlp:
:PROPERTIES:
:ID: 1234-abcd
:ROAM_REFS: @tanaka2017 https://arxiv.org/abs/1701.00001
:ROAM_ALIASES: "Focus paper" FIAYW
:END:

A preface with *bold*, /italic/ and =co*de= [[https://a.example.org/c][a *link*]]
that goes on. See [cite:@smith2020;@doe21 p. 3], cite:k1,k2, [[file:x/y.org::*H][page]].
日本語の
続きです。ここは*太字*で、入力/出力/状態は斜体ではない。

* TODO [#A] Focus Is All You Want [1/3]  :nlp:transformer:
CLOSED: [2024-03-05 Tue 10:00] SCHEDULED: <2024-03-02 Sat>
:PROPERTIES:
:AUTHOR: Tanaka, Yuki and Lee, Kim
:YEAR: 2017
:BOOKTITLE: NeurIPS
:DOI: 10.1000/182
:CUSTOM_ID: tanaka2017focus
:END:
:LOGBOOK:
- State "DONE" from "TODO"
:END:
- [X] same idea as [[id:aa][Ito et al.]]
  continued
  - nested 一つ
    二つ
  + term :: text

  a further paragraph
1. one
# a comment
After the list. \\
Same paragraph.

#+begin_quote
They said this.
- and that
#+end_quote
#+BEGIN_SRC python
x = 1
#+END_SRC
| Title | Year |
|-------+------|
| [[https://a.example.org][A *paper*]] | 2020 |
| B | |
#+begin_comment
hidden
#+end_comment
[fn:1] A footnote.
** COMMENT hidden
hidden, too
** Sub[fn:1]
: fixed
"""


def test_org_blocks() -> None:
    blocks, front, problems = read_org(ORG, LONGEST, "a.org")
    assert problems == []
    assert outline(blocks) == [
        (11, "paragraph", 0, "A preface with bold, italic and co*de a link that goes on. See @smith2020;@doe21 p. 3, k1,k2, page. 日本語の続きです。ここは太字で、入力/出力/状態は斜体ではない。"),
        (16, "heading", 1, "Focus Is All You Want"),
        (28, "item", 1, "same idea as Ito et al. continued"),
        (30, "item", 2, "nested 一つ二つ"),
        (32, "item", 2, "term :: text"),
        (34, "paragraph", 0, "a further paragraph"),
        (35, "item", 1, "one"),
        (37, "paragraph", 0, "After the list. Same paragraph."),
        (41, "paragraph", 0, "They said this."),
        (42, "item", 1, "and that"),
        (45, "code", 0, "x = 1"),
        (49, "row", 0, "A paper\t2020"),
        (50, "row", 0, "B"),
        (54, "paragraph", 0, "[fn:1] A footnote."),
        (57, "heading", 2, "Sub[fn:1]"),
        (58, "code", 0, "fixed"),
    ]
    assert links(blocks) == [
        ("a link", "https://a.example.org/c", "url"),
        ("@smith2020", "smith2020", "key"),
        ("@doe21", "doe21", "key"),
        ("k1", "k1", "key"),
        ("k2", "k2", "key"),
        ("page", "y", "wiki"),
        ("Ito et al.", "aa", "wiki"),
        ("A paper", "https://a.example.org", "url"),
    ]
    assert strong(blocks) == ["bold", "link", "太字", "paper"]
    assert [b.text for b in walk(blocks) if b.quoted] == ["They said this.", "and that"]
    check_places(ORG, blocks, front)


def test_org_fields() -> None:
    blocks, front, _ = read_org(ORG, LONGEST, "a.org")
    assert told(front) == {
        "title": "Notes on attention",
        "date": "2024-03-01",
        "url": "https://arxiv.org/abs/1701.00001",
        "aliases": ("Focus paper", "FIAYW"),
        "keys": ("tanaka2017", "1234-abcd"),
        "tags": ("paper", "nlp"),
    }
    heading = blocks[1]
    assert told(heading.fields) == {
        "authors": ("Yuki Tanaka", "Kim Lee"),
        "year": 2017,
        "date": "2024-03-05",
        "venue": "NeurIPS",
        "doi": "10.1000/182",
        "keys": ("tanaka2017focus",),
        "tags": ("nlp", "transformer"),
    }
    assert heading.fields is not None
    assert [(n, ORG[s.start : s.end], s.line) for n, s in heading.fields.places if n in ("tags", "year")] == [("year", "2017", 20), ("tags", ":nlp:transformer:", 16)]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a *b c* d", "a b c d"),
        ("*b /c/ d*", "b c d"),
        ("2*3*4 and a/b/c", "2*3*4 and a/b/c"),
        ("a * b * c", "a * b * c"),
        ("*not\nover\nthree* lines", "*not over three* lines"),
        ("*two\nlines*", "two lines"),
        ("=a*b*c= ~/x/~ +y+ _z_", "a*b*c /x/ y z"),
        ("(*b*), \"/i/\"", "(b), \"i\""),
        ("これは*太字*です", "これは太字です"),
        ("[[https://x.org]] [[file:fig.png]] [[mailto:a@b][mail]]", "https://x.org mail"),
        ("[[#anchor][see]] [[*Heading]] [[Attention: a survey]]", "see *Heading Attention: a survey"),
        ("https://x.org/a_b/*c*, then", "https://x.org/a_b/*c*, then"),
        ("autocite:a2020, textcite:&b;&c.", "a2020, &b;&c."),
        ("excite:me", "excite:me"),
        ("[[unclosed and [cite:@open", "[[unclosed and [cite:@open"),
    ],
)  # fmt: skip
def test_org_inline(text: str, seen: str) -> None:
    blocks = org(text)
    assert [b.text for b in blocks] == [seen]
    check_places(text, blocks)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[[https://a.org][x]]", ("x", "https://a.org", "url")),
        ("[[doi:10.1000/1][x]]", ("x", "https://doi.org/10.1000/1", "url")),
        ("[[file:../notes/deep nets.org][x]]", ("x", "deep nets", "wiki")),
        ("[[./a.org]]", ("./a.org", "a", "wiki")),
        ("[[id:5f-1e][x]]", ("x", "5f-1e", "wiki")),
        ("[[Page name]]", ("Page name", "Page name", "wiki")),
        ("[[#smith2020][x]]", ("x", "smith2020", "key")),
        ("[[cite:&smith2020][x]]", ("x", "smith2020", "key")),
        ("[[citep:smith2020]]", ("smith2020", "smith2020", "key")),
        ("[cite/t:see @smith2020 p. 3]", ("@smith2020", "smith2020", "key")),
        ("<https://a.org/b>", ("https://a.org/b", "https://a.org/b", "url")),
    ],
)
def test_org_links(link: str, expected: tuple[str, str, str]) -> None:
    assert links(org(f"see {link} 。")) == [expected]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (":AUTHORS: Ada Berg, Kim Lee and Bo Li", {"authors": ("Ada Berg", "Kim Lee", "Bo Li")}),
        (":AUTHOR: 山田太郎、佐藤花子", {"authors": ("山田太郎", "佐藤花子")}),
        (":ROAM_REFS: [cite:@a2020] cite:b2021,c2022 @d", {"keys": ("a2020", "b2021", "c2022", "d")}),
        (":BIBTEX_KEY: a2020\n:ID: 77-aa", {"keys": ("a2020", "77-aa")}),
        (":ALIASES: One, Two", {"aliases": ("One", "Two")}),
        (":URL: https://a.org/1\n:RATING: 5", {"url": "https://a.org/1"}),
        (":ARXIV: arXiv:2301.00001v2", {"arxiv": "2301.00001"}),
        (":JOURNAL: JMLR\n:YEAR: 2020", {"venue": "JMLR", "year": 2020}),
        (":RELATED: [[id:aa][x]], [[file:b.org]]", {"related": ("aa", "b")}),
        (":TITLE: A *Title*", {"title": "A Title"}),
        (":YEAR:", {}),
    ],
)
def test_org_properties(properties: str, expected: dict[str, object]) -> None:
    text = f"* Heading\n:PROPERTIES:\n{properties}\n:END:\nx\n"
    blocks = org(text)
    assert told(blocks[0].fields) == expected if expected else blocks[0].fields is None
    assert nested(blocks) == [["Heading", "x"]]
    check_places(text, blocks)


@pytest.mark.parametrize(
    ("heading", "text", "tags"),
    [
        ("* DONE [#B] Title [50%] :a:b:", "Title", ("a", "b")),
        ("* Title: with colon", "Title: with colon", ()),
        ("* READ [[https://a.org][A Paper]]", "A Paper", ()),
        ("* Reading [2/3] lists", "Reading lists", ()),
        ("* SKIPPED Title", "Title", ()),
        ("* TODOS are many", "TODOS are many", ()),
    ],
)
def test_org_headings(heading: str, text: str, tags: tuple[str, ...]) -> None:
    blocks = org(f"#+TODO: TODO(t) SKIPPED | DONE(d)\n{heading}\n")
    assert (blocks[0].text, blocks[0].fields.tags if blocks[0].fields else ()) == (text, tags)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("#+begin_src\ncode\n* Heading\n#+end_src\n", (1, "#+begin_src is not closed")),
        ("* H\n:PROPERTIES:\n:YEAR: 2020\ntext\n", (2, ":PROPERTIES: is not closed")),
        ("*" * 100 + " deep\n", (1, "more than 64 levels deep")),
        ("".join(f"{' ' * n}- x\n" for n in range(100)), (65, "nested more than 64 levels deep")),
        ("short\n" + "x" * 300 + "\nend\n", (2, "a line of 300 characters is passed over")),
    ],
)
def test_org_problems(text: str, problem: tuple[int, str]) -> None:
    blocks, front, problems = read_org(text, 250, "a.org")
    assert [(p.line, problem[1] in p.message) for p in problems] == [(problem[0], True)], problems
    check_places(text, blocks, front)


# --- HTML

PAGE = """<!DOCTYPE html>
<html lang="ja"><head><meta charset=utf-8>
<title>Notes on focus &amp; more | My Site</title>
<meta property="article:published_time" content="2024-03-05T10:00:00Z">
<style>p { color: red }</style><script>if (a < b && "</p>") {}</script></head>
<body><nav><ul><li>Home</ul></nav><header><h1>My Site</h1></header>
<main><article>
<header><h1 id=x>Notes on focus &amp; more <a class="headerlink" href="#x">¶</a></h1><p>by me</p></header>
<p>Text with <b>bold</b> and a <a href="https://arxiv.org/abs/1701.00001">link</a>,
 <a href='/rel?a=1&amp;b=2'>rel</a>&nbsp;&lt;tag&gt; 1 < 2.<br>Second
<p>日本語の
続き。
<ul>
<li>one
<li><p>two <strong>x</strong></p><p>more</p>
  <ul><li>nested <!-- hidden --> a</ul>
</ul>
<dl><dt>Term<dd>Meaning</dl>
<blockquote><p>They said <i>it</i></p></blockquote>
<pre><code>x = 1
if a &lt; b: pass
</code></pre>
<table><thead><tr><th>Title<th>Year</thead><tr><td><a href="u">A paper</a><td>2020</table>
<details><summary>More</summary>inside<div>apart</div></details>
<p hidden>no</p><div style="display: none">no</div>
<h2>Sub</h2>
<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>です
</article></main>
<aside>side</aside><footer>foot</footer></body></html>
"""


def test_html_blocks() -> None:
    blocks, front, problems = read_html(PAGE, LONGEST, "a.html")
    assert problems == []
    assert outline(blocks) == [
        (8, "heading", 1, "Notes on focus & more"),
        (9, "paragraph", 0, "Text with bold and a link, rel <tag> 1 < 2."),
        (10, "paragraph", 0, "Second"),
        (11, "paragraph", 0, "日本語の続き。"),
        (14, "item", 1, "one"),
        (15, "item", 1, "two x"),
        (15, "paragraph", 0, "more"),
        (16, "item", 2, "nested a"),
        (18, "item", 1, "Term"),
        (18, "paragraph", 0, "Meaning"),
        (19, "paragraph", 0, "They said it"),
        (20, "code", 0, "x = 1\nif a < b: pass"),
        (23, "row", 0, "A paper\t2020"),
        (24, "paragraph", 0, "More"),
        (24, "paragraph", 0, "inside"),
        (24, "paragraph", 0, "apart"),
        (26, "heading", 2, "Sub"),
        (27, "paragraph", 0, "漢字です"),
    ]
    assert links(blocks) == [("link", "https://arxiv.org/abs/1701.00001", "url"), ("rel", "/rel?a=1&b=2", "url"), ("A paper", "u", "url")]
    assert strong(blocks) == ["bold", "x"]
    assert [b.text for b in walk(blocks) if b.quoted] == ["They said it"]
    assert told(front) == {"title": "Notes on focus & more", "date": "2024-03-05"}
    assert next((n, PAGE[s.start : s.end], s.line) for n, s in front.places) == ("title", "Notes on focus &amp; more", 3)
    check_places(PAGE, blocks, front)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a &amp b &notit; &#12354;&#x3044; &bogus; &copy", ["a & b ¬it; あい &bogus; ©"]),
        ("<p>unclosed <b>bold<p>next</b> one</i>", ["unclosed bold", "next one"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("x<br>y<br><br>z", ["x y", "z"]),
        ("<ul><li>a<ul><li>b</ul><li>c</ul>", [["a", "b"], "c"]),
        ("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", [["a", "b"], "c"]),
        ("<ol><li><p>a</p><p>b</p><blockquote>c</blockquote></li></ol>", [["a", "b", "c"]]),
        ("<dl><dt>a<dt>b<dd>c<dd>d<ul><li>e</ul></dl>f", ["a", ["b", "c", "d", "e"], "f"]),
        ("<h2>A</h2>x<h3>B</h3>y<h2>C</h2>", [["A", "x", ["B", "y"]], "C"]),
        ("<h2>unclosed<p>text", [["unclosed", "text"]]),
        ("<ul><li><h3>in a list</h3>x</ul>", [["in a list", "x"]]),
        ("<table><tr><th>H</th><td>v</td></tr><tr><td>a<p>b</p><td></table>", ["H\tv", "a b"]),
        ("<table><tr><td>menu</td><td><h1>T</h1><p>x</p></td></tr></table>", ["menu", ["T", "x"]]),
        ("<a href=x><h3>Card</h3><p>text</p></a>", [["Card", "text"]]),
        ("<details><summary>s</summary>t</details>", ["s", "t"]),
        ("<pre>\n  a\n   b &amp; c\n</pre>", ["  a\n   b & c"]),
        ("<p>a<!-- <p>b --><? c ?></ d>e<![CDATA[f]]>g", ["aeg"]),
        ("<p title='>' data-x=\"<b>\">t</p>", ["t"]),
        ("<p>1<2 and 3 > 2 <3", ["1<2 and 3 > 2 <3"]),
        ("<P>case</P><SCRIPT>x</script >y", ["case", "y"]),
        ("<form><p>all in a form</p></form>", ["all in a form"]),
        ("<svg><title>no</title></svg><p aria-hidden=true>no</p><nav>no</nav><p>yes</p>", ["yes"]),
        ("<p>a<script>never closed", ["a"]),
        ("<aside role=doc-endnotes>note</aside>", ["note"]),
        ("<p>日本\n語 と\nEnglish\nwords", ["日本語 と English words"]),
    ],
)
def test_html_fragments(text: str, seen: list[object]) -> None:
    blocks = page(text)
    assert nested(blocks) == seen
    check_places(text, blocks)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<p>out</p><main><p>in</p></main>", ["in"]),
        ("<p>out</p><div role=main>in</div>", ["in"]),
        ("out<article>long enough text of a post</article><article>cmt</article>", ["long enough text of a post"]),
        ("<h1>List</h1><article>first post</article><article>second post</article>", [["List", "first post", "second post"]]),
        ("<main><article>the text of the post</article><p>cmt</p></main>", ["the text of the post"]),
        ("<main><h1>T</h1><article>the text of the post</article></main>", [["T", "the text of the post"]]),
        ("<main></main><p>out</p>", ["out"]),
        ("<main><nav>a long menu that is not text</nav></main><article>in</article>", ["in"]),
    ],
)
def test_the_main_content_is_chosen(text: str, seen: list[object]) -> None:
    assert nested(page(text)) == seen


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<title>A post | Site</title><h1>A post</h1>", {"title": "A post"}),
        ("<title>Site - A post</title><h1>A post</h1>", {"title": "A post"}),
        ("<title>My notes</title><h1>notes</h1>", {"title": "My notes"}),
        ("<title>A post – Site</title><meta property=og:title content='A post'>", {"title": "A post"}),
        ("<meta property=og:title content='Only &lt;this&gt;'>", {"title": "Only <this>"}),
        ("<title>x</title><meta name=citation_title content='A Paper'><link rel=canonical href='https://a.org/1'>", {"title": "A Paper", "url": "https://a.org/1"}),
        ("<meta name=citation_author content='Berg, Ada'><meta name=citation_author content='Kim Lee'><meta name=author content=Me>", {"authors": ("Ada Berg", "Kim Lee")}),
        ("<meta name=citation_doi content='doi:10.1000/1'><meta name=citation_date content='2020/05/01'>", {"doi": "10.1000/1", "year": 2020}),
        ("<meta name=citation_conference_title content='ICML'>", {"venue": "ICML"}),
        ("<time datetime='2024-01-02T03:04'>x</time>", {"date": "2024-01-02"}),
        ("<link rel=canonical href='https://me.example.org/post'>", {}),
    ],
)
def test_html_head(head: str, expected: dict[str, object]) -> None:
    blocks, front, _ = read_html(head, LONGEST, "a.html")
    assert told(front) == expected
    check_places(head, blocks, front)


def test_html_citations_are_keys() -> None:
    assert links(page('<p>x <span data-cites="a b">(A; B)</span> y<d-cite key="c,d"></d-cite></p>')) == [
        ("(A; B)", "a", "key"),
        ("(A; B)", "b", "key"),
        ("", "c", "key"),
        ("", "d", "key"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<ul><li>x" * 100, "nested more than 64 levels deep"),
        ("<div>" * 1_000 + "x", "elements are nested more than 256 levels deep"),
        ("<p>ok</p>\n<p>" + "x" * 300 + "</p>", "a paragraph of 300 characters is passed over"),
    ],
)
def test_html_problems(text: str, problem: str) -> None:
    blocks, front, problems = read_html(text, 250, "a.html")
    assert [problem in p.message for p in problems][:1] == [True], problems
    check_places(text, blocks, front)


# --- whatever the text

PIECES = {
    "bib": [*BIB.splitlines(keepends=True), "@a{", "@string{a=", "@comment{", '\\"{', "\\c ", "\\url{", "\\href{", "\\cite{", "\\item ", "``", "--", "$", "k = {", 'k = "', "}", "{", "% ", "@"],
    "org": [*ORG.splitlines(keepends=True), "* ", "- ", "  - ", "#+begin_src\n", "#+begin_quote\n", "#+end_quote\n", ":END:\n", "[[", "][", "]]", "[cite:@", "cite:", "*", "/", "=", "| a ", "|-\n"],
    "html": [*PAGE.splitlines(keepends=True), "<p>", "</p>", "<ul>", "</ul>", "<li>", "<dl>", "<dt>", "<dd>", "<td>", "<tr>", "<table>", "</table>", "<h1>", "</h1>", "<br>", "<a href=x>", "</a>", "<b>", "</b>",
             "<pre>", "</pre>", "<main>", "<article>", "</article>", "<header>", "<form>", "<title>", "<script>", "<!--", "-->", "&amp", "&#x", "<div hidden>", "</div>", "<a b='"],
}  # fmt: skip
CHARACTERS = [*"ab1 \t\n-*_=~+/|#@%{}()[]<>\"'&;:\\$,.、。「", "\r\n", "\r", "🔴", "e\u0301", "論", "文", "\u2028", "\x85", "\xa0", "\u3000", "\0", "http://x.y"]


def read_any(kind: str, text: str, longest: int) -> None:
    of_file: Fields | None = None
    if kind == "bib":
        blocks, problems = read_bibtex(text, longest, "a")
    else:
        blocks, of_file, problems = (read_org if kind == "org" else read_html)(text, longest, "a")
    check_places(text.replace("\r\n", " \n") if kind == "org" else text, blocks, of_file)
    assert all(1 <= p.line <= len(line_starts(text)) for p in problems)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["bib", "org", "html"]), st.text(max_size=80) | st.lists(st.sampled_from(CHARACTERS), max_size=80).map("".join))
def test_any_text_is_read_and_placed(kind: str, text: str) -> None:
    read_any(kind, text, LONGEST)


@settings(max_examples=600, deadline=None)
@given(st.data(), st.sampled_from(["bib", "org", "html"]), st.sampled_from([20, LONGEST]))
def test_any_mixture_of_syntax_is_read_and_placed(data: st.DataObject, kind: str, longest: int) -> None:
    piece = st.sampled_from(PIECES[kind]) | st.sampled_from(CHARACTERS)
    read_any(kind, "".join(data.draw(st.lists(piece, max_size=40))), longest)


@pytest.mark.parametrize("kind", ["bib", "org", "html"])
def test_hostile_repetitions_come_to_an_end(kind: str) -> None:
    for piece in [*PIECES[kind][-35:], *CHARACTERS]:
        for before in {"bib": ("", "@a{k, note = {"), "org": ("", "* "), "html": ("", "<p>", "<table><tr><td>")}[kind]:
            read_any(kind, before + piece * 2_000, LONGEST)


@pytest.mark.parametrize(("kind", "text"), [("bib", BIB), ("org", ORG), ("html", PAGE)])
def test_line_ends_do_not_matter(kind: str, text: str) -> None:
    def seen(text: str) -> list[tuple[int, str, int, str]]:
        blocks = bibtex(text)[0] if kind == "bib" else org(text) if kind == "org" else page(text)
        return [o for o in outline(blocks) if o[1] != "code"]

    assert seen(text) == seen(text.replace("\n", "\r\n")) == seen(text.replace("\n", "\r"))
