"""The topic tree: the headings under which papers stand."""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.labels import section_of
from papergraph.extract.state import Entry, Extraction
from papergraph.folding import squeeze, topic_id
from papergraph.model import Topic
from papergraph.notes.document import Block, BlockKind
from papergraph.vocabulary import Role

_FOLDER = re.compile(r"^[^\W\d_](?!.*\d{4}-\d\d)")
"""A folder named for what it holds, not for a day or a tool (`_posts`, `2024-05-07-x`)."""
_DAY = re.compile(
    r"^\W*(?:(?:19|20)\d\d[-/.年]\d{1,2}|\d{1,2}[/月]\d{1,2}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.? \d|[Ww]eek \d)"
)
_FEWEST = 3
"""Works that a page in prose discusses, none of which it is about, and that are its entries then."""


def find_topics(state: Extraction) -> None:
    """Give each entry the heading above it as topic, and each such heading the one above it as broader topic.

    A heading that is itself a paper is no topic; nor is a day, nor are the headings inside a file that is about one paper.
    """
    papers = _of_papers(state)
    for entry in {e.paper.id: e for e in state.entries}.values():
        if (entry.cited and state.owner is not None) or entry.listed:
            continue
        if entry.block is not None and entry.block.fields is not None and entry is not state.owner and entry.block.fields.categories:
            _put(state, entry, [squeeze(entry.block.fields.categories[0])])
            continue
        # a file that is about one paper stands under its folders
        path = [squeeze(f) for f in state.document.path.split("/")[:-1] if _FOLDER.match(f)] if entry is state.owner else []
        _put(state, entry, [*path, *(headings(state, entry.block, papers) if entry.block is not None else ())])


def _put(state: Extraction, entry: Entry, path: list[str]) -> None:
    for n in range(1, len(path) + 1):
        own = topic_id(tuple(path[:n]))
        state.topics.setdefault(own, Topic(own, path[n - 1], broader=topic_id(tuple(path[: n - 1])) if n > 1 else None))
    if path:
        entry.paper = replace(entry.paper, topics=(topic_id(tuple(path)),))


def _of_papers(state: Extraction) -> set[int]:
    """The blocks that name the papers that the notes are about."""
    return {id(e.block) for e in state.entries if e.block is not None and not e.cited}


def headings(state: Extraction, block: Block, papers: set[int]) -> list[str]:
    """The headings above a block that are topics, from the outermost; those of `papers` are none."""
    out: list[str] = []
    above = state.parent.get(id(block))
    while above is not None:
        if above.kind is BlockKind.HEADING and id(above) not in papers and not _DAY.match(above.text):
            out.append(squeeze(above.text))
        above = state.parent.get(id(above))
    return out[::-1]


def promote_discussed(state: Extraction) -> None:
    """In a page of prose that is about no one paper, the works that it discusses are its entries, each under the heading where it is first named."""
    own = sum(not e.cited for e in state.entries)
    if state.owner is not None or state.document.flat or own > _FEWEST:
        return
    by_id = {e.paper.id: e for e in state.entries}
    named: dict[str, Block] = {}
    for sentence in state.sentences:
        for mention in sentence.mentions:
            paper = mention.paper
            if paper is None or mention.kind not in ("link", "citation", "title"):
                continue
            if paper.id not in by_id and (paper.url or paper.doi or paper.arxiv_id or paper.openreview_id):
                by_id[paper.id] = Entry(paper, None)
                state.entries.append(by_id[paper.id])
            if paper.id in by_id:
                named.setdefault(paper.id, sentence.block)
    if len(named) < _FEWEST * (1 + own):
        return
    papers = _of_papers(state)
    for paper_id, block in named.items():
        entry = by_id[paper_id]
        entry.paper = replace(entry.paper, role=Role.ENTRY)
        if entry.block is not None:
            papers.add(id(entry.block))
        _put(state, entry, [h for n, h in enumerate(headings(state, block, papers)) if n or section_of(h, state.words) == ""])
