"""The target gate: a cue becomes a relation only if its target is a position, a citation, a link, a known paper or a named concept.

Each cue ends in a `Verdict`: the relation it states, or the gate that stopped it. `papergraph explain` shows them.
"""

from __future__ import annotations

from dataclasses import replace

from papergraph.extract.arguments import RANK, VERB_NEAR, actor_of, behind, beside, lead_of, listed_with, object_of, opposite, same
from papergraph.extract.centres import Centres, centre_of
from papergraph.extract.confidence import Signals
from papergraph.extract.state import Extraction, Found, Match, Mention, Sentence, Verdict
from papergraph.extract.subjects import goes_on, own_names, short_lead, speaks_of_itself
from papergraph.folding import fold
from papergraph.lang import Lexicon
from papergraph.model import Paper
from papergraph.vocabulary import Kind

_AGREE, _OPPOSE = frozenset(("SUPPORTS", "CONSISTENT_WITH", "EQUIVALENT_TO")), frozenset(("CONTRADICTS", "DIFFERS_FROM"))


def gate_targets(state: Extraction) -> None:
    """Give each cue its target, or stop it; make relations of those that keep one."""
    centres = Centres(state)
    for sentence in state.sentences:
        words = state.words.of(sentence.language)
        used: list[Match] = []
        sentence.assumed = centres.assume(sentence)
        sentence.lead = lead_of(sentence) if sentence.matches else None
        own = own_names(sentence) if sentence.matches else frozenset()
        if own:
            # by its short name the paper speaks of itself: "BN is the same as …"
            sentence.mentions = [replace(m, kind="self", concept=None) if m.kind == "name" and fold(m.concept or "") in own else m for m in sentence.mentions]
        for match in sentence.matches:
            if any(m.start < match.end and match.start < m.end for m in used):
                continue
            found = _resolve(state, sentence, match, words)
            if not isinstance(found, str):
                found = [f for f in found if f.target.paper is None or f.target.paper.id != f.source.id] or "it names only the paper itself"
            rule = f"{sentence.language}:{match.cue.name}"
            if isinstance(found, str):
                sentence.verdicts.append(Verdict(rule, match.start, match.end, f"stopped: {found}"))
                continue
            used.append(match)
            for relation in found:
                told = {f.type for f in sentence.relations if f.source.id == relation.source.id and same(f.target, relation.target)}
                if relation.type in told:
                    continue
                if relation.type in _AGREE and told & _OPPOSE:
                    # what contradicts a proof does not support it
                    continue
                if relation.type in _OPPOSE and told & _AGREE:
                    sentence.relations = [f for f in sentence.relations if not (f.type in _AGREE and f.source.id == relation.source.id and same(f.target, relation.target))]
                sentence.relations.append(relation)
                sentence.verdicts.append(Verdict(rule, match.start, match.end, "states a relation", relation))
        centres.pass_by(sentence)
        if sentence.relations and sentence.own:
            sentence.kind = Kind.RELATION


def _resolve(state: Extraction, sentence: Sentence, match: Match, words: Lexicon) -> list[Found] | str:
    """The relations that the cue states, or why it states none."""
    cue = match.cue
    subject = sentence.subject.paper if sentence.subject is not None else sentence.assumed
    if "next" in cue.needs:
        cited = state.next_cited[id(sentence.block)].paper
        if subject is None or cited.id == subject.id:
            return "there is no paper that it could be about"
        return [_found(state, sentence, match, subject, Mention(match.start, match.end, "citation", 0.95, cited))]
    target = object_of(sentence, match, words, cue.needs)
    actor = actor_of(sentence, match, target, words)
    if target is None and actor is not None and sentence.language == "en" and len(sentence.block.text[actor.end : match.start].split()) <= VERB_NEAR:
        # "GIFD uses GAN": where a work is the subject, a name will do as the object
        target = object_of(sentence, match, words, ("name",))
    if target is not None and target.kind == "self":
        # "GIFD extends this method", "[X] (an improvement upon this paper)": the other work is the one that does it
        actor = actor or beside(sentence, match, words) or behind(sentence, match)
        if actor is None or subject is None:
            return "it speaks of the paper itself, and no other work is named"
        return [_found(state, sentence, match, subject, m, turned=True) for m in (actor, *listed_with(sentence, actor))]
    if target is None:
        other = (
            beside(sentence, match, words)
            if sentence.subject is not None and (not cue.needs or RANK["title"] == _rank_needed(cue.needs))
            else None
        )
        if other is not None and subject is not None and cue.target is None and words.target == "after":
            # "([key] exploits the same observation.)", "- [X] - a very similar paper"
            return [_found(state, sentence, match, subject, m, turned=True) for m in (other, *listed_with(sentence, other))]
        return _why_none(sentence, match, words)
    if state.legend.brackets and not sentence.own and not target.is_work:
        return "by the legend these are not the reader's words, and what they name is no work"
    if (
        target.kind in ("phrase", "name", "concept")
        and actor is None
        and not speaks_of_itself(sentence, match, words)
        and not short_lead(sentence, match, target, words)
    ):
        return "its subject is something other than the paper, and what it names is no work"
    targets = [target, *listed_with(sentence, target)]
    if actor is not None and not any(same(actor, t) for t in targets):
        actors = [a.paper for a in (actor, *listed_with(sentence, actor)) if a.paper is not None]
    elif sentence.subject is not None:
        actors = [sentence.subject.paper]
    elif sentence.language == "ja" and (own := centre_of(sentence)) is not None and not any(t.paper is not None and t.paper.id == own.id for t in targets):
        actors = [own]
    elif subject is not None and goes_on(sentence, match):
        actors = [subject]
    else:
        source = opposite(sentence, match, target) if sentence.language == "ja" else None
        if source is None:
            return "it stands under no paper, and names none that it could be about"
        actors = [source]
    return [_found(state, sentence, match, a, t) for a in actors for t in targets]


def _found(state: Extraction, sentence: Sentence, match: Match, source: Paper, target: Mention, *, turned: bool = False) -> Found:
    cue = match.cue
    signals = Signals(
        "cue",
        target.kind,
        cue.weight,
        target.certainty,
        foreign=not turned and not speaks_of_itself(sentence, match, state.words.of(sentence.language)),
        apart=sentence.subject is None,
        summary=bool(state.legend.brackets) and not sentence.own,
        hedged=match.hedged,
    )
    return Found(cue.type, source, target, signals, f"{sentence.language}:{cue.name}", backward=(cue.direction == "backward") != turned)


def _rank_needed(needs: tuple[str, ...]) -> int:
    return min(RANK.get(n, 9) for n in needs if n != "position") if any(n != "position" for n in needs) else 9


def _why_none(sentence: Sentence, match: Match, words: Lexicon) -> str:
    side = match.cue.target or words.target
    where = {"before": "before", "after": "behind", "either": "beside"}[side]
    what = "work, position, name or concept" if not match.cue.needs else " or ".join(n for n in match.cue.needs)
    return f"no target: no {what} stands close enough {where} the cue"
