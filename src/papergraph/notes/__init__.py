"""Readers: the text of a file of notes → a `Document`, a tree of blocks with exact places."""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum
from itertools import pairwise

from papergraph.model import Problem
from papergraph.notes.bibtex import read_bibtex
from papergraph.notes.decode import Decoded, decode
from papergraph.notes.document import Block, BlockKind, Document, Fields, Link, line_starts
from papergraph.notes.flat import looks_flat, read_flat
from papergraph.notes.frontmatter import LONE, read_front_matter, split_front_matter
from papergraph.notes.html import read_html
from papergraph.notes.markdown import read_markdown
from papergraph.notes.org import read_org

__all__ = ["Block", "BlockKind", "Decoded", "Document", "Fields", "Layout", "Link", "decode", "layout_of", "read"]

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
    # halves of a surrogate pair are no characters: nothing could tokenize or store them
    text = LONE.sub("\ufffd", text)
    problems: list[Problem] = []
    short = _without_long_lines(text, path, problems)
    fence, head, begin = split_front_matter(short)
    front, wrong = read_front_matter(fence, head, path, line_starts(text) if fence else ())
    problems += wrong
    layout = layout_of(short, path) if not fence else Layout.MARKDOWN
    more: list[Problem] = []
    match layout:
        case Layout.BIBTEX:
            blocks, more = read_bibtex(text, LONGEST_LINE, path)
        case Layout.ORG:
            blocks, front, more = read_org(text, LONGEST_LINE, path)
        case Layout.HTML:
            blocks, front, more = read_html(text, LONGEST_LINE, path)
        case Layout.FLAT:
            blocks = read_flat(text, LONGEST_LINE)
        case Layout.MARKDOWN:
            blocks, more = read_markdown(text, short, begin, path)
    problems += more
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    return Document(uri or path, path, text, sha256, blocks, front, tuple(dict.fromkeys(problems)), layout is Layout.FLAT)


class Layout(StrEnum):
    """The layouts of notes that have a reader of their own."""

    MARKDOWN = "markdown"
    FLAT = "flat"
    BIBTEX = "bibtex"
    ORG = "org"
    HTML = "html"


_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_RECORD = re.compile(r"^[ \t]*@[A-Za-z]+[ \t]*[{(][ \t]*[^\s,{}=\"]+[ \t]*,", re.MULTILINE)
_ORG_MARK = re.compile(r"^(?:#\+[A-Za-z_]+(?:\[[^\]]{0,200}\])?:|[ \t]*:(?:PROPERTIES|END|LOGBOOK):[ \t]*$|\*+ (?:TODO|DONE|NEXT|WAITING)\b|[ \t]*#\+(?:begin|end)_\w+)|\[\[[^\[\]\n]+\]\[[^\[\]\n]+\]\]", re.MULTILINE | re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6} \S", re.MULTILINE)
_STARS = re.compile(r"^\*+ \S", re.MULTILINE)


def layout_of(text: str, path: str = "") -> Layout:
    r"""Which reader a text is for, by what it looks like; the ending of its name only where the looks leave it open.

    >>> layout_of("@article{a, title={B}}"), layout_of("* TODO Read\n:PROPERTIES:\n:END:"), layout_of("<!DOCTYPE html><p>a")
    (<Layout.BIBTEX: 'bibtex'>, <Layout.ORG: 'org'>, <Layout.HTML: 'html'>)
    """
    ending = path.rsplit(".", 1)[-1].casefold() if "." in path else ""
    if _HTML.match(text, 0, 5_000) or (ending in ("html", "htm", "xhtml") and "<" in text):
        return Layout.HTML
    first = next((line for line in text[:20_000].splitlines() if line.strip() and not line.lstrip().startswith("%")), "")
    if ending == "bib" or (first.lstrip().startswith("@") and _RECORD.search(text[:20_000])):
        return Layout.BIBTEX
    if ending == "org" or (not _HEADING.search(text) and (len(_ORG_MARK.findall(text)) > 1 and _STARS.search(text) is not None)):
        return Layout.ORG
    return Layout.FLAT if looks_flat(text) else Layout.MARKDOWN


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
