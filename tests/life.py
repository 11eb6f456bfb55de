"""The life of a library: notes that are written, edited, renamed and moved, and whatever a user does with what is read from them.

Driven by hypothesis (`test_life.py`) and, for long lives, by a random generator (`bench/life.py`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from papergraph.errors import NotesError, UsageError
from papergraph.graph import build, stated_as
from papergraph.library import Library
from papergraph.model import USER, Note, Relation, Source
from papergraph.notes import decode
from papergraph.timeline import is_undone
from papergraph.vocabulary import RELATIONS

TITLES = (
    *("Vision Mamba: Efficient Visual Learning with State Spaces", "Vision Mamba", "Transformers Are Multi-State Networks", "状態空間モデルの表現力についての研究"),
    *("Pause Tokens Help Language Models Think", "On the Length of Contexts in Sequence Models", "長い文脈を扱う言語モデルの評価", "A Second Look at Layer Norms"),
    *("Deep Nets: A Study of Wide Layers", "Dissecting Learning and Forgetting in Finetuning", "LoRA: Low-Rank Adaptation of Large Models", "Attention Sinks in Streaming Models"),
)
REMARKS = (
    *("Same idea as the paper below.", "「上の論文と主張が一致」", "Builds on Vision Mamba.", "The opposite of what Vision Mamba found.", "They insert pauses before the answer.", "面白い。"),
    *("「下の論文と同じ話題？」", "Isn't this the same as the previous paper?", "Uses LoRA.", "知見が Vision Mamba と逆な気がする", "Contradicts the paper above."),
)
FILES = ("a.md", "b.md", "ノート/c.md", "d e.md")
TOPICS = ("Attention", "状態空間", "Finetuning")


class Life:
    """A library with its notes, and what may happen to them; `choose` picks one of several values."""

    def __init__(self, library: Library, folder: Path, choose: Callable[[list], object]) -> None:  # type: ignore[type-arg]
        self.library = library
        self.folder = folder
        self.choose = choose
        self.files: dict[str, list[tuple[str, int | None, list[str]]]] = {}
        self.texts: dict[str, str] = {}
        self.first = library.export_json()
        self.done: dict[str, int] = {}

    # --- notes

    def _write(self, name: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"# {TOPICS[len(name) % len(TOPICS)]}"]
        for title, arxiv, remarks in self.files[name]:
            lines.append(f"- [{title}](https://arxiv.org/abs/2401.{arxiv:05d})" if arxiv is not None else f"- [{title}](https://example.org/{len(title)})")
            lines += [f"  - {r}" for r in remarks]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def edit(self) -> None:
        """Change a file in one of the ways in which people do."""
        name = str(self.choose(list(FILES)))
        items = self.files.setdefault(name, [])
        way = self.choose(["item", "item", "remark", "drop item", "drop remark", "swap", "retitle", "move"])
        n = self.choose(list(range(len(items)))) if items else None
        if way == "item" or n is None:
            items.insert(0 if n is None else n, (str(self.choose(list(TITLES))), self.choose([None, 1, 2, 3, 4, 5, 6]), []))  # type: ignore[arg-type,call-overload]
            n = 0
        _, arxiv, remarks = items[n]  # type: ignore[call-overload]
        if way == "remark":
            remarks.append(str(self.choose(list(REMARKS))))
        elif way == "drop item":
            items.pop(n)  # type: ignore[call-overload]
        elif way == "drop remark" and remarks:
            remarks.pop()
        elif way == "swap":
            items.reverse()
        elif way == "retitle":
            items[n] = (str(self.choose(list(TITLES))), arxiv, remarks)  # type: ignore[call-overload]
        elif way == "move":
            self.files.setdefault(str(self.choose(list(FILES))), []).append(items.pop(n))  # type: ignore[call-overload]
        for file in self.files:
            self._write(file)

    def rename(self) -> None:
        """Give a file another name."""
        if not self.files:
            return
        old, new = str(self.choose(sorted(self.files))), str(self.choose([*FILES, "new name.md", "x/y.md"]))
        if new not in self.files:
            self.files[new] = self.files.pop(old)
            (self.folder / old).unlink()
            self._write(new)

    def delete(self) -> None:
        """Throw a file away."""
        if self.files:
            name = str(self.choose(sorted(self.files)))
            del self.files[name]
            (self.folder / name).unlink()

    # --- the library

    def read(self, *, prune: bool = False) -> None:
        """Import the folder."""
        for path in self.folder.rglob("*.md"):
            text = decode(path.read_bytes(), path.name).text
            self.texts[_hash(text)] = text
        said = self._said_by_user()
        try:
            self.library.import_notes(self.folder, replace=True, prune=prune)
        except NotesError:
            assert not any(self.folder.rglob("*.md"))
        assert self._said_by_user() == said, "an import changed what the user said"

    def _said_by_user(self) -> list[object]:
        return self.library.store.statements([USER])

    def _relation(self) -> str | None:
        found = sorted(r.id for status in (None, "rejected") for r, _, _ in self.library.relations(status=status))
        return str(self.choose(found)) if found else None

    def _paper(self) -> str | None:
        found = sorted(p.id for p in self.library.papers())
        return str(self.choose(found)) if found else None

    def decide(self) -> None:
        """Accept or reject a relation."""
        if relation := self._relation():
            (self.library.accept if self.choose([True, False]) else self.library.reject)(relation, reason=self.choose([None, "because", "そう思う"]))  # type: ignore[arg-type]

    def revise(self) -> None:
        """Change a relation's type or direction."""
        if relation := self._relation():
            kind = str(self.choose([r.option for r in RELATIONS.values()]))
            self.library.edit_relation(relation, **({"reverse": True} if self.choose([False, False, True]) else {"kind": kind}))  # type: ignore[arg-type]

    def add(self) -> None:
        """State a relation by hand."""
        a, b = self._paper(), self._paper()
        if a and b:
            self.library.add_relation(a, str(self.choose(["similar-to", "extends", "contradicts"])), b, note=self.choose([None, "by hand"]))  # type: ignore[arg-type]

    def edit_paper(self) -> None:
        """Put a fact right."""
        if paper := self._paper():
            self.library.edit_paper(paper, year=self.choose([2020, 2021]))

    def remove(self) -> None:
        """Take something out."""
        if found := self._relation() if self.choose([True] * 19 + [False]) else self._paper():
            self.library.remove(found)

    def merge(self) -> None:
        """Say that two papers are one."""
        a, b = self._paper(), self._paper()
        if a and b:
            before = self.library.export_json()
            if self.library.merge(a, b) is not None and self.choose([False, True]):
                self.library.undo()
                assert self.library.export_json() == before

    def split(self) -> None:
        """Say that a paper's name is another work."""
        if paper := self._paper():
            self.library.split(paper, self.choose([None, *self.library.store.mentions_of([paper])]))  # type: ignore[arg-type]

    def undo(self) -> None:
        """Take back any change set."""
        newest = self.library.history(limit=1)
        if newest:
            self.library.undo(self.choose([None, *range(max(1, newest[0].number - 8), newest[0].number + 1)]))  # type: ignore[arg-type]

    def redo(self) -> None:
        """Bring back any change set."""
        newest = self.library.history(limit=1)
        if newest:
            self.library.redo(self.choose([None, *range(max(1, newest[0].number - 8), newest[0].number + 1)]))  # type: ignore[arg-type]

    OPERATIONS = ("edit", "edit", "edit", "rename", "delete", "read", "read", "prune", "decide", "decide", "revise", "add", "edit_paper", "remove", "merge", "split", "undo", "redo")

    def step(self, operation: str) -> None:
        """Do one thing; that it is refused with a reason is a fair answer."""
        try:
            if operation == "prune":
                self.read(prune=True)
            else:
                getattr(self, operation)()
            self.done[operation] = self.done.get(operation, 0) + 1
        except UsageError:
            self.done[f"{operation} refused"] = self.done.get(f"{operation} refused", 0) + 1

    # --- what must hold

    def check(self) -> None:
        """The graph is what the statements make, no edge dangles, every quote stands where it is said to, and the user's word holds."""
        store = self.library.store
        said = list(store.all_statements())
        graph = store.graph()
        assert graph == build(said), "the graph is not what the statements make"
        ids = graph.by_id.keys()
        assert all(e.source in ids and e.target in ids for e in graph.edges)
        assert all(r.source in ids and r.target in ids for r in graph.relations)
        sources = {n.id: n for n in graph.nodes if isinstance(n, Source)}
        for relation in graph.relations:
            for e in relation.evidence:
                if e.path is not None and not e.lost:
                    assert e.source in sources, f"{relation.id}: a quote of no source"
                    text = self.texts[sources[e.source].sha256]
                    assert text[e.start : e.end] == e.quote, f"{relation.id}: “{e.quote}” does not stand there"
        for note in (n for n in graph.nodes if isinstance(n, Note)):
            text = self.texts[sources[note.source].sha256]
            assert " ".join(text[note.start : note.end].split()) == note.text
        by_id = {r.id: r for r in graph.relations}
        for s in said:
            if s.asserter == USER and isinstance(s.element, Relation) and not s.removed:
                works = store.works_of([s.element.source, s.element.target])
                ends = [works.get(e, e) for e in (s.element.source, s.element.target)]
                if ends[0] == ends[1] or not set(ends) <= ids:
                    continue
                found = [by_id[i] for i in stated_as(Relation("", s.element.type, ends[0], ends[1], 0, False, s.element.asserted_by), {}) if i in by_id]
                assert (found and found[0].status is s.element.status) or _several(said, store, s.element), f"{s.element.id}: the user's decision is lost"

    def undo_all(self) -> None:
        """Take everything back; the library is as it was at first."""
        store = self.library.store
        for number in range(self.library.history(limit=1)[0].number if self.library.history(limit=1) else 0, 0, -1):
            head = store.head(number)
            assert head is not None
            if head.undoes is None and not is_undone(store, head):
                self.library.undo(number)
        assert self.library.export_json() == self.first
        assert [s for s in store.all_statements() if not s.follows] == []


def _several(said: list, store: object, relation: Relation) -> bool:  # type: ignore[type-arg]
    """Whether the user decided on the same, or took it out, between other names of the same works: that may count before it."""
    works = store.works_of({e for s in said if isinstance(s.element, Relation) for e in (s.element.source, s.element.target)})  # type: ignore[attr-defined]

    def ends(r: Relation) -> tuple[object, ...]:
        return r.type, frozenset((works.get(r.source, r.source), works.get(r.target, r.target)))

    return len([s for s in said if s.asserter == USER and isinstance(s.element, Relation) and ends(s.element) == ends(relation)]) > 1


def _hash(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def at_random(seed: int) -> Callable[[list], object]:  # type: ignore[type-arg]
    """Chooses by a seeded generator."""
    return random.Random(seed).choice


