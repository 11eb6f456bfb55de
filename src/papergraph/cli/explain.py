"""`papergraph explain`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papergraph.cli.app import app, own_lexicons
from papergraph.cli.output import STYLES, clean, hanging, inform, print_json, show, styled
from papergraph.errors import NotesError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from papergraph.explaining import Fired, LineRead, SentenceRead

_PLACE = re.compile(r"^(?P<file>.+?)(?::(?P<line>\d+))?$")
_SHORT = 100


@app.command("explain")
def explain_(
    place: Annotated[str, typer.Argument(metavar="FILE[:LINE]", help="A file of notes, or one line of it.")],
    within: Annotated[Path | None, typer.Option("--within", metavar="FOLDER", help="The folder of notes whose papers the file may name. Default: the file alone.", exists=True, file_okay=False)] = None,
    everything: Annotated[bool, typer.Option("--all", help="Lines that nothing was recognised in as well.")] = False,
    lexicon: Annotated[list[Path] | None, typer.Option(help="A lexicon of your own, as for import.", exists=True, dir_okay=False)] = None,
    encoding: Annotated[str | None, typer.Option(help="The file's encoding. Default: found out.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what is recognised in a file or line: what it names, which rule fires, which gate stops it. No store is needed."""
    from papergraph.explaining import explain

    found = _PLACE.match(place)
    file, line = (Path(place), None) if found is None or Path(place).is_file() else (Path(found["file"]), found["line"])
    if found is None and not file.exists() and ":" in place and Path(place.rsplit(":", 1)[0]).is_file():
        raise NotesError(f"{place.rsplit(':', 1)[1]!r} is no number of a line")
    lines = explain(file, int(line) if line else None, within=within, lexicons=own_lexicons(lexicon), encoding=encoding)
    if not lines and line:
        raise NotesError(f"{place}: nothing stands there")
    if json:
        print_json([read.data() for read in lines])
        return
    told = [read for read in lines if everything or line or read.read_as not in ("nothing", "section") or read.sentences]
    for read in told:
        show(*_shown(read, whole=line is not None))
    if not line:
        inform(f"{len(told)} of {len(lines)} lines; papergraph explain {clean(str(file))}:LINE tells more of one")


def _shown(read: "LineRead", *, whole: bool) -> "list[RenderableType]":
    from rich.table import Table
    from rich.text import Text

    head = Table.grid(padding=(0, 2))
    head.add_column(justify="right", width=5, no_wrap=True)
    head.add_column(overflow="fold")
    head.add_row(styled(str(read.line), "dim"), Text.assemble(styled(f"{read.read_as}  ", "bold"), styled(_cut(read.text, whole=whole))))
    out: list[RenderableType] = [head]
    if whole:
        out.append(hanging(7, styled(f"{read.layout}", "dim")))
    if read.score is not None and (whole or read.paper):
        points = ", ".join(f"{p:+d} {r}" for p, r in read.reasons) or "nothing"
        out.append(hanging(7, styled(f"as a paper's line: {read.score} points ({points}); 3 make it one", "dim")))
    for sentence in read.sentences:
        if whole or sentence.rules:
            out += _sentence(sentence, whole=whole)
    return out


def _sentence(sentence: "SentenceRead", *, whole: bool) -> "list[RenderableType]":
    out: list[RenderableType] = []
    if whole:
        out.append(hanging(7, styled(f"“{sentence.text}”")))
        out.append(hanging(9, styled(f"{sentence.voice}'s words, about {sentence.about or 'no paper'}", "dim")))
        out += [hanging(9, styled(f"{n.kind}: {n.words}" + (f" → {n.stands_for}" if n.stands_for != n.words else ""))) for n in sentence.names]
        if not sentence.searched:
            out.append(hanging(9, styled("not searched for wordings of relations: it names nothing that one could be said of", "dim")))
    out += [hanging(9, _rule(r)) for r in sentence.rules]
    return out


def _rule(fired: "Fired") -> "RenderableType":
    from rich.text import Text

    if fired.relation is None:
        return Text.assemble(styled(f"{fired.rule} ", "dim"), styled(f"“{_cut(fired.words)}” ", "dim"), styled(fired.outcome, "yellow"))
    return Text.assemble(
        styled(f"{fired.rule} ", "dim"),
        styled(f"“{_cut(fired.words)}” ", "dim"),
        styled(fired.relation, f"bold {STYLES.get(fired.relation, '')}"),
        styled(f"{'?' if fired.hedged else ''} {fired.confidence:.2f}  {fired.source} → {fired.target}"),
    )


def _cut(text: str, *, whole: bool = False) -> str:
    return text if whole or len(text) <= _SHORT else text[: _SHORT - 1] + "…"
