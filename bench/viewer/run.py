"""The interactive page beside others that draw the same graph in a browser, all in one run.

usage: python bench/viewer/run.py [--sizes N ...] [--runs N] [--only VIEWER ...] [--limit SECONDS] [--json]

Ratios count; the machine's absolute times do not. Goals stand beside the figures; nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from pages import NOT_ABOVE, VIEWERS
from tables import OURS, missed, table

HERE = Path(__file__).parent


def figures(viewer: str, nodes: int, runs: int, limit: float) -> dict[str, Any]:
    """What `measure.py` finds within `limit` seconds; where it did not end, `trouble` tells why, and the rest stands."""
    most, why = NOT_ABOVE.get(viewer, (nodes, ""))
    if nodes > most:
        return {"trouble": f"not run above {most:,} nodes: {why}"}
    command = [sys.executable, str(HERE / "measure.py"), viewer, str(nodes), str(runs)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    trouble = None
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        # the browser ends with the pipe that leads to it
        process.kill()
        out, err = process.communicate()
        trouble = f"ended after {limit:.0f} s"
    found: dict[str, Any] = {}
    for line in out.splitlines():
        found |= json.loads(line)
    if process.returncode and not trouble:
        trouble = (err.strip().splitlines() or ["failed"])[-1]
    return found | ({"trouble": trouble} if trouble else {})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 50_000], metavar="N", help="nodes (1000 10000 50000)")
    options.add_argument("--runs", type=int, default=5, metavar="N", help="runs of what is short; the median counts (5)")
    names = [v for v in VIEWERS if v != "force-graph placed"]
    options.add_argument("--only", nargs="+", choices=names, default=names, metavar="VIEWER", help=f"of {', '.join(names)}")
    options.add_argument("--limit", type=float, default=900, metavar="SECONDS", help="for one viewer with one graph (900)")
    options.add_argument("--json", action="store_true", help="print JSON")
    given = options.parse_args()
    viewers = [v for v in VIEWERS if v.removesuffix(" placed") in given.only]
    found: dict[int, dict[str, dict[str, Any]]] = {}
    for nodes in given.sizes:
        found[nodes] = {}
        for viewer in viewers:
            print(f"{viewer} with {nodes:,} nodes …", file=sys.stderr, flush=True)
            found[nodes][viewer] = figures(viewer, nodes, given.runs, given.limit)
        if not given.json:
            print("\n".join(table(nodes, found[nodes])), end="\n\n", flush=True)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for nodes, by_viewer in found.items():
        if OURS in by_viewer:
            print(f"goals missed with {nodes:,} nodes: {'; '.join(missed(nodes, by_viewer[OURS])) or 'none of those measured'}")


if __name__ == "__main__":
    main()
