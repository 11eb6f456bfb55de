"""What the properties of an org-mode heading or file say of a work."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from papergraph.model import Span
from papergraph.notes.document import Fields
from papergraph.notes.orgtext import CITED, EACH_KEY, KEY, Stretch, read_inline_org, target_of
from papergraph.notes.placed import iso_day, natural_name

_YEAR = re.compile(r"(?<![0-9])(?:1[4-9]|20)[0-9]{2}(?![0-9])")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>\]]+")
_ARXIV = re.compile(r"(?<![0-9.])[0-9]{4}\.[0-9]{4,5}(?![0-9])|[a-z][a-z-]{1,20}(?:\.[A-Z]{2})?/[0-9]{7}")
_REF = re.compile(rf"\[cite[^:\s\[\]]*+:[^\[\]]*+\]|[a-z]*cite[a-z]*+:&?{KEY}(?:[,;]&?{KEY})*+|https?://[^\s\"\]]++|[@&]{KEY}")
_LISTED = re.compile(r"\[\[([^\[\]]++)\](?:\[[^\[\]]*+\])?\]|([^,;\[\]]++)")
_ADDRESS = re.compile(r"https?://[^\s\"\]]++")
_NAMES = re.compile(r'"([^"]++)"|([^\s"]++)')
_VENUES = "VENUE JOURNALTITLE JOURNAL BOOKTITLE CONFERENCE EVENTTITLE SCHOOL INSTITUTION PUBLISHER"


@dataclass(slots=True)
class Said:
    """Properties in order, each with the place of its value; tags apart, for a heading bears them too."""

    properties: list[tuple[str, int, int]] = field(default_factory=list)
    tags: list[Stretch] = field(default_factory=list)


def read_properties(source: str, said: Said, line_of: Callable[[int], int], line: int) -> Fields | None:
    """What properties and tags tell of a work; `None` if nothing."""
    if not said.properties and not said.tags:
        return None
    places: list[tuple[str, Span]] = []

    def many(attribute: str, names: str, read: Callable[[str], Sequence[str | None]]) -> tuple[str, ...]:
        out: list[str] = []
        for name in names.split():
            for start, end in (x[1:] for x in said.properties if x[0] == name):
                found = [v.strip() for v in read(source[start:end]) if v and v.strip()]
                if found:
                    out += found
                    places.append((attribute, Span(start, end, line_of(start))))
        return tuple(dict.fromkeys(out))

    def one(attribute: str, names: str, read: Callable[[str], Sequence[str | None]] = lambda v: [v]) -> str | None:
        for name in names.split():
            found = many(attribute, name, read)
            if found:
                return found[0]
        return None

    year = one("year", "YEAR PUBLISHED ISSUED", lambda v: _YEAR.findall(v))
    title = one("title", "TITLE", lambda v: [read_inline_org(v, [(0, len(v))]).folded().text])
    authors = many("authors", "AUTHOR AUTHORS", _authors)
    addresses = many("url", "URL LINK EE ROAM_REFS ROAM_KEY", lambda v: _ADDRESS.findall(v))
    keys = many("keys", "CUSTOM_ID BIBTEX_KEY CITEKEY CITE_KEY CITATION_KEY KEY", lambda v: [k.strip().lstrip("@&") for k in v.split(",")])
    keys += many("keys", "ROAM_REFS ROAM_KEY", lambda v: [k for r in _REF.findall(v) if not r.startswith("http") for k in _keys(r)])
    aliases = many("aliases", "ROAM_ALIASES ROAM_ALIAS", lambda v: [a or b for a, b in _NAMES.findall(v)])
    aliases += many("aliases", "ALIASES ALIAS ACRONYM SHORTTITLE", lambda v: [a or b for a, b in _NAMES.findall(v)] if '"' in v else v.split(","))
    tags = tuple(t for start, end in said.tags for t in source[start:end].split(":") if t)
    places += [("tags", Span(start, end, line_of(start))) for start, end in said.tags]
    fields = Fields(
        title=title,
        authors=authors,
        year=int(year) if year else None,
        date=one("date", "READ DATE_READ DATEREAD READ_ON FINISHED DATE CLOSED CREATED", lambda v: [iso_day(v)]),
        venue=one("venue", _VENUES),
        decision=one("decision", "DECISION", lambda v: [v.casefold()]),
        url=addresses[0] if addresses else None,
        doi=one("doi", "DOI", lambda v: _DOI.findall(v)),
        arxiv=one("arxiv", "ARXIV ARXIV_ID ARXIVID EPRINT", lambda v: _ARXIV.findall(v)),
        aliases=tuple(dict.fromkeys(aliases)),
        # a note that is linked by its id is found by it
        keys=tuple(dict.fromkeys(keys + many("keys", "ID", lambda v: [v]))),
        tags=tuple(dict.fromkeys(tags + many("tags", "FILETAGS TAGS KEYWORDS ROAM_TAGS HUGO_TAGS", lambda v: re.split(r"[\s,;:]+", v)))),
        categories=many("categories", "CATEGORY CATEGORIES HUGO_CATEGORIES", lambda v: v.split(",")),
        related=many("related", "RELATED PAPERS CROSSREF", lambda v: [target_of(a)[0] if a else b.strip().lstrip("@") for a, b in _LISTED.findall(v)]),
        links=addresses[1:],
        places=tuple(places),
        line=line,
    )
    return fields if places else None


def _keys(reference: str) -> list[str]:
    """The keys of `[cite:@a;@b]`, `cite:a,b` or `@a`."""
    if reference.startswith("["):
        return [m[1] for m in CITED.finditer(reference)]
    return [m[0] for m in EACH_KEY.finditer(reference, reference.find(":") + 1 if "cite" in reference.split(":", 1)[0] else 0)]


def _authors(value: str) -> list[str]:
    """Names joined by "and", `;` or `、`, or by commas where no part is a single word."""
    out: list[str] = []
    for part in re.split(r"(?<=\s)and(?=\s)|[;；、]", value):
        names = [n.strip() for n in part.split(",") if n.strip()]
        listed = len(names) > 1 and all(" " in n for n in names)
        out += names if listed else [natural_name(", ".join(names))]
    return out
