"""The documents hold what the code holds."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from papergraph.cli.app import app
from papergraph.vocabulary import LABELS, RELATIONS, STRUCTURE

ROOT = Path(__file__).parent.parent
DOCS = {p.name: p.read_text(encoding="utf-8") for p in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]}


def commands() -> set[str]:
    out = set()
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        out |= {f"{name} {inner}" for inner in below} if below else {name}
    return out


def test_every_command_is_documented_and_no_other() -> None:
    told = set(re.findall(r"^\| `papergraph ([a-z-]+(?: (?:relation|paper|topic|concept|alias|add|list|remove|look|apply)\b)?)", DOCS["commands.md"], re.MULTILINE))
    assert told == commands()


def test_every_word_of_the_vocabulary_is_documented() -> None:
    text = DOCS["vocabulary.md"]
    for word in (*LABELS, *STRUCTURE, *RELATIONS, *(r.option for r in RELATIONS.values()), *(r.term for r in RELATIONS.values() if not r.term.startswith("papergraph:"))):
        assert word in text, word


def test_links_between_documents_lead_somewhere() -> None:
    for name, text in DOCS.items():
        base = ROOT if (ROOT / name).exists() else ROOT / "docs"
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (base / target).exists(), f"{name}: {target}"


def test_nothing_names_a_registry_or_a_place_on_a_machine() -> None:
    files = [p for p in ROOT.rglob("*") if p.is_file() and not _made(p.relative_to(ROOT).parts)]
    words = ("pypi" + ".org", "files.python" + "hosted", "registry." + "npmjs", "/" + "work/", "/root" + "/")
    for path in files:
        if path.suffix in (".md", ".py", ".toml", ".lock", ".txt", ".sql", ".sh", "") and path.stat().st_size < 2_000_000:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not [w for w in words if w in text], path


def _made(parts: tuple[str, ...]) -> bool:
    """Whether a file is in a folder that tools make."""
    return any((part.startswith(".") and part != ".ci") or part in ("demo", "build", "dist", "__pycache__") or part.endswith(".egg-info") for part in parts[:-1])
