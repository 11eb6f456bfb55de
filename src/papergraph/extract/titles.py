"""What a line that names a paper is made of: title, address, decision, marks, authors, venue, year."""

from __future__ import annotations

import re
from dataclasses import dataclass

from papergraph.folding import is_cjk, squeeze
from papergraph.notes.document import Block, Link
from papergraph.resolve.identifiers import is_paper_address, is_web

MARK = re.compile(
    r"(?:[\U0001F1E6-\U0001F1FF]{2}|[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\u231A-\u23FF\u25A0-\u25FF★☆◎](?:[\uFE0F\u20E3]|[\U0001F3FB-\U0001F3FF]|\u200D[\U0001F300-\U0001FAFF\u2600-\u27BF]\uFE0F?)*)"
)
_MARKS_END = re.compile(rf"(?:[\s,、]*{MARK.pattern})+\s*$")
_MARKS_START = re.compile(rf"^\s*(?:{MARK.pattern}\s*)+")
_TICK = re.compile(r"^\s*\[[ xX]\]\s+")
DECISION = re.compile(
    r"[\s,、-]*[(（\[【]\s*((?:notable[- ]top[- ]\d+%|top[- ]\d+%|oral|spotlight|poster|highlight|(?:best|outstanding)(?:\s+\w+)*\s+(?:paper|award)(?:\s+award)?"
    r"|accept(?:ed)?|reject(?:ed)?|withdrawn|findings|workshop|long|short|demo))\s*[)）\]】]",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:et\s+al\.?|[A-Z][\w'’-]+\s+(?:and|&)\s+[A-Z]|[A-Z][\w'’-]+,\s+[A-Z]\.)")
YEAR = re.compile(r"(?<!\d)(?:19[6-9]\d|20[0-3]\d)(?!\d)")
_VENUE = re.compile(
    r"\b(?P<venue>(?:Findings(?: of)?(?: [A-Z]+)?|NeurIPS|NIPS|ICLR|ICML|ACL|EMNLP|NAACL|EACL|AACL|COLING|TACL|CVPR|ICCV|ECCV|WACV|BMVC|AAAI|IJCAI|KDD|WWW|SIGIR|RecSys|CIKM|WSDM|"
    r"AISTATS|UAI|COLT|JMLR|TMLR|CoRL|ICRA|IROS|RSS|INTERSPEECH|Interspeech|ICASSP|SIGGRAPH|CHI|UIST|PLDI|POPL|OOPSLA|CAV|TACAS|ICSE|FSE|SOSP|OSDI|NSDI|VLDB|SIGMOD|ICDE|STOC|FOCS|CoNLL|"
    r"PNAS|Nature|Science|arXiv|CoRR)(?:\s+Workshop)?)(?:['’\s-]*(?P<year>(?:19|20)?\d{2}))?(?!\w)"
)
_PARENTHESIS = re.compile(r"[(（\[]([^()（）\[\]]{5,160})[)）\]]")
_YEAR_END = re.compile(r"[,，、\s]*['’]?((?:19|20)\d\d)[a-z]?\s*$")
_ET_AL = re.compile(r"^(.{2,60}?\bet\s+al\.?|[\u3040-\u30ff\u4e00-\u9fff]{1,8}(?:ら|他))[,，、]?\s*(.*)$")
_SURNAME = r"(?:(?:van|von|de|der|di|da|le|la|el|al)\s+)*[A-Z\u00C0-\u017F][\w'’\u00C0-\u017F-]*"
_SURNAMES = re.compile(rf"^{_SURNAME}(?:\s{_SURNAME}){{0,2}}$")
_MONTHS = frozenset("jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september october november december".split())
_SMALL = frozenset("a an and as at but by for from in into is of on or over per the to via vs with without through under between are do does be can how what when where why who using your not no it its you".split())
_QUOTED = re.compile(r"""^\s*["“「『《](?P<title>[^"”」』》]{8,})["”」』》]""")
_SENTENCE_END = re.compile(r"[。．.!！][」』)）\"”’]*$")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


LONGEST_TITLE_LINE = 4000
"""Characters above which a line names no paper; it keeps hostile lines from costing more than a glance."""


@dataclass(frozen=True, slots=True)
class TitleLine:
    """The parts of a line that may name a paper. `start:end` are the title's characters, `rest` is where remarks begin."""

    title: str
    start: int
    end: int
    rest: int
    link: Link | None = None
    decision: str | None = None
    markers: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    venue: str | None = None
    year: int | None = None
    citation: bool = False
    lead: str = "plain"


@dataclass(frozen=True, slots=True)
class Cited:
    """An author–year citation in brackets, over the characters `start:end` of the text it was found in."""

    start: int
    end: int
    authors: str
    venue: str | None
    year: int


def find_cited(text: str, start: int = 0, end: int | None = None) -> list[Cited]:
    """The author–year citations in `text[start:end]`, in order; linear in its length.

    >>> [(c.authors, c.venue, c.year) for c in find_cited("Prediction Head (Kobayashi et al., Findings 2023)")]
    [('Kobayashi et al.', 'Findings 2023', 2023)]
    """
    out = []
    for bracket in _PARENTHESIS.finditer(text, start, len(text) if end is None else end):
        year = _YEAR_END.search(bracket[1])
        if year is None:
            continue
        authors, venue = _authors_and_venue(bracket[1][: year.start()].strip())
        if authors:
            out.append(Cited(bracket.start(), bracket.end(), authors, f"{venue} {year[1]}" if venue else None, int(year[1])))
    return out


def _authors_and_venue(head: str) -> tuple[str, str]:
    et_al = _ET_AL.match(head)
    if et_al:
        return squeeze(et_al[1]), squeeze(et_al[2]).strip(",")
    pieces = [squeeze(p) for p in re.split(r"[,，、]", head) if p.strip()]
    venue = ""
    if len(pieces) > 1 and not re.search(r"\b(?:and|&)\b", pieces[-1]):
        venue = pieces.pop()
    names = [n for p in pieces for n in re.split(r"\s+(?:and|&)\s+|^(?:and|&)\s+", p) if n]
    if not names or not all(_SURNAMES.match(n) for n in names) or any(_VENUE.fullmatch(n) or n.casefold() in _MONTHS for n in names):
        return "", ""
    return squeeze(", ".join(pieces)), venue


def marks(text: str) -> tuple[str, ...]:
    """The emoji and stars in `text`, each once, in order."""
    return tuple(dict.fromkeys(m[0] for m in MARK.finditer(text)))


def read_title_line(block: Block) -> TitleLine | None:
    """The parts of a line that may name a paper; `None` where nothing in it could be a title."""
    text = block.text
    if len(text) > LONGEST_TITLE_LINE:
        return None
    begin = max((m.end() for m in (_TICK.match(text), _MARKS_START.match(text)) if m), default=0)
    begin += len(text[begin:]) - len(text[begin:].lstrip())
    lead_marks = marks(text[:begin])
    stop, tail_marks = len(text.rstrip()), ()  # type: tuple[int, tuple[str, ...]]
    tail = _MARKS_END.search(text)
    if tail and tail.start() > begin:
        tail_marks, stop = marks(tail[0]), tail.start()
    start, end, link, lead = _title_span(block, begin, stop)
    if end <= start:
        return None
    after = text[end:stop]
    decision = DECISION.search(text, end if lead != "plain" else start, stop)
    if decision and lead == "plain" and decision.start() > start:
        end = min(end, decision.start())
        after = text[end:stop]
    citation = next(iter(find_cited(text, start, stop)), None)
    if citation and lead == "plain" and citation.start > start + 3:
        end = min(end, citation.start)
        after = text[end:stop]
    used = max(end, decision.end() if decision and decision.start() <= end + 40 else 0, citation.end if citation and citation.start <= end + 40 else 0)
    authors, venue, year = _attribution(citation, after)
    reference = reference_title(text[start : min(end, start + 400)])
    if reference:
        start, end = start + reference[0], start + reference[1]
    title = squeeze(text[start:end]).strip(" -–—:：,、*_")
    if not title:
        return None
    first = text.find(title[:1], start, end)
    return TitleLine(
        title,
        max(first, start),
        end,
        used,
        link,
        decision[1].casefold() if decision else None,
        tuple(dict.fromkeys(lead_marks + tail_marks)),
        authors,
        venue,
        year,
        citation is not None,
        lead,
    )


def _title_span(block: Block, begin: int, stop: int) -> tuple[int, int, Link | None, str]:
    text = block.text
    for link in block.links:
        if link.kind == "url" and link.start <= begin + 3 and link.end - link.start >= 3 and not text[begin : link.start].strip(" \"“「『*_[("):
            return link.start, link.end, link, "link"
    quoted = _QUOTED.match(text[begin:stop])
    if quoted:
        inside = next((x for x in block.links if x.start >= begin and x.end <= begin + quoted.end()), None)
        return begin + quoted.start("title"), begin + quoted.end("title"), inside, "quoted"
    for a, b in block.strong:
        if a <= begin + 1 and b - a >= 4:
            inside = next((x for x in block.links if x.start < b + 60 and is_paper_address(x.target)), None)
            return a, b, inside, "strong"
    later = next((x for x in block.links if is_paper_address(x.target)), None)
    if later is not None:
        # "Title. [paper](…)", "Title https://…"
        cut = min(later.start, stop)
        piece = text[begin:cut].rstrip(" [(-–—:|,")
        dot = re.search(r"\.\s", piece)
        return begin, begin + (dot.start() if dot and dot.start() > 12 else len(piece)), later, "plain"
    return begin, stop, None, "plain"


def _attribution(citation: Cited | None, after: str) -> tuple[tuple[str, ...], str | None, int | None]:
    if citation:
        return (citation.authors,), citation.venue, citation.year
    venue_found = _VENUE.search(after)
    year_found = YEAR.search(after)
    year_value = int(year_found[0]) if year_found else None
    venue_value = None
    if venue_found:
        venue_value = squeeze(venue_found[0])
    return read_authors(after), venue_value, year_value


_NAME = r"(?:(?:[A-Z]\.-?){1,3}\s*|[A-Z\u00C0-\u017F][\w'’\u00C0-\u017F-]*\s+){1,4}[A-Z\u00C0-\u017F][\w'’\u00C0-\u017F-]+"
_AUTHOR_LIST = re.compile(rf"^[\s.,:;—–-]*(?:by\s+|_|\*)?({_NAME}(?:\s*(?:,|&|and|;|、)\s*(?:and\s+)?{_NAME})*(?:,?\s+et\s+al\.?)?)")


def read_authors(text: str) -> tuple[str, ...]:
    """The names at the beginning of `text`, as written; empty where it begins otherwise.

    >>> read_authors(", Amirata Ghorbani, James Zou. ICML 2019")
    ('Amirata Ghorbani', 'James Zou')
    """
    found = _AUTHOR_LIST.match(text)
    if not found:
        etal = re.match(r"^[\s.,:;—–(-]*([A-Z\u00C0-\u017F][\w'’-]+\s+et\s+al\.?)", text)
        return (etal[1],) if etal else ()
    names = [squeeze(n) for n in re.split(r",|&|;|、|\band\b", found[1])]
    return tuple(n for n in names if n and not _VENUE.fullmatch(n))


_REFERENCE = re.compile(r"^(?P<authors>(?:[^.:]|\b[A-Z]\.){4,200}?)[.:]\s+(?P<title>[A-Z0-9][^.]{14,200})\.\s*(?P<rest>.*(?:19|20)\d\d.*)$", re.DOTALL)


def reference_title(text: str) -> tuple[int, int] | None:
    """Where the title stands in a reference "M. Noroozi and P. Favaro. Unsupervised learning …. In ECCV, 2016."; `None` if it is none.

    >>> text = "J. Long and E. Shelhamer. Fully convolutional networks for segmentation. In CVPR, 2015."
    >>> start, end = reference_title(text)
    >>> text[start:end]
    'Fully convolutional networks for segmentation'
    """
    found = _REFERENCE.match(text)
    if found is None or not re.search(r"\b[A-Z]\.|\band\b|,", found["authors"]):
        return None
    return found.span("title")


def title_case(title: str) -> float:
    """How much of a Latin title's longer words are capitalised, 0..1; 0 for fewer than two words."""
    words = [w for w in _WORD.findall(title) if w.casefold() not in _SMALL]
    if len(words) < 2:
        return 0.0
    return float(sum(w[:1].isupper() for w in words)) / len(words)


def looks_like_title(title: str) -> bool:
    """Whether these words could be a work's title by their form alone: several Latin words, capitalised, no sentence.

    >>> looks_like_title("Scaling Laws of RoPE-based Extrapolation"), looks_like_title("S4-PTD と S5-PTD モデルを提案する。")
    (True, False)
    """
    words = _WORD.findall(title)
    if not 3 <= len(words) <= 40 or len(title) > 250 or is_cjk(title):
        return False
    if _SENTENCE_END.search(title) and not title.endswith("?"):
        return False
    return title_case(title) >= 0.6 or (":" in title and title[:1].isupper() and title_case(title.split(":")[0] + " X") >= 0.9)


def web_address(link: Link | None) -> str | None:
    """The link's address if it is one of the web."""
    return link.target if link is not None and link.kind == "url" and is_web(link.target) else None
