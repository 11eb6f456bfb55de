"""Which files of notes were renamed: sources that have gone, and new ones that say the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from papergraph.folding import source_id
from papergraph.model import Note, Source, Statement

_LIKE = 0.5
"""The part that two files must have in common to be one that was renamed and edited."""


def renamed(gone: Iterable[str], new: Iterable[str], before: Iterable[Statement], after: Iterable[Statement]) -> dict[str, str]:
    """For each uri in `gone` that is now another one, that one of `new`.

    Equal contents count first; else at least half of what both state must be the same (Jaccard index), the most alike first.

    Parameters
    ----------
    before, after
        What the files that have gone stated, and what the new ones state.
    """
    gone, new = list(gone), list(new)
    if not gone or not new:
        return {}
    old_words, new_words = _contents(gone, before), _contents(new, after)
    old_hash, new_hash = _hashes(before), _hashes(after)
    pairs = []
    for a in gone:
        for b in new:
            if old_hash.get(a) and old_hash.get(a) == new_hash.get(b):
                pairs.append((2.0, a, b))
            elif common := len(old_words[a] & new_words[b]):
                like = common / len(old_words[a] | new_words[b])
                if like >= _LIKE:
                    pairs.append((like, a, b))
    out: dict[str, str] = {}
    for _, a, b in sorted(pairs, key=lambda p: (-p[0], p[1], p[2])):
        if a not in out and b not in out.values():
            out[a] = b
    return out


def content_key(statement: Statement) -> tuple[str, str]:
    """What a statement says, whichever file says it: the element, or a note's subject and words."""
    element = statement.element
    return (element.about or "", element.text) if isinstance(element, Note) else ("", element.id)


def _contents(uris: Iterable[str], said: Iterable[Statement]) -> Mapping[str, set[tuple[str, str]]]:
    ids = {source_id(u): u for u in uris}
    out: dict[str, set[tuple[str, str]]] = {u: set() for u in ids.values()}
    for s in said:
        if s.asserter in ids and not isinstance(s.element, Source):
            out[ids[s.asserter]].add(content_key(s))
    return out


def _hashes(said: Iterable[Statement]) -> dict[str, str]:
    return {s.element.uri: s.element.sha256 for s in said if isinstance(s.element, Source)}
