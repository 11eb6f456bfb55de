"""The command line: thin shells that parse options, call the library, and print. Only this layer reads the environment."""

from __future__ import annotations

import sys

from papergraph.errors import PapergraphError, UsageError


def main() -> None:
    """The `papergraph` command. Exit codes: 0 done, 1 the request failed, 2 wrong use."""
    from papergraph.cli.app import app

    try:
        app()
    except PapergraphError as error:
        from papergraph.cli.output import complain

        complain(str(error))
        sys.exit(2 if isinstance(error, UsageError) else 1)
