"""Relations that a place states: a labelled line, an item under "Related work", a citation right below a remark, a work named in a remark."""

from __future__ import annotations

import re

from papergraph.extract.arguments import listed_with
from papergraph.extract.attribution import read_attribution
from papergraph.extract.confidence import Signals
from papergraph.extract.entries import only_refers
from papergraph.extract.labels import Labelled, read_label
from papergraph.extract.mentions import referred
from papergraph.extract.state import Extraction, Found, Mention, Sentence, Verdict
from papergraph.extract.titles import looks_like_title
from papergraph.folding import squeeze
from papergraph.model import Paper
from papergraph.notes.document import Block, BlockKind
from papergraph.vocabulary import RELATIONS, Kind


def relate_places(state: Extraction) -> None:
    """Relate what a label or a list says is related, what stands below a remark, and known works that a remark names."""
    by_block: dict[int, list[Sentence]] = {}
    for sentence in state.sentences:
        by_block.setdefault(id(sentence.block), []).append(sentence)
    for sentence in state.sentences:
        label = _label(state, sentence)
        if label is not None:
            _labelled(state, sentence, label)
        _cite_next(state, sentence, by_block[id(sentence.block)])
        _listed(state, sentence)
        _listed_names(state, sentence)
        _named(state, sentence)
        if sentence.relations and sentence.own:
            sentence.kind = Kind.RELATION


def _state(sentence: Sentence, found: Found) -> None:
    if any(f.source.id == found.source.id and _target_key(f.target) == _target_key(found.target) for f in sentence.relations):
        return
    sentence.relations.append(found)
    sentence.verdicts.append(Verdict(found.rule, sentence.start, sentence.end, "states a relation", found))


def _target_key(mention: Mention) -> str:
    return mention.paper.id if mention.paper else (mention.concept or "").casefold()


def _label(state: Extraction, sentence: Sentence) -> Labelled | None:
    """The relation that the line's own label names, or that of the item or short line that it stands under."""
    own = read_label(sentence.block.text, state.words)
    if own is not None and own.group in ("relation", "backward"):
        return own if sentence.end > own.value else None
    above = state.parent.get(id(sentence.block))
    if above is not None and above.kind is BlockKind.ITEM and len(above.text) <= _SHORT:
        return _heads(state, above)
    before = _line_before(state, sentence.block)
    return _heads(state, before) if before is not None else None


_SHORT = 48


def _heads(state: Extraction, block: Block) -> Labelled | None:
    """As in "See also:" with nothing behind it heads the list below."""
    text = block.text.strip()
    if not text.rstrip("*_ ").endswith((":", "：")):
        return None
    label = read_label(f"{text} x", state.words)
    return label if label is not None and label.group in ("relation", "backward") else None


def _line_before(state: Extraction, block: Block) -> Block | None:
    """The short line right before a list, which heads all its items."""
    if block.kind is not BlockKind.ITEM or block.level != 1:
        return None
    return state.before_list.get(id(block))


def _labelled(state: Extraction, sentence: Sentence, label: Labelled) -> None:
    if sentence.subject is None:
        return
    begin = label.value if read_label(sentence.block.text, state.words) == label else 0
    works = [
        m
        for m in sentence.mentions
        if m.start >= max(begin, sentence.start) and (m.paper is not None or m.kind in ("link", "citation")) and m.kind != "position"
    ]
    positions = [m for m in sentence.mentions if m.kind == "position" and m.start >= begin]
    found = works or positions or _plain_titles(state, sentence, max(begin, sentence.start))
    subject = sentence.subject.paper
    # behind a link in such a list, brackets and dashes hold a remark: only works before them are listed
    remark = _REMARK.search(sentence.block.text, max(begin, sentence.start), sentence.end)
    for n, mention in enumerate(found):
        if mention.paper is not None and mention.paper.id == subject.id:
            continue
        if n and remark and mention.start > remark.start() and begin == 0:
            break
        signals = Signals(
            "typed" if label.typed else "label", mention.kind, certainty=mention.certainty, hedged=sentence.hedged and not label.typed
        )
        _state(
            sentence,
            Found(
                label.meaning, subject, mention, signals, rule=f"label:{label.label.casefold()[:24]}", backward=label.group == "backward"
            ),
        )


_REMARK = re.compile(r"\s[(（]|\s[-–—]\s|[:：]\s")


def _plain_titles(state: Extraction, sentence: Sentence, begin: int) -> list[Mention]:
    """Titles that a labelled line lists without links: "次に読む: Deep Sets; Set Transformer"."""
    text = sentence.block.text
    out: list[Mention] = []
    for piece in re.finditer(r"[^;；、\n]+", text[begin : sentence.end]):
        raw = piece[0].strip(' "“”「」『』*_.,。')
        known = state.catalogue.like(raw) if raw else None
        if known is None and not looks_like_title(raw):
            continue
        start = begin + piece.start() + piece[0].find(raw)
        out.append(Mention(start, start + len(raw), "title", 0.9, referred(state, known, squeeze(raw), sentence)))
    sentence.mentions += out
    return out


def _cite_next(state: Extraction, sentence: Sentence, beside: list[Sentence]) -> None:
    """A remark with a cited paper right below it speaks of that paper, even where no cue says how."""
    entry = state.next_cited.get(id(sentence.block))
    if entry is None or sentence.subject is None or not sentence.own or sentence.relations:
        return
    if (
        any(s.start < sentence.start or (s.start > sentence.start and s.matches) for s in beside)
        or entry.paper.id == sentence.subject.paper.id
    ):
        return
    target = Mention(sentence.start, sentence.end, "citation", 0.95, entry.paper)
    _state(
        sentence,
        Found(
            RELATIONS["RELATED_TO"].name,
            sentence.subject.paper,
            target,
            Signals("below", target.kind, certainty=target.certainty, hedged=sentence.hedged),
            rule="citation-below",
        ),
    )


def _listed(state: Extraction, sentence: Sentence) -> None:
    """An item that begins with a work, in a file about one paper or under "Related work", is stated as related if nothing says more."""
    if (
        sentence.relations
        or sentence.subject is None
        or sentence.block.kind is not BlockKind.ITEM
        or sentence.passage
        or only_refers(state, sentence.block)
    ):
        return
    related = state.sections.get(id(sentence.block)) == "related"
    if not related and sentence.subject is not state.owner:
        return
    first = next((m for m in sorted(sentence.mentions, key=lambda m: m.start) if m.paper is not None), None)
    if related and (first is None or first.start > sentence.start + 3):
        first = _leading_title(state, sentence) or first
    if first is None or first.paper is None or first.paper.id == sentence.subject.paper.id:
        return
    if _DENIED.match(sentence.block.text[first.end : sentence.end]):
        return
    if first.start > sentence.start + 3 or (first.kind != "link" and not related):
        return
    for target in [first, *listed_with(sentence, first)]:
        _state(
            sentence,
            Found(
                "RELATED_TO",
                sentence.subject.paper,
                target,
                Signals("label" if related else "listed", target.kind, certainty=target.certainty),
                rule="listed-link",
            ),
        )


def _listed_names(state: Extraction, sentence: Sentence) -> None:
    """A line of names and titles alone under "Related work" or 次に読むべき論文: each is a work to read."""
    text = sentence.text.rstrip("。. ")
    if (
        sentence.relations
        or sentence.subject is None
        or sentence.block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM)
        or state.sections.get(id(sentence.block)) != "related"
        or only_refers(state, sentence.block)
        or len(text) > _LONGEST_REMARK
    ):
        return
    pieces = [text] if looks_like_title(text.strip()) and not any(mark in text for mark in "、;；") else [p for p in _BETWEEN_NAMES.split(text) if p and p.strip()]
    named = [_NAME_ALONE.fullmatch(p) for p in pieces]
    if not named or not all(n is not None and _is_name(n["name"]) for n in named) or sentence.text.rstrip().endswith((".", ":", "：")):
        return
    told = read_attribution(text)
    if told is not None and len(told.authors) > 1 and all(_PERSON.fullmatch(name) for name in told.authors):
        return
    at = sentence.start
    for found in named:
        assert found is not None
        label = squeeze(found["name"])
        at = sentence.block.text.find(found["name"], at, sentence.end)
        paper = next((m.paper for m in sentence.mentions if m.paper is not None and m.start <= at and at + len(label) <= m.end), None)
        paper = paper or referred(state, state.catalogue.like(label), label, sentence)
        if paper.id == sentence.subject.paper.id:
            continue
        target = Mention(at, at + len(found["name"]), "title", 0.9, paper)
        sentence.mentions = [m for m in sentence.mentions if m.paper is not None or not (m.start < target.end and target.start < m.end)]
        if not any(m.paper is not None and m.paper.id == paper.id for m in sentence.mentions):
            sentence.mentions.append(target)
        _state(sentence, Found("RELATED_TO", sentence.subject.paper, target, Signals("label", target.kind, certainty=target.certainty), rule="listed-name"))


_PERSON = re.compile(r"[A-Z][a-z'’.-]*(?: [A-Z][a-z'’.-]*){1,3}")


def _is_name(text: str) -> bool:
    words = text.split()
    return looks_like_title(text) or (len(words) <= _FEW_WORDS and all(w[:1].isupper() or w[:1].isdigit() or any(c.isupper() for c in w) for w in words))


_FEW_WORDS = 3
_BETWEEN_NAMES = re.compile(r"\s*(?:[、,;；/]|\band\b|と(?=\s?[A-Z]))\s*")
_NAME_ALONE = re.compile(
    r"\s*[\"“「『]?(?P<name>(?=[^\s]*[A-Z])[A-Za-z0-9][\w+*.'’:!?&-]*(?: [\w+*.'’:!?&(-][\w+*.'’:!?&)-]*){0,14})[\"”」』]?(?:\s?[(（][^()（）]{0,40}[)）])?(?:\s?(?:とか|など|等|etc\.?|あたり))?\s*"
)


_LEADING = re.compile(r"(?P<title>.+?)\s*(?:[.。]?\s*[(（]|\s[-–—…]+\s|[。→←]|:\s+(?=[\u3040-\u9fff])|$)")


def _leading_title(state: Extraction, sentence: Sentence) -> Mention | None:
    """The title, or the name that is one, with which an item of works to read begins."""
    found = _LEADING.match(sentence.text)
    raw = found["title"].strip(' "“”「」『』*_.,。:：') if found else ""
    if not raw:
        return None
    known = state.catalogue.like(raw)
    named = any(m.kind == "name" and m.start <= sentence.start + 1 and len(raw) - (m.end - m.start) <= 1 for m in sentence.mentions)
    if known is None and not named and not looks_like_title(raw):
        return None
    start = sentence.start + sentence.text.find(raw)
    mention = Mention(start, start + len(raw), "title", 0.9, referred(state, known, squeeze(raw), sentence))
    sentence.mentions = [m for m in sentence.mentions if not (m.start < mention.end and mention.start < m.end and m.kind == "name")] + [
        mention
    ]
    return mention


_DENIED = re.compile(r"\W*(?:no|nope|not really|unrelated)\b", re.IGNORECASE)


def _named(state: Extraction, sentence: Sentence) -> None:
    """A short remark that names a work of these notes relates to it, though no cue says how; comparisons of scores do not."""
    if (
        sentence.relations
        or sentence.subject is None
        or len(sentence.text) > _LONGEST_REMARK
        or (sentence.block.kind is BlockKind.PARAGRAPH and len(sentence.block.text) > _LONGEST_REMARK)
    ):
        return
    if state.legend.brackets and not sentence.own:
        return
    known: dict[str, tuple[Mention, Paper]] = {}
    for m in sentence.mentions:
        if m.paper is not None and m.kind in ("title", "link", "citation") and m.paper.id != sentence.subject.paper.id:
            known.setdefault(m.paper.id, (m, m.paper))
    if not known or len(known) > 2:
        return
    low = sentence.text.casefold()
    if any(w in low for w in state.words.of(sentence.language).scores) or any(w in low for w in _COMPARED):
        return
    for mention, _ in known.values():
        _state(
            sentence,
            Found(
                "RELATED_TO",
                sentence.subject.paper,
                mention,
                Signals("named", mention.kind, certainty=mention.certainty, hedged=sentence.hedged),
                rule="named",
            ),
        )


_LONGEST_REMARK = 160
_COMPARED = (
    "outperform",
    "better than",
    "worse than",
    "faster than",
    "beats",
    "baseline",
    "compared to",
    "compared with",
    "上回",
    "比べて",
    "比較",
    "より良",
    "より高",
    "ベースライン",
    "sota",
    "勝",
    "のほうが",
    "弱い",
    "強い",
    "負け",
    "超え",
    "evaluated on",
    "benchmark",
    "data set",
    "dataset",
    "データセット",
    "評価",
)
