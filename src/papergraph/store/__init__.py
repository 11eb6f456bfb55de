"""Stores: where the graph and its history are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from papergraph.errors import StoreError

if TYPE_CHECKING:
    from papergraph.store.protocol import Store


def open_store(location: str, *, create: bool = False) -> Store:
    """The store at `location`: a file path, or `:memory:` for one that goes with the process.

    Raises
    ------
    StoreError
        If it cannot be opened, or is missing and `create` is false.
    """
    if "://" in location:
        raise StoreError(f"'{location.split('://', 1)[0]}://' is no kind of store known here; give a file path")
    from papergraph.store.sqlite import SqliteStore

    if location == ":memory:":
        return SqliteStore(None)
    return SqliteStore(Path(location).expanduser(), create=create)
