"""What extraction makes of layouts: posts in prose, links between pages, folds below tables, names and legends."""

from __future__ import annotations

import math

import pytest

from papergraph.extract import Catalogue, read_document, survey
from papergraph.extract.confidence import HEDGE, TYPED, Signals, confidence, weights
from papergraph.model import Concept, Note, Paper, Relation
from papergraph.notes import read
from papergraph.resolve.names import name_key
from papergraph.vocabulary import Role


class Page:
    """One file, or several of a folder, read."""

    def __init__(self, *files: tuple[str, str]) -> None:
        surveys = [survey(read(text, path)) for path, text in files]
        catalogue = Catalogue(tuple(k for s in surveys for k in s.known()))
        statements = [s for one in surveys for s in read_document(one, catalogue).statements]
        elements = [s.element for s in statements]
        self.papers = {e.title: e for e in elements if isinstance(e, Paper)}
        self.names = {e.id: e.name for e in elements if isinstance(e, Paper | Concept)}
        self.relations = {(self.names[e.source], e.type, self.names[e.target]) for e in elements if isinstance(e, Relation)}
        self.notes = [e for e in elements if isinstance(e, Note)]

    @property
    def entries(self) -> list[str]:
        return [t for t, p in self.papers.items() if p.role is Role.ENTRY]


POST = '+++\ntitle = "Fridays with papers"\ndate = 2021-02-26\n+++\n\n'
BISCUIT = "The benefits and costs of writing a POSIX kernel in a high-level language"


@pytest.mark.parametrize(
    "presented",
    [
        f"First up: *{BISCUIT}* (Cody Cutler, M. Frans Kaashoek, Robert T. Morris, OSDI 2018).",
        f"The paper of the week: [{BISCUIT}](https://example.org/biscuit) by Cutler, Kaashoek and Morris, OSDI 2018. Good.",
        f"> Cody Cutler, M. Frans Kaashoek, Robert T. Morris. **{BISCUIT}.** OSDI 2018.",
    ],
)
def test_a_post_in_prose_is_about_the_work_it_presents(presented: str) -> None:
    page = Page(("biscuit.md", f"{POST}{presented}\n\nThey wrote a kernel in Go.\n"))
    assert page.entries == [BISCUIT]
    assert page.papers[BISCUIT].year == 2018
    assert len(page.papers[BISCUIT].authors) == 3


def test_links_between_pages_of_a_site_lead_to_the_pages_papers() -> None:
    first = f"{POST}Today [Exokernel: An Operating System Architecture](https://doi.org/10.1145/224056.224076) by Engler and Kaashoek, SOSP 1995.\n"
    second = f'{POST}It is *Unikernels: Library Operating Systems for the Cloud* (Madhavapeddy, Mortier, ASPLOS 2013). It builds on [last week\'s post]({{{{< ref "2021-01-08-exokernel.md" >}}}}).\n'
    page = Page(("posts/2021-01-08-exokernel/index.md", first), ("posts/2021-01-15-unikernels.md", second))
    assert ("Unikernels: Library Operating Systems for the Cloud", "EXTENDS", "Exokernel: An Operating System Architecture") in page.relations


def test_below_a_table_a_heading_tells_which_of_its_papers_the_remarks_are_about() -> None:
    table = "| Paper | Authors | Venue |\n|---|---|---|\n| [Neo: A Learned Query Optimizer](https://arxiv.org/abs/1904.03711) | Marcus et al. | VLDB 2019 |\n| [Bao: Learning to Steer Query Optimizers](https://arxiv.org/abs/2004.03814) | Marcus et al. | SIGMOD 2021 |\n"
    page = Page(("list.md", f"# Query optimizers\n\n{table}\n### Bao\nA follow-up to Neo.\n"))
    assert page.relations == {("Bao: Learning to Steer Query Optimizers", "EXTENDS", "Neo: A Learned Query Optimizer")}


def test_titles_that_look_like_two_names_are_titles() -> None:
    page = Page(("a.md", "- [Graph Attention Networks](https://arxiv.org/abs/1710.10903) (ICLR 2018)\n- [Slow Waves and Fast Decisions](https://arxiv.org/abs/2401.00002)\n  - fine\n"))
    assert page.entries == ["Graph Attention Networks", "Slow Waves and Fast Decisions"]


@pytest.mark.parametrize("remark", ["Extends BERT.", "Uses ImageNet."])
def test_two_words_below_a_title_are_no_author(remark: str) -> None:
    page = Page(("a.md", f"- [SLIP: Self-supervision meets Language-Image Pre-training](https://arxiv.org/abs/2112.12750)\n  - {remark}\n"))
    (paper,) = [p for p in page.papers.values() if p.role is Role.ENTRY]
    assert paper.authors == ()
    assert [n.text for n in page.notes] == [remark]


@pytest.mark.parametrize("legend", ["〔 〕の中は私の感想です。", "- 〔〕: 私の感想", "Text in 〔〕 is my own opinion."])
def test_a_legend_tells_whose_words_brackets_hold(legend: str) -> None:
    page = Page(("a.md", f"{legend}\n\n- [Score-Based Generative Modeling](https://arxiv.org/abs/2011.13456)\n  - ノイズを加える\n  - 〔今年のベスト〕\n"))
    assert {n.text: str(n.kind) for n in page.notes} == {"ノイズを加える": "claim", "今年のベスト": "opinion"}


def test_plus_signs_belong_to_names() -> None:
    assert name_key("DefSent+") != name_key("DefSent")
    page = Page(("a.md", "- [DefSent: Sentence Embeddings using Definitions](https://arxiv.org/abs/2105.04339)\n- [Another Paper of Some Length](https://arxiv.org/abs/2401.00001)\n  - Similar to DefSent+.\n"))
    assert {target for _, _, target in page.relations} | {source for source, _, _ in page.relations} == {"DefSent+", "Another Paper of Some Length"}


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("Schoch, Stephanie, Haifeng Xu, and Yangfeng Ji", ("Schoch, Stephanie", "Haifeng Xu", "Yangfeng Ji")),
        ("Grosse, Roger and Bae, Juhan and Anil, Cem", ("Grosse, Roger", "Bae, Juhan", "Anil, Cem")),
        ("Walker, E. Y., Sinz, F. H., ... & Tolias, A. S.", ("Walker, E. Y.", "Sinz, F. H.", "Tolias, A. S.")),
    ],
)
def test_authors_stay_as_written(authors: str, expected: tuple[str, ...]) -> None:
    page = Page(("a.md", f"- [Training Data Influence in Neural Networks](https://arxiv.org/abs/2212.04612)\n  - Authors: {authors}\n"))
    assert next(iter(page.papers.values())).authors == expected


def test_long_quotations_state_nothing_of_the_readers() -> None:
    words = "We found in our experiments over many data sets and settings that this method is similar to RandAugment in all of them"
    page = Page(("a.md", f"- [Snapshot Ensembles: Train One and Get More](https://arxiv.org/abs/1704.00109)\n  - “{words}” (p. 3)\n"))
    assert page.relations == set()


def test_what_contradicts_does_not_support() -> None:
    page = Page(("a.md", "- [On the Convergence of Adam and Beyond](https://arxiv.org/abs/1904.09237)\n  - Contradicts the convergence proof of ADAM.\n"))
    assert {kind for _, kind, _ in page.relations} == {"CONTRADICTS"}


def test_confidence_is_the_models_probability() -> None:
    signals = Signals("cue", "link", weight=0.9)
    z = weights()["bias"] + sum(weights().get(k, 0.0) * v for k, v in signals.features().items())
    assert confidence(signals) == pytest.approx(1 / (1 + math.exp(-z)), abs=0.001)
    hedged = Signals("cue", "link", weight=0.9, hedged=True)
    assert confidence(hedged) == pytest.approx(confidence(signals) * HEDGE, abs=0.001)
    assert confidence(Signals("typed", "link")) == TYPED
    assert confidence(Signals("named", "title")) < 0.5 < confidence(signals)
