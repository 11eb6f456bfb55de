"""What two titles have in common, and what tells that alike ones are two works."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from papergraph.folding import fold, is_cjk, words
from papergraph.resolve.names import short_names

# what a publisher adds to a title, and what two copies of one work often differ in
_QUALIFIER = re.compile(
    r"\s*[\[(（]\s*(?:(?:an?\s+)?(?:extended|short|full|brief|oral|best|invited|technical|conference|journal|arxiv|keynote|research|industrial|demo|poster|panel|tutorial)?\s*"
    r"(?:abstract|panel|session|poster|demo|demonstration|tutorial|talk|keynote|paper|version|report|preprint|address|overview|summary)(?:\s+(?:session|abstract|only|paper|talk|description))?"
    r"|抄録|ポスター|招待講演|予稿)\s*[\])）]\s*$",
    re.IGNORECASE,
)
_HEAD = re.compile(r"\s*[:：]\s+|\s*：|\s+[-–—]+\s+|[?!？！]\s+|\s*[—–]\s*|:\s*")
_DIMENSIONS = re.compile(r"(?<![A-Za-z])(\d+)\s?[-–‐]\s?[dD](?![A-Za-z])")
_DIGITS = re.compile(r"\d+")
_SCRIPTS = re.compile(r"[\u3041-\u309f]+|[\u30a0-\u30ff]+|[^\u3041-\u30ff]+")
_HIRAGANA = re.compile(r"[\u3041-\u309f]+")
_PART = frozenset("part parts volume vol chapter book no number lecture section phase type level track version episode installment 第 その".split())
_ROMAN = {r: str(n) for n, r in enumerate("i ii iii iv v vi vii viii ix x xi xii".split(), 1)}
_COUNTED = {w: str(n) for n, w in enumerate("two three four five six seven eight nine ten".split(), 2)}
_ORDINAL = {w: f"{n}{'st' if n == 1 else 'nd' if n == 2 else 'rd' if n == 3 else 'th'}" for n, w in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split(), 1)}
_STOP = frozenset(
    "a an and are as at by do does for from how in into is it its of on or over the to towards toward under using via what when where why with without your you can be this that".split()
)
_LIGHT = 0.15
_SOMEWHAT_ALIKE = 78
"""Words that are less alike, 0..100, are no slips of one word."""
_NEGATING = frozenset("un non in im ir il dis de anti multi semi self sub super hyper bi uni tri a pre post inter intra hetero homo meta co over under re out".split())
_TURNING = frozenset("非不無未反半")
_ABOUT = frozenset("more further comment comments reply response rejoinder erratum errata corrigendum correction retraction addendum revisiting revisited rethinking reconsidered reproducing reproduction replication followup sequel 再考 追試 訂正".split())
"""Words that make of another work's title the title of a work about it."""
_RECURRING = frozenset(
    fold(t)
    for t in (
        "Editorial;Editor's Notes;Editors' Notes;Editor's Note;Introduction;Preface;Foreword;Guest Editorial;Guest Editors' Introduction;Guest Editor's Introduction;Introduction to the Special Issue;"
        "Chair's Message;Message from the Chair;Letter from the Editor;Letters to the Editor;Book Review;Book Reviews;Erratum;Errata;Corrigendum;Conclusion;Keynote;Keynote Address;Reminiscences on Influential Papers;"
        "Panel;Tutorial;Abstracts;Index;Author Index;Table of Contents;Special Issue;Front Matter;News;In Memoriam;Obituary;Report;Technical Report;Notes;Reviews;Response;Reply;Discussion;Comment;Comments;"
        "Overview;Summary;Calendar;Call for Papers;Thesis;Untitled;巻頭言;編集後記;まえがき;あとがき;はじめに;書評;序文;特集;総論;会告"
    ).split(";")
)
"""Titles that stand above many works."""


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is compared.

    `key` is folded, without accents and without what a publisher adds; `tokens` its words, `heads` the keys of what stands
    before a colon, a dash or a question mark, longest first; `short` the keys of its short names; `numbers` what counts in
    it, `numbered_head` what counts in the longest head; `weight` how much it tells.
    """

    key: str
    tokens: tuple[str, ...]
    heads: tuple[str, ...]
    short: tuple[str, ...]
    numbers: tuple[str, ...]
    numbered_head: tuple[str, ...]
    weight: float

    @property
    def recurring(self) -> bool:
        """Whether it is one of the titles that stand above many works."""
        return self.key in _RECURRING


@lru_cache(maxsize=65_536)
def read_title(text: str) -> Title:
    """A title, read for comparing."""
    plain = html.unescape(text) if "&" in text else text
    plain = _QUALIFIER.sub("", plain) or plain
    plain = _DIMENSIONS.sub(r"\1D", plain)
    tokens = _tokens(plain)
    heads: list[str] = []
    numbered: tuple[str, ...] = ()
    for cut in _HEAD.finditer(plain):
        head = plain[: cut.start()]
        key = _key(head)
        if cut.end() < len(plain) and key and key not in heads:
            heads.insert(0, key)
            numbered = _numbers(_tokens(head))
    short = tuple(dict.fromkeys(k for s in short_names(plain) if len(k := _key(s)) >= 3))
    return Title(_key(plain), tokens, tuple(heads), short, _numbers(tokens), numbered, sum(map(weight_of, tokens)))


def _key(text: str) -> str:
    return fold(_bare(text))


def _bare(text: str) -> str:
    """`text` without accents; kana keep their marks, which make other letters of them."""
    if text.isascii():
        return text
    out = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        out.append(char if is_cjk(char) or len(parts) == 1 else "".join(c for c in parts if not unicodedata.combining(c)))
    return "".join(out)


def _tokens(text: str) -> tuple[str, ...]:
    out: list[str] = []
    for word in words(_bare(text)):
        # fourth and 4th, two and 2 are one
        out += _SCRIPTS.findall(word) if is_cjk(word) else [_COUNTED.get(word) or _ORDINAL.get(word) or word]
    return tuple(out)


@lru_cache(maxsize=65_536)
def weight_of(token: str) -> float:
    """How much a word tells: words of grammar 0.15, very short ones 0.6, others 1; a run of kanji or katakana, which holds several, up to 4."""
    if token in _STOP or _HIRAGANA.fullmatch(token):
        return _LIGHT
    if is_cjk(token):
        return min(max(len(token) / (4 if "\u30a0" <= token[0] <= "\u30ff" else 2), 0.6), 4.0)
    return 0.6 if len(token) < 3 else 1.0


def _numbers(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """What counts in a title: digits, Roman numerals after "part" or at the end, and number words."""
    out: list[str] = []
    for n, word in enumerate(tokens):
        part = n > 0 and tokens[n - 1] in _PART
        last = 0 < n == len(tokens) - 1
        digits = _DIGITS.findall(word)
        if digits:
            out += [d.lstrip("0") or "0" for d in digits]
        elif word in _ROMAN and (part or len(word) > 1 or (last and word in "iv")):
            out.append(_ROMAN[word])
        elif part and word in ("one", "a"):
            out.append("1")
    return tuple(sorted(out))


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two titles compare; shares are of what both titles tell together, 0..1.

    Parameters
    ----------
    equal
        They are one once folded.
    replaced, lacking
        What stands in each in place of something else; what stands in only one.
    typos
        Letters that differ in words that are otherwise one, as a share of all letters.
    swapped
        A word of the one stands where quite another word stands in the other.
    letters
        How far the letters are apart, words and their order left aside.
    shuffled
        How far the same words stand in another order.
    headed, short
        One is what stands before the other's colon; one is the other's short name.
    numbers, counted
        Their numbers differ; one has numbers where the other has none.
    opposite
        A word of the one negates, or otherwise turns round, a word of the other, or makes it the title of a work about the other.
    """

    equal: bool = False
    replaced: float = 0.0
    lacking: float = 0.0
    typos: float = 0.0
    swapped: bool = False
    letters: float = 0.0
    shuffled: float = 0.0
    headed: bool = False
    short: bool = False
    numbers: bool = False
    counted: bool = False
    opposite: bool = False

    @property
    def apart(self) -> float:
        """How far the titles are apart, by which the nearest of several names is chosen."""
        return 2 * self.replaced + self.lacking + self.typos + 0.2 * (self.headed + 2 * self.short) + self.numbers + 0.5 * self.counted + self.opposite


def compare(a: Title, b: Title) -> Likeness:
    """How two titles compare."""
    if a.key == b.key:
        return Likeness(equal=True)
    numbers, counted = _counts(a.numbers, b.numbers)
    for whole, head in ((a, b), (b, a)):
        if head.key in whole.heads or head.key in whole.short:
            # "Part II" behind the colon tells another work, a number in a subtitle that was left out does not
            told = _numbers(whole.tokens[-2:]) and _numbers(whole.tokens[-2:]) != _numbers(whole.tokens[-2:-1])
            short = head.key in whole.short or head.weight < 2
            return Likeness(headed=not short, counted=bool(told) or (not short and head.numbers != whole.numbered_head), short=short)
    left, right = list((Counter(a.tokens) - Counter(b.tokens)).elements()), list((Counter(b.tokens) - Counter(a.tokens)).elements())
    typos, opposite = 0, False
    if left and right:
        slips, opposite = _cjk_slips(a.key, b.key)
        if slips or "".join(left) == "".join(right):
            left, right, typos = [], [], slips
        _join(left, right)
        _join(right, left)
        more, turned = _pair(left, right)
        typos, opposite = typos + more, opposite or turned
    whole_weight = a.weight + b.weight or 1.0
    ours, theirs = sum(map(weight_of, left)), sum(map(weight_of, right))
    matched = 1 - (ours + theirs) / whole_weight
    likeness = ratio(a.key, b.key) / 100
    return Likeness(
        replaced=2 * min(ours, theirs) / whole_weight,
        lacking=abs(ours - theirs) / whole_weight,
        typos=2 * typos / max(len(a.key) + len(b.key), 1),
        swapped=_swapped(left, right),
        letters=1 - likeness,
        shuffled=max(0.0, matched - likeness) if matched > 0.5 else 0.0,
        numbers=numbers,
        counted=counted,
        opposite=opposite or bool(_ABOUT.intersection(left) ^ _ABOUT.intersection(right)),
    )


def _cjk_slips(a: str, b: str) -> tuple[int, bool]:
    """Characters lost, doubled or exchanged between two Japanese titles, else 0, for their words are not parted so that each could be compared by itself; and whether what is lost turns a word round.

    Another character put is no slip: 画像合成 is not 画像生成.
    """
    if not (is_cjk(a) and is_cjk(b)):
        return 0, False
    short, long = sorted((a, b), key=len)
    most = min(2, len(short) // 8)
    lost = Counter(long) - Counter(short)
    if not most or sum(lost.values()) != len(long) - len(short) or not (found := OSA.distance(a, b, score_cutoff=most)) or found > most:
        return 0, False
    return found, not _TURNING.isdisjoint(lost)


def _join(left: list[str], right: list[str]) -> None:
    """Take out of both lists a word of the one that the other writes as two: fulltext, full-text."""
    for word in list(left):
        for n in range(len(right) - 1):
            if word == right[n] + right[n + 1]:
                left.remove(word)
                del right[n : n + 2]
                break


def _counts(a: tuple[str, ...], b: tuple[str, ...]) -> tuple[bool, bool]:
    if a == b:
        return False, False
    ours, theirs = Counter(a) - Counter(b), Counter(b) - Counter(a)
    return bool(ours and theirs), not (ours and theirs)


def _pair(left: list[str], right: list[str]) -> tuple[int, bool]:
    """Take out of both lists the words that differ by a slip only; the letters that differ, and whether a word was turned round."""
    typos, opposite = 0, False
    for x in list(left):
        for y in right:
            # most pairs of words are told apart by their lengths and ends
            longer = abs(len(x) - len(y))
            same_end = x[-1] == y[-1]
            if longer <= 6 and same_end and x[0] != y[0] and _turned(x, y):
                opposite = True
            elif longer <= 2 and (same_end or x[0] == y[0]) and (slips := _slips(x, y)):
                typos += slips
                left.remove(x)
                right.remove(y)
                break
    return typos, opposite


def _swapped(left: list[str], right: list[str]) -> bool:
    ours, theirs = ([t for t in some if weight_of(t) > 0.5] for some in (left, right))
    return bool(ours and theirs) and any(all(ratio(x, y) < _SOMEWHAT_ALIKE for y in theirs) for x in ours)


def _turned(x: str, y: str) -> bool:
    """Whether one is the other with a prefix that turns it round; a slip in it hides that not."""
    if len(x) < 4 or len(y) < 4:
        return False
    for word, other in ((x, y), (y, x)):
        for size in (1, 2, 3, 4, 5):
            if other[:size] in _NEGATING and (other[size:] == word or (_slips(other[size:], word) and word[0] != other[0])):
                return True
    return False


def _slips(x: str, y: str) -> int:
    """Letters in which two words differ if that may be a slip of the hand, else 0. Of short words a letter may be lost or two exchanged, not another put: text is not test."""
    shorter, longer = sorted((len(x), len(y)))
    if _DIGITS.search(x) or _DIGITS.search(y):
        return 0
    if shorter < 5:
        lost = longer == shorter + 1 and x[-1] == y[-1]
        if shorter < 3 or longer < 4 or is_cjk(x) or x[0] != y[0] or not (lost or sorted(x) == sorted(y)):
            return 0
    most = 2 if shorter >= 7 and x[0] == y[0] else 1
    found = OSA.distance(x, y, score_cutoff=most)
    return found if found <= most else 0
