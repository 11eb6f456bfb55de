"""`papergraph explain`, and a user's own lexicon."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import DATA
from papergraph.errors import LexiconError, NotesError
from papergraph.explaining import explain
from papergraph.importing import extract, words_for
from papergraph.lang.words import default_words, read_words
from papergraph.model import Concept, Note, Paper, Relation
from papergraph.notes import read

NOTES = """# Reading list
- **Alpha Nets: Learning to Count** (Ito and Berg, ICML 2019)
  - this is where it began
- **Beta Nets: Counting at Scale** (Berg et al., NeurIPS 2020)
  - a souped-up remake of Alpha Nets
  - accuracy similar to Alpha Nets
  - it does not extend Alpha Nets
  - 🔥 nice figures
"""


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "papergraph", *words], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    file = tmp_path / "list.md"
    file.write_text(NOTES, encoding="utf-8")
    return file


def told(folder: Path) -> dict[tuple[str, str, str], Relation]:
    text = (folder / "list.md").read_text(encoding="utf-8")
    statements, _ = extract([read(text, "list.md", "x/list.md")], words=words_for([folder]))
    names = {s.element.id: s.element.name for s in statements if isinstance(s.element, Paper | Concept)}
    return {(r.type, names[r.source].split(":")[0], names[r.target].split(":")[0]): r for s in statements if isinstance(r := s.element, Relation)}


def test_a_line_tells_what_it_was_taken_for_and_why(notes: Path) -> None:
    (line,) = explain(notes, 2)
    assert (line.read_as, line.paper) == ("paper", "Alpha Nets: Learning to Count")
    assert line.score is not None
    assert line.score >= 3
    assert "authors, venue or year" in {reason for _, reason in line.reasons}
    assert line.score == sum(points for points, _ in line.reasons)


@pytest.mark.parametrize(
    ("line", "rule", "outcome"),
    [
        (5, "en:extends", "states a relation"),
        (6, "en:similar", "stopped: 'accuracy' stands beside the cue"),
        (7, "en:extends-verb", "stopped: the sentence denies it"),
    ],
)
def test_a_rule_tells_what_became_of_it(notes: Path, line: int, rule: str, outcome: str) -> None:
    (read_,) = explain(notes, line)
    fired = {r.rule: r for s in read_.sentences for r in s.rules}
    assert fired[rule].outcome == outcome
    if outcome == "states a relation":
        assert (fired[rule].relation, fired[rule].source, fired[rule].target) == ("EXTENDS", "Beta Nets: Counting at Scale", "Alpha Nets: Learning to Count")
    assert [n.stands_for for s in read_.sentences for n in s.names if n.kind == "title"] == ["Alpha Nets: Learning to Count"]


def test_every_line_of_the_real_notes_is_explained() -> None:
    lines = explain(DATA / "iclr2024-notes.txt")
    assert sum(r.read_as == "paper" for r in lines) == 39
    assert {"legend", "topic", "remark", "cited paper"} <= {r.read_as for r in lines}
    assert all(r.text == (DATA / "iclr2024-notes.txt").read_text(encoding="utf-8").split("\n")[r.line - 1].strip(" -")[: len(r.text)] for r in lines if r.read_as == "paper")


@pytest.mark.parametrize(("line", "message"), [(99, "has no line 99"), (0, "has no line 0")])
def test_a_line_that_is_not_there(notes: Path, line: int, message: str) -> None:
    with pytest.raises(NotesError, match=message):
        explain(notes, line)


def test_the_command(notes: Path) -> None:
    shown = command("explain", f"{notes}:5")
    assert "EXTENDS" in shown.stdout
    assert "Alpha Nets" in shown.stdout
    data = json.loads(command("explain", str(notes), "--json").stdout)
    assert [d["readAs"] for d in data].count("paper") == 2
    assert command("explain", str(notes.with_name("none.md"))).returncode == 1


def test_names_of_other_files_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "gamma.md").write_text("---\ntitle: Gamma Nets for Trees\nauthors: [A. Ito]\nyear: 2020\nvenue: ICML\n---\nText.\n", encoding="utf-8")
    other = tmp_path / "delta.md"
    other.write_text("---\ntitle: Delta Nets for Graphs\nauthors: [B. Ito]\nyear: 2021\nvenue: ICML\n---\nIt extends [[gamma]].\n", encoding="utf-8")
    (line,) = explain(other, 7, within=tmp_path)
    assert [n.stands_for for s in line.sentences for n in s.names if n.kind == "link"] == ["Gamma Nets for Trees"]


# --- a user's own lexicon


def write(folder: Path, text: str) -> Path:
    file = folder / "papergraph.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_own_cues_marks_brackets_aliases_and_stop_words(notes: Path) -> None:
    notes.write_text(NOTES + "  - spiced up Counters\n  - unlike Gadget\n  - [[fine work]]\n", encoding="utf-8")
    before = told(notes.parent)
    assert not any("Counters" in k[2] for k in before)
    write(
        notes.parent,
        """
stop_words = ["Gadget"]
brackets = ["〔〕"]
[[cues]]
type = "extends"
name = "spiced"
patterns = ["spiced up"]
[aliases]
"Alpha Nets: Learning to Count" = ["Counters"]
[marks]
"🔥" = "must read"
""",
    )
    after = told(notes.parent)
    relation = after["EXTENDS", "Beta Nets", "Alpha Nets"]
    assert "en:spiced" in {e.rule for e in relation.evidence}
    assert ("DIFFERS_FROM", "Beta Nets", "Gadget") in {(k[0], *sorted(k[1:])) for k in before}
    assert not any("Gadget" in k for k in after)
    assert words_for([notes]).brackets == (("〔", "〕"),)  # type: ignore[union-attr]


def test_own_labels(notes: Path) -> None:
    notes.write_text(NOTES + "  - grandchild of: Alpha Nets\n", encoding="utf-8")
    write(notes.parent, '[labels]\nextends = ["grandchild of"]\n')
    assert any(e.rule == "label:grandchild of" for e in told(notes.parent)["EXTENDS", "Beta Nets", "Alpha Nets"].evidence)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('stop_words = ["a"]\n[[cues]]\ntype = "extend"\npatterns = ["x"]\n', r":3: cues\.0\.type: unknown relation 'extend'; did you mean 'extends'\?"),
        ('[[cues]]\ntype = "uses"\npatterns = ["a ~2"]\n', r":3: cues\.0\.patterns: a pattern needs a word at both ends"),
        ('[[cues]]\ntype = "uses"\npatterns = ["a"]\n\n[[cues]]\ntype = "uses"\npatterns = ["a"]\nweight = 7\n', r":8: cues\.1\.weight: .*less than or equal to 1"),
        ("brackets = [\"((\"]\n", r":1: brackets: '\(\(' is no pair of brackets"),
        ("\ncuess = []\n", r":2: cuess: unknown key; did you mean 'cues'\?"),
        ("a = \n", r":1: no valid TOML"),
        ('hedges = [""]\n', r":1: hedges: a pattern needs a word"),
        ('hedges = "perhaps"\n', r":1: hedges: should be a list of texts"),
        ('[[cues]]\ntype = "uses"\npatterns = ["a?"]\n', r":3: cues\.0\.patterns: 'a\?' holds no word that must be there"),
        ('[[cues]]\ntype = "uses"\npatterns = ["a"]\nneeds = ["links"]\n', r":4: cues\.0\.needs: 'links' is no kind of target"),
        ('[labels]\nextent = ["x"]\n', r"labels: 'extent' is no meaning of a label"),
    ],
)
def test_mistakes_are_told_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        read_words([write(tmp_path, text)])


def test_without_own_files_the_default_words_are_used(tmp_path: Path) -> None:
    assert words_for([tmp_path]) is None
    assert read_words([]) is default_words()


def test_a_wrong_lexicon_stops_an_import_and_changes_nothing(notes: Path) -> None:
    write(notes.parent, '[[cues]]\ntype = "extend"\npatterns = ["x"]\n')
    result = command("--db", str(notes.parent / "s.db"), "import", str(notes))
    assert result.returncode == 1
    assert "did you mean 'extends'" in result.stderr
    assert not (notes.parent / "s.db").exists()


def test_notes_keep_their_voice_in_own_brackets(notes: Path) -> None:
    notes.write_text("# L\n- **Alpha Nets: Learning to Count** (Ito, ICML 2019)\n  - it counts. 〔good paper〕\n", encoding="utf-8")
    write(notes.parent, 'brackets = ["〔〕"]\n')
    statements, _ = extract([read(notes.read_text(encoding="utf-8"), "list.md", "x/list.md")], words=words_for([notes]))
    kinds = {s.element.text: s.element.kind for s in statements if isinstance(s.element, Note)}
    assert (kinds["it counts."], kinds["good paper"]) == ("claim", "opinion")
