"""What goes to the terminal: tables and JSON on standard output, messages on standard error.

Text from notes is shown without control characters, so that it cannot steer the terminal.
"""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from papergraph.model import Evidence, Node, Paper, Relation
from papergraph.vocabulary import RELATIONS, Role

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.measure import Measurement
    from rich.text import Text

    from papergraph.store.changes import ChangeSet

_HIDDEN = frozenset(("Cc", "Cs", "Zl", "Zp"))
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
STYLES = {
    "CONSISTENT_WITH": "green",
    "SIMILAR_TO": "cyan",
    "EQUIVALENT_TO": "blue",
    "CONTRADICTS": "red",
    "DIFFERS_FROM": "yellow",
    "EXTENDS": "magenta",
    "USES": "bright_blue",
    "APPLIES_TO": "bright_magenta",
    "SUPPORTS": "bright_green",
    "RELATED_TO": "white",
}


def clean(text: str) -> str:
    """`text` on one line, without control characters and bidirectional overrides."""
    flat = text.replace("\r\n", " ").replace("\n", " ").replace("\t", " ")
    return "".join("\ufffd" if unicodedata.category(c) in _HIDDEN or c in _BIDI else c for c in flat)


def console(*, stderr: bool = False) -> Console:
    """A rich console; piped output has 80 columns unless COLUMNS says otherwise."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=False)


def show(*parts: RenderableType) -> None:
    """Print to standard output."""
    out = console()
    for part in parts:
        out.print(_folded(part))


class Folded:
    """Text in lines as wide as there is room, broken where Japanese may be broken; rich breaks at spaces alone."""

    def __init__(self, text: Text) -> None:
        self._text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        from papergraph.cli.folds import folds

        for line in self._text.split("\n", allow_blank=True):
            for start, end in folds(line.plain, max(2, options.max_width)) or [(0, 0)]:
                part = line[start:end]
                part.no_wrap, part.overflow, part.end = True, "ignore", "\n"
                yield part

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.cells import cell_len
        from rich.measure import Measurement

        widths = [cell_len(line) for line in self._text.plain.split("\n")]
        words = [min(cell_len(word), 12) for word in self._text.plain.split()]
        return Measurement(max(words, default=0), max(widths))


def _folded(part: RenderableType) -> RenderableType:
    from rich.text import Text

    return Folded(part) if isinstance(part, Text) else part


def complain(message: str) -> None:
    """Print an error to standard error; its lines stay whole."""
    lines = [clean(line) if not line.startswith("  ") else "  " + clean(line) for line in message.splitlines()]
    sys.stderr.write("papergraph: " + "\n".join(lines) + "\n")


def inform(message: str) -> None:
    """Print a message to standard error."""
    sys.stderr.write("\n".join(clean(line) for line in message.splitlines()) + "\n")


def inform_done(change: ChangeSet | None, otherwise: str) -> None:
    """Say which change set was made and how it is taken back; `otherwise` where nothing was changed."""
    inform(f"change set {change.number}; `papergraph undo` takes it back" if change else otherwise)


def print_json(data: Any) -> None:
    """Print data as JSON to standard output, and nothing else."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def styled(text: str, style: str = "") -> Text:
    """Cleaned text in a style."""
    from rich.text import Text

    return Text(clean(text), style=style)


def table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[RenderableType | str]]) -> RenderableType:
    """A table without a frame. A column is its head and `left`, `right` or `fold` (left, and takes what width there is)."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    out = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for head, kind in columns:
        out.add_column(head, justify="right" if kind == "right" else "left", overflow="fold", ratio=1 if kind == "fold" else None, no_wrap=kind == "whole")
    for row in rows:
        cells = [styled(c) if isinstance(c, str) else c for c in row]
        out.add_row(*(_folded(c) if kind == "fold" else c for c, (_, kind) in zip(cells, columns, strict=True)))
    return out


def hanging(indent: int, *parts: RenderableType) -> RenderableType:
    """Parts indented, wrapped lines too."""
    from rich.console import Group
    from rich.padding import Padding

    return Padding(Group(*map(_folded, parts)), (0, 0, 0, indent), expand=False)


def numbered(number: int, *parts: RenderableType) -> RenderableType:
    """Parts behind a number, wrapped lines under the first one."""
    from rich.console import Group
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", width=3, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(f"{number}.", Group(*map(_folded, parts)))
    return grid


def when(at: str) -> str:
    """A moment as stores tell it (ISO 8601 UTC) by this machine's clock, to the minute."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return at


def place(evidence: Evidence) -> str:
    """`file:line`, or who said it."""
    return f"{evidence.path}:{evidence.line}" if evidence.path else "by hand"


def quote_line(evidence: Evidence) -> Text:
    """“quote”  file:line, and whether it no longer stands there."""
    from rich.text import Text

    return Text.assemble(styled(f"“{evidence.quote}”"), "  ", styled(place(evidence) + (" (no longer in the notes)" if evidence.lost else ""), "dim"))


def relation_line(relation: Relation) -> Text:
    """SIMILAR_TO ? 0.59  r-…  accepted."""
    from rich.text import Text

    parts = [styled(relation.type, f"bold {STYLES.get(relation.type, '')}"), Text("?" if relation.hedged else ""), styled(f"  {relation.confidence:.2f}")]
    if relation.status != "proposed":
        parts.append(styled(f"  {relation.status}", "italic"))
    if relation.asserted_by == "user":
        parts.append(styled("  by hand", "italic"))
    return Text.assemble(*parts, "  ", styled(relation.id, "dim"))


def arrow(relation: Relation) -> str:
    """`↔` for a symmetric relation, else `→`."""
    return "↔" if RELATIONS[relation.type].symmetric else "→"


def paper_facts(paper: Paper) -> str:
    """Authors, venue, decision, marks and role on one line."""
    facts = [
        ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else ""),
        paper.venue or (str(paper.year) if paper.year else ""),
        paper.decision or "",
        " ".join(paper.markers),
        "cited" if paper.role is Role.CITED else "",
    ]
    return " · ".join(f for f in facts if f)


def paper_lines(paper: Paper) -> list[tuple[str, str]]:
    """What else is known of a paper, as `(label, value)`; values that are empty are left out."""
    told: dict[str, list[str]] = {}
    for name, _, place in (p.partition(" ") for p in paper.places):
        path, line, _ = place.rsplit(":", 2)
        told.setdefault(path, []).append(f"{name.replace('_', ' ')} {line}")
    lines = [
        ("also", "; ".join(paper.aliases)),
        ("link", paper.url or ""),
        ("links", " ".join(paper.links)),
        ("doi", paper.doi or ""),
        ("arXiv", paper.arxiv_id or ""),
        ("tags", ", ".join(paper.tags)),
        ("read", paper.read_at or ""),
        ("from", f"{paper.path}:{paper.line}" if paper.path else ""),
        ("told on lines", "; ".join(f"{', '.join(lines)} of {path}" for path, lines in told.items())),
    ]
    return [(label, value) for label, value in lines if value]


def relation_data(relation: Relation, source: Node | None = None, target: Node | None = None) -> dict[str, Any]:
    """A relation for `--json`, with its ends' names where they are known."""
    data = {"evidence": [], **relation.properties()}
    if source is not None:
        data["sourceName"] = source.name
    if target is not None:
        data["targetName"] = target.name
    return data


@contextmanager
def progress_bar(enabled: bool) -> Iterator[Any]:
    """A function `(what, done, total)` that draws a bar on standard error, if that is a terminal."""
    if not enabled or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda what, done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def update(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done + 1)

        yield update
