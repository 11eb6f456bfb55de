"""Which names of authors are one person: initials, either order, without accents, Japanese with or without a space."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from papergraph.folding import fold, is_cjk

_SPLIT = re.compile(r"[^\w'’‐-]+|[-‐](?=[A-Z]\b)")
_ABBREVIATED = re.compile(r"\bet\s+al\b\.?|\band\s+others\b|\bothers\b|[ほ他]か?$|ら$", re.IGNORECASE)
_SUFFIX = frozenset("jr sr ii iii iv phd md dr prof".split())


@dataclass(frozen=True, slots=True)
class Person:
    """A name as it is compared: its parts, folded, those of one letter being initials; `joined` without spaces.

    `lost` is what a program leaves of it that drops all letters with accents (Özgür → zgr).
    """

    parts: tuple[str, ...]
    joined: str
    lost: str

    @property
    def japanese(self) -> bool:
        """Whether it is written in kana or Han characters."""
        return is_cjk(self.joined)


@lru_cache(maxsize=65_536)
def read_person(name: str) -> Person | None:
    """A name, read for comparing; `None` if nothing is left of it, as of "et al."."""
    name = _ABBREVIATED.sub("", name).strip()
    if "," in name:
        family, _, given = name.partition(",")
        name = f"{given} {family}"
    plain = name if name.isascii() else "".join(c for c in unicodedata.normalize("NFD", name) if is_cjk(name) or not unicodedata.combining(c))
    parts = [p for p in (fold(x) for x in _SPLIT.split(plain)) if p]
    if len(parts) > 1:
        parts = [p for p in parts if p not in _SUFFIX] or parts
    # "JM" before or behind a surname is two initials
    marked = [x for x in _SPLIT.split(plain) if x]
    if len(parts) == 2 and len(marked) == 2 and any(len(x) in (2, 3) and x.isupper() and x.isascii() for x in marked) and not all(x.isupper() for x in marked):
        parts = [q for x, p in zip(marked, parts, strict=True) for q in (list(p) if len(x) in (2, 3) and x.isupper() else [p])]
    lost = "" if name.isascii() else fold("".join(c for c in unicodedata.normalize("NFC", name) if c.isascii()))
    return Person(tuple(parts), "".join(parts), lost) if parts else None


def same_person(a: Person, b: Person) -> bool:
    """Whether two names may well be one person's."""
    if a.joined == b.joined or a.joined == "".join(reversed(b.parts)) or b.joined == "".join(reversed(a.parts)):
        return True
    if (len(b.lost) > 3 and a.joined == b.lost) or (len(a.lost) > 3 and b.joined == a.lost):
        return True
    few, many = sorted((a.parts, b.parts), key=len)
    if a.japanese and b.japanese and len(few) == 1:
        # a surname alone, or no space between the names
        return len(few[0]) > 1 and ("".join(many).startswith(few[0]) or few[0] in many)
    rest = list(many)
    full = False
    # whole words first, so that an initial takes only what is left
    for part in sorted(few, key=len, reverse=True):
        found = next((x for x in rest if x == part), None) or next((x for x in rest if _compatible(part, x)), None)
        if found is None:
            return False
        full = full or (len(part) > 1 and len(found) > 1)
        rest.remove(found)
    return full


def _compatible(a: str, b: str) -> bool:
    if len(a) == 1 or len(b) == 1:
        return a[0] == b[0]
    a, b = sorted((a, b), key=len)
    # Jeff and Jeffrey, Hans and Hans-Jörg
    if len(a) >= 3 and len(b) >= len(a) + 2 and b.startswith(a):
        return True
    return len(a) >= 5 and OSA.distance(a, b, score_cutoff=1) <= 1


@dataclass(frozen=True, slots=True)
class Shared:
    """How many authors two lists share; `known` whether the lists can be compared, `scripts` whether they cannot because they are in different ones, `bare` whether all that is shared is a surname."""

    known: bool = False
    same: int = 0
    fewer: int = 0
    more: int = 0
    bare: bool = False
    scripts: bool = False

    @property
    def share(self) -> float:
        """Of the shorter list, 0..1."""
        return self.same / self.fewer if self.fewer else 0.0

    @property
    def whole(self) -> float:
        """Of all authors of both, 0..1."""
        return self.same / (self.fewer + self.more - self.same) if self.more else 0.0


def shared(a: Sequence[Person], b: Sequence[Person]) -> Shared:
    """How many authors two lists share. Lists in other scripts cannot be compared: 山田太郎 may be Taro Yamada."""
    if not a or not b or a[0].japanese != b[0].japanese:
        return Shared(scripts=bool(a and b))
    few, many = sorted((list(a), list(b)), key=len)
    rest = list(many)
    same, bare = 0, True
    for person in few:
        found = next((x for x in rest if same_person(person, x)), None)
        if found is not None:
            same += 1
            bare = bare and min(len(person.parts), len(found.parts)) < 2 and not (person.japanese and person.joined == found.joined and len(person.joined) > 2)
            rest.remove(found)
    return Shared(known=True, same=same, fewer=len(few), more=len(many), bare=bare and same > 0)
