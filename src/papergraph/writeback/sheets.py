"""The files of notes that are read, and which of them may be written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from papergraph.errors import NotesError
from papergraph.notes import Document, Layout, decode, layout_of, read
from papergraph.notes.decode import LARGEST_FILE
from papergraph.reading import NotesFile
from papergraph.writeback.patch import Coding, coding_of
from papergraph.writeback.places import MARKDOWN, objection


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that may be written."""

    notes: NotesFile
    file: Path
    data: bytes
    document: Document
    coding: Coding


def read_sheets(files: Sequence[NotesFile], known: Mapping[str, str], encoding: str | None, imported: Sequence[Path]) -> tuple[dict[str, Sheet], list[Document], tuple[str, ...], dict[str, str]]:
    """`(files that may be written, all documents, files that could not be read, why the other imported files may not be written)`.

    `known` are the SHA-256 of the imported files by uri, `imported` the places from which the store knows notes to be imported.
    """
    sheets: dict[str, Sheet] = {}
    documents: list[Document] = []
    failures: list[str] = []
    refused: dict[str, str] = {}
    places: dict[Path, str] = {}
    for notes in files:
        try:
            if notes.size() > LARGEST_FILE:
                raise NotesError(f"{notes.path}: {notes.size():,} bytes; the largest file read has {LARGEST_FILE:,}")
            data = notes.file.read_bytes()
            decoded = decode(data, notes.path, encoding)
        except OSError as error:
            failures.append(f"{notes.path}: cannot be read: {error.strerror or error}")
            continue
        except NotesError as error:
            failures.append(str(error))
            continue
        document = read(decoded.text, notes.path, notes.uri)
        documents.append(document)
        if notes.uri not in known:
            continue
        try:
            file = _target(notes, document, known[notes.uri], imported)
            if file in places:
                raise NotesError(f"{notes.path}: is the same file as {places[file]}")
            sheets[notes.uri] = Sheet(notes, file, data, document, coding_of(data, decoded.text, decoded.encoding, notes.path))
            places[file] = notes.path
        except NotesError as error:
            refused[notes.uri] = str(error)
        except OSError as error:
            refused[notes.uri] = f"{notes.path}: {error.strerror or error}"
    return sheets, documents, tuple(failures), refused


def _target(notes: NotesFile, document: Document, sha256: str, imported: Sequence[Path]) -> Path:
    """Where the file to write really stands.

    Raises
    ------
    NotesError
        If it is not to be written: no Markdown, edited since its import, outside its collection or of what was imported, or read-only.
    """
    if not notes.path.casefold().endswith(MARKDOWN):
        raise NotesError(f"{notes.path}: only Markdown is written ({', '.join(MARKDOWN)}); write the line yourself")
    if layout_of(document.text, notes.path) not in (Layout.MARKDOWN, Layout.FLAT):
        raise NotesError(f"{notes.path}: is no Markdown by what it looks like; write the line yourself")
    if document.sha256 != sha256:
        raise NotesError(f"{notes.path}: was edited since it was imported; import it first")
    place = notes.file.absolute()
    depth = notes.path.count("/") + 1
    root = place.parents[depth - 1].resolve()
    file = place.resolve()
    if not file.is_relative_to(root):
        raise NotesError(f"{notes.path}: is a link that leads out of its collection; it is left alone")
    if reason := objection(str(file), imported):
        raise NotesError(f"{notes.path}: {f'is a link to {file.name}: ' if file.name != place.name else ''}{reason}")
    if file.stat().st_nlink > 1:
        raise NotesError(f"{notes.path}: has another name (a hard link), which would keep the old contents; it is left alone")
    if not os.access(file, os.W_OK) or not os.access(file.parent, os.W_OK):
        raise NotesError(f"{notes.path}: may not be written; change its permissions or those of its folder")
    return file
