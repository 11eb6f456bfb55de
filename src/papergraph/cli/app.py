"""The command tree, and what all commands share: which store."""

import os
from pathlib import Path
from typing import Annotated

import typer

from papergraph import __version__
from papergraph.library import Library
from papergraph.store import open_store

app = typer.Typer(
    name="papergraph",
    help="Reading notes in, a graph of papers, topics, concepts and remarks out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def default_store() -> str:
    """The store that is used where none is named: one file in the user's data folder."""
    from platformdirs import user_data_path

    return str(user_data_path("papergraph", appauthor=False) / "papergraph.db")


def store_location(context: typer.Context | None = None) -> str:
    """The store named by `--db`, by `PAPERGRAPH_DB`, or the default one."""
    named = context.find_root().params.get("db") if context is not None else None
    return named or os.environ.get("PAPERGRAPH_DB") or default_store()


def open_library(context: typer.Context, *, create: bool = False) -> Library:
    """The library that the command works on."""
    return Library(open_store(store_location(context), create=create))


def store_exists(location: str) -> bool:
    """Whether there is a store at `location` already."""
    return "://" in location or Path(location).expanduser().exists()


def _version(value: bool) -> None:
    if value:
        typer.echo(f"papergraph {__version__}")
        raise typer.Exit


@app.callback()
def papergraph(
    db: Annotated[str | None, typer.Option("--db", metavar="STORE", help="The store: a file. Default: $PAPERGRAPH_DB, else one file in your data folder.")] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Reading notes in, a graph of papers, topics, concepts and remarks out."""


from papergraph.cli import edit, files, importing, queries  # noqa: E402 - the commands register themselves on the app

_ = (edit, files, importing, queries)
