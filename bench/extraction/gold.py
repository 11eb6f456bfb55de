"""The golds: what a careful reader finds in a set of notes. Written by hand, read from `golds/NAME.json` beside the notes `golds/NAME/`."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

GOLDS = Path(__file__).parent / "golds"
SYMMETRIC = frozenset({"CONSISTENT_WITH", "SIMILAR_TO", "EQUIVALENT_TO", "CONTRADICTS", "DIFFERS_FROM", "RELATED_TO"})
DIRECTED = frozenset({"EXTENDS", "USES", "APPLIES_TO", "SUPPORTS"})
TYPES = SYMMETRIC | DIRECTED
HALVES = ("a", "b")


@cache
def fold(text: str) -> str:
    """The form in which names are compared: no case, no width, no punctuation, no spaces."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """A work that the notes are about (`role` entry) or refer to (cited). `names[0]` is its title as written."""

    names: tuple[str, ...]
    role: str
    file: str
    line: int
    fields: dict[str, Any]
    urls: tuple[str, ...]
    untitled: bool
    counted: bool
    """False where a careful reader may leave it out: it has no title, or is no clear paper."""

    @property
    def title(self) -> str:
        return self.names[0]


@dataclass(frozen=True, slots=True)
class GoldRelation:
    """What the writer states about two works, or a work and a concept. `types[0]` is the best type, the others are as right."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    target_kind: str
    types: tuple[str, ...]
    hedged: bool
    clear: bool
    quote: str
    file: str
    line: int

    @property
    def key(self) -> tuple[str, ...]:
        """The same for a statement that the notes make twice."""
        ends = fold(self.source[0]), fold(self.target[0])
        return (self.types[0], *(sorted(ends) if self.types[0] in SYMMETRIC else ends))


@dataclass(frozen=True, slots=True)
class GoldRemark:
    """The reader's own words."""

    quote: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Gold:
    """One set: its notes and all that stands in them."""

    name: str
    lang: str
    layout: str
    half: str
    files: tuple[str, ...]
    papers: tuple[GoldPaper, ...]
    relations: tuple[GoldRelation, ...]
    remarks: tuple[GoldRemark, ...] | None
    """`None` where not every remark is listed, so that they cannot be scored."""
    listed_remarks: tuple[GoldRemark, ...]
    notes: Path
    scoped: bool = False
    """Whether only part of the notes is annotated."""

    def text(self, file: str) -> str:
        return (self.notes / file).read_text(encoding="utf-8")


def load(path: Path) -> Gold:
    """Read one gold; its notes are the folder of the same name beside it."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    source = raw["source"]
    files = (source["path"],) if isinstance(source["path"], str) else tuple(source["path"])
    papers = tuple(_paper(p, files[0]) for p in raw["papers"])
    named: dict[str, tuple[str, ...]] = {}
    for paper in papers:
        for name in paper.names:
            named[fold(name)] = paper.names
    remarks = tuple(GoldRemark(r["quote"], r.get("file") or files[0], r["line"]) for r in raw["remarks"])
    return Gold(
        name=path.stem,
        lang=source["lang"],
        layout=source["layout"],
        half=source.get("half", "a"),
        files=files,
        papers=papers,
        relations=tuple(_relation(r, files[0], named) for r in raw["relations"]),
        remarks=remarks if source.get("remarks") == "all" else None,
        listed_remarks=remarks,
        notes=path.with_suffix(""),
        scoped=bool(source.get("scope")),
    )


def _paper(raw: dict[str, Any], file: str) -> GoldPaper:
    names = [raw["title"], *raw.get("title_alts", [])]
    if raw.get("heading_as_written"):
        names.append(raw["heading_as_written"])
    # what only the page or a heading tells is not asked of the entry
    fields = {key: raw.get(key) for key in ("authors", "year", "url", "decision", "markers", "topics")}
    if raw.get("decision_source") not in (None, "line"):
        fields["decision"] = None
    if raw.get("venue_source") not in (None, "line"):
        fields["year"] = None
    return GoldPaper(
        names=tuple(names),
        role=raw["role"],
        file=raw.get("file") or file,
        line=raw["line"],
        fields=fields,
        urls=tuple(u.rstrip("/") for u in [raw.get("url"), *raw.get("url_alts", [])] if u),
        untitled=bool(raw.get("untitled")),
        counted=not raw.get("untitled") and raw.get("confidence") != "arguable",
    )


def _relation(raw: dict[str, Any], file: str, named: dict[str, tuple[str, ...]]) -> GoldRelation:
    def names(end: str) -> tuple[str, ...]:
        written = [raw[end], *raw.get(f"{end}_alts", [])]
        return tuple(dict.fromkeys([*written, *(n for w in written for n in named.get(fold(w), ()))]))

    return GoldRelation(
        source=names("source"),
        target=names("target"),
        target_kind=raw.get("target_kind", "paper"),
        types=(raw["type"], *raw.get("alt_types", [])),
        hedged=bool(raw.get("hedged")),
        clear=raw.get("confidence") == "clear",
        quote=raw["quote"],
        file=raw.get("file") or file,
        line=raw["line"],
    )


def load_all(names: tuple[str, ...] = (), half: str | None = None) -> list[Gold]:
    """All golds by name, or those named, or those of one half.

    Raises
    ------
    ValueError
        If there is no gold of a name.
    """
    paths = {p.stem: p for p in sorted(GOLDS.glob("*.json"))}
    if unknown := [n for n in names if n not in paths]:
        raise ValueError(f"no gold named {unknown[0]!r}; there are: {', '.join(paths)}")
    golds = [load(p) for n, p in paths.items() if not names or n in names]
    return [g for g in golds if half is None or g.half == half]
