"""Which block is about which paper: nested below it, in its section, or after it in a flat list."""

from __future__ import annotations

import re

from papergraph.extract.presented import set_off
from papergraph.extract.state import Entry, Extraction
from papergraph.extract.titles import looks_like_title
from papergraph.folding import fold, squeeze
from papergraph.notes.document import Block, BlockKind
from papergraph.resolve.identifiers import is_paper_address


def own_blocks(state: Extraction) -> None:
    """Tell each block which entry it is about: nested below it, in its section, or after it in a flat list."""
    by_block = {id(e.block): e for e in state.entries if e.block is not None and not e.cited}
    named = _by_name(state)
    current: Entry | None = None
    follows: Block | None = None
    for block in state.order:
        if block.kind is BlockKind.HEADING:
            current = None
        short = named and id(block) not in by_block and len(block.text) <= _SHORT_HEAD and block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH)
        told = named.get(_bare_name(block.text)) if short else None
        if told is not None:
            # "### Bao", a fold's "Remarks on Bao": what is below is about that paper of the table or list above
            by_block[id(block)] = told
            follows = block
        elif block.kind is BlockKind.HEADING:
            follows = None
        above: Block | None = block
        owner: Entry | None = None
        while above is not None and owner is None:
            owner = by_block.get(id(above))
            above = state.parent.get(id(above))
        if owner is not None:
            current = owner
        elif current is not None and current.block is not None and current.block.kind is BlockKind.PARAGRAPH and _turns(block, current):
            current = None
        elif state.document.flat or (current is not None and current.block is not None and _continues(follows or current.block, block)):
            owner = current
        if owner is None:
            owner = state.owner
        if owner is not None:
            state.subject[id(block)] = owner
    _tie_citations(state)


_SHORT_HEAD = 120
_ABOUT = re.compile(r"^\W*(?:(?:remarks?|notes?|comments?|thoughts|more|details|about|on|re)\b[\s:]*)+|\s*(?:について|のメモ|の感想)\W*$", re.IGNORECASE)


def _bare_name(text: str) -> str:
    return fold(_ABOUT.sub("", text))


def _by_name(state: Extraction) -> dict[str, Entry]:
    """The papers that the page lists by all their names; of those that share a name none."""
    out: dict[str, Entry | None] = {}
    for entry in state.entries:
        if entry.cited or entry is state.owner:
            continue
        for name in {fold(n) for n in (entry.paper.title, *entry.names)}:
            out[name] = entry if name not in out else None
    return {name: entry for name, entry in out.items() if entry is not None and len(name) >= _SHORTEST_NAME}


_SHORTEST_NAME = 3


def _turns(block: Block, current: Entry) -> bool:
    """Whether a paragraph begins with another work than that of the paragraphs before it: the text goes on about that one."""
    if block.kind is not BlockKind.PARAGRAPH:
        return False
    stop = _FIRST_SENTENCE.search(block.text)
    end = stop.end() if stop else len(block.text)
    return any(
        start <= min(end, _OPENING)
        and ((link is not None and is_paper_address(link.target) and link.target != current.paper.url) or looks_like_title(squeeze(block.text[start:stop_])))
        and fold(block.text[start:stop_]) != fold(current.paper.title)
        for start, stop_, link in set_off(block)
    )


_FIRST_SENTENCE = re.compile(r"[。！？]|[.!?](?=\s+[A-Z])")
_OPENING = 200
"""Characters at a paragraph's beginning in which the work that it is about is named."""


def _continues(head: Block, block: Block) -> bool:
    """Whether `block` goes on with what a paragraph that names a paper began: prose, or a list right below it."""
    return head.kind is BlockKind.PARAGRAPH and block.kind is not BlockKind.HEADING


def _tie_citations(state: Extraction) -> None:
    """A cited paper's line right below a remark is what that remark speaks of."""
    cited = {id(e.block): e for e in state.entries if e.cited and e.block is not None and not e.listed}
    previous: Block | None = None
    for block in state.order:
        entry = cited.get(id(block))
        if entry is not None and previous is not None and previous.kind is not BlockKind.HEADING:
            entry.after = previous
            state.next_cited.setdefault(id(previous), entry)
        elif entry is None or previous is None:
            previous = block
