"""Why an edge is there or is missing: what extraction recognised in each line of a file, which rule fired, which gate stopped it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from papergraph.errors import NotesError
from papergraph.importing import extraction_of, read_files, words_for
from papergraph.origins import find_files

if TYPE_CHECKING:
    from papergraph.extract.state import Extraction, Mention, Sentence
    from papergraph.notes import Block


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a sentence names or points to: its words, how they were read, and what they stand for."""

    words: str
    kind: str
    stands_for: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule whose words stand in a sentence: the relation it states, or the gate that stopped it."""

    rule: str
    words: str
    outcome: str
    relation: str | None = None
    source: str | None = None
    target: str | None = None
    confidence: float | None = None
    hedged: bool = False


@dataclass(frozen=True, slots=True)
class SentenceRead:
    """One sentence in one voice: whose words they are, what they are about, what they name and which rules fired."""

    text: str
    voice: str
    about: str | None
    names: tuple[Named, ...]
    rules: tuple[Fired, ...]
    searched: bool


@dataclass(frozen=True, slots=True)
class LineRead:
    """What one line was taken to be, and why.

    Attributes
    ----------
    layout
        Heading, item, paragraph, row, record or code, with its depth.
    read_as
        `paper`, `cited paper`, `topic`, `section`, `fields of the paper above`, `reference list`, `legend`, `quotation`,
        `code`, `remark` or `nothing`.
    score, reasons
        Points for and against its naming a paper, where it could; three make it one.
    """

    line: int
    text: str
    layout: str
    read_as: str
    paper: str | None
    score: int | None
    reasons: tuple[tuple[int, str], ...]
    sentences: tuple[SentenceRead, ...]

    def data(self) -> dict[str, Any]:
        """The same for JSON, camelCase."""
        return {
            "line": self.line,
            "text": self.text,
            "layout": self.layout,
            "readAs": self.read_as,
            "paper": self.paper,
            "score": self.score,
            "reasons": [{"points": p, "reason": r} for p, r in self.reasons],
            "sentences": [
                {
                    "text": s.text,
                    "voice": s.voice,
                    "about": s.about,
                    "searchedForCues": s.searched,
                    "names": [{"words": n.words, "kind": n.kind, "standsFor": n.stands_for} for n in s.names],
                    "rules": [
                        {
                            "rule": r.rule,
                            "words": r.words,
                            "outcome": r.outcome,
                            **({"type": r.relation, "source": r.source, "target": r.target, "confidence": r.confidence, "hedged": r.hedged} if r.relation else {}),
                        }
                        for r in s.rules
                    ],
                }
                for s in self.sentences
            ],
        }


def explain(file: Path, line: int | None = None, *, within: Path | None = None, lexicons: Sequence[Path] = (), encoding: str | None = None) -> tuple[LineRead, ...]:
    """What was recognised in `file`, line by line, or in one line.

    Parameters
    ----------
    file
        A file of notes.
    line
        The line, from 1; `None` for all.
    within
        The folder of notes that the file's names are looked up in; `None` for the file alone.
    lexicons, encoding
        As for `importing.plan_import`.

    Raises
    ------
    NotesError
        If the file cannot be read, is not in `within`, or has no such line.
    """
    if file.is_dir():
        raise NotesError(f"{file} is a folder: name one of its files, and the folder with --within")
    if not file.is_file():
        raise NotesError(f"{file}: no such file")
    files = find_files([within or file]).files
    documents, failures = read_files(files, encoding)
    own = next((n for n, f in enumerate(files) if f.file.resolve() == file.resolve()), None)
    if own is None:
        raise NotesError(f"{file}: is not among the notes of {within}")
    document = next((d for d in documents if d.uri == files[own].uri), None)
    if document is None:
        raise NotesError("\n".join(failures))
    last = len(document.text.splitlines())
    if line is not None and not 1 <= line <= last:
        raise NotesError(f"{file} has no line {line}; its last one is {last}")
    state = extraction_of(document, documents, words_for([within or file], lexicons))
    return tuple(_read(state, block) for block in _at(state, line))


def _at(state: Extraction, line: int | None) -> Iterable[Block]:
    """The blocks that stand on the line; all of them for `None`."""
    if line is None:
        return state.order
    out = []
    for block in state.order:
        span = state.document.span(block, 0, len(block.text))
        last = span.line + state.document.text.count("\n", span.start, span.end)
        if block.line <= line <= last:
            out.append(block)
    return out


def _read(state: Extraction, block: Block) -> LineRead:
    judged = state.judged.get(id(block))
    entry = next((e for e in state.entries if e.block is block), None)
    return LineRead(
        block.line,
        block.text,
        f"{block.kind}{f' {block.level}' if block.level else ''}",
        _read_as(state, block),
        entry.paper.title if entry is not None else None,
        judged.score if judged else None,
        tuple((r.points, r.text) for r in judged.reasons) if judged else (),
        tuple(_sentence(s) for s in state.sentences if s.block is block),
    )


def _read_as(state: Extraction, block: Block) -> str:
    entry = next((e for e in state.entries if e.block is block), None)
    if entry is not None and entry.listed:
        return "reference list"
    if entry is not None:
        return "cited paper" if entry.cited else "paper"
    if block.line in state.legend.lines:
        return "legend"
    if id(block) in state.silent:
        return "fields of the paper"
    if id(block) in state.references.blocks:
        return "reference list"
    if block.quoted:
        return "quotation"
    if block.kind.value == "code":
        return "code"
    if block.kind.value == "heading":
        return "topic" if any(t.pref_label == " ".join(block.text.split()) for t in state.topics.values()) else "section"
    return "remark" if any(s.block is block for s in state.sentences) else "nothing"


def _sentence(sentence: Sentence) -> SentenceRead:
    text = sentence.block.text
    about = sentence.subject.paper if sentence.subject is not None else sentence.assumed
    return SentenceRead(
        sentence.text,
        "reader" if sentence.own else "summary",
        about.title if about is not None else None,
        tuple(Named(text[m.start : m.end], m.kind, _stands_for(m)) for m in sorted(sentence.mentions, key=lambda m: (m.start, m.end))),
        tuple(
            Fired(
                v.rule,
                text[v.start : v.end],
                v.outcome,
                *((v.found.type, *_ends(v.found.source.title, _stands_for(v.found.target), backward=v.found.backward), v.found.confidence, v.found.hedged) if v.found else ()),
            )
            for v in sentence.verdicts
        ),
        sentence.promising,
    )


def _ends(source: str, target: str, *, backward: bool) -> tuple[str, str]:
    return (target, source) if backward else (source, target)


def _stands_for(mention: Mention) -> str:
    if mention.kind == "self":
        return "the paper itself"
    return mention.paper.title if mention.paper is not None else mention.concept or ""
