"""`papergraph calibrate`."""

from typing import Annotated, Any

import typer

from papergraph.cli.app import app, open_library
from papergraph.cli.output import inform, print_json, show, table


@app.command()
def calibrate(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Say what would change, and change nothing.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Back to the confidence that comes with papergraph.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Refit how sure relations are from what you accepted and rejected; it holds for what is imported from now on, too."""
    with open_library(context) as library:
        if reset:
            change = None if dry_run else library.reset_calibration()
            if json:
                print_json({"dryRun": dry_run, "reset": True, "changeSet": change.number if change else None})
            inform(f"back to papergraph's own confidence by change set {change.number}" if change else "nothing was changed" if not dry_run else "would go back to papergraph's own confidence")
            return
        calibration, effect, change = library.calibrate(dry_run=dry_run)
    if json:
        rules = [{"rule": r, "decisions": n, "accepted": k, "before": a, "after": b} for r, n, k, a, b in effect.rules]
        print_json(
            {
                "dryRun": dry_run,
                "changeSet": change.number if change else None,
                "calibration": calibration.data(),
                "decisions": effect.decisions,
                "accepted": effect.accepted,
                "brier": {"before": effect.brier_before, "after": effect.brier_after},
                "raisedTo0.7": effect.raised,
                "loweredBelow0.7": effect.lowered,
                "rules": rules,
            }
        )
        return
    rows: list[list[Any]] = [[r, str(n), f"{k / n:.2f}", f"{a:.2f}", f"{b:.2f}"] for r, n, k, a, b in effect.rules]
    show(table([("Rule", "fold"), ("Decisions", "right"), ("Accepted", "right"), ("Confidence", "right"), ("Now" if not dry_run else "Would be", "right")], rows))
    inform(f"fitted on {effect.decisions} decisions, {effect.accepted} of them accepting; squared error on decisions held out: {effect.brier_before:.3f} before, {effect.brier_after:.3f} after")
    inform(f"{effect.raised} relation{'s' if effect.raised != 1 else ''} rise{'s' if effect.raised == 1 else ''} to 0.7 or above, {effect.lowered} fall{'s' if effect.lowered == 1 else ''} below it")
    if effect.brier_after >= effect.brier_before:
        inform("it is no better than before on decisions it has not seen; more of them may help")
    inform(f"change set {change.number}; `papergraph calibrate --reset` goes back" if change else "dry run: nothing was changed" if dry_run else "it stands just so already; nothing was changed")
