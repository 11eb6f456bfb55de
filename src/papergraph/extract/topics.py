"""The topic tree: the headings under which papers stand."""

from __future__ import annotations

import re
from dataclasses import replace

from papergraph.extract.state import Extraction
from papergraph.folding import squeeze, topic_id
from papergraph.model import Topic
from papergraph.notes.document import Block, BlockKind

_FOLDER = re.compile(r"^[^\W\d_](?!.*\d{4}-\d\d)")
"""A folder named for what it holds, not for a day or a tool (`_posts`, `2024-05-07-x`)."""


def find_topics(state: Extraction) -> None:
    """Give each entry the heading above it as topic, and each such heading the one above it as broader topic.

    A heading that is itself a paper is no topic; nor are the headings inside a file that is about one paper.
    """
    papers = {id(e.block) for e in state.entries if e.block is not None}
    names = {e.paper.id: e for e in state.entries}
    for entry in names.values():
        if entry.cited and state.owner is not None:
            continue
        # a file that is about one paper stands under its folders
        path: list[str] = [squeeze(f) for f in state.document.path.split("/")[:-1] if _FOLDER.match(f)] if entry is state.owner else []
        for n in range(1, len(path) + 1):
            own = topic_id(tuple(path[:n]))
            state.topics.setdefault(own, Topic(own, path[n - 1], broader=topic_id(tuple(path[: n - 1])) if n > 1 else None))
        for heading in _headings_above(state, entry.block) if entry.block is not None else ():
            if id(heading) in papers:
                continue
            path.append(squeeze(heading.text))
            own = topic_id(tuple(path))
            state.topics.setdefault(own, Topic(own, path[-1], broader=topic_id(tuple(path[:-1])) if len(path) > 1 else None))
        if path:
            entry.paper = replace(entry.paper, topics=(topic_id(tuple(path)),))


def _headings_above(state: Extraction, block: Block) -> list[Block]:
    out: list[Block] = []
    above = state.parent.get(id(block))
    while above is not None:
        if above.kind is BlockKind.HEADING:
            out.append(above)
        above = state.parent.get(id(above))
    return out[::-1]

