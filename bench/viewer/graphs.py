"""Community graphs of any size, as a reader's library would make them: the same arguments give the same graph."""

from __future__ import annotations

import math
import random
import sys
from pathlib import Path

from papergraph.folding import digest, relation_id
from papergraph.model import Concept, Edge, Evidence, Graph, Node, Paper, Relation, Topic
from papergraph.vocabulary import RELATIONS, AssertedBy, Role

sys.path.insert(0, str(Path(__file__).parent.parent))

from synthetic import Synthetic

Point = tuple[float, float]

COMMUNITY = 60
"""Papers in a community, on average."""
WITHIN = 0.8
"""The share of relations that stay within a community."""
_SUBTOPICS = 9
"""Subtopics under one outermost topic."""
_LINES = 100
"""Lines that each community takes of the file that its papers stand in; tells which community a paper is of."""
_KINDS = tuple(RELATIONS)
_DECISIONS = (None, None, None, "poster", "spotlight", "oral")
_WORDS = Synthetic(0)


def community_graph(nodes: int, seed: int = 1) -> Graph:
    """A graph of `nodes` nodes and three times as many edges.

    Parameters
    ----------
    nodes
        At least 100. Nine in ten are papers, one in twenty is a topic (a tree of two levels), one in twenty a concept.
    seed
        Of the random numbers; equal arguments give equal graphs.

    Returns
    -------
    Graph
        Each paper has one topic, each subtopic one broader topic; all other edges are relations, four in five within a
        community of some 60 papers, one in ten hedged, one in twenty with a quote.
    """
    r = random.Random(nodes * 1_000_003 + seed)
    many_topics = many_concepts = nodes // 20
    topics, communities = _topics(many_topics), _sizes(nodes - many_topics - many_concepts, r)
    subtopics = [t for t in topics if t.broader]
    papers: list[list[Paper]] = []
    for c, size in enumerate(communities):
        own = subtopics[c % len(subtopics) :: len(communities)]
        papers.append([_paper(c, k, r.choice(own).id, r) for k in range(size)])
    concepts = [Concept(f"c-{digest('viewer', str(n))}", f"{_word(r)} {_word(r)}") for n in range(many_concepts)]
    edges = [Edge("BROADER", t.id, t.broader) for t in subtopics if t.broader]
    edges += [Edge("HAS_TOPIC", p.id, p.topics[0]) for group in papers for p in group]
    relations = _relations([[p.id for p in group] for group in papers], [c.id for c in concepts], 3 * nodes - len(edges), r)
    drawn: list[Node] = [*topics, *(p for group in papers for p in group), *concepts]
    return Graph(
        tuple(sorted(drawn, key=lambda n: (n.label, n.id))),
        tuple(sorted(edges, key=lambda e: (e.type, e.source, e.target))),
        tuple(sorted(relations, key=lambda e: e.id)),
    )


def positions(graph: Graph, spacing: float = 24.0) -> dict[str, Point]:
    """A place for each node, in pixels, for peers that are given positions.

    Each community is a sunflower and their centres form one, so that most edges are short, as in a good layout.
    """
    home = {p.id: (p.line or 0) // _LINES for p in graph.papers()}
    ends = [(e.source, e.target) for e in (*graph.edges, *graph.relations)]
    # topics and concepts stand by the first paper that leads to them, outermost topics by a subtopic
    for _ in range(2):
        for a, b in ends:
            if a in home:
                home.setdefault(b, home[a])
    groups: dict[int, list[str]] = {}
    for node in graph.nodes:
        groups.setdefault(home.get(node.id, 0), []).append(node.id)
    radius = spacing * math.sqrt(max(map(len, groups.values())))
    out: dict[str, Point] = {}
    for community, members in groups.items():
        x, y = _sunflower(community, radius)
        for k, node in enumerate(members):
            dx, dy = _sunflower(k, spacing / 2)
            out[node] = (round(x + dx, 1), round(y + dy, 1))
    return out


def _sunflower(n: int, spacing: float) -> Point:
    """The n-th seed of Vogel's model (1979)."""
    away, angle = spacing * math.sqrt(n), n * 2.399963
    return away * math.cos(angle), away * math.sin(angle)


def _word(r: random.Random) -> str:
    """A word by Zipf's law; one in seven is Japanese."""
    return _WORDS.word(int(40 * r.paretovariate(0.9)) % 60_000)


def _text(r: random.Random, least: int, most: int) -> str:
    first, *rest = (_word(r) for _ in range(r.randint(least, most)))
    return " ".join([first.capitalize(), *rest])


def _topics(many: int) -> list[Topic]:
    """The first of every ten is outermost, those after it are its subtopics."""
    out: list[Topic] = []
    for n in range(many):
        top = out[n - n % (_SUBTOPICS + 1)].id if n % (_SUBTOPICS + 1) else None
        out.append(Topic(f"t-{digest('viewer', str(n))}", f"{_WORDS.word(n)} {_WORDS.word(n * 3 + 1)}", broader=top))
    return out


def _sizes(papers: int, r: random.Random) -> list[int]:
    """Sizes of communities, from half to one and a half of the usual; together `papers`."""
    out: list[int] = []
    while (left := papers - sum(out)) > COMMUNITY * 3 // 2:
        out.append(r.randint(COMMUNITY // 2, COMMUNITY * 3 // 2))
    return [*out, left]


def _paper(community: int, n: int, topic: str, r: random.Random) -> Paper:
    return Paper(
        f"p-{digest('viewer', str(community), str(n))}",
        _text(r, 6, 9),
        Role.CITED if r.random() < 0.1 else Role.ENTRY,
        year=r.randint(2010, 2025) if r.random() < 0.8 else None,
        decision=r.choice(_DECISIONS),
        markers=("🔵",) if r.random() < 0.2 else (),
        topics=(topic,),
        path="viewer.md",
        line=community * _LINES + n + 1,
    )


def _relations(papers: list[list[str]], concepts: list[str], many: int, r: random.Random) -> list[Relation]:
    """`many` relations, no two the same; one in eight leads to a concept."""
    every = [p for group in papers for p in group]
    home = {p: group for group in papers for p in group}
    near = [concepts[c :: len(papers)] or concepts for c in range(len(papers))]
    number = {id(group): c for c, group in enumerate(papers)}
    out: dict[str, Relation] = {}
    while len(out) < many:
        source = r.choice(every)
        within = r.random() < WITHIN
        if r.random() < 0.125:
            target = r.choice(near[number[id(home[source])]] if within else concepts)
        else:
            target = r.choice(home[source] if within else every)
        kind = r.choice(_KINDS)
        symmetric = RELATIONS[kind].symmetric
        if source == target:
            continue
        a, b = sorted((source, target)) if symmetric else (source, target)
        own = relation_id(kind, a, b, symmetric=symmetric)
        certain, hedged, quoted = round(0.3 + 0.7 * r.random(), 2), r.random() < 0.1, r.random() < 0.05
        evidence = (Evidence(None, _text(r, 11, 11)[:60], "viewer.md", len(out) + 1, rule=f"en.{kind.lower()}", confidence=certain, hedged=hedged),) if quoted else ()
        out.setdefault(own, Relation(own, kind, a, b, certain, hedged, AssertedBy.EXTRACTOR, evidence=evidence))
    return list(out.values())
