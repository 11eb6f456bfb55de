"""Who wrote a work, where and when, as notes write it: "Lipton and Steinhardt, ICML 2018", （栗原ら、NLP2022）, "(NeurIPS 2020)"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from papergraph.folding import squeeze

YEAR = re.compile(r"(?<![\d.:/-])(?:19[5-9]\d|20[0-3]\d)(?![\d:]|[-/]\d)")
_SHORT_YEAR = re.compile(r"['’‘](\d\d)(?!\w)")
VENUES = (
    "NeurIPS|NIPS|ICLR|ICML|COLM|ACL|EMNLP|NAACL|EACL|AACL|COLING|TACL|LREC(?:-COLING)?|CoNLL|SemEval|CVPR|ICCV|ECCV|WACV|BMVC|ACCV|3DV|ICIP|MICCAI|AAAI|IJCAI|ECAI|AAMAS|KDD|WWW|TheWebConf|SIGIR(?:-AP)?|RecSys|CIKM|WSDM|ECIR|"
    "AISTATS|UAI|COLT|ALT|JMLR|TMLR|MLSys|SysML|CoRL|ICRA|IROS|RSS|INTERSPEECH|Interspeech|ICASSP|ASRU|SLT|WASPAA|ISMIR|SSW|TASLP|SIGGRAPH(?: Asia)?|Eurographics|CHI|UIST|CSCW|VIS|InfoVis|IEEE VIS|PLDI|POPL|OOPSLA|ICFP|ECOOP|CAV|TACAS|LICS|"
    "FM|VMCAI|SAS|ICSE|FSE|ESEC/FSE|ASE|ISSTA|MSR|SANER|ICSME|EASE|TSE|TOSEM|EMSE|SOSP|OSDI|NSDI|ATC|USENIX(?: (?:ATC|Security|Sec))?|EuroSys|HotOS|HotNets|FAST|ASPLOS|ISCA|MICRO|HPCA|SC|PPoPP|SIGCOMM|CoNEXT|IMC|INFOCOM|MobiCom|"
    "VLDB|PVLDB|SIGMOD|PODS|ICDE|EDBT|CIDR|DaMoN|aiDM|TODS|ICDT|STOC|FOCS|SODA|SPAA|PODC|DISC|ICALP|ESA|AofA|S&P|Oakland|CCS|NDSS|CRYPTO|EUROCRYPT|PETS|RAID|DSN|CACM|JACM|TOCS|TOPLAS|TOIS|TKDE|TPAMI|PAMI|IJCV|TIP|TNNLS|TALIP|TALLIP|"
    "PNAS|Nature(?: [A-Z]\\w+)*|Science|Cell|Neuron|eLife|PLOS \\w+|arXiv|CoRR|bioRxiv|medRxiv|SSRN|Findings(?: of)?(?: [A-Z]{3,6})?|ACL Findings|EACL Findings|EMNLP Findings|NLP|JSAI|DEIM|IBIS|MIRU|FIT|SLP|JNLP|PRMU"
)
_AMBIGUOUS = frozenset(
    "SAS FM VIS SC ALT ESA CHI SLT MICRO FAST FIT NLP Science Nature Cell Neuron ATC ASE FSE MSR TSE CAV UAI COLT RSS DISC ECAI SLP TIP RAID CCS LICS PAMI ISCA IMC WWW Findings SSW UIST EASE IBIS MIRU JSAI DEIM Oakland".split()
)
"""Names of venues that are other things as well: they count with a year only."""
_TRACK = r"(?:[ -](?:Workshops?|Findings|Demos?|Tutorials?|Short|Long|Oral|Datasets(?: and Benchmarks)?|D&B|Asia|Companion|Security|Industry(?: Track)?|Main))"
_SMALL = "|".join(v for v in VENUES.split("|") if v[:1].islower())
_KNOWN = re.compile(
    rf"(?<![\w-])(?=[A-Z]|in\b|to |accepted |presented |{_SMALL})(?:(?:In|in|In:|Proc\.?(?: of)?|Proceedings of(?: the)?|to appear (?:in|at)|accepted (?:at|to|by)|presented at|Published (?:in|at))\s+)?"
    rf"(?P<venue>(?:(?:{VENUES}){_TRACK}*)(?:[/@+](?:{VENUES}){_TRACK}*)*)(?:(?:\s*,)?\s*[-'’‘ ]?\s*(?P<year>(?:19|20)\d\d|(?<=['’‘])\d\d|(?<=[A-Za-z])\d\d))?(?!\w)"
)
_CAPITAL = re.compile("[A-Z]")
"""All names of venues but the Japanese ones hold a capital."""
_LONG = re.compile(
    r"(?=[A-Z]|in\b)(?:(?:In|in|In:)\s+)?(?:Proc(?:eedings|\.)?|Advances in|IEEE|ACM|USENIX|International|Annual|European|Journal|Transactions|Trans\.|Conference|Symposium|Workshop|Communications of|Lecture Notes|Machine Learning|Artificial Intelligence|"
    r"Computational Linguistics|Neural Computation|Neural Networks|Acta|SIAM|Distributed Computing|Information Processing Letters|SIGACT News|Empirical Software Engineering|Theoretical Computer Science|Foundations and Trends|Technical report|Tech\. report|PhD thesis|Master's thesis)"
    r"(?![a-z])(?:[^,;()（）。\n\d]|\d+(?:st|nd|rd|th)|(?<=\w)\.(?=\s[a-z])){0,120}"
)
_OTHER = re.compile(r"(?<![\w.-])(?P<venue>(?:[A-Z][A-Za-z]{1,12}[ /@])?[A-Z][A-Za-z&-]{0,9}[A-Z][A-Za-z&]{0,9})[\s'’-]{0,2}(?P<year>(?:19|20)\d\d|(?<=['’])\d\d)(?![\w-])")
"""A name with two capitals and a year: TOCHI 2018, LoG 2022, PoPETs 2019, VL/HCC'19."""
_JAPANESE_VENUE = re.compile(
    r"(?:言語処理学会|人工知能学会|情報処理学会|電子情報通信学会|日本[^\s、,，()（）]{1,12}学会|[^\s、,，()（）]{2,14}学会|[^\s、,，()（）]{2,14}シンポジウム|[^\s、,，()（）]{2,20}論文誌)[^\s、,，()（）]{0,24}(?:大会|研究会|論文誌|誌|発表会)?"
)
_U = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017f\u0391-\u03a9"
_L = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_WORD = rf"[{_U}][{_L}'’\u2010-]*[{_L}'’]"
_PARTICLE = r"(?:van|von|de|der|den|di|da|dos|del|della|le|la|el|al|bin|ben|ter|ten|zu|du|do|y)"
_LATIN_NAME = (
    rf"(?:[{_U}]\.[\s-]?){{1,4}}\s*(?:{_PARTICLE}\s+){{0,2}}{_WORD}(?:[\s-]{_WORD}){{0,2}}"
    rf"|(?:(?:{_PARTICLE}\s+){{0,2}}{_WORD}|[{_U}])(?:,\s*(?:[{_U}]\.[\s-]?){{1,4}}(?![\w])|(?:[\s-]+(?:{_PARTICLE}\s+){{0,2}}(?:{_WORD}|[{_U}]\.?(?![\w]))){{0,4}})"
)
_JAPANESE_NAME = (
    r"[\u4e00-\u9fff々]{1,4}[\s\u3000]?(?:[\u4e00-\u9fff々ヶ]{1,4}|(?![のはがをにとでもへや])[\u3041-\u3096]{1,4}(?![のはがをにとで]))|[\u30a1-\u30ff]{2,12}(?:[・\s][\u30a1-\u30ff]{2,12})*"
)
_ET_AL = r"(?:et\.?\s*al\.?|(?:and|&)\s+(?:others|colleagues|co\.?)|\+)"
_ET_AL_HERE, _ET_AL_BEHIND = re.compile(_ET_AL), re.compile(rf"\s*(?:{_ET_AL})")
_ONE = re.compile(
    rf"(?P<latin>{_LATIN_NAME})[*†‡§¹²³]*(?P<etal>,?\s*{_ET_AL}|\s?(?:ら|ほか|他)(?![\u3041-\u3096\u4e00-\u9fff]))?|(?P<japanese>{_JAPANESE_NAME})(?P<etal2>\s?(?:ら|ほか|他))?"
)
_BETWEEN = re.compile(r"\s*(?:,?\s*(?:\.\s?\.\s?\.|…)\s*,?\s*(?:(?:and|&)\s+)?|,\s*(?:and|&)\s+|;\s*|,\s*|、\s*|，\s*|/\s*|・\s*|\s+and\s+|\s*&\s*|\s+と\s*)")
_ROLE_WORDS = re.compile(r"^(?:著者|authors?|by|written by|著)\s*[:：]?\s*", re.IGNORECASE)
_DECIDED = re.compile(
    r"(?<![\w-])(?:oral|spotlight|highlight|poster|award candidate|(?:best|outstanding|distinguished|test[ -]of[ -]time)(?: (?:student|short|demo|theme))?(?:[ -](?:paper|award)){1,2}(?: (?:runner[ -]?up|finalist|nominee|candidate|honou?rable mention))?|honou?rable mention|口頭(?:発表)?|ポスター(?:発表)?|優秀賞|最優秀(?:賞|論文賞)?)(?![\w-])",
    re.IGNORECASE,
)
"""How a work was accepted, as notes say it behind its venue."""
_FILLER = re.compile(
    r"(?:[\s,，、;:：.。/|–—*_~()（）\[\]【】<>·•@‹›…-]|\b(?i:arxiv|pdf|html|doi|code|project page|project|page|paper|link|slides?|video|openreview|github|tech(?:nical)? report|supp)\b|論文|コード|実装|リンク|スライド|動画|採択|\b(?:in|at|on|by|the|of|to appear|preprint|under review|pp?\.?\s*\d[\d–-]*|vol\.?\s*\d+|no\.?\s*\d+|version|v\d|year|published|posted|and)\b|"
    r"\bar[xX]iv(?:\s*preprint)?(?:\s*ar[xX]iv)?[:\s]*\d{4}\.\d{4,5}(?:v\d+)?|\bdoi:?\s*10\.\S+|https?://\S+|(?<!\w)#[\w+-]{1,24}|\d{1,3}(?:st|nd|rd|th)|第?\d+回|\b\d{1,7}(?:[–-]\d{1,4})?\b|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)[a-z]*\.?|年|月)+"
)
_NOT_NAMES = frozenset(
    "abstract paper papers arxiv pdf code github project page website video slides blog demo oral spotlight poster summary note notes link links data dataset the this that these see note todo method methods results model models introduction "
    "conclusion related work appendix figure table best award new our my we it a an in on for and with from using towards toward tl dr tldr survey review tutorial book chapter thesis talk bibtex paperswithcode openreview slide poster publication conference journal workshop".split()
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Authors, venue and year over the characters `start:end`; each with its own stretch, `None` where it is not told."""

    start: int
    end: int
    authors: tuple[str, ...] = ()
    venue: str | None = None
    year: int | None = None
    authors_at: tuple[int, int] | None = None
    venue_at: tuple[int, int] | None = None
    year_at: tuple[int, int] | None = None
    decision: str | None = None
    decision_at: tuple[int, int] | None = None


def read_attribution(text: str, start: int = 0, end: int | None = None) -> Attribution | None:
    """What `text[start:end]` says of who wrote a work, where and when, if it says nothing else; linear in its length.

    >>> found = read_attribution("Yarom & Falkner, USENIX Sec '14")
    >>> found.authors, found.venue, found.year
    (('Yarom', 'Falkner'), "USENIX Sec '14", 2014)
    >>> read_attribution("a method for time series") is None
    True
    """
    end = len(text) if end is None else end
    return _attribution(text, start, end) if 0 < end - start <= LONGEST else None


@lru_cache(maxsize=4096)
def _attribution(text: str, start: int, end: int) -> Attribution | None:
    role = _ROLE_WORDS.match(text[start:end])
    start += role.end() if role else 0
    body = text[start:end]
    venue_at, year_at, venue, year = _venue_and_year(body)
    decided = _DECIDED.search(body) if venue_at or year_at else None
    decision_at = decided.span() if decided else None
    covered = [False] * len(body)
    for at in (venue_at, year_at, decision_at):
        if at:
            covered[at[0] : at[1]] = [True] * (at[1] - at[0])
    # names do not run into the venue behind them
    authors, authors_at = _authors("".join("\x01" if c else x for x, c in zip(body, covered, strict=True)), covered)
    if not authors and venue is None and year is None:
        return None
    left = body.replace("\x00", " ")
    for at in (venue_at, year_at, decision_at, authors_at):
        if at:
            left = left[: at[0]] + " " * (at[1] - at[0]) + left[at[1] :]
    if authors and (venue or year or len(authors) > 1) and any(c in left for c in "(（"):
        # brackets that hold the venue hold no affiliation: "Slow Waves and Fast Decisions (Sato, ICML 2019)" is a title
        left = _AFFILIATION.sub(lambda m: m[0] if any(covered[m.start() : m.end()]) else " " * len(m[0]), left)
    filler = _FILLER.match(left)
    if filler is None or filler.end() < len(left):
        return None
    shift = start
    return Attribution(
        start,
        end,
        authors,
        venue,
        year,
        (authors_at[0] + shift, authors_at[1] + shift) if authors_at else None,
        (venue_at[0] + shift, venue_at[1] + shift) if venue_at else None,
        (year_at[0] + shift, year_at[1] + shift) if year_at else None,
        decided[0].casefold() if decided else None,
        (decision_at[0] + shift, decision_at[1] + shift) if decision_at else None,
    )


_AFFILIATION = re.compile(r"\s*[(（]\s*[A-Z][^()（）.。\d+]{1,60}[)）]")
"""Where authors work, in brackets behind them: (Facebook AI), （Meta, INRIA）."""
LONGEST = 600
"""Characters above which a text is no attribution."""


def _venue_and_year(body: str) -> tuple[tuple[int, int] | None, tuple[int, int] | None, str | None, int | None]:
    capital = _CAPITAL.search(body) is not None
    known = next((m for m in _KNOWN.finditer(body) if m["venue"] not in _AMBIGUOUS or m["year"] or YEAR.search(body)), None) if capital else None
    japanese = _JAPANESE_VENUE.search(body) if known is None and any(w in body for w in ("学会", "シンポジウム", "論文誌")) else None
    long = _LONG.search(body) if japanese is None and capital else None
    other = _OTHER.search(body) if known is None and japanese is None and long is None else None
    found = known or japanese or long or other
    if known and long and long.start() < known.start() and long.end() > known.start():
        found = long
    venue_at = None
    venue = None
    year: int | None = None
    year_at = None
    if found:
        first = found.start("venue") if found is known or found is other else found.start()
        last = found.start() + len(found[0].rstrip(" .,、:;'’-"))
        venue_at = (first, max(last, first))
        venue = squeeze(body[venue_at[0] : venue_at[1]]).strip(" ,.") or None
        if found is other or (found is known and found["year"]):
            year = _full_year(found["year"])
            year_at = found.span("year")
    if year is None:
        plain = YEAR.search(body)
        short = _SHORT_YEAR.search(body)
        if plain:
            year, year_at = int(plain[0]), plain.span()
        elif short:
            year, year_at = _full_year(short[1]), short.span()
    return venue_at, year_at, venue, year


def _full_year(text: str) -> int:
    if len(text) == 4:
        return int(text)
    return 1900 + int(text) if int(text) > _CENTURY else 2000 + int(text)


_CENTURY = 50


def _authors(body: str, covered: list[bool]) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    """The list of names at the first place where one begins, up to where it ends."""
    at = 0
    while at < len(body) and (covered[at] or not (body[at].isalpha())):
        at += 1
    first = at
    names: list[str] = []
    between_names: list[str] = []
    last = at
    while at < len(body):
        if covered[at]:
            break
        etal = _ET_AL_HERE.match(body, at) if names else None
        if etal:
            names.append(squeeze(etal[0]))
            last = etal.end()
            break
        one = _ONE.match(body, at)
        if one is None or any(covered[one.start() : one.end()]):
            break
        bare = one["latin"] or one["japanese"] or ""
        if one["japanese"] and _VERBAL.search(one[0]):
            break
        if bare.casefold() in _NOT_NAMES or bare.split()[0].casefold() in _NOT_NAMES:
            break
        names.append(squeeze(one[0]).rstrip("*†‡§"))
        last = one.end()
        beside = _AFFILIATION.match(body, one.end()) if body[one.end() : one.end() + 2].strip()[:1] in ("(", "（") else None
        between = _BETWEEN.match(body, beside.end() if beside and not any(covered[beside.start() : beside.end()]) else one.end())
        if between is None:
            etal = _ET_AL_BEHIND.match(body, one.end())
            if etal:
                names[-1] = squeeze(body[one.start() : etal.end()])
                last = etal.end()
            break
        between_names.append(between[0].strip())
        at = between.end()
    return (_uninverted(names, between_names), (first, last)) if names else ((), None)


_VERBAL = re.compile(r"(?:[んいっし]だ|[いっし]た|て|れば|なら|ない|ます|です|から|まで|より|だけ|ので|のに|たら|だら)ら?\Z")
"""How Japanese words end that are no names: 読んだら."""


def _uninverted(names: list[str], between: list[str]) -> tuple[str, ...]:
    """Names as written where a comma stands within them: "Schoch, Stephanie, Haifeng Xu, and Yangfeng Ji", "Grosse, Roger and Bae, Juhan"."""
    if len(names) > 1 and between[:1] == [","] and all(" " not in n and "." not in n for n in names[:2]):
        if len(names) > 2 and all(" " in n for n in names[2:]):
            return (f"{names[0]}, {names[1]}", *names[2:])
        if len(names) > 3 and len(names) % 2 == 0 and all(b == "," for b in between[::2][: len(names) // 2]) and all(b == "and" for b in between[1::2][: len(names) // 2 - 1]):
            return tuple(f"{a}, {b}" for a, b in zip(names[::2], names[1::2], strict=True))
    return tuple(names)


def joined(first: Attribution | None, second: Attribution | None) -> Attribution | None:
    """What two attributions of one line tell together; the first wins where both tell the same."""
    if first is None or second is None:
        return first or second
    return Attribution(
        min(first.start, second.start),
        max(first.end, second.end),
        first.authors or second.authors,
        first.venue or second.venue,
        first.year or second.year,
        first.authors_at or second.authors_at,
        first.venue_at or second.venue_at,
        first.year_at or second.year_at,
        first.decision or second.decision,
        first.decision_at or second.decision_at,
    )


def is_venue(text: str) -> bool:
    """Whether `text` is the name of a known venue."""
    return _KNOWN.fullmatch(text) is not None


def read_names(text: str, start: int = 0) -> tuple[tuple[str, ...], tuple[int, int] | None, int]:
    """The names that `text` begins with at `start`, where they stand, and where what follows begins."""
    body = text[start : start + LONGEST]
    names, at = _authors(body, [False] * len(body))
    if at is None or body[: at[0]].strip(" \"'“*_[("):
        return (), None, start
    return names, (start + at[0], start + at[1]), start + at[1]


def likely(found: Attribution | None) -> bool:
    """Whether an attribution says enough to be one: names with a venue or year, a venue with a year, several full names, "et al."."""
    if found is None:
        return False
    if (found.authors and (found.venue or found.year)) or (found.venue and found.year):
        return True
    several = len(found.authors) > 1 and (any(" " in a or "." in a for a in found.authors) or any(_AL_END.search(a) for a in found.authors))
    return several or any(_OTHERS_END.search(a) for a in found.authors)


_AL_END, _OTHERS_END = re.compile(r"al\.?$"), re.compile(r"\bal\.?$|ら$|ほか$|他$|\+$")
