"""What running text is about: the work that a sentence speaks of, where no heading or item tells.

After centering theory (Grosz, Joshi and Weinstein, "Centering: A Framework for Modeling the Local Coherence of Discourse", 1995): a
sentence's topic ranks first (は, も; an English subject), then what it presents (… のが X です), then what it names first.
"""

from __future__ import annotations

import re

from papergraph.extract.state import Entry, Extraction, Mention, Sentence
from papergraph.model import Paper
from papergraph.notes.document import Block, BlockKind

TOPIC = re.compile(r"^[\s」』)）\]\"”*_`]*(?:[(（\[][^()（）\[\]]{0,60}[)）\]])?\s*(?:は|も|が|では|でも|って|の方が|のほうが|とは)")
"""What marks a Japanese topic or subject behind a name."""
_OF_TOPIC = re.compile(r"^[\s」』)）\]\"”*_`]*(?:[(（\[][^()（）\[\]]{0,80}[)）\]])*\s*(?:の[^はがをにへで、。「」]{1,10})?(?:は|も|では|って|とは|の方は|のほうは)(?!じめ)")
_PRESENTED_BEFORE = re.compile(r"(?:のが|のは|として|つまり)[、,\s]*[「『\"“(（*]*(?:[^、。「」]{1,12}の\s?[「『\"“]*)?\Z")
_PRESENTED = re.compile(
    r"^[\s」』)）\]\"”*_`]*(?:[(（\[][^()（）]{0,120}[)）\]])*(?:\[\^[\w-]+\])?\s*"
    r"(?:です|だ(?!け)|である|でした|だった|だろう|というのも?(?:あ|出)|という(?:論文|手法|もの|の|研究)(?:も|が)(?:あ|出)|(?:が|も)(?:あり|ある|出て|出まし|登場)|を(?:出し|出す|発表|提案|紹介|読|見)|。|\.(?:\s|\Z)|\Z)"
)


_BEGUN = re.compile(r"[\s」』)）\]\"”*_]*(?:[.。:：]|\s?[-–—]{1,2}\s|\s)")


def take_up(state: Extraction) -> None:
    """Under no paper, a paragraph or item that begins with a work is about it ("MACE. Uses the ACE basis …"), with what is nested below."""
    adopted: dict[int, Entry] = {}
    for sentence in state.sentences:
        block = sentence.block
        if sentence.subject is not None or block.kind not in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            continue
        if id(block) not in adopted:
            first = min((m for m in sentence.mentions if m.paper is not None and not m.bare), key=lambda m: (m.start, -m.end), default=None)
            begins = first is not None and not block.text[: first.start].strip(" *_[「『\"“") and _BEGUN.match(block.text, first.end) is not None
            if begins and first is not None and first.paper is not None:
                adopted[id(block)] = Entry(first.paper, block, (first.start, first.end), first.end)
            else:
                above = state.parent.get(id(block))
                held = adopted.get(id(above)) if above is not None else None
                if held is None:
                    continue
                adopted[id(block)] = held
        sentence.subject = adopted[id(block)]


def centre_of(sentence: Sentence) -> Paper | None:
    """The work that a sentence of running text itself is about, `None` where it names none or only in passing."""
    named = sorted((m for m in sentence.mentions if m.paper is not None and m.kind not in ("position", "self")), key=lambda m: (m.start, -m.end))
    if not named:
        return None
    if sentence.language != "ja":
        return named[0].paper
    text = sentence.block.text
    for rank in (_is_topic, _is_presented):
        found = next((m for m in named if rank(text, m, sentence)), None)
        if found is not None:
            return found.paper
    return named[0].paper if len({m.paper.id for m in named if m.paper}) == 1 and named[0].kind in ("link", "citation") else None


def _is_topic(text: str, mention: Mention, sentence: Sentence) -> bool:
    return _OF_TOPIC.match(text[mention.end : min(mention.end + 140, sentence.end)]) is not None


def _is_presented(text: str, mention: Mention, sentence: Sentence) -> bool:
    behind = text[mention.end : min(mention.end + 200, sentence.end)]
    return _PRESENTED.match(behind) is not None and (
        _PRESENTED_BEFORE.search(text, sentence.start, mention.start) is not None or not behind.strip("」』)） 。.").startswith(("です", "だ", "である"))
    )


class Centres:
    """The centre of attention as sentences pass, in the order of the text."""

    def __init__(self, state: Extraction) -> None:
        papers = {e.paper.id: e.paper for e in state.entries if not e.cited}
        self._only = next(iter(papers.values())) if len(papers) == 1 else None
        self._block: Block | None = None
        self._paper: Paper | None = None

    def assume(self, sentence: Sentence) -> Paper | None:
        """The work that a sentence under no paper goes on about: that of the sentences before it, across paragraphs only with "this method"."""
        itself = any(m.kind == "self" for m in sentence.mentions)
        if sentence.subject is not None or not (self._block is sentence.block or itself):
            return None
        return self._paper or (self._only if itself else None)

    def pass_by(self, sentence: Sentence) -> None:
        """Move attention to what the sentence is about."""
        if sentence.subject is not None:
            return
        centre = centre_of(sentence)
        if centre is not None:
            self._paper = centre
        elif self._block is not sentence.block and not any(m.kind == "self" for m in sentence.mentions):
            self._paper = None
        self._block = sentence.block
