"""Stores: where the graph and its history are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from papergraph.store.neo4j import Login
    from papergraph.store.protocol import Store


def is_server(location: str) -> bool:
    """Whether `location` is the address of a server, not a file."""
    return "://" in location


def open_store(location: str, *, create: bool = False, login: Login | None = None, restoring: bool = False) -> Store:
    """The store at `location`: a file path, `:memory:` for one that goes with the process, or the address of a Neo4j server.

    Parameters
    ----------
    location
        For Neo4j `neo4j://host:port` or `bolt://host:port`, each also with `+s` or `+ssc`.
    create
        Whether to make a new store where there is none.
    login
        User name, password and database for a server.
    restoring
        Whether a server's store is opened too that a restoring which was cut off has left in parts.

    Raises
    ------
    UsageError
        If the address is none.
    StoreError
        If it cannot be opened; `StoreMissingError` if there is none and `create` is false.
    """
    if is_server(location):
        from papergraph.store.neo4j import Login, Neo4jStore

        return Neo4jStore(location, login or Login(), create=create, restoring=restoring)
    from papergraph.store.sqlite import SqliteStore

    if location == ":memory:":
        return SqliteStore(None)
    return SqliteStore(Path(location).expanduser(), create=create)
