"""HTML pages → blocks: saved posts, exported notes, lists of links; only their main content, each character in its place.

The syntax is that of the HTML Standard (html.spec.whatwg.org): 13.2.5 for tokens, 13.2.6 for what end tags may be left out; names of
`meta` are those of Highwire Press (`citation_…`, as Google Scholar asks for them) and the Open Graph protocol. The standard
library's `html.parser` tells lines and columns only, and takes quadratic time on some broken pages, hence the tokens here.
Line breaks mean nothing in HTML, so it is a block of text that may be too long, not a line.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from html.entities import html5

from papergraph.folding import fold, squeeze
from papergraph.model import Problem, Span
from papergraph.notes.bibtex import Placed, iso_day, natural_name
from papergraph.notes.document import Block, BlockKind, Fields, Link, line_starts, nest

DEEPEST = 64
"""Levels of lists that are read as such; deeper ones are reported and read as of this level."""

_DEEPEST_TAG = 512
"""Open elements above which a further one is passed over with its end; browsers stop at as many."""

# --- tokens

_NAME = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(r"""[\s/]*+(?:(>)|([^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?:(["'])|([^\s>"'][^\s>]*+)?))?)""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_RAW = {n: re.compile(rf"</{n}(?=[\s/>])", re.IGNORECASE) for n in "script style title textarea iframe noembed noframes xmp".split()}


@dataclass(slots=True)
class _Tag:
    """A start tag; `attributes` hold the offsets of each value."""

    name: str
    start: int
    attributes: dict[str, tuple[int, int]] = field(default_factory=dict)
