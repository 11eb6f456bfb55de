"""The lexicons' own examples: each must do what it says. [brackets] hold the target; the subject is the entry's paper."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise

import pytest

from papergraph.extract import Catalogue, read_document, survey
from papergraph.folding import fold
from papergraph.lang import LANGUAGES, Cue, lexicon
from papergraph.lang.patterns import TokenLine, compile_pattern, compile_patterns, index_patterns
from papergraph.lang.tokens import tokenize
from papergraph.model import Concept, Paper, Relation
from papergraph.notes import read

SUBJECT = "The Paper That These Notes Are About"
BEFORE, AFTER = "An Earlier Paper of the Same List", "A Later Paper of the Same List"


def relations(sentence: str, known: str | None = None) -> list[tuple[str, str, bool]]:
    """`(type, target, hedged)` of what a remark on a paper states, when `known` is the title of another paper of the page."""
    lines = [f"- [{BEFORE}](https://arxiv.org/abs/2401.00001)", f"- [{SUBJECT}](https://arxiv.org/abs/2401.00002)", f"  - {sentence}"]
    lines.append(f"- [{AFTER}](https://arxiv.org/abs/2401.00003)")
    if known:
        lines.append(f"- [{known}](https://arxiv.org/abs/2401.00004)")
    surveyed = survey(read("\n".join(lines), "a.md"))
    statements = read_document(surveyed, Catalogue(surveyed.known())).statements
    names = {s.element.id: s.element.name for s in statements if isinstance(s.element, Paper | Concept)}
    found = []
    for s in statements:
        if isinstance(s.element, Relation):
            ends = [names[s.element.source], names[s.element.target]]
            other = next((e for e in ends if e != SUBJECT), SUBJECT)
            found.append((s.element.type, other, s.element.hedged))
    return found


def split(example: str) -> tuple[str, str]:
    """The sentence without its brackets, and the target."""
    target = re.search(r"\[([^\]]+)\](\([^)]*\))?", example)
    assert target, f"no [target] in {example!r}"
    return example[: target.start()] + (target[0] if target[2] else target[1]) + example[target.end() :], target[1]


CUES = [(language, cue) for language in LANGUAGES for cue in lexicon(language).cues]
EXAMPLES = [pytest.param(cue, e, id=f"{language}:{cue.name}:{n}") for language, cue in CUES for n, e in enumerate(cue.examples)]
COUNTER = [pytest.param(cue, e, id=f"{language}:{cue.name}:{n}") for language, cue in CUES for n, e in enumerate(cue.counter)]


@pytest.mark.parametrize(("cue", "example"), EXAMPLES)
def test_an_example_states_its_relation(cue: Cue, example: str) -> None:
    sentence, target = split(example)
    positions = {p for language in LANGUAGES for position in lexicon(language).positions for p in [position.where] if _is_position(target, language)}
    found = relations(sentence, None if positions else target)
    types = {t for t, other, _ in found if positions or fold(target) in fold(other)}
    assert cue.type in types, found


def _is_position(target: str, language: str) -> bool:
    words = {"ja": ("上の", "下の", "先程"), "en": ("the paper", "the previous")}[language]
    return target.casefold().startswith(words)


@pytest.mark.parametrize(("cue", "example"), COUNTER)
def test_a_counter_example_does_not(cue: Cue, example: str) -> None:
    bare = re.sub(r"\[([^\]]+)\](?!\()", r"\1", example)
    known = re.search(r"\[([^\]]+)\]", example)
    assert cue.type not in {t for t, _, _ in relations(bare, known[1] if known else None)}


@pytest.mark.parametrize(
    ("sentence", "hedged"),
    [
        ("SSDの亜種。", False),
        ("SSDの亜種っぽい。", True),
        ("たぶんSSDの亜種。", True),
        ("SSDの亜種？", True),
        ("SSDの亜種かも。", True),
        ("SSDの亜種らしい。", True),
        ("SSDの亜種だった気がする。", True),
        ("This is an extension of SSD.", False),
        ("This seems to be an extension of SSD.", True),
        ("An extension of SSD?", True),
        ("It is interesting, and perhaps useful. It is an extension of SSD.", False),
        ("Kind of an extension of SSD.", True),
    ],
)
def test_hedges(sentence: str, hedged: bool) -> None:
    assert [(t, h) for t, other, h in relations(sentence, "SSD") if other == "SSD"] == [("EXTENDS", hedged)]


@pytest.mark.parametrize("sentence", ["SSDを拡張していない。", "SSDとは関係がない", "This does not extend SSD.", "It is not based on SSD."])
def test_what_is_denied_is_no_relation(sentence: str) -> None:
    assert relations(sentence, "SSD") == []


@pytest.mark.parametrize("sentence", ["音楽と楽器って似ている", "これは面白い。", "The results are similar.", "Builds on earlier ideas.", "従来手法とは異なる", "他の手法と似ている"])
def test_no_edge_without_a_target(sentence: str) -> None:
    assert relations(sentence) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lexicon_is_whole(language: str) -> None:
    known = lexicon(language)
    assert known.language == language
    assert len({c.name for c in known.cues}) == len(known.cues)
    assert {f.name for f in files("papergraph.lang").joinpath(language).iterdir() if f.name.endswith(".toml")} == {
        f"{n}.toml" for n in ("settings", "cues", "labels", "positions", "hedges", "negations", "voices")
    }
    for group in (known.cues, known.positions, known.hedges, known.negations, known.voices):
        for entry in group:
            for pattern in entry.patterns:
                assert compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["", "~2 a", "a ~1"])
def test_a_pattern_without_ends_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="both ends"):
        compile_pattern(pattern)


@pytest.mark.parametrize("text", ["LayerNorm 要らない", "a b  c", "状態空間モデルは線形 RNN\tなので", "", " x"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_tokens_keep_their_place(text: str, language: str) -> None:
    tokens = tokenize(text, language)
    assert "".join(text[t.start : t.end] for t in tokens) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(tokens))


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        ("extend|extends @w", "it extends @w to video", ["extends @w"]),
        ("similar* ~2 to", "similarly close to @w", ["similarly close to"]),
        ("と_は|とは 異なる", "@w と は 異なる", ["と は 異なる"]),
        ("上 =と|に", "上 と 同じ", ["上"]),
        ("上 =と|に", "上 の 論文", []),
        ("^ @w for", "→ @w for joins", ["→ @w for"]),
        ("^ @w for", "see the @w for joins", []),
        ("the? same ~1 as", "almost same idea as", ["same idea as"]),
    ],
)
def test_patterns(pattern: str, line: str, found: list[str]) -> None:
    keys = line.split()
    tokens = TokenLine(keys, list(range(len(keys))), list(range(1, len(keys) + 1)))
    assert [" ".join(keys[a:b]) for a, b in tokens.find(compile_patterns([pattern]))] == found


@pytest.mark.parametrize(
    ("line", "possible"),
    [("it extends @w to video", {0}), ("it extends something", set()), ("@w と は 異なる", {1}), ("extending is the same idea", {2, 3}), ("", {3})],
)
def test_an_index_names_what_may_match(line: str, possible: set[int]) -> None:
    index = index_patterns([["extend|extends @"], ["と_は|とは 異なる"], ["ext* ~3 same|alike", "sofa? bed"], ["ext*"]])
    assert index.possible(line.split()) == possible | {3}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_index_rules_out_nothing_that_matches(language: str) -> None:
    rows = [c.patterns for c in lexicon(language).cues]
    index = index_patterns(rows)
    for text in {e for c in lexicon(language).cues for e in c.examples}:
        tokens = tokenize(text, language)
        line = TokenLine([t.key for t in tokens], [t.start for t in tokens], [t.end for t in tokens])
        assert {n for n, patterns in enumerate(rows) if line.find(compile_patterns(patterns))} <= index.possible(line.keys)


def test_a_token_that_looks_like_a_mask_is_none() -> None:
    assert TokenLine(["@w", "x@w", "a b"], [0, 3, 7], [2, 6, 10]).keys == ["@w", "x\ufffdw", "a\ufffdb"]
