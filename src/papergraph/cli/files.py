"""The commands that write files or serve the page: export, copy, view and serve."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from papergraph.cli.app import app, open_library, store_location
from papergraph.cli.output import complain, inform, print_json, progress_bar
from papergraph.cli.queries import MinConfidence, Types, complete_paper, complete_topic
from papergraph.errors import PapergraphError, StoreMissingError, UsageError
from papergraph.library import Library
from papergraph.store import is_server, open_store

FORMATS = ("json", "decisions", "neo4j-csv")
LARGE = 12_000_000
"""A page of more characters than this opens slowly."""


def write_file(path: Path, text: str) -> None:
    """Write `text` whole or not at all: beside the file first, then in its place.

    Raises
    ------
    PapergraphError
        If it cannot be written; an older file is left as it was.
    """
    import os

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
    format_: Annotated[str, typer.Option("--format", "-f", help="json: node-link JSON, as networkx reads it; decisions: what you accepted and rejected, a JSON object a line; neo4j-csv: files for `neo4j-admin database import`.")] = "json",
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="For neo4j-csv: a new folder for its files.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The file (for neo4j-csv the folder); standard output if left out.")] = None,
) -> None:
    """Write the whole graph to a file, or with its history into a folder, in a stable order."""
    if format_ not in FORMATS:
        raise UsageError(f"unknown format '{format_}'; the formats are: {', '.join(FORMATS)}")
    if format_ == "neo4j-csv":
        place = folder or output
        if place is None:
            raise UsageError("say into which folder: papergraph export --format neo4j-csv DIR")
        with open_library(context) as library, progress_bar(True) as progress:
            command = library.export_neo4j_csv(place, progress)
        inform(f"wrote {place}; with the server stopped, on the machine that has its files, run (or sh {place / 'import.sh'}):")
        sys.stdout.write(command + "\n")
        return
    if folder is not None:
        raise UsageError(f"{format_} goes to one file: papergraph export -o FILE")
    with open_library(context) as library:
        text = library.export_json() if format_ == "json" else "".join(f"{line}\n" for line in library.export_decisions())
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(output, text)
        inform(f"wrote {output}")


@app.command("copy")
def copy_store(
    context: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="The store to copy: a file, or neo4j://… or bolt://… of a server.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where to: an empty store, or one that an earlier copy was cut off in.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would be copied, and copy nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Copy a store with its history into another; cut off, it goes on when run again."""
    from papergraph.copying import plan_copy

    if not is_server(source) and not is_server(target) and Path(source).expanduser().resolve() == Path(target).expanduser().resolve():
        raise UsageError(f"{source} cannot be copied to itself")
    with open_library(context, location=source) as library:
        try:
            opened = open_library(context, location=target, create=not dry_run)
        except StoreMissingError:
            opened = Library(open_store(":memory:"))
        with opened as other:
            if dry_run:
                plan = plan_copy(library.store, other.store)
            else:
                try:
                    with progress_bar(not json) as progress:
                        plan = library.copy_to(other, progress)
                except KeyboardInterrupt:
                    complain(f"interrupted; `papergraph copy {source} {target}` goes on where it was")
                    raise typer.Exit(1) from None
    if json:
        print_json({"from": source, "to": target, "dryRun": dry_run, "changeSets": len(plan.change_sets), "changes": plan.changes, "present": plan.present})
    elif not plan.change_sets:
        inform(f"{target} has it all already; nothing was copied")
    else:
        sets = f"{len(plan.change_sets):,} change set{'s' if len(plan.change_sets) != 1 else ''} with {plan.changes:,} changes"
        inform(f"{sets} {'would be copied' if dry_run else 'copied'} to {target}")


@app.command()
def view(
    context: typer.Context,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file.")] = Path("papergraph.html"),
    topic: Annotated[str | None, typer.Option("--topic", help="Only what stands below this topic, and what it is related to.", autocompletion=complete_topic)] = None,
    around: Annotated[str | None, typer.Option("--around", metavar="PAPER", help="Only what is near this paper, topic or concept.", autocompletion=complete_paper)] = None,
    depth: Annotated[int, typer.Option("--depth", min=1, max=6, help="With --around: how many steps away.")] = 2,
    query: Annotated[str | None, typer.Option("--query", metavar="TEXT", help="Only what a search for these words finds, and what it is related to.")] = None,
    types: Types = None,
    min_confidence: MinConfidence = 0.0,
    title: Annotated[str, typer.Option("--title", help="The page's title.")] = "papergraph",
    anew: Annotated[bool, typer.Option("--anew", help="Lay it out anew, instead of leaving things where they last stood.")] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write the graph as an interactive page, one file that needs no network. What --topic, --around and --query choose is put together."""
    with open_library(context) as library, progress_bar(True) as progress:
        page = library.view(
            # where the locale is none, arguments hold their bytes in a form of Python's own
            title=title.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), topic=topic, around=around, depth=depth, query=query, types=types or (), min_confidence=min_confidence, anew=anew, progress=progress
        )
    write_file(output, page.html)
    inform(f"wrote {output}")
    if len(page.html) > LARGE:
        inform(f"it has {len(page.html) / 1e6:.0f} MB and may open slowly; `papergraph serve` shows a part at a time, or choose one: --topic, --around, --query")
    if open_:
        show_in_browser(output.resolve().as_uri())


def show_in_browser(address: str, told: str | None = None) -> None:
    """Open it in the user's browser, or say how to open `told`."""
    import webbrowser

    try:
        opened = webbrowser.open(address)
    except webbrowser.Error:
        opened = False
    if not opened:
        inform(f"no browser could be started; open this address in one: {told or address}")


@app.command()
def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; a free one if left out.")] = 0,
    title: Annotated[str, typer.Option("--title", help="The page's title.")] = "papergraph",
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Serve the page live on this machine, for graphs too large for one file: a map first, then any neighbourhood; relations can be added, accepted and rejected on it.

    Only whoever has the link, which is printed, can see or change anything. Ctrl-C ends it.
    """
    from papergraph.serving.server import Server

    location = store_location(context)
    server = Server(lambda: open_library(context), title=title)

    def ready(address: str) -> None:
        inform(f"serving {location}; open this link, Ctrl-C ends it:")
        sys.stdout.write(address + "\n")
        sys.stdout.flush()
        if open_:
            door.write_text(f'<!DOCTYPE html><meta http-equiv="refresh" content="0; url={address}">', encoding="utf-8")
            show_in_browser(door.as_uri(), address)

    # others of this machine can read a command's arguments, such as a browser's: the link goes to it in a file of one's own
    with tempfile.TemporaryDirectory(prefix="papergraph-") as folder:
        door = Path(folder) / "open.html"
        server.run(port=port, ready=ready)
