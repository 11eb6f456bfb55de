"""Many titles → the few pairs worth comparing.

Blocking by several keys, then sorted neighbourhoods in what is still large (Hernández and Stolfo, "The merge/purge problem
for large databases", 1995): a title shares with another its whole key, what stands before its colon, its beginning or end,
or one or two of its rarest words. The number of pairs grows with the number of titles, not with its square.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise

from papergraph.resolve.titles import Title, weight_of

EDGE = 12
"""Letters at the beginning and the end of a title that make a key: a slip elsewhere leaves one of them whole."""
RAREST = 4
"""Words of a title that make keys."""
_RARE = 30
"""A word that so many titles have makes a key alone; a commoner one only with another."""
_WHOLE, _WINDOW = 40, 12
"""Of a block of up to `_WHOLE` all pairs count; in a larger one, sorted, each with the next `_WINDOW`."""


def telling(title: Title) -> tuple[str, ...]:
    """The words of a title that may make keys, each once, in order."""
    return tuple(dict.fromkeys(t for t in title.tokens if weight_of(t) > 0.5))


def neighbours(title: Title) -> tuple[str, ...]:
    """Each two telling words that follow one another, joined: rarer than either."""
    words = [t for t in title.tokens if weight_of(t) > 0.5]
    return tuple(dict.fromkeys(f"{a} {b}" for a, b in pairwise(words)))


def edges(title: Title) -> tuple[str, ...]:
    """The beginning and the end of a title's key, marked; none of a very short one."""
    if len(title.key) < 6:
        return ()
    size = min(EDGE, max(len(title.key) // 2, 4))
    return f"^{title.key[:size]}", f"{title.key[-size:]}$"


def pairs(titles: Sequence[Sequence[Title]], extra: Sequence[Sequence[str]], order: Callable[[int], tuple[str, str, int]]) -> Iterator[tuple[int, int]]:
    """The pairs of works worth comparing, by their positions, the lower first; each once.

    Parameters
    ----------
    titles
        For each work its names.
    extra
        For each work further keys, such as identifiers: what shares one is compared.
    order
        Of a work's position: what works of one large block are sorted by, so that likely ones stand next to each other.
    """
    common = Counter(t for names in titles for t in {t for title in names for t in telling(title)})
    number = {t: n for n, (t, count) in enumerate(common.items()) if count > 1}
    seen: set[int] = set()
    many = len(titles)
    for block in _blocks(titles, extra, common, number):
        members = sorted(block) if len(block) <= _WHOLE else sorted(block, key=lambda m: (order(m), m))
        reach = len(members) if len(members) <= _WHOLE else _WINDOW
        for n, a in enumerate(members):
            for b in members[n + 1 : n + 1 + reach]:
                pair = min(a, b) * many + max(a, b)
                if a != b and pair not in seen:
                    seen.add(pair)
                    yield divmod(pair, many)


def _blocks(titles: Sequence[Sequence[Title]], extra: Sequence[Sequence[str]], common: Counter[str], number: dict[str, int]) -> Iterator[list[int]]:
    """The works under each key that two or more have."""
    blocks: dict[str | int, int | list[int]] = {}
    for n, names in enumerate(titles):
        keys: set[str | int] = set(extra[n])
        for title in names:
            keys.update((title.key, *title.heads, *title.short, *edges(title)))
            rare = sorted((t for t in telling(title) if t in number), key=lambda t: (common[t], t))[:RAREST]
            keys.update(-1 - number[t] for t in rare if common[t] <= _RARE)
            keys.update(min(a, b) * len(number) + max(a, b) for a, b in combinations((number[t] for t in rare), 2))
        for key in keys:
            held = blocks.get(key)
            if held is None:
                blocks[key] = n
            elif isinstance(held, int):
                blocks[key] = [held, n]
            else:
                held.append(n)
    for block in blocks.values():
        if isinstance(block, list):
            yield block
