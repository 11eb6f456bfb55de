"""Files for `neo4j-admin database import`: a whole store with its history, much faster than through a running server.

The files hold just what the Neo4j store itself writes, so that the imported database is that store. What stands in
them never becomes a path or a command: names of files and columns are ours alone.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from papergraph.errors import PapergraphError, StoreError
from papergraph.model import NODE_TYPES, Paper, Relation, Statement, property_names
from papergraph.store.bodies import dump_details
from papergraph.store.neo4j_rows import node_row, pages, relation_row, statement_id, statement_row
from papergraph.store.protocol import Progress, Store
from papergraph.store.rows import batches
from papergraph.vocabulary import LABELS, STRUCTURE

_BATCH = 1_000
_BUFFER_MILLIONS = 4
"""neo4j-admin's own read buffer, in millions of characters, which must hold the longest value."""
_INDEXED = ("names:string[]", "tokens:string", "terms:string[]", "termCounts:long[]")
_COLUMNS: dict[str, tuple[str, ...]] = {
    "Statement": (
        *("id:string", "element:string", "asserter:string", "label:string", "removed:boolean", "body:string"),
        *("refs:string[]", "keys:string[]", "work:string", "changeSets:long[]"),
    ),
    "ChangeSet": ("number:long", "at:string", "by:string", "action:string", "undoes:long", "counts:string", "details:string"),
    "ChangePage": ("changeSet:long", "start:long", "changes:string[]", "keys:string[]"),
    "Store": ("id:string", "version:long", "changeSets:long"),
}
_RELATION = ("id:string", "confidence:double", "hedged:boolean", "assertedBy:string", "status:string", "reason:string", "evidence:string[]", "quotes:string[]")
_DELIMITERS = tuple(chr(c) for c in (*range(0x1F, 0x0D, -1), *range(8, 0, -1), 0x7F))
"""What may stand between the values of a list: the first that stands in none of them, for there is no escape."""


class _DelimiterTakenError(Exception):
    pass


def write(store: Store, folder: Path, progress: Progress | None = None) -> str:
    """Write the files into `folder`, which must not exist or be empty, and give the command that reads them.

    Nothing is held in memory but a batch at a time. The folder appears whole or not at all.

    Raises
    ------
    PapergraphError
        If the folder is not empty or cannot be written.
    StoreError
        If the store changes meanwhile.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PapergraphError(f"{folder} exists already; name a new folder")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise PapergraphError(f"cannot write {folder}: {error.strerror}") from error
    try:
        before = store.history(limit=1)
        delimiter, longest = _write_with_a_free_delimiter(store, half, progress)
        if store.history(limit=1) != before:
            raise StoreError(f"{store.location} was changed while it was exported; run the command again")
        script = f'#!/bin/sh\n# run as the user of the server, on its machine, while it is stopped\ncd "$(dirname "$0")" || exit 1\n{_command("", half, delimiter, longest)}\n'
        (half / "import.sh").write_text(script, encoding="utf-8", newline="\n")
        command = _command(f"{folder.absolute()}/", half, delimiter, longest)
        half.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        half.rename(folder)
    except OSError as error:
        raise PapergraphError(f"cannot write {folder}: {error.strerror}") from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return command


def _write_with_a_free_delimiter(store: Store, folder: Path, progress: Progress | None) -> tuple[str, int]:
    """The character between the values of lists, and the length of the longest value."""
    for delimiter in _DELIMITERS:
        writer = _Writer(store, folder, delimiter, progress)
        try:
            writer.write()
        except _DelimiterTakenError:
            continue
        return delimiter, writer.longest
    raise PapergraphError("no character is free to stand between the values of lists: the notes hold every control character")


def _command(folder: str, half: Path, delimiter: str, longest: int) -> str:
    """The command that imports the files of `half` from `folder`."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "'\\''") + "'"

    def files(name: str) -> str:
        return ",".join(f"{folder}{name}{part}.csv" for part in ("-header", ""))

    nodes = [quoted(f"--nodes={label}={files(label)}") for label in (*LABELS, *_COLUMNS) if (half / f"{label}.csv").exists()]
    edges = [quoted(f"--relationships={kind}={files(kind)}") for kind in STRUCTURE if (half / f"{kind}.csv").exists()]
    edges.append(quoted(f"--relationships={files('relations')}"))
    options = (
        *("--overwrite-destination", "--id-type=string", "--multiline-fields=true", "--strict"),
        f"--read-buffer-size={max(_BUFFER_MILLIONS, 1 + 2 * longest // 1_000_000)}M",
        f"--array-delimiter=U+{ord(delimiter):04X}",
    )
    return " \\\n  ".join(("neo4j-admin database import full neo4j", *options, *nodes, *edges))


def _columns_of(label: str) -> tuple[str, ...]:
    """The columns of a label's file, from its model class."""
    kinds = {"bool": "boolean", "int": "long", "float": "double", "tuple": "string[]"}
    types = {f.name: str(f.type) for f in fields(NODE_TYPES[label])}
    names = dict(property_names(NODE_TYPES[label]))  # type: ignore[arg-type]  # classes are hashable
    typed = tuple(f"{names[name]}:{next((k for start, k in kinds.items() if annotation.startswith(start)), 'string')}" for name, annotation in types.items())
    return (*("id:ID" if c == "id:string" else c for c in typed), *_INDEXED)


class _Writer:
    """Writes all files once, with one character between the values of lists."""

    def __init__(self, store: Store, folder: Path, delimiter: str, progress: Progress | None) -> None:
        self._store, self._folder, self._delimiter, self._progress = store, folder, delimiter, progress
        self.longest = 0

    def write(self) -> None:
        statistics = self._store.statistics()
        totals = {**dict(statistics.nodes), "relations": sum(n for _, n in statistics.relations)}
        for label in LABELS:
            self._table(label, _columns_of(label), self._nodes(label), totals.get(label, 0))
        for kind in STRUCTURE:
            self._table(kind, (":START_ID", ":END_ID"), ({":START_ID": e.source, ":END_ID": e.target} for e in self._store.all_edges(kind)))
        relations = (self._relation(r) for r in self._store.all_relations())
        self._table("relations", (":START_ID", ":END_ID", ":TYPE", *_RELATION), relations, totals["relations"])
        self._table("Statement", _COLUMNS["Statement"], self._statements(), sum(totals.values()))
        history = self._store.history()[::-1]
        sets = (
            {"number": c.number, "at": c.at, "by": c.by, "action": c.action, "undoes": c.undoes, "counts": json.dumps(c.counts), "details": dump_details(c.details) or None}
            for c in history
        )
        self._table("ChangeSet", _COLUMNS["ChangeSet"], sets, len(history))
        found = (page for c in history for page in self._pages(c.number))
        self._table("ChangePage", _COLUMNS["ChangePage"], found)
        newest = history[-1].number if history else 0
        # neo4j-admin makes no indexes; version 0 has them made when the database is first opened
        self._table("Store", _COLUMNS["Store"], [{"id": "papergraph", "version": 0, "changeSets": newest}])

    def _table(self, name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], total: int = 0) -> None:
        """One file, with its header in a file of its own; none where there are no rows, but of relations."""
        keys = [(c.partition(":")[0] or c, c.endswith("[]")) for c in columns]
        path = self._folder / f"{name}.csv"
        number = 0
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            for number, row in enumerate(rows, 1):
                values = [self._list(row.get(k)) if is_list else _plain(row.get(k)) for k, is_list in keys]
                self.longest = max(self.longest, max(len(v) for v in values))
                writer.writerow(values)
                if self._progress and number % _BATCH == 0:
                    self._progress(f"writing {name}", number, max(total, number))
        if number == 0 and name != "relations":
            path.unlink()
            return
        (self._folder / f"{name}-header.csv").write_text(",".join(columns) + "\n", encoding="utf-8", newline="\n")

    def _list(self, values: Sequence[Any] | None) -> str:
        if not values:
            return ""
        texts = [str(v) for v in values]
        if any(self._delimiter in t for t in texts):
            raise _DelimiterTakenError
        return self._delimiter.join(texts)

    def _nodes(self, label: str) -> Iterator[Mapping[str, Any]]:
        for some in batches(self._store.all_nodes(label), _BATCH):
            terms = self._store.terms_of(n.id for n in some) if label == Paper.label else {}
            for node in some:
                yield node_row(node, terms.get(node.id))["properties"]

    def _relation(self, relation: Relation) -> Mapping[str, Any]:
        row = relation_row(relation)
        return {":START_ID": row["source"], ":END_ID": row["target"], ":TYPE": row["type"], **row["properties"]}

    def _statements(self) -> Iterator[Mapping[str, Any]]:
        """Statements with the change sets that they stand in, and an empty row for each that is no longer made."""
        touches = self._store.all_touches()
        for some in batches(self._store.all_statements(), _BATCH):
            works = self._store.works_of(s.element.id for s in some if isinstance(s.element, Paper))
            for statement in some:
                yield from self._statement(statement, works, touches)
        for element, asserter, numbers in touches:
            yield _retracted(element, asserter, numbers)

    def _statement(self, statement: Statement, works: Mapping[str, str], touches: Iterator[tuple[str, str, tuple[int, ...]]]) -> Iterator[Mapping[str, Any]]:
        for element, asserter, numbers in touches:
            if (element, asserter) == statement.key:
                yield {**statement_row(statement, works.get(element)), "changeSets": numbers}
                return
            yield _retracted(element, asserter, numbers)
        raise StoreError(f"{self._store.location} is damaged: its log does not know the statement on {statement.element.id}")

    def _pages(self, number: int) -> Iterator[Mapping[str, Any]]:
        start = 0
        for some in batches(self._store.changes(number), _BATCH):
            yield from pages(number, start, some)
            start += len(some)


def _retracted(element: str, asserter: str, numbers: Sequence[int]) -> dict[str, Any]:
    """The row of a statement that is no longer made."""
    return {"id": statement_id(element, asserter), "element": element, "changeSets": numbers}


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)
