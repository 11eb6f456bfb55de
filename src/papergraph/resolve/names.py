"""Names of papers: the short ones that a title itself gives."""

from __future__ import annotations

import re

from papergraph.folding import fold

_HEAD = re.compile(r"^\s*([^\s:：][^:：]{0,28}?)\s*[:：]\s+\S")
_DASHED = re.compile(r"^\s*([A-Za-z][\w+*-]{1,19})\s+[-–—]\s+\S")
_TAIL = re.compile(r"[(（]\s*([A-Z][\w+*-]{1,19})\s*[)）]")
_ARTICLE = re.compile(r"^(?:The|An?)\s+(?=\S+$)")
_GENERIC = frozenset(("position", "survey", "review", "towards", "toward", "note", "paper", "tutorial", "perspective", "extended abstract"))


def name_key(name: str) -> str:
    """A name folded, but for the plus signs at its end: DefSent+ is not DefSent.

    >>> name_key("DefSent+"), name_key("Def Sent")
    ('defsent+', 'defsent')
    """
    return fold(name) + name[len(name.rstrip("+")) :]


def short_names(title: str) -> tuple[str, ...]:
    """Short names that a title gives: what stands before its colon (three words at most) or dash (one word), or in brackets.

    >>> short_names("SetCSE: Set Operations using Contrastive Learning")
    ('SetCSE',)
    >>> short_names("CoBERL - Contrastive BERT for Reinforcement Learning")
    ('CoBERL',)
    >>> short_names("Position: Do pretrained Transformers Learn In-Context?")
    ()
    """
    out = []
    head = _HEAD.match(title)
    if head and len(head[1].split()) <= 3 and any(c.isupper() for c in head[1]) and head[1].casefold() not in _GENERIC:
        out.append(_ARTICLE.sub("", head[1]))
    dashed = _DASHED.match(title)
    if dashed and any(c.isupper() for c in dashed[1]) and dashed[1].casefold() not in _GENERIC:
        out.append(dashed[1])
    tail = _TAIL.search(title)
    if tail:
        out.append(tail[1])
    return tuple(out)
