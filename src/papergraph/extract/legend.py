"""The legend of the notes: which brackets hold the reader's own words, and what the marks mean."""

from __future__ import annotations

import re

from papergraph.extract.state import Extraction, Legend
from papergraph.extract.titles import MARK, marks
from papergraph.folding import squeeze

BRACKETS = ("「」", "『』", "()", "（）", "[]", "［］", "【】", "<>", "〈〉", "《》", "{}", "｛｝", "“”", "«»", "〔〕")
_LINE = re.compile(r"^\s*(?P<head>\S{1,4}?(?:\s?\S{1,3})?)\s*(?:[:：=＝→⇒]|\s[-–—]\s|は)\s*(?P<meaning>\S.*)$")


_BETWEEN = r"\s*(?:…|\.\.\.|~|〜)?\s*"
_INSIDE = re.compile(
    "(?P<pair>" + "|".join(f"{re.escape(b[0])}{_BETWEEN}{re.escape(b[1])}" for b in BRACKETS) + ")"
    r"\s*(?:(?:で|に)?(?:囲|括)っ\w{1,6}?|の?(?:中|内|なか|部分|中身))?\s*(?:は|が|\s(?:is|are|holds?|contains?|=)\s)(?P<meaning>[^。.]{2,60})"
)
"""A sentence that says whose words brackets hold: 〔 〕の中は私の感想です, "text in {} is my own"."""
_MINE = re.compile(r"私|僕|俺|自分|筆者|感想|所感|意見|\b(?:my|mine|own)\b", re.IGNORECASE)
"""Whose words: what somebody said is not yet the writer's."""
_LONGEST, _LONG_LINE = 160, 80
_PAIRS = {f"{b[0]}{between}{b[1]}": b for b in BRACKETS for between in ("", "…", "...", "~", "〜")}
"""What a legend's line may begin with, and the brackets that it means."""


def read_legend(state: Extraction) -> None:
    """Lines of the form "「」: 僕の発言" or "🔴: 主観的興味", wherever they stand before the first paper."""
    brackets: list[tuple[str, str]] = list(state.words.brackets)
    meanings: dict[str, str] = dict(state.words.marks)
    lines: set[int] = set()
    own = tuple(w for words in state.words.all() for w in words.own_words)
    for block in state.order:
        said = _INSIDE.search(block.text) if len(block.text) <= _LONGEST else None
        if said is not None and _MINE.search(said["meaning"]):
            inside = said["pair"].strip()
            brackets.append((inside[0], inside[-1]))
            lines.add(block.line)
            continue
        found = _LINE.match(block.text) if len(block.text) <= _LONG_LINE else None
        if found is None:
            continue
        head, meaning = found["head"].replace(" ", ""), squeeze(found["meaning"])
        pair = _PAIRS.get(head)
        if pair is not None:
            lines.add(block.line)
            if any(w in meaning.casefold() for w in own):
                brackets.append((pair[0], pair[1]))
        elif MARK.fullmatch(head) and not block.links:
            lines.add(block.line)
            meanings[marks(head)[0]] = meaning
    state.legend = Legend(tuple(brackets), meanings, frozenset(lines))
