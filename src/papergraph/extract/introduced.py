"""Names that the notes introduce for a paper: "Naru. Data-driven, …", いわゆる Swallow, "the fast gradient sign method (FGSM)"."""

from __future__ import annotations

import re
from collections import Counter

from papergraph.extract.attribution import is_venue
from papergraph.extract.state import Entry, Extraction
from papergraph.folding import fold, is_cjk
from papergraph.notes.document import Block, BlockKind

_NAME = r"(?P<name>[A-Z][A-Za-z0-9+&*]*(?:-[A-Za-z0-9+]+)*(?: (?:\d(?:\.\d)?|v\d|[A-Z][A-Za-z-]*\d[A-Za-z0-9.]*))?|[a-z]{1,4}[A-Z0-9][A-Za-z0-9+]+(?:-[A-Za-z0-9+]+)*)"
_FIRST = re.compile(
    rf"^\W*(?:(?:It'?s|This is|That is|aka|a\.k\.a\.|i\.e\.|the)\s+)?{_NAME}\s*(?:[.。:：;；!！]|[–—]|\s-\s|$|の論文\s*(?:[。.]|$))"
)
_SAID = re.compile(
    rf"(?:いわゆる|通称|名付けて|その名も|\baka\b|\ba\.k\.a\.|\bso-called\b|\bknown as\b|\bcalled\b|\bnamed\b|\bdubbed\b|\bThey call (?:it|this|their \w+)|\bi\.e\. the\b|\bintroduc(?:es?|ing)\b|\bpropos(?:es?|ing)\b|\bpresents?\b|\bthe original\b)\s*(?:the\s+|a\s+|an\s+)?[「『\"“*]?{_NAME}(?![A-Za-z0-9-])"
    r"|(?<![A-Za-z0-9] )(?<![A-Za-z0-9-])(?P<name2>[A-Z][\w+-]*(?: [A-Z][\w+-]*){0,4})\s?(?:と呼|(?:という(?:手法|モデル|枠組み|方法))?を(?:新たに)?(?:提案|開発)|と名付)"
)
_USED = re.compile(r"\b(?:us(?:e[sd]?|ing)|via|employ(?:s|ed|ing)?|adopt(?:s|ed|ing)?|leverag(?:es?|ed|ing)|based on|rely on|relies on|build(?:s|ing)? on)\s(?:\S+\s){0,5}$")
"""What stands before a name of something that a paper only uses: "use a method known as EK-FAC"."""
_EXPANDED = re.compile(
    # two to eight words, or one with a hyphen; possessive, for runs of hyphens have very many ways to be words
    r"(?P<words>(?<![A-Za-z])[A-Za-z](?:[\w'-]*+(?: [A-Za-z][\w'-]*+){1,7}|(?=[\w'-]*-[A-Za-z])[\w'-]*+))\s?[(（](?P<short>[A-Z][\w&+-]{1,11})[)）]|(?<=[\u3040-\u9fff])[(（](?P<bare>[A-Z][A-Za-z]*[A-Z0-9][\w+-]{0,12})[)）]"
)
_SHORTENED = re.compile(r"[(（][A-Z]")
_PROPOSES = re.compile(
    r"(?:propos|introduc|present|develop|call|name|dub)\w*\W+(?:(?:it|a|an|the|our|their|new|novel|this|method|approach|algorithm|framework|model|called|named|simple|efficient)\W+){0,4}$|\b(?:new|novel)\W+$",
    re.IGNORECASE,
)
_PROPOSES_JA = re.compile(r"^[^。]{0,24}(?:提案|導入する|開発|構築)")
_EXISTING = re.compile(
    r"(?:既存|従来|先行|よくある|有名|一般的|通常|標準的)[^。]*$|\b(?:existing|standard|classic(?:al)?|popular|previous|prior|well-known|widely used)\b[^.]*$",
    re.IGNORECASE,
)
_COMMON = frozenset(
    "the a an this that it its they we i also see note todo very more most no yes not good nice great cool interesting abstract summary paper papers method model data results result idea ideas problem goal main key new old first second table figure fig "
    "section code github pdf arxiv best oral poster spotlight related work tl tldr ok hmm well done read reread careful skimmed classic seminal survey honest short long fun neat boring claim claims english japanese google meta openai deepmind microsoft facebook "
    "nlp cv ml ai gpu cpu llm lm cnn rnn gan gnn rl dl api gpt bert sota adam sgd relu mlp here there what why how when where which who if but and or so same similar like unlike".split()
)
_LOOKED_AT = 4
_BEHIND = re.compile(r"[\]\s」』”\"]*[(（](?P<name>[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)[)）]")
"""A name in brackets right behind a title: [Generalization through Memorization](…)（kNN-LM）."""


def find_introduced(state: Extraction) -> None:
    """Give each paper the names by which its first remarks call it; a name that two papers claim is neither's."""
    claims: dict[str, list[tuple[Entry, str]]] = {}
    taken = {fold(n) for e in state.entries for n in (e.paper.title, *e.names)}
    first = _first_blocks(state)
    words = Counter(_RUN.findall(state.document.text))
    for entry in state.entries:
        if entry.block is None:
            continue
        if entry.cited:
            behind = _BEHIND.match(entry.block.text, entry.head)
            if behind and _own_name(behind["name"]) and not is_venue(behind["name"]):
                claims.setdefault(fold(behind["name"]), []).append((entry, behind["name"]))
            continue
        for name in dict.fromkeys((*_claimed(state, entry, first.get(id(entry), []), words), *_of_title(entry, words))):
            claims.setdefault(fold(name), []).append((entry, name))
    for key, found in claims.items():
        if key in taken or len({id(e) for e, _ in found}) > 1 or len(key) < _SHORTEST:
            continue
        entry, name = found[0]
        entry.names = (*entry.names, name)


_SHORTEST = 3


_SMALL = frozenset("a an the of for in on with and to via by from".split())


_RUN = re.compile(r"[\w-]+")


def _of_title(entry: Entry, words_of_file: Counter[str]) -> list[str]:
    """The initials of a title that the notes use as a name."""
    initials = initials_of(entry.paper.title)
    return [initials] if initials in words_of_file else []


def initials_of(title: str) -> str:
    """The initials by which a title of three to five words may be called, "" for others.

    >>> initials_of("Value Iteration Networks"), initials_of("Direct preference optimization: Your language model is …")
    ('VIN', 'DPO')
    """
    head = re.split(r"[:：(]\s|\s[-–—]\s", title)[0]
    words = [w for w in re.split(r"[\s-]+", head) if w and w.casefold() not in _SMALL]
    if not _SHORTEST <= len(words) <= _LONGEST_ACRONYM or not all(w[0].isalpha() and w[0].isascii() for w in words):
        return ""
    initials = "".join(w[0] for w in words).upper()
    return initials if fold(initials) not in _COMMON else ""


_LONGEST_ACRONYM = 5


def _claimed(state: Extraction, entry: Entry, blocks: list[Block], words: Counter[str]) -> list[str]:
    out: list[str] = []
    texts = _first_texts(entry, blocks)
    behind = _BEHIND.match(entry.block.text, entry.head) if entry.block is not None else None
    if behind and _own_name(behind["name"]) and not is_venue(behind["name"]):
        out.append(behind["name"])
    for n, text in enumerate(texts):
        first = _FIRST.match(text)
        if first and n < 2 and _own_name(first["name"]) and _named_elsewhere(state, first["name"], text, words):
            out.append(first["name"])
        for said in _SAID.finditer(text[:400]):
            name = said["name"] or said["name2"]
            if (
                name
                and not _USED.search(text[: said.start()])
                and _own_name(name)
                and (sum(c.isupper() for c in name) > 1 or any(c.isdigit() for c in name) or _named_elsewhere(state, name, text, words))
            ):
                out.append(name)
        for found in _EXPANDED.finditer(text[:400]) if _SHORTENED.search(text) else ():
            short = found["short"] or found["bare"]
            if found["bare"]:
                if n < 2 and _own_name(short) and _PROPOSES_JA.match(text[found.end() :]) and not _EXISTING.search(text[: found.start()]):
                    out.append(short)
            elif (
                _initials(found["words"], short)
                and (_PROPOSES.search(_before(text, found, short)) or _PROPOSES_JA.match(text[found.end() :]))
                and not _EXISTING.search(text[: found.start()])
            ):
                out.append(short)
    return out


def _first_texts(entry: Entry, blocks: list[Block]) -> list[str]:
    """The rest of the title's line and the first remarks below it."""
    assert entry.block is not None
    out = []
    rest = entry.block.text[entry.head :].strip(" .-–—:|)]") if entry.block.kind is not BlockKind.HEADING else ""
    if rest:
        out.append(rest)
    return [*out, *(b.text for b in blocks)][:_LOOKED_AT]


def _first_blocks(state: Extraction) -> dict[int, list[Block]]:
    """For each entry the first remarks on it."""
    out: dict[int, list[Block]] = {}
    for block in state.order:
        entry = state.subject.get(id(block))
        if entry is None or block is entry.block or block.kind is BlockKind.HEADING or id(block) in state.silent or block.quoted:
            continue
        own = out.setdefault(id(entry), [])
        if len(own) < _LOOKED_AT:
            own.append(block)
    return out


def _own_name(name: str) -> bool:
    return fold(name) not in _COMMON and not name.isdigit() and len(name) <= _LONGEST


_LONGEST = 24


def _named_elsewhere(state: Extraction, name: str, text: str, words: Counter[str]) -> bool:
    """Whether the notes say the name somewhere else too; a capital alone does not make a first word a name."""
    if is_cjk(text) and (sum(c.isupper() for c in name) > 1 or "-" in name):
        return True
    times = words[name] if _RUN.fullmatch(name) else len(re.findall(rf"(?<![\w-]){re.escape(name)}(?![\w-])", state.document.text))
    return times > 1 or (sum(c.isupper() for c in name) > 1 and len(name) >= _SHORTEST)


def _before(text: str, found: re.Match[str], short: str) -> str:
    """The text before the words that the short name abbreviates."""
    words = list(re.finditer(r"[^ -]+", found["words"]))
    letters = sum(c.isalnum() for c in short)
    first = words[-min(letters, len(words))].start()
    return text[: found.start("words") + first]


def _initials(words: str, short: str) -> bool:
    parts = [w for w in re.split(r"[ -]", words) if w]
    letters = [c for c in short.casefold() if c.isalnum()]
    for size in range(len(letters), min(len(parts), len(letters) + 2) + 1):
        tail = parts[-size:]
        initials = [w[0].casefold() for w in tail]
        if (
            initials == letters
            or [w[0].casefold() for w in tail if w.casefold() not in ("of", "the", "and", "for", "in", "with", "a")] == letters
        ):
            return True
    return False
