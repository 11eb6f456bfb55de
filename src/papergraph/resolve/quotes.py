"""Where a quote stands in a text that was edited since: by its words and by what stood around them.

The W3C's Web Annotation Data Model calls the three texts a TextQuoteSelector (section 4.2.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

AROUND = 32
"""Characters of a quote's surroundings that are kept on either side."""
_ALIKE = 75.0
"""How like (0..100) words between the same surroundings must be to be the same words, edited."""
_OCCURRENCES = 1_000
"""Places of the same words that are looked at; notes that repeat a sentence more often do not tell them apart."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote was found: `text[start:end]`, and whether these are its very words."""

    start: int
    end: int
    exact: bool


def surroundings(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands right before and right after `text[start:end]`, up to `AROUND` characters each."""
    return text[max(0, start - AROUND) : start], text[end : end + AROUND]


def find_quote(text: str, quote: str, prefix: str = "", suffix: str = "", near: int = 0, taken: Sequence[tuple[int, int]] = ()) -> Place | None:
    """The place of `quote` in `text`; `None` if it is lost.

    No place in a stretch of `taken` (start and end) counts: what stands there is known to be somebody else's words. Of several places the one whose surroundings have most in common with `prefix` and `suffix`, then the nearest to the
    offset `near`. Where the words themselves have gone, what stands between the old surroundings counts if it is much
    alike: a sentence whose spelling was mended.

    >>> find_quote("a cat. A dog. a cat!", "a cat", prefix="dog. ")
    Place(start=14, end=19, exact=True)
    >>> find_quote("We think that it dos not hold.", "it does not hold", "We think that ", ".")
    Place(start=14, end=29, exact=False)
    >>> find_quote("Nothing of it.", "it does not hold", "We think that ", ".") is None
    True
    """
    if not quote:
        return None
    places = [at for at in _occurrences(text, quote) if not _within(at, at + len(quote), taken)]
    if places:
        best = max(places, key=lambda at: (_in_common(text, at, at + len(quote), prefix, suffix), -abs(at - near)))
        return Place(best, best + len(quote), exact=True)
    return _between(text, quote, prefix, suffix, near, taken)


def _within(start: int, end: int, taken: Iterable[tuple[int, int]]) -> bool:
    return any(a <= start and end <= b for a, b in taken)


def _occurrences(text: str, quote: str) -> Iterator[int]:
    at = text.find(quote)
    for _ in range(_OCCURRENCES):
        if at < 0:
            return
        yield at
        at = text.find(quote, at + 1)


def _in_common(text: str, start: int, end: int, prefix: str, suffix: str) -> int:
    """How many characters next to `text[start:end]` are those that stood next to the quote."""
    before = text[max(0, start - len(prefix)) : start]
    return _equal(before[::-1], prefix[::-1]) + _equal(text[end : end + len(suffix)], suffix)


def _equal(a: str, b: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _between(text: str, quote: str, prefix: str, suffix: str, near: int, taken: Sequence[tuple[int, int]]) -> Place | None:
    """The edited words between the last line of `prefix` and the first line of `suffix`."""
    from rapidfuzz import fuzz

    head, tail = prefix[-12:], suffix[:12]
    starts = [at + len(head) for at in _occurrences(text, head)] if head.strip() else ([0] if not prefix else [])
    best: tuple[float, int, Place] | None = None
    for start in starts:
        limit = start + 2 * len(quote) + len(tail)
        ends = {text.find(tail, start, limit)} if tail.strip() else set()
        if not tail or tail[0] in "\r\n":
            # a quote that ends its line ends the edited one too, whatever became of the next
            ends.add(_line_end(text, start, limit))
        for end in sorted(e for e in ends if start < e <= limit and not _within(start, e, taken)):
            ratio = fuzz.ratio(quote, text[start:end])
            if ratio >= _ALIKE and (best is None or (ratio, -abs(start - near)) > best[:2]):
                best = (ratio, -abs(start - near), Place(start, end, exact=False))
    return best[2] if best else None


def _line_end(text: str, start: int, limit: int) -> int:
    """Where the line ends that `text[start]` is in; beyond `limit` where it is longer than that."""
    found = [at for at in (text.find("\n", start, limit + 1), text.find("\r", start, limit + 1)) if at >= 0]
    return min(found, default=len(text) if len(text) <= limit else limit + 1)
