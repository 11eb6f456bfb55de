"""Readers: the text of a file of notes → a `Document`, a tree of blocks with exact places."""

from __future__ import annotations

import hashlib
from itertools import pairwise

from papergraph.model import Problem
from papergraph.notes.decode import Decoded, decode
from papergraph.notes.document import Block, BlockKind, Document, Fields, Link, line_starts
from papergraph.notes.flat import looks_flat, read_flat
from papergraph.notes.frontmatter import read_front_matter, split_front_matter
from papergraph.notes.markdown import read_markdown

__all__ = ["Block", "BlockKind", "Decoded", "Document", "Fields", "Link", "decode", "read"]

LONGEST_LINE = 200_000
"""Code points above which a line is no note; it is passed over with a problem."""


def read(text: str, path: str, uri: str | None = None) -> Document:
    """The document that `text` makes; never raises.

    Parameters
    ----------
    text
        The file's text, without byte order mark, newlines as they stand.
    path
        Its path relative to the imported folder, with `/`.
    uri
        Collection and path; `path` alone if `None`.
    """
    problems: list[Problem] = []
    short = _without_long_lines(text, path, problems)
    fence, head, begin = split_front_matter(short)
    front, wrong = read_front_matter(fence, head, path)
    problems += wrong
    flat = not fence and looks_flat(short)
    if flat:
        blocks = read_flat(text, LONGEST_LINE)
    else:
        blocks, deep = read_markdown(text, short, begin, path)
        problems += deep
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(uri or path, path, text, sha256, blocks, front, tuple(problems), flat)


def _without_long_lines(text: str, path: str, problems: list[Problem]) -> str:
    """`text` with each overlong line emptied: line for line the same, so that places can be told by line."""
    if len(text) <= LONGEST_LINE:
        return text
    starts = [*line_starts(text), len(text)]
    out: list[str] = []
    for n, (start, end) in enumerate(pairwise(starts), 1):
        if end - start <= LONGEST_LINE:
            out.append(text[start:end])
            continue
        body = text[start:end].rstrip("\r\n")
        problems.append(Problem(path, n, f"a line of {len(body):,} characters is passed over (the longest read is {LONGEST_LINE:,})"))
        out.append(text[start + len(body) : end])
    return "".join(out)
