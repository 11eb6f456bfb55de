"""Papers with known truth: works, the forms in which notes and catalogues write them, and works that look like one but are two.

Two copies of one work differ as real ones do: slips of the hand, missing words, a subtitle left out, authors in another
order, with initials, cut off or left out, accents lost, preprint and published version, venues short and long. Hard
negatives: recurring titles, works of one title by others, parts of a series, 2D and 3D, versions, a conference paper and
its journal version, the same authors' next paper, opposite words, comments on a work, one short name for two works.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate

from vocabulary import (
    ENDS,
    FORMS,
    GIVEN,
    JA_FAMILY,
    JA_FORMS,
    JA_GIVEN,
    JA_METHODS,
    JA_TASKS,
    MANNERS,
    METHODS,
    NOUNS,
    RECURRING,
    SHARED,
    SHORT,
    SURNAMES,
    TASKS,
    VENUES,
)

from papergraph.folding import is_cjk
from papergraph.model import Paper
from papergraph.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Work:
    """A work as it is; `venue` is a row of `VENUES`, `preprint` whether it was in an archive first."""

    number: int
    title: str
    authors: tuple[str, ...]
    year: int
    venue: int
    doi: str
    arxiv: str = ""
    openreview: str = ""
    alike: bool = False
    """Whether another work beside it looks like it: no copy then lacks the words that alone tell them apart."""


@dataclass(frozen=True, slots=True)
class Copy:
    """One writing of a work: the paper, and the number of the work it is."""

    paper: Paper
    work: int


def works(count: int, seed: int, *, few_words: bool = False) -> list[Work]:
    """About `count` works, one in four with another beside it that looks like it; with `few_words` of a few hundred words only."""
    rng = random.Random(seed)
    out: list[Work] = []

    def add(title: str, authors: tuple[str, ...], year: int, venue: int, *, archived: bool = True, alike: bool = False) -> Work:
        n = len(out)
        arxiv = f"{year % 100:02d}{rng.randint(1, 12):02d}.{n % 100000:05d}" if archived and rng.random() < 0.6 else ""
        openreview = "".join(rng.choices(string.ascii_letters, k=10)) if venue == 2 else ""
        out.append(Work(n, title, authors, year, venue, f"10.{1000 + venue}/{year}.{n}", arxiv, openreview, alike))
        return out[-1]

    while len(out) < count:
        year, venue = rng.randint(1994, 2025), rng.randrange(len(VENUES))
        kind = rng.random()
        if kind < 0.02:
            add(rng.choice(RECURRING), _authors(rng, "en") if rng.random() < 0.8 else (), year, venue)
            continue
        if kind < 0.04:
            add(rng.choice(SHARED), _authors(rng, "en"), year, venue)
            continue
        ja = kind < 0.15
        beside = rng.random() < 0.25
        way = rng.choices(range(len(WAYS)), WAYS)[0]
        # of a preprint nobody can say whether the conference paper or its longer version is its published form
        archived = not (beside and way == 0)
        title = _japanese(rng) if ja else _with_coined(rng, _english(rng)) if not few_words else _english(rng)
        if beside and way in FIRST and rng.random() < 0.5:
            # the first of a series is numbered too
            title += FIRST[way][ja]
        work = add(title, _authors(rng, "ja" if ja and rng.random() < 0.8 else "en"), year, venue, archived=archived, alike=beside)
        if beside:
            add(*_lookalike(rng, work, way), archived=archived, alike=True)
    return out


def _english(rng: random.Random) -> str:
    form = rng.choice(FORMS)
    return form.format(m=rng.choice(MANNERS), x=rng.choice(METHODS), y=rng.choice(TASKS), z=rng.choice(TASKS), n=rng.choice(NOUNS), s=rng.choice(SHORT) + rng.choice(ENDS))


@cache
def coined() -> tuple[list[str], list[float]]:
    """20,000 words such as methods are called by, and how often each stands, by Zipf's law: the vocabulary alone would put each word into thousands of titles."""
    rng = random.Random(0)
    syllables = [a + b for a in "b c d f g k l m n p r s t v z st tr pl gr".split() for b in "a e i o u ar en il on us".split()]
    words = ["".join(rng.choices(syllables, k=rng.choice((2, 3, 3, 4)))).capitalize() for _ in range(20_000)]
    return words, list(accumulate(1 / (n + 10) for n in range(len(words))))


def _with_coined(rng: random.Random, title: str) -> str:
    """The title with up to two more words."""
    words, weights = coined()
    out = title.split(" ")
    for word in rng.choices(words, cum_weights=weights, k=rng.choice((0, 1, 1, 2))):
        out.insert(rng.randrange(1, len(out) + 1), word)
    return " ".join(out)


def _japanese(rng: random.Random) -> str:
    return rng.choice(JA_FORMS).format(x=rng.choice(JA_METHODS), y=rng.choice(JA_TASKS))


def _authors(rng: random.Random, script: str) -> tuple[str, ...]:
    count = rng.choice((1, 2, 2, 3, 3, 4, 5, 7))
    if script == "ja":
        return tuple(f"{rng.choice(JA_FAMILY)} {rng.choice(JA_GIVEN)}" for _ in range(count))
    middle = [f" {rng.choice(string.ascii_uppercase)}." if rng.random() < 0.2 else "" for _ in range(count)]
    return tuple(f"{rng.choice(GIVEN)}{m} {rng.choice(SURNAMES)}" for m in middle)


WAYS = (2, 3, 5, 2, 3, 1, 2, 2, 5)
"""How often a look-alike is of each kind, as `_lookalike` numbers them."""
FIRST = {1: (", Part I", "その1"), 6: (" in 2D", "(1)")}
"""What the first work of a series ends with, in English and in Japanese, by the kind of look-alike."""


def _lookalike(rng: random.Random, work: Work, way: int) -> tuple[str, tuple[str, ...], int, int]:
    """Title, authors, year and venue of another work that looks like `work`."""
    t, ja = work.title, is_cjk(work.title)
    journal = VENUES[work.venue][0] == "journal"
    other = rng.choice([n for n, v in enumerate(VENUES) if (v[0] == "journal") != journal])
    if way == 0:  # the longer version in a journal, or the short one at a conference
        return t if rng.random() < 0.8 else _reworded(rng, t), work.authors, work.year + (rng.choice((1, 2, 3)) if not journal else -rng.choice((1, 2))), other
    first = FIRST.get(way, ("", ""))[ja]
    if first and t.endswith(first):
        return t.removesuffix(first) + first.replace("I", "II").replace("1", "2").replace("2D", "3D"), work.authors, work.year + rng.choice((0, 0, 1, 2)), work.venue
    if way == 1:
        part = rng.choice((", Part II", " II", " 2", ": Part 2", " (Part III)")) if not ja else rng.choice(("その2", " 第2部", "(2)"))
        return t + part, work.authors if rng.random() < 0.8 else _authors(rng, "en"), work.year + rng.choice((0, 1, 2)), work.venue
    if way == 2:  # the same authors' next paper
        return _reworded(rng, t), work.authors if rng.random() < 0.7 else (*work.authors[:2], *_authors(rng, "ja" if ja else "en")[:2]), work.year + rng.choice((0, 1, 1, 2)), work.venue if rng.random() < 0.5 else rng.randrange(len(VENUES))
    if way == 3 and not ja:
        about = rng.choice(("Comment on “{}”", "Revisiting {}", "A Reply to {}", "Rethinking {}", "Erratum: {}", "{} Revisited"))
        return about.format(t), _authors(rng, "en") if "Erratum" not in about else work.authors, work.year + rng.choice((1, 2, 3)), work.venue
    if way == 4 and ":" in t:  # the same short name
        return t.split(":")[0] + ": " + _english(rng).rpartition(": ")[2], _authors(rng, "en"), work.year + rng.choice((0, 1, 2, 5)), work.venue
    if way == 5:  # one title, others
        return t, _authors(rng, "ja" if ja else "en"), work.year + rng.choice((-6, -3, 0, 2, 4, 9)), rng.randrange(len(VENUES))
    if way == 6 and not ja:
        return f"{t} in {rng.choice(('2D', '3D', '4D'))}" if rng.random() < 0.5 else f"{t} {rng.choice(('v2', '2.0', 'V3'))}", work.authors, work.year + rng.choice((0, 1, 2)), work.venue
    if way == 7 and not ja:
        turned = {"Supervised": "Unsupervised", "Symmetric": "Asymmetric", "Convex": "Nonconvex"}
        for x, y in (*turned.items(), *((y, x) for x, y in turned.items())):
            if x in t.split():
                return t.replace(x, y), work.authors, work.year + rng.choice((0, 1)), work.venue
    return _reworded(rng, t), work.authors[:1] + _authors(rng, "ja" if ja else "en")[:2], work.year + rng.choice((0, 1, 3)), rng.randrange(len(VENUES))


def _reworded(rng: random.Random, title: str) -> str:
    """Another title that shares most words: another method, task or manner."""
    for pool in rng.sample((JA_METHODS, JA_TASKS) if is_cjk(title) else (METHODS, TASKS, MANNERS), 2):
        found = [w for w in pool if w in title]
        if found:
            return title.replace(max(found, key=len), rng.choice([w for w in pool if w not in title]))
    if is_cjk(title):
        return "続・" + title
    words = title.split()
    n = rng.choice([n for n, w in enumerate(words) if len(w) > 3] or [0])
    words[n] = rng.choice(coined()[0]) if rng.random() < 0.8 else f"More {words[n]}"
    return " ".join(words)


def copies(found: list[Work], seed: int, *, whole: bool = False, most: int = 3) -> list[Copy]:
    """Each work in one to `most` writings, in random order; `whole` ones tell nearly all, as catalogues do, others leave much out, as notes do."""
    rng = random.Random(seed)
    out = [c for w in found for c in _writings(rng, w, rng.choice(range(1, most + 1)), whole=whole)]
    rng.shuffle(out)
    return [replace(c, paper=replace(c.paper, id=f"p{n:07d}")) for n, c in enumerate(out)]


def _writings(rng: random.Random, work: Work, count: int, *, whole: bool) -> Iterator[Copy]:
    # the year in the archive, the same in every copy
    before = rng.choice((0, 0, 1, 1, 2))
    authors, year, venue_told = (0.98, 0.97, 0.95) if whole else (0.65, 0.65, 0.55)
    for _ in range(count):
        preprint = bool(work.arxiv) and rng.random() < 0.4
        title = work.title
        if preprint and rng.random() < 0.15 and not work.alike:
            title = _missing(rng, title)
        if rng.random() < 0.12 and not work.alike:
            title = _dropped(rng, title)
        if rng.random() < 0.15:
            title = _slip(rng, title)
        if rng.random() < 0.05 and not work.alike:
            title = _missing(rng, title)
        if rng.random() < 0.3:
            title = rng.choice((str.lower, str.capitalize, lambda t: t + ".", lambda t: t.replace("-", " "), lambda t: t.replace(": ", " - ")))(title)
        if rng.random() < 0.03:
            title += rng.choice((" (extended abstract)", " (panel session)", " (poster)", " (Demo)"))
        venue = "arXiv" if preprint else VENUES[work.venue][1][rng.randrange(2)]
        paper = Paper(
            "",
            title,
            Role.ENTRY,
            _written(rng, work.authors) if rng.random() < authors else (),
            work.year - (before if preprint else 0) if rng.random() < year else None,
            venue if rng.random() < venue_told else None,
            doi=work.doi if not preprint and rng.random() < 0.25 else None,
            arxiv_id=work.arxiv if preprint and rng.random() < 0.8 else None,
            openreview_id=work.openreview or None if rng.random() < 0.4 else None,
        )
        if rng.random() < 0.004:
            # a volume's DOI, given to what stands in it
            paper = replace(paper, doi=f"10.{1000 + work.venue}/volume")
        yield Copy(paper, work.number)


def _slip(rng: random.Random, title: str) -> str:
    """One or two slips of the hand in longer words, never in a number."""
    letters = list(title)
    for _ in range(1 + (rng.random() < 0.15)):
        places = [n for n in range(1, len(letters) - 1) if letters[n - 1].isalpha() and letters[n].isalpha() and letters[n + 1].isalpha() and not letters[n].isupper()]
        if len(places) < 8:
            return title
        n = rng.choice(places)
        match rng.randrange(4):
            case 0:
                letters[n], letters[n + 1] = letters[n + 1], letters[n]
            case 1:
                del letters[n]
            case 2:
                letters.insert(n, letters[n])
            case _ if not is_cjk(letters[n]):
                letters[n] = rng.choice(string.ascii_lowercase)
    return "".join(letters)


def _missing(rng: random.Random, title: str) -> str:
    """Without one word, where enough are left; mostly one of grammar."""
    words = title.split()
    free = [n for n, w in enumerate(words) if w.isalpha() and n]
    free = [n for n in free if words[n].islower()] if rng.random() < 0.6 else free
    if len(words) < 5 or not free:
        return title
    del words[rng.choice(free)]
    return " ".join(words)


def _dropped(rng: random.Random, title: str) -> str:
    """Without its subtitle, at times only its short name."""
    head, mark, _ = title.partition(": ")
    return head if mark and (len(head.split()) > 2 or rng.random() < 0.15) else title


def _written(rng: random.Random, authors: tuple[str, ...]) -> tuple[str, ...]:
    """The authors as one would write them."""
    way = rng.randrange(9)
    out = list(authors)
    if way == 1:
        out = [" ".join(reversed(a.split())) for a in out]
    elif way == 2:
        out = [_initials(a) for a in out]
    elif way == 3:
        out = out[: rng.choice((1, 2, 3))]
    elif way == 4:
        out = [a.replace("ü", "u").replace("é", "e").replace("í", "i").replace("Ç", "").replace("á", "a") for a in out]
    elif way == 5:
        rng.shuffle(out)
    elif way == 6:
        out = [f"{a.split()[-1]}, {' '.join(a.split()[:-1])}" if not is_cjk(a) else a.replace(" ", "") for a in out]
    elif way == 7:
        out = [a.split()[-1] if not is_cjk(a) else a.split()[0] for a in out[:1]]
    return tuple(out)


def _initials(name: str) -> str:
    first, *rest = name.split()
    return name if is_cjk(name) else f"{first[0]}. {' '.join(rest)}"
