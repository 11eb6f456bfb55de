"""Which files of notes were renamed: sources that have gone, and new ones that say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from papergraph.folding import source_id
from papergraph.model import Note, Paper, Source, Statement
from papergraph.vocabulary import Role

_ALIKE, _SOMEWHAT = 0.9, 0.5
"""How alike titles are (0..1) that are one title, put right; and where what is said of them is the same."""
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


def retitled(before: Iterable[Statement], after: Iterable[Statement]) -> list[tuple[Paper, Paper]]:
    """Entries of one file whose titles were put right: `(before, now)`, by their ids.

    An entry that has gone is one that came if their titles are much alike, or somewhat so and what the file says of the one it now says
    of the other. Nothing is told where two could be meant.
    """
    from rapidfuzz import fuzz

    was, now = _entries(before), _entries(after)
    said, says = _words_about(before), _words_about(after)
    pairs = []
    for asserter in was.keys() & now.keys():
        gone = [p for i, p in was[asserter].items() if i not in now[asserter]]
        new = [p for i, p in now[asserter].items() if i not in was[asserter]]
        for a in gone:
            for b in new:
                alike = fuzz.token_sort_ratio(a.title.casefold(), b.title.casefold()) / 100
                old, own = said.get((asserter, a.id), set()), says.get((asserter, b.id), set())
                if alike >= _ALIKE or (alike >= _SOMEWHAT and old and len(old & own) * 2 > len(old | own)):
                    pairs.append((a, b))
    firsts, seconds = Counter(a.id for a, _ in pairs), Counter(b.id for _, b in pairs)
    return sorted(((a, b) for a, b in pairs if firsts[a.id] == seconds[b.id] == 1), key=lambda p: (p[0].id, p[1].id))


def _entries(said: Iterable[Statement]) -> dict[str, dict[str, Paper]]:
    out: dict[str, dict[str, Paper]] = {}
    for s in said:
        if isinstance(s.element, Paper) and s.element.role is Role.ENTRY:
            out.setdefault(s.asserter, {})[s.element.id] = s.element
    return out


def _words_about(said: Iterable[Statement]) -> dict[tuple[str, str], set[str]]:
    out: dict[tuple[str, str], set[str]] = {}
    for s in said:
        if isinstance(s.element, Note) and s.element.about:
            out.setdefault((s.asserter, s.element.about), set()).add(s.element.text)
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
