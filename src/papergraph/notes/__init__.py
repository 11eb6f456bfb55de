"""Readers: the text of a file of notes → a `Document`, a tree of blocks with exact places."""

from __future__ import annotations

import hashlib
import re

from papergraph.model import Problem
from papergraph.notes.decode import Decoded, decode
from papergraph.notes.document import Block, BlockKind, Document, FrontMatter, Link, count_lines
from papergraph.notes.flat import looks_flat, read_flat
from papergraph.notes.frontmatter import read_front_matter, split_front_matter
from papergraph.notes.markdown import read_markdown

__all__ = ["SUFFIXES", "Block", "BlockKind", "Decoded", "Document", "FrontMatter", "Link", "decode", "read"]

SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".txt", ".text")
"""The endings of files that are taken from a folder."""

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
        blocks = read_flat(short)
    else:
        blocks, deep = read_markdown(short, begin, path)
        problems += deep
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Document(uri or path, path, text, sha256, blocks, front, tuple(problems), flat)


def _without_long_lines(text: str, path: str, problems: list[Problem]) -> str:
    """`text` with each overlong line blanked, length for length, so that places stay true."""
    if len(text) <= LONGEST_LINE:
        return text
    out: list[str] = []
    at = 0
    for piece in re.findall(r"[^\r\n]*(?:\r\n?|\n|\Z)", text):
        body = piece.rstrip("\r\n")
        if len(body) > LONGEST_LINE:
            line = count_lines(text, 0, at) + 1
            problems.append(Problem(path, line, f"a line of {len(body):,} characters is passed over (the longest read is {LONGEST_LINE:,})"))
            piece = " " * len(body) + piece[len(body) :]
        out.append(piece)
        at += len(piece)
    return "".join(out)
