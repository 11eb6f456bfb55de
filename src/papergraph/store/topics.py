"""The order of topics: that of the notes, told by the first paper below each."""

from __future__ import annotations

from collections.abc import Sequence

from papergraph.model import Topic

Place = tuple[str | None, int | None]


def in_order_of_notes(rows: Sequence[tuple[Topic, int, Place]]) -> tuple[tuple[Topic, int], ...]:
    """Topics with their numbers of papers, by the place of the first paper at or below each; empty ones last.

    Parameters
    ----------
    rows
        Each topic with the number of papers right under it and the place (path, line) of the first of them.
    """
    first: dict[str, tuple[bool, str, int]] = {}
    above = {topic.id: topic.broader for topic, _, _ in rows}
    for topic, _, (path, line) in rows:
        place = (path is None, path or "", line or 0)
        at: str | None = topic.id
        seen: set[str] = set()
        while at is not None and at in above and at not in seen:
            seen.add(at)
            first[at] = min(first.get(at, place), place)
            at = above[at]
    return tuple((t, n) for t, n, _ in sorted(rows, key=lambda r: (first[r[0].id], r[0].broader is not None, r[0].pref_label, r[0].id)))
