"""Identifiers of papers: what an address says of the work it leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

_ARXIV = re.compile(r"(?:^|[/:\s])((?:\d{4}\.\d{4,5})|(?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}))(?:v\d+)?", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>?#]+")

PAPER_HOSTS = frozenset(
    "arxiv.org openreview.net aclanthology.org aclweb.org doi.org dx.doi.org dl.acm.org ieeexplore.ieee.org papers.nips.cc "
    "proceedings.neurips.cc papers.neurips.cc proceedings.mlr.press openaccess.thecvf.com semanticscholar.org nature.com science.org "
    "sciencedirect.com link.springer.com biorxiv.org medrxiv.org usenix.org jmlr.org aaai.org ojs.aaai.org ijcai.org isca-speech.org "
    "isca-archive.org papers.ssrn.com pnas.org onlinelibrary.wiley.com academic.oup.com tandfonline.com iopscience.iop.org jstor.org "
    "ncbi.nlm.nih.gov pubmed.ncbi.nlm.nih.gov hal.science hal.archives-ouvertes.fr dblp.org dspace.mit.edu iclr.cc icml.cc nips.cc "
    "neurips.cc cell.com journals.plos.org royalsocietypublishing.org anlp.jp jstage.jst.go.jp citeseerx.ist.psu.edu vldb.org transformer-circuits.pub "
    "distill.pub ceur-ws.org eprint.iacr.org mitpressjournals.org direct.mit.edu epubs.siam.org projecteuclid.org cambridge.org emnlp.org "
    "roboticsproceedings.org bmvc2020-conference.com graphics.pixar.com research.google proceedings.iclr.cc".split()
)
"""Hosts whose pages are works, as far as their path is not the host's front page."""

_NOT_WORKS = re.compile(r"/(?:group|user|profile|pub|conference(?!/.*presentation/.)|calendar|virtual/\d+/(?:papers\.html|calendar|events|oral)|list|search)(?:[/?]|$)")


@dataclass(frozen=True, slots=True)
class Identifiers:
    """What an address identifies; all `None` where it identifies nothing known."""

    doi: str | None = None
    arxiv_id: str | None = None
    openreview_id: str | None = None

    def any(self) -> bool:
        """Whether something is identified."""
        return bool(self.doi or self.arxiv_id or self.openreview_id)


@lru_cache(maxsize=4096)
def identifiers(address: str) -> Identifiers:
    """The identifiers in a URL or a bare identifier such as `arXiv:1706.03762`.

    >>> identifiers("https://arxiv.org/pdf/1706.03762v5.pdf").arxiv_id
    '1706.03762'
    >>> identifiers("https://openreview.net/forum?id=eFWG9Cy3WK").openreview_id
    'eFWG9Cy3WK'
    """
    if not address:
        return Identifiers()
    host, path, query = _parts(address)
    if host.endswith("openreview.net"):
        found = parse_qs(query).get("id", [])
        return Identifiers(openreview_id=found[0] if found and path.rstrip("/") in ("/forum", "/pdf", "/attachment", "/references/pdf") else None)
    if host.endswith("arxiv.org") or address.casefold().startswith("arxiv"):
        arxiv = _ARXIV.search(path if host else address)
        return Identifiers(arxiv_id=arxiv[1].casefold() if arxiv else None)
    doi = _DOI.search(address)
    if doi is not None:
        plain = doi[0].rstrip(".,;)").removesuffix(".pdf").casefold()
        # arXiv registers its preprints as DOIs of this form
        if plain.startswith("10.48550/arxiv."):
            return Identifiers(arxiv_id=plain.removeprefix("10.48550/arxiv."))
        return Identifiers(doi=plain)
    return Identifiers()


def is_web(address: str) -> bool:
    """Whether `address` is an http or https URL."""
    return address.casefold().startswith(("http://", "https://"))


@lru_cache(maxsize=4096)
def is_paper_address(address: str) -> bool:
    """Whether `address` most likely leads to a work: a publisher's or archive's page, or a PDF."""
    if not is_web(address):
        return False
    host, path, _query = _parts(address)
    if path.casefold().endswith(".pdf"):
        return True
    if identifiers(address).any():
        return True
    names = host.split(".")
    known = any(".".join(names[n:]) in PAPER_HOSTS for n in range(len(names)))
    return known and len(path.strip("/")) > 2 and not _NOT_WORKS.search(path)


def normal_address(address: str) -> str:
    """One spelling of an address, for comparing: no scheme, no `www.`, no fragment, no closing slash."""
    host, path, query = _parts(address)
    return f"{host}{path.rstrip('/')}{'?' + query if query else ''}"


def _parts(address: str) -> tuple[str, str, str]:
    try:
        split = urlsplit(address)
        return (split.hostname or "").removeprefix("www."), split.path, split.query
    except ValueError:
        return "", address, ""
