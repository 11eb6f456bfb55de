"""Folding: one key for names that differ only in case, width, punctuation or spacing; and ids made from it."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

_NO_WORD = re.compile(r"[\W_]+")
_SPACE = re.compile(r"\s+")
_WORDS = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f々〆]")
_RUN = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆]+|[^\W_\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff々〆]+")


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """The look-up key of a name: NFKC, casefolded, letters and digits only.

    A text without letters or digits keeps its other characters, so that no name has an empty key but the empty one.

    >>> fold("Vision  Mamba:") == fold("ｖｉｓｉｏｎ mamba")
    True
    >>> fold("🔴")
    '🔴'
    """
    normal = text.casefold()
    if not text.isascii():
        normal = unicodedata.normalize("NFKC", text).casefold()
        # casefolding can leave a text that NFKC would change again; a second pass makes the key stable
        normal = unicodedata.normalize("NFKC", normal)
    return normal if normal.isalnum() else _NO_WORD.sub("", normal) or _SPACE.sub("", normal)


def squeeze(text: str) -> str:
    """`text` with every run of white space made one space, none at the ends."""
    return " ".join(text.split())


def is_cjk(text: str) -> bool:
    """Whether `text` holds a kana or a Han character."""
    return _CJK.search(text) is not None


def words(text: str) -> list[str]:
    """The words of `text`, folded, in order; CJK runs stay whole."""
    return [w for w in _RUN.findall(unicodedata.normalize("NFKC", text).casefold()) if w]


def search_tokens(text: str) -> list[str]:
    """What full-text search indexes of `text`: words of other scripts, and the characters and bigrams of CJK runs.

    SQLite's trigram tokenizer returns nothing for two-character queries such as 論文, hence bigrams made here.

    >>> search_tokens("LayerNorm の論文")
    ['layernorm', 'の', 'の論', '論', '論文', '文']
    """
    tokens: list[str] = []
    for run in words(text):
        if not _CJK.match(run):
            tokens.append(run)
            continue
        for i, char in enumerate(run):
            tokens.append(char)
            if i + 1 < len(run):
                tokens.append(run[i : i + 2])
    return tokens


_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


def digest(*parts: str) -> str:
    """Thirteen base-32 characters (65 bits) of the SHA-256 of `parts`; the same on every machine."""
    whole = "\x1f".join(f"{len(p)}:{p}" for p in parts)
    bits = int.from_bytes(hashlib.sha256(whole.encode("utf-8", "surrogatepass")).digest()[:9], "big") >> 7
    return "".join([_BASE32[bits >> shift & 31] for shift in range(60, -1, -5)])


def paper_id(title: str) -> str:
    """The id of the paper of that title; titles that fold to one key are one paper."""
    return "p-" + digest(fold(title))


def concept_id(label: str) -> str:
    """The id of the concept of that name."""
    return "c-" + digest(fold(label))


def topic_id(path: tuple[str, ...]) -> str:
    """The id of the topic under these headings, from the outermost to its own."""
    return "t-" + digest(*map(fold, path))


def source_id(uri: str) -> str:
    """The id of the source at `uri` (collection/path)."""
    return "s-" + digest(uri)


def note_id(source: str, subject: str | None, text: str) -> str:
    """The id of a note: its source, the paper it is about, and its words."""
    return "n-" + digest(source, subject or "", squeeze(text))


def relation_id(kind: str, source: str, target: str, *, symmetric: bool) -> str:
    """The id of a relation; the ends of a symmetric one are sorted."""
    ends = sorted((source, target)) if symmetric else [source, target]
    return "r-" + digest(kind, *ends)
