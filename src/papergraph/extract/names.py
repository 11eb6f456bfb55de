"""Names and concepts beside a cue: capitalised names and acronyms, runs of nouns, quoted terms, plain noun phrases."""

from __future__ import annotations

import re
from functools import cache

from papergraph.extract.state import Extraction, Match, Mention, Sentence, taken
from papergraph.folding import is_cjk, squeeze
from papergraph.lang import Lexicon
from papergraph.lang.tokens import morphemes
from papergraph.lang.words import Words

_NAME = re.compile(
    r"(?<![\w/@#.$\\-])(?:[A-Z]{2,}[\w+*]*(?:-[\w+*]+)*|[A-Z][a-z0-9]*[A-Z][\w+*]*(?:-[\w+*]+)*|[A-Z][\w+*]*-[\w+*-]*[A-Z0-9][\w+*-]*|[A-Z][a-z]+\d[\w.]*"
    r"|[A-Z][a-z]{2,}(?:[ \u00a0](?:[A-Z][\w-]+|[A-Z0-9]{1,4}\b))*)(?![\w])"
)
_PAIR = re.compile(r"(?<![\w&] )(?<!\w)[A-Z][a-z]{2,} & [A-Z][a-z]{2,}(?![\w&])")
"""Two authors who stand for their work: Alon & Yahav."""
_LOWER_NAME = re.compile(r"[a-z]+2[a-z]+|[a-z]{3,}\+{1,2}|[a-z]{2,}\d+[a-z]{2,}")
"""A name in small letters: pix2pix, struct2depth, pointnet++."""
_LATIN_NAME = re.compile(
    r"(?<![A-Za-z0-9/@#.$\\_-])[A-Za-z][A-Za-z0-9+*.]*(?:[-_][A-Za-z0-9+*.]+)*(?: (?:[A-Z][A-Za-z0-9+*.-]*|\d{1,2}(?![\d年月日]))(?![A-Za-z0-9]))*"
)
_QUOTED_TERM = re.compile(r"[「『“\"]([^「」『』“”\"\n。、]{2,30})[」』”\"]")
_NO_NAME = re.compile(
    r"^(?:ours?|equation|eqn?|todo|done|doing|now|later|wip)\b|^[\d.,%]+\s*[^\W\d_]{0,2}$|^\d+\s?(?:年|月|日|秒|分|時間|倍|個|本|層|点|回|つ)|(?:中|時|後|前|上|下|間|側|別|毎|ごと)$"
)
_CLAUSE = re.compile(r"[ぁ-ん](?:は|が|を|に)|[一-鿿ァ-ヶA-Za-z0-9](?:は|が|を|にする)|[ぁ-ん。]$(?<![のとや])")
"""A quoted clause is what somebody said, no name."""
_HIRAGANA = re.compile(r"[\u3041-\u3096]")
_NEVER = frozenset(
    "i it this that these those the a an we they he she our their my in on at for from as if so but and or not all also both here there however while since "
    "figure fig table section eq note notes paper papers see what why how when where which who is are was were be they're it's i'm al et pdf arxiv github url "
    "related based using results result method methods model models work works approach summary todo abstract introduction conclusion et al. then thus hence "
    "another instead maybe perhaps yes no ok authors author most many some such more less like unlike similar same idea key main basically".split()
)


def find_names(state: Extraction) -> None:
    """Capitalised names and acronyms, before cues are looked for: no cue is found inside a name."""
    for sentence in state.sentences:
        if not sentence.promising:
            continue
        words = state.words.of(sentence.language)
        japanese = sentence.language == "ja"
        for pair in _PAIR.finditer(sentence.block.text, sentence.start, sentence.end) if "&" in sentence.block.text else ():
            if not taken(sentence, *pair.span()):
                sentence.mentions.append(Mention(*pair.span(), "name", 0.8, concept=squeeze(pair[0])))
        for found in (_LATIN_NAME if japanese else _NAME).finditer(sentence.block.text, sentence.start, sentence.end):
            start, end = found.span()
            if not japanese:
                start = _without_cue_words(state.words, sentence, start, end)
            label = squeeze(sentence.block.text[start:end]).strip("-./")
            named = any(c.isupper() for c in label[1:]) or any(c.isdigit() for c in label)
            if (
                len(label) < 2
                or _common(label, words)
                or taken(sentence, start, end)
                or not (any(c.isupper() for c in label) or _LOWER_NAME.fullmatch(label))
            ):
                continue
            if not japanese and not named and " " not in label and (start == sentence.start or _AFTER_STOP.search(sentence.block.text[sentence.start : start]) or is_cue_word(state.words, label)):
                continue
            sentence.mentions.append(Mention(start, start + len(label), "name", 0.85, concept=label))


_AFTER_STOP = re.compile(r"[:;→–—•]\s*\Z")


def is_cue_word(words: Words, label: str) -> bool:
    """Whether a capitalised word is one of the cues' own: "tl;dr: Extension of CoordConv"."""
    return label.casefold() in _cue_words(words, "en")


def _without_cue_words(words: Words, sentence: Sentence, start: int, end: int) -> int:
    """Where a name begins when words of a sentence's beginning ("Unlike MAML", "See Figure") are left out."""
    text = sentence.block.text
    while True:
        word = re.match(r"[A-Z][a-z]+(?=[ \u00a0])", text[start:end])
        if word is None or (word[0].casefold() not in _NEVER and word[0].casefold() not in _cue_words(words, "en")):
            return start
        start += word.end() + 1


@cache
def _cue_words(words: Words, language: str) -> frozenset[str]:
    known = words.of(language)
    patterns = (p for group in (known.cues, known.positions, known.hedges) for entry in group for p in entry.patterns)
    return frozenset(w.rstrip("?*") for p in patterns for part in p.split() for w in part.casefold().split("|"))


_PLURAL = re.compile(r"[A-Za-z]*[A-Z]{2,}e?s|[A-Z][A-Za-z]*[A-Z]s")
"""Things of a kind, no work: LSTMs, ReLUs, MDPs."""


def _common(label: str, words: Lexicon) -> bool:
    plain = label.casefold()
    return _PLURAL.fullmatch(label) is not None or plain in words.generic or plain in _NEVER or plain.isdigit() or _NO_NAME.search(plain) is not None


def find_concepts(state: Extraction) -> None:
    """Runs of nouns and quoted terms in Japanese, once the cues are known: a run that holds a cue is no concept."""
    for sentence in state.sentences:
        if sentence.matches and sentence.language == "ja":
            _concepts(sentence, state.words.of("ja"))
        elif sentence.matches:
            _terms(sentence, state.words.of(sentence.language))


def _concepts(sentence: Sentence, words: Lexicon) -> None:
    text = sentence.block.text
    for quoted in _QUOTED_TERM.finditer(text, sentence.start, sentence.end):
        if (
            not taken(sentence, *quoted.span(1))
            and not _CLAUSE.search(quoted[1])
            and not _inside_match(sentence, *quoted.span(1))
            and not _common(quoted[1], words)
        ):
            sentence.mentions.append(Mention(*quoted.span(1), "concept", 0.75, concept=squeeze(quoted[1])))
    for start, end in _noun_runs(sentence):
        names = [m for m in sentence.mentions if m.start < end and start < m.end]
        if any(m.kind != "name" or m.start < start or m.end > end for m in names):
            continue
        label = squeeze(text[start:end]).strip("-./・")
        plain = label.casefold()
        if len(label) < 2 or _common(label, words) or _inside_match(sentence, start, end):
            continue
        if not names and (not is_cjk(label) or label.isalpha()) and _single(label):
            # one plain word is hardly ever the name of an idea: filter, フィルタ
            continue
        if is_cjk(label) and (len(label) < 3 or any(plain == g or (plain.endswith(g) and len(plain) <= len(g) + 1) for g in words.generic)):
            continue
        if _PLACE.search(label):
            continue
        if _HIRAGANA.match(label[-1]) or _HIRAGANA.match(label[0]):
            # no name begins or ends in hiragana: いま, もの
            continue
        if names:
            if not is_cjk(label):
                continue
            sentence.mentions = [m for m in sentence.mentions if m not in names]
        sentence.mentions.append(Mention(start, end, "concept" if not names else "name", 0.75 if not names else 0.8, concept=label))


_TERM_IN_QUOTES = re.compile(r"[“\"]([A-Za-z][\w-]*(?: [\w-]+){1,3})[”\"]")


def _terms(sentence: Sentence, words: Lexicon) -> None:
    """English terms of two to four words in quotation marks: "lazy initialization"."""
    for quoted in _TERM_IN_QUOTES.finditer(sentence.block.text, sentence.start, sentence.end):
        if not taken(sentence, *quoted.span(1)) and not _inside_match(sentence, *quoted.span(1)) and not _common(quoted[1], words):
            sentence.mentions.append(Mention(*quoted.span(1), "name", 0.75, concept=squeeze(quoted[1])))


def _single(label: str) -> bool:
    if not is_cjk(label):
        return (" " not in label and "-" not in label) or label.rsplit(" ", 1)[-1].casefold() in _EMPTY_HEADS
    return len([m for m in morphemes(label) if not m[0].isspace()]) < _COMPOUND


_PLACE = re.compile(r"(?:同士|自身|以内|内|近傍|セット|物体|結果|以外|全体)$|[はがをにへ](?!い)[^はがをにへ]*[をにがはる]$")
_COMPOUND = 2
"""Words that make a Japanese noun run a name."""


def _inside_match(sentence: Sentence, start: int, end: int) -> bool:
    return any(m.start < end and start < m.end for m in sentence.matches)


def _noun_runs(sentence: Sentence) -> list[tuple[int, int]]:
    """Runs of nouns in mixed script, and of Latin words with spaces between, as `(start, end)` in the block."""
    out: list[tuple[int, int]] = []
    at = sentence.start
    start: int | None = None
    end = at
    for surface, _, pos, sub in morphemes(sentence.text):
        latin = surface[:1].isascii() and surface[:1].isalnum()
        joins = (
            latin
            or (pos in ("名詞", "接頭辞", "接尾辞", "記号") and sub not in ("数詞", "副詞可能", "助数詞可能") and surface.strip() != "")
            or surface in ("-", "・", "ー", "/")
        )
        space = surface.isspace() and start is not None
        if (joins and pos != "補助記号") or (surface in ("-", "/") and start is not None):
            start = at if start is None else start
            end = at + len(surface)
        elif not space:
            if start is not None:
                out.append((start, end))
            start = None
        at += len(surface)
    if start is not None:
        out.append((start, end))
    return [(a, b) for a, b in out if b > a]


_PHRASE = re.compile(
    r"[ \u00a0]*(?:(?:the|a|an|existing|standard|regular|traditional|conventional|classical|classic|usual|typical|pure|original|any|other|most|use|using|of)[ \u00a0]+){0,3}((?:[A-Za-z][\w+'’-]*)(?:[ \u00a0][A-Za-z(][\w+'’)-]*){0,5})"
)
_PHRASE_END = re.compile(
    r"^(?:in|on|at|for|by|with|from|to|as|of|is|are|was|were|be|been|that|which|who|where|when|while|because|but|and|or|so|since|if|then|than|they|it|this|these|those|we|he|she|has|have|had|can|could|"
    r"may|might|will|would|should|do|does|did|not|also|only|just|very|both|between|without|within|into|over|under|after|before|during|via|using|such|like|except|aside|instead|rather|through|where|how|"
    r"allows?|allowing|uses?|used|learns?|learned|proposes?|proposed|introduced?|described|found|known|based|trained|called|named|dubbed)$",
    re.IGNORECASE,
)
_EMPTY_HEADS = frozenset(
    "way ways thing things idea ideas case cases one ones work works paper papers approach approaches method methods model models technique techniques data result results set sets problem problems task tasks "
    "fact part parts kind type types number time times baseline baselines others people authors author figure table section loss size value values point points assumption observation intuition observations "
    "them it this that these those us you me him her what prior previous earlier existing".split()
)


_TERM = re.compile(r"[A-Za-z]-[A-Za-z]|\d|[A-Z]|^\w+(?:[ ]\w+){1,3}$")
"""What makes plain words a term: a hyphen, a capital, a number, or a run of two to four words."""
_SHORTEST_TERM, _LONG_TERM = 5, 11


def phrase_after(sentence: Sentence, match: Match, words: Lexicon) -> Mention | None:
    """The plain English noun phrase right behind a cue: "the opposite of hard negative mining"."""
    text = sentence.block.text
    found = _PHRASE.match(text, match.end, sentence.end)
    if found is None:
        return None
    kept: list[str] = []
    for word in found[1].split():
        if _PHRASE_END.match(word.strip("(),.")) or word.startswith("("):
            break
        kept.append(word)
    while kept and kept[0].casefold() in _EMPTY_HEADS:
        return None
    if kept and kept[0].casefold().endswith("ing") and len(kept[0]) > _SHORTEST_TERM:
        return None
    label = " ".join(kept).strip("'’-)")
    kind = _PLURAL.fullmatch(label) is not None
    if not kept or kept[-1].casefold() in _EMPTY_HEADS or (not kind and (len(label) < _SHORTEST_TERM or _common(label, words) or not (_TERM.search(label) or len(label) >= _LONG_TERM))):
        return None
    start = found.start(1)
    return Mention(start, start + len(label), "phrase", 0.65, concept=label)
