"""The topic tree: the headings under which papers stand."""

from __future__ import annotations

from dataclasses import replace

from papergraph.extract.state import Extraction
from papergraph.folding import squeeze, topic_id
from papergraph.model import Topic
from papergraph.notes.document import Block, BlockKind


def find_topics(state: Extraction) -> None:
    """Give each entry the heading above it as topic, and each such heading the one above it as broader topic.

    A heading that is itself a paper is no topic; nor are the headings inside a file that is about one paper.
    """
    papers = {id(e.block) for e in state.entries if e.block is not None}
    names = {e.paper.id: e for e in state.entries}
    for entry in names.values():
        if entry.block is None or (entry.cited and state.owner is not None):
            continue
        path: list[str] = []
        for heading in _headings_above(state, entry.block):
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

