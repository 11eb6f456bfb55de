"""What a catalogue says of the papers in a store, as changes of statements.

Each mention of a paper that notes or the user state is looked up by what they say of it, never by what a catalogue said
before: so the same notes and the same catalogue always give the same statements, whatever was applied in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from papergraph.catalogue.index import Index
from papergraph.catalogue.looking import Answer, look
from papergraph.model import CATALOGUE, Paper, Statement
from papergraph.resolve.matching import SURE
from papergraph.store.changes import Change, changes_between
from papergraph.store.protocol import Progress, Store
from papergraph.vocabulary import Role


def changes(store: Store, index: Index, *, least: float = SURE, progress: Progress | None = None) -> tuple[Change, ...]:
    """The changes that make a store hold just what the catalogue says of its papers.

    Parameters
    ----------
    least
        The certainty from which on a work of the catalogue is taken for the paper.

    Returns
    -------
    tuple
        None if the store holds it already. What an earlier catalogue said and this one does not is retracted.
    """
    held, wanted = [], []
    total = store.paper_count()
    for n, (mention, said) in enumerate(_mentions(store)):
        if progress is not None:
            progress("looking papers up", n, max(total, n + 1))
        held += [s for s in said if s.asserter.startswith(CATALOGUE)]
        paper = _told([s for s in said if not s.aside])
        if paper is not None:
            answer = look(index, paper, least=least)
            wanted += _statements(mention, answer)
    return tuple(changes_between(held, wanted))


def _mentions(store: Store) -> Iterator[tuple[str, list[Statement]]]:
    """What is stated on each mention of a paper, by its id."""
    papers = (s for s in store.all_statements() if isinstance(s.element, Paper))
    for mention, said in groupby(papers, key=lambda s: s.element.id):
        yield mention, list(said)


def _told(said: Sequence[Statement]) -> Paper | None:
    """All that notes and the user say of a mention, as one paper; `None` if they say nothing or take it out."""
    papers = [s.element for s in sorted(said, key=lambda s: s.asserter) if isinstance(s.element, Paper)]
    if not papers or any(s.removed for s in said):
        return None
    whole = papers[0]
    for other in papers[1:]:
        whole = replace(
            whole,
            title=max(whole.title, other.title, key=len),
            authors=max(whole.authors, other.authors, key=len),
            year=whole.year or other.year,
            venue=whole.venue or other.venue,
            url=whole.url or other.url,
            doi=whole.doi or other.doi,
            arxiv_id=whole.arxiv_id or other.arxiv_id,
            openreview_id=whole.openreview_id or other.openreview_id,
            aliases=tuple(dict.fromkeys((*whole.aliases, *other.aliases))),
        )
    return whole


def _statements(mention: str, answer: Answer) -> list[Statement]:
    if answer.work is None:
        return []
    p = answer.work.paper
    paper = Paper(mention, p.title, Role.CITED, p.authors, p.year, p.venue, url=p.url, doi=p.doi, arxiv_id=p.arxiv_id, openreview_id=p.openreview_id)
    return [Statement(f"{CATALOGUE}{answer.work.source}", paper)]
