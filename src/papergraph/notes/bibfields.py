"""What the fields of a BibTeX entry say of a work."""

from __future__ import annotations

import re

from papergraph.model import Span
from papergraph.notes.bibfile import BibFile, Entry, Value, resolved
from papergraph.notes.bibremarks import FILLER
from papergraph.notes.document import Fields, Places
from papergraph.notes.placed import WEB, iso_day, natural_name, trimmed
from papergraph.notes.tex import plain_address, plain_tex

_DECIDED = re.compile(r"\b(oral|spotlight|poster|highlight|accepted|rejected|withdrawn)\b", re.IGNORECASE)
_VENUES = (
    "journaltitle journal booktitle eventtitle maintitle conference venue shortjournal school institution howpublished publisher organization"
).split()
_INHERITED = frozenset("journaltitle journal booktitle eventtitle maintitle publisher organization school institution year date".split())
_ADDRESSES = "url ee link howpublished website pdf openreview code video slides project supplementary".split()
_ARXIV_ID = r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z][a-z-]{1,20}(?:\.[A-Z]{2})?/[0-9]{7})"
_ARXIV = re.compile(rf"arxiv(?:\.org/\w++/|preprint|e-?print|abs/|[\s:.(\[])*+({_ARXIV_ID})", re.IGNORECASE)
_ARXIV_ONLY = re.compile(rf"\s*+(?:arxiv[\s:]*+|abs/)?({_ARXIV_ID})(?:v\d+)?\s*+(?:\[.*\])?", re.IGNORECASE)
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>{}]+")
_YEAR = re.compile(r"(?<![0-9])(?:1[4-9]|20)[0-9]{2}(?![0-9])")
_PERIOD = re.compile(r"\s*+((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])\s*+")
_AND = re.compile(r"([{}])|(?<=\s)and(?=\s)", re.IGNORECASE)


class Told:
    """What an entry's fields say, with the places of what was asked for."""

    def __init__(self, file: BibFile, entry: Entry, by_key: dict[str, Entry]) -> None:
        self.file = file
        self.places: list[tuple[str, Span]] = []
        self.own = {name: value for name, value in reversed(entry.fields) if value.end > value.start}
        self.values = self.own
        parent = self.own.get("crossref")
        above = by_key.get(file.source[parent.start : parent.end].strip()) if parent else None
        if above is not None and above is not entry:
            # the title of a volume is the book title of what stands in it
            inherited = {"booktitle" if n == "title" else n: v for n, v in above.fields if v.end > v.start}
            self.values = {n: v for n, v in inherited.items() if n in _INHERITED} | self.own

    def place(self, attribute: str, value: Value) -> None:
        self.places.append((attribute, Span(value.start, value.end, self.file.line(value.start))))

    def raw(self, *names: str) -> list[tuple[str, Value]]:
        """Of the fields of these names those that are there: what stands in the file, macros resolved."""
        found = [self.values[n] for n in names if n in self.values]
        return [(self.file.source[v.start : v.end] if not v.parts else resolved(self.file, v), v) for v in found]

    def all(self, attribute: str, *names: str, split: str = ",;") -> tuple[str, ...]:
        """What the fields of these names list."""
        out: list[str] = []
        for raw, value in self.raw(*names):
            parts = raw.replace(split[-1], split[0]).split(split[0]) if split else [raw]
            found = [t for t in map(plain_tex, parts) if t]
            if found:
                out += found
                self.place(attribute, value)
        return tuple(dict.fromkeys(out))


def fields_of(told: Told, key: tuple[int, int], title: str | None, titled: Value | None, line: int) -> Fields:
    """All that an entry tells of a work; `title` and `titled` are its title as read and where it stands."""
    file = told.file
    aliases: tuple[str, ...] = ()
    if titled is not None:
        told.place("title", titled)
    if title is not None and (subtitle := next(iter(told.all("title", "subtitle", split="")), None)):
        aliases = (title,)
        title = f"{title}: {subtitle}"
    keys: tuple[str, ...] = ()
    if key[1] > key[0]:
        keys = (file.source[slice(*key)],)
        told.places.append(("keys", Span(*key, file.line(key[0]))))
    venue = _venue(told)
    addresses = _addresses(told)
    return Fields(
        title=title,
        authors=_authors(told),
        year=_year(told),
        date=_read_on(told),
        venue=venue,
        decision=_decision(told),
        url=addresses[0] if addresses else None,
        doi=_doi(told),
        arxiv=_arxiv(told),
        aliases=tuple(dict.fromkeys((*aliases, *told.all("aliases", "shorttitle", "shorthand", "acronym", split="")))),
        keys=tuple(dict.fromkeys((*keys, *told.all("keys", "ids", split=",")))),
        tags=told.all("tags", "keywords", "keyword", "tags", "mendeley-tags"),
        categories=told.all("categories", "groups", "mendeley-groups", "collections"),
        related=told.all("related", "crossref", "xref", "related", "entryset"),
        links=tuple(addresses[1:]),
        places=Places(told.places),
        line=line,
    )


def _authors(told: Told) -> tuple[str, ...]:
    for raw, value in told.raw("author", "authors", "editor"):
        names = [n for n in map(_author, _split(raw)) if n]
        if names:
            told.place("authors", value)
            return tuple(names)
    return ()


def _split(raw: str) -> list[str]:
    """The names of a list; an "and" inside braces is part of a name."""
    if "{" not in raw:
        return re.split(r"(?<=\s)and(?=\s)", raw, flags=re.IGNORECASE)
    out, depth, begin = [], 0, 0
    for mark in _AND.finditer(raw):
        if mark[1]:
            depth = max(depth + (1 if mark[1] == "{" else -1), 0)
        elif not depth:
            out.append(raw[begin : mark.start()])
            begin = mark.end()
    return [*out, raw[begin:]]


def _author(raw: str) -> str:
    raw = raw.strip()
    if raw.casefold() in ("others", "et al.", ""):
        return ""
    if raw.startswith("{") and raw.endswith("}") and raw.find("}") == len(raw) - 1:
        # an institution, whose commas part nothing
        return plain_tex(raw)
    if "=" in raw and re.match(r"\s*(?:family|given|prefix|suffix)\b", raw):
        parts = dict(p.split("=", 1) for p in raw.replace('"', "").split(",") if "=" in p)
        named = {k.strip(): v for k, v in parts.items()}
        return plain_tex(" ".join(named.get(k, "") for k in ("given", "prefix", "family", "suffix")))
    return natural_name(plain_tex(raw))


def _year(told: Told) -> int | None:
    for raw, value in told.raw("year", "date", "issued", "eventdate"):
        year = _YEAR.search(raw)
        if year:
            told.place("year", value)
            return int(year[0])
    return None


def _read_on(told: Told) -> str | None:
    for raw, value in told.raw("read", "dateread", "date-read", "readdate", "date_read", "read-date"):
        day, month = iso_day(raw), _PERIOD.fullmatch(raw)
        if day or month:
            told.place("date", value)
            return day or (f"{month[1]}-{month[2]}" if month else None)
    return None


def _venue(told: Told) -> str | None:
    preprint: Value | None = None
    for raw, value in told.raw(*_VENUES):
        venue = plain_tex(raw)
        if venue.casefold().startswith("arxiv"):
            preprint = preprint or value
        elif venue and "://" not in venue:
            told.place("venue", value)
            return venue
    if preprint is not None:
        told.place("venue", preprint)
        return "arXiv"
    return None


def _decision(told: Told) -> str | None:
    for raw, value in told.raw("decision", "note", "addendum"):
        note = plain_tex(raw)
        decided = _DECIDED.search(note) if value is told.values.get("decision") or FILLER.fullmatch(note) else None
        if decided:
            told.place("decision", value)
            return decided[1].casefold()
    return None


def _doi(told: Told) -> str | None:
    for raw, value in told.raw("doi"):
        doi = _DOI.search(plain_address(raw))
        if doi:
            told.place("doi", value)
            return doi[0].rstrip(".,;")
    return None


def _arxiv(told: Told) -> str | None:
    others = next((raw for raw, _ in told.raw("archiveprefix", "eprinttype")), "arxiv").strip().casefold()
    for raw, value in told.raw("arxiv", "arxivid", *(("eprint",) if others == "arxiv" else ())):
        found = _ARXIV_ONLY.fullmatch(raw) or _ARXIV.search(raw)
        if found:
            told.place("arxiv", value)
            return found[1]
    for raw, value in told.raw("journal", "journaltitle", "note", "url", "ee", "doi", "howpublished", "number", "volume", "eprint"):
        found = _ARXIV.search(raw) or (_ARXIV_ONLY.fullmatch(raw) if raw.startswith("abs/") else None)
        if found:
            told.place("arxiv", value)
            return found[1]
    return None


def _addresses(told: Told) -> list[str]:
    """The addresses of the work, the best first, each once; files of the machine are none."""
    out: dict[str, None] = {}
    names = [n for n in told.values if n.startswith("bdsk-url")]
    for raw, value in told.raw(*_ADDRESSES, *names, "note"):
        found = [plain_address(trimmed(w[0])) for w in WEB.finditer(raw)]
        if not found and value is told.values.get("url") and plain_address(raw):
            found = [plain_address(raw)]
        if found and value is told.values.get("note") and not FILLER.fullmatch(plain_tex(raw)):
            continue
        for address in found:
            if address not in out:
                told.place("links" if out else "url", value)
                out[address] = None
    return list(out)
