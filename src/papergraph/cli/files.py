"""The commands that write files: export and view."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import inform
from papergraph.cli.queries import complete_paper
from papergraph.errors import PapergraphError, UsageError

FORMATS = ("json",)


def write_file(path: Path, text: str) -> None:
    """Write `text` whole or not at all: beside the file first, then in its place.

    Raises
    ------
    PapergraphError
        If it cannot be written; an older file is left as it was.
    """
    import os
    import tempfile

    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise PapergraphError(f"cannot write {path}: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            out.write(text)
        # mkstemp keeps the file to its owner; a file made by hand would follow the umask
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise PapergraphError(f"cannot write {path}: {error.strerror}") from error


@app.command()
def export(
    context: typer.Context,
    format_: Annotated[str, typer.Option("--format", "-f", help="json: node-link JSON, as networkx reads it.")] = "json",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file; standard output if left out.")] = None,
) -> None:
    """Write the whole graph to a file, in a stable order."""
    if format_ not in FORMATS:
        raise UsageError(f"unknown format '{format_}'; the formats are: {', '.join(FORMATS)}")
    with open_library(context) as library:
        text = library.export_json()
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(output, text)
        inform(f"wrote {output}")


@app.command()
def view(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file.")] = Path("papergraph.html"),
    topic: Annotated[str | None, typer.Option("--topic", help="Only what stands below this topic.")] = None,
    around: Annotated[str | None, typer.Option("--around", metavar="PAPER", help="Only what is near this paper.", autocompletion=complete_paper)] = None,
    depth: Annotated[int, typer.Option("--depth", min=1, max=6, help="With --around: how many steps away.")] = 2,
    title: Annotated[str, typer.Option("--title", help="The page's title.")] = "papergraph",
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write the graph as an interactive page that needs no network."""
    with open_library(context) as library:
        page = library.view(title=title, topic=topic, around=around, depth=depth)
    write_file(output, page)
    inform(f"wrote {output}")
    if open_:
        import webbrowser

        webbrowser.open(output.resolve().as_uri())
