"""papergraph: reading notes in, a graph of papers, topics, concepts and remarks out.

`papergraph.open(store)` gives a `Library`: import notes, ask for related papers, add relations, export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from papergraph.library import Library as Library
    from papergraph.library import open as open

__version__ = "0.1.0"
__all__ = ["Library", "__version__", "open"]


def __getattr__(name: str) -> Any:
    # the library is loaded on first use, so that the command line starts at once
    if name in ("Library", "open"):
        from papergraph import library

        return getattr(library, name)
    raise AttributeError(f"module 'papergraph' has no attribute '{name}'")
