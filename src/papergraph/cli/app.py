"""The command tree, and what all commands share: which store."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papergraph import __version__
from papergraph.cli.output import inform
from papergraph.library import Library
from papergraph.store import is_server, open_store

if TYPE_CHECKING:
    from papergraph.store.neo4j import Login

app = typer.Typer(
    name="papergraph",
    help="Reading notes in, a graph of papers, topics, concepts and remarks out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


ANSWERS = ("related", "path", "search", "show", "papers", "relations", "topics", "concepts", "contradictions", "stats", "suggest", "view", "export")
"""The commands that can be asked of the past."""


@dataclass(frozen=True)
class AsOf:
    """That a question is asked as of some moment; `login` is who asks a server."""

    moment: str
    login: "Login | None"


def default_store() -> str:
    """The store that is used where none is named: one file in the user's data folder."""
    return str(data_folder() / "papergraph.db")


def data_folder() -> Path:
    """The user's data folder."""
    from platformdirs import user_data_path

    return user_data_path("papergraph", appauthor=False)


def own_lexicons(named: "list[Path] | None" = None) -> "list[Path]":
    """The user's own lexicons: `papergraph.toml` in the folder of settings, then those named."""
    from platformdirs import user_config_path

    own = user_config_path("papergraph", appauthor=False) / "papergraph.toml"
    return [*([own] if own.is_file() else []), *(named or ())]


def store_location(context: typer.Context | None = None) -> str:
    """The store named by `--db`, by `PAPERGRAPH_DB`, or the default one."""
    named = context.find_root().params.get("db") if context is not None else None
    return str(named or os.environ.get("PAPERGRAPH_DB") or default_store())


def open_library(context: typer.Context, *, create: bool = False, location: str | None = None, restoring: bool = False) -> Library:
    """The library that the command works on, or the one at `location`, as of the time that is asked of."""
    root = context.find_root()
    asked = root.obj
    if not isinstance(asked, AsOf):
        return _open(context, create=create, location=location, restoring=restoring)
    root.obj = asked.login
    try:
        with _open(context, location=location) as library:
            return library.at(asked.moment)
    finally:
        root.obj = AsOf(asked.moment, root.obj)


def _open(context: typer.Context, *, create: bool = False, location: str | None = None, restoring: bool = False) -> Library:
    """The library that the command works on, or the one at `location`; `restoring` opens one that a restoring has left in parts too."""
    location = location or store_location(context)
    store = open_store(location, create=create, login=_login(context) if is_server(location) else None, restoring=restoring)
    for notice in store.notices:
        inform(notice)
    return Library(store)


def _login(context: typer.Context) -> "Login":
    """Name, password and database for a server: from the environment, or asked for once on a terminal."""
    from papergraph.store.neo4j import Login

    root = context.find_root()
    if isinstance(root.obj, Login):
        return root.obj
    username = os.environ.get("NEO4J_USERNAME") or "neo4j"
    password = os.environ.get("NEO4J_PASSWORD")
    asks = password is None and sys.stdin.isatty() and sys.stderr.isatty() and not context.resilient_parsing and "_PAPERGRAPH_COMPLETE" not in os.environ
    if asks:
        password = typer.prompt(f"Neo4j password of {username}", hide_input=True, err=True)
    login = Login(username, password, root.params.get("database") or os.environ.get("NEO4J_DATABASE"))
    root.obj = login
    return login


def _version(value: bool) -> None:
    if value:
        typer.echo(f"papergraph {__version__}")
        raise typer.Exit


@app.callback()
def papergraph(
    db: Annotated[
        str | None,
        typer.Option("--db", metavar="STORE", help="The store: a file, or neo4j://… or bolt://… of a server. Default: $PAPERGRAPH_DB, else one file in your data folder."),
    ] = None,
    database: Annotated[
        str | None, typer.Option("--database", metavar="NAME", help="The server's database. Default: $NEO4J_DATABASE, else the server's own. User and password: $NEO4J_USERNAME, $NEO4J_PASSWORD.")
    ] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Reading notes in, a graph of papers, topics, concepts and remarks out."""


from papergraph.cli import (  # noqa: E402 - the commands register themselves on the app
    calibrate,
    contradictions,
    edit,
    explain,
    files,
    identity,
    importing,
    propose,
    queries,
    review,
    safety,
    suggest,
    sync,
    timeline,
    why,
    writeback,
)

_ = (calibrate, contradictions, edit, explain, files, identity, importing, propose, queries, review, safety, suggest, sync, timeline, why, writeback)
