"""Which names of venues are one, and whether a work stands in an archive of preprints, a conference or a journal."""

from __future__ import annotations

import re
from functools import lru_cache

from papergraph.folding import fold, words

_PREPRINT = re.compile(r"\b(?:arxiv|corr|biorxiv|medrxiv|ssrn|preprint|openreview|hal|techrxiv|psyarxiv|submitted|under review|zenodo)\b|プレプリント", re.IGNORECASE)
_WORKSHOP = re.compile(r"\bworkshops?\b|@|ワークショップ|研究会", re.IGNORECASE)
_JOURNAL = re.compile(
    r"\btrans(?:actions|\.)|\bjournal\b|\bj\.|\brecord\b|\bletters\b|\bmagazine\b|\breview\b|\bannals\b|\bbulletin\b|\bcommunications\b|\bjmlr\b|\btmlr\b|\btacl\b|\btods\b|\btois\b|\btoplas\b|\bpvldb\b|\bnature\b|\bscience\b|\bsurveys\b|論文誌|学会誌|雑誌",
    re.IGNORECASE,
)
_CONFERENCE = re.compile(
    r"\bconf(?:erence|\.)?\b|\bproc(?:eedings|\.)?\b|\bsymposium\b|\bmeeting\b|\bneurips\b|\bnips\b|\bicml\b|\biclr\b|\bacl\b|\bemnlp\b|\bnaacl\b|\beacl\b|\bcvpr\b|\biccv\b|\beccv\b|\baaai\b|\bijcai\b|\bsigmod\b|\bvldb\b|\bicde\b|\bkdd\b|\bsigir\b|\bwww\b|\bchi\b|\binterspeech\b|\bicassp\b|\buist\b|\bcolt\b|\baistats\b|\buai\b|\bsosp\b|\bosdi\b|\bfindings\b|very large data ?bases|大会|会議|シンポジウム",
    re.IGNORECASE,
)
_SERIES = {
    fold(name): series
    for series, names in {
        "neurips": "NeurIPS;NIPS;Neural Information Processing Systems",
        "icml": "ICML;International Conference on Machine Learning",
        "iclr": "ICLR;Learning Representations",
        "acl": "ACL;Annual Meeting of the Association for Computational Linguistics",
        "emnlp": "EMNLP;Empirical Methods in Natural Language Processing",
        "cvpr": "CVPR;Computer Vision and Pattern Recognition",
        "sigmod": "SIGMOD;International Conference on Management of Data",
        "record": "SIGMOD Record;ACM SIGMOD Record",
        "vldb": "VLDB;Very Large Data Bases;Very Large Databases",
        "vldbj": "VLDB J;VLDB Journal;PVLDB;Proceedings of the VLDB Endowment",
        "tods": "TODS;Transactions on Database Systems;Trans Database Syst",
        "kdd": "KDD;Knowledge Discovery and Data Mining",
        "aaai": "AAAI;AAAI Conference on Artificial Intelligence",
        "ijcai": "IJCAI;International Joint Conference on Artificial Intelligence",
        "sigir": "SIGIR;Research and Development in Information Retrieval",
        "jmlr": "JMLR;Journal of Machine Learning Research",
        "tacl": "TACL;Transactions of the Association for Computational Linguistics",
        "interspeech": "Interspeech",
    }.items()
    for name in names.split(";")
}
_NAMED = sorted(_SERIES, key=len, reverse=True)
_COMMON = frozenset("the of on and in for international conference annual acm ieee proceedings proc symposium meeting journal transactions trans workshop advances ieee/acm".split())


@lru_cache(maxsize=4096)
def kind_of(venue: str) -> str:
    """`preprint`, `workshop`, `journal`, `conference`, or empty where the name does not tell."""
    if _PREPRINT.search(venue):
        return "preprint"
    if _WORKSHOP.search(venue):
        return "workshop"
    if _JOURNAL.search(venue):
        return "journal"
    return "conference" if _CONFERENCE.search(venue) else ""


@lru_cache(maxsize=16_384)
def same_venue(a: str, b: str) -> bool | None:
    """Whether two names are one venue's, years aside; `None` where they do not tell."""
    if fold(a) == fold(b):
        return True
    ours, theirs = series_of(a), series_of(b)
    if ours and theirs:
        return ours == theirs
    x, y = ({w for w in words(v) if w not in _COMMON and not w.isdigit()} for v in (a, b))
    if x and y and (x <= y or y <= x):
        return True
    if _initials(a) & y or _initials(b) & x:
        return True
    first, second = kind_of(a), kind_of(b)
    return False if first and second and first != second else None


@lru_cache(maxsize=16_384)
def series_of(venue: str) -> str:
    """The well-known series that a venue belongs to; empty for others."""
    key = fold("".join(c for c in venue if not c.isdigit()))
    tokens = set(words(venue))
    found = next((_SERIES[name] for name in _NAMED if (len(name) > 6 and name in key) or name in tokens or name == key), "")
    # the journal spells out the name of the conference
    return "vldbj" if found == "vldb" and kind_of(venue) == "journal" else found


def _initials(venue: str) -> set[str]:
    telling = [w for w in words(venue) if w not in ("the", "of", "on", "and", "in", "for")]
    return {"".join(w[0] for w in telling[k:]) for k in range(len(telling) - 2)} if len(telling) >= 3 else set()
