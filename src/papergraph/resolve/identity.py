"""Who is who: which mentions of papers, from whatever source, are one work.

Each mention has an id made from its own title. Mentions that share a full title or an identifier are one work; a
mention by a short name joins the work whose title begins with that name, if there is just one. What the user says of
them (`Paper.same`, `Paper.apart`) stands above both. The result depends on the set of mentions only, not on the order in
which they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from papergraph.folding import digest, fold
from papergraph.model import MERGE, Paper, Statement
from papergraph.resolve.identifiers import normal_address
from papergraph.resolve.names import short_names
from papergraph.vocabulary import Role

MERGED = "merge:"
"""How a key begins by which the user merged mentions."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies a mention: `strong` keys alone suffice, `title` and `short` ones join a short name to a full title."""

    strong: tuple[str, ...]
    title: str
    short: tuple[str, ...]

    def all(self) -> frozenset[str]:
        """The keys under which a store must find the mention again."""
        return frozenset((*self.strong, *((f"name:{self.title}",) if self.title else ()), *(f"name:{s}" for s in self.short)))


@lru_cache(maxsize=20_000)
def keys_of(paper: Paper) -> Keys:
    """The keys of one mention."""
    title = fold(paper.title)
    strong = (*((f"title:{title}",) if title else ()), *identifier_keys(paper), *paper.same)
    short = dict.fromkeys(fold(s) for s in (*short_names(paper.title), *paper.aliases))
    return Keys(strong, title, tuple(s for s in short if len(s) >= 3 and s != title))


def identifier_keys(paper: Paper) -> tuple[str, ...]:
    """The strong keys that a paper's identifiers give; its address only where it has no other."""
    found = []
    if paper.doi:
        found.append(f"doi:{paper.doi.casefold()}")
    if paper.arxiv_id:
        found.append(f"arxiv:{paper.arxiv_id.casefold()}")
    if paper.openreview_id:
        found.append(f"openreview:{paper.openreview_id}")
    if paper.url and not found:
        found.append(f"url:{normal_address(paper.url)}")
    return tuple(found)


def pair_key(a: str, b: str) -> str:
    """What the user's word on two mentions (ids) is kept under, whichever comes first."""
    return digest(*sorted((a, b)))


def one_work(a: str, b: str, known: Mapping[str, Sequence[str]] = MappingProxyType({})) -> list[Statement]:
    """The statements by which two mentions (ids) are one work; `known` are further keys of each, such as those of its identifiers."""
    key = pair_key(a, b)
    return [Statement(f"{MERGE}{key}", Paper(m, "", Role.CITED, same=(f"{MERGED}{key}", *known.get(m, ())))) for m in (a, b)]


def works_in(statements: Iterable[Statement]) -> dict[str, str]:
    """The work that each mention of a paper is, as far as these statements tell: those on its mentions, with all that share a key with them.

    What the user once said of a mention knows the identifiers that it had then. They count only where nobody names the mention any more, as
    after its title was put right in the notes: else what is said now counts, so that a wrong identifier can be put right too.
    """
    said: dict[str, list[Statement]] = {}
    for s in statements:
        if isinstance(s.element, Paper):
            said.setdefault(s.element.id, []).append(s)
    mentions: dict[str, list[Paper]] = {}
    for m, group in said.items():
        named = any(s.names and not s.removed for s in group)
        mentions[m] = [_merged_only(s.element) if named and s.element.same else s.element for s in group if isinstance(s.element, Paper)]
    return identify(mentions)


def _merged_only(paper: Paper) -> Paper:
    return replace(paper, same=tuple(k for k in paper.same if k.startswith(MERGED)))


def _keys(papers: Sequence[Paper]) -> list[Keys]:
    """The keys of what is said of one mention; of one that is apart only those by which the user merged it."""
    if any(p.apart for p in papers):
        return [Keys(tuple(k for p in papers for k in p.same if k.startswith(MERGED)), "", ())]
    return [keys_of(p) for p in papers]


def identify(mentions: Mapping[str, Sequence[Paper]]) -> dict[str, str]:
    """For each mention's id the id of its work: that of its best mention.

    Parameters
    ----------
    mentions
        By mention id, what each asserter says of it.

    Returns
    -------
    dict
        Mention id → id of the work. The best mention is one that is more than the user's word on who is who, then an entry before
        a cited one, then the longest title, then the smallest id. Nearly linear in the number of mentions (union–find).
    """
    group = {m: m for m in mentions}
    told = {m: [p for p in papers if p.title] for m, papers in mentions.items()}

    def root(m: str) -> str:
        while group[m] != m:
            group[m] = group[group[m]]
            m = group[m]
        return m

    def join(a: str, b: str) -> None:
        a, b = sorted((root(a), root(b)))
        group[b] = a

    first: dict[str, str] = {}
    keys = {m: _keys(papers) for m, papers in mentions.items()}
    for m in sorted(keys):
        for key in (k for ks in keys[m] for k in ks.strong):
            join(m, first.setdefault(key, m))
    full: dict[str, set[str]] = {}
    called: dict[str, set[str]] = {}
    for m in sorted(keys):
        for ks in keys[m]:
            if ks.title:
                called.setdefault(ks.title, set()).add(root(m))
            for short in ks.short:
                full.setdefault(short, set()).add(root(m))
    entries = {root(m) for m, papers in mentions.items() if any(p.role is Role.ENTRY for p in papers)}
    joins = []
    for short in sorted(full):
        works, names = full[short], called.get(short, set())
        if len(works) == 1 and len(names) == 1 and works != names and not (works <= entries and names <= entries):
            joins.append((*works, *names))
    for a, b in joins:
        join(a, b)
    best: dict[str, tuple[bool, bool, int, str]] = {}
    for m, papers in told.items():
        rank = (not papers, not any(p.role is Role.ENTRY for p in papers), -max((len(p.title) for p in papers), default=0), m)
        r = root(m)
        if r not in best or rank < best[r]:
            best[r] = rank
    return {m: best[root(m)][-1] for m in mentions}


def all_keys(papers: Iterable[Paper]) -> set[str]:
    """All the keys of these mentions."""
    return {k for p in papers for k in keys_of(p).all()}
