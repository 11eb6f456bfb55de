"""A long life at random: notes edited, imported, judged, merged, split, undone and redone; then all of it is taken back.

usage: python bench/life.py [--steps 10000] [--seed 1] [--every 1] [--db STORE]

After each step (or each N-th) the graph must be what its statements make, without a dangling edge, with every quote where it is said to stand and the
user's decisions kept; at the end, once every change set is undone, the export must equal the first one byte for byte. A server's store must be empty.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import papergraph
from life import Life, at_random


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="check every N-th step")
    parser.add_argument("--db", help="a server's address or a file; a file of its own if left out. NEO4J_USERNAME and NEO4J_PASSWORD are heeded")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder, "notes")
        notes.mkdir()
        login = {"username": os.environ.get("NEO4J_USERNAME"), "password": os.environ.get("NEO4J_PASSWORD")} if args.db and "://" in args.db else {}
        with papergraph.open(args.db or Path(folder, "life.db"), **login) as library:
            life = Life(library, notes, at_random(args.seed))
            start = time.monotonic()
            for n in range(args.steps):
                operation = str(life.choose(list(Life.OPERATIONS)))
                try:
                    life.step(operation)
                    if n % args.every == 0:
                        life.check()
                except BaseException:
                    print(f"seed {args.seed}, step {n}: {operation}", file=sys.stderr)
                    raise
                if n % 1000 == 999:
                    print(f"{n + 1} steps, {time.monotonic() - start:.0f} s", flush=True)
            life.check()
            sets = library.history(limit=1)[0].number
            life.undo_all()
            print(f"{args.steps} steps in {sets} change sets, all undone: equal byte for byte; {time.monotonic() - start:.0f} s")
            print(", ".join(f"{what} {n}" for what, n in sorted(life.done.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
