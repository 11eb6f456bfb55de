"""What a line that names a paper is made of: title, address, decision, marks, authors, venue, year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from papergraph.extract.attribution import Attribution, joined, likely, read_attribution
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
    r"[\s,、-]*[(（\[【]\s*((?:notable[- ]top[- ]\d+%|top[- ]\d+%|oral|spotlight|poster|highlight|award candidate|(?:best|outstanding)(?:\s+\w+)*\s+(?:paper|award)(?:\s+award)?|honorable mention|口頭|ポスター|スポットライト"
    r"|accept(?:ed)?|reject(?:ed)?|withdrawn|findings|workshop|long|short|demo))\s*[)）\]】]",
    re.IGNORECASE,
)
_SMALL = frozenset(
    "a an and as at but by for from in into is of on or over per the to via vs with without through under between are do does be can how what when where why who using your not no it its you".split()
)
_QUOTED = re.compile(r"""^\s*["“「『《](?P<title>[^"”」』》]{8,})["”」』》]""")
SENTENCE_END = re.compile(r"[。．.!！][」』)）\"”’]*$")
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
    attribution: Attribution | None = None
    lead: str = "plain"
    arxiv_id: str | None = None

    @property
    def attributed(self) -> bool:
        """Whether the line tells who wrote the work, or where and when it came out."""
        return likely(self.attribution)


@dataclass(frozen=True, slots=True)
class Cited:
    """An author–year citation in brackets, over the characters `start:end` of the text it was found in."""

    start: int
    end: int
    authors: tuple[str, ...]
    venue: str | None
    year: int


_BRACKET = re.compile(r"[(（\[]([^()（）\[\]]{5,200})[)）\]]")


def find_cited(text: str, start: int = 0, end: int | None = None) -> list[Cited]:
    """The author–year citations in brackets in `text[start:end]`, in order; linear in its length.

    >>> [(c.authors, c.venue, c.year) for c in find_cited("Prediction Head (Kobayashi et al., Findings 2023)")]
    [(('Kobayashi et al.',), 'Findings 2023', 2023)]
    """
    out = []
    for bracket in _BRACKET.finditer(text, start, len(text) if end is None else end):
        if not any(c.isdigit() for c in bracket[1]):
            continue
        at = bracket.start(1)
        for piece in bracket[1].split(";"):
            found = read_attribution(text, at, at + len(piece))
            at += len(piece) + 1
            if found and found.authors and found.year:
                out.append(Cited(bracket.start(), bracket.end(), found.authors, found.venue, found.year))
    return out


def marks(text: str) -> tuple[str, ...]:
    """The emoji and stars in `text`, each once, in order."""
    if text.isascii():
        return ()
    return tuple(dict.fromkeys(m[0] for m in MARK.finditer(text)))


def read_title_line(block: Block) -> TitleLine | None:
    """The parts of a line that may name a paper; `None` where nothing in it could be a title."""
    text = block.text
    if len(text) > LONGEST_TITLE_LINE:
        return None
    opening = _TICK.match(text) or _MARKS_START.match(text)
    begin = opening.end() if opening else 0
    begin += len(text[begin:]) - len(text[begin:].lstrip())
    found = list(marks(text[:begin]))
    stop = len(text.rstrip())
    tail = _MARKS_END.search(text) if not text.isascii() and MARK.search(text) else None
    if tail and tail.start() > begin:
        found += marks(tail[0])
        stop = tail.start()
    numbered = _ARXIV.match(text, begin)
    begin = numbered.end() if numbered else begin
    attribution, begin = _leading(block, begin, stop)
    start, end, link, lead = _title_span(block, begin, stop)
    if end <= start:
        return None
    if attribution is None and lead != "plain":
        attribution, end = _inside(text, start, end)
    if lead == "plain":
        end, attribution = _plain_end(text, start, end, stop, attribution)
    rest, later, decision = _after(block, end, stop)
    attribution = joined(attribution, later)
    found += [m for m in marks(text[end:rest]) if m not in found]
    title = squeeze(text[start:end]).strip(" -–—:：,、*_.|")
    if not title:
        return None
    first = text.find(title[:1], start, end)
    works = [
        x
        for x in block.links
        if is_paper_address(x.target)
        and x.start <= rest + _NEAR_LINK
        and (x.start >= end or x.end <= start)
        and _says_no_title(text[x.start : x.end])
    ]
    if link is None or not is_paper_address(link.target):
        link = next(iter(works), link)
    return TitleLine(title, max(first, start), end, rest, link, decision, tuple(dict.fromkeys(found)), attribution, lead, numbered["id"] if numbered else None)


_ARXIV = re.compile(r"[\[(（【]?(?:arXiv:\s?)?(?P<id>\d{4}\.\d{4,5})(?:v\d+)?[\])）】]?[\s:：]*(?=\S)", re.IGNORECASE)
_NEAR_LINK = 60


def _says_no_title(words: str) -> bool:
    """Whether a link's words name no work themselves: "pdf", an address, an emoji."""
    bare = squeeze(words).strip("[]() ")
    return (
        not any(c.isalnum() for c in bare)
        or is_web(bare)
        or LINK_WORDS.fullmatch(bare) is not None
        or (not looks_like_title(bare) and len(bare) < _NEAR_LINK // 3 and bare.islower())
    )


def _brackets(text: str, start: int, stop: int) -> list[re.Match[str]]:
    return list(_ANY_BRACKET.finditer(text, start, stop))


_ANY_BRACKET = re.compile(r"[(（\[【]([^()（）\[\]【】]{2,300})[)）\]】]")


def _leading(block: Block, begin: int, stop: int) -> tuple[Attribution | None, int]:
    """As in "(NeurIPS 2020) Title", "[ICLR'21] Title", "Hu Wu, et al. [Title](…)": what stands before the title."""
    text = block.text
    titled = next(
        (
            x
            for x in block.links
            if x.kind == "url" and x.start > begin + 3 and is_paper_address(x.target) and looks_like_title(squeeze(text[x.start : x.end]))
        ),
        None,
    )
    if titled is not None:
        before = read_attribution(text, begin, begin + len(text[begin : titled.start].rstrip(' "“「『*_[(.,:：')))
        if before is not None and (before.authors or before.venue or before.year):
            return before, titled.start
    bracket = _ANY_BRACKET.match(text, begin, stop)
    if bracket is None:
        return None, begin
    found = read_attribution(text, *bracket.span(1))
    if found is None or not (found.venue or found.year):
        return None, begin
    after = bracket.end() + len(text[bracket.end() :]) - len(text[bracket.end() :].lstrip(" :：-–"))
    return found, after


def _inside(text: str, start: int, end: int) -> tuple[Attribution | None, int]:
    """As in "[Title (Authors, Venue Year)](…)": the attribution at the title's own end."""
    for bracket in reversed(_brackets(text, start, end)):
        if bracket.end() >= end - 1:
            found = read_attribution(text, *bracket.span(1))
            if likely(found):
                return found, bracket.start()
    return None, end


def _plain_end(text: str, start: int, end: int, stop: int, attribution: Attribution | None) -> tuple[int, Attribution | None]:
    """Where a title without marks ends: before a bracket with its decision or authors, or where the rest of the line tells them."""
    for bracket in _brackets(text, start, stop):
        if bracket.start() > end:
            break
        if DECISION.match(bracket[0]):
            end = bracket.start()
            break
        found = read_attribution(text, *bracket.span(1))
        if likely(found) and bracket.start() > start + 3:
            return bracket.start(), attribution or found
        if is_cjk(bracket[1]) and looks_like_title(squeeze(text[start : bracket.start()])):
            # a Japanese remark behind a Latin title
            return bracket.start(), attribution
    cut = _REMARK.search(text, start + 8, end)
    last = cut.start() if cut else end
    for comma in list(_PART.finditer(text, start + 3, last))[:_MOST_PARTS]:
        found = read_attribution(text, comma.end(), last)
        if likely(found) and found and (found.authors or comma[0].strip()) and len(text[start : comma.start()].split()) >= _SHORTEST:
            return comma.start(), attribution or found
    return (last, attribution) if cut and looks_like_title(squeeze(text[start:last]).strip(" .*_")) else (end, attribution)


# what stands in front rules out most characters before any alternative is tried
_REMARK = re.compile(
    r"(?=[\s.:：])(?:\s+[–—―→]\s*|\s+-{1,2}\s+|\s+\|\s+|(?<=[a-z0-9?!])\.\s+(?=[A-Z])(?<!et al\. )|(?<=[a-z])[:：]\s+(?=[a-z\u3040-\u9fff]))"
)
_PART = re.compile(
    r"(?=[\s,、，.])(?:\s*[,、，]\s*|(?<=[\w?!)])\.\s+|\s+/\s+|\s+(?=[A-Z][\w.-]+ et al)|\s+[–—-]\s+|\s+by\s+|\s+(?=[^\s,]{1,8}ら[\s,、/]))"
)
_MOST_PARTS, _SHORTEST = 24, 1


def _after(block: Block, end: int, stop: int) -> tuple[int, Attribution | None, str | None]:
    """What follows a title before the remarks: where these begin, attribution, decision."""
    text = block.text
    at, found, decision = end, None, None  # type: int, Attribution | None, str | None
    links = {x.start: x for x in block.links}
    for _ in range(_MOST_PARTS):
        while at < stop and text[at] in ' \t\u3000,，、.*_|)]）】"”」』':
            at += 1
        if at in links and LINK_WORDS.fullmatch(squeeze(text[at : links[at].end]).strip("[]() ")):
            at = links[at].end
            continue
        opening = _ANY_BRACKET.match(text, at, stop)
        word = DECISION.match(text, at, stop)
        if word:
            decision, at = decision or word[1].casefold(), word.end()
            continue
        if opening:
            inner = read_attribution(text, *opening.span(1))
            inside = squeeze(opening[1]).strip("[] ")
            if found is None and (likely(inner) or (inner and (inner.venue or inner.year))):
                found, at = inner, opening.end()
                continue
            if LINK_WORDS.fullmatch(inside) or all(LINK_WORDS.fullmatch(w.strip()) for w in re.split(r"[,/|·]", inside)):
                at = opening.end()
                continue
            break
        if at < stop and text[at] in "[(（":
            nearest = next((x for x in block.links if at < x.start <= at + 2), None)
            if nearest and LINK_WORDS.fullmatch(squeeze(text[nearest.start : nearest.end]).strip("[]() ")):
                at = nearest.end
                continue
            break
        mark = MARK.match(text, at)
        if mark:
            at = mark.end()
            continue
        if found is None:
            lead = _BEFORE_PREFIX.match(text, at)
            prefix = _prefix(text, lead.end() if lead else at, stop)
            if prefix is not None:
                found, at = prefix, prefix.end
                continue
        break
    return at, found, decision


LINK_WORDS = re.compile(
    r"(?:the\s+)?(?:pdf|paper|arxiv|abs|html|code|code \d|github|project(?: page)?|page|website|web|site|slides?|poster|video|talk|blog(?: ?post)?|demo|data(?:set)?|link|url|openreview|acl|doi|pytorch|tensorflow|jax|tf|bib(?:tex)?|"
    r"supp(?:lementary)?(?: material)?|appendix|hf|model|models|summary|review|notes?|post|official|code \(.*\)|論文|コード|実装|スライド|動画|プロジェクト(?:ページ)?|\W*)",
    re.IGNORECASE,
)


_BEFORE_PREFIX = re.compile(r"(?:[-–—:：|/]|by\b)\s*")
_PREFIX_END = re.compile(r"\.(?=\s)|\s[–—―→-]|\s\[|\s\(|。|\n|\s\||[:：](?=\s)|$")


def _prefix(text: str, at: int, stop: int) -> Attribution | None:
    """The longest beginning of `text[at:stop]`, up to a sentence's or part's end, that is an attribution."""
    ends = [m.start() for m in _PREFIX_END.finditer(text[at : min(stop, at + 400)])][:_MOST_PARTS]
    best: Attribution | None = None
    for offset in ends:
        found = read_attribution(text, at, at + offset)
        if likely(found):
            best = found
    return best


_LEADING_WORDS, _LONG_TITLE = 32, 4
_INTRODUCES = re.compile(r"(?:[:：]|\b(?:is|was|read|called)|['’]s)[\s\"“*_]*$")
"""What leads to a title in running text: "The paper of the week:", "It's"."""


def _title_span(block: Block, begin: int, stop: int) -> tuple[int, int, Link | None, str]:
    text = block.text

    def words_of(link: Link) -> str:
        return squeeze(text[link.start : link.end]).strip("[]() ")

    for link in block.links:
        words = squeeze(text[link.start : link.end])
        if (
            link.kind == "url"
            and link.start <= begin + 3
            and link.end - link.start >= 3
            and not text[begin : link.start].strip(' "“「『*_[(')
            and not LINK_WORDS.fullmatch(words)
            and not is_web(words)
        ):
            return link.start, link.end, link, "link"
        if (
            link.kind == "url"
            and begin < link.start <= begin + _LEADING_WORDS
            and is_paper_address(link.target)
            and looks_like_title(words)
            and text[begin : link.start].rstrip().endswith(":")
        ):
            # "skimmed only: [Title](…)"
            return link.start, link.end, link, "link"
    quoted = _QUOTED.match(text[begin:stop])
    if quoted:
        inside = next((x for x in block.links if x.start >= begin and x.end <= begin + quoted.end()), None)
        return begin + quoted.start("title"), begin + quoted.end("title"), inside, "quoted"
    for a, b in block.strong:
        if a <= begin + 1 and b - a >= 4 and not text[a:b].rstrip().endswith((":", "：")):
            inside = next((x for x in block.links if x.start < b + 60 and is_paper_address(x.target)), None)
            return a, b, inside, "strong"
    spans: list[tuple[int, int, Link | None]] = [*((a, b, None) for a, b in block.strong), *((x.start, x.end, x) for x in block.links if x.kind == "url")]
    for start, end, its in sorted(spans, key=lambda s: s[:2]):
        spoken = squeeze(text[start:end]).split()
        if begin < start <= begin + _LEADING_WORDS and _INTRODUCES.search(text[begin:start]) and len(spoken) >= _LONG_TITLE and spoken[0][:1].isupper():
            # "First up: *Title* (Authors, Venue Year)", "It is *Title* (…)"
            return start, end, its, "link" if its else "strong"
    later = next(
        (x for x in block.links if x.kind == "url" and x.start > begin and (LINK_WORDS.fullmatch(words_of(x)) or is_web(words_of(x)))), None
    )
    if later is not None:
        # "Title. [paper](…)", "Title https://…"
        piece = text[begin : min(later.start, stop)].rstrip(" [(（-–—:|,")
        return begin, begin + len(piece), later if is_paper_address(later.target) else None, "plain"
    return begin, stop, None, "plain"


def title_case(title: str) -> float:
    """How much of a Latin title's longer words are capitalised, 0..1; 0 for fewer than two words."""
    words = [w for w in _WORD.findall(title) if w.casefold() not in _SMALL]
    if len(words) < 2:
        return 0.0
    return float(sum(w[:1].isupper() for w in words)) / len(words)


@lru_cache(maxsize=4096)
def looks_like_title(title: str) -> bool:
    """Whether these words could be a work's title by their form alone: several Latin words, capitalised, no sentence.

    >>> looks_like_title("Scaling Laws of RoPE-based Extrapolation"), looks_like_title("S4-PTD と S5-PTD モデルを提案する。")
    (True, False)
    """
    words = _WORD.findall(title)
    if not 3 <= len(words) <= 40 or len(title) > 250 or is_cjk(title):
        return False
    if SENTENCE_END.search(title) and not title.endswith("?"):
        return False
    return title_case(title) >= 0.6 or (":" in title and title[:1].isupper() and title_case(title.split(":")[0] + " X") >= 0.9)


def web_address(link: Link | None) -> str | None:
    """The link's address if it is one of the web."""
    return link.target if link is not None and link.kind == "url" and is_web(link.target) else None
